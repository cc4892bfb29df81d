package activity

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	desk "aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
)

// want checks an answer: its status, what its body has and has not ("!…").
func want(t *testing.T, name string, status int, code int, body string, texts ...string) {
	t.Helper()
	body = strings.ReplaceAll(body, "\u00a0", " ")
	if code != status {
		t.Fatalf("%s: status %d, want %d; says %q", name, code, status, regexp.MustCompile(`(?s)<p class="err".*?</p>|<div class="errors".*?</div>`).FindAllString(body, 5))
	}
	for _, s := range texts {
		if no := strings.TrimPrefix(s, "!"); no != s {
			if strings.Contains(body, no) {
				t.Errorf("%s: has %q", name, no)
			}
		} else if !strings.Contains(body, s) {
			t.Errorf("%s: lacks %q", name, s)
		}
	}
}

func TestPublicPages(t *testing.T) {
	s := newSite(t, true, nil)
	reader := s.as(t, "")
	for _, c := range []struct {
		path   string
		status int
		texts  []string
	}{
		// Nothing is upcoming in 2027; the last edition that the network's page lists is of 2019 (facts, section 2).
		{"/en/", 200, []string{"Nothing is announced. The latest activity was in 2019.", "5 editions, 2016 to 2019", "Beijing", "File not in hand", "!<strong>Draft"}},
		{"/ko/", 200, []string{"2019년", "서울 국제 대기질 개선 포럼", "울란바토르"}},
		{"/en/programme", 200, []string{"Nothing is announced yet", "Green Lung Project", `id="y2016"`, `datetime="2019-09-22"`}},
		// The strip: all editions, gaps, doubles, rival dates (facts, sections 7 and 8).
		{"/en/programme/seoul-forum", 200, []string{"4 editions from 2016 to 2019; the sources give two dates for one", "two dates", "nothing listed after 2019",
			"22▸23 SEP", "22 to 23 May 2019", "breathelife2030.org news", "Published 27 April 2019", "The day numbers agree, the month does not.",
			"The same date is printed for Beijing Intl. Forum", "touches a weekend", "No document can be downloaded yet.", `"@type":"EventSeries"`, "Sunday, Monday"}},
		{"/en/programme/iclei-shrdc-training", 200, []string{"5 editions from 2016 to 2019; more than one in 2019; the sources give two dates for 2", `"@type":"Course"`, `"subEvent"`, "Read as April 2016"}},
		{"/en/programme/beijing-forum", 200, []string{"2 editions from 2018 to 2019", "a second source tells of one more", "8-9 June 2017", "Second source only"}},
		{"/mn/programme/beijing-forum", 200, []string{"хоёр огноо", `lang="en">22▸23 SEP`}},
		{"/en/activities/seoul-forum-2019", 200, []string{`<time datetime="2019-09-22">22 to 23 September 2019</time>`, "under “2019 Forum Report”", "contested", `"startDate":"2019-09-22"`,
			`"superEvent"`, "Edition before", "!Edition after", "Seoul Metropolitan Government"}},
		{"/en/activities/seoul-forum-2017", 200, []string{"On the date, the sources agree:", "Seoul City Hall", "7th Northeast Asia Forum"}},
		{"/en/activities/study-tour-2017", 200, []string{"Representatives of other Chinese local governments (6, not named)", "/cities/kawasaki", "described as a neighbour of Tokyo", "Energy Foundation China"}},
		{"/en/activities/green-lung", 200, []string{"2017 to 2019", "Known to the year; month and days are not stated.", `"@type":"Project"`}},
		{"/en/activities/slcp-cities", 200, []string{"date not known", "Pilot cities in Asia (3, not named)", "Work package"}},
		{"/en/cities", 200, []string{"Cities of the network", "For comparison", "Ulaanbaatar", "Mongolia"}},
		// Seoul held four forums, its institute co-organised five trainings, and Beijing's study compares itself with it.
		{"/en/cities/seoul", 200, []string{"12 activities", "Held here", "Co-organiser: ", "Benchmark", "/cities/seoul/air", "Seoul Human Resources Development Center", `"@type":"City"`}},
		{"/en/cities/kawasaki", 200, []string{"Study Tour to Japan 2017", "Visited"}},
		{"/en/cities/california", 200, []string{"Benchmark", "!/cities/california/air"}},
		{"/ja/cities/suwon", 200, []string{`class="empty"`}},
		{"/en/programme/none", 404, []string{"Page not found"}},
		{"/en/activities/none", 404, nil},
		{"/en/cities/none", 404, nil},
		{"/en/programme/none/strip.svg", 404, nil},
		{"/en/office/programmes", 403, []string{`name="email"`}},
		{"/en/office/activities/seoul-forum-2019", 403, nil},
		{"/en/office/activities/seoul-forum-2019/history", 403, nil},
	} {
		w := reader.get(c.path)
		want(t, c.path, c.status, w.Code, w.Body.String(), c.texts...)
	}
}

