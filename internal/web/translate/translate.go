// Package translate is the pages of translators: what lacks a language or is older than its source, side by side, in place
// and as sheets.
package translate

import (
	"embed"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"aircommons/internal/catalog"
	"aircommons/internal/fault"
	desk "aircommons/internal/translate"
	"aircommons/internal/web/ui"
)

//go:embed *.html
var files embed.FS

var pages = ui.Templates(files)

// Deps are the desks that the pages ask.
type Deps struct{ Translate *desk.Desk }

type handlers struct {
	*ui.Site
	Deps
}

// Register adds the pages to the site.
func Register(s *ui.Site, d Deps) {
	h := handlers{s, d}
	s.Live("/office/translate", h.list)
	s.Upload("/office/translate", desk.MaxSheet, h.sheet)
	s.Upload("/office/translate/apply", desk.MaxSheet, h.apply)
	s.Live("/office/translate/sheet/{format}", h.export)
	s.Live("/office/translate/{subject}/{key}", h.thing)
	s.Post("/office/translate/{subject}/{key}", h.save)
}

// to is the language that is translated into: the one asked for, else the reader's, else Korean.
func to(r *ui.Request) string {
	l := r.URL.Query().Get("to")
	if l == "" {
		l = r.PostForm.Get("to")
	}
	if !slices.Contains(desk.Languages, l) {
		if l = r.Lang; l == "en" {
			l = "ko"
		}
	}
	return l
}

func langName(tag string) string {
	for _, l := range catalog.Languages {
		if l.Tag == tag {
			return l.Name
		}
	}
	return tag
}

type listPage struct {
	ui.Page
	To, ToName string
	Langs      []ui.Option
	Only       string
	Groups     []group
	Missing    int
	Old        int
	Plan       *desk.Done
	Rows       string // what would be applied, carried along
	Into       string
	Count      int
}

type group struct {
	Subject string
	Things  []desk.Thing
}

func (h handlers) list(w http.ResponseWriter, r *ui.Request) error {
	p, err := h.listPage(r, nil)
	if err != nil {
		return err
	}
	return h.Show(w, r, pages, "list.html", p)
}

func (h handlers) listPage(r *ui.Request, refused error) (*listPage, error) {
	p := &listPage{To: to(r), Only: r.URL.Query().Get("only")}
	p.ToName = langName(p.To)
	things, err := h.Translate.Things(r.Context(), r.By, p.To)
	if err != nil {
		return nil, err
	}
	for _, l := range catalog.Languages {
		p.Langs = append(p.Langs, ui.Option{Value: l.Tag, Label: l.Name, Lang: l.Tag, Chosen: l.Tag == p.To})
	}
	for _, s := range desk.Subjects {
		g := group{Subject: s}
		for _, t := range things {
			if t.Subject != s {
				continue
			}
			p.Missing += t.Count(desk.Missing)
			p.Old += t.Count(desk.Old)
			if p.Only == "all" || t.Count(desk.Missing)+t.Count(desk.Old) > 0 {
				g.Things = append(g.Things, t)
			}
		}
		if len(g.Things) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	f := ui.NewForm(r, refused)
	d := f.File("sheet", "translate.sheet.file")
	d.Accept = ".xlsx,.csv"
	p.Form = f
	p.Title, p.NoIndex = r.Words.T("translate.title"), true
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: p.Title}}
	return p, nil
}

type thingPage struct {
	ui.Page
	T          desk.Thing
	To, ToName string
	Rows       []itemRow
	Langs      []ui.Option
}

type itemRow struct {
	desk.Item
	N      int
	Label  string
	Value  string
	Rows   int
	Source string
	Fits   bool
}

// label says what a text is: "Question 3", by the words of the catalogs for the last part of its field.
func label(r *ui.Request, field string) string {
	parts := strings.Split(field, ".")
	switch parts[0] {
	case "option":
		return r.Words.T("translate.field.option")
	case "page", "question", "criterion", "item":
		if len(parts) > 1 {
			return r.Words.T("translate.field." + parts[0] + "." + parts[len(parts)-1])
		}
	}
	return r.Words.T("translate.field." + parts[0])
}

func (h handlers) thing(w http.ResponseWriter, r *ui.Request) error {
	return h.showThing(w, r, nil, nil)
}

