package evidence

import (
	"context"
	"slices"
	"sort"
	"sync"

	"aircommons/air"
	"aircommons/internal/db"
	"aircommons/internal/network"
	"aircommons/internal/obs"
)

// Snapshot is what pages read of the desk, in memory as of one state of it. It is never changed once made; summaries
// and what is computed from them are read when first asked for and kept with it. Pages are not kept.
type Snapshot struct {
	revision uint64
	marker   int64 // last change of what this desk shows
	network  *network.Snapshot

	stations  []Station
	byPlace   map[string][]Station
	units     map[seriesKey]air.Unit
	published map[string][]PublishedMean // by place, sorted by parameter, year and source

	*kept
}

// kept is shared by snapshots between which nothing of this desk changed.
type kept struct {
	mu      sync.Mutex
	years   map[seriesKey][]YearSummary
	cities  map[cityQuery]*CityAir
	extents map[seriesKey]obs.Extent
	others  map[string]any // comparisons and overviews, by what was asked
}

const mostKept = 400 // results kept at a time; a crawler that asks for everything starts them anew

// Snapshot gives the state as of now.
func (k *Desk) Snapshot(ctx context.Context) (*Snapshot, error) {
	rev := k.db.RecordRevision()
	old := k.snap.Load()
	if old != nil && old.revision == rev {
		return old, nil
	}
	n, err := k.network.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{revision: rev, network: n}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if err := tx.One(ctx, `SELECT COALESCE(MAX(id),0) FROM journal WHERE subject IN ('import','station','published','example','network','place')`, nil, &s.marker); err != nil {
			return err
		}
		if old != nil && old.marker == s.marker {
			s.stations, s.byPlace, s.units, s.published, s.kept = old.stations, old.byPlace, old.units, old.published, old.kept
			return nil
		}
		s.kept = &kept{years: map[seriesKey][]YearSummary{}, cities: map[cityQuery]*CityAir{}, others: map[string]any{}}
		if s.stations, err = Stations(ctx, tx); err != nil {
			return err
		}
		s.byPlace = map[string][]Station{}
		for _, st := range s.stations {
			s.byPlace[st.Place] = append(s.byPlace[st.Place], st)
		}
		if s.units, err = units(ctx, tx); err != nil {
			return err
		}
		all, err := PublishedMeans(ctx, tx)
		s.published = map[string][]PublishedMean{}
		for _, p := range all {
			if !p.Withdrawn {
				s.published[p.Place] = append(s.published[p.Place], p)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	k.snap.Store(s)
	return s, nil
}

// summariesOf reads the summaries of a series, by year.
func (k *Desk) summariesOf(ctx context.Context, s *Snapshot, key seriesKey) ([]YearSummary, error) {
	s.mu.Lock()
	years, ok := s.years[key]
	s.mu.Unlock()
	if ok {
		return years, nil
	}
	err := k.db.Read(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, `SELECT data FROM series_year WHERE station = $1 AND parameter = $2 ORDER BY year`, []any{key.Station, key.Parameter}, func(scan func(...any) error) error {
			var data string
			if err := scan(&data); err != nil {
				return err
			}
			y, err := unpack(data)
			years = append(years, y)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.years) > 50*mostKept {
		clear(s.years)
	}
	s.years[key] = years
	return years, nil
}

// StationsAt lists the stations of a city, by name.
func (s *Snapshot) StationsAt(place string) []Station {
	out := slices.Clone(s.byPlace[place])
	sort.SliceStable(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// Station finds a station.
func (s *Snapshot) Station(id int32) (Station, bool) {
	for _, st := range s.stations {
		if st.ID == id {
			return st, true
		}
	}
	return Station{}, false
}

// Measured lists the parameters measured at a station, in the order of the table.
func (s *Snapshot) Measured(station int32) []air.Parameter {
	var out []air.Parameter
	for k := range s.units {
		if k.Station == station {
			out = append(out, k.Parameter)
		}
	}
	slices.Sort(out)
	return out
}

// Unit is the unit in which a series is stored.
func (s *Snapshot) Unit(station int32, p air.Parameter) (air.Unit, bool) {
	u, ok := s.units[key(station, p)]
	return u, ok
}

// Parameters lists what is known of the air of a place, measured or published, in the order of the table, without weather.
func (s *Snapshot) Parameters(place string) []air.Parameter {
	var out []air.Parameter
	for k := range s.units {
		if st, ok := s.Station(k.Station); ok && st.Place == place && !k.Parameter.Weather() && !slices.Contains(out, k.Parameter) {
			out = append(out, k.Parameter)
		}
	}
	for _, m := range s.published[place] {
		if p, ok := air.ByCode(m.Parameter); ok && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b air.Parameter) int { return rank(a) - rank(b) })
	return out
}

// rank orders parameters as pages show them.
func rank(p air.Parameter) int {
	for i, q := range []air.Parameter{air.PM25, air.PM10, air.NO2, air.O3, air.SO2, air.CO} {
		if p == q {
			return i
		}
	}
	return 100 + int(p)
}

// Places lists the places of which something is known, by id.
func (s *Snapshot) Places() []string {
	seen := map[string]bool{}
	var out []string
	for p := range s.byPlace {
		seen[p] = true
		out = append(out, p)
	}
	for p := range s.published {
		if !seen[p] {
			out = append(out, p)
		}
	}
	sort.Strings(out)
	return out
}
