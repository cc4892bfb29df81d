package translate

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/form"
)

var (
	ctx = context.Background()
	kim = actor.Actor{ID: "kim", Name: "Kim", Role: actor.Secretariat}
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T) *db.DB {
	t.Helper()
	now := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	d, err := db.Open(ctx, filepath.Join(t.TempDir(), "x.db"), func() time.Time { now = now.Add(time.Second); return now })
	must(t, err)
	t.Cleanup(func() { d.Close() })
	return d
}

func states(t *testing.T, k *Desk, subject, key, lang string) map[string]string {
	t.Helper()
	thing, err := k.Thing(ctx, kim, subject, key, lang)
	must(t, err)
	out := map[string]string{}
	for _, i := range thing.Items {
		out[i.Field] = i.State
	}
	return out
}

// TestOld: a translation is old when the source was changed after it, by whichever page, and not any more when it was
// changed too, when the source is again what it was, or when somebody says that it fits.
func TestOld(t *testing.T) {
	d := open(t)
	as, k := activity.New(d), New(d)
	a, err := as.CreateActivity(ctx, kim, activity.Activity{Kind: "workshop", Names: db.Text{"en": "Dust", "ko": "먼지"}, Aims: db.Text{"en": "Aims"}})
	must(t, err)
	want := func(what, names string) {
		t.Helper()
		if got := states(t, k, "activity", a.ID, "ko"); got["names"] != names || got["aims"] != Missing {
			t.Errorf("%s: %v, want names %s", what, got, names)
		}
	}
	save := func(names db.Text) {
		t.Helper()
		now, err := as.Activity(ctx, kim, a.ID)
		must(t, err)
		now.Names = names
		must(t, as.UpdateActivity(ctx, kim, now))
	}
	want("made together", Good)
	save(db.Text{"en": "Dust and smoke", "ko": "먼지"})
	want("only the source changed", Old)
	save(db.Text{"en": "Dust", "ko": "먼지"})
	want("the source is what it was", Good)
	save(db.Text{"en": "Dust and smoke", "ko": "먼지"})
	save(db.Text{"en": "Dust and smoke", "ko": "먼지와 연기"})
	want("translated after", Good)
	save(db.Text{"en": "Dust, smoke", "ko": "먼지와 연기"})
	want("changed again", Old)
	done, err := k.Save(ctx, kim, "ko", []Change{{Subject: "activity", Key: a.ID, Field: "names", Text: "먼지와 연기", Fits: true}}, false)
	must(t, err)
	if done.Saved != 1 {
		t.Errorf("it fits: %+v", done)
	}
	want("it fits", Good)
	save(db.Text{"en": "Haze", "ko": "먼지와 연기"})
	want("changed after it was said to fit", Old)
	save(db.Text{"en": "Haze", "ko": "연무"})
	want("written anew by the other page", Good)
	if k2 := New(d); states(t, k2, "activity", a.ID, "ko")["names"] != Good {
		t.Error("a restarted program thinks otherwise")
	}
	if got := states(t, k, "activity", a.ID, "mn"); got["names"] != Missing {
		t.Errorf("in Mongolian: %v", got)
	}
}

