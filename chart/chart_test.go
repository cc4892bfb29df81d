package chart_test

import (
	"encoding/csv"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aircommons/chart"
)

var update = flag.Bool("update", false, "write the golden files anew")

// english is a language for tests; the catalogs' own is of a higher floor.
type english struct{}

var monthNames = [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

func (english) Tag() string { return "en" }
func (english) Number(v float64, decimals int) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', decimals, 64), "-", "−", 1)
}
func (english) MonthName(m int) string   { return monthNames[(m+11)%12] }
func (english) MonthShort(m int) string  { return monthNames[(m+11)%12][:3] }
func (english) DayMonth(m, d int) string { return strconv.Itoa(d) + " " + monthNames[(m+11)%12] }
func (e english) Day(y, m, d int) string { return e.DayMonth(m, d) + " " + strconv.Itoa(y) }
func (e english) Month(y, m int) string  { return e.MonthName(m) + " " + strconv.Itoa(y) }

var none = math.NaN()

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func frame(c chart.Chart) *chart.Frame {
	return &chart.Frame{ID: "fig", Finding: "PM2.5 fell & stayed <low>", Unit: "µg/m³", Source: "Source: \"the bureau\"", Label: "Fell from 89.5 to 30.5", Language: english{}, Chart: c}
}

// wellFormed reads the XML to its end.
func wellFormed(t interface{ Fatalf(string, ...any) }, text string) {
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = true
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, text)
		}
	}
}

var (
	number   = regexp.MustCompile(`-?\d+(\.\d+)?`)
	commands = regexp.MustCompile(`[A-Za-z][^A-Za-z]*`)
)

// sound checks a drawing: well-formed, no value that is not a number, every place inside its view box. Absolute paths are
// followed; shared ones are drawn in units of their own.
func sound(t interface{ Fatalf(string, ...any) }, text string) {
	wellFormed(t, text)
	d := xml.NewDecoder(strings.NewReader(text))
	var x0, y0, x1, y1 float64
	inside, skip := false, 0
	for {
		tok, err := d.Token()
		if err != nil {
			return
		}
		switch e := tok.(type) {
		case xml.EndElement:
			if skip > 0 {
				skip--
			}
		case xml.StartElement:
			a := map[string]string{}
			for _, at := range e.Attr {
				a[at.Name.Local] = at.Value
				if n := at.Name.Local; n == "style" || n != "aria-label" && n != "class" && n != "font-family" && n != "lang" && strings.ContainsAny(at.Value, "NI+") {
					t.Fatalf("%s=%q in the drawing:\n%s", n, at.Value, text)
				}
			}
			if e.Name.Local == "svg" {
				inside = a["class"] != "vh"
				if inside {
					n := numbers(a["viewBox"])
					if len(n) != 4 || n[2] <= 0 || n[3] <= 0 {
						t.Fatalf("view box %q", a["viewBox"])
					}
					x0, y0, x1, y1 = n[0], n[1], n[0]+n[2], n[1]+n[3]
				}
				continue
			}
			if skip > 0 || a["transform"] != "" || e.Name.Local == "defs" || e.Name.Local == "use" || e.Name.Local == "clipPath" {
				skip++
				continue
			}
			if !inside {
				continue
			}
			check := func(x, y float64) {
				const slack = 1
				if x < x0-slack || x > x1+slack || y < y0-slack || y > y1+slack {
					t.Fatalf("%v %v is outside %v %v %v %v: <%s %v>\n%s", x, y, x0, y0, x1, y1, e.Name.Local, a, text)
				}
			}
			switch e.Name.Local {
			case "text", "rect":
				x, y := numbers(a["x"])[0], numbers(a["y"])[0]
				check(x, y)
				if e.Name.Local == "rect" {
					check(x+numbers(a["width"])[0], y+numbers(a["height"])[0])
				}
			case "circle":
				check(numbers(a["cx"])[0], numbers(a["cy"])[0])
			case "path":
				follow(a["d"], check)
			}
		}
	}
}

