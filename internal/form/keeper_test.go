package form

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/db"
)

// TestRetain: passport data goes 30 days after the last day of the activity, contact data after a year, the rest stays; a dry run
// only tells. Files of an erased person are nobody's any more.
func TestRetain(t *testing.T) {
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	d, err := db.Open(ctx, filepath.Join(dir, "x.db"), func() time.Time { return time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC) })
	must(err)
	defer d.Close()
	files, err := db.OpenFiles(filepath.Join(dir, "files"))
	must(err)
	k := New(d, files)
	kept, err := k.KeepFile(ctx, Question{ID: "scan", Kind: "file"}, "scan.pdf", strings.NewReader("%PDF passport"))
	must(err)
	sum, _, _ := FileOf(kept)
	must(d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO activity (id, kind, names, label, period, printed, place_id, venue, zone, mode, aims, topics, notes, state, version)
			VALUES ('ws','workshop','{}','','2027-05-19/2027-05-20','','','','','','{}','[]','{}','published',1)`); err != nil {
			return err
		}
		if err := PutPublished(ctx, tx, Form{ID: "f", Subject: "activity", Key: "ws", Purpose: "followup", Names: en("F"), Pages: []Page{{ID: "p1", Names: en("P"), Questions: []Question{
			{ID: "number", Kind: "line", Labels: en("Number"), Class: "passport"}, {ID: "phone", Kind: "phone", Labels: en("Phone"), Class: "contact"},
			{ID: "talk", Kind: "line", Labels: en("Talk")}, {ID: "scan", Kind: "file", Labels: en("Scan")}}}}}); err != nil {
			return err
		}
		return PutAnswer(ctx, tx, Answer{Form: "f", Edition: 1, Subject: "participation", Key: "1", Person: "bat", Lang: "mn", Sent: true,
			Answers: Answers{"number": {"E1234567"}, "phone": {"+976 11 123456"}, "talk": {"Dust"}, "scan": {kept}}})
	}))
	answers := func() (a Answer) {
		t.Helper()
		must(d.Read(ctx, func(tx *db.Tx) (err error) {
			a, err = AnswerTo(ctx, tx, "f", "participation", "1")
			return err
		}))
		return a
	}
	for _, c := range []struct {
		at    time.Time
		dry   bool
		class string
		left  int
	}{
		{time.Date(2027, 6, 19, 0, 0, 0, 0, time.UTC), false, "", 4},        // 30 days are not over: the 20th of May ends with its night
		{time.Date(2027, 6, 20, 0, 0, 0, 0, time.UTC), true, "passport", 4}, // told
		{time.Date(2027, 6, 20, 0, 0, 0, 0, time.UTC), false, "passport", 3},
		{time.Date(2027, 6, 21, 0, 0, 0, 0, time.UTC), false, "", 3},
		{time.Date(2028, 5, 20, 0, 0, 0, 0, time.UTC), false, "contact", 2},
	} {
		must(d.Write(ctx, func(tx *db.Tx) error {
			out, err := k.Retain(ctx, tx, c.at, c.dry)
			if c.class == "" && len(out) > 0 || c.class != "" && (len(out) != 1 || out[0].Class != c.class || out[0].Count != 1) {
				t.Errorf("%s: %+v, want %q", c.at.Format(time.DateOnly), out, c.class)
			}
			return err
		}))
		if n := len(answers().Answers); n != c.left {
			t.Errorf("%s: %d answers are left, want %d", c.at.Format(time.DateOnly), n, c.left)
		}
	}
	must(d.Write(ctx, func(tx *db.Tx) error {
		if fs, err := k.Files(ctx, tx, account.Person{ID: "bat"}); err != nil || len(fs) != 1 || fs[0].Sum != sum {
			t.Errorf("files of the person: %v %v", fs, err)
		}
		if err := k.Erase(ctx, tx, account.Person{ID: "bat"}); err != nil {
			return err
		}
		refers, err := k.Refers(ctx, tx)
		if len(refers) > 0 {
			t.Errorf("somebody still needs %v", refers)
		}
		return err
	}))
	must(k.Forget(ctx, []string{sum}))
	if files.Has(sum) {
		t.Error("the file is still kept")
	}
}
