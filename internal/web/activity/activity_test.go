package activity

import (
	"context"
	"crypto/rand"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"

	desk "aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/library"
	"aircommons/internal/network"
	"aircommons/internal/record"
	"aircommons/internal/web/ui"
)

var people = map[string]actor.Actor{
	"kim": {ID: "kim", Name: "Kim Seo-yeon", Role: actor.Secretariat},
	"bat": {ID: "bat", Name: "Batbold", Role: actor.CityOfficer, City: "ulaanbaatar"},
}

// site is the pages of this package on a store of their own.
type site struct {
	Deps
	h     http.Handler
	now   time.Time
	store *db.DB
}

// newSite is a site in memory; example loads the network that the program carries.
func newSite(t testing.TB, example bool, change func(*Deps)) *site {
	t.Helper()
	ctx := context.Background()
	texts, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{now: time.Date(2027, 1, 4, 9, 0, 0, 0, time.UTC)}
	now := func() time.Time { return s.now }
	dir := t.TempDir()
	d, err := db.Open(ctx, filepath.Join(dir, "x.db"), now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	s.store = d
	if example {
		if _, err := record.New(d).LoadExample(ctx, "eacac"); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := db.OpenFiles(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	s.Deps = Deps{Activity: desk.New(d), Network: network.New(d), Library: library.New(d, kept), Now: now}
	if change != nil {
		change(&s.Deps)
	}
	shell, err := ui.New(ui.Config{Catalog: texts, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: now, Random: rand.Reader,
		URL: "https://air.example.org", Version: "test", Revision: d.Revision,
		Brand: func(context.Context) ui.Brand {
			return ui.Brand{Names: db.Text{"en": "East Asia Clean Air Cities", "ko": "동아시아 맑은 공기 도시"}, Short: "EACAC"}
		},
		Person:   func(_ context.Context, id string) (actor.Actor, error) { return people[id], nil },
		Sessions: memstore.New()})
	if err != nil {
		t.Fatal(err)
	}
	Register(shell, s.Deps)
	shell.Post("/enter", func(w http.ResponseWriter, r *ui.Request) error {
		if err := r.SignIn(r.Value("who")); err != nil {
			return err
		}
		return shell.Redirect(w, r, "/", "")
	})
	if err := pages.Compile(texts); err != nil {
		t.Fatal(err)
	}
	if s.h, err = shell.Handler(); err != nil {
		t.Fatal(err)
	}
	return s
}

// as is somebody's browser: it keeps cookies.
type browser struct {
	t       testing.TB
	s       *site
	cookies map[string]string
}

func (s *site) as(t testing.TB, who string) *browser {
	t.Helper()
	b := &browser{t, s, map[string]string{}}
	if who != "" {
		if w := b.post("/en/enter", "who", who); w.Code != http.StatusSeeOther {
			t.Fatalf("sign in: %d", w.Code)
		}
	}
	return b
}

func (b *browser) do(r *http.Request) *httptest.ResponseRecorder {
	r.Host = "air.example.org"
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.s.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	return w
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	return b.do(httptest.NewRequest("GET", path, nil))
}

// post sends a form of pairs of name and value.
func (b *browser) post(path string, pairs ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// missing is what a key that no catalog has, or a place that nothing filled, looks like on a page.
var missing = regexp.MustCompile(`(?:>|"|\s)(?:programme|activity|agenda|calendar|network|library|part|date|nav|form)\.[a-z][a-z.-]*[a-z](?:<|"|\s)|\{[A-Z][a-z]+\}|%!|<no value>`)

func check(t *testing.T, path string, w *httptest.ResponseRecorder) {
	t.Helper()
	body := w.Body.String()
	if w.Code != http.StatusOK {
		t.Fatalf("%s: status %d\n%s", path, w.Code, body)
	}
	if n := strings.Count(body, "<h1"); n != 1 {
		t.Errorf("%s: %d h1", path, n)
	}
	main := body[strings.Index(body, "<main"):]
	if m := missing.FindString(main); m != "" {
		t.Errorf("%s: text %q is missing", path, m)
	}
	if strings.Contains(main, "style=") || strings.Contains(main, "onclick") {
		t.Errorf("%s: inline style or script", path)
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		if ids[m[1]] {
			t.Errorf("%s: id %q stands twice", path, m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(body, -1) {
		if !ids[m[1]] {
			t.Errorf("%s: link to #%s leads nowhere", path, m[1])
		}
	}
	last := 1
	for _, m := range regexp.MustCompile(`<h([1-6])`).FindAllStringSubmatch(main, -1) {
		level := int(m[1][0] - '0')
		if level > last+1 {
			t.Errorf("%s: heading jumps from h%d to h%d", path, last, level)
		}
		last = level
	}
}

// publicPaths are all public pages of the example.
func publicPaths(t *testing.T, s *site) []string {
	t.Helper()
	ctx := context.Background()
	paths := []string{"/", "/programme", "/cities"}
	ps, err := s.Activity.Programmes(ctx, actor.Actor{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range ps {
		paths = append(paths, "/programme/"+p.ID)
	}
	as, err := s.Activity.Activities(ctx, actor.Actor{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range as {
		paths = append(paths, "/activities/"+a.ID)
	}
	net, err := s.Network.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range net.Places() {
		paths = append(paths, "/cities/"+p.ID)
	}
	return paths
}

func TestEveryPageInEveryLanguage(t *testing.T) {
	s := newSite(t, true, nil)
	reader := s.as(t, "")
	paths := publicPaths(t, s)
	if len(paths) < 3+5+17+24 { // five recurring activities, 14 dated editions and 3 projects, 24 cities: facts, section 6
		t.Fatalf("only %d pages", len(paths))
	}
	for _, path := range paths {
		for _, l := range catalog.Languages {
			check(t, "/"+l.Tag+path, reader.get("/"+l.Tag+path))
		}
	}
}

func TestEmptySite(t *testing.T) {
	s := newSite(t, false, nil)
	for _, l := range catalog.Languages {
		for _, path := range []string{"/", "/programme", "/cities"} {
			w := s.as(t, "").get("/" + l.Tag + path)
			check(t, l.Tag+path, w)
			if !strings.Contains(w.Body.String(), `class="empty"`) {
				t.Errorf("%s%s says nothing of being empty", l.Tag, path)
			}
		}
	}
}

func TestWhatOtherPagesAdd(t *testing.T) {
	s := newSite(t, true, func(d *Deps) {
		d.Home = func(_ context.Context, r *ui.Request) (template.HTML, error) {
			return template.HTML(`<div class="wrap" id="air-chart">` + r.Lang + `</div>`), nil
		}
		d.Air = func(context.Context, *ui.Request) (map[string]Air, error) {
			return map[string]Air{"beijing": {Value: "30.5", Year: "2024", Class: 5}, "california": {Value: "9.1", Year: "2023", Class: 2}}, nil
		}
	})
	for path, texts := range map[string][]string{
		"/ko/":               {`<div class="wrap" id="air-chart">ko</div>`, `<td class="n">30.5</td><td>2024</td>`},
		"/en/cities":         {"30.5 (2024)", "9.1 (2023)", "no value yet"},
		"/en/cities/beijing": {`class="k5 here"`, "PM<sub>2.5</sub>: 30.5"},
	} {
		w := s.as(t, "").get(path)
		check(t, path, w)
		want(t, path, 200, w.Code, w.Body.String(), texts...)
	}
}
