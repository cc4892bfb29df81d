package network

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"aircommons/internal/activity"
	"aircommons/internal/library"
	desk "aircommons/internal/network"
	"aircommons/internal/web/ui"
)

type organisationsPage struct {
	ui.Page
	Rows []organisationRow
}

type organisationRow struct {
	Link
	Kind   string
	Place  *Link
	PartOf *Link
	Takes  string // how many activities it has to do with
}

func (h handlers) organisations(w http.ResponseWriter, r *ui.Request) error {
	v, err := h.view(r)
	if err != nil {
		return err
	}
	p := &organisationsPage{}
	all := slices.Clone(v.net.Organisations())
	sortBy(r.Lang, all, func(o desk.Organisation) string { return v.net.OrganisationName(o.ID, r.Lang) })
	for _, o := range all {
		row := organisationRow{Link: v.organisation(o.ID), Kind: v.word("network.organisation.kind", o.Kind)}
		if o.Place != "" {
			l := v.place(o.Place)
			row.Place = &l
		}
		if o.Parent != "" {
			l := v.organisation(o.Parent)
			row.PartOf = &l
		}
		list, err := h.Activity.OfOrganisation(r.Context(), r.By, o.ID)
		if err != nil {
			return err
		}
		if n := activitiesIn(list); n > 0 {
			row.Takes = r.Words.Int(n)
		}
		p.Rows = append(p.Rows, row)
	}
	p.Title, p.Description = r.Words.T("network.page.organisations"), r.Words.T("network.page.organisations.description")
	p.Crumbs = []ui.Crumb{{Text: p.Title}}
	if r.By.Officer() {
		p.Actions = []ui.Action{{Text: r.Words.T("network.page.neworganisation"), Path: "/office/organisations/new"},
			{Text: r.Words.T("network.office.organisations"), Path: "/office/organisations"}}
	}
	return h.Show(w, r, pages, "organisations.html", p)
}

// activitiesIn counts the activities of a list, each once.
func activitiesIn(list []activity.Involvement) int {
	seen := map[string]bool{}
	for _, i := range list {
		if !i.Whole() {
			seen[i.Activity.ID] = true
		}
	}
	return len(seen)
}

type organisationPage struct {
	ui.Page
	Organisation            desk.Organisation
	Kind                    string
	Place, PartOf           *Link
	Parts                   []Link
	Summary, SummaryLang    string
	Note, NoteLang          string
	PrintedLang             string
	Does, Whole             []does // activities, and programmes as a whole
	Members, MemberOf       []memberRow
	Documents               []documentRow
	Facts                   []factRow
	Sources                 []source
	IsNetwork               bool
	CountMembers, CountActs string
}

// does is a piece of common work with the roles in it.
type does struct {
	Link
	When, Machine string
	Roles         string
	Note          string
	Contested     bool
	State         string
}

// memberRow is one member, or one network, with what each source says of the membership.
type memberRow struct {
	Link
	Second bool // no first source names it
	Kind   string
	When   string
	Said   []saidRow
}

// saidRow is a membership as one source states it.
type saidRow struct {
	Sources       []source
	Printed, Lang string
	Note, NoteIn  string
	Edit          string
}

type documentRow struct {
	Link
	Kind   string
	InHand bool
}

// factRow is one claim of a fact.
type factRow struct {
	Field        string
	First        bool
	Printed      string
	PrintedLang  string
	Reading      string
	Source       source
	Date         string
	SaidBy       string
	Note         string
	NoteLang     string
	Contradicted bool
	Edit         string
}

