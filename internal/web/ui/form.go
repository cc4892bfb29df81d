package ui

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Form is the fields of a form, filled with what is stored or with what was sent, and what is wrong in them. A form over a
// thing that is stored is an Edit.
//
//	form := ui.NewForm(r, err)             // err: nil at first, then what the desk refused
//	form.Texts("names", "place.form.names", p.Names)
//	form.Text("country", "place.form.country", p.Country).As("w4")
//	form.Keep("version", p.Version)
//
// The label of a field is the text of its key; key+".hint" is its hint if a catalog has it. In the template:
//
//	{{template "errors" .Form}}{{template "conflict" .Form}}
//	<form method="post">{{template "fields" .Form}}{{template "save" .}}</form>
//
// or field by field: {{template "field" (.Form.Get "country")}}.
type Form struct {
	Fields  []*Field
	Clashes []Difference // where another person's version differs, after a conflict

	r        *Request
	sent     url.Values // nil when nothing was sent
	faults   []fault.Field
	general  fault.Message
	status   int
	conflict bool
}

// Field is one question of a form.
type Field struct {
	Name, Label, Hint string
	Value             string
	Error             string
	Type              string // see the methods of Form; "" is a line of text
	Optional          bool
	Options           []Option
	Width             string // w4, w10, w20: as wide as the answer
	Lang              string // language of the answer
	Said, HintIn      string // languages of label and hint, where they are not the reader's
	Rows              int
	Max               int    // letters
	Mode              string // inputmode: "numeric", "decimal", "email", "url"
	Complete          string // autocomplete
	Accept            string // kinds of files
	Multiple          bool
	Parts             []*Field // of texts and periods

	form *Form
}

// Option is a possible answer.
type Option struct {
	Value, Label, Hint string
	Lang               string
	Chosen             bool
}

// NewForm begins a form. err is what was refused: its faults stand at their fields and in the summary on top, and the
// page gets status 422, or 409 for a conflict. When the form was sent, what was sent stands in the fields.
func NewForm(r *Request, err error) *Form {
	f := &Form{r: r}
	if r.Method == http.MethodPost {
		f.sent = r.PostForm
		if f.sent == nil && r.Request.Form != nil {
			f.sent = r.Request.Form
		}
	}
	f.refuse(err)
	return f
}

// refuse takes over what is wrong in the form.
func (f *Form) refuse(err error) {
	var e *fault.Error
	if !errors.As(err, &e) {
		return
	}
	f.faults, f.general = e.Fields, e.Message
	if f.status = statuses[e.Code]; f.status == 0 {
		f.status = http.StatusUnprocessableEntity
	}
	f.conflict = f.r.site.Clash(err)
	for _, d := range f.Fields {
		f.mark(d)
	}
}

// mark puts what is wrong in a field and in its parts beside them.
func (f *Form) mark(d *Field) {
	d.Error = f.errorOf(d.Name)
	for _, p := range d.Parts {
		p.Error = f.errorOf(p.Name)
	}
	if d.Type == "period" && len(d.Parts) > 0 && d.Parts[0].Error == "" {
		d.Parts[0].Error, d.Error = d.Error, ""
	}
}

// StoredForm is a form that shows what is stored, whatever was sent: the other side of a conflict.
func StoredForm(r *Request) *Form { return &Form{r: r} }

// Stored reports whether the form shows what is stored: nothing was sent, or what was sent does not matter.
func (f *Form) Stored() bool { return f.sent == nil }

// Again reports whether err is one that the form itself should show: answers that need another look, or a conflict.
func Again(err error) bool {
	code := fault.CodeOf(err)
	return code == fault.Invalid || code == fault.Conflict
}

func (f *Form) add(kind, name, key, value string) *Field {
	w := f.r.Words
	d := &Field{Name: name, Label: w.T(key), Type: kind, Value: value, form: f}
	if w.Has(key + ".hint") {
		d.Hint = w.T(key + ".hint")
	}
	if f.sent != nil && f.sent.Has(name) {
		d.Value = f.sent.Get(name)
	}
	f.mark(d)
	f.Fields = append(f.Fields, d)
	return d
}

func (f *Form) errorOf(name string) string {
	for _, e := range f.faults {
		if e.Name == name {
			return f.r.Words.Say(e.Message)
		}
	}
	return ""
}