func numbers(s string) []float64 {
	var out []float64
	for _, f := range number.FindAllString(s, -1) {
		v, _ := strconv.ParseFloat(f, 64)
		out = append(out, v)
	}
	if out == nil {
		out = []float64{0}
	}
	return out
}

// follow visits the points of a path.
func follow(d string, visit func(x, y float64)) {
	x, y := 0.0, 0.0
	for _, part := range commands.FindAllString(d, -1) {
		var n []float64
		for _, f := range number.FindAllString(part[1:], -1) {
			v, _ := strconv.ParseFloat(f, 64)
			n = append(n, v)
		}
		switch part[0] {
		case 'M', 'L':
			x, y = n[0], n[1]
		case 'H':
			x = n[0]
		case 'V':
			y = n[0]
		case 'h':
			x += n[0]
		case 'v':
			y += n[0]
		case 'l':
			x, y = x+n[0], y+n[1]
		case 'Z', 'z':
			continue
		default:
			visit(math.Inf(1), 0)
		}
		visit(x, y)
	}
}

// whole checks everything a frame gives.
func whole(t interface{ Fatalf(string, ...any) }, f *chart.Frame) {
	sound(t, string(f.Drawing()))
	svg := string(f.SVG())
	sound(t, svg)
	if strings.Contains(svg, "class=") || strings.Contains(svg, "var(") {
		t.Fatalf("a class or a variable leaves the site:\n%s", svg)
	}
	table := f.Table()
	for _, row := range table.Rows {
		if len(row) != len(table.Head) {
			t.Fatalf("row of %d cells under %d heads: %q", len(row), len(table.Head), row)
		}
		for _, c := range row {
			if strings.Contains(c, "NaN") || strings.Contains(c, "Inf") {
				t.Fatalf("cell %q", c)
			}
		}
	}
	r := csv.NewReader(strings.NewReader(string(f.CSV())))
	if _, err := r.ReadAll(); err != nil && !errors.Is(err, io.EOF) {
		t.Fatalf("CSV: %v\n%s", err, f.CSV())
	}
}

var awkward = []float64{none, math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), 1e-9, -3, 5, 12.5, 89.5, 1e6, 1e15, -1e15, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64}

func anyValue() *rapid.Generator[float64] {
	return rapid.OneOf(rapid.SampledFrom(awkward), rapid.Float64Range(-10, 500), rapid.Float64())
}

func anyText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom([]string{"", "Beijing", "PM2.5 & NO2 <b>", "대기오염방지행동계획", "Цэвэр агаарын үйл ажиллагааны төлөвлөгөө", "打赢蓝天保卫战三年行动计划", "\x00\x01]]>", "a\nb"}), rapid.StringN(0, 30, -1))
}

func anyTime() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.IntRange(0, 4).Draw(t, "zero") == 0 {
			return time.Time{}
		}
		return time.Unix(rapid.Int64Range(-3e9, 6e9).Draw(t, "unix"), 0).UTC()
	})
}

func anyStyle() *rapid.Generator[chart.Style] {
	return rapid.Custom(func(t *rapid.T) chart.Style { return chart.Style(rapid.IntRange(-1, 9).Draw(t, "style")) })
}

func values(t *rapid.T, most int) []float64 {
	return rapid.SliceOfN(anyValue(), 0, most).Draw(t, "values")
}

