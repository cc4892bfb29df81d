package evidence

import (
	"html/template"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"aircommons/air"
	"aircommons/chart"
	"aircommons/internal/catalog"
	"aircommons/internal/fault"
	"aircommons/internal/web/ui"
	"aircommons/stats"
)

func notFound() error { return fault.New(fault.NotFound, "error.notfound") }

// sign is a pollutant as charts and sentences write it.
func sign(w *catalog.Words, p air.Parameter) string { return short(p, w.Tag()) }

// nice writes a value with as many decimals as a reader can use, without zeros at their end.
func nice(w *catalog.Words, v float64) string {
	d := 1
	switch a := math.Abs(v); {
	case a >= 100:
		d = 0
	case a < 1 && a > 0:
		d = 2
	}
	s := w.Number(v, d)
	if d > 0 && strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// shown is nice, and a dash for no value.
func shown(w *catalog.Words, v stats.Value) string {
	if !v.OK() {
		return "–"
	}
	return nice(w, float64(v))
}

// places gives the decimals that all of some values are written with.
func places(vs []stats.Value) int {
	top := 0.0
	for _, v := range vs {
		if v.OK() {
			top = max(top, math.Abs(float64(v)))
		}
	}
	if top >= 10 || top == 0 {
		return 1
	}
	return 2
}

func pct(w *catalog.Words, v float64) string { return w.Percent(v, 1) }

// clock is an hour of the day as a time.
func clock(hour int) string { return time.Date(2000, 1, 1, hour, 0, 0, 0, time.UTC).Format("15:04") }

// link is a place to go to.
type link struct {
	Text    template.HTML
	Path    string
	Current bool
}

// figure is a chart with what stands around it.
type figure struct {
	*chart.Frame
	Note  string // below the source, may be empty
	words *catalog.Words
	html  template.HTML // of a figure that is kept
}

// SourceHTML is the source line with lowered digits, and with what sources say in English marked as such.
func (f *figure) SourceHTML() template.HTML {
	return ui.TongueBy(f.Source, f.words.Tag(), chart.Rich)
}

// sendChart answers with the SVG or the CSV of a figure.
func sendChart(w http.ResponseWriter, f *figure, name, ending string) error {
	if f == nil {
		return notFound()
	}
	kind, body := "image/svg+xml", []byte(nil)
	if ending == "csv" {
		kind, body = "text/csv; charset=utf-8", f.CSV()
	} else {
		body = f.SVG()
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+"."+ending+`"`)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if _, err := w.Write(body); err != nil {
		return nil // the reader is gone
	}
	return nil
}
