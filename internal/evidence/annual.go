package evidence

import (
	"context"
	"sort"
	"time"

	"aircommons/air"
	"aircommons/stats"
)

// AnnualPoint is an annual mean of a place, measured here or published somewhere, in the unit of the page.
type AnnualPoint struct {
	Year     int
	Value    float64
	Measured bool
	// Of measured points:
	Stations int     // how many have enough capture and enter the mean
	Known    int     // how many have any value in the year
	Capture  float64 // mean capture of those that enter, percent
	// Of published points:
	Published PublishedMean
}

// inUnit brings a value of a place and year to a unit. Between mixing ratio and mass it takes the reference state of
// the country at that time; assumed tells that no document was found that states one.
func inUnit(v float64, p air.Parameter, from, to air.Unit, country string, year int) (out float64, assumed, ok bool) {
	if from == to {
		return v, false, true
	}
	state, stated := air.StateFor(country, time.Date(year, 7, 1, 0, 0, 0, 0, time.UTC))
	x, err := air.Convert(v, p, from, to, state)
	return x, !stated && massOf(from) != massOf(to), err == nil
}

func massOf(u air.Unit) bool {
	return u == air.MicrogramPerM3 || u == air.MilligramPerM3 || u == air.NanogramPerM3
}

// Annual lists the annual means of a place in unit u, by year: measured ones, then published ones.
func (k *Desk) Annual(ctx context.Context, s *Snapshot, place string, p air.Parameter, u air.Unit) ([]AnnualPoint, error) {
	pl, _ := s.network.Place(place)
	type sums struct {
		mean, capture []float64
		known         int
	}
	measured := map[int]*sums{}
	seen := map[string]bool{} // a site with hourly and daily values counts once a year, by its hours
	stations := append([]Station(nil), s.byPlace[place]...)
	sort.SliceStable(stations, func(i, j int) bool { return stations[i].Step < stations[j].Step })
	for _, st := range stations {
		from, ok := s.Unit(st.ID, p)
		if !ok {
			continue
		}
		years, err := k.summariesOf(ctx, s, key(st.ID, p))
		if err != nil {
			return nil, err
		}
		for _, y := range years {
			id := st.Code + "\x00" + y.Stats.Period
			if seen[id] {
				continue
			}
			m := measured[y.Year]
			if m == nil {
				m = &sums{}
				measured[y.Year] = m
			}
			m.known++
			if !y.Stats.Enough || !y.Stats.Mean.OK() {
				continue
			}
			v, _, ok := inUnit(float64(y.Stats.Mean), p, from, u, pl.Country, y.Year)
			if !ok {
				continue
			}
			seen[id] = true
			m.mean, m.capture = append(m.mean, v), append(m.capture, y.Stats.Capture)
		}
	}
	var out []AnnualPoint
	for year, m := range measured {
		if len(m.mean) > 0 {
			out = append(out, AnnualPoint{Year: year, Value: float64(stats.Mean(m.mean)), Measured: true, Stations: len(m.mean), Known: m.known, Capture: float64(stats.Mean(m.capture))})
		}
	}
	for _, x := range s.published[place] {
		if x.Parameter != p.Code() {
			continue
		}
		from, ok := air.ParseUnit(x.Unit)
		if !ok {
			continue
		}
		if v, _, ok := inUnit(x.Value, p, from, u, pl.Country, x.Year); ok {
			out = append(out, AnnualPoint{Year: x.Year, Value: v, Published: x})
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.Year != b.Year {
			return a.Year < b.Year
		}
		return weight(a) > weight(b)
	})
	return out, nil
}

// weight says which of several values of a year a page tells first: measured here by most stations, then published of
// the whole city, by its own authority before a collection.
func weight(p AnnualPoint) int {
	if p.Measured {
		return 100
	}
	w := map[string]int{"city": 50, "region": 45, "station": 20, "county": 10, "national": 5}[p.Published.Scope]
	if p.Published.Confidence == "own-authority" {
		w += 3
	}
	return w
}

// Best are the points that a page tells first, one a year. National means and counties do not stand for a city.
func Best(points []AnnualPoint) []AnnualPoint {
	var out []AnnualPoint
	for _, p := range points {
		if !p.Measured && (p.Published.Scope == "national" || p.Published.Scope == "county") {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Year == p.Year {
			continue
		}
		out = append(out, p)
	}
	return out
}
