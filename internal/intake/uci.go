package intake

import (
	"bytes"
	"slices"
	"strings"

	"aircommons/air"
	"aircommons/internal/fault"
)

var uciHeader = []string{"No", "year", "month", "day", "hour", "PM2.5", "PM10", "SO2", "NO2", "CO", "O3", "TEMP", "PRES", "DEWP", "RAIN", "wd", "WSPM", "station"}

// uciColumns are the measured columns, by their place in the header.
var uciColumns = map[int]struct {
	p air.Parameter
	u air.Unit
}{
	5: {air.PM25, air.MicrogramPerM3}, 6: {air.PM10, air.MicrogramPerM3}, 7: {air.SO2, air.MicrogramPerM3}, 8: {air.NO2, air.MicrogramPerM3},
	9: {air.CO, air.MicrogramPerM3}, 10: {air.O3, air.MicrogramPerM3}, 11: {air.Temperature, air.Celsius}, 12: {air.Pressure, air.Hectopascal},
	13: {air.DewPoint, air.Celsius}, 14: {air.Rain, air.Millimetre}, 15: {air.WindDirection, air.Degree}, 16: {air.WindSpeed, air.MetrePerSecond},
}

// uciTable finds the headings on the first line: all of uciHeader but the number of the row, in any order, beside others that
// are not read, such as the index that a program wrote in front. at is where each column of uciHeader stands.
func uciTable(data []byte, cell int) (t *table, at []int, ok bool) {
	for _, comma := range []byte{',', ';', '\t'} {
		t = newTable(data, comma, cell)
		if !t.row() || len(t.cells) < len(uciHeader)-1 || len(t.cells) > 2*len(uciHeader) {
			continue
		}
		at = make([]int, len(uciHeader))
		ok = true
		for i, name := range uciHeader {
			at[i] = slices.IndexFunc(t.cells, func(c []byte) bool { return strings.EqualFold(string(trimCell(c)), name) })
			ok = ok && (at[i] >= 0 || i == 0)
		}
		if ok {
			return t, at, true
		}
	}
	return nil, nil, false
}

func isUCI(head []byte) bool {
	_, _, ok := uciTable(head, max(len(head), 1))
	return ok
}

func readUCI(r *reader) error {
	const offset = 8 * 3600
	t, at, ok := uciTable(r.data, r.opt.Limits.cell())
	if !ok {
		return fault.New(fault.Invalid, "intake.layout.none", "File", r.path)
	}
	width := len(t.cells)
	yearAt, monthAt, dayAt, hourAt, stationAt := at[1], at[2], at[3], at[4], at[17]
	var unread []string
	for i, c := range t.cells {
		if name := string(trimCell(c)); name != "" && !slices.Contains(at, i) {
			unread = append(unread, clip(name, 60))
		}
	}
	room := min(bytes.Count(r.data, []byte{'\n'}), 100_000) // of the first station; a file of several grows as it is read
	var now []*collector                                    // of the station of the last row, by column
	stations := map[string][]*collector{}
	var name []byte
	na := []byte("NA")
	var lastYear, lastMonth, lastDay int
	var day int64
	for t.row() {
		if len(t.cells) == 1 && len(t.cells[0]) == 0 {
			continue
		}
		if r.Rows++; r.Rows > r.opt.Limits.rows() {
			return fault.New(fault.Invalid, "intake.rows.many", "File", r.path, "Limit", r.opt.Limits.rows())
		}
		if len(t.cells) != width {
			r.rejectRow(t, "", fault.Say("intake.row.cells", "Want", width, "Got", len(t.cells)))
			continue
		}
		y, ok1 := integer(t.cells[yearAt])
		m, ok2 := integer(t.cells[monthAt])
		d, ok3 := integer(t.cells[dayAt])
		h, ok4 := integer(t.cells[hourAt])
		if !ok1 && strings.EqualFold(string(t.cells[yearAt]), "year") {
			r.headingAgain(t)
			continue
		}
		if !ok1 || !ok2 || !ok3 || !ok4 || h > 23 || y < 1900 || y > 2200 {
			r.rejectRow(t, "hour", stampFault(string(bytes.Join([][]byte{t.cells[yearAt], t.cells[monthAt], t.cells[dayAt], t.cells[hourAt]}, []byte(" ")))))
			continue
		}
		if y != lastYear || m != lastMonth || d != lastDay {
			n, ok := dayNumber(y, m, d)
			if !ok {
				r.rejectRow(t, "day", stampFault(string(bytes.Join([][]byte{t.cells[yearAt], t.cells[monthAt], t.cells[dayAt], t.cells[hourAt]}, []byte(" ")))))
				continue
			}
			day, lastYear, lastMonth, lastDay = n*86400-offset, y, m, d
		}
		start := day + int64(h)*3600
		if now == nil || !bytes.Equal(name, t.cells[stationAt]) {
			name = t.cells[stationAt]
			s := string(name)
			if s == "" {
				r.rejectRow(t, "station", fault.Say("intake.station.none"))
				now = nil
				continue
			}
			if stations[s] == nil {
				if len(stations)*len(uciColumns) >= r.opt.Limits.series() {
					return fault.New(fault.Invalid, "intake.series.many", "File", r.path, "Limit", r.opt.Limits.series())
				}
				cols := make([]*collector, len(uciHeader))
				for i := range uciHeader {
					if c, ok := uciColumns[i]; ok {
						cols[i] = r.collect(Station{Code: clip(s, 120), Name: clip(s, 120), City: "Beijing", Country: "CN"}, c.p, c.u, 3600, offset, room)
					}
				}
				stations[s] = cols
				room = 0
			}
			now = stations[s]
		}
		for i, c := range now {
			if c == nil {
				continue
			}
			cell := t.cells[at[i]]
			if len(cell) == 0 || bytes.Equal(cell, na) {
				r.Missing++
				continue
			}
			var v float64
			var ok bool
			if i == 15 {
				v, ok = air.Compass(string(cell))
			} else {
				v, ok = number(cell)
			}
			if !ok {
				r.rejectRow(t, uciHeader[i], whyNot(cell, '.'))
				continue
			}
			c.add(start, v, t.line)
		}
	}
	if t.long {
		return r.broken(t)
	}
	if r.Rows == 0 {
		return fault.New(fault.Invalid, "intake.rows.none", "File", r.path)
	}
	r.head("uci-beijing", fault.Say("intake.how.header"))
	r.fact("stamps", fault.Say("intake.stamps.columns"), fault.Say("intake.how.header"), true)
	r.fact("zone", fault.Say("intake.zone.fixed", "Offset", "+08:00"), fault.Say("intake.how.layout"), true)
	r.hourFact()
	r.fact("unit", fault.Say("intake.unit.of", "Unit", "µg/m³", "Columns", "PM2.5, PM10, SO2, NO2, CO, O3"), fault.Say("intake.how.layout"), true)
	r.fact("unit", fault.Say("intake.unit.of", "Unit", "°C, hPa, mm, m/s", "Columns", "TEMP, DEWP, PRES, RAIN, WSPM"), fault.Say("intake.how.layout"), true)
	r.fact("unit", fault.Say("intake.unit.of", "Unit", "°", "Columns", "wd"), fault.Say("intake.how.compass"), true)
	r.fact("missing", fault.Say("intake.missing.code", "Code", "NA"), fault.Say("intake.how.count", "Count", r.Missing), true)
	if len(unread) > 0 {
		r.fact("unread", fault.Say("intake.unread", "Columns", joinColumns(unread)), fault.Say("intake.how.unknown"), true)
	}
	return r.shift()
}
