package account

import (
	"net/http"
	"sort"
	"strconv"
	"strings"
	"time"

	desk "aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/fault"
	"aircommons/internal/web/ui"
)

// all stands for an empty key in an address.
const allKey = "all"

type rolesPage struct {
	ui.Page
	Things []thingRoles
	Choose []ui.Option
	May    bool // by may give roles here
	Past   []roleRow
	Rows   []roleRow
	Base   string
}

// thingRoles are the roles for one thing.
type thingRoles struct {
	Name, Kind, Path string
	Rows             []roleRow
}

type roleRow struct {
	ID, Person, PersonPath, Role, Thing, ThingPath, Given, By, Until, Ended string
	May                                                                     bool
}

func thingPath(subject, key string) string {
	if key == "" {
		key = allKey
	}
	return "/office/roles/" + subject + "/" + key
}

// roleRows are grants as they are shown, with names of people and things.
func (h *handlers) roleRows(r *ui.Request, gs []desk.Granted) ([]roleRow, error) {
	var ids []string
	for _, g := range gs {
		ids = append(ids, g.Person, g.GivenBy, g.EndedBy)
	}
	names, err := h.Account.NamesOf(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	things, err := h.things(r)
	if err != nil {
		return nil, err
	}
	words := r.Words
	name := func(id string) string {
		switch {
		case id == actor.CommandLine.ID:
			return words.T("journal.cli")
		case names[id] == "":
			return words.T("people.erased")
		}
		return names[id]
	}
	var out []roleRow
	for _, g := range gs {
		row := roleRow{ID: g.ID, Person: name(g.Person), Role: first(words.T("role." + string(g.Role))), ThingPath: thingPath(g.Subject, g.Key), Given: utc(words, g.Given), By: name(g.GivenBy),
			May: g.Holds(h.Now()) && desk.MayGrant(r.By, g.Grant) == nil}
		if r.By.Officer() {
			row.PersonPath = "/office/people/" + g.Person
		}
		if row.Thing = things.name(g.Subject, g.Key); g.Subject == actor.OfNetwork {
			row.Thing = words.T("roles.network")
		}
		if !g.Until.IsZero() {
			row.Until = utc(words, g.Until)
		}
		if !g.Ended.IsZero() {
			row.Ended = words.T("roles.ended", "When", utc(words, g.Ended), "By", name(g.EndedBy))
		} else if !g.Holds(h.Now()) {
			row.Ended = words.T("roles.over")
		}
		out = append(out, row)
	}
	return out, nil
}

// roles lists what is granted in the network, by thing, and leads to any other.
func (h *handlers) roles(w http.ResponseWriter, r *ui.Request) error {
	gs, err := h.Account.AllGrants(r.Context(), r.By)
	if err != nil {
		return err
	}
	rows, err := h.roleRows(r, gs)
	if err != nil {
		return err
	}
	words := r.Words
	page := &rolesPage{Page: ui.Page{Title: words.T("roles.title"), NoIndex: true, Crumbs: office(r, words.T("roles.title"), "")}}
	for i, row := range rows {
		if i == 0 || gs[i].Subject != gs[i-1].Subject || gs[i].Key != gs[i-1].Key {
			page.Things = append(page.Things, thingRoles{Name: row.Thing, Kind: words.T("roles.of." + gs[i].Subject), Path: row.ThingPath})
		}
		last := &page.Things[len(page.Things)-1]
		last.Rows = append(last.Rows, row)
	}
	f := ui.NewForm(r, nil)
	options, err := h.thingOptions(r)
	if err != nil {
		return err
	}
	f.Select("thing", "roles.thing", "", options)
	page.Form = f
	return h.Show(w, r, pages, "roles.html", page)
}

// thingOptions are all things that roles can be given for.
func (h *handlers) thingOptions(r *ui.Request) ([]ui.Option, error) {
	things, err := h.things(r)
	if err != nil {
		return nil, err
	}
	var out []ui.Option
	for at := range things.names {
		subject, key, _ := strings.Cut(at, "/")
		out = append(out, ui.Option{Value: at, Label: r.Words.T("roles.of."+subject) + ": " + things.name(subject, key)})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Label < out[j].Label })
	return append([]ui.Option{{Value: "network/" + allKey, Label: r.Words.T("roles.network")}}, out...), nil
}

