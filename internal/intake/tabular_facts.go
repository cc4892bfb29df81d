package intake

import (
	"slices"
	"strings"
	"time"

	"aircommons/air"
	"aircommons/internal/fault"
)

// hint takes the standard time of the city for stamps that state no zone, and for the days of stamps in UTC, where
// nothing else is known.
func (p *plan) hint(opt Options) {
	if opt.Zone == "" || (p.zone != nil && p.standard != nil) {
		return
	}
	z, err := parseZone(opt.Zone)
	if err != nil {
		return
	}
	city := known{fault.Say("intake.how.city", "Zone", opt.Zone), false}
	if p.standard == nil {
		p.standard = &z.standard
		p.how["standard"] = city
	}
	if p.zone == nil {
		p.zone = &zone{name: formatOffset(z.standard), standard: z.standard}
		p.how["zone"] = city
	}
}

// settleZone says which time the stamps were read in, and asks where nobody knows.
func (t *tabular) settleZone() {
	p, r := t.p, t.reader
	all := t.zoned == t.timed+t.untimed
	if all {
		if p.standard == nil {
			offset := t.offset
			p.standard = &offset
			p.how["standard"] = known{fault.Say("intake.how.smallest"), false}
			a := zoneAsk("intake.ask.standard", "", formatOffset(offset))
			a.Must = offset == 0
			r.ask(a)
		} else if _, told := p.how["standard"]; !told {
			p.how["standard"] = known{p.origin, true}
		}
		p.how["zone"] = known{fault.Say("intake.how.stamps"), true}
		return
	}
	if p.zone != nil && p.standard == nil { // UTC, says the heading
		standard := p.zone.standard
		p.standard = &standard
		p.how["standard"] = known{fault.Say("intake.how.nobody"), false}
		r.ask(zoneAsk("intake.ask.standard", "", formatOffset(standard)))
	}
	how, told := p.how["zone"]
	switch {
	case !told && p.zone == nil:
		p.how["zone"] = known{fault.Say("intake.how.nobody"), false}
		zero := 0
		if p.standard == nil {
			p.standard = &zero
		}
		r.ask(zoneAsk("intake.ask.zone", "", "UTC"))
	case told && !how.sure:
		a := zoneAsk("intake.ask.zone", r.opt.Zone, p.zone.name)
		a.Must = false
		r.ask(a)
	}
}

// zoneAsk asks for the zone. The choices are the standard time and the civil time of the city, where it is known.
func zoneAsk(key, city, assumed string) Ask {
	a := Ask{Property: "zone", Question: fault.Say(key), Assumed: assumed, Must: true}
	if z, err := parseZone(city); err == nil && city != "" {
		a.Choices = append(a.Choices, Choice{formatOffset(z.standard), fault.Say("intake.zone.fixed", "Offset", formatOffset(z.standard))})
		if z.civil() && summer(z) {
			a.Choices = append(a.Choices, Choice{city, fault.Say("intake.zone.civil", "Zone", city)})
		}
	} else {
		for _, offset := range []int{7, 8, 9} {
			o := formatOffset(offset * 3600)
			a.Choices = append(a.Choices, Choice{o, fault.Say("intake.zone.fixed", "Offset", o)})
		}
	}
	a.Choices = append(a.Choices, Choice{"UTC", fault.Say("intake.zone.utc")})
	return a
}

// summer reports whether the clocks of a zone change in summer.
func summer(z zone) bool {
	for _, year := range []int{2005, standardYear, 2024} {
		_, a := time.Date(year, 1, 15, 0, 0, 0, 0, z.loc).Zone()
		_, b := time.Date(year, 7, 15, 0, 0, 0, 0, z.loc).Zone()
		if a != b {
			return true
		}
	}
	return false
}

// choicesOf are the units that a parameter comes in.
func choicesOf(p air.Parameter) []Choice {
	var units []air.Unit
	i, _ := p.Info()
	switch {
	case i.Kind == "gas":
		units = []air.Unit{air.MicrogramPerM3, air.MilligramPerM3, air.PPB, air.PPM}
	case i.Kind == "particle":
		units = []air.Unit{air.MicrogramPerM3, air.MilligramPerM3, air.NanogramPerM3}
	}
	if u := p.MainUnit(); !slices.Contains(units, u) && u != air.NoUnit {
		units = append([]air.Unit{u}, units...)
	}
	out := make([]Choice, len(units))
	for k, u := range units {
		out[k] = Choice{u.String(), fault.Say("intake.unit.one", "Unit", u.Pretty())}
	}
	return out
}

