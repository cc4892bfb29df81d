package activity

import (
	"net/http"
	"strconv"

	desk "aircommons/internal/activity"
	"aircommons/internal/fault"
	"aircommons/internal/web/ui"
)

// both joins what the reading of a form found with what the desk refused.
func both(faults fault.Form, save func() error) error {
	if err := faults.Err(); err != nil {
		return err
	}
	return save()
}

func (h handlers) showProgramme(w http.ResponseWriter, r *ui.Request, v view, p desk.Programme, err error, fresh bool) error {
	f := ui.NewForm(r, err)
	page := &formPage{Page: ui.Page{NoIndex: true, Form: f}}
	page.Groups = v.programmeForm(f, p, fresh, r.Method == http.MethodPost)
	page.Title = v.w.T("programme.office.newprogramme")
	here := ui.Crumb{Text: page.Title}
	if !fresh {
		now, err := h.Activity.Programme(r.Context(), r.By, p.ID)
		if err != nil {
			return err
		}
		name := v.link("", now.Names, p.ID).Text
		if f.Conflict() {
			s := ui.StoredForm(r)
			v.programmeForm(s, now, false, false)
			f.Against(s)
			f.Get("version").Value = strconv.FormatInt(now.Version, 10)
		}
		page.Actions = []ui.Action{{Text: v.w.T("programme.act.view"), Path: "/programme/" + p.ID}, {Text: v.w.T("part.history"), Path: "/office/programmes/" + p.ID + "/history"}}
		page.Title = v.w.T("programme.office.edit", "Name", name)
		here = ui.Crumb{Text: name}
	}
	page.Crumbs = crumbs(r, "programme.office.programmes", "/office/programmes", here)
	return h.Show(w, r, pages, "office-form.html", page)
}

func (h handlers) newProgramme(w http.ResponseWriter, r *ui.Request) error {
	if err := r.By.NeedOfficer(); err != nil {
		return err
	}
	v, err := h.view(r)
	if err != nil {
		return err
	}
	return h.showProgramme(w, r, v, desk.Programme{}, nil, true)
}

