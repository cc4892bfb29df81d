package account

import (
	"context"
	"net/http"
	"sort"
	"strconv"
	"unicode"

	desk "aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/web/ui"
)

type peoplePage struct {
	ui.Page
	People []row
}

// row is a person as the list shows them.
type row struct {
	desk.Person
	RoleName, CityName, LastSeen string
}

func (h *handlers) people(w http.ResponseWriter, r *ui.Request) error {
	people, err := h.Account.People(r.Context(), r.By)
	if err != nil {
		return err
	}
	words := r.Words
	page := &peoplePage{Page: ui.Page{Title: words.T("people.title"), NoIndex: true, Crumbs: office(r, words.T("people.title"), ""),
		Actions: []ui.Action{{Text: words.T("people.add"), Path: "/office/people/new"}}}}
	for _, p := range people {
		city, err := h.cityName(r.Context(), p.City, r.Lang)
		if err != nil {
			return err
		}
		seen := words.T("people.never")
		if !p.Seen.IsZero() {
			seen = utc(words, p.Seen)
		}
		page.People = append(page.People, row{p, words.T("role." + string(p.Role)), city, seen})
	}
	return h.Show(w, r, pages, "people.html", page)
}

// office is the way from the workbench to a page.
func office(r *ui.Request, list, last string) []ui.Crumb {
	crumbs := []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: list}}
	if last != "" {
		crumbs[1].Path = "/office/people"
		crumbs = append(crumbs, ui.Crumb{Text: last})
	}
	return crumbs
}

type personPage struct {
	ui.Page
	Person   desk.Person
	New      bool
	Keep     bool // by may change this person
	Sessions []string
	Roles    []roleRow
}

func (h *handlers) newPerson(w http.ResponseWriter, r *ui.Request) error {
	if err := r.By.NeedOfficer(); err != nil {
		return err
	}
	return h.showPerson(w, r, nil, desk.Person{Language: r.Lang}, desk.Person{}, true)
}

