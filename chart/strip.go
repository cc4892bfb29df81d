package chart

import (
	"math"
	"time"
)

func (c *Strip) size() Size    { return Wide }
func (c *Strip) shared(p *pen) {}

// middle is the middle of a date as a year and its part.
func (d *Date) middle() float64 {
	a, b := d.ends()
	return (a + b) / 2
}

// ends are the start of the first and the end of the last day.
func (d *Date) ends() (a, b float64) {
	to := d.To
	if to.Before(d.From) {
		to = d.From
	}
	return yearOf(d.From), yearOf(to.AddDate(0, 0, 1))
}

// long reports whether a date is a span to be drawn and not a day or a few.
func (d *Date) long() bool { return !d.To.IsZero() && d.To.Sub(d.From) > 45*24*time.Hour }

// years are the first and the last year of the strip, and the last year with an edition.
func (c *Strip) years() (from, to, last int) {
	from, to, last = math.MaxInt, math.MinInt, math.MinInt
	for i := range c.Lanes {
		for j := range c.Lanes[i].Editions {
			for k := range c.Lanes[i].Editions[j].Dates {
				d := &c.Lanes[i].Editions[j].Dates[k]
				from = min(from, d.From.Year())
				last = max(last, int(d.middle()))
			}
		}
	}
	to = last
	if c.From != 0 || c.To != 0 {
		from, to = c.From, c.To
	}
	if from > to {
		return 0, -1, last
	}
	return from, min(to, from+199), last
}

// count is the editions of a lane in each year, counted.
func (c *Strip) count(lane *Lane, from, to int) []int {
	out := make([]int, to-from+1)
	for i := range lane.Editions {
		seen := -1
		for k := range lane.Editions[i].Dates {
			if y := int(lane.Editions[i].Dates[k].middle()) - from; y >= 0 && y < len(out) && y != seen {
				out[y]++
				seen = y
			}
		}
	}
	return out
}

func (c *Strip) draw(p *pen) {
	from, to, last := c.years()
	if to < from {
		p.h = 24
		return
	}
	if p.small {
		c.drawUpright(p, from, to, last)
		return
	}
	left := 0.0
	for i := range c.Lanes {
		if c.Lanes[i].Name != "" {
			left = max(left, math.Ceil(bold(c.Lanes[i].Name))+18)
		}
	}
	left = min(left, p.w*.25)
	if left == 0 {
		left = 12
	}
	const first, pitch = 70.0, 74.0
	right := p.w - 12
	w := (right - left) / float64(to-from+1)
	n := float64(max(1, len(c.Lanes)))
	bottom := first + pitch*(n-1) + 38
	p.h = bottom + 24
	px := func(year float64) float64 { return min(max(left+(year-float64(from))*w, left), right) }

	any := make([]bool, to-from+1)
	for i := range c.Lanes {
		for k, n := range c.count(&c.Lanes[i], from, to) {
			any[k] = any[k] || n > 0
		}
	}
	every := max(1, int(math.Ceil(40/w)))
	for y := from; y <= to+1; y++ {
		x := left + float64(y-from)*w
		if w >= 8 || (y-from)%5 == 0 {
			p.vertical("g", x, 34, bottom)
		}
		if y > to || (y-from)%every != 0 {
			continue
		}
		class := "m q"
		if any[y-from] {
			class = "m b"
		}
		p.text(class, x+w/2, bottom+18, year(y))
	}
	room := placer{area: box{left - 8, 0, p.w, bottom}}
	for i := range c.Lanes {
		y := first + pitch*float64(i)
		names := wrap(c.Lanes[i].Name, left/1.06-14, 13)
		for k, s := range names {
			p.text(nameClass[c.Lanes[i].Style.index()], 0, y+5+15*float64(k)-7.5*float64(len(names)-1), s)
		}
		p.horizontal("g", left, right, y)
		c.lane(p, &c.Lanes[i], y, px, &room)
	}
	for i := range c.Lanes { // what is not there is said where it would be
		after := c.After
		if i > 0 {
			after = "" // said once
		}
		c.gaps(p, &c.Lanes[i], after, first+pitch*float64(i), from, to, last, w, left, &room)
	}
}

