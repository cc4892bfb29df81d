// Package call is the desk of calls: contributions, travel support and nominations are asked for, marked by reviewers who do
// not see each other's marks, and decided.
//
// A call asks with a form. Who answers saves pages and sends them once; until the deadline they can be changed or withdrawn.
// Reviewers mark by criteria. What they marked is seen by nobody but themselves, officers included, until an officer closes
// the review: there is no export, history or figure of it before. Letters about decisions wait in the outbox until an officer
// has looked at each; the author sees the decision when the letter has left.
package call

import (
	"context"
	"crypto/rand"
	"io"
	"slices"
	"time"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/participation"
)

// How the journal names things of this desk.
const (
	Subject           = "call"
	SubmissionSubject = "submission"
	ReviewSubject     = "review"
)

// State of a call. The public sees what is published.
type State string

const (
	Draft     State = "draft"
	Published State = "published"
	Withdrawn State = "withdrawn"
)

// Review is how far the review of a call is.
type Review string

const (
	NotYet Review = ""       // reviewers may be assigned
	Open   Review = "open"   // reviewers mark
	Closed Review = "closed" // marks are seen, decisions are made
)

// The closed lists of words; their texts are "call.<list>.<word>".
var (
	Kinds            = []string{"contribution", "support", "nomination"}
	SubmissionStates = []string{"draft", "sent", "accepted", "waiting", "rejected", "withdrawn"}
)

// Criterion is what reviewers give marks for: 1 to Scale, of which more is better.
type Criterion struct {
	ID     string  `yaml:"id" json:"id"`
	Names  db.Text `yaml:"names" json:"names"`
	Hints  db.Text `yaml:"hints,omitempty" json:"hints,omitempty"`
	Scale  int     `yaml:"scale" json:"scale"`   // 2 to 10
	Weight float64 `yaml:"weight" json:"weight"` // above 0
}

// Call asks people for something until a deadline. Opens and Closes are times on the wall of the activity's zone,
// "2027-03-31T18:00"; an empty Opens is from when the call is published.
type Call struct {
	ID        string      `yaml:"id" json:"id"`
	Kind      string      `yaml:"kind" json:"kind"`
	Subject   string      `yaml:"subject" json:"subject"` // "activity" or "programme"
	Key       string      `yaml:"key" json:"key"`
	Names     db.Text     `yaml:"names" json:"names"`
	Text      db.Text     `yaml:"text,omitempty" json:"text,omitempty"`
	Form      string      `yaml:"form" json:"form"`                       // what is asked
	Title     string      `yaml:"title,omitempty" json:"title,omitempty"` // question whose answer names a submission
	Opens     string      `yaml:"opens,omitempty" json:"opens,omitempty"`
	Closes    string      `yaml:"closes,omitempty" json:"closes"`         // a draft may be without
	Zone      string      `yaml:"zone,omitempty" json:"zone,omitempty"`   // of a programme; an activity has its own
	Blind     bool        `yaml:"blind,omitempty" json:"blind,omitempty"` // reviewers do not see who wrote
	Criteria  []Criterion `yaml:"criteria,omitempty" json:"criteria,omitempty"`
	PerReview int         `yaml:"per_review,omitempty" json:"per_review,omitempty"` // reviewers for each submission
	ReviewBy  string      `yaml:"review_by,omitempty" json:"review_by,omitempty"`   // on the wall, like Closes
	Seats     int         `yaml:"seats,omitempty" json:"seats,omitempty"`           // most that can be accepted; 0 for no limit
	PerPlace  int         `yaml:"per_place,omitempty" json:"per_place,omitempty"`   // most of one city; 0 for no limit
	Review    Review      `yaml:"review,omitempty" json:"review,omitempty"`
	State     State       `yaml:"state" json:"state"`
	Version   int64       `yaml:"-" json:"version"`
}

