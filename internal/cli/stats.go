package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"text/tabwriter"

	"aircommons/air"
	"aircommons/internal/fault"
	"aircommons/internal/intake"
	"aircommons/stats"
)

type statsCmd struct {
	format
	Period    string   `arg:"" enum:"annual,season,month,day" help:"annual, season, month or day."`
	Files     []string `arg:"" name:"file" help:"Monitoring exports."`
	Layout    string   `help:"Name of the layout; recognised where not given."`
	Station   string   `help:"Only this station."`
	Pollutant string   `help:"Only this parameter, by its code; weather is listed only when asked for."`
	Year      int      `help:"Only periods of this year."`
	Capture   float64  `default:"75" help:"Percent of the calendar's hours that a period needs."`
}

type statsRow struct {
	Station   string `json:"station"`
	Pollutant string `json:"pollutant"`
	Unit      string `json:"unit"`
	stats.Summary
}

func (c *statsCmd) Run(s *streams) error {
	if c.Pollutant != "" {
		if _, ok := air.ByCode(c.Pollutant); !ok {
			return fault.New(fault.Invalid, "cli.pollutant", "Code", c.Pollutant)
		}
	}
	results, err := intake.ReadFiles(c.Files, intake.Options{Layout: c.Layout}, runtime.NumCPU())
	if err != nil {
		return err
	}
	series, rejected := merge(results)
	by, _ := stats.ByName(c.Period)
	opt := stats.Options{Capture: c.Capture}
	if c.Capture <= 0 {
		opt.Capture = -1
	}
	rows := []statsRow{}
	for _, x := range series {
		code := x.Parameter.Code()
		if (c.Station != "" && c.Station != x.Station.Code) || (c.Pollutant != "" && c.Pollutant != code) || (c.Pollutant == "" && x.Parameter.Weather()) {
			continue
		}
		for _, p := range stats.Periods(&x.Series, by, opt) {
			if c.Year != 0 && p.Period[:4] != fmt.Sprintf("%04d", c.Year) {
				continue
			}
			rows = append(rows, statsRow{x.Station.Code, code, x.Unit.String(), p})
		}
	}
	if rejected > 0 {
		fmt.Fprintln(s.err, s.words.Say(fault.Say("cli.rejected", "Count", rejected)))
	}
	return c.print(s, rows)
}

// merge joins what several files say of one series. For an hour in two files the later file's value stands.
func merge(results []*intake.Result) (out []intake.StationSeries, rejected int) {
	type key struct {
		station string
		p       air.Parameter
		u       air.Unit
		step    int64
	}
	at := map[key]int{}
	for _, r := range results {
		rejected += r.RejectedTotal
		for _, x := range r.Series {
			k := key{x.Station.Code, x.Parameter, x.Unit, x.Step}
			i, known := at[k]
			if !known {
				at[k] = len(out)
				out = append(out, x)
				continue
			}
			out[i].Series = air.Merge(out[i].Series, x.Series)
		}
	}
	slices.SortStableFunc(out, func(a, b intake.StationSeries) int {
		if a.Station.Code != b.Station.Code {
			if a.Station.Code < b.Station.Code {
				return -1
			}
			return 1
		}
		return int(a.Parameter) - int(b.Parameter)
	})
	return out, rejected
}

var statsHead = []string{"station", "pollutant", "unit", "period", "expected", "count", "capture", "enough", "mean", "median", "min", "max", "p05", "p25", "p75", "p90", "p95", "p98", "p99", "max_day", "max_8h", "max_24h"}

func (r statsRow) values() []stats.Value {
	return []stats.Value{r.Mean, r.Median, r.Min, r.Max, r.P05, r.P25, r.P75, r.P90, r.P95, r.P98, r.P99, r.MaxDay, r.Max8h, r.Max24h}
}

func (c *statsCmd) print(s *streams, rows []statsRow) error {
	switch c.Format {
	case "json":
		return json.NewEncoder(s.out).Encode(rows)
	case "csv":
		w := csv.NewWriter(s.out)
		w.Write(statsHead)
		for _, r := range rows {
			rec := []string{r.Station, r.Pollutant, r.Unit, r.Period, strconv.Itoa(r.Expected), strconv.Itoa(r.Count), strconv.FormatFloat(r.Capture, 'g', -1, 64), strconv.FormatBool(r.Enough)}
			for _, v := range r.values() {
				if v.OK() {
					rec = append(rec, strconv.FormatFloat(float64(v), 'g', -1, 64))
				} else {
					rec = append(rec, "")
				}
			}
			w.Write(rec)
		}
		w.Flush()
		return w.Error()
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "station\tpollutant\tperiod\tcapture\tmean\tmedian\tp98\tmax\tmax day\tunit")
	show := func(v stats.Value) string {
		if !v.OK() {
			return "–"
		}
		return strconv.FormatFloat(float64(v), 'f', 1, 64)
	}
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%.1f %%\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Station, r.Pollutant, r.Period, r.Capture, show(r.Mean), show(r.Median), show(r.P98), show(r.Max), show(r.MaxDay), r.Unit)
	}
	return w.Flush()
}
