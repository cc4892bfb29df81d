package ui

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/alexedwards/scs/v2/memstore"

	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

var people = map[string]actor.Actor{
	"kim": {ID: "kim", Name: "Kim Seo-yeon", Role: actor.Secretariat},
	"bat": {ID: "bat", Name: "Batbold", Role: actor.CityOfficer, City: "ulaanbaatar"},
}

// testSite is a site with a few pages of every kind.
type testSite struct {
	*Site
	h        http.Handler
	revision uint64
	now      time.Time
	called   int
}

func newTestSite(t *testing.T, change func(*Config)) *testSite {
	t.Helper()
	texts, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	ts := &testSite{revision: 7, now: time.Date(2027, 5, 19, 9, 0, 0, 0, time.UTC)}
	c := Config{
		Catalog: texts, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: func() time.Time { return ts.now }, Random: rand.Reader,
		URL: "https://air.example.org", Version: "test", Revision: func() uint64 { return ts.revision },
		Brand: func(context.Context) Brand {
			return Brand{Names: db.Text{"en": "River Cities", "ko": "강의 도시"}, Short: "RC"}
		},
		Person:   func(_ context.Context, id string) (actor.Actor, error) { return people[id], nil },
		Sessions: memstore.New(),
	}
	if change != nil {
		change(&c)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	ts.Site = s
	set := Templates(fstest.MapFS{
		"page.html": {Data: []byte(`<div class="wrap open"><h1>{{.Title}}</h1><p>{{t "shell.home"}} {{.Text}} {{to "/cities"}}</p></div>`)},
		"form.html": {Data: []byte(`<h1>{{.Title}}</h1>{{template "errors" .Form}}{{template "conflict" .Form}}<form method="post">{{template "fields" .Form}}</form>`)},
	})
	type page struct {
		Page
		Text string
	}
	s.Get("/rivers/{id}", func(w http.ResponseWriter, r *Request) error {
		ts.called++
		switch r.PathValue("id") {
		case "none":
			return fault.New(fault.NotFound, "error.notfound")
		case "secret":
			return r.By.NeedOfficer()
		case "broken":
			return errors.New("the disk is on fire")
		case "full":
			return fault.Wrap(fault.Internal, errors.New("SQLITE_FULL"), "db.full")
		case "panic":
			panic("at the disco")
		}
		return s.Show(w, r, set, "page.html", page{Page: Page{Title: "Han <b>", Description: "A river", JSONLD: map[string]any{"@type": "Event", "name": "</script>"},
			Actions: []Action{{"Edit", "/office/rivers/han", false}, {"Withdraw", "/rivers/han/withdraw", true}}}, Text: r.Lang})
	})
	form := func(r *Request, err error) *Form {
		f := NewForm(r, err)
		f.Texts("names", "signin.email", db.Text{"en": "Han", "ko": "한강"})
		f.Text("length", "part.year", "494").Opt().As("w4")
		f.Period("since", "part.month", "2019-09", "2019-09", false)
		f.Select("kind", "part.choose", "b", []Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}})
		f.Keep("version", int64(3))
		return f
	}
	s.Live("/form", func(w http.ResponseWriter, r *Request) error {
		return s.Show(w, r, set, "form.html", page{Page: Page{Title: "Change", Form: form(r, nil)}})
	})
	s.Post("/form", func(w http.ResponseWriter, r *Request) error {
		switch r.Value("length") {
		case "bad":
			e := fault.Form{}
			e.Add("length", "form.number")
			e.Add("names.ko", "form.whole")
			f := form(r, e.Err())
			return s.Show(w, r, set, "form.html", page{Page: Page{Title: "Change", Form: f}})
		case "late":
			f := form(r, fault.New(fault.Conflict, "error.conflict"))
			stored := StoredForm(r)
			stored.Text("length", "part.year", "600")
			f.Against(stored)
			return s.Show(w, r, set, "form.html", page{Page: Page{Title: "Change", Form: f}})
		}
		from, to := r.Period("since")
		return s.Redirect(w, r, "/rivers/han", "Saved: "+r.Value("length")+" "+r.Texts("names")["ko"]+" "+from+".."+to)
	})
	s.Post("/enter", func(w http.ResponseWriter, r *Request) error {
		if err := r.SignIn(r.Value("who")); err != nil {
			return err
		}
		return s.Redirect(w, r, "/", "")
	})
	s.Post("/secret", func(w http.ResponseWriter, r *Request) error {
		if err := r.By.NeedOfficer(); err != nil {
			return err
		}
		return s.Redirect(w, r, "/", "")
	})
	s.Post("/leave", func(w http.ResponseWriter, r *Request) error {
		if err := r.SignOut(); err != nil {
			return err
		}
		return s.Redirect(w, r, "/", "")
	})
	s.Upload("/upload", 2<<20, func(w http.ResponseWriter, r *Request) error {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			return err
		}
		w.Header().Set("X-Read", r.Words.Int(int(n)))
		return s.Redirect(w, r, "/", "")
	})
	s.Upload("/file", 1<<20, func(w http.ResponseWriter, r *Request) error {
		part, err := r.File("file")
		if err != nil {
			return err
		}
		if part == nil {
			return fault.New(fault.Invalid, "error.form")
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		return s.Redirect(w, r, "/"+part.FileName()+"/"+r.Value("city")+"/"+string(data), "")
	})
	s.Raw("/robots.txt", func(w http.ResponseWriter, r *Request) error {
		_, err := io.WriteString(w, "User-agent: *\n")
		return err
	})
	if ts.h, err = s.Handler(); err != nil {
		t.Fatal(err)
	}
	return ts
}

