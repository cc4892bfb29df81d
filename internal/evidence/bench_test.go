package evidence

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aircommons/internal/db"
	"aircommons/internal/network"
	"aircommons/internal/obs/duck"
)

// BenchmarkImportBeijing imports the twelve Beijing files, summaries included, into a fresh folder. x-copy is its time over
// that of DuckDB's own COPY of the same long rows from a CSV file into an empty table, checkpoint included.
func BenchmarkImportBeijing(b *testing.B) {
	first := realFile(b, "beijing-multisite/PRSA_Data_Aotizhongxin_20130301-20170228.csv.gz")
	files, err := filepath.Glob(filepath.Join(filepath.Dir(first), "PRSA_Data_*.csv.gz"))
	if err != nil || len(files) != 12 {
		b.Fatal(len(files), err)
	}
	ctx := context.Background()
	var imported, copied time.Duration
	for b.Loop() {
		dir := b.TempDir()
		d, err := db.Open(ctx, filepath.Join(dir, "network.db"), time.Now)
		if err != nil {
			b.Fatal(err)
		}
		err = d.Write(ctx, func(tx *db.Tx) error {
			return network.PutPlace(ctx, tx, network.Place{ID: "beijing", Names: db.Text{"en": "Beijing"}, Kind: "city", Country: "CN", TimeZone: "Asia/Shanghai"})
		})
		if err != nil {
			b.Fatal(err)
		}
		store, err := duck.Open(filepath.Join(dir, "m.duckdb"), duck.Options{})
		if err != nil {
			b.Fatal(err)
		}
		kept, err := db.OpenFiles(filepath.Join(dir, "files"))
		if err != nil {
			b.Fatal(err)
		}
		k := New(d, store, kept, network.New(d))
		start := time.Now()
		for _, name := range files {
			f, err := os.Open(name)
			if err != nil {
				b.Fatal(err)
			}
			if _, _, err := k.StartImport(ctx, officer, Upload{Name: filepath.Base(name), Place: "beijing", Reader: f, Auto: true}); err != nil {
				b.Fatal(err)
			}
			f.Close()
		}
		for {
			ran, err := d.WorkOnce(ctx, k.Run)
			if err != nil {
				b.Fatal(err)
			}
			if !ran {
				break
			}
		}
		imported += time.Since(start)
		all, err := k.Imports(ctx, officer)
		if err != nil {
			b.Fatal(err)
		}
		for _, i := range all {
			if i.State != Stored {
				b.Fatal(i.Name, i.State)
			}
		}
		csv := filepath.Join(dir, "long.csv")
		if err := store.WriteCSV(ctx, csv); err != nil {
			b.Fatal(err)
		}
		t, err := duck.CopyTime(ctx, csv, filepath.Join(dir, "copy.duckdb"), time.Now)
		if err != nil {
			b.Fatal(err)
		}
		copied += t
		store.Close()
		d.Close()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(imported.Seconds()/float64(b.N), "s/import")
	b.ReportMetric(copied.Seconds()/float64(b.N), "s/copy")
	b.ReportMetric(imported.Seconds()/copied.Seconds(), "x-copy")
}
