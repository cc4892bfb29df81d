package activity

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"aircommons/internal/account"
	desk "aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/fault"
	"aircommons/internal/web/ui"
)

// Rows of the forms of an agenda. In "at" stands where somebody speaks: "" in the session, "t0" in its first talk, "p0" between its
// first pair of languages.
var (
	talkColumns    = append(textColumns("names"), append(textColumns("text"), "minutes", "language", "id")...)
	speakerColumns = []string{"person", "name", "organisation", "role", "at"}
	pairColumns    = []string{"from", "to"}
	linkColumns    = []string{"for", "url", "note", "minutes"}
	roomColumns    = append(textColumns("names"), "seats", "id")
	trackColumns   = append(textColumns("names"), "id")
	agendaLists    = map[string][]string{"talks": talkColumns, "speakers": speakerColumns, "pairs": pairColumns, "links": linkColumns, "rooms": roomColumns, "tracks": trackColumns}
)

func textColumns(name string) []string {
	var out []string
	for _, l := range catalog.Languages {
		out = append(out, name+"."+l.Tag)
	}
	return out
}

// agendaPressed carries out a button that changes the rows of a form of the agenda, and reports whether nothing is to be saved.
func agendaPressed(r *ui.Request) bool {
	what, n, _ := strings.Cut(r.Value("do"), " ")
	verb, list, _ := strings.Cut(what, "-")
	columns, known := agendaLists[list]
	if what == "check" {
		return true
	}
	if !known || verb != "add" && verb != "drop" {
		return false
	}
	rows := rowsOf(r.PostForm, list, columns)
	if verb == "add" {
		setRows(r.PostForm, list, columns, append(rows, map[string]string{}))
		return true
	}
	i, err := strconv.Atoi(n)
	if err != nil || i < 0 || i >= len(rows) {
		return true
	}
	setRows(r.PostForm, list, columns, slices.Delete(rows, i, i+1))
	if letter := map[string]string{"talks": "t", "pairs": "p"}[list]; letter != "" { // who spoke in it speaks in the session now
		people := rowsOf(r.PostForm, "speakers", speakerColumns)
		for _, row := range people {
			m, err := strconv.Atoi(strings.TrimPrefix(row["at"], letter))
			switch {
			case err != nil || !strings.HasPrefix(row["at"], letter):
			case m == i:
				row["at"] = ""
			case m > i:
				row["at"] = letter + strconv.Itoa(m-1)
			}
		}
		setRows(r.PostForm, "speakers", speakerColumns, people)
	}
	return true
}

// stands is somebody with where in the session.
type stands struct {
	desk.Speaker
	at string
}

// spread lists all people of a session with where they stand.
func spread(i desk.Item) []stands {
	var out []stands
	add := func(list []desk.Speaker, at string) {
		for _, s := range list {
			out = append(out, stands{s, at})
		}
	}
	add(i.Speakers, "")
	for n, t := range i.Talks {
		add(t.Speakers, "t"+strconv.Itoa(n))
	}
	for n, p := range i.Pairs {
		add(p.Interpreters, "p"+strconv.Itoa(n))
	}
	return out
}

// gather puts people where they stand.
func gather(i *desk.Item, all []stands) {
	i.Speakers = nil
	for n := range i.Talks {
		i.Talks[n].Speakers = nil
	}
	for n := range i.Pairs {
		i.Pairs[n].Interpreters = nil
	}
	for _, s := range all {
		if !s.Named() && s.Organisation == "" {
			continue
		}
		n, err := strconv.Atoi(strings.TrimLeft(s.at, "tp"))
		switch {
		case strings.HasPrefix(s.at, "t") && err == nil && n < len(i.Talks):
			i.Talks[n].Speakers = append(i.Talks[n].Speakers, s.Speaker)
		case strings.HasPrefix(s.at, "p") && err == nil && n < len(i.Pairs):
			s.Role = ""
			i.Pairs[n].Interpreters = append(i.Pairs[n].Interpreters, s.Speaker)
		default:
			i.Speakers = append(i.Speakers, s.Speaker)
		}
	}
}

func (v view) tongueOptions(none string) []ui.Option {
	var out []ui.Option
	if none != "" {
		out = append(out, ui.Option{Label: v.w.T(none)})
	}
	for _, t := range desk.Tongues {
		out = append(out, ui.Option{Value: t, Label: v.w.T("agenda.tongue." + t)})
	}
	return out
}

