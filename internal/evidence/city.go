package evidence

import (
	"context"
	"slices"
	"time"

	"aircommons/air"
	"aircommons/internal/network"
	"aircommons/standard"
	"aircommons/stats"
)

// CityQuery asks for the air of a city. Zero fields are chosen: PM2.5 where known, the latest year, the fullest station.
type CityQuery struct {
	Place     string
	Parameter air.Parameter
	Year      int   // of the calendar and the profiles
	Station   int32 // of the calendar and the profiles
}

type cityQuery struct {
	CityQuery
	day string // what is in force depends on it
}

// Rung is a limit beside the latest annual mean.
type Rung struct {
	Limit  standard.Limit
	Kind   string  // "who", "national" (in force today), "past" (in force in the year of the value), "future"
	Value  float64 // in the unit of the page
	Met    bool
	Judged bool // false: the row is from memory, or states no comparable value
}

// CityAir is what the page of a city's air says.
type CityAir struct {
	Place      network.Place
	Parameter  air.Parameter
	Parameters []air.Parameter // what else is known of the place
	Unit       air.Unit

	Annual []AnnualPoint // all, by year
	Best   []AnnualPoint // one a year
	Latest *AnnualPoint  // of Best; nil when there is none
	First  *AnnualPoint  // the earliest of Best from the same kind of source as Latest
	Rungs  []Rung        // by value, the cleanest first
	Steps  []standard.Step

	Stations []Station // that measure the parameter, by name
	Station  *Station  // the one of the calendar and the profiles
	Years    []int     // years of that station
	Year     *YearSummary
	Scale    float64 // factor from the unit of the station's series to Unit; 0 where it is none
	Assumed  bool    // the reference state of the conversion is assumed

	Daily      standard.Limit // the national daily limit today
	HasDaily   bool
	DailyWHO   standard.Limit
	HasWHO     bool
	Above      int // days of the year above the national daily limit
	Within     int // days of the year at or below the WHO daily guideline
	Valid      int // days with a mean
	WorstMonth int // 1 to 12; 0 for none
	BestMonth  int
}

// CityAir makes the page of a city's air as of a day.
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
	var err error
	if c.Annual, err = k.Annual(ctx, s, q.Place, c.Parameter, c.Unit); err != nil {
		return nil, err
	}
	c.Best = Best(c.Annual)
	if n := len(c.Best); n > 0 {
		c.Latest = &c.Best[n-1]
		for i := range c.Best {
			if i < n-1 && c.Best[i].Measured == c.Latest.Measured && c.Best[i].Published.Scope == c.Latest.Published.Scope {
				c.First = &c.Best[i]
				break
			}
		}
	}
	c.Steps = standard.Steps(place.Country, c.Parameter, standard.Annual)
	c.Rungs = rungs(c, today)
	return c, k.station(ctx, s, c, q, today)
}

// rungs are the limits of the annual mean beside the latest value: WHO guideline and interim targets, the national limit
// of the year of the value, of today, and what is decided for later.
func rungs(c *CityAir, today time.Time) []Rung {
	var out []Rung
	add := func(l standard.Limit, kind string) {
		if l.Statistic != "mean" {
			return
		}
		v, _, ok := inUnit(l.Value, c.Parameter, l.Unit, c.Unit, c.Place.Country, today.Year())
		if !ok {
			return
		}
		r := Rung{Limit: l, Kind: kind, Value: v, Judged: l.Confidence != standard.FromMemory && c.Latest != nil}
		if r.Judged {
			r.Met = standard.Round(c.Latest.Value, l.Digits) <= v
		}
		for i := range out {
			if out[i].Value == r.Value && out[i].Kind == r.Kind {
				return
			}
		}
		out = append(out, r)
	}
	for _, l := range standard.InForce("WHO", today) {
		if l.Parameter == c.Parameter && l.Averaging == standard.Annual {
			add(l, "who")
		}
	}
	now, has := standard.National(c.Place.Country, c.Parameter, standard.Annual, today)
	if has {
		add(now, "national")
	}
	if c.Latest != nil {
		if then, ok := standard.National(c.Place.Country, c.Parameter, standard.Annual, time.Date(c.Latest.Year, 12, 31, 0, 0, 0, 0, time.UTC)); ok && (!has || then.Value != now.Value) {
			add(then, "past")
		}
	}
	for _, s := range c.Steps {
		if s.Begin.After(today) {
			add(s.Limit, "future")
		}
	}
	slices.SortStableFunc(out, func(a, b Rung) int {
		switch {
		case a.Value < b.Value:
			return -1
		case a.Value > b.Value:
			return 1
		}
		return 0
	})
	return out
}

