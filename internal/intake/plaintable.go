package intake

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"

	"aircommons/air"
	"aircommons/internal/fault"
)

// proposal is how a table with headings may be read, found from the headings and the first lines.
type proposal struct {
	m       Mapping
	g       *grid
	lst     bool   // the date's heading says local standard time
	zoned   string // heading that states the zone
	misread []misnamed
	unread  []string // headings of columns that are not read
	maybe   []string // those of them that hold numbers
}

func readPlainTable(r *reader) error {
	pr, ok := r.seen.table()
	if !ok {
		return fault.New(fault.Invalid, "intake.layout.none", "File", r.path)
	}
	p, err := newPlan(r.path, pr.g, pr.m, r.opt, fault.Say("intake.how.header"))
	if err != nil {
		return err
	}
	r.head("table", fault.Say("intake.how.header"))
	if pr.zoned != "" {
		p.how["zone"] = known{fault.Say("intake.how.column", "Column", pr.zoned), true}
		switch {
		case r.opt.Offset != nil || r.opt.Civil != "":
		case p.zone.standard == 0: // UTC, which is the time of the stamps and seldom that of the place
			p.standard = nil
			delete(p.how, "standard")
		default:
			p.how["standard"] = p.how["zone"]
		}
	}
	p.hint(r.opt)
	if k, ok := p.how["zone"]; ok && pr.lst && !k.sure {
		p.how["zone"] = known{fault.Say("intake.how.lst", "Column", pr.g.columns[p.stamp[0]].text, "Zone", r.opt.Zone), true}
	}
	p.language(pr.g)
	p.survey(r)
	if err := r.readTable(p); err != nil {
		return err
	}
	r.unreadFact(pr)
	for _, name := range pr.maybe[:min(len(pr.maybe), 8)] {
		r.ask(Ask{Property: "parameter", Column: name, Question: fault.Say("intake.ask.parameter", "Column", name), Choices: parameterChoices()})
	}
	return nil
}

// misnamed is a column whose heading cannot be true.
type misnamed struct {
	column   string
	is, said air.Parameter
}

// mend finds columns headed carbon dioxide that cannot hold it: the air has never had less than 350 ppm since such files
// exist, and exports of Seoul head carbon monoxide (2016) or nitrogen dioxide (the hourly city mean) so. It is the one
// of the two that the table lacks.
func (pr *proposal) mend(rows [][]string, taken map[air.Parameter]bool, opt Options) {
	for k := range pr.m.Columns {
		c := &pr.m.Columns[k]
		if c.Parameter != air.CO2.Code() || (c.Unit != "" && c.Unit != air.PPM.String()) || taken[air.CO] == taken[air.NO2] {
			continue
		}
		i, ok := pr.g.find(c.Column)
		if !ok || opt.Columns[pr.g.columns[i].text] != 0 {
			continue
		}
		n, top := 0, 0.0
		for _, row := range rows {
			if i < len(row) {
				if v, ok := number([]byte(row[i])); ok {
					n++
					top = max(top, v)
				}
			}
		}
		if n == 0 || top > 100 {
			continue
		}
		is := air.CO
		if taken[air.CO] {
			is = air.NO2
		}
		pr.misread = append(pr.misread, misnamed{pr.g.columns[i].text, is, air.CO2})
		c.Parameter = is.Code()
	}
}

// unreadFact says which columns were not read, and which were read as something else than their heading says.
func (r *reader) unreadFact(pr proposal) {
	for _, m := range pr.misread {
		r.Warnings = append(r.Warnings, fault.Say("intake.misnamed", "Column", m.column, "Said", m.said.Code(), "Code", m.is.Code()))
		r.ask(Ask{Property: "parameter", Column: m.column, Question: fault.Say("intake.ask.parameter", "Column", m.column), Choices: parameterChoices(), Assumed: m.is.Code()})
	}
	if len(pr.unread) > 0 {
		r.fact("unread", fault.Say("intake.unread", "Columns", joinColumns(pr.unread)), fault.Say("intake.how.unknown"), true)
	}
}

