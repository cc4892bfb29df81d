package account

import (
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"aircommons/internal/catalog"
	"aircommons/internal/db"
)

// Gone stands where a name was in a text whose language nobody knows; elsewhere the words "person.gone" stand there.
const Gone = "[…]"

// SweptKeeper is a keeper that makes something of texts in which others may name a person: it is told when the name was
// taken out of some.
type SweptKeeper interface {
	Keeper
	Swept(ctx context.Context, tx *db.Tx, cells []db.Cell) error
}

// unswept are the tables that are not gone through for names that others typed: the journal, which is erased entry by entry,
// and people themselves.
var unswept = []string{"journal", "person", "goose_db_version", "search_token"}

// traces find a person in what others wrote.
type traces struct {
	whole []*regexp.Regexp // names and the address, as text
	kept  []*regexp.Regexp // the same as JSON writes it, or a query of an address
	texts *catalog.Catalog
}

// trace makes the patterns by which a person is known in the texts of others: whole names and the address. Left out are
// names that somebody else has too, which would take that person out, and names that are words of the network or of the
// site: whoever calls themselves "Seoul" does not take a city out of the record.
func (k *Desk) trace(ctx context.Context, tx *db.Tx, p Person) (t traces, names []string, err error) {
	t.texts = k.texts
	var words []string
	others := map[string]bool{}
	for _, q := range []string{`SELECT names FROM place`, `SELECT names FROM organisation`, `SELECT labels FROM topic`} {
		if err := tx.Each(ctx, q, nil, func(scan func(...any) error) error {
			var s db.Text
			err := scan(&s)
			for _, v := range s {
				words = append(words, v)
			}
			return err
		}); err != nil {
			return t, nil, err
		}
	}
	if k.texts != nil {
		for _, l := range catalog.Languages {
			for _, key := range k.texts.Keys(l.Tag) {
				if s, ok := k.texts.Lang(l.Tag).Raw(key); ok {
					words = append(words, s)
				}
			}
		}
	}
	if err := tx.Each(ctx, `SELECT name, names FROM person WHERE id <> $1 AND erased_at IS NULL`, []any{p.ID}, func(scan func(...any) error) error {
		var name, list string
		if err := scan(&name, &list); err != nil {
			return err
		}
		var ns []Name
		if err := json.Unmarshal([]byte(list), &ns); err != nil {
			return err
		}
		others[fold(name)] = true
		for _, n := range ns {
			others[fold(n.Text)] = true
		}
		return nil
	}); err != nil {
		return t, nil, err
	}
	vocabulary := strings.Join(words, "\n")
	for _, s := range wholeNames(p) {
		r := pattern(s)
		if r == nil || others[fold(s)] || r.MatchString(vocabulary) {
			continue
		}
		names = append(names, s)
		t.whole = append(t.whole, r)
		for _, other := range []string{db.JSONText(s), url.QueryEscape(s), url.PathEscape(s)} {
			if other != s {
				t.kept = append(t.kept, regexp.MustCompile(`(?i)`+regexp.QuoteMeta(other)))
			}
		}
	}
	if p.Email != "" && !p.Shared {
		names = append(names, p.Email)
		t.whole = append(t.whole, regexp.MustCompile(`(?i)`+regexp.QuoteMeta(p.Email)))
		for _, other := range []string{db.JSONText(p.Email), url.QueryEscape(p.Email)} {
			if other != p.Email {
				t.kept = append(t.kept, regexp.MustCompile(`(?i)`+regexp.QuoteMeta(other)))
			}
		}
	}
	return t, names, nil
}

