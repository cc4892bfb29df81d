package activity

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

// Link is a name that leads somewhere, or just a name.
type Link = ui.Link

// view says things in the language of a request.
type view struct {
	r   *ui.Request
	w   *catalog.Words
	net *network.Snapshot
}

func (h handlers) view(r *ui.Request) (view, error) {
	net, err := h.Network.Snapshot(r.Context())
	return view{r, r.Words, net}, err
}

func (v view) link(path string, names db.Text, id string) Link { return v.r.Link(path, names, id) }

func (v view) place(id string) Link { return v.r.Place(v.net, id) }

func (v view) organisation(id string) Link { return v.r.Organisation(v.net, id) }

func (v view) topics(ids []string) []Link {
	var out []Link
	for _, id := range ids {
		t, ok := v.net.Topic(id)
		if !ok || t.Withdrawn && !v.r.By.Officer() {
			continue
		}
		out = append(out, v.link("/topics/"+id, t.Labels, id))
	}
	return out
}

// lines are the lines of a text in the reader's language, for a text that is a list.
func (v view) lines(t db.Text) (lines []string, lang string) {
	text, in := t.In(v.r.Lang)
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if in == v.r.Lang {
		in = ""
	}
	return lines, in
}

// word says a word of a closed list; a word without a text stands as it is.
func word(w *catalog.Words, list, value string) string {
	if key := list + "." + value; w.Has(key) {
		return w.T(key)
	}
	return value
}

// period writes a period as exactly as it is known: "19 to 20 May 2016", "January 2018", "2017 to 2019", "since 2016".
func period(w *catalog.Words, p network.Period) string {
	if !p.Known() {
		return w.T("date.unknown")
	}
	first, last := p.First(), p.Last()
	one := func(t time.Time) string {
		switch p.Precision {
		case network.Day:
			return w.Date(t)
		case network.Month:
			return w.Month(t.Year(), int(t.Month()))
		}
		return w.Year(t.Year())
	}
	switch {
	case p.Open():
		return w.T("programme.period.open", "From", one(first))
	case p.From == p.To:
		return one(first)
	case p.Precision == network.Day:
		return w.DateRange(first, last)
	case p.Precision == network.Year:
		return w.T("programme.period.years", "From", first.Year(), "To", last.Year())
	}
	return w.T("programme.period.range", "From", one(first), "To", one(last))
}

// shortPeriod is a period without its year, for a place where the year stands beside: "19–20 May".
func shortPeriod(w *catalog.Words, p network.Period) string {
	first, last := p.First(), p.Last()
	switch p.Precision {
	case network.Month:
		s := w.MonthShort(int(first.Month()))
		if !p.Open() && p.To != p.From {
			s += "–" + w.MonthShort(int(last.Month()))
		}
		return s
	case network.Day:
		day := func(t time.Time) string {
			if w.Tag() == "en" {
				return strconv.Itoa(t.Day()) + "\u00a0" + w.MonthShort(int(t.Month()))
			}
			return w.DayMonth(int(t.Month()), t.Day())
		}
		if p.Open() || p.To == p.From {
			return day(first)
		}
		if first.Month() != last.Month() || first.Year() != last.Year() {
			return day(first) + "–" + day(last)
		}
		d, e := strconv.Itoa(first.Day()), strconv.Itoa(last.Day())
		switch w.Tag() {
		case "en":
			return d + "–" + e + "\u00a0" + w.MonthShort(int(first.Month()))
		case "ko":
			return day(first) + "~" + e + "일"
		case "zh":
			return day(first) + "至" + e + "日"
		case "ja":
			return day(first) + "～" + e + "日"
		}
		return day(first) + "–" + e
	}
	if p.To != p.From && !p.Open() {
		return w.T("programme.period.years", "From", first.Year(), "To", last.Year())
	}
	return w.T("programme.period.yearonly")
}

// weekdays of the first and the last day: "Sunday, Monday", "Monday to Friday"; "" unless known to the day.
func weekdays(w *catalog.Words, p network.Period) string {
	first, last, ok := p.Weekdays()
	switch {
	case !ok:
		return ""
	case p.Days() == 1:
		return w.Weekday(first)
	case p.Days() == 2:
		return w.T("programme.weekdays.two", "First", w.Weekday(first), "Last", w.Weekday(last))
	}
	return w.T("programme.weekdays.range", "First", w.Weekday(first), "Last", w.Weekday(last), "Count", p.Days())
}

// precision says how exactly a period is known; "" for one known to the day.
func precision(w *catalog.Words, p network.Period) string {
	switch {
	case !p.Known():
		return ""
	case p.Precision == network.Month:
		return w.T("programme.precision.month")
	case p.Precision == network.Year:
		return w.T("programme.precision.year")
	}
	return ""
}

// script guesses the language of a printed text by its letters, so that it is shown and read in the right one.
func script(s string) string {
	han := false
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Hangul, r):
			return "ko"
		case unicode.Is(unicode.Hiragana, r), unicode.Is(unicode.Katakana, r):
			return "ja"
		case unicode.Is(unicode.Cyrillic, r):
			return "mn"
		case unicode.Is(unicode.Han, r):
			han = true
		}
	}
	if han {
		return "zh"
	}
	return "en"
}

// foreign is the language to mark a printed text with: "" when it is the reader's.
func foreign(s, lang string) string {
	if in := script(s); in != lang {
		return in
	}
	return ""
}

// sortByName puts things in the order in which the language lists names.
func sortByName[T any](lang string, list []T, name func(T) string) {
	c := collate.New(language.Make(lang))
	keys := make(map[string][]byte, len(list))
	var b collate.Buffer
	for _, t := range list {
		s := name(t)
		if _, ok := keys[s]; !ok {
			keys[s] = slices.Clone(c.KeyFromString(&b, s))
		}
	}
	slices.SortStableFunc(list, func(x, y T) int { return slices.Compare(keys[name(x)], keys[name(y)]) })
}

// join lists words as a sentence of the language does.
func join(w *catalog.Words, words []string) string {
	return strings.Join(words, w.T("programme.comma"))
}