func parameterChoices() []Choice {
	var out []Choice
	for _, i := range air.All() {
		out = append(out, Choice{i.Code, fault.Say("intake.parameter.code", "Code", i.Code)})
	}
	return out
}

// language assumes the zone from the script of the headings, where nothing else tells it: Korean and Japanese files
// keep UTC+9, Chinese ones UTC+8. It is asked about.
func (p *plan) language(g *grid) {
	if p.zone != nil || p.standard != nil {
		return
	}
	han, offset := false, 0
	for _, c := range g.columns {
		for _, r := range c.text {
			switch {
			case unicode.Is(unicode.Hangul, r), unicode.Is(unicode.Hiragana, r), unicode.Is(unicode.Katakana, r):
				offset = 9 * 3600
			case unicode.Is(unicode.Han, r):
				han = true
			}
		}
	}
	if offset == 0 && han {
		offset = 8 * 3600
	}
	if offset == 0 {
		return
	}
	p.zone = &zone{name: formatOffset(offset), standard: offset}
	p.standard = &offset
	p.how["zone"] = known{fault.Say("intake.how.language"), false}
	p.how["standard"] = p.how["zone"]
}

// propose finds the headings of a table and what to read of it.
func propose(data []byte, cell int, opt Options) (proposal, bool) {
	for _, c := range candidates(headOf(data), cell) {
		if c.header == 0 {
			continue
		}
		g, ok := openGrid(data, c.comma, c.header, false, 0, cell)
		if !ok || len(g.columns) < 2 {
			continue
		}
		if pr, ok := g.propose(opt); ok {
			return pr, true
		}
	}
	return proposal{}, false
}

// look is what the first cells of a column are.
type look struct {
	filled, numbers, missing, dates, timed, times, hours, texts int
	sequence                                                    bool // whole numbers, each one more than the one before
}

func (g *grid) looks(rows [][]string) []look {
	out := make([]look, len(g.columns))
	last := make([]float64, len(g.columns))
	cells := newValueReader(DefaultMissing, nil)
	for i := range out {
		out[i].sequence = true
	}
	for _, row := range rows {
		for i := range out {
			l := &out[i]
			if i >= len(row) || row[i] == "" {
				continue
			}
			b := []byte(row[i])
			l.filled++
			v, ok := numberIn(b, '.')
			if !ok {
				if v, ok = numberIn(b, ','); !ok {
					_, kind, _ := cells.read(b, '.', air.WindDirection)
					if kind == cellMissing {
						l.missing++
					} else if kind == cellValue {
						l.texts++ // a point of the compass
					}
				}
			}
			if ok {
				l.numbers++
				if l.filled > 1 && v != last[i]+1 {
					l.sequence = false
				}
				last[i] = v
			} else {
				l.sequence = false
			}
			for _, order := range []string{orderYMD, orderDMY, orderMDY} {
				if s, ok := readStamp(b, order); ok {
					l.dates++
					if s.timed {
						l.timed++
					}
					break
				}
			}
			if h, ok := readHour(b); ok && h <= 86400 {
				l.times++
				if bytes.IndexByte(b, ':') < 0 {
					l.hours++
				}
			}
		}
	}
	return out
}

// unitLine takes a line of units below the headings up, as some station software writes it: no date, and a unit for at
// least half of the cells that hold anything.
func (g *grid) unitLine(row []string) bool {
	units, texts := 0, 0
	for i, c := range row {
		if c == "" || i >= len(g.columns) {
			continue
		}
		texts++
		if _, ok := number([]byte(c)); ok {
			return false
		}
		if _, ok := air.ParseUnit(strings.Trim(c, "[]() ")); ok && g.columns[i].role == roleMeasured {
			units++
		}
	}
	if units == 0 || units*2 < texts {
		return false
	}
	for i, c := range row {
		if i < len(g.columns) && g.columns[i].unit == air.NoUnit {
			g.columns[i].unit, _ = air.ParseUnit(strings.Trim(c, "[]() "))
		}
	}
	return true
}

