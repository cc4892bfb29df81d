package participation

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/post"
)

// Targets are the states that several people can be taken to at once.
var Targets = []State{Confirmed, Waiting, Rejected, Withdrawn, Applied}

// Plan is what taking several people a step on would do.
type Plan struct {
	To    State
	Do    []Row
	Same  []Row    // are there already
	Not   []Row    // cannot go there from where they are
	Over  []Beyond // have no seat
	Freed int      // seats that become free
	Next  int      // people in line who are offered a seat then
}

// Beyond is somebody whom a quota has no seat for.
type Beyond struct {
	Row
	Quota Quota
}

// Exceeding counts those without a seat by quota, in the order of the quotas.
func (p Plan) Exceeding() (out []struct {
	Quota Quota
	Count int
}) {
	for _, o := range p.Over {
		i := slices.IndexFunc(out, func(x struct {
			Quota Quota
			Count int
		}) bool {
			return x.Quota.ID == o.Quota.ID
		})
		if i < 0 {
			out = append(out, struct {
				Quota Quota
				Count int
			}{o.Quota, 1})
		} else {
			out[i].Count++
		}
	}
	return out
}

// Several names people of an activity: by id, or by a filter where ids are none.
type Several struct {
	IDs    []string
	Filter Filter
}

func (s Several) pick(rows []Row) (out []Row) {
	for _, r := range rows {
		if len(s.IDs) > 0 && slices.Contains(s.IDs, r.ID) || len(s.IDs) == 0 && s.Filter.Has(r) {
			out = append(out, r)
		}
	}
	return out
}

// PlanSteps tells what Steps would do now, without doing it. beyond gives seats that no quota has.
func (k *Desk) PlanSteps(ctx context.Context, by actor.Actor, activityID string, who Several, to State, beyond bool) (p Plan, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		a, err := k.run(ctx, tx, by, activityID)
		if err != nil {
			return err
		}
		setup, err := Setup(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		all, err := rows(ctx, tx, a, setup)
		if err != nil {
			return err
		}
		p, err = plan(ctx, tx, a.ID, who.pick(all), to, beyond)
		return err
	})
	return p, err
}

// narrowest is the quota that says most about whom it is for.
func narrowest(qs []Quota) Quota {
	conditions := func(q Quota) (n int) {
		for _, x := range []bool{q.Role != "", q.Country != "", q.Place != "", q.Mode != "", q.Funded != "", q.EachPlace} {
			if x {
				n++
			}
		}
		return n
	}
	return slices.MaxFunc(qs, func(a, b Quota) int { return conditions(a) - conditions(b) })
}

func plan(ctx context.Context, tx *db.Tx, activityID string, those []Row, to State, beyond bool) (p Plan, err error) {
	if !slices.Contains(Targets, to) {
		return p, fault.New(fault.Invalid, "participation.bulk.to")
	}
	p.To = to
	s, err := countSeats(ctx, tx, activityID)
	if err != nil {
		return p, err
	}
	for _, r := range those {
		switch {
		case r.State == to:
			p.Same = append(p.Same, r)
			continue
		case !slices.Contains(Decisions(r.Participation), to):
			p.Not = append(p.Not, r)
			continue
		}
		if to.Holds() && !r.State.Holds() {
			if full := s.full(r.Participation); len(full) > 0 && !beyond {
				p.Over = append(p.Over, Beyond{r, narrowest(full)})
				continue
			}
			s.take(r.Participation)
		}
		if r.State.Holds() && !to.Holds() {
			s.leave(r.Participation)
			p.Freed++
		}
		p.Do = append(p.Do, r)
	}
	if p.Freed > 0 {
		waiting, err := line(ctx, tx, activityID)
		if err != nil {
			return p, err
		}
		for _, x := range waiting {
			if !slices.ContainsFunc(p.Do, func(r Row) bool { return r.ID == x.ID }) && len(s.full(x)) == 0 {
				s.take(x)
				p.Next++
			}
		}
	}
	return p, nil
}

// Batch is several people who were taken a step on together.
type Batch struct {
	ID       string
	Activity string
	To       State
	At       time.Time
	By       string
	Undone   bool
	Moved    []moved
}

type moved struct {
	ID      string
	From    Participation // as it was
	Version int64         // after
	Letter  string        // key in the outbox
}

