package chart

import (
	"math"
	"time"
)

func (c *Hourly) size() Size { return c.Size }

// height of the shared path's units: the axis from its lower to its upper end.
const fine = 1000

// scaleOf is the vertical axis.
func (c *Hourly) scaleOf() axis {
	lo, hi := 0.0, 0.0
	for _, list := range [3][]float64{c.Values, c.Low, c.High} {
		for _, v := range list {
			grow(&lo, &hi, v)
		}
	}
	for i := range c.Limits {
		for _, s := range c.Limits[i].Steps {
			if a, b := c.within(s); b > a {
				grow(&lo, &hi, s.Value)
			}
		}
	}
	return nice(lo, hi)
}

func (c *Hourly) plot() plot {
	from := At(c.Start)
	step := c.Step.Seconds()
	if step <= 0 {
		step = 3600
	}
	return plot{from: from, to: from + step*float64(max(1, len(c.Values))), y: c.scaleOf()}
}

// within is a step of a limit clipped to the time shown, as X.
func (c *Hourly) within(s Step) (a, b float64) {
	step := c.Step.Seconds()
	if step <= 0 {
		step = 3600
	}
	a = At(c.Start)
	b = a + step*float64(max(1, len(c.Values)))
	if !s.From.IsZero() {
		a = max(a, At(s.From))
	}
	if !s.To.IsZero() {
		b = min(b, At(s.To))
	}
	return a, b
}

// shared draws band and line once: one unit for a step, a thousand for the axis. Values stand in the middle of their step.
func (c *Hourly) shared(p *pen) {
	a := c.scaleOf()
	if c.banded() {
		p.str(`<path id="`)
		p.str(p.id)
		p.str(`-band" class="rib" d="`)
		c.band(p, a)
		p.str(`"/>`)
	}
	p.str(`<path id="`)
	p.str(p.id)
	p.str(`-line" vector-effect="non-scaling-stroke" class="`)
	p.str(c.stroke())
	p.str(`" d="`)
	c.line(p, a)
	p.str(`"/>`)
}

func (c *Hourly) banded() bool { return len(c.Low) > 0 && len(c.High) > 0 }

func level(a axis, v float64) int {
	return int(math.Round((v - a.lo) / (a.hi - a.lo) * -fine))
}

func (p *pen) int(n int) { p.b = appendInt(p.b, n) }

// line writes runs with relative commands. A lone value is a stroke of one step, so that it can be seen.
func (c *Hourly) line(p *pen, a axis) {
	down := false
	last := 0
	for i, v := range c.Values {
		if !finite(v) {
			down = false
			continue
		}
		y := level(a, v)
		switch {
		case down:
			p.str("l1 ")
			p.int(y - last)
		default:
			p.b = append(p.b, 'M')
			p.int(i)
			p.b = append(p.b, ' ')
			p.int(y)
			if i+1 == len(c.Values) || !finite(c.Values[i+1]) {
				p.str("h0")
			}
		}
		down, last = true, y
	}
}

// band writes the area from lowest to highest, run by run.
func (c *Hourly) band(p *pen, a axis) {
	n := min(len(c.Low), len(c.High), len(c.Values))
	ok := func(i int) bool { return i < n && finite(c.Low[i]) && finite(c.High[i]) }
	for i := 0; i < n; i++ {
		if !ok(i) {
			continue
		}
		j := i
		for ok(j + 1) {
			j++
		}
		p.b = append(p.b, 'M')
		p.int(i)
		p.b = append(p.b, ' ')
		p.int(level(a, c.High[i]))
		for k := i + 1; k <= j; k++ {
			p.str("l1 ")
			p.int(level(a, c.High[k]) - level(a, c.High[k-1]))
		}
		p.b = append(p.b, 'V')
		p.int(level(a, c.Low[j]))
		for k := j - 1; k >= i; k-- {
			p.str("l-1 ")
			p.int(level(a, c.Low[k]) - level(a, c.Low[k+1]))
		}
		p.b = append(p.b, 'Z')
		i = j
	}
}

