package chart

import "math"

func (c *Panels) size() Size    { return Body }
func (c *Panels) shared(p *pen) {}

func (c *Panels) step() float64 { return (&Lines{Scale: c.Scale, Step: c.Step}).step() }

func (c *Panels) draw(p *pen) {
	if len(c.Series) == 0 {
		p.h = 24
		return
	}
	columns, gap, height, pitch := 3, 26.0, 150.0, 212.0
	if p.small {
		columns, gap, height, pitch = 2, 18, 128, 190
	}
	g := plot{}
	g.from, g.to, g.shift = domain(c.Scale, c.Series, c.Limits, c.From, c.To)
	lo, hi := extent(&g, c.Series, c.Limits, c.Scale)
	g.y = steps(lo, hi, 2, 3)
	left := g.y.room(p.l, 11)
	wide := (p.w - left - gap*float64(columns-1)) / float64(columns)
	p.h = pitch*float64((len(c.Series)+columns-1)/columns) - 16
	step := c.step()

	// All lines, thin and quiet, are drawn in the first panel and used again in the others.
	suffix := "-l"
	if p.small {
		suffix = "-s"
	}
	place := func(i int) (x, y float64) {
		return left + float64(i%columns)*(wide+gap), pitch * float64(i/columns)
	}
	x, y := place(0)
	g.x0, g.x1, g.top, g.bottom = x, x+wide, y+26, y+26+height
	p.str(`<defs><g id="`)
	p.str(p.id)
	p.str(suffix)
	p.str(`">`)
	for i := range c.Series {
		line(p, &g, &c.Series[i], "ln thin", step)
	}
	p.str(`</g></defs>`)
	for i := range c.Series {
		s := &c.Series[i]
		x, y := place(i)
		g.x0, g.x1, g.top, g.bottom = x, x+wide, y+26, y+26+height
		title := "b"
		if s.Style == Accent {
			title = "f"
		}
		p.text(title, x, y+16, s.Name)
		c.scale(p, &g, i%columns == 0)
		for j := range c.Limits {
			g.limit(p, &c.Limits[j], c.Scale)
		}
		x0, y0 := place(0)
		p.str(`<use href="#`)
		p.str(p.id)
		p.str(suffix)
		p.str(`"`)
		p.attr("x", x-x0)
		p.attr("y", y-y0)
		p.str(`/>`)
		c.own(p, &g, s, step)
	}
}

// scale draws three or four grid lines, with figures in the first panel of a row, and the ends of the horizontal axis.
func (c *Panels) scale(p *pen, g *plot, figures bool) {
	for i := 0; i <= g.y.n; i++ {
		v := g.y.lo + float64(i)*g.y.step
		class := "g"
		if math.Abs(v) < g.y.step/1e6 {
			v, class = 0, "ax"
		}
		y := g.fy(v)
		p.horizontal(class, g.x0, g.x1, y)
		if figures {
			p.text("e q tiny", g.x0-5, y+4, p.l.Number(v, g.y.digits))
		}
	}
	var a, b string
	switch c.Scale {
	case Years:
		a, b = year(int(g.from)), year(int(g.to)-1)
	case Months:
		a, b = p.l.MonthShort(1), p.l.MonthShort(12)
	case Hours:
		a, b = "00", "23"
	default:
		a, b = year(clock(g.from).Year()), year(clock(g.to).Year())
	}
	p.text("q tiny", g.x0, g.bottom+15, a)
	if a != b {
		p.text("q tiny e", g.x1, g.bottom+15, b)
	}
}

// own draws the panel's line, its lone points and its last value.
func (c *Panels) own(p *pen, g *plot, s *Series, step float64) {
	class, dot := "ln foc", "dot"
	if k := s.Style.index(); k > 1 {
		class, dot = lineClass[k], dotClass[k]
	}
	line(p, g, s, class, step)
	last := -1
	room := placer{area: box{g.x0, g.top - 26, g.x1 + 4, g.bottom}}
	room.follow(g, s, step)
	for i := range s.Points {
		pt := &s.Points[i]
		if !g.holds(pt) {
			continue
		}
		last = i
		if pt.Open {
			p.circle("dot open", g.fx(pt.X), g.fy(pt.Y), 3.2)
		} else if !near(g, s, i-1, i, step) && !near(g, s, i, i+1, step) {
			p.circle(dot, g.fx(pt.X), g.fy(pt.Y), 3.2)
		}
	}
	if last < 0 {
		return
	}
	x, y := g.fx(s.Points[last].X), g.fy(s.Points[last].Y)
	if !s.Points[last].Open {
		p.circle(dot, x, y, 4)
	}
	text := p.l.Number(s.Points[last].Y, c.Digits)
	for i := range c.Limits {
		if v, ok := lastOf(g, &c.Limits[i], c.Scale); ok {
			room.lines = append(room.lines, box{g.x0, g.fy(v), g.x1, g.fy(v)})
		}
	}
	places := beside(x, y, 2, 1)
	if at, ok := room.choose(bold(text), 1, 40, append(places[:], spot{g.x1, y - 12, end}, spot{g.x1, y + 20, end}, spot{g.x1, y - 22, end})...); ok {
		p.text(suffixOf("f halo", at.anchor), at.x, at.y, text)
	}
}

// near reports whether two neighbours are joined by the line.
func near(g *plot, s *Series, i, j int, step float64) bool {
	return i >= 0 && j < len(s.Points) && g.holds(&s.Points[i]) && g.holds(&s.Points[j]) && !s.Points[i].Open && !s.Points[j].Open &&
		s.Points[j].X-s.Points[i].X <= step
}

func (c *Panels) table(l Language) Table { return lineTable(l, c.Scale, c.Axis, c.Series, c.Digits) }

func (c *Panels) records(Language) Table { return lineRecords(c.Scale, c.Axis, c.Series) }
