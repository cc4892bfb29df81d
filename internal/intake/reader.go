package intake

import (
	"sort"
	"strconv"
	"strings"
	"time"

	"aircommons/air"
	"aircommons/internal/fault"
)

// reader carries one file through a layout.
type reader struct {
	*Result
	data    []byte // in UTF-8
	name    string // base name without the endings of packing
	path    string
	opt     Options
	open    []*collector
	text    decoded // how the encoding was told
	city    string  // of all stations, where the layout knows it
	country string  // of all stations, where the layout knows it
	doubles int     // values rejected because their time stood there already
	seen    *sight  // how it was recognised
	thin    int     // hours left out because too few of their minutes have a value
	minutes int     // interval of values that were brought to hours
	keep    bool    // finish keeps every value with its line, for a preview
	kept    []Stored
}

// collector gathers one series in the order of the file; finish sorts it.
type collector struct {
	station  Station
	series   air.Series
	line     []int32
	unsorted bool
	mark     []int64        // times of values that the source itself calls not valid
	twice    map[int64]bool // civil hours that were met once, of those that stand twice a year
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

// ask notes a question, once for each column.
func (r *reader) ask(a Ask) {
	for _, b := range r.Asks {
		if b.Property == a.Property && b.Column == a.Column {
			return
		}
	}
	r.Asks = append(r.Asks, a)
}

// head says layout and encoding, which every report begins with.
func (r *reader) head(layout string, how fault.Message) {
	r.fact("layout", fault.Say("intake.layout."+layout), how, true)
	r.fact("encoding", fault.Say("intake.encoding", "Name", r.Encoding), r.text.how, r.text.sure)
}

// hourFact says which side of the hour stamps mark, for layouts whose files do not state it: the start, unless declared.
func (r *reader) hourFact() {
	switch {
	case r.opt.HourEnd == nil:
		r.fact("hour", fault.Say("intake.hour.start"), fault.Say("intake.how.unstated"), false)
	case *r.opt.HourEnd:
		r.fact("hour", fault.Say("intake.hour.end"), fault.Say("intake.how.declared"), true)
	default:
		r.fact("hour", fault.Say("intake.hour.start"), fault.Say("intake.how.declared"), true)
	}
}

// shift moves every value by one interval where stamps were declared to mark the end.
func (r *reader) shift() error {
	if r.opt.HourEnd == nil || !*r.opt.HourEnd {
		return nil
	}
	for _, c := range r.open {
		for i := range c.series.Time {
			c.series.Time[i] -= c.series.Step
		}
		for i := range c.mark {
			c.mark[i] -= c.series.Step
		}
	}
	return nil
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
		r.Noted = append(r.Noted, Line{Number: line, Column: column, Text: text, Reason: reason, Action: action})
	}
}

// headingAgain leaves out the headings that stand among the lines of files that were put behind each other.
func (r *reader) headingAgain(t *table) {
	r.Rows--
	r.note(t.line, "", t.text(), fault.Say("intake.heading.again"), fault.Say("intake.left.out"))
}

// broken is the error for a row that could not be split.
func (r *reader) broken(t *table) error {
	if t.wide {
		return fault.New(fault.Invalid, "intake.row.long", "File", r.path, "Line", t.line, "Limit", maxCells)
	}
	return fault.New(fault.Invalid, "intake.cell.long", "File", r.path, "Line", t.line, "Limit", r.opt.Limits.cell()>>10)
}

// highest plausible values in µg/m³: beyond them a value is kept with a flag. Those of gases given as mixing ratio are
// compared after conversion at 25 °C.
var highest = map[air.Parameter]float64{air.PM25: 1000, air.PM10: 2000, air.O3: 1000, air.NO2: 1000, air.SO2: 2000, air.CO: 50000}

// finish sorts the series, takes doubles out, sets flags and moves everything into the Result.
func (r *reader) finish() error {
	for _, c := range r.open {
		s := &c.series
		if c.unsorted {
			c.sort()
			r.dedupe(c)
		}
		r.flag(c)
		r.hourly(c)
		if r.keep {
			for i, at := range s.Time {
				r.kept = append(r.kept, Stored{int(c.line[i]), at, s.Offset, c.station.Code, s.Parameter, s.Value[i], s.Unit, s.FlagAt(i)})
			}
		}
		r.Values += len(s.Time)
		if len(s.Time) > 0 {
			r.Series = append(r.Series, StationSeries{c.station, *s})
		}
	}
	r.hourlyFact()
	if r.Layout == "table" && r.doubles > r.Values {
		return fault.New(fault.Invalid, "intake.dates.repeat", "File", r.path)
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
				r.note(int(c.line[i]), s.Parameter.Code(), stamp, fault.Say("intake.double.same", "Line", strconv.Itoa(int(c.line[n-1]))), fault.Say("intake.kept.once"))
			} else {
				r.doubles++
				r.reject(int(c.line[i]), s.Parameter.Code(), stamp, fault.Say("intake.double.other", "Line", strconv.Itoa(int(c.line[n-1])), "First", s.Value[n-1], "Second", s.Value[i]))
			}
			continue
		}
		s.Time[n], s.Value[n], c.line[n] = s.Time[i], s.Value[i], c.line[i]
		n++
	}
	s.Time, s.Value, c.line = s.Time[:n], s.Value[:n], c.line[:n]
}

// lowest is how far below zero noise explains a reading: 5 µg/m³, or 3 ppb. Other units have no such limit.
func lowest(u air.Unit) (float64, bool) {
	switch u {
	case air.MicrogramPerM3:
		return -5, true
	case air.MilligramPerM3:
		return -0.005, true
	case air.PPB:
		return -3, true
	case air.PPM:
		return -0.003, true
	}
	return 0, false
}

// flag marks values out of range and after the moment of reading, and notes each. They are kept; see air.Doubts.
func (r *reader) flag(c *collector) {
	s := &c.series
	marked := map[int64]bool{}
	for _, t := range c.mark {
		marked[t] = true
	}
	top, limited := highest[s.Parameter]
	if limited {
		var err error
		top, err = air.Convert(top, s.Parameter, air.MicrogramPerM3, s.Unit, air.At25C)
		limited = err == nil
	}
	low, signed := lowest(s.Unit)
	future := int64(1<<62 - 1)
	if !r.opt.Now.IsZero() {
		future = r.opt.Now.Unix()
	}
	for i, v := range s.Value {
		var f air.Flag
		if limited && v > top {
			f |= air.OutOfRange
		}
		if signed && v < low {
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
			r.doubt(c, i, f)
		}
	}
}

// doubt notes what a check found about a value; what the source marks is noted where its line is read.
func (r *reader) doubt(c *collector, i int, f air.Flag) {
	reason, action := "", "intake.kept.doubt"
	switch {
	case f&air.Source != 0:
		return
	case f&air.Future != 0:
		reason, action = "intake.doubt.future", "intake.kept.flagged"
	case f&air.OutOfRange != 0:
		reason = "intake.doubt.range"
	default:
		reason = "intake.doubt.negative"
	}
	text := strconv.FormatFloat(c.series.Value[i], 'f', -1, 64) + " " + c.series.Unit.Pretty()
	r.note(int(c.line[i]), c.series.Parameter.Code(), strings.TrimSpace(text), fault.Say(reason), fault.Say(action))
}
