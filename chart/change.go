package chart

import (
	"math"
	"slices"
	"strings"
)

func (c *Change) size() Size    { return c.Size }
func (c *Change) shared(p *pen) {}

func (c *Change) sorted() []Pair {
	out := slices.Clone(c.Rows)
	slices.SortStableFunc(out, func(a, b Pair) int { return descending(a.start(), b.start()) })
	return out
}

// start is the first value, or the last where there is no first.
func (r *Pair) start() float64 {
	if finite(r.First) {
		return r.First
	}
	return r.Last
}

// span is the years of a row: "2013–2024".
func (r *Pair) span() string {
	switch {
	case !finite(r.First) || r.FirstWhen == r.LastWhen && finite(r.Last):
		return r.LastWhen
	case !finite(r.Last):
		return r.FirstWhen
	}
	return r.FirstWhen + "–" + r.LastWhen
}

func (c *Change) draw(p *pen) {
	rows := c.sorted()
	lo, hi, left := 0.0, 0.0, 0.0
	for i := range rows {
		grow(&lo, &hi, rows[i].First)
		grow(&lo, &hi, rows[i].Last)
		left = max(left, bold(rows[i].Name), width(rows[i].span()))
	}
	for i := range c.Limits {
		grow(&lo, &hi, c.Limits[i].Value)
	}
	g := across{x0: math.Ceil(min(left+26, p.w*.35)), x1: p.w - 12, a: nice(lo, hi)}
	pitch := 46.0
	if p.small {
		g.x0, pitch = 0, 58
	}
	h := headings(p, c.Limits, &g)
	top := 16*float64(h.rows) + 6
	bottom := top + pitch*float64(len(rows)) + 8
	p.h = bottom + 24
	g.grid(p, top, bottom)
	x, y := thresholds(p, c.Limits, &g, h, bottom)
	if c.LimitNote != "" && y > 0 && x+12+width(c.LimitNote) <= p.w {
		p.text("", x+12, y, c.LimitNote)
	}
	for i := range rows {
		c.row(p, &g, &rows[i], top+pitch*float64(i))
	}
}

// row draws one pair; y is its upper edge.
func (c *Change) row(p *pen, g *across, r *Pair, y float64) {
	k := r.Style.index()
	name := "b halo"
	if r.Style == Accent {
		name = "f halo"
	}
	at := y + 29
	if p.small {
		p.text2(name, 0, y+22, r.Name, "q", r.span())
		at = y + 40
	} else {
		p.text(name, 0, y+28, r.Name)
		p.text("q", 0, y+44, r.span())
	}
	a, b := finite(r.First), finite(r.Last)
	xa, xb := g.fx(r.First), g.fx(r.Last)
	if !a {
		xa = xb
	}
	if !b {
		xb = xa
	}
	if a && b {
		p.open("path", "link")
		p.str(` stroke-width="2" d="`)
		p.at('M', xa, at)
		p.to('H', xb)
		p.str(`"/>`)
	}
	if a {
		p.circle(ringClass[k], xa, at, 5)
	}
	if b {
		p.circle(dotClass[k], xb, at, 6)
	}
	first, last := cell(p.l, r.First, c.Digits), cell(p.l, r.Last, c.Digits)
	if !a && !b {
		p.text("q", g.x0+8, at+5, missing)
		return
	}
	if c.In != nil && r.Style == Accent && a && b {
		c.named(p, g, r, at, first, last)
		return
	}
	text := first + " → " + last
	if !a || !b {
		text = strings.Trim(text, " →"+missing)
	}
	x := max(xa, xb) + 12
	switch w := bold(text); {
	case x+w <= p.w:
		p.text("b halo", x, at+5, text)
	case min(xa, xb)-12-w >= g.x0:
		p.text("b halo e", min(xa, xb)-12, at+5, text)
	default:
		p.text("b halo e", p.w, at-11, text)
	}
}

// named writes both values with their years, the first above its ring, the last beside its dot.
func (c *Change) named(p *pen, g *across, r *Pair, at float64, first, last string) {
	xa, xb := g.fx(r.First), g.fx(r.Last)
	then, now := c.In(first, r.FirstWhen), c.In(last, r.LastWhen)
	room := placer{area: box{g.x0, 0, p.w + 2, p.h}, dots: []box{{xa - 5, at - 5, xa + 5, at + 5}, {xb - 6, at - 6, xb + 6, at + 6}},
		lines: []box{{xa, at, xb, at}}}
	w := bold(now)
	if s, ok := room.choose(w, 1, 10, spot{xb - 11, at + 5, end}, spot{xb + 11, at + 5, begin}, spot{xb, at + 22, begin}, spot{xb, at + 22, middle},
		spot{xb, at + 22, end}); ok {
		p.text(suffixOf("f halo", s.anchor), s.x, s.y, now)
	}
	if s, ok := room.choose(width(then), 1, 10, spot{xa, at - 11, end}, spot{xa, at - 11, middle}, spot{xa, at - 11, begin}, spot{xa, at + 22, end},
		spot{xa, at + 22, begin}); ok {
		p.text(suffixOf("halo", s.anchor), s.x, s.y, then)
	}
}

func (c *Change) table(l Language) Table {
	t := Table{Head: []Column{{c.Axis, false}, {c.First, true}, {c.Last, true}}}
	value := func(v float64, when string) string {
		s := cell(l, v, c.Digits)
		if finite(v) && when != "" {
			s += " (" + when + ")"
		}
		return s
	}
	for _, r := range c.sorted() {
		t.Rows = append(t.Rows, []string{r.Name, value(r.First, r.FirstWhen), value(r.Last, r.LastWhen)})
	}
	return t
}

// records has a row for each value, since the years differ from place to place.
func (c *Change) records(Language) Table {
	t := Table{Head: []Column{{c.Axis, false}, {c.When, false}, {c.Value, true}}}
	for _, r := range c.sorted() {
		if finite(r.First) {
			t.Rows = append(t.Rows, []string{r.Name, r.FirstWhen, plain(r.First)})
		}
		if finite(r.Last) && (r.LastWhen != r.FirstWhen || !finite(r.First)) {
			t.Rows = append(t.Rows, []string{r.Name, r.LastWhen, plain(r.Last)})
		}
	}
	return t
}
