// Package db opens the relational store, SQLite by default or PostgreSQL, and gives desks transactions, migrations, a
// journal of changes, a job queue and a search index. One SQL text serves both engines: $1 placeholders, TEXT, BIGINT,
// DOUBLE PRECISION, BOOLEAN and TIMESTAMP columns, ids and times made in Go.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	_ "modernc.org/sqlite"             // driver "sqlite"

	"aircommons/internal/fault"
)

// Engine names what runs below.
type Engine string

const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgres"
)

// DB is an open store.
type DB struct {
	Engine Engine
	write  *sql.DB // SQLite: one connection, since one writer is all it admits
	read   *sql.DB
	now    func() time.Time
	rev    atomic.Uint64
	record atomic.Uint64
	dsn    string
	queue  chan struct{} // wakes the worker
	held   *sql.Conn     // PostgreSQL: the session that holds the database

	follow followers
}

// Open opens the store named by dsn, a file path or a postgres:// address, and brings its tables up to date.
// now is the clock of all transactions.
func Open(ctx context.Context, dsn string, now func() time.Time) (*DB, error) {
	d := &DB{now: now, dsn: dsn, queue: make(chan struct{}, 1)}
	var err error
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		d.Engine = PostgreSQL
		if d.write, err = sql.Open("pgx", dsn); err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "db.address")
		}
		d.write.SetMaxOpenConns(16)
		d.read = d.write
	} else {
		d.Engine = SQLite
		if d.write, err = openSQLite(dsn, false); err != nil {
			return nil, err
		}
		if d.read, err = openSQLite(dsn, true); err != nil {
			return nil, err
		}
	}
	if err := d.write.PingContext(ctx); err != nil {
		d.Close()
		return nil, d.openError(err)
	}
	if err := d.migrate(ctx); err != nil {
		d.Close()
		return nil, d.openError(err)
	}
	if err := d.guardJournal(ctx); err != nil {
		d.Close()
		return nil, d.openError(err)
	}
	if err := d.begin(ctx); err != nil {
		d.Close()
		return nil, d.openError(err)
	}
	return d, nil
}

// begin sets the revision. It begins at the time of day: a number that was used before a restart may not come again for
// other contents, and not every change has a number in the journal.
func (d *DB) begin(ctx context.Context) error {
	var last int64
	if err := d.read.QueryRowContext(ctx, `SELECT COALESCE(MAX(id),0) FROM journal`).Scan(&last); err != nil {
		return d.Fail(err)
	}
	d.rev.Store(max(d.rev.Load()+1, uint64(last), uint64(d.Now().UnixMilli())))
	d.record.Add(1)
	return nil
}

func openSQLite(path string, read bool) (*sql.DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "db.folder", "Path", filepath.Dir(path))
	}
	// The order matters: the busy timeout first, so that the others wait instead of failing.
	v := url.Values{}
	for _, p := range []string{"busy_timeout(10000)", "journal_mode(WAL)", "foreign_keys(1)", "synchronous(NORMAL)", "secure_delete(1)", "temp_store(MEMORY)", "cache_size(-16000)"} {
		v.Add("_pragma", p)
	}
	v.Set("_time_format", "sqlite")
	if !read {
		v.Set("_txlock", "immediate")
	} else {
		v.Add("_pragma", "query_only(1)")
	}
	s, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+v.Encode())
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "db.address")
	}
	if read {
		s.SetMaxOpenConns(max(4, runtime.NumCPU()))
		s.SetMaxIdleConns(max(4, runtime.NumCPU()))
	} else {
		s.SetMaxOpenConns(1)
	}
	return s, nil
}

func (d *DB) openError(err error) error {
	err = d.Fail(err)
	var f *fault.Error
	if errors.As(err, &f) && f.Message.Key != "error.internal" {
		return err
	}
	switch {
	case d.Engine == PostgreSQL:
		return fault.Wrap(fault.Invalid, err, "db.unreachable")
	case noRoom(filepath.Dir(d.dsn)):
		// Without room for its log and index SQLite only says that it cannot open the file.
		return fault.Wrap(fault.Internal, err, "db.full")
	case strings.Contains(err.Error(), "readonly") || strings.Contains(err.Error(), "read-only"):
		return fault.Wrap(fault.Invalid, err, "db.readonly", "Path", d.dsn)
	}
	return fault.Wrap(fault.Invalid, err, "db.open", "Path", d.dsn)
}

// holdKey names our lock among the advisory locks of a PostgreSQL database: "aircommo" as bytes.
const holdKey = 0x616972636f6d6d6f

// Hold keeps every other data folder from this store for as long as it is open. A SQLite file lies in its folder and is
// held with it; a PostgreSQL can be named by two folders, whose measurements would not be those of its stations.
func (d *DB) Hold(ctx context.Context) error {
	if d.Engine != PostgreSQL || d.held != nil {
		return nil
	}
	c, err := d.write.Conn(ctx)
	if err != nil {
		return d.openError(err)
	}
	var got bool
	if err := c.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, int64(holdKey)).Scan(&got); err != nil {
		return errors.Join(d.openError(err), c.Close())
	}
	if !got {
		return errors.Join(fault.New(fault.Conflict, "db.held"), c.Close())
	}
	d.held = c
	return nil
}

// Close closes the store.
func (d *DB) Close() error {
	var err error
	if d.held != nil {
		// The pool keeps sessions open for a while; the lock is given back first.
		d.held.ExecContext(context.Background(), `SELECT pg_advisory_unlock_all()`)
		err = d.held.Close()
	}
	err = errors.Join(err, d.write.Close())
	if d.read != d.write && d.read != nil {
		err = errors.Join(err, d.read.Close())
	}
	return err
}

