package participation

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	activitydesk "aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/form"
	desk "aircommons/internal/participation"
	webform "aircommons/internal/web/form"
	"aircommons/internal/web/ui"
)

// settings is what the page of settings edits: how one gets in, and the quotas.
type settings struct {
	desk.Registration
	Quotas []desk.Quota
}

type quotaRow struct {
	Title  string
	Taken  string
	Fields []*ui.Field
}

type setupPage struct {
	ui.Page
	Activity activitydesk.Activity
	Ways     []*ui.Field // how one gets in
	Rows     []quotaRow
	NoForms  bool
	Rest     []*ui.Field
	Zone     string
}

// spareRows are the empty rows for more quotas.
const spareRows = 2

func (h handlers) setup(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	l, err := h.Participation.People(r.Context(), r.By, id, desk.Filter{})
	if err != nil {
		return err
	}
	cities, err := h.cities(r, ui.Option{Label: r.Words.T("participation.any")})
	if err != nil {
		return err
	}
	forms, err := h.forms(r, l.Activity)
	if err != nil {
		return err
	}
	p := &setupPage{Activity: l.Activity, NoForms: len(forms["registration"]) == 0 && len(forms["followup"]) == 0}
	if zone := activitydesk.Zone(l.Activity.Zone); zone != nil {
		p.Zone = activitydesk.ZoneName(r.Words, zone)
	}
	rows := 0
	ask := func(q ui.Edit, s *settings) error {
		p.Ways, p.Rows, p.Rest = nil, nil, nil
		mark := func(fields ...*ui.Field) { p.Ways = append(p.Ways, fields...) }
		mark(q.Check("open", "participation.setup.open", &s.Open), wall(q, "opens", &s.Opens).Opt(), wall(q, "closes", &s.Closes).Opt(),
			q.Check("approve", "participation.setup.approve", &s.Approve), q.Check("waiting", "participation.setup.waiting", &s.Waiting))
		hours, most := int64(s.OfferHours), int64(s.Delegation)
		mark(q.Whole("offer_hours", "participation.setup.hours", &hours), q.Whole("delegation", "participation.setup.delegation", &most).Opt())
		s.OfferHours, s.Delegation = int(hours), int(most)
		none := ui.Option{Label: r.Words.T("participation.setup.noform")}
		p.Rest = append(p.Rest, q.Select("form", "participation.setup.form", &s.Form, append([]ui.Option{none}, forms["registration"]...)),
			q.Select("followup", "participation.setup.followup", &s.Followup, append([]ui.Option{none}, forms["followup"]...)),
			wall(q, "followup_by", &s.FollowupBy).Opt(), q.Areas("note", "participation.setup.note", &s.Note).Opt())
		if rows == 0 {
			rows = len(s.Quotas) + spareRows
			if n, err := strconv.Atoi(r.PostForm.Get("rows")); err == nil && n > 0 && n <= 60 {
				rows = n
			}
			if r.PostForm.Get("more") != "" {
				rows += spareRows
			}
		}
		for len(s.Quotas) < rows {
			s.Quotas = append(s.Quotas, desk.Quota{})
		}
		for i := range s.Quotas {
			row := quotaRow{Title: r.Words.T("participation.quota.number", "Number", i+1)}
			if n := s.Quotas[i].ID; n != "" {
				row.Taken = taken(r, l, n)
			}
			row.Fields = h.askQuota(q, r, "quotas."+strconv.Itoa(i)+".", &s.Quotas[i], cities)
			p.Rows = append(p.Rows, row)
		}
		q.Keep("version", &s.Version)
		count := strconv.Itoa(len(s.Quotas))
		q.Form.Keep("rows", count).Value = count
		return nil
	}
	s := settings{l.Setup, slices.Clone(l.Quotas)}
	if r.Method == http.MethodPost {
		s.Quotas = kept(r, l.Quotas)
	}
	save := func() error {
		quotas, err := h.given(r, s.Quotas)
		if err != nil {
			return err
		}
		return h.Participation.SaveSetup(r.Context(), r.By, s.Registration, quotas)
	}
	if r.PostForm.Get("more") != "" {
		save = func() error { return errMore }
	}
	f, err := ui.Change(r, &s, ask, save, func() (settings, error) {
		now, qs, err := h.Participation.Setup(r.Context(), r.By, id)
		return settings{now, qs}, err
	})
	if err == errMore {
		f, err = ui.NewForm(r, nil), nil
		if err := ask(ui.Edit{Form: f}, &s); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	if f == nil {
		return h.Redirect(w, r, "/office/activities/"+id+"/registration", r.Words.T("participation.setup.saved"))
	}
	p.Page = ui.Page{Title: r.Words.T("participation.setup.title"), Nav: "programme", NoIndex: true, Form: f, Crumbs: officeCrumbs(r, l.Activity, r.Words.T("participation.setup.title"))}
	p.Actions = h.actions(r, l.Activity, "registration")
	return h.Show(w, r, pages, "setup.html", p)
}

// errMore asks for more rows without saving.
var errMore = &moreRows{}

type moreRows struct{}

func (*moreRows) Error() string { return "more rows are asked for" }

// kept are the quotas that the form was filled from, by the ids it carries, so that the answers stand at the right one.
func kept(r *ui.Request, now []desk.Quota) (out []desk.Quota) {
	for i := range 60 {
		id := r.PostForm.Get("quotas." + strconv.Itoa(i) + ".id")
		if !r.PostForm.Has("quotas." + strconv.Itoa(i) + ".seats") {
			break
		}
		q := desk.Quota{ID: id}
		for _, x := range now {
			if x.ID == id {
				q = x
			}
		}
		out = append(out, q)
	}
	return out
}

// given are the quotas that were filled in. One without a name is named after whom it is for, in every language.
func (h handlers) given(r *ui.Request, rows []desk.Quota) (out []desk.Quota, err error) {
	snap, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return nil, err
	}
	for i, q := range rows {
		if r.Yes("quotas."+strconv.Itoa(i)+".drop") || len(q.Names) == 0 && r.Value("quotas."+strconv.Itoa(i)+".seats") == "" {
			continue
		}
		if len(q.Names) == 0 {
			q.Names = db.Text{}
			for _, lang := range catalog.Languages {
				q.Names[lang.Tag] = said(h.Catalog.Lang(lang.Tag), q, func(id string) string { return snap.PlaceName(id, lang.Tag) })
			}
		}
		out = append(out, q)
	}
	return out, nil
}

