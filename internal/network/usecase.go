package network

import (
	"bytes"
	"context"
	"encoding/json"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// kind is how the use cases handle one kind of thing. What they share is written once; what differs stands beside the type.
type kind[T any] struct {
	subject string
	one     func(context.Context, *db.Tx, string) (T, error)
	put     func(context.Context, *db.Tx, T) error
	tidy    func(*T)
	name    func(*T) string                                           // what a missing id is made of
	fresh   func(*T, actor.Actor, *db.Tx)                             // fills what a new one gets from the house; may be nil
	keep    func(now *T, old T)                                       // carries over what a form does not change; may be nil
	check   func(ctx context.Context, tx *db.Tx, t T, old *T) error   // a fault of the form, or nil
	after   func(ctx context.Context, tx *db.Tx, old *T, now T) error // keeps the search in step; may be nil
	rights  func(by actor.Actor, old, now T) error                    // who may update; nil: officers
	parts   func(*T) (id *string, version *int64, withdrawn *bool)    // where these lie in a T
}

// create stores a new thing. An empty id is made of its name; a given one must be free.
func create[T any](ctx context.Context, k *Desk, d kind[T], by actor.Actor, t T) (T, error) {
	if err := by.NeedOfficer(); err != nil {
		return t, err
	}
	d.tidy(&t)
	id, version, withdrawn := d.parts(&t)
	given := *id
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		if d.fresh != nil {
			d.fresh(&t, by, tx)
		}
		*id, *version, *withdrawn = given, 1, false
		if given == "" {
			free, err := freeID(ctx, tx, d, db.Slug(d.name(&t)))
			if err != nil {
				return err
			}
			*id = free
		} else if _, err := d.one(ctx, tx, given); err == nil {
			var f fault.Form
			f.Add("id", "network.id.taken", "ID", given)
			return f.Err()
		} else if fault.CodeOf(err) != fault.NotFound {
			return err
		}
		if err := d.check(ctx, tx, t, nil); err != nil {
			return err
		}
		if err := d.put(ctx, tx, t); err != nil {
			return err
		}
		if d.after != nil {
			if err := d.after(ctx, tx, nil, t); err != nil {
				return err
			}
		}
		return tx.Record(ctx, by, d.subject, *id, "create", nil, t)
	})
	return t, err
}

// freeID is an id that nothing has, from the name. A name without Latin letters gives the kind of thing.
func freeID[T any](ctx context.Context, tx *db.Tx, d kind[T], base string) (string, error) {
	if base == "" || base == "new" {
		base = d.subject
	}
	return db.FreeSlug(base, func(id string) (bool, error) {
		_, err := d.one(ctx, tx, id)
		if fault.CodeOf(err) == fault.NotFound {
			return false, nil
		}
		return true, err
	})
}

// update stores a thing over the version it was made from. Whether it is withdrawn is not touched. Saving what is there
// already changes nothing and leaves no entry.
func update[T any](ctx context.Context, k *Desk, d kind[T], by actor.Actor, t T) error {
	d.tidy(&t)
	id, version, withdrawn := d.parts(&t)
	if d.rights == nil {
		if err := by.NeedOfficer(); err != nil {
			return err
		}
	}
	return change(ctx, k, d, by, *id, *version, "update", func(tx *db.Tx, old T) (T, error) {
		_, _, was := d.parts(&old)
		*withdrawn = *was
		if d.keep != nil {
			d.keep(&t, old)
		}
		if d.rights != nil {
			if err := d.rights(by, old, t); err != nil {
				return t, err
			}
		}
		return t, d.check(ctx, tx, t, &old)
	})
}

// setWithdrawn hides a thing from the public, or shows it again.
func setWithdrawn[T any](ctx context.Context, k *Desk, d kind[T], by actor.Actor, id string, version int64, hide bool) error {
	if err := by.NeedOfficer(); err != nil {
		return err
	}
	action := "restore"
	if hide {
		action = "withdraw"
	}
	return change(ctx, k, d, by, id, version, action, func(tx *db.Tx, t T) (T, error) {
		_, _, withdrawn := d.parts(&t)
		*withdrawn = hide
		return t, nil
	})
}

// change stores what f makes of a thing, if it still has the version the caller has seen. Callers have asked for rights.
func change[T any](ctx context.Context, k *Desk, d kind[T], by actor.Actor, id string, version int64, action string,
	f func(*db.Tx, T) (T, error)) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		old, err := d.one(ctx, tx, id)
		if err != nil {
			return err
		}
		_, have, _ := d.parts(&old)
		if *have != version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		t, err := f(tx, old)
		if err != nil {
			return err
		}
		if same(old, t) {
			return nil
		}
		if err := d.put(ctx, tx, t); err != nil {
			return err
		}
		if d.after != nil {
			if err := d.after(ctx, tx, &old, t); err != nil {
				return err
			}
		}
		_, now, _ := d.parts(&t)
		*now = *have + 1
		return tx.Record(ctx, by, d.subject, id, action, old, t)
	})
}

// remove deletes a thing that nothing refers to. Its last state stays in the journal.
func remove[T any](ctx context.Context, k *Desk, d kind[T], by actor.Actor, id string, version int64) error {
	if err := by.NeedOfficer(); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		old, err := d.one(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, have, _ := d.parts(&old); *have != version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		uses, err := usesOf(ctx, tx, d.subject, id)
		if err != nil {
			return err
		}
		if n := total(uses); n > 0 {
			return fault.New(fault.Conflict, "network.inuse", "Count", n)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+d.subject+` WHERE id = $1`, id); err != nil {
			return err
		}
		if err := tx.Unindex(ctx, d.subject, id); err != nil {
			return err
		}
		return tx.Record(ctx, by, d.subject, id, "delete", old, nil)
	})
}

// same reports whether two things say the same, whatever their version.
func same(a, b any) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}

// read gives one thing; to those who are not officers a withdrawn one is not there.
func read[T any](ctx context.Context, k *Desk, d kind[T], by actor.Actor, id string) (t T, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if t, err = d.one(ctx, tx, id); err != nil {
			return err
		}
		if _, _, withdrawn := d.parts(&t); *withdrawn && !by.Officer() {
			return notFound()
		}
		return nil
	})
	if err != nil {
		var none T
		return none, err
	}
	return t, nil
}

// list gives the things the actor may see.
func list[T any](ctx context.Context, k *Desk, d kind[T], by actor.Actor, all func(context.Context, *db.Tx) ([]T, error)) (out []T, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		ts, err := all(ctx, tx)
		out = make([]T, 0, len(ts))
		for _, t := range ts {
			if _, _, withdrawn := d.parts(&t); !*withdrawn || by.Officer() {
				out = append(out, t)
			}
		}
		return err
	})
	return out, err
}

// History lists what was done to one thing of this desk, the latest first, for officers.
func (k *Desk) History(ctx context.Context, by actor.Actor, subject, key string) (out []db.Change, err error) {
	if err := by.NeedOfficer(); err != nil {
		return nil, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = tx.History(ctx, subject, key)
		return err
	})
	return out, err
}
