package chart_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aircommons/chart"
)

func series(style chart.Style, from float64, values ...float64) chart.Series {
	s := chart.Series{Style: style}
	for i, v := range values {
		s.Points = append(s.Points, chart.Point{X: from + float64(i), Y: v})
	}
	return s
}

// beijing is the figure of the design: annual means of the bureau, two years from another monitor.
func beijing() *chart.Frame {
	s := series(chart.Accent, 2013, 89.5, 86.1, 80.1, 73, 58, 51, 42, 38, 33, 30, 32, 30.5)
	s.Points[1].Open, s.Points[2].Open = true, true
	s.Points[7].Label = "2020: 38"
	s.Name, s.OpenName, s.Dots, s.Marks = "", "Other", true, chart.First|chart.Last
	return &chart.Frame{
		ID: "annual", Language: english{}, Finding: "PM2.5 fell by two thirds in eleven years", Unit: "PM2.5, annual mean, µg/m³, Beijing",
		Source: "Source: Beijing Municipal Ecology and Environment Bureau", Label: "Annual mean PM2.5 fell from 89.5 in 2013 to 30.5 in 2024.",
		Chart: &chart.Lines{
			Axis: "Year", Digits: 1, Series: []chart.Series{s},
			Limits: []chart.Limit{
				{Name: "National limit", Text: "35, then 30 from 1 Mar 2026", Short: "National limit 35, now 30", Steps: []chart.Step{{From: day(2016, 1, 1), To: day(2026, 3, 1), Value: 35}, {From: day(2026, 3, 1), Value: 30}}},
				chart.Level("WHO guideline", "5", 5),
			},
			Measures: []chart.Measure{{Name: "Clean Air Action Plan", Text: "Sep 2013 to 2017", From: day(2013, 9, 1), To: day(2017, 12, 31)}},
		},
	}
}

func forums() *chart.Frame {
	date := func(text string, y int, m time.Month, a, b int) chart.Date {
		return chart.Date{From: day(y, m, a), To: day(y, m, b), Text: text}
	}
	return &chart.Frame{ID: "strip", Language: english{}, Finding: "Three editions", Label: "Editions in 2016, 2018 and 2019", Chart: &chart.Strip{
		From: 2016, To: 2020, Axis: "Forum", Heads: [5]string{"Edition", "Date", "From", "To", "Sources"}, Contested: "two dates", Empty: "no edition", After: "nothing listed after 2019", Second: "second source only",
		Fact: func(e chart.Edition) string {
			switch {
			case len(e.Dates) > 1:
				return "differ"
			case e.Second:
				return "second source"
			}
			return "agree"
		},
		Lanes: []chart.Lane{{Name: "Seoul", Style: chart.Accent, Editions: []chart.Edition{
			{Name: "1st", Dates: []chart.Date{date("19–20 May", 2016, 5, 19, 20)}}, {Name: "2nd", Dates: []chart.Date{date("4–5 Sep", 2018, 9, 4, 5)}, Second: true},
			{Name: "3rd", Dates: []chart.Date{date("22–23 May", 2019, 5, 22, 23), date("22–23 Sep", 2019, 9, 22, 23)}},
		}}},
	}}
}

func TestGolden(t *testing.T) {
	for name, got := range map[string]string{
		"annual.html": string(beijing().Drawing()), "annual.svg": string(beijing().SVG()), "annual.csv": string(beijing().CSV()), "strip.html": string(forums().Drawing()),
	} {
		path := filepath.Join("testdata", name)
		lines := strings.ReplaceAll(got, "><", ">\n<") // one element a line, to be read when it changes
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(lines), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), lines); d != "" {
			t.Errorf("%s (made anew with -update): %s", name, d)
		}
	}
	whole(t, beijing())
	whole(t, forums())
}

func large(f *chart.Frame) string {
	s := string(f.Drawing())
	return s[:strings.Index(s, `<svg class="s"`)]
}

func TestGapsBreakTheLine(t *testing.T) {
	c := &chart.Lines{Series: []chart.Series{series(chart.Accent, 2010, 10, 11, none, 12, none, 13, 14)}}
	s := large(frame(c))
	i := strings.Index(s, `<path class="ln foc" d="`)
	d := s[i+len(`<path class="ln foc" d="`):]
	d = d[:strings.Index(d, `"`)]
	if n := strings.Count(d, "M"); n != 2 || strings.Count(d, "L") != 2 {
		t.Errorf("two runs of two years are drawn as %q", d)
	}
	if n := strings.Count(s, "<circle"); n != 1 {
		t.Errorf("%d dots for one lone year", n)
	}
	// A year that is absent is a gap as well; with a step of two it is not.
	two := chart.Series{Style: chart.Accent, Points: []chart.Point{{X: 2010, Y: 1}, {X: 2012, Y: 2}}}
	if s := large(frame(&chart.Lines{Series: []chart.Series{two}})); strings.Contains(s, `class="ln foc"`) {
		t.Error("2010 and 2012 are joined")
	}
	if s := large(frame(&chart.Lines{Step: 2, Series: []chart.Series{two}})); !strings.Contains(s, `class="ln foc"`) {
		t.Error("2010 and 2012 are not joined with a step of two")
	}
}

