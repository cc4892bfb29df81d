package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"aircommons/internal/fault"
)

// openAQResult is one result of any of the API's answers, with the fields by which they are told apart.
type openAQResult struct {
	// Versions 1 and 2.
	Location   json.RawMessage `json:"location"`
	LocationID json.RawMessage `json:"locationId"`
	City       json.RawMessage `json:"city"`
	Country    json.RawMessage `json:"country"`
	Unit       string          `json:"unit"`
	Date       *openAQTime     `json:"date"`
	Averaging  *struct {
		Value json.RawMessage `json:"value"`
		Unit  string          `json:"unit"`
	} `json:"averagingPeriod"`
	Measurements json.RawMessage `json:"measurements"`
	Counts       json.RawMessage `json:"countsByMeasurement"`
	FirstUpdated json.RawMessage `json:"firstUpdated"`
	// Version 3.
	Period *struct {
		Label    string      `json:"label"`
		Interval string      `json:"interval"`
		From     *openAQTime `json:"datetimeFrom"`
		To       *openAQTime `json:"datetimeTo"`
	} `json:"period"`
	FlagInfo *struct {
		HasFlags bool `json:"hasFlags"`
	} `json:"flagInfo"`
	SensorsID json.RawMessage `json:"sensorsId"`
	Sensors   json.RawMessage `json:"sensors"`
	DateTime  json.RawMessage `json:"datetime"`
	ID        json.RawMessage `json:"id"`
	Latest    json.RawMessage `json:"latest"`
	// All.
	Parameter   json.RawMessage `json:"parameter"`
	Value       json.RawMessage `json:"value"`
	Coordinates *struct {
		Latitude  *float64 `json:"latitude"`
		Longitude *float64 `json:"longitude"`
	} `json:"coordinates"`
}

type openAQTime struct {
	UTC   string `json:"utc"`
	Local string `json:"local"`
}

// openAQKind is what an answer holds.
type openAQKind uint8

const (
	notOpenAQ openAQKind = iota
	measurements1
	measurements3
	latest // values of one moment
	places // lists of locations, sensors and the like
	nothing
)

// kind tells what a result is.
func (x *openAQResult) kind() openAQKind {
	object := bytes.HasPrefix(x.Parameter, []byte("{"))
	switch {
	case x.Period != nil && object:
		return measurements3
	case x.Parameter != nil && !object && x.Date != nil && x.Value != nil:
		return measurements1
	case x.Measurements != nil, x.SensorsID != nil && x.DateTime != nil:
		return latest
	case x.Counts != nil, x.FirstUpdated != nil, x.Sensors != nil, x.ID != nil, x.Latest != nil:
		return places
	}
	return notOpenAQ
}

// errEnough ends the walk over results.
var errEnough = errors.New("intake: enough results")

// eachResult calls f for every result: of answers with "results", of a bare list, of results one a line. at is where it
// ends in data. An answer without results gives none; error is its own words where it says so.
func eachResult(data []byte, f func(raw json.RawMessage, at int64) error) (answer bool, detail string, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return answer, detail, err
		}
		switch t {
		case json.Delim('['):
			if err := list(d, f); err != nil {
				return answer, detail, err
			}
		case json.Delim('{'):
			// Either an answer, whose results are walked one by one, or a result itself, which is put together again.
			fields := map[string]json.RawMessage{}
			walked := false
			for d.More() {
				k, err := d.Token()
				if err != nil {
					return answer, detail, err
				}
				key, _ := k.(string)
				if key == "results" && !walked {
					answer, walked = true, true
					open, err := d.Token()
					if err != nil {
						return answer, detail, err
					}
					if open == json.Delim('[') {
						if err := list(d, f); err != nil {
							return answer, detail, err
						}
					} else if open == json.Delim('{') {
						return answer, detail, errEnough
					}
					continue
				}
				var raw json.RawMessage
				if err := d.Decode(&raw); err != nil {
					return answer, detail, err
				}
				if len(fields) < 200 {
					fields[key] = raw
				}
			}
			if _, err := d.Token(); err != nil {
				return answer, detail, err
			}
			if walked {
				continue
			}
			for _, key := range []string{"detail", "message", "error"} {
				if s := text(fields[key]); s != "" && detail == "" {
					detail = s
				}
			}
			raw, err := json.Marshal(fields)
			if err != nil {
				return answer, detail, err
			}
			if err := f(raw, d.InputOffset()); err != nil {
				return answer, detail, err
			}
		default:
			return answer, detail, errEnough
		}
	}
	return answer, detail, nil
}

