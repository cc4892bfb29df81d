package intake

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"aircommons/air"
	"aircommons/internal/fault"
)

// An archive of several tables is read as one file: the series of each, the lines of each under its name, and what is no
// table named. Stations of the made file are called anew for the second table.
func TestSeveralTablesInAnArchive(t *testing.T) {
	one := made(t, "uci.csv")
	single, err := ReadBytes("uci.csv", one, Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	name := single.Series[0].Station.Code
	two := bytes.ReplaceAll(one, []byte(`"`+name+`"`), []byte(`"Third"`))
	two = bytes.ReplaceAll(two, []byte(`"Other"`), []byte(`"Fourth"`))
	r, err := ReadBytes("x/PRSA.zip", zipped("PRSA/readme.txt", []byte("read me first"), "PRSA/a.csv", one, "PRSA/b.csv", two), Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if r.Layout != "uci-beijing" || r.Rows != 2*single.Rows || r.Values != 2*single.Values || r.Missing != 2*single.Missing || r.RejectedTotal != 2*single.RejectedTotal {
		t.Errorf("%s: %d rows, %d values, %d missing, %d rejected; alone %d, %d, %d, %d", r.Layout, r.Rows, r.Values, r.Missing, r.RejectedTotal, single.Rows, single.Values, single.Missing, single.RejectedTotal)
	}
	if n := len(r.Series); n != 2*len(single.Series) || !reflect.DeepEqual(r.Series[:n/2], single.Series) || r.Series[n/2].Station.Code != "Third" {
		t.Errorf("%d series", n)
	}
	if len(r.Facts) != len(single.Facts) {
		t.Errorf("%d facts, alone %d", len(r.Facts), len(single.Facts))
	}
	if len(r.Warnings) != 1 || r.Warnings[0].Key != "intake.zip.skipped" {
		t.Errorf("warnings %v", r.Warnings)
	}
	if len(r.Rejected) > 0 && r.Rejected[0].Where() != fmt.Sprintf("a.csv:%d", single.Rejected[0].Number) {
		t.Errorf("rejected %s", r.Rejected[0].Where())
	}
	// The same station in two files: years that follow each other join; what differs is said.
	text := "date,pm25 (ug/m3),site\n2031-01-01 00:00,1,A\n2031-01-01 01:00,2,A\n2031-01-01 02:00,2,A\n"
	r, err = ReadBytes("y.zip", zipped("1.csv", []byte(text), "2.csv", []byte(strings.ReplaceAll(text, " 02:00,2", " 03:00,4")+"2031-01-01 02:00,7,A\n")), Options{Offset: fixedZone(0)})
	if err != nil {
		t.Fatal(err)
	}
	if s := seriesFor(t, r, air.PM25); len(r.Series) != 1 || fmt.Sprint(s.Value) != "[1 2 2 4]" || r.Values != 4 {
		t.Errorf("%d series, %v", len(r.Series), s.Value)
	}
	if len(r.Warnings) != 1 || r.Warnings[0].String() != fault.Say("intake.zip.overlap", "Name", "2.csv", "Count", 1).String() {
		t.Errorf("warnings %v", r.Warnings)
	}
	if r.Mapping == nil {
		t.Error("tables that are read alike have one mapping")
	}
}

// A zip in a zip, as the archive of UCI hands it out.
func TestArchiveInAnArchive(t *testing.T) {
	one := made(t, "uci.csv")
	for name, data := range map[string][]byte{
		"one":     zipped("PRSA.zip", zipped("PRSA/a.csv", one)),
		"several": zipped("data.csv", []byte{}, "PRSA.zip", zipped("PRSA/", []byte{}, "PRSA/a.csv", one, "PRSA/b.csv", one), "test.csv", []byte{}),
	} {
		r, err := ReadBytes("beijing.zip", data, Options{Now: now})
		if err != nil || r.Layout != "uci-beijing" || r.Values != 33 {
			t.Fatal(name, err)
		}
		if name == "several" && r.Rejected[0].Where() != "a.csv:3" {
			t.Errorf("%s", r.Rejected[0].Where())
		}
	}
	if _, err := Preview("y.zip", zipped("readme.txt", []byte("x"), "1.csv", []byte("t;v\n2031-01-01 00:00;1\n"), "2.csv", []byte("t;v\n")),
		Mapping{Date: DateRule{Columns: []string{"t"}}, Zone: "UTC", Columns: []ColumnRule{{Column: "v", Parameter: "pm25", Unit: "ug/m3"}}}, 3, Options{}); err != nil {
		t.Error(err)
	}
}
