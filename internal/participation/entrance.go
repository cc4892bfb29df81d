package participation

import (
	"context"
	"time"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/form"
)

// Entrance is what the page of registration shows.
type Entrance struct {
	Activity activity.Activity
	Setup    Registration
	Window   Window
	Form     *form.Form // what is asked besides; nil for nothing
	Door     Door
	Now      time.Time
}

// Door says whether one can register now. The texts of the closed ones are "participation.door.<word>".
type Door string

const (
	Open    Door = "open"
	Line    Door = "line"   // open; all seats that anybody could have are taken, and there is a waiting list
	Full    Door = "full"   // and there is none
	Closed  Door = "closed" // not opened, or closed by an officer
	Early   Door = "early"
	Late    Door = "late"
	Over    Door = "over"    // the activity has ended
	Unready Door = "unready" // the form is not published
)

// Takes reports whether somebody can register.
func (d Door) Takes() bool { return d == Open || d == Line }

// Entrance tells how one gets into an activity now.
func (k *Desk) Entrance(ctx context.Context, by actor.Actor, id string) (e Entrance, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		e, err = entrance(ctx, tx, by, id)
		return err
	})
	return e, err
}

func entrance(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (e Entrance, err error) {
	if e.Activity, err = activity.One(ctx, tx, id); err != nil {
		return e, err
	}
	if e.Activity.State != activity.Published && !Runs(by, e.Activity) {
		return e, notFound()
	}
	if e.Setup, err = Setup(ctx, tx, id); err != nil {
		return e, err
	}
	if e.Window, err = e.Setup.Window(e.Activity); err != nil {
		return e, err
	}
	e.Now = tx.Now
	if e.Setup.Form != "" {
		f, err := form.One(ctx, tx, e.Setup.Form)
		if fault.CodeOf(err) == fault.NotFound {
			e.Door = Unready
			return e, nil
		}
		if err != nil {
			return e, err
		}
		e.Form = &f
	}
	e.Door, err = door(ctx, tx, e)
	return e, err
}

func door(ctx context.Context, tx *db.Tx, e Entrance) (Door, error) {
	p := e.Activity.Period
	switch {
	case p.Known() && !p.Open() && tx.Now.After(p.Last().AddDate(0, 0, 1).Add(12*time.Hour)): // the day has ended in every zone
		return Over, nil
	case !e.Setup.Open:
		return Closed, nil
	case !e.Window.Opens.IsZero() && tx.Now.Before(e.Window.Opens):
		return Early, nil
	case !e.Window.Closes.IsZero() && !tx.Now.Before(e.Window.Closes):
		return Late, nil
	}
	s, err := countSeats(ctx, tx, e.Activity.ID)
	if err != nil {
		return "", err
	}
	for _, q := range s.quotas {
		everybody := q.Role == "" && q.Country == "" && q.Place == "" && q.Funded == "" && !q.EachPlace && (q.Mode == "" || q.Mode == e.Activity.Mode)
		if everybody && s.taken(q, Participation{}) >= q.Seats {
			if e.Setup.Waiting {
				return Line, nil
			}
			return Full, nil
		}
	}
	return Open, nil
}
