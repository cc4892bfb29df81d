package duck

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"aircommons/air"
	"aircommons/internal/fault"
	"aircommons/internal/obs"
)

const (
	// maxValues is how many ranges one statement names. Each statement reads the stations it names once, and text
	// of this length is parsed in some milliseconds.
	maxValues = 2000
	// checkpointRows is how many changed rows are left to the log before a checkpoint. It bounds what is replayed
	// after a crash, and the space of deleted rows.
	checkpointRows = 100_000
)

// Replace does all writes in one transaction. Ranges in which a series has nothing are not searched.
func (s *Store) Replace(ctx context.Context, writes []obs.Write) error {
	if s.opt.ReadOnly {
		return fault.New(fault.Denied, "obs.readonly", "Path", s.path)
	}
	if err := obs.Validate(writes); err != nil {
		return err
	}
	plan := obs.Disjoint(writes)
	if len(plan) == 0 {
		return ctx.Err()
	}
	s.write.Lock()
	defer s.write.Unlock()
	changed := int64(0)
	err := s.with(ctx, func(c *conn) (err error) {
		changed, err = replace(ctx, c, plan)
		return err
	})
	if err != nil {
		s.undone(err)
		return err
	}
	s.changed(ctx, changed)
	return nil
}

// undone looks at why a write was undone.
func (s *Store) undone(err error) {
	var f *fault.Error
	if errors.As(err, &f) && f.Message.Key == "obs.disk" {
		s.diskFull()
	}
}

// replace works off a plan of obs.Disjoint and returns the number of rows removed and added.
func replace(ctx context.Context, c *conn, plan []obs.Write) (changed int64, err error) {
	known := map[obs.Key]obs.Extent{}
	extents, err := c.extents(ctx, fmt.Sprintf("WHERE station BETWEEN %d AND %d", plan[0].Station, plan[len(plan)-1].Station))
	if err != nil {
		return 0, err
	}
	for _, e := range extents {
		known[e.Key] = e
	}

	// The touched series as they will be, and what is to be deleted. A series that loses a part of its rows is
	// counted again.
	var renewed []obs.Extent
	var gone []span
	var recount []obs.Key
	for start := 0; start < len(plan); {
		end := start + 1
		for end < len(plan) && plan[end].Key == plan[start].Key {
			end++
		}
		next, spans, again := touch(known[plan[start].Key], plan[start:end])
		gone = append(gone, spans...)
		if again {
			recount = append(recount, next.Key)
		} else {
			renewed = append(renewed, next)
		}
		start = end
	}

	for part := range slices.Chunk(gone, maxValues) {
		n, err := c.exec(ctx, deletion(part))
		if err != nil {
			return 0, err
		}
		changed += n
	}
	added, err := c.appendRows(ctx, plan)
	if err != nil {
		return 0, err
	}
	changed += added
	for part := range slices.Chunk(recount, maxValues) {
		counted, err := c.count(ctx, part)
		if err != nil {
			return 0, err
		}
		renewed = append(renewed, counted...)
	}
	return changed, c.renew(ctx, renewed)
}

// span is a range of a series.
type span struct {
	obs.Key
	from, to int64
}

// touch says what the writes of one series, disjoint and in order, make of it: its extent when that is plain from old
// (the extent before, zero when the series is new), the ranges to delete, and whether it must be counted again.
func touch(old obs.Extent, writes []obs.Write) (next obs.Extent, gone []span, again bool) {
	next = obs.Extent{Key: writes[0].Key, First: math.MaxInt64, Last: math.MinInt64}
	whole := old.Count == 0 // nothing of old remains
	for _, w := range writes {
		if old.Count > 0 && w.From <= old.Last && old.First < w.To {
			if n := len(gone); n > 0 && gone[n-1].to == w.From {
				gone[n-1].to = w.To
			} else {
				gone = append(gone, span{w.Key, w.From, w.To})
			}
		}
		if n := w.Rows.Len(); n > 0 {
			next.First = min(next.First, w.Rows.Time[0])
			next.Last = max(next.Last, w.Rows.Time[n-1])
			next.Count += int64(n)
		}
	}
	for _, g := range gone {
		whole = whole || (g.from <= old.First && old.Last < g.to)
	}
	if !whole {
		if len(gone) > 0 {
			return next, gone, true
		}
		next.First, next.Last, next.Count = min(next.First, old.First), max(next.Last, old.Last), next.Count+old.Count
	}
	return next, gone, false
}

