package duck

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"aircommons/air"
	"aircommons/internal/fault"
	"aircommons/internal/obs"
)

// batchRows is how many rows Scan holds at once, some 25 MB here and the same in DuckDB, unless one series has more.
const batchRows = 1_000_000

// Read returns the rows of a series in [from, to).
func (s *Store) Read(ctx context.Context, key obs.Key, from, to int64) (obs.Rows, error) {
	if err := ctx.Err(); err != nil {
		return obs.Rows{}, err
	}
	c, err := s.begin()
	if err != nil {
		return obs.Rows{}, err
	}
	defer s.end(c, true)
	var b bin
	err = c.query(ctx, fmt.Sprintf("SELECT time, value, flag FROM measurement WHERE station = %d AND parameter = %d AND %s",
		key.Station, key.Parameter, within(from, to)), func(k chunk) error {
		b.add(column[int64](k, 0), column[float64](k, 1), column[air.Flag](k, 2))
		return nil
	})
	if err != nil {
		return obs.Rows{}, s.fault(err, "obs.failed")
	}
	if !b.sort() {
		return obs.Rows{}, fault.New(fault.Invalid, "obs.damaged", "Path", s.path)
	}
	return b.rows(), nil
}

func within(from, to int64) string {
	return "time >= " + literal(from) + " AND time < " + literal(to)
}

// bin collects the rows of one series in the order in which they lie in the file. They lie sorted, except where a
// range was replaced, so looking whether they do costs less than having DuckDB sort.
type bin struct {
	time  []int64
	value []float64
	flag  []air.Flag
	flags air.Flag // all flags together
}

func (b *bin) add(time []int64, value []float64, flag []air.Flag) {
	b.time = append(b.time, time...)
	b.value = append(b.value, value...)
	b.flag = append(b.flag, flag...)
	for _, f := range flag {
		b.flags |= f
	}
}

func (b *bin) reset() {
	b.time, b.value, b.flag, b.flags = b.time[:0], b.value[:0], b.flag[:0], 0
}

// sort puts the rows in order and reports whether no time stands twice.
func (b *bin) sort() bool {
	if !slices.IsSorted(b.time) {
		b.merge()
	}
	for i := 1; i < len(b.time); i++ {
		if b.time[i] == b.time[i-1] {
			return false
		}
	}
	return true
}

// merge orders rows that lie in sorted runs, as writes left them. Ranges do not overlap, so mostly the runs do not
// either, and putting them one after the other is all; where a later write fell into a gap, the rows are sorted.
func (b *bin) merge() {
	type run struct{ from, to int }
	var runs []run
	for i := 0; i < len(b.time); {
		j := i + 1
		for j < len(b.time) && b.time[j] > b.time[j-1] {
			j++
		}
		runs = append(runs, run{i, j})
		i = j
	}
	slices.SortFunc(runs, func(x, y run) int { return cmp.Compare(b.time[x.from], b.time[y.from]) })
	n := len(b.time)
	out := bin{time: make([]int64, 0, n), value: make([]float64, 0, n), flag: make([]air.Flag, 0, n)}
	for _, r := range runs {
		out.time = append(out.time, b.time[r.from:r.to]...)
		out.value = append(out.value, b.value[r.from:r.to]...)
		out.flag = append(out.flag, b.flag[r.from:r.to]...)
	}
	b.time, b.value, b.flag = out.time, out.value, out.flag
	if slices.IsSorted(b.time) {
		return
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(b.time[i], b.time[j]) })
	out = bin{time: make([]int64, n), value: make([]float64, n), flag: make([]air.Flag, n)}
	for to, from := range order {
		out.time[to], out.value[to], out.flag[to] = b.time[from], b.value[from], b.flag[from]
	}
	b.time, b.value, b.flag = out.time, out.value, out.flag
}

// rows are the rows collected; they share memory with b.
func (b *bin) rows() obs.Rows {
	if len(b.time) == 0 {
		return obs.Rows{}
	}
	r := obs.Rows{Time: b.time, Value: b.value}
	if b.flags != air.Valid {
		r.Flag = b.flag
	}
	return r
}

// Scan calls f for each of the given series that has rows in [from, to). All calls see one state of the store.
func (s *Store) Scan(ctx context.Context, keys []obs.Key, from, to int64, f func(obs.Key, obs.Rows) error) error {
	if from >= to || (keys != nil && len(keys) == 0) {
		return ctx.Err()
	}
	return s.with(ctx, func(c *conn) error { return s.scan(ctx, c, keys, from, to, f) })
}

