package stats

import (
	"math"
	"slices"

	"aircommons/air"
)

// Periods gives the statistics of s by calendar period, in order, for every period from the first to the last that holds
// a value. Only valid values enter. Wind directions get the vector mean and no other statistic.
func Periods(s *air.Series, by Period, opt Options) []Summary {
	times, values := valid(s)
	if len(times) == 0 {
		return nil
	}
	var day map[int64]float64 // needed for the highest daily mean
	var run8, run24 []float64
	first := int64(0)
	if s.Step == 3600 && s.Parameter != air.WindDirection && !opt.Means {
		day = map[int64]float64{}
		for _, d := range daily(times, values, s) {
			if d.Mean.OK() {
				day[d.Start] = float64(d.Mean)
			}
		}
		first, run8, run24 = running(times, values)
	}
	offset := int64(s.Offset)
	var out []Summary
	var buf []float64
	for i := 0; i < len(times); {
		from, to, label := by.bounds(times[i] + offset)
		// Periods without any value between two others are listed too: a gap is visible.
		for len(out) > 0 && out[len(out)-1].To < from-offset {
			f, t, l := by.bounds(out[len(out)-1].To + offset)
			e := empty(l, f-offset, t-offset)
			out = append(out, e)
		}
		sum := empty(label, from-offset, to-offset)
		j := i
		for j < len(times) && times[j] < sum.To {
			j++
		}
		sum.Count = (j - i) * int(s.Step) / 3600
		sum.Capture = 100 * float64(sum.Count) / float64(sum.Expected)
		sum.Enough = sum.Capture >= opt.capture()
		if sum.Enough {
			if s.Parameter == air.WindDirection {
				if d, ok := air.MeanDirection(values[i:j], nil); ok {
					sum.Mean = Value(d)
				}
			} else if sum.Mean = Mean(values[i:j]); !opt.Means {
				buf = append(buf[:0], values[i:j]...)
				slices.Sort(buf)
				sum.fill(buf)
				if s.Step == 3600 {
					for d := from; d < to; d += 86400 {
						if m, ok := day[d-offset]; ok {
							sum.MaxDay = larger(sum.MaxDay, m)
						}
					}
					sum.Max8h = highest(run8, first, sum.From, sum.To)
					sum.Max24h = highest(run24, first, sum.From, sum.To)
				} else if s.Step == 86400 {
					sum.MaxDay = sum.Max
				}
			}
		}
		out = append(out, sum)
		i = j
	}
	return out
}

func (s *Summary) fill(sorted []float64) {
	s.Min, s.Max = Value(sorted[0]), Value(sorted[len(sorted)-1])
	for _, q := range []struct {
		to *Value
		p  float64
	}{{&s.Median, .5}, {&s.P05, .05}, {&s.P25, .25}, {&s.P75, .75}, {&s.P90, .9}, {&s.P95, .95}, {&s.P98, .98}, {&s.P99, .99}} {
		*q.to = Quantile(sorted, q.p, Type7)
	}
}

// valid copies out the valid values; the series itself is used when all are.
func valid(s *air.Series) ([]int64, []float64) {
	all := true
	for i, v := range s.Value {
		if !s.FlagAt(i).OK() || math.IsNaN(v) {
			all = false
			break
		}
	}
	if all {
		return s.Time, s.Value
	}
	var t []int64
	var v []float64
	for i := range s.Value {
		if s.FlagAt(i).OK() && !math.IsNaN(s.Value[i]) {
			t = append(t, s.Time[i])
			v = append(v, s.Value[i])
		}
	}
	return t, v
}

// DayMean is the mean of one local day. Mean is None where fewer than 75 % of the day's hours are valid.
type DayMean struct {
	Start int64 // UTC start of the local day
	Count int   // valid values of the series' step
	Mean  Value
}

// Daily gives the mean of every local day that holds a valid value. A day needs 18 of 24 hours (75 %).
func Daily(s *air.Series) []DayMean {
	t, v := valid(s)
	return daily(t, v, s)
}

func daily(times []int64, values []float64, s *air.Series) []DayMean {
	offset := int64(s.Offset)
	need := (perDay(s)*3 + 3) / 4
	var out []DayMean
	for i := 0; i < len(times); {
		start := floorDiv(times[i]+offset, 86400)*86400 - offset
		j := i
		for j < len(times) && times[j] < start+86400 {
			j++
		}
		d := DayMean{Start: start, Count: j - i, Mean: None}
		if j-i >= need {
			d.Mean = Mean(values[i:j])
		}
		out = append(out, d)
		i = j
	}
	return out
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Running gives, for every hour from the first valid one to the last one whose window can still be complete enough, the
// right-aligned mean of the hours i-w+1..i. It is NaN where fewer than need of the w hours are valid. first is the time of
// the first element. The windows run over the whole series and do not start again with a year.
func Running(s *air.Series, w, need int) (first int64, means []float64) {
	t, v := valid(s)
	if len(t) == 0 {
		return 0, nil
	}
	first, grid := dense(t, v, w-need)
	return first, window(grid, w, need)
}

func running(times []int64, values []float64) (first int64, eight, day []float64) {
	first, grid := dense(times, values, 6)
	return first, window(grid, 8, 6), window(grid, 24, 18)
}

// dense lays hourly values on a grid without gaps; tail hours follow the last value, since a window may end there.
func dense(times []int64, values []float64, tail int) (int64, []float64) {
	first := times[0]
	grid := make([]float64, int((times[len(times)-1]-first)/3600)+1+tail)
	for i := range grid {
		grid[i] = math.NaN()
	}
	for i, t := range times {
		grid[(t-first)/3600] = values[i]
	}
	return first, grid
}

// window adds each window anew: a sliding sum would carry the rounding of every hour before it.
func window(grid []float64, w, need int) []float64 {
	out := make([]float64, len(grid))
	for i := range grid {
		sum, n := 0.0, 0
		for _, v := range grid[max(0, i-w+1) : i+1] {
			if v == v {
				sum += v
				n++
			}
		}
		if n >= need {
			out[i] = sum / float64(n)
		} else {
			out[i] = math.NaN()
		}
	}
	return out
}

func highest(means []float64, first, from, to int64) Value {
	best := None
	a := max(0, int((from-first+3599)/3600))
	b := min(len(means), int((to-first+3599)/3600))
	for i := a; i < b; i++ {
		best = larger(best, means[i])
	}
	return best
}

func larger(a Value, b float64) Value {
	if b != b || (a.OK() && float64(a) >= b) {
		return a
	}
	return Value(b)
}
