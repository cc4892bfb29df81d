package evidence

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"aircommons/air"
	"aircommons/chart"
	"aircommons/internal/catalog"
	desk "aircommons/internal/evidence"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
	"aircommons/stats"
)

// air registers the page of a city's air with its downloads.
func (h handlers) air() {
	h.Get("/cities/{id}/air", h.city)
	h.Get("/cities/{id}/air/chart/{file}", h.cityChart)
	h.Get("/cities/{id}/air/hours.csv", h.hoursCSV)
}

// tile is one figure beside the answer.
type tile struct {
	Label       template.HTML
	Value, Unit string
	Chip        string
	Tone        string // class of the chip: "ok", "stop", "notice" or none
	Note        string
}

// rung is one step of the ladder.
type rung struct {
	Name, Small string
	Width       string // of the bar, in the drawing's units
	Here        string // where the line of the value stands
	Class       int
	You         bool
	Value       string
	Chip, Tone  string
}

// sentence is a part of the lede with the number of its source.
type sentence struct {
	Text   template.HTML
	Source int
}

// sourceRow is one entry of the list of sources.
type sourceRow struct {
	Number    int
	Text, URL string
}

type term struct{ Term, Text string }

// stationRow is a station in the table of a city's page.
type stationRow struct {
	ID                     int32
	Name, Site             string
	Years, Latest, Capture string
}

// pointRow is one annual mean in the table of all sources.
type pointRow struct {
	Year, Value, What, Source, URL, Note string
}

type airPage struct {
	ui.Page
	Air       *desk.CityAir
	Kind      string
	Answer    string
	Lede      []sentence
	Choices   []link // pollutants
	Tiles     template.HTML
	Ladder    template.HTML
	LadderOf  template.HTML
	Annual    *figure
	Calendar  *figure
	Months    *figure
	Profile   *figure
	DayNote   string
	YearForm  template.HTML // what the lists offer
	Stations  template.HTML
	Explorer  *explorer
	Method    []term
	Notes     []string
	Sources   []sourceRow
	MayImport bool

	StationRows template.HTML
	Points      template.HTML // rows of all annual means
}

// English is the language to mark words of a source with.
func (p *airPage) English(s string) string { return english(s, p.Lang()) }

// airQuery reads what is asked of a city's page.
func airQuery(r *ui.Request) (q desk.CityQuery, err error) {
	q.Place = r.PathValue("id")
	v := r.URL.Query()
	if s := v.Get("p"); s != "" {
		var ok bool
		if q.Parameter, ok = air.ByCode(s); !ok {
			return q, notFound()
		}
	}
	if s := v.Get("year"); s != "" {
		if q.Year, err = strconv.Atoi(s); err != nil || q.Year < 1900 || q.Year > 2200 {
			return q, notFound()
		}
	}
	if s := v.Get("station"); s != "" {
		n, err := strconv.ParseInt(s, 10, 32)
		if err != nil {
			return q, notFound()
		}
		q.Station = int32(n)
	}
	return q, nil
}

// cityView is what the figures of a city's page are made of.
type cityView struct {
	h    handlers
	r    *ui.Request
	w    *catalog.Words
	c    *desk.CityAir
	net  *network.Snapshot
	name string
}

func (h handlers) cityView(r *ui.Request) (*cityView, error) {
	q, err := airQuery(r)
	if err != nil {
		return nil, err
	}
	c, err := h.Evidence.CityAir(r.Context(), q, h.Now())
	if err != nil {
		return nil, err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return nil, err
	}
	return &cityView{h, r, r.Words, c, net, net.PlaceName(q.Place, r.Lang)}, nil
}

// path is the address of a part of this page with what was chosen.
func (v *cityView) path(part string, keep ...string) string {
	q := url.Values{}
	q.Set("p", v.c.Parameter.Code())
	for _, k := range keep {
		if s := v.r.URL.Query().Get(k); s != "" {
			q.Set(k, s)
		}
	}
	return "/cities/" + v.c.Place.ID + "/air" + part + "?" + q.Encode()
}

