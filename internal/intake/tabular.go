package intake

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"aircommons/air"
	"aircommons/internal/fault"
)

// site is a station while a table is read.
type site struct {
	station Station
	columns []*collector // by valuePlan
	long    map[longKey]*collector
	twice   map[int64]bool // civil hours that were met once, of those that stand twice a year
}

type longKey struct {
	param air.Parameter
	unit  air.Unit
}

// tabular reads a table by a plan.
type tabular struct {
	*reader
	p      *plan
	sites  map[string]*site
	last   *site
	key    []byte
	step   int64
	params map[string]longEntry
	units  map[string]air.Unit
	clock  clock

	doubled bool  // the stamp stands twice in civil time
	second  int64 // its later moment

	timed, untimed, zoned, last24 int // lines by what their stamps say
	offset                        int // of the stamps, the smallest seen
}

type longEntry struct {
	param air.Parameter
	skip  bool
	known bool
}

// readTable reads all lines of a table. The plan's dates and decimals are settled.
func (r *reader) readTable(p *plan) error {
	t := &tabular{reader: r, p: p, sites: map[string]*site{}, params: map[string]longEntry{}, units: map[string]air.Unit{}}
	if p.zone != nil && p.zone.civil() {
		t.clock.loc = p.zone.loc
	}
	rows := p.g.rows()
	buf := make([]byte, 0, 64)
	width := len(p.g.columns)
	for rows.row() {
		cells := rows.cells
		if len(cells) < 3 && rows.empty() {
			continue
		}
		if len(cells) < p.need || (len(cells) > width && extra(cells[width:])) {
			if rows.empty() {
				continue
			}
			r.Rows++
			r.rejectRow(rows, "", fault.Say("intake.row.cells", "Want", width, "Got", len(cells)))
			continue
		}
		if rows.empty() {
			continue
		}
		if r.Rows++; r.Rows > r.opt.Limits.rows() {
			return fault.New(fault.Invalid, "intake.rows.many", "File", r.path, "Limit", r.opt.Limits.rows())
		}
		s, text, ok := p.read(cells, buf)
		if !ok {
			if t.again(cells) {
				r.headingAgain(rows)
				continue
			}
			r.rejectRow(rows, p.dateColumn(), stampFault(strings.ToValidUTF8(string(text), "�")))
			continue
		}
		st := t.site(cells, rows)
		if st == nil {
			continue
		}
		at, ok := t.place(s, st, rows)
		if !ok {
			continue
		}
		t.count(s)
		if p.long != nil {
			t.lineLong(rows, cells, st, at)
		} else {
			t.lineWide(rows, cells, st, at)
		}
		if len(r.open) > r.opt.Limits.series() {
			return fault.New(fault.Invalid, "intake.series.many", "File", r.path, "Limit", r.opt.Limits.series())
		}
	}
	if rows.long {
		return r.broken(rows)
	}
	return t.end()
}

// again reports whether a line is that of the headings.
func (t *tabular) again(cells [][]byte) bool {
	if t.p.m.NoHeader || len(cells) < len(t.p.g.columns) {
		return false
	}
	for i, c := range t.p.g.columns {
		if !strings.EqualFold(c.text, string(trimCell(cells[i]))) {
			return false
		}
	}
	return true
}

// extra reports whether cells beyond the headings hold text.
func extra(cells [][]byte) bool {
	for _, c := range cells {
		if len(bytes.TrimSpace(c)) > 0 {
			return true
		}
	}
	return false
}

func (p *plan) dateColumn() string {
	for _, i := range append(slices.Clone(p.stamp), p.hour, p.day) {
		if i >= 0 && i < len(p.g.columns) {
			return p.g.columns[i].text
		}
	}
	return ""
}

// count takes note of what the stamps show about themselves.
func (t *tabular) count(s stamp) {
	if s.timed {
		t.timed++
	} else {
		t.untimed++
	}
	if s.last24 {
		t.last24++
	}
	if s.zoned {
		if t.zoned == 0 || s.offset < t.offset {
			t.offset = s.offset
		}
		t.zoned++
	}
}

