package account

import (
	"context"
	"time"

	"aircommons/internal/db"
)

// Keeper is a desk that keeps something about people. The house registers each with the account desk, so that what
// somebody is owed, to get all of it or to have it gone, is done everywhere in one transaction.
type Keeper interface {
	// Name is a word: "participation".
	Name() string
	// Export returns what is kept about a person, to be written as JSON; nil for nothing.
	Export(ctx context.Context, tx *db.Tx, p Person) (any, error)
	// Erase takes away whatever could tell who the person was. What figures are counted from stays: that somebody took
	// part, from where, in what role, under the person's id, which then means nobody.
	Erase(ctx context.Context, tx *db.Tx, p Person) error
	// Retain takes away what has been kept for long enough, or with dry only tells.
	Retain(ctx context.Context, tx *db.Tx, now time.Time, dry bool) ([]Retained, error)
}

// FileKeeper is a keeper with kept files: uploads of people, letters made for them.
type FileKeeper interface {
	Keeper
	// Files lists the kept files about a person.
	Files(ctx context.Context, tx *db.Tx, p Person) ([]File, error)
	// Refers lists the hashes of all kept files that are still needed; it is asked after an erasure.
	Refers(ctx context.Context, tx *db.Tx) ([]string, error)
}

// JournalKeeper is a keeper whose entries in the journal are about people though their subject is not the person.
type JournalKeeper interface {
	Keeper
	// Things lists what in the journal is about a person, before anything is erased.
	Things(ctx context.Context, tx *db.Tx, p Person) ([]Thing, error)
}

// File is a kept file about a person.
type File struct {
	Name string // as it is called in the person's export
	Sum  string // SHA-256, under which it is kept
}

// Thing is a thing as the journal names it.
type Thing struct{ Subject, Key string }

// Retained is a group of data that has been kept for as long as its class allows.
type Retained struct {
	Class   string    `json:"class"`   // one of Classes
	Subject string    `json:"subject"` // what it belongs to: "activity"
	Key     string    `json:"key"`
	Count   int       `json:"count"` // of answers, letters, sessions
	Due     time.Time `json:"due"`   // since when it may go
}

// Class says how long data of a kind is kept.
type Class struct {
	Name string
	Days int    // after the event
	From string // of what: "activity" (its last day), "created", "ended". Texts: "retention.from.<word>"
}

// Classes of data that ends by itself. Their texts are "retention.<name>" and "retention.<name>.why".
var Classes = []Class{
	{"passport", 30, "activity"},
	{"diet", 30, "activity"},
	{"contact", 365, "activity"},
	{"mail", 365, "created"},
	{"entry", 1, "ended"},
	{"session", 1, "ended"},
	{"token", 365, "ended"},
	{"draft", 30, "changed"},
}

// ClassDue is when data of a class that belongs to something that ended at a time has to go; the zero time for a class that is
// kept.
func ClassDue(class string, ended time.Time) time.Time {
	for _, c := range Classes {
		if c.Name == class {
			return ended.AddDate(0, 0, c.Days)
		}
	}
	return time.Time{}
}
