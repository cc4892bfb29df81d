package cli_test

import (
	"archive/zip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Figures are printed, and a report is drafted, frozen and written out by commands.
func TestReportCommands(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	doc := write(t, "forum.yaml", twoPlaces+"programmes:\n  - {id: forum, kind: forum, names: {en: Forum}, state: published}\n"+
		"activities:\n  - {id: forum-2025, programme: forum, kind: forum, names: {en: Forum 2025, mn: Форум 2025}, period: 2025-05-20, place: beijing, state: published}\n")
	if status, _, errs := run(t, "network", "import", "--data", data, doc); status != 0 {
		t.Fatal(errs)
	}
	var list strings.Builder
	list.WriteString("Name,E-mail,City,Country\n")
	for _, c := range "abcdefg" {
		list.WriteString("Guest " + string(c) + "," + string(c) + "@example.org,Beijing,CN\n")
	}
	file := filepath.Join(dir, "list.csv")
	if err := os.WriteFile(file, []byte(list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	const at = "forum-2025"
	if status, _, errs := run(t, "people", "import", "--data", data, at, file, "--doubtful", "skip"); status != 0 {
		t.Fatal(status, errs)
	}
	var f struct {
		Total  int
		Tables []struct {
			Name, Query string
			Cells       []struct {
				Key   string
				Count int
			}
		}
	}
	status, out, errs := run(t, "figures", "--data", data, at, "--format", "json")
	if err := json.Unmarshal([]byte(out), &f); err != nil || status != 0 || f.Total != 7 || len(f.Tables) != 8 || f.Tables[1].Cells[0].Key != "CN" || !strings.Contains(f.Tables[1].Query, "SELECT p.country") {
		t.Error(status, out, errs, err)
	}
	if status, out, errs := run(t, "figures", "--data", data, at, "--format", "csv"); status != 0 || !strings.Contains(out, "city,beijing,Beijing,7") {
		t.Error(status, out, errs)
	}
	if status, _, errs := run(t, "report", "export", "--data", data, at); status != 1 || !strings.Contains(errs, "No report") {
		t.Error(status, errs)
	}
	if status, out, errs := run(t, "report", "draft", "--data", data, at); status != 0 || !strings.Contains(out, "forum-2025-1") {
		t.Error(status, out, errs)
	}
	if status, out, errs := run(t, "report", "freeze", "--data", data, at, "--format", "json"); status != 0 || !strings.Contains(out, `"frozen"`) {
		t.Error(status, out, errs)
	}
	page, word := filepath.Join(dir, "r.html"), filepath.Join(dir, "r.docx")
	if status, _, errs := run(t, "report", "export", "--data", data, at, "--format", "html", "--lang", "mn", "-o", page); status != 0 {
		t.Error(status, errs)
	}
	if b, err := os.ReadFile(page); err != nil || !strings.Contains(string(b), "Тайлан: Форум 2025") || !strings.Contains(string(b), "<svg") {
		t.Error(err)
	}
	if status, _, errs := run(t, "report", "export", "--data", data, at, "-o", word); status != 0 {
		t.Error(status, errs)
	}
	z, err := zip.OpenReader(word)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if z.File[0].Name != "[Content_Types].xml" {
		t.Errorf("the first part is %s", z.File[0].Name)
	}
}
