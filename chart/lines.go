package chart

import (
	"math"
	"slices"
)

func (c *Lines) size() Size    { return c.Size }
func (c *Lines) shared(p *pen) {}

// domain is the horizontal scale: its ends, and what is added to an X.
func (c *Lines) domain() (from, to, shift float64) {
	return domain(c.Scale, c.Series, c.Limits, c.From, c.To)
}

func domain(scale Scale, series []Series, limits []Limit, from, to float64) (float64, float64, float64) {
	switch scale {
	case Months:
		return 1, 12, 0
	case Hours:
		return 0, 23, 0
	}
	if !(from < to) && !(scale == Years && from == to && from != 0) || !finite(from) || !finite(to) {
		from, to = math.Inf(1), math.Inf(-1)
		for i := range series {
			for j := range series[i].Points {
				if pt := &series[i].Points[j]; finite(pt.X) {
					from, to = min(from, pt.X), max(to, pt.X)
				}
			}
		}
		if from > to {
			from, to = 2000, 2001
			if scale == Time {
				from, to = 0, 86400
			}
			return from, to, 0
		}
		if scale == Years {
			// A limit that changes soon after the last value is shown with its change.
			last := to
			for _, l := range limits {
				for _, s := range l.Steps {
					if y := math.Floor(yearOf(s.From)); !s.From.IsZero() && y > last && y <= last+3 {
						to = max(to, y)
					}
				}
			}
		}
	}
	far := 2.5e11 // seconds or years beyond which nothing is drawn
	if scale == Years {
		far = 1e5
	}
	from, to = min(max(from, -far), far), min(max(to, -far), far)
	if scale == Years {
		from, to = math.Floor(from), math.Floor(to)+1
		if to-from > 5000 {
			from = to - 5000
		}
		return from, to, .5
	}
	if from == to {
		from, to = from-43200, to+43200
	}
	return from, to, 0
}

func (c *Lines) step() float64 {
	if c.Step > 0 {
		return c.Step * (1 + 1e-6)
	}
	if c.Scale == Time {
		return math.Inf(1)
	}
	return 1 + 1e-6
}

// extent is the range of the values that will be drawn.
func extent(g *plot, series []Series, limits []Limit, scale Scale) (lo, hi float64) {
	for i := range series {
		s := &series[i]
		for j := range s.Points {
			pt := &s.Points[j]
			if !g.holds(pt) {
				continue
			}
			grow(&lo, &hi, pt.Y)
			if s.Ribbon && hasRibbon(pt) {
				grow(&lo, &hi, pt.Low)
				grow(&lo, &hi, pt.High)
			}
		}
	}
	for i := range limits {
		for _, s := range limits[i].Steps {
			if a, b := g.stepEnds(s, scale); b > a {
				grow(&lo, &hi, s.Value)
			}
		}
	}
	return lo, hi
}

func hasRibbon(pt *Point) bool {
	return finite(pt.Low) && finite(pt.High) && (pt.Low != 0 || pt.High != 0)
}

func (c *Lines) draw(p *pen) {
	g := plot{x1: p.w}
	g.from, g.to, g.shift = c.domain()
	lo, hi := extent(&g, c.Series, c.Limits, c.Scale)
	if finite(c.Max) {
		hi = max(hi, c.Max)
	}
	g.y = nice(lo, hi)
	g.x0 = g.y.room(p.l, 13)

	var right side
	height := 312.0
	switch {
	case p.small:
		height = 280
		g.x1 = p.w - 12
	case c.Size == Half:
		height = 240
		fallthrough
	default:
		right.most = math.Round(p.w * .2)
		right.collect(c, &g)
		g.x1 = p.w - 12
		if right.wide > 0 {
			g.x1 = p.w - right.wide - right.gap
		}
	}
	g.top = 16
	g.top += c.measureRoom(p, &g)
	g.bottom = g.top + height
	p.h = g.bottom + 28

	g.grid(p, true, "e q")
	switch c.Scale {
	case Years:
		g.years(p, g.bottom+20)
	case Months:
		g.months(p, g.bottom+20)
	case Hours:
		g.hours(p, g.bottom+20)
	default:
		if g.times(p, g.bottom+22) {
			p.h += 16
		}
	}
	if c.AxisNote != "" {
		p.h += 20
		p.under((g.x0+g.x1)/2, p.h-9, c.AxisNote)
	}
	room := placer{area: box{0, 0, p.w, p.h}}
	for i := range c.Limits {
		g.limit(p, &c.Limits[i], c.Scale)
		room.steps(&g, &c.Limits[i], c.Scale)
	}
	c.drawMeasures(p, &g)
	for _, accent := range [2]bool{false, true} { // the one that matters lies on top
		for i := range c.Series {
			if s := &c.Series[i]; s.Ribbon && (s.Style == Accent) == accent {
				ribbon(p, &g, s, c.step())
			}
		}
	}
	for _, accent := range [2]bool{false, true} {
		for i := range c.Series {
			if s := &c.Series[i]; (s.Style == Accent) == accent {
				line(p, &g, s, lineClass[s.Style.index()], c.step())
				room.follow(&g, s, c.step())
			}
		}
	}
	for i := range c.Series {
		c.dots(p, &g, &c.Series[i], &room)
	}
	c.labels(p, &g, &room, &right)
}