// Text asks for a line of text.
func (f *Form) Text(name, key, value string) *Field { return f.add("", name, key, value) }

// Number asks for a number, written as one likes; a nil value is an empty field.
func (f *Form) Number(name, key string, value *float64) *Field {
	s := ""
	if value != nil {
		s = strconv.FormatFloat(*value, 'f', -1, 64)
	}
	d := f.add("", name, key, s)
	d.Mode, d.Width = "decimal", "w10"
	return d
}

// Area asks for a longer text.
func (f *Form) Area(name, key, value string) *Field {
	d := f.add("textarea", name, key, value)
	d.Rows = 4
	return d
}

// Lines asks for a list, one entry per line. Read it with Request.Lines.
func (f *Form) Lines(name, key string, values []string) *Field {
	return f.Area(name, key, strings.Join(values, "\n"))
}

// Select asks to choose one of many.
func (f *Form) Select(name, key, value string, options []Option) *Field {
	d := f.add("select", name, key, value)
	d.Options = choose(options, d.Value)
	return d
}

// Radio asks to choose one of few, all in sight.
func (f *Form) Radio(name, key, value string, options []Option) *Field {
	d := f.add("radio", name, key, value)
	d.Options = choose(options, d.Value)
	return d
}

// Checks asks to choose some of few.
func (f *Form) Checks(name, key string, values []string, options []Option) *Field {
	d := f.add("checks", name, key, "")
	if f.sent != nil {
		values = f.sent[name]
	}
	d.Options = choose(options, values...)
	d.Value = strings.Join(values, ", ")
	return d
}

func choose(options []Option, values ...string) []Option {
	out := slices.Clone(options)
	for i := range out {
		out[i].Chosen = slices.Contains(values, out[i].Value)
	}
	return out
}

// Check asks a yes or no. It is sent as "yes".
func (f *Form) Check(name, key string, value bool) *Field {
	if f.sent != nil {
		value = f.sent.Get(name) != ""
	}
	d := f.add("checkbox", name, key, "yes")
	d.Options = []Option{{Value: "yes", Label: d.Label, Chosen: value}}
	d.Value = ""
	if value {
		d.Value = f.r.Words.T("part.yes")
	}
	return d
}

// Texts asks for a text in the five languages: the reader's language first, the others folded below. The fields are
// name.en, name.ko and so on. Read them with Request.Texts.
func (f *Form) Texts(name, key string, value db.Text) *Field { return f.texts("", name, key, value) }

// Areas is Texts for longer texts.
func (f *Form) Areas(name, key string, value db.Text) *Field {
	return f.texts("textarea", name, key, value)
}

func (f *Form) texts(kind, name, key string, value db.Text) *Field {
	d := f.add("texts", name, key, "")
	for _, l := range catalog.Languages {
		p := &Field{Name: name + "." + l.Tag, Label: l.Name, Lang: l.Tag, Type: kind, Value: value[l.Tag], Rows: 4, form: f}
		if f.sent != nil {
			p.Value = f.sent.Get(p.Name)
		}
		if p.Value != "" {
			d.Value += l.Name + ": " + p.Value + "\n"
		}
		d.Parts = append(d.Parts, p)
	}
	f.mark(d)
	d.Value = strings.TrimSpace(d.Value)
	slices.SortStableFunc(d.Parts, func(a, b *Field) int { return own(b, f.r.Lang) - own(a, f.r.Lang) })
	return d
}

func own(f *Field, lang string) int {
	if f.Lang == lang {
		return 1
	}
	return 0
}

