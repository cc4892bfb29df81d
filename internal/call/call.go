// Package call is the desk of calls: contributions, travel support and nominations are asked for, marked by reviewers who do
// not see each other's marks, and decided.
package call

import "aircommons/internal/db"

// Desk holds the use cases.
type Desk struct{ db *db.DB }

// New makes the desk on an open store.
func New(d *db.DB) *Desk { return &Desk{db: d} }
