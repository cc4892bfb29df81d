package post

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"aircommons/internal/catalog"
	"aircommons/internal/fault"
	desk "aircommons/internal/post"
	"aircommons/internal/web/ui"
)

type templatesPage struct {
	ui.Page
	Rows   []templateRow
	Abouts []ui.Option
	About  string
	Langs  []catalog.Language
}

type templateRow struct {
	Name  string
	Kind  desk.Kind
	Cells []templateCell
}

type templateCell struct {
	Lang  string
	Label string
	Path  string
	Own   bool // officers keep a text for exactly this
}

// level is what texts are kept for: "" or "activity/<id>".
func level(r *ui.Request) (about, key string) {
	about, key, _ = strings.Cut(r.URL.Query().Get("about"), "/")
	if key == "" {
		about = ""
	}
	return about, key
}

// templates lists the letters that the program writes, and which texts officers keep.
func (h handlers) templates(w http.ResponseWriter, r *ui.Request) error {
	about, key := level(r)
	if f := own(r.By, desk.Filter{About: about, AboutKey: key}); f.AboutKey != key {
		about, key = f.About, f.AboutKey
	}
	p := &templatesPage{Langs: catalog.Languages}
	query := ""
	if key != "" {
		p.About, query = about+"/"+key, "&about="+url.QueryEscape(about+"/"+key)
	}
	for _, t := range desk.Templates {
		row := templateRow{Name: t.Name, Kind: t.Kind}
		for _, l := range catalog.Languages {
			o, err := h.Outbox.InForce(r.Context(), r.By, t.Name, about, key, l.Tag)
			if err != nil {
				return err
			}
			row.Cells = append(row.Cells, templateCell{l.Tag, l.Name, "/office/templates/" + t.Name + "?lang=" + l.Tag + query, o.Version > 0 && o.About == about && o.AboutKey == key})
		}
		p.Rows = append(p.Rows, row)
	}
	var err error
	if p.Abouts, err = h.abouts(r, p.About); err != nil {
		return err
	}
	p.Title, p.NoIndex = r.Words.T("post.templates"), true
	p.Crumbs = h.crumbs(r, ui.Crumb{Text: r.Words.T("post.title"), Path: "/office/mail"}, ui.Crumb{Text: p.Title})
	return h.Show(w, r, pages, "templates.html", p)
}

// target reads which text a form is about.
func (h handlers) target(r *ui.Request) (t desk.Template, about, key, lang string, err error) {
	t, ok := desk.TemplateOf(r.PathValue("template"))
	about, key = level(r)
	if lang = r.URL.Query().Get("lang"); !catalog.Known(lang) {
		lang = r.Lang
	}
	if !ok {
		err = fault.New(fault.NotFound, "error.notfound")
	}
	return t, about, key, lang, err
}

// examples are values that stand in for those of a real letter.
func (h handlers) examples(r *ui.Request, t desk.Template, about, key, lang string) map[string]string {
	w := h.Catalog.Lang(lang)
	out := map[string]string{}
	for _, name := range t.Allowed() {
		out[name] = w.T("post.example." + strings.ToLower(name))
	}
	if snap, err := h.Network.Snapshot(r.Context()); err == nil {
		if o, ok := snap.Host(); ok {
			out["Network"], _ = o.Names.In(lang)
		}
	}
	if _, ok := out["Link"]; ok {
		out["Link"] = h.Absolute("/" + lang + "/…")
	}
	if about == "activity" {
		if a, err := h.Activity.Activity(r.Context(), r.By, key); err == nil {
			out["Activity"], _ = a.Names.In(lang)
		}
	}
	return out
}

