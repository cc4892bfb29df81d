package intake

import (
	"slices"

	"aircommons/internal/fault"
)

// monthly reports whether all dates are the first of a month, of more than two months: those are means of months.
func (t *tabular) monthly() bool {
	days, n := map[int64]bool{}, 0
	for _, c := range t.open {
		for _, at := range c.series.Time {
			wall := at
			if t.p.standard != nil {
				wall += int64(*t.p.standard)
			}
			day := wall / 86400
			if days[day] {
				continue
			}
			if n++; n > 400 {
				return n > 2
			}
			days[day] = true
			if _, _, d := civilDate(day); d != 1 {
				return false
			}
		}
	}
	return n > 2
}

// interval is the most frequent distance between neighbouring stamps of a series, its share, and the number of distances.
func interval(open []*collector) (step int64, share float64, n int) {
	steps := map[int64]int{}
	for _, c := range open {
		times := c.series.Time
		if c.unsorted {
			times = slices.Clone(times)
			slices.Sort(times)
		}
		for i := 1; i < len(times); i++ {
			if d := times[i] - times[i-1]; d > 0 && (steps[d] > 0 || len(steps) < 10000) {
				steps[d]++
				n++
			}
		}
		if n > 200000 {
			break
		}
	}
	best := 0
	for d, k := range steps {
		if k > best || (k == best && d < step) {
			step, best = d, k
		}
	}
	if n == 0 {
		return 0, 0, 0
	}
	return step, float64(best) / float64(n), n
}

// settleStep is the interval of values whose stamps stand step apart, n times and in a share of all. Distances of some
// hours are gaps in hourly values unless there are many and nearly all of them are the same.
func (r *reader) settleStep(step int64, share float64, n int) (settled int64, sure bool, err error) {
	switch {
	case step == 0, n < 3 && step%3600 == 0 && step != 86400:
		return 3600, step == 3600, nil
	case step > 86400:
		return 0, false, fault.New(fault.Invalid, "intake.step.months", "File", r.path)
	case step > 3600 && step < 86400 && step%3600 == 0 && (n < 50 || share < 0.9):
		return 3600, false, nil
	case step < 60 || 86400%step != 0 || (step < 3600 && 3600%step != 0):
		return 0, false, fault.New(fault.Invalid, "intake.step.odd", "File", r.path, "Seconds", step)
	}
	return step, n >= 3, nil
}
