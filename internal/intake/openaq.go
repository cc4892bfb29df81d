package intake

import (
	"strings"
	"time"

	"aircommons/air"
	"aircommons/internal/fault"
)

// What OpenAQ says of its stamps: the averages are always backward looking, so of 3 to 4 pm the stamp is 4 pm
// (openaq-data-format, Dates and date ranges, for versions 1 and 2); stamps follow a time-ending standard
// (docs.openaq.org, Dates, times and timezones, for version 3, its archive and the Explorer).

// openAQ gathers the measurements of any of its forms.
type openAQ struct {
	*reader
	missing  *valueReader
	sites    map[string]*openAQSite
	order    []*openAQSite
	params   map[string]air.Parameter
	units    map[string]air.Unit
	averages int  // measurements that state their interval
	starts   bool // stamps are the begin of the interval
}

// openAQSite is one location.
type openAQSite struct {
	station  Station
	zone     string // as the file states it
	offset   int    // the smallest of its local stamps
	hasLocal bool
	at       int64 // a moment, and the offset of its local stamp
	shown    int
	series   map[openAQKey]*collector
}

type openAQKey struct {
	param air.Parameter
	unit  air.Unit
	step  int64
}

// measurement is one value of any form.
type measurement struct {
	code, name, city, country, zone string
	lat, lon                        float64
	placed                          bool
	param, unit                     string
	at                              int64 // the stamp, Unix seconds
	offset                          int   // of the local stamp
	local                           bool  // offset is known
	step                            int64 // 0: not stated
	value                           float64
	flagged                         bool
	line                            int
	column                          string
}

func newOpenAQ(r *reader) *openAQ {
	return &openAQ{reader: r, missing: newValueReader(DefaultMissing, nil), sites: map[string]*openAQSite{}, params: map[string]air.Parameter{}, units: map[string]air.Unit{}}
}

// site finds or opens the location of a measurement.
func (o *openAQ) site(m *measurement) (*openAQSite, error) {
	code := m.code
	if code == "" {
		code = m.name
	}
	if code == "" {
		if code = o.opt.Station; code == "" {
			code = baseName(o.name)
		}
	}
	s := o.sites[code]
	if s == nil {
		if len(o.sites) >= o.opt.Limits.series() {
			return nil, fault.New(fault.Invalid, "intake.series.many", "File", o.path, "Limit", o.opt.Limits.series())
		}
		s = &openAQSite{station: Station{Code: clip(code, 120), Name: clip(m.name, 120), City: clip(m.city, 120), Country: m.country, Lat: m.lat, Lon: m.lon, HasPlace: m.placed}, zone: m.zone, series: map[openAQKey]*collector{}}
		if s.station.Name == "" {
			s.station.Name = s.station.Code
		}
		if s.station.City == "" {
			s.station.City = o.opt.City
		}
		if s.station.Country == "" {
			s.station.Country = o.opt.Country
		}
		o.sites[strings.Clone(code)] = s
		o.order = append(o.order, s)
	}
	if m.local && (!s.hasLocal || m.offset < s.offset) {
		s.hasLocal, s.offset = true, m.offset
		s.at, s.shown = m.at, m.offset
	}
	return s, nil
}

// take stores a measurement in its series, or says why not. text is the line for people.
func (o *openAQ) take(m *measurement, text func() string) error {
	reject := func(column string, why fault.Message) {
		if o.RejectedTotal < MaxLines {
			o.reject(m.line, column, text(), why)
		} else {
			o.RejectedTotal++
		}
	}
	p, ok := o.params[m.param]
	if !ok {
		if p, ok = parameterOf(m.param); !ok {
			p = 0
		}
		if len(o.params) < 1000 {
			o.params[strings.Clone(m.param)] = p
		}
	}
	u, ok := o.units[m.unit]
	if !ok {
		u, _ = air.ParseUnit(m.unit)
		if len(o.units) < 1000 {
			o.units[strings.Clone(m.unit)] = u
		}
	}
	if declared, ok := o.opt.Units[p.Code()]; ok && p != 0 {
		u = declared
	}
	if p == 0 || u == air.NoUnit {
		reject(m.column, fault.Say("intake.parameter.unknown", "Text", clip(strings.TrimSpace(m.param+" "+m.unit), 60)))
		return nil
	}
	if m.at < -2208988800 || m.at > 7258118400 {
		reject(m.column, stampFault(""))
		return nil
	}
	s, err := o.site(m)
	if err != nil {
		return err
	}
	key := openAQKey{p, u, m.step}
	c := s.series[key]
	if c == nil {
		if len(o.open) >= o.opt.Limits.series() {
			return fault.New(fault.Invalid, "intake.series.many", "File", o.path, "Limit", o.opt.Limits.series())
		}
		c = o.collect(s.station, p, u, m.step, 0, 0)
		s.series[key] = c
	}
	if m.step > 0 {
		o.averages++
	}
	if m.flagged {
		c.mark = append(c.mark, m.at)
		if o.NotedTotal < MaxLines {
			o.note(m.line, m.column, text(), fault.Say("intake.flagged.source"), fault.Say("intake.kept.flagged"))
		} else {
			o.NotedTotal++
		}
	}
	c.add(m.at, m.value, m.line)
	return nil
}