// Period asks for a time known to a day, a month or a year: whoever knows only the year leaves the other fields empty.
// from and to are cut to what is known, as in network.Period; open is one that has not ended. Read it with
// Request.Period.
func (f *Form) Period(name, key, from, to string, open bool) *Field {
	d := f.add("period", name, key, "")
	w := f.r.Words
	for i, end := range []struct{ name, value, label string }{{"from", from, "part.from"}, {"to", to, "part.to"}} {
		if i == 1 && (open || to == from) {
			end.value = ""
		}
		part := &Field{Name: name + "." + end.name, Label: w.T(end.label), form: f}
		y, m, day := cutDate(end.value)
		for _, p := range []struct{ name, value, label, width string }{{"d", day, "part.day", "w4"}, {"m", m, "part.month", "w4"}, {"y", y, "part.year", "w4"}} {
			q := &Field{Name: part.Name + "." + p.name, Label: w.T(p.label), Value: p.value, Width: p.width, Mode: "numeric", form: f}
			if f.sent != nil {
				q.Value = strings.TrimSpace(f.sent.Get(q.Name))
			}
			part.Parts = append(part.Parts, q)
		}
		d.Parts = append(d.Parts, part)
	}
	f.mark(d)
	if f.sent != nil {
		open = f.sent.Get(name+".open") != ""
	}
	d.Options = []Option{{Value: "yes", Label: w.T("part.open"), Chosen: open}}
	a, b := joinDate(d.Parts[0].Parts), joinDate(d.Parts[1].Parts)
	if d.Value = a; open {
		d.Value += " –"
	} else if b != "" {
		d.Value += " – " + b
	}
	return d
}

func cutDate(s string) (year, month, day string) {
	parts := append(strings.SplitN(s, "-", 3), "", "")
	return parts[0], strings.TrimPrefix(parts[1], "0"), strings.TrimPrefix(parts[2], "0")
}

// joinDate makes "2019-09-02", "2019-09", "2019" or "" of the fields day, month and year. What cannot be a date stays as
// it was written, for the desk to refuse by name.
func joinDate(parts []*Field) string {
	day, month, year := parts[0].Value, parts[1].Value, parts[2].Value
	switch {
	case day == "" && month == "" && year == "":
		return ""
	case day == "" && month == "":
		return year
	case day == "":
		return year + "-" + pad(month)
	}
	return year + "-" + pad(month) + "-" + pad(day)
}

