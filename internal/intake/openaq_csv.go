package intake

import (
	"bytes"
	"strings"

	"aircommons/internal/fault"
)

// openAQColumns are the columns of a long table of OpenAQ; −1 where there is none.
type openAQColumns struct {
	g                                                                                *grid
	param, value, unit, utc, local, mixed, code, name, city, country, lat, lon, zone int
	need                                                                             int
	form                                                                             string // "explorer", "archive" or "table"
}

// openAQHeader finds the columns. Names are compared without their case, dots and underlines.
func openAQHeader(g *grid) (c openAQColumns, ok bool) {
	at := map[string]int{}
	for i, h := range g.columns {
		n := squash(h.text)
		if _, twice := at[n]; !twice {
			at[n] = i
		}
	}
	find := func(names ...string) int {
		for _, n := range names {
			if i, ok := at[n]; ok {
				return i
			}
		}
		return -1
	}
	c.g = g
	c.param, c.value, c.unit = find("parameter"), find("value"), find("unit", "units")
	c.utc, c.local = find("datetimeutc", "dateutc", "utc"), find("datetimelocal", "datelocal", "local")
	c.code, c.name = find("locationid", "locationsid"), find("locationname", "location")
	c.city, c.country = find("city"), find("countryiso", "country")
	c.lat, c.lon, c.zone = find("latitude", "lat", "coordinateslatitude"), find("longitude", "lon", "coordinateslongitude"), find("timezone")
	c.mixed = -1
	sensor := find("sensorsid", "sensorid")
	if c.utc < 0 && sensor >= 0 {
		c.mixed = find("datetime")
	}
	switch {
	case find("datetimeutc") >= 0 || find("datetimelocal") >= 0:
		c.form = "explorer"
	case c.mixed >= 0:
		c.form = "archive"
	default:
		c.form = "table"
	}
	for _, i := range []int{c.param, c.value, c.unit, c.utc, c.local, c.mixed} {
		c.need = max(c.need, i+1)
	}
	ok = c.param >= 0 && c.value >= 0 && c.unit >= 0 && (c.code >= 0 || c.name >= 0) && (c.utc >= 0 || c.mixed >= 0 || (c.local >= 0 && c.form == "explorer"))
	return c, ok
}

func findOpenAQCSV(text []byte, cell int) (openAQColumns, bool) {
	for _, comma := range []byte{',', ';', '\t'} {
		t := newTable(text, comma, cell)
		for n := 0; n < 10 && t.row(); n++ {
			if len(t.cells) < 5 {
				continue
			}
			g, ok := openGrid(text, comma, t.line, false, 0, cell)
			if !ok {
				break
			}
			if c, ok := openAQHeader(g); ok {
				return c, true
			}
		}
	}
	return openAQColumns{}, false
}

func isOpenAQCSV(s *sight) bool {
	if s.json || !bytes.Contains(s.head, []byte("arameter")) {
		return false
	}
	_, ok := findOpenAQCSV(s.head, s.opt.Limits.cell())
	return ok
}

