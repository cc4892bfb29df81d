package chart

import (
	"math"
	"time"
)

// Scale is what the horizontal axis of a line chart counts.
type Scale int

const (
	Years  Scale = iota // X is a year, 2016; its mean stands in the middle of the year
	Time                // X is Unix seconds of the station's own clock (see At)
	Months              // X is 1 to 12
	Hours               // X is 0 to 23
)

// At is the X of a moment on a Time axis: the clock that t shows, whatever its zone.
func At(t time.Time) float64 {
	_, offset := t.Zone()
	return float64(t.Unix() + int64(offset))
}

// Point is one value of a line. A Y that is NaN is a gap.
type Point struct {
	X, Y      float64
	Low, High float64 // ends of the ribbon; no ribbon where both are zero or one is NaN
	Open      bool    // from another source or method: a ring, never joined to the line
	Label     string  // written beside the point
}

// Mark chooses which points get their value written beside them.
type Mark int

const (
	First Mark = 1 << iota
	Last
	Highest
	Lowest
	Turn // the point furthest from the straight line between first and last
)

// Series is one line.
type Series struct {
	Name   string // at the end of the line
	Sub    string // second line of that label
	Style  Style
	Points []Point // in order of X
	Dots   bool    // every point marked; lone points and open points always are
	Marks  Mark
	Ribbon bool // draw Low to High

	LowName, HighName string // heads of the table's columns for the ribbon; none where empty
	OpenName          string // head of a column of their own for open points; else they stand among the others
}

// Limit is a dashed line with its name. It steps where its value changes.
type Limit struct {
	Name  string // "WHO guideline"
	Text  string // "5", or "35, then 30 from 1 Mar 2026"
	Short string // for a phone, in one line: "National limit 35, now 30"; Name and Text where empty
	Steps []Step
}

// Step is a value of a limit from a day to a day; a zero time is open. In Months and Hours the days do not matter.
type Step struct {
	From, To time.Time
	Value    float64
}

// Level is a limit that is the same for all time.
func Level(name, text string, value float64) Limit {
	return Limit{Name: name, Text: text, Steps: []Step{{Value: value}}}
}

// Measure is a bracket over the time in which a measure ran.
type Measure struct {
	Name, Text string // "Clean Air Action Plan", "Sep 2013 to 2017"
	From, To   time.Time
}

// Note is a text at a place of a line chart, in one or two lines.
type Note struct {
	X, Y  float64
	Text  string
	Short string // for a phone, where empty the note is left out there
}

// Lines is a chart of values over time: annual and monthly means, trends, and with Months or Hours a profile.
type Lines struct {
	Size     Size
	Scale    Scale
	Axis     string  // name of the horizontal axis: head of the table's first column
	AxisNote string  // written under the axis, may be empty: "Hour of day, Beijing time (UTC+08:00)"
	Step     float64 // largest distance in X that a line joins; 0: one year, month or hour, and on a Time axis any
	Digits   int     // decimals of written values
	Series   []Series
	Limits   []Limit
	Measures []Measure
	Notes    []Note
	From, To float64 // ends of the horizontal axis; both 0: by the points and the limits that begin later
	Max      float64 // least upper end of the vertical axis, 0 for none
}

// Heat is a table of values in class colours: a row for each city, a column for each year.
type Heat struct {
	Size          Size
	Axis          string // "City"
	Columns       []string
	Rows          []HeatRow
	Borders       []float64 // see Class
	Digits        int       // decimals in the cells
	DigitsInTable int       // and in the table
}

// HeatRow is one row of a Heat, as many values as the chart has columns.
type HeatRow struct {
	Name   string
	Values []float64
	Style  Style // Accent for the reader's own city
}

// Calendar is a year of daily values in class colours.
type Calendar struct {
	Year    int
	Axis    string    // "Day", head of the table's first column and of the CSV's
	Value   string    // head of the CSV's value: "PM2.5, µg/m³"
	Days    []float64 // from 1 January, NaN where the day has no value
	Borders []float64
	Digits  int // decimals in the table
}

// Profile is a mean day or a mean year: the middle value of each hour or month with its ribbon, for up to six groups.
type Profile struct {
	Scale      Scale  // Months or Hours
	Axis       string // "Hour"
	AxisNote   string // "Hour of day, Beijing time (UTC+08:00)"
	Groups     []Group
	Low, High  string // heads of the table's columns: "25th percentile", "75th percentile"; without them no such columns
	RibbonNote string // written into the ribbon: "Ribbon: the middle half of all winter hours"
	Limits     []Limit
	Digits     int
	Mark       func(x int, value string) string // label of highest and lowest: "69 at 20:00"; nil: the value alone
}

