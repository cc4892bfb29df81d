// Package exchange is the desk of peer learning: what cities need and offer, matches with their reasons, visit notes, and what
// came of a visit.
//
// A match is proposed by rules that can be read (Compare) and decided by a person. A study tour grows from one that was taken: an
// activity like any other, with the offering city as its host and seats for the needing city.
package exchange

import (
	"context"
	"crypto/rand"
	"io"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
)

// How the journal names a need or an offer, and a match.
const (
	WishSubject  = "need"
	MatchSubject = "match"
)

// State of a need or an offer. The public sees what is published.
type State string

const (
	Draft     State = "draft"
	Published State = "published"
	Withdrawn State = "withdrawn"
)

// The closed lists of words. Texts: "exchange.<list>.<word>".
var (
	Kinds   = []string{"need", "offer"}
	Levels  = []string{"", "beginner", "practitioner", "expert"} // of who comes, or whom the offer is for; empty: any
	Seasons = []string{"spring", "summer", "autumn", "winter"}
)

// Wish is a need or an offer of a city.
type Wish struct {
	ID        string    `yaml:"id" json:"id"`
	Kind      string    `yaml:"kind" json:"kind"`
	Place     string    `yaml:"place" json:"place"`
	Names     db.Text   `yaml:"names" json:"names"`
	Text      db.Text   `yaml:"text,omitempty" json:"text,omitempty"`
	Topics    db.List   `yaml:"topics,omitempty" json:"topics,omitempty"` // of the network's thesaurus: measures, instruments, sectors, pollutants
	Level     string    `yaml:"level,omitempty" json:"level,omitempty"`
	Languages db.List   `yaml:"languages,omitempty" json:"languages,omitempty"` // in which it can be held
	Seasons   db.List   `yaml:"seasons,omitempty" json:"seasons,omitempty"`     // none: any
	Contact   string    `yaml:"contact,omitempty" json:"contact,omitempty"`     // for officers and the two cities, never for the public
	State     State     `yaml:"state" json:"state"`
	Created   time.Time `yaml:"created" json:"created"`
	Version   int64     `yaml:"-" json:"version"`
}

// Desk holds the use cases.
type Desk struct {
	db         *db.DB
	network    *network.Desk
	activities *activity.Desk
	Random     io.Reader // of ids and links
	URL        string    // of the site, for links in letters
}

// New makes the desk on an open store.
func New(d *db.DB, n *network.Desk, a *activity.Desk) *Desk {
	return &Desk{db: d, network: n, activities: a, Random: rand.Reader}
}

func (k *Desk) id() string { return uuid.Must(uuid.NewRandomFromReader(k.Random)).String() }

func notFound() error { return fault.New(fault.NotFound, "error.notfound") }

const wishColumns = `id, kind, place, names, text, topics, level, languages, seasons, contact, state, created_at, version`

func wishes(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Wish, error) {
	var out []Wish
	err := tx.Each(ctx, `SELECT `+wishColumns+` FROM exchange_wish `+where, args, func(scan func(...any) error) error {
		var w Wish
		err := scan(&w.ID, &w.Kind, &w.Place, &w.Names, &w.Text, &w.Topics, &w.Level, &w.Languages, &w.Seasons, &w.Contact, &w.State, &w.Created, &w.Version)
		w.Created = w.Created.UTC()
		out = append(out, w)
		return err
	})
	sort.Slice(out, func(i, j int) bool {
		if !out[i].Created.Equal(out[j].Created) {
			return out[i].Created.After(out[j].Created)
		}
		return out[i].ID < out[j].ID
	})
	return out, err
}

func oneWish(ctx context.Context, tx *db.Tx, id string) (Wish, error) {
	all, err := wishes(ctx, tx, `WHERE id = $1`, id)
	if err == nil && len(all) == 0 {
		err = notFound()
	}
	if err != nil {
		return Wish{}, err
	}
	return all[0], nil
}

// PutWish writes a need or an offer whole, new or over what is there, without asking for rights or recording.
func PutWish(ctx context.Context, tx *db.Tx, w Wish) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO exchange_wish (`+wishColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,1)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, place = excluded.place, names = excluded.names, text = excluded.text, topics = excluded.topics,
		level = excluded.level, languages = excluded.languages, seasons = excluded.seasons, contact = excluded.contact, state = excluded.state,
		version = exchange_wish.version + 1`,
		w.ID, w.Kind, w.Place, w.Names, w.Text, w.Topics, w.Level, w.Languages, w.Seasons, w.Contact, string(w.State), w.Created)
	return err
}

// Wishes lists the needs and offers that by may see, the latest first: what is published, and all of one's own city.
func (k *Desk) Wishes(ctx context.Context, by actor.Actor) (out []Wish, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = wishes(ctx, tx, "")
		return err
	})
	return shown(by, out), err
}

// shown leaves out what by may not see, and who to turn to.
func shown(by actor.Actor, all []Wish) []Wish {
	out := make([]Wish, 0, len(all))
	for _, w := range all {
		if w.State != Published && !by.Speaks(w.Place) {
			continue
		}
		if !by.Speaks(w.Place) {
			w.Contact = ""
		}
		out = append(out, w)
	}
	return out
}

