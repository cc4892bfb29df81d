package participation

import (
	"context"
	"sort"
	"time"

	"aircommons/internal/db"
	"aircommons/internal/fault"
)

const columns = `id, activity_id, person_id, place, country, organisation, role, mode, funded, delegation, state, since, queued_at, offer_until, reason, source, visibility, lang, created_at, version`

func list(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Participation, error) {
	var out []Participation
	err := tx.Each(ctx, `SELECT `+columns+` FROM participation `+where, args, func(scan func(...any) error) error {
		var p Participation
		err := scan(&p.ID, &p.Activity, &p.Person, &p.Place, &p.Country, &p.Organisation, &p.Role, &p.Mode, &p.Funded, &p.Delegation,
			&p.State, &p.Since, &p.Queued, &p.OfferUntil, &p.Reason, &p.Source, &p.Visibility, &p.Lang, &p.Created, &p.Version)
		p.Since, p.Created, p.Queued, p.OfferUntil = p.Since.UTC(), p.Created.UTC(), utc(p.Queued), utc(p.OfferUntil)
		out = append(out, p)
		return err
	})
	return out, err
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

// List is everybody of an activity in the order in which they came, within a transaction.
func List(ctx context.Context, tx *db.Tx, activity string) ([]Participation, error) {
	all, err := list(ctx, tx, `WHERE activity_id = $1`, activity)
	sort.Slice(all, func(i, j int) bool {
		if !all[i].Created.Equal(all[j].Created) {
			return all[i].Created.Before(all[j].Created)
		}
		return all[i].ID < all[j].ID
	})
	return all, err
}

// One reads a participation within a transaction.
func One(ctx context.Context, tx *db.Tx, id string) (Participation, error) {
	all, err := list(ctx, tx, `WHERE id = $1`, id)
	if err == nil && len(all) == 0 {
		err = notFound()
	}
	if err != nil {
		return Participation{}, err
	}
	return all[0], nil
}

// OfPerson lists what a person takes or took part in, within a transaction.
func OfPerson(ctx context.Context, tx *db.Tx, person string) ([]Participation, error) {
	return list(ctx, tx, `WHERE person_id = $1`, person)
}

func notFound() error { return fault.New(fault.NotFound, "error.notfound") }

func insert(ctx context.Context, tx *db.Tx, p Participation) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO participation (`+columns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20)`,
		p.ID, p.Activity, p.Person, p.Place, p.Country, p.Organisation, p.Role, p.Mode, p.Funded, p.Delegation, string(p.State), p.Since, p.Queued,
		p.OfferUntil, p.Reason, p.Source, string(p.Visibility), p.Lang, p.Created, p.Version)
	if err == nil {
		err = step(ctx, tx, p)
	}
	return err
}

// update writes p over the version it was read in.
func update(ctx context.Context, tx *db.Tx, p *Participation, stepped bool) error {
	err := db.Changed(tx.ExecContext(ctx, `UPDATE participation SET person_id = $1, place = $2, country = $3, organisation = $4, role = $5, mode = $6, funded = $7,
		delegation = $8, state = $9, since = $10, queued_at = $11, offer_until = $12, reason = $13, source = $14, visibility = $15, lang = $16, version = version + 1
		WHERE id = $17 AND version = $18`, p.Person, p.Place, p.Country, p.Organisation, p.Role, p.Mode, p.Funded, p.Delegation, string(p.State), p.Since,
		p.Queued, p.OfferUntil, p.Reason, p.Source, string(p.Visibility), p.Lang, p.ID, p.Version))
	if err != nil {
		return err
	}
	p.Version++
	if stepped {
		return step(ctx, tx, *p)
	}
	return nil
}

func step(ctx context.Context, tx *db.Tx, p Participation) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO participation_step (participation_id, step, state, at, reason)
		VALUES ($1, (SELECT COALESCE(MAX(step),0)+1 FROM participation_step WHERE participation_id = $1), $2, $3, $4)`, p.ID, string(p.State), p.Since, p.Reason)
	return err
}

// Step is one step of a participation.
type Step struct {
	State  State
	At     time.Time
	Reason string
}

// Steps lists what happened to a participation, the first step first, within a transaction.
func Steps(ctx context.Context, tx *db.Tx, id string) ([]Step, error) {
	var out []Step
	err := tx.Each(ctx, `SELECT state, at, reason FROM participation_step WHERE participation_id = $1 ORDER BY step`, []any{id}, func(scan func(...any) error) error {
		var s Step
		err := scan(&s.State, &s.At, &s.Reason)
		s.At = s.At.UTC()
		out = append(out, s)
		return err
	})
	return out, err
}

// Setup reads how one gets into an activity, within a transaction. Of an activity without registration it is closed.
func Setup(ctx context.Context, tx *db.Tx, activity string) (r Registration, err error) {
	err = tx.One(ctx, `SELECT open, opens, closes, approve, waiting, offer_hours, delegation, form, followup, followup_by, note, version FROM registration WHERE activity_id = $1`,
		[]any{activity}, &r.Open, &r.Opens, &r.Closes, &r.Approve, &r.Waiting, &r.OfferHours, &r.Delegation, &r.Form, &r.Followup, &r.FollowupBy, &r.Note, &r.Version)
	if fault.CodeOf(err) == fault.NotFound {
		r, err = Registration{Waiting: true, OfferHours: 48}, nil
	}
	r.Activity = activity
	return r, err
}

// PutSetup stores how one gets into an activity, whatever was there, within a transaction.
func PutSetup(ctx context.Context, tx *db.Tx, r Registration) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO registration (activity_id, open, opens, closes, approve, waiting, offer_hours, delegation, form, followup, followup_by, note, version)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13) ON CONFLICT (activity_id) DO UPDATE SET open = excluded.open, opens = excluded.opens, closes = excluded.closes,
		approve = excluded.approve, waiting = excluded.waiting, offer_hours = excluded.offer_hours, delegation = excluded.delegation, form = excluded.form,
		followup = excluded.followup, followup_by = excluded.followup_by, note = excluded.note, version = excluded.version`,
		r.Activity, r.Open, r.Opens, r.Closes, r.Approve, r.Waiting, r.OfferHours, r.Delegation, r.Form, r.Followup, r.FollowupBy, r.Note, r.Version)
	return err
}

// Quotas lists the quotas of an activity in their order, within a transaction.
func Quotas(ctx context.Context, tx *db.Tx, activity string) ([]Quota, error) {
	var out []Quota
	err := tx.Each(ctx, `SELECT id, activity_id, names, seats, role, country, place, mode, funded, each_place FROM quota WHERE activity_id = $1 ORDER BY position, id`,
		[]any{activity}, func(scan func(...any) error) error {
			var q Quota
			err := scan(&q.ID, &q.Activity, &q.Names, &q.Seats, &q.Role, &q.Country, &q.Place, &q.Mode, &q.Funded, &q.EachPlace)
			out = append(out, q)
			return err
		})
	return out, err
}

// PutQuotas stores the quotas of an activity in place of those there were, within a transaction.
func PutQuotas(ctx context.Context, tx *db.Tx, activity string, qs []Quota) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM quota WHERE activity_id = $1`, activity); err != nil {
		return err
	}
	for i, q := range qs {
		if _, err := tx.ExecContext(ctx, `INSERT INTO quota (id, activity_id, position, names, seats, role, country, place, mode, funded, each_place)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`, q.ID, activity, i, q.Names, q.Seats, q.Role, q.Country, q.Place, q.Mode, q.Funded, q.EachPlace); err != nil {
			return err
		}
	}
	return nil
}
