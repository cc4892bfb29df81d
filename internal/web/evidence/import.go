package evidence

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"aircommons/air"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	desk "aircommons/internal/evidence"
	"aircommons/internal/fault"
	"aircommons/internal/intake"
	"aircommons/internal/web/ui"
)

func (h handlers) imports() {
	h.Live("/evidence/import", h.upload)
	h.Upload("/evidence/import", desk.MaxUpload, h.receive)
	h.Live("/evidence/imports", h.list)
	h.Post("/evidence/imports", h.storeReady)
	h.Live("/evidence/imports/{id}", h.report)
	h.Post("/evidence/imports/{id}/answer", h.answer)
	h.Post("/evidence/imports/{id}/store", h.act((*desk.Desk).Store, "import.done.store", desk.Storing, desk.Stored))
	h.Post("/evidence/imports/{id}/undo", h.act((*desk.Desk).Undo, "import.done.undo", desk.Undoing, desk.Undone))
}

// mayImport is nil for one who keeps a city or all.
func mayImport(r *ui.Request) error {
	if err := r.NeedSignIn(); err != nil {
		return err
	}
	return r.By.Need(actor.Administrator, actor.Secretariat, actor.CityOfficer)
}

type uploadPage struct {
	ui.Page
	Layouts []intake.LayoutInfo
}

func (h handlers) uploadForm(r *ui.Request, err error, place string) *ui.Form {
	f := ui.NewForm(r, err)
	if r.By.Officer() {
		f.Select("place", "import.place", place, h.cityOptions(r, "import.place.infile")).With(r.Words.T("import.place.hint"))
	}
	f.File("file", "import.file").With(r.Words.T("import.file.hint", "Limit", desk.MaxUpload>>20)).Multiple = true
	return f
}

// cityOptions are the cities of the network, in the order of the reader's language; first is the text of the empty one.
func (h handlers) cityOptions(r *ui.Request, first string) []ui.Option {
	out := []ui.Option{{Value: "", Label: r.Words.T(first)}}
	s, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return out
	}
	for _, p := range s.Places() {
		if p.Kind != "country" && !p.Withdrawn {
			out = append(out, ui.Option{Value: p.ID, Label: s.PlaceName(p.ID, r.Lang)})
		}
	}
	return out
}

func (h handlers) upload(w http.ResponseWriter, r *ui.Request) error {
	if err := mayImport(r); err != nil {
		return err
	}
	return h.showUpload(w, r, nil, r.URL.Query().Get("place"))
}

func (h handlers) showUpload(w http.ResponseWriter, r *ui.Request, err error, place string) error {
	p := &uploadPage{Layouts: intake.Layouts()}
	p.Title, p.Nav, p.NoIndex = r.Words.T("import.title"), "evidence", true
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("nav.evidence"), Path: "/evidence"}, {Text: r.Words.T("import.list"), Path: "/evidence/imports"}, {Text: p.Title}}
	p.Form = h.uploadForm(r, err, place)
	return h.Show(w, r, pages, "upload.html", p)
}

// receive streams the file into the store of kept files; nothing of it waits in memory.
func (h handlers) receive(w http.ResponseWriter, r *ui.Request) error {
	if err := mayImport(r); err != nil {
		return err
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "import.broken")
	}
	var got received
	place := ""
	for range mostParts {
		part, err := parts.NextPart()
		if err == io.EOF {
			return h.answerUpload(w, r, got, place)
		}
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "import.broken")
		}
		switch part.FormName() {
		case "place":
			value, err := io.ReadAll(io.LimitReader(part, 200))
			if err != nil {
				return fault.Wrap(fault.Invalid, err, "import.broken")
			}
			place = string(value)
		case "file":
			if part.FileName() == "" {
				continue
			}
			i, again, err := h.Evidence.StartImport(r.Context(), r.By, desk.Upload{Name: part.FileName(), Reader: part, Place: place})
			switch {
			case err == nil && again:
				got.again = append(got.again, i)
			case err == nil:
				got.taken = append(got.taken, i)
			case ui.Again(err) || fault.CodeOf(err) == fault.Invalid:
				got.refused = append(got.refused, err)
			default:
				return err
			}
		}
	}
	return fault.New(fault.Invalid, "import.toomany", "Most", mostParts-1)
}

// mostParts bounds the files of an upload with the fields before them.
const mostParts = 101

// received is what became of the files of an upload.
type received struct {
	taken, again []desk.Import
	refused      []error
}

