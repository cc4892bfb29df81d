package stats_test

import (
	"fmt"
	"time"

	"aircommons/air"
	"aircommons/stats"
)

func ExamplePeriods() {
	// Half a year of hours in Beijing: too little for an annual mean, enough for its months.
	s := &air.Series{Parameter: air.PM25, Unit: air.MicrogramPerM3, Step: 3600, Offset: 8 * 3600}
	start := time.Date(2016, 7, 1, 0, 0, 0, 0, time.FixedZone("", 8*3600))
	for h := range 184 * 24 {
		s.Time = append(s.Time, start.Unix()+int64(h)*3600)
		s.Value = append(s.Value, 60)
	}
	year := stats.Periods(s, stats.Year, stats.Options{})[0]
	fmt.Printf("%s: %.1f %% of %d hours, enough: %v\n", year.Period, year.Capture, year.Expected, year.Enough)
	month := stats.Periods(s, stats.Month, stats.Options{})[0]
	fmt.Printf("%s: %.1f %% of %d hours, mean %v\n", month.Period, month.Capture, month.Expected, month.Mean)
	// Output:
	// 2016: 50.3 % of 8784 hours, enough: false
	// 2016-07: 100.0 % of 744 hours, mean 60
}

func ExampleQuantile() {
	v := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	fmt.Println(stats.Quantile(v, 0.9, stats.Type7), stats.Quantile(v, 0.9, stats.NearestRank))
	// Output: 9.1 9
}
