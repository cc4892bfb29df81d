package standard_test

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"aircommons/air"
	"aircommons/standard"
)

func day(text string) time.Time {
	t, err := time.Parse("2006-01-02", text)
	if err != nil {
		panic(err)
	}
	return t
}

func rows(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[1:]
}

// Every row of the file is a limit, with its value, unit, dates and confidence.
func TestEveryRow(t *testing.T) {
	file := rows(t, "standards.csv")
	all := standard.All()
	if len(file) != len(all) || len(all) < 500 {
		t.Fatalf("%d rows in the file, %d limits", len(file), len(all))
	}
	for i, r := range file {
		l := all[i]
		v, err := strconv.ParseFloat(r[7], 64)
		if err != nil || l.Value != v || l.Value <= 0 {
			t.Errorf("line %d: limit %s became %v", i+2, r[7], l.Value)
		}
		if l.Authority != r[0] || l.Country != r[1] || l.Document != r[2] || l.Parameter.Code() != r[4] || l.UnitText != r[8] || l.Class != r[11] || l.Source != r[13] {
			t.Errorf("line %d: %+v", i+2, l)
		}
		if l.Source == "" && l.Confidence != standard.FromMemory || l.Statistic == "" || l.Averaging == "" || l.Country == "" {
			t.Errorf("line %d has no source, statistic, averaging time or country", i+2)
		}
		for _, d := range []struct {
			text string
			at   time.Time
		}{{r[3], l.From}, {r[15], l.To}} {
			if len(d.text) == 10 && d.at.Format("2006-01-02") != d.text || d.text == "" && !d.at.IsZero() {
				t.Errorf("line %d: date %q became %v", i+2, d.text, d.at)
			}
		}
		if !l.To.IsZero() && l.To.Before(l.From) {
			t.Errorf("line %d ends before it begins", i+2)
		}
	}
}

// The table carries over every row of the research it was made from, where that is at hand; rows may be added.
func TestCarriesOver(t *testing.T) {
	path := os.Getenv("AIRCOMMONS_STANDARDS")
	if path == "" {
		t.Skip("AIRCOMMONS_STANDARDS names no file to compare with")
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skip(filepath.Base(path) + " is not there")
	}
	have := map[string]bool{}
	for _, r := range rows(t, "standards.csv") {
		have[strings.Join(r, "\x1f")] = true
	}
	for i, r := range rows(t, path) {
		if !have[strings.Join(r, "\x1f")] {
			t.Errorf("row %d is not carried over: %q", i+2, r)
		}
	}
}

func TestNational(t *testing.T) {
	for _, c := range []struct {
		country   string
		p         air.Parameter
		averaging string
		on        string
		want      float64 // 0: no limit
		document  string  // part of its name
	}{
		// China: GB 3095-1996 is not in the table; GB 3095-2012 holds from 2016, its amendment (25 °C) from 1 September
		// 2018, GB 3095-2026 from 1 March 2026 with transition limits to the end of 2030.
		{"CN", air.PM25, standard.Annual, "2015-12-31", 0, ""},
		{"CN", air.PM25, standard.Annual, "2016-01-01", 35, "GB 3095-2012"},
		{"CN", air.PM25, standard.Annual, "2018-08-31", 35, "GB 3095-2012"},
		{"CN", air.PM25, standard.Annual, "2018-09-01", 35, "2018 amendment"},
		{"CN", air.PM25, standard.Annual, "2026-02-28", 35, "2018 amendment"},
		{"CN", air.PM25, standard.Annual, "2026-03-01", 30, "GB 3095-2026"},
		{"CN", air.PM25, standard.Annual, "2030-12-31", 30, "GB 3095-2026"},
		{"CN", air.PM25, standard.Annual, "2031-01-01", 25, "GB 3095-2026"},
		{"CN", air.PM25, standard.Daily, "2020-06-01", 75, "2018 amendment"},
		{"CN", air.PM25, standard.Daily, "2026-03-01", 60, "GB 3095-2026"},
		{"CN", air.PM25, standard.Daily, "2031-01-01", 50, "GB 3095-2026"},
		// Korea, 27 March 2018.
		{"KR", air.PM25, standard.Annual, "2018-03-26", 0, ""},
		{"KR", air.PM25, standard.Annual, "2018-03-27", 15, "Framework Act"},
		{"KR", air.PM25, standard.Daily, "2024-01-01", 35, "Framework Act"},
		{"KR", air.NO2, standard.Annual, "2024-01-01", 0.03, "Framework Act"},
		// Japan, 9 September 2009; the alert value of 70 is no standard.
		{"JP", air.PM25, standard.Annual, "2009-09-08", 0, ""},
		{"JP", air.PM25, standard.Annual, "2009-09-09", 15, "Environmental Quality Standards"},
		{"JP", air.PM25, standard.Daily, "2024-01-01", 35, "Environmental Quality Standards"},
		// EU members: 2008/50/EC to 10 December 2026, the new directive's same value to the end of 2029, then 10.
		{"FR", air.PM25, standard.Annual, "2014-12-31", 0, ""},
		{"FR", air.PM25, standard.Annual, "2019-07-01", 25, "2008/50/EC"},
		{"DE", air.PM25, standard.Annual, "2026-12-11", 25, "2024/2881"},
		{"FR", air.PM25, standard.Annual, "2030-01-01", 10, "2024/2881"},
		{"FR", air.PM25, standard.Daily, "2029-12-31", 0, ""},
		{"FR", air.PM25, standard.Daily, "2030-01-01", 25, "2024/2881"},
		{"FR", air.NO2, standard.Annual, "2019-07-01", 40, "2008/50/EC"},
		{"FR", air.NO2, standard.Annual, "2030-01-01", 20, "2024/2881"},
		{"FR", air.PM10, standard.Daily, "2019-07-01", 50, "2008/50/EC"},
		// US: primary 12.0 to 5 May 2024, then 9.0; the secondary 15.0 is not for cities.
		{"US", air.PM25, standard.Annual, "2024-05-05", 12, "40 CFR 50"},
		{"US", air.PM25, standard.Annual, "2024-05-06", 9, "40 CFR 50"},
		{"US", air.PM25, standard.Daily, "2024-05-06", 35, "40 CFR 50"},
		{"US-CA", air.PM25, standard.Annual, "2024-05-06", 12, "California"},
		// Mongolia: MNS 4585:2016 names a year alone.
		{"MN", air.PM25, standard.Annual, "2015-12-31", 0, ""},
		{"MN", air.PM25, standard.Annual, "2016-06-01", 25, "MNS 4585:2016"},
		{"MN", air.PM25, standard.Daily, "2019-01-01", 50, "MNS 4585:2016"},
		// No such country.
		{"XX", air.PM25, standard.Annual, "2020-01-01", 0, ""},
	} {
		l, ok := standard.National(c.country, c.p, c.averaging, day(c.on))
		if ok != (c.want != 0) || l.Value != c.want || !strings.Contains(l.Document, c.document) {
			t.Errorf("%s %s %s on %s: %v of %q (%v), want %v of %q", c.country, c.p, c.averaging, c.on, l.Value, l.Document, ok, c.want, c.document)
		}
	}
}

func TestSteps(t *testing.T) {
	for country, want := range map[string]string{
		"CN": "35 2016-01-01 2018-09-01, 35 2018-09-01 2026-03-01, 30 2026-03-01 2031-01-01, 25 2031-01-01 -",
		"FR": "25 2015-01-01 2026-12-11, 25 2026-12-11 2030-01-01, 10 2030-01-01 -",
		"US": "12 2013-03-18 2024-05-06, 9 2024-05-06 -",
		"KR": "15 2018-03-27 -",
		"MN": "25 2016-01-01 -",
	} {
		var got []string
		for _, s := range standard.Steps(country, air.PM25, standard.Annual) {
			until := "-"
			if !s.Until.IsZero() {
				until = s.Until.Format("2006-01-02")
			}
			got = append(got, strconv.FormatFloat(s.Value, 'f', -1, 64)+" "+s.Begin.Format("2006-01-02")+" "+until)
		}
		if g := strings.Join(got, ", "); g != want {
			t.Errorf("%s: %s\nwant %s", country, g, want)
		}
	}
	// Steps of every country and parameter follow each other and agree with National on each of their days.
	for _, country := range []string{"CN", "KR", "JP", "FR", "US", "US-CA", "MN", "HK", "TW", "GB", "TH", "VN", "PH", "IN", "SG", "CA", "MO"} {
		for p := air.Parameter(1); p < 40; p++ {
			for _, averaging := range []string{standard.Annual, standard.Daily, standard.EightHours, standard.Hourly} {
				var last time.Time
				for i, s := range standard.Steps(country, p, averaging) {
					if i > 0 && s.Begin.Before(last) {
						t.Errorf("%s %s %s: step %d begins before the one before it ends", country, p, averaging, i)
					}
					last = s.Until
					on := s.Begin
					if on.IsZero() {
						on = day("1990-01-01")
						if !s.Until.IsZero() && s.Until.Before(on) {
							continue
						}
					}
					if l, ok := standard.National(country, p, averaging, on); !ok || l.Value != s.Value {
						t.Errorf("%s %s %s on %v: National says %v", country, p, averaging, on, l.Value)
					}
				}
			}
		}
	}
}

