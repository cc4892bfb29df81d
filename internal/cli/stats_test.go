package cli_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"aircommons/internal/cli"
)

// What is stored gives the same statistics as the files it came from, to the last digit.
func TestStatsOfStoreAreThoseOfFiles(t *testing.T) {
	dir := network(t)
	one, two := write(t, "one.csv", cli.Generated("One", 1, 2)), write(t, "two.csv", cli.Generated("Two", 2, 1))
	if status, _, errs := run(t, "import", one, two, "--city", "beijing", "--data", dir); status != 0 {
		t.Fatal(errs)
	}
	for _, args := range [][]string{{"annual"}, {"month", "--pollutant", "o3"}, {"season", "--station", "Two"}, {"day", "--pollutant", "wd", "--year", "2014"}, {"annual", "--capture", "0", "--unit", "mg/m3"}} {
		args = append([]string{"stats"}, append(args, "--format", "json")...)
		status, files, errs := run(t, append(args, one, two)...)
		if status != 0 || len(files) < 200 {
			t.Fatal(args, status, files, errs)
		}
		if status, stored, errs := run(t, append(args, "--data", dir)...); status != 0 || stored != files {
			t.Errorf("%v: %s\n%.300s\n%.300s", args, errs, stored, files)
		}
	}
	if status, out, _ := run(t, "stats", "annual", "--station", "Two", "--format", "csv", "--data", dir); status != 0 {
		t.Error(out)
	} else if rows, err := csv.NewReader(strings.NewReader(out)).ReadAll(); err != nil || len(rows) != 13 || len(rows[0]) != 22 || rows[1][0] != "Two" {
		t.Error(rows, err)
	}
	for _, args := range [][]string{{"--station", "Nobody"}, {"--city", "atlantis"}} {
		if status, out, errs := run(t, append([]string{"stats", "annual", "--data", dir}, args...)...); status != 1 || out != "" || strings.Count(errs, "\n") != 1 {
			t.Error(args, status, out, errs)
		}
	}
}

// Ozone at 25 °C and one atmosphere: 1 ppb is 47.9982/24.4654 = 1.96188 µg/m³ (R = 8.314462618).
func TestStatsUnit(t *testing.T) {
	file := write(t, "one.csv", cli.Generated("One", 1, 1))
	mean := func(args ...string) float64 {
		t.Helper()
		status, out, errs := run(t, append([]string{"stats", "annual", file, "--pollutant", "o3", "--year", "2013", "--format", "json"}, args...)...)
		var rows []struct {
			Mean float64
			Unit string
		}
		if err := json.Unmarshal([]byte(out), &rows); err != nil || status != 0 || len(rows) != 1 {
			t.Fatal(status, out, errs)
		}
		return rows[0].Mean
	}
	if mass, ratio := mean(), mean("--unit", "ppb", "--temperature", "25"); math.Abs(mass/ratio-1.96188) > 1e-4 {
		t.Error(mass, ratio, mass/ratio)
	}
	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"--pollutant", "o3", "--unit", "ppb"}, 1, "temperature"},
		{[]string{"--pollutant", "pm25", "--unit", "ppb", "--temperature", "20"}, 1, "particles"},
		{[]string{"--unit", "furlong"}, 2, "furlong"},
	} {
		if status, out, errs := run(t, append([]string{"stats", "annual", file}, c.args...)...); status != c.status || out != "" || !strings.Contains(errs, c.says) || strings.Count(errs, "\n") != 1 {
			t.Error(c.args, status, out, errs)
		}
	}
}

// A plain table without units is stored when somebody says them, and not before.
func TestImportAnswers(t *testing.T) {
	dir := network(t)
	var b strings.Builder
	b.WriteString("date,pm25,o3\n")
	for _, day := range []string{"2016-01-30", "2016-01-31", "2016-02-01"} {
		for h := range 24 {
			b.WriteString(day + " " + string([]byte{'0' + byte(h/10), '0' + byte(h%10)}) + ":00,12.5,30\n")
		}
	}
	file := write(t, "plain.csv", b.String())
	args := []string{"import", file, "--city", "beijing", "--data", dir, "--format", "json"}
	status, out, errs := run(t, args...)
	var r struct {
		Files []struct {
			State  string
			Stored int
			Asks   []struct {
				Property, Column string
				Must             bool
			}
			Series []struct{ Pollutant, Unit string }
		}
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err, out, errs)
	}
	if f := r.Files[0]; status != 1 || f.State != "asks" || f.Stored != 0 || len(f.Asks) == 0 || !strings.Contains(errs, "--unit") {
		t.Fatalf("status %d %+v %s", status, f, errs)
	}
	if status, out, errs = run(t, append(args, "--unit", "ug/m3", "--unit", "o3=ppb")...); status != 0 && status != 3 {
		t.Fatal(status, out, errs)
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	f := r.Files[0]
	if f.State != "stored" || f.Stored != 144 || len(f.Series) != 2 {
		t.Fatalf("%+v", f)
	}
	for _, s := range f.Series {
		if want := map[string]string{"pm25": "ug/m3", "o3": "ppb"}[s.Pollutant]; s.Unit != want {
			t.Errorf("%+v", s)
		}
	}
	if status, out, errs := run(t, "stats", "month", file, "--unit", "ug/m3", "--pollutant", "pm25", "--capture", "1"); status != 0 || !strings.Contains(out, "12.5") {
		t.Error(status, out, errs)
	}
	if status, _, errs := run(t, "stats", "month", file, "--pollutant", "pm25"); status != 0 || !strings.Contains(errs, "--unit") {
		t.Error(status, errs)
	}
}
