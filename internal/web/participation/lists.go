package participation

import (
	"mime"
	"net/http"
	"net/url"
	"slices"

	activitydesk "aircommons/internal/activity"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	desk "aircommons/internal/participation"
	"aircommons/internal/post"
	webform "aircommons/internal/web/form"
	"aircommons/internal/web/ui"
)

// valuesOf reads a query that a form carries, and writes it as the filter does.
func valuesOf(s string) (url.Values, string) {
	v, err := url.ParseQuery(s)
	if err != nil {
		return url.Values{}, ""
	}
	return v, desk.ReadFilter(v).Query()
}

// export sends the list as a table.
func (h handlers) export(w http.ResponseWriter, r *ui.Request) error {
	format := r.PathValue("format")
	if !slices.Contains(desk.Formats, format) {
		return fault.New(fault.NotFound, "error.notfound")
	}
	f := desk.ReadFilter(r.URL.Query())
	t, err := h.Participation.Table(r.Context(), r.By, r.PathValue("id"), f, r.Words, r.URL.Query().Get("passport") == "yes")
	if err != nil {
		return err
	}
	head := w.Header()
	head.Set("Content-Type", map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}[format])
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": r.PathValue("id") + "-people." + format}))
	head.Set("Cache-Control", "private, no-store")
	return t.Write(w, format)
}

// keepFilter saves or drops a filter.
func (h handlers) keepFilter(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	if drop := r.Value("drop"); drop != "" {
		if err := h.Participation.DropFilter(r.Context(), r.By, id, drop); err != nil {
			return err
		}
		return h.Redirect(w, r, peoplePath(id), r.Words.T("participation.filter.dropped"))
	}
	_, query := valuesOf(r.PostForm.Get("filter"))
	s := desk.Saved{Activity: id, Name: r.Value("name"), Query: query}
	if r.Yes("network") {
		s.Activity = ""
	}
	if _, err := h.Participation.SaveFilter(r.Context(), r.By, id, s); err != nil {
		if !ui.Again(err) {
			return err
		}
		return h.showPeople(w, r, s.Filter(), err)
	}
	return h.Redirect(w, r, peoplePath(id)+"?"+query, r.Words.T("participation.filter.saved", "Name", s.Name))
}

type mailPage struct {
	askPage
	Activity activitydesk.Activity
	Query    string
	IDs      []string
	All      bool
	N        int
	Values   []string
}

// mailing asks for a letter to several people.
func (h handlers) mailing(w http.ResponseWriter, r *ui.Request, who desk.Several, query string, refused error) error {
	id := r.PathValue("id")
	l, err := h.Participation.People(r.Context(), r.By, id, who.Filter)
	if err != nil {
		return err
	}
	p := &mailPage{Activity: l.Activity, Query: query, IDs: who.IDs, All: len(who.IDs) == 0, N: len(l.Rows)}
	if !p.All {
		p.N = 0
		for _, x := range l.Rows {
			if slices.Contains(who.IDs, x.ID) {
				p.N++
			}
		}
	}
	for _, v := range desk.MailingValues {
		p.Values = append(p.Values, "{{."+v+"}}")
	}
	f := ui.NewForm(r, refused)
	if r.Method == http.MethodPost && refused == nil {
		f = ui.StoredForm(r)
	}
	var kinds []string
	for _, k := range desk.MailingKinds {
		kinds = append(kinds, string(k))
	}
	f.Radio("kind", "participation.mail.kind.label", string(post.Transactional), f.Options("post.kind", kinds))
	f.Texts("subject", "participation.mail.subject", db.Text{})
	f.Areas("text", "participation.mail.text", db.Text{}).Size(10)
	key := r.Value("key")
	if key == "" {
		if key, err = h.key(); err != nil {
			return err
		}
	}
	f.Keep("key", key)
	p.Page = ui.Page{Title: r.Words.T("participation.mail"), Nav: "programme", NoIndex: true, Form: f, Crumbs: officeCrumbs(r, l.Activity, r.Words.T("participation.mail"))}
	return h.Show(w, r, pages, "mail.html", p)
}

func (h handlers) mailed(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	who, query := several(r)
	m := desk.Mailing{Key: r.Value("key"), Kind: post.Kind(r.Value("kind")), Subject: r.Texts("subject"), Text: r.Texts("text")}
	n, without, err := h.Participation.Mail(r.Context(), r.By, id, who, m)
	if ui.Again(err) {
		return h.mailing(w, r, who, query, err)
	}
	if err != nil {
		return err
	}
	said := r.Words.N("participation.mail.written", n)
	if without > 0 {
		said += " " + r.Words.N("participation.mail.without", without)
	}
	if r.By.Officer() {
		return h.Redirect(w, r, "/office/mail?state=held&about=activity/"+id, said)
	}
	return h.Redirect(w, r, peoplePath(id), said)
}

type shownRow struct {
	Name, NameIn, Original, OriginalIn, City, Organisation, Role string
}

type shownPage struct {
	ui.Page
	Activity activitydesk.Activity
	Rows     []shownRow
	Hidden   int
}

// participants is the list of an activity's participants, as far as each lets the reader see it.
func (h handlers) participants(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	a, err := h.Activity.Activity(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	those, hidden, err := h.Participation.Participants(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &shownPage{Activity: a, Hidden: hidden}
	p.Page = ui.Page{Title: r.Words.T("participation.list"), Nav: "programme", NoIndex: true, Crumbs: crumbs(r, a, r.Words.T("participation.list"))}
	for _, x := range those {
		row := shownRow{Organisation: x.Organisation, Role: r.Words.T("participation.role." + x.Role)}
		row.Name, row.NameIn = x.Person.NameFor("display", r.Lang)
		if row.Original, row.OriginalIn = x.Person.Original(); row.Original == row.Name {
			row.Original = ""
		}
		if row.NameIn == r.Lang {
			row.NameIn = ""
		}
		if x.Place != "" {
			row.City = net.PlaceName(x.Place, r.Lang)
		} else if x.Country != "" {
			row.City = webform.CountryName(r.Lang, x.Country)
		}
		p.Rows = append(p.Rows, row)
	}
	return h.Show(w, r, pages, "participants.html", p)
}

type mineRow struct {
	desk.Participation
	Name, When, Chip string
}

type minePage struct {
	ui.Page
	Rows   []mineRow
	Cities []ui.Link // whose focal point the reader is
}

// mine lists what the reader takes part in.
func (h handlers) mine(w http.ResponseWriter, r *ui.Request) error {
	if err := r.NeedSignIn(); err != nil {
		return err
	}
	all, err := h.Participation.OfMine(r.Context(), r.By)
	if err != nil {
		return err
	}
	p := &minePage{}
	p.Page = ui.Page{Title: r.Words.T("participation.mine"), NoIndex: true, Crumbs: []ui.Crumb{{Text: r.Words.T("participation.mine")}}}
	for _, o := range all {
		p.Rows = append(p.Rows, mineRow{o.Participation, name(r, o.Activity), o.Activity.Period.Say(r.Words), stateChip(o.State)})
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	for _, city := range r.By.Cities() {
		p.Cities = append(p.Cities, ui.Link{Path: "/cities/" + city + "/seats", Text: r.Words.T("participation.cityseats.title", "City", net.PlaceName(city, r.Lang))})
	}
	return h.Show(w, r, pages, "mine.html", p)
}
