package participation_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/fault"
	"aircommons/internal/network"
	. "aircommons/internal/participation"
)

var officer = actor.Actor{ID: "officer", Name: "Officer", Role: actor.Secretariat}

// clock is a clock that a test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

func (c *clock) add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.t = c.t.Add(d) }

// at is 1 May 2027, 12:00 in Seoul.
func at() *clock { return &clock{t: time.Date(2027, 5, 1, 3, 0, 0, 0, time.UTC)} }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// each runs a test with a published forum in Seoul on every engine.
func each(t *testing.T, f func(t *testing.T, c *clock, d *db.DB, k *Desk)) {
	c := at()
	dbtest.Each(t, c.now, func(t *testing.T, d *db.DB) {
		c.add(at().t.Sub(c.now())) // one clock for all engines
		must(t, forum(d))
		f(t, c, d, New(d))
	})
}

// forum puts a published forum in Seoul into a store.
func forum(d *db.DB) error {
	return d.Write(context.Background(), func(tx *db.Tx) error {
		for _, p := range []network.Place{{ID: "seoul", Names: db.Text{"en": "Seoul"}, Kind: "city", Country: "KR", TimeZone: "Asia/Seoul"},
			{ID: "beijing", Names: db.Text{"en": "Beijing"}, Kind: "city", Country: "CN", TimeZone: "Asia/Shanghai"},
			{ID: "ulaanbaatar", Names: db.Text{"en": "Ulaanbaatar"}, Kind: "city", Country: "MN", TimeZone: "Asia/Ulaanbaatar"}} {
			if err := network.PutPlace(context.Background(), tx, p); err != nil {
				return err
			}
		}
		if err := activity.PutProgramme(context.Background(), tx, activity.Programme{ID: "seoul-forum", Kind: "forum", Names: db.Text{"en": "Seoul Forum"}, State: activity.Published}); err != nil {
			return err
		}
		return activity.PutActivity(context.Background(), tx, activity.Activity{ID: "forum-2027", Programme: "seoul-forum", Kind: "forum", Names: db.Text{"en": "Forum 2027"},
			Period: network.On("2027-09-20"), Place: "seoul", Zone: "Asia/Seoul", Mode: "hybrid", State: activity.Published, Version: 1})
	})
}

func setup(t *testing.T, k *Desk, r Registration, qs ...Quota) {
	t.Helper()
	now, _, err := k.Setup(context.Background(), officer, "forum-2027")
	must(t, err)
	r.Activity, r.Version, r.Open = "forum-2027", now.Version, true
	if r.OfferHours == 0 {
		r.OfferHours = 48
	}
	for i := range qs {
		qs[i].Names = db.Text{"en": fmt.Sprint("Quota ", i)}
	}
	must(t, k.SaveSetup(context.Background(), officer, r, qs))
}

func person(n int, place string) Request {
	return Request{Activity: "forum-2027", Name: fmt.Sprint("Person ", n), Email: fmt.Sprintf("p%d@example.org", n), Lang: "ko", Place: place}
}

func register(t *testing.T, k *Desk, q Request) Outcome {
	t.Helper()
	out, err := k.Register(context.Background(), actor.Actor{}, q)
	must(t, err)
	return out
}

func count(t *testing.T, d *db.DB, query string, args ...any) (n int) {
	t.Helper()
	must(t, d.Read(context.Background(), func(tx *db.Tx) error { return tx.One(context.Background(), query, args, &n) }))
	return n
}

// Two hundred clients at once for five seats leave five, and a line of 195 without gaps or doubles.
func TestNeverOversold(t *testing.T) {
	each(t, func(t *testing.T, _ *clock, d *db.DB, k *Desk) {
		setup(t, k, Registration{Waiting: true}, Quota{Seats: 5})
		var wg sync.WaitGroup
		errs := make(chan error, 400)
		for i := range 200 {
			for range 2 { // each presses twice
				wg.Go(func() {
					q := person(i, "")
					q.Key = fmt.Sprint("form-", i)
					_, err := k.Register(context.Background(), actor.Actor{}, q)
					errs <- err
				})
			}
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			must(t, err)
		}
		l, err := k.People(context.Background(), officer, "forum-2027", Filter{})
		must(t, err)
		ps := l.Rows
		states := map[State]int{}
		for _, p := range ps {
			states[p.State]++
		}
		if len(ps) != 200 || states[Confirmed] != 5 || states[Waiting] != 195 {
			t.Fatal(len(ps), states)
		}
		if n := count(t, d, `SELECT COUNT(*) FROM mail`); n != 200 {
			t.Errorf("%d letters to 200 people", n)
		}
	})
}

