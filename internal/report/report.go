// Package report is the desk of what remains: feedback, participation figures with their definitions, and reports that are
// drafted from the record and frozen at a date.
package report

import "aircommons/internal/db"

// Desk holds the use cases.
type Desk struct{ db *db.DB }

// New makes the desk on an open store.
func New(d *db.DB) *Desk { return &Desk{db: d} }
