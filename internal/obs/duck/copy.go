package duck

import (
	"context"
	"os"
	"time"
)

// WriteCSV writes all measurements into a CSV file of long rows: station, parameter, time, value, flag.
func (s *Store) WriteCSV(ctx context.Context, path string) error {
	return s.with(ctx, func(c *conn) error {
		if _, err := c.exec(ctx, "COPY measurement TO "+quote(path)+" (HEADER)"); err != nil {
			return classify(err, path, "obs.backup.write")
		}
		return nil
	})
}

// CopyTime is how long DuckDB's own COPY takes to read such a file into the empty table of a new file at path, with the
// checkpoint that brings it to the disk. It is what other ways of storing rows are measured against. The new file is
// removed.
func CopyTime(ctx context.Context, csv, path string, now func() time.Time) (took time.Duration, err error) {
	s, err := Open(path, Options{})
	if err != nil {
		return 0, err
	}
	defer func() {
		if e := s.Close(); err == nil {
			err = e
		}
		for _, end := range []string{"", ".wal", ".lock"} {
			os.Remove(path + end)
		}
	}()
	c, err := s.begin()
	if err != nil {
		return 0, err
	}
	defer s.end(c, true)
	start := now()
	if _, err := c.exec(ctx, "COPY measurement FROM "+quote(csv)+" (HEADER)"); err != nil {
		return 0, classify(err, csv, "obs.failed")
	}
	if _, err := c.exec(ctx, "CHECKPOINT"); err != nil {
		return 0, classify(err, path, "obs.failed")
	}
	return now().Sub(start), nil
}
