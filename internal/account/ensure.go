package account

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Ensure finds the person at an address, or makes one: who registers for something needs no account first. The same
// address is the same person, whatever name is given. Only where an officer has said that several people share an
// address, or by says so with p.Shared and is an officer, the name tells them apart.
//
// What is known of somebody is not changed by whoever types their address; only what was empty is filled in, and only by
// officers and the person. What is returned is for the caller's use, and must not be shown to one who is not that person:
// whether somebody was known is never told.
func Ensure(ctx context.Context, tx *db.Tx, by actor.Actor, p Person) (Person, error) {
	var f fault.Form
	cleanPerson(&p, &f)
	given := p.Email
	if p.Email = CleanEmail(given); p.Email == "" {
		f.Add("email", "account.email.form")
	}
	if err := f.Err(); err != nil {
		return p, err
	}
	those, err := people(ctx, tx, `WHERE email = $1 ORDER BY withdrawn, created_at, id`, p.Email)
	if err != nil {
		return p, err
	}
	shared := p.Shared && by.Officer()
	for _, o := range those {
		shared = shared || o.Shared
	}
	for _, o := range those {
		if !shared || sameName(o, p.Name) {
			return fillIn(ctx, tx, by, o, p)
		}
	}
	p.ID, p.Version, p.Withdrawn, p.Role, p.City, p.Shared = uuid.NewString(), 1, false, actor.Visitor, "", shared && len(those) > 0
	if p.Shared {
		if err := share(ctx, tx, those); err != nil {
			return p, err
		}
	}
	if err := insert(ctx, tx, p); err != nil {
		return p, err
	}
	p.Created = tx.Now
	return p, tx.Record(ctx, by, PersonSubject, p.ID, "create", nil, p)
}

func sameName(p Person, name string) bool {
	if strings.EqualFold(p.Name, name) {
		return true
	}
	for _, n := range p.Names {
		if strings.EqualFold(n.Text, name) {
			return true
		}
	}
	return false
}

// fillIn adds to a person what by may add and what was not known.
func fillIn(ctx context.Context, tx *db.Tx, by actor.Actor, old, p Person) (Person, error) {
	if by.ID != old.ID && !by.Officer() {
		return old, nil
	}
	now := old
	if len(now.Names) == 0 {
		now.Names = p.Names
	}
	if len(now.Languages) == 0 {
		now.Languages = p.Languages
	}
	if len(now.Affiliations) == 0 {
		now.Affiliations = p.Affiliations
	}
	if now.Gender == "" {
		now.Gender, now.GenderWords = p.Gender, p.GenderWords
	}
	if same(now, old) {
		return old, nil
	}
	if err := store(ctx, tx, now); err != nil {
		return old, err
	}
	now.Version++
	return now, tx.Record(ctx, by, PersonSubject, old.ID, "update", old, now)
}

// PersonByID reads one person within a transaction; rights are the caller's. Somebody who was erased is found, with
// nothing but the id and when.
func PersonByID(ctx context.Context, tx *db.Tx, id string) (Person, error) {
	return one(ctx, tx, `WHERE id = $1`, id)
}

// PeopleByID reads people by their ids within a transaction; rights are the caller's.
func PeopleByID(ctx context.Context, tx *db.Tx) (map[string]Person, error) {
	all, err := people(ctx, tx, "")
	out := make(map[string]Person, len(all))
	for _, p := range all {
		out[p.ID] = p
	}
	return out, err
}

// PeopleByEmail finds who is reached at an address, within a transaction; rights are the caller's.
func PeopleByEmail(ctx context.Context, tx *db.Tx, email string) ([]Person, error) {
	clean := CleanEmail(email)
	if clean == "" {
		return nil, nil
	}
	return reached(ctx, tx, clean)
}

// Describe stores what a person says about themselves: names, languages, affiliations, gender, who sees them, the language
// of letters. For the person, and for officers who keep people of that role. The address and role stay.
func (k *Desk) Describe(ctx context.Context, by actor.Actor, p Person) error {
	if !by.SignedIn() {
		return fault.New(fault.Denied, "error.denied.signin")
	}
	if err := by.NeedPerson(); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		old, err := one(ctx, tx, `WHERE id = $1 AND erased_at IS NULL`, p.ID)
		if err != nil {
			return err
		}
		if by.ID != p.ID {
			if err := mayKeep(by, old.Role); err != nil {
				return err
			}
		}
		if old.Version != p.Version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		now := old
		now.Name, now.Language, now.Names, now.Languages, now.Affiliations = p.Name, p.Language, p.Names, p.Languages, p.Affiliations
		now.Gender, now.GenderWords, now.Visibility = p.Gender, p.GenderWords, p.Visibility
		var f fault.Form
		cleanPerson(&now, &f)
		if err := f.Err(); err != nil {
			return err
		}
		if same(old, now) {
			return nil
		}
		if err := store(ctx, tx, now); err != nil {
			return err
		}
		now.Version++
		return tx.Record(ctx, by, PersonSubject, p.ID, "update", old, now)
	})
}
