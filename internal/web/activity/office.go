package activity

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	desk "aircommons/internal/activity"
	"aircommons/internal/fault"
	"aircommons/internal/web/ui"
)

// office adds the pages in which officers keep the programme.
func (h handlers) office() {
	live := func(path string, f ui.Handler) { h.Live(path, ui.Officers(f)) }
	post := func(path string, f ui.Handler) { h.Post(path, ui.Officers(f)) }
	live("/office/programmes", h.programmeList)
	live("/office/programmes/new", h.newProgramme)
	post("/office/programmes/new", h.newProgramme)
	live("/office/programmes/{id}", h.editProgramme)
	post("/office/programmes/{id}", h.editProgramme)
	post("/office/programmes/{id}/publish", h.publishProgramme)
	post("/office/programmes/{id}/withdraw", h.withdrawProgramme)
	live("/office/programmes/{id}/history", h.history("programme"))

	live("/office/activities", h.activityList)
	live("/office/activities/new", h.newActivity)
	post("/office/activities/new", h.newActivity)
	live("/office/activities/{id}", h.editActivity)
	post("/office/activities/{id}", h.editActivity)
	post("/office/activities/{id}/clone", h.cloneActivity)
	post("/office/activities/{id}/publish", h.publishActivity)
	post("/office/activities/{id}/withdraw", h.withdrawActivity)
	live("/office/activities/{id}/history", h.history("activity"))

	live("/office/activities/{id}/items", h.itemList)
	live("/office/activities/{id}/items/new", h.newItem)
	post("/office/activities/{id}/items/new", h.newItem)
	live("/office/activities/{id}/items/{n}", h.editItem)
	post("/office/activities/{id}/items/{n}", h.editItem)
	post("/office/activities/{id}/items/{n}/move", h.moveItem)
	post("/office/activities/{id}/items/{n}/remove", h.removeItem)
}

// version is the one that a button was made for. It stands in the address, since buttons carry nothing else.
func version(r *ui.Request) int64 {
	v, _ := strconv.ParseInt(r.URL.Query().Get("version"), 10, 64) // a broken one is an old one: a conflict
	return v
}

// crumbs of the office: the workbench, a list, and where one is.
func crumbs(r *ui.Request, list, path string, here ...ui.Crumb) []ui.Crumb {
	out := []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: r.Words.T(list), Path: path}}
	return append(out, here...)
}

// listRow is a line of a list of the office.
type listRow struct {
	Link
	Edit, Kind, When, Of, State string
	Chip                        string // class of the state's chip
	Count                       int
}

var chips = map[desk.State]string{desk.Published: "ok", desk.Draft: "", desk.Withdrawn: "stop"}

type listPage struct {
	ui.Page
	Rows       []listRow
	Programmes []ui.Option
	States     []ui.Option
	Filtered   bool
	Count      int
	New        string // the address of the form for a new one
}

func (h handlers) programmeList(w http.ResponseWriter, r *ui.Request) error {
	v, err := h.view(r)
	if err != nil {
		return err
	}
	ps, err := h.Activity.Programmes(r.Context(), r.By)
	if err != nil {
		return err
	}
	all, err := h.Activity.Activities(r.Context(), r.By)
	if err != nil {
		return err
	}
	p := &listPage{Page: ui.Page{Title: v.w.T("programme.office.programmes"), NoIndex: true}}
	p.Crumbs = []ui.Crumb{{Text: v.w.T("shell.workbench"), Path: "/office"}, {Text: p.Title}}
	for _, pr := range ps {
		row := listRow{Link: v.link("/programme/"+pr.ID, pr.Names, pr.ID), Edit: "/office/programmes/" + pr.ID,
			Kind: v.w.T("activity.programmekind." + pr.Kind), State: v.w.T("activity.state." + string(pr.State)), Chip: chips[pr.State]}
		for _, a := range all {
			if a.Programme == pr.ID {
				row.Count++
			}
		}
		p.Rows = append(p.Rows, row)
	}
	sortByName(r.Lang, p.Rows, func(l listRow) string { return l.Text })
	return h.Show(w, r, pages, "office-programmes.html", p)
}