func TestStripDownloads(t *testing.T) {
	s := newSite(t, true, nil)
	w := s.as(t, "").get("/ko/programme/seoul-forum/strip.svg")
	want(t, "svg", 200, w.Code, w.Body.String(), `xmlns="http://www.w3.org/2000/svg"`, "#0A5B63", "날짜 둘", "!class=")
	if got := w.Header().Get("Content-Type"); got != "image/svg+xml" {
		t.Error(got)
	}
	w = s.as(t, "").get("/en/programme/seoul-forum/strip.csv")
	want(t, "csv", 200, w.Code, w.Body.String(), "2019,seoul-forum-2019,", "2019-05-22,2019-05-23,day,22-23 May 2019,breathelife2030.org news,2019-04-27,yes")
}

var versionField = regexp.MustCompile(`name="version" value="(\d+)"`)

func versionOf(t *testing.T, body string) string {
	t.Helper()
	m := versionField.FindStringSubmatch(body)
	if m == nil {
		t.Fatal("no version in the form\n" + body)
	}
	return m[1]
}

func TestEditionFromTheProgramme(t *testing.T) {
	s := newSite(t, true, nil)
	kim, reader := s.as(t, "kim"), s.as(t, "")
	w := kim.get("/en/programme/seoul-forum")
	want(t, "admin bar", 200, w.Code, w.Body.String(), "/office/activities/new?programme=seoul-forum", "/office/programmes/seoul-forum/withdraw?version=1", "/office/programmes/seoul-forum/history")
	// J1, step 1: topics, aims and roles are taken from the programme; dates are not.
	w = kim.get("/en/office/activities/new?programme=seoul-forum")
	want(t, "new edition", 200, w.Code, w.Body.String(), "Exchange of knowledge and experience", `<option value="smg" selected>`, `<option value="organiser" selected>`,
		`<option value="seoul-forum" selected>`, `name="period.from.y" value=""`, "Dates do not")
	check(t, "new edition", w)
	form := []string{"programme", "seoul-forum", "names.en", "Seoul Intl. Forum on Air Quality Improvement 2027", "kind", "forum", "place", "seoul", "mode", "hybrid",
		"roles.0.organisation", "smg", "roles.0.role", "organiser", "roles.1.organisation", "", "roles.1.role", "", "roles.1.note", ""}
	w = kim.post("/en/office/activities/new", append(form, "period.from.d", "31", "period.from.m", "6", "period.from.y", "2027")...)
	want(t, "a day that is not", 422, w.Code, w.Body.String(), "Error: New edition of Seoul", "errors-title", "2027-06-31")
	w = kim.post("/en/office/activities/new", append(form, "do", "add-roles")...)
	want(t, "a row more", 200, w.Code, w.Body.String(), `name="roles.2.organisation"`, `value="Seoul Intl. Forum on Air Quality Improvement 2027"`, "!errors-title")
	w = kim.post("/en/office/activities/new", append(form, "do", "drop-roles 0")...)
	want(t, "a row less", 200, w.Code, w.Body.String(), `name="roles.0.organisation"`, `!name="roles.1.organisation"`, `!<option value="smg" selected>`)
	w = kim.post("/en/office/activities/new", append(form, "period.from.d", "19", "period.from.m", "5", "period.from.y", "2027", "period.to.d", "20", "period.to.m", "5", "period.to.y", "2027")...)
	want(t, "create", 303, w.Code, w.Body.String())
	const at = "/activities/seoul-forum-2027"
	if got := w.Header().Get("Location"); got != "/en"+at {
		t.Fatal(got)
	}
	w = kim.get("/en" + at)
	want(t, "draft to an officer", 200, w.Code, w.Body.String(), "Created as a draft", "Only officers see this page", "19 to 20 May 2027", "/office"+at+"/publish?version=1", "Seoul")
	check(t, at, w)
	w = reader.get("/en" + at)
	want(t, "draft to the public", 404, w.Code, w.Body.String())
	a, err := s.Activity.Activity(context.Background(), people["kim"], "seoul-forum-2027")
	if err != nil || a.Zone != "Asia/Seoul" || len(a.Roles) != 1 {
		t.Fatalf("%v %+v", err, a)
	}
	w = kim.post("/en/office"+at+"/publish?version=1", "x", "")
	want(t, "publish", 303, w.Code, w.Body.String())
	w = reader.get("/en" + at)
	want(t, "published", 200, w.Code, w.Body.String(), "!Only officers")
	w = reader.get("/en/")
	want(t, "what is next", 200, w.Code, w.Body.String(), "What is next", "19 to 20 May 2027", "!Nothing is announced")
	w = kim.post("/en/office"+at+"/withdraw?version=1", "x", "")
	want(t, "withdraw an old version", 303, w.Code, w.Body.String())
	w = kim.get("/en" + at)
	want(t, "nothing was done", 200, w.Code, w.Body.String(), "Somebody changed this meanwhile, so nothing was done", "!The public does not see")
	w = kim.post("/en/office"+at+"/withdraw?version=2", "x", "")
	want(t, "withdraw", 303, w.Code, w.Body.String())
	w = reader.get("/en" + at)
	want(t, "withdrawn", 404, w.Code, w.Body.String())
	for lang, restore := range map[string]string{"en": "Restore", "ko": "복원", "zh": "恢复", "ja": "復元する", "mn": "Сэргээх"} {
		w = kim.get("/" + lang + at)
		want(t, "withdrawn, to an officer", 200, w.Code, w.Body.String(), "/office"+at+"/publish?version=3&amp;restore=1\"><button>"+restore+"</button>", "!/withdraw?version")
	}
	w = kim.post("/en/office"+at+"/publish?version=3&restore=1", "x", "")
	want(t, "restore", 303, w.Code, w.Body.String())
	w = kim.get("/en" + at)
	want(t, "restored", 200, w.Code, w.Body.String(), "Restored. Everybody sees it now.", "/withdraw?version=4")
	w = reader.get("/en" + at)
	want(t, "restored", 200, w.Code, w.Body.String())
	w = kim.get("/en/office" + at + "/history")
	want(t, "history of it", 200, w.Code, w.Body.String(), "Restored", "Withdrawn", "Published")
	w = kim.get("/ko/office" + at + "/history")
	want(t, "history", 200, w.Code, w.Body.String(), "Kim Seo-yeon", "2027년 1월 4일", "초안", "공개", "2027년 5월 19일~20일")
	w = kim.post("/en/office"+at+"/clone", "x", "")
	want(t, "clone", 303, w.Code, w.Body.String())
	clone := strings.TrimPrefix(w.Header().Get("Location"), "/en/office/activities/")
	if c, err := s.Activity.Activity(context.Background(), people["kim"], clone); err != nil || c.Period.Known() || c.Place != "seoul" || c.State != desk.Draft {
		t.Errorf("clone %q: %v %+v", clone, err, c)
	}
}

