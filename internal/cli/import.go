package cli

import (
	"encoding/json"
	"fmt"
	"runtime"
	"text/tabwriter"
	"time"

	"aircommons/internal/fault"
	"aircommons/internal/intake"
)

type layoutsCmd struct{ format }

func (c *layoutsCmd) Run(s *streams) error {
	if c.Format == "json" {
		return json.NewEncoder(s.out).Encode(intake.Layouts())
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, l := range intake.Layouts() {
		fmt.Fprintf(w, "%s\t%s\n", l.Name, l.Description)
	}
	return w.Flush()
}

type importCmd struct {
	format
	Files  []string `arg:"" name:"file" help:"Monitoring exports."`
	Layout string   `help:"Name of the layout; recognised where not given."`
	DryRun bool     `required:"" help:"Read and report; nothing is stored."`
}

type lineReport struct {
	Line   int    `json:"line"`
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

type fileReport struct {
	Path     string         `json:"path"`
	SHA256   string         `json:"sha256"`
	Layout   string         `json:"layout"`
	Encoding string         `json:"encoding"`
	Rows     int            `json:"rows"`
	Stored   int            `json:"stored"`
	Missing  int            `json:"missing"`
	Flagged  int            `json:"flagged"`
	Rejected []lineReport   `json:"rejected"`
	Series   []seriesReport `json:"series"`
	Warnings []string       `json:"warnings"`
}

func (c *importCmd) Run(s *streams) error {
	results, err := intake.ReadFiles(c.Files, intake.Options{Layout: c.Layout, Now: time.Now()}, runtime.NumCPU())
	if err != nil {
		return err
	}
	look := false
	reports := make([]fileReport, len(results))
	for i, r := range results {
		reports[i] = s.report(r)
		look = look || r.RejectedTotal > 0 || len(reports[i].Warnings) > 0
	}
	if c.Format == "json" {
		if err := json.NewEncoder(s.out).Encode(map[string]any{"files": reports}); err != nil {
			return err
		}
	} else {
		for _, r := range reports {
			fmt.Fprintf(s.out, "%s: %s, %s, %d rows, %d values, %d missing, %d flagged, %d rejected\n", r.Path, r.Layout, r.Encoding, r.Rows, r.Stored, r.Missing, r.Flagged, len(r.Rejected))
			for _, l := range r.Rejected {
				fmt.Fprintf(s.out, "  line %d: %s\n", l.Line, l.Reason)
			}
			for _, w := range r.Warnings {
				fmt.Fprintf(s.out, "  %s\n", w)
			}
		}
	}
	if look {
		return errNeedsLook
	}
	return nil
}

// report says a Result in words. Lines that were changed and not rejected are warnings: they need a look too.
func (s *streams) report(r *intake.Result) fileReport {
	f := fileReport{Path: r.Path, SHA256: r.SHA256, Layout: r.Layout, Encoding: r.Encoding, Rows: r.Rows, Stored: r.Values,
		Missing: r.Missing, Flagged: r.Flagged, Rejected: []lineReport{}, Series: []seriesReport{}, Warnings: []string{}}
	for _, l := range r.Rejected {
		f.Rejected = append(f.Rejected, lineReport{l.Number, s.words.Say(l.Reason)})
	}
	for _, l := range r.Noted {
		f.Warnings = append(f.Warnings, s.words.Say(fault.Say("cli.noted", "Line", l.Number, "Reason", s.words.Say(l.Reason), "Action", s.words.Say(l.Action))))
	}
	for _, w := range r.Warnings {
		f.Warnings = append(f.Warnings, s.words.Say(w))
	}
	for _, x := range r.Series {
		stamp := func(t int64) string { return time.Unix(t, 0).UTC().Format(time.RFC3339) }
		f.Series = append(f.Series, seriesReport{x.Station.Code, x.Parameter.Code(), x.Unit.String(), stamp(x.Time[0]), stamp(x.Time[len(x.Time)-1]), len(x.Time)})
	}
	return f
}
