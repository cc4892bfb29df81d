package house_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/call"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/exchange"
	"aircommons/internal/form"
	"aircommons/internal/house"
	"aircommons/internal/letter"
	"aircommons/internal/mail"
	"aircommons/internal/network"
	"aircommons/internal/participation"
	"aircommons/internal/post"
	"aircommons/internal/report"
)

// The person of TestEraseEverywhere in three ways to write the name.
const (
	hername  = "Erdenechimeg Ganbold"
	cyrillic = "Эрдэнэчимэг Ганболд"
	passport = "GANBOLD ERDENECHIMEG"
	hermail  = "erdene@naamal.example"
)

// life is a person's way through a forum, in which everything leaves a trace.
type life struct {
	t      *testing.T
	h      *house.House
	now    time.Time
	own    []string // what the person wrote, each word once
	root   actor.Actor
	person string
}

func (l *life) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

// word is a text of the person's own that stands nowhere else.
func (l *life) word(at string) string {
	s := "zq" + at + "qz"
	l.own = append(l.own, s)
	return s
}

func en(s string) db.Text { return db.Text{"en": s} }

func TestEraseEverywhere(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { testEraseEverywhere(t, "") })
	t.Run("postgres", func(t *testing.T) { testEraseEverywhere(t, dbtest.Postgres(t)) })
}

func testEraseEverywhere(t *testing.T, dsn string) {
	ctx := context.Background()
	texts, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	l := &life{t: t, now: time.Date(2027, 3, 1, 3, 0, 0, 0, time.UTC)}
	folder := t.TempDir()
	l.h = open(t, house.Options{Folder: folder, Database: dsn, Catalog: texts, Site: "https://air.example.org", Now: func() time.Time { return l.now }})
	l.live(ctx)
	h, p := l.h, l.person
	dump := func() string { return l.dump(ctx, folder) }
	before := dump()
	for _, s := range append([]string{hername, cyrillic, passport, hermail}, l.own...) {
		if !strings.Contains(before, s) {
			t.Errorf("the test does not find %q", s)
		}
	}
	var out bytes.Buffer
	l.must(h.Account.Export(ctx, l.root, p, &out))
	export := unzipped(t, out.Bytes())
	for _, s := range append([]string{hername, cyrillic, hermail}, l.own...) {
		if !strings.Contains(export, s) {
			t.Errorf("the export does not hold %q", s)
		}
	}
	for _, at := range []string{"report.sections", "report.content", "photo.captions", "photo.credit", "feedback_answer.value", "participation_filter.query", "participation_import.content",
		"presence.device", "exchange_wish.contact", "mail_template.body", "activity_item.names", "agenda_release.doc", "mail.body"} {
		if !strings.Contains(export, `"`+at+`"`) {
			t.Errorf("the export does not tell that the person is named in %s", at)
		}
	}
	figures := func() string {
		t.Helper()
		f, _, err := h.Report.Figures(ctx, l.root, "forum-2027", true)
		l.must(err)
		var all []string
		for _, x := range f.Tables {
			all = append(all, fmt.Sprint(x.Name, x.Cells))
		}
		r, err := h.Participation.Roll(ctx, l.root, "forum-2027", "")
		l.must(err)
		return fmt.Sprint(f.Total, all, r.Expected, r.Present, r.Absent)
	}
	was := figures()

	l.must(h.Account.Erase(ctx, l.root, p))
	h.Account.Wait()
	after := dump()
	for _, s := range append(append([]string{}, hername, cyrillic, passport, hermail, "Erdenechimeg", "Эрдэнэчимэг", "erdenechimeg", "эрдэнэчимэг"), l.own...) {
		if i := strings.Index(after, s); i >= 0 {
			from := max(0, i-200)
			t.Errorf("left: %q in …%q", s, after[from:min(len(after), i+80)])
		}
	}
	if now := figures(); now != was {
		t.Errorf("figures were\n%s\nand are\n%s", was, now)
	}
	l.must(h.DB.Read(ctx, func(tx *db.Tx) error { _, _, err := tx.CheckJournal(ctx); return err }))

	// What stays tells that somebody was there, in the reader's language.
	rs, err := h.Report.Public(ctx, "forum-2027")
	l.must(err)
	if len(rs) != 1 {
		t.Fatal(rs)
	}
	for lang, want := range map[string]string{"en": "a person who asked to be erased", "ko": "삭제를 요청한 사람"} {
		b, _, err := h.Report.Export(ctx, l.root, rs[0].ID, lang)
		l.must(err)
		if doc := unzipped(t, b); strings.Count(doc, want) < 2 {
			t.Errorf("%s: the report does not say %q", lang, want)
		}
	}
	hits := func(q string) (n int) {
		l.must(h.DB.Read(ctx, func(tx *db.Tx) error {
			got, err := tx.Search(ctx, q, "en", 50)
			n = len(got)
			return err
		}))
		return n
	}
	if hits("Erdenechimeg") > 0 || hits("Эрдэнэчимэг") > 0 {
		t.Error("the search finds the person")
	}
	// A city of the same record is found as before, and whoever bears a city's name takes nothing away.
	if hits("Ulaanbaatar") == 0 {
		t.Error("the search lost a city")
	}

	// A copy made afterwards does not hold the person either.
	to := filepath.Join(t.TempDir(), "copy")
	if _, err := h.Backup(ctx, to, "test", nil); err != nil {
		t.Fatal(err)
	}
	copied := l.files(to)
	for _, s := range append([]string{hername, cyrillic, passport, hermail}, l.own...) {
		if strings.Contains(copied, s) {
			t.Errorf("the copy holds %q", s)
		}
	}
}

