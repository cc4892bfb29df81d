package network

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"aircommons/internal/actor"
	"aircommons/internal/fault"
	desk "aircommons/internal/network"
	"aircommons/internal/web/ui"
)

// office is the list, the forms and the history of one kind of thing. What they share is written once.
type office[T any] struct {
	plural, subject string   // "places", "place"
	heads           []string // keys of the columns behind the name

	list   func(context.Context, actor.Actor) ([]T, error)
	read   func(context.Context, actor.Actor, string) (T, error)
	create func(context.Context, actor.Actor, T) (T, error)
	update func(context.Context, actor.Actor, T) error
	hide   func(ctx context.Context, by actor.Actor, id string, version int64) error
	show   func(ctx context.Context, by actor.Actor, id string, version int64) error
	remove func(ctx context.Context, by actor.Actor, id string, version int64) error

	parts  func(*T) (id *string, version *int64, withdrawn bool)
	name   func(view, T) string
	public func(T) string // page of it that everybody sees, "" where there is none
	cells  func(view, T) []cell
	fresh  func(url.Values) T                    // a new one, with what the link to the form knows
	ask    func(view, ui.Edit, *T) error         // the questions
	rename map[string]string                     // names of fields that the desk and the form call differently
	rights func(by actor.Actor, id string) error // who may open the form; nil: officers
}

// cell is one value of a row in a list.
type cell struct {
	Text, Lang string
	Notice     bool
	Number     bool
}

func register[T any](h handlers, o office[T]) {
	base := "/office/" + o.plural
	h.Live(base, o.all(h))
	h.Live(base+"/new", o.new(h))
	h.Post(base+"/new", o.new(h))
	h.Live(base+"/{id}", o.edit(h))
	h.Post(base+"/{id}", o.edit(h))
	h.Live(base+"/{id}/history", o.history(h))
	h.Post(base+"/{id}/withdraw", o.state(h, "withdraw", o.hide))
	h.Post(base+"/{id}/restore", o.state(h, "restore", o.show))
	h.Live(base+"/{id}/delete", o.doubt(h))
	h.Post(base+"/{id}/delete", o.deleted(h))
}

func (o office[T]) title(r *ui.Request) string { return r.Words.T("network.office." + o.plural) }

func (o office[T]) crumbs(r *ui.Request, last ...string) []ui.Crumb {
	cs := []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}}
	if len(last) == 0 {
		return append(cs, ui.Crumb{Text: o.title(r)})
	}
	if r.By.Officer() {
		cs = append(cs, ui.Crumb{Text: o.title(r), Path: "/office/" + o.plural})
	}
	return append(cs, ui.Crumb{Text: last[0]})
}

// actions are what can be done with a thing, in the bar above its page.
func (o office[T]) actions(r *ui.Request, t T) []ui.Action {
	id, version, withdrawn := o.parts(&t)
	base, words := "/office/"+o.plural+"/"+*id, r.Words
	var as []ui.Action
	if path := o.public(t); path != "" {
		as = append(as, ui.Action{Text: words.T("network.office.public"), Path: path})
	}
	if !r.By.Officer() {
		return as
	}
	as = append(as, ui.Action{Text: words.T("part.history"), Path: base + "/history"})
	change := ui.Action{Text: words.T("network.office.withdraw"), Path: base + "/withdraw", Post: true}
	if withdrawn {
		change = ui.Action{Text: words.T("network.office.restore"), Path: base + "/restore", Post: true}
	}
	change.Path += "?version=" + strconv.FormatInt(*version, 10)
	return append(as, change, ui.Action{Text: words.T("network.office.delete"), Path: base + "/delete"})
}

type officePage struct {
	ui.Page
	Plural, Lede string
	Heads        []head
	Rows         []officeRow
	Query        string
	All          int
}

// head is the title of a column; one of numbers stands on the right.
type head struct {
	Text   string
	Number bool
}

type officeRow struct {
	Name, Path string
	Cells      []cell
	Withdrawn  bool
}