// chooseRoles leads on to the thing that was chosen.
func (h *handlers) chooseRoles(w http.ResponseWriter, r *ui.Request) error {
	if err := r.By.NeedOfficer(); err != nil {
		return err
	}
	subject, key, _ := strings.Cut(r.Value("thing"), "/")
	if _, _, err := h.thing(r, subject, key); err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/roles/"+subject+"/"+key, "")
}

// thing is one that there is.
func (h *handlers) thing(r *ui.Request, subject, key string) (realKey, name string, err error) {
	if subject == actor.OfNetwork && key == allKey {
		return "", r.Words.T("roles.network"), nil
	}
	things, err := h.things(r)
	if err != nil {
		return "", "", err
	}
	if _, ok := things.names[subject+"/"+key]; !ok {
		return "", "", fault.New(fault.NotFound, "error.notfound")
	}
	return key, things.name(subject, key), nil
}

func (h *handlers) thingRoles(w http.ResponseWriter, r *ui.Request) error {
	return h.showThing(w, r, nil)
}

func (h *handlers) showThing(w http.ResponseWriter, r *ui.Request, refused error) error {
	subject, key := r.PathValue("subject"), r.PathValue("key")
	real := key
	if key == allKey {
		real = ""
	}
	gs, err := h.Account.GrantsFor(r.Context(), r.By, subject, real) // rights before whether there is such a thing
	if err != nil {
		return err
	}
	_, name, err := h.thing(r, subject, key)
	if err != nil {
		return err
	}
	rows, err := h.roleRows(r, gs)
	if err != nil {
		return err
	}
	words := r.Words
	page := &rolesPage{Page: ui.Page{Title: words.T("roles.for", "Name", name), NoIndex: true, Crumbs: office(r, words.T("roles.title"), "")}, Base: thingPath(subject, real)}
	page.Crumbs[1].Path = "/office/roles"
	page.Crumbs = append(page.Crumbs, ui.Crumb{Text: name})
	for i, row := range rows {
		if gs[i].Holds(h.Now()) {
			page.Rows = append(page.Rows, row)
		} else {
			page.Past = append(page.Past, row)
		}
	}
	var roles []ui.Option
	for _, role := range []actor.Role{actor.ProgrammeOfficer, actor.FocalPoint, actor.Speaker, actor.CheckIn, actor.Reviewer, actor.Secretariat} {
		if desk.MayGrant(r.By, actor.Grant{Role: role, Subject: subject, Key: real}) == nil {
			roles = append(roles, ui.Option{Value: string(role), Label: first(words.T("role." + string(role))), Hint: words.T("people.role." + string(role))})
		}
	}
	if page.May = len(roles) > 0; page.May {
		f := ui.NewForm(r, refused)
		f.Text("email", "roles.email", "").Kind("email").Autocomplete("off")
		f.Text("name", "roles.name", "").Autocomplete("off")
		chosen := ""
		if len(roles) == 1 {
			chosen = roles[0].Value
		}
		f.Radio("role", "roles.role", chosen, roles)
		f.Text("until", "roles.until", "").Kind("date").Opt().As("w20")
		page.Form = f
	}
	return h.Show(w, r, pages, "thing.html", page)
}

