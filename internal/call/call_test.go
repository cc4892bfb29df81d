package call

import (
	"context"
	"encoding/csv"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/form"
	"aircommons/internal/network"
)

type world struct {
	t    *testing.T
	db   *db.DB
	k    *Desk
	now  time.Time
	call Call
	who  map[string]actor.Actor
}

var ctx = context.Background()

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func en(s string) db.Text { return db.Text{"en": s} }

// newWorld has a workshop in Seoul, an officer, three reviewers (the third of Ulaanbaatar), and a published call whose
// deadline is 31 March 2027, 18:00 in Seoul: 09:00 UTC.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC), who: map[string]actor.Actor{"": {}}}
	d, err := db.Open(ctx, filepath.Join(t.TempDir(), "x.db"), func() time.Time { return w.now })
	must(t, err)
	t.Cleanup(func() { d.Close() })
	w.db, w.k = d, New(d)
	w.k.Site = "https://air.example.org"
	must(t, d.Write(ctx, func(tx *db.Tx) error {
		for _, p := range []network.Place{{ID: "korea", Names: en("Korea"), Kind: "country", Country: "KR"}, {ID: "seoul", Names: en("Seoul"), Kind: "city", Country: "KR", TimeZone: "Asia/Seoul"},
			{ID: "ulaanbaatar", Names: en("Ulaanbaatar"), Kind: "city", Country: "MN", TimeZone: "Asia/Ulaanbaatar"}, {ID: "guiyang", Names: en("Guiyang"), Kind: "city", Country: "CN", TimeZone: "Asia/Shanghai"}} {
			if err := network.PutPlace(ctx, tx, p); err != nil {
				return err
			}
		}
		if err := activity.PutActivity(ctx, tx, activity.Activity{ID: "ws", Kind: "workshop", Names: db.Text{"en": "Workshop", "ko": "워크숍"}, Period: network.On("2027-05-19"), Place: "seoul", Zone: "Asia/Seoul", State: activity.Published}); err != nil {
			return err
		}
		for _, p := range []struct{ name, mail, place, org string }{{"Kim", "kim@seoul.example", "seoul", "City Hall"}, {"Rho", "rho@gmail.com", "seoul", "Rho Institute"}, {"Ryu", "ryu@ryu.example", "guiyang", "Ryu University"}, {"Bat", "bat@ub.example", "ulaanbaatar", "UB Air Office"}} {
			a, err := account.Ensure(ctx, tx, actor.System, account.Person{Name: p.name, Email: p.mail, Affiliations: []account.Affiliation{{Name: p.org, Place: p.place}}})
			if err != nil {
				return err
			}
			role := actor.Reviewer
			if p.name == "Kim" {
				role = actor.ProgrammeOfficer
			}
			if err := account.Give(ctx, tx, actor.System, a.ID, actor.Grant{Role: role, Subject: actor.OfActivity, Key: "ws"}, time.Time{}); err != nil {
				return err
			}
			if w.who[p.name], err = account.ActorOf(ctx, tx, a.ID); err != nil {
				return err
			}
		}
		return form.PutPublished(ctx, tx, form.Form{ID: "f", Purpose: "call", Subject: "activity", Key: "ws", Names: en("Call"), Pages: []form.Page{
			{ID: "p1", Names: en("Talk"), Questions: []form.Question{{ID: "title", Kind: "line", Labels: en("Title"), Required: true}, {ID: "phone", Kind: "phone", Labels: en("Phone"), Class: "contact"}}},
			{ID: "p2", Names: en("More"), Questions: []form.Question{{ID: "why", Kind: "text", Labels: en("Why"), Required: true}}}}})
	}))
	c, err := w.k.Create(ctx, w.who["Kim"], Call{Kind: "contribution", Subject: "activity", Key: "ws", Names: en("Talks"), Form: "f", Opens: "2027-03-02T09:00", Closes: "2027-03-31T18:00",
		Blind: true, PerReview: 2, PerPlace: 1, Criteria: []Criterion{{Names: en("Use"), Scale: 5, Weight: 3}, {Names: en("New"), Scale: 3, Weight: 1}}})
	must(t, err)
	must(t, w.k.Publish(ctx, w.who["Kim"], c.ID, 1))
	w.call = c
	return w
}

func (w *world) code(what string, err error, code fault.Code) {
	w.t.Helper()
	if fault.CodeOf(err) != code {
		w.t.Errorf("%s: %v, want %q", what, err, code)
	}
}

