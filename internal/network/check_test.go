package network

import (
	"strings"
	"testing"

	"aircommons/internal/db"
)

func f64(v float64) *float64 { return &v }

func TestPlaceChecks(t *testing.T) {
	each(t, func(t *testing.T, k *Desk) {
		good := Place{Names: db.Text{"en": "Xi'an"}, Kind: "city", Country: "cn", TimeZone: "Asia/Shanghai"}
		p, err := k.CreatePlace(ctx, secretariat, good)
		ok(t, err)
		if p.ID != "xian" || p.Country != "CN" || p.Version != 1 {
			t.Errorf("%+v", p)
		}
		if q, err := k.CreatePlace(ctx, secretariat, good); err != nil || q.ID != "xian-2" {
			t.Error(q.ID, err)
		}
		if q, err := k.CreatePlace(ctx, secretariat, Place{Names: db.Text{"mn": "Эрдэнэт"}, Kind: "city", Country: "MN", TimeZone: "Asia/Ulaanbaatar"}); err != nil || q.ID != "place" {
			t.Error(q.ID, err)
		}
		n, less := int64(10), int64(-1)
		for _, c := range []struct {
			change func(*Place)
			fields string
		}{
			{func(p *Place) { p.Names = db.Text{"en": "  "} }, "names"},
			{func(p *Place) { p.Names["ko"] = strings.Repeat("가", 301) }, "names.ko"},
			{func(p *Place) { p.Names["fr"] = "Xian" }, "names"},
			{func(p *Place) { p.ID = "New York" }, "id"},
			{func(p *Place) { p.ID = "new" }, "id"},
			{func(p *Place) { p.ID = "seoul" }, "id"},
			{func(p *Place) { p.Kind = "village" }, "kind"},
			{func(p *Place) { p.Country = "CHN" }, "country"},
			{func(p *Place) { p.Country = "" }, "country"},
			{func(p *Place) { p.Parent = "nowhere" }, "parent"},
			{func(p *Place) { p.Parent = "seoul" }, "parent"},
			{func(p *Place) { p.Lat = f64(34) }, "lon"},
			{func(p *Place) { p.Lat, p.Lon = f64(91), f64(181) }, "lat lon"},
			{func(p *Place) { p.TimeZone = "" }, "zone"},
			{func(p *Place) { p.TimeZone = "Beijing time" }, "zone"},
			{func(p *Place) { p.TimeZone = "Local" }, "zone"},
			{func(p *Place) { p.Population = &n }, "population_year population_source"},
			{func(p *Place) { p.Population, p.PopulationYear, p.PopulationSource = &less, 1700, "x" }, "population population_year"},
			{func(p *Place) { p.Population, p.PopulationYear, p.PopulationSource = &n, 2029, "x" }, "population_year"},
			{func(p *Place) { p.Role = "capital" }, "role"},
			{func(p *Place) { p.Sources = db.List{strings.Repeat("x", 501)} }, "sources"},
		} {
			p := Place{ID: "xian-3", Names: db.Text{"en": "Xi'an"}, Kind: "city", Country: "CN", TimeZone: "Asia/Shanghai"}
			c.change(&p)
			_, err := k.CreatePlace(ctx, secretariat, p)
			refused(t, err, c.fields)
		}
		// Nothing lies in itself, directly or around a corner.
		a, err := k.CreatePlace(ctx, secretariat, Place{ID: "outer", Names: db.Text{"en": "Outer"}, Kind: "region"})
		ok(t, err)
		b, err := k.CreatePlace(ctx, secretariat, Place{ID: "inner", Names: db.Text{"en": "Inner"}, Kind: "region", Parent: "outer"})
		ok(t, err)
		b.Parent = "inner"
		refused(t, k.UpdatePlace(ctx, secretariat, b), "parent")
		a.Parent = "inner"
		refused(t, k.UpdatePlace(ctx, secretariat, a), "parent")
	})
}

func TestOrganisationChecks(t *testing.T) {
	each(t, func(t *testing.T, k *Desk) {
		for _, c := range []struct {
			change func(*Organisation)
			fields string
		}{
			{func(o *Organisation) { o.Names = nil }, "names"},
			{func(o *Organisation) { o.Kind = "" }, "kind"},
			{func(o *Organisation) { o.Parent = "nobody" }, "parent"},
			{func(o *Organisation) { o.Parent = "o" }, "parent"},
			{func(o *Organisation) { o.Place = "nowhere" }, "place"},
			{func(o *Organisation) { o.URL = "javascript:alert(1)" }, "url"},
			{func(o *Organisation) { o.URL = "www.example.org" }, "url"},
			{func(o *Organisation) { o.Summary = db.Text{"mn": strings.Repeat("ө", 4001)} }, "summary.mn"},
		} {
			o := Organisation{ID: "o", Names: db.Text{"en": "O"}, Kind: "ministry", URL: "https://example.org/"}
			c.change(&o)
			_, err := k.CreateOrganisation(ctx, secretariat, o)
			refused(t, err, c.fields)
		}
	})
}

