// Package intake reads monitoring exports. It recognises the layout of a file, reads it, checks it and reports what it
// did about every line it could not take. It stores nothing.
package intake

import (
	"aircommons/air"
	"aircommons/internal/fault"
)

// Result is one file, read.
type Result struct {
	Path     string // as given
	Name     string // base name shown to people
	SHA256   string // of the bytes as given, packed or not
	Layout   string // name of the layout
	Encoding string // "utf-8", "iso-8859-1", "cp949", ...
	Rows     int    // data rows in the file
	Values   int    // values to be stored, flagged ones included
	Missing  int    // cells that say "missing"
	Flagged  int    // values kept with a flag
	Facts    []Fact
	Series   []StationSeries
	Rejected []Line // not stored; Total counts them all when the list is cut
	Noted    []Line // stored, but not as the file says it
	// RejectedTotal and NotedTotal count all lines; the lists keep the first MaxLines of each.
	RejectedTotal, NotedTotal int
	Warnings                  []fault.Message
}

// MaxLines is how many rejected or noted lines a Result keeps one by one.
const MaxLines = 10000

// Fact is one thing that was recognised, and how we know.
type Fact struct {
	Property string        // "layout", "encoding", "stamps", "zone", "hour", "unit", "missing", "station"
	Value    fault.Message // what it was read as
	How      fault.Message // how we know
	Sure     bool          // false: assumed
}

// Line is a line of the file that was rejected or changed.
type Line struct {
	Number int // 1 is the first line of the file
	Column string
	Text   string // as in the file, at most 200 characters
	Reason fault.Message
	Action fault.Message // what happened with it; empty for rejected
}

// StationSeries is what a file says of one parameter at one station.
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
