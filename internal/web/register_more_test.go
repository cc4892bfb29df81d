package web

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/korean"

	accountdesk "aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	formdesk "aircommons/internal/form"
	participationdesk "aircommons/internal/participation"
)

// opened is a house whose forum takes registrations.
func opened(t *testing.T, r participationdesk.Registration, quotas ...participationdesk.Quota) (h *house, officer *browser) {
	t.Helper()
	return openedFor(t, r, quotas...)
}

func openedFor(t testing.TB, r participationdesk.Registration, quotas ...participationdesk.Quota) (h *house, officer *browser) {
	t.Helper()
	h = newHouse(t, true)
	h.forum()
	officer = h.enter("Kim", actor.Secretariat, "")
	r.Activity, r.Open = "forum-2027", true
	if r.OfferHours == 0 {
		r.OfferHours = 48
	}
	must(t, participationdesk.New(h.db).SaveSetup(context.Background(), actor.CommandLine, r, quotas))
	return h, officer
}

func (h *house) form(f formdesk.Form) {
	h.t.Helper()
	must(h.t, h.db.Write(context.Background(), func(tx *db.Tx) error { return formdesk.PutPublished(context.Background(), tx, f) }))
}

func line(id, label string, required bool) formdesk.Question {
	return formdesk.Question{ID: id, Kind: "line", Labels: db.Text{"en": label}, Required: required}
}

// multipart sends a form as browsers send forms with files.
func (b *browser) multipart(path string, file []byte, name string, fields ...string) page {
	b.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		must(b.t, m.WriteField(fields[i], fields[i+1]))
	}
	if name != "" {
		w, err := m.CreateFormFile("file", name)
		must(b.t, err)
		_, err = w.Write(file)
		must(b.t, err)
	}
	must(b.t, m.Close())
	r, err := http.NewRequest("POST", b.url+path, &body)
	must(b.t, err)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Origin", b.url)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// A long form is saved page by page, gone on with in another browser by its link, and sent once.
