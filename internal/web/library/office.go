package library

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"aircommons/internal/db"
	desk "aircommons/internal/library"
	"aircommons/internal/web/ui"
)

// actions are what an officer can do with a document, in the bar above its page.
func actions(r *ui.Request, d desk.Document) []ui.Action {
	office := "/office/documents/" + d.ID
	version := "?version=" + strconv.FormatInt(d.Version, 10)
	as := []ui.Action{
		{Text: r.Words.T("part.edit"), Path: office},
		{Text: r.Words.T("library.page.addfile"), Path: office + "/file"},
		{Text: r.Words.T("part.history"), Path: office + "/history"},
	}
	if d.State == desk.Published {
		return append(as, ui.Action{Text: r.Words.T("library.page.withdraw"), Path: office + "/withdraw" + version, Post: true})
	}
	if d.State == desk.Withdrawn {
		return append(as, ui.Action{Text: r.Words.T("library.page.restore"), Path: office + "/publish" + version + "&restore=1", Post: true})
	}
	return append(as, ui.Action{Text: r.Words.T("library.page.publish"), Path: office + "/publish" + version, Post: true})
}

type officePage struct {
	ui.Page
	Rows []row
}

// office lists the documents of every state.
func (h handlers) office(w http.ResponseWriter, r *ui.Request) error {
	if err := r.By.NeedOfficer(); err != nil {
		return err
	}
	all, err := h.Library.Documents(r.Context(), r.By)
	if err != nil {
		return err
	}
	p := &officePage{}
	for _, d := range all {
		x, err := h.row(r.Context(), r, d)
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, x)
	}
	newestFirst(p.Rows)
	p.Title, p.NoIndex = r.Words.T("library.office.title"), true
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: p.Title}}
	p.Actions = []ui.Action{{Text: r.Words.T("library.page.new"), Path: "/office/documents/new"}}
	return h.Show(w, r, pages, "office.html", p)
}

type formPage struct {
	ui.Page
	Document desk.Document
}

func (h handlers) formPage(r *ui.Request, d desk.Document, f *ui.Form) *formPage {
	p := &formPage{Document: d}
	p.Form, p.NoIndex = f, true
	p.Title = r.Words.T("library.form.new")
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: r.Words.T("library.office.title"), Path: "/office/documents"}}
	if d.ID != "" {
		name, _ := d.Names.In(r.Lang)
		p.Title = r.Words.T("library.form.edit", "Name", name)
		p.Crumbs = append(p.Crumbs, ui.Crumb{Text: name, Path: "/library/" + d.ID})
		p.Actions = actions(r, d)[1:]
	}
	p.Crumbs = append(p.Crumbs, ui.Crumb{Text: p.Title})
	return p
}

// ask asks for a document.
func (h handlers) ask(r *ui.Request, f ui.Edit, d *desk.Document) error {
	snap, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	none := ui.Option{Label: r.Words.T("library.form.none")}
	var organisations []ui.Option
	for _, o := range snap.Organisations() {
		organisations = append(organisations, ui.Option{Value: o.ID, Label: snap.OrganisationName(o.ID, r.Lang)})
	}
	f.Texts("names", "library.form.names", &d.Names)
	f.Select("kind", "library.form.kind", &d.Kind, f.Options("library.kind", append([]string{""}, desk.Kinds...)))
	f.Areas("summary", "library.form.summary", &d.Summary).Opt()
	subjects, err := h.subjects(r.Context(), r, *d)
	if err != nil {
		return err
	}
	chosen := ""
	if d.SubjectKey != "" {
		chosen = d.Subject + "/" + d.SubjectKey
	}
	f.Select("subject", "library.form.subject", &chosen, append([]ui.Option{none}, subjects...)).Opt()
	d.Subject, d.SubjectKey, _ = strings.Cut(chosen, "/")
	f.Select("relation", "library.form.relation", &d.Relation, append([]ui.Option{none}, f.Options("library.relation", desk.Relations)...)).Opt()
	f.Period("issued", "library.form.issued", &d.Issued).Opt()
	f.Text("printed", "library.form.printed", &d.Printed).Opt().As("w20")
	f.Text("container", "library.form.container", &d.Container).Opt()
	f.Select("publisher", "library.form.publisher", &d.Publisher, append([]ui.Option{none}, organisations...)).Opt()
	f.Checks("contributors", "library.form.contributors", &d.Contributors, organisations).Opt()
	var licences []ui.Option
	for _, l := range desk.Licences {
		licences = append(licences, ui.Option{Value: l, Label: r.Words.T("library.licence." + licenceKey(l))})
	}
	f.Select("licence", "library.form.licence", &d.Licence, licences)
	f.Text("label", "library.form.label", &d.Label).Opt()
	f.Check("offered", "library.form.offered", &d.Offered)
	if d.Version == 0 {
		f.Text("id", "library.form.id", &d.ID).Opt().As("w20")
	} else {
		f.Keep("version", &d.Version)
	}
	return nil
}