// ask sends a request; headers are pairs.
func (ts *testSite) ask(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "air.example.org"
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	ts.h.ServeHTTP(w, r)
	return w
}

func TestRequestsAndAnswers(t *testing.T) {
	ts := newTestSite(t, nil)
	tests := []struct {
		name, method, target, body string
		headers                    []string
		status                     int
		header                     string // "Name: value" that the answer has
		has                        []string
		hasNot                     []string
	}{
		{"a page", "GET", "/en/rivers/han", "", nil, 200, "Content-Language: en",
			[]string{`<html lang="en">`, "<title>Han &lt;b&gt; – River Cities</title>", "Home en /en/cities", `hreflang="mn" href="https://air.example.org/mn/rivers/han"`,
				`<link rel="canonical" href="https://air.example.org/en/rivers/han">`, `<meta name="description" content="A river">`, `{"@type":"Event","name":"\u003c/script\u003e"}`,
				"RC, city network"}, []string{`class="admin"`, "style="}},
		{"in Korean, query kept by the switch", "GET", "/ko/rivers/han?year=2019&x=1", "", nil, 200, "Content-Language: ko",
			[]string{`<html lang="ko">`, "처음 ko /ko/cities", `href="/en/rivers/han?year=2019&amp;x=1"`, `<span>강의 도시<small>`,
				`<link rel="canonical" href="https://air.example.org/ko/rivers/han">`}, []string{"EACAC"}},
		{"a name that another language lacks", "GET", "/mn/rivers/han", "", nil, 200, "", []string{`<span lang="en">River Cities</span>`}, nil},
		{"head", "HEAD", "/en/rivers/han", "", nil, 200, "Content-Type: text/html; charset=utf-8", nil, []string{"<"}},
		{"root by browser", "GET", "/", "", []string{"Accept-Language", "fr, ja;q=0.8"}, 302, "Location: /ja/", nil, nil},
		{"root by choice", "GET", "/", "", []string{"Accept-Language", "ja", "Cookie", "lang=mn"}, 302, "Location: /mn/", nil, nil},
		{"root without either", "GET", "/", "", nil, 302, "Location: /en/", nil, nil},
		{"language without slash", "GET", "/ko", "", nil, 301, "Location: /ko/", nil, nil},
		{"slash too many", "GET", "/ko/rivers/han/", "", nil, 301, "Location: /ko/rivers/han", nil, nil},
		{"no language", "GET", "/rivers/han?a=b", "", []string{"Accept-Language", "zh-TW"}, 302, "Location: /zh/rivers/han?a=b", nil, nil},
		{"switching is remembered", "GET", "/ja/rivers/han", "", []string{"Referer", "https://air.example.org/en/rivers/han"}, 200,
			"Set-Cookie: lang=ja; Path=/; Max-Age=31536000; HttpOnly; Secure; SameSite=Lax", nil, nil},
		{"nothing there", "GET", "/en/rivers/none", "", nil, 404, "Cache-Control: no-store", []string{"Page not found", "There is nothing at this address", `name="q"`}, []string{"rel=\"canonical\""}},
		{"no such page", "GET", "/ko/no-such-page", "", nil, 404, "", []string{"페이지를 찾을 수 없음", `value="no such page"`}, nil},
		{"no such page, no language", "GET", "/wp-login.php", "", []string{"Accept-Language", "mn"}, 404, "Content-Language: mn", nil, nil},
		{"denied to strangers", "GET", "/en/rivers/secret", "", nil, 403, "", []string{"Not open to you", `name="next" value="/rivers/secret"`, `name="email"`}, nil},
		{"a form after the session is over", "POST", "/en/secret?x=1", "text=Half+%22written%22&text=twice", nil, 403, "", []string{`action="/en/secret?x=1"`,
			`name="text" value="Half &#34;written&#34;"`, `value="twice"`, "Send my answers again"}, []string{`name="email"`}},
		{"a button after the session is over", "POST", "/en/secret", "", nil, 403, "", []string{`name="email"`}, []string{"Send my answers"}},
		{"our fault", "GET", "/en/rivers/broken", "", nil, 500, "", []string{"Our fault", "tell the secretariat this number"}, []string{"fire"}},
		{"a full disk, for strangers", "GET", "/en/rivers/full", "", nil, 500, "", []string{"Our fault"}, []string{"disk"}},
		{"a panic", "GET", "/ja/rivers/panic", "", nil, 500, "", []string{`<html lang="ja">`}, []string{"disco", "goroutine"}},
		{"wrong method", "POST", "/en/rivers/han", "", nil, 405, "Allow: GET", []string{"Not possible here"}, nil},
		{"wrong method, other way", "GET", "/en/upload", "", nil, 405, "Allow: POST", nil, nil},
		{"another site's form", "POST", "/en/form", "length=1", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 403, "", []string{"came from another site"}, nil},
		{"another origin, older browser", "POST", "/en/form", "length=1", []string{"Origin", "https://evil.example"}, 403, "", nil, nil},
		{"own form", "POST", "/en/form", "length=1", []string{"Sec-Fetch-Site", "same-origin", "Origin", "https://air.example.org"}, 303, "Location: /en/rivers/han", nil, nil},
		{"a form too large", "POST", "/en/form", "length=" + strings.Repeat("x", 1<<20), nil, 413, "", []string{"Too large", "1\u00a0MB"}, nil},
		{"a form", "GET", "/mn/form", "", nil, 200, "Cache-Control: no-store", []string{`name="names.mn"`, `value="한강"`, `lang="ko"`, `name="version" value="3"`, `<option value="b" selected>`,
			`name="since.from.m" value="9"`, `name="since.from.y" value="2019"`, `name="since.from.d" value=""`, `name="since.to.y" value=""`}, []string{`class="errors"`}},
		{"answers that need another look", "POST", "/en/form", "length=bad&names.en=Han+River&since.from.y=20", nil, 422, "",
			[]string{"<title>Error: Change – River Cities</title>", "There is a problem with 2 answers", `<a href="#f-length">Year: Enter a number`, `<a href="#f-names-ko">`,
				`value="Han River"`, `aria-invalid="true"`, `name="since.from.y" value="20"`}, []string{`value="한강"`}},
		{"a conflict", "POST", "/en/form", "length=late", nil, 409, "", []string{"Somebody else saved this meanwhile", "600", "late"}, []string{"There is a problem"}},
		{"colours", "POST", "/ko/theme", "theme=dark", []string{"Referer", "https://air.example.org/en/cities?x=1"}, 303, "Location: /ko/cities?x=1", nil, nil},
		{"colours, back elsewhere", "POST", "/ko/theme", "theme=dark", []string{"Referer", "https://evil.example/en/cities"}, 303, "Location: /ko/", nil, nil},
		{"colours, from the front page", "POST", "/ko/theme", "theme=light", []string{"Referer", "https://air.example.org/ko/"}, 303, "Location: /ko/", nil, nil},
		{"chosen colours", "GET", "/en/rivers/han", "", []string{"Cookie", "theme=dark"}, 200, "", []string{`data-theme="dark"`, `value="dark" aria-pressed="true"`}, nil},
		{"made up colours", "GET", "/en/rivers/han", "", []string{"Cookie", "theme=pink"}, 200, "", []string{`<html lang="en">`}, nil},
		{"a mark that nobody links to", "GET", "/favicon.ico", "", nil, 302, "", nil, nil},
		{"a file", "GET", "/robots.txt", "", nil, 200, "X-Content-Type-Options: nosniff", []string{"User-agent"}, nil},
		{"no such file", "GET", "/static/abc/none.css", "", []string{"Accept-Language", "ko"}, 404, "Content-Language: ko", nil, nil},
		{"stylesheet of yesterday", "GET", "/static/abc/air.css", "", nil, 200, "Cache-Control: no-cache", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := ts.ask(tt.method, tt.target, tt.body, tt.headers...)
			if w.Code != tt.status {
				t.Errorf("status %d, want %d", w.Code, tt.status)
			}
			if name, value, ok := strings.Cut(tt.header, ": "); ok {
				found := false
				for _, v := range w.Header().Values(name) {
					found = found || v == value
				}
				if !found {
					t.Errorf("%s is %q, want %q", name, w.Header().Values(name), value)
				}
			}
			for _, s := range tt.has {
				if !strings.Contains(w.Body.String(), s) {
					t.Errorf("lacks %q in\n%s", s, w.Body)
				}
			}
			for _, s := range tt.hasNot {
				if strings.Contains(w.Body.String(), s) {
					t.Errorf("has %q in\n%s", s, w.Body)
				}
			}
			for _, name := range []string{"Content-Security-Policy", "Referrer-Policy", "Permissions-Policy", "Strict-Transport-Security"} {
				if w.Header().Get(name) == "" {
					t.Errorf("no %s", name)
				}
			}
		})
	}
}

