package account

import (
	"strings"
	"testing"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/fault"
)

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"  Kim  Min-ji ":                "Kim Min-ji",
		"김민지":                           "김민지",
		"\u110b\u1175":                  "이",               // decomposed, as a Mac writes it
		"O":                             "O",               // of one letter
		"Ө":                             "Ө",               // of one letter, none in Latin
		"\u202eevil\u202c":              "evil",            // turns what stands around it
		"\u200fيوسف\u200e":              "يوسف",            // marks of direction
		"\u2067Name\u2069":              "Name",            // isolates
		"نیلوفر\u200cپور":               "نیلوفر\u200cپور", // a joiner that belongs to the spelling
		"A\x00B\r\nBcc: x@y":            "AB Bcc: x@y",     // one line
		"<b>Bat</b>":                    "<b>Bat</b>",      // kept as it is, escaped where it is shown
		string([]byte{0xff, 'A', 0xfe}): "A",
		"\ufeffBat":                     "Bat",
		"":                              "",
	} {
		if got := CleanName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	huge := strings.Repeat("ㄱ", 10<<20/3)
	begun := time.Now()
	var f fault.Form
	p := Person{Name: huge, Names: []Name{{Text: huge}}}
	cleanPerson(&p, &f)
	if d := time.Since(begun); d > 5*time.Second || len([]rune(p.Name)) != mostName || f.Err() == nil {
		t.Errorf("10 MB took %s and left %d letters: %v", d, len([]rune(p.Name)), f.Err())
	}
}

func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"Kim", "\u202e", "O\u0301", "ㅎ\u0000", "<script>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := CleanName(s)
		if strings.ContainsAny(once, "\r\n\x00\u202e\u2066") || CleanName(once) != once {
			t.Errorf("%q: %q, %q", s, once, CleanName(once))
		}
	})
}

