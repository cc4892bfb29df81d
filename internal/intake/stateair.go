package intake

import (
	"bytes"
	"strings"
	"time"

	"aircommons/air"
	"aircommons/internal/fault"
)

// stateAirColumns are the columns of a file, by what they hold. Two forms are known: the archive of stateair.net
// ("Date (LST)", "Value", "Unit"), and that of airnow.gov, which followed it ("Date (LT)", "Raw Conc.", "Conc. Unit",
// beside a running mean and an index that are not read).
type stateAirColumns struct {
	site, param, date, year, month, day, hour, value, unit, qc int
	local                                                      bool // "Date (LT)"
	need                                                       int
}

func stateAirHeader(cells [][]byte) (c stateAirColumns, ok bool) {
	at := map[string]int{}
	for i, cell := range cells {
		at[strings.ToLower(string(bytes.TrimSpace(cell)))] = i
	}
	ok = true
	find := func(names ...string) int {
		for _, n := range names {
			if i, found := at[n]; found {
				c.need = max(c.need, i+1)
				return i
			}
		}
		ok = false
		return -1
	}
	c.site, c.param, c.date = find("site"), find("parameter"), find("date (lst)", "date (lt)")
	c.year, c.month, c.day, c.hour = find("year"), find("month"), find("day"), find("hour")
	c.value, c.unit, c.qc = find("value", "raw conc."), find("unit", "conc. unit"), find("qc name")
	_, c.local = at["date (lt)"]
	return c, ok
}

// stateAirStart finds the line of the headings among the first lines, and how cells are parted.
func stateAirStart(data []byte) (t *table, c stateAirColumns, ok bool) {
	for _, comma := range []byte{',', ';', '\t'} {
		t := newTable(data, comma, 64<<10)
		for t.line < 20 && t.row() {
			if len(t.cells) < 10 {
				continue
			}
			if c, ok := stateAirHeader(t.cells); ok {
				return t, c, true
			}
		}
	}
	return nil, c, false
}

func isStateAir(head []byte) bool {
	if !bytes.Contains(head, []byte("QC Name")) {
		return false
	}
	_, _, ok := stateAirStart(head)
	return ok
}

// stateAirRow is a line with its stamp, kept until the clock changes of its neighbours are mended.
type stateAirRow struct {
	at         int64 // seconds of the local clock
	value      float64
	start, end int // of the line in the file
	line       int32
	series     int32 // of site, parameter and unit
	qc         int32
	missing    bool
}

// stateAirSeries is one site, parameter and unit.
type stateAirSeries struct {
	site   string
	param  air.Parameter
	unit   air.Unit
	offset int
	c      *collector
}

type stateAir struct {
	*reader
	rows                    []stateAirRow
	series                  []stateAirSeries
	index                   map[string]int32
	qc                      []string
	qcs                     map[string]int32
	iso, us, differs, codes int
	unknown                 map[string]bool // sites whose zone is not known
	unitText                string
}

func readStateAir(r *reader) error {
	t, c, ok := stateAirStart(r.data)
	if !ok {
		return fault.New(fault.Invalid, "intake.layout.none", "File", r.path)
	}
	t.cell = r.opt.Limits.cell()
	s := &stateAir{reader: r, index: map[string]int32{}, qcs: map[string]int32{}, unknown: map[string]bool{}}
	start := t.pos
	for t.row() {
		from := start
		start = t.pos
		if t.empty() {
			continue
		}
		if r.Rows++; r.Rows > r.opt.Limits.rows() {
			return fault.New(fault.Invalid, "intake.rows.many", "File", r.path, "Limit", r.opt.Limits.rows())
		}
		if len(t.cells) < c.need {
			r.rejectRow(t, "", fault.Say("intake.row.cells", "Want", c.need, "Got", len(t.cells)))
			continue
		}
		if err := s.row(t, c, from); err != nil {
			return err
		}
	}
	if t.long {
		return r.broken(t)
	}
	if r.Rows == 0 {
		return fault.New(fault.Invalid, "intake.rows.none", "File", r.path)
	}
	s.mend()
	s.collect(c)
	s.facts(c)
	return r.shift()
}