// said names a quota by whom it is for.
func said(w *catalog.Words, q desk.Quota, place func(id string) string) string {
	var parts []string
	if q.EachPlace {
		parts = append(parts, w.T("participation.quota.eachcity"))
	}
	if q.Place != "" {
		parts = append(parts, place(q.Place))
	}
	if q.Country != "" {
		parts = append(parts, webform.CountryName(w.Tag(), q.Country))
	}
	if q.Role != "" {
		parts = append(parts, w.T("participation.role."+q.Role))
	}
	if q.Mode != "" {
		parts = append(parts, w.T("participation.mode."+q.Mode))
	}
	if q.Funded != "" {
		parts = append(parts, w.T("participation.funded."+q.Funded))
	}
	if len(parts) == 0 {
		return w.T("participation.quota.all")
	}
	return strings.Join(parts, " · ")
}

func (h handlers) askQuota(q ui.Edit, r *ui.Request, at string, x *desk.Quota, cities []ui.Option) []*ui.Field {
	from := len(q.Fields)
	any := ui.Option{Label: r.Words.T("participation.any")}
	seats := ""
	if x.ID != "" || x.Seats != 0 {
		seats = strconv.Itoa(x.Seats)
	}
	q.Text(at+"seats", "participation.quota.seats", &seats).As("w4").Mode = "numeric"
	if n, err := strconv.Atoi(seats); err == nil {
		x.Seats = n
	} else if seats != "" {
		q.Fault(at+"seats", "form.whole")
	}
	q.Select(at+"role", "participation.quota.role", &x.Role, append([]ui.Option{any}, q.Options("participation.role", desk.Roles)...))
	q.Select(at+"mode", "participation.quota.mode", &x.Mode, append([]ui.Option{any}, q.Options("participation.mode", desk.Modes)...))
	q.Select(at+"funded", "participation.quota.funded", &x.Funded, append([]ui.Option{any}, q.Options("participation.funded", []string{"yes", "no"})...))
	q.Select(at+"country", "participation.quota.country", &x.Country, append([]ui.Option{any}, webform.Countries(r.Lang)...))
	q.Select(at+"place", "participation.quota.place", &x.Place, cities)
	q.Check(at+"each", "participation.quota.each", &x.EachPlace)
	q.Texts(at+"names", "participation.quota.names", &x.Names).Opt()
	if x.ID != "" {
		drop := false
		q.Check(at+"drop", "participation.quota.drop", &drop)
	}
	q.Form.Keep(at+"id", x.ID)
	return q.Fields[from:]
}

func wall(q ui.Edit, name string, value *string) *ui.Field {
	return q.Text(name, "participation.setup."+strings.ReplaceAll(name, "_", ""), value).As("w20").Kind("datetime-local")
}

// taken says how many seats of a quota are taken.
func taken(r *ui.Request, l desk.Listing, id string) string {
	for i, q := range l.Quotas {
		if q.ID != id {
			continue
		}
		n := 0
		for _, x := range l.Taken[i] {
			n += x
		}
		if q.EachPlace {
			return r.Words.N("participation.quota.takenby", n, "Cities", r.Words.Int(len(l.Taken[i])))
		}
		return r.Words.T("participation.quota.taken", "Taken", r.Words.Int(n), "Seats", r.Words.Int(q.Seats))
	}
	return ""
}

// forms are the published forms that an activity can ask with, by purpose.
func (h handlers) forms(r *ui.Request, a activitydesk.Activity) (map[string][]ui.Option, error) {
	all, err := h.Form.Forms(r.Context(), r.By)
	if err != nil {
		return nil, err
	}
	out := map[string][]ui.Option{}
	for _, f := range all {
		if f.State != form.Published || f.Subject == "activity" && f.Key != a.ID || f.Subject == "programme" && f.Key != a.Programme {
			continue
		}
		text, in := f.Names.In(r.Lang)
		o := ui.Option{Value: f.ID, Label: text}
		if in != r.Lang {
			o.Lang = in
		}
		out[f.Purpose] = append(out[f.Purpose], o)
	}
	return out, nil
}

// actions are what one who runs an activity can do with its people.
func (h handlers) actions(r *ui.Request, a activitydesk.Activity, here string) (out []ui.Action) {
	for _, x := range []struct{ word, path string }{{"people", "people"}, {"setup", "registration"}, {"day", "day"}, {"add", "people/add"}, {"seats", "people/seats"}, {"import", "people/import"}, {"batches", "people/batches"}} {
		if here == "" && x.path != "people" && x.path != "registration" && x.path != "day" {
			continue // the pages of people lead there
		}
		if x.path != here {
			out = append(out, ui.Action{Text: r.Words.T("participation.go." + x.word), Path: "/office/activities/" + a.ID + "/" + x.path})
		}
	}
	return out
}