// propose lays what the headings say over what the first lines hold.
func (g *grid) propose(opt Options) (proposal, bool) {
	rows := g.sample(60)
	pr := proposal{g: g}
	pr.m.Header = g.header
	if len(rows) > 0 && g.unitLine(rows[0]) {
		g.skipLine()
		pr.m.Skip = 1
		rows = rows[1:]
	}
	looks := g.looks(rows)
	used := make([]bool, len(g.columns))
	name := func(i int) string {
		n := g.columns[i].text
		if j, ok := g.find(n); n == "" || !ok || j != i {
			return "#" + strconv.Itoa(i+1) // the heading is empty, or stands twice
		}
		return n
	}
	most := func(n, of int) bool { return of == 0 || n*2 >= of }
	if !pr.dates(looks, used, name, len(rows) == 0) {
		return pr, false
	}
	param, value := -1, -1
	for i, c := range g.columns {
		if used[i] {
			continue
		}
		switch c.role {
		case roleStation:
			if pr.m.Station.Column == "" {
				pr.m.Station.Column, used[i] = name(i), true
			} else if pr.m.Station.Name == "" {
				pr.m.Station.Name, used[i] = name(i), true
			}
		case roleStationName:
			if pr.m.Station.Name == "" {
				pr.m.Station.Name, used[i] = name(i), true
			}
		case roleCity:
			if pr.m.Station.City == "" {
				pr.m.Station.City, used[i] = name(i), true
			}
		case roleCountry:
			pr.m.Station.Country, used[i] = name(i), true
		case roleLat:
			pr.m.Station.Lat, used[i] = name(i), true
		case roleLon:
			pr.m.Station.Lon, used[i] = name(i), true
		case roleParameter:
			if param < 0 {
				param = i
			}
		case roleValue:
			if value < 0 && most(looks[i].numbers+looks[i].missing, looks[i].filled) {
				value = i
			}
		case roleIndex:
			used[i] = true
		}
	}
	if pr.m.Station.Column == "" && pr.m.Station.Name != "" {
		pr.m.Station.Column, pr.m.Station.Name = pr.m.Station.Name, ""
	}
	if param >= 0 && value >= 0 && pr.knownNames(rows, param) {
		pr.m.Long = &LongRule{Parameter: name(param), Value: name(value)}
		used[param], used[value] = true, true
		for i, c := range g.columns {
			if c.role == roleUnit && !used[i] {
				pr.m.Long.Unit, used[i] = name(i), true
				break
			}
		}
	}
	taken := map[air.Parameter]bool{}
	for i, c := range g.columns {
		if used[i] {
			continue
		}
		p, declared := opt.Columns[c.text]
		if !declared {
			p = c.param
			measured := most(looks[i].numbers+looks[i].missing, looks[i].filled) || (p == air.WindDirection && most(looks[i].numbers+looks[i].missing+looks[i].texts, looks[i].filled))
			if c.role != roleMeasured || pr.m.Long != nil || !measured || taken[p] || (c.doubtful() && (looks[i].filled == 0 || (looks[i].sequence && looks[i].filled > 2))) {
				if c.text == "" {
					continue
				}
				pr.unread = append(pr.unread, c.text)
				if c.role == noRole && looks[i].numbers > 0 && looks[i].numbers+looks[i].missing == looks[i].filled && pr.m.Long == nil {
					pr.maybe = append(pr.maybe, c.text)
				}
				continue
			}
		}
		taken[p] = true
		pr.m.Columns = append(pr.m.Columns, ColumnRule{Column: name(i), Parameter: p.Code(), Unit: c.unit.String()})
	}
	pr.mend(rows, taken, opt)
	return pr, len(pr.m.Columns) > 0 || pr.m.Long != nil
}

