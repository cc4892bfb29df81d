package form

import (
	"encoding/json"
	"net/http"

	"aircommons/internal/fault"
	desk "aircommons/internal/form"
	"aircommons/internal/web/ui"
)

type previewPage struct {
	ui.Page
	F       desk.Form
	Now     desk.Page
	N, Of   int
	Answers string // what was answered on other pages, carried along: a preview stores nothing
	Done    bool
	Back    string
}

// preview shows the form page by page as people will see it, with conditions and refusals, and keeps nothing.
func (h handlers) preview(w http.ResponseWriter, r *ui.Request) error {
	f, err := h.form(r.Context(), r)
	if err != nil {
		return err
	}
	return h.previewAt(w, r, f, r.URL.Query().Get("page"), nil, nil)
}

func (h handlers) previewAt(w http.ResponseWriter, r *ui.Request, f desk.Form, page string, a desk.Answers, refused error) error {
	p := &previewPage{F: f}
	if page == "" {
		page = f.Next("", a)
	}
	p.Now, _ = f.Page(page)
	steps := f.Steps(a)
	p.Of = len(steps)
	for i, s := range steps {
		if s.ID == page {
			p.N = i + 1
		}
	}
	p.Done = page == "done" || p.Of == 0
	if b, err := json.Marshal(a); err == nil && a != nil {
		p.Answers = string(b)
	}
	if !p.Done {
		fields, err := h.asker().Fields(r, f, page, a, refused)
		if err != nil {
			return err
		}
		p.Form = fields
	}
	name, _ := f.Names.In(r.Lang)
	p.Title, p.NoIndex = name, true
	p.Crumbs = append(h.crumbs(r, f), ui.Crumb{Text: r.Words.T("form.edit.preview")})
	p.Actions = []ui.Action{{Text: r.Words.T("form.preview.back"), Path: "/office/forms/" + f.ID}}
	return h.Show(w, r, pages, "preview.html", p)
}

func (h handlers) previewed(w http.ResponseWriter, r *ui.Request) error {
	f, err := h.form(r.Context(), r)
	if err != nil {
		return err
	}
	for i := range f.Pages { // a preview takes no files
		for j := range f.Pages[i].Questions {
			if q := &f.Pages[i].Questions[j]; q.Kind == "file" {
				q.Required = false
			}
		}
	}
	page := r.Value("page")
	a := desk.Answers{}
	if s := r.Value("answers"); s != "" {
		if err := json.Unmarshal([]byte(s), &a); err != nil {
			return fault.Wrap(fault.Invalid, err, "error.form")
		}
	}
	now, err := h.asker().Read(r, f, page)
	if err != nil && !ui.Again(err) {
		return err
	}
	p, _ := f.Page(page)
	for _, q := range p.Questions {
		delete(a, q.ID)
	}
	for id, v := range now {
		a[id] = v
	}
	if err == nil {
		err = f.Check(page, a)
	}
	if err != nil {
		return h.previewAt(w, r, f, page, a, err)
	}
	next := f.Next(page, a)
	if next == "" {
		next = "done"
	}
	clean := *r
	clean.PostForm = nil
	return h.previewAt(w, &clean, f, next, a, nil)
}
