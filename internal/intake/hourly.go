package intake

import (
	"math"
	"strconv"
	"time"

	"aircommons/air"
	"aircommons/internal/fault"
)

// hourCapture is the share of the intervals of an hour that must hold a value for the hour to have one: 75 %, as for days
// and months.
const hourCapture = 0.75

// hourly brings a series of minutes to hours, since the store and all statistics are hourly. The hour is that of local
// standard time. Its value is the mean of its valid values; of rain the sum, of the wind's direction that of the mean of
// unit vectors. An hour whose valid values are too few, but that has enough with those that the source calls invalid,
// takes the mean of all and keeps the mark. One with fewer is left out, and noted.
func (r *reader) hourly(c *collector) {
	s := &c.series
	if s.Step <= 0 || s.Step >= 3600 || len(s.Time) == 0 {
		return
	}
	want := int(3600 / s.Step)
	need := int(math.Ceil(hourCapture * float64(want)))
	start := func(t int64) int64 {
		local := t + int64(s.Offset)
		return t - ((local%3600)+3600)%3600
	}
	for i := range s.Time {
		if s.FlagAt(i) != air.Valid {
			r.Flagged--
		}
	}
	n := 0
	marked := s.Flag != nil
	for i := 0; i < len(s.Time); {
		hour, j := start(s.Time[i]), i
		for j < len(s.Time) && start(s.Time[j]) == hour {
			j++
		}
		valid, all := mean{param: s.Parameter}, mean{param: s.Parameter}
		var doubts, flags air.Flag
		for k := i; k < j; k++ {
			f := s.FlagAt(k)
			all.add(s.Value[k])
			flags |= f
			if f.OK() {
				valid.add(s.Value[k])
				doubts |= f
			}
		}
		m, f := valid, doubts
		if m.n < need {
			m, f = all, flags
		}
		line := c.line[i]
		i = j
		v, ok := m.value(want)
		if m.n < need || !ok {
			r.thin++
			if r.NotedTotal < MaxLines {
				at := time.Unix(hour+int64(s.Offset), 0).UTC().Format("2006-01-02 15:04")
				why := fault.Say("intake.hourly.few", "Hour", at, "Count", strconv.Itoa(m.n), "Want", strconv.Itoa(want))
				if m.n >= need {
					why = fault.Say("intake.hourly.winds", "Hour", at)
				}
				r.note(int(line), s.Parameter.Code(), at, why, fault.Say("intake.left.out"))
			} else {
				r.NotedTotal++
			}
			continue
		}
		s.Time[n], s.Value[n], c.line[n] = hour, v, line
		if marked {
			s.Flag[n] = f
		}
		if f != air.Valid {
			r.Flagged++
		}
		n++
	}
	s.Time, s.Value, c.line = s.Time[:n], s.Value[:n], c.line[:n]
	if marked {
		s.Flag = s.Flag[:n]
	}
	r.minutes = int(s.Step / 60)
	s.Step = 3600
}

// mean is the mean of some values of a parameter.
type mean struct {
	param          air.Parameter
	n              int
	sum, east, top float64
}

func (m *mean) add(v float64) {
	m.n++
	m.sum += v
	if m.param == air.WindDirection {
		sin, cos := math.Sincos(v * math.Pi / 180)
		m.east += sin
		m.top += cos
	}
}

// value is the mean; of rain the sum over want intervals, those without a value taken as the mean of the others. Winds from
// all sides have no direction.
func (m *mean) value(want int) (v float64, ok bool) {
	switch {
	case m.n == 0:
		return 0, false
	case m.param == air.Rain:
		return m.sum / float64(m.n) * float64(want), true
	case m.param == air.WindDirection:
		if math.Hypot(m.east, m.top) < 1e-9*float64(m.n) {
			return 0, false
		}
		v = math.Atan2(m.east, m.top) * 180 / math.Pi
		if v < 0 {
			v += 360
		}
		return v, true
	}
	return m.sum / float64(m.n), true
}

// hourlyFact says that minutes were brought to hours.
func (r *reader) hourlyFact() {
	if r.minutes == 0 {
		return
	}
	r.fact("step", fault.Say("intake.hourly.made", "Minutes", r.minutes), fault.Say("intake.hourly.how"), true)
	if r.thin > 0 {
		r.Warnings = append(r.Warnings, fault.Say("intake.hourly.thin", "Count", r.thin))
	}
}