// list walks a list to its end.
func list(d *json.Decoder, f func(raw json.RawMessage, at int64) error) error {
	for d.More() {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		if err := f(raw, d.InputOffset()); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// text is a JSON text or number as text, empty for anything else.
func text(raw json.RawMessage) string {
	if len(raw) == 0 {
		return ""
	}
	if raw[0] == '"' {
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return strings.TrimSpace(s)
		}
		return ""
	}
	if raw[0] == '-' || (raw[0] >= '0' && raw[0] <= '9') {
		return string(raw)
	}
	return ""
}

// look tells what the beginning of an answer holds, by its first result.
func lookOpenAQ(head []byte) openAQKind {
	found := notOpenAQ
	answer, _, err := eachResult(head, func(raw json.RawMessage, _ int64) error {
		var x openAQResult
		if json.Unmarshal(raw, &x) == nil {
			found = x.kind()
		}
		return errEnough
	})
	if found == notOpenAQ && answer && err == nil && bytes.Contains(head, []byte("openaq")) {
		return nothing
	}
	return found
}

// version3 reports whether an answer that is no list of measurements is of the API's version 3.
func version3(head []byte) bool {
	return !bytes.Contains(head, []byte(`"license"`)) || bytes.Contains(head, []byte(`"isMonitor"`)) || bytes.Contains(head, []byte(`"sensorsId"`))
}

func isOpenAQ1(s *sight) bool {
	if !s.json {
		return false
	}
	switch k := lookOpenAQ(s.head); k {
	case measurements1:
		return true
	case latest, places, nothing:
		return !version3(s.head) && bytes.Contains(s.head, []byte("openaq"))
	}
	return false
}

func isOpenAQ3(s *sight) bool {
	if !s.json {
		return false
	}
	switch k := lookOpenAQ(s.head); k {
	case measurements3:
		return true
	case latest, places, nothing:
		return version3(s.head) && bytes.Contains(s.head, []byte("openaq"))
	}
	return false
}

func readOpenAQ1(r *reader) error {
	return readOpenAQ(r, "openaq-v1", measurements1, fault.Say("intake.how.openaq.old"), false)
}

func readOpenAQ3(r *reader) error {
	return readOpenAQ(r, "openaq-v3", measurements3, fault.Say("intake.how.period"), true)
}

func readOpenAQ(r *reader, layout string, want openAQKind, hourHow fault.Message, sure bool) error {
	o := newOpenAQ(r)
	o.starts = want == measurements3
	line, counted := 1, int64(0)
	met := map[openAQKind]int{}
	rollups := ""
	answer, detail, err := eachResult(r.data, func(raw json.RawMessage, at int64) error {
		begin := max(at-int64(len(raw)), counted)
		line += bytes.Count(r.data[counted:begin], []byte{'\n'})
		counted = begin
		if r.Rows++; r.Rows > r.opt.Limits.rows() {
			return fault.New(fault.Invalid, "intake.rows.many", "File", r.path, "Limit", r.opt.Limits.rows())
		}
		shown := func() string {
			return clip(strings.Join(strings.Fields(string(raw[:min(len(raw), 1000)])), " "), 200)
		}
		column := "results[" + strconv.Itoa(r.Rows-1) + "]"
		var x openAQResult
		if err := json.Unmarshal(raw, &x); err != nil {
			met[want]++
			if r.RejectedTotal < MaxLines {
				r.reject(line, column, shown(), fault.Say("intake.json.result"))
			} else {
				r.RejectedTotal++
			}
			return nil
		}
		k := x.kind()
		met[k]++
		if k != want {
			return nil
		}
		m := measurement{line: line, column: column}
		why, rollup := o.result(&x, &m)
		if rollup != "" {
			rollups = rollup
			return errEnough
		}
		if why.Key == "missing" {
			r.Missing++
			return nil
		}
		if why.Key != "" {
			if r.RejectedTotal < MaxLines {
				r.reject(line, column, shown(), why)
			} else {
				r.RejectedTotal++
			}
			return nil
		}
		return o.take(&m, shown)
	})
	var f *fault.Error
	switch {
	case errors.As(err, &f):
		return f
	case rollups != "":
		return fault.New(fault.Invalid, "intake.openaq.rollup", "File", r.path, "Label", clip(rollups, 40))
	case err != nil && !errors.Is(err, errEnough):
		return fault.Wrap(fault.Invalid, err, "intake.json.damaged", "File", r.path, "Line", line)
	case detail != "" && met[want] == 0:
		return fault.New(fault.Invalid, "intake.json.detail", "File", r.path, "Text", clip(detail, 200))
	case met[want] == 0 && met[latest] > 0:
		return fault.New(fault.Invalid, "intake.openaq.latest", "File", r.path, "Count", met[latest])
	case met[want] == 0 && met[places] > 0:
		return fault.New(fault.Invalid, "intake.openaq.places", "File", r.path, "Count", met[places])
	case met[want] == 0 && answer:
		return fault.New(fault.Invalid, "intake.openaq.nothing", "File", r.path)
	case met[want] == 0:
		return fault.New(fault.Invalid, "intake.layout.json", "File", r.path)
	}
	if err := o.finishAQ(layout, hourHow, sure); err != nil {
		return err
	}
	if want == measurements3 && len(o.sites) == 1 && o.order[0].station.Code == baseName(r.name) {
		r.fact("station", fault.Say("intake.station.one", "Code", baseName(r.name)), fault.Say("intake.how.filename"), false)
	} else {
		o.stationFact("location")
	}
	return nil
}

// result turns a result into a measurement. why is "missing" for one without a value; rollup is the label of an average
// that is no measurement.
func (o *openAQ) result(x *openAQResult, m *measurement) (why fault.Message, rollup string) {
	if c := x.Coordinates; c != nil && c.Latitude != nil && c.Longitude != nil {
		m.lat, m.lon, m.placed = *c.Latitude, *c.Longitude, (*c.Latitude != 0 || *c.Longitude != 0) && *c.Latitude >= -90 && *c.Latitude <= 90 && *c.Longitude >= -180 && *c.Longitude <= 180
	}
	if x.Period == nil {
		m.code, m.name, m.city, m.country = text(x.LocationID), text(x.Location), text(x.City), strings.ToUpper(text(x.Country))
		if len(m.country) != 2 {
			m.country = ""
		}
		m.param, m.unit = text(x.Parameter), x.Unit
		at, ok := utcTime(x.Date.UTC)
		if !ok {
			return stampFault(x.Date.UTC), ""
		}
		m.at = at
		if _, offset, zoned, ok := readTime(x.Date.Local); ok && zoned {
			m.offset, m.local = offset, true
		}
		if a := x.Averaging; a != nil {
			n, ok := number([]byte(text(a.Value)))
			switch unit := strings.ToLower(a.Unit); {
			case !ok:
			case strings.HasPrefix(unit, "hour"):
				m.step = int64(n * 3600)
			case strings.HasPrefix(unit, "min"):
				m.step = int64(n * 60)
			case strings.HasPrefix(unit, "day"):
				m.step = int64(n * 86400)
			}
			if m.step < 60 || m.step > 86400 || 86400%m.step != 0 {
				m.step = 0
			}
		}
	} else if rollup := o.period(x, m, &why); rollup != "" || why.Key != "" {
		return why, rollup
	}
	v := text(x.Value)
	if v == "" {
		return fault.Say("missing"), ""
	}
	n, kind, reason := o.missing.read([]byte(v), '.', 0)
	switch kind {
	case cellMissing:
		return fault.Say("missing"), ""
	case cellFault:
		return reason, ""
	}
	m.value = n
	return fault.Message{}, ""
}

// period reads what version 3 says of the interval.
func (o *openAQ) period(x *openAQResult, m *measurement, why *fault.Message) (rollup string) {
	var param struct {
		Name  string `json:"name"`
		Units string `json:"units"`
	}
	if json.Unmarshal(x.Parameter, &param) != nil {
		*why = fault.Say("intake.json.result")
		return ""
	}
	m.param, m.unit = param.Name, param.Units
	p := x.Period
	if p.From == nil || p.To == nil {
		return p.Label + " "
	}
	from, ok1 := utcTime(p.From.UTC)
	to, ok2 := utcTime(p.To.UTC)
	if !ok1 || !ok2 {
		*why = stampFault(p.From.UTC)
		return ""
	}
	m.at, m.step = from, to-from
	_, offset, zoned, ok := readTime(p.From.Local)
	if ok && zoned {
		m.offset, m.local = offset, true
	}
	stated := parseInterval(p.Interval)
	switch {
	case stated == 86400 || (m.step > 82000 && m.step < 91000):
		// A day of civil time has 23 or 25 hours twice a year; statistics count days of standard time.
		m.step = 86400
		wall := from + int64(offset)
		m.at = wall - ((wall%86400)+86400)%86400
	case m.step > 91000 || (m.step == 0 && stated == 0):
		return p.Label + " "
	case m.step <= 0:
		m.step = stated
	}
	if m.step < 60 || m.step > 86400 || 86400%m.step != 0 {
		*why = fault.Say("intake.interval.odd", "Text", clip(p.Interval, 40))
		return ""
	}
	m.flagged = x.FlagInfo != nil && x.FlagInfo.HasFlags
	return ""
}
