package evidence

import (
	"maps"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"

	"aircommons/air"
	"aircommons/internal/db"
	desk "aircommons/internal/evidence"
	"aircommons/internal/web/ui"
)

func (h handlers) published() {
	h.Live("/evidence/published", h.publishedList)
	h.Live("/evidence/published/new", h.newPublished)
	h.Post("/evidence/published/new", h.newPublished)
	h.Live("/evidence/published/{id}/edit", h.editPublished)
	h.Post("/evidence/published/{id}/edit", h.editPublished)
	h.Post("/evidence/published/{id}/withdraw", h.hidePublished)
	h.Post("/evidence/published/{id}/restore", h.hidePublished)
	h.Live("/evidence/published/{id}/history", h.publishedHistory)
}

// publishedRow is a published mean in the list.
type publishedRow struct {
	desk.PublishedMean
	City, Pollutant, Figure, What string
	Keep                          bool // the reader may change it
}

type publishedPage struct {
	ui.Page
	Rows           []publishedRow
	Places, Values []ui.Option
	Add            string
	Mean           desk.PublishedMean
}

// English is the language to mark words of a source with.
func (p *publishedPage) English(s string) string { return english(s, p.Lang()) }

func (h handlers) publishedList(w http.ResponseWriter, r *ui.Request) error {
	q := r.URL.Query()
	place, pollutant := q.Get("place"), q.Get("pollutant")
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	all, err := h.Evidence.Published(r.Context(), r.By, "")
	if err != nil {
		return err
	}
	p := &publishedPage{}
	p.Title, p.Nav = r.Words.T("published.title"), "evidence"
	p.Description = r.Words.T("published.lede")
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("nav.evidence"), Path: "/evidence"}, {Text: p.Title}}
	p.NoIndex = place != "" || pollutant != ""
	p.Canonical = "/evidence/published"
	p.Places = []ui.Option{{Label: r.Words.T("published.any"), Chosen: place == ""}}
	p.Values = []ui.Option{{Label: r.Words.T("published.any"), Chosen: pollutant == ""}}
	seenPlace, seenValue := map[string]bool{}, map[string]bool{}
	for _, m := range all {
		code, _ := air.ByCode(m.Parameter)
		if !seenPlace[m.Place] {
			seenPlace[m.Place] = true
			p.Places = append(p.Places, ui.Option{Value: m.Place, Label: net.PlaceName(m.Place, r.Lang), Chosen: m.Place == place})
		}
		if !seenValue[m.Parameter] {
			seenValue[m.Parameter] = true
			p.Values = append(p.Values, ui.Option{Value: m.Parameter, Label: short(code, r.Lang), Chosen: m.Parameter == pollutant})
		}
		if place != "" && m.Place != place || pollutant != "" && m.Parameter != pollutant {
			continue
		}
		u, _ := air.ParseUnit(m.Unit)
		row := publishedRow{PublishedMean: m, City: net.PlaceName(m.Place, r.Lang), Pollutant: short(code, r.Lang),
			Figure: r.Words.Decimal(m.Value) + " " + u.Pretty(), What: r.Words.T("evidence.scope." + m.Scope), Keep: r.By.KeepsCity(m.Place)}
		if m.Area != "" {
			row.What += ", " + m.Area
		}
		if m.PeriodKind == "fiscal" {
			row.What += "; " + r.Words.T("evidence.periodkind.fiscal")
		}
		p.Rows = append(p.Rows, row)
	}
	sort.SliceStable(p.Places[1:], func(i, j int) bool { return p.Places[1+i].Label < p.Places[1+j].Label })
	if mayImport(r) == nil {
		p.Add = "/evidence/published/new"
		if place != "" {
			p.Add += "?place=" + place
		}
		p.Actions = []ui.Action{{Text: r.Words.T("published.new"), Path: p.Add}}
	}
	return h.Show(w, r, pages, "published.html", p)
}

func (h handlers) askPublished(r *ui.Request) func(ui.Edit, *desk.PublishedMean) error {
	return func(f ui.Edit, m *desk.PublishedMean) error {
		places := h.cityOptions(r, "part.choose")
		if !r.By.Officer() { // one who keeps a city writes for it alone
			for _, o := range places {
				if o.Value == r.By.City {
					places = []ui.Option{o}
					break
				}
			}
		}
		f.Select("place", "published.form.place", &m.Place, places)
		pollutants := f.Options("", []string{""})
		for _, i := range air.All() {
			if !i.Parameter.Weather() {
				pollutants = append(pollutants, ui.Option{Value: i.Code, Label: parameterName(i.Parameter, r.Lang)})
			}
		}
		f.Select("parameter", "published.form.parameter", &m.Parameter, pollutants)
		year := ""
		if m.Year != 0 {
			year = strconv.Itoa(m.Year)
		}
		f.Text("year", "published.form.year", &year).As("w4").Mode = "numeric"
		var err error
		if m.Year, err = strconv.Atoi(year); err != nil {
			f.Fault("year", "evidence.published.year", "From", 1900, "To", h.Now().Year())
		}
		f.Radio("period_kind", "published.form.kind", &m.PeriodKind, f.Options("evidence.periodkind", desk.PeriodKinds))
		var value *float64
		if m.Version != 0 || m.Value != 0 {
			value = &m.Value
		}
		f.Number("value", "published.form.value", &value)
		if value != nil {
			m.Value = *value
		} else {
			f.Fault("value", "evidence.published.value")
		}
		f.Text("unit", "published.form.unit", &m.Unit).As("w10")
		f.Select("scope", "published.form.scope", &m.Scope, f.Options("evidence.scope", desk.Scopes))
		f.Text("area", "published.form.area", &m.Area).Opt()
		f.Area("definition", "published.form.definition", &m.Definition).Opt().Size(2)
		f.Area("source", "published.form.source", &m.Source).Size(2)
		f.Text("url", "published.form.url", &m.URL).Opt().Kind("url")
		f.Area("note", "published.form.note", &m.Note).Opt().Size(2)
		f.Keep("version", &m.Version)
		return nil
	}
}