// A seat that is given back goes to the first in line, who has 48 hours; then to the next.
func TestLine(t *testing.T) {
	each(t, func(t *testing.T, c *clock, d *db.DB, k *Desk) {
		ctx := context.Background()
		setup(t, k, Registration{Waiting: true}, Quota{Seats: 2})
		var outs []Outcome
		for i := range 4 {
			c.add(time.Minute)
			outs = append(outs, register(t, k, person(i, "")))
		}
		for i, want := range []State{Confirmed, Confirmed, Waiting, Waiting} {
			if outs[i].State != want || outs[i].Link == "" {
				t.Fatal(i, outs[i])
			}
		}
		o, err := k.Own(ctx, actor.Actor{}, outs[3].Link)
		must(t, err)
		if o.Turn.Ahead != 1 || len(o.Turn.Full) != 1 {
			t.Error(o.Turn)
		}
		if _, err := k.Accept(ctx, actor.Actor{}, outs[2].Link); fault.CodeOf(err) != fault.Conflict {
			t.Error("took a seat that was not offered", err)
		}
		_, err = k.Leave(ctx, actor.Actor{}, outs[0].Link, "ill")
		must(t, err)
		_, err = k.Leave(ctx, actor.Actor{}, outs[0].Link, "ill") // pressed twice
		must(t, err)
		o, err = k.Own(ctx, actor.Actor{}, outs[2].Link)
		must(t, err)
		if o.State != Offered || o.OfferUntil == nil || !o.OfferUntil.Equal(c.now().Add(48*time.Hour)) {
			t.Fatal(o.State, o.OfferUntil)
		}
		c.add(48 * time.Hour)
		if _, err := k.Accept(ctx, actor.Actor{}, outs[2].Link); fault.CodeOf(err) != fault.Invalid {
			t.Error("an offer that has run out was taken", err)
		}
		n, err := k.Expire(ctx)
		must(t, err)
		if n != 1 {
			t.Error(n)
		}
		o, err = k.Own(ctx, actor.Actor{}, outs[3].Link)
		must(t, err)
		if o.State != Offered {
			t.Fatal(o.State)
		}
		p, err := k.Accept(ctx, actor.Actor{}, outs[3].Link)
		must(t, err)
		if p.State != Confirmed {
			t.Error(p.State)
		}
		// Whose offer ran out may come again, to the end of the line.
		if again := register(t, k, person(2, "")); again.State != Waiting || again.ID != outs[2].ID {
			t.Error(again)
		}
	})
}

// Quotas overlap: three for each city, one online from Mongolia, ten in all.
func TestQuotas(t *testing.T) {
	each(t, func(t *testing.T, _ *clock, d *db.DB, k *Desk) {
		setup(t, k, Registration{Waiting: true}, Quota{Seats: 10}, Quota{Seats: 3, EachPlace: true}, Quota{Seats: 1, Country: "MN", Mode: "online"})
		n := 0
		ask := func(place, mode string) State {
			n++
			q := person(n, place)
			q.Mode = mode
			return register(t, k, q).State
		}
		for i, c := range []struct {
			place, mode string
			want        State
		}{{"seoul", "onsite", Confirmed}, {"seoul", "online", Confirmed}, {"seoul", "onsite", Confirmed}, {"seoul", "onsite", Waiting},
			{"ulaanbaatar", "online", Confirmed}, {"ulaanbaatar", "online", Waiting}, {"ulaanbaatar", "onsite", Confirmed},
			{"", "onsite", Confirmed}, {"", "onsite", Confirmed}, {"", "onsite", Confirmed}, {"", "onsite", Confirmed}, {"beijing", "onsite", Confirmed}, {"beijing", "onsite", Waiting}} {
			if got := ask(c.place, c.mode); got != c.want {
				t.Errorf("%d: %s %s %s, want %s", i, c.place, c.mode, got, c.want)
			}
		}
		// More seats in all go to whom no other quota stops.
		setup(t, k, Registration{Waiting: true}, Quota{Seats: 20}, Quota{Seats: 3, EachPlace: true}, Quota{Seats: 1, Country: "MN", Mode: "online"})
		if n := count(t, d, `SELECT COUNT(*) FROM participation WHERE state = 'offered' AND place = 'beijing'`); n != 1 {
			t.Error(n)
		}
		if n := count(t, d, `SELECT COUNT(*) FROM participation WHERE state = 'waiting'`); n != 2 {
			t.Error(n)
		}
	})
}

func TestRequests(t *testing.T) {
	each(t, func(t *testing.T, c *clock, d *db.DB, k *Desk) {
		ctx := context.Background()
		setup(t, k, Registration{}, Quota{Seats: 2})
		q := person(1, "")
		q.Key = "once"
		first := register(t, k, q)
		if again := register(t, k, q); !again.Again || again.ID != first.ID || again.Link == "" || again.Link == first.Link {
			t.Error(again)
		}
		q.Name = "Somebody else"
		if _, err := k.Register(ctx, actor.Actor{}, q); fault.CodeOf(err) != fault.Conflict {
			t.Error("a key was taken for two requests", err)
		}
		q.Key = "other"
		if again := register(t, k, q); !again.Again || again.ID != first.ID || again.Link != "" {
			t.Error("a second seat for one person", again)
		}
		register(t, k, person(2, ""))
		if _, err := k.Register(ctx, actor.Actor{}, person(3, "")); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "participation.full") {
			t.Error("no waiting list, but", err)
		}
		if n := count(t, d, `SELECT COUNT(*) FROM mail`); n != 3 { // two, and one to whom registered again
			t.Error(n, "letters")
		}
		for _, bad := range []Request{{}, {Activity: "forum-2027", Name: "A"}, {Activity: "forum-2027", Email: "a@example.org"}, {Activity: "forum-2027", Name: strings.Repeat("x", 300), Email: "a@example.org"},
			{Activity: "forum-2027", Name: "A", Email: "a@example.org", Place: "nowhere"}} {
			if _, err := k.Register(ctx, actor.Actor{}, bad); err == nil {
				t.Errorf("%+v was taken", bad)
			}
		}
	})
}

