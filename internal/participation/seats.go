package participation

import (
	"context"
	"sort"
	"strings"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
)

// seats counts the seats of an activity within one transaction, by kinds of people that quotas tell apart.
type seats struct {
	quotas []Quota
	kinds  []kind
}

// kind is how many people are alike to every quota.
type kind struct {
	like Participation
	n    int
}

func countSeats(ctx context.Context, tx *db.Tx, activity string) (*seats, error) {
	qs, err := Quotas(ctx, tx, activity)
	if err != nil {
		return nil, err
	}
	s := &seats{quotas: qs}
	if len(qs) > 0 {
		s.kinds, err = kinds(ctx, tx, `activity_id = $1 AND state IN ('offered','confirmed','present','absent')`, activity)
	}
	return s, err
}

func kinds(ctx context.Context, tx *db.Tx, where string, args ...any) (out []kind, err error) {
	err = tx.Each(ctx, `SELECT role, country, place, mode, funded, COUNT(*) FROM participation WHERE `+where+` GROUP BY role, country, place, mode, funded`, args, func(scan func(...any) error) error {
		var k kind
		err := scan(&k.like.Role, &k.like.Country, &k.like.Place, &k.like.Mode, &k.like.Funded, &k.n)
		out = append(out, k)
		return err
	})
	return out, err
}

// taken counts the seats of a quota that are taken; of one for each city, those of p's city.
func (s *seats) taken(q Quota, p Participation) int {
	n := 0
	for _, x := range s.kinds {
		if q.For(x.like) && (!q.EachPlace || x.like.Place == p.Place) {
			n += x.n
		}
	}
	return n
}

// full lists the quotas that have no room for p, who has no seat yet. None: there is one.
func (s *seats) full(p Participation) (out []Quota) {
	for _, q := range s.quotas {
		if q.For(p) && s.taken(q, p) >= q.Seats {
			out = append(out, q)
		}
	}
	return out
}

// take counts p's seat from now on.
func (s *seats) take(p Participation) { s.kinds = append(s.kinds, kind{p, 1}) }

// leave counts p's seat no longer.
func (s *seats) leave(p Participation) { s.kinds = append(s.kinds, kind{p, -1}) }

// line lists who waits for a seat of an activity, the first in line first.
func line(ctx context.Context, tx *db.Tx, activity string) ([]Participation, error) {
	all, err := list(ctx, tx, `WHERE activity_id = $1 AND state = 'waiting'`, activity)
	sort.Slice(all, func(i, j int) bool {
		a, b := all[i].Queued, all[j].Queued
		if a != nil && b != nil && !a.Equal(*b) {
			return a.Before(*b)
		}
		return all[i].ID < all[j].ID
	})
	return all, err
}

// lastInLine is the time that puts somebody behind all who wait, also when the clock was set back meanwhile.
func lastInLine(ctx context.Context, tx *db.Tx, activity string) (*time.Time, error) {
	at := tx.Now.Truncate(time.Microsecond)
	err := tx.Each(ctx, `SELECT queued_at FROM participation WHERE activity_id = $1 AND queued_at >= $2 ORDER BY queued_at DESC LIMIT 1`, []any{activity, at}, func(scan func(...any) error) error {
		var q time.Time
		err := scan(&q)
		at = q.UTC().Truncate(time.Microsecond).Add(time.Microsecond)
		return err
	})
	return &at, err
}

// fill offers free seats along the line: whoever comes first and fits into every quota. It is called after each change that may
// have freed a seat, so that a seat is never free while somebody who could have it waits.
func (k *Desk) fill(ctx context.Context, tx *db.Tx, activity string) error {
	waiting, err := line(ctx, tx, activity)
	if err != nil || len(waiting) == 0 {
		return err
	}
	setup, err := Setup(ctx, tx, activity)
	if err != nil {
		return err
	}
	s, err := countSeats(ctx, tx, activity)
	if err != nil {
		return err
	}
	none := map[string]bool{} // those alike for whom there is no seat
	for _, p := range waiting {
		alike := strings.Join([]string{p.Role, p.Country, p.Place, p.Mode, map[bool]string{true: "f"}[p.Funded]}, "\x00")
		if none[alike] {
			continue
		}
		if len(s.full(p)) > 0 {
			none[alike] = true
			continue
		}
		until := tx.Now.Add(time.Duration(max(1, setup.OfferHours)) * time.Hour)
		p.OfferUntil = &until
		if err := k.move(ctx, tx, actor.System, &p, Offered, ""); err != nil {
			return err
		}
		s.take(p)
	}
	return nil
}

// Expire ends the offers whose time has run out and gives the seats on. It returns how many ended.
func (k *Desk) Expire(ctx context.Context) (n int, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		return tx.One(ctx, `SELECT COUNT(*) FROM participation WHERE state = 'offered' AND offer_until <= $1`, []any{tx.Now}, &n)
	})
	if err != nil || n == 0 {
		return 0, err
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		n = 0
		ended, err := list(ctx, tx, `WHERE state = 'offered' AND offer_until <= $1`, tx.Now)
		if err != nil {
			return err
		}
		sort.Slice(ended, func(i, j int) bool { return ended[i].ID < ended[j].ID })
		freed := map[string]bool{}
		for _, p := range ended {
			if err := k.move(ctx, tx, actor.System, &p, Expired, ""); err != nil {
				return err
			}
			freed[p.Activity] = true
			n++
		}
		for a := range freed {
			if err := k.fill(ctx, tx, a); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// Turn is one's own place in line and why one waits.
type Turn struct {
	Ahead int     // people in line before, who compete for a seat that one waits for
	Full  []Quota // that have no room; none when a seat is about to be offered
}

// turn says where p stands in line.
func turn(ctx context.Context, tx *db.Tx, p Participation) (t Turn, err error) {
	s, err := countSeats(ctx, tx, p.Activity)
	if err != nil {
		return t, err
	}
	t.Full = s.full(p)
	if len(t.Full) == 0 || p.Queued == nil {
		return t, nil
	}
	before, err := kinds(ctx, tx, `activity_id = $1 AND state = 'waiting' AND (queued_at < $2 OR queued_at = $2 AND id < $3)`, p.Activity, *p.Queued, p.ID)
	for _, x := range before {
		for _, q := range t.Full {
			if q.For(x.like) && (!q.EachPlace || x.like.Place == p.Place) {
				t.Ahead += x.n
				break
			}
		}
	}
	return t, err
}

// Free tells how many seats of a quota are taken, within a transaction. Of a quota for each city: by city.
func Free(ctx context.Context, tx *db.Tx, activity string) (qs []Quota, taken []map[string]int, err error) {
	s, err := countSeats(ctx, tx, activity)
	if err != nil {
		return nil, nil, err
	}
	for _, q := range s.quotas {
		by := map[string]int{}
		for _, x := range s.kinds {
			if q.For(x.like) {
				if q.EachPlace {
					by[x.like.Place] += x.n
				} else {
					by[""] += x.n
				}
			}
		}
		taken = append(taken, by)
	}
	return s.quotas, taken, nil
}