// size is the number of rows of a list that were sent, or that there are.
func size[T any](f ui.Edit, v view, list string, columns []string, have *[]T) {
	if f.Sent() {
		*have = make([]T, len(rowsOf(v.r.PostForm, list, columns)))
	}
}

// askSession asks for a session.
func (l laid) askSession(f ui.Edit, i *desk.Item, who []account.Person) []group {
	w := l.w
	what := group{Title: w.T("agenda.form.what"), Note: w.T("programme.form.clock", "Place", desk.ZoneName(w, l.clock.Place))}
	if desk.Zone(l.a.Zone) == nil {
		what.Note = w.T("programme.form.noclock")
	}
	rooms, tracks := []ui.Option{{Label: w.T("agenda.form.room.none")}}, []ui.Option{{Label: w.T("agenda.form.track.none")}}
	for _, r := range l.shape.Rooms {
		x := l.link("", r.Names, r.ID)
		rooms = append(rooms, ui.Option{Value: r.ID, Label: x.Text, Lang: x.Lang})
	}
	for _, t := range l.shape.Tracks {
		x := l.link("", t.Names, t.ID)
		tracks = append(tracks, ui.Option{Value: t.ID, Label: x.Text, Lang: x.Lang})
	}
	what.Fields = []*ui.Field{f.Texts("names", "programme.form.names", &i.Names), f.Select("kind", "programme.form.kind", &i.Kind, choice(f, "activity.itemkind", desk.ItemKinds)).As("w20"),
		f.Text("starts", "programme.form.starts", &i.Starts).As("w20").Kind("datetime-local").Opt(), f.Text("ends", "programme.form.ends", &i.Ends).As("w20").Kind("datetime-local").Opt()}
	i.Starts, i.Ends = wall(i.Starts), wall(i.Ends)
	if len(rooms) > 1 || i.Room != "" {
		what.Fields = append(what.Fields, f.Select("room", "agenda.form.room", &i.Room, with(rooms, i.Room, i.Room)))
	}
	what.Fields = append(what.Fields, f.Text("venue", "programme.form.venue", &i.Venue).Opt())
	if len(tracks) > 1 || i.Track != "" {
		what.Fields = append(what.Fields, f.Select("track", "agenda.form.track", &i.Track, with(tracks, i.Track, i.Track)))
	}
	what.Fields = append(what.Fields, f.Areas("text", "programme.form.text", &i.Text).Opt())

	speech := group{Title: w.T("agenda.form.languages"), Note: w.T("agenda.form.languages.note"), Add: "add-pairs", AddSay: w.T("agenda.form.pairs.add")}
	speech.Fields = []*ui.Field{f.Checks("languages", "agenda.form.spoken", &i.Languages, l.tongueOptions("")).Opt()}
	all := spread(*i)
	size(f, l.view, "pairs", pairColumns, &i.Pairs)
	for n := range i.Pairs {
		at, p := "pairs."+strconv.Itoa(n)+".", &i.Pairs[n]
		speech.Rows = append(speech.Rows, row{Title: w.T("agenda.form.pair.n", "Number", n+1), Drop: "drop-pairs " + strconv.Itoa(n), Fields: []*ui.Field{
			f.Select(at+"from", "agenda.form.pair.from", &p.From, l.tongueOptions("part.choose")), f.Select(at+"to", "agenda.form.pair.to", &p.To, l.tongueOptions("part.choose"))}})
	}

	talks := group{Title: w.T("agenda.form.talks"), Note: w.T("agenda.form.talks.note"), Add: "add-talks", AddSay: w.T("agenda.form.talks.add")}
	size(f, l.view, "talks", talkColumns, &i.Talks)
	for n := range i.Talks {
		at, t := "talks."+strconv.Itoa(n)+".", &i.Talks[n]
		fields := []*ui.Field{f.Texts(at+"names", "programme.form.names", &t.Names), f.Whole(at+"minutes", "agenda.form.minutes", &t.Minutes).Opt(),
			f.Select(at+"language", "agenda.form.language", &t.Language, l.tongueOptions("agenda.form.language.session")), f.Areas(at+"text", "programme.form.text", &t.Text).Opt(),
			hidden(f, at+"id", &t.ID)}
		talks.Rows = append(talks.Rows, row{Title: w.T("agenda.form.talk.n", "Number", n+1), Drop: "drop-talks " + strconv.Itoa(n), Fields: fields})
	}

	people := group{Title: w.T("agenda.form.people"), Note: w.T("agenda.form.people.note"), Add: "add-speakers", AddSay: w.T("agenda.form.people.add")}
	size(f, l.view, "speakers", speakerColumns, &all)
	options := []ui.Option{{Label: w.T("agenda.form.person.none")}}
	for _, p := range who {
		name, in := p.NameFor("display", l.r.Lang)
		if in == l.r.Lang {
			in = ""
		}
		if p.Email != "" && slices.ContainsFunc(who, func(q account.Person) bool { return q.ID != p.ID && q.Name == p.Name }) {
			name += " (" + p.Email + ")"
		}
		options = append(options, ui.Option{Value: p.ID, Label: name, Lang: in})
	}
	places := []ui.Option{{Label: w.T("agenda.form.at.session")}}
	for n, t := range i.Talks {
		name := l.name(t.Names)
		if name == "" {
			name = w.T("agenda.form.talk.n", "Number", n+1)
		}
		places = append(places, ui.Option{Value: "t" + strconv.Itoa(n), Label: name})
	}
	for n, p := range i.Pairs {
		name := w.T("agenda.form.pair.n", "Number", n+1)
		if p.From != "" && p.To != "" {
			name = w.T("agenda.form.at.pair", "From", l.tongue(p.From), "To", l.tongue(p.To))
		}
		places = append(places, ui.Option{Value: "p" + strconv.Itoa(n), Label: name})
	}
	for n := range all {
		at, s := "speakers."+strconv.Itoa(n)+".", &all[n]
		fields := []*ui.Field{f.Select(at+"person", "agenda.form.person", &s.Person, with(options, s.Person, l.w.T("agenda.somebody"))), f.Text(at+"name", "agenda.form.name", &s.Name).Opt(),
			f.Text(at+"organisation", "agenda.form.organisation", &s.Organisation).Opt(), f.Select(at+"role", "agenda.form.role", &s.Role, words(w, "agenda.role", append([]string{""}, desk.SpeakerRoles...), "agenda.form.role.usual")),
			f.Select(at+"at", "agenda.form.at", &s.at, places)}
		people.Rows = append(people.Rows, row{Title: w.T("agenda.form.person.n", "Number", n+1), Drop: "drop-speakers " + strconv.Itoa(n), Fields: fields})
	}
	gather(i, all)

	links := group{Title: w.T("agenda.form.links"), Note: w.T("agenda.form.links.note"), Add: "add-links", AddSay: w.T("agenda.form.links.add")}
	size(f, l.view, "links", linkColumns, &i.Links)
	for n := range i.Links {
		at, x := "links."+strconv.Itoa(n)+".", &i.Links[n]
		if x.For == "" && !f.Sent() {
			x.For = "participants"
		}
		links.Rows = append(links.Rows, row{Title: w.T("agenda.form.link.n", "Number", n+1), Drop: "drop-links " + strconv.Itoa(n), Fields: []*ui.Field{
			f.Select(at+"for", "agenda.form.link.for", &x.For, choice(f, "agenda.for", desk.Doors)), f.Text(at+"url", "agenda.form.link.url", &x.URL), f.Text(at+"note", "agenda.form.link.note", &x.Note).Opt(),
			f.Whole(at+"minutes", "agenda.form.link.minutes", &x.Minutes).Opt()}})
	}
	if i.Version != 0 || f.Sent() {
		f.Keep("version", &i.Version)
	}
	return []group{what, talks, people, speech, links}
}

