// Package standard holds limits and guidelines of air quality as a dated table with sources, and judges values by them.
//
// A limit is what one document says of one parameter, averaging time and statistic from a day to a day. Rows whose
// confidence is "from-memory" are shown with that mark and never give a verdict.
package standard

import (
	_ "embed"
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"aircommons/air"
)

//go:embed standards.csv
var standardsCSV string

// Averaging times as the table writes them. A few rows have others ("20 min", "rolling 3 months").
const (
	Annual      = "1 year"
	Daily       = "24 h"
	EightHours  = "8 h"
	Hourly      = "1 h"
	PeakSeason  = "peak season" // the six consecutive months with the highest mean of ozone
	FromMemory  = "from-memory"
	OneSource   = "one-source"
	Verified    = "verified-2" // at least two sources agree
	worldHealth = "WHO"
)

// Limit is one row of the table.
type Limit struct {
	Authority string // as in the document: "WHO", "MEE", "US EPA"
	Country   string // two letters, "INT" for the WHO, "EU", "US-CA", "GB-ENG"
	Document  string
	From, To  time.Time // first and last day in force, midnight UTC; zero: From was not collected, To is open
	FromText  string    // as in the table: "2016" names a year alone, "" is unknown
	Parameter air.Parameter
	Averaging string
	Statistic string
	Value     float64
	Digits    int      // decimals the limit is printed with; values are rounded to them before they are compared
	Unit      air.Unit // NoUnit for exposure sums (AOT40, "ug/m3.h")
	UnitText  string
	// RefTempC is the reference temperature in °C of a gas, NaN where the document states none or, with Ambient, where
	// particles are reported at the conditions of the day.
	RefTempC    float64
	Ambient     bool
	Allowed     int    // exceedances allowed in a year, -1 where the document gives none
	AllowedText string // as printed: "35", "3-4"
	Class       string // "grade 2", "primary", "AQG", "IT1", "limit value 2030"
	CaptureRule string
	Source      string
	Confidence  string
	Note        string
}

var limits = loadLimits()

func loadLimits() []Limit {
	rows, err := csv.NewReader(strings.NewReader(standardsCSV)).ReadAll()
	if err != nil {
		panic("standard: standards.csv: " + err.Error())
	}
	out := make([]Limit, 0, len(rows)-1)
	for i, r := range rows[1:] {
		fail := func(what string) { panic("standard: standards.csv: line " + strconv.Itoa(i+2) + ": " + what) }
		l := Limit{
			Authority: r[0], Country: r[1], Document: r[2], FromText: r[3], Averaging: r[5], Statistic: r[6], UnitText: r[8],
			AllowedText: r[10], Class: r[11], CaptureRule: r[12], Source: r[13], Confidence: r[14], Note: r[16],
			RefTempC: math.NaN(), Allowed: -1,
		}
		var ok bool
		if l.Parameter, ok = air.ByCode(r[4]); !ok {
			fail("unknown parameter " + r[4])
		}
		if l.From, ok = day(r[3]); !ok {
			fail("date " + r[3])
		}
		if l.To, ok = day(r[15]); !ok {
			fail("date " + r[15])
		}
		if l.Value, err = strconv.ParseFloat(r[7], 64); err != nil {
			fail(err.Error())
		}
		if _, decimals, ok := strings.Cut(r[7], "."); ok {
			l.Digits = len(decimals)
		}
		if l.Unit, ok = air.ParseUnit(r[8]); !ok && l.UnitText != "ug/m3.h" {
			fail("unit " + r[8])
		}
		if strings.HasPrefix(l.Averaging, PeakSeason) {
			l.Averaging = PeakSeason
		}
		switch r[9] {
		case "":
		case "ambient":
			l.Ambient = true
		default:
			if l.RefTempC, err = strconv.ParseFloat(r[9], 64); err != nil {
				fail(err.Error())
			}
		}
		// The WHO's "3-4" is its gloss on the 99th percentile and not a count to be checked.
		if n, err := strconv.Atoi(r[10]); err == nil {
			l.Allowed = n
		}
		switch l.Confidence {
		case FromMemory, OneSource, Verified:
		default:
			fail("confidence " + l.Confidence)
		}
		out = append(out, l)
	}
	return out
}

// day reads "2018-09-01", or "2016" as its first day; an empty text is the zero time.
func day(text string) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02", "2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, text == ""
}

// All returns the whole table in the order of the file.
func All() []Limit { return slices.Clone(limits) }

// InForce reports whether the limit holds on the civil day of t (its date alone counts, in the zone t carries). A row
// without a known first day counts as always in force, except one that is decided and not yet announced.
func (l Limit) InForce(t time.Time) bool {
	y, m, d := t.Date()
	at := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if strings.Contains(l.Class, "decided") {
		return false
	}
	return !at.Before(l.From) && (l.To.IsZero() || !at.After(l.To))
}