// station fills in what is said of one station and year.
func (k *Desk) station(ctx context.Context, s *Snapshot, c *CityAir, q CityQuery, today time.Time) error {
	type choice struct {
		st    Station
		years []YearSummary
	}
	var all []choice
	for _, st := range s.StationsAt(q.Place) {
		if _, ok := s.Unit(st.ID, c.Parameter); !ok {
			continue
		}
		years, err := k.summariesOf(ctx, s, key(st.ID, c.Parameter))
		if err != nil {
			return err
		}
		if len(years) > 0 {
			c.Stations = append(c.Stations, st)
			all = append(all, choice{st, years})
		}
	}
	find := func(ys []YearSummary, year int) *YearSummary {
		for i := range ys {
			if ys[i].Year == year {
				return &ys[i]
			}
		}
		return nil
	}
	year := q.Year
	if year == 0 { // the latest year that some station measured well enough, else the latest of any
		for _, enough := range []bool{true, false} {
			for _, x := range all {
				for _, y := range x.years {
					if (y.Stats.Enough || !enough) && y.Year > year && (q.Station == 0 || q.Station == x.st.ID) {
						year = y.Year
					}
				}
			}
			if year != 0 {
				break
			}
		}
	}
	best := -1
	for i, x := range all {
		y := find(x.years, year)
		if q.Station == x.st.ID {
			best = i
			break
		}
		if q.Station == 0 && y != nil && (best < 0 || y.Stats.Count > find(all[best].years, year).Stats.Count) {
			best = i
		}
	}
	if q.Station != 0 && best < 0 {
		return notFound()
	}
	if best < 0 {
		return nil
	}
	c.Station = &all[best].st
	for _, y := range all[best].years {
		c.Years = append(c.Years, y.Year)
	}
	c.Year = find(all[best].years, year)
	u, _ := s.Unit(c.Station.ID, c.Parameter)
	var ok bool
	if c.Scale, c.Assumed, ok = inUnit(1, c.Parameter, u, c.Unit, c.Place.Country, year); !ok {
		c.Scale = 0
	}
	if c.Year == nil || c.Scale == 0 {
		return nil
	}
	c.Daily, c.HasDaily = standard.National(c.Place.Country, c.Parameter, standard.Daily, today)
	for _, l := range standard.InForce("WHO", today) {
		if l.Parameter == c.Parameter && l.Averaging == standard.Daily && l.Class == "AQG" {
			c.DailyWHO, c.HasWHO = l, true
		}
	}
	national, _, ok1 := inUnit(c.Daily.Value, c.Parameter, c.Daily.Unit, c.Unit, c.Place.Country, year)
	who, _, ok2 := inUnit(c.DailyWHO.Value, c.Parameter, c.DailyWHO.Unit, c.Unit, c.Place.Country, year)
	c.HasDaily = c.HasDaily && ok1 && c.Daily.Confidence != standard.FromMemory
	c.HasWHO = c.HasWHO && ok2
	for _, d := range c.Year.Days {
		if !d.OK() {
			continue
		}
		c.Valid++
		v := float64(d) * c.Scale
		if c.HasDaily && standard.Round(v, c.Daily.Digits) > national {
			c.Above++
		}
		if c.HasWHO && standard.Round(v, c.DailyWHO.Digits) <= who {
			c.Within++
		}
	}
	worst, best2 := stats.None, stats.None
	for i, m := range c.Year.Months {
		if !m.OK() {
			continue
		}
		if !worst.OK() || m > worst {
			worst, c.WorstMonth = m, i+1
		}
		if !best2.OK() || m < best2 {
			best2, c.BestMonth = m, i+1
		}
	}
	return nil
}