func pad(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// Statement is a text between questions: its label, and its hint below.
func (f *Form) Statement(name string) *Field {
	d := &Field{Name: name, Type: "statement", form: f}
	f.Fields = append(f.Fields, d)
	return d
}

// SaidIn tells the language of the label where it is not the reader's.
func (d *Field) SaidIn() string {
	if d.Said == "" {
		return ""
	}
	return d.form.r.Words.T("form.in." + d.Said)
}

// File asks for a file; with the script it can also be dropped.
func (f *Form) File(name, key string) *Field { return f.add("file", name, key, "") }

// Keep carries a value along unseen, such as the version that was read.
func (f *Form) Keep(name string, value any) *Field {
	s := ""
	switch v := value.(type) {
	case string:
		s = v
	case int64:
		s = strconv.FormatInt(v, 10)
	case int:
		s = strconv.Itoa(v)
	}
	d := &Field{Name: name, Type: "hidden", Value: s, form: f}
	if f.sent != nil && f.sent.Has(name) && !f.conflict {
		d.Value = f.sent.Get(name)
	}
	f.Fields = append(f.Fields, d)
	return d
}

// Get is a field by its name; nil when there is none.
func (f *Form) Get(name string) *Field {
	for _, d := range f.Fields {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// Opt marks a field as optional.
func (d *Field) Opt() *Field { d.Optional = true; return d }

// As sets the width: "w4", "w10", "w20".
func (d *Field) As(width string) *Field { d.Width = width; return d }

// In sets the language of the answer.
func (d *Field) In(lang string) *Field { d.Lang = lang; return d }

// Size sets the number of lines.
func (d *Field) Size(rows int) *Field {
	d.Rows = rows
	for _, p := range d.Parts {
		p.Rows = rows
	}
	return d
}

// Kind sets the kind of input: "email", "url", "search", "date"; what is written is checked by the desk.
func (d *Field) Kind(kind string) *Field {
	switch kind {
	case "email", "url":
		d.Mode = kind
	}
	d.Type = kind
	return d
}

// Autocomplete tells the browser what is asked: "email", "name", "one-time-code".
func (d *Field) Autocomplete(what string) *Field { d.Complete = what; return d }

// With sets a hint that no catalog key of the field's own has.
func (d *Field) With(hint string) *Field { d.Hint = hint; return d }

// ID is the id of the input.
func (d *Field) ID() string { return "f-" + strings.ReplaceAll(d.Name, ".", "-") }

// Described are the ids of what explains the field, for aria-describedby.
func (d *Field) Described() string {
	var ids []string
	if d.Hint != "" {
		ids = append(ids, d.ID()+"-h")
	}
	if d.Error != "" {
		ids = append(ids, d.ID()+"-e")
	}
	return strings.Join(ids, " ")
}

// First and Others are the parts of texts: the reader's language, and the rest.
func (d *Field) First() *Field { return d.Parts[0] }

// Others are the parts of texts besides the first.
func (d *Field) Others() []*Field { return d.Parts[1:] }

// Unfold reports whether the other languages must be in sight because something is wrong there, or filled.
func (d *Field) Unfold() bool {
	for _, p := range d.Others() {
		if p.Error != "" {
			return true
		}
	}
	return false
}

// Filled counts the other languages that have a text.
func (d *Field) Filled() int {
	n := 0
	for _, p := range d.Others() {
		if p.Value != "" {
			n++
		}
	}
	return n
}

// Bad reports whether something is wrong in the field or a part of it.
func (d *Field) Bad() bool {
	if d.Error != "" {
		return true
	}
	return slices.ContainsFunc(d.Parts, func(p *Field) bool { return p.Bad() })
}

// Problem is an entry of the summary on top.
type Problem struct{ ID, Text string }

// Problems are what is wrong, in the order of the fields; those of no field come first. The link of each leads to where
// the reader can mend it.
func (f *Form) Problems() []Problem {
	var out []Problem
	said := map[string]bool{}
	var walk func(fields []*Field)
	walk = func(fields []*Field) {
		for _, d := range fields {
			said[d.Name] = true
			if d.Error != "" {
				out = append(out, Problem{d.target(), f.named(d)})
			}
			walk(d.Parts)
		}
	}
	walk(f.Fields)
	var first []Problem
	for _, e := range f.faults {
		if !said[e.Name] {
			first = append(first, Problem{"", f.r.Words.Say(e.Message)})
		}
	}
	if f.general.Key != "" && f.general.Key != "error.form" && !f.conflict {
		first = append(first, Problem{"", f.r.Words.Say(f.general)})
	}
	return append(first, out...)
}

// named says what is wrong in a field so that it is clear without the field: general sentences, such as "Enter a number",
// get its label.
func (f *Form) named(d *Field) string {
	for _, e := range f.faults {
		if e.Name == d.Name && strings.HasPrefix(e.Message.Key, "form.") && !strings.Contains(d.Error, d.Label) {
			return d.Label + ": " + d.Error
		}
	}
	return d.Error
}

// target is the id of the input that the reader is led to.
func (d *Field) target() string {
	switch {
	case len(d.Parts) > 0:
		return d.Parts[0].target()
	case (d.Type == "radio" || d.Type == "checks") && len(d.Options) > 0:
		return d.ID() + "-0"
	}
	return d.ID()
}

// Difference is one field in which two versions differ.
type Difference struct {
	Label, Theirs, Yours string
	Lang                 string // of both values, where they are in one language
}

// Against compares what was sent with what is stored meanwhile, for the page of a conflict. The form keeps the answers
// that were sent; sending it again saves them over the stored ones, now knowingly.
func (f *Form) Against(stored *Form) {
	for _, d := range f.Fields {
		other := stored.Get(d.Name)
		if other == nil || d.Type == "hidden" || d.Type == "file" {
			continue
		}
		if d.Type == "texts" { // only the languages that differ
			for i, p := range d.Parts {
				if mine, theirs := p.shown(), other.Parts[i].shown(); mine != theirs {
					f.Clashes = append(f.Clashes, Difference{Label: d.Label + ", " + p.Label, Theirs: theirs, Yours: mine})
				}
			}
			continue
		}
		if mine, theirs := d.shown(), other.shown(); mine != theirs {
			f.Clashes = append(f.Clashes, Difference{Label: d.Label, Theirs: theirs, Yours: mine})
		}
	}
}

// Conflict reports whether somebody else saved first.
func (f *Form) Conflict() bool { return f.conflict }

// shown is a value as the reader knows it.
func (d *Field) shown() string {
	if d.Type == "select" || d.Type == "radio" || d.Type == "checks" {
		var labels []string
		for _, o := range d.Options {
			if o.Chosen {
				labels = append(labels, o.Label)
			}
		}
		return strings.Join(labels, ", ")
	}
	return strings.TrimSpace(strings.ReplaceAll(d.Value, "\r\n", "\n"))
}
