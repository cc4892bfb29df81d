package activity

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/network"
)

const agenda = "/en/office/activities/forum-2027/agenda"

// agendaSite has a forum of two days in Seoul, two rooms and the languages Korean and English, and people: Ana speaks, Ben chose a
// session, Cho has a seat online, Dan none.
func agendaSite(t *testing.T) (*site, *browser) {
	t.Helper()
	s := newSite(t, false, func(d *Deps) {
		d.Seat = func(_ context.Context, person, activity string) (string, error) {
			if person == "cho" && activity == "forum-2027" {
				return "online", nil
			}
			return "", nil
		}
		d.Seated = func(context.Context, string) (int, error) { return 50, nil }
	})
	err := s.store.Write(context.Background(), func(tx *db.Tx) error {
		if err := network.PutPlace(context.Background(), tx, network.Place{ID: "seoul", Kind: "city", Country: "KR", TimeZone: "Asia/Seoul", Names: db.Text{"en": "Seoul", "ko": "서울"}}); err != nil {
			return err
		}
		for _, name := range []string{"Ana", "Ben", "Dan"} {
			p, err := account.Ensure(context.Background(), tx, actor.System, account.Person{Name: name + " Example", Email: strings.ToLower(name) + "@example.org", Language: "en"})
			if err != nil {
				return err
			}
			people[strings.ToLower(name)] = p.Actor()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	people["cho"] = actor.Actor{ID: "cho", Name: "Cho", Role: actor.Visitor}
	kim := s.as(t, "kim")
	post(t, kim, "/en/office/activities/new", "names.en", "Forum 2027", "names.ko", "포럼 2027", "id", "forum-2027", "kind", "forum", "place", "seoul", "zone", "Asia/Seoul",
		"period.from.d", "19", "period.from.m", "5", "period.from.y", "2027", "period.to.d", "20", "period.to.m", "5", "period.to.y", "2027")
	post(t, kim, agenda+"/frame", "version", "1", "languages", "ko", "languages", "en", "rooms.0.names.en", "Hall A", "rooms.0.seats", "40", "rooms.1.names.en", "Hall B", "rooms.1.seats", "100")
	return s, kim
}

// post sends a form that has to be taken.
func post(t *testing.T, b *browser, path string, pairs ...string) {
	t.Helper()
	if w := b.post(path, pairs...); w.Code != http.StatusSeeOther {
		t.Fatalf("%s: %d\n%s", path, w.Code, w.Body)
	}
}

func opening(more ...string) []string {
	return append([]string{"kind", "session", "names.en", "Opening", "names.ko", "개회식", "starts", "2027-05-19T09:00", "ends", "2027-05-19T10:00", "room", "hall-a", "languages", "ko",
		"pairs.0.from", "ko", "pairs.0.to", "en", "speakers.0.person", people["ana"].ID, "speakers.0.at", "", "links.0.for", "participants", "links.0.url", "https://meet.example.org/secret", "links.0.minutes", "15"}, more...)
}

func TestAgendaIsLaid(t *testing.T) {
	_, kim := agendaSite(t)
	post(t, kim, agenda+"/new", opening()...)
	// A row more: nothing is saved, what was written stays.
	w := kim.post(agenda+"/new", opening("do", "add-talks", "names.zh", "还没有")...)
	want(t, "a row more", 200, w.Code, w.Body.String(), "还没有", `name="talks.0.minutes"`)
	// A check: the same room at the same time, the same speaker, nobody to interpret.
	second := []string{"kind", "session", "names.en", "Second", "starts", "2027-05-19T09:30", "ends", "2027-05-19T10:30", "room", "hall-a", "languages", "en",
		"talks.0.names.en", "Long talk", "talks.0.minutes", "90", "speakers.0.person", people["ana"].ID, "speakers.0.at", "t0"}
	words := []string{"Ana Example also stands in “Opening” at the same time.", "Hall A is also taken by “Opening” at the same time.", "The talk “Long talk” takes 90 minutes; the session has 60.",
		"English is spoken, and no interpretation leads to Korean.", "Hall A has 40 seats; 50 people are confirmed on site."}
	w = kim.post(agenda+"/new", append(second, "do", "check")...)
	want(t, "a check", 200, w.Code, w.Body.String(), words...)
	post(t, kim, agenda+"/new", second...)
	w = kim.get(agenda)
	want(t, "the list", 200, w.Code, w.Body.String(), append(words, "Ana Example also stands in “Second” at the same time.")...)
	for _, l := range catalog.Languages {
		for _, path := range []string{agenda, agenda + "/new", agenda + "/frame", agenda + "/changes", agenda + "/sessions/second"} {
			path = "/" + l.Tag + strings.TrimPrefix(path, "/en")
			check(t, path, kim.get(path))
		}
	}
	w = kim.post(agenda+"/new", "kind", "session", "names.en", "", "starts", "x", "talks.0.minutes", "-5", "links.0.url", "javascript:alert(1)")
	want(t, "faults", 422, w.Code, w.Body.String(), "There", "begins with https://")
}

func TestTwoOfficersAtOneSession(t *testing.T) {
	_, kim := agendaSite(t)
	post(t, kim, agenda+"/new", opening()...)
	post(t, kim, agenda+"/sessions/opening", append(opening(), "version", "1", "venue", "East wing")...)
	w := kim.post(agenda+"/sessions/opening", append(opening(), "version", "1", "venue", "West wing")...)
	want(t, "overtaken", 409, w.Code, w.Body.String(), "East wing", "West wing", `name="version" value="2"`)
	post(t, kim, agenda+"/sessions/opening", append(opening(), "version", "2", "venue", "West wing")...)
}

func TestReleaseOnPages(t *testing.T) {
	s, kim := agendaSite(t)
	post(t, kim, agenda+"/new", opening()...)
	post(t, kim, agenda+"/new", "kind", "break", "names.en", "Lunch", "starts", "2027-05-19T12:00", "ends", "2027-05-19T13:00")
	post(t, kim, "/en/office/activities/forum-2027/publish?version=1")
	reader := s.as(t, "")
	if w := reader.get("/en/activities/forum-2027/agenda"); w.Code != http.StatusNotFound {
		t.Errorf("a draft is shown: %d", w.Code)
	}
	changes := func() string {
		a, err := s.Activity.Draft(context.Background(), people["kim"], "forum-2027")
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(a.Agenda.Changes)
	}
	post(t, kim, agenda+"/release", "version", changes())
	for _, l := range catalog.Languages {
		for _, path := range []string{"/activities/forum-2027/agenda", "/activities/forum-2027/agenda?view=list", "/activities/forum-2027/agenda?view=person", "/activities/forum-2027/agenda/opening", "/activities/forum-2027"} {
			w := reader.get("/" + l.Tag + path)
			check(t, "/"+l.Tag+path, w)
			if strings.Contains(w.Body.String(), "meet.example.org") {
				t.Errorf("%s%s shows a link to everybody", l.Tag, path)
			}
		}
	}
	w := reader.get("/en/activities/forum-2027/agenda?zone=Europe/Paris")
	want(t, "two clocks", 200, w.Code, w.Body.String(), "09:00–10:00 Seoul (02:00–03:00 Paris)", `type="text/calendar"`)
	w = reader.get("/ko/activities/forum-2027/agenda?q=" + "%EA%B0%9C%ED%9A%8C")
	want(t, "found", 200, w.Code, w.Body.String(), "개회식")
	if strings.Contains(w.Body.String(), "Lunch") {
		t.Error("the search finds everything")
	}

	// Who sees the link, and when: 09:00 in Seoul is 00:00 in UTC.
	sees := func(who string, at time.Time) bool {
		s.now = at
		return strings.Contains(s.as(t, who).get("/en/activities/forum-2027/agenda/opening").Body.String(), "meet.example.org/secret")
	}
	start := time.Date(2027, 5, 19, 0, 0, 0, 0, time.UTC)
	early := start.Add(-time.Hour)
	for _, c := range []struct {
		who  string
		at   time.Time
		want bool
	}{{"", start, false}, {"dan", start, false}, {"cho", early, false}, {"cho", start.Add(-15 * time.Minute), true}, {"ana", early, true}, {"kim", early, true}, {"bat", start, false}} {
		if got := sees(c.who, c.at); got != c.want {
			t.Errorf("%s at %v: %v", c.who, c.at, got)
		}
	}
	s.now = early

	// Only those concerned are written to, and an officer looks first.
	post(t, s.as(t, "ben"), "/en/activities/forum-2027/agenda/lunch/choose", "on", "yes")
	post(t, kim, agenda+"/sessions/lunch", "version", "1", "kind", "break", "names.en", "Lunch", "starts", "2027-05-19T12:30", "ends", "2027-05-19T13:30")
	w = kim.get(agenda + "/changes")
	want(t, "the difference", 200, w.Code, w.Body.String(), "Moved from Wed 19 May, 12:00–13:00 Seoul to Wed 19 May, 12:30–13:30 Seoul.", "1 person concerned")
	if w := kim.post(agenda+"/release", "version", "1"); w.Code != http.StatusConflict {
		t.Errorf("a draft that nobody has seen was released: %d", w.Code)
	}
	post(t, kim, agenda+"/release", "version", changes())
	var to, state, values string
	n := 0
	err := s.store.Read(context.Background(), func(tx *db.Tx) error {
		return tx.Each(context.Background(), `SELECT address, state, vals FROM mail`, nil, func(scan func(...any) error) error {
			n++
			return scan(&to, &state, &values)
		})
	})
	if err != nil || n != 1 || to != "ben@example.org" || state != "held" || !strings.Contains(values, "12:30") {
		t.Errorf("%d letters: %s %s %s, %v", n, to, state, values, err)
	}
	if got := reader.get("/en/search?q=secret").Body.String(); strings.Contains(got, "meet.example.org") {
		t.Error("the search knows the link")
	}
	post(t, kim, agenda+"/sessions/lunch/cancel", "version", "2", "off", "yes")
	post(t, kim, agenda+"/undo", "version", changes())
	w = kim.get(agenda + "/changes")
	want(t, "undone", 200, w.Code, w.Body.String(), "Nothing has changed.")
}

func TestAgendaRights(t *testing.T) {
	s, kim := agendaSite(t)
	post(t, kim, agenda+"/new", opening()...)
	people["pro"] = actor.Actor{ID: "pro", Name: "Pro", Role: actor.Visitor, Grants: []actor.Grant{{Role: actor.ProgrammeOfficer, Subject: actor.OfActivity, Key: "forum-2027"}}}
	for who, code := range map[string]int{"": 403, "bat": 403, "ana": 403, "pro": 200} {
		for _, path := range []string{agenda, agenda + "/new", agenda + "/frame", agenda + "/changes", agenda + "/sessions/opening"} {
			if w := s.as(t, who).get(path); w.Code != code {
				t.Errorf("%q %s: %d", who, path, w.Code)
			}
		}
		for _, path := range []string{agenda + "/release", agenda + "/undo", agenda + "/sessions/opening/remove"} {
			if w := s.as(t, who).post(path, "version", "99"); code != 200 && w.Code != 403 {
				t.Errorf("%q %s: %d", who, path, w.Code)
			}
		}
	}
}
