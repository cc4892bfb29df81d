package evidence

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"aircommons/air"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
	"aircommons/internal/obs"
	"aircommons/internal/obs/mem"
)

// world is a desk on fresh stores with two cities.
type world struct {
	*Desk
	t  *testing.T
	d  *db.DB
	st obs.Store
}

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func newWorld(t *testing.T) world {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	d, err := db.Open(ctx, filepath.Join(dir, "network.db"), func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	f, err := db.OpenFiles(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		for _, p := range []network.Place{
			{ID: "china", Names: db.Text{"en": "China"}, Kind: "country", Country: "CN"},
			{ID: "beijing", Names: db.Text{"en": "Beijing", "zh": "北京"}, Kind: "city", Country: "CN", Parent: "china", TimeZone: "Asia/Shanghai"},
			{ID: "shanghai", Names: db.Text{"en": "Shanghai", "zh": "上海"}, Kind: "city", Country: "CN", Parent: "china", TimeZone: "Asia/Shanghai"},
		} {
			if err := network.PutPlace(ctx, tx, p); err != nil {
				return err
			}
		}
		return tx.Record(ctx, actor.System, "place", "beijing", "create", nil, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	st := mem.New()
	return world{New(d, st, f, network.New(d)), t, d, st}
}

var officer = actor.Actor{ID: "o", Name: "Officer", Role: actor.Secretariat}

// uci makes a file of hours from a start, whose PM2.5 is given by f; -1 is missing.
func uci(station string, start time.Time, hours int, f func(i int) float64) string {
	var b strings.Builder
	b.WriteString("\"No\",\"year\",\"month\",\"day\",\"hour\",\"PM2.5\",\"PM10\",\"SO2\",\"NO2\",\"CO\",\"O3\",\"TEMP\",\"PRES\",\"DEWP\",\"RAIN\",\"wd\",\"WSPM\",\"station\"\r\n")
	for i := range hours {
		at := start.Add(time.Duration(i) * time.Hour)
		v := "NA"
		if x := f(i); x >= 0 {
			v = fmt.Sprint(x)
		}
		fmt.Fprintf(&b, "%d,%d,%d,%d,%d,%s,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,\"%s\"\r\n", i+1, at.Year(), at.Month(), at.Day(), at.Hour(), v, station)
	}
	return b.String()
}

func (w world) upload(text string, auto bool) (Import, bool) {
	w.t.Helper()
	i, again, err := w.StartImport(context.Background(), officer, Upload{Name: "made.csv", Place: "beijing", Reader: strings.NewReader(text), Auto: auto})
	if err != nil {
		w.t.Fatal(err)
	}
	w.work()
	i, _, err = w.Import(context.Background(), officer, i.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return i, again
}

// work runs all jobs that wait.
func (w world) work() {
	w.t.Helper()
	for {
		ran, err := w.d.WorkOnce(context.Background(), w.Run)
		if err != nil {
			w.t.Fatal(err)
		}
		if !ran {
			return
		}
	}
}

// dump is everything that imports leave: stations, units, summaries and hours.
func (w world) dump() string {
	w.t.Helper()
	var b bytes.Buffer
	ctx := context.Background()
	err := w.d.Read(ctx, func(tx *db.Tx) error {
		st, err := Stations(ctx, tx)
		if err != nil {
			return err
		}
		for _, s := range st {
			fmt.Fprintln(&b, s.ID, s.Place, s.Code, s.Step, s.Offset)
		}
		u, err := units(ctx, tx)
		fmt.Fprintln(&b, len(u))
		if err != nil {
			return err
		}
		return tx.Each(ctx, `SELECT station, parameter, year, data FROM series_year ORDER BY station, parameter, year`, nil, func(scan func(...any) error) error {
			var s, p, y int
			var data string
			err := scan(&s, &p, &y, &data)
			fmt.Fprintln(&b, s, p, y, data)
			return err
		})
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.st.Scan(ctx, nil, -1<<60, 1<<60, func(k obs.Key, r obs.Rows) error {
		fmt.Fprintln(&b, k, r.Time, r.Value, r.Flag)
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	return b.String()
}

func TestImport(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	start := time.Date(2031, 12, 31, 0, 0, 0, 0, time.UTC)
	noon = time.Date(2033, 1, 1, 0, 0, 0, 0, time.UTC)
	text := uci("Made", start, 48, func(i int) float64 { return float64(i) })
	i, _ := w.upload(text, false)
	if i.State != Ready || i.Report.Values != 48 || len(i.Report.Series) != 1 || i.Report.Layout != "uci-beijing" {
		t.Fatalf("%+v", i)
	}
	if e, _ := w.st.Extents(ctx); len(e) != 0 {
		t.Fatal("something was stored before anybody said so")
	}
	if err := w.Store(ctx, actor.Actor{ID: "x", Role: actor.CityOfficer, City: "shanghai"}, i.ID, i.Version); fault.CodeOf(err) != fault.Denied {
		t.Error("another city's officer stored it", err)
	}
	if err := w.Store(ctx, officer, i.ID, i.Version-1); fault.CodeOf(err) != fault.Conflict {
		t.Error("an old version was stored", err)
	}
	if err := w.Store(ctx, officer, i.ID, i.Version); err != nil {
		t.Fatal(err)
	}
	w.work()
	i, _, _ = w.Import(ctx, officer, i.ID)
	if i.State != Stored {
		t.Fatalf("%+v", i)
	}
	// 24 of 8,760 hours of 2031: the last day has a mean, the year has none.
	var y YearSummary
	err := w.d.Read(ctx, func(tx *db.Tx) error {
		var data string
		if err := tx.One(ctx, `SELECT data FROM series_year WHERE year = 2031`, nil, &data); err != nil {
			return err
		}
		y, err := unpack(data)
		if err == nil && (y.Stats.Count != 24 || y.Stats.Enough || y.Days[364] != 11.5 || y.Days[363].OK()) {
			t.Errorf("%+v", y)
		}
		return err
	})
	if err != nil {
		t.Fatal(err, y)
	}
	before := w.dump()
	if again, twice := w.upload(text, true); !twice || again.ID != i.ID || w.dump() != before {
		t.Error("the same file twice changed something")
	}
	if err := w.Undo(ctx, officer, i.ID, i.Version); err != nil {
		t.Fatal(err)
	}
	w.work()
	if empty := newWorld(t).dump(); w.dump() != empty {
		t.Errorf("an undone import left something: %s", w.dump())
	}
	// It can be stored again.
	i, _, _ = w.Import(ctx, officer, i.ID)
	if err := w.Store(ctx, officer, i.ID, i.Version); err != nil {
		t.Fatal(err)
	}
	w.work()
	if w.dump() != before {
		t.Error("stored again it is not the same")
	}
}

// Whatever is imported and undone in whatever order, what is stored is the fold of the imports that stand.
func TestFold(t *testing.T) {
	noon = time.Date(2033, 1, 1, 0, 0, 0, 0, time.UTC)
	start := time.Date(2031, 12, 25, 0, 0, 0, 0, time.UTC)
	ctx := context.Background()
	for seed := range uint64(6) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		w := newWorld(t)
		type stands struct {
			id   string
			rows map[int64]float64
		}
		var model []stands
		for op := range 14 {
			if len(model) > 0 && rnd.IntN(3) == 0 {
				n := rnd.IntN(len(model))
				i, _, err := w.Import(ctx, officer, model[n].id)
				if err != nil {
					t.Fatal(err)
				}
				if err := w.Undo(ctx, officer, i.ID, i.Version); err != nil {
					t.Fatal(err)
				}
				w.work()
				model = append(model[:n], model[n+1:]...)
			} else {
				from := start.Add(time.Duration(rnd.IntN(300)) * time.Hour)
				rows := map[int64]float64{}
				text := uci("Made", from, 20+rnd.IntN(200), func(i int) float64 {
					if rnd.IntN(4) == 0 {
						return -1
					}
					v := float64(op*1000%997) + float64(i)/8
					rows[from.Add(time.Duration(i)*time.Hour).Unix()-8*3600] = v
					return v
				})
				i, _ := w.upload(text, true)
				if i.State != Stored {
					t.Fatalf("%+v", i)
				}
				model = append(model, stands{i.ID, rows})
			}
			want := map[int64]float64{}
			for _, m := range model {
				for at, v := range m.rows {
					want[at] = v
				}
			}
			got := map[int64]float64{}
			if err := w.st.Scan(ctx, nil, -1<<60, 1<<60, func(k obs.Key, r obs.Rows) error {
				for i := range r.Time {
					got[r.Time[i]] = r.Value[i]
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d step %d: %d hours, want %d", seed, op, len(got), len(want))
			}
		}
		// The summaries are those of one import of what is there.
		all := air.Series{Parameter: air.PM25, Unit: air.MicrogramPerM3, Step: 3600, Offset: 8 * 3600}
		w.st.Scan(ctx, nil, -1<<60, 1<<60, func(k obs.Key, r obs.Rows) error {
			all.Time, all.Value = append(all.Time, r.Time...), append(all.Value, r.Value...)
			return nil
		})
		for _, y := range summarise(&all, 0, 9999) {
			want, _ := y.pack()
			var got string
			if err := w.d.Read(ctx, func(tx *db.Tx) error {
				return tx.One(ctx, `SELECT data FROM series_year WHERE year = $1`, []any{y.Year}, &got)
			}); err != nil || got != want {
				t.Errorf("seed %d: %d: %v\n%s\n%s", seed, y.Year, err, got, want)
			}
		}
	}
}

// Stopped between any two steps and started again, an import ends where an undisturbed one does.
func TestInterrupted(t *testing.T) {
	noon = time.Date(2033, 1, 1, 0, 0, 0, 0, time.UTC)
	start := time.Date(2031, 12, 25, 0, 0, 0, 0, time.UTC)
	first := uci("Made", start, 300, func(i int) float64 { return float64(i % 50) })
	second := uci("Made", start.Add(100*time.Hour), 300, func(i int) float64 { return float64(i % 70) })
	calm := newWorld(t)
	calm.upload(first, true)
	calm.upload(second, true)
	want := calm.dump()
	died := errors.New("the process died")
	for _, at := range []string{"placed", "written", "summarised"} {
		w := newWorld(t)
		w.upload(first, true)
		hit := false
		w.Desk.fail = func(step string) error {
			if step == at && !hit {
				hit = true
				return died
			}
			return nil
		}
		i, _, err := w.StartImport(context.Background(), officer, Upload{Name: "b.csv", Place: "beijing", Reader: strings.NewReader(second), Auto: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.d.WorkOnce(context.Background(), w.Run); err != nil || !hit {
			t.Fatal(err, hit)
		}
		noon = noon.Add(time.Hour) // the pause before the next try
		w.work()
		noon = noon.Add(-time.Hour)
		if i, _, _ = w.Import(context.Background(), officer, i.ID); i.State != Stored || w.dump() != want {
			t.Errorf("after %q: %s", at, i.State)
		}
	}
}

func TestFailedImportLeavesNothing(t *testing.T) {
	noon = time.Date(2033, 1, 1, 0, 0, 0, 0, time.UTC)
	start := time.Date(2031, 12, 25, 0, 0, 0, 0, time.UTC)
	w := newWorld(t)
	w.upload(uci("Made", start, 300, func(i int) float64 { return 5 }), true)
	want := w.dump()
	w.Desk.fail = func(step string) error {
		if step == "written" {
			return fault.New(fault.Invalid, "error.form")
		}
		return nil
	}
	i, _ := w.upload(uci("Made", start.Add(90*time.Hour), 300, func(i int) float64 { return 7 }), true)
	if i.State != Failed || i.Report.Error == nil || w.dump() != want {
		t.Errorf("%s %v\n%s\n%s", i.State, i.Report.Error, w.dump(), want)
	}
}
