package web

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	accountdesk "aircommons/internal/account"
	"aircommons/internal/actor"
)

// TestOwnPage: a person edits names in several scripts; what is written there harms nobody, and is bounded.
func TestOwnPage(t *testing.T) {
	h := newHouse(t, true)
	b := h.enter("Bat", actor.Visitor, "")
	version := func() string {
		return regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(b.want(b.get("/en/me/about"), 200).text)[1]
	}
	b.want(b.post("/en/me/about", "name", "<b>Bat</b>\u202e & co", "names.0", "Бат", "names.0.use", "display", "names.0.lang", "mn", "names.1", "Ө", "names.1.use", "badge", "names.2", "BAT/DORJ", "names.2.use", "passport",
		"languages", "mn", "languages", "en", "morelanguages", "Deutsch, français", "affiliations.0", "Institute <i>", "affiliations.0.place", "ulaanbaatar", "affiliations.0.from", "2024-03",
		"gender", "", "visibility", "delegation", "language", "mn", "version", version()), 200, "Saved.", "&lt;b&gt;Bat&lt;/b&gt; &amp; co", "!<b>Bat", "!\u202e", "BAT/DORJ", `lang="mn">Бат</bdi>`, "my own delegation")
	b.want(b.get("/en/me/about"), 200, "français", "Institute &lt;i&gt;", `value="ulaanbaatar" selected`)
	b.want(b.post("/en/me/about", "name", strings.Repeat("ㄱ", 300), "names.0", "123", "names.0.use", "display", "version", version()), 422, "200", `href="#f-name"`)
	b.want(b.post("/en/me/about", "name", strings.Repeat("x", 10<<20), "version", "1"), 413)
	b.want(b.post("/en/me/about", "name", "Bat", "version", "1"), 409, "Somebody")
	b.want(b.get("/en/me/journal"), 200, "changed", "Bat")
	b.want(b.post("/en/me/consents", "kind", "photos"), 200, "Your consent is noted")
	id := regexp.MustCompile(`/me/consents/([0-9a-f-]+)/withdraw`).FindStringSubmatch(b.get("/en/me/consents").text)[1]
	b.want(b.post("/en/me/consents/"+id+"/withdraw"), 200, "taken back", "Taken back")
	p := b.post("/en/me/data/export")
	if p.status != 200 || p.header.Get("Content-Type") != "application/zip" || !strings.HasPrefix(p.text, "PK") {
		t.Error(p.status, p.header)
	}
	b.want(b.post("/en/me/data/erase"), 422, "Tick the box")
	b.want(b.post("/en/me/data/erase", "sure", "yes"), 200, "You are signed out")
	b.want(b.get("/en/me"), 403)
}

// TestSharedMailbox: an officer says that two people read one mailbox; the link and the code ask which of them comes in.
func TestSharedMailbox(t *testing.T) {
	h := newHouse(t, true)
	admin := h.enter("Boss", actor.Administrator, "")
	add := func(name, shared string, status int) page {
		return admin.want(admin.post("/en/office/people/new", "name", name, "email", "office@city.example", "role", "visitor", "language", "en", "shared", shared), status)
	}
	add("Kim Min-ji", "", 200)
	add("Kim Min-ji", "", 422) // the same address is the same person
	add("Kim Min-ji", "yes", 200)
	h.account.Wait()
	b := h.browser()
	b.want(b.post("/en/signin", "email", "office@city.example"), 200)
	path, code := h.letter()
	b.want(b.get(path), 200, "Choose who signs in", `type="radio"`)
	b.want(b.post(path), 422, "Choose who you are")
	again := b.want(b.post("/en/signin/code", "code", code), 422, "Choose who you are")
	who := regexp.MustCompile(`name="who" value="([^"]+)"`).FindAllStringSubmatch(again.text, -1)
	if len(who) != 2 {
		t.Fatal(main(again.text))
	}
	b.want(b.post("/en/signin/code", "code", code, "who", who[1][1]), 200, "You are signed in as Kim Min-ji")
	b.want(h.browser().get(path), 422)
}

