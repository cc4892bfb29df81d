package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/evidence"
	"aircommons/internal/fault"
	"aircommons/internal/house"
	"aircommons/internal/obs/duck"
	"aircommons/internal/web"
)

type benchCmd struct {
	format
	Files    []string `arg:"" optional:"" name:"file" help:"Exports of Beijing stations to measure with, in place of generated ones."`
	Stations int      `default:"4" help:"Generated stations."`
	Years    int      `default:"3" help:"Generated years."`
	Seconds  float64  `default:"3" help:"How long pages are asked for."`
}

// rate is one measured thing.
type rate struct {
	Name    string   `json:"name"`
	Seconds *float64 `json:"seconds"` // nil where a rate was measured
	Rate    float64  `json:"rate"`
	Unit    string   `json:"unit"`  // of the rate
	Ratio   *float64 `json:"ratio"` // to the engine's own; nil where there is none to compare with
	Against string   `json:"against,omitempty"`
}

func timed(name string, d time.Duration, n int64, unit string) rate {
	s := d.Seconds()
	return rate{Name: name, Seconds: &s, Rate: float64(n) / s, Unit: unit}
}

// per says how many times as long as another a thing took.
func (r rate) per(other rate) rate {
	x := *r.Seconds / *other.Seconds
	r.Ratio, r.Against = &x, other.Name
	return r
}

func (c *benchCmd) Run(s *streams) error {
	if c.Stations < 1 || c.Stations > 100 || c.Years < 1 || c.Years > 30 || !(c.Seconds > 0) {
		return wrongUse("cli.bench.size")
	}
	dir, err := os.MkdirTemp("", "aircommons-bench-*")
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "house.folder", "Path", os.TempDir(), "Reason", err.Error())
	}
	defer os.RemoveAll(dir)
	files := s.paths(c.Files)
	if len(files) == 0 {
		if files, err = generate(dir, c.Stations, c.Years); err != nil {
			return err
		}
	}
	rates, err := c.measure(s, dir, files)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return s.printJSON(rates)
	}
	table := [][]string{}
	for _, r := range rates {
		row := []string{r.Name, "", strconv.FormatFloat(r.Rate, 'f', 0, 64), r.Unit, "", r.Against}
		if r.Seconds != nil {
			row[1] = strconv.FormatFloat(*r.Seconds, 'f', 3, 64)
		}
		if r.Ratio != nil {
			row[4] = strconv.FormatFloat(*r.Ratio, 'f', 2, 64)
		}
		if c.Format == "table" && row[1] != "" {
			row[1] += " s"
		}
		if c.Format == "table" && row[4] != "" {
			row[4] = "× " + row[4]
		}
		table = append(table, row)
	}
	return s.print(c.Format, []string{"name", "seconds", "rate", "unit", "ratio", "against"}, table)
}

