package form

import (
	"net/http"
	"strings"

	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	desk "aircommons/internal/form"
	"aircommons/internal/web/ui"
)

type showPage struct {
	ui.Page
	F       desk.Form
	About   string
	AboutAt string
	Rows    []pageRow
	Wrong   []fault.Message // what stands in the way of publishing
	Pending bool
	Undo    string // what the button takes back
	Read    bool   // an edition: nothing can be changed
	Gaps    []gap
	Next    ui.Action // where it is used
}

// gap is a language in which texts of the form are missing.
type gap struct {
	Lang, Name string
	Count      int
}

type pageRow struct {
	desk.Page
	Print       string
	First, Last bool
	Questions   []questionRow
}

type questionRow struct {
	desk.Question
	N           int
	Print       string
	When        string
	First, Last bool // in the whole form
	Page        string
}

func rows(r *ui.Request, f desk.Form) []pageRow {
	var out []pageRow
	n := 0
	for i, p := range f.Pages {
		row := pageRow{Page: p, Print: desk.Print(p), First: i == 0, Last: i == len(f.Pages)-1}
		for j, q := range p.Questions {
			n++
			x := questionRow{Question: q, N: n, Print: desk.Print(q), Page: p.ID, First: i == 0 && j == 0, Last: row.Last && j == len(p.Questions)-1}
			if q.When != nil {
				on, _, _ := f.Question(q.When.Question)
				x.When = whenHint(r, on, q.When)
			}
			row.Questions = append(row.Questions, x)
		}
		out = append(out, row)
	}
	return out
}

// Texts lists every text of a form, by a path that stays the same while the form is edited: for translators.
func texts(f desk.Form) []db.Text {
	out := []db.Text{f.Names}
	for _, p := range f.Pages {
		out = append(out, p.Names, p.Text)
		for _, q := range p.Questions {
			out = append(out, q.Labels, q.Hints)
			for _, o := range q.Options {
				out = append(out, o.Labels)
			}
		}
	}
	return out
}

func gaps(f desk.Form) []gap {
	var out []gap
	all := texts(f)
	for _, l := range catalog.Languages {
		n := 0
		for _, t := range all {
			if len(t) > 0 && t[l.Tag] == "" {
				n++
			}
		}
		if n > 0 {
			out = append(out, gap{l.Tag, l.Name, n})
		}
	}
	return out
}

func (h handlers) showPage(r *ui.Request, err error) (*showPage, error) {
	f, e := h.form(r.Context(), r)
	if e != nil {
		return nil, e
	}
	p := &showPage{F: f, Rows: rows(r, f), Gaps: gaps(f)}
	for _, w := range f.Faults() {
		p.Wrong = append(p.Wrong, w.Message)
	}
	if p.Pending, e = h.Form.Pending(r.Context(), f); e != nil {
		return nil, e
	}
	if p.About, p.AboutAt, e = h.about(r, f.Subject, f.Key); e != nil {
		return nil, e
	}
	p.Next = next(r, f)
	last, ok, e := h.Form.Undo(r.Context(), r.By, f.ID)
	if e != nil {
		return nil, e
	}
	if ok {
		p.Undo = r.Words.T("form.action." + last.Action)
		if what, _ := changed(r, last); len(what) > 0 {
			p.Undo += ": " + what[0]
		}
	}
	p.Title, _ = f.Names.In(r.Lang)
	p.NoIndex = true
	p.Crumbs = h.crumbs(r, f)
	p.Crumbs[len(p.Crumbs)-1].Path = ""
	at := "/office/forms/" + f.ID
	p.Actions = []ui.Action{{Text: r.Words.T("form.edit.settings"), Path: at + "/settings"}, {Text: r.Words.T("form.edit.preview"), Path: at + "/preview"},
		{Text: r.Words.T("part.history"), Path: at + "/history"}, {Text: r.Words.T("form.edit.copy"), Path: "/office/forms/new?from=" + f.ID + "&purpose=" + f.Purpose}}
	p.Form = ui.NewForm(r, err)
	return p, nil
}

