package evidence

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"aircommons/air"
	"aircommons/internal/intake"
	"aircommons/internal/obs"
)

// give imports a text as a file of a name, for Beijing.
func (w world) give(name string, data []byte, c Choices) Import {
	w.t.Helper()
	i, _, err := w.StartImport(context.Background(), officer, Upload{Name: name, Place: "beijing", Reader: bytes.NewReader(data), Choices: c, Auto: true})
	if err != nil {
		w.t.Fatal(err)
	}
	w.work()
	if i, _, err = w.Import(context.Background(), officer, i.ID); err != nil {
		w.t.Fatal(err)
	}
	return i
}

// hours are the stored values of the only series of a parameter, "time=value".
func (w world) hours(p air.Parameter) string {
	w.t.Helper()
	var out []string
	err := w.st.Scan(context.Background(), nil, -1<<60, 1<<60, func(k obs.Key, r obs.Rows) error {
		if k.Parameter == p {
			for i, at := range r.Time {
				out = append(out, fmt.Sprintf("%s=%.6g", time.Unix(at, 0).UTC().Format("02T15"), r.Value[i]))
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.Join(out, " ")
}

// A table whose columns cannot be told is previewed by a mapping whatever its size and packing.
func TestTryAnySize(t *testing.T) {
	var b strings.Builder
	b.WriteString("when|reading|noise\n")
	noise := rand.New(rand.NewPCG(1, 2))
	for i := range 230_000 {
		at := time.Date(2003, 1, 1, i, 0, 0, 0, time.UTC)
		fmt.Fprintf(&b, "%s|%d|%x%x%x%x\n", at.Format("2006-01-02 15:04"), i%90, noise.Uint64(), noise.Uint64(), noise.Uint64(), noise.Uint64())
	}
	plain := []byte(b.String())
	var z bytes.Buffer
	packed := zip.NewWriter(&z)
	f, _ := packed.Create("unknown.txt")
	f.Write(plain)
	f, _ = packed.Create("second.csv")
	f.Write([]byte("a,b\n1,2\n"))
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
	var single bytes.Buffer
	packed = zip.NewWriter(&single)
	f, _ = packed.Create("unknown.txt")
	f.Write(plain)
	packed.Close()
	if single.Len() < 8<<20 {
		t.Fatalf("the archive has %d bytes; the test wants more than 8 MB", single.Len())
	}
	m := intake.Mapping{Delimiter: "|", Date: intake.DateRule{Columns: []string{"when"}}, Zone: "UTC", Columns: []intake.ColumnRule{{Column: "reading", Parameter: "pm25", Unit: "ug/m3"}}}
	w := newWorld(t)
	for name, data := range map[string][]byte{"unknown.txt": plain, "unknown.zip": single.Bytes()} {
		i := w.give(name, data, Choices{})
		if i.State != Failed {
			t.Fatalf("%s is %s", name, i.State)
		}
		trial, err := w.Try(context.Background(), officer, i.ID, &m)
		if err != nil || trial.Err != nil {
			t.Fatal(name, err, trial.Err)
		}
		if rows := trial.Preview.Rows; len(rows) != 12 || rows[3].Value != 3 || rows[3].Start != time.Date(2003, 1, 1, 3, 0, 0, 0, time.UTC).Unix() {
			t.Errorf("%s: %+v", name, rows)
		}
	}
}

// A second file in another unit: within mass, and within mixing ratio, it is brought to the unit that is stored; between the
// two it is refused with a sentence, and what is stored stays.
func TestSecondFileInAnotherUnit(t *testing.T) {
	for _, x := range []struct{ first, second, want string }{
		{"co (mg/m3),0.5", "co (ug/m3),700", "31T16=0.7 31T17=0.5"},
		{"pm25 (ug/m3),35", "pm25 (mg/m3),0.041", "31T16=41 31T17=35"},
		{"o3 (ppb),31", "o3 (ppm),0.045", "31T16=45 31T17=31"},
		{"no2 (ug/m3),40", "no2 (ppb),20", "31T16=40 31T17=40"},
		{"so2 (ppm),0.005", "so2 (mg/m3),0.02", "31T16=0.005 31T17=0.005"},
	} {
		w := newWorld(t)
		table := func(text string, hours int) []byte {
			head, value, _ := strings.Cut(text, ",")
			out := "date,site," + head + "\n"
			for h := range hours {
				out += fmt.Sprintf("2026-01-01 %02d:00,A,%s\n", h, value)
			}
			return []byte(out)
		}
		if i := w.give("a.csv", table(x.first, 2), Choices{}); i.State != Stored {
			t.Fatal(i.State, i.Report.Error)
		}
		i := w.give("b.csv", table(x.second, 1), Choices{})
		p, _ := air.ByCode(x.first[:strings.IndexByte(x.first, ' ')])
		if got := w.hours(p); got != x.want {
			t.Errorf("%s then %s: stored %s, want %s", x.first, x.second, got, x.want)
		}
		if refused := strings.Contains(x.first, "pp") != strings.Contains(x.second, "pp"); refused != (i.State == Failed && i.Report.Error.Key == "evidence.unit.differs") {
			t.Errorf("%s then %s: %s %v", x.first, x.second, i.State, i.Report.Error)
		}
	}
}

// Two units of one quantity in one file: what can be brought together is, the rest is refused and said.
func TestTwoUnitsInOneFile(t *testing.T) {
	w := newWorld(t)
	i := w.give("a.csv", []byte("date,site,parameter,value,unit\n2026-01-01 00:00,A,co,0.5,mg/m3\n2026-01-01 01:00,A,co,700,ug/m3\n2026-01-01 02:00,A,co,0.4,ppm\n"), Choices{})
	if got := w.hours(air.CO); got != "31T16=0.5 31T17=0.7" {
		t.Errorf("stored %s: %s %v", got, i.State, i.Report.Error)
	}
	if len(i.Report.Refused) != 1 || i.Report.Refused[0].Key != "evidence.series.twice" || i.Report.Values != 2 {
		t.Errorf("%d values, refused %v", i.Report.Values, i.Report.Refused)
	}
}

// A file of days read in another zone than its station has: the days stay the written ones.
func TestDaysReadInAnotherZone(t *testing.T) {
	w := newWorld(t)
	days := func(from int) []byte {
		out := "date,site,pm25 (ug/m3)\n"
		for d := range 5 {
			out += fmt.Sprintf("2026-01-%02d,A,%d\n", from+d, from+d)
		}
		return []byte(out)
	}
	nine, west := 9*3600, -5*3600
	for _, x := range []struct {
		from int
		c    Choices
	}{{1, Choices{}}, {6, Choices{Offset: &nine}}, {11, Choices{Offset: &west}}} {
		if i := w.give("days.csv", days(x.from), x.c); i.State != Stored {
			t.Fatal(i.State, i.Report.Error)
		}
	}
	for n, at := range strings.Fields(w.hours(air.PM25)) {
		if want := time.Date(2025, 12, 31+n, 16, 0, 0, 0, time.UTC).Format("02T15") + fmt.Sprintf("=%d", n+1); at != want {
			t.Errorf("day %d is stored as %s, want %s", n+1, at, want)
		}
	}
}

// Hours are moments: a file of the same station in another zone adds the hours that it means.
func TestHoursReadInAnotherZone(t *testing.T) {
	w := newWorld(t)
	text := "date,site,pm25 (ug/m3)\n2026-01-01 00:00,A,1\n2026-01-01 01:00,A,2\n"
	utc := 0
	w.give("a.csv", []byte(text), Choices{})
	w.give("b.csv", []byte(strings.ReplaceAll(text, "A", "A ")), Choices{Offset: &utc})
	if got := w.hours(air.PM25); got != "31T16=1 31T17=2 01T00=1 01T01=2" {
		t.Error(got)
	}
}
