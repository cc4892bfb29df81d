package activity

import (
	"encoding/csv"
	"fmt"
	"html"
	"html/template"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	desk "aircommons/internal/activity"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

// plot is the strip of a programme's editions, drawn.
type plot struct {
	Finding, Unit, Alt string
	Large, Small       template.HTML
	ID                 string
	Sources            []int
}

// pen writes SVG. Colours are classes of the style sheet; a drawing that leaves the site carries them itself.
type pen struct {
	strings.Builder
	alone bool
}

// light are the classes of the style sheet in its light colours.
var light = map[string]string{
	"g": `stroke="#DADCD5" fill="none"`, "ct": `stroke="#7A4F00" stroke-width="2" stroke-dasharray="2 4" fill="none"`,
	"dot": `fill="#0A5B63" stroke="#FAFAF7" stroke-width="1.5"`, "dot open": `fill="#FAFAF7" stroke="#0A5B63" stroke-width="2"`,
	"dot open gr": `fill="#FAFAF7" stroke="#808C90" stroke-width="2"`,
	"b":           `font-weight="600" fill="#15222A"`, "f": `font-weight="600" fill="#0A5B63"`, "q": `fill="#5F6D75"`, "no": `font-weight="600" fill="#7A4F00"`,
	"": `fill="#45545D"`,
}

func (p *pen) class(name string) string {
	if p.alone {
		return light[name]
	}
	return `class="` + name + `"`
}

func num(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

func (p *pen) path(class, d string) { fmt.Fprintf(p, `<path %s d="%s"/>`, p.class(class), d) }

func (p *pen) dot(x, y, r float64, class string) {
	fmt.Fprintf(p, `<circle cx="%s" cy="%s" r="%s" %s/>`, num(x), num(y), num(r), p.class(class))
}

func (p *pen) text(x, y float64, class, anchor, s string) {
	s = html.EscapeString(s)
	if p.alone {
		a := ""
		if anchor == "m" {
			a = ` text-anchor="middle"`
		}
		fmt.Fprintf(p, `<text x="%s" y="%s"%s %s>%s</text>`, num(x), num(y), a, light[class], s)
		return
	}
	fmt.Fprintf(p, `<text x="%s" y="%s" class="%s">%s</text>`, num(x), num(y), strings.TrimSpace(anchor+" "+class), s)
}

// wide estimates the width of a label of 13 px.
func wide(s string) float64 {
	w := 0.0
	for _, r := range s {
		if unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) {
			w += 13
		} else {
			w += 7.2
		}
	}
	return w
}

// Sizes of the wide drawing. Labels stand in rows above and below the line, the nearest free one first.
const (
	stripWide   = 1072.0
	stripLine   = 86.0
	stripYears  = 162.0
	stripHeight = 172
)

var stripRows = []float64{stripLine - 18, stripLine - 36, stripLine + 28, stripLine + 46, stripLine - 54}

type label struct {
	x     float64
	text  string
	class string
}

// large draws the strip for wide screens. after is the year up to which nothing is listed, 0 for none.
func large(v view, s desk.Strip, after int, alone bool) string {
	p := &pen{alone: alone}
	first, last := s.First(), s.Last()
	if after > 0 {
		last = s.Last() + 1
	}
	count := last - first + 1
	column := stripWide / float64(count)
	at := func(q network.Period) float64 {
		from := q.First()
		to := q.Last()
		if to.IsZero() || to.Year() > from.Year() {
			to = from
		}
		middle := from.Add(to.Sub(from) / 2)
		start := time.Date(from.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
		return min(stripWide-8, max(8, (float64(from.Year()-first)+middle.Sub(start).Hours()/24/366)*column))
	}
	for i := 0; i <= count; i++ {
		x := float64(i) * column
		p.path("g", fmt.Sprintf("M%s 46V%s", num(x), num(stripYears-18)))
		if i == count {
			break
		}
		year := first + i
		class := "b"
		if year > s.Last() || s.Years[i].Gap() {
			class = "q"
		}
		if column > 34 || year%5 == 0 {
			p.text(x+column/2, stripYears, class, "m", strconv.Itoa(year))
		}
	}
	p.path("g", fmt.Sprintf("M0 %sH%s", num(stripLine), num(stripWide)))
	var labels []label
	var dots pen
	dots.alone = alone
	for _, e := range s.Editions {
		x := at(e.Period)
		class := "dot"
		switch {
		case e.Second():
			class = "dot open gr"
		case e.Contested(), lent(e):
			class = "dot open"
		}
		text := "f"
		if e.Second() {
			text = ""
		}
		own := len(labels)
		labels = append(labels, label{x, shortPeriod(v.w, e.Period), text})
		for _, r := range e.Rivals {
			q, err := network.ParsePeriod(r.Parsed)
			if err != nil || !q.Known() {
				continue
			}
			rx := min(stripWide-8, max(8, at(q)))
			p.path("ct", fmt.Sprintf("M%s %sH%s", num(x), num(stripLine), num(rx)))
			dots.dot(rx, stripLine, 8, "dot open")
			other := label{rx, shortPeriod(v.w, q), "f"}
			labels[own].x, other.x = apart(x, labels[own].text, rx, other.text)
			labels = append(labels, other, label{(x + rx) / 2, v.w.T("programme.strip.twodates"), "no"})
		}
		dots.dot(x, stripLine, map[bool]float64{true: 6, false: 8}[e.Second()], class)
	}
	for i, y := range s.Years {
		if y.Gap() {
			labels = append(labels, label{(float64(i) + .5) * column, v.w.T("programme.strip.none"), "q"})
		}
	}
	if after > 0 {
		labels = append(labels, label{(float64(count) - .5) * column, v.w.T("programme.strip.after", "Year", s.Last()), "q"})
	}
	p.WriteString(dots.String())
	slices.SortStableFunc(labels, func(a, b label) int { return int(a.x*10) - int(b.x*10) })
	placeLabels(p, labels)
	return p.String()
}

// lent reports whether an edition has its date from a second source alone.
func lent(e desk.StripEdition) bool {
	return !e.Second() && !e.Activity.Period.Known() && e.Period.Known()
}

// apart moves the labels of two near dates of one edition outwards from each other, so that both stand in one row.
func apart(x float64, text string, rx float64, other string) (float64, float64) {
	const over = 9 // how far a label reaches over its dot
	if math.Abs(x-rx) >= (wide(text)+wide(other))/2+10 {
		return x, rx
	}
	move := func(from float64, s string, way float64) float64 { return from + way*(wide(s)/2-over) }
	if x < rx {
		return min(x, move(x, text, -1)), max(rx, move(rx, other, 1))
	}
	return max(x, move(x, text, 1)), min(rx, move(rx, other, -1))
}

// placeLabels writes labels so that none covers another, as long as there is room.
func placeLabels(p *pen, labels []label) {
	ends := make([]float64, len(stripRows))
	for i := range ends {
		ends[i] = -20
	}
	for _, l := range labels {
		half := wide(l.text) / 2
		x := max(half, min(stripWide-half, l.x))
		row := 0
		for i := range stripRows {
			if x-half >= ends[i]+10 {
				row = i
				break
			}
			if ends[i] < ends[row] {
				row = i
			}
		}
		ends[row] = x + half
		p.text(x, stripRows[row], l.class, "m", l.text)
	}
}

// small draws the strip upright for phones, and gives its height.
func small(v view, s desk.Strip, after int) (string, int) {
	p := &pen{}
	const x, left = 60.0, 84.0
	y := 20.0
	var body pen
	next := func() float64 { at := y; y += 42; return at }
	lastY := y
	for _, year := range s.Years {
		if year.Gap() {
			at := next()
			lastY = at
			body.dot(x, at, 4, "dot open gr")
			body.text(0, at+5, "q", "", strconv.Itoa(year.Year))
			body.text(left, at+5, "q", "", v.w.T("programme.strip.none"))
			continue
		}
		for i, n := range year.Editions {
			e := s.Editions[n]
			at := next()
			lastY = at
			if i == 0 {
				body.text(0, at+5, "b", "", strconv.Itoa(year.Year))
			}
			text := shortPeriod(v.w, e.Period)
			switch {
			case e.Second():
				body.dot(x, at, 6, "dot open gr")
				body.text(left, at+5, "", "", text+" · "+v.w.T("programme.strip.second"))
				continue
			case e.Contested():
				width := wide(text) + 10
				body.text(left, at+5, "f", "", text)
				body.text(left+width, at+5, "no", "", v.w.T("programme.strip.twodates"))
			default:
				class := "dot"
				if lent(e) {
					class = "dot open"
				}
				body.dot(x, at, 8, class)
				body.text(left, at+5, "f", "", text)
				continue
			}
			from := at
			for _, r := range e.Rivals {
				q, err := network.ParsePeriod(r.Parsed)
				if err != nil || !q.Known() {
					continue
				}
				other := next()
				lastY = other
				p.path("ct", fmt.Sprintf("M%s %sV%s", num(x), num(from), num(other)))
				body.dot(x, other, 8, "dot open")
				body.text(left, other+5, "f", "", shortPeriod(v.w, q))
			}
			body.dot(x, at, 8, "dot open")
		}
	}
	if after > 0 {
		at := next()
		lastY = at
		body.dot(x, at, 4, "dot open gr")
		body.text(0, at+5, "q", "", strconv.Itoa(s.Last()+1))
		body.text(left, at+5, "q", "", v.w.T("programme.strip.after", "Year", s.Last()))
	}
	var line pen
	line.path("g", fmt.Sprintf("M%s 20V%s", num(x), num(lastY)))
	return line.String() + p.String() + body.String(), int(lastY) + 22
}

// plot draws the strip of a programme; nil when no edition has a date.
func (h handlers) plot(v view, s desk.Strip, src *sources) *plot {
	if len(s.Editions) == 0 {
		return nil
	}
	w := v.w
	after := h.silentSince(s)
	contested, second := 0, 0
	var said []string
	cited := map[int]bool{}
	p := &plot{ID: "strip"}
	for _, e := range s.Editions { // the first source gets the first number
		for _, c := range e.Sources {
			if c.Rank == 0 {
				src.cite(v, c.Statement)
			}
		}
	}
	for _, e := range s.Editions {
		text := period(w, e.Period)
		for _, r := range e.Rivals {
			if q, err := network.ParsePeriod(r.Parsed); err == nil {
				text = w.T("programme.strip.or", "A", text, "B", period(w, q))
			}
		}
		if e.Contested() {
			contested++
		}
		if e.Second() {
			second++
			text = w.T("programme.strip.secondof", "Date", text)
		}
		for _, c := range e.Sources {
			if n := src.cite(v, c.Statement); !cited[n] {
				cited[n] = true
				p.Sources = append(p.Sources, n)
			}
		}
		said = append(said, text)
	}
	slices.Sort(p.Sources)
	clauses := []string{}
	if listed := len(s.Editions) - second; listed > 0 {
		first, last := 0, 0
		for _, e := range s.Editions {
			if e.Second() {
				continue
			}
			if first == 0 {
				first = e.Year
			}
			last = e.Year
		}
		if first == last {
			clauses = append(clauses, w.N("programme.strip.count.one", listed, "Year", first))
		} else {
			clauses = append(clauses, w.N("programme.strip.count", listed, "First", first, "Last", last))
		}
	}
	if gaps := s.Gaps(); len(gaps) > 0 {
		clauses = append(clauses, w.T("programme.strip.gaps", "Years", join(w, years(gaps))))
	}
	if doubles := s.Doubles(); len(doubles) > 0 {
		clauses = append(clauses, w.T("programme.strip.doubles", "Years", join(w, years(doubles))))
	}
	if contested > 0 {
		clauses = append(clauses, w.N("programme.strip.contested", contested))
	}
	if second > 0 {
		clauses = append(clauses, w.N("programme.strip.seconds", second))
	}
	p.Finding = clauses[0]
	for _, c := range clauses[1:] {
		p.Finding = w.T("programme.strip.join", "A", p.Finding, "B", c)
	}
	p.Unit = w.T("programme.strip.unit")
	if after > 0 {
		p.Unit += w.T("programme.space") + w.T("programme.strip.unit.after", "Year", s.Last())
	}
	p.Alt = w.T("programme.strip.alt", "List", strings.Join(said, w.T("programme.semicolon")))
	tall, height := small(v, s, after)
	p.Large = template.HTML(fmt.Sprintf(`<svg class="l" viewBox="0 0 %d %d">%s</svg>`, int(stripWide), stripHeight, large(v, s, after, false)))
	p.Small = template.HTML(fmt.Sprintf(`<svg class="s" viewBox="0 0 350 %d">%s</svg>`, height, tall))
	return p
}

// silentSince is the last year of a strip that ends before this year, else 0.
func (h handlers) silentSince(s desk.Strip) int {
	if s.Last() < h.Now().UTC().Year() {
		return s.Last()
	}
	return 0
}

func years(list []int) []string {
	out := make([]string, len(list))
	for i, y := range list {
		out[i] = strconv.Itoa(y)
	}
	return out
}

func (h handlers) stripSVG(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	s, err := h.Activity.Strip(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	if len(s.Editions) == 0 {
		return noStrip()
	}
	v, err := h.view(r)
	if err != nil {
		return err
	}
	p := h.plot(v, s, &sources{})
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Content-Disposition", `attachment; filename="`+id+`-editions.svg"`)
	_, err = fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-16 -30 %d %d" width="%d" height="%d" font-family="sans-serif" font-size="13" role="img" lang="%s"><title>%s</title><desc>%s</desc><rect x="-16" y="-30" width="100%%" height="100%%" fill="#FAFAF7"/><text x="0" y="-8" font-size="16" fill="#15222A">%s</text>%s</svg>`+"\n",
		int(stripWide)+32, stripHeight+46, int(stripWide)+32, stripHeight+46, r.Lang, html.EscapeString(p.Finding), html.EscapeString(p.Alt), html.EscapeString(p.Finding), large(v, s, h.silentSince(s), true))
	return err
}

func (h handlers) stripCSV(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	s, err := h.Activity.Strip(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+id+`-editions.csv"`)
	out := csv.NewWriter(w)
	rows := [][]string{{"year", "edition", "name", "from", "to", "precision", "printed", "source", "source_date", "contradicts"}}
	for _, e := range append(slices.Clone(s.Editions), s.Undated...) {
		name, _ := e.Activity.Names.In(r.Lang)
		year := ""
		if e.Year != 0 {
			year = strconv.Itoa(e.Year)
		}
		own := []string{year, e.Activity.ID, name, e.Period.From, e.Period.To, string(e.Period.Precision), e.Printed}
		if len(e.Sources) == 0 {
			rows = append(rows, append(own, "", "", ""))
		}
		for _, c := range e.Sources {
			q, err := network.ParsePeriod(c.Parsed)
			if err != nil {
				continue
			}
			rival := "no"
			if c.Contradicting {
				rival = "yes"
			}
			rows = append(rows, []string{year, e.Activity.ID, name, q.From, q.To, string(q.Precision), c.Printed, c.SourceTitle, c.SourceDate, rival})
		}
	}
	for _, row := range rows {
		for i, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t", rune(cell[0])) {
				row[i] = "'" + cell // a spreadsheet takes it for a formula otherwise
			}
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
