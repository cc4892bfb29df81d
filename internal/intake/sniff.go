package intake

import (
	"bytes"
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"aircommons/air"
	"aircommons/internal/fault"
)

// HeadBytes is how much of a plain or gzip file Sniff and Preview need; of an archive or workbook they need all.
const HeadBytes = 4 << 20

const (
	previewBytes = 1 << 20 // of the unpacked file that a preview reads
	previewLines = 2000
)

// Guess is what can be told about a table at first sight, to begin a Mapping with.
type Guess struct {
	Encoding  string
	Delimiter string     // as in Mapping
	Headers   []int      // lines that may hold the headings, the likeliest first; empty where none does
	Columns   []string   // headings of the likeliest; "#1", "#2", … where there are none
	Samples   [][]string // the first values of each column, at most 5
	Lines     []RawLine  // the first lines of the file, at most 20
	Sheets    []string   // of a workbook
	Known     string     // the layout that reads the file without help, empty where none does
	Proposed  Mapping    // a beginning; Mapping.Check says what it lacks
	Asks      []Ask      // what the file does not say
}

// RawLine is a line of the file, cut into cells by the delimiter. Cells are cut to 80 characters.
type RawLine struct {
	Number int
	Cells  []string
}

// Stored is a value as it will be stored.
type Stored struct {
	Line      int    // line of the file; 0 where that is not known
	Start     int64  // of the interval, Unix seconds in UTC
	Offset    int    // local standard time, seconds east of UTC
	Station   string // code
	Parameter air.Parameter
	Value     float64
	Unit      air.Unit
	Flag      air.Flag
}

// Previewed is the beginning of a file as a mapping reads it.
type Previewed struct {
	Rows   []Stored
	Result *Result // of the lines that were read
}

// begin opens the beginning of a file. data is the whole file, or its first HeadBytes.
func begin(name string, data []byte, opt Options) (*reader, []decoded, source, error) {
	if int64(len(data)) > opt.Limits.packed() {
		return nil, nil, source{}, fault.New(fault.Invalid, "intake.file.large", "File", name, "Limit", opt.Limits.packed()>>20)
	}
	src, err := unpack(name, data, opt.Limits, previewBytes)
	if err != nil {
		return nil, nil, src, err
	}
	if len(src.data) > previewBytes {
		src.data = src.data[:previewBytes]
	}
	src.part = src.part || src.sheet != nil || len(src.data) == previewBytes || len(data) >= HeadBytes
	r := &reader{Result: &Result{Path: name, Name: filepath.Base(name)}, name: src.name, path: name, opt: opt}
	declared := ""
	if opt.Mapping != nil {
		declared = opt.Mapping.Encoding
	}
	texts, err := r.texts(src, declared)
	if err != nil {
		return nil, nil, src, err
	}
	for i := range texts {
		texts[i].text = firstLines(texts[i].text, previewLines, src.part)
	}
	return r, texts, src, nil
}

// firstLines is the beginning of a text: at most n lines, and only whole ones where the text is cut.
func firstLines(text []byte, n int, cut bool) []byte {
	at := 0
	for range n {
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			if cut && at > 0 {
				return text[:at]
			}
			return text
		}
		at += i + 1
	}
	return text[:at]
}

// Sniff looks at the beginning of a file and proposes how to read it. data is the whole file, or its first HeadBytes.
// Of a mapping only Encoding, Delimiter, Sheet, Header and NoHeader are taken, so that a person can change them and look
// again.
func Sniff(name string, data []byte, opt Options) (Guess, error) {
	r, texts, src, err := begin(name, data, opt)
	if err != nil {
		return Guess{}, err
	}
	t := texts[0]
	cell := opt.Limits.cell()
	g := Guess{Encoding: t.name, Delimiter: ","}
	if src.sheet != nil {
		for _, s := range src.sheet.sheets {
			g.Sheets = append(g.Sheets, s.name)
		}
	}
	free := opt
	free.Mapping = nil
	for i, t := range texts {
		s := newSight(t.text, free)
		if i == 0 {
			r.seen = s
		}
		for _, l := range layouts() {
			if g.Known == "" && l.recognise(s) {
				g.Known = l.Name
			}
		}
	}
	if isJSON(bytes.TrimSpace(headOf(t.text))) {
		if g.Known == "" {
			return g, r.nobody(texts)
		}
		return g, nil
	}
	wanted := byte(255)
	if m := opt.Mapping; m != nil && m.Delimiter != "" {
		if c, ok := delimiterSign(m.Delimiter); ok {
			wanted = c
		}
	}
	if t.name == "xlsx" {
		wanted = ','
	}
	var found []candidate
	for _, c := range candidates(headOf(t.text), cell) {
		if wanted == 255 || c.comma == wanted {
			found = append(found, c)
		}
	}
	comma, header := byte(','), 1
	if wanted != 255 {
		comma = wanted
	}
	if len(found) > 0 {
		comma, header = found[0].comma, found[0].header
	}
	if m := opt.Mapping; m != nil && m.NoHeader {
		header = 0
	} else if m != nil && m.Header > 0 {
		header = m.Header
	}
	g.Delimiter = delimiterName(comma)
	for _, c := range found {
		if c.comma == comma && c.header > 0 && len(g.Headers) < 5 {
			g.Headers = append(g.Headers, c.header)
		}
	}
	g.Lines = rawLines(t.text, comma, cell, 20)
	g.Proposed = Mapping{Encoding: t.name, Delimiter: g.Delimiter, Header: max(header, 1), NoHeader: header == 0, Missing: slices.Clone(DefaultMissing)}
	if t.name == "xlsx" {
		g.Proposed.Encoding, g.Proposed.Delimiter = "", ""
	}
	if m := opt.Mapping; m != nil {
		g.Proposed.Sheet = m.Sheet
	}
	grid, ok := openGrid(t.text, comma, header, header == 0, 0, cell)
	if !ok {
		return g, nil
	}
	g.Columns = grid.names()
	g.Samples = samples(grid, 5)
	if header == 0 {
		return g, nil
	}
	if pr, ok := grid.propose(free); ok {
		r.seen.made, r.seen.ok, r.seen.pr = true, true, pr
		g.fill(pr, r, t)
	} else if len(pr.m.Date.Columns) > 0 || pr.m.Date.Year != "" {
		g.Proposed.Date, g.Proposed.Station = pr.m.Date, pr.m.Station
	}
	g.Proposed.Signature = Signature(g.Columns)
	return g, nil
}

