package exchange_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	. "aircommons/internal/exchange"
	"aircommons/internal/fault"
	"aircommons/internal/network"
	"aircommons/internal/participation"
)

var officer = actor.Actor{ID: "officer", Name: "Officer", Role: actor.Secretariat}

type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

func (c *clock) set(s string) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func focal(place string) actor.Actor {
	return actor.Actor{ID: "focal-" + place, Role: actor.Visitor, Grants: []actor.Grant{{Role: actor.FocalPoint, Subject: actor.OfPlace, Key: place}}}
}

// each runs a test on every engine with three cities and a small thesaurus.
func each(t *testing.T, f func(t *testing.T, c *clock, d *db.DB, k *Desk, a *activity.Desk)) {
	c := &clock{}
	dbtest.Each(t, c.now, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		c.set("2027-02-01")
		must(t, d.Write(ctx, func(tx *db.Tx) error {
			for _, p := range []network.Place{{ID: "guiyang", Names: db.Text{"en": "Guiyang"}, Kind: "city", Country: "CN", TimeZone: "Asia/Shanghai"},
				{ID: "kawasaki", Names: db.Text{"en": "Kawasaki"}, Kind: "city", Country: "JP", TimeZone: "Asia/Tokyo"},
				{ID: "seoul", Names: db.Text{"en": "Seoul"}, Kind: "city", Country: "KR", TimeZone: "Asia/Seoul"}} {
				if err := network.PutPlace(ctx, tx, p); err != nil {
					return err
				}
			}
			if err := network.PutTopics(ctx, tx, []network.Topic{{ID: "fuel", Scheme: "measure", Labels: db.Text{"en": "Fuel"}},
				{ID: "vapour-recovery", Scheme: "measure", Labels: db.Text{"en": "Vapour recovery"}, Broader: "fuel"},
				{ID: "petrol-stations", Scheme: "sector", Labels: db.Text{"en": "Petrol stations"}}, {ID: "heating", Scheme: "sector", Labels: db.Text{"en": "Heating"}},
				{ID: "voc", Scheme: "pollutant", Labels: db.Text{"en": "VOC"}}}); err != nil {
				return err
			}
			return activity.PutProgramme(ctx, tx, activity.Programme{ID: "peer-learning", Kind: "studytour", Names: db.Text{"en": "Peer learning"}, State: activity.Published})
		}))
		a := activity.New(d)
		f(t, c, d, New(d, network.New(d), a), a)
	})
}

// need is that of Guiyang in the journey of peer learning, and offer that of Kawasaki.
func need() Wish {
	return Wish{Kind: "need", Place: "guiyang", Names: db.Text{"en": "Vapour recovery at petrol stations"}, Text: db.Text{"en": "How is it checked?"},
		Topics: db.List{"vapour-recovery", "petrol-stations"}, Level: "beginner", Languages: db.List{"zh"}, Seasons: db.List{"autumn"}, Contact: "office@guiyang.example"}
}

func offer() Wish {
	return Wish{Kind: "offer", Place: "kawasaki", Names: db.Text{"en": "Vapour recovery in practice"}, Topics: db.List{"vapour-recovery", "petrol-stations", "voc"},
		Level: "beginner", Languages: db.List{"ja", "zh"}, Seasons: db.List{"autumn", "spring"}}
}

func published(t *testing.T, k *Desk, w Wish) Wish {
	t.Helper()
	w, err := k.SaveWish(context.Background(), focal(w.Place), w)
	must(t, err)
	must(t, k.Turn(context.Background(), focal(w.Place), w.ID, w.Version, Published))
	w.Version++
	w.State = Published
	return w
}

// The points of the weights stated in the desk: learn 40, sector 20, language 20, level 10, season 5 of 95 asked for, so 95/95.
func TestScore(t *testing.T) {
	each(t, func(t *testing.T, _ *clock, d *db.DB, _ *Desk, _ *activity.Desk) {
		net, err := network.New(d).Snapshot(context.Background())
		must(t, err)
		for _, c := range []struct {
			name   string
			change func(n, o *Wish)
			want   int
		}{
			{"all fits", func(n, o *Wish) {}, 100},
			{"a broader measure counts half: 75 of 95", func(n, o *Wish) { o.Topics = db.List{"fuel", "petrol-stations"} }, 79},
			{"another sector: 75 of 95", func(n, o *Wish) { o.Topics = db.List{"vapour-recovery", "heating"} }, 79},
			{"no common language: 75 of 95", func(n, o *Wish) { o.Languages = db.List{"ja"} }, 79},
			{"another level and season: 80 of 95", func(n, o *Wish) { o.Level, o.Seasons = "expert", db.List{"winter"} }, 84},
			{"any season and level", func(n, o *Wish) { o.Level, o.Seasons = "", nil }, 100},
			{"nothing in common but level and season: 15 of 95", func(n, o *Wish) { o.Topics, o.Languages = db.List{"heating"}, db.List{"ko"} }, 16},
			{"the pollutant too, which the offer lacks: 95 of 100", func(n, o *Wish) { n.Topics = append(n.Topics, "voc"); o.Topics = o.Topics[:2] }, 95},
		} {
			n, o := need(), offer()
			c.change(&n, &o)
			if f := Compare(net, n, o); f.Score != c.want {
				t.Errorf("%s: %d, want %d: %+v", c.name, f.Score, c.want, f.Reasons)
			}
		}
	})
}

