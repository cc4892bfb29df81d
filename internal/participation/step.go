package participation

import (
	"context"
	"encoding/base32"
	"errors"
	"io"
	"slices"
	"strings"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/post"
)

// move takes a participation one step on, with its history and its letter, in the caller's transaction.
func (k *Desk) move(ctx context.Context, tx *db.Tx, by actor.Actor, p *Participation, to State, reason string) error {
	if !slices.Contains(next[p.State], to) {
		return fault.New(fault.Conflict, "participation.step", "From", fault.Say("participation.state."+string(p.State)), "To", fault.Say("participation.state."+string(to)))
	}
	before := *p
	p.State, p.Since, p.Reason = to, tx.Now, reason
	switch to {
	case Waiting:
		if p.Queued == nil {
			now := tx.Now
			p.Queued = &now
		}
		p.OfferUntil = nil
	case Offered:
	default:
		p.OfferUntil = nil
		if to != Confirmed {
			p.Queued = nil
		}
	}
	if err := update(ctx, tx, p, true); err != nil {
		return err
	}
	if err := tx.Record(ctx, by, Subject, p.ID, string(to), before, *p); err != nil {
		return err
	}
	if p.Person == "" {
		return nil
	}
	a, err := activity.One(ctx, tx, p.Activity)
	if err != nil {
		return err
	}
	person, err := account.PersonByID(ctx, tx, p.Person)
	if err != nil {
		return err
	}
	_, err = k.tell(ctx, tx, a, *p, person)
	return err
}

// letters are the templates that tell people of a step. Present and absent are not told.
var letters = map[State]string{
	Invited: "seat.invited", Applied: "registration.applied", Waiting: "registration.waiting", Offered: "seat.offered", Confirmed: "registration.confirmed",
	Rejected: "registration.rejected", Expired: "seat.expired", Withdrawn: "registration.withdrawn", Declined: "registration.withdrawn", Replaced: "registration.replaced",
}

// tell writes to the person of a participation and returns the secret end of the link in the letter.
func (k *Desk) tell(ctx context.Context, tx *db.Tx, a activity.Activity, p Participation, person account.Person) (string, error) {
	template := letters[p.State]
	if template == "" || person.Email == "" {
		return "", nil
	}
	link, err := k.key(ctx, tx, p.ID)
	if err != nil {
		return "", err
	}
	name, _ := a.Names.In(person.Language)
	values := map[string]string{"Name": person.Name, "Activity": name, "Link": k.URL + "/" + person.Language + "/seats/" + link, "Reason": p.Reason, "Until": ""}
	if p.OfferUntil != nil {
		values["Until"] = p.OfferUntil.In(zoneOf(a)).Format("2006-01-02 15:04 MST")
	}
	if p.State == Waiting {
		t, err := turn(ctx, tx, p)
		if err != nil {
			return "", err
		}
		values["Position"] = itoa(t.Ahead + 1)
	}
	var steps int64
	if err := tx.One(ctx, `SELECT COUNT(*) FROM participation_step WHERE participation_id = $1`, []any{p.ID}, &steps); err != nil {
		return "", err
	}
	_, err = post.Add(ctx, tx, post.Letter{Key: Subject + "/" + p.ID + "/" + itoa(int(steps)), To: person.Email, ToName: person.Name, Lang: person.Language,
		Kind: "transactional", Person: person.ID, Template: template, Values: values, About: "activity", AboutKey: a.ID})
	return link, err
}

// key makes a secret link to a participation; its hash alone is kept.
func (k *Desk) key(ctx context.Context, tx *db.Tx, id string) (string, error) {
	b := make([]byte, 20)
	if _, err := io.ReadFull(k.Random, b); err != nil {
		return "", err
	}
	s := strings.ToLower(base32.StdEncoding.EncodeToString(b))
	_, err := tx.ExecContext(ctx, `INSERT INTO participation_key (hash, participation_id, created_at) VALUES ($1,$2,$3)`, hash(s), id, tx.Now)
	return s, err
}

// Own is one's own participation with all that its page shows.
type Own struct {
	Participation
	Activity activity.Activity
	Person   account.Person
	Setup    Registration
	Turn     Turn
	Steps    []Step
}

// ByKey reads a participation by the secret end of a link. Opening it changes nothing.
func (k *Desk) ByKey(ctx context.Context, key string) (o Own, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		id, err := idOf(ctx, tx, key)
		if err != nil {
			return err
		}
		o, err = own(ctx, tx, id)
		return err
	})
	return o, err
}

func idOf(ctx context.Context, tx *db.Tx, key string) (id string, err error) {
	err = tx.One(ctx, `SELECT participation_id FROM participation_key WHERE hash = $1`, []any{hash(strings.ToLower(key))}, &id)
	return id, err
}

