package intake

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"aircommons/air"
	"aircommons/internal/fault"
)

// known says how a property was told.
type known struct {
	how  fault.Message
	sure bool
}

// plan is a mapping laid over the columns of one table.
type plan struct {
	m Mapping
	g *grid

	stamp                  []int // columns that make the stamp
	year, month, day, hour int   // columns; −1 where there is none
	order                  string

	zone     *zone // nil: the stamps state it themselves, or nobody knows
	standard *int  // local standard time, nil where it is not known
	end      bool
	step     int64 // 0: to be told from the stamps

	values []valuePlan
	long   *longPlan

	station, stationName, city, country, lat, lon int
	fixed                                         string
	only                                          map[string]bool
	flag                                          int
	valid, missing                                map[string]bool
	cells                                         *valueReader
	need                                          int // columns that a line must have

	origin fault.Message
	how    map[string]known // by property of a Fact
	units  []unitFact
}

// valuePlan is one column with values.
type valuePlan struct {
	index    int
	text     string // heading
	param    air.Parameter
	unit     air.Unit
	unitFrom int // column with the unit, −1
	flag     int // column with the flag, −1
	station  string
	decimal  byte
}

// longPlan is a long table.
type longPlan struct {
	param, value, unit int
	names              map[string]air.Parameter
	skip               map[string]bool
	units              map[air.Parameter]air.Unit
	decimal            byte
	hours              []int
	from               int
}

// unitFact is how the unit of a column was told.
type unitFact struct {
	column string
	unit   air.Unit
	known  known
}

// dateField begins the names of the fields of a DateRule in errors.
const dateField = "date" + "."

