package evidence

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"aircommons/air"
	"aircommons/internal/db"
	"aircommons/standard"
	"aircommons/stats"
)

// Overview is the air of all places at a glance.
type Overview struct {
	Parameter air.Parameter
	Unit      air.Unit
	Scale     standard.Scale
	From, To  int       // years of the heat table
	Rows      []CityRow // places that have a value, highest first; then those without, by id
	Stations  int
	Imports   int   // stored
	Values    int64 // hours and days in the store
	Latest    time.Time
}

// CityRow is one place of an Overview.
type CityRow struct {
	Place    string
	Role     string // in the network
	Answer   Answer
	Class    int           // of Scale, 0 for none
	Years    []AnnualPoint // From to To, one a year; None where there is none
	Lines    []AnnualLine  // without points
	Stations int
}

// OverviewQuery asks for the air of all places at a glance.
type OverviewQuery struct {
	Parameter air.Parameter // 0: PM2.5
	Years     int           // how many years the table has, up to the latest value; 0: 15
	Network   bool          // the cities of the network alone
}

// Overview lists the places with their latest annual mean. The result is shared between readers and must not be changed.
func (k *Desk) Overview(ctx context.Context, q OverviewQuery, today time.Time) (*Overview, error) {
	s, err := k.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return remember(s, fmt.Sprint("overview ", q, today.UTC().Format(time.DateOnly)), func() (*Overview, error) { return k.overview(ctx, s, q, today) })
}

func (k *Desk) overview(ctx context.Context, s *Snapshot, q OverviewQuery, today time.Time) (*Overview, error) {
	if q.Parameter == 0 {
		q.Parameter = air.PM25
	}
	if q.Years <= 0 || q.Years > 100 {
		q.Years = 15
	}
	if _, known := q.Parameter.Info(); !known || q.Parameter.Weather() {
		return nil, notFound()
	}
	o := &Overview{Parameter: q.Parameter, Unit: q.Parameter.MainUnit(), Stations: len(s.stations)}
	o.Scale = standard.Classes(o.Parameter, o.Unit, standard.Annual)
	points := map[string][]AnnualPoint{}
	for _, place := range s.network.Places() {
		if place.Withdrawn || place.Kind == "country" || place.Role == "region" || q.Network && place.Role != "network" {
			continue
		}
		lines, err := k.lines(ctx, s, place.ID, o.Parameter, o.Unit)
		if err != nil {
			return nil, err
		}
		if place.Role == "" && len(lines) == 0 {
			continue
		}
		b := bounds{jurisdictions(s.network, place), o.Parameter, o.Unit}
		r := CityRow{Place: place.ID, Role: place.Role, Stations: len(s.byPlace[place.ID])}
		if r.Answer, err = k.answer(ctx, s, b, place.ID, lines, today); err != nil {
			return nil, err
		}
		r.Class = o.Scale.Class(float64(r.Answer.Value.Value))
		if r.Answer.Value.Year == 0 {
			r.Class = 0
		}
		best := headline(lines)
		points[place.ID] = best
		if n := len(best); n > 0 {
			o.To = max(o.To, best[n-1].Year)
		}
		for _, l := range lines {
			l.Points = nil
			r.Lines = append(r.Lines, l)
		}
		o.Rows = append(o.Rows, r)
	}
	if o.To > 0 {
		o.From = o.To - q.Years + 1
		first := o.To
		for _, best := range points {
			if len(best) > 0 {
				first = min(first, best[0].Year)
			}
		}
		o.From = max(o.From, first)
		for i := range o.Rows {
			r := &o.Rows[i]
			r.Years = make([]AnnualPoint, o.To-o.From+1)
			for y := range r.Years {
				r.Years[y] = AnnualPoint{Year: o.From + y, Value: stats.None}
			}
			for _, p := range points[r.Place] {
				if p.Year >= o.From {
					r.Years[p.Year-o.From] = p
				}
			}
		}
	}
	slices.SortStableFunc(o.Rows, func(a, b CityRow) int {
		x, y := a.Answer.Value, b.Answer.Value
		if (x.Year > 0) != (y.Year > 0) {
			if x.Year > 0 {
				return -1
			}
			return 1
		}
		if c := compareFloat(float64(y.Value), float64(x.Value)); x.Year > 0 && c != 0 {
			return c
		}
		return strings.Compare(a.Place, b.Place)
	})
	extents, err := k.obs.Extents(ctx)
	if err != nil {
		return nil, err
	}
	for _, e := range extents {
		o.Values += e.Count
		if t := time.Unix(e.Last, 0).UTC(); t.After(o.Latest) {
			o.Latest = t
		}
	}
	return o, k.db.Read(ctx, func(tx *db.Tx) error {
		return tx.One(ctx, `SELECT COUNT(*) FROM data_import WHERE state = 'stored'`, nil, &o.Imports)
	})
}
