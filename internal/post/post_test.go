package post_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/fault"
	"aircommons/internal/mail"
	"aircommons/internal/post"
)

var (
	ctx   = context.Background()
	kim   = actor.Actor{ID: "kim", Name: "Kim", Role: actor.Secretariat}
	start = time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
)

// sender keeps what it was given, and fails as it is told.
type sender struct {
	mail.Folder
	mu   sync.Mutex
	sent []mail.Message
	fail func(mail.Message) error
}

func (s *sender) Send(_ context.Context, m mail.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		if err := s.fail(m); err != nil {
			return err
		}
	}
	s.sent = append(s.sent, m)
	return nil
}

type box struct {
	*post.Desk
	t    *testing.T
	db   *db.DB
	send *sender
	now  time.Time
}

func texts(t *testing.T) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (b *box) on(t *testing.T, store *db.DB) {
	t.Helper()
	clock := func() time.Time { return b.now }
	b.t, b.db, b.send = t, store, &sender{Folder: mail.Folder{From: "aircommons@air.example.org", Now: clock}}
	b.Desk = post.New(store, b.send, texts(t))
	b.Site = "https://air.example.org"
	b.Network = func(context.Context) db.Text {
		return db.Text{"en": "East Asia Clean Air Cities", "ko": "동아시아 맑은 공기 도시"}
	}
}

