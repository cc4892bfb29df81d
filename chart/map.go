package chart

import "math"

func (c *Map) size() Size { return c.Size }

// frame is the size of the wide drawing of the land; the phone's is the same, smaller.
func (c *Map) frame() (w, h float64) {
	w, _ = c.Size.widths()
	switch c.Size {
	case Half:
		return w, 400
	case Wide:
		return w, 520
	}
	return w, 440
}

func (c *Map) rings() []Ring {
	if c.Land != nil {
		return c.Land
	}
	return world()
}

// shared draws the land once; the small drawing takes it smaller.
func (c *Map) shared(p *pen) {
	w, h := c.frame()
	q, ok := fit(c.Places, w, h)
	if !ok {
		return
	}
	p.str(`<path id="`)
	p.str(p.id)
	p.str(`-land" class="land" d="`)
	q.land(p, c.rings(), w, q.high)
	p.str(`"/>`)
}

func (c *Map) draw(p *pen) {
	w, h := c.frame()
	q, ok := fit(c.Places, w, h)
	if !ok {
		p.h = 24
		return
	}
	ratio := p.w / w
	p.h = math.Round(q.high * ratio)
	high := p.h
	suffix := "-frame"
	if p.small {
		suffix = "-frame-s"
	}
	p.str(`<clipPath id="`)
	p.str(p.id)
	p.str(suffix)
	p.str(`"><rect`)
	p.attr("width", p.w)
	p.attr("height", high)
	p.str(`/></clipPath><g clip-path="url(#`)
	p.str(p.id)
	p.str(suffix)
	p.str(`)">`)
	if p.alone {
		p.path("land")
		q.land(p, c.rings(), w, q.high)
		p.str(`"/>`)
	} else {
		p.str(`<use href="#`)
		p.str(p.id)
		p.str(`-land"`)
		if p.small {
			p.str(` transform="scale(`)
			p.b = appendFiner(p.b, ratio)
			p.str(`)"`)
		}
		p.str(`/>`)
	}
	p.str(`</g>`)
	const r = 6.5
	room := placer{area: box{0, 0, p.w, high}}
	for i := range c.Places {
		s := &c.Places[i]
		if !s.placed() {
			continue
		}
		x, y := q.px(s.Lon, s.Lat)
		x, y = x*ratio, y*ratio
		p.circle(ringed(Class(s.Value, c.Borders)), x, y, r)
		room.labels = append(room.labels, box{x - r - 1, y - r - 1, x + r + 1, y + r + 1})
	}
	tags := c.tags(p.l, &q, ratio)
	settle(tags, &room)
	var listed []int
	for i := range tags {
		if t := &tags[i]; t.at >= 0 {
			c.name(p, &c.Places[t.place], t.spots[t.at])
		} else {
			listed = append(listed, t.place)
		}
	}
	for n, i := range listed {
		s := &c.Places[i]
		x, y := q.px(s.Lon, s.Lat)
		number(p, &room, x*ratio, y*ratio, year(n+1))
	}
	c.list(p, listed)
}

// second is the line below a name: value and year.
func (c *Map) second(l Language, s *Spot) (value, when string) {
	if !finite(s.Value) {
		return "", c.NoValue
	}
	if s.When == "" {
		return l.Number(s.Value, c.Digits), ""
	}
	return l.Number(s.Value, c.Digits), "(" + s.When + ")"
}

// tag is the label of a place, with where it can stand.
type tag struct {
	place int
	w     float64
	n     int // lines
	spots [12]spot
	at    int // chosen, -1 for none
}

func (t *tag) box(k int) box { return around(t.spots[k].x, t.spots[k].y, t.w, t.spots[k].anchor, t.n) }

// tags makes the labels of all places.
func (c *Map) tags(l Language, q *projection, ratio float64) []tag {
	out := make([]tag, 0, len(c.Places))
	for i := range c.Places {
		s := &c.Places[i]
		if !s.placed() {
			continue
		}
		value, when := c.second(l, s)
		line := value
		if when != "" {
			if line != "" {
				line += " "
			}
			line += when
		}
		t := tag{place: i, w: max(bold(s.Name), width(line)), n: 2, at: -1}
		if line == "" {
			t.n = 1
		}
		x, y := q.px(s.Lon, s.Lat)
		x, y = x*ratio, y*ratio
		up, down, level := y-12-15*float64(t.n-1), y+21, y+4-7.5*float64(t.n-1)
		t.spots = [12]spot{{x - 6, down, begin}, {x - 6, up, begin}, {x + 11, level, begin}, {x - 11, level, end}, {x + 6, down, end}, {x + 6, up, end},
			{x, down, middle}, {x, up, middle}, {x + 9, down - 5, begin}, {x + 9, up + 5, begin}, {x - 9, down - 5, end}, {x - 9, up + 5, end}}
		out = append(out, t)
	}
	return out
}

