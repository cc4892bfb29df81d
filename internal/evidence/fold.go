package evidence

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"aircommons/air"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/intake"
	"aircommons/internal/network"
	"aircommons/internal/obs"
)

// placed is a series of a file with the station it belongs to.
type placed struct {
	seriesKey
	air.Series
	fresh bool // nothing of it was stored before
}

// store writes an import: stations first, then the hours in one transaction of the measurement store, then summaries and
// the state. Killed between two of them, it starts again and ends where an undisturbed one does: folding the same hours
// a second time changes nothing.
func (k *Desk) store(ctx context.Context, i Import, by actor.Actor, r *intake.Result, say db.Progress) error {
	if r == nil {
		say("evidence.step.read", 0, 0)
		var err error
		if r, err = k.open(ctx, i); err != nil {
			return err
		}
	}
	if r.Pending() {
		return fault.New(fault.Invalid, "evidence.import.asks")
	}
	snap, err := k.network.Snapshot(ctx)
	if err != nil {
		return err
	}
	say("evidence.step.store", 0, int64(len(r.Series)))
	var parts []placed
	var refused []fault.Message
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		parts, refused = nil, nil
		var err error
		if parts, refused, err = k.place(ctx, tx, snap, i, by, r); err != nil {
			return err
		}
		if len(parts) == 0 {
			return nil
		}
		now, err := oneImport(ctx, tx, i.ID)
		if err != nil {
			return err
		}
		// It is merged over what is there, so it comes after everything stored before: also after what was stored while a
		// first try of it waited for a second.
		if err := tx.One(ctx, `SELECT COALESCE(MAX(seq),0)+1 FROM data_import WHERE id <> $1`, []any{i.ID}, &now.Seq); err != nil {
			return err
		}
		i.Seq = now.Seq
		i.Version = now.Version
		i.Reading = pinned(i.Reading, r)
		i.Report.Values = 0
		for _, p := range parts {
			i.Report.Values += p.Len()
		}
		if err := putImport(ctx, tx, i); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM import_series WHERE import_id = $1`, i.ID); err != nil {
			return err
		}
		for _, p := range parts {
			if _, err := tx.ExecContext(ctx, `INSERT INTO import_series (import_id, station, parameter, first, last, count) VALUES ($1,$2,$3,$4,$5,$6)`,
				i.ID, p.Station, p.seriesKey.Parameter, p.Time[0], p.Time[p.Len()-1], p.Len()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(parts) == 0 {
		if len(refused) > 0 {
			return &fault.Error{Code: fault.Invalid, Message: refused[0]}
		}
		return fault.New(fault.Invalid, "evidence.import.nothing")
	}
	if err := k.step("placed"); err != nil {
		return err
	}
	writes := make([]obs.Write, len(parts))
	for n, p := range parts {
		s := p.Series
		from, to := s.Time[0], s.Time[s.Len()-1]+1
		if !p.fresh {
			old, err := k.obs.Read(ctx, p.seriesKey, from, to)
			if err != nil {
				return err
			}
			s = air.Merge(air.Series{Time: old.Time, Value: old.Value, Flag: old.Flag}, s)
		}
		writes[n] = obs.Write{Key: p.seriesKey, From: from, To: to, Rows: obs.Rows{Time: s.Time, Value: s.Value, Flag: s.Flag}}
	}
	touched := make([]touch, len(parts))
	allFresh := true
	for n, p := range parts {
		touched[n] = touch{p.seriesKey, p.Time[0], p.Time[p.Len()-1], nil}
		if allFresh = allFresh && p.fresh; p.fresh {
			touched[n].whole = &parts[n].Series
		}
	}
	years, err := k.writeAndSummarise(ctx, writes, touched, allFresh, say)
	if err != nil {
		return err
	}
	if err := k.step("summarised"); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		now, err := oneImport(ctx, tx, i.ID)
		if err != nil {
			return err
		}
		for n, p := range parts {
			if err := k.putSummaries(ctx, tx, touched[n], years[n]); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO series (station, parameter, unit) VALUES ($1,$2,$3) ON CONFLICT (station, parameter) DO NOTHING`,
				p.Station, p.seriesKey.Parameter, p.Unit.String()); err != nil {
				return err
			}
		}
		now.State, now.StoredAt, now.Report.Refused, now.Report.Error = Stored, tx.Now, refused, nil
		if err := putImport(ctx, tx, now); err != nil {
			return err
		}
		return tx.Record(ctx, by, "import", i.ID, "store", nil, map[string]any{"series": len(parts), "values": now.Report.Values})
	})
}