func (h *handlers) giveRole(w http.ResponseWriter, r *ui.Request) error {
	subject, key := r.PathValue("subject"), r.PathValue("key")
	real := key
	if key == allKey {
		real = ""
	}
	if !r.By.Officer() && !r.By.Has(actor.ProgrammeOfficer, subject, real) {
		return r.By.NeedOfficer()
	}
	if _, _, err := h.thing(r, subject, key); err != nil {
		return err
	}
	var f fault.Form
	until := h.day(r.Value("until"), "until", &f)
	g := actor.Grant{Role: actor.Role(r.Value("role")), Subject: subject, Key: real}
	if g.Role == "" {
		f.Add("role", "account.role.missing")
	}
	err := f.Err()
	var p desk.Person
	if err == nil {
		p, err = h.Account.GrantByEmail(r.Context(), r.By, desk.Person{Name: r.Value("name"), Email: r.Value("email"), Language: r.Lang}, g, until)
	}
	if ui.Again(err) {
		return h.showThing(w, r, err)
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, thingPath(subject, real), r.Words.T("roles.given", "Name", p.Name, "Role", r.Words.T("role."+string(g.Role))))
}

// day is the end of a day that was written, in UTC; the zero time for none.
func (h *handlers) day(s, field string, f *fault.Form) time.Time {
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		f.Add(field, "journal.day.bad")
		return time.Time{}
	}
	return t.AddDate(0, 0, 1)
}

func (h *handlers) endRole(w http.ResponseWriter, r *ui.Request) error {
	if err := person(r); err != nil {
		return err
	}
	if err := h.Account.Revoke(r.Context(), r.By, r.PathValue("id")); err != nil {
		return err
	}
	back := "/office/roles"
	if subject, key, ok := strings.Cut(r.Value("thing"), "/"); ok {
		if _, _, err := h.thing(r, subject, key); err == nil {
			back += "/" + subject + "/" + key
		}
	}
	return h.Redirect(w, r, back, r.Words.T("roles.taken"))
}

// Tokens.

type tokensPage struct {
	ui.Page
	All    bool
	Secret string
	Made   string
	Rows   []tokenRow
}

type tokenRow struct {
	ID, Name, Kind, Hint, Whose, May, Created, Expires, Used, State string
	Good                                                            bool
}

func (h *handlers) tokens(w http.ResponseWriter, r *ui.Request) error {
	if err := person(r); err != nil {
		return err
	}
	return h.showTokens(w, r, nil, "", "", false)
}

func (h *handlers) allTokens(w http.ResponseWriter, r *ui.Request) error {
	return h.showTokens(w, r, nil, "", "", true)
}

func (h *handlers) showTokens(w http.ResponseWriter, r *ui.Request, refused error, secret, made string, all bool) error {
	words := r.Words
	whose := r.By.ID
	if all {
		whose = ""
	}
	ts, err := h.Account.Tokens(r.Context(), r.By, whose)
	if err != nil {
		return err
	}
	things, err := h.things(r)
	if err != nil {
		return err
	}
	var ids []string
	for _, t := range ts {
		ids = append(ids, t.Person)
	}
	names, err := h.Account.NamesOf(r.Context(), ids)
	if err != nil {
		return err
	}
	page := &tokensPage{All: all, Secret: secret, Made: made, Page: ui.Page{Title: words.T("tokens.title"), NoIndex: true, Crumbs: mine(r, words.T("tokens.title"))}}
	if all {
		page.Title = words.T("tokens.all")
		page.Crumbs = office(r, page.Title, "")
	}
	now := h.Now()
	for _, t := range ts {
		row := tokenRow{ID: t.ID, Name: t.Name, Kind: words.T("token.kind." + t.Kind), Hint: "…" + t.Hint, Whose: names[t.Person], Created: utc(words, t.Created), Expires: utc(words, t.Expires), Good: t.Good(now)}
		if t.Person == "" {
			row.Whose = words.T("journal.cli")
		}
		var may []string
		for _, g := range t.Grants {
			may = append(may, lent(words.T("role."+string(g.Role)), things, g))
		}
		if row.May = strings.Join(may, "; "); row.May == "" {
			row.May = words.T("tokens.public")
		}
		if t.Reads {
			row.May += " · " + words.T("tokens.reads")
		}
		if row.Used = words.T("people.never"); !t.Used.IsZero() {
			row.Used = utc(words, t.Used)
		}
		switch {
		case !t.Revoked.IsZero():
			row.State = words.T("tokens.revoked")
		case !t.Good(now):
			row.State = words.T("tokens.ended")
		default:
			row.State = words.T("tokens.good")
		}
		page.Rows = append(page.Rows, row)
	}
	if !all {
		f := ui.NewForm(r, refused)
		if secret != "" {
			f = ui.StoredForm(r) // an empty one for the next
		}
		f.Text("name", "tokens.name", "").Autocomplete("off")
		var kinds []ui.Option
		for _, k := range desk.TokenKinds {
			kinds = append(kinds, ui.Option{Value: k, Label: words.T("token.kind." + k), Hint: words.T("token.kind." + k + ".hint")})
		}
		f.Radio("kind", "tokens.kind", "", kinds)
		f.Select("grants", "tokens.grants", "", h.lendable(r, things))
		f.Check("reads", "tokens.only", false)
		f.Text("expires", "tokens.expires", now.AddDate(0, 3, 0).UTC().Format(time.DateOnly)).Kind("date").As("w20")
		page.Form = f
	}
	return h.Show(w, r, pages, "tokens.html", page)
}