func anySeries(scale chart.Scale) *rapid.Generator[chart.Series] {
	return rapid.Custom(func(t *rapid.T) chart.Series {
		s := chart.Series{Name: anyText().Draw(t, "name"), Sub: anyText().Draw(t, "sub"), Style: anyStyle().Draw(t, "style"),
			Dots: rapid.Bool().Draw(t, "dots"), Ribbon: rapid.Bool().Draw(t, "ribbon"), Marks: chart.Mark(rapid.IntRange(0, 31).Draw(t, "marks"))}
		x := map[chart.Scale]float64{chart.Years: 2000, chart.Time: 1.4e9, chart.Months: 1, chart.Hours: 0}[scale]
		for range rapid.IntRange(0, 30).Draw(t, "n") {
			pt := chart.Point{X: x, Y: anyValue().Draw(t, "y"), Open: rapid.IntRange(0, 5).Draw(t, "open") == 0}
			if s.Ribbon {
				pt.Low, pt.High = anyValue().Draw(t, "low"), anyValue().Draw(t, "high")
			}
			if rapid.IntRange(0, 9).Draw(t, "label") == 0 {
				pt.Label = anyText().Draw(t, "text")
			}
			s.Points = append(s.Points, pt)
			if scale == chart.Time {
				x += rapid.Float64Range(1, 1e7).Draw(t, "dx")
			} else {
				x += float64(rapid.IntRange(1, 3).Draw(t, "dx"))
			}
		}
		return s
	})
}

func anyLimit() *rapid.Generator[chart.Limit] {
	return rapid.Custom(func(t *rapid.T) chart.Limit {
		l := chart.Limit{Name: anyText().Draw(t, "name"), Text: anyText().Draw(t, "text"), Short: anyText().Draw(t, "short")}
		for range rapid.IntRange(0, 3).Draw(t, "steps") {
			l.Steps = append(l.Steps, chart.Step{From: anyTime().Draw(t, "from"), To: anyTime().Draw(t, "to"), Value: anyValue().Draw(t, "value")})
		}
		return l
	})
}

func anyThreshold() *rapid.Generator[chart.Threshold] {
	return rapid.Custom(func(t *rapid.T) chart.Threshold {
		return chart.Threshold{Name: anyText().Draw(t, "name"), Value: anyValue().Draw(t, "value")}
	})
}

var borders = []float64{5, 10, 15, 25, 35, 50}

