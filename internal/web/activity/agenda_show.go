package activity

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"aircommons/internal/account"
	desk "aircommons/internal/activity"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/web/ui"
)

// agenda adds the pages of agendas.
func (h handlers) agenda() {
	h.Get("/activities/{id}/agenda", h.showAgenda)
	h.Get("/activities/{id}/agenda/{session}", h.showSession)
	h.Post("/activities/{id}/agenda/{session}/choose", h.choose)
	h.Live("/office/activities/{id}/agenda", h.editor)
	h.Live("/office/activities/{id}/agenda/frame", h.frame)
	h.Post("/office/activities/{id}/agenda/frame", h.frame)
	h.Live("/office/activities/{id}/agenda/changes", h.changes)
	h.Post("/office/activities/{id}/agenda/release", h.release)
	h.Post("/office/activities/{id}/agenda/undo", h.undo)
	h.Live("/office/activities/{id}/agenda/new", h.newSession)
	h.Post("/office/activities/{id}/agenda/new", h.newSession)
	h.Live("/office/activities/{id}/agenda/sessions/{session}", h.editSession)
	h.Post("/office/activities/{id}/agenda/sessions/{session}", h.editSession)
	h.Post("/office/activities/{id}/agenda/sessions/{session}/cancel", h.cancelSession)
	h.Post("/office/activities/{id}/agenda/sessions/{session}/remove", h.removeSession)
}

// laid is an agenda with the words to show it.
type laid struct {
	view
	a     desk.Activity
	shape desk.Shape
	clock desk.Clocks
	faces map[string]account.Person
	own   []string // sessions in the reader's own agenda
}

// lay gets ready to show agendas of an activity.
func (h handlers) lay(r *ui.Request, a desk.Activity, shapes ...desk.Shape) (laid, error) {
	v, err := h.view(r)
	if err != nil {
		return laid{}, err
	}
	l := laid{view: v, a: a, shape: shapes[0], clock: desk.Clocks{Place: desk.Zone(a.Zone), Reader: readerZone(r)}}
	if pl, ok := v.net.Place(a.Place); ok && pl.TimeZone == a.Zone && pl.Kind == "city" {
		l.clock.Name = v.net.PlaceName(a.Place, r.Lang)
	}
	if l.clock.Place == nil {
		l.clock.Place = time.UTC
	}
	if l.faces, err = h.Activity.Faces(r.Context(), shapes...); err != nil {
		return l, err
	}
	own, err := h.Activity.Own(r.Context(), r.By)
	l.own = own[a.ID]
	return l, err
}

func (l laid) who(s desk.Speaker) string { return desk.SpeakerName(l.faces, s, l.w) }

func (l laid) name(t db.Text) string { s, _ := t.In(l.r.Lang); return s }

func (l laid) tongue(tag string) string { return word(l.w, "agenda.tongue", tag) }

func (l laid) speech() desk.Speech { return desk.Speech{W: l.w, Who: l.who, At: l.clock} }

// personRow is somebody in a session.
type personRow struct{ Name, Role, Organisation string }

// sessionRow is a session as a list shows it.
type sessionRow struct {
	ID, Path, Kind                 string
	Name, NameLang                 string
	Time, Machine                  string
	Room, RoomLang, Track, TrackIn string
	People                         []personRow
	Tongues, Pairs                 string
	Talks                          []talkRow
	Text                           []string
	TextLang                       string
	Cancelled, Mine                bool
	Version                        int64
	Problems                       []string
}

type talkRow struct {
	Name, NameLang, Time, Tongue string
	People                       []personRow
	Text                         []string
	TextLang                     string
}

func (l laid) people(list []desk.Speaker, role string) []personRow {
	var out []personRow
	for _, s := range list {
		if !s.Named() {
			continue
		}
		row := personRow{Name: l.who(s), Organisation: s.Organisation}
		if s.Role == "" {
			s.Role = role
		}
		if s.Role != "speaker" {
			row.Role = l.w.T("agenda.role." + s.Role)
		}
		out = append(out, row)
	}
	return out
}