// place brings a stamp to UTC.
func (t *tabular) place(s stamp, st *site, rows *table) (int64, bool) {
	t.doubled = false
	switch {
	case s.zoned:
		return s.wall - int64(s.offset), true
	case t.clock.loc != nil:
		first, second, n := t.clock.utc(s.wall)
		if n == 0 {
			t.rejectRow(rows, t.p.dateColumn(), fault.Say("intake.clock.gap", "Zone", t.p.zone.name))
			return 0, false
		}
		if n == 2 {
			if t.p.long != nil { // the hour stands once for each value: each series tells for itself
				t.doubled, t.second = true, second
				return first, true
			}
			if st.twice == nil {
				st.twice = map[int64]bool{}
			}
			if st.twice[s.wall] {
				return second, true
			}
			st.twice[s.wall] = true
		}
		return first, true
	case t.p.zone != nil:
		return s.wall - int64(t.p.zone.standard), true
	case t.p.standard != nil:
		return s.wall - int64(*t.p.standard), true
	}
	return s.wall, true
}

// site finds the station of a line; nil where the line is rejected or not wanted.
func (t *tabular) site(cells [][]byte, rows *table) *site {
	p := t.p
	if p.station < 0 {
		if t.last == nil {
			code := p.fixed
			if code == "" {
				code = baseName(t.name)
			}
			t.last = t.newSite(code, code, cells)
		}
		return t.last
	}
	key := trimCell(cells[p.station])
	if t.last != nil && bytes.Equal(t.key, key) {
		return t.last
	}
	if len(key) == 0 {
		t.rejectRow(rows, p.g.columns[p.station].text, fault.Say("intake.station.none"))
		return nil
	}
	st, known := t.sites[string(key)]
	if !known {
		code := clip(string(key), 120)
		if p.only != nil && !p.only[code] {
			t.sites[code] = nil
			return nil
		}
		name := code
		if n := t.optional(cells, p.stationName); n != "" {
			name = n
		}
		if len(t.sites) > t.opt.Limits.series() {
			t.rejectRow(rows, p.g.columns[p.station].text, fault.Say("intake.station.many", "Limit", t.opt.Limits.series()))
			return nil
		}
		st = t.newSite(code, name, cells)
		t.sites[string(key)] = st
	}
	if st == nil {
		return nil
	}
	t.last, t.key = st, append(t.key[:0], key...)
	return st
}

func (t *tabular) optional(cells [][]byte, i int) string {
	if i < 0 || i >= len(cells) {
		return ""
	}
	return clip(strings.ToValidUTF8(string(trimCell(cells[i])), "�"), 120)
}

func (t *tabular) newSite(code, name string, cells [][]byte) *site {
	s := Station{Code: code, Name: name, City: t.opt.City, Country: t.opt.Country}
	if t.city != "" {
		s.City, s.Country = t.city, t.country
	}
	if c := t.optional(cells, t.p.city); c != "" {
		s.City = c
	}
	if c := t.optional(cells, t.p.country); len(c) == 2 {
		s.Country = strings.ToUpper(c)
	}
	if t.p.lat >= 0 && t.p.lon >= 0 && t.p.lat < len(cells) && t.p.lon < len(cells) {
		lat, ok1 := number(trimCell(cells[t.p.lat]))
		lon, ok2 := number(trimCell(cells[t.p.lon]))
		if ok1 && ok2 && lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180 && (lat != 0 || lon != 0) {
			s.Lat, s.Lon, s.HasPlace = lat, lon, true
		}
	}
	return &site{station: s, columns: make([]*collector, len(t.p.values))}
}

// baseName is a file's name without its ending.
func baseName(name string) string {
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= 5 {
		name = name[:i]
	}
	return clip(name, 120)
}

func (t *tabular) lineWide(rows *table, cells [][]byte, st *site, at int64) {
	p := t.p
	state := t.flagOf(cells, p.flag)
	for k := range p.values {
		v := &p.values[k]
		if v.index >= len(cells) {
			t.Missing++
			continue
		}
		c := st.columns[k]
		unit := v.unit
		if v.unitFrom >= 0 && unit == air.NoUnit && v.unitFrom < len(cells) {
			u, ok := t.unit(cells[v.unitFrom])
			if !ok && len(trimCell(cells[v.index])) > 0 {
				t.reject(rows.line, v.text, rows.text(), fault.Say("intake.unit.unknown", "Text", t.optional(cells, v.unitFrom)))
				continue
			}
			unit = u
		}
		if c == nil || (v.unitFrom >= 0 && c.series.Unit != unit) {
			station := st.station
			if v.station != "" {
				station.Code, station.Name = v.station, v.station
			}
			if v.unitFrom >= 0 {
				c = t.longCollector(st, longKey{v.param, unit}, station)
			} else {
				c = t.collect(station, v.param, unit, 0, 0, t.room(len(p.values)))
			}
			st.columns[k] = c
		}
		flag := state
		if v.flag >= 0 {
			flag = t.flagOf(cells, v.flag)
		}
		t.value(rows, cells[v.index], c, v.decimal, v.text, at, flag)
	}
}

