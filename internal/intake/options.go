package intake

import (
	"strconv"
	"strings"
	"time"

	"aircommons/air"
	"aircommons/internal/fault"
)

// Options change how a file is read. The zero Options recognise everything. They can be kept as JSON to read the file
// again in the same way.
type Options struct {
	Layout  string    `json:"layout,omitempty"`  // name of a layout; empty to recognise it
	Mapping *Mapping  `json:"mapping,omitempty"` // reads the file by this mapping; Layout is not asked then
	Saved   []Mapping `json:"-"`                 // saved mappings; a file with the signature of one is read by it

	// What somebody declared. A declaration stands above what the file or the layout says.
	Offset  *int                     `json:"offset,omitempty"`   // seconds east of UTC: local standard time, and that of stamps where neither file nor mapping states a zone
	Civil   string                   `json:"civil,omitempty"`    // zone whose civil time, summer time included, stamps without a stated zone are in (Europe/Paris)
	HourEnd *bool                    `json:"hour_end,omitempty"` // stamps mark the end (true) or the start of the interval
	Dates   string                   `json:"dates,omitempty"`    // "ymd", "dmy" or "mdy"
	Decimal string                   `json:"decimal,omitempty"`  // "." or ","
	Units   map[string]air.Unit      `json:"units,omitempty"`    // by heading of the column, or by parameter code
	Columns map[string]air.Parameter `json:"columns,omitempty"`  // what a column holds, by its heading
	Station string                   `json:"station,omitempty"`  // code of the station where the file names none

	// Hints stand below what the file says.
	Zone    string `json:"zone,omitempty"`    // zone of the city the file is for: its standard time is assumed where the file states none
	City    string `json:"city,omitempty"`    // city of stations where the file names none
	Country string `json:"country,omitempty"` // two letters

	Now    time.Time `json:"now,omitzero"` // values dated after it are flagged; zero to allow any date
	Limits Limits    `json:"-"`
}

// Answer puts the answer to an Ask into the options. value is one of the choices, or for "zone" any offset or zone name.
func (o *Options) Answer(property, column, value string) error {
	refuse := fault.New(fault.Invalid, "intake.answer.unknown", "Text", value, "Property", property)
	switch property {
	case "unit":
		u, ok := air.ParseUnit(value)
		if !ok {
			return refuse
		}
		if o.Units == nil {
			o.Units = map[string]air.Unit{}
		}
		o.Units[column] = u
	case "parameter":
		p, ok := air.ByCode(value)
		if !ok {
			return refuse
		}
		if o.Columns == nil {
			o.Columns = map[string]air.Parameter{}
		}
		o.Columns[column] = p
	case "zone":
		z, err := parseZone(value)
		if err != nil {
			return refuse
		}
		if z.civil() {
			o.Civil, o.Offset = value, nil
		} else {
			offset := z.standard
			o.Offset, o.Civil = &offset, ""
		}
	case "dates":
		if value != orderYMD && value != orderDMY && value != orderMDY {
			return refuse
		}
		o.Dates = value
	case "hour":
		if value != hourStart && value != hourEnd {
			return refuse
		}
		end := value == hourEnd
		o.HourEnd = &end
	case "decimal":
		if value != "." && value != "," {
			return refuse
		}
		o.Decimal = value
	default:
		return refuse
	}
	return nil
}

// zone is a fixed offset, or a place whose clocks may change.
type zone struct {
	name     string         // as written
	loc      *time.Location // nil for a fixed offset
	standard int            // seconds east of UTC without summer time
}

func (z zone) civil() bool { return z.loc != nil }

// parseZone reads "UTC", "Z", "+09:00", "+0900", "UTC+8", "GMT-03:30" or the name of a zone.
func parseZone(text string) (zone, error) {
	t := strings.TrimSpace(text)
	if offset, ok := parseOffset(t); ok {
		return zone{name: t, standard: offset}, nil
	}
	if t == "" || t == "Local" {
		return zone{}, fault.New(fault.Invalid, "intake.zone.unknown", "Text", text)
	}
	loc, err := time.LoadLocation(t)
	if err != nil {
		return zone{}, fault.Wrap(fault.Invalid, err, "intake.zone.unknown", "Text", text)
	}
	z := zone{name: t, loc: loc, standard: standardOffset(loc, standardYear)}
	return z, nil
}

// standardYear is the year whose clocks tell the standard time of a zone.
const standardYear = 2015

// standardOffset is the offset of a zone without summer time, seconds east of UTC: the smaller one of January and July
// (clocks go forward in summer, in the south in January). Ireland, whose law calls the summer the standard, is right too.
func standardOffset(loc *time.Location, year int) int {
	_, a := time.Date(year, 1, 15, 0, 0, 0, 0, loc).Zone()
	_, b := time.Date(year, 7, 15, 0, 0, 0, 0, loc).Zone()
	return min(a, b)
}

// parseOffset reads a fixed offset: "UTC", "Z", "GMT", "+9", "+09:00", "-0330", "UTC+8".
func parseOffset(t string) (seconds int, ok bool) {
	t = strings.ToUpper(strings.TrimSpace(t))
	switch t {
	case "UTC", "GMT", "Z":
		return 0, true
	}
	t = strings.TrimPrefix(strings.TrimPrefix(t, "UTC"), "GMT")
	t = strings.ReplaceAll(strings.ReplaceAll(t, " ", ""), "−", "-")
	if len(t) < 2 || (t[0] != '+' && t[0] != '-') {
		return 0, false
	}
	h, m, colon := strings.Cut(t[1:], ":")
	if !colon && len(h) > 2 {
		h, m = h[:len(h)-2], h[len(h)-2:]
	}
	hours, err := strconv.Atoi(h)
	if err != nil || len(h) > 2 || hours > 14 {
		return 0, false
	}
	minutes := 0
	if m != "" {
		if minutes, err = strconv.Atoi(m); err != nil || minutes > 59 || len(m) != 2 {
			return 0, false
		}
	}
	seconds = hours*3600 + minutes*60
	if t[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// formatOffset is "+09:00".
func formatOffset(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	return sign + time.Unix(int64(seconds), 0).UTC().Format("15:04")
}