// row takes one line up, or rejects it.
func (s *stateAir) row(t *table, c stateAirColumns, from int) error {
	cell := func(i int) []byte { return bytes.TrimSpace(t.cells[i]) }
	y, ok1 := integer(cell(c.year))
	m, ok2 := integer(cell(c.month))
	d, ok3 := integer(cell(c.day))
	h, ok4 := integer(cell(c.hour))
	if !ok1 && strings.EqualFold(string(cell(c.year)), "year") {
		s.headingAgain(t)
		return nil
	}
	day, ok := dayNumber(y, m, d)
	if !ok || !ok1 || !ok2 || !ok3 || !ok4 || h > 23 {
		s.rejectRow(t, "Date", stampFault(string(cell(c.date))))
		return nil
	}
	row := stateAirRow{at: day*86400 + int64(h)*3600, start: from, end: t.pos, line: int32(t.line)}
	s.compare(t, cell(c.date), row.at)
	site, param, unit := string(cell(c.site)), string(cell(c.param)), string(cell(c.unit))
	key := site + "\x00" + param + "\x00" + unit
	i, known := s.index[key]
	if !known {
		name, _, _ := strings.Cut(param, " - ") // "PM2.5 - Principal"
		p, ok := parameterOf(name)
		u, okUnit := air.ParseUnit(unit)
		if !okUnit && spoilt(unit) {
			u, okUnit = air.MicrogramPerM3, true
		}
		i = int32(len(s.series))
		if !ok || !okUnit || site == "" {
			i = -1
		} else {
			s.series = append(s.series, stateAirSeries{site: site, param: p, unit: u})
			s.unitText = unit
		}
		if len(s.index) > s.opt.Limits.series() {
			return fault.New(fault.Invalid, "intake.series.many", "File", s.path, "Limit", s.opt.Limits.series())
		}
		s.index[key] = i
	}
	if i < 0 {
		s.rejectRow(t, "Parameter", fault.Say("intake.parameter.unknown", "Text", clip(strings.TrimSpace(param+" "+unit), 60)))
		return nil
	}
	row.series = i
	qc := string(cell(c.qc))
	q, known := s.qcs[qc]
	if !known && len(s.qc) < 1000 {
		q = int32(len(s.qc))
		s.qcs[qc] = q
		s.qc = append(s.qc, clip(qc, 60))
	}
	row.qc = q
	value := cell(c.value)
	v, ok := number(value)
	if !ok && t.comma != ',' {
		v, ok = numberIn(value, ',')
	}
	switch {
	case ok && (v == -999 || v == -9999):
		row.missing = true
		s.codes++
		if strings.EqualFold(qc, "Valid") {
			s.note(t.line, "QC Name", t.text(), fault.Say("intake.code.valid", "Code", v), fault.Say("intake.taken.missing"))
		}
	case strings.EqualFold(qc, "Missing"):
		row.missing = true
	case !ok:
		why := whyNot(value, '.')
		if len(value) == 0 {
			why = fault.Say("intake.value.none", "QC", qc)
		}
		s.rejectRow(t, "Value", why)
		return nil
	}
	row.value = v
	s.rows = append(s.rows, row)
	return nil
}

// spoilt reports whether a unit is the µg/m³ of these files after a program lost the signs that are not ASCII: "?g/m?".
func spoilt(unit string) bool {
	plain := strings.Map(func(r rune) rune {
		if r >= 0x80 || r == '?' {
			return -1
		}
		return r
	}, unit)
	return plain != unit && (plain == "g/m" || plain == "g/mg" || plain == "g/m3")
}

// compare holds the written date against the columns Year, Month, Day and Hour, which are read. A file that a spreadsheet
// has saved again may differ.
func (s *stateAir) compare(t *table, text []byte, at int64) {
	order := orderYMD
	if bytes.IndexByte(text, '/') > 0 {
		order = orderMDY
	}
	w, ok := readStamp(text, order)
	switch {
	case ok && w.wall == at && order == orderMDY:
		s.us++
	case ok && w.wall == at:
		s.iso++
	default:
		if s.differs++; s.NotedTotal < MaxLines {
			s.note(t.line, "Date", t.text(), fault.Say("intake.date.differs", "Text", clip(string(text), 40)), fault.Say("intake.taken.columns"))
		} else {
			s.NotedTotal++
		}
	}
}

// mend finds the days on which a logger followed the clock change of the United States, which none of the posts has. In
// spring the hour 02:00 is absent and 03:00 stands twice: the first of the two is 02:00. In autumn 01:00 stands twice and
// 02:00 is absent: the second of the two is 02:00.
func (s *stateAir) mend() {
	var now, before []*stateAirRow // of each series: the last line and the one before it
	now, before = make([]*stateAirRow, len(s.series)), make([]*stateAirRow, len(s.series))
	pending := make([]*stateAirRow, len(s.series)) // second of two at 01:00, until the next hour is seen
	for i := range s.rows {
		b := &s.rows[i]
		k := b.series
		a := now[k]
		if p := pending[k]; p != nil && b != p {
			if b.at > p.at+3600 {
				p.at += 3600
				s.moved(p, "intake.clock.autumn")
			}
			pending[k] = nil
		}
		if a != nil && a.at == b.at && changeDay(a.at) {
			switch time.Unix(a.at, 0).UTC().Hour() {
			case 3:
				if before[k] == nil || before[k].at < a.at-3600 {
					a.at -= 3600
					s.moved(a, "intake.clock.spring")
				}
			case 1:
				pending[k] = b
			}
		}
		before[k], now[k] = a, b
	}
}

