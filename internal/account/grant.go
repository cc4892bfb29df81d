package account

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Granted is a role that a person has, or had, for one thing.
type Granted struct {
	ID     string `json:"id"`
	Person string `json:"person"`
	actor.Grant
	Given   time.Time `json:"given"`
	GivenBy string    `json:"givenBy"`        // id of an actor
	Until   time.Time `json:"until,omitzero"` // zero: until it is taken
	Ended   time.Time `json:"ended,omitzero"` // when it was taken
	EndedBy string    `json:"endedBy,omitempty"`
}

// Holds reports whether the grant is good at a time.
func (g Granted) Holds(now time.Time) bool {
	return g.Ended.IsZero() && (g.Until.IsZero() || now.Before(g.Until))
}

// MayGrant is nil when by may give or take a grant: administrators all, the secretariat all but its own role, and who runs
// a programme or activity the roles of those who help there.
func MayGrant(by actor.Actor, g actor.Grant) error {
	if !slices.Contains(actor.Grantable[g.Role], g.Subject) || (g.Key == "") != (g.Subject == actor.OfNetwork) {
		return fault.New(fault.Invalid, "account.grant.thing")
	}
	switch {
	case by.Role == actor.Administrator:
		return nil
	case by.Role == actor.Secretariat && g.Role != actor.Secretariat:
		return nil
	case g.Role == actor.Secretariat:
		return fault.New(fault.Denied, "account.denied.role")
	case (g.Role == actor.Speaker || g.Role == actor.CheckIn || g.Role == actor.Reviewer) && by.Has(actor.ProgrammeOfficer, g.Subject, g.Key):
		return nil
	}
	return fault.New(fault.Denied, "error.denied.officer")
}

func grants(ctx context.Context, tx *db.Tx, where string, args ...any) (out []Granted, err error) {
	err = tx.Each(ctx, `SELECT id, person, role, subject, key, given_at, given_by, until_at, ended_at, ended_by FROM granted `+where, args,
		func(scan func(...any) error) error {
			var g Granted
			var until, ended *time.Time
			if err := scan(&g.ID, &g.Person, &g.Role, &g.Subject, &g.Key, &g.Given, &g.GivenBy, &until, &ended, &g.EndedBy); err != nil {
				return err
			}
			g.Given = g.Given.UTC()
			if until != nil {
				g.Until = until.UTC()
			}
			if ended != nil {
				g.Ended = ended.UTC()
			}
			out = append(out, g)
			return nil
		})
	return out, err
}

// acting is a person with the grants that hold now.
func acting(ctx context.Context, tx *db.Tx, p Person) (actor.Actor, error) {
	a := p.Actor()
	gs, err := grants(ctx, tx, `WHERE person = $1 AND ended_at IS NULL AND (until_at IS NULL OR until_at > $2) ORDER BY role, subject, key, id`, p.ID, tx.Now)
	for _, g := range gs {
		if g.Role == actor.Secretariat && a.Role != actor.Administrator {
			a.Role, a.City = actor.Secretariat, ""
		}
		if !slices.Contains(a.Grants, g.Grant) {
			a.Grants = append(a.Grants, g.Grant)
		}
	}
	return a, err
}

// ActorOf is a person as desks know them, with the grants that hold now, within a transaction.
func ActorOf(ctx context.Context, tx *db.Tx, person string) (actor.Actor, error) {
	p, err := one(ctx, tx, `WHERE id = $1 AND withdrawn = $2 AND erased_at IS NULL`, person, false)
	if err != nil {
		return actor.Actor{}, err
	}
	return acting(ctx, tx, p)
}

// Grant gives a person a role for one thing, until a time or, when that is zero, until it is taken. What the person has
// already is left, or lasts as long as is now said.
func (k *Desk) Grant(ctx context.Context, by actor.Actor, person string, g actor.Grant, until time.Time) error {
	if err := MayGrant(by, g); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error { return Give(ctx, tx, by, person, g, until) })
}

// Give is Grant within a transaction of a desk that has asked for rights itself.
func Give(ctx context.Context, tx *db.Tx, by actor.Actor, person string, g actor.Grant, until time.Time) error {
	if !until.IsZero() && !tx.Now.Before(until) {
		var f fault.Form
		f.Add("until", "account.grant.past")
		return f.Err()
	}
	p, err := one(ctx, tx, `WHERE id = $1 AND erased_at IS NULL`, person)
	if err != nil {
		return err
	}
	if g.Subject == actor.OfPlace {
		var there int
		if err := tx.One(ctx, `SELECT COUNT(*) FROM place WHERE id = $1`, []any{g.Key}, &there); err != nil {
			return err
		} else if there == 0 {
			return fault.New(fault.Invalid, "account.city.unknown", "ID", g.Key)
		}
	}
	has, err := grants(ctx, tx, `WHERE person = $1 AND role = $2 AND subject = $3 AND key = $4 AND ended_at IS NULL AND (until_at IS NULL OR until_at > $5)`,
		p.ID, string(g.Role), g.Subject, g.Key, tx.Now)
	if err != nil {
		return err
	}
	for _, old := range has {
		if old.Until.Equal(until.UTC().Truncate(time.Microsecond)) {
			return nil
		}
		if err := end(ctx, tx, by, old); err != nil {
			return err
		}
	}
	var end *time.Time
	if !until.IsZero() {
		end = &until
	}
	id := uuid.NewString()
	if _, err := tx.ExecContext(ctx, `INSERT INTO granted (id, person, role, subject, key, given_at, given_by, until_at, ended_by) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,'')`,
		id, p.ID, string(g.Role), g.Subject, g.Key, tx.Now, by.ID, end); err != nil {
		return err
	}
	return tx.Record(ctx, by, PersonSubject, p.ID, "grant", nil, Granted{ID: id, Person: p.ID, Grant: g, Given: tx.Now, GivenBy: by.ID, Until: until})
}

