package evidence_test

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/evidence"
	"aircommons/internal/library"
	"aircommons/internal/mail"
	"aircommons/internal/network"
	"aircommons/internal/obs/mem"
	"aircommons/internal/record"
	"aircommons/internal/web"
)

var officer = actor.Actor{ID: "o", Name: "Officer", Role: actor.Secretariat}

type letters struct{}

func (letters) Send(context.Context, mail.Message) error { return nil }

// site is the whole site over the example network with what files hold imported for Beijing.
func site(t testing.TB, files ...string) (http.Handler, *evidence.Desk, *account.Desk) {
	t.Helper()
	h, k, people, _ := siteOn(t, files...)
	return h, k, people
}

// siteOn is site with its database, whose jobs can be run.
func siteOn(t testing.TB, files ...string) (http.Handler, *evidence.Desk, *account.Desk, *db.DB) {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	now := func() time.Time { return time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) }
	d, err := db.Open(ctx, filepath.Join(dir, "network.db"), now)
	must(t, err)
	t.Cleanup(func() { d.Close() })
	_, err = record.New(d).LoadExample(ctx, "eacac")
	must(t, err)
	kept, err := db.OpenFiles(filepath.Join(dir, "files"))
	must(t, err)
	net := network.New(d)
	k := evidence.New(d, mem.New(), kept, net)
	for _, name := range files {
		f, err := os.Open(name)
		must(t, err)
		i, _, err := k.StartImport(ctx, officer, evidence.Upload{Name: filepath.Base(name), Place: "beijing", Reader: f, Auto: true})
		f.Close()
		must(t, err)
		for {
			ran, err := d.WorkOnce(ctx, k.Run)
			must(t, err)
			if !ran {
				break
			}
		}
		if i, _, err = k.Import(ctx, officer, i.ID); err != nil || i.State != evidence.Stored {
			t.Fatalf("%s: %s %v %v", name, i.State, i.Report.Error, err)
		}
	}
	texts, err := catalog.Load()
	must(t, err)
	people := account.New(d, letters{}, texts)
	h, err := web.New(web.Config{DB: d, Network: net, Activity: activity.New(d), Library: library.New(d, kept), Account: people, Evidence: k,
		Catalog: texts, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: now, URL: "http://air.example.org", Version: "test"})
	must(t, err)
	return h, k, people, d
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, h http.Handler, path string) (int, string, http.Header) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "http://air.example.org"+path, nil))
	return w.Code, html.UnescapeString(w.Body.String()), w.Header()
}

func realFile(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("AIRCOMMONS_TESTDATA")
	if dir == "" {
		dir = "../../../../shared/data"
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skip("no real files here: set AIRCOMMONS_TESTDATA")
	}
	return path
}

func TestPageOfTheAir(t *testing.T) {
	h, _, _ := site(t, realFile(t, "us-embassy-stateair/Beijing_2016_HourlyPM25_created20170201.csv.gz"))
	code, en, _ := get(t, h, "/en/cities/beijing/air")
	if code != 200 {
		t.Fatal(code, en)
	}
	for _, want := range []string{"Is the air good enough?", "Not yet.", "30.5", "126 days of 2016 were above the daily limit of 75, 46 met the WHO guideline of 15", "99.7",
		"It met the national limit of the time, 35 µg/m³, and would miss today’s, 30 µg/m³.", "6.1 times the WHO guideline"} {
		if !strings.Contains(en, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, l := range catalog.Languages {
		for _, place := range []string{"beijing", "seoul", "california", "tokyo", "jinan", "newyork", "ulaanbaatar", "busan"} {
			for _, q := range []string{"", "?p=no2", "?p=o3", "?p=pm10"} {
				if code, text, _ := get(t, h, "/"+l.Tag+"/cities/"+place+"/air"+q); code != 200 || strings.Contains(text, "{{") || strings.Contains(text, "NaN") {
					t.Errorf("%s %s%s: %d", l.Tag, place, q, code)
				}
			}
		}
		for _, x := range []string{"annual.svg", "annual.csv", "calendar.svg", "calendar.csv", "months.svg", "months.csv", "hours.svg", "hours.csv", "explorer.svg", "explorer.csv"} {
			code, text, head := get(t, h, "/"+l.Tag+"/cities/beijing/air/chart/"+x+"?p=pm25")
			if code != 200 || len(text) < 100 || !strings.Contains(head.Get("Content-Disposition"), "beijing-pm25-") {
				t.Errorf("%s: %d", x, code)
			}
		}
	}
	for _, path := range []string{"/en/cities/nowhere/air", "/en/cities/beijing/air?p=x", "/en/cities/beijing/air?station=99", "/en/cities/beijing/air/chart/x.svg", "/en/cities/china/air", "/en/cities/beijing/air/hours.csv"} {
		if code, _, _ := get(t, h, path); code != 404 {
			t.Errorf("%s: %d", path, code)
		}
	}
	code, text, _ := get(t, h, "/en/cities/beijing/air/hours.csv?p=pm25&at=1&from=2016-01-01&to=2016-01-01")
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if code != 200 || len(lines) != 25 || lines[1] != "2015-12-31T16:00:00Z,2016-01-01T00:00:00+08:00,Beijing,pm25,231,ug/m3," {
		t.Errorf("%d %d %s", code, len(lines), text)
	}
}

// TestGlanceLeadsToItsPollutant follows the overview of another pollutant: a place's page opens with the same one, and
// what a source says in English is marked as English.
func TestGlanceLeadsToItsPollutant(t *testing.T) {
	h, _, _ := site(t)
	_, text, _ := get(t, h, "/ko/evidence?pollutant=pm10")
	if !strings.Contains(text, `href="/ko/cities/beijing/air?p=pm10"`) {
		t.Error("the overview of PM10 does not lead to the PM10 of Beijing")
	}
	if !strings.Contains(text, `<td lang="en">`) {
		t.Error("sources are not marked as English")
	}
}

// TestDaysBeforeALimit looks at a year before the national limit of days was in force (GB 3095-2012, from 2016): the
// limit of today may be told, but as what it is.
func TestDaysBeforeALimit(t *testing.T) {
	h, _, _ := site(t, realFile(t, "us-embassy-stateair/Beijing_2013_HourlyPM2.5_created20140325.csv.gz"))
	if _, text, _ := get(t, h, "/en/cities/beijing/air?year=2013"); !strings.Contains(text, "days of 2013 were above today’s daily limit of 60") {
		t.Error("a limit of today is told as one of 2013")
	}
}
