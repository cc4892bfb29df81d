package db

import (
	"context"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Hit is an entry of the search index that holds every word of a query.
type Hit struct {
	Subject, Key string
	Lang         string // language of Title and Body
	Title, Body  string
	Path         string // address without the language
	Score        int
}

const (
	titleWeight = 8
	bodyWeight  = 1
	longestWord = 60 // letters of a word that are looked at
)

// Index puts a text into the search index, in place of what stood there for the subject, key and language. Words of the
// title weigh more than those of the body. path is the address of the page without its language.
func (tx *Tx) Index(ctx context.Context, subject, key, lang, title, body, path string) error {
	if err := tx.unindex(ctx, `subject = $1 AND subject_key = $2 AND lang = $3`, subject, key, lang); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO search_entry (subject, subject_key, lang, title, body, path) VALUES ($1,$2,$3,$4,$5,$6)`,
		subject, key, lang, title, body, path); err != nil {
		return err
	}
	weights := map[string]int{}
	for _, w := range indexTokens(body) {
		weights[w] = bodyWeight
	}
	for _, w := range indexTokens(title) {
		weights[w] = titleWeight
	}
	for _, w := range sortedKeys(weights) {
		if _, err := tx.ExecContext(ctx, `INSERT INTO search_token (token, subject, subject_key, lang, weight) VALUES ($1,$2,$3,$4,$5)`,
			w, subject, key, lang, weights[w]); err != nil {
			return err
		}
	}
	return nil
}

// IndexText puts one entry per language into the search index. Each is titled in its language and also found by the
// names in all others, so that a reader may look for a place in any script.
func (tx *Tx) IndexText(ctx context.Context, subject, key string, title Text, body Text, path string) error {
	if err := tx.Unindex(ctx, subject, key); err != nil {
		return err
	}
	names := sortedValues(title)
	for _, lang := range sortedKeys(title) {
		if title[lang] == "" {
			continue
		}
		text, _ := body.In(lang)
		if err := tx.Index(ctx, subject, key, lang, title[lang], strings.TrimSpace(text+"\n"+strings.Join(names, " · ")), path); err != nil {
			return err
		}
	}
	return nil
}

// followers are the desks whose entries of the search show names of other things, by desk.
type followers struct {
	mu sync.Mutex
	by map[string]Follower
}

// Follower writes the entries of the search anew that show the name of a thing.
type Follower func(ctx context.Context, tx *Tx, subject, key string) error

// Follow has a desk told, in the same transaction, of each thing that got another name. A desk above can so keep its entries
// in step with names of a desk below, which does not know it. A second follower of a desk takes the place of its first.
func (d *DB) Follow(desk string, f Follower) {
	d.follow.mu.Lock()
	defer d.follow.mu.Unlock()
	if d.follow.by == nil {
		d.follow.by = map[string]Follower{}
	}
	d.follow.by[desk] = f
}

// Renamed tells the followers that a thing has another name now.
func (tx *Tx) Renamed(ctx context.Context, subject, key string) error {
	tx.db.follow.mu.Lock()
	all := slices.Collect(maps.Values(tx.db.follow.by))
	tx.db.follow.mu.Unlock()
	for _, f := range all {
		if err := f(ctx, tx, subject, key); err != nil {
			return err
		}
	}
	return nil
}

// Unindex takes a thing out of the search index, in all languages.
func (tx *Tx) Unindex(ctx context.Context, subject, key string) error {
	return tx.unindex(ctx, `subject = $1 AND subject_key = $2`, subject, key)
}

func (tx *Tx) unindex(ctx context.Context, where string, args ...any) error {
	for _, table := range []string{"search_token", "search_entry"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE `+where, args...); err != nil {
			return err
		}
	}
	return nil
}

// Search finds the things whose texts hold every word of the query, the best first, at most limit of them (0: all).
// The last word may be the beginning of one, unless it is written in Chinese, Japanese or Korean, where any pair of
// neighbouring characters is found anyhow. Of a thing found in several languages, the entry in lang is returned.
func (tx *Tx) Search(ctx context.Context, query, lang string, limit int) ([]Hit, error) {
	words, prefix := queryTokens(query)
	if len(words) == 0 {
		return nil, nil
	}
	type entry struct{ subject, key, lang string }
	var found map[entry]int
	for i, w := range words {
		// Tokens hold letters, marks and digits only, so that nothing in them means something to LIKE.
		cond, arg := `token = $1`, w
		if prefix && i == len(words)-1 {
			cond, arg = `token LIKE $1`, w+"%"
		}
		here := map[entry]int{}
		err := tx.Each(ctx, `SELECT subject, subject_key, lang, token, weight FROM search_token WHERE `+cond, []any{arg}, func(scan func(...any) error) error {
			var e entry
			var token string
			var weight int
			if err := scan(&e.subject, &e.key, &e.lang, &token, &weight); err != nil {
				return err
			}
			if token == w {
				weight *= 2 // a whole word before one that only begins so
			}
			if found != nil {
				old, ok := found[e]
				if !ok {
					return nil
				}
				weight += old
			}
			here[e] = max(here[e], weight)
			return nil
		})
		if err != nil {
			return nil, err
		}
		found = here
	}
	best := map[entry]entry{}
	score := map[entry]int64{} // a thing is ranked by the language in which it answers best
	for e := range found {
		id := entry{e.subject, e.key, ""}
		score[id] = max(score[id], int64(found[e]))
		b, ok := best[id]
		if !ok || (e.lang == lang && b.lang != lang) || (b.lang != lang && (found[e] > found[b] || found[e] == found[b] && e.lang < b.lang)) {
			best[id] = e
		}
	}
	hits := make([]Hit, 0, len(best))
	for _, e := range best {
		h := Hit{Subject: e.subject, Key: e.key, Lang: e.lang, Score: int(score[entry{e.subject, e.key, ""}])}
		err := tx.One(ctx, `SELECT title, body, path FROM search_entry WHERE subject = $1 AND subject_key = $2 AND lang = $3`,
			[]any{e.subject, e.key, e.lang}, &h.Title, &h.Body, &h.Path)
		if err != nil {
			return nil, err
		}
		hits = append(hits, h)
	}
	sort.Slice(hits, func(i, j int) bool {
		a, b := hits[i], hits[j]
		if a.Score != b.Score {
			return a.Score > b.Score
		}
		if x, y := a.Lang == lang, b.Lang == lang; x != y {
			return x
		}
		if x, y := utf8.RuneCountInString(a.Title), utf8.RuneCountInString(b.Title); x != y {
			return x < y // the query is a larger part of a shorter title
		}
		if a.Title != b.Title {
			return a.Title < b.Title
		}
		return a.Subject+"/"+a.Key < b.Subject+"/"+b.Key
	})
	if limit > 0 && len(hits) > limit {
		hits = hits[:limit]
	}
	return hits, nil
}

