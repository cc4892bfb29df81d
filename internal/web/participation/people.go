package participation

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	activitydesk "aircommons/internal/activity"
	"aircommons/internal/fault"
	formdesk "aircommons/internal/form"
	"aircommons/internal/network"
	desk "aircommons/internal/participation"
	webform "aircommons/internal/web/form"
	"aircommons/internal/web/ui"
)

// pageSize is how many people one page of a list shows.
const pageSize = 100

type personRow struct {
	desk.Row
	Name, NameIn string
	City         string
	Chip         string
	Since        string
	More         []string // marks in words: funded, online, place in line
}

type quotaLine struct {
	Quota desk.Quota
	Text  string
}

type countLink struct {
	Path, Text string
	N          int
	Here       bool
}

type peoplePage struct {
	ui.Page
	L       desk.Listing
	Saved   []savedRow
	To      []ui.Option
	CSV     string
	XLSX    string
	Rows    []personRow
	States  []countLink
	Quotas  []quotaLine
	Filter  *ui.Form
	Query   string // of the filter
	Said    []string
	From    int
	Earlier string
	Later   string
}

type savedRow struct {
	desk.Saved
	Path string
	Drop bool
}

func (h handlers) people(w http.ResponseWriter, r *ui.Request) error {
	return h.showPeople(w, r, desk.ReadFilter(r.URL.Query()), nil)
}

func (h handlers) showPeople(w http.ResponseWriter, r *ui.Request, f desk.Filter, refused error) error {
	l, err := h.Participation.People(r.Context(), r.By, r.PathValue("id"), f)
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &peoplePage{L: l, Query: f.Query()}
	at := "/office/activities/" + l.Activity.ID + "/people"
	p.Page = ui.Page{Title: r.Words.T("participation.people"), Nav: "programme", NoIndex: true, Crumbs: crumbs(r, l.Activity, r.Words.T("participation.people")), Actions: h.actions(r, l.Activity, "people")}
	all := f
	all.States = nil
	p.States = append(p.States, countLink{at + query(all), r.Words.T("participation.all"), l.All, len(f.States) == 0})
	for _, s := range desk.States {
		if n := l.Counts[s]; n > 0 {
			one := f
			one.States = []desk.State{s}
			p.States = append(p.States, countLink{at + query(one), r.Words.T("participation.state." + string(s)), n, len(f.States) == 1 && f.States[0] == s})
		}
	}
	for _, q := range l.Quotas {
		p.Quotas = append(p.Quotas, quotaLine{q, taken(r, l, q.ID)})
	}
	if p.Filter, err = h.filter(r, f, l); err != nil {
		return err
	}
	p.Form = ui.NewForm(r, refused)
	p.Form.Text("name", "participation.filter.name", "").As("w20").Max = 120
	if r.By.Officer() {
		p.Form.Check("network", "participation.filter.network", false)
	}
	kept, err := h.Participation.Filters(r.Context(), r.By, l.Activity.ID)
	if err != nil {
		return err
	}
	for _, k := range kept {
		p.Saved = append(p.Saved, savedRow{k, at + "?" + k.Query, k.Activity != "" || r.By.Officer()})
	}
	for _, s := range desk.Targets {
		p.To = append(p.To, ui.Option{Value: string(s), Label: r.Words.T("participation.do." + string(s))})
	}
	p.CSV, p.XLSX = at+"/as/csv"+query(f), at+"/as/xlsx"+query(f)
	p.From, _ = strconv.Atoi(r.URL.Query().Get("from")) // a broken one is the beginning
	p.From = max(0, min(p.From, len(l.Rows)))
	end := min(len(l.Rows), p.From+pageSize)
	for _, row := range l.Rows[p.From:end] {
		p.Rows = append(p.Rows, h.row(r, net, l.Activity, row))
	}
	if p.From > 0 {
		p.Earlier = at + paged(f, max(0, p.From-pageSize))
	}
	if end < len(l.Rows) {
		p.Later = at + paged(f, end)
	}
	return h.Show(w, r, pages, "people.html", p)
}

func query(f desk.Filter) string {
	if s := f.Query(); s != "" {
		return "?" + s
	}
	return ""
}

func paged(f desk.Filter, from int) string {
	v, _ := url.ParseQuery(f.Query()) // written by ourselves
	v.Set("from", strconv.Itoa(from))
	return "?" + v.Encode()
}

