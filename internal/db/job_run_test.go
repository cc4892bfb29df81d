package db_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
)

// What a job says of its progress inside a transaction does not wait for that transaction, and the last word stays.
func TestProgressInsideTransaction(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		id := ask(ctx, t, d, "a")
		ran, err := d.WorkOnce(ctx, func(ctx context.Context, _ db.Job, say db.Progress) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				for n := range int64(1000) {
					say("storing", n, 1000)
				}
				time.Sleep(700 * time.Millisecond) // past a heartbeat
				return nil
			})
		})
		if err != nil || !ran {
			t.Fatal(ran, err)
		}
		if j := state(ctx, t, d, id); j.State != db.JobDone || j.Step != "storing" || j.Done != 999 || j.All != 1000 {
			t.Errorf("%+v", j)
		}
	})
}

// A job that panics fails after its tries, and the next one runs.
func TestJobPanics(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	dbtest.Each(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		bad := ask(ctx, t, d, "bad")
		now = now.Add(time.Second)
		good := ask(ctx, t, d, "good")
		run := func(_ context.Context, j db.Job, _ db.Progress) error {
			if j.Subject == "bad" {
				panic("no")
			}
			return nil
		}
		for range db.MaxRuns + 1 {
			if _, err := d.WorkOnce(ctx, run); err != nil {
				t.Fatal(err)
			}
			now = now.Add(time.Minute)
		}
		if j := state(ctx, t, d, bad); j.State != db.JobFailed || j.Tries != db.MaxRuns || j.Error.Key != "error.internal" {
			t.Errorf("%+v", j)
		}
		if j := state(ctx, t, d, good); j.State != db.JobDone {
			t.Errorf("%+v", j)
		}
	})
}

// A job that the end of the program interrupts waits for the next program, with the tries it had.
func TestJobInterrupted(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		ctx, stop := context.WithCancel(context.Background())
		id := ask(ctx, t, d, "a")
		var wg sync.WaitGroup
		started := make(chan bool)
		wg.Go(func() {
			err := d.Work(ctx, func(ctx context.Context, _ db.Job, _ db.Progress) error {
				close(started)
				<-ctx.Done()
				return ctx.Err()
			})
			if err != nil {
				t.Error(err)
			}
		})
		<-started
		stop()
		wg.Wait()
		if j := state(context.Background(), t, d, id); j.State != db.JobWaiting || j.Tries != 0 {
			t.Errorf("%+v", j)
		}
	})
}

func ask(ctx context.Context, t *testing.T, d *db.DB, subject string) (id string) {
	t.Helper()
	if err := d.Write(ctx, func(tx *db.Tx) (err error) { id, err = tx.Enqueue(ctx, "read", subject, nil); return err }); err != nil {
		t.Fatal(err)
	}
	return id
}

func state(ctx context.Context, t *testing.T, d *db.DB, id string) (j db.Job) {
	t.Helper()
	if err := d.Read(ctx, func(tx *db.Tx) (err error) { j, err = tx.Job(ctx, id); return err }); err != nil {
		t.Fatal(err)
	}
	return j
}
