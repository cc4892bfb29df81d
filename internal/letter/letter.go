// Package letter is the desk of numbered letters and certificates: text in one or two languages, a number, and a code with
// which a stranger can verify that a letter was issued and still holds.
package letter

import "aircommons/internal/db"

// Desk holds the use cases.
type Desk struct{ db *db.DB }

// New makes the desk on an open store.
func New(d *db.DB) *Desk { return &Desk{db: d} }