// finishAQ settles intervals and standard times, and says what was recognised. sure says that the documentation of the
// form states that a stamp ends its interval.
func (o *openAQ) finishAQ(layout string, hourHow fault.Message, sure bool) error {
	r := o.reader
	if r.Rows == 0 {
		return fault.New(fault.Invalid, "intake.rows.none", "File", r.path)
	}
	r.head(layout, fault.Say("intake.how.header"))
	r.fact("zone", fault.Say("intake.zone.stamps"), fault.Say("intake.how.stamps"), true)
	o.standards()
	step, share, n := interval(r.open)
	common, sureStep, err := r.settleStep(step, share, n)
	if err != nil {
		common, sureStep = 3600, false
	}
	assumed := false
	end := !o.starts
	if r.opt.HourEnd != nil {
		end = *r.opt.HourEnd
	}
	for _, s := range o.order {
		for _, c := range s.series {
			if c.series.Step == 0 {
				assumed = assumed || !sureStep
				c.series.Step = common
			}
			if o.starts && c.series.Step == 86400 { // dates, until the standard time was known
				for i := range c.series.Time {
					c.series.Time[i] -= int64(s.offset)
				}
				for i := range c.mark {
					c.mark[i] -= int64(s.offset)
				}
			}
			if end {
				for i := range c.series.Time {
					c.series.Time[i] -= c.series.Step
				}
				for i := range c.mark {
					c.mark[i] -= c.series.Step
				}
			}
			c.station, c.series.Offset = s.station, s.offset
		}
	}
	if r.opt.HourEnd != nil {
		hourHow, sure = fault.Say("intake.how.declared"), true
	}
	if end {
		r.fact("hour", fault.Say("intake.hour.end"), hourHow, sure)
	} else {
		r.fact("hour", fault.Say("intake.hour.start"), hourHow, sure)
	}
	o.stepFact(assumed)
	o.unitFact()
	if met := o.missing.met; len(met) > 0 {
		r.fact("missing", fault.Say("intake.missing.codes", "Codes", joinColumns(met)), fault.Say("intake.how.count", "Count", r.Missing), true)
	} else {
		r.fact("missing", fault.Say("intake.missing.empty"), fault.Say("intake.how.count", "Count", r.Missing), true)
	}
	return nil
}

// stationFact says how many locations there are.
func (o *openAQ) stationFact(column string) {
	o.fact("station", fault.Say("intake.station.column", "Count", len(o.sites)), fault.Say("intake.how.column", "Column", column), true)
}

func (o *openAQ) stepFact(assumed bool) {
	steps := map[int64]bool{}
	for _, c := range o.open {
		if steps[c.series.Step] {
			continue
		}
		steps[c.series.Step] = true
		how := fault.Say("intake.how.neighbours")
		if o.averages > 0 {
			how = fault.Say("intake.how.stated")
		} else if assumed {
			how = fault.Say("intake.how.single.step")
		}
		o.fact("step", stepMessage(c.series.Step), how, !assumed || o.averages > 0)
		if len(steps) == 4 {
			break
		}
	}
}

// stepMessage says an interval.
func stepMessage(step int64) fault.Message {
	switch step {
	case 3600:
		return fault.Say("intake.step.hour")
	case 86400:
		return fault.Say("intake.step.day")
	}
	return fault.Say("intake.step.minutes", "Minutes", int(step/60))
}

func (o *openAQ) unitFact() {
	columns := map[air.Unit][]string{}
	seen := map[openAQKey]bool{}
	var units []air.Unit
	for _, c := range o.open {
		k := openAQKey{c.series.Parameter, c.series.Unit, 0}
		if seen[k] {
			continue
		}
		seen[k] = true
		if columns[c.series.Unit] == nil {
			units = append(units, c.series.Unit)
		}
		columns[c.series.Unit] = append(columns[c.series.Unit], c.series.Parameter.Code())
	}
	for _, u := range units {
		o.fact("unit", fault.Say("intake.unit.of", "Unit", u.Pretty(), "Columns", joinColumns(columns[u])), fault.Say("intake.how.each"), true)
	}
}

