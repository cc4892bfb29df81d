// Package account shows signing in and out, one's own account, and the office's pages of people and of the journal.
package account

import (
	"context"
	"embed"
	"encoding/base64"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	desk "aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/fault"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

//go:embed *.html
var files embed.FS

//go:embed static
var static embed.FS

var pages = ui.Templates(files)

// Deps are what the pages ask.
type Deps struct {
	Account  *desk.Desk
	Network  *network.Desk
	Activity *activity.Desk
	Now      func() time.Time
}

type handlers struct {
	*ui.Site
	Deps
	byAddress *ui.Limiter // of those who ask for a letter, or enter something
	byEmail   *ui.Limiter // of letters to one address, whether somebody has it or not
	guesses   *ui.Limiter // of codes and links entered from one address
}

// Register adds the pages to the site.
func Register(s *ui.Site, d Deps) error {
	own, err := fs.Sub(static, "static")
	if err != nil {
		return err
	}
	if err := s.Assets(own); err != nil {
		return err
	}
	h := &handlers{Site: s, Deps: d,
		byAddress: ui.NewLimiter(d.Now, 30, time.Hour, 10),
		byEmail:   ui.NewLimiter(d.Now, 10, 5*time.Hour, 5), // five at once, then one in half an hour: 250 guesses of a code a day
		guesses:   ui.NewLimiter(d.Now, 120, time.Hour, 20),
	}
	s.Live("/signin", h.signIn)
	s.Post("/signin", h.ask)
	s.Live("/signin/code", h.code)
	s.Post("/signin/code", h.enterCode)
	s.Live("/signin/{link}", h.look)
	s.Post("/signin/{link}", h.enterLink)
	s.Live("/signout", h.signOut)
	s.Post("/signout", h.signedOut)
	s.Live("/me", h.me)
	s.Post("/me/everywhere", h.everywhere)
	s.Live("/office/people", h.people)
	s.Live("/office/people/new", h.newPerson)
	s.Post("/office/people/new", h.addPerson)
	s.Live("/office/people/{id}", h.person)
	s.Post("/office/people/{id}", h.savePerson)
	s.Post("/office/people/{id}/withdraw", h.withdraw)
	s.Post("/office/people/{id}/restore", h.restore)
	s.Post("/office/people/{id}/everywhere", h.personEverywhere)
	s.Live("/office/people/{id}/history", h.personHistory)
	s.Live("/office/journal", h.journal)

	s.Post("/signin/passkey/begin", h.beginKey)
	s.Post("/signin/passkey", h.enterKey)
	s.Live("/signin/provider", h.toProvider)
	s.Raw("/signin/return", h.fromProvider)
	s.Live("/me/about", h.about)
	s.Post("/me/about", h.about)
	s.Live("/me/consents", h.consents)
	s.Post("/me/consents", h.agree)
	s.Post("/me/consents/{id}/withdraw", h.disagree)
	s.Live("/me/data", h.data)
	s.Post("/me/data/export", h.export)
	s.Post("/me/data/erase", h.erase)
	s.Live("/me/journal", h.myJournal)
	s.Post("/me/passkeys/begin", h.beginPasskey)
	s.Post("/me/passkeys", h.finishPasskey)
	s.Post("/me/passkeys/{id}/remove", h.removePasskey)
	s.Post("/me/identities/remove", h.removeIdentity)
	s.Live("/me/tokens", h.tokens)
	s.Post("/me/tokens", h.addToken)
	s.Post("/me/tokens/{id}/revoke", h.revokeToken)
	s.Live("/office/people/{id}/about", h.about)
	s.Post("/office/people/{id}/about", h.about)
	s.Live("/office/people/{id}/data", h.data)
	s.Post("/office/people/{id}/data/export", h.export)
	s.Post("/office/people/{id}/data/erase", h.erase)
	s.Post("/office/people/{id}/look", h.lookAs)
	s.Post("/office/look", h.lookAs)
	s.PostAlways("/view/end", h.endView)
	s.Live("/office/roles", h.roles)
	s.Post("/office/roles", h.chooseRoles)
	s.Live("/office/roles/{subject}/{key}", h.thingRoles)
	s.Post("/office/roles/{subject}/{key}", h.giveRole)
	s.Post("/office/grants/{id}/end", h.endRole)
	s.Live("/office/tokens", h.allTokens)
	s.Live("/office/retention", h.retention)
	s.Post("/office/retention", h.retain)
	return nil
}

type signPage struct {
	ui.Page
	Next   string
	Email  string
	Lede   string
	Button string
	State  string // "in": is signed in already; "bad": the link opens nothing

	Passkeys bool
	Provider string // its name
	NextOf   string // next as a query
}

// next is where to go after signing in: a path of the site without its language, "" for the usual place.
func next(path string) string {
	if path == "" || ui.LocalPath(path) == "/" {
		return ""
	}
	return path
}

func (h *handlers) signIn(w http.ResponseWriter, r *ui.Request) error {
	return h.showSignIn(w, r, nil, next(r.URL.Query().Get("next")), "", "")
}

func (h *handlers) showSignIn(w http.ResponseWriter, r *ui.Request, err error, next, lede, email string) error {
	words := r.Words
	p := &signPage{Page: ui.Page{Title: words.T("signin.title"), Description: words.T("signin.description"), NoIndex: true,
		Crumbs: []ui.Crumb{{Text: words.T("signin.title")}}}, Next: next, Lede: lede}
	if p.Lede == "" {
		p.Lede = words.T("signin.lede")
	}
	p.Passkeys, p.Provider = h.Account.Passkeyed(), h.Account.Provider()
	if next != "" {
		p.NextOf = "?next=" + url.QueryEscape(next)
	}
	if p.Passkeys {
		p.Scripts = []string{"passkey.js"}
	}
	if r.By.SignedIn() {
		p.State, p.Lede = "in", words.T("signin.in", "Name", r.By.Name, "Role", words.T("role."+string(r.By.Role)))
	}
	f := ui.NewForm(r, err)
	f.Text("email", "signin.email", email).Kind("email").Autocomplete("email")
	f.Keep("next", next)
	p.Form = f
	return h.Show(w, r, pages, "signin.html", p)
}

// ask sends a letter, and says the same whether or not somebody has the address.
func (h *handlers) ask(w http.ResponseWriter, r *ui.Request) error {
	if wait, ok := h.byAddress.Allow(r.Address()); !ok {
		return ui.TooMany(wait)
	}
	email, to := r.Value("email"), next(r.Value("next"))
	if clean := desk.CleanEmail(email); clean != "" {
		if wait, ok := h.byEmail.Allow(clean); !ok {
			return ui.TooMany(wait)
		}
	}
	query := ""
	if to != "" {
		query = "?next=" + url.QueryEscape(to)
	}
	begun := time.Now()
	attempt, err := h.Account.Ask(r.Context(), email, r.Lang, h.Absolute(""), query)
	if ui.Again(err) {
		return h.showSignIn(w, r, err, to, "", "")
	} else if err != nil {
		return err
	}
	time.Sleep(askTime - time.Since(begun)) // so that the time of an answer tells nothing either
	h.keep(w, r, pending{attempt, desk.CleanEmail(email), to})
	return h.Redirect(w, r, "/signin/code", "")
}

// askTime is how long every answer to a request for a letter takes.
const askTime = 150 * time.Millisecond

// pending is a letter that a browser waits for, kept in a cookie of a quarter of an hour.
type pending struct{ attempt, email, next string }

const cookie = "entry"

func (h *handlers) keep(w http.ResponseWriter, r *ui.Request, p pending) {
	c := &http.Cookie{Name: cookie, Path: "/", HttpOnly: true, Secure: h.Secure(r.Request), SameSite: http.SameSiteLaxMode, MaxAge: -1}
	if p.attempt != "" {
		c.Value = p.attempt + "." + encode(p.email) + "." + encode(p.next)
		c.MaxAge = int(desk.EntryTime / time.Second)
	}
	http.SetCookie(w, c)
}

func waiting(r *ui.Request) (p pending, ok bool) {
	c, err := r.Cookie(cookie)
	if err != nil {
		return p, false
	}
	parts := strings.Split(c.Value, ".")
	if len(parts) != 3 || parts[0] == "" {
		return p, false
	}
	return pending{parts[0], desk.CleanEmail(decode(parts[1])), next(decode(parts[2]))}, true
}

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func decode(s string) string {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return ""
	}
	return string(b)
}

