package report

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"aircommons/chart"
	activitydesk "aircommons/internal/activity"
	"aircommons/internal/fault"
	"aircommons/internal/network"
	desk "aircommons/internal/report"
	"aircommons/internal/web/ui"
)

// cellText is what the people of a cell have in common, in words.
func cellText(r *ui.Request, net *network.Snapshot, table, key string) string {
	return desk.CellText(r.Words, func(id string) string { return net.PlaceName(id, r.Lang) }, table, key)
}

// tableView is one table of the figures as it is shown.
type tableView struct {
	desk.Table
	Title, Definition string
	Frame             *chart.Frame
}

func (v tableView) Empty() bool { return len(v.Cells) == 0 }

// finding says what a table shows: its largest group.
func finding(r *ui.Request, net *network.Snapshot, t desk.Table) string {
	return r.Words.T("report.finding", "Name", cellText(r, net, t.Name, t.Cells[0].Key), "Count", t.Cells[0].Count, "Total", t.Total)
}

// tableViews lays out figures for a reader. at is the address of their files, empty for none.
func tableViews(r *ui.Request, net *network.Snapshot, f desk.Figures, a activitydesk.Activity, at string) (out []tableView) {
	for _, t := range f.Tables {
		v := tableView{Table: t, Title: r.Words.T("report.table." + t.Name), Definition: r.Words.T("report.definition." + t.Name)}
		if len(t.Cells) > 0 {
			bars := &chart.Bars{Size: chart.Body, Axis: v.Title, Value: r.Words.T("report.people"), Ordered: true}
			var told []string
			for _, c := range t.Cells {
				text := cellText(r, net, t.Name, c.Key)
				bars.Bars = append(bars.Bars, chart.Bar{Name: text, Value: float64(c.Count)})
				told = append(told, text+" "+r.Words.Int(c.Count))
			}
			v.Frame = &chart.Frame{ID: "f-" + t.Name, Finding: finding(r, net, t), Unit: desk.Unit(r.Words, f, t, nameOf(r, a)),
				Source: r.Words.T("report.counted", "Date", r.Words.Date(f.At), "Time", f.At.Format("15:04")), Label: v.Title + ": " + strings.Join(told, r.Words.T("form.list")), Language: r.Words, Chart: bars}
			if at != "" {
				v.Frame.SVGPath, v.Frame.CSVPath = at+t.Name+".svg", at+t.Name+".csv"
			}
			v.Frame.Caption = v.Title
		}
		out = append(out, v)
	}
	return out
}

type figuresPage struct {
	ui.Page
	Activity activitydesk.Activity
	F        desk.Figures
	Tables   []tableView
	Counted  string
	Runs     bool
	Whole    bool
	Kept     []keptRow
}

type keptRow struct{ At, Machine, Why, Total string }

func (h handlers) figures(w http.ResponseWriter, r *ui.Request) error {
	whole := r.URL.Query().Get("whole") == "yes"
	f, a, err := h.Report.Figures(r.Context(), r.By, r.PathValue("id"), whole)
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &figuresPage{Activity: a, F: f, Whole: whole, Runs: r.By.Runs(a.Programme, a.ID)}
	p.Page = ui.Page{Title: r.Words.T("report.figures.title"), Nav: "programme", Crumbs: crumbs(r, a, r.Words.T("report.act.figures")), NoIndex: whole || a.State != activitydesk.Published,
		Description: r.Words.T("report.figures.description", "Activity", nameOf(r, a))}
	at := r.To("/activities/" + a.ID + "/figures/")
	if whole {
		at = ""
	}
	p.Tables = tableViews(r, net, f, a, at)
	p.Counted = r.Words.T("report.counted", "Date", r.Words.Date(f.At), "Time", f.At.Format("15:04"))
	if p.Runs {
		p.Actions = officeActions(r, a, "figures")
		kept, err := h.Report.KeptFigures(r.Context(), r.By, a.ID)
		if err != nil {
			return err
		}
		for _, x := range kept {
			row := keptRow{At: r.Words.DateTime(x.At) + " UTC", Machine: x.At.Format(time.RFC3339), Why: r.Words.T("report.why." + x.Why), Total: r.Words.N("report.unit."+x.Basis, x.Total, "Activity", nameOf(r, a))}
			if x.Few {
				row.Total = r.Words.T("report.few")
			}
			p.Kept = append(p.Kept, row)
		}
	}
	return h.Show(w, r, pages, "figures.html", p)
}

// keep stores the figures as they are now.
func (h handlers) keep(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	if err := h.Report.Keep(r.Context(), r.By, id); err != nil {
		return err
	}
	return h.Redirect(w, r, "/activities/"+id+"/figures", r.Words.T("report.kept"))
}

// figuresFile is the figures as data: all as figures.json or figures.csv, or the chart or table of one property.
func (h handlers) figuresFile(w http.ResponseWriter, r *ui.Request) error {
	f, a, err := h.Report.Figures(r.Context(), r.By, r.PathValue("id"), false)
	if err != nil {
		return err
	}
	name, kind, _ := strings.Cut(r.PathValue("file"), ".")
	if name == "figures" && kind == "json" {
		b, err := json.MarshalIndent(f, "", "  ")
		if err != nil {
			return err
		}
		return send(w, "application/json; charset=utf-8", "", append(b, '\n'))
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	if name == "figures" && kind == "csv" {
		return send(w, "text/csv; charset=utf-8; header=present", a.ID+"-figures.csv", figuresCSV(r, net, f))
	}
	views := tableViews(r, net, f, a, "")
	i := slices.IndexFunc(views, func(v tableView) bool { return v.Name == name })
	if i < 0 || views[i].Empty() {
		return fault.New(fault.NotFound, "error.notfound")
	}
	switch kind {
	case "svg":
		return send(w, "image/svg+xml", "", views[i].Frame.SVG())
	case "csv":
		return send(w, "text/csv; charset=utf-8; header=present", a.ID+"-"+name+".csv", views[i].Frame.CSV())
	}
	return fault.New(fault.NotFound, "error.notfound")
}

// figuresCSV is all figures in one table, with the definition and the time of each.
func figuresCSV(r *ui.Request, net *network.Snapshot, f desk.Figures) []byte {
	t := chart.Table{Head: []chart.Column{{Text: "activity"}, {Text: "counted_at"}, {Text: "basis"}, {Text: "table"}, {Text: "key"}, {Text: "name"}, {Text: "people", Number: true}, {Text: "definition"}}}
	at := f.At.Format(time.RFC3339)
	row := func(table, key, name, n, definition string) {
		t.Rows = append(t.Rows, []string{f.Activity, at, f.Basis, table, key, name, n, definition})
	}
	if f.Few {
		row("total", "", "", "<"+strconv.Itoa(desk.Least), r.Words.T("report.definition.total"))
	} else {
		row("total", "", "", strconv.Itoa(f.Total), r.Words.T("report.definition.total"))
	}
	for _, x := range f.Tables {
		for _, c := range x.Cells {
			row(x.Name, c.Key, cellText(r, net, x.Name, c.Key), strconv.Itoa(c.Count), r.Words.T("report.definition."+x.Name))
		}
	}
	return t.CSV()
}

// apiFigures are the figures for programs.
func (h handlers) apiFigures(w http.ResponseWriter, r *ui.Request) error {
	f, _, err := h.Report.Figures(r.Context(), r.By, r.PathValue("id"), false)
	if err != nil {
		return err
	}
	return h.JSON(w, http.StatusOK, f)
}
