package intake

import (
	"bytes"
	"time"

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
	room := bytes.Count(r.data, []byte{'\n'})
	var now []*collector // of the station of the last row, by column
	stations := map[string][]*collector{}
	var name []byte
	na := []byte("NA")
	var lastYear, lastMonth, lastDay int
	var day int64
	for t.row() {
		if len(t.cells) == 1 && len(t.cells[0]) == 0 {
			continue
		}
		r.Rows++
		if len(t.cells) != len(uciHeader) {
			r.reject(t.line, "", t.text(), fault.Say("intake.row.cells", "Want", len(uciHeader), "Got", len(t.cells)))
			continue
		}
		y, ok1 := integer(t.cells[1])
		m, ok2 := integer(t.cells[2])
		d, ok3 := integer(t.cells[3])
		h, ok4 := integer(t.cells[4])
		if !ok1 || !ok2 || !ok3 || !ok4 || h > 23 || y < 1900 || y > 2200 {
			r.reject(t.line, "hour", t.text(), fault.Say("intake.stamp", "Text", t.text()))
			continue
		}
		if y != lastYear || m != lastMonth || d != lastDay {
			date := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
			if date.Day() != d || int(date.Month()) != m {
				r.reject(t.line, "day", t.text(), fault.Say("intake.stamp", "Text", t.text()))
				continue
			}
			day, lastYear, lastMonth, lastDay = date.Unix()-offset, y, m, d
		}
		at := day + int64(h)*3600
		if now == nil || !bytes.Equal(name, t.cells[17]) {
			name = t.cells[17]
			s := string(name)
			if s == "" {
				r.reject(t.line, "station", t.text(), fault.Say("intake.station.none"))
				now = nil
				continue
			}
			if stations[s] == nil {
				cols := make([]*collector, len(uciHeader))
				for i := range uciHeader {
					if c, ok := uciColumns[i]; ok {
						cols[i] = r.collect(Station{Code: s, Name: s, City: "Beijing", Country: "CN"}, c.p, c.u, 3600, offset, room)
					}
				}
				stations[s] = cols
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
				r.reject(t.line, uciHeader[i], string(cell[:min(len(cell), 200)]), fault.Say("intake.number", "Text", string(cell[:min(len(cell), 60)])))
				continue
			}
			c.add(at, v, t.line)
		}
	}
	if t.long {
		return r.cellTooLong(t.line)
	}
	r.Encoding = "utf-8"
	r.fact("layout", fault.Say("intake.layout.uci-beijing"), fault.Say("intake.how.header"), true)
	r.fact("encoding", fault.Say("intake.encoding", "Name", "UTF-8"), fault.Say("intake.how.ascii"), true)
	r.fact("stamps", fault.Say("intake.stamps.columns"), fault.Say("intake.how.header"), true)
	r.fact("zone", fault.Say("intake.zone.fixed", "Offset", "+08:00"), fault.Say("intake.how.layout"), true)
	r.fact("hour", fault.Say("intake.hour.start"), fault.Say("intake.how.unstated"), false)
	r.fact("unit", fault.Say("intake.unit.one", "Unit", "µg/m³"), fault.Say("intake.how.layout"), true)
	r.fact("missing", fault.Say("intake.missing.code", "Code", "NA"), fault.Say("intake.how.count", "Count", r.Missing), true)
	return nil
}