// answer begins and sends a submission, and gives its id and link.
func (w *world) answer(mail, place, org, title string) (id, link string) {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	s, link, err := w.k.Begin(ctx, actor.Actor{}, Begin{Call: w.call.ID, Name: "Name of " + mail, Email: mail, Place: place, Organisation: org, Lang: "ko", Once: mail + title})
	must(w.t, err)
	_, err = w.k.Save(ctx, actor.Actor{}, link, "p1", form.Answers{"title": {title}, "phone": {"+976 11 123456"}}, "ko")
	must(w.t, err)
	_, err = w.k.Save(ctx, actor.Actor{}, link, "p2", form.Answers{"why": {"Because"}}, "ko")
	must(w.t, err)
	_, err = w.k.Send(ctx, actor.Actor{}, link)
	must(w.t, err)
	return s.ID, link
}

func (w *world) mails(where string, args ...any) (n int) {
	w.t.Helper()
	must(w.t, w.db.Read(ctx, func(tx *db.Tx) error {
		return tx.One(ctx, `SELECT COUNT(*) FROM mail WHERE `+where, args, &n)
	}))
	return n
}

// TestDeadline: opening and deadline are those on the clock of Seoul.
func TestDeadline(t *testing.T) {
	w := newWorld(t)
	b := Begin{Call: w.call.ID, Name: "Dorj", Email: "dorj@x.example", Lang: "en"}
	_, _, err := w.k.Begin(ctx, actor.Actor{}, b)
	w.code("before it opens", err, fault.Conflict)
	w.now = time.Date(2027, 3, 2, 0, 0, 0, 0, time.UTC) // 09:00 in Seoul
	_, link, err := w.k.Begin(ctx, actor.Actor{}, b)
	must(t, err)
	o, err := w.k.Save(ctx, actor.Actor{}, link, "p1", form.Answers{"phone": {"+976 1"}}, "en")
	w.code("a page with faults", err, fault.Invalid)
	if o.Answers.Get("phone") != "+976 1" {
		t.Errorf("a draft lost what was written: %v", o.Answers)
	}
	w.now = time.Date(2027, 3, 31, 8, 59, 59, 0, time.UTC)
	_, err = w.k.Save(ctx, actor.Actor{}, link, "p1", form.Answers{"title": {"Dust"}}, "en")
	must(t, err)
	o, err = w.k.Send(ctx, actor.Actor{}, link)
	w.code("not all answered", err, fault.Invalid)
	if o.Page != "p2" {
		t.Errorf("the page to go on with is %q", o.Page)
	}
	w.now = time.Date(2027, 3, 31, 9, 0, 0, 0, time.UTC) // 18:00 in Seoul
	_, err = w.k.Save(ctx, actor.Actor{}, link, "p2", form.Answers{"why": {"Because"}}, "en")
	w.code("after the deadline", err, fault.Conflict)
	_, err = w.k.Send(ctx, actor.Actor{}, link)
	w.code("sending after the deadline", err, fault.Conflict)
}

// TestOnce: what is sent twice is one, one letter says so, and a withdrawn one can be sent again.
func TestOnce(t *testing.T) {
	w := newWorld(t)
	w.now = time.Date(2027, 3, 5, 0, 0, 0, 0, time.UTC)
	id, link := w.answer("dorj@x.example", "", "", "Dust")
	for range 2 {
		o, err := w.k.Send(ctx, actor.Actor{}, link)
		must(t, err)
		if o.State != "sent" || o.Title != "Dust" {
			t.Errorf("sent again: %+v", o.Submission)
		}
	}
	if s, _, err := w.k.Begin(ctx, actor.Actor{}, Begin{Call: w.call.ID, Name: "Dorj", Email: "dorj@x.example", Lang: "ko", Once: "dorj@x.exampleDust"}); err != nil || s.ID != id {
		t.Errorf("the first page sent twice: %v %v", s.ID, err)
	}
	if n := w.mails(`template = 'call.received'`); n != 1 {
		t.Errorf("%d letters, want 1", n)
	}
	_, err := w.k.Own(ctx, actor.Actor{}, id)
	w.code("somebody without the link", err, fault.NotFound)
	_, err = w.k.Own(ctx, w.who["Rho"], id)
	w.code("somebody else", err, fault.NotFound)
	_, err = w.k.Save(ctx, actor.Actor{}, link, "p1", form.Answers{}, "ko")
	w.code("a change to something that is not good", err, fault.Invalid)
	o, err := w.k.Save(ctx, actor.Actor{}, link, "p1", form.Answers{"title": {"Ozone"}}, "ko")
	must(t, err)
	if o.State != "sent" || o.Title != "Ozone" {
		t.Errorf("changed: %+v", o.Submission)
	}
	_, err = w.k.WithdrawSubmission(ctx, actor.Actor{}, link)
	must(t, err)
	if list, _, err := w.k.Submissions(ctx, w.who["Kim"], w.call.ID); err != nil || len(list) != 1 || list[0].State != "withdrawn" {
		t.Errorf("withdrawn: %v %v", list, err)
	}
	_, err = w.k.Send(ctx, actor.Actor{}, link)
	must(t, err)
}