func (h handlers) city(w http.ResponseWriter, r *ui.Request) error {
	v, err := h.cityView(r)
	if err != nil {
		return err
	}
	c, words := v.c, r.Words
	p := &airPage{Air: c}
	p.Title, p.Nav = words.T("air.title", "City", v.name), "evidence"
	if c.Answer.Value.Year > 0 {
		p.Here = c.AnnualScale.Class(float64(c.Answer.Value.Value))
	}
	p.Crumbs = []ui.Crumb{{Text: words.T("nav.cities"), Path: "/cities"}, {Text: v.name, Path: "/cities/" + c.Place.ID}, {Text: words.T("air.crumb")}}
	p.Canonical = "/cities/" + c.Place.ID + "/air"
	if c.Parameter != air.PM25 {
		p.Canonical += "?p=" + c.Parameter.Code()
	}
	p.Kind = words.T("air.kind."+c.Place.Kind, "City", v.name)
	p.MayImport = r.By.KeepsCity(c.Place.ID)
	if p.MayImport {
		p.Actions = []ui.Action{{Text: words.T("air.action.import"), Path: "/evidence/import?place=" + c.Place.ID},
			{Text: words.T("air.action.imports"), Path: "/evidence/imports"}, {Text: words.T("air.action.published"), Path: "/evidence/published?place=" + c.Place.ID}}
	}
	p.Answer = words.T("evidence.answer." + string(c.Answer.Word))
	p.Lede, p.Sources = v.lede()
	p.Description = plainText(p.Lede)
	for _, q := range c.Parameters {
		p.Choices = append(p.Choices, link{chart.Rich(sign(words, q)), "/cities/" + c.Place.ID + "/air?p=" + q.Code(), q == c.Parameter})
	}
	p.Tiles, p.Ladder = tilesHTML(v.tiles()), ladderHTML(v.ladder(), v.w.Tag())
	p.LadderOf = chart.Rich(words.T("air.ladder.note", "Pollutant", sign(words, c.Parameter), "Unit", c.Unit.Pretty()))
	if c.Answer.Peak {
		p.LadderOf = chart.Rich(words.T("air.ladder.peak", "Unit", c.Unit.Pretty()))
	}
	p.NoIndex = r.URL.RawQuery != "" && r.URL.RawQuery != "p="+c.Parameter.Code()
	f, err := v.figures(!p.NoIndex)
	if err != nil {
		return err
	}
	p.Annual, p.Calendar, p.Months, p.Profile, p.Explorer = f.annual, f.calendar, f.months, f.profile, f.explorer
	if d := c.Detail; d != nil {
		p.DayNote = words.T("air.day.note", "Zone", offset(d.Offset))
	}
	var years, stations []ui.Option
	for _, y := range c.Years {
		years = append(years, ui.Option{Value: strconv.Itoa(y), Label: words.Year(y), Chosen: c.Detail != nil && y == c.Detail.Year})
	}
	asked := r.URL.Query().Get("station")
	if len(c.Stations) > 1 {
		stations = append(stations, ui.Option{Label: words.T("air.stations.all"), Chosen: asked == ""})
	}
	for _, s := range c.Stations {
		id := strconv.Itoa(int(s.ID))
		stations = append(stations, ui.Option{Value: id, Label: s.Name, Chosen: asked == id || len(c.Stations) == 1})
	}
	p.YearForm, p.Stations = optionsHTML(years), optionsHTML(stations)
	p.Method = v.method()
	for _, n := range c.Notes {
		p.Notes = append(p.Notes, words.Say(n))
	}
	p.StationRows, p.Points = stationTable(v.stationRows(), r.To("/evidence/stations/")), pointTable(v.pointRows(c.Lines), r.Lang)
	if p.Explorer != nil {
		p.Scripts = []string{"explore.js"}
	}
	return h.Show(w, r, pages, "air.html", p)
}

