package call

import (
	"net/http"
	"strconv"
	"strings"

	"aircommons/internal/activity"
	desk "aircommons/internal/call"
	"aircommons/internal/fault"
	"aircommons/internal/web/ui"
)

type editPage struct {
	ui.Page
	Groups []editGroup
	ID     string
	Rows   int // criteria on the page
}

type editGroup struct {
	ID, Title, Note string
	Fields          []*ui.Field
}

// fill asks for a call; rows is how many criteria are on the page.
func (h handlers) fill(r *ui.Request, f *ui.Form, c desk.Call, rows int) ([]editGroup, error) {
	var groups []editGroup
	group := func(key string) {
		begin := 0
		for _, g := range groups {
			begin += len(g.Fields)
		}
		groups = append(groups, editGroup{ID: key, Title: r.Words.T("call.edit.group." + key), Fields: f.Fields[begin:]})
		if note := "call.edit.group." + key + ".note"; r.Words.Has(note) {
			groups[len(groups)-1].Note = r.Words.T(note)
		}
	}
	things, err := h.things(r)
	if err != nil {
		return nil, err
	}
	chosen := ""
	if c.Key != "" {
		chosen = c.Subject + "/" + c.Key
	}
	choose := ui.Option{Label: r.Words.T("part.choose")}
	kinds := []ui.Option{choose}
	for _, k := range desk.Kinds {
		kinds = append(kinds, ui.Option{Value: k, Label: r.Words.T("call.kind." + k)})
	}
	f.Select("about", "call.edit.about", chosen, append([]ui.Option{choose}, things...))
	f.Select("kind", "call.edit.kind", c.Kind, kinds)
	f.Texts("names", "call.edit.names", c.Names)
	f.Areas("text", "call.edit.text", c.Text).Size(6).Opt()
	group("what")

	forms, err := h.Form.Forms(r.Context(), r.By)
	if err != nil {
		return nil, err
	}
	list := []ui.Option{{Label: r.Words.T("call.edit.noform")}}
	titles := []ui.Option{{Label: r.Words.T("call.edit.firstline")}}
	for _, x := range forms {
		if x.Purpose == "call" || x.Purpose == "nomination" || x.ID == c.Form {
			list = append(list, ui.Option{Value: x.ID, Label: text(r, x.Names)})
		}
		if x.ID == c.Form {
			for _, p := range x.Pages {
				for _, q := range p.Questions {
					if q.Kind == "line" || q.Kind == "choice" {
						titles = append(titles, ui.Option{Value: q.ID, Label: text(r, q.Labels)})
					}
				}
			}
		}
	}
	f.Select("form", "call.edit.form", c.Form, list).Opt()
	if len(titles) > 1 {
		f.Select("title", "call.edit.title", c.Title, titles).Opt()
	}
	group("asks")

	f.Text("opens", "call.edit.opens", c.Opens).Kind("datetime-local").As("w20").Opt()
	f.Text("closes", "call.edit.closes", c.Closes).Kind("datetime-local").As("w20")
	zones := []ui.Option{{Label: r.Words.T("call.edit.zone.activity")}}
	for _, z := range activity.Zones {
		zones = append(zones, ui.Option{Value: z, Label: activity.ZoneName(r.Words, activity.Zone(z))})
	}
	f.Select("zone", "call.edit.zone", c.Zone, zones).Opt()
	group("when")

	f.Check("blind", "call.edit.blind", c.Blind)
	number := func(name string, v int) {
		var p *float64
		if v > 0 {
			x := float64(v)
			p = &x
		}
		d := f.Number(name, "call.edit."+name, p).Opt()
		d.Mode, d.Width = "numeric", "w4"
	}
	number("per_review", c.PerReview)
	f.Text("review_by", "call.edit.review_by", c.ReviewBy).Kind("datetime-local").As("w20").Opt()
	number("seats", c.Seats)
	number("per_place", c.PerPlace)
	group("review")

	for i := range rows {
		x := desk.Criterion{Scale: 5, Weight: 1}
		if i < len(c.Criteria) {
			x = c.Criteria[i]
		}
		at := criterionAt(i)
		d := f.Texts(at+".names", "call.edit.criterion", x.Names)
		d.Label = r.Words.T("call.edit.criterion.number", "Number", i+1)
		f.Areas(at+".hints", "call.edit.criterion.hint", x.Hints).Size(2).Opt()
		scale, weight := float64(x.Scale), x.Weight
		f.Number(at+".scale", "call.edit.scale", &scale).As("w4")
		f.Number(at+".weight", "call.edit.weight", &weight).As("w4")
		f.Keep(at+".id", x.ID)
	}
	group("criteria")
	f.Keep("rows", rows)
	if c.Version > 0 {
		f.Keep("version", c.Version)
	}
	return groups, nil
}

func (h handlers) things(r *ui.Request) ([]ui.Option, error) {
	var out []ui.Option
	as, err := h.Activity.Activities(r.Context(), r.By)
	if err != nil {
		return nil, err
	}
	for i := len(as) - 1; i >= 0; i-- { // those to come first
		if a := as[i]; r.By.Runs(a.Programme, a.ID) {
			out = append(out, ui.Option{Value: "activity/" + a.ID, Label: text(r, a.Names)})
		}
	}
	ps, err := h.Activity.Programmes(r.Context(), r.By)
	if err != nil {
		return nil, err
	}
	for _, p := range ps {
		if r.By.Runs(p.ID, "") {
			out = append(out, ui.Option{Value: "programme/" + p.ID, Label: r.Words.T("library.subject.programme") + ": " + text(r, p.Names)})
		}
	}
	return out, nil
}

