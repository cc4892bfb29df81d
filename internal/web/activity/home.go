package activity

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	desk "aircommons/internal/activity"
	"aircommons/internal/library"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

// eventRow is an activity in a list by time.
type eventRow struct {
	Link
	When, Machine string // as written, and in the form of machines
	Kind          string
	Place         *Link
	Line          string // the programme it belongs to, or its first aim
	State         string // a state that is not "published"
	Contested     bool
}

// programmeRow is a programme in a list.
type programmeRow struct {
	Link
	Count    string // "4 editions, 2016 to 2019"
	Line     string
	LineLang string
	Kind     string
	State    string
}

// documentRow is a document in a list.
type documentRow struct {
	Link
	When, Kind, Relation string
	Line                 string
	InHand               bool
	Files                []fileLink
	Label                string
}

type fileLink struct{ Path, Lang, Name string }

type homePage struct {
	ui.Page
	Slot       template.HTML
	Next       []eventRow
	Past       []eventRow // when nothing is upcoming: the latest
	PastYear   int
	Cities     []cityGroup
	Programmes []programmeRow
	Projects   []eventRow
	Documents  []documentRow
	More       int // documents besides
}

func (h handlers) home(w http.ResponseWriter, r *ui.Request) error {
	ctx := r.Context()
	v, err := h.view(r)
	if err != nil {
		return err
	}
	p := &homePage{}
	p.Title, p.Description, p.Canonical = r.Words.T("programme.home.title"), r.Words.T("programme.home.description"), "/"
	if h.Home != nil {
		if p.Slot, err = h.Home(ctx, r); err != nil {
			return err
		}
	}
	next, err := h.Activity.Upcoming(ctx, r.By, h.Now())
	if err != nil {
		return err
	}
	for _, a := range next[:min(len(next), 6)] {
		p.Next = append(p.Next, h.event(v, a))
	}
	all, err := h.Activity.Activities(ctx, r.By)
	if err != nil {
		return err
	}
	if len(next) == 0 {
		for _, a := range latest(all, 3) {
			p.Past = append(p.Past, h.event(v, a))
			p.PastYear = max(p.PastYear, a.Period.Last().Year())
		}
	}
	air, err := h.air(r)
	if err != nil {
		return err
	}
	p.Cities = membersFirst(v.cityGroups(air), r.Lang)
	if p.Programmes, err = h.programmeRows(v, all); err != nil {
		return err
	}
	for _, a := range all {
		if a.Programme == "" && a.Parent == "" {
			p.Projects = append(p.Projects, h.event(v, a))
		}
	}
	docs, err := h.Library.Documents(ctx, r.By)
	if err != nil {
		return err
	}
	docs = slices.DeleteFunc(docs, func(d library.Document) bool { return d.State != library.Published })
	var rows []documentRow
	order := map[string]int{}
	for _, d := range docs {
		row := h.document(v, d, all)
		order[row.Path] = docOrder(d)
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b documentRow) int {
		return cmp.Or(order[a.Path]-order[b.Path], strings.Compare(b.When, a.When))
	})
	p.Documents = rows[:min(len(rows), 4)]
	p.More = len(docs) - len(p.Documents)
	if r.By.Officer() {
		p.Actions = []ui.Action{{Text: r.Words.T("programme.act.newprogramme"), Path: "/office/programmes/new"}, {Text: r.Words.T("programme.act.newactivity"), Path: "/office/activities/new"}}
	}
	return h.Show(w, r, pages, "home.html", p)
}

func docOrder(d library.Document) int {
	switch d.Kind {
	case "publication":
		return 0
	case "summary":
		return 1
	}
	return 2
}

// latest are the last n activities that have a date and have ended, the latest first.
func latest(all []desk.Activity, n int) []desk.Activity {
	var out []desk.Activity
	for _, a := range all {
		if a.Period.Known() && !a.Period.Open() && a.State == desk.Published {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b desk.Activity) int { return b.Period.Last().Compare(a.Period.Last()) })
	return out[:min(n, len(out))]
}

