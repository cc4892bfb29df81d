package participation

import (
	"errors"
	"net/http"
	"net/url"

	"aircommons/internal/fault"
	"aircommons/internal/form"
	desk "aircommons/internal/participation"
	webform "aircommons/internal/web/form"
	"aircommons/internal/web/ui"
)

// askPage is a page that asks something and no more.
type askPage struct {
	ui.Page
	Lede   string
	Said   []string
	Action string // "" for its own address
	Button string
	Second string // a second button, "later"
	Back   string
	Files  bool
}

type draftStep struct {
	Path, Name, NameIn string
	Good               bool
	Answers            []answerRow
}

type draftPage struct {
	ui.Page
	Draft   desk.Draft
	Key     string
	Steps   []draftStep
	Ready   bool
	Link    string // the whole address, to come back
	Closes  string
	Expires string
	City    string
}

func (h handlers) draftPath(r *ui.Request) string {
	return "/activities/" + r.PathValue("id") + "/register/" + r.PathValue("draft")
}

// readDraft reads a draft of the activity in the address.
func (h handlers) readDraft(r *ui.Request) (desk.Draft, error) {
	d, err := h.Participation.Draft(r.Context(), r.By, r.PathValue("draft"))
	if err == nil && d.Activity != r.PathValue("id") {
		err = fault.New(fault.NotFound, "error.notfound")
	}
	return d, err
}

// draft shows how far a registration is, and all answers before they are sent.
func (h handlers) draft(w http.ResponseWriter, r *ui.Request) error { return h.showDraft(w, r, nil) }

