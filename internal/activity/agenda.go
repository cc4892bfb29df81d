package activity

import (
	"strconv"
	"strings"
	"time"

	"aircommons/internal/db"
)

// SessionSubject names a session of an agenda in the journal, by "activity/session"; AgendaSubject the agenda as a whole.
const (
	SessionSubject = "session"
	AgendaSubject  = "agenda"
)

// The closed lists of words of an agenda, with texts "agenda.<list>.<word>".
var (
	SpeakerRoles = []string{"speaker", "chair", "moderator", "panellist", "host"}
	Doors        = []string{"participants", "online", "onsite", "speakers"} // whom a link is for; officers see all
	Tongues      = []string{"en", "ko", "zh", "ja", "mn", "fr", "es", "ru", "vi"}
)

// Agenda is what the sessions of an activity have in common, and what of them was released. An activity without one shows
// its items as they are.
type Agenda struct {
	Languages db.List   `yaml:"languages,omitempty" json:"languages,omitempty"` // in which everybody can follow every session
	Rooms     []Room    `yaml:"rooms,omitempty" json:"rooms,omitempty"`
	Tracks    []Track   `yaml:"tracks,omitempty" json:"tracks,omitempty"`
	Drafting  bool      `yaml:"drafting,omitempty" json:"drafting,omitempty"` // the public sees the last release and nothing before the first
	Releases  []Release `yaml:"releases,omitempty" json:"-"`
	Version   int64     `yaml:"-" json:"version"` // of languages, rooms and tracks
	Changes   int64     `yaml:"-" json:"-"`       // how often anything in the agenda was changed
}

// Room is where sessions are.
type Room struct {
	ID    string  `yaml:"id" json:"id"`
	Names db.Text `yaml:"names" json:"names"`
	Seats int64   `yaml:"seats,omitempty" json:"seats,omitempty"` // 0 when not known
}

// Track is a thread of sessions.
type Track struct {
	ID    string  `yaml:"id" json:"id"`
	Names db.Text `yaml:"names" json:"names"`
}

// Talk is one contribution in a session. Talks follow each other from the session's start.
type Talk struct {
	ID       string    `yaml:"id,omitempty" json:"id,omitempty"`
	Names    db.Text   `yaml:"names" json:"names"`
	Text     db.Text   `yaml:"text,omitempty" json:"text,omitempty"`
	Minutes  int64     `yaml:"minutes,omitempty" json:"minutes,omitempty"` // 0 when not said
	Language string    `yaml:"language,omitempty" json:"language,omitempty"`
	Speakers []Speaker `yaml:"speakers,omitempty" json:"speakers,omitempty"`
}

// Speaker is a person the network knows, or just a name.
type Speaker struct {
	Person       string `yaml:"person,omitempty" json:"person,omitempty"`
	Name         string `yaml:"name,omitempty" json:"name,omitempty"` // of one who is not in the network
	Organisation string `yaml:"organisation,omitempty" json:"organisation,omitempty"`
	Role         string `yaml:"role,omitempty" json:"role,omitempty"`
}

// Key tells speakers apart.
func (s Speaker) Key() string {
	if s.Person != "" {
		return "person " + s.Person
	}
	return "name " + strings.ToLower(strings.Join(strings.Fields(s.Name), " "))
}

// Pair is two languages between which a session is interpreted, both ways, and by whom.
type Pair struct {
	From         string    `yaml:"from" json:"from"`
	To           string    `yaml:"to" json:"to"`
	Interpreters []Speaker `yaml:"interpreters,omitempty" json:"interpreters,omitempty"`
}

// Access is an address at which some of the people follow a session or hand something in. It is kept out of documents.
type Access struct {
	For     string `json:"for"` // one of Doors
	URL     string `json:"url"`
	Note    string `json:"note,omitempty"`    // a code to enter
	Minutes int64  `json:"minutes,omitempty"` // before the start from which it is shown; officers and speakers see it always
}

// Release is what the public sees from a moment on.
type Release struct {
	Number int64     `yaml:"number" json:"number"`
	At     time.Time `yaml:"at" json:"at"`
	By     string    `yaml:"-" json:"-"` // who released it
	Shape  `yaml:",inline"`
}

// Shape is all of an agenda that people see, as a draft or as released.
type Shape struct {
	Languages db.List `yaml:"languages,omitempty" json:"languages,omitempty"`
	Rooms     []Room  `yaml:"rooms,omitempty" json:"rooms,omitempty"`
	Tracks    []Track `yaml:"tracks,omitempty" json:"tracks,omitempty"`
	Items     []Item  `yaml:"items,omitempty" json:"items,omitempty"`
}

// Shape is the agenda of an activity as it stands in a.
func (a Activity) Shape() Shape {
	s := Shape{Items: a.Items}
	if a.Agenda != nil {
		s.Languages, s.Rooms, s.Tracks = a.Agenda.Languages, a.Agenda.Rooms, a.Agenda.Tracks
	}
	return s
}

// Room finds a room.
func (s Shape) Room(id string) (Room, bool) {
	for _, r := range s.Rooms {
		if r.ID == id {
			return r, true
		}
	}
	return Room{}, false
}

// Track finds a track.
func (s Shape) Track(id string) (Track, bool) {
	for _, t := range s.Tracks {
		if t.ID == id {
			return t, true
		}
	}
	return Track{}, false
}

// Item finds a session.
func (s Shape) Item(id string) (Item, bool) {
	for _, i := range s.Items {
		if i.ID == id {
			return i, true
		}
	}
	return Item{}, false
}

