package stats_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aircommons/air"
	"aircommons/stats"
)

// hourly makes a series of hours from a moment on; what at says is not there is left out.
func hourly(start time.Time, n int, offset int, at func(h int) (float64, bool)) *air.Series {
	s := &air.Series{Parameter: air.PM25, Unit: air.MicrogramPerM3, Step: 3600, Offset: offset}
	for h := range n {
		if v, ok := at(h); ok {
			s.Time = append(s.Time, start.Unix()+int64(h)*3600)
			s.Value = append(s.Value, v)
		}
	}
	return s
}

func always(v float64) func(int) (float64, bool) { return func(int) (float64, bool) { return v, true } }

func utc(y int, m time.Month, d, h int) time.Time { return time.Date(y, m, d, h, 0, 0, 0, time.UTC) }

func TestQuantile(t *testing.T) {
	ten := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for _, c := range []struct {
		values []float64
		p      float64
		typ    stats.QuantileType
		want   float64
		why    string
	}{
		// h = (n−1)p + 1, x[floor h] + (h − floor h)(x[floor h + 1] − x[floor h]).
		{ten, .25, stats.Type7, 3.25, "h = 3.25"},
		{ten, .5, stats.Type7, 5.5, "h = 5.5"},
		{ten, .9, stats.Type7, 9.1, "h = 9.1"},
		{ten, .98, stats.Type7, 9.82, "h = 9.82"},
		{ten, 0, stats.Type7, 1, "the lowest"},
		{ten, 1, stats.Type7, 10, "the highest"},
		{[]float64{7}, .9, stats.Type7, 7, "one value"},
		// 97/101/EC: the k-th smallest with k = round(p n), no interpolation.
		{ten, .25, stats.NearestRank, 3, "k = round(2.5)"},
		{ten, .9, stats.NearestRank, 9, "k = 9"},
		{ten, .98, stats.NearestRank, 10, "k = round(9.8)"},
		{ten, .01, stats.NearestRank, 1, "k is at least 1"},
	} {
		if got := stats.Quantile(c.values, c.p, c.typ); math.Abs(float64(got)-c.want) > 1e-12 {
			t.Errorf("%v of %d values, type %d: %v, want %v (%s)", c.p, len(c.values), c.typ, got, c.want, c.why)
		}
	}
	for _, p := range []float64{-.1, 1.1, math.NaN()} {
		if stats.Quantile(ten, p, stats.Type7).OK() {
			t.Errorf("a quantile of %v", p)
		}
	}
	if stats.Quantile(nil, .5, stats.Type7).OK() || stats.Median(nil).OK() || stats.Mean(nil).OK() {
		t.Error("nothing has a quantile, a median or a mean")
	}
	// The 98th percentile of the days of a year by 97/101/EC: the 358th of 365.
	year := make([]float64, 365)
	for i := range year {
		year[i] = float64(i + 1)
	}
	if got := stats.Quantile(year, .98, stats.NearestRank); got != 358 {
		t.Errorf("98th percentile of 365 days: %v", got)
	}
}

func TestQuantileProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.Float64Range(-50, 1000), 1, 60).Draw(t, "v")
		slices.Sort(v)
		p, q := rapid.Float64Range(0, 1).Draw(t, "p"), rapid.Float64Range(0, 1).Draw(t, "q")
		for _, typ := range []stats.QuantileType{stats.Type7, stats.NearestRank} {
			a, b := float64(stats.Quantile(v, min(p, q), typ)), float64(stats.Quantile(v, max(p, q), typ))
			if a > b+1e-9 || a < v[0] || b > v[len(v)-1] {
				t.Fatalf("type %d: %v at %v, %v at %v, of %v", typ, a, min(p, q), b, max(p, q), v)
			}
		}
		shifted := make([]float64, len(v))
		for i := range v {
			shifted[i] = v[i] + 100
		}
		if d := float64(stats.Median(shifted)) - float64(stats.Median(v)); math.Abs(d-100) > 1e-9 {
			t.Fatalf("the median moved by %v", d)
		}
	})
}