func TestUnchangedPagesAreNotMadeAgain(t *testing.T) {
	ts := newTestSite(t, nil)
	first := ts.ask("GET", "/en/rivers/han", "")
	tag := first.Header().Get("Etag")
	if tag == "" || first.Header().Get("Cache-Control") != "no-cache" {
		t.Fatalf("tag %q, Cache-Control %q", tag, first.Header().Get("Cache-Control"))
	}
	ts.called = 0
	again := ts.ask("GET", "/en/rivers/han", "", "If-None-Match", `"x", `+tag)
	if again.Code != http.StatusNotModified || ts.called != 0 || again.Body.Len() != 0 {
		t.Errorf("status %d, page made %d times, body %q", again.Code, ts.called, again.Body)
	}
	for name, ask := range map[string]func() *httptest.ResponseRecorder{
		"another language": func() *httptest.ResponseRecorder { return ts.ask("GET", "/ko/rivers/han", "", "If-None-Match", tag) },
		"another query":    func() *httptest.ResponseRecorder { return ts.ask("GET", "/en/rivers/han?a", "", "If-None-Match", tag) },
		"other colours": func() *httptest.ResponseRecorder {
			return ts.ask("GET", "/en/rivers/han", "", "If-None-Match", tag, "Cookie", "theme=dark")
		},
		"after a change": func() *httptest.ResponseRecorder {
			ts.revision++
			return ts.ask("GET", "/en/rivers/han", "", "If-None-Match", tag)
		},
		"an hour later": func() *httptest.ResponseRecorder {
			ts.revision--
			ts.now = ts.now.Add(time.Hour)
			return ts.ask("GET", "/en/rivers/han", "", "If-None-Match", tag)
		},
	} {
		_ = name
		if w := ask(); w.Code != 200 {
			t.Errorf("%s: status %d", name, w.Code)
		}
	}
	if w := ts.ask("GET", "/en/rivers/none", ""); w.Header().Get("Etag") != "" {
		t.Error("an error page has an entity tag")
	}
}