// fill takes a proposal over, tried out on the lines at hand so that order, decimals and questions are settled too.
func (g *Guess) fill(pr proposal, r *reader, t decoded) {
	p := &g.Proposed
	p.Date, p.Zone, p.Columns, p.Long, p.Station = pr.m.Date, pr.m.Zone, pr.m.Columns, pr.m.Long, pr.m.Station
	r.use(t)
	r.Encoding = t.name
	r.opt.Mapping = nil
	if err := readPlainTable(r); err != nil || r.Mapping == nil {
		return
	}
	missing := p.Missing
	*p = *r.Mapping
	p.Missing = missing
	g.Asks = r.Asks
}

// rawLines are the first lines, cut into cells.
func rawLines(text []byte, comma byte, cell, n int) []RawLine {
	var out []RawLine
	t := newTable(text, comma, cell)
	for len(out) < n && t.row() {
		l := RawLine{Number: t.line}
		for _, c := range t.cells[:min(len(t.cells), 200)] {
			l.Cells = append(l.Cells, clip(strings.ToValidUTF8(string(bytes.TrimSpace(c[:min(len(c), 400)])), "�"), 80))
		}
		out = append(out, l)
	}
	return out
}

// samples are the first texts of each column.
func samples(g *grid, n int) [][]string {
	out := make([][]string, len(g.columns))
	for _, row := range g.sample(60) {
		for i := range out {
			if i < len(row) && row[i] != "" && len(out[i]) < n {
				out[i] = append(out[i], clip(row[i], 80))
			}
		}
	}
	return out
}

// Preview reads the beginning of a file by a mapping and gives the first n values as they would be stored, in the order
// of the file. data is the whole file, or its first HeadBytes. The Result covers only the lines that were read (at most
// 2,000); its Rejected lines say what is wrong with them.
func Preview(name string, data []byte, m Mapping, n int, opt Options) (Previewed, error) {
	opt.Mapping, opt.Layout, opt.Saved = &m, "", nil
	if err := m.Check(); err != nil {
		return Previewed{}, err
	}
	r, texts, _, err := begin(name, data, opt)
	if err != nil {
		return Previewed{}, err
	}
	r.use(texts[0])
	r.Encoding = r.text.name
	if err := r.readMapping(m, fault.Say("intake.how.declared")); err != nil {
		return Previewed{}, err
	}
	r.keep = true
	if err := r.finish(); err != nil {
		return Previewed{}, err
	}
	slices.SortStableFunc(r.kept, func(a, b Stored) int { return cmp.Compare(a.Line, b.Line) })
	return Previewed{Rows: r.kept[:min(n, len(r.kept))], Result: r.Result}, nil
}

// First gives the first n values of a Result by time, then by station and parameter, as they will be stored.
func (r *Result) First(n int) []Stored {
	var out []Stored
	for i := range r.Series {
		s := &r.Series[i]
		for k := 0; k < s.Len() && k < n; k++ {
			out = append(out, Stored{Start: s.Time[k], Offset: s.Offset, Station: s.Station.Code, Parameter: s.Parameter, Value: s.Value[k], Unit: s.Unit, Flag: s.FlagAt(k)})
		}
		if len(out) > 50*n+10000 { // many stations: keep only what can still be among the first
			out = earliest(out, n)
		}
	}
	return earliest(out, n)
}

func earliest(all []Stored, n int) []Stored {
	slices.SortStableFunc(all, func(a, b Stored) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Station, b.Station), cmp.Compare(a.Parameter, b.Parameter))
	})
	return all[:min(n, len(all))]
}
