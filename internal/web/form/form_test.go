package form

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

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	desk "aircommons/internal/form"
	"aircommons/internal/network"
	"aircommons/internal/record"
	"aircommons/internal/web/ui"
)

type site struct {
	t       *testing.T
	h       http.Handler
	db      *db.DB
	desk    *desk.Desk
	cookies map[string]string
}

func newSite(t *testing.T) *site {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	d, err := db.Open(ctx, filepath.Join(dir, "x.db"), time.Now)
	must(t, err)
	t.Cleanup(func() { d.Close() })
	files, err := db.OpenFiles(filepath.Join(dir, "files"))
	must(t, err)
	if _, err := record.New(d).LoadExample(ctx, "eacac"); err != nil {
		t.Fatal(err)
	}
	texts, err := catalog.Load()
	must(t, err)
	must(t, pages.Compile(texts))
	people := map[string]actor.Actor{"kim": {ID: "kim", Name: "Kim Seo-yeon", Role: actor.Secretariat}, "lee": {ID: "lee", Name: "Lee Jun", Role: actor.Secretariat},
		"bat": {ID: "bat", Name: "Bat", Role: actor.CityOfficer, City: "ulaanbaatar"}}
	s, err := ui.New(ui.Config{Catalog: texts, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: time.Now, Random: rand.Reader,
		URL: "http://air.example.org", Version: "test", Revision: d.Revision, Sessions: memstore.New(),
		Brand: func(context.Context) ui.Brand {
			return ui.Brand{Names: db.Text{"en": "East Asia Clean Air Cities"}, Short: "EACAC"}
		},
		Person: func(_ context.Context, id string) (actor.Actor, error) { return people[id], nil }})
	must(t, err)
	x := &site{t: t, db: d, desk: desk.New(d, files), cookies: map[string]string{}}
	Register(s, Deps{x.desk, network.New(d), activity.New(d)})
	asker := Asker{Form: x.desk, Network: network.New(d)}
	s.Upload("/ask/{id}", desk.MaxFiles, func(w http.ResponseWriter, r *ui.Request) error {
		f, err := x.desk.Asking(r.Context(), r.PathValue("id"))
		if err != nil {
			return err
		}
		a, err := asker.Read(r, f, "")
		if err == nil {
			err = f.Check("", a)
		}
		if err != nil {
			return err
		}
		for q, v := range a {
			if _, err := io.WriteString(w, q+"="+strings.Join(v, "|")+"\n"); err != nil {
				return err
			}
		}
		return nil
	})
	s.Post("/enter/{who}", func(w http.ResponseWriter, r *ui.Request) error {
		if err := r.SignIn(r.PathValue("who")); err != nil {
			return err
		}
		return s.Redirect(w, r, "/", "")
	})
	x.h, err = s.Handler()
	must(t, err)
	for who := range people {
		w := x.ask("POST", "/en/enter/"+who, "", "", nil)
		x.cookies[who], _, _ = strings.Cut(w.Header().Get("Set-Cookie"), ";")
	}
	return x
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
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

func check(t *testing.T, what string, w *httptest.ResponseRecorder, status int, has ...string) *httptest.ResponseRecorder {
	t.Helper()
	if w.Code != status {
		t.Errorf("%s: status %d, want %d\n%s", what, w.Code, status, w.Body)
	}
	for _, h := range has {
		want, not := strings.CutPrefix(h, "!")
		if strings.Contains(w.Body.String(), want) == not {
			t.Errorf("%s: %q in\n%s", what, h, w.Body)
		}
	}
	return w
}

// hidden is the value of a hidden field of a page.
func hidden(t *testing.T, w *httptest.ResponseRecorder, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(w.Body.String())
	if m == nil {
		t.Fatalf("no hidden field %s in\n%s", name, w.Body)
	}
	return m[1]
}

// TestEditor writes a form in two languages as an officer would, with conditions, and asks with it.
func TestEditor(t *testing.T) {
	s := newSite(t)
	check(t, "a stranger", s.get("/en/office/forms", ""), 403)
	check(t, "a city officer", s.get("/en/office/forms", "bat"), 403)
	check(t, "none yet", s.get("/en/office/forms", "kim"), 200, "Registration")
	check(t, "without a name", s.post("/en/office/forms/new", "kim", "purpose", "call"), 422, "Enter a name of the form")
	check(t, "made", s.post("/en/office/forms/new", "kim", "names.en", "Call", "names.ko", "공모", "purpose", "call", "about", "activity/seoul-forum-2019"), 303)
	const at = "/en/office/forms/seoul-forum-2019-call"
	check(t, "empty", s.get(at, "kim"), 200, "The form asks nothing yet", "!Put in use<")
	check(t, "a question", s.post(at+"/questions/new?page=p1", "kim", "labels.en", "Do you speak?", "kind", "yesno", "required", "yes"), 303)
	check(t, "without options", s.post(at+"/questions/new?page=p1", "kim", "labels.en", "Topic", "kind", "choice"), 422, "at least two answers")
	check(t, "options", s.post(at+"/questions/new?page=p1", "kim", "labels.en", "Topic", "labels.ko", "주제", "kind", "choice", "options.en", "Dust\nOzone", "options.ko", "먼지\n오존", "when", "do-you-speak=yes", "required", "yes"), 303)
	check(t, "a page", s.post(at+"/pages/new", "kim", "names.en", "Files"), 303)
	check(t, "a file", s.post(at+"/questions/new?page=p2", "kim", "labels.en", "Slides", "kind", "file", "accept", ".pdf"), 303)
	check(t, "condition on another question", s.post(at+"/questions/new?page=p2", "kim", "labels.en", "X", "kind", "line", "when", "do-you-speak=yes", "when", "topic=dust"), 422, "one question only")
	w := check(t, "overview", s.get(at, "kim"), 200, "Only if you answered “Yes” to “Do you speak?”", "Put in use", "Missing translations")
	check(t, "in Korean", s.get(strings.Replace(at, "/en/", "/ko/", 1), "kim"), 200, "주제", `<span lang="en">Do you speak?</span>`)
	_ = w
	check(t, "preview", s.get(at+"/preview", "kim"), 200, "Page 1 of 2", "Only if you answered")
	check(t, "preview refuses", s.post(at+"/preview", "kim", "page", "p1", "q.do-you-speak", "yes"), 422, "Choose an answer")
	check(t, "preview goes on", s.post(at+"/preview", "kim", "page", "p1", "q.do-you-speak", "no"), 200, "Page 2 of 2", "do-you-speak")
	check(t, "preview ends", s.post(at+"/preview", "kim", "page", "p2", "answers", `{"do-you-speak":["no"]}`), 200, "would be sent now")

	// Not in use: nobody is asked.
	check(t, "draft", s.post("/en/ask/seoul-forum-2019-call", "", "q.do-you-speak", "no"), 404)
	check(t, "publish", s.post(at, "kim", "do", "publish"), 303)
	check(t, "asked", s.post("/en/ask/seoul-forum-2019-call", "", "q.do-you-speak", "yes", "q.topic", "ozone"), 200, "topic=ozone")
	check(t, "in use", s.get(at, "kim"), 200, "Edition 1 is in use", "exactly what stands here")

	// Order, copies, undo.
	check(t, "down", s.post(at, "kim", "do", "down", "page", "p1", "question", "do-you-speak"), 303)
	check(t, "the condition stands before", s.get(at, "kim"), 200, "waits for one that does not stand before it")
	check(t, "refused", s.post(at, "kim", "do", "publish"), 422, "waits for one")
	check(t, "undo", s.post(at, "kim", "do", "undo"), 303)
	check(t, "as before", s.get(at, "kim"), 200, "!waits for one", "exactly what stands here")
	check(t, "duplicate", s.post(at, "kim", "do", "duplicate", "page", "p1"), 303)
	f, err := s.desk.Form(context.Background(), actor.System, "seoul-forum-2019-call")
	must(t, err)
	if len(f.Pages) != 3 || f.Pages[1].Questions[1].When.Question != "do-you-speak-2" {
		t.Errorf("the copy of a page asks %+v", f.Pages[1].Questions)
	}
	check(t, "history", s.get(at+"/history", "kim"), 200, "Duplicated", "Edition 1", "Bring back what was before")
	check(t, "edition", s.get(at+"/editions/1", "kim"), 200, "Do you speak?", "!Put in use")

	// A copy for the next edition.
	check(t, "copied", s.post("/en/office/forms/new", "kim", "names.en", "Next", "purpose", "call", "from", "seoul-forum-2019-call"), 303)
	check(t, "the copy", s.get("/en/office/forms/next", "kim"), 200, "Do you speak?")
	check(t, "changed in the copy", s.post("/en/office/forms/next", "kim", "do", "withdraw"), 303)
}

// TestTwoOfficers: two officers write at once. In different places nothing collides; in the same place both versions are shown.
func TestTwoOfficers(t *testing.T) {
	s := newSite(t)
	check(t, "made", s.post("/en/office/forms/new", "kim", "names.en", "Feedback", "purpose", "feedback"), 303)
	const at = "/en/office/forms/feedback"
	check(t, "one", s.post(at+"/questions/new?page=p1", "kim", "labels.en", "One", "kind", "line"), 303)
	check(t, "two", s.post(at+"/questions/new?page=p1", "kim", "labels.en", "Two", "kind", "line"), 303)
	kim, lee := s.get(at+"/questions/one", "kim"), s.get(at+"/questions/two", "lee")
	check(t, "kim saves", s.post(at+"/questions/one", "kim", "labels.en", "One by Kim", "kind", "line", "was", hidden(t, kim, "was")), 303)
	check(t, "lee saves another", s.post(at+"/questions/two", "lee", "labels.en", "Two by Lee", "kind", "line", "was", hidden(t, lee, "was")), 303)
	w := check(t, "lee saves the same, read earlier", s.post(at+"/questions/one", "lee", "labels.en", "One by Lee", "kind", "text", "was", hidden(t, kim, "was")), 409, "One by Kim", "One by Lee", "A longer text")
	check(t, "knowingly", s.post(at+"/questions/one", "lee", "labels.en", "One by Lee", "kind", "text", "was", hidden(t, w, "was")), 303)
	f, err := s.desk.Form(context.Background(), actor.System, "feedback")
	must(t, err)
	check(t, "kim removes what lee wrote", s.post(at, "kim", "do", "remove", "page", "p1", "question", "one", "was", "old"), 409, "One by Lee", "Remove")
	check(t, "removed", s.post(at, "kim", "do", "remove", "page", "p1", "question", "one", "was", desk.Print(f.Pages[0].Questions[0])), 303)
	check(t, "gone", s.get(at, "kim"), 200, "!1. One", "Two by Lee", "Take back")
	check(t, "back", s.post(at, "kim", "do", "undo"), 303)
	check(t, "there", s.get(at, "kim"), 200, "One by Lee", "Two by Lee")
}

// TestFiles: files are kept as they come, the wrong kind is refused at its field, and a kept one survives other faults.
func TestFiles(t *testing.T) {
	s := newSite(t)
	ctx := context.Background()
	must(t, s.db.Write(ctx, func(tx *db.Tx) error {
		return desk.PutPublished(ctx, tx, desk.Form{ID: "f", Purpose: "call", Names: db.Text{"en": "F"}, Pages: []desk.Page{{ID: "p1", Names: db.Text{"en": "P"}, Questions: []desk.Question{
			{ID: "cv", Kind: "file", Labels: db.Text{"en": "CV"}, Accept: ".pdf", Required: true}, {ID: "name", Kind: "line", Labels: db.Text{"en": "Name"}}}}}})
	}))
	send := func(file, content string, pairs ...string) *httptest.ResponseRecorder {
		body, kind := form(t, file, content, pairs...)
		return s.ask("POST", "/en/ask/f", "", kind, body)
	}
	check(t, "wrong kind", send("x.exe", "x"), 422, "x.exe: send a file of the kind .pdf")
	check(t, "empty", send("x.pdf", ""), 422, "the file is empty")
	w := check(t, "sent", send("../../이력서.pdf", "%PDF-1.7 x", "q.name", "Bat"), 200, " 이력서.pdf", "name=Bat")
	kept := strings.Split(strings.Split(w.Body.String(), "cv=")[1], "\n")[0]
	check(t, "kept", send("", "", "q.cv.kept", s.desk.Seal(kept)), 200, kept)
	check(t, "somebody else's", send("", "", "q.cv.kept", "00000000000000000000000000000000 "+kept), 422)
}

func form(t *testing.T, file, content string, pairs ...string) (*bytes.Buffer, string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i+1 < len(pairs); i += 2 {
		must(t, m.WriteField(pairs[i], pairs[i+1]))
	}
	if file != "" {
		w, err := m.CreateFormFile("q.cv", file)
		must(t, err)
		_, err = io.WriteString(w, content)
		must(t, err)
	}
	must(t, m.Close())
	return &b, m.FormDataContentType()
}

func TestCountries(t *testing.T) {
	for lang, want := range map[string]string{"en": "Mongolia", "ko": "몽골", "zh": "蒙古", "ja": "モンゴル", "mn": "Монгол"} {
		list := Countries(lang)
		if len(list) < 200 || len(list) > 260 {
			t.Errorf("%s: %d countries", lang, len(list))
		}
		if got := CountryName(lang, "MN"); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

// FuzzAnswer: whatever is sent for a question, the answer is one that Check can look at, and files come only under a seal.
func FuzzAnswer(f *testing.F) {
	f.Add("line", "x", "y")
	f.Add("number", "1 200,5", "")
	f.Add("city", "other", "Darkhan\x00")
	f.Add("file", "kept", strings.Repeat("ab", 32)+" x.pdf")
	k := Asker{Form: desk.New(nil, nil)}
	f.Fuzz(func(t *testing.T, kind, value, other string) {
		q := desk.Question{ID: "a", Kind: kind, Labels: db.Text{"en": "A"}, Options: []desk.Option{{Value: "x", Labels: db.Text{"en": "X"}}}}
		a := k.answer(url.Values{"q.a": {value, other}, "q.a.other": {other}, "q.a.kept": {value, other}}, q, nil)
		if kind == "file" && len(a) > 0 {
			t.Fatalf("a file without a seal: %q", a)
		}
		for _, s := range a {
			if kind != "number" && (strings.TrimSpace(s) != s || strings.Contains(s, "\r\n")) {
				t.Fatalf("not tidy: %q", s)
			}
		}
		form := desk.Form{Pages: []desk.Page{{ID: "p", Questions: []desk.Question{q}}}}
		if err := form.Check("", desk.Answers{"a": a}); err != nil && fault.CodeOf(err) != fault.Invalid {
			t.Fatal(err)
		}
	})
}