func (h handlers) newPublished(w http.ResponseWriter, r *ui.Request) error {
	if err := mayImport(r); err != nil {
		return err
	}
	m := desk.PublishedMean{Place: r.URL.Query().Get("place"), Parameter: "pm25", Unit: "ug/m3", Scope: "city", PeriodKind: "calendar"}
	if !r.By.Officer() {
		m.Place = r.By.City
	}
	return h.changePublished(w, r, m, func(m desk.PublishedMean) error {
		_, err := h.Evidence.CreatePublished(r.Context(), r.By, m)
		return err
	})
}

func (h handlers) editPublished(w http.ResponseWriter, r *ui.Request) error {
	m, err := h.Evidence.PublishedMean(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := r.By.NeedCity(m.Place); err != nil {
		return err
	}
	return h.changePublished(w, r, m, func(m desk.PublishedMean) error { return h.Evidence.UpdatePublished(r.Context(), r.By, m) })
}

// changePublished shows the form of a mean, or takes it.
func (h handlers) changePublished(w http.ResponseWriter, r *ui.Request, was desk.PublishedMean, save func(desk.PublishedMean) error) error {
	m := was
	f, err := ui.Change(r, &m, h.askPublished(r), func() error { return save(m) },
		func() (desk.PublishedMean, error) { return h.Evidence.PublishedMean(r.Context(), r.By, was.ID) })
	if err != nil {
		return err
	}
	if f == nil {
		return h.Redirect(w, r, "/evidence/published?place="+m.Place, r.Words.T("published.saved"))
	}
	p := &publishedPage{Mean: was}
	p.Form, p.NoIndex, p.Nav = f, true, "evidence"
	p.Title = r.Words.T("published.new")
	if was.Version != 0 {
		p.Title = r.Words.T("published.edit")
		own := "/evidence/published/" + was.ID
		hide := ui.Action{Text: r.Words.T("published.withdraw"), Path: own + "/withdraw", Post: true}
		if was.Withdrawn {
			hide = ui.Action{Text: r.Words.T("published.restore"), Path: own + "/restore", Post: true}
		}
		hide.Path += "?version=" + strconv.FormatInt(was.Version, 10)
		p.Actions = []ui.Action{{Text: r.Words.T("part.history"), Path: own + "/history"}, hide}
	}
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("nav.evidence"), Path: "/evidence"}, {Text: r.Words.T("published.title"), Path: "/evidence/published"}, {Text: p.Title}}
	return h.Show(w, r, pages, "editform.html", p)
}

func (h handlers) hidePublished(w http.ResponseWriter, r *ui.Request) error {
	hide, key := strings.HasSuffix(r.URL.Path, "/withdraw"), "published.restored"
	if hide {
		key = "published.withdrawn"
	}
	return h.Act(w, r, func(id string, version int64) error {
		return h.Evidence.WithdrawPublished(r.Context(), r.By, id, version, hide)
	}, "/evidence/published", r.Words.T(key))
}

func (h handlers) publishedHistory(w http.ResponseWriter, r *ui.Request) error {
	crumbs := []ui.Crumb{{Text: r.Words.T("nav.evidence"), Path: "/evidence"}, {Text: r.Words.T("published.title"), Path: "/evidence/published"}, {Text: r.PathValue("id"), Path: "/evidence/published/" + r.PathValue("id") + "/edit"}}
	return h.history(w, r, "published", r.PathValue("id"), r.Words.T("published.history"), crumbs)
}

// history shows what was done to a thing, for those who keep its city. Its fields are those of the form.
func (h handlers) history(w http.ResponseWriter, r *ui.Request, subject, id, title string, crumbs []ui.Crumb) error {
	all, err := h.Evidence.History(r.Context(), r.By, subject, id)
	if err != nil {
		return err
	}
	page := ui.Page{Title: title, Nav: "evidence", Crumbs: append(crumbs, ui.Crumb{Text: r.Words.T("part.history")})}
	form := map[string]string{"station": "monitor.form.", "published": "published.form."}[subject]
	return h.ShowHistory(w, r, page, all, func(action string) string { return r.Words.T("monitor.action." + action) },
		func(_ db.Change, before, after map[string]any) (string, []ui.Recorded) {
			var out []ui.Recorded
			for _, k := range slices.Sorted(maps.Keys(after)) {
				if before != nil && !strings.EqualFold(k, "version") {
					out = append(out, named(r, k, form+strings.ToLower(k)))
				}
			}
			return "", out
		})
}

// named is a field of the record with the text that the form has for it, and its words.
func named(r *ui.Request, field, key string) ui.Recorded {
	word := func(list string) func(any) string {
		return func(x any) string {
			if s, _ := x.(string); r.Words.Has(list + s) {
				return r.Words.T(list + s)
			}
			return ""
		}
	}
	switch field {
	case "SiteType":
		return ui.Recorded{Field: field, Key: "monitor.form.site", Show: word("evidence.site.")}
	case "period_kind":
		return ui.Recorded{Field: field, Key: "published.form.kind", Show: word("evidence.periodkind.")}
	case "scope":
		return ui.Recorded{Field: field, Key: key, Show: word("evidence.scope.")}
	}
	return ui.Recorded{Field: field, Key: key}
}
