package participation

import (
	"net/http"
	"strings"

	activitydesk "aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/fault"
	desk "aircommons/internal/participation"
	"aircommons/internal/web/ui"
)

// languages are those that letters are written in.
func languages() (out []ui.Option) {
	for _, l := range catalog.Languages {
		out = append(out, ui.Option{Value: l.Tag, Label: l.Name, Lang: l.Tag})
	}
	return out
}

type cityGroup struct {
	Activity activitydesk.Activity
	When     string
	Rows     []personRow
}

type cityPage struct {
	ui.Page
	Place  string
	Groups []cityGroup
}

// citySeats lists the seats of a city and who takes them, for its focal point.
func (h handlers) citySeats(w http.ResponseWriter, r *ui.Request) error {
	place := r.PathValue("id")
	groups, err := h.Participation.OfCity(r.Context(), r.By, place)
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &cityPage{Place: place}
	city := net.PlaceName(place, r.Lang)
	p.Page = ui.Page{Title: r.Words.T("participation.cityseats.title", "City", city), Nav: "cities", NoIndex: true,
		Crumbs: []ui.Crumb{{Text: r.Words.T("nav.cities"), Path: "/cities"}, {Text: city, Path: "/cities/" + place}, {Text: r.Words.T("participation.cityseats")}}}
	for _, g := range groups {
		x := cityGroup{Activity: g.Activity, When: g.Activity.Period.Say(r.Words)}
		for _, row := range g.Rows {
			x.Rows = append(x.Rows, h.row(r, net, g.Activity, row))
		}
		p.Groups = append(p.Groups, x)
	}
	return h.Show(w, r, pages, "city.html", p)
}

// citySeat names somebody for a seat of a city, or gives it to somebody else.
func (h handlers) citySeat(w http.ResponseWriter, r *ui.Request) error {
	place, id := r.PathValue("id"), r.PathValue("seat")
	groups, err := h.Participation.OfCity(r.Context(), r.By, place)
	if err != nil {
		return err
	}
	var row *desk.Row
	var a activitydesk.Activity
	for _, g := range groups {
		for i := range g.Rows {
			if g.Rows[i].ID == id {
				row, a = &g.Rows[i], g.Activity
			}
		}
	}
	if row == nil {
		return fault.New(fault.NotFound, "error.notfound")
	}
	q := desk.Request{Lang: r.Lang}
	version := row.Version
	f, err := ui.Change(r, &q, func(e ui.Edit, q *desk.Request) error {
		h.askNamed(e, q)
		e.Keep("version", &version)
		return nil
	}, func() error {
		if row.Person == "" {
			_, err := h.Participation.Name(r.Context(), r.By, id, version, q)
			return err
		}
		_, err := h.Participation.Replace(r.Context(), r.By, id, version, q)
		return err
	}, nil)
	if err != nil {
		return err
	}
	back := "/cities/" + place + "/seats"
	if f == nil {
		return h.Redirect(w, r, back, r.Words.T("participation.cityseats.named", "Name", q.Name))
	}
	title := r.Words.T("participation.cityseats.name")
	if row.Person != "" {
		title = r.Words.T("participation.replace")
	}
	p := &askPage{Button: title, Back: back, Lede: name(r, a)}
	if row.Person != "" {
		p.Said = []string{r.Words.T("participation.cityseats.instead", "Name", row.Who.Name)}
	} else {
		p.Said = []string{r.Words.T("participation.cityseats.help")}
	}
	p.Page = ui.Page{Title: title, Nav: "cities", NoIndex: true, Form: f, Crumbs: []ui.Crumb{{Text: r.Words.T("nav.cities"), Path: "/cities"}, {Text: r.Words.T("participation.cityseats"), Path: back}, {Text: title}}}
	return h.Show(w, r, pages, "ask.html", p)
}

type groupPage struct {
	registerPage
	Rows [][]*ui.Field
}

const groupRows = 5 // empty rows at first