func (h *handlers) code(w http.ResponseWriter, r *ui.Request) error { return h.showCode(w, r, nil) }

func (h *handlers) showCode(w http.ResponseWriter, r *ui.Request, err error) error {
	words := r.Words
	p, ok := waiting(r)
	if !ok {
		return h.showSignIn(w, r, nil, "", words.T("signin.none"), "")
	}
	page := &signPage{Page: ui.Page{Title: words.T("signin.sent.title"), NoIndex: true,
		Crumbs: []ui.Crumb{{Text: words.T("signin.title"), Path: "/signin"}, {Text: words.T("signin.sent.title")}}}, Email: p.email, Next: p.next}
	page.Lede = words.T("signin.sent.lede", "Email", p.email)
	f := ui.NewForm(r, err)
	field := f.Text("code", "signin.code", "").As("w10").Autocomplete("one-time-code")
	field.Mode = "numeric"
	var several *desk.Which
	if errors.As(err, &several) { // the code is right, and stands in the form
		askWho(f, several.People)
	}
	page.Form = f
	return h.Show(w, r, pages, "code.html", page)
}

func (h *handlers) enterCode(w http.ResponseWriter, r *ui.Request) error {
	if wait, ok := h.guesses.Allow(r.Address()); !ok {
		return ui.TooMany(wait)
	}
	p, ok := waiting(r)
	if !ok {
		return h.showSignIn(w, r, fault.New(fault.Invalid, "signin.none"), "", "", "")
	}
	person, err := h.Account.EnterCode(r.Context(), p.attempt, r.Value("code"), r.Value("who"))
	if _, field := h.Invalid(err); !field && fault.CodeOf(err) == fault.Invalid { // no other code will do either
		h.keep(w, r, pending{})
		return h.showSignIn(w, r, err, p.next, "", p.email)
	}
	if ui.Again(err) {
		return h.showCode(w, r, err)
	} else if err != nil {
		return err
	}
	return h.enter(w, r, person, p.next)
}