// Wish reads a need or an offer that by may see.
func (k *Desk) Wish(ctx context.Context, by actor.Actor, id string) (w Wish, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		w, err = oneWish(ctx, tx, id)
		return err
	})
	if err != nil {
		return Wish{}, err
	}
	if s := shown(by, []Wish{w}); len(s) == 1 {
		return s[0], nil
	}
	return Wish{}, notFound()
}

// SaveWish stores a need or an offer, new when it has no id, else over the version it was read in. For the focal point of the city.
func (k *Desk) SaveWish(ctx context.Context, by actor.Actor, w Wish) (Wish, error) {
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		var old *Wish
		if w.ID != "" {
			o, err := oneWish(ctx, tx, w.ID)
			if err != nil {
				return err
			}
			if !by.Speaks(o.Place) {
				return fault.New(fault.Denied, "error.denied.city")
			}
			if o.Version != w.Version {
				return fault.New(fault.Conflict, "error.conflict")
			}
			w.State, w.Created, old = o.State, o.Created, &o
		}
		if !by.Speaks(w.Place) {
			return fault.New(fault.Denied, "error.denied.city")
		}
		if err := check(ctx, tx, &w); err != nil {
			return err
		}
		action := "update"
		if old == nil {
			w.ID, w.State, w.Created, action = k.id(), Draft, tx.Now, "create"
		}
		if err := PutWish(ctx, tx, w); err != nil {
			return err
		}
		w.Version++
		if old == nil {
			w.Version = 1
			return tx.Record(ctx, by, WishSubject, w.ID, action, nil, w)
		}
		return tx.Record(ctx, by, WishSubject, w.ID, action, *old, w)
	})
	return w, err
}

// Turn publishes or withdraws a need or an offer. A withdrawn one can be published again.
func (k *Desk) Turn(ctx context.Context, by actor.Actor, id string, version int64, to State) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		w, err := oneWish(ctx, tx, id)
		if err != nil {
			return err
		}
		if !by.Speaks(w.Place) {
			return fault.New(fault.Denied, "error.denied.city")
		}
		if w.Version != version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		if to != Published && to != Withdrawn || w.State == to {
			return fault.New(fault.Conflict, "error.conflict")
		}
		before := w
		w.State = to
		if err := PutWish(ctx, tx, w); err != nil {
			return err
		}
		w.Version++
		action := "publish"
		if to == Withdrawn {
			action = "withdraw"
		} else if before.State == Withdrawn {
			action = "restore"
		}
		return tx.Record(ctx, by, WishSubject, id, action, before, w)
	})
}

const (
	mostName = 200
	mostText = 5000
)

func check(ctx context.Context, tx *db.Tx, w *Wish) error {
	var f fault.Form
	tidy(w.Names)
	tidy(w.Text)
	w.Contact = strings.TrimSpace(w.Contact)
	if !slices.Contains(Kinds, w.Kind) {
		f.Add("kind", "exchange.kind.missing")
	}
	if text, _ := w.Names.In("en"); text == "" {
		f.Add("names", "exchange.names.missing")
	}
	long(&f, "names", w.Names, mostName)
	long(&f, "text", w.Text, mostText)
	if utf8.RuneCountInString(w.Contact) > mostName {
		f.Add("contact", "form.toolong", "Max", mostName)
	}
	if w.Place == "" {
		f.Add("place", "account.city.missing")
	} else {
		var n int
		if err := tx.One(ctx, `SELECT COUNT(*) FROM place WHERE id = $1 AND kind = 'city' AND withdrawn = $2`, []any{w.Place, false}, &n); err != nil {
			return err
		}
		if n == 0 {
			f.Add("place", "account.city.unknown", "ID", w.Place)
		}
	}
	if len(w.Topics) == 0 {
		f.Add("topics", "exchange.topics.missing")
	}
	for _, id := range w.Topics {
		var n int
		if err := tx.One(ctx, `SELECT COUNT(*) FROM topic WHERE id = $1`, []any{id}, &n); err != nil {
			return err
		}
		if n == 0 {
			f.Add("topics", "exchange.topic.unknown", "ID", id)
			break
		}
	}
	if !slices.Contains(Levels, w.Level) {
		f.Add("level", "exchange.level.missing")
	}
	if len(w.Languages) == 0 {
		f.Add("languages", "exchange.languages.missing")
	}
	for _, l := range w.Languages {
		if !catalog.Known(l) {
			f.Add("languages", "exchange.languages.missing")
			break
		}
	}
	for _, s := range w.Seasons {
		if !slices.Contains(Seasons, s) {
			f.Add("seasons", "exchange.seasons.unknown")
			break
		}
	}
	return f.Err()
}

func tidy(t db.Text) {
	for l, s := range t {
		if t[l] = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")); t[l] == "" {
			delete(t, l)
		}
	}
}

func long(f *fault.Form, field string, t db.Text, most int) {
	for _, s := range t {
		if utf8.RuneCountInString(s) > most {
			f.Add(field, "form.toolong", "Max", most)
			return
		}
	}
}

// History lists what was done to a need or an offer, the latest first, for those who speak for the city.
func (k *Desk) History(ctx context.Context, by actor.Actor, id string) (out []db.Change, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		w, err := oneWish(ctx, tx, id)
		if err != nil {
			return err
		}
		if !by.Speaks(w.Place) {
			return fault.New(fault.Denied, "error.denied.city")
		}
		out, err = tx.History(ctx, WishSubject, id)
		return err
	})
	return out, err
}