func TestSum(t *testing.T) {
	// Neumaier 1974: what is lost to the large value comes back.
	if got := stats.Sum([]float64{1, 1e100, 1, -1e100}); got != 2 {
		t.Errorf("%v", got)
	}
	tenths := make([]float64, 1_000_000)
	for i := range tenths {
		tenths[i] = .1
	}
	if got := stats.Sum(tenths); got != 100000 {
		t.Errorf("a million tenths are %v", got)
	}
}

// Capture is of the calendar: a year has 8760 or 8784 hours, and the first and the last period of a series are judged like
// all others (openair pads only between the first and the last record).
func TestCapture(t *testing.T) {
	for _, c := range []struct {
		name     string
		start    time.Time
		hours    int // all present
		by       stats.Period
		period   string
		expected int
		capture  float64
		enough   bool
	}{
		{"leap year", utc(2016, 1, 1, 0), 8784, stats.Year, "2016", 8784, 100, true},
		{"common year", utc(2015, 1, 1, 0), 8760, stats.Year, "2015", 8760, 100, true},
		{"1900 was none", utc(1900, 1, 1, 0), 8760, stats.Year, "1900", 8760, 100, true},
		{"75 % exactly", utc(2016, 1, 1, 0), 6588, stats.Year, "2016", 8784, 75, true},
		{"an hour less", utc(2016, 1, 1, 0), 6587, stats.Year, "2016", 8784, 100 * 6587. / 8784, false},
		{"the first half is not there", utc(2016, 7, 1, 0), 4416, stats.Year, "2016", 8784, 100 * 4416. / 8784, false},
		{"leap February", utc(2016, 2, 1, 0), 522, stats.Month, "2016-02", 696, 75, true},
		{"common February", utc(2015, 2, 1, 0), 503, stats.Month, "2015-02", 672, 100 * 503. / 672, false},
		{"18 hours of a day", utc(2016, 2, 29, 6), 18, stats.Day, "2016-02-29", 24, 75, true},
		{"17 hours of a day", utc(2016, 2, 29, 7), 17, stats.Day, "2016-02-29", 24, 100 * 17. / 24, false},
		// December belongs to the winter of the next year: 31 + 31 + 29 days.
		{"winter", utc(2015, 12, 1, 0), 2184, stats.Season, "2016-DJF", 2184, 100, true},
		{"spring", utc(2016, 3, 1, 0), 2208, stats.Season, "2016-MAM", 2208, 100, true},
		{"summer", utc(2016, 6, 1, 0), 2208, stats.Season, "2016-JJA", 2208, 100, true},
		{"autumn", utc(2016, 9, 1, 0), 2184, stats.Season, "2016-SON", 2184, 100, true},
	} {
		got := stats.Periods(hourly(c.start, c.hours, 0, always(10)), c.by, stats.Options{})
		if len(got) != 1 {
			t.Errorf("%s: %d periods", c.name, len(got))
			continue
		}
		p := got[0]
		if p.Period != c.period || p.Expected != c.expected || p.Count != c.hours || math.Abs(p.Capture-c.capture) > 1e-9 || p.Enough != c.enough || p.Mean.OK() != c.enough {
			t.Errorf("%s: %+v", c.name, p)
		}
	}
	// Another threshold, and none.
	s := hourly(utc(2016, 7, 1, 0), 4416, 0, always(10))
	if p := stats.Periods(s, stats.Year, stats.Options{Capture: 50})[0]; !p.Mean.OK() {
		t.Error("50.3 % are not enough for 50")
	}
	if p := stats.Periods(s, stats.Year, stats.Options{Capture: -1})[0]; !p.Mean.OK() {
		t.Error("a negative threshold still asks for hours")
	}
}

