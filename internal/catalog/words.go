package catalog

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"

	"aircommons/internal/fault"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Words are the texts of one language and its way of writing dates and numbers. Safe for concurrent use.
type Words struct {
	tag      string
	language language.Tag
	texts    map[string]*text
	own      map[string]bool
	style    style
}

// Tag is the language: "en", "ko", "zh", "ja" or "mn".
func (w *Words) Tag() string { return w.tag }

// Has reports whether a text exists, in this language or in English.
func (w *Words) Has(key string) bool { return w.texts[key] != nil }

// Plain gives a text that has neither places to fill nor plural forms; templates are filled with it beforehand.
func (w *Words) Plain(key string) (string, bool) {
	t := w.texts[key]
	if t == nil || t.parts != nil || t.forms != nil {
		return "", false
	}
	return t.plain, true
}

// Raw gives a text with its places as they are written, "{{.Name}}", for whoever fills them later.
func (w *Words) Raw(key string) (string, bool) {
	t := w.texts[key]
	if t == nil || t.forms != nil {
		return "", false
	}
	return t.plain, true
}

// T says a text. Pairs are the names and values of its places: text is taken as it is, whole numbers without grouping
// (they may be years; use Int for amounts), fractions and dates in the way of the language, a fault.Message is said
// first. A key that no catalog knows is said as it stands.
func (w *Words) T(key string, pairs ...any) string {
	t := w.texts[key]
	if t == nil {
		return key
	}
	return w.fill(t, pairs, false)
}

// H is T for a text with markup of its own, such as PM<sub>2.5</sub>. What fills its places is escaped.
func (w *Words) H(key string, pairs ...any) template.HTML {
	t := w.texts[key]
	if t == nil {
		return template.HTML(html.EscapeString(key))
	}
	return template.HTML(w.fill(t, pairs, true))
}

// N says a counted text. The place {{.Count}} is filled with the count in the way of the language.
func (w *Words) N(key string, count int, pairs ...any) string {
	t := w.texts[key]
	if t == nil {
		return key
	}
	if t.forms != nil {
		if form := t.forms[w.form(count)]; form != nil {
			t = form
		}
	}
	if t.parts == nil {
		return t.plain
	}
	return w.fill(t, append([]any{"Count", w.Int(count)}, pairs...), false)
}

// Say says a message of a desk in this language.
func (w *Words) Say(m fault.Message) string {
	if m.Key == "" {
		return ""
	}
	t := w.texts[m.Key]
	if t == nil {
		return m.Key
	}
	if t.forms != nil {
		if count, ok := whole(m.Args["Count"]); ok {
			if form := t.forms[w.form(count)]; form != nil {
				t = form
			}
		}
	}
	if t.parts == nil {
		return t.plain
	}
	pairs := make([]any, 0, 2*len(m.Args))
	for name, v := range m.Args {
		if count, ok := whole(v); ok && name == "Count" {
			v = w.Int(count)
		}
		pairs = append(pairs, name, v)
	}
	return w.fill(t, pairs, false)
}

// whole is a count, which a message that was kept as JSON gives back as a floating number.
func whole(v any) (int, bool) {
	switch n := v.(type) {
	case int:
		return n, true
	case float64:
		return int(n), n == math.Trunc(n) && math.Abs(n) < 1<<53
	}
	return 0, false
}

// Error says what a desk refused, in this language; an error that is not ours is said as our fault.
func (w *Words) Error(err error) string {
	if e, ok := asFault(err); ok && e.Code != fault.Internal {
		return w.Say(e.Message)
	}
	return w.T("error.internal")
}

func (w *Words) fill(t *text, pairs []any, escape bool) string {
	if t.parts == nil {
		return t.plain
	}
	var b strings.Builder
	b.Grow(len(t.plain) + 16)
	for _, p := range t.parts {
		if p.name == "" {
			b.WriteString(p.literal)
			continue
		}
		found := false
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] != p.name {
				continue
			}
			found = true
			if h, ok := pairs[i+1].(template.HTML); ok && escape {
				b.WriteString(string(h))
			} else if s := w.value(pairs[i+1]); escape {
				b.WriteString(html.EscapeString(s))
			} else {
				b.WriteString(s)
			}
			break
		}
		if !found {
			// A hole is better seen than guessed; the catalog test keeps it from happening.
			b.WriteString("{" + p.name + "}")
		}
	}
	return b.String()
}

func (w *Words) value(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return w.Decimal(v)
	case time.Time:
		return w.Date(v)
	case fault.Message:
		return w.Say(v)
	case *fault.Error:
		return w.Say(v.Message)
	case map[string]any:
		// A message that has been through a journal or a job comes back as plain JSON.
		if m, ok := messageFrom(v); ok {
			return w.Say(m)
		}
	case fmt.Stringer:
		return v.String()
	}
	return fmt.Sprint(v)
}

func messageFrom(v map[string]any) (fault.Message, bool) {
	key, ok := v["key"].(string)
	if !ok {
		return fault.Message{}, false
	}
	m := fault.Message{Key: key}
	if args, ok := v["args"].(map[string]any); ok {
		m.Args = args
	}
	return m, true
}

var formNames = map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}

func (w *Words) form(count int) string {
	if count < 0 {
		count = -count
	}
	return formNames[plural.Cardinal.MatchPlural(w.language, count, 0, 0, 0, 0)]
}