// next is the page at which those who wrote f go on with what it is for; no path where there is none.
func next(r *ui.Request, f desk.Form) ui.Action {
	at := "/office/activities/" + f.Key
	switch {
	case f.Purpose == "call":
		return ui.Action{Text: r.Words.T("call.office.title"), Path: "/office/calls"}
	case f.Subject != "activity":
	case f.Purpose == "registration" || f.Purpose == "followup":
		return ui.Action{Text: r.Words.T("participation.setup.title"), Path: at + "/registration"}
	case f.Purpose == "feedback":
		return ui.Action{Text: r.Words.T("report.act.feedback"), Path: at + "/feedback"}
	}
	return ui.Action{}
}

func (h handlers) show(w http.ResponseWriter, r *ui.Request) error {
	p, err := h.showPage(r, nil)
	if err != nil {
		return err
	}
	return h.Show(w, r, pages, "form.html", p)
}

// do carries out one button of the overview.
func (h handlers) do(w http.ResponseWriter, r *ui.Request) error {
	id, page, question := r.PathValue("id"), r.Value("page"), r.Value("question")
	ctx, at, done := r.Context(), "page-"+page, "form.done.save"
	if question != "" {
		at = "question-" + question
	}
	var err error
	switch what := r.Value("do"); what {
	case "up", "down":
		err = h.Form.Move(ctx, r.By, id, page, question, what == "up")
	case "duplicate":
		err = h.Form.Duplicate(ctx, r.By, id, page, question)
	case "remove":
		if err = h.Form.Remove(ctx, r.By, id, page, question, r.Value("was")); question == "" {
			at = ""
		} else {
			at = "page-" + page
		}
		done = "form.done.remove"
	case "undo":
		err, at, done = h.Form.Return(ctx, r.By, id, 0), "", "form.done.undo"
	case "return":
		var faults fault.Form
		err, at, done = h.Form.Return(ctx, r.By, id, int64(r.Int("entry", &faults))), "", "form.done.return"
	case "publish":
		err, at, done = h.Form.Publish(ctx, r.By, id), "", "form.done.publish"
	case "withdraw":
		err, at, done = h.Form.Withdraw(ctx, r.By, id), "", "form.done.withdraw"
	default:
		err = fault.New(fault.Invalid, "error.form")
	}
	if ui.Again(err) {
		p, e := h.showPage(r, err)
		if e != nil {
			return e
		}
		if isConflict(err) {
			h.clash(r, p, page, question)
		}
		return h.Show(w, r, pages, "form.html", p)
	} else if err != nil {
		return err
	}
	if at != "" && at != "page-" {
		at = "#" + at
	} else {
		at = ""
	}
	return h.Redirect(w, r, "/office/forms/"+id+at, r.Words.T(done))
}

// clash says what somebody else made of the part that was to be removed.
func (h handlers) clash(r *ui.Request, p *showPage, page, question string) {
	yours := r.Words.T("form.edit.remove")
	label, theirs := "", ""
	if q, _, ok := p.F.Question(question); ok {
		label, _ = q.Labels.In(r.Lang)
		theirs = questionText(r, q)
	} else if pg, ok := p.F.Page(page); ok && question == "" {
		label, _ = pg.Names.In(r.Lang)
		var list []string
		for _, q := range pg.Questions {
			s, _ := q.Labels.In(r.Lang)
			list = append(list, s)
		}
		theirs = strings.Join(list, "\n")
	}
	p.Form.Clashes = append(p.Form.Clashes, ui.Difference{Label: label, Theirs: theirs, Yours: yours})
}

func questionText(r *ui.Request, q desk.Question) string {
	label, _ := q.Labels.In(r.Lang)
	out := []string{label, r.Words.T("form.kind." + q.Kind)}
	if hint, _ := q.Hints.In(r.Lang); hint != "" {
		out = append(out, hint)
	}
	for _, o := range q.Options {
		s, _ := o.Labels.In(r.Lang)
		out = append(out, "– "+s)
	}
	return strings.Join(out, "\n")
}
