package network

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/fault"
)

var (
	ctx         = context.Background()
	secretariat = actor.Actor{ID: "p1", Name: "Officer", Role: actor.Secretariat}
	second      = actor.Actor{ID: "p2", Name: "Second officer", Role: actor.Administrator}
	cityOfficer = actor.Actor{ID: "p3", Name: "City officer", Role: actor.CityOfficer, City: "ulaanbaatar"}
	visitor     = actor.Actor{ID: "p4", Name: "Visitor", Role: actor.Visitor}
	public      = actor.Actor{}
)

func now() time.Time { return time.Date(2027, 1, 4, 9, 0, 0, 0, time.UTC) }

// each runs a test on a desk with a small network, on every engine that is here.
func each(t *testing.T, f func(t *testing.T, k *Desk)) {
	dbtest.Each(t, now, func(t *testing.T, d *db.DB) {
		k := New(d)
		for _, p := range []Place{
			{ID: "mongolia", Names: db.Text{"en": "Mongolia", "mn": "Монгол Улс"}, Kind: "country", Country: "MN"},
			{ID: "ulaanbaatar", Names: db.Text{"en": "Ulaanbaatar", "mn": "Улаанбаатар", "ko": "울란바토르", "zh": "乌兰巴托"}, Kind: "city", Country: "MN",
				Parent: "mongolia", TimeZone: "Asia/Ulaanbaatar", Role: "network"},
			{ID: "seoul", Names: db.Text{"en": "Seoul", "ko": "서울", "zh": "首尔", "ja": "ソウル"}, Kind: "city", Country: "KR", TimeZone: "Asia/Seoul", Role: "network"},
			{ID: "beijing", Names: db.Text{"en": "Beijing", "zh": "北京", "ja": "北京"}, Kind: "city", Country: "CN", TimeZone: "Asia/Shanghai", Role: "network"},
		} {
			must(t)(k.CreatePlace(ctx, secretariat, p))
		}
		must(t)(k.CreateOrganisation(ctx, secretariat, Organisation{ID: "net", Names: db.Text{"en": "Clean Cities"}, Kind: "city-network"}))
		f(t, k)
	})
}