// answerUpload leads to the report of the one file, or to the list of several.
func (h handlers) answerUpload(w http.ResponseWriter, r *ui.Request, got received, place string) error {
	files := len(got.taken) + len(got.again)
	if files == 0 {
		var f fault.Form
		if len(got.refused) == 0 {
			f.Add("file", "import.file.none")
			return h.showUpload(w, r, f.Err(), place)
		}
		err := got.refused[0]
		if len(got.refused) == 1 && !ui.Again(err) { // a fault of the file stands at its field
			err = asField(err, "file")
		}
		return h.showUpload(w, r, err, place)
	}
	if files == 1 && len(got.refused) == 0 {
		if len(got.taken) == 1 {
			return h.Redirect(w, r, "/evidence/imports/"+got.taken[0].ID, "")
		}
		return h.Redirect(w, r, "/evidence/imports/"+got.again[0].ID, r.Words.T("import.again"))
	}
	var notice []string
	if n := len(got.taken); n > 0 {
		notice = append(notice, r.Words.N("import.taken", n))
	}
	if n := len(got.again); n > 0 {
		notice = append(notice, r.Words.N("import.takenagain", n))
	}
	for _, err := range got.refused[:min(len(got.refused), 5)] {
		notice = append(notice, r.Words.Error(err))
	}
	return h.Redirect(w, r, "/evidence/imports", strings.Join(notice, " "))
}

// fieldsOf are the messages of the fields of a fault.
func fieldsOf(err error) (out []fault.Message) {
	if f, ok := err.(*fault.Error); ok {
		for _, x := range f.Fields {
			out = append(out, x.Message)
		}
	}
	return out
}

// asField moves what was wrong to a field of the form.
func asField(err error, field string) error {
	if f, ok := err.(*fault.Error); ok && len(f.Fields) == 0 {
		return &fault.Error{Code: fault.Invalid, Message: fault.Say("error.form"), Fields: []fault.Field{{Name: field, Message: f.Message}}, Err: f.Err}
	}
	return err
}

type listPage struct {
	ui.Page
	Rows  []listRow
	Ready []string // id and version of each report that waits for nothing but to be stored
}

type listRow struct {
	desk.Import
	City string
	Chip string
}

var chips = map[desk.State]string{desk.Reading: "", desk.Asks: "notice", desk.Ready: "notice", desk.Storing: "", desk.Stored: "ok", desk.Undoing: "", desk.Undone: "", desk.Failed: "stop"}

func (h handlers) list(w http.ResponseWriter, r *ui.Request) error {
	if err := mayImport(r); err != nil {
		return err
	}
	all, err := h.Evidence.Imports(r.Context(), r.By)
	if err != nil {
		return err
	}
	s, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &listPage{}
	for _, i := range all {
		if i.Pending() {
			p.Refresh = 3
		}
		if i.State == desk.Ready {
			p.Ready = append(p.Ready, i.ID+":"+strconv.FormatInt(i.Version, 10))
		}
		p.Rows = append(p.Rows, listRow{i, s.PlaceName(i.Place, r.Lang), chips[i.State]})
	}
	p.Title, p.Nav, p.NoIndex = r.Words.T("import.list"), "evidence", true
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("nav.evidence"), Path: "/evidence"}, {Text: p.Title}}
	p.Actions = []ui.Action{{Text: r.Words.T("import.title"), Path: "/evidence/import"}}
	return h.Show(w, r, pages, "imports.html", p)
}

// storeReady stores the reports that were ready when the list was shown. One that changed meanwhile is left as it is.
func (h handlers) storeReady(w http.ResponseWriter, r *ui.Request) error {
	if err := mayImport(r); err != nil {
		return err
	}
	n := 0
	for _, x := range r.PostForm["import"] {
		id, v, _ := strings.Cut(x, ":")
		version, _ := strconv.ParseInt(v, 10, 64) // a broken one is an old one
		i, _, err := h.Evidence.Import(r.Context(), r.By, id)
		if err != nil {
			return err
		}
		if i.Empty() {
			continue // its report says why there is nothing to store
		}
		switch err := h.Evidence.Store(r.Context(), r.By, id, version); fault.CodeOf(err) {
		case "":
			n++
		case fault.Conflict:
		default:
			return err
		}
	}
	return h.Redirect(w, r, "/evidence/imports", r.Words.N("import.done.ready", n))
}

