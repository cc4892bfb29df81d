package activity

import (
	"testing"
	"time"
)

func TestPair(t *testing.T) {
	for _, c := range []struct{ wall, place, reader, want string }{
		// Paris keeps summer time in July and not in January; Seoul never does (tz database, Republic of Korea since 1988).
		{"2027-07-05T09:00", "Asia/Seoul", "Europe/Paris", "09:00 Seoul (02:00 Paris)"},
		{"2027-01-05T09:00", "Asia/Seoul", "Europe/Paris", "09:00 Seoul (01:00 Paris)"},
		{"2027-03-31T18:00", "Asia/Seoul", "Asia/Ulaanbaatar", "18:00 Seoul (17:00 Ulaanbaatar)"},
		{"2027-07-05T09:00", "Asia/Seoul", "Asia/Tokyo", "09:00 Seoul"},
		{"2027-07-05T09:00", "Asia/Seoul", "", "09:00 Seoul"},
		{"2027-07-05T09:00", "Asia/Seoul", "America/New_York", "09:00 Seoul (20:00 −1 New York)"},
		{"2027-07-05T20:00", "America/New_York", "Asia/Seoul", "20:00 New York (09:00 +1 Seoul)"},
	} {
		place := Zone(c.place)
		at, err := Clock(c.wall, place)
		if err != nil {
			t.Fatal(err)
		}
		if got := Pair(at, place, Zone(c.reader)); got != c.want {
			t.Errorf("%s in %s for %q: %q, want %q", c.wall, c.place, c.reader, got, c.want)
		}
	}
}

func TestZonesExist(t *testing.T) {
	for _, z := range Zones {
		if _, err := time.LoadLocation(z); err != nil {
			t.Error(err)
		}
	}
}

func TestClockRefusesASkippedHour(t *testing.T) {
	if _, err := Clock("2027-03-28T02:30", Zone("Europe/Paris")); err == nil {
		t.Error("Paris has no 02:30 on 28 March 2027")
	}
	if _, err := Clock("9 o'clock", Zone("Europe/Paris")); err == nil {
		t.Error("not a time")
	}
}
