package library

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	desk "aircommons/internal/library"
	"aircommons/internal/network"
	"aircommons/internal/record"
	"aircommons/internal/web/ui"
)

var kim = actor.Actor{ID: "kim", Name: "Kim Seo-yeon", Role: actor.Secretariat}

type site struct {
	t      *testing.T
	h      http.Handler
	desk   *desk.Desk
	cookie string
}

// newSite is the library over the example network.
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
	s, err := ui.New(ui.Config{Catalog: texts, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: time.Now, Random: rand.Reader,
		URL: "http://air.example.org", Version: "test", Revision: d.Revision, Sessions: memstore.New(),
		Brand: func(context.Context) ui.Brand {
			return ui.Brand{Names: db.Text{"en": "East Asia Clean Air Cities"}, Short: "EACAC"}
		},
		Person: func(_ context.Context, id string) (actor.Actor, error) {
			if id == kim.ID {
				return kim, nil
			}
			return actor.Actor{}, nil
		}})
	must(t, err)
	x := &site{t: t, desk: desk.New(d, files)}
	Register(s, Deps{x.desk, network.New(d), activity.New(d)})
	s.Post("/enter", func(w http.ResponseWriter, r *ui.Request) error {
		if err := r.SignIn(kim.ID); err != nil {
			return err
		}
		return s.Redirect(w, r, "/", "")
	})
	x.h, err = s.Handler()
	must(t, err)
	w := x.ask("POST", "/en/enter", "", "", nil)
	x.cookie, _, _ = strings.Cut(w.Header().Get("Set-Cookie"), ";")
	return x
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *site) ask(method, target, cookie, kind string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, body)
	r.Host = "air.example.org"
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w
}

func (s *site) get(target string) *httptest.ResponseRecorder {
	return s.ask("GET", target, "", "", nil)
}

func (s *site) officer(target string) *httptest.ResponseRecorder {
	return s.ask("GET", target, s.cookie, "", nil)
}

func (s *site) post(target string, values url.Values) *httptest.ResponseRecorder {
	return s.ask("POST", target, s.cookie, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
}

func (s *site) upload(target, name, content string, fields ...string) *httptest.ResponseRecorder {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		must(s.t, m.WriteField(fields[i], fields[i+1]))
	}
	if name != "" {
		w, err := m.CreateFormFile("file", name)
		must(s.t, err)
		_, err = io.WriteString(w, content)
		must(s.t, err)
	}
	must(s.t, m.Close())
	return s.ask("POST", target, s.cookie, m.FormDataContentType(), &b)
}

func check(t *testing.T, what string, w *httptest.ResponseRecorder, status int, has ...string) {
	t.Helper()
	if w.Code != status {
		t.Errorf("%s: status %d, want %d", what, w.Code, status)
	}
	for _, h := range has {
		want, not := strings.CutPrefix(h, "!")
		if strings.Contains(w.Body.String(), want) == not {
			t.Errorf("%s: %q in\n%s", what, h, w.Body)
		}
	}
}

func TestPublicPages(t *testing.T) {
	s := newSite(t)
	for _, l := range catalog.Languages {
		for _, path := range []string{"/library", "/library/seoul-forum-2019-report", "/library/asian-cities-clean-air-action-plans"} {
			check(t, l.Tag+path, s.get("/"+l.Tag+path), 200, "!library.", "!activity.", "!part.", "!{{", "!<no value>")
		}
	}
	check(t, "list", s.get("/en/library"), 200, "6 documents are known.", "None is in hand", "offered, not in hand", "/en/library/green-lung-summary",
		`<option value="report">`, `<option value="summary">`, `!<option value="dataset">`)
	check(t, "in Korean", s.get("/ko/library"), 200, "알려진 문서는 6건이다.", "2019 포럼 보고서")
	check(t, "by kind", s.get("/en/library?kind=report"), 200, "4 documents", "seoul-forum-2016-report", "!green-lung-summary", `name="robots" content="noindex"`)
	check(t, "in hand", s.get("/en/library?hand=yes"), 200, "No document matches")
	check(t, "by words", s.get("/en/library?q=executive+summary"), 200, "1 document", "green-lung-summary", "!seoul-forum")
	check(t, "by words in Korean", s.get("/ko/library?q=%EB%85%B9%EC%83%89"), 200, "green-lung-summary", "!seoul-forum")
	check(t, "nonsense", s.get("/en/library?page=-7&kind=%3Cscript%3E&in=xx&hand=maybe"), 200, "No document matches", "!<script>alert")
	check(t, "offered", s.get("/en/library/seoul-forum-2019-report"), 200, "This document is offered, but it is not in hand.", "2019 Forum Report",
		`href="/en/activities/seoul-forum-2019"`, "Report of", "Not stated", "Nobody has sent the file yet.", `"@type":"Report"`)
	check(t, "publication", s.get("/en/library/asian-cities-clean-air-action-plans"), 200, "January\u00a02018, printed as “<span lang=\"en\">January 2018</span>”",
		"em, The Magazine for Environmental Managers", `href="/en/organisations/awma"`, `href="/en/organisations/iclei-ea"`)
	check(t, "nothing", s.get("/en/library/nothing"), 404)
	check(t, "no file", s.get("/files/nothing-v1-en/x.pdf"), 404)
	for _, path := range []string{"/office/documents", "/office/documents/new", "/office/documents/green-lung-summary", "/office/documents/green-lung-summary/file",
		"/office/documents/green-lung-summary/history"} {
		check(t, path, s.get("/en"+path), 403)
		check(t, path, s.officer("/en"+path), 200, "!library.", "!part.")
	}
}

