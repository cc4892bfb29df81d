package network

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
	"time"

	"aircommons/internal/fault"
)

// Precision says how exactly the ends of a period are known.
type Precision string

const (
	Day     Precision = "day"
	Month   Precision = "month"
	Year    Precision = "year"
	Unknown Precision = "unknown"
)

// Period is a time from a first to a last day, both within it, known to a day, a month or a year. From and To are
// cut to what is known: "2019-09-22", "2019-09", "2019". To is empty for a period that has not ended. The zero Period
// and one of precision Unknown are the same: nothing is known.
//
// As text it follows ISO 8601 and its extension EDTF: "2019-09-22/2019-09-23", "2018-01", "2017/2019", "2016/..", "".
// Databases and documents keep that text.
type Period struct {
	From      string
	To        string
	Precision Precision
}

// On is the period of one day, month or year.
func On(from string) Period {
	p, _ := ParsePeriod(from)
	return p
}

// ParsePeriod reads the text of a period. The two ends have the same precision, and the last is not before the first.
func ParsePeriod(s string) (Period, error) {
	s = strings.TrimSpace(s)
	if s == "" || s == string(Unknown) {
		return Period{Precision: Unknown}, nil
	}
	from, to, interval := strings.Cut(s, "/")
	from, to = strings.TrimSpace(from), strings.TrimSpace(to)
	p := Period{From: from}
	var err error
	if p.Precision, err = precisionOf(from); err != nil {
		return Period{}, err
	}
	switch {
	case !interval:
		p.To = from
	case to == ".." || to == "":
		p.To = ""
	default:
		q, err := precisionOf(to)
		if err != nil {
			return Period{}, err
		}
		if q != p.Precision {
			return Period{}, fault.New(fault.Invalid, "network.period.mixed", "Value", s)
		}
		if to < from {
			return Period{}, fault.New(fault.Invalid, "network.period.order", "Value", s)
		}
		p.To = to
	}
	return p, nil
}

// MakePeriod makes a period from the two fields of a form. An empty to means the same day, month or year as from.
func MakePeriod(from, to string) (Period, error) {
	from, to = strings.TrimSpace(from), strings.TrimSpace(to)
	if from == "" && to != "" {
		return Period{}, fault.New(fault.Invalid, "network.period.nofrom", "Value", to)
	}
	if to == "" {
		return ParsePeriod(from)
	}
	return ParsePeriod(from + "/" + to)
}

var layouts = map[Precision]string{Day: "2006-01-02", Month: "2006-01", Year: "2006"}

func precisionOf(s string) (Precision, error) {
	p := map[int]Precision{4: Year, 7: Month, 10: Day}[len(s)]
	if t, err := time.Parse(layouts[p], s); p == "" || err != nil || t.Year() < 1800 || t.Year() > 2200 {
		return "", fault.New(fault.Invalid, "network.period.date", "Value", s)
	}
	return p, nil
}

// Known reports whether anything is known of the period.
func (p Period) Known() bool { return p.From != "" }

// IsZero reports whether nothing is known, so that encoders leave an unknown period out.
func (p Period) IsZero() bool { return !p.Known() }

// Open reports whether the period has begun and not ended.
func (p Period) Open() bool { return p.From != "" && p.To == "" }

func (p Period) String() string {
	switch {
	case !p.Known():
		return ""
	case p.To == "":
		return p.From + "/.."
	case p.To == p.From:
		return p.From
	}
	return p.From + "/" + p.To
}

// First is the earliest day the period can contain, at midnight UTC; the zero time when unknown.
func (p Period) First() time.Time {
	t, _ := time.Parse(layouts[p.Precision], p.From)
	return t
}

// Last is the latest day the period can contain, at midnight UTC; the zero time when unknown or open.
func (p Period) Last() time.Time {
	if p.To == "" {
		return time.Time{}
	}
	t, _ := time.Parse(layouts[p.Precision], p.To)
	switch p.Precision {
	case Month:
		t = t.AddDate(0, 1, -1)
	case Year:
		t = t.AddDate(1, 0, -1)
	}
	return t
}

// Days counts the days of a period known to the day; 0 for any other.
func (p Period) Days() int {
	if p.Precision != Day || p.To == "" || !p.Known() {
		return 0
	}
	return int(p.Last().Sub(p.First()).Hours()/24) + 1
}

// Weekdays are the weekdays of the first and the last day; ok is false unless both are known to the day.
func (p Period) Weekdays() (first, last time.Weekday, ok bool) {
	if p.Days() == 0 {
		return 0, 0, false
	}
	return p.First().Weekday(), p.Last().Weekday(), true
}

// TouchesWeekend reports whether a Saturday or Sunday lies in a period known to the day.
func (p Period) TouchesWeekend() bool {
	for i, d := 0, p.First(); i < min(p.Days(), 7); i, d = i+1, d.AddDate(0, 0, 1) {
		if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
			return true
		}
	}
	return false
}

