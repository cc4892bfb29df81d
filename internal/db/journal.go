package db

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"aircommons/internal/actor"
)

// Change is one entry of the journal: what was done to what by whom, with the state before and after.
type Change struct {
	ID      int64
	At      time.Time
	ByID    string
	ByName  string
	Subject string // kind of thing: "place", "organisation", "activity", "import", "person", ...
	Key     string // its id
	Action  string // "create", "update", "publish", "withdraw", "delete", "sign-in", ...
	Before  json.RawMessage
	After   json.RawMessage
	Erased  bool // there were contents, which were erased
}

// Record writes an entry of the journal in the same transaction as the change itself. before and after are kept as
// JSON; nil where there is none. Every write of a desk records.
func (tx *Tx) Record(ctx context.Context, by actor.Actor, subject, key, action string, before, after any) error {
	b, err := marshal(before)
	if err != nil {
		return err
	}
	a, err := marshal(after)
	if err != nil {
		return err
	}
	tx.changed = true
	tx.record = tx.record || !busy[subject]
	if tx.last == nil {
		if tx.last, err = tx.head(ctx); err != nil {
			return err
		}
	}
	l := link{ID: tx.last.ID + 1, At: tx.Now, ByID: by.ID, Subject: subject, Key: key, Action: action}
	nameSalt, salt := rand.Text(), rand.Text()
	l.NameHash, l.BeforeHash, l.AfterHash = contentHash(nameSalt, &by.Name), contentHash(salt, b), contentHash(salt, a)
	l.Hash = l.after(tx.last.Hash)
	_, err = tx.ExecContext(ctx, `INSERT INTO journal (id, at, by_id, by_name, subject, subject_key, action, before, after, name_salt, salt, name_hash, before_hash, after_hash, hash)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)`,
		l.ID, l.At, l.ByID, by.Name, subject, key, action, b, a, nameSalt, salt, l.NameHash, l.BeforeHash, l.AfterHash, l.Hash)
	tx.last = &l
	return err
}

func marshal(v any) (*string, error) {
	if v == nil {
		return nil, nil
	}
	j, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	s := string(j)
	return &s, nil
}

// History lists the changes of one thing, the latest first.
func (tx *Tx) History(ctx context.Context, subject, key string) ([]Change, error) {
	return tx.changes(ctx, `WHERE subject = $1 AND subject_key = $2 ORDER BY id DESC LIMIT 500`, subject, key)
}

// Journal lists changes of everything, the latest first, before the entry with id before (0: from the end).
func (tx *Tx) Journal(ctx context.Context, before int64, limit int) ([]Change, error) {
	if before <= 0 {
		before = 1 << 62
	}
	return tx.changes(ctx, `WHERE id < $1 ORDER BY id DESC LIMIT $2`, before, limit)
}

// Changes is the number of entries in the journal.
func (tx *Tx) Changes(ctx context.Context) (n int64, err error) {
	err = tx.One(ctx, `SELECT COUNT(*) FROM journal`, nil, &n)
	return n, err
}

func (tx *Tx) changes(ctx context.Context, where string, args ...any) ([]Change, error) {
	var out []Change
	err := tx.Each(ctx, `SELECT id, at, by_id, by_name, subject, subject_key, action, before, after, salt FROM journal `+where, args,
		func(scan func(...any) error) error {
			var c Change
			var b, a *string
			var salt string
			if err := scan(&c.ID, &c.At, &c.ByID, &c.ByName, &c.Subject, &c.Key, &c.Action, &b, &a, &salt); err != nil {
				return err
			}
			c.Erased = salt == ""
			c.At = c.At.UTC()
			if b != nil {
				c.Before = json.RawMessage(*b)
			}
			if a != nil {
				c.After = json.RawMessage(*a)
			}
			out = append(out, c)
			return nil
		})
	return out, err
}
