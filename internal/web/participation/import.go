package participation

import (
	"errors"
	"io"
	"net/http"
	"strings"

	activitydesk "aircommons/internal/activity"
	"aircommons/internal/fault"
	"aircommons/internal/intake"
	desk "aircommons/internal/participation"
	"aircommons/internal/web/ui"
)

// importLimit bounds a list of participants, in bytes.
const importLimit = 20 << 20

type importsPage struct {
	ui.Page
	Activity activitydesk.Activity
	Rows     []importRow
}

type importRow struct {
	desk.Import
	When, Text string
}

// imports asks for a file and lists what is being taken in.
func (h handlers) imports(w http.ResponseWriter, r *ui.Request) error {
	return h.showImports(w, r, nil)
}

func (h handlers) showImports(w http.ResponseWriter, r *ui.Request, refused error) error {
	a, err := h.run(r)
	if err != nil {
		return err
	}
	all, err := h.Participation.Imports(r.Context(), r.By, a.ID)
	if err != nil {
		return err
	}
	p := &importsPage{Activity: a}
	p.Page = ui.Page{Title: r.Words.T("participation.import"), Nav: "programme", NoIndex: true, Crumbs: officeCrumbs(r, a, r.Words.T("participation.import")), Actions: h.actions(r, a, "people/import")}
	for _, im := range all {
		x := importRow{im, when(r, a, im.At), r.Words.N("participation.import.rows.count", len(im.Rows))}
		if im.Done {
			x.Text = r.Words.N("participation.import.added", im.Added)
		}
		p.Rows = append(p.Rows, x)
	}
	p.Form = ui.NewForm(r, refused)
	codes := []ui.Option{{Label: r.Words.T("participation.import.encoding.auto")}}
	for _, c := range intake.ListEncodings {
		codes = append(codes, ui.Option{Value: c, Label: c})
	}
	p.Form.Select("encoding", "participation.import.encoding", "", codes)
	p.Form.File("file", "participation.import.file").Accept = ".csv,.tsv,.txt,.xlsx"
	return h.Show(w, r, pages, "imports.html", p)
}

// upload reads a file.
func (h handlers) upload(w http.ResponseWriter, r *ui.Request) error {
	a, err := h.run(r)
	if err != nil {
		return err
	}
	part, err := r.File("file")
	if err != nil {
		return err
	}
	if part == nil {
		var f fault.Form
		f.Add("file", "form.missing.file")
		return h.showImports(w, r, f.Err())
	}
	data, err := io.ReadAll(io.LimitReader(part, importLimit+1))
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "error.upload")
	}
	list, err := intake.ReadList(part.FileName(), data, "", r.Value("encoding"))
	if err == nil {
		var im desk.Import
		if im, err = h.Participation.StartImport(r.Context(), r.By, a.ID, part.FileName(), strings.TrimSpace(list.Encoding+" "+list.Sheet), list.Rows, list.Lines); err == nil {
			return h.Redirect(w, r, peoplePath(a.ID)+"/import/"+im.ID, "")
		}
	}
	var e *fault.Error
	if errors.As(err, &e) && e.Code == fault.Invalid {
		return h.showImports(w, r, &fault.Error{Code: fault.Invalid, Message: fault.Say("error.form"), Fields: []fault.Field{{Name: "file", Message: e.Message}}})
	}
	return err
}

type columnRow struct {
	Head   string
	Sample []string
	Field  *ui.Field
}

type lookedRow struct {
	desk.Looked
	City    string
	Faults  []string
	Choices []ui.Option
	Text    string
}

type importPage struct {
	ui.Page
	R        desk.Reviewed
	Activity activitydesk.Activity
	Columns  []columnRow
	Rows     []lookedRow
	More     int
	Said     []string
	Ready    bool
	Settings []*ui.Field
}

// shownRows is how many rows without a question the page of an import shows.
const shownRows = 30

// importOne shows columns, rows and what is to be decided.
func (h handlers) importOne(w http.ResponseWriter, r *ui.Request) error {
	return h.showImport(w, r, nil)
}

