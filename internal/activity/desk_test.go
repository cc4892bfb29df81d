package activity

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/fault"
	"aircommons/internal/network"
)

var (
	officer = actor.Actor{ID: "p1", Name: "Officer", Role: actor.Secretariat}
	city    = actor.Actor{ID: "p2", Name: "City", Role: actor.CityOfficer, City: "seoul"}
	public  = actor.Actor{}
)

// engines runs a test on SQLite and PostgreSQL, over a fresh store with a few places, organisations and topics.
func engines(t *testing.T, f func(*testing.T, *Desk, *network.Desk, *db.DB)) {
	now := func() time.Time { return time.Date(2027, 1, 4, 9, 0, 0, 0, time.UTC) }
	dbtest.Each(t, now, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		must(t, d.Write(ctx, func(tx *db.Tx) error {
			for _, id := range []string{"seoul", "beijing", "tokyo"} {
				if err := network.PutPlace(ctx, tx, network.Place{ID: id, Kind: "city", Names: db.Text{"en": id, "ko": id + "-ko"}}); err != nil {
					return err
				}
			}
			for id, place := range map[string]string{"smg": "seoul", "bmeeb": "beijing", "eacac": ""} {
				o := network.Organisation{ID: id, Kind: "other", Names: db.Text{"en": id}, Place: place}
				if err := network.PutOrganisation(ctx, tx, o); err != nil {
					return err
				}
			}
			if err := network.PutTopic(ctx, tx, network.Topic{ID: "waste", Scheme: "sector", Labels: db.Text{"en": "Waste"}}); err != nil {
				return err
			}
			return tx.Record(ctx, actor.System, "test", "world", "create", nil, nil)
		}))
		f(t, New(d), network.New(d), d)
	})
}

