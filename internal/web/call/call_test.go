package call

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	desk "aircommons/internal/call"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	formdesk "aircommons/internal/form"
	"aircommons/internal/network"
	"aircommons/internal/record"
	"aircommons/internal/web/ui"
)

var ctx = context.Background()

type site struct {
	t       *testing.T
	h       http.Handler
	db      *db.DB
	now     time.Time
	cookies map[string]string
	people  map[string]actor.Actor
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newSite is the calls over the example network, on 1 March 2027, with an officer and three reviewers.
func newSite(t *testing.T) *site {
	t.Helper()
	x := &site{t: t, now: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC), cookies: map[string]string{}, people: map[string]actor.Actor{}}
	now := func() time.Time { return x.now }
	dir := t.TempDir()
	d, err := db.Open(ctx, filepath.Join(dir, "x.db"), now)
	must(t, err)
	t.Cleanup(func() { d.Close() })
	x.db = d
	files, err := db.OpenFiles(filepath.Join(dir, "files"))
	must(t, err)
	if _, err := record.New(d).LoadExample(ctx, "eacac"); err != nil {
		t.Fatal(err)
	}
	must(t, d.Write(ctx, func(tx *db.Tx) error {
		for _, n := range []string{"Rho", "Ryu", "Ri"} {
			p, err := account.Ensure(ctx, tx, actor.System, account.Person{Name: n, Email: strings.ToLower(n) + "@" + n + ".example"})
			if err != nil {
				return err
			}
			if err := account.Give(ctx, tx, actor.System, p.ID, actor.Grant{Role: actor.Reviewer, Subject: actor.OfActivity, Key: "seoul-forum-2019"}, time.Time{}); err != nil {
				return err
			}
			if x.people[n], err = account.ActorOf(ctx, tx, p.ID); err != nil {
				return err
			}
		}
		p, err := account.Ensure(ctx, tx, actor.System, account.Person{Name: "Kim", Email: "kim@seoul.example"})
		x.people["Kim"] = actor.Actor{ID: p.ID, Name: "Kim", Role: actor.Secretariat}
		return err
	}))
	texts, err := catalog.Load()
	must(t, err)
	must(t, pages.Compile(texts))
	s, err := ui.New(ui.Config{Catalog: texts, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: now, Random: rand.Reader,
		URL: "http://air.example.org", Version: "test", Revision: d.Revision, Sessions: memstore.New(),
		Brand: func(context.Context) ui.Brand {
			return ui.Brand{Names: db.Text{"en": "East Asia Clean Air Cities"}, Short: "EACAC"}
		},
		Person: func(_ context.Context, id string) (actor.Actor, error) {
			for _, p := range x.people {
				if p.ID == id {
					return p, nil
				}
			}
			return actor.Actor{}, nil
		}})
	must(t, err)
	Register(s, Deps{Call: desk.New(d), Form: formdesk.New(d, files), Network: network.New(d), Activity: activity.New(d), Now: now})
	s.Post("/enter/{who}", func(w http.ResponseWriter, r *ui.Request) error {
		if err := r.SignIn(x.people[r.PathValue("who")].ID); err != nil {
			return err
		}
		return s.Redirect(w, r, "/", "")
	})
	x.h, err = s.Handler()
	must(t, err)
	for who := range x.people {
		w := x.ask("POST", "/en/enter/"+who, "", "", nil)
		x.cookies[who], _, _ = strings.Cut(w.Header().Get("Set-Cookie"), ";")
	}
	must(t, d.Write(ctx, func(tx *db.Tx) error {
		return formdesk.PutPublished(ctx, tx, formdesk.Form{ID: "talks", Purpose: "call", Subject: "activity", Key: "seoul-forum-2019", Names: db.Text{"en": "Talks", "ko": "발표"}, Pages: []formdesk.Page{
			{ID: "p1", Names: db.Text{"en": "Your talk", "ko": "발표"}, Questions: []formdesk.Question{{ID: "title", Kind: "line", Labels: db.Text{"en": "Title", "ko": "제목"}, Required: true},
				{ID: "kind", Kind: "choice", Labels: db.Text{"en": "Kind"}, Required: true, Options: []formdesk.Option{{Value: "talk", Labels: db.Text{"en": "Talk", "ko": "구두"}}, {Value: "poster", Labels: db.Text{"en": "Poster"}}}}}},
			{ID: "p2", Names: db.Text{"en": "Slides"}, Questions: []formdesk.Question{{ID: "slides", Kind: "file", Labels: db.Text{"en": "Slides"}, Accept: ".pdf", Required: true, When: &formdesk.When{Question: "kind", Is: []string{"talk"}}}}}}})
	}))
	return x
}

func (s *site) ask(method, target, who, kind string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, body)
	r.Host = "air.example.org"
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if c := s.cookies[who]; c != "" {
		r.Header.Set("Cookie", c)
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w
}