// mark is how an edition of a lane is drawn: the class and the radius of its dots, the class of its dates.
func (l *Lane) mark(e *Edition) (dot string, r float64, text string) {
	if e.Second {
		return ringClass[Quiet], 6, ""
	}
	k := l.Style.index()
	dot, r = dotClass[k], 6
	if e.Lent || len(e.Dates) > 1 {
		dot = ringClass[k]
	}
	if l.Style == Accent {
		r, text = 8, "f"
	}
	return dot, r, text
}

// lane draws the editions of one line.
func (c *Strip) lane(p *pen, lane *Lane, y float64, px func(float64) float64, room *placer) {
	for i := range lane.Editions {
		e := &lane.Editions[i]
		class, r, _ := lane.mark(e)
		if len(e.Dates) > 1 {
			a, b := math.Inf(1), math.Inf(-1)
			for j := range e.Dates {
				x := px(e.Dates[j].middle())
				a, b = min(a, x), max(b, x)
			}
			p.horizontal("ct", a, b, y)
		}
		for j := range e.Dates {
			d := &e.Dates[j]
			if d.long() {
				a, b := d.ends()
				p.open("path", "link")
				p.str(` stroke-width="2" d="`)
				p.at('M', px(a), y)
				p.to('H', px(b))
				p.str(`"/>`)
			}
			x := px(d.middle())
			p.circle(class, x, y, r)
			room.dots = append(room.dots, box{x - r, y - r, x + r, y + r})
		}
	}
	for i := range lane.Editions {
		e := &lane.Editions[i]
		_, _, text := lane.mark(e)
		a, b := math.Inf(1), math.Inf(-1)
		for j := range e.Dates {
			x := px(e.Dates[j].middle())
			a, b = min(a, x), max(b, x)
			w := width(e.Dates[j].Text)
			if text == "f" {
				w = bold(e.Dates[j].Text)
			}
			places := above(x, y, lane.Style != Accent)
			if len(e.Dates) > 1 { // the label of the earlier date ends near its dot, that of the later begins there
				if j == 0 {
					places[0].x, places[0].anchor = x+9, end
				} else {
					places[0].x, places[0].anchor = x-9, begin
				}
			}
			if at, ok := room.choose(w, 1, 30, places[:]...); ok {
				p.text(suffixOf(text, at.anchor), at.x, at.y, e.Dates[j].Text)
			}
		}
		if len(e.Dates) > 1 && c.Contested != "" && text == "f" {
			mid := (a + b) / 2
			if at, ok := room.choose(bold(c.Contested), 1, 30, spot{mid, y - 38, middle}, spot{mid, y + 27, middle}, spot{mid, y + 43, middle}); ok {
				p.text(suffixOf("no", at.anchor), at.x, at.y, c.Contested)
			}
		}
	}
}

// above are the places of a date: above its dot first, or below.
func above(x, y float64, below bool) [11]spot {
	up, down := y-18, y+25
	if below {
		up, down = down, up
	}
	far := up - 16
	if below {
		far = up + 16
	}
	return [11]spot{{x, up, middle}, {x + 9, up, end}, {x - 9, up, begin}, {x, down, middle}, {x + 9, down, end}, {x - 9, down, begin},
		{x, far, middle}, {x + 9, far, end}, {x - 9, far, begin}, {x + 9, far, end}, {x - 9, far, begin}}
}

// gaps names the empty years between editions and what lies behind the last.
func (c *Strip) gaps(p *pen, lane *Lane, behind string, y float64, from, to, last int, w, left float64, room *placer) {
	counts := c.count(lane, from, to)
	ended := false
	seen := false
	for k, n := range counts {
		seen = seen || n > 0
		year := from + k
		if n > 0 || !seen || ended {
			continue
		}
		x := left + (float64(k)+.5)*w
		text := c.Empty
		after := true
		for _, m := range counts[k:] {
			after = after && m == 0
		}
		if after {
			if year <= last { // another lane goes on; this one has ended
				continue
			}
			text, ended = behind, true
			x = left + (float64(k)+float64(len(counts)))/2*w
		}
		if text == "" {
			continue
		}
		if at, ok := room.choose(width(text), 1, 0, spot{x, y - 18, middle}, spot{x, y + 25, middle}); ok {
			p.text(suffixOf("q", at.anchor), at.x, at.y, text)
		}
	}
}

