package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A list is taken in, listed and written out by commands.
func TestPeopleCommands(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	doc := write(t, "forum.yaml", twoPlaces+"  - {id: ulaanbaatar, names: {en: Ulaanbaatar}, kind: city, country: MN, zone: Asia/Ulaanbaatar}\nprogrammes:\n  - {id: forum, kind: forum, names: {en: Forum}, state: published}\n"+
		"activities:\n  - {id: forum-2027, programme: forum, kind: forum, names: {en: Forum 2027}, period: 2027-09-20, state: published}\n")
	if status, _, errs := run(t, "network", "import", "--data", data, doc); status != 0 {
		t.Fatal(errs)
	}
	file := filepath.Join(dir, "list.csv")
	if err := os.WriteFile(file, []byte("Name;E-mail;City;Country\nBat Dorj;bat@example.org;Ulaanbaatar;Mongolia\n王芳;wang@example.org;Beijing;CN\n=cmd;no address;;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const at = "forum-2027"
	if status, out, errs := run(t, "people", "import", "--data", data, at, file); status != 3 || !strings.Contains(errs, "nothing was written") || !strings.Contains(out, "wang@example.org") {
		t.Error(status, out, errs)
	}
	if status, out, _ := run(t, "people", "list", "--data", data, at, "--format", "json"); status != 0 || strings.TrimSpace(out) != "[]" {
		t.Error(status, out)
	}
	if status, out, errs := run(t, "people", "import", "--data", data, at, file, "--doubtful", "skip"); status != 3 || !strings.Contains(errs, "2 people taken in") {
		t.Error(status, out, errs)
	}
	var people []map[string]any
	status, out, errs := run(t, "people", "list", "--data", data, at, "--format", "json", "--filter", "place=ulaanbaatar")
	if err := json.Unmarshal([]byte(out), &people); err != nil || status != 0 || len(people) != 1 || people[0]["state"] != "confirmed" || people[0]["country"] != "MN" {
		t.Error(status, out, errs, err)
	}
	if status, out, errs := run(t, "people", "export", "--data", data, at, "--lang", "zh"); status != 0 || !strings.Contains(out, "王芳") || !strings.Contains(out, "姓名") {
		t.Error(status, out, errs)
	}
	if status, _, errs := run(t, "people", "list", "--data", data, "nothing"); status != 1 || !strings.Contains(errs, "nothing") {
		t.Error(status, errs)
	}
}
