package participation_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
	. "aircommons/internal/participation"
)

var helper = actor.Actor{ID: "helper", Name: "Helper", Role: actor.Visitor, Grants: []actor.Grant{{Role: actor.CheckIn, Subject: actor.OfActivity, Key: "forum-2027"}}}

// training makes the forum one of three days with two sessions.
func training(t *testing.T, d *db.DB) {
	t.Helper()
	must(t, d.Write(context.Background(), func(tx *db.Tx) error {
		a, err := activity.One(context.Background(), tx, "forum-2027")
		if err != nil {
			return err
		}
		if a.Period, err = network.ParsePeriod("2027-09-20/2027-09-22"); err != nil {
			return err
		}
		a.Items = []activity.Item{{ID: "opening", Kind: "session", Names: db.Text{"en": "Opening"}, Starts: "2027-09-20T09:00"}, {ID: "lunch", Kind: "break", Names: db.Text{"en": "Lunch"}},
			{ID: "models", Kind: "module", Names: db.Text{"en": "Models"}, Starts: "2027-09-21T09:00"}}
		return activity.PutActivity(context.Background(), tx, a)
	}))
}

// Whatever the order in which marks and what takes them back arrive, and however often, the same people are present.
func TestMarksInAnyOrder(t *testing.T) {
	each(t, func(t *testing.T, c *clock, d *db.DB, k *Desk) {
		ctx := context.Background()
		setup(t, k, Registration{})
		var ids []string
		for i := range 6 {
			ids = append(ids, register(t, k, person(i, "seoul")).ID)
		}
		training(t, d)
		mark := func(n string, who int, item, undoes string) Mark {
			return Mark{Nonce: "a-nonce-" + n, Participation: ids[who], Item: item, Undoes: undoes, At: c.now()}
		}
		// 0 stays; 1 is taken back; 2 is marked by two devices and taken back on one; 3 is taken back and marked again; 4 in a session only; 5 never.
		all := []Mark{mark("0", 0, "", ""), mark("1", 1, "", ""), mark("1-", 1, "", "a-nonce-1"), mark("2a", 2, "", ""), mark("2b", 2, "", ""), mark("2-", 2, "", "a-nonce-2a"),
			mark("3", 3, "", ""), mark("3-", 3, "", "a-nonce-3"), mark("3x", 3, "", ""), mark("4", 4, "models", "")}
		random := rand.New(rand.NewPCG(1, 2))
		var wg sync.WaitGroup
		for range 4 {
			order := slices.Clone(all)
			random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			wg.Go(func() {
				for _, m := range order {
					if _, err := k.Mark(ctx, helper, "forum-2027", "Phone", time.Time{}, []Mark{m}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		r, err := k.Roll(ctx, helper, "forum-2027", "")
		must(t, err)
		for _, h := range r.Rows {
			i := slices.Index(ids, h.ID)
			want := map[int]State{0: Present, 2: Present, 3: Present, 4: Present}[i]
			if want == "" {
				want = Confirmed
			}
			if h.State != want || h.Present != (want == Present) {
				t.Errorf("person %d: %s, present %v", i, h.State, h.Present)
			}
		}
		if r.Present != 4 || r.Expected != 6 || count(t, d, `SELECT COUNT(*) FROM presence`) != len(all) {
			t.Error(r.Present, r.Expected)
		}
		r, err = k.Roll(ctx, helper, "forum-2027", "models")
		must(t, err)
		if r.Present != 1 || len(r.Sessions) != 5 { // three days, two sessions; nobody is counted at lunch
			t.Error(r.Present, r.Sessions)
		}
		if n := count(t, d, `SELECT COUNT(*) FROM mail WHERE template = 'registration.confirmed'`); n != 6 {
			t.Errorf("%d letters of confirmation: who came is not written to again", n)
		}
		if _, err := k.Mark(ctx, actor.Actor{ID: "x", Role: actor.Visitor}, "forum-2027", "", time.Time{}, all); fault.CodeOf(err) != fault.Denied {
			t.Error(err)
		}
	})
}

// A certificate is earned by the share of what presence was taken at: a session at which nobody was marked counts against nobody.
func TestAttendanceRule(t *testing.T) {
	each(t, func(t *testing.T, _ *clock, d *db.DB, k *Desk) {
		ctx := context.Background()
		setup(t, k, Registration{})
		var ids []string
		for i := range 3 {
			ids = append(ids, register(t, k, person(i, []string{"seoul", "beijing", "beijing"}[i])).ID)
		}
		training(t, d)
		at := func(who int, items ...string) {
			for _, item := range items {
				_, err := k.MarkOne(ctx, helper, "forum-2027", Mark{Nonce: fmt.Sprintf("nonce-%d-%s", who, dashed(item)), Participation: ids[who], Item: item})
				must(t, err)
			}
		}
		at(0, "day.2027-09-20", "day.2027-09-21", "opening")
		at(1, "day.2027-09-20")
		for _, c := range []struct {
			rule Rule
			want int
		}{{Rule{Counts: CountOnce}, 2}, {Rule{Counts: CountDays, Least: 2}, 1}, {Rule{Counts: CountDays, Least: 1, Share: 50}, 2}, {Rule{Counts: CountDays, Share: 51}, 1},
			{Rule{Counts: CountSessions, Least: 1, Share: 100}, 1}, {Rule{Counts: CountDays, Least: 3}, 0}} {
			now, err := k.Attendance(ctx, officer, "forum-2027")
			must(t, err)
			c.rule.Activity, c.rule.Version = "forum-2027", now.Rule.Version
			must(t, k.SetRule(ctx, officer, c.rule))
			got, err := k.Certificates(ctx, officer, "forum-2027", nil, true)
			must(t, err)
			if len(got.New) != c.want {
				t.Errorf("%+v: %d people, want %d", c.rule, len(got.New), c.want)
			}
		}
		got, err := k.Attendance(ctx, officer, "forum-2027")
		must(t, err)
		if len(got.Cities) != 2 || got.Cities[0] != (CityAttendance{Place: "beijing", Seats: 2, Came: 1}) || got.Cities[1] != (CityAttendance{Place: "seoul", Seats: 1, Came: 1, Sessions: 1}) {
			t.Errorf("%+v", got.Cities)
		}
		closed, err := k.Close(ctx, officer, "forum-2027", false)
		must(t, err)
		if len(closed.Missing) != 1 || closed.Missing[0].ID != ids[2] {
			t.Errorf("%+v", closed.Missing)
		}
	})
}

func dashed(s string) string {
	return string(slices.DeleteFunc([]byte(s), func(b byte) bool { return b == '.' }))
}

// Groups are as large as each other to within one, and no city has two more in one group than in another.
func TestDeal(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		n := 1 + random.IntN(9)
		var people []Participation
		for i := range random.IntN(60) {
			people = append(people, Participation{ID: fmt.Sprint(i), Place: []string{"", "seoul", "beijing", "tokyo", "ulaanbaatar"}[random.IntN(5)]})
		}
		in := Deal(people, n)
		all, city := make([]int, n), map[string][]int{}
		for _, p := range people {
			if city[p.Place] == nil {
				city[p.Place] = make([]int, n)
			}
			all[in[p.ID]]++
			city[p.Place][in[p.ID]]++
		}
		city["all"] = all
		for name, sizes := range city {
			if slices.Max(sizes)-slices.Min(sizes) > 1 {
				t.Fatalf("%s: %v", name, sizes)
			}
		}
	}
}

func FuzzTidyBadge(f *testing.F) {
	for _, s := range []string{"ABCDE-23456", "abcde 23456", "0", "", "ABCDE-2345O", "ABCDE–23456"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c := TidyBadge(s); c != "" && (len(c) != 10 || TidyBadge(ShownBadge(c)) != c) {
			t.Errorf("%q is %q", s, c)
		}
	})
}
