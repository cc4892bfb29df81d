package evidence

import (
	"time"

	"aircommons/air"
	"aircommons/internal/fault"
	"aircommons/internal/network"
	"aircommons/standard"
	"aircommons/stats"
)

// EnoughCapture is the share of a calendar period, in percent, from which a mean is given.
const EnoughCapture = 75.0

// CityQuery asks for the air of a city or a region.
type CityQuery struct {
	Place     string
	Parameter air.Parameter // 0: PM2.5, or the first that the place has where it has no PM2.5
	Year      int           // of the calendar and the profiles; 0: the latest that has them
	Station   int32         // of the calendar and the profiles; 0: all stations of the place
}

// CityAir answers "is the air good enough?" for one place and pollutant. All values are in Unit; gases stand at State.
type CityAir struct {
	Place       network.Place
	Country     string // whose limits are used: "CN", "EU", "US-CA"; empty where the table knows none
	Authority   string // who sets them
	Parameter   air.Parameter
	Unit        air.Unit
	Parameters  []air.Parameter // pollutants of which the place has anything, in the order of the table
	Answer      Answer          // for Parameter
	Others      []Answer        // the same for the other pollutants
	Ladder      []Rung          // annual limits and the value, lowest first
	Lines       []AnnualLine    // annual means by source, measured ones first
	Limits      []LimitLine     // limits of the annual mean with the time they hold
	AnnualScale standard.Scale
	DayScale    standard.Scale
	Years       []int   // years that have days and hours, latest first
	Detail      *Detail // nil where no station has values
	Stations    []StationAir
	Notes       []fault.Message // what a reader must know of the figures
}

// Word is the answer in one word. Each has a text "evidence.answer.<word>".
type Word string

const (
	Good     Word = "good"     // the WHO guideline is met
	National Word = "national" // today's national limit is met, the guideline is not
	Bad      Word = "bad"      // today's national limit is missed
	Above    Word = "above"    // no national limit that can be judged; the guideline is missed
	NoWord   Word = "none"     // nothing can be said
)

// Answer says of one pollutant whether the air is good enough, from the latest annual mean with enough capture.
type Answer struct {
	Parameter air.Parameter
	Unit      air.Unit
	Word      Word
	Value     AnnualPoint    // Year is 0 where there is none
	Line      AnnualLine     // where the value comes from, without its points
	Why       *fault.Message // why there is no value or no verdict
	Guideline *Judgement     // WHO guideline of 2021 for the annual mean; of ozone for the peak season
	Then      *Judgement     // national limit on the last day of the year of the value
	Now       *Judgement     // national limit today
	Next      *Judgement     // national limit that is decided and not yet in force, the nearest
	Interim   string         // hardest WHO target that is met: "AQG", "IT4" to "IT1", empty for none
	First     *AnnualPoint   // first year of the same line, to tell the change; nil where there is only one
	Days      *DayCount      // days above the daily limit of that time, of the latest measured year
	DaysYear  int            // that year
	DaysTotal int            // days of that year
	DaysShare float64        // capture of that year in percent

	DaysStations int            // stations whose daily means are taken together
	Peak         bool           // the value is the mean of the ozone peak season, not of the year
	Reference    *fault.Message // how a gas was brought to the limit's unit and state
}

// Verdict of a comparison. Each has a text "evidence.verdict.<word>".
type Verdict string

const (
	Met    Verdict = "met"
	Missed Verdict = "missed"
	Unsaid Verdict = "unsaid" // shown, but not judged
)

// Judgement is a value beside a limit. The value is brought to the limit's unit and reference state, rounded as the authority
// rounds, and missed when it is then above the limit.
type Judgement struct {
	Limit    standard.Limit
	Value    float64 // in the limit's unit, not rounded
	Ratio    float64 // value over limit
	Excess   float64 // value minus limit, in the limit's unit
	Verdict  Verdict
	Restated bool           // brought to the limit's reference state
	Why      *fault.Message // why it is not judged
}

// Rung is one step of the ladder: a limit, or the value itself.
type Rung struct {
	Value   float64 // in the unit of the page
	Here    bool    // this is the value of the place
	Classes []string
	// Classes holds "AQG", "IT1" to "IT4" for the WHO, "then", "now" and "next" for national limits; a rung that is two
	// things at once (the limit from 2031 is interim target 2) has both.
	Verdict Verdict
	Excess  float64
	Limits  []standard.Limit
	Why     *fault.Message
}

