package form

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"aircommons/internal/activity"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	desk "aircommons/internal/form"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

//go:embed *.html
var files embed.FS

var pages = ui.Templates(files)

// Deps are the desks that the pages ask.
type Deps struct {
	Form     *desk.Desk
	Network  *network.Desk
	Activity *activity.Desk
}

type handlers struct {
	*ui.Site
	Deps
}

// Register adds the pages to the site.
func Register(s *ui.Site, d Deps) {
	h := handlers{s, d}
	s.Live("/office/forms", h.list)
	s.Live("/office/forms/new", h.create)
	s.Post("/office/forms/new", h.created)
	s.Live("/office/forms/{id}", h.show)
	s.Post("/office/forms/{id}", h.do)
	s.Live("/office/forms/{id}/settings", h.settings)
	s.Post("/office/forms/{id}/settings", h.set)
	s.Live("/office/forms/{id}/pages/{page}", h.page)
	s.Post("/office/forms/{id}/pages/{page}", h.pageSaved)
	s.Live("/office/forms/{id}/questions/{question}", h.question)
	s.Post("/office/forms/{id}/questions/{question}", h.questionSaved)
	s.Live("/office/forms/{id}/preview", h.preview)
	s.Post("/office/forms/{id}/preview", h.previewed)
	s.Live("/office/forms/{id}/history", h.history)
	s.Live("/office/forms/{id}/editions/{edition}", h.edition)
}

func (h handlers) asker() Asker { return Asker{Form: h.Form, Network: h.Network} }

type listPage struct {
	ui.Page
	Rows []listRow
}

type listRow struct {
	desk.Form
	About, AboutPath string
	Questions        int
}

func (h handlers) list(w http.ResponseWriter, r *ui.Request) error {
	all, err := h.Form.Forms(r.Context(), r.By)
	if err != nil {
		return err
	}
	p := &listPage{}
	for _, f := range all {
		x := listRow{Form: f}
		if x.About, x.AboutPath, err = h.about(r, f.Subject, f.Key); err != nil {
			return err
		}
		x.Questions = 0
		for _, p := range f.Pages {
			x.Questions += len(p.Questions)
		}
		p.Rows = append(p.Rows, x)
	}
	slices.SortStableFunc(p.Rows, func(a, b listRow) int { return strings.Compare(a.About, b.About) })
	p.Title, p.NoIndex = r.Words.T("form.office.title"), true
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: p.Title}}
	return h.Show(w, r, pages, "list.html", p)
}

// about is the name and the address of what a form belongs to.
func (h handlers) about(r *ui.Request, subject, key string) (name, path string, err error) {
	switch subject {
	case "activity":
		a, err := h.Activity.Activity(r.Context(), r.By, key)
		if err != nil {
			return key, "", unlessGone(err)
		}
		name, _ = a.Names.In(r.Lang)
		return name, "/activities/" + key, nil
	case "programme":
		p, err := h.Activity.Programme(r.Context(), r.By, key)
		if err != nil {
			return key, "", unlessGone(err)
		}
		name, _ = p.Names.In(r.Lang)
		return name, "/programme/" + key, nil
	}
	return "", "", nil
}

func unlessGone(err error) error {
	if c := fault.CodeOf(err); c == fault.NotFound || c == fault.Denied {
		return nil
	}
	return err
}

type editPage struct {
	ui.Page
	Lede string
	ID   string
}

func (h handlers) editPage(r *ui.Request, f desk.Form, title string, form *ui.Form) *editPage {
	p := &editPage{ID: f.ID}
	p.Title, p.NoIndex, p.Form = title, true, form
	p.Crumbs = h.crumbs(r, f)
	p.Crumbs = append(p.Crumbs, ui.Crumb{Text: title})
	return p
}

