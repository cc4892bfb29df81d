// Package post shows its desk: the outbox, what people get and stop getting, and the texts of letters.
package post

import (
	"context"
	"embed"
	"encoding/csv"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
	desk "aircommons/internal/post"
	"aircommons/internal/web/ui"
)

//go:embed *.html
var files embed.FS

var pages = ui.Templates(files)

// Deps are what the pages stand on.
type Deps struct {
	Outbox   *desk.Desk
	Activity *activity.Desk
	Network  *network.Desk
	Now      func() time.Time
}

type handlers struct {
	*ui.Site
	Deps
}

// Register adds the pages to the site.
func Register(s *ui.Site, d Deps) {
	h := handlers{s, d}
	s.Live("/office/mail", h.outbox)
	s.Live("/office/mail/letters.csv", h.export)
	s.Live("/office/mail/release", h.plan)
	s.Post("/office/mail/release", h.release)
	s.Post("/office/mailings/{batch}", h.undo)
	s.Live("/office/mail/stops", h.stops)
	s.Post("/office/mail/stops", h.lift)
	s.Live("/office/templates", h.templates)
	s.Live("/office/templates/{template}", h.template)
	s.Post("/office/templates/{template}", h.saveTemplate)
	s.Live("/office/mail/{id}", h.letter)
	s.Live("/office/mail/{id}/edit", h.edit)
	s.Post("/office/mail/{id}/edit", h.edited)
	for step, do := range map[string]func(context.Context, actor.Actor, string, int64) error{
		"cancel": d.Outbox.Cancel, "again": d.Outbox.Again, "arrived": d.Outbox.Arrived} {
		s.Post("/office/mail/{id}/"+step, h.step(step, do))
	}
	s.Live("/unsubscribe/{token}", h.wants)
	s.Post("/unsubscribe/{token}", h.setWants)
	s.Live("/me/mail", h.myWants)
	s.Post("/me/mail", h.setMyWants)
}

// perPage is how many letters a page of the outbox shows.
const perPage = 50

func utc(w *catalog.Words, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return w.DateTime(t.UTC()) + " UTC"
}

// filterOf reads which letters are wanted from the address.
func filterOf(q url.Values) desk.Filter {
	f := desk.Filter{State: desk.State(q.Get("state")), Kind: desk.Kind(q.Get("kind")), Template: q.Get("template"), Batch: q.Get("batch"), To: strings.TrimSpace(q.Get("to")), Before: q.Get("before")}
	f.About, f.AboutKey, _ = strings.Cut(q.Get("about"), "/")
	return f
}

// queryOf is the address of a filter, without "?".
func queryOf(f desk.Filter) url.Values {
	q := url.Values{}
	for name, v := range map[string]string{"state": string(f.State), "kind": string(f.Kind), "template": f.Template, "batch": f.Batch, "to": f.To, "before": f.Before} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if f.AboutKey != "" {
		q.Set("about", f.About+"/"+f.AboutKey)
	}
	return q
}

// own narrows the filter of somebody who keeps one programme or activity to it.
func own(by actor.Actor, f desk.Filter) desk.Filter {
	if by.Officer() || f.AboutKey != "" {
		return f
	}
	for _, g := range by.Grants {
		if g.Role == actor.ProgrammeOfficer && (g.Subject == actor.OfActivity || g.Subject == actor.OfProgramme) {
			f.About, f.AboutKey = g.Subject, g.Key
			return f
		}
	}
	return f
}

// abouts are the things that letters can be about, for a choice: programmes and activities, newest first.
func (h handlers) abouts(r *ui.Request, chosen string) (out []ui.Option, err error) {
	if h.Activity == nil {
		return nil, nil
	}
	ps, err := h.Activity.Programmes(r.Context(), r.By)
	if err != nil {
		return nil, err
	}
	as, err := h.Activity.Activities(r.Context(), r.By)
	if err != nil {
		return nil, err
	}
	programmeOf := map[string]string{}
	add := func(value string, names db.Text) {
		name, in := names.In(r.Lang)
		out = append(out, ui.Option{Value: value, Label: name, Lang: in, Chosen: value == chosen})
	}
	for i := len(as) - 1; i >= 0; i-- {
		programmeOf[as[i].ID] = as[i].Programme
		if r.By.Runs(as[i].Programme, as[i].ID) {
			add("activity/"+as[i].ID, as[i].Names)
		}
	}
	for _, p := range ps {
		if r.By.Runs(p.ID, "") {
			add("programme/"+p.ID, p.Names)
		}
	}
	return out, nil
}

