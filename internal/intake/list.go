package intake

import (
	"slices"
	"strings"

	"aircommons/internal/fault"
)

// List is a table of any content, such as a list of people, with every cell as text.
type List struct {
	Encoding string        // "utf-8"; "" for a workbook
	How      fault.Message // how the encoding was told
	Sheet    string        // of a workbook
	Sheets   []string
	Rows     [][]string // without empty ones; all as long as the longest
	Lines    []int      // of the rows in the file, from 1
}

// Bounds of a list.
const (
	listBytes = 64 << 20
	listRows  = 20000
	listCells = 300
	listCell  = 20000 // bytes
)

// ListEncodings are those that a list can be said to be in.
var ListEncodings = []string{"utf-8", "utf-16le", "cp949", "gb18030", "big5", "shift_jis", "euc-jp", "windows-1251", "windows-1252"}

// ReadList reads a table from a file: delimited text, in the encoding that is named or found, or the sheet of a workbook, the first if none is
// named.
func ReadList(file string, data []byte, sheet, encoding string) (l List, err error) {
	if len(data) > listBytes {
		return l, fault.New(fault.Invalid, "intake.list.large", "Limit", listBytes>>20)
	}
	s, err := unpack(file, data, Limits{Packed: listBytes, Unpacked: 256 << 20}, 0)
	if err != nil {
		return l, err
	}
	var text []byte
	comma := byte(',')
	switch {
	case len(s.several) > 0:
		return l, fault.New(fault.Invalid, "intake.list.several", "File", file)
	case s.sheet != nil:
		if len(s.sheet.sheets) == 0 {
			return l, fault.New(fault.Invalid, "intake.list.empty", "File", file)
		}
		at := 0
		for i, p := range s.sheet.sheets {
			l.Sheets = append(l.Sheets, p.name)
			if p.name == sheet {
				at = i
			}
		}
		l.Sheet = l.Sheets[at]
		if text, err = s.sheet.text(s.sheet.sheets[at], listRows+1, listCell); err != nil {
			return l, err
		}
	default:
		d, err := decode(file, s.data, encoding, false)
		if err != nil {
			return l, err
		}
		l.Encoding, l.How, text = d.name, d.how, d.text
		comma = commaOf(text)
	}
	t := newTable(text, comma, listCell)
	wide := 0
	for t.row() {
		if t.empty() {
			continue
		}
		if len(l.Rows) == listRows {
			return l, fault.New(fault.Invalid, "intake.list.rows", "Limit", listRows)
		}
		if len(t.cells) > listCells {
			return l, fault.New(fault.Invalid, "intake.list.cells", "Limit", listCells)
		}
		row := make([]string, len(t.cells))
		for i, c := range t.cells {
			row[i] = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(string(c), "\x00", ""), ""))
		}
		for len(row) > 0 && row[len(row)-1] == "" {
			row = row[:len(row)-1]
		}
		wide = max(wide, len(row))
		l.Rows, l.Lines = append(l.Rows, row), append(l.Lines, t.line)
	}
	if t.long {
		return l, fault.New(fault.Invalid, "intake.list.cell", "Line", t.line, "Limit", listCell)
	}
	if len(l.Rows) == 0 {
		return l, fault.New(fault.Invalid, "intake.list.empty", "File", file)
	}
	for i := range l.Rows {
		l.Rows[i] = append(l.Rows[i], slices.Repeat([]string{""}, wide-len(l.Rows[i]))...)
	}
	return l, nil
}

// commaOf is the sign that parts the cells of a text: the one that the first lines have most evenly.
func commaOf(text []byte) byte {
	best, most := byte(','), 0
	for _, sign := range []byte{'\t', ';', ',', '|'} {
		t := newTable(text, sign, listCell)
		count := map[int]int{}
		for n := 0; n < 20 && t.row(); n++ {
			if !t.empty() {
				count[len(t.cells)]++
			}
		}
		for cells, lines := range count {
			if cells > 1 && lines*cells > most {
				best, most = sign, lines*cells
			}
		}
	}
	return best
}
