package participation

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// WalkIn registers somebody who came without a seat, and marks them. A seat that no quota has room for is given with beyond set, by who
// runs the activity. Somebody who was on the way to a seat gets it. nonce is that of the form: sent twice, it is one seat and one mark.
func (k *Desk) WalkIn(ctx context.Context, by actor.Actor, q Request, item, nonce string, beyond bool) (p Participation, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		q := q
		a, err := k.doorOf(ctx, tx, by, q.Activity)
		if err != nil {
			return err
		}
		if !nonceForm.MatchString(nonce) {
			return fault.New(fault.Invalid, "error.form")
		}
		if err := checkWalkIn(ctx, tx, &q); err != nil {
			return err
		}
		beyond := beyond && Runs(by, a)
		person, err := account.Ensure(ctx, tx, by, account.Person{Name: q.Name, Email: q.Email, Language: q.Lang})
		if err != nil {
			return err
		}
		old, err := list(ctx, tx, `WHERE activity_id = $1 AND person_id = $2`, a.ID, person.ID)
		if err != nil {
			return err
		}
		if len(old) > 0 {
			p = old[0]
		} else {
			p = Participation{Activity: a.ID, Person: person.ID, Place: q.Place, Country: q.Country, Organisation: q.Organisation, Role: q.Role, Mode: "onsite",
				Lang: person.Language, Source: "walkin"}
		}
		if !p.State.Holds() && !beyond {
			s, err := countSeats(ctx, tx, a.ID)
			if err != nil {
				return err
			}
			if full := s.full(p); len(full) > 0 {
				return fault.New(fault.Invalid, "day.walkin.full", "Quota", quotaName(full[0]))
			}
		}
		switch {
		case p.ID == "":
			p.ID, p.Created, p.Version, p.State, p.Since = k.id(), tx.Now, 1, Confirmed, tx.Now
			if err := insert(ctx, tx, p); err != nil {
				return err
			}
			if err := tx.Record(ctx, by, Subject, p.ID, "create", nil, p); err != nil {
				return err
			}
			if _, err := k.tell(ctx, tx, a, p, person); err != nil {
				return err
			}
		case !p.State.Holds():
			if err := k.move(ctx, tx, by, &p, Confirmed, ""); err != nil {
				return err
			}
		}
		m := marker{k: k, tx: tx, by: by, a: a}
		if by.Device {
			m.device = by.Name
		}
		made, err := m.mark(ctx, Mark{Nonce: nonce, Participation: p.ID, Item: item})
		if err != nil {
			return err
		}
		if made.Outcome == Refused {
			return notFound()
		}
		if err := m.settle(ctx); err != nil {
			return err
		}
		p, err = One(ctx, tx, p.ID)
		return err
	})
	return p, err
}

func checkWalkIn(ctx context.Context, tx *db.Tx, q *Request) error {
	var f fault.Form
	tidyName(&q.Name)
	tidyName(&q.Organisation)
	if q.Name == "" {
		f.Add("name", "account.name.missing")
	}
	if utf8.RuneCountInString(q.Name) > mostText {
		f.Add("name", "form.toolong", "Max", mostText)
	}
	if utf8.RuneCountInString(q.Organisation) > mostText {
		f.Add("organisation", "form.toolong", "Max", mostText)
	}
	if account.CleanEmail(q.Email) == "" {
		f.Add("email", "account.email.form")
	}
	if q.Role == "" {
		q.Role = "participant"
	}
	if !slices.Contains(Roles, q.Role) {
		f.Add("role", "participation.role.missing")
	}
	if err := placed(ctx, tx, &f, &q.Place, &q.Country); err != nil {
		return err
	}
	return f.Err()
}

// Closing says who was not seen: those with a seat on site whom no mark stands for, by name.
type Closing struct {
	Missing []Here
	Present int
	Done    int // said to be absent before
}

// Close says of those who were not seen that they were absent; dry: it only tells who. For those who run the activity.
func (k *Desk) Close(ctx context.Context, by actor.Actor, activityID string, dry bool) (c Closing, err error) {
	work := func(tx *db.Tx) error {
		c = Closing{}
		a, err := k.run(ctx, tx, by, activityID)
		if err != nil {
			return err
		}
		r, err := roll(ctx, tx, a, "")
		if err != nil {
			return err
		}
		for _, h := range r.Rows {
			switch {
			case h.Present || h.Beside:
				c.Present++
			case h.State == Absent:
				c.Done++
			case h.State == Confirmed && h.Mode == "onsite":
				c.Missing = append(c.Missing, h)
				if dry {
					continue
				}
				p := h.Participation
				if err := k.setPresence(ctx, tx, by, &p, Absent); err != nil {
					return err
				}
			}
		}
		if dry || len(c.Missing) == 0 {
			return nil
		}
		return tx.Record(ctx, by, PresenceSubject, a.ID, "close", nil, map[string]int{"absent": len(c.Missing)})
	}
	if dry {
		err = k.db.Read(ctx, work)
	} else {
		err = k.db.Write(ctx, work)
	}
	return c, err
}

// LendDoor lets a programme officer lend the door of an activity to devices until a time: who runs it may mark there, and a token can only do
// what whose it is may.
func (k *Desk) LendDoor(ctx context.Context, by actor.Actor, activityID string, until time.Time) (actor.Actor, error) {
	g := actor.Grant{Role: actor.CheckIn, Subject: actor.OfActivity, Key: activityID}
	if by.Officer() || by.Has(g.Role, g.Subject, g.Key) {
		return by, nil
	}
	if err := by.NeedPerson(); err != nil {
		return by, err
	}
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := k.run(ctx, tx, by, activityID); err != nil {
			return err
		}
		return account.Give(ctx, tx, by, by.ID, g, until)
	})
	by.Grants = append(slices.Clone(by.Grants), g)
	return by, err
}