// Steps takes people a step on. Their letters wait in the outbox for somebody's look when hold is set. What was planned is compared: when it would
// do something else now, nothing is done.
func (k *Desk) Steps(ctx context.Context, by actor.Actor, activityID string, who Several, to State, reason string, beyond, hold bool, expect int) (b Batch, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		a, err := k.run(ctx, tx, by, activityID)
		if err != nil {
			return err
		}
		reason, err := words(reason)
		if err != nil {
			return err
		}
		setup, err := Setup(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		all, err := rows(ctx, tx, a, setup)
		if err != nil {
			return err
		}
		p, err := plan(ctx, tx, a.ID, who.pick(all), to, beyond)
		if err != nil {
			return err
		}
		if len(p.Do) != expect {
			return fault.New(fault.Conflict, "participation.bulk.changed")
		}
		b = Batch{ID: k.id(), Activity: a.ID, To: to, At: tx.Now, By: by.Name}
		for _, r := range p.Do {
			x := r.Participation
			key, err := k.step(ctx, tx, by, &x, to, reason, hold)
			if err != nil {
				return err
			}
			b.Moved = append(b.Moved, moved{x.ID, r.Participation, x.Version, key})
		}
		if p.Freed > 0 {
			if err := k.fill(ctx, tx, a.ID); err != nil {
				return err
			}
		}
		content, err := json.Marshal(b.Moved)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO participation_batch (id, activity_id, to_state, content, by_name, at, undone) VALUES ($1,$2,$3,$4,$5,$6,$7)`, b.ID, a.ID, string(to), string(content), by.Name, tx.Now, false)
		return err
	})
	return b, err
}

// Batches lists what was done to several people of an activity at once, the latest first.
func (k *Desk) Batches(ctx context.Context, by actor.Actor, activityID string) (out []Batch, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := k.run(ctx, tx, by, activityID); err != nil {
			return err
		}
		out, err = batches(ctx, tx, `WHERE activity_id = $1 ORDER BY at DESC, id`, activityID)
		return err
	})
	return out, err
}

func batches(ctx context.Context, tx *db.Tx, where string, args ...any) (out []Batch, err error) {
	err = tx.Each(ctx, `SELECT id, activity_id, to_state, content, by_name, at, undone FROM participation_batch `+where, args, func(scan func(...any) error) error {
		var b Batch
		var content string
		if err := scan(&b.ID, &b.Activity, &b.To, &content, &b.By, &b.At, &b.Undone); err != nil {
			return err
		}
		b.At = b.At.UTC()
		if err := json.Unmarshal([]byte(content), &b.Moved); err != nil {
			return err
		}
		out = append(out, b)
		return nil
	})
	return out, err
}

// Undo takes back what Steps did, for those to whom nothing has happened since and whose seat is still free; letters that have not left are
// cancelled. It tells how many were brought back and how many were not.
func (k *Desk) Undo(ctx context.Context, by actor.Actor, batch string) (back, kept int, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		back, kept = 0, 0
		bs, err := batches(ctx, tx, `WHERE id = $1`, batch)
		if err != nil {
			return err
		}
		if len(bs) == 0 {
			return notFound()
		}
		b := bs[0]
		if _, err := k.run(ctx, tx, by, b.Activity); err != nil {
			return err
		}
		if b.Undone {
			return fault.New(fault.Conflict, "participation.bulk.undone")
		}
		for _, m := range b.Moved {
			p, err := One(ctx, tx, m.ID)
			if err != nil {
				return err
			}
			if p.Version != m.Version {
				kept++
				continue
			}
			now := m.From
			if now.State.Holds() && !p.State.Holds() {
				s, err := countSeats(ctx, tx, b.Activity)
				if err != nil {
					return err
				}
				if len(s.full(now)) > 0 {
					kept++
					continue
				}
			}
			now.Version, now.Since = p.Version, tx.Now
			if err := update(ctx, tx, &now, true); err != nil {
				return err
			}
			if err := tx.Record(ctx, by, Subject, p.ID, "undo", p, now); err != nil {
				return err
			}
			if m.Letter != "" {
				if err := post.CancelOf(ctx, tx, m.Letter); err != nil {
					return err
				}
			}
			back++
		}
		if _, err := tx.ExecContext(ctx, `UPDATE participation_batch SET undone = $1 WHERE id = $2`, true, batch); err != nil {
			return err
		}
		return k.fill(ctx, tx, b.Activity)
	})
	return back, kept, err
}
