// Package participation is the desk of who takes part: seats and their rules, registration, nominations by cities, delegations,
// the waiting list, and presence on the day.
//
// A person takes part in an activity once. The states of a participation lead from being named, invited or applying to a seat
// (offered, confirmed), and from there to presence; or out: declined, rejected, expired, withdrawn, replaced. Seats are counted
// from states and never kept in a counter. All changes of an activity's seats happen one after the other, each in one
// transaction that counts before it gives, so that no seat is given twice.
package participation

import (
	"crypto/rand"
	"io"
	"slices"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
)

// Subject is how the journal names a participation.
const Subject = "participation"

// State of a participation.
type State string

const (
	Named     State = "named"     // by a city, not yet accepted
	Invited   State = "invited"   // by the organisers, not yet answered
	Applied   State = "applied"   // an officer decides
	Waiting   State = "waiting"   // for a seat, in line
	Offered   State = "offered"   // a seat is held until a time
	Confirmed State = "confirmed" // has a seat
	Present   State = "present"
	Absent    State = "absent"
	Declined  State = "declined"  // by the person
	Rejected  State = "rejected"  // by an officer
	Expired   State = "expired"   // the offer ran out
	Withdrawn State = "withdrawn" // by the person or an officer, after a seat or in line
	Replaced  State = "replaced"  // somebody else took the seat
)

// States in the order in which people see them. Their texts are "participation.state.<word>".
var States = []State{Named, Invited, Applied, Waiting, Offered, Confirmed, Present, Absent, Declined, Rejected, Expired, Withdrawn, Replaced}

var holding = []State{Offered, Confirmed, Present, Absent}

// Holds reports whether a seat is taken.
func (s State) Holds() bool { return slices.Contains(holding, s) }

// Out reports whether the way ended without a seat.
func (s State) Out() bool {
	return slices.Contains([]State{Declined, Rejected, Expired, Withdrawn, Replaced}, s)
}

// next are the steps that may follow.
var next = map[State][]State{
	Named:     {Applied, Confirmed, Waiting, Declined, Rejected, Withdrawn, Replaced},
	Invited:   {Confirmed, Waiting, Declined, Expired, Withdrawn},
	Applied:   {Confirmed, Waiting, Rejected, Withdrawn},
	Waiting:   {Offered, Confirmed, Rejected, Withdrawn},
	Offered:   {Confirmed, Declined, Expired, Withdrawn},
	Confirmed: {Present, Absent, Withdrawn, Rejected, Replaced},
	Present:   {Confirmed, Absent},
	Absent:    {Confirmed, Present},
	Declined:  {Applied, Waiting, Confirmed, Invited},
	Rejected:  {Applied, Waiting, Confirmed},
	Expired:   {Applied, Waiting, Confirmed},
	Withdrawn: {Applied, Waiting, Confirmed, Invited},
	Replaced:  {Applied, Waiting, Confirmed},
}

// The closed lists of words; their texts are "participation.<list>.<word>".
var (
	Roles = []string{"participant", "speaker", "delegate", "organiser", "interpreter", "observer", "staff"}
	Modes = []string{"onsite", "online"}
)

// Participation is a seat, or the way to one, of a person or of a city whose person is not named yet.
type Participation struct {
	ID           string     `json:"id"`
	Activity     string     `json:"activity"`
	Person       string     `json:"person,omitempty"` // account; empty: a seat of Place without a name
	Place        string     `json:"place,omitempty"`  // city the person comes for
	Country      string     `json:"country,omitempty"`
	Organisation string     `json:"organisation,omitempty"` // as the person writes it
	Role         string     `json:"role"`
	Mode         string     `json:"mode"`
	Funded       bool       `json:"funded,omitempty"`
	Delegation   string     `json:"delegation,omitempty"` // the delegation it came with
	State        State      `json:"state"`
	Since        time.Time  `json:"since"`
	Queued       *time.Time `json:"queued,omitempty"` // since when in line
	OfferUntil   *time.Time `json:"offer_until,omitempty"`
	Reason       string     `json:"reason,omitempty"` // of the last step, in an officer's words
	Source       string     `json:"source"`           // self, delegation, nomination, invitation, walk-in, import
	// Who sees the person on the activity's list; empty: as the person chose in general.
	Visibility account.Visibility `json:"visibility,omitempty"`
	Lang       string             `json:"lang"`
	Created    time.Time          `json:"created"`
	Version    int64              `json:"version"`
}

// Registration is how one gets into an activity. Times are on the wall of the activity's zone ("2027-04-30T18:00"), empty for none.
type Registration struct {
	Activity   string
	Open       bool   // an officer opened it; Opens and Closes bound it further
	Opens      string // from then
	Closes     string // until then
	Approve    bool   // an officer decides on each
	Waiting    bool   // there is a waiting list
	OfferHours int    // how long an offered seat is held
	Delegation int    // most people of a delegation; 0: no delegations
	Form       string // asked when registering
	Followup   string // asked once confirmed: flights, passport
	FollowupBy string // until then
	Note       db.Text
	Version    int64
}

// Quota bounds the seats of those it is for. A quota without conditions is for everybody. Several may be for the same person: then
// all of them must have room.
type Quota struct {
	ID        string
	Activity  string
	Names     db.Text
	Seats     int
	Role      string
	Country   string
	Place     string
	Mode      string
	Funded    string // "", "yes" or "no"
	EachPlace bool   // Seats for each city
}

// For reports whether the quota bounds p.
func (q Quota) For(p Participation) bool {
	return (q.Role == "" || q.Role == p.Role) && (q.Country == "" || q.Country == p.Country) && (q.Place == "" || q.Place == p.Place) &&
		(q.Mode == "" || q.Mode == p.Mode) && (q.Funded == "" || (q.Funded == "yes") == p.Funded) && (!q.EachPlace || p.Place != "")
}

// Desk holds the use cases.
type Desk struct {
	db     *db.DB
	Random io.Reader // of ids and links
	URL    string    // of the site, for links in letters: "https://air.example.org"
	Texts  *catalog.Catalog
}

// New makes the desk on an open store.
func New(d *db.DB) *Desk { return &Desk{db: d, Random: rand.Reader} }

// Runs reports whether by decides about the people of an activity.
func Runs(by actor.Actor, a activity.Activity) bool { return by.Runs(a.Programme, a.ID) }