// Group is one line of a Profile. Middle, Low and High run from January or from 00:00; Low and High may be nil.
type Group struct {
	Name, Sub         string
	Short             string // for a phone
	Style             Style
	Middle, Low, High []float64
}

// Bars are horizontal bars, highest first, or in their order with Ordered.
type Bars struct {
	Size    Size
	Axis    string // "City"
	Value   string // head of the value's column
	Bars    []Bar
	Limits  []Threshold
	Borders []float64 // colours by class; where empty quiet, and accent for the chosen
	Ordered bool
	Digits  int
}

// Bar is one bar; a NaN value is written as missing.
type Bar struct {
	Name, Sub string // "Seoul", "2022"
	Value     float64
	Style     Style
}

// Threshold is a limit across bars.
type Threshold struct {
	Name  string // "WHO 5"
	Value float64
}

// Change compares two values of each place: the first a ring, the latest a dot, sorted by the first.
type Change struct {
	Size        Size
	Axis        string // "Region"
	First, Last string // heads of the table's columns: "First", "Latest"
	When, Value string // heads of the CSV's: "Year", "PM2.5, µg/m³"
	Rows        []Pair
	Limits      []Threshold
	LimitNote   string // beside the last limit's name
	Digits      int
	In          func(value, when string) string // "30.5 in 2024"
}

// Pair is one row of a Change. Years may be the same, then one dot is drawn.
type Pair struct {
	Name        string
	First, Last float64
	FirstWhen   string // "2013"
	LastWhen    string
	Style       Style
}

// Panels shows each series in a panel of its own on one scale, the others quiet behind it.
type Panels struct {
	Scale    Scale
	Axis     string // "Year"
	Series   []Series
	Limits   []Limit
	Step     float64
	Digits   int
	From, To float64 // as in Lines
}

// Strip shows the editions of programmes on one line of years, and the empty years too.
type Strip struct {
	From, To  int       // years; both 0: from the first edition to the last
	Axis      string    // "Programme"
	Heads     [5]string // heads of the columns: edition, date, first day, last day, sources
	Lanes     []Lane
	Contested string                 // "two dates", written over editions with rival dates
	Empty     string                 // "no edition", in years without one
	After     string                 // "nothing listed after 2019", in years behind the last edition
	Second    string                 // "second source only", behind such a date where there is room for it
	Fact      func(e Edition) string // state in the table: "sources agree"
}

// Lane is one line of a Strip.
type Lane struct {
	Name     string
	Style    Style
	Editions []Edition
}

// Edition is one edition: one date where the sources agree, several by time where they do not.
type Edition struct {
	Name   string
	Dates  []Date
	Second bool // only a second source has it: a small grey ring
	Lent   bool // its date is from a second source: a ring
}

// Date is a day, a range or a whole month or year, with the text to write: "19–20 May".
type Date struct {
	From, To time.Time // the last day of the range; zero where it is From
	Text     string
}

// Map shows places as dots of one size in class colours over plain land.
type Map struct {
	Size    Size
	Axis    string // "City"
	Value   string // head of the value's column
	When    string // head of the year's column
	Places  []Spot
	Borders []float64
	Digits  int
	NoValue string // "no value yet"
	Land    []Ring // the shape of the land; nil: the land of the world that the package carries
}

// Spot is a place of a Map.
type Spot struct {
	Name     string
	Lat, Lon float64 // degrees, WGS 84
	Value    float64 // NaN: drawn as a ring
	When     string  // "2024"
}

// Ring is a closed line of longitudes and latitudes in degrees, in turn.
type Ring []float32

// Hourly shows hours (or longer steps, when zoomed out) of one series as a line with gaps, a band from lowest to highest
// where a step holds many hours, limits, and a mark at the maximum.
type Hourly struct {
	Size              Size
	Axis              string    // "Hour"
	Value             string    // head of the value's column
	Start             time.Time // beginning of the first step; its zone is the clock of the axis
	Step              time.Duration
	Values            []float64 // NaN is a gap
	Low               []float64 // of the hours in each step; nil where a step is an hour
	High              []float64
	LowName, HighName string // heads of their columns
	Limits            []Limit
	Digits            int
	NoValue           string                                 // "no value", at gaps
	Mark              func(t time.Time, value string) string // "490 on 20 Dec, 00:00"; nil: no mark
}

// Class is the haze class of a value, 1 to 7: the number of borders below it, plus one. A value on a border belongs to
// the cleaner class. Borders are the six upper ends; equal neighbours leave a class out. It is 0 where there is no value.
func Class(value float64, borders []float64) int {
	if math.IsNaN(value) {
		return 0
	}
	for i, b := range borders {
		if value <= b {
			return i + 1
		}
	}
	return len(borders) + 1
}
