// Package duck is the obs.Store on a DuckDB file: one table of measurements without any index, written in whole
// ranges and read in columns.
//
// A file belongs to one process. It grows with what is stored: ranges that were replaced are dropped from it at the
// next checkpoint, by DuckDB, in units of row groups (122,880 rows), so a part of the file may stay unused but the
// file does not grow with the number of replacements. Beside the file lie its log (.wal, gone after Close) and an empty
// lock file (.lock).
package duck

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"aircommons/internal/fault"
	"aircommons/internal/obs"
)

// Options of Open. The zero value is good for a small server.
type Options struct {
	MemoryLimit int64 // bytes DuckDB may use before it writes to disk; 0 means 1 GiB
	Threads     int   // threads of DuckDB; 0 means one for each processor
	ReadOnly    bool  // refuse writes; several processes may read one file
}

// format is the version of the tables. A file with a higher one comes from a later program.
const format = 1

// The table series says of each series what Extents says. It is written in the transaction of each Replace, so that
// a small import into a large file need not read the file.
const schema = `
CREATE TABLE measurement(station INTEGER NOT NULL, parameter UTINYINT NOT NULL, time BIGINT NOT NULL,
	value DOUBLE NOT NULL, flag UTINYINT NOT NULL);
CREATE TABLE series(station INTEGER NOT NULL, parameter UTINYINT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL,
	n BIGINT NOT NULL);
CREATE TABLE store(format INTEGER NOT NULL);
INSERT INTO store VALUES (%d);`

// Store is a DuckDB file. Use Open.
type Store struct {
	path string
	opt  Options
	lock *os.File

	write sync.Mutex // held by the one writer
	dirty int64      // rows written and deleted since the last checkpoint; under write

	mu     sync.Mutex // guards what follows
	idle   *sync.Cond // signalled when active falls to zero
	db     mapping.Database
	conns  []*conn // not in use
	active int     // calls running
	broken bool    // DuckDB gave the file up after a failed write; it is opened anew when no call is running
	full   bool    // a write met a full disk; what it left in the file is given back when it is opened anew
	closed bool
}

var _ obs.Store = (*Store)(nil)

// Open opens the file at path, or makes it. Errors are fault.Error with the keys obs.locked (another process has it),
// obs.damaged, obs.newer (made by a later version), obs.access, obs.disk, obs.path (holds a question mark), obs.directory, obs.missing (only when
// reading) or obs.open, and the argument Path.
func Open(path string, opt Options) (*Store, error) {
	if opt.MemoryLimit <= 0 {
		opt.MemoryLimit = 1 << 30
	}
	if opt.Threads <= 0 {
		opt.Threads = runtime.NumCPU()
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fault.New(fault.Invalid, "obs.directory", "Path", path)
	} else if opt.ReadOnly && errors.Is(err, os.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "obs.missing", "Path", path)
	}
	if strings.Contains(path, "?") { // DuckDB takes what follows for options
		return nil, fault.New(fault.Invalid, "obs.path", "Path", path)
	}
	s := &Store{path: path, opt: opt}
	s.idle = sync.NewCond(&s.mu)
	var err error
	if s.lock, err = lockFile(path+".lock", opt.ReadOnly); err != nil {
		if errors.Is(err, errLocked) {
			return nil, fault.Wrap(fault.Conflict, err, "obs.locked", "Path", path)
		}
		return nil, because(err, path, "obs.open")
	}
	if err := s.open(); err != nil {
		unlock(s.lock)
		return nil, err
	}
	return s, nil
}

// open opens the database and looks at its tables. The caller holds mu, or is Open.
func (s *Store) open() error {
	settings := map[string]string{
		"memory_limit": strconv.FormatInt(s.opt.MemoryLimit>>10, 10) + "KiB",
		"threads":      strconv.Itoa(s.opt.Threads),
		// Nothing is fetched from the network, and nothing is read from the home folder.
		"autoinstall_known_extensions": "false",
		"autoload_known_extensions":    "false",
		"allow_community_extensions":   "false",
		"allow_persistent_secrets":     "false",
	}
	if s.opt.ReadOnly {
		settings["access_mode"] = "READ_ONLY"
	}
	db, err := openNative(s.path, settings)
	if err != nil {
		return classify(err, s.path, "obs.open")
	}
	if err := s.prepare(db); err != nil {
		mapping.Close(&db)
		return err
	}
	s.db = db
	return nil
}