func (h handlers) row(r *ui.Request, net *network.Snapshot, a activitydesk.Activity, row desk.Row) personRow {
	x := personRow{Row: row, Chip: stateChip(row.State), Since: r.Words.Date(row.Since)}
	x.Name, x.NameIn = row.Who.NameFor("display", r.Lang)
	if row.Person == "" {
		x.Name, x.NameIn = r.Words.T("participation.noname"), ""
	} else if x.Name == "" {
		x.Name = r.Words.T("participation.erased")
	}
	if x.NameIn == r.Lang {
		x.NameIn = ""
	}
	if row.Place != "" {
		x.City = net.PlaceName(row.Place, r.Lang)
	} else if row.Country != "" {
		x.City = webform.CountryName(r.Lang, row.Country)
	}
	if row.Turn > 0 {
		x.More = append(x.More, r.Words.T("participation.turn", "Number", row.Turn))
	}
	if row.OfferUntil != nil {
		x.More = append(x.More, r.Words.T("participation.until", "Time", when(r, a, *row.OfferUntil)))
	}
	if row.Mode == "online" {
		x.More = append(x.More, r.Words.T("participation.mode.online"))
	}
	if row.Funded {
		x.More = append(x.More, r.Words.T("participation.funded.yes"))
	}
	if row.Echoes > 0 {
		x.More = append(x.More, r.Words.T("participation.echoes"))
	}
	return x
}

// filter is the form that chooses among people.
func (h handlers) filter(r *ui.Request, f desk.Filter, l desk.Listing) (*ui.Form, error) {
	form := ui.StoredForm(r)
	any := ui.Option{Label: r.Words.T("participation.any")}
	one := func(list []string) string {
		if len(list) == 1 {
			return list[0]
		}
		return ""
	}
	form.Text("q", "participation.filter.text", f.Text).Kind("search")
	state := ""
	if len(f.States) == 1 {
		state = string(f.States[0])
	}
	var states []string
	for _, s := range desk.States {
		states = append(states, string(s))
	}
	form.Select("state", "participation.filter.state", state, append([]ui.Option{any}, form.Options("participation.state", states)...))
	form.Select("role", "participation.form.role", one(f.Roles), append([]ui.Option{any}, form.Options("participation.role", desk.Roles)...))
	cities, err := h.cities(r, any, ui.Option{Value: "-", Label: r.Words.T("participation.filter.nocity")})
	if err != nil {
		return nil, err
	}
	form.Select("place", "participation.filter.place", one(f.Places), cities)
	form.Select("country", "participation.filter.country", one(f.Countries), append([]ui.Option{any}, webform.Countries(r.Lang)...))
	form.Select("mode", "participation.form.mode", f.Mode, append([]ui.Option{any}, form.Options("participation.mode", desk.Modes)...))
	form.Select("funded", "participation.form.funded", f.Funded, append([]ui.Option{any}, form.Options("participation.funded", []string{"yes", "no"})...))
	form.Select("source", "participation.filter.source", f.Source, append([]ui.Option{any}, form.Options("participation.source", desk.Sources)...))
	form.Select("followup", "participation.filter.followup", f.Followup, append([]ui.Option{any}, form.Options("participation.followup", []string{"missing", "done"})...))
	if l.Setup.Form != "" {
		asked, err := h.Form.Asking(r.Context(), l.Setup.Form)
		if err != nil && fault.CodeOf(err) != fault.NotFound {
			return nil, err
		}
		answers := []ui.Option{any}
		for _, page := range asked.Pages {
			for _, q := range page.Questions {
				label, _ := q.Labels.In(r.Lang)
				for _, o := range q.Options {
					text, _ := o.Labels.In(r.Lang)
					answers = append(answers, ui.Option{Value: q.ID + ":" + o.Value, Label: label + r.Words.T("participation.colon") + text})
				}
				if q.Kind == "yesno" {
					for _, v := range []string{"yes", "no"} {
						answers = append(answers, ui.Option{Value: q.ID + ":" + v, Label: label + r.Words.T("participation.colon") + r.Words.T("part."+v)})
					}
				}
			}
		}
		if len(answers) > 1 {
			form.Select("answer", "participation.filter.answer", f.Answer, answers)
		}
	}
	form.Check("echo", "participation.filter.echo", f.Echo)
	return form, nil
}

type caseStep struct {
	At, Machine, Who, What, Reason string
}

type answerRow struct {
	Label, LabelIn, Text string
	Files                []ui.Link
}

type answerGroup struct {
	Name  string
	Which string // "registration", "followup"
	Sent  string
	Rows  []answerRow
}