func TestOpenPointsStayApart(t *testing.T) {
	s := large(beijing())
	if n := strings.Count(s, `class="dot open"`); n != 2 {
		t.Errorf("%d rings for two years of another monitor", n)
	}
	if n := strings.Count(s, `class="dot"`); n != 10 {
		t.Errorf("%d dots for ten years of the bureau", n)
	}
}

func TestLimitStepsOnItsDay(t *testing.T) {
	s := large(beijing())
	i := strings.Index(s, `class="lim" d="`)
	d := s[i+len(`class="lim" d="`):]
	d = d[:strings.Index(d, `"`)]
	var x0, y0, x1, y1, x2 float64
	if _, err := fmt.Sscanf(strings.NewReplacer("M", "", "H", " ", "V", " ").Replace(d), "%f %f %f %f %f", &x0, &y0, &x1, &y1, &x2); err != nil {
		t.Fatalf("%q: %v", d, err)
	}
	// From 1 January 2016 to 31 December 2026 are eleven years; 1 March 2026 lies 10 + 59/365 years behind the start.
	if share := (x1 - x0) / (x2 - x0); math.Abs(share-(10+59./365)/11) > .001 {
		t.Errorf("the limit steps at %.4f of its way: %q", share, d)
	}
	if y1 <= y0 {
		t.Errorf("30 is drawn above 35: %q", d)
	}
}

func TestHighestAndTurn(t *testing.T) {
	c := &chart.Lines{Digits: 0, Series: []chart.Series{series(chart.Accent, 2010, 80, 78, 76, 30, 28, 26)}}
	c.Series[0].Marks = chart.First | chart.Last | chart.Turn
	s := large(frame(c))
	for _, want := range []string{">80<", ">26<", ">2012: 76<"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %s in %s", want, s)
		}
	}
}

func TestHeat(t *testing.T) {
	c := &chart.Heat{Size: chart.Wide, Axis: "City", Columns: []string{"2019", "2020", "2021"}, Borders: borders, DigitsInTable: 1,
		Rows: []chart.HeatRow{{Name: "Seoul", Values: []float64{25, none, 19.8}}, {Name: "Tokyo", Values: []float64{5}}}}
	s := large(frame(c))
	// 25 lies on a border and is of the cleaner class (interim target 2); 5 meets the guideline.
	for _, want := range []string{`class="cell k4"`, `class="m on k4"`, `class="cell k1"`, ">20<"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %s", want)
		}
	}
	if n := strings.Count(s, `<path class="g"`); n != 3 {
		t.Errorf("%d dashes for three cells without a value", n)
	}
	want := chart.Table{Head: []chart.Column{{Text: "City"}, {Text: "2019", Number: true}, {Text: "2020", Number: true}, {Text: "2021", Number: true}},
		Rows: [][]string{{"Seoul", "25.0", "–", "19.8"}, {"Tokyo", "5.0", "–", "–"}}}
	if d := cmp.Diff(want, frame(c).Table()); d != "" {
		t.Error(d)
	}
	if got := string(frame(c).CSV()); got != "City,2019,2020,2021\r\nSeoul,25,,19.8\r\nTokyo,5,,\r\n" {
		t.Errorf("%q", got)
	}
}

func TestCalendar(t *testing.T) {
	days := make([]float64, 366)
	for i := range days {
		days[i] = 10
	}
	days[59], days[365] = 200, none // 29 February, 31 December 2016
	c := &chart.Calendar{Year: 2016, Axis: "Day", Value: "PM2.5", Days: days, Borders: []float64{15, 25, 37.5, 50, 75, 150}}
	f := frame(c)
	s := string(f.Drawing())
	if !strings.Contains(s, `<path class="k7" d="M28 1h1v1h-1z"/>`) {
		t.Errorf("29 February is not where it should be: %s", s)
	}
	if !strings.Contains(s, `d="M30.3 11.5h.4"`) {
		t.Error("31 December has no dash")
	}
	if csv := string(f.CSV()); !strings.Contains(csv, "2016-02-29,200\r\n2016-03-01,10\r\n") || !strings.HasSuffix(csv, "2016-12-31,\r\n") || strings.Count(csv, "\n") != 367 {
		t.Errorf("%q", csv)
	}
	if row := f.Table().Rows[28]; row[2] != "200" || row[1] != "10" {
		t.Errorf("29th: %q", row)
	}
	if row := f.Table().Rows[30]; row[2] != "" || row[12] != "–" { // no 30 February; no value
		t.Errorf("31st: %q", row)
	}
}

