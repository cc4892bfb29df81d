package form

import (
	"encoding/hex"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"

	"aircommons/internal/account"
	"aircommons/internal/fault"
)

// Asked lists what is asked given the answers so far, statements among it. A question that is not asked has no answer, so
// one that depends on it is not asked either.
func (f Form) Asked(a Answers) []Question {
	var out []Question
	asked := map[string]bool{}
	for _, p := range f.Pages {
		for _, q := range p.Questions {
			if q.When != nil && (!asked[q.When.Question] || !q.When.holds(a)) {
				continue
			}
			asked[q.ID] = true
			out = append(out, q)
		}
	}
	return out
}

func (w *When) holds(a Answers) bool {
	for _, v := range a[w.Question] {
		if v != "" && (len(w.Is) == 0 || slices.Contains(w.Is, v)) {
			return true
		}
	}
	return false
}

// AskedOn lists what is asked on one page.
func (f Form) AskedOn(page string, a Answers) []Question {
	p, _ := f.Page(page)
	var out []Question
	for _, q := range f.Asked(a) {
		if slices.ContainsFunc(p.Questions, func(o Question) bool { return o.ID == q.ID }) {
			out = append(out, q)
		}
	}
	return out
}

// Steps lists the pages on which anything is asked given the answers, in order.
func (f Form) Steps(a Answers) []Page {
	var out []Page
	for _, p := range f.Pages {
		if len(f.AskedOn(p.ID, a)) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// Next is the page after one; "" after the last. An empty page gives the first.
func (f Form) Next(page string, a Answers) string {
	steps := f.Steps(a)
	if page == "" && len(steps) > 0 {
		return steps[0].ID
	}
	// The page itself may not be asked any more: what follows is found in the order of all pages.
	at := slices.IndexFunc(f.Pages, func(p Page) bool { return p.ID == page })
	if at < 0 {
		return ""
	}
	for _, p := range f.Pages[at+1:] {
		if slices.ContainsFunc(steps, func(s Page) bool { return s.ID == p.ID }) {
			return p.ID
		}
	}
	return ""
}

// First is the first page whose answers are not good yet; "" when all are.
func (f Form) First(a Answers) string {
	for _, p := range f.Steps(a) {
		if f.Check(p.ID, a) != nil {
			return p.ID
		}
	}
	return ""
}

// Keep leaves what was answered to questions that are asked.
func (f Form) Keep(a Answers) Answers {
	out := Answers{}
	for _, q := range f.Asked(a) {
		if v := a[q.ID]; len(v) > 0 && q.Kind != "statement" {
			out[q.ID] = append([]string(nil), v...)
		}
	}
	return out
}

// Check finds what is missing or cannot be taken in the answers to a page, "" for all pages. Its faults stand at the
// fields "q.<id>".
func (f Form) Check(page string, a Answers) error {
	var faults fault.Form
	asked := f.Asked(a)
	if page != "" {
		asked = f.AskedOn(page, a)
	}
	for _, q := range asked {
		if key, args := q.check(a[q.ID]); key != "" {
			faults.Add("q."+q.ID, key, args...)
		}
	}
	return faults.Err()
}

// check is the fault of an answer, "" for none.
func (q Question) check(v []string) (key string, args []any) {
	if q.Kind == "statement" {
		return "", nil
	}
	if empty(v) {
		if !q.Required {
			return "", nil
		}
		return missing(q.Kind), nil
	}
	if q.Kind != "many" && q.Kind != "file" && q.Kind != "city" && len(v) > 1 {
		return "form.answer.one", nil
	}
	for _, s := range v {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return "form.answer.letters", nil
		}
	}
	s := v[0]
	switch q.Kind {
	case "line", "text", "mail", "phone":
		if n, most := utf8.RuneCountInString(s), q.Most(); n > most {
			return "form.answer.long", []any{"Length", n, "Most", most}
		}
		if q.Kind == "mail" && account.CleanEmail(s) == "" {
			return "form.answer.mail", nil
		}
		if q.Kind == "phone" && !phone.MatchString(s) {
			return "form.answer.phone", nil
		}
	case "choice", "many":
		if q.Kind == "many" && q.Max > 0 && len(v) > q.Max {
			return "form.answer.many", []any{"Most", q.Max}
		}
		for _, s := range v {
			if _, ok := q.Label(s); !ok {
				return "form.answer.option", nil
			}
		}
	case "yesno":
		if s != "yes" && s != "no" {
			return "form.answer.option", nil
		}
	case "number":
		n, err := strconv.ParseFloat(s, 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || math.Abs(n) > 1e15 {
			return "form.answer.number", nil
		}
		if q.Max > 0 && n > float64(q.Max) {
			return "form.answer.large", []any{"Most", q.Max}
		}
	case "scale":
		if n, err := strconv.Atoi(s); err != nil || n < 1 || n > q.Steps() {
			return "form.answer.option", nil
		}
	case "date":
		if d, err := time.Parse(time.DateOnly, s); err != nil || d.Year() < 1900 || d.Year() > 2200 {
			return "form.answer.date", nil
		}
	case "country":
		if !IsCountry(s) {
			return "form.answer.option", nil
		}
	case "city":
		if s == "other" && (len(v) < 2 || strings.TrimSpace(v[1]) == "") {
			return "form.answer.city", nil
		}
		if n := utf8.RuneCountInString(v[len(v)-1]); n > q.Most() {
			return "form.answer.long", []any{"Length", n, "Most", q.Most()}
		}
	case "file":
		if len(v) > mostFiles {
			return "form.answer.files", []any{"Most", mostFiles}
		}
		for _, s := range v {
			if _, _, ok := FileOf(s); !ok {
				return "form.answer.file", nil
			}
		}
	}
	return "", nil
}

// mostFiles is how many files one answer can have.
const mostFiles = 10

var phone = regexp.MustCompile(`^\+?[0-9][0-9 ()./-]{4,38}$`)

func empty(v []string) bool {
	return !slices.ContainsFunc(v, func(s string) bool { return strings.TrimSpace(s) != "" })
}

// missing says what to do where an answer is missing.
func missing(kind string) string {
	switch kind {
	case "choice", "yesno", "scale", "country", "city":
		return "form.missing.choose"
	case "many":
		return "form.missing.many"
	case "file":
		return "form.missing.file"
	case "date":
		return "form.missing.date"
	}
	return "form.missing.text"
}

// IsCountry reports whether a code of two letters is one of a country or territory (ISO 3166-1).
func IsCountry(code string) bool {
	if len(code) != 2 || code != strings.ToUpper(code) {
		return false
	}
	r, err := language.ParseRegion(code)
	return err == nil && r.IsCountry() && r.Canonicalize().String() == code
}

// FileOf reads the answer to a question for a file.
func FileOf(answer string) (sum, name string, ok bool) {
	sum, name, ok = strings.Cut(answer, " ")
	b, err := hex.DecodeString(sum)
	return sum, name, ok && err == nil && len(b) == 32 && sum == strings.ToLower(sum) && name != ""
}