func (h handlers) activityList(w http.ResponseWriter, r *ui.Request) error {
	v, err := h.view(r)
	if err != nil {
		return err
	}
	all, err := h.Activity.Activities(r.Context(), r.By)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	programme, state := q.Get("programme"), q.Get("state")
	p := &listPage{Page: ui.Page{Title: v.w.T("programme.office.activities"), NoIndex: true}, Filtered: programme != "" || state != "", New: "/office/activities/new"}
	p.Crumbs = []ui.Crumb{{Text: v.w.T("shell.workbench"), Path: "/office"}, {Text: p.Title}}
	options, names, err := h.programmeOptions(v, "programme.office.all")
	if err != nil {
		return err
	}
	options = append(options, ui.Option{Value: "-", Label: v.w.T("programme.office.noprogramme")})
	for _, o := range options {
		o.Chosen = o.Value == programme
		p.Programmes = append(p.Programmes, o)
	}
	p.States = []ui.Option{{Label: v.w.T("programme.office.all"), Chosen: state == ""}}
	for _, s := range []desk.State{desk.Draft, desk.Published, desk.Withdrawn} {
		p.States = append(p.States, ui.Option{Value: string(s), Label: v.w.T("activity.state." + string(s)), Chosen: state == string(s)})
	}
	if names[programme].Text != "" {
		p.New += "?programme=" + programme
	}
	p.Count = len(all)
	for _, a := range all {
		if programme == "-" && a.Programme != "" || programme != "" && programme != "-" && a.Programme != programme || state != "" && string(a.State) != state {
			continue
		}
		p.Rows = append(p.Rows, listRow{Link: v.edition(a), Edit: "/office/activities/" + a.ID, Kind: v.w.T("activity.kind." + a.Kind),
			When: period(v.w, a.Period), Of: names[a.Programme].Text, State: v.w.T("activity.state." + string(a.State)), Chip: chips[a.State]})
	}
	slices.Reverse(p.Rows)
	return h.Show(w, r, pages, "office-activities.html", p)
}

// programmeOptions are all programmes to choose from, the first option being none.
func (h handlers) programmeOptions(v view, none string) ([]ui.Option, map[string]Link, error) {
	ps, err := h.Activity.Programmes(v.r.Context(), v.r.By)
	if err != nil {
		return nil, nil, err
	}
	names := map[string]Link{}
	var out []ui.Option
	for _, p := range ps {
		l := v.link("/programme/"+p.ID, p.Names, p.ID)
		names[p.ID] = l
		out = append(out, ui.Option{Value: p.ID, Label: l.Text, Lang: l.Lang})
	}
	sortByName(v.r.Lang, out, func(o ui.Option) string { return o.Label })
	return append([]ui.Option{{Label: v.w.T(none)}}, out...), names, nil
}

// formPage is a form in groups.
type formPage struct {
	ui.Page
	Lede   string
	Groups []group
	Delete bool
}

// group is some fields of a form under a heading, or rows that can be added.
type group struct {
	Title  string
	Note   string
	Fields []*ui.Field
	Folds  []fold
	Rows   []row
	Add    string // value of the button that adds a row
	AddSay string
}

// fold is a choice of many, closed until it is opened.
type fold struct {
	Title string
	Field *ui.Field
	Count int
}

// row is one of the rows, with the button that takes it out.
type row struct {
	Title  string
	Fields []*ui.Field
	Drop   string
}

// after answers a button. It turns a conflict into a sentence on the page where the newer state is seen.
func (h handlers) after(w http.ResponseWriter, r *ui.Request, err error, path, said string) error {
	switch fault.CodeOf(err) {
	case "":
		return h.Redirect(w, r, path, r.Words.T(said))
	case fault.Conflict:
		return h.Redirect(w, r, path, r.Words.T("programme.office.overtaken"))
	case fault.Invalid: // a button has no form to show it in
		var e *fault.Error
		if errors.As(err, &e) && len(e.Fields) > 0 {
			return h.Redirect(w, r, path, r.Words.T("programme.office.notyet", "Message", e.Fields[0].Message))
		}
	}
	return err
}

// published says what a button did that shows something to everybody.
func published(r *ui.Request) string {
	if r.URL.Query().Get("restore") != "" {
		return "programme.office.restored"
	}
	return "programme.office.published"
}

func (h handlers) publishProgramme(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	return h.after(w, r, h.Activity.PublishProgramme(r.Context(), r.By, id, version(r)), "/programme/"+id, published(r))
}

func (h handlers) withdrawProgramme(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	return h.after(w, r, h.Activity.WithdrawProgramme(r.Context(), r.By, id, version(r)), "/programme/"+id, "programme.office.withdrawn")
}

func (h handlers) publishActivity(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	return h.after(w, r, h.Activity.Publish(r.Context(), r.By, id, version(r)), "/activities/"+id, published(r))
}

func (h handlers) withdrawActivity(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	return h.after(w, r, h.Activity.Withdraw(r.Context(), r.By, id, version(r)), "/activities/"+id, "programme.office.withdrawn")
}

func (h handlers) cloneActivity(w http.ResponseWriter, r *ui.Request) error {
	a, err := h.Activity.Clone(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/activities/"+a.ID, r.Words.T("programme.office.cloned"))
}
