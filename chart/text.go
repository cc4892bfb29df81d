package chart

import (
	"html/template"
	"unicode/utf8"
)

// appendEscaped writes text so that it is safe in an element and in an attribute of HTML and XML. Characters that XML
// does not know are left out.
func appendEscaped(b []byte, s string) []byte {
	plain := 0 // start of what can be copied as it is
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c < 0x80 && c != '&' && c != '<' && c != '>' && c != '"' && c != '\'' {
			continue
		}
		if c >= 0x80 {
			r, n := utf8.DecodeRuneInString(s[i:])
			if n > 1 && r != 0xFFFE && r != 0xFFFF {
				i += n - 1
				continue
			}
			b = append(append(b, s[plain:i]...), "\uFFFD"...)
			i += n - 1
			plain = i + 1
			continue
		}
		b = append(b, s[plain:i]...)
		plain = i + 1
		switch c {
		case '&':
			b = append(b, "&amp;"...)
		case '<':
			b = append(b, "&lt;"...)
		case '>':
			b = append(b, "&gt;"...)
		case '"':
			b = append(b, "&#34;"...)
		case '\'':
			b = append(b, "&#39;"...)
		case '\n', '\r', '\t':
			b = append(b, ' ')
		}
	}
	return append(b, s[plain:]...)
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

// Widths in thousandths of the type size, of the wider ones among the faces the style sheet names (Noto Sans, Segoe UI):
// a label that is estimated too wide only keeps its distance.
const (
	narrow   = 290 // i l . , : ' | and spaces
	figure   = 572
	lower    = 580
	capital  = 680
	broad    = 890 // m w M W
	cyrillic = 620
	square   = 1000 // Han, Hangul, Kana, full-width signs
)

// width estimates how wide a text of 13 px is, in px.
func width(s string) float64 { return widthOf(s, 13) }

// bold is the width of a semibold text of 13 px.
func bold(s string) float64 { return widthOf(s, 13) * 1.06 }

func widthOf(s string, size float64) float64 {
	sum := 0
	for _, r := range s {
		switch {
		case r == 'm' || r == 'w' || r == 'M' || r == 'W' || r == '%' || r == '—' || r == '→' || r == '@':
			sum += broad
		case r == 'i' || r == 'l' || r == 'j' || r == 't' || r == 'f' || r == 'I' || r == ' ' || r == '.' || r == ',' || r == ':' ||
			r == ';' || r == '\'' || r == '’' || r == '|' || r == '!' || r == '(' || r == ')' || r == 0xA0 || r == 0x2009 || r == 0x202F || r == '-':
			sum += narrow
			if r == 't' || r == 'f' || r == '(' || r == ')' || r == '-' {
				sum += 70
			}
		case r >= '0' && r <= '9':
			sum += figure
		case r >= 'a' && r <= 'z':
			sum += lower
		case r < 0x250:
			sum += capital
		case r >= 0x300 && r < 0x370, r == 0x200B, r >= 0xFE00 && r < 0xFE10:
		case r >= 0x370 && r < 0x600:
			sum += cyrillic
			if r >= 'А' && r <= 'Я' || r == 'ш' || r == 'щ' || r == 'ж' || r == 'ю' || r == 'м' || r == 'ы' || r == 'ф' {
				sum += 110
			}
		case r < 0x1100 || r >= 0x2000 && r < 0x2E80:
			sum += lower
		default:
			sum += square
		}
	}
	return float64(sum) * size / 1000
}

// wide reports whether a text can be broken between any two characters.
func wide(r rune) bool { return r >= 0x2E80 && !(r >= 0xAC00 && r < 0xD7B0) }

// wrap breaks a text into lines of at most limit px: at spaces, and between Chinese and Japanese characters. A word that is
// longer than the line stands alone. It breaks also where the text has a line feed.
func wrap(s string, limit, size float64) []string {
	if widthOf(s, size) <= limit && !hasFeed(s) {
		return []string{s}
	}
	var lines []string
	start, last := 0, -1 // start of the line, and where it can be broken
	w := 0.0
	prev := rune(0)
	for i, r := range s {
		if r == '\n' {
			lines = append(lines, s[start:i])
			start, last, w, prev = i+1, -1, 0, 0
			continue
		}
		if r == ' ' || prev != 0 && (wide(r) || wide(prev)) && !closing(r) && !opening(prev) {
			last = i
		}
		w += widthOf(string(r), size)
		if w > limit && last > start {
			lines = append(lines, s[start:last])
			start = last
			if s[start] == ' ' {
				start++
			}
			last, w = -1, 0
			if start <= i {
				w = widthOf(s[start:i], size) + widthOf(string(r), size)
			}
			if start > i { // the space itself
				prev = 0
				continue
			}
		}
		prev = r
	}
	if start < len(s) {
		lines = append(lines, s[start:])
	}
	return lines
}

func hasFeed(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == '\n' {
			return true
		}
	}
	return false
}

// closing and opening signs stay with the character before and after.
func closing(r rune) bool {
	switch r {
	case '。', '、', '，', '．', '：', '；', '！', '？', '）', '」', '』', '】', '》', '〉', '”', '’', ',', '.', ')', '%', ':', ';':
		return true
	}
	return false
}

func opening(r rune) bool {
	switch r {
	case '（', '「', '『', '【', '《', '〈', '“', '‘', '(':
		return true
	}
	return false
}