func TestAuthority(t *testing.T) {
	for country, want := range map[string]string{"CN": "MEE", "FR": "EU", "US": "US EPA", "MN": "MASM", "XX": "",
		"KR": "Ministry of Climate, Energy and Environment (formerly Ministry of Environment)", "JP": "Ministry of the Environment"} {
		if got := standard.Authority(country, day("2024-06-01")); got != want {
			t.Errorf("%s: %q, want %q", country, got, want)
		}
	}
	if standard.Jurisdiction("SE") != "EU" || standard.Jurisdiction("CN") != "CN" || standard.Jurisdiction("ZZ") != "" {
		t.Error("jurisdictions")
	}
	if who := standard.InForce("WHO", day("2024-06-01")); len(who) != 43 {
		t.Errorf("%d rows of the WHO, 43 in the file", len(who))
	}
	if len(standard.InForce("WHO", day("2021-09-21"))) != 0 {
		t.Error("the guidelines of 2021 held before 22 September 2021")
	}
}

func find(t *testing.T, match func(standard.Limit) bool) standard.Limit {
	t.Helper()
	i := slices.IndexFunc(standard.All(), match)
	if i < 0 {
		t.Fatal("no such limit")
	}
	return standard.All()[i]
}

func national(t *testing.T, country string, p air.Parameter, averaging, on string) standard.Limit {
	t.Helper()
	l, ok := standard.National(country, p, averaging, day(on))
	if !ok {
		t.Fatalf("no limit of %s for %s on %s", country, p, on)
	}
	return l
}

func TestJudge(t *testing.T) {
	who := func(p air.Parameter, class string) standard.Limit {
		return find(t, func(l standard.Limit) bool {
			return l.Country == "INT" && l.Parameter == p && l.Averaging == standard.Annual && l.Class == class
		})
	}
	nan := math.NaN()
	for _, c := range []struct {
		name           string
		value, capture float64
		limit          standard.Limit
		want           standard.Outcome
		reason         string
		rounded        float64
	}{
		// Beijing's published 30.5 of 2024: met the 35 of its time, misses the 30 of 2026 by half a microgram, since
		// HJ 663-2026 keeps yearly values to one decimal.
		{"Beijing then", 30.5, nan, national(t, "CN", air.PM25, standard.Annual, "2024-07-01"), standard.Met, "", 30},
		{"Beijing now", 30.5, nan, national(t, "CN", air.PM25, standard.Annual, "2026-03-01"), standard.Missed, "", 30.5},
		{"half to even down", 34.5, 95, national(t, "CN", air.PM25, standard.Annual, "2024-07-01"), standard.Met, "", 34},
		{"half to even up", 35.5, 95, national(t, "CN", air.PM25, standard.Annual, "2024-07-01"), standard.Missed, "", 36},
		{"a day of 75.4", 75.4, 100, national(t, "CN", air.PM25, standard.Daily, "2024-07-01"), standard.Met, "", 75},
		{"a day of 75.6", 75.6, 100, national(t, "CN", air.PM25, standard.Daily, "2024-07-01"), standard.Missed, "", 76},
		// EU: rounded half up to the digits of the limit, last of all.
		{"40.4", 40.4, 90, national(t, "FR", air.NO2, standard.Annual, "2020-01-01"), standard.Met, "", 40},
		{"40.5", 40.5, 90, national(t, "FR", air.NO2, standard.Annual, "2020-01-01"), standard.Missed, "", 41},
		{"equal is met", 40, 90, national(t, "FR", air.NO2, standard.Annual, "2020-01-01"), standard.Met, "", 40},
		{"84 % of the year", 50, 84, national(t, "FR", air.NO2, standard.Annual, "2020-01-01"), standard.NoVerdict, standard.TooFewHours, 50},
		// US: PM2.5 to a tenth, PM10 to tens, ozone cut after the third decimal of ppm.
		{"9.04", 9.04, 90, national(t, "US", air.PM25, standard.Annual, "2025-01-01"), standard.Met, "", 9.0},
		{"9.05", 9.05, 90, national(t, "US", air.PM25, standard.Annual, "2025-01-01"), standard.Missed, "", 9.1},
		{"PM10 154", 154, 90, national(t, "US", air.PM10, standard.Daily, "2025-01-01"), standard.Met, "", 150},
		{"PM10 155", 155, 90, national(t, "US", air.PM10, standard.Daily, "2025-01-01"), standard.Missed, "", 160},
		{"ozone 0.0709", 0.0709, 90, national(t, "US", air.O3, standard.EightHours, "2025-01-01"), standard.Met, "", 0.070},
		{"ozone 0.0710", 0.0710, 90, national(t, "US", air.O3, standard.EightHours, "2025-01-01"), standard.Missed, "", 0.071},
		// Korea keeps yearly gases to 0.0001 ppm though its limit is printed as 0.03.
		{"Seoul's NO2", 0.0304, 90, national(t, "KR", air.NO2, standard.Annual, "2024-01-01"), standard.Missed, "", 0.0304},
		{"converted 0.03", 0.1 + 0.2 - 0.27, 90, national(t, "KR", air.NO2, standard.Annual, "2024-01-01"), standard.Met, "", 0.03},
		{"Seoul's PM2.5", 18, nan, national(t, "KR", air.PM25, standard.Annual, "2022-01-01"), standard.Missed, "", 18},
		// Japan: PM2.5 to 0.1; 6000 of 8784 hours.
		{"Tokyo", 15.04, 68.4, national(t, "JP", air.PM25, standard.Annual, "2022-01-01"), standard.Met, "", 15.0},
		{"Tokyo, too few", 15.04, 68.2, national(t, "JP", air.PM25, standard.Annual, "2022-01-01"), standard.NoVerdict, standard.TooFewHours, 15.0},
		{"Ulaanbaatar", 60, 80, national(t, "MN", air.PM25, standard.Annual, "2019-01-01"), standard.Missed, "", 60},
		{"guideline", 5.04, 90, who(air.PM25, "AQG"), standard.Met, "", 5},
		{"interim target 3", 15.5, 90, who(air.PM25, "IT3"), standard.Missed, "", 16},
		{"nothing", nan, 90, who(air.PM25, "AQG"), standard.NoVerdict, standard.NoValue, nan},
	} {
		v := standard.Judge(c.value, c.capture, c.limit)
		if v.Outcome != c.want || v.Reason != c.reason || v.Rounded != c.rounded && !(math.IsNaN(v.Rounded) && math.IsNaN(c.rounded)) {
			t.Errorf("%s: %v %q, compared as %v; want %v %q %v", c.name, v.Outcome, v.Reason, v.Rounded, c.want, c.reason, c.rounded)
		}
		if math.IsNaN(c.value) {
			continue
		}
		if over := c.limit.Exceeds(c.value); v.Outcome != standard.NoVerdict && over != (v.Outcome == standard.Missed) {
			t.Errorf("%s: Exceeds says %v", c.name, over)
		}
	}
	if v := standard.Judge(30.5, nan, national(t, "CN", air.PM25, standard.Annual, "2026-03-01")); v.Excess != 0.5 {
		t.Errorf("missed by %v", v.Excess)
	}
	// "Not to be equalled or exceeded."
	equal := find(t, func(l standard.Limit) bool { return strings.Contains(l.Statistic, "equalled") })
	if v := standard.Judge(equal.Value, 100, equal); v.Outcome != standard.Missed {
		t.Errorf("%v equals a limit that is not to be equalled: %v", equal.Value, v.Outcome)
	}
}