func (c *benchCmd) measure(s *streams, dir string, files []string) (out []rate, err error) {
	say, done := s.progress()
	defer done()
	say("cli.bench.read", 0, 0)
	start := s.now()
	results, err := s.readFiles(files, reading{}, nil, runtime.NumCPU())
	if err != nil {
		return nil, err
	}
	values := int64(0)
	for _, r := range results {
		values += int64(r.Values)
	}
	out = append(out, timed("read", s.now().Sub(start), values, "values/s"))
	results = nil

	start = s.now()
	quiet := *s
	quiet.out, quiet.err, quiet.terminal = io.Discard, io.Discard, false
	all := statsCmd{Period: "annual", Files: files, Capture: 75, Pressure: 1013.25, format: format{"json"}}
	if err := all.Run(&quiet); err != nil {
		return nil, err
	}
	out = append(out, timed("stats annual from files", s.now().Sub(start), values, "values/s"))

	// Twice into a fresh folder, as the engine's own is measured more than once: the best of each is compared.
	say("cli.bench.import", 0, 0)
	var h *house.House
	defer func() {
		if h != nil {
			h.Close()
		}
	}()
	fastest := time.Duration(math.MaxInt64)
	for n := range 2 {
		if h != nil {
			if err := h.Close(); err != nil {
				return nil, err
			}
		}
		o := house.Options{Folder: filepath.Join(dir, "data"+strconv.Itoa(n)), Now: s.now, Catalog: s.texts, Log: slog.Default()}
		if h, err = house.Open(s.ctx, o); err != nil {
			return nil, err
		}
		if _, err := h.Record.LoadExample(s.ctx, "eacac"); err != nil {
			return nil, err
		}
		runtime.GC()
		start = s.now()
		if err := importAll(s.ctx, h, files); err != nil {
			return nil, err
		}
		fastest = min(fastest, s.now().Sub(start))
	}
	stored := timed("import with summaries", fastest, values, "values/s")

	say("cli.bench.copy", 0, 0)
	csv := filepath.Join(dir, "long.csv")
	if err := h.Obs.(*duck.Store).WriteCSV(s.ctx, csv); err != nil {
		return nil, err
	}
	best := time.Duration(math.MaxInt64)
	for range 2 {
		d, err := duck.CopyTime(s.ctx, csv, filepath.Join(dir, "copy.duckdb"), time.Now)
		if err != nil {
			return nil, err
		}
		best = min(best, d)
	}
	copied := timed("DuckDB COPY of the long rows", best, values, "values/s")
	out = append(out, copied, stored.per(copied))

	start = s.now()
	quiet.server = h
	all.Files = nil
	if err := all.Run(&quiet); err != nil {
		return nil, err
	}
	out = append(out, timed("stats annual from the store", s.now().Sub(start), values, "values/s"))

	say("cli.bench.pages", 0, 0)
	pages, err := c.pages(s, h)
	return append(out, pages...), err
}

// importAll imports files into a city of the example.
func importAll(ctx context.Context, h *house.House, files []string) error {
	w := &waiter{h: h, own: true, say: func(string, int64, int64) {}}
	ids := make([]string, len(files))
	for i, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return fault.Wrap(fault.NotFound, err, "intake.file.missing", "File", name)
		}
		x, _, err := h.Evidence.StartImport(ctx, actor.CommandLine, evidence.Upload{Name: filepath.Base(name), Place: "beijing", Reader: f, Auto: true})
		f.Close()
		if err != nil {
			return err
		}
		ids[i] = x.ID
	}
	for i, id := range ids {
		x, err := w.ended(ctx, id)
		if err != nil {
			return err
		}
		if x.State != evidence.Stored {
			return fault.New(fault.Invalid, "cli.bench.import.failed", "Path", files[i])
		}
	}
	return nil
}

const clients = 32 // connections that ask for pages at the same time