func (h handlers) crumbs(r *ui.Request, f desk.Form) []ui.Crumb {
	out := []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: r.Words.T("form.office.title"), Path: "/office/forms"}}
	if f.ID != "" {
		name, _ := f.Names.In(r.Lang)
		out = append(out, ui.Crumb{Text: name, Path: "/office/forms/" + f.ID})
	}
	return out
}

// fillSettings asks for what stands above the pages.
func (h handlers) fillSettings(r *ui.Request, out *ui.Form, f desk.Form) (*ui.Form, error) {
	out.Texts("names", "form.edit.names", f.Names)
	purposes := []ui.Option{{Label: r.Words.T("part.choose")}}
	for _, p := range desk.Purposes {
		purposes = append(purposes, ui.Option{Value: p, Label: r.Words.T("form.purpose." + p)})
	}
	out.Select("purpose", "form.edit.purpose", f.Purpose, purposes)
	things, err := h.things(r)
	if err != nil {
		return nil, err
	}
	chosen := ""
	if f.Key != "" {
		chosen = f.Subject + "/" + f.Key
	}
	out.Select("about", "form.edit.about", chosen, append([]ui.Option{{Label: r.Words.T("form.edit.pattern")}}, things...)).Opt()
	return out, nil
}

// things are the programmes and activities that a form can belong to.
func (h handlers) things(r *ui.Request) ([]ui.Option, error) {
	var out []ui.Option
	as, err := h.Activity.Activities(r.Context(), r.By)
	if err != nil {
		return nil, err
	}
	for _, a := range as {
		name, _ := a.Names.In(r.Lang)
		out = append(out, ui.Option{Value: "activity/" + a.ID, Label: r.Words.T("library.subject.activity") + ": " + name})
	}
	ps, err := h.Activity.Programmes(r.Context(), r.By)
	if err != nil {
		return nil, err
	}
	for _, p := range ps {
		name, _ := p.Names.In(r.Lang)
		out = append(out, ui.Option{Value: "programme/" + p.ID, Label: r.Words.T("library.subject.programme") + ": " + name})
	}
	return out, nil
}

func settingsSent(r *ui.Request) desk.Form {
	f := desk.Form{Names: r.Texts("names"), Purpose: r.Value("purpose")}
	f.Subject, f.Key, _ = strings.Cut(r.Value("about"), "/")
	return f
}

func (h handlers) createForm(r *ui.Request, err error) (*ui.Form, error) {
	q := r.URL.Query()
	f := desk.Form{Purpose: q.Get("purpose")}
	f.Subject, f.Key, _ = strings.Cut(q.Get("about"), "/")
	out, err := h.fillSettings(r, ui.NewForm(r, err), f)
	if err != nil {
		return nil, err
	}
	all, err := h.Form.Forms(r.Context(), r.By)
	if err != nil {
		return nil, err
	}
	if len(all) > 0 {
		from := []ui.Option{{Label: r.Words.T("form.edit.nocopy")}}
		for _, f := range all {
			name, _ := f.Names.In(r.Lang)
			about, _, err := h.about(r, f.Subject, f.Key)
			if err != nil {
				return nil, err
			}
			if about != "" {
				name += " (" + about + ")"
			}
			from = append(from, ui.Option{Value: f.ID, Label: name})
		}
		out.Select("from", "form.edit.from", q.Get("from"), from).Opt()
	}
	return out, nil
}

func (h handlers) create(w http.ResponseWriter, r *ui.Request) error {
	if !r.By.RunsAny() {
		return r.By.NeedOfficer()
	}
	f, err := h.createForm(r, nil)
	if err != nil {
		return err
	}
	return h.Show(w, r, pages, "edit.html", h.editPage(r, desk.Form{}, r.Words.T("form.office.new"), f))
}