func (s *site) get(target, who string) *httptest.ResponseRecorder {
	return s.ask("GET", target, who, "", nil)
}

func (s *site) post(target, who string, pairs ...string) *httptest.ResponseRecorder {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return s.ask("POST", target, who, "application/x-www-form-urlencoded", strings.NewReader(v.Encode()))
}

func (s *site) upload(target, field, name, content string) *httptest.ResponseRecorder {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	if name != "" {
		w, err := m.CreateFormFile(field, name)
		must(s.t, err)
		_, err = io.WriteString(w, content)
		must(s.t, err)
	}
	must(s.t, m.Close())
	return s.ask("POST", target, "", m.FormDataContentType(), &b)
}

func check(t *testing.T, what string, w *httptest.ResponseRecorder, status int, has ...string) *httptest.ResponseRecorder {
	t.Helper()
	if w.Code != status {
		t.Errorf("%s: status %d, want %d\n%s", what, w.Code, status, w.Body)
	}
	text := strings.ReplaceAll(w.Body.String(), "\u00a0", " ")
	for _, h := range has {
		want, not := strings.CutPrefix(h, "!")
		if strings.Contains(text, want) == not {
			t.Errorf("%s: %q in\n%s", what, h, w.Body)
		}
	}
	return w
}

func hidden(t *testing.T, w *httptest.ResponseRecorder, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(w.Body.String())
	if m == nil {
		t.Fatalf("no hidden field %s in\n%s", name, w.Body)
	}
	return m[1]
}

