package evidence

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"aircommons/air"
	"aircommons/internal/db"
)

const stationColumns = `id, place, code, step, name, lat, lon, utc_offset, site_type, source, note, version`

// Stations lists all stations, by id.
func Stations(ctx context.Context, tx *db.Tx) ([]Station, error) { return stations(ctx, tx, "") }

func stations(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Station, error) {
	var out []Station
	err := tx.Each(ctx, `SELECT `+stationColumns+` FROM station `+where+` ORDER BY id`, args, func(scan func(...any) error) error {
		var s Station
		err := scan(&s.ID, &s.Place, &s.Code, &s.Step, &s.Name, &s.Lat, &s.Lon, &s.Offset, &s.SiteType, &s.Source, &s.Note, &s.Version)
		out = append(out, s)
		return err
	})
	return out, err
}

func station(ctx context.Context, tx *db.Tx, id int32) (Station, error) {
	s, err := stations(ctx, tx, `WHERE id = $1`, id)
	if err == nil && len(s) == 0 {
		err = notFound()
	}
	if err != nil {
		return Station{}, err
	}
	return s[0], nil
}

func putStation(ctx context.Context, tx *db.Tx, s Station) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO station (`+stationColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,1)
		ON CONFLICT (id) DO UPDATE SET name=excluded.name, lat=excluded.lat, lon=excluded.lon, utc_offset=excluded.utc_offset,
		site_type=excluded.site_type, note=excluded.note, version=station.version+1`,
		s.ID, s.Place, s.Code, s.Step, s.Name, s.Lat, s.Lon, s.Offset, s.SiteType, s.Source, s.Note)
	return err
}

const importColumns = `id, COALESCE(place,''), sha256, name, size, reading, state, created_at, by_id, by_name, stored_at, seq, version`

// Imports lists imports by condition without their reports, the latest first.
func imports(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Import, error) {
	var out []Import
	err := tx.Each(ctx, `SELECT `+importColumns+` FROM data_import `+where, args, func(scan func(...any) error) error {
		var i Import
		var reading string
		var stored *time.Time
		if err := scan(&i.ID, &i.Place, &i.SHA256, &i.Name, &i.Size, &reading, &i.State, &i.At, &i.ByID, &i.By, &stored, &i.Seq, &i.Version); err != nil {
			return err
		}
		i.At = i.At.UTC()
		if stored != nil {
			i.StoredAt = stored.UTC()
		}
		out = append(out, i)
		return json.Unmarshal([]byte(reading), &out[len(out)-1].Reading)
	})
	return out, err
}

func oneImport(ctx context.Context, tx *db.Tx, id string) (Import, error) {
	all, err := imports(ctx, tx, `WHERE id = $1`, id)
	if err == nil && len(all) == 0 {
		err = notFound()
	}
	if err != nil {
		return Import{}, err
	}
	i := all[0]
	var report string
	if err := tx.One(ctx, `SELECT report FROM data_import WHERE id = $1`, []any{id}, &report); err != nil {
		return i, err
	}
	return i, json.Unmarshal([]byte(report), &i.Report)
}

func putImport(ctx context.Context, tx *db.Tx, i Import) error {
	reading, err := json.Marshal(i.Reading)
	if err != nil {
		return err
	}
	report, err := json.Marshal(i.Report)
	if err != nil {
		return err
	}
	var place *string
	if i.Place != "" {
		place = &i.Place
	}
	var stored *time.Time
	if !i.StoredAt.IsZero() {
		stored = &i.StoredAt
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO data_import (id, place, sha256, name, size, reading, state, report, created_at, by_id, by_name, stored_at, seq, version)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,1)
		ON CONFLICT (id) DO UPDATE SET place=excluded.place, reading=excluded.reading, state=excluded.state, report=excluded.report,
		stored_at=excluded.stored_at, seq=excluded.seq, version=data_import.version+1`,
		i.ID, place, i.SHA256, i.Name, i.Size, string(reading), string(i.State), string(report), i.At, i.ByID, i.By, stored, i.Seq)
	return err
}

// seriesOf is a series that an import wrote.
type seriesOf struct {
	seriesKey
	First, Last int64
	Count       int
}

func importSeries(ctx context.Context, tx *db.Tx, id string) ([]seriesOf, error) {
	var out []seriesOf
	err := tx.Each(ctx, `SELECT station, parameter, first, last, count FROM import_series WHERE import_id = $1 ORDER BY station, parameter`, []any{id},
		func(scan func(...any) error) error {
			var s seriesOf
			err := scan(&s.Station, &s.Parameter, &s.First, &s.Last, &s.Count)
			out = append(out, s)
			return err
		})
	return out, err
}

// units are the units of the stored series of a station.
func units(ctx context.Context, tx *db.Tx) (map[seriesKey]air.Unit, error) {
	out := map[seriesKey]air.Unit{}
	err := tx.Each(ctx, `SELECT station, parameter, unit FROM series`, nil, func(scan func(...any) error) error {
		var k seriesKey
		var text string
		if err := scan(&k.Station, &k.Parameter, &text); err != nil {
			return err
		}
		u, ok := air.ParseUnit(text)
		if !ok {
			return fmt.Errorf("evidence: unit %q in the store", text)
		}
		out[k] = u
		return nil
	})
	return out, err
}

func putYears(ctx context.Context, tx *db.Tx, k seriesKey, years []YearSummary) error {
	for _, y := range years {
		data, err := y.pack()
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO series_year (station, parameter, year, data) VALUES ($1,$2,$3,$4)
			ON CONFLICT (station, parameter, year) DO UPDATE SET data = excluded.data`, k.Station, k.Parameter, y.Year, data); err != nil {
			return err
		}
	}
	return nil
}