// knownNames reports whether a column holds names of parameters.
func (pr *proposal) knownNames(rows [][]string, i int) bool {
	good, all := 0, 0
	for _, row := range rows {
		if i >= len(row) || row[i] == "" {
			continue
		}
		all++
		if h := parseHeading(row[i]); h.role == roleMeasured {
			good++
		}
	}
	return good*2 >= all
}

// dates finds the columns of the stamp. bare says that the table has no lines, so that the headings alone must do.
func (pr *proposal) dates(looks []look, used []bool, name func(int) string, bare bool) bool {
	g := pr.g
	date := -1
	better := func(i int) bool {
		if date < 0 {
			return true
		}
		// A column that states its zone, and one with a time of day, come before others.
		a, b := g.columns[i], g.columns[date]
		if (a.zone != nil) != (b.zone != nil) {
			return a.zone != nil
		}
		return looks[i].timed*2 > looks[i].filled && looks[date].timed*2 <= looks[date].filled
	}
	for i, c := range g.columns {
		if c.role != roleDate {
			continue
		}
		l := looks[i]
		if (bare || (l.filled > 0 && l.dates*2 >= l.filled) || counted(l, c)) && better(i) {
			date = i
		}
	}
	parts := map[role]int{}
	for i, c := range g.columns {
		if _, twice := parts[c.role]; !twice {
			parts[c.role] = i
		}
	}
	y, hasY := parts[roleYear]
	m, hasM := parts[roleMonth]
	d, hasD := parts[roleDay]
	if date < 0 && !hasD { // "day" alone is read as a date; beside year and month it is the day of the month
		for i, c := range g.columns {
			if hasY && hasM && c.role == roleDate && squash(c.text) == "day" {
				d, hasD = i, true
			}
		}
	}
	switch {
	case date >= 0:
	case hasY && hasM && hasD:
		pr.m.Date.Year, pr.m.Date.Month, pr.m.Date.Day = name(y), name(m), name(d)
		used[y], used[m], used[d] = true, true, true
		if h, ok := parts[roleHour]; ok && (bare || looks[h].times == looks[h].filled) {
			pr.m.Date.Hour, used[h] = name(h), true
			if z := g.columns[h].zone; z != nil {
				pr.m.Zone, pr.zoned = formatOffset(*z), g.columns[h].text
			}
		}
		return true
	default:
		for i := range g.columns {
			if l := looks[i]; l.filled > 0 && l.dates*10 >= l.filled*9 && l.numbers == 0 && better(i) {
				date = i
			}
		}
		if date < 0 {
			return false
		}
	}
	used[date] = true
	pr.m.Date.Columns = []string{name(date)}
	c := g.columns[date]
	pr.lst = c.lst
	if c.zone != nil {
		pr.m.Zone, pr.zoned = formatOffset(*c.zone), c.text
	}
	if looks[date].timed*2 > looks[date].filled || counted(looks[date], c) {
		return true
	}
	for i, c := range g.columns {
		l := looks[i]
		if used[i] || l.times == 0 || l.times*10 < l.filled*9 {
			continue
		}
		switch c.role {
		case roleHour:
			pr.m.Date.Hour, used[i] = name(i), true
			return true
		case roleTime, roleDate:
			if l.dates > 0 && c.role == roleDate && l.hours == 0 && l.times < l.filled {
				continue
			}
			pr.m.Date.Columns, used[i] = append(pr.m.Date.Columns, name(i)), true
			return true
		}
	}
	for i, c := range g.columns { // a time of day under a heading that says nothing known
		if l := looks[i]; !used[i] && c.role == noRole && l.filled > 0 && l.times == l.filled && l.hours == 0 {
			pr.m.Date.Columns, used[i] = append(pr.m.Date.Columns, name(i)), true
			return true
		}
	}
	return true
}

// counted reports whether a column headed as a date counts seconds, or days of a workbook.
func counted(l look, c heading) bool {
	return c.role == roleDate && l.filled > 0 && l.numbers == l.filled && l.dates == 0 && l.times == 0
}
