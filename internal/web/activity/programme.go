package activity

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	desk "aircommons/internal/activity"
	"aircommons/internal/db"
	"aircommons/internal/library"
	"aircommons/internal/network"
	"aircommons/internal/web/calendar"
	"aircommons/internal/web/ui"
)

type programmesPage struct {
	ui.Page
	Next       []eventRow
	Programmes []programmeRow
	Projects   []eventRow
	Years      []yearRow
	Undated    []eventRow
}

// yearRow is what happened in a year, the latest first.
type yearRow struct {
	Year   int
	Events []eventRow
}

func (h handlers) programmes(w http.ResponseWriter, r *ui.Request) error {
	ctx := r.Context()
	v, err := h.view(r)
	if err != nil {
		return err
	}
	p := &programmesPage{}
	p.Title, p.Nav, p.Description = r.Words.T("programme.title"), "programme", r.Words.T("programme.description")
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("nav.programme")}}
	next, err := h.Activity.Upcoming(ctx, r.By, h.Now())
	if err != nil {
		return err
	}
	for _, a := range next {
		p.Next = append(p.Next, h.event(v, a))
	}
	all, err := h.Activity.Activities(ctx, r.By)
	if err != nil {
		return err
	}
	if p.Programmes, err = h.programmeRows(v, all); err != nil {
		return err
	}
	for i := len(all) - 1; i >= 0; i-- {
		a := all[i]
		e := h.event(v, a)
		if a.Programme == "" && a.Parent == "" {
			p.Projects = append(p.Projects, e)
		}
		if !a.Period.Known() {
			p.Undated = append(p.Undated, e)
			continue
		}
		if n := len(p.Years); n == 0 || p.Years[n-1].Year != a.Period.Year() {
			p.Years = append(p.Years, yearRow{Year: a.Period.Year()})
		}
		y := &p.Years[len(p.Years)-1]
		y.Events = append(y.Events, e)
	}
	slices.Reverse(p.Projects)
	if r.By.Officer() {
		p.Actions = []ui.Action{{Text: r.Words.T("programme.act.newprogramme"), Path: "/office/programmes/new"}, {Text: r.Words.T("programme.act.newactivity"), Path: "/office/activities/new"}}
	}
	return h.Show(w, r, pages, "programmes.html", p)
}

// roleRow is who does one thing.
type roleRow struct {
	Role string
	Who  []roleWho
}

type roleWho struct {
	Link
	Note, NoteLang string
}

func (v view) roles(roles []desk.Role) []roleRow {
	var out []roleRow
	for _, word := range desk.Roles { // in the order of the list
		row := roleRow{Role: v.w.T("activity.role." + word)}
		for _, r := range roles {
			if r.Role == word {
				row.Who = append(row.Who, roleWho{v.organisation(r.Organisation), r.Note, foreign(r.Note, v.r.Lang)})
			}
		}
		if len(row.Who) > 0 {
			out = append(out, row)
		}
	}
	return out
}

func (v view) participants(ps []desk.Participant) []roleRow {
	var out []roleRow
	for _, word := range desk.Parts {
		row := roleRow{Role: v.w.T("activity.part." + word)}
		for _, p := range ps {
			if p.Part != word {
				continue
			}
			l := v.place(p.Place)
			if p.Place == "" {
				l = v.link("", p.Names, "")
				l.Text = v.w.N("programme.unnamed", int(p.Unnamed), "Names", l.Text)
			}
			row.Who = append(row.Who, roleWho{l, p.Note, foreign(p.Note, v.r.Lang)})
		}
		if len(row.Who) > 0 {
			out = append(out, row)
		}
	}
	return out
}

// editionRow is an edition in the table of a programme.
type editionRow struct {
	Year      int
	Link      Link
	Several   bool // its year has more than one edition, so its name stands in sight
	Printed   string
	PrintedIn string
	Reading   string
	Weekdays  string
	Contested string // id of the box that tells of it
	Second    int    // the only source that tells of it
	Note      string
	Documents []documentRow
	State     string
}