// dump is all that the house holds: every file below the folder, the insides of documents too, and on PostgreSQL every row.
func (l *life) dump(ctx context.Context, folder string) string {
	l.t.Helper()
	out := l.files(folder)
	if l.h.DB.Engine == db.SQLite {
		return out
	}
	var b strings.Builder
	l.must(l.h.DB.Read(ctx, func(tx *db.Tx) error {
		var names []string
		if err := tx.Each(ctx, `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`, nil, func(scan func(...any) error) error {
			var n string
			err := scan(&n)
			names = append(names, n)
			return err
		}); err != nil {
			return err
		}
		for _, n := range names {
			if err := tx.Each(ctx, `SELECT CAST(t AS TEXT) FROM "`+n+`" t`, nil, func(scan func(...any) error) error {
				var s string
				err := scan(&s)
				b.WriteString(n + ": " + strings.ReplaceAll(s, `""`, `"`) + "\n")
				return err
			}); err != nil {
				return err
			}
		}
		return nil
	}))
	return out + b.String()
}

// files is the text of all files below a folder, one after the other, with what lies in ZIP files and letters.
func (l *life) files(folder string) string {
	l.t.Helper()
	var b strings.Builder
	walk(l.t, folder, func(path string, raw []byte) {
		b.WriteString("\n" + filepath.Base(path) + ": ")
		if bytes.HasPrefix(raw, []byte("PK\x03\x04")) {
			b.WriteString(unzipped(l.t, raw))
		}
		b.Write(raw)
	})
	return b.String()
}

func unzipped(t *testing.T, b []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(f.Name + "\n")
		if bytes.HasPrefix(all, []byte("PK\x03\x04")) {
			out.WriteString(unzipped(t, all))
		}
		out.Write(all)
	}
	return out.String()
}

func (l *life) someone(ctx context.Context, name, email string, gs ...actor.Grant) actor.Actor {
	l.t.Helper()
	var p account.Person
	l.must(l.h.DB.Write(ctx, func(tx *db.Tx) (err error) {
		p, err = account.Ensure(ctx, tx, actor.System, account.Person{Name: name, Email: email, Language: "en"})
		return err
	}))
	for _, g := range gs {
		l.must(l.h.Account.Grant(ctx, l.root, p.ID, g, time.Time{}))
	}
	a, err := l.h.Account.Actor(ctx, p.ID)
	l.must(err)
	return a
}

