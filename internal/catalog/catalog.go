// Package catalog holds the texts that people read, by key and language.
package catalog

import (
	"embed"
	"fmt"
	"path"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v3"

	"aircommons/internal/fault"
)

//go:embed text/*.yaml
var files embed.FS

// Catalog holds all languages.
type Catalog struct{ langs map[string]*Words }

// Words are the texts of one language.
type Words struct {
	tag    string
	plain  map[string]string
	filled map[string]*template.Template
}

// Load reads every catalog. A fault in one is a fault of the program.
func Load() (*Catalog, error) {
	c := &Catalog{langs: map[string]*Words{}}
	entries, err := files.ReadDir("text")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		parts := strings.Split(e.Name(), ".") // desk.language.yaml
		if len(parts) != 3 {
			return nil, fmt.Errorf("catalog: %s is not named desk.language.yaml", e.Name())
		}
		b, err := files.ReadFile(path.Join("text", e.Name()))
		if err != nil {
			return nil, err
		}
		var texts map[string]string
		if err := yaml.Unmarshal(b, &texts); err != nil {
			return nil, fmt.Errorf("catalog: %s: %w", e.Name(), err)
		}
		w := c.langs[parts[1]]
		if w == nil {
			w = &Words{tag: parts[1], plain: map[string]string{}, filled: map[string]*template.Template{}}
			c.langs[parts[1]] = w
		}
		for k, s := range texts {
			if !strings.Contains(s, "{{") {
				w.plain[k] = s
				continue
			}
			if w.filled[k], err = template.New(k).Option("missingkey=error").Parse(s); err != nil {
				return nil, fmt.Errorf("catalog: %s: %w", e.Name(), err)
			}
		}
	}
	return c, nil
}

// Lang is the words of a language, English where it has none.
func (c *Catalog) Lang(tag string) *Words {
	if w := c.langs[tag]; w != nil {
		return w
	}
	return c.langs["en"]
}

// Say is the message as a sentence. A key without text is said as it is, so that nothing is lost.
func (w *Words) Say(m fault.Message) string {
	if s, ok := w.plain[m.Key]; ok {
		return s
	}
	t := w.filled[m.Key]
	if t == nil {
		return m.String()
	}
	var b strings.Builder
	if err := t.Execute(&b, map[string]any(m.Args)); err != nil {
		return m.String()
	}
	return b.String()
}