func (l laid) row(i desk.Item) sessionRow {
	row := sessionRow{ID: i.ID, Path: "/activities/" + l.a.ID + "/agenda/" + i.ID, Kind: l.w.T("activity.itemkind." + i.Kind), Cancelled: i.Cancelled, Version: i.Version,
		Mine: slices.Contains(l.own, i.ID)}
	row.Name, row.NameLang = l.said(i.Names)
	row.Text, row.TextLang = l.lines(i.Text)
	if from, to := i.Moments(l.clock.Place); !from.IsZero() {
		row.Time, row.Machine = l.clock.Range(l.w, from, to), from.Format(time.RFC3339)
	}
	if r, ok := l.shape.Room(i.Room); ok {
		row.Room, row.RoomLang = l.said(r.Names)
	} else {
		row.Room = i.Venue
	}
	if t, ok := l.shape.Track(i.Track); ok {
		row.Track, row.TrackIn = l.said(t.Names)
	}
	row.People = l.people(i.Speakers, "chair")
	for n, t := range i.Talks {
		x := talkRow{People: l.people(t.Speakers, "speaker")}
		x.Name, x.NameLang = l.said(t.Names)
		x.Text, x.TextLang = l.lines(t.Text)
		if t.Language != "" {
			x.Tongue = l.tongue(t.Language)
		}
		if from, to := i.TalkAt(n, l.clock.Place); !from.IsZero() && (!to.IsZero() || n > 0) {
			x.Time = l.clock.Range(l.w, from, to)
		}
		row.Talks = append(row.Talks, x)
	}
	var spoken, pairs []string
	for _, s := range i.Spoken() {
		spoken = append(spoken, l.tongue(s))
	}
	for _, p := range i.Pairs {
		pairs = append(pairs, l.w.T("agenda.pair", "From", l.tongue(p.From), "To", l.tongue(p.To)))
	}
	comma := l.w.T("programme.comma")
	row.Tongues, row.Pairs = strings.Join(spoken, comma), strings.Join(pairs, comma)
	return row
}

// gridCell is one or several sessions of a room, beginning at a line of the grid.
type gridCell struct {
	Rows, Columns int
	Sessions      []sessionRow
	until         time.Time
}

type gridRow struct {
	Time  string
	Cells []*gridCell
}

type agendaDay struct {
	Day, ID string
	Rooms   []Link
	Grid    []gridRow
	Items   []sessionRow
	Dense   string // class of a day with so much in it that paper needs smaller letters
}

type agendaPage struct {
	ui.Page
	ID, Of, OfLang string
	View, Query    string
	Views          []viewLink
	Days           []agendaDay
	Persons        []namedRow
	Found          int
	Release        int
	ReleasedAt     time.Time
	ZoneChoice     bool
	Zones          []ui.Option
	State          string
	Languages      string
}

type viewLink struct {
	Text, Path string
	Current    bool
}

// namedRow is somebody with the sessions they stand in.
type namedRow struct {
	Name, Organisation string
	Sessions           []sessionRow
}

