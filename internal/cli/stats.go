package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"aircommons/air"
	"aircommons/internal/evidence"
	"aircommons/internal/fault"
	"aircommons/internal/house"
	"aircommons/internal/intake"
	"aircommons/stats"
)

type statsCmd struct {
	folder
	format
	reading
	Period      string   `arg:"" enum:"annual,season,month,day" help:"annual, season, month or day."`
	Files       []string `arg:"" optional:"" name:"file" help:"Monitoring exports. Without them: what is stored."`
	City        string   `help:"Only stations of this city, of what is stored."`
	Station     string   `help:"Only this station."`
	Pollutant   string   `help:"Only this parameter, by its code; weather is listed only when asked for."`
	Year        int      `help:"Only periods of this year."`
	Capture     float64  `default:"75" help:"Percent of the calendar's hours that a period needs."`
	Unit        []string `sep:"none" placeholder:"[COLUMN=]UNIT" help:"Unit of the results; where a file states no unit, also that of its values, or with COLUMN= that of one column. May be repeated."`
	Temperature *float64 `placeholder:"CELSIUS" help:"Temperature for results that change between mass and mixing ratio."`
	Pressure    float64  `default:"1013.25" placeholder:"HPA" help:"Pressure for such results, in hPa."`
}

type statsRow struct {
	Station   string `json:"station"`
	Pollutant string `json:"pollutant"`
	Unit      string `json:"unit"`
	stats.Summary
}

// stationSeries is a series with the code of its station.
type stationSeries struct {
	code string
	air.Series
}

func (c *statsCmd) Run(s *streams) error {
	if c.City != "" && len(c.Files) > 0 {
		return wrongUse("cli.stats.city")
	}
	if c.Capture > 100 || math.IsNaN(c.Capture) {
		return wrongUse("cli.stats.capture")
	}
	parameter := air.Parameter(0)
	if c.Pollutant != "" {
		p, ok := air.ByCode(c.Pollutant)
		if !ok {
			return wrongUse("cli.pollutant", "Code", c.Pollutant)
		}
		parameter = p
	}
	to := unit{}
	var units []unit
	for _, text := range c.Unit {
		u, err := parseUnit(text)
		if err != nil {
			return err
		}
		units = append(units, u)
		if u.column != "" {
			if len(c.Files) == 0 {
				return wrongUse("cli.stats.unit")
			}
			continue
		}
		if to.unit != air.NoUnit {
			return wrongUse("cli.stats.unit")
		}
		to = u
	}
	var rows []statsRow
	var err error
	if len(c.Files) > 0 {
		rows, err = c.fromFiles(s, parameter, to, units)
	} else {
		err = c.within(s, func(ctx context.Context, h *house.House) (err error) {
			rows, err = c.fromStores(ctx, h, parameter, to)
			return err
		})
	}
	if err != nil {
		return err
	}
	if rows == nil {
		rows = []statsRow{}
	}
	return c.print(s, rows)
}

func (c *statsCmd) wants(code string, p, only air.Parameter) bool {
	return (c.Station == "" || c.Station == code) && (only == p || only == 0 && !p.Weather())
}

func (c *statsCmd) fromFiles(s *streams, parameter air.Parameter, to unit, units []unit) ([]statsRow, error) {
	results, err := s.readFiles(c.Files, c.reading, units, runtime.NumCPU())
	if err != nil {
		return nil, err
	}
	rejected := 0
	for _, r := range results {
		rejected += r.RejectedTotal
		for _, a := range r.Asks {
			// Nothing is stored here, so an open question stops nothing: the figures are those of the numbers as printed,
			// in a unit that is left empty and in the time of the stamps. It is said which question is open.
			if a.Must && c.concerns(a, r, parameter) {
				fmt.Fprintln(s.err, s.words.Say(fault.Say("cli.stats.asks", "Path", r.Path, "Question", a.Question, "Flag", statsFlag(a))))
			}
		}
	}
	var all []stationSeries
	for _, x := range merge(results) {
		if c.wants(x.code, x.Parameter, parameter) {
			all = append(all, x)
		}
	}
	if rejected > 0 {
		fmt.Fprintln(s.err, s.words.N("cli.rejected", rejected))
	}
	found := make([][]statsRow, len(all))
	errs := make([]error, len(all))
	parallel(len(all), func(i int) { found[i], errs[i] = c.rows(all[i], to.unit) })
	return slices.Concat(found...), errors.Join(errs...)
}

// concerns reports whether a question is about a series that is wanted: that of its column, or any where it is of none.
func (c *statsCmd) concerns(a intake.Ask, r *intake.Result, only air.Parameter) bool {
	if a.Property != "unit" || only == 0 {
		return true
	}
	if r.Mapping != nil {
		for _, col := range r.Mapping.Columns {
			if col.Column == a.Column {
				return col.Parameter == only.Code()
			}
		}
	}
	for _, x := range r.Series {
		if x.Parameter == only && x.Unit == air.NoUnit {
			return true
		}
	}
	return false
}

func statsFlag(a intake.Ask) string {
	r := askReport{Property: a.Property, Column: a.Column}
	for _, ch := range a.Choices {
		r.Choices = append(r.Choices, ch.Value)
	}
	return answerFlag(r)
}

