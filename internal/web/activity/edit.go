package activity

import (
	"net/http"

	desk "aircommons/internal/activity"
	"aircommons/internal/web/ui"
)

// edit shows or takes the form of a thing: ask makes its groups, save stores what was sent, stored reads what is there
// now. The page is nil when it was saved.
func edit[T any](r *ui.Request, t *T, ask func(ui.Edit, *T) ([]group, error), save func() error, stored func() (T, error)) (*formPage, error) {
	page := &formPage{Page: ui.Page{NoIndex: true}}
	asked := func(f ui.Edit, x *T) error {
		groups, err := ask(f, x)
		if x == t {
			page.Groups = groups
		}
		return err
	}
	if r.Method == http.MethodPost && pressed(r) { // a row more or less, nothing to be saved
		page.Form = ui.NewForm(r, nil)
		return page, asked(ui.Edit{Form: page.Form}, t)
	}
	f, err := ui.Change(r, t, asked, save, stored)
	if f == nil || err != nil {
		return nil, err
	}
	page.Form = f
	return page, nil
}

func (h handlers) newProgramme(w http.ResponseWriter, r *ui.Request) error {
	return h.changeProgramme(w, r, desk.Programme{}, "programme.office.created", func(p desk.Programme) (desk.Programme, error) {
		return h.Activity.CreateProgramme(r.Context(), r.By, p)
	})
}

func (h handlers) editProgramme(w http.ResponseWriter, r *ui.Request) error {
	p, err := h.Activity.Programme(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.changeProgramme(w, r, p, "programme.office.saved", func(p desk.Programme) (desk.Programme, error) {
		return p, h.Activity.UpdateProgramme(r.Context(), r.By, p)
	})
}

func (h handlers) changeProgramme(w http.ResponseWriter, r *ui.Request, was desk.Programme, done string, save func(desk.Programme) (desk.Programme, error)) error {
	v, err := h.view(r)
	if err != nil {
		return err
	}
	p := was
	page, err := edit(r, &p, func(f ui.Edit, p *desk.Programme) ([]group, error) { return v.askProgramme(f, p), nil },
		func() (err error) { p, err = save(p); return err },
		func() (desk.Programme, error) { return h.Activity.Programme(r.Context(), r.By, was.ID) })
	if err != nil {
		return err
	}
	if page == nil {
		return h.Redirect(w, r, "/programme/"+p.ID, v.w.T(done))
	}
	page.Title = v.w.T("programme.office.newprogramme")
	here := ui.Crumb{Text: page.Title}
	if was.Version != 0 {
		here.Text = v.link("", was.Names, was.ID).Text
		page.Title = v.w.T("programme.office.edit", "Name", here.Text)
		page.Actions = []ui.Action{{Text: v.w.T("programme.act.view"), Path: "/programme/" + was.ID}, {Text: v.w.T("part.history"), Path: "/office/programmes/" + was.ID + "/history"}}
	}
	page.Crumbs = crumbs(r, "programme.office.programmes", "/office/programmes", here)
	return h.Show(w, r, pages, "office-form.html", page)
}

func (h handlers) newActivity(w http.ResponseWriter, r *ui.Request) (err error) {
	var a desk.Activity
	if p := r.URL.Query().Get("programme"); p != "" {
		if a, err = h.Activity.Edition(r.Context(), r.By, p); err != nil {
			return err
		}
	}
	return h.changeActivity(w, r, a, "programme.office.created", func(a desk.Activity) (desk.Activity, error) {
		return h.Activity.CreateActivity(r.Context(), r.By, a)
	})
}

func (h handlers) editActivity(w http.ResponseWriter, r *ui.Request) error {
	a, err := h.Activity.Activity(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.changeActivity(w, r, a, "programme.office.saved", func(a desk.Activity) (desk.Activity, error) {
		return a, h.Activity.UpdateActivity(r.Context(), r.By, a)
	})
}

func (h handlers) changeActivity(w http.ResponseWriter, r *ui.Request, was desk.Activity, done string, save func(desk.Activity) (desk.Activity, error)) error {
	v, err := h.view(r)
	if err != nil {
		return err
	}
	a := was
	page, err := edit(r, &a, func(f ui.Edit, a *desk.Activity) ([]group, error) { return h.askActivity(v, f, a) },
		func() (err error) { a, err = save(a); return err },
		func() (desk.Activity, error) { return h.Activity.Activity(r.Context(), r.By, was.ID) })
	if err != nil {
		return err
	}
	if page == nil {
		return h.Redirect(w, r, "/activities/"+a.ID, v.w.T(done))
	}
	page.Title = v.w.T("programme.office.newactivity")
	here := ui.Crumb{Text: page.Title}
	if was.Version != 0 {
		here.Text = v.edition(was).Text
		page.Title = v.w.T("programme.office.edit", "Name", here.Text)
		own := "/office/activities/" + was.ID
		page.Actions = []ui.Action{{Text: v.w.T("programme.act.view"), Path: "/activities/" + was.ID}, {Text: v.w.T("programme.act.items"), Path: own + "/items"}, {Text: v.w.T("part.history"), Path: own + "/history"}}
	} else if a.Programme != "" {
		if p, err := h.Activity.Programme(r.Context(), r.By, a.Programme); err == nil {
			page.Title = v.w.T("programme.office.newedition", "Name", v.link("", p.Names, p.ID).Text)
			page.Lede = v.w.T("programme.office.inherits")
		}
	}
	page.Crumbs = crumbs(r, "programme.office.activities", "/office/activities", here)
	return h.Show(w, r, pages, "office-form.html", page)
}
