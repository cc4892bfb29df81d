package form

import (
	"net/http"
	"slices"
	"strings"

	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	desk "aircommons/internal/form"
	"aircommons/internal/web/ui"
)

// fillQuestion asks for one question of a form.
func fillQuestion(r *ui.Request, out *ui.Form, f desk.Form, page string, q desk.Question) *ui.Form {
	var kinds, classes []ui.Option
	for _, k := range desk.Kinds {
		kinds = append(kinds, ui.Option{Value: k, Label: r.Words.T("form.kind." + k)})
	}
	for _, c := range desk.Classes {
		key := c
		if key == "" {
			key = "plain"
		}
		classes = append(classes, ui.Option{Value: c, Label: r.Words.T("form.class." + key), Hint: r.Words.T("form.class." + key + ".hint")})
	}
	out.Areas("labels", "form.edit.label", q.Labels).Size(2)
	out.Select("kind", "form.edit.kind", q.Kind, kinds)
	out.Check("required", "form.edit.required", q.Required)
	out.Areas("hints", "form.edit.hint", q.Hints).Size(2).Opt()
	lines := db.Text{}
	for _, l := range catalog.Languages {
		var list []string
		filled := false
		for _, o := range q.Options {
			list = append(list, o.Labels[l.Tag])
			filled = filled || o.Labels[l.Tag] != ""
		}
		if filled {
			lines[l.Tag] = strings.Join(list, "\n")
		}
	}
	out.Areas("options", "form.edit.options", lines).Size(5).Opt()
	if when := conditions(r, f, page, q.ID); len(when) > 0 {
		var chosen []string
		if q.When != nil {
			for _, v := range q.When.Is {
				chosen = append(chosen, q.When.Question+"="+v)
			}
			if len(q.When.Is) == 0 {
				chosen = append(chosen, q.When.Question+"=")
			}
		}
		out.Checks("when", "form.edit.when", chosen, when).Opt()
	}
	var most *float64
	if q.Max > 0 {
		n := float64(q.Max)
		most = &n
	}
	out.Number("max", "form.edit.max", most).Opt()
	out.Text("accept", "form.edit.accept", q.Accept).Opt().As("w20")
	out.Radio("class", "form.edit.class", q.Class, classes)
	return out
}

// conditions are the answers to earlier questions that a question can wait for: each as "question=answer".
func conditions(r *ui.Request, f desk.Form, page, question string) (out []ui.Option) {
	add := func(q desk.Question, label, value, answer string) {
		out = append(out, ui.Option{Value: q.ID + "=" + value, Label: r.Words.T("form.edit.is", "Question", label, "Answer", answer)})
	}
	for _, p := range f.Pages {
		for _, q := range p.Questions {
			if q.ID == question {
				return out
			}
			label, _ := q.Labels.In(r.Lang)
			if n := []rune(label); len(n) > 60 {
				label = string(n[:59]) + "…"
			}
			switch q.Kind {
			case "statement":
			case "yesno":
				add(q, label, "yes", r.Words.T("part.yes"))
				add(q, label, "no", r.Words.T("part.no"))
			case "choice", "many":
				for _, o := range q.Options {
					s, _ := o.Labels.In(r.Lang)
					add(q, label, o.Value, s)
				}
			case "scale":
				for n := 1; n <= q.Steps(); n++ {
					add(q, label, r.Words.Int(n), r.Words.Int(n))
				}
			default:
				add(q, label, "", r.Words.T("form.edit.anything"))
			}
		}
		if p.ID == page && question == "" {
			return out
		}
	}
	return out
}

func questionSent(r *ui.Request, old desk.Question, faults *fault.Form) desk.Question {
	q := desk.Question{ID: old.ID, Kind: r.Value("kind"), Labels: r.Texts("labels"), Hints: r.Texts("hints"), Required: r.Yes("required"),
		Class: r.Value("class"), Accept: r.Value("accept"), Max: r.Int("max", faults)}
	lines := map[string][]string{}
	for _, l := range catalog.Languages {
		var list []string
		for _, s := range strings.Split(strings.TrimSpace(r.PostForm.Get("options."+l.Tag)), "\n") {
			list = append(list, strings.TrimSpace(s))
		}
		if len(list) > 1 || list[0] != "" {
			lines[l.Tag] = list
		}
	}
	q.Options = desk.Options(lines, old.Options)
	for _, s := range r.PostForm["when"] {
		id, value, _ := strings.Cut(s, "=")
		if q.When == nil {
			q.When = &desk.When{Question: id}
		}
		if q.When.Question != id {
			faults.Add("when", "form.edit.onequestion")
			break
		}
		if value != "" && !slices.Contains(q.When.Is, value) {
			q.When.Is = append(q.When.Is, value)
		}
	}
	return q
}

// which finds the question of the address: "new" is one at the end of the page of the query.
func which(r *ui.Request, f desk.Form) (page string, q desk.Question, err error) {
	id := r.PathValue("question")
	if id == "new" {
		page = r.URL.Query().Get("page")
		if _, ok := f.Page(page); !ok {
			return "", q, fault.New(fault.NotFound, "error.notfound")
		}
		return page, desk.Question{Kind: "line"}, nil
	}
	q, p, ok := f.Question(id)
	if !ok {
		return "", q, fault.New(fault.NotFound, "error.notfound")
	}
	return p.ID, q, nil
}

func (h handlers) question(w http.ResponseWriter, r *ui.Request) error {
	f, err := h.form(r.Context(), r)
	if err != nil {
		return err
	}
	page, q, err := which(r, f)
	if err != nil {
		return err
	}
	out := fillQuestion(r, ui.NewForm(r, nil), f, page, q)
	out.Keep("was", desk.Print(q))
	return h.Show(w, r, pages, "edit.html", h.editPage(r, f, questionTitle(r, q), out))
}

func questionTitle(r *ui.Request, q desk.Question) string {
	if q.ID == "" {
		return r.Words.T("form.edit.newquestion")
	}
	return r.Words.T("form.edit.editquestion")
}

func (h handlers) questionSaved(w http.ResponseWriter, r *ui.Request) error {
	f, err := h.form(r.Context(), r)
	if err != nil {
		return err
	}
	page, old, err := which(r, f)
	if err != nil {
		return err
	}
	var faults fault.Form
	q := questionSent(r, old, &faults)
	if err = faults.Err(); err == nil {
		if q.ID == "" {
			q.ID, err = h.Form.AddQuestion(r.Context(), r.By, f.ID, page, q)
		} else {
			err = h.Form.SetQuestion(r.Context(), r.By, f.ID, q, r.Value("was"))
		}
	}
	if !ui.Again(err) {
		return h.saved(w, r, f.ID, err, "question-"+q.ID)
	}
	out := fillQuestion(r, ui.NewForm(r, err), f, page, q)
	out.Keep("was", desk.Print(old))
	if out.Conflict() {
		out.Against(fillQuestion(r, ui.StoredForm(r), f, page, old))
	}
	return h.Show(w, r, pages, "edit.html", h.editPage(r, f, questionTitle(r, old), out))
}