func (t *tabular) lineLong(rows *table, cells [][]byte, st *site, at int64) {
	p, l := t.p, t.p.long
	entry, ok := t.params[string(cells[l.param])]
	if !ok {
		entry = t.entry(strings.TrimSpace(string(cells[l.param])))
		if len(t.params) < 10000 {
			t.params[string(cells[l.param])] = entry
		}
	}
	if entry.skip {
		return
	}
	if !entry.known {
		t.rejectRow(rows, p.g.columns[l.param].text, fault.Say("intake.parameter.unknown", "Text", t.optional(cells, l.param)))
		return
	}
	unit := l.units[entry.param]
	if l.unit >= 0 && t.opt.Units[entry.param.Code()] == air.NoUnit {
		u, ok := t.unit(cells[l.unit])
		switch {
		case ok:
			unit = u
		case len(trimCell(cells[l.unit])) > 0:
			t.rejectRow(rows, p.g.columns[l.unit].text, fault.Say("intake.unit.unknown", "Text", t.optional(cells, l.unit)))
			return
		}
	}
	if unit == air.NoUnit {
		unit = usual(entry.param)
	}
	c := t.longCollector(st, longKey{entry.param, unit}, st.station)
	if t.doubled && len(l.hours) == 0 {
		if c.twice == nil {
			c.twice = map[int64]bool{}
		}
		if c.twice[at] {
			at = t.second
		} else {
			c.twice[at] = true
		}
	}
	flag := t.flagOf(cells, p.flag)
	if len(l.hours) == 0 {
		t.value(rows, cells[l.value], c, l.decimal, p.g.columns[l.value].text, at, flag)
		return
	}
	for k, i := range l.hours {
		if i >= len(cells) {
			t.Missing++
			continue
		}
		t.value(rows, cells[i], c, l.decimal, p.g.columns[i].text, at+int64(k+l.from)*3600, flag)
	}
}

func (t *tabular) entry(name string) longEntry {
	l := t.p.long
	if l.skip[name] {
		return longEntry{skip: true}
	}
	if x, ok := l.names[name]; ok {
		return longEntry{param: x, known: true}
	}
	if x, ok := t.opt.Columns[name]; ok {
		return longEntry{param: x, known: true}
	}
	if x, ok := parameterOf(name); ok {
		return longEntry{param: x, known: true}
	}
	if h := parseHeading(name); h.role == roleMeasured {
		return longEntry{param: h.param, known: true}
	}
	return longEntry{skip: l.skip["*"]}
}

func (t *tabular) unit(cell []byte) (air.Unit, bool) {
	u, ok := t.units[string(cell)]
	if !ok {
		u, _ = air.ParseUnit(string(trimCell(cell)))
		if len(t.units) < 1000 {
			t.units[string(cell)] = u
		}
	}
	return u, u != air.NoUnit
}

func (t *tabular) longCollector(st *site, key longKey, station Station) *collector {
	if st.long == nil {
		st.long = map[longKey]*collector{}
	}
	c := st.long[key]
	if c == nil {
		c = t.collect(station, key.param, key.unit, 0, 0, 0)
		st.long[key] = c
	}
	return c
}

// room is how many values a column may be given memory for at once.
func (t *tabular) room(columns int) int {
	if len(t.open) > columns {
		return 0
	}
	return min(len(t.p.g.data)/(8+4*columns), 50000)
}

// flagState is what a flag column says of a line.
type flagState uint8

const (
	flagValid flagState = iota
	flagMissing
	flagInvalid
)

