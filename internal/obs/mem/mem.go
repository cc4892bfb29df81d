// Package mem is an obs.Store made of a map and loops. It is the specification the other stores are tested against,
// so it is written to be read, not to be fast, and keeps everything in memory.
package mem

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"aircommons/air"
	"aircommons/internal/fault"
	"aircommons/internal/obs"
)

// backupFile is the one file of a backup: a line of names, then one line for each value, sorted.
const backupFile = "measurement.csv"

// Store keeps measurements in memory. Use New.
type Store struct {
	mu     sync.RWMutex
	series map[obs.Key]map[int64]cell
	closed bool
}

type cell struct {
	value float64
	flag  air.Flag
}

var _ obs.Store = (*Store)(nil)

// New makes an empty store.
func New() *Store { return &Store{series: map[obs.Key]map[int64]cell{}} }

// Replace does all writes, or none.
func (s *Store) Replace(ctx context.Context, writes []obs.Write) error {
	if err := obs.Validate(writes); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	for _, w := range writes {
		for t := range s.series[w.Key] {
			if w.From <= t && t < w.To {
				delete(s.series[w.Key], t)
			}
		}
		for i, t := range w.Rows.Time {
			c := cell{value: w.Rows.Value[i]}
			if w.Rows.Flag != nil {
				c.flag = w.Rows.Flag[i]
			}
			if s.series[w.Key] == nil {
				s.series[w.Key] = map[int64]cell{}
			}
			s.series[w.Key][t] = c
		}
		if len(s.series[w.Key]) == 0 {
			delete(s.series, w.Key)
		}
	}
	return nil
}

// Read returns the rows of a series in [from, to).
func (s *Store) Read(ctx context.Context, key obs.Key, from, to int64) (obs.Rows, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return obs.Rows{}, err
	}
	return rows(s.series[key], from, to), nil
}

// rows sorts the cells of a series in [from, to).
func rows(cells map[int64]cell, from, to int64) obs.Rows {
	var times []int64
	for t := range cells {
		if from <= t && t < to {
			times = append(times, t)
		}
	}
	slices.Sort(times)
	r := obs.Rows{Time: times}
	for _, t := range times {
		r.Value = append(r.Value, cells[t].value)
		r.Flag = append(r.Flag, cells[t].flag)
	}
	if !slices.ContainsFunc(r.Flag, func(f air.Flag) bool { return f != air.Valid }) {
		r.Flag = nil
	}
	return r
}

// Scan calls f for each series with rows in [from, to). It works on a copy, so f may call the store.
func (s *Store) Scan(ctx context.Context, keys []obs.Key, from, to int64, f func(obs.Key, obs.Rows) error) error {
	s.mu.RLock()
	if err := s.usable(ctx); err != nil {
		s.mu.RUnlock()
		return err
	}
	var found []obs.Key
	all := map[obs.Key]obs.Rows{}
	for _, k := range s.keys() {
		if keys == nil || slices.Contains(keys, k) {
			if r := rows(s.series[k], from, to); r.Len() > 0 {
				found = append(found, k)
				all[k] = r
			}
		}
	}
	s.mu.RUnlock()
	for _, k := range found {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f(k, all[k]); err != nil {
			return err
		}
	}
	return nil
}

// keys lists the series in order.
func (s *Store) keys() []obs.Key {
	var out []obs.Key
	for k := range s.series {
		out = append(out, k)
	}
	slices.SortFunc(out, obs.Key.Compare)
	return out
}

// Extents lists every series.
func (s *Store) Extents(ctx context.Context) ([]obs.Extent, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	var out []obs.Extent
	for _, k := range s.keys() {
		e := obs.Extent{Key: k, First: math.MaxInt64, Last: math.MinInt64}
		for t := range s.series[k] {
			e.First, e.Last, e.Count = min(e.First, t), max(e.Last, t), e.Count+1
		}
		out = append(out, e)
	}
	return out, nil
}

// Backup writes measurement.csv into dir: station, parameter (as number), time, value (shortest text that reads back
// to the same number), flag.
func (s *Store) Backup(ctx context.Context, dir string) (err error) {
	f, err := os.OpenFile(filepath.Join(dir, backupFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "obs.backup.write", "Path", dir)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := csv.NewWriter(f)
	if err := w.Write([]string{"station", "parameter", "time", "value", "flag"}); err != nil {
		return err
	}
	err = s.Scan(ctx, nil, math.MinInt64, math.MaxInt64, func(k obs.Key, r obs.Rows) error {
		for i, t := range r.Time {
			flag := air.Valid
			if r.Flag != nil {
				flag = r.Flag[i]
			}
			if err := w.Write([]string{strconv.Itoa(int(k.Station)), strconv.Itoa(int(k.Parameter)),
				strconv.FormatInt(t, 10), strconv.FormatFloat(r.Value[i], 'g', -1, 64), strconv.Itoa(int(flag))}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

// Restore replaces everything by the copy in dir.
func (s *Store) Restore(ctx context.Context, dir string) error {
	path := filepath.Join(dir, backupFile)
	f, err := os.Open(path)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "obs.restore.missing", "Path", path)
	}
	defer f.Close()
	series, err := parse(f)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "obs.restore.damaged", "Path", path)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	s.series = series
	return nil
}

func parse(f io.Reader) (map[obs.Key]map[int64]cell, error) {
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return nil, errors.New("no line of names")
	}
	out := map[obs.Key]map[int64]cell{}
	for _, l := range lines[1:] {
		station, err1 := strconv.ParseInt(l[0], 10, 32)
		parameter, err2 := strconv.ParseUint(l[1], 10, 8)
		t, err3 := strconv.ParseInt(l[2], 10, 64)
		value, err4 := strconv.ParseFloat(l[3], 64)
		flag, err5 := strconv.ParseUint(l[4], 10, 8)
		if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
			return nil, err
		}
		k := obs.Key{Station: int32(station), Parameter: air.Parameter(parameter)}
		if out[k] == nil {
			out[k] = map[int64]cell{}
		}
		if _, twice := out[k][t]; twice {
			return nil, errors.New("a value stands twice")
		}
		out[k][t] = cell{value, air.Flag(flag)}
	}
	return out, nil
}

// Check finds nothing: maps do not break.
func (s *Store) Check(ctx context.Context) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.usable(ctx)
}

// Close ends the use of the store.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

func (s *Store) usable(ctx context.Context) error {
	if s.closed {
		return fault.New(fault.Internal, "obs.closed")
	}
	return ctx.Err()
}