func TestLongRegistration(t *testing.T) {
	h, officer := opened(t, participationdesk.Registration{Waiting: true})
	h.form(formdesk.Form{ID: "long", Subject: "activity", Key: "forum-2027", Purpose: "registration", Names: db.Text{"en": "Long form"}, Pages: []formdesk.Page{
		{ID: "one", Names: db.Text{"en": "First page", "ko": "첫째 쪽"}, Questions: []formdesk.Question{line("job", "Your work", true), {ID: "talk", Kind: "yesno", Labels: db.Text{"en": "Will you speak?"}, Required: true}}},
		{ID: "two", Names: db.Text{"en": "Your talk"}, Questions: []formdesk.Question{{ID: "title", Kind: "line", Labels: db.Text{"en": "Title of the talk"}, Required: true, When: &formdesk.When{Question: "talk", Is: []string{"yes"}}}}},
		{ID: "three", Names: db.Text{"en": "Last page"}, Questions: []formdesk.Question{line("last", "Anything else", false)}}}})
	h.form(formdesk.Form{ID: "after", Subject: "activity", Key: "forum-2027", Purpose: "followup", Names: db.Text{"en": "Travel"}, Pages: []formdesk.Page{
		{ID: "p", Names: db.Text{"en": "Passport"}, Questions: []formdesk.Question{{ID: "number", Kind: "line", Labels: db.Text{"en": "Number of the passport"}, Required: true, Class: "passport"}}}}})
	must(t, participationdesk.New(h.db).SaveSetup(context.Background(), actor.CommandLine, participationdesk.Registration{Activity: "forum-2027", Open: true, OfferHours: 48, Form: "long", Followup: "after", FollowupBy: "2027-06-01T18:00", Version: 1}, nil))
	reader := h.browser()
	const register = "/en/activities/forum-2027/register"
	first := reader.want(reader.fill(register, "name", "Bat", "email", "bat@example.org"), 200, "First page", "Page 1 of 2", "Your work")
	at, page, _ := strings.Cut(strings.TrimPrefix(first.at, register+"/"), "/")
	if page != "one" {
		t.Fatal(first.at)
	}
	reader.want(reader.multipart(first.at, nil, "", "q.job", "", "q.talk", "yes"), 422, "Page 1 of 3")
	other := h.browser() // the draft has kept what was said, in a browser that knows nothing of it
	other.want(other.get(first.at), 200, `value="yes" checked`)
	other.want(other.multipart(first.at, nil, "", "q.job", "Chemist", "q.talk", "yes"), 200, "Title of the talk")
	other.want(other.multipart(register+"/"+at+"/two", nil, "", "do", "later"), 200, "Something is still missing", "to be answered", "Chemist")
	other.want(other.post(register+"/"+at, "do", "send"), 422)
	other.want(other.post(register+"/"+at, "do", "mail"), 200)
	other.want(other.multipart(register+"/"+at+"/two", nil, "", "q.title", "Haze", "do", "go"), 200, "Last page")
	other.want(other.multipart(register+"/"+at+"/three", nil, "", "do", "go"), 200, "Everything is answered", "Haze")
	seat := other.want(other.post(register+"/"+at, "do", "send"), 200, "You have a seat", "Chemist", "Haze", "What we still need", "1 June 2027, 18:00 Seoul")
	again := other.want(other.post(register+"/"+at, "do", "send"), 200, "You have a seat")
	if again.at == seat.at {
		t.Error("the second answer is the first page from before")
	}
	if n := h.count(`SELECT COUNT(*) FROM participation`); n != 1 {
		t.Error(n, "registrations")
	}
	if n := h.count(`SELECT COUNT(*) FROM mail`); n != 2 { // the link, and the seat
		t.Error(n, "letters")
	}
	ref := strings.TrimPrefix(seat.at, "/en")
	follow := other.want(other.get("/en"+ref+"/form/followup"), 200, "Number of the passport")
	other.want(other.multipart(follow.at, nil, "", "do", "go"), 422)
	other.want(other.multipart(follow.at, nil, "", "q.number", "M12345", "do", "go"), 200, "You have sent the form", "M12345")
	// What belongs to the passport is not in a table that does not ask for it.
	table := officer.want(officer.get("/en/office/activities/forum-2027/people/as/csv"), 200, "Chemist", "!M12345")
	if !strings.HasPrefix(table.text, "\ufeff") {
		t.Error("no mark")
	}
	officer.want(officer.get("/en/office/activities/forum-2027/people/as/csv?passport=yes"), 200, "M12345")
	officer.want(officer.get("/en/office/activities/forum-2027/people?answer=talk:yes"), 200, "1 person")
	officer.want(officer.get("/en/office/activities/forum-2027/people?answer=talk:no"), 200, "Nobody fits")
	officer.want(officer.get("/en/office/activities/forum-2027/people?followup=missing"), 200, "Nobody fits")
	h.pass(20 * 24 * time.Hour)
	other.want(other.get(follow.at), 422, "The time to change these answers is over")
	other.want(other.multipart(follow.at, nil, "", "q.number", "X", "do", "go"), 422)
}

func (h *house) count(query string) (n int) {
	h.t.Helper()
	must(h.t, h.db.Read(context.Background(), func(tx *db.Tx) error { return tx.One(context.Background(), query, nil, &n) }))
	return n
}

