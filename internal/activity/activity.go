// Package activity is the desk of the common work: programmes, and the activities in them (editions of a forum,
// workshops, training cohorts, visits, projects), which organisation carries them in which role, which places take
// part, and what happens inside.
package activity

import (
	"context"
	"sync"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/network"
)

// State of a programme or an activity. The public sees what is published; officers see everything.
type State string

const (
	Draft     State = "draft"
	Published State = "published"
	Withdrawn State = "withdrawn"
)

// The closed lists of words. Each has a text "activity.<list>.<word>" in the catalogs.
var (
	ProgrammeKinds = []string{"forum", "workshop", "training", "studytour", "project"}
	Kinds          = []string{"forum", "workshop", "cohort", "visit", "project", "study"}
	Roles          = []string{"organiser", "co-organiser", "coordinator", "host", "supporter", "funder", "partner", "developer", "contributor"}
	Parts          = []string{"host", "visited", "visiting", "taking-part", "peer", "subject", "benchmark", "pilot", "region"}
	ItemKinds      = []string{"session", "talk", "visit", "briefing", "module", "exercise", "package", "milestone", "output", "break"}
	Modes          = []string{"", "onsite", "online", "hybrid"}
	Rhythms        = []string{"", "year"} // texts "activity.every.<word>", "unstated" for the empty one
)

// KindIn is the kind of activity a programme usually consists of.
func KindIn(programmeKind string) string {
	switch programmeKind {
	case "training":
		return "cohort"
	case "studytour":
		return "visit"
	case "":
		return "project"
	}
	return programmeKind
}

// Role is what an organisation does in a programme or an activity.
type Role struct {
	Organisation string `yaml:"organisation" json:"organisation"`
	Role         string `yaml:"role" json:"role"`
	Note         string `yaml:"note,omitempty" json:"note,omitempty"`
}

// Programme is a line of common work that has editions.
type Programme struct {
	ID       string   `yaml:"id" json:"id"`
	Kind     string   `yaml:"kind" json:"kind"`
	Names    db.Text  `yaml:"names" json:"names"`
	Printed  string   `yaml:"printed,omitempty" json:"printed,omitempty"` // the name as the source prints it
	Summary  db.Text  `yaml:"summary,omitempty" json:"summary,omitempty"`
	Purposes db.Text  `yaml:"purposes,omitempty" json:"purposes,omitempty"` // one purpose to a line
	Audience db.Text  `yaml:"audience,omitempty" json:"audience,omitempty"`
	Every    string   `yaml:"every,omitempty" json:"every,omitempty"`   // one of Rhythms: how often it is said to be held
	Topics   db.List  `yaml:"topics,omitempty" json:"topics,omitempty"` // topics of the network's thesaurus
	Roles    RoleList `yaml:"roles,omitempty" json:"roles,omitempty"`
	// Places that take part in the line as a whole, as far as a source says so of no single edition.
	Participants ParticipantList `yaml:"participants,omitempty" json:"participants,omitempty"`
	State        State           `yaml:"state" json:"state"`
	Version      int64           `yaml:"-" json:"version"`
}

// Activity is a bounded piece of common work: an edition, a workshop, a cohort, a visit, a project.
type Activity struct {
	ID           string         `yaml:"id" json:"id"`
	Programme    string         `yaml:"programme,omitempty" json:"programme,omitempty"`
	Parent       string         `yaml:"parent,omitempty" json:"parent,omitempty"` // the activity it is held within
	Kind         string         `yaml:"kind" json:"kind"`
	Names        db.Text        `yaml:"names" json:"names"`
	Label        string         `yaml:"label,omitempty" json:"label,omitempty"` // as the source prints it
	Period       network.Period `yaml:"period,omitempty" json:"period,omitempty"`
	Printed      string         `yaml:"printed,omitempty" json:"printed,omitempty"` // the date as the source prints it
	Place        string         `yaml:"place,omitempty" json:"place,omitempty"`
	Venue        string         `yaml:"venue,omitempty" json:"venue,omitempty"`
	Zone         string         `yaml:"zone,omitempty" json:"zone,omitempty"` // IANA name, like Asia/Seoul
	Mode         string         `yaml:"mode,omitempty" json:"mode,omitempty"`
	Aims         db.Text        `yaml:"aims,omitempty" json:"aims,omitempty"`
	Topics       db.List        `yaml:"topics,omitempty" json:"topics,omitempty"`
	Notes        db.Text        `yaml:"notes,omitempty" json:"notes,omitempty"`
	Roles        []Role         `yaml:"roles,omitempty" json:"roles,omitempty"`
	Participants []Participant  `yaml:"participants,omitempty" json:"participants,omitempty"`
	Items        []Item         `yaml:"items,omitempty" json:"items,omitempty"`
	Agenda       *Agenda        `yaml:"agenda,omitempty" json:"agenda,omitempty"` // nil: the items are shown as they are
	State        State          `yaml:"state" json:"state"`
	Version      int64          `yaml:"-" json:"version"`
}