// hidden carries a value along.
func hidden(f ui.Edit, name string, value *string) *ui.Field {
	return f.Text(name, "part.save", value).Kind("hidden")
}

type agendaForm struct {
	formPage
	Problems []string
	Checked  bool
	Version  int64
	Remove   string
	Cancel   string
	Cut      bool // cancelled
}

// draft reads the draft of the activity of the address, with the words to show it.
func (h handlers) draft(r *ui.Request) (desk.Activity, laid, error) {
	a, err := h.Activity.Draft(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return a, laid{}, err
	}
	l, err := h.lay(r, a, a.Shape())
	return a, l, err
}

func (h handlers) newSession(w http.ResponseWriter, r *ui.Request) error {
	a, l, err := h.draft(r)
	if err != nil {
		return err
	}
	i := desk.Item{Kind: "session"}
	if day := r.URL.Query().Get("day"); len(day) == len("2027-05-19") {
		i.Starts = day + "T09:00"
	} else if len(a.Period.From) == len("2027-05-19") && desk.Zone(a.Zone) != nil {
		i.Starts = a.Period.From + "T09:00"
	}
	for _, s := range a.Items { // after the last one of that day
		if len(s.Ends) > 10 && i.Starts != "" && s.Ends[:10] == i.Starts[:10] && s.Ends > i.Starts {
			i.Starts = s.Ends
		}
	}
	return h.session(w, r, a, l, i, l.w.T("agenda.new"), func(i desk.Item) (desk.Item, error) { return h.Activity.AddSession(r.Context(), r.By, a.ID, i) }, nil)
}

