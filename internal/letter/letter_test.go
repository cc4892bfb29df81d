package letter_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/fault"
	"aircommons/internal/letter"
)

var (
	ctx   = context.Background()
	kim   = actor.Actor{ID: "kim", Name: "Kim", Role: actor.Secretariat}
	start = time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	ends  = time.Date(2027, 5, 21, 0, 0, 0, 0, time.UTC)
)

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

func visa(k string) letter.Letter {
	return letter.Letter{Key: k, Kind: letter.Visa, About: "activity", AboutKey: "seoul-forum-2027", Person: "p-" + k, Name: "KIM SEO-YEON", Original: "김서연", OriginalLang: "ko",
		Langs: []string{"en", "ko"}, Ends: ends, Private: map[string]string{letter.Passport: "M12345678"},
		Values: map[string]db.Text{"Network": {"en": "EACAC"}, "Activity": {"en": "Seoul Forum", "ko": "서울 포럼"}, "Dates": {"en": "19 May 2027"}, "Place": {"en": "Seoul", "ko": "서울"}}}
}

func TestIssueVerifyCancel(t *testing.T) {
	now := start
	dbtest.Each(t, func() time.Time { return now }, func(t *testing.T, store *db.DB) {
		now = start
		k := letter.New(store)
		other := visa("o")
		other.AboutKey = "shanghai-festival-2027" // the same letters and year
		out, err := k.IssueAll(ctx, kim, []letter.Letter{visa("a"), visa("b"), visa("a"), other})
		if err != nil {
			t.Fatal(err)
		}
		var numbers []string
		for _, l := range out {
			numbers = append(numbers, l.Number)
		}
		if got := strings.Join(numbers, " "); got != "SF-2027-0001 SF-2027-0002 SF-2027-0001 SF-2027-2-0001" {
			t.Errorf("numbers %s", got)
		}
		l := out[0]
		words, err := catalog.Load()
		if err != nil {
			t.Fatal(err)
		}
		en, ko := l.In(words.Lang("en")), l.In(words.Lang("ko"))
		if en.Title != "Letter of invitation" || !strings.Contains(strings.Join(en.Paragraphs, "|"), "EACAC invites KIM SEO-YEON to Seoul Forum, 19 May 2027, Seoul.") ||
			!strings.Contains(strings.Join(ko.Paragraphs, "|"), "김서연 님을 서울 포럼") {
			t.Errorf("%+v\n%+v", en, ko)
		}
		shown := letter.ShownCode(l.Code)
		for _, typed := range []string{shown, l.Code, strings.ToLower(shown), " " + strings.ReplaceAll(shown, "-", " ") + " "} {
			v, err := k.Verify(ctx, typed)
			if err != nil || v.Number != "SF-2027-0001" || v.State != letter.Issued || v.Whom != "KIM S." || v.Issued != "2027-03-01" || v.Cancelled != nil {
				t.Errorf("%q: %+v %v", typed, v, err)
			}
		}
		for _, none := range []string{"", "x", strings.Repeat("A", 12), strings.Repeat("A", 5000), "0000-0000-0000", shown + "A", "'; DROP TABLE letter; --"} {
			if _, err := k.Verify(ctx, none); key(err) != "letter.verify.none" {
				t.Errorf("%q: %v", none, err)
			}
		}
		if err := k.Cancel(ctx, kim, l.ID, 1, "  "); key(err) != "reason:letter.form.reason" {
			t.Error(err)
		}
		if err := k.Cancel(ctx, actor.Actor{ID: "x"}, l.ID, 1, "no"); key(err) != "error.denied.officer" {
			t.Error(err)
		}
		now = start.Add(48 * time.Hour)
		if err := k.Cancel(ctx, kim, l.ID, 1, "issued twice"); err != nil {
			t.Fatal(err)
		}
		if err := k.Cancel(ctx, kim, l.ID, 2, "again"); key(err) != "letter.cancelled.already" {
			t.Error(err)
		}
		if v, err := k.Verify(ctx, l.Code); err != nil || v.State != letter.Cancelled || *v.Cancelled != "2027-03-03" {
			t.Errorf("%+v %v", v, err)
		}
		// Whose it is reads it; strangers do not; who runs the activity does.
		me := actor.Actor{ID: "p-a", Role: actor.Visitor}
		if _, err := k.Letter(ctx, me, l.ID); err != nil {
			t.Error(err)
		}
		if ls, err := k.Letters(ctx, me, letter.Filter{Person: "p-a"}); err != nil || len(ls) != 1 {
			t.Error(ls, err)
		}
		for _, by := range []actor.Actor{{}, {ID: "p-b", Role: actor.Visitor}, {ID: "f", Grants: []actor.Grant{{Role: actor.FocalPoint, Subject: actor.OfPlace, Key: "seoul"}}}} {
			if _, err := k.Letter(ctx, by, l.ID); key(err) != "error.denied.officer" {
				t.Errorf("%+v: %v", by, err)
			}
			if _, err := k.IssueAll(ctx, by, []letter.Letter{visa("c")}); key(err) != "error.denied.officer" {
				t.Errorf("%+v: %v", by, err)
			}
		}
		runs := actor.Actor{ID: "r", Grants: []actor.Grant{{Role: actor.ProgrammeOfficer, Subject: actor.OfActivity, Key: "seoul-forum-2027"}}}
		if _, err := k.Letter(ctx, runs, l.ID); err != nil {
			t.Error(err)
		}
		// Numbers go on after the cancelled one.
		if out, err = k.IssueAll(ctx, runs, []letter.Letter{visa("d")}); err != nil || out[0].Number != "SF-2027-0003" {
			t.Error(out, err)
		}
	})
}

