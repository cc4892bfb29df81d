package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/fault"
)

// Two data folders cannot work on one PostgreSQL database, and the second gets it when the first is closed.
func TestHold(t *testing.T) {
	ctx := context.Background()
	dsn := dbtest.Postgres(t)
	open := func() *db.DB {
		d, err := db.Open(ctx, dsn, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	a, b := open(), open()
	defer b.Close()
	if err := a.Hold(ctx); err != nil {
		t.Fatal(err)
	}
	var f *fault.Error
	if err := b.Hold(ctx); !errors.As(err, &f) || f.Message.Key != "db.held" {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := b.Hold(ctx); err != nil {
		t.Fatal(err)
	}
}
