// Package intake reads monitoring exports. It recognises the layout of a file, reads it, checks it and reports what it
// did about every line it could not take. It stores nothing.
//
// ReadFile and ReadBytes read a whole file. What the file does not say and a reader may not guess comes back as an Ask:
// the answer goes into Options and the file is read again. A table that no layout knows is described by a Mapping, which
// Sniff proposes and Preview tries out.
package intake

import (
	"strconv"

	"aircommons/air"
	"aircommons/internal/fault"
)

// Result is one file, read.
type Result struct {
	Path     string // as given
	Name     string // base name shown to people
	SHA256   string // of the bytes as given, packed or not
	Layout   string // name of the layout; "mapping" for a file read by a mapping
	Encoding string // "utf-8", "utf-16le", "iso-8859-1", "cp949", "xlsx", ...
	Rows     int    // data rows in the file
	Values   int    // values to be stored, flagged ones included
	Missing  int    // cells that say "missing"
	Flagged  int    // values kept with a flag
	Facts    []Fact
	Asks     []Ask // what the file does not say; while one of them Must be answered, the Result is not to be stored
	Series   []StationSeries
	Rejected []Line // not stored; RejectedTotal counts them all when the list is cut
	Noted    []Line // stored, but not as the file says it
	// RejectedTotal and NotedTotal count all lines; the lists keep the first MaxLines of each.
	RejectedTotal, NotedTotal int
	Warnings                  []fault.Message
	// Mapping is how a table was read, to be changed and saved; nil for layouts with a reader of their own.
	Mapping *Mapping
}

// MaxLines is how many rejected or noted lines a Result keeps one by one.
const MaxLines = 10000

// Fact is one thing that was recognised, and how we know. The properties, in the order in which they are reported:
// "layout", "encoding", "delimiter", "decimal", "stamps", "zone", "standard",
// "hour", "step", "unit", "missing", "station", "unread".
type Fact struct {
	Property string
	Value    fault.Message // what it was read as
	How      fault.Message // how we know
	Sure     bool          // false: assumed
}

// Ask is one thing that the file does not say. Options.Answer takes the answer.
type Ask struct {
	Property string        // "unit", "zone", "dates", "hour", "decimal", "parameter"
	Column   string        // the column it is about, for "unit", "decimal" and "parameter"
	Question fault.Message // a sentence
	Choices  []Choice      // what may be answered; for "zone" also any offset (+09:00) or zone name (Asia/Seoul)
	Assumed  string        // the choice that the Result was read with; empty where none was
	Must     bool          // without an answer the Result must not be stored
}

// Choice is one possible answer.
type Choice struct {
	Value string        // goes to Options.Answer
	Label fault.Message // says it to people
}

// Pending reports whether something must be answered before the Result may be stored.
func (r *Result) Pending() bool {
	for _, a := range r.Asks {
		if a.Must {
			return true
		}
	}
	return false
}

// Line is a line of the file that was rejected or changed.
type Line struct {
	File   string `json:",omitempty"` // of an archive that holds several
	Number int    // 1 is the first line of the file; in a workbook the row
	Column string
	Text   string // as in the file, at most 200 characters
	Reason fault.Message
	Action fault.Message // what happened with it; empty for rejected
}

// Where is the number of the line, behind the name of its file in an archive of several.
func (l Line) Where() string {
	if l.File == "" {
		return strconv.Itoa(l.Number)
	}
	return l.File + ":" + strconv.Itoa(l.Number)
}

// StationSeries is what a file says of one parameter at one station. Unit is air.NoUnit where an Ask for the unit is open.
type StationSeries struct {
	Station Station
	air.Series
}

// Station is a station as the file names it.
type Station struct {
	Code     string // as in the file; the file's base name where it names none
	Name     string // for people, may equal Code
	City     string // as in the file, may be empty
	Country  string // two letters, may be empty
	Lat, Lon float64
	HasPlace bool // Lat and Lon are known
}
