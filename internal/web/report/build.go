package report

import (
	"html/template"
	"io"
	"net/http"
	"strings"

	activitydesk "aircommons/internal/activity"
	"aircommons/internal/fault"
	desk "aircommons/internal/report"
	"aircommons/internal/web/ui"
)

type buildPage struct {
	ui.Page
	Activity activitydesk.Activity
	Rows     []desk.Report
	Drafted  bool
}

func (h handlers) build(w http.ResponseWriter, r *ui.Request) error {
	all, a, err := h.Report.Reports(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := &buildPage{Activity: a, Rows: all}
	for _, x := range all {
		p.Drafted = p.Drafted || x.State == desk.Draft
	}
	p.Page = ui.Page{Title: r.Words.T("report.act.report"), Nav: "programme", NoIndex: true, Crumbs: crumbs(r, a, r.Words.T("report.act.report")), Actions: officeActions(r, a, "report")}
	return h.Show(w, r, pages, "build.html", p)
}

// draft is the one button: everything that the record holds is in place.
func (h handlers) draft(w http.ResponseWriter, r *ui.Request) error {
	rep, err := h.Report.Draft(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/reports/"+rep.ID, r.Words.T("report.drafted"))
}

type sectionRow struct {
	desk.Section
	First, Last bool
	Said        string
}

type officePage struct {
	ui.Page
	R        desk.Whole
	Sections []sectionRow
	PDF      bool
}

func (h handlers) office(w http.ResponseWriter, r *ui.Request) error { return h.showOffice(w, r, nil) }

func (h handlers) mine(r *ui.Request) (desk.Whole, error) {
	rep, err := h.Report.Report(r.Context(), r.By, r.PathValue("id"))
	if err == nil && !rep.Runs {
		err = r.By.NeedRuns(rep.Of.Programme, rep.Of.ID)
	} else if fault.CodeOf(err) == fault.NotFound && !r.By.RunsAny() {
		err = r.By.NeedRuns("", "")
	}
	return rep, err
}

func (h handlers) showOffice(w http.ResponseWriter, r *ui.Request, refused error) error {
	rep, err := h.mine(r)
	if err != nil {
		return err
	}
	p := &officePage{R: rep, PDF: h.Printer != nil}
	p.Page = ui.Page{Title: r.Words.T("report.version", "Number", rep.Number), Nav: "programme", NoIndex: true, Actions: officeActions(r, rep.Of, ""),
		Crumbs: crumbs(r, rep.Of, r.Words.T("report.version", "Number", rep.Number), ui.Crumb{Text: r.Words.T("report.act.report"), Path: "/office/activities/" + rep.Activity + "/report"})}
	for i, s := range rep.Sections {
		x := sectionRow{Section: s, First: i == 0, Last: i == len(rep.Sections)-1}
		switch s.Kind {
		case "photos":
			x.Said = r.Words.Int(len(rep.Content.Photos))
		case "documents":
			x.Said = r.Words.Int(len(rep.Content.Documents))
		case "agenda":
			x.Said = r.Words.Int(len(rep.Content.Agenda))
		}
		p.Sections = append(p.Sections, x)
	}
	p.Form = ui.NewForm(r, refused)
	return h.Show(w, r, pages, "office.html", p)
}

func (h handlers) officeDone(w http.ResponseWriter, r *ui.Request) (err error) {
	id, version, what, at := r.PathValue("id"), r.Version(), r.Value("do"), ""
	said := r.Words.T("report.saved")
	switch what {
	case "freeze":
		_, err = h.Report.Freeze(r.Context(), r.By, id, version)
		said = r.Words.T("report.done.freeze")
	case "publish":
		_, err = h.Report.Publish(r.Context(), r.By, id, version)
		said = r.Words.T("report.done.publish")
	case "withdraw":
		err = h.Report.Withdraw(r.Context(), r.By, id, version)
		said = r.Words.T("report.done.withdraw")
	default:
		err = h.Report.Arrange(r.Context(), r.By, id, version, r.Value("section"), what)
		if what != "remove" {
			at = "#sec-" + r.Value("section")
		}
	}
	if ui.Again(err) {
		return h.showOffice(w, r, err)
	}
	if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/reports/"+id+at, said)
}

type editPage struct {
	ui.Page
	Photo *desk.Photo
}

type sectionEdit struct {
	desk.Section
	Version int64
}

func askSection(q ui.Edit, s *sectionEdit) error {
	q.Texts("names", "report.form.names", &s.Names)
	q.Areas("text", "report.form.text", &s.Text).Size(12).Opt()
	q.Check("hidden", "report.form.hidden", &s.Hidden)
	q.Keep("version", &s.Version)
	return nil
}

func (h handlers) section(w http.ResponseWriter, r *ui.Request) error {
	rep, err := h.mine(r)
	if err != nil {
		return err
	}
	read := func() (s sectionEdit, err error) {
		rep, err := h.mine(r)
		if err != nil {
			return s, err
		}
		s.Version = rep.Version
		if r.PathValue("section") == "new" {
			s.Kind = "text"
			return s, nil
		}
		var ok bool
		if s.Section, ok = rep.Section(r.PathValue("section")); !ok {
			return s, fault.New(fault.NotFound, "error.notfound")
		}
		return s, nil
	}
	s, err := read()
	if err != nil {
		return err
	}
	title := r.Words.T("report.section.new")
	if s.ID != "" {
		title, _ = s.Names.In(r.Lang)
	}
	f, err := ui.Change(r, &s, askSection, func() error { return h.Report.SetSection(r.Context(), r.By, rep.ID, s.Version, s.Section) }, read)
	if err != nil {
		return err
	}
	if f == nil {
		return h.Redirect(w, r, "/office/reports/"+rep.ID+"#sec-"+s.ID, r.Words.T("report.saved"))
	}
	p := &editPage{Page: ui.Page{Title: title, Nav: "programme", NoIndex: true, Form: f, Crumbs: crumbs(r, rep.Of, title, ui.Crumb{Text: r.Words.T("report.act.report"), Path: "/office/activities/" + rep.Activity + "/report"},
		ui.Crumb{Text: r.Words.T("report.version", "Number", rep.Number), Path: "/office/reports/" + rep.ID})}}
	return h.Show(w, r, pages, "edit.html", p)
}

// part is a section of a report as a page shows it.
type part struct {
	ID, Title, Lang string
	Nodes           []node
}

type showPage struct {
	ui.Page
	R      desk.Whole
	Sheet  desk.Sheet
	Parts  []part
	PDF    bool
	Others []ui.Link
}

func photoPath(p desk.Photo) template.URL { return template.URL("/photos/" + p.ID + ".jpg") }

func (h handlers) show(w http.ResponseWriter, r *ui.Request) error {
	rep, err := h.Report.Report(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	s := desk.Lay(r.Words, rep.Report, rep.Content)
	p := &showPage{R: rep, Sheet: s, PDF: h.Printer != nil}
	p.Page = ui.Page{Title: s.Title, Nav: "programme", NoIndex: rep.State != desk.Published, Crumbs: crumbs(r, rep.Of, r.Words.T("report.act.report")), Description: s.Title + " – " + s.Subtitle}
	for i := range s.Blocks {
		for j := range s.Blocks[i].Runs { // addresses of the site in the reader's language
			if run := &s.Blocks[i].Runs[j]; strings.HasPrefix(run.Href, "/") {
				run.Href = r.To(run.Href)
			}
		}
	}
	var blocks []desk.Block
	flush := func() {
		if n := len(p.Parts); n > 0 {
			p.Parts[n-1].Nodes = nodes(r.Words, blocks, photoPath)
		}
		blocks = nil
	}
	for _, b := range s.Blocks {
		if b.Kind == "heading" && b.ID != "" {
			flush()
			p.Parts = append(p.Parts, part{ID: b.ID, Title: b.Runs[0].Text, Lang: b.Lang})
			continue
		}
		blocks = append(blocks, b)
	}
	flush()
	others, err := h.Report.Public(r.Context(), rep.Activity)
	if err != nil {
		return err
	}
	for _, o := range others {
		if o.ID != rep.ID {
			p.Others = append(p.Others, ui.Link{Path: "/reports/" + o.ID, Text: r.Words.T("report.version.of", "Number", o.Number, "Date", r.Words.Date(*o.Frozen))})
		}
	}
	if rep.Runs {
		p.Actions = append(officeActions(r, rep.Of, ""), ui.Action{Text: r.Words.T("report.version", "Number", rep.Number), Path: "/office/reports/" + rep.ID})
	}
	return h.Show(w, r, pages, "show.html", p)
}

// reportFile is a report as a file: docx, html, pdf.
func (h handlers) reportFile(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	switch r.PathValue("file") {
	case "docx":
		b, name, err := h.Report.Export(r.Context(), r.By, id, r.Lang)
		if err != nil {
			return err
		}
		return send(w, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", name, b)
	case "html", "pdf":
		rep, err := h.Report.Report(r.Context(), r.By, id)
		if err != nil {
			return err
		}
		b, err := Standalone(r.Words, rep.Report, rep.Content, h.Absolute(""), func(p desk.Photo) (io.ReadCloser, error) {
			_, f, err := h.Report.OpenPhoto(r.Context(), r.By, p.ID)
			return f, err
		})
		if err != nil {
			return err
		}
		if r.PathValue("file") == "html" {
			return send(w, "text/html; charset=utf-8", id+"-"+r.Lang+".html", b)
		}
		if h.Printer == nil {
			return fault.New(fault.Conflict, "letter.pdf.none")
		}
		pdf, err := h.Printer.Print(r.Context(), b)
		if err != nil {
			return err
		}
		return send(w, "application/pdf", id+"-"+r.Lang+".pdf", pdf)
	}
	return fault.New(fault.NotFound, "error.notfound")
}

type photosPage struct {
	ui.Page
	Activity activitydesk.Activity
	Photos   []desk.Photo
}

func (h handlers) photos(w http.ResponseWriter, r *ui.Request) error {
	return h.showPhotos(w, r, desk.Photo{}, nil)
}

func (h handlers) showPhotos(w http.ResponseWriter, r *ui.Request, given desk.Photo, refused error) error {
	all, a, err := h.Report.Photos(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := &photosPage{Activity: a, Photos: all}
	p.Page = ui.Page{Title: r.Words.T("report.act.photos"), Nav: "programme", NoIndex: true, Crumbs: crumbs(r, a, r.Words.T("report.act.photos")), Actions: officeActions(r, a, "photos")}
	f := ui.NewForm(r, refused)
	f.Texts("captions", "report.form.captions", given.Captions)
	f.Text("credit", "report.form.credit", given.Credit)
	f.Check("consent", "report.form.consent", false)
	f.File("file", "report.form.file")
	p.Form = f
	return h.Show(w, r, pages, "photos.html", p)
}

func (h handlers) photoAdded(w http.ResponseWriter, r *ui.Request) error {
	if _, _, err := h.Report.Photos(r.Context(), r.By, r.PathValue("id")); err != nil {
		return err // before a byte of the file is taken
	}
	file, err := r.File("file")
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	p := desk.Photo{Activity: id, Captions: r.Texts("captions"), Credit: r.Value("credit")}
	var from io.Reader
	if file != nil {
		from = file
	}
	_, err = h.Report.AddPhoto(r.Context(), r.By, p, r.Yes("consent"), from)
	if ui.Again(err) {
		return h.showPhotos(w, r, p, err)
	}
	if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/activities/"+id+"/photos", r.Words.T("report.photo.added"))
}

func (h handlers) photo(w http.ResponseWriter, r *ui.Request) error {
	read := func() (desk.Photo, error) {
		p, f, err := h.Report.OpenPhoto(r.Context(), r.By, r.PathValue("id"))
		if err != nil {
			return p, err
		}
		if err := f.Close(); err != nil {
			return p, err
		}
		a, err := h.Activity.Activity(r.Context(), r.By, p.Activity)
		if err != nil {
			return p, err
		}
		return p, r.By.NeedRuns(a.Programme, a.ID)
	}
	x, err := read()
	if err != nil {
		if fault.CodeOf(err) == fault.NotFound && !r.By.RunsAny() {
			return r.By.NeedRuns("", "")
		}
		return err
	}
	f, err := ui.Change(r, &x, func(q ui.Edit, p *desk.Photo) error {
		q.Texts("captions", "report.form.captions", &p.Captions)
		q.Text("credit", "report.form.credit", &p.Credit)
		q.Check("withdrawn", "report.form.withdrawn", &p.Withdrawn)
		q.Keep("version", &p.Version)
		return nil
	}, func() error { return h.Report.SetPhoto(r.Context(), r.By, x) }, read)
	if err != nil {
		return err
	}
	if f == nil {
		return h.Redirect(w, r, "/office/activities/"+x.Activity+"/photos", r.Words.T("report.saved"))
	}
	p := &editPage{Photo: &x, Page: ui.Page{Title: r.Words.T("report.photo.edit"), Nav: "programme", NoIndex: true, Form: f,
		Crumbs: []ui.Crumb{{Text: r.Words.T("report.act.photos"), Path: "/office/activities/" + x.Activity + "/photos"}, {Text: r.Words.T("report.photo.edit")}}}}
	return h.Show(w, r, pages, "edit.html", p)
}

// picture sends a photo.
func (h handlers) picture(w http.ResponseWriter, r *ui.Request) error {
	id, ok := strings.CutSuffix(r.PathValue("file"), ".jpg")
	if !ok {
		return fault.New(fault.NotFound, "error.notfound")
	}
	p, f, err := h.Report.OpenPhoto(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	defer f.Close()
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Cache-Control", "private, max-age=300")
	http.ServeContent(w, r.Request, p.ID+".jpg", p.Uploaded, f)
	return nil
}