// Piece is a part of a text, with Hit set where a query's words stand.
type Piece struct {
	Text string
	Hit  bool
}

// Mark splits a text at the words of a query, for showing where they stand.
func Mark(text, query string) []Piece {
	text = norm.NFC.String(text)
	var folded []rune // with the offset of its source in text
	var at []int
	for i, r := range text {
		for _, f := range fold(string(r)) {
			folded, at = append(folded, f), append(at, i)
		}
	}
	at = append(at, len(text))
	hit := make([]bool, len(folded))
	for _, run := range split(query) {
		w := []rune(run.text)
		for i := 0; i+len(w) <= len(folded); i++ {
			if slices.Equal(folded[i:i+len(w)], w) && (run.cjk || i == 0 || !isWord(folded[i-1])) {
				for j := range w {
					hit[i+j] = true
				}
			}
		}
	}
	var out []Piece
	for i := 0; i < len(folded); {
		j := i
		for j < len(folded) && hit[j] == hit[i] {
			j++
		}
		if s := text[at[i]:at[j]]; s != "" {
			out = append(out, Piece{s, hit[i]})
		}
		i = j
	}
	return out
}

// run is a stretch of text that is one word, or one row of Chinese, Japanese or Korean characters.
type run struct {
	text string
	cjk  bool
}

// fold brings letters to one form: compatible forms, case and the accents of Latin letters do not matter.
func fold(s string) string {
	s = cases.Fold().String(norm.NFKC.String(s))
	var b strings.Builder
	for _, r := range s {
		if r > unicode.MaxASCII && unicode.Is(unicode.Latin, r) {
			r = []rune(norm.NFD.String(string(r)))[0]
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

func isCJK(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r == 'ー'
}

// split cuts a text into words and rows of characters. An apostrophe within a word and a point between digits are left
// out, so that "Xi'an" is also "xian" and "PM2.5" is also "pm25".
func split(s string) []run {
	rs := []rune(fold(s))
	var out []run
	var b strings.Builder
	cjk := false
	flush := func() {
		if b.Len() > 0 {
			out = append(out, run{b.String(), cjk})
			b.Reset()
		}
	}
	for i, r := range rs {
		switch {
		case isWord(r):
			if c := isCJK(r); c != cjk {
				flush()
				cjk = c
			}
			b.WriteRune(r)
		case i > 0 && i+1 < len(rs) && (r == '\'' || r == '’') && unicode.IsLetter(rs[i-1]) && unicode.IsLetter(rs[i+1]):
		case i > 0 && i+1 < len(rs) && r == '.' && unicode.IsDigit(rs[i-1]) && unicode.IsDigit(rs[i+1]):
		default:
			flush()
		}
	}
	flush()
	return out
}

func indexTokens(s string) []string {
	var out []string
	for _, r := range split(s) {
		rs := []rune(r.text)
		if !r.cjk {
			out = append(out, string(rs[:min(len(rs), longestWord)]))
			continue
		}
		for i := range rs {
			out = append(out, string(rs[i]))
			if i+1 < len(rs) {
				out = append(out, string(rs[i:i+2]))
			}
		}
	}
	return out
}

// queryTokens are the tokens that must all be found. prefix tells that the last may be the beginning of a word.
func queryTokens(s string) (tokens []string, prefix bool) {
	for _, r := range split(s) {
		rs := []rune(r.text)
		prefix = !r.cjk
		switch {
		case !r.cjk:
			tokens = append(tokens, string(rs[:min(len(rs), longestWord)]))
		case len(rs) == 1:
			tokens = append(tokens, r.text)
		default:
			for i := 0; i+1 < len(rs); i++ {
				tokens = append(tokens, string(rs[i:i+2]))
			}
		}
	}
	if len(tokens) > 32 { // a query is a few words; more than that is somebody trying
		return tokens[:32], false
	}
	return tokens, prefix
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func sortedValues(t Text) []string {
	var out []string
	for _, k := range sortedKeys(t) {
		if t[k] != "" && !slices.Contains(out, t[k]) {
			out = append(out, t[k])
		}
	}
	return out
}
