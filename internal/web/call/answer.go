package call

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	desk "aircommons/internal/call"
	"aircommons/internal/fault"
	formdesk "aircommons/internal/form"
	webform "aircommons/internal/web/form"
	"aircommons/internal/web/ui"
)

type beginPage struct {
	ui.Page
	C callRow
}

func (h handlers) beginForm(r *ui.Request, c desk.Seen, err error) (*ui.Form, error) {
	f := ui.NewForm(r, err)
	nominate := c.Kind == "nomination"
	prefix := "call.begin."
	if nominate {
		prefix = "call.nominate."
	}
	if nominate || !r.By.SignedIn() {
		f.Text("name", prefix+"name", "").Autocomplete("name")
		d := f.Text("email", prefix+"email", "").Kind("email")
		if !nominate {
			d.Autocomplete("email")
		}
	}
	snap, e := h.Network.Snapshot(r.Context())
	if e != nil {
		return nil, e
	}
	mine := r.By.Cities()
	var cities []ui.Option
	for _, p := range snap.Cities() {
		if !nominate || c.Runs || slices.Contains(mine, p.ID) {
			cities = append(cities, ui.Option{Value: p.ID, Label: snap.PlaceName(p.ID, r.Lang)})
		}
	}
	value := r.By.City
	if nominate && len(mine) > 0 {
		value = mine[0]
	}
	if !nominate {
		cities = append([]ui.Option{{Label: r.Words.T("call.begin.nocity")}}, cities...)
	}
	d := f.Select("place", prefix+"place", value, cities)
	if !nominate {
		d.Opt()
	}
	f.Text("organisation", prefix+"organisation", "").Opt().Autocomplete("organization")
	f.Keep("once", rand.Text())
	return f, nil
}

