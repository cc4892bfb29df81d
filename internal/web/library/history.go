package library

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"aircommons/internal/db"
	"aircommons/internal/web/ui"
)

// labels are the texts of what a document's record holds, by its name in the journal.
var labels = map[string]string{"names": "library.form.names", "kind": "library.form.kind", "summary": "library.form.summary",
	"key": "library.form.subject", "relation": "library.form.relation", "issued": "library.form.issued", "printed": "library.form.printed",
	"container": "library.form.container", "publisher": "library.form.publisher", "contributors": "library.form.contributors",
	"licence": "library.form.licence", "label": "library.form.label", "offered": "library.form.offered"}

// detail says what a change was about: the file, or the fields with what stood there before and after.
func (h handlers) detail(r *ui.Request, c db.Change) string {
	var before, after map[string]any
	for _, side := range []struct {
		raw  json.RawMessage
		into *map[string]any
	}{{c.Before, &before}, {c.After, &after}} {
		if side.raw != nil {
			if err := json.Unmarshal(side.raw, side.into); err != nil {
				h.Log.Warn("a history entry cannot be read", "entry", c.ID, "error", err)
			}
		}
	}
	if strings.HasPrefix(c.Action, "file-") {
		lang, _ := after["lang"].(string)
		return r.Words.T("library.history.file", "Name", after["name"], "Version", say(after["version"]), "Language", r.Words.T("library.lang."+lang))
	}
	if c.Action != "update" {
		return ""
	}
	var keys []string
	for key := range labels {
		if say(before[key]) != say(after[key]) {
			keys = append(keys, key)
		}
	}
	sort.Slice(keys, func(i, j int) bool { return r.Words.T(labels[keys[i]]) < r.Words.T(labels[keys[j]]) })
	var lines []string
	for _, key := range keys {
		old, now := say(before[key]), say(after[key])
		for _, s := range []*string{&old, &now} {
			if *s == "" {
				*s = r.Words.T("part.empty")
			}
		}
		lines = append(lines, r.Words.T(labels[key])+": "+old+" → "+now)
	}
	return strings.Join(lines, "\n")
}

// say writes a value of the journal in one line.
func say(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if v {
			return "✓"
		}
		return ""
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, say(x))
		}
		return strings.Join(out, ", ")
	case map[string]any:
		var langs, out []string
		for l := range v {
			langs = append(langs, l)
		}
		slices.Sort(langs)
		for _, l := range langs {
			out = append(out, l+": "+say(v[l]))
		}
		return strings.Join(out, " · ")
	}
	return fmt.Sprint(v)
}
