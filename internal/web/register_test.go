package web

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	activitydesk "aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	networkdesk "aircommons/internal/network"
)

// forum puts a published forum of 20 September 2027 in Seoul into the house.
func (h *house) forum() {
	h.t.Helper()
	must(h.t, h.db.Write(context.Background(), func(tx *db.Tx) error {
		return activitydesk.PutActivity(context.Background(), tx, activitydesk.Activity{ID: "forum-2027", Programme: "seoul-forum", Kind: "forum", Names: db.Text{"en": "Forum 2027", "ko": "2027 포럼"},
			Period: networkdesk.On("2027-09-20"), Place: "seoul", Zone: "Asia/Seoul", Mode: "hybrid", State: activitydesk.Published, Version: 1})
	}))
}

var hidden = regexp.MustCompile(`name="key" value="([0-9a-f]+)"`)

// fill sends the page of registration as a browser does.
func (b *browser) fill(path string, fields ...string) page {
	b.t.Helper()
	p := b.get(path)
	m := hidden.FindStringSubmatch(p.text)
	if m == nil {
		b.t.Fatalf("%s asks nothing: %s", path, main(p.text))
	}
	return b.post(path, append([]string{"key", m[1]}, fields...)...)
}

// A forum with two seats: the third waits in line, is offered a seat after somebody left, and takes it.
func TestRegistration(t *testing.T) {
	h := newHouse(t, true)
	h.forum()
	officer, reader := h.enter("Kim", actor.Secretariat, ""), h.browser()
	const register, setup = "/en/activities/forum-2027/register", "/en/office/activities/forum-2027/registration"
	reader.want(reader.get(register), 200, "Registration is not open")
	reader.want(reader.get(setup), 403)
	officer.want(officer.get(setup), 200, "Registration and seats", "Times are those on the wall in Seoul")
	officer.want(officer.post(setup, "open", "yes", "opens", "2027-05-20T09:00", "closes", "2027-05-30T18:00", "waiting", "yes", "offer_hours", "48", "version", "0", "rows", "2",
		"quotas.0.seats", "2", "quotas.1.seats", "1", "quotas.1.country", "MN"), 200, "Saved", "All seats", "Mongolia")
	// 20 May, 09:00 in Seoul is 00:00 in UTC; it is 19 May, 09:00.
	reader.want(reader.get(register), 200, "Registration opens on 20 May 2027, 09:00 Seoul")
	h.pass(15 * time.Hour)
	reader.want(reader.get("/ko/activities/forum-2027"), 200, "참가 신청", "2027년 5월 30일")
	reader.want(reader.fill(register, "name", "", "email", "no"), 422, "Name", "problem with 2 answers")
	reader.want(reader.fill(register, "name", "Bat <b>Dorj</b>", "email", "bat@example.org", "place", "ulaanbaatar", "mode", "onsite"), 200, "You have a seat", "Bat &lt;b&gt;Dorj&lt;/b&gt;")
	reader.want(reader.fill(register, "name", "Ли", "email", "li@example.org", "place", "seoul"), 200, "You have a seat")
	third := reader.want(reader.fill(register, "name", "王芳", "email", "wang@example.org"), 200, "You are on the waiting list", "Place in line: 1", "All seats: 2 seats")
	// Again with the same address: nothing is told of the first.
	reader.want(reader.fill(register, "name", "Somebody", "email", "bat@example.org"), 200, "Look into your mail", "!Dorj")
	officer.want(officer.get("/en/office/activities/forum-2027/people"), 200, "3 people", "王芳", "2 of 2 taken", "place 1 in line", "registered again")
	officer.want(officer.get("/en/office/activities/forum-2027/people?place=ulaanbaatar"), 200, "1 person", "!王芳")
	reader.want(reader.get("/en/office/activities/forum-2027/people"), 403, "!王芳")
	list := officer.get("/en/office/activities/forum-2027/people?q=li@example")
	m := regexp.MustCompile(`/office/participations/([0-9a-f-]+)`).FindStringSubmatch(list.text)
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(officer.want(officer.get("/en/office/participations/"+m[1]), 200, "li@example.org", "Withdraw").text)
	officer.want(officer.post("/en/office/participations/"+m[1], "to", "withdrawn", "reason", "Visa refused", "version", version[1]), 200, "Done: withdrawn", "Visa refused")
	reader.want(reader.get(third.at), 200, "A seat is free for you", "It is held for you until 22 May 2027, 09:00 Seoul")
	reader.want(reader.post(third.at+"/accept"), 200, "You have a seat")
	reader.want(reader.post(third.at+"/leave", "reason", strings.Repeat("x", 3000)), 422, "Shorten")
	reader.want(reader.post(third.at+"/leave", "reason", "ill"), 200, "Your registration is withdrawn")
	h.pass(11 * 24 * time.Hour)
	reader.want(reader.get(register), 200, "Registration closed on 30 May 2027, 18:00 Seoul")
}
