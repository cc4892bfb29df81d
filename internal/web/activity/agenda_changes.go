package activity

import (
	"net/http"

	desk "aircommons/internal/activity"
	"aircommons/internal/web/ui"
)

type changesPage struct {
	ui.Page
	ID       string
	Changes  int64
	Rows     []changeRow
	Frame    []string
	Told     int
	Grave    int
	Release  int
	Next     int
	Empty    bool
	Versions []desk.Release
}

type changeRow struct {
	Name string
	What []string
	Path string
}

func (h handlers) changes(w http.ResponseWriter, r *ui.Request) error {
	a, l, err := h.draft(r)
	if err != nil {
		return err
	}
	vs, err := h.Activity.Versions(r.Context(), r.By, a.ID)
	if err != nil {
		return err
	}
	p := &changesPage{Page: ui.Page{Title: l.w.T("agenda.changes"), NoIndex: true}, ID: a.ID, Versions: vs, Empty: len(a.Items) == 0}
	var before desk.Shape
	if len(vs) > 0 {
		before, p.Release = vs[0].Shape, int(vs[0].Number)
	}
	p.Next = p.Release + 1
	if a.Agenda != nil {
		p.Changes = a.Agenda.Changes
	}
	if l, err = h.lay(r, a, a.Shape(), before); err != nil {
		return err
	}
	d := desk.Compare(before, a.Shape())
	speech := l.speech()
	for _, c := range d.Changes {
		row := changeRow{Name: l.name(c.Item().Names), What: speech.Say(d, c)}
		if c.Now != nil {
			row.Path = "/office/activities/" + a.ID + "/agenda/sessions/" + c.ID
		}
		p.Rows = append(p.Rows, row)
	}
	for _, f := range d.Frame {
		p.Frame = append(p.Frame, l.w.T("agenda.change."+f))
	}
	if p.Release > 0 {
		if p.Told, err = h.Activity.Told(r.Context(), r.By, a.ID, d); err != nil {
			return err
		}
	}
	for _, x := range desk.Check(a, h.seated(r, a.ID)) {
		if x.Grave {
			p.Grave++
		}
	}
	p.Crumbs = h.officeCrumbs(l, ui.Crumb{Text: l.w.T("agenda.title"), Path: "/office/activities/" + a.ID + "/agenda"}, ui.Crumb{Text: p.Title})
	return h.Show(w, r, pages, "agenda-changes.html", p)
}

func (h handlers) release(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	rel, letters, err := h.Activity.Release(r.Context(), r.By, id, r.Version())
	if err != nil {
		return err
	}
	said := r.Words.T("agenda.released", "Number", int(rel.Number))
	if letters > 0 {
		said += " " + r.Words.N("agenda.released.letters", letters)
	}
	return h.Redirect(w, r, "/office/activities/"+id+"/agenda/changes", said)
}

func (h handlers) undo(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	return h.after(w, r, h.Activity.Undo(r.Context(), r.By, id, r.Version()), "/office/activities/"+id+"/agenda", "agenda.undone")
}