// What cannot be a letter is refused by name; names stand as they were written, without marks that turn the line around.
func TestForms(t *testing.T) {
	store, err := db.Open(ctx, t.TempDir()+"/n.db", func() time.Time { return start })
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	k := letter.New(store)
	for want, change := range map[string]func(*letter.Letter){
		"kind:letter.form.kind":      func(l *letter.Letter) { l.Kind = "x" },
		"name:letter.form.name":      func(l *letter.Letter) { l.Name, l.Original = " \u202e", "" },
		"name:letter.form.name.long": func(l *letter.Letter) { l.Name = strings.Repeat("x", 10<<20) },
		"langs:letter.form.langs":    func(l *letter.Letter) { l.Langs = []string{"en", "en"} },
		"texts:letter.form.missing":  func(l *letter.Letter) { delete(l.Values, "Dates") },
		"texts:letter.form.long":     func(l *letter.Letter) { l.Texts = db.Text{"en": strings.Repeat("x", 9000)} },
	} {
		l := visa("a")
		change(&l)
		if _, err := k.Check(ctx, kim, l); key(err) != want {
			t.Errorf("%s: %v", want, key(err))
		}
	}
	for given, want := range map[string]string{"O": "O", "Ө": "Ө", "\u202eKIM\u202c  Seo": "KIM Seo", "<b>Kim</b>": "<b>Kim</b>", "山田 太郎": "山田 太郎", "김\u0000서연": "김서연", "é": "é"} {
		l := visa("a")
		l.Name, l.Original = given, ""
		if got, err := k.Check(ctx, kim, l); err != nil || got.Name != want {
			t.Errorf("%q: %q %v", given, got.Name, err)
		}
	}
	for name, want := range map[string]string{"KIM SEO-YEON": "KIM S.", "O": "O", "김서연": "김○○", "Бат-Эрдэнэ Ганбаатар": "Бат-Эрдэнэ Г.", "": "", "李明": "李明"} {
		if got := letter.Short(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// Data of the passport go thirty days after the activity; after an erasure nothing of the person is there, and the code
// still answers.
func TestKeeper(t *testing.T) {
	store, err := db.Open(ctx, t.TempDir()+"/n.db", func() time.Time { return start })
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	k := letter.New(store)
	out, err := k.IssueAll(ctx, kim, []letter.Letter{visa("a"), visa("b")})
	if err != nil {
		t.Fatal(err)
	}
	keeper := k.Keeper()
	err = store.Write(ctx, func(tx *db.Tx) error {
		for at, want := range map[time.Time]int{ends.AddDate(0, 0, 29): 0, ends.AddDate(0, 0, 30): 2} {
			r, err := keeper.Retain(ctx, tx, at, true)
			n := 0
			for _, x := range r {
				n += x.Count
			}
			if err != nil || n != want {
				t.Errorf("%v: %+v %v", at, r, err)
			}
		}
		_, err := keeper.Retain(ctx, tx, ends.AddDate(0, 0, 30), false)
		if err != nil {
			return err
		}
		p := account.Person{ID: "p-a"}
		if x, err := keeper.Export(ctx, tx, p); err != nil || !strings.Contains(fmt.Sprintf("%+v", x), "김서연") {
			t.Errorf("%+v %v", x, err)
		}
		return keeper.Erase(ctx, tx, p)
	})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := k.Letter(ctx, kim, out[0].ID)
	b, _ := k.Letter(ctx, kim, out[1].ID)
	if text := fmt.Sprintf("%+v", a); strings.Contains(text, "KIM S") || strings.Contains(text, "김") || strings.Contains(text, "p-a") || a.Number != "SF-2027-0001" {
		t.Error(text)
	}
	if len(b.Private) != 0 || b.Erased.IsZero() || b.Name != "KIM SEO-YEON" {
		t.Errorf("%+v", b)
	}
	if v, err := k.Verify(ctx, a.Code); err != nil || v.Whom != "–" {
		t.Errorf("%+v %v", v, err)
	}
}