// pages measures an anonymous city page, the same with the entity tag of an earlier answer, and a bare handler that
// writes the same bytes.
func (c *benchCmd) pages(s *streams, h *house.House) ([]rate, error) {
	site, err := web.New(web.Config{DB: h.DB, Network: h.Network, Activity: h.Activity, Library: h.Library, Account: h.Account, Evidence: h.Evidence, Record: h.Record, Form: h.Form, Post: h.Post, Letter: h.Letter, Participation: h.Participation, Call: h.Call, Exchange: h.Exchange, Report: h.Report,
		Catalog: s.texts, Log: slog.New(slog.DiscardHandler), Now: s.now, URL: "http://127.0.0.1", Version: version()})
	if err != nil {
		return nil, err
	}
	var same atomic.Pointer[[]byte]
	mux := http.NewServeMux()
	mux.Handle("/", site)
	mux.HandleFunc("/bare", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(*same.Load())
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go server.Serve(l)
	defer server.Close()
	base := "http://" + l.Addr().String()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}}
	get := func(path, tag string) (status int, body []byte, etag string, err error) {
		r, err := http.NewRequestWithContext(s.ctx, http.MethodGet, base+path, nil)
		if err != nil {
			return 0, nil, "", err
		}
		if tag != "" {
			r.Header.Set("If-None-Match", tag)
		}
		res, err := client.Do(r)
		if err != nil {
			return 0, nil, "", err
		}
		defer res.Body.Close()
		body, err = io.ReadAll(res.Body)
		return res.StatusCode, body, res.Header.Get("ETag"), err
	}
	var out []rate
	for _, page := range []string{"/en/cities/beijing", "/en/cities/beijing/air"} {
		status, body, tag, err := get(page, "")
		if err != nil {
			return nil, err
		}
		if status != http.StatusOK {
			return nil, fault.New(fault.Internal, "cli.bench.page", "Path", page, "Status", status)
		}
		same.Store(&body)
		ask := func(path, tag string, want int) (float64, error) {
			var n atomic.Int64
			var failed atomic.Pointer[error]
			end := time.Now().Add(time.Duration(c.Seconds * float64(time.Second)))
			begun := time.Now()
			var wg sync.WaitGroup
			for range clients {
				wg.Go(func() {
					for time.Now().Before(end) && failed.Load() == nil {
						status, _, _, err := get(path, tag)
						if err == nil && status != want {
							err = fault.New(fault.Internal, "cli.bench.page", "Path", path, "Status", status)
						}
						if err != nil {
							failed.Store(&err)
							return
						}
						n.Add(1)
					}
				})
			}
			wg.Wait()
			if e := failed.Load(); e != nil {
				return 0, *e
			}
			return float64(n.Load()) / time.Since(begun).Seconds(), nil
		}
		bare, err := ask("/bare", "", http.StatusOK)
		if err != nil {
			return nil, err
		}
		made, err := ask(page, "", http.StatusOK)
		if err != nil {
			return nil, err
		}
		unchanged, err := ask(page, tag, http.StatusNotModified)
		if err != nil {
			return nil, err
		}
		name := "bare handler, " + strconv.Itoa(len(body)) + " bytes"
		a, b := made/bare, unchanged/bare
		out = append(out, rate{Name: name, Rate: bare, Unit: "requests/s"}, rate{Name: page, Rate: made, Unit: "requests/s", Ratio: &a, Against: name},
			rate{Name: page + " unchanged", Rate: unchanged, Unit: "requests/s", Ratio: &b, Against: name})
	}
	return out, nil
}

// generate writes exports in the layout of the Beijing stations, with values that wander and the gaps of real ones. The
// same sizes give the same files.
func generate(dir string, stations, years int) (files []string, err error) {
	for n := range stations {
		name := fmt.Sprintf("Station%02d", n+1)
		path := filepath.Join(dir, "generated_"+name+".csv")
		if err := os.WriteFile(path, []byte(generated(name, uint64(n), years)), 0o600); err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "db.disk", "Path", path)
		}
		files = append(files, path)
	}
	return files, nil
}

func generated(station string, seed uint64, years int) string {
	r := rand.New(rand.NewPCG(2013, seed))
	var b strings.Builder
	b.WriteString(`"No","year","month","day","hour","PM2.5","PM10","SO2","NO2","CO","O3","TEMP","PRES","DEWP","RAIN","wd","WSPM","station"` + "\n")
	level := []float64{60, 100, 15, 40, 1200, 60, 12, 1010, 0}
	first := time.Date(2013, 3, 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(years, 0, 0)
	sectors := []string{"N", "NNE", "E", "ESE", "SSW", "SW", "WNW", "NW"}
	for i, at := 1, first; at.Before(last); i, at = i+1, at.Add(time.Hour) {
		fmt.Fprintf(&b, "%d,%d,%d,%d,%d", i, at.Year(), at.Month(), at.Day(), at.Hour())
		for p := range level {
			level[p] = level[p]*0.97 + []float64{1.8, 3, .45, 1.2, 36, 1.8, .36, 30.3, 0}[p]*2*r.Float64()
			switch {
			case p < 6 && r.Float64() < .02:
				b.WriteString(",NA")
			case p < 6:
				fmt.Fprintf(&b, ",%d", int(level[p])+1)
			default:
				fmt.Fprintf(&b, ",%.1f", level[p])
			}
		}
		fmt.Fprintf(&b, ",0,\"%s\",%.1f,\"%s\"\n", sectors[r.IntN(len(sectors))], 5*r.Float64(), station)
	}
	return b.String()
}
