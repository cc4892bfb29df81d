package evidence

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strings"
	"time"

	"aircommons/air"
	"aircommons/internal/fault"
	"aircommons/stats"
)

// inUnit brings a value of a country and year to a unit. Between mixing ratio and mass it takes the reference state of
// the country in the middle of that year; assumed tells that no document was found that states one.
func inUnit(v float64, p air.Parameter, from, to air.Unit, country string, year int) (out float64, assumed, ok bool) {
	if from == to {
		return v, false, true
	}
	state, stated := stateOf(country, year)
	x, err := air.Convert(v, p, from, to, state)
	return x, !stated && massOf(from) != massOf(to), err == nil
}

func stateOf(country string, year int) (air.State, bool) {
	return air.StateFor(country, time.Date(year, 7, 1, 0, 0, 0, 0, time.UTC))
}

func massOf(u air.Unit) bool {
	return u == air.MicrogramPerM3 || u == air.MilligramPerM3 || u == air.NanogramPerM3
}

// yearOfStation is one year of one series.
type yearOfStation struct {
	Station
	Unit air.Unit
	YearSummary
}

// value is a number of the series in another unit.
func (y yearOfStation) value(v stats.Value, p air.Parameter, to air.Unit, country string) stats.Value {
	if !v.OK() {
		return stats.None
	}
	x, _, ok := inUnit(float64(v), p, y.Unit, to, country, y.Year)
	if !ok {
		return stats.None
	}
	return stats.Value(x)
}

// years lists every station and year of a place that has values of p, one for each site and year: hourly values go
// before daily ones where they have enough capture.
func (k *Desk) years(ctx context.Context, s *Snapshot, place string, p air.Parameter) ([]yearOfStation, error) {
	type site struct {
		code string
		year int
	}
	best := map[site]yearOfStation{}
	for _, st := range s.byPlace[place] {
		u, ok := s.Unit(st.ID, p)
		if !ok {
			continue
		}
		ys, err := k.summariesOf(ctx, s, key(st.ID, p))
		if err != nil {
			return nil, err
		}
		for _, y := range ys {
			at := site{st.Code, y.Year}
			old, ok := best[at]
			if !ok || better(y, st, old) {
				best[at] = yearOfStation{st, u, y}
			}
		}
	}
	out := make([]yearOfStation, 0, len(best))
	for _, y := range best {
		out = append(out, y)
	}
	slices.SortFunc(out, func(a, b yearOfStation) int {
		return cmp.Or(a.Year-b.Year, strings.Compare(a.Name, b.Name), int(a.ID)-int(b.ID))
	})
	return out, nil
}

func better(y YearSummary, st Station, old yearOfStation) bool {
	if y.Stats.Enough != old.Stats.Enough {
		return y.Stats.Enough
	}
	if y.Stats.Enough {
		return st.Step < old.Step
	}
	return y.Stats.Count > old.Stats.Count
}

// measured gives the annual means of stations: of the place's own, and of embassies by themselves. The mean of a year is
// the plain mean of the stations with EnoughCapture.
func measured(all []yearOfStation, p air.Parameter, u air.Unit, country string) []AnnualLine {
	lines := []AnnualLine{
		{Key: "stations", Measured: true, Scope: "city", PeriodKind: "calendar"},
		{Key: "embassy", Measured: true, Embassy: true, Scope: "station", PeriodKind: "calendar"},
	}
	layouts := [2][]string{}
	for _, y := range all {
		n := 0
		if y.SiteType == "embassy" {
			n = 1
		}
		l := &lines[n]
		if i := len(l.Points); i == 0 || l.Points[i-1].Year != y.Year {
			l.Points = append(l.Points, AnnualPoint{Year: y.Year, Value: stats.None})
		}
		pt := &l.Points[len(l.Points)-1]
		pt.Known++
		if !slices.Contains(l.Stations, y.ID) {
			l.Stations = append(l.Stations, y.ID)
		}
		if !slices.Contains(layouts[n], y.Source) {
			layouts[n] = append(layouts[n], y.Source)
		}
		v := y.value(y.Stats.Mean, p, u, country)
		if !y.Stats.Enough || !v.OK() {
			if pt.Stations == 0 {
				pt.Capture = max(pt.Capture, y.Stats.Capture)
				why := fault.Say("evidence.why.capture", "Capture", tenth(pt.Capture))
				if y.Stats.Enough {
					why = fault.Say("evidence.why.unit", "Unit", y.Unit.String())
				}
				pt.Why = &why
			}
			continue
		}
		if pt.Stations == 0 {
			pt.Value, pt.Capture, pt.Why, pt.Enough = 0, 0, nil, true
		}
		// Running means: sums would have to be kept apart from the points.
		pt.Stations++
		pt.Value += (v - pt.Value) / stats.Value(pt.Stations)
		pt.Capture += (y.Stats.Capture - pt.Capture) / float64(pt.Stations)
	}
	var out []AnnualLine
	for n, l := range lines {
		if len(l.Points) > 0 {
			sort.Strings(layouts[n])
			l.Source = strings.Join(layouts[n], ", ")
			out = append(out, l)
		}
	}
	return out
}

