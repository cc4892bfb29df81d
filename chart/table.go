package chart

import (
	"math"
	"strconv"
	"strings"
)

// missing stands for no value in a table.
const missing = "–"

// heads are columns of one kind.
func heads(number bool, heads ...string) []Column {
	out := make([]Column, len(heads))
	for i, h := range heads {
		out[i] = Column{h, number}
	}
	return out
}

// cell is a value as a table shows it.
func cell(l Language, v float64, digits int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return missing
	}
	return l.Number(v, digits)
}

// plain is a value as CSV carries it: every digit, a decimal point, nothing where it is missing.
func plain(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// CSV is the table by RFC 4180, in UTF-8 without mark. Texts that a spreadsheet would take for formulas get an apostrophe.
func (t Table) CSV() []byte {
	var b []byte
	for i, c := range t.Head {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendField(b, c.Text, false)
	}
	b = append(b, '\r', '\n')
	for _, row := range t.Rows {
		for i, c := range row {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendField(b, c, i < len(t.Head) && t.Head[i].Number)
		}
		b = append(b, '\r', '\n')
	}
	return b
}

// appendField writes one field.
func appendField(b []byte, s string, number bool) []byte {
	if !number && s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0 {
		s = "'" + s
	}
	if !strings.ContainsAny(s, ",\"\r\n") && (s == "" || s[0] != ' ' && s[len(s)-1] != ' ') {
		return append(b, s...)
	}
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}