// line draws a series; gaps break it.
func line(p *pen, g *plot, s *Series, class string, step float64) {
	started, pen := false, false // path begun; pen down
	var x0, y0, lastX float64
	whole := len(s.Points) > 40
	for i := range s.Points {
		pt := &s.Points[i]
		if !g.holds(pt) || pt.Open {
			pen = false
			continue
		}
		x, y := g.fx(pt.X), g.fy(pt.Y)
		if whole {
			x, y = math.Round(x), math.Round(y)
		}
		if pen && pt.X-lastX <= step {
			if !started {
				p.path(class)
				started = true
			}
			if x0 == x0 { // the first point of a run is written when it gets a second
				p.at('M', x0, y0)
				x0 = math.NaN()
			}
			p.at('L', x, y)
		} else {
			x0, y0 = x, y
		}
		pen, lastX = true, pt.X
	}
	if started {
		p.str(`"/>`)
	}
}

// ribbon draws the band from Low to High, run by run.
func ribbon(p *pen, g *plot, s *Series, step float64) {
	opened := false
	for i := 0; i < len(s.Points); {
		pt := &s.Points[i]
		if !g.holds(pt) || !hasRibbon(pt) {
			i++
			continue
		}
		j := i + 1
		for j < len(s.Points) && g.holds(&s.Points[j]) && hasRibbon(&s.Points[j]) && s.Points[j].X-s.Points[j-1].X <= step {
			j++
		}
		if j-i > 1 {
			if !opened {
				p.path(bandClass[s.Style.index()])
				opened = true
			}
			for k := i; k < j; k++ {
				p.at(command(k == i), math.Round(g.fx(s.Points[k].X)), math.Round(g.fy(s.Points[k].High)))
			}
			for k := j - 1; k >= i; k-- {
				p.at('L', math.Round(g.fx(s.Points[k].X)), math.Round(g.fy(s.Points[k].Low)))
			}
			p.str("Z")
		}
		i = j
	}
	if opened {
		p.str(`"/>`)
	}
	for i := range s.Points { // a range that stands alone is a bar
		pt := &s.Points[i]
		if g.holds(pt) && hasRibbon(pt) && !ribbonBeside(g, s, i, step) {
			p.vertical("link", g.fx(pt.X), g.fy(pt.High), g.fy(pt.Low))
		}
	}
}

func ribbonBeside(g *plot, s *Series, i int, step float64) bool {
	near := func(a, b int) bool {
		return a >= 0 && b < len(s.Points) && g.holds(&s.Points[a]) && g.holds(&s.Points[b]) && hasRibbon(&s.Points[a]) &&
			hasRibbon(&s.Points[b]) && s.Points[b].X-s.Points[a].X <= step
	}
	return near(i-1, i) || near(i, i+1)
}

func command(first bool) byte {
	if first {
		return 'M'
	}
	return 'L'
}

// follow tells the placer where a line runs.
func (r *placer) follow(g *plot, s *Series, step float64) {
	if len(s.Points) > 1000 {
		return
	}
	last := -1
	for i := range s.Points {
		pt := &s.Points[i]
		if !g.holds(pt) || pt.Open {
			last = -1
			continue
		}
		if last >= 0 && pt.X-s.Points[last].X <= step {
			r.lines = append(r.lines, box{g.fx(s.Points[last].X), g.fy(s.Points[last].Y), g.fx(pt.X), g.fy(pt.Y)})
		}
		last = i
	}
}

// dots marks lone points, open points, and with Dots every point.
func (c *Lines) dots(p *pen, g *plot, s *Series, room *placer) {
	k := s.Style.index()
	step := c.step()
	marked := s.marked(g)
	for i := range s.Points {
		pt := &s.Points[i]
		if !g.holds(pt) {
			continue
		}
		lone := !near(g, s, i-1, i, step) && !near(g, s, i, i+1, step)
		if !pt.Open && !lone && !s.Dots && !slices.Contains(marked[:], i) {
			continue
		}
		x, y := g.fx(pt.X), g.fy(pt.Y)
		r := 4.5
		if lone && !s.Dots && s.Style != Accent {
			r = 3.2
		}
		class := dotClass[k]
		if pt.Open {
			class = ringClass[k]
		}
		p.circle(class, x, y, r)
		room.dots = append(room.dots, box{x - r, y - r, x + r, y + r})
	}
}

// marked are the points that get their value, -1 for none: first, last, highest, lowest, turn.
func (s *Series) marked(g *plot) [5]int {
	out := [5]int{-1, -1, -1, -1, -1}
	if s.Marks == 0 {
		return out
	}
	first, last, high, low := -1, -1, -1, -1
	for i := range s.Points {
		if !g.holds(&s.Points[i]) || s.Points[i].Open {
			continue
		}
		if first < 0 {
			first, high, low = i, i, i
		}
		last = i
		if s.Points[i].Y > s.Points[high].Y {
			high = i
		}
		if s.Points[i].Y < s.Points[low].Y {
			low = i
		}
	}
	if first < 0 {
		return out
	}
	if s.Marks&First != 0 {
		out[0] = first
	}
	if s.Marks&Last != 0 {
		out[1] = last
	}
	if s.Marks&Highest != 0 {
		out[2] = high
	}
	if s.Marks&Lowest != 0 {
		out[3] = low
	}
	if s.Marks&Turn != 0 {
		out[4] = s.turn(g, first, last)
	}
	return out
}

// turn is the point furthest from the straight line from first to last, if it is far from it.
func (s *Series) turn(g *plot, first, last int) int {
	a, b := &s.Points[first], &s.Points[last]
	if b.X <= a.X {
		return -1
	}
	best, at := .08*(g.y.hi-g.y.lo), -1
	for i := first + 1; i < last; i++ {
		pt := &s.Points[i]
		if !g.holds(pt) || pt.Open {
			continue
		}
		if d := math.Abs(pt.Y - (a.Y + (b.Y-a.Y)*(pt.X-a.X)/(b.X-a.X))); d > best {
			best, at = d, i
		}
	}
	return at
}