// SpansWeekend reports whether a Saturday and the Sunday after it both lie in a period known to the day.
func (p Period) SpansWeekend() bool {
	for i, d := 0, p.First(); i < min(p.Days()-1, 8); i, d = i+1, d.AddDate(0, 0, 1) {
		if d.Weekday() == time.Saturday {
			return true
		}
	}
	return false
}

// Contains reports whether the day lies in the period as far as is known.
func (p Period) Contains(day time.Time) bool {
	return p.Known() && !day.Before(p.First()) && (p.To == "" || !day.After(p.Last()))
}

// Overlaps reports whether two periods known to the day share a day.
func (p Period) Overlaps(q Period) bool {
	return p.Days() > 0 && q.Days() > 0 && p.From <= q.To && q.From <= p.To
}

// Gap counts the days between two periods known to the day: 0 when one follows the other directly, negative when they
// overlap. ok is false when either is not known to the day.
func (p Period) Gap(q Period) (days int, ok bool) {
	if p.Days() == 0 || q.Days() == 0 {
		return 0, false
	}
	if p.Overlaps(q) {
		return -1, true
	}
	if q.From < p.From {
		p, q = q, p
	}
	return int(q.First().Sub(p.Last()).Hours()/24) - 1, true
}

// SameDayAndMonth reports whether two periods known to the day have the same days and months, whatever the year.
func (p Period) SameDayAndMonth(q Period) bool {
	return p.Days() > 0 && q.Days() > 0 && p.From[4:] == q.From[4:] && p.To[4:] == q.To[4:]
}

// Contradicts reports whether two periods said of the same thing cannot both be true. They are compared as exactly as
// the coarser of the two is known: a day does not contradict its month. Unknown contradicts nothing.
func (p Period) Contradicts(q Period) bool {
	if !p.Known() || !q.Known() {
		return false
	}
	n := min(len(p.From), len(q.From))
	if p.From[:n] != q.From[:n] {
		return true
	}
	return p.To != "" && q.To != "" && p.To[:n] != q.To[:n]
}

// Before orders periods by their first day; unknown ones come last.
func (p Period) Before(q Period) bool {
	if p.Known() != q.Known() {
		return p.Known()
	}
	if p.From != q.From {
		return p.From < q.From
	}
	return p.To < q.To
}

// Year is the calendar year the period begins in, 0 when unknown.
func (p Period) Year() int {
	if !p.Known() {
		return 0
	}
	y, _ := strconv.Atoi(p.From[:4])
	return y
}

// ReadPrinted reads a date of one or two days as pages print it without a year, like "22▸23 SEP", "31 MAY",
// "30 APR – 2 MAY", with the year from elsewhere. It reads English month names and corrects nothing.
func ReadPrinted(s string, year int) (Period, error) {
	bad := fault.New(fault.Invalid, "network.period.printed", "Value", s)
	r := strings.NewReplacer("▸", " - ", "–", " - ", "—", " - ", "-", " - ", ",", " ")
	fields := strings.Fields(r.Replace(s))
	type part struct{ day, month int }
	var parts []part
	cur := part{}
	for _, f := range append(fields, "-") {
		if f == "-" {
			parts = append(parts, cur)
			cur = part{}
			continue
		}
		if n, err := strconv.Atoi(f); err == nil && n >= 1 && n <= 31 {
			cur.day = n
			continue
		}
		m := 0
		for i := time.January; i <= time.December; i++ {
			if len(f) >= 3 && strings.HasPrefix(strings.ToLower(i.String()), strings.ToLower(f)) {
				m = int(i)
			}
		}
		if m == 0 {
			return Period{}, bad
		}
		cur.month = m
	}
	if len(parts) > 2 {
		return Period{}, bad
	}
	from, to := parts[0], parts[len(parts)-1]
	if from.month == 0 {
		from.month = to.month
	}
	if from.day == 0 || to.day == 0 || from.month == 0 || to.month == 0 {
		return Period{}, bad
	}
	return ParsePeriod(fmt.Sprintf("%04d-%02d-%02d/%04d-%02d-%02d", year, from.month, from.day, year, to.month, to.day))
}

// MarshalText implements encoding.TextMarshaler, for JSON and YAML alike.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *Period) UnmarshalText(b []byte) (err error) {
	*p, err = ParsePeriod(string(b))
	return err
}

// Value implements driver.Valuer.
func (p Period) Value() (driver.Value, error) { return p.String(), nil }

// Scan implements sql.Scanner.
func (p *Period) Scan(src any) (err error) {
	switch v := src.(type) {
	case nil:
		*p = Period{Precision: Unknown}
	case string:
		*p, err = ParsePeriod(v)
	case []byte:
		*p, err = ParsePeriod(string(v))
	default:
		err = fmt.Errorf("network: cannot read %T as a period", src)
	}
	return err
}
