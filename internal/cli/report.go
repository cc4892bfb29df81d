package cli

import (
	"fmt"
	"strconv"
	"time"

	"aircommons/internal/evidence"
	"aircommons/internal/fault"
	"aircommons/internal/intake"
)

type lineReport struct {
	File   string `json:"file,omitempty"` // of an archive of several
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"`
	Reason string `json:"reason"`
}

type seriesReport struct {
	Station   string `json:"station"`
	Pollutant string `json:"pollutant"`
	Unit      string `json:"unit"`
	First     string `json:"first"`
	Last      string `json:"last"`
	Values    int    `json:"values"`
}

type factReport struct {
	Property string `json:"property"`
	Value    string `json:"value"`
	How      string `json:"how"`
	Sure     bool   `json:"sure"`
}

type askReport struct {
	Property string   `json:"property"`
	Column   string   `json:"column,omitempty"`
	Question string   `json:"question"`
	Choices  []string `json:"choices"`
	Assumed  string   `json:"assumed,omitempty"`
	Must     bool     `json:"must"`
}

// fileReport is what import says of one file. Stored counts the values that are stored, or would be.
type fileReport struct {
	Path          string         `json:"path"`
	SHA256        string         `json:"sha256"`
	Layout        string         `json:"layout"`
	Encoding      string         `json:"encoding"`
	Rows          int            `json:"rows"`
	Stored        int            `json:"stored"`
	Missing       int            `json:"missing"`
	Flagged       int            `json:"flagged"`
	Rejected      []lineReport   `json:"rejected"`
	RejectedTotal int            `json:"rejected_total"`
	Series        []seriesReport `json:"series"`
	Warnings      []string       `json:"warnings"`
	Facts         []factReport   `json:"facts"`
	Asks          []askReport    `json:"asks"`
	City          string         `json:"city,omitempty"`
	State         string         `json:"state,omitempty"`  // "dry-run", or that of the import: stored, asks, failed
	Import        string         `json:"import,omitempty"` // its id
	Again         bool           `json:"again,omitempty"`  // it was stored before
	Error         string         `json:"error,omitempty"`
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// report says a Result in words. Lines that were changed and not rejected are warnings: they need a look too.
func (s *streams) report(r *intake.Result) fileReport {
	f := fileReport{Path: r.Path, SHA256: r.SHA256, Layout: r.Layout, Encoding: r.Encoding, Rows: r.Rows, Stored: r.Values,
		Missing: r.Missing, Flagged: r.Flagged, RejectedTotal: r.RejectedTotal, State: "dry-run", Series: []seriesReport{}}
	for _, x := range r.Series {
		if len(x.Time) > 0 {
			f.Series = append(f.Series, seriesReport{x.Station.Code, x.Parameter.Code(), x.Unit.String(),
				stamp(time.Unix(x.Time[0], 0)), stamp(time.Unix(x.Time[len(x.Time)-1], 0)), len(x.Time)})
		}
	}
	s.inWords(&f, r.Rejected, r.Noted, r.NotedTotal, r.Warnings, r.Facts, r.Asks)
	if r.Pending() {
		f.Stored = 0
	}
	return f
}

// imported says the report of an import in words.
func (s *streams) imported(path string, i evidence.Import, again bool) fileReport {
	r := i.Report
	f := fileReport{Path: path, SHA256: i.SHA256, Layout: r.Layout, Encoding: r.Encoding, Rows: r.Rows, Stored: r.Values, Missing: r.Missing,
		Flagged: r.Flagged, RejectedTotal: r.RejectedTotal, City: i.Place, State: string(i.State), Import: i.ID, Again: again, Series: []seriesReport{}}
	for _, x := range r.Series {
		f.Series = append(f.Series, seriesReport{x.Station, x.Parameter, x.Unit, stamp(x.First), stamp(x.Last), x.Values})
	}
	s.inWords(&f, r.Rejected, r.Noted, r.NotedTotal, append(r.Warnings[:len(r.Warnings):len(r.Warnings)], r.Refused...), r.Facts, r.Asks)
	if i.State != evidence.Stored {
		f.Stored = 0
	}
	if r.Error != nil {
		f.Error = s.words.Say(*r.Error)
	}
	if i.Pending() { // its job waits to be tried again
		f.Error = s.words.T("cli.import.unfinished")
	}
	if r.NeedsPlace && i.State == evidence.Asks {
		f.Asks = append(f.Asks, askReport{Property: "city", Question: s.words.T("cli.import.city"), Choices: []string{}, Must: true})
	}
	return f
}

func (s *streams) inWords(f *fileReport, rejected, noted []intake.Line, notedTotal int, warnings []fault.Message, facts []intake.Fact, asks []intake.Ask) {
	f.Rejected, f.Warnings, f.Facts, f.Asks = []lineReport{}, []string{}, []factReport{}, []askReport{}
	for _, l := range rejected {
		f.Rejected = append(f.Rejected, lineReport{l.File, l.Number, l.Column, s.words.Say(l.Reason)})
	}
	for _, l := range noted {
		f.Warnings = append(f.Warnings, s.words.Say(fault.Say("cli.noted", "Line", l.Where(), "Reason", l.Reason, "Action", l.Action)))
	}
	if more := notedTotal - len(noted); more > 0 {
		f.Warnings = append(f.Warnings, s.words.N("cli.noted.more", more))
	}
	for _, w := range warnings {
		f.Warnings = append(f.Warnings, s.words.Say(w))
	}
	for _, x := range facts {
		f.Facts = append(f.Facts, factReport{x.Property, s.words.Say(x.Value), s.words.Say(x.How), x.Sure})
	}
	for _, a := range asks {
		r := askReport{a.Property, a.Column, s.words.Say(a.Question), []string{}, a.Assumed, a.Must}
		for _, c := range a.Choices {
			r.Choices = append(r.Choices, c.Value)
		}
		f.Asks = append(f.Asks, r)
	}
}

// shown bounds how many lines of each kind are printed for people; JSON has them all.
const shown = 20

func (s *streams) printReports(format string, reports []fileReport) error {
	switch format {
	case "json":
		return s.printJSON(map[string]any{"files": reports})
	case "csv":
		var rows [][]string
		for _, r := range reports {
			rows = append(rows, []string{r.Path, r.SHA256, r.Layout, r.Encoding, strconv.Itoa(r.Rows), strconv.Itoa(r.Stored), strconv.Itoa(r.Missing),
				strconv.Itoa(r.Flagged), strconv.Itoa(r.RejectedTotal), strconv.Itoa(len(r.Warnings)), r.City, r.State})
		}
		return s.print(format, []string{"path", "sha256", "layout", "encoding", "rows", "stored", "missing", "flagged", "rejected", "warnings", "city", "state"}, rows)
	}
	say := func(key string, pairs ...any) { fmt.Fprintln(s.out, s.words.T(key, pairs...)) }
	for _, r := range reports {
		if r.Layout == "" && r.Error != "" {
			continue // nothing was read of it; why is said on stderr
		}
		say("cli.import.file", "Path", r.Path, "Layout", r.Layout, "Encoding", r.Encoding, "Rows", r.Rows, "Values", r.Stored,
			"Missing", r.Missing, "Flagged", r.Flagged, "Rejected", r.RejectedTotal, "State", s.words.T("cli.state."+r.State))
		for _, x := range r.Facts {
			key := "cli.import.fact"
			if !x.Sure {
				key = "cli.import.assumed"
			}
			say(key, "Property", x.Property, "Value", x.Value, "How", x.How)
		}
		for n, l := range r.Rejected {
			if n == shown {
				break
			}
			say("cli.import.rejected", "Line", intake.Line{File: l.File, Number: l.Line}.Where(), "Reason", l.Reason)
		}
		for n, w := range r.Warnings {
			if n == shown {
				break
			}
			fmt.Fprintf(s.out, "  %s\n", w)
		}
		if more := r.RejectedTotal - min(shown, len(r.Rejected)) + len(r.Warnings) - min(shown, len(r.Warnings)); more > 0 {
			fmt.Fprintf(s.out, "  %s\n", s.words.N("cli.import.more", more))
		}
	}
	return nil
}
