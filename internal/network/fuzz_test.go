package network

import "testing"

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"", "unknown", "2019-09-22/2019-09-23", "2018-01", "2017/2019", "2016/..", "2016/", "2019-13", "/2019", "2019//", "2019-02-29"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePeriod(s)
		if err != nil {
			return
		}
		q, err := ParsePeriod(p.String())
		if err != nil || q != p {
			t.Fatalf("%q gives %q, and that %+v, %v", s, p, q, err)
		}
		if p.Known() && p.To != "" && p.Last().Before(p.First()) {
			t.Fatalf("%q ends before it begins", s)
		}
		if p.Contradicts(p) {
			t.Fatalf("%q contradicts itself", s)
		}
		p.TouchesWeekend()
		p.SpansWeekend()
	})
}

func FuzzReadPrinted(f *testing.F) {
	for _, s := range []string{"22▸23 SEP", "31 MAY", "30 APR – 2 MAY", "", "4▸5▸6 SEP", "SEP 4", "4 5 SEP", "29 FEB", "-", "MA 3", "３ MAY"} {
		f.Add(s, 2019)
	}
	f.Fuzz(func(t *testing.T, s string, year int) {
		p, err := ReadPrinted(s, year)
		if err != nil {
			return
		}
		if p.Precision != Day || p.Year() != year || p.Days() < 1 || p.Days() > 366 {
			t.Fatalf("%q %d gives %v, %d days", s, year, p, p.Days())
		}
	})
}
