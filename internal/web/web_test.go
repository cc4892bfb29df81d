package web

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	accountdesk "aircommons/internal/account"
	activitydesk "aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	evidencedesk "aircommons/internal/evidence"
	librarydesk "aircommons/internal/library"
	"aircommons/internal/mail"
	networkdesk "aircommons/internal/network"
	"aircommons/internal/obs/mem"
	"aircommons/internal/record"
	reportdesk "aircommons/internal/report"
	"aircommons/internal/web/ui"
)

// letters keeps what was sent.
type letters struct {
	mu   sync.Mutex
	sent []mail.Message
}

func (l *letters) Send(_ context.Context, m mail.Message) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent = append(l.sent, m)
	return nil
}

func (l *letters) last() mail.Message {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.sent) == 0 {
		return mail.Message{}
	}
	return l.sent[len(l.sent)-1]
}

// house is the whole site over the example network, served on a port.
type house struct {
	t       testing.TB
	url     string
	account *accountdesk.Desk
	post    *letters
	db      *db.DB
	report  *reportdesk.Desk
	routes  func() []ui.Route

	mu  sync.Mutex
	now time.Time
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func newHouse(t testing.TB, example bool) *house {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	h := &house{t: t, post: &letters{}, now: time.Date(2027, 5, 19, 9, 0, 0, 0, time.UTC)}
	d, err := db.Open(ctx, filepath.Join(dir, "network.db"), h.clock)
	must(t, err)
	t.Cleanup(func() { d.Close() })
	h.db = d
	if example {
		_, err = record.New(d).LoadExample(ctx, "eacac")
		must(t, err)
	}
	files, err := db.OpenFiles(filepath.Join(dir, "files"))
	must(t, err)
	texts, err := catalog.Load()
	must(t, err)
	h.account = accountdesk.New(d, h.post, texts)
	t.Cleanup(h.account.Wait)
	var site http.Handler
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { site.ServeHTTP(w, r) }))
	t.Cleanup(s.Close)
	h.url = s.URL
	n := networkdesk.New(d)
	h.report = reportdesk.New(d, files)
	built, err := build(Config{DB: d, Network: n, Evidence: evidencedesk.New(d, mem.New(), files, n), Activity: activitydesk.New(d), Library: librarydesk.New(d, files), Account: h.account, Record: record.New(d), Report: h.report,
		Catalog: texts, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: h.clock, URL: s.URL, Version: "test"})
	must(t, err)
	h.routes = built.Routes
	site, err = built.Handler()
	must(t, err)
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// browser keeps cookies and follows redirects within the site, as a reader's does.
type browser struct {
	*house
	client *http.Client
}

func (h *house) browser() *browser {
	jar, err := cookiejar.New(nil)
	must(h.t, err)
	return &browser{h, &http.Client{Jar: jar}}
}

// page is an answer with its text.
type page struct {
	status int
	at     string // path where redirects ended
	text   string
	header http.Header
}

