package network

import (
	"context"
	"crypto/rand"
	"fmt"
	"html"
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

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/library"
	desk "aircommons/internal/network"
	"aircommons/internal/record"
	"aircommons/internal/web/ui"
)

var people = map[string]actor.Actor{
	"kim": {ID: "kim", Name: "Kim Seo-yeon", Role: actor.Secretariat},
	"bat": {ID: "bat", Name: "Bat", Role: actor.CityOfficer, City: "ulaanbaatar"},
	"vis": {ID: "vis", Name: "Visitor", Role: actor.Visitor},
}

type site struct {
	t       *testing.T
	h       http.Handler
	desk    *desk.Desk
	cookies map[string]string
}

// newSite is the pages over the example network, or over nothing.
func newSite(t *testing.T, example bool) *site {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	d, err := db.Open(ctx, filepath.Join(dir, "x.db"), time.Now)
	must(t, err)
	t.Cleanup(func() { d.Close() })
	files, err := db.OpenFiles(filepath.Join(dir, "files"))
	must(t, err)
	if example {
		if _, err := record.New(d).LoadExample(ctx, "eacac"); err != nil {
			t.Fatal(err)
		}
	}
	texts, err := catalog.Load()
	must(t, err)
	must(t, pages.Compile(texts))
	s, err := ui.New(ui.Config{Catalog: texts, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: time.Now, Random: rand.Reader,
		URL: "http://air.example.org", Version: "test", Revision: d.Revision, Sessions: memstore.New(),
		Brand: func(context.Context) ui.Brand {
			return ui.Brand{Names: db.Text{"en": "East Asia Clean Air Cities"}, Short: "EACAC"}
		},
		Person: func(_ context.Context, id string) (actor.Actor, error) { return people[id], nil }})
	must(t, err)
	x := &site{t: t, desk: desk.New(d), cookies: map[string]string{}}
	Register(s, Deps{x.desk, activity.New(d), library.New(d, files)})
	s.Post("/enter/{id}", func(w http.ResponseWriter, r *ui.Request) error {
		if err := r.SignIn(r.PathValue("id")); err != nil {
			return err
		}
		return s.Redirect(w, r, "/", "")
	})
	x.h, err = s.Handler()
	must(t, err)
	for id := range people {
		w := x.ask("", "POST", "/en/enter/"+id, nil)
		x.cookies[id], _, _ = strings.Cut(w.Header().Get("Set-Cookie"), ";")
	}
	return x
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *site) ask(as, method, target string, values url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(values.Encode()))
	r.Host = "air.example.org"
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if as != "" {
		r.Header.Set("Cookie", s.cookies[as])
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w
}

// page is what a page says, unescaped, once it has answered with a status.
func (s *site) page(as, target string, status int) string {
	s.t.Helper()
	w := s.ask(as, "GET", target, nil)
	if w.Code != status {
		s.t.Fatalf("%s as %q: %d, want %d\n%s", target, as, w.Code, status, w.Body)
	}
	return html.UnescapeString(w.Body.String())
}

func (s *site) has(page string, texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			s.t.Errorf("nothing says %q", text)
		}
	}
}

func (s *site) lacks(page string, texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if strings.Contains(page, text) {
			s.t.Errorf("something says %q", text)
		}
	}
}

var hole = regexp.MustCompile(`network\.[a-z]+\.[a-z_.]+|programme\.[a-z]+|\{[A-Z][A-Za-z]+\}|%!`)

// Every page is there in every language, for everybody who may see it, and says nothing that the catalogs lack.
func TestPagesInAllLanguages(t *testing.T) {
	for _, example := range []bool{true, false} {
		s := newSite(t, example)
		paths := []string{"/organisations", "/topics"}
		office := []string{}
		for _, plural := range []string{"places", "organisations", "memberships", "topics", "statements"} {
			office = append(office, "/office/"+plural, "/office/"+plural+"/new", "/office/"+plural+"?q=zzz")
		}
		if example {
			paths = append(paths, "/organisations/eacac", "/organisations/iclei-ea", "/organisations/mn-moe", "/topics/slcp", "/topics/waste-management", "/topics/pm25")
			for _, thing := range []string{"places/seoul", "organisations/eacac", "memberships/eacac-beijing", "topics/slcp", "statements/eacac-fullname-iclei"} {
				office = append(office, "/office/"+thing, "/office/"+thing+"/history", "/office/"+thing+"/delete")
			}
		}
		for _, l := range catalog.Languages {
			for _, path := range paths {
				for _, as := range []string{"", "kim"} {
					page := s.page(as, "/"+l.Tag+path, 200)
					if h := hole.FindString(page); h != "" {
						t.Errorf("/%s%s says %q", l.Tag, path, h)
					}
				}
			}
			for _, path := range office {
				if h := hole.FindString(s.page("kim", "/"+l.Tag+path, 200)); h != "" {
					t.Errorf("/%s%s says %q", l.Tag, path, h)
				}
				for _, as := range []string{"", "vis"} {
					if l.Tag == "en" {
						s.page(as, "/en"+path, 403)
					}
				}
			}
		}
		s.page("", "/en/organisations/nobody", 404)
		s.page("", "/en/topics/nothing", 404)
		s.page("kim", "/en/office/places/nowhere", 404)
		s.page("kim", "/en/office/places/nowhere/history", 404)
	}
}