var unmarked = strings.NewReplacer("<sub>", "", "</sub>", "", "&#34;", `"`, "&#39;", "'", "&amp;", "&", "&lt;", "<", "&gt;", ">")

func plainText(lede []sentence) string {
	var out []string
	for _, s := range lede {
		out = append(out, unmarked.Replace(string(s.Text)))
	}
	return strings.Join(out, " ")
}

func (v *cityView) stationRows() (out []stationRow) {
	var means []stats.Value
	for _, s := range v.c.Stations {
		for _, y := range s.Years {
			means = append(means, y.Mean)
		}
	}
	digits := places(means)
	for _, s := range v.c.Stations {
		x := stationRow{ID: s.ID, Name: s.Name, Site: v.w.T("evidence.site." + s.SiteType), Years: strconv.Itoa(s.First)}
		if s.Last != s.First {
			x.Years += "–" + strconv.Itoa(s.Last)
		}
		for i, y := range s.Years {
			if y.Capture < desk.EnoughCapture && i+1 < len(s.Years) {
				continue // the latest year that has a mean; else the first there is, without one
			}
			mean := v.w.T("air.novalue")
			if y.Mean.OK() {
				mean = v.w.Number(float64(y.Mean), digits)
			}
			x.Latest, x.Capture = v.w.T("air.valueyear", "Value", mean, "Year", strconv.Itoa(y.Year)), pct(v.w, y.Capture)
			break
		}
		out = append(out, x)
	}
	return out
}

func (v *cityView) pointRows(lines []desk.AnnualLine) (out []pointRow) {
	for _, l := range lines {
		what := v.w.T("evidence.scope." + l.Scope)
		if l.Area != "" {
			what += ", " + l.Area
		}
		if l.Place != v.c.Place.ID {
			what += " (" + v.net.PlaceName(l.Place, v.r.Lang) + ")"
		}
		if l.PeriodKind == "fiscal" {
			what += "; " + v.w.T("evidence.periodkind.fiscal")
		}
		for _, p := range l.Points {
			x := pointRow{Year: strconv.Itoa(p.Year), What: what, Source: p.Source, URL: p.URL, Note: p.Definition}
			if l.Measured {
				x.Value, x.Source = shown(v.w, p.Value), v.w.T("air.source.here", "Layouts", l.Source)
				if p.Stations > 0 {
					x.Note = v.w.N("air.tile.capture", p.Stations, "Capture", pct(v.w, p.Capture))
				}
			} else {
				u, _ := air.ParseUnit(p.PrintedUnit)
				x.Value = v.w.Decimal(p.Printed) + " " + u.Pretty()
			}
			if p.Why != nil {
				x.Note = v.w.Say(*p.Why)
			}
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b pointRow) int { return strings.Compare(b.Year, a.Year) })
	return out
}

func (h handlers) cityChart(w http.ResponseWriter, r *ui.Request) error {
	v, err := h.cityView(r)
	if err != nil {
		return err
	}
	name, ending, ok := strings.Cut(r.PathValue("file"), ".")
	if !ok || ending != "svg" && ending != "csv" {
		return notFound()
	}
	var f *figure
	switch {
	case name == "annual":
		f = v.annual()
	case name == "explorer":
		x, err := v.explorer()
		if err != nil {
			return err
		}
		if x != nil {
			f = x.Figure
		}
	case v.c.Detail == nil:
	case name == "calendar":
		f = v.calendar()
	case name == "months":
		f = v.months()
	case name == "hours":
		f = v.profile()
	}
	file := v.c.Place.ID + "-" + v.c.Parameter.Code() + "-" + name
	if d := v.c.Detail; d != nil && name != "annual" && name != "explorer" {
		file += "-" + strconv.Itoa(d.Year)
	}
	return sendChart(w, f, file, ending)
}