// Days and years are those of local standard time: at UTC+8 the hour 16:00 UTC of 31 December begins the year.
func TestLocalDays(t *testing.T) {
	s := hourly(utc(2015, 12, 31, 15), 3, 8*3600, func(h int) (float64, bool) { return float64(h), true })
	got := stats.Periods(s, stats.Year, stats.Options{Capture: -1})
	if len(got) != 2 || got[0].Period != "2015" || got[0].Count != 1 || got[1].Period != "2016" || got[1].Count != 2 {
		t.Errorf("%+v", got)
	}
	if got[1].From != utc(2015, 12, 31, 16).Unix() || got[1].To != utc(2016, 12, 31, 16).Unix() {
		t.Errorf("2016 runs from %v to %v", time.Unix(got[1].From, 0).UTC(), time.Unix(got[1].To, 0).UTC())
	}
	days := stats.Daily(hourly(utc(2016, 2, 28, 16), 48, 8*3600, always(5)))
	if len(days) != 2 || days[0].Start != utc(2016, 2, 28, 16).Unix() || days[1].Start-days[0].Start != 86400 || days[0].Count != 24 {
		t.Errorf("%+v", days)
	}
}

func TestDaily(t *testing.T) {
	// A day needs 18 of 24 hours (75 %); the first has 18, the second 17.
	s := hourly(utc(2020, 5, 1, 0), 48, 0, func(h int) (float64, bool) { return float64(h), h < 18 || h >= 24 && h < 41 })
	days := stats.Daily(s)
	if len(days) != 2 || days[0].Mean != 8.5 || days[1].Mean.OK() || days[1].Count != 17 {
		t.Errorf("%+v", days)
	}
}

// Right-aligned means of the hours i−w+1 to i; valid with 75 % of them.
func TestRunning(t *testing.T) {
	missing := map[int]bool{3: true, 4: true}
	s := hourly(utc(2020, 5, 1, 0), 12, 0, func(h int) (float64, bool) { return float64(h), !missing[h] })
	first, got := stats.Running(s, 8, 6)
	if first != utc(2020, 5, 1, 0).Unix() {
		t.Errorf("first at %v", first)
	}
	want := map[int]float64{ // hour of the label: mean of the valid hours of its window, by hand
		7:  (0. + 1 + 2 + 5 + 6 + 7) / 6,
		8:  (1. + 2 + 5 + 6 + 7 + 8) / 6,
		10: (5. + 6 + 7 + 8 + 9 + 10) / 6,
		11: (5. + 6 + 7 + 8 + 9 + 10 + 11) / 7,
		12: (5. + 6 + 7 + 8 + 9 + 10 + 11) / 7,
		13: (6. + 7 + 8 + 9 + 10 + 11) / 6,
	}
	want[9] = (2. + 5 + 6 + 7 + 8 + 9) / 6
	for i, v := range got {
		w, ok := want[i]
		if ok != !math.IsNaN(v) || ok && math.Abs(v-w) > 1e-12 {
			t.Errorf("hour %d: %v, want %v %v", i, v, w, ok)
		}
	}
	if len(got) != 14 {
		t.Errorf("%d means: two windows after the last hour still have six of eight", len(got))
	}
}

// The windows roll over the whole series: the first hours of a year use the last of the year before.
func TestRunningCrossesYears(t *testing.T) {
	s := hourly(utc(2015, 1, 1, 0), 8760+8784, 0, func(h int) (float64, bool) {
		if h >= 8756 && h < 8764 { // four hours on either side of midnight
			return 80, true
		}
		return 10, true
	})
	got := stats.Periods(s, stats.Year, stats.Options{})
	if len(got) != 2 || got[1].Max8h != 80 || got[0].Max8h != 45 {
		t.Errorf("2015 %v, 2016 %v: the mean over the whole eight hours ends in 2016, the best of 2015 holds four", got[0].Max8h, got[1].Max8h)
	}
}