func (h handlers) showAgenda(w http.ResponseWriter, r *ui.Request) error {
	a, err := h.Activity.Activity(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	rel, err := h.Activity.Released(r.Context(), r.By, a.ID)
	if err != nil {
		return err
	}
	if len(rel.Items) == 0 && rel.Number == 0 && !r.By.Runs(a.Programme, a.ID) {
		return fault.New(fault.NotFound, "error.notfound")
	}
	l, err := h.lay(r, a, rel.Shape)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	p := &agendaPage{ID: a.ID, View: q.Get("view"), Query: strings.TrimSpace(q.Get("q")), Release: int(rel.Number), ReleasedAt: rel.At.In(l.clock.Place)}
	of := l.edition(a)
	p.Of, p.OfLang = of.Text, of.Lang
	p.Title, p.Nav = l.w.T("agenda.of", "Name", of.Text), "programme"
	p.Description = l.w.T("agenda.description", "Name", of.Text)
	p.Crumbs = l.crumbs(h, ui.Crumb{Text: l.w.T("agenda.title")})
	p.NoIndex = a.State != desk.Published || p.Query != "" || p.View != ""
	if a.State != desk.Published {
		p.State = string(a.State)
	}
	p.Canonical = "/activities/" + a.ID + "/agenda"
	p.Alternates = h.feeds(r, a, l.w)
	var tongues []string
	for _, t := range rel.Languages {
		tongues = append(tongues, l.tongue(t))
	}
	p.Languages = strings.Join(tongues, l.w.T("programme.comma"))
	for _, v := range []string{"", "list", "person"} {
		at := "/activities/" + a.ID + "/agenda"
		key := "agenda.view.day"
		if v != "" {
			at, key = at+"?view="+v, "agenda.view."+v
		}
		p.Views = append(p.Views, viewLink{l.w.T(key), at, v == p.View})
	}
	items := slices.Clone(rel.Items)
	desk.ByStart(items)
	if p.Query != "" {
		items = slices.DeleteFunc(items, func(i desk.Item) bool { return !l.found(i, p.Query) })
		p.Found = len(items)
	}
	if p.View == "person" {
		p.Persons = l.persons(items)
	} else {
		p.Days = l.days(items, p.View == "" && p.Query == "")
	}
	for _, i := range items {
		p.ZoneChoice = p.ZoneChoice || i.Starts != ""
	}
	p.Zones = zoneOptions(l.w, l.clock.Reader)
	if r.By.Runs(a.Programme, a.ID) {
		p.Actions = []ui.Action{{Text: l.w.T("agenda.act.edit"), Path: "/office/activities/" + a.ID + "/agenda"}, {Text: l.w.T("agenda.act.changes"), Path: "/office/activities/" + a.ID + "/agenda/changes"}}
	}
	return h.Show(w, r, pages, "agenda.html", p)
}

func (l laid) crumbs(h handlers, here ...ui.Crumb) []ui.Crumb {
	out := []ui.Crumb{{Text: l.w.T("nav.programme"), Path: "/programme"}, {Text: l.edition(l.a).Text, Path: "/activities/" + l.a.ID}}
	return append(out, here...)
}

// found reports whether a session has all words of a search, in any language, in its names, texts, talks or people.
func (l laid) found(i desk.Item, query string) bool {
	fold := func(s string) string { return strings.ToLower(norm.NFKC.String(s)) }
	var b strings.Builder
	add := func(texts ...db.Text) {
		for _, t := range texts {
			for _, s := range t {
				b.WriteString(fold(s) + "\n")
			}
		}
	}
	add(i.Names, i.Text)
	for _, t := range i.Talks {
		add(t.Names, t.Text)
	}
	for _, s := range i.People() {
		b.WriteString(fold(l.who(s)+"\n"+s.Organisation) + "\n")
	}
	r, _ := l.shape.Room(i.Room)
	t, _ := l.shape.Track(i.Track)
	add(r.Names, t.Names)
	for _, word := range strings.Fields(fold(query)) {
		if !strings.Contains(b.String(), word) {
			return false
		}
	}
	return true
}

func (l laid) persons(items []desk.Item) []namedRow {
	var out []namedRow
	at := map[string]int{}
	for _, i := range items {
		for _, s := range i.People() {
			n, there := at[s.Key()]
			if !there {
				n = len(out)
				at[s.Key()] = n
				out = append(out, namedRow{Name: l.who(s), Organisation: s.Organisation})
			}
			if out[n].Organisation == "" {
				out[n].Organisation = s.Organisation
			}
			row := l.row(i)
			row.Kind = word(l.w, "agenda.role", s.Role)
			out[n].Sessions = append(out[n].Sessions, row)
		}
	}
	sortByName(l.r.Lang, out, func(n namedRow) string { return n.Name })
	return out
}

// days lays sessions out by day; grid asks for a grid of rooms where a day has several.
func (l laid) days(items []desk.Item, grid bool) []agendaDay {
	var out []agendaDay
	var of []desk.Item
	flush := func() {
		if len(of) > 0 && grid {
			l.grid(&out[len(out)-1], of)
		}
		if len(out) > 0 {
			d, lines := &out[len(out)-1], 0
			for _, i := range of {
				lines += 2 + len(i.Talks)
			}
			switch {
			case lines > 80:
				d.Dense = " densest"
			case lines > 44:
				d.Dense = " denser"
			case lines > 18:
				d.Dense = " dense"
			}
		}
		of = nil
	}
	for _, i := range items {
		day, id := "", "untimed"
		if from, _ := i.Moments(l.clock.Place); !from.IsZero() {
			day, id = l.w.T("programme.day", "Weekday", l.w.Weekday(from.Weekday()), "Date", l.w.Date(from)), from.Format("day-2006-01-02")
		}
		if n := len(out); n == 0 || out[n-1].ID != id {
			flush()
			out = append(out, agendaDay{Day: day, ID: id})
		}
		d := &out[len(out)-1]
		d.Items = append(d.Items, l.row(i))
		of = append(of, i)
	}
	flush()
	return out
}

// grid makes columns of the rooms of a day. A session without a room that has its time to itself lies across all of them.
func (l laid) grid(d *agendaDay, items []desk.Item) {
	type placed struct {
		desk.Item
		from, to time.Time
	}
	var ps []placed
	for _, i := range items {
		from, to := i.Moments(l.clock.Place)
		if from.IsZero() {
			return
		}
		if to.IsZero() {
			to = from.Add(30 * time.Minute)
		}
		ps = append(ps, placed{i, from, to})
	}
	column := map[string]int{}
	for _, r := range l.shape.Rooms {
		if slices.ContainsFunc(items, func(i desk.Item) bool { return i.Room == r.ID }) {
			column[r.ID] = len(d.Rooms)
			d.Rooms = append(d.Rooms, l.link("", r.Names, r.ID))
		}
	}
	if len(d.Rooms) < 2 {
		d.Rooms = nil
		return
	}
	wide := func(p placed) bool {
		_, ok := column[p.Room]
		return !ok && !slices.ContainsFunc(ps, func(q placed) bool { return q.ID != p.ID && p.from.Before(q.to) && q.from.Before(p.to) })
	}
	if slices.ContainsFunc(ps, func(p placed) bool { _, ok := column[p.Room]; return !ok && !wide(p) }) {
		column["\x00"] = len(d.Rooms)
		d.Rooms = append(d.Rooms, Link{Text: l.w.T("agenda.elsewhere")})
	}
	var starts []time.Time
	for _, p := range ps {
		if !slices.ContainsFunc(starts, p.from.Equal) {
			starts = append(starts, p.from)
		}
	}
	running := make([]*gridCell, len(d.Rooms))
	for _, s := range starts {
		row := gridRow{Time: l.w.Clock(s)}
		cells := make([]*gridCell, len(d.Rooms))
		for _, p := range ps {
			if !p.from.Equal(s) {
				continue
			}
			c, ok := column[p.Room]
			if !ok && wide(p) {
				row.Cells = []*gridCell{{Rows: 1, Columns: len(d.Rooms), Sessions: []sessionRow{l.row(p.Item)}}}
				for m := range running {
					running[m] = nil
				}
				cells = nil
				break
			} else if !ok {
				c = column["\x00"]
			}
			cell := running[c]
			if cell == nil || !s.Before(cell.until) {
				cell = &gridCell{Columns: 1, until: p.to}
				running[c], cells[c] = cell, cell
			}
			cell.Sessions = append(cell.Sessions, l.row(p.Item))
			if p.to.After(cell.until) {
				cell.until = p.to
			}
		}
		for c := range cells {
			if cells[c] == nil && (running[c] == nil || !s.Before(running[c].until)) {
				cells[c] = &gridCell{Rows: 1, Columns: 1}
				running[c] = nil
			}
			if cells[c] != nil {
				row.Cells = append(row.Cells, cells[c])
			}
		}
		d.Grid = append(d.Grid, row)
	}
	for n := range d.Grid {
		for _, c := range d.Grid[n].Cells {
			if c.Rows == 1 {
				continue
			}
			for m := n; m < len(starts) && (m == n || starts[m].Before(c.until)); m++ {
				c.Rows++
			}
		}
	}
}

type sessionPage struct {
	ui.Page
	ID, ActivityID, Of string
	Session            sessionRow
	Interpreters       []personRow
	When               string
	Links              []linkRow
	Choose             bool
	Before, After      *sessionRow
	Problems           []string
	State              string
}

type linkRow struct{ URL, For, Note, From string }

func (h handlers) showSession(w http.ResponseWriter, r *ui.Request) error {
	ctx := r.Context()
	a, err := h.Activity.Activity(ctx, r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	rel, err := h.Activity.Released(ctx, r.By, a.ID)
	if err != nil {
		return err
	}
	i, ok := rel.Shape.Item(r.PathValue("session"))
	if !ok {
		return fault.New(fault.NotFound, "error.notfound")
	}
	l, err := h.lay(r, a, rel.Shape)
	if err != nil {
		return err
	}
	p := &sessionPage{ID: i.ID, ActivityID: a.ID, Of: l.edition(a).Text, Session: l.row(i), When: l.speech().When(i), Choose: r.By.SignedIn() && !r.By.Device}
	for _, pair := range i.Pairs {
		p.Interpreters = append(p.Interpreters, l.people(pair.Interpreters, "")...)
	}
	p.Title, p.Nav, p.NoIndex = p.Session.Name, "programme", a.State != desk.Published
	if a.State != desk.Published {
		p.State = string(a.State)
	}
	p.Description = l.w.T("agenda.session.description", "Name", p.Session.Name, "Of", p.Of)
	p.Crumbs = l.crumbs(h, ui.Crumb{Text: l.w.T("agenda.title"), Path: "/activities/" + a.ID + "/agenda"}, ui.Crumb{Text: p.Session.Name})
	p.JSONLD = h.sessionData(r, a, rel.Shape, i)
	if p.Links, err = h.links(ctx, l, i.ID); err != nil {
		return err
	}
	items := slices.Clone(rel.Items)
	desk.ByStart(items)
	for n := range items {
		if items[n].ID != i.ID {
			continue
		}
		if n > 0 {
			x := l.row(items[n-1])
			p.Before = &x
		}
		if n+1 < len(items) {
			x := l.row(items[n+1])
			p.After = &x
		}
	}
	if r.By.Runs(a.Programme, a.ID) {
		p.Actions = []ui.Action{{Text: l.w.T("part.edit"), Path: "/office/activities/" + a.ID + "/agenda/sessions/" + i.ID}, {Text: l.w.T("agenda.act.edit"), Path: "/office/activities/" + a.ID + "/agenda"}}
	}
	return h.Show(w, r, pages, "agenda-session.html", p)
}

// links are the addresses of a session that the reader may see now.
func (h handlers) links(ctx context.Context, l laid, session string) ([]linkRow, error) {
	by := l.r.By
	if !by.SignedIn() {
		return nil, nil
	}
	s := desk.Standing{ID: by.ID, Runs: by.Runs(l.a.Programme, l.a.ID)}
	if h.Seat != nil && !s.Runs {
		var err error
		if s.Seat, err = h.Seat(ctx, by.ID, l.a.ID); err != nil {
			return nil, err
		}
	}
	open, err := h.Activity.Links(ctx, l.a.ID, session, s)
	if err != nil {
		return nil, err
	}
	var out []linkRow
	for _, x := range open {
		row := linkRow{URL: x.URL, For: l.w.T("agenda.for." + x.For), Note: x.Note}
		if s.Runs && x.Minutes > 0 {
			row.From = l.w.N("agenda.link.from", int(x.Minutes))
		}
		out = append(out, row)
	}
	return out, nil
}

func (h handlers) choose(w http.ResponseWriter, r *ui.Request) error {
	if err := r.NeedSignIn(); err != nil {
		return err
	}
	id, session, on := r.PathValue("id"), r.PathValue("session"), r.Value("on") != ""
	if err := h.Activity.Choose(r.Context(), r.By, id, session, on); err != nil {
		return err
	}
	said := "agenda.chosen"
	if !on {
		said = "agenda.dropped"
	}
	return h.Redirect(w, r, "/activities/"+id+"/agenda/"+session, r.Words.T(said))
}