// look shows a link's button and spends nothing.
func (h *handlers) look(w http.ResponseWriter, r *ui.Request) error {
	return h.showLink(w, r, nil)
}

func (h *handlers) showLink(w http.ResponseWriter, r *ui.Request, refused error) error {
	words := r.Words
	to := next(r.URL.Query().Get("next"))
	page := &signPage{Page: ui.Page{NoIndex: true, Canonical: "/signin"}, Next: to}
	those, err := h.Account.Look(r.Context(), r.PathValue("link"))
	if refused != nil && err == nil && !ui.Again(refused) {
		err = refused
	}
	switch {
	case err == nil && len(those) == 1:
		page.Title, page.Lede = words.T("signin.link.title", "Name", those[0].Name), words.T("signin.link.lede")
	case err == nil:
		page.Title, page.Lede = words.T("signin.link.who"), words.T("signin.link.lede")
		page.Form = ui.NewForm(r, refused)
		askWho(page.Form, those)
	case fault.CodeOf(err) == fault.Invalid:
		page.State, page.Status = "bad", http.StatusUnprocessableEntity
		page.Title, page.Lede = words.T("signin.link.bad.title"), words.Error(err)
	default:
		return err
	}
	page.Crumbs = []ui.Crumb{{Text: words.T("signin.title"), Path: "/signin"}, {Text: page.Title}}
	return h.Show(w, r, pages, "link.html", page)
}

func (h *handlers) enterLink(w http.ResponseWriter, r *ui.Request) error {
	if wait, ok := h.guesses.Allow(r.Address()); !ok {
		return ui.TooMany(wait)
	}
	person, err := h.Account.EnterLink(r.Context(), r.PathValue("link"), r.Value("who"))
	if fault.CodeOf(err) == fault.Invalid {
		return h.showLink(w, r, err)
	} else if err != nil {
		return err
	}
	return h.enter(w, r, person, next(r.Value("next")))
}

// askWho asks which of those who read one mailbox is signing in.
func askWho(f *ui.Form, those []desk.Person) {
	var options []ui.Option
	for _, p := range those {
		options = append(options, ui.Option{Value: p.ID, Label: p.Name})
	}
	f.Radio("who", "signin.who", "", options)
}

// came begins the session of somebody who has proved to be who they are.
func (h *handlers) came(w http.ResponseWriter, r *ui.Request, p desk.Person) error {
	if err := r.SignIn(p.ID); err != nil {
		return err
	}
	h.byEmail.Forgive(p.Email)
	h.byAddress.Forgive(r.Address())
	h.guesses.Forgive(r.Address())
	h.keep(w, r, pending{})
	return nil
}

