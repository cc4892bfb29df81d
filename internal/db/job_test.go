package db_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/fault"
)

func TestJobs(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	dbtest.Each(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) { testJobs(ctx, t, d, &now) })
}

func testJobs(ctx context.Context, t *testing.T, d *db.DB, now *time.Time) {
	ask := func(subject string) (id string) {
		t.Helper()
		if err := d.Write(ctx, func(tx *db.Tx) (err error) {
			id, err = tx.Enqueue(ctx, "read", subject, map[string]int{"n": 1})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		*now = now.Add(time.Second)
		return id
	}
	state := func(id string) (j db.Job) {
		t.Helper()
		if err := d.Read(ctx, func(tx *db.Tx) (err error) { j, err = tx.Job(ctx, id); return err }); err != nil {
			t.Fatal(err)
		}
		return j
	}
	a, b := ask("a"), ask("b")
	var order []string
	run := func(err error) func(context.Context, db.Job, db.Progress) error {
		return func(_ context.Context, j db.Job, say db.Progress) error {
			order = append(order, j.Subject)
			say("reading", 1, 2)
			return err
		}
	}
	if ran, err := d.WorkOnce(ctx, run(nil)); !ran || err != nil || state(a).State != db.JobDone || state(a).Step != "reading" {
		t.Fatalf("%v %v %+v", ran, err, state(a))
	}
	// A fault of the input fails at once and keeps its message.
	if _, err := d.WorkOnce(ctx, run(fault.New(fault.Invalid, "error.form"))); err != nil || state(b).State != db.JobFailed || state(b).Error.Key != "error.form" {
		t.Fatalf("%v %+v", err, state(b))
	}
	// A fault of ours is tried three times, with a pause before each.
	c := ask("c")
	for range 3 {
		if ran, _ := d.WorkOnce(ctx, run(errors.New("broken"))); !ran {
			t.Fatal("not tried again")
		}
		if ran, _ := d.WorkOnce(ctx, run(nil)); ran {
			t.Fatal("tried again without a pause")
		}
		*now = now.Add(time.Minute)
	}
	if state(c).State != db.JobFailed {
		t.Fatalf("%+v", state(c))
	}
	// A job whose process died starts again when its lease has run out, or when the folder has a new owner.
	e := ask("e")
	if err := d.Exec(ctx, `UPDATE job SET state = 'running', leased_until = $2 WHERE id = $1`, e, now.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if ran, _ := d.WorkOnce(ctx, run(nil)); ran {
		t.Fatal("a leased job was taken")
	}
	if err := d.Release(ctx); err != nil {
		t.Fatal(err)
	}
	if ran, err := d.WorkOnce(ctx, run(nil)); !ran || err != nil || state(e).State != db.JobDone {
		t.Fatalf("%v %v %+v", ran, err, state(e))
	}
	if !slices.Equal(order, []string{"a", "b", "c", "c", "c", "e"}) {
		t.Error(order)
	}
}