// Now is the clock of the store.
func (d *DB) Now() time.Time { return d.now().UTC() }

// Revision grows with every recorded change. Pages made at one revision stay true until the next.
func (d *DB) Revision() uint64 { return d.rev.Load() }

// RecordRevision is a revision of the network's own record: places, programmes, documents, measurements. It stays when
// people register, answer, sign in or are written to, so that what desks keep of the record in memory is not read again
// for each of them.
func (d *DB) RecordRevision() uint64 { return d.record.Load() }

// busy are the subjects of the journal that are no part of the record.
var busy = map[string]bool{"person": true, "consent": true, "token": true, "answer": true, "participation": true, "presence": true,
	"submission": true, "review": true, "mail": true, "letter": true, "feedback": true, "need": true, "offer": true, "match": true, "visit": true}

// Tx is a transaction. All times of a transaction are its Now.
type Tx struct {
	*sql.Tx
	Now     time.Time
	db      *DB
	changed bool
	record  bool  // the record was changed
	last    *link // of the journal, as far as this transaction wrote it
	queued  bool
}

// Read runs f in a transaction that sees one state and writes nothing.
func (d *DB) Read(ctx context.Context, f func(*Tx) error) error {
	opt := &sql.TxOptions{ReadOnly: true}
	if d.Engine == PostgreSQL {
		opt.Isolation = sql.LevelRepeatableRead
	}
	return d.run(ctx, d.read, opt, f)
}

// Write runs f in a transaction that may write. It commits when f returns nil, else nothing of it stays.
// Writers come one after the other on both engines: a Write inside a Write waits for ever. A transaction that loses
// against another program is run again, so f must not have effects outside tx.
func (d *DB) Write(ctx context.Context, f func(*Tx) error) error {
	opt := &sql.TxOptions{}
	if d.Engine == PostgreSQL {
		opt.Isolation = sql.LevelSerializable
	}
	for try := 0; ; try++ {
		err := d.run(ctx, d.write, opt, f)
		if err == nil || try == 5 || !lostRace(err) {
			return err
		}
		time.Sleep(time.Duration(1<<try) * 5 * time.Millisecond)
	}
}

func (d *DB) run(ctx context.Context, s *sql.DB, opt *sql.TxOptions, f func(*Tx) error) (err error) {
	tx, err := s.BeginTx(ctx, opt)
	if err != nil {
		return d.Fail(err)
	}
	if d.Engine == PostgreSQL && !opt.ReadOnly {
		// Taken before the first look at the data, so that each writer sees what the one before it wrote. Numbers of the
		// journal would make every two of them conflict otherwise.
		if _, err := tx.ExecContext(ctx, `LOCK TABLE journal IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return errors.Join(d.Fail(err), tx.Rollback())
		}
	}
	t := &Tx{Tx: tx, Now: d.Now().Truncate(time.Millisecond), db: d}
	done := false
	defer func() {
		if !done {
			if e := tx.Rollback(); e != nil && !errors.Is(e, sql.ErrTxDone) {
				slog.Warn("roll back", "error", e)
			}
		}
	}()
	if err := f(t); err != nil {
		return d.Fail(err)
	}
	if err := tx.Commit(); err != nil {
		return d.Fail(err)
	}
	done = true
	if t.record {
		d.record.Add(1)
	}
	if t.changed {
		d.rev.Add(1)
	}
	if t.queued {
		select {
		case d.queue <- struct{}{}:
		default: // it is awake
		}
	}
	return nil
}

// ExecContext runs a statement. Times among the arguments are kept in UTC to the microsecond: both engines keep the
// clock's face and not the zone, and both compare what they keep.
func (tx *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return tx.Tx.ExecContext(ctx, query, utc(args)...)
}

// QueryContext runs a query; see ExecContext.
func (tx *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return tx.Tx.QueryContext(ctx, query, utc(args)...)
}

// QueryRowContext runs a query for one row; see ExecContext.
func (tx *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return tx.Tx.QueryRowContext(ctx, query, utc(args)...)
}

func utc(args []any) []any {
	var out []any
	for i, a := range args {
		var v any
		switch t := a.(type) {
		case time.Time:
			v = t.UTC().Truncate(time.Microsecond)
		case *time.Time:
			if t == nil {
				continue
			}
			v = t.UTC().Truncate(time.Microsecond)
		default:
			continue
		}
		if out == nil {
			out = append(out, args...)
		}
		out[i] = v
	}
	if out == nil {
		return args
	}
	return out
}

// Exec runs a statement in its own write transaction.
func (d *DB) Exec(ctx context.Context, query string, args ...any) error {
	return d.Write(ctx, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// One scans the single row of a query, and returns a notfound fault where there is none.
func (tx *Tx) One(ctx context.Context, query string, args []any, dest ...any) error {
	err := tx.QueryRowContext(ctx, query, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "error.notfound")
	}
	return err
}

// Each calls scan for every row of a query. scan calls its argument once with the destinations.
func (tx *Tx) Each(ctx context.Context, query string, args []any, scan func(func(...any) error) error) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Changed reports a conflict when a statement that names an id and a version touched no row: somebody else saved first.
func Changed(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "error.conflict")
	}
	return nil
}

func (d *DB) String() string { return fmt.Sprintf("%s store", d.Engine) }