func TestSession(t *testing.T) {
	ts := newTestSite(t, nil)
	w := ts.ask("POST", "/en/enter", "who=kim", "Sec-Fetch-Site", "same-origin")
	cookie, rest, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
	if !strings.HasPrefix(cookie, "__Host-session=") {
		t.Fatalf("cookie %q", cookie)
	}
	for _, want := range []string{"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(rest, want) {
			t.Errorf("cookie lacks %s: %s", want, rest)
		}
	}
	w = ts.ask("GET", "/en/rivers/han", "", "Cookie", cookie)
	body := w.Body.String()
	for _, want := range []string{"Kim Seo-yeon, secretariat", `href="/en/office/rivers/han"`, `action="/en/rivers/han/withdraw"`, `action="/en/signout"`} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %q in %s", want, body)
		}
	}
	if w.Header().Get("Etag") != "" || w.Header().Get("Cache-Control") != "private, no-store" {
		t.Errorf("tag %q, Cache-Control %q", w.Header().Get("Etag"), w.Header().Get("Cache-Control"))
	}
	if w := ts.ask("GET", "/en/rivers/secret", "", "Cookie", cookie); w.Code != 200 {
		t.Errorf("officer: status %d", w.Code)
	}
	ts.ask("POST", "/en/form", "length=494&names.ko=+한강+&since.from.y=2019&since.from.m=9&since.open=yes", "Cookie", cookie)
	if body := ts.ask("GET", "/en/rivers/han", "", "Cookie", cookie).Body.String(); !strings.Contains(body, "Saved: 494 한강 2019-09....") {
		t.Errorf("no notice in %s", body)
	}
	if body := ts.ask("GET", "/en/rivers/han", "", "Cookie", cookie).Body.String(); strings.Contains(body, "Saved") {
		t.Error("the notice stands twice")
	}
	// Signing in again changes the token, so that a token planted before is worth nothing.
	w = ts.ask("POST", "/en/enter", "who=bat", "Cookie", cookie)
	second, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
	if second == cookie {
		t.Error("the token stays when another person signs in")
	}
	if body := ts.ask("GET", "/en/rivers/han", "", "Cookie", cookie).Body.String(); strings.Contains(body, `class="admin"`) {
		t.Error("the old token still works")
	}
	if w := ts.ask("GET", "/ko/rivers/secret", "", "Cookie", second); w.Code != 403 || !strings.Contains(w.Body.String(), "Batbold(도시 담당자)") {
		t.Errorf("city officer: status %d\n%s", w.Code, w.Body)
	}
	if w := ts.ask("GET", "/en/rivers/full", "", "Cookie", second); w.Code != 507 || !strings.Contains(w.Body.String(), "The disk is full") {
		t.Errorf("a full disk: status %d\n%s", w.Code, w.Body)
	}
	w = ts.ask("POST", "/en/leave", "", "Cookie", second)
	if !strings.Contains(w.Header().Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("cookie stays: %q", w.Header().Get("Set-Cookie"))
	}
	if body := ts.ask("GET", "/en/rivers/han", "", "Cookie", second).Body.String(); strings.Contains(body, `class="admin"`) {
		t.Error("signed out, but in")
	}
}

