package participation

import (
	"net/http"
	"strconv"
	"strings"

	activitydesk "aircommons/internal/activity"
	"aircommons/internal/fault"
	desk "aircommons/internal/participation"
	webform "aircommons/internal/web/form"
	"aircommons/internal/web/ui"
)

func itoa(n int) string { return strconv.Itoa(n) }

func peoplePath(activity string) string { return "/office/activities/" + activity + "/people" }

// run reads an activity that the reader runs.
func (h handlers) run(r *ui.Request) (activitydesk.Activity, error) {
	return h.Participation.Run(r.Context(), r.By, r.PathValue("id"))
}

// nobody is the id of whom a form is about in which nobody was ticked.
const nobody = "-"

// several reads whom a form is about: those ticked, or all whom the filter chooses.
func several(r *ui.Request) (desk.Several, string) {
	v, query := valuesOf(r.PostForm.Get("filter"))
	s := desk.Several{Filter: desk.ReadFilter(v)}
	if r.PostForm.Get("all") == "" {
		if s.IDs = r.PostForm["id"]; len(s.IDs) == 0 {
			s.IDs = []string{nobody}
		}
	}
	return s, query
}

type planPage struct {
	ui.Page
	Activity activitydesk.Activity
	Plan     desk.Plan
	Said     []string
	Groups   []planGroup
	IDs      []string
	Query    string
	All      bool
	Reason   string
	Beyond   bool
}

type planGroup struct {
	Title string
	Rows  []personRow
	More  int
}

// sample is how many people a plan names.
const sample = 20

// plan shows what a step of several people would do.
func (h handlers) plan(w http.ResponseWriter, r *ui.Request) error {
	who, query := several(r)
	if len(who.IDs) == 1 && who.IDs[0] == nobody {
		return h.showPeople(w, r, who.Filter, fault.New(fault.Invalid, "participation.bulk.nobody"))
	}
	if r.Value("do") == "mail" {
		return h.mailing(w, r, who, query, nil)
	}
	return h.showPlan(w, r, who, query, nil)
}