// collection tells what a place or its country says itself (empty) from the databases that collect what others say.
func collection(source string) string {
	for _, c := range []string{"WHO", "OpenAQ", "IQAir", "EEA"} {
		if strings.HasPrefix(source, c+" ") {
			return strings.ToLower(c)
		}
	}
	return ""
}

// published gives the annual means that others published of a place: a line for each scope, area, kind of year and
// collection. The source of a line is that of its latest point; each point has its own.
func published(means []PublishedMean, p air.Parameter, u air.Unit, country string) []AnnualLine {
	byKey := map[string]*AnnualLine{}
	var keys []string
	for _, m := range means {
		if m.Parameter != p.Code() {
			continue
		}
		c := collection(m.Source)
		id := strings.Join([]string{"published", m.Scope, m.PeriodKind, c, m.Area}, "/")
		l := byKey[id]
		if l == nil {
			l = &AnnualLine{Key: id, Scope: m.Scope, Area: m.Area, PeriodKind: m.PeriodKind, Collection: c}
			byKey[id] = l
			keys = append(keys, id)
		}
		pt := AnnualPoint{Year: m.Year, Value: stats.None, Printed: m.Value, PrintedUnit: m.Unit, Capture: nan, Enough: true,
			ID: m.ID, Note: m.Note, Source: m.Source, URL: m.URL, Definition: m.Definition}
		if from, ok := air.ParseUnit(m.Unit); !ok {
			pt.Why = new(fault.Say("evidence.why.unit", "Unit", m.Unit))
		} else if v, _, ok := inUnit(m.Value, p, from, u, country, m.Year); !ok {
			pt.Why = new(fault.Say("evidence.why.unit", "Unit", from.String()))
		} else {
			pt.Value = stats.Value(v)
		}
		l.Points = append(l.Points, pt)
		l.Confidence = m.Confidence
	}
	sort.Strings(keys)
	var out []AnnualLine
	for _, id := range keys {
		l := byKey[id]
		slices.SortStableFunc(l.Points, func(a, b AnnualPoint) int { return cmp.Or(a.Year-b.Year, strings.Compare(a.ID, b.ID)) })
		last := l.Points[len(l.Points)-1]
		l.Source, l.URL, l.Definition = last.Source, last.URL, last.Definition
		out = append(out, *l)
	}
	slices.SortStableFunc(out, func(a, b AnnualLine) int { return weight(b) - weight(a) })
	return out
}

// lines lists the annual means of a place by source, what stands first for the place first.
func (k *Desk) lines(ctx context.Context, s *Snapshot, place string, p air.Parameter, u air.Unit) ([]AnnualLine, error) {
	pl, ok := s.network.Place(place)
	if !ok {
		return nil, notFound()
	}
	all, err := k.years(ctx, s, place, p)
	if err != nil {
		return nil, err
	}
	out := append(measured(all, p, u, pl.Country), published(s.published[place], p, u, pl.Country)...)
	for i := range out {
		out[i].Place = place
	}
	if pl.Kind == "region" {
		// A region of which nobody gives a mean is stood for by the cities in it.
		for _, in := range s.network.Inside(place) {
			if in.Withdrawn {
				continue
			}
			of, err := k.lines(ctx, s, in.ID, p, u)
			if err != nil {
				return nil, err
			}
			out = append(out, of...)
		}
	}
	slices.SortStableFunc(out, func(a, b AnnualLine) int { return weight(b) - weight(a) })
	return out, nil
}

// weight says which of several values of a year stands for a place: what its stations measured, then what was published
// of the whole city, by itself before a collection and by calendar year before fiscal years, then an embassy's monitor.
// Counties and nations (0) do not stand for it.
func weight(l AnnualLine) int {
	switch {
	case l.Measured && !l.Embassy:
		return 100
	case l.Measured:
		return 40
	}
	w := map[string]int{"city": 60, "region": 50, "station": 20}[l.Scope]
	if w == 0 {
		return 0
	}
	if l.Collection != "" {
		w -= 2
	}
	if l.Area != "" && l.Scope == "city" {
		w -= 4
	}
	if l.PeriodKind != "calendar" {
		w -= 5
	}
	return w
}

// headline picks one value a year from lines that are in the order of their weight. Line of each is the index it is from.
func headline(lines []AnnualLine) []AnnualPoint {
	byYear := map[int]AnnualPoint{}
	for n, l := range lines {
		if weight(l) == 0 {
			continue
		}
		for _, pt := range l.Points {
			if _, ok := byYear[pt.Year]; !ok && pt.Value.OK() {
				pt.Line = n
				byYear[pt.Year] = pt
			}
		}
	}
	out := make([]AnnualPoint, 0, len(byYear))
	for _, pt := range byYear {
		out = append(out, pt)
	}
	slices.SortFunc(out, func(a, b AnnualPoint) int { return a.Year - b.Year })
	return out
}
