package evidence

import (
	"context"
	"slices"
	"time"

	"aircommons/air"
	"aircommons/internal/fault"
	"aircommons/standard"
	"aircommons/stats"
)

// cityQuery is what an answer depends on beside the snapshot.
type cityQuery struct {
	CityQuery
	day string // what is in force depends on it
}

// CityAir answers for one place as of a day. The result is shared between readers and must not be changed.
func (k *Desk) CityAir(ctx context.Context, q CityQuery, today time.Time) (*CityAir, error) {
	s, err := k.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	id := cityQuery{q, today.UTC().Format(time.DateOnly)}
	s.mu.Lock()
	c := s.cities[id]
	s.mu.Unlock()
	if c != nil {
		return c, nil
	}
	if c, err = k.cityAir(ctx, s, q, today); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.cities) > mostKept {
		clear(s.cities)
	}
	s.cities[id] = c
	return c, nil
}

func (k *Desk) cityAir(ctx context.Context, s *Snapshot, q CityQuery, today time.Time) (*CityAir, error) {
	place, ok := s.network.Place(q.Place)
	if !ok || place.Withdrawn || place.Kind == "country" {
		return nil, notFound()
	}
	c := &CityAir{Place: place, Parameters: s.Parameters(q.Place), Parameter: q.Parameter}
	if c.Parameter == 0 {
		c.Parameter = air.PM25
		if len(c.Parameters) > 0 && !slices.Contains(c.Parameters, air.PM25) {
			c.Parameter = c.Parameters[0]
		}
	} else if _, known := c.Parameter.Info(); !known || c.Parameter.Weather() {
		return nil, notFound()
	}
	c.Unit = c.Parameter.MainUnit()
	b := bounds{jurisdictions(s.network, place), c.Parameter, c.Unit}
	if len(b.codes) > 0 {
		c.Country = standard.Jurisdiction(b.codes[0])
		c.Authority = standard.Authority(b.codes[0], today)
	}
	c.AnnualScale, c.DayScale = standard.Classes(c.Parameter, c.Unit, standard.Annual), standard.Classes(c.Parameter, c.Unit, standard.Daily)
	var err error
	if c.Lines, err = k.lines(ctx, s, q.Place, c.Parameter, c.Unit); err != nil {
		return nil, err
	}
	if c.Answer, err = k.answer(ctx, s, b, q.Place, c.Lines, today); err != nil {
		return nil, err
	}
	for _, p := range c.Parameters {
		if p == c.Parameter {
			continue
		}
		o := bounds{b.codes, p, p.MainUnit()}
		lines, err := k.lines(ctx, s, q.Place, p, o.unit)
		if err != nil {
			return nil, err
		}
		a, err := k.answer(ctx, s, o, q.Place, lines, today)
		if err != nil {
			return nil, err
		}
		c.Others = append(c.Others, a)
	}
	c.Ladder = b.ladder(c.Answer, today)
	c.Limits = b.limitLines(standard.Annual)
	if err := k.detail(ctx, s, b, c, q, today); err != nil {
		return nil, err
	}
	c.notes(s, b)
	return c, nil
}

// answer says whether the air is good enough, from the latest year.
func (k *Desk) answer(ctx context.Context, s *Snapshot, b bounds, place string, lines []AnnualLine, today time.Time) (Answer, error) {
	a := Answer{Parameter: b.p, Unit: b.unit, Word: NoWord}
	all, err := k.years(ctx, s, place, b.p)
	if err != nil {
		return a, err
	}
	if b.p == air.O3 {
		b.peak(&a, all, today)
		b.days(&a, all, today)
		return a, nil
	}
	best := headline(lines)
	if len(best) == 0 {
		a.Why = new(fault.Say("evidence.why.novalue"))
		for _, l := range lines {
			for _, pt := range l.Points {
				if pt.Why != nil {
					a.Why = pt.Why
				}
			}
		}
		b.days(&a, all, today)
		return a, nil
	}
	a.Value = best[len(best)-1]
	a.Line = lines[a.Value.Line]
	for _, pt := range a.Line.Points {
		if pt.Value.OK() && pt.Year < a.Value.Year {
			a.First = new(pt)
			break
		}
	}
	a.Line.Points = nil
	v, year := float64(a.Value.Value), a.Value.Year
	who := b.who(standard.Annual)
	for _, l := range who {
		j := b.judge(v, year, l)
		if l.Class == "AQG" {
			a.Guideline = j
		}
		if j.Verdict == Met && a.Interim == "" {
			a.Interim = l.Class
		}
	}
	end := time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC)
	if a.Line.PeriodKind == "fiscal" {
		end = time.Date(year+1, 3, 31, 0, 0, 0, 0, time.UTC)
	}
	if l, ok := b.national(standard.Annual, end); ok {
		a.Then = b.judge(v, year, l)
	}
	if l, ok := b.national(standard.Annual, today); ok {
		a.Now = b.judge(v, year, l)
	}
	if l, ok := b.next(standard.Annual, today); ok {
		a.Next = b.judge(v, year, l)
	}
	a.Word = word(a)
	if a.Word == NoWord {
		a.Why = new(fault.Say("evidence.why.nolimit"))
	}
	b.reference(&a, year)
	b.days(&a, all, today)
	return a, nil
}