func TestConflictShowsBoth(t *testing.T) {
	s := newSite(t, true, nil)
	kim, other := s.as(t, "kim"), s.as(t, "kim")
	const at = "/en/office/programmes/seoul-forum"
	v := versionOf(t, kim.get(at).Body.String())
	base := []string{"kind", "forum", "every", "year", "version", v, "roles.0.organisation", "smg", "roles.0.role", "organiser", "roles.1.organisation", "eacac", "roles.1.role", "supporter"}
	w := other.post(at, append(base, "names.en", "Seoul Air Forum")...)
	want(t, "first", 303, w.Code, w.Body.String())
	w = kim.post(at, append(base, "names.en", "Seoul Clean Air Forum")...)
	want(t, "second", 409, w.Code, w.Body.String(), "Somebody else saved this meanwhile", ", English</th>", `<span class="lines">Seoul Air Forum</span>`, `<span class="lines">Seoul Clean Air Forum</span>`, `value="Seoul Clean Air Forum"`)
	now := versionOf(t, w.Body.String())
	if now == v {
		t.Error("the form still has the old version")
	}
	w = kim.post(at, append(base[:4:4], "version", now, "names.en", "Seoul Clean Air Forum", "roles.0.organisation", "smg", "roles.0.role", "organiser")...)
	want(t, "again", 303, w.Code, w.Body.String())
	w = kim.get(at + "/history")
	want(t, "history", 200, w.Code, w.Body.String(), ">Seoul Air Forum<", ">Seoul Clean Air Forum<", "EACAC · Supporter")
	now = versionOf(t, kim.get(at).Body.String())
	for _, c := range []struct {
		name  string
		pairs []string
		has   string
	}{
		{"no name", []string{"kind", "forum", "version", now}, "Enter a name in at least one language"},
		{"no kind", []string{"names.en", "X", "kind", "", "version", now}, "Choose the kind"},
		{"role without a word", []string{"names.en", "X", "kind", "forum", "version", now, "roles.0.organisation", "", "roles.1.organisation", "smg", "roles.1.role", ""}, `href="#f-roles-0-role"`},
		{"group without a name", []string{"names.en", "X", "kind", "forum", "version", now, "participants.0.place", "", "participants.0.part", "peer", "participants.0.unnamed", "3"}, "Enter what the unnamed group is"},
		{"number", []string{"names.en", "X", "kind", "forum", "version", now, "participants.0.place", "", "participants.0.part", "peer", "participants.0.unnamed", "few"}, "Enter a number"},
	} {
		w := kim.post(at, c.pairs...)
		want(t, c.name, 422, w.Code, w.Body.String(), "errors-title", c.has)
	}
}

