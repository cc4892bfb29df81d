package web

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"aircommons/internal/catalog"
)

// TestJournalHasWords finds what the desks write into the journal, and wants a text for each action and each kind of thing in every language.
// A desk passes an action on by name to a function of its own; those calls are found by their form.
func TestJournalHasWords(t *testing.T) {
	texts, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	direct := regexp.MustCompile(`\.Record\(ctx, [^,\n]+, [^,\n]+, [^,\n]+, "([a-z-]+)", `)
	passed := regexp.MustCompile(`"((?:item|file|sign)-[a-z-]+)"`)
	thing := regexp.MustCompile(`\.Record\(ctx, [^,\n]+, "([a-z-]+)", `)
	found := map[string]string{} // a key, and the file that needs it
	for _, desk := range []string{"account", "activity", "evidence", "letter", "library", "network", "post", "record", "report", "db"} {
		err := filepath.WalkDir(filepath.Join("..", desk), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(filepath.Dir(path), "test") {
				return err
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for prefix, forms := range map[string][]*regexp.Regexp{"action.": {direct, passed}, "subject.": {thing}} {
				for _, form := range forms {
					for _, m := range form.FindAllStringSubmatch(string(source), -1) {
						found[prefix+m[1]] = path
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, known := range []string{"action.create", "action.sign-in", "action.item-add", "action.file-add", "subject.import"} {
		if found[known] == "" {
			t.Fatalf("the search does not find %q any more", known)
		}
	}
	for key, path := range found {
		for _, l := range catalog.Languages {
			if !texts.Lang(l.Tag).Has(key) {
				t.Errorf("%s writes %q into the journal, which has no text in %s", path, key, l.Tag)
			}
		}
	}
}
