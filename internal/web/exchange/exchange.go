// Package exchange is the pages of peer learning: what cities need and offer, the office in which matches are decided, a city's
// plan after a visit, and the page on which it tells what came of it.
package exchange

import (
	"embed"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	desk "aircommons/internal/exchange"
	"aircommons/internal/fault"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

//go:embed *.html
var files embed.FS

var pages = ui.Templates(files)

// Deps are the desks that the pages ask.
type Deps struct {
	Exchange *desk.Desk
	Network  *network.Desk
	Activity *activity.Desk
}

type handlers struct {
	*ui.Site
	Deps
}

// Register adds the pages to the site.
func Register(s *ui.Site, d Deps) {
	h := handlers{s, d}
	s.Get("/exchange", h.list)
	s.Get("/exchange/{id}", h.show)
	s.Live("/office/exchange", h.office)
	s.Live("/office/exchange/new", h.edit)
	s.Post("/office/exchange/new", h.edit)
	s.Live("/office/exchange/{id}", h.edit)
	s.Post("/office/exchange/{id}", h.edit)
	s.Post("/office/exchange/{id}/publish", h.turn(desk.Published, "exchange.published"))
	s.Post("/office/exchange/{id}/withdraw", h.turn(desk.Withdrawn, "exchange.withdrawn"))
	s.Live("/office/exchange/{id}/history", h.history)
	s.Live("/office/matches", h.matches)
	s.Post("/office/matches", ui.Officers(h.decide))
	s.Post("/office/matches/{id}/tour", ui.Officers(h.tour))
	s.Live("/activities/{id}/plan", h.plan)
	s.Live("/activities/{id}/plan/{action}", h.action)
	s.Post("/activities/{id}/plan/{action}", h.action)
	s.Live("/followup/{key}", h.asked)
	s.Post("/followup/{key}", h.answer)
}

// row is a need or an offer in a list.
type row struct {
	desk.Wish
	City   ui.Link
	Topics []ui.Link
	Level  string
	Langs  string
	Season string
}

func (h handlers) row(r *ui.Request, net *network.Snapshot, w desk.Wish) row {
	x := row{Wish: w, City: r.Place(net, w.Place), Level: r.Words.T("exchange.level." + or(w.Level, "any")), Season: r.Words.T("exchange.season.any")}
	for _, id := range w.Topics {
		t, _ := net.Topic(id)
		x.Topics = append(x.Topics, r.Link("/topics/"+id, t.Labels, id))
	}
	var names []string
	for _, l := range w.Languages {
		names = append(names, r.Words.T("library.lang."+l))
	}
	x.Langs = strings.Join(names, r.Words.T("form.list"))
	if len(w.Seasons) > 0 {
		names = nil
		for _, s := range w.Seasons {
			names = append(names, r.Words.T("exchange.season."+s))
		}
		x.Season = strings.Join(names, r.Words.T("form.list"))
	}
	return x
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

type listPage struct {
	ui.Page
	Needs, Offers []row
	Cities        []ui.Option
	Topics        []ui.Option
	Narrowed      bool
}

// list is what the network needs and offers.
func (h handlers) list(w http.ResponseWriter, r *ui.Request) error {
	all, err := h.Exchange.Wishes(r.Context(), actor.Actor{})
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	city, topic := r.URL.Query().Get("city"), r.URL.Query().Get("topic")
	p := &listPage{Narrowed: city != "" || topic != ""}
	places, topics := map[string]bool{}, map[string]bool{}
	for _, x := range all {
		places[x.Place] = true
		for _, t := range x.Topics {
			topics[t] = true
		}
		if city != "" && x.Place != city || topic != "" && !slices.Contains(x.Topics, topic) {
			continue
		}
		if row := h.row(r, net, x); x.Kind == "need" {
			p.Needs = append(p.Needs, row)
		} else {
			p.Offers = append(p.Offers, row)
		}
	}
	p.Cities = choices(r, places, city, net.PlaceName)
	p.Topics = choices(r, topics, topic, net.TopicName)
	p.Title, p.Nav, p.Description, p.NoIndex = r.Words.T("exchange.title"), "programme", r.Words.T("exchange.lede"), p.Narrowed
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("nav.programme"), Path: "/programme"}, {Text: p.Title}}
	if r.By.Officer() || len(r.By.Cities()) > 0 {
		p.Actions = []ui.Action{{Text: r.Words.T("exchange.office"), Path: "/office/exchange"}, {Text: r.Words.T("exchange.matches"), Path: "/office/matches"}}
	}
	return h.Show(w, r, pages, "list.html", p)
}