func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// wholeNames are the ways to write somebody's whole name, the longest first.
func wholeNames(p Person) (out []string) {
	add := func(s string) {
		if s = strings.Join(strings.Fields(s), " "); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	add(p.Name)
	for _, n := range p.Names {
		add(n.Text)
		if n.Given != "" && n.Family != "" {
			add(n.Given + " " + n.Family)
			add(n.Family + " " + n.Given)
		}
	}
	if w := strings.Fields(p.Name); len(w) == 2 {
		add(w[1] + " " + w[0])
		add(w[1] + ", " + w[0])
	}
	slices.SortStableFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out
}

// pattern finds a name in a text as a word of its own, whatever its case; nil for one that is too short to be looked for: less
// than four letters of an alphabet, or two of Chinese, Japanese or Korean. What another script adds to it is let through: endings in Korean and Japanese; in Mongolian also those of the same script.
func pattern(name string) *regexp.Regexp {
	letters := utf8.RuneCountInString(name)
	wide, script := false, ""
	for _, r := range name {
		wide = wide || unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
		if script == "" && unicode.Is(unicode.Latin, r) {
			script = `\p{Latin}`
		} else if script == "" && unicode.Is(unicode.Cyrillic, r) {
			script = `\p{Cyrillic}`
		}
	}
	if letters < 4 && !(wide && letters >= 2) {
		return nil
	}
	words := strings.Fields(name)
	for i, w := range words {
		words[i] = regexp.QuoteMeta(w)
	}
	s := strings.Join(words, `\s+`)
	if wide {
		return regexp.MustCompile(`(?i)()` + s + `()`)
	}
	if script == "" {
		script = `\pL`
	}
	edge := `[^` + script + `\pN]`
	after := `()`
	if script != `\p{Cyrillic}` || letters < 6 { // Mongolian adds its endings to the word
		after = `(` + edge + `|$)`
	}
	return regexp.MustCompile(`(?i)(^|` + edge + `)` + s + after)
}

// in reports whether a text names the person, however it is kept.
func (t traces) in(s string) bool {
	for _, r := range append(slices.Clone(t.whole), t.kept...) {
		if r.MatchString(s) {
			return true
		}
	}
	return false
}

// out is a text of a language without the person.
func (t traces) out(s, lang string) string {
	put := Gone
	if t.texts != nil && lang != "" && slices.ContainsFunc(catalog.Languages, func(l catalog.Language) bool { return l.Tag == lang }) {
		put = t.texts.Lang(lang).T("person.gone")
	}
	for _, r := range t.whole {
		if r.NumSubexp() == 0 {
			s = r.ReplaceAllLiteralString(s, put)
			continue
		}
		for range 2 { // two side by side share what stands between them
			s = r.ReplaceAllString(s, "${1}"+strings.ReplaceAll(put, "$", "$$")+"${2}")
		}
	}
	for _, r := range t.kept {
		s = r.ReplaceAllLiteralString(s, url.QueryEscape(Gone))
	}
	return s
}

// without is a text, or what JSON holds, without the person.
func (t traces) without(s, lang string) string {
	if b := strings.TrimSpace(s); strings.HasPrefix(b, "{") || strings.HasPrefix(b, "[") {
		d := json.NewDecoder(strings.NewReader(s))
		d.UseNumber()
		var v any
		if d.Decode(&v) == nil {
			if j, err := json.Marshal(t.walk(v, lang)); err == nil {
				return string(j)
			}
		}
	}
	return t.out(s, lang)
}

func (t traces) walk(v any, lang string) any {
	switch x := v.(type) {
	case string:
		return t.out(x, lang)
	case []any:
		for i := range x {
			x[i] = t.walk(x[i], lang)
		}
	case map[string]any:
		for _, key := range []string{"lang", "Lang"} {
			if l, ok := x[key].(string); ok && l != "" {
				lang = l
			}
		}
		out := make(map[string]any, len(x))
		for key, one := range x {
			in := lang
			if slices.ContainsFunc(catalog.Languages, func(l catalog.Language) bool { return l.Tag == key }) {
				in = key
			}
			if t.in(key) {
				key = t.out(key, "")
			}
			out[key] = t.walk(one, in)
		}
		return out
	}
	return v
}

// sweep takes a person out of what others wrote: in every table, in the index of the search, and in the journal.
func (k *Desk) sweep(ctx context.Context, tx *db.Tx, t traces) error {
	cells, err := tx.Sweep(ctx, unswept, func(c db.Cell) (string, bool) {
		if !t.in(c.Text) {
			return "", false
		}
		return t.without(c.Text, c.Lang), true
	})
	if err != nil {
		return err
	}
	if err := tx.EraseJournalWhere(ctx, t.in); err != nil {
		return err
	}
	if err := tx.Reindex(ctx, cells); err != nil {
		return err
	}
	for _, keeper := range k.Keepers {
		if s, ok := keeper.(SweptKeeper); ok {
			if err := s.Swept(ctx, tx, cells); err != nil {
				return err
			}
		}
	}
	return nil
}

// Mention is a place where others named a person.
type Mention struct {
	Where string `json:"where"` // table and column
	ID    string `json:"id,omitempty"`
	Text  string `json:"text"` // the name as it stands there; what else they wrote is theirs
}

func (k *Desk) mentions(ctx context.Context, tx *db.Tx, t traces) (out []Mention, err error) {
	seen := map[Mention]bool{}
	_, err = tx.Sweep(ctx, append([]string{"search_entry"}, unswept...), func(c db.Cell) (string, bool) {
		for _, r := range append(slices.Clone(t.whole), t.kept...) {
			if s := strings.TrimFunc(r.FindString(c.Text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }); s != "" {
				if m := (Mention{c.Table + "." + c.Column, c.ID, s}); !seen[m] {
					seen[m] = true
					out = append(out, m)
				}
			}
		}
		return "", false
	})
	return out, err
}
