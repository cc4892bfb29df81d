// Package exchange is the desk of peer learning: what cities need and offer, matches with their reasons, visit notes, and what
// came of a visit.
package exchange

import "aircommons/internal/db"

// Desk holds the use cases.
type Desk struct{ db *db.DB }

// New makes the desk on an open store.
func New(d *db.DB) *Desk { return &Desk{db: d} }
