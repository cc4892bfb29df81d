package account

import (
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"

	desk "aircommons/internal/account"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/web/ui"
)

// aboutPage is the form of what a person says about themselves: for the person, and for officers.
type aboutPage struct {
	ui.Page
	Own    bool
	Names  []group
	Where  []group
	Rest   []*ui.Field
	Target string
	Cancel string
}

// group is the fields of one name or affiliation.
type group struct {
	Legend string
	Fields []*ui.Field
	Error  string
}

// spare is how many empty rows a list ends with.
const spare = 2

func (h *handlers) about(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	own := id == ""
	if own {
		if err := person(r); err != nil {
			return err
		}
		id = r.By.ID
	}
	p, err := h.Account.Person(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	page := &aboutPage{Own: own, Target: "/me/about", Cancel: "/me", Page: ui.Page{NoIndex: true, Title: r.Words.T("self.me.title"), Crumbs: mine(r, r.Words.T("self.me.title"))}}
	if !own {
		page.Target, page.Cancel, page.Title = "/office/people/"+id+"/about", "/office/people/"+id, r.Words.T("self.of", "Name", p.Name)
		page.Crumbs = office(r, r.Words.T("people.title"), page.Title)
	}
	now := p
	f, err := ui.Change(r, &now, func(q ui.Edit, p *desk.Person) error { return h.askAbout(r, q, p, page) },
		func() error { return h.Account.Describe(r.Context(), r.By, now) },
		func() (desk.Person, error) { return h.Account.Person(r.Context(), r.By, id) })
	if err != nil {
		return err
	}
	if f == nil {
		return h.Redirect(w, r, page.Cancel, r.Words.T("self.saved"))
	}
	page.Form = f
	h.arrange(r, page)
	return h.Show(w, r, pages, "about.html", page)
}

// askAbout asks for a person.
func (h *handlers) askAbout(r *ui.Request, q ui.Edit, p *desk.Person, page *aboutPage) error {
	words := r.Words
	snap, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	q.Text("name", "self.name", &p.Name).Autocomplete("name")
	var languages []ui.Option
	for _, l := range catalog.Languages {
		languages = append(languages, ui.Option{Value: l.Tag, Label: l.Name, Lang: other(l.Tag, r.Lang)})
	}
	count := rows(r, q, "names", len(p.Names))
	var names []desk.Name
	for i := range count {
		var n desk.Name
		if i < len(p.Names) {
			n = p.Names[i]
		}
		at := "names." + strconv.Itoa(i)
		q.Text(at, "self.names.text", &n.Text).Opt()
		q.Select(at+".use", "self.names.use", &n.Use, q.Options("name.use", desk.Uses)).As("w20")
		q.Select(at+".lang", "self.names.lang", &n.Lang, append([]ui.Option{{Label: words.T("self.names.otherlang")}}, languages...)).As("w20")
		q.Text(at+".family", "self.names.family", &n.Family).Opt().As("w20")
		q.Text(at+".given", "self.names.given", &n.Given).Opt().As("w20")
		q.Select(at+".order", "self.names.order", &n.Order, orders(words)).As("w20")
		if q.Sent() {
			n.Script = "" // it is found anew in what was written
		}
		names = append(names, n)
	}
	p.Names = names
	chosen := known(p.Languages, true)
	q.Checks("languages", "self.languages", &chosen, languages).Opt()
	more := strings.Join(known(p.Languages, false), ", ")
	q.Text("morelanguages", "self.morelanguages", &more).Opt()
	p.Languages = append(slices.Clone([]string(chosen)), split(more)...)
	organisations := []ui.Option{{Label: words.T("self.where.other")}}
	for _, o := range snap.Organisations() {
		organisations = append(organisations, ui.Option{Value: o.ID, Label: snap.OrganisationName(o.ID, r.Lang)})
	}
	sort.SliceStable(organisations[1:], func(i, j int) bool { return organisations[i+1].Label < organisations[j+1].Label })
	cities := []ui.Option{{Label: words.T("self.where.nocity")}}
	for _, c := range snap.Cities() {
		cities = append(cities, ui.Option{Value: c.ID, Label: snap.PlaceName(c.ID, r.Lang)})
	}
	sort.SliceStable(cities[1:], func(i, j int) bool { return cities[i+1].Label < cities[j+1].Label })
	count = rows(r, q, "affiliations", len(p.Affiliations))
	var where []desk.Affiliation
	for i := range count {
		var a desk.Affiliation
		if i < len(p.Affiliations) {
			a = p.Affiliations[i]
		}
		at := "affiliations." + strconv.Itoa(i)
		q.Text(at, "self.where.name", &a.Name).Opt()
		q.Select(at+".organisation", "self.where.organisation", &a.Organisation, organisations)
		title := a.Title[r.Lang]
		q.Text(at+".title", "self.where.title", &title).Opt()
		t := db.Text{r.Lang: title}
		for l, s := range a.Title {
			if l != r.Lang {
				t[l] = s
			}
		}
		a.Title = t
		q.Select(at+".place", "self.where.place", &a.Place, cities).As("w20")
		q.Text(at+".from", "self.where.from", &a.From).Opt().As("w10")
		q.Text(at+".to", "self.where.to", &a.To).Opt().As("w10")
		where = append(where, a)
	}
	p.Affiliations = where
	q.Radio("gender", "self.gender", &p.Gender, []ui.Option{{Label: words.T("gender.none")}, {Value: "female", Label: words.T("gender.female")}, {Value: "male", Label: words.T("gender.male")},
		{Value: "other", Label: words.T("gender.other")}})
	q.Text("genderwords", "self.genderwords", &p.GenderWords).Opt().As("w20")
	var visible []ui.Option
	for _, v := range desk.Visibilities {
		visible = append(visible, ui.Option{Value: string(v), Label: words.T("visibility." + string(v)), Hint: words.T("visibility." + string(v) + ".hint")})
	}
	seen := string(p.Visibility)
	q.Radio("visibility", "self.visibility", &seen, visible)
	p.Visibility = desk.Visibility(seen)
	q.Select("language", "self.language", &p.Language, languages).As("w20")
	q.Keep("version", &p.Version)
	return nil
}

func orders(words *catalog.Words) []ui.Option {
	var out []ui.Option
	for _, o := range desk.Orders {
		key := "name.order." + o
		if o == "" {
			key = "name.order.none"
		}
		out = append(out, ui.Option{Value: o, Label: words.T(key)})
	}
	return out
}

// rows is how many rows of a list are asked: what is there and some empty ones, or what was sent.
func rows(r *ui.Request, q ui.Edit, name string, have int) int {
	n := have + spare
	if q.Sent() {
		for n = 0; n < 40 && r.PostForm.Has(name+"."+strconv.Itoa(n)); n++ {
		}
	}
	return n
}

// known are the languages of the site among some, or the others.
func known(languages []string, yes bool) db.List {
	var out db.List
	for _, l := range languages {
		if catalog.Known(l) == yes {
			out = append(out, l)
		}
	}
	return out
}

func split(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",;、，；\n", r) })
}

// arrange puts the fields of the form into the groups of the page.
func (h *handlers) arrange(r *ui.Request, page *aboutPage) {
	for _, f := range page.Form.Fields {
		list, rest, ok := strings.Cut(f.Name, ".")
		if !ok {
			page.Rest = append(page.Rest, f)
			continue
		}
		number, _, _ := strings.Cut(rest, ".")
		i, _ := strconv.Atoi(number)
		of, key := &page.Names, "self.names.one"
		if list == "affiliations" {
			of, key = &page.Where, "self.where.one"
		}
		for len(*of) <= i {
			*of = append(*of, group{Legend: r.Words.T(key, "Number", len(*of)+1)})
		}
		(*of)[i].Fields = append((*of)[i].Fields, f)
	}
}

// mine is the way from one's own page to one below it.
func mine(r *ui.Request, last string) []ui.Crumb {
	return []ui.Crumb{{Text: r.Words.T("me.title"), Path: "/me"}, {Text: last}}
}