func newBox(t *testing.T) *box {
	t.Helper()
	b := &box{now: start}
	store, err := db.Open(ctx, t.TempDir()+"/network.db", func() time.Time { return b.now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	b.on(t, store)
	return b
}

func (b *box) add(ls ...post.Letter) (ids []string) {
	b.t.Helper()
	err := b.db.Write(ctx, func(tx *db.Tx) error {
		ids = nil
		for _, l := range ls {
			id, err := post.Add(ctx, tx, l)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return ids
}

func (b *box) letter(id string) post.Look {
	b.t.Helper()
	l, err := b.Letter(ctx, kim, id)
	if err != nil {
		b.t.Fatal(err)
	}
	return l
}

func (b *box) flush() int {
	b.t.Helper()
	n, err := b.Flush(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

func confirmed(key, to string) post.Letter {
	return post.Letter{Key: key, To: to, ToName: "김서연", Lang: "ko", Template: "registration.confirmed", About: "activity", AboutKey: "seoul-forum-2027",
		Values: map[string]string{"Activity": "서울 포럼", "Dates": "2027년 5월 19일", "Place": "서울", "Link": "https://air.example.org/ko/seats/x"}}
}

func key(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return fmt.Sprint(err)
	}
	if len(f.Fields) > 0 {
		return f.Fields[0].Name + ":" + f.Fields[0].Message.Key
	}
	return f.Message.Key
}

// A letter is added with what it tells of, once for a key, and is filled in in the language of its person.
func TestAdd(t *testing.T) {
	dbtest.Each(t, func() time.Time { return start }, func(t *testing.T, store *db.DB) {
		b := &box{now: start}
		b.on(t, store)
		first := b.add(confirmed("seat/1", "kim@seoul.example"))[0]
		if again := b.add(confirmed("seat/1", "kim@seoul.example"))[0]; again != first {
			t.Errorf("the same key made a second letter: %s %s", first, again)
		}
		stop := errors.New("stop")
		err := store.Write(ctx, func(tx *db.Tx) error {
			if _, err := post.Add(ctx, tx, confirmed("seat/2", "lee@seoul.example")); err != nil {
				return err
			}
			return stop
		})
		if err == nil || !errors.Is(err, stop) {
			t.Fatal(err)
		}
		if n := b.flush(); n != 1 || len(b.send.sent) != 1 {
			t.Fatalf("%d letters, %d sent", n, len(b.send.sent))
		}
		m := b.send.sent[0]
		if m.Subject != "서울 포럼: 참가가 확정되었습니다" || !strings.Contains(m.Text, "김서연 님께") || !strings.Contains(m.Text, "동아시아 맑은 공기 도시") || strings.Contains(m.Text, "{{") ||
			m.ID != first || m.FromName != "동아시아 맑은 공기 도시" || m.Unsubscribe != "" || !m.Auto || m.Lang != "ko" {
			t.Errorf("%+v", m)
		}
		if l := b.letter(first); l.State != post.Sent || !l.Ended.Equal(start) || l.Tries != 1 {
			t.Errorf("%+v", l.Piece)
		}
		if n := b.flush(); n != 0 {
			t.Error("a letter left twice")
		}
		if _, err := b.Letters(ctx, actor.Actor{ID: "x", Role: actor.Visitor}, post.Filter{}); key(err) != "error.denied.officer" {
			t.Error(err)
		}
		counts, err := b.Counts(ctx, kim, post.Filter{About: "activity", AboutKey: "seoul-forum-2027"})
		if err != nil || counts[post.Sent] != 1 {
			t.Error(counts, err)
		}
		if all, err := b.Letters(ctx, kim, post.Filter{To: "KIM@", Kind: post.Transactional, State: post.Sent, Limit: 5}); err != nil || len(all) != 1 {
			t.Error(all, err)
		}
	})
}

// Nothing leaves with a hole in it; an address that is none is said at once.
func TestMissing(t *testing.T) {
	b := newBox(t)
	l := confirmed("a", "kim@seoul.example")
	delete(l.Values, "Place")
	l.Values["Link"] = " "
	bad := confirmed("b", "kim at seoul")
	ids := b.add(l, bad, post.Letter{Key: "c", To: "x@y.example", Template: "no.such"})
	b.flush()
	if len(b.send.sent) != 0 {
		t.Fatalf("%+v", b.send.sent)
	}
	if x := b.letter(ids[0]); x.State != post.Held || x.Reason.Key != "post.missing" || x.Reason.Args["Names"] != "Link, Place" || !strings.Contains(x.Text, "{{.Place}}") {
		t.Errorf("%+v %v", x.Piece, x.Reason)
	}
	if x := b.letter(ids[1]); x.State != post.Failed || x.Reason.Key != "mail.to" {
		t.Errorf("%+v", x.Piece)
	}
	if x := b.letter(ids[2]); x.State != post.Held || x.Reason.Key != "post.template.unknown" {
		t.Errorf("%+v", x.Piece)
	}
	plan, err := b.PlanRelease(ctx, kim, post.Filter{}, nil)
	if err != nil || plan.Leaving() != 0 || plan.Missing != 2 {
		t.Errorf("%+v %v", plan, err)
	}
	if _, _, err := b.Release(ctx, kim, post.Filter{}, nil); key(err) != "post.release.none" {
		t.Error(err)
	}
	// The officer writes the letter anew, with what is there.
	look := b.letter(ids[0])
	for want, text := range map[string]string{"text:post.form.unknown": "Dear {{.Nobody}}", "text:post.form.braces": "Dear {{ Name", "text:post.form.text.missing": " "} {
		if err := b.Edit(ctx, kim, ids[0], look.Version, "kim@seoul.example", "", "s", text); key(err) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := b.Edit(ctx, kim, ids[0], look.Version, "kim@seoul.example\r\nBcc: all@x.example", "", "s", "t"); key(err) != "to:mail.to" {
		t.Error(err)
	}
	if err := b.Edit(ctx, kim, ids[0], look.Version, "kim@seoul.example", "Kim", "Hello", "Dear {{.Name}}, {{.Activity}}"); err != nil {
		t.Fatal(err)
	}
	if err := b.Edit(ctx, kim, ids[0], look.Version, "kim@seoul.example", "Kim", "Hello", "t"); key(err) != "error.conflict" {
		t.Error(err)
	}
	if _, _, err := b.Release(ctx, kim, post.Filter{}, []string{ids[0]}); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(2 * time.Minute)
	b.flush()
	if len(b.send.sent) != 1 || b.send.sent[0].Text != "Dear Kim, 서울 포럼\n" {
		t.Errorf("%+v", b.send.sent)
	}
}

// Held letters are looked at, let go together, and called back within a minute.
func TestReleaseAndCallBack(t *testing.T) {
	b := newBox(t)
	var ls []post.Letter
	for i := range 4 {
		l := confirmed(fmt.Sprint("k", i), fmt.Sprintf("p%d@seoul.example", i))
		l.Hold = true
		ls = append(ls, l)
	}
	ids := b.add(ls...)
	if b.flush() != 0 {
		t.Fatal("held letters left")
	}
	look := b.letter(ids[0])
	if !strings.Contains(string(look.Raw), "Auto-Submitted: auto-generated") || !strings.Contains(mail.PlainText(bytes.NewReader(look.Raw)), "김서연 님께") || look.Letter.Subject != "서울 포럼: 참가가 확정되었습니다" {
		t.Errorf("%s", look.Raw)
	}
	if err := b.Cancel(ctx, kim, ids[3], 0); err != nil {
		t.Fatal(err)
	}
	batch, plan, err := b.Release(ctx, kim, post.Filter{About: "activity", AboutKey: "seoul-forum-2027"}, nil)
	if err != nil || plan.Leaving() != 3 {
		t.Fatal(plan, err)
	}
	b.now = b.now.Add(30 * time.Second)
	if b.flush() != 0 {
		t.Fatal("letters left within the minute")
	}
	back, gone, err := b.CallBack(ctx, kim, batch)
	if err != nil || back != 3 || gone != 0 {
		t.Fatal(back, gone, err)
	}
	b.now = b.now.Add(5 * time.Minute)
	if b.flush() != 0 {
		t.Fatal("letters left that were called back")
	}
	if batch, _, err = b.Release(ctx, kim, post.Filter{}, ids[:2]); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(time.Minute)
	if b.flush() != 2 {
		t.Fatal("two letters should leave")
	}
	if back, gone, err = b.CallBack(ctx, kim, batch); err != nil || back != 0 || gone != 2 {
		t.Error(back, gone, err)
	}
}

// An officer's text goes before that of the programme, of the network, of the catalogs; a letter that waits gets it.
func TestTemplates(t *testing.T) {
	b := newBox(t)
	b.Programme = func(context.Context, *db.Tx, string) (string, error) { return "seoul-forum", nil }
	o := post.Override{Template: "registration.confirmed", Lang: "ko", Subject: "N {{.Activity}}", Text: "N"}
	for _, bad := range []struct{ subject, text, want string }{{"{{.Reason}}", "x", "subject:post.form.unknown"}, {"", "x", "subject:post.form.subject.missing"}, {"x", "{{.Name", "text:post.form.braces"},
		{strings.Repeat("x", 201), "x", "subject:post.form.long"}} {
		o := o
		o.Subject, o.Text = bad.subject, bad.text
		if err := b.SaveTemplate(ctx, kim, o); key(err) != bad.want {
			t.Errorf("%v: %v", bad, err)
		}
	}
	want := func(subject string) {
		t.Helper()
		id := b.add(post.Letter{Key: subject + "?", To: "a@b.example", Lang: "ko", Template: "registration.confirmed", About: "activity", AboutKey: "seoul-forum-2027", Hold: true,
			Values: map[string]string{"Name": "n", "Activity": "A", "Dates": "d", "Place": "p", "Link": "l"}})[0]
		if got := b.letter(id).Letter.Subject; got != subject {
			t.Errorf("%q, want %q", got, subject)
		}
	}
	want("A: 참가가 확정되었습니다")
	if err := b.SaveTemplate(ctx, kim, o); err != nil {
		t.Fatal(err)
	}
	want("N A")
	o.About, o.AboutKey, o.Subject = "programme", "seoul-forum", "P {{.Activity}}"
	if err := b.SaveTemplate(ctx, kim, o); err != nil {
		t.Fatal(err)
	}
	want("P A")
	o.About, o.AboutKey, o.Subject = "activity", "seoul-forum-2027", "A {{.Activity}}"
	local := actor.Actor{ID: "l", Name: "L", Role: actor.Visitor, Grants: []actor.Grant{{Role: actor.ProgrammeOfficer, Subject: actor.OfActivity, Key: "seoul-forum-2027"}}}
	if err := b.SaveTemplate(ctx, actor.Actor{ID: "v", Role: actor.Visitor}, o); key(err) != "error.denied.officer" {
		t.Error(err)
	}
	if err := b.SaveTemplate(ctx, local, o); err != nil {
		t.Fatal(err)
	}
	want("A A")
	if err := b.SaveTemplate(ctx, kim, o); key(err) != "error.conflict" {
		t.Errorf("an old version is saved: %v", err)
	}
	now, err := b.InForce(ctx, local, o.Template, o.About, o.AboutKey, "ko")
	if err != nil || now.Version != 1 {
		t.Fatal(now, err)
	}
	if err := b.DropTemplate(ctx, local, now); err != nil {
		t.Fatal(err)
	}
	want("P A")
	// Every template has a text in every language, and names only what its letters bring.
	for _, tmpl := range post.Templates {
		for _, l := range catalog.Languages {
			d, err := b.Default(tmpl.Name, l.Tag)
			if err != nil {
				t.Fatal(err)
			}
			d.Template = tmpl.Name
			if err := b.CheckTemplate(d); err != nil {
				t.Errorf("%s %s: %v", tmpl.Name, l.Tag, err)
			}
		}
	}
}

// A paragraph whose optional value is empty is left out with its empty line.
func TestOptional(t *testing.T) {
	b := newBox(t)
	l := post.Letter{To: "a@b.example", ToName: "Bat", Template: "registration.withdrawn", Values: map[string]string{"Activity": "Forum", "Reason": ""}}
	with := l
	l.Key, with.Key = "1", "2"
	with.Values = map[string]string{"Activity": "Forum", "Reason": "You asked for it."}
	b.add(l, with)
	b.flush()
	if len(b.send.sent) != 2 || strings.Contains(b.send.sent[0].Text, "\n\n\n") || !strings.Contains(b.send.sent[1].Text, "\n\nYou asked for it.\n\n") {
		t.Errorf("%+v", b.send.sent)
	}
}

// What people stop is not sent, and said; what they have is written about all the same. One click is enough, twice does no harm.
func TestStops(t *testing.T) {
	dbtest.Each(t, func() time.Time { return start }, func(t *testing.T, store *db.DB) {
		b := &box{now: start}
		b.on(t, store)
		news := func(k string) post.Letter {
			return post.Letter{Key: k, To: "Bat@UB.example", Kind: post.News, Subject: "News", Text: "News."}
		}
		first := b.add(news("n1"))[0]
		b.flush()
		m := b.send.sent[0]
		token := b.letter(first).Token
		if m.Unsubscribe != "https://air.example.org/en/unsubscribe/"+token || !strings.Contains(m.Text, m.Unsubscribe) {
			t.Errorf("%+v", m)
		}
		for range 2 {
			if kind, err := b.StopKind(ctx, token); err != nil || kind != post.News {
				t.Fatal(kind, err)
			}
		}
		if _, err := b.StopKind(ctx, "nobody"); fault.CodeOf(err) != fault.NotFound {
			t.Error(err)
		}
		second := b.add(news("n2"), confirmed("c", "bat@ub.example"), post.Letter{Key: "r", To: "bat@ub.example", Kind: post.Reminder, Subject: "R", Text: "R"})
		b.flush()
		if x := b.letter(second[0]); x.State != post.Suppressed || x.Reason.Key != "post.reason.asked" {
			t.Errorf("%+v", x.Piece)
		}
		if len(b.send.sent) != 3 {
			t.Errorf("%d sent", len(b.send.sent))
		}
		bat := actor.Actor{ID: "bat", Email: "bat@ub.example", Role: actor.Visitor}
		if w, err := b.WantsOf(ctx, bat); err != nil || len(w.Kinds) != 2 {
			t.Error(w, err)
		}
		if err := b.SetWantsOf(ctx, bat, []post.Kind{post.News}); err != nil {
			t.Fatal(err)
		}
		if w, _, err := b.ByToken(ctx, token); err != nil || len(w.Kinds) != 1 || w.Kinds[0] != post.News {
			t.Error(w, err)
		}
		// Officers lift what came back, never what somebody asked for.
		if err := b.Lift(ctx, kim, "bat@ub.example"); key(err) != "error.conflict" {
			t.Error(err)
		}
	})
}

// After an erasure nothing of the person is in the outbox, what was to leave does not, and the number of letters stays.
func TestKeeper(t *testing.T) {
	b := newBox(t)
	mine := confirmed("seat/p1", "kim@seoul.example")
	mine.Person, mine.Hold = "p1", true
	other := confirmed("seat/p2", "lee@seoul.example")
	other.Person = "p2"
	b.add(mine, other, post.Letter{Key: "x", To: "KIM@seoul.example", Kind: post.News, Subject: "N", Text: "N"})
	b.flush()
	k := b.Keeper()
	p := account.Person{ID: "p1", Email: "kim@seoul.example"}
	err := b.db.Write(ctx, func(tx *db.Tx) error {
		out, err := k.Export(ctx, tx, p)
		if err != nil || out == nil || !strings.Contains(fmt.Sprintf("%+v", out), "참가가 확정") {
			t.Errorf("%+v %v", out, err)
		}
		if err := k.Erase(ctx, tx, p); err != nil {
			return err
		}
		return tx.Each(ctx, `SELECT dedupe || address || name || person || subject || body || vals || attach || reply || state FROM mail`, nil, func(scan func(...any) error) error {
			var row string
			err := scan(&row)
			if strings.Contains(row, "p1") || strings.Contains(strings.ToLower(row), "kim@") || strings.Contains(row, "held") {
				t.Errorf("left: %s", row)
			}
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if all, _ := b.Letters(ctx, kim, post.Filter{}); len(all) != 3 {
		t.Errorf("%d letters", len(all))
	}
	for _, dry := range []bool{true, false} {
		err = b.db.Write(ctx, func(tx *db.Tx) error {
			out, err := k.Retain(ctx, tx, start.AddDate(1, 0, 1), dry)
			if err != nil || len(out) != 1 || out[0].Count != 1 {
				t.Errorf("%+v %v", out, err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestInForceIsThatOfTheCatalogs(t *testing.T) {
	b := newBox(t)
	for _, tmpl := range post.Templates {
		if o, err := b.InForce(ctx, kim, tmpl.Name, "", "", "en"); err != nil || o.Version != 0 || o.Subject == "" {
			t.Errorf("%s: %+v %v", tmpl.Name, o, err)
		}
		if _, err := b.InForce(ctx, kim, tmpl.Name, "activity", "x", "ko"); err != nil {
			t.Errorf("%s: %v", tmpl.Name, err)
		}
	}
}
