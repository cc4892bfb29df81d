package activity

import (
	"net/http"
	"slices"

	desk "aircommons/internal/activity"
	"aircommons/internal/fault"
	"aircommons/internal/library"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

// cityGroup is the places of one role.
type cityGroup struct {
	Title  string
	Rows   []cityRow
	HasAir bool
}

type cityRow struct {
	Link
	In    string // what it lies in
	Count int    // of activities it took part in
	Said  string // of the count, in words
	Nets  []Link // networks it is a member of
	Air   *Air
	Key   string
}

// cityGroups lists the cities by their role in the network, the network's own first, each group by name.
func (v view) cityGroups(air map[string]Air) []cityGroup {
	var out []cityGroup
	for _, role := range []string{"network", "region", "benchmark", ""} {
		g := cityGroup{Title: v.w.T("programme.cities.role." + map[string]string{"": "other"}[role] + role), HasAir: len(air) > 0}
		for _, p := range v.net.Places() {
			member := len(v.net.Memberships(network.PlaceSubject, p.ID)) > 0
			if p.Role != role || p.Kind != "city" && role != "benchmark" && !member {
				continue
			}
			row := cityRow{Link: v.place(p.ID), Key: p.ID}
			if above := v.net.Above(p.ID); len(above) > 0 {
				row.In, _ = above[0].Names.In(v.r.Lang)
			}
			if a, ok := air[p.ID]; ok {
				row.Air = &a
			}
			for _, m := range v.net.Memberships(network.PlaceSubject, p.ID) {
				if l := v.organisation(m.Network); !slices.Contains(row.Nets, l) {
					row.Nets = append(row.Nets, l)
				}
			}
			g.Rows = append(g.Rows, row)
		}
		sortByName(v.r.Lang, g.Rows, func(r cityRow) string { return r.Text })
		if len(g.Rows) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// membersFirst is one list of the network's cities: those it works in and those that a source names as members.
func membersFirst(groups []cityGroup, lang string) []cityGroup {
	var out cityGroup
	for i, g := range groups {
		out.HasAir = g.HasAir
		for _, r := range g.Rows {
			if i == 0 || len(r.Nets) > 0 {
				out.Rows = append(out.Rows, r)
			}
		}
	}
	sortByName(lang, out.Rows, func(r cityRow) string { return r.Text })
	if len(out.Rows) == 0 {
		return nil
	}
	return []cityGroup{out}
}

type citiesPage struct {
	ui.Page
	Groups []cityGroup
	HasAir bool
}

func (h handlers) cities(w http.ResponseWriter, r *ui.Request) error {
	v, err := h.view(r)
	if err != nil {
		return err
	}
	air, err := h.air(r)
	if err != nil {
		return err
	}
	p := &citiesPage{Groups: v.cityGroups(air), HasAir: len(air) > 0}
	p.Title, p.Nav, p.Description = v.w.T("programme.cities.title"), "cities", v.w.T("programme.cities.description")
	p.Crumbs = []ui.Crumb{{Text: v.w.T("nav.cities")}}
	for g := range p.Groups {
		for i := range p.Groups[g].Rows {
			row := &p.Groups[g].Rows[i]
			list, err := h.Activity.OfPlace(r.Context(), r.By, row.Key)
			if err != nil {
				return err
			}
			row.Count = len(list)
			row.Said = v.w.N("programme.cities.count", len(list))
			if len(list) == 0 {
				row.Said = v.w.T("programme.cities.nothing")
			}
		}
	}
	if r.By.Officer() {
		p.Actions = []ui.Action{{Text: v.w.T("programme.act.newplace"), Path: "/office/places/new"}}
	}
	return h.Show(w, r, pages, "cities.html", p)
}

// partRow is something a city had to do with.
type partRow struct {
	eventRow
	Parts    string // what the city did in it
	Via      []Link // its organisations, where only they had to do with it
	Note     string
	NoteLang string
}

type partYear struct {
	Year  int
	Parts []partRow
}

type memberRow struct {
	Network Link
	Kind    string
	When    string
	Printed string
	Lang    string
	Sources []sourceLine
	Second  bool
}

type cityPage struct {
	ui.Page
	Plans         []PlanPoint
	Place         network.Place
	City          bool
	Kind          string
	In            []Link
	Inside        []Link
	Role          string
	Population    string
	PopLines      []sourceLine // what was counted, and the source
	Air           *Air
	Years         []partYear
	Undated       []partRow
	Whole         []partRow // of programmes as a whole
	Count         string
	Members       []memberRow
	Organisations []Link
	Documents     []documentRow
	Facts         []fact
	Notes         []string
	NotesIn       string
	Local         []Link // its names in other languages
	Sources       []source
	References    []sourceLine
	Hidden        bool
	Zone          string
}

func (h handlers) city(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	v, err := h.view(r)
	if err != nil {
		return err
	}
	pl, ok := v.net.Place(id)
	if !ok || pl.Withdrawn && !r.By.Officer() {
		return fault.New(fault.NotFound, "error.notfound")
	}
	name := v.place(id)
	p := &cityPage{Place: pl, City: pl.Kind == "city", Kind: word(v.w, "network.kind", pl.Kind), Hidden: pl.Withdrawn}
	p.Title, p.Nav = name.Text, "cities"
	p.NoIndex = pl.Withdrawn
	p.Description = v.w.T("programme.city.description", "Name", name.Text)
	p.Crumbs = []ui.Crumb{{Text: v.w.T("nav.cities"), Path: "/cities"}, {Text: name.Text}}
	for _, above := range v.net.Above(id) {
		p.In = append(p.In, v.place(above.ID))
	}
	for _, below := range v.net.Inside(id) {
		p.Inside = append(p.Inside, v.place(below.ID))
	}
	sortByName(r.Lang, p.Inside, func(l Link) string { return l.Text })
	if pl.Role != "" {
		p.Role = v.w.T("programme.city.role." + pl.Role)
	}
	if pl.Population != nil {
		p.Population = v.w.Int(int(*pl.Population))
		for _, s := range []string{pl.PopulationScope, pl.PopulationSource} {
			if s != "" {
				p.PopLines = append(p.PopLines, v.sourceLine(s))
			}
		}
	}
	if z := desk.Zone(pl.TimeZone); z != nil {
		p.Zone = desk.ZoneName(v.w, z)
	}
	seen := map[string]bool{name.Text: true}
	for _, lang := range network.Languages {
		if s := pl.Names[lang]; s != "" && !seen[s] && lang != r.Lang {
			seen[s] = true
			p.Local = append(p.Local, Link{Text: s, Lang: lang})
		}
	}
	air, err := h.air(r)
	if err != nil {
		return err
	}
	if a, ok := air[id]; ok {
		p.Air, p.Here = &a, a.Class
	}
	if err := h.parts(v, p, id); err != nil {
		return err
	}
	if h.Plans != nil && p.City {
		if p.Plans, err = h.Plans(r, id); err != nil {
			return err
		}
	}
	var src sources
	for _, m := range v.net.Memberships(network.PlaceSubject, id) {
		row := memberRow{Network: v.organisation(m.Network), Kind: word(v.w, "network.membership", m.Kind), Printed: m.Printed,
			Lang: foreign(m.Printed, r.Lang), Sources: v.sourceLines(m.Sources), Second: m.Rank > 0}
		if m.Period.Known() {
			row.When = period(v.w, m.Period)
		}
		p.Members = append(p.Members, row)
	}
	for _, o := range v.net.OrganisationsAt(id) {
		p.Organisations = append(p.Organisations, v.organisation(o.ID))
	}
	sortByName(r.Lang, p.Organisations, func(l Link) string { return l.Text })
	if err := h.cityDocuments(v, p, id); err != nil {
		return err
	}
	p.Facts = v.facts(&src, v.net.Facts(network.PlaceSubject, id))
	p.Notes, p.NotesIn = v.lines(pl.Note)
	p.References = v.sourceLines(pl.Sources)
	p.Sources = src.List
	if p.City {
		data := map[string]any{"@context": "https://schema.org", "@type": "City", "name": name.Text, "url": h.Absolute(r.To("/cities/" + id))}
		if pl.Lat != nil && pl.Lon != nil {
			data["geo"] = map[string]any{"@type": "GeoCoordinates", "latitude": *pl.Lat, "longitude": *pl.Lon}
		}
		p.JSONLD = data
	}
	if r.By.Officer() {
		p.Actions = []ui.Action{{Text: v.w.T("part.edit"), Path: "/office/places/" + id}, {Text: v.w.T("part.history"), Path: "/office/places/" + id + "/history"}}
	} else if r.By.KeepsCity(id) {
		p.Actions = []ui.Action{{Text: v.w.T("part.edit"), Path: "/office/places/" + id}}
	}
	return h.Show(w, r, pages, "city.html", p)
}

// parts lists what a place had to do with, by year.
func (h handlers) parts(v view, p *cityPage, id string) error {
	list, err := h.Activity.OfPlace(v.r.Context(), v.r.By, id)
	if err != nil {
		return err
	}
	for _, i := range list {
		row := partRow{Note: i.Note, NoteLang: foreign(i.Note, v.r.Lang)}
		var parts []string
		for _, word := range i.Parts {
			parts = append(parts, v.w.T("activity.part."+word))
		}
		if len(i.Parts) == 0 {
			for _, word := range i.Roles {
				if s := v.w.T("activity.role." + word); !slices.Contains(parts, s) {
					parts = append(parts, s)
				}
			}
			for _, o := range i.Organisations {
				row.Via = append(row.Via, v.organisation(o))
			}
		}
		row.Parts = join(v.w, parts)
		if i.Whole() {
			row.Link = v.link("/programme/"+i.Programme.ID, i.Programme.Names, i.Programme.ID)
			row.Kind = v.w.T("activity.programmekind." + i.Programme.Kind)
			p.Whole = append(p.Whole, row)
			continue
		}
		row.eventRow = h.event(v, i.Activity)
		if !i.Activity.Period.Known() {
			p.Undated = append(p.Undated, row)
			continue
		}
		year := i.Activity.Period.Year()
		if n := len(p.Years); n == 0 || p.Years[n-1].Year != year {
			p.Years = append(p.Years, partYear{Year: year})
		}
		y := &p.Years[len(p.Years)-1]
		y.Parts = append(y.Parts, row)
	}
	if len(list) > 0 {
		p.Count = v.w.N("programme.cities.count", len(list))
	}
	return nil
}

// cityDocuments are the documents of a place, and of the activities that were held in it or are about it.
func (h handlers) cityDocuments(v view, p *cityPage, id string) error {
	ctx := v.r.Context()
	docs, err := h.Library.Documents(ctx, v.r.By)
	if err != nil {
		return err
	}
	all, err := h.Activity.Activities(ctx, v.r.By)
	if err != nil {
		return err
	}
	here := map[string]bool{}
	for _, a := range all {
		here[a.ID] = a.Place == id || slices.ContainsFunc(a.Participants, func(q desk.Participant) bool { return q.Place == id && q.Part == "subject" })
	}
	for _, d := range docs {
		if d.State == library.Published && (d.IsFor("place", id) || d.Subject == "activity" && here[d.SubjectKey]) {
			p.Documents = append(p.Documents, h.document(v, d, all))
		}
	}
	return nil
}