// What the pages say of the example is what its facts file says.
func TestOrganisationPage(t *testing.T) {
	s := newSite(t, true)
	p := s.page("", "/en/organisations/eacac", 200)
	s.has(p, "What it does", "Supporter", "Host", "9 named", "Tokyo", "Jinan", "Sichuan", "second source only", "EACAC cities",
		"East Asia Clean Air Cities", "a joint initiative of ICLEI East Asia and Seoul", "eacacn.org news, 2016-05-17", "sources differ",
		`"@type":"Organization"`)
	// Guiyang is named by the first source: it is not marked as if only a second one did.
	row := regexp.MustCompile(`(?s)>Guiyang</a>.*?</th>`).FindString(p)
	if row == "" || strings.Contains(row, "second source only") {
		t.Error("Guiyang:", row)
	}
	if row := regexp.MustCompile(`(?s)>Kitakyushu</a>.*?</th>`).FindString(p); !strings.Contains(row, "second source only") {
		t.Error("Kitakyushu:", row)
	}
	s.has(s.page("", "/en/organisations/iclei", 200), "ICLEI East Asia", "Co-organiser")
	s.has(s.page("", "/en/organisations/smg", 200), "Organiser", "2019", "2016", "/en/cities/seoul", `GovernmentOrganization`)
	s.has(s.page("", "/ko/organisations/smg", 200), "서울", "주최")
	p = s.page("", "/en/organisations", 200)
	s.has(p, "12 organisations", "Part of: ")
}

func TestTopicPages(t *testing.T) {
	s := newSite(t, true)
	p := s.page("", "/en/topics", 200)
	s.has(p, "Waste management", "Short-lived climate pollutants", "Black carbon")
	p = s.page("", "/en/topics/slcp", 200)
	s.has(p, "Integrating SLCP Reductions", "Methane", "短寿命气候污染物")
	p = s.page("", "/mn/topics/waste-management", 200)
	s.has(p, "Хог хаягдлын менежмент", "Сургалт, ажлын хурал")
}

// values are the answers that a form stands filled with.
func values(page string) url.Values {
	v := url.Values{}
	attr := func(tag, name string) string {
		m := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(tag)
		if m == nil {
			return ""
		}
		return html.UnescapeString(m[1])
	}
	main := page[strings.Index(page, "<main"):strings.Index(page, "</main>")]
	for _, tag := range regexp.MustCompile(`<input[^>]*>`).FindAllString(main, -1) {
		kind := attr(tag, "type")
		if (kind == "radio" || kind == "checkbox") && !strings.Contains(tag, " checked") || attr(tag, "name") == "" {
			continue
		}
		v.Set(attr(tag, "name"), attr(tag, "value"))
	}
	for _, m := range regexp.MustCompile(`(?s)<textarea[^>]* name="([^"]*)"[^>]*>\n(.*?)</textarea>`).FindAllStringSubmatch(main, -1) {
		v.Set(m[1], html.UnescapeString(m[2]))
	}
	for _, m := range regexp.MustCompile(`(?s)<select[^>]* name="([^"]*)".*?</select>`).FindAllStringSubmatch(main, -1) {
		if o := regexp.MustCompile(`<option value="([^"]*)"[^>]* selected`).FindStringSubmatch(m[0]); o != nil {
			v.Set(m[1], html.UnescapeString(o[1]))
		} else {
			v.Set(m[1], "")
		}
	}
	return v
}

