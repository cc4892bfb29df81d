package evidence

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"aircommons/air"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

func itoa(n int) string { return strconv.Itoa(n) }

// atoi reads an id of a station, 0 for a text that is none.
func atoi(s string) int32 {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return 0
	}
	return int32(n)
}

// Hourly reports whether the station gives hours and not days.
func (s Station) Hourly() bool { return s.Step == 3600 }

// Station reads one station.
func (k *Desk) Station(ctx context.Context, id int32) (Station, error) {
	s, err := k.Snapshot(ctx)
	if err != nil {
		return Station{}, err
	}
	st, ok := s.Station(id)
	if !ok {
		return Station{}, notFound()
	}
	return st, nil
}

// StationSeries is what a station measures of one parameter.
type StationSeries struct {
	Parameter   air.Parameter
	Unit        air.Unit // as stored
	First, Last time.Time
	Count       int64    // values
	Years       []YearOf // latest first; means in the unit of the series
}

// StationSeries lists what a station measures, in the order in which pages show it.
func (k *Desk) StationSeries(ctx context.Context, id int32) ([]StationSeries, error) {
	s, err := k.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []StationSeries
	for _, p := range s.Measured(id) {
		u, _ := s.Unit(id, p)
		e, err := k.extent(ctx, id, p)
		if err != nil {
			return nil, err
		}
		ys, err := k.summariesOf(ctx, s, key(id, p))
		if err != nil {
			return nil, err
		}
		x := StationSeries{Parameter: p, Unit: u, First: time.Unix(e.First, 0).UTC(), Last: time.Unix(e.Last, 0).UTC(), Count: e.Count}
		for _, y := range slices.Backward(ys) {
			x.Years = append(x.Years, YearOf{y.Year, y.Stats.Mean, y.Stats.Capture})
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b StationSeries) int { return rank(a.Parameter) - rank(b.Parameter) })
	return out, nil
}

// UpdateStation stores name, coordinates, site type, note and offset of a station over the version they were made from.
// What it measures, and where it was first read from, is not touched. A new offset makes new days, months and years: a
// job counts them again.
func (k *Desk) UpdateStation(ctx context.Context, by actor.Actor, s Station) error {
	s.Name, s.Note = strings.TrimSpace(s.Name), strings.TrimSpace(s.Note)
	return k.db.Write(ctx, func(tx *db.Tx) error {
		old, err := station(ctx, tx, s.ID)
		if err != nil {
			return err
		}
		if err := by.NeedCity(old.Place); err != nil {
			return err
		}
		if old.Version != s.Version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		s.Place, s.Code, s.Step, s.Source = old.Place, old.Code, old.Step, old.Source
		if err := checkStation(s, old); err != nil {
			return err
		}
		if sameStation(s, old) {
			return nil
		}
		if err := putStation(ctx, tx, s); err != nil {
			return err
		}
		s.Version++
		if err := tx.Record(ctx, by, "station", itoa(int(s.ID)), "update", old, s); err != nil {
			return err
		}
		if s.Offset == old.Offset {
			return nil
		}
		_, err = tx.Enqueue(ctx, JobKind, "station-"+itoa(int(s.ID)), jobArgs{Action: "station", By: by, Station: s.ID})
		return err
	})
}

func sameStation(a, b Station) bool {
	same := func(x, y *float64) bool { return x == nil && y == nil || x != nil && y != nil && *x == *y }
	if !same(a.Lat, b.Lat) || !same(a.Lon, b.Lon) {
		return false
	}
	a.Lat, a.Lon, b.Lat, b.Lon = nil, nil, nil, nil
	return a == b
}

func checkStation(s, old Station) error {
	var f fault.Form
	if n := len([]rune(s.Name)); n == 0 {
		f.Add("name", "evidence.station.name")
	} else if n > 200 {
		f.Add("name", "evidence.text.long", "Length", n, "Most", 200)
	}
	if n := len([]rune(s.Note)); n > 2000 {
		f.Add("note", "evidence.text.long", "Length", n, "Most", 2000)
	}
	if !slices.Contains(SiteTypes, s.SiteType) {
		f.Add("site_type", "evidence.station.site")
	}
	if (s.Lat == nil) != (s.Lon == nil) {
		f.Add("lat", "evidence.station.both")
	}
	if s.Lat != nil && !(math.Abs(*s.Lat) <= 90) {
		f.Add("lat", "evidence.station.lat")
	}
	if s.Lon != nil && !(math.Abs(*s.Lon) <= 180) {
		f.Add("lon", "evidence.station.lon")
	}
	if s.Offset < -12*3600 || s.Offset > 14*3600 || s.Offset%900 != 0 {
		f.Add("offset", "evidence.station.offset")
	} else if s.Offset != old.Offset && !s.Hourly() {
		// Days were cut by the offset they were read with: only reading the file again can move them.
		f.Add("offset", "evidence.station.days")
	}
	return f.Err()
}

// summariseStation counts the days, months and years of every series of a station again.
func (k *Desk) summariseStation(ctx context.Context, id int32, say db.Progress) error {
	extents, err := k.obs.Extents(ctx)
	if err != nil {
		return err
	}
	var touched []touch
	for _, e := range extents {
		if e.Station == id {
			touched = append(touched, touch{e.Key, e.First, e.Last, nil})
		}
	}
	if len(touched) == 0 {
		return nil
	}
	years, err := k.summaries(ctx, touched, say)
	if err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		for n, t := range touched {
			// Another offset may move hours into years that had none: nothing old stays.
			if _, err := tx.ExecContext(ctx, `DELETE FROM series_year WHERE station = $1 AND parameter = $2`, t.Station, t.seriesKey.Parameter); err != nil {
				return err
			}
			if err := putYears(ctx, tx, t.seriesKey, years[n]); err != nil {
				return err
			}
		}
		return tx.Record(ctx, actor.System, "station", itoa(int(id)), "summarise", nil, nil)
	})
}