func (h handlers) editSession(w http.ResponseWriter, r *ui.Request) error {
	a, l, err := h.draft(r)
	if err != nil {
		return err
	}
	i, ok := a.Shape().Item(r.PathValue("session"))
	if !ok {
		return fault.New(fault.NotFound, "error.notfound")
	}
	return h.session(w, r, a, l, i, l.w.T("programme.office.edit", "Name", l.name(i.Names)),
		func(i desk.Item) (desk.Item, error) { return i, h.Activity.SetSession(r.Context(), r.By, a.ID, i) },
		func() (desk.Item, error) {
			now, err := h.Activity.Draft(r.Context(), r.By, a.ID)
			if err != nil {
				return desk.Item{}, err
			}
			i, ok := now.Shape().Item(i.ID)
			if !ok {
				return i, fault.New(fault.NotFound, "agenda.session.gone")
			}
			return i, nil
		})
}

// session shows or takes the form of a session, with what the check finds in it as it stands in the form.
func (h handlers) session(w http.ResponseWriter, r *ui.Request, a desk.Activity, l laid, was desk.Item, title string, save func(desk.Item) (desk.Item, error), stored func() (desk.Item, error)) error {
	who, err := h.Activity.Candidates(r.Context(), r.By, a.ID)
	if err != nil {
		return err
	}
	page := &agendaForm{formPage: formPage{Page: ui.Page{Title: title, NoIndex: true}}, Version: was.Version, Cut: was.Cancelled}
	i := copied(was)
	ask := func(f ui.Edit, x *desk.Item) error {
		groups := l.askSession(f, x, who)
		if x == &i {
			page.Groups = groups
		}
		return nil
	}
	if r.Method == http.MethodPost && agendaPressed(r) {
		page.Form, page.Checked = ui.NewForm(r, nil), r.Value("do") == "check"
		if err := ask(ui.Edit{Form: page.Form}, &i); err != nil {
			return err
		}
	} else {
		f, err := ui.Change(r, &i, ask, func() (err error) { i, err = save(i); return err }, stored)
		if err != nil {
			return err
		}
		if f == nil {
			return h.Redirect(w, r, "/office/activities/"+a.ID+"/agenda#s-"+i.ID, l.w.T("programme.office.saved"))
		}
		page.Form = f
	}
	if was.Version != 0 || page.Form != nil && r.Method == http.MethodPost {
		page.Problems = h.problemsWith(r, l, a, was, i)
	}
	if was.ID != "" {
		own := "/office/activities/" + a.ID + "/agenda/sessions/" + was.ID
		page.Remove, page.Cancel = own+"/remove", own+"/cancel"
		page.Actions = append(page.Actions, ui.Action{Text: l.w.T("part.history"), Path: "/office/journal?subject=session&key=" + a.ID + "/" + was.ID})
	}
	page.Crumbs = h.officeCrumbs(l, ui.Crumb{Text: l.w.T("agenda.title"), Path: "/office/activities/" + a.ID + "/agenda"}, ui.Crumb{Text: page.Title})
	return h.Show(w, r, pages, "agenda-form.html", page)
}

// copied is a session that shares no lists with the one that is stored.
func copied(i desk.Item) desk.Item {
	i.Talks, i.Pairs, i.Links, i.Speakers = slices.Clone(i.Talks), slices.Clone(i.Pairs), slices.Clone(i.Links), slices.Clone(i.Speakers)
	return i
}

