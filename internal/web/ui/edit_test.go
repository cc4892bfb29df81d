package ui

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"

	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
)

type river struct {
	Name, Kind string
	Names      db.Text
	Length     *float64
	Bridges    int64
	Cities     db.List
	Dry        bool
	Since      network.Period
	Version    int64
}

func askRiver(q Edit, r *river) error {
	q.Text("name", "signin.email", &r.Name)
	q.Select("kind", "part.choose", &r.Kind, []Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}})
	q.Texts("names", "signin.email", &r.Names)
	q.Number("length", "part.year", &r.Length)
	q.Whole("bridges", "part.year", &r.Bridges)
	q.Lines("cities", "part.choose", &r.Cities)
	q.Check("dry", "part.yes", &r.Dry)
	q.Period("since", "part.month", &r.Since)
	q.Keep("version", &r.Version)
	return nil
}

func TestChange(t *testing.T) {
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	stored := river{Name: "Han", Kind: "a", Bridges: 31, Version: 3}
	run := func(method string, sent url.Values, refused error) (river, *Form, bool) {
		r := &Request{Request: httptest.NewRequest(method, "/en/form", nil), Lang: "en", Words: c.Lang("en"), site: &Site{}}
		r.PostForm = sent
		is, saved := stored, false
		f, err := Change(r, &is, askRiver, func() error { saved = true; return refused }, func() (river, error) { now := stored; now.Version = 4; return now, nil })
		if err != nil {
			t.Fatal(err)
		}
		return is, f, saved
	}

	if is, f, saved := run(http.MethodGet, nil, nil); saved || f.Get("name").Value != "Han" || is.Bridges != 31 {
		t.Error("at first the form shows what is stored")
	}
	sent := url.Values{"name": {" Hangang "}, "names.ko": {"한강"}, "length": {"494,4"}, "bridges": {"32"}, "cities": {"Seoul\r\n\r\nGoyang"}, "dry": {"yes"},
		"since.from.y": {"2019"}, "since.from.m": {"9"}, "version": {"3"}}
	is, f, saved := run(http.MethodPost, sent, nil)
	if f != nil || !saved || is.Name != "Hangang" || is.Names["ko"] != "한강" || *is.Length != 494.4 || is.Bridges != 32 || !slices.Equal(is.Cities, db.List{"Seoul", "Goyang"}) ||
		!is.Dry || is.Since.String() != "2019-09" || is.Version != 3 {
		t.Errorf("read as %+v", is)
	}
	if is.Kind != "a" {
		t.Error("a question that was not sent changed something")
	}

	for name, wrong := range map[string]url.Values{"length": {"length": {"long"}}, "bridges": {"bridges": {"1.5"}}, "since": {"since.from.y": {"2019"}, "since.from.m": {"13"}}} {
		_, f, saved := run(http.MethodPost, wrong, nil)
		if saved || f == nil || f.status != http.StatusUnprocessableEntity || !f.Get(name).Bad() || len(f.Problems()) != 1 {
			t.Errorf("%s: a wrong answer is not shown at its field", name)
		}
	}

	_, f, _ = run(http.MethodPost, sent, fault.New(fault.Conflict, "error.conflict"))
	if f == nil || !f.Conflict() || f.Get("version").Value != "4" || f.Get("name").Value != " Hangang " || !slices.ContainsFunc(f.Clashes, func(d Difference) bool { return d.Theirs == "Han" && d.Yours == "Hangang" }) {
		t.Errorf("a conflict does not show both versions: %+v", f)
	}
}
