package activity

import (
	"testing"
	"time"

	"aircommons/internal/catalog"
)

func TestPair(t *testing.T) {
	all, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ lang, from, to, place, name, reader, want string }{
		// Paris keeps summer time in July and not in January; Seoul never does (tz database, Republic of Korea since 1988).
		{"en", "2027-07-05T09:00", "", "Asia/Seoul", "", "Europe/Paris", "09:00 Seoul (02:00 Paris)"},
		{"en", "2027-01-05T09:00", "", "Asia/Seoul", "", "Europe/Paris", "09:00 Seoul (01:00 Paris)"},
		{"en", "2027-03-31T18:00", "", "Asia/Seoul", "", "Asia/Ulaanbaatar", "18:00 Seoul (17:00 Ulaanbaatar)"},
		{"en", "2027-07-05T09:00", "", "Asia/Seoul", "", "Asia/Tokyo", "09:00 Seoul"},
		{"en", "2027-07-05T09:00", "", "Asia/Seoul", "", "", "09:00 Seoul"},
		{"en", "2027-07-05T09:00", "", "Asia/Shanghai", "Beijing", "Asia/Seoul", "09:00 Beijing (10:00 Seoul)"},
		// 5 July 2027 is a Monday.
		{"en", "2027-07-05T09:00", "", "Asia/Seoul", "", "America/New_York", "09:00 Seoul (Sun 4\u00a0July 20:00 New York)"},
		{"en", "2027-07-05T20:00", "", "America/New_York", "", "Asia/Seoul", "20:00 New York (Tue 6\u00a0July 09:00 Seoul)"},
		{"en", "2027-07-05T09:00", "2027-07-05T10:30", "Asia/Seoul", "", "Europe/Paris", "09:00–10:30 Seoul (02:00–03:30 Paris)"},
		{"en", "2027-07-05T22:00", "2027-07-06T01:00", "Asia/Seoul", "", "Asia/Ulaanbaatar", "22:00–Tue 6\u00a0July 01:00 Seoul (21:00–Tue 6\u00a0July 00:00 Ulaanbaatar)"},
		{"ko", "2027-07-05T09:00", "", "Asia/Seoul", "", "Europe/Paris", "서울 09:00 (파리 02:00)"},
		{"zh", "2027-07-05T09:00", "", "Asia/Seoul", "", "America/New_York", "首尔 09:00（纽约 7月4日周日 20:00）"},
		{"ja", "2027-07-05T09:00", "", "Asia/Seoul", "", "America/New_York", "ソウル 09:00（ニューヨーク 7月4日(日) 20:00）"},
		{"mn", "2027-07-05T09:00", "", "Asia/Seoul", "", "Asia/Ulaanbaatar", "09:00 Сөүл (08:00 Улаанбаатар)"},
	} {
		clocks := Clocks{Place: Zone(c.place), Name: c.name, Reader: Zone(c.reader)}
		from, to := Item{Starts: c.from, Ends: c.to}.Moments(clocks.Place)
		if got := clocks.Range(all.Lang(c.lang), from, to); got != c.want {
			t.Errorf("%s in %s for %q: %q, want %q", c.from, c.place, c.reader, got, c.want)
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
