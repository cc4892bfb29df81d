package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"aircommons/internal/fault"
)

// LayoutInfo describes a layout to people.
type LayoutInfo struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

type layout struct {
	LayoutInfo
	recognise func(*sight) bool
	read      func(*reader) error
}

// sight is a text that is to be recognised.
type sight struct {
	text []byte // in UTF-8
	head []byte // its beginning
	json bool
	opt  Options
	// The proposal of a table is made once, for all layouts that ask.
	made, ok bool
	pr       proposal
}

func newSight(text []byte, opt Options) *sight {
	head := headOf(text)
	return &sight{text: text, head: head, json: isJSON(bytes.TrimSpace(head[:min(len(head), 512)])), opt: opt}
}

// table proposes how to read the text as a table with headings.
func (s *sight) table() (proposal, bool) {
	if !s.made {
		s.made = true
		if !s.json {
			s.pr, s.ok = propose(s.text, s.opt.Limits.cell(), s.opt)
		}
	}
	return s.pr, s.ok
}

// layouts are tried in this order; the first that recognises a file reads it. What is told by a fixed set of names
// comes before what is told by its form.
func layouts() []layout {
	return []layout{
		{LayoutInfo{"uci-beijing", "UCI Beijing multi-site: one station a file, hourly, pollutants in ug/m3 and weather, Beijing time (UTC+8). Recognised by its header: No, year, month, day, hour, PM2.5, …, wd, WSPM, station."}, func(s *sight) bool { return isUCI(s.head) }, readUCI},
		{LayoutInfo{"stateair", "US embassy and consulates (StateAir): hourly PM2.5, local standard time. Recognised by the columns Site, Parameter, Date (LST) after some lines of text."}, func(s *sight) bool { return isStateAir(s.head) }, readStateAir},
		{LayoutInfo{"openaq-v1", "OpenAQ measurements as JSON of the API versions 1 and 2: any cities, units as stated, times in UTC with the local time beside them; a stamp marks the end of its hour. Recognised by results with location, parameter, value, unit and date. Lists of locations and latest values hold no series and are named as such."}, isOpenAQ1, readOpenAQ1},
		{LayoutInfo{"openaq-v3", "OpenAQ measurements of one sensor as JSON of the API version 3: hours, days or the original interval, begin and end stated. Recognised by results with value, parameter and period."}, isOpenAQ3, readOpenAQ3},
		{LayoutInfo{"openaq-csv", "OpenAQ measurements as CSV, one value a line: the download of the Explorer (location_id, …, datetimeUtc, datetimeLocal), the archive (sensors_id, datetime), and tables of the older API (city, country, date.utc, location, parameter, value, unit). A stamp marks the end of its hour."}, isOpenAQCSV, readOpenAQCSV},
		{LayoutInfo{"seoul-daily", "Seoul daily means by station (data.seoul.go.kr), CSV in CP949 or UTF-8, or XLSX: date, station, pollutants in columns of any order, gases in ppm and particles in ug/m3, Korean time. Recognised by dates without an hour and stations of Seoul."}, func(s *sight) bool { pr, ok := s.table(); return ok && pr.seoul() }, readSeoul},
		{LayoutInfo{"table", "A table with headings: a date, pollutants and weather (date, ws, wd, nox, no2, o3, pm10, …), one station a file or a column with the station, or one value a line. Recognised by its headings in English, Korean, Chinese, Japanese or Mongolian; what they do not say, such as units, is asked."}, func(s *sight) bool { _, ok := s.table(); return ok }, readPlainTable},
	}
}

// Layouts lists the known layouts.
func Layouts() []LayoutInfo {
	all := layouts()
	out := make([]LayoutInfo, len(all))
	for i, l := range all {
		out[i] = l.LayoutInfo
	}
	return out
}

// ReadFile reads one file. Nothing of a file that cannot be read to its end is returned.
func ReadFile(path string, opt Options) (*Result, error) {
	info, err := os.Stat(path)
	if err != nil {
		if os.IsNotExist(err) {
			return nil, fault.Wrap(fault.NotFound, err, "intake.file.missing", "File", path)
		}
		return nil, fault.Wrap(fault.Invalid, err, "intake.file.unreadable", "File", path)
	}
	if info.IsDir() {
		return nil, fault.New(fault.Invalid, "intake.file.directory", "File", path)
	}
	if !info.Mode().IsRegular() {
		return nil, fault.New(fault.Invalid, "intake.file.unreadable", "File", path)
	}
	if info.Size() > opt.Limits.packed() {
		return nil, fault.New(fault.Invalid, "intake.file.large", "File", path, "Limit", opt.Limits.packed()>>20)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "intake.file.unreadable", "File", path)
	}
	return ReadBytes(path, data, opt)
}