func TestProfile(t *testing.T) {
	middle := make([]float64, 24)
	low, high := make([]float64, 24), make([]float64, 24)
	for h := range middle {
		middle[h] = 40 + 20*math.Cos(float64(h-20)/12*math.Pi) // highest at 20, lowest at 8
		low[h], high[h] = middle[h]/2, middle[h]*2
	}
	c := &chart.Profile{Scale: chart.Hours, Axis: "Hour", Groups: []chart.Group{{Name: "Winter", Style: chart.Accent, Middle: middle, Low: low, High: high}}, Low: "p25", High: "p75",
		Mark: func(x int, v string) string { return fmt.Sprintf("%s at %02d:00", v, x) }}
	f := frame(c)
	s := large(f)
	for _, want := range []string{">60 at 20:00<", ">20 at 08:00<", `class="rib"`, ">Winter<", ">23<"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %s in %s", want, s)
		}
	}
	if head := f.Table().Head; len(head) != 4 || head[2].Text != "Winter, p25" || f.Table().Rows[8][0] != "08:00" || f.Table().Rows[8][1] != "20" {
		t.Errorf("%v %v", head, f.Table().Rows[8])
	}
}

func TestBars(t *testing.T) {
	f := frame(&chart.Bars{Axis: "City", Value: "µg/m³", Digits: 1, Borders: borders, Limits: []chart.Threshold{{Name: "WHO 5", Value: 5}},
		Bars: []chart.Bar{{Name: "Tokyo", Value: 12.9}, {Name: "Jinan", Value: none}, {Name: "Ulaanbaatar", Sub: "2019", Value: 60}}})
	if got := fmt.Sprint(f.Table().Rows); got != "[[Ulaanbaatar (2019) 60.0] [Tokyo 12.9] [Jinan –]]" {
		t.Error(got)
	}
	s := large(f)
	if !strings.Contains(s, "k7 edged") || !strings.Contains(s, "k3 edged") || !strings.Contains(s, ">WHO 5<") {
		t.Error(s)
	}
}

func TestRung(t *testing.T) {
	got := string(chart.Rung(30, 30.5, 40, 5))
	want := `<svg class="b" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="k5" width="75" height="10"/><path d="M76.3 -16V26"/></svg>`
	if got != want {
		t.Errorf("%s", got)
	}
	if got := string(chart.Rung(none, none, none, 0)); strings.Contains(got, "rect") || strings.Contains(got, "path") {
		t.Errorf("%s", got)
	}
}

func TestStrip(t *testing.T) {
	f := forums()
	s := large(f)
	if strings.Count(s, `class="dot"`) != 1 || strings.Count(s, `class="dot open"`) != 2 || strings.Count(s, `class="dot open gr"`) != 1 || strings.Count(s, `class="ct"`) != 1 {
		t.Errorf("one filled dot, two rings, a grey one and one dotted line are wanted: %s", s)
	}
	for _, want := range []string{">no edition<", ">nothing listed after 2019<", ">two dates<", ">2017<", ">2020<"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %s", want)
		}
	}
	if !strings.Contains(string(f.Drawing()), ">4–5 Sep · second source only<") {
		t.Error("a phone shows no word on a second source")
	}
	want := "Forum,Edition,From,To,Sources\r\nSeoul,1st,2016-05-19,2016-05-20,agree\r\nSeoul,2nd,2018-09-04,2018-09-05,second source\r\n" +
		"Seoul,3rd,2019-05-22,2019-05-23,differ\r\nSeoul,3rd,2019-09-22,2019-09-23,differ\r\n"
	if got := string(f.CSV()); got != want {
		t.Errorf("%q", got)
	}
}

