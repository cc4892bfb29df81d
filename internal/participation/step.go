package participation

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/form"
	"aircommons/internal/post"
)

// move takes a participation one step on, with its history and its letter, in the caller's transaction.
func (k *Desk) move(ctx context.Context, tx *db.Tx, by actor.Actor, p *Participation, to State, reason string) error {
	_, err := k.step(ctx, tx, by, p, to, reason, false)
	return err
}

// step is move; with hold the letter waits in the outbox for somebody's look. It returns the letter's key.
func (k *Desk) step(ctx context.Context, tx *db.Tx, by actor.Actor, p *Participation, to State, reason string, hold bool) (letter string, err error) {
	if !slices.Contains(next[p.State], to) {
		return "", fault.New(fault.Conflict, "participation.step", "From", fault.Say("participation.state."+string(p.State)), "To", fault.Say("participation.state."+string(to)))
	}
	before := *p
	p.State, p.Since, p.Reason = to, tx.Now, reason
	switch to {
	case Waiting:
		if p.Queued == nil {
			if p.Queued, err = lastInLine(ctx, tx, p.Activity); err != nil {
				return "", err
			}
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
		return "", err
	}
	if err := tx.Record(ctx, by, Subject, p.ID, string(to), before, *p); err != nil {
		return "", err
	}
	if p.Person == "" || letters[to] == "" {
		return "", nil
	}
	a, err := activity.One(ctx, tx, p.Activity)
	if err != nil {
		return "", err
	}
	person, err := account.PersonByID(ctx, tx, p.Person)
	if err != nil {
		return "", err
	}
	_, letter, err = k.write(ctx, tx, a, *p, person, letters[to], hold)
	return letter, err
}

// letters are the templates that tell people of a step. Present and absent are not told.
var letters = map[State]string{
	Invited: "seat.invited", Applied: "registration.applied", Waiting: "registration.waiting", Offered: "seat.offered", Confirmed: "registration.confirmed",
	Rejected: "registration.rejected", Expired: "seat.expired", Withdrawn: "registration.withdrawn", Declined: "registration.withdrawn", Replaced: "registration.replaced",
}

// tell writes to the person of a participation of its state, and returns the secret end of the link in the letter.
func (k *Desk) tell(ctx context.Context, tx *db.Tx, a activity.Activity, p Participation, person account.Person) (string, error) {
	if letters[p.State] == "" {
		return "", nil
	}
	link, _, err := k.write(ctx, tx, a, p, person, letters[p.State], false)
	return link, err
}

// write adds a letter of a template about a participation. The same step is told once.
func (k *Desk) write(ctx context.Context, tx *db.Tx, a activity.Activity, p Participation, person account.Person, template string, hold bool) (link, key string, err error) {
	if person.Email == "" {
		return "", "", nil
	}
	link, err = k.key(ctx, tx, p.ID)
	if err != nil {
		return "", "", err
	}
	w := k.words(person.Language)
	values := k.values(a, person.Language, link)
	values["Reason"] = p.Reason
	if p.OfferUntil != nil {
		values["Until"] = when(w, a, *p.OfferUntil)
	} else if template == "seat.invited" {
		setup, err := Setup(ctx, tx, a.ID)
		if err != nil {
			return "", "", err
		}
		if win, err := setup.Window(a); err == nil && !win.Closes.IsZero() {
			values["Until"] = when(w, a, win.Closes)
		} else if a.Period.Known() {
			values["Until"] = w.Date(a.Period.First())
		}
	}
	if p.State == Waiting {
		t, err := turn(ctx, tx, p)
		if err != nil {
			return "", "", err
		}
		values["Position"] = itoa(t.Ahead + 1)
	}
	if p.Place != "" {
		var names db.Text
		if err := tx.One(ctx, `SELECT names FROM place WHERE id = $1`, []any{p.Place}, &names); err != nil && fault.CodeOf(err) != fault.NotFound {
			return "", "", err
		}
		values["City"], _ = names.In(person.Language)
	}
	var steps int64
	if err := tx.One(ctx, `SELECT COUNT(*) FROM participation_step WHERE participation_id = $1`, []any{p.ID}, &steps); err != nil {
		return "", "", err
	}
	key = Subject + "/" + p.ID + "/" + itoa(int(steps))
	_, err = post.Add(ctx, tx, post.Letter{Key: key, To: person.Email, ToName: person.Name, Lang: person.Language,
		Person: person.ID, Template: template, Values: values, About: "activity", AboutKey: a.ID, Hold: hold})
	return link, key, err
}

// values are what letters about a participation can name. Dates and Place of the activity are filled in by the outbox.
func (k *Desk) values(a activity.Activity, lang, link string) map[string]string {
	name, _ := a.Names.In(lang)
	return map[string]string{"Activity": name, "Link": k.URL + "/" + lang + "/seats/" + link}
}

// words are those of a language.
func (k *Desk) words(lang string) *catalog.Words { return k.texts().Lang(lang) }

// texts are the catalogs, read once.
var texts = sync.OnceValues(catalog.Load)

func (k *Desk) texts() *catalog.Catalog {
	if k.Texts != nil {
		return k.Texts
	}
	c, err := texts()
	if err != nil {
		panic(err) // they are part of the program, and a test loads them
	}
	return c
}

// when is a moment as it stands on the wall of the activity: "30 April 2027, 18:00 Seoul".
func when(w *catalog.Words, a activity.Activity, t time.Time) string {
	zone := zoneOf(a)
	return w.Date(t.In(zone)) + ", " + activity.Clocks{Place: zone}.Pair(w, t)
}

// key makes a secret link to a participation; its hash alone is kept.
func (k *Desk) key(ctx context.Context, tx *db.Tx, id string) (string, error) {
	s, err := k.secret()
	if err != nil {
		return "", err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO participation_key (hash, participation_id, created_at) VALUES ($1,$2,$3)`, hash(s), id, tx.Now)
	return s, err
}

// Own is one's own participation with all that its page shows.
type Own struct {
	Participation
	Activity activity.Activity
	Person   account.Person
	Setup    Registration
	Turn     Turn
	Answers  []form.Answer // to the forms of registration and after acceptance
	Steps    []Step
}

// Own reads one's own participation. Ref is the secret end of a link in a letter or, for a signed-in person, the id. Opening it changes nothing.
func (k *Desk) Own(ctx context.Context, by actor.Actor, ref string) (o Own, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		p, _, err := find(ctx, tx, by, ref)
		if err != nil {
			return err
		}
		o, err = own(ctx, tx, p)
		return err
	})
	return o, err
}

func idOf(ctx context.Context, tx *db.Tx, key string) (id string, err error) {
	err = tx.One(ctx, `SELECT participation_id FROM participation_key WHERE hash = $1`, []any{hash(strings.ToLower(key))}, &id)
	return id, err
}

func own(ctx context.Context, tx *db.Tx, p Participation) (o Own, err error) {
	o.Participation = p
	if o.Activity, err = activity.One(ctx, tx, p.Activity); err != nil {
		return o, err
	}
	if o.Person, err = account.PersonByID(ctx, tx, p.Person); err != nil && fault.CodeOf(err) != fault.NotFound {
		return o, err
	}
	if o.Setup, err = Setup(ctx, tx, p.Activity); err != nil {
		return o, err
	}
	if p.State == Waiting {
		if o.Turn, err = turn(ctx, tx, p); err != nil {
			return o, err
		}
	}
	if o.Answers, err = form.AnswersOf(ctx, tx, Subject, p.ID); err != nil {
		return o, err
	}
	o.Steps, err = Steps(ctx, tx, p.ID)
	return o, err
}

// find reads the participation that ref names for the person on it, and who acts: ref is the secret end of a link in a letter, or the id
// of the signed-in person's own.
func find(ctx context.Context, tx *db.Tx, by actor.Actor, ref string) (p Participation, as actor.Actor, err error) {
	if !isID(ref) {
		id, err := idOf(ctx, tx, ref)
		if err != nil {
			return p, by, err
		}
		p, err = One(ctx, tx, id)
		return p, personActor(p), err
	}
	if p, err = One(ctx, tx, ref); err == nil && (by.ID == "" || by.ID != p.Person) {
		err = notFound()
	}
	return p, by, err
}

// personActor is who acts by the link of a letter.
func personActor(p Participation) actor.Actor { return actor.Actor{ID: p.Person, Role: actor.Visitor} }

func isID(ref string) bool { return strings.Contains(ref, "-") }

// Accept takes an offered seat, or an invitation. An offer whose time has run out is gone, also when nobody has ended it yet. Ref is as
// in Own.
func (k *Desk) Accept(ctx context.Context, by actor.Actor, ref string) (Participation, error) {
	return k.byRef(ctx, by, ref, func(tx *db.Tx, by actor.Actor, p *Participation) error {
		switch p.State {
		case Confirmed:
			return nil // pressed twice
		case Offered:
			if p.OfferUntil != nil && !tx.Now.Before(*p.OfferUntil) {
				return fault.New(fault.Invalid, "participation.offer.gone")
			}
			return k.move(ctx, tx, by, p, Confirmed, "")
		case Invited, Named:
			setup, err := Setup(ctx, tx, p.Activity)
			if err != nil {
				return err
			}
			to, err := k.entrance(ctx, tx, setup, *p, false)
			if err != nil {
				return err
			}
			return k.move(ctx, tx, by, p, to, "")
		}
		return fault.New(fault.Conflict, "participation.offer.gone")
	})
}

// Leave gives a seat, an offer or a place in line back; the next in line is offered what is free. Ref is as in Own.
func (k *Desk) Leave(ctx context.Context, by actor.Actor, ref, reason string) (Participation, error) {
	return k.byRef(ctx, by, ref, func(tx *db.Tx, by actor.Actor, p *Participation) error {
		to := Withdrawn
		switch {
		case p.State.Out():
			return nil // pressed twice
		case p.State == Offered || p.State == Invited || p.State == Named:
			to = Declined
		}
		reason, err := words(reason)
		if err != nil {
			return err
		}
		if err := k.move(ctx, tx, by, p, to, reason); err != nil {
			return err
		}
		return k.fill(ctx, tx, p.Activity)
	})
}

// words are what somebody gives as a reason.
func words(s string) (string, error) {
	s = strings.TrimSpace(strings.ToValidUTF8(s, ""))
	if utf8.RuneCountInString(s) > mostReason {
		var f fault.Form
		f.Add("reason", "form.toolong", "Max", mostReason)
		return "", f.Err()
	}
	return s, nil
}

const mostReason = 2000 // letters

func (k *Desk) byRef(ctx context.Context, by actor.Actor, ref string, do func(*db.Tx, actor.Actor, *Participation) error) (p Participation, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		var as actor.Actor
		if p, as, err = find(ctx, tx, by, ref); err != nil {
			return err
		}
		return do(tx, as, &p)
	})
	return p, err
}

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

// OfMine lists what the person who asks takes or took part in, the latest first.
func (k *Desk) OfMine(ctx context.Context, by actor.Actor) (out []Own, err error) {
	if err := by.NeedPerson(); err != nil {
		return nil, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		ps, err := OfPerson(ctx, tx, by.ID)
		if err != nil {
			return err
		}
		out = nil
		for _, p := range ps {
			a, err := activity.One(ctx, tx, p.Activity)
			if err != nil {
				return err
			}
			out = append(out, Own{Participation: p, Activity: a})
		}
		slices.SortFunc(out, func(a, b Own) int { return strings.Compare(b.Activity.Period.From+b.ID, a.Activity.Period.From+a.ID) })
		return nil
	})
	return out, err
}