func (h handlers) showThing(w http.ResponseWriter, r *ui.Request, refused error, lost []desk.Change) error {
	lang := to(r)
	t, err := h.Translate.Thing(r.Context(), r.By, r.PathValue("subject"), r.PathValue("key"), lang)
	if err != nil {
		return err
	}
	p := &thingPage{T: t, To: lang, ToName: langName(lang)}
	for _, l := range catalog.Languages {
		p.Langs = append(p.Langs, ui.Option{Value: l.Tag, Label: l.Name, Lang: l.Tag, Chosen: l.Tag == lang})
	}
	sent := r.Method == http.MethodPost
	p.Form = ui.NewForm(r, refused)
	for n, i := range t.Items {
		row := itemRow{Item: i, N: n, Label: label(r, i.Field), Value: i.Text, Rows: 1 + min(max(len([]rune(i.Source)), len([]rune(i.Text)))/50, 11), Source: langName(i.SourceLang)}
		if sent && r.PostForm.Has("text."+i.Field) {
			row.Value = r.Value("text." + i.Field)
		}
		for _, c := range lost {
			if c.Field == i.Field {
				p.Form.Clashes = append(p.Form.Clashes, ui.Difference{Label: row.Label, Theirs: i.Source + "\n→ " + i.Text, Yours: c.Text})
			}
		}
		p.Rows = append(p.Rows, row)
	}
	name, _ := t.Names.In(r.Lang)
	p.Title, p.NoIndex = name, true
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: r.Words.T("translate.title"), Path: "/office/translate?to=" + lang}, {Text: name}}
	p.Actions = []ui.Action{{Text: r.Words.T("translate.keep"), Path: t.Path}}
	return h.Show(w, r, pages, "thing.html", p)
}

func (h handlers) save(w http.ResponseWriter, r *ui.Request) error {
	subject, key, lang := r.PathValue("subject"), r.PathValue("key"), to(r)
	var changes []desk.Change
	for name := range r.PostForm {
		field, ok := strings.CutPrefix(name, "text.")
		if ok {
			changes = append(changes, desk.Change{Subject: subject, Key: key, Field: field, Text: r.Value(name), Was: r.Value("was." + field), Fits: r.Yes("fits." + field)})
		}
	}
	slices.SortFunc(changes, func(a, b desk.Change) int { return strings.Compare(a.Field, b.Field) })
	done, err := h.Translate.Save(r.Context(), r.By, lang, changes, false)
	if err == nil && len(done.Lost) > 0 {
		err = fault.New(fault.Conflict, "error.conflict")
	}
	if ui.Again(err) {
		return h.showThing(w, r, err, done.Lost)
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/translate/"+subject+"/"+key+"?to="+lang, r.Words.N("translate.done", done.Saved))
}

var kinds = map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

func (h handlers) export(w http.ResponseWriter, r *ui.Request) error {
	format := r.PathValue("format")
	if kinds[format] == "" {
		return fault.New(fault.NotFound, "error.notfound")
	}
	lang := to(r)
	t, err := h.Translate.Sheet(r.Context(), r.By, lang, r.URL.Query().Get("only") == "all")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kinds[format])
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "translate-" + lang + "." + format}))
	return t.Write(w, format)
}

// sheet reads what a translator filled in and says in words what would become of it.
func (h handlers) sheet(w http.ResponseWriter, r *ui.Request) error {
	if !r.By.RunsAny() {
		return r.By.NeedOfficer()
	}
	part, err := r.File("sheet")
	if err != nil {
		return err
	}
	var lang string
	var changes []desk.Change
	if part == nil {
		var f fault.Form
		f.Add("sheet", "form.missing.file")
		err = f.Err()
	} else if lang, changes, err = desk.ReadSheet(part); err != nil && ui.Again(err) {
		if _, e := io.Copy(io.Discard, part); e != nil {
			h.Log.Debug("the rest of a refused sheet", "error", e)
		}
	}
	if err != nil && !ui.Again(err) {
		return err
	}
	var done desk.Done
	if err == nil {
		done, err = h.Translate.Save(r.Context(), r.By, lang, changes, true)
	}
	p, e := h.listPage(r, err)
	if e != nil {
		return e
	}
	if err == nil {
		rows, e := json.Marshal(changes)
		if e != nil {
			return e
		}
		p.Plan, p.Rows, p.Into, p.Count = &done, string(rows), lang, done.Saved
	}
	return h.Show(w, r, pages, "list.html", p)
}

// apply does what a sheet was said to do.
func (h handlers) apply(w http.ResponseWriter, r *ui.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(fault.Invalid, err, "error.form")
	}
	var changes []desk.Change
	if err := json.Unmarshal([]byte(r.Value("rows")), &changes); err != nil {
		return fault.Wrap(fault.Invalid, err, "error.form")
	}
	done, err := h.Translate.Save(r.Context(), r.By, r.Value("into"), changes, false)
	if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/translate?to="+r.Value("into"), r.Words.N("translate.done", done.Saved))
}
