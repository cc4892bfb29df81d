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
