package house_test

import (
	"context"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/house"
)

// TestPassportsGo: data of passports stay until the thirtieth day after the activity, of 19 May 2027, and are gone from every
// file the day after; a dry run tells what is then done, and nothing is left to do.
func TestPassportsGo(t *testing.T) {
	ctx := context.Background()
	texts, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "data")
	l := &life{t: t, now: time.Date(2027, 3, 1, 3, 0, 0, 0, time.UTC)}
	l.h = open(t, house.Options{Folder: folder, Catalog: texts, Site: "https://air.example.org", Now: func() time.Time { return l.now }})
	l.live(ctx)
	passports := []string{"zqpassportqz", "zqscanqz", "zqnumbervisaqz", "zqnumbercertificateqz"}
	food := []string{"zqdietqz"}
	others := []string{hername, hermail, "zqjobqz", "zqtalkqz", "zqnoteqz"}
	retain := func(dry bool) []account.Retained {
		t.Helper()
		out, err := l.h.Account.Retention(ctx, actor.CommandLine, dry)
		l.must(err)
		return out
	}
	holds := func(want bool, words []string) {
		t.Helper()
		l.must(l.h.DB.Compact(ctx))
		all := l.dump(ctx, folder)
		for _, s := range words {
			if strings.Contains(all, s) != want {
				t.Errorf("%s: %q is there: %v", l.now.Format(time.DateOnly), s, !want)
			}
		}
	}
	classes := func(rs []account.Retained, key string) (out []string) {
		for _, r := range rs {
			if r.Key == key && !slices.Contains(out, r.Class) {
				out = append(out, r.Class)
			}
		}
		slices.Sort(out)
		return out
	}

	l.now = time.Date(2027, 6, 18, 23, 59, 0, 0, time.UTC)
	if got := classes(retain(true), "forum-2027"); slices.Contains(got, "passport") || slices.Contains(got, "diet") {
		t.Errorf("due a day early: %v", got)
	}
	retain(false)
	holds(true, slices.Concat(passports, food, others))

	l.now = time.Date(2027, 6, 19, 0, 0, 0, 0, time.UTC)
	told := retain(true)
	if got := classes(told, "forum-2027"); !slices.Equal(got, []string{"diet", "passport"}) {
		t.Errorf("due: %v", got)
	}
	holds(true, slices.Concat(passports, food))
	if done := retain(false); !reflect.DeepEqual(done, told) {
		t.Errorf("told\n%+v\nand done\n%+v", told, done)
	}
	holds(false, slices.Concat(passports, food))
	holds(true, others)
	if left := retain(true); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
	l.must(l.h.DB.Read(ctx, func(tx *db.Tx) error { _, _, err := tx.CheckJournal(ctx); return err }))

	// A year on, letters and contacts; notes that were taken out are told too.
	l.now = time.Date(2028, 6, 1, 0, 0, 0, 0, time.UTC)
	told = retain(true)
	if len(told) == 0 {
		t.Error("nothing is due after a year")
	}
	if done := retain(false); !reflect.DeepEqual(done, told) {
		t.Errorf("told\n%+v\nand done\n%+v", told, done)
	}
	if left := retain(true); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
	holds(false, []string{"zqnotegoneqz", "zqsentqz"})
}
