package letter

import (
	"strings"

	"aircommons/internal/catalog"
)

// Column is a letter in one of its languages.
type Column struct {
	Lang       string
	Title      string
	Paragraphs []string
}

// NameIn is the name that the text in a language uses: in the original script where it is that of the language, else as
// in the passport.
func (l Letter) NameIn(lang string) string {
	if l.Original != "" && l.OriginalLang == lang {
		return l.Original
	}
	return l.Name
}

// In says the letter in one of its languages. What was erased since stands as a dash.
func (l Letter) In(w *catalog.Words) Column {
	lang := w.Tag()
	value := func(name string) string {
		switch name {
		case "Name":
			return l.NameIn(lang)
		case "Number":
			return l.Number
		case "Date":
			return w.Date(l.Issued)
		}
		if v, _ := l.Values[name].In(lang); v != "" {
			return v
		}
		return "–"
	}
	fill := func(s string) string {
		return place.ReplaceAllStringFunc(s, func(m string) string { return value(place.FindStringSubmatch(m)[1]) })
	}
	c := Column{Lang: lang, Title: fill(l.Titles[lang])}
	for _, p := range strings.Split(l.Texts[lang], "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			c.Paragraphs = append(c.Paragraphs, fill(p))
		}
	}
	return c
}