// newPlan lays a mapping over a table. what is missing or unknown is an error that names the field of the mapping.
// origin says where the mapping comes from.
func newPlan(file string, g *grid, m Mapping, opt Options, origin fault.Message) (*plan, error) {
	p := &plan{m: m, g: g, year: -1, month: -1, day: -1, hour: -1, station: -1, stationName: -1, city: -1, country: -1, lat: -1, lon: -1, flag: -1,
		how: map[string]known{}, order: m.Date.Order}
	var form fault.Form
	col := func(field, name string) int {
		if name == "" {
			return -1
		}
		i, ok := g.find(name)
		if !ok {
			form.Add(field, "intake.map.column", "Column", name, "Columns", clip(strings.Join(g.names(), ", "), 300))
			return -1
		}
		p.need = max(p.need, i+1)
		return i
	}
	mapped := known{origin, true}
	p.origin = origin
	for i, c := range m.Date.Columns {
		p.stamp = append(p.stamp, col(dateField+"columns["+strconv.Itoa(i)+"]", c))
	}
	p.year, p.month, p.day, p.hour = col(dateField+"year", m.Date.Year), col(dateField+"month", m.Date.Month), col(dateField+"day", m.Date.Day), col(dateField+"hour", m.Date.Hour)
	if m.Zone != "" {
		z, err := parseZone(m.Zone)
		if err != nil {
			form.Add("zone", "intake.zone.unknown", "Text", m.Zone)
		} else {
			p.zone = &z
			standard := z.standard
			p.standard = &standard
			p.how["zone"] = mapped
			p.how["standard"] = mapped
		}
	}
	if m.Standard != "" {
		z, err := parseZone(m.Standard)
		if err != nil {
			form.Add("standard", "intake.zone.unknown", "Text", m.Standard)
		}
		p.standard = &z.standard
	}
	if m.Hour != "" {
		p.end = m.Hour == hourEnd
		p.how["hour"] = mapped
	}
	if m.Step != "" {
		step, ok := parseStep(m.Step)
		if !ok {
			form.Add("step", "intake.map.step", "Text", m.Step)
		}
		p.step = step
		p.how["step"] = mapped
	}
	for i, c := range m.Columns {
		field := "columns[" + strconv.Itoa(i) + "]."
		v := valuePlan{index: col(field+"column", c.Column), text: c.Column, unitFrom: col(field+"unit_from", c.UnitFrom), flag: col(field+"flag", c.Flag), station: c.Station, decimal: '.'}
		if v.index >= 0 {
			v.text = g.columns[v.index].text
		}
		v.param = paramField(&form, field+"parameter", c.Parameter)
		if c.Unit != "" {
			v.unit = unitField(&form, field+"unit", c.Unit)
		}
		v.unit = p.unitOf(opt, v.text, v.param, v.unit, v.unitFrom >= 0, mapped)
		p.values = append(p.values, v)
	}
	if l := m.Long; l != nil {
		lp := &longPlan{param: col("long.parameter", l.Parameter), value: col("long.value", l.Value), unit: col("long.unit", l.Unit),
			names: map[string]air.Parameter{}, skip: map[string]bool{}, units: map[air.Parameter]air.Unit{}, decimal: '.'}
		for name, code := range l.Names {
			if code == "-" {
				lp.skip[name] = true
				continue
			}
			lp.names[name] = paramField(&form, "long.names", code)
		}
		for code, unit := range l.Units {
			lp.units[paramField(&form, "long.units", code)] = unitField(&form, "long.units", unit)
		}
		for name, u := range opt.Units {
			if x, ok := air.ByCode(name); ok {
				lp.units[x] = u
			}
		}
		if h := l.Hours; h != nil {
			first := col("long.hours.first", h.First)
			n := h.Count
			if n == 0 {
				n = 24
			}
			if first >= 0 && first+n > len(g.columns) {
				form.Add("long.hours.count", "intake.map.hours", "Count", n)
			}
			for i := range n {
				lp.hours = append(lp.hours, first+i)
			}
			lp.from = h.From
			if p.step == 0 {
				p.step = 3600
				p.how["step"] = mapped
			}
		}
		p.long = lp
	}
	s := m.Station
	p.station, p.stationName, p.city, p.country = col("station.column", s.Column), col("station.name", s.Name), col("station.city", s.City), col("station.country", s.Country)
	p.lat, p.lon, p.fixed = col("station.lat", s.Lat), col("station.lon", s.Lon), s.Fixed
	if len(s.Only) > 0 {
		p.only = map[string]bool{}
		for _, o := range s.Only {
			p.only[o] = true
		}
	}
	missing := m.Missing
	if missing == nil {
		missing = DefaultMissing
	}
	p.cells = newValueReader(missing, m.Marks)
	if f := m.Flag; f != nil {
		p.flag = col("flag.column", f.Column)
		p.valid, p.missing = map[string]bool{}, map[string]bool{}
		for _, v := range f.Valid {
			p.valid[strings.ToLower(strings.TrimSpace(v))] = true
		}
		for _, v := range f.Missing {
			p.missing[strings.ToLower(strings.TrimSpace(v))] = true
		}
	}
	if err := form.Err(); err != nil {
		e := err.(*fault.Error)
		// The first fault is the sentence; a form shows all of them beside its fields.
		return nil, &fault.Error{Code: fault.Invalid, Message: fault.Say("intake.map.fits", "File", file, "Field", e.Fields[0].Name, "Reason", e.Fields[0].Message), Fields: e.Fields}
	}
	p.declare(opt)
	return p, nil
}

func paramField(form *fault.Form, field, code string) air.Parameter {
	if x, ok := air.ByCode(strings.ToLower(strings.TrimSpace(code))); ok {
		return x
	}
	if x, ok := parameterOf(code); ok {
		return x
	}
	form.Add(field, "intake.map.parameter", "Text", code)
	return 0
}

func unitField(form *fault.Form, field, text string) air.Unit {
	u, ok := air.ParseUnit(text)
	if !ok {
		form.Add(field, "intake.map.unit", "Text", text)
	}
	return u
}

// parseStep reads "hour", "day", "10m", "1h".
func parseStep(text string) (int64, bool) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "hour", "hours", "1h":
		return 3600, true
	case "day", "days", "1d":
		return 86400, true
	}
	d, err := time.ParseDuration(strings.TrimSpace(text))
	s := int64(d / time.Second)
	return s, err == nil && s >= 60 && s <= 86400 && 86400%s == 0 && (s >= 3600 || 3600%s == 0)
}

// formatStep is the text of a Mapping for a step.
func formatStep(step int64) string {
	switch step {
	case 3600:
		return "hour"
	case 86400:
		return "day"
	}
	return strconv.FormatInt(step/60, 10) + "m"
}

// usual is the unit in which monitoring files give weather where they name none; pollutants have no such unit.
func usual(p air.Parameter) air.Unit {
	if p.Weather() {
		return p.MainUnit()
	}
	return air.NoUnit
}