// Officers take several people a step on: a plan in words first, then the deed, then undone.
func TestSeveral(t *testing.T) {
	h, officer := opened(t, participationdesk.Registration{Approve: true, Waiting: true}, participationdesk.Quota{Names: db.Text{"en": "Mongolia", "ko": "몽골"}, Country: "MN", Seats: 2})
	reader := h.browser()
	for _, n := range []string{"a", "b", "c", "d"} {
		reader.want(reader.fill("/en/activities/forum-2027/register", "name", "=1+1"+n, "email", n+"@example.org", "place", "ulaanbaatar", "visible", "everybody"), 200, "an officer decides")
	}
	reader.want(reader.fill("/en/activities/forum-2027/register", "name", "=1+1e", "email", "e@example.org", "place", "seoul", "visible", "nobody"), 200)
	const people = "/en/office/activities/forum-2027/people"
	reader.want(reader.get("/en/activities/forum-2027/people"), 200, "Nobody is shown", "!1+1")
	officer.want(officer.post(people+"/plan", "to", "confirmed", "do", "plan"), 422, "Tick people first")
	plan := officer.want(officer.post(people+"/plan", "to", "confirmed", "do", "plan", "all", "yes", "filter", ""), 200, "3 will be confirmed", "2 exceed the quota “Mongolia”")
	expect := regexp.MustCompile(`name="expect" value="(\d+)"`).FindStringSubmatch(plan.text)[1]
	officer.want(officer.post(people+"/do", "to", "confirmed", "all", "yes", "expect", "5"), 409, "Somebody changed the list")
	done := officer.want(officer.post(people+"/do", "to", "confirmed", "all", "yes", "expect", expect, "hold", "yes"), 200, "Done for 3 people", "3 confirmed")
	if n := h.count(`SELECT COUNT(*) FROM mail WHERE state = 'held'`); n != 3 {
		t.Error(n, "letters wait")
	}
	reader.want(reader.get("/en/activities/forum-2027/people"), 200, "=1&#43;1", "1 more person takes part")
	batch := regexp.MustCompile(`batches/([0-9a-f-]+)/undo`).FindStringSubmatch(done.text)[1]
	officer.want(officer.post(people+"/batches/"+batch+"/undo"), 200, "3 brought back", "Undone")
	officer.want(officer.post(people+"/batches/"+batch+"/undo"), 409)
	if n := h.count(`SELECT COUNT(*) FROM mail WHERE state = 'held'`); n != 0 {
		t.Error(n, "letters wait")
	}
	officer.want(officer.get(people+"?state=applied"), 200, "5 people")

	// A kept choice becomes a mailing and an export.
	officer.want(officer.post(people+"/filters", "filter", "place=ulaanbaatar&x=<b>", "name", ""), 422, "Give the choice a name")
	officer.want(officer.post(people+"/filters", "filter", "place=ulaanbaatar&x=<b>", "name", "All of Ulaanbaatar"), 200, "All of Ulaanbaatar", "4 people")
	officer.want(officer.post(people+"/plan", "do", "mail", "all", "yes", "filter", "place=ulaanbaatar"), 200, "To 4 people")
	officer.want(officer.post(people+"/mail", "all", "yes", "filter", "place=ulaanbaatar", "kind", "news", "key", "k1", "subject.en", "Hello {{.Nobody}}", "text.en", "x"), 422, "Nobody")
	for range 2 { // pressed twice
		officer.want(officer.post(people+"/mail", "all", "yes", "filter", "place=ulaanbaatar", "kind", "transactional", "key", "k1", "subject.en", "Hello {{.Name}}", "text.en", "Dear {{.Name}}, {{.Link}}"), 200)
	}
	if n := h.count(`SELECT COUNT(*) FROM mail WHERE state = 'held'`); n != 4 {
		t.Error(n, "letters of a mailing wait")
	}
	csv := officer.get(people + "/as/csv?place=ulaanbaatar")
	if !strings.Contains(csv.text, "'=1+1a") || strings.Contains(csv.text, ",=1+1a") {
		t.Error("a formula", csv.text)
	}
	x := officer.get(people + "/as/xlsx?place=ulaanbaatar")
	book, err := excelize.OpenReader(strings.NewReader(x.text))
	must(t, err)
	rows, err := book.GetRows("Sheet1")
	must(t, err)
	if len(rows) != 5 || rows[0][1] != "Name" {
		t.Error(rows)
	}
	for _, cell := range []string{"B2", "B3"} {
		if f, err := book.GetCellFormula("Sheet1", cell); err != nil || f != "" {
			t.Error("a formula in", cell, f, err)
		}
	}
	reader.want(reader.get(people+"/as/csv"), 403, "!1+1")
	reader.want(reader.get("/en/search?q=%3D1%2B1e"), 200, "!e@example.org")
}

