package exchange

import (
	"fmt"
	"net/http"
	"strings"

	"aircommons/internal/activity"
	"aircommons/internal/db"
	desk "aircommons/internal/exchange"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

func (h handlers) history(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	list, err := h.Exchange.History(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	x, err := h.Exchange.Wish(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	name, _ := x.Names.In(r.Lang)
	p := ui.Page{Title: r.Words.T("part.history"), Crumbs: []ui.Crumb{{Text: r.Words.T("exchange.office"), Path: "/office/exchange"}, {Text: name, Path: "/exchange/" + id}, {Text: r.Words.T("part.history")}}}
	words := func(list string) func(any) string {
		return func(v any) string { return r.Words.T(list + "." + or(fmt.Sprint(v), "any")) }
	}
	return h.ShowHistory(w, r, p, list, func(action string) string { return r.Words.T("exchange.did." + action) },
		func(db.Change, map[string]any, map[string]any) (string, []ui.Recorded) {
			return "", []ui.Recorded{{Field: "kind", Key: "exchange.form.kind", Show: words("exchange.kind")}, {Field: "place", Key: "exchange.form.place"}, {Field: "names", Key: "exchange.form.names"},
				{Field: "text", Key: "exchange.form.text"}, {Field: "topics", Key: "exchange.form.topics"}, {Field: "level", Key: "exchange.form.level", Show: words("exchange.level")},
				{Field: "languages", Key: "exchange.form.languages"}, {Field: "seasons", Key: "exchange.form.seasons"}, {Field: "contact", Key: "exchange.form.contact"}}
		})
}

// fitRow is a need and an offer side by side.
type fitRow struct {
	desk.Fit
	Need, Offer row
	Reasons     []reason
	State       string // of the decision, empty before
	Note        string
	Match       string
	Tour        *ui.Link
	Said        string
}

// reason is a ground in words, with its points.
type reason struct {
	Text         string
	Points, Most int
}

type matchPage struct {
	ui.Page
	Open, Decided []fitRow
	Programmes    []ui.Option
	Officer       bool
}

func (h handlers) matches(w http.ResponseWriter, r *ui.Request) error {
	if err := keeps(r); err != nil {
		return err
	}
	fits, err := h.Exchange.Fits(r.Context(), r.By)
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &matchPage{Officer: r.By.Officer()}
	for _, f := range fits {
		x := fitRow{Fit: f, Need: h.row(r, net, f.Need), Offer: h.row(r, net, f.Offer)}
		why := f.Reasons
		if m := f.Decided; m != nil {
			x.State, x.Note, x.Match, why, x.Score = m.State, m.Note, m.ID, m.Reasons, m.Score
			if m.Activity != "" {
				a, err := h.Activity.Activity(r.Context(), r.By, m.Activity)
				if err == nil {
					l := r.Link("/activities/"+a.ID, a.Names, a.ID)
					x.Tour = &l
				}
			}
		}
		for _, y := range why {
			x.Reasons = append(x.Reasons, reason{because(r, net, y), y.Points, y.Most})
		}
		if x.State == "" {
			p.Open = append(p.Open, x)
		} else {
			p.Decided = append(p.Decided, x)
		}
	}
	if p.Officer {
		all, err := h.Activity.Programmes(r.Context(), r.By)
		if err != nil {
			return err
		}
		for _, x := range all {
			if x.Kind == "studytour" && x.State != activity.Withdrawn {
				name, _ := x.Names.In(r.Lang)
				p.Programmes = append(p.Programmes, ui.Option{Value: x.ID, Label: name})
			}
		}
	}
	p.Title, p.NoIndex = r.Words.T("exchange.matches"), true
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("exchange.title"), Path: "/exchange"}, {Text: p.Title}}
	return h.Show(w, r, pages, "matches.html", p)
}

// because says a reason in words: what both name, or that they name nothing in common.
func because(r *ui.Request, net *network.Snapshot, y desk.Reason) string {
	var names []string
	for _, t := range y.Topics {
		names = append(names, net.TopicName(t, r.Lang))
	}
	for _, x := range y.Words {
		switch y.Key {
		case "language":
			names = append(names, r.Words.T("library.lang."+x))
		case "season":
			names = append(names, r.Words.T("exchange.season."+x))
		}
	}
	key := "exchange.reason." + y.Key
	switch {
	case y.Points == 0:
		return r.Words.T(key + ".not")
	case len(names) == 0:
		return r.Words.T(key + ".any")
	case y.Points < y.Most:
		return r.Words.T(key+".near", "What", strings.Join(names, r.Words.T("form.list")))
	}
	return r.Words.T(key, "What", strings.Join(names, r.Words.T("form.list")))
}

func (h handlers) decide(w http.ResponseWriter, r *ui.Request) error {
	take := r.Value("do") == "take"
	if _, err := h.Exchange.Decide(r.Context(), r.By, r.Value("need"), r.Value("offer"), take, r.Value("note")); err != nil {
		return err
	}
	said := "exchange.match.declined"
	if take {
		said = "exchange.match.taken"
	}
	return h.Redirect(w, r, "/office/matches", r.Words.T(said))
}

func (h handlers) tour(w http.ResponseWriter, r *ui.Request) error {
	a, err := h.Exchange.Tour(r.Context(), r.By, r.PathValue("id"), r.Value("programme"))
	if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/activities/"+a.ID, r.Words.T("exchange.tour.made"))
}
