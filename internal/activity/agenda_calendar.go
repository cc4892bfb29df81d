package activity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"sort"
	"strings"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
)

// Entry is what calendars are told of an activity as a whole or of one of its sessions: only what everybody may see.
type Entry struct {
	UID       string
	Activity  string
	Item      string // "" for the activity as a whole
	Sequence  int64  // raised with each change
	Cancelled bool
	Created   time.Time
	Changed   time.Time
	Told
}

// Told is the content of an entry. Times of a session are on the wall of the zone; the days of an activity are days.
type Told struct {
	Names  db.Text `json:"names"`
	Of     db.Text `json:"of,omitempty"` // name of the activity that a session is in
	Text   db.Text `json:"text,omitempty"`
	From   string  `json:"from"` // "2027-05-19T09:00", or "2027-05-19" for a whole day
	To     string  `json:"to,omitempty"`
	Zone   string  `json:"zone,omitempty"`
	Place  string  `json:"place,omitempty"`
	Venue  string  `json:"venue,omitempty"`
	Room   db.Text `json:"room,omitempty"`
	Called bool    `json:"called,omitempty"` // announced as not held
}

// Day reports whether the entry is for whole days.
func (s Told) Day() bool { return len(s.From) == len("2006-01-02") }

// UID is the name of an entry in calendars, the same for ever.
func UID(activity, item string) string {
	if item == "" {
		return activity + "@activities.aircommons"
	}
	return activity + "." + item + "@sessions.aircommons"
}

// entriesOf is what calendars should say of an activity now, by UID.
func entriesOf(ctx context.Context, tx *db.Tx, a Activity) (map[string]Entry, error) {
	out := map[string]Entry{}
	ok, err := shown(ctx, tx, a)
	if err != nil || !ok {
		return out, err
	}
	if a.Period.Precision == network.Day && !a.Period.Open() {
		out[UID(a.ID, "")] = Entry{Told: Told{Names: a.Names, Text: a.Aims, From: a.Period.First().Format("2006-01-02"), To: a.Period.Last().Format("2006-01-02"),
			Zone: a.Zone, Place: a.Place, Venue: a.Venue}}
	}
	s, err := shapeOf(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	for _, i := range s.Items {
		from, _ := i.Moments(Zone(a.Zone))
		if from.IsZero() || !timed(i) {
			continue
		}
		e := Entry{Item: i.ID, Told: Told{Names: i.Names, Of: a.Names, Text: i.Text, From: i.Starts, To: i.Ends, Zone: a.Zone, Place: a.Place, Venue: i.Venue, Called: i.Cancelled}}
		if e.Venue == "" {
			e.Venue = a.Venue
		}
		if r, ok := s.Room(i.Room); ok {
			e.Room = r.Names
		}
		out[UID(a.ID, i.ID)] = e
	}
	return out, nil
}

// calendarOf writes what calendars are told of an activity: what changed gets a higher sequence, what is gone is cancelled.
func calendarOf(ctx context.Context, tx *db.Tx, a Activity) error {
	now, err := entriesOf(ctx, tx, a)
	if err != nil {
		return err
	}
	before, err := entries(ctx, tx, `WHERE activity_id = $1`, a.ID)
	if err != nil {
		return err
	}
	for _, old := range before {
		e, there := now[old.UID]
		delete(now, old.UID)
		said, cancelled := old.Told, true
		if there {
			said, cancelled = e.Told, e.Called
		}
		if same(said, old.Told) && cancelled == old.Cancelled {
			continue
		}
		if _, err := tx.ExecContext(ctx, `UPDATE calendar_entry SET sequence = sequence + 1, cancelled = $1, doc = $2, changed_at = $3 WHERE uid = $4`,
			cancelled, asJSON{said}, tx.Now, old.UID); err != nil {
			return err
		}
	}
	for uid, e := range now {
		if _, err := tx.ExecContext(ctx, `INSERT INTO calendar_entry (uid, activity_id, item, sequence, cancelled, doc, created_at, changed_at) VALUES ($1,$2,$3,0,$4,$5,$6,$6)`,
			uid, a.ID, e.Item, e.Called, asJSON{e.Told}, tx.Now); err != nil {
			return err
		}
	}
	return nil
}

func entries(ctx context.Context, tx *db.Tx, where string, args ...any) (out []Entry, err error) {
	err = tx.Each(ctx, `SELECT uid, activity_id, item, sequence, cancelled, doc, created_at, changed_at FROM calendar_entry `+where, args, func(scan func(...any) error) error {
		var e Entry
		err := scan(&e.UID, &e.Activity, &e.Item, &e.Sequence, &e.Cancelled, asJSON{&e.Told}, &e.Created, &e.Changed)
		e.Created, e.Changed = e.Created.UTC(), e.Changed.UTC()
		out = append(out, e)
		return err
	})
	sort.Slice(out, func(i, j int) bool {
		if out[i].From != out[j].From {
			return out[i].From < out[j].From
		}
		return out[i].UID < out[j].UID
	})
	return out, err
}

// Entries lists what calendars are told: of one activity with its sessions, or of all activities without. An activity that is
// not there, or was never shown, has none.
func (k *Desk) Entries(ctx context.Context, activity string) (out []Entry, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if out, err = EntriesOf(ctx, tx, activity); err == nil && activity != "" && len(out) == 0 {
			var a Activity
			if a, err = one(ctx, tx, activity); err == nil {
				ok, e := shown(ctx, tx, a)
				if err = e; e == nil && !ok {
					err = notFound()
				}
			}
		}
		return err
	})
	return out, err
}

