package participation

import (
	"net/http"
	"net/url"

	"aircommons/internal/account"
	"aircommons/internal/fault"
	"aircommons/internal/form"
	desk "aircommons/internal/participation"
	webform "aircommons/internal/web/form"
	"aircommons/internal/web/ui"
)

func seatPath(r *ui.Request) string { return "/seats/" + r.PathValue("ref") }

// sheet opens a form of a registration at the first page that is not good yet.
func (h handlers) sheet(w http.ResponseWriter, r *ui.Request) error {
	s, err := h.Participation.Sheet(r.Context(), r.By, r.PathValue("ref"), r.PathValue("which"))
	if err != nil {
		return err
	}
	page := s.Form.First(s.Answers)
	if page == "" {
		page = s.Form.Next("", s.Answers)
	}
	return h.Redirect(w, r, seatPath(r)+"/form/"+r.PathValue("which")+"/"+url.PathEscape(page), "")
}

func (h handlers) sheetPage(w http.ResponseWriter, r *ui.Request) error {
	s, err := h.Participation.Sheet(r.Context(), r.By, r.PathValue("ref"), r.PathValue("which"))
	if err != nil {
		return err
	}
	return h.askSheet(w, r, s, s.Answers, nil)
}

func (h handlers) askSheet(w http.ResponseWriter, r *ui.Request, s desk.Sheet, a form.Answers, refused error) error {
	if s.Closed && refused == nil {
		refused = fault.New(fault.Invalid, "participation.sheet.closed")
	}
	page := r.PathValue("page")
	p, err := h.askForm(r, s.Form, page, a, refused)
	if err != nil {
		return err
	}
	p.Nav, p.NoIndex, p.Crumbs = "programme", true, seatCrumbs(r, s.Own, p.Title)
	if s.Form.Next(page, a) == "" {
		p.Button = r.Words.T("participation.sheet.send")
	}
	p.Second, p.Back = r.Words.T("participation.draft.later"), seatPath(r)
	if s.Sent {
		p.Second = ""
	}
	if win, err := s.Setup.Window(s.Activity); err == nil && r.PathValue("which") == desk.Followup && !win.Followup.IsZero() {
		p.Said = append([]string{r.Words.T("participation.followup.until", "Time", when(r, s.Activity, win.Followup))}, p.Said...)
	}
	return h.Show(w, r, pages, "ask.html", p)
}

func (h handlers) sheetSave(w http.ResponseWriter, r *ui.Request) error {
	ref, which, page := r.PathValue("ref"), r.PathValue("which"), r.PathValue("page")
	s, err := h.Participation.Sheet(r.Context(), r.By, ref, which)
	if err != nil {
		return err
	}
	a, refused := h.asker().Read(r, s.Form, page)
	if refused != nil && (fault.CodeOf(refused) != fault.Invalid || a == nil) {
		return refused
	}
	all := a.Clone()
	for q, v := range s.Answers {
		if _, on, ok := s.Form.Question(q); ok && on.ID != page {
			all[q] = v
		}
	}
	last := s.Form.Next(page, all) == ""
	saved, err := h.Participation.SaveSheet(r.Context(), r.By, ref, which, page, a, last && r.Value("do") != "later")
	if err != nil && !refusedBy(err) {
		if ui.Again(err) {
			return h.askSheet(w, r, s, all, err)
		}
		return err
	}
	if refused == nil {
		refused = err
	}
	if r.Value("do") == "later" && (refused == nil || err != nil) {
		return h.Redirect(w, r, seatPath(r), "")
	}
	if refused != nil {
		if s.Form.Check(page, all) == nil && last { // what is wrong stands on another page
			if first := s.Form.First(saved.Answers); first != "" && first != page {
				return h.Redirect(w, r, seatPath(r)+"/form/"+which+"/"+url.PathEscape(first), "")
			}
		}
		return h.askSheet(w, r, s, all, refused)
	}
	if !last {
		return h.Redirect(w, r, seatPath(r)+"/form/"+which+"/"+url.PathEscape(s.Form.Next(page, all)), "")
	}
	return h.Redirect(w, r, seatPath(r)+"?sent="+which, "")
}

// file sends a file that somebody gave with an answer back to them.
func (h handlers) file(w http.ResponseWriter, r *ui.Request) error {
	o, err := h.Participation.Own(r.Context(), r.By, r.PathValue("ref"))
	if err != nil {
		return err
	}
	return h.serveFile(w, r, o)
}

