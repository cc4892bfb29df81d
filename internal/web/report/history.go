package report

import (
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/fault"
	"aircommons/internal/library"
	"aircommons/internal/network"
	desk "aircommons/internal/report"
	"aircommons/internal/web/ui"
)

// event is something in the history of a city.
type event struct {
	Kind    string // an activity's, "document", "action", "reportof"
	Year    int    // 0 where it is not known
	sort    string
	When    string
	Machine string
	Link    ui.Link
	Said    []string
}

type yearOf struct {
	Year   int
	Events []event
}

type filterLink struct {
	Path, Text string
	Here       bool
}

type speakerRow struct {
	Name, From, To string
	Hidden         bool
	HandOver       string // address, for who may
}

type historyPage struct {
	ui.Page
	Place    network.Place
	Years    []yearOf
	Kinds    []filterLink
	Spans    []filterLink
	Count    int
	Speakers []speakerRow
	Given    []string // handovers, in words
}

// kindsOf are the kinds by which the history of a city can be looked through.
var kindsOf = []string{"forum", "workshop", "cohort", "visit", "project", "study", "document", "action"}

func (h handlers) history(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	place, ok := net.Place(id)
	if !ok || place.Withdrawn && !r.By.Officer() {
		return fault.New(fault.NotFound, "error.notfound")
	}
	all, err := h.events(r, net, id)
	if err != nil {
		return err
	}
	name := net.PlaceName(id, r.Lang)
	p := &historyPage{Place: place}
	p.Page = ui.Page{Title: r.Words.T("report.history.title", "City", name), Nav: "cities", Description: r.Words.T("report.history.description", "City", name),
		Crumbs: []ui.Crumb{{Text: r.Words.T("nav.cities"), Path: "/cities"}, {Text: name, Path: "/cities/" + id}, {Text: r.Words.T("report.history")}}}
	kind, year := r.URL.Query().Get("kind"), r.URL.Query().Get("year")
	at := func(kind, year string) string {
		v := url.Values{}
		if kind != "" {
			v.Set("kind", kind)
		}
		if year != "" {
			v.Set("year", year)
		}
		s := "/cities/" + id + "/history"
		if len(v) > 0 {
			s += "?" + v.Encode()
		}
		return s
	}
	kinds, years := map[string]int{}, map[string]int{}
	for _, e := range all {
		y := strconv.Itoa(e.Year)
		if year == "" || y == year {
			kinds[e.Kind]++
		}
		if kind == "" || e.Kind == kind {
			years[y]++
		}
		if kind != "" && e.Kind != kind || year != "" && y != year {
			continue
		}
		p.Count++
		if n := len(p.Years); n == 0 || p.Years[n-1].Year != e.Year {
			p.Years = append(p.Years, yearOf{Year: e.Year})
		}
		last := &p.Years[len(p.Years)-1]
		last.Events = append(last.Events, e)
	}
	p.Kinds = append(p.Kinds, filterLink{at("", year), r.Words.T("report.history.all"), kind == ""})
	for _, k := range kindsOf {
		if kinds[k] > 0 || k == kind {
			p.Kinds = append(p.Kinds, filterLink{at(k, year), r.Words.T("report.history.kind."+k) + " (" + r.Words.Int(kinds[k]) + ")", k == kind})
		}
	}
	p.Spans = append(p.Spans, filterLink{at(kind, ""), r.Words.T("report.history.years"), year == ""})
	var list []string
	for y := range years {
		list = append(list, y)
	}
	sort.Sort(sort.Reverse(sort.StringSlice(list)))
	for _, y := range list {
		text := y
		if y == "0" {
			text = r.Words.T("programme.undated")
		}
		p.Spans = append(p.Spans, filterLink{at(kind, y), text, y == year})
	}
	return h.people(w, r, p, net)
}

