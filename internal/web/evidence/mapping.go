package evidence

import (
	"embed"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"aircommons/air"
	desk "aircommons/internal/evidence"
	"aircommons/internal/fault"
	"aircommons/internal/intake"
	"aircommons/internal/web/ui"
)

//go:embed static
var static embed.FS

func (h handlers) mappings() error {
	own, err := fs.Sub(static, "static")
	if err != nil {
		return err
	}
	h.Live("/evidence/imports/{id}/map", h.mapping)
	h.Post("/evidence/imports/{id}/map", h.mapped)
	return h.Assets(own)
}

type mapPage struct {
	ui.Page
	Trial    desk.Trial
	Mapping  intake.Mapping
	Columns  []mapColumn
	Long     bool
	Preview  []preview
	Rejected []intake.Line
	Open     []fault.Message // what is asked before the file can be stored
	Error    string          // why there is no preview
	Settings *ui.Form
	Dates    *ui.Form
	Parts    *ui.Form // a date in several columns
	Apart    bool     // it is
	Clock    *ui.Form
	Tall     *ui.Form // the columns of a long table
	Rest     *ui.Form
	Name     *ui.Form
	Version  int64
}

type mapColumn struct {
	N          int
	Name       string
	Samples    string
	Parameters []ui.Option
	Units      []ui.Option
}

func (h handlers) mapping(w http.ResponseWriter, r *ui.Request) error {
	t, err := h.Evidence.Try(r.Context(), r.By, r.PathValue("id"), nil)
	if err != nil {
		return err
	}
	m := t.Guess.Proposed
	for _, known := range []*intake.Mapping{t.Import.Report.Mapping, t.Import.Reading.Mapping} {
		if known != nil {
			m = *known
		}
	}
	if m.Check() == nil {
		guess := t.Guess
		if t, err = h.Evidence.Try(r.Context(), r.By, r.PathValue("id"), &m); err != nil {
			return err
		}
		if t.Err != nil && len(t.Guess.Columns) == 0 {
			t.Guess = guess
		}
	}
	return h.showMap(w, r, t, m, nil)
}

func (h handlers) mapped(w http.ResponseWriter, r *ui.Request) error {
	t, err := h.Evidence.Try(r.Context(), r.By, r.PathValue("id"), table(r))
	if err != nil {
		return err
	}
	m := readMapping(r, t.Guess)
	if r.Value("do") == "read" {
		if err = h.Evidence.ReadBy(r.Context(), r.By, t.Import.ID, r.Version(), m); err == nil {
			return h.Redirect(w, r, "/evidence/imports/"+t.Import.ID, "")
		}
		if !ui.Again(err) {
			return err
		}
	}
	guess := t.Guess
	if t, e := h.Evidence.Try(r.Context(), r.By, r.PathValue("id"), &m); e != nil {
		return e
	} else {
		if len(t.Guess.Columns) == 0 {
			t.Guess = guess
		}
		return h.showMap(w, r, t, m, err)
	}
}

// table is how the form says the file is cut into columns: what has to be known before columns can be chosen.
func table(r *ui.Request) *intake.Mapping {
	n, err := strconv.Atoi(r.Value("header"))
	return &intake.Mapping{Encoding: r.Value("encoding"), Delimiter: r.Value("delimiter"), Sheet: r.Value("sheet"), Header: max(n, 0), NoHeader: err == nil && n == 0}
}

// readMapping makes the mapping of the form.
func readMapping(r *ui.Request, g intake.Guess) intake.Mapping {
	number := func(name string) int { n, _ := strconv.Atoi(r.Value(name)); return n }
	m := intake.Mapping{Name: r.Value("name"), Encoding: r.Value("encoding"), Delimiter: r.Value("delimiter"), Decimal: r.Value("decimal"), Sheet: r.Value("sheet"),
		Header: max(number("header"), 0), NoHeader: table(r).NoHeader, Skip: number("skip"), Zone: r.Value("zone"), Hour: r.Value("hour"), Step: r.Value("step"),
		Date: intake.DateRule{Order: r.Value("date.order"), Year: r.Value("date.year"), Month: r.Value("date.month"), Day: r.Value("date.day"), Hour: r.Value("date.hour")}}
	for _, c := range []string{r.Value("date"), r.Value("date2")} {
		if c != "" {
			m.Date.Columns = append(m.Date.Columns, c)
		}
	}
	m.Station = intake.StationRule{Column: r.Value("station"), Fixed: r.Value("station.fixed"), Name: r.Value("station.name"), City: r.Value("station.city")}
	for _, code := range strings.Split(r.Value("missing"), ",") {
		if code = strings.TrimSpace(code); code != "" {
			m.Missing = append(m.Missing, code)
		}
	}
	if c := r.Value("flag"); c != "" {
		m.Flag = &intake.FlagRule{Column: c}
		for _, v := range strings.Split(r.Value("flag.valid"), ",") {
			m.Flag.Valid = append(m.Flag.Valid, strings.TrimSpace(v))
		}
	}
	if r.Value("shape") == "long" {
		m.Long = &intake.LongRule{Parameter: r.Value("long.parameter"), Value: r.Value("long.value"), Unit: r.Value("long.unit")}
	} else {
		for n, c := range g.Columns {
			if p := r.Value("col." + strconv.Itoa(n) + ".p"); p != "" {
				m.Columns = append(m.Columns, intake.ColumnRule{Column: c, Parameter: p, Unit: r.Value("col." + strconv.Itoa(n) + ".u")})
			}
		}
	}
	if !m.NoHeader { // a file without headings has nothing to be known again by
		m.Signature = intake.Signature(g.Columns)
	}
	return m
}

