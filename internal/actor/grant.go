package actor

import (
	"slices"

	"aircommons/internal/fault"
)

// Roles that are granted for one programme, activity, city or for the network as a whole.
const (
	ProgrammeOfficer Role = "officer"  // runs a programme or one activity of it
	FocalPoint       Role = "focal"    // speaks for a city: names its people, holds its seats
	Speaker          Role = "speaker"  // speaks or chairs in an activity
	CheckIn          Role = "checkin"  // marks who is there, at the door of an activity
	Reviewer         Role = "reviewer" // marks what was sent in to the calls of an activity or programme
)

// Subjects of grants.
const (
	OfNetwork   = "network" // its key is empty: the grant is for everything
	OfProgramme = "programme"
	OfActivity  = "activity"
	OfPlace     = "place"
)

// Grant gives a role for one thing.
type Grant struct {
	Role    Role   `json:"role"`
	Subject string `json:"subject"` // "network", "programme", "activity", "place"
	Key     string `json:"key,omitempty"`
}

// Grantable tells for which subjects a role can be granted. Their texts are "role.<role>".
var Grantable = map[Role][]string{
	ProgrammeOfficer: {OfProgramme, OfActivity},
	FocalPoint:       {OfPlace},
	Speaker:          {OfActivity},
	CheckIn:          {OfActivity},
	Reviewer:         {OfProgramme, OfActivity},
	Secretariat:      {OfNetwork},
}

// Has reports whether the role was granted to a for this very thing, or for the network as a whole. An officer's rights
// do not follow from it: ask Runs, Speaks, ChecksIn or Reviews for what somebody may do.
func (a Actor) Has(role Role, subject, key string) bool {
	for _, g := range a.Grants {
		if g.Role == role && (g.Subject == OfNetwork || (key != "" && g.Subject == subject && g.Key == key)) {
			return true
		}
	}
	return false
}

// Runs reports whether a keeps an activity of a programme: officers, and programme officers of either. One of the two
// may be empty: an activity outside programmes, a programme as such.
func (a Actor) Runs(programme, activity string) bool {
	return a.Officer() || a.Has(ProgrammeOfficer, OfProgramme, programme) || a.Has(ProgrammeOfficer, OfActivity, activity)
}

// RunsAny reports whether there is anything that a runs, so that a place in the workbench is offered.
func (a Actor) RunsAny() bool {
	return a.Officer() || slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == ProgrammeOfficer })
}

// Speaks reports whether a speaks for a city: officers and its focal points.
func (a Actor) Speaks(place string) bool {
	return a.Officer() || a.Has(FocalPoint, OfPlace, place)
}

// Cities are the places that a is a focal point of.
func (a Actor) Cities() []string { return a.keys(FocalPoint, OfPlace) }

// ChecksIn reports whether a may mark who is there: who runs the activity, and helpers or devices at its door.
func (a Actor) ChecksIn(programme, activity string) bool {
	return a.Runs(programme, activity) || a.Has(CheckIn, OfActivity, activity)
}

// Reviews reports whether a reads and marks what was sent in to the calls of an activity. Running it gives no marks.
func (a Actor) Reviews(programme, activity string) bool {
	return a.Has(Reviewer, OfProgramme, programme) || a.Has(Reviewer, OfActivity, activity)
}

func (a Actor) keys(role Role, subject string) []string {
	var out []string
	for _, g := range a.Grants {
		if g.Role == role && g.Subject == subject && !slices.Contains(out, g.Key) {
			out = append(out, g.Key)
		}
	}
	return out
}

// NeedRuns is nil for one who keeps the activity or programme, else a denied error.
func (a Actor) NeedRuns(programme, activity string) error {
	if a.Runs(programme, activity) {
		return nil
	}
	return fault.New(fault.Denied, "error.denied.officer")
}

// NeedSpeaks is nil for one who speaks for the city.
func (a Actor) NeedSpeaks(place string) error {
	if a.Speaks(place) {
		return nil
	}
	return fault.New(fault.Denied, "error.denied.city")
}

// NeedPerson is nil for a signed-in person; a device is none.
func (a Actor) NeedPerson() error {
	if a.SignedIn() && !a.Device {
		return nil
	}
	return fault.New(fault.Denied, "error.denied.signin")
}
