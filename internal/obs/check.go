package obs

import (
	"math"
	"slices"

	"aircommons/air"
	"aircommons/internal/fault"
)

// Compare orders keys as Store.Scan and Store.Extents give them: by station, then by parameter.
func (k Key) Compare(l Key) int {
	if k.Station != l.Station {
		if k.Station < l.Station {
			return -1
		}
		return 1
	}
	return int(k.Parameter) - int(l.Parameter)
}

// Len is the number of values.
func (r Rows) Len() int { return len(r.Time) }

// Between is the part of r in [from, to). It shares memory with r. Flag is nil when every value of the part is valid.
func (r Rows) Between(from, to int64) Rows {
	i, _ := slices.BinarySearch(r.Time, from)
	j, _ := slices.BinarySearch(r.Time, to)
	if i >= j {
		return Rows{}
	}
	out := Rows{Time: r.Time[i:j], Value: r.Value[i:j]}
	if r.Flag != nil && !allValid(r.Flag[i:j]) {
		out.Flag = r.Flag[i:j]
	}
	return out
}

// allValid reports whether no flag is set, in which case stores give no flags at all.
func allValid(flags []air.Flag) bool {
	for _, f := range flags {
		if f != air.Valid {
			return false
		}
	}
	return true
}

// Validate reports the first write that breaks the promises of Write and Rows. Every Store refuses it before it
// touches anything. A value that is not a number is refused because a missing value is absent (air.Series), and an
// infinite one because no mean survives it.
func Validate(writes []Write) error {
	for i := range writes {
		w := &writes[i]
		if key := w.fault(); key != "" {
			return fault.New(fault.Invalid, key, "Station", w.Station, "Parameter", w.Parameter.String())
		}
	}
	return nil
}

// fault is the message key of what is wrong with w, empty when nothing is.
func (w *Write) fault() string {
	r := &w.Rows
	if len(r.Time) != len(r.Value) || (r.Flag != nil && len(r.Flag) != len(r.Time)) {
		return "obs.write.lengths"
	}
	if w.From > w.To {
		return "obs.write.range"
	}
	if n := len(r.Time); n > 0 && (r.Time[0] < w.From || r.Time[n-1] >= w.To) {
		return "obs.write.outside"
	}
	for i := 1; i < len(r.Time); i++ {
		if r.Time[i] <= r.Time[i-1] {
			return "obs.write.order"
		}
	}
	for _, v := range r.Value {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return "obs.write.number"
		}
	}
	return ""
}

// Disjoint gives writes that together do what writes do one after the other, but of which no two touch the same
// hour, ordered by key and time. A store may then remove all ranges first and add all rows after. The input must have
// passed Validate; it is not changed, and Rows are shared with it.
func Disjoint(writes []Write) []Write {
	out := make([]Write, 0, len(writes))
	for _, w := range writes {
		if w.From < w.To {
			out = append(out, w)
		}
	}
	slices.SortStableFunc(out, func(a, b Write) int { return a.Key.Compare(b.Key) })
	for start := 0; start < len(out); {
		end := start + 1
		for end < len(out) && out[end].Key == out[start].Key {
			end++
		}
		if one := out[start:end]; !separate(one) {
			pieces := cut(one)
			out = slices.Replace(out, start, end, pieces...)
			end = start + len(pieces)
		}
		start = end
	}
	return out
}

// separate sorts the writes of one series by time and reports whether they stand clear of one another. When they do
// not, their order is left as it was: it decides who wins.
func separate(one []Write) bool {
	byTime := slices.Clone(one)
	slices.SortFunc(byTime, compareFrom)
	for i := 1; i < len(byTime); i++ {
		if byTime[i].From < byTime[i-1].To {
			return false
		}
	}
	copy(one, byTime)
	return true
}

// cut resolves the overlaps among the writes of one series: the later write wins.
func cut(one []Write) []Write {
	var pieces []Write
	for _, w := range one {
		var next []Write
		for _, p := range pieces {
			if p.From < min(p.To, w.From) {
				next = append(next, p.part(p.From, min(p.To, w.From)))
			}
			if max(p.From, w.To) < p.To {
				next = append(next, p.part(max(p.From, w.To), p.To))
			}
		}
		pieces = append(next, w)
	}
	slices.SortFunc(pieces, compareFrom)
	return pieces
}

func (w Write) part(from, to int64) Write {
	return Write{Key: w.Key, From: from, To: to, Rows: w.Rows.Between(from, to)}
}

func compareFrom(a, b Write) int {
	switch {
	case a.From < b.From:
		return -1
	case a.From > b.From:
		return 1
	}
	return 0
}