func forum(t *testing.T, k *Desk) Programme {
	t.Helper()
	p, err := k.CreateProgramme(context.Background(), officer, Programme{Kind: "forum", Names: db.Text{"en": "Seoul Intl. Forum", "ko": "서울 포럼"},
		Purposes: db.Text{"en": "Exchange"}, Topics: db.List{"waste"}, Roles: RoleList{{Organisation: "smg", Role: "organiser"}}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func fieldsOf(err error) (names []string) {
	var e *fault.Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			names = append(names, f.Name+" "+f.Message.Key)
		}
	}
	return names
}

func TestEditionInheritsAndNeverCopiesDates(t *testing.T) {
	engines(t, testEditionInheritsAndNeverCopiesDates)
}

func testEditionInheritsAndNeverCopiesDates(t *testing.T, k *Desk, n *network.Desk, d *db.DB) {
	ctx := context.Background()
	p := forum(t, k)
	a, err := k.Edition(ctx, officer, p.ID)
	must(t, err)
	want := Activity{Programme: p.ID, Kind: "forum", Names: p.Names, Topics: p.Topics, Aims: p.Purposes, Roles: p.Roles, State: Draft}
	if d := cmp.Diff(want, a); d != "" {
		t.Error(d)
	}
	a.Names = db.Text{"en": "Seoul Intl. Forum 2026"}
	a.Period, a.Printed, a.Label = network.On("2026-05-19"), "19 MAY", "2026 Forum"
	a.Place, a.Venue, a.Zone, a.Mode = "seoul", "City Hall", "Asia/Seoul", "onsite"
	a.Notes = db.Text{"en": "note of that year"}
	a.Items = []Item{{Kind: "talk", Names: db.Text{"en": "Opening"}, Starts: "2026-05-19T09:00"}}
	a.Participants = []Participant{{Place: "tokyo", Part: "taking-part"}}
	a, err = k.CreateActivity(ctx, officer, a)
	must(t, err)
	if a.ID != "seoul-intl-forum-2026" || a.State != Draft {
		t.Errorf("%s is %s", a.ID, a.State)
	}
	c, err := k.Clone(ctx, officer, a.ID)
	must(t, err)
	want = Activity{ID: "seoul-intl-forum-next", Programme: p.ID, Kind: "forum", Names: p.Names, Place: "seoul", Venue: "City Hall",
		Zone: "Asia/Seoul", Mode: "onsite", Notes: db.Text{}, Aims: a.Aims, Topics: a.Topics, Roles: a.Roles, State: Draft, Version: 1}
	if d := cmp.Diff(want, c); d != "" {
		t.Error(d)
	}
	if c.Period.Known() || c.Printed != "" || c.Items != nil || c.Participants != nil {
		t.Errorf("the clone has a date, items or participants: %+v", c)
	}
	if c, err = k.Clone(ctx, officer, a.ID); err != nil || c.ID != "seoul-intl-forum-next-2" {
		t.Errorf("second clone %s: %v", c.ID, err)
	}
}

func TestStatesAndRights(t *testing.T) { engines(t, testStatesAndRights) }

func testStatesAndRights(t *testing.T, k *Desk, n *network.Desk, d *db.DB) {
	ctx := context.Background()
	p := forum(t, k)
	a, err := k.CreateActivity(ctx, officer, Activity{Programme: p.ID, Kind: "forum", Names: db.Text{"en": "Edition", "ko": "회차"}, Place: "seoul"})
	must(t, err)

	found := func(query string) (keys []string) {
		must(t, d.Read(ctx, func(tx *db.Tx) error {
			hits, err := tx.Search(ctx, query, "en", 0)
			for _, h := range hits {
				if h.Subject == "activity" || h.Subject == "programme" {
					keys = append(keys, h.Subject)
				}
			}
			return err
		}))
		slices.Sort(keys)
		return keys
	}
	seen := func() bool {
		_, err := k.Activity(ctx, public, a.ID)
		if err != nil && fault.CodeOf(err) != fault.NotFound {
			t.Fatal(err)
		}
		list, err2 := k.Activities(ctx, public)
		must(t, err2)
		if (err == nil) != (len(list) == 1) {
			t.Error("list and page differ")
		}
		return err == nil
	}
	if seen() || len(found("회차")) != 0 {
		t.Error("a draft is public")
	}
	must(t, k.Publish(ctx, officer, a.ID, a.Version))
	if seen() || len(found("회차")) != 0 {
		t.Error("an edition of a draft programme is public")
	}
	must(t, k.PublishProgramme(ctx, officer, p.ID, p.Version))
	if !seen() || !slices.Equal(found("회차"), []string{"activity"}) {
		t.Error("a published edition is not public")
	}
	if got := found("seoul-ko"); !slices.Equal(got, []string{"activity"}) {
		t.Errorf("the name of its place finds %v", got)
	}
	for _, by := range []actor.Actor{public, city, {ID: "v", Role: actor.Visitor}} {
		for name, err := range map[string]error{
			"create":    second(k.CreateActivity(ctx, by, a)),
			"edition":   second(k.Edition(ctx, by, p.ID)),
			"clone":     second(k.Clone(ctx, by, a.ID)),
			"update":    k.UpdateActivity(ctx, by, a),
			"withdraw":  k.Withdraw(ctx, by, a.ID, 2),
			"item":      k.AddItem(ctx, by, a.ID, 2, Item{}),
			"programme": second(k.CreateProgramme(ctx, by, p)),
			"change":    k.UpdateProgramme(ctx, by, p),
			"history":   second(k.History(ctx, by, "activity", a.ID)),
		} {
			if fault.CodeOf(err) != fault.Denied {
				t.Errorf("%s by %q: %v", name, by.Role, err)
			}
		}
	}
	must(t, k.WithdrawProgramme(ctx, officer, p.ID, 2))
	if seen() || len(found("회차")) != 0 {
		t.Error("an edition of a withdrawn programme is public")
	}
	must(t, k.PublishProgramme(ctx, officer, p.ID, 3))
	must(t, k.Withdraw(ctx, officer, a.ID, 2))
	if seen() {
		t.Error("a withdrawn edition is public")
	}
	if got, err := k.Activity(ctx, officer, a.ID); err != nil || got.State != Withdrawn {
		t.Error("nothing withdrawn may be deleted")
	}
	h, err := k.History(ctx, officer, "activity", a.ID)
	must(t, err)
	var actions []string
	for _, c := range h {
		actions = append(actions, c.Action)
	}
	if !slices.Equal(actions, []string{"withdraw", "publish", "create"}) {
		t.Errorf("history %v", actions)
	}
}

func second[T any](_ T, err error) error { return err }

func TestOvertakenSaves(t *testing.T) { engines(t, testOvertakenSaves) }

func testOvertakenSaves(t *testing.T, k *Desk, n *network.Desk, d *db.DB) {
	ctx := context.Background()
	p := forum(t, k)
	a, err := k.CreateActivity(ctx, officer, Activity{Programme: p.ID, Kind: "forum", Names: db.Text{"en": "Edition"}, Period: network.On("2027")})
	must(t, err)
	mine, yours := a, a
	mine.Venue = "City Hall"
	must(t, k.UpdateActivity(ctx, officer, mine))
	yours.Venue = "Library"
	if err := k.UpdateActivity(ctx, officer, yours); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("the second save: %v", err)
	}
	if got, _ := k.Activity(ctx, officer, a.ID); got.Venue != "City Hall" || got.Version != 2 {
		t.Errorf("overwritten: %+v", got)
	}
	got, _ := k.Activity(ctx, officer, a.ID)
	must(t, k.UpdateActivity(ctx, officer, got)) // nothing changed
	if again, _ := k.Activity(ctx, officer, a.ID); again.Version != 2 {
		t.Error("saving the same made a version")
	}
	got.State = Published
	must(t, k.UpdateActivity(ctx, officer, got))
	if again, _ := k.Activity(ctx, officer, a.ID); again.State != Draft {
		t.Error("a form may not publish")
	}
	// A form that knows nothing of participants does not take them out; one that knows does.
	p.Participants = ParticipantList{{Place: "tokyo", Part: "peer"}}
	must(t, k.UpdateProgramme(ctx, officer, p))
	p, _ = k.Programme(ctx, officer, p.ID)
	p.Participants, p.Printed = nil, "Seoul Intl. Forum"
	must(t, k.UpdateProgramme(ctx, officer, p))
	if p, _ = k.Programme(ctx, officer, p.ID); len(p.Participants) != 1 {
		t.Error("participants lost")
	}
	p.Participants = ParticipantList{}
	must(t, k.UpdateProgramme(ctx, officer, p))
	if p, _ = k.Programme(ctx, officer, p.ID); len(p.Participants) != 0 {
		t.Error("participants kept")
	}
}

