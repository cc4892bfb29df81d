package participation_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/form"
	. "aircommons/internal/participation"
)

// What is kept of somebody is handed out and erased; city, role and state stay for figures. What was begun and not finished ends after 30 days.
func TestKeeper(t *testing.T) {
	each(t, func(t *testing.T, c *clock, d *db.DB, k *Desk) {
		ctx := context.Background()
		must(t, d.Write(ctx, func(tx *db.Tx) error {
			return form.PutPublished(ctx, tx, form.Form{ID: "f", Subject: "activity", Key: "forum-2027", Purpose: "registration", Names: db.Text{"en": "F"},
				Pages: []form.Page{{ID: "p", Names: db.Text{"en": "P"}, Questions: []form.Question{{ID: "q", Kind: "line", Labels: db.Text{"en": "Q"}}}}}})
		}))
		setup(t, k, Registration{Waiting: true, Form: "f"}, Quota{Seats: 5})
		q := person(1, "seoul")
		q.Name, q.Organisation, q.Answers = "Erdene Q7", "Naamal Q7", form.Answers{"q": {"Secret Q7"}}
		out := register(t, k, q)
		again := q
		again.Name, again.Answers = "Colleague Q7", nil
		register(t, k, again)
		draft := q
		draft.Answers = nil
		key, err := k.StartDraft(ctx, actor.Actor{}, draft)
		must(t, err)
		_, err = k.SaveDraft(ctx, actor.Actor{}, key, "p", form.Answers{"q": {"Draft Q7"}})
		must(t, err)
		_, err = k.StartImport(ctx, officer, "forum-2027", "list.csv", "utf-8", [][]string{{"Name", "E-mail"}, {"Erdene Q7", q.Email}, {"Other", "other@example.org"}}, []int{1, 2, 3})
		must(t, err)
		_, err = k.Leave(ctx, actor.Actor{}, out.Link, "Reason Q7")
		must(t, err)
		keeper := k.Keeper()
		var who account.Person
		must(t, d.Write(ctx, func(tx *db.Tx) error {
			if who, err = account.PersonByID(ctx, tx, out.Person); err != nil {
				return err
			}
			x, err := keeper.Export(ctx, tx, who)
			if err != nil {
				return err
			}
			text, err := json.Marshal(x)
			if err != nil {
				return err
			}
			for _, s := range []string{"Naamal Q7", "Reason Q7", "withdrawn", "drafts"} {
				if !strings.Contains(string(text), s) {
					t.Errorf("%q is not handed out: %s", s, text)
				}
			}
			things, err := keeper.(account.JournalKeeper).Things(ctx, tx, who)
			if err != nil || len(things) != 1 || things[0].Key != out.ID {
				t.Error(things, err)
			}
			return keeper.Erase(ctx, tx, who)
		}))
		must(t, d.Read(ctx, func(tx *db.Tx) error {
			for _, table := range []string{"participation", "participation_step", "participation_echo", "participation_draft", "participation_import"} {
				rows, err := tx.QueryContext(ctx, `SELECT * FROM `+table)
				if err != nil {
					return err
				}
				columns, err := rows.Columns()
				if err != nil {
					return err
				}
				for rows.Next() {
					cells, at := make([]any, len(columns)), make([]any, len(columns))
					for i := range cells {
						at[i] = &cells[i]
					}
					if err := rows.Scan(at...); err != nil {
						return err
					}
					for i, x := range cells {
						s, _ := x.(string)
						if b, ok := x.([]byte); ok {
							s = string(b)
						}
						if strings.Contains(s, "Q7") || strings.Contains(s, q.Email) {
							t.Errorf("%s.%s still says %q", table, columns[i], s)
						}
					}
				}
				if err := rows.Close(); err != nil {
					return err
				}
			}
			return nil
		}))
		if n := count(t, d, `SELECT COUNT(*) FROM participation WHERE place = 'seoul' AND state = 'withdrawn'`); n != 1 {
			t.Error("figures have lost somebody")
		}
		if _, err := k.Own(ctx, actor.Actor{}, out.Link); err == nil {
			t.Error("the link still opens")
		}
		_, err = k.StartDraft(ctx, actor.Actor{}, person(2, ""))
		must(t, err)
		for _, x := range []struct {
			days, want int
			dry        bool
		}{{29, 0, false}, {1, 2, true}, {0, 2, false}, {0, 0, false}} { // the draft and the import of the same day
			c.add(time.Duration(x.days) * 24 * time.Hour)
			must(t, d.Write(ctx, func(tx *db.Tx) error {
				got, err := keeper.Retain(ctx, tx, tx.Now, x.dry)
				if len(got) != x.want {
					t.Errorf("after %d days more: %v", x.days, got)
				}
				return err
			}))
		}
	})
}

// A filter comes out of an address as it was written into it, whatever somebody writes there.
func FuzzFilter(f *testing.F) {
	for _, s := range []string{"", "state=confirmed&state=waiting&place=seoul", "q=%E7%8E%8B&echo=yes", "answer=a:b&funded=no", "%zz", "state=<b>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a := Saved{Query: s}.Filter()
		if b := (Saved{Query: a.Query()}).Filter(); a.Query() != b.Query() {
			t.Errorf("%q is read again as %q", a.Query(), b.Query())
		}
		a.Has(Row{})
	})
}

// What a spreadsheet program would compute is text; everything else stays as it was written.
func TestCell(t *testing.T) {
	for in, want := range map[string]string{"": "", "Bat": "Bat", "=1+1": "'=1+1", "+82 2": "'+82 2", "-1": "'-1", "@x": "'@x", "\t=1": "'\t=1", "＝1": "'＝1", "김민지": "김민지", "a=b": "a=b"} {
		if got := Cell(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