func (h handlers) templatePage(r *ui.Request, err error, t desk.Template, o desk.Override, about, key, lang string, preview bool) *formPage {
	f := ui.NewForm(r, err)
	f.Text("subject", "post.form.subject", o.Subject).In(lang)
	f.Area("text", "post.form.text", o.Text).Size(16).In(lang)
	f.Keep("version", o.Version)
	page := &formPage{Drop: o.Version > 0, Version: strconv.FormatInt(o.Version, 10)}
	page.Form, page.NoIndex, page.Title = f, true, r.Words.T("post.template."+t.Name)
	values := h.examples(r, t, about, key, lang)
	for _, name := range t.Allowed() {
		page.Values = append(page.Values, value{"{{." + name + "}}", r.Words.T("post.value." + strings.ToLower(name))})
	}
	show := o
	if preview || err != nil {
		show.Subject, show.Text = r.Value("subject"), strings.ReplaceAll(r.PostForm.Get("text"), "\r\n", "\n")
	}
	subject, e := desk.Fill(show.Subject, values)
	text, e2 := desk.Fill(show.Text, values)
	if e == nil && e2 == nil {
		page.Example = &example{subject, text, lang}
	}
	page.Level = r.Words.T("post.level.network")
	if key != "" {
		page.Level = r.Words.T("post.level.of", "Name", h.about(r, about, key))
	}
	for _, l := range catalog.Languages {
		path := "/office/templates/" + t.Name + "?lang=" + l.Tag
		if key != "" {
			path += "&about=" + url.QueryEscape(about+"/"+key)
		}
		if l.Tag == lang {
			path = ""
		}
		page.Links = append(page.Links, ui.Crumb{Text: l.Name, Path: path})
	}
	list := "/office/templates"
	if key != "" {
		list += "?about=" + url.QueryEscape(about+"/"+key)
	}
	page.Crumbs = h.crumbs(r, ui.Crumb{Text: r.Words.T("post.title"), Path: "/office/mail"}, ui.Crumb{Text: r.Words.T("post.templates"), Path: list}, ui.Crumb{Text: page.Title})
	return page
}

func (h handlers) template(w http.ResponseWriter, r *ui.Request) error {
	t, about, key, lang, err := h.target(r)
	if err != nil {
		return err
	}
	o, err := h.Outbox.InForce(r.Context(), r.By, t.Name, about, key, lang)
	if err != nil {
		return err
	}
	return h.Show(w, r, pages, "template.html", h.templatePage(r, nil, t, o, about, key, lang, false))
}

func (h handlers) saveTemplate(w http.ResponseWriter, r *ui.Request) error {
	t, about, key, lang, err := h.target(r)
	if err != nil {
		return err
	}
	now, err := h.Outbox.InForce(r.Context(), r.By, t.Name, about, key, lang) // asks for rights too
	if err != nil {
		return err
	}
	o := desk.Override{Template: t.Name, About: about, AboutKey: key, Lang: lang, Subject: r.Value("subject"), Text: r.PostForm.Get("text"), Version: r.Version()}
	done := "post.done.template"
	switch r.Value("do") {
	case "look": // the example anew, with what stands in the form
		return h.Show(w, r, pages, "template.html", h.templatePage(r, h.Outbox.CheckTemplate(o), t, now, about, key, lang, true))
	case "drop":
		err, done = h.Outbox.DropTemplate(r.Context(), r.By, o), "post.done.drop"
	default:
		err = h.Outbox.SaveTemplate(r.Context(), r.By, o)
	}
	if ui.Again(err) {
		page := h.templatePage(r, err, t, now, about, key, lang, true)
		if page.Form.Conflict() {
			stored := ui.StoredForm(r)
			stored.Text("subject", "post.form.subject", now.Subject)
			stored.Area("text", "post.form.text", now.Text)
			page.Form.Against(stored)
			page.Form.Get("version").Value = strconv.FormatInt(now.Version, 10)
		}
		return h.Show(w, r, pages, "template.html", page)
	} else if err != nil {
		return err
	}
	path := "/office/templates/" + t.Name + "?lang=" + lang
	if key != "" {
		path += "&about=" + url.QueryEscape(about+"/"+key)
	}
	return h.Redirect(w, r, path, r.Words.T(done))
}
