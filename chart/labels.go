package chart

import (
	"math"
	"slices"
)

// side holds the labels in the right margin: names of limits and of lines that run to the end.
type side struct {
	most, wide float64 // widest a label may be, and is
	gap        float64 // from the plot to the labels; wider where lines may have to lead to them
	items      []sideLabel
}

type sideLabel struct {
	name, text []string
	style      Style
	series     int     // -1 for a limit
	y          float64 // middle wanted
	height     float64
}

// collect makes the labels and finds how wide they are. Places come later.
func (s *side) collect(c *Lines, g *plot) {
	for i := range c.Series {
		r := &c.Series[i]
		if r.Name == "" {
			continue
		}
		last := r.last(g)
		if last < 0 || (r.Points[last].X+g.shift-g.from)/(g.to-g.from) < .9 {
			continue
		}
		s.add(r.Name, r.Sub, r.Style, i)
	}
	s.gap = 10
	if len(s.items) > 2 {
		s.gap = 24
	}
	for i := range c.Limits {
		s.add(c.Limits[i].Name, c.Limits[i].Text, Quiet, -1-i)
	}
}

func (s *side) add(name, text string, style Style, series int) {
	l := sideLabel{style: style, series: series}
	if name != "" {
		l.name = wrap(name, s.most/1.06, 13)
	}
	if text != "" {
		l.text = wrap(text, s.most, 13)
	}
	for _, n := range l.name {
		s.wide = max(s.wide, math.Ceil(bold(n)))
	}
	for _, n := range l.text {
		s.wide = max(s.wide, math.Ceil(width(n)))
	}
	l.height = 15.5*float64(len(l.name)+len(l.text)) + 3
	s.items = append(s.items, l)
}

func (s *Series) last(g *plot) int {
	for i := len(s.Points) - 1; i >= 0; i-- {
		if g.holds(&s.Points[i]) && !s.Points[i].Open {
			return i
		}
	}
	return -1
}

// write puts the labels beside the ends they name, moved where they would cover each other.
func (s *side) write(p *pen, c *Lines, g *plot) {
	kept := s.items[:0]
	for _, l := range s.items {
		if l.series >= 0 {
			r := &c.Series[l.series]
			l.y = g.fy(r.Points[r.last(g)].Y)
		} else if last, ok := lastOf(g, &c.Limits[-1-l.series], c.Scale); ok {
			l.y = g.fy(last)
		} else {
			continue
		}
		kept = append(kept, l)
	}
	slices.SortStableFunc(kept, func(a, b sideLabel) int {
		switch {
		case a.y < b.y:
			return -1
		case a.y > b.y:
			return 1
		}
		return 0
	})
	total := 4.0
	for i := range kept {
		total += kept[i].height
	}
	if total > p.h { // names alone, and if need be a taller drawing
		total = 4
		for i := range kept {
			kept[i].text = nil
			kept[i].height = 15.5*float64(len(kept[i].name)) + 3
			total += kept[i].height
		}
		p.h = max(p.h, total)
	}
	var yBuf, hBuf [16]float64
	y, h := yBuf[:0], hBuf[:0]
	for i := range kept {
		y, h = append(y, kept[i].y), append(h, kept[i].height)
	}
	stack(y, h, 2, p.h-2)
	x := g.x1 + s.gap
	for i, l := range kept {
		at := y[i] - h[i]/2 + 13
		if l.series >= 0 && math.Abs(y[i]-l.y) > 10 && s.gap > 10 { // too far to be read as its line's: a thin line joins them
			r := &c.Series[l.series]
			p.path("link thinl")
			p.at('M', g.fx(r.Points[r.last(g)].X)+5, l.y)
			p.at('L', x-3, y[i])
			p.str(`"/>`)
		}
		for _, n := range l.name {
			p.text(nameClass[l.style.index()], x, at, n)
			at += 15.5
		}
		for _, n := range l.text {
			p.text("", x, at, n)
			at += 15.5
		}
	}
}

// lastOf is the last value of a limit in the plot.
func lastOf(g *plot, l *Limit, scale Scale) (last float64, ok bool) {
	for _, s := range l.Steps {
		if a, b := g.stepEnds(s, scale); b > a && finite(s.Value) {
			last, ok = s.Value, true
		}
	}
	return last, ok
}

// labels writes everything beside lines and points, the most needed first.
func (c *Lines) labels(p *pen, g *plot, room *placer, right *side) {
	room.area = box{0, 0, p.w, g.bottom - 1}
	if len(right.items) > 0 {
		room.area.x1 = g.x1 + 4
	}
	c.pointLabels(p, g, room)
	named := func(i int) bool {
		return slices.ContainsFunc(right.items, func(l sideLabel) bool { return l.series == i })
	}
	for i := range c.Series {
		if c.Series[i].Name != "" && !named(i) {
			c.nameBeside(p, g, room, &c.Series[i])
		}
	}
	if p.small {
		for i := range c.Limits {
			c.limitBeside(p, g, room, &c.Limits[i])
		}
	} else {
		right.write(p, c, g)
	}
	c.values(p, g, room)
	for i := range c.Notes {
		c.note(p, g, room, &c.Notes[i])
	}
}