func (h handlers) created(w http.ResponseWriter, r *ui.Request) error {
	f := settingsSent(r)
	var err error
	if from := r.Value("from"); from != "" {
		f, err = h.Form.Copy(r.Context(), r.By, from, f)
	} else {
		f, err = h.Form.Create(r.Context(), r.By, f)
	}
	if ui.Again(err) {
		out, e := h.createForm(r, err)
		if e != nil {
			return e
		}
		return h.Show(w, r, pages, "edit.html", h.editPage(r, desk.Form{}, r.Words.T("form.office.new"), out))
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/forms/"+f.ID, r.Words.T("form.done.create"))
}

func (h handlers) settings(w http.ResponseWriter, r *ui.Request) error {
	f, err := h.Form.Form(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	out, err := h.fillSettings(r, ui.NewForm(r, nil), f)
	if err != nil {
		return err
	}
	out.Keep("was", desk.Print(f.Settings()))
	return h.Show(w, r, pages, "edit.html", h.editPage(r, f, r.Words.T("form.edit.settings"), out))
}

func (h handlers) set(w http.ResponseWriter, r *ui.Request) error {
	f := settingsSent(r)
	f.ID = r.PathValue("id")
	err := h.Form.Set(r.Context(), r.By, f, r.Value("was"))
	if !ui.Again(err) {
		return h.saved(w, r, f.ID, err, "")
	}
	now, e := h.Form.Form(r.Context(), r.By, f.ID)
	if e != nil {
		return e
	}
	out, e := h.fillSettings(r, ui.NewForm(r, err), f)
	if e != nil {
		return e
	}
	out.Keep("was", desk.Print(now.Settings()))
	if out.Conflict() {
		stored, e := h.fillSettings(r, ui.StoredForm(r), now)
		if e != nil {
			return e
		}
		out.Against(stored)
	}
	return h.Show(w, r, pages, "edit.html", h.editPage(r, now, r.Words.T("form.edit.settings"), out))
}

func (h handlers) saved(w http.ResponseWriter, r *ui.Request, id string, err error, at string) error {
	if err != nil {
		return err
	}
	if at != "" {
		at = "#" + at
	}
	return h.Redirect(w, r, "/office/forms/"+id+at, r.Words.T("form.done.save"))
}

func fillPage(r *ui.Request, out *ui.Form, p desk.Page) *ui.Form {
	out.Texts("names", "form.edit.page", p.Names)
	out.Areas("text", "form.edit.text", p.Text).Opt()
	return out
}

func (h handlers) page(w http.ResponseWriter, r *ui.Request) error {
	f, err := h.Form.Form(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	title := r.Words.T("form.edit.newpage")
	page, ok := f.Page(r.PathValue("page"))
	if ok {
		title = r.Words.T("form.edit.editpage")
	} else if r.PathValue("page") != "new" {
		return fault.New(fault.NotFound, "error.notfound")
	}
	out := fillPage(r, ui.NewForm(r, nil), page)
	out.Keep("was", desk.Print(page.Head()))
	return h.Show(w, r, pages, "edit.html", h.editPage(r, f, title, out))
}

func (h handlers) pageSaved(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	sent := desk.Page{ID: r.PathValue("page"), Names: r.Texts("names"), Text: r.Texts("text")}
	var err error
	title := r.Words.T("form.edit.editpage")
	if sent.ID == "new" {
		title = r.Words.T("form.edit.newpage")
		sent.ID, err = h.Form.AddPage(r.Context(), r.By, id, sent)
	} else {
		err = h.Form.SetPage(r.Context(), r.By, id, sent, r.Value("was"))
	}
	if !ui.Again(err) {
		return h.saved(w, r, id, err, "page-"+sent.ID)
	}
	now, e := h.Form.Form(r.Context(), r.By, id)
	if e != nil {
		return e
	}
	out := fillPage(r, ui.NewForm(r, err), sent)
	page, _ := now.Page(sent.ID)
	out.Keep("was", desk.Print(page.Head()))
	if out.Conflict() {
		out.Against(fillPage(r, ui.StoredForm(r), page))
	}
	return h.Show(w, r, pages, "edit.html", h.editPage(r, now, title, out))
}

type historyPage struct {
	ui.Page
	ID   string
	Rows []historyRow
}

type historyRow struct {
	ID     int64
	At     time.Time
	By     string
	Action string
	Detail []string
	Back   bool  // the form before this change can be brought back
	Made   int64 // the edition that this entry published
}

func (h handlers) history(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	f, err := h.Form.Form(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	list, err := h.Form.History(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	p := &historyPage{ID: id}
	for _, c := range list {
		row := historyRow{ID: c.ID, At: c.At, By: c.ByName, Action: r.Words.T("form.action." + c.Action), Back: c.Before != nil && c.Action != "publish" && c.Action != "withdraw"}
		row.Detail, row.Made = changed(r, c)
		p.Rows = append(p.Rows, row)
	}
	name, _ := f.Names.In(r.Lang)
	p.Title, p.NoIndex = r.Words.T("form.history.title", "Name", name), true
	p.Crumbs = append(h.crumbs(r, f), ui.Crumb{Text: r.Words.T("part.history")})
	return h.Show(w, r, pages, "history.html", p)
}

// changed says which parts of a form an entry changed.
func changed(r *ui.Request, c db.Change) (out []string, made int64) {
	var a, b desk.Form
	if c.After == nil || json.Unmarshal(c.After, &b) != nil {
		return nil, 0
	}
	if c.Action == "publish" {
		return nil, b.Edition
	}
	if c.Before == nil || json.Unmarshal(c.Before, &a) != nil {
		return nil, 0
	}
	label := func(t db.Text) string { s, _ := t.In(r.Lang); return s }
	was := map[string]string{}
	for _, p := range a.Pages {
		was["p"+p.ID] = desk.Print(p.Head())
		for _, q := range p.Questions {
			was["q"+q.ID] = desk.Print(q)
		}
	}
	for _, p := range b.Pages {
		if was["p"+p.ID] != desk.Print(p.Head()) {
			out = append(out, r.Words.T("form.history.page", "Name", label(p.Names)))
		}
		delete(was, "p"+p.ID)
		for _, q := range p.Questions {
			if was["q"+q.ID] != desk.Print(q) {
				out = append(out, r.Words.T("form.history.question", "Name", label(q.Labels)))
			}
			delete(was, "q"+q.ID)
		}
	}
	for _, p := range a.Pages {
		if _, gone := was["p"+p.ID]; gone {
			out = append(out, r.Words.T("form.history.pagegone", "Name", label(p.Names)))
		}
		for _, q := range p.Questions {
			if _, gone := was["q"+q.ID]; gone {
				out = append(out, r.Words.T("form.history.questiongone", "Name", label(q.Labels)))
			}
		}
	}
	if len(out) > 12 {
		out = append(out[:12], "…")
	}
	return out, 0
}

// edition shows what people were asked in an edition.
func (h handlers) edition(w http.ResponseWriter, r *ui.Request) error {
	n, err := strconv.ParseInt(r.PathValue("edition"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "error.notfound")
	}
	id := r.PathValue("id")
	now, err := h.Form.Form(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	f, err := h.Form.Edition(r.Context(), r.By, id, n)
	if err != nil {
		return err
	}
	p := &showPage{F: f, Rows: rows(r, f), Read: true}
	p.Title, p.NoIndex = r.Words.T("form.edition.title", "Number", n), true
	p.Crumbs = append(h.crumbs(r, now), ui.Crumb{Text: p.Title})
	return h.Show(w, r, pages, "form.html", p)
}

func (h handlers) form(ctx context.Context, r *ui.Request) (desk.Form, error) {
	return h.Form.Form(ctx, r.By, r.PathValue("id"))
}

func isConflict(err error) bool {
	var e *fault.Error
	return errors.As(err, &e) && e.Code == fault.Conflict && e.Message.Key == "error.conflict"
}