func choices(r *ui.Request, ids map[string]bool, chosen string, name func(id, lang string) string) []ui.Option {
	out := []ui.Option{{Label: r.Words.T("exchange.all"), Chosen: chosen == ""}}
	for id := range ids {
		out = append(out, ui.Option{Value: id, Label: name(id, r.Lang), Chosen: id == chosen})
	}
	slices.SortFunc(out[1:], func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	return out
}

type showPage struct {
	ui.Page
	X     row
	Yours bool
}

func (h handlers) show(w http.ResponseWriter, r *ui.Request) error {
	x, err := h.Exchange.Wish(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &showPage{X: h.row(r, net, x), Yours: r.By.Speaks(x.Place)}
	p.Title, _ = x.Names.In(r.Lang)
	p.Nav, p.NoIndex = "programme", x.State != desk.Published
	p.Description = r.Words.T("exchange.describe."+x.Kind, "City", p.X.City.Text, "Title", p.Title)
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("nav.programme"), Path: "/programme"}, {Text: r.Words.T("exchange.title"), Path: "/exchange"}, {Text: p.Title}}
	if p.Yours {
		p.Actions = []ui.Action{{Text: r.Words.T("part.edit"), Path: "/office/exchange/" + x.ID}, {Text: r.Words.T("part.history"), Path: "/office/exchange/" + x.ID + "/history"},
			{Text: r.Words.T("exchange.matches"), Path: "/office/matches"}}
	}
	return h.Show(w, r, pages, "show.html", p)
}

type officePage struct {
	ui.Page
	Rows []row
}

// keeps lets those in who speak for a city.
func keeps(r *ui.Request) error {
	if r.By.Officer() || len(r.By.Cities()) > 0 {
		return nil
	}
	return fault.New(fault.Denied, "error.denied.city")
}

func (h handlers) office(w http.ResponseWriter, r *ui.Request) error {
	if err := keeps(r); err != nil {
		return err
	}
	all, err := h.Exchange.Wishes(r.Context(), r.By)
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &officePage{}
	for _, x := range all {
		if r.By.Speaks(x.Place) {
			p.Rows = append(p.Rows, h.row(r, net, x))
		}
	}
	p.Title, p.NoIndex = r.Words.T("exchange.office"), true
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("exchange.title"), Path: "/exchange"}, {Text: p.Title}}
	p.Actions = []ui.Action{{Text: r.Words.T("exchange.add.need"), Path: "/office/exchange/new?kind=need"}, {Text: r.Words.T("exchange.add.offer"), Path: "/office/exchange/new?kind=offer"},
		{Text: r.Words.T("exchange.matches"), Path: "/office/matches"}}
	return h.Show(w, r, pages, "office.html", p)
}

type editPage struct {
	ui.Page
	X *desk.Wish
}