const pdf = "%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n"

func TestUploadAndDownload(t *testing.T) {
	s := newSite(t)
	office := "/en/office/documents/seoul-forum-2019-report"
	check(t, "no language", s.upload(office+"/file", "r.pdf", pdf, "lang", ""), 422, "Choose the language of the file", "Error:", `href="#f-lang"`)
	check(t, "no file", s.upload(office+"/file", "", "", "lang", "en"), 422, "Choose a file", `<option value="en" selected>`)
	check(t, "a page", s.upload(office+"/file", "r.pdf", "<html><script>alert(1)</script>", "lang", "en"), 422, "This is a web page", `href="#f-file"`)
	check(t, "a program", s.upload(office+"/file", "r.pdf", "MZ\x90\x00\x03", "lang", "en"), 422, "This is a program or a script")
	check(t, "no multipart", s.post(office+"/file", url.Values{"lang": {"en"}}), 422)
	w := s.upload(office+"/file", `C:\x\Bericht "é".pdf`, pdf, "lang", "en")
	check(t, "a report", w, 303)
	check(t, "said", s.officer("/en/library/seoul-forum-2019-report"), 200, "The file was added.", "Add a file", "Withdraw")
	page := s.get("/ko/library/seoul-forum-2019-report")
	check(t, "in hand", page, 200, "PDF", "영어", "!이곳에 파일이 없다", "내려받기 0회", "!공개 취소")
	_, rest, _ := strings.Cut(page.Body.String(), `href="/files/`)
	href, _, _ := strings.Cut(rest, `"`)
	href = "/files/" + strings.ReplaceAll(href, "&#34;", "%22")

	w = s.get(href)
	check(t, "download", w, 200, pdf)
	for name, want := range map[string]string{"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Content-Length": fmt.Sprint(len(pdf)),
		"Content-Disposition": `attachment; filename*=utf-8''Bericht%20-%C3%A9.pdf`} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	s.ask("HEAD", href, "", "", nil)
	r := httptest.NewRequest("GET", href, nil)
	r.Host = "air.example.org"
	r.Header.Set("If-None-Match", w.Header().Get("Etag"))
	again := httptest.NewRecorder()
	s.h.ServeHTTP(again, r)
	check(t, "the reader has it", again, 304)
	check(t, "counted once", s.get("/en/library/seoul-forum-2019-report"), 200, "Downloaded 1 time")
	check(t, "another name", s.get("/files/seoul-forum-2019-report-v1-en/x.exe"), 301)
	check(t, "list", s.get("/en/library?hand=yes"), 200, "1 document", "English")
	check(t, "list by language", s.get("/en/library?in=en"), 200, "1 document")

	check(t, "the same again", s.upload(office+"/file", "r.pdf", pdf, "lang", "en"), 422, "This very file is here already, as version 1")
	check(t, "a new version", s.upload(office+"/file", "r.pdf", pdf+"2", "lang", "en", "newversion", "yes"), 303)
	check(t, "both", s.get("/en/library/seoul-forum-2019-report"), 200, "Older versions", "v1-en", "v2-en")
	check(t, "withdraw a file", s.post(office+"/files/seoul-forum-2019-report-v1-en/withdraw", nil), 303)
	check(t, "withdrawn file", s.get(href), 404)
	check(t, "one left", s.get("/en/library/seoul-forum-2019-report"), 200, "!Older versions", "!v1-en")
	check(t, "for officers", s.officer("/en/library/seoul-forum-2019-report"), 200, "Withdrawn files", "Restore")
	check(t, "restore", s.post(office+"/files/seoul-forum-2019-report-v1-en/restore", nil), 303)
	check(t, "back", s.get(href), 200)
	check(t, "history", s.officer(office+"/history"), 200, "File added", "r.pdf, version 2, English", "Kim Seo-yeon", "File withdrawn", "Imported")
}