func TestWishes(t *testing.T) {
	each(t, func(t *testing.T, _ *clock, d *db.DB, k *Desk, _ *activity.Desk) {
		ctx := context.Background()
		w, err := k.SaveWish(ctx, focal("guiyang"), need())
		must(t, err)
		if _, err := k.SaveWish(ctx, focal("seoul"), need()); fault.CodeOf(err) != fault.Denied {
			t.Error("another city stated a need", err)
		}
		if _, err := k.Wish(ctx, actor.Actor{}, w.ID); fault.CodeOf(err) != fault.NotFound {
			t.Error("a draft is public", err)
		}
		must(t, k.Turn(ctx, focal("guiyang"), w.ID, w.Version, Published))
		p, err := k.Wish(ctx, actor.Actor{}, w.ID)
		must(t, err)
		if p.Contact != "" || p.Names["en"] == "" {
			t.Error(p)
		}
		w.Names = db.Text{"en": "Changed"}
		if _, err := k.SaveWish(ctx, focal("guiyang"), w); fault.CodeOf(err) != fault.Conflict {
			t.Error("an overtaken save", err)
		}
		for _, bad := range []func(*Wish){func(w *Wish) { w.Topics = nil }, func(w *Wish) { w.Topics = db.List{"nothing"} }, func(w *Wish) { w.Languages = nil },
			func(w *Wish) { w.Level = "god" }, func(w *Wish) { w.Names = nil }, func(w *Wish) { w.Names = db.Text{"en": strings.Repeat("x", 201)} }, func(w *Wish) { w.Seasons = db.List{"monsoon"} }} {
			n := need()
			bad(&n)
			if _, err := k.SaveWish(ctx, focal("guiyang"), n); fault.CodeOf(err) != fault.Invalid {
				t.Errorf("%+v: %v", n, err)
			}
		}
	})
}