// Seats belong to a city: given by officers, named by its focal point, given on.
func TestCityNames(t *testing.T) {
	h, officer := opened(t, participationdesk.Registration{Waiting: true, Delegation: 3}, participationdesk.Quota{Names: db.Text{"en": "All"}, Seats: 4})
	ctx := context.Background()
	officer.want(officer.post("/en/office/activities/forum-2027/people/seats", "place", "ulaanbaatar", "seats", "9", "role", "delegate", "mode", "onsite"), 422, "All seats are taken")
	officer.want(officer.post("/en/office/activities/forum-2027/people/seats", "place", "ulaanbaatar", "seats", "2", "role", "delegate", "mode", "onsite", "funded", "yes"), 200, "Seat without a name", "The city has 2 seats")
	focal := h.enter("Tuya", actor.Visitor, "")
	focal.want(focal.get("/en/cities/ulaanbaatar/seats"), 403)
	var tuya string
	must(t, h.db.Read(ctx, func(tx *db.Tx) error {
		ps, err := accountdesk.PeopleByEmail(ctx, tx, "tuya@air.example")
		tuya = ps[0].ID
		return err
	}))
	must(t, h.account.Grant(ctx, actor.CommandLine, tuya, actor.Grant{Role: actor.FocalPoint, Subject: actor.OfPlace, Key: "ulaanbaatar"}, time.Time{}))
	list := focal.want(focal.get("/en/cities/ulaanbaatar/seats"), 200, "Forum 2027", "Name the person")
	seat := regexp.MustCompile(`/cities/ulaanbaatar/seats/([0-9a-f-]+)`).FindStringSubmatch(list.text)[0]
	focal.want(focal.post("/en"+seat, "name", "", "email", "x"), 422)
	focal.want(focal.post("/en"+seat, "name", "Сүхээ", "email", "sukhee@ub.mn", "lang", "mn"), 200, "Сүхээ has the seat", "Somebody else comes instead")
	focal.want(focal.post("/en"+seat, "name", "Дорж", "email", "dorj@ub.mn", "lang", "mn"), 200, "Дорж has the seat", "Replaced")
	focal.want(focal.get("/en/cities/seoul/seats"), 403)
	// A delegation: rows, a list that was pasted, and faults at the row.
	reader := h.browser()
	const group = "/en/activities/forum-2027/delegation"
	form := reader.want(reader.get(group), 200, "Person 1")
	key := hidden.FindStringSubmatch(form.text)[1]
	reader.want(reader.post(group, "key", key, "do", "more", "place", "seoul", "paste", "Kim Minji\tminji@seoul.kr\nLee, lee@seoul.kr\n박지성 <park@seoul.kr>"), 200, `value="Kim Minji"`, `value="lee@seoul.kr"`, `value="박지성"`)
	reader.want(reader.post(group, "key", key, "do", "go", "place", "seoul", "people.0.name", "Kim", "people.0.email", "kim@seoul.kr", "people.1.name", "Lee", "people.1.email", "KIM@seoul.kr"), 422, "This address stands in row 1 already")
	if n := h.count(`SELECT COUNT(*) FROM participation WHERE place = 'seoul'`); n != 0 {
		t.Error(n)
	}
	for range 2 {
		reader.want(reader.post(group, "key", key, "do", "go", "place", "seoul", "people.0.name", "Kim", "people.0.email", "kim@seoul.kr", "people.1.name", "Lee", "people.1.email", "lee@seoul.kr", "people.2.name", "Oh", "people.2.email", "oh@seoul.kr"), 200, "The delegation is registered", "Confirmed", "On the waiting list")
	}
	if n := h.count(`SELECT COUNT(*) FROM participation WHERE place = 'seoul'`); n != 3 {
		t.Error(n)
	}
}