func readOpenAQCSV(r *reader) error {
	c, ok := findOpenAQCSV(r.data, r.opt.Limits.cell())
	if !ok {
		return fault.New(fault.Invalid, "intake.layout.none", "File", r.path)
	}
	o := newOpenAQ(r)
	t := c.g.rows()
	width := len(c.g.columns)
	decimal := byte('.')
	if c.g.comma == ';' {
		decimal = 0
	}
	var m measurement
	for t.row() {
		if t.empty() {
			continue
		}
		if r.Rows++; r.Rows > r.opt.Limits.rows() {
			return fault.New(fault.Invalid, "intake.rows.many", "File", r.path, "Limit", r.opt.Limits.rows())
		}
		if len(t.cells) < c.need || (len(t.cells) > width && extra(t.cells[width:])) {
			r.rejectRow(t, "", fault.Say("intake.row.cells", "Want", width, "Got", len(t.cells)))
			continue
		}
		m = measurement{line: t.line, column: c.g.columns[c.value].text}
		if !o.stamp(&m, t, c) {
			continue
		}
		cell := func(i int) string {
			if i < 0 || i >= len(t.cells) {
				return ""
			}
			return strings.ToValidUTF8(string(trimCell(t.cells[i])), "�")
		}
		v, kind, why := o.readValue(t.cells[c.value], decimal)
		switch kind {
		case cellMissing:
			r.Missing++
			continue
		case cellFault:
			r.rejectRow(t, m.column, why)
			continue
		}
		m.value, m.param, m.unit = v, cell(c.param), cell(c.unit)
		m.code, m.name, m.city, m.zone = cell(c.code), cell(c.name), cell(c.city), cell(c.zone)
		if m.country = strings.ToUpper(cell(c.country)); len(m.country) != 2 {
			m.country = ""
		}
		m.lat, m.lon, m.placed = place(cell(c.lat), cell(c.lon))
		if err := o.take(&m, t.text); err != nil {
			return err
		}
	}
	if t.long {
		return r.broken(t)
	}
	how, sure := fault.Say("intake.how.openaq"), true
	if c.form == "table" {
		how, sure = fault.Say("intake.how.openaq.old"), false
	}
	if err := o.finishAQ("openaq-csv", how, sure); err != nil {
		return err
	}
	station := c.code
	if station < 0 {
		station = c.name
	}
	o.stationFact(c.g.columns[station].text)
	return nil
}

// stamp reads the stamps of a line into m, or rejects it.
func (o *openAQ) stamp(m *measurement, t *table, c openAQColumns) bool {
	bad := func(i int) bool {
		o.rejectRow(t, c.g.columns[i].text, stampFault(strings.ToValidUTF8(string(trimCell(t.cells[i])), "�")))
		return false
	}
	if c.mixed >= 0 { // local time with its offset
		at, offset, zoned, ok := readTime(string(trimCell(t.cells[c.mixed])))
		if !ok || !zoned {
			return bad(c.mixed)
		}
		m.at, m.offset, m.local = at, offset, offset != 0
		return true
	}
	wall, offset, zoned, hasLocal := int64(0), 0, false, false
	if c.local >= 0 {
		s, ok := readStamp(trimCell(t.cells[c.local]), orderYMD)
		wall, offset, zoned, hasLocal = s.wall, s.offset, s.zoned, ok && s.century
	}
	if c.utc < 0 {
		if !hasLocal || !zoned {
			return bad(c.local)
		}
		m.at, m.offset, m.local = wall-int64(offset), offset, true
		return true
	}
	at, ok := utcTime(string(trimCell(t.cells[c.utc])))
	if !ok {
		return bad(c.utc)
	}
	m.at = at
	if hasLocal {
		m.local, m.offset = true, offset
		if !zoned { // the local stamp states no offset: the difference does
			m.offset = int(wall - at)
			m.local = m.offset%900 == 0 && m.offset >= -12*3600 && m.offset <= 14*3600
		}
	}
	return true
}

// readValue reads a value. With a decimal of 0 either writing is taken, as files
// parted by semicolons come with both.
func (o *openAQ) readValue(b []byte, decimal byte) (float64, cellKind, fault.Message) {
	if decimal == 0 {
		decimal = '.'
		if bytes.IndexByte(b, ',') >= 0 {
			decimal = ','
		}
	}
	return o.missing.read(b, decimal, 0)
}

// place reads coordinates; 0, 0 is no place.
func place(lat, lon string) (a, b float64, ok bool) {
	a, ok1 := number([]byte(lat))
	b, ok2 := number([]byte(lon))
	if !ok1 || !ok2 || a < -90 || a > 90 || b < -180 || b > 180 || (a == 0 && b == 0) {
		return 0, 0, false
	}
	return a, b, true
}