// about is the name of what a letter is about.
func (h handlers) about(r *ui.Request, about, key string) string {
	if h.Activity == nil || key == "" {
		return ""
	}
	var names db.Text
	switch about {
	case "activity":
		if a, err := h.Activity.Activity(r.Context(), actor.System, key); err == nil {
			names = a.Names
		}
	case "programme":
		if p, err := h.Activity.Programme(r.Context(), actor.System, key); err == nil {
			names = p.Names
		}
	}
	if name, _ := names.In(r.Lang); name != "" {
		return name
	}
	return key
}

type row struct {
	desk.Piece
	AboutName string
	When      string
	Chip      string // class
}

// chips are the shapes of states.
var chips = map[desk.State]string{desk.Held: "notice", desk.Ready: "", desk.Claimed: "", desk.Sent: "ok", desk.Failed: "stop", desk.Unknown: "stop",
	desk.Bounced: "stop", desk.Cancelled: "", desk.Suppressed: "notice"}

func (h handlers) row(r *ui.Request, p desk.Piece) row {
	at := p.Ended
	if at.IsZero() {
		at = p.Ready
	}
	return row{p, h.about(r, p.About, p.AboutKey), utc(r.Words, at), chips[p.State]}
}

type count struct {
	State desk.State
	N     int
	Path  string
	Here  bool
	Chip  string
}

type outboxPage struct {
	ui.Page
	Rows    []row
	Counts  []count
	Filter  desk.Filter
	Kinds   []ui.Option
	Abouts  []ui.Option
	Query   string // of the filter, for links
	Export  string
	Release string
	Held    int
	More    string
	Down    string // since when the server takes nothing
	Why     string
	Reply   string
	Undo    string // batch that can be called back
	UndoAt  string
	Waiting int
}

func (h handlers) crumbs(r *ui.Request, more ...ui.Crumb) []ui.Crumb {
	return append([]ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}}, more...)
}

// outbox lists letters.
func (h handlers) outbox(w http.ResponseWriter, r *ui.Request) error {
	if !r.By.RunsAny() {
		return r.By.NeedOfficer()
	}
	f := own(r.By, filterOf(r.URL.Query()))
	f.Limit = perPage + 1
	all, err := h.Outbox.Letters(r.Context(), r.By, f)
	if err != nil {
		return err
	}
	counts, err := h.Outbox.Counts(r.Context(), r.By, f)
	if err != nil {
		return err
	}
	p := &outboxPage{Filter: f}
	if len(all) > perPage {
		all = all[:perPage]
		next := f
		next.Before = all[perPage-1].ID
		p.More = "/office/mail?" + queryOf(next).Encode()
	}
	for _, x := range all {
		p.Rows = append(p.Rows, h.row(r, x))
	}
	base := f
	base.State, base.Before = "", ""
	p.Counts = append(p.Counts, count{"", sum(counts), "/office/mail?" + queryOf(base).Encode(), f.State == "", ""})
	for _, s := range desk.States {
		g := base
		g.State = s
		if counts[s] > 0 || f.State == s {
			p.Counts = append(p.Counts, count{s, counts[s], "/office/mail?" + queryOf(g).Encode(), f.State == s, chips[s]})
		}
	}
	for _, k := range desk.Kinds {
		p.Kinds = append(p.Kinds, ui.Option{Value: string(k), Label: r.Words.T("post.kind." + string(k)), Chosen: f.Kind == k})
	}
	chosen := ""
	if f.AboutKey != "" {
		chosen = f.About + "/" + f.AboutKey
	}
	if p.Abouts, err = h.abouts(r, chosen); err != nil {
		return err
	}
	if p.Held = counts[desk.Held]; p.Held > 0 {
		p.Release = "/office/mail/release?" + queryOf(base).Encode()
	}
	export := f
	export.Before = ""
	p.Export = "/office/mail/letters.csv?" + queryOf(export).Encode()
	if since, why, reply := h.Outbox.Down(); !since.IsZero() {
		p.Down, p.Why, p.Reply = utc(r.Words, since), r.Words.Say(why), reply
		p.Waiting = counts[desk.Ready]
	}
	if f.Batch != "" && counts[desk.Ready] > 0 && len(p.Rows) > 0 {
		for _, x := range p.Rows {
			if x.State == desk.Ready && x.Ready.After(h.Now()) {
				p.Undo, p.UndoAt = f.Batch, r.Words.Clock(x.Ready.UTC())+" UTC"
				break
			}
		}
	}
	p.Title, p.NoIndex = r.Words.T("post.title"), true
	p.Crumbs = h.crumbs(r, ui.Crumb{Text: p.Title})
	p.Actions = []ui.Action{{Text: r.Words.T("post.templates"), Path: "/office/templates"}}
	if f.About == "activity" && f.AboutKey != "" {
		p.Actions = append(p.Actions, ui.Action{Text: r.Words.T("letter.title"), Path: "/office/activities/" + f.AboutKey + "/letters"})
	}
	if r.By.Officer() {
		p.Actions = append(p.Actions, ui.Action{Text: r.Words.T("post.stops"), Path: "/office/mail/stops"})
	}
	return h.Show(w, r, pages, "outbox.html", p)
}