func TestWhatCannotBeStored(t *testing.T) { engines(t, testWhatCannotBeStored) }

func testWhatCannotBeStored(t *testing.T, k *Desk, n *network.Desk, d *db.DB) {
	ctx := context.Background()
	p := forum(t, k)
	ok := Activity{Programme: p.ID, Kind: "forum", Names: db.Text{"en": "Edition"}, Zone: "Asia/Seoul", Period: network.On("2027-05-19")}
	for _, c := range []struct {
		name   string
		change func(*Activity)
		want   []string
	}{
		{"fine", func(a *Activity) {}, nil},
		{"empty rows are left out", func(a *Activity) {
			a.Roles, a.Participants = []Role{{}}, []Participant{{Part: "host"}}
		}, nil},
		{"no name", func(a *Activity) { a.Names = db.Text{"en": "  "} }, []string{"names activity.names.missing"}},
		{"a language of no catalog", func(a *Activity) { a.Names["fr"] = "x" }, []string{"names activity.language.unknown"}},
		{"kind", func(a *Activity) { a.Kind = "party" }, []string{"kind activity.kind.missing"}},
		{"programme", func(a *Activity) { a.Programme = "x" }, []string{"programme activity.programme.unknown"}},
		{"parent", func(a *Activity) { a.Parent = "x" }, []string{"parent activity.parent.unknown"}},
		{"place", func(a *Activity) { a.Place = "x" }, []string{"place activity.place.unknown"}},
		{"zone", func(a *Activity) { a.Zone = "Asia/Atlantis" }, []string{"zone activity.zone.unknown"}},
		{"mode", func(a *Activity) { a.Mode = "x" }, []string{"mode activity.mode.unknown"}},
		{"topic", func(a *Activity) { a.Topics = db.List{"x"} }, []string{"topics activity.topic.unknown"}},
		{"role", func(a *Activity) { a.Roles = []Role{{Organisation: "x", Role: "y"}} },
			[]string{"roles.0.organisation activity.organisation.unknown", "roles.0.role activity.role.missing"}},
		{"participant", func(a *Activity) {
			a.Participants = []Participant{{Place: "x", Part: "y"}, {Unnamed: -1, Part: "pilot"}}
		},
			[]string{"participants.0.place activity.place.unknown", "participants.0.part activity.part.missing",
				"participants.1.unnamed activity.group.count", "participants.1.names activity.group.name"}},
		{"address", func(a *Activity) { a.ID = "Has Spaces" }, []string{"id activity.id.form"}},
		{"item outside the days", func(a *Activity) {
			a.Items = []Item{{Kind: "talk", Names: db.Text{"en": "x"}, Starts: "2027-05-20T09:00"}}
		}, []string{"items activity.item.problem"}},
	} {
		a := ok
		a.Names = db.Text{"en": "Edition"}
		c.change(&a)
		_, err := k.CreateActivity(ctx, officer, a)
		if got := fieldsOf(err); !slices.Equal(got, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	a, err := k.CreateActivity(ctx, officer, ok)
	must(t, err)
	if _, err := k.CreateActivity(ctx, officer, Activity{ID: a.ID, Kind: "forum", Names: db.Text{"en": "x"}}); !slices.Equal(fieldsOf(err), []string{"id activity.id.taken"}) {
		t.Errorf("a taken id: %v", err)
	}
	b, err := k.CreateActivity(ctx, officer, Activity{Kind: "workshop", Parent: a.ID, Names: db.Text{"en": "Workshop"}})
	must(t, err)
	a.Parent = b.ID
	if err := k.UpdateActivity(ctx, officer, a); !slices.Equal(fieldsOf(err), []string{"parent activity.parent.circle"}) {
		t.Errorf("a circle: %v", err)
	}
}

func TestItems(t *testing.T) { engines(t, testItems) }

func testItems(t *testing.T, k *Desk, n *network.Desk, d *db.DB) {
	ctx := context.Background()
	a, err := k.CreateActivity(ctx, officer, Activity{Kind: "forum", Names: db.Text{"en": "Edition"}, Zone: "Europe/Paris",
		Period: network.Period{From: "2027-03-27", To: "2027-03-28", Precision: network.Day}})
	must(t, err)
	item := func(name, from, to string) Item {
		return Item{Kind: "talk", Names: db.Text{"en": name}, Starts: from, Ends: to}
	}
	version := a.Version
	step := func(err error) {
		t.Helper()
		must(t, err)
		version++
	}
	step(k.AddItem(ctx, officer, a.ID, version, item("one", "2027-03-27T09:00", "2027-03-27T10:00")))
	step(k.AddItem(ctx, officer, a.ID, version, item("two", "2027-03-27T10:00", "")))
	step(k.AddItem(ctx, officer, a.ID, version, item("three", "", "")))
	step(k.MoveItem(ctx, officer, a.ID, version, 2, true))
	step(k.SetItem(ctx, officer, a.ID, version, 0, item("first", "2027-03-27T08:00", "")))
	step(k.RemoveItem(ctx, officer, a.ID, version, 2))
	got, err := k.Activity(ctx, officer, a.ID)
	must(t, err)
	var names []string
	for _, i := range got.Items {
		names = append(names, i.Names["en"])
	}
	if !slices.Equal(names, []string{"first", "three"}) {
		t.Errorf("items %v", names)
	}
	for _, c := range []struct {
		item Item
		want string
	}{
		{item("", "", ""), "names activity.names.missing"},
		{item("x", "2027-03-28T02:30", ""), "starts activity.item.skipped"}, // summer time begins that night in Paris
		{item("x", "9:00", ""), "starts activity.item.clock"},
		{item("x", "2027-03-29T09:00", ""), "starts activity.item.outside"},
		{item("x", "2027-03-27T09:00", "2027-03-27T09:00"), "ends activity.item.order"},
		{item("x", "", "2027-03-27T09:00"), "starts activity.item.nostart"},
	} {
		if c.item.Names["en"] == "" {
			c.item.Names = nil
		}
		if got := fieldsOf(k.AddItem(ctx, officer, a.ID, version, c.item)); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%+v: %v, want %s", c.item, got, c.want)
		}
	}
	if err := k.RemoveItem(ctx, officer, a.ID, version, 9); fault.CodeOf(err) != fault.NotFound {
		t.Error(err)
	}
	if err := k.AddItem(ctx, officer, a.ID, 1, item("late", "", "")); fault.CodeOf(err) != fault.Conflict {
		t.Error(err)
	}
	// The form of an activity does not carry its items.
	got.Items, got.Venue = nil, "Hall"
	must(t, k.UpdateActivity(ctx, officer, got))
	if got, _ = k.Activity(ctx, officer, a.ID); len(got.Items) != 2 {
		t.Error("items lost")
	}
	got.Period = network.On("2028-01-01")
	if err := k.UpdateActivity(ctx, officer, got); !slices.Equal(fieldsOf(err), []string{"items activity.item.problem"}) {
		t.Errorf("other days than the items: %v", err)
	}
}

func TestStrip(t *testing.T) { engines(t, testStrip) }

func testStrip(t *testing.T, k *Desk, n *network.Desk, d *db.DB) {
	ctx := context.Background()
	p := forum(t, k)
	for id, period := range map[string]string{"e2014": "2014-05-01", "e2016": "2016-05-19/2016-05-20", "e2016b": "2016-11", "e2018": "2018-09-04/2018-09-05", "later": ""} {
		q, err := network.ParsePeriod(period)
		must(t, err)
		_, err = k.CreateActivity(ctx, officer, Activity{ID: id, Programme: p.ID, Kind: "forum", Names: db.Text{"en": id}, Period: q})
		must(t, err)
	}
	say := func(subject, key, field, parsed string, rank int64) {
		_, err := n.CreateStatement(ctx, officer, network.Statement{Subject: subject, SubjectKey: key, Field: field, Printed: parsed, Parsed: parsed,
			SourceTitle: "some page", Rank: rank})
		must(t, err)
	}
	say("activity", "e2018", network.PeriodField, "2018-09-04/2018-09-05", 0)
	say("activity", "e2018", network.PeriodField, "2018-07-05/2018-07-06", 1)
	say("activity", "e2016", network.PeriodField, "2016-05", 1) // less exact, no contradiction
	say("programme", p.ID, EditionField, "2019-06-08/2019-06-09", 1)
	s, err := k.Strip(ctx, officer, p.ID)
	must(t, err)
	var ids []string
	for _, e := range s.Editions {
		ids = append(ids, e.Activity.ID)
	}
	if !slices.Equal(ids, []string{"e2014", "e2016", "e2016b", "e2018", ""}) {
		t.Errorf("editions %v", ids)
	}
	if s.First() != 2014 || s.Last() != 2019 || !slices.Equal(s.Gaps(), []int{2015, 2017}) || !slices.Equal(s.Doubles(), []int{2016}) {
		t.Errorf("from %d to %d, gaps %v, doubles %v", s.First(), s.Last(), s.Gaps(), s.Doubles())
	}
	if len(s.Undated) != 1 || s.Undated[0].Activity.ID != "later" {
		t.Errorf("undated %v", s.Undated)
	}
	e := s.Editions[3]
	if !e.Contested() || len(e.Sources) != 2 || len(e.Rivals) != 1 || e.Rivals[0].Parsed != "2018-07-05/2018-07-06" {
		t.Errorf("2018: %+v", e)
	}
	if s.Editions[1].Contested() || !s.Editions[4].Second() || s.Editions[0].Second() {
		t.Error("contested or second wrongly")
	}
	facts, err := k.Facts(ctx, officer, "activity", "e2018")
	must(t, err)
	if len(facts) != 1 || !facts[0].Contested() || facts[0].Claims[0].Contradicting {
		t.Errorf("facts %+v", facts)
	}
	if s, err := k.Strip(ctx, public, p.ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a draft has a public strip: %v %v", s, err)
	}
	if s := MakeStrip(nil, nil, nil); s.First() != 0 || s.Last() != 0 {
		t.Error("an empty strip has years")
	}
}

func TestInvolvements(t *testing.T) { engines(t, testInvolvements) }

func testInvolvements(t *testing.T, k *Desk, n *network.Desk, d *db.DB) {
	ctx := context.Background()
	p := forum(t, k)
	p.Participants = ParticipantList{{Place: "tokyo", Part: "peer"}}
	must(t, k.UpdateProgramme(ctx, officer, p))
	must(t, k.PublishProgramme(ctx, officer, p.ID, 2))
	put := func(a Activity) {
		a.Names = db.Text{"en": a.ID}
		a, err := k.CreateActivity(ctx, officer, a)
		must(t, err)
		must(t, k.Publish(ctx, officer, a.ID, 1))
	}
	put(Activity{ID: "f2018", Kind: "forum", Programme: p.ID, Place: "seoul", Period: network.On("2018-09-04"), Topics: db.List{"waste"},
		Roles: []Role{{"smg", "organiser", ""}, {"smg", "host", ""}, {"eacac", "supporter", ""}}})
	put(Activity{ID: "f2019", Kind: "forum", Programme: p.ID, Place: "seoul", Period: network.On("2019-09-22"), Roles: []Role{{"smg", "organiser", ""}}})
	put(Activity{ID: "tour", Kind: "visit", Period: network.On("2017"), Topics: db.List{"waste"},
		Participants: []Participant{{Place: "tokyo", Part: "visited"}, {Place: "beijing", Part: "visiting"}}})
	put(Activity{ID: "study", Kind: "study", Roles: []Role{{"bmeeb", "developer", ""}},
		Participants: []Participant{{Place: "seoul", Part: "benchmark"}, {Place: "seoul", Part: "benchmark"}}})
	_, err := k.CreateActivity(ctx, officer, Activity{ID: "draft", Kind: "forum", Names: db.Text{"en": "x"}, Place: "seoul"})
	must(t, err)

	type row struct{ what, how string }
	rows := func(is []Involvement, err error) (out []row) {
		must(t, err)
		for _, i := range is {
			r := row{i.Activity.ID, ""}
			if i.Whole() {
				r.what = "programme " + i.Programme.ID
			}
			for _, s := range slices.Concat(i.Parts, i.Roles, i.Organisations) {
				r.how += s + " "
			}
			out = append(out, r)
		}
		return out
	}
	for _, c := range []struct {
		name string
		got  []row
		want []row
	}{
		{"seoul", rows(k.OfPlace(ctx, public, "seoul")), []row{{"f2019", "host "}, {"f2018", "host "}, {"study", "benchmark "},
			{"programme seoul-intl-forum", "organiser smg "}}},
		{"tokyo", rows(k.OfPlace(ctx, public, "tokyo")), []row{{"tour", "visited "}, {"programme seoul-intl-forum", "peer "}}},
		{"beijing", rows(k.OfPlace(ctx, public, "beijing")), []row{{"tour", "visiting "}, {"study", "developer bmeeb "}}},
		{"smg", rows(k.OfOrganisation(ctx, public, "smg")), []row{{"f2019", "organiser "}, {"f2018", "organiser host "},
			{"programme seoul-intl-forum", "organiser "}}},
		{"nobody", rows(k.OfOrganisation(ctx, public, "x")), nil},
	} {
		if d := cmp.Diff(c.want, c.got, cmp.AllowUnexported(row{})); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
	if got, _ := k.OfPlace(ctx, officer, "seoul"); len(got) != 5 {
		t.Error("officers see drafts, too")
	}
	ps, as, err := k.OfTopic(ctx, public, []string{"waste"})
	must(t, err)
	if len(ps) != 1 || len(as) != 1 || as[0].ID != "tour" { // the edition is told of by its programme
		t.Errorf("waste: %d programmes, %v", len(ps), as)
	}
}

func TestUpcoming(t *testing.T) { engines(t, testUpcoming) }

func testUpcoming(t *testing.T, k *Desk, n *network.Desk, d *db.DB) {
	ctx := context.Background()
	for id, period := range map[string]string{"day": "2027-01-04", "month": "2027-01", "year": "2027", "open": "2020/..", "past": "2026-12-31", "unknown": "", "next": "2027-05-19/2027-05-20"} {
		q, err := network.ParsePeriod(period)
		must(t, err)
		_, err = k.CreateActivity(ctx, officer, Activity{ID: id, Kind: "forum", Names: db.Text{"en": id}, Period: q, Zone: "Asia/Seoul"})
		must(t, err)
		must(t, k.Publish(ctx, officer, id, 1))
	}
	ids := func(now string) (ids []string) {
		at, err := time.Parse(time.RFC3339, now)
		must(t, err)
		as, err := k.Upcoming(ctx, public, at)
		must(t, err)
		for _, a := range as {
			ids = append(ids, a.ID)
		}
		return ids
	}
	// 4 January ends in Seoul at 15:00 UTC (UTC+9).
	if got := ids("2027-01-04T14:59:00Z"); !slices.Equal(got, []string{"open", "year", "month", "day", "next"}) {
		t.Error(got)
	}
	if got := ids("2027-01-04T15:00:00Z"); !slices.Equal(got, []string{"open", "year", "month", "next"}) {
		t.Error(got)
	}
}