func TestItems(t *testing.T) {
	s := newSite(t, true, nil)
	kim, reader := s.as(t, "kim"), s.as(t, "")
	const at = "/en/office/activities/seoul-forum-2018"
	w := kim.get(at + "/items")
	want(t, "none", 200, w.Code, w.Body.String(), "No item yet")
	v := versionOf(t, kim.get(at).Body.String())
	w = kim.post(at+"/items/new", "kind", "session", "names.en", "Opening", "starts", "2018-09-04T09:00", "ends", "2018-09-04T10:30", "version", v)
	want(t, "no zone", 422, w.Code, w.Body.String(), "time zone first")
	a, err := s.Activity.Activity(context.Background(), people["kim"], "seoul-forum-2018")
	if err != nil {
		t.Fatal(err)
	}
	a.Zone = "Asia/Seoul"
	if err := s.Activity.UpdateActivity(context.Background(), people["kim"], a); err != nil {
		t.Fatal(err)
	}
	next := func() string { return versionOf(t, kim.get(at).Body.String()) }
	w = kim.post(at+"/items/new", "kind", "session", "names.en", "Opening", "starts", "2018-09-04T09:00:00", "ends", "2018-09-04T10:30", "version", next())
	want(t, "add", 303, w.Code, w.Body.String())
	w = kim.post(at+"/items/new", "kind", "talk", "names.en", "Keynote", "starts", "2018-09-09T09:00", "version", next())
	want(t, "outside the days", 422, w.Code, w.Body.String(), `value="Keynote"`, "within the days")
	w = kim.post(at+"/items/new", "kind", "talk", "names.en", "Keynote", "starts", "2018-09-04 11:00", "version", next())
	want(t, "second", 303, w.Code, w.Body.String())
	w = kim.post(at+"/items/2/move", "to", "up", "version", next())
	want(t, "move", 303, w.Code, w.Body.String())
	w = kim.post(at+"/items/1", "kind", "talk", "names.en", "Keynote speech", "starts", "2018-09-04T11:00", "version", "1")
	want(t, "old version", 409, w.Code, w.Body.String(), "Keynote speech")
	w = kim.post(at+"/items/1", "kind", "talk", "names.en", "Keynote speech", "starts", "2018-09-04T11:00", "version", next())
	want(t, "change", 303, w.Code, w.Body.String())
	// A reader in Paris: Seoul is 7 hours ahead of Paris in summer.
	w = reader.get("/en/activities/seoul-forum-2018?zone=Europe/Paris")
	want(t, "two clocks", 200, w.Code, w.Body.String(), "09:00–10:30 Seoul (02:00–03:30 Paris)", "Tuesday, 4 September 2018")
	w = reader.post("/en/zone", "zone", "Asia/Tokyo", "back", "/activities/seoul-forum-2018?zone=Europe/Paris")
	want(t, "choose", 303, w.Code, w.Body.String())
	if got := w.Header().Get("Location"); got != "/en/activities/seoul-forum-2018" {
		t.Error(got)
	}
	w = reader.get("/en/activities/seoul-forum-2018")
	want(t, "the same clock", 200, w.Code, w.Body.String(), "09:00–10:30 Seoul", "!(09:00")
	tag := w.Header().Get("Etag")
	reader.post("/en/zone", "zone", "Europe/Paris", "back", "https://evil.example/")
	w = reader.get("/en/activities/seoul-forum-2018")
	want(t, "remembered", 200, w.Code, w.Body.String(), "(02:00–03:30 Paris)")
	if w.Header().Get("Etag") == tag {
		t.Error("two clocks share an entity tag")
	}
	for n := 2; n > 0; n-- {
		w = kim.post(at+"/items/"+strconv.Itoa(n)+"/remove", "version", next())
		want(t, "remove", 303, w.Code, w.Body.String())
	}
	w = kim.get(at + "/items/1")
	want(t, "gone", 404, w.Code, w.Body.String())
	w = kim.get(at + "/history")
	want(t, "history", 200, w.Code, w.Body.String(), "Item taken out", "Keynote speech", "2018-09-04 11:00")
}

