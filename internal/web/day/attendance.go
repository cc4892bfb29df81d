package day

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"aircommons/internal/catalog"
	"aircommons/internal/fault"
	letterdesk "aircommons/internal/letter"
	"aircommons/internal/network"
	desk "aircommons/internal/participation"
	"aircommons/internal/web/ui"
)

type attendedRow struct {
	person
	desk.Attended
	Marks  []bool // by unit
	Number string
	Path   string // of the certificate
	Gone   bool   // it was cancelled
}

type cityRow struct {
	desk.CityAttendance
	Name  string
	Share string
}

type attendancePage struct {
	ui.Page
	T     desk.Attendance
	Units []string
	Rows  []attendedRow
	Rows2 []cityRow
	Said  string
}

// ruleSaid says a rule in words.
func ruleSaid(r *ui.Request, x desk.Rule) string {
	switch {
	case x.Counts == desk.CountOnce:
		return r.Words.T("day.rule.once")
	case x.Share > 0:
		return r.Words.T("day.rule.said.share."+x.Counts, "Least", max(1, x.Least), "Share", x.Share)
	}
	return r.Words.T("day.rule.said."+x.Counts, "Least", max(1, x.Least))
}

func (h handlers) attendance(w http.ResponseWriter, r *ui.Request) error {
	t, err := h.Participation.Attendance(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showAttendance(w, r, t, t.Rule, nil)
}

func (h handlers) showAttendance(w http.ResponseWriter, r *ui.Request, t desk.Attendance, rule desk.Rule, refused error) error {
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &attendancePage{T: t, Said: ruleSaid(r, t.Rule)}
	p.Page = ui.Page{Title: r.Words.T("day.attendance"), Nav: "programme", NoIndex: true, Crumbs: crumbs(r, t.Activity, r.Words.T("day.attendance"))}
	for _, u := range t.Units {
		p.Units = append(p.Units, sessionName(r, u))
	}
	p.Rows = h.attended(r, net, t)
	p.Rows2 = cities(r, net, t)
	f := ui.NewForm(r, refused)
	f.Radio("counts", "day.rule.counts", rule.Counts, f.Options("day.counts", desk.Counts))
	f.Text("least", "day.rule.least", strconv.Itoa(rule.Least)).As("w4").Mode = "numeric"
	f.Text("share", "day.rule.share", strconv.Itoa(rule.Share)).As("w4").Mode = "numeric"
	f.Keep("version", rule.Version)
	p.Form = f
	return h.Show(w, r, pages, "attendance.html", p)
}

func (h handlers) attended(r *ui.Request, net *network.Snapshot, t desk.Attendance) (out []attendedRow) {
	for _, x := range t.Rows {
		row := attendedRow{person: h.person(r, net, desk.Here{Participation: x.Participation, Who: x.Who, Group: x.Group}), Attended: x}
		for _, u := range t.Units {
			row.Marks = append(row.Marks, slices.Contains(x.At, u.Key))
		}
		if x.Letter != nil {
			row.Number, row.Path, row.Gone = x.Letter.Number, "/letters/"+x.Letter.ID, x.Letter.State == letterdesk.Cancelled
		}
		out = append(out, row)
	}
	return out
}

func cities(r *ui.Request, net *network.Snapshot, t desk.Attendance) (out []cityRow) {
	for _, c := range t.Cities {
		row := cityRow{CityAttendance: c, Name: r.Words.T("day.nocity")}
		if c.Place != "" {
			row.Name = net.PlaceName(c.Place, r.Lang)
		}
		if c.Seats > 0 {
			row.Share = r.Words.T("day.percent", "Share", r.Words.Number(100*float64(c.Came)/float64(c.Seats), 0))
		}
		out = append(out, row)
	}
	slices.SortStableFunc(out, func(a, b cityRow) int { return cmp.Or(-cmp.Compare(a.Seats, b.Seats), strings.Compare(a.Name, b.Name)) })
	return out
}

func (h handlers) setRule(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	rule := desk.Rule{Activity: id, Counts: r.Value("counts"), Version: r.Version()}
	var f fault.Form
	for _, x := range []struct {
		name string
		to   *int
	}{{"least", &rule.Least}, {"share", &rule.Share}} {
		n, err := strconv.Atoi(r.Value(x.name))
		if err != nil && r.Value(x.name) != "" {
			f.Add(x.name, "form.whole")
		}
		*x.to = n
	}
	err := f.Err()
	if err == nil {
		err = h.Participation.SetRule(r.Context(), r.By, rule)
	}
	if ui.Again(err) {
		t, e := h.Participation.Attendance(r.Context(), r.By, id)
		if e != nil {
			return e
		}
		return h.showAttendance(w, r, t, t.Rule, err)
	}
	if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/activities/"+id+"/attendance", r.Words.T("day.rule.saved"))
}

// attendanceFile is the table of who attended what, or of the cities, for a spreadsheet program.
func (h handlers) attendanceFile(w http.ResponseWriter, r *ui.Request) error {
	name, kind, _ := strings.Cut(r.PathValue("file"), ".")
	if name != "people" && name != "cities" || kind != "csv" && kind != "xlsx" {
		return fault.New(fault.NotFound, "error.notfound")
	}
	t, err := h.Participation.Attendance(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	word := func(key string) string { return r.Words.T(key) }
	var out desk.Table
	if name == "cities" {
		out.Head = []string{word("day.city"), word("day.city.seats"), word("day.city.came"), word("day.city.sessions"), word("day.city.earned")}
		for _, c := range cities(r, net, t) {
			out.Rows = append(out.Rows, []string{c.Name, strconv.Itoa(c.Seats), strconv.Itoa(c.Came), strconv.Itoa(c.Sessions), strconv.Itoa(c.Earned)})
		}
	} else {
		out.Head = []string{word("day.name"), word("day.original"), word("day.from"), word("day.role"), word("day.group"), word("participation.filter.state")}
		for _, u := range t.Units {
			out.Head = append(out.Head, sessionName(r, u))
		}
		out.Head = append(out.Head, word("day.earned"), word("day.certificate"))
		yes := map[bool]string{true: "1", false: "0"}
		for _, x := range h.attended(r, net, t) {
			row := []string{x.Name, x.Original, x.From, x.RoleText, x.person.Group, word("participation.state." + string(x.Attended.State))}
			for _, m := range x.Marks {
				row = append(row, yes[m])
			}
			out.Rows = append(out.Rows, append(row, yes[x.Earned], x.Number))
		}
	}
	var b bytes.Buffer
	mime := "text/csv; charset=utf-8"
	if kind == "xlsx" {
		mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	if err := out.Write(&b, kind); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+t.Activity.ID+"-"+name+"."+kind+`"`)
	return write(w, mime, b.Bytes())
}

type certificatesPage struct {
	ui.Page
	C     desk.Certificates
	New   []person
	Short []person
	Said  string
}

func (h handlers) certificates(w http.ResponseWriter, r *ui.Request) error {
	return h.showCertificates(w, r, nil)
}

func (h handlers) showCertificates(w http.ResponseWriter, r *ui.Request, refused error) error {
	c, err := h.Participation.Certificates(r.Context(), r.By, r.PathValue("id"), nil, true)
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &certificatesPage{C: c, Said: ruleSaid(r, c.Rule)}
	for i, list := range [][]desk.Attended{c.New, c.Short} {
		for _, x := range list {
			row := h.person(r, net, desk.Here{Participation: x.Participation, Who: x.Who, Group: x.Group})
			if i == 0 {
				p.New = append(p.New, row)
			} else {
				p.Short = append(p.Short, row)
			}
		}
	}
	p.Page = ui.Page{Title: r.Words.T("day.certificates"), Nav: "programme", NoIndex: true, Crumbs: crumbs(r, c.Activity, r.Words.T("day.certificates"))}
	f := ui.NewForm(r, refused)
	var langs []ui.Option
	for _, l := range catalog.Languages {
		langs = append(langs, ui.Option{Value: l.Tag, Label: l.Name, Lang: l.Tag})
	}
	f.Select("lang", "letter.ask.lang", r.Lang, langs)
	f.Select("second", "letter.ask.second", "", append([]ui.Option{{Label: r.Words.T("letter.ask.second.none")}}, langs...)).Opt()
	p.Form = f
	return h.Show(w, r, pages, "certificates.html", p)
}

func (h handlers) certify(w http.ResponseWriter, r *ui.Request) error {
	langs := []string{r.Value("lang")}
	if s := r.Value("second"); s != "" {
		langs = append(langs, s)
	}
	c, err := h.Participation.Certificates(r.Context(), r.By, r.PathValue("id"), langs, false)
	if ui.Again(err) {
		return h.showCertificates(w, r, err)
	}
	if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/activities/"+c.Activity.ID+"/attendance", r.Words.N("day.certificates.done", len(c.New)))
}

type closingPage struct {
	ui.Page
	R     desk.Roll
	C     desk.Closing
	Rows  []person
	Early bool // the activity is not over
}

func (h handlers) closing(w http.ResponseWriter, r *ui.Request) error {
	roll, err := h.run(r)
	if err != nil {
		return err
	}
	c, err := h.Participation.Close(r.Context(), r.By, roll.Activity.ID, true)
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &closingPage{R: roll, C: c, Early: !roll.Activity.Ended(h.Now())}
	for _, x := range c.Missing {
		p.Rows = append(p.Rows, h.person(r, net, x))
	}
	p.Page = ui.Page{Title: r.Words.T("day.closing"), Nav: "programme", NoIndex: true, Crumbs: crumbs(r, roll.Activity, r.Words.T("day.closing"))}
	return h.Show(w, r, pages, "closing.html", p)
}

func (h handlers) closed(w http.ResponseWriter, r *ui.Request) error {
	c, err := h.Participation.Close(r.Context(), r.By, r.PathValue("id"), false)
	if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/activities/"+r.PathValue("id")+"/day", r.Words.N("day.closing.done", len(c.Missing)))
}