func (h handlers) showPlan(w http.ResponseWriter, r *ui.Request, who desk.Several, query string, refused error) error {
	id := r.PathValue("id")
	a, err := h.run(r)
	if err != nil {
		return err
	}
	to, beyond := desk.State(r.Value("to")), r.Yes("beyond")
	p := &planPage{Activity: a, Query: query, All: len(who.IDs) == 0, IDs: who.IDs, Reason: r.Value("reason"), Beyond: beyond}
	p.Page = ui.Page{Title: r.Words.T("participation.plan"), Nav: "programme", NoIndex: true, Crumbs: officeCrumbs(r, a, r.Words.T("participation.plan"))}
	p.Form = ui.NewForm(r, refused)
	plan, err := h.Participation.PlanSteps(r.Context(), r.By, id, who, to, beyond)
	if err != nil {
		if !ui.Again(err) {
			return err
		}
		p.Form = ui.NewForm(r, err)
		return h.Show(w, r, pages, "plan.html", p)
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p.Plan = plan
	state := strings.ToLower(r.Words.T("participation.state." + string(to)))
	p.Said = append(p.Said, r.Words.N("participation.plan."+string(to), len(plan.Do)))
	for _, x := range plan.Exceeding() {
		text, _ := x.Quota.Names.In(r.Lang)
		p.Said = append(p.Said, r.Words.N("participation.plan.over", x.Count, "Quota", text))
	}
	if n := len(plan.Same); n > 0 {
		p.Said = append(p.Said, r.Words.N("participation.plan.same", n, "State", state))
	}
	if n := len(plan.Not); n > 0 {
		p.Said = append(p.Said, r.Words.N("participation.plan.not", n, "State", state))
	}
	if plan.Freed > 0 {
		p.Said = append(p.Said, r.Words.N("participation.plan.freed", plan.Freed))
	}
	if plan.Next > 0 {
		p.Said = append(p.Said, r.Words.N("participation.plan.next", plan.Next))
	}
	group := func(key string, rows []desk.Row) {
		if len(rows) == 0 {
			return
		}
		g := planGroup{Title: r.Words.N(key, len(rows)), More: max(0, len(rows)-sample)}
		for _, x := range rows[:min(sample, len(rows))] {
			g.Rows = append(g.Rows, h.row(r, net, a, x))
		}
		p.Groups = append(p.Groups, g)
	}
	group("participation.plan."+string(to), plan.Do)
	var over []desk.Row
	for _, o := range plan.Over {
		over = append(over, o.Row)
	}
	group("participation.plan.noseat", over)
	group("participation.plan.cannot", plan.Not)
	return h.Show(w, r, pages, "plan.html", p)
}

// carry does what the plan told.
func (h handlers) carry(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	who, query := several(r)
	expect, _ := strconv.Atoi(r.Value("expect")) // a broken one is not what was planned
	b, err := h.Participation.Steps(r.Context(), r.By, id, who, desk.State(r.Value("to")), r.Value("reason"), r.Yes("beyond"), r.Yes("hold"), expect)
	if ui.Again(err) {
		return h.showPlan(w, r, who, query, err)
	}
	if err != nil {
		return err
	}
	return h.Redirect(w, r, peoplePath(id)+"/batches", r.Words.N("participation.plan.done", len(b.Moved)))
}

type batchRow struct {
	desk.Batch
	At, Text string
}

type batchPage struct {
	ui.Page
	Activity activitydesk.Activity
	Rows     []batchRow
}

// batches lists what was done to several people at once.
func (h handlers) batches(w http.ResponseWriter, r *ui.Request) error {
	a, err := h.run(r)
	if err != nil {
		return err
	}
	bs, err := h.Participation.Batches(r.Context(), r.By, a.ID)
	if err != nil {
		return err
	}
	p := &batchPage{Activity: a}
	p.Page = ui.Page{Title: r.Words.T("participation.batches"), Nav: "programme", NoIndex: true, Crumbs: officeCrumbs(r, a, r.Words.T("participation.batches")), Actions: h.actions(r, a, "people/batches")}
	for _, b := range bs {
		p.Rows = append(p.Rows, batchRow{b, when(r, a, b.At), r.Words.N("participation.did."+string(b.To), len(b.Moved))})
	}
	return h.Show(w, r, pages, "batches.html", p)
}

func (h handlers) undo(w http.ResponseWriter, r *ui.Request) error {
	back, kept, err := h.Participation.Undo(r.Context(), r.By, r.PathValue("batch"))
	if err != nil {
		return err
	}
	said := r.Words.N("participation.undone", back)
	if kept > 0 {
		said += " " + r.Words.N("participation.undone.kept", kept)
	}
	return h.Redirect(w, r, peoplePath(r.PathValue("id"))+"/batches", said)
}

// add lets those who run an activity register or invite somebody, or mark who stands at the door.
func (h handlers) add(w http.ResponseWriter, r *ui.Request) error {
	a, err := h.run(r)
	if err != nil {
		return err
	}
	key, err := h.key()
	if err != nil {
		return err
	}
	q := desk.Request{Activity: a.ID, Lang: r.Lang, Role: "participant", Mode: "onsite", Key: key}
	how := "register"
	cities, err := h.cities(r, ui.Option{Label: r.Words.T("participation.form.nocity")})
	if err != nil {
		return err
	}
	ask := func(e ui.Edit, q *desk.Request) error {
		e.Radio("how", "participation.add.how", &how, e.Options("participation.add", []string{"register", "invite"}))
		e.Text("name", "participation.form.name", &q.Name).Autocomplete("off")
		e.Text("email", "participation.form.email", &q.Email).Kind("email").Autocomplete("off")
		e.Select("lang", "participation.form.lang", &q.Lang, languages())
		e.Select("place", "participation.form.place", &q.Place, cities)
		e.Select("country", "participation.form.country", &q.Country, append([]ui.Option{{Label: r.Words.T("part.choose")}}, webform.Countries(r.Lang)...)).Opt()
		e.Text("organisation", "participation.form.organisation", &q.Organisation).Opt()
		e.Select("role", "participation.form.role", &q.Role, e.Options("participation.role", desk.Roles))
		e.Radio("mode", "participation.form.mode", &q.Mode, e.Options("participation.mode", desk.Modes))
		e.Check("funded", "participation.funded.yes", &q.Funded)
		e.Check("shared", "participation.add.shared", &q.Shared)
		if e.Sent() {
			q.Key = r.Value("key")
		}
		e.Form.Keep("key", q.Key)
		return nil
	}
	var out desk.Outcome
	f, err := ui.Change(r, &q, ask, func() (err error) {
		if how == "invite" {
			out, err = h.Participation.Invite(r.Context(), r.By, q)
		} else {
			out, err = h.Participation.Register(r.Context(), r.By, q)
		}
		return err
	}, nil)
	if err != nil {
		return err
	}
	if f == nil {
		said := r.Words.T("participation.decided", "State", strings.ToLower(r.Words.T("participation.state."+string(out.State))))
		if out.Again {
			said = r.Words.T("participation.seat.has")
		}
		return h.Redirect(w, r, "/office/participations/"+out.ID, said)
	}
	p := &askPage{Button: r.Words.T("participation.add.do"), Back: peoplePath(a.ID), Lede: name(r, a)}
	p.Page = ui.Page{Title: r.Words.T("participation.add"), Nav: "programme", NoIndex: true, Form: f, Crumbs: officeCrumbs(r, a, r.Words.T("participation.add")), Actions: h.actions(r, a, "people/add")}
	return h.Show(w, r, pages, "ask.html", p)
}

type seatGift struct {
	Place  string
	Seats  int64
	Role   string
	Mode   string
	Funded bool
}

// giveSeats gives a city seats whose people it names.
func (h handlers) giveSeats(w http.ResponseWriter, r *ui.Request) error {
	a, err := h.run(r)
	if err != nil {
		return err
	}
	g := seatGift{Role: "delegate", Mode: "onsite", Seats: 1}
	cities, err := h.cities(r, ui.Option{Label: r.Words.T("part.choose")})
	if err != nil {
		return err
	}
	f, err := ui.Change(r, &g, func(e ui.Edit, g *seatGift) error {
		e.Select("place", "participation.quota.place", &g.Place, cities)
		e.Whole("seats", "participation.quota.seats", &g.Seats)
		e.Select("role", "participation.form.role", &g.Role, e.Options("participation.role", desk.Roles))
		e.Radio("mode", "participation.form.mode", &g.Mode, e.Options("participation.mode", desk.Modes))
		e.Check("funded", "participation.funded.yes", &g.Funded)
		return nil
	}, func() error {
		_, err := h.Participation.SeatCity(r.Context(), r.By, a.ID, g.Place, int(g.Seats), desk.Participation{Role: g.Role, Mode: g.Mode, Funded: g.Funded})
		return err
	}, nil)
	if err != nil {
		return err
	}
	if f == nil {
		return h.Redirect(w, r, peoplePath(a.ID)+"?source=nomination&place="+g.Place, r.Words.N("participation.seats.given", int(g.Seats)))
	}
	p := &askPage{Button: r.Words.T("participation.seats.give"), Back: peoplePath(a.ID), Lede: name(r, a), Said: []string{r.Words.T("participation.seats.help")}}
	p.Page = ui.Page{Title: r.Words.T("participation.seats.title"), Nav: "programme", NoIndex: true, Form: f, Crumbs: officeCrumbs(r, a, r.Words.T("participation.seats.title")), Actions: h.actions(r, a, "people/seats")}
	return h.Show(w, r, pages, "ask.html", p)
}

// settle says whether a registration that came again is of another person.
func (h handlers) settle(w http.ResponseWriter, r *ui.Request) error {
	id, other := r.PathValue("id"), r.Value("is") == "other"
	out, err := h.Participation.SettleEcho(r.Context(), r.By, id, r.Value("echo"), other)
	if ui.Again(err) {
		return h.showPerson(w, r, err)
	}
	if err != nil {
		return err
	}
	if other {
		return h.Redirect(w, r, "/office/participations/"+out.ID, r.Words.T("participation.echo.registered"))
	}
	return h.Redirect(w, r, "/office/participations/"+id, r.Words.T("participation.saved"))
}

// personFile sends a file of somebody's answers to those who run the activity.
func (h handlers) personFile(w http.ResponseWriter, r *ui.Request) error {
	c, err := h.Participation.Case(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.serveFile(w, r, c.Own)
}
