// Package network is the desk of who and where: places, organisations and their memberships, topics, and statements,
// which keep a contested fact with its source.
//
// Reading a list returns everything, withdrawn things too; callers leave out what their reader may not see, or read a
// Snapshot. Nothing withdrawn is deleted. Only what nothing else refers to can be deleted, and the journal keeps it.
package network

import (
	"sync"

	"aircommons/internal/db"
)

// Kinds of things of this desk, as the journal, the search and statements name them.
const (
	PlaceSubject        = "place"
	OrganisationSubject = "organisation"
	MembershipSubject   = "membership"
	TopicSubject        = "topic"
	StatementSubject    = "statement"
)

// Languages of names and labels, in the order in which forms ask for them.
var Languages = []string{"en", "ko", "zh", "ja", "mn"}

// Desk holds the use cases.
type Desk struct {
	db *db.DB

	mu   sync.Mutex // guards snap
	snap *Snapshot
}

// New makes the desk on an open store.
func New(d *db.DB) *Desk { return &Desk{db: d} }
