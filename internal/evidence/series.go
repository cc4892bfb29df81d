package evidence

import (
	"context"
	"math"
	"slices"

	"aircommons/air"
	"aircommons/internal/fault"
	"aircommons/internal/obs"
)

// SeriesQuery says which stored series are wanted; what is empty does not matter.
type SeriesQuery struct {
	Place     string // city
	Station   string // code or name
	Parameter air.Parameter
}

// EachSeries calls f for every stored series that a query asks for, by station and parameter. The series belongs to f
// only until it returns.
func (k *Desk) EachSeries(ctx context.Context, q SeriesQuery, f func(Station, air.Series) error) error {
	s, err := k.Snapshot(ctx)
	if err != nil {
		return err
	}
	if q.Place != "" {
		if err := k.knowCity(ctx, q.Place); err != nil {
			return err
		}
	}
	byID := map[int32]Station{}
	found := false
	keys := []obs.Key{}
	for _, st := range s.stations {
		if q.Place != "" && st.Place != q.Place {
			continue
		}
		if q.Station != "" && st.Code != q.Station && st.Name != q.Station {
			continue
		}
		found, byID[st.ID] = true, st
		for _, p := range s.Measured(st.ID) {
			if q.Parameter == 0 || p == q.Parameter {
				keys = append(keys, key(st.ID, p))
			}
		}
	}
	if q.Station != "" && !found {
		return fault.New(fault.NotFound, "evidence.station.unknown", "Station", q.Station)
	}
	slices.SortFunc(keys, obs.Key.Compare)
	return k.obs.Scan(ctx, keys, math.MinInt64, math.MaxInt64, func(o obs.Key, r obs.Rows) error {
		st := byID[o.Station]
		unit, ok := s.Unit(o.Station, o.Parameter)
		if !ok {
			return notFound()
		}
		return f(st, air.Series{Parameter: o.Parameter, Unit: unit, Step: st.Step, Offset: st.Offset, Time: r.Time, Value: r.Value, Flag: r.Flag})
	})
}