func (h handlers) serveFile(w http.ResponseWriter, r *ui.Request, o desk.Own) error {
	for _, a := range o.Answers {
		if name, ok := a.File(r.PathValue("question"), r.PathValue("sum")); ok {
			return h.asker().ServeFile(w, r, r.PathValue("sum"), name)
		}
	}
	return fault.New(fault.NotFound, "error.notfound")
}

// details lets a person change what the first page asked.
func (h handlers) details(w http.ResponseWriter, r *ui.Request) error {
	ref := r.PathValue("ref")
	o, err := h.Participation.Own(r.Context(), r.By, ref)
	if err != nil {
		return err
	}
	d := desk.Details{Place: o.Place, Country: o.Country, Organisation: o.Organisation, Mode: o.Mode, Visibility: o.Visibility}
	if d.Visibility == "" {
		d.Visibility = o.Person.Visibility
	}
	version := o.Version
	cities, err := h.cities(r, ui.Option{Label: r.Words.T("participation.form.nocity")})
	if err != nil {
		return err
	}
	ask := func(q ui.Edit, d *desk.Details) error {
		if o.Source != "nomination" {
			q.Select("place", "participation.form.place", &d.Place, cities)
			q.Select("country", "participation.form.country", &d.Country, append([]ui.Option{{Label: r.Words.T("part.choose")}}, webform.Countries(r.Lang)...)).Opt()
		}
		q.Text("organisation", "participation.form.organisation", &d.Organisation).Opt()
		if o.Activity.Mode == "hybrid" || o.Activity.Mode == "" {
			q.Radio("mode", "participation.form.mode", &d.Mode, q.Options("participation.mode", desk.Modes))
		}
		sees := string(d.Visibility)
		q.Radio("visible", "participation.form.visible", &sees, q.Options("participation.visible", visibilities()))
		d.Visibility = account.Visibility(sees)
		q.Keep("version", &version)
		return nil
	}
	f, err := ui.Change(r, &d, ask, func() error {
		_, err := h.Participation.Change(r.Context(), r.By, ref, version, d)
		return err
	}, nil)
	if err != nil {
		return err
	}
	if f == nil {
		return h.Redirect(w, r, seatPath(r), r.Words.T("participation.saved"))
	}
	p := &askPage{Button: r.Words.T("part.save"), Back: seatPath(r)}
	p.Page = ui.Page{Title: r.Words.T("participation.change"), Nav: "programme", NoIndex: true, Form: f, Crumbs: seatCrumbs(r, o, r.Words.T("participation.change"))}
	return h.Show(w, r, pages, "ask.html", p)
}

func visibilities() (out []string) {
	for _, v := range account.Visibilities {
		out = append(out, string(v))
	}
	return out
}

func seatCrumbs(r *ui.Request, o desk.Own, here string) []ui.Crumb {
	c := crumbs(r, o.Activity, r.Words.T("participation.seat"))
	c[2].Path = "/seats/" + r.PathValue("ref")
	return append(c, ui.Crumb{Text: here})
}

// replace lets a person name somebody else for the own seat.
func (h handlers) replace(w http.ResponseWriter, r *ui.Request) error {
	ref := r.PathValue("ref")
	o, err := h.Participation.Own(r.Context(), r.By, ref)
	if err != nil {
		return err
	}
	if !o.State.Holds() {
		return fault.New(fault.Conflict, "participation.seat.changed")
	}
	var q desk.Request
	version := o.Version
	f, err := ui.Change(r, &q, func(e ui.Edit, q *desk.Request) error {
		h.askNamed(e, q)
		e.Keep("version", &version)
		return nil
	}, func() error {
		_, err := h.Participation.ReplaceOwn(r.Context(), r.By, ref, version, q)
		return err
	}, nil)
	if err != nil {
		return err
	}
	if f == nil {
		return h.Redirect(w, r, seatPath(r), "")
	}
	p := &askPage{Button: r.Words.T("participation.replace.do"), Back: seatPath(r), Said: []string{r.Words.T("participation.replace.help")}}
	p.Page = ui.Page{Title: r.Words.T("participation.replace"), Nav: "programme", NoIndex: true, Form: f, Crumbs: seatCrumbs(r, o, r.Words.T("participation.replace"))}
	return h.Show(w, r, pages, "ask.html", p)
}

// askNamed asks who takes a seat that is there.
func (h handlers) askNamed(e ui.Edit, q *desk.Request) {
	e.Text("name", "participation.form.name", &q.Name).Autocomplete("off")
	e.Text("email", "participation.form.email", &q.Email).Kind("email").Autocomplete("off")
	e.Text("organisation", "participation.form.organisation", &q.Organisation).Opt()
	e.Select("lang", "participation.form.lang", &q.Lang, languages())
}
