package intake

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"aircommons/internal/fault"
)

func key(err error) string {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.Message.Key
	}
	return fmt.Sprint(err)
}

// zeros is a bomb: much that packs into little.
func zeros(n int64) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	io.CopyN(z, repeat("0,0,0,0,0,0,0,0\n"), n)
	z.Close()
	return out.Bytes()
}

type repeat string

func (r repeat) Read(p []byte) (int, error) {
	return copy(p, bytes.Repeat([]byte(r), len(p)/len(r)+1)), nil
}

// Each fault of a file is one message with a key of its own.
func TestFaultsOfFiles(t *testing.T) {
	good := gz(made(t, "table-openair.csv"))
	bomb := zeros(40 << 20)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":           {nil, "intake.file.empty"},
		"blank":           {[]byte(" \n\n"), "intake.file.empty"},
		"empty gzip":      {gz(nil), "intake.file.empty"},
		"cut gzip":        {good[:len(good)-9], "intake.gzip.damaged"},
		"gzip header":     {good[:5], "intake.gzip.damaged"},
		"gzip bomb":       {bomb, "intake.unpacked.large"},
		"bomb in bomb":    {gz(gz(gz(gz([]byte("x"))))), "intake.packed.deep"},
		"zip bomb":        {zipped("a.csv", bytes.Repeat([]byte("0,0,0,0\n"), 20<<20/8)), "intake.unpacked.large"},
		"cut zip":         {zipped("a.csv", made(t, "uci.csv"))[:200], "intake.zip.damaged"},
		"two layouts":     {zipped("a.csv", made(t, "uci.csv"), "b.csv", made(t, "stateair-iso.csv")), "intake.zip.mixed"},
		"no table in zip": {zipped("a.txt", []byte("read me"), "b.pdf", []byte("%PDF-1.4")), "intake.zip.unknown"},
		"damaged in zip":  {zipped("a.csv", made(t, "uci.csv"), "b.csv.gz", good[:len(good)-9]), "intake.gzip.damaged"},
		"zips in a zip":   {zipped("a.csv", made(t, "uci.csv"), "b.zip", zipped("c.csv", made(t, "uci.csv"), "d.zip", zipped("e.csv", made(t, "uci.csv"), "f.csv", made(t, "uci.csv")))), "intake.packed.deep"},
		"bombs in a zip":  {zipped("a.csv", made(t, "uci.csv"), "b.csv.gz", bomb), "intake.unpacked.large"},
		"none in a zip":   {zipped("__MACOSX/._a", []byte("x")), "intake.zip.none"},
		"many in a zip":   {manyEntries(1200), "intake.zip.entries"},
		"workbook bomb":   {zipped("xl/workbook.xml", []byte(`<workbook><sheets><sheet name="a" r:id="r"/></sheets></workbook>`), "xl/_rels/workbook.xml.rels", []byte(`<Relationships><Relationship Id="r" Target="s.xml"/></Relationships>`), "xl/s.xml", append([]byte("<sheetData>"), bytes.Repeat([]byte("<row><c><v>1</v></c></row>"), 1<<20)...)), "intake.unpacked.large"},
		"wide workbook":   {zipped("xl/workbook.xml", []byte(`<workbook><sheets><sheet name="a" r:id="r"/></sheets></workbook>`), "xl/_rels/workbook.xml.rels", []byte(`<Relationships><Relationship Id="r" Target="s.xml"/></Relationships>`), "xl/s.xml", append([]byte("<sheetData>"), bytes.Repeat([]byte(`<row><c r="XFD1"><v>1</v></c></row>`), 1500)...)), "intake.unpacked.large"},
		"empty workbook":  {zipped("xl/workbook.xml", []byte(`<workbook/>`)), "intake.workbook.damaged"},
		"long cell":       {append([]byte("date,pm25\n2031-01-01,\""), bytes.Repeat([]byte("a"), 10<<20)...), "intake.cell.long"},
		"long cell uci":   {append(bytes.SplitAfter(made(t, "uci.csv"), []byte("\n"))[0], bytes.Repeat([]byte("a"), 10<<20)...), "intake.cell.long"},
		"long cell seoul": {append(bytes.SplitAfter(made(t, "seoul.csv"), []byte("\n"))[0], append([]byte("20310101,강남구,0.1,0.1,0.1,0.1,1,1\n20310102,"), bytes.Repeat([]byte("a"), 10<<20)...)...), "intake.cell.long"},
		"wide row":        {append([]byte("date,pm25\n2031-01-01,"), bytes.Repeat([]byte(","), 1<<20)...), "intake.row.long"},
		"binary":          {[]byte("date,pm25\n\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x11\x12"), "intake.file.binary"},
		"pdf":             {[]byte("%PDF-1.7\n%\xe2\xe3"), "intake.file.pdf"},
		"html":            {[]byte("\n<!DOCTYPE html>\n<html><table><tr><td>date</td></tr></table></html>"), "intake.file.html"},
		"old excel":       {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more"), "intake.file.xls"},
		"picture":         {[]byte("\x89PNG\r\n\x1a\n"), "intake.file.picture"},
		"seven zip":       {[]byte("7z\xbc\xaf\x27\x1c"), "intake.file.packed"},
		"xml":             {[]byte(`<?xml version="1.0"?><a/>`), "intake.file.xml"},
		"header only":     {[]byte("date,pm25,no2\n"), "intake.rows.none"},
		"header uci":      {bytes.SplitAfter(made(t, "uci.csv"), []byte("\n"))[0], "intake.rows.none"},
		"header seoul":    {[]byte("date,station,pm25\n\n,,\n"), "intake.rows.none"},
		"prose":           {[]byte("Dear colleague,\nplease find the values below, as agreed.\nYours\n"), "intake.layout.none"},
		"broken utf-8":    {append([]byte("날짜,측정소,미세먼지,초미세먼지\n2031-01-01,가,1,2\n2031-01-02,나"), 0xff, ',', '1', '\n'), "intake.encoding.wrong"},
		"months":          {[]byte("date,pm25\n2031-01-01,1\n2031-02-01,2\n2031-03-01,3\n"), "intake.step.months"},
		"odd step":        {[]byte("date,pm25\n2031-01-01 00:00:00,1\n2031-01-01 00:00:07,2\n2031-01-01 00:00:14,3\n"), "intake.step.odd"},
		"no hour":         {[]byte("date,what,pm25\n2031-01-01,a,1\n2031-01-01,b,2\n2031-01-01,c,3\n2031-01-01,d,3\n2031-01-02,d,3\n"), "intake.dates.repeat"},
		"cut json":        {made(t, "openaq-v1.json")[:700], "intake.json.damaged"},
		"json error":      {[]byte(`{"detail":"Location not found"}`), "intake.json.detail"},
		"json list":       {[]byte(`[1,2,3]`), "intake.layout.json"},
		"json nothing":    {[]byte(`{"meta":{"name":"openaq-api"},"results":[]}`), "intake.openaq.nothing"},
		"json rollup":     {[]byte(`{"meta":{"name":"openaq-api"},"results":[{"value":1,"parameter":{"name":"o3","units":"ppm"},"period":{"label":"07","interval":"07","datetimeFrom":null,"datetimeTo":null}}]}`), "intake.openaq.rollup"},
	} {
		r, err := ReadBytes("made.csv", c.data, Options{Now: now, Limits: Limits{Unpacked: 16 << 20}})
		if got := key(err); got != c.want {
			t.Errorf("%s: %s, want %s (%+v)", name, got, c.want, r)
		}
		if fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: code %s", name, fault.CodeOf(err))
		}
	}
	dir := t.TempDir()
	if _, err := ReadFile(dir, Options{}); key(err) != "intake.file.directory" {
		t.Error(err)
	}
	if _, err := ReadFile(filepath.Join(dir, "none.csv"), Options{}); key(err) != "intake.file.missing" || fault.CodeOf(err) != fault.NotFound {
		t.Error(err)
	}
	big := filepath.Join(dir, "big.csv")
	if err := os.WriteFile(big, made(t, "uci.csv"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(big, Options{Limits: Limits{Packed: 10}}); key(err) != "intake.file.large" {
		t.Error(err)
	}
	for name, opt := range map[string]Options{
		"intake.layout.unknown": {Layout: "teletext"}, "intake.layout.mapping.none": {Layout: "mapping"}, "intake.rows.many": {Limits: Limits{Rows: 2}}, "intake.series.many": {Limits: Limits{Series: 12}},
	} {
		if _, err := ReadBytes("uci.csv", made(t, "uci.csv"), opt); key(err) != name {
			t.Errorf("%v, want %s", err, name)
		}
	}
}

func manyEntries(n int) []byte {
	var pairs []any
	for i := range n {
		pairs = append(pairs, fmt.Sprintf("%d.csv", i), []byte("x"))
	}
	return zipped(pairs...)
}

// A file whose every line is wrong costs a bounded report, with the true total.
func TestRejectedLinesAreBounded(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("date,pm25 (ug/m3)\n")
	for i := range 60 {
		fmt.Fprintf(&b, "2031-01-%02d %02d:00,1\n", i/24+1, i%24)
	}
	for range 3 * MaxLines {
		b.WriteString("2031-01-05 01:00,x\n")
	}
	r, err := ReadBytes("a.csv", b.Bytes(), Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Rejected) != MaxLines || r.RejectedTotal != 3*MaxLines || r.Values != 60 {
		t.Errorf("%d kept, %d in all, %d values", len(r.Rejected), r.RejectedTotal, r.Values)
	}
}

// Bombs are refused while they unpack: memory stays near what the limits allow.
func TestMemoryIsBounded(t *testing.T) {
	bomb := zeros(100 << 20)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	_, err := ReadBytes("bomb.csv.gz", bomb, Options{}) // 200 kB may unpack to 40 MB
	runtime.ReadMemStats(&after)
	if key(err) != "intake.unpacked.large" {
		t.Fatal(err)
	}
	if grown := (after.TotalAlloc - before.TotalAlloc) >> 20; grown > 150 {
		t.Errorf("%d MB were allocated to refuse %d kB", grown, len(bomb)>>10)
	}
}

// A station on each line must not make a series with room for the whole file each.
func TestManyStations(t *testing.T) {
	var b strings.Builder
	b.WriteString("date,station,pm25 (ug/m3)\n")
	for i := range 30000 {
		fmt.Fprintf(&b, "2031-01-01 %02d:00,s%d,1\n", i%24, i)
	}
	if _, err := ReadBytes("a.csv", []byte(b.String()), Options{}); key(err) != "intake.series.many" {
		t.Error(err)
	}
}

// Headings in UTF-8 above lines in another encoding would be read wrongly in either: the line is named. A workbook behind a
// password is told from an old one.
func TestTwoEncodingsAndALockedWorkbook(t *testing.T) {
	lines, err := encodings["cp949"].NewEncoder().String("2031-01-01 00:00,종로구,1\n2031-01-01 01:00,종로구,2\n")
	if err != nil {
		t.Fatal(err)
	}
	_, err = ReadBytes("a.csv", []byte("날짜,측정소,pm25 (ug/m3)\n"+lines), Options{})
	var e *fault.Error
	if !errors.As(err, &e) || e.Message.Key != "intake.encoding.wrong" || e.Message.Args["Line"] != 2 {
		t.Error(err)
	}
	cell := "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"
	if _, err := ReadBytes("a.xlsx", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"+strings.Repeat("\x00", 1500)+cell), Options{}); key(err) != "intake.file.locked" {
		t.Error(err)
	}
}
