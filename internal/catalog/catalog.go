// Package catalog holds every text of the program in five languages, and the way each language writes dates and numbers.
//
// Texts lie in text/<part>.<language>.yaml as flat lines "key: text"; a counted text has the forms of its language below
// it ("one", "other"). A named place is written {{.Name}}. English is complete by test; a text that another language
// lacks is said in English.
package catalog

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"sort"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

//go:embed text/*.yaml
var files embed.FS

// Language is one of the five, with its name in itself.
type Language struct {
	Tag   string
	Name  string // 한국어
	Short string // as the header shows it
}

// Languages in the order in which the site offers them.
var Languages = []Language{
	{"en", "English", "EN"},
	{"ko", "한국어", "한국어"},
	{"zh", "中文", "中文"},
	{"ja", "日本語", "日本語"},
	{"mn", "Монгол", "Монгол"},
}

// Known reports whether tag is one of the five languages.
func Known(tag string) bool {
	for _, l := range Languages {
		if l.Tag == tag {
			return true
		}
	}
	return false
}

// Catalog is all texts.
type Catalog struct {
	words   map[string]*Words
	matcher language.Matcher
}

// text is a message made ready: plain, or in parts, or in forms by count.
type text struct {
	plain string
	parts []part           // nil for a plain text
	forms map[string]*text // by plural form; nil for a text that is not counted
}

// part is a literal, or the name of a place to fill.
type part struct{ literal, name string }

// Load reads the embedded texts, once in a process: nothing changes a Catalog.
var Load = sync.OnceValues(func() (*Catalog, error) { return load(files) })

func load(source fs.FS) (*Catalog, error) {
	names, err := fs.Glob(source, "text/*.yaml")
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	c := &Catalog{words: map[string]*Words{}}
	tags := make([]language.Tag, len(Languages))
	for i, l := range Languages {
		tags[i] = language.MustParse(l.Tag)
		c.words[l.Tag] = &Words{tag: l.Tag, language: tags[i], texts: map[string]*text{}, style: styles[l.Tag]}
	}
	c.matcher = language.NewMatcher(tags)
	from := map[string]string{} // key of a language → file, to name both when a key stands twice
	for _, name := range names {
		tag := langOf(name)
		w := c.words[tag]
		if w == nil {
			return nil, fmt.Errorf("catalog %s: the name does not end in a language of the house", name)
		}
		data, err := fs.ReadFile(source, name)
		if err != nil {
			return nil, err
		}
		file, err := i18n.ParseMessageFileBytes(data, name, map[string]i18n.UnmarshalFunc{"yaml": unmarshal})
		if err != nil {
			return nil, fmt.Errorf("catalog %s: %w", name, err)
		}
		for _, m := range file.Messages {
			if other, twice := from[tag+" "+m.ID]; twice {
				return nil, fmt.Errorf("catalog %s: %q stands in %s too", name, m.ID, other)
			}
			from[tag+" "+m.ID] = name
			t, err := prepare(m)
			if err != nil {
				return nil, fmt.Errorf("catalog %s: %s: %w", name, m.ID, err)
			}
			w.texts[m.ID] = t
		}
	}
	// Falling back is settled here once, so that saying a text is one look into one map.
	english := c.words["en"]
	for _, w := range c.words {
		w.own = make(map[string]bool, len(w.texts))
		for key := range w.texts {
			w.own[key] = true
		}
		if w == english {
			continue
		}
		for key, t := range english.texts {
			if w.texts[key] == nil {
				w.texts[key] = t
			}
		}
	}
	return c, nil
}

// langOf is "ko" for "text/shell.ko.yaml".
func langOf(name string) string {
	name = strings.TrimSuffix(path.Base(name), ".yaml")
	return name[strings.LastIndexByte(name, '.')+1:]
}

// unmarshal reads a file keeping every value a text: 2026 and yes are words here.
func unmarshal(data []byte, into any) error {
	var nodes map[string]yaml.Node
	if err := yaml.Unmarshal(data, &nodes); err != nil {
		return err
	}
	raw := make(map[string]any, len(nodes))
	for key, n := range nodes {
		switch n.Kind {
		case yaml.ScalarNode:
			raw[key] = n.Value
		case yaml.MappingNode:
			forms := map[string]any{}
			for i := 0; i+1 < len(n.Content); i += 2 {
				forms[n.Content[i].Value] = n.Content[i+1].Value
			}
			raw[key] = forms
		default:
			return fmt.Errorf("line %d: %s is neither a text nor a list of plural forms", n.Line, key)
		}
	}
	*(into.(*any)) = raw
	return nil
}

func prepare(m *i18n.Message) (*text, error) {
	forms := map[string]string{"zero": m.Zero, "one": m.One, "two": m.Two, "few": m.Few, "many": m.Many}
	counted := false
	for form, s := range forms {
		if s == "" {
			delete(forms, form)
			continue
		}
		counted = true
	}
	t, err := cut(m.Other)
	if err != nil || !counted {
		return t, err
	}
	if m.Other == "" {
		return nil, fmt.Errorf("has plural forms but no \"other\"")
	}
	t.forms = map[string]*text{}
	for form, s := range forms {
		if t.forms[form], err = cut(s); err != nil {
			return nil, err
		}
	}
	return t, nil
}

var place = regexp.MustCompile(`\{\{\s*\.([A-Za-z][A-Za-z0-9_]*)\s*\}\}`)

// cut parts a text at its named places.
func cut(s string) (*text, error) {
	found := place.FindAllStringSubmatchIndex(s, -1)
	if strings.Count(s, "{{") != len(found) {
		return nil, fmt.Errorf("only named places such as {{.Name}} are known: %q", s)
	}
	if len(found) == 0 {
		return &text{plain: s}, nil
	}
	t := &text{plain: s}
	at := 0
	for _, f := range found {
		if f[0] > at {
			t.parts = append(t.parts, part{literal: s[at:f[0]]})
		}
		t.parts = append(t.parts, part{name: s[f[2]:f[3]]})
		at = f[1]
	}
	if at < len(s) {
		t.parts = append(t.parts, part{literal: s[at:]})
	}
	return t, nil
}

// Lang gives the words of a language; English for an unknown tag.
func (c *Catalog) Lang(tag string) *Words {
	if w := c.words[tag]; w != nil {
		return w
	}
	return c.words["en"]
}

// Match picks the best of the five languages for an Accept-Language header.
func (c *Catalog) Match(header string) string {
	asked, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(asked) == 0 {
		return "en"
	}
	_, i, confidence := c.matcher.Match(asked...)
	if confidence == language.No {
		return "en"
	}
	return Languages[i].Tag
}

// Keys lists the keys that a language has itself, sorted.
func (c *Catalog) Keys(tag string) []string {
	w := c.words[tag]
	if w == nil {
		return nil
	}
	keys := make([]string, 0, len(w.own))
	for k := range w.own {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
