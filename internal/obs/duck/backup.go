package duck

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"aircommons/internal/fault"
	"aircommons/internal/obs"
)

// A backup is two files: the measurements, sorted by station, parameter and time, with the columns of the table
// (time in Unix seconds), and a note of what must be in it.
const (
	parquetFile = "measurement.parquet"
	noteFile    = "measurement.json"
)

// note is what noteFile says.
type note struct {
	Format int    `json:"format"`
	Series int    `json:"series"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"` // of parquetFile
}

// Backup writes measurement.parquet and measurement.json into dir, which is made or must be empty.
func (s *Store) Backup(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fault.Wrap(fault.Invalid, err, "obs.backup.write", "Path", dir)
	}
	if names, err := os.ReadDir(dir); err != nil {
		return fault.Wrap(fault.Invalid, err, "obs.backup.write", "Path", dir)
	} else if len(names) > 0 {
		return fault.New(fault.Invalid, "obs.backup.exists", "Path", dir)
	}
	path := filepath.Join(dir, parquetFile)
	n := note{Format: format}
	err := s.with(ctx, func(c *conn) error {
		extents, err := c.extents(ctx, "")
		if err != nil {
			return err
		}
		n.Series = len(extents)
		n.Rows, err = c.exec(ctx, "COPY (SELECT station, parameter, time, value, flag FROM measurement ORDER BY station, parameter, time) TO "+
			quote(path)+" (FORMAT parquet, COMPRESSION zstd)")
		if err != nil {
			// What cannot be written lies in dir, what cannot be read in the store.
			return classify(err, s.blame(err, dir), "obs.backup.write")
		}
		return sameCount(extents, n.Rows, s.path)
	})
	if err == nil {
		n.SHA256, err = hash(path)
	}
	if err == nil {
		err = writeNote(filepath.Join(dir, noteFile), n)
	}
	if err != nil {
		// Half a backup must not be taken for one. DuckDB writes under another name until it is done.
		for _, name := range []string{parquetFile, "tmp_" + parquetFile, noteFile} {
			os.Remove(filepath.Join(dir, name))
		}
		var ours *fault.Error
		if ctx.Err() != nil || errors.As(err, &ours) {
			return err
		}
		return because(err, dir, "obs.backup.write")
	}
	return nil
}

// blame is the path an error of a COPY to dir is about.
func (s *Store) blame(err error, dir string) string {
	var f *fault.Error
	if errors.As(classify(err, s.path, "obs.failed"), &f) && f.Message.Key == "obs.damaged" {
		return s.path
	}
	return dir
}

// sameCount compares the rows of the table series with those found.
func sameCount(extents []obs.Extent, rows int64, path string) error {
	var sum int64
	for _, e := range extents {
		sum += e.Count
	}
	if sum != rows {
		return fault.Wrap(fault.Invalid, fmt.Errorf("%d rows are noted and %d found", sum, rows), "obs.damaged", "Path", path)
	}
	return nil
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// hash is the SHA-256 of a file.
func hash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// writeNote writes the note.
func writeNote(path string, n note) (err error) {
	text, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(append(text, '\n')); err != nil {
		return err
	}
	return f.Sync()
}

// Restore replaces everything by the copy in dir, in one transaction: a copy that is damaged or not in order leaves
// the store as it was.
func (s *Store) Restore(ctx context.Context, dir string) error {
	if s.opt.ReadOnly {
		return fault.New(fault.Denied, "obs.readonly", "Path", s.path)
	}
	path := filepath.Join(dir, parquetFile)
	want, err := readNote(dir)
	if err != nil {
		return err
	}
	s.write.Lock()
	defer s.write.Unlock()
	damaged := func(err error) error { return fault.Wrap(fault.Invalid, err, "obs.restore.damaged", "Path", path) }
	err = s.with(ctx, func(c *conn) error {
		if _, err := c.exec(ctx, "DELETE FROM measurement; DELETE FROM series"); err != nil {
			return err
		}
		rows, err := c.exec(ctx, "INSERT INTO measurement SELECT station, parameter, time, value, flag FROM read_parquet("+quote(path)+")")
		if err != nil {
			// The hash was right: what DuckDB does not read here is not a measurement table, or the disk is full.
			var f *fault.Error
			err = s.fault(err, "obs.damaged")
			if errors.As(err, &f) && f.Message.Key == "obs.damaged" {
				return damaged(err)
			}
			return err
		}
		if _, err := c.exec(ctx, "INSERT INTO series SELECT station, parameter, min(time), max(time), count(*) FROM measurement GROUP BY station, parameter"); err != nil {
			return err
		}
		extents, err := c.extents(ctx, "")
		if err != nil {
			return err
		}
		if rows != want.Rows || len(extents) != want.Series {
			return damaged(fmt.Errorf("%d rows of %d series are noted, %d of %d found", want.Rows, want.Series, rows, len(extents)))
		}
		if err := s.check(ctx, c); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return damaged(err)
		}
		return nil
	})
	if err != nil {
		s.undone(err)
		return err
	}
	s.changed(ctx, want.Rows+checkpointRows)
	return nil
}

