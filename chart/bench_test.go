package chart_test

import (
	"math"
	"strconv"
	"testing"
	"time"

	"aircommons/chart"
)

// cityPage is the six charts of a city's page: years, two calendars' worth of days, months, hours and the explorer.
func cityPage() []*chart.Frame {
	annual := beijing()
	days := make([]float64, 366)
	for i := range days {
		days[i] = 60 + 50*math.Sin(float64(i)/58)
	}
	hours := make([]float64, 240)
	for i := range hours {
		hours[i] = 100 + 90*math.Sin(float64(i)/9)
	}
	profile := func(scale chart.Scale, n int) chart.Chart {
		c := &chart.Profile{Scale: scale, Axis: "x", AxisNote: "Beijing time (UTC+08:00)", RibbonNote: "Ribbon: the middle half",
			Mark: func(x int, v string) string { return v + " at " + strconv.Itoa(x) }}
		for i, name := range []string{"Winter", "Summer"} {
			g := chart.Group{Name: name, Sub: "three months", Style: chart.Style(1 - i)}
			for k := range n {
				v := 50 + 10*float64(i) + 20*math.Sin(float64(k)/4)
				g.Middle, g.Low, g.High = append(g.Middle, v), append(g.Low, v/2), append(g.High, v*2)
			}
			c.Groups = append(c.Groups, g)
		}
		return c
	}
	heat := &chart.Heat{Axis: "Pollutant", Borders: borders}
	for y := 2013; y < 2025; y++ {
		heat.Columns = append(heat.Columns, strconv.Itoa(y))
	}
	for r := range 4 {
		row := chart.HeatRow{Name: "City " + strconv.Itoa(r)}
		for i := range heat.Columns {
			row.Values = append(row.Values, float64(10+r*i))
		}
		heat.Rows = append(heat.Rows, row)
	}
	out := []*chart.Frame{annual, frame(&chart.Calendar{Year: 2016, Days: days, Borders: []float64{15, 25, 37.5, 50, 75, 150}}),
		frame(profile(chart.Months, 12)), frame(profile(chart.Hours, 24)), frame(heat),
		frame(&chart.Hourly{Size: chart.Framed, Start: day(2016, 12, 14), Step: time.Hour, Values: hours, NoValue: "no value", Limits: []chart.Limit{chart.Level("Daily limit", "75", 75)},
			Mark: func(t time.Time, v string) string { return v }})}
	return out
}

// The charts of a city's page together; 300 µs is the aim.
func BenchmarkCityPage(b *testing.B) {
	charts := cityPage()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n = 0
		for _, f := range charts {
			n += len(f.Drawing())
		}
	}
	b.ReportMetric(float64(n), "bytes/page")
}

func BenchmarkEach(b *testing.B) {
	for i, name := range []string{"annual", "calendar", "months", "hours", "heat", "hourly"} {
		f := cityPage()[i]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = f.Drawing()
			}
		})
	}
	m := &chart.Map{Size: chart.Half, Borders: borders}
	for i, p := range [][2]float64{{47.9, 106.9}, {39.9, 116.4}, {36.7, 117}, {37.6, 127}, {35.7, 139.7}, {33.9, 130.9}, {30.7, 104.1}, {26.6, 106.7}, {22.5, 114.1}} {
		m.Places = append(m.Places, chart.Spot{Name: "City " + strconv.Itoa(i), Lat: p[0], Lon: p[1], Value: float64(8 * i), When: "2024"})
	}
	f := frame(m)
	b.Run("map", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = f.Drawing()
		}
	})
}
