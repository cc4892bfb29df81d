package db_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
)

func TestJournalRoundTrip(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 11, 24, 1, 2, 3, 4000000, time.UTC)
	d, err := db.Open(ctx, filepath.Join(t.TempDir(), "a b", "x.db"), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	r := d.Revision()
	if err := d.Write(ctx, func(tx *db.Tx) error {
		return tx.Record(ctx, actor.System, "place", "beijing", "create", nil, map[string]int{"a": 1})
	}); err != nil {
		t.Fatal(err)
	}
	if d.Revision() == r {
		t.Error("the revision did not grow")
	}
	err = d.Read(ctx, func(tx *db.Tx) error {
		h, err := tx.History(ctx, "place", "beijing")
		if err != nil {
			return err
		}
		if len(h) != 1 || !h[0].At.Equal(now) || string(h[0].After) != `{"a":1}` {
			t.Errorf("history %+v", h)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