// unitOf settles the unit of a column and notes how it was told. A declared unit stands above that of the file.
func (p *plan) unitOf(opt Options, column string, param air.Parameter, unit air.Unit, fromColumn bool, how known) air.Unit {
	for _, name := range []string{column, param.Code()} {
		if u, ok := opt.Units[name]; ok {
			p.units = append(p.units, unitFact{column, u, known{fault.Say("intake.how.declared"), true}})
			return u
		}
	}
	if fromColumn {
		return air.NoUnit
	}
	if unit == air.NoUnit && usual(param) != air.NoUnit {
		unit, how = usual(param), known{fault.Say("intake.how.usual"), false}
	}
	if unit != air.NoUnit {
		p.units = append(p.units, unitFact{column, unit, how})
	}
	return unit
}

// declare lays the options over the plan: what is declared stands above the mapping, hints below it.
func (p *plan) declare(opt Options) {
	told := known{fault.Say("intake.how.declared"), true}
	declared := zone{}
	switch {
	case opt.Offset != nil:
		declared = zone{name: formatOffset(*opt.Offset), standard: *opt.Offset}
	case opt.Civil != "":
		z, err := parseZone(opt.Civil)
		if err == nil {
			declared = z
		}
	}
	if declared.name != "" {
		if p.zone == nil { // a zone that the file or the mapping states stays; what is declared is then the standard time
			p.zone = &declared
			p.how["zone"] = told
		}
		standard := declared.standard
		p.standard = &standard
		p.how["standard"] = told
	}
	if opt.HourEnd != nil {
		p.end = *opt.HourEnd
		p.how["hour"] = told
	}
	if opt.Dates != "" {
		p.order = opt.Dates
		p.how["stamps"] = told
	}
	if opt.Decimal != "" {
		p.m.Decimal = opt.Decimal
	}
	if p.fixed == "" && p.station < 0 {
		p.fixed = opt.Station
	}
	if p.m.Decimal != "" {
		for i := range p.values {
			p.values[i].decimal = p.m.Decimal[0]
		}
		if p.long != nil {
			p.long.decimal = p.m.Decimal[0]
		}
	}
}

// dates gives the text of the stamp of a line, or false where a column is not there. buf is used again.
func (p *plan) dates(cells [][]byte, buf []byte) ([]byte, bool) {
	if len(p.stamp) == 1 {
		if p.stamp[0] >= len(cells) {
			return nil, false
		}
		return cells[p.stamp[0]], true
	}
	buf = buf[:0]
	columns := p.stamp
	if len(columns) == 0 {
		columns = []int{p.year, p.month, p.day}
	}
	for k, i := range columns {
		if i >= len(cells) {
			return nil, false
		}
		if k > 0 {
			buf = append(buf, ' ')
		}
		buf = append(buf, bytes.TrimSpace(cells[i])...)
	}
	return buf, true
}

// read reads the stamp of a line.
func (p *plan) read(cells [][]byte, buf []byte) (s stamp, text []byte, ok bool) {
	text, ok = p.dates(cells, buf)
	if !ok {
		return s, nil, false
	}
	order := p.order
	if len(p.stamp) == 0 {
		order = orderYMD
	}
	s, ok = readStamp(text, order)
	if !ok && len(p.stamp) == 0 {
		s, ok = wholeNumbers(text)
	}
	if !ok || p.hour < 0 {
		return s, text, ok
	}
	if p.hour >= len(cells) {
		return s, text, false
	}
	h, ok := readHour(cells[p.hour])
	if !ok || s.timed {
		return s, text, false
	}
	s.timed, s.last24 = true, h == 86400
	s.wall += h
	return s, text, true
}

// wholeNumbers reads a date of three columns that a workbook wrote as "2016.0 1.0 31.0".
func wholeNumbers(text []byte) (stamp, bool) {
	f := bytes.Fields(text)
	if len(f) != 3 {
		return stamp{}, false
	}
	var n [3]int
	for i := range f {
		v, ok := number(f[i])
		if !ok || v != float64(int(v)) {
			return stamp{}, false
		}
		n[i] = int(v)
	}
	day, ok := dayNumber(n[0], n[1], n[2])
	return stamp{wall: day * 86400, century: true}, ok
}