func (o office[T]) all(h handlers) ui.Handler {
	return func(w http.ResponseWriter, r *ui.Request) error {
		if err := r.By.NeedOfficer(); err != nil {
			return err
		}
		v, err := h.view(r)
		if err != nil {
			return err
		}
		list, err := o.list(r.Context(), r.By)
		if err != nil {
			return err
		}
		p := &officePage{Plural: o.plural, Lede: r.Words.T("network.office.lede." + o.plural), All: len(list), Query: strings.TrimSpace(r.URL.Query().Get("q"))}
		for _, key := range o.heads {
			p.Heads = append(p.Heads, head{Text: r.Words.T(key)})
		}
		words := strings.Fields(strings.ToLower(p.Query))
		for _, t := range list {
			id, _, withdrawn := o.parts(&t)
			row := officeRow{Name: o.name(v, t), Path: "/office/" + o.plural + "/" + *id, Cells: o.cells(v, t), Withdrawn: withdrawn}
			found := row.Name + " " + *id
			for i, c := range row.Cells {
				found += " " + c.Text
				p.Heads[i].Number = c.Number
			}
			found = strings.ToLower(found)
			if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(found, w) }) {
				p.Rows = append(p.Rows, row)
			}
		}
		sortBy(r.Lang, p.Rows, func(x officeRow) string { return x.Name })
		p.Title, p.NoIndex, p.Crumbs = o.title(r), true, o.crumbs(r)
		p.Actions = []ui.Action{{Text: r.Words.T("network.office.new." + o.plural), Path: "/office/" + o.plural + "/new"}}
		return h.Show(w, r, pages, "office.html", p)
	}
}

type formPage struct {
	ui.Page
	Entered string // who entered a statement first, and when
	Uses    []useRow
	Named   bool // it is a thing that others can name
	Stored  bool
}

type useRow struct{ Text string }

// form asks for a thing; a new one may be given its id.
func (o office[T]) form(v view) func(ui.Edit, *T) error {
	return func(f ui.Edit, t *T) error {
		if err := o.ask(v, f, t); err != nil {
			return err
		}
		if id, version, _ := o.parts(t); *version == 0 {
			f.Text("id", "network.form.id", id).Opt().As("w20")
		} else {
			f.Keep("version", version)
		}
		return nil
	}
}

// page is the page around the form of a thing.
func (o office[T]) page(h handlers, v view, f *ui.Form, t T) (p *formPage, err error) {
	r := v.r
	id, version, withdrawn := o.parts(&t)
	p = &formPage{Stored: *version > 0}
	p.Form, p.NoIndex = f, true
	if !p.Stored {
		p.Title = r.Words.T("network.office.new." + o.plural)
		p.Crumbs = o.crumbs(r, p.Title)
		return p, nil
	}
	name := o.name(v, t)
	p.Title = r.Words.T("network.office.edit", "Name", name)
	p.Crumbs = o.crumbs(r, name)
	p.Actions = o.actions(r, t)
	if p.Named = r.By.Officer() && o.subject != desk.MembershipSubject && o.subject != desk.StatementSubject; p.Named {
		if p.Uses, err = h.uses(r, o.subject, *id); err != nil {
			return nil, err
		}
	}
	if withdrawn {
		p.Description = r.Words.T("network.page.withdrawn")
	}
	if s, ok := any(t).(desk.Statement); ok && s.EnteredBy != "" {
		p.Entered = r.Words.T("network.form.entered", "Name", s.EnteredBy, "Date", s.EnteredAt)
	}
	return p, nil
}

func (h handlers) uses(r *ui.Request, subject, id string) ([]useRow, error) {
	uses, err := h.Network.Uses(r.Context(), r.By, subject, id)
	var out []useRow
	for _, u := range uses {
		out = append(out, useRow{r.Words.N("network.use."+u.Subject, u.Count)})
	}
	return out, err
}

// renamed gives the faults of a form the names of the form's fields.
func (o office[T]) renamed(err error) error {
	var e *fault.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 || o.rename == nil {
		return err
	}
	mine := *e
	mine.Fields = slices.Clone(e.Fields)
	for i, f := range mine.Fields {
		if name := o.rename[f.Name]; name != "" {
			mine.Fields[i].Name = name
		}
	}
	return &mine
}

// new is the form of a new thing, and takes it.
func (o office[T]) new(h handlers) ui.Handler {
	return func(w http.ResponseWriter, r *ui.Request) error {
		if err := r.By.NeedOfficer(); err != nil {
			return err
		}
		t := o.fresh(r.URL.Query())
		return o.change(h, w, r, t, "create", func(t T) (T, error) { return o.create(r.Context(), r.By, t) }, nil)
	}
}