// A form that is saved as it was opened changes nothing: no answer is lost on the way.
func TestSavingUnchangedChangesNothing(t *testing.T) {
	s := newSite(t, true)
	for _, thing := range []string{"places/seoul", "places/california", "organisations/iclei-ea", "memberships/eacac-tokyo-eacacn-2017", "topics/o3",
		"topics/slcp", "statements/beijing-forum-2018-period-eacacn", "statements/eacac-members-eacacn"} {
		w := s.ask("kim", "GET", "/ko/office/"+thing, nil)
		v := values(w.Body.String())
		if w := s.ask("kim", "POST", "/ko/office/"+thing, v); w.Code != 303 {
			t.Errorf("%s: %d %s", thing, w.Code, w.Body)
		}
		page := s.page("kim", "/en/office/"+thing+"/history", 200)
		if n := strings.Count(page, "<section class=\"row\""); n != 1 && n != 0 {
			t.Errorf("%s has %d entries in its history\n%v", thing, n, v)
		}
	}
}

func TestCreateEditConflict(t *testing.T) {
	s := newSite(t, true)
	w := s.ask("kim", "POST", "/en/office/places/new", url.Values{"kind": {"city"}, "lat": {"91"}})
	if w.Code != 422 {
		t.Fatal(w.Code)
	}
	s.has(html.UnescapeString(w.Body.String()), "<title>Error: New place", "Enter a name in at least one language", "Enter both latitude and longitude",
		"Enter the country as two letters", `value="91"`)
	w = s.ask("kim", "POST", "/en/office/places/new", url.Values{"names.en": {"Ganghwa"}, "names.ko": {"강화"}, "kind": {"city"}, "country": {"kr"},
		"zone": {"Asia/Seoul"}, "parent": {"korea"}, "population": {"1 900"}, "population_year": {"2024"}, "population_source": {"Invented"}})
	if w.Code != 303 || w.Header().Get("Location") != "/en/office/places/ganghwa" {
		t.Fatal(w.Code, w.Header(), w.Body)
	}
	p, err := s.desk.Place(context.Background(), people["kim"], "ganghwa")
	must(t, err)
	if p.Country != "KR" || *p.Population != 1900 || p.Names["ko"] != "강화" {
		t.Errorf("%+v", p)
	}
	page := s.page("kim", "/en/office/places/ganghwa", 200)
	s.has(page, "Ganghwa is stored.", "Where it is named: Nowhere else.")
	mine, theirs := values(page), values(page)
	theirs.Set("names.mn", "Ганхва")
	if w := s.ask("kim", "POST", "/en/office/places/ganghwa", theirs); w.Code != 303 {
		t.Fatal(w.Code, w.Body)
	}
	mine.Set("zone", "Asia/Tokyo")
	w = s.ask("kim", "POST", "/en/office/places/ganghwa", mine)
	body := html.UnescapeString(w.Body.String())
	if w.Code != 409 {
		t.Fatal(w.Code)
	}
	s.has(body, "Somebody else saved this meanwhile", "Ганхва", "Asia/Tokyo", `name="version" value="2"`)
	// Sent again, now knowingly, it is saved.
	again := values(w.Body.String())
	if w := s.ask("kim", "POST", "/en/office/places/ganghwa", again); w.Code != 303 {
		t.Fatal(w.Code, w.Body)
	}
	s.has(s.page("kim", "/en/office/places/ganghwa/history", 200), "Kim Seo-yeon", "Created", "Changed", "Name (Монгол)", "Ганхва", "Asia/Tokyo", "Asia/Seoul")
}

func TestWithdrawRestoreDelete(t *testing.T) {
	s := newSite(t, true)
	act := func(path string, status int) {
		t.Helper()
		if w := s.ask("kim", "POST", path, nil); w.Code != status {
			t.Fatal(path, w.Code, w.Body)
		}
	}
	act("/en/office/organisations/caa/withdraw?version=1", 303)
	s.page("", "/en/organisations/caa", 404)
	s.has(s.page("kim", "/en/organisations/caa", 200), "Withdrawn.")
	s.lacks(s.page("", "/en/organisations", 200), "Clean Air Asia")
	act("/en/office/organisations/caa/restore?version=1", 409)
	act("/en/office/organisations/caa/restore?version=2", 303)
	s.page("", "/en/organisations/caa", 200)
	s.has(s.page("kim", "/en/office/organisations/caa/delete", 200), "while other entries name it", "1 activity")
	if w := s.ask("kim", "POST", "/en/office/organisations/caa/delete", url.Values{"version": {"3"}}); w.Code != 409 {
		t.Error(w.Code)
	}
	s.has(s.page("kim", "/en/office/memberships/eacac-beijing/delete", 200), "Delete it")
	if w := s.ask("kim", "POST", "/en/office/memberships/eacac-beijing/delete", url.Values{"version": {"1"}}); w.Code != 303 {
		t.Fatal(w.Code, w.Body)
	}
	s.page("kim", "/en/office/memberships/eacac-beijing", 404)
	s.has(s.page("kim", "/en/office/memberships/eacac-beijing/history", 200), "Deleted", "Beijing")
}