func (h handlers) showImport(w http.ResponseWriter, r *ui.Request, refused error) error {
	v, err := h.Participation.Review(r.Context(), r.By, r.PathValue("import"))
	if err != nil {
		return err
	}
	if v.Activity != r.PathValue("id") {
		return fault.New(fault.NotFound, "error.notfound")
	}
	if v.Done {
		return h.Redirect(w, r, peoplePath(v.Activity)+"/import", "")
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &importPage{R: v, Activity: v.Of}
	p.Page = ui.Page{Title: v.Import.Name, Nav: "programme", NoIndex: true, Crumbs: officeCrumbs(r, v.Of, r.Words.T("participation.import"))}
	f := ui.NewForm(r, refused)
	for i, head := range v.Head {
		x := columnRow{Head: head}
		if x.Head == "" {
			x.Head = r.Words.T("participation.import.nohead", "Number", i+1)
		}
		for _, row := range v.Import.Rows[:min(3, len(v.Import.Rows))] {
			if row[i] != "" {
				x.Sample = append(x.Sample, row[i])
			}
		}
		var fields []ui.Option
		for _, w := range desk.ImportFields {
			o := ui.Option{Value: w, Label: r.Words.T("participation.import.leave")}
			if w != "" {
				o.Label = r.Words.T("participation.field." + w)
			}
			fields = append(fields, o)
		}
		x.Field = f.Select("column."+itoa(i), "participation.import.column.label", v.Columns[i], fields)
		x.Field.Label = x.Head
		p.Columns = append(p.Columns, x)
	}
	from := len(f.Fields)
	var states []string
	for _, s := range desk.ImportStates {
		states = append(states, string(s))
	}
	f.Select("state", "participation.import.state", string(v.State), f.Options("participation.state", states))
	f.Check("tell", "participation.import.tell", v.Tell)
	p.Settings = append(p.Settings, f.Fields[from:]...)
	f.Keep("version", v.Version)
	p.Form = f
	for _, x := range v.Looked {
		row := lookedRow{Looked: x}
		for _, m := range x.Faults {
			row.Faults = append(row.Faults, r.Words.Say(m))
		}
		if x.Want.Place != "" {
			row.City = net.PlaceName(x.Want.Place, r.Lang)
		}
		if len(x.Likely) > 0 || len(x.Faults) > 0 {
			for _, l := range x.Likely {
				o := ui.Option{Value: l.Person.ID, Label: r.Words.T("participation.import.same", "Name", l.Person.Name, "Email", l.Person.Email), Hint: r.Words.T("participation.likely." + l.Why)}
				if l.Here {
					o.Hint += " " + r.Words.T("participation.likely.here")
				}
				row.Choices = append(row.Choices, o)
			}
			if len(x.Faults) == 0 {
				row.Choices = append(row.Choices, ui.Option{Value: "new", Label: r.Words.T("participation.import.other")})
			}
			row.Choices = append(row.Choices, ui.Option{Value: "skip", Label: r.Words.T("participation.import.skip")})
			for i := range row.Choices {
				row.Choices[i].Chosen = row.Choices[i].Value == x.Choice
			}
		} else if len(p.Rows) >= shownRows {
			p.More++
			continue
		}
		p.Rows = append(p.Rows, row)
	}
	for _, x := range []struct {
		key string
		n   int
	}{{"new", v.New}, {"known", v.Known}, {"skipped", v.Skip}, {"open", v.Open}, {"wrong", v.Wrong}} {
		if x.n > 0 {
			p.Said = append(p.Said, r.Words.N("participation.import."+x.key+".count", x.n))
		}
	}
	wrong := 0
	for _, x := range v.Looked {
		if len(x.Faults) > 0 && x.Choice != "skip" {
			wrong++
		}
	}
	p.Ready = v.Open == 0 && wrong == 0 && v.New+v.Known > 0
	return h.Show(w, r, pages, "import.html", p)
}

// importDo maps columns, keeps decisions, takes the list in, or forgets it.
func (h handlers) importDo(w http.ResponseWriter, r *ui.Request) error {
	id, here := r.PathValue("import"), peoplePath(r.PathValue("id"))+"/import/"+r.PathValue("import")
	var err error
	said := ""
	switch r.Value("do") {
	case "map":
		var columns []string
		for i := 0; r.PostForm.Has("column." + itoa(i)); i++ {
			columns = append(columns, r.Value("column."+itoa(i)))
		}
		err = h.Participation.MapImport(r.Context(), r.By, id, r.Version(), columns, desk.State(r.Value("state")), r.Yes("tell"))
	case "choose":
		choices := map[string]string{}
		for name := range r.PostForm {
			if row, ok := strings.CutPrefix(name, "row."); ok {
				choices[row] = r.Value(name)
			}
		}
		err = h.Participation.ChooseImport(r.Context(), r.By, id, r.Version(), choices)
	case "drop":
		if err = h.Participation.DropImport(r.Context(), r.By, id); err == nil {
			return h.Redirect(w, r, peoplePath(r.PathValue("id"))+"/import", r.Words.T("participation.import.dropped"))
		}
	case "carry":
		var v desk.Reviewed
		if v, err = h.Participation.CarryImport(r.Context(), r.By, id, r.Version()); err == nil {
			return h.Redirect(w, r, peoplePath(r.PathValue("id"))+"?source=import", r.Words.N("participation.import.added", v.Added))
		}
	default:
		err = fault.New(fault.Invalid, "error.form")
	}
	if ui.Again(err) {
		return h.showImport(w, r, err)
	}
	if err != nil {
		return err
	}
	return h.Redirect(w, r, here, said)
}
