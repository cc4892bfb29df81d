package account

import (
	"aircommons/internal/actor"
)

// Visibility is who sees a person on lists of an activity. Their texts are "visibility.<word>".
type Visibility string

const (
	Nobody       Visibility = "nobody" // but those who run the activity; what holds until the person chooses
	Delegation   Visibility = "delegation"
	Participants Visibility = "participants"
	Everybody    Visibility = "everybody"
)

// Visibilities in the order from few to all.
var Visibilities = []Visibility{Nobody, Delegation, Participants, Everybody}

// Sight is how a viewer stands to somebody on a list. Every list of people asks it, also when an officer looks as somebody
// else: the viewer is then that person.
type Sight struct {
	Runs        bool // the viewer runs what the list is of
	Self        bool // the viewer is that person
	Delegation  bool // both are of the same delegation there
	Participant bool // the viewer takes part there, confirmed or present
}

// Sees reports whether somebody with this choice is shown. Those whose part in the activity is not settled are on no list;
// that is for the list to see to.
func (v Visibility) Sees(s Sight) bool {
	switch {
	case s.Runs || s.Self:
		return true
	case v == Everybody:
		return true
	case v == Participants:
		return s.Participant || s.Delegation
	case v == Delegation:
		return s.Delegation
	}
	return false
}

// SeenBy reports whether by sees p on a list that by stands to as s says; s.Self is found here.
func (p Person) SeenBy(by actor.Actor, s Sight) bool {
	if p.IsErased() {
		return false
	}
	s.Self = by.SignedIn() && by.ID == p.ID
	return p.Visibility.Sees(s)
}