// fromStores computes from what is stored, two series at a time and never all of them in memory.
func (c *statsCmd) fromStores(ctx context.Context, h *house.House, parameter air.Parameter, to unit) ([]statsRow, error) {
	type job struct {
		at int
		x  stationSeries
	}
	jobs := make(chan job, runtime.NumCPU())
	var mu sync.Mutex
	found := map[int][]statsRow{}
	var failed error
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			for j := range jobs {
				rows, err := c.rows(j.x, to.unit)
				mu.Lock()
				found[j.at] = rows
				if err != nil && failed == nil {
					failed = err
				}
				mu.Unlock()
			}
		})
	}
	n := 0
	q := evidence.SeriesQuery{Place: c.City, Station: c.Station, Parameter: parameter}
	err := h.Evidence.EachSeries(ctx, q, func(st evidence.Station, x air.Series) error {
		if parameter == 0 && x.Parameter.Weather() {
			return nil
		}
		x.Time, x.Value, x.Flag = slices.Clone(x.Time), slices.Clone(x.Value), slices.Clone(x.Flag)
		jobs <- job{n, stationSeries{st.Code, x}}
		n++
		return nil
	})
	close(jobs)
	wg.Wait()
	if err := errors.Join(err, failed); err != nil {
		return nil, err
	}
	var out []statsRow
	for i := range n {
		out = append(out, found[i]...)
	}
	return out, nil
}

// rows are the statistics of one series.
func (c *statsCmd) rows(x stationSeries, to air.Unit) ([]statsRow, error) {
	if to != air.NoUnit && x.Unit != to {
		at := air.State{PressureHPa: c.Pressure}
		if c.Temperature != nil {
			at.TemperatureC = *c.Temperature
		} else {
			at.PressureHPa = 0 // refused where it matters
		}
		values := make([]float64, len(x.Value))
		for i, v := range x.Value {
			y, err := air.Convert(v, x.Parameter, x.Unit, to, at)
			if err != nil {
				return nil, fault.Wrap(fault.Invalid, err, "cli.stats.convert", "Parameter", x.Parameter.Code(), "From", x.Unit.String(), "To", to.String())
			}
			values[i] = y
		}
		x.Value, x.Unit = values, to
	}
	opt := stats.Options{Capture: c.Capture}
	if c.Capture <= 0 {
		opt.Capture = -1
	}
	by, _ := stats.ByName(c.Period)
	var out []statsRow
	for _, p := range stats.Periods(&x.Series, by, opt) {
		if c.Year == 0 || p.Period[:4] == fmt.Sprintf("%04d", c.Year) {
			out = append(out, statsRow{x.code, x.Parameter.Code(), x.Unit.String(), p})
		}
	}
	return out, nil
}

// parallel calls f for 0 to n-1, on all processors.
func parallel(n int, f func(int)) {
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(n, runtime.NumCPU()) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// merge joins what several files say of one series. For an hour in two files the later file's value stands.
func merge(results []*intake.Result) (out []stationSeries) {
	type key struct {
		station string
		p       air.Parameter
		u       air.Unit
		step    int64
	}
	at := map[key]int{}
	for _, r := range results {
		for _, x := range r.Series {
			k := key{x.Station.Code, x.Parameter, x.Unit, x.Step}
			i, known := at[k]
			if !known {
				at[k] = len(out)
				out = append(out, stationSeries{x.Station.Code, x.Series})
				continue
			}
			out[i].Series = air.Merge(out[i].Series, x.Series)
		}
	}
	slices.SortStableFunc(out, func(a, b stationSeries) int {
		if a.code != b.code {
			if a.code < b.code {
				return -1
			}
			return 1
		}
		return int(a.Parameter) - int(b.Parameter)
	})
	return out
}

var statsHead = []string{"station", "pollutant", "unit", "period", "expected", "count", "capture", "enough", "mean", "median", "min", "max", "p05", "p25", "p75", "p90", "p95", "p98", "p99", "max_day", "max_8h", "max_24h"}

func (r statsRow) values() []stats.Value {
	return []stats.Value{r.Mean, r.Median, r.Min, r.Max, r.P05, r.P25, r.P75, r.P90, r.P95, r.P98, r.P99, r.MaxDay, r.Max8h, r.Max24h}
}

func (c *statsCmd) print(s *streams, rows []statsRow) error {
	if c.Format == "json" {
		return s.printJSON(rows)
	}
	if c.Format == "csv" {
		table := make([][]string, len(rows))
		for i, r := range rows {
			table[i] = []string{r.Station, r.Pollutant, r.Unit, r.Period, strconv.Itoa(r.Expected), strconv.Itoa(r.Count),
				strconv.FormatFloat(r.Capture, 'g', -1, 64), strconv.FormatBool(r.Enough)}
			for _, v := range r.values() {
				cell := ""
				if v.OK() {
					cell = strconv.FormatFloat(float64(v), 'g', -1, 64)
				}
				table[i] = append(table[i], cell)
			}
		}
		return s.print(c.Format, statsHead, table)
	}
	show := func(v stats.Value) string {
		if !v.OK() {
			return "–"
		}
		return strconv.FormatFloat(float64(v), 'f', 1, 64)
	}
	table := [][]string{{"station", "pollutant", "period", "capture", "mean", "median", "p98", "max", "max day", "unit"}}
	for _, r := range rows {
		table = append(table, []string{r.Station, r.Pollutant, r.Period, strconv.FormatFloat(r.Capture, 'f', 1, 64) + " %",
			show(r.Mean), show(r.Median), show(r.P98), show(r.Max), show(r.MaxDay), r.Unit})
	}
	return s.print(c.Format, nil, table)
}
