package call

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	desk "aircommons/internal/call"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/web/ui"
)

type officePage struct {
	ui.Page
	Rows []callRow
}

func (h handlers) office(w http.ResponseWriter, r *ui.Request) error {
	if !r.By.RunsAny() {
		return r.By.NeedOfficer()
	}
	all, err := h.Call.Calls(r.Context(), r.By)
	if err != nil {
		return err
	}
	p := &officePage{}
	for _, c := range all {
		if c.Runs {
			p.Rows = append([]callRow{h.row(r, c)}, p.Rows...)
		}
	}
	p.Title, p.NoIndex = r.Words.T("call.office.title"), true
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: p.Title}}
	return h.Show(w, r, pages, "office.html", p)
}

func (h handlers) officeCrumbs(r *ui.Request, c desk.Seen) []ui.Crumb {
	return []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: r.Words.T("call.office.title"), Path: "/office/calls"},
		{Text: text(r, c.Names), Path: "/office/calls/" + c.ID}}
}

// kept reads the call of the address for somebody who keeps it.
func (h handlers) kept(r *ui.Request) (desk.Seen, error) {
	c, err := h.Call.Call(r.Context(), r.By, r.PathValue("id"))
	if !r.By.RunsAny() || err == nil && !c.Runs {
		return desk.Seen{}, fault.New(fault.Denied, "error.denied.officer")
	}
	return c, err
}

type boardPage struct {
	ui.Page
	C        callRow
	Subs     []subRow
	Drafts   int
	Counts   []stateCount
	FormName string
	FormOK   bool
	Forms    []formRow // that were written for a call of the same thing, while the call has none
	ReviewBy string
	ThenText string // what a button asks to be sure of
}

type formRow struct{ ID, Name string }

type stateCount struct {
	State string
	Count int
}

type subRow struct {
	desk.Dossier
	Who, Place, Day string
	Reviewers       int
	Conflicts       int
}

func (h handlers) board(w http.ResponseWriter, r *ui.Request) error { return h.showBoard(w, r, nil) }

func (h handlers) showBoard(w http.ResponseWriter, r *ui.Request, refused error) error {
	c, err := h.kept(r)
	if err != nil {
		return err
	}
	p := &boardPage{C: h.row(r, c), ReviewBy: reviewBy(r, c)}
	list, drafts, err := h.Call.Submissions(r.Context(), r.By, c.ID)
	if err != nil {
		return err
	}
	snap, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p.Drafts = drafts
	count := map[string]int{}
	for _, d := range list {
		count[d.State]++
		x := subRow{Dossier: d, Who: who(d), Day: day(r, d.Submission.Sent, c.About.Zone)}
		if d.Place != "" {
			x.Place = snap.PlaceName(d.Place, r.Lang)
		}
		for _, m := range d.Marks {
			if m.State == "conflict" {
				x.Conflicts++
			} else {
				x.Reviewers++
			}
		}
		p.Subs = append(p.Subs, x)
	}
	for _, s := range desk.SubmissionStates {
		if count[s] > 0 {
			p.Counts = append(p.Counts, stateCount{s, count[s]})
		}
	}
	if f, err := h.Form.Form(r.Context(), r.By, c.Form); err == nil {
		p.FormName, p.FormOK = text(r, f.Names), f.State == "published"
	} else if all, err := h.Form.Forms(r.Context(), r.By); err != nil {
		return err
	} else {
		for _, f := range all {
			if f.Purpose == "call" && f.Subject == c.Subject && f.Key == c.Key {
				p.Forms = append(p.Forms, formRow{f.ID, text(r, f.Names)})
			}
		}
	}
	p.Form = ui.NewForm(r, refused)
	p.Title, p.NoIndex = text(r, c.Names), true
	crumbs := h.officeCrumbs(r, c)
	crumbs[2].Path = ""
	p.Crumbs = crumbs
	at := "/office/calls/" + c.ID
	p.Actions = []ui.Action{{Text: r.Words.T("part.edit"), Path: at + "/edit"}, {Text: r.Words.T("call.office.public"), Path: "/calls/" + c.ID}, {Text: r.Words.T("part.history"), Path: at + "/history"}}
	return h.Show(w, r, pages, "board.html", p)
}

// who is the person whom a submission is for.
func who(d desk.Dossier) string {
	if d.Submission.Nominee != "" {
		return d.Nominee.Name
	}
	return d.Person.Name
}

