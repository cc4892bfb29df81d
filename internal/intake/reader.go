package intake

import (
	"sort"
	"time"

	"aircommons/air"
	"aircommons/internal/fault"
)

// reader carries one file through a layout.
type reader struct {
	*Result
	data []byte
	name string
	path string
	opt  Options
	open []*collector
}

// collector gathers one series in the order of the file; finish sorts it.
type collector struct {
	station  Station
	series   air.Series
	line     []int32
	unsorted bool
	mark     []int64 // times of values that the source itself calls not valid
}

func (r *reader) collect(st Station, p air.Parameter, u air.Unit, step int64, offset, room int) *collector {
	c := &collector{station: st, series: air.Series{Parameter: p, Unit: u, Step: step, Offset: offset,
		Time: make([]int64, 0, room), Value: make([]float64, 0, room)}, line: make([]int32, 0, room)}
	r.open = append(r.open, c)
	return c
}

func (c *collector) add(t int64, v float64, line int) {
	if n := len(c.series.Time); n > 0 && t <= c.series.Time[n-1] {
		c.unsorted = true
	}
	c.series.Time = append(c.series.Time, t)
	c.series.Value = append(c.series.Value, v)
	c.line = append(c.line, int32(line))
}

func (r *reader) fact(property string, value, how fault.Message, sure bool) {
	r.Facts = append(r.Facts, Fact{property, value, how, sure})
}

func (r *reader) reject(line int, column, text string, reason fault.Message) {
	r.RejectedTotal++
	if len(r.Rejected) < MaxLines {
		r.Rejected = append(r.Rejected, Line{Number: line, Column: column, Text: text, Reason: reason})
	}
}

func (r *reader) note(line int, column, text string, reason, action fault.Message) {
	r.NotedTotal++
	if len(r.Noted) < MaxLines {
		r.Noted = append(r.Noted, Line{line, column, text, reason, action})
	}
}

// cellTooLong is the error for a row that could not be split.
func (r *reader) cellTooLong(line int) error {
	return fault.New(fault.Invalid, "intake.cell.long", "File", r.path, "Line", line, "Limit", r.opt.Limits.cell()>>10)
}

// highest plausible values, section "range" of the quality checks: beyond them a value is kept with a flag.
var highest = map[air.Parameter]float64{air.PM25: 1000, air.PM10: 2000, air.O3: 1000, air.NO2: 1000, air.SO2: 2000, air.CO: 50000}

// finish sorts the series, takes doubles out, sets flags and moves everything into the Result.
func (r *reader) finish() error {
	for _, c := range r.open {
		s := &c.series
		if c.unsorted {
			c.sort()
			r.dedupe(c)
		}
		r.flag(s, c.mark)
		r.Values += len(s.Time)
		if len(s.Time) > 0 {
			r.Series = append(r.Series, StationSeries{c.station, *s})
		}
	}
	sort.SliceStable(r.Rejected, func(i, j int) bool { return r.Rejected[i].Number < r.Rejected[j].Number })
	sort.SliceStable(r.Noted, func(i, j int) bool { return r.Noted[i].Number < r.Noted[j].Number })
	r.open = nil
	return nil
}

func (c *collector) sort() {
	s := &c.series
	idx := make([]int, len(s.Time))
	for i := range idx {
		idx[i] = i
	}
	sort.SliceStable(idx, func(a, b int) bool { return s.Time[idx[a]] < s.Time[idx[b]] })
	t, v, l := make([]int64, len(idx)), make([]float64, len(idx)), make([]int32, len(idx))
	for i, j := range idx {
		t[i], v[i], l[i] = s.Time[j], s.Value[j], c.line[j]
	}
	s.Time, s.Value, c.line = t, v, l
}

// dedupe keeps the first value of an hour. A second one with the same value is noted, with another value rejected.
func (r *reader) dedupe(c *collector) {
	s := &c.series
	n := 0
	for i := range s.Time {
		if n > 0 && s.Time[i] == s.Time[n-1] {
			stamp := time.Unix(s.Time[i]+int64(s.Offset), 0).UTC().Format("2006-01-02 15:04")
			if s.Value[i] == s.Value[n-1] {
				r.note(int(c.line[i]), s.Parameter.Code(), stamp, fault.Say("intake.double.same", "Line", c.line[n-1]), fault.Say("intake.kept.once"))
			} else {
				r.reject(int(c.line[i]), s.Parameter.Code(), stamp, fault.Say("intake.double.other", "Line", c.line[n-1], "First", s.Value[n-1], "Second", s.Value[i]))
			}
			continue
		}
		s.Time[n], s.Value[n], c.line[n] = s.Time[i], s.Value[i], c.line[i]
		n++
	}
	s.Time, s.Value, c.line = s.Time[:n], s.Value[:n], c.line[:n]
}

// flag marks values out of range and after the moment of reading. They are kept.
func (r *reader) flag(s *air.Series, mark []int64) {
	marked := map[int64]bool{}
	for _, t := range mark {
		marked[t] = true
	}
	top, limited := highest[s.Parameter]
	size := 1.0
	if s.Unit == air.MilligramPerM3 {
		size = 1000
	}
	limited = limited && (s.Unit == air.MicrogramPerM3 || s.Unit == air.MilligramPerM3)
	low, gas := -5.0, -3.0
	future := int64(1<<62 - 1)
	if !r.opt.Now.IsZero() {
		future = r.opt.Now.Unix()
	}
	for i, v := range s.Value {
		var f air.Flag
		if limited && v*size > top {
			f |= air.OutOfRange
		}
		if (s.Unit == air.MicrogramPerM3 && v < low) || (s.Unit == air.PPB && v < gas) {
			f |= air.Negative
		}
		if s.Time[i] > future {
			f |= air.Future
		}
		if marked[s.Time[i]] {
			f |= air.Source
		}
		if f != 0 {
			if s.Flag == nil {
				s.Flag = make([]air.Flag, len(s.Value))
			}
			s.Flag[i] = f
			r.Flagged++
		}
	}
}