type programmePage struct {
	ui.Page
	Programme    desk.Programme
	Kind         string
	State        string
	Lede         string
	LedeLang     string
	Plot         *plot
	Editions     []editionRow
	Contests     []contest
	Roles        []roleRow
	Participants []roleRow
	Purposes     []string
	PurposesIn   string
	Audience     string
	AudienceIn   string
	Every        string
	Topics       []Link
	Facts        []fact
	Documents    []documentRow
	InHand       int
	Sources      []source
}

func (h handlers) programme(w http.ResponseWriter, r *ui.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	v, err := h.view(r)
	if err != nil {
		return err
	}
	pr, err := h.Activity.Programme(ctx, r.By, id)
	if err != nil {
		return err
	}
	strip, err := h.Activity.Strip(ctx, r.By, id)
	if err != nil {
		return err
	}
	all, err := h.Activity.Activities(ctx, r.By)
	if err != nil {
		return err
	}
	docs, err := h.Library.Documents(ctx, r.By)
	if err != nil {
		return err
	}
	name := v.link("", pr.Names, id)
	p := &programmePage{Programme: pr, Kind: v.w.T("activity.programmekind." + pr.Kind)}
	p.Title, p.Nav = name.Text, "programme"
	p.Crumbs = []ui.Crumb{{Text: v.w.T("nav.programme"), Path: "/programme"}, {Text: name.Text}}
	p.Lede, p.LedeLang = v.said(pr.Summary)
	p.Description = p.Lede
	if p.Description == "" {
		p.Description = v.w.T("programme.one.description", "Name", name.Text)
	}
	if pr.State != desk.Published {
		p.State, p.NoIndex = string(pr.State), true
	}
	var src sources
	p.Plot = h.plot(v, strip, &src)
	list := append(slices.Clone(strip.Editions), strip.Undated...)
	for i := len(list) - 1; i >= 0; i-- { // the latest first
		e := list[i]
		if e.Contested() {
			p.Contests = append(p.Contests, v.contest(&src, e, all))
		}
		p.Editions = append(p.Editions, h.editionRow(v, &src, e, docs, all))
	}
	if n := len(strip.Undated); n > 0 && n < len(p.Editions) {
		p.Editions = append(slices.Clone(p.Editions[n:]), p.Editions[:n]...)
	}
	for i := range p.Editions {
		e := &p.Editions[i]
		e.Several = e.Year == 0 || slices.Contains(strip.Doubles(), e.Year)
		if rest := strings.TrimSpace(strings.TrimPrefix(e.Link.Text, name.Text)); rest != "" {
			e.Link.Text = rest // the programme's own name stands above
		}
	}
	p.Roles, p.Participants, p.Topics = v.roles(pr.Roles), v.participants(pr.Participants), v.topics(pr.Topics)
	p.Purposes, p.PurposesIn = v.lines(pr.Purposes)
	p.Audience, p.AudienceIn = v.said(pr.Audience)
	if pr.Every != "" {
		p.Every = v.w.T("activity.every." + pr.Every)
	}
	facts, err := h.Activity.Facts(ctx, r.By, "programme", id)
	if err != nil {
		return err
	}
	p.Facts = v.facts(&src, facts, desk.EditionField)
	for _, d := range docs {
		belongs := d.IsFor("programme", id)
		for _, a := range all {
			belongs = belongs || a.Programme == id && d.IsFor("activity", a.ID)
		}
		if belongs && (d.State == library.Published || r.By.Officer()) {
			row := h.document(v, d, all)
			p.Documents = append(p.Documents, row)
			if row.InHand {
				p.InHand++
			}
		}
	}
	slices.SortStableFunc(p.Documents, func(a, b documentRow) int { return strings.Compare(b.When, a.When) })
	p.Sources = src.List
	p.JSONLD = h.programmeData(r, pr, strip)
	p.Alternates = calendar.Alternates(h.Site, r)
	if r.By.Officer() {
		p.Actions = programmeActions(v, pr)
	}
	return h.Show(w, r, pages, "programme.html", p)
}

// said is a text in the reader's language, with its language where it is another one.
func (v view) said(t db.Text) (text, lang string) {
	text, in := t.In(v.r.Lang)
	if in == v.r.Lang {
		in = ""
	}
	return text, in
}