// TestSave: what was changed meanwhile is not overwritten, and a form in use asks with its translation at once.
func TestSave(t *testing.T) {
	d := open(t)
	k, forms := New(d), form.New(d, nil)
	must(t, d.Write(ctx, func(tx *db.Tx) error {
		return form.PutPublished(ctx, tx, form.Form{ID: "f", Purpose: "feedback", Names: db.Text{"en": "Feedback"}, Pages: []form.Page{{ID: "p1", Names: db.Text{"en": "Page"},
			Questions: []form.Question{{ID: "q", Kind: "choice", Labels: db.Text{"en": "How?"}, Options: []form.Option{{Value: "a", Labels: db.Text{"en": "Good"}}, {Value: "b", Labels: db.Text{"en": "Bad"}}}}}}}})
	}))
	thing, err := k.Thing(ctx, kim, "form", "f", "mn")
	must(t, err)
	if len(thing.Items) != 5 || thing.Count(Missing) != 5 {
		t.Fatalf("%+v", thing)
	}
	was := thing.Items[2].Was
	c := Change{Subject: "form", Key: "f", Field: "question.q.labels", Text: "Ямар?", Was: was}
	done, err := k.Save(ctx, kim, "mn", []Change{c, {Subject: "form", Key: "f", Field: "option.q.a", Text: "Сайн"}, {Subject: "form", Key: "gone", Field: "x", Text: "y"}}, true)
	must(t, err)
	if done.Saved != 2 || len(done.Gone) != 1 {
		t.Errorf("dry: %+v", done)
	}
	if _, err = k.Save(ctx, kim, "mn", []Change{c, {Subject: "form", Key: "f", Field: "option.q.a", Text: "Сайн"}}, false); err != nil {
		t.Fatal(err)
	}
	f, err := forms.Asking(ctx, "f")
	must(t, err)
	if q, _, _ := f.Question("q"); f.Edition != 2 || q.Labels["mn"] != "Ямар?" || q.Options[0].Labels["mn"] != "Сайн" {
		t.Errorf("asked with %+v in edition %d", q, f.Edition)
	}
	c.Text = "Яаж?"
	done, err = k.Save(ctx, kim, "mn", []Change{c}, false)
	must(t, err)
	if len(done.Lost) != 1 || done.Saved != 0 {
		t.Errorf("an old version: %+v", done)
	}
	_, err = k.Save(ctx, actor.Actor{}, "mn", []Change{c}, false)
	if fault.CodeOf(err) != fault.Denied {
		t.Errorf("a stranger: %v", err)
	}
	list, err := forms.History(ctx, kim, "f")
	must(t, err)
	if len(list) != 1 || !strings.Contains(string(list[0].After), "Ямар?") || strings.Contains(string(list[0].Before), "Ямар?") {
		t.Errorf("history: %+v", list)
	}
}

// TestSheet: a sheet goes out, comes back filled in, in both formats, with a formula that stays a text.
func TestSheet(t *testing.T) {
	d := open(t)
	k := New(d)
	_, err := activity.New(d).CreateActivity(ctx, kim, activity.Activity{Kind: "workshop", Names: db.Text{"en": "=Dust"}})
	must(t, err)
	for _, format := range []string{"csv", "xlsx"} {
		table, err := k.Sheet(ctx, kim, "ja", true)
		must(t, err)
		if len(table.Rows) != 1 {
			t.Fatalf("%d rows", len(table.Rows))
		}
		table.Rows[0][7] = "=ほこり" + format
		var b strings.Builder
		must(t, table.Write(&b, format))
		lang, changes, err := ReadSheet(strings.NewReader(b.String()))
		must(t, err)
		if lang != "ja" || len(changes) != 1 || changes[0].Text != "=ほこり"+format {
			t.Errorf("%s: read %s %+v", format, lang, changes)
		}
		done, err := k.Save(ctx, kim, lang, changes, false)
		must(t, err)
		if done.Saved != 1 {
			t.Errorf("%s: %+v", format, done)
		}
	}
	for name, s := range map[string]string{"no columns": "a,b\n1,2\n", "no rows": "subject,key,field,language,translation\n", "not UTF-8": "subject\xff\xfe,key\n", "another language": "subject,key,field,language,translation\nform,f,x,de,y\n"} {
		if _, _, err := ReadSheet(strings.NewReader(s)); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if lang, changes, err := ReadSheet(strings.NewReader("\ufeffsubject;key;field;language;translation\nform;f;x;ko;\"a;b\"\n")); err != nil || lang != "ko" || changes[0].Text != "a;b" {
		t.Errorf("semicolons: %v %v %v", lang, changes, err)
	}
}

func FuzzSheet(f *testing.F) {
	f.Add([]byte("subject,key,field,language,translation\nform,f,x,ko,y\n"))
	f.Add([]byte("\xff\xfes\x00"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, changes, err := ReadSheet(strings.NewReader(string(data)))
		if err != nil && fault.CodeOf(err) != fault.Invalid {
			t.Fatal(err)
		}
		for _, c := range changes {
			if c.Text == "" || c.Subject == "" {
				t.Fatalf("%+v", c)
			}
		}
	})
}