// TestBlind: nobody sees another's marks before the review is closed, whoever asks and however.
func TestBlind(t *testing.T) {
	w := newWorld(t)
	kim, rho, ryu, bat := w.who["Kim"], w.who["Rho"], w.who["Ryu"], w.who["Bat"]
	w.now = time.Date(2027, 3, 5, 0, 0, 0, 0, time.UTC)
	a, _ := w.answer("dorj@x.example", "ulaanbaatar", "", "Dust")
	b, _ := w.answer("li@x.example", "", "Ryu  University", "Ozone")
	c, _ := w.answer("free@gmail.com", "", "", "Smoke")

	plan, err := w.k.Deal(ctx, kim, w.call.ID, true)
	must(t, err)
	// Bat is of the city of the first, Ryu of the organisation of the second: 2 pairs left out, each submission still gets 2.
	if plan.Submissions != 3 || plan.New != 6 || plan.Conflicts != 2 || plan.Short != 0 || plan.Least != 2 || plan.Most != 2 {
		t.Errorf("dealt: %+v", plan)
	}
	if rs, err := w.k.Reviewers(ctx, kim, w.call.ID); err != nil || len(rs) != 3 || rs[0].Assigned != 0 {
		t.Errorf("a dry run dealt: %+v %v", rs, err)
	}
	_, err = w.k.Deal(ctx, kim, w.call.ID, false)
	must(t, err)
	w.code("a conflict by hand", w.k.Assign(ctx, kim, a, bat.ID), fault.Conflict)
	w.code("a stranger deals", w.k.Assign(ctx, rho, a, rho.ID), fault.Denied)

	w.code("before it opens", w.k.Mark(ctx, rho, a, map[string]int{"c1": 5, "c2": 3}, "", 1), fault.Conflict)
	call, err := w.k.Call(ctx, kim, w.call.ID)
	must(t, err)
	must(t, w.k.OpenReview(ctx, kim, call.ID, call.Version))
	must(t, w.k.Mark(ctx, rho, a, map[string]int{"c1": 5, "c2": 3}, "secret words", 1))
	w.code("a mark beyond the scale", w.k.Mark(ctx, ryu, a, map[string]int{"c1": 6, "c2": 3}, "", 1), fault.Invalid)
	must(t, w.k.Mark(ctx, ryu, a, map[string]int{"c1": 1, "c2": 1}, "", 1))
	w.code("an old version", w.k.Mark(ctx, ryu, a, map[string]int{"c1": 2, "c2": 1}, "", 1), fault.Conflict)
	w.code("one who has it not", w.k.Mark(ctx, bat, a, map[string]int{"c1": 1, "c2": 1}, "", 1), fault.NotFound)

	task, err := w.k.Task(ctx, ryu, a)
	must(t, err)
	if task.Author != "" || task.Person != "" || task.Place != "" || task.Organisation != "" || task.Answers.Get("phone") != "" || task.Answers.Get("title") != "Dust" {
		t.Errorf("a blind reviewer sees %+v %v", task.Submission, task.Answers)
	}
	// The officer sees neither marks nor that they are there, in no view, nor in export, history and journal.
	_, err = w.k.Ranking(ctx, kim, w.call.ID)
	w.code("ranking before closing", err, fault.Conflict)
	_, err = w.k.Decide(ctx, kim, Decision{Call: w.call.ID, IDs: []string{a}, State: "accepted"})
	w.code("deciding before closing", err, fault.Conflict)
	d, err := w.k.Submission(ctx, kim, a)
	must(t, err)
	for _, m := range d.Marks {
		if len(m.Marks) > 0 || m.Comment != "" || m.State == "done" || !m.At.IsZero() {
			t.Errorf("the officer sees %+v", m)
		}
	}
	table, err := w.k.Table(ctx, kim, w.call.ID, "en")
	must(t, err)
	var out strings.Builder
	for _, f := range []string{"csv", "json"} {
		must(t, table.Write(&out, f))
	}
	if strings.Contains(out.String(), "secret") || strings.Contains(out.String(), "score") {
		t.Errorf("the export tells marks:\n%s", out.String())
	}
	must(t, w.db.Read(ctx, func(tx *db.Tx) error {
		n := 0
		if err := tx.One(ctx, `SELECT COUNT(*) FROM journal WHERE subject = 'review' AND (before LIKE '%"c1"%' OR after LIKE '%"c1"%' OR after LIKE '%secret%')`, nil, &n); err != nil || n > 0 {
			t.Errorf("%d entries of the journal hold marks (%v)", n, err)
		}
		return nil
	}))
	_, err = w.k.Submission(ctx, ryu, a)
	w.code("a reviewer at the officer's page", err, fault.Denied)

	// A declared conflict hides the submission and takes the marks away.
	must(t, w.k.Declare(ctx, ryu, a, "My former student"))
	if task, err = w.k.Task(ctx, ryu, a); err != nil || task.Title != "" || len(task.Answers) > 0 || task.Mine.State != "conflict" {
		t.Errorf("after declaring: %+v %v", task, err)
	}
	w.code("marking after declaring", w.k.Mark(ctx, ryu, a, map[string]int{"c1": 5, "c2": 3}, "", task.Mine.Version), fault.Denied)

	for _, r := range []actor.Actor{rho, bat} {
		for _, id := range []string{b, c} {
			if task, err := w.k.Task(ctx, r, id); err == nil {
				must(t, w.k.Mark(ctx, r, id, map[string]int{"c1": 3, "c2": 2}, "", task.Mine.Version))
			}
		}
	}
	call, _ = w.k.Call(ctx, kim, w.call.ID)
	must(t, w.k.CloseReview(ctx, kim, call.ID, call.Version))
	w.code("marking after closing", w.k.Mark(ctx, rho, a, map[string]int{"c1": 1, "c2": 1}, "", 2), fault.Conflict)
	ranked, err := w.k.Ranking(ctx, kim, w.call.ID)
	must(t, err)
	// Rho gave the best marks: 100. 3 of 5 and 2 of 3 are 2/4 and 1/2 of the way, whatever the weights: 50.
	if ranked[0].ID != a || ranked[0].Score != 100 || ranked[0].Count != 1 || ranked[0].Rank != 1 || ranked[1].Score != 50 || ranked[1].Rank != 2 || ranked[2].Rank != 2 {
		t.Errorf("ranked: %v %v %v, %v %v, %v", ranked[0].Title, ranked[0].Score, ranked[0].Count, ranked[1].Score, ranked[1].Rank, ranked[2].Rank)
	}
}

