package intake

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"aircommons/air"
	"aircommons/internal/fault"
)

// The file of testdata/made/mapping.csv in civil time of Paris, by hand. 25 October is summer time; 02:00 of the 26th stands
// twice and is 00:00 and 01:00 UTC; the 30th of March has no 02:30. Stamps mark the end of the hour.
const mappedSeries = "X pm25 ug/m3 3600 +01:00: 24T23:00=1 25T23:00=2 26T00:00=3 26T01:00=4! 26T02:00=5!"

func readMade(t *testing.T) Mapping {
	t.Helper()
	m, err := ParseMapping("mapping.yaml", made(t, "mapping.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return *m
}

func TestMappingReads(t *testing.T) {
	m := readMade(t)
	r, err := ReadBytes("mapping.csv", made(t, "mapping.csv"), Options{Mapping: &m, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if got := briefs(r); got != mappedSeries || r.Layout != "mapping" || r.Missing != 2 || lines(r.Rejected) != "12 intake.clock.gap" || lines(r.Noted) != "7 intake.marked; 8 intake.flagged" {
		t.Errorf("%s\n%s\n%s\n%d", got, lines(r.Rejected), lines(r.Noted), r.Missing)
	}
	// What was recognised is offered as a mapping that reads the same.
	again, err := ReadBytes("mapping.csv", made(t, "mapping.csv"), Options{Mapping: r.Mapping, Now: now})
	if err != nil || briefs(again) != mappedSeries {
		t.Error(err, briefs(again))
	}
	// Saved, it is recognised by the headings, wherever they stand and whatever their case.
	saved := []Mapping{*r.Mapping}
	for _, form := range []func(string) string{
		func(s string) string { return s },
		func(s string) string { return "one more line\n" + s },
		func(s string) string { return strings.Replace(s, "day|clock|where", " Day |CLOCK|Where", 1) },
	} {
		text := form(string(made(t, "mapping.csv")))
		if r, err := ReadBytes("other.csv", []byte(text), Options{Saved: saved, Now: now}); err != nil || briefs(r) != mappedSeries {
			t.Errorf("%v", err)
		}
	}
	if _, err := ReadBytes("other.csv", []byte("day|clock|where|else\n1|2|3|4\n"), Options{Saved: saved}); key(err) != "intake.layout.none" {
		t.Error("a saved mapping took a file with other headings", err)
	}
}

// Each layout of a table proposes a mapping that reads the same values.
func TestProposedMappingsReadTheSame(t *testing.T) {
	for _, c := range madeCases {
		if c.layout != "table" {
			continue
		}
		opt := c.opt
		opt.Now = now
		r, err := ReadBytes(c.file, made(t, c.file), opt)
		if err != nil || r.Mapping == nil {
			t.Fatal(c.file, err)
		}
		data, err := r.Mapping.YAML()
		if err != nil {
			t.Fatal(err)
		}
		m, err := ParseMapping("x.yaml", data)
		if err != nil {
			t.Fatalf("%s: %v\n%s", c.file, err, data)
		}
		if !reflect.DeepEqual(m, r.Mapping) {
			t.Errorf("%s: other after writing and reading:\n%+v\n%+v", c.file, m, r.Mapping)
		}
		again, err := ReadBytes(c.file, made(t, c.file), Options{Mapping: m, Now: now, Units: c.opt.Units})
		if err != nil {
			t.Errorf("%s: %v\n%s", c.file, err, data)
			continue
		}
		if briefs(again) != briefs(r) {
			t.Errorf("%s: by its mapping:\n%s\nwant:\n%s\n%s", c.file, briefs(again), briefs(r), data)
		}
	}
}

func TestMappingRoundTrip(t *testing.T) {
	full := Mapping{Name: "측정", Signature: "0123456789abcdef", Encoding: "cp949", Delimiter: "tab", Decimal: ",", Sheet: "Data", Header: 4, Skip: 1,
		Date: DateRule{Columns: []string{"a", "b"}, Order: "dmy", Hour: "h"}, Zone: "Asia/Seoul", Standard: "+09:00", Hour: "end", Step: "10m",
		Columns: []ColumnRule{{Column: "x", Parameter: "pm25", Unit: "ug/m3", Station: "S", Flag: "f"}, {Column: "#3", Parameter: "no2", UnitFrom: "u"}},
		Station: StationRule{Column: "s", Name: "n", City: "c", Country: "k", Lat: "la", Lon: "lo", Only: []string{"1"}},
		Missing: []string{"", "NA"}, Marks: []string{"*"}, Flag: &FlagRule{Column: "q", Valid: []string{"", "V"}, Missing: []string{"M"}}}
	long := Mapping{Date: DateRule{Year: "y", Month: "m", Day: "d"}, NoHeader: true, Station: StationRule{Fixed: "S"},
		Long: &LongRule{Parameter: "p", Unit: "u", Names: map[string]string{"A": "pm10", "*": "-"}, Units: map[string]string{"pm10": "ug/m3"}, Hours: &HoursRule{First: "01", Count: 24, From: 1}}}
	for _, m := range []Mapping{full, long} {
		data, err := m.YAML()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseMapping("x.yaml", data)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if !reflect.DeepEqual(*back, m) {
			t.Errorf("%+v\nwant\n%+v\n%s", *back, m, data)
		}
	}
}

// A mistake in a mapping is named by its line and field.
func TestMappingFaults(t *testing.T) {
	const good = "date:\n  columns: [d]\ncolumns:\n  - column: x\n    parameter: pm25\n    unit: ug/m3\n"
	for _, c := range []struct {
		text, key, field string
		line             int
	}{
		{"", "intake.map.empty", "", 0},
		{good + "decimals: ','\n", "intake.map.unknown", "", 7},
		{good + "station:\n  colum: x\n", "intake.map.unknown", "", 8},
		{strings.Replace(good, "[d]", "5x: [", 1), "intake.map.syntax", "", 0},
		{strings.Replace(good, "[d]", "{a: b}", 1), "intake.map.type", "", 2},
		{good + "header: four\n", "intake.map.type", "", 7},
		{good + "---\na: b\n", "intake.map.several", "", 0},
		{good + "decimal: ;\n", "intake.map.field", "decimal", 7},
		{good + "encoding: klingon\n", "intake.map.field", "encoding", 7},
		{good + "zone: Mars/Olympus\n", "intake.map.field", "zone", 7},
		{good + "hour: middle\n", "intake.map.field", "hour", 7},
		{good + "step: 7m\n", "intake.map.field", "step", 7},
		{strings.Replace(good, "pm25", "gold", 1), "intake.map.field", "columns[0].parameter", 5},
		{strings.Replace(good, "ug/m3", "furlong", 1), "intake.map.field", "columns[0].unit", 6},
		{good + "  - {column: y, parameter: pm25}\n", "intake.map.field", "columns[1].parameter", 7},
		{strings.Replace(good, "columns: [d]", "year: y", 1), "intake.map.field", "date", 1},
		{"columns:\n  - {column: x, parameter: pm25}\n", "intake.map.field", "date", 1},
		{"date:\n  columns: [d]\n", "intake.map.field", "columns", 1},
		{good + "long: {parameter: p, value: v}\n", "intake.map.field", "long", 7},
		{good + "marks: ['1']\n", "intake.map.field", "marks[0]", 7},
		{good + "flag: {valid: [V]}\n", "intake.map.field", "flag.column", 7},
	} {
		_, err := ParseMapping("m.yaml", []byte(c.text))
		var e *fault.Error
		if !errors.As(err, &e) || e.Message.Key != c.key {
			t.Errorf("%q: %v, want %s", c.text, err, c.key)
			continue
		}
		if line, ok := e.Message.Args["Line"].(int); ok && c.line > 0 && line != c.line {
			t.Errorf("%q: line %d, want %d", c.text, line, c.line)
		}
		if c.field != "" && (len(e.Fields) == 0 || e.Fields[0].Name != c.field) {
			t.Errorf("%q: fields %+v, want %s", c.text, e.Fields, c.field)
		}
	}
	m, err := ParseMapping("m.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ReadBytes("a.csv", []byte("date,pm25\n2031-01-01,2\n"), Options{Mapping: m}); key(err) != "intake.map.fits" {
		t.Error(err)
	}
}

// A form begins with what Sniff proposes and shows what Preview reads.
func TestSniffAndPreview(t *testing.T) {
	g, err := Sniff("table-german.csv", made(t, "table-german.csv"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if g.Known != "table" || g.Delimiter != ";" || g.Encoding != "utf-8" || len(g.Headers) == 0 || g.Headers[0] != 1 || len(g.Lines) != 4 || len(g.Columns) != 6 || g.Columns[3] != "PM10 [µg/m³]" {
		t.Errorf("%+v", g)
	}
	p := g.Proposed
	if !reflect.DeepEqual(p.Date, DateRule{Columns: []string{"Datum", "Uhrzeit"}, Order: "dmy"}) || p.Station.Column != "Station" || p.Decimal != "," || p.Hour != "end" || len(p.Columns) != 2 || p.Columns[0] != (ColumnRule{Column: "PM10 [µg/m³]", Parameter: "pm10", Unit: "ug/m3"}) {
		t.Errorf("%+v", p)
	}
	p.Zone = "+01:00"
	v, err := Preview("table-german.csv", made(t, "table-german.csv"), p, 3, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []Stored{
		{2, 1924981200, 3600, "DEBE010", air.PM10, 12.5, air.MicrogramPerM3, 0}, // 2030-12-31 21:00 UTC
		{2, 1924981200, 3600, "DEBE010", air.O3, 40, air.MicrogramPerM3, 0},
		{3, 1924984800, 3600, "DEBE010", air.PM10, 13.5, air.MicrogramPerM3, 0},
	}
	if !reflect.DeepEqual(v.Rows, want) || v.Result.RejectedTotal != 1 {
		t.Errorf("%+v\n%+v", v.Rows, v.Result.Rejected)
	}
	// A file without headings, and one that nobody knows, can be begun with too.
	g, err = Sniff("a.tsv", []byte("2031-01-01 0:00\t101\t0.004\t0.05\n2031-01-01 1:00\t101\t0.004\t0.05\n"), Options{})
	if err != nil || g.Known != "" || g.Delimiter != "tab" || !g.Proposed.NoHeader || len(g.Columns) != 4 || g.Columns[1] != "#2" {
		t.Errorf("%+v %v", g, err)
	}
	m := g.Proposed
	m.Date.Columns, m.Station.Column, m.Zone = []string{"#1"}, "#2", "+09:00"
	m.Columns = []ColumnRule{{Column: "#3", Parameter: "so2", Unit: "ppm"}}
	if v, err = Preview("a.tsv", []byte("2031-01-01 0:00\t101\t0.004\t0.05\n"), m, 10, Options{}); err != nil || len(v.Rows) != 1 || v.Rows[0].Station != "101" || v.Rows[0].Line != 1 {
		t.Errorf("%+v %v", v, err)
	}
	// Only the beginning of a large file is needed.
	var b strings.Builder
	b.WriteString("date,pm25 (ug/m3)\n")
	for b.Len() < HeadBytes+100 {
		b.WriteString("2031-01-01 00:00,1\n")
	}
	whole := []byte(b.String())
	for _, data := range [][]byte{whole[:HeadBytes], gz(whole)} {
		g, err := Sniff("big.csv", data, Options{})
		if err != nil || g.Known != "table" {
			t.Errorf("%v %+v", err, g.Known)
		}
	}
}

// An answer goes into the options and settles what was asked.
func TestAnswers(t *testing.T) {
	opt := Options{Now: now}
	data := []byte("date;a;pm25\n01/02/2031 00:00;1,5;3\n01/02/2031 01:00;1.5;4\n")
	r, err := ReadBytes("a.csv", data, opt)
	if err != nil {
		t.Fatal(err)
	}
	if got := asks(r); got != "dates!; hour; zone!; unit pm25!; parameter a" || !r.Pending() {
		t.Fatal(got)
	}
	for _, a := range []struct{ property, column, value string }{
		{"dates", "", "mdy"}, {"hour", "", "end"}, {"zone", "", "Asia/Ulaanbaatar"}, {"unit", "pm25", "ug/m3"}, {"parameter", "a", "no2"},
	} {
		if err := opt.Answer(a.property, a.column, a.value); err != nil {
			t.Fatal(err)
		}
	}
	r, err = ReadBytes("a.csv", data, opt)
	if err != nil {
		t.Fatal(err)
	}
	if got := asks(r); got != "decimal a!; unit a!" {
		t.Fatal(got)
	}
	opt.Answer("decimal", "a", ",")
	opt.Answer("unit", "a", "ppb")
	r, err = ReadBytes("a.csv", data, opt)
	if err != nil || r.Pending() {
		t.Fatal(err, asks(r))
	}
	// 2 January 00:00 in Ulaanbaatar (UTC+8) ends the hour from 15:00 UTC of 1 January.
	if got := briefs(r); got != "a no2 ppb 3600 +08:00: 1T15:00=1.5\na pm25 ug/m3 3600 +08:00: 1T15:00=3 1T16:00=4" {
		t.Error(got)
	}
	for _, a := range [][2]string{{"unit", "furlong"}, {"zone", "Mars"}, {"dates", "ydm"}, {"hour", "mid"}, {"colour", "red"}} {
		if err := opt.Answer(a[0], "", a[1]); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%v was taken", a)
		}
	}
}

// Somebody who sees that another line holds the headings says so, and chooses among its columns.
func TestSniffByTheLineOfTheHeadings(t *testing.T) {
	text := []byte("A;list;of;things\nWhen;Where;Reading;Remark\n2031-01-01 00:00;X;1,5;a\n2031-01-01 01:00;X;2,5;b\n")
	for _, c := range []struct {
		m     Mapping
		want  string
		first string
	}{
		{Mapping{Header: 2, Delimiter: ";"}, "When Where Reading Remark", "2031-01-01 00:00"},
		{Mapping{Header: 1, Delimiter: ";"}, "A list of things", "When"},
		{Mapping{NoHeader: true, Delimiter: ";"}, "#1 #2 #3 #4", "A"},
	} {
		g, err := Sniff("a.csv", text, Options{Mapping: &c.m})
		if err != nil || strings.Join(g.Columns, " ") != c.want || g.Samples[0][0] != c.first {
			t.Errorf("%+v: %v, first %v, %v", c.m, g.Columns, g.Samples, err)
		}
	}
}