// TestLife presses through a call: made by an officer, answered on a phone by somebody without an account, marked by three
// reviewers who do not see each other, decided, letters held.
func TestLife(t *testing.T) {
	s := newSite(t)
	check(t, "a stranger in the office", s.get("/en/office/calls", ""), 403)
	check(t, "a reviewer in the office", s.get("/en/office/calls", "Rho"), 403)
	check(t, "a new call", s.get("/en/office/calls/new?about=activity/seoul-forum-2019", "Kim"), 200, `value="activity/seoul-forum-2019" selected`)
	form := []string{"about", "activity/seoul-forum-2019", "kind", "contribution", "names.en", "Call for talks", "names.ko", "발표 공모", "text.en", "Tell us.", "form", "talks",
		"closes", "2027-03-31T18:00", "zone", "Asia/Seoul", "blind", "yes", "per_review", "2", "rows", "2", "criteria.0.names.en", "Use", "criteria.0.names.ko", "쓸모", "criteria.0.scale", "5", "criteria.0.weight", "2",
		"criteria.1.names.en", "New", "criteria.1.scale", "3", "criteria.1.weight", "1"}
	check(t, "without a deadline", s.post("/en/office/calls/new", "Kim", form[:12]...), 422, "Enter the deadline")
	check(t, "one more criterion", s.post("/en/office/calls/new", "Kim", append(form, "do", "more")...), 200, "Criterion 3")
	check(t, "made", s.post("/en/office/calls/new", "Kim", form...), 303)
	const id = "seoul-forum-2019-contribution"
	board := check(t, "board", s.get("/en/office/calls/"+id, "Kim"), 200, "Publish the call", "Nothing has been sent yet")
	check(t, "not public yet", s.get("/en/calls/"+id, ""), 404)
	check(t, "made without a form", s.post("/en/office/calls/new", "Kim", "about", "activity/seoul-forum-2019", "kind", "support", "names.en", "Travel", "closes", "2027-03-31T18:00"), 303)
	const travel = "/en/office/calls/seoul-forum-2019-support"
	bare := check(t, "a form is there", s.get(travel, "Kim"), 200, "No form yet", "Ask with “Talks”")
	check(t, "another's form", s.post(travel, "Kim", "do", "form", "form", "nothing", "version", hidden(t, bare, "version")), 422)
	check(t, "the form is taken", s.post(travel, "Kim", "do", "form", "form", "talks", "version", hidden(t, bare, "version")), 303)
	check(t, "it asks with it", s.get(travel, "Kim"), 200, "!No form yet", "/office/forms/talks")
	check(t, "nobody reviews yet", s.get("/en/office/calls/"+id+"/reviewers", "Kim"), 200)
	check(t, "publish", s.post("/en/office/calls/"+id, "Kim", "do", "publish", "version", hidden(t, board, "version")), 303)
	check(t, "the public page", s.get("/en/calls/"+id, ""), 200, "31 March 2027, 18:00 Seoul", "Answer the call", "They do not see who wrote")
	check(t, "in Korean", s.get("/ko/calls/"+id, ""), 200, "발표 공모", `<span lang="en">Tell us.</span>`, "쓸모")
	check(t, "the list", s.get("/en/calls", ""), 200, "Call for talks", "Open now")

	w := check(t, "begin", s.get("/ko/calls/"+id+"/answer", ""), 200, "본인 정보")
	once := hidden(t, w, "once")
	check(t, "without a name", s.post("/en/calls/"+id+"/answer", "", "email", "x"), 422)
	w = check(t, "begun", s.post("/ko/calls/"+id+"/answer", "", "name", "Dorj", "email", "dorj@ub.example", "place", "ulaanbaatar", "organisation", "Air Office", "once", once), 303)
	page := w.Header().Get("Location")
	at := strings.TrimSuffix(page, "/pages/p1")
	check(t, "begun twice", s.post("/ko/calls/"+id+"/answer", "", "name", "Dorj", "email", "dorj@ub.example", "once", once), 303)
	check(t, "the first page", s.get(page, ""), 200, "제목", "(영어)") // Kind has no Korean text: said
	check(t, "half of it", s.post(page, "", "q.title", "Dust in spring"), 422, "답을 고르십시오")
	check(t, "it was kept", s.get(at, ""), 200, "Dust in spring", "작성 필요")
	check(t, "all of it", s.post(page, "", "q.title", "Dust in spring", "q.kind", "talk"), 303)
	check(t, "the second page", s.get(at+"/pages/p2", ""), 200, `enctype="multipart/form-data"`, at+"/pages/p2/files")
	check(t, "no file", s.upload(at+"/pages/p2/files", "q.slides", "", ""), 422)
	check(t, "a wrong one", s.upload(at+"/pages/p2/files", "q.slides", "x.exe", "MZ"), 422, ".pdf")
	check(t, "the file", s.upload(at+"/pages/p2/files", "q.slides", "발표.pdf", "%PDF-1.7 slides"), 303)
	w = check(t, "overview", s.get(at, ""), 200, "모두 작성했습니다", "발표.pdf")
	link := regexp.MustCompile(`href="(/ko/submissions/[^"]*/files/[^"]*)"`).FindStringSubmatch(w.Body.String())[1]
	check(t, "the file again", s.get(link, ""), 200, "%PDF-1.7 slides")
	for range 2 {
		check(t, "send", s.post(at+"/send", ""), 303)
	}
	check(t, "sent", s.get(at, ""), 200, "철회하기", "2027년 3월 31일")
	check(t, "somebody else's guess", s.get("/en/submissions/aaaaaaaaaaaaaaaa", ""), 404)

	// The office: reviewers by hand and evenly.
	check(t, "a draft is the author's own", s.get("/en/office/calls/"+id, "Kim"), 200, "Dust in spring", "Dorj", "Sent: 1")
	sub := regexp.MustCompile(`/submissions/([0-9a-f-]{36})`).FindStringSubmatch(s.get("/en/office/calls/"+id, "Kim").Body.String())[1]
	check(t, "dealing, dry", s.post("/en/office/calls/"+id+"/reviewers", "Kim", "do", "dry"), 200, "2 assignments for 1 submissions")
	check(t, "by hand", s.post("/en/office/calls/"+id+"/submissions/"+sub, "Kim", "do", "assign", "reviewer", s.people["Rho"].ID), 303)
	check(t, "evenly", s.post("/en/office/calls/"+id+"/reviewers", "Kim", "do", "deal"), 303)
	board = s.get("/en/office/calls/"+id, "Kim")
	check(t, "open the review", s.post("/en/office/calls/"+id, "Kim", "do", "open", "version", hidden(t, board, "version")), 303)
	check(t, "ranking too early", s.get("/en/office/calls/"+id+"/ranking", "Kim"), 409, "Close the review first")

	check(t, "tasks", s.get("/en/reviews", "Rho"), 200, "Dust in spring", "0 of 1 done")
	w = check(t, "task", s.get("/en/reviews/"+sub, "Rho"), 200, "!Dorj", "!Air Office", "The author is not shown", "1 – least", "5 – most")
	check(t, "half the marks", s.post("/en/reviews/"+sub, "Rho", "mark.c1", "5", "version", hidden(t, w, "version")), 422)
	check(t, "marks", s.post("/en/reviews/"+sub, "Rho", "mark.c1", "5", "mark.c2", "2", "comment", "rho-words", "version", hidden(t, w, "version")), 303)
	for _, who := range []string{"Ryu", "Ri", "Kim"} {
		for _, path := range []string{"/en/reviews", "/en/reviews/" + sub, "/en/office/calls/" + id, "/en/office/calls/" + id + "/submissions/" + sub, "/en/office/calls/" + id + "/export/json", "/en/office/calls/" + id + "/export/csv", "/en/office/calls/" + id + "/history", "/en/office/calls/" + id + "/ranking"} {
			check(t, who+" at "+path, s.get(path, who), s.get(path, who).Code, "!rho-words")
		}
	}
	check(t, "a reviewer without it", s.get("/en/reviews/"+sub, "Kim"), 404)
	other := "Ryu"
	if s.get("/en/reviews/"+sub, other).Code == 404 {
		other = "Ri"
	}
	check(t, "no reason", s.post("/en/reviews/"+sub+"/conflict", other), 422, "Say in a few words why")
	check(t, "a conflict", s.post("/en/reviews/"+sub+"/conflict", other, "why", "My cousin"), 303)
	check(t, "hidden", s.get("/en/reviews/"+sub, other), 200, "!Dust in spring", "Hidden from you")
	board = s.get("/en/office/calls/"+id, "Kim")
	check(t, "close", s.post("/en/office/calls/"+id, "Kim", "do", "close", "version", hidden(t, board, "version")), 303)
	// Marks 5 of 5 with weight 2 and 2 of 3 with weight 1: (2·1 + 1·0.5)/3 = 83.3.
	check(t, "ranking", s.get("/en/office/calls/"+id+"/ranking", "Kim"), 200, "83.3", "Dust in spring")
	check(t, "dossier", s.get("/en/office/calls/"+id+"/submissions/"+sub, "Kim"), 200, "rho-words", "My cousin")
	check(t, "nothing chosen", s.post("/en/office/calls/"+id+"/ranking", "Kim", "state", "accepted"), 422, "Choose at least one")
	check(t, "dry run in words", s.post("/en/office/calls/"+id+"/ranking", "Kim", "ids", sub, "state", "accepted"), 200, "1 will be accepted.", "1 letter will wait in the outbox")
	check(t, "decide", s.post("/en/office/calls/"+id+"/ranking", "Kim", "ids", sub, "state", "accepted", "do", "decide"), 303)
	check(t, "the author is not told before the letter", s.get(at, ""), 200, "!선정되었습니다")
	must(t, s.db.Exec(ctx, `UPDATE mail SET state = 'sent' WHERE template = 'call.accepted'`))
	check(t, "told", s.get(at, ""), 200, "선정되었습니다")
	check(t, "csv", s.get("/en/office/calls/"+id+"/export/csv", "Kim"), 200, "Dust in spring", "83.3")
	check(t, "xlsx", s.get("/en/office/calls/"+id+"/export/xlsx", "Kim"), 200, "PK")
	check(t, "export for others", s.get("/en/office/calls/"+id+"/export/csv", "Rho"), 403)
}

