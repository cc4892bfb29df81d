package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Badges are written as one file that needs nothing else, and the list tells who is expected.
func TestDayCommands(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	doc := write(t, "forum.yaml", twoPlaces+"programmes:\n  - {id: forum, kind: forum, names: {en: Forum}, state: published}\n"+
		"activities:\n  - {id: forum-2027, programme: forum, kind: forum, names: {en: Forum 2027}, period: 2027-09-20, state: published}\n")
	if status, _, errs := run(t, "network", "import", "--data", data, doc); status != 0 {
		t.Fatal(errs)
	}
	list := filepath.Join(dir, "list.csv")
	if err := os.WriteFile(list, []byte("Name;E-mail;City\n王芳;wang@example.org;Beijing\nBat <b>Dorj</b>;bat@example.org;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, out, errs := run(t, "people", "import", "--data", data, "forum-2027", list); status != 0 {
		t.Fatal(out, errs)
	}
	file := filepath.Join(dir, "badges.html")
	for range 2 { // again with the same codes
		if status, _, errs := run(t, "badges", "--data", data, "forum-2027", "--out", file, "--lang", "ko"); status != 0 {
			t.Fatal(errs)
		}
	}
	html, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"王芳", "참가자", `<svg class="qr"`, "<style>", "Bat &lt;b&gt;"} {
		if !strings.Contains(string(html), s) {
			t.Errorf("the sheet lacks %q", s)
		}
	}
	if strings.Contains(string(html), "@example") || strings.Contains(string(html), "http") {
		t.Error("the sheet tells or needs more than it should")
	}
	var people []map[string]any
	status, out, errs := run(t, "presence", "list", "--data", data, "forum-2027", "--format", "json")
	if err := json.Unmarshal([]byte(out), &people); err != nil || status != 0 || len(people) != 2 || people[0]["present"] != false || people[0]["at"] != nil {
		t.Error(status, out, errs, err)
	}
	if status, _, _ := run(t, "presence", "list", "--data", data, "forum-2027", "--session", "nowhere"); status != 1 {
		t.Error(status)
	}
}