// State is the reference state of the limit, false where the document gives none or the parameter is taken at ambient
// conditions.
func (l Limit) State() (air.State, bool) {
	if math.IsNaN(l.RefTempC) {
		return air.State{}, false
	}
	return air.State{TemperatureC: l.RefTempC, PressureHPa: 1013.25}, true
}

// Jurisdiction is the code of the table whose limits bind a country: "EU" for a member state, the country itself
// otherwise. It is empty for a country the table does not know.
func Jurisdiction(country string) string {
	if air.InEU(country) {
		return "EU"
	}
	for _, l := range limits {
		if l.Country == country {
			return country
		}
	}
	return ""
}

// Authority is the body that sets the limits of a country as of t, by its name in the table, empty where none is known.
// Macao has no limits of its own: its index of 2021 stands in, by SMG. California adds "CARB" to the federal "US EPA".
func Authority(country string, t time.Time) string {
	j := Jurisdiction(country)
	name := ""
	for _, l := range limits {
		if l.Country == j && l.InForce(t) {
			return l.Authority
		}
		if l.Country == j {
			name = l.Authority
		}
	}
	return name
}

// InForce lists the limits of an authority ("MEE") or country ("CN", "FR", "WHO") that hold on the day of t, in the order
// of the table. A name that two countries' authorities share gives both.
func InForce(of string, t time.Time) []Limit {
	j := Jurisdiction(of)
	var out []Limit
	for _, l := range limits {
		if (strings.EqualFold(l.Authority, of) || j != "" && l.Country == j) && l.InForce(t) {
			out = append(out, l)
		}
	}
	return out
}

// For lists the limits of a country for a parameter and averaging time that hold on the day of t, in the order of the
// table: every class and threshold of it. National picks the one for cities.
func For(country string, p air.Parameter, averaging string, t time.Time) []Limit {
	var out []Limit
	for _, l := range InForce(country, t) {
		if l.Parameter == p && l.Averaging == averaging {
			out = append(out, l)
		}
	}
	return out
}

// forCities reports whether a limit is the general one for the places people live in. Left out: China's grade 1 (nature
// reserves) and reference values, secondary limits of the US, critical levels and targets for vegetation, alert and
// information levels.
func (l Limit) forCities() bool {
	c := l.Class
	for _, not := range []string{"grade 1", "reference", "vegetation", "alert", "threshold", "warning", "advisory", "guide value"} {
		if strings.Contains(c, not) {
			return false
		}
	}
	return c != "secondary" && c != "secondary (superseded)" && c != "long-term objective" && c != "target value 2030" || l.Parameter == air.O3 && strings.HasPrefix(c, "target value")
}

// binding orders two limits for cities that hold on one day: limit before target, then the younger.
func binding(a, b Limit) int {
	target := func(l Limit) int {
		if strings.HasPrefix(l.Class, "target") {
			return 1
		}
		return 0
	}
	if d := target(a) - target(b); d != 0 {
		return d
	}
	return b.From.Compare(a.From)
}

// National is the limit of a country for cities (China: grade 2; US: primary) on the day of t, false where it has none.
// Where two hold, a limit goes before a target and the younger before the older.
func National(country string, p air.Parameter, averaging string, t time.Time) (Limit, bool) {
	var found []Limit
	for _, l := range For(country, p, averaging, t) {
		if l.forCities() {
			found = append(found, l)
		}
	}
	if len(found) == 0 {
		return Limit{}, false
	}
	slices.SortStableFunc(found, binding)
	return found[0], true
}

// Step is a limit while it is the national one: from the start of From to the start of Until, midnight UTC. A zero From
// means that its first day was not collected, a zero Until that no end is known.
type Step struct {
	Limit
	Begin, Until time.Time
}

// Steps is the national limit of a country over time, oldest first, for the line of a chart. Times without a limit are
// gaps between steps; neighbouring steps may have the same value.
func Steps(country string, p air.Parameter, averaging string) []Step {
	j := Jurisdiction(country)
	var edges []time.Time // days on which the answer of National can change; zero is the beginning of time
	for _, l := range limits {
		if l.Country == j && l.Parameter == p && l.Averaging == averaging && l.forCities() {
			edges = append(edges, l.From)
			if !l.To.IsZero() {
				edges = append(edges, l.To.AddDate(0, 0, 1))
			}
		}
	}
	slices.SortFunc(edges, time.Time.Compare)
	edges = slices.CompactFunc(edges, time.Time.Equal)
	var out []Step
	for i, e := range edges {
		l, ok := National(country, p, averaging, e)
		if !ok {
			continue
		}
		s := Step{Limit: l, Begin: e}
		if i+1 < len(edges) {
			s.Until = edges[i+1]
		}
		if n := len(out); n > 0 && out[n-1].Until.Equal(s.Begin) && out[n-1].Limit.sameRow(l) {
			out[n-1].Until = s.Until
			continue
		}
		out = append(out, s)
	}
	return out
}

func (l Limit) sameRow(b Limit) bool {
	return l.Document == b.Document && l.Class == b.Class && l.From.Equal(b.From) && l.Value == b.Value
}