func (b *browser) do(r *http.Request) page {
	b.t.Helper()
	r.Header.Set("Accept-Language", "en")
	resp, err := b.client.Do(r)
	must(b.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	must(b.t, err)
	return page{resp.StatusCode, resp.Request.URL.RequestURI(), string(text), resp.Header}
}

func (b *browser) get(path string) page {
	b.t.Helper()
	r, err := http.NewRequest("GET", b.url+path, nil)
	must(b.t, err)
	return b.do(r)
}

func (b *browser) post(path string, fields ...string) page {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	r, err := http.NewRequest("POST", b.url+path, strings.NewReader(form.Encode()))
	must(b.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", b.url)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// want checks status and texts of a page; a text that begins with "!" must not be there.
func (b *browser) want(p page, status int, texts ...string) page {
	b.t.Helper()
	if p.status != status {
		b.t.Errorf("%s: status %d, want %d", p.at, p.status, status)
	}
	for _, s := range texts {
		if not, found := strings.CutPrefix(s, "!"); found == strings.Contains(strings.ReplaceAll(p.text, "\u00a0", " "), not) {
			b.t.Errorf("%s: %q is wrong in\n%s", p.at, s, main(p.text))
		}
	}
	return p
}

// main is what stands in <main>, for shorter messages.
func main(text string) string {
	_, after, _ := strings.Cut(text, `<main id="main" tabindex="-1">`)
	before, _, _ := strings.Cut(after, "</main>")
	return before
}

// letter is the link and the code of the last letter.
func (h *house) letter() (path, code string) {
	h.t.Helper()
	h.account.Wait()
	m := h.post.last()
	path = strings.TrimPrefix(regexp.MustCompile(regexp.QuoteMeta(h.url)+`/\S+`).FindString(m.Text), h.url)
	code = regexp.MustCompile(`\b\d{3} \d{3}\b`).FindString(m.Text)
	if path == "" {
		h.t.Fatalf("no link in %+v", m)
	}
	return path, code
}

// enter signs a new person in.
func (h *house) enter(name string, role actor.Role, city string) *browser {
	h.t.Helper()
	b := h.browser()
	_, path, err := h.account.AddUser(context.Background(), actor.CommandLine, accountdesk.Person{Name: name, Email: strings.ToLower(name) + "@air.example", Role: role, City: city})
	must(h.t, err)
	b.want(b.post(path), 200, "You are signed in as "+name)
	return b
}

func TestSignInByLinkAndByCode(t *testing.T) {
	h := newHouse(t, true)
	admin := h.enter("Boss", actor.Administrator, "")
	admin.want(admin.post("/en/office/people/new", "name", "Kim Seo-yeon", "email", "kim@seoul.example", "role", "city", "city", "seoul", "language", "ko"), 200, "Kim Seo-yeon is added")
	h.account.Wait()
	if m := h.post.last(); m.To != "kim@seoul.example" || !strings.Contains(m.Text, h.url+"/ko/signin") || !strings.Contains(m.Text, "도시 담당자") {
		t.Errorf("letter of invitation: %+v", m)
	}

	// By link, asked for on one device and opened on another.
	asked := h.browser()
	asked.want(asked.get("/en/office/journal"), 403, `name="next" value="/office/journal"`)
	asked.want(asked.post("/ko/signin", "email", " Kim@Seoul.example", "next", "/cities/seoul"), 200, "메일을 확인하십시오", "kim@seoul.example")
	path, _ := h.letter()
	phone := h.browser()
	for range 3 {
		phone.want(phone.get(path), 200, "Kim Seo-yeon 님으로 로그인", "!class=\"admin\"")
	}
	p := phone.want(phone.post(path, "next", "/cities/seoul"), 200, "Kim Seo-yeon(도시 담당자)(으)로 로그인했습니다")
	if p.at != "/ko/cities/seoul" {
		t.Errorf("went on to %s", p.at)
	}
	other := h.browser()
	other.want(other.post(path), 422, "이미 사용했거나")
	other.want(other.get(path), 422, `name="email"`)

	// By code, in the browser that asked.
	h.pass(time.Hour)
	asked.post("/en/signin", "email", "kim@seoul.example")
	_, code := h.letter()
	asked.want(asked.post("/en/signin/code", "code", "000 000x"), 422, "<title>Error: ", "Look at the code again")
	asked.want(asked.post("/en/signin/code", "code", code), 200, "You are signed in as Kim Seo-yeon, city officer", "What you can keep for Seoul")
	other.want(other.post("/en/signin/code", "code", code), 422, "<title>Error: ", "No sign-in is under way in this browser", `name="email"`)

	// Sign out here, then everywhere.
	asked.want(asked.post("/en/signout"), 200, "You are signed out")
	asked.want(asked.get("/en/office"), 403)
	phone.want(phone.get("/en/me"), 200, "kim@seoul.example", "Sign out everywhere")
	phone.want(phone.post("/en/me/everywhere"), 200, "You are signed out")
	phone.want(phone.get("/en/me"), 403)

	journal := admin.get("/en/office/journal?kind=person").text
	for _, s := range []string{"signed out everywhere", "link asked for", "somebody not signed in", "signed in", "signed out", "added"} {
		if !strings.Contains(journal, s) {
			t.Errorf("the journal lacks %q", s)
		}
	}
}

func TestNothingTellsWhoIsKnown(t *testing.T) {
	h := newHouse(t, true)
	h.enter("Boss", actor.Administrator, "")
	ask := func(email string) string {
		b := h.browser()
		p := b.post("/en/signin", "email", email)
		if p.status != 200 || p.at != "/en/signin/code" {
			t.Errorf("%s: %d at %s", email, p.status, p.at)
		}
		return strings.ReplaceAll(p.text, email, "X")
	}
	if known, unknown := ask("boss@air.example"), ask("nobody@air.example"); known != unknown {
		t.Errorf("the pages differ:\n%s\n%s", main(known), main(unknown))
	}
	wrong := func(email string) string {
		b := h.browser()
		b.post("/en/signin", "email", email)
		return strings.ReplaceAll(b.want(b.post("/en/signin/code", "code", "1"), 422).text, email, "X")
	}
	if known, unknown := wrong("boss@air.example"), wrong("nobody@air.example"); known != unknown {
		t.Errorf("the pages after a wrong code differ:\n%s\n%s", main(known), main(unknown))
	}
}

// TestCodesThatDoNotOpen: each way to be refused has its status, a sentence that helps, and a way on.
func TestCodesThatDoNotOpen(t *testing.T) {
	h := newHouse(t, false)
	h.enter("Boss", actor.Administrator, "")
	begin := func(email string) (*browser, string) {
		b := h.browser()
		b.want(b.post("/en/signin", "email", email), 200, "Look into your mail")
		if email != "boss@air.example" {
			return b, ""
		}
		_, code := h.letter()
		return b, code
	}
	over := []string{"<title>Error: ", "This code cannot be used any more", `action="/en/signin"`}

	b := h.browser()
	b.want(b.post("/ko/signin/code", "code", "123456"), 422, "진행 중인 로그인이 없거나", `name="email"`)
	b, code := begin("boss@air.example")
	b.want(b.post("/en/signin/code", "code", ""), 422, "Enter the six digits")
	b.want(b.post("/en/signin/code", "code", "12345x"), 422, "Look at the code again", `name="code"`)
	h.pass(15*time.Minute + time.Second)
	b.want(b.post("/en/signin/code", "code", code), 422, append(over, `value="boss@air.example"`)...)
	// What is over is forgotten, so that the next page does not ask for its code.
	b.want(b.get("/en/signin/code"), 200, `name="email"`, "!name=\"code\"")

	// The fifth wrong code ends it, for an address that somebody has and for one that nobody has.
	for _, email := range []string{"boss@air.example", "nobody@air.example"} {
		h.pass(time.Hour)
		b, _ = begin(email)
		for range 4 {
			b.want(b.post("/en/signin/code", "code", "12345x"), 422, "Look at the code again")
		}
		b.want(b.post("/en/signin/code", "code", "12345x"), 422, over...)
		h.pass(time.Hour)
		b, _ = begin(email)
		h.pass(20 * time.Minute)
		b.want(b.post("/en/signin/code", "code", "12345x"), 422, over...)
	}

	// Guesses from one address are bounded, whichever letters they are for.
	h.pass(24 * time.Hour)
	b = h.browser()
	for n := 0; ; n++ {
		p := b.post("/ja/signin/code", "code", "123456")
		if p.status == 429 {
			b.want(p, 429, "短時間の試行が多すぎます。30 秒待って")
			if p.header.Get("Retry-After") != "30" || n != 20 {
				t.Error(n, p.header.Get("Retry-After"))
			}
			break
		}
		if n > 30 {
			t.Fatal("codes can be tried without end")
		}
	}
}

func TestTriesToSignInAreBounded(t *testing.T) {
	h := newHouse(t, false)
	b := h.browser()
	b.want(b.post("/en/signin", "email", "no address"), 422, "Enter an e-mail address")
	for range 5 {
		b.want(b.post("/en/signin", "email", "kim@seoul.example"), 200)
	}
	p := b.want(b.post("/mn/signin", "email", "KIM@seoul.example"), 429, "!kim")
	if p.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	b.want(b.post("/en/signin", "email", "lee@seoul.example"), 200) // somebody else may

	// Whoever gets in begins anew, so that nobody is locked out by signing in often.
	boss := h.enter("Boss", actor.Administrator, "")
	for range 12 {
		boss.post("/en/signout")
		boss.want(boss.post("/en/signin", "email", "boss@air.example"), 200)
		path, _ := h.letter()
		boss.want(boss.post(path), 200, "You are signed in as Boss")
	}
	for i := range 12 {
		if p = b.post("/en/signin", "email", string(rune('a'+i))+"@seoul.example"); p.status == 429 {
			return
		}
	}
	t.Error("one address asks without end")
}

func TestPeopleAndRights(t *testing.T) {
	h := newHouse(t, true)
	boss, sec, city, visitor := h.enter("Boss", actor.Administrator, ""), h.enter("Sec", actor.Secretariat, ""), h.enter("City", actor.CityOfficer, "seoul"), h.enter("Visitor", actor.Visitor, "")
	for _, path := range []string{"/en/office/people", "/en/office/people/new", "/en/office/journal"} {
		boss.want(boss.get(path), 200)
		sec.want(sec.get(path), 200)
		city.want(city.get(path), 403, "Only the secretariat can change this", "City, city officer")
		visitor.want(visitor.get(path), 403)
	}
	sec.want(sec.get("/en/office/people/new"), 200, `value="visitor"`, "!"+`value="administrator"`)
	sec.want(sec.post("/en/office/people/new", "name", "X", "email", "x@air.example", "role", "administrator"), 403, "Only an administrator")
	boss.want(boss.post("/ko/office/people/new", "email", "x", "role", "city"), 422, "이름을 입력하십시오", "이메일 주소를 입력하십시오", "담당 도시를 선택하십시오", `aria-invalid="true"`)

	list := boss.get("/en/office/people").text
	id := regexp.MustCompile(`/office/people/([^"]+)">Visitor<`).FindStringSubmatch(list)[1]
	boss.want(boss.get("/en/office/people/"+id), 200, `value="visitor@air.example"`, `name="version" value="1"`)
	boss.want(boss.post("/en/office/people/"+id, "name", "Guest", "email", "visitor@air.example", "role", "visitor", "language", "en", "version", "1"), 200, "Guest is saved")
	boss.want(boss.post("/en/office/people/"+id, "name", "Other", "email", "visitor@air.example", "role", "visitor", "language", "en", "version", "1"), 409,
		"Somebody else saved this meanwhile", "Guest", "Other", `name="version" value="2"`)
	boss.want(boss.post("/en/office/people/"+id+"/withdraw", "version", "2"), 200, "Guest can no longer sign in")
	visitor.want(visitor.get("/en/me"), 403)
	boss.want(boss.post("/en/office/people/"+id+"/restore", "version", "3"), 200, "Guest can sign in again")
	boss.want(boss.get("/en/office/people/"+id+"/history"), 200, "restored", "withdrawn", "changed", "added", "signed in")
	boss.want(boss.get("/en/office/people/none"), 404)

	visitor.want(visitor.get("/en/office"), 403)
	city.want(city.get("/en/office"), 200, `href="/en/cities/seoul/air"`, "!office/people")
	sec.want(sec.get("/ja/office"), 200, `href="/ja/office/statements/new"`, "最近の変更")
}

func TestJournal(t *testing.T) {
	h := newHouse(t, true)
	b := h.enter("Boss", actor.Administrator, "")
	first := b.want(b.get("/en/office/journal"), 200, "Older entries", "!Newest entries")
	older := regexp.MustCompile(`href="([^"]*before=[^"]*)"`).FindStringSubmatch(first.text)[1]
	b.want(b.get(strings.ReplaceAll(older, "&amp;", "&")), 200, "Newest entries")
	b.want(b.get("/en/office/journal?from=19.5.2027"), 422, "Write the day as 2027-05-19")
	b.want(b.get("/en/office/journal?from=2028-01-01"), 200, "No entry fits")
	b.want(b.get("/en/office/journal?kind=person&action=sign-in&from=2027-05-19&until=2027-05-19"), 200, "signed in", "!Aircommons</td>")
	b.want(b.get("/en/office/journal?before=x&kind=%27--"), 200, "No entry fits")
}

func TestSearch(t *testing.T) {
	h := newHouse(t, true)
	b := h.browser()
	for query, want := range map[string][]string{
		"서울":          {`href="/en/cities/seoul"`},
		"北京":          {`href="/en/cities/beijing"`},
		"улаанбаатар": {`href="/en/cities/ulaanbaatar"`},
		"clean air":   {"<mark>", "Organisations"},
		"zzzz":        {"Nothing found for “zzzz”", "Every word of the query"},
		`"><script>`:  {"!<script>alert", "!\"><script>"},
		"":            {`name="q"`, "By kind"},
		"forum":       {"results for “forum”"},
	} {
		b.want(b.get("/en/search?q="+url.QueryEscape(query)), 200, want...)
	}
	b.want(b.get("/mn/search?q=forum&kind=activity"), 200, "Арга хэмжээ", "!<h2 id=\"g1\">")
	b.want(b.get("/en/search?q="+strings.Repeat("%F0%9F%98%80", 3000)), 200)
	b.want(b.get("/en/search?q=%ff%fe"), 200)
}

func TestFilesForRobots(t *testing.T) {
	h := newHouse(t, true)
	b := h.browser()
	b.want(b.get("/robots.txt"), 200, "Disallow: /ko/office", "Sitemap: "+h.url+"/sitemap.xml")
	b.want(b.get("/healthz"), 200, "ok")
	p := b.want(b.get("/sitemap.xml"), 200)
	var set struct {
		URLs []struct {
			Loc string `xml:"loc"`
		} `xml:"url"`
	}
	must(t, xml.Unmarshal([]byte(p.text), &set))
	found := map[string]bool{}
	for _, u := range set.URLs {
		found[strings.TrimPrefix(u.Loc, h.url)] = true
	}
	for _, path := range []string{"/en/", "/mn/cities/seoul", "/ko/programme", "/zh/methods"} {
		if !found[path] {
			t.Errorf("the sitemap lacks %s", path)
		}
	}
}

// TestContact: the office's address is that of the network's own record, which officers edit; none is made up.
func TestContact(t *testing.T) {
	h := newHouse(t, true)
	reader, boss := h.browser(), h.enter("Boss", actor.Administrator, "")
	reader.want(reader.get("/en/contact"), 200, "No address of the office has been given yet.", "!mailto:", "!/office/organisations")
	boss.want(boss.get("/en/contact"), 200, "No address of the office has been given yet.", "/en/office/organisations/eacac")
	ctx := context.Background()
	net := networkdesk.New(h.db)
	officer := actor.Actor{ID: "o", Name: "Officer", Role: actor.Secretariat}
	o, err := net.Organisation(ctx, officer, "eacac")
	must(t, err)
	o.Email = "office at example"
	if err := net.UpdateOrganisation(ctx, officer, o); err == nil {
		t.Error("an address that is none is taken")
	}
	o.Email, o.Address = "office@air.example", db.Text{"en": "1 River Road\nHan", "ko": "강변로 1"}
	must(t, net.UpdateOrganisation(ctx, officer, o))
	reader.want(reader.get("/ko/contact"), 200, `href="mailto:office@air.example"`, "강변로 1")
	reader.want(reader.get("/zh/contact"), 200, `<span lang="en">1 River Road`)
	reader.want(reader.get("/en/organisations/eacac"), 200, "office@air.example", "River Road")
	boss.want(boss.get("/en/office/organisations/eacac/history"), 200, "E-mail", "Postal address", "office@air.example")
}

// TestSearchAfterRenaming: what shows the name of a place or an organisation is found by the new name, and no more by the
// one it had.
func TestSearchAfterRenaming(t *testing.T) {
	h := newHouse(t, true)
	b := h.browser()
	ctx := context.Background()
	net := networkdesk.New(h.db)
	officer := actor.Actor{ID: "o", Name: "Officer", Role: actor.Secretariat}
	b.want(b.get("/ko/search?q="+url.QueryEscape("서울")), 200, "/ko/activities/seoul-forum-2019")
	p, err := net.Place(ctx, officer, "seoul")
	must(t, err)
	p.Names["ko"] = "한양"
	must(t, net.UpdatePlace(ctx, officer, p))
	b.want(b.get("/ko/search?kind=activity&q="+url.QueryEscape("한양")), 200, "/ko/activities/seoul-forum-2019")

	b.want(b.get("/en/search?kind=document&q="+url.QueryEscape("A&WMA")), 200, "/en/library/asian-cities-clean-air-action-plans")
	o, err := net.Organisation(ctx, officer, "awma")
	must(t, err)
	o.Names["en"] = "Society of Stacks"
	must(t, net.UpdateOrganisation(ctx, officer, o))
	b.want(b.get("/en/search?kind=document&q=stacks"), 200, "/en/library/asian-cities-clean-air-action-plans")
	b.want(b.get("/en/search?kind=document&q="+url.QueryEscape("A&WMA")), 200, "!/en/library/asian-cities-clean-air-action-plans")
}

// TestEveryPageNamesItsOthers: each page that search engines are told of names itself and itself in every language, and
// what it carries for them can be read.
func TestEveryPageNamesItsOthers(t *testing.T) {
	h := newHouse(t, true)
	b := h.browser()
	var list struct {
		URL []struct {
			Loc string `xml:"loc"`
		} `xml:"url"`
	}
	must(t, xml.Unmarshal([]byte(b.get("/sitemap.xml").text), &list))
	data := regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`)
	seen := 0
	for i, u := range list.URL {
		path := strings.TrimPrefix(u.Loc, h.url)
		lang, rest, _ := strings.Cut(path[1:], "/")
		if rest = "/" + rest; lang != []string{"en", "ko", "zh", "ja", "mn"}[i%5] && rest != "/" {
			continue // each page in one of the languages
		}
		seen++
		p := b.get(path)
		wants := []string{`<link rel="canonical" href="` + u.Loc + `">`, `hreflang="x-default"`, `<html lang="` + lang + `"`}
		for _, l := range catalog.Languages {
			wants = append(wants, `<link rel="alternate" hreflang="`+l.Tag+`" href="`+h.url+"/"+l.Tag+rest+`">`)
		}
		b.want(p, 200, wants...)
		if m := data.FindStringSubmatch(p.text); m != nil {
			list := []byte(m[1]) // one thing, or several
			if list[0] != '[' {
				list = slices.Concat([]byte("["), list, []byte("]"))
			}
			var things []map[string]any
			if err := json.Unmarshal(list, &things); err != nil || len(things) == 0 {
				t.Errorf("%s: %v", path, err)
			}
			for _, v := range things {
				if v["@context"] != "https://schema.org" || v["@type"] == nil || v["name"] == nil {
					t.Errorf("%s: %v", path, v)
				}
			}
		}
		for _, s := range regexp.MustCompile(`<script[^>]*>`).FindAllString(p.text, -1) {
			if !strings.Contains(s, `src="/static/`) && !strings.Contains(s, "ld+json") {
				t.Errorf("%s has a script in the page: %s", path, s)
			}
		}
	}
	if seen < 60 {
		t.Errorf("only %d pages", seen)
	}
}

