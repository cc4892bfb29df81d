package evidence

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"aircommons/air"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/obs"
)

// Kept lists the kept files that imports were read from, by hash, each once, sorted. An import that failed needs its file
// too: it can be answered and read again.
func Kept(ctx context.Context, tx *db.Tx) ([]string, error) {
	var out []string
	err := tx.Each(ctx, `SELECT DISTINCT sha256 FROM data_import ORDER BY sha256`, nil, func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		out = append(out, s)
		return err
	})
	return out, err
}

// Counts are the imports that are known, and the years that are summarised.
func (k *Desk) Counts(ctx context.Context) (imports, years int, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if err := tx.One(ctx, `SELECT COUNT(*) FROM data_import`, nil, &imports); err != nil {
			return err
		}
		return tx.One(ctx, `SELECT COUNT(*) FROM series_year`, nil, &years)
	})
	return imports, years, err
}

// Check compares what the two stores hold of each series: stations and units there, hours here, and the summaries, which
// are counted anew from the hours. It returns the first difference. Series that a waiting job works on are left out.
func (k *Desk) Check(ctx context.Context) error {
	var byID map[int32]Station
	var have map[seriesKey]air.Unit
	var moving map[seriesKey]bool
	var movingStation map[int32]bool
	stored := map[seriesKey]map[int]string{}
	err := k.db.Read(ctx, func(tx *db.Tx) error {
		all, err := Stations(ctx, tx)
		if err != nil {
			return err
		}
		byID = map[int32]Station{}
		for _, s := range all {
			byID[s.ID] = s
		}
		if have, err = units(ctx, tx); err != nil {
			return err
		}
		if moving, movingStation, err = inMotion(ctx, tx); err != nil {
			return err
		}
		return tx.Each(ctx, `SELECT station, parameter, year, data FROM series_year`, nil, func(scan func(...any) error) error {
			var s seriesKey
			var year int
			var data string
			err := scan(&s.Station, &s.Parameter, &year, &data)
			if stored[s] == nil {
				stored[s] = map[int]string{}
			}
			stored[s][year] = data
			return err
		})
	})
	if err != nil {
		return err
	}
	skip := func(s seriesKey) bool { return moving[s] || movingStation[s.Station] }
	differs := func(key string, s seriesKey) error {
		name := byID[s.Station].Name
		if name == "" {
			name = itoa(int(s.Station))
		}
		return fault.New(fault.Invalid, key, "Station", name, "Parameter", s.Parameter.Code())
	}
	seen := map[seriesKey]bool{}
	err = k.obs.Scan(ctx, nil, math.MinInt64, math.MaxInt64, func(s obs.Key, r obs.Rows) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		seen[s] = true
		if skip(s) {
			return nil
		}
		st, known := byID[s.Station]
		unit, named := have[s]
		if !known || !named {
			return differs("evidence.check.series", s)
		}
		whole := air.Series{Parameter: s.Parameter, Unit: unit, Step: st.Step, Offset: st.Offset, Time: r.Time, Value: r.Value, Flag: r.Flag}
		years := summarise(&whole, math.MinInt32, math.MaxInt32)
		if len(years) != len(stored[s]) {
			return differs("evidence.check.summaries", s)
		}
		for _, y := range years {
			text, err := y.pack()
			if err != nil {
				return err
			}
			if !sameJSON(text, stored[s][y.Year]) {
				return differs("evidence.check.summaries", s)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for s := range have {
		if !seen[s] && !skip(s) {
			return differs("evidence.check.hours", s)
		}
	}
	for s := range stored {
		if !seen[s] && !skip(s) {
			return differs("evidence.check.summaries", s)
		}
	}
	return nil
}

// inMotion lists the series and stations that a job is going to change, or has half changed.
func inMotion(ctx context.Context, tx *db.Tx) (series map[seriesKey]bool, stations map[int32]bool, err error) {
	series, stations = map[seriesKey]bool{}, map[int32]bool{}
	var subjects []string
	err = tx.Each(ctx, `SELECT subject FROM job WHERE kind = $1 AND state IN ('waiting','running')`, []any{JobKind}, func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		subjects = append(subjects, s)
		return err
	})
	for _, s := range subjects {
		if id, ok := strings.CutPrefix(s, "station-"); ok {
			stations[atoi(id)] = true
			continue
		}
		of, err := importSeries(ctx, tx, s)
		if err != nil {
			return nil, nil, err
		}
		for _, o := range of {
			series[o.seriesKey] = true
		}
	}
	return series, stations, err
}

// sameJSON compares two texts of JSON; numbers may differ in their last digits, as sums do that begin elsewhere.
func sameJSON(a, b string) bool {
	if a == b {
		return true
	}
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return false
	}
	return sameValue(x, y)
}

func sameValue(x, y any) bool {
	switch x := x.(type) {
	case float64:
		y, ok := y.(float64)
		return ok && (x == y || math.Abs(x-y) <= 1e-9*math.Max(math.Abs(x), math.Abs(y)))
	case []any:
		y, ok := y.([]any)
		return ok && slices.EqualFunc(x, y, sameValue)
	case map[string]any:
		y, ok := y.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for k, v := range x {
			w, ok := y[k]
			if !ok || !sameValue(v, w) {
				return false
			}
		}
		return true
	}
	return x == y
}
