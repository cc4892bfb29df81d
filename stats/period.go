package stats

import (
	"fmt"
	"time"

	"aircommons/air"
)

// Period is a calendar period of statistics.
type Period int

const (
	Day Period = iota
	Month
	Season // December, January and February are the winter of the year of that January
	Year
)

// ByName finds a period by its name in commands: "day", "month", "season" or "annual".
func ByName(name string) (Period, bool) {
	p, ok := map[string]Period{"day": Day, "month": Month, "season": Season, "annual": Year, "year": Year}[name]
	return p, ok
}

// civil splits a local Unix time into year, month and day.
func civil(local int64) (y int, m time.Month, d int) {
	return time.Unix(local, 0).UTC().Date()
}

// bounds is the period that holds the local Unix time, as local Unix times [from, to), with its label.
func (p Period) bounds(local int64) (from, to int64, label string) {
	y, m, d := civil(local)
	at := func(y int, m time.Month, d int) int64 { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() }
	switch p {
	case Day:
		from = at(y, m, d)
		return from, from + 86400, fmt.Sprintf("%04d-%02d-%02d", y, m, d)
	case Month:
		return at(y, m, 1), at(y, m+1, 1), fmt.Sprintf("%04d-%02d", y, m)
	case Season:
		first := m - m%3 // December is 12, so its season starts with itself
		if m < time.March {
			first, y = time.December, y-1
		}
		name := map[time.Month]string{time.December: "DJF", time.March: "MAM", time.June: "JJA", time.September: "SON"}[first]
		label := y
		if first == time.December {
			label++
		}
		return at(y, first, 1), at(y, first+3, 1), fmt.Sprintf("%04d-%s", label, name)
	}
	return at(y, time.January, 1), at(y+1, time.January, 1), fmt.Sprintf("%04d", y)
}

// Options of Periods.
type Options struct {
	Capture float64 // percent of the calendar's hours a period needs for statistics; 75 where not set, negative for none
	Means   bool    // give means only; all other statistics of values are None
}

func (o Options) capture() float64 {
	if o.Capture == 0 {
		return 75
	}
	return o.Capture
}

// Summary holds the statistics of one calendar period. Expected and Count are hours; a daily value counts for 24.
// Capture is in percent of the calendar period, not of the rows present. Every statistic is None where the capture is
// below the one asked for; running means and daily means are None where no window had 75 % of its hours.
type Summary struct {
	Period   string  `json:"period"`
	From     int64   `json:"-"` // start and end, Unix seconds in UTC
	To       int64   `json:"-"`
	Expected int     `json:"expected"`
	Count    int     `json:"count"`
	Capture  float64 `json:"capture"`
	Enough   bool    `json:"enough"`
	Mean     Value   `json:"mean"`
	Median   Value   `json:"median"`
	Min      Value   `json:"min"`
	Max      Value   `json:"max"`
	P05      Value   `json:"p05"`
	P25      Value   `json:"p25"`
	P75      Value   `json:"p75"`
	P90      Value   `json:"p90"`
	P95      Value   `json:"p95"`
	P98      Value   `json:"p98"`
	P99      Value   `json:"p99"`
	MaxDay   Value   `json:"max_day"`
	Max8h    Value   `json:"max_8h"`
	Max24h   Value   `json:"max_24h"`
}

func empty(label string, from, to int64) Summary {
	return Summary{Period: label, From: from, To: to, Expected: int((to - from) / 3600),
		Mean: None, Median: None, Min: None, Max: None, P05: None, P25: None, P75: None, P90: None, P95: None, P98: None, P99: None,
		MaxDay: None, Max8h: None, Max24h: None}
}

// expected number of intervals of the series' step in a day.
func perDay(s *air.Series) int { return int(86400 / s.Step) }