func (h handlers) editionRow(v view, src *sources, e desk.StripEdition, docs []library.Document, all []desk.Activity) editionRow {
	row := editionRow{Year: e.Year, Printed: e.Printed, PrintedIn: foreign(e.Printed, v.r.Lang), Reading: period(v.w, e.Period), Weekdays: weekdays(v.w, e.Period)}
	if e.Second() {
		for _, c := range e.Sources {
			row.Second = src.cite(v, c.Statement)
			row.Note, _ = v.said(c.Note)
		}
		return row
	}
	a := e.Activity
	row.Link = v.edition(a)
	if e.Lent() && len(e.Sources) > 0 {
		row.Second = src.cite(v, e.Sources[0].Statement)
	}
	if e.Contested() {
		row.Contested = "c-" + a.ID
	}
	if a.State != desk.Published {
		row.State = v.w.T("activity.state." + string(a.State))
	}
	for _, d := range docs {
		if d.IsFor("activity", a.ID) {
			row.Documents = append(row.Documents, h.document(v, d, all))
		}
	}
	return row
}

func programmeActions(v view, p desk.Programme) []ui.Action {
	at := "/office/programmes/" + p.ID
	version := "?version=" + strconv.FormatInt(p.Version, 10)
	out := []ui.Action{{Text: v.w.T("programme.act.edition"), Path: "/office/activities/new?programme=" + p.ID}, {Text: v.w.T("part.edit"), Path: at},
		{Text: v.w.T("programme.act.statement"), Path: "/office/statements/new?subject=programme/" + p.ID}}
	if p.State != desk.Published {
		out = append(out, publishing(v, p.State, at, version))
	}
	if p.State != desk.Withdrawn {
		out = append(out, ui.Action{Text: v.w.T("programme.act.withdraw"), Path: at + "/withdraw" + version, Post: true})
	}
	return append(out, ui.Action{Text: v.w.T("part.history"), Path: at + "/history"})
}

// data of schema.org: a programme is a series of events; a training is a course too, whose runs are events.
func (h handlers) programmeData(r *ui.Request, p desk.Programme, s desk.Strip) any {
	name, _ := p.Names.In(r.Lang)
	out := map[string]any{"@context": "https://schema.org", "@type": "EventSeries", "name": name, "url": h.Absolute(r.To("/programme/" + p.ID))}
	if text, _ := p.Summary.In(r.Lang); text != "" {
		out["description"] = text
	}
	var list []any
	for _, e := range s.Editions {
		if e.Second() || e.Activity.State != desk.Published {
			continue
		}
		list = append(list, h.eventData(r, e.Activity))
	}
	if len(list) > 0 {
		if out["subEvent"] = list; p.Kind == "project" { // nothing of it is an event
			delete(out, "subEvent")
			out["@type"] = "Project"
		}
	}
	if s.First() > 0 && p.Kind != "project" {
		out["startDate"] = s.Editions[0].Period.From
	}
	if net, err := h.Network.Snapshot(r.Context()); err == nil {
		h.whoData(r, net, out, p.Roles, false)
	}
	if p.Kind == "training" {
		return []any{out, courseData(r, p, out, list)}
	}
	return out
}