// writeAndSummarise writes the hours and makes the summaries of what they touch: at the same time where everything there
// is of the series is at hand, else one after the other, since the summaries read what was written.
func (k *Desk) writeAndSummarise(ctx context.Context, writes []obs.Write, touched []touch, together bool, say db.Progress) (years [][]YearSummary, err error) {
	if !together {
		if err := k.obs.Replace(ctx, writes); err != nil {
			return nil, err
		}
		if err := k.step("written"); err != nil {
			return nil, err
		}
		return k.summaries(ctx, touched, say)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	var failed error
	wg.Go(func() { years, failed = k.summaries(ctx, touched, say) })
	if err = k.obs.Replace(ctx, writes); err == nil {
		err = k.step("written")
	}
	if err != nil {
		cancel()
	}
	wg.Wait()
	if err == nil {
		err = failed
	}
	return years, err
}

// place finds or makes the station of each series of a file, and brings values to the unit of what is stored.
func (k *Desk) place(ctx context.Context, tx *db.Tx, snap *network.Snapshot, i Import, by actor.Actor, r *intake.Result) (parts []placed, refused []fault.Message, err error) {
	all, err := Stations(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	have, err := units(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	type name struct {
		place, code string
		step        int64
	}
	at := map[name]Station{}
	next := int32(1)
	for _, s := range all {
		at[name{s.Place, s.Code, s.Step}] = s
		next = max(next, s.ID+1)
	}
	seen := map[seriesKey]int{} // place in parts
	many := several(r)
	for _, x := range r.Series {
		place, no := k.placeOf(snap, i.Place, many, x.Station, by)
		if no != nil {
			refused = append(refused, *no)
			continue
		}
		if place == "" {
			return nil, nil, fault.New(fault.Invalid, "evidence.import.noplace")
		}
		n := name{place, x.Station.Code, x.Step}
		s, known := at[n]
		if !known {
			s = Station{ID: next, Place: place, Code: x.Station.Code, Step: x.Step, Name: x.Station.Name, Offset: standardOffset(snap, place, x), SiteType: "unknown", Source: r.Layout}
			if r.Layout == "stateair" {
				s.SiteType = "embassy"
			}
			if x.Station.HasPlace {
				s.Lat, s.Lon = &x.Station.Lat, &x.Station.Lon
			}
			next++
			at[n] = s
			if err := putStation(ctx, tx, s); err != nil {
				return nil, nil, err
			}
		}
		p := placed{seriesKey: key(s.ID, x.Parameter), Series: x.Series}
		if s.Step == 86400 && x.Offset != s.Offset {
			p.Time = slices.Clone(x.Time) // a value of a day belongs to the local day that is written, whatever zone was assumed
			for n := range p.Time {
				p.Time[n] += int64(x.Offset - s.Offset)
			}
		}
		p.Offset = s.Offset                       // days are those of the station, whatever this file assumed
		if n, twice := seen[p.seriesKey]; twice { // a second unit of the same quantity in one file
			first := &parts[n]
			if sameUnit(&p.Series, first.Unit) != nil {
				refused = append(refused, fault.Say("evidence.series.twice", "Station", s.Name, "Parameter", x.Parameter.Code(), "Unit", x.Unit.String()))
			} else {
				first.Series = air.Merge(p.Series, first.Series)
			}
			continue
		}
		if u, ok := have[p.seriesKey]; ok {
			if err := sameUnit(&p.Series, u); err != nil {
				refused = append(refused, err.(*fault.Error).Message)
				continue
			}
		} else {
			p.fresh = true
		}
		seen[p.seriesKey] = len(parts)
		parts = append(parts, p)
	}
	return parts, refused, nil
}

// standardOffset is the local standard time of a station: that of its city, without summer time, in the year of its last
// value; what the reader took where the city has no zone.
func standardOffset(s *network.Snapshot, place string, x intake.StationSeries) int {
	p, _ := s.Place(place)
	zone, err := time.LoadLocation(p.TimeZone)
	if err != nil || p.TimeZone == "" {
		return x.Offset
	}
	year := time.Unix(x.Time[len(x.Time)-1], 0).UTC().Year()
	_, january := time.Date(year, 1, 1, 0, 0, 0, 0, zone).Zone()
	_, july := time.Date(year, 7, 1, 0, 0, 0, 0, zone).Zone()
	return min(january, july)
}

// touch is a stretch of a series that changed.
type touch struct {
	seriesKey
	first, last int64
	whole       *air.Series // all there is of it, where that is at hand
}

// summaries makes the summaries of the years that a change touches: those it lies in, and the year after, whose first
// running means begin in it.
func (k *Desk) summaries(ctx context.Context, touched []touch, say db.Progress) ([][]YearSummary, error) {
	var all []Station
	var have map[seriesKey]air.Unit
	err := k.db.Read(ctx, func(tx *db.Tx) (err error) {
		if all, err = Stations(ctx, tx); err == nil {
			have, err = units(ctx, tx)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	byID := map[int32]Station{}
	for _, s := range all {
		byID[s.ID] = s
	}
	out := make([][]YearSummary, len(touched))
	errs := make([]error, len(touched))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.NumCPU(), len(touched)) {
		wg.Go(func() {
			for n := range next {
				t := touched[n]
				st := byID[t.Station]
				first, last := yearOf(t.first, st.Offset), yearOf(t.last, st.Offset)+1
				s := t.whole
				if s == nil {
					rows, err := k.obs.Read(ctx, t.seriesKey, yearStart(first, st.Offset)-86400, yearStart(last+1, st.Offset)+86400)
					if err != nil {
						errs[n] = err
						continue
					}
					s = &air.Series{Parameter: t.seriesKey.Parameter, Unit: have[t.seriesKey], Step: st.Step, Offset: st.Offset,
						Time: rows.Time, Value: rows.Value, Flag: rows.Flag}
				}
				out[n] = summarise(s, first, last)
			}
		})
	}
	for n := range touched {
		say("evidence.step.summarise", int64(n), int64(len(touched)))
		next <- n
	}
	close(next)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (k *Desk) putSummaries(ctx context.Context, tx *db.Tx, t touch, years []YearSummary) error {
	st, err := station(ctx, tx, t.Station)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM series_year WHERE station = $1 AND parameter = $2 AND year >= $3 AND year <= $4`,
		t.Station, t.seriesKey.Parameter, yearOf(t.first, st.Offset), yearOf(t.last, st.Offset)+1); err != nil {
		return err
	}
	return putYears(ctx, tx, t.seriesKey, years)
}

// undo takes an import out: the others are read again and folded in the order in which they were stored.
func (k *Desk) undo(ctx context.Context, i Import, by actor.Actor, say db.Progress) error {
	var written []seriesOf
	if err := k.db.Read(ctx, func(tx *db.Tx) (err error) { written, err = importSeries(ctx, tx, i.ID); return err }); err != nil {
		return err
	}
	if err := k.refold(ctx, i.ID, written, say); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if err := k.forget(ctx, tx, i.ID); err != nil {
			return err
		}
		i, err := oneImport(ctx, tx, i.ID)
		if err != nil {
			return err
		}
		before := i.State
		i.State, i.Seq = Undone, 0
		if err := putImport(ctx, tx, i); err != nil {
			return err
		}
		return tx.Record(ctx, by, "import", i.ID, "undone", map[string]any{"state": before}, map[string]any{"state": i.State})
	})
}

// refold writes what the series of an import are without it, with their summaries.
func (k *Desk) refold(ctx context.Context, without string, written []seriesOf, say db.Progress) error {
	span := map[seriesKey][2]int64{}
	for _, w := range written {
		span[w.seriesKey] = [2]int64{w.First, w.Last + 1}
	}
	var others []Import
	if err := k.db.Read(ctx, func(tx *db.Tx) (err error) {
		others, err = imports(ctx, tx, `WHERE id <> $1 AND state IN ('stored','undoing') AND seq > 0 AND id IN (
			SELECT b.import_id FROM import_series a, import_series b WHERE a.import_id = $1 AND a.station = b.station AND a.parameter = b.parameter)
			ORDER BY seq`, without)
		return err
	}); err != nil {
		return err
	}
	fold := map[seriesKey]air.Series{}
	for n, o := range others {
		say("evidence.step.fold", int64(n), int64(len(others)))
		parts, err := k.again(ctx, o)
		if err != nil {
			return err
		}
		for _, p := range parts {
			if r, ok := span[p.seriesKey]; ok {
				s := p.Series
				i, _ := slices.BinarySearch(s.Time, r[0])
				j, _ := slices.BinarySearch(s.Time, r[1])
				s.Time, s.Value = s.Time[i:j], s.Value[i:j]
				if s.Flag != nil {
					s.Flag = s.Flag[i:j]
				}
				if old, ok := fold[p.seriesKey]; ok {
					s = air.Merge(old, s)
				}
				fold[p.seriesKey] = s
			}
		}
	}
	var writes []obs.Write
	var touched []touch
	for _, w := range written {
		s := fold[w.seriesKey]
		writes = append(writes, obs.Write{Key: w.seriesKey, From: w.First, To: w.Last + 1, Rows: obs.Rows{Time: s.Time, Value: s.Value, Flag: s.Flag}})
		touched = append(touched, touch{w.seriesKey, w.First, w.Last, nil})
	}
	if err := k.obs.Replace(ctx, writes); err != nil {
		return err
	}
	if err := k.step("refolded"); err != nil {
		return err
	}
	years, err := k.summaries(ctx, touched, say)
	if err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		for n, t := range touched {
			if err := k.putSummaries(ctx, tx, t, years[n]); err != nil {
				return err
			}
		}
		return nil
	})
}

// again reads a stored import again, with the stations it has.
func (k *Desk) again(ctx context.Context, i Import) (parts []placed, err error) {
	r, err := k.open(ctx, i)
	if err != nil {
		return nil, err
	}
	snap, err := k.network.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		parts, _, err = k.place(ctx, tx, snap, i, actor.System, r)
		return err
	})
	return parts, err
}

// forget removes what only an import knew: its list of series, the series that are empty now, and stations that nobody
// edited and that have no series left.
func (k *Desk) forget(ctx context.Context, tx *db.Tx, id string) error {
	for _, q := range []string{
		`DELETE FROM series WHERE (station, parameter) IN (SELECT station, parameter FROM import_series WHERE import_id = $1)
			AND NOT EXISTS (SELECT 1 FROM import_series o WHERE o.import_id <> $1 AND o.station = series.station AND o.parameter = series.parameter)`,
		`DELETE FROM series_year WHERE (station, parameter) IN (SELECT station, parameter FROM import_series WHERE import_id = $1)
			AND NOT EXISTS (SELECT 1 FROM import_series o WHERE o.import_id <> $1 AND o.station = series_year.station AND o.parameter = series_year.parameter)`,
		`DELETE FROM import_series WHERE import_id = $1`,
	} {
		if _, err := tx.ExecContext(ctx, q, id); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM station WHERE version = 1 AND NOT EXISTS (SELECT 1 FROM import_series o WHERE o.station = station.id)`)
	return err
}
