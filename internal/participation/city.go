package participation

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/post"
)

func itoa(n int) string { return strconv.Itoa(n) }

// SeatCity gives a city seats in an activity. The seats belong to the city; whom it sends is named later. For those who run the activity.
func (k *Desk) SeatCity(ctx context.Context, by actor.Actor, activityID, place string, n int, like Participation) (ps []Participation, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		ps = nil
		a, err := k.run(ctx, tx, by, activityID)
		if err != nil {
			return err
		}
		var f fault.Form
		if n < 1 || n > 100 {
			f.Add("seats", "participation.seats.range", "Max", 100)
		}
		if place == "" {
			f.Add("place", "account.city.missing")
		}
		like.Place = place
		if err := placed(ctx, tx, &f, &like.Place, &like.Country); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		like.Activity, like.Person, like.State, like.Since, like.Created, like.Version, like.Source = a.ID, "", Confirmed, tx.Now, tx.Now, 1, "nomination"
		if like.Role == "" {
			like.Role = "delegate"
		}
		if like.Mode == "" {
			like.Mode = "onsite"
		}
		s, err := countSeats(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		for range n {
			p := like
			p.ID = k.id()
			if full := s.full(p); len(full) > 0 {
				return fault.New(fault.Invalid, "participation.full", "Quota", quotaName(full[0]))
			}
			if err := insert(ctx, tx, p); err != nil {
				return err
			}
			if err := tx.Record(ctx, by, Subject, p.ID, "create", nil, p); err != nil {
				return err
			}
			s.take(p)
			ps = append(ps, p)
		}
		return k.askFocals(ctx, tx, a, ps)
	})
	return ps, err
}

// askFocals writes to the focal points of a city that it has seats, and asks whom it sends.
func (k *Desk) askFocals(ctx context.Context, tx *db.Tx, a activity.Activity, ps []Participation) error {
	place := ps[0].Place
	holders, err := account.Holders(ctx, tx, actor.FocalPoint, actor.OfPlace, place)
	if err != nil {
		return err
	}
	setup, err := Setup(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	var names db.Text
	if err := tx.One(ctx, `SELECT names FROM place WHERE id = $1`, []any{place}, &names); err != nil {
		return err
	}
	for _, g := range holders {
		person, err := account.PersonByID(ctx, tx, g.Person)
		if err != nil {
			return err
		}
		if !g.Holds(tx.Now) || person.Email == "" {
			continue
		}
		w := k.words(person.Language)
		values := k.values(a, person.Language, "")
		values["Link"] = k.URL + "/" + person.Language + "/cities/" + place + "/seats"
		values["City"], _ = names.In(person.Language)
		values["Seats"] = itoa(len(ps))
		if win, err := setup.Window(a); err == nil && !win.Closes.IsZero() {
			values["Until"] = when(w, a, win.Closes)
		} else if a.Period.Known() {
			values["Until"] = w.Date(a.Period.First())
		}
		if _, err := post.Add(ctx, tx, post.Letter{Key: "nomination/" + ps[0].ID + "/" + person.ID, To: person.Email, ToName: person.Name, Lang: person.Language, Person: person.ID,
			Template: "nomination.ask", Values: values, About: "activity", AboutKey: a.ID}); err != nil {
			return err
		}
	}
	return nil
}

// run reads an activity that by runs.
func (k *Desk) run(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (activity.Activity, error) {
	a, err := activity.One(ctx, tx, id)
	if err == nil && !Runs(by, a) {
		err = fault.New(fault.Denied, "error.denied.officer")
	}
	return a, err
}

// Name says whom a city sends on a seat of its own. For its focal point and those who run the activity.
func (k *Desk) Name(ctx context.Context, by actor.Actor, id string, version int64, q Request) (out Outcome, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		out = Outcome{}
		p, err := One(ctx, tx, id)
		if err != nil {
			return err
		}
		a, err := activity.One(ctx, tx, p.Activity)
		if err != nil {
			return err
		}
		if !Runs(by, a) && !speaks(by, p) {
			return notFound()
		}
		if p.Person != "" || p.State.Out() || version != 0 && p.Version != version {
			return fault.New(fault.Conflict, "participation.seat.named")
		}
		person, err := k.nameable(ctx, tx, by, a, q, "")
		if err != nil {
			return err
		}
		before := p
		p.Person, p.Organisation, p.Lang, p.Since = person.ID, q.Organisation, person.Language, tx.Now
		if err := update(ctx, tx, &p, true); err != nil {
			return err
		}
		if err := tx.Record(ctx, by, Subject, p.ID, "name", before, p); err != nil {
			return err
		}
		out.Participation = p
		out.Link, _, err = k.write(ctx, tx, a, p, person, "seat.named", false)
		return err
	})
	return out, err
}

