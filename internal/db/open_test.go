package db_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/fault"
)

// A store is opened again with its rows and its revision; one that a later program wrote is left alone.
func TestOpenAgain(t *testing.T) {
	ctx := context.Background()
	try := func(t *testing.T, dsn string) {
		open := func() (*db.DB, error) { return db.Open(ctx, dsn, time.Now) }
		d, err := open()
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Exec(ctx, `INSERT INTO topic (id, scheme, labels, note, withdrawn, version) VALUES ('a','sector','{}','',$1,1)`, false); err != nil {
			t.Fatal(err)
		}
		d.Close()
		if d, err = open(); err != nil {
			t.Fatal(err)
		}
		n := 0
		if err := d.Read(ctx, func(tx *db.Tx) error { return tx.One(ctx, `SELECT COUNT(*) FROM topic`, nil, &n) }); err != nil || n != 1 {
			t.Error(n, err)
		}
		if err := d.Exec(ctx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, $2)`, 99999, true); err != nil {
			t.Fatal(err)
		}
		d.Close()
		var f *fault.Error
		if _, err := open(); !errors.As(err, &f) || f.Message.Key != "db.newer" {
			t.Error(err)
		}
	}
	t.Run("sqlite", func(t *testing.T) { try(t, filepath.Join(t.TempDir(), "x.db")) })
	t.Run("postgres", func(t *testing.T) { try(t, dbtest.Postgres(t)) })
}

func TestAddresses(t *testing.T) {
	for dsn, key := range map[string]string{"postgres://nobody@127.0.0.1:1/none": "db.unreachable", "postgres://%zz": "db.address"} {
		d, err := db.Open(context.Background(), dsn, time.Now)
		if err == nil {
			d.Close()
		}
		var f *fault.Error
		if !errors.As(err, &f) || (f.Message.Key != key && f.Message.Key != "db.unreachable") {
			t.Errorf("%s: %v", dsn, err)
		}
	}
	if db.Schema() < 50 {
		t.Error(db.Schema())
	}
}