func TestCityOfficer(t *testing.T) {
	s := newSite(t, true)
	s.page("bat", "/en/office/places", 403)
	s.page("bat", "/en/office/places/seoul", 403)
	s.page("bat", "/en/office/organisations/eacac", 403)
	page := s.page("bat", "/en/office/places/ulaanbaatar", 200)
	s.lacks(page, `name="names.en"`, `name="role"`)
	v := values(page)
	v.Set("population", "1,700,001")
	if w := s.ask("bat", "POST", "/en/office/places/ulaanbaatar", v); w.Code == 303 {
		t.Error("a comma twice is no number of one way of writing")
	}
	v.Set("population", "1700001")
	v.Set("role", "benchmark")
	if w := s.ask("bat", "POST", "/en/office/places/ulaanbaatar", v); w.Code != 303 {
		t.Fatal(w.Code, w.Body)
	}
	p, err := s.desk.Place(context.Background(), people["kim"], "ulaanbaatar")
	must(t, err)
	if *p.Population != 1700001 || p.Role != "network" || p.Names["mn"] != "Улаанбаатар" {
		t.Errorf("%+v", p)
	}
	if w := s.ask("bat", "POST", "/en/office/places/seoul", v); w.Code != 403 {
		t.Error(w.Code)
	}
	if w := s.ask("bat", "POST", "/en/office/places/ulaanbaatar/withdraw?version=2", nil); w.Code != 403 {
		t.Error(w.Code)
	}
}

func TestStatementForm(t *testing.T) {
	s := newSite(t, true)
	page := s.page("kim", "/en/office/statements/new?subject=organisation/eacac&field=fullname", 200)
	v := values(page)
	if v.Get("subject") != "organisation/eacac" || v.Get("field") != "fullname" || v.Get("rank") != "1" {
		t.Error(v)
	}
	v.Set("subject", "")
	v.Set("url", "eacacn.org")
	w := s.ask("kim", "POST", "/en/office/statements/new", v)
	if w.Code != 422 {
		t.Fatal(w.Code)
	}
	s.has(html.UnescapeString(w.Body.String()), `<a href="#f-subject">Choose what kind of thing the statement is about`, "Enter the value as the source prints it", "Enter a web address")
	v.Set("subject", "organisation/eacac")
	v.Set("printed", "Eastern Air Cities <b>")
	v.Set("source", "A page")
	v.Set("url", "https://example.org/page")
	if w := s.ask("kim", "POST", "/en/office/statements/new", v); w.Code != 303 {
		t.Fatal(w.Code, w.Body)
	}
	w = s.ask("", "GET", "/en/organisations/eacac", nil)
	s.has(w.Body.String(), "Eastern Air Cities &lt;b&gt;", `href="https://example.org/page"`)
	s.has(s.page("kim", "/en/office/statements?q=eastern", 200), "1 entry", "sources differ")
}

// Nothing on a page asks another site, and every label belongs to a field.
func TestMarkup(t *testing.T) {
	s := newSite(t, true)
	for _, path := range []string{"/organisations", "/organisations/eacac", "/topics", "/topics/slcp", "/office/places", "/office/places/seoul",
		"/office/memberships/eacac-beijing", "/office/statements/new", "/office/topics/pm25", "/office/organisations/eacac/history"} {
		page := s.ask("kim", "GET", "/en"+path, nil).Body.String()
		if strings.Contains(page, " style=") || strings.Contains(page, "onclick") {
			t.Error(path, "has inline style or script")
		}
		for _, m := range regexp.MustCompile(`<label for="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if n := strings.Count(page, fmt.Sprintf(` id="%s"`, m[1])); n != 1 {
				t.Errorf("%s: %d fields have id %s", path, n, m[1])
			}
		}
		if n := strings.Count(page, "<h1"); n != 1 {
			t.Errorf("%s: %d h1", path, n)
		}
	}
}