// subjects are the things that a document can belong to, by kind.
func (h handlers) subjects(ctx context.Context, r *ui.Request, d desk.Document) (out []ui.Option, err error) {
	add := func(kind, id string, names db.Text) {
		name, _ := names.In(r.Lang)
		out = append(out, ui.Option{Value: kind + "/" + id, Label: r.Words.T("library.subject."+kind) + ": " + name})
	}
	as, err := h.Activity.Activities(ctx, r.By)
	if err != nil {
		return nil, err
	}
	for _, a := range as {
		add("activity", a.ID, a.Names)
	}
	ps, err := h.Activity.Programmes(ctx, r.By)
	if err != nil {
		return nil, err
	}
	for _, p := range ps {
		add("programme", p.ID, p.Names)
	}
	ds, err := h.Library.Documents(ctx, r.By)
	if err != nil {
		return nil, err
	}
	for _, o := range ds {
		if o.ID != d.ID {
			add("document", o.ID, o.Names)
		}
	}
	snap, err := h.Network.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range snap.Places() {
		add("place", p.ID, p.Names)
	}
	for _, o := range snap.Organisations() {
		add("organisation", o.ID, o.Names)
	}
	for _, t := range snap.Topics() {
		add("topic", t.ID, t.Labels)
	}
	return out, nil
}

func (h handlers) create(w http.ResponseWriter, r *ui.Request) error {
	if err := r.By.NeedOfficer(); err != nil {
		return err
	}
	d := desk.Document{Subject: "activity"}
	if about := r.URL.Query().Get("about"); about != "" { // from the page of what it belongs to
		d.Subject, d.SubjectKey, _ = strings.Cut(about, "/")
	}
	return h.change(w, r, d, "library.done.create", func(d desk.Document) (desk.Document, error) { return h.Library.Create(r.Context(), r.By, d) })
}

