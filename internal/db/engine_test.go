package db_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/fault"
)

var at = time.Date(2026, 5, 1, 9, 30, 0, 123e6, time.UTC)

func clock() time.Time { return at }

// Writers that come at the same time each get their own entry of the journal, in one row of numbers.
func TestConcurrentWriters(t *testing.T) {
	dbtest.Each(t, clock, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		began := d.Revision()
		var wg sync.WaitGroup
		errs := make(chan error, 40)
		for i := range 40 {
			wg.Go(func() {
				errs <- d.Write(ctx, func(tx *db.Tx) error {
					return tx.Record(ctx, actor.System, "thing", fmt.Sprint(i), "create", nil, map[string]int{"i": i})
				})
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
		var all []db.Change
		if err := d.Read(ctx, func(tx *db.Tx) (err error) { all, err = tx.Journal(ctx, 0, 100); return err }); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for i, c := range all {
			if c.ID != int64(40-i) || !c.At.Equal(at) || c.At.Location() != time.UTC {
				t.Fatalf("%+v", c)
			}
			seen[c.Key] = true
		}
		if len(seen) != 40 || d.Revision() != began+40 {
			t.Fatal(len(seen), d.Revision()-began)
		}
	})
}

// Codes of both drivers become the same faults, and nothing of a refused transaction stays.
func TestFaults(t *testing.T) {
	dbtest.Each(t, clock, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		put := `INSERT INTO topic (id, scheme, labels, broader, note, withdrawn, version) VALUES ($1,$2,'{}',$3,'',$4,1)`
		if err := d.Exec(ctx, put, "a", "sector", nil, false); err != nil {
			t.Fatal(err)
		}
		none := "none"
		for name, c := range map[string]struct {
			args []any
			code fault.Code
			key  string
		}{
			"twice":     {[]any{"a", "sector", nil, false}, fault.Conflict, "db.exists"},
			"reference": {[]any{"b", "sector", &none, false}, fault.Conflict, "db.inuse"},
			"check":     {[]any{"b", "colour", nil, false}, fault.Invalid, "db.check"},
		} {
			err := d.Write(ctx, func(tx *db.Tx) error {
				if _, err := tx.ExecContext(ctx, put, "c", "sector", nil, true); err != nil {
					return err
				}
				_, err := tx.ExecContext(ctx, put, c.args...)
				return err
			})
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != c.code || f.Message.Key != c.key {
				t.Errorf("%s: %v", name, err)
			}
		}
		n := 0
		if err := d.Read(ctx, func(tx *db.Tx) error { return tx.One(ctx, `SELECT COUNT(*) FROM topic`, nil, &n) }); err != nil || n != 1 {
			t.Error(n, err)
		}
		err := d.Read(ctx, func(tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `DELETE FROM topic`)
			return err
		})
		if err == nil {
			t.Error("a reading transaction wrote")
		}
	})
}

