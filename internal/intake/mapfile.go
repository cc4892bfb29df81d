package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"aircommons/air"
	"aircommons/internal/fault"
)

// Signature is the mark by which the headings of a table are known again: the same headings in the same order, whatever
// their case, blanks and signs.
func Signature(headings []string) string {
	h := sha256.New()
	for _, name := range headings {
		h.Write([]byte(squash(name)))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// maxMapping is the most bytes of a mapping file.
const maxMapping = 256 << 10

// ParseMapping reads a mapping from YAML. Unknown fields are errors. Errors name the line; file is only for them.
func ParseMapping(file string, data []byte) (*Mapping, error) {
	if len(data) > maxMapping {
		return nil, fault.New(fault.Invalid, "intake.map.large", "File", file, "Limit", maxMapping>>10)
	}
	var m Mapping
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&m); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fault.Wrap(fault.Invalid, err, "intake.map.empty", "File", file)
		}
		return nil, yamlFault(file, err)
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Invalid, "intake.map.several", "File", file)
	}
	if err := m.Check(); err != nil {
		var e *fault.Error
		if errors.As(err, &e) && len(e.Fields) > 0 {
			f := e.Fields[0]
			return nil, &fault.Error{Code: fault.Invalid, Fields: e.Fields,
				Message: fault.Say("intake.map.field", "File", file, "Line", lineOf(data, f.Name), "Field", f.Name, "Reason", f.Message)}
		}
		return nil, err
	}
	return &m, nil
}

// YAML writes the mapping so that ParseMapping reads the same again.
func (m Mapping) YAML() ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(m); err != nil {
		return nil, err
	}
	return b.Bytes(), e.Close()
}

var (
	yamlLine    = regexp.MustCompile(`line (\d+): (.*)`)
	yamlUnknown = regexp.MustCompile(`^field (\S+) not found`)
	yamlType    = regexp.MustCompile("^cannot unmarshal \\S+ (`[^`]*` )?into")
)

// yamlFault says in a sentence what the YAML reader found.
func yamlFault(file string, err error) error {
	found := yamlLine.FindStringSubmatch(err.Error())
	if found == nil {
		return fault.Wrap(fault.Invalid, err, "intake.map.syntax", "File", file, "Line", 1)
	}
	line, _ := strconv.Atoi(found[1])
	if u := yamlUnknown.FindStringSubmatch(found[2]); u != nil {
		return fault.Wrap(fault.Invalid, err, "intake.map.unknown", "File", file, "Line", line, "Field", u[1])
	}
	if yamlType.MatchString(found[2]) {
		return fault.Wrap(fault.Invalid, err, "intake.map.type", "File", file, "Line", line)
	}
	return fault.Wrap(fault.Invalid, err, "intake.map.syntax", "File", file, "Line", line)
}

// lineOf finds the line of a field such as "columns[1].unit"; where the field is absent, that of what should hold it.
func lineOf(data []byte, field string) int {
	var doc yaml.Node
	if yaml.Unmarshal(data, &doc) != nil || len(doc.Content) == 0 {
		return 1
	}
	n := doc.Content[0]
	line := n.Line
	for _, part := range strings.Split(strings.NewReplacer("[", ".", "]", "").Replace(field), ".") {
		var next *yaml.Node
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value == part {
					line, next = n.Content[i].Line, n.Content[i+1]
				}
			}
		case yaml.SequenceNode:
			if k, err := strconv.Atoi(part); err == nil && k < len(n.Content) {
				next = n.Content[k]
				line = next.Line
			}
		}
		if next == nil {
			return line
		}
		n = next
	}
	return line
}