func (h *handlers) addPerson(w http.ResponseWriter, r *ui.Request) error {
	p := sent(r, desk.Person{})
	added, err := h.Account.Invite(r.Context(), r.By, p, h.Absolute(""))
	if ui.Again(err) {
		return h.showPerson(w, r, err, p, desk.Person{}, true)
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/people", r.Words.T("people.added", "Name", added.Name))
}

// sent is a person with what the office's form says of them.
func sent(r *ui.Request, p desk.Person) desk.Person {
	p.ID, p.Name, p.Email, p.Role, p.City = r.PathValue("id"), r.Value("name"), r.Value("email"), actor.Role(r.Value("role")), r.Value("city")
	p.Language, p.Shared, p.Version = r.Value("language"), r.Value("shared") == "yes", r.Version()
	return p
}

func (h *handlers) person(w http.ResponseWriter, r *ui.Request) error {
	if err := r.By.NeedOfficer(); err != nil {
		return err
	}
	p, err := h.Account.Person(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showPerson(w, r, nil, p, p, false)
}

func (h *handlers) savePerson(w http.ResponseWriter, r *ui.Request) error {
	stored, err := h.Account.Person(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := sent(r, stored)
	err = h.Account.Update(r.Context(), r.By, p)
	if ui.Again(err) {
		stored, e := h.Account.Person(r.Context(), r.By, p.ID)
		if e != nil {
			return e
		}
		return h.showPerson(w, r, err, p, stored, false)
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/people", r.Words.T("people.saved", "Name", p.Name))
}

// showPerson shows the form of a person. p is what the fields hold, stored what is in the store.
func (h *handlers) showPerson(w http.ResponseWriter, r *ui.Request, refused error, p, stored desk.Person, fresh bool) error {
	words := r.Words
	page := &personPage{Page: ui.Page{NoIndex: true}, Person: stored, New: fresh}
	page.Title = words.T("people.add")
	if !fresh {
		page.Title = words.T("people.edit", "Name", stored.Name)
		sessions, err := h.Account.SessionsOf(r.Context(), r.By, stored.ID)
		if err != nil {
			return err
		}
		for _, s := range sessions {
			page.Sessions = append(page.Sessions, words.T("me.session", "Begun", utc(words, s.Begun), "Seen", utc(words, s.Seen)))
		}
		grants, err := h.Account.GrantsOf(r.Context(), r.By, stored.ID)
		if err != nil {
			return err
		}
		if page.Roles, err = h.roleRows(r, grants); err != nil {
			return err
		}
		page.Actions = []ui.Action{{Text: words.T("part.history"), Path: "/office/people/" + stored.ID + "/history"}}
	}
	for _, role := range desk.RolesFor(r.By) {
		page.Keep = page.Keep || fresh || role == stored.Role
	}
	page.Crumbs = office(r, words.T("people.title"), page.Title)
	f := ui.NewForm(r, refused)
	if err := h.fill(r.Context(), r, f, p, stored.Role); err != nil {
		return err
	}
	if f.Conflict() {
		other := ui.StoredForm(r)
		if err := h.fill(r.Context(), r, other, stored, stored.Role); err != nil {
			return err
		}
		f.Against(other)
		f.Get("version").Value = strconv.FormatInt(stored.Version, 10)
	}
	page.Form = f
	return h.Show(w, r, pages, "person.html", page)
}

func (h *handlers) fill(ctx context.Context, r *ui.Request, f *ui.Form, p desk.Person, has actor.Role) error {
	words := r.Words
	f.Text("name", "people.name", p.Name).Autocomplete("off")
	f.Text("email", "people.email", p.Email).Kind("email").Autocomplete("off")
	var roles []ui.Option
	for _, role := range desk.Roles {
		for _, may := range append(desk.RolesFor(r.By), has) {
			if may == role {
				roles = append(roles, ui.Option{Value: string(role), Label: first(words.T("role." + string(role))), Hint: words.T("people.role." + string(role))})
				break
			}
		}
	}
	f.Radio("role", "people.role", string(p.Role), roles)
	snap, err := h.Network.Snapshot(ctx)
	if err != nil {
		return err
	}
	cities := []ui.Option{{Value: "", Label: words.T("part.choose")}}
	for _, c := range snap.Cities() {
		name, in := c.Names.In(r.Lang)
		cities = append(cities, ui.Option{Value: c.ID, Label: name, Lang: other(in, r.Lang)})
	}
	sort.SliceStable(cities[1:], func(i, j int) bool { return cities[i+1].Label < cities[j+1].Label })
	f.Select("city", "people.city", p.City, cities).Opt()
	var languages []ui.Option
	for _, l := range catalog.Languages {
		languages = append(languages, ui.Option{Value: l.Tag, Label: l.Name, Lang: other(l.Tag, r.Lang)})
	}
	f.Check("shared", "people.shared", p.Shared)
	f.Select("language", "people.language", p.Language, languages).As("w20")
	f.Keep("version", p.Version)
	return nil
}

// first begins a word with a capital, where its script has any.
func first(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return string(unicode.ToUpper(r[0])) + string(r[1:])
}

// other is the language of a part when it is not that of the page.
func other(lang, page string) string {
	if lang == page {
		return ""
	}
	return lang
}

func (h *handlers) withdraw(w http.ResponseWriter, r *ui.Request) error {
	return h.set(w, r, "people.gone", h.Account.Withdraw)
}

func (h *handlers) restore(w http.ResponseWriter, r *ui.Request) error {
	return h.set(w, r, "people.back", h.Account.Restore)
}

func (h *handlers) set(w http.ResponseWriter, r *ui.Request, said string, do func(context.Context, actor.Actor, string, int64) error) error {
	id := r.PathValue("id")
	p, err := h.Account.Person(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	if err := do(r.Context(), r.By, id, r.Version()); err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/people", r.Words.T(said, "Name", p.Name))
}

func (h *handlers) personEverywhere(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	p, err := h.Account.Person(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	if err := h.Account.SignOutEverywhere(r.Context(), r.By, id); err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/people/"+id, r.Words.T("people.everywhere.done", "Name", p.Name))
}

func (h *handlers) personHistory(w http.ResponseWriter, r *ui.Request) error {
	if err := r.By.NeedOfficer(); err != nil {
		return err
	}
	p, err := h.Account.Person(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	entries, err := h.Account.Journal(r.Context(), r.By, db.JournalFilter{Subject: desk.PersonSubject, Key: p.ID, Limit: 500})
	if err != nil {
		return err
	}
	title := r.Words.T("journal.of", "Name", p.Name)
	page := &journalPage{Page: ui.Page{Title: title, NoIndex: true, Crumbs: office(r, r.Words.T("people.title"), title)}, Short: true}
	for _, c := range entries {
		page.Entries = append(page.Entries, entryOf(r, c))
	}
	return h.Show(w, r, pages, "journal.html", page)
}