// Weighted mean, by hand: weights 3 and 1, marks 5 of 5 and 1 of 3 → (3·1 + 1·0)/4 = 75.
func TestScore(t *testing.T) {
	c := Call{Criteria: []Criterion{{ID: "a", Scale: 5, Weight: 3}, {ID: "b", Scale: 3, Weight: 1}}}
	if got, ok := c.Score(Marked{Marks: map[string]int{"a": 5, "b": 1}}); !ok || got != 75 {
		t.Errorf("score %v %v, want 75", got, ok)
	}
	if _, ok := c.Score(Marked{Marks: map[string]int{"a": 5}}); ok {
		t.Error("a missing mark is no score")
	}
}

// TestDecide: a dry run says in words what would happen and does nothing; a city has one place; letters are held, and the
// author sees the decision only when the letter has left.
func TestDecide(t *testing.T) {
	w := newWorld(t)
	kim := w.who["Kim"]
	w.now = time.Date(2027, 3, 5, 0, 0, 0, 0, time.UTC)
	a, link := w.answer("one@x.example", "ulaanbaatar", "", "One")
	b, _ := w.answer("two@x.example", "ulaanbaatar", "", "Two")
	c, _ := w.answer("three@x.example", "guiyang", "", "Three")
	call, _ := w.k.Call(ctx, kim, w.call.ID)
	must(t, w.k.OpenReview(ctx, kim, call.ID, call.Version))
	must(t, w.k.CloseReview(ctx, kim, call.ID, call.Version+1))
	plan, err := w.k.Decide(ctx, kim, Decision{Call: call.ID, IDs: []string{a, b, c}, State: "accepted", Dry: true})
	must(t, err)
	if len(plan.Done) != 2 || plan.Letters != 2 || len(plan.Left) != 1 || plan.Left[0].Key != "call.plan.place" || plan.Left[0].Args["Count"] != 1 {
		t.Errorf("plan: %+v", plan)
	}
	if n := w.mails(`state = 'held'`); n != 0 {
		t.Errorf("a dry run wrote %d letters", n)
	}
	plan, err = w.k.Decide(ctx, kim, Decision{Call: call.ID, IDs: []string{a, b, c}, State: "accepted"})
	must(t, err)
	if n := w.mails(`state = 'held' AND template = 'call.accepted'`); n != 2 {
		t.Errorf("%d letters are held, want 2", n)
	}
	_, err = w.k.Decide(ctx, kim, Decision{Call: call.ID, IDs: []string{b}, State: "rejected"})
	w.code("without a reason", err, fault.Invalid)
	o, err := w.k.Own(ctx, actor.Actor{}, link)
	must(t, err)
	if o.State != "sent" || o.Decided != nil {
		t.Errorf("the author knows too early: %+v", o.Submission)
	}
	// Another decision takes the letter of the first one back.
	_, err = w.k.Decide(ctx, kim, Decision{Call: call.ID, IDs: []string{a}, State: "rejected", Reason: db.Text{"en": "Full", "ko": "만석"}})
	must(t, err)
	if n := w.mails(`state = 'cancelled' AND template = 'call.accepted'`); n != 1 {
		t.Errorf("%d letters were taken back, want 1", n)
	}
	must(t, w.db.Exec(ctx, `UPDATE mail SET state = 'sent' WHERE template = 'call.rejected'`))
	if o, err = w.k.Own(ctx, actor.Actor{}, link); err != nil || o.State != "rejected" || o.Reason["ko"] != "만석" {
		t.Errorf("after the letter: %+v %v", o.Submission, err)
	}
}

