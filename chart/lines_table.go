package chart

import (
	"slices"
	"strconv"
	"time"
)

// column is one column of a table over X.
type column struct {
	head   string
	values map[float64]float64
}

// columns are the values of the series by X, ribbons and open points beside them, and all X in order.
func columns(series []Series) ([]column, []float64) {
	var cols []column
	seen := map[float64]bool{}
	for i := range series {
		s := &series[i]
		main := column{s.Name, map[float64]float64{}}
		open := column{s.OpenName, map[float64]float64{}}
		low, high := column{s.LowName, map[float64]float64{}}, column{s.HighName, map[float64]float64{}}
		for j := range s.Points {
			pt := &s.Points[j]
			if !finite(pt.X) {
				continue
			}
			seen[pt.X] = true
			if !finite(pt.Y) {
				continue
			}
			if pt.Open && s.OpenName != "" {
				open.values[pt.X] = pt.Y
			} else {
				main.values[pt.X] = pt.Y
			}
			if hasRibbon(pt) {
				low.values[pt.X], high.values[pt.X] = pt.Low, pt.High
			}
		}
		cols = append(cols, main)
		for _, more := range []column{open, low, high} {
			if more.head != "" {
				cols = append(cols, more)
			}
		}
	}
	xs := make([]float64, 0, len(seen))
	for x := range seen {
		xs = append(xs, x)
	}
	slices.Sort(xs)
	return cols, xs
}

// over makes a table of columns with one row for each X.
func over(axis string, cols []column, xs []float64, name func(float64) string, write func(float64) string, absent string) Table {
	t := Table{Head: []Column{{axis, false}}}
	for _, c := range cols {
		t.Head = append(t.Head, Column{c.head, true})
	}
	for _, x := range xs {
		row := make([]string, 0, len(cols)+1)
		row = append(row, name(x))
		for _, c := range cols {
			if v, ok := c.values[x]; ok {
				row = append(row, write(v))
			} else {
				row = append(row, absent)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (c *Lines) table(l Language) Table { return lineTable(l, c.Scale, c.Axis, c.Series, c.Digits) }

func (c *Lines) records(l Language) Table { return lineRecords(c.Scale, c.Axis, c.Series) }

func lineTable(l Language, scale Scale, axis string, series []Series, digits int) Table {
	cols, xs := columns(series)
	return over(axis, cols, xs, namer(l, scale, xs), func(v float64) string { return cell(l, v, digits) }, missing)
}

func lineRecords(scale Scale, axis string, series []Series) Table {
	cols, xs := columns(series)
	return over(axis, cols, xs, namer(nil, scale, xs), plain, "")
}

// namer writes X as a row of a table is named; with no language as CSV names it.
func namer(l Language, scale Scale, xs []float64) func(float64) string {
	switch scale {
	case Years:
		return func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	case Months:
		return func(x float64) string {
			if l == nil {
				return two(int(x))
			}
			return l.MonthName(int(x))
		}
	case Hours:
		return func(x float64) string { return two(int(x)) + ":00" }
	}
	days, months := true, len(xs) > 1
	for _, x := range xs {
		t := clock(x)
		days = days && t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0
		months = months && days && t.Day() == 1
	}
	return func(x float64) string {
		t := clock(x)
		if l == nil {
			switch {
			case months:
				return t.Format("2006-01")
			case days:
				return t.Format("2006-01-02")
			}
			return t.Format("2006-01-02T15:04")
		}
		switch {
		case months:
			return l.Month(t.Year(), int(t.Month()))
		case days:
			return l.Day(t.Year(), int(t.Month()), t.Day())
		}
		return l.Day(t.Year(), int(t.Month()), t.Day()) + " " + t.Format("15:04")
	}
}

// clock is the X of a Time axis as a time, in UTC by name only.
func clock(x float64) time.Time {
	x = min(max(x, -6.2e10), 2.5e11)
	return time.Unix(int64(x), 0).UTC()
}