func TestNames(t *testing.T) {
	p := Person{Name: "Bat Dorj", Names: []Name{
		{Text: "Бат Дорж", Lang: "mn", Script: "Cyrl"}, {Text: "BATAA DORJ", Use: "passport", Script: "Latn"}, {Text: "Dorj", Use: "badge"}, {Text: "ドルジ", Lang: "ja", Script: "Jpan"},
	}}
	for _, c := range []struct{ use, lang, want string }{
		{"display", "mn", "Бат Дорж"}, {"display", "ja", "ドルジ"}, {"display", "ko", "Bat Dorj"}, {"", "", "Bat Dorj"}, {"passport", "ja", "BATAA DORJ"}, {"badge", "mn", "Dorj"},
	} {
		if got, _ := p.NameFor(c.use, c.lang); got != c.want {
			t.Errorf("%s %s: %q", c.use, c.lang, got)
		}
	}
	if s, _ := p.Original(); s != "Бат Дорж" || p.Passport() != "BATAA DORJ" {
		t.Error(s, p.Passport())
	}
	for in, want := range map[string]string{"Kim": "Latn", "김": "Hang", "王小明": "Hani", "山田たろう": "Jpan", "Дорж": "Cyrl", "يوسف": "Arab", "123": ""} {
		if got := Script(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}

func TestSees(t *testing.T) {
	for _, c := range []struct {
		v    Visibility
		s    Sight
		want bool
	}{
		{Nobody, Sight{}, false}, {Nobody, Sight{Participant: true, Delegation: true}, false}, {Nobody, Sight{Runs: true}, true}, {Nobody, Sight{Self: true}, true}, {"", Sight{Participant: true}, false},
		{Delegation, Sight{Participant: true}, false}, {Delegation, Sight{Delegation: true}, true},
		{Participants, Sight{}, false}, {Participants, Sight{Participant: true}, true},
		{Everybody, Sight{}, true},
	} {
		if got := c.v.Sees(c.s); got != c.want {
			t.Errorf("%s %+v: %v", c.v, c.s, got)
		}
	}
	p := Person{ID: "p", Visibility: Everybody, Erased: start}
	if p.SeenBy(actor.Actor{ID: "sec", Role: actor.Secretariat}, Sight{Runs: true}) {
		t.Error("somebody erased is shown")
	}
}

func (d *desk) ensure(t *testing.T, by actor.Actor, p Person) Person {
	t.Helper()
	err := d.db.Write(ctx, func(tx *db.Tx) (err error) {
		p, err = Ensure(ctx, tx, by, p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestEnsure: the same address is the same person, and what a stranger types changes nobody.
func TestEnsure(t *testing.T) {
	dbtest.Each(t, func() time.Time { return start }, func(t *testing.T, store *db.DB) {
		d := &desk{post: &letters{}, now: start}
		d.on(t, store)
		first := d.ensure(t, actor.Actor{}, Person{Name: "Kim Min-ji", Email: "Kim@X.example", Language: "ko", Names: []Name{{Text: "김민지", Lang: "ko"}}})
		again := d.ensure(t, actor.Actor{}, Person{Name: "Somebody Else", Email: "kim@x.example", Names: []Name{{Text: "Other"}}})
		if again.ID != first.ID || again.Name != "Kim Min-ji" || again.Names[0].Text != "김민지" || first.Visibility != Nobody {
			t.Errorf("%+v\n%+v", first, again)
		}
		// An officer says that others read the same mailbox; from then on the name tells.
		other := d.ensure(t, sec, Person{Name: "Lee Ji-won", Email: "kim@x.example", Shared: true})
		if other.ID == first.ID || !other.Shared {
			t.Errorf("%+v", other)
		}
		if p := d.ensure(t, actor.Actor{}, Person{Name: "lee ji-won", Email: "kim@x.example"}); p.ID != other.ID {
			t.Errorf("%+v", p)
		}
		if p := d.ensure(t, actor.Actor{}, Person{Name: "김민지", Email: "kim@x.example"}); p.ID != first.ID {
			t.Errorf("%+v", p)
		}
		third := d.ensure(t, actor.Actor{}, Person{Name: "Park", Email: "kim@x.example"})
		if third.ID == first.ID || third.ID == other.ID {
			t.Errorf("%+v", third)
		}
		// Signing in asks which, by link and by code, and spends nothing until it is said.
		attempt := d.ask(t, "kim@x.example")
		link, code := d.letter(t)
		those, err := d.Look(ctx, link)
		if err != nil || len(those) != 3 {
			t.Fatal(those, err)
		}
		if _, err := d.EnterLink(ctx, link, ""); key(err) != "error.form who:account.who.missing" {
			t.Error(err)
		}
		stranger := d.ensure(t, actor.Actor{}, Person{Name: "Stranger", Email: "s@x.example"})
		if _, err := d.EnterCode(ctx, attempt, code, stranger.ID); key(err) != "error.form who:account.who.missing" {
			t.Error(err)
		}
		if p, err := d.EnterCode(ctx, attempt, code, other.ID); err != nil || p.ID != other.ID {
			t.Error(p, err)
		}
		if _, err := d.EnterLink(ctx, link, first.ID); key(err) != "account.link.spent" {
			t.Error(err)
		}
	})
}

func TestGrantsEnd(t *testing.T) {
	dbtest.Each(t, func() time.Time { return start }, func(t *testing.T, store *db.DB) {
		d := &desk{post: &letters{}, now: start}
		d.on(t, store)
		p := d.ensure(t, actor.Actor{}, Person{Name: "Bat", Email: "bat@x.example"})
		forum := actor.Grant{Role: actor.ProgrammeOfficer, Subject: actor.OfProgramme, Key: "forum"}
		if err := d.Grant(ctx, city, p.ID, forum, time.Time{}); fault.CodeOf(err) != fault.Denied {
			t.Error(err)
		}
		for _, bad := range []actor.Grant{{Role: actor.FocalPoint, Subject: actor.OfProgramme, Key: "x"}, {Role: actor.Speaker, Subject: actor.OfActivity}, {Role: "king", Subject: actor.OfPlace, Key: "seoul"},
			{Role: actor.FocalPoint, Subject: actor.OfPlace, Key: "atlantis"}, {Role: actor.Secretariat, Subject: actor.OfNetwork, Key: "x"}} {
			if err := d.Grant(ctx, root, p.ID, bad, time.Time{}); fault.CodeOf(err) != fault.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if err := d.Grant(ctx, sec, p.ID, actor.Grant{Role: actor.Secretariat, Subject: actor.OfNetwork}, time.Time{}); fault.CodeOf(err) != fault.Denied {
			t.Error(err)
		}
		if err := d.Grant(ctx, sec, p.ID, forum, start); key(err) != "error.form until:account.grant.past" {
			t.Error(err)
		}
		if err := d.Grant(ctx, sec, p.ID, forum, start.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if a, err := d.Actor(ctx, p.ID); err != nil || !a.Runs("forum", "f-2027") || a.Officer() {
			t.Errorf("%+v %v", a, err)
		}
		// Who runs a programme lets helpers in there, and nowhere else.
		a, _ := d.Actor(ctx, p.ID)
		q := d.ensure(t, actor.Actor{}, Person{Name: "Q", Email: "q@x.example"})
		if err := d.Grant(ctx, a, q.ID, actor.Grant{Role: actor.Reviewer, Subject: actor.OfProgramme, Key: "forum"}, time.Time{}); err != nil {
			t.Error(err)
		}
		if err := d.Grant(ctx, a, q.ID, actor.Grant{Role: actor.Reviewer, Subject: actor.OfProgramme, Key: "training"}, time.Time{}); fault.CodeOf(err) != fault.Denied {
			t.Error(err)
		}
		gs, err := d.GrantsOf(ctx, sec, p.ID)
		if err != nil || len(gs) != 1 || !gs[0].Holds(start) || gs[0].Holds(start.Add(time.Hour)) {
			t.Fatal(gs, err)
		}
		if err := d.Revoke(ctx, sec, gs[0].ID); err != nil {
			t.Fatal(err)
		}
		if a, err := d.Actor(ctx, p.ID); err != nil || a.Runs("forum", "f-2027") {
			t.Errorf("%+v %v", a, err)
		}
		if gs, _ := d.GrantsOf(ctx, sec, p.ID); len(gs) != 1 || gs[0].EndedBy != "sec" {
			t.Errorf("%+v", gs)
		}
	})
}

func TestTokens(t *testing.T) {
	dbtest.Each(t, func() time.Time { return start }, func(t *testing.T, store *db.DB) {
		d := &desk{post: &letters{}, now: start}
		d.on(t, store)
		p := d.ensure(t, actor.Actor{}, Person{Name: "Bat", Email: "bat@x.example"})
		door := actor.Grant{Role: actor.CheckIn, Subject: actor.OfActivity, Key: "f-2027"}
		a, _ := d.Actor(ctx, p.ID)
		if _, _, err := d.AddToken(ctx, a, Token{Name: "Door", Kind: DeviceToken, Grants: []actor.Grant{door}, Expires: start.Add(time.Hour)}); fault.CodeOf(err) != fault.Denied {
			t.Error("a token may more than its owner:", err)
		}
		if err := d.Grant(ctx, sec, p.ID, actor.Grant{Role: actor.ProgrammeOfficer, Subject: actor.OfActivity, Key: "f-2027"}, time.Time{}); err != nil {
			t.Fatal(err)
		}
		a, _ = d.Actor(ctx, p.ID)
		tok, secret, err := d.AddToken(ctx, a, Token{Name: "Door", Kind: DeviceToken, Grants: []actor.Grant{door}, Expires: start.Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		by, reads, err := d.Bearer(ctx, secret)
		if err != nil || reads || !by.Device || by.ID != "token:"+tok.ID || !by.ChecksIn("", "f-2027") || by.Runs("", "f-2027") || by.Officer() {
			t.Errorf("%+v %v %v", by, reads, err)
		}
		var rows int
		err = store.Read(ctx, func(tx *db.Tx) error {
			return tx.One(ctx, `SELECT COUNT(*) FROM token WHERE hash = $1 OR hash LIKE $2`, []any{secret, "%" + secret[4:20] + "%"}, &rows)
		})
		if err != nil || rows != 0 {
			t.Error("the secret itself is kept", rows, err)
		}
		if _, _, err := d.Bearer(ctx, secret+"x"); fault.CodeOf(err) != fault.Denied {
			t.Error(err)
		}
		// What its owner may no longer do, it may not.
		gs, _ := d.GrantsOf(ctx, sec, p.ID)
		if err := d.Revoke(ctx, sec, gs[0].ID); err != nil {
			t.Fatal(err)
		}
		if by, _, err := d.Bearer(ctx, secret); err != nil || by.ChecksIn("", "f-2027") {
			t.Errorf("%+v %v", by, err)
		}
		if err := d.RevokeToken(ctx, city, tok.ID); fault.CodeOf(err) != fault.NotFound {
			t.Error(err)
		}
		if err := d.RevokeToken(ctx, a, tok.ID); err != nil {
			t.Error(err)
		}
		if _, _, err := d.Bearer(ctx, secret); fault.CodeOf(err) != fault.Denied {
			t.Error(err)
		}
		if _, _, err := d.AddToken(ctx, root, Token{Name: "x", Kind: APIToken, Expires: start.Add(MostTokenTime + time.Hour)}); key(err) != "error.form expires:account.token.time" {
			t.Error(err)
		}
		_, secret, err = d.AddToken(ctx, actor.CommandLine, Token{Name: "Export", Kind: APIToken, Reads: true, Grants: []actor.Grant{{Role: actor.Secretariat, Subject: actor.OfNetwork}}, Expires: start.Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		if by, reads, err := d.Bearer(ctx, secret); err != nil || !reads || !by.Officer() {
			t.Errorf("%+v %v %v", by, reads, err)
		}
	})
}

func TestConsents(t *testing.T) {
	d := newDesk(t)
	p := d.ensure(t, actor.Actor{}, Person{Name: "Bat", Email: "bat@x.example"})
	a, _ := d.Actor(ctx, p.ID)
	for range 2 {
		if err := d.Agree(ctx, a, Consented{Kind: "photos", About: "f-2027", Wording: "Photos of me may be shown.", Lang: "en"}); err != nil {
			t.Fatal(err)
		}
	}
	cs, err := d.Consents(ctx, a, p.ID)
	if err != nil || len(cs) != 1 || !cs[0].Given.Equal(start) {
		t.Fatal(cs, err)
	}
	agreed := func(about string) (ok bool) {
		if err := d.db.Read(ctx, func(tx *db.Tx) (err error) {
			ok, err = Agreed(ctx, tx, p.ID, "photos", about)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return ok
	}
	if !agreed("f-2027") || agreed("f-2028") {
		t.Error("a consent is for what it was given")
	}
	if err := d.WithdrawConsent(ctx, city, cs[0].ID); fault.CodeOf(err) != fault.NotFound {
		t.Error(err)
	}
	if err := d.WithdrawConsent(ctx, a, cs[0].ID); err != nil || agreed("f-2027") {
		t.Error(err)
	}
}

// TestClassesHaveWords: each class of data is named and explained in every language.
func TestClassesHaveWords(t *testing.T) {
	texts, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range catalog.Languages {
		w := texts.Lang(l.Tag)
		for _, c := range Classes {
			for _, k := range []string{"retention." + c.Name, "retention." + c.Name + ".why", "retention.from." + c.From} {
				if !w.Has(k) {
					t.Errorf("%s has no %s", l.Tag, k)
				}
			}
		}
	}
	if due := ClassDue("passport", start); !due.Equal(start.AddDate(0, 0, 30)) { // issue: 30 days after
		t.Error(due)
	}
}
