package participation

import (
	"context"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/form"
)

// The forms that a participation answers.
const (
	Asked    = "registration" // when registering
	Followup = "followup"     // once a seat is confirmed
)

// Sheet is one of the two forms as a person answers it.
type Sheet struct {
	Own
	Form    form.Form
	Answers form.Answers
	Sent    bool
	Closed  bool // it can be read and not changed
}

func formOf(setup Registration, which string) string {
	switch which {
	case Asked:
		return setup.Form
	case Followup:
		return setup.Followup
	}
	return ""
}

// Sheet reads a form with the answers given so far. Ref is as in Own; those who run the activity may give an id.
func (k *Desk) Sheet(ctx context.Context, by actor.Actor, ref, which string) (s Sheet, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		s, _, err = sheet(ctx, tx, by, ref, which)
		return err
	})
	return s, err
}

func sheet(ctx context.Context, tx *db.Tx, by actor.Actor, ref, which string) (s Sheet, as actor.Actor, err error) {
	p, as, err := find(ctx, tx, by, ref)
	if err != nil {
		return s, as, err
	}
	if s.Own, err = own(ctx, tx, p); err != nil {
		return s, as, err
	}
	id := formOf(s.Setup, which)
	if id == "" {
		return s, as, notFound()
	}
	if s.Form, err = form.One(ctx, tx, id); err != nil {
		return s, as, err
	}
	s.Answers = form.Answers{}
	for _, x := range s.Own.Answers {
		if x.Form == id {
			s.Answers, s.Sent = x.Answers, x.Sent
		}
	}
	w, err := s.Setup.Window(s.Activity)
	if err != nil {
		return s, as, err
	}
	switch {
	case s.State.Out():
		s.Closed = true
	case which == Followup:
		if s.State != Confirmed && s.State != Present {
			return s, as, notFound()
		}
		s.Closed = !w.Followup.IsZero() && !tx.Now.Before(w.Followup)
	case which == Asked:
		s.Closed = !w.Closes.IsZero() && !tx.Now.Before(w.Closes)
	}
	return s, as, nil
}

// SaveSheet keeps the answers of one page of a form (page "" for all), and hands them in when send is set and all are good. Answers that
// cannot be taken yet are kept where nothing was handed in before.
func (k *Desk) SaveSheet(ctx context.Context, by actor.Actor, ref, which, page string, a form.Answers, send bool) (s Sheet, err error) {
	var refused error
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		refused = nil
		var as actor.Actor
		if s, as, err = sheet(ctx, tx, by, ref, which); err != nil {
			return err
		}
		if s.Closed && !Runs(by, s.Activity) {
			return fault.New(fault.Invalid, "participation.sheet.closed")
		}
		if page != "" {
			a = merge(s.Form, page, s.Answers, a)
		}
		refused = s.Form.Check(page, a)
		if send && refused == nil {
			refused = s.Form.Check("", a)
		}
		if refused != nil && s.Sent {
			return nil // what was handed in stays
		}
		if s.Answers = a; send && refused == nil {
			s.Sent = true
		}
		if err := putAnswers(ctx, tx, s.Participation, s.Form, s.Answers, s.Sent); err != nil {
			return err
		}
		if !send || refused != nil {
			return nil
		}
		return tx.Record(ctx, as, Subject, s.ID, "answers", nil, map[string]string{"form": s.Form.ID})
	})
	if err == nil {
		err = refused
	}
	return s, err
}

// Details are what a person may change of a registration.
type Details struct {
	Place, Country, Organisation, Mode string
	Visibility                         account.Visibility
}

// Change changes the details of one's registration. Who has a seat keeps it, so another city or another way to take part needs room there.
func (k *Desk) Change(ctx context.Context, by actor.Actor, ref string, version int64, d Details) (p Participation, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		var as actor.Actor
		if p, as, err = find(ctx, tx, by, ref); err != nil {
			return err
		}
		a, err := activity.One(ctx, tx, p.Activity)
		if err != nil {
			return err
		}
		return k.change(ctx, tx, as, a, &p, version, d, false)
	})
	return p, err
}

func (k *Desk) change(ctx context.Context, tx *db.Tx, by actor.Actor, a activity.Activity, p *Participation, version int64, d Details, beyond bool) error {
	if version != 0 && p.Version != version {
		return fault.New(fault.Conflict, "error.conflict")
	}
	if p.State.Out() {
		return fault.New(fault.Conflict, "participation.seat.changed")
	}
	person, err := account.PersonByID(ctx, tx, p.Person)
	if err != nil {
		return err
	}
	q := Request{Activity: a.ID, Name: person.Name, Email: person.Email, Place: d.Place, Country: d.Country, Organisation: d.Organisation, Role: p.Role, Mode: d.Mode, Visibility: d.Visibility, Funded: p.Funded}
	if q.Name == "" || q.Email == "" {
		return fault.New(fault.Conflict, "participation.seat.changed")
	}
	if p.Source == "nomination" {
		q.Place = p.Place // the seat belongs to the city
	}
	if err := k.checkRequest(ctx, tx, actor.System, a, Registration{}, &q); err != nil {
		return err
	}
	now := *p
	now.Place, now.Country, now.Organisation, now.Mode, now.Visibility = q.Place, q.Country, q.Organisation, q.Mode, q.Visibility
	if now == *p {
		return nil
	}
	moved := now.Place != p.Place || now.Country != p.Country || now.Mode != p.Mode
	if moved && p.State.Holds() && !beyond {
		s, err := countSeats(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		// A quota that bounded the seat before holds it already.
		for _, q := range s.full(now) {
			if !q.For(*p) || q.EachPlace && now.Place != p.Place {
				return fault.New(fault.Invalid, "participation.full", "Quota", quotaName(q))
			}
		}
	}
	before := *p
	*p = now
	if err := update(ctx, tx, p, false); err != nil {
		return err
	}
	if err := tx.Record(ctx, by, Subject, p.ID, "update", before, *p); err != nil {
		return err
	}
	if moved {
		return k.fill(ctx, tx, a.ID)
	}
	return nil
}

// FormOf is the edition of a form that somebody answered. Whether the reader may see the answer is asked by who read it.
func (k *Desk) FormOf(ctx context.Context, a form.Answer) (f form.Form, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		f, err = form.AsOf(ctx, tx, a.Form, a.Edition)
		return err
	})
	return f, err
}