// pointLabels writes what the caller says of single points.
func (c *Lines) pointLabels(p *pen, g *plot, room *placer) {
	for i := range c.Series {
		s := &c.Series[i]
		for j := range s.Points {
			if pt := &s.Points[j]; pt.Label != "" && g.holds(pt) {
				c.beside(p, g, room, s, pt, pt.Label)
			}
		}
	}
}

// values writes the values of the marked points, of the accented line first.
func (c *Lines) values(p *pen, g *plot, room *placer) {
	for _, accent := range [2]bool{true, false} {
		for i := range c.Series {
			s := &c.Series[i]
			if s.Marks == 0 || (s.Style == Accent) != accent {
				continue
			}
			marked := s.marked(g)
			for k, at := range marked {
				if at < 0 || slices.Contains(marked[:k], at) || s.Points[at].Label != "" {
					continue
				}
				text := p.l.Number(s.Points[at].Y, c.Digits)
				if k == 4 && c.Scale == Years {
					text = year(int(s.Points[at].X)) + ": " + text
				}
				c.beside(p, g, room, s, &s.Points[at], text)
			}
		}
	}
}

func (c *Lines) beside(p *pen, g *plot, room *placer, s *Series, pt *Point, text string) {
	class, w := "halo", width(text)
	if s.Style == Accent {
		class, w = "f halo", bold(text)
	}
	places := beside(g.fx(pt.X), g.fy(pt.Y), 4.5, 1)
	if s.valley(g, pt) {
		places[0], places[2] = places[2], places[0]
	}
	if at, ok := room.choose(w, 1, 20, places[:]...); ok {
		p.text(suffixOf(class, at.anchor), at.x, at.y, text)
	}
}

// valley reports whether the line rises on both sides of a point, or on the one side that it has.
func (s *Series) valley(g *plot, pt *Point) bool {
	for i := range s.Points {
		if &s.Points[i] != pt {
			continue
		}
		up, sides := true, 0
		for _, j := range [2]int{i - 1, i + 1} {
			if j >= 0 && j < len(s.Points) && g.holds(&s.Points[j]) {
				up = up && s.Points[j].Y >= pt.Y
				sides++
			}
		}
		return up && sides > 0
	}
	return false
}

// nameBeside writes the name of a line near its end, or where else on the line there is room.
func (c *Lines) nameBeside(p *pen, g *plot, room *placer, s *Series) {
	last := s.last(g)
	if last < 0 {
		return
	}
	var places [24]spot
	var y0 [24]float64 // of the point that a place belongs to
	x, y := g.fx(s.Points[last].X), g.fy(s.Points[last].Y)
	places[0], places[1], places[2] = spot{x + 9, y + 4.5, begin}, spot{x, y - 12, end}, spot{x, y + 19, end}
	y0[0], y0[1], y0[2] = y-8, y, y
	n := 3
	for _, share := range [...]float64{0, .85, .15, .7, .3, .5} {
		i := int(share * float64(last))
		for i < last && (!g.holds(&s.Points[i]) || s.Points[i].Open) {
			i++
		}
		x, y := g.fx(s.Points[i].X), g.fy(s.Points[i].Y)
		anchor := middle
		if share == 0 {
			anchor = begin
		}
		places[n], places[n+1], places[n+2] = spot{x, y - 12, anchor}, spot{x, y + 19, anchor}, spot{x, y - 26, anchor}
		y0[n], y0[n+1], y0[n+2] = y, y, y
		n += 3
	}
	class := "b halo"
	if s.Style == Accent {
		class = "f halo"
	}
	// On a phone a long name stands in two lines.
	lines := []string{s.Name}
	if p.small && bold(s.Name) > p.w*.4 {
		if two := wrap(s.Name, bold(s.Name)*.62/1.06, 13); len(two) == 2 {
			lines = two
		}
	}
	w := 0.0
	for _, l := range lines {
		w = max(w, bold(l))
	}
	if len(lines) > 1 { // what stands above ends with its last line
		for i := range places[:n] {
			if places[i].y < y0[i] {
				places[i].y -= 16
			}
		}
	}
	if at, ok := room.choose(w, len(lines), 40, places[:n]...); ok {
		for i, l := range lines {
			p.text(suffixOf(class, at.anchor), at.x, at.y+16*float64(i), l)
		}
	}
}

// limitBeside writes the name of a limit above its line, on a phone.
func (c *Lines) limitBeside(p *pen, g *plot, room *placer, l *Limit) {
	last, ok := lastOf(g, l, c.Scale)
	if !ok {
		return
	}
	text := l.Short
	if text == "" {
		text = l.Name
		if l.Text != "" {
			text += " " + l.Text
		}
	}
	if text == "" {
		return
	}
	w, y := bold(text), g.fy(last)
	if w > g.x1-g.x0 && l.Name != "" {
		text = l.Name
		w = bold(text)
	}
	up, down := y-7, y+16
	centre := (g.x0 + g.x1) / 2
	if at, ok := room.choose(w, 1, 60, spot{g.x1, up, end}, spot{g.x1, down, end}, spot{g.x0 + 4, up, begin}, spot{g.x0 + 4, down, begin},
		spot{centre, up, middle}, spot{centre, down, middle}, spot{g.x1, up - 16, end}, spot{g.x1, up - 30, end}); ok {
		p.text(suffixOf("b halo", at.anchor), at.x, at.y, text)
	}
}

