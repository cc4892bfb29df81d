package evidence

import (
	"testing"
	"time"

	"aircommons/air"
	"aircommons/stats"
)

// TestDaysOfTheCity: the days above the limit are counted on the same stations and daily means as the calendar, so that
// two figures of one page do not contradict each other. Daily limit of PM2.5, grade 2 of GB 3095-2012: 75.
func TestDaysOfTheCity(t *testing.T) {
	year := func(id int32, site string, enough bool, days ...float64) yearOfStation {
		y := yearOfStation{Station: Station{ID: id, Step: 3600, SiteType: site}, Unit: air.PM25.MainUnit()}
		y.Year, y.Stats.Enough, y.Stats.Expected, y.Stats.Count = 2016, enough, 8784, 8000
		y.Days = make([]stats.Value, 366)
		for i := range y.Days {
			y.Days[i] = 10
			if i < len(days) {
				y.Days[i] = stats.Value(days[i])
			}
		}
		return y
	}
	a, b := year(1, "unknown", true, 100, 100, 60), year(2, "unknown", true, 80, 40, 60)
	embassy, scarce := year(3, "embassy", true, 200, 200, 200), year(4, "unknown", false, 500, 500, 500)
	bo := bounds{[]string{"CN"}, air.PM25, air.PM25.MainUnit()}
	today := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		name            string
		all             []yearOfStation
		above, stations int
	}{
		{"the mean of two stations: 90, 70, 60", []yearOfStation{a, b, embassy, scarce}, 1, 2},
		{"an embassy where there is nothing else", []yearOfStation{embassy, scarce}, 3, 1},
	} {
		var got Answer
		bo.days(&got, x.all, today)
		if got.Days == nil || got.Days.Above != x.above || got.DaysStations != x.stations || got.DaysYear != 2016 {
			t.Errorf("%s: %+v, %d stations of %d", x.name, got.Days, got.DaysStations, got.DaysYear)
		}
	}
}
