package chart

import "math"

// plot is the rectangle that values are drawn in, with its scales.
type plot struct {
	x0, x1, top, bottom float64 // px
	from, to            float64 // ends of the horizontal scale
	y                   axis
	shift               float64 // added to X: the middle of the year for Years
}

func (g *plot) fx(x float64) float64 {
	return g.x0 + (x+g.shift-g.from)/(g.to-g.from)*(g.x1-g.x0)
}

// edge is the place of a moment, which is not shifted.
func (g *plot) edge(x float64) float64 {
	return min(max(g.x0+(x-g.from)/(g.to-g.from)*(g.x1-g.x0), g.x0), g.x1)
}

func (g *plot) fy(v float64) float64 {
	y := g.bottom - (v-g.y.lo)/(g.y.hi-g.y.lo)*(g.bottom-g.top)
	return min(max(y, g.top), g.bottom)
}

// holds reports whether a point lies on the axis and has a value.
func (g *plot) holds(pt *Point) bool {
	return finite(pt.Y) && finite(pt.X) && pt.X+g.shift >= g.from && pt.X+g.shift <= g.to
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// grid draws the lines of the vertical scale and their figures; the zero line is ink.
func (g *plot) grid(p *pen, figures bool, class string) {
	for i := 0; i <= g.y.n; i++ {
		v := g.y.lo + float64(i)*g.y.step
		y := g.fy(v)
		c := "g"
		if math.Abs(v) < g.y.step/1e6 {
			v, c = 0, "ax"
		}
		p.horizontal(c, g.x0, g.x1, y)
		if figures {
			p.text(class, g.x0-6, y+4, p.l.Number(v, g.y.digits))
		}
	}
}

// room is the width that the figures of an axis need, with the gap to the plot.
func (a *axis) room(l Language, size float64) float64 {
	w := 14.0
	for _, v := range [...]float64{a.lo, a.hi, a.lo + a.step, a.hi - a.step} {
		w = max(w, widthOf(l.Number(v, a.digits), size))
	}
	return math.Ceil(w) + 6
}

// middleText writes a text around x, moved so that it stays in the drawing.
func (p *pen) middleText(class, classEnd, classBegin string, x, y float64, s string) {
	half := width(s) / 2
	switch {
	case x+half > p.w:
		p.text(classEnd, p.w, y, s)
	case x-half < 0:
		p.text(classBegin, 0, y, s)
	default:
		p.text(class, x, y, s)
	}
}

// under writes a figure of the horizontal axis.
func (p *pen) under(x, y float64, s string) { p.middleText("m q", "e q", "q", x, y, s) }

// years draws the names of years in the middle of each, as many as there is room for.
func (g *plot) years(p *pen, y float64) {
	slot := (g.x1 - g.x0) / (g.to - g.from)
	every := 1
	for _, n := range [...]int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000} {
		every = n
		if slot*float64(n) >= 40 {
			break
		}
	}
	for i := int(math.Ceil(g.from)); float64(i) < g.to; i++ {
		if i%every == 0 {
			p.under(g.x0+(float64(i)+.5-g.from)*slot, y, year(i))
		}
	}
}

// months draws the names of twelve months, hours those of every third hour (sixth on a phone) and the last.
func (g *plot) months(p *pen, y float64) {
	step := (g.x1 - g.x0) / (g.to - g.from)
	fits := true
	for m := 1; m <= 12 && fits; m++ {
		fits = width(p.l.MonthShort(m))+6 <= step
	}
	for m := int(math.Ceil(g.from)); m <= 12 && float64(m) <= g.to; m++ {
		if m < 1 {
			continue
		}
		if fits {
			p.under(g.fx(float64(m)), y, p.l.MonthShort(m))
		} else {
			p.under(g.fx(float64(m)), y, initial(p.l, m))
		}
	}
}

func (g *plot) hours(p *pen, y float64) {
	every := 3
	if p.small {
		every = 6
	}
	for h := int(math.Ceil(g.from)); h <= 23 && float64(h) <= g.to; h++ {
		if h >= 0 && (h%every == 0 || h == 23 && every <= 6) {
			p.under(g.fx(float64(h)), y, two(h))
		}
	}
}

// times draws a time axis and reports whether it took a second line.
func (g *plot) times(p *pen, y float64) bool {
	ticks := timeTicks(g.from, g.to, g.x1-g.x0, p.l)
	second := false
	for _, t := range ticks {
		x := g.edge(t.x)
		p.vertical("ax", x, g.bottom, g.bottom+5)
		if t.to > 0 { // the label names the time up to the next mark, if most of it is there
			if g.edge(t.to)-x < (t.to-t.x)/(g.to-g.from)*(g.x1-g.x0)*.6 {
				continue
			}
			x = (x + g.edge(t.to)) / 2
		}
		p.under(x, y, t.label)
		if t.under != "" {
			p.under(x, y+16, t.under)
			second = true
		}
	}
	return second
}

// limit draws a limit as a line that steps, and gives the last value in the plot; false where it lies outside.
func (g *plot) limit(p *pen, l *Limit, scale Scale) (last float64, ok bool) {
	end := math.Inf(-1) // where the line has come to
	opened := false
	for _, s := range l.Steps {
		a, b := g.stepEnds(s, scale)
		if b <= a || !finite(s.Value) {
			continue
		}
		y := g.fy(s.Value)
		if !opened {
			p.path("lim")
			opened = true
		}
		if a == end {
			p.to('V', y)
		} else {
			p.at('M', a, y)
		}
		p.to('H', b)
		end, last, ok = b, s.Value, true
	}
	if opened {
		p.str(`"/>`)
	}
	return last, ok
}

// steps tells the placer where a limit runs.
func (r *placer) steps(g *plot, l *Limit, scale Scale) {
	for _, s := range l.Steps {
		if a, b := g.stepEnds(s, scale); b > a && finite(s.Value) {
			y := g.fy(s.Value)
			r.lines = append(r.lines, box{a, y, b, y})
		}
	}
}

// stepEnds are the ends of a step in px.
func (g *plot) stepEnds(s Step, scale Scale) (a, b float64) {
	a, b = g.x0, g.x1
	place := yearOf
	switch scale {
	case Time:
		place = At
	case Months, Hours:
		return a, b
	}
	if !s.From.IsZero() {
		a = g.edge(place(s.From))
	}
	if !s.To.IsZero() {
		b = g.edge(place(s.To))
	}
	return a, b
}