// nameable is the account of somebody who is to take a seat, and has none in the activity but the one of seat.
func (k *Desk) nameable(ctx context.Context, tx *db.Tx, by actor.Actor, a activity.Activity, q Request, seat string) (account.Person, error) {
	var f fault.Form
	tidyName(&q.Name)
	if q.Name == "" {
		f.Add("name", "account.name.missing")
	}
	if account.CleanEmail(q.Email) == "" {
		f.Add("email", "account.email.form")
	}
	if err := f.Err(); err != nil {
		return account.Person{}, err
	}
	person, err := account.Ensure(ctx, tx, by, account.Person{Name: q.Name, Email: q.Email, Language: q.Lang})
	if err != nil {
		return person, err
	}
	old, err := list(ctx, tx, `WHERE activity_id = $1 AND person_id = $2`, a.ID, person.ID)
	if err != nil {
		return person, err
	}
	if len(old) > 0 && old[0].ID != seat {
		f.Add("email", "participation.seat.has")
	}
	return person, f.Err()
}

// speaks reports whether by decides about a seat for its city. A seat that a person has registered for is that person's.
func speaks(by actor.Actor, p Participation) bool {
	return p.Place != "" && p.Source == "nomination" && by.Speaks(p.Place)
}

// Replace gives a seat to somebody else: the first is out, the second has the seat and is told. For the focal point of the city whose seat it is,
// and those who run the activity.
func (k *Desk) Replace(ctx context.Context, by actor.Actor, id string, version int64, q Request) (out Outcome, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		p, err := One(ctx, tx, id)
		if err != nil {
			return err
		}
		a, err := activity.One(ctx, tx, p.Activity)
		if err != nil {
			return err
		}
		if !Runs(by, a) && !speaks(by, p) {
			return notFound()
		}
		out, err = k.replace(ctx, tx, by, a, p, version, q)
		return err
	})
	return out, err
}

// ReplaceOwn gives one's own seat to somebody else. Ref is as in Own.
func (k *Desk) ReplaceOwn(ctx context.Context, by actor.Actor, ref string, version int64, q Request) (out Outcome, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		p, as, err := find(ctx, tx, by, ref)
		if err != nil {
			return err
		}
		a, err := activity.One(ctx, tx, p.Activity)
		if err != nil {
			return err
		}
		out, err = k.replace(ctx, tx, as, a, p, version, q)
		return err
	})
	return out, err
}

func (k *Desk) replace(ctx context.Context, tx *db.Tx, by actor.Actor, a activity.Activity, p Participation, version int64, q Request) (out Outcome, err error) {
	if p.State != Offered && p.State != Confirmed || p.Person == "" || version != 0 && p.Version != version {
		return out, fault.New(fault.Conflict, "participation.seat.changed")
	}
	if p.State == Offered && p.OfferUntil != nil && !tx.Now.Before(*p.OfferUntil) {
		return out, fault.New(fault.Invalid, "participation.offer.gone")
	}
	person, err := k.nameable(ctx, tx, by, a, q, "")
	if err != nil {
		return out, err
	}
	n := p
	n.ID, n.Person, n.Organisation, n.State, n.Since, n.Created, n.Version = k.id(), person.ID, q.Organisation, Confirmed, tx.Now, tx.Now, 1
	n.Lang, n.OfferUntil, n.Queued, n.Reason, n.Visibility = person.Language, nil, nil, "", ""
	if p.Source != "nomination" {
		n.Source = "replacement"
	}
	if p.State == Offered {
		p.State = Confirmed // it is taken and given on at once; nobody is told of what lies between
	}
	if err := k.move(ctx, tx, by, &p, Replaced, ""); err != nil {
		return out, err
	}
	if err := insert(ctx, tx, n); err != nil {
		return out, err
	}
	if err := tx.Record(ctx, by, Subject, n.ID, "create", nil, n); err != nil {
		return out, err
	}
	out.Participation = n
	out.Link, err = k.tell(ctx, tx, a, n, person)
	return out, err
}

// CityGroup is the seats of a city in one activity.
type CityGroup struct {
	Activity activity.Activity
	Rows     []Row
}

// OfCity lists the seats that belong to a city in activities that are not over, by activity. For its focal point and officers.
func (k *Desk) OfCity(ctx context.Context, by actor.Actor, place string) (out []CityGroup, err error) {
	if err := by.NeedSpeaks(place); err != nil {
		return nil, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out = nil
		all, err := list(ctx, tx, `WHERE place = $1 AND source = 'nomination' ORDER BY activity_id, created_at, id`, place)
		if err != nil {
			return err
		}
		people, err := account.PeopleByID(ctx, tx)
		if err != nil {
			return err
		}
		for _, p := range all {
			if n := len(out); n == 0 || out[n-1].Activity.ID != p.Activity {
				a, err := activity.One(ctx, tx, p.Activity)
				if err != nil {
					return err
				}
				out = append(out, CityGroup{Activity: a})
			}
			g := &out[len(out)-1]
			g.Rows = append(g.Rows, Row{Participation: p, Who: people[p.Person]})
		}
		out = slices.DeleteFunc(out, func(g CityGroup) bool {
			p := g.Activity.Period
			return g.Activity.State == activity.Withdrawn || p.Known() && !p.Open() && tx.Now.After(p.Last().AddDate(0, 0, 31))
		})
		slices.SortStableFunc(out, func(a, b CityGroup) int { return strings.Compare(a.Activity.Period.From, b.Activity.Period.From) })
		return nil
	})
	return out, err
}

