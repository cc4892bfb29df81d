package intake

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"
	"unicode/utf8"

	"aircommons/air"
)

// promises checks what every Result must keep: series in order and finite, counts that add up, bounded lists, and texts
// that are texts.
func promises(t *testing.T, r *Result) {
	t.Helper()
	n, flagged := 0, 0
	for _, s := range r.Series {
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		if s.Len() == 0 || s.Station.Code == "" || !utf8.ValidString(s.Station.Code+s.Station.Name+s.Station.City) || 86400%s.Step != 0 {
			t.Fatalf("%+v", s.Station)
		}
		for i, v := range s.Value {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatal("a value is not a number")
			}
			if s.FlagAt(i) != air.Valid {
				flagged++
			}
		}
		n += s.Len()
	}
	if n != r.Values || flagged != r.Flagged {
		t.Fatalf("%d values, %d counted; %d flagged, %d counted", n, r.Values, flagged, r.Flagged)
	}
	if len(r.Rejected) > MaxLines || len(r.Noted) > MaxLines || r.RejectedTotal < len(r.Rejected) || r.NotedTotal < len(r.Noted) {
		t.Fatal("lists and totals differ")
	}
	for _, l := range append(r.Rejected[:len(r.Rejected):len(r.Rejected)], r.Noted...) {
		if !utf8.ValidString(l.Text) || utf8.RuneCountInString(l.Text) > 200 || l.Number < 1 || l.Reason.Key == "" {
			t.Fatalf("%+v", l)
		}
	}
	for _, a := range r.Asks {
		if a.Question.Key == "" || len(a.Choices) == 0 {
			t.Fatalf("%+v", a)
		}
	}
	if r.Mapping != nil {
		data, err := r.Mapping.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseMapping("m.yaml", data); err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
	}
}

var small = Limits{Unpacked: 1 << 20, Series: 200, Rows: 20000}

// fuzz reads any bytes as one layout; seeds are the made files of the layout.
func fuzz(f *testing.F, layout string, more ...[]byte) {
	for _, c := range madeCases {
		if layout == "" || c.layout == layout {
			f.Add(made(f, c.file))
		}
	}
	for _, m := range more {
		f.Add(m)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ReadBytes("made.csv", data, Options{Now: now, Limits: small, Layout: layout, Zone: "Europe/Paris"})
		if err == nil {
			promises(t, r)
		}
	})
}

func FuzzRead(f *testing.F) {
	fuzz(f, "", []byte{0x1f, 0x8b, 8, 0}, gz([]byte("date,pm25\n")), zipped("a.csv", []byte("date,pm25\n2031-01-01,1\n")))
}
func FuzzUCI(f *testing.F)       { fuzz(f, "uci-beijing") }
func FuzzStateAir(f *testing.F)  { fuzz(f, "stateair") }
func FuzzSeoul(f *testing.F)     { fuzz(f, "seoul-daily") }
func FuzzOpenAQCSV(f *testing.F) { fuzz(f, "openaq-csv") }
func FuzzOpenAQ1(f *testing.F)   { fuzz(f, "openaq-v1") }
func FuzzOpenAQ3(f *testing.F)   { fuzz(f, "openaq-v3") }
func FuzzTable(f *testing.F)     { fuzz(f, "table") }

// FuzzSheet puts any bytes where a workbook keeps its cells, texts and styles.
func FuzzSheet(f *testing.F) {
	f.Add([]byte(`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c t="inlineStr"><is><t>pm25</t></is></c></row><row r="3"><c r="A3" s="0"><v>42370.5</v></c><c r="B3"><v>4.7E-2</v></c></row></sheetData>`), []byte(`<sst><si><t>date</t></si></sst>`), []byte(`<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>`))
	f.Fuzz(func(t *testing.T, sheet, shared, styles []byte) {
		data := zipped("xl/workbook.xml", []byte(`<workbook><sheets><sheet name="a" r:id="r"/></sheets></workbook>`), "xl/_rels/workbook.xml.rels", []byte(`<Relationships><Relationship Id="r" Target="s.xml"/></Relationships>`),
			"xl/s.xml", sheet, "xl/sharedStrings.xml", shared, "xl/styles.xml", styles)
		if r, err := ReadBytes("a.xlsx", data, Options{Limits: small}); err == nil {
			promises(t, r)
		}
	})
}