func own(ctx context.Context, tx *db.Tx, id string) (o Own, err error) {
	if o.Participation, err = One(ctx, tx, id); err != nil {
		return o, err
	}
	if o.Activity, err = activity.One(ctx, tx, o.Participation.Activity); err != nil {
		return o, err
	}
	if o.Person, err = account.PersonByID(ctx, tx, o.Participation.Person); err != nil && fault.CodeOf(err) != fault.NotFound {
		return o, err
	}
	if o.Setup, err = Setup(ctx, tx, o.Participation.Activity); err != nil {
		return o, err
	}
	if o.State == Waiting {
		if o.Turn, err = turn(ctx, tx, o.Participation); err != nil {
			return o, err
		}
	}
	o.Steps, err = Steps(ctx, tx, id)
	return o, err
}

// Mine reads a participation of the person who asks, or of one who runs the activity.
func (k *Desk) Mine(ctx context.Context, by actor.Actor, id string) (o Own, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if o, err = own(ctx, tx, id); err != nil {
			return err
		}
		if !by.SignedIn() || o.Participation.Person != by.ID && !Runs(by, o.Activity) {
			return notFound()
		}
		return nil
	})
	return o, err
}

// Accept takes an offered seat, or an invitation, by the link of a letter. An offer whose time has run out is gone, also when nobody
// has ended it yet.
func (k *Desk) Accept(ctx context.Context, key string) (Participation, error) {
	return k.byKey(ctx, key, func(tx *db.Tx, p *Participation) error {
		switch p.State {
		case Confirmed:
			return nil // pressed twice
		case Offered:
			if p.OfferUntil != nil && !tx.Now.Before(*p.OfferUntil) {
				return fault.New(fault.Invalid, "participation.offer.gone")
			}
			return k.move(ctx, tx, personActor(*p), p, Confirmed, "")
		case Invited:
			setup, err := Setup(ctx, tx, p.Activity)
			if err != nil {
				return err
			}
			to, err := k.entrance(ctx, tx, setup, *p, false)
			if err != nil {
				return err
			}
			return k.move(ctx, tx, personActor(*p), p, to, "")
		}
		return fault.New(fault.Conflict, "participation.offer.gone")
	})
}

// Leave gives a seat, an offer or a place in line back by the link of a letter; the next in line is offered what is free.
func (k *Desk) Leave(ctx context.Context, key, reason string) (Participation, error) {
	return k.byKey(ctx, key, func(tx *db.Tx, p *Participation) error {
		to := Withdrawn
		switch {
		case p.State.Out():
			return nil // pressed twice
		case p.State == Offered || p.State == Invited || p.State == Named:
			to = Declined
		}
		if err := k.move(ctx, tx, personActor(*p), p, to, reason); err != nil {
			return err
		}
		return k.fill(ctx, tx, p.Activity)
	})
}

func (k *Desk) byKey(ctx context.Context, key string, do func(*db.Tx, *Participation) error) (p Participation, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		id, err := idOf(ctx, tx, key)
		if err != nil {
			return err
		}
		if p, err = One(ctx, tx, id); err != nil {
			return err
		}
		return do(tx, &p)
	})
	return p, err
}

// personActor is who acts by the link of a letter.
func personActor(p Participation) actor.Actor { return actor.Actor{ID: p.Person, Role: actor.Visitor} }

// Decide takes people a step on in an officer's name: confirm, put in line, reject, withdraw, present, absent. A seat beyond a quota is
// given only with beyond set, and the entry of the journal tells who did.
func (k *Desk) Decide(ctx context.Context, by actor.Actor, id string, version int64, to State, reason string, beyond bool) (p Participation, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if p, err = One(ctx, tx, id); err != nil {
			return err
		}
		a, err := activity.One(ctx, tx, p.Activity)
		if err != nil {
			return err
		}
		if !Runs(by, a) {
			return fault.New(fault.Denied, "error.denied.officer")
		}
		if p.Version != version && version != 0 {
			return fault.New(fault.Conflict, "error.conflict")
		}
		return k.decide(ctx, tx, by, &p, to, reason, beyond)
	})
	return p, err
}

func (k *Desk) decide(ctx context.Context, tx *db.Tx, by actor.Actor, p *Participation, to State, reason string, beyond bool) error {
	held := p.State.Holds()
	if to.Holds() && !held && !beyond {
		s, err := countSeats(ctx, tx, p.Activity)
		if err != nil {
			return err
		}
		if full := s.full(*p); len(full) > 0 {
			return fault.New(fault.Invalid, "participation.full", "Quota", quotaName(full[0]))
		}
	}
	if err := k.move(ctx, tx, by, p, to, reason); err != nil {
		return err
	}
	if held && !to.Holds() {
		return k.fill(ctx, tx, p.Activity)
	}
	return nil
}

func asFault(err error, to **fault.Error) bool { return errors.As(err, to) }