func (h handlers) edit(w http.ResponseWriter, r *ui.Request) error {
	if err := r.By.NeedOfficer(); err != nil {
		return err
	}
	d, err := h.Library.Document(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.change(w, r, d, "library.done.update", func(d desk.Document) (desk.Document, error) { return d, h.Library.Update(r.Context(), r.By, d) })
}

// change shows the form of a document, or takes it.
func (h handlers) change(w http.ResponseWriter, r *ui.Request, was desk.Document, done string, save func(desk.Document) (desk.Document, error)) error {
	d := was
	f, err := ui.Change(r, &d, func(f ui.Edit, d *desk.Document) error { return h.ask(r, f, d) }, func() error {
		made, err := save(d)
		if err == nil {
			d = made
		}
		return err
	}, func() (desk.Document, error) { return h.Library.Document(r.Context(), r.By, was.ID) })
	if err != nil {
		return err
	}
	if f == nil {
		return h.Redirect(w, r, "/library/"+d.ID, r.Words.T(done))
	}
	return h.Show(w, r, pages, "form.html", h.formPage(r, was, f))
}

// state publishes or withdraws a document.
func (h handlers) state(w http.ResponseWriter, r *ui.Request) error {
	step, done := h.Library.Publish, "library.done.publish"
	if strings.HasSuffix(r.URL.Path, "/withdraw") {
		step, done = h.Library.Withdraw, "library.done.withdraw"
	} else if r.URL.Query().Get("restore") != "" {
		done = "library.done.restore"
	}
	return h.Act(w, r, func(id string, version int64) error { return step(r.Context(), r.By, id, version) }, "/library/"+r.PathValue("id"), r.Words.T(done))
}

// fileState withdraws or restores a file.
func (h handlers) fileState(w http.ResponseWriter, r *ui.Request) error {
	step, done := h.Library.RestoreFile, "library.done.restorefile"
	if strings.HasSuffix(r.URL.Path, "/withdraw") {
		step, done = h.Library.WithdrawFile, "library.done.withdrawfile"
	}
	if err := step(r.Context(), r.By, r.PathValue("file")); err != nil {
		return err
	}
	return h.Redirect(w, r, "/library/"+r.PathValue("id"), r.Words.T(done))
}

func (h handlers) filePage(r *ui.Request, d desk.Document, err error) *formPage {
	f := ui.NewForm(r, err)
	langs := []ui.Option{{Label: r.Words.T("part.choose")}}
	for _, l := range desk.Languages {
		langs = append(langs, ui.Option{Value: l, Label: r.Words.T("library.lang." + l)})
	}
	f.Select("lang", "library.form.lang", "", langs)
	if d.Latest() > 0 {
		f.Check("newversion", "library.form.newversion", false)
	}
	f.File("file", "library.form.file")
	p := h.formPage(r, d, f)
	p.Title = r.Words.T("library.page.addfile")
	p.Crumbs[len(p.Crumbs)-1].Text = p.Title
	return p
}

func (h handlers) addFile(w http.ResponseWriter, r *ui.Request) error {
	if err := r.By.NeedOfficer(); err != nil {
		return err
	}
	d, err := h.Library.Document(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.Show(w, r, pages, "file.html", h.filePage(r, d, nil))
}

// fileAdded takes a file as it comes. The fields stand before it in the form, so that nothing is kept twice.
func (h handlers) fileAdded(w http.ResponseWriter, r *ui.Request) error {
	if err := r.By.NeedOfficer(); err != nil {
		return err
	}
	d, err := h.Library.Document(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	var u desk.Upload
	part, err := r.File("file")
	if err == nil {
		if part != nil {
			u.Name, u.Reader = part.FileName(), part
		}
		u.Lang, u.NewVersion = r.Value("lang"), r.Yes("newversion")
		_, err = h.Library.AddFile(r.Context(), r.By, d.ID, u)
	}
	if ui.Again(err) {
		if part != nil {
			// What follows is read to its end, so that the browser comes to read the answer.
			if e := part.Close(); e != nil {
				h.Log.Debug("the rest of a refused file", "error", e)
			}
		}
		return h.Show(w, r, pages, "file.html", h.filePage(r, d, err))
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/library/"+d.ID, r.Words.T("library.done.file"))
}

func (h handlers) history(w http.ResponseWriter, r *ui.Request) error {
	list, err := h.Library.History(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	d, err := h.Library.Document(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	name, _ := d.Names.In(r.Lang)
	p := ui.Page{Title: r.Words.T("library.history.title", "Name", name), Actions: actions(r, d)}
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: r.Words.T("library.office.title"), Path: "/office/documents"},
		{Text: name, Path: "/library/" + d.ID}, {Text: r.Words.T("part.history")}}
	return h.ShowHistory(w, r, p, list, func(action string) string { return r.Words.T("library.action." + action) },
		func(c db.Change, before, after map[string]any) (string, []ui.Recorded) {
			switch {
			case strings.HasPrefix(c.Action, "file-"):
				lang, _ := after["lang"].(string)
				return r.Words.T("library.history.file", "Name", after["name"], "Version", after["version"], "Language", r.Words.T("library.lang."+lang)), nil
			case c.Action == "update":
				return "", recorded
			}
			return "", nil
		})
}

// recorded are the fields of a document as the journal names them.
var recorded = func() (out []ui.Recorded) {
	for _, field := range []string{"names", "kind", "summary", "key", "relation", "issued", "printed", "container", "publisher", "contributors", "licence", "label", "offered"} {
		key := "library.form." + field
		if field == "key" {
			key = "library.form.subject"
		}
		out = append(out, ui.Recorded{Field: field, Key: key})
	}
	return out
}()
