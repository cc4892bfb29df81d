package chart

import (
	"html/template"
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
	b = strconv.AppendInt(b, n/10, 10)
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

// appendEscaped writes text so that it is safe in an element and in an attribute of HTML and XML. Characters that XML
// does not know are left out.
func appendEscaped(b []byte, s string) []byte {
	for _, r := range s {
		switch {
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r == '"':
			b = append(b, "&#34;"...)
		case r == '\'':
			b = append(b, "&#39;"...)
		case r == '\n' || r == '\r' || r == '\t':
			b = append(b, ' ')
		case r < 0x20 || r == 0xFFFE || r == 0xFFFF || (r >= 0xD800 && r <= 0xDFFF):
		default:
			b = appendRune(b, r)
		}
	}
	return b
}

func appendRune(b []byte, r rune) []byte {
	if r < 0x80 {
		return append(b, byte(r))
	}
	return append(b, string(r)...)
}

// Rich escapes a text and lowers the digits of formulas: PM2.5, PM10, NO2, SO2, O3, CO2.
func Rich(text string) template.HTML {
	var b []byte
	for {
		at, n := formula(text)
		if at < 0 {
			return template.HTML(appendEscaped(b, text))
		}
		b = appendEscaped(b, text[:at])
		b = append(b, "<sub>"...)
		b = append(b, text[at:at+n]...)
		b = append(b, "</sub>"...)
		text = text[at+n:]
	}
}

// formulas are the names whose digits stand low, longest first.
var formulas = [...]struct{ letters, digits string }{{"PM", "2.5"}, {"PM", "10"}, {"PM", "1"}, {"NO", "2"}, {"SO", "2"}, {"CO", "2"}, {"O", "3"}, {"NH", "3"}, {"CH", "4"}}

// formula finds the first digits to lower and their length in bytes, -1 where there are none.
func formula(s string) (at, n int) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c != 'P' && c != 'N' && c != 'S' && c != 'C' && c != 'O' {
			continue
		}
		if i > 0 && letter(s[i-1]) {
			continue
		}
		for _, f := range formulas {
			end := i + len(f.letters) + len(f.digits)
			if end <= len(s) && s[i:i+len(f.letters)] == f.letters && s[i+len(f.letters):end] == f.digits &&
				(end == len(s) || !letter(s[end]) && !digit(s[end])) {
				return i + len(f.letters), len(f.digits)
			}
		}
	}
	return -1, 0
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }
