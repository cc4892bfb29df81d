package evidence

import (
	"html/template"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"aircommons/air"
	"aircommons/chart"
	"aircommons/internal/catalog"
	desk "aircommons/internal/evidence"
	"aircommons/internal/fault"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

func (h handlers) comparison() {
	h.Get("/compare", h.compare)
	h.Get("/compare/chart/{name}", h.compareChart)
}

type comparePage struct {
	ui.Page
	Lede    string
	Frames  []*chart.Frame
	Rows    []compareRow
	Points  []comparePoint
	Notes   []string
	Choices []ui.Option
	Pollut  []ui.Option
	From    string
	To      string
	Base    string
	Sign    template.HTML
	Unit    string
	Error   string
	Missing bool
}

type compareRow struct {
	Name, Path    string
	First, Latest string
	Limit         string
	Chip, Text    string
	What          []string
	Own           bool
}

// comparePoint is one annual mean that is drawn, with what it is and where it is from.
type comparePoint struct {
	Place string
	pointRow
}

// English is the language to mark words of a source with.
func (p *comparePage) English(s string) string { return english(s, p.Lang()) }

func compareQuery(r *ui.Request) (desk.CompareQuery, url.Values) {
	v, kept := r.URL.Query(), url.Values{}
	q := desk.CompareQuery{}
	if p, ok := air.ByCode(v.Get("pollutant")); ok {
		q.Parameter = p
		kept.Set("pollutant", p.Code())
	}
	for _, id := range v["place"] {
		if id != "" && len(q.Places) < 13 {
			q.Places = append(q.Places, id)
			kept.Add("place", id)
		}
	}
	for name, to := range map[string]*int{"from": &q.From, "to": &q.To, "base": &q.Base} {
		if y := atoi(v.Get(name)); y > 1900 && y < 2200 {
			*to = y
			kept.Set(name, strconv.Itoa(y))
		}
	}
	return q, kept
}

func (h handlers) compare(w http.ResponseWriter, r *ui.Request) error {
	q, kept := compareQuery(r)
	p := &comparePage{}
	c, err := h.Evidence.Compare(r.Context(), q, h.Now())
	if fault.CodeOf(err) == fault.Invalid {
		p.Error, p.Status = r.Words.Error(err), http.StatusUnprocessableEntity
		c, err = h.Evidence.Compare(r.Context(), desk.CompareQuery{Parameter: q.Parameter}, h.Now())
	}
	if err != nil {
		return err
	}
	snap, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	words := r.Words
	p.Nav, p.Title, p.Description = "compare", words.T("compare.title"), words.T("compare.description")
	p.Sign, p.Unit = rich(c.Parameter, r.Lang), c.Unit.Pretty()
	var names []string
	for _, x := range c.Regions {
		names = append(names, snap.PlaceName(x.Place, r.Lang))
	}
	if q.Places == nil && len(names) > 1 {
		p.Title = words.T("compare.title.default", "City", names[0])
	}
	p.Crumbs = []ui.Crumb{{Text: words.T("nav.compare")}}
	p.Lede = compareLede(words, c, snap)
	frames := compareFrames(r, c, snap, kept)
	for _, name := range []string{"change", "panels", "index"} {
		if f := frames[name]; f != nil {
			p.Frames = append(p.Frames, f)
		}
	}
	p.Missing = len(p.Frames) == 0
	for i, x := range c.Regions {
		p.Rows = append(p.Rows, regionRow(words, c, x, snap, i == 0))
		p.Points = append(p.Points, regionPoints(words, c, x, snap)...)
	}
	for _, n := range c.Notes {
		p.Notes = append(p.Notes, words.Say(n))
	}
	shown := map[string]bool{}
	for _, x := range c.Regions {
		shown[x.Place] = true
	}
	for _, id := range c.Choices {
		p.Choices = append(p.Choices, ui.Option{Value: id, Label: snap.PlaceName(id, r.Lang), Chosen: shown[id]})
	}
	for _, x := range c.Others {
		p.Pollut = append(p.Pollut, ui.Option{Value: x.Code(), Label: short(x, r.Lang), Chosen: x == c.Parameter})
	}
	year := func(y int) string {
		if y == 0 {
			return ""
		}
		return strconv.Itoa(y)
	}
	p.From, p.To, p.Base = year(q.From), year(q.To), year(q.Base)
	return h.Show(w, r, pages, "compare.html", p)
}

// compareLede says how the first place changed and where it stands among the others.
func compareLede(w *catalog.Words, c *desk.Comparison, snap *network.Snapshot) string {
	if len(c.Regions) == 0 {
		return "" // the page says it
	}
	if c.Regions[0].Latest == nil {
		return w.T("compare.lede.none")
	}
	x := c.Regions[0]
	name := snap.PlaceName(x.Place, w.Tag())
	rank, known := 1, 0
	for _, y := range c.Regions {
		if y.Latest != nil {
			known++
			if y.Latest.Value > x.Latest.Value {
				rank++
			}
		}
	}
	out := ""
	if x.First.Year < x.Latest.Year && x.First.Value > 0 {
		change := 100 * (float64(x.Latest.Value)/float64(x.First.Value) - 1)
		key := "compare.lede.fell"
		if change > 0 {
			key = "compare.lede.rose"
		}
		out = w.T(key, "City", name, "Percent", w.Percent(math.Abs(change), 0), "From", x.First.Year, "To", x.Latest.Year)
	}
	key := "compare.lede.among"
	switch rank {
	case 1:
		key = "compare.lede.highest"
	case known:
		key = "compare.lede.lowest"
	}
	if known > 1 {
		if w.Tag() != "zh" && w.Tag() != "ja" && out != "" {
			out += " "
		}
		out += w.T(key, "City", name, "Count", known, "Rank", rank)
	}
	return out
}

func valueYear(w *catalog.Words, c *desk.Comparison, p *desk.AnnualPoint) string {
	if p == nil {
		return "–"
	}
	return w.T("compare.valueyear", "Value", neat(w, float64(p.Value), digits(c.Parameter, c.Unit)), "Year", p.Year)
}

func regionRow(w *catalog.Words, c *desk.Comparison, x desk.Region, snap *network.Snapshot, own bool) compareRow {
	out := compareRow{Name: snap.PlaceName(x.Place, w.Tag()), Path: "/cities/" + x.Place + "/air", First: valueYear(w, c, x.First), Latest: valueYear(w, c, x.Latest), Own: own}
	if c.Parameter != air.PM25 {
		out.Path += "?p=" + c.Parameter.Code()
	}
	if j := x.Now; j != nil {
		out.Limit = plain(w, j.Limit.Value)
		out.Chip = map[desk.Verdict]string{desk.Met: "ok", desk.Missed: "stop"}[j.Verdict]
		out.Text = w.T("evidence.verdict." + string(j.Verdict))
		if x.Next != nil && !x.Next.Limit.From.IsZero() && x.Next.Limit.Value != j.Limit.Value {
			out.Limit = w.T("compare.limit.next", "Now", plain(w, j.Limit.Value), "Next", plain(w, x.Next.Limit.Value), "From", x.Next.Limit.From.Year())
		}
	}
	if x.Why != nil {
		out.What = append(out.What, w.Say(*x.Why))
	}
	years := map[int][]int{}
	for _, p := range x.Points {
		years[p.Line] = append(years[p.Line], p.Year)
	}
	for i, l := range x.Lines {
		if len(years[i]) == 0 {
			continue
		}
		what := lineWhat(w, x, l, snap) + ": " + l.Source
		if l.Measured {
			what = w.T("evidence.definition.stations")
			if l.Embassy {
				what = w.T("air.line.embassy")
			}
		}
		out.What = append(out.What, w.T("compare.ofyears", "Years", spans(years[i]), "What", what))
	}
	return out
}

// lineWhat says what a published value is of: scope, area, another place that stands for this one, the kind of year.
func lineWhat(w *catalog.Words, x desk.Region, l desk.AnnualLine, snap *network.Snapshot) string {
	parts := []string{w.T("evidence.scope." + l.Scope)}
	if l.Area != "" {
		parts = append(parts, l.Area)
	}
	if l.Place != x.Place {
		parts = append(parts, snap.PlaceName(l.Place, w.Tag()))
	}
	if l.PeriodKind == "fiscal" {
		parts = append(parts, w.T("evidence.periodkind.fiscal"))
	}
	return strings.Join(parts, ", ")
}

// spans writes years in order as "2003, 2008, 2015–2020".
func spans(years []int) string {
	var out []string
	for i := 0; i < len(years); i++ {
		first := i
		for i+1 < len(years) && years[i+1] == years[i]+1 {
			i++
		}
		s := strconv.Itoa(years[first])
		if i > first {
			s += "–" + strconv.Itoa(years[i])
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// regionPoints are the values of a place that are drawn, the latest first, each with its definition and source.
func regionPoints(w *catalog.Words, c *desk.Comparison, x desk.Region, snap *network.Snapshot) (out []comparePoint) {
	for _, p := range slices.Backward(x.Points) {
		l := x.Lines[p.Line]
		row := comparePoint{snap.PlaceName(x.Place, w.Tag()), pointRow{Year: strconv.Itoa(p.Year), What: lineWhat(w, x, l, snap), Source: p.Source, URL: p.URL, Note: p.Definition,
			Value: neat(w, float64(p.Value), digits(c.Parameter, c.Unit))}}
		if l.Measured {
			row.What, row.Source = w.T("air.line.stations"), w.T("air.source.here", "Layouts", l.Source)
			if l.Embassy {
				row.What = w.T("air.line.embassy")
			}
			row.Note = w.N("air.tile.capture", p.Stations, "Capture", pct(w, p.Capture))
		}
		out = append(out, row)
	}
	return out
}

// compareFrames are the figures of the comparison by name.
func compareFrames(r *ui.Request, c *desk.Comparison, snap *network.Snapshot, kept url.Values) map[string]*chart.Frame {
	w := r.Words
	sign, unit := short(c.Parameter, r.Lang), c.Unit.Pretty()
	d := digits(c.Parameter, c.Unit)
	out := map[string]*chart.Frame{}
	add := func(id string, f *chart.Frame) {
		f.ID, f.Language = id, w
		q := ""
		if len(kept) > 0 {
			q = "?" + kept.Encode()
		}
		f.SVGPath, f.CSVPath = r.To("/compare/chart/"+id+".svg")+q, r.To("/compare/chart/"+id+".csv")+q
		f.Source = w.T("compare.source")
		f.Label = f.Finding + ". " + f.Unit
		out[id] = f
	}
	guideline := math.NaN()
	for _, x := range c.Regions {
		if x.Guideline != nil {
			guideline = x.Guideline.Limit.Value
		}
	}
	change := &chart.Change{Axis: w.T("compare.place"), First: w.T("compare.first"), Last: w.T("compare.latest"), When: w.T("part.year"), Value: sign + ", " + unit, Digits: d,
		In: func(value, when string) string { return w.T("compare.in", "Value", value, "Year", when) }}
	if !math.IsNaN(guideline) {
		change.Limits = []chart.Threshold{{Name: w.T("compare.who", "Limit", plain(w, guideline)), Value: guideline}}
	}
	panels := &chart.Panels{Scale: chart.Years, Axis: w.T("part.year"), Digits: d, From: float64(c.From), To: float64(c.To)}
	if !math.IsNaN(guideline) {
		panels.Limits = []chart.Limit{chart.Level(w.T("compare.whoname"), plain(w, guideline), guideline)}
	}
	index := &chart.Lines{Scale: chart.Years, Axis: w.T("part.year"), Digits: 0}
	var said []string
	for i, x := range c.Regions {
		if x.Latest == nil {
			continue
		}
		name := snap.PlaceName(x.Place, r.Lang)
		style := chart.Quiet
		if i == 0 {
			style = chart.Accent
		}
		change.Rows = append(change.Rows, chart.Pair{Name: name, First: float64(x.First.Value), Last: float64(x.Latest.Value), FirstWhen: strconv.Itoa(x.First.Year), LastWhen: strconv.Itoa(x.Latest.Year), Style: style})
		said = append(said, name+" "+w.T("compare.in", "Value", neat(w, float64(x.Latest.Value), d), "Year", x.Latest.Year))
		s := chart.Series{Name: name, Style: style, Dots: true, Marks: chart.First | chart.Last}
		main := x.Points[len(x.Points)-1].Line
		for _, p := range x.Points {
			s.Points = append(s.Points, chart.Point{X: float64(p.Year), Y: float64(p.Value), Open: p.Line != main})
		}
		panels.Series = append(panels.Series, s)
		if len(x.Index) > 0 {
			s := chart.Series{Name: name, Style: chart.Colour1 + chart.Style(i%6), Dots: true, Marks: chart.Last}
			for _, p := range x.Index {
				s.Points = append(s.Points, chart.Point{X: float64(p.Year), Y: float64(p.Value)})
			}
			index.Series = append(index.Series, s)
		}
	}
	if len(change.Rows) == 0 {
		return out
	}
	high, low := change.Rows[0], change.Rows[0]
	for _, x := range change.Rows {
		if x.Last > high.Last {
			high = x
		}
		if x.Last < low.Last {
			low = x
		}
	}
	finding := w.T("compare.finding.one", "City", high.Name, "Value", neat(w, high.Last, d), "Unit", unit)
	if high.Name != low.Name {
		finding = w.T("compare.finding.change", "High", high.Name, "HighValue", neat(w, high.Last, d), "Low", low.Name, "LowValue", neat(w, low.Last, d), "Unit", unit)
	}
	add("change", &chart.Frame{Chart: change, Finding: finding, Unit: w.T("compare.change.unit", "Pollutant", sign, "Unit", unit)})
	out["change"].Label += ". " + strings.Join(said, ", ")
	if c.To > c.From {
		add("panels", &chart.Frame{Chart: panels, Finding: panelsFinding(w, c, snap), Unit: w.T("compare.panels.unit", "Pollutant", sign, "Unit", unit, "From", c.From, "To", c.To)})
	}
	if len(index.Series) > 0 {
		add("index", &chart.Frame{Chart: index, Finding: w.T("compare.index.finding", "Base", c.Base), Unit: w.T("compare.index.unit", "Pollutant", sign, "Base", c.Base)})
	}
	return out
}

// panelsFinding names the place that changed most.
func panelsFinding(w *catalog.Words, c *desk.Comparison, snap *network.Snapshot) string {
	best, most := -1, 0.0
	for i, x := range c.Regions {
		if x.Latest == nil || x.First.Year == x.Latest.Year || x.First.Value <= 0 {
			continue
		}
		if ch := 100 * (float64(x.Latest.Value)/float64(x.First.Value) - 1); math.Abs(ch) > math.Abs(most) {
			best, most = i, ch
		}
	}
	if best < 0 {
		return w.T("compare.panels.plain")
	}
	x := c.Regions[best]
	key := "compare.panels.fell"
	if most > 0 {
		key = "compare.panels.rose"
	}
	return w.T(key, "City", snap.PlaceName(x.Place, w.Tag()), "Percent", w.Percent(math.Abs(most), 0), "From", x.First.Year, "To", x.Latest.Year)
}

func (h handlers) compareChart(w http.ResponseWriter, r *ui.Request) error {
	q, kept := compareQuery(r)
	c, err := h.Evidence.Compare(r.Context(), q, h.Now())
	if err != nil {
		return err
	}
	snap, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	name, kind, _ := strings.Cut(r.PathValue("name"), ".")
	return send(w, compareFrames(r, c, snap, kept)[name], kind, "compare-"+c.Parameter.Code()+"-"+name)
}

// send sends a figure as SVG or CSV.
func send(w http.ResponseWriter, f *chart.Frame, kind, name string) error {
	if f == nil {
		return fault.New(fault.NotFound, "error.notfound")
	}
	var body []byte
	switch kind {
	case "svg":
		w.Header().Set("Content-Type", "image/svg+xml; charset=utf-8")
		body = f.SVG()
	case "csv":
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		body = f.CSV()
	default:
		return fault.New(fault.NotFound, "error.notfound")
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.`+kind+`"`)
	_, err := w.Write(body)
	return err
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }
