package stats

import (
	"testing"
	"time"

	"aircommons/air"
)

// Derived by hand from the rule: a mean of 8 hours belongs to the day in which it ends, needs 6 of its hours, and a day
// needs 18 of its 24 means.
func TestDailyMax8h(t *testing.T) {
	start := time.Date(2020, 6, 1, 0, 0, 0, 0, time.UTC).Unix() - 9*3600
	s := &air.Series{Parameter: air.O3, Unit: air.MicrogramPerM3, Step: 3600, Offset: 9 * 3600}
	for h := range 72 {
		v := 40.0
		if h >= 20 && h < 28 { // 20:00 of the first day to 04:00 of the second: the full window ends in the second
			v = 120
		}
		if h >= 48 && h < 56 { // the third day begins late
			continue
		}
		s.Time = append(s.Time, start+int64(h)*3600)
		s.Value = append(s.Value, v)
	}
	got := DailyMax8h(s)
	if len(got) != 4 || got[3].Mean.OK() { // two more means end in the hours after the last value
		t.Fatalf("%+v", got)
	}
	// First day: 19 means, from the one over hours 0 to 5 on. The highest holds hours 16 to 23: four of 40 and four of 120.
	if got[0].Start != start || got[0].Count != 19 || got[0].Mean != 80 {
		t.Errorf("%+v", got[0])
	}
	// Second day: all 24 means; the one over 20:00 to 03:00 is 120.
	if got[1].Count != 24 || got[1].Mean != 120 {
		t.Errorf("%+v", got[1])
	}
	// Third day: of its means those ending 00:00 and 01:00 still have six hours; then none until 05:00 to 13:00 has them again.
	// 2 + 24−13 = 13 means are fewer than 18: no value.
	if got[2].Count != 13 || got[2].Mean.OK() {
		t.Errorf("%+v", got[2])
	}
	if DailyMax8h(&air.Series{Step: 3600}) != nil {
		t.Error("nothing gives something")
	}
}
