package call

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"aircommons/internal/activity"
	desk "aircommons/internal/call"
	"aircommons/internal/fault"
	"aircommons/internal/web/ui"
)

type tasksPage struct {
	ui.Page
	Groups []taskGroup
}

type taskGroup struct {
	C     desk.Seen
	By    string // until when marks are needed
	Done  int
	Tasks []desk.Task
}

func reviewBy(r *ui.Request, c desk.Seen) string {
	t, err := activity.Clock(c.ReviewBy, c.About.Zone)
	if err != nil {
		return ""
	}
	return moment(r, t, c.About.Zone)
}

func (h handlers) tasks(w http.ResponseWriter, r *ui.Request) error {
	list, err := h.Call.Tasks(r.Context(), r.By)
	if err != nil {
		return err
	}
	p := &tasksPage{}
	for _, t := range list {
		i := slices.IndexFunc(p.Groups, func(g taskGroup) bool { return g.C.ID == t.Call.ID })
		if i < 0 {
			i = len(p.Groups)
			p.Groups = append(p.Groups, taskGroup{C: t.Call, By: reviewBy(r, t.Call)})
		}
		g := &p.Groups[i]
		g.Tasks = append(g.Tasks, t)
		if t.Mine.State != "assigned" {
			g.Done++
		}
	}
	p.Title, p.NoIndex = r.Words.T("call.review.title"), true
	p.Crumbs = []ui.Crumb{{Text: p.Title}}
	return h.Show(w, r, pages, "tasks.html", p)
}

type taskPage struct {
	ui.Page
	T       desk.Task
	Steps   []step
	By      string
	Place   string
	Why     *ui.Form
	Reason  string
	CanMark bool
}

func (h handlers) task(w http.ResponseWriter, r *ui.Request) error {
	return h.showTask(w, r, nil, nil)
}

func (h handlers) showTask(w http.ResponseWriter, r *ui.Request, refused, conflict error) error {
	t, err := h.Call.Task(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := &taskPage{T: t, By: reviewBy(r, t.Call), CanMark: t.Call.Review == desk.Open && t.Mine.State != "conflict"}
	for _, s := range t.Form.Steps(t.Answers) {
		x := step{Page: s}
		if x.Answers, err = h.said(r, t.Form, s.ID, t.Answers, "/submissions/"+t.ID); err != nil {
			return err
		}
		p.Steps = append(p.Steps, x)
	}
	if t.Place != "" {
		snap, err := h.Network.Snapshot(r.Context())
		if err != nil {
			return err
		}
		p.Place = snap.PlaceName(t.Place, r.Lang)
	}
	if p.Reason = t.Mine.Conflict; slices.Contains(desk.Conflicts, p.Reason) {
		p.Reason = r.Words.T("call.conflict." + p.Reason)
	}
	p.Form = markForm(r, t, refused)
	if p.Form.Conflict() {
		p.Form.Against(markForm2(ui.StoredForm(r), r, t))
		p.Form.Get("version").Value = strconv.FormatInt(t.Mine.Version, 10)
	}
	p.Why = ui.NewForm(r, conflict)
	p.Why.Area("why", "call.conflict.why", "").Size(2)
	if conflict != nil {
		p.Status = http.StatusUnprocessableEntity
	}
	p.Title, p.NoIndex = t.Title, true
	if p.Title == "" {
		p.Title = r.Words.T("call.review.untitled")
	}
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("call.review.title"), Path: "/reviews"}, {Text: p.Title}}
	return h.Show(w, r, pages, "task.html", p)
}

func markForm(r *ui.Request, t desk.Task, refused error) *ui.Form {
	return markForm2(ui.NewForm(r, refused), r, t)
}

func markForm2(f *ui.Form, r *ui.Request, t desk.Task) *ui.Form {
	for _, c := range t.Call.Criteria {
		var steps []ui.Option
		for n := 1; n <= c.Scale; n++ {
			o := ui.Option{Value: strconv.Itoa(n), Label: r.Words.Int(n)}
			switch n {
			case 1:
				o.Label = r.Words.T("call.mark.worst", "Number", o.Label)
			case c.Scale:
				o.Label = r.Words.T("call.mark.best", "Number", o.Label)
			}
			steps = append(steps, o)
		}
		value := ""
		if m := t.Mine.Marks[c.ID]; m > 0 {
			value = strconv.Itoa(m)
		}
		d := f.Radio("mark."+c.ID, "call.mark", value, steps)
		label, in := c.Names.In(r.Lang)
		d.Label = label
		if in != r.Lang {
			d.Said = in
		}
		d.Hint = text(r, c.Hints)
	}
	f.Area("comment", "call.comment", t.Mine.Comment).Opt()
	f.Keep("version", t.Mine.Version)
	return f
}