// deletion is the statement that removes spans, which are in order.
func deletion(spans []span) string {
	var b strings.Builder
	b.WriteString("DELETE FROM measurement m USING (VALUES ")
	from, to := int64(math.MaxInt64), int64(math.MinInt64)
	for i, g := range spans {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "('%d'::INTEGER,%d::UTINYINT,%s,%s)", g.Station, g.Parameter, literal(g.from), literal(g.to))
		from, to = min(from, g.from), max(to, g.to)
	}
	b.WriteString(") g(station, parameter, lo, hi) WHERE m.station = g.station AND m.parameter = g.parameter AND m.time >= g.lo AND m.time < g.hi")
	// What follows is implied; it lets DuckDB skip row groups by their least and greatest values.
	fmt.Fprintf(&b, " AND m.station BETWEEN %d AND %d AND m.time >= %s AND m.time < %s",
		spans[0].Station, spans[len(spans)-1].Station, literal(from), literal(to))
	return b.String()
}

// literal writes a BIGINT; without the cast the least one would be read as a wider type.
func literal(v int64) string { return fmt.Sprintf("'%d'::BIGINT", v) }

// values writes keys as the rows of VALUES.
func values(keys []obs.Key) string {
	var b strings.Builder
	for i, k := range keys {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "('%d'::INTEGER,%d::UTINYINT)", k.Station, k.Parameter)
	}
	return b.String()
}

// count gives the extents of keys, which are in order, from the measurements themselves; of a series without any, one
// with Count 0.
func (c *conn) count(ctx context.Context, keys []obs.Key) ([]obs.Extent, error) {
	found, err := c.readExtents(ctx, fmt.Sprintf(`SELECT station, parameter, min(time), max(time), count(*) FROM measurement
		WHERE station BETWEEN %d AND %d AND (station, parameter) IN (VALUES %s) GROUP BY station, parameter`,
		keys[0].Station, keys[len(keys)-1].Station, values(keys)))
	if err != nil {
		return nil, err
	}
	byKey := map[obs.Key]obs.Extent{}
	for _, e := range found {
		byKey[e.Key] = e
	}
	out := make([]obs.Extent, len(keys))
	for i, k := range keys {
		out[i] = byKey[k]
		out[i].Key = k
	}
	return out, nil
}

// renew writes extents into the table series in place of those of the same keys; one with Count 0 removes.
func (c *conn) renew(ctx context.Context, extents []obs.Extent) error {
	for part := range slices.Chunk(extents, maxValues) {
		keys := make([]obs.Key, len(part))
		var rows strings.Builder
		for i, e := range part {
			keys[i] = e.Key
			if e.Count == 0 {
				continue
			}
			if rows.Len() > 0 {
				rows.WriteByte(',')
			}
			fmt.Fprintf(&rows, "(%d,%d,%s,%s,%d)", e.Station, e.Parameter, literal(e.First), literal(e.Last), e.Count)
		}
		if _, err := c.exec(ctx, "DELETE FROM series WHERE (station, parameter) IN (VALUES "+values(keys)+")"); err != nil {
			return err
		}
		if rows.Len() > 0 {
			if _, err := c.exec(ctx, "INSERT INTO series VALUES "+rows.String()); err != nil {
				return err
			}
		}
	}
	return nil
}

// extents reads the table series, in order.
func (c *conn) extents(ctx context.Context, where string) ([]obs.Extent, error) {
	return c.readExtents(ctx, "SELECT station, parameter, first, last, n FROM series "+where+" ORDER BY station, parameter")
}

func (c *conn) readExtents(ctx context.Context, sql string) ([]obs.Extent, error) {
	var out []obs.Extent
	err := c.query(ctx, sql, func(k chunk) error {
		station, parameter := column[int32](k, 0), column[air.Parameter](k, 1)
		first, last, n := column[int64](k, 2), column[int64](k, 3), column[int64](k, 4)
		for i := range k.n {
			out = append(out, obs.Extent{
				Key:   obs.Key{Station: station[i], Parameter: parameter[i]},
				First: first[i], Last: last[i], Count: n[i],
			})
		}
		return nil
	})
	return out, err
}

// changed counts changed rows and writes a checkpoint when they are many. The rows are stored already: what goes wrong
// here is not the caller's, and the log keeps them until the next checkpoint.
func (s *Store) changed(ctx context.Context, rows int64) {
	if s.dirty += rows; s.dirty < checkpointRows {
		return
	}
	c, err := s.begin()
	if err != nil {
		return
	}
	_, err = c.exec(context.WithoutCancel(ctx), "CHECKPOINT")
	_ = s.fault(err, "obs.failed") // notes an error that ends the use of the open file
	s.end(c, true)
	if err == nil {
		s.dirty = 0
	}
}
