package standard

import (
	"math"

	"aircommons/air"
)

// ClassNames are the seven classes of a scale, cleanest first: the guideline of the WHO, its interim targets, and what is
// above all of them.
var ClassNames = [7]string{"AQG", "IT4", "IT3", "IT2", "IT1", "above", "far"}

// Scale is the seven classes of a parameter and averaging time. A value on a border belongs to the cleaner class.
type Scale struct {
	// Borders are the upper ends of the first six classes, in Unit. A class for which the WHO has no target ends where the
	// one before it does, and no value falls into it. Empty for what the WHO has no guideline.
	Borders []float64
	Unit    air.Unit
	Limits  []Limit // the rows of the table that the borders come from, cleanest first
}

// Classes is the scale of a parameter in a unit by the guideline and the interim targets of the WHO of 2021, an empty one
// for what has none. The sixth class ends where there is no further target, by our own choice: at 50 µg/m³ for yearly PM2.5, at twice
// interim target 1 for days, at one and a half times it for other periods.
//
// Known are PM2.5, PM10 and NO2 by year and day, ozone by peak season and 8 hours, SO2 and CO by day.
func Classes(p air.Parameter, u air.Unit, averaging string) Scale {
	s := Scale{Unit: u}
	at := map[string]float64{}
	for i := len(limits) - 1; i >= 0; i-- { // the table begins with interim target 1
		l := limits[i]
		if l.Country != "INT" || l.Document != "WHO AQG 2021" || l.Parameter != p || l.Averaging != averaging {
			continue
		}
		v, err := air.Convert(l.Value, p, l.Unit, u, air.At25C)
		if err != nil {
			return Scale{}
		}
		at[l.Class] = v
		s.Limits = append(s.Limits, l)
	}
	last, ok := at["AQG"]
	if !ok {
		return Scale{}
	}
	for _, class := range ClassNames[:5] {
		if v, ok := at[class]; ok {
			last = v
		}
		s.Borders = append(s.Borders, last)
	}
	far := 1.5 * last
	switch {
	case averaging == Daily:
		far = 2 * last
	case p == air.PM25:
		far = 50
	}
	s.Borders = append(s.Borders, far)
	return s
}

// Class is the class of a value in the unit of the scale, 1 to 7, 0 for none.
func (s Scale) Class(value float64) int {
	if math.IsNaN(value) || len(s.Borders) == 0 {
		return 0
	}
	for i, b := range s.Borders {
		if value <= b {
			return i + 1
		}
	}
	return 7
}

// ClassRange is one class that is in use: between Over and To, To being +Inf for the last.
type ClassRange struct {
	Class    int    // 1 to 7
	Name     string // of ClassNames
	Over, To float64
}

// Ranges lists the classes that a value can fall into, cleanest first, for the key of a chart.
func (s Scale) Ranges() []ClassRange {
	if len(s.Borders) == 0 {
		return nil
	}
	var out []ClassRange
	over := math.Inf(-1)
	for i, name := range ClassNames {
		to := math.Inf(1)
		if i < len(s.Borders) {
			to = s.Borders[i]
		}
		if to > over {
			out = append(out, ClassRange{i + 1, name, over, to})
		}
		over = to
	}
	return out
}