type reportPage struct {
	ui.Page
	Import  desk.Import
	Job     db.Job
	City    string
	Chip    string
	Steps   []step
	Done    int
	Lede    string
	Lines   []line
	More    int // lines that are counted and not listed
	Preview []preview
	Version string // query of the forms
	CanMap  bool
	Unknown bool     // no layout knows the table: describing it is what to do next
	Nothing []string // why there is nothing to store, when there is not
}

type step struct {
	Text, Chip, State string
}

type line struct {
	intake.Line
	Rejected bool
}

type preview struct {
	UTC, Local, Station string
	Parameter           air.Parameter
	Name                string
	Value               string
	Unit, Flag          string
}

// listed bounds the lines of a page; the download has all that were kept.
const listed = 200

func (h handlers) report(w http.ResponseWriter, r *ui.Request) error {
	if err := mayImport(r); err != nil {
		return err
	}
	i, job, err := h.Evidence.Import(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	if r.URL.Query().Get("format") == "csv" {
		return h.reportCSV(w, r, i)
	}
	return h.showReport(w, r, i, job, nil)
}

func (h handlers) showReport(w http.ResponseWriter, r *ui.Request, i desk.Import, job db.Job, err error) error {
	s, e := h.Network.Snapshot(r.Context())
	if e != nil {
		return e
	}
	words := r.Words
	rep := i.Report
	p := &reportPage{Import: i, Job: job, City: s.PlaceName(i.Place, r.Lang), Chip: chips[i.State], Version: "?version=" + strconv.FormatInt(i.Version, 10)}
	p.CanMap = !i.Pending() && i.State != desk.Stored
	p.Unknown = p.CanMap && rep.Error != nil && rep.Error.Key == "intake.layout.none"
	p.Nav, p.NoIndex = "evidence", true
	switch {
	case i.State == desk.Reading:
		p.Title = words.T("import.head.reading")
	case i.State == desk.Failed:
		p.Title = words.T("import.head.failed")
	case rep.RejectedTotal > 0:
		p.Title = words.T("import.head.rejected", "Values", words.N("import.values", rep.Values), "Lines", words.N("import.rejected", rep.RejectedTotal))
	default:
		p.Title = words.N("import.head.read", rep.Values)
	}
	p.Lede = words.T("import.lede." + string(i.State))
	if i.Empty() {
		p.Title, p.Lede, p.Nothing = words.T("import.head.nothing"), words.T("import.lede.nothing"), nothing(r, rep)
	}
	if i.Pending() {
		p.Refresh = 2
	}
	p.Steps, p.Done = steps(r, i)
	for _, l := range rep.Rejected {
		p.Lines = append(p.Lines, line{l, true})
	}
	for _, l := range rep.Noted {
		p.Lines = append(p.Lines, line{l, false})
	}
	total := rep.RejectedTotal + rep.NotedTotal
	p.Lines = p.Lines[:min(len(p.Lines), listed)]
	p.More = total - len(p.Lines)
	for _, x := range rep.First {
		p.Preview = append(p.Preview, previewRow(r, x))
	}
	if i.State == desk.Asks || err != nil {
		p.Form = h.asksForm(r, i, err)
	}
	p.Crumbs = []ui.Crumb{{Text: words.T("nav.evidence"), Path: "/evidence"}}
	if i.Place != "" {
		p.Crumbs = append(p.Crumbs, ui.Crumb{Text: p.City, Path: "/cities/" + i.Place + "/air"})
	}
	p.Crumbs = append(p.Crumbs, ui.Crumb{Text: words.T("import.list"), Path: "/evidence/imports"}, ui.Crumb{Text: i.Name})
	return h.Show(w, r, pages, "report.html", p)
}

// nothing says why a file that was read has nothing to store.
func nothing(r *ui.Request, rep desk.Report) (why []string) {
	if len(rep.Refused) > 0 {
		why = append(why, r.Words.T("import.nothing.elsewhere"))
	}
	if rep.Rows == 0 {
		why = append(why, r.Words.T("import.nothing.rows"))
	}
	if rep.RejectedTotal > 0 {
		why = append(why, r.Words.N("import.nothing.rejected", rep.RejectedTotal))
	}
	if rep.Missing > 0 {
		why = append(why, r.Words.N("import.nothing.missing", rep.Missing))
	}
	if len(why) == 0 {
		why = append(why, r.Words.T("import.nothing.columns"))
	}
	return why
}

// steps are the four steps of an import with their states.
func steps(r *ui.Request, i desk.Import) ([]step, int) {
	const (
		waits = iota
		runs
		done
		look
		failed
	)
	state := [4]int{done, waits, waits, waits}
	switch i.State {
	case desk.Reading:
		state[1] = runs
	case desk.Asks:
		state[1], state[2] = done, look
	case desk.Ready, desk.Undone:
		state[1], state[2] = done, done
	case desk.Storing, desk.Undoing:
		state[1], state[2], state[3] = done, done, runs
	case desk.Stored:
		state[1], state[2], state[3] = done, done, done
	case desk.Failed:
		state[1], state[2] = failed, waits
		if i.Report.Layout != "" {
			state[1], state[2], state[3] = done, done, failed
		}
	}
	if state[2] == done && (i.Report.Problems() || i.Empty()) {
		state[2] = look
	}
	chip := []string{"", "", "ok", "notice", "stop"}
	word := []string{"waits", "runs", "done", "look", "failed"}
	var out []step
	n := 0
	for k, key := range []string{"keep", "recognise", "check", "store"} {
		out = append(out, step{r.Words.T("import.step." + key), chip[state[k]], r.Words.T("import.step." + word[state[k]])})
		if state[k] == done || state[k] == look {
			n++
		}
	}
	if i.Empty() {
		out[3].State = r.Words.T("import.step.nothing")
	}
	return out, n
}

// asksForm asks what the file does not say.
func (h handlers) asksForm(r *ui.Request, i desk.Import, err error) *ui.Form {
	f := ui.NewForm(r, err)
	if i.Report.NeedsPlace {
		if r.By.Officer() {
			f.Select("place", "import.place", i.Place, h.cityOptions(r, "part.choose"))
		}
	}
	for n, a := range i.Report.Asks {
		options := []ui.Option{}
		if a.Assumed == "" {
			options = append(options, ui.Option{Value: "", Label: r.Words.T("part.choose")})
		}
		for _, c := range a.Choices {
			options = append(options, ui.Option{Value: c.Value, Label: r.Words.Say(c.Label)})
		}
		name := "ask." + strconv.Itoa(n)
		d := f.Select(name, "import.ask", a.Assumed, options)
		if a.Property == "zone" && len(a.Choices) == 0 {
			d = f.Text(name, "import.ask", a.Assumed)
		}
		d.Label = r.Words.Say(a.Question)
		if !a.Must {
			d.Opt()
		}
	}
	f.Keep("version", i.Version)
	return f
}

func (h handlers) answer(w http.ResponseWriter, r *ui.Request) error {
	i, job, err := h.Evidence.Import(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	c := i.Reading
	var faults fault.Form
	for n, a := range i.Report.Asks {
		name := "ask." + strconv.Itoa(n)
		v := r.Value(name)
		if v == "" {
			if a.Must {
				faults.Add(name, "import.ask.must")
			}
			continue
		}
		if err := c.Answer(a.Property, a.Column, v); err != nil {
			faults.Add(name, "import.ask.wrong", "Value", v)
		}
	}
	if i.Report.NeedsPlace && r.Value("place") == "" && r.By.Officer() {
		faults.Add("place", "import.place.must")
	}
	if err = faults.Err(); err == nil {
		err = h.Evidence.Answer(r.Context(), r.By, i.ID, r.Version(), r.Value("place"), c)
	}
	if ui.Again(err) {
		return h.showReport(w, r, i, job, err)
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/evidence/imports/"+i.ID, "")
}

// act stores or undoes an import. Who presses twice, or when somebody else was faster, comes to the same page, which
// says how things stand.
func (h handlers) act(f func(*desk.Desk, context.Context, actor.Actor, string, int64) error, notice string, goal ...desk.State) ui.Handler {
	return func(w http.ResponseWriter, r *ui.Request) error {
		id := r.PathValue("id")
		version, _ := strconv.ParseInt(r.URL.Query().Get("version"), 10, 64)
		said := r.Words.T(notice)
		if err := f(h.Evidence, r.Context(), r.By, id, version); fault.CodeOf(err) == fault.Conflict {
			i, _, e := h.Evidence.Import(r.Context(), r.By, id)
			if e != nil {
				return e
			}
			if said = ""; !slices.Contains(goal, i.State) {
				said = r.Words.T("import.overtaken")
			}
		} else if err != nil {
			return err
		}
		return h.Redirect(w, r, "/evidence/imports/"+id, said)
	}
}

func parameterName(p air.Parameter, lang string) string {
	i, ok := p.Info()
	if !ok {
		return ""
	}
	if n := i.Name[lang]; n != "" {
		return n
	}
	return i.Name["en"]
}
