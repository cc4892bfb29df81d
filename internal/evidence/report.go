package evidence

import (
	"sort"
	"time"

	"aircommons/air"
	"aircommons/internal/fault"
	"aircommons/internal/intake"
)

// Choices are what a person said about how to read a file. They are kept, so that the file is read alike again.
type Choices = intake.Options

// Report is what was found in a file.
type Report struct {
	Layout        string          `json:"layout"`
	Encoding      string          `json:"encoding"`
	Rows          int             `json:"rows"`
	Values        int             `json:"values"`
	Missing       int             `json:"missing"`
	Flagged       int             `json:"flagged"`
	Facts         []intake.Fact   `json:"facts"`
	Rejected      []intake.Line   `json:"rejected"`
	Noted         []intake.Line   `json:"noted"`
	RejectedTotal int             `json:"rejected_total"`
	NotedTotal    int             `json:"noted_total"`
	Warnings      []fault.Message `json:"warnings"`
	Series        []SeriesFound   `json:"series"`
	Asks          []intake.Ask    `json:"asks,omitempty"`        // what the file does not say
	NeedsPlace    bool            `json:"needs_place,omitempty"` // nobody said which city the stations are in
	Mapping       *intake.Mapping `json:"mapping,omitempty"`     // how a table was read
	First         []intake.Stored `json:"first,omitempty"`       // some values as they will be stored
	Error         *fault.Message  `json:"error,omitempty"`       // why the file could not be read or stored
	City          string          `json:"city,omitempty"`        // as the file names it
	Country       string          `json:"country,omitempty"`
	Refused       []fault.Message `json:"refused,omitempty"` // series that cannot join what is stored, with the reason
}

// SeriesFound is a series in a file.
type SeriesFound struct {
	Station   string    `json:"station"`
	Name      string    `json:"name"`
	Parameter string    `json:"parameter"`
	Unit      string    `json:"unit"`
	Step      int64     `json:"step"`
	First     time.Time `json:"first"`
	Last      time.Time `json:"last"`
	Values    int       `json:"values"`
}

// reportLines bounds how many lines of each kind a report keeps one by one; the totals count all.
const reportLines = 2000

func reportOf(r *intake.Result) Report {
	rep := Report{Layout: r.Layout, Encoding: r.Encoding, Rows: r.Rows, Values: r.Values, Missing: r.Missing, Flagged: r.Flagged,
		Facts: r.Facts, Rejected: r.Rejected[:min(len(r.Rejected), reportLines)], Noted: r.Noted[:min(len(r.Noted), reportLines)],
		RejectedTotal: r.RejectedTotal, NotedTotal: r.NotedTotal, Warnings: r.Warnings, Asks: r.Asks}
	for n, s := range r.Series {
		for i := range min(3, s.Len()) {
			if n < 4 {
				rep.First = append(rep.First, intake.Stored{Start: s.Time[i], Offset: s.Offset, Station: s.Station.Code, Parameter: s.Parameter, Value: s.Value[i], Unit: s.Unit, Flag: s.FlagAt(i)})
			}
		}
		rep.Series = append(rep.Series, SeriesFound{s.Station.Code, s.Station.Name, s.Parameter.Code(), s.Unit.String(), s.Step,
			time.Unix(s.Time[0], 0).UTC(), time.Unix(s.Time[len(s.Time)-1], 0).UTC(), len(s.Time)})
		if rep.City == "" {
			rep.City, rep.Country = s.Station.City, s.Station.Country
		}
	}
	return rep
}

// Empty reports whether the import was read and has nothing to store.
func (i Import) Empty() bool {
	switch i.State {
	case Ready, Undone:
		return i.Report.Values == 0
	case Failed:
		return i.Report.Layout != "" && len(i.Report.Series) == 0
	}
	return false
}

// Problems reports whether somebody should look at the report.
func (r Report) Problems() bool {
	return r.RejectedTotal > 0 || r.NotedTotal > 0 || len(r.Warnings) > 0 || len(r.Refused) > 0
}

// Stations are the codes of the stations in the file, sorted.
func (r Report) Stations() []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range r.Series {
		if !seen[s.Station] {
			seen[s.Station] = true
			out = append(out, s.Station)
		}
	}
	sort.Strings(out)
	return out
}

func sortBy[T any](list []T, key func(T) string) {
	sort.SliceStable(list, func(i, j int) bool { return key(list[i]) < key(list[j]) })
}

// sameUnit brings a series to the unit of what is stored of it. Mass and mixing ratio are not mixed: that needs a
// temperature which the files do not give.
func sameUnit(s *air.Series, to air.Unit) error {
	if s.Unit == to {
		return nil
	}
	values := make([]float64, len(s.Value))
	for i, v := range s.Value {
		x, err := air.Convert(v, s.Parameter, s.Unit, to, air.State{})
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "evidence.unit.differs", "Parameter", s.Parameter.Code(), "Have", to.String(), "Got", s.Unit.String())
		}
		values[i] = x
	}
	s.Value, s.Unit = values, to
	return nil
}