func (h handlers) begin(w http.ResponseWriter, r *ui.Request) error {
	c, err := h.Call.Call(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showBegin(w, r, c, nil)
}

func (h handlers) showBegin(w http.ResponseWriter, r *ui.Request, c desk.Seen, refused error) error {
	p := &beginPage{C: h.row(r, c)}
	var err error
	if p.Form, err = h.beginForm(r, c, refused); err != nil {
		return err
	}
	p.Title, p.Nav, p.NoIndex = text(r, c.Names), "programme", true
	p.Crumbs = []ui.Crumb{{Text: p.C.AboutText, Path: c.About.Path}, {Text: p.Title, Path: "/calls/" + c.ID}, {Text: r.Words.T("call.answer")}}
	return h.Show(w, r, pages, "begin.html", p)
}

func (h handlers) begun(w http.ResponseWriter, r *ui.Request) error {
	c, err := h.Call.Call(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	if wait, ok := h.begins.Allow(r.Address()); !ok && !r.By.SignedIn() {
		return ui.TooMany(wait)
	}
	if wait, ok := h.names.Allow(strings.ToLower(r.Value("email"))); !ok && r.Value("email") != "" && !r.By.SignedIn() {
		return ui.TooMany(wait)
	}
	_, link, err := h.Call.Begin(r.Context(), r.By, desk.Begin{Call: c.ID, Name: r.Value("name"), Email: r.Value("email"), Place: r.Value("place"),
		Organisation: r.Value("organisation"), Lang: r.Lang, Once: r.Value("once")})
	if ui.Again(err) {
		return h.showBegin(w, r, c, err)
	} else if err != nil {
		return err
	}
	f, err := h.Form.Asking(r.Context(), c.Form)
	if err != nil {
		return err
	}
	return h.Redirect(w, r, "/submissions/"+link+"/pages/"+url.PathEscape(f.Next("", nil)), "")
}

type minePage struct {
	ui.Page
	Rows []mineRow
}

type mineRow struct {
	desk.Own
	C callRow
}

func (h handlers) mine(w http.ResponseWriter, r *ui.Request) error {
	list, err := h.Call.Mine(r.Context(), r.By)
	if err != nil {
		return err
	}
	p := &minePage{}
	for _, o := range list {
		p.Rows = append(p.Rows, mineRow{o, h.row(r, o.Call)})
	}
	p.Title, p.NoIndex = r.Words.T("call.mine.title"), true
	p.Crumbs = []ui.Crumb{{Text: p.Title}}
	return h.Show(w, r, pages, "mine.html", p)
}

type ownPage struct {
	ui.Page
	O     desk.Own
	C     callRow
	Key   string
	Steps []step
	Sent  string
	Ready bool
}

// step is a page of the form on the overview of a submission.
type step struct {
	formdesk.Page
	Done    bool
	Answers []answered
}

type answered struct {
	formdesk.Question
	Text  string
	Files []fileLink
}

type fileLink struct{ Name, Path string }

// said is what was answered to the questions of a page, with links to files below base.
func (h handlers) said(r *ui.Request, f formdesk.Form, page string, a formdesk.Answers, base string) ([]answered, error) {
	snap, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return nil, err
	}
	var out []answered
	for _, q := range f.AskedOn(page, a) {
		if q.Kind == "statement" {
			continue
		}
		x := answered{Question: q}
		if q.Kind == "file" {
			for _, v := range a[q.ID] {
				if sum, name, ok := formdesk.FileOf(v); ok {
					x.Files = append(x.Files, fileLink{name, base + "/files/" + url.PathEscape(q.ID) + "/" + sum})
				}
			}
		} else {
			x.Text = webform.Text(r, q, a[q.ID], snap)
		}
		out = append(out, x)
	}
	return out, nil
}

func (h handlers) own(w http.ResponseWriter, r *ui.Request) error {
	o, err := h.Call.Own(r.Context(), r.By, r.PathValue("key"))
	if err != nil {
		return err
	}
	return h.showOwn(w, r, o, nil)
}

func (h handlers) showOwn(w http.ResponseWriter, r *ui.Request, o desk.Own, refused error) error {
	p := &ownPage{O: o, C: h.row(r, o.Call), Key: r.PathValue("key"), Ready: o.Page == ""}
	base := "/submissions/" + p.Key
	for _, s := range o.Form.Steps(o.Answers) {
		x := step{Page: s, Done: o.Form.Check(s.ID, o.Answers) == nil}
		var err error
		if x.Answers, err = h.said(r, o.Form, s.ID, o.Answers, base); err != nil {
			return err
		}
		p.Steps = append(p.Steps, x)
	}
	if o.Submission.Sent != nil {
		p.Sent = moment(r, *o.Submission.Sent, o.Call.About.Zone)
	}
	p.Form = ui.NewForm(r, refused)
	p.Title, p.NoIndex = text(r, o.Call.Names), true
	p.Crumbs = []ui.Crumb{{Text: p.C.AboutText, Path: o.Call.About.Path}, {Text: p.Title, Path: "/calls/" + o.Call.ID}, {Text: r.Words.T("call.own.crumb")}}
	return h.Show(w, r, pages, "own.html", p)
}

type answerPage struct {
	ui.Page
	O     desk.Own
	C     callRow
	Key   string
	Now   formdesk.Page
	N, Of int
	Back  string // page before
	Files bool
}

func (h handlers) page(w http.ResponseWriter, r *ui.Request) error {
	o, err := h.Call.Own(r.Context(), r.By, r.PathValue("key"))
	if err != nil {
		return err
	}
	return h.showAnswer(w, r, o, o.Answers, nil)
}

func (h handlers) showAnswer(w http.ResponseWriter, r *ui.Request, o desk.Own, a formdesk.Answers, refused error) error {
	page, ok := o.Form.Page(r.PathValue("page"))
	if !ok {
		return fault.New(fault.NotFound, "error.notfound")
	}
	if !o.Open {
		return h.Redirect(w, r, "/submissions/"+r.PathValue("key"), "")
	}
	p := &answerPage{O: o, C: h.row(r, o.Call), Key: r.PathValue("key"), Now: page, Files: webform.AsksFiles(o.Form, page.ID)}
	steps := o.Form.Steps(a)
	p.Of = len(steps)
	for i, s := range steps {
		if s.ID == page.ID {
			if p.N = i + 1; i > 0 {
				p.Back = steps[i-1].ID
			}
		}
	}
	var err error
	if p.Form, err = h.asker().Fields(r, o.Form, page.ID, a, refused); err != nil {
		return err
	}
	p.Title, p.NoIndex = text(r, page.Names), true
	p.Crumbs = []ui.Crumb{{Text: p.C.AboutText, Path: o.Call.About.Path}, {Text: text(r, o.Call.Names), Path: "/submissions/" + p.Key}, {Text: p.Title}}
	return h.Show(w, r, pages, "page.html", p)
}

// save keeps a page as it was sent, and goes on to the next.
func (h handlers) save(w http.ResponseWriter, r *ui.Request) error {
	key, page := r.PathValue("key"), r.PathValue("page")
	o, err := h.Call.Own(r.Context(), r.By, key)
	if err != nil {
		return err
	}
	a, err := h.asker().Read(r, o.Form, page)
	if err != nil && !ui.Again(err) {
		return err
	}
	refused := err
	now, err := h.Call.Save(r.Context(), r.By, key, page, a, r.Lang)
	if refused == nil {
		refused = err
	}
	var e *fault.Error
	switch {
	case errors.As(refused, &e) && e.Code == fault.Invalid:
		if now.ID == "" { // nothing was kept: what was sent is shown over what is there
			now = o
			merged := o.Answers.Clone()
			p, _ := o.Form.Page(page)
			for _, q := range p.Questions {
				delete(merged, q.ID)
			}
			for q, v := range a {
				merged[q] = v
			}
			return h.showAnswer(w, r, now, merged, refused)
		}
		return h.showAnswer(w, r, now, now.Answers, refused)
	case err != nil:
		return err
	}
	next := now.Form.Next(page, now.Answers)
	if next == "" || r.Value("then") == "over" || now.State != "draft" {
		return h.Redirect(w, r, "/submissions/"+key, r.Words.T("call.done.saved"))
	}
	return h.Redirect(w, r, "/submissions/"+key+"/pages/"+url.PathEscape(next), "")
}

func (h handlers) send(w http.ResponseWriter, r *ui.Request) error {
	key := r.PathValue("key")
	o, err := h.Call.Send(r.Context(), r.By, key)
	if code := fault.CodeOf(err); code == fault.Invalid && o.Page != "" {
		r.SetPathValue("page", o.Page)
		r.PostForm, r.Request.Form = nil, nil // the page shows what is stored
		return h.showAnswer(w, r, o, o.Answers, o.Form.Check(o.Page, o.Answers))
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/submissions/"+key, r.Words.T("call.done.sent"))
}

func (h handlers) withdraw(w http.ResponseWriter, r *ui.Request) error {
	if _, err := h.Call.WithdrawSubmission(r.Context(), r.By, r.PathValue("key")); err != nil {
		return err
	}
	return h.Redirect(w, r, "/submissions/"+r.PathValue("key"), r.Words.T("call.done.withdrawn"))
}

func (h handlers) file(w http.ResponseWriter, r *ui.Request) error {
	sum := r.PathValue("sum")
	name, err := h.Call.FileOf(r.Context(), r.By, r.PathValue("key"), r.PathValue("question"), sum)
	if err != nil {
		return err
	}
	return h.asker().ServeFile(w, r, sum, name)
}