// EntriesOf is Entries within a transaction.
func EntriesOf(ctx context.Context, tx *db.Tx, activity string) ([]Entry, error) {
	if activity == "" {
		return entries(ctx, tx, `WHERE item = ''`)
	}
	return entries(ctx, tx, `WHERE activity_id = $1`, activity)
}

// NewLink makes the secret of a person's own calendar. One that was there before is good no more.
func (k *Desk) NewLink(ctx context.Context, by actor.Actor) (secret string, err error) {
	if err := by.NeedPerson(); err != nil {
		return "", err
	}
	raw := make([]byte, 20)
	if _, err := io.ReadFull(rand.Reader, raw); err != nil {
		return "", err
	}
	secret = strings.ToLower(base32.StdEncoding.EncodeToString(raw))
	return secret, k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO calendar_link (person, hash, created_at) VALUES ($1,$2,$3)
			ON CONFLICT (person) DO UPDATE SET hash=excluded.hash, created_at=excluded.created_at`, by.ID, linkHash(secret), tx.Now); err != nil {
			return err
		}
		return tx.Record(ctx, by, account.PersonSubject, by.ID, "calendar-link", nil, nil)
	})
}

// DropLink ends a person's own calendar.
func (k *Desk) DropLink(ctx context.Context, by actor.Actor) error {
	if err := by.NeedPerson(); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM calendar_link WHERE person = $1`, by.ID); err != nil {
			return err
		}
		return tx.Record(ctx, by, account.PersonSubject, by.ID, "calendar-drop", nil, nil)
	})
}

// LinkSince is when the secret of a person's own calendar was made; zero for none.
func (k *Desk) LinkSince(ctx context.Context, by actor.Actor) (at time.Time, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		err := tx.One(ctx, `SELECT created_at FROM calendar_link WHERE person = $1`, []any{by.ID}, &at)
		if fault.CodeOf(err) == fault.NotFound {
			return nil
		}
		return err
	})
	return at.UTC(), err
}

// Personal lists what the calendar of a secret says: the activities that seats gives for the person, the sessions the person
// speaks in, and those chosen.
func (k *Desk) Personal(ctx context.Context, secret string, seats func(ctx context.Context, tx *db.Tx, person string) ([]string, error)) (out []Entry, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out = nil
		var person string
		if err := tx.One(ctx, `SELECT person FROM calendar_link WHERE hash = $1`, []any{linkHash(secret)}, &person); err != nil {
			return err
		}
		p, err := account.PersonByID(ctx, tx, person)
		if err != nil || p.IsErased() || p.Withdrawn {
			return fault.New(fault.NotFound, "error.notfound")
		}
		own, err := chosen(ctx, tx, person)
		if err != nil {
			return err
		}
		takesPart, err := seats(ctx, tx, person)
		if err != nil {
			return err
		}
		speaks := map[string]bool{}
		all, err := activities(ctx, tx, "")
		if err != nil {
			return err
		}
		for _, a := range all {
			s, err := shapeOf(ctx, tx, a)
			if err != nil {
				return err
			}
			for _, i := range s.Items {
				if i.Has(person) {
					speaks[UID(a.ID, i.ID)] = true
				}
			}
		}
		es, err := entries(ctx, tx, "")
		if err != nil {
			return err
		}
		for _, e := range es {
			if e.Item == "" && slices.Contains(takesPart, e.Activity) || e.Item != "" && (speaks[e.UID] || slices.Contains(own[e.Activity], e.Item)) {
				out = append(out, e)
			}
		}
		return nil
	})
	return out, err
}

func linkHash(secret string) string {
	sum := sha256.Sum256([]byte("calendar " + strings.ToLower(strings.TrimSpace(secret))))
	return hex.EncodeToString(sum[:])
}