func TestFormsOfTheOffice(t *testing.T) {
	s := newSite(t)
	values := url.Values{"names.en": {"Minutes <1>"}, "kind": {"minutes"}, "subject": {"activity/seoul-forum-2018"}, "relation": {"about"}, "issued.from.y": {"2018"},
		"contributors": {"iclei", "smg"}, "licence": {"CC-BY-4.0"}, "offered": {"yes"}}
	check(t, "wrong", s.post("/en/office/documents/new", url.Values{"names.en": {""}, "issued.from.m": {"13"}, "issued.from.y": {"2018"}}), 422, "Error: New document")
	check(t, "no title", s.post("/en/office/documents/new", url.Values{"summary.en": {"kept"}}), 422, "Enter a title", "Choose the kind of document", "kept")
	w := s.post("/en/office/documents/new", values)
	check(t, "made", w, 303)
	if got := w.Header().Get("Location"); got != "/en/library/minutes-1" {
		t.Errorf("sent to %s", got)
	}
	check(t, "a draft", s.get("/en/library/minutes-1"), 404)
	check(t, "as officer", s.officer("/en/library/minutes-1"), 200, "made as a draft", "Minutes &lt;1&gt;", "Draft", "/office/documents/minutes-1/publish?version=1", "creativecommons.org/licenses/by/4.0")
	check(t, "publish", s.post("/en/office/documents/minutes-1/publish?version=1", nil), 303)
	check(t, "public", s.get("/en/library/minutes-1"), 200)
	check(t, "publish an old version", s.post("/en/office/documents/minutes-1/withdraw?version=1", nil), 409)
	check(t, "edit form", s.officer("/en/office/documents/minutes-1"), 200, `value="Minutes &lt;1&gt;"`, `name="version" value="2"`, `<option value="activity/seoul-forum-2018" selected>`,
		`name="issued.from.y" value="2018"`, `value="smg" checked`)
	values.Set("version", "2")
	values.Set("names.en", "Minutes of 2018")
	check(t, "edited", s.post("/en/office/documents/minutes-1", values), 303)
	values.Set("names.en", "Minutes, late")
	check(t, "overtaken", s.post("/en/office/documents/minutes-1", values), 409, "Minutes of 2018", "Minutes, late", `name="version" value="3"`)
	check(t, "history", s.officer("/en/office/documents/minutes-1/history"), 200, "Changed", "Title (English)", ">Minutes &lt;1&gt;<", ">Minutes of 2018<")
	check(t, "withdraw", s.post("/en/office/documents/minutes-1/withdraw?version=3", nil), 303)
	check(t, "withdrawn", s.get("/en/library/minutes-1"), 404)
	check(t, "to be restored", s.officer("/en/library/minutes-1"), 200, "publish?version=4&amp;restore=1\"><button>Restore</button>")
	check(t, "list of the office", s.officer("/en/office/documents"), 200, "Minutes of 2018", "Withdrawn")
	check(t, "restore", s.post("/en/office/documents/minutes-1/publish?version=4&restore=1", nil), 303)
	check(t, "restored", s.get("/en/library/minutes-1"), 200)
	check(t, "history of it", s.officer("/en/office/documents/minutes-1/history"), 200, "Restored")
	check(t, "about", s.officer("/en/office/documents/new?about=programme/seoul-forum"), 200, `<option value="programme/seoul-forum" selected>`)
	for _, path := range []string{"/office/documents/new", "/office/documents/minutes-1", "/office/documents/minutes-1/publish", "/office/documents/minutes-1/file"} {
		w := s.ask("POST", "/en"+path, "", "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
		check(t, "a stranger at "+path, w, 403)
	}
}