var mapUnits = []air.Unit{air.MicrogramPerM3, air.MilligramPerM3, air.NanogramPerM3, air.PPB, air.PPM, air.Celsius, air.Fahrenheit, air.MetrePerSecond,
	air.KilometrePerHour, air.Degree, air.Hectopascal, air.Percent, air.Millimetre}

func options(r *ui.Request, chosen string, values ...string) []ui.Option {
	var out []ui.Option
	for _, v := range values {
		value, key, _ := strings.Cut(v, "|")
		label := key
		if r.Words.Has(key) {
			label = r.Words.T(key)
		}
		out = append(out, ui.Option{Value: value, Label: label, Chosen: value == chosen})
	}
	return out
}

// columnOptions are the columns of the file; none is the text of the empty choice.
func columnOptions(r *ui.Request, g intake.Guess, none string) []ui.Option {
	out := []ui.Option{{Value: "", Label: r.Words.T(none)}}
	for _, c := range g.Columns {
		out = append(out, ui.Option{Value: c, Label: c})
	}
	return out
}

func (h handlers) showMap(w http.ResponseWriter, r *ui.Request, t desk.Trial, m intake.Mapping, err error) error {
	p := &mapPage{Trial: t, Mapping: m, Long: m.Long != nil, Version: t.Import.Version}
	words, g := r.Words, t.Guess
	p.Form = ui.NewForm(r, err)
	p.Settings = ui.NewForm(r, err)
	f := p.Settings
	if len(g.Sheets) > 1 {
		sheets := []ui.Option{{Value: "", Label: words.T("import.map.sheet.first")}}
		for _, name := range g.Sheets {
			sheets = append(sheets, ui.Option{Value: name, Label: name})
		}
		f.Select("sheet", "import.map.sheet", m.Sheet, sheets)
	}
	f.Select("encoding", "import.map.encoding", or(m.Encoding, g.Encoding), options(r, "", "|import.map.auto", "utf-8|UTF-8", "utf-16le|UTF-16", "iso-8859-1|ISO-8859-1", "windows-1252|Windows-1252",
		"windows-1251|Windows-1251", "cp949|CP949 (한국어)", "gb18030|GB18030 (中文)", "big5|Big5 (中文)", "shift_jis|Shift_JIS (日本語)", "euc-jp|EUC-JP (日本語)"))
	f.Select("delimiter", "import.map.delimiter", or(m.Delimiter, g.Delimiter), options(r, "", "|import.map.auto", ",|,", ";|;", "tab|import.map.tab", "blank|import.map.blank", "||"))
	f.Select("decimal", "import.map.decimal", m.Decimal, options(r, "", "|import.map.auto", ".|.", ",|,"))
	header := max(m.Header, 1)
	if m.NoHeader {
		header = 0
	}
	f.Text("header", "import.map.header", strconv.Itoa(header)).As("w4").With(words.T("import.map.header.hint"))
	f.Text("skip", "import.map.skip", strconv.Itoa(m.Skip)).As("w4")
	p.Dates = ui.NewForm(r, err)
	f = p.Dates
	date := append(slices.Clone(m.Date.Columns), "", "")
	f.Select("date", "import.map.date", date[0], columnOptions(r, g, "import.map.none"))
	f.Select("date2", "import.map.date2", date[1], columnOptions(r, g, "import.map.none"))
	f.Select("date.order", "import.map.order", m.Date.Order, options(r, "", "|import.map.auto", "ymd|import.map.ymd", "dmy|import.map.dmy", "mdy|import.map.mdy", "unix|import.map.unix", "excel|import.map.excel"))
	p.Parts = ui.NewForm(r, err)
	f = p.Parts
	for _, x := range [][2]string{{"date.year", m.Date.Year}, {"date.month", m.Date.Month}, {"date.day", m.Date.Day}, {"date.hour", m.Date.Hour}} {
		f.Select(x[0], "import.map."+x[0], x[1], columnOptions(r, g, "import.map.none")).Opt()
		p.Apart = p.Apart || x[1] != ""
	}
	p.Clock = ui.NewForm(r, err)
	f = p.Clock
	f.Text("zone", "import.map.zone", m.Zone).As("w10").With(words.T("import.map.zone.hint"))
	f.Radio("hour", "import.map.hour", m.Hour, options(r, "", "|import.map.hour.unknown", "start|import.map.hour.start", "end|import.map.hour.end"))
	steps := []string{"|import.map.auto", "hour|import.map.step.hour", "day|import.map.step.day", "30m|import.map.step.30m", "15m|import.map.step.15m", "10m|import.map.step.10m"}
	if m.Step != "" && !slices.ContainsFunc(steps, func(o string) bool { return strings.HasPrefix(o, m.Step+"|") }) {
		steps = append(steps, m.Step+"|"+m.Step)
	}
	f.Select("step", "import.map.step", m.Step, options(r, "", steps...))
	p.Tall = ui.NewForm(r, err)
	f = p.Tall
	long := intake.LongRule{}
	if m.Long != nil {
		long = *m.Long
	}
	f.Select("long.parameter", "import.map.long.parameter", long.Parameter, columnOptions(r, g, "import.map.none"))
	f.Select("long.value", "import.map.long.value", long.Value, columnOptions(r, g, "import.map.none"))
	f.Select("long.unit", "import.map.long.unit", long.Unit, columnOptions(r, g, "import.map.none"))
	p.Rest = ui.NewForm(r, err)
	f = p.Rest
	f.Select("station", "import.map.station", m.Station.Column, columnOptions(r, g, "import.map.none"))
	f.Text("station.fixed", "import.map.fixed", m.Station.Fixed).As("w20").Opt()
	f.Select("station.city", "import.map.city", m.Station.City, columnOptions(r, g, "import.map.none")).Opt()
	missing := m.Missing
	if missing == nil {
		missing = intake.DefaultMissing
	}
	f.Text("missing", "import.map.missing", strings.Join(missing, ", ")).With(words.T("import.map.missing.hint"))
	flag, valid := "", ""
	if m.Flag != nil {
		flag, valid = m.Flag.Column, strings.Join(m.Flag.Valid, ", ")
	}
	f.Select("flag", "import.map.flag", flag, columnOptions(r, g, "import.map.none")).Opt()
	f.Text("flag.valid", "import.map.valid", valid).As("w20").Opt()
	f.Keep("version", t.Import.Version)
	p.Name = ui.NewForm(r, err)
	p.Name.Text("name", "import.map.name", m.Name).Opt().With(words.T("import.map.name.hint"))
	parameters := []ui.Option{{Value: "", Label: words.T("import.map.skipcolumn")}}
	for _, i := range air.All() {
		parameters = append(parameters, ui.Option{Value: i.Code, Label: parameterName(i.Parameter, r.Lang)})
	}
	for n, c := range g.Columns {
		x := mapColumn{N: n, Name: c}
		if n < len(g.Samples) {
			x.Samples = strings.Join(g.Samples[n][:min(3, len(g.Samples[n]))], " · ")
		}
		rule := intake.ColumnRule{}
		for _, k := range m.Columns {
			if strings.EqualFold(strings.TrimSpace(k.Column), strings.TrimSpace(c)) || k.Column == "#"+strconv.Itoa(n+1) {
				rule = k
			}
		}
		x.Parameters = slices.Clone(parameters)
		for i := range x.Parameters {
			x.Parameters[i].Chosen = x.Parameters[i].Value == rule.Parameter
		}
		x.Units = []ui.Option{{Value: "", Label: words.T("import.map.unit.heading")}}
		for _, u := range mapUnits {
			x.Units = append(x.Units, ui.Option{Value: u.String(), Label: u.Pretty(), Chosen: u.String() == rule.Unit})
		}
		p.Columns = append(p.Columns, x)
	}
	if t.Err != nil {
		p.Error = words.Error(t.Err)
		if fields := fieldsOf(t.Err); len(fields) > 0 {
			p.Error = words.Say(fields[0])
		}
	}
	for _, x := range t.Preview.Rows {
		p.Preview = append(p.Preview, previewRow(r, x))
	}
	if t.Preview.Result != nil {
		p.Rejected = t.Preview.Result.Rejected[:min(5, len(t.Preview.Result.Rejected))]
		for _, a := range t.Preview.Result.Asks {
			if a.Must {
				p.Open = append(p.Open, a.Question)
			}
		}
	}
	p.Title, p.Nav, p.NoIndex, p.Scripts = words.T("import.map.title"), "evidence", true, []string{"map.js"}
	p.Crumbs = []ui.Crumb{{Text: words.T("nav.evidence"), Path: "/evidence"}, {Text: words.T("import.list"), Path: "/evidence/imports"},
		{Text: t.Import.Name, Path: "/evidence/imports/" + t.Import.ID}, {Text: p.Title}}
	if err != nil {
		p.Status = http.StatusUnprocessableEntity
	}
	return h.Show(w, r, pages, "map.html", p)
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func previewRow(r *ui.Request, x intake.Stored) preview {
	flag := r.Words.T("import.flag.valid")
	if x.Flag != air.Valid {
		flag = r.Words.T("import.flag.flagged")
	}
	at := time.Unix(x.Start, 0).UTC()
	return preview{at.Format("2006-01-02 15:04"), at.Add(time.Duration(x.Offset) * time.Second).Format("2006-01-02 15:04"), x.Station,
		x.Parameter, parameterName(x.Parameter, r.Lang), r.Words.Decimal(x.Value), x.Unit.Pretty(), flag}
}