// standards finds the local standard time of each location: declared, the zone that the file names, the smallest offset
// of its local stamps (summer time only adds), the one zone of its country, the city the file is for.
func (o *openAQ) standards() {
	r := o.reader
	type told struct {
		key, arg string
		sure     bool
	}
	found := map[told][]string{}
	var order []told
	unknown, unsure := false, false
	for _, s := range o.order {
		how := told{}
		switch z, err := parseZone(s.zone); {
		case r.opt.Offset != nil:
			s.offset, how = *r.opt.Offset, told{"intake.how.declared", "", true}
		case s.zone != "" && err == nil:
			s.offset, how = z.standard, told{"intake.how.zone", s.zone, true}
		case countryZone(s.station.Country) != "":
			name := countryZone(s.station.Country)
			z, _ := parseZone(name)
			s.offset, how = z.standard, told{"intake.how.country", s.station.Country, true}
		case s.hasLocal && agrees(r.opt.Zone, s.at, s.shown):
			z, _ := parseZone(r.opt.Zone)
			s.offset, how = z.standard, told{"intake.how.agrees", r.opt.Zone, true}
		case s.hasLocal:
			how, unsure = told{"intake.how.smallest", "", false}, true
		case r.opt.Zone != "":
			if z, err := parseZone(r.opt.Zone); err == nil {
				s.offset = z.standard
			}
			how = told{"intake.how.city", r.opt.Zone, false}
		default:
			how, unknown = told{"intake.how.nobody", "", false}, true
		}
		if found[how] == nil {
			order = append(order, how)
		}
		if o := formatOffset(s.offset); len(found[how]) < 6 && !contains(found[how], o) {
			found[how] = append(found[how], o)
		}
	}
	for _, h := range order {
		how := fault.Say(h.key)
		switch h.key {
		case "intake.how.zone", "intake.how.city", "intake.how.agrees":
			how = fault.Say(h.key, "Zone", h.arg)
		case "intake.how.country":
			how = fault.Say(h.key, "Country", h.arg)
		}
		r.fact("standard", fault.Say("intake.zone.fixed", "Offset", strings.Join(found[h], ", UTC")), how, h.sure)
	}
	if unknown {
		r.ask(zoneAsk("intake.ask.standard", "", "UTC"))
	} else if unsure {
		a := zoneAsk("intake.ask.standard", "", formatOffset(o.order[0].offset))
		a.Must = false
		r.ask(a)
	}
}

// agrees reports whether the clocks of a zone show the offset of a local stamp.
func agrees(name string, at int64, offset int) bool {
	if name == "" {
		return false
	}
	z, err := parseZone(name)
	if err != nil || z.loc == nil {
		return false
	}
	_, shown := time.Unix(at, 0).In(z.loc).Zone()
	return shown == offset
}

func contains(all []string, s string) bool {
	for _, x := range all {
		if x == s {
			return true
		}
	}
	return false
}

// countryZones name the zone of countries that have one (for those with far islands, that of the mainland).
var countryZones = map[string]string{"CN": "Asia/Shanghai", "KR": "Asia/Seoul", "JP": "Asia/Tokyo", "TW": "Asia/Taipei", "HK": "Asia/Hong_Kong", "MO": "Asia/Macau",
	"IN": "Asia/Kolkata", "SG": "Asia/Singapore", "TH": "Asia/Bangkok", "VN": "Asia/Ho_Chi_Minh", "PH": "Asia/Manila", "MY": "Asia/Kuala_Lumpur", "NP": "Asia/Kathmandu", "BD": "Asia/Dhaka",
	"LK": "Asia/Colombo", "PK": "Asia/Karachi", "LA": "Asia/Vientiane", "KH": "Asia/Phnom_Penh", "MM": "Asia/Yangon", "AE": "Asia/Dubai", "KW": "Asia/Kuwait", "BH": "Asia/Bahrain",
	"GB": "Europe/London", "IE": "Europe/Dublin", "FR": "Europe/Paris", "BE": "Europe/Brussels", "NL": "Europe/Amsterdam", "LU": "Europe/Luxembourg", "DE": "Europe/Berlin", "IT": "Europe/Rome",
	"ES": "Europe/Madrid", "AD": "Europe/Andorra", "CH": "Europe/Zurich", "AT": "Europe/Vienna", "PL": "Europe/Warsaw", "CZ": "Europe/Prague", "SK": "Europe/Bratislava", "HU": "Europe/Budapest",
	"DK": "Europe/Copenhagen", "SE": "Europe/Stockholm", "NO": "Europe/Oslo", "FI": "Europe/Helsinki", "GR": "Europe/Athens", "RO": "Europe/Bucharest", "BG": "Europe/Sofia", "BA": "Europe/Sarajevo"}

func countryZone(country string) string { return countryZones[strings.ToUpper(country)] }

// readTime reads an ISO stamp of OpenAQ: the moment, and the offset where it states one.
func readTime(text string) (at int64, offset int, zoned, ok bool) {
	s, ok := readStamp([]byte(text), orderYMD)
	if !ok || !s.century {
		return 0, 0, false, false
	}
	return s.wall - int64(s.offset), s.offset, s.zoned, true
}

// utcTime is readTime of a field that is in UTC whether it says so or not.
func utcTime(text string) (int64, bool) {
	at, _, _, ok := readTime(text)
	return at, ok
}

// parseInterval reads "01:00:00", "24:00:00", "00:15:00".
func parseInterval(text string) int64 {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return 0
	}
	total := int64(0)
	for i, unit := range []int64{3600, 60, 1} {
		n, ok := integer([]byte(parts[i]))
		if !ok {
			return 0
		}
		total += int64(n) * unit
	}
	return total
}
