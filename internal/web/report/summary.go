package report

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"aircommons/chart"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/participation"
	desk "aircommons/internal/report"
	"aircommons/internal/web/ui"
)

type lineRow struct {
	desk.Line
	When, People, Funded string
}

type summaryPage struct {
	ui.Page
	S      desk.Summary
	Filter *ui.Form
	Lines  []lineRow
	Tables []summaryTable
	Query  string
	Asked  []string // what was chosen, in words
	Made   string
}

type summaryTable struct {
	Name, Title, Definition string
	Frame                   *chart.Frame
	Merged                  bool
}

func choice(r *ui.Request) desk.Choice {
	q := r.URL.Query()
	year := func(name string) int {
		n, err := strconv.Atoi(q.Get(name))
		if err != nil || n < 1900 || n > 2200 {
			return 0
		}
		return n
	}
	return desk.Choice{From: year("from"), To: year("to"), Programme: q.Get("programme"), Funder: q.Get("funder")}
}

func (h handlers) summary(w http.ResponseWriter, r *ui.Request) error {
	c := choice(r)
	s, err := h.Report.Summary(r.Context(), r.By, c)
	if err != nil {
		return err
	}
	p := &summaryPage{S: s, Query: r.URL.RawQuery, Made: r.Words.T("report.counted", "Date", r.Words.Date(s.At), "Time", s.At.Format("15:04"))}
	if p.Query != "" {
		p.Query = "?" + p.Query
	}
	p.Page = ui.Page{Title: r.Words.T("report.summary.title"), NoIndex: true, Crumbs: []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: r.Words.T("report.summary.title")}}}
	for _, l := range s.Lines {
		row := lineRow{Line: l, When: desk.When(r.Words, l.Activity.Period)}
		row.People, row.Funded = peopleOf(r, l)
		p.Lines = append(p.Lines, row)
	}
	place := func(id string) string {
		if t, _ := s.Places[id].In(r.Lang); t != "" {
			return t
		}
		return id
	}
	told := 0 // activities with figures
	for _, l := range s.Lines {
		if l.Figures.Total > 0 {
			told++
		}
	}
	bars := func(id, title, note string, names []string, counts []int) *chart.Frame {
		return frameOf(r.Words, &desk.Bars{ID: id, Title: title, Unit: r.Words.N("report.summary.unit", told), Axis: title, Note: note, Names: names, Counts: counts})
	}
	if len(s.Years) > 0 {
		var names []string
		var counts []int
		for _, y := range s.Years {
			names, counts = append(names, y.Key), append(counts, y.Count)
		}
		p.Tables = append(p.Tables, summaryTable{Name: "year", Title: r.Words.T("report.summary.years"), Definition: r.Words.T("report.definition.total"), Frame: bars("s-year", r.Words.T("report.summary.years"), "", names, counts)})
	}
	for _, t := range s.Tables {
		if len(t.Cells) == 0 {
			continue
		}
		x := summaryTable{Name: t.Name, Title: r.Words.T("report.table." + t.Name), Definition: r.Words.T("report.definition." + t.Name), Merged: t.Merged}
		var names []string
		var counts []int
		for _, cell := range t.Cells {
			names, counts = append(names, desk.CellText(r.Words, place, t.Name, cell.Key)), append(counts, cell.Count)
		}
		x.Frame = bars("s-"+t.Name, x.Title, "", names, counts)
		p.Tables = append(p.Tables, x)
	}
	if p.Filter, err = h.summaryFilter(r, p, c); err != nil {
		return err
	}
	return h.Show(w, r, pages, "summary.html", p)
}

func peopleOf(r *ui.Request, l desk.Line) (people, funded string) {
	people, funded = "–", "–"
	if l.Figures.Few {
		people = r.Words.T("report.summary.few")
	} else if l.Figures.Total > 0 {
		people = r.Words.Int(l.Figures.Total)
	}
	if l.Funded >= 0 {
		funded = r.Words.Int(l.Funded)
	}
	return people, funded
}

func (h handlers) summaryFilter(r *ui.Request, p *summaryPage, c desk.Choice) (*ui.Form, error) {
	f := ui.StoredForm(r)
	year := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	f.Text("from", "report.summary.from", year(c.From)).As("w5").Opt()
	f.Text("to", "report.summary.to", year(c.To)).As("w5").Opt()
	any := ui.Option{Label: r.Words.T("participation.any")}
	programmes := []ui.Option{any}
	ps, err := h.Activity.Programmes(r.Context(), r.By)
	if err != nil {
		return nil, err
	}
	for _, x := range ps {
		name, _ := x.Names.In(r.Lang)
		programmes = append(programmes, ui.Option{Value: x.ID, Label: name})
		if x.ID == c.Programme {
			p.Asked = append(p.Asked, name)
		}
	}
	f.Select("programme", "report.summary.programme", c.Programme, programmes)
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return nil, err
	}
	as, err := h.Activity.Activities(r.Context(), r.By)
	if err != nil {
		return nil, err
	}
	funders := []ui.Option{any}
	seen := map[string]bool{}
	note := func(role, org string) {
		o, ok := net.Organisation(org)
		if !slices.Contains(desk.Supports, role) || seen[org] || !ok {
			return
		}
		seen[org] = true
		name, _ := o.Names.In(r.Lang)
		funders = append(funders, ui.Option{Value: org, Label: name})
		if org == c.Funder {
			p.Asked = append(p.Asked, name)
		}
	}
	for _, a := range as {
		for _, x := range a.Roles {
			note(x.Role, x.Organisation)
		}
	}
	for _, x := range ps {
		for _, y := range x.Roles {
			note(y.Role, y.Organisation)
		}
	}
	f.Select("funder", "report.summary.funder", c.Funder, funders)
	if c.From > 0 || c.To > 0 {
		p.Asked = append(p.Asked, year(c.From)+"–"+year(c.To))
	}
	return f, nil
}

// summaryFile is the summary as a table, for spreadsheets.
func (h handlers) summaryFile(w http.ResponseWriter, r *ui.Request) error {
	s, err := h.Report.Summary(r.Context(), r.By, choice(r))
	if err != nil {
		return err
	}
	text := func(t db.Text) string { v, _ := t.In(r.Lang); return v }
	t := participation.Table{Head: []string{r.Words.T("report.summary.activity"), r.Words.T("report.summary.programme"), r.Words.T("report.summary.first"), r.Words.T("report.summary.last"), r.Words.T("report.summary.place"),
		r.Words.T("report.summary.funder"), r.Words.T("report.people"), r.Words.T("report.summary.basis"), r.Words.T("report.summary.paid"), r.Words.T("report.definition")}}
	for _, l := range s.Lines {
		var funders []string
		for _, o := range l.Organisations {
			funders = append(funders, text(o))
		}
		people, funded := peopleOf(r, l)
		t.Rows = append(t.Rows, []string{text(l.Activity.Names), text(l.Programme), l.Activity.Period.First().Format("2006-01-02"), l.Activity.Period.Last().Format("2006-01-02"), text(l.Place), strings.Join(funders, "; "),
			people, r.Words.T("report.basis." + l.Figures.Basis), funded, r.Words.T("report.definition.total")})
	}
	file := r.PathValue("file")
	kind, ok := map[string]string{"csv": "text/csv; charset=utf-8; header=present", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}[file]
	if !ok {
		return fault.New(fault.NotFound, "error.notfound")
	}
	var b bytes.Buffer
	if err := t.Write(&b, file); err != nil {
		return err
	}
	return send(w, kind, "summary."+file, b.Bytes())
}
