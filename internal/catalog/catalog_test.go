package catalog

import (
	"go/ast"
	"go/parser"
	"go/token"
	"html/template"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"aircommons/internal/fault"
)

func loaded(t *testing.T) *Catalog {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryTextIsThereInEveryLanguage(t *testing.T) {
	c := loaded(t)
	english := c.Keys("en")
	for _, l := range Languages[1:] {
		has := c.Keys(l.Tag)
		var missing, alien []string
		for _, key := range english {
			if _, ok := slices.BinarySearch(has, key); !ok {
				missing = append(missing, key)
			}
		}
		for _, key := range has {
			if _, ok := slices.BinarySearch(english, key); !ok {
				alien = append(alien, key)
			}
		}
		if len(missing) > 0 {
			t.Errorf("%s lacks %d of %d texts: %s", l.Name, len(missing), len(english), strings.Join(missing, " "))
		}
		if len(alien) > 0 {
			t.Errorf("%s has texts that English lacks: %s", l.Name, strings.Join(alien, " "))
		}
	}
}

// places are the names of a text's places, whatever the form.
func places(x *text) map[string]bool {
	out := map[string]bool{}
	for _, p := range x.parts {
		if p.name != "" {
			out[p.name] = true
		}
	}
	for _, form := range x.forms {
		maps.Copy(out, places(form))
	}
	return out
}

// A translation can leave out a place, which its grammar may not need, but has none that the program does not fill.
func TestTranslationsHaveThePlacesOfEnglish(t *testing.T) {
	c := loaded(t)
	for key, english := range c.words["en"].texts {
		known := places(english)
		known["Count"] = known["Count"] || english.forms != nil
		for _, l := range Languages[1:] {
			for name := range places(c.words[l.Tag].texts[key]) {
				if !known[name] {
					t.Errorf("%s in %s has a place %q that English lacks", key, l.Name, name)
				}
			}
		}
	}
}

// looksLikeKey tells texts such as "form.number" from "air.css".
var (
	looksLikeKey = regexp.MustCompile(`^[a-z][a-z0-9]*(\.[A-Za-z0-9_-]+)*(\.|\.[A-Za-z0-9_-]+)$`)
	inTemplate   = regexp.MustCompile(`[{( ](?:\$?\.)?(?:t|n|h|T|N|H|msg)\s+"([a-z][a-zA-Z0-9_.-]*)"`)
	inPrint      = regexp.MustCompile(`print "([a-z][a-zA-Z0-9_.-]*\.)"`)
	fileName     = regexp.MustCompile(`\.(html|svg|css|js|go|json|yaml|csv|db|duckdb|sock|txt|xlsx|zip|gz|part|xml|eml|md|sql|parquet|tmp|example|org)$`)
)

// Every key that a template or the code names is in the catalogs. A word of the code is taken for a key when it looks
// like one and its first part is that of some key; one that ends in a point is the beginning of keys.
func TestKeysInUseAreThere(t *testing.T) {
	c := loaded(t)
	keys := map[string]bool{}
	firsts := map[string]bool{}
	for _, key := range c.Keys("en") {
		keys[key] = true
		first, _, _ := strings.Cut(key, ".")
		firsts[first] = true
	}
	begins := func(s string) bool {
		for key := range keys {
			if strings.HasPrefix(key, s) {
				return true
			}
		}
		return false
	}
	used := 0
	check := func(where, word string, sure bool) {
		first, _, _ := strings.Cut(word, ".")
		switch {
		case keys[word]:
			used++
		case strings.HasSuffix(word, "."):
			if (sure || firsts[first]) && !begins(word) {
				t.Errorf("%s: no text begins with %q", where, word)
			}
		case !sure && begins(word+"."): // the rest is put to it in the code
			used++
		case sure || (firsts[first] && !fileName.MatchString(word) && !notKeys[word]):
			t.Errorf("%s: no catalog has %q", where, word)
		}
	}
	mentions(t, check)
	if used < 300 {
		t.Errorf("only %d uses of keys were found; the test looks in the wrong place", used)
	}
}

// mentions visits every word of the program that looks like a key of a text; sure: it is one, in a template.
func mentions(t *testing.T, visit func(where, word string, sure bool)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (e.Name() == "node_modules" || e.Name() == "tmp" || e.Name() == "testdata" || (strings.HasPrefix(e.Name(), ".") && len(e.Name()) > 2)) {
			return fs.SkipDir
		}
		switch {
		case strings.HasSuffix(path, ".html"):
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range inTemplate.FindAllStringSubmatch(string(data), -1) {
				visit(path, m[1], true)
			}
			for _, m := range inPrint.FindAllStringSubmatch(string(data), -1) {
				visit(path, m[1], true)
			}
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return nil // somebody is writing it; the compiler will say
			}
			ast.Inspect(file, func(n ast.Node) bool {
				lit, ok := n.(*ast.BasicLit)
				if !ok || lit.Kind != token.STRING {
					return true
				}
				if word, err := strconv.Unquote(lit.Value); err == nil && looksLikeKey.MatchString(word) {
					visit(set.Position(lit.Pos()).String(), word, false)
				}
				return true
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// wordPages are the pages whose texts are named by the page's own word, in internal/web/pages.
var wordPages = []string{"about", "contact", "methods", "accessibility"}

func TestTextsAreUsed(t *testing.T) {
	said := map[string]bool{}
	mentions(t, func(_, word string, _ bool) { said[strings.TrimSuffix(word, ".")] = true })
	for _, key := range loaded(t).Keys("en") {
		if first, _, _ := strings.Cut(key, "."); slices.Contains(wordPages, first) {
			continue
		}
		used := false
		for word := key; word != "" && !used; word = word[:max(0, strings.LastIndexByte(word, '.'))] {
			used = said[word]
		}
		if !used {
			t.Errorf("nothing says %q", key)
		}
	}
}

// notKeys look like keys and are none.
var notKeys = map[string]bool{
	// fields of the form of a mapping
	"date.order": true, "date.year": true, "date.month": true, "date.day": true, "date.hour": true,
	// a letter
	"agenda.changed": true,
}

func TestWaysOfWriting(t *testing.T) {
	c := loaded(t)
	day := time.Date(2027, 5, 19, 18, 0, 0, 0, time.UTC)
	tests := []struct {
		what string
		say  func(*Words) string
		want [5]string // en ko zh ja mn; dates as the design language gives them
	}{
		{"a day", func(w *Words) string { return w.Date(day) }, [5]string{"19 May 2027", "2027년 5월 19일", "2027年5月19日", "2027年5月19日", "2027 оны 5-р сарын 19"}},
		{"days of a month", func(w *Words) string { return w.DateRange(day, day.AddDate(0, 0, 1)) }, [5]string{"19 to 20 May 2027", "2027년 5월 19일~20일", "2027年5月19日至20日", "2027年5月19日～20日", "2027 оны 5-р сарын 19–20"}},
		{"a month", func(w *Words) string { return w.Month(2018, 1) }, [5]string{"January 2018", "2018년 1월", "2018年1月", "2018年1月", "2018 оны 1-р сар"}},
		{"a year", func(w *Words) string { return w.Year(2016) }, [5]string{"2016", "2016년", "2016年", "2016年", "2016 он"}},
		{"a number", func(w *Words) string { return w.Number(-1234.25, 1) }, [5]string{"−1,234.3", "−1,234.3", "−1,234.3", "−1,234.3", "−1,234.3"}},
		{"no number", func(w *Words) string { return w.Number(0/zero, 1) }, [5]string{"–", "–", "–", "–", "–"}},
		{"minus nothing", func(w *Words) string { return w.Number(-0.04, 1) }, [5]string{"0.0", "0.0", "0.0", "0.0", "0.0"}},
		{"carry", func(w *Words) string { return w.Number(999.95, 1) }, [5]string{"1,000.0", "1,000.0", "1,000.0", "1,000.0", "1,000.0"}},
		{"a share", func(w *Words) string { return w.Percent(93, 0) }, [5]string{"93 %", "93%", "93%", "93%", "93%"}},
		{"a size", func(w *Words) string { return w.Bytes(1_500_000) }, [5]string{"1.5 MB", "1.5 MB", "1.5 MB", "1.5 MB", "1.5 MB"}},
		{"one", func(w *Words) string { return w.N("part.results", 1) }, [5]string{"1 result", "결과 1건", "1 条结果", "1件", "1 үр дүн"}},
		{"many", func(w *Words) string { return w.N("part.results", 1200) }, [5]string{"1,200 results", "결과 1,200건", "1,200 条结果", "1,200件", "1,200 үр дүн"}},
		{"a day of the week", func(w *Words) string { return w.Weekday(day.Weekday()) }, [5]string{"Wednesday", "수요일", "星期三", "水曜日", "Лхагва"}},
	}
	for _, tt := range tests {
		for i, l := range Languages {
			got := strings.ReplaceAll(tt.say(c.Lang(l.Tag)), "\u00a0", " ")
			if tt.what == "one" || tt.what == "many" {
				if !strings.Contains(got, map[string]string{"one": "1", "many": "1,200"}[tt.what]) || (l.Tag == "en" && got != tt.want[i]) {
					t.Errorf("%s in %s: %q", tt.what, l.Name, got)
				}
				continue
			}
			if got != tt.want[i] {
				t.Errorf("%s in %s: %q, want %q", tt.what, l.Name, got, tt.want[i])
			}
		}
	}
}

var zero float64

func TestSaying(t *testing.T) {
	c, err := load(fstest.MapFS{
		"text/a.en.yaml": {Data: []byte("a.plain: 'Tom & <i>x</i>'\na.fill: \"{{.Who}} in {{.Year}}\"\na.count:\n  one: \"{{.Count}} line of {{.Who}}\"\n  other: \"{{.Count}} lines of {{.Who}}\"\na.number: 2026\n")},
		"text/a.ko.yaml": {Data: []byte("a.fill: \"{{.Year}}년 {{.Who}}\"\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	en, ko := c.Lang("en"), c.Lang("ko")
	for got, want := range map[string]string{
		en.T("a.fill", "Who", "Kim", "Year", 2026): "Kim in 2026",
		ko.T("a.fill", "Who", "Kim", "Year", 2026): "2026년 Kim",
		ko.T("a.plain"):                     "Tom & <i>x</i>", // falls back to English
		ko.T("no.such"):                     "no.such",
		en.T("a.fill", "Who", "Kim"):        "Kim in {Year}",
		en.N("a.count", 1, "Who", "Kim"):    "1 line of Kim",
		en.N("a.count", 1000, "Who", "Kim"): "1,000 lines of Kim",
		string(en.H("a.fill", "Who", "<b>", "Year", template.HTML("<i>2026</i>"))): "&lt;b&gt; in <i>2026</i>",
		en.Say(fault.Say("a.fill", "Who", fault.Say("a.number"), "Year", 1.5)):     "2026 in 1.5",
		en.Say(fault.Say("a.count", "Count", 1, "Who", "Kim")):                     "1 line of Kim",
		en.Say(fault.Message{}):                        "",
		en.Error(fault.New(fault.Invalid, "a.number")): "2026",
		en.T("a.fill", "Who", map[string]any{"key": "a.number"}, "Year", time.Unix(0, 0).UTC()): "2026 in 1\u00a0January\u00a01970",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if _, ok := en.Plain("a.fill"); ok {
		t.Error("a text with places is plain")
	}
	for name, file := range map[string]string{
		"no language":         "text/a.yaml",
		"unknown language":    "text/a.fr.yaml",
		"a list":              "text/b.en.yaml:a: [1, 2]",
		"no other":            "text/b.en.yaml:a:\n  one: x",
		"more than a place":   "text/b.en.yaml:a: '{{if .X}}y{{end}}'",
		"a key in two files":  "text/b.en.yaml:a.plain: again",
		"not a file of texts": "text/b.en.yaml:\t:",
	} {
		path, data, _ := strings.Cut(file, ":")
		if data == "" {
			data = "x: y"
		}
		if _, err := load(fstest.MapFS{path: {Data: []byte(data)}, "text/z.en.yaml": {Data: []byte("a.plain: first")}}); err == nil {
			t.Errorf("%s goes unnoticed", name)
		}
	}
}

func TestMatch(t *testing.T) {
	c := loaded(t)
	for header, want := range map[string]string{
		"ko-KR,ko;q=0.9,en;q=0.8": "ko", "zh-TW": "zh", "mn-MN": "mn", "fr, de": "en", "fr, ja;q=0.2": "ja", "": "en", "xx;;q=,": "en", "*": "en",
	} {
		if got := c.Match(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

// A message that was kept as JSON has its count as a floating number; it is said alike.
func TestCountsFromJSON(t *testing.T) {
	en := loaded(t).Lang("en")
	if a, b := en.Say(fault.Say("intake.station.column", "Count", 1)), en.Say(fault.Say("intake.station.column", "Count", 1.0)); a != b {
		t.Errorf("%q and %q", a, b)
	}
}
