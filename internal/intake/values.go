package intake

import (
	"bytes"
	"strings"

	"aircommons/air"
	"aircommons/internal/fault"
)

// cellKind is what a cell with a value turned out to be.
type cellKind uint8

const (
	cellValue cellKind = iota
	cellMissing
	cellMarked // a value with a sign that makes it invalid
	cellFault
)

// valueReader reads cells of values.
type valueReader struct {
	texts map[string]bool // missing, lower case
	codes []float64       // missing
	marks []string
	met   []string // codes and texts for missing that occurred, at most 8
}

// meet remembers how missing values are written.
func (v *valueReader) meet(b []byte) {
	for _, m := range v.met {
		if m == string(b) {
			return
		}
	}
	if len(v.met) < 8 {
		v.met = append(v.met, string(b))
	}
}

func newValueReader(missing, marks []string) *valueReader {
	v := &valueReader{texts: map[string]bool{}, marks: marks}
	for _, m := range missing {
		if n, ok := numberIn([]byte(strings.TrimSpace(m)), '.'); ok {
			v.codes = append(v.codes, n)
		} else {
			v.texts[strings.ToLower(strings.TrimSpace(m))] = true
		}
	}
	return v
}

// numberIn reads a number whose decimals are behind a point or a comma.
func numberIn(b []byte, decimal byte) (float64, bool) {
	if decimal == '.' {
		return number(b)
	}
	if bytes.IndexByte(b, '.') >= 0 {
		return 0, false
	}
	i := bytes.IndexByte(b, ',')
	if i < 0 {
		return number(b)
	}
	var buf [40]byte
	if len(b) > len(buf) {
		return 0, false
	}
	c := append(buf[:0], b...)
	c[i] = '.'
	return number(c)
}

// read reads a cell. decimal is '.', ',' or 0 where fractions of the column cannot be told.
func (v *valueReader) read(b []byte, decimal byte, p air.Parameter) (value float64, kind cellKind, why fault.Message) {
	b = trimCell(b)
	if len(b) == 0 {
		return 0, cellMissing, why
	}
	n, ok := v.number(b, decimal)
	if ok {
		for _, c := range v.codes {
			if n == c {
				v.meet(b)
				return n, cellMissing, why
			}
		}
		return n, cellValue, why
	}
	if len(b) <= 24 && len(v.texts) > 0 && v.texts[strings.ToLower(string(b))] {
		v.meet(b)
		return 0, cellMissing, why
	}
	if p == air.WindDirection {
		if d, ok := air.Compass(string(b)); ok {
			return d, cellValue, why
		}
		switch strings.ToUpper(string(b)) {
		case "C", "CALM", "CV", "VRB", "VAR", "STATIC": // no direction
			v.meet(b)
			return 0, cellMissing, why
		}
	}
	for _, m := range v.marks {
		cut, found := bytes.CutSuffix(b, []byte(m))
		if !found {
			cut, found = bytes.CutPrefix(b, []byte(m))
		}
		if !found {
			continue
		}
		cut = trimCell(cut)
		if len(cut) == 0 {
			v.meet(b)
			return 0, cellMissing, why
		}
		if n, ok := v.number(cut, decimal); ok {
			return n, cellMarked, fault.Say("intake.marked", "Mark", m)
		}
	}
	return 0, cellFault, whyNot(b, decimal)
}

func (v *valueReader) number(b []byte, decimal byte) (float64, bool) {
	if decimal == 0 {
		if bytes.ContainsAny(b, ".,") {
			return 0, false
		}
		decimal = '.'
	}
	return numberIn(b, decimal)
}

// trimCell takes blanks off, the one that does not break and the wide one of the east included.
func trimCell(b []byte) []byte {
	b = bytes.TrimSpace(b)
	if len(b) == 0 || (b[0] < 0x80 && b[len(b)-1] < 0x80) {
		return b
	}
	return bytes.Trim(b, " \u00a0\u3000\ufeff\t")
}

// grouping takes away what may stand between groups of three digits.
var grouping = strings.NewReplacer(",", "", " ", "", "\u00a0", "", "\u202f", "", "'", "", "’", "")

// whyNot says why a cell is no number, as plainly as it can be told.
func whyNot(b []byte, decimal byte) fault.Message {
	text := clip(strings.ToValidUTF8(string(b[:min(len(b), 240)]), "�"), 60)
	_, point := numberIn(b, '.')
	_, comma := numberIn(b, ',')
	switch {
	case decimal == 0 && (point || comma):
		return fault.Say("intake.number.mixed", "Text", text)
	case decimal == '.' && comma:
		return fault.Say("intake.number.comma", "Text", text)
	case decimal == ',' && point:
		return fault.Say("intake.number.point", "Text", text)
	case bytes.HasPrefix(b, []byte("<")) || bytes.HasPrefix(b, []byte("＜")):
		return fault.Say("intake.number.below", "Text", text)
	}
	stripped := grouping.Replace(string(b[:min(len(b), 240)]))
	if _, ok := number([]byte(stripped)); ok && stripped != string(b) {
		return fault.Say("intake.number.groups", "Text", text)
	}
	return fault.Say("intake.number", "Text", text)
}
