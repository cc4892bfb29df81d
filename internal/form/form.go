// Package form is the desk of forms that officers write themselves: pages of questions in several languages, some asked only
// after certain answers, and the answers people gave. Calls, registration, feedback and peer learning ask with them.
package form

import "aircommons/internal/db"

// Desk holds the use cases.
type Desk struct{ db *db.DB }

// New makes the desk on an open store.
func New(d *db.DB) *Desk { return &Desk{db: d} }