// live takes the person through a call, a registration, letters, an agenda, a day, a tour and what comes after.
func (l *life) live(ctx context.Context) {
	t, h := l.t, l.h
	_, err := h.Record.LoadExample(ctx, "eacac")
	l.must(err)
	root, _, err := h.Account.AddUser(ctx, actor.CommandLine, account.Person{Name: "Root Officer", Email: "root@x.example", Role: actor.Administrator})
	l.must(err)
	l.root, err = h.Account.Actor(ctx, root.ID)
	l.must(err)
	const id = "forum-2027"
	l.must(h.DB.Write(ctx, func(tx *db.Tx) error {
		for _, f := range []form.Form{
			{ID: "reg", Purpose: "registration", Pages: []form.Page{{ID: "p1", Names: en("Page"), Questions: []form.Question{{ID: "job", Kind: "line", Labels: en("Work")}, {ID: "diet", Kind: "line", Labels: en("Food"), Class: "diet"}}}}},
			{ID: "follow", Purpose: "followup", Pages: []form.Page{{ID: "p1", Names: en("Page"), Questions: []form.Question{{ID: "passport", Kind: "line", Labels: en("Passport"), Class: "passport"}, {ID: "scan", Kind: "file", Labels: en("Scan"), Class: "passport"}}}}},
			{ID: "talks", Purpose: "call", Pages: []form.Page{{ID: "p1", Names: en("Page"), Questions: []form.Question{{ID: "title", Kind: "line", Labels: en("Title"), Required: true}, {ID: "why", Kind: "text", Labels: en("Why")}}}}},
		} {
			f.Subject, f.Key, f.Names = "activity", id, en("Form")
			if err := form.PutPublished(ctx, tx, f); err != nil {
				return err
			}
		}
		for _, a := range []activity.Activity{{ID: id, Programme: "seoul-forum", Kind: "forum", Names: db.Text{"en": "Forum 2027", "ko": "2027 포럼"}, Period: network.On("2027-05-19")}, {ID: "tour-2027", Kind: "visit", Names: en("Tour"), Period: network.On("2027-06-01")}} {
			a.Place, a.Zone, a.Mode, a.State, a.Version = "seoul", "Asia/Seoul", "hybrid", activity.Published, 1
			if err := activity.PutActivity(ctx, tx, a); err != nil {
				return err
			}
		}
		return nil
	}))
	l.must(h.Participation.SaveSetup(ctx, l.root, participation.Registration{Activity: id, Open: true, OfferHours: 48, Delegation: 10, Waiting: true, Form: "reg", Followup: "follow"}, nil))
	l.must(h.Participation.SaveSetup(ctx, l.root, participation.Registration{Activity: "tour-2027", Open: true, OfferHours: 48}, nil))

	// She registers, says her food and passport, and a stranger registers with her address once more.
	_, err = h.Participation.Register(ctx, actor.Actor{}, participation.Request{Key: "k1", Activity: id, Name: hername, Email: "Erdene@naamal.example", Lang: "mn", Place: "ulaanbaatar", Organisation: l.word("org"),
		Consents: map[string]string{"photos": l.word("wording")}, Answers: form.Answers{"job": {l.word("job")}, "diet": {l.word("diet")}}})
	l.must(err)
	l.must(h.DB.Read(ctx, func(tx *db.Tx) error {
		ps, err := account.PeopleByEmail(ctx, tx, hermail)
		if err == nil && len(ps) == 1 {
			l.person = ps[0].ID
		}
		return err
	}))
	rootPerson, err := h.Account.Person(ctx, l.root, l.person)
	l.must(err)
	rootPerson.Names = []account.Name{{Text: cyrillic, Lang: "mn"}, {Text: passport, Use: "passport", Given: "Erdenechimeg", Family: "Ganbold"}}
	rootPerson.Affiliations = []account.Affiliation{{Name: l.word("affiliation"), Place: "ulaanbaatar", Title: en(l.word("title")), From: "2020"}}
	rootPerson.Gender, rootPerson.GenderWords = "female", l.word("gender")
	l.must(h.Account.Update(ctx, l.root, rootPerson))
	her, err := h.Account.Actor(ctx, l.person)
	l.must(err)
	mine, err := h.Participation.OfMine(ctx, her)
	l.must(err)
	seat := mine[0].Participation
	_, err = h.Participation.Register(ctx, actor.Actor{}, participation.Request{Key: "k2", Activity: id, Name: "Echo " + l.word("echo"), Email: hermail, Lang: "en", Place: "seoul"})
	l.must(err)
	scan, err := h.Form.KeepFile(ctx, form.Question{ID: "scan", Kind: "file"}, l.word("scanname")+".pdf", strings.NewReader("%PDF-1.4\n"+l.word("scan")))
	l.must(err)
	_, err = h.Participation.SaveSheet(ctx, her, seat.ID, "followup", "", form.Answers{"passport": {l.word("passport")}, "scan": {scan}}, true)
	l.must(err)
	_, err = h.Participation.StartDraft(ctx, actor.Actor{}, participation.Request{Key: "k3", Activity: "tour-2027", Name: hername, Email: hermail, Lang: "en", Place: "ulaanbaatar", Organisation: l.word("draft")})
	l.must(err)
	// Others name her: a delegation, a list that is taken in, a filter, a phone at the door.
	bat, err := h.Participation.Register(ctx, actor.Actor{}, participation.Request{Key: "k4", Activity: id, Name: "Bat Bold", Email: "bat@ub.example", Lang: "en", Place: "ulaanbaatar", Delegation: "Friends of " + hername, Answers: form.Answers{"job": {"Works with " + hername}}})
	l.must(err)
	_, err = h.Participation.StartImport(ctx, l.root, id, "list of "+hername+".csv", "UTF-8", [][]string{{"Name", "Email", "Note"}, {hername, hermail, l.word("row")}, {"Erdenechimeg  GANBOLD", "", "no address"}, {"Lee", "lee@x.example", ""}}, []int{1, 2, 3, 4})
	l.must(err)
	_, err = h.Participation.SaveFilter(ctx, l.root, id, participation.Saved{Name: "Only " + cyrillic, Query: participation.Filter{Text: cyrillic}.Query()})
	l.must(err)

	// A call: she sends one, reviews another, and is nominated.
	c, err := h.Call.Create(ctx, l.root, call.Call{Kind: "contribution", Subject: "activity", Key: id, Names: en("Talks"), Form: "talks", Title: "title", Closes: "2027-04-30T18:00", PerReview: 1, Criteria: []call.Criterion{{Names: en("Use"), Scale: 5, Weight: 1}}})
	l.must(err)
	l.must(h.Call.Publish(ctx, l.root, c.ID, 1))
	send := func(name, mail, place, org string, a form.Answers) string {
		t.Helper()
		s, link, err := h.Call.Begin(ctx, actor.Actor{}, call.Begin{Call: c.ID, Name: name, Email: mail, Place: place, Organisation: org, Lang: "en", Once: mail})
		l.must(err)
		_, err = h.Call.Save(ctx, actor.Actor{}, link, "p1", a, "en")
		l.must(err)
		_, err = h.Call.Send(ctx, actor.Actor{}, link)
		l.must(err)
		return s.ID
	}
	hers := send(hername, hermail, "ulaanbaatar", l.word("callorg"), form.Answers{"title": {l.word("talk")}, "why": {l.word("why")}})
	his := send("Guo Li", "guo@x.example", "guiyang", "Office", form.Answers{"title": {"Dust"}, "why": {"As " + hername + " showed"}})
	l.must(h.Account.Grant(ctx, l.root, l.person, actor.Grant{Role: actor.Reviewer, Subject: actor.OfActivity, Key: id}, time.Time{}))
	other := l.someone(ctx, "Rho", "rho@x.example", actor.Grant{Role: actor.Reviewer, Subject: actor.OfActivity, Key: id})
	her, err = h.Account.Actor(ctx, l.person)
	l.must(err)
	got, err := h.Call.Call(ctx, l.root, c.ID)
	l.must(err)
	l.must(h.Call.Assign(ctx, l.root, his, l.person))
	l.must(h.Call.Assign(ctx, l.root, hers, other.ID))
	l.must(h.Call.OpenReview(ctx, l.root, c.ID, got.Version))
	criterion := got.Criteria[0].ID
	l.must(h.Call.Mark(ctx, her, his, map[string]int{criterion: 4}, l.word("review"), 1))
	l.must(h.Call.Mark(ctx, other, hers, map[string]int{criterion: 5}, hername+" knows this", 1))
	got, err = h.Call.Call(ctx, l.root, c.ID)
	l.must(err)
	l.must(h.Call.CloseReview(ctx, l.root, c.ID, got.Version))
	_, err = h.Call.Decide(ctx, l.root, call.Decision{Call: c.ID, IDs: []string{hers}, State: "accepted", Reason: en("Dear " + hername)})
	l.must(err)

	// Numbered letters.
	for _, kind := range []letter.Kind{letter.Visa, letter.Certificate} {
		_, err = h.Letter.IssueAll(ctx, l.root, []letter.Letter{{Key: string(kind) + ":" + seat.ID, Kind: kind, About: "activity", AboutKey: id, Person: l.person, Name: passport, Original: cyrillic, Langs: []string{"en"}, Titles: en("Letter"),
			Texts: en("To {{.Name}}: " + l.word("letter"+string(kind))), Private: map[string]string{letter.Passport: l.word("number" + string(kind))}, Ends: time.Date(2027, 5, 20, 0, 0, 0, 0, time.UTC), Issuers: []letter.Issuer{{Names: en("Seoul")}}, Signer: letter.Signer{Names: en("Root")}}})
		l.must(err)
	}

	// The agenda: by account, by name alone, in a text; released, chosen, in a calendar.
	a, err := h.Activity.Draft(ctx, l.root, id)
	l.must(err)
	session, err := h.Activity.AddSession(ctx, l.root, id, activity.Item{Kind: "session", Names: db.Text{"en": "Dust", "ko": hername + "의 강연"}, Starts: "2027-05-19T10:00", Ends: "2027-05-19T11:00",
		Speakers: []activity.Speaker{{Person: l.person, Role: "speaker"}, {Name: cyrillic, Organisation: l.word("speakerorg"), Role: "moderator"}}, Text: en("With " + hername + ".")})
	l.must(err)
	_ = a
	a, err = h.Activity.Draft(ctx, l.root, id)
	l.must(err)
	_, _, err = h.Activity.Release(ctx, l.root, id, a.Agenda.Changes)
	l.must(err)
	l.must(h.Activity.Choose(ctx, her, id, session.ID, true))
	_, err = h.Activity.NewLink(ctx, her)
	l.must(err)

	// Letters of the outbox: sent, held, bounced; kinds she does not want; texts that name her.
	l.must(h.Post.SaveTemplate(ctx, l.root, post.Override{Template: "registration.confirmed", About: "activity", AboutKey: id, Lang: "en", Subject: "Seat", Text: "Ask " + hername + ". {{.Link}}"}))
	l.must(h.DB.Write(ctx, func(tx *db.Tx) error {
		for i, x := range []post.Letter{{To: hermail, ToName: hername, Subject: l.word("subject"), Text: l.word("held"), Hold: true, Person: l.person}, {To: hermail, Subject: "s", Text: l.word("sent"), Kind: "news"},
			{To: "root@x.example", Subject: "New: " + cyrillic, Text: hername + " registered", Hold: true}} {
			x.Lang, x.Key, x.About, x.AboutKey = "en", fmt.Sprint("x", i), "activity", id
			if _, err := post.Add(ctx, tx, x); err != nil {
				return err
			}
		}
		return nil
	}))
	_, err = h.Post.Flush(ctx)
	l.must(err)
	sent, err := h.Post.Letters(ctx, l.root, post.Filter{State: "sent", To: hermail})
	l.must(err)
	if len(sent) == 0 {
		t.Fatal("nothing was sent")
	}
	_, err = h.Post.Bounce(ctx, mail.Report{MessageID: sent[0].ID, Recipients: []mail.Recipient{{Address: hermail, Action: "failed", Status: "5.1.1", Said: l.word("said")}}})
	l.must(err)
	l.must(h.Post.SetWantsOf(ctx, her, []post.Kind{"invitation"}))
	_, _, err = h.Account.AddToken(ctx, l.root, account.Token{Name: "Door of " + hername, Kind: account.APIToken, Expires: l.now.Add(100 * 24 * time.Hour)})
	l.must(err)
	l.must(h.DB.Write(ctx, func(tx *db.Tx) error { // a browser is needed for these
		if _, err := tx.ExecContext(ctx, `INSERT INTO passkey (id, person, name, data, created_at) VALUES ('pk1',$1,$2,'{}',$3)`, l.person, l.word("passkey"), tx.Now); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO identity (issuer, subject, person, linked_at) VALUES ('https://id.example',$1,$2,$3)`, l.word("identity"), l.person, tx.Now)
		return err
	}))

	// The day, with a phone that has her name.
	l.now = time.Date(2027, 5, 19, 1, 0, 0, 0, time.UTC)
	marked, err := h.Participation.Mark(ctx, l.root, id, "Phone of "+hername, l.now, []participation.Mark{{Nonce: "0123456789abcdef0123456789abcdef", Participation: seat.ID, At: l.now}, {Nonce: "1123456789abcdef0123456789abcdef", Participation: bat.ID, At: l.now}})
	l.must(err)
	if len(marked) != 2 || marked[0].Outcome != participation.Taken {
		t.Fatalf("%+v", marked)
	}

	// A study tour: notes, a need whose contact she is.
	seats, err := h.Participation.SeatCity(ctx, l.root, "tour-2027", "ulaanbaatar", 1, participation.Participation{})
	l.must(err)
	_, err = h.Participation.Name(ctx, l.root, seats[0].ID, 0, participation.Request{Name: hername, Email: hermail, Lang: "mn"})
	l.must(err)
	_, err = h.Exchange.AddNotes(ctx, her, "tour-2027", []exchange.Note{{Nonce: "n1", Text: l.word("note"), Lang: "en"}, {Nonce: "n2", Text: l.word("notegone"), Lang: "en"}})
	l.must(err)
	l.must(h.Exchange.RemoveNote(ctx, her, "n2", true))
	topics, err := h.Network.Topics(ctx, l.root)
	l.must(err)
	_, err = h.Exchange.SaveWish(ctx, l.root, exchange.Wish{Kind: "need", Place: "ulaanbaatar", Names: en("Filters"), Topics: db.List{topics[0].ID}, Level: "beginner", Languages: db.List{"mn"}, Contact: hername + ", " + hermail})
	l.must(err)

	// After: feedback that thanks her, a photo, a report that is frozen and published.
	_, err = h.Report.UsualForm(ctx, l.root, id)
	l.must(err)
	_, err = h.Report.Ask(ctx, l.root, report.Round{Activity: id, Until: "2027-12-01T18:00"})
	l.must(err)
	var link string
	l.must(h.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, `SELECT vals FROM mail WHERE template = 'feedback.ask' AND address = 'bat@ub.example'`, nil, func(scan func(...any) error) error {
			var s string
			err := scan(&s)
			link = regexp.MustCompile(`/feedback/([a-z2-7]+)`).FindStringSubmatch(s)[1]
			return err
		})
	}))
	l.must(h.Report.Give(ctx, link, form.Answers{"overall": {"5"}, "best": {"The talk of " + strings.ToLower(hername)}}))
	var photo bytes.Buffer
	l.must(jpeg.Encode(&photo, image.NewRGBA(image.Rect(0, 0, 40, 30)), nil))
	_, err = h.Report.AddPhoto(ctx, l.root, report.Photo{Activity: id, Captions: db.Text{"en": hername + " speaks", "ko": "강연하는 " + cyrillic}, Credit: hername}, true, &photo)
	l.must(err)
	r, err := h.Report.Draft(ctx, l.root, id)
	l.must(err)
	i := slices.IndexFunc(r.Sections, func(s report.Section) bool { return s.ID == "summary" })
	s := r.Sections[i]
	s.Text = db.Text{"en": "We thank " + hername + ".", "ko": cyrillic + "에게 감사합니다."}
	l.must(h.Report.SetSection(ctx, l.root, r.ID, r.Version, s))
	w, err := h.Report.Report(ctx, l.root, r.ID)
	l.must(err)
	_, err = h.Report.Freeze(ctx, l.root, r.ID, w.Version)
	l.must(err)
	w, err = h.Report.Report(ctx, l.root, r.ID)
	l.must(err)
	_, err = h.Report.Publish(ctx, l.root, r.ID, w.Version)
	l.must(err)
}
