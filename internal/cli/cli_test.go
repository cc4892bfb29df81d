package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"aircommons/internal/cli"
)

// testdata is the folder of real exports; tests that need it skip where it is absent.
func testdata(t *testing.T, parts ...string) string {
	t.Helper()
	root := os.Getenv("AIRCOMMONS_TESTDATA")
	if root == "" {
		root = "../../../shared/data"
	}
	p := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("real exports are not here: %s (set AIRCOMMONS_TESTDATA)", p)
	}
	return p
}

func run(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = cli.Main(args, &o, &e)
	return status, o.String(), e.String()
}

func TestStatsAgainstIndependentProgram(t *testing.T) {
	want, err := os.ReadFile("testdata/beijing_annual.txt")
	if err != nil {
		t.Fatal(err)
	}
	fields := []string{"expected", "count", "mean", "median", "p05", "p25", "p75", "p90", "p98", "p99", "min", "max", "max_day", "max_8h", "max_24h"}
	for _, line := range strings.Split(strings.TrimSpace(string(want)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Fields(line)
		file := testdata(t, "beijing-multisite", "PRSA_Data_"+f[0]+"_20130301-20170228.csv.gz")
		status, out, errs := run(t, "stats", "annual", file, "--pollutant", f[1], "--year", f[2], "--format", "json")
		if status != 0 {
			t.Fatal(status, errs)
		}
		var rows []map[string]any
		if err := json.Unmarshal([]byte(out), &rows); err != nil || len(rows) != 1 {
			t.Fatal(err, out)
		}
		for i, name := range fields {
			w, _ := strconv.ParseFloat(f[3+i], 64)
			got, ok := rows[0][name].(float64)
			if !ok || math.Abs(got-w) > 1e-9*math.Max(1, math.Abs(w)) {
				t.Errorf("%s %s %s: %s is %v, want %v", f[0], f[1], f[2], name, rows[0][name], w)
			}
		}
	}
}

// The means of the valid hours of these files are 99.09 and 90.52, as the WHO database prints them for the same monitor.
func TestStateAirMeans(t *testing.T) {
	for year, c := range map[string]struct {
		file string
		mean string
	}{"2011": {"Beijing_2011_HourlyPM25_created20140709.csv.gz", "99.09"}, "2012": {"Beijing_2012_HourlyPM2.5_created20140325.csv.gz", "90.52"}} {
		status, out, errs := run(t, "stats", "annual", testdata(t, "us-embassy-stateair", c.file), "--format", "json")
		var rows []struct {
			Period string
			Mean   float64
		}
		if err := json.Unmarshal([]byte(out), &rows); err != nil || status != 0 {
			t.Fatal(status, err, errs)
		}
		if rows[0].Period != year || fmt.Sprintf("%.2f", rows[0].Mean) != c.mean {
			t.Errorf("%s: %+v, want %s", year, rows, c.mean)
		}
	}
}

// Counts as the file's own text has them: 8,784 rows, 29 of them coded missing, and one hour moved by a clock change.
func TestImportReportsClockChange(t *testing.T) {
	status, out, _ := run(t, "import", "--dry-run", "--format", "json", testdata(t, "us-embassy-stateair", "Beijing_2016_HourlyPM25_created20170201.csv.gz"))
	if status != 3 {
		t.Errorf("status %d, want 3: a moved hour needs a look", status)
	}
	var r struct {
		Files []struct {
			Layout, Encoding      string
			Rows, Stored, Missing int
			Warnings              []string
		}
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	f := r.Files[0]
	if f.Layout != "stateair" || f.Encoding != "iso-8859-1" || f.Rows != 8784 || f.Missing != 29 || f.Stored != 8755 || len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0], "02:00") {
		t.Errorf("%+v", f)
	}
}