// ReadFiles reads several files, at most workers at a time, and returns them in the order of paths.
func ReadFiles(paths []string, opt Options, workers int) ([]*Result, error) {
	results, errs := make([]*Result, len(paths)), make([]error, len(paths))
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(1, min(workers, len(paths))) {
		wg.Go(func() {
			for i := range next {
				results[i], errs[i] = ReadFile(paths[i], opt)
			}
		})
	}
	for i := range paths {
		next <- i
	}
	close(next)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return results, nil
}

// headSize is how much of a file is looked at to recognise it.
const headSize = 256 << 10

// ReadBytes reads a file that is in memory; path is its name.
func ReadBytes(path string, data []byte, opt Options) (*Result, error) {
	sum := sha256.Sum256(data)
	src, err := unpack(path, data, opt.Limits, 0)
	if err != nil {
		return nil, err
	}
	res, err := readSource(path, src, opt)
	if err != nil {
		return nil, err
	}
	res.SHA256 = hex.EncodeToString(sum[:])
	return res, nil
}

// readSource reads what came out of the packing.
func readSource(path string, src source, opt Options) (*Result, error) {
	if src.several != nil {
		return readArchive(path, src, opt)
	}
	res := &Result{Path: path, Name: filepath.Base(path)}
	r := &reader{Result: res, name: src.name, path: path, opt: opt}
	read, err := r.choose(src)
	if err != nil {
		return nil, err
	}
	r.Encoding = r.text.name
	if err := read(r); err != nil {
		return nil, err
	}
	return res, r.finish()
}

// choose finds who reads a file, and brings its text into r.
func (r *reader) choose(src source) (func(*reader) error, error) {
	declared := ""
	if m := r.opt.Mapping; m != nil {
		declared = m.Encoding
	} else if r.opt.Layout == "mapping" {
		return nil, fault.New(fault.Invalid, "intake.layout.mapping.none")
	}
	texts, err := r.texts(src, declared)
	if err != nil {
		return nil, err
	}
	if m := r.opt.Mapping; m != nil {
		r.use(texts[0])
		return func(r *reader) error { return r.readMapping(*m, fault.Say("intake.how.declared")) }, nil
	}
	all := layouts()
	if r.opt.Layout != "" {
		for _, l := range all {
			if l.Name == r.opt.Layout {
				return r.first(texts, l), nil
			}
		}
		return nil, fault.New(fault.Invalid, "intake.layout.unknown", "Layout", r.opt.Layout)
	}
	for _, t := range texts {
		if m := saved(t.text, r.opt); m != nil {
			r.use(t)
			return func(r *reader) error { return r.readMapping(*m, fault.Say("intake.how.saved", "Name", m.Name)) }, nil
		}
	}
	sights := make([]*sight, len(texts))
	for i, t := range texts {
		sights[i] = newSight(t.text, r.opt)
	}
	for _, l := range all {
		for i, t := range texts {
			if l.recognise(sights[i]) {
				r.use(t)
				r.seen = sights[i]
				r.Layout = l.Name
				return l.read, nil
			}
		}
	}
	return nil, r.nobody(texts)
}

// first reads by a layout that was named: of a workbook the sheet that the layout recognises, else the first.
func (r *reader) first(texts []decoded, l layout) func(*reader) error {
	r.use(texts[0])
	r.seen = newSight(texts[0].text, r.opt)
	for _, t := range texts {
		if s := newSight(t.text, r.opt); l.recognise(s) {
			r.use(t)
			r.seen = s
			break
		}
	}
	r.Layout = l.Name
	return l.read
}

func (r *reader) use(t decoded) { r.text, r.data = t, t.text }

// nobody says that no layout knows a file. An answer of a service that is an error is named as such.
func (r *reader) nobody(texts []decoded) error {
	head := bytes.TrimSpace(headOf(texts[0].text))
	if isJSON(head) {
		_, detail, _ := eachResult(head, func(json.RawMessage, int64) error { return nil })
		if detail != "" {
			return fault.New(fault.Invalid, "intake.json.detail", "File", r.path, "Text", clip(detail, 200))
		}
		return fault.New(fault.Invalid, "intake.layout.json", "File", r.path)
	}
	return fault.New(fault.Invalid, "intake.layout.none", "File", r.path)
}

// headOf is the beginning of a text, ending with a line.
func headOf(text []byte) []byte {
	if len(text) <= headSize {
		return text
	}
	head := text[:headSize]
	if i := bytes.LastIndexByte(head, '\n'); i > 0 {
		head = head[:i+1]
	}
	return head
}

