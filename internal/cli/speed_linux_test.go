package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// BenchmarkStatsAnnual is `stats annual` over the twelve files of Beijing as a process of its own: seconds by the clock
// and of the processors, and the most memory it held. A script in pandas takes 1.1 s for a part of that table.
func BenchmarkStatsAnnual(b *testing.B) {
	root := os.Getenv("AIRCOMMONS_TESTDATA")
	if root == "" {
		root = "../../../shared/data"
	}
	files, err := filepath.Glob(filepath.Join(root, "beijing-multisite", "*.csv.gz"))
	if err != nil || len(files) != 12 {
		b.Skipf("the twelve files are not here: %d in %s (set AIRCOMMONS_TESTDATA)", len(files), root)
	}
	best, used, most := time.Hour, time.Hour, int64(0)
	for b.Loop() {
		for range 3 { // others may be at work on this machine
			c := child(append([]string{"stats", "annual", "--format", "csv"}, files...)...)
			var out, errs bytes.Buffer
			c.Stdout, c.Stderr = &out, &errs
			start := time.Now()
			if err := c.Run(); err != nil {
				b.Fatalf("%v: %s", err, errs.Bytes())
			}
			best = min(best, time.Since(start))
			used = min(used, c.ProcessState.UserTime()+c.ProcessState.SystemTime())
			most = max(most, c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
			if n := bytes.Count(out.Bytes(), []byte("\n")); n != 1+12*6*5 {
				b.Fatalf("%d lines", n) // twelve stations, six pollutants, five years
			}
		}
	}
	b.ReportMetric(best.Seconds(), "s")
	b.ReportMetric(used.Seconds(), "cpu-s")
	b.ReportMetric(float64(most)/1024, "MB")
	b.ReportMetric(0, "ns/op")
}
