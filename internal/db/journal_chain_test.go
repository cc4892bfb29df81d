package db_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/fault"
)

var chainNow = time.Date(2027, 5, 19, 9, 0, 0, 123456789, time.UTC)

func check(t *testing.T, d *db.DB) (entries, erased int64, err error) {
	t.Helper()
	err = d.Read(context.Background(), func(tx *db.Tx) error {
		entries, erased, err = tx.CheckJournal(context.Background())
		return err
	})
	return entries, erased, err
}

func TestJournalChain(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func() time.Time { return chainNow }, func(t *testing.T, d *db.DB) {
		kim := actor.Actor{ID: "kim", Name: "Kim Min-ji"}
		write := func(f func(tx *db.Tx) error) error { return d.Write(ctx, f) }
		for range 3 { // three transactions of two entries
			if err := write(func(tx *db.Tx) error {
				if err := tx.Record(ctx, kim, "person", "p1", "update", map[string]string{"name": "Old \"Name\""}, map[string]string{"name": "김민지"}); err != nil {
					return err
				}
				return tx.Record(ctx, actor.System, "place", "seoul", "update", nil, map[string]string{"note": "kim@x.example wrote"})
			}); err != nil {
				t.Fatal(err)
			}
		}
		if n, erased, err := check(t, d); n != 6 || erased != 0 || err != nil {
			t.Fatal(n, erased, err)
		}
		for _, refused := range []string{
			`DELETE FROM journal WHERE id = 2`, `DELETE FROM journal`,
			`UPDATE journal SET action = 'x' WHERE id = 1`, `UPDATE journal SET after = '{}' WHERE id = 1`, `UPDATE journal SET by_name = 'Lee' WHERE id = 1`,
			`UPDATE journal SET at = '2020-01-01 00:00:00' WHERE id = 1`, `UPDATE journal SET hash = '' WHERE id = 6`,
		} {
			if err := d.Exec(ctx, refused); err == nil {
				t.Errorf("%s was done", refused)
			}
		}
		if err := write(func(tx *db.Tx) error {
			if err := tx.EraseJournal(ctx, "person", "p1"); err != nil {
				return err
			}
			if err := tx.EraseJournalWith(ctx, "kim@x.example"); err != nil {
				return err
			}
			return tx.EraseJournalOf(ctx, "kim")
		}); err != nil {
			t.Fatal(err)
		}
		if n, erased, err := check(t, d); n != 6 || erased != 6 || err != nil {
			t.Fatal("after erasing:", n, erased, err)
		}
		err := d.Read(ctx, func(tx *db.Tx) error {
			cs, err := tx.History(ctx, "person", "p1")
			if err != nil {
				return err
			}
			if len(cs) != 3 || cs[0].Before != nil || cs[0].After != nil || cs[0].ByName != "" || cs[0].ByID != "kim" || !cs[0].Erased {
				t.Errorf("%+v", cs)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestJournalBroken changes the file behind the program's back, as somebody with the disk could.
func TestJournalBroken(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct{ change, where string }{
		{`UPDATE journal SET action = 'create' WHERE id = 2`, "2"},
		{`UPDATE journal SET after = '{"a":2}' WHERE id = 3`, "3"},
		{`UPDATE journal SET by_name = 'Somebody else' WHERE id = 1`, "1"},
		{`DELETE FROM journal WHERE id = 2`, "2"},
		{`UPDATE journal SET at = '2027-05-19 08:00:00+00:00' WHERE id = 4`, "4"},
	} {
		path := filepath.Join(t.TempDir(), "a.db")
		d, err := db.Open(ctx, path, func() time.Time { return chainNow })
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			if err := d.Write(ctx, func(tx *db.Tx) error {
				return tx.Record(ctx, actor.System, "place", "seoul", "update", nil, map[string]int{"a": 1})
			}); err != nil {
				t.Fatal(err)
			}
		}
		for _, s := range []string{`DROP TRIGGER journal_kept`, `DROP TRIGGER journal_same`, c.change} {
			if err := d.Exec(ctx, s); err != nil {
				t.Fatal(err)
			}
		}
		_, _, err = check(t, d)
		if fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "ID="+c.where) {
			t.Errorf("%s: %v", c.change, err)
		}
		d.Close()
	}
}

// TestCompact leaves no byte of what was erased in the file or in the log beside it.
func TestCompact(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "a.db")
	d, err := db.Open(ctx, path, func() time.Time { return chainNow })
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	secret := "Unmistakable-Name"
	for i := range 50 {
		if err := d.Write(ctx, func(tx *db.Tx) error {
			return tx.Record(ctx, actor.Actor{ID: "p", Name: secret}, "person", "p", "update", nil, map[string]string{"note": strings.Repeat(secret, i)})
		}); err != nil {
			t.Fatal(err)
		}
	}
	if !onDisk(t, path, secret) {
		t.Fatal("the test does not find what is there")
	}
	if err := d.Write(ctx, func(tx *db.Tx) error {
		if err := tx.EraseJournal(ctx, "person", "p"); err != nil {
			return err
		}
		return tx.EraseJournalOf(ctx, "p")
	}); err != nil {
		t.Fatal(err)
	}
	if err := d.Compact(ctx); err != nil {
		t.Fatal(err)
	}
	if onDisk(t, path, secret) {
		t.Error("what was erased is still on the disk")
	}
}

func onDisk(t *testing.T, path, text string) bool {
	t.Helper()
	for _, end := range []string{"", "-wal", "-shm"} {
		b, err := os.ReadFile(path + end)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(text)) {
			return true
		}
	}
	return false
}
