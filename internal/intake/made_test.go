package intake

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"
)

// now is the moment of reading in tests: all made files lie before it unless they want to be in the future.
var now = time.Date(2032, 1, 1, 0, 0, 0, 0, time.UTC)

// made reads a small file of testdata/made, all of which were made up for these tests.
func made(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "made", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// brief says a series in one line: station, parameter, unit, step, standard time, and each value with its start in UTC
// and a mark where it is flagged.
func brief(x StationSeries) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s %d %s:", x.Station.Code, x.Parameter, x.Unit, x.Step, formatOffset(x.Offset))
	for i, at := range x.Time {
		fmt.Fprintf(&b, " %s=%v", time.Unix(at, 0).UTC().Format("2T15:04"), x.Value[i])
		if !x.FlagAt(i).OK() {
			b.WriteByte('!')
		}
	}
	return b.String()
}

func briefs(r *Result) string {
	var out []string
	for _, x := range r.Series {
		out = append(out, brief(x))
	}
	return strings.Join(out, "\n")
}

func lines(all []Line) string {
	var out []string
	for _, l := range all {
		out = append(out, fmt.Sprintf("%d %s", l.Number, l.Reason.Key))
	}
	return strings.Join(out, "; ")
}

func asks(r *Result) string {
	var out []string
	for _, a := range r.Asks {
		s := a.Property
		if a.Column != "" {
			s += " " + a.Column
		}
		if a.Must {
			s += "!"
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

// Expected values were worked out by hand from the files.
var madeCases = []struct {
	file, layout string
	opt          Options
	rows, miss   int
	rejected     string
	noted        string
	asks         string
	series       string
}{
	{file: "uci.csv", layout: "uci-beijing", rows: 3, miss: 2, rejected: "3 intake.number", series: `Made pm25 ug/m3 3600 +08:00: 28T16:00=4
Made pm10 ug/m3 3600 +08:00: 28T16:00=4 28T17:00=4
Made so2 ug/m3 3600 +08:00: 28T16:00=4
Made no2 ug/m3 3600 +08:00: 28T16:00=7 28T17:00=7
Made co ug/m3 3600 +08:00: 28T16:00=300 28T17:00=300
Made o3 ug/m3 3600 +08:00: 28T16:00=77 28T17:00=77
Made temp degC 3600 +08:00: 28T16:00=-0.7 28T17:00=-0.7
Made pres hPa 3600 +08:00: 28T16:00=1023 28T17:00=1023
Made dewp degC 3600 +08:00: 28T16:00=-18.8 28T17:00=-18.8
Made rain mm 3600 +08:00: 28T16:00=0 28T17:00=0
Made wd deg 3600 +08:00: 28T16:00=337.5
Made ws m/s 3600 +08:00: 28T16:00=4.4 28T17:00=4.4
Other pm25 ug/m3 3600 +08:00: 28T18:00=9
Other pm10 ug/m3 3600 +08:00: 28T18:00=12
Other so2 ug/m3 3600 +08:00: 28T18:00=4
Other no2 ug/m3 3600 +08:00: 28T18:00=7
Other co ug/m3 3600 +08:00: 28T18:00=300
Other o3 ug/m3 3600 +08:00: 28T18:00=77
Other temp degC 3600 +08:00: 28T18:00=-0.9
Other pres hPa 3600 +08:00: 28T18:00=1023
Other dewp degC 3600 +08:00: 28T18:00=-18.8
Other rain mm 3600 +08:00: 28T18:00=0
Other wd deg 3600 +08:00: 28T18:00=0
Other ws m/s 3600 +08:00: 28T18:00=4.4`},
	// The spring change of the United States on 12 March 2017: the first 03:00 is 02:00.
	{file: "stateair-us.csv", layout: "stateair", rows: 10, miss: 2, rejected: "10 intake.number.groups; 11 intake.value.none",
		noted:  "6 intake.clock.spring; 9 intake.code.valid; 12 intake.qc",
		series: "Shanghai pm25 ug/m3 3600 +08:00: 11T16:00=10 11T17:00=11 11T18:00=12 11T19:00=13 12T00:00=15! 12T01:00=-2"},
	// The autumn change on 3 November 2013: the second 01:00 is 02:00. Doubles on another day are doubles.
	{file: "stateair-iso.csv", layout: "stateair", rows: 9, rejected: "11 intake.double.other", noted: "6 intake.clock.autumn; 9 intake.double.same",
		series: "Chengdu pm25 ug/m3 3600 +08:00: 2T16:00=20 2T17:00=21 2T18:00=22 2T19:00=23 3T16:00=24 3T17:00=25 3T18:00=27"},
	{file: "stateair-airnow.csv", layout: "stateair", rows: 4, miss: 1, series: "Hanoi pm25 ug/m3 3600 +07:00: 31T18:00=69.2 31T19:00=75.5 1T05:00=90.2"},
	{file: "seoul.csv", layout: "seoul-daily", rows: 6, miss: 2, rejected: "7 intake.number", series: `강남구 no2 ppm 86400 +09:00: 31T15:00=0.034 1T15:00=0.03
강남구 o3 ppm 86400 +09:00: 31T15:00=0.009 1T15:00=0.008
강남구 co ppm 86400 +09:00: 31T15:00=0.6 1T15:00=0.5
강남구 so2 ppm 86400 +09:00: 31T15:00=0.006 1T15:00=0.005
강남구 pm10 ug/m3 86400 +09:00: 31T15:00=34 1T15:00=30
강남구 pm25 ug/m3 86400 +09:00: 31T15:00=22 1T15:00=20
강남대로 no2 ppm 86400 +09:00: 31T15:00=0.04 1T15:00=0.04
강남대로 o3 ppm 86400 +09:00: 31T15:00=0.007 1T15:00=0.007
강남대로 co ppm 86400 +09:00: 31T15:00=0.9 1T15:00=0.9
강남대로 so2 ppm 86400 +09:00: 31T15:00=0.006 1T15:00=0.006
강남대로 pm10 ug/m3 86400 +09:00: 1T15:00=41
강남대로 pm25 ug/m3 86400 +09:00: 31T15:00=17
중구 no2 ppm 86400 +09:00: 31T15:00=0.039 1T15:00=0.03
중구 o3 ppm 86400 +09:00: 31T15:00=0.01 1T15:00=0.01
중구 co ppm 86400 +09:00: 31T15:00=0.7 1T15:00=0.7
중구 so2 ppm 86400 +09:00: 31T15:00=0.005 1T15:00=0.005
중구 pm10 ug/m3 86400 +09:00: 31T15:00=49
중구 pm25 ug/m3 86400 +09:00: 31T15:00=24 1T15:00=24`},
	{file: "seoul-english.csv", layout: "seoul-daily", rows: 3, miss: 1, series: `Gangnam-gu pm25 ug/m3 86400 +09:00: 31T15:00=22 1T15:00=20
Gangnam-gu pm10 ug/m3 86400 +09:00: 31T15:00=34 1T15:00=30
Gangnam-gu co ppm 86400 +09:00: 31T15:00=0.6 1T15:00=0.5
Gangnam-gu o3 ppm 86400 +09:00: 31T15:00=0.009 1T15:00=0.008
Jungnang-gu pm25 ug/m3 86400 +09:00: 31T15:00=17
Jungnang-gu co ppm 86400 +09:00: 31T15:00=0.9
Jungnang-gu o3 ppm 86400 +09:00: 31T15:00=0.007`},
	// A stamp of OpenAQ ends its hour.
	{file: "openaq-explorer.csv", layout: "openaq-csv", rows: 4, miss: 1, rejected: "5 intake.parameter.unknown", series: "99 pm25 ug/m3 3600 +08:00: 1T17:00=30.3 1T19:00=24.6"},
	{file: "openaq-archive.csv", layout: "openaq-csv", opt: Options{Zone: "America/Denver"}, rows: 3, series: "2178 no2 ppm 3600 -07:00: 3T06:00=0.011 3T07:00=0.012\n2178 o3 ppm 3600 -07:00: 3T07:00=0.04"},
	{file: "openaq-old.csv", layout: "openaq-csv", rows: 5, rejected: "4 intake.double.other; 5 intake.parameter.unknown; 6 intake.row.cells", series: "FR04014 no2 ug/m3 3600 +01:00: 20T22:00=21.8 20T23:00=20"},
	{file: "openaq-v1.json", layout: "openaq-v1", rows: 4, miss: 2, rejected: "4 intake.stamp", series: "Made o3 ug/m3 3600 +05:30: 8T10:30=12.5"},
	{file: "openaq-v3.json", layout: "openaq-v3", rows: 2, noted: "3 intake.flagged.source", asks: "zone", series: "openaq-v3 pm25 ug/m3 3600 -06:00: 16T12:00=6 16T13:00=7.5!"},
	// The day of a summer time change has 23 hours; both days are days of standard time.
	{file: "openaq-v3-days.json", layout: "openaq-v3", rows: 2, asks: "zone", series: "openaq-v3-days o3 ppm 86400 +01:00: 29T23:00=0.011 30T23:00=0.01"},
	{file: "table-openair.csv", layout: "table", rows: 3, miss: 9, asks: "hour; zone!; unit nox!; unit no2!; unit o3!; unit pm10!; unit so2!; unit co!; unit pm25!", series: `table-openair ws m/s 3600 +00:00: 1T00:00=0.6 1T01:00=2.16 1T02:00=2.76
table-openair wd deg 3600 +00:00: 1T00:00=280 1T01:00=230 1T02:00=190
table-openair nox  3600 +00:00: 1T00:00=285
table-openair no2  3600 +00:00: 1T00:00=39
table-openair o3  3600 +00:00: 1T00:00=1 1T02:00=3
table-openair pm10  3600 +00:00: 1T00:00=29 1T01:00=37 1T02:00=34
table-openair so2  3600 +00:00: 1T00:00=4.7225 1T02:00=6.83
table-openair co  3600 +00:00: 1T00:00=3.3725 1T02:00=9.6025
table-openair pm25  3600 +00:00: 1T02:00=8`},
	// 24:00 proves that stamps end the hour. A column of text and a limit of detection are not numbers.
	{file: "table-german.csv", layout: "table", opt: Options{Zone: "Europe/Berlin"}, rows: 3, rejected: "4 intake.number.below", asks: "zone",
		series: "DEBE010 pm10 ug/m3 3600 +01:00: 31T21:00=12.5 31T22:00=13.5\nDEBE010 o3 ug/m3 3600 +01:00: 31T21:00=40 31T22:00=41.5 31T23:00=42"},
	{file: "table-us.csv", layout: "table", opt: Options{Offset: seconds(-5)}, rows: 3, asks: "hour", series: "table-us pm25 ug/m3 3600 -05:00: 2T05:00=5 2T06:00=6 13T07:00=7\ntable-us no2 ppb 3600 -05:00: 2T05:00=11 2T06:00=12 13T07:00=13"},
	{file: "table-long.csv", layout: "table", rows: 4, rejected: "5 intake.parameter.unknown", asks: "hour", series: "A pm25 ug/m3 3600 +08:00: 31T16:00=35 31T17:00=36\nA so2 ppb 3600 +08:00: 31T16:00=4"},
	// The column headed carbon dioxide holds 0.02, which only nitrogen dioxide can be.
	{file: "table-korean.csv", layout: "table", rows: 3, asks: "zone; unit 초미세먼지!; unit 미세먼지!; unit 오존!; unit 이산화탄소!; unit 일산화탄소!; unit 아황산가스!; parameter 이산화탄소", series: `table-korean pm25  3600 +09:00: 31T15:00=17 31T16:00=18 1T14:00=19
table-korean pm10  3600 +09:00: 31T15:00=31 31T16:00=32 1T14:00=33
table-korean o3  3600 +09:00: 31T15:00=0.018 31T16:00=0.018 1T14:00=0.018
table-korean no2  3600 +09:00: 31T15:00=0.021 31T16:00=0.022 1T14:00=0.023
table-korean co  3600 +09:00: 31T15:00=0.4 31T16:00=0.4 1T14:00=0.4
table-korean so2  3600 +09:00: 31T15:00=0.005 31T16:00=0.005 1T14:00=0.005`},
	// A line of units below the headings, lines above them, an average at the end. Half hours: only 02:00 has both of its two.
	{file: "table-units.csv", layout: "table", opt: Options{Offset: seconds(8), HourEnd: new(bool)}, rows: 6, rejected: "11 intake.stamp",
		noted:  "6 intake.hourly.few; 6 intake.hourly.few; 7 intake.hourly.few; 7 intake.hourly.few; 8 intake.hourly.few; 8 intake.hourly.few",
		series: "table-units pm10 ug/m3 3600 +08:00: 24T18:00=13\ntable-units no2 ppb 3600 +08:00: 24T18:00=23"},
	{file: "airkorea.csv", layout: "table", opt: Options{Units: unitsOf("so2=ppm co=ppm o3=ppm no2=ppm pm10=ug/m3 pm25=ug/m3")}, rows: 3, miss: 1, asks: "zone", series: `111121 so2 ppm 3600 +09:00: 31T15:00=0.005 1T14:00=0.005
111121 co ppm 3600 +09:00: 31T15:00=0.7 1T14:00=0.7
111121 o3 ppm 3600 +09:00: 31T15:00=0.003 1T14:00=0.003
111121 no2 ppm 3600 +09:00: 31T15:00=0.04 1T14:00=0.04
111121 pm10 ug/m3 3600 +09:00: 31T15:00=38 1T14:00=39
111121 pm25 ug/m3 3600 +09:00: 31T15:00=31 1T14:00=32
221112 so2 ppm 3600 +09:00: 31T15:00=0.005
221112 co ppm 3600 +09:00: 31T15:00=0.7
221112 o3 ppm 3600 +09:00: 31T15:00=0.003
221112 no2 ppm 3600 +09:00: 31T15:00=0.04
221112 pm10 ug/m3 3600 +09:00: 31T15:00=40`},
}

func seconds(hours int) *int { s := hours * 3600; return &s }

func TestMadeFiles(t *testing.T) {
	for _, c := range madeCases {
		t.Run(c.file, func(t *testing.T) {
			c.opt.Now = now
			r, err := ReadBytes(c.file, made(t, c.file), c.opt)
			if err != nil {
				t.Fatal(err)
			}
			if r.Layout != c.layout || r.Rows != c.rows || r.Missing != c.miss {
				t.Errorf("%s, %d rows, %d missing; want %s, %d, %d", r.Layout, r.Rows, r.Missing, c.layout, c.rows, c.miss)
			}
			for what, pair := range map[string][2]string{"rejected": {lines(r.Rejected), c.rejected}, "noted": {lines(r.Noted), c.noted}, "asks": {asks(r), c.asks}, "series": {briefs(r), c.series}} {
				if pair[0] != pair[1] {
					t.Errorf("%s:\n%s\nwant:\n%s", what, pair[0], pair[1])
				}
			}
			for _, x := range r.Series {
				if err := x.Check(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// Whatever the form of the bytes, the same values come out.
func TestFormsOfTheSameFile(t *testing.T) {
	for _, c := range []struct {
		file, encoding string
		form           func([]byte) ([]byte, error)
	}{
		{"seoul.csv", "cp949", korean.EUCKR.NewEncoder().Bytes},
		{"seoul.csv", "utf-8", func(b []byte) ([]byte, error) { return append([]byte("\xef\xbb\xbf"), b...), nil }},
		{"seoul.csv", "utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes},
		{"seoul.csv", "utf-16be", unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes},
		{"seoul.csv", "xlsx", func(b []byte) ([]byte, error) { return book(b, false), nil }},
		{"stateair-us.csv", "iso-8859-1", charmap.ISO8859_1.NewEncoder().Bytes},
		{"stateair-us.csv", "xlsx", func(b []byte) ([]byte, error) { return book(b, false), nil }},
		{"stateair-iso.csv", "iso-8859-1", charmap.ISO8859_1.NewEncoder().Bytes},
		{"table-openair.csv", "utf-8", func(b []byte) ([]byte, error) { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")), nil }},
		{"table-openair.csv", "utf-8", func(b []byte) ([]byte, error) { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r")), nil }},
		{"table-openair.csv", "utf-8", func(b []byte) ([]byte, error) { return append(b, "\n\n ,,,\n"...), nil }},
		{"table-openair.csv", "utf-8", func(b []byte) ([]byte, error) { return bytes.ReplaceAll(b, []byte(","), []byte("\t")), nil }},
		{"table-openair.csv", "utf-8", func(b []byte) ([]byte, error) { return bytes.ReplaceAll(b, []byte(","), []byte(";")), nil }},
		{"table-openair.csv", "utf-8", func(b []byte) ([]byte, error) {
			return []byte(strings.NewReplacer(".", ",", ",", ";").Replace(string(b))), nil
		}},
		{"table-openair.csv", "xlsx", func(b []byte) ([]byte, error) { return book(b, true), nil }},
		{"table-german.csv", "windows-1252", charmap.Windows1252.NewEncoder().Bytes},
		{"table-korean.csv", "cp949", korean.EUCKR.NewEncoder().Bytes},
		{"openaq-old.csv", "utf-8", func(b []byte) ([]byte, error) { return gz(b), nil }},
		{"openaq-old.csv", "utf-8", func(b []byte) ([]byte, error) { return zipped("a/b/openaq-old.csv", b), nil }},
		{"openaq-v1.json", "utf-8", func(b []byte) ([]byte, error) { return bytes.ReplaceAll(b, []byte("\n"), nil), nil }},
		{"openaq-v1.json", "utf-8", func(b []byte) ([]byte, error) { // results one a line, without the answer around them
			s := strings.Split(string(b), "\n")
			for i := range s {
				s[i] = strings.TrimSuffix(s[i], ",")
			}
			return []byte(strings.Join(s[1:len(s)-2], "\n")), nil
		}},
	} {
		data, err := c.form(made(t, c.file))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := ReadBytes(c.file, made(t, c.file), Options{Now: now, Zone: "Asia/Seoul"})
		if err != nil {
			t.Fatal(err)
		}
		r, err := ReadBytes(c.file, data, Options{Now: now, Zone: "Asia/Seoul"})
		if err != nil {
			t.Errorf("%s as %s: %v", c.file, c.encoding, err)
			continue
		}
		encoding := r.Encoding
		if c.encoding == "windows-1252" && encoding == "iso-8859-1" {
			encoding = c.encoding // the same for every byte of this file
		}
		if encoding != c.encoding || r.Layout != plain.Layout {
			t.Errorf("%s: read as %s, %s, want %s, %s", c.file, r.Encoding, r.Layout, c.encoding, plain.Layout)
		}
		if a, b := briefs(r), briefs(plain); a != b {
			t.Errorf("%s as %s:\n%s\nwant:\n%s", c.file, c.encoding, a, b)
		}
	}
}

func gz(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

func zipped(pairs ...any) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i+1 < len(pairs); i += 2 {
		w, _ := z.Create(pairs[i].(string))
		w.Write(pairs[i+1].([]byte))
	}
	z.Close()
	return out.Bytes()
}

// book makes a workbook of a CSV text: numbers as numbers, and with dates set, stamps as day numbers in a date style.
// The first sheet is empty; cells that are empty are left out, as spreadsheets do.
func book(text []byte, dates bool) []byte {
	var rows strings.Builder
	t := newTable(text, ',', 1<<16)
	for t.row() {
		fmt.Fprintf(&rows, `<row r="%d">`, t.line)
		for i, c := range t.cells {
			ref := fmt.Sprintf("%c%d", 'A'+i, t.line)
			s, stamped := readStamp(c, orderYMD)
			switch v, ok := number(c); {
			case len(c) == 0:
			case ok:
				fmt.Fprintf(&rows, `<c r="%s"><v>%v</v></c>`, ref, v)
			case dates && stamped && s.century:
				fmt.Fprintf(&rows, `<c r="%s" s="1"><v>%.10f</v></c>`, ref, float64(s.wall)/86400+25569)
			default:
				fmt.Fprintf(&rows, `<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, ref, strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(string(c)))
			}
		}
		rows.WriteString("</row>")
	}
	sheet := func(rows string) []byte {
		return []byte(`<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`)
	}
	return zipped(
		"xl/workbook.xml", []byte(`<workbook xmlns:r="r"><sheets><sheet name="About" sheetId="1" r:id="rId1"/><sheet name="Data" sheetId="2" r:id="rId2"/></sheets></workbook>`),
		"xl/_rels/workbook.xml.rels", []byte(`<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>`),
		"xl/styles.xml", []byte(`<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>`),
		"xl/worksheets/sheet1.xml", sheet(""), "xl/worksheets/sheet2.xml", sheet(rows.String()))
}