// prepare makes the tables of a new file and refuses a file of another kind.
func (s *Store) prepare(db mapping.Database) error {
	ctx := context.Background()
	c, err := connect(db)
	if err != nil {
		return classify(err, s.path, "obs.open")
	}
	defer c.close()
	if _, err := c.exec(ctx, "SET lock_configuration = true"); err != nil {
		return classify(err, s.path, "obs.open")
	}
	var tables []string
	err = c.query(ctx, "SELECT table_name FROM duckdb_tables() WHERE NOT temporary", func(k chunk) error {
		tables = append(tables, text(k, 0)...)
		return nil
	})
	if err != nil {
		return classify(err, s.path, "obs.open")
	}
	if len(tables) == 0 && !s.opt.ReadOnly {
		if _, err := c.exec(ctx, "BEGIN; "+fmt.Sprintf(schema, format)+" COMMIT"); err != nil {
			return classify(err, s.path, "obs.open")
		}
		return nil
	}
	found := int32(0)
	err = c.query(ctx, "SELECT format FROM store", func(k chunk) error {
		if k.n > 0 {
			found = column[int32](k, 0)[0]
		}
		return nil
	})
	switch {
	case err != nil && isKind(err, mapping.ErrorTypeCatalog):
		return fault.Wrap(fault.Invalid, err, "obs.foreign", "Path", s.path)
	case err != nil:
		return classify(err, s.path, "obs.open")
	case found > format:
		return fault.New(fault.Invalid, "obs.newer", "Path", s.path)
	}
	return nil
}

// begin takes a connection for one call. Give it back with end.
func (s *Store) begin() (*conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, fault.New(fault.Internal, "obs.closed")
	}
	if s.active == 0 && (s.broken || s.full) {
		if err := s.reopen(); err != nil {
			return nil, err
		}
	} else if s.broken {
		// Calls may be nested (a Scan whose function reads), so waiting for the others here could wait for ever.
		return nil, fault.New(fault.Internal, "obs.broken", "Path", s.path)
	}
	var c *conn
	if n := len(s.conns); n > 0 {
		c, s.conns = s.conns[n-1], s.conns[:n-1]
	} else {
		var err error
		if c, err = connect(s.db); err != nil {
			return nil, classify(err, s.path, "obs.failed")
		}
	}
	s.active++
	return c, nil
}

// maxIdle is how many connections are kept for later calls.
const maxIdle = 8

// end gives a connection back. fit says that it has no open transaction.
func (s *Store) end(c *conn, fit bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if fit && !s.broken && len(s.conns) < maxIdle {
		s.conns = append(s.conns, c)
	} else {
		c.close()
	}
	if s.active--; s.active == 0 {
		s.idle.Broadcast()
	}
}

// reopen opens the file anew after DuckDB gave it up or the disk was full. What had been committed is in the file or
// in its log. The caller holds mu, and no call is running.
func (s *Store) reopen() error {
	s.release()
	s.broken = true
	if err := s.open(); err != nil {
		return err
	}
	if s.full {
		s.full = false
		if err := s.shrink(); err != nil {
			return err
		}
	}
	s.broken = false
	return nil
}

// diskFull is called after a write that met a full disk.
func (s *Store) diskFull() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.full = true
	if s.active == 0 && !s.closed {
		_ = s.reopen() // if it fails the next call tries again, and says why
	}
}

// headers is the length of a DuckDB file before its first block.
const headers = 3 * 4096

// shrink cuts off what an undone write left behind the last block of the file. DuckDB would fill that space with later
// writes and never give it back, so one import too large would keep the disk full for everybody else.
func (s *Store) shrink() error {
	c, err := connect(s.db)
	if err != nil {
		return classify(err, s.path, "obs.open")
	}
	var length int64
	err = c.query(context.Background(), "SELECT block_size * total_blocks FROM pragma_database_size()", func(k chunk) error {
		length = headers + column[int64](k, 0)[0]
		return nil
	})
	c.close()
	s.release()
	// A log may name blocks that the file does not count yet.
	_, noLog := os.Stat(s.path + ".wal")
	if info, statErr := os.Stat(s.path); err == nil && statErr == nil && errors.Is(noLog, os.ErrNotExist) && info.Size() > length && length > headers {
		err = os.Truncate(s.path, length)
	}
	return errors.Join(err, s.open())
}

// release closes connections and database.
func (s *Store) release() {
	for _, c := range s.conns {
		c.close()
	}
	s.conns = nil
	mapping.Close(&s.db)
}

// Close waits for running calls and closes the file.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	for s.active > 0 {
		s.idle.Wait()
	}
	// Closing writes the log into the file.
	s.release()
	unlock(s.lock)
	return nil
}

// with runs f in one transaction, which is undone when f fails. Reads in it see one state of the store.
func (s *Store) with(ctx context.Context, f func(*conn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c, err := s.begin()
	if err != nil {
		return err
	}
	fit := false
	defer func() { s.end(c, fit) }()
	if _, err := c.exec(ctx, "BEGIN"); err != nil {
		return s.fault(err, "obs.failed")
	}
	err = f(c)
	if err == nil {
		// Not interruptible: an answer must say whether the transaction is stored.
		_, err = c.exec(context.WithoutCancel(ctx), "COMMIT")
	}
	if err == nil {
		fit = true
		return nil
	}
	// A failed COMMIT has undone the transaction already; ROLLBACK then fails and says nothing new.
	_, rollback := c.exec(context.WithoutCancel(ctx), "ROLLBACK")
	fit = rollback == nil
	return s.fault(err, "obs.failed")
}