// people adds who speaks and spoke for the city.
func (h handlers) people(w http.ResponseWriter, r *ui.Request, p *historyPage, net *network.Snapshot) error {
	id := p.Place.ID
	holders, err := h.Report.FocalPoints(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, x := range holders {
		row := speakerRow{From: r.Words.Date(x.Grant.Given), Hidden: !x.Shown || x.Person.IsErased()}
		if !row.Hidden {
			row.Name, _ = x.Person.NameFor("display", r.Lang)
			names[x.Person.ID] = row.Name
		}
		switch {
		case !x.Grant.Ended.IsZero():
			row.To = r.Words.Date(x.Grant.Ended)
		case !x.Now:
			row.To = r.Words.Date(x.Grant.Until)
		case r.By.Officer() || r.By.ID == x.Person.ID:
			row.HandOver = "/office/cities/" + id + "/handover?from=" + url.QueryEscape(x.Person.ID)
		}
		p.Speakers = append(p.Speakers, row)
	}
	given, err := h.Report.Handovers(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	for _, x := range given {
		who := func(id string) string {
			if names[id] == "" {
				return r.Words.T("report.history.noname")
			}
			return names[id]
		}
		p.Given = append(p.Given, r.Words.N("report.handover.said", len(x.Items), "Date", r.Words.Date(x.At), "From", who(x.From), "To", who(x.To)))
	}
	return h.Show(w, r, pages, "history.html", p)
}

// events lists everything that a city had to do with, the latest first.
func (h handlers) events(r *ui.Request, net *network.Snapshot, id string) (out []event, err error) {
	ctx := r.Context()
	took, err := h.Report.TookPart(ctx, r.By, id)
	if err != nil {
		return nil, err
	}
	involved, err := h.Activity.OfPlace(ctx, r.By, id)
	if err != nil {
		return nil, err
	}
	all, err := h.Activity.Activities(ctx, r.By)
	if err != nil {
		return nil, err
	}
	mine := map[string]bool{}
	add := func(a activity.Activity, said []string) {
		mine[a.ID] = true
		e := event{Kind: a.Kind, Link: r.Link("/activities/"+a.ID, a.Names, a.ID), Said: said}
		if a.Period.Known() {
			e.Year, e.sort, e.When, e.Machine = a.Period.Year(), a.Period.From, desk.When(r.Words, a.Period), machine(a.Period)
		}
		if n := took[a.ID]; n > 0 {
			e.Said = append(e.Said, r.Words.N("report.history.people", n))
		}
		out = append(out, e)
	}
	for _, i := range involved {
		if i.Whole() {
			continue
		}
		var said []string
		for _, w := range i.Parts {
			said = append(said, r.Words.T("activity.part."+w))
		}
		if len(i.Parts) == 0 {
			for n, o := range i.Organisations {
				if org, ok := net.Organisation(o); ok {
					name, _ := org.Names.In(r.Lang)
					said = append(said, name+": "+r.Words.T("activity.role."+i.Roles[min(n, len(i.Roles)-1)]))
				}
			}
		}
		add(i.Activity, said)
	}
	for _, a := range all {
		if took[a.ID] > 0 && !mine[a.ID] {
			add(a, nil)
		}
	}
	docs, err := h.Library.Documents(ctx, r.By)
	if err != nil {
		return nil, err
	}
	for _, d := range docs {
		at := d.Issued
		if d.State != library.Published {
			continue
		}
		if d.Subject == "activity" && mine[d.SubjectKey] {
			if i := slices.IndexFunc(all, func(a activity.Activity) bool { return a.ID == d.SubjectKey }); i >= 0 {
				if a := all[i]; a.Place != id && !slices.ContainsFunc(a.Participants, func(q activity.Participant) bool { return q.Place == id && q.Part != "benchmark" }) && took[a.ID] == 0 {
					continue
				}
				if !at.Known() {
					at = all[i].Period
				}
			}
		} else if !d.IsFor("place", id) {
			continue
		}
		e := event{Kind: "document", Link: r.Link("/library/"+d.ID, d.Names, d.ID), Said: []string{r.Words.T("library.kind." + d.Kind)}}
		if at.Known() {
			e.Year, e.sort, e.When, e.Machine = at.Year(), at.From, r.Words.Year(at.Year()), strconv.Itoa(at.Year())
		}
		out = append(out, e)
	}
	if h.Exchange != nil {
		actions, err := h.Exchange.Actions(ctx, r.By, "", id)
		if err != nil {
			return nil, err
		}
		for _, x := range actions {
			e := event{Kind: "action", Link: r.Link("/activities/"+x.Activity, x.Names, x.ID), Said: []string{r.Words.T("exchange.action." + x.State)}}
			if s, _ := x.Outcome.In(r.Lang); s != "" {
				e.Said = append(e.Said, s)
			}
			if x.Due.Known() {
				e.Year, e.sort, e.When, e.Machine = x.Due.Year(), x.Due.From, r.Words.Year(x.Due.Year()), strconv.Itoa(x.Due.Year())
			}
			out = append(out, e)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].sort > out[j].sort })
	return out, nil
}

// machine is the beginning of a period for programs.
func machine(p network.Period) string {
	switch p.Precision {
	case network.Day:
		return p.First().Format("2006-01-02")
	case network.Month:
		return p.First().Format("2006-01")
	}
	return p.First().Format("2006")
}

type handoverPage struct {
	ui.Page
	L     desk.Leaving
	Name  string
	Items []openRow
}

type openRow struct {
	account.OpenItem
	Kind, Due string
}

func (h handlers) handover(w http.ResponseWriter, r *ui.Request) error {
	return h.showHandover(w, r, nil)
}

func (h handlers) showHandover(w http.ResponseWriter, r *ui.Request, refused error) error {
	place, from := r.PathValue("id"), r.URL.Query().Get("from")
	l, err := h.Report.Leaving(r.Context(), r.By, place, from)
	if err != nil {
		return err
	}
	city, _ := l.Place.Names.In(r.Lang)
	p := &handoverPage{L: l}
	p.Name, _ = l.From.NameFor("display", r.Lang)
	p.Page = ui.Page{Title: r.Words.T("report.handover.title", "City", city), Nav: "cities", NoIndex: true,
		Crumbs: []ui.Crumb{{Text: r.Words.T("nav.cities"), Path: "/cities"}, {Text: city, Path: "/cities/" + place}, {Text: r.Words.T("report.history"), Path: "/cities/" + place + "/history"}, {Text: r.Words.T("report.handover")}}}
	for _, i := range l.Items {
		row := openRow{OpenItem: i, Kind: r.Words.T("report.open." + i.Kind)}
		if t, err := time.Parse(time.DateOnly, i.Due); err == nil {
			row.Due = r.Words.Date(t)
		}
		p.Items = append(p.Items, row)
	}
	f := ui.NewForm(r, refused)
	var next []ui.Option
	for _, x := range l.Next {
		option := ui.Option{Value: x.Person.ID}
		option.Label, _ = x.Person.NameFor("display", r.Lang)
		next = append(next, option)
	}
	chosen := ""
	if len(next) > 0 {
		chosen = next[0].Value
		f.Radio("next", "report.handover.next", chosen, append(next, ui.Option{Value: "new", Label: r.Words.T("report.handover.new")}))
	}
	name, email := f.Text("name", "report.handover.name", ""), f.Text("email", "report.handover.email", "").Kind("email")
	if len(next) > 0 {
		name.Opt()
		email.Opt()
	}
	p.Form = f
	return h.Show(w, r, pages, "handover.html", p)
}

func (h handlers) handedOver(w http.ResponseWriter, r *ui.Request) error {
	place, from := r.PathValue("id"), r.URL.Query().Get("from")
	n, err := h.Report.HandOver(r.Context(), r.By, place, from, r.Value("next"), r.Value("name"), r.Value("email"), r.Lang)
	if ui.Again(err) {
		return h.showHandover(w, r, err)
	}
	if err != nil {
		return err
	}
	return h.Redirect(w, r, "/cities/"+place+"/history", r.Words.N("report.handover.done", n))
}