func TestWrongUse(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "cut.csv.gz")
	if err := os.WriteFile(bad, []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3}, 0o600); err != nil {
		t.Fatal(err)
	}
	blank := filepath.Join(dir, "empty.csv")
	if err := os.WriteFile(blank, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	none := filepath.Join(dir, "none")
	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"stats", "annual", dir}, 1, "is a folder"},
		{[]string{"stats", "annual", filepath.Join(dir, "none.csv")}, 1, "none.csv"},
		{[]string{"stats", "annual", bad}, 1, "cut off or damaged"},
		{[]string{"stats", "annual", blank}, 1, "is empty"},
		{[]string{"stats", "weekly", blank}, 2, "annual"},
		{[]string{"stats", "annual", blank, "--pollutant", "gold"}, 2, "gold"},
		{[]string{"stats", "annual", blank, "--unit", "ells"}, 2, "ells"},
		{[]string{"import", "--dry-run", blank, "--zone", "here"}, 2, "--zone"},
		{[]string{"import", "--dry-run", blank, "--column", "A=gold"}, 2, "gold"},
		{[]string{"serve", "--data", none, "--url", "air.example.org"}, 2, "--url"},
		{[]string{"stats", "annual", "--data", none}, 1, "no data folder"},
		{[]string{"network", "export", "--data", none}, 1, "no data folder"},
		{[]string{"network", "check", "--data", none}, 1, "no data folder"},
		{[]string{"backup", filepath.Join(dir, "copy"), "--data", none}, 1, "no data folder"},
		{[]string{"restore", dir, "--data", none}, 1, "not a backup"},
		{[]string{"verify", "--data", none}, 1, "no data folder"},
		{[]string{}, 2, ""},
	} {
		status, out, errs := run(t, c.args...)
		if status != c.status || !strings.Contains(errs, c.says) || out != "" || strings.Count(errs, "\n") > 1 {
			t.Errorf("%v: status %d, stdout %q, stderr %q", c.args, status, out, errs)
		}
		if _, err := os.Stat(none); err == nil {
			t.Fatalf("%v made a data folder", c.args)
		}
	}
}

// full is a file on a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// Results that cannot be written are a failure, however they are printed.
func TestResultsThatCannotBeWritten(t *testing.T) {
	file := write(t, "one.csv", cli.Generated("One", 1, 1))
	for _, format := range []string{"table", "csv", "json"} {
		for _, args := range [][]string{{"import", "--dry-run", file}, {"stats", "annual", file}, {"layouts"}} {
			var errs bytes.Buffer
			status := cli.Main(append(args, "--format", format), full{}, &errs)
			if status != 1 || strings.Count(errs.String(), "\n") != 1 || !strings.Contains(errs.String(), "no space left") {
				t.Errorf("%v %s: status %d, %q", args, format, status, errs.String())
			}
		}
	}
}

// A file that states neither its zone nor its units is summarised all the same, and it is said what is open: nothing is
// stored by reading a file.
func TestStatsOfATableThatSaysLittle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.csv")
	lines := []string{"date,no2,co"}
	for h := range 24 {
		lines = append(lines, fmt.Sprintf("2021-03-01 %02d:00,%d,1", h, h))
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, errs := run(t, "stats", "day", path, "--pollutant", "no2", "--format", "csv")
	if status != 0 || !strings.Contains(out, "mine,no2,,2021-03-01,24,24,100,true,11.5") {
		t.Errorf("status %d, %q, %q", status, out, errs)
	}
	if !strings.Contains(errs, "--unit no2=ug/m3|") || !strings.Contains(errs, "--zone") || strings.Contains(errs, "co=") {
		t.Errorf("open questions: %q", errs)
	}
	status, out, errs = run(t, "stats", "day", path, "--unit", "no2=ppb", "--unit", "co=ppm", "--zone", "+09:00", "--format", "csv")
	if status != 0 || errs != "" || !strings.Contains(out, "mine,no2,ppb,2021-03-01,24,24,100,true,11.5") || !strings.Contains(out, "mine,co,ppm,") {
		t.Errorf("status %d, %q, %q", status, out, errs)
	}
}
