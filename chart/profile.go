package chart

import "math"

func (c *Profile) size() Size    { return Body }
func (c *Profile) shared(p *pen) {}

// lines is the profile as a line chart.
func (c *Profile) lines(small bool) *Lines {
	out := &Lines{Scale: c.Scale, Axis: c.Axis, AxisNote: c.AxisNote, Digits: c.Digits, Limits: c.Limits}
	if c.Scale != Months && c.Scale != Hours {
		out.Scale = Hours
	}
	first := 0.0
	n := 24
	if out.Scale == Months {
		first, n = 1, 12
	}
	for i := range c.Groups {
		g := &c.Groups[i]
		s := Series{Name: g.Name, Sub: g.Sub, Style: g.Style, Ribbon: g.Low != nil && g.High != nil}
		if small && g.Short != "" {
			s.Name = g.Short
		}
		if c.Low != "" && s.Ribbon {
			s.LowName, s.HighName = join(g.Name, c.Low), join(g.Name, c.High)
		}
		s.Points = make([]Point, 0, n)
		for j := range min(n, len(g.Middle)) {
			pt := Point{X: first + float64(j), Y: g.Middle[j]}
			if j < len(g.Low) && j < len(g.High) {
				pt.Low, pt.High = g.Low[j], g.High[j]
			}
			s.Points = append(s.Points, pt)
		}
		if g.Style == Accent || len(c.Groups) == 1 {
			s.Marks = Highest | Lowest
			c.mark(&s)
		}
		out.Series = append(out.Series, s)
	}
	return out
}

func join(name, part string) string {
	if name == "" {
		return part
	}
	return name + ", " + part
}

// mark labels the highest and the lowest point in the caller's words.
func (c *Profile) mark(s *Series) {
	if c.Mark == nil {
		return
	}
	high, low := -1, -1
	for i := range s.Points {
		y := s.Points[i].Y
		if !finite(y) {
			continue
		}
		if high < 0 || y > s.Points[high].Y {
			high = i
		}
		if low < 0 || y < s.Points[low].Y {
			low = i
		}
	}
	for _, i := range [2]int{high, low} {
		if i >= 0 {
			s.Points[i].Label = "\x00" // written when the language is known
		}
	}
}

func (c *Profile) draw(p *pen) {
	l := c.lines(p.small)
	for i := range l.Series {
		for j := range l.Series[i].Points {
			if pt := &l.Series[i].Points[j]; pt.Label != "" {
				pt.Label = c.Mark(int(pt.X), p.l.Number(pt.Y, c.Digits))
			}
		}
	}
	if c.RibbonNote != "" {
		if x, y, ok := inside(l); ok {
			l.Notes = append(l.Notes, Note{X: x, Y: y, Text: c.RibbonNote})
		}
	}
	l.draw(p)
}

// inside is a place in the first ribbon between its upper end and its line, where there is most room.
func inside(l *Lines) (x, y float64, ok bool) {
	for i := range l.Series {
		s := &l.Series[i]
		if !s.Ribbon {
			continue
		}
		best := math.Inf(-1)
		n := len(s.Points)
		for j := n / 8; j < n/2; j++ {
			pt := &s.Points[j]
			if room := pt.High - pt.Y; hasRibbon(pt) && finite(room) && room > best {
				best, x, y, ok = room, pt.X, pt.Y+room*.5, true
			}
		}
		if ok && s.Style == Accent {
			return x, y, ok
		}
	}
	return x, y, ok
}

func (c *Profile) table(l Language) Table { return c.lines(false).table(l) }

func (c *Profile) records(l Language) Table { return c.lines(false).records(l) }
