package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	accountdesk "aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	participationdesk "aircommons/internal/participation"
)

// seats registers so many people of Seoul and Ulaanbaatar for the forum, who all get a seat, and returns their participations.
func (h *house) seats(k *participationdesk.Desk, count int) (ids []string) {
	h.t.Helper()
	boss := actor.Actor{ID: "boss", Role: actor.Secretariat}
	for i := range count {
		place := []string{"seoul", "ulaanbaatar"}[i%2]
		out, err := k.Register(context.Background(), boss, participationdesk.Request{Activity: "forum-2027", Name: fmt.Sprintf("Guest %02d", i+1), Email: fmt.Sprintf("guest%d@example.org", i+1),
			Lang: "en", Place: place, Organisation: "City office"})
		must(h.t, err)
		ids = append(ids, out.ID)
	}
	return ids
}

// machine asks as a device with a token does.
func (h *house) machine(secret, method, path string, body any) (status int, text string) {
	h.t.Helper()
	var b bytes.Buffer
	if body != nil {
		must(h.t, json.NewEncoder(&b).Encode(body))
	}
	r, err := http.NewRequest(method, h.url+path, &b)
	must(h.t, err)
	if secret != "" {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	must(h.t, err)
	defer resp.Body.Close()
	var t bytes.Buffer
	_, err = t.ReadFrom(resp.Body)
	must(h.t, err)
	return resp.StatusCode, t.String()
}

var markForm = regexp.MustCompile(`name="participation" value="([0-9a-f-]+)"><input type="hidden" name="nonce" value="([0-9a-f]+)"`)

func TestAtTheDoor(t *testing.T) {
	h := newHouse(t, true)
	h.forum()
	k := participationdesk.New(h.db)
	ids := h.seats(k, 6)
	officer, reader := h.enter("Kim", actor.Secretariat, ""), h.browser()
	const door = "/en/door/forum-2027"
	reader.want(reader.get(door), 403, "!Guest")
	h.enter("Lee", actor.Visitor, "").want(h.enter("Han", actor.Visitor, "").get(door), 403, "!Guest")
	p := officer.want(officer.get(door), 200, "0 of 6 present", "Guest 01", "City office")
	m := markForm.FindStringSubmatch(p.text)
	for range 2 { // pressed twice
		officer.want(officer.post(door, "do", "mark", "participation", m[1], "nonce", m[2], "item", ""), 200, "1 of 6 present", "present since 18:00") // 09:00 UTC is 18:00 in Seoul
	}
	officer.want(officer.get(door+"?q=guest+02"), 200, "1 person", "!Guest 01")
	officer.want(officer.get(door+"?show=present"), 200, "1 person", "Guest 01")
	officer.want(officer.post(door, "do", "undo", "participation", m[1], "nonce", "undo-0001", "item", ""), 200, "0 of 6 present")
	officer.want(officer.get("/ko/door/forum-2027"), 200, "6명 중 0명 참석")
	officer.want(officer.get(door+"?item=nowhere"), 404)

	// A device with a token for this door, and one for another.
	boss := actor.Actor{ID: "command-line", Role: actor.Administrator}
	token := func(activity string) (accountdesk.Token, string) {
		tk, secret, err := h.account.AddToken(context.Background(), boss, accountdesk.Token{Name: "Phone 1", Kind: accountdesk.DeviceToken,
			Grants: []actor.Grant{{Role: actor.CheckIn, Subject: actor.OfActivity, Key: activity}}, Expires: h.clock().Add(48 * time.Hour)})
		must(t, err)
		return tk, secret
	}
	good, secret := token("forum-2027")
	_, other := token("seoul-forum-2025")
	const list, marks = "/en/checkin/forum-2027/list", "/en/checkin/forum-2027/marks"
	for _, s := range []string{"", "act_wrong", other} {
		if status, text := h.machine(s, "GET", list, nil); status != 401 && status != 403 || strings.Contains(text, "Guest") {
			t.Errorf("token %q: %d %s", s, status, text)
		}
	}
	status, text := h.machine(secret, "GET", list, nil)
	if status != 200 || !strings.Contains(text, "Guest 01") || strings.Contains(text, "@") {
		t.Fatalf("%d: names and no addresses: %s", status, text)
	}
	// The clock of the device is three hours ahead. Marks come twice and in the wrong order.
	at := h.clock().Add(3*time.Hour - time.Minute)
	batch := map[string]any{"sent": h.clock().Add(3 * time.Hour), "device": "liar", "marks": []participationdesk.Mark{
		{Nonce: "undo-of-2", Participation: ids[1], Undoes: "nonce-of-2", At: at}, {Nonce: "nonce-of-1", Participation: ids[0], At: at}, {Nonce: "nonce-of-2", Participation: ids[1], At: at},
		{Nonce: "nonce-of-x", Code: "22222-22222", At: at}, {Nonce: "x", Participation: ids[2], At: at}, {Nonce: "nonce-of-3", Participation: "nobody", At: at}}}
	for range 2 {
		status, text = h.machine(secret, "POST", marks, batch)
		if status != 200 || strings.Count(text, `"taken"`) != 3 || strings.Count(text, `"unknown"`) != 2 || strings.Count(text, `"refused"`) != 1 {
			t.Fatalf("%d: %s", status, text)
		}
	}
	officer.want(officer.get(door), 200, "1 of 6 present", "present since 17:59", "Phone 1") // not 20:59
	if status, _ := h.machine(other, "POST", marks, batch); status != 403 {
		t.Error("another door's device marks", status)
	}
	must(t, h.account.RevokeToken(context.Background(), boss, good.ID))
	if status, text := h.machine(secret, "GET", list, nil); status != 401 || strings.Contains(text, "Guest") {
		t.Error("a revoked device reads", status)
	}
	// The shell holds nothing about anybody and may use the camera; the worker may serve every language.
	p = reader.want(reader.get("/mn/checkin/forum-2027"), 200, "Ирцийн бүртгэл", "!Guest", "!Forum 2027")
	if s := p.header.Get("Permissions-Policy"); !strings.Contains(s, "camera=(self)") {
		t.Error(s)
	}
	if p := reader.want(reader.get("/checkin/worker.js"), 200, "caches"); p.header.Get("Service-Worker-Allowed") != "/" {
		t.Error(p.header)
	}
	// Days later the list is empty.
	h.pass(200 * 24 * time.Hour)
	late, _ := token("forum-2027")
	_ = late
	_, secret = token("forum-2027")
	if status, text := h.machine(secret, "GET", list, nil); status != 200 || strings.Contains(text, "Guest") || !strings.Contains(text, `"over":true`) {
		t.Error(status, text)
	}
}

// The day of a training in the office: devices, badges, groups, lists, walk-ins, attendance, certificates and closing.
func TestDayInTheOffice(t *testing.T) {
	h := newHouse(t, true)
	h.forum()
	k := participationdesk.New(h.db)
	ids := h.seats(k, 6)
	officer, visitor := h.enter("Kim", actor.Secretariat, ""), h.enter("Lee", actor.Visitor, "")
	const at = "/en/office/activities/forum-2027"
	for _, path := range []string{"/day", "/devices", "/badges", "/lists", "/groups", "/attendance", "/attendance/people.csv", "/attendance/certificates", "/closing"} {
		visitor.want(visitor.get(at+path), 403, "!Guest")
		officer.want(officer.get(at+path), 200, "!day.")
		officer.want(officer.get("/ko/office/activities/forum-2027"+path), 200, "!day.")
	}
	officer.want(officer.get(at+"/day"), 200, "0 of 6 present", at+"/badges", "/en/door/forum-2027")

	// A phone is let in once, and out again.
	p := officer.want(officer.post(at+"/devices", "name", "Door A"), 200, "Code for Door A", "#token=act_", `<svg class="qr"`)
	secret := regexp.MustCompile(`#token=(act_[\w-]+)`).FindStringSubmatch(p.text)[1]
	officer.want(officer.get(at+"/devices"), 200, "Door A", "!act_", "1 phone")
	if status, _ := h.machine(secret, "GET", "/en/checkin/forum-2027/list", nil); status != 200 {
		t.Error(status)
	}
	token := regexp.MustCompile(`name="token" value="([0-9a-f-]+)"`).FindStringSubmatch(p.text)[1]
	officer.want(officer.post(at+"/devices/revoke", "token", token), 200, "ended")
	if status, _ := h.machine(secret, "GET", "/en/checkin/forum-2027/list", nil); status != 401 {
		t.Error(status)
	}

	// Badges: one code each, the same when printed again, another when lost. The code holds nothing of the person.
	code := regexp.MustCompile(`<p>([2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5})</p>`)
	sheet := officer.want(officer.post(at+"/badges/sheet", "size", "8", "lang", "ko"), 200, "Guest 01", "서울", "참가자", `class="z8"`)
	codes := code.FindAllStringSubmatch(sheet.text, -1)
	again := code.FindAllStringSubmatch(officer.post(at+"/badges/sheet", "size", "10", "lang", "en").text, -1)
	if len(codes) != 6 || fmt.Sprint(codes) != fmt.Sprint(again) {
		t.Fatal(codes, again)
	}
	one := officer.want(officer.post(at+"/badges/sheet", "one", ids[0]), 200, "Guest 01", "!Guest 02", "zsingle")
	officer.want(officer.post(at+"/badges/renew", "one", ids[0]), 200, "The old code is void")
	if now := code.FindStringSubmatch(officer.post(at+"/badges/sheet", "one", ids[0]).text); now[1] == code.FindStringSubmatch(one.text)[1] {
		t.Error("the lost badge still opens")
	}
	visitor.want(visitor.post(at+"/badges/sheet", "size", "8"), 403, "!Guest")
	officer.want(officer.get("/en/door/forum-2027?q="+codes[2][1]), 200, "1 person", "Guest 03")
	officer.want(officer.post("/en/door/forum-2027", "do", "mark", "code", codes[2][1], "nonce", "nonce-of-code"), 200, "1 of 6 present")

	// Groups evenly by city: three of Seoul and three of Ulaanbaatar into three groups are one of each.
	officer.want(officer.post(at+"/groups", "do", "deal", "count", "0"), 422, "from 1 to 60")
	p = officer.want(officer.post(at+"/groups", "do", "deal", "count", "3"), 200, "Group 1", "Group 3", "Seoul 1 · Ulaanbaatar 1")
	if n := strings.Count(main(p.text), "Seoul 1 · Ulaanbaatar 1"); n != 3 {
		t.Error("groups:", n)
	}
	officer.want(officer.post(at+"/groups", "do", "names", "names", "Air\nHeat"), 200, "Air", "!Group 1")
	officer.want(officer.post(at+"/groups", "do", "people", "g."+ids[0], "Air", "g."+ids[1], "Heat"), 200, "1 person")
	officer.want(officer.get(at+"/lists?by=group"), 200, "Air", "Guest 01")
	officer.want(officer.get(at+"/lists?by=city"), 200, "Ulaanbaatar", "Guest 02", "Not on the list")
	officer.want(officer.post(at+"/badges/sheet", "one", ids[0]), 200, "Air")

	// A walk-in by the page and one by a device; no seat is left then.
	const door = "/en/door/forum-2027/walkin"
	officer.want(officer.post(door, "name", "", "email", "x", "nonce", "nonce-walkin-1"), 422, "problem with 2 answers")
	for range 2 {
		officer.want(officer.post(door, "name", "=Bat", "email", "bat@example.org", "place", "ulaanbaatar", "role", "participant", "nonce", "nonce-walkin-1"), 200, "2 of 7 present")
	}
	setup, _, err := k.Setup(context.Background(), actor.CommandLine, "forum-2027")
	must(t, err)
	must(t, k.SaveSetup(context.Background(), actor.CommandLine, setup, []participationdesk.Quota{{Names: map[string]string{"en": "All seats"}, Seats: 7}}))
	officer.want(officer.post(door, "name", "Dorj", "email", "dorj@example.org", "role", "participant", "nonce", "nonce-walkin-2"), 422, "no seat left: All seats")
	officer.want(officer.post(door, "name", "Dorj", "email", "dorj@example.org", "role", "participant", "nonce", "nonce-walkin-3", "beyond", "yes"), 200, "3 of 8 present")

	// Certificates: a dry run, then once each, with a letter that waits.
	officer.want(officer.get(at+"/attendance/certificates"), 200, "3 people get a certificate")
	officer.want(officer.post(at+"/attendance/certificates", "lang", "en", "second", "en"), 422)
	officer.want(officer.post(at+"/attendance/certificates", "lang", "en", "second", "ko"), 200, "3 certificates were issued")
	officer.want(officer.post(at+"/attendance/certificates", "lang", "en"), 200, "0 certificates were issued")
	p = officer.want(officer.get(at+"/attendance"), 200, "F-2027-0001", "Ulaanbaatar")
	letter := regexp.MustCompile(`href="/en(/letters/[0-9a-f-]+)"`).FindStringSubmatch(p.text)[1]
	verify := regexp.MustCompile(`[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}`).FindString(officer.want(officer.get("/en"+letter+"/sheet"), 200, "Certificate of attendance", "=Bat").text)
	visitor.want(visitor.get("/en/verify/"+verify), 200, "This letter is valid", "certificate of attendance")
	var held int
	must(t, h.db.Read(context.Background(), func(tx *db.Tx) error {
		return tx.One(context.Background(), `SELECT COUNT(*) FROM mail WHERE template = 'letter.issued' AND state = 'held'`, nil, &held)
	}))
	if held != 3 {
		t.Error("held letters:", held)
	}
	officer.want(officer.post(at+"/attendance", "counts", "sessions", "least", "2", "share", "120", "version", "0"), 422, "from 0 to 100")
	officer.want(officer.post(at+"/attendance", "counts", "sessions", "least", "2", "share", "80", "version", "0"), 200, "at least 2 sessions, and 80 %")
	officer.want(officer.post(at+"/attendance", "counts", "once", "least", "1", "share", "0", "version", "0"), 409)
	table := officer.want(officer.get(at+"/attendance/people.csv"), 200, "'=Bat", "Guest 01")
	if !strings.HasPrefix(table.header.Get("Content-Type"), "text/csv") {
		t.Error(table.header)
	}
	if p := officer.get(at + "/attendance/cities.xlsx"); p.status != 200 || !strings.HasPrefix(p.text, "PK") {
		t.Error(p.status)
	}
	officer.want(officer.get(at+"/attendance/nothing.csv"), 404)

	// Closing tells first; a mark that comes late makes somebody present all the same.
	officer.want(officer.get(at+"/closing"), 200, "5 people will be absent", "3 were present and stay so", "not over yet")
	officer.want(officer.post(at+"/closing"), 200, "5 people are absent now", "3 of 8 present")
	officer.want(officer.post("/en/door/forum-2027", "do", "mark", "participation", ids[0], "nonce", "nonce-late-1"), 200, "4 of 8 present")
}
