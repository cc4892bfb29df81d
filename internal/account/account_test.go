package account

import (
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/fault"
	"aircommons/internal/mail"
)

// letters keeps what was sent.
type letters struct {
	mu   sync.Mutex
	sent []mail.Message
}

func (l *letters) Send(_ context.Context, m mail.Message) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent = append(l.sent, m)
	return nil
}

type desk struct {
	*Desk
	db   *db.DB
	post *letters
	now  time.Time
}

var (
	ctx  = context.Background()
	root = actor.Actor{ID: "root", Name: "Root", Role: actor.Administrator}
	sec  = actor.Actor{ID: "sec", Name: "Sec", Role: actor.Secretariat}
	city = actor.Actor{ID: "city", Name: "City", Role: actor.CityOfficer, City: "seoul"}
)

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{post: &letters{}, now: start}
	store, err := db.Open(ctx, filepath.Join(t.TempDir(), "a.db"), func() time.Time { return d.now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	d.on(t, store)
	return d
}

var start = time.Date(2027, 5, 19, 9, 0, 0, 0, time.UTC)

// on opens the desk on a store with one city in it.
func (d *desk) on(t *testing.T, store *db.DB) {
	t.Helper()
	texts, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	d.db, d.Desk = store, New(store, d.post, texts)
	t.Cleanup(d.Wait)
	err = store.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO place (id, names, kind, country, time_zone, population_scope, population_source, role, note, sources, withdrawn, version)
			VALUES ('seoul','{}','city','KR','Asia/Seoul','','','','','[]',false,1)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// letter waits for the post and returns the last letter's link token and code.
func (d *desk) letter(t *testing.T) (link, code string) {
	t.Helper()
	d.Wait()
	d.post.mu.Lock()
	defer d.post.mu.Unlock()
	m := d.post.sent[len(d.post.sent)-1]
	found := regexp.MustCompile(`https://air\.example/ko/signin/([A-Za-z0-9_-]{43})\?next=%2Foffice`).FindStringSubmatch(m.Text)
	digits := regexp.MustCompile(`\b\d{3} \d{3}\b`).FindString(m.Text)
	if found == nil || digits == "" || !strings.Contains(m.Subject, digits) {
		t.Fatalf("letter without link or code: %+v", m)
	}
	return found[1], digits
}

func (d *desk) ask(t *testing.T, email string) string {
	t.Helper()
	attempt, err := d.Ask(ctx, email, "ko", "https://air.example", "?next=%2Foffice")
	if err != nil || len(attempt) != 43 {
		t.Fatalf("attempt %q, %v", attempt, err)
	}
	return attempt
}

func (d *desk) add(t *testing.T, email string, role actor.Role, cityID string) Person {
	t.Helper()
	p, _, err := d.AddUser(ctx, root, Person{Name: "Kim Seo-yeon", Email: email, Role: role, City: cityID, Language: "ko"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// key is the key of a fault, with those of its fields.
func key(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	s := f.Message.Key
	for _, field := range f.Fields {
		s += " " + field.Name + ":" + field.Message.Key
	}
	return s
}

func TestEntering(t *testing.T) {
	tests := []struct {
		name string
		do   func(t *testing.T, d *desk) error
		want string
	}{
		{"by link, once", func(t *testing.T, d *desk) error {
			d.ask(t, " Kim@Seoul.example ")
			link, _ := d.letter(t)
			for range 3 { // programs that check mails may look
				if p, err := d.Look(ctx, link); err != nil || len(p) != 1 || p[0].Name != "Kim Seo-yeon" {
					t.Errorf("look: %v, %v", p, err)
				}
			}
			if p, err := d.EnterLink(ctx, link, ""); err != nil || p.Email != "kim@seoul.example" {
				t.Errorf("enter: %v, %v", p, err)
			}
			if _, err := d.Look(ctx, link); key(err) != "account.link.spent" {
				t.Errorf("looks unspent: %v", err)
			}
			_, err := d.EnterLink(ctx, link, "")
			return err
		}, "account.link.spent"},
		{"by code", func(t *testing.T, d *desk) error {
			attempt := d.ask(t, "kim@seoul.example")
			_, code := d.letter(t)
			_, err := d.EnterCode(ctx, attempt, code, "")
			return err
		}, ""},
		{"code as a Japanese keyboard writes it", func(t *testing.T, d *desk) error {
			attempt := d.ask(t, "kim@seoul.example")
			_, code := d.letter(t)
			wide := strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return r - '0' + '０'
				}
				return '　'
			}, code)
			_, err := d.EnterCode(ctx, attempt, wide, "")
			return err
		}, ""},
		{"code spends the link", func(t *testing.T, d *desk) error {
			attempt := d.ask(t, "kim@seoul.example")
			link, code := d.letter(t)
			if _, err := d.EnterCode(ctx, attempt, code, ""); err != nil {
				return err
			}
			_, err := d.EnterLink(ctx, link, "")
			return err
		}, "account.link.spent"},
		{"link at the last moment", func(t *testing.T, d *desk) error {
			d.ask(t, "kim@seoul.example")
			link, _ := d.letter(t)
			d.now = d.now.Add(EntryTime - time.Second)
			_, err := d.EnterLink(ctx, link, "")
			return err
		}, ""},
		{"link too late", func(t *testing.T, d *desk) error {
			d.ask(t, "kim@seoul.example")
			link, _ := d.letter(t)
			d.now = d.now.Add(EntryTime)
			_, err := d.EnterLink(ctx, link, "")
			return err
		}, "account.link.spent"},
		{"code too late", func(t *testing.T, d *desk) error {
			attempt := d.ask(t, "kim@seoul.example")
			_, code := d.letter(t)
			d.now = d.now.Add(EntryTime)
			_, err := d.EnterCode(ctx, attempt, code, "")
			return err
		}, "account.code.over"},
		{"wrong code", func(t *testing.T, d *desk) error {
			attempt := d.ask(t, "kim@seoul.example")
			_, err := d.EnterCode(ctx, attempt, "x", "")
			return err
		}, "error.form code:account.code.wrong"},
		{"no code", func(t *testing.T, d *desk) error {
			_, err := d.EnterCode(ctx, d.ask(t, "kim@seoul.example"), "  ", "")
			return err
		}, "error.form code:account.code.missing"},
		{"tries are bounded, for the link too", func(t *testing.T, d *desk) error {
			attempt := d.ask(t, "kim@seoul.example")
			link, code := d.letter(t)
			for i := 1; i <= Tries; i++ {
				want := "error.form code:account.code.wrong"
				if i == Tries {
					want = "account.code.over"
				}
				if _, err := d.EnterCode(ctx, attempt, "12", ""); key(err) != want {
					t.Errorf("try %d: %v", i, err)
				}
			}
			if _, err := d.EnterLink(ctx, link, ""); key(err) != "account.link.spent" {
				t.Errorf("link: %v", err)
			}
			_, err := d.EnterCode(ctx, attempt, code, "")
			return err
		}, "account.code.over"},
		{"another attempt's code", func(t *testing.T, d *desk) error {
			d.ask(t, "kim@seoul.example")
			_, first := d.letter(t)
			d.now = d.now.Add(time.Second)
			second := d.ask(t, "kim@seoul.example")
			_, err := d.EnterCode(ctx, second, first, "")
			return err
		}, "error.form code:account.code.wrong"},
		{"an unknown address looks the same", func(t *testing.T, d *desk) error {
			attempt := d.ask(t, "nobody@seoul.example")
			d.Wait()
			if len(d.post.sent) != 0 {
				t.Errorf("a letter to nobody: %v", d.post.sent)
			}
			_, err := d.EnterCode(ctx, attempt, "123456", "")
			return err
		}, "error.form code:account.code.wrong"},
		{"withdrawn after asking", func(t *testing.T, d *desk) error {
			d.ask(t, "kim@seoul.example")
			link, _ := d.letter(t)
			ps, err := d.People(ctx, root)
			if err != nil {
				return err
			}
			d.add(t, "other@seoul.example", actor.Administrator, "")
			if err := d.Withdraw(ctx, root, ps[0].ID, ps[0].Version); err != nil {
				return err
			}
			_, err = d.EnterLink(ctx, link, "")
			return err
		}, "account.link.spent"},
		{"made up link", func(t *testing.T, d *desk) error { _, err := d.EnterLink(ctx, "abc", ""); return err }, "account.link.spent"},
		{"no address", func(t *testing.T, d *desk) error { _, err := d.Ask(ctx, "kim", "en", "", ""); return err }, "error.form email:account.email.form"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			d.add(t, "kim@seoul.example", actor.Administrator, "")
			d.Wait()
			if got := key(tt.do(t, d)); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestNothingSecretIsStored(t *testing.T) {
	d := newDesk(t)
	d.add(t, "kim@seoul.example", actor.Secretariat, "")
	attempt := d.ask(t, "kim@seoul.example")
	link, code := d.letter(t)
	plain := strings.ReplaceAll(code, " ", "")
	err := d.db.Read(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, `SELECT attempt || ' ' || link || ' ' || code FROM entry`, nil, func(scan func(...any) error) error {
			var row string
			err := scan(&row)
			for _, secret := range []string{attempt, link, plain} {
				if strings.Contains(row, secret) || strings.Contains(row, hash(plain)) {
					t.Errorf("stored: %s", row)
				}
			}
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRights(t *testing.T) {
	tests := []struct {
		name string
		by   actor.Actor
		p    Person
		want string
	}{
		{"administrator makes an administrator", root, Person{Role: actor.Administrator}, ""},
		{"secretariat makes a city officer", sec, Person{Role: actor.CityOfficer, City: "seoul"}, ""},
		{"secretariat makes itself more", sec, Person{Role: actor.Administrator}, "account.denied.role"},
		{"secretariat makes a colleague", sec, Person{Role: actor.Secretariat}, "account.denied.role"},
		{"city officer makes anybody", city, Person{Role: actor.Visitor}, "error.denied.officer"},
		{"nobody", actor.Actor{}, Person{Role: actor.Visitor}, "error.denied.officer"},
		{"a city officer without a city", root, Person{Role: actor.CityOfficer}, "error.form city:account.city.missing"},
		{"of a city that is not there", root, Person{Role: actor.CityOfficer, City: "atlantis"}, "error.form city:account.city.unknown"},
		{"a role that is none", root, Person{Role: "king"}, "error.form role:account.role.missing"},
		{"no name", root, Person{Name: " ", Role: actor.Visitor}, "error.form name:account.name.missing"},
		{"an address with a line in it", root, Person{Email: "a@b.example\r\nBcc: c@d.example", Role: actor.Visitor}, "error.form email:account.email.form"},
		{"an address with a name", root, Person{Email: "Kim <kim@seoul.example>", Role: actor.Visitor}, "error.form email:account.email.form"},
		{"an address that somebody has", root, Person{Email: "FIRST@seoul.example", Role: actor.Visitor}, "error.form email:account.email.taken"},
		{"a city on a role without one is left out", root, Person{Role: actor.Visitor, City: "seoul"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			d.add(t, "first@seoul.example", actor.Administrator, "")
			if tt.p.Name == "" {
				tt.p.Name = "Lee"
			}
			if tt.p.Email == "" {
				tt.p.Email = "lee@seoul.example"
			}
			p, err := d.Invite(ctx, tt.by, tt.p, "https://air.example")
			if got := key(err); got != tt.want {
				t.Fatalf("%q, want %q", got, tt.want)
			}
			if err == nil && p.Role != actor.CityOfficer && p.City != "" {
				t.Errorf("city %q", p.City)
			}
		})
	}
}

func TestChangingPeople(t *testing.T) {
	d := newDesk(t)
	boss := d.add(t, "boss@seoul.example", actor.Administrator, "")
	officer := d.add(t, "officer@seoul.example", actor.CityOfficer, "seoul")

	demote := boss
	demote.Role = actor.Visitor
	if err := d.Update(ctx, root, demote); key(err) != "error.form role:account.last" {
		t.Errorf("the last administrator is gone: %v", err)
	}
	if err := d.Withdraw(ctx, root, boss.ID, boss.Version); key(err) != "error.form role:account.last" {
		t.Errorf("the last administrator is withdrawn: %v", err)
	}
	if err := d.Withdraw(ctx, sec, boss.ID, boss.Version); key(err) != "account.denied.role" {
		t.Errorf("the secretariat withdraws an administrator: %v", err)
	}
	officer.Name = "Officer"
	if err := d.Update(ctx, sec, officer); err != nil {
		t.Fatal(err)
	}
	if err := d.Update(ctx, sec, officer); key(err) != "error.conflict" {
		t.Errorf("an old version is saved: %v", err)
	}
	officer.Version++
	raised := officer
	raised.Role = actor.Administrator
	if err := d.Update(ctx, sec, raised); key(err) != "account.denied.role" {
		t.Errorf("the secretariat makes an administrator: %v", err)
	}
	if err := d.Withdraw(ctx, sec, officer.ID, officer.Version); err != nil {
		t.Fatal(err)
	}
	if a, err := d.Actor(ctx, officer.ID); err != nil || a.SignedIn() {
		t.Errorf("a withdrawn person is %v, %v", a, err)
	}
	if err := d.Restore(ctx, sec, officer.ID, officer.Version+1); err != nil {
		t.Fatal(err)
	}
	if a, err := d.Actor(ctx, officer.ID); err != nil || a.City != "seoul" || a.Name != "Officer" {
		t.Errorf("restored: %v, %v", a, err)
	}
	changes, err := d.Journal(ctx, sec, db.JournalFilter{Subject: PersonSubject, Key: officer.ID})
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, c := range changes {
		actions = append(actions, c.Action+" by "+c.ByName)
	}
	if got := strings.Join(actions, ", "); got != "restore by Sec, withdraw by Sec, update by Sec, create by Root" {
		t.Errorf("journal: %s", got)
	}
	if _, err := d.Journal(ctx, city, db.JournalFilter{}); key(err) != "error.denied.officer" {
		t.Errorf("a city officer reads the journal: %v", err)
	}
	if _, err := d.People(ctx, city); key(err) != "error.denied.officer" {
		t.Errorf("a city officer reads the people: %v", err)
	}
}

func TestAddUserAgainSetsTheRole(t *testing.T) {
	d := newDesk(t)
	p := d.add(t, "kim@seoul.example", actor.Administrator, "")
	d.add(t, "other@seoul.example", actor.Administrator, "")
	again, path, err := d.AddUser(ctx, actor.CommandLine, Person{Email: "kim@seoul.example", Role: actor.CityOfficer, City: "seoul"})
	if err != nil || again.ID != p.ID || again.Name != "Kim Seo-yeon" || again.Language != "ko" || !strings.HasPrefix(path, "/ko/signin/") {
		t.Fatalf("%+v %s %v", again, path, err)
	}
	d.now = d.now.Add(HandedTime - time.Second)
	got, err := d.EnterLink(ctx, strings.TrimPrefix(path, "/ko/signin/"), "")
	if err != nil || got.Role != actor.CityOfficer || got.City != "seoul" {
		t.Fatalf("%+v, %v", got, err)
	}
}

func TestFirstLink(t *testing.T) {
	d := newDesk(t)
	first, err := d.FirstLink(ctx)
	if err != nil || first == "" {
		t.Fatalf("%q, %v", first, err)
	}
	second, err := d.FirstLink(ctx) // started again before anybody signed in
	if err != nil || second == "" || second == first {
		t.Fatalf("%q, %v", second, err)
	}
	p, err := d.EnterLink(ctx, strings.TrimPrefix(second, "/en/signin/"), "")
	if err != nil || p.Role != actor.Administrator {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := d.EnterLink(ctx, strings.TrimPrefix(first, "/en/signin/"), ""); key(err) != "account.link.spent" {
		t.Errorf("the older link still opens: %v", err)
	}
	if again, err := d.FirstLink(ctx); err != nil || again != "" {
		t.Errorf("after a sign-in: %q, %v", again, err)
	}
}

func TestSessions(t *testing.T) {
	d := newDesk(t)
	p := d.add(t, "kim@seoul.example", actor.Administrator, "")
	s := d.Sessions()
	data, err := Codec{}.Encode(d.now, map[string]any{"person": p.ID})
	if err != nil {
		t.Fatal(err)
	}
	put := func(token string) {
		t.Helper()
		if err := s.CommitCtx(ctx, token, data, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	there := func(token string) bool {
		t.Helper()
		b, ok, err := s.FindCtx(ctx, token)
		if err != nil || (ok && string(b) != string(data)) {
			t.Fatalf("%s %v", b, err)
		}
		return ok
	}
	put("phone")
	put("desk")
	d.now = d.now.Add(SessionIdle - time.Hour)
	put("phone") // used
	d.now = d.now.Add(2 * time.Hour)
	if !there("phone") || there("desk") {
		t.Errorf("phone %v, desk %v after a month of which one was used", there("phone"), there("desk"))
	}
	put("desk")
	if there("desk") {
		t.Error("a session that had ended was written anew")
	}
	put("lost")
	if ss, err := d.SessionsOf(ctx, p.Actor(), p.ID); err != nil || len(ss) != 2 {
		t.Errorf("sessions %v, %v", ss, err)
	}
	if err := d.SignOutEverywhere(ctx, p.Actor(), p.ID); err != nil {
		t.Fatal(err)
	}
	put("phone") // a request that ran meanwhile
	if there("phone") || there("lost") {
		t.Error("signed out everywhere, but a session lives")
	}
	if err := d.SignOutEverywhere(ctx, city, p.ID); key(err) != "error.denied.officer" {
		t.Errorf("a stranger signs people out: %v", err)
	}
	// A session in daily use ends after a year.
	put("daily")
	for range 370 {
		d.now = d.now.Add(24 * time.Hour)
		put("daily")
	}
	if there("daily") {
		t.Error("a session lives for ever")
	}
	if _, err := (Codec{}).Encode(d.now, map[string]any{"x": 1}); err == nil {
		t.Error("a session holds a number")
	}
}

// The statements of the desk mean the same to both engines.
func TestBothEngines(t *testing.T) {
	d := &desk{post: &letters{}, now: start}
	dbtest.Each(t, func() time.Time { return d.now }, func(t *testing.T, store *db.DB) {
		d.now, d.post = start, &letters{}
		d.on(t, store)
		first, err := d.FirstLink(ctx)
		if err != nil || first == "" {
			t.Fatalf("%q, %v", first, err)
		}
		boss, err := d.EnterLink(ctx, strings.TrimPrefix(first, "/en/signin/"), "")
		if err != nil {
			t.Fatal(err)
		}
		p := d.add(t, "kim@seoul.example", actor.CityOfficer, "seoul")
		attempt := d.ask(t, "kim@seoul.example")
		_, code := d.letter(t)
		if _, err := d.EnterCode(ctx, attempt, "1", ""); key(err) != "error.form code:account.code.wrong" {
			t.Errorf("wrong code: %v", err)
		}
		if _, err := d.EnterCode(ctx, attempt, code, ""); err != nil {
			t.Errorf("code: %v", err)
		}
		if p, err = d.Person(ctx, root, p.ID); err != nil || !p.Seen.Equal(start) {
			t.Errorf("%+v, %v", p, err)
		}
		s := d.Sessions()
		data, err := Codec{}.Encode(d.now, map[string]any{"person": p.ID})
		if err != nil {
			t.Fatal(err)
		}
		for _, token := range []string{"a", "b", "a"} {
			if err := s.CommitCtx(ctx, token, data, time.Time{}); err != nil {
				t.Fatal(err)
			}
		}
		if _, ok, err := s.FindCtx(ctx, "a"); err != nil || !ok {
			t.Errorf("session: %v, %v", ok, err)
		}
		if err := s.DeleteCtx(ctx, "a"); err != nil {
			t.Fatal(err)
		}
		if ss, err := d.SessionsOf(ctx, root, p.ID); err != nil || len(ss) != 1 || !ss[0].Begun.Equal(start) {
			t.Errorf("sessions: %v, %v", ss, err)
		}
		if _, err := d.Invite(ctx, boss.Actor(), Person{Name: "Lee", Email: "kim@seoul.example", Role: actor.Visitor}, ""); key(err) != "error.form email:account.email.taken" {
			t.Errorf("an address twice: %v", err)
		}
		if err := d.Withdraw(ctx, boss.Actor(), p.ID, p.Version); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := s.FindCtx(ctx, "b"); err != nil || ok {
			t.Errorf("session of somebody withdrawn: %v, %v", ok, err)
		}
		for want, filter := range map[int]db.JournalFilter{
			4: {Subject: PersonSubject, Key: p.ID}, // created, asked, signed in, withdrawn
			1: {Subject: PersonSubject, Action: "withdraw", By: boss.ID, From: start, Until: start.Add(time.Second)},
			0: {From: start.Add(time.Second)},
			2: {Limit: 2, Before: 100},
		} {
			if got, err := d.Journal(ctx, root, filter); err != nil || len(got) != want {
				t.Errorf("%+v: %d entries, want %d, %v", filter, len(got), want, err)
			}
		}
	})
}

// busy is a mail server that does not take the first letters.
type busy struct {
	mu    sync.Mutex
	left  int
	how   mail.Outcome
	tries int
	taken chan mail.Message
}

func (b *busy) Send(_ context.Context, m mail.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tries++
	if b.left > 0 {
		b.left--
		return fault.Wrap(fault.Internal, &mail.Failure{Outcome: b.how, Err: errors.New("not now")}, "mail.server")
	}
	b.taken <- m
	return nil
}

// A mail server that is down for a while delays a link and does not lose it; one that refuses is not asked again.
func TestLettersAreSentAgain(t *testing.T) {
	d := newDesk(t)
	d.add(t, "kim@seoul.example", actor.Secretariat, "")
	server := &busy{left: 2, how: mail.Later, taken: make(chan mail.Message, 1)}
	d.Desk.send, d.Desk.pauses = server, []time.Duration{time.Millisecond, time.Millisecond}
	d.ask(t, "kim@seoul.example")
	select {
	case m := <-server.taken:
		if m.To != "kim@seoul.example" || server.tries != 3 {
			t.Error(m.To, server.tries)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the letter was lost")
	}
	refuses := &busy{left: 1, how: mail.Never}
	d.Desk.send = refuses
	d.ask(t, "kim@seoul.example")
	d.letters.Wait()
	if refuses.tries != 1 {
		t.Error(refuses.tries)
	}
	// The end of the program waits for no server.
	down := &busy{left: 9, how: mail.Later}
	d.Desk.send, d.Desk.pauses = down, []time.Duration{time.Hour}
	d.ask(t, "kim@seoul.example")
	d.Wait()
	if down.tries != 1 {
		t.Error(down.tries)
	}
}