func sum(counts map[desk.State]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// export writes the letters of a filter as CSV.
func (h handlers) export(w http.ResponseWriter, r *ui.Request) error {
	f := own(r.By, filterOf(r.URL.Query()))
	f.Before = ""
	all, err := h.Outbox.Letters(r.Context(), r.By, f)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="letters.csv"`)
	out := csv.NewWriter(w)
	err = out.Write([]string{"id", "to", "name", "language", "kind", "about", "template", "subject", "state", "reason", "reply", "created", "ended", "tries"})
	for _, p := range all {
		why := ""
		if p.Reason != nil {
			why = r.Words.Say(*p.Reason)
		}
		about := ""
		if p.AboutKey != "" {
			about = p.About + "/" + p.AboutKey
		}
		line := []string{p.ID, p.To, p.ToName, p.Lang, string(p.Kind), about, p.Template, p.Letter.Subject, string(p.State), why, p.Reply,
			p.Created.Format(time.RFC3339), stamp(p.Ended), strconv.Itoa(p.Tries)}
		for i := range line {
			line[i] = harmless(line[i])
		}
		if err == nil {
			err = out.Write(line)
		}
	}
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	return err
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// harmless keeps a spreadsheet program from computing what somebody wrote.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

type planPage struct {
	ui.Page
	Plan     desk.Plan
	Sample   []sample
	Query    string
	IDs      []string
	Sentence []string
}

// sample is a letter that would leave, with its words.
type sample struct {
	row
	Said desk.Said
}

// plan says what letting letters go would do.
func (h handlers) plan(w http.ResponseWriter, r *ui.Request) error {
	q := r.URL.Query()
	f, ids := own(r.By, filterOf(q)), q["id"]
	plan, err := h.Outbox.PlanRelease(r.Context(), r.By, f, ids)
	if err != nil {
		return err
	}
	p := &planPage{Plan: plan, Query: queryOf(f).Encode(), IDs: ids}
	for i, x := range plan.Letters {
		if i == 10 {
			break
		}
		p.Sample = append(p.Sample, sample{h.row(r, x), plan.Said[i]})
	}
	for key, n := range map[string]int{"post.plan.missing": plan.Missing, "post.plan.suppressed": plan.Suppressed, "post.plan.other": plan.Other} {
		if n > 0 {
			p.Sentence = append(p.Sentence, r.Words.N(key, n))
		}
	}
	p.Title, p.NoIndex = r.Words.T("post.plan.title"), true
	p.Crumbs = h.crumbs(r, ui.Crumb{Text: r.Words.T("post.title"), Path: "/office/mail"}, ui.Crumb{Text: p.Title})
	return h.Show(w, r, pages, "plan.html", p)
}

func (h handlers) release(w http.ResponseWriter, r *ui.Request) error {
	q, err := url.ParseQuery(r.Value("query"))
	if err != nil {
		return fault.New(fault.NotFound, "error.notfound")
	}
	batch, done, err := h.Outbox.Release(r.Context(), r.By, own(r.By, filterOf(q)), r.PostForm["id"])
	if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/mail?batch="+batch, r.Words.N("post.released", done.Leaving()))
}

func (h handlers) undo(w http.ResponseWriter, r *ui.Request) error {
	back, gone, err := h.Outbox.CallBack(r.Context(), r.By, r.PathValue("batch"))
	if err != nil {
		return err
	}
	notice := r.Words.N("post.undone", back)
	if gone > 0 {
		notice += " " + r.Words.N("post.gone", gone)
	}
	return h.Redirect(w, r, "/office/mail?state=held", notice)
}