func must(t *testing.T) func(any, error) {
	t.Helper()
	return func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// is fails unless err is of a kind and a key.
func is(t *testing.T, err error, code fault.Code, key string) {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || e.Code != code || (key != "" && e.Message.Key != key) {
		t.Errorf("want %s %s, got %v", code, key, err)
	}
}

// refused fails unless the form is refused at exactly these fields.
func refused(t *testing.T, err error, fields string) {
	t.Helper()
	var e *fault.Error
	var got []string
	if errors.As(err, &e) && e.Code == fault.Invalid {
		for _, f := range e.Fields {
			got = append(got, f.Name)
		}
	}
	if strings.Join(got, " ") != fields {
		t.Errorf("want faults at %q, got %v", fields, err)
	}
}

func TestRights(t *testing.T) {
	each(t, func(t *testing.T, k *Desk) {
		seoul, err := k.Place(ctx, public, "seoul")
		ok(t, err)
		net, err := k.Organisation(ctx, public, "net")
		ok(t, err)
		for _, by := range []actor.Actor{public, visitor, cityOfficer} {
			_, err := k.CreatePlace(ctx, by, Place{Names: db.Text{"en": "X"}, Kind: "city", Country: "KR", TimeZone: "Asia/Seoul"})
			is(t, err, fault.Denied, "error.denied.officer")
			is(t, k.UpdatePlace(ctx, by, seoul), fault.Denied, "error.denied.city")
			is(t, k.WithdrawPlace(ctx, by, "seoul", 1), fault.Denied, "error.denied.officer")
			is(t, k.DeletePlace(ctx, by, "seoul", 1), fault.Denied, "error.denied.officer")
			is(t, k.UpdateOrganisation(ctx, by, net), fault.Denied, "error.denied.officer")
			_, err = k.CreateMembership(ctx, by, Membership{Place: "seoul", Network: "net", Kind: "member"})
			is(t, err, fault.Denied, "error.denied.officer")
			_, err = k.CreateTopic(ctx, by, Topic{Labels: db.Text{"en": "X"}, Scheme: "subject"})
			is(t, err, fault.Denied, "error.denied.officer")
			_, err = k.CreateStatement(ctx, by, Statement{})
			is(t, err, fault.Denied, "error.denied.officer")
			_, err = k.History(ctx, by, PlaceSubject, "seoul")
			is(t, err, fault.Denied, "error.denied.officer")
			_, err = k.Uses(ctx, by, PlaceSubject, "seoul")
			is(t, err, fault.Denied, "error.denied.officer")
		}
		// A city's officer keeps the population and the sources of the own city, and nothing else of it.
		ub, err := k.Place(ctx, cityOfficer, "ulaanbaatar")
		ok(t, err)
		n := int64(1_700_000)
		ub.Population, ub.PopulationYear, ub.PopulationSource = &n, 2023, "City statistics"
		ok(t, k.UpdatePlace(ctx, cityOfficer, ub))
		ub.Version++
		ub.Role = "benchmark"
		is(t, k.UpdatePlace(ctx, cityOfficer, ub), fault.Denied, "network.place.officer")
		is(t, k.UpdatePlace(ctx, visitor, ub), fault.Denied, "error.denied.city")
	})
}

func TestVersionsAndHistory(t *testing.T) {
	each(t, func(t *testing.T, k *Desk) {
		a, err := k.Place(ctx, secretariat, "seoul")
		ok(t, err)
		b := a
		a.Note = db.Text{"en": "First"}
		ok(t, k.UpdatePlace(ctx, secretariat, a))
		b.Role = "benchmark"
		is(t, k.UpdatePlace(ctx, second, b), fault.Conflict, "error.conflict")
		is(t, k.WithdrawPlace(ctx, second, "seoul", b.Version), fault.Conflict, "error.conflict")
		is(t, k.DeletePlace(ctx, second, "seoul", b.Version), fault.Conflict, "error.conflict")
		is(t, k.UpdatePlace(ctx, second, Place{ID: "nowhere", Version: 1}), fault.NotFound, "error.notfound")
		have, err := k.Place(ctx, secretariat, "seoul")
		ok(t, err)
		if have.Role != "network" || have.Note["en"] != "First" || have.Version != 2 {
			t.Errorf("overwritten: %+v", have)
		}
		// Saving the same again is no change.
		ok(t, k.UpdatePlace(ctx, secretariat, have))
		ok(t, k.WithdrawPlace(ctx, second, "seoul", 2))
		h, err := k.History(ctx, secretariat, PlaceSubject, "seoul")
		ok(t, err)
		var said []string
		for _, c := range h {
			said = append(said, c.Action+" "+c.ByName)
			if !c.At.Equal(now()) {
				t.Error("at", c.At)
			}
		}
		if s := strings.Join(said, ", "); s != "withdraw Second officer, update Officer, create Officer" {
			t.Error(s)
		}
		var before, after Place
		ok(t, json.Unmarshal(h[1].Before, &before))
		ok(t, json.Unmarshal(h[1].After, &after))
		if len(before.Note) != 0 || after.Note["en"] != "First" || after.Version != 2 {
			t.Errorf("journal: %+v to %+v", before, after)
		}
	})
}

func TestWithdrawRestoreDelete(t *testing.T) {
	each(t, func(t *testing.T, k *Desk) {
		m, err := k.CreateMembership(ctx, secretariat, Membership{Place: "ulaanbaatar", Network: "net", Kind: "member", Period: On("2016")})
		ok(t, err)
		if m.ID != "net-ulaanbaatar-2016" {
			t.Error("id", m.ID)
		}
		ok(t, k.WithdrawPlace(ctx, secretariat, "ulaanbaatar", 1))
		_, err = k.Place(ctx, public, "ulaanbaatar")
		is(t, err, fault.NotFound, "error.notfound")
		if _, err := k.Place(ctx, secretariat, "ulaanbaatar"); err != nil {
			t.Error("the office does not see what is withdrawn:", err)
		}
		list, err := k.Places(ctx, visitor)
		ok(t, err)
		all, err := k.Places(ctx, secretariat)
		ok(t, err)
		if len(list) != 3 || len(all) != 4 {
			t.Error("lists", len(list), len(all))
		}
		s, err := k.Snapshot(ctx)
		ok(t, err)
		if len(s.Members("net")) != 0 || len(s.Cities()) != 2 || s.PlaceName("ulaanbaatar", "mn") != "Улаанбаатар" {
			t.Error("snapshot shows what is withdrawn, or forgets its name")
		}
		if hits := search(t, k, "улаанбаатар"); hits != "" {
			t.Error("found:", hits)
		}
		ok(t, k.RestorePlace(ctx, secretariat, "ulaanbaatar", 2))
		if hits := search(t, k, "улаанбаатар"); hits != "/cities/ulaanbaatar" {
			t.Error("found:", hits)
		}
		s, err = k.Snapshot(ctx)
		ok(t, err)
		if len(s.Members("net")) != 1 {
			t.Error("members", s.Members("net"))
		}

		is(t, k.DeletePlace(ctx, secretariat, "ulaanbaatar", 3), fault.Conflict, "network.inuse")
		is(t, k.DeleteOrganisation(ctx, secretariat, "net", 1), fault.Conflict, "network.inuse")
		is(t, k.DeletePlace(ctx, secretariat, "mongolia", 1), fault.Conflict, "network.inuse")
		uses, err := k.Uses(ctx, secretariat, PlaceSubject, "ulaanbaatar")
		ok(t, err)
		if len(uses) != 1 || uses[0] != (Use{"membership", 1}) {
			t.Error("uses", uses)
		}
		ok(t, k.DeleteMembership(ctx, secretariat, m.ID, 1))
		ok(t, k.DeletePlace(ctx, secretariat, "ulaanbaatar", 3))
		if _, err := k.Place(ctx, secretariat, "ulaanbaatar"); fault.CodeOf(err) != fault.NotFound {
			t.Error("still there:", err)
		}
		h, err := k.History(ctx, secretariat, PlaceSubject, "ulaanbaatar")
		ok(t, err)
		if h[0].Action != "delete" || h[0].Before == nil || h[0].After != nil {
			t.Errorf("journal of the deletion: %+v", h[0])
		}
	})
}

func TestUsesOfOtherDesks(t *testing.T) {
	each(t, func(t *testing.T, k *Desk) {
		must(t)(k.CreateTopic(ctx, secretariat, Topic{ID: "waste", Labels: db.Text{"en": "Waste"}, Scheme: "subject"}))
		must(t)(k.CreateOrganisation(ctx, secretariat, Organisation{ID: "host", Names: db.Text{"en": "Host"}, Kind: "ministry"}))
		ok(t, k.db.Exec(ctx, `INSERT INTO activity (id, kind, names, label, period, printed, place_id, venue, zone, mode, aims, topics, notes, state, version)
			VALUES ('a', 'forum', '{}', '', '', '', 'seoul', '', '', '', '{}', '["waste"]', '{}', 'draft', 1)`))
		ok(t, k.db.Exec(ctx, `INSERT INTO activity_role (activity_id, position, organisation, role, note) VALUES ('a', 0, 'host', 'host', '')`))
		is(t, k.DeletePlace(ctx, secretariat, "seoul", 1), fault.Conflict, "network.inuse")
		is(t, k.DeleteTopic(ctx, secretariat, "waste", 1), fault.Conflict, "network.inuse")
		is(t, k.DeleteOrganisation(ctx, secretariat, "host", 1), fault.Conflict, "network.inuse")
		// Each column that names a thing can be asked on this engine.
		for subject := range references {
			if _, err := k.Uses(ctx, secretariat, subject, "nothing"); err != nil {
				t.Error(subject, err)
			}
		}
	})
}

func search(t *testing.T, k *Desk, query string) string {
	t.Helper()
	var paths []string
	ok(t, k.db.Read(ctx, func(tx *db.Tx) error {
		hits, err := tx.Search(ctx, query, "en", 0)
		for _, h := range hits {
			paths = append(paths, h.Path)
		}
		return err
	}))
	return strings.Join(paths, " ")
}

func TestSearch(t *testing.T) {
	each(t, func(t *testing.T, k *Desk) {
		must(t)(k.CreateOrganisation(ctx, secretariat, Organisation{ID: "smg", Names: db.Text{"en": "Seoul Metropolitan Government"}, Kind: "city-government", Place: "seoul"}))
		must(t)(k.CreateTopic(ctx, secretariat, Topic{ID: "ozone", Labels: db.Text{"en": "Ozone", "zh": "臭氧", "mn": "Озон"}, Scheme: "pollutant"}))
		for query, want := range map[string]string{
			"서울":            "/cities/seoul /organisations/smg",
			"北京":            "/cities/beijing",
			"улаанбаатар":   "/cities/ulaanbaatar",
			"Монгол":        "/cities/mongolia /cities/ulaanbaatar", // the city by the country it lies in
			"clean cities":  "/organisations/net",
			"臭氧":            "/topics/ozone",
			"озон":          "/topics/ozone",
			"metropolitan ": "/organisations/smg",
		} {
			if got := search(t, k, query); got != want {
				t.Errorf("%s: %q", query, got)
			}
		}
		// A new name of the country is found at once in what lies in it.
		m, err := k.Place(ctx, secretariat, "mongolia")
		ok(t, err)
		m.Names["ja"] = "モンゴル"
		ok(t, k.UpdatePlace(ctx, secretariat, m))
		if got := search(t, k, "モンゴル"); got != "/cities/mongolia /cities/ulaanbaatar" {
			t.Errorf("モンゴル: %q", got)
		}
	})
}