type casePage struct {
	ui.Page
	C       desk.Case
	Row     personRow
	Email   string
	Until   string
	Full    []fullRow
	Steps   []caseStep
	Answers []answerGroup
	Echoes  []echoRow
}

type echoRow struct {
	desk.Echo
	When string
}

func (h handlers) person(w http.ResponseWriter, r *ui.Request) error { return h.showPerson(w, r, nil) }

func (h handlers) showPerson(w http.ResponseWriter, r *ui.Request, refused error) error {
	c, err := h.Participation.Case(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &casePage{C: c, Row: h.row(r, net, c.Activity, desk.Row{Participation: c.Participation, Who: c.Person})}
	p.Page = ui.Page{Title: p.Row.Name, Nav: "programme", NoIndex: true, Crumbs: officeCrumbs(r, c.Activity, p.Row.Name)}
	if c.OfferUntil != nil {
		p.Until = when(r, c.Activity, *c.OfferUntil)
	}
	for _, q := range c.Turn.Full {
		p.Full = append(p.Full, fullRow{q, r.Words.Int(q.Seats)})
	}
	for _, e := range c.History {
		x := caseStep{At: when(r, c.Activity, e.At), Machine: e.At.Format(time.RFC3339), Who: e.ByName, What: e.Action}
		if x.Who == "" {
			x.Who = r.Words.T("participation.by.person")
		}
		if key := "action." + e.Action; r.Words.Has(key) {
			x.What = r.Words.T(key)
		}
		var after struct{ State, Reason, Source string }
		if e.After != nil && json.Unmarshal(e.After, &after) == nil { // what was erased says nothing
			if x.Reason = after.Reason; e.Action == "create" && after.State != "" {
				x.What += r.Words.T("participation.colon") + r.Words.T("participation.state."+after.State)
				if e.ByName == "" && after.Source != "" {
					x.Who = r.Words.T("participation.source." + after.Source)
				}
			}
		}
		p.Steps = append(p.Steps, x)
	}
	if p.Answers, err = h.answers(r, c.Own, "/office/participations/"+c.ID); err != nil {
		return err
	}
	for _, e := range c.Echoes {
		if e.Settled == "" {
			p.Echoes = append(p.Echoes, echoRow{e, when(r, c.Activity, e.At)})
		}
	}
	f := ui.NewForm(r, refused)
	var to []ui.Option
	for _, s := range c.Next {
		to = append(to, ui.Option{Value: string(s), Label: r.Words.T("participation.do." + string(s))})
	}
	if len(to) > 0 {
		f.Radio("to", "participation.decide", "", to)
		f.Area("reason", "participation.decide.reason", "").Opt().Size(3)
		f.Check("beyond", "participation.decide.beyond", false)
		f.Keep("version", c.Version)
	}
	p.Form = f
	return h.Show(w, r, pages, "person.html", p)
}

// answers are what somebody answered, in the words that were asked.
func (h handlers) answers(r *ui.Request, o desk.Own, at string) (out []answerGroup, err error) {
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return nil, err
	}
	for _, x := range o.Answers {
		f, err := h.Participation.FormOf(r.Context(), x)
		if err != nil {
			return nil, err
		}
		g := answerGroup{Sent: when(r, o.Activity, x.At), Which: desk.Asked}
		if x.Form == o.Setup.Followup {
			g.Which = desk.Followup
		}
		g.Name, _ = f.Names.In(r.Lang)
		if !x.Sent {
			g.Sent = ""
		}
		for _, q := range f.Asked(x.Answers) {
			if v := x.Answers[q.ID]; len(v) > 0 {
				row := answerRow{Text: webform.Text(r, q, v, net)}
				if q.Kind == "file" {
					row.Text = ""
					for _, s := range v {
						if sum, name, ok := formdesk.FileOf(s); ok {
							row.Files = append(row.Files, ui.Link{Path: at + "/file/" + q.ID + "/" + sum, Text: name})
						}
					}
				}
				if row.Label, row.LabelIn = q.Labels.In(r.Lang); row.LabelIn == r.Lang {
					row.LabelIn = ""
				}
				g.Rows = append(g.Rows, row)
			}
		}
		out = append(out, g)
	}
	return out, nil
}

func (h handlers) decide(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	p, err := h.Participation.Decide(r.Context(), r.By, id, r.Version(), desk.State(r.Value("to")), r.Value("reason"), r.Yes("beyond"))
	if ui.Again(err) {
		return h.showPerson(w, r, err)
	}
	if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/participations/"+id, r.Words.T("participation.decided", "State", strings.ToLower(r.Words.T("participation.state."+string(p.State)))))
}
