// Package network is the pages of who and where: organisations and topics for everybody, and the forms in which officers
// keep places, organisations, memberships, topics and statements.
package network

import (
	"embed"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/library"
	desk "aircommons/internal/network"
	"aircommons/internal/web/ui"
)

//go:embed *.html
var files embed.FS

var pages = ui.Templates(files)

// Deps are the desks that the pages ask.
type Deps struct {
	Network  *desk.Desk
	Activity *activity.Desk
	Library  *library.Desk
}

type handlers struct {
	*ui.Site
	Deps
}

// Register adds the pages to the site.
func Register(s *ui.Site, d Deps) {
	h := handlers{s, d}
	s.Get("/organisations", h.organisations)
	s.Get("/organisations/{id}", h.organisation)
	s.Get("/topics", h.topics)
	s.Get("/topics/{id}", h.topic)
	register(h, placeOffice(h))
	register(h, organisationOffice(h))
	register(h, membershipOffice(h))
	register(h, topicOffice(h))
	register(h, statementOffice(h))
}

// Link is a name that leads somewhere, or just a name.
type Link = ui.Link

// view says things in the language of a request.
type view struct {
	r   *ui.Request
	w   *catalog.Words
	net *desk.Snapshot
}

func (h handlers) view(r *ui.Request) (view, error) {
	net, err := h.Network.Snapshot(r.Context())
	return view{r, r.Words, net}, err
}

func (v view) link(path string, names db.Text, id string) Link { return v.r.Link(path, names, id) }

func (v view) place(id string) Link { return v.r.Place(v.net, id) }

func (v view) organisation(id string) Link { return v.r.Organisation(v.net, id) }

func (v view) topic(t desk.Topic) Link { return v.link("/topics/"+t.ID, t.Labels, t.ID) }

func (v view) member(m desk.Member) Link {
	if m.Subject == desk.OrganisationSubject {
		return v.organisation(m.ID)
	}
	return v.place(m.ID)
}

// text is a text in the reader's language, with the language it is in where that is another one.
func (v view) text(t db.Text) (text, lang string) {
	text, lang = t.In(v.r.Lang)
	if lang == v.r.Lang {
		lang = ""
	}
	return text, lang
}

// word says a word of a closed list; a word without a text stands as it is.
func (v view) word(list, value string) string {
	if key := list + "." + value; v.w.Has(key) {
		return v.w.T(key)
	}
	return value
}

// words lists words of a closed list as a sentence of the language does.
func (v view) words(list string, values []string) string {
	var out []string
	for _, x := range values {
		if s := v.word(list, x); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return strings.Join(out, v.w.T("programme.comma"))
}

// period writes a period as exactly as it is known; "" for an unknown one.
func (v view) period(p desk.Period) string {
	if !p.Known() {
		return ""
	}
	first, last := p.First(), p.Last()
	one := func(t time.Time) string {
		switch p.Precision {
		case desk.Day:
			return v.w.Date(t)
		case desk.Month:
			return v.w.Month(t.Year(), int(t.Month()))
		}
		return v.w.Year(t.Year())
	}
	switch {
	case p.Open():
		return v.w.T("programme.period.open", "From", one(first))
	case p.From == p.To:
		return one(first)
	case p.Precision == desk.Day:
		return v.w.DateRange(first, last)
	case p.Precision == desk.Year:
		return v.w.T("programme.period.years", "From", first.Year(), "To", last.Year())
	}
	return v.w.T("programme.period.range", "From", one(first), "To", one(last))
}

// source is where something was read.
type source struct{ Text, URL, Lang string }

func (v view) sources(lines []string) []source {
	var out []source
	for _, line := range lines {
		words, address := desk.Source(line)
		out = append(out, source{words, address, foreign(words, v.r.Lang)})
	}
	return out
}

// foreign guesses by its letters the language of a text that a source prints: "" when it is the reader's.
func foreign(s, lang string) string {
	in, han := "en", false
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Hangul, r):
			in = "ko"
		case unicode.Is(unicode.Hiragana, r), unicode.Is(unicode.Katakana, r):
			in = "ja"
		case unicode.Is(unicode.Cyrillic, r):
			in = "mn"
		case unicode.Is(unicode.Han, r):
			han = true
			continue
		default:
			continue
		}
		break
	}
	if in == "en" && han {
		in = "zh"
		if lang == "ja" {
			in = "ja"
		}
	}
	if in == lang {
		return ""
	}
	return in
}

// sortBy puts things in the order in which the language lists names.
func sortBy[T any](lang string, list []T, name func(T) string) {
	c := collate.New(language.Make(lang))
	var b collate.Buffer
	keys := make(map[string][]byte, len(list))
	for _, t := range list {
		s := name(t)
		if _, ok := keys[s]; !ok {
			keys[s] = slices.Clone(c.KeyFromString(&b, s))
			b.Reset()
		}
	}
	slices.SortStableFunc(list, func(x, y T) int { return slices.Compare(keys[name(x)], keys[name(y)]) })
}