// anyChart makes a chart of one kind from anything.
func anyChart(kind int) *rapid.Generator[chart.Chart] {
	return rapid.Custom(func(t *rapid.T) chart.Chart {
		text := anyText()
		size := chart.Size(rapid.IntRange(0, 3).Draw(t, "size"))
		scale := chart.Scale(rapid.IntRange(0, 3).Draw(t, "scale"))
		few := func() []string { return rapid.SliceOfN(text, 0, 20).Draw(t, "names") }
		switch kind {
		case 0:
			c := &chart.Lines{Size: size, Scale: scale, Axis: text.Draw(t, "axis"), AxisNote: text.Draw(t, "note"), Digits: rapid.IntRange(0, 3).Draw(t, "digits"),
				Step: rapid.SampledFrom([]float64{0, 1, 3e6}).Draw(t, "step"), Series: rapid.SliceOfN(anySeries(scale), 0, 4).Draw(t, "series"), Limits: rapid.SliceOfN(anyLimit(), 0, 3).Draw(t, "limits"),
				Max: anyValue().Draw(t, "max")}
			if rapid.IntRange(0, 3).Draw(t, "ends") == 0 {
				c.From, c.To = anyValue().Draw(t, "from"), anyValue().Draw(t, "to")
			}
			for range rapid.IntRange(0, 3).Draw(t, "measures") {
				c.Measures = append(c.Measures, chart.Measure{Name: text.Draw(t, "name"), Text: text.Draw(t, "text"), From: anyTime().Draw(t, "from"), To: anyTime().Draw(t, "to")})
				c.Notes = append(c.Notes, chart.Note{X: anyValue().Draw(t, "x"), Y: anyValue().Draw(t, "y"), Text: text.Draw(t, "text"), Short: text.Draw(t, "short")})
			}
			return c
		case 1:
			c := &chart.Heat{Size: size, Columns: few(), Borders: borders}
			for range rapid.IntRange(0, 5).Draw(t, "rows") {
				c.Rows = append(c.Rows, chart.HeatRow{Name: text.Draw(t, "name"), Values: values(t, 22), Style: anyStyle().Draw(t, "style")})
			}
			return c
		case 2:
			return &chart.Calendar{Year: rapid.IntRange(1900, 2100).Draw(t, "year"), Days: values(t, 400), Borders: borders}
		case 3:
			c := &chart.Profile{Scale: scale, RibbonNote: text.Draw(t, "note"), Low: text.Draw(t, "low"), High: text.Draw(t, "high"), Limits: rapid.SliceOfN(anyLimit(), 0, 2).Draw(t, "limits")}
			if rapid.Bool().Draw(t, "mark") {
				c.Mark = func(x int, v string) string { return v + " at " + strconv.Itoa(x) }
			}
			for range rapid.IntRange(0, 3).Draw(t, "groups") {
				c.Groups = append(c.Groups, chart.Group{Name: text.Draw(t, "name"), Sub: text.Draw(t, "sub"), Style: anyStyle().Draw(t, "style"), Middle: values(t, 30), Low: values(t, 30), High: values(t, 30)})
			}
			return c
		case 4:
			c := &chart.Bars{Size: size, Limits: rapid.SliceOfN(anyThreshold(), 0, 4).Draw(t, "limits"), Ordered: rapid.Bool().Draw(t, "ordered")}
			if rapid.Bool().Draw(t, "classes") {
				c.Borders = borders
			}
			for _, v := range values(t, 12) {
				c.Bars = append(c.Bars, chart.Bar{Name: text.Draw(t, "name"), Sub: text.Draw(t, "sub"), Value: v, Style: anyStyle().Draw(t, "style")})
			}
			return c
		case 5:
			c := &chart.Change{Size: size, Limits: rapid.SliceOfN(anyThreshold(), 0, 4).Draw(t, "limits"), LimitNote: text.Draw(t, "note")}
			if rapid.Bool().Draw(t, "in") {
				c.In = func(v, when string) string { return v + " in " + when }
			}
			for _, v := range values(t, 8) {
				c.Rows = append(c.Rows, chart.Pair{Name: text.Draw(t, "name"), First: v, Last: anyValue().Draw(t, "last"), FirstWhen: "2010", LastWhen: rapid.SampledFrom([]string{"2010", "2020"}).Draw(t, "when"), Style: anyStyle().Draw(t, "style")})
			}
			return c
		case 6:
			return &chart.Panels{Scale: scale, Series: rapid.SliceOfN(anySeries(scale), 0, 7).Draw(t, "series"), Limits: rapid.SliceOfN(anyLimit(), 0, 2).Draw(t, "limits")}
		case 7:
			c := &chart.Strip{Contested: text.Draw(t, "two"), Empty: text.Draw(t, "empty"), After: text.Draw(t, "after")}
			if rapid.Bool().Draw(t, "ends") {
				c.From, c.To = rapid.IntRange(1990, 2030).Draw(t, "from"), rapid.IntRange(1990, 2040).Draw(t, "to")
			}
			for range rapid.IntRange(0, 3).Draw(t, "lanes") {
				lane := chart.Lane{Name: text.Draw(t, "name"), Style: anyStyle().Draw(t, "style")}
				for range rapid.IntRange(0, 8).Draw(t, "editions") {
					e := chart.Edition{Name: text.Draw(t, "edition"), Second: rapid.Bool().Draw(t, "second")}
					for range rapid.IntRange(0, 3).Draw(t, "dates") {
						from := day(rapid.IntRange(1995, 2030).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 28).Draw(t, "day"))
						e.Dates = append(e.Dates, chart.Date{From: from, To: from.AddDate(0, 0, rapid.IntRange(-3, 400).Draw(t, "days")), Text: text.Draw(t, "text")})
					}
					lane.Editions = append(lane.Editions, e)
				}
				c.Lanes = append(c.Lanes, lane)
			}
			return c
		case 8:
			c := &chart.Map{Size: size, Borders: borders, NoValue: text.Draw(t, "none")}
			if rapid.IntRange(0, 9).Draw(t, "world") > 0 { // the whole world takes its time to check
				c.Land = []chart.Ring{{100, 20, 120, 20, 120, 40, 100, 40}, {170, 10, -170, 10, -170, 60, 170, 60}, {float32(none), 1, 2, 3, 4, 5}}
			}
			near := rapid.Bool().Draw(t, "near")
			for range rapid.IntRange(0, 12).Draw(t, "places") {
				s := chart.Spot{Name: text.Draw(t, "name"), Value: anyValue().Draw(t, "value"), When: text.Draw(t, "when")}
				if near {
					s.Lat, s.Lon = rapid.Float64Range(20, 50).Draw(t, "lat"), rapid.Float64Range(100, 145).Draw(t, "lon")
				} else {
					s.Lat, s.Lon = rapid.OneOf(rapid.Float64Range(-90, 90), anyValue()).Draw(t, "lat"), rapid.OneOf(rapid.Float64Range(-180, 180), anyValue()).Draw(t, "lon")
				}
				c.Places = append(c.Places, s)
			}
			return c
		}
		c := &chart.Hourly{Size: size, Start: anyTime().Draw(t, "start"), Step: rapid.SampledFrom([]time.Duration{0, time.Hour, 24 * time.Hour, 720 * time.Hour}).Draw(t, "step"),
			Values: values(t, 500), NoValue: text.Draw(t, "none"), Limits: rapid.SliceOfN(anyLimit(), 0, 2).Draw(t, "limits")}
		if rapid.Bool().Draw(t, "band") {
			c.Low, c.High = values(t, 500), values(t, 500)
		}
		if rapid.Bool().Draw(t, "mark") {
			c.Mark = func(at time.Time, v string) string { return v + " on " + at.Format("2 Jan, 15:04") }
		}
		return c
	})
}

