package duck

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"aircommons/air"
	"aircommons/internal/obs"
)

const benchHours = 37_500 // with 12 stations and 11 parameters 4.95 million rows

// beijingSize makes rows in the number and of the kind of the twelve Beijing files: hourly values that wander, with
// one decimal.
func beijingSize() []obs.Write {
	r := rand.New(rand.NewPCG(2013, 2017))
	var out []obs.Write
	for station := int32(1); station <= 12; station++ {
		for p := air.Parameter(1); p <= 11; p++ {
			w := obs.Write{Key: obs.Key{Station: station, Parameter: p}, From: 1362067200, To: 1362067200 + benchHours*3600}
			v := 50.0
			for t := w.From; t < w.To; t += 3600 {
				v = v*0.95 + r.Float64()*5
				w.Rows.Time = append(w.Rows.Time, t)
				w.Rows.Value = append(w.Rows.Value, math.Round(v*10)/10)
			}
			out = append(out, w)
		}
	}
	return out
}

func openBench(b *testing.B, path string) *Store {
	s, err := Open(path, Options{})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func size(b *testing.B, path string) float64 {
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return float64(info.Size()) / 1e6
}

// run does one statement outside the store's ways.
func (s *Store) run(b *testing.B, sql string) time.Duration {
	c, err := s.begin()
	if err != nil {
		b.Fatal(err)
	}
	defer s.end(c, true)
	start := time.Now()
	if _, err := c.exec(context.Background(), sql); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// BenchmarkReplaceBeijingSize writes 4.95 million rows into an empty store. x-copy is its time over that of DuckDB's
// own COPY of the same rows from a CSV file into an empty table of another file, checkpoint included in both.
func BenchmarkReplaceBeijingSize(b *testing.B) {
	writes := beijingSize()
	dir := b.TempDir()
	csv := filepath.Join(dir, "long.csv")
	source := openBench(b, filepath.Join(dir, "source.duckdb"))
	if err := source.Replace(b.Context(), writes); err != nil {
		b.Fatal(err)
	}
	source.run(b, "COPY measurement TO "+quote(csv)+" (HEADER)")
	source.Close()
	var copied, replaced, again, parts time.Duration
	var megabytes float64
	b.ResetTimer()
	for b.Loop() {
		path := filepath.Join(dir, "copy.duckdb")
		s := openBench(b, path)
		copied += s.run(b, "COPY measurement FROM "+quote(csv)+" (HEADER)") + s.run(b, "CHECKPOINT")
		s.Close()
		os.Remove(path)

		path = filepath.Join(dir, "replace.duckdb")
		s = openBench(b, path)
		start := time.Now()
		if err := s.Replace(b.Context(), writes); err != nil {
			b.Fatal(err)
		}
		replaced += time.Since(start)
		megabytes = size(b, path)
		start = time.Now()
		if err := s.Replace(b.Context(), writes); err != nil {
			b.Fatal(err)
		}
		again += time.Since(start)
		s.Close()
		os.Remove(path)

		s = openBench(b, path)
		start = time.Now()
		for station := range slices.Chunk(writes, 11) {
			if err := s.Replace(b.Context(), station); err != nil {
				b.Fatal(err)
			}
		}
		parts += time.Since(start)
		s.Close()
		os.Remove(path)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(replaced.Seconds()/float64(b.N), "s/replace")
	b.ReportMetric(again.Seconds()/float64(b.N), "s/replace-again")
	b.ReportMetric(parts.Seconds()/float64(b.N), "s/12-calls")
	b.ReportMetric(copied.Seconds()/float64(b.N), "s/copy")
	b.ReportMetric(replaced.Seconds()/copied.Seconds(), "x-copy")
	b.ReportMetric(megabytes, "MB")
}

// fullBench is a store with 4.95 million rows.
func fullBench(b *testing.B) *Store {
	s := openBench(b, filepath.Join(b.TempDir(), "m.duckdb"))
	b.Cleanup(func() { s.Close() })
	if err := s.Replace(b.Context(), beijingSize()); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	return s
}

// BenchmarkRead reads one series of 37,500 rows out of 132.
func BenchmarkRead(b *testing.B) {
	s := fullBench(b)
	for b.Loop() {
		r, err := s.Read(b.Context(), obs.Key{Station: 7, Parameter: 5}, math.MinInt64, math.MaxInt64)
		if err != nil || r.Len() != benchHours {
			b.Fatal(r.Len(), err)
		}
	}
}

// BenchmarkScan reads everything.
func BenchmarkScan(b *testing.B) {
	s := fullBench(b)
	for b.Loop() {
		rows := 0
		err := s.Scan(b.Context(), nil, math.MinInt64, math.MaxInt64, func(_ obs.Key, r obs.Rows) error {
			rows += r.Len()
			return nil
		})
		if err != nil || rows != 132*benchHours {
			b.Fatal(rows, err)
		}
	}
}

// BenchmarkScanOneParameter reads one parameter of every station.
func BenchmarkScanOneParameter(b *testing.B) {
	s := fullBench(b)
	var keys []obs.Key
	for station := int32(1); station <= 12; station++ {
		keys = append(keys, obs.Key{Station: station, Parameter: 3})
	}
	for b.Loop() {
		if err := s.Scan(b.Context(), keys, math.MinInt64, math.MaxInt64, func(obs.Key, obs.Rows) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkByHour reads where the rows came hour by hour, as from a feed, so that each series lies scattered over the
// whole file.
func BenchmarkByHour(b *testing.B) {
	s := openBench(b, filepath.Join(b.TempDir(), "m.duckdb"))
	defer s.Close()
	if err := s.Replace(b.Context(), beijingSize()); err != nil {
		b.Fatal(err)
	}
	s.run(b, "BEGIN; CREATE TABLE other AS FROM measurement ORDER BY time, station, parameter; DELETE FROM measurement; INSERT INTO measurement FROM other; DROP TABLE other; COMMIT")
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			r, err := s.Read(b.Context(), obs.Key{Station: 7, Parameter: 5}, math.MinInt64, math.MaxInt64)
			if err != nil || r.Len() != benchHours {
				b.Fatal(r.Len(), err)
			}
		}
	})
	b.Run("scan", func(b *testing.B) {
		for b.Loop() {
			if err := s.Scan(b.Context(), nil, math.MinInt64, math.MaxInt64, func(obs.Key, obs.Rows) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkExtents lists the series.
func BenchmarkExtents(b *testing.B) {
	s := fullBench(b)
	for b.Loop() {
		if _, err := s.Extents(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReplaceDay writes a day of one series into the full store, as a feed would.
func BenchmarkReplaceDay(b *testing.B) {
	s := fullBench(b)
	w := beijingSize()[:1]
	day := w[0].Rows.Between(w[0].From+86400*100, w[0].From+86400*101)
	for b.Loop() {
		if err := s.Replace(b.Context(), []obs.Write{{Key: w[0].Key, From: w[0].From + 86400*100, To: w[0].From + 86400*101, Rows: day}}); err != nil {
			b.Fatal(err)
		}
	}
}