// air asks for the latest means, when somebody gives them.
func (h handlers) air(r *ui.Request) (map[string]Air, error) {
	if h.Air == nil {
		return nil, nil
	}
	return h.Air(r.Context(), r)
}

func (h handlers) event(v view, a desk.Activity) eventRow {
	e := eventRow{Link: v.edition(a), Kind: v.w.T("activity.kind." + a.Kind), When: v.w.T("programme.undated")}
	if a.Period.Known() {
		e.When, e.Machine = period(v.w, a.Period), a.Period.From
		if a.Period.Precision == network.Month && a.Period.From == a.Period.To {
			e.When = v.w.T("date.daynotfixed", "Month", e.When)
		}
		e.Contested = v.contestedPeriod(a)
	}
	if a.Place != "" {
		l := v.place(a.Place)
		e.Place = &l
	}
	if lines, _ := v.lines(a.Aims); len(lines) > 0 {
		e.Line = lines[0]
	}
	if a.State != desk.Published {
		e.State = v.w.T("activity.state." + string(a.State))
	}
	return e
}

// contestedPeriod reports whether a source gives an activity a date that contradicts the record.
func (v view) contestedPeriod(a desk.Activity) bool {
	for _, f := range v.net.Facts("activity", a.ID) {
		if f.Field == network.PeriodField && f.Against(a.Period.String(), a.Printed).Contested() {
			return true
		}
	}
	return false
}

func (h handlers) programmeRows(v view, all []desk.Activity) ([]programmeRow, error) {
	ps, err := h.Activity.Programmes(v.r.Context(), v.r.By)
	if err != nil {
		return nil, err
	}
	var out []programmeRow
	count := map[string]int{}
	for _, p := range ps {
		row := programmeRow{Link: v.link("/programme/"+p.ID, p.Names, p.ID), Kind: v.w.T("activity.programmekind." + p.Kind)}
		first, last, n := 0, 0, 0
		for _, a := range all {
			if a.Programme != p.ID {
				continue
			}
			n++
			if y := a.Period.Year(); y > 0 {
				if first == 0 {
					first = y
				}
				last = max(last, y)
			}
		}
		count[row.Path] = n
		switch {
		case n == 0:
			row.Count = v.w.T("programme.editions.none")
		case first == 0:
			row.Count = v.w.N("programme.editions", n)
		case first == last:
			row.Count = v.w.N("programme.editions.in", n, "Year", first)
		default:
			row.Count = v.w.N("programme.editions.from", n, "First", first, "Last", last)
		}
		for _, t := range []func() ([]string, string){func() ([]string, string) { return v.lines(p.Purposes) }, func() ([]string, string) { return v.lines(p.Summary) }} {
			if lines, in := t(); len(lines) > 0 {
				row.Line, row.LineLang = lines[0], in
				break
			}
		}
		if p.State != desk.Published {
			row.State = v.w.T("activity.state." + string(p.State))
		}
		out = append(out, row)
	}
	slices.SortStableFunc(out, func(a, b programmeRow) int { return count[b.Path] - count[a.Path] })
	return out, nil
}

// document is a row of a document, with the time of what it belongs to where its own is not known.
func (h handlers) document(v view, d library.Document, all []desk.Activity) documentRow {
	row := documentRow{Link: v.link("/library/"+d.ID, d.Names, d.ID), Kind: v.w.T("library.kind." + d.Kind), InHand: d.InHand(), Label: d.Label}
	if lines, _ := v.lines(d.Summary); len(lines) > 0 {
		row.Line = lines[0]
	}
	if d.Issued.Known() {
		row.When = period(v.w, d.Issued)
	} else if d.Subject == "activity" {
		for _, a := range all {
			if a.ID == d.SubjectKey && a.Period.Known() {
				if row.When = strconv.Itoa(a.Period.Year()); a.Period.Precision == network.Year {
					row.When = period(v.w, a.Period)
				}
			}
		}
	}
	if d.Relation != "" {
		row.Relation = word(v.w, "library.relation", d.Relation)
	}
	for _, f := range d.Current() {
		row.Files = append(row.Files, fileLink{"/files/" + f.ID + "/" + f.Name, word(v.w, "library.lang", f.Lang), f.Name})
	}
	return row
}