func TestMembershipChecks(t *testing.T) {
	each(t, func(t *testing.T, k *Desk) {
		good := Membership{Place: "seoul", Network: "net", Kind: "founder", Period: On("2016"), Sources: db.List{"A page"}}
		must(t)(k.CreateMembership(ctx, secretariat, good))
		for _, c := range []struct {
			change func(*Membership)
			fields string
		}{
			{func(m *Membership) {}, "place"}, // a second time, from the same source
			{func(m *Membership) { m.Place = "" }, "place"},
			{func(m *Membership) { m.Organisation = "net" }, "place"},
			{func(m *Membership) { m.Place, m.Organisation = "", "net" }, "organisation"},
			{func(m *Membership) { m.Place = "nowhere" }, "place"},
			{func(m *Membership) { m.Network = "" }, "network"},
			{func(m *Membership) { m.Network = "nobody" }, "network"},
			{func(m *Membership) { m.Kind = "friend" }, "kind"},
			{func(m *Membership) { m.Rank = -1 }, "rank"},
		} {
			m := good
			c.change(&m)
			_, err := k.CreateMembership(ctx, secretariat, m)
			refused(t, err, c.fields)
		}
		good.Sources = db.List{"Another page"}
		good.Rank = 1
		m, err := k.CreateMembership(ctx, secretariat, good)
		ok(t, err)
		if m.ID != "net-seoul-2016-2" {
			t.Error("id", m.ID)
		}
		s, err := k.Snapshot(ctx)
		ok(t, err)
		all := s.Members("net")
		if len(all) != 1 || len(all[0].Memberships) != 2 || !all[0].First() || all[0].Kind() != "founder" || all[0].Earliest().String() != "2016" {
			t.Errorf("%+v", all)
		}
	})
}

func TestTopicChecks(t *testing.T) {
	each(t, func(t *testing.T, k *Desk) {
		a, err := k.CreateTopic(ctx, secretariat, Topic{ID: "particles", Scheme: "pollutant", Labels: db.Text{"en": "Particles"}})
		ok(t, err)
		b, err := k.CreateTopic(ctx, secretariat, Topic{ID: "pm25", Scheme: "pollutant", Labels: db.Text{"en": "PM2.5"}, Broader: "particles"})
		ok(t, err)
		_, err = k.CreateTopic(ctx, secretariat, Topic{ID: "x", Scheme: "sector", Labels: db.Text{"en": "X"}, Broader: "particles"})
		refused(t, err, "broader")
		_, err = k.CreateTopic(ctx, secretariat, Topic{ID: "x", Scheme: "mood", Broader: "nothing"})
		refused(t, err, "labels scheme broader")
		a.Broader = "pm25"
		refused(t, k.UpdateTopic(ctx, secretariat, a), "broader")
		a.Broader, a.Scheme = "", "sector"
		refused(t, k.UpdateTopic(ctx, secretariat, a), "scheme")
		s, err := k.Snapshot(ctx)
		ok(t, err)
		tree := s.TopicTree("pollutant")
		if len(tree) != 1 || tree[0].Item.ID != "particles" || len(tree[0].Below) != 1 || tree[0].Below[0].Item.ID != "pm25" {
			t.Errorf("%+v", tree)
		}
		if up := s.Broader("pm25"); len(up) != 1 || up[0].ID != "particles" {
			t.Errorf("%+v", up)
		}
		if ids := s.TopicAndNarrower("particles"); strings.Join(ids, " ") != "particles pm25" {
			t.Error(ids)
		}
		ok(t, k.WithdrawTopic(ctx, secretariat, "particles", 1))
		if s, err = k.Snapshot(ctx); err != nil || len(s.TopicTree("pollutant")) != 1 || s.TopicTree("pollutant")[0].Item.ID != "pm25" {
			t.Error("a term below a withdrawn one is lost", err)
		}
		_ = b
	})
}