var kinds = []string{"lines", "heat", "calendar", "profile", "bars", "change", "panels", "strip", "map", "hourly"}

// Whatever the values and words: well-formed, nothing that is not a number, nothing outside, a table as wide as its head.
func TestAnything(t *testing.T) {
	for kind, name := range kinds {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				f := frame(anyChart(kind).Draw(t, "chart"))
				f.Finding, f.Label, f.Source = anyText().Draw(t, "finding"), anyText().Draw(t, "label"), anyText().Draw(t, "source")
				whole(t, f)
			})
		})
	}
}

func FuzzDrawing(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3}, "PM2.5 <&>")
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		c := &chart.Lines{Scale: chart.Years, Axis: text, Series: []chart.Series{{Name: text, Style: chart.Accent, Marks: 31, Dots: true}}, Limits: []chart.Limit{chart.Level(text, text, 5)},
			Notes: []chart.Note{{X: 2005, Y: 10, Text: text, Short: text}}, Measures: []chart.Measure{{Name: text, Text: text, From: day(2001, 1, 1), To: day(2005, 1, 1)}}}
		for i, b := range data {
			c.Series[0].Points = append(c.Series[0].Points, chart.Point{X: float64(2000 + i), Y: awkward[int(b)%len(awkward)], Label: text, Open: b%7 == 0})
		}
		fr := frame(c)
		fr.Finding, fr.Label, fr.ID = text, text, "fig"
		whole(t, fr)
		fr.Chart = &chart.Hourly{Start: day(2016, 1, 1), Step: time.Hour, Values: ys(c.Series[0]), NoValue: text}
		whole(t, fr)
		wellFormed(t, "<p>"+string(chart.Rich(text))+"</p>")
	})
}

func ys(s chart.Series) []float64 {
	var out []float64
	for _, p := range s.Points {
		out = append(out, p.Y)
	}
	return out
}
