package chart

import (
	"math"
	"strconv"
)

// pen writes one drawing. Numbers are written with at most one decimal.
type pen struct {
	b     []byte
	l     Language
	id    string  // prefix of ids inside the drawing
	small bool    // the drawing for a phone
	w, h  float64 // of the view box; h is set by the chart while it draws
	alone bool    // a file of its own: colours are resolved, nothing is shared
}

// widths of the wide drawing and of the small one.
func (s Size) widths() (large, small float64) {
	switch s {
	case Wide:
		return 1072, 350
	case Framed:
		return 764, 318
	case Half:
		return 400, 350
	}
	return 798, 350
}

// appendNum writes a coordinate with at most one decimal and no needless zero.
func appendNum(b []byte, v float64) []byte {
	if math.IsNaN(v) || v > 1e7 || v < -1e7 {
		v = 0 // a chart never asks for this; the drawing stays readable if it does
	}
	n := int64(math.Floor(v*10 + 0.5))
	if n < 0 {
		b = append(b, '-')
		n = -n
	}
	if whole := n / 10; whole < 10 {
		b = append(b, byte('0'+whole))
	} else if whole < 100 {
		b = append(b, byte('0'+whole/10), byte('0'+whole%10))
	} else {
		b = strconv.AppendInt(b, whole, 10)
	}
	if d := n % 10; d != 0 {
		b = append(b, '.', byte('0'+d))
	}
	return b
}

func (p *pen) str(s string)  { p.b = append(p.b, s...) }
func (p *pen) num(v float64) { p.b = appendNum(p.b, v) }

// attr writes ` name="12.5"`.
func (p *pen) attr(name string, v float64) {
	p.b = append(p.b, ' ')
	p.b = append(p.b, name...)
	p.b = append(p.b, '=', '"')
	p.num(v)
	p.b = append(p.b, '"')
}

// open begins an element with its class; the caller goes on with attributes and closes with p.str("/>").
func (p *pen) open(tag, class string) {
	p.b = append(p.b, '<')
	p.b = append(p.b, tag...)
	if p.alone {
		p.b = appendResolved(p.b, tag, class)
		return
	}
	if class == "" {
		return
	}
	p.b = append(p.b, ` class="`...)
	p.b = append(p.b, class...)
	p.b = append(p.b, '"')
}

// path begins a path; what follows are its commands, then p.str(`"/>`).
func (p *pen) path(class string) {
	p.open("path", class)
	p.str(` d="`)
}

// at writes a command with a point: at('M', 3, 4) is "M3 4".
func (p *pen) at(command byte, x, y float64) {
	p.b = append(p.b, command)
	p.num(x)
	p.b = append(p.b, ' ')
	p.num(y)
}

// to writes a command with one number: to('H', 3) is "H3".
func (p *pen) to(command byte, v float64) {
	p.b = append(p.b, command)
	p.num(v)
}

func (p *pen) horizontal(class string, x0, x1, y float64) {
	p.path(class)
	p.at('M', x0, y)
	p.to('H', x1)
	p.str(`"/>`)
}

func (p *pen) vertical(class string, x, y0, y1 float64) {
	p.path(class)
	p.at('M', x, y0)
	p.to('V', y1)
	p.str(`"/>`)
}

func (p *pen) circle(class string, x, y, r float64) {
	p.open("circle", class)
	p.attr("cx", x)
	p.attr("cy", y)
	p.attr("r", r)
	p.str("/>")
}

func (p *pen) rect(class string, x, y, w, h float64) {
	p.open("rect", class)
	p.attr("x", x)
	p.attr("y", y)
	p.attr("width", max(0, w))
	p.attr("height", max(0, h))
	p.str("/>")
}

// text writes a label. Anchors are classes: m is middle, e is end.
func (p *pen) text(class string, x, y float64, s string) {
	p.openText(class, x, y)
	p.rich(s)
	p.str("</text>")
}

// text2 writes a label with a second part in another class.
func (p *pen) text2(class string, x, y float64, s, class2, s2 string) {
	p.openText(class, x, y)
	p.rich(s)
	if s2 != "" {
		p.str(" ")
		p.open("tspan", class2)
		if class2 == "q" {
			p.str(` font-weight="400"`)
		}
		p.str(">")
		p.rich(s2)
		p.str("</tspan>")
	}
	p.str("</text>")
}

func (p *pen) openText(class string, x, y float64) {
	p.open("text", class)
	p.attr("x", x)
	p.attr("y", y)
	p.str(">")
}

// rich writes a text with the digits of formulas lowered. A tspan moves the line down and the next one up again.
func (p *pen) rich(s string) {
	down := false
	for {
		at, n := formula(s)
		if at < 0 {
			break
		}
		if at > 0 || down {
			p.level(&down, false, s[:at])
		}
		p.level(&down, true, s[at:at+n])
		s = s[at+n:]
	}
	if s != "" {
		p.level(&down, false, s)
	}
}

func (p *pen) level(down *bool, low bool, s string) {
	switch {
	case low:
		p.str(`<tspan dy=".25em" font-size="70%">`)
	case *down:
		p.str(`<tspan dy="-.175em">`)
	default:
		p.b = appendEscaped(p.b, s)
		return
	}
	*down = low
	p.b = appendEscaped(p.b, s)
	p.str("</tspan>")
}

// appendFine writes a factor with three decimals.
func appendFine(b []byte, v float64) []byte { return strconv.AppendFloat(b, v, 'f', 3, 64) }

func appendFiner(b []byte, v float64) []byte { return strconv.AppendFloat(b, v, 'f', 5, 64) }

func appendInt(b []byte, n int) []byte { return strconv.AppendInt(b, int64(n), 10) }