// courseData describes a training as a course, of what describes it as a series of events.
func courseData(r *ui.Request, p desk.Programme, series map[string]any, runs []any) map[string]any {
	out := map[string]any{"@context": "https://schema.org", "@type": "Course", "name": series["name"], "url": series["url"], "description": series["description"]}
	for _, text := range []db.Text{p.Purposes, p.Audience, p.Names} {
		if said, _ := text.In(r.Lang); out["description"] == nil && said != "" {
			out["description"] = said
		}
	}
	if series["organizer"] != nil {
		out["provider"] = series["organizer"]
	}
	var instances []any
	for _, run := range runs {
		e, _ := run.(map[string]any)
		i := map[string]any{"@type": "CourseInstance", "courseMode": "onsite"}
		if e["eventAttendanceMode"] == "https://schema.org/OnlineEventAttendanceMode" {
			i["courseMode"] = "online"
		} else if e["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode" {
			i["courseMode"] = "blended"
		}
		schedule := map[string]any{"@type": "Schedule"}
		for _, key := range []string{"name", "url", "startDate", "endDate", "location", "organizer", "eventStatus", "eventAttendanceMode"} {
			if e[key] != nil {
				i[key] = e[key]
			}
			if (key == "startDate" || key == "endDate") && e[key] != nil {
				schedule[key] = e[key]
			}
		}
		i["courseSchedule"] = schedule
		instances = append(instances, i)
	}
	if len(instances) > 0 {
		out["hasCourseInstance"] = instances
	}
	return out
}

// eventData describes an activity to machines, with its date as exactly as it is known.
func (h handlers) eventData(r *ui.Request, a desk.Activity) map[string]any {
	kinds := map[string]string{"forum": "Event", "workshop": "EducationEvent", "cohort": "EducationEvent", "visit": "Event", "project": "Project", "study": "ResearchProject"}
	name, _ := a.Names.In(r.Lang)
	out := map[string]any{"@type": kinds[a.Kind], "name": name, "url": h.Absolute(r.To("/activities/" + a.ID))}
	project := a.Kind == "project" || a.Kind == "study"
	if a.Period.Known() {
		start, end := "startDate", "endDate"
		if project {
			start, end = "foundingDate", "dissolutionDate"
		}
		out[start] = a.Period.From
		if a.Period.To != "" {
			out[end] = a.Period.To
		}
	}
	if aims, _ := a.Aims.In(r.Lang); aims != "" {
		out["description"] = aims
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return out
	}
	if a.Place != "" {
		place := map[string]any{"@type": "Place", "name": net.PlaceName(a.Place, r.Lang)}
		if a.Venue != "" {
			place["name"] = a.Venue
		}
		known, _ := net.Place(a.Place)
		address := map[string]any{"@type": "PostalAddress"}
		if known.Kind == "city" {
			address["addressLocality"] = net.PlaceName(a.Place, r.Lang)
		}
		if known.Country != "" {
			address["addressCountry"] = known.Country
		}
		place["address"] = address
		if p, ok := net.Place(a.Place); ok && p.Lat != nil && p.Lon != nil && p.Kind == "city" {
			place["geo"] = map[string]any{"@type": "GeoCoordinates", "latitude": *p.Lat, "longitude": *p.Lon}
		}
		out["location"] = place
	}
	if project {
		h.whoData(r, net, out, a.Roles, true)
		return out
	}
	out["eventStatus"] = "https://schema.org/EventScheduled"
	modes := map[string]string{"onsite": "OfflineEventAttendanceMode", "online": "OnlineEventAttendanceMode", "hybrid": "MixedEventAttendanceMode"}
	mode := a.Mode
	if mode == "" && a.Place != "" { // somewhere on earth, and nothing said of taking part from elsewhere
		mode = "onsite"
	}
	if m := modes[mode]; m != "" {
		out["eventAttendanceMode"] = "https://schema.org/" + m
	}
	if mode == "online" || mode == "hybrid" {
		at := map[string]any{"@type": "VirtualLocation", "url": out["url"]}
		if out["location"] != nil && mode == "hybrid" {
			out["location"] = []any{out["location"], at}
		} else {
			out["location"] = at
		}
	}
	h.whoData(r, net, out, a.Roles, false)
	return out
}

// whoData adds the organisations to what describes a programme or an activity.
func (h handlers) whoData(r *ui.Request, net *network.Snapshot, out map[string]any, roles []desk.Role, project bool) {
	who := map[string][]any{}
	for _, role := range roles {
		key := map[string]string{"organiser": "organizer", "co-organiser": "organizer", "host": "organizer", "coordinator": "organizer", "supporter": "sponsor", "funder": "funder"}[role.Role]
		if project && (key == "organizer" || key == "") {
			key = "member"
		}
		if key != "" {
			who[key] = append(who[key], map[string]any{"@type": "Organization", "name": net.OrganisationName(role.Organisation, r.Lang), "url": h.Absolute(r.To("/organisations/" + role.Organisation))})
		}
	}
	for key, list := range who {
		out[key] = list
	}
}

// ofPeriod reports whether a fact is about when something was.
func ofPeriod(f network.Fact) bool { return f.Field == network.PeriodField }
