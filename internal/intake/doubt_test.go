package intake

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aircommons/air"
)

// A check of ours asks somebody to look at a value and takes nothing away. The values are those of Beijing on
// 14 September 2015 (StateAir, QC Valid) and of Dongsi in 2013 (O3 1071).
func TestDoubtsAreNotedAndCounted(t *testing.T) {
	csv := "No,year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,TEMP,PRES,DEWP,RAIN,wd,WSPM,station\r\n" +
		"1,2015,9,14,10,-15,20,1,1,100,1071,1,1000,1,0,N,1,Dongsi\r\n" +
		"2,2015,9,14,11,-5,20,1,1,100,999,1,1000,1,0,N,1,Dongsi\r\n" +
		"3,2027,1,1,0,7,20,1,1,100,10,1,1000,1,0,N,1,Dongsi\r\n"
	r, err := ReadBytes("x.csv", []byte(csv), Options{Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range r.Noted {
		if l.Column == "pm25" || l.Column == "o3" {
			got = append(got, fmt.Sprintf("%d %s %s: %s", l.Number, l.Column, l.Text, l.Reason.Key))
		}
	}
	want := "2 pm25 -15 µg/m³: intake.doubt.negative; 2 o3 1071 µg/m³: intake.doubt.range; 4 pm25 7 µg/m³: intake.doubt.future; 4 o3 10 µg/m³: intake.doubt.future"
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("noted %s\nwant %s", s, want)
	}
	for _, x := range r.Series {
		for i := range x.Time {
			future := i == 2
			if x.FlagAt(i).OK() == future {
				t.Errorf("%s value %d: flag %b, in statistics %v", x.Parameter, i, x.FlagAt(i), x.FlagAt(i).OK())
			}
		}
	}
	if air.Source.OK() || air.Hand.OK() || (air.Hand | air.Negative).OK() || !(air.Negative | air.OutOfRange).OK() {
		t.Error("what the source or a person calls invalid is out of statistics, what is only doubted is in")
	}
}
