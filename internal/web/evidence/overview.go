package evidence

import (
	"context"
	"html/template"
	"math"
	"net/http"
	"strings"

	"aircommons/air"
	"aircommons/chart"
	"aircommons/internal/catalog"
	desk "aircommons/internal/evidence"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

func (h handlers) overview() {
	h.Get("/evidence", h.glance)
	h.Get("/evidence/chart/{name}", h.glanceChart)
}

type glancePage struct {
	ui.Page
	Heat, Map *chart.Frame
	Rows      []glanceRow
	Counts    string
	Pollut    []ui.Option
	Sign      template.HTML
	Unit      string
}

// English is the language to mark words of a source with.
func (p *glancePage) English(s string) string { return english(s, p.Lang()) }

type glanceRow struct {
	Name, Path, Value, Year, Source string
	Chip, Text                      string
	Class                           int
}

func (h handlers) glance(w http.ResponseWriter, r *ui.Request) error {
	q := desk.OverviewQuery{}
	if p, ok := air.ByCode(r.URL.Query().Get("pollutant")); ok && !p.Weather() {
		q.Parameter = p
	}
	o, err := h.Evidence.Overview(r.Context(), q, h.Now())
	if err != nil {
		return err
	}
	snap, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	words := r.Words
	p := &glancePage{Sign: rich(o.Parameter, r.Lang), Unit: o.Unit.Pretty()}
	p.Nav, p.Title, p.Description = "evidence", words.T("compare.glance.title"), words.T("compare.glance.description")
	p.Crumbs = []ui.Crumb{{Text: words.T("nav.evidence")}}
	frames := glanceFrames(r, o, snap, "/evidence/chart/", 0)
	p.Heat, p.Map = frames["heat"], frames["map"]
	p.Counts = words.T("compare.glance.counts", "Stations", words.Int(o.Stations), "Imports", words.Int(o.Imports), "Values", words.Int(int(o.Values)))
	for _, x := range o.Rows {
		row := glanceRow{Name: snap.PlaceName(x.Place, r.Lang), Path: "/cities/" + x.Place + "/air", Value: "–", Year: words.T("part.novalue"), Class: x.Class}
		if o.Parameter != air.PM25 {
			row.Path += "?p=" + o.Parameter.Code()
		}
		if v := x.Answer.Value; v.Year > 0 && v.Value.OK() {
			row.Value, row.Year = words.Number(float64(v.Value), digits(o.Parameter, o.Unit)), words.Year(v.Year)
			row.Source = cut(x.Answer.Line.Source, 50)
			if x.Answer.Line.Measured {
				row.Source = words.N("compare.glance.stations", v.Stations)
			}
			if g := x.Answer.Guideline; g != nil {
				row.Chip = map[desk.Verdict]string{desk.Met: "ok", desk.Missed: "stop"}[g.Verdict]
				row.Text = words.T("evidence.verdict." + string(g.Verdict))
			}
		}
		p.Rows = append(p.Rows, row)
	}
	for _, code := range []string{"pm25", "pm10", "no2", "o3", "so2"} {
		x, _ := air.ByCode(code)
		p.Pollut = append(p.Pollut, ui.Option{Value: code, Label: short(x, r.Lang), Chosen: x == o.Parameter})
	}
	if r.By.Officer() || r.By.City != "" {
		p.Actions = []ui.Action{{Text: words.T("import.title"), Path: "/evidence/import"}, {Text: words.T("import.list"), Path: "/evidence/imports"}}
	}
	return h.Show(w, r, pages, "overview.html", p)
}

// glanceFrames are the heat table of places by year, and the map. most bounds the rows of the table; 0 for all.
func glanceFrames(r *ui.Request, o *desk.Overview, snap *network.Snapshot, base string, most int) map[string]*chart.Frame {
	w := r.Words
	sign, unit := short(o.Parameter, r.Lang), o.Unit.Pretty()
	out := map[string]*chart.Frame{}
	add := func(id string, f *chart.Frame) {
		f.ID, f.Language = id, w
		q := ""
		if o.Parameter != air.PM25 {
			q = "?pollutant=" + o.Parameter.Code()
		}
		f.SVGPath, f.CSVPath = r.To(base+id+".svg")+q, r.To(base+id+".csv")+q
		f.Source = w.T("compare.source")
		f.Label = f.Finding + ". " + f.Unit
		out[id] = f
	}
	heat := &chart.Heat{Size: chart.Wide, Axis: w.T("compare.place"), Borders: o.Scale.Borders, DigitsInTable: digits(o.Parameter, o.Unit)}
	for y := o.From; y <= o.To && o.To > 0; y++ {
		heat.Columns = append(heat.Columns, yearText(y))
	}
	land := &chart.Map{Size: chart.Half, Axis: w.T("compare.place"), Value: sign + ", " + unit, When: w.T("part.year"), Borders: o.Scale.Borders, Digits: digits(o.Parameter, o.Unit), NoValue: w.T("part.novalue")}
	meets, known := 0, 0
	best, fell := -1, 0.0
	for i, x := range o.Rows {
		name := snap.PlaceName(x.Place, r.Lang)
		if v := x.Answer.Value; v.Year > 0 && v.Value.OK() {
			known++
			if g := x.Answer.Guideline; g != nil && g.Verdict == desk.Met {
				meets++
			}
			if f := x.Answer.First; f != nil && f.Value > 0 && f.Year < v.Year {
				if ch := 100 * (1 - float64(v.Value)/float64(f.Value)); ch > fell {
					best, fell = i, ch
				}
			}
			if most == 0 || len(heat.Rows) < most {
				row := chart.HeatRow{Name: name}
				for _, y := range x.Years {
					row.Values = append(row.Values, float64(y.Value))
				}
				heat.Rows = append(heat.Rows, row)
			}
		}
		if pl, ok := snap.Place(x.Place); ok && x.Role == "network" && pl.Lat != nil && pl.Lon != nil {
			s := chart.Spot{Name: name, Lat: *pl.Lat, Lon: *pl.Lon, Value: math.NaN()}
			if v := x.Answer.Value; v.Year > 0 && v.Value.OK() {
				s.Value, s.When = float64(v.Value), yearText(v.Year)
			}
			land.Places = append(land.Places, s)
		}
	}
	if len(heat.Rows) > 0 {
		add("heat", &chart.Frame{Chart: heat, Key: key(w, o.Scale), Finding: glanceFinding(w, o, snap, best, fell, meets, known), Unit: w.T("compare.heat.unit", "Pollutant", sign, "Unit", unit)})
	}
	if len(land.Places) > 0 {
		add("map", &chart.Frame{Chart: land, Finding: w.N("compare.map.finding", len(land.Places)), Unit: w.T("compare.map.unit", "Pollutant", sign, "Unit", unit)})
	}
	return out
}

func yearText(y int) string {
	var b [4]byte
	for i := 3; i >= 0; i-- {
		b[i] = byte('0' + y%10)
		y /= 10
	}
	return string(b[:])
}

func glanceFinding(w *catalog.Words, o *desk.Overview, snap *network.Snapshot, best int, fell float64, meets, known int) string {
	out := ""
	if best >= 0 {
		a := o.Rows[best].Answer
		out = w.T("compare.heat.fell", "City", snap.PlaceName(o.Rows[best].Place, w.Tag()), "Pollutant", short(o.Parameter, w.Tag()), "Percent", w.Percent(fell, 0), "From", a.First.Year, "To", a.Value.Year)
		if w.Tag() != "zh" && w.Tag() != "ja" {
			out += " "
		}
	}
	if meets == 0 {
		return out + w.N("compare.heat.none", known)
	}
	return out + w.T("compare.heat.some", "Meets", w.Int(meets), "Known", w.Int(known))
}

func (h handlers) glanceChart(w http.ResponseWriter, r *ui.Request) error {
	q := desk.OverviewQuery{}
	if p, ok := air.ByCode(r.URL.Query().Get("pollutant")); ok && !p.Weather() {
		q.Parameter = p
	}
	o, err := h.Evidence.Overview(r.Context(), q, h.Now())
	if err != nil {
		return err
	}
	snap, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	name, kind, _ := strings.Cut(r.PathValue("name"), ".")
	return send(w, glanceFrames(r, o, snap, "/evidence/chart/", 0)[name], kind, "air-"+name)
}

// HomeFigure draws the air of the network's cities by year, for the home page.
func HomeFigure(d Deps) func(context.Context, *ui.Request) (template.HTML, error) {
	return func(ctx context.Context, r *ui.Request) (template.HTML, error) {
		o, err := d.Evidence.Overview(ctx, desk.OverviewQuery{Network: true}, d.Now())
		if err != nil {
			return "", err
		}
		snap, err := d.Network.Snapshot(ctx)
		if err != nil {
			return "", err
		}
		f := glanceFrames(r, o, snap, "/evidence/chart/", 8)["heat"]
		if f == nil {
			return "", nil
		}
		f.ID = "home-heat"
		return pages.Part(r, "home-figure", f)
	}
}