// The journey: a need meets an offer, a tour grows, delegates write, the city plans, and is asked after 6 and 12 months.
func TestJourney(t *testing.T) {
	each(t, func(t *testing.T, c *clock, d *db.DB, k *Desk, acts *activity.Desk) {
		ctx := context.Background()
		n, o := published(t, k, need()), published(t, k, offer())
		fits, err := k.Fits(ctx, focal("guiyang"))
		must(t, err)
		if len(fits) != 1 || fits[0].Score != 100 || fits[0].Decided != nil {
			t.Fatal(fits)
		}
		if other, err := k.Fits(ctx, focal("seoul")); err != nil || len(other) != 0 {
			t.Error(other, err)
		}
		if _, err := k.Decide(ctx, focal("guiyang"), n.ID, o.ID, true, ""); fault.CodeOf(err) != fault.Denied {
			t.Error(err)
		}
		m, err := k.Decide(ctx, officer, n.ID, o.ID, true, "talked to both")
		must(t, err)
		again, err := k.Decide(ctx, officer, n.ID, o.ID, true, "talked to both")
		must(t, err)
		if again.ID != m.ID || again.Version != m.Version {
			t.Error(again, m)
		}
		tour, err := k.Tour(ctx, officer, m.ID, "peer-learning")
		must(t, err)
		if tour.Place != "kawasaki" || tour.State != activity.Draft || tour.Period.Known() || len(tour.Participants) != 2 || tour.Zone != "Asia/Tokyo" {
			t.Errorf("%+v", tour)
		}
		if same, err := k.Tour(ctx, officer, m.ID, "peer-learning"); err != nil || same.ID != tour.ID {
			t.Error(same.ID, err)
		}
		if _, err := k.Decide(ctx, officer, n.ID, o.ID, false, ""); fault.CodeOf(err) != fault.Conflict {
			t.Error("declined after a tour had grown", err)
		}
		tour, err = acts.Activity(ctx, officer, tour.ID)
		must(t, err)
		tour.Period, err = network.ParsePeriod("2027-03-01/2027-03-04")
		must(t, err)
		must(t, acts.UpdateActivity(ctx, officer, tour))
		must(t, acts.Publish(ctx, officer, tour.ID, tour.Version+1))
		seats := participation.New(d)
		ps, err := seats.SeatCity(ctx, officer, tour.ID, "guiyang", 1, participation.Participation{})
		must(t, err)
		out, err := seats.Name(ctx, focal("guiyang"), ps[0].ID, 0, participation.Request{Name: "Li", Email: "li@example.org", Lang: "zh"})
		must(t, err)
		li := actor.Actor{ID: out.Person, Role: actor.Visitor}
		c.set("2027-03-02")
		notes := []Note{{Nonce: "a", Text: "Hoses are checked monthly", Lang: "en", Written: c.now().Add(-time.Hour)}, {Nonce: "b", Text: "国标", Lang: "zh", Shared: true, Written: c.now().Add(1000 * time.Hour)}}
		for range 2 { // the answer was lost on the train
			taken, err := k.AddNotes(ctx, li, tour.ID, notes)
			must(t, err)
			if len(taken) != 2 {
				t.Error(taken)
			}
		}
		if _, err := k.AddNotes(ctx, focal("seoul"), tour.ID, []Note{{Nonce: "c", Text: "x"}}); fault.CodeOf(err) != fault.Denied {
			t.Error("no seat, but a note", err)
		}
		for who, want := range map[*actor.Actor]int{&li: 2, {ID: "other", Role: actor.Visitor}: 0, &officer: 2} {
			if got, err := k.Notes(ctx, *who, tour.ID); err != nil || len(got) != want {
				t.Error(who.ID, len(got), want, err)
			}
		}
		must(t, k.RemoveNote(ctx, li, "a", true))
		if got, err := k.Notes(ctx, officer, tour.ID); err != nil || len(got) != 1 || !got[0].Written.Equal(c.now()) {
			t.Error(got, err)
		}
		x, err := k.SaveAction(ctx, focal("guiyang"), Action{Activity: tour.ID, Place: "guiyang", Names: db.Text{"en": "Check hoses monthly"}, Owner: "Ecology bureau", Shown: true})
		must(t, err)
		if _, err := k.SaveAction(ctx, focal("seoul"), Action{Activity: tour.ID, Place: "guiyang", Names: db.Text{"en": "x"}}); fault.CodeOf(err) != fault.Denied {
			t.Error(err)
		}
		if _, err := k.SaveAction(ctx, officer, Action{Activity: tour.ID, Place: "seoul", Names: db.Text{"en": "x"}}); fault.CodeOf(err) != fault.Invalid {
			t.Error("a city that did not take part has a plan", err)
		}
		fs, err := k.Followups(ctx, officer, tour.ID)
		must(t, err)
		if len(fs) != 2 || fs[0].Due != "2027-09-04" || fs[1].Due != "2028-03-04" {
			t.Fatal(fs)
		}
		var wang account.Person
		must(t, d.Write(ctx, func(tx *db.Tx) (err error) {
			wang, err = account.Ensure(ctx, tx, officer, account.Person{Name: "Wang", Email: "wang@example.org", Language: "zh"})
			return err
		}))
		must(t, account.New(d, nil, nil).Grant(ctx, officer, wang.ID, actor.Grant{Role: actor.FocalPoint, Subject: actor.OfPlace, Key: "guiyang"}, time.Time{}))
		c.set("2027-09-03")
		if n, err := k.Ask(ctx); n != 0 || err != nil {
			t.Error(n, err)
		}
		c.set("2027-09-04")
		for _, want := range []int{1, 0} {
			if n, err := k.Ask(ctx); n != want || err != nil {
				t.Error(n, err)
			}
		}
		var state, values string
		must(t, d.Read(ctx, func(tx *db.Tx) error {
			return tx.One(ctx, `SELECT state, vals FROM mail WHERE template = 'followup.ask'`, nil, &state, &values)
		}))
		if state != "held" {
			t.Error(state)
		}
		_, key, _ := strings.Cut(values, "/followup/")
		key = key[:32]
		f, a, plan, err := k.Asked(ctx, key)
		must(t, err)
		if f.Months != 6 || a.ID != tour.ID || len(plan) != 1 || plan[0].ID != x.ID {
			t.Fatal(f, a.ID, plan)
		}
		plan[0].State, plan[0].Outcome = "done", db.Text{"zh": "每月检查"}
		must(t, k.AnswerFollowup(ctx, key, plan))
		if err := k.AnswerFollowup(ctx, key, plan); fault.CodeOf(err) != fault.Conflict {
			t.Error("sent twice", err)
		}
		shown, err := k.Actions(ctx, actor.Actor{}, "", "guiyang")
		must(t, err)
		if len(shown) != 1 || shown[0].State != "done" || shown[0].Outcome["zh"] == "" {
			t.Error(shown)
		}
	})
}
