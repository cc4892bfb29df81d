package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The floors of ARCHITECTURE.md from the ground up, and the rows of the desks. A package is named by its path in the
// module; what lies in its folders belongs to it. A new package has to be entered here.
var (
	science = []string{"air", "stats", "standard", "chart"}
	ground  = []string{"internal/fault", "internal/actor", "internal/catalog"}
	stores  = []string{"internal/db", "internal/obs", "internal/intake", "internal/mail"}
	desks   = [][]string{ // each row may use the rows before it
		{"internal/network"},
		{"internal/account"},
		{"internal/library", "internal/form", "internal/post", "internal/letter"},
		{"internal/activity", "internal/evidence"},
		{"internal/participation"},
		{"internal/call", "internal/exchange"},
		{"internal/report", "internal/translate"},
		{"internal/record"},
	}
	doors = []string{"internal/house", "internal/web", "internal/api", "internal/cli"}
)

// doorsBelow are the doors that a door may use: the shell of the site and the command line stand on the open house.
var doorsBelow = map[string][]string{
	"internal/house": nil,
	"internal/web":   {"internal/house"},
	"internal/api":   {"internal/house"},
	"internal/cli":   {"internal/house", "internal/web", "internal/api"},
	"":               {"internal/cli"}, // main
}

// Science computes. It reads no clock and no file, writes no log and waits for nothing.
var notInScience = []string{"context", "database/sql", "io/fs", "io/ioutil", "log", "log/slog", "math/rand", "math/rand/v2", "net", "net/http", "os", "os/exec", "path/filepath", "runtime", "syscall", "unsafe"}

// Only these make HTML: the web, and the two packages whose values are pieces of a page (texts with markup, drawings).
var makeHTML = []string{"internal/web", "internal/catalog", "chart"}

// goFile is what a rule needs of a file.
type goFile struct {
	name    string // from the root of the module
	pkg     string // of one of the lists above; "" for main
	dir     string
	test    bool
	imports []string // of the module, from its root; others as they are
	ast     *ast.File
}

const module = "aircommons/"

func goFiles(t *testing.T) (out []goFile) {
	t.Helper()
	known := slices.Concat(science, ground, stores, slices.Concat(desks...), doors)
	set := token.NewFileSet()
	err := filepath.WalkDir("..", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if n := e.Name(); name != ".." && (strings.HasPrefix(n, ".") || n == "node_modules" || n == "testdata" || n == "bin" || n == "tmp" || n == "scripts") {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		rel := filepath.ToSlash(strings.TrimPrefix(name, ".."+string(filepath.Separator)))
		f := goFile{name: rel, dir: path.Dir(rel), test: strings.HasSuffix(rel, "_test.go")}
		if f.ast, err = parser.ParseFile(set, name, nil, parser.SkipObjectResolution); err != nil {
			return err
		}
		for _, i := range f.ast.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, strings.TrimPrefix(p, module))
		}
		f.pkg = within(known, f.dir)
		if f.pkg == "" && f.dir != "." && f.dir != "internal" {
			t.Errorf("%s: the package %s stands on no floor; enter it in this test and in ARCHITECTURE.md", rel, f.dir)
		}
		out = append(out, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("only %d files found", len(out))
	}
	return out
}

// within is the package of the list in whose folder dir lies, "" when there is none.
func within(list []string, dir string) string {
	for _, p := range list {
		if dir == p || strings.HasPrefix(dir, p+"/") {
			return p
		}
	}
	return ""
}

// below lists the packages that a package may import beside itself.
func below(pkg string) []string {
	if slices.Contains(science, pkg) {
		return science
	}
	if slices.Contains(ground, pkg) {
		return ground
	}
	out := slices.Concat(science, ground)
	if slices.Contains(stores, pkg) {
		return out // stores do not know each other
	}
	out = append(out, stores...)
	for _, row := range desks {
		if slices.Contains(row, pkg) {
			return out
		}
		out = append(out, row...)
	}
	return append(out, doorsBelow[pkg]...)
}

// Arrows go down only.
func TestImports(t *testing.T) {
	all := slices.Concat(science, ground, stores, slices.Concat(desks...), doors)
	for _, f := range goFiles(t) {
		if f.test {
			continue // a test may use what opens its stores
		}
		allowed := append(below(f.pkg), f.pkg)
		for _, i := range f.imports {
			to := within(all, i)
			if to != "" && !slices.Contains(allowed, to) {
				t.Errorf("%s imports %s, which is not below it", f.name, i)
			}
			if to == "" && slices.Contains(science, f.pkg) && strings.Contains(strings.SplitN(i, "/", 2)[0], ".") && !strings.HasPrefix(i, "gonum.org/v1/gonum") {
				t.Errorf("%s: science uses the standard library and gonum, not %s", f.name, i)
			}
		}
	}
}

// Science is given what it computes with, seeds and times as well.
func TestScience(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test || !slices.Contains(science, f.pkg) {
			continue
		}
		for _, i := range f.imports {
			if slices.Contains(notInScience, i) {
				t.Errorf("%s: science does not import %s", f.name, i)
			}
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Local", "LoadLocation", "Sleep", "After"}, s.Sel.Name) {
					t.Errorf("%s: science does not ask for time.%s", f.name, s.Sel.Name)
				}
			}
			return true
		})
	}
}

// Stores and desks are given the clock: what they did can be done again in a test, at the same time of day.
func TestClock(t *testing.T) {
	given := append(slices.Clone(stores), slices.Concat(desks...)...)
	for _, f := range goFiles(t) {
		if f.test || !slices.Contains(given, f.pkg) || within([]string{"internal/db/dbtest", "internal/obs/obstest"}, f.dir) != "" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && (s.Sel.Name == "Now" || s.Sel.Name == "Since" || s.Sel.Name == "Until") {
					t.Errorf("%s asks for time.%s; the clock is given", f.name, s.Sel.Name)
				}
			}
			return true
		})
	}
}

// SQL stands in stores and desks, HTML in the web, flags in the command line.
func TestPlaces(t *testing.T) {
	sql := append(slices.Clone(stores), slices.Concat(desks...)...)
	for _, f := range goFiles(t) {
		for _, i := range f.imports {
			if (i == "database/sql" || strings.HasPrefix(i, "database/sql/")) && !f.test && !slices.Contains(sql, f.pkg) {
				t.Errorf("%s: database/sql stands in stores and desks only", f.name)
			}
			if i == "html/template" && !f.test && !slices.Contains(makeHTML, f.pkg) {
				t.Errorf("%s: HTML stands in internal/web only", f.name)
			}
			if strings.HasPrefix(i, "github.com/alecthomas/kong") && f.pkg != "internal/cli" {
				t.Errorf("%s: flags stand in internal/cli only", f.name)
			}
		}
	}
	err := filepath.WalkDir(".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && filepath.Ext(name) == ".html" && within([]string{"web"}, filepath.ToSlash(filepath.Dir(name))) == "" && !strings.Contains(filepath.ToSlash(name), "/testdata/") {
			t.Errorf("internal/%s: HTML stands in internal/web only", filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ARCHITECTURE.md names every package of the floors that is there.
func TestArchitectureNamesPackages(t *testing.T) {
	text, err := os.ReadFile("../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range slices.Concat(science, ground, stores, slices.Concat(desks...), doors) {
		if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(p))); err != nil {
			continue
		}
		if !strings.Contains(string(text), path.Base(p)) {
			t.Errorf("ARCHITECTURE.md does not name %s", p)
		}
	}
}