func (c *Hourly) draw(p *pen) {
	g := c.plot()
	g.x0 = g.y.room(p.l, 13)
	g.x1 = p.w - 12
	g.top = 20
	g.bottom = g.top + 256
	if p.small {
		g.x1, g.bottom = p.w-6, g.top+216
	}
	p.h = g.bottom + 30
	g.grid(p, true, "e q")
	if g.times(p, g.bottom+22) {
		p.h += 16
	}
	room := placer{area: box{0, 0, p.w, g.bottom}}
	for i := range c.Limits {
		g.limit(p, &c.Limits[i], Time)
	}
	c.place(p, &g)
	c.follow(&g, &room)
	c.peak(p, &g, &room)
	c.gaps(p, &g, &room)
	for i := range c.Limits {
		(&Lines{Scale: Time}).limitBeside(p, &g, &room, &c.Limits[i])
	}
}

// follow tells the placer where the line runs, if it is short enough for labels to keep off it.
func (c *Hourly) follow(g *plot, room *placer) {
	n := len(c.Values)
	if n > 800 {
		return
	}
	w := (g.x1 - g.x0) / float64(max(1, n))
	for i := 1; i < n; i++ {
		if finite(c.Values[i-1]) && finite(c.Values[i]) {
			x := g.x0 + (float64(i)-.5)*w
			room.lines = append(room.lines, box{x, g.fy(c.Values[i-1]), x + w, g.fy(c.Values[i])})
		}
	}
}

// stroke is the line's class: thinner where hours are dense.
func (c *Hourly) stroke() string {
	if len(c.Values) > 300 {
		return "ln l1"
	}
	return "ln foc"
}

// place puts the shared paths into the plot.
func (c *Hourly) place(p *pen, g *plot) {
	n := float64(max(1, len(c.Values)))
	move := func() {
		p.str(` transform="translate(`)
		p.num(g.x0 + (g.x1-g.x0)/n/2)
		p.str(" ")
		p.num(g.bottom)
		p.str(") scale(")
		p.b = appendFiner(p.b, (g.x1-g.x0)/n)
		p.str(" ")
		p.b = appendFiner(p.b, (g.bottom-g.top)/fine)
		p.str(`)"`)
	}
	if !p.alone {
		for _, part := range [2]string{"-band", "-line"} {
			if part == "-band" && !c.banded() {
				continue
			}
			p.str(`<use href="#`)
			p.str(p.id)
			p.str(part)
			p.str(`"`)
			move()
			p.str("/>")
		}
		return
	}
	if c.banded() {
		p.open("path", "rib")
		move()
		p.str(` d="`)
		c.band(p, g.y)
		p.str(`"/>`)
	}
	p.open("path", c.stroke())
	p.str(` vector-effect="non-scaling-stroke"`)
	move()
	p.str(` d="`)
	c.line(p, g.y)
	p.str(`"/>`)
}

// gaps frames the times without a value, the longest named; tiny ones only break the line when there are many.
func (c *Hourly) gaps(p *pen, g *plot, room *placer) {
	w := (g.x1 - g.x0) / float64(max(1, len(c.Values)))
	drawn, bestFrom, best := 0, 0, 0
	for i := 0; i < len(c.Values); i++ {
		if finite(c.Values[i]) {
			continue
		}
		j := i
		for j < len(c.Values) && !finite(c.Values[j]) {
			j++
		}
		if j-i > best {
			bestFrom, best = i, j-i
		}
		if wide := float64(j-i) * w; drawn < 60 && (wide >= 3 || len(c.Values) <= 400) {
			p.rect("gap", g.x0+float64(i)*w-max(0, 3-wide)/2, g.top, max(3, wide), g.bottom-g.top)
			drawn++
		}
		i = j
	}
	if best == 0 || c.NoValue == "" {
		return
	}
	a, b := g.x0+float64(bestFrom)*w, g.x0+float64(bestFrom+best)*w
	places := []spot{{a - 5, g.top + 12, end}, {b + 5, g.top + 12, begin}, {a - 5, g.top + 44, end}, {b + 5, g.top + 44, begin}}
	if b-a > width(c.NoValue)+8 {
		places = []spot{{(a + b) / 2, g.top + 12, middle}, {(a + b) / 2, (g.top + g.bottom) / 2, middle}}
	}
	if at, ok := room.choose(width(c.NoValue), 1, 10, places...); ok {
		p.text(suffixOf("halo q", at.anchor), at.x, at.y, c.NoValue)
	}
}

