package intake

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path"
	"strconv"
	"strings"
	"time"

	"aircommons/internal/fault"
)

// A workbook (.xlsx) is read here and not by a library, because both ways that libraries offer lose something: cells as
// they are shown are rounded to the digits shown, and raw cells do not tell a date from a number. Every part is read
// against one budget of bytes, so a workbook cannot unpack to more than the limits allow.

// workbook is an opened workbook. Its sheets come out as text in UTF-8, cells parted by commas, one line for each row.
type workbook struct {
	file   string
	sheets []sheetPart
	parts  map[string]*zip.File
	shared []string
	dates  []bool // by style: the number is a date
	epoch  float64
	most   int64 // bytes that all parts may unpack to
	left   int64 // of them
}

type sheetPart struct{ name, part string }

var errBudget = errors.New("intake: the workbook unpacks to more than is allowed")

// budget counts what is read against the workbook's limit.
type budget struct {
	r    io.Reader
	left *int64
}

func (b budget) Read(p []byte) (int, error) {
	if *b.left <= 0 {
		return 0, errBudget
	}
	if int64(len(p)) > *b.left {
		p = p[:*b.left]
	}
	n, err := b.r.Read(p)
	*b.left -= int64(n)
	return n, err
}

// openWorkbook is nil, nil for an archive that is no workbook.
func openWorkbook(file string, z *zip.Reader, most int64) (*workbook, error) {
	w := &workbook{file: file, parts: map[string]*zip.File{}, most: min(most, 512<<20)}
	w.left = w.most
	for _, f := range z.File {
		w.parts[strings.TrimPrefix(f.Name, "/")] = f
	}
	if w.parts["xl/workbook.xml"] == nil {
		if w.parts["xl/workbook.bin"] != nil || w.parts["content.xml"] != nil {
			return nil, fault.New(fault.Invalid, "intake.file.xls", "File", file)
		}
		return nil, nil
	}
	return w, w.load()
}

// fault says what went wrong while a part was read.
func (w *workbook) fault(err error) error {
	if errors.Is(err, errBudget) {
		return fault.Wrap(fault.Invalid, err, "intake.unpacked.large", "File", w.file, "Limit", w.most>>20)
	}
	return fault.Wrap(fault.Invalid, err, "intake.workbook.damaged", "File", w.file)
}

// each calls f for every token of a part; an absent part has none.
func (w *workbook) each(name string, f func(xml.Token) error) error {
	p := w.parts[name]
	if p == nil {
		return nil
	}
	rc, err := p.Open()
	if err != nil {
		return err
	}
	defer rc.Close()
	d := xml.NewDecoder(budget{rc, &w.left})
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = f(t)
		}
		if err == errStop {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

var errStop = errors.New("intake: enough")

func attr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

func (w *workbook) load() error {
	targets := map[string]string{}
	err := w.each("xl/_rels/workbook.xml.rels", func(t xml.Token) error {
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "Relationship" {
			target := attr(e, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("xl", target)
			}
			targets[attr(e, "Id")] = strings.TrimPrefix(target, "/")
		}
		return nil
	})
	if err != nil {
		return w.fault(err)
	}
	err = w.each("xl/workbook.xml", func(t xml.Token) error {
		e, ok := t.(xml.StartElement)
		switch {
		case ok && e.Name.Local == "workbookPr":
			if v := attr(e, "date1904"); v == "1" || v == "true" {
				w.epoch = 1462
			}
		case ok && e.Name.Local == "sheet":
			id := ""
			for _, a := range e.Attr {
				if a.Name.Local == "id" && a.Name.Space != "" {
					id = a.Value
				}
			}
			if part := targets[id]; w.parts[part] != nil {
				w.sheets = append(w.sheets, sheetPart{attr(e, "name"), part})
			}
		}
		return nil
	})
	if err != nil {
		return w.fault(err)
	}
	if len(w.sheets) == 0 {
		return fault.New(fault.Invalid, "intake.workbook.damaged", "File", w.file)
	}
	if err := w.loadStyles(); err != nil {
		return w.fault(err)
	}
	if err := w.loadShared(); err != nil {
		return w.fault(err)
	}
	return nil
}

// loadShared reads the texts that cells point to. Phonetic guides (rPh) are not part of a text.
func (w *workbook) loadShared() error {
	var b strings.Builder
	in, guide := false, 0
	return w.each("xl/sharedStrings.xml", func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "si":
				b.Reset()
			case "rPh":
				guide++
			case "t":
				in = guide == 0
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "si":
				w.shared = append(w.shared, b.String())
			case "rPh":
				guide--
			case "t":
				in = false
			}
		case xml.CharData:
			if in {
				b.Write(e)
			}
		}
		return nil
	})
}

// loadStyles tells for each style whether it shows a number as a date.
func (w *workbook) loadStyles() error {
	custom := map[string]bool{}
	inXfs := false
	return w.each("xl/styles.xml", func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "numFmt":
				custom[attr(e, "numFmtId")] = dateFormat(attr(e, "formatCode"))
			case "cellXfs":
				inXfs = true
			case "xf":
				if inXfs {
					id := attr(e, "numFmtId")
					is, own := custom[id]
					if !own {
						n, _ := strconv.Atoi(id)
						is = (n >= 14 && n <= 22) || (n >= 27 && n <= 36) || (n >= 45 && n <= 47) || (n >= 50 && n <= 58)
					}
					w.dates = append(w.dates, is)
				}
			}
		case xml.EndElement:
			if e.Name.Local == "cellXfs" {
				inXfs = false
			}
		}
		return nil
	})
}