// problemsWith are those of a session as it stands in a form.
func (h handlers) problemsWith(r *ui.Request, l laid, a desk.Activity, was, i desk.Item) []string {
	items := slices.DeleteFunc(slices.Clone(a.Items), func(x desk.Item) bool { return x.ID == was.ID && was.ID != "" })
	if i.ID == "" {
		i.ID = "\x00new"
	}
	a.Items = append(items, i)
	l.shape = a.Shape()
	var out []string
	for _, p := range desk.Check(a, h.seated(r, a.ID)) {
		if p.Item == i.ID {
			out = append(out, l.problem(p))
		}
	}
	return out
}

// seated is how many people are confirmed on site.
func (h handlers) seated(r *ui.Request, activity string) int {
	if h.Seated == nil {
		return 0
	}
	n, err := h.Seated(r.Context(), activity)
	if err != nil {
		h.Log.Warn("confirmed seats", "activity", activity, "error", err)
	}
	return n
}

func (l laid) problem(p desk.Problem) string {
	return l.w.Say(p.Say(l.name, l.who, l.tongue))
}

func (h handlers) officeCrumbs(l laid, here ...ui.Crumb) []ui.Crumb {
	return append([]ui.Crumb{{Text: l.w.T("shell.workbench"), Path: "/office"}, {Text: l.edition(l.a).Text, Path: "/activities/" + l.a.ID}}, here...)
}

type editorPage struct {
	ui.Page
	ID       string
	Days     []agendaDay
	Problems []problemRow
	Changes  int
	Release  int
	Frame    bool
	NoZone   bool
}

// problemRow is a problem with the session it stands at.
type problemRow struct {
	Text, Name, Path string
	Grave            bool
}

func (h handlers) editor(w http.ResponseWriter, r *ui.Request) error {
	a, l, err := h.draft(r)
	if err != nil {
		return err
	}
	rel, err := h.Activity.Released(r.Context(), r.By, a.ID)
	if err != nil {
		return err
	}
	own := "/office/activities/" + a.ID + "/agenda"
	p := &editorPage{Page: ui.Page{Title: l.w.T("agenda.of", "Name", l.edition(a).Text), NoIndex: true}, ID: a.ID, Release: int(rel.Number), Frame: a.Agenda != nil && len(a.Agenda.Rooms) > 0, NoZone: desk.Zone(a.Zone) == nil}
	p.Crumbs = h.officeCrumbs(l, ui.Crumb{Text: l.w.T("agenda.title")})
	p.Actions = []ui.Action{{Text: l.w.T("programme.act.view"), Path: "/activities/" + a.ID + "/agenda"}, {Text: l.w.T("agenda.act.frame"), Path: own + "/frame"}, {Text: l.w.T("agenda.act.changes"), Path: own + "/changes"}}
	if rel.Number > 0 || a.Agenda != nil && a.Agenda.Drafting {
		d := desk.Compare(rel.Shape, withoutLinks(a.Shape(), rel.Number > 0))
		p.Changes = len(d.Changes) + len(d.Frame)
	}
	p.Days = l.days(a.Items, false)
	at := map[string][]string{}
	names := map[string]string{}
	for _, i := range a.Items {
		names[i.ID] = l.name(i.Names)
	}
	for _, x := range desk.Check(a, h.seated(r, a.ID)) {
		s := l.problem(x)
		at[x.Item] = append(at[x.Item], s)
		p.Problems = append(p.Problems, problemRow{s, names[x.Item], "#s-" + x.Item, x.Grave})
	}
	for n := range p.Days {
		for m := range p.Days[n].Items {
			p.Days[n].Items[m].Problems = at[p.Days[n].Items[m].ID]
		}
	}
	return h.Show(w, r, pages, "agenda-office.html", p)
}

// withoutLinks takes out of a draft what a release as it is shown does not have either.
func withoutLinks(s desk.Shape, released bool) desk.Shape {
	if !released {
		return s
	}
	items := slices.Clone(s.Items)
	for n := range items {
		items[n].Links = nil
	}
	s.Items = items
	return s
}