// Submission is one answer to a call, on its way from a draft to a decision.
type Submission struct {
	ID           string     `json:"id"`
	Call         string     `json:"call"`
	Person       string     `json:"person"`            // account of who answers
	Nominee      string     `json:"nominee,omitempty"` // account of whom a city nominates
	Place        string     `json:"place,omitempty"`   // city it comes from
	Organisation string     `json:"organisation,omitempty"`
	Title        string     `json:"title,omitempty"`
	Lang         string     `json:"lang"`
	State        string     `json:"state"` // one of SubmissionStates
	Reason       db.Text    `json:"reason,omitempty"`
	Created      time.Time  `json:"created"`
	Changed      time.Time  `json:"changed"`
	Sent         *time.Time `json:"sent,omitempty"`
	Decided      *time.Time `json:"decided,omitempty"`
	Version      int64      `json:"version"`

	once   string // what makes a form that is sent twice one submission
	letter string // key of the letter about the decision
}

// Decided reports whether a state is a decision.
func isDecision(state string) bool {
	return slices.Contains([]string{"accepted", "rejected", "waiting"}, state)
}

// In reports whether the submission was sent and is not withdrawn.
func (s Submission) In() bool { return s.State == "sent" || isDecision(s.State) }

// Desk holds the use cases.
type Desk struct {
	db     *db.DB
	Random io.Reader // of ids and links
	Site   string    // address of the site, for links in letters: "https://air.example.org"

	Participation *participation.Desk // where those who are accepted get their seats; nil: nowhere
}

// New makes the desk on an open store.
func New(d *db.DB) *Desk { return &Desk{db: d, Random: rand.Reader} }

func notFound() error { return fault.New(fault.NotFound, "error.notfound") }

var errConflict = fault.New(fault.Conflict, "error.conflict")

// About is what a call belongs to.
type About struct {
	Names     db.Text
	Programme string
	Activity  string
	Path      string // of its page
	Zone      *time.Location
	Public    bool // it is published
}

func about(ctx context.Context, tx *db.Tx, c Call) (About, error) {
	if c.Subject == "activity" {
		a, err := activity.One(ctx, tx, c.Key)
		if err != nil {
			return About{}, err
		}
		zone := activity.Zone(a.Zone)
		if zone == nil {
			zone = activity.Zone(c.Zone)
		}
		if zone == nil && a.Place != "" {
			var name string
			if err := tx.One(ctx, `SELECT time_zone FROM place WHERE id = $1`, []any{a.Place}, &name); err != nil && fault.CodeOf(err) != fault.NotFound {
				return About{}, err
			}
			zone = activity.Zone(name)
		}
		zone = orUTC(zone)
		return About{a.Names, a.Programme, a.ID, "/activities/" + a.ID, zone, a.State == activity.Published}, nil
	}
	var names db.Text
	var state string
	if err := tx.One(ctx, `SELECT names, state FROM programme WHERE id = $1`, []any{c.Key}, &names, &state); err != nil {
		return About{}, err
	}
	return About{names, c.Key, "", "/programme/" + c.Key, orUTC(activity.Zone(c.Zone)), state == "published"}, nil
}

func orUTC(z *time.Location) *time.Location {
	if z == nil {
		return time.UTC
	}
	return z
}

// Times are the opening and the deadline of a call as moments; a zero opening is none.
func (c Call) Times(zone *time.Location) (opens, closes time.Time) {
	opens, _ = activity.Clock(c.Opens, zone)
	closes, _ = activity.Clock(c.Closes, zone)
	return opens, closes
}

// Stage tells where a published call stands at a time: "before", "open" or "closed".
func (c Call) Stage(now time.Time, zone *time.Location) string {
	opens, closes := c.Times(zone)
	switch {
	case !opens.IsZero() && now.Before(opens):
		return "before"
	case now.Before(closes):
		return "open"
	}
	return "closed"
}

// runs reports whether the actor runs what the call belongs to.
func runs(by actor.Actor, a About) bool { return by.Runs(a.Programme, a.Activity) }

// reviews reports whether the actor is a reviewer there.
func reviews(by actor.Actor, a About) bool { return by.Reviews(a.Programme, a.Activity) }