// A list in the encoding of a Korean spreadsheet program is taken in: columns told, duplicates proposed, a person decides.
func TestTakeInAList(t *testing.T) {
	h, officer := opened(t, participationdesk.Registration{})
	ctx := context.Background()
	must(t, h.db.Write(ctx, func(tx *db.Tx) error {
		for _, p := range []accountdesk.Person{{Name: "김민지", Email: "minji@seoul.kr"}, {Name: "박서준", Email: "old@seoul.kr"}} {
			if _, err := accountdesk.Ensure(ctx, tx, actor.CommandLine, p); err != nil {
				return err
			}
		}
		return nil
	}))
	text, err := korean.EUCKR.NewEncoder().String("이름,이메일,국가,소속,비고\r\n김민지,minji@seoul.kr,대한민국,서울시,a\r\n박서준,new@seoul.kr,대한민국,서울시,b\r\n이영희,minji@seoul.kr,대한민국,,c\r\n최수진,choi@busan.kr,한국,부산시,d\r\n나쁨,no address,,,e\r\n")
	must(t, err)
	const at = "/en/office/activities/forum-2027/people/import"
	reader := h.browser()
	reader.want(reader.multipart(at, []byte(text), "x.csv"), 403)
	officer.want(officer.multipart(at, []byte{0, 1, 2, 0xff}, "x.bin"), 422)
	p := officer.want(officer.multipart(at, []byte(text), "명단.csv"), 200, "5 rows", "cp949", "김민지", "Same name and address", "Same name, another address", "Same address, another name", "1 row with mistakes", "2 rows to be decided")
	version := func(p page) string {
		return regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(p.text)[1]
	}
	officer.want(officer.post(p.at, "do", "carry", "version", version(p)), 422, "Nothing was written")
	p = officer.want(officer.post(p.at, "do", "choose", "version", version(p), "row.1", "new", "row.2", "new", "row.4", "skip"), 200, "Everything is decided", "3 new people", "1 known person", "1 row left out")
	officer.want(officer.post(p.at, "do", "carry", "version", version(p)), 200, "4 people taken in", "김민지", "최수진")
	if n := h.count(`SELECT COUNT(*) FROM participation WHERE source = 'import' AND state = 'confirmed' AND country = 'KR'`); n != 4 {
		t.Error(n)
	}
	if n := h.count(`SELECT COUNT(*) FROM mail`); n != 0 {
		t.Error(n, "letters")
	}
	// The same workbook again: everybody is known.
	book := excelize.NewFile()
	for i, row := range [][]any{{"Full name", "E-mail", "Country"}, {"최수진", "choi@busan.kr", "Korea, South"}, {"New One", "one@x.org", "Atlantis"}} {
		must(t, book.SetSheetRow("Sheet1", []string{"A1", "A2", "A3"}[i], &row))
	}
	var b bytes.Buffer
	must(t, book.Write(&b))
	p = officer.want(officer.multipart(at, b.Bytes(), "list.xlsx"), 200, "2 rows", "Takes part already", "“Atlantis” is no country")
	officer.want(officer.post(p.at, "do", "drop"), 200, "Nothing was written")
}

// What is long, empty, marked or odd is answered clearly, and loses nothing.
func TestOddRegistrations(t *testing.T) {
	h, _ := opened(t, participationdesk.Registration{})
	reader := h.browser()
	const register = "/en/activities/forum-2027/register"
	reader.want(reader.fill(register, "name", strings.Repeat("x", 10<<20), "email", "a@example.org"), 413)
	reader.want(reader.fill(register, "name", strings.Repeat("x", 100<<10), "email", "a@example.org"), 422, "Shorten this to 200 characters")
	for n, c := range []struct{ name, shown string }{{"王", "王"}, {"O", "O"}, {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"}, {"\u202egnp.exe\u202c", "gnp.exe"}, {"שלום", "שלום"}, {"Бат-Эрдэнэ", "Бат-Эрдэнэ"}, {"김\u3000민지", "김 민지"}} {
		p := reader.want(reader.fill(register, "name", c.name, "email", string(rune('b'+n))+"@example.org"), 200, "You have a seat", c.shown)
		if strings.Contains(p.text, "\u202e") || strings.Contains(p.text, "<script>alert") {
			t.Error(c.name)
		}
	}
	for range 2 { // two people with the same name and address are one until somebody says otherwise
		reader.fill(register, "name", "Kim Minji", "email", "office@seoul.kr")
	}
	if n := h.count(`SELECT COUNT(*) FROM participation`); n != 8 {
		t.Error(n)
	}
	reader.want(reader.post(register, "name", "Z", "email", "z@example.org"), 200) // without the key of the form
	resp, err := http.Get(h.url + "/en/seats/nothing")
	must(t, err)
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 404 {
		t.Error(resp.StatusCode)
	}
}
