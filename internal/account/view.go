package account

import (
	"context"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Reader is whom an officer looks at the site as who looks as somebody not signed in.
const Reader = "reader"

// As finds whom an officer looks at the site as: a person whom the officer keeps, or Reader. It is asked with each request
// and writes nothing.
func (k *Desk) As(ctx context.Context, officer actor.Actor, as string) (a actor.Actor, err error) {
	if err := officer.NeedOfficer(); err != nil {
		return a, err
	}
	if as == Reader {
		return a, nil
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		p, err := one(ctx, tx, `WHERE id = $1 AND withdrawn = $2 AND erased_at IS NULL`, as, false)
		if err != nil {
			return err
		}
		if a, err = acting(ctx, tx, p); err != nil {
			return err
		}
		return mayKeep(officer, a.Role)
	})
	if err != nil {
		return actor.Actor{}, err
	}
	return a, nil
}

// LookAs notes that an officer begins to look at the site as a person does, and refuses who may not.
func (k *Desk) LookAs(ctx context.Context, by actor.Actor, as string) error {
	if by.Viewer != "" || by.Device {
		return fault.New(fault.Denied, "error.denied.view")
	}
	if _, err := k.As(ctx, by, as); err != nil || as == Reader {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		return tx.Record(ctx, by, PersonSubject, as, "look-as", nil, nil)
	})
}
