// Package chart draws charts of air quality as accessible SVG, and gives the table and the CSV of the same values.
//
// A chart is a value: its numbers, its words in the reader's language and nothing else. A Frame puts it into a figure. Each
// chart is drawn twice, svg.l for wide screens and svg.s for a phone, and the style sheet shows one. Geometry stands in
// attributes and colour in classes (k1 to k7 are the haze classes, c1 to c6 the categories); a downloaded SVG carries the
// light colours itself.
//
// Missing values are NaN. Concentrations start at zero, gaps break a line, a lone value is a point, and labels never cover
// each other: what finds no room is left to the table.
package chart

import "html/template"

// Language writes numbers and dates as the reader's language does.
type Language interface {
	Tag() string                           // "en", "ko"
	Number(v float64, decimals int) string // 1,234.5
	MonthName(month int) string            // "January", 1 to 12
	MonthShort(month int) string           // "Jan"
	DayMonth(month, day int) string        // "14 December"
	Day(year, month, day int) string       // "14 December 2016"
	Month(year, month int) string          // "December 2016"
}

// Chart is one of the kinds of this package: *Lines, *Heat, *Calendar, *Profile, *Bars, *Strip, *Map, *Hourly, *Panels,
// *Change.
type Chart interface {
	size() Size
	draw(p *pen)              // one drawing; p says which
	shared(p *pen)            // paths that both drawings use, into a hidden svg
	table(l Language) Table   // as shown in a page
	records(l Language) Table // as CSV: ISO dates, plain numbers
}

// Size is the place a chart has in a page.
type Size int

const (
	Body   Size = iota // 798 units wide, beside a section's title; 350 on a phone
	Wide               // 1072 units, the whole width
	Framed             // 764 units (318), inside a frame with its own border
	Half               // 400 units (350), in a half column
)

// Frame is a figure: what the chart says, what it shows, its drawing, source and table. All texts are plain and in the
// reader's language. Drawing, Table, SVG and CSV give its parts; FindingHTML, UnitHTML and SourceHTML the texts with
// lowered digits (PM2.5, NO2).
type Frame struct {
	ID       string // of the figure in its page and of the parts in it: small letters, digits, hyphens
	Finding  string // the one message, a sentence
	Unit     string // quantity, statistic, unit, place, period
	Source   string // "Source: …", with the kind of the mean where figures differ
	Label    string // the sentence that is read instead of the drawing and holds its main numbers
	Caption  string // of the table, may be empty
	Language Language
	Key      []KeyClass // the classes in use, cleanest first; empty for charts without class colours
	Chart    Chart
	SVGPath  string // address of the download, empty where none is offered
	CSVPath  string
	Own      *Table // shown instead of the chart's own table, if set
}

// KeyClass is one class of the colour key.
type KeyClass struct {
	Class int    // 1 to 7
	Range string // "5–10"
	Name  string // "interim 4"
}

// Table holds the values of a chart as texts. Rows are as long as Head; the first column names the row.
type Table struct {
	Head []Column
	Rows [][]string
}

// Column is the head of a table's column.
type Column struct {
	Text   string
	Number bool // right-aligned figures
}

// Style says how strongly a line or a mark speaks.
type Style int

const (
	Quiet   Style = iota // context
	Accent               // the one that matters
	Colour1              // categories, where all must be told apart; fixed for pollutants: PM2.5, NO2, O3, PM10, SO2, CO
	Colour2
	Colour3
	Colour4
	Colour5
	Colour6
)

// Drawing is the part of the figure that is read as one picture: <div role="img">, both drawings and what they share.
func (f *Frame) Drawing() template.HTML {
	return template.HTML(f.appendDrawing(make([]byte, 0, 8<<10)))
}

// Table is the table of all values.
func (f *Frame) Table() Table {
	if f.Own != nil {
		return *f.Own
	}
	return f.Chart.table(f.Language)
}

// SVG is the wide drawing as a file of its own: finding, unit line and source inside, light colours, no style sheet.
func (f *Frame) SVG() []byte { return f.appendSVG(nil) }

// CSV is the values as RFC 4180, UTF-8 without mark, decimal points, days as 2016-12-31, missing values empty.
func (f *Frame) CSV() []byte { return f.Chart.records(f.Language).CSV() }

// FindingHTML is the finding with lowered digits.
func (f *Frame) FindingHTML() template.HTML { return Rich(f.Finding) }

// UnitHTML is the unit line with lowered digits.
func (f *Frame) UnitHTML() template.HTML { return Rich(f.Unit) }

// SourceHTML is the source line with lowered digits.
func (f *Frame) SourceHTML() template.HTML { return Rich(f.Source) }
