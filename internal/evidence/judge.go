package evidence

import (
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"aircommons/air"
	"aircommons/internal/fault"
	"aircommons/internal/network"
	"aircommons/standard"
	"aircommons/stats"
)

var nan = math.NaN()

// jurisdictions are the codes whose limits bind in a place, the nearest first: California has limits of its own beside
// those of the United States.
func jurisdictions(s *network.Snapshot, p network.Place) []string {
	var out []string
	if p.ID == "california" || slices.ContainsFunc(s.Above(p.ID), func(a network.Place) bool { return a.ID == "california" }) {
		out = append(out, "US-CA")
	}
	if p.Country != "" {
		out = append(out, p.Country)
	}
	return out
}

// bounds finds limits for one place.
type bounds struct {
	codes []string
	p     air.Parameter
	unit  air.Unit
}

// national is the limit that binds in the place on a day: where state and nation both have one, the lower.
func (b bounds) national(averaging string, on time.Time) (best standard.Limit, ok bool) {
	for _, c := range b.codes {
		l, found := standard.National(c, b.p, averaging, on)
		if !found {
			continue
		}
		v, can := b.here(l)
		old, had := b.here(best)
		if !ok || can && (!had || v < old) {
			best, ok = l, true
		}
	}
	return best, ok
}

// next is the nearest limit that is decided, not yet in force on a day and another than that in force: a new directive
// may begin with the values of the old one.
func (b bounds) next(averaging string, on time.Time) (standard.Limit, bool) {
	now, has := b.national(averaging, on)
	for _, c := range b.codes {
		for _, s := range standard.Steps(c, b.p, averaging) {
			if has && s.Value == now.Value && s.Unit == now.Unit {
				continue
			}
			if s.Begin.After(on) && (len(b.codes) == 1 || s.Confidence != standard.FromMemory) {
				return s.Limit, true
			}
		}
	}
	return standard.Limit{}, false
}

// guidelines are the rows of the WHO of 2021 in the table of limits.
var guidelines = sync.OnceValue(func() (out []standard.Limit) {
	for _, l := range standard.All() {
		if l.Country == "INT" && l.Document == "WHO AQG 2021" {
			out = append(out, l)
		}
	}
	return out
})

// who lists the guideline and the interim targets of 2021, the hardest first.
func (b bounds) who(averaging string) []standard.Limit {
	var out []standard.Limit
	for _, l := range guidelines() {
		if l.Parameter == b.p && l.Averaging == averaging {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b standard.Limit) int { return compareFloat(a.Value, b.Value) })
	return out
}

func compareFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// here is a limit's value in the unit of the page, false where there is no way to it. A limit of a gas in another kind of
// unit is converted at the limit's own reference state.
func (b bounds) here(l standard.Limit) (float64, bool) {
	if l.Unit == air.NoUnit {
		return 0, false
	}
	state, ok := l.State()
	if !ok {
		state, _ = stateOf(b.country(), 2024)
	}
	v, err := air.Convert(l.Value, b.p, l.Unit, b.unit, state)
	return v, err == nil
}

func (b bounds) country() string {
	if len(b.codes) == 0 {
		return ""
	}
	return b.codes[len(b.codes)-1]
}

// judge puts a value of a year, in the unit of the page, beside a limit. Gases are brought from the reference state at
// which the country reported in that year to the limit's own, where the limit states one.
func (b bounds) judge(v float64, year int, l standard.Limit) *Judgement {
	j := &Judgement{Limit: l, Value: nan, Verdict: Unsaid}
	why := func(key string, pairs ...any) *Judgement {
		j.Why = new(fault.Say(key, pairs...))
		return j
	}
	if l.Unit == air.NoUnit {
		return why("evidence.why.unit", "Unit", l.UnitText)
	}
	state, _ := stateOf(b.country(), year)
	x, err := air.Convert(v, b.p, b.unit, l.Unit, state)
	if err != nil {
		return why("evidence.why.unit", "Unit", l.UnitText)
	}
	if i, _ := b.p.Info(); i.Kind == "gas" && massOf(l.Unit) {
		if to, ok := l.State(); ok && to != state {
			x = air.Restate(x, state, to)
			j.Restated = true
		}
	}
	j.Value, j.Ratio, j.Excess = x, x/l.Value, standard.Round(x-l.Value, 10)
	if l.Confidence == standard.FromMemory {
		return why("evidence.why.memory")
	}
	j.Verdict = Met
	if l.Exceeds(x) {
		j.Verdict = Missed
	}
	return j
}

// countDays counts the days of a year above a daily limit. days are in the unit of the page.
func (b bounds) countDays(days []stats.Value, year int, class string, l standard.Limit) DayCount {
	c := DayCount{Limit: l, Class: class, Allowed: l.Allowed, Verdict: Unsaid}
	c.Value, _ = b.here(l)
	for _, d := range days {
		if !d.OK() {
			continue
		}
		c.Valid++
		j := b.judge(float64(d), year, l)
		if math.IsNaN(j.Value) {
			c.Why = j.Why
			continue
		}
		if j.Value > l.Value {
			c.Above++
		} else {
			c.Within++
		}
		if l.Exceeds(j.Value) {
			c.Exceedances++
		}
	}
	switch {
	case l.Confidence == standard.FromMemory:
		c.Why = new(fault.Say("evidence.why.memory"))
	case c.Valid == 0:
		c.Why = new(fault.Say("evidence.why.nodays"))
	case c.Allowed < 0 || strings.Contains(l.Statistic, "percentile"):
		// Judged by a percentile of the year's days: counted here, not judged.
		c.Why = new(fault.Say("evidence.why.percentile"))
	case float64(c.Valid) < EnoughCapture/100*float64(len(days)):
		c.Why = new(fault.Say("evidence.why.capture", "Capture", tenth(100*float64(c.Valid)/float64(len(days)))))
		if c.Exceedances > c.Allowed { // more are above already than are allowed
			c.Why, c.Verdict = nil, Missed
		}
	case c.Exceedances > c.Allowed:
		c.Verdict = Missed
	default:
		c.Verdict = Met
	}
	return c
}

// tenth rounds a percentage for a sentence.
func tenth(v float64) float64 { return standard.Round(v, 1) }