func TestTextPages(t *testing.T) {
	h := newHouse(t, true)
	b := h.browser()
	for _, name := range []string{"about", "methods", "accessibility", "contact"} {
		for _, l := range catalog.Languages {
			p := b.want(b.get("/"+l.Tag+"/"+name), 200, `<html lang="`+l.Tag+`">`, "!"+name+".", "!{{")
			if !strings.Contains(p.text, "<h1>") || p.header.Get("Etag") == "" {
				t.Errorf("%s in %s: no headline or no entity tag", name, l.Tag)
			}
		}
	}
}

// An installation of another network, or of none yet, does not speak of the example's.
func TestAnotherNetwork(t *testing.T) {
	h := newHouse(t, false)
	b := h.browser()
	for _, path := range []string{"/en/about", "/en/contact", "/en/search", "/en/signin", "/ko/"} {
		b.want(b.get(path), 200, "Aircommons", "!EACAC", "!East Asia")
	}
	boss := h.enter("Boss", actor.Administrator, "")
	n := networkdesk.New(h.db)
	ctx, by := context.Background(), actor.CommandLine
	o, err := n.CreateOrganisation(ctx, by, networkdesk.Organisation{Names: db.Text{"en": "Andean Air Cities", "mn": "Андын агаар"}, PrintedName: "AAC", Kind: "city-network"})
	must(t, err)
	c, err := n.CreatePlace(ctx, by, networkdesk.Place{Names: db.Text{"en": "Quito"}, Kind: "city", Country: "EC", TimeZone: "America/Guayaquil", Role: "network"})
	must(t, err)
	_, err = n.CreateMembership(ctx, by, networkdesk.Membership{Place: c.ID, Network: o.ID, Kind: "member"})
	must(t, err)
	b.want(b.get("/en/about"), 200, "– Andean Air Cities</title>", "AAC, city network", "1 member is recorded")
	b.want(b.get("/mn/about"), 200, "– Андын агаар</title>")
	boss.want(boss.get("/en/office/people/new"), 200, `<option value="quito"`)
}
