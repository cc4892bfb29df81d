package chart

import (
	"math"
	"time"
)

func (c *Calendar) size() Size { return Body }

// each visits the days of the year: month and day from 0, value NaN where there is none.
func (c *Calendar) each(visit func(month, day int, v float64)) {
	i := 0
	for m := range 12 {
		for d := range c.days(m) {
			v := math.NaN()
			if i < len(c.Days) && finite(c.Days[i]) {
				v = c.Days[i]
			}
			visit(m, d, v)
			i++
		}
	}
}

func (c *Calendar) days(month int) int {
	return time.Date(c.Year, time.Month(month+2), 0, 0, 0, 0, 0, time.UTC).Day()
}

// shared draws the cells once, a day being one unit wide and a month one unit high; both drawings stretch them.
func (c *Calendar) shared(p *pen) {
	p.str(`<g id="`)
	p.str(p.id)
	p.str(`-days">`)
	c.cells(p)
	p.str(`</g>`)
}

func (c *Calendar) cells(p *pen) {
	var class [12][31]int8 // 0 is no such day, 8 is a day without value
	c.each(func(m, d int, v float64) {
		class[m][d] = 8
		if !math.IsNaN(v) {
			class[m][d] = int8(min(Class(v, c.Borders), 7))
		}
	})
	for k := int8(1); k <= 7; k++ {
		opened := false
		for m := range class {
			for d := 0; d < 31; d++ {
				if class[m][d] != k {
					continue
				}
				run := 1
				for d+run < 31 && class[m][d+run] == k {
					run++
				}
				if !opened {
					p.path(hazeClass[k])
					opened = true
				}
				p.at('M', float64(d), float64(m))
				p.to('h', float64(run))
				p.str("v1h-")
				p.num(float64(run))
				p.str("z")
				d += run - 1
			}
		}
		if opened {
			p.str(`"/>`)
		}
	}
	opened := false
	for m := range class {
		for d, k := range class[m] {
			if k != 8 {
				continue
			}
			if !opened {
				p.open("path", "link")
				p.str(` vector-effect="non-scaling-stroke" d="`)
				opened = true
			}
			p.at('M', float64(d)+.3, float64(m)+.5)
			p.str("h.4")
		}
	}
	if opened {
		p.str(`"/>`)
	}
	p.open("path", "sep")
	p.str(` vector-effect="non-scaling-stroke" d="`)
	for d := range 32 {
		p.at('M', float64(d), 0)
		p.str("v12")
	}
	for m := range 13 {
		p.at('M', 0, float64(m))
		p.str("h31")
	}
	p.str(`"/>`)
}

func (c *Calendar) draw(p *pen) {
	left, w, h := 36.0, 24.5, 24.0
	if p.small {
		left, w, h = 24, 10.5, 20
	} else {
		for m := 1; m <= 12; m++ {
			left = max(left, math.Ceil(width(p.l.MonthShort(m)))+8)
		}
		w = (p.w - left) / 31
	}
	const top = 18.0
	p.h = top + 12*h + 2
	for d := 0; d < 31; d += 7 {
		p.text("m q tiny", left+(float64(d)+.5)*w, 11, year(d+1))
	}
	for m := range 12 {
		s := p.l.MonthShort(m + 1)
		if p.small {
			s = initial(p.l, m+1)
		}
		p.text("q", 0, top+(float64(m)+.5)*h+4.3, s)
	}
	move := func() {
		p.str(` transform="translate(`)
		p.num(left)
		p.str(" ")
		p.num(top)
		p.str(") scale(")
		p.b = appendFine(p.b, w)
		p.str(" ")
		p.num(h)
		p.str(`)"`)
	}
	if p.alone {
		p.str("<g")
		move()
		p.str(">")
		c.cells(p)
		p.str("</g>")
	} else {
		p.str(`<use href="#`)
		p.str(p.id)
		p.str(`-days"`)
		move()
		p.str("/>")
	}
}

// table has a row for each day of the month and a column for each month.
func (c *Calendar) table(l Language) Table {
	t := Table{Head: []Column{{c.Axis, false}}, Rows: make([][]string, 31)}
	for m := 1; m <= 12; m++ {
		t.Head = append(t.Head, Column{l.MonthShort(m), true})
	}
	for d := range t.Rows {
		t.Rows[d] = make([]string, 13)
		t.Rows[d][0] = year(d + 1)
	}
	c.each(func(m, d int, v float64) { t.Rows[d][m+1] = cell(l, v, c.Digits) })
	return t
}

func (c *Calendar) records(Language) Table {
	t := Table{Head: []Column{{c.Axis, false}, {c.Value, true}}}
	c.each(func(m, d int, v float64) {
		t.Rows = append(t.Rows, []string{time.Date(c.Year, time.Month(m+1), d+1, 0, 0, 0, 0, time.UTC).Format("2006-01-02"), plain(v)})
	})
	return t
}
