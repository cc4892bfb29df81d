// Package participation is the desk of who takes part: seats and their rules, registration, nominations by cities, delegations,
// the waiting list, and presence on the day.
package participation

import "aircommons/internal/db"

// Desk holds the use cases.
type Desk struct{ db *db.DB }

// New makes the desk on an open store.
func New(d *db.DB) *Desk { return &Desk{db: d} }