func TestAnnualTable(t *testing.T) {
	// A year of 366 days whose day d has the value d in all its hours, 1 to 366.
	s := hourly(utc(2016, 1, 1, 0), 8784, 0, func(h int) (float64, bool) { return float64(h/24 + 1), true })
	y := stats.Periods(s, stats.Year, stats.Options{})[0]
	// Type 7 on 8784 sorted hours: h = 8783 p; the hour with index k has the value floor(k/24)+1.
	for name, c := range map[string]struct{ got, want float64 }{
		"mean": {float64(y.Mean), 183.5}, "median": {float64(y.Median), 183.5}, "min": {float64(y.Min), 1}, "max": {float64(y.Max), 366},
		"p25": {float64(y.P25), 92}, // h = 2195.75, both neighbours lie in day 92
		"p75": {float64(y.P75), 275}, "p90": {float64(y.P90), 330}, "p98": {float64(y.P98), 359}, "p99": {float64(y.P99), 363},
		"highest day": {float64(y.MaxDay), 366}, "highest 8 hours": {float64(y.Max8h), 366}, "highest 24 hours": {float64(y.Max24h), 366},
	} {
		if math.Abs(c.got-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
}

// Periods without any value between two others are there and empty: a gap is visible.
func TestGaps(t *testing.T) {
	s := hourly(utc(2020, 1, 1, 0), 24*121, 0, func(h int) (float64, bool) { d := h / 24; return 1, d < 31 || d >= 91 })
	got := stats.Periods(s, stats.Month, stats.Options{})
	if len(got) != 4 || got[1].Period != "2020-02" || got[1].Count != 0 || got[1].Mean.OK() || got[2].Period != "2020-03" || got[3].Period != "2020-04" {
		t.Errorf("%+v", got)
	}
}

// What the source or a person marks invalid does not count; a doubt of our own checks does.
func TestFlags(t *testing.T) {
	s := hourly(utc(2020, 5, 1, 0), 24, 0, func(h int) (float64, bool) { return float64(h), true })
	s.Flag = make([]air.Flag, 24)
	for h := range 4 {
		s.Flag[h] = air.Source
	}
	s.Flag[23] = air.OutOfRange
	s.Value[10] = math.NaN()
	d := stats.Daily(s)
	if len(d) != 1 || d[0].Count != 19 || math.Abs(float64(d[0].Mean)-(4+23)*10./19+10./19) > 1e-9 {
		t.Errorf("%+v", d) // (4 + … + 23) − 10 over 19 hours: (270 − 10) / 19
	}
}

func TestDailySeries(t *testing.T) {
	s := &air.Series{Parameter: air.PM25, Step: 86400, Offset: 9 * 3600}
	for d := range 366 {
		s.Time = append(s.Time, utc(2015, 12, 31, 15).Unix()+int64(d)*86400)
		s.Value = append(s.Value, float64(d))
	}
	y := stats.Periods(s, stats.Year, stats.Options{})
	if len(y) != 1 || y[0].Count != 8784 || y[0].Capture != 100 || y[0].Mean != 182.5 || y[0].MaxDay != 365 || y[0].Max8h.OK() {
		t.Errorf("%+v", y)
	}
}

// A month of north winds from both sides of north has a northern mean, and no other statistic.
func TestWindDirection(t *testing.T) {
	s := hourly(utc(2020, 5, 1, 0), 744, 0, func(h int) (float64, bool) { return []float64{350, 10}[h%2], true })
	s.Parameter = air.WindDirection
	m := stats.Periods(s, stats.Month, stats.Options{})[0]
	if d := float64(m.Mean); math.Min(d, 360-d) > 1e-6 || m.Median.OK() || m.Max.OK() {
		t.Errorf("%+v", m)
	}
}

func TestPeriodsProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		offset := rapid.IntRange(-12, 14).Draw(t, "offset") * 3600
		start := utc(rapid.IntRange(1990, 2030).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 1, rapid.IntRange(0, 23).Draw(t, "hour"))
		keep := rapid.IntRange(1, 10).Draw(t, "keep")
		seed := rapid.Uint64().Draw(t, "seed")
		s := hourly(start, rapid.IntRange(1, 3000).Draw(t, "n"), offset, func(h int) (float64, bool) {
			x := (seed + uint64(h)) * 0x9E3779B97F4A7C15
			return float64(x>>50) / 10, int(x>>40%10) < keep
		})
		counts := map[stats.Period]int{}
		for _, by := range []stats.Period{stats.Day, stats.Month, stats.Season, stats.Year} {
			last := int64(math.MinInt64)
			for _, p := range stats.Periods(s, by, stats.Options{Capture: -1}) {
				counts[by] += p.Count
				if p.From < last || p.To <= p.From || p.Capture < 0 || p.Capture > 100 || p.Expected != int(p.To-p.From)/3600 {
					t.Fatalf("%+v", p)
				}
				if last != math.MinInt64 && p.From != last {
					t.Fatalf("a hole before %s", p.Period)
				}
				last = p.To
				if p.Count == 0 {
					continue
				}
				order := []float64{float64(p.Min), float64(p.P05), float64(p.P25), float64(p.Median), float64(p.P75), float64(p.P90), float64(p.P95), float64(p.P98), float64(p.P99), float64(p.Max)}
				if !slices.IsSorted(order) || float64(p.Mean) < order[0]-1e-9 || float64(p.Mean) > order[9]+1e-9 {
					t.Fatalf("%s: %v, mean %v", p.Period, order, p.Mean)
				}
				if p.MaxDay.OK() && p.MaxDay > p.Max || p.Max8h.OK() && by >= stats.Year && float64(p.Max8h) > 1700 {
					t.Fatalf("%+v", p)
				}
			}
		}
		for by, n := range counts {
			if n != len(s.Time) {
				t.Fatalf("period %d counts %d of %d hours", by, n, len(s.Time))
			}
		}
	})
}

