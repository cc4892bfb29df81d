package activity

import (
	"strings"
	"time"
	_ "time/tzdata" // zones on a machine that has none

	"aircommons/internal/catalog"
	"aircommons/internal/fault"
)

// ClockLayout is how an item keeps a time on the wall.
const ClockLayout = "2006-01-02T15:04"

// Clock reads a time on the wall in a zone. A time that the zone skips or has twice is an error of the form, since
// nobody can meet at it.
func Clock(wall string, zone *time.Location) (time.Time, error) {
	t, err := time.ParseInLocation(ClockLayout, wall, zone)
	if err != nil {
		return time.Time{}, fault.New(fault.Invalid, "activity.item.clock", "Value", wall)
	}
	if t.Format(ClockLayout) != wall {
		return time.Time{}, fault.New(fault.Invalid, "activity.item.skipped", "Value", wall)
	}
	return t, nil
}

// Clocks are the two clocks that a time is shown on.
type Clocks struct {
	Place  *time.Location // where it happens
	Name   string         // of that place in the reader's language; empty: the city the zone is named after
	Reader *time.Location // nil: no zone chosen
}

// Pair writes a moment as the place sees it and, where that differs, as the reader sees it: "09:00 Seoul (02:00 Paris)".
// Where the reader has another day, weekday and day stand before the reader's time: "09:00 Seoul (Sun 4 July 20:00 New York)".
func (c Clocks) Pair(w *catalog.Words, t time.Time) string { return c.Range(w, t, time.Time{}) }

// Range is Pair from one moment to another: "09:00–10:30 Seoul (02:00–03:30 Paris)". A zero end is none.
func (c Clocks) Range(w *catalog.Words, from, to time.Time) string {
	name := c.Name
	if name == "" {
		name = ZoneName(w, c.Place)
	}
	there := span(w, from.In(c.Place), from, to, c.Place)
	if c.Reader == nil || sameClock(from, c.Place, c.Reader) && (to.IsZero() || sameClock(to, c.Place, c.Reader)) {
		return w.T("activity.pair.one", "Time", there, "Place", name)
	}
	here := span(w, from.In(c.Place), from, to, c.Reader)
	return w.T("activity.pair.two", "Time", there, "Place", name, "Reader", ZoneName(w, c.Reader), "Here", here)
}

// span writes from and to on the clock of zone, with the day before either that is not on the day of at.
func span(w *catalog.Words, at, from, to time.Time, zone *time.Location) string {
	from = from.In(zone)
	s := clockOn(w, at, from)
	if !to.IsZero() {
		s += "–" + clockOn(w, from, to.In(zone))
	}
	return s
}

func clockOn(w *catalog.Words, day, t time.Time) string {
	if civil(day).Equal(civil(t)) {
		return w.Clock(t)
	}
	return w.T("activity.pair.day", "Weekday", w.WeekdayShort(t.Weekday()), "Day", w.DayMonth(int(t.Month()), t.Day())) + " " + w.Clock(t)
}

func sameClock(t time.Time, a, b *time.Location) bool {
	_, x := t.In(a).Zone()
	_, y := t.In(b).Zone()
	return x == y
}

func civil(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// ZoneName is the city a zone is named after, in the reader's language: "New York", "뉴욕".
func ZoneName(w *catalog.Words, zone *time.Location) string {
	key := "activity.zone." + strings.ToLower(strings.ReplaceAll(zone.String(), "/", "."))
	if w.Has(key) {
		return w.T(key)
	}
	name := zone.String()
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	return strings.ReplaceAll(name, "_", " ")
}

// Moments reads the times of an item. Times that are not stated are zero.
func (i Item) Moments(zone *time.Location) (from, to time.Time) {
	if zone == nil {
		return from, to
	}
	from, _ = Clock(i.Starts, zone)
	to, _ = Clock(i.Ends, zone)
	return from, to
}

// Zones are those a reader can choose from: where the network's cities and benchmark regions lie, then the world.
var Zones = []string{
	"Asia/Seoul", "Asia/Shanghai", "Asia/Tokyo", "Asia/Ulaanbaatar", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Bangkok",
	"Asia/Manila", "Asia/Singapore", "Asia/Jakarta", "Asia/Dhaka", "Asia/Kolkata", "Asia/Dubai", "Europe/Moscow",
	"Africa/Nairobi", "Europe/Paris", "Europe/Berlin", "Europe/London", "UTC", "America/Sao_Paulo", "America/New_York",
	"America/Mexico_City", "America/Denver", "America/Los_Angeles", "Pacific/Auckland", "Australia/Sydney",
}

// Zone opens a zone by its IANA name; nil for an empty or unknown one.
func Zone(name string) *time.Location {
	if name == "" || name == "Local" {
		return nil
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return z
}