// AnnualLine is the annual means of one place from one source and definition.
type AnnualLine struct {
	Key        string // stable within the place
	Place      string // another one than asked for where a city stands for its region
	Measured   bool   // computed here from imported stations
	Embassy    bool   // measured by stations of embassies alone
	Source     string // as printed; layouts of the imports for measured ones
	URL        string
	Scope      string // "city", "region", "county", "national", "station"
	Area       string // the county or station, as printed
	Collection string // "who" and the like where a database says what others said; empty for who says it first
	PeriodKind string // "calendar" or "fiscal"
	Definition string // as printed; empty for measured ones, whose definition is "evidence.definition.stations"
	Confidence string
	Stations   []int32 // measured: every station that takes part in some year
	Points     []AnnualPoint
}

// AnnualPoint is one annual mean.
type AnnualPoint struct {
	Year        int
	Value       stats.Value // in the unit of the page; None where it cannot be brought there
	Printed     float64     // as published
	PrintedUnit string
	Capture     float64 // percent of the year, mean over the stations; NaN where none was published
	Enough      bool    // measured: some station has EnoughCapture; published: always
	Stations    int     // measured: how many stations make the mean
	Known       int     // measured: how many stations have any value in the year
	Source      string  // of the published mean, as are the next four
	URL         string
	Definition  string
	Note        string
	ID          string
	Line        int            // in a merged list: index of the line it is from
	Why         *fault.Message // why Value is None
}

// LimitLine is a limit of the annual mean while it holds.
type LimitLine struct {
	Value        float64 // in the unit of the page
	Class        string  // "AQG", "IT1" to "IT4" or "national"
	Begin, Until time.Time
	Limit        standard.Limit
}

// Detail is one year of one station, or of all stations of a place together.
//
// Of several stations a day is the mean of the stations that have 18 of its hours, given when at least half of the
// year's stations have; a month likewise. Of hours of the day it is the mean of the stations' means, medians and
// quartiles.
type Detail struct {
	Year       int
	Station    int32         // 0: all of Stations together
	Stations   []int32       // used
	Step       int64         // 3600 or 86400
	Offset     int           // local standard time, seconds east of UTC
	Unit       air.Unit      // of the values here
	Summary    stats.Summary // one station only
	Mean       stats.Value
	Expected   int // hours, of all used stations together
	Count      int
	Capture    float64
	Months     [12]MonthAir
	Days       []stats.Value // from 1 January
	Eights     []stats.Value // ozone: highest 8-hour mean of each day
	Counts     []DayCount    // against the daily limits: WHO, then, now
	Whole      *[24]HourOfDay
	Cold, Warm *[24]HourOfDay // nil for daily values
	WorstMonth int            // 1 to 12, 0 where none
	BestMonth  int
	Negative   int // valid values below zero, kept
	Flagged    int // values kept out of statistics
	Doubted    int // values in the statistics that our own checks doubt
	Missing    int // hours without a value
	Layouts    []string
	Files      []FileUsed
}

// FileUsed is an import that a detail rests on.
type FileUsed struct {
	Import string
	Name   string
	SHA256 string
	At     time.Time
}

// MonthAir is one month of a Detail.
type MonthAir struct {
	Mean    stats.Value
	Capture float64
	Above   int // days above the daily limit of that time (the first of Counts that is national, else the WHO guideline)
	Clean   int // days at or below the WHO guideline
}

// DayCount counts the days of a year against a daily limit. Above and Within compare each mean as it is; Exceedances are
// the days that the law counts, whose mean is above the limit after it was rounded as the authority rounds.
type DayCount struct {
	Limit       standard.Limit
	Class       string // "AQG", "then" or "now"
	Value       float64
	Above       int
	Within      int // at or below
	Valid       int // days with a value
	Exceedances int
	Allowed     int // -1 where the document gives none
	Verdict     Verdict
	Why         *fault.Message
}

// StationAir is a station with what it measures of the pollutant of the page.
type StationAir struct {
	Station
	Unit  air.Unit
	First int // first year and last with values
	Last  int
	Years []YearOf // latest first
}

// YearOf is one year of a station in short.
type YearOf struct {
	Year    int
	Mean    stats.Value // in the unit of the page; None below EnoughCapture
	Capture float64
}