// peak marks the highest value.
func (c *Hourly) peak(p *pen, g *plot, room *placer) {
	list := c.Values
	if c.banded() {
		list = c.High
	}
	at, high := -1, math.Inf(-1)
	for i, v := range list {
		if finite(v) && v > high && i < len(c.Values) {
			at, high = i, v
		}
	}
	if at < 0 {
		return
	}
	x, y := g.x0+(float64(at)+.5)*(g.x1-g.x0)/float64(len(c.Values)), g.fy(high)
	p.circle("dot", x, y, 4.5)
	room.dots = append(room.dots, box{x - 4.5, y - 4.5, x + 4.5, y + 4.5})
	if c.Mark == nil {
		return
	}
	text := c.Mark(c.Start.Add(time.Duration(at)*c.Step), p.l.Number(high, c.Digits))
	if s, ok := room.choose(bold(text), 1, 30, spot{x - 8, y - 4, end}, spot{x + 8, y - 4, begin}, spot{x, y - 10, middle}, spot{x - 8, y + 16, end}, spot{x + 8, y + 16, begin},
		spot{g.x1, y - 8, end}, spot{g.x0 + 4, y - 8, begin}, spot{g.x1, y + 18, end}, spot{g.x0 + 4, y + 18, begin}); ok {
		p.text(suffixOf("f halo", s.anchor), s.x, s.y, text)
	}
}

func (c *Hourly) table(l Language) Table {
	return c.tabulate(func(t time.Time) string {
		return l.Day(t.Year(), int(t.Month()), t.Day()) + " " + t.Format("15:04")
	}, func(v float64) string { return cell(l, v, c.Digits) })
}

func (c *Hourly) records(Language) Table {
	return c.tabulate(func(t time.Time) string { return t.Format("2006-01-02T15:04Z07:00") }, plain)
}

func (c *Hourly) tabulate(name func(time.Time) string, write func(float64) string) Table {
	t := Table{Head: []Column{{c.Axis, false}, {c.Value, true}}}
	more := c.banded() && c.LowName != ""
	if more {
		t.Head = append(t.Head, Column{c.LowName, true}, Column{c.HighName, true})
	}
	at := func(list []float64, i int) float64 {
		if i < len(list) {
			return list[i]
		}
		return math.NaN()
	}
	for i, v := range c.Values {
		row := []string{name(c.Start.Add(time.Duration(i) * c.Step)), write(v)}
		if more {
			row = append(row, write(at(c.Low, i)), write(at(c.High, i)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Downsample joins every so many values into one: their mean, their lowest and their highest; NaN where none is valid.
// The last step may hold fewer.
func Downsample(values []float64, every int) (mean, low, high []float64) {
	if every < 1 {
		every = 1
	}
	n := (len(values) + every - 1) / every
	mean, low, high = make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		sum, count := 0.0, 0
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, v := range values[i*every : min((i+1)*every, len(values))] {
			if finite(v) {
				sum += v
				count++
				lo, hi = min(lo, v), max(hi, v)
			}
		}
		if count == 0 {
			mean[i], low[i], high[i] = math.NaN(), math.NaN(), math.NaN()
			continue
		}
		mean[i], low[i], high[i] = sum/float64(count), lo, hi
	}
	return mean, low, high
}