// TestLookAs: an officer sees what a person sees, and changes nothing; the person can read that it was done.
func TestLookAs(t *testing.T) {
	h := newHouse(t, true)
	person := h.enter("Bat", actor.Visitor, "")
	officer := h.enter("Sec", actor.Secretariat, "")
	admin := h.enter("Boss", actor.Administrator, "")
	id := func(name string) string {
		return regexp.MustCompile(`/office/people/([0-9a-f-]{36})">` + name).FindStringSubmatch(admin.get("/en/office/people").text)[1]
	}
	officer.want(officer.post("/en/office/people/"+id("Boss")+"/look"), 403)
	officer.want(officer.post("/en/office/people/"+id("Bat")+"/look"), 200, "You look at the site as Bat")
	officer.want(officer.get("/en/office/people"), 403, "You look at the site as Bat")
	officer.want(officer.get("/en/me"), 200, "bat@air.example")
	for _, path := range []string{"/en/me/about", "/en/me/data/export", "/en/me/data/erase", "/en/me/tokens", "/en/me/everywhere", "/en/signout"} {
		officer.want(officer.post(path, "sure", "yes"), 403, "nothing can be changed")
	}
	officer.want(officer.post("/en/view/end"), 200, "Boss")
	person.want(person.get("/en/me/journal"), 200, "looked at the site as this person", "Sec")
	officer.want(officer.post("/en/office/look"), 200, "somebody sees it who is not signed in")
	officer.want(officer.get("/en/office"), 403)
	officer.want(officer.post("/en/view/end"), 200)
	// A right that is taken ends the view with the next page.
	officer.want(officer.post("/en/office/people/"+id("Bat")+"/look"), 200)
	sec, err := h.account.Person(context.Background(), actor.CommandLine, id("Sec"))
	must(t, err)
	sec.Role = actor.Visitor
	must(t, h.account.Update(context.Background(), actor.CommandLine, sec))
	officer.want(officer.get("/en/me"), 200, "sec@air.example", "!bat@air.example")
}

// TestBearer: a token lets in what it may and nothing else, until it is revoked.
func TestBearer(t *testing.T) {
	h := newHouse(t, true)
	admin := h.enter("Boss", actor.Administrator, "")
	admin.want(admin.post("/en/me/tokens", "name", "", "kind", "device", "expires", "2027-08-01"), 422, "Give the token a name", "Choose what the device may do")
	p := admin.want(admin.post("/en/me/tokens", "name", "Export", "kind", "api", "grants", "secretariat@network/", "reads", "yes", "expires", "2027-08-01"), 200, "It is shown only now")
	secret := regexp.MustCompile(`act_[A-Za-z0-9_-]{43}`).FindString(p.text)
	if strings.Contains(admin.get("/en/me/tokens").text, secret) {
		t.Error("the secret is shown twice")
	}
	ask := func(method, path, secret string) int {
		r, err := http.NewRequest(method, h.url+path, nil)
		must(t, err)
		r.Header.Set("Authorization", "Bearer "+secret)
		resp, err := http.DefaultClient.Do(r)
		must(t, err)
		resp.Body.Close()
		return resp.StatusCode
	}
	for _, c := range []struct {
		method, path, secret string
		want                 int
	}{
		{"GET", "/en/office/people", secret, 200}, {"POST", "/en/office/people/new", secret, 403}, {"GET", "/en/me", secret, 403}, {"GET", "/en/office/people", secret + "x", 401}, {"GET", "/en/cities", "nonsense", 401},
	} {
		if got := ask(c.method, c.path, c.secret); got != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, got, c.want)
		}
	}
	id := regexp.MustCompile(`/me/tokens/([0-9a-f-]+)/revoke`).FindStringSubmatch(admin.get("/en/me/tokens").text)[1]
	admin.want(admin.post("/en/me/tokens/"+id+"/revoke"), 200, "revoked")
	if got := ask("GET", "/en/office/people", secret); got != 401 {
		t.Errorf("a revoked token: %d", got)
	}
}

// TestRolesForOneThing: roles are given and taken on pages, and end by themselves.
func TestRolesForOneThing(t *testing.T) {
	h := newHouse(t, true)
	admin := h.enter("Boss", actor.Administrator, "")
	admin.want(admin.post("/en/office/roles", "thing", "programme/seoul-forum"), 200, "Programme officer")
	admin.want(admin.post("/en/office/roles/programme/seoul-forum", "email", "x", "name", "", "role", ""), 422)
	admin.want(admin.post("/en/office/roles/programme/seoul-forum", "email", "lee@x.example", "name", "Lee", "role", "officer", "until", "2027-05-20"), 200, "Lee has the role now")
	lee, err := h.account.People(context.Background(), actor.CommandLine)
	must(t, err)
	var id string
	for _, p := range lee {
		if p.Email == "lee@x.example" {
			id = p.ID
		}
	}
	_, path, err := h.account.AddUser(context.Background(), actor.CommandLine, accountdesk.Person{Email: "lee@x.example", Role: actor.Visitor})
	must(t, err)
	b := h.browser()
	b.want(b.post(path), 200)
	b.want(b.get("/en/office/roles/programme/seoul-forum"), 200, "Reviewer", "!Focal point")
	b.want(b.post("/en/office/roles/programme/seoul-forum", "email", "r@x.example", "name", "R", "role", "reviewer"), 200, "R has the role now")
	b.want(b.post("/en/office/roles/programme/seoul-forum", "email", "r@x.example", "name", "R", "role", "officer"), 403)
	b.want(b.get("/en/office/roles/programme/training-programme"), 403)
	h.pass(48 * time.Hour)
	b.want(b.get("/en/office/roles/programme/seoul-forum"), 403)
	admin.want(admin.get("/en/office/people/"+id), 200, "its time is over")
}