// scan is Scan inside a transaction.
func (s *Store) scan(ctx context.Context, c *conn, keys []obs.Key, from, to int64, f func(obs.Key, obs.Rows) error) error {
	extents, err := c.extents(ctx, "")
	if err != nil {
		return err
	}
	var wanted map[obs.Key]bool
	if keys != nil {
		wanted = map[obs.Key]bool{}
		for _, k := range keys {
			wanted[k] = true
		}
	}
	var sc scanner
	for start := 0; start < len(extents); {
		// A batch is what lies between its first and last series and is wanted.
		var batch []obs.Key
		end, rows, gaps := start, int64(0), false
		for ; end < len(extents); end++ {
			e := extents[end]
			if (wanted != nil && !wanted[e.Key]) || e.Last < from || e.First >= to {
				gaps = gaps || len(batch) > 0
				continue
			}
			n := expected(e, from, to)
			if len(batch) > 0 && (rows+n > batchRows || len(batch) == maxValues) {
				break
			}
			batch = append(batch, e.Key)
			rows += n
		}
		start = end
		if len(batch) == 0 {
			break
		}
		if err := sc.read(ctx, c, batch, gaps, from, to); err != nil {
			return err
		}
		for i, k := range batch {
			b := &sc.bins[i]
			if !b.sort() {
				return fault.New(fault.Invalid, "obs.damaged", "Path", s.path)
			}
			if len(b.time) == 0 {
				continue
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := f(k, b.rows()); err != nil {
				return err
			}
		}
	}
	return nil
}

// expected guesses how many rows of a series lie in [from, to), as if they were spread evenly.
func expected(e obs.Extent, from, to int64) int64 {
	length := float64(e.Last) - float64(e.First) + 1
	part := (math.Min(float64(to), float64(e.Last)+1) - math.Max(float64(from), float64(e.First))) / length
	return int64(math.Ceil(float64(e.Count) * part))
}

// scanner reads batches of series; it keeps its memory from one to the next.
type scanner struct {
	bins []bin
	of   map[obs.Key]int
}

// read fills bins with the rows of keys, which are in order. gaps says that the store has series between the first
// and the last key that are not among them.
func (sc *scanner) read(ctx context.Context, c *conn, keys []obs.Key, gaps bool, from, to int64) error {
	for len(sc.bins) < len(keys) {
		sc.bins = append(sc.bins, bin{})
	}
	sc.of = make(map[obs.Key]int, len(keys))
	for i, k := range keys {
		sc.of[k] = i
		sc.bins[i].reset()
	}
	a, z := keys[0], keys[len(keys)-1]
	var where strings.Builder
	fmt.Fprintf(&where, "station BETWEEN %d AND %d AND %s", a.Station, z.Station, within(from, to))
	if gaps {
		fmt.Fprintf(&where, " AND (station, parameter) IN (VALUES %s)", values(keys))
	} else {
		fmt.Fprintf(&where, " AND (station > %d OR parameter >= %d) AND (station < %d OR parameter <= %d)",
			a.Station, a.Parameter, z.Station, z.Parameter)
	}
	return c.query(ctx, "SELECT station, parameter, time, value, flag FROM measurement WHERE "+where.String(), sc.add)
}

// add sorts the rows of a chunk into bins, by runs of one series.
func (sc *scanner) add(k chunk) error {
	station, parameter := column[int32](k, 0), column[air.Parameter](k, 1)
	time, value, flag := column[int64](k, 2), column[float64](k, 3), column[air.Flag](k, 4)
	for i := 0; i < k.n; {
		j := i + 1
		for j < k.n && station[j] == station[i] && parameter[j] == parameter[i] {
			j++
		}
		// A series that is not in the table series shows in Check, by the count of all rows.
		if n, ok := sc.of[obs.Key{Station: station[i], Parameter: parameter[i]}]; ok {
			sc.bins[n].add(time[i:j], value[i:j], flag[i:j])
		}
		i = j
	}
	return nil
}

// Extents lists every series.
func (s *Store) Extents(ctx context.Context) ([]obs.Extent, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c, err := s.begin()
	if err != nil {
		return nil, err
	}
	defer s.end(c, true)
	out, err := c.extents(ctx, "")
	return out, s.fault(err, "obs.failed")
}
