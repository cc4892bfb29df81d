package web

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/post"
)

// write puts letters into the outbox.
func (h *house) write(ls ...post.Letter) (ids []string) {
	h.t.Helper()
	err := h.db.Write(context.Background(), func(tx *db.Tx) error {
		ids = nil
		for _, l := range ls {
			id, err := post.Add(context.Background(), tx, l)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return ids
}

func (h *house) token(id string) (token string) {
	h.t.Helper()
	err := h.db.Read(context.Background(), func(tx *db.Tx) error {
		return tx.One(context.Background(), `SELECT token FROM mail WHERE id = $1`, []any{id}, &token)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

// An officer looks through held letters, mends one, lets them go, calls them back, and cancels; others see nothing of it.
func TestOutbox(t *testing.T) {
	h := newHouse(t, true)
	held := func(key, to, name string, values map[string]string) post.Letter {
		return post.Letter{Key: key, To: to, ToName: name, Lang: "ko", Template: "seat.offered", About: "activity", AboutKey: "seoul-forum-2019", Hold: true, Values: values}
	}
	ids := h.write(held("1", "a@x.example", "김<b>서연</b>", map[string]string{"Until": "2027-05-01 18:00", "Link": "https://x.example/1"}), held("2", "b@x.example", "=1+2", map[string]string{"Link": "https://x.example/2"}),
		post.Letter{Key: "3", To: "no address", Subject: "s", Text: "t"})
	kim := h.enter("Kim", actor.Secretariat, "")
	kim.want(kim.get("/en/office"), 200, `href="/en/office/mail"`)
	kim.want(kim.get("/en/office/mail"), 200, "김&lt;b&gt;", "!<b>서연", "held 2", "failed 1", "Not filled in: Until", "Look at 2 held letters", "no address is not a mail address")
	kim.want(kim.get("/ko/office/mail?state=held&kind=transactional&about=activity/seoul-forum-2019&to=a@x"), 200, "a@x.example", "!b@x.example")
	look := kim.want(kim.get("/en/office/mail/"+ids[0]), 200, "2019", "2027-05-01 18:00", "https://x.example/1", "Send…", "Next held letter", "!{{.")
	if strings.Contains(main(look.text), "<b>서연") {
		t.Error("a name is taken for markup")
	}
	kim.want(kim.get("/en/office/mail/"+ids[1]), 200, "Not filled in: Until", "{{.Until}}", "!Send…")
	kim.want(kim.get("/en/office/mail/release?state=held"), 200, "1 letter leaves.", "1 stays held: a value is missing.", "Send 1 letter", "2027-05-01 18:00", "https://x.example/1", "!https://x.example/2", "!<b>서연")
	// The hole is filled by hand.
	kim.want(kim.get("/en/office/mail/"+ids[1]+"/edit"), 200, `name="version" value="1"`, "{{.Until}}")
	kim.want(kim.post("/en/office/mail/"+ids[1]+"/edit", "version", "1", "to", "b@x.example", "name", "Bat", "subject", "Seat {{.Nothing}}", "text", "t"), 422, "bring no Nothing", "Seat {{.Nothing}}")
	kim.want(kim.post("/en/office/mail/"+ids[1]+"/edit", "version", "1", "to", "b@x.example", "name", "Bat", "subject", "A seat", "text", "Dear {{.Name}}, by Monday."), 200, "The letter is changed.", "A seat", "Dear Bat, by Monday.")
	kim.want(kim.post("/en/office/mail/"+ids[1]+"/edit", "version", "1", "to", "b@x.example", "name", "Bat", "subject", "Other", "text", "t"), 409, "Other")
	p := kim.want(kim.post("/en/office/mail/release", "query", "state=held"), 200, "2 letters leave in a minute.", "Call them back", "ready 2")
	batch := regexp.MustCompile(`action="(/en/office/mailings/[^"]+)"`).FindStringSubmatch(p.text)
	if batch == nil {
		t.Fatal("no way back")
	}
	kim.want(kim.post(batch[1]), 200, "2 letters are held again.")
	kim.want(kim.post("/en/office/mail/"+ids[0]+"/cancel", "version", "3"), 200, "The letter is cancelled.", "cancelled")
	kim.want(kim.post("/en/office/mail/"+ids[0]+"/cancel", "version", "4"), 409)
	csv := kim.get("/en/office/mail/letters.csv")
	if !strings.Contains(csv.text, "'=1+2") && strings.Contains(csv.text, ",=1+2") {
		t.Errorf("a cell is computed:\n%s", csv.text)
	}
	if strings.Count(csv.text, "\n") != 4 {
		t.Errorf("%s", csv.text)
	}
	for lang, text := range map[string]string{"ko": "보낼 편지함", "zh": "发件箱", "ja": "送信箱", "mn": "Илгээх хайрцаг"} {
		kim.want(kim.get("/"+lang+"/office/mail"), 200, text, "!post.")
		kim.want(kim.get("/"+lang+"/office/mail/"+ids[1]), 200, "!post.")
		kim.want(kim.get("/"+lang+"/office/templates"), 200, "!post.")
		kim.want(kim.get("/"+lang+"/office/templates/seat.offered?lang="+lang), 200, "!post.")
		kim.want(kim.get("/"+lang+"/office/mail/stops"), 200, "!post.")
	}
	city := h.enter("Bat", actor.CityOfficer, "ulaanbaatar")
	nobody := h.browser()
	for _, path := range []string{"/en/office/mail", "/en/office/mail/" + ids[0], "/en/office/mail/letters.csv", "/en/office/mail/release", "/en/office/templates", "/en/office/mail/stops"} {
		city.want(city.get(path), 403, "!x.example")
		nobody.want(nobody.get(path), 403, "!x.example")
	}
}

// Texts of letters are kept for the network and for an activity, with an example of what people will read.
func TestTextsOfLetters(t *testing.T) {
	h := newHouse(t, true)
	kim := h.enter("Kim", actor.Secretariat, "")
	path := "/en/office/templates/registration.confirmed?lang=en&about=activity/seoul-forum-2019"
	kim.want(kim.get("/en/office/templates?about=activity/seoul-forum-2019"), 200, "Seat is confirmed", "registration.confirmed", "!own text")
	kim.want(kim.get(path), 200, "{{.Activity}}", "{{.Name}}", "Kim Seo-yeon", "2019", "name of the person")
	kim.want(kim.post(path, "version", "0", "subject", "See you", "text", "Dear {{.Nme}}"), 422, "bring no Nme", "Dear {{.Nme}}")
	kim.want(kim.post(path, "version", "0", "do", "look", "subject", "See you", "text", "Dear {{.Name}}, welcome to {{.Place}}."), 200, "Dear Kim Seo-yeon, welcome to Seoul.")
	kim.want(kim.post(path, "version", "0", "subject", "See you", "text", "Dear {{.Name}}, welcome to {{.Place}}."), 200, "The text is kept.", "See you")
	kim.want(kim.get("/en/office/templates?about=activity/seoul-forum-2019"), 200, "own text")
	id := h.write(post.Letter{To: "a@x.example", ToName: "Lee", Template: "registration.confirmed", About: "activity", AboutKey: "seoul-forum-2019", Hold: true})[0]
	kim.want(kim.get("/en/office/mail/"+id), 200, "Dear Lee, welcome to Seoul.")
	kim.want(kim.post(path, "version", "0", "subject", "Other", "text", "x"), 409, "See you", "Other")
	kim.want(kim.post(path, "version", "1", "do", "drop"), 200, "The text from further up is used again.")
}

// RFC 8058: looking at the address of List-Unsubscribe changes nothing, one POST of a mail program without cookies stops the
// kind, and says so with 200.
func TestOneClick(t *testing.T) {
	h := newHouse(t, true)
	id := h.write(post.Letter{To: "bat@ub.example", Kind: post.News, Subject: "N", Text: "N", Lang: "mn"})[0]
	at := "/mn/unsubscribe/" + h.token(id)
	b := h.browser()
	for range 3 {
		b.want(b.get(at), 200, "b…@ub.example", "!bat@ub.example", "Зогсоох")
	}
	stopped := func() (n int) {
		h.t.Helper()
		err := h.db.Read(context.Background(), func(tx *db.Tx) error {
			return tx.One(context.Background(), `SELECT COUNT(*) FROM mail_stop WHERE address = 'bat@ub.example'`, nil, &n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if stopped() != 0 {
		t.Fatal("looking stopped letters")
	}
	for range 2 {
		r, err := http.PostForm(h.url+at, url.Values{"List-Unsubscribe": {"One-Click"}})
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != 200 || !strings.Contains(string(body), "мэдээ") {
			t.Errorf("%d %s %v", r.StatusCode, body, err)
		}
	}
	if stopped() != 1 {
		t.Error("one click stopped nothing")
	}
	b.want(b.post(at, "kinds", "news", "kinds", "reminder"), 200, "Хадгаллаа")
	if stopped() != 1 { // invitations now
		t.Error("the choice is not kept")
	}
	b.want(b.get("/mn/unsubscribe/nobodyhasthis"), 404)
	r, err := http.PostForm(h.url+"/en/unsubscribe/nobodyhasthis", url.Values{"List-Unsubscribe": {"One-Click"}})
	if err != nil || r.StatusCode != 404 {
		t.Error(r, err)
	}
	b.want(b.get("/en/me/mail"), 403)
	kim := h.enter("Kim", actor.Visitor, "")
	kim.want(kim.get("/en/me/mail"), 200, "Letters you get")
	kim.want(kim.post("/en/me/mail", "kinds", "news"), 200, "Saved.")
}

// Letters are looked at before they are issued, verified by strangers in five languages, cancelled, and printed.
func TestNumberedLetters(t *testing.T) {
	h := newHouse(t, true)
	kim := h.enter("Kim", actor.Secretariat, "")
	office := "/en/office/activities/seoul-forum-2019/letters"
	kim.want(kim.get(office), 200, "No letter has been issued yet")
	kim.want(kim.post(office+"/new", "lang", "en"), 422, "Choose what the letter is", "Choose somebody, or write a name")
	fields := []string{"kind", "visa", "lang", "en", "second", "mn", "name", "BAT <ERDENE>", "original", "Бат-Эрдэнэ", "originallang", "mn", "passport", "E1234567"}
	p := kim.want(kim.post(office+"/new", fields...), 200, "1 letter will be issued.", "BAT &lt;ERDENE&gt;", "Бат-Эрдэнэ", "Issue 1 letter", "!no passport number")
	kim.want(kim.post(office+"/new", fields[:len(fields)-2]...), 200, "1 invitation has no passport number", "Issue 1 letter")
	once := regexp.MustCompile(`name="once" value="([^"]+)"`).FindStringSubmatch(p.text)[1]
	for range 2 { // the button is pressed twice
		kim.want(kim.post(office+"/new", append(fields, "do", "issue", "once", once)...), 200, "SF-2019-0001", "!SF-2019-0002")
	}
	p = kim.want(kim.get(office), 200, "SF-2019-0001", "valid")
	kim.want(kim.get("/en/office/letters"), 200, "SF-2019-0001", "2019")
	at := regexp.MustCompile(`href="(/en/letters/[^"]+)"`).FindStringSubmatch(p.text)[1]
	p = kim.want(kim.get(at), 200, "BAT &lt;ERDENE&gt;", "E1234567", "30 days after", "EACAC invites BAT", "Бат-Эрдэнэ-г")
	verify := regexp.MustCompile(`href="/en(/verify/[^"]+)"`).FindStringSubmatch(p.text)[1]
	sheet := kim.want(kim.get(at+"/sheet"), 200, "SF-2019-0001", "<svg class=\"qr\"", "Seoul Metropolitan Government", "Organiser / ", `href="/letters/sheet.css"`, "E1234567")
	if strings.Contains(sheet.text, "<ERDENE>") {
		t.Error("a name is taken for markup")
	}
	stranger := h.browser()
	stranger.want(stranger.get("/letters/sheet.css"), 200, "@page")
	stranger.want(stranger.get(at), 403, "!E1234567")
	stranger.want(stranger.get(at+"/sheet"), 403, "!E1234567")
	stranger.want(stranger.get(at+"/pdf"), 403)
	stranger.want(stranger.get(office), 403)
	stranger.want(stranger.get("/en/office/letters"), 403)
	for lang, text := range map[string]string{"en": "This letter is valid", "ko": "유효한 서신입니다", "zh": "此函件有效", "ja": "この文書は有効です", "mn": "Энэ бичиг хүчинтэй"} {
		stranger.want(stranger.get("/"+lang+verify), 200, text, "SF-2019-0001", "BAT &lt;.", "!ERDENE", "!E1234567", "!letter.verify", "!letter.kind")
		stranger.want(stranger.get("/"+lang+"/verify"), 200, "!letter.verify", "!letter.kind")
		stranger.want(stranger.get("/"+lang+"/verify?code=nothing"), 404, "!letter.verify", "!letter.kind")
	}
	stranger.want(stranger.get(verify), 200, "SF-2019-0001") // as the QR code says it, without a language
	stranger.want(stranger.get("/en/verify?code="+strings.ToLower(strings.TrimPrefix(verify, "/verify/"))), 200, "SF-2019-0001")
	kim.want(kim.post(at+"/cancel", "version", "1", "reason", ""), 422, "Write why")
	kim.want(kim.post(at+"/cancel", "version", "1", "reason", "wrong dates"), 200, "The letter is cancelled.", "wrong dates")
	kim.want(kim.get(at+"/sheet"), 200, "Cancelled on", "хүчингүй болсон")
	stranger.want(stranger.get("/en"+verify), 200, "This letter is cancelled", "Cancelled on", "!wrong dates")
	// Guessing is slow.
	var last int
	for range 60 {
		last = stranger.get("/en/verify/ABCD2345EFGH").status
	}
	if last != 429 {
		t.Errorf("the sixtieth guess is answered with %d", last)
	}
	h.pass(time.Hour)
	stranger.want(stranger.get("/en"+verify), 200, "This letter is cancelled")
	stranger.want(stranger.get("/en/letters"), 403)
}