// askUnits asks for the unit of every series that has none.
func (t *tabular) askUnits() {
	asked := map[string]bool{}
	for _, v := range t.p.values {
		if v.unit == air.NoUnit && v.unitFrom < 0 && !asked[v.text] {
			asked[v.text] = true
			t.ask(Ask{Property: "unit", Column: v.text, Question: fault.Say("intake.ask.unit", "Column", v.text), Choices: choicesOf(v.param), Must: true})
		}
	}
	for _, c := range t.open {
		code := c.series.Parameter.Code()
		if c.series.Unit == air.NoUnit && t.p.long != nil && !asked[code] && len(c.series.Time) > 0 {
			asked[code] = true
			t.ask(Ask{Property: "unit", Column: code, Question: fault.Say("intake.ask.unit", "Column", code), Choices: choicesOf(c.series.Parameter), Must: true})
		}
	}
}

var orderKeys = map[string]string{orderYMD: "intake.order.ymd", orderDMY: "intake.order.dmy", orderMDY: "intake.order.mdy", orderUnix: "intake.order.unix", orderUnixMS: "intake.order.unix", orderExcel: "intake.order.excel"}

// facts says what was recognised, and completes the mapping that the report offers.
func (t *tabular) facts() {
	p, r := t.p, t.reader
	say := func(property string, value fault.Message) {
		k, ok := p.how[property]
		if !ok {
			k = known{p.origin, true}
		}
		r.fact(property, value, k.how, k.sure)
	}
	if r.text.name != "xlsx" {
		say("delimiter", fault.Say("intake.delimiter."+strings.NewReplacer(",", "comma", ";", "semicolon", "|", "bar").Replace(delimiterName(p.g.comma))))
	}
	switch p.m.Decimal {
	case ",":
		say("decimal", fault.Say("intake.decimal.comma"))
	default:
		say("decimal", fault.Say("intake.decimal.point"))
	}
	if len(p.stamp) == 0 {
		say("stamps", fault.Say("intake.stamps.columns"))
	} else {
		say("stamps", fault.Say(orderKeys[p.order]))
	}
	t.zoneFacts()
	if t.step < 86400 {
		if p.end {
			say("hour", fault.Say("intake.hour.end"))
		} else {
			say("hour", fault.Say("intake.hour.start"))
		}
	}
	switch t.step {
	case 3600:
		say("step", fault.Say("intake.step.hour"))
	case 86400:
		say("step", fault.Say("intake.step.day"))
	default:
		say("step", fault.Say("intake.step.minutes", "Minutes", int(t.step/60)))
	}
	t.unitFacts()
	count := fault.Say("intake.how.count", "Count", r.Missing)
	if met := p.cells.met; len(met) > 0 {
		r.fact("missing", fault.Say("intake.missing.codes", "Codes", joinColumns(met)), count, true)
	} else {
		r.fact("missing", fault.Say("intake.missing.empty"), count, true)
	}
	t.stationFact()
	t.mapping()
}

func (t *tabular) zoneFacts() {
	p, r := t.p, t.reader
	k := p.how["zone"]
	switch {
	case t.zoned == t.timed+t.untimed:
		r.fact("zone", fault.Say("intake.zone.stamps"), k.how, k.sure)
		k = p.how["standard"]
		r.fact("standard", fault.Say("intake.zone.fixed", "Offset", formatOffset(*p.standard)), k.how, k.sure)
	case p.zone == nil:
		r.fact("zone", fault.Say("intake.zone.none"), k.how, k.sure)
	case p.zone.civil():
		r.fact("zone", fault.Say("intake.zone.civil", "Zone", p.zone.name), k.how, k.sure)
	default:
		r.fact("zone", fault.Say("intake.zone.fixed", "Offset", formatOffset(p.zone.standard)), k.how, k.sure)
		if s, ok := p.how["standard"]; ok && (*p.standard != p.zone.standard || !s.sure && s.how.Key != k.how.Key) {
			r.fact("standard", fault.Say("intake.zone.fixed", "Offset", formatOffset(*p.standard)), s.how, s.sure)
		}
	}
}