// drawUpright is the strip for a phone: a line from top to bottom, one for each lane.
func (c *Strip) drawUpright(p *pen, from, to, last int) {
	const x, left, pitch = 60.0, 84.0, 42.0
	y := 20.0
	for i := range c.Lanes {
		lane := &c.Lanes[i]
		if len(c.Lanes) > 1 && lane.Name != "" {
			p.text(nameClass[lane.Style.index()], 0, y-4, lane.Name)
			y += 24
		}
		counts := c.count(lane, from, to)
		// The line is drawn first, so its length is found first.
		rows, end := 0, 0
		for n, has := range counts {
			if has > 0 {
				end = n
			}
		}
		for n, has := range counts {
			if has == 0 && (n < end || n == end+1) {
				rows++
			}
		}
		for j := range lane.Editions {
			for m := range lane.Editions[j].Dates {
				if d := int(lane.Editions[j].Dates[m].middle()); d >= from && d <= to {
					rows++
				}
			}
		}
		if rows > 1 {
			p.vertical("g", x, y, y+pitch*float64(rows-1))
		}
		for n, has := range counts {
			if has == 0 {
				note := c.Empty
				switch {
				case n == end+1 && from+n > last:
					note = c.After
				case n > end+1:
					continue
				case n > end:
					note = ""
				}
				p.circle("dot open gr", x, y, 4)
				p.text("q", 0, y+5, year(from+n))
				p.text("q", left, y+5, note)
				y += pitch
				continue
			}
			named := false
			for j := range lane.Editions {
				e := &lane.Editions[j]
				dot, r, text := lane.mark(e)
				shown := 0
				start := y
				for m := range e.Dates {
					d := &e.Dates[m]
					if int(d.middle())-from != n {
						continue
					}
					if shown > 0 {
						p.vertical("ct", x, start, start+pitch)
						start += pitch
					}
					if !named {
						p.text("b", 0, y+5, year(from+n))
						named = true
					}
					switch {
					case len(e.Dates) > 1 && m == 0:
						p.text2(text, left, y+5, d.Text, "no", c.Contested)
					case e.Second && c.Second != "":
						p.text(text, left, y+5, d.Text+" · "+c.Second)
					default:
						p.text(text, left, y+5, d.Text)
					}
					shown++
					y += pitch
				}
				for m := range shown { // rings lie over the dotted line
					p.circle(dot, x, y-pitch*float64(shown-m), r)
				}
			}
		}
		y += 14
	}
	p.h = max(24, y-34)
}

func (c *Strip) table(Language) Table {
	t := Table{Head: heads(false, c.Axis, c.Heads[0], c.Heads[1], c.Heads[4])}
	c.rows(func(lane, edition, text, from, to, fact string) {
		t.Rows = append(t.Rows, []string{lane, edition, text, fact})
	})
	return t
}

func (c *Strip) records(Language) Table {
	t := Table{Head: heads(false, c.Axis, c.Heads[0], c.Heads[2], c.Heads[3], c.Heads[4])}
	c.rows(func(lane, edition, text, from, to, fact string) {
		t.Rows = append(t.Rows, []string{lane, edition, from, to, fact})
	})
	return t
}

func (c *Strip) rows(visit func(lane, edition, text, from, to, fact string)) {
	for i := range c.Lanes {
		for j := range c.Lanes[i].Editions {
			e := &c.Lanes[i].Editions[j]
			fact := ""
			if c.Fact != nil {
				fact = c.Fact(*e)
			}
			for k := range e.Dates {
				d := &e.Dates[k]
				to := d.To
				if to.Before(d.From) {
					to = d.From
				}
				visit(c.Lanes[i].Name, e.Name, d.Text, d.From.Format("2006-01-02"), to.Format("2006-01-02"), fact)
			}
		}
	}
}
