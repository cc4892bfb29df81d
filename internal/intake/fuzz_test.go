package intake

import (
	"math"
	"strconv"
	"testing"
	"time"
)

const uciSample = "\"No\",\"year\",\"month\",\"day\",\"hour\",\"PM2.5\",\"PM10\",\"SO2\",\"NO2\",\"CO\",\"O3\",\"TEMP\",\"PRES\",\"DEWP\",\"RAIN\",\"wd\",\"WSPM\",\"station\"\r\n" +
	"1,2031,3,1,0,4,4,4,7,300,77,-0.7,1023,-18.8,0,\"NNW\",4.4,\"Made\"\r\n2,2031,3,1,1,NA,4,x,7,300,77,-0.7,1023,-18.8,0,NA,4.4,\"Made\"\r\n"

const stateAirSample = "A fact sheet,,\n\nSite,Parameter,Date (LST),Year,Month,Day,Hour,Value,Unit,Duration,QC Name\n" +
	"Beijing,PM2.5,3/13/2016 1:00,2016,3,13,1,9,\xb5g/m\xb3,1 Hr,Valid\nBeijing,PM2.5,3/13/2016 3:00,2016,3,13,3,7,\xb5g/m\xb3,1 Hr,Valid\n" +
	"Beijing,PM2.5,3/13/2016 3:00,2016,3,13,3,8,\xb5g/m\xb3,1 Hr,Valid\nBeijing,PM2.5,3/13/2016 4:00,2016,3,13,4,-999,\xb5g/m\xb3,1 Hr,Missing\n"

// FuzzRead asks of any bytes: no panic, and what is read keeps the promises of a series.
func FuzzRead(f *testing.F) {
	f.Add([]byte(uciSample))
	f.Add([]byte(stateAirSample))
	f.Add([]byte{0x1f, 0x8b, 8, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ReadBytes("made.csv", data, Options{Now: time.Unix(2e9, 0), Limits: Limits{Unpacked: 1 << 20}})
		if err != nil {
			return
		}
		n := 0
		for _, s := range r.Series {
			if err := s.Check(); err != nil {
				t.Fatal(err)
			}
			for _, v := range s.Value {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatal("a value is not a number")
				}
			}
			n += s.Len()
		}
		if n != r.Values {
			t.Fatalf("%d values, %d counted", n, r.Values)
		}
	})
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"1.5", "-0.25", "1e5", "0x1p4", "123456789012345678", "1,5", ".", "-", "0.1", "nan"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, ok := number([]byte(s))
		if !ok {
			return
		}
		if w, err := strconv.ParseFloat(s, 64); err != nil || v != w {
			t.Fatalf("%q: %v, strconv %v %v", s, v, w, err)
		}
	})
}

func TestSamples(t *testing.T) {
	r, err := ReadBytes("a.csv", []byte(uciSample), Options{Now: time.Date(2031, 3, 1, 0, 0, 0, 0, time.FixedZone("", 8*3600))})
	if err != nil {
		t.Fatal(err)
	}
	// Two rows of twelve cells: two say NA, one is no number. The second hour is later than now.
	if r.Rows != 2 || r.Missing != 2 || r.RejectedTotal != 1 || r.Values != 21 || r.Rejected[0].Number != 3 || r.Rejected[0].Column != "SO2" || r.Flagged != 9 {
		t.Errorf("%+v", r)
	}
	r, err = ReadBytes("b.csv", []byte(stateAirSample), Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := r.Series[0]
	hour := func(i int) int { return time.Unix(s.Time[i]+8*3600, 0).UTC().Hour() }
	if s.Len() != 3 || hour(0) != 1 || hour(1) != 2 || hour(2) != 3 || s.Value[1] != 7 || r.Missing != 1 || r.NotedTotal != 1 || r.Encoding != "iso-8859-1" {
		t.Errorf("%+v", r)
	}
}
