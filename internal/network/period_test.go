package network

import (
	"encoding/json"
	"testing"
	"time"
)

func TestPeriodText(t *testing.T) {
	for _, s := range []string{"", "2019-09-22/2019-09-23", "2017-05-31", "2018-01", "2017/2019", "2016/..", "2016-05/2016-07"} {
		p, err := ParsePeriod(s)
		if err != nil || p.String() != s {
			t.Errorf("%q gives %q, %v", s, p, err)
		}
		j, _ := json.Marshal(p)
		var q Period
		if err := json.Unmarshal(j, &q); err != nil || q != p {
			t.Errorf("%q through JSON gives %+v, %v", s, q, err)
		}
	}
	for _, s := range []string{"2019-13", "2019-02-30", "19", "2019-09-22/2019-09", "2019-09-23/2019-09-22", "2019/x", "0001"} {
		if p, err := ParsePeriod(s); err == nil {
			t.Errorf("%q is taken as %v", s, p)
		}
	}
}

// The cases are those of the example network, whose days and weekdays its facts file states.
func TestPeriodDays(t *testing.T) {
	for _, c := range []struct {
		printed     string
		year        int
		iso         string
		days        int
		first, last time.Weekday
		spans       bool
	}{
		{"22▸23 SEP", 2019, "2019-09-22/2019-09-23", 2, time.Sunday, time.Monday, false},
		{"4▸5 SEP", 2018, "2018-09-04/2018-09-05", 2, time.Tuesday, time.Wednesday, false},
		{"31 MAY", 2017, "2017-05-31", 1, time.Wednesday, time.Wednesday, false},
		{"1▸8 SEP", 2019, "2019-09-01/2019-09-08", 8, time.Sunday, time.Sunday, true},
		{"24▸28 NOV", 2018, "2018-11-24/2018-11-28", 5, time.Saturday, time.Wednesday, true},
		{"24▸28 NOV", 2017, "2017-11-24/2017-11-28", 5, time.Friday, time.Tuesday, true},
		{"24▸28 NOV", 2016, "2016-11-24/2016-11-28", 5, time.Thursday, time.Monday, true},
		{"11▸15 SEP", 2017, "2017-09-11/2017-09-15", 5, time.Monday, time.Friday, false},
		{"30 April – 2 May", 2016, "2016-04-30/2016-05-02", 3, time.Saturday, time.Monday, true},
	} {
		p, err := ReadPrinted(c.printed, c.year)
		if err != nil {
			t.Errorf("%s: %v", c.printed, err)
			continue
		}
		a, b, ok := p.Weekdays()
		if p.String() != c.iso || p.Days() != c.days || a != c.first || b != c.last || !ok || p.SpansWeekend() != c.spans {
			t.Errorf("%s %d: %v, %d days, %v to %v, spans %v", c.printed, c.year, p, p.Days(), a, b, p.SpansWeekend())
		}
	}
	for _, s := range []string{"", "SEP", "4", "4▸5▸6 SEP", "4 Sop"} {
		if p, err := ReadPrinted(s, 2019); err == nil {
			t.Errorf("%q is taken as %v", s, p)
		}
	}
}

func TestPeriodRelations(t *testing.T) {
	p := func(s string) Period { v, _ := ParsePeriod(s); return v }
	for _, c := range []struct {
		a, b        string
		contradicts bool
	}{
		{"2019-09-22/2019-09-23", "2019-05-22/2019-05-23", true},
		{"2019-09-22/2019-09-23", "2019-09", false},
		{"2019-09-22/2019-09-23", "2019", false},
		{"2019-09-22/2019-09-23", "", false},
		{"2018-09-04/2018-09-05", "2018-09-04/2018-09-05", false},
		{"2017/2019", "2017/2018", true},
		{"2016/..", "2016/2018", false},
	} {
		if p(c.a).Contradicts(p(c.b)) != c.contradicts || p(c.b).Contradicts(p(c.a)) != c.contradicts {
			t.Errorf("%s and %s", c.a, c.b)
		}
	}
	if !p("2016-05-19/2016-05-20").Overlaps(p("2016-05-20")) || p("2016").Overlaps(p("2016")) {
		t.Error("overlap")
	}
	if g, ok := p("2017-05-31").Gap(p("2017-06-01/2017-06-02")); !ok || g != 0 {
		t.Error("gap", g, ok)
	}
	if !p("2017-11-24/2017-11-28").SameDayAndMonth(p("2016-11-24/2016-11-28")) {
		t.Error("same day and month")
	}
	if p("2017/2019").Last() != time.Date(2019, 12, 31, 0, 0, 0, 0, time.UTC) || p("2018-02").Last().Day() != 28 {
		t.Error("last day")
	}
}