// The deadline is one of the wall in Seoul: 18:00 there is 09:00 in UTC.
func TestDeadline(t *testing.T) {
	each(t, func(t *testing.T, c *clock, d *db.DB, k *Desk) {
		ctx := context.Background()
		setup(t, k, Registration{Opens: "2027-05-01T13:00", Closes: "2027-05-01T18:00"}, Quota{Seats: 100})
		if _, err := k.Register(ctx, actor.Actor{}, person(1, "")); err == nil || !strings.Contains(err.Error(), "participation.early") {
			t.Error(err)
		}
		c.add(time.Hour)
		register(t, k, person(1, ""))
		c.add(5*time.Hour - time.Millisecond)
		register(t, k, person(2, ""))
		c.add(time.Millisecond)
		if _, err := k.Register(ctx, actor.Actor{}, person(3, "")); err == nil || !strings.Contains(err.Error(), "participation.late") {
			t.Error(err)
		}
		if out, err := k.Register(ctx, officer, person(3, "")); err != nil || out.State != Confirmed {
			t.Error("an officer may register somebody later", err)
		}
	})
}

// A seat that belongs to a city is named later by its focal point, and given on to somebody else.
func TestCitySeats(t *testing.T) {
	each(t, func(t *testing.T, c *clock, d *db.DB, k *Desk) {
		ctx := context.Background()
		setup(t, k, Registration{Waiting: true, Delegation: 3}, Quota{Seats: 4})
		ps, err := k.SeatCity(ctx, officer, "forum-2027", "ulaanbaatar", 2, Participation{Funded: true})
		must(t, err)
		if len(ps) != 2 || ps[0].Country != "MN" || ps[0].State != Confirmed {
			t.Fatal(ps)
		}
		focal := actor.Actor{ID: "focal", Role: actor.Visitor, Grants: []actor.Grant{{Role: actor.FocalPoint, Subject: "place", Key: "ulaanbaatar"}}}
		other := actor.Actor{ID: "other", Role: actor.Visitor, Grants: []actor.Grant{{Role: actor.FocalPoint, Subject: "place", Key: "seoul"}}}
		if _, err := k.Name(ctx, other, ps[0].ID, 0, person(1, "")); fault.CodeOf(err) != fault.NotFound {
			t.Error("another city named somebody", err)
		}
		out, err := k.Name(ctx, focal, ps[0].ID, ps[0].Version, person(1, ""))
		must(t, err)
		if out.Person == "" || out.State != Confirmed || !out.Funded || out.Place != "ulaanbaatar" {
			t.Error(out)
		}
		if _, err := k.Name(ctx, focal, ps[0].ID, 0, person(2, "")); fault.CodeOf(err) != fault.Conflict {
			t.Error("a seat was named twice", err)
		}
		if _, err := k.Name(ctx, focal, ps[1].ID, 0, person(1, "")); fault.CodeOf(err) != fault.Invalid {
			t.Error("one person on two seats", err)
		}
		next, err := k.Replace(ctx, focal, out.ID, out.Version, person(5, ""))
		must(t, err)
		if next.State != Confirmed || next.Place != "ulaanbaatar" || !next.Funded || next.ID == out.ID {
			t.Error(next)
		}
		// A delegation is taken whole or not at all.
		people := []Request{person(6, "seoul"), person(7, "seoul"), {Name: "X", Email: "no address"}}
		if _, err := k.RegisterDelegation(ctx, actor.Actor{}, "forum-2027", "g", people); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "people.2.email") {
			t.Error(err)
		}
		if n := count(t, d, `SELECT COUNT(*) FROM participation WHERE place = 'seoul'`); n != 0 {
			t.Error(n)
		}
		people[2] = person(8, "seoul")
		outs, err := k.RegisterDelegation(ctx, actor.Actor{}, "forum-2027", "g", people)
		must(t, err)
		if len(outs) != 3 || outs[0].State != Confirmed || outs[1].State != Confirmed || outs[2].State != Waiting || outs[0].Delegation == "" || outs[0].Delegation != outs[2].Delegation {
			t.Error(outs)
		}
		again, err := k.RegisterDelegation(ctx, actor.Actor{}, "forum-2027", "g", people)
		must(t, err)
		if !again[0].Again || again[2].ID != outs[2].ID {
			t.Error(again)
		}
	})
}
