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

// TestNextLimit: the directive of 2024 begins on 11 December 2026 with the 25 of the old one; what comes next is the 10 of
// 2030 (Directive (EU) 2024/2881, Annex I).
func TestNextLimit(t *testing.T) {
	today := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		country string
		value   float64
		from    string
	}{{"FR", 10, "2030-01-01"}, {"CN", 25, "2031-01-01"}} {
		l, ok := (bounds{[]string{x.country}, air.PM25, air.PM25.MainUnit()}).next("1 year", today)
		if !ok || l.Value != x.value || l.From.Format(time.DateOnly) != x.from {
			t.Errorf("%s: %v %+v", x.country, ok, l)
		}
	}
}

// TestFirstOfTheSameLine: a change is told within one source; another source in an earlier year does not make it.
func TestFirstOfTheSameLine(t *testing.T) {
	w := newWorld(t)
	w.means(mean("beijing", 2011, 99.09, "source", "WHO Ambient Air Quality Database v9"), mean("beijing", 2013, 89.5), mean("beijing", 2024, 30.5),
		mean("tokyo", 2015, 23, "source", "WHO Ambient Air Quality Database v9"), mean("tokyo", 2022, 18))
	c, err := w.Compare(t.Context(), CompareQuery{Places: []string{"beijing", "tokyo"}}, today)
	if err != nil {
		t.Fatal(err)
	}
	if a := c.Regions[0]; a.First.Year != 2013 || a.First.Value != 89.5 || a.Latest.Year != 2024 || a.Points[0].Year != 2011 {
		t.Errorf("%+v %+v", a.First, a.Points)
	}
	if a := c.Regions[1]; a.First.Year != 2022 || a.Latest.Year != 2022 {
		t.Errorf("%+v", a.First)
	}
}
