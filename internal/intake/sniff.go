package intake

import (
	"aircommons/air"
)

// Guess is what can be told about a table at first sight, to begin a Mapping with.
type Guess struct {
	Encoding  string
	Delimiter string     // as in Mapping
	Headers   []int      // lines that may hold the headings, the likeliest first; empty where none does
	Columns   []string   // headings of the likeliest; "#1", "#2", … where there are none
	Samples   [][]string // the first values of each column, at most 5
	Lines     []RawLine  // the first lines of the file, at most 20
	Sheets    []string   // of a workbook
	Known     string     // the layout that reads the file without help, empty where none does
	Proposed  Mapping    // a beginning; Mapping.Check says what it lacks
	Asks      []Ask      // what the file does not say
}

// RawLine is a line of the file, cut into cells by the delimiter. Cells are cut to 80 characters.
type RawLine struct {
	Number int
	Cells  []string
}

// Stored is a value as it will be stored.
type Stored struct {
	Line      int    // line of the file; 0 where that is not known
	Start     int64  // of the interval, Unix seconds in UTC
	Offset    int    // local standard time, seconds east of UTC
	Station   string // code
	Parameter air.Parameter
	Value     float64
	Unit      air.Unit
	Flag      air.Flag
}

// Previewed is the beginning of a file as a mapping reads it.
type Previewed struct {
	Rows   []Stored
	Result *Result // of the lines that were read
}