func (h handlers) organisation(w http.ResponseWriter, r *ui.Request) error {
	ctx := r.Context()
	o, err := h.Network.Organisation(ctx, r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	v, err := h.view(r)
	if err != nil {
		return err
	}
	p := &organisationPage{Organisation: o, Kind: v.word("network.organisation.kind", o.Kind)}
	p.Summary, p.SummaryLang = v.text(o.Summary)
	p.Note, p.NoteLang = v.text(o.Note)
	p.PrintedLang = foreign(o.PrintedName, r.Lang)
	if o.Place != "" {
		l := v.place(o.Place)
		p.Place = &l
	}
	if o.Parent != "" {
		l := v.organisation(o.Parent)
		p.PartOf = &l
	}
	for _, part := range v.net.Parts(o.ID) {
		p.Parts = append(p.Parts, v.organisation(part.ID))
	}
	list, err := h.Activity.OfOrganisation(ctx, r.By, o.ID)
	if err != nil {
		return err
	}
	v.sort(p, list)
	p.Members = v.members(o.ID)
	p.IsNetwork = len(p.Members) > 0 || o.Kind == "city-network"
	if n := len(v.net.Members(o.ID)); n > 0 {
		p.CountMembers = r.Words.N("network.page.count.members", n)
	}
	for _, m := range v.net.Memberships(desk.OrganisationSubject, o.ID) {
		p.MemberOf = append(p.MemberOf, v.membership(v.organisation(m.Network), desk.Member{Memberships: []desk.Membership{m}}))
	}
	if p.Documents, err = h.documents(v, o.ID); err != nil {
		return err
	}
	p.Facts = v.facts(v.net.Facts(desk.OrganisationSubject, o.ID))
	p.Sources = v.sources(o.Sources)

	name := v.net.OrganisationName(o.ID, r.Lang)
	p.Title = name
	if p.Description = p.Summary; p.Description == "" {
		p.Description = p.Kind
	}
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("network.page.organisations"), Path: "/organisations"}, {Text: name}}
	p.NoIndex = o.Withdrawn
	p.JSONLD = h.schema(v, p)
	if r.By.Officer() {
		office := "/office/organisations/" + o.ID
		p.Actions = []ui.Action{{Text: r.Words.T("part.edit"), Path: office}, {Text: r.Words.T("part.history"), Path: office + "/history"},
			{Text: r.Words.T("network.page.newmember"), Path: "/office/memberships/new?network=" + o.ID},
			{Text: r.Words.T("network.page.newstatement"), Path: "/office/statements/new?subject=organisation/" + o.ID}}
	}
	return h.Show(w, r, pages, "organisation.html", p)
}

// sort lists what an organisation does: the latest first, then what has no date, and programmes as a whole apart.
func (v view) sort(p *organisationPage, list []activity.Involvement) {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b activity.Involvement) int {
		switch x, y := a.Period(), b.Period(); {
		case x.Known() != y.Known():
			if x.Known() {
				return -1
			}
			return 1
		default:
			return strings.Compare(y.From, x.From)
		}
	})
	for _, i := range list {
		if i.Whole() {
			p.Whole = append(p.Whole, v.does(i))
		} else {
			p.Does = append(p.Does, v.does(i))
		}
	}
	if n := activitiesIn(list); n > 0 {
		p.CountActs = v.w.N("network.page.count.activities", n)
	}
}

func (v view) does(i activity.Involvement) does {
	d := does{Roles: v.words("activity.role", i.Roles), Note: i.Note}
	state := i.Activity.State
	if i.Whole() {
		d.Link = v.link("/programme/"+i.Programme.ID, i.Programme.Names, i.Programme.ID)
		d.When, state = v.word("activity.programmekind", i.Programme.Kind), i.Programme.State
	} else {
		d.Link = v.link("/activities/"+i.Activity.ID, i.Activity.Names, i.Activity.ID)
		d.When, d.Machine = v.period(i.Activity.Period), machine(i.Activity.Period)
		d.Contested = v.contested(i.Activity)
	}
	if d.When == "" {
		d.When = v.w.T("network.page.unstated")
	}
	if state != activity.Published {
		d.State = v.word("activity.state", string(state))
	}
	return d
}

// contested reports whether sources differ in the date of an activity.
func (v view) contested(a activity.Activity) bool {
	for _, f := range v.net.Facts("activity", a.ID) {
		if f.Field == desk.PeriodField && f.Against(a.Period.String(), a.Printed).Contested() {
			return true
		}
	}
	return false
}

func machine(p desk.Period) string {
	if p.Precision == desk.Year && p.Known() {
		return strconv.Itoa(p.Year())
	}
	return p.From
}

// members are those in a network, by name.
func (v view) members(network string) []memberRow {
	var out []memberRow
	for _, m := range v.net.Members(network) {
		out = append(out, v.membership(v.member(m), m))
	}
	sortBy(v.r.Lang, out, func(m memberRow) string { return m.Text })
	return out
}

