package participation

import (
	"context"
	"strings"
	"time"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/form"
)

func zoneOf(a activity.Activity) *time.Location {
	zone, err := time.LoadLocation(a.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// Setup reads how one gets into an activity, with its quotas.
func (k *Desk) Setup(ctx context.Context, by actor.Actor, activityID string) (r Registration, qs []Quota, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if r, err = Setup(ctx, tx, activityID); err != nil {
			return err
		}
		qs, err = Quotas(ctx, tx, activityID)
		return err
	})
	return r, qs, err
}

const (
	mostQuotas = 40
	mostSeats  = 100000
)

// SaveSetup stores how one gets into an activity and its quotas, over the version it was read in. Fewer seats than are taken is allowed: nobody
// loses a seat, and none is given until there is room. More seats are offered along the line at once.
func (k *Desk) SaveSetup(ctx context.Context, by actor.Actor, r Registration, qs []Quota) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		a, err := k.run(ctx, tx, by, r.Activity)
		if err != nil {
			return err
		}
		before, err := Setup(ctx, tx, r.Activity)
		if err != nil {
			return err
		}
		if before.Version != r.Version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		was, err := Quotas(ctx, tx, r.Activity)
		if err != nil {
			return err
		}
		if err := k.checkSetup(ctx, tx, a, &r, qs); err != nil {
			return err
		}
		r.Version++
		if err := PutSetup(ctx, tx, r); err != nil {
			return err
		}
		if err := PutQuotas(ctx, tx, r.Activity, qs); err != nil {
			return err
		}
		type setup struct {
			Registration
			Quotas []Quota
		}
		if err := tx.Record(ctx, by, "quota", r.Activity, "update", setup{before, was}, setup{r, qs}); err != nil {
			return err
		}
		return k.fill(ctx, tx, r.Activity)
	})
}

func (k *Desk) checkSetup(ctx context.Context, tx *db.Tx, a activity.Activity, r *Registration, qs []Quota) error {
	var f fault.Form
	for field, wall := range map[string]string{"opens": r.Opens, "closes": r.Closes, "followup_by": r.FollowupBy} {
		if wall == "" {
			continue
		}
		if a.Zone == "" {
			f.Add(field, "participation.zone.missing")
		} else if _, err := activity.Clock(wall, zoneOf(a)); err != nil {
			var e *fault.Error
			asFault(err, &e)
			f.Add(field, e.Message.Key, pairs(e.Message.Args)...)
		}
	}
	if w, err := r.Window(a); err == nil && !w.Opens.IsZero() && !w.Closes.IsZero() && !w.Opens.Before(w.Closes) {
		f.Add("closes", "participation.window.order")
	}
	if r.OfferHours < 1 || r.OfferHours > 24*60 {
		f.Add("offer_hours", "participation.offer.hours")
	}
	if r.Delegation < 0 || r.Delegation > 200 {
		f.Add("delegation", "participation.seats.range", "Max", 200)
	}
	for field, id := range map[string]string{"form": r.Form, "followup": r.Followup} {
		if id == "" {
			continue
		}
		if _, err := form.One(ctx, tx, id); fault.CodeOf(err) == fault.NotFound {
			f.Add(field, "participation.form.unknown")
		} else if err != nil {
			return err
		}
	}
	if len(qs) > mostQuotas {
		f.Add("quotas", "participation.quotas.many", "Max", mostQuotas)
	}
	for i := range qs {
		q := &qs[i]
		q.Activity = a.ID
		if q.ID == "" {
			q.ID = k.id()
		}
		at := "quotas." + itoa(i) + "."
		if text, _ := q.Names.In("en"); strings.TrimSpace(text) == "" {
			f.Add(at+"names", "participation.quota.name")
		}
		if q.Seats < 0 || q.Seats > mostSeats {
			f.Add(at+"seats", "participation.seats.range", "Max", mostSeats)
		}
		if q.EachPlace && q.Place != "" {
			f.Add(at+"place", "participation.quota.each")
		}
	}
	return f.Err()
}

// putAnswers stores what p's person answered to the published edition of a form.
func putAnswers(ctx context.Context, tx *db.Tx, p Participation, f form.Form, a form.Answers, sent bool) error {
	return form.PutAnswer(ctx, tx, form.Answer{Form: f.ID, Edition: f.Edition, Subject: Subject, Key: p.ID, Person: p.Person, Lang: p.Lang, Answers: f.Keep(a), Sent: sent})
}
