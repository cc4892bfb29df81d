package intake

import (
	"bytes"
	"strconv"
	"strings"
)

// table splits delimited text into cells without copying. encoding/csv makes a string of every cell, which costs more
// than all the rest of the reading; exports of ten million cells are common.
type table struct {
	data  []byte
	pos   int
	line  int // of the row read last; 1 is the first
	next  int
	comma byte // 0: cells are parted by any run of blanks and tabs
	cells [][]byte
	cell  int // most bytes of a cell
	long  bool
	wide  bool // long because of too many cells, not of one
}

// maxCells is the most cells of a row.
const maxCells = 20_000

func newTable(data []byte, comma byte, cell int) *table {
	return &table{data: data, comma: comma, next: 1, cell: cell}
}

// row reads the next row into cells; false at the end, or when a cell is too long (long is set then).
func (t *table) row() bool {
	if t.pos >= len(t.data) {
		return false
	}
	t.cells = t.cells[:0]
	t.line = t.next
	if t.comma == 0 {
		return t.blanks()
	}
	d := t.data
	for {
		if t.pos < len(d) && d[t.pos] == '"' {
			start := t.pos + 1
			i := start
			doubled := false
			for i < len(d) {
				if d[i] == '"' {
					if i+1 < len(d) && d[i+1] == '"' {
						doubled = true
						i += 2
						continue
					}
					break
				}
				if d[i] == '\n' {
					t.next++
				}
				i++
				if i-start > t.cell {
					t.long = true
					return false
				}
			}
			c := d[start:min(i, len(d))]
			if doubled {
				c = bytes.ReplaceAll(c, []byte(`""`), []byte(`"`))
			}
			t.cells = append(t.cells, c)
			t.pos = min(i+1, len(d))
			for t.pos < len(d) && d[t.pos] != t.comma && d[t.pos] != '\n' {
				t.pos++ // a carriage return, or text after the quote
			}
		} else {
			start := t.pos
			i := start
			for i < len(d) && d[i] != t.comma && d[i] != '\n' {
				i++
			}
			if i-start > t.cell {
				t.long = true
				return false
			}
			t.cells = append(t.cells, d[start:i])
			t.pos = i
		}
		if len(t.cells) > maxCells {
			t.long, t.wide = true, true
			return false
		}
		if t.pos >= len(d) {
			break
		}
		end := d[t.pos] == '\n'
		t.pos++
		if end {
			t.next++
			break
		}
	}
	last := len(t.cells) - 1
	t.cells[last] = bytes.TrimSuffix(t.cells[last], []byte("\r"))
	return true
}

// blanks reads a row whose cells are parted by runs of blanks and tabs. Quotes mean nothing in it.
func (t *table) blanks() bool {
	end := bytes.IndexByte(t.data[t.pos:], '\n')
	line := t.data[t.pos:]
	if end >= 0 {
		line = line[:end]
		t.pos += end + 1
		t.next++
	} else {
		t.pos = len(t.data)
	}
	for i := 0; i < len(line); {
		if c := line[i]; c == ' ' || c == '\t' || c == '\r' {
			i++
			continue
		}
		j := i
		for j < len(line) && line[j] != ' ' && line[j] != '\t' && line[j] != '\r' {
			j++
		}
		if j-i > t.cell {
			t.long = true
			return false
		}
		if t.cells = append(t.cells, line[i:j]); len(t.cells) > maxCells {
			t.long, t.wide = true, true
			return false
		}
		i = j
	}
	if len(t.cells) == 0 {
		t.cells = append(t.cells, nil)
	}
	return true
}

// empty reports whether the row read last has no text.
func (t *table) empty() bool {
	for _, c := range t.cells {
		if len(bytes.TrimSpace(c)) > 0 {
			return false
		}
	}
	return true
}

// text is the raw line that was read last, cut to 200 characters.
func (t *table) text() string {
	comma := []byte{t.comma}
	if t.comma == 0 {
		comma = []byte{' '}
	}
	var b []byte
	for i, c := range t.cells {
		if i > 0 {
			b = append(b, comma...)
		}
		b = append(b, c[:min(len(c), 800)]...)
		if len(b) > 1000 {
			break
		}
	}
	return clip(strings.ToValidUTF8(string(b), "�"), 200)
}

var pow10 = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// number reads a decimal number exactly as strconv does: up to 15 digits over a power of ten below 1e16 is one correctly
// rounded division of two exact numbers; anything else goes to strconv.
func number(b []byte) (float64, bool) {
	i, neg := 0, false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		neg, i = b[0] == '-', 1
	}
	var n uint64
	digits, frac, dot := 0, 0, false
	for ; i < len(b); i++ {
		c := b[i]
		switch {
		case c >= '0' && c <= '9':
			n = n*10 + uint64(c-'0')
			digits++
			if dot {
				frac++
			}
		case c == '.' && !dot:
			dot = true
		default:
			digits = 99
		}
		if digits > 15 {
			if bytes.ContainsAny(b, "xXpP_nNiI") { // strconv reads hexadecimal, NaN and Inf: not measurements
				return 0, false
			}
			v, err := strconv.ParseFloat(string(b), 64)
			return v, err == nil
		}
	}
	if digits == 0 {
		return 0, false
	}
	v := float64(n) / pow10[frac]
	if neg {
		v = -v
	}
	return v, true
}

// integer reads a whole number of up to nine digits.
func integer(b []byte) (int, bool) {
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}