func (h handlers) createProgramme(w http.ResponseWriter, r *ui.Request) error {
	if err := r.By.NeedOfficer(); err != nil {
		return err
	}
	v, err := h.view(r)
	if err != nil {
		return err
	}
	if pressed(r) {
		return h.showProgramme(w, r, v, desk.Programme{}, nil, true)
	}
	var faults fault.Form
	p := v.sentProgramme(&faults)
	err = both(faults, func() (err error) { p, err = h.Activity.CreateProgramme(r.Context(), r.By, p); return err })
	if ui.Again(err) {
		return h.showProgramme(w, r, v, desk.Programme{}, err, true)
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/programme/"+p.ID, r.Words.T("programme.office.created"))
}

func (h handlers) editProgramme(w http.ResponseWriter, r *ui.Request) error {
	if err := r.By.NeedOfficer(); err != nil {
		return err
	}
	v, err := h.view(r)
	if err != nil {
		return err
	}
	p, err := h.Activity.Programme(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showProgramme(w, r, v, p, nil, false)
}

func (h handlers) saveProgramme(w http.ResponseWriter, r *ui.Request) error {
	if err := r.By.NeedOfficer(); err != nil {
		return err
	}
	v, err := h.view(r)
	if err != nil {
		return err
	}
	var faults fault.Form
	again := pressed(r)
	p := v.sentProgramme(&faults)
	p.ID = r.PathValue("id")
	if again {
		return h.showProgramme(w, r, v, p, nil, false)
	}
	err = both(faults, func() error { return h.Activity.UpdateProgramme(r.Context(), r.By, p) })
	if ui.Again(err) {
		return h.showProgramme(w, r, v, p, err, false)
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/programme/"+p.ID, r.Words.T("programme.office.saved"))
}

func (h handlers) showActivity(w http.ResponseWriter, r *ui.Request, v view, a desk.Activity, err error, fresh bool) error {
	f := ui.NewForm(r, err)
	page := &formPage{Page: ui.Page{NoIndex: true, Form: f}}
	if page.Groups, err = h.activityForm(v, f, a, fresh, r.Method == http.MethodPost); err != nil {
		return err
	}
	page.Title = v.w.T("programme.office.newactivity")
	here := ui.Crumb{Text: page.Title}
	if fresh && a.Programme != "" {
		if p, err := h.Activity.Programme(r.Context(), r.By, a.Programme); err == nil {
			page.Title = v.w.T("programme.office.newedition", "Name", v.link("", p.Names, p.ID).Text)
			page.Lede = v.w.T("programme.office.inherits")
		}
	}
	if !fresh {
		now, err := h.Activity.Activity(r.Context(), r.By, a.ID)
		if err != nil {
			return err
		}
		name := v.edition(now).Text
		if f.Conflict() {
			s := ui.StoredForm(r)
			if _, err := h.activityForm(v, s, now, false, false); err != nil {
				return err
			}
			f.Against(s)
			f.Get("version").Value = strconv.FormatInt(now.Version, 10)
		}
		page.Title = v.w.T("programme.office.edit", "Name", name)
		here = ui.Crumb{Text: name}
		page.Actions = []ui.Action{{Text: v.w.T("programme.act.view"), Path: "/activities/" + a.ID}, {Text: v.w.T("programme.act.items"), Path: "/office/activities/" + a.ID + "/items"}, {Text: v.w.T("part.history"), Path: "/office/activities/" + a.ID + "/history"}}
	}
	page.Crumbs = crumbs(r, "programme.office.activities", "/office/activities", here)
	return h.Show(w, r, pages, "office-form.html", page)
}

func (h handlers) newActivity(w http.ResponseWriter, r *ui.Request) error {
	if err := r.By.NeedOfficer(); err != nil {
		return err
	}
	v, err := h.view(r)
	if err != nil {
		return err
	}
	var a desk.Activity
	if p := r.URL.Query().Get("programme"); p != "" {
		if a, err = h.Activity.Edition(r.Context(), r.By, p); err != nil {
			return err
		}
	}
	return h.showActivity(w, r, v, a, nil, true)
}

func (h handlers) createActivity(w http.ResponseWriter, r *ui.Request) error {
	if err := r.By.NeedOfficer(); err != nil {
		return err
	}
	v, err := h.view(r)
	if err != nil {
		return err
	}
	again := pressed(r)
	var faults fault.Form
	a := v.sentActivity(&faults)
	if again {
		return h.showActivity(w, r, v, a, nil, true)
	}
	err = both(faults, func() (err error) { a, err = h.Activity.CreateActivity(r.Context(), r.By, a); return err })
	if ui.Again(err) {
		return h.showActivity(w, r, v, a, err, true)
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/activities/"+a.ID, r.Words.T("programme.office.created"))
}

func (h handlers) editActivity(w http.ResponseWriter, r *ui.Request) error {
	if err := r.By.NeedOfficer(); err != nil {
		return err
	}
	v, err := h.view(r)
	if err != nil {
		return err
	}
	a, err := h.Activity.Activity(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showActivity(w, r, v, a, nil, false)
}

func (h handlers) saveActivity(w http.ResponseWriter, r *ui.Request) error {
	if err := r.By.NeedOfficer(); err != nil {
		return err
	}
	v, err := h.view(r)
	if err != nil {
		return err
	}
	again := pressed(r)
	var faults fault.Form
	a := v.sentActivity(&faults)
	a.ID = r.PathValue("id")
	if again {
		return h.showActivity(w, r, v, a, nil, false)
	}
	err = both(faults, func() error { return h.Activity.UpdateActivity(r.Context(), r.By, a) })
	if ui.Again(err) {
		return h.showActivity(w, r, v, a, err, false)
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/activities/"+a.ID, r.Words.T("programme.office.saved"))
}