// TestNominate: a focal point names somebody for its own city only.
func TestNominate(t *testing.T) {
	w := newWorld(t)
	kim := w.who["Kim"]
	c, err := w.k.Create(ctx, kim, Call{Kind: "nomination", Subject: "activity", Key: "ws", Names: en("Seats"), Form: "f", Closes: "2027-03-31T18:00"})
	must(t, err)
	must(t, w.k.Publish(ctx, kim, c.ID, 1))
	focal := actor.Actor{ID: w.who["Bat"].ID, Name: "Bat", Role: actor.Visitor, Grants: []actor.Grant{{Role: actor.FocalPoint, Subject: actor.OfPlace, Key: "ulaanbaatar"}}}
	b := Begin{Call: c.ID, Name: "Saraa", Email: "saraa@ub.example", Place: "ulaanbaatar", Lang: "mn"}
	s, _, err := w.k.Begin(ctx, focal, b)
	must(t, err)
	if s.Person != focal.ID || s.Nominee == "" || s.Nominee == focal.ID {
		t.Errorf("nominated: %+v", s)
	}
	if n := w.mails(`address = 'saraa@ub.example'`); n != 0 {
		t.Errorf("the nominee got %d letters", n)
	}
	b.Place = "guiyang"
	_, _, err = w.k.Begin(ctx, focal, b)
	w.code("for another city", err, fault.Invalid)
	_, _, err = w.k.Begin(ctx, actor.Actor{}, b)
	w.code("a stranger", err, fault.Denied)
}