func (t *tabular) flagOf(cells [][]byte, i int) flagState {
	if i < 0 || i >= len(cells) {
		return flagValid
	}
	var buf [40]byte
	c := trimCell(cells[i])
	if len(c) > len(buf) {
		return flagInvalid
	}
	low := append(buf[:0], c...)
	for k, b := range low {
		if b >= 'A' && b <= 'Z' {
			low[k] = b + 'a' - 'A'
		}
	}
	switch {
	case t.p.valid[string(low)]:
		return flagValid
	case t.p.missing[string(low)]:
		return flagMissing
	}
	return flagInvalid
}

// value reads one cell into a series.
func (t *tabular) value(rows *table, cell []byte, c *collector, decimal byte, column string, at int64, flag flagState) {
	v, kind, why := t.p.cells.read(cell, decimal, c.series.Parameter)
	switch {
	case kind == cellMissing:
		t.Missing++
	case flag == flagMissing:
		t.Missing++
	case kind == cellFault:
		if t.RejectedTotal < MaxLines {
			t.reject(rows.line, column, rows.text(), why)
		} else {
			t.RejectedTotal++
		}
	default:
		if kind == cellMarked || flag == flagInvalid {
			if flag == flagInvalid {
				why = fault.Say("intake.flagged")
			}
			c.mark = append(c.mark, at)
			if t.NotedTotal < MaxLines {
				t.note(rows.line, column, rows.text(), why, fault.Say("intake.kept.flagged"))
			} else {
				t.NotedTotal++
			}
		}
		c.add(at, v, rows.line)
	}
}

// rejectRow rejects the line read last.
func (r *reader) rejectRow(t *table, column string, why fault.Message) {
	if r.RejectedTotal < MaxLines {
		r.reject(t.line, column, t.text(), why)
		return
	}
	r.RejectedTotal++
}

// end settles step, zone and the side of the interval that stamps mark, and says what was recognised.
func (t *tabular) end() error {
	p, r := t.p, t.reader
	if t.timed+t.untimed == 0 {
		if r.Rows == 0 {
			return fault.New(fault.Invalid, "intake.rows.none", "File", r.path)
		}
		return nil // every line was rejected; the report says why
	}
	if t.timed == 0 && (p.step == 0 || p.step == 86400) {
		t.step = 86400
		if _, ok := p.how["step"]; !ok {
			p.how["step"] = known{fault.Say("intake.how.nohour"), true}
		}
		if t.monthly() {
			return fault.New(fault.Invalid, "intake.step.months", "File", r.path)
		}
	} else if t.step = p.step; t.step == 0 {
		step, share, n := interval(r.open)
		var sure bool
		var err error
		if t.step, sure, err = r.settleStep(step, share, n); err != nil {
			return err
		}
		p.how["step"] = known{fault.Say("intake.how.most", "Percent", int(share*100)), true}
		if !sure {
			p.how["step"] = known{fault.Say("intake.how.single.step"), false}
		}
	}
	if _, told := p.how["hour"]; !told && t.step < 86400 {
		switch {
		case t.last24 > 0:
			p.end = true
			p.how["hour"] = known{fault.Say("intake.how.24", "Count", t.last24), true}
		default:
			p.how["hour"] = known{fault.Say("intake.how.unstated.table"), false}
			r.ask(Ask{Property: "hour", Question: fault.Say("intake.ask.hour"), Assumed: hourStart, Choices: []Choice{
				{hourStart, fault.Say("intake.hour.start")}, {hourEnd, fault.Say("intake.hour.end")}}})
		}
	}
	t.settleZone()
	offset := 0
	if p.standard != nil {
		offset = *p.standard
	}
	shift := int64(0)
	if p.end && (t.step < 86400 || t.timed > 0) {
		shift = t.step
	}
	for _, c := range r.open {
		c.series.Step, c.series.Offset = t.step, offset
		if shift != 0 {
			for i := range c.series.Time {
				c.series.Time[i] -= shift
			}
			for i := range c.mark {
				c.mark[i] -= shift
			}
		}
	}
	t.askUnits()
	t.facts()
	return nil
}

// joinColumns lists headings for a sentence.
func joinColumns(names []string) string {
	if len(names) > 12 {
		return strings.Join(names[:12], ", ") + ", … (" + strconv.Itoa(len(names)) + ")"
	}
	return strings.Join(names, ", ")
}
