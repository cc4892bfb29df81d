package chart

import (
	"html/template"
	"math"
	"slices"
)

func (c *Bars) size() Size    { return c.Size }
func (c *Bars) shared(p *pen) {}

// sorted are the bars in their order: highest first, missing last.
func (c *Bars) sorted() []Bar {
	out := slices.Clone(c.Bars)
	if c.Ordered {
		return out
	}
	slices.SortStableFunc(out, func(a, b Bar) int { return descending(a.Value, b.Value) })
	return out
}

// descending orders values from high to low, missing ones last.
func descending(a, b float64) int {
	switch x, y := finite(a), finite(b); {
	case !x && !y:
		return 0
	case !x:
		return 1
	case !y:
		return -1
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

// across is a horizontal scale of values.
type across struct {
	x0, x1 float64
	a      axis
}

func (g *across) fx(v float64) float64 {
	x := g.x0 + (v-g.a.lo)/(g.a.hi-g.a.lo)*(g.x1-g.x0)
	return min(max(x, g.x0), g.x1)
}

// grid draws the scale from top to bottom with its figures below.
func (g *across) grid(p *pen, top, bottom float64) {
	for i := 0; i <= g.a.n; i++ {
		v := g.a.lo + float64(i)*g.a.step
		class := "g"
		if math.Abs(v) < g.a.step/1e6 {
			v, class = 0, "ax"
		}
		p.vertical(class, g.fx(v), top, bottom)
		p.under(g.fx(v), bottom+18, p.l.Number(v, g.a.digits))
	}
}

// heading is the names of limits over the plot, placed so that none covers another: in one row, or in as few as it takes.
type heading struct {
	spots []spot
	rows  int
}

func headings(p *pen, limits []Threshold, g *across) heading {
	if len(limits) == 0 {
		return heading{}
	}
	for rows := 1; ; rows++ {
		taken := placer{area: box{-2, -1e3, p.w + 2, 1e3}}
		h := heading{rows: rows}
		for i := range limits {
			x, w := g.fx(limits[i].Value), bold(limits[i].Name)
			var places [9]spot
			n := 0
			for r := range min(rows, 3) {
				y := 14 + 16*float64(rows-1-r)
				places[n], places[n+1], places[n+2] = spot{x, y, middle}, spot{max(x-4, 0), y, begin}, spot{min(x+4, p.w), y, end}
				n += 3
			}
			if at, ok := taken.choose(w, 1, 0, places[:n]...); ok && finite(limits[i].Value) {
				h.spots = append(h.spots, at)
			} else {
				h.spots = append(h.spots, spot{y: -1})
			}
		}
		missed := false
		for i := range h.spots {
			missed = missed || h.spots[i].y < 0 && finite(limits[i].Value)
		}
		if !missed || rows == 3 {
			return h
		}
	}
}

// thresholds draws limits from their names to the bottom. It gives the place behind the last name in the lowest row.
func thresholds(p *pen, limits []Threshold, g *across, h heading, bottom float64) (x, y float64) {
	for i := range limits {
		l := &limits[i]
		if !finite(l.Value) {
			continue
		}
		s, from := h.spots[i], 16*float64(h.rows)+4
		if s.y > 0 {
			p.text(suffixOf("b", s.anchor), s.x, s.y, l.Name)
			from = s.y + 6
			b := around(s.x, s.y, bold(l.Name), s.anchor, 1)
			x, y = max(x, b.x1), 14+16*float64(h.rows-1)
		}
		p.vertical("lim", g.fx(l.Value), from, bottom)
	}
	return x, y
}

func (c *Bars) draw(p *pen) {
	bars := c.sorted()
	lo, hi, left, valueRoom := 0.0, 0.0, 0.0, 0.0
	for i := range bars {
		grow(&lo, &hi, bars[i].Value)
		w := bold(bars[i].Name)
		if bars[i].Sub != "" {
			w += 5 + width(bars[i].Sub)
		}
		left = max(left, w)
		valueRoom = max(valueRoom, bold(cell(p.l, bars[i].Value, c.Digits)))
	}
	for i := range c.Limits {
		grow(&lo, &hi, c.Limits[i].Value)
	}
	pitch, thick := 32.0, 20.0
	g := across{x0: math.Ceil(min(left+14, p.w*.35)), a: nice(lo, hi)}
	if p.small {
		pitch, thick, g.x0 = 46, 16, 0
	}
	g.x1 = max(p.w-math.Ceil(valueRoom)-14, g.x0+40)
	h := headings(p, c.Limits, &g)
	top := 16*float64(h.rows) + 8
	bottom := top + pitch*float64(len(bars)) + 2
	p.h = bottom + 28
	g.grid(p, top, bottom)
	for i := range bars {
		b := &bars[i]
		y := top + pitch*float64(i) + 4
		if p.small {
			y += 20
			p.text2(nameClass[b.Style.index()], 0, y-6, b.Name, "q", b.Sub)
		} else {
			p.text2(nameClass[b.Style.index()], 0, y+thick/2+5, b.Name, "q", b.Sub)
		}
		if !finite(b.Value) {
			p.text("q", g.fx(0)+8, y+thick/2+5, missing)
			continue
		}
		a, z := g.fx(0), g.fx(b.Value)
		class := "barq"
		switch k := b.Style.index(); {
		case len(c.Borders) > 0:
			class = edgedClass[min(Class(b.Value, c.Borders), 7)]
		case b.Style == Accent:
			class = "bara"
		case k > 1:
			class = fillClass[k]
		}
		p.rect(class, min(a, z), y, math.Abs(z-a), thick)
	}
	thresholds(p, c.Limits, &g, h, bottom)
	for i := range bars { // values lie over the limits
		if b := &bars[i]; finite(b.Value) {
			y := top + pitch*float64(i) + 4 + thick/2 + 5
			if p.small {
				y += 20
			}
			class := "b halo"
			if b.Style == Accent {
				class = "f halo"
			}
			p.text(class, max(g.fx(b.Value), g.fx(0))+6, y, p.l.Number(b.Value, c.Digits))
		}
	}
}

var (
	fillClass   = [8]string{"barq", "bara", "f1", "f2", "f3", "f4", "f5", "f6"}
	edgedClass  = [8]string{"barq", "k1 edged", "k2 edged", "k3 edged", "k4 edged", "k5 edged", "k6 edged", "k7 edged"}
	ringedClass = [8]string{"land ring", "k1 ring", "k2 ring", "k3 ring", "k4 ring", "k5 ring", "k6 ring", "k7 ring"}
)

// ringed is the class of a mark in class colour with a thin outline, since the cleanest colours are near the paper's.
func ringed(class int) string { return ringedClass[min(max(class, 0), 7)] }

func (c *Bars) table(l Language) Table {
	return c.tabulate(func(v float64) string { return cell(l, v, c.Digits) })
}

func (c *Bars) records(Language) Table { return c.tabulate(plain) }

func (c *Bars) tabulate(write func(float64) string) Table {
	t := Table{Head: []Column{{c.Axis, false}, {c.Value, true}}}
	for _, b := range c.sorted() {
		name := b.Name
		if b.Sub != "" {
			name += " (" + b.Sub + ")"
		}
		t.Rows = append(t.Rows, []string{name, write(b.Value)})
	}
	return t
}

// Rung is the bar of a limit ladder: as long as the value on a scale up to most, in its class colour, with a line at the
// reader's own value, NaN for none. The list around it is HTML and says the same in words.
func Rung(value, own, most float64, class int) template.HTML {
	if !finite(most) || most <= 0 {
		most = 1
	}
	p := pen{b: make([]byte, 0, 160)}
	// A hundred units wide, so that one decimal of a coordinate is a thousandth of the scale.
	part := func(v float64) float64 { return min(max(v/most*100, 0), 100) }
	p.str(`<svg class="b" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">`)
	if finite(value) {
		p.open("rect", hazeClass[min(max(class, 0), 7)])
		p.attr("width", part(value))
		p.str(` height="10"/>`)
	}
	if finite(own) {
		p.str(`<path d="`)
		p.at('M', part(own), -16)
		p.str(`V26"/>`)
	}
	p.str(`</svg>`)
	return template.HTML(p.b)
}
