package form

import (
	"context"
	"slices"
	"strings"

	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Bounds of a form.
const (
	mostPages     = 40
	mostQuestions = 300
	mostOptions   = 200
	mostName      = 300
	mostText      = 4000
)

func checkSettings(ctx context.Context, tx *db.Tx, f Form) error {
	var faults fault.Form
	if len(f.Names) == 0 {
		faults.Add("names", "form.names.missing")
	}
	checkTexts(&faults, "names", f.Names, mostName)
	if !slices.Contains(Purposes, f.Purpose) {
		faults.Add("purpose", "form.purpose.missing")
	}
	if !slices.Contains(Subjects, f.Subject) {
		faults.Add("about", "form.about.unknown", "ID", f.Key)
	} else if f.Subject == "activity" || f.Subject == "programme" {
		n := 0
		if err := tx.One(ctx, `SELECT COUNT(*) FROM `+f.Subject+` WHERE id = $1`, []any{f.Key}, &n); err != nil {
			return err
		}
		if n == 0 {
			faults.Add("about", "form.about.unknown", "ID", f.Key)
		}
	}
	return faults.Err()
}

func checkSize(f Form) error {
	n := 0
	for _, p := range f.Pages {
		n += len(p.Questions)
	}
	if len(f.Pages) > mostPages || n > mostQuestions {
		return fault.New(fault.Invalid, "form.toomuch", "Pages", mostPages, "Questions", mostQuestions)
	}
	return nil
}

func checkPage(p Page) error {
	var faults fault.Form
	if len(p.Names) == 0 {
		faults.Add("names", "form.page.missing")
	}
	checkTexts(&faults, "names", p.Names, mostName)
	checkTexts(&faults, "text", p.Text, mostText)
	return faults.Err()
}

func checkQuestion(f Form, q Question) error {
	var faults fault.Form
	if !slices.Contains(Kinds, q.Kind) {
		faults.Add("kind", "form.kind.missing")
	}
	if len(q.Labels) == 0 {
		faults.Add("labels", "form.labels.missing")
	}
	checkTexts(&faults, "labels", q.Labels, mostText)
	checkTexts(&faults, "hints", q.Hints, mostText)
	if !slices.Contains(Classes, q.Class) {
		faults.Add("class", "form.class.unknown")
	}
	if q.Max < 0 || q.Max > 1_000_000_000 || (q.Kind == "scale" && q.Max != 0 && (q.Max < 2 || q.Max > 10)) {
		faults.Add("max", "form.max.range")
	}
	if q.Kind == "choice" || q.Kind == "many" {
		if len(q.Options) < 2 {
			faults.Add("options", "form.options.missing")
		}
		if len(q.Options) > mostOptions {
			faults.Add("options", "form.options.most", "Most", mostOptions)
		}
	}
	seen := map[string]bool{}
	for _, o := range q.Options {
		if o.Value == "" || len(o.Labels) == 0 || seen[o.Value] || len(o.Value) > 80 {
			faults.Add("options", "form.options.twice")
			break
		}
		seen[o.Value] = true
		checkTexts(&faults, "options", o.Labels, mostName)
	}
	if q.When != nil && !before(f, q.When.Question, q.ID) {
		faults.Add("when", "form.when.later")
	}
	return faults.Err()
}

// before reports whether one question stands before another.
func before(f Form, a, b string) bool {
	i, n := f.at(a)
	j, m := f.at(b)
	return i >= 0 && j >= 0 && (i < j || i == j && n < m)
}

// Faults are what stands in the way of publishing, as faults of the fields "page.<id>" and "question.<id>".
func (f Form) Faults() []fault.Field {
	var out []fault.Field
	add := func(name, key string, pairs ...any) {
		out = append(out, fault.Field{Name: name, Message: fault.Say(key, pairs...)})
	}
	questions := 0
	for _, p := range f.Pages {
		name, _ := p.Names.In("en")
		if len(p.Questions) == 0 {
			add("page."+p.ID, "form.wrong.page", "Page", name)
		}
		for _, q := range p.Questions {
			if q.Kind != "statement" {
				questions++
			}
			label, _ := q.Labels.In("en")
			if err := checkQuestion(f, q); err != nil {
				key := "form.wrong.question"
				if q.When != nil && !before(f, q.When.Question, q.ID) {
					key = "form.wrong.when"
				}
				add("question."+q.ID, key, "Question", label)
			} else if q.When != nil && len(q.When.Is) > 0 {
				on, _, _ := f.Question(q.When.Question)
				for _, v := range q.When.Is {
					if key, _ := on.check([]string{v}); key != "" {
						add("question."+q.ID, "form.wrong.answer", "Question", label, "Answer", v)
						break
					}
				}
			}
		}
	}
	if questions == 0 {
		add("pages", "form.wrong.empty")
	}
	return out
}

func checkTexts(f *fault.Form, field string, t db.Text, most int) {
	langs := []string{"en", "ko", "zh", "ja", "mn"}
	for _, l := range langs {
		if n := len([]rune(t[l])); n > most {
			f.Add(field+"."+l, "form.text.long", "Length", n, "Most", most)
		}
	}
	for l, s := range t {
		if !slices.Contains(langs, l) || strings.ContainsRune(s, 0) {
			f.Add(field, "form.text.language", "Language", l)
		}
	}
}

// Options makes options of lines, one list per language, in the same order. An option keeps its value, by which answers and
// conditions know it, when one of its texts stood among the old ones.
func Options(lines map[string][]string, old []Option) []Option {
	n := 0
	for _, list := range lines {
		n = max(n, len(list))
	}
	out := make([]Option, n)
	used := map[string]bool{}
	for i := range out {
		out[i].Labels = db.Text{}
		for lang, list := range lines {
			if i < len(list) && list[i] != "" {
				out[i].Labels[lang] = list[i]
			}
		}
		for _, o := range old {
			for lang, s := range out[i].Labels {
				if o.Labels[lang] == s && !used[o.Value] && out[i].Value == "" {
					out[i].Value, used[o.Value] = o.Value, true
				}
			}
		}
	}
	if len(out) == len(old) { // texts were corrected in place
		for i := range out {
			if out[i].Value == "" && !used[old[i].Value] {
				out[i].Value, used[old[i].Value] = old[i].Value, true
			}
		}
	}
	for i := range out {
		if out[i].Value != "" {
			continue
		}
		label, _ := out[i].Labels.In("en")
		base := db.Slug(label)
		base = strings.Trim(base[:min(len(base), 40)], "-")
		if base == "" {
			base = "option"
		}
		out[i].Value, _ = db.FreeSlug(base, func(v string) (bool, error) {
			if used[v] {
				return true, nil
			}
			return slices.ContainsFunc(old, func(o Option) bool { return o.Value == v }), nil
		})
		used[out[i].Value] = true
	}
	return out
}
