package activity

import (
	"strings"
	"time"
	_ "time/tzdata" // zones on a machine that has none

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

// Times is a moment as the place sees it and, where that differs, as the reader sees it.
type Times struct {
	There, Here         string // "09:00", "02:00"; Here is empty where both clocks agree
	TherePlace, HereTag string // "Seoul", "Paris"
	HereDay             int    // days the reader's date lies after the place's: -1, 0 or 1
}

// At gives a moment in both zones. A nil reader has no zone chosen.
func At(t time.Time, place, reader *time.Location) Times {
	a := t.In(place)
	out := Times{There: a.Format("15:04"), TherePlace: City(place)}
	if reader == nil {
		return out
	}
	b := t.In(reader)
	_, ao := a.Zone()
	_, bo := b.Zone()
	if ao == bo {
		return out
	}
	out.Here, out.HereTag = b.Format("15:04"), City(reader)
	out.HereDay = int(civil(b).Sub(civil(a)).Hours() / 24)
	return out
}

func civil(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// Pair writes a moment as the place sees it and, where that differs, as the reader sees it: "09:00 Seoul (02:00 Paris)".
// A day more or less stands behind the reader's time: "09:00 Seoul (20:00 −1 New York)".
func Pair(t time.Time, place, reader *time.Location) string {
	at := At(t, place, reader)
	s := at.There + " " + at.TherePlace
	if at.Here == "" {
		return s
	}
	s += " (" + at.Here
	switch {
	case at.HereDay > 0:
		s += " +1"
	case at.HereDay < 0:
		s += " −1"
	}
	return s + " " + at.HereTag + ")"
}

// City is the last part of a zone's name, as people say it: "New York" for America/New_York.
func City(zone *time.Location) string {
	name := zone.String()
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	return strings.ReplaceAll(name, "_", " ")
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