// A limit from memory never gives a verdict, whatever the value.
func TestMemoryNeverJudges(t *testing.T) {
	n := 0
	for _, l := range standard.All() {
		if l.Confidence != standard.FromMemory {
			continue
		}
		n++
		for _, v := range []float64{0, l.Value, l.Value * 100} {
			if got := standard.Judge(v, 100, l); got.Outcome != standard.NoVerdict || got.Reason != standard.MemoryOnly {
				t.Errorf("%s %s %s: %v", l.Country, l.Parameter, l.Averaging, got)
			}
		}
	}
	if n != 80 { // as many as the file has
		t.Errorf("%d limits from memory", n)
	}
}

func TestClasses(t *testing.T) {
	for _, c := range []struct {
		p         air.Parameter
		averaging string
		want      [6]float64
		unit      air.Unit
	}{
		// Global Air Quality Guidelines 2021, tables of guideline levels and interim targets.
		{air.PM25, standard.Annual, [6]float64{5, 10, 15, 25, 35, 50}, air.MicrogramPerM3},
		{air.PM25, standard.Daily, [6]float64{15, 25, 37.5, 50, 75, 150}, air.MicrogramPerM3},
		{air.PM10, standard.Annual, [6]float64{15, 20, 30, 50, 70, 105}, air.MicrogramPerM3},
		{air.PM10, standard.Daily, [6]float64{45, 50, 75, 100, 150, 300}, air.MicrogramPerM3},
		{air.NO2, standard.Annual, [6]float64{10, 10, 20, 30, 40, 60}, air.MicrogramPerM3},
		{air.NO2, standard.Daily, [6]float64{25, 25, 25, 50, 120, 240}, air.MicrogramPerM3},
		{air.O3, standard.PeakSeason, [6]float64{60, 60, 60, 70, 100, 150}, air.MicrogramPerM3},
		{air.O3, standard.EightHours, [6]float64{100, 100, 100, 120, 160, 240}, air.MicrogramPerM3},
		{air.SO2, standard.Daily, [6]float64{40, 40, 40, 50, 125, 250}, air.MicrogramPerM3},
		{air.CO, standard.Daily, [6]float64{4, 4, 4, 4, 7, 14}, air.MilligramPerM3},
	} {
		s := standard.Classes(c.p, c.unit, c.averaging)
		if !slices.Equal(s.Borders, c.want[:]) {
			t.Errorf("%s %s: %v, want %v", c.p, c.averaging, s.Borders, c.want)
			continue
		}
		if s.Class(c.want[0]) != 1 || s.Class(c.want[4]) != 5 && c.want[4] != c.want[3] || s.Class(c.want[5]) != 6 || s.Class(c.want[5]+.1) != 7 || s.Class(math.NaN()) != 0 {
			t.Errorf("%s %s: classes of border values", c.p, c.averaging)
		}
		ranges := s.Ranges()
		if ranges[0].Class != 1 || ranges[len(ranges)-1].Class != 7 || !math.IsInf(ranges[len(ranges)-1].To, 1) {
			t.Errorf("%s %s: %v", c.p, c.averaging, ranges)
		}
		for i := 1; i < len(ranges); i++ {
			if ranges[i].Over != ranges[i-1].To {
				t.Errorf("%s %s: a hole between classes: %v", c.p, c.averaging, ranges)
			}
		}
		for _, l := range s.Limits {
			if l.Source == "" || l.Confidence != standard.Verified {
				t.Errorf("%s %s: a border without a verified source", c.p, c.averaging)
			}
		}
	}
	for _, c := range []struct {
		p         air.Parameter
		averaging string
	}{{air.SO2, standard.Annual}, {air.Benzene, standard.Annual}, {air.CO, standard.EightHours}, {air.PM25, standard.Hourly}} {
		if s := standard.Classes(c.p, c.p.MainUnit(), c.averaging); s.Class(1) != 0 || s.Ranges() != nil {
			t.Errorf("%s %s has classes", c.p, c.averaging)
		}
	}
}
