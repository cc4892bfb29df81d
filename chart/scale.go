package chart

import (
	"math"
	"time"
)

// axis is a vertical scale: grid values lo, lo+step … hi.
type axis struct {
	lo, hi, step float64
	n            int // steps
	digits       int
}

// nice chooses three to five steps of 1, 2, 2.5 or 5 times a power of ten from zero (or below, for negative values) to
// the highest value, the tightest of them.
func nice(lo, hi float64) axis { return steps(lo, hi, 3, 5) }

func steps(lo, hi float64, least, most int) axis {
	if math.IsNaN(lo) || lo > 0 || math.IsInf(lo, 0) {
		lo = 0
	}
	if math.IsNaN(hi) || math.IsInf(hi, 0) || hi < 0 {
		hi = 0
	}
	if hi-lo < 1e-9 {
		hi, lo = 1, 0
	}
	const far = 1e12 // what is larger is no concentration
	lo, hi = max(lo, -far), min(hi, far)
	best := axis{}
	power := math.Floor(math.Log10((hi - lo) / float64(most)))
	for e := power - 1; e <= power+1; e++ {
		unit := math.Pow(10, e)
		for _, m := range [...]float64{1, 2, 2.5, 5} {
			step := m * unit
			from, to := math.Floor(lo/step+1e-9), math.Ceil(hi/step-1e-9)
			n := int(to - from)
			if n < least || n > most {
				continue
			}
			if best.n == 0 || to*step-from*step < (best.hi-best.lo)*(1-1e-9) {
				digits := max(0, -int(e))
				if m == 2.5 {
					digits = max(0, 1-int(e))
				}
				best = axis{from * step, to * step, step, n, min(digits, 9)}
			}
		}
	}
	if best.n == 0 { // cannot happen for finite lo < hi
		best = axis{lo, hi, hi - lo, 1, 0}
	}
	return best
}

// grow makes the range of an axis hold a value.
func grow(lo, hi *float64, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	*lo, *hi = min(*lo, v), max(*hi, v)
}

// yearOf is a moment as a year and its part.
func yearOf(t time.Time) float64 {
	y := t.Year()
	n := 365
	if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
		n = 366
	}
	seconds := float64(t.Hour()*3600 + t.Minute()*60 + t.Second())
	return float64(y) + (float64(t.YearDay()-1)+seconds/86400)/float64(n)
}

// ticks of a time axis.
type tick struct {
	x     float64 // Unix seconds of the clock
	to    float64 // where the label names the time up to the next mark, that mark; else 0
	label string
	under string // second line: the year of months, the day of hours
}

// timeTicks chooses marks for a time axis from x0 to x1 that is w px wide.
func timeTicks(x0, x1, w float64, l Language) []tick {
	if !(x1 > x0) || x0 < -6.2e10 || x1 > 2.5e11 { // years 1 to 9999
		return nil
	}
	perPx := (x1 - x0) / w
	fits := func(seconds, room float64) bool { return seconds/perPx >= room }
	for _, hours := range [...]int{1, 3, 6, 12} {
		if fits(float64(hours)*3600, 34) && x1-x0 <= 4*86400 {
			return hourTicks(x0, x1, hours, l)
		}
	}
	first := clock(x0)
	longest := 0.0
	for m := 0; m < 12; m += 3 {
		longest = max(longest, width(dayLabel(l, int(first.AddDate(0, m, 0).Month()), 28)))
	}
	for _, days := range [...]int{1, 2, 3, 7, 14} {
		if !fits(float64(days)*86400, longest+12) || x1-x0 > 100*86400 {
			continue
		}
		var out []tick
		for t := midnight(first, x0); float64(t.Unix()) <= x1; t = t.AddDate(0, 0, days) {
			k := tick{x: float64(t.Unix()), label: dayLabel(l, int(t.Month()), t.Day())}
			if days == 1 {
				k.to = k.x + 86400
			}
			out = append(out, k)
		}
		return out
	}
	longest = 0
	for m := 1; m <= 12; m++ {
		longest = max(longest, width(l.MonthShort(m)))
	}
	for _, months := range [...]int{1, 2, 3, 6} {
		if fits(float64(months)*30*86400, max(longest, 32)+8) && x1-x0 <= 6*366*86400 {
			return monthTicks(x0, x1, months, l)
		}
	}
	for _, years := range [...]int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000} {
		if fits(float64(years)*365*86400, 46) {
			return yearTicks(x0, x1, years)
		}
	}
	return nil
}

func yearTicks(x0, x1 float64, years int) []tick {
	var out []tick
	y := clock(x0).Year()
	for y%years != 0 {
		y++
	}
	for ; ; y += years {
		x := float64(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC).Unix())
		if x > x1 {
			return out
		}
		if x >= x0 {
			out = append(out, tick{x: x, label: year(y)})
		}
	}
}

func midnight(first time.Time, x0 float64) time.Time {
	t := time.Date(first.Year(), first.Month(), first.Day(), 0, 0, 0, 0, time.UTC)
	if float64(t.Unix()) < x0 {
		t = t.AddDate(0, 0, 1)
	}
	return t
}

func hourTicks(x0, x1 float64, hours int, l Language) []tick {
	step := float64(hours) * 3600
	var out []tick
	for x := math.Ceil(x0/step) * step; x <= x1; x += step {
		t := time.Unix(int64(x), 0).UTC()
		k := tick{x: x, label: two(t.Hour())}
		if t.Hour() == 0 || len(out) == 0 {
			k.under = dayLabel(l, int(t.Month()), t.Day())
		}
		out = append(out, k)
	}
	return out
}

func monthTicks(x0, x1 float64, months int, l Language) []tick {
	first := time.Unix(int64(x0), 0).UTC()
	t := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, time.UTC)
	var out []tick
	for ; float64(t.Unix()) <= x1; t = t.AddDate(0, 1, 0) {
		if (int(t.Month())-1)%months != 0 || float64(t.Unix()) < x0 {
			continue
		}
		k := tick{x: float64(t.Unix()), label: l.MonthShort(int(t.Month()))}
		if months == 1 {
			k.to = float64(t.AddDate(0, 1, 0).Unix())
		}
		if t.Month() == 1 || len(out) == 0 {
			k.under = year(t.Year())
		}
		out = append(out, k)
	}
	return out
}