func (h handlers) showDraft(w http.ResponseWriter, r *ui.Request, refused error) error {
	d, err := h.readDraft(r)
	if err != nil {
		return err
	}
	if d.Sent != "" || d.Entrance.Form == nil {
		out, err := h.Participation.SendDraft(r.Context(), r.By, r.PathValue("draft")) // it was sent: the same answer as then
		if err != nil {
			return err
		}
		return h.after(w, r, d.Activity, out)
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &draftPage{Draft: d, Key: r.PathValue("draft"), Ready: d.Entrance.Form.First(d.Answers) == "", Closes: when(r, d.Entrance.Activity, d.Entrance.Window.Closes)}
	p.Title, p.Nav, p.NoIndex = r.Words.T("participation.draft.title"), "programme", true
	p.Crumbs = crumbs(r, d.Entrance.Activity, p.Title)
	p.Link = h.Absolute(r.To(h.draftPath(r)))
	p.Form = ui.NewForm(r, refused)
	if d.Place != "" {
		p.City = net.PlaceName(d.Place, r.Lang)
	} else if d.Country != "" {
		p.City = webform.CountryName(r.Lang, d.Country)
	}
	for _, page := range d.Entrance.Form.Steps(d.Answers) {
		s := draftStep{Path: h.draftPath(r) + "/" + page.ID, Good: d.Entrance.Form.Check(page.ID, d.Answers) == nil}
		if s.Name, s.NameIn = page.Names.In(r.Lang); s.NameIn == r.Lang {
			s.NameIn = ""
		}
		for _, q := range d.Entrance.Form.AskedOn(page.ID, d.Answers) {
			if v := d.Answers[q.ID]; len(v) > 0 {
				a := answerRow{Text: webform.Text(r, q, v, net)}
				if a.Label, a.LabelIn = q.Labels.In(r.Lang); a.LabelIn == r.Lang {
					a.LabelIn = ""
				}
				s.Answers = append(s.Answers, a)
			}
		}
		p.Steps = append(p.Steps, s)
	}
	return h.Show(w, r, pages, "draft.html", p)
}

// draftSend sends a draft, or the link to it by mail.
func (h handlers) draftSend(w http.ResponseWriter, r *ui.Request) error {
	d, err := h.readDraft(r)
	if err != nil {
		return err
	}
	if r.Value("do") == "mail" {
		if d, err = h.Participation.MailDraft(r.Context(), r.By, r.PathValue("draft")); err != nil {
			return err
		}
		return h.Redirect(w, r, h.draftPath(r)+"?mailed=yes", r.Words.T("participation.draft.mailed", "Email", d.Email))
	}
	out, err := h.Participation.SendDraft(r.Context(), r.By, r.PathValue("draft"))
	if fault.CodeOf(err) == fault.Invalid || fault.CodeOf(err) == fault.Conflict {
		return h.showDraft(w, r, err)
	}
	if err != nil {
		return err
	}
	return h.after(w, r, d.Activity, out)
}

// draftPage asks one page.
func (h handlers) draftPage(w http.ResponseWriter, r *ui.Request) error {
	d, err := h.readDraft(r)
	if err != nil {
		return err
	}
	return h.askDraft(w, r, d, d.Answers, nil)
}

func (h handlers) askDraft(w http.ResponseWriter, r *ui.Request, d desk.Draft, a form.Answers, refused error) error {
	if d.Sent != "" || d.Entrance.Form == nil {
		return h.Redirect(w, r, h.draftPath(r), "")
	}
	p, err := h.askForm(r, *d.Entrance.Form, r.PathValue("page"), a, refused)
	if err != nil {
		return err
	}
	p.Nav, p.NoIndex, p.Crumbs = "programme", true, crumbs(r, d.Entrance.Activity, r.Words.T("participation.register"))
	p.Second = r.Words.T("participation.draft.later")
	return h.Show(w, r, pages, "ask.html", p)
}

// askForm is a page of a form.
func (h handlers) askForm(r *ui.Request, f form.Form, page string, a form.Answers, refused error) (*askPage, error) {
	at, ok := f.Page(page)
	if !ok {
		return nil, fault.New(fault.NotFound, "error.notfound")
	}
	fields, err := h.asker().Fields(r, f, page, a, refused)
	if err != nil {
		return nil, err
	}
	p := &askPage{Button: r.Words.T("participation.save.next"), Files: webform.AsksFiles(f, page)}
	p.Form = fields
	p.Title, _ = at.Names.In(r.Lang)
	if text, _ := at.Text.In(r.Lang); text != "" {
		p.Said = append(p.Said, text)
	}
	steps := f.Steps(a)
	for i, s := range steps {
		if s.ID == page {
			p.Lede = r.Words.T("participation.page", "Number", i+1, "Count", len(steps))
		}
	}
	return p, nil
}

func (h handlers) draftSave(w http.ResponseWriter, r *ui.Request) error {
	d, err := h.readDraft(r)
	if err != nil {
		return err
	}
	if d.Entrance.Form == nil {
		return h.Redirect(w, r, h.draftPath(r), "")
	}
	page := r.PathValue("page")
	a, refused := h.asker().Read(r, *d.Entrance.Form, page)
	if refused != nil && fault.CodeOf(refused) != fault.Invalid || a == nil && refused != nil {
		return refused
	}
	if d, err = h.Participation.SaveDraft(r.Context(), r.By, r.PathValue("draft"), page, a); err != nil {
		return err
	}
	if r.Value("do") == "later" && refused == nil {
		return h.Redirect(w, r, h.draftPath(r), "")
	}
	if refused == nil {
		refused = d.Entrance.Form.Check(page, d.Answers)
	}
	if refused != nil {
		return h.askDraft(w, r, d, d.Answers, refused)
	}
	if next := d.Entrance.Form.Next(page, d.Answers); next != "" {
		return h.Redirect(w, r, h.draftPath(r)+"/"+url.PathEscape(next), "")
	}
	return h.Redirect(w, r, h.draftPath(r), "")
}

// begin starts a draft with what the first page asked.
func (h handlers) begin(w http.ResponseWriter, r *ui.Request, p *registerPage, q desk.Request) error {
	key, err := h.Participation.StartDraft(r.Context(), r.By, q)
	if err != nil {
		if ui.Again(err) {
			return h.showRegister(w, r, p, q, err)
		}
		return err
	}
	return h.Redirect(w, r, "/activities/"+p.In.Activity.ID+"/register/"+key+"/"+url.PathEscape(p.In.Form.Next("", nil)), "")
}

// refusedBy tells the fault of a form from others.
func refusedBy(err error) bool {
	var e *fault.Error
	return errors.As(err, &e) && len(e.Fields) > 0
}