// note writes a text of the caller near its place.
func (c *Lines) note(p *pen, g *plot, room *placer, n *Note) {
	text := n.Text
	if p.small {
		text = n.Short
	}
	if text == "" || !finite(n.X) || !finite(n.Y) {
		return
	}
	lines := wrap(text, p.w*.45, 13)
	w := 0.0
	for _, l := range lines {
		w = max(w, width(l))
	}
	x := min(max(g.fx(n.X), g.x0), g.x1)
	places := beside(x, g.fy(n.Y), 4.5, len(lines))
	at, ok := room.choose(w, len(lines), 8, places[6], places[7], places[0], places[2], places[1], places[3], places[4], places[5], places[8], places[9])
	if !ok {
		return
	}
	for i, l := range lines {
		p.text(suffixOf("halo", at.anchor), at.x, at.y+16*float64(i), l)
	}
}

// rows gives each measure its row, and how many there are: measures share one where their names leave room.
func (c *Lines) rows(p *pen, g *plot) ([]int, int) {
	if len(c.Measures) == 0 {
		return nil, 0
	}
	var ends []float64
	out := make([]int, len(c.Measures))
	for i := range c.Measures {
		b, ok := c.bracket(p, g, &c.Measures[i])
		if !ok {
			out[i] = -1
			continue
		}
		row := 0
		for row < len(ends) && ends[row]+12 > b.x0 {
			row++
		}
		if row == len(ends) {
			ends = append(ends, 0)
		}
		ends[row], out[i] = b.x1, row
	}
	return out, len(ends)
}

// bracket is the width that a measure takes with its name, as a box from x0 to x1; y0 and y1 hold the bracket's ends.
func (c *Lines) bracket(p *pen, g *plot, m *Measure) (box, bool) {
	a, b := g.stepEnds(Step{From: m.From, To: m.To}, c.Scale)
	if b-a < 1 {
		return box{}, false
	}
	w := 0.0
	for _, line := range p.measureLines(m) {
		w = max(w, bold(line))
	}
	if !p.small {
		w = max(w, width(m.Text)+6)
	} else if p.oneLine(m) {
		w = bold(m.Name) + 5 + width(m.Text)
	}
	x := max(min(a, p.w-w), 0)
	return box{x, a, max(x+w, b), b}, true
}

// oneLine reports whether name and text of a measure find room in one line of a phone.
func (p *pen) oneLine(m *Measure) bool { return bold(m.Name)+5+width(m.Text) <= p.w }

// measureLines are the lines above the bracket; on a wide drawing the text stands below it.
func (p *pen) measureLines(m *Measure) []string {
	if !p.small || p.oneLine(m) {
		return []string{m.Name}
	}
	lines := wrap(m.Name, p.w/1.06, 13)
	if m.Text != "" {
		lines = append(lines, m.Text)
	}
	return lines
}

// measureHeight is the height of a row: of the highest measure.
func (c *Lines) measureHeight(p *pen) float64 {
	if !p.small {
		return 52
	}
	lines := 1
	for i := range c.Measures {
		lines = max(lines, len(p.measureLines(&c.Measures[i])))
	}
	return 18 + 16*float64(lines)
}

func (c *Lines) measureRoom(p *pen, g *plot) float64 {
	_, n := c.rows(p, g)
	if n == 0 {
		return 0
	}
	return c.measureHeight(p)*float64(n) + 6
}

func (c *Lines) drawMeasures(p *pen, g *plot) {
	rows, _ := c.rows(p, g)
	high := c.measureHeight(p)
	for i, row := range rows {
		if row < 0 {
			continue
		}
		m := &c.Measures[i]
		b, _ := c.bracket(p, g, m)
		lines := p.measureLines(m)
		y := high*float64(row) + 22
		if p.small {
			y = high*float64(row+1) - 12
		}
		p.path("ax")
		p.at('M', b.y0, y+7)
		p.to('V', y)
		p.to('H', b.y1)
		p.to('V', y+7)
		p.str(`"/>`)
		if p.small && p.oneLine(m) {
			p.text2("b", b.x0, y-7, m.Name, "q", m.Text)
			continue
		}
		for k, line := range lines {
			class := "b"
			if p.small && k > 0 && line == m.Text {
				class = "q"
			}
			p.text(class, b.x0, y-8-16*float64(len(lines)-1-k), line)
		}
		if !p.small && m.Text != "" {
			down := 14.0
			if width(m.Text)+10 > b.y1-b.y0 { // below the bracket's end
				down = 21
			}
			p.text("q", b.x0+6, y+down, m.Text)
		}
	}
}