// change shows a form or takes it, and leads on when it was saved.
func (o office[T]) change(h handlers, w http.ResponseWriter, r *ui.Request, was T, action string, save func(T) (T, error), stored func() (T, error)) error {
	v, err := h.view(r)
	if err != nil {
		return err
	}
	t := was
	f, err := ui.Change(r, &t, o.form(v), func() error {
		made, err := save(t)
		if err == nil {
			t = made
		}
		return o.renamed(err)
	}, stored)
	if err != nil {
		return err
	}
	if f == nil {
		return o.done(h, w, r, t, action)
	}
	p, err := o.page(h, v, f, was)
	if err != nil {
		return err
	}
	return h.Show(w, r, pages, "form.html", p)
}

// done leads on to the form of what was stored, and says so there.
func (o office[T]) done(h handlers, w http.ResponseWriter, r *ui.Request, t T, action string) error {
	v, err := h.view(r)
	if err != nil {
		return err
	}
	id, _, _ := o.parts(&t)
	return h.Redirect(w, r, "/office/"+o.plural+"/"+*id, r.Words.T("network.done."+action, "Name", o.name(v, t)))
}

func (o office[T]) mayOpen(by actor.Actor, id string) error {
	if o.rights != nil {
		return o.rights(by, id)
	}
	return by.NeedOfficer()
}

// edit is the form of a thing that is there, and takes it.
func (o office[T]) edit(h handlers) ui.Handler {
	return func(w http.ResponseWriter, r *ui.Request) error {
		if err := o.mayOpen(r.By, r.PathValue("id")); err != nil {
			return err
		}
		read := func() (T, error) { return o.read(r.Context(), r.By, r.PathValue("id")) }
		t, err := read()
		if err != nil {
			return err
		}
		return o.change(h, w, r, t, "update", func(t T) (T, error) { return t, o.update(r.Context(), r.By, t) }, read)
	}
}

// state withdraws a thing or shows it again.
func (o office[T]) state(h handlers, action string, do func(context.Context, actor.Actor, string, int64) error) ui.Handler {
	return func(w http.ResponseWriter, r *ui.Request) error {
		version, _ := strconv.ParseInt(r.FormValue("version"), 10, 64) // a broken one is an old one: a conflict
		if err := do(r.Context(), r.By, r.PathValue("id"), version); err != nil {
			return err
		}
		t, err := o.read(r.Context(), r.By, r.PathValue("id"))
		if err != nil {
			return err
		}
		return o.done(h, w, r, t, action)
	}
}

type deletePage struct {
	ui.Page
	Uses    []useRow
	Version int64
	Back    string
}

// doubt asks before something is deleted, and says what else names it.
func (o office[T]) doubt(h handlers) ui.Handler {
	return func(w http.ResponseWriter, r *ui.Request) error {
		if err := r.By.NeedOfficer(); err != nil {
			return err
		}
		return o.askPage(h, w, r, http.StatusOK)
	}
}

func (o office[T]) askPage(h handlers, w http.ResponseWriter, r *ui.Request, status int) error {
	id := r.PathValue("id")
	t, err := o.read(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	v, err := h.view(r)
	if err != nil {
		return err
	}
	p := &deletePage{Back: "/office/" + o.plural + "/" + id}
	_, version, _ := o.parts(&t)
	p.Version = *version
	if p.Uses, err = h.uses(r, o.subject, id); err != nil {
		return err
	}
	p.Title, p.NoIndex, p.Status = r.Words.T("network.office.delete.title", "Name", o.name(v, t)), true, status
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: o.title(r), Path: "/office/" + o.plural},
		{Text: o.name(v, t), Path: p.Back}, {Text: r.Words.T("network.office.delete")}}
	return h.Show(w, r, pages, "delete.html", p)
}

func (o office[T]) deleted(h handlers) ui.Handler {
	return func(w http.ResponseWriter, r *ui.Request) error {
		if err := r.By.NeedOfficer(); err != nil {
			return err
		}
		t, err := o.read(r.Context(), r.By, r.PathValue("id"))
		if err != nil {
			return err
		}
		v, err := h.view(r)
		if err != nil {
			return err
		}
		name := o.name(v, t)
		err = o.remove(r.Context(), r.By, r.PathValue("id"), r.Version())
		if fault.CodeOf(err) == fault.Conflict && !h.Clash(err) {
			return o.askPage(h, w, r, http.StatusConflict) // named elsewhere meanwhile: the page says where
		} else if err != nil {
			return err
		}
		return h.Redirect(w, r, "/office/"+o.plural, r.Words.T("network.done.delete", "Name", name))
	}
}
