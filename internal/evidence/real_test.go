package evidence

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"io"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"aircommons/air"
)

// realFile gives a file of the folder of real exports, or skips the test.
func realFile(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("AIRCOMMONS_TESTDATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skip("no real files here: set AIRCOMMONS_TESTDATA")
	}
	return path
}

func (w world) uploadFile(path string, auto bool) Import {
	w.t.Helper()
	f, err := os.Open(path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	i, _, err := w.StartImport(context.Background(), officer, Upload{Name: filepath.Base(path), Place: "beijing", Reader: f, Auto: auto})
	if err != nil {
		w.t.Fatal(err)
	}
	w.work()
	if i, _, err = w.Import(context.Background(), officer, i.ID); err != nil {
		w.t.Fatal(err)
	}
	return i
}

// embassy2016 reads the file by itself, with nothing of this program but the standard library: valid values by hour of
// the year. On 13 March the logger followed a clock change that China does not have: 02:00 is absent and 03:00 stands
// twice; the first of the two is 02:00.
func embassy2016(t *testing.T, path string) (hours [8784]float64) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(data), "Site,Parameter")
	r := csv.NewReader(strings.NewReader("Site,Parameter" + body))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i := range hours {
		hours[i] = math.NaN()
	}
	seen := map[int]bool{}
	start := time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, row := range rows[1:] {
		n := func(i int) int { v, _ := strconv.Atoi(strings.TrimSpace(row[i])); return v }
		at := int(time.Date(n(3), time.Month(n(4)), n(5), n(6), 0, 0, 0, time.UTC).Sub(start) / time.Hour)
		if at == 1731 && !seen[1730] { // 13 March 03:00, the first time
			at = 1730
		}
		seen[at] = true
		v, err := strconv.ParseFloat(row[7], 64)
		if err != nil || v == -999 || row[10] != "Valid" {
			continue
		}
		hours[at] = v
	}
	return hours
}

func TestEmbassy2016(t *testing.T) {
	path := realFile(t, "us-embassy-stateair/Beijing_2016_HourlyPM25_created20170201.csv.gz")
	noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	w := newWorld(t)
	i := w.uploadFile(path, true)
	if i.State != Stored {
		t.Fatalf("%s %v", i.State, i.Report.Error)
	}
	hours := embassy2016(t, path)
	var valid []float64
	above, within, rounded, days := 0, 0, 0, 0
	var winter [24][]float64
	var month [12][]float64
	for d := range 366 {
		var day []float64
		at := time.Date(2016, 1, 1+d, 0, 0, 0, 0, time.UTC)
		for h := range 24 {
			v := hours[24*d+h]
			if math.IsNaN(v) {
				continue
			}
			day = append(day, v)
			month[at.Month()-1] = append(month[at.Month()-1], v)
			if m := at.Month(); m == 12 || m <= 2 {
				winter[h] = append(winter[h], v)
			}
		}
		valid = append(valid, day...)
		if len(day) < 18 {
			continue
		}
		days++
		sum := 0.0
		for _, v := range day {
			sum += v
		}
		mean := sum / float64(len(day))
		if mean > 75 {
			above++
		} else if mean <= 15 {
			within++
		}
		if math.Round(mean) > 75 {
			rounded++
		}
	}
	c, err := w.CityAir(context.Background(), CityQuery{Place: "beijing"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	d := c.Detail
	if d == nil || d.Year != 2016 || len(d.Days) != 366 {
		t.Fatalf("%+v", c)
	}
	// The figures of the page of the city: 126 of 366 days above 75, 46 at or below 15, capture 99.7 % of 8,784 hours.
	if above != 126 || within != 46 || days != 366 || math.Round(float64(len(valid))/87.84*10)/10 != 99.7 {
		t.Fatalf("the file itself: %d above, %d within, %d days, %d hours", above, within, days, len(valid))
	}
	var then, who DayCount
	for _, x := range d.Counts {
		switch x.Class {
		case "then":
			then = x
		case "AQG":
			who = x
		}
	}
	if then.Above != above || then.Value != 75 || who.Within != within || who.Value != 15 || then.Valid != days || then.Exceedances != rounded || d.Count != len(valid) || d.Expected != 8784 {
		t.Errorf("%+v %+v %d of %d", then, who, d.Count, d.Expected)
	}
	mean := 0.0
	for _, v := range valid {
		mean += v
	}
	mean /= float64(len(valid))
	near(t, "annual mean", float64(d.Mean), mean)
	near(t, "answer", float64(c.Answer.Value.Value), mean)
	near(t, "capture", d.Capture, 100*float64(len(valid))/8784)
	for m := range month {
		sum := 0.0
		for _, v := range month[m] {
			sum += v
		}
		near(t, "month", float64(d.Months[m].Mean), sum/float64(len(month[m])))
	}
	for h := range winter {
		sort.Float64s(winter[h])
		n := len(winter[h])
		mid := winter[h][n/2]
		if n%2 == 0 {
			mid = (winter[h][n/2-1] + winter[h][n/2]) / 2
		}
		near(t, "winter median", float64(d.Cold[h].Median), mid)
	}
	if worst, best := Extremes(d.Cold); worst != 20 || best != 13 {
		t.Errorf("winter is worst at %d and best at %d", worst, best)
	}
	if d.WorstMonth != 12 || d.Months[11].Above != 19 || d.Months[0].Clean != 8 {
		t.Errorf("worst month %d, %+v", d.WorstMonth, d.Months)
	}
	if d.Negative != 16 {
		t.Errorf("%d values below zero, the file has 16", d.Negative)
	}
	// One embassy stands for the city only where nothing else is in hand.
	if !c.Answer.Line.Embassy || c.Answer.Word != Bad || c.Answer.Then.Limit.Value != 35 || c.Answer.Now.Limit.Value != 30 || c.Answer.Next.Limit.Value != 25 {
		t.Errorf("%+v", c.Answer)
	}
	h, err := w.Hours(context.Background(), HoursQuery{Station: d.Station, Parameter: air.PM25, From: time.Date(2015, 12, 31, 16, 0, 0, 0, time.UTC), To: time.Date(2016, 12, 31, 16, 0, 0, 0, time.UTC), Most: 20000})
	if err != nil || h.Valid != len(valid) || h.Expected != 8784 || h.Width != 3600 {
		t.Errorf("%v %+v", err, h)
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*math.Max(1, math.Abs(want))) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
