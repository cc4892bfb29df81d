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
	v, err := h.view(r)
	if err != nil {
		return err
	}
	a, err := h.Activity.Activity(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	name := v.edition(a).Text
	p := &itemsPage{Page: ui.Page{Title: v.w.T("programme.office.items", "Name", name), NoIndex: true}, ID: a.ID, Version: a.ListVersion()}
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

// listed is an item with the version of the list that it stands in.
type listed struct {
	desk.Item
	version int64
}

func askItem(v view, f ui.Edit, zone string, i *listed) ([]group, error) {
	g := group{Title: v.w.T("programme.form.what")}
	g.Fields = []*ui.Field{f.Select("kind", "programme.form.kind", &i.Kind, choice(f, "activity.itemkind", desk.ItemKinds)).As("w20"), f.Texts("names", "programme.form.names", &i.Names),
		f.Text("starts", "programme.form.starts", &i.Starts).As("w20").Kind("datetime-local").Opt(),
		f.Text("ends", "programme.form.ends", &i.Ends).As("w20").Kind("datetime-local").Opt(),
		f.Text("venue", "programme.form.venue", &i.Venue).Opt(), f.Areas("text", "programme.form.text", &i.Text).Opt()}
	i.Starts, i.Ends = wall(i.Starts), wall(i.Ends)
	if z := desk.Zone(zone); z != nil {
		g.Note = v.w.T("programme.form.clock", "Place", desk.ZoneName(v.w, z))
	} else {
		g.Note = v.w.T("programme.form.noclock")
	}
	f.Keep("version", &i.version)
	return []group{g}, nil
}

func (h handlers) changeItem(w http.ResponseWriter, r *ui.Request, v view, a desk.Activity, was desk.Item, title string, save func(version int64, i desk.Item) error, stored func(desk.Activity) desk.Item) error {
	i := listed{was, a.ListVersion()}
	page, err := edit(r, &i, func(f ui.Edit, i *listed) ([]group, error) { return askItem(v, f, a.Zone, i) },
		func() error { return save(i.version, i.Item) },
		func() (listed, error) {
			now, err := h.Activity.Activity(r.Context(), r.By, a.ID)
			return listed{stored(now), now.ListVersion()}, err
		})
	if err != nil {
		return err
	}
	own := "/office/activities/" + a.ID
	if page == nil {
		return h.Redirect(w, r, own+"/items", v.w.T("programme.office.saved"))
	}
	page.Title = title
	page.Crumbs = crumbs(r, "programme.office.activities", "/office/activities", ui.Crumb{Text: v.edition(a).Text, Path: own},
		ui.Crumb{Text: v.w.T("programme.act.items"), Path: own + "/items"}, ui.Crumb{Text: page.Title})
	return h.Show(w, r, pages, "office-form.html", page)
}

// item reads the activity of the address and, where the address names one, its item.
func (h handlers) item(r *ui.Request) (v view, a desk.Activity, n int, err error) {
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
	return h.changeItem(w, r, v, a, desk.Item{}, v.w.T("programme.office.newitem"),
		func(version int64, i desk.Item) error { return h.Activity.AddItem(r.Context(), r.By, a.ID, version, i) },
		func(desk.Activity) desk.Item { return desk.Item{} })
}

func (h handlers) editItem(w http.ResponseWriter, r *ui.Request) error {
	v, a, n, err := h.item(r)
	if err != nil {
		return err
	}
	was := a.Items[n]
	return h.changeItem(w, r, v, a, was, v.w.T("programme.office.edit", "Name", v.link("", was.Names, "").Text),
		func(version int64, i desk.Item) error {
			return h.Activity.SetItem(r.Context(), r.By, a.ID, version, n, i)
		},
		func(now desk.Activity) desk.Item {
			if n < len(now.Items) {
				return now.Items[n]
			}
			return desk.Item{}
		})
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
