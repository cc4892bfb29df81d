package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/google/uuid"

	"aircommons/internal/actor"
	"aircommons/internal/fault"
)

// Job states.
const (
	JobWaiting = "waiting"
	JobRunning = "running"
	JobDone    = "done"
	JobFailed  = "failed"
)

// Job is work that goes on after the request that asked for it. Every job can be run again from its start: one whose
// lease ran out, because the process was killed, is.
type Job struct {
	ID        string
	Kind      string
	Subject   string // what it works on, such as the id of an import
	Arguments json.RawMessage
	State     string
	Created   time.Time
	Tries     int
	Step      string // key of the step that runs, for people
	Done, All int64  // units of the step
	Error     *fault.Message
	Finished  time.Time // zero until then
}

// Ended reports whether nothing more will happen.
func (j Job) Ended() bool { return j.State == JobDone || j.State == JobFailed }

const (
	lease     = time.Minute
	heartbeat = 500 * time.Millisecond
)

// MaxRuns is how often a job is tried that fails by no fault of its input.
const MaxRuns = 3

// Enqueue asks for a job in the same transaction as the change that needs it.
func (tx *Tx) Enqueue(ctx context.Context, kind, subject string, args any) (string, error) {
	a, err := json.Marshal(args)
	if err != nil {
		return "", err
	}
	id := uuid.Must(uuid.NewV7()).String()
	tx.queued = true
	_, err = tx.ExecContext(ctx, `INSERT INTO job (id, kind, subject, arguments, state, created_at, run_after, tries, step, done_units, all_units)
		VALUES ($1,$2,$3,$4,$5,$6,$6,0,'',0,0)`, id, kind, subject, string(a), JobWaiting, tx.Now)
	return id, err
}

const jobColumns = `id, kind, subject, arguments, state, created_at, tries, step, done_units, all_units, error, finished_at`

func (tx *Tx) jobs(ctx context.Context, where string, args ...any) ([]Job, error) {
	var out []Job
	err := tx.Each(ctx, `SELECT `+jobColumns+` FROM job `+where, args, func(scan func(...any) error) error {
		var j Job
		var a string
		var e *string
		var f *time.Time
		if err := scan(&j.ID, &j.Kind, &j.Subject, &a, &j.State, &j.Created, &j.Tries, &j.Step, &j.Done, &j.All, &e, &f); err != nil {
			return err
		}
		j.Arguments, j.Created = json.RawMessage(a), j.Created.UTC()
		if e != nil {
			j.Error = &fault.Message{}
			if err := json.Unmarshal([]byte(*e), j.Error); err != nil {
				return err
			}
		}
		if f != nil {
			j.Finished = f.UTC()
		}
		out = append(out, j)
		return nil
	})
	return out, err
}

// Job reads one job.
func (tx *Tx) Job(ctx context.Context, id string) (Job, error) {
	js, err := tx.jobs(ctx, `WHERE id = $1`, id)
	if err == nil && len(js) == 0 {
		err = fault.New(fault.NotFound, "error.notfound")
	}
	if err != nil {
		return Job{}, err
	}
	return js[0], nil
}

// JobsOf lists the jobs of a subject, the latest first.
func (tx *Tx) JobsOf(ctx context.Context, subject string) ([]Job, error) {
	return tx.jobs(ctx, `WHERE subject = $1 ORDER BY created_at DESC, id DESC`, subject)
}

// Progress tells how far a job is. It may be called as often as one likes and inside a transaction: what was said last
// is written a little later.
type Progress func(step string, done, all int64)

// Work runs jobs one after the other in the order in which they were asked for, until ctx ends. run does one job; an
// error of the reader's making fails the job at once, our own and broken connections are tried again.
func (d *DB) Work(ctx context.Context, run func(context.Context, Job, Progress) error) error {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		ran, err := d.WorkOnce(ctx, run)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			slog.Error("jobs", "error", err)
		}
		if ran && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-d.queue:
		case <-tick.C:
		}
	}
}

