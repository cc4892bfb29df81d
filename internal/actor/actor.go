// Package actor says who acts and what that person may do. Desks ask it; package account fills it in.
package actor

import (
	"slices"

	"aircommons/internal/fault"
)

// Role is what a person is in the network.
type Role string

const (
	Administrator Role = "administrator" // everything, roles included
	Secretariat   Role = "secretariat"   // the programme, places, organisations, library, evidence of all cities
	CityOfficer   Role = "city"          // evidence and page of the own city
	Visitor       Role = "visitor"       // signed in, reads
)

// Actor is the person on whose behalf something is done. The zero Actor is an anonymous reader.
type Actor struct {
	ID     string // person, or "system", or "command-line", or "token:" and the token's id
	Name   string
	Role   Role
	City   string // place a city officer belongs to
	Email  string
	Grants []Grant // what a person may do in one network, programme, activity or city, beside the role; none that has ended
	Device bool    // a machine with a token, not a person
	Viewer string  // the officer who looks at the site as this person does; nothing can be changed then
}

// System acts for the program itself: loading the example, recovering after a crash.
var System = Actor{ID: "system", Name: "Aircommons", Role: Administrator}

// CommandLine acts for whoever may open the data folder.
var CommandLine = Actor{ID: "command-line", Name: "command line", Role: Administrator}

// SignedIn reports whether somebody is known.
func (a Actor) SignedIn() bool { return a.ID != "" }

// Officer reports whether a keeps the programme: administrator or secretariat.
func (a Actor) Officer() bool { return a.Role == Administrator || a.Role == Secretariat }

// KeepsCity reports whether a may change the evidence of a city.
func (a Actor) KeepsCity(place string) bool {
	return a.Officer() || (a.Role == CityOfficer && a.City != "" && a.City == place)
}

// NeedOfficer is nil for an officer, else a denied error.
func (a Actor) NeedOfficer() error {
	if a.Officer() {
		return nil
	}
	return fault.New(fault.Denied, "error.denied.officer")
}

// NeedCity is nil for one who may change the evidence of place.
func (a Actor) NeedCity(place string) error {
	if a.KeepsCity(place) {
		return nil
	}
	return fault.New(fault.Denied, "error.denied.city")
}

// Need is nil when a has one of the roles.
func (a Actor) Need(roles ...Role) error {
	if slices.Contains(roles, a.Role) {
		return nil
	}
	return fault.New(fault.Denied, "error.denied")
}
