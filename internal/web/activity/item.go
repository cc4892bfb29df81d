package activity

import (
	"net/http"
	"strconv"

	desk "aircommons/internal/activity"
	"aircommons/internal/fault"
	"aircommons/internal/web/ui"
)

type itemsPage struct {
	ui.Page
	ID      string
	Version int64
	Rows    []itemRow
}

func (h handlers) itemList(w http.ResponseWriter, r *ui.Request) error {
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
	name := v.edition(a).Text
	p := &itemsPage{Page: ui.Page{Title: v.w.T("programme.office.items", "Name", name), NoIndex: true}, ID: a.ID, Version: a.Version}
	p.Crumbs = crumbs(r, "programme.office.activities", "/office/activities", ui.Crumb{Text: name, Path: "/office/activities/" + a.ID}, ui.Crumb{Text: v.w.T("programme.act.items")})
	p.Actions = []ui.Action{{Text: v.w.T("programme.act.view"), Path: "/activities/" + a.ID}}
	var shown activityPage
	h.items(v, &shown, a)
	for _, d := range shown.Days {
		for _, i := range d.Items {
			if d.Day != "" {
				i.Machine = d.Day // the list has no headings by day
			}
			p.Rows = append(p.Rows, i)
		}
	}
	return h.Show(w, r, pages, "office-items.html", p)
}

func itemForm(v view, f *ui.Form, a desk.Activity, i desk.Item) []group {
	kinds := append([]ui.Option{{Label: v.w.T("part.choose")}}, words(v.w, "activity.itemkind", desk.ItemKinds, "")...)
	g := group{Title: v.w.T("programme.form.what")}
	g.Fields = []*ui.Field{f.Select("kind", "programme.form.kind", i.Kind, kinds).As("w20"), f.Texts("names", "programme.form.names", i.Names),
		f.Text("starts", "programme.form.starts", i.Starts).As("w20").Kind("datetime-local").Opt(),
		f.Text("ends", "programme.form.ends", i.Ends).As("w20").Kind("datetime-local").Opt(),
		f.Text("venue", "programme.form.venue", i.Venue).Opt(), f.Areas("text", "programme.form.text", i.Text).Opt()}
	if z := desk.Zone(a.Zone); z != nil {
		g.Note = v.w.T("programme.form.clock", "Place", desk.ZoneName(v.w, z))
	} else {
		g.Note = v.w.T("programme.form.noclock")
	}
	f.Keep("version", a.Version)
	return []group{g}
}

func (h handlers) showItem(w http.ResponseWriter, r *ui.Request, v view, a desk.Activity, i desk.Item, err error, fresh bool) error {
	f := ui.NewForm(r, err)
	page := &formPage{Page: ui.Page{NoIndex: true, Form: f}, Groups: itemForm(v, f, a, i)}
	if f.Conflict() {
		s := ui.StoredForm(r)
		itemForm(v, s, a, i)
		f.Against(s)
		f.Get("version").Value = strconv.FormatInt(a.Version, 10)
	}
	name := v.edition(a).Text
	page.Title = v.w.T("programme.office.newitem")
	if !fresh {
		page.Title = v.w.T("programme.office.edit", "Name", v.link("", i.Names, "").Text)
	}
	page.Crumbs = crumbs(r, "programme.office.activities", "/office/activities", ui.Crumb{Text: name, Path: "/office/activities/" + a.ID},
		ui.Crumb{Text: v.w.T("programme.act.items"), Path: "/office/activities/" + a.ID + "/items"}, ui.Crumb{Text: page.Title})
	return h.Show(w, r, pages, "office-form.html", page)
}

// item reads the activity of the address and, where the address names one, its item.
func (h handlers) item(r *ui.Request) (v view, a desk.Activity, n int, err error) {
	if err = r.By.NeedOfficer(); err != nil {
		return
	}
	if v, err = h.view(r); err != nil {
		return
	}
	if a, err = h.Activity.Activity(r.Context(), r.By, r.PathValue("id")); err != nil || r.PathValue("n") == "" {
		return
	}
	n, e := strconv.Atoi(r.PathValue("n"))
	if e != nil || n < 1 || n > len(a.Items) {
		err = fault.New(fault.NotFound, "error.notfound")
	}
	n--
	return
}

func sentItem(r *ui.Request) desk.Item {
	return desk.Item{Kind: r.Value("kind"), Names: r.Texts("names"), Starts: wall(r.Value("starts")), Ends: wall(r.Value("ends")), Venue: r.Value("venue"), Text: r.Texts("text")}
}

// wall is a time as it is kept, from a browser that adds seconds or a writer who used a space.
func wall(s string) string {
	if len(s) >= 16 && s[10] == ' ' {
		s = s[:10] + "T" + s[11:]
	}
	if len(s) == 19 && s[16:] == ":00" {
		s = s[:16]
	}
	return s
}

func (h handlers) newItem(w http.ResponseWriter, r *ui.Request) error {
	v, a, _, err := h.item(r)
	if err != nil {
		return err
	}
	return h.showItem(w, r, v, a, desk.Item{}, nil, true)
}

func (h handlers) addItem(w http.ResponseWriter, r *ui.Request) error {
	v, a, _, err := h.item(r)
	if err != nil {
		return err
	}
	err = h.Activity.AddItem(r.Context(), r.By, a.ID, r.Version(), sentItem(r))
	if ui.Again(err) {
		return h.showItem(w, r, v, a, desk.Item{}, err, true)
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/activities/"+a.ID+"/items", r.Words.T("programme.office.saved"))
}

func (h handlers) editItem(w http.ResponseWriter, r *ui.Request) error {
	v, a, n, err := h.item(r)
	if err != nil {
		return err
	}
	return h.showItem(w, r, v, a, a.Items[n], nil, false)
}

func (h handlers) saveItem(w http.ResponseWriter, r *ui.Request) error {
	v, a, n, err := h.item(r)
	if err != nil {
		return err
	}
	err = h.Activity.SetItem(r.Context(), r.By, a.ID, r.Version(), n, sentItem(r))
	if ui.Again(err) {
		return h.showItem(w, r, v, a, a.Items[n], err, false)
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/activities/"+a.ID+"/items", r.Words.T("programme.office.saved"))
}

func (h handlers) moveItem(w http.ResponseWriter, r *ui.Request) error {
	_, a, n, err := h.item(r)
	if err != nil {
		return err
	}
	err = h.Activity.MoveItem(r.Context(), r.By, a.ID, r.Version(), n, r.Value("to") == "up")
	return h.after(w, r, err, "/office/activities/"+a.ID+"/items", "programme.office.moved")
}

func (h handlers) removeItem(w http.ResponseWriter, r *ui.Request) error {
	_, a, n, err := h.item(r)
	if err != nil {
		return err
	}
	err = h.Activity.RemoveItem(r.Context(), r.By, a.ID, r.Version(), n)
	return h.after(w, r, err, "/office/activities/"+a.ID+"/items", "programme.office.itemremoved")
}
