package activity

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"aircommons/chart"
	desk "aircommons/internal/activity"
	"aircommons/internal/fault"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

// plot is the strip of a programme's editions, drawn, with the numbers of its sources in the page.
type plot struct {
	*chart.Frame
	Sources []int
}

// strip lays the editions of a programme on the line of the chart. after is the year up to which nothing is listed, 0 for none.
func strip(v view, s desk.Strip, after int) *chart.Strip {
	c := &chart.Strip{From: s.First(), To: s.Last(), Contested: v.w.T("programme.strip.twodates"), Empty: v.w.T("programme.strip.none"), Second: v.w.T("programme.strip.second")}
	lane := chart.Lane{Style: chart.Accent}
	for _, e := range s.Editions {
		drawn := chart.Edition{Second: e.Second(), Lent: e.Lent()}
		for _, p := range e.Dates() {
			d := chart.Date{From: p.First(), To: p.Last(), Text: shortPeriod(v.w, p)}
			if d.To.IsZero() || d.To.Year() > d.From.Year() {
				d.To = d.From // it stands in the year in which it began
			}
			c.From, c.To = min(c.From, d.From.Year()), max(c.To, d.From.Year())
			drawn.Dates = append(drawn.Dates, d)
		}
		slices.SortStableFunc(drawn.Dates, func(a, b chart.Date) int { return a.From.Compare(b.From) })
		lane.Editions = append(lane.Editions, drawn)
	}
	if c.Lanes = []chart.Lane{lane}; after > 0 {
		c.To, c.After = c.To+1, v.w.T("programme.strip.after", "Year", after)
	}
	return c
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
	var listed []int // years of the editions that the first source lists
	cited := map[int]bool{}
	p := &plot{Frame: &chart.Frame{ID: "strip", Language: w, Chart: strip(v, s, after)}}
	for _, e := range s.Editions { // the first source gets the first number
		for _, c := range e.Sources {
			if c.Rank == 0 {
				src.cite(v, c.Statement)
			}
		}
	}
	for _, e := range s.Editions {
		text := ""
		for i, p := range e.Dates() {
			if i == 0 {
				text = period(w, p)
			} else {
				text = w.T("programme.strip.or", "A", text, "B", period(w, p))
			}
		}
		if e.Contested() {
			contested++
		}
		if e.Second() {
			second++
			text = w.T("programme.strip.secondof", "Date", text)
		} else {
			listed = append(listed, e.Year)
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
	if n := len(listed); n > 0 {
		key := "programme.strip.count"
		if listed[0] == listed[n-1] {
			key = "programme.strip.count.one"
		}
		clauses = append(clauses, w.N(key, n, "Year", listed[0], "First", listed[0], "Last", listed[n-1]))
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
	p.Label = w.T("programme.strip.alt", "List", strings.Join(said, w.T("programme.semicolon")))
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
	s, err := h.Activity.Strip(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	v, err := h.view(r)
	if err != nil {
		return err
	}
	p := h.plot(v, s, &sources{})
	if p == nil {
		return fault.New(fault.NotFound, "error.notfound")
	}
	return sendStrip(w, r, "image/svg+xml", ".svg", p.SVG())
}

func sendStrip(w http.ResponseWriter, r *ui.Request, kind, ending string, body []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+r.PathValue("id")+"-editions"+ending+`"`)
	_, err := w.Write(body)
	return err
}

func (h handlers) stripCSV(w http.ResponseWriter, r *ui.Request) error {
	s, err := h.Activity.Strip(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	var t chart.Table
	for _, name := range []string{"year", "edition", "name", "from", "to", "precision", "printed", "source", "source_date", "contradicts"} {
		t.Head = append(t.Head, chart.Column{Text: name})
	}
	for _, e := range append(slices.Clone(s.Editions), s.Undated...) {
		name, _ := e.Activity.Names.In(r.Lang)
		year := ""
		if e.Year != 0 {
			year = strconv.Itoa(e.Year)
		}
		own := []string{year, e.Activity.ID, name, e.Period.From, e.Period.To, string(e.Period.Precision), e.Printed}
		if len(e.Sources) == 0 {
			t.Rows = append(t.Rows, append(own, "", "", ""))
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
			t.Rows = append(t.Rows, []string{year, e.Activity.ID, name, q.From, q.To, string(q.Precision), c.Printed, c.SourceTitle, c.SourceDate, rival})
		}
	}
	return sendStrip(w, r, "text/csv; charset=utf-8", ".csv", t.CSV())
}
