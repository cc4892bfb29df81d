package participation_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	. "aircommons/internal/participation"
)

// A clock that is set back gives nobody a better place in line, and one that jumps on ends an offer once.
func TestClockJumps(t *testing.T) {
	each(t, func(t *testing.T, c *clock, d *db.DB, k *Desk) {
		ctx := context.Background()
		setup(t, k, Registration{Waiting: true}, Quota{Seats: 1})
		first := register(t, k, person(0, ""))
		var outs []Outcome
		for i := range 6 { // three at the same moment, three after the clock went back
			if i == 3 {
				c.add(-90 * time.Minute)
			}
			outs = append(outs, register(t, k, person(i+1, "")))
		}
		for i, out := range outs {
			o, err := k.Own(ctx, actor.Actor{}, out.Link)
			must(t, err)
			if o.Turn.Ahead != i {
				t.Errorf("number %d has %d before", i, o.Turn.Ahead)
			}
		}
		_, err := k.Leave(ctx, actor.Actor{}, first.Link, "")
		must(t, err)
		c.add(-24 * time.Hour)
		n, err := k.Expire(ctx)
		must(t, err)
		if n != 0 {
			t.Error("an offer ended when the clock went back")
		}
		c.add(365 * 24 * time.Hour)
		var wg sync.WaitGroup
		var mu sync.Mutex
		ended := 0
		for range 4 {
			wg.Go(func() {
				n, err := k.Expire(ctx)
				mu.Lock()
				defer mu.Unlock()
				if ended += n; err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if ended != 1 {
			t.Error(ended, "offers ended")
		}
		if n := count(t, d, `SELECT COUNT(*) FROM participation WHERE state = 'offered'`); n != 1 {
			t.Error(n, "seats are offered")
		}
	})
}

// BenchmarkRegister registers people into an activity that has a thousand already, over quotas that overlap.
func BenchmarkRegister(b *testing.B) {
	c := at()
	d, err := db.Open(context.Background(), b.TempDir()+"/network.db", c.now)
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	k := New(d)
	if err := forum(d); err != nil {
		b.Fatal(err)
	}
	if err := k.SaveSetup(context.Background(), officer, Registration{Activity: "forum-2027", Open: true, Waiting: true, OfferHours: 48},
		[]Quota{{Names: db.Text{"en": "All"}, Seats: 500}, {Names: db.Text{"en": "City"}, Seats: 100, EachPlace: true}, {Names: db.Text{"en": "Online"}, Seats: 200, Mode: "online"}}); err != nil {
		b.Fatal(err)
	}
	n := 0
	one := func() {
		q := person(n, []string{"seoul", "beijing", "ulaanbaatar", ""}[n%4])
		q.Key = fmt.Sprint(n)
		n++
		if _, err := k.Register(context.Background(), actor.Actor{}, q); err != nil {
			b.Fatal(err)
		}
	}
	for range 1000 {
		one()
	}
	for b.Loop() {
		one()
	}
}
