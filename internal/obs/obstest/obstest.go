// Package obstest holds the suite every obs.Store passes: named cases, and random sequences of operations in which
// obs/mem says what is right.
package obstest

import (
	"fmt"
	"math"
	"testing"

	"aircommons/air"
	"aircommons/internal/obs"
	"aircommons/internal/obs/mem"
)

// Open makes an empty store for a test. The suite closes it.
type Open func(t *testing.T) obs.Store

// Run runs the suite on the stores that open makes.
func Run(t *testing.T, open Open) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			defer func() {
				if err := s.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			}()
			c.run(t, s, open)
			if err := s.Check(t.Context()); err != nil {
				t.Errorf("Check: %v", err)
			}
		})
	}
	t.Run("close", func(t *testing.T) { testClose(t, open) })
	t.Run("random", func(t *testing.T) { testRandom(t, open) })
}

// Key names a series in a short way.
func Key(station int, p air.Parameter) obs.Key { return obs.Key{Station: int32(station), Parameter: p} }

// Write makes a write from pairs of time and value.
func Write(k obs.Key, from, to int64, pairs ...float64) obs.Write {
	w := obs.Write{Key: k, From: from, To: to}
	for i := 0; i+1 < len(pairs); i += 2 {
		w.Rows.Time = append(w.Rows.Time, int64(pairs[i]))
		w.Rows.Value = append(w.Rows.Value, pairs[i+1])
	}
	return w
}

// Run of a case on an empty store. open makes a second one.
type testCase struct {
	name string
	run  func(t *testing.T, s obs.Store, open Open)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// replace does writes and fails the test on an error.
func replace(t testing.TB, s obs.Store, writes ...obs.Write) {
	t.Helper()
	must(t, s.Replace(t.Context(), writes))
}

// want compares what is in [from, to) of a series with pairs of time and value.
func want(t testing.TB, s obs.Store, k obs.Key, from, to int64, pairs ...float64) {
	t.Helper()
	got, err := s.Read(t.Context(), k, from, to)
	must(t, err)
	if d := Diff(got, Write(k, from, to, pairs...).Rows); d != "" {
		t.Fatalf("station %d %v in [%d, %d): %s", k.Station, k.Parameter, from, to, d)
	}
}

// Diff says the first difference between rows, to the bit of each value; empty when they are the same.
func Diff(got, want obs.Rows) string {
	if len(got.Time) != len(want.Time) || len(got.Value) != len(got.Time) {
		return fmt.Sprintf("got %d times and %d values, want %d", len(got.Time), len(got.Value), len(want.Time))
	}
	if (got.Flag == nil) != (want.Flag == nil) || (got.Flag != nil && len(got.Flag) != len(got.Time)) {
		return fmt.Sprintf("got flags %v, want %v", got.Flag, want.Flag)
	}
	for i := range want.Time {
		if got.Time[i] != want.Time[i] || math.Float64bits(got.Value[i]) != math.Float64bits(want.Value[i]) {
			return fmt.Sprintf("row %d: got %d: %v, want %d: %v", i, got.Time[i], got.Value[i], want.Time[i], want.Value[i])
		}
		if want.Flag != nil && got.Flag[i] != want.Flag[i] {
			return fmt.Sprintf("row %d: got flag %d, want %d", i, got.Flag[i], want.Flag[i])
		}
	}
	return ""
}

// Same says the first difference between everything in two stores, empty when they hold the same.
func Same(t testing.TB, got, want obs.Store) string {
	t.Helper()
	a, err := got.Extents(t.Context())
	must(t, err)
	b, err := want.Extents(t.Context())
	must(t, err)
	if fmt.Sprint(a) != fmt.Sprint(b) {
		return fmt.Sprintf("extents: got %v, want %v", a, b)
	}
	type item struct {
		key  obs.Key
		rows obs.Rows
	}
	var all []item
	must(t, want.Scan(t.Context(), nil, math.MinInt64, math.MaxInt64, func(k obs.Key, r obs.Rows) error {
		all = append(all, item{k, clone(r)})
		return nil
	}))
	diff, i := "", 0
	must(t, got.Scan(t.Context(), nil, math.MinInt64, math.MaxInt64, func(k obs.Key, r obs.Rows) error {
		switch {
		case diff != "":
		case i >= len(all):
			diff = fmt.Sprintf("series %v too many", k)
		case all[i].key != k:
			diff = fmt.Sprintf("series %d: got %v, want %v", i, k, all[i].key)
		default:
			if d := Diff(r, all[i].rows); d != "" {
				diff = fmt.Sprintf("series %v: %s", k, d)
			}
		}
		i++
		return nil
	}))
	if diff == "" && i < len(all) {
		diff = fmt.Sprintf("series %v is missing", all[i].key)
	}
	return diff
}

// clone copies rows that would be gone after a Scan's call.
func clone(r obs.Rows) obs.Rows {
	out := obs.Rows{Time: append([]int64(nil), r.Time...), Value: append([]float64(nil), r.Value...)}
	if r.Flag != nil {
		out.Flag = append([]air.Flag{}, r.Flag...)
	}
	return out
}

// model is a store of the specification.
func model() obs.Store { return mem.New() }
