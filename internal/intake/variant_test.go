package intake

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

// Files as people pass them on: saved again by a spreadsheet or a program, put behind each other. What is in them is the same.
func TestFilesPassedOn(t *testing.T) {
	uci, air, seoul := string(made(t, "uci.csv")), string(made(t, "stateair-iso.csv")), string(made(t, "seoul-english.csv"))
	each := func(text string, f func(n int, line string) string) string {
		lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
		for n := range lines {
			lines[n] = f(n, strings.TrimRight(lines[n], "\r"))
		}
		return strings.Join(lines, "\n") + "\n"
	}
	for name, c := range map[string]struct{ first, second, layout string }{
		"uci, an index in front": {uci, each(uci, func(n int, l string) string { return []string{"", "0"}[min(n, 1)] + "," + l }), "uci-beijing"},
		"uci, semicolons":        {uci, each(uci, func(_ int, l string) string { return strings.ReplaceAll(l, ",", ";") }), "uci-beijing"},
		"uci, no number": {uci, each(uci, func(_ int, l string) string {
			_, rest, _ := strings.Cut(l, ",")
			return rest
		}), "uci-beijing"},
		"uci, station first": {uci, each(uci, func(_ int, l string) string {
			i := strings.LastIndexByte(l, ',')
			return l[i+1:] + "," + l[:i]
		}), "uci-beijing"},
		"stateair, µ lost": {air, strings.NewReplacer("\xb5", "?", "\xb3", "?").Replace(air), "stateair"},
		"seoul, open data": {seoul, each(seoul, func(n int, l string) string {
			if n == 0 {
				f := strings.Split(l, ",")
				f[3], f[2] = "MSRDT_DE", "MSRSTE_NM"
				return strings.Join(f, ",")
			}
			return l
		}), "seoul-daily"},
	} {
		a, err := ReadBytes("a.csv", []byte(c.first), Options{Now: now})
		if err != nil {
			t.Fatal(name, err)
		}
		b, err := ReadBytes("a.csv", []byte(c.second), Options{Now: now})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if b.Layout != c.layout || !reflect.DeepEqual(a.Series, b.Series) || a.Missing != b.Missing || a.RejectedTotal != b.RejectedTotal {
			t.Errorf("%s: %s, %d series of %d, %d missing of %d, %d rejected of %d", name, b.Layout, len(b.Series), len(a.Series), b.Missing, a.Missing, b.RejectedTotal, a.RejectedTotal)
		}
	}
	for _, file := range []string{"uci.csv", "stateair-iso.csv", "table-openair.csv", "seoul-english.csv"} {
		data := made(t, file)
		lines := bytes.SplitAfter(data, []byte("\n"))
		head := 0
		for i, l := range lines {
			if bytes.Count(l, []byte(",")) > 3 && head == 0 && !bytes.HasPrefix(l, []byte(",")) {
				head = i
				break
			}
		}
		again := append(append([]byte{}, data...), lines[head]...)
		a, err := ReadBytes("a.csv", data, Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		b, err := ReadBytes("a.csv", again, Options{Now: now})
		if err != nil {
			t.Fatal(file, err)
		}
		if b.Rows != a.Rows || b.RejectedTotal != a.RejectedTotal || b.NotedTotal != a.NotedTotal+1 || b.Noted[len(b.Noted)-1].Reason.Key != "intake.heading.again" {
			t.Errorf("%s: headings again: %d rows, %d rejected, %d noted; before %d, %d, %d", file, b.Rows, b.RejectedTotal, b.NotedTotal, a.Rows, a.RejectedTotal, a.NotedTotal)
		}
	}
}
