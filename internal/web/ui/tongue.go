package ui

import (
	"html/template"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Tongue writes text that may hold words of another language than the page's, and marks those, so that they are read aloud
// as what they are (WCAG 2.2, 3.1.2). Pages are in English or in a script of their own; in the latter, words in Latin
// letters are taken for English. Names of one word, abbreviations, units and formulas belong to every language and are
// left alone.
func Tongue(text, lang string) template.HTML {
	return TongueBy(text, lang, func(s string) template.HTML { return template.HTML(template.HTMLEscapeString(s)) })
}

// TongueBy is Tongue for a text that is written by say, such as one with lowered digits.
func TongueBy(text, lang string, say func(string) template.HTML) template.HTML {
	if lang == "en" {
		return say(text)
	}
	var b strings.Builder
	rest := text
	for {
		from, to := foreignRun(rest)
		if from < 0 {
			b.WriteString(string(say(rest)))
			return template.HTML(b.String())
		}
		b.WriteString(string(say(rest[:from])))
		b.WriteString(`<span lang="en">`)
		b.WriteString(string(say(rest[from:to])))
		b.WriteString(`</span>`)
		rest = rest[to:]
	}
}

// foreignRun finds the first run of at least two words in Latin letters, of which one is no abbreviation; from is -1 when
// there is none.
func foreignRun(s string) (from, to int) {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !unicode.Is(unicode.Latin, r) {
			i += n
			continue
		}
		from, to = i, i
		words, letters, small := 0, 0, false
		for i < len(s) {
			r, n = utf8.DecodeRuneInString(s[i:])
			if unicode.Is(unicode.Latin, r) {
				letters++
				if letters == 2 {
					words++
				}
				small = small || letters > 2 && unicode.IsLower(r)
				to = i + n
			} else if r != '\'' && r != '’' {
				letters = 0
				if unicode.IsLetter(r) || !joins(r) {
					break
				}
				if unicode.IsDigit(r) || r == ')' && strings.ContainsRune(s[from:i], '(') {
					to = i + n
				}
			}
			i += n
		}
		if words > 1 && small {
			return from, to
		}
	}
	return -1, -1
}

// joins reports whether a sign stands between words of the same sentence.
func joins(r rune) bool {
	return r < 0x80 && !strings.ContainsRune("<>|\n", r) || r == '–' || r == '‐' || r == '\u00a0' || r == '“' || r == '”'
}