// WorkOnce runs the next job, and reports whether there was one.
func (d *DB) WorkOnce(ctx context.Context, run func(context.Context, Job, Progress) error) (bool, error) {
	var job Job
	found := false
	err := d.Write(ctx, func(tx *Tx) error {
		found = false
		js, err := tx.jobs(ctx, `WHERE (state = 'waiting' AND run_after <= $1) OR (state = 'running' AND leased_until < $1) ORDER BY created_at, id LIMIT 1`, tx.Now)
		if err != nil || len(js) == 0 {
			return err
		}
		job, found = js[0], true
		job.Tries++
		_, err = tx.ExecContext(ctx, `UPDATE job SET state = 'running', tries = $2, leased_until = $3 WHERE id = $1`, job.ID, job.Tries, tx.Now.Add(lease))
		return err
	})
	if err != nil || !found {
		return found, err
	}
	p := &progress{step: job.Step, done: job.Done, all: job.All}
	stop, held := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(held)
		d.hold(ctx, job.ID, p, stop)
	}()
	err = safely(ctx, run, job, p.say)
	close(stop)
	<-held
	job.Step, job.Done, job.All, _ = p.last()
	if ctx.Err() != nil {
		// The process ends. The job goes back into the queue and starts again with the next one.
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return true, d.Exec(clean, `UPDATE job SET state = 'waiting', tries = tries - 1 WHERE id = $1 AND state = 'running'`, job.ID)
	}
	return true, d.finish(ctx, job, err)
}

// safely runs a job. One that panics fails, and those behind it go on.
func safely(ctx context.Context, run func(context.Context, Job, Progress) error, job Job, say Progress) (err error) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("job", "kind", job.Kind, "subject", job.Subject, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("db: a job of kind %s panicked: %v", job.Kind, p)
		}
	}()
	return run(ctx, job, say)
}

// progress is what a running job said last.
type progress struct {
	mu        sync.Mutex
	step      string
	done, all int64
	fresh     bool
}

func (p *progress) say(step string, done, all int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.step, p.done, p.all, p.fresh = step, done, all, true
}

// last is what was said, and whether it is news since the last call.
func (p *progress) last() (step string, done, all int64, fresh bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fresh, p.fresh = p.fresh, false
	return p.step, p.done, p.all, fresh
}

// hold keeps the lease of a job and writes its progress until stop.
func (d *DB) hold(ctx context.Context, id string, p *progress, stop <-chan struct{}) {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for beat := 1; ; beat++ {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		step, done, all, fresh := p.last()
		if !fresh && beat%int(lease/3/heartbeat) != 0 {
			continue
		}
		err := d.Exec(ctx, `UPDATE job SET step = $2, done_units = $3, all_units = $4, leased_until = $5 WHERE id = $1`, id, step, done, all, d.Now().Add(lease))
		if err != nil && ctx.Err() == nil {
			slog.Warn("hold the lease of a job", "job", id, "error", err)
		}
	}
}

func (d *DB) finish(ctx context.Context, job Job, err error) error {
	return d.Write(ctx, func(tx *Tx) error {
		tx.changed, tx.record = true, true // what pages say of the job is new
		if _, err := tx.ExecContext(ctx, `UPDATE job SET step = $2, done_units = $3, all_units = $4 WHERE id = $1`, job.ID, job.Step, job.Done, job.All); err != nil {
			return err
		}
		if err == nil {
			_, err := tx.ExecContext(ctx, `UPDATE job SET state = 'done', finished_at = $2, error = NULL WHERE id = $1`, job.ID, tx.Now)
			return err
		}
		slog.Warn("job", "kind", job.Kind, "subject", job.Subject, "try", job.Tries, "error", err)
		if fault.CodeOf(err) == fault.Internal && job.Tries < MaxRuns {
			_, err := tx.ExecContext(ctx, `UPDATE job SET state = 'waiting', run_after = $2 WHERE id = $1`, job.ID, tx.Now.Add(time.Duration(job.Tries)*5*time.Second))
			return err
		}
		m := fault.Say("error.internal")
		var f *fault.Error
		if errors.As(err, &f) {
			m = f.Message
		}
		text, err := json.Marshal(m)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE job SET state = 'failed', finished_at = $2, error = $3 WHERE id = $1`, job.ID, tx.Now, string(text))
		return errors.Join(err, tx.Record(ctx, actor.System, "job", job.ID, "fail", nil, m))
	})
}

// Release gives back the leases of jobs that ran when the process before this one died, and lets those that wait for
// another try begin at once. The caller holds the folder's lock, so nobody else runs them.
func (d *DB) Release(ctx context.Context) error {
	return d.Write(ctx, func(tx *Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE job SET state = 'waiting', tries = CASE WHEN tries > 0 THEN tries - 1 ELSE 0 END WHERE state = 'running'`); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE job SET run_after = created_at WHERE state = 'waiting' AND run_after > $1`, tx.Now)
		return err
	})
}