// settle finds places for labels, in the order of the caller's list; where one finds none, another that stands in its way
// moves if it can. The room then holds all that were placed.
func settle(tags []tag, room *placer) {
	fits := func(i, k, except int) bool {
		b := tags[i].box(k)
		if room.cost(b) < 0 {
			return false
		}
		for j := range tags {
			if j != i && j != except && tags[j].at >= 0 && tags[j].box(tags[j].at).hits(b) {
				return false
			}
		}
		return true
	}
	put := func(i int) bool {
		for k := range tags[i].spots {
			if fits(i, k, -1) {
				tags[i].at = k
				return true
			}
		}
		return false
	}
	deepest := 1
	if len(tags) <= 12 {
		deepest = 2 // what was moved may move another
	}
	var move func(i, depth int) bool
	move = func(i, depth int) bool {
		for k := range tags[i].spots {
			for j := range tags {
				if j == i || tags[j].at < 0 || !fits(i, k, j) {
					continue
				}
				was := tags[j].at
				tags[i].at, tags[j].at = k, -1
				if put(j) || depth < deepest && move(j, depth+1) {
					return true
				}
				tags[i].at, tags[j].at = -1, was
			}
		}
		return false
	}
	for i := range tags {
		if !put(i) {
			move(i, 1)
		}
	}
	for i := range tags {
		if tags[i].at >= 0 {
			room.labels = append(room.labels, tags[i].box(tags[i].at))
		}
	}
}

// name writes a place's name and value.
func (c *Map) name(p *pen, s *Spot, at spot) {
	p.text(suffixOf("b halo", at.anchor), at.x, at.y, s.Name)
	switch value, when := c.second(p.l, s); {
	case value != "":
		p.text2(suffixOf("halo", at.anchor), at.x, at.y+15, value, "q", when)
	case when != "":
		p.text(suffixOf("halo q", at.anchor), at.x, at.y+15, when)
	}
}

// number writes the number of a place that is listed below, further away with a line where its dot is beset.
func number(p *pen, room *placer, x, y float64, s string) {
	w := bold(s)
	var places [40]spot
	n := 0
	for _, d := range [...]float64{9, 17, 26, 36, 48} {
		for k := range 8 {
			sin, cos := math.Sincos(float64(k) * math.Pi / 4)
			anchor := middle
			if cos > .5 {
				anchor = begin
			} else if cos < -.5 {
				anchor = end
			}
			places[n] = spot{x + cos*d, y + sin*(d+3) + 4.5, anchor}
			n++
		}
	}
	at, ok := room.choose(w, 1, 0, places[:]...)
	if !ok {
		p.text("b halo m", x, y+4.5, s)
		return
	}
	if math.Hypot(at.x-x, at.y-4.5-y) > 14 {
		p.path("ax")
		p.at('M', x, y)
		p.at('L', at.x, at.y-4.5)
		p.str(`"/>`)
	}
	p.text(suffixOf("b halo", at.anchor), at.x, at.y, s)
}

// list writes the places that found no room for their names below the map.
func (c *Map) list(p *pen, listed []int) {
	if len(listed) == 0 {
		return
	}
	longest := 0.0
	for _, i := range listed {
		s := &c.Places[i]
		value, when := c.second(p.l, s)
		longest = max(longest, 24+bold(s.Name)+8+width(value)+width(when)+12)
	}
	columns := max(1, int(p.w/longest))
	columns = min(columns, 4, len(listed))
	rows := (len(listed) + columns - 1) / columns
	top := p.h + 20
	for n, i := range listed {
		s := &c.Places[i]
		value, when := c.second(p.l, s)
		if value != "" && when != "" {
			value += " " + when
		} else if value == "" {
			value = when
		}
		x, y := float64(n/rows)*(p.w/float64(columns)), top+18*float64(n%rows)
		p.text("b e", x+16, y, year(n+1))
		p.text2("", x+24, y, s.Name, "q", value)
	}
	p.h = top + 18*float64(rows-1) + 8
}

func (c *Map) table(l Language) Table {
	t := Table{Head: []Column{{c.Axis, false}, {c.Value, true}, {c.When, false}}}
	for i := range c.Places {
		s := &c.Places[i]
		when := s.When
		if !finite(s.Value) {
			when = c.NoValue
		}
		t.Rows = append(t.Rows, []string{s.Name, cell(l, s.Value, c.Digits), when})
	}
	return t
}

func (c *Map) records(Language) Table {
	t := Table{Head: []Column{{c.Axis, false}, {c.Value, true}, {c.When, false}, {"latitude", true}, {"longitude", true}}}
	for i := range c.Places {
		s := &c.Places[i]
		when := s.When
		if !finite(s.Value) {
			when = ""
		}
		t.Rows = append(t.Rows, []string{s.Name, plain(s.Value), when, plain(s.Lat), plain(s.Lon)})
	}
	return t
}
