package activity

import (
	"context"
	"slices"
	"testing"
	"time"

	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
)

func en(s string) db.Text { return db.Text{"en": s} }

// seoul2027 is a draft of two days in Seoul with two rooms; its numbers are made up here.
func seoul2027(t *testing.T, k *Desk) Activity {
	t.Helper()
	ctx := context.Background()
	p, err := network.ParsePeriod("2027-05-19/2027-05-20")
	must(t, err)
	a, err := k.CreateActivity(ctx, officer, Activity{ID: "forum-2027", Kind: "forum", Names: en("Forum"), Zone: "Asia/Seoul", Period: p})
	must(t, err)
	must(t, k.SetFrame(ctx, officer, a.ID, Agenda{Languages: db.List{"ko", "en", "zh"}, Rooms: []Room{{Names: en("Hall A"), Seats: 80}, {Names: en("Hall B"), Seats: 40}}}))
	return a
}

func addSession(t *testing.T, k *Desk, i Item) Item {
	t.Helper()
	i.Kind = "session"
	out, err := k.AddSession(context.Background(), officer, "forum-2027", i)
	must(t, err)
	return out
}

func TestAgendaProblems(t *testing.T) {
	engines(t, func(t *testing.T, k *Desk, _ *network.Desk, _ *db.DB) {
		seoul2027(t, k)
		kim := []Speaker{{Name: "Kim Minji"}}
		all := []Pair{{From: "ko", To: "en"}, {From: "en", To: "zh"}}
		addSession(t, k, Item{Names: en("Opening"), Starts: "2027-05-19T09:00", Ends: "2027-05-19T10:00", Room: "hall-a", Languages: db.List{"ko"}, Pairs: all, Speakers: kim})
		addSession(t, k, Item{Names: en("Winter"), Starts: "2027-05-19T09:30", Ends: "2027-05-19T10:30", Room: "hall-b", Languages: db.List{"en"}, Pairs: []Pair{{From: "ko", To: "en"}},
			Talks: []Talk{{Names: en("Stoves"), Minutes: 70, Speakers: []Speaker{{Name: "kim  minji"}}}}})
		addSession(t, k, Item{Names: en("Night"), Starts: "2027-05-21T09:00", Ends: "2027-05-21T10:00", Room: "hall-b"})
		addSession(t, k, Item{Names: en("Twice"), Starts: "2027-05-19T09:45", Ends: "2027-05-19T10:15", Room: "hall-b"})
		a, err := k.Draft(context.Background(), officer, "forum-2027")
		must(t, err)
		var got []string
		for _, p := range Check(a, 121) {
			got = append(got, p.Item+" "+p.Rule+" "+p.Other+p.To)
		}
		want := []string{
			"opening speaker winter", "opening seats ", // 121 people, 80 and 40 seats: 120
			"winter speaker opening", "winter room twice", "winter long ", "winter pair zh", "winter seats ",
			"twice room winter", "twice seats ",
			"night outside ", "night seats ",
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
	})
}

func TestTwoOfficersLoseNothing(t *testing.T) {
	engines(t, func(t *testing.T, k *Desk, _ *network.Desk, _ *db.DB) {
		ctx := context.Background()
		seoul2027(t, k)
		one, two := addSession(t, k, Item{Names: en("One")}), addSession(t, k, Item{Names: en("Two")})
		mine, theirs := one, one
		mine.Names, theirs.Names, two.Names = en("One, mine"), en("One, theirs"), en("Two, changed")
		must(t, k.SetSession(ctx, officer, "forum-2027", theirs))
		must(t, k.SetSession(ctx, officer, "forum-2027", two)) // another session is not in the way
		if err := k.SetSession(ctx, officer, "forum-2027", mine); fault.CodeOf(err) != fault.Conflict {
			t.Error("overwritten:", err)
		}
		a, err := k.Draft(ctx, officer, "forum-2027")
		must(t, err)
		if a.Version != 1 {
			t.Errorf("the form of the activity would be refused: version %d", a.Version)
		}
		if i, _ := a.Shape().Item("one"); i.Names["en"] != "One, theirs" {
			t.Error(i.Names)
		}
		if err := k.RemoveItem(ctx, officer, a.ID, a.Version, 0); fault.CodeOf(err) != fault.Conflict {
			t.Error("the list of items took a version that knows nothing of the sessions:", err)
		}
		if err := k.SetSession(ctx, city, "forum-2027", theirs); fault.CodeOf(err) != fault.Denied {
			t.Error(err)
		}
	})
}

func TestReleases(t *testing.T) {
	engines(t, func(t *testing.T, k *Desk, _ *network.Desk, _ *db.DB) {
		ctx := context.Background()
		a := seoul2027(t, k)
		i := addSession(t, k, Item{Names: en("Opening"), Starts: "2027-05-19T09:00", Ends: "2027-05-19T10:00", Room: "hall-a", Links: []Access{{For: "online", URL: "https://meet.example/x"}}})
		must(t, k.Publish(ctx, officer, a.ID, 1))
		see := func() []Item {
			t.Helper()
			a, err := k.Activity(ctx, public, "forum-2027")
			must(t, err)
			return a.Items
		}
		if n := len(see()); n != 0 {
			t.Fatalf("%d sessions are seen before the first release", n)
		}
		draft := func() Activity {
			t.Helper()
			a, err := k.Draft(ctx, officer, "forum-2027")
			must(t, err)
			return a
		}
		release := func() (Release, error) {
			t.Helper()
			r, _, err := k.Release(ctx, officer, "forum-2027", draft().Agenda.Changes)
			return r, err
		}
		if r, err := release(); err != nil || r.Number != 1 {
			t.Fatal(r.Number, err)
		}
		if s := see(); len(s) != 1 || s[0].Links != nil {
			t.Fatalf("%+v", s)
		}
		if _, err := release(); err == nil {
			t.Error("the same was released again")
		}
		i.Starts, i.Ends = "2027-05-19T11:00", "2027-05-19T12:00"
		must(t, k.SetSession(ctx, officer, a.ID, i))
		if see()[0].Starts != "2027-05-19T09:00" {
			t.Error("the draft is seen")
		}
		entry := func() Entry {
			t.Helper()
			es, err := k.Entries(ctx, a.ID)
			must(t, err)
			n := slices.IndexFunc(es, func(e Entry) bool { return e.Item == i.ID })
			if n < 0 {
				t.Fatal("no entry")
			}
			return es[n]
		}
		if e := entry(); e.Sequence != 0 || e.From != "2027-05-19T09:00" {
			t.Errorf("%+v", e)
		}
		if r, err := release(); err != nil || r.Number != 2 || see()[0].Starts != i.Starts {
			t.Fatal(r.Number, err)
		}
		if e := entry(); e.Sequence != 1 || e.From != i.Starts || e.Cancelled {
			t.Errorf("%+v", e)
		}
		must(t, k.RemoveSession(ctx, officer, a.ID, i.ID, draft().Items[0].Version))
		must(t, k.Undo(ctx, officer, a.ID, draft().Agenda.Changes))
		now := draft()
		if len(now.Items) != 1 || len(now.Items[0].Links) != 1 {
			t.Fatalf("undone: %+v", now.Items)
		}
		must(t, k.RemoveSession(ctx, officer, a.ID, i.ID, now.Items[0].Version))
		addSession(t, k, Item{Names: en("Another")})
		if _, err := release(); err != nil {
			t.Fatal(err)
		}
		if e := entry(); e.Sequence != 2 || !e.Cancelled {
			t.Errorf("taken out: %+v", e)
		}
	})
}

func TestWhatWasSeenBecomesRelease1(t *testing.T) {
	engines(t, func(t *testing.T, k *Desk, _ *network.Desk, _ *db.DB) {
		ctx := context.Background()
		a, err := k.CreateActivity(ctx, officer, Activity{ID: "old", Kind: "forum", Names: en("Old")})
		must(t, err)
		must(t, k.AddItem(ctx, officer, a.ID, 1, Item{Kind: "talk", Names: en("A talk")}))
		must(t, k.Publish(ctx, officer, a.ID, 2))
		_, err = k.AddSession(ctx, officer, a.ID, Item{Kind: "session", Names: en("Not yet")})
		must(t, err)
		seen, err := k.Activity(ctx, public, a.ID)
		if err != nil || len(seen.Items) != 1 {
			t.Fatal(seen.Items, err)
		}
		vs, err := k.Versions(ctx, officer, a.ID)
		if err != nil || len(vs) != 1 || vs[0].Number != 1 {
			t.Fatal(vs, err)
		}
	})
}

func TestOpenLinks(t *testing.T) {
	seoul, start := Zone("Asia/Seoul"), time.Date(2027, 5, 19, 0, 0, 0, 0, time.UTC) // 09:00 in Seoul
	i := Item{Starts: "2027-05-19T09:00", Ends: "2027-05-19T10:00", Speakers: []Speaker{{Person: "kim"}},
		Links: []Access{{For: "online", URL: "https://o", Minutes: 15}, {For: "onsite", URL: "https://s"}, {For: "speakers", URL: "https://p"}}}
	for name, c := range map[string]struct {
		s    Standing
		at   time.Duration
		want int
	}{
		"nobody":             {Standing{}, 0, 0},
		"a visitor":          {Standing{ID: "x"}, 0, 0},
		"online, too early":  {Standing{ID: "x", Seat: "online"}, -16 * time.Minute, 0},
		"online, in time":    {Standing{ID: "x", Seat: "online"}, -15 * time.Minute, 1},
		"online, long after": {Standing{ID: "x", Seat: "online"}, 3 * time.Hour, 0},
		"onsite":             {Standing{ID: "x", Seat: "onsite"}, 0, 1},
		"a speaker":          {Standing{ID: "kim"}, -24 * time.Hour, 3},
		"an officer":         {Standing{Runs: true}, -24 * time.Hour, 3},
	} {
		if got := i.Open(c.s, seoul, start.Add(c.at)); len(got) != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