func (h handlers) do(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	steps := map[string]struct {
		do   func() error
		done string
	}{
		"form":     {func() error { return h.takeForm(r, id) }, "call.done.saved"},
		"publish":  {func() error { return h.Call.Publish(r.Context(), r.By, id, r.Version()) }, "call.done.publish"},
		"withdraw": {func() error { return h.Call.Withdraw(r.Context(), r.By, id, r.Version()) }, "call.done.withdraw"},
		"open":     {func() error { return h.Call.OpenReview(r.Context(), r.By, id, r.Version()) }, "call.done.open"},
		"close":    {func() error { return h.Call.CloseReview(r.Context(), r.By, id, r.Version()) }, "call.done.close"},
	}
	step, ok := steps[r.Value("do")]
	if !ok {
		return fault.New(fault.Invalid, "error.form")
	}
	err := step.do()
	if ui.Again(err) {
		return h.showBoard(w, r, err)
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/calls/"+id, r.Words.T(step.done))
}

// takeForm lets a call ask with a form.
func (h handlers) takeForm(r *ui.Request, id string) error {
	c, err := h.Call.Call(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	c.Call.Form, c.Call.Version = r.Value("form"), r.Version()
	return h.Call.Update(r.Context(), r.By, c.Call)
}

func (h handlers) history(w http.ResponseWriter, r *ui.Request) error {
	c, err := h.kept(r)
	if err != nil {
		return err
	}
	list, err := h.Call.History(r.Context(), r.By, c.ID)
	if err != nil {
		return err
	}
	p := &historyPage{}
	for _, e := range list {
		p.Rows = append(p.Rows, historyRow{At: e.At, By: e.ByName, Action: r.Words.T("action." + e.Action)})
	}
	p.Title, p.NoIndex = r.Words.T("form.history.title", "Name", text(r, c.Names)), true
	p.Crumbs = append(h.officeCrumbs(r, c), ui.Crumb{Text: r.Words.T("part.history")})
	return h.Show(w, r, pages, "history.html", p)
}

type historyPage struct {
	ui.Page
	Rows []historyRow
}

type historyRow struct {
	At         time.Time
	By, Action string
}

type reviewersPage struct {
	ui.Page
	C     callRow
	Rows  []desk.Reviewer
	Plan  *desk.Dealt
	Dry   bool
	Grant string // where reviewers get the role
}

func (h handlers) reviewers(w http.ResponseWriter, r *ui.Request) error {
	return h.showReviewers(w, r, nil, nil, false)
}

func (h handlers) showReviewers(w http.ResponseWriter, r *ui.Request, refused error, plan *desk.Dealt, dry bool) error {
	c, err := h.kept(r)
	if err != nil {
		return err
	}
	p := &reviewersPage{C: h.row(r, c), Plan: plan, Dry: dry, Grant: "/office/roles/" + c.Subject + "/" + c.Key}
	if p.Rows, err = h.Call.Reviewers(r.Context(), r.By, c.ID); err != nil {
		return err
	}
	p.Form = ui.NewForm(r, refused)
	p.Title, p.NoIndex = r.Words.T("call.reviewers.title"), true
	p.Crumbs = append(h.officeCrumbs(r, c), ui.Crumb{Text: p.Title})
	return h.Show(w, r, pages, "reviewers.html", p)
}

// deal shows what dealing out evenly would do, then does it.
func (h handlers) deal(w http.ResponseWriter, r *ui.Request) error {
	dry := r.Value("do") != "deal"
	plan, err := h.Call.Deal(r.Context(), r.By, r.PathValue("id"), dry)
	if ui.Again(err) {
		return h.showReviewers(w, r, err, nil, false)
	} else if err != nil {
		return err
	}
	if dry {
		return h.showReviewers(w, r, nil, &plan, true)
	}
	return h.Redirect(w, r, "/office/calls/"+r.PathValue("id")+"/reviewers", r.Words.N("call.deal.done", plan.New))
}

type rankingPage struct {
	ui.Page
	C      callRow
	Rows   []rankRow
	Plan   *desk.Plan
	Left   []string
	State  string // of the plan
	Chosen []string
	Reason db.Text
	Marks  bool
	Seats  *desk.Seating // those who are accepted and could be invited; nil where there is no activity
}

type rankRow struct {
	desk.Ranked
	Who, Place string
	Chosen     bool
}

func (h handlers) ranking(w http.ResponseWriter, r *ui.Request) error {
	return h.showRanking(w, r, nil, nil, desk.Decision{})
}

func (h handlers) showRanking(w http.ResponseWriter, r *ui.Request, refused error, plan *desk.Plan, d desk.Decision) error {
	c, err := h.kept(r)
	if err != nil {
		return err
	}
	rows, err := h.Call.Ranking(r.Context(), r.By, c.ID)
	if err != nil {
		if fault.CodeOf(err) == fault.Conflict {
			return h.showBoard(w, r, err)
		}
		return err
	}
	snap, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &rankingPage{C: h.row(r, c), Plan: plan, State: d.State, Chosen: d.IDs, Reason: d.Reason, Marks: len(c.Criteria) > 0}
	for _, x := range rows {
		row := rankRow{Ranked: x, Who: who(x.Dossier), Chosen: slices.Contains(d.IDs, x.ID)}
		if x.Place != "" {
			row.Place = snap.PlaceName(x.Place, r.Lang)
		}
		p.Rows = append(p.Rows, row)
	}
	if seats, err := h.Call.Seat(r.Context(), r.By, c.ID, true); err == nil && seats.New+seats.There > 0 {
		p.Seats = &seats
	}
	if plan != nil {
		for _, m := range plan.Left {
			if t, ok := m.Args["Place"].(db.Text); ok {
				m.Args["Place"] = text(r, t)
			}
			n, _ := m.Args["Count"].(int)
			var pairs []any
			for name, v := range m.Args {
				if name != "Count" {
					pairs = append(pairs, name, v)
				}
			}
			p.Left = append(p.Left, r.Words.N(m.Key, n, pairs...))
		}
	}
	f := ui.NewForm(r, refused)
	var states []ui.Option
	for _, s := range []string{"accepted", "waiting", "rejected"} {
		states = append(states, ui.Option{Value: s, Label: r.Words.T("call.state." + s)})
	}
	f.Radio("state", "call.decision.state", d.State, states)
	f.Areas("reason", "call.decision.reasonfield", d.Reason).Size(3).Opt()
	p.Form = f
	p.Title, p.NoIndex = r.Words.T("call.ranking.title"), true
	p.Crumbs = append(h.officeCrumbs(r, c), ui.Crumb{Text: p.Title})
	return h.Show(w, r, pages, "ranking.html", p)
}

// decide tells in words what a decision would do, and does it when that was seen.
func (h handlers) decide(w http.ResponseWriter, r *ui.Request) error {
	if r.Value("do") == "seat" {
		seats, err := h.Call.Seat(r.Context(), r.By, r.PathValue("id"), false)
		if err != nil {
			return err
		}
		return h.Redirect(w, r, "/office/calls/"+r.PathValue("id")+"/ranking", r.Words.N("call.seat.done", seats.New))
	}
	d := desk.Decision{Call: r.PathValue("id"), IDs: r.PostForm["ids"], State: r.Value("state"), Reason: r.Texts("reason"), Dry: r.Value("do") != "decide"}
	plan, err := h.Call.Decide(r.Context(), r.By, d)
	if ui.Again(err) {
		return h.showRanking(w, r, err, nil, d)
	} else if err != nil {
		return err
	}
	if d.Dry {
		return h.showRanking(w, r, nil, &plan, d)
	}
	return h.Redirect(w, r, "/office/calls/"+d.Call+"/ranking", r.Words.N("call.plan.done."+d.State, len(plan.Done)))
}

var exportKinds = map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "json": "application/json"}

func (h handlers) export(w http.ResponseWriter, r *ui.Request) error {
	format := r.PathValue("format")
	kind, ok := exportKinds[format]
	if !ok {
		return fault.New(fault.NotFound, "error.notfound")
	}
	c, err := h.kept(r)
	if err != nil {
		return err
	}
	t, err := h.Call.Table(r.Context(), r.By, c.ID, r.Lang)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": c.ID + "." + format}))
	return t.Write(w, format)
}

func numberOf(r *ui.Request, name string, faults *fault.Form) float64 {
	v := r.Number(name, faults)
	if v == nil {
		return 0
	}
	return *v
}

func criterionAt(i int) string { return "criteria." + strconv.Itoa(i) }

func trimSeconds(s string) string {
	if len(s) > 16 && strings.Count(s, ":") == 2 {
		return s[:16]
	}
	return s
}
