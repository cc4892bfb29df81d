package account

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	desk "aircommons/internal/account"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/web/ui"
)

// person lets in people who are signed in; a device or a program has no page of its own.
func person(r *ui.Request) error {
	if err := r.NeedSignIn(); err != nil {
		return err
	}
	return r.By.NeedPerson()
}

type consentsPage struct {
	ui.Page
	Kinds []consentKind
	All   []consentRow
}

// consentKind is something that can be agreed to at any time.
type consentKind struct {
	Kind, Title, Text string
	Given             bool
}

type consentRow struct {
	ID, Title, About, Wording, Lang, Given, Withdrawn string
}

func (h *handlers) consents(w http.ResponseWriter, r *ui.Request) error {
	if err := person(r); err != nil {
		return err
	}
	cs, err := h.Account.Consents(r.Context(), r.By, r.By.ID)
	if err != nil {
		return err
	}
	names, err := h.things(r)
	if err != nil {
		return err
	}
	words := r.Words
	page := &consentsPage{Page: ui.Page{Title: words.T("consents.title"), NoIndex: true, Crumbs: mine(r, words.T("consents.title"))}}
	given := map[string]bool{}
	for _, c := range cs {
		row := consentRow{ID: c.ID, Title: said(r, "consent.", c.Kind), Wording: c.Wording, Lang: c.Lang, Given: utc(words, c.Given)}
		if c.About != "" {
			row.About = names.name("activity", c.About)
		}
		if c.Withdrawn.IsZero() {
			given[c.Kind] = given[c.Kind] || c.About == ""
		} else {
			row.Withdrawn = utc(words, c.Withdrawn)
		}
		page.All = append(page.All, row)
	}
	for _, k := range desk.ConsentKinds {
		page.Kinds = append(page.Kinds, consentKind{k, words.T("consent." + k), words.T("consent." + k + ".text"), given[k]})
	}
	return h.Show(w, r, pages, "consents.html", page)
}

func (h *handlers) agree(w http.ResponseWriter, r *ui.Request) error {
	kind := r.Value("kind")
	for _, k := range desk.ConsentKinds {
		if k == kind {
			err := h.Account.Agree(r.Context(), r.By, desk.Consented{Kind: k, Wording: r.Words.T("consent." + k + ".text"), Lang: r.Lang})
			if err != nil {
				return err
			}
			return h.Redirect(w, r, "/me/consents", r.Words.T("consents.given"))
		}
	}
	return fault.New(fault.NotFound, "error.notfound")
}

func (h *handlers) disagree(w http.ResponseWriter, r *ui.Request) error {
	if err := h.Account.WithdrawConsent(r.Context(), r.By, r.PathValue("id")); err != nil {
		return err
	}
	return h.Redirect(w, r, "/me/consents", r.Words.T("consents.taken"))
}

// dataPage offers what is owed to a person: all of it, or that it goes.
type dataPage struct {
	ui.Page
	Own          bool
	Person       desk.Person
	Base, Cancel string
}

func (h *handlers) data(w http.ResponseWriter, r *ui.Request) error { return h.showData(w, r, nil) }

func (h *handlers) whose(r *ui.Request) (p desk.Person, base string, own bool, err error) {
	id := r.PathValue("id")
	if own = id == ""; own {
		if err := person(r); err != nil {
			return p, "", own, err
		}
		p, err = h.Account.Person(r.Context(), r.By, r.By.ID)
		return p, "/me", own, err
	}
	if err := errors.Join(r.By.NeedOfficer(), r.By.NeedPerson()); err != nil {
		return p, "", own, fault.New(fault.Denied, "error.denied.officer")
	}
	p, err = h.Account.Person(r.Context(), r.By, id)
	return p, "/office/people/" + id, own, err
}

func (h *handlers) showData(w http.ResponseWriter, r *ui.Request, refused error) error {
	p, base, own, err := h.whose(r)
	if err != nil {
		return err
	}
	page := &dataPage{Own: own, Person: p, Base: base, Cancel: base, Page: ui.Page{Title: r.Words.T("data.title"), NoIndex: true, Crumbs: mine(r, r.Words.T("data.title"))}}
	if !own {
		page.Title = r.Words.T("data.of", "Name", p.Name)
		page.Crumbs = office(r, r.Words.T("people.title"), page.Title)
	}
	f := ui.NewForm(r, refused)
	f.Check("sure", "data.erase.sure", false)
	page.Form = f
	return h.Show(w, r, pages, "data.html", page)
}