func lent(role string, things naming, g actor.Grant) string {
	if g.Subject == actor.OfNetwork {
		return role
	}
	return role + ": " + things.name(g.Subject, g.Key)
}

// lendable are the grants that a token of this person may have.
func (h *handlers) lendable(r *ui.Request, things naming) []ui.Option {
	words := r.Words
	var out []ui.Option
	add := func(g actor.Grant) {
		v := string(g.Role) + "@" + g.Subject + "/" + g.Key
		for _, o := range out {
			if o.Value == v {
				return
			}
		}
		out = append(out, ui.Option{Value: v, Label: first(lent(words.T("role."+string(g.Role)), things, g))})
	}
	for _, g := range r.By.Grants {
		add(g)
	}
	for at := range things.names {
		subject, key, _ := strings.Cut(at, "/")
		for _, role := range []actor.Role{actor.CheckIn, actor.ProgrammeOfficer} {
			if g := (actor.Grant{Role: role, Subject: subject, Key: key}); desk.MayGrant(r.By, g) == nil {
				add(g)
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Label < out[j].Label })
	if r.By.Officer() {
		out = append([]ui.Option{{Value: string(actor.Secretariat) + "@" + actor.OfNetwork + "/", Label: first(words.T("role.secretariat"))}}, out...)
	}
	return append([]ui.Option{{Label: words.T("tokens.public")}}, out...)
}

func (h *handlers) addToken(w http.ResponseWriter, r *ui.Request) error {
	if err := person(r); err != nil {
		return err
	}
	var f fault.Form
	t := desk.Token{Name: r.Value("name"), Kind: r.Value("kind"), Reads: r.Value("reads") != "", Expires: h.day(r.Value("expires"), "expires", &f)}
	if role, thing, ok := strings.Cut(r.Value("grants"), "@"); ok {
		subject, key, _ := strings.Cut(thing, "/")
		t.Grants = []actor.Grant{{Role: actor.Role(role), Subject: subject, Key: key}}
	}
	err := f.Err()
	secret := ""
	if err == nil {
		t, secret, err = h.Account.AddToken(r.Context(), r.By, t)
	}
	if ui.Again(err) {
		return h.showTokens(w, r, err, "", "", false)
	} else if err != nil {
		return err
	}
	return h.showTokens(w, r, nil, secret, t.Name, false) // no redirect: the secret is nowhere but on this page
}

func (h *handlers) revokeToken(w http.ResponseWriter, r *ui.Request) error {
	if err := h.Account.RevokeToken(r.Context(), r.By, r.PathValue("id")); err != nil {
		return err
	}
	back := "/me/tokens"
	if all, _ := strconv.ParseBool(r.Value("all")); all {
		back = "/office/tokens"
	}
	return h.Redirect(w, r, back, r.Words.T("tokens.gone"))
}
