// Package report is the desk of what remains: feedback, participation figures with their definitions, and reports that are
// drafted from the record and frozen at a date; the history of a city, and what one of its focal points hands to the next.
//
// Whatever is told in public is told of groups of at least Least people: smaller ones are merged, with as many others as it
// takes that nobody finds them by subtraction.
package report

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"io"
	"strings"
	"sync"

	"github.com/google/uuid"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
)

// How the journal names things of this desk.
const (
	Subject         = "report"
	FeedbackSubject = "feedback"
	PhotoSubject    = "photo"
	FigureSubject   = "figure"
	HandoverSubject = "handover"
)

// Desk holds the use cases.
type Desk struct {
	db     *db.DB
	files  *db.Files
	Random io.Reader // of ids and links
	URL    string    // of the site, for links in letters: "https://air.example.org"
	Texts  *catalog.Catalog
}

// New makes the desk on an open store and the kept files. Without files no photo can be kept.
func New(d *db.DB, files *db.Files) *Desk { return &Desk{db: d, files: files, Random: rand.Reader} }

func (k *Desk) id() string { return uuid.Must(uuid.NewRandomFromReader(k.Random)).String() }

// secret is 160 random bits for a link.
func (k *Desk) secret() (string, error) {
	b := make([]byte, 20)
	if _, err := io.ReadFull(k.Random, b); err != nil {
		return "", err
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)), nil
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

var texts = sync.OnceValues(catalog.Load)

// words are those of a language.
func (k *Desk) words(lang string) *catalog.Words {
	c := k.Texts
	if c == nil {
		var err error
		if c, err = texts(); err != nil {
			panic(err) // they are part of the program, and a test loads them
		}
	}
	return c.Lang(lang)
}

// run reads an activity for somebody who runs it.
func run(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (activity.Activity, error) {
	a, err := activity.One(ctx, tx, id)
	if err != nil {
		if !by.RunsAny() {
			return a, by.NeedRuns("", "") // whether it is there is not told
		}
		return a, err
	}
	return a, by.NeedRuns(a.Programme, a.ID)
}