// Participant is a place that takes part, or a group whose places the source does not name.
type Participant struct {
	Place   string  `yaml:"place,omitempty" json:"place,omitempty"`
	Part    string  `yaml:"part" json:"part"`
	Unnamed int64   `yaml:"unnamed,omitempty" json:"unnamed,omitempty"` // how many are in the group; 0 for a named place
	Names   db.Text `yaml:"names,omitempty" json:"names,omitempty"`     // what the group is: "other Chinese local governments"
	Note    string  `yaml:"note,omitempty" json:"note,omitempty"`
}

// Item is something inside an activity. Its times are those on the wall where it happens, "2027-05-19T09:00" in the
// activity's zone: that is what was agreed, and stays true when a country changes its clocks. Empty when not stated.
type Item struct {
	ID     string  `yaml:"id,omitempty" json:"id,omitempty"` // within the activity; made of the name where it is not given
	Kind   string  `yaml:"kind" json:"kind"`
	Names  db.Text `yaml:"names" json:"names"`
	Starts string  `yaml:"starts,omitempty" json:"starts,omitempty"`
	Ends   string  `yaml:"ends,omitempty" json:"ends,omitempty"`
	Venue  string  `yaml:"venue,omitempty" json:"venue,omitempty"`
	Text   db.Text `yaml:"text,omitempty" json:"text,omitempty"`

	Room      string    `yaml:"room,omitempty" json:"room,omitempty"`
	Track     string    `yaml:"track,omitempty" json:"track,omitempty"`
	Languages db.List   `yaml:"languages,omitempty" json:"languages,omitempty"` // spoken in it
	Pairs     []Pair    `yaml:"pairs,omitempty" json:"pairs,omitempty"`         // interpretation
	Speakers  []Speaker `yaml:"speakers,omitempty" json:"speakers,omitempty"`   // of the session as a whole
	Talks     []Talk    `yaml:"talks,omitempty" json:"talks,omitempty"`
	Cancelled bool      `yaml:"cancelled,omitempty" json:"cancelled,omitempty"` // announced and not held
	Links     []Access  `yaml:"-" json:"links,omitempty"`
	Version   int64     `yaml:"-" json:"version,omitempty"`
}

// Desk holds the use cases.
type Desk struct {
	db *db.DB

	// Site is the address of the site, for links in letters.
	Site string
	// Attending lists the people who are expected in sessions of an activity, beside those who chose them. May be nil.
	Attending func(ctx context.Context, tx *db.Tx, activity string, items []string) ([]string, error)

	mu   sync.Mutex // guards snap
	snap *snapshot
}

// New makes the desk on an open store.
func New(d *db.DB) *Desk {
	d.Follow("activity", indexAgain)
	return &Desk{db: d}
}

// sees reports whether the actor may read a programme in this state.
func sees(by actor.Actor, p Programme) bool { return p.State == Published || by.Runs(p.ID, "") }

// History lists what was done to a programme or an activity ("programme", "activity"), the latest first, for officers.
func (k *Desk) History(ctx context.Context, by actor.Actor, subject, key string) (out []db.Change, err error) {
	if err := by.NeedOfficer(); err != nil {
		return nil, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = tx.History(ctx, subject, key)
		return err
	})
	return out, err
}
