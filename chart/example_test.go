package chart_test

import (
	"fmt"
	"strings"

	"aircommons/chart"
)

// A chart is a value; its frame gives the drawing, the table and the CSV.
func Example() {
	f := &chart.Frame{
		ID: "annual", Language: english{},
		Finding: "PM2.5 fell by a tenth", Label: "Annual mean PM2.5 fell from 20 in 2022 to 18 in 2024; 2023 has no value.",
		Chart: &chart.Lines{
			Axis:   "Year",
			Series: []chart.Series{series(chart.Accent, 2022, 20, none, 18)},
			Limits: []chart.Limit{chart.Level("WHO guideline", "5", 5)},
		},
	}
	f.Chart.(*chart.Lines).Series[0].Name = "Seoul"

	fmt.Println(f.FindingHTML())
	fmt.Println(strings.Count(string(f.Drawing()), "<circle"), "points in two drawings")
	for _, row := range f.Table().Rows {
		fmt.Println(row)
	}
	fmt.Print(strings.ReplaceAll(string(f.CSV()), "\r", ""))
	// Output:
	// PM<sub>2.5</sub> fell by a tenth
	// 4 points in two drawings
	// [2022 20]
	// [2023 –]
	// [2024 18]
	// Year,Seoul
	// 2022,20
	// 2023,
	// 2024,18
}

func ExampleClass() {
	annual := []float64{5, 10, 15, 25, 35, 50} // µg/m³ of PM2.5: WHO guideline, interim targets 4 to 1, ours
	fmt.Println(chart.Class(5, annual), chart.Class(30.5, annual), chart.Class(89.5, annual))
	// Output: 1 5 7
}

func ExampleDownsample() {
	hours := []float64{10, 30, none, 50, 70, 60}
	mean, low, high := chart.Downsample(hours, 3)
	fmt.Println(mean, low, high)
	// Output: [20 60] [10 50] [30 70]
}
