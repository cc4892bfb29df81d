// Package obs keeps measurements. A measurement is a value of one parameter at one station at one time, with a flag.
//
// Store is implemented by obs/mem (maps and loops, the specification) and obs/duck (DuckDB). Package obstest holds the
// suite that both pass. Stores count, filter and sort; they define no statistic.
package obs

import (
	"context"

	"aircommons/air"
)

// Key names a series in the store.
type Key struct {
	Station   int32
	Parameter air.Parameter
}

// Rows are the values of one series, in parallel, sorted by time without doubles. Times are Unix seconds in UTC at the
// start of the interval. Flag may be nil when every value is valid; rows that come out of a store have a nil Flag then.
type Rows struct {
	Time  []int64
	Value []float64
	Flag  []air.Flag
}

// Write replaces what the store holds of Key in [From, To) by Rows. Rows outside [From, To) are an error, as are rows
// out of order and values that are not finite numbers. Empty Rows remove the range.
type Write struct {
	Key
	From, To int64
	Rows     Rows
}

// Extent tells how much of a series is in the store.
type Extent struct {
	Key
	First, Last int64 // start of the first and last value
	Count       int64
}

// Store keeps measurements. All methods are safe for concurrent use; Replace is atomic: after a crash either all
// writes of a call are there or none.
type Store interface {
	// Replace does all writes in one transaction, as if one after the other: where two of them overlap, the later wins.
	Replace(ctx context.Context, writes []Write) error
	// Read returns the rows of a series in [from, to), none where nothing is known.
	Read(ctx context.Context, key Key, from, to int64) (Rows, error)
	// Scan calls f for each of the given series that has rows in [from, to), ordered by station and parameter.
	// The Rows belong to f only until it returns. A nil keys means every series.
	Scan(ctx context.Context, keys []Key, from, to int64, f func(Key, Rows) error) error
	// Extents lists every series, ordered by station and parameter.
	Extents(ctx context.Context) ([]Extent, error)
	// Backup writes a consistent copy as Parquet files into an empty directory (mem: as one table in CSV).
	Backup(ctx context.Context, dir string) error
	// Restore replaces everything by the copy in dir.
	Restore(ctx context.Context, dir string) error
	// Check reads everything and reports the first damage.
	Check(ctx context.Context) error
	Close() error
}