func TestOfficePagesInEveryLanguage(t *testing.T) {
	s := newSite(t, true, nil)
	kim, bat := s.as(t, "kim"), s.as(t, "bat")
	v := versionOf(t, kim.get("/en/office/activities/study-tour-2017").Body.String())
	if w := kim.post("/en/office/activities/study-tour-2017/items/new", "kind", "visit", "names.en", "A plant", "version", v); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	for _, path := range []string{"/office/programmes", "/office/programmes/new", "/office/programmes/iclei-shrdc-training", "/office/programmes/seoul-forum/history",
		"/office/activities", "/office/activities?programme=seoul-forum&state=published", "/office/activities?programme=-", "/office/activities?state=withdrawn",
		"/office/activities/new", "/office/activities/new?programme=city-peer-learning", "/office/activities/study-tour-2017", "/office/activities/study-tour-2017/history",
		"/office/activities/study-tour-2017/items", "/office/activities/study-tour-2017/items/new", "/office/activities/study-tour-2017/items/1"} {
		for _, l := range catalog.Languages {
			check(t, "/"+l.Tag+path, kim.get("/"+l.Tag+path))
		}
		if w := bat.get("/en" + path); w.Code != http.StatusForbidden {
			t.Errorf("%s to a city officer: %d", path, w.Code)
		}
	}
	for _, path := range []string{"/office/programmes/new", "/office/programmes/seoul-forum", "/office/programmes/seoul-forum/withdraw?version=1", "/office/activities/new",
		"/office/activities/study-tour-2017", "/office/activities/study-tour-2017/clone", "/office/activities/study-tour-2017/publish?version=2", "/office/activities/study-tour-2017/items/1/remove"} {
		for _, b := range []*browser{bat, s.as(t, "")} {
			if w := b.post("/en"+path, "names.en", "X", "kind", "forum"); w.Code != http.StatusForbidden {
				t.Errorf("POST %s: %d", path, w.Code)
			}
		}
	}
	if as, err := s.Activity.Activities(context.Background(), actor.Actor{}); err != nil || len(as) != 17 {
		t.Errorf("%v, %d activities, want the 17 of the example", err, len(as))
	}
}