func TestCell(t *testing.T) {
	for in, want := range map[string]string{"=1+1": "'=1+1", "+49 30": "'+49 30", "-2.5": "-2.5", "-cmd": "'-cmd", "@x": "'@x", "\tx": "'\tx", " =x": "' =x", "Dust": "Dust", "": "", "먼지": "먼지", "+5": "'+5"} {
		if got := Cell(in); got != want {
			t.Errorf("Cell(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzCell(f *testing.F) {
	for _, s := range []string{"=1", " \t=1", "\r=", "ok", "\u00a0=x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Cell(s)
		if got != s && got != "'"+s {
			t.Fatalf("%q became %q", s, got)
		}
		if got != "" && strings.ContainsRune("=+@\t\r", rune(got[0])) {
			t.Fatalf("%q begins like a formula", got)
		}
		var b strings.Builder
		if err := (Table{Head: []string{"a"}, Rows: [][]string{{s}}}).Write(&b, "csv"); err != nil {
			t.Fatal(err)
		}
		if _, err := csv.NewReader(strings.NewReader(b.String())).ReadAll(); err != nil && strings.TrimSpace(s) != "" {
			t.Fatal(err)
		}
	})
}

func TestWorkbook(t *testing.T) {
	var b strings.Builder
	must(t, Table{Head: []string{"title"}, Rows: [][]string{{"=HYPERLINK(\"http://x\")"}, {strings.Repeat("먼", 40000)}}}.Write(&b, "xlsx"))
	book, err := excelize.OpenReader(strings.NewReader(b.String()))
	must(t, err)
	defer book.Close()
	if v, err := book.GetCellValue("Sheet1", "A2"); err != nil || v != "'=HYPERLINK(\"http://x\")" {
		t.Errorf("%q %v", v, err)
	}
	if f, err := book.GetCellFormula("Sheet1", "A2"); err != nil || f != "" {
		t.Errorf("a formula: %q %v", f, err)
	}
	if err := (Table{}).Write(&b, "ods"); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("an unknown format: %v", err)
	}
}

// TestErase: after an erasure nothing in the store knows the person; the figures stay.
func TestErase(t *testing.T) {
	w := newWorld(t)
	w.now = time.Date(2027, 3, 5, 0, 0, 0, 0, time.UTC)
	id, _ := w.answer("dorj@x.example", "ulaanbaatar", "Secret Office", "Secret title")
	forms := form.New(w.db, nil)
	must(t, w.db.Write(ctx, func(tx *db.Tx) error {
		s, err := submission(ctx, tx, id)
		if err != nil {
			return err
		}
		p := account.Person{ID: s.Person, Language: "en"}
		got, err := forms.Export(ctx, tx, p)
		if err != nil || got == nil {
			return errors.Join(err, errors.New("nothing is exported"))
		}
		return errors.Join(forms.Erase(ctx, tx, p), w.k.Erase(ctx, tx, p))
	}))
	must(t, w.db.Read(ctx, func(tx *db.Tx) error {
		for table, columns := range map[string]string{"submission": "title || organisation || reason", "answer": "answers", "review": "comment", "journal": "COALESCE(before,'') || COALESCE(after,'')"} {
			n := 0
			if err := tx.One(ctx, `SELECT COUNT(*) FROM `+table+` WHERE `+columns+` LIKE '%Secret%' OR `+columns+` LIKE '%976 11%'`, nil, &n); err != nil || n > 0 {
				t.Errorf("%s: %d rows still know the person (%v)", table, n, err)
			}
		}
		s, err := submission(ctx, tx, id)
		if err != nil || s.State != "sent" || s.Place != "ulaanbaatar" {
			t.Errorf("the figure is gone: %+v %v", s, err)
		}
		return nil
	}))
}

// TestTwoOfficersOfACall: the second save of an old version is refused.
func TestTwoOfficersOfACall(t *testing.T) {
	w := newWorld(t)
	c, err := w.k.Call(ctx, w.who["Kim"], w.call.ID)
	must(t, err)
	c.Call.Names = en("By Kim")
	must(t, w.k.Update(ctx, w.who["Kim"], c.Call))
	w.code("old version", w.k.Update(ctx, w.who["Kim"], c.Call), fault.Conflict)
	w.code("a reviewer", w.k.Update(ctx, w.who["Rho"], c.Call), fault.Denied)
	// A call of an activity that nobody sees is not published.
	must(t, w.db.Exec(ctx, `UPDATE activity SET state = 'draft' WHERE id = 'ws'`))
	d, err := w.k.Create(ctx, w.who["Kim"], Call{Kind: "support", Subject: "activity", Key: "ws", Names: en("Money"), Form: "f", Closes: "2027-03-31T18:00"})
	must(t, err)
	w.code("of a hidden activity", w.k.Publish(ctx, w.who["Kim"], d.ID, 1), fault.Invalid)
}

// Dealing is even wherever conflicts leave a way: each reviewer gets the whole or the next number of the mean.
func TestDeal(t *testing.T) {
	d := dealing{load: make([]int, 3), given: make([][]int, 9)}
	for n := range 9 {
		d.fit = append(d.fit, []bool{true, n < 3, n >= 3}) // the first could get all of them
		d.give(n, 1)
	}
	d.even()
	if d.load[0] != 3 || d.load[1]+d.load[2] != 6 || max(d.load[0], d.load[1], d.load[2])-min(d.load[0], d.load[1], d.load[2]) > 0 {
		t.Errorf("loads %v", d.load)
	}
	for n, given := range d.given {
		if len(given) != 1 || !d.fit[n][given[0]] {
			t.Errorf("submission %d went to %v", n, given)
		}
	}
}
