package intake

import (
	"bytes"

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

func isUCI(head []byte) bool {
	t := newTable(head, ',', len(head))
	if !t.row() || len(t.cells) != len(uciHeader) {
		return false
	}
	for i, c := range t.cells {
		if string(c) != uciHeader[i] {
			return false
		}
	}
	return true
}

func readUCI(r *reader) error {
	const offset = 8 * 3600
	t := newTable(r.data, ',', r.opt.Limits.cell())
	t.row()
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
		if len(t.cells) != len(uciHeader) {
			r.rejectRow(t, "", fault.Say("intake.row.cells", "Want", len(uciHeader), "Got", len(t.cells)))
			continue
		}
		y, ok1 := integer(t.cells[1])
		m, ok2 := integer(t.cells[2])
		d, ok3 := integer(t.cells[3])
		h, ok4 := integer(t.cells[4])
		if !ok1 || !ok2 || !ok3 || !ok4 || h > 23 || y < 1900 || y > 2200 {
			r.rejectRow(t, "hour", stampFault(string(bytes.Join(t.cells[1:5], []byte(" ")))))
			continue
		}
		if y != lastYear || m != lastMonth || d != lastDay {
			n, ok := dayNumber(y, m, d)
			if !ok {
				r.rejectRow(t, "day", stampFault(string(bytes.Join(t.cells[1:5], []byte(" ")))))
				continue
			}
			day, lastYear, lastMonth, lastDay = n*86400-offset, y, m, d
		}
		at := day + int64(h)*3600
		if now == nil || !bytes.Equal(name, t.cells[17]) {
			name = t.cells[17]
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
			cell := t.cells[i]
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
			c.add(at, v, t.line)
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
	r.fact("missing", fault.Say("intake.missing.code", "Code", "NA"), fault.Say("intake.how.count", "Count", r.Missing), true)
	return r.shift()
}