// TestTwoSave: the second of two officers sees both versions.
func TestTwoSave(t *testing.T) {
	s := newSite(t)
	base := []string{"about", "activity/seoul-forum-2019", "kind", "support", "closes", "2027-03-31T18:00", "rows", "0"}
	check(t, "made", s.post("/en/office/calls/new", "Kim", append(base, "names.en", "Support")...), 303)
	const at = "/en/office/calls/seoul-forum-2019-support/edit"
	check(t, "one", s.post(at, "Kim", append(base, "names.en", "By one", "version", "1")...), 303)
	check(t, "two", s.post(at, "Kim", append(base, "names.en", "By two", "version", "1")...), 409, "By one", "By two", `name="version" value="2"`)
	check(t, "published without a form", s.post("/en/office/calls/seoul-forum-2019-support", "Kim", "do", "publish", "version", "2"), 422, "Choose a form")
}

// TestLangs: every page in every language, without a text that no catalog has.
func TestLangs(t *testing.T) {
	s := newSite(t)
	check(t, "made", s.post("/en/office/calls/new", "Kim", "about", "activity/seoul-forum-2019", "kind", "contribution", "names.en", "Talks", "form", "talks", "closes", "2027-03-31T18:00", "rows", "1",
		"criteria.0.names.en", "Use", "criteria.0.scale", "5", "criteria.0.weight", "1"), 303)
	const id = "seoul-forum-2019-contribution"
	check(t, "publish", s.post("/en/office/calls/"+id, "Kim", "do", "publish", "version", "1"), 303)
	missing := regexp.MustCompile(`\b(call|form)\.[a-z_]+\.?[a-z.]*\b`)
	for _, l := range catalog.Languages {
		for _, path := range []string{"/calls", "/calls/" + id, "/calls/" + id + "/answer", "/submissions", "/reviews", "/office/calls", "/office/calls/new", "/office/calls/" + id, "/office/calls/" + id + "/edit", "/office/calls/" + id + "/reviewers", "/office/calls/" + id + "/history"} {
			w := check(t, path, s.get("/"+l.Tag+path, "Kim"), 200)
			main := w.Body.String()[strings.Index(w.Body.String(), "<main"):]
			if m := missing.FindString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(main, " ")); m != "" {
				t.Errorf("%s in %s shows %q", path, l.Tag, m)
			}
		}
	}
}
