package calendar

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

// A person's own calendar has the activities with a seat, what the person speaks in and what was chosen, and nothing more; its
// address is good until the person ends it.
func TestOwnCalendar(t *testing.T) {
	ctx := context.Background()
	officer := actor.Actor{ID: "kim", Name: "Kim", Role: actor.Secretariat}
	now := func() time.Time { return time.Date(2027, 1, 4, 9, 0, 0, 0, time.UTC) }
	d, err := db.Open(ctx, filepath.Join(t.TempDir(), "x.db"), now)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	defer d.Close()
	var ben account.Person
	must(d.Write(ctx, func(tx *db.Tx) (err error) {
		ben, err = account.Ensure(ctx, tx, actor.System, account.Person{Name: "Ben", Email: "ben@example.org"})
		return err
	}))
	k := activity.New(d)
	p, err := network.ParsePeriod("2027-05-19")
	must(err)
	a, err := k.CreateActivity(ctx, officer, activity.Activity{ID: "forum", Kind: "forum", Names: db.Text{"en": "Forum", "ko": "포럼"}, Zone: "Asia/Seoul", Period: p})
	must(err)
	for name, who := range map[string]activity.Speaker{"Spoken": {Person: ben.ID}, "Chosen": {Name: "X"}, "Other": {Name: "Y"}} {
		_, err := k.AddSession(ctx, officer, a.ID, activity.Item{Kind: "session", Names: db.Text{"en": name}, Starts: "2027-05-19T09:00", Speakers: []activity.Speaker{who}, Links: []activity.Access{{For: "participants", URL: "https://meet.example.org/secret"}}})
		must(err)
	}
	must(k.Publish(ctx, officer, a.ID, 1))
	draft, err := k.Draft(ctx, officer, a.ID)
	must(err)
	_, _, err = k.Release(ctx, officer, a.ID, draft.Agenda.Changes)
	must(err)
	must(k.Choose(ctx, ben.Actor(), a.ID, "chosen", true))

	texts, err := catalog.Load()
	must(err)
	shell, err := ui.New(ui.Config{Catalog: texts, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: now, Random: rand.Reader, URL: "https://air.example.org", Version: "t", Revision: d.Revision,
		Brand:  func(context.Context) ui.Brand { return ui.Brand{Names: db.Text{"en": "EACAC"}, Short: "EACAC"} },
		Person: func(context.Context, string) (actor.Actor, error) { return ben.Actor(), nil }, Sessions: memstore.New()})
	must(err)
	Register(shell, Deps{Activity: k, Network: network.New(d), Seats: func(_ context.Context, _ *db.Tx, person string) ([]string, error) {
		if person == ben.ID {
			return []string{"forum"}, nil
		}
		return nil, nil
	}})
	shell.Post("/enter", func(w http.ResponseWriter, r *ui.Request) error {
		if err := r.SignIn(ben.ID); err != nil {
			return err
		}
		return shell.Redirect(w, r, "/", "")
	})
	must(pages.Compile(texts))
	h, err := shell.Handler()
	must(err)
	var cookies []*http.Cookie
	do := func(method, path string, in bool) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.Host = "air.example.org"
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		if method == "POST" {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		if in {
			for _, c := range cookies {
				r.AddCookie(c)
			}
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Result().Cookies(); in && len(got) > 0 {
			cookies = got
		}
		return w
	}
	do("POST", "/en/enter", true)
	for _, l := range catalog.Languages {
		for _, in := range []bool{false, true} {
			if w := do("GET", "/"+l.Tag+"/calendar", in); w.Code != 200 || !strings.Contains(w.Body.String(), "webcal://air.example.org/"+l.Tag+"/calendar.ics") {
				t.Errorf("%s: %d", l.Tag, w.Code)
			}
		}
	}
	address := func() string {
		t.Helper()
		m := regexp.MustCompile(`https://air\.example\.org(/en/calendar/own/[a-z2-7]{32}\.ics)`).FindStringSubmatch(do("POST", "/en/calendar/link", true).Body.String())
		if m == nil {
			t.Fatal("no address")
		}
		return m[1]
	}
	first := address()
	w := do("GET", first, false)
	s := w.Body.String()
	for _, line := range []string{"SUMMARY;LANGUAGE=en:Forum\r\n", "SUMMARY;LANGUAGE=en:Spoken\r\n", "SUMMARY;LANGUAGE=en:Chosen\r\n", "DTSTART:20270519T000000Z\r\n"} {
		if !strings.Contains(s, line) {
			t.Errorf("no %q in\n%s", line, s)
		}
	}
	if strings.Contains(s, "Other") || strings.Contains(s, "meet.example.org") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("too much: %v\n%s", w.Header(), s)
	}
	second := address()
	if w := do("GET", first, false); w.Code != http.StatusNotFound {
		t.Errorf("an address that was replaced: %d", w.Code)
	}
	if w := do("POST", "/en/calendar/link/end", true); w.Code != http.StatusSeeOther {
		t.Errorf("%d", w.Code)
	}
	if w := do("GET", second, false); w.Code != http.StatusNotFound {
		t.Errorf("an address that was ended: %d", w.Code)
	}
	if w := do("POST", "/en/calendar/link", false); w.Code != http.StatusForbidden {
		t.Errorf("a link for nobody: %d", w.Code)
	}
	// What everybody may have.
	for path, want := range map[string]string{"/ko/calendar.ics": "SUMMARY;LANGUAGE=ko:포럼", "/en/activities/forum/calendar.ics": "Other", "/en/feed.atom": "<title>Forum</title>", "/mn/feed.json": `"language": "mn"`,
		"/en/activities/forum/schedule.xml": "<title>Other</title>", "/en/activities/forum/schedule.json": `"title": "Other"`} {
		w := do("GET", path, false)
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) || strings.Contains(w.Body.String(), "meet.example.org") {
			t.Errorf("%s: %d\n%s", path, w.Code, w.Body)
		}
	}
	if w := do("GET", "/en/activities/none/calendar.ics", false); w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
	must(k.Withdraw(ctx, officer, a.ID, 2))
	if w := do("GET", "/en/activities/forum/calendar.ics", false); w.Code != 200 || strings.Count(w.Body.String(), "STATUS:CANCELLED") != 4 || !strings.Contains(w.Body.String(), "SEQUENCE:1") {
		t.Errorf("a withdrawn activity is not cancelled: %d\n%s", w.Code, w.Body)
	}
}