func (h handlers) mark(w http.ResponseWriter, r *ui.Request) error {
	t, err := h.Call.Task(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	marks := map[string]int{}
	for _, c := range t.Call.Criteria {
		marks[c.ID], _ = strconv.Atoi(r.Value("mark." + c.ID)) // none is refused by the desk
	}
	err = h.Call.Mark(r.Context(), r.By, t.ID, marks, r.Value("comment"), r.Version())
	if ui.Again(err) {
		return h.showTask(w, r, err, nil)
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/reviews", r.Words.T("call.done.marked"))
}

func (h handlers) declare(w http.ResponseWriter, r *ui.Request) error {
	err := h.Call.Declare(r.Context(), r.By, r.PathValue("id"), r.Value("why"))
	if ui.Again(err) {
		return h.showTask(w, r, nil, err)
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/reviews", r.Words.T("call.done.declared"))
}

type dossierPage struct {
	ui.Page
	D         desk.Dossier
	Steps     []step
	Place     string
	Reviewers []reviewerRow
	Reason    string
	Sent      string
	Marks     []marksRow // once the review is closed
}

type reviewerRow struct {
	ID, Name string
	State    string // "", "assigned", "conflict"
	Why      string
}

type marksRow struct {
	Name    string
	Score   float64
	Each    []int
	Comment string
}

func (h handlers) dossier(w http.ResponseWriter, r *ui.Request) error {
	return h.showDossier(w, r, nil)
}

func (h handlers) showDossier(w http.ResponseWriter, r *ui.Request, refused error) error {
	d, err := h.Call.Submission(r.Context(), r.By, r.PathValue("submission"))
	if err != nil {
		return err
	}
	if d.Call.ID != r.PathValue("id") {
		return fault.New(fault.NotFound, "error.notfound")
	}
	p := &dossierPage{D: d, Reason: text(r, d.Reason)}
	for _, s := range d.Form.Steps(d.Answers) {
		x := step{Page: s}
		if x.Answers, err = h.said(r, d.Form, s.ID, d.Answers, "/submissions/"+d.ID); err != nil {
			return err
		}
		p.Steps = append(p.Steps, x)
	}
	snap, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	if d.Place != "" {
		p.Place = snap.PlaceName(d.Place, r.Lang)
	}
	people, err := h.Call.Reviewers(r.Context(), r.By, d.Call.ID)
	if err != nil {
		return err
	}
	for _, v := range people {
		row := reviewerRow{ID: v.ID, Name: v.Name}
		for _, m := range d.Marks {
			if m.Reviewer != v.ID {
				continue
			}
			row.State, row.Why = m.State, m.Conflict
			if slices.Contains(desk.Conflicts, row.Why) {
				row.Why = r.Words.T("call.conflict." + row.Why)
			}
			if m.State == "done" {
				x := marksRow{Name: v.Name, Comment: m.Comment}
				x.Score, _ = d.Call.Score(m)
				for _, c := range d.Call.Criteria {
					x.Each = append(x.Each, m.Marks[c.ID])
				}
				p.Marks = append(p.Marks, x)
			}
		}
		p.Reviewers = append(p.Reviewers, row)
	}
	if d.Submission.Sent != nil {
		p.Sent = moment(r, *d.Submission.Sent, d.Call.About.Zone)
	}
	p.Form = ui.NewForm(r, refused)
	p.Title, p.NoIndex = d.Title, true
	if p.Title == "" {
		p.Title = r.Words.T("call.review.untitled")
	}
	p.Crumbs = append(h.officeCrumbs(r, d.Call), ui.Crumb{Text: p.Title})
	return h.Show(w, r, pages, "dossier.html", p)
}

func (h handlers) assign(w http.ResponseWriter, r *ui.Request) error {
	step := h.Call.Assign
	if r.Value("do") == "unassign" {
		step = h.Call.Unassign
	}
	err := step(r.Context(), r.By, r.PathValue("submission"), r.Value("reviewer"))
	if ui.Again(err) {
		return h.showDossier(w, r, err)
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/calls/"+r.PathValue("id")+"/submissions/"+r.PathValue("submission")+"#reviewers", r.Words.T("call.done.assigned"))
}

// day is the day of a moment in a zone, for lists of the office.
func day(r *ui.Request, t *time.Time, zone *time.Location) string {
	if t == nil {
		return ""
	}
	return r.Words.Date(t.In(zone))
}