func (v view) membership(l Link, m desk.Member) memberRow {
	row := memberRow{Link: l, Second: !m.First()}
	var kinds, times []string
	for _, s := range m.Memberships {
		kinds = append(kinds, s.Kind)
		if when := v.period(s.Period); when != "" && !slices.Contains(times, when) {
			times = append(times, when)
		}
		said := saidRow{Sources: v.sources(s.Sources), Printed: s.Printed, Lang: foreign(s.Printed, v.r.Lang)}
		said.Note, said.NoteIn = v.text(s.Note)
		if v.r.By.Officer() {
			said.Edit = "/office/memberships/" + s.ID
		}
		row.Said = append(row.Said, said)
	}
	row.Kind, row.When = v.words("network.membership", kinds), strings.Join(times, v.w.T("programme.comma"))
	return row
}

func (h handlers) documents(v view, organisation string) ([]documentRow, error) {
	from, err := h.Library.From(v.r.Context(), v.r.By, organisation)
	if err != nil {
		return nil, err
	}
	about, err := h.Library.Of(v.r.Context(), v.r.By, desk.OrganisationSubject, organisation)
	if err != nil {
		return nil, err
	}
	return v.documents(append(from, about...)), nil
}

func (v view) documents(list []library.Document) []documentRow {
	var out []documentRow
	seen := map[string]bool{}
	for _, d := range list {
		if !seen[d.ID] {
			seen[d.ID] = true
			out = append(out, documentRow{v.link("/library/"+d.ID, d.Names, d.ID), v.word("library.kind", d.Kind), d.InHand()})
		}
	}
	return out
}

func (v view) facts(facts []desk.Fact) []factRow {
	var out []factRow
	for _, f := range facts {
		for i, c := range f.Claims {
			row := factRow{Field: v.word("network.field", f.Field), First: i == 0, Printed: c.Printed, PrintedLang: foreign(c.Printed, v.r.Lang),
				Source: source{c.SourceTitle, webAddress(c.SourceURL), foreign(c.SourceTitle, v.r.Lang)}, Date: v.sourceDate(c.SourceDate),
				SaidBy: c.SaidBy, Contradicted: c.Contradicting, Reading: v.reading(f.Field, c.Parsed)}
			row.Note, row.NoteLang = v.text(c.Note)
			if v.r.By.Officer() {
				row.Edit = "/office/statements/" + c.ID
			}
			out = append(out, row)
		}
	}
	return out
}

// reading is a parsed value as the reader's language says it, a thing by its name; "" where nothing was read.
func (v view) reading(field, parsed string) string {
	if p, err := desk.ParsePeriod(parsed); err == nil && (field == desk.PeriodField || field == activity.EditionField) {
		return v.period(p)
	}
	return v.net.Name(parsed, v.r.Lang)
}

func (v view) sourceDate(s string) string {
	if p, err := desk.ParsePeriod(s); err == nil && p.Known() {
		return v.period(p)
	}
	return s
}

// webAddress lets only addresses of the web through, whatever a document brought in.
func webAddress(s string) string {
	if _, address := desk.Source(s); address == s {
		return s
	}
	return ""
}

type schemaOrganisation struct {
	Context  string       `json:"@context,omitempty"`
	Type     string       `json:"@type"`
	Name     string       `json:"name"`
	ID       string       `json:"@id,omitempty"`
	URL      string       `json:"url,omitempty"`
	About    string       `json:"description,omitempty"`
	Parent   *schemaThing `json:"parentOrganization,omitempty"`
	Location *schemaThing `json:"location,omitempty"`
}

type schemaThing struct {
	Type string `json:"@type"`
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

func (h handlers) schema(v view, p *organisationPage) schemaOrganisation {
	s := schemaOrganisation{Context: "https://schema.org", Type: "Organization", Name: p.Title, URL: p.Organisation.URL, About: p.Summary,
		ID: h.Absolute(v.r.To("/organisations/" + p.Organisation.ID))}
	switch p.Organisation.Kind {
	case "city-government", "city-department", "ministry":
		s.Type = "GovernmentOrganization"
	case "university":
		s.Type = "CollegeOrUniversity"
	case "research-institute":
		s.Type = "ResearchOrganization"
	}
	if p.PartOf != nil {
		s.Parent = &schemaThing{"Organization", p.PartOf.Text, ""}
	}
	if p.Place != nil {
		s.Location = &schemaThing{"Place", p.Place.Text, ""}
	}
	return s
}