// sent reads a call from the form. Criteria without a name, and those whose number is in drop, are left out.
func sent(r *ui.Request, faults *fault.Form) desk.Call {
	c := desk.Call{Kind: r.Value("kind"), Names: r.Texts("names"), Text: r.Texts("text"), Form: r.Value("form"), Title: r.Value("title"),
		Opens: trimSeconds(r.Value("opens")), Closes: trimSeconds(r.Value("closes")), Zone: r.Value("zone"), Blind: r.Yes("blind"), ReviewBy: trimSeconds(r.Value("review_by")),
		PerReview: r.Int("per_review", faults), Seats: r.Int("seats", faults), PerPlace: r.Int("per_place", faults), Version: r.Version()}
	c.Subject, c.Key, _ = strings.Cut(r.Value("about"), "/")
	for i := range rowsSent(r) {
		at := criterionAt(i)
		x := desk.Criterion{ID: r.Value(at + ".id"), Names: r.Texts(at + ".names"), Hints: r.Texts(at + ".hints"), Scale: r.Int(at+".scale", faults), Weight: numberOf(r, at+".weight", faults)}
		if len(x.Names) == 0 && len(x.Hints) == 0 {
			continue
		}
		c.Criteria = append(c.Criteria, x)
	}
	return c
}

func rowsSent(r *ui.Request) int {
	n, _ := strconv.Atoi(r.Value("rows")) // none is none
	return min(max(n, 0), 20)
}

func (h handlers) showEdit(w http.ResponseWriter, r *ui.Request, c, stored desk.Call, refused error, rows int) error {
	f := ui.NewForm(r, refused)
	groups, err := h.fill(r, f, c, rows)
	if err != nil {
		return err
	}
	if f.Conflict() {
		s := ui.StoredForm(r)
		if _, err := h.fill(r, s, stored, rows); err != nil {
			return err
		}
		f.Against(s)
		f.Get("version").Value = strconv.FormatInt(stored.Version, 10)
	}
	p := &editPage{Groups: groups, ID: stored.ID, Rows: rows}
	p.Form, p.NoIndex = f, true
	p.Title = r.Words.T("call.office.new")
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: r.Words.T("call.office.title"), Path: "/office/calls"}}
	if stored.ID != "" {
		p.Title = r.Words.T("call.edit.title.page")
		p.Crumbs = append(p.Crumbs, ui.Crumb{Text: text(r, stored.Names), Path: "/office/calls/" + stored.ID})
	}
	p.Crumbs = append(p.Crumbs, ui.Crumb{Text: p.Title})
	return h.Show(w, r, pages, "edit.html", p)
}

func (h handlers) create(w http.ResponseWriter, r *ui.Request) error {
	if !r.By.RunsAny() {
		return r.By.NeedOfficer()
	}
	q := r.URL.Query()
	c := desk.Call{Kind: q.Get("kind"), Form: q.Get("form"), PerReview: 3}
	c.Subject, c.Key, _ = strings.Cut(q.Get("about"), "/")
	return h.showEdit(w, r, c, desk.Call{}, nil, 3)
}

func (h handlers) created(w http.ResponseWriter, r *ui.Request) error {
	if !r.By.RunsAny() {
		return r.By.NeedOfficer()
	}
	var faults fault.Form
	c := sent(r, &faults)
	if r.Value("do") == "more" {
		return h.more(w, r, c, desk.Call{})
	}
	err := faults.Err()
	if err == nil {
		var made desk.Call
		if made, err = h.Call.Create(r.Context(), r.By, c); err == nil {
			return h.Redirect(w, r, "/office/calls/"+made.ID, r.Words.T("call.done.create"))
		}
	}
	if ui.Again(err) {
		return h.showEdit(w, r, c, desk.Call{}, err, rowsSent(r))
	}
	return err
}

// more shows the form again with room for one more criterion.
func (h handlers) more(w http.ResponseWriter, r *ui.Request, c, stored desk.Call) error {
	rows := min(rowsSent(r)+1, 20)
	r.PostForm.Set("rows", strconv.Itoa(rows))
	return h.showEdit(w, r, c, stored, nil, rows)
}

func (h handlers) edit(w http.ResponseWriter, r *ui.Request) error {
	c, err := h.kept(r)
	if err != nil {
		return err
	}
	return h.showEdit(w, r, c.Call, c.Call, nil, max(len(c.Criteria), 1))
}

func (h handlers) edited(w http.ResponseWriter, r *ui.Request) error {
	now, err := h.kept(r)
	if err != nil {
		return err
	}
	var faults fault.Form
	c := sent(r, &faults)
	c.ID = now.ID
	if r.Value("do") == "more" {
		return h.more(w, r, c, now.Call)
	}
	if _, there := r.PostForm["title"]; !there {
		c.Title = now.Call.Title // its field stands only where the form has lines to choose
	}
	err = faults.Err()
	if err == nil {
		err = h.Call.Update(r.Context(), r.By, c)
	}
	if ui.Again(err) {
		c.Version = now.Version
		return h.showEdit(w, r, c, now.Call, err, max(rowsSent(r), len(c.Criteria)))
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/calls/"+c.ID, r.Words.T("call.done.update"))
}