// A copy goes from either engine to either engine, with rows that refer to others of their table.
func TestBackup(t *testing.T) {
	dbtest.Each(t, clock, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		fill := func(tx *db.Tx) error {
			for _, row := range [][]any{{"air", nil}, {"dust", "air"}, {"ash", "dust"}} {
				if _, err := tx.ExecContext(ctx, `INSERT INTO topic (id, scheme, labels, broader, note, withdrawn, version) VALUES ($1,'sector',$2,$3,'',$4,1)`,
					row[0], db.Text{"en": "Air", "ko": "공기"}, row[1], row[0] == "ash"); err != nil {
					return err
				}
			}
			if _, err := tx.Enqueue(ctx, "read", "x", nil); err != nil {
				return err
			}
			return tx.Record(ctx, actor.System, "topic", "ash", "create", nil, db.Text{"en": "Ash"})
		}
		if err := d.Write(ctx, fill); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "copy.db")
		if err := d.Backup(ctx, path); err != nil {
			t.Fatal(err)
		}
		if err := d.Backup(ctx, path); fault.CodeOf(err) != fault.Conflict {
			t.Error("a copy was overwritten", err)
		}
		dump := func(d *db.DB) (out [][]any) {
			err := d.Read(ctx, func(tx *db.Tx) error {
				return tx.Each(ctx, `SELECT t.id, t.labels, COALESCE(t.broader,''), t.withdrawn, j.at, j.after, k.state, k.created_at
					FROM topic t, journal j, job k ORDER BY t.id`, nil, func(scan func(...any) error) error {
					var id, labels, broader, after, state string
					var withdrawn bool
					var at, created time.Time
					err := scan(&id, &labels, &broader, &withdrawn, &at, &after, &state, &created)
					out = append(out, []any{id, labels, broader, withdrawn, at.UTC(), after, state, created.UTC()})
					return err
				})
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		want := dump(d)
		if len(want) != 3 {
			t.Fatal(want)
		}
		dbtest.Each(t, clock, func(t *testing.T, to *db.DB) {
			began := to.Revision()
			if err := to.RestoreFrom(ctx, path, false); err != nil {
				t.Fatal(err)
			}
			if got := dump(to); !reflect.DeepEqual(got, want) {
				t.Errorf("%v\n%v", got, want)
			}
			if err := to.Check(ctx); err != nil || to.Revision() <= began {
				t.Error(err, to.Revision())
			}
			if err := to.RestoreFrom(ctx, path, false); fault.CodeOf(err) != fault.Conflict {
				t.Error("restored over rows", err)
			}
			if err := to.Exec(ctx, `UPDATE topic SET withdrawn = $1`, true); err != nil {
				t.Fatal(err)
			}
			if err := to.RestoreFrom(ctx, path, true); err != nil {
				t.Fatal(err)
			}
			if got := dump(to); !reflect.DeepEqual(got, want) {
				t.Errorf("%v\n%v", got, want)
			}
		})
	})
}

// Times, texts of any script, numbers and truth values come back from both engines as they were given.
func TestValues(t *testing.T) {
	dbtest.Each(t, clock, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		seoul := time.FixedZone("KST", 9*3600)
		given := time.Date(1999, 12, 31, 23, 59, 59, 999e6, seoul)
		labels := db.Text{"en": `quote " and \ and <tag>`, "ko": "미세먼지", "zh": "细颗粒物", "ja": "微小粒子状物質", "mn": "нарийн тоосонцор 𐐷"}
		err := d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.ExecContext(ctx, `INSERT INTO topic (id, scheme, labels, broader, note, withdrawn, version) VALUES ('t','sector',$1,$2,$3,$4,$5)`,
				labels, nil, "line\none", true, int64(1)<<60); err != nil {
				return err
			}
			id, err := tx.Enqueue(ctx, "read", "s", map[string]float64{"a": 0.1, "b": 1e-300})
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `UPDATE job SET finished_at = $2, done_units = $3 WHERE id = $1`, id, given, -1)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(ctx, func(tx *db.Tx) error {
			var got db.Text
			var note string
			var withdrawn bool
			var version int64
			var broader *string
			if err := tx.One(ctx, `SELECT labels, broader, note, withdrawn, version FROM topic`, nil, &got, &broader, &note, &withdrawn, &version); err != nil {
				return err
			}
			if !reflect.DeepEqual(got, labels) || broader != nil || note != "line\none" || !withdrawn || version != 1<<60 {
				t.Error(got, broader, note, withdrawn, version)
			}
			jobs, err := tx.JobsOf(ctx, "s")
			if err != nil {
				return err
			}
			if j := jobs[0]; !j.Finished.Equal(given) || j.Finished.Location() != time.UTC || !j.Created.Equal(at) || j.Created.Location() != time.UTC ||
				string(j.Arguments) != `{"a":0.1,"b":1e-300}` || j.Done != -1 {
				t.Errorf("%+v", j)
			}
			// What was written in another zone is compared by its moment.
			for moment, want := range map[time.Time]int{given: 1, given.UTC(): 1, given.Add(-time.Millisecond): 0} {
				n := 0
				if err := tx.One(ctx, `SELECT COUNT(*) FROM job WHERE finished_at <= $1`, []any{moment}, &n); err != nil || n != want {
					t.Error(moment, n, want, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