// group registers a delegation: rows of people, or lines pasted from a list.
func (h handlers) group(w http.ResponseWriter, r *ui.Request) error {
	p, err := h.entrance(r)
	if err != nil {
		return err
	}
	runs := desk.Runs(r.By, p.In.Activity)
	if !p.In.Door.Takes() && !runs {
		return h.Show(w, r, pages, "closed.html", p)
	}
	if p.In.Setup.Delegation == 0 && !runs {
		return fault.New(fault.NotFound, "error.notfound")
	}
	people, common := readGroup(r, p.In.Activity.ID)
	var refused error
	if r.Method == http.MethodPost && r.Value("do") == "go" {
		outs, err := h.Participation.RegisterDelegation(r.Context(), r.By, p.In.Activity.ID, r.Value("key"), people)
		if err == nil {
			return h.groupDone(w, r, p, outs)
		}
		if !ui.Again(err) {
			return err
		}
		refused = err
	}
	if r.Method != http.MethodPost && r.By.SignedIn() && !r.By.Device {
		people = append(people, desk.Request{Name: r.By.Name, Email: r.By.Email})
	}
	for n := max(groupRows, len(people)+1); len(people) < n && len(people) < 200; {
		people = append(people, desk.Request{})
	}
	// Rows are numbered anew: what was sent stands in people.
	form := ui.NewForm(r, refused)
	cities, err := h.cities(r, ui.Option{Label: r.Words.T("participation.form.nocity")})
	if err != nil {
		return err
	}
	g := &groupPage{registerPage: *p}
	form.Select("place", "participation.form.place", common.Place, cities)
	form.Text("organisation", "participation.form.organisation", common.Organisation).Opt()
	for i, q := range people {
		at := "people." + itoa(i) + "."
		from := len(form.Fields)
		for _, x := range []struct{ name, key, value string }{{"name", "participation.form.name", q.Name}, {"email", "participation.form.email", q.Email}} {
			d := form.Text(at+x.name, x.key, x.value)
			d.Value, d.Hint = x.value, "" // lines that were pasted
		}
		g.Rows = append(g.Rows, form.Fields[from:])
	}
	paste := form.Area("paste", "participation.group.paste", "").Opt()
	paste.Value = ""
	key := r.Value("key")
	if key == "" {
		if key, err = h.key(); err != nil {
			return err
		}
	}
	form.Keep("key", key)
	g.Form = form
	g.Title = r.Words.T("participation.group.title", "Activity", name(r, p.In.Activity))
	return h.Show(w, r, pages, "group.html", g)
}

// readGroup reads the rows of a delegation, and lines that were pasted: a name and an address in each, parted by a tab, comma or semicolon.
func readGroup(r *ui.Request, activity string) (people []desk.Request, common desk.Request) {
	if r.Method != http.MethodPost {
		return nil, common
	}
	common = desk.Request{Activity: activity, Lang: r.Lang, Place: r.Value("place"), Organisation: r.Value("organisation")}
	add := func(name, email string) {
		if name == "" && email == "" || len(people) >= 1000 {
			return
		}
		q := common
		q.Name, q.Email = name, email
		people = append(people, q)
	}
	for i := range 1000 {
		at := "people." + itoa(i) + "."
		if !r.PostForm.Has(at + "name") {
			break
		}
		add(r.Value(at+"name"), r.Value(at+"email"))
	}
	for _, line := range r.Lines("paste") {
		name, email := "", ""
		for _, part := range strings.FieldsFunc(line, func(c rune) bool {
			return c == '\t' || c == ',' || c == ';' || c == '<' || c == '>' || c == '，' || c == '；'
		}) {
			if part = strings.TrimSpace(part); part == "" {
				continue
			}
			if strings.Contains(part, "@") && email == "" {
				email = part
			} else if name == "" {
				name = part
			}
		}
		add(name, email)
	}
	return people, common
}

type groupDone struct {
	ui.Page
	Activity activitydesk.Activity
	Rows     []personRow
	Known    int
}

// groupDone tells what became of each. Of those who had registered before nothing is told.
func (h handlers) groupDone(w http.ResponseWriter, r *ui.Request, in *registerPage, outs []desk.Outcome) error {
	p := &groupDone{Activity: in.In.Activity}
	p.Page = ui.Page{Title: r.Words.T("participation.group.done"), Nav: "programme", NoIndex: true, Crumbs: crumbs(r, in.In.Activity, r.Words.T("participation.register"))}
	people, _ := readGroup(r, in.In.Activity.ID)
	for i, o := range outs {
		if o.Link == "" && i < len(people) {
			p.Known++
			continue
		}
		x := personRow{Row: desk.Row{Participation: o.Participation}, Chip: stateChip(o.State)}
		if i < len(people) {
			x.Name = people[i].Name
		}
		p.Rows = append(p.Rows, x)
	}
	return h.Show(w, r, pages, "groupdone.html", p)
}