// export hands over everything, made whole before the first byte leaves.
func (h *handlers) export(w http.ResponseWriter, r *ui.Request) error {
	p, _, _, err := h.whose(r)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp("", "aircommons-export-*.zip")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if err := h.Account.Export(r.Context(), r.By, p.ID, file); err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="my-data-`+h.Now().UTC().Format(time.DateOnly)+`.zip"`)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.Copy(w, file) // a reader who left needs no answer
	return nil
}

func (h *handlers) erase(w http.ResponseWriter, r *ui.Request) error {
	p, _, own, err := h.whose(r)
	if err != nil {
		return err
	}
	if r.Value("sure") == "" {
		var f fault.Form
		f.Add("sure", "data.erase.missing")
		return h.showData(w, r, f.Err())
	}
	err = h.Account.Erase(r.Context(), r.By, p.ID)
	if ui.Again(err) {
		return h.showData(w, r, err)
	} else if err != nil {
		return err
	}
	if own {
		if err := r.SignOut(); err != nil {
			return err
		}
		return h.Redirect(w, r, "/signout", "")
	}
	return h.Redirect(w, r, "/office/people", r.Words.T("data.erased"))
}

// myJournal shows what was done with a person's data.
func (h *handlers) myJournal(w http.ResponseWriter, r *ui.Request) error {
	if err := person(r); err != nil {
		return err
	}
	changes, err := h.Account.Concerning(r.Context(), r.By, r.By.ID, 500)
	if err != nil {
		return err
	}
	title := r.Words.T("journal.mine")
	page := &journalPage{Page: ui.Page{Title: title, NoIndex: true, Crumbs: mine(r, title)}, Short: true, Lede: r.Words.T("journal.mine.lede")}
	for _, c := range changes {
		e := entryOf(r, c)
		if !r.By.Officer() {
			e.Path = "" // the office is not theirs
		}
		page.Entries = append(page.Entries, e)
	}
	return h.Show(w, r, pages, "journal.html", page)
}

// Passkeys. The pages work with a script, since only a script can ask a browser for a passkey.

func (h *handlers) answer(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(v)
}

type ask struct {
	Options  any    `json:"options"`
	Ceremony string `json:"ceremony"`
}

func (h *handlers) beginPasskey(w http.ResponseWriter, r *ui.Request) error {
	if err := r.Private(); err != nil {
		return err
	}
	options, ceremony, err := h.Account.BeginPasskey(r.Context(), r.By)
	if err != nil {
		return err
	}
	return h.answer(w, ask{options, ceremony})
}

func (h *handlers) finishPasskey(w http.ResponseWriter, r *ui.Request) error {
	if err := h.Account.FinishPasskey(r.Context(), r.By, r.Value("ceremony"), r.Value("name"), []byte(r.Value("answer"))); err != nil {
		return err
	}
	if err := r.Leave(r.Words.T("me.passkey.added")); err != nil {
		return err
	}
	return h.answer(w, map[string]string{"to": r.To("/me")})
}

func (h *handlers) removePasskey(w http.ResponseWriter, r *ui.Request) error {
	if err := h.Account.RemovePasskey(r.Context(), r.By, r.PathValue("id")); err != nil {
		return err
	}
	return h.Redirect(w, r, "/me", r.Words.T("me.passkey.removed"))
}

func (h *handlers) beginKey(w http.ResponseWriter, r *ui.Request) error {
	if wait, ok := h.guesses.Allow(r.Address()); !ok {
		return ui.TooMany(wait)
	}
	options, ceremony, err := h.Account.BeginKeySignIn(r.Context())
	if err != nil {
		return err
	}
	return h.answer(w, ask{options, ceremony})
}

func (h *handlers) enterKey(w http.ResponseWriter, r *ui.Request) error {
	if wait, ok := h.guesses.Allow(r.Address()); !ok {
		return ui.TooMany(wait)
	}
	p, err := h.Account.FinishKeySignIn(r.Context(), r.Value("ceremony"), []byte(r.Value("answer")))
	if err != nil {
		return err
	}
	if err := h.came(w, r, p); err != nil {
		return err
	}
	if err := r.Leave(h.greeting(r, p)); err != nil {
		return err
	}
	to := next(r.Value("next"))
	if to == "" {
		to = "/office"
	}
	return h.answer(w, map[string]string{"to": r.To(to)})
}

// The provider of OpenID Connect. Its pages are outside, so that forms may not lead there; a link does.

const providerCookie = "provider"

func (h *handlers) toProvider(w http.ResponseWriter, r *ui.Request) error {
	if wait, ok := h.guesses.Allow(r.Address()); !ok {
		return ui.TooMany(wait)
	}
	address, state, err := h.Account.BeginProvider(r.Context(), r.Lang+next(r.URL.Query().Get("next")))
	if ui.Again(err) {
		return h.showSignIn(w, r, err, "", "", "")
	} else if err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: providerCookie, Value: state, Path: "/signin/", HttpOnly: true, Secure: h.Secure(r.Request), SameSite: http.SameSiteLaxMode, MaxAge: int(desk.CeremonyTime / time.Second)})
	http.Redirect(w, r.Request, address, http.StatusFound)
	return nil
}

func (h *handlers) fromProvider(w http.ResponseWriter, r *ui.Request) error {
	if wait, ok := h.guesses.Allow(r.Address()); !ok {
		return ui.TooMany(wait)
	}
	kept := ""
	if c, err := r.Cookie(providerCookie); err == nil {
		kept = c.Value
	}
	http.SetCookie(w, &http.Cookie{Name: providerCookie, Path: "/signin/", HttpOnly: true, Secure: h.Secure(r.Request), MaxAge: -1})
	query := r.URL.Query()
	p, path, err := h.Account.FinishProvider(r.Context(), query.Get("state"), kept, query.Get("code"))
	if ui.Again(err) {
		return h.showSignIn(w, r, err, "", "", "")
	} else if err != nil {
		return err
	}
	lang, to, _ := strings.Cut(path, "/")
	r.Speak(lang)
	if to = next("/" + to); to == "" {
		to = "/office"
	}
	if err := h.came(w, r, p); err != nil {
		return err
	}
	return h.Redirect(w, r, to, h.greeting(r, p))
}

func (h *handlers) removeIdentity(w http.ResponseWriter, r *ui.Request) error {
	if err := h.Account.RemoveIdentity(r.Context(), r.By, r.Value("issuer"), r.Value("subject")); err != nil {
		return err
	}
	return h.Redirect(w, r, "/me", r.Words.T("me.identity.removed"))
}

// Looking at the site as somebody else.

func (h *handlers) lookAs(w http.ResponseWriter, r *ui.Request) error {
	as := r.PathValue("id")
	if as == "" {
		as = desk.Reader
	}
	if err := h.Account.LookAs(r.Context(), r.By, as); err != nil {
		return err
	}
	if err := r.LookAs(as); err != nil {
		return err
	}
	return h.Redirect(w, r, "/", "")
}

func (h *handlers) endView(w http.ResponseWriter, r *ui.Request) error {
	if err := r.LookAs(""); err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/people", "")
}

// Retention.

type retentionPage struct {
	ui.Page
	Classes []retentionClass
	Due     []retentionRow
}

type retentionClass struct{ Name, Why, Time string }

type retentionRow struct{ Class, Thing, Due, Count string }

func (h *handlers) retention(w http.ResponseWriter, r *ui.Request) error {
	due, err := h.Account.Retention(r.Context(), r.By, true)
	if err != nil {
		return err
	}
	names, err := h.things(r)
	if err != nil {
		return err
	}
	words := r.Words
	page := &retentionPage{Page: ui.Page{Title: words.T("retention.title"), NoIndex: true, Crumbs: office(r, words.T("retention.title"), "")}}
	for _, c := range desk.Classes {
		page.Classes = append(page.Classes, retentionClass{words.T("retention." + c.Name), words.T("retention." + c.Name + ".why"), words.N("retention.from."+c.From, c.Days)})
	}
	for _, d := range due {
		thing := names.name(d.Subject, d.Key)
		if d.Key == "" {
			thing = words.T("retention.account")
		}
		page.Due = append(page.Due, retentionRow{said(r, "retention.", d.Class), thing, utc(words, d.Due), strconv.Itoa(d.Count)})
	}
	return h.Show(w, r, pages, "retention.html", page)
}

func (h *handlers) retain(w http.ResponseWriter, r *ui.Request) error {
	gone, err := h.Account.Retention(r.Context(), r.By, false)
	if err != nil {
		return err
	}
	n := 0
	for _, g := range gone {
		n += g.Count
	}
	return h.Redirect(w, r, "/office/retention", r.Words.N("retention.done", n))
}

// naming finds what things are called.
type naming struct {
	names map[string]db.Text
	lang  string
}

func (n naming) name(subject, key string) string {
	if t, ok := n.names[subject+"/"+key]; ok {
		s, _ := t.In(n.lang)
		return s
	}
	return key
}

func (h *handlers) things(r *ui.Request) (naming, error) {
	n := naming{map[string]db.Text{}, r.Lang}
	ctx := context.WithoutCancel(r.Context())
	snap, err := h.Network.Snapshot(ctx)
	if err != nil {
		return n, err
	}
	for _, c := range snap.Cities() {
		n.names["place/"+c.ID] = c.Names
	}
	ps, err := h.Activity.Programmes(ctx, r.By)
	if err != nil {
		return n, err
	}
	for _, p := range ps {
		n.names["programme/"+p.ID] = p.Names
	}
	as, err := h.Activity.Activities(ctx, r.By)
	if err != nil {
		return n, err
	}
	for _, a := range as {
		n.names["activity/"+a.ID] = a.Names
	}
	return n, nil
}