// dateFormat reports whether a number format shows a date or a time: it has a day, year, hour or second outside quotes
// and brackets. "General" and "0.00E+00" have none that count.
func dateFormat(code string) bool {
	quoted, bracket := false, false
	low := strings.ToLower(code)
	if strings.HasPrefix(low, "general") {
		return false
	}
	for i := 0; i < len(low); i++ {
		switch c := low[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			bracket = true
			if strings.HasPrefix(low[i:], "[h") || strings.HasPrefix(low[i:], "[m") || strings.HasPrefix(low[i:], "[s") {
				return true
			}
		case c == ']':
			bracket = false
		case bracket:
		case c == 'd' || c == 'y' || c == 'h' || c == 's':
			return true
		}
	}
	return false
}

// text writes a sheet as text. rows is how many rows are wanted, 0 for all. It is empty for a sheet without cells.
func (w *workbook) text(s sheetPart, rows int, cell int) ([]byte, error) {
	var out bytes.Buffer
	var row []string
	line, column := 0, -1  // of the cell; the first row is 1
	written, width := 0, 0 // rows written, cells of the widest
	kind, style := "", 0
	var value strings.Builder
	in, filled := false, false
	err := w.each(s.part, func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "row":
				line++
				if n, err := strconv.Atoi(attr(e, "r")); err == nil && n > line && n <= 1<<20 {
					line = n
				}
				row, column = row[:0], -1
			case "c":
				column++
				if n := columnOf(attr(e, "r")); n >= 0 {
					column = n
				}
				kind = attr(e, "t")
				style, _ = strconv.Atoi(attr(e, "s"))
				value.Reset()
			case "v", "t":
				in = true
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "v", "t":
				in = false
			case "c":
				if column < 0 || column >= 1<<14 {
					return nil
				}
				if value.Len() > cell {
					return fault.New(fault.Invalid, "intake.cell.long", "File", w.file, "Line", max(line, 1), "Limit", cell>>10)
				}
				text := w.cell(kind, style, value.String())
				for len(row) <= column {
					row = append(row, "")
				}
				row[column] = text
			case "row":
				if len(row) == 0 {
					return nil
				}
				for written < line-1 {
					out.WriteByte('\n')
					written++
				}
				// A workbook leaves empty cells at the end of a row out.
				for len(row) < width {
					row = append(row, "")
				}
				width = max(width, len(row))
				for i, c := range row {
					if i > 0 {
						out.WriteByte(',')
					}
					filled = filled || c != ""
					writeCell(&out, c)
				}
				out.WriteByte('\n')
				written++
				if int64(out.Len()) > w.most {
					return errBudget
				}
				if rows > 0 && written >= rows {
					return errStop
				}
			}
		case xml.CharData:
			if in && value.Len() <= cell {
				value.Write(e)
			}
		}
		return nil
	})
	var f *fault.Error
	if errors.As(err, &f) {
		return nil, f
	}
	if err != nil {
		return nil, w.fault(err)
	}
	if !filled {
		return nil, nil
	}
	return out.Bytes(), nil
}

// cell is a cell as text: numbers with all their digits, dates as year-month-day hour:minute.
func (w *workbook) cell(kind string, style int, value string) string {
	switch kind {
	case "s":
		if i, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && i >= 0 && i < len(w.shared) {
			return w.shared[i]
		}
		return ""
	case "str", "inlineStr", "e", "d":
		return value
	case "b":
		return value
	}
	value = strings.TrimSpace(value)
	v, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return value
	}
	if style >= 0 && style < len(w.dates) && w.dates[style] {
		if v < 1 {
			return time.Unix(int64(math.Round(v*86400)), 0).UTC().Format("15:04:05")
		}
		if t, ok := serial(v + w.epoch); ok {
			if t%86400 == 0 {
				return time.Unix(t, 0).UTC().Format("2006-01-02")
			}
			if t%60 == 0 {
				return time.Unix(t, 0).UTC().Format("2006-01-02 15:04")
			}
			return time.Unix(t, 0).UTC().Format("2006-01-02 15:04:05")
		}
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// serial is the moment of a day number of a workbook, to the second: day 1 is 1900-01-01, and because the first
// spreadsheet took 1900 for a leap year, day 0 is 1899-12-30 for every day after February 1900.
func serial(v float64) (unix int64, ok bool) {
	if !(v >= 61 && v < 2958466) { // up to 9999-12-31
		return 0, false
	}
	return int64(math.Round(v*86400)) - 25569*86400, true
}

// columnOf is 2 for "C5", −1 where there is no reference.
func columnOf(ref string) int {
	n := 0
	for i := 0; i < len(ref) && i < 4; i++ {
		c := ref[i] | 0x20
		if c < 'a' || c > 'z' {
			break
		}
		n = n*26 + int(c-'a') + 1
	}
	return n - 1
}

var oneLine = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ")

// writeCell writes a cell so that the splitter reads the same text again; line breaks in it become blanks, so that
// lines stay rows.
func writeCell(out *bytes.Buffer, c string) {
	if strings.ContainsAny(c, "\r\n") {
		c = oneLine.Replace(c)
	}
	if !strings.ContainsAny(c, `",`) {
		out.WriteString(c)
		return
	}
	out.WriteByte('"')
	out.WriteString(strings.ReplaceAll(c, `"`, `""`))
	out.WriteByte('"')
}