func TestMapNumbersWhatHasNoRoom(t *testing.T) {
	m := &chart.Map{Size: chart.Half, Axis: "City", Value: "PM2.5", When: "Year", Borders: borders, NoValue: "no value yet"}
	for i := range 14 { // all in one place
		m.Places = append(m.Places, chart.Spot{Name: fmt.Sprintf("Place %d", i+1), Lat: 37.5 + float64(i)/100, Lon: 127, Value: float64(i * 5), When: "2023"})
	}
	m.Places[13].Value = none
	f := frame(m)
	s := large(f)
	for i := range 14 {
		if !strings.Contains(s, fmt.Sprintf(">Place %d<", i+1)) && !strings.Contains(s, fmt.Sprintf(">Place %d ", i+1)) {
			t.Errorf("place %d has no name", i+1)
		}
	}
	if strings.Count(s, "<circle") != 14 || !strings.Contains(s, `class="land ring"`) || !strings.Contains(s, "no value yet") {
		t.Error(s)
	}
	if row := f.Table().Rows[13]; row[1] != "–" || row[2] != "no value yet" {
		t.Errorf("%q", row)
	}
}

func TestHourly(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	c := &chart.Hourly{Size: chart.Framed, Axis: "Hour", Value: "PM2.5", Start: time.Date(2016, 12, 14, 0, 0, 0, 0, zone), Step: time.Hour, Values: []float64{10, 20, none, 490, 480}, NoValue: "no value",
		Mark: func(at time.Time, v string) string { return v + " at " + at.Format("15:04") }}
	f := frame(c)
	s := string(f.Drawing())
	if !strings.Contains(s, `d="M0 -20l1 -20M3 -980l1 20"`) { // of 1000 for 500 µg/m³
		t.Errorf("%s", s)
	}
	if !strings.Contains(s, ">490 at 03:00<") || !strings.Contains(s, ">no value<") || strings.Count(s, `class="gap"`) != 2 {
		t.Errorf("%s", s)
	}
	if got := string(f.CSV()); !strings.HasPrefix(got, "Hour,PM2.5\r\n2016-12-14T00:00+08:00,10\r\n") || !strings.Contains(got, "T02:00+08:00,\r\n") {
		t.Errorf("%q", got)
	}
}

func TestDownsample(t *testing.T) {
	mean, low, high := chart.Downsample([]float64{1, 3, none, none, none, 8, 5}, 3)
	want := [][]float64{{2, 8, 5}, {1, 8, 5}, {3, 8, 5}}
	for i, got := range [][]float64{mean, low, high} {
		if d := cmp.Diff(want[i], got); d != "" {
			t.Error(d)
		}
	}
	mean, _, _ = chart.Downsample([]float64{none, none}, 2)
	if !math.IsNaN(mean[0]) {
		t.Error("two missing hours have a mean")
	}
}

func TestClass(t *testing.T) {
	// The table of the design: to 5, 10, 15, 25, 35, 50, above.
	for v, want := range map[float64]int{-1: 1, 0: 1, 5: 1, 5.1: 2, 10: 2, 15: 3, 25: 4, 35: 5, 35.01: 6, 50: 6, 51: 7, 1e9: 7} {
		if got := chart.Class(v, borders); got != want {
			t.Errorf("%v is of class %d, want %d", v, got, want)
		}
	}
	if chart.Class(none, borders) != 0 || chart.Class(11, []float64{10, 10, 20}) != 3 {
		t.Error("a missing value has a class, or a class that is left out was used")
	}
}

func TestRich(t *testing.T) {
	for in, want := range map[string]string{
		"PM2.5 & NO2":         "PM<sub>2.5</sub> &amp; NO<sub>2</sub>",
		"PM10, SO2; O3.":      "PM<sub>10</sub>, SO<sub>2</sub>; O<sub>3</sub>.",
		"CO2e, PM25, NO20, 2": "CO2e, PM25, NO20, 2",
		"<b>PM2.5":            "&lt;b&gt;PM<sub>2.5</sub>",
		"":                    "",
	} {
		if got := string(chart.Rich(in)); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestCSVIsSafe(t *testing.T) {
	f := frame(&chart.Bars{Axis: `=cmd|"x"`, Value: "a,b", Bars: []chart.Bar{{Name: "-1+1", Value: -2.5}}})
	if got := string(f.CSV()); got != "\"'=cmd|\"\"x\"\"\",\"a,b\"\r\n'-1+1,-2.5\r\n" {
		t.Errorf("%q", got)
	}
}

func TestEmptyCharts(t *testing.T) {
	for _, c := range []chart.Chart{&chart.Lines{}, &chart.Lines{Scale: chart.Time}, &chart.Heat{}, &chart.Calendar{Year: 2020}, &chart.Profile{}, &chart.Bars{}, &chart.Change{}, &chart.Panels{}, &chart.Strip{}, &chart.Map{}, &chart.Hourly{}} {
		whole(t, frame(c))
	}
}
