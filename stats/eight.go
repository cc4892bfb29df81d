package stats

import (
	"math"

	"aircommons/air"
)

// DailyMax8h gives the highest 8-hour mean of every local day of an hourly series in which such a mean ends. A mean runs over the
// hour and the seven before it, belongs to the day in which it ends, and needs 6 of its 8 hours; a day needs 18 of its 24
// means, else Mean is None. Count is the number of means. (Directive 2008/50/EC, annexes VII and XI.)
func DailyMax8h(s *air.Series) []DayMean {
	first, means := Running(s, 8, 6)
	offset := int64(s.Offset)
	var out []DayMean
	for i, v := range means {
		if math.IsNaN(v) {
			continue
		}
		// Named by the start of its last hour, a mean that ends at midnight still belongs to the day before it.
		start := floorDiv(first+int64(i)*3600+offset, 86400)*86400 - offset
		if n := len(out); n == 0 || out[n-1].Start != start {
			out = append(out, DayMean{Start: start, Mean: None})
		}
		d := &out[len(out)-1]
		d.Count++
		d.Mean = larger(d.Mean, v)
	}
	for i := range out {
		if out[i].Count < 18 {
			out[i].Mean = None
		}
	}
	return out
}