func (h *handlers) greeting(r *ui.Request, p desk.Person) string {
	return r.Words.T("signin.done", "Name", p.Name, "Role", r.Words.T("role."+string(p.Role)))
}

func (h *handlers) enter(w http.ResponseWriter, r *ui.Request, p desk.Person, to string) error {
	if err := h.came(w, r, p); err != nil {
		return err
	}
	if to == "" {
		to = "/office"
	}
	return h.Redirect(w, r, to, h.greeting(r, p))
}

func (h *handlers) signOut(w http.ResponseWriter, r *ui.Request) error {
	words := r.Words
	page := &signPage{Page: ui.Page{Title: words.T("signout.title"), NoIndex: true, Crumbs: []ui.Crumb{{Text: words.T("signout.title")}}}, Lede: words.T("signout.lede")}
	if !r.By.SignedIn() {
		page.Title, page.State, page.Scripts = words.T("signout.done"), "out", []string{"forget.js"}
	}
	return h.Show(w, r, pages, "signout.html", page)
}

func (h *handlers) signedOut(w http.ResponseWriter, r *ui.Request) error {
	by := r.By
	if err := r.SignOut(); err != nil {
		return err
	}
	if err := h.Account.SignedOut(r.Context(), by); err != nil {
		return err
	}
	return h.Redirect(w, r, "/signout", "")
}

type mePage struct {
	ui.Page
	Person     desk.Person
	City       string
	Visible    string
	Sessions   []string
	Roles      []roleRow
	Passkeyed  bool
	Passkeys   []keyRow
	Identities []desk.Identity
}

type keyRow struct{ ID, Name, Created, Used string }

func (h *handlers) me(w http.ResponseWriter, r *ui.Request) error {
	if err := person(r); err != nil {
		return err
	}
	p, err := h.Account.Person(r.Context(), r.By, r.By.ID)
	if err != nil {
		return err
	}
	sessions, err := h.Account.SessionsOf(r.Context(), r.By, r.By.ID)
	if err != nil {
		return err
	}
	words := r.Words
	page := &mePage{Page: ui.Page{Title: words.T("me.title"), NoIndex: true, Crumbs: []ui.Crumb{{Text: words.T("me.title")}}}, Person: p,
		Visible: words.T("visibility." + string(p.Visibility)), Passkeyed: h.Account.Passkeyed()}
	if page.City, err = h.cityName(r.Context(), p.City, r.Lang); err != nil {
		return err
	}
	for _, s := range sessions {
		page.Sessions = append(page.Sessions, words.T("me.session", "Begun", utc(words, s.Begun), "Seen", utc(words, s.Seen)))
	}
	grants, err := h.Account.GrantsOf(r.Context(), r.By, r.By.ID)
	if err != nil {
		return err
	}
	if page.Roles, err = h.roleRows(r, grants); err != nil {
		return err
	}
	keys, err := h.Account.Passkeys(r.Context(), r.By)
	if err != nil {
		return err
	}
	for _, k := range keys {
		row := keyRow{k.ID, k.Name, utc(words, k.Created), words.T("people.never")}
		if !k.Used.IsZero() {
			row.Used = utc(words, k.Used)
		}
		page.Passkeys = append(page.Passkeys, row)
	}
	if page.Identities, err = h.Account.Identities(r.Context(), r.By); err != nil {
		return err
	}
	if page.Passkeyed {
		page.Scripts = []string{"passkey.js"}
	}
	return h.Show(w, r, pages, "me.html", page)
}

// utc writes a time with its zone named, as nobody knows where the reader is.
func utc(w *catalog.Words, t time.Time) string { return w.DateTime(t.UTC()) + " UTC" }

func (h *handlers) everywhere(w http.ResponseWriter, r *ui.Request) error {
	if err := h.Account.SignOutEverywhere(r.Context(), r.By, r.By.ID); err != nil {
		return err
	}
	if err := r.SignOut(); err != nil {
		return err
	}
	return h.Redirect(w, r, "/signout", "")
}

func (h *handlers) cityName(ctx context.Context, id, lang string) (string, error) {
	if id == "" {
		return "", nil
	}
	snap, err := h.Network.Snapshot(ctx)
	if err != nil {
		return "", err
	}
	return snap.PlaceName(id, lang), nil
}
