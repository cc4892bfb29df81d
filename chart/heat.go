package chart

import "math"

func (c *Heat) size() Size    { return c.Size }
func (c *Heat) shared(p *pen) {}

func (c *Heat) value(row, column int) float64 {
	if v := c.Rows[row].Values; column < len(v) && finite(v[column]) {
		return v[column]
	}
	return math.NaN()
}

func (c *Heat) draw(p *pen) {
	n := len(c.Columns)
	if n == 0 || len(c.Rows) == 0 {
		p.h = 24
		return
	}
	if p.small {
		c.drawSmall(p, n)
		return
	}
	const pitch, top, high = 46.0, 24.0, 44.0
	left := 0.0
	for i := range c.Rows {
		left = max(left, bold(c.Rows[i].Name))
	}
	left = math.Ceil(min(left+16, p.w*.3))
	w := (p.w - left) / float64(n)
	p.h = top + pitch*float64(len(c.Rows)) - 2
	c.heads(p, left, w, 13)
	for i := range c.Rows {
		y := top + pitch*float64(i)
		names := wrap(c.Rows[i].Name, (left-12)/1.06, 13)
		if len(names) > 2 {
			names = names[:2]
		}
		for k, s := range names {
			p.text(nameClass[c.Rows[i].Style.index()], 0, y+28+16*float64(k)-8*float64(len(names)-1), s)
		}
		c.cells(p, i, left, y, w, high, 13)
	}
}

func (c *Heat) drawSmall(p *pen, n int) {
	const pitch, high = 54.0, 28.0
	w := p.w / float64(n)
	p.h = pitch*float64(len(c.Rows)) + 18
	for i := range c.Rows {
		y := pitch * float64(i)
		p.text(nameClass[c.Rows[i].Style.index()], 0, y+14, c.Rows[i].Name)
		c.cells(p, i, 0, y+20, w, high, 11)
	}
	y := p.h - 3
	if n == 1 {
		p.text("q", 0, y, c.Columns[0])
		return
	}
	p.text("q", 0, y, c.Columns[0])
	p.text("q e", p.w, y, c.Columns[n-1])
	for i := 1; i < n-1; i++ { // tens between, where there is room
		x, s := (float64(i)+.5)*w, c.Columns[i]
		if len(s) == 4 && s[3] == '0' && x > 60 && x < p.w-60 {
			p.text("m q", x, y, s)
		}
	}
}

// heads writes the names of the columns, every so many that they stay apart; the last one always.
func (c *Heat) heads(p *pen, left, w, y float64) {
	longest := 0.0
	for _, s := range c.Columns {
		longest = max(longest, width(s))
	}
	every := max(1, int(math.Ceil((longest+8)/w)))
	for i, s := range c.Columns {
		if (len(c.Columns)-1-i)%every == 0 {
			p.under(left+(float64(i)+.5)*w, y, s)
		}
	}
}

func (c *Heat) cells(p *pen, row int, left, y, w, high, size float64) {
	for i := range c.Columns {
		x := left + float64(i)*w
		v := c.value(row, i)
		if math.IsNaN(v) {
			p.horizontal("g", x+w/2-min(4, w/3), x+w/2+min(4, w/3), y+high/2)
			continue
		}
		k := Class(v, c.Borders)
		k = min(k, 7)
		p.rect(cellClass[k], x, y, w, high)
		s := p.l.Number(v, c.Digits)
		switch { // a value that has no room stands in the table only
		case size == 13 && widthOf(s, 13)+4 <= w:
			p.text(onClass[k], x+w/2, y+high/2+5, s)
		case widthOf(s, 11)*.97 <= w-1:
			p.text(onTiny[k], x+w/2, y+high/2+4, s)
		}
	}
}

func (c *Heat) table(l Language) Table {
	return c.tabulate(func(v float64) string { return cell(l, v, c.DigitsInTable) })
}

func (c *Heat) records(Language) Table { return c.tabulate(plain) }

func (c *Heat) tabulate(write func(float64) string) Table {
	t := Table{Head: append([]Column{{c.Axis, false}}, heads(true, c.Columns...)...)}
	for i := range c.Rows {
		row := []string{c.Rows[i].Name}
		for j := range c.Columns {
			row = append(row, write(c.value(i, j)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