func end(ctx context.Context, tx *db.Tx, by actor.Actor, g Granted) error {
	_, err := tx.ExecContext(ctx, `UPDATE granted SET ended_at = $1, ended_by = $2 WHERE id = $3 AND ended_at IS NULL`, tx.Now, by.ID, g.ID)
	return err
}

// Revoke takes a grant back.
func (k *Desk) Revoke(ctx context.Context, by actor.Actor, id string) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		gs, err := grants(ctx, tx, `WHERE id = $1`, id)
		if err == nil && len(gs) == 0 {
			err = fault.New(fault.NotFound, "error.notfound")
		}
		if err != nil {
			return err
		}
		if err := MayGrant(by, gs[0].Grant); err != nil {
			return err
		}
		return Take(ctx, tx, by, gs[0].Person, gs[0].Grant)
	})
}

// Take takes a role for one thing from a person, within a transaction of a desk that has asked for rights itself.
func Take(ctx context.Context, tx *db.Tx, by actor.Actor, person string, g actor.Grant) error {
	gs, err := grants(ctx, tx, `WHERE person = $1 AND role = $2 AND subject = $3 AND key = $4 AND ended_at IS NULL`, person, string(g.Role), g.Subject, g.Key)
	if err != nil || len(gs) == 0 {
		return err
	}
	for _, old := range gs {
		if err := end(ctx, tx, by, old); err != nil {
			return err
		}
	}
	return tx.Record(ctx, by, PersonSubject, person, "revoke", gs[0], nil)
}

// GrantsOf lists what a person was ever granted, what holds first, then the latest. For officers and the person.
func (k *Desk) GrantsOf(ctx context.Context, by actor.Actor, person string) (out []Granted, err error) {
	if by.ID != person || person == "" {
		if err := by.NeedOfficer(); err != nil {
			return nil, err
		}
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if out, err = grants(ctx, tx, `WHERE person = $1 ORDER BY given_at DESC, id`, person); err != nil {
			return err
		}
		slices.SortStableFunc(out, func(a, b Granted) int { return rank(a, tx.Now) - rank(b, tx.Now) })
		return nil
	})
	return out, err
}

func rank(g Granted, now time.Time) int {
	if g.Holds(now) {
		return 0
	}
	return 1
}

// Holders lists the grants for one thing that hold now; with role "", of all roles. For desks: rights are the caller's.
func Holders(ctx context.Context, tx *db.Tx, role actor.Role, subject, key string) ([]Granted, error) {
	return grants(ctx, tx, `WHERE subject = $1 AND key = $2 AND (role = $3 OR $3 = '') AND ended_at IS NULL AND (until_at IS NULL OR until_at > $4) ORDER BY given_at, id`,
		subject, key, string(role), tx.Now)
}

// GrantsFor lists what was granted for one thing, to whom, what holds first. For officers and who runs it.
func (k *Desk) GrantsFor(ctx context.Context, by actor.Actor, subject, key string) (out []Granted, err error) {
	if !by.Officer() && !by.Has(actor.ProgrammeOfficer, subject, key) {
		return nil, by.NeedOfficer()
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = grants(ctx, tx, `WHERE subject = $1 AND key = $2 ORDER BY given_at DESC, id`, subject, key)
		slices.SortStableFunc(out, func(a, b Granted) int { return rank(a, tx.Now) - rank(b, tx.Now) })
		return err
	})
	return out, err
}

// GrantByEmail gives a role to whoever is reached at an address, and makes the person known when nobody is: whoever is asked
// to speak or to help at the door needs no account first.
func (k *Desk) GrantByEmail(ctx context.Context, by actor.Actor, p Person, g actor.Grant, until time.Time) (Person, error) {
	if err := MayGrant(by, g); err != nil {
		return p, err
	}
	err := k.db.Write(ctx, func(tx *db.Tx) (err error) {
		if p.ID != "" {
			p, err = one(ctx, tx, `WHERE id = $1 AND erased_at IS NULL`, p.ID)
		} else {
			p, err = Ensure(ctx, tx, by, p)
		}
		if err != nil {
			return err
		}
		return Give(ctx, tx, by, p.ID, g, until)
	})
	return p, err
}

// AllGrants lists what holds now, by thing. For officers.
func (k *Desk) AllGrants(ctx context.Context, by actor.Actor) (out []Granted, err error) {
	if err := by.NeedOfficer(); err != nil {
		return nil, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = grants(ctx, tx, `WHERE ended_at IS NULL AND (until_at IS NULL OR until_at > $1) ORDER BY subject, key, role, given_at, id`, tx.Now)
		return err
	})
	return out, err
}

// NamesOf are the names of people by id, for pages of those who may see them already.
func (k *Desk) NamesOf(ctx context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	err := k.db.Read(ctx, func(tx *db.Tx) error {
		for _, id := range ids {
			if _, ok := out[id]; ok || id == "" {
				continue
			}
			p, err := one(ctx, tx, `WHERE id = $1`, id)
			if fault.CodeOf(err) == fault.NotFound {
				continue
			} else if err != nil {
				return err
			}
			out[id] = p.Name
		}
		return nil
	})
	return out, err
}