// agendaKeeper answers for what the agenda keeps about people.
type agendaKeeper struct{}

// Keeper is what the desk of people asks about people in agendas.
func (k *Desk) Keeper() account.Keeper { return agendaKeeper{} }

// Name implements account.Keeper.
func (agendaKeeper) Name() string { return "agenda" }

// theirs lists the sessions, drafts and released, in which a person stands, by activity and session.
func theirs(ctx context.Context, tx *db.Tx, p account.Person) (map[string]string, error) {
	out := map[string]string{}
	all, err := Activities(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		shapes := []Shape{a.Shape()}
		if a.Agenda != nil {
			for _, r := range a.Agenda.Releases {
				shapes = append(shapes, r.Shape)
			}
		}
		for _, s := range shapes {
			for _, i := range s.Items {
				for _, w := range i.People() {
					if w.is(p) {
						name, _ := i.Names.In("en")
						out[a.ID+"/"+i.ID] = name
					}
				}
			}
		}
	}
	return out, nil
}

// is reports whether a speaker is the person, by id or by the very name.
func (s Speaker) is(p account.Person) bool {
	if s.Person != "" || s.Name == "" {
		return s.Person == p.ID
	}
	if strings.EqualFold(s.Name, p.Name) {
		return true
	}
	return slices.ContainsFunc(p.Names, func(n account.Name) bool { return strings.EqualFold(s.Name, n.Text) })
}

// Export implements account.Keeper.
func (agendaKeeper) Export(ctx context.Context, tx *db.Tx, p account.Person) (any, error) {
	own, err := chosen(ctx, tx, p.ID)
	if err != nil {
		return nil, err
	}
	in, err := theirs(ctx, tx, p)
	if err != nil || len(own)+len(in) == 0 {
		return nil, err
	}
	return map[string]any{"chosen": own, "named": in}, nil
}

// Erase implements account.Keeper. That somebody spoke stays, under an id that means nobody; names go.
func (agendaKeeper) Erase(ctx context.Context, tx *db.Tx, p account.Person) error {
	for _, q := range []string{`DELETE FROM agenda_choice WHERE person = $1`, `DELETE FROM calendar_link WHERE person = $1`} {
		if _, err := tx.ExecContext(ctx, q, p.ID); err != nil {
			return err
		}
	}
	all, err := Activities(ctx, tx)
	if err != nil {
		return err
	}
	for _, a := range all {
		touched := false
		if items, any := nameless(a.Items, p); any {
			touched = true
			if err := putItems(ctx, tx, a.ID, items); err != nil {
				return err
			}
			a.Items = items
		}
		var rs []Release
		if a.Agenda != nil {
			rs = a.Agenda.Releases
		}
		for _, r := range rs {
			if items, any := nameless(r.Items, p); any {
				touched, r.Items = true, items
				if _, err := tx.ExecContext(ctx, `UPDATE agenda_release SET doc = $1 WHERE activity_id = $2 AND number = $3`, asJSON{r.Shape}, a.ID, r.Number); err != nil {
					return err
				}
			}
		}
		if !touched {
			continue
		}
		if err := indexActivity(ctx, tx, a); err != nil {
			return err
		}
		if err := tx.Record(ctx, actor.System, AgendaSubject, a.ID, "update", nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// nameless is items in which a person stands by id alone.
func nameless(items []Item, p account.Person) (out []Item, any bool) {
	clean := func(list []Speaker) {
		for n := range list {
			if list[n].is(p) {
				list[n], any = Speaker{Person: p.ID, Role: list[n].Role}, true
			}
		}
	}
	b, err := json.Marshal(items) // of our own types, so that what is shared stays as it is
	if err != nil || json.Unmarshal(b, &out) != nil {
		return items, false
	}
	for n := range out {
		clean(out[n].Speakers)
		for m := range out[n].Talks {
			clean(out[n].Talks[m].Speakers)
		}
		for m := range out[n].Pairs {
			clean(out[n].Pairs[m].Interpreters)
		}
	}
	return out, any
}

// Retain implements account.Keeper. Nothing here ends by itself.
func (agendaKeeper) Retain(context.Context, *db.Tx, time.Time, bool) ([]account.Retained, error) {
	return nil, nil
}

// Things implements account.JournalKeeper.
func (agendaKeeper) Things(ctx context.Context, tx *db.Tx, p account.Person) ([]account.Thing, error) {
	in, err := theirs(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	var out []account.Thing
	for key := range in {
		out = append(out, account.Thing{Subject: SessionSubject, Key: key})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Key < out[j].Key })
	return out, nil
}