// readNote reads the note of a backup and compares the hash.
func readNote(dir string) (note, error) {
	var n note
	path := filepath.Join(dir, noteFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return n, fault.Wrap(fault.Invalid, err, "obs.restore.missing", "Path", path)
	}
	if err := json.Unmarshal(text, &n); err != nil {
		return n, fault.Wrap(fault.Invalid, err, "obs.restore.damaged", "Path", path)
	}
	if n.Format > format {
		return n, fault.New(fault.Invalid, "obs.newer", "Path", path)
	}
	data := filepath.Join(dir, parquetFile)
	sum, err := hash(data)
	if err != nil {
		return n, fault.Wrap(fault.Invalid, err, "obs.restore.missing", "Path", data)
	}
	if sum != n.SHA256 {
		return n, fault.New(fault.Invalid, "obs.restore.damaged", "Path", data)
	}
	return n, nil
}

// Check reads every value and reports the first damage: a block whose sum is wrong (DuckDB looks), a time that stands
// twice in a series, a value that is not a number, rows that are not those noted.
func (s *Store) Check(ctx context.Context) error {
	return s.with(ctx, func(c *conn) error { return s.check(ctx, c) })
}

// check is Check inside a transaction.
func (s *Store) check(ctx context.Context, c *conn) error {
	damaged := func(k obs.Key, what string) error {
		return fault.Wrap(fault.Invalid, fmt.Errorf("station %d, %s: %s", k.Station, k.Parameter, what), "obs.damaged", "Path", s.path)
	}
	extents, err := c.extents(ctx, "")
	if err != nil {
		return err
	}
	noted := map[obs.Key]obs.Extent{}
	for _, e := range extents {
		if _, twice := noted[e.Key]; twice {
			return damaged(e.Key, "noted twice")
		}
		noted[e.Key] = e
	}
	found := 0
	// No value lies at the last second of an int64: To of a write is past it.
	err = s.scan(ctx, c, nil, math.MinInt64, math.MaxInt64, func(k obs.Key, r obs.Rows) error {
		n := r.Len()
		if e := noted[k]; e.Count != int64(n) || e.First != r.Time[0] || e.Last != r.Time[n-1] {
			return damaged(k, "the rows are not those noted")
		}
		for _, v := range r.Value {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return damaged(k, "a value is not a number")
			}
		}
		found++
		return nil
	})
	if err != nil {
		return err
	}
	if found != len(extents) {
		return fault.Wrap(fault.Invalid, errors.New("a series is noted but has no rows"), "obs.damaged", "Path", s.path)
	}
	var rows int64
	if err := c.query(ctx, "SELECT count(*) FROM measurement", func(k chunk) error {
		rows = column[int64](k, 0)[0]
		return nil
	}); err != nil {
		return err
	}
	return sameCount(extents, rows, s.path)
}