func TestUploadBounds(t *testing.T) {
	ts := newTestSite(t, nil)
	if w := ts.ask("POST", "/en/upload", strings.Repeat("x", 2<<20)); w.Code != 303 || w.Header().Get("X-Read") != "2,097,152" {
		t.Errorf("status %d, read %s", w.Code, w.Header().Get("X-Read"))
	}
	if w := ts.ask("POST", "/en/upload", strings.Repeat("x", 4<<20)); w.Code != 413 || !strings.Contains(w.Body.String(), "2\u00a0MB") {
		t.Errorf("status %d\n%s", w.Code, w.Body)
	}
	// A body that does not say how long it is.
	r := httptest.NewRequest("POST", "/en/upload", io.LimitReader(zeros{}, 5<<20))
	w := httptest.NewRecorder()
	ts.h.ServeHTTP(w, r)
	if w.Code != 413 {
		t.Errorf("status %d", w.Code)
	}
	for i := 0; i < 20; i++ {
		w = ts.ask("POST", "/en/upload", "x")
	}
	if w.Code != 429 || w.Header().Get("Retry-After") == "" {
		t.Errorf("twenty at once: status %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
}

func TestFile(t *testing.T) {
	part := func(name, file, value string) string {
		if file != "" {
			file = `; filename="` + file + `"`
		}
		return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"" + file + "\r\n\r\n" + value + "\r\n"
	}
	for _, tt := range []struct {
		name, body string
		status     int
		location   string
	}{
		{"fields, then a file", part("city", "", "seoul") + part("file", "a.csv", "1,2") + "--b--\r\n", 303, "/en/a.csv/seoul/1,2"},
		{"a path in the name", part("file", "../../etc/passwd", "x") + "--b--\r\n", 303, "/en/passwd//x"},
		{"no file chosen", part("city", "", "seoul") + part("file", "", "") + "--b--\r\n", 422, ""},
		{"broken off", part("city", "", "seoul") + "--b\r\nContent-Dis", 422, ""},
		{"fields without end", strings.Repeat(part("x", "", "y"), 200) + part("file", "a.csv", "1") + "--b--\r\n", 400, ""},
		{"no upload at all", "x=y", 422, ""},
	} {
		ts := newTestSite(t, nil)
		r := httptest.NewRequest("POST", "/en/file", strings.NewReader(tt.body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		w := httptest.NewRecorder()
		ts.h.ServeHTTP(w, r)
		if w.Code != tt.status || w.Header().Get("Location") != tt.location {
			t.Errorf("%s: %d %s", tt.name, w.Code, w.Header().Get("Location"))
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestLimiter(t *testing.T) {
	now := time.Unix(0, 0)
	l := NewLimiter(func() time.Time { return now }, 6, time.Minute, 2) // one per ten seconds, two at once
	l.keys = 2
	for i, want := range []bool{true, true, false} {
		if wait, ok := l.Allow("a"); ok != want || (!ok && wait != 10*time.Second) {
			t.Errorf("try %d: %v, wait %v", i, ok, wait)
		}
	}
	now = now.Add(10 * time.Second)
	if _, ok := l.Allow("a"); !ok {
		t.Error("not allowed after the wait")
	}
	l.Forgive("a")
	l.Forgive("nobody")
	if _, ok := l.Allow("a"); !ok {
		t.Error("not allowed after being forgiven")
	}
	l.Allow("b")
	l.Allow("c") // a is forgotten
	if l.order.Len() != 2 || len(l.known) != 2 {
		t.Errorf("holds %d keys", l.order.Len())
	}
}

func TestAddress(t *testing.T) {
	for _, tt := range []struct {
		remote, forwarded string
		proxies           int
		want              string
	}{
		{"192.0.2.7:4711", "", 0, "192.0.2.7"},
		{"192.0.2.7:4711", "203.0.113.9", 0, "192.0.2.7"}, // nobody in front: not believed
		{"127.0.0.1:4711", "10.0.0.1, 203.0.113.9", 1, "203.0.113.9"},
		{"[2001:db8:1:2:3:4:5:6]:4711", "", 0, "2001:db8:1:2::/64"},
		{"[::ffff:192.0.2.7]:4711", "", 0, "192.0.2.7"},
	} {
		hr := httptest.NewRequest("GET", "/", nil)
		hr.RemoteAddr = tt.remote
		if tt.forwarded != "" {
			hr.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		r := &Request{Request: hr, site: &Site{Config: Config{Proxies: tt.proxies}}}
		if got := r.Address(); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}

func TestLocalPath(t *testing.T) {
	for path, want := range map[string]string{
		"/cities/seoul?a=b": "/cities/seoul?a=b", "": "/", "cities": "/", "//evil.example": "/", "https://evil.example": "/",
		`/\evil.example`: "/", "/a\r\nSet-Cookie: x": "/", "/%0d": "/%0d",
	} {
		if got := LocalPath(path); got != want {
			t.Errorf("%q: %q", path, got)
		}
	}
}

func TestFixedTexts(t *testing.T) {
	texts, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		`<p>{{t "shell.home"}}</p>`:          "<p>처음</p>",
		`{{ t "shell.home" }}`:               "처음",
		`{{t "part.page" "Number" .N}}`:      `{{t "part.page" "Number" .N}}`,
		`{{t "no.such.text"}}`:               "error",
		`{{t "part.page"}}`:                  "error", // has a place to fill
		`{{if .X}}{{h "shell.home"}}{{end}}`: "{{if .X}}처음{{end}}",
	} {
		got, err := fillIn(in, texts.Lang("ko"))
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
	if err := Templates(fstest.MapFS{"a.html": {Data: []byte(`{{if .X}}{{else}}{{template "nothing"}}{{end}}`)}}).Compile(texts); err == nil {
		t.Error("a missing template goes unnoticed")
	}
}

func TestGzip(t *testing.T) {
	ts := newTestSite(t, nil)
	for accept, packed := range map[string]bool{"gzip, br": true, "br": false, "gzip;q=0": false, "*": true, "deflate, gzip;q=0.5": true, "": false} {
		w := ts.ask("GET", "/en/rivers/han", "", "Accept-Encoding", accept)
		if got := w.Header().Get("Content-Encoding") == "gzip"; got != packed {
			t.Errorf("%q: packed %v", accept, got)
		}
	}
}
