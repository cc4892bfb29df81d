package activity

import (
	"net/http"
	"strconv"
	"time"

	desk "aircommons/internal/activity"
	"aircommons/internal/library"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

// itemRow is something inside an activity, with its time on two clocks.
type itemRow struct {
	Kind, Name, NameLang, Time, Machine, Venue string
	Text                                       []string
	TextLang                                   string
	N                                          int
	First, Last                                bool
}

// dayRow is the items of one day, or of none.
type dayRow struct {
	Day   string
	Items []itemRow
}

type activityPage struct {
	ui.Page
	Activity     desk.Activity
	Kind, State  string
	Programme    *Link
	Parent       *Link
	When         string
	Machine      string
	Precision    string
	Weekdays     string
	PrintedIn    string
	Marks        []int
	Contest      *contest
	Agree        []claim // what other sources say of the date, without contradicting
	Place        *Link
	Mode         string
	Zone         string
	ZoneChoice   bool // times are shown, so a second clock can be chosen
	Zones        []ui.Option
	Reader       string
	Aims         []string
	AimsIn       string
	Notes        []string
	NotesIn      string
	Topics       []Link
	Roles        []roleRow
	Participants []roleRow
	Days         []dayRow
	Facts        []fact
	Documents    []documentRow
	Within       []eventRow
	Before       *eventRow
	After        *eventRow
	Sources      []source
	Agenda       bool // it has a page of its own
	Ways         Ways
}

func (h handlers) activity(w http.ResponseWriter, r *ui.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	v, err := h.view(r)
	if err != nil {
		return err
	}
	a, err := h.Activity.Activity(ctx, r.By, id)
	if err != nil {
		return err
	}
	all, err := h.Activity.Activities(ctx, r.By)
	if err != nil {
		return err
	}
	name := v.edition(a)
	p := &activityPage{Activity: a, Kind: v.w.T("activity.kind." + a.Kind), When: period(v.w, a.Period), Machine: a.Period.From,
		Precision: precision(v.w, a.Period), Weekdays: weekdays(v.w, a.Period), PrintedIn: foreign(a.Printed, r.Lang)}
	p.Title, p.Nav = name.Text, "programme"
	p.Crumbs = []ui.Crumb{{Text: v.w.T("nav.programme"), Path: "/programme"}}
	if a.State != desk.Published {
		p.State, p.NoIndex = string(a.State), true
	}
	if a.Programme != "" {
		pr, err := h.Activity.Programme(ctx, r.By, a.Programme)
		if err != nil {
			return err
		}
		l := v.link("/programme/"+pr.ID, pr.Names, pr.ID)
		p.Programme = &l
		p.Crumbs = append(p.Crumbs, ui.Crumb{Text: l.Text, Path: l.Path})
		if pr.State != desk.Published && p.State == "" {
			p.State, p.NoIndex = "hidden", true
		}
		h.neighbours(v, p, a, all)
	}
	p.Crumbs = append(p.Crumbs, ui.Crumb{Text: name.Text})
	for _, other := range all {
		if other.ID == a.Parent {
			l := v.edition(other)
			p.Parent = &l
		}
		if other.Parent == a.ID {
			p.Within = append(p.Within, h.event(v, other))
		}
	}
	var src sources
	facts, err := h.Activity.Facts(ctx, r.By, "activity", id)
	if err != nil {
		return err
	}
	h.dates(v, p, a, facts, all, &src)
	if a.Place != "" {
		l := v.place(a.Place)
		p.Place = &l
	}
	p.Mode = v.w.T("programme.notstated")
	if a.Mode != "" {
		p.Mode = v.w.T("activity.mode." + a.Mode)
	}
	p.Description = v.describe(p)
	p.Aims, p.AimsIn = v.lines(a.Aims)
	p.Notes, p.NotesIn = v.lines(a.Notes)
	p.Topics, p.Roles, p.Participants = v.topics(a.Topics), v.roles(a.Roles), v.participants(a.Participants)
	h.items(v, p, a)
	p.Facts = v.facts(&src, facts, network.PeriodField)
	docs, err := h.Library.Documents(ctx, r.By)
	if err != nil {
		return err
	}
	for _, d := range docs {
		if d.IsFor("activity", id) && (d.State == library.Published || r.By.Officer()) {
			p.Documents = append(p.Documents, h.document(v, d, all))
		}
	}
	p.Sources = src.List
	data := h.eventData(r, a)
	data["@context"] = "https://schema.org"
	if p.Programme != nil && data["eventStatus"] != nil {
		data["superEvent"] = map[string]any{"@type": "EventSeries", "name": p.Programme.Text, "url": h.Absolute(r.To(p.Programme.Path))}
	}
	if seen, err := h.Activity.Released(ctx, r.By, id); err != nil {
		return err
	} else if data["eventStatus"] != nil {
		var parts []any
		for _, i := range seen.Items {
			if e := h.subEvent(r, a, seen.Shape, i); e != nil {
				parts = append(parts, e)
			}
		}
		if len(parts) > 0 {
			data["subEvent"] = parts
		}
	}
	p.JSONLD = data
	p.Alternates = h.feeds(r, a, v.w)
	p.Agenda = a.Agenda != nil && len(p.Days) > 0
	if r.By.Officer() {
		p.Actions = activityActions(v, a)
	} else if r.By.Runs(a.Programme, a.ID) {
		p.Actions = []ui.Action{{Text: v.w.T("agenda.act.edit"), Path: "/office/activities/" + a.ID + "/agenda"}}
	}
	if h.Ways != nil {
		if p.Ways, err = h.Ways(r, a); err != nil {
			return err
		}
		p.Actions = append(p.Actions, p.Ways.Actions...)
	}
	return h.Show(w, r, pages, "activity.html", p)
}

// dates lays out what sources say of when it was.
func (h handlers) dates(v view, p *activityPage, a desk.Activity, facts []network.Fact, all []desk.Activity, src *sources) {
	for _, f := range facts {
		if !ofPeriod(f) {
			continue
		}
		e := desk.StripEdition{Activity: a, Year: a.Period.Year(), Period: a.Period, Printed: a.Printed, Sources: f.Claims}
		for _, c := range f.Claims {
			if network.Contradict(f.Field, a.Period.String(), a.Printed, c.Parsed, c.Printed) {
				e.Rivals = append(e.Rivals, c)
			}
		}
		if e.Contested() {
			c := v.contest(src, e, all)
			c.Alone = true
			p.Contest, p.Marks = &c, c.Marks
			continue
		}
		for _, c := range f.Claims {
			one := v.claim(src, f.Field, c)
			p.Marks = append(p.Marks, one.N)
			p.Agree = append(p.Agree, one)
		}
	}
}

// neighbours finds the editions before and after.
func (h handlers) neighbours(v view, p *activityPage, a desk.Activity, all []desk.Activity) {
	var last *desk.Activity
	for i := range all {
		other := all[i]
		if other.Programme != a.Programme || !other.Period.Known() && other.ID != a.ID {
			continue
		}
		if other.ID == a.ID && last != nil {
			e := h.event(v, *last)
			p.Before = &e
		}
		if last != nil && last.ID == a.ID {
			e := h.event(v, other)
			p.After = &e
			return
		}
		last = &all[i]
	}
}

// items puts the items of an activity in days, each time on the clock of the place and, where it differs, the reader's.
func (h handlers) items(v view, p *activityPage, a desk.Activity) {
	zone := desk.Zone(a.Zone)
	clocks := desk.Clocks{Place: zone, Reader: readerZone(v.r)}
	if pl, ok := v.net.Place(a.Place); ok && pl.TimeZone == a.Zone && pl.Kind == "city" {
		clocks.Name = v.net.PlaceName(a.Place, v.r.Lang)
	}
	if zone != nil {
		p.Zone = desk.ZoneName(v.w, zone)
	}
	for i, item := range a.Items {
		row := itemRow{Kind: v.w.T("activity.itemkind." + item.Kind), Venue: item.Venue, N: i, First: i == 0, Last: i == len(a.Items)-1}
		row.Name, row.NameLang = v.said(item.Names)
		row.Text, row.TextLang = v.lines(item.Text)
		day := ""
		if from, to := item.Moments(zone); !from.IsZero() {
			row.Time, row.Machine = clocks.Range(v.w, from, to), from.Format(time.RFC3339)
			day = v.w.T("programme.day", "Weekday", v.w.Weekday(from.Weekday()), "Date", v.w.Date(from))
			p.ZoneChoice = true
		}
		if n := len(p.Days); n == 0 || p.Days[n-1].Day != day {
			p.Days = append(p.Days, dayRow{Day: day})
		}
		d := &p.Days[len(p.Days)-1]
		d.Items = append(d.Items, row)
	}
	if p.ZoneChoice {
		p.Zones = zoneOptions(v.w, clocks.Reader)
		if clocks.Reader != nil {
			p.Reader = desk.ZoneName(v.w, clocks.Reader)
		}
	}
}

// describe is the sentence of a page for those who have not opened it.
func (v view) describe(p *activityPage) string {
	s := p.Kind + ", " + p.When
	if p.Place != nil {
		s += ", " + p.Place.Text
	}
	return v.w.T("programme.activity.description", "What", s, "Name", p.Title)
}

// publishing is the action that shows a draft, or what was withdrawn, to everybody.
func publishing(v view, now desk.State, at, version string) ui.Action {
	if now == desk.Withdrawn {
		return ui.Action{Text: v.w.T("programme.act.restore"), Path: at + "/publish" + version + "&restore=1", Post: true}
	}
	return ui.Action{Text: v.w.T("programme.act.publish"), Path: at + "/publish" + version, Post: true}
}

func activityActions(v view, a desk.Activity) []ui.Action {
	at := "/office/activities/" + a.ID
	version := "?version=" + strconv.FormatInt(a.Version, 10)
	out := []ui.Action{{Text: v.w.T("part.edit"), Path: at}, {Text: v.w.T("agenda.act.edit"), Path: at + "/agenda"}, {Text: v.w.T("programme.act.items"), Path: at + "/items"},
		{Text: v.w.T("programme.act.statement"), Path: "/office/statements/new?subject=activity/" + a.ID}}
	if a.Programme != "" {
		out = append(out, ui.Action{Text: v.w.T("programme.act.edition"), Path: "/office/activities/new?programme=" + a.Programme})
	}
	out = append(out, ui.Action{Text: v.w.T("programme.act.clone"), Path: at + "/clone", Post: true})
	if a.State != desk.Published {
		out = append(out, publishing(v, a.State, at, version))
	}
	if a.State != desk.Withdrawn {
		out = append(out, ui.Action{Text: v.w.T("programme.act.withdraw"), Path: at + "/withdraw" + version, Post: true})
	}
	return append(out, ui.Action{Text: v.w.T("part.history"), Path: at + "/history"})
}