// texts gives the text of a file, or of each sheet of a workbook.
func (r *reader) texts(src source, declared string) ([]decoded, error) {
	if src.sheet == nil {
		t, err := decode(r.path, src.data, declared, src.part)
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(t.text)) == 0 {
			return nil, fault.New(fault.Invalid, "intake.file.empty", "File", r.path)
		}
		if bytes.IndexByte(headOf(t.text), '\n') < 0 && bytes.IndexByte(headOf(t.text), '\r') >= 0 {
			t.text = bytes.ReplaceAll(t.text, []byte("\r"), []byte("\n")) // line ends of old Macintosh files
		}
		return []decoded{t}, nil
	}
	wanted := ""
	if r.opt.Mapping != nil {
		wanted = r.opt.Mapping.Sheet
	}
	rows := 0
	if src.part {
		rows = previewLines
	}
	var out []decoded
	var names []string
	for _, s := range src.sheet.sheets {
		names = append(names, s.name)
		if (wanted != "" && !strings.EqualFold(wanted, s.name)) || len(out) == 10 {
			continue
		}
		text, err := src.sheet.text(s, rows, r.opt.Limits.cell())
		if err != nil {
			return nil, err
		}
		if text != nil {
			out = append(out, decoded{text, "xlsx", fault.Say("intake.how.workbook", "Sheet", s.name), true})
		}
	}
	if len(out) == 0 && wanted != "" {
		return nil, fault.New(fault.Invalid, "intake.sheet.none", "File", r.path, "Sheet", wanted, "Sheets", joinColumns(names))
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Invalid, "intake.file.empty", "File", r.path)
	}
	return out, nil
}

// saved finds the saved mapping whose headings a text has, on any of its first lines.
func saved(text []byte, opt Options) *Mapping {
	for i := range opt.Saved {
		m := &opt.Saved[i]
		if m.Signature == "" || m.NoHeader {
			continue
		}
		for _, comma := range commasOf(m, text, opt.Limits.cell()) {
			t := newTable(headOf(text), comma, opt.Limits.cell())
			for n := 0; n < 40 && t.row(); n++ {
				if len(t.cells) < 2 && n > 0 && m.Delimiter != "" {
					continue
				}
				if signatureOf(t.cells) == m.Signature {
					found := *m
					found.Header = t.line
					return &found
				}
			}
		}
	}
	return nil
}

// signatureOf is Signature of a line; empty cells at its end are no columns.
func signatureOf(cells [][]byte) string {
	names := make([]string, len(cells))
	for i, c := range cells {
		names[i] = clip(string(c), 200)
	}
	for n := len(names); n > 1 && strings.TrimSpace(strings.Trim(names[n-1], "\ufeff")) == ""; n-- {
		names = names[:n-1]
	}
	return Signature(names)
}

// commasOf are the delimiters that a mapping may mean: its own, or the likely ones.
func commasOf(m *Mapping, text []byte, cell int) []byte {
	if c, ok := delimiterSign(m.Delimiter); ok {
		return []byte{c}
	}
	var out []byte
	for _, c := range candidates(headOf(text), cell) {
		if !bytes.Contains(out, []byte{c.comma}) {
			out = append(out, c.comma)
		}
	}
	return append(out, ',')
}

// readMapping reads the text by a mapping.
func (r *reader) readMapping(m Mapping, how fault.Message) error {
	if err := m.Check(); err != nil {
		return err
	}
	r.Layout = "mapping"
	comma := commasOf(&m, r.data, r.opt.Limits.cell())[0]
	if m.Delimiter == "" {
		for _, c := range candidates(headOf(r.data), r.opt.Limits.cell()) {
			if c.header == max(m.Header, 1) || (c.header == 0 && m.NoHeader) {
				comma = c.comma
				break
			}
		}
	}
	if r.text.name == "xlsx" {
		comma = ','
	}
	g, ok := openGrid(r.data, comma, m.Header, m.NoHeader, m.Skip, r.opt.Limits.cell())
	if !ok {
		return fault.New(fault.Invalid, "intake.map.header", "File", r.path, "Line", max(m.Header, 1))
	}
	p, err := newPlan(r.path, g, m, r.opt, fault.Say("intake.how.mapping"))
	if err != nil {
		return err
	}
	name := m.Name
	if name == "" {
		name = "–"
	}
	r.fact("layout", fault.Say("intake.layout.mapping", "Name", name), how, true)
	r.fact("encoding", fault.Say("intake.encoding", "Name", r.Encoding), r.text.how, r.text.sure)
	p.hint(r.opt)
	p.survey(r)
	return r.readTable(p)
}

func isJSON(head []byte) bool {
	return bytes.HasPrefix(head, []byte("{")) || bytes.HasPrefix(head, []byte("["))
}