func (s *stateAir) moved(row *stateAirRow, key string) {
	s.note(int(row.line), "Date", s.line(row), fault.Say(key), fault.Say("intake.stored.as", "Time", "02:00"))
}

// line is the text of a row's line.
func (s *stateAir) line(row *stateAirRow) string {
	return clip(strings.ToValidUTF8(strings.TrimRight(string(s.data[row.start:min(row.end, row.start+800)]), "\r\n"), "�"), 200)
}

// changeDay reports whether the United States change their clocks on the day of a local time: since 2007 the second
// Sunday of March and the first of November, before it the first Sunday of April and the last of October.
func changeDay(at int64) bool {
	t := time.Unix(at, 0).UTC()
	if t.Weekday() != time.Sunday {
		return false
	}
	if t.Year() >= 2007 {
		return (t.Month() == time.March && t.Day() >= 8 && t.Day() <= 14) || (t.Month() == time.November && t.Day() <= 7)
	}
	return (t.Month() == time.April && t.Day() <= 7) || (t.Month() == time.October && t.Day() >= 25)
}

// collect brings the rows to UTC and into series.
func (s *stateAir) collect(c stateAirColumns) {
	for i := range s.series {
		x := &s.series[i]
		st := Station{Code: x.site, Name: "US embassy " + x.site, City: x.site}
		p, known := posts[x.site]
		switch {
		case known:
			x.offset, st.Country = p.offset*60, p.country
			if p.place != "" {
				st.City = p.place
			}
		case s.opt.Zone != "":
			if z, err := parseZone(s.opt.Zone); err == nil {
				x.offset = z.standard
			}
			st.Country = s.opt.Country
		default:
			s.unknown[x.site] = true
		}
		if s.opt.Offset != nil {
			x.offset = *s.opt.Offset
			delete(s.unknown, x.site)
		}
		if u, ok := s.opt.Units[x.param.Code()]; ok {
			x.unit = u
		}
		x.c = s.reader.collect(st, x.param, x.unit, 3600, x.offset, len(s.rows)/len(s.series))
	}
	valid := make([]bool, len(s.qc))
	for i, q := range s.qc {
		valid[i] = strings.EqualFold(q, "Valid")
	}
	for i := range s.rows {
		row := &s.rows[i]
		if row.missing {
			s.Missing++
			continue
		}
		x := &s.series[row.series]
		at := row.at - int64(x.offset)
		if !valid[row.qc] {
			x.c.mark = append(x.c.mark, at)
			if s.NotedTotal < MaxLines {
				s.note(int(row.line), "QC Name", s.line(row), fault.Say("intake.qc", "Text", s.qc[row.qc]), fault.Say("intake.kept.flagged"))
			} else {
				s.NotedTotal++
			}
		}
		x.c.add(at, row.value, int(row.line))
	}
}

func (s *stateAir) facts(c stateAirColumns) {
	r := s.reader
	r.head("stateair", fault.Say("intake.how.header"))
	style := "intake.stamps.iso"
	if s.us > s.iso {
		style = "intake.stamps.us"
	}
	r.fact("stamps", fault.Say(style), fault.Say("intake.how.checked"), s.differs == 0)
	column := "Date (LST)"
	if c.local {
		column = "Date (LT)"
	}
	for site := range s.unknown {
		a := zoneAsk("intake.ask.zone", "", "UTC")
		a.Question = fault.Say("intake.ask.site", "Site", site)
		r.ask(a)
	}
	if len(s.series) > 0 {
		offset := formatOffset(s.series[0].offset)
		switch {
		case r.opt.Offset != nil:
			r.fact("zone", fault.Say("intake.zone.fixed", "Offset", offset), fault.Say("intake.how.declared"), true)
		case len(s.unknown) > 0:
			r.fact("zone", fault.Say("intake.zone.none"), fault.Say("intake.how.nobody"), false)
		default:
			r.fact("zone", fault.Say("intake.zone.fixed", "Offset", offset), fault.Say("intake.how.post", "Column", column, "Site", s.series[0].site), !c.local)
		}
	}
	r.hourFact()
	seen := map[air.Unit]bool{}
	for _, x := range s.series {
		if !seen[x.unit] {
			seen[x.unit] = true
			r.fact("unit", fault.Say("intake.unit.one", "Unit", x.unit.Pretty()), fault.Say("intake.how.unit", "Text", s.unitText), true)
		}
	}
	r.fact("missing", fault.Say("intake.missing.code", "Code", "−999"), fault.Say("intake.how.count", "Count", s.codes), true)
}