// Invite holds no seat: the person accepts when one is free, or takes a place in line. For those who run the activity.
func (k *Desk) Invite(ctx context.Context, by actor.Actor, q Request) (out Outcome, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		out = Outcome{}
		a, err := k.run(ctx, tx, by, q.Activity)
		if err != nil {
			return err
		}
		q, sent := q, q
		if done, err := k.before(ctx, tx, sent, &out); done || err != nil {
			return err
		}
		if err := k.checkRequest(ctx, tx, by, a, Registration{}, &q); err != nil {
			return err
		}
		person, err := account.Ensure(ctx, tx, by, account.Person{Name: q.Name, Email: q.Email, Language: q.Lang})
		if err != nil {
			return err
		}
		old, err := list(ctx, tx, `WHERE activity_id = $1 AND person_id = $2`, a.ID, person.ID)
		if err != nil {
			return err
		}
		if len(old) > 0 {
			if out = (Outcome{Participation: old[0], Again: true}); !old[0].State.Out() || old[0].State == Rejected || old[0].State == Expired || old[0].State == Replaced {
				return nil
			}
			out.Again = false
			if err := k.move(ctx, tx, by, &out.Participation, Invited, ""); err != nil {
				return err
			}
			return k.remember(ctx, tx, sent, out)
		}
		p := Participation{ID: k.id(), Activity: a.ID, Person: person.ID, Place: q.Place, Country: q.Country, Organisation: q.Organisation, Role: q.Role, Mode: q.Mode,
			Funded: q.Funded, State: Invited, Since: tx.Now, Source: "invitation", Lang: person.Language, Created: tx.Now, Version: 1}
		if err := insert(ctx, tx, p); err != nil {
			return err
		}
		if err := tx.Record(ctx, by, Subject, p.ID, "create", nil, p); err != nil {
			return err
		}
		out.Participation = p
		if out.Link, _, err = k.write(ctx, tx, a, p, person, letters[Invited], q.Hold); err != nil {
			return err
		}
		return k.remember(ctx, tx, sent, out)
	})
	return out, err
}

// RegisterDelegation asks for seats for several people of a delegation at once: all of them are taken in, each with a seat or a place in line,
// or, when something is wrong with one of them, nobody is. Faults name the row: "people.0.email".
func (k *Desk) RegisterDelegation(ctx context.Context, by actor.Actor, activityID, key string, people []Request) (outs []Outcome, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		outs = nil
		people := slices.Clone(people)
		a, setup, err := k.open(ctx, tx, by, activityID)
		if err != nil {
			return err
		}
		most := setup.Delegation
		if Runs(by, a) {
			most = 1000
		}
		if most == 0 {
			return fault.New(fault.Invalid, "participation.delegation.none")
		}
		if len(people) == 0 || len(people) > most {
			return fault.New(fault.Invalid, "participation.delegation.size", "Max", most)
		}
		var f fault.Form
		delegation := k.id()
		seen := map[string]int{}
		sent := make([]Request, len(people))
		for i := range people {
			q := &people[i]
			q.Activity = activityID
			if key != "" {
				q.Key = key + "/" + itoa(i)
			}
			sent[i] = *q
			if first, twice := seen[account.CleanEmail(q.Email)]; twice && account.CleanEmail(q.Email) != "" {
				f.Add("people."+itoa(i)+".email", "participation.delegation.twice", "Row", first+1)
			}
			seen[account.CleanEmail(q.Email)] = i
			var e *fault.Error
			if err := k.checkRequest(ctx, tx, by, a, setup, q); asFault(err, &e) && len(e.Fields) > 0 {
				for _, x := range e.Fields {
					f.Add("people."+itoa(i)+"."+x.Name, x.Message.Key, pairs(x.Message.Args)...)
				}
			} else if err != nil {
				return err
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		for i, q := range people {
			var out Outcome
			done, err := k.before(ctx, tx, sent[i], &out)
			if err != nil {
				return err
			}
			if !done {
				q.Delegation = delegation
				if out, err = k.admit(ctx, tx, by, a, setup, q, "delegation"); err != nil {
					return err
				}
				if err := k.remember(ctx, tx, sent[i], out); err != nil {
					return err
				}
			}
			outs = append(outs, out)
		}
		return nil
	})
	return outs, err
}

func pairs(a fault.Args) (out []any) {
	for k, v := range a {
		out = append(out, k, v)
	}
	return out
}