func (h handlers) frame(w http.ResponseWriter, r *ui.Request) error {
	a, l, err := h.draft(r)
	if err != nil {
		return err
	}
	frame := func(a desk.Activity) desk.Agenda {
		if a.Agenda == nil {
			return desk.Agenda{Version: 1}
		}
		g := *a.Agenda
		g.Rooms, g.Tracks = slices.Clone(g.Rooms), slices.Clone(g.Tracks)
		return g
	}
	g := frame(a)
	page := &agendaForm{formPage: formPage{Page: ui.Page{Title: l.w.T("agenda.frame"), NoIndex: true}, Lede: l.w.T("agenda.frame.lede")}}
	ask := func(f ui.Edit, x *desk.Agenda) error {
		tongues := group{Title: l.w.T("agenda.form.languages")}
		tongues.Fields = []*ui.Field{f.Checks("languages", "agenda.form.follow", &x.Languages, l.tongueOptions("")).Opt()}
		rooms := group{Title: l.w.T("agenda.form.rooms"), Add: "add-rooms", AddSay: l.w.T("agenda.form.rooms.add")}
		size(f, l.view, "rooms", roomColumns, &x.Rooms)
		for n := range x.Rooms {
			at, y := "rooms."+strconv.Itoa(n)+".", &x.Rooms[n]
			rooms.Rows = append(rooms.Rows, row{Title: l.w.T("agenda.form.room.n", "Number", n+1), Drop: "drop-rooms " + strconv.Itoa(n), Fields: []*ui.Field{
				f.Texts(at+"names", "programme.form.names", &y.Names), f.Whole(at+"seats", "agenda.form.seats", &y.Seats).Opt(), hidden(f, at+"id", &y.ID)}})
		}
		tracks := group{Title: l.w.T("agenda.form.tracks"), Add: "add-tracks", AddSay: l.w.T("agenda.form.tracks.add")}
		size(f, l.view, "tracks", trackColumns, &x.Tracks)
		for n := range x.Tracks {
			at, y := "tracks."+strconv.Itoa(n)+".", &x.Tracks[n]
			tracks.Rows = append(tracks.Rows, row{Title: l.w.T("agenda.form.track.n", "Number", n+1), Drop: "drop-tracks " + strconv.Itoa(n), Fields: []*ui.Field{
				f.Texts(at+"names", "programme.form.names", &y.Names), hidden(f, at+"id", &y.ID)}})
		}
		f.Keep("version", &x.Version)
		if x == &g {
			page.Groups = []group{rooms, tongues, tracks}
		}
		return nil
	}
	if !slices.ContainsFunc(g.Rooms, func(desk.Room) bool { return true }) && r.Method == http.MethodGet {
		g.Rooms = []desk.Room{{}, {}}
	}
	if r.Method == http.MethodPost && agendaPressed(r) {
		page.Form = ui.NewForm(r, nil)
		if err := ask(ui.Edit{Form: page.Form}, &g); err != nil {
			return err
		}
	} else {
		f, err := ui.Change(r, &g, ask, func() error { return h.Activity.SetFrame(r.Context(), r.By, a.ID, g) },
			func() (desk.Agenda, error) {
				now, err := h.Activity.Draft(r.Context(), r.By, a.ID)
				return frame(now), err
			})
		if err != nil {
			return err
		}
		if f == nil {
			return h.Redirect(w, r, "/office/activities/"+a.ID+"/agenda", l.w.T("programme.office.saved"))
		}
		page.Form = f
	}
	page.Crumbs = h.officeCrumbs(l, ui.Crumb{Text: l.w.T("agenda.title"), Path: "/office/activities/" + a.ID + "/agenda"}, ui.Crumb{Text: page.Title})
	return h.Show(w, r, pages, "agenda-form.html", page)
}

func (h handlers) cancelSession(w http.ResponseWriter, r *ui.Request) error {
	id, off := r.PathValue("id"), r.Value("off") != ""
	err := h.Activity.CancelSession(r.Context(), r.By, id, r.PathValue("session"), r.Version(), off)
	said := "agenda.cancelled"
	if !off {
		said = "agenda.held"
	}
	return h.after(w, r, err, "/office/activities/"+id+"/agenda", said)
}

func (h handlers) removeSession(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	err := h.Activity.RemoveSession(r.Context(), r.By, id, r.PathValue("session"), r.Version())
	return h.after(w, r, err, "/office/activities/"+id+"/agenda", "programme.office.itemremoved")
}