// edit asks for a need or an offer, new or stored.
func (h handlers) edit(w http.ResponseWriter, r *ui.Request) error {
	if err := keeps(r); err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	x, id := desk.Wish{Kind: "need", Languages: db.List{r.Lang}}, r.PathValue("id")
	if id != "" {
		if x, err = h.Exchange.Wish(r.Context(), r.By, id); err != nil {
			return err
		}
		if !r.By.Speaks(x.Place) {
			return fault.New(fault.Denied, "error.denied.city")
		}
	} else if k := r.URL.Query().Get("kind"); k == "offer" {
		x.Kind = k
	}
	cities := h.cities(r, net)
	if len(cities) == 1 && x.Place == "" {
		x.Place = cities[0].Value
	}
	ask := func(q ui.Edit, x *desk.Wish) error {
		q.Radio("kind", "exchange.form.kind", &x.Kind, q.Options("exchange.kind", desk.Kinds))
		q.Select("place", "exchange.form.place", &x.Place, append([]ui.Option{{Label: r.Words.T("part.choose")}}, cities...))
		q.Texts("names", "exchange.form.names", &x.Names)
		q.Areas("text", "exchange.form.text", &x.Text).Opt()
		q.Checks("topics", "exchange.form.topics", &x.Topics, topicOptions(r, net))
		q.Select("level", "exchange.form.level", &x.Level, levels(r))
		q.Checks("languages", "exchange.form.languages", &x.Languages, languages(r))
		q.Checks("seasons", "exchange.form.seasons", &x.Seasons, q.Options("exchange.season", desk.Seasons)).Opt()
		q.Text("contact", "exchange.form.contact", &x.Contact).Opt()
		q.Keep("version", &x.Version)
		return nil
	}
	saved := x
	f, err := ui.Change(r, &x, ask, func() (err error) {
		x.ID = id
		saved, err = h.Exchange.SaveWish(r.Context(), r.By, x)
		return err
	}, func() (desk.Wish, error) { return h.Exchange.Wish(r.Context(), r.By, id) })
	if err != nil {
		return err
	}
	if f == nil {
		return h.Redirect(w, r, "/exchange/"+saved.ID, r.Words.T("exchange.saved."+string(saved.State)))
	}
	p := &editPage{X: &x}
	p.Form, p.NoIndex, p.Title = f, true, r.Words.T("exchange.add."+or(x.Kind, "need"))
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("exchange.office"), Path: "/office/exchange"}, {Text: p.Title}}
	if id != "" {
		name, _ := x.Names.In(r.Lang)
		p.Title = r.Words.T("exchange.edit", "Name", name)
		p.Crumbs[1].Text = name
		p.Actions = []ui.Action{{Text: r.Words.T("part.history"), Path: "/office/exchange/" + id + "/history"}}
	}
	return h.Show(w, r, pages, "edit.html", p)
}

// cities are those that by may speak for.
func (h handlers) cities(r *ui.Request, net *network.Snapshot) (out []ui.Option) {
	for _, c := range net.Cities() {
		if r.By.Speaks(c.ID) {
			out = append(out, ui.Option{Value: c.ID, Label: net.PlaceName(c.ID, r.Lang)})
		}
	}
	return out
}

func topicOptions(r *ui.Request, net *network.Snapshot) (out []ui.Option) {
	for _, scheme := range []string{"measure", "instrument", "sector", "pollutant", "subject"} {
		for _, t := range net.Topics() {
			if t.Scheme == scheme && !t.Withdrawn {
				out = append(out, ui.Option{Value: t.ID, Label: net.TopicName(t.ID, r.Lang), Hint: r.Words.T("network.scheme." + scheme)})
			}
		}
	}
	return out
}

func levels(r *ui.Request) (out []ui.Option) {
	for _, l := range desk.Levels {
		out = append(out, ui.Option{Value: l, Label: r.Words.T("exchange.level." + or(l, "any"))})
	}
	return out
}

func languages(r *ui.Request) (out []ui.Option) {
	for _, l := range catalog.Languages {
		out = append(out, ui.Option{Value: l.Tag, Label: r.Words.T("library.lang." + l.Tag)})
	}
	return out
}

func (h handlers) turn(to desk.State, said string) ui.Handler {
	return func(w http.ResponseWriter, r *ui.Request) error {
		return h.Act(w, r, func(id string, version int64) error { return h.Exchange.Turn(r.Context(), r.By, id, version, to) },
			"/exchange/"+url.PathEscape(r.PathValue("id")), r.Words.T(said))
	}
}