func word(a Answer) Word {
	switch {
	case a.Guideline != nil && a.Guideline.Verdict == Met:
		return Good
	case a.Now != nil && a.Now.Verdict == Met:
		return National
	case a.Now != nil && a.Now.Verdict == Missed:
		return Bad
	case a.Guideline != nil && a.Guideline.Verdict == Missed:
		return Above
	}
	return NoWord
}

// reference says at which temperature a gas stands.
func (b bounds) reference(a *Answer, year int) {
	if i, _ := b.p.Info(); i.Kind != "gas" {
		return
	}
	state, stated := stateOf(b.country(), year)
	switch {
	case stated:
		a.Reference = new(fault.Say("evidence.reference.stated", "Temperature", int(state.TemperatureC)))
	case a.Value.PrintedUnit != "" && a.Value.PrintedUnit != "ug/m3" && a.Value.PrintedUnit != "mg/m3", a.Line.Measured:
		a.Reference = new(fault.Say("evidence.reference.assumed", "Temperature", int(state.TemperatureC)))
	}
}

// peak judges ozone: the mean of the daily highest 8-hour means in the six months in a row that have the highest, within
// a calendar year (WHO 2021). A month needs 75 % of its days; all six must have it.
func (b bounds) peak(a *Answer, all []yearOfStation, today time.Time) {
	a.Peak = true
	byYear := map[int][]stats.Value{}
	for _, y := range all {
		if len(y.Eights) == 0 {
			continue
		}
		if v := peakSeason(y.Year, y.Eights); v.OK() {
			byYear[y.Year] = append(byYear[y.Year], y.value(v, b.p, b.unit, b.country()))
		}
	}
	for year, vs := range byYear {
		if year > a.Value.Year {
			sum := 0.0
			for _, v := range vs {
				sum += float64(v)
			}
			a.Value = AnnualPoint{Year: year, Value: stats.Value(sum / float64(len(vs))), Stations: len(vs), Known: len(vs), Enough: true, Capture: nan}
			a.Line = AnnualLine{Key: "stations", Measured: true, Scope: "city", PeriodKind: "calendar"}
		}
	}
	if a.Value.Year == 0 {
		a.Why = new(fault.Say("evidence.why.novalue"))
		return
	}
	for _, l := range b.who(standard.PeakSeason) {
		j := b.judge(float64(a.Value.Value), a.Value.Year, l)
		if l.Class == "AQG" {
			a.Guideline = j
		}
		if j.Verdict == Met && a.Interim == "" {
			a.Interim = l.Class
		}
	}
	a.Word = word(*a)
	b.reference(a, a.Value.Year)
}

func peakSeason(year int, days []stats.Value) stats.Value {
	var month [12]stats.Value
	day := 0
	for m := range month {
		n := time.Date(year, time.Month(m)+2, 0, 0, 0, 0, 0, time.UTC).Day()
		var vs []float64
		for _, v := range days[day : day+n] {
			if v.OK() {
				vs = append(vs, float64(v))
			}
		}
		day += n
		month[m] = stats.None
		if 4*len(vs) >= 3*n {
			month[m] = stats.Mean(vs)
		}
	}
	best := stats.None
	for i := 0; i+6 <= 12; i++ {
		sum := stats.Value(0)
		for _, v := range month[i : i+6] {
			sum += v
		}
		if sum.OK() && (!best.OK() || sum/6 > best) {
			best = sum / 6
		}
	}
	return best
}

// days counts the days above the daily limit in the latest year that some station measured well enough: of the same
// stations and the same daily means as the calendar shows.
func (b bounds) days(a *Answer, all []yearOfStation, today time.Time) {
	averaging := standard.Daily
	values := func(y yearOfStation) []stats.Value { return y.Days }
	if b.p == air.O3 {
		averaging = standard.EightHours
		values = func(y yearOfStation) []stats.Value { return y.Eights }
	}
	year := 0
	for _, y := range all {
		if y.Stats.Enough && len(values(y)) > 0 {
			year = max(year, y.Year)
		}
	}
	if year == 0 {
		return
	}
	var of []yearOfStation
	for _, y := range all {
		if y.Year == year {
			of = append(of, y)
		}
	}
	l, ok := b.national(averaging, time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC))
	class := "then"
	if !ok || l.Confidence == standard.FromMemory {
		for _, w := range b.who(averaging) {
			if w.Class == "AQG" {
				l, ok, class = w, true, "AQG"
			}
		}
	}
	if !ok {
		return
	}
	of = representative(of)
	c := b.countDays(together(of, b, values), year, class, l)
	count, expected := 0, 0
	for _, y := range of {
		count += y.Stats.Count
		expected += y.Stats.Expected
	}
	a.Days, a.DaysYear, a.DaysTotal = &c, year, daysIn(year)
	a.DaysShare, a.DaysStations = 100*float64(count)/float64(expected), len(of)
}