// Check reports what a mapping lacks or says wrongly, field by field. Whether its columns are in a file is seen when
// the file is read.
func (m Mapping) Check() error {
	var f fault.Form
	choice := func(field, value string, allowed ...string) {
		for _, a := range allowed {
			if value == a {
				return
			}
		}
		f.Add(field, "intake.map.choice", "Text", value, "Choices", strings.Join(allowed[1:], ", "))
	}
	if m.Encoding != "" {
		if _, ok := encodingName(m.Encoding); !ok {
			f.Add("encoding", "intake.encoding.unknown", "Name", m.Encoding)
		}
	}
	if m.Delimiter != "" {
		if _, ok := delimiterSign(m.Delimiter); !ok {
			choice("delimiter", m.Delimiter, "", ",", ";", "|", "tab", "blank")
		}
	}
	choice("decimal", m.Decimal, "", ".", ",")
	if m.Header < 0 || m.Header > 10000 {
		f.Add("header", "intake.map.number", "Text", strconv.Itoa(m.Header))
	}
	if m.Skip < 0 || m.Skip > 10000 {
		f.Add("skip", "intake.map.number", "Text", strconv.Itoa(m.Skip))
	}
	d := m.Date
	choice(dateField+"order", d.Order, "", orderYMD, orderDMY, orderMDY, orderUnix, orderUnixMS, orderExcel)
	parts := d.Year != "" || d.Month != "" || d.Day != ""
	switch {
	case len(d.Columns) == 0 && !parts:
		f.Add("date", "intake.map.date")
	case len(d.Columns) > 0 && parts, len(d.Columns) > 3:
		f.Add("date", "intake.map.date.both")
	case parts && (d.Year == "" || d.Month == "" || d.Day == ""):
		f.Add("date", "intake.map.date.parts")
	}
	for i, c := range d.Columns {
		if strings.TrimSpace(c) == "" {
			f.Add(dateField+"columns["+strconv.Itoa(i)+"]", "intake.map.name")
		}
	}
	for _, z := range []struct{ field, text string }{{"zone", m.Zone}, {"standard", m.Standard}} {
		if z.text != "" {
			if _, err := parseZone(z.text); err != nil {
				f.Add(z.field, "intake.zone.unknown", "Text", z.text)
			}
		}
	}
	choice("hour", m.Hour, "", hourStart, hourEnd)
	if m.Step != "" {
		if _, ok := parseStep(m.Step); !ok {
			f.Add("step", "intake.map.step", "Text", m.Step)
		}
	}
	m.checkValues(&f)
	if s := m.Station; s.Column != "" && s.Fixed != "" {
		f.Add("station.fixed", "intake.map.station")
	}
	if m.Flag != nil && m.Flag.Column == "" {
		own := false
		for _, c := range m.Columns {
			own = own || c.Flag != ""
		}
		if !own {
			f.Add("flag.column", "intake.map.name")
		}
	}
	for i, mark := range m.Marks {
		if strings.TrimSpace(mark) == "" || strings.ContainsAny(mark, "0123456789.,+-") {
			f.Add("marks["+strconv.Itoa(i)+"]", "intake.map.mark", "Text", mark)
		}
	}
	return f.Err()
}

func (m Mapping) checkValues(f *fault.Form) {
	switch {
	case len(m.Columns) == 0 && m.Long == nil:
		f.Add("columns", "intake.map.values")
	case len(m.Columns) > 0 && m.Long != nil:
		f.Add("long", "intake.map.values.both")
	}
	seen := map[string]int{}
	for i, c := range m.Columns {
		field := "columns[" + strconv.Itoa(i) + "]."
		if strings.TrimSpace(c.Column) == "" {
			f.Add(field+"column", "intake.map.name")
		}
		p := paramField(f, field+"parameter", c.Parameter)
		if c.Unit != "" {
			unitField(f, field+"unit", c.Unit)
		}
		key := p.Code() + "\x00" + c.Station
		if k, twice := seen[key]; twice && p != 0 {
			f.Add(field+"parameter", "intake.map.twice", "Code", p.Code(), "Column", m.Columns[k].Column)
		}
		seen[key] = i
		if c.Flag != "" && m.Flag == nil {
			f.Add(field+"flag", "intake.map.flag")
		}
	}
	l := m.Long
	if l == nil {
		return
	}
	if l.Parameter == "" {
		f.Add("long.parameter", "intake.map.name")
	}
	if (l.Value == "") == (l.Hours == nil) {
		f.Add("long.value", "intake.map.value")
	}
	for _, code := range l.Names {
		if code != "-" {
			paramField(f, "long.names", code)
		}
	}
	for code, unit := range l.Units {
		if _, ok := air.ByCode(code); !ok {
			f.Add("long.units", "intake.map.parameter", "Text", code)
		}
		unitField(f, "long.units", unit)
	}
	if h := l.Hours; h != nil {
		if h.First == "" {
			f.Add("long.hours.first", "intake.map.name")
		}
		if h.Count < 0 || h.Count > 24 {
			f.Add("long.hours.count", "intake.map.number", "Text", strconv.Itoa(h.Count))
		}
		if h.From < 0 || h.From > 1 {
			f.Add("long.hours.from", "intake.map.number", "Text", strconv.Itoa(h.From))
		}
	}
}
