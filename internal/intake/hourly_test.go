package intake

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"aircommons/air"
)

func readText(t *testing.T, name, text string, opt Options) *Result {
	t.Helper()
	r, err := ReadBytes(name, []byte(text), opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func seriesFor(t *testing.T, r *Result, p air.Parameter) StationSeries {
	t.Helper()
	for _, s := range r.Series {
		if s.Parameter == p {
			return s
		}
	}
	t.Fatalf("no %s among %d series", p.Code(), len(r.Series))
	return StationSeries{}
}

func fixedZone(seconds int) *int { return &seconds }

// Half hours: 02:00 has one of its two values, which is less than 75 %. Worked by hand: means of 10 and 20, of 30 and 40; the
// wind of 350° and 20° comes from 5°, not from 185°; rain falls 0.2 + 0.4.
func TestHalfHoursBecomeHours(t *testing.T) {
	text := "date,pm25 (ug/m3),wd,ws,rain (mm)\n" +
		"2024-01-01 00:00,10,350,1,0.2\n2024-01-01 00:30,20,20,3,0.4\n" +
		"2024-01-01 01:00,30,90,2,0\n2024-01-01 01:30,40,270,2,0\n" +
		"2024-01-01 02:00,50,10,1,0\n2024-01-01 02:30,NA,NA,NA,NA\n" +
		"2024-01-01 03:00,60,10,1,0\n2024-01-01 03:30,80,30,1,0\n"
	r := readText(t, "half.csv", text, Options{Offset: fixedZone(8 * 3600)})
	midnight := time.Date(2023, 12, 31, 16, 0, 0, 0, time.UTC).Unix()
	pm := seriesFor(t, r, air.PM25)
	if pm.Step != 3600 || fmt.Sprint(pm.Value) != "[15 35 70]" || pm.Time[0] != midnight || pm.Time[2] != midnight+3*3600 {
		t.Errorf("pm25: step %d, %v at %v", pm.Step, pm.Value, pm.Time)
	}
	wd := seriesFor(t, r, air.WindDirection)
	if len(wd.Value) != 2 || math.Abs(wd.Value[0]-5) > 1e-9 || math.Abs(wd.Value[1]-20) > 1e-9 {
		t.Errorf("wind from %v; 01:00 has opposite winds and none", wd.Value)
	}
	if rain := seriesFor(t, r, air.Rain); math.Abs(rain.Value[0]-0.6) > 1e-9 {
		t.Errorf("rain %v", rain.Value)
	}
	if len(r.Warnings) != 1 || r.Warnings[0].Key != "intake.hourly.thin" || r.NotedTotal != 5 || r.Noted[0].Number != 4 || r.Noted[1].Number != 6 {
		t.Errorf("told: %v, noted %v", r.Warnings, r.Noted)
	}
	if r.Values != 3+2+3+3 || r.RejectedTotal != 0 {
		t.Errorf("%d values, %d rejected", r.Values, r.RejectedTotal)
	}
}

// Ten minutes that name the end of their interval: 00:10 to 01:00 are the hour of 00:00. Five of six are enough, four are not.
func TestTenMinutesNamedByTheirEnd(t *testing.T) {
	var b strings.Builder
	b.WriteString("date,pm10 (ug/m3)\n")
	at := time.Date(2024, 5, 1, 0, 10, 0, 0, time.UTC)
	for i := range 24 {
		v := fmt.Sprint(i)
		if i == 7 || i == 14 || i == 15 {
			v = ""
		}
		fmt.Fprintf(&b, "%s,%s\n", at.Add(time.Duration(i)*10*time.Minute).Format("2006-01-02 15:04"), v)
	}
	end := true
	s := seriesFor(t, readText(t, "ten.csv", b.String(), Options{Offset: fixedZone(0), HourEnd: &end}), air.PM10)
	if fmt.Sprint(s.Value) != "[2.5 8.8 20.5]" || s.Time[0] != at.Truncate(time.Hour).Unix() || s.Time[2]-s.Time[0] != 3*3600 {
		t.Errorf("%v at %v", s.Value, s.Time) // (0+…+5)/6; (6+8+…+11)/5; 12…17 lacks two; (18+…+23)/6
	}
}

// The hour is that of local time: in India it begins at half past in UTC.
func TestQuarterHoursOfIndia(t *testing.T) {
	text := "date,no2 (ppb)\n2024-01-01 00:00,1\n2024-01-01 00:15,2\n2024-01-01 00:30,3\n2024-01-01 00:45,6\n2024-01-01 01:00,9\n2024-01-01 01:15,9\n2024-01-01 01:30,9\n"
	s := seriesFor(t, readText(t, "q.csv", text, Options{Offset: fixedZone(5*3600 + 1800)}), air.NO2)
	if fmt.Sprint(s.Value) != "[3 9]" || s.Time[0] != time.Date(2023, 12, 31, 18, 30, 0, 0, time.UTC).Unix() {
		t.Errorf("%v at %v", s.Value, s.Time)
	}
}

// What the source calls invalid does not enter the mean; where too little is left, the hour keeps the mark.
func TestInvalidMinutes(t *testing.T) {
	m := Mapping{Header: 1, Date: DateRule{Columns: []string{"t"}}, Zone: "UTC", Hour: "start", Step: "15m", Station: StationRule{Fixed: "X"},
		Columns: []ColumnRule{{Column: "v", Parameter: "pm25", Unit: "ug/m3"}}, Flag: &FlagRule{Column: "ok", Valid: []string{"1"}}}
	text := "t,v,ok\n2024-01-01 00:00,1,1\n2024-01-01 00:15,2,1\n2024-01-01 00:30,3,1\n2024-01-01 00:45,900,0\n" +
		"2024-01-01 01:00,4,1\n2024-01-01 01:15,4,0\n2024-01-01 01:30,4,0\n2024-01-01 01:45,8,1\n"
	r := readText(t, "f.csv", text, Options{Mapping: &m})
	s := seriesFor(t, r, air.PM25)
	if fmt.Sprint(s.Value) != "[2 5]" || s.FlagAt(0) != air.Valid || s.FlagAt(1) != air.Source || r.Flagged != 1 {
		t.Errorf("%v %v, %d flagged", s.Value, s.Flag, r.Flagged)
	}
	if _, err := ReadBytes("f.csv", []byte(text), Options{Mapping: func() *Mapping { n := m; n.Step = "45m"; return &n }()}); err == nil {
		t.Error("45 minutes do not divide the hour")
	}
}
