package exchange

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	desk "aircommons/internal/exchange"
	"aircommons/internal/fault"
	"aircommons/internal/network"
	"aircommons/internal/participation"
	webactivity "aircommons/internal/web/activity"
	"aircommons/internal/web/ui"
)

// pointRow is a point of a plan.
type pointRow struct {
	desk.Action
	Due   string
	State string
	Chip  string
}

// period is a time as exactly as it is known.
func period(w *catalog.Words, p network.Period) string {
	if !p.Known() {
		return ""
	}
	one := func(t time.Time) string {
		switch p.Precision {
		case network.Day:
			return w.Date(t)
		case network.Month:
			return w.Month(t.Year(), int(t.Month()))
		}
		return w.Year(t.Year())
	}
	if p.Open() || p.From == p.To {
		return one(p.First())
	}
	return one(p.First()) + " – " + one(p.Last())
}

var chips = map[string]string{"planned": "", "begun": "notice", "done": "ok", "dropped": "stop"}

func point(r *ui.Request, x desk.Action) pointRow {
	return pointRow{Action: x, Due: period(r.Words, x.Due), State: r.Words.T("exchange.action." + x.State), Chip: chips[x.State]}
}

type cityPlan struct {
	City   ui.Link
	ID     string
	Points []pointRow
	May    bool
	Asked  []askRow
}

// askRow is when a city is asked, and whether it answered.
type askRow struct{ Due, Text string }

type planPage struct {
	ui.Page
	ID    string
	Plans []cityPlan
}

// May reports whether the reader keeps the plan of a city.
func (p *planPage) May(place string) bool {
	return slices.ContainsFunc(p.Plans, func(c cityPlan) bool { return c.ID == place && c.May })
}

// plan shows what the cities of an activity mean to do, and what came of it.
func (h handlers) plan(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	a, err := h.Activity.Activity(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	all, err := h.Exchange.Actions(r.Context(), r.By, id, "")
	if err != nil {
		return err
	}
	var asks []desk.Followup
	if r.By.SignedIn() {
		if asks, err = h.Exchange.Followups(r.Context(), r.By, id); err != nil {
			return err
		}
	}
	p := &planPage{ID: id}
	for _, part := range a.Participants {
		if part.Place == "" || slices.ContainsFunc(p.Plans, func(c cityPlan) bool { return c.ID == part.Place }) {
			continue
		}
		c := cityPlan{City: r.Place(net, part.Place), ID: part.Place, May: r.By.Speaks(part.Place) || participation.Runs(r.By, a)}
		for _, x := range all {
			if x.Place == part.Place {
				c.Points = append(c.Points, point(r, x))
			}
		}
		for _, f := range asks {
			if f.Place == part.Place {
				text := r.Words.T("exchange.ask.due")
				if f.Asked != nil {
					text = r.Words.T("exchange.ask.asked", "Date", r.Words.Date(*f.Asked))
				}
				if f.Answered != nil {
					text = r.Words.T("exchange.ask.answered", "Date", r.Words.Date(*f.Answered))
				}
				c.Asked = append(c.Asked, askRow{r.Words.T("exchange.ask.after", "Months", f.Months, "Date", period(r.Words, network.On(f.Due))), text})
			}
		}
		if len(c.Points) > 0 || c.May {
			p.Plans = append(p.Plans, c)
		}
	}
	name, _ := a.Names.In(r.Lang)
	p.Title, p.Nav, p.NoIndex = r.Words.T("exchange.plan.title", "Activity", name), "programme", a.State != activity.Published || len(all) == 0
	p.Description = r.Words.T("exchange.plan.lede")
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("nav.programme"), Path: "/programme"}, {Text: name, Path: "/activities/" + id}, {Text: r.Words.T("exchange.plan")}}
	return h.Show(w, r, pages, "plan.html", p)
}

// action asks for a point of a city's plan: {action} is its id, or "new" with ?city=.
func (h handlers) action(w http.ResponseWriter, r *ui.Request) error {
	id, which := r.PathValue("id"), r.PathValue("action")
	a, err := h.Activity.Activity(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	read := func() (desk.Action, error) {
		all, err := h.Exchange.Actions(r.Context(), r.By, id, "")
		if err != nil {
			return desk.Action{}, err
		}
		i := slices.IndexFunc(all, func(x desk.Action) bool { return x.ID == which })
		if i < 0 {
			return desk.Action{}, fault.New(fault.NotFound, "error.notfound")
		}
		return all[i], nil
	}
	x := desk.Action{Activity: id, Place: r.URL.Query().Get("city"), State: "planned", Shown: true}
	if which != "new" {
		if x, err = read(); err != nil {
			return err
		}
	}
	if !r.By.Speaks(x.Place) && !participation.Runs(r.By, a) {
		return fault.New(fault.Denied, "error.denied.city")
	}
	ask := func(q ui.Edit, x *desk.Action) error {
		q.Texts("names", "exchange.action.names", &x.Names)
		q.Text("owner", "exchange.action.owner", &x.Owner).Opt()
		q.Period("due", "exchange.action.due", &x.Due).Opt()
		q.Radio("state", "exchange.action.state.label", &x.State, q.Options("exchange.action", desk.ActionStates))
		q.Areas("outcome", "exchange.action.outcome", &x.Outcome).Opt()
		q.Check("shown", "exchange.action.shown", &x.Shown)
		q.Keep("version", &x.Version)
		return nil
	}
	f, err := ui.Change(r, &x, ask, func() error {
		_, err := h.Exchange.SaveAction(r.Context(), r.By, x)
		return err
	}, read)
	if err != nil {
		return err
	}
	if f == nil {
		return h.Redirect(w, r, "/activities/"+id+"/plan", r.Words.T("exchange.action.saved"))
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &editPage{}
	name, _ := a.Names.In(r.Lang)
	p.Form, p.NoIndex, p.Title = f, true, r.Words.T("exchange.action.of", "City", net.PlaceName(x.Place, r.Lang))
	p.Crumbs = []ui.Crumb{{Text: name, Path: "/activities/" + id}, {Text: r.Words.T("exchange.plan"), Path: "/activities/" + id + "/plan"}, {Text: p.Title}}
	return h.Show(w, r, pages, "edit.html", p)
}

type askedPage struct {
	ui.Page
	City     string
	Activity ui.Link
	Points   []askedPoint
	Answered string
}

// askedPoint is a point of a plan with what is asked of it.
type askedPoint struct {
	pointRow
	States  []ui.Option
	Outcome string
}

// asked is what a city is asked by letter. Opening it changes nothing.
func (h handlers) asked(w http.ResponseWriter, r *ui.Request) error { return h.showAsked(w, r, nil) }

func (h handlers) showAsked(w http.ResponseWriter, r *ui.Request, refused error) error {
	f, a, plan, err := h.Exchange.Asked(r.Context(), r.PathValue("key"))
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &askedPage{City: net.PlaceName(f.Place, r.Lang), Activity: r.Link("/activities/"+a.ID, a.Names, a.ID)}
	if a.State != activity.Published {
		p.Activity.Path = ""
	}
	if f.Answered != nil {
		p.Answered = r.Words.Date(*f.Answered)
	}
	for _, x := range plan {
		y := askedPoint{pointRow: point(r, x)}
		y.Outcome = x.Outcome[r.Lang]
		state := x.State
		if r.Method == http.MethodPost {
			state, y.Outcome = r.Value("state."+x.ID), r.Value("outcome."+x.ID)
		}
		for _, s := range desk.ActionStates {
			y.States = append(y.States, ui.Option{Value: s, Label: r.Words.T("exchange.action." + s), Chosen: s == state})
		}
		p.Points = append(p.Points, y)
	}
	p.Title, p.NoIndex = r.Words.T("exchange.asked.title", "City", p.City), true
	if refused != nil {
		p.Form = ui.NewForm(r, refused)
	}
	return h.Show(w, r, pages, "asked.html", p)
}

func (h handlers) answer(w http.ResponseWriter, r *ui.Request) error {
	key := r.PathValue("key")
	_, _, plan, err := h.Exchange.Asked(r.Context(), key)
	if err != nil {
		return err
	}
	var said []desk.Action
	for _, x := range plan {
		version, _ := strconv.ParseInt(r.Value("version."+x.ID), 10, 64) // a broken one is an old one: a conflict
		y := desk.Action{ID: x.ID, Version: version, State: r.Value("state." + x.ID), Outcome: db.Text{}}
		for l, s := range x.Outcome {
			y.Outcome[l] = s
		}
		y.Outcome[r.Lang] = r.Value("outcome." + x.ID)
		said = append(said, y)
	}
	switch err := h.Exchange.AnswerFollowup(r.Context(), key, said); {
	case ui.Again(err):
		return h.showAsked(w, r, err)
	case err != nil:
		return err
	}
	return h.Redirect(w, r, "/followup/"+key, r.Words.T("exchange.asked.thanks"))
}

// Ways adds the way from an activity to its action plans, where there are any or somebody may begin one.
func Ways(k *desk.Desk, r *ui.Request, a activity.Activity, ways *webactivity.Ways) error {
	if a.Kind != "visit" && a.Kind != "workshop" && a.Kind != "cohort" {
		return nil
	}
	all, err := k.Actions(r.Context(), r.By, a.ID, "")
	if err != nil {
		return err
	}
	link := ui.Link{Path: "/activities/" + a.ID + "/plan", Text: r.Words.T("exchange.plan")}
	if len(all) > 0 {
		ways.Links = append(ways.Links, link)
	} else if participation.Runs(r.By, a) || slices.ContainsFunc(a.Participants, func(p activity.Participant) bool { return p.Place != "" && r.By.Speaks(p.Place) }) {
		ways.Actions = append(ways.Actions, ui.Action{Text: link.Text, Path: link.Path})
	}
	return nil
}

// OnCity is what a city means to do after visits, for its page: what everybody may see.
func OnCity(k *desk.Desk, all *activity.Desk, r *ui.Request, place string) (out []webactivity.PlanPoint, err error) {
	public := actor.Actor{}
	points, err := k.Actions(r.Context(), public, "", place)
	if err != nil {
		return nil, err
	}
	for _, x := range points {
		a, err := all.Activity(r.Context(), public, x.Activity)
		if fault.CodeOf(err) == fault.NotFound { // its programme is not published
			continue
		}
		if err != nil {
			return nil, err
		}
		y := point(r, x)
		out = append(out, webactivity.PlanPoint{Names: x.Names, Outcome: x.Outcome, State: y.State, Chip: y.Chip, Due: y.Due, Activity: r.Link("/activities/"+a.ID+"/plan", a.Names, a.ID)})
	}
	return out, nil
}