// unitFacts groups the columns by unit and by how it was told.
func (t *tabular) unitFacts() {
	type group struct {
		unit air.Unit
		key  string
		sure bool
	}
	columns := map[group][]string{}
	how := map[group]fault.Message{}
	var order []group
	for _, u := range t.p.units {
		g := group{u.unit, u.known.how.String(), u.known.sure}
		if columns[g] == nil {
			order = append(order, g)
		}
		columns[g] = append(columns[g], u.column)
		how[g] = u.known.how
	}
	for _, g := range order {
		t.fact("unit", fault.Say("intake.unit.of", "Unit", g.unit.Pretty(), "Columns", joinColumns(columns[g])), how[g], g.sure)
	}
	seen := map[air.Unit][]string{}
	var units []air.Unit
	for _, c := range t.open {
		if t.p.long == nil && !t.fromColumn(c.series.Parameter) {
			continue
		}
		code := c.series.Parameter.Code()
		if seen[c.series.Unit] == nil {
			units = append(units, c.series.Unit)
		}
		if !slices.Contains(seen[c.series.Unit], code) {
			seen[c.series.Unit] = append(seen[c.series.Unit], code)
		}
	}
	for _, u := range units {
		if u == air.NoUnit {
			continue
		}
		k := known{t.p.origin, true}
		if t.p.long != nil && t.p.long.unit >= 0 {
			k.how = fault.Say("intake.how.column", "Column", t.p.g.columns[t.p.long.unit].text)
		}
		t.fact("unit", fault.Say("intake.unit.of", "Unit", u.Pretty(), "Columns", joinColumns(seen[u])), k.how, k.sure)
	}
}

func (t *tabular) fromColumn(p air.Parameter) bool {
	for _, v := range t.p.values {
		if v.param == p && v.unitFrom >= 0 && v.unit == air.NoUnit {
			return true
		}
	}
	return false
}

func (t *tabular) stationFact() {
	p := t.p
	switch {
	case p.station >= 0:
		t.fact("station", fault.Say("intake.station.column", "Count", len(t.sites)), fault.Say("intake.how.column", "Column", p.g.columns[p.station].text), true)
	case slices.ContainsFunc(p.values, func(v valuePlan) bool { return v.station != "" }):
		t.fact("station", fault.Say("intake.station.headings"), p.origin, true)
	case p.fixed != "":
		how := p.origin
		if p.fixed == t.opt.Station {
			how = fault.Say("intake.how.declared")
		}
		t.fact("station", fault.Say("intake.station.one", "Code", p.fixed), how, true)
	default:
		t.fact("station", fault.Say("intake.station.one", "Code", baseName(t.name)), fault.Say("intake.how.filename"), false)
	}
}

// mapping completes the mapping by what was told, so that it can be looked at, changed and saved.
func (t *tabular) mapping() {
	p, m := t.p, t.p.m
	if t.text.name != "xlsx" {
		m.Encoding = t.text.name
		m.Delimiter = delimiterName(p.g.comma)
	}
	m.Header = max(p.g.header, 1)
	if len(p.stamp) > 0 {
		m.Date.Order = p.order
	}
	if p.zone != nil {
		m.Zone = p.zone.name
	}
	// What was only assumed for want of an answer is left open.
	if k, told := p.how["standard"]; told && k.how.Key != "intake.how.nobody" && (p.zone == nil || *p.standard != p.zone.standard || t.zoned > 0) {
		m.Standard = formatOffset(*p.standard)
	}
	m.Hour = hourStart
	if p.end {
		m.Hour = hourEnd
	}
	m.Step = formatStep(t.step)
	m.Columns = slices.Clone(m.Columns)
	for i := range m.Columns {
		if u := p.values[i].unit; u != air.NoUnit {
			m.Columns[i].Unit = u.String()
		}
	}
	if m.Signature == "" && !m.NoHeader {
		m.Signature = Signature(p.g.names())
	}
	t.Mapping = &m
}