// with is the activity with another agenda in place of its own. Nothing of a draft stays.
func (a Activity) with(s Shape) Activity {
	g := Agenda{Languages: s.Languages, Rooms: s.Rooms, Tracks: s.Tracks}
	if a.Agenda != nil {
		g.Drafting, g.Version, g.Changes = a.Agenda.Drafting, a.Agenda.Version, a.Agenda.Changes
	}
	a.Items, a.Agenda = s.Items, &g
	return a
}

// ListVersion is the version that a change of the list of items is made from.
func (a Activity) ListVersion() int64 {
	if a.Agenda == nil {
		return a.Version
	}
	return a.Version + a.Agenda.Changes
}

// People lists who speaks, chairs or interprets in a session, each once.
func (i Item) People() []Speaker {
	var out []Speaker
	seen := map[string]bool{}
	add := func(list []Speaker, role string) {
		for _, s := range list {
			if s.Role == "" {
				s.Role = role
			}
			if s.Named() && !seen[s.Key()] {
				seen[s.Key()] = true
				out = append(out, s)
			}
		}
	}
	add(i.Speakers, "chair")
	for _, t := range i.Talks {
		add(t.Speakers, "speaker")
	}
	for _, p := range i.Pairs {
		add(p.Interpreters, "interpreter")
	}
	return out
}

// Named reports whether it is said who it is.
func (s Speaker) Named() bool { return s.Person != "" || strings.TrimSpace(s.Name) != "" }

// Has reports whether a person speaks, chairs or interprets in the session.
func (i Item) Has(person string) bool {
	for _, s := range i.People() {
		if s.Person == person && person != "" {
			return true
		}
	}
	return false
}

// Spoken are the languages of a session and of its talks, each once.
func (i Item) Spoken() []string {
	var out []string
	seen := map[string]bool{"": true}
	add := func(l string) {
		if !seen[l] {
			seen[l] = true
			out = append(out, l)
		}
	}
	for _, l := range i.Languages {
		add(l)
	}
	for _, t := range i.Talks {
		add(t.Language)
	}
	return out
}

// TalkAt is when the talk at position n begins and ends; zero where a talk before it has no length.
func (i Item) TalkAt(n int, zone *time.Location) (from, to time.Time) {
	at, _ := i.Moments(zone)
	if at.IsZero() {
		return from, to
	}
	for m, t := range i.Talks {
		if m == n {
			if from = at; t.Minutes > 0 {
				to = at.Add(time.Duration(t.Minutes) * time.Minute)
			}
			return from, to
		}
		if t.Minutes == 0 {
			return from, to
		}
		at = at.Add(time.Duration(t.Minutes) * time.Minute)
	}
	return from, to
}

// Standing is how somebody stands to an activity, for what is not for all.
type Standing struct {
	Runs bool
	ID   string // person
	Seat string // "onsite" or "online" for one with a confirmed seat
}

// Open are the links of a session that somebody may see at a time.
func (i Item) Open(s Standing, zone *time.Location, now time.Time) []Access {
	var out []Access
	from, to := i.Moments(zone)
	speaks := i.Has(s.ID)
	for _, l := range i.Links {
		mine := s.Runs || speaks
		if !mine && s.Seat != "" && (l.For == "participants" || l.For == s.Seat) && !i.Cancelled {
			mine = !from.IsZero() && !now.Before(from.Add(-time.Duration(l.Minutes)*time.Minute)) && (to.IsZero() || now.Before(to.Add(time.Hour)))
		}
		if mine {
			out = append(out, l)
		}
	}
	return out
}

// public is the shape without what is not for everybody.
func (s Shape) public() Shape {
	items := make([]Item, len(s.Items))
	for n, i := range s.Items {
		i.Links = nil
		items[n] = i
	}
	s.Items = items
	return s
}

// identify gives an id to each item and talk that has none, from its name.
func identify(items []Item) []Item {
	out := make([]Item, len(items))
	taken := map[string]bool{}
	for _, i := range items {
		taken[i.ID] = true
	}
	for n, i := range items {
		if i.ID == "" {
			name, _ := i.Names.In("en")
			i.ID = free(taken, name, i.Kind)
		}
		talks, own := make([]Talk, len(i.Talks)), map[string]bool{}
		for _, t := range i.Talks {
			own[t.ID] = true
		}
		for m, t := range i.Talks {
			if t.ID == "" {
				name, _ := t.Names.In("en")
				t.ID = free(own, name, "talk")
			}
			talks[m] = t
		}
		if i.Talks = nil; len(talks) > 0 {
			i.Talks = talks
		}
		out[n] = i
	}
	return out
}

// free is an id of a name that is not taken yet, and takes it.
func free(taken map[string]bool, name, kind string) string {
	base := db.Slug(name)
	if len(base) > 40 {
		base = strings.Trim(base[:40], "-")
	}
	if !db.IsSlug(base) {
		base = kind
	}
	id := base
	for n := 2; taken[id] || id == "new"; n++ {
		id = base + "-" + strconv.Itoa(n)
	}
	taken[id] = true
	return id
}

// journalled is an activity as its entries of the journal show it: without people, who stand in those of the sessions.
func (a Activity) journalled() Activity {
	items := make([]Item, len(a.Items))
	for n, i := range a.Items {
		i.Speakers, i.Talks, i.Pairs, i.Links = nil, nil, nil, nil
		items[n] = i
	}
	if len(items) > 0 {
		a.Items = items
	}
	return a
}
