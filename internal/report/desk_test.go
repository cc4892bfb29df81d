package report_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/fault"
	"aircommons/internal/form"
	"aircommons/internal/network"
	. "aircommons/internal/report"
)

var officer = actor.Actor{ID: "officer", Name: "Officer", Role: actor.Secretariat}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Two forums: eight people of Seoul were at both, six of Beijing at the second only. On every engine.
func TestFigures(t *testing.T) {
	now := time.Date(2027, 12, 1, 0, 0, 0, 0, time.UTC)
	dbtest.Each(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		files, err := db.OpenFiles(t.TempDir())
		must(t, err)
		k := New(d, files)
		k.URL = "https://air.example"
		must(t, d.Write(ctx, func(tx *db.Tx) error {
			for _, p := range []network.Place{{ID: "seoul", Names: db.Text{"en": "Seoul"}, Kind: "city", Country: "KR"}, {ID: "beijing", Names: db.Text{"en": "Beijing"}, Kind: "city", Country: "CN"}} {
				if err := network.PutPlace(ctx, tx, p); err != nil {
					return err
				}
			}
			for id, day := range map[string]string{"forum-2026": "2026-09-20", "forum-2027": "2027-09-20"} {
				if err := activity.PutActivity(ctx, tx, activity.Activity{ID: id, Kind: "forum", Names: db.Text{"en": id}, Period: network.On(day), Place: "seoul", Zone: "Asia/Seoul", State: activity.Published, Version: 1}); err != nil {
					return err
				}
			}
			seat := func(activityID, person, place, country string, funded bool) error {
				_, err := tx.ExecContext(ctx, `INSERT INTO participation (id, activity_id, person_id, place, country, organisation, role, mode, funded, delegation, state, since, offer_until, reason, source, visibility, lang, created_at, version)
					VALUES ($1,$2,$3,$4,$5,'','delegate','onsite',$6,'','confirmed',$7,NULL,'','self','','en',$7,1)`, activityID+"-"+person, activityID, person, place, country, funded, tx.Now)
				return err
			}
			for i := range 14 {
				p, err := account.Ensure(ctx, tx, officer, account.Person{Name: fmt.Sprint("Guest ", i), Email: fmt.Sprintf("g%d@example.org", i)})
				if err != nil {
					return err
				}
				place, country := "seoul", "KR"
				if i >= 8 {
					place, country = "beijing", "CN"
				} else if err := seat("forum-2026", p.ID, place, country, false); err != nil {
					return err
				}
				if err := seat("forum-2027", p.ID, place, country, i < 2); err != nil {
					return err
				}
			}
			return seat("forum-2027", "", "beijing", "CN", false)
		}))
		f, _, err := k.Figures(ctx, actor.Actor{}, "forum-2027", false)
		must(t, err)
		if f.Total != 14 || f.Basis != "confirmed" || f.Seats != 1 {
			t.Errorf("%+v", f)
		}
		for name, want := range map[string]string{"city": "[{seoul 8} {beijing 6}]", "return": "[{returning 8} {new 6}]", "role": "[{delegate 14}]", "gender": "[{ 14}]", "funded": "[]"} {
			if got := fmt.Sprint(f.Table(name).Cells); got != want { // two were funded: that table is not told
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
		if _, _, err := k.Figures(ctx, actor.Actor{}, "forum-2027", true); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("everybody sees whole figures: %v", err)
		}
		whole, _, err := k.Figures(ctx, officer, "forum-2027", true)
		must(t, err)
		if got := fmt.Sprint(whole.Table("funded").Cells); got != "[{no 12} {yes 2}]" {
			t.Errorf("funded: %s", got)
		}
		s, err := k.Summary(ctx, officer, Choice{From: 2026, To: 2027})
		must(t, err)
		if len(s.Lines) != 2 || s.People != 22 || fmt.Sprint(s.Years) != "[{2026 8} {2027 14}]" {
			t.Errorf("summary: %d lines, %d people, %v", len(s.Lines), s.People, s.Years)
		}
		for _, x := range s.Tables {
			if x.Name == "city" && fmt.Sprint(x.Cells) != "[{seoul 16} {beijing 6}]" {
				t.Errorf("summary: %v", x.Cells)
			}
		}

		// Feedback, a report and its freeze, on this engine too.
		_, err = k.UsualForm(ctx, officer, "forum-2027")
		must(t, err)
		n, err := k.Ask(ctx, officer, Round{Activity: "forum-2027", Until: "2027-12-20T18:00"})
		must(t, err)
		if n != 14 {
			t.Errorf("%d letters", n)
		}
		var hashes int
		must(t, d.Read(ctx, func(tx *db.Tx) error {
			return tx.One(ctx, `SELECT COUNT(*) FROM feedback_key WHERE NOT used`, nil, &hashes)
		}))
		if hashes != 14 {
			t.Errorf("%d links", hashes)
		}
		if err := k.Give(ctx, "nothing", form.Answers{}); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("a wrong link: %v", err)
		}
		o, err := k.FeedbackOf(ctx, officer, "forum-2027")
		must(t, err)
		if o.Open != 0 || o.Round.Asked != 14 {
			t.Errorf("%+v", o)
		}
		_, err = k.Results(ctx, officer, "forum-2027")
		must(t, err)
		r, err := k.Draft(ctx, officer, "forum-2027")
		must(t, err)
		must(t, k.SetSection(ctx, officer, r.ID, 1, Section{Names: db.Text{"en": "More"}, Text: db.Text{"en": "Guest 3 spoke."}}))
		if r, err = k.Freeze(ctx, officer, r.ID, 2); err != nil {
			t.Fatal(err)
		}
		if r, err = k.Publish(ctx, officer, r.ID, 3); err != nil {
			t.Fatal(err)
		}
		w, err := k.Report(ctx, actor.Actor{}, r.ID)
		must(t, err)
		if last := w.Sections[len(w.Sections)-1]; last.Text["en"] != "Guest 3 spoke." || w.Content.Figures.Total != 14 {
			t.Errorf("published: %+v, %d", last, w.Content.Figures.Total)
		}
		must(t, d.Write(ctx, func(tx *db.Tx) error {
			p, err := account.Ensure(ctx, tx, officer, account.Person{Name: "Focal", Email: "focal@example.org"})
			if err != nil {
				return err
			}
			return account.Give(ctx, tx, officer, p.ID, actor.Grant{Role: actor.FocalPoint, Subject: actor.OfPlace, Key: "beijing"}, time.Time{})
		}))
		holders, err := k.FocalPoints(ctx, officer, "beijing")
		must(t, err)
		if _, err := k.HandOver(ctx, officer, "beijing", holders[0].Person.ID, "", "Next", "next@example.org", "zh"); err != nil {
			t.Fatal(err)
		}
		if given, err := k.Handovers(ctx, officer, "beijing"); err != nil || len(given) != 1 {
			t.Errorf("%v, %v", given, err)
		}
		must(t, k.Withdraw(ctx, officer, r.ID, 4))
	})
}