// FuzzArchive reads any bytes as an archive.
func FuzzArchive(f *testing.F) {
	f.Add(zipped("a.csv", []byte("date,pm25\n2031-01-01,1\n")))
	f.Add(book([]byte("date,pm25\n2031-01-01,1\n"), true))
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := ReadBytes("a.zip", append([]byte("PK\x03\x04"), data...), Options{Limits: small}); err == nil {
			promises(t, r)
		}
	})
}

// FuzzMapping asks of any YAML: no panic, and what is read is written and read again alike.
func FuzzMapping(f *testing.F) {
	f.Add(made(f, "mapping.yaml"), made(f, "mapping.csv"))
	f.Add([]byte("date: {columns: [date]}\ncolumns: [{column: '#2', parameter: pm25, unit_from: u}]\nzone: +09:00\n"), []byte("date,x,u\n2031-01-01 0:00,1,ppb\n"))
	f.Add([]byte("date: {columns: ['#1']}\nno_header: true\nlong: {parameter: '#2', hours: {first: '#3', count: 2}}\n"), []byte("2031-01-01,pm25,1,2\n"))
	f.Fuzz(func(t *testing.T, text, data []byte) {
		m, err := ParseMapping("m.yaml", text)
		if err != nil {
			return
		}
		out, err := m.YAML()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseMapping("m.yaml", out)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		again, err := back.YAML()
		if err != nil || !bytes.Equal(out, again) {
			t.Fatalf("%s\n%s", out, again)
		}
		r, err := ReadBytes("made.csv", data, Options{Mapping: m, Limits: small})
		if err != nil {
			return
		}
		promises(t, r)
		if v, err := Preview("made.csv", data, *m, 5, Options{Limits: small}); err == nil && len(v.Rows) > 5 {
			t.Fatal("more rows than asked for")
		}
	})
}

// FuzzSniff asks that a proposal can be made of anything, and that what is proposed and complete can be tried.
func FuzzSniff(f *testing.F) {
	files, _ := filepath.Glob("testdata/made/*.csv")
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := Sniff("made.csv", data, Options{Limits: small})
		if err != nil || g.Proposed.Check() != nil {
			return
		}
		v, err := Preview("made.csv", data, g.Proposed, 5, Options{Limits: small})
		if err == nil {
			promises(t, v.Result)
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

// FuzzStamp asks that a stamp, written again, reads as the same moment.
func FuzzStamp(f *testing.F) {
	for _, s := range []string{"2016-01-31 13:00", "20160131", "31/1/2016 1:00 PM", "2016-01-31T13:00:00+09:00", "오후 1:00", "Jan 31, 2016", "201601311300", "1454245200", "2016-01-31 24:00", "42400.5"} {
		for _, o := range []string{orderYMD, orderDMY, orderMDY, orderUnix, orderUnixMS, orderExcel} {
			f.Add(s, o)
		}
	}
	f.Fuzz(func(t *testing.T, text, order string) {
		s, ok := readStamp([]byte(text), order)
		if !ok {
			return
		}
		if s.wall < -2208988800 || s.wall > 7289654400+86400 || s.offset > 15*3600 || s.offset < -15*3600 {
			t.Fatalf("%q: %+v", text, s)
		}
		day, sec := s.wall/86400, s.wall%86400
		if sec < 0 {
			day, sec = day-1, sec+86400
		}
		y, m, d := civilDate(day)
		n, ok := dayNumber(y, m, d)
		if !ok && y <= 2200 || ok && n != day {
			t.Fatalf("%q: day %d is %d-%d-%d", text, day, y, m, d)
		}
		_ = sec
	})
}

// FuzzText asks of any bytes and encodings: what comes out is UTF-8, or an error.
func FuzzText(f *testing.F) {
	f.Add([]byte("측정\xb0"), "cp949")
	f.Add([]byte("\xff\xfea\x00"), "")
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		d, err := decode("a", data, name, false)
		if err == nil && !utf8.Valid(d.text) {
			t.Fatalf("%q as %s", data, d.name)
		}
	})
}

// FuzzHeading asks that a heading means the same however often it is read.
func FuzzHeading(f *testing.F) {
	for _, s := range []string{"PM2.5 (µg/m³)", "no2_ppb", "측정일시", "Date (LST)", "초미세먼지(㎍/㎥)", "ＰＭ２．５", "time (UTC+8)", "No", "PM1.0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if a, b := parseHeading(s), parseHeading(s); !reflect.DeepEqual(a, b) {
			t.Fatalf("%+v %+v", a, b)
		}
	})
}
