package evidence

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aircommons/internal/db"
	"aircommons/internal/intake"
	"aircommons/internal/network"
	"aircommons/internal/obs/duck"
	"aircommons/stats"
)

// What is stored of the twelve Beijing files is what package stats says of the files themselves, and an import undone in
// the middle leaves the others as they were.
func TestTwelveBeijingFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	first := realFile(t, "beijing-multisite/PRSA_Data_Aotizhongxin_20130301-20170228.csv.gz")
	files, err := filepath.Glob(filepath.Join(filepath.Dir(first), "PRSA_Data_*.csv.gz"))
	if err != nil || len(files) != 12 {
		t.Fatal(len(files), err)
	}
	ctx := context.Background()
	dir := t.TempDir()
	d, err := db.Open(ctx, filepath.Join(dir, "network.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = d.Write(ctx, func(tx *db.Tx) error {
		return network.PutPlace(ctx, tx, network.Place{ID: "beijing", Names: db.Text{"en": "Beijing"}, Kind: "city", Country: "CN", TimeZone: "Asia/Shanghai"})
	})
	if err != nil {
		t.Fatal(err)
	}
	store, err := duck.Open(filepath.Join(dir, "m.duckdb"), duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	kept, err := db.OpenFiles(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	k := New(d, store, kept, network.New(d))
	work := func() {
		for {
			ran, err := d.WorkOnce(ctx, k.Run)
			if err != nil {
				t.Fatal(err)
			}
			if !ran {
				return
			}
		}
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = k.StartImport(ctx, officer, Upload{Name: filepath.Base(name), Reader: f, Auto: true})
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	work()
	s, err := k.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(s.StationsAt("beijing")); n != 12 {
		t.Fatal(n, "stations")
	}
	series, pollutants := 0, 0
	for n, name := range files {
		if n%4 != 0 { // three of them, every series
			continue
		}
		r, err := intake.ReadFile(name, intake.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range r.Series {
			var id int32
			for _, st := range s.stations {
				if st.Code == x.Station.Code {
					id = st.ID
				}
			}
			have, err := k.summariesOf(ctx, s, key(id, x.Parameter))
			if err != nil {
				t.Fatal(err)
			}
			want := stats.Periods(&x.Series, stats.Year, stats.Options{})
			if len(have) != len(want) {
				t.Fatalf("%s %s: %d years, want %d", x.Station.Code, x.Parameter, len(have), len(want))
			}
			months := stats.Periods(&x.Series, stats.Month, stats.Options{})
			for i, y := range have {
				for _, v := range []struct {
					what      string
					got, want stats.Value
				}{{"mean", y.Stats.Mean, want[i].Mean}, {"median", y.Stats.Median, want[i].Median}, {"p05", y.Stats.P05, want[i].P05}, {"p98", y.Stats.P98, want[i].P98},
					{"min", y.Stats.Min, want[i].Min}, {"max", y.Stats.Max, want[i].Max}, {"max_day", y.Stats.MaxDay, want[i].MaxDay}, {"max_8h", y.Stats.Max8h, want[i].Max8h}, {"max_24h", y.Stats.Max24h, want[i].Max24h}} {
					if v.got.OK() != v.want.OK() || v.want.OK() && v.got != v.want {
						t.Errorf("%s %s %d: %s %v, want %v", x.Station.Code, x.Parameter, y.Year, v.what, v.got, v.want)
					}
				}
				if y.Stats.Count != want[i].Count || y.Stats.Expected != want[i].Expected || y.Stats.Capture != want[i].Capture {
					t.Errorf("%s %s %d: %+v", x.Station.Code, x.Parameter, y.Year, y.Stats)
				}
				for _, m := range months {
					at := time.Unix(m.From+int64(x.Offset), 0).UTC()
					if at.Year() == y.Year && (y.Months[at.Month()-1].OK() != m.Mean.OK() || m.Mean.OK() && y.Months[at.Month()-1] != m.Mean || y.Filled[at.Month()-1] != m.Count) {
						t.Errorf("%s %s %s: %v", x.Station.Code, x.Parameter, m.Period, y.Months[at.Month()-1])
					}
				}
			}
			series++
		}
		pollutants += r.Values
	}
	if series != 36 {
		t.Error(series, "series")
	}
	if err := k.Check(ctx); err != nil {
		t.Error(err)
	}
	all, err := k.Imports(ctx, officer)
	if err != nil || len(all) != 12 {
		t.Fatal(len(all), err)
	}
	if err := k.Undo(ctx, officer, all[5].ID, all[5].Version); err != nil {
		t.Fatal(err)
	}
	work()
	if err := k.Check(ctx); err != nil {
		t.Error(err)
	}
	if s, err = k.Snapshot(ctx); err != nil || len(s.StationsAt("beijing")) != 11 {
		t.Error(len(s.StationsAt("beijing")), err)
	}
	c, err := k.CityAir(ctx, CityQuery{Place: "beijing"}, today)
	if err != nil || c.Answer.Value.Year != 2016 || c.Answer.Value.Stations != 11 || c.Answer.Line.Embassy {
		t.Errorf("%v %+v", err, c.Answer)
	}
}
