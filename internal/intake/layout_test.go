package intake

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"aircommons/air"
)

func unitsOf(pairs string) map[string]air.Unit {
	out := map[string]air.Unit{}
	for _, p := range strings.Fields(pairs) {
		code, unit, _ := strings.Cut(p, "=")
		out[code], _ = air.ParseUnit(unit)
	}
	return out
}

// No layout but the last takes a file that is not its own. The plain table comes last because much of what the others
// know has headings too.
func TestNoFalseRecognition(t *testing.T) {
	for _, c := range madeCases {
		s := newSight(made(t, c.file), Options{})
		for _, l := range layouts() {
			if got, want := l.recognise(s), l.Name == c.layout; got != want && !(l.Name == "table" && c.layout != "table") {
				t.Errorf("%s: %s says %v", c.file, l.Name, got)
			}
		}
	}
	for i, l := range layouts() {
		if len(l.Description) < 60 || (l.Name == "table") != (i == len(layouts())-1) {
			t.Errorf("%s: described in %q, at place %d", l.Name, l.Description, i)
		}
	}
}

// testdata is the folder of real exports, which are not part of the project.
func testdata(t testing.TB) string {
	t.Helper()
	root := os.Getenv("AIRCOMMONS_TESTDATA")
	if root == "" {
		root = "../../../shared/data"
	}
	if _, err := os.Stat(root); err != nil {
		t.Skipf("real exports are not here: %s (set AIRCOMMONS_TESTDATA)", root)
	}
	return root
}

// Counts and sums of testdata/expected.txt were derived by testdata/derive.py, which shares nothing with the readers.
func TestRealFilesAgainstIndependentProgram(t *testing.T) {
	root := testdata(t)
	text, err := os.ReadFile("testdata/expected.txt")
	if err != nil {
		t.Fatal(err)
	}
	type total struct {
		n           int
		sum         float64
		first, last int64
	}
	read := map[string]map[string]total{}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		f := strings.Fields(line)
		if read[f[0]] == nil {
			path := filepath.Join(root, f[0])
			if _, err := os.Stat(path); err != nil {
				t.Logf("skipped: %s is not here", f[0])
				continue
			}
			r, err := ReadFile(path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			read[f[0]] = map[string]total{}
			for _, x := range r.Series {
				code := x.Parameter.Code()
				a := read[f[0]][code]
				for _, v := range x.Value {
					a.sum += v
				}
				if a.n == 0 || x.Time[0] < a.first {
					a.first = x.Time[0]
				}
				a.last = max(a.last, x.Time[x.Len()-1])
				a.n += x.Len()
				read[f[0]][code] = a
			}
		}
		n, _ := strconv.Atoi(f[2])
		sum, _ := strconv.ParseFloat(f[3], 64)
		got := read[f[0]][f[1]]
		stamp := func(at int64) string { return time.Unix(at, 0).UTC().Format("2006-01-02T15:04") }
		if off := got.sum - sum; got.n != n || off > 1e-9*sum || off < -1e-9*sum || stamp(got.first) != f[4] || stamp(got.last) != f[5] {
			t.Errorf("%s %s: %d values, sum %v, %s to %s; want %s", f[0], f[1], got.n, got.sum, stamp(got.first), stamp(got.last), line)
		}
	}
}

// Every real file is read by the layout its folder stands for, or by none.
func TestRealFilesAreRecognised(t *testing.T) {
	root := testdata(t)
	for pattern, want := range map[string]string{
		"beijing-multisite/*.gz": "uci-beijing", "us-embassy-stateair/*.gz": "stateair", "seoul/seoul-daily*": "seoul-daily", "seoul/seoul-air-hourly*": "table",
		"openaq/*.gz": "openaq-csv", "openaq/v1/aq_measurements*": "openaq-v1", "openaq/v3-samples/measurements.json": "openaq-v3", "london/mydata.csv.gz": "table",
		"openaq/v1/aq_latest*": "intake.openaq.latest", "openaq/v1/aq_locations*": "intake.openaq.places", "openaq/v3-samples/[c-l]*.json": "intake.openaq.places", "openaq/v3-samples/s*.json": "intake.openaq.places",
		"purpleair/api-error*": "intake.json.detail", "purpleair/api-get*": "intake.layout.json", "airnow/*.json": "intake.layout.json", "china-cnemc/*": "intake.layout.json",
		"nyc-nyccas/*": "intake.layout.none", "us-epa/con*": "intake.layout.none", "london/*.rda": "", "published-annual-means.csv": "",
	} {
		files, _ := filepath.Glob(filepath.Join(root, pattern))
		for _, f := range files {
			r, err := ReadFile(f, Options{})
			got := ""
			if err != nil {
				got = key(err)
			} else {
				got = r.Layout
			}
			if got != want && !(want == "" && err != nil) {
				t.Errorf("%s: %s, want %s", f, got, want)
			}
		}
	}
}

// The twelve Beijing files are read again and again by commands; the time of one round is what this measures.
func BenchmarkBeijing(b *testing.B) {
	files, _ := filepath.Glob(filepath.Join(testdata(b), "beijing-multisite", "*.gz"))
	if len(files) == 0 {
		b.Skip("the Beijing files are not here")
	}
	b.ReportAllocs()
	for b.Loop() {
		results, err := ReadFiles(files, Options{}, 2)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for _, r := range results {
			n += r.Values
		}
		b.ReportMetric(float64(n), "values")
	}
}

// BenchmarkTable reads openair's mydata: ten columns of 65,533 hours by their headings.
func BenchmarkTable(b *testing.B) {
	data, err := os.ReadFile(filepath.Join(testdata(b), "london", "mydata.csv.gz"))
	if err != nil {
		b.Skip(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadBytes("mydata.csv.gz", data, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
