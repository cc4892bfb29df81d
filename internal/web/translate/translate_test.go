package translate

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

	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/record"
	desk "aircommons/internal/translate"
	"aircommons/internal/web/ui"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestTranslators presses through the list of the example: a gap is filled in place, a second save of an old page shows both
// versions, a sheet goes out and comes back with a dry run in words.
func TestTranslators(t *testing.T) {
	ctx := context.Background()
	d, err := db.Open(ctx, filepath.Join(t.TempDir(), "x.db"), time.Now)
	must(t, err)
	defer d.Close()
	if _, err := record.New(d).LoadExample(ctx, "eacac"); err != nil {
		t.Fatal(err)
	}
	texts, err := catalog.Load()
	must(t, err)
	must(t, pages.Compile(texts))
	kim := actor.Actor{ID: "kim", Name: "Kim", Role: actor.Secretariat}
	s, err := ui.New(ui.Config{Catalog: texts, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: time.Now, Random: rand.Reader, URL: "http://air.example.org", Version: "test",
		Revision: d.Revision, Sessions: memstore.New(), Brand: func(context.Context) ui.Brand { return ui.Brand{Names: db.Text{"en": "EACAC"}, Short: "EACAC"} },
		Person: func(context.Context, string) (actor.Actor, error) { return kim, nil }})
	must(t, err)
	Register(s, Deps{desk.New(d)})
	s.Post("/enter", func(w http.ResponseWriter, r *ui.Request) error {
		if err := r.SignIn("kim"); err != nil {
			return err
		}
		return s.Redirect(w, r, "/", "")
	})
	h, err := s.Handler()
	must(t, err)
	cookie := ""
	ask := func(method, target, kind string, body io.Reader) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, target, body)
		r.Host = "air.example.org"
		if kind != "" {
			r.Header.Set("Content-Type", kind)
		}
		if cookie != "" {
			r.Header.Set("Cookie", cookie)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	post := func(target string, v url.Values) *httptest.ResponseRecorder {
		return ask("POST", target, "application/x-www-form-urlencoded", strings.NewReader(v.Encode()))
	}
	want := func(what string, w *httptest.ResponseRecorder, status int, has ...string) {
		t.Helper()
		if w.Code != status {
			t.Errorf("%s: %d, want %d\n%s", what, w.Code, status, w.Body)
		}
		for _, s := range has {
			if !strings.Contains(w.Body.String(), s) {
				t.Errorf("%s lacks %q\n%s", what, s, w.Body)
			}
		}
	}
	want("a stranger", ask("GET", "/en/office/translate", "", nil), 403)
	cookie, _, _ = strings.Cut(ask("POST", "/en/enter", "", nil).Header().Get("Set-Cookie"), ";")
	for _, l := range catalog.Languages {
		want("list in "+l.Tag, ask("GET", "/"+l.Tag+"/office/translate?to=mn&only=all", "", nil), 200, "/office/translate/programme/seoul-forum?to=mn")
	}
	const at = "/en/office/translate/programme/seoul-forum?to=mn"
	w := ask("GET", at, "", nil)
	want("side by side", w, 200, `name="text.names"`)
	was := regexp.MustCompile(`name="was.names" value="([^"]*)"`).FindStringSubmatch(w.Body.String())[1]
	want("saved", post(at, url.Values{"text.names": {"Форум"}, "was.names": {was}}), 303)
	want("there", ask("GET", at, "", nil), 200, ">\nФорум</textarea>")
	want("an old page", post(at, url.Values{"text.names": {"Чуулган"}, "was.names": {was}}), 409, "Форум", "Чуулган")

	csv := ask("GET", "/en/office/translate/sheet/csv?to=mn&only=all", "", nil)
	want("sheet", csv, 200, "Форум")
	sheet := strings.Replace(csv.Body.String(), ",Форум,good", ",=Чуулган,good", 1)
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	f, err := m.CreateFormFile("sheet", "mn.csv")
	must(t, err)
	_, err = io.WriteString(f, sheet)
	must(t, err)
	must(t, m.Close())
	w = ask("POST", "/en/office/translate", m.FormDataContentType(), &b)
	want("dry run", w, 200, "1 translation will be saved.")
	want("apply", post("/en/office/translate/apply", url.Values{"rows": {`[{"Subject":"programme","Key":"seoul-forum","Field":"names","Text":"=Чуулган"}]`}, "into": {"mn"}}), 303)
	want("applied", ask("GET", at, "", nil), 200, "=Чуулган")
	want("xlsx", ask("GET", "/en/office/translate/sheet/xlsx?to=ko", "", nil), 200, "PK")
}
