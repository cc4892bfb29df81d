package intake

import (
	"bytes"
	"time"

	"aircommons/air"
	"aircommons/internal/fault"
)

// stateAirOffset is the standard time of each post, hours east of UTC. All of China keeps UTC+8.
var stateAirOffset = map[string]int{"Beijing": 8, "Chengdu": 8, "Guangzhou": 8, "Shanghai": 8, "Shenyang": 8, "Ulaanbaatar": 8, "Hanoi": 7, "Ho Chi Minh City": 7}

// stateAirStart finds the header line, and the line number it stands on.
func stateAirStart(data []byte) (pos, line int, ok bool) {
	line = 1
	for pos < len(data) && line <= 12 {
		if bytes.HasPrefix(data[pos:], []byte("Site,Parameter,Date (LST)")) {
			return pos, line, true
		}
		i := bytes.IndexByte(data[pos:], '\n')
		if i < 0 {
			return 0, 0, false
		}
		pos += i + 1
		line++
	}
	return 0, 0, false
}

func isStateAir(head []byte) bool {
	_, _, ok := stateAirStart(head)
	return ok
}

type stateAirRow struct {
	line        int
	text        string
	at          int64
	value       []byte
	unit, qc    string
	site, param string
}

func readStateAir(r *reader) error {
	pos, line, ok := stateAirStart(r.data)
	if !ok {
		return fault.New(fault.Invalid, "intake.layout.none", "File", r.path)
	}
	t := newTable(r.data[pos:], ',', r.opt.Limits.cell())
	t.next = line
	t.row()
	col := map[string]int{}
	for i, c := range t.cells {
		col[string(c)] = i
	}
	for _, need := range []string{"Site", "Parameter", "Date (LST)", "Year", "Month", "Day", "Hour", "Value", "Unit", "QC Name"} {
		if _, ok := col[need]; !ok {
			return fault.New(fault.Invalid, "intake.column.missing", "File", r.path, "Line", line, "Column", need)
		}
	}
	want := 0 // cells a row needs so that every column read below is there
	for _, i := range col {
		want = max(want, i+1)
	}
	var rows []stateAirRow
	slash := false
	for t.row() {
		if len(t.cells) < want || (len(t.cells[0]) == 0 && len(t.cells[1]) == 0) {
			if len(bytes.Trim(bytes.Join(t.cells, nil), " ")) > 0 {
				r.Rows++
				r.reject(t.line, "", latin(t.text()), fault.Say("intake.row.cells", "Want", want, "Got", len(t.cells)))
			}
			continue
		}
		r.Rows++
		cell := func(name string) []byte { return bytes.TrimSpace(t.cells[col[name]]) }
		y, ok1 := integer(cell("Year"))
		m, ok2 := integer(cell("Month"))
		d, ok3 := integer(cell("Day"))
		h, ok4 := integer(cell("Hour"))
		date := time.Date(y, time.Month(m), d, h, 0, 0, 0, time.UTC)
		if !ok1 || !ok2 || !ok3 || !ok4 || h > 23 || date.Day() != d || int(date.Month()) != m || y < 1900 || y > 2200 {
			r.reject(t.line, "Date (LST)", latin(t.text()), fault.Say("intake.stamp", "Text", latin(string(cell("Date (LST)")))))
			continue
		}
		slash = slash || bytes.IndexByte(cell("Date (LST)"), '/') > 0
		rows = append(rows, stateAirRow{t.line, latin(t.text()), date.Unix(), cell("Value"), latin(string(cell("Unit"))), string(cell("QC Name")), string(cell("Site")), string(cell("Parameter"))})
	}
	if t.long {
		return r.cellTooLong(t.line)
	}
	r.mendClockChange(rows)
	series := map[string]*collector{}
	codes := 0
	for _, w := range rows {
		offset, known := stateAirOffset[w.site]
		if !known {
			r.reject(w.line, "Site", w.text, fault.Say("intake.site.unknown", "Site", w.site))
			continue
		}
		p, ok := map[string]air.Parameter{"PM2.5": air.PM25, "PM10": air.PM10, "OZONE": air.O3, "Ozone": air.O3}[w.param]
		u, okUnit := air.ParseUnit(w.unit)
		if !ok || !okUnit {
			r.reject(w.line, "Parameter", w.text, fault.Say("intake.parameter.unknown", "Text", w.param+" "+w.unit))
			continue
		}
		v, ok := number(w.value)
		switch {
		case ok && (v == -999 || v == -9999):
			r.Missing++
			codes++
			if w.qc == "Valid" {
				r.note(w.line, "Value", w.text, fault.Say("intake.code.valid", "Code", v), fault.Say("intake.taken.missing"))
			}
			continue
		case w.qc == "Missing":
			r.Missing++
			continue
		case !ok:
			r.reject(w.line, "Value", w.text, fault.Say("intake.number", "Text", latin(string(w.value))))
			continue
		}
		key := w.site + "\x00" + w.param + w.unit
		c := series[key]
		if c == nil {
			c = r.collect(Station{Code: w.site, Name: "US embassy " + w.site, City: w.site}, p, u, 3600, offset*3600, len(rows))
			series[key] = c
		}
		if w.qc != "Valid" {
			c.mark = append(c.mark, w.at-int64(offset)*3600)
			r.note(w.line, "QC Name", w.text, fault.Say("intake.qc", "Text", w.qc), fault.Say("intake.kept.flagged"))
		}
		c.add(w.at-int64(offset)*3600, v, w.line)
	}
	r.Encoding = "utf-8"
	if !validUTF8(r.data) {
		r.Encoding = "iso-8859-1"
	}
	style := "intake.stamps.iso"
	if slash {
		style = "intake.stamps.us"
	}
	r.fact("layout", fault.Say("intake.layout.stateair"), fault.Say("intake.how.header"), true)
	r.fact("encoding", fault.Say("intake.encoding", "Name", r.Encoding), fault.Say("intake.how.bytes"), true)
	r.fact("stamps", fault.Say(style), fault.Say("intake.how.checked"), true)
	r.fact("zone", fault.Say("intake.zone.standard"), fault.Say("intake.how.column", "Column", "Date (LST)"), true)
	r.fact("hour", fault.Say("intake.hour.start"), fault.Say("intake.how.unstated"), false)
	r.fact("unit", fault.Say("intake.unit.one", "Unit", "µg/m³"), fault.Say("intake.how.column", "Column", "Unit"), true)
	r.fact("missing", fault.Say("intake.missing.code", "Code", "-999"), fault.Say("intake.how.count", "Count", codes), true)
	return nil
}

// mendClockChange finds the day on which a logger followed the clock change of the United States: the hour 02:00 is
// absent and 03:00 stands twice. The posts keep one time all year, so the first of the two is the hour 02:00.
func (r *reader) mendClockChange(rows []stateAirRow) {
	for i := 1; i < len(rows); i++ {
		a, b := &rows[i-1], &rows[i]
		if a.at != b.at || a.site != b.site || a.param != b.param {
			continue
		}
		if time.Unix(a.at, 0).UTC().Hour() == 3 && (i < 2 || rows[i-2].at < a.at-3600) {
			a.at -= 3600
			r.note(a.line, "Date (LST)", a.text, fault.Say("intake.clock.spring"), fault.Say("intake.stored.as", "Time", "02:00"))
		}
	}
}