func TestStatementChecks(t *testing.T) {
	each(t, func(t *testing.T, k *Desk) {
		good := Statement{Subject: "place", SubjectKey: "seoul", Field: PeriodField, Printed: "22▸23 SEP", Parsed: "2019-09-22/2019-09-23", SourceTitle: "A page"}
		s, err := k.CreateStatement(ctx, secretariat, good)
		ok(t, err)
		if s.ID != "seoul-period" || s.EnteredBy != "Officer" || !s.EnteredAt.Equal(now()) {
			t.Errorf("%+v", s)
		}
		for _, c := range []struct {
			change func(*Statement)
			fields string
		}{
			{func(s *Statement) { s.Subject = "journal" }, "subject"},
			{func(s *Statement) { s.SubjectKey = "" }, "key"},
			{func(s *Statement) { s.SubjectKey = "nowhere" }, "key"},
			{func(s *Statement) { s.Field = "" }, "field"},
			{func(s *Statement) { s.Printed = " " }, "printed"},
			{func(s *Statement) { s.Parsed = "22 September" }, "parsed"},
			{func(s *Statement) { s.Parsed = "2019-09-23/2019-09-22" }, "parsed"},
			{func(s *Statement) { s.SourceTitle = "" }, "source"},
			{func(s *Statement) { s.SourceURL = "eacacn.org" }, "url"},
			{func(s *Statement) { s.SourceDate = "13 Sept 2018" }, "date"},
			{func(s *Statement) { s.Rank = 100 }, "rank"},
		} {
			s := good
			c.change(&s)
			_, err := k.CreateStatement(ctx, secretariat, s)
			refused(t, err, c.fields)
		}
		// Who entered it first stays; the change has its own author in the history.
		s.Printed = "22-23 SEP"
		s.EnteredBy = "Somebody else"
		ok(t, k.UpdateStatement(ctx, second, s))
		s, err = k.Statement(ctx, secretariat, s.ID)
		ok(t, err)
		if s.EnteredBy != "Officer" || s.Printed != "22-23 SEP" {
			t.Errorf("%+v", s)
		}
	})
}

// The dates are those of the example network: its page, and the other pages that section 8 of its facts names.
func TestContradictions(t *testing.T) {
	each(t, func(t *testing.T, k *Desk) {
		say := func(field, parsed, printed string, rank int64) Statement {
			t.Helper()
			s, err := k.CreateStatement(ctx, secretariat, Statement{Subject: "organisation", SubjectKey: "net", Field: field, Printed: printed,
				Parsed: parsed, SourceTitle: "A page", Rank: rank})
			ok(t, err)
			return s
		}
		wrong := say(PeriodField, "2019-05-22/2019-05-23", "22-23 May 2019", 1)
		say(PeriodField, "2019-09-22/2019-09-23", "22▸23 SEP", 0)
		say(PeriodField, "2019-09", "September 2019", 2)
		say("name", "", "7th Northeast Asia Forum", 1)
		say("name", "", "Seoul Forum", 0)
		say("headcount", "1,900", "1,900 people", 0)
		say("headcount", "1900", "1900", 1)
		say("headcount", "2 100", "2 100", 2)
		say("venue", "", "Seoul City Hall", 0)
		say("venue", "", "SEOUL CITY HALL.", 1)
		facts, err := k.Facts(ctx, public, "organisation", "net")
		ok(t, err)
		var said []string
		for _, f := range facts {
			line := f.Field + ":"
			for _, c := range f.Claims {
				line += map[bool]string{true: " !", false: " ="}[c.Contradicting] + c.Printed
			}
			said = append(said, line)
		}
		want := "period: =22▸23 SEP !22-23 May 2019 !September 2019\nname: =Seoul Forum =7th Northeast Asia Forum\n" +
			"venue: =Seoul City Hall =SEOUL CITY HALL.\nheadcount: =1,900 people =1900 !2 100"
		if got := strings.Join(said, "\n"); got != want {
			t.Error(got)
		}
		if !Contested(facts, PeriodField) || Contested(facts, "name") || Contested(facts, "venue") {
			t.Error("contested fields")
		}
		// A withdrawn statement contradicts nothing: what is left agrees.
		ok(t, k.WithdrawStatement(ctx, secretariat, wrong.ID, 1))
		s, err := k.Snapshot(ctx)
		ok(t, err)
		facts = s.Facts("organisation", "net")
		if Contested(facts, PeriodField) || len(facts[0].Claims) != 2 {
			t.Errorf("%+v", facts[0])
		}
		// What the thing itself says counts, too.
		if f := facts[0].Against("2018-09-22/2018-09-23", ""); !f.Contested() || facts[0].Contested() {
			t.Error("against the thing's own value")
		}
	})
}

func TestSource(t *testing.T) {
	for _, c := range [][3]string{
		{"A page, 2016-05-17", "A page, 2016-05-17", ""},
		{"A page, https://example.org/a?b=1, 2016", "A page, 2016", "https://example.org/a?b=1"},
		{"https://example.org/x", "example.org", "https://example.org/x"},
		{"A page (https://example.org).", "A page", "https://example.org"},
		{"javascript:alert(1) x", "javascript:alert(1) x", ""},
	} {
		if words, address := Source(c[0]); words != c[1] || address != c[2] {
			t.Errorf("%q: %q, %q", c[0], words, address)
		}
	}
}