// Running against its definition.
func TestRunningProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 80).Draw(t, "n")
		there := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "there")
		there[0] = true
		s := hourly(utc(2020, 1, 1, 0), n, 0, func(h int) (float64, bool) { return float64(h * h % 17), there[h] })
		w := rapid.SampledFrom([]int{3, 8, 24}).Draw(t, "w")
		need := (w*3 + 3) / 4
		_, got := stats.Running(s, w, need)
		for i, v := range got {
			sum, count := 0.0, 0
			for h := i - w + 1; h <= i; h++ {
				if h >= 0 && h < n && there[h] {
					sum += float64(h * h % 17)
					count++
				}
			}
			if count >= need != !math.IsNaN(v) || count >= need && math.Abs(v-sum/float64(count)) > 1e-9 {
				t.Fatalf("hour %d of window %d: %v, want %v of %d", i, w, v, sum, count)
			}
		}
	})
}

func TestValueAsJSON(t *testing.T) {
	for _, c := range []struct {
		v    stats.Value
		want string
	}{{30.5, "30.5"}, {stats.None, "null"}, {stats.Value(math.Inf(1)), "null"}, {0, "0"}} {
		b, err := json.Marshal(c.v)
		if err != nil || string(b) != c.want {
			t.Errorf("%v: %s %v", c.v, b, err)
		}
		var back stats.Value
		if err := json.Unmarshal(b, &back); err != nil || back.OK() != (c.want != "null") {
			t.Errorf("%s came back as %v %v", b, back, err)
		}
	}
}

func TestByName(t *testing.T) {
	for name, want := range map[string]stats.Period{"day": stats.Day, "month": stats.Month, "season": stats.Season, "annual": stats.Year, "year": stats.Year} {
		if p, ok := stats.ByName(name); !ok || p != want {
			t.Errorf("%s: %v %v", name, p, ok)
		}
	}
	if _, ok := stats.ByName("decade"); ok {
		t.Error("decade is a period")
	}
}