// convert brings values of the series to the unit of the page.
func (y yearOfStation) convert(vs []stats.Value, b bounds) []stats.Value {
	out := make([]stats.Value, len(vs))
	for i, v := range vs {
		out[i] = y.value(v, b.p, b.unit, b.country())
	}
	return out
}

// ladder puts the annual limits and the value in one row, the lowest first. What has the same value shares a rung.
func (b bounds) ladder(a Answer, today time.Time) []Rung {
	var out []Rung
	add := func(class string, l standard.Limit) {
		v, ok := b.here(l)
		if !ok {
			return
		}
		for i := range out {
			if !out[i].Here && standard.Round(out[i].Value, 6) == standard.Round(v, 6) {
				out[i].Classes, out[i].Limits = append(out[i].Classes, class), append(out[i].Limits, l)
				if out[i].Verdict == Unsaid {
					b.rung(&out[i], a, l)
				}
				return
			}
		}
		r := Rung{Value: v, Classes: []string{class}, Limits: []standard.Limit{l}, Verdict: Unsaid}
		b.rung(&r, a, l)
		out = append(out, r)
	}
	averaging := standard.Annual
	if a.Peak {
		averaging = standard.PeakSeason
	}
	for _, l := range b.who(averaging) {
		add(l.Class, l)
	}
	if !a.Peak {
		now, has := b.national(standard.Annual, today)
		if has {
			add("now", now)
		}
		if a.Value.Year > 0 {
			if then, ok := b.national(standard.Annual, time.Date(a.Value.Year, 12, 31, 0, 0, 0, 0, time.UTC)); ok && (!has || then.Value != now.Value || then.Unit != now.Unit) {
				add("then", then)
			}
		}
		if next, ok := b.next(standard.Annual, today); ok {
			add("next", next)
		}
	}
	if a.Value.Year > 0 && len(out) > 0 {
		out = append(out, Rung{Value: float64(a.Value.Value), Here: true})
	}
	slices.SortStableFunc(out, func(x, y Rung) int {
		if c := compareFloat(x.Value, y.Value); c != 0 {
			return c
		}
		if x.Here { // a value on a limit stands below it: it is met
			return -1
		}
		return 0
	})
	return out
}

func (b bounds) rung(r *Rung, a Answer, l standard.Limit) {
	if a.Value.Year == 0 {
		r.Why = new(fault.Say("evidence.why.novalue"))
		return
	}
	j := b.judge(float64(a.Value.Value), a.Value.Year, l)
	r.Verdict, r.Excess, r.Why = j.Verdict, j.Excess, j.Why
}

// limitLines are the limits of the annual mean over time: the WHO's of 2021 and the national ones.
func (b bounds) limitLines(averaging string) []LimitLine {
	var out []LimitLine
	for _, l := range b.who(averaging) {
		if v, ok := b.here(l); ok {
			out = append(out, LimitLine{Value: v, Class: l.Class, Begin: l.From, Until: l.To, Limit: l})
		}
	}
	for _, c := range b.codes {
		for _, s := range standard.Steps(c, b.p, averaging) {
			if v, ok := b.here(s.Limit); ok {
				out = append(out, LimitLine{Value: v, Class: "national", Begin: s.Begin, Until: s.Until, Limit: s.Limit})
			}
		}
	}
	return out
}

// notes says what a reader must know of the figures.
func (c *CityAir) notes(s *Snapshot, b bounds) {
	add := func(key string, pairs ...any) { c.Notes = append(c.Notes, fault.Say(key, pairs...)) }
	if len(b.codes) == 0 || c.Country == "" {
		add("evidence.note.nocountry")
	}
	for _, j := range []*Judgement{c.Answer.Then, c.Answer.Now, c.Answer.Next} {
		if j != nil && containsFold(j.Limit.Statistic, "3 years") {
			add("evidence.note.threeyears")
			break
		}
	}
	fiscal, county, other := false, false, false
	for _, l := range c.Lines {
		fiscal = fiscal || l.PeriodKind == "fiscal"
		county = county || l.Scope == "county"
		other = other || l.Place != c.Place.ID
	}
	if fiscal {
		add("evidence.note.fiscal")
	}
	if county {
		add("evidence.note.county")
	}
	if other {
		add("evidence.note.standsfor")
	}
	if d := c.Detail; d != nil {
		if d.Negative > 0 {
			add("evidence.note.negative", "Count", d.Negative)
		}
		if d.Flagged > 0 {
			add("evidence.note.flagged", "Count", d.Flagged)
		}
		if d.Doubted > 0 {
			add("evidence.note.doubted", "Count", d.Doubted)
		}
	}
}
