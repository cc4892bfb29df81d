package ui

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
)

// Edit is a form over a thing that is stored. Each question is declared once, with a pointer to where its answer belongs:
// what is there stands in the field, and what was sent is read into it. An answer that cannot be read is a fault of its
// field. A question that was not sent changes nothing.
//
//	func (h handlers) ask(q ui.Edit, river *rivers.River) error {
//		q.Texts("names", "river.form.names", &river.Names)
//		q.Number("length", "river.form.length", &river.Length).Opt()
//		q.Keep("version", &river.Version)
//		return nil
//	}
type Edit struct{ *Form }

// Change runs a form. At first it shows t. Sent, the answers are read into t and given to save; what is wrong in them is
// shown at the fields, and after a conflict both versions, for which stored reads what is there now (nil: t is new). The
// form is nil when t was saved. The page of a form that was refused needs no status of its own.
func Change[T any](r *Request, t *T, ask func(Edit, *T) error, save func() error, stored func() (T, error)) (*Form, error) {
	f := NewForm(r, nil)
	if err := ask(Edit{f}, t); err != nil || f.sent == nil {
		return f, err
	}
	err := f.unread()
	if err == nil {
		err = save()
	}
	if err == nil {
		return nil, nil
	}
	if !Again(err) {
		return nil, err
	}
	if f.refuse(err); !f.conflict || stored == nil {
		return f, nil
	}
	now, err := stored()
	if err != nil {
		return nil, err
	}
	other := StoredForm(r)
	if err := ask(Edit{other}, &now); err != nil {
		return nil, err
	}
	f.Against(other)
	for _, d := range other.Fields { // sent again, the answers are saved over this version
		if mine := f.Get(d.Name); d.Type == "hidden" && mine != nil {
			mine.Value = d.Value
		}
	}
	return f, nil
}

// unread is the fault of the answers that could not be read.
func (f *Form) unread() error {
	if len(f.faults) == 0 {
		return nil
	}
	return &fault.Error{Code: fault.Invalid, Message: fault.Say("error.form"), Fields: slices.Clone(f.faults)}
}

// Sent reports whether there are answers to read.
func (e Edit) Sent() bool { return e.sent != nil }

// Fault says that the answer of a field cannot be read.
func (e Edit) Fault(field, key string, pairs ...any) {
	if e.Sent() {
		e.faults = append(e.faults, fault.Field{Name: field, Message: fault.Say(key, pairs...)})
	}
}

// Options are the words of a closed list, each with the text of list and its word; given as the first, "" asks to choose.
func (f *Form) Options(list string, words []string) []Option {
	var out []Option
	for _, w := range words {
		o := Option{Value: w, Label: f.r.Words.T("part.choose")}
		if w != "" {
			o.Label = f.r.Words.T(list + "." + w)
		}
		out = append(out, o)
	}
	return out
}

// answer is what was sent for a field.
func (e Edit) answer(name string, value *string) {
	if e.sent.Has(name) {
		*value = strings.TrimSpace(strings.ReplaceAll(e.sent.Get(name), "\r\n", "\n"))
	}
}

// Text asks for a line of text.
func (e Edit) Text(name, key string, value *string) *Field {
	e.answer(name, value)
	return e.Form.Text(name, key, *value)
}

// Area asks for a longer text.
func (e Edit) Area(name, key string, value *string) *Field {
	e.answer(name, value)
	return e.Form.Area(name, key, *value)
}

// Select asks to choose one of many.
func (e Edit) Select(name, key string, value *string, options []Option) *Field {
	e.answer(name, value)
	return e.Form.Select(name, key, *value, options)
}

// Radio asks to choose one of few.
func (e Edit) Radio(name, key string, value *string, options []Option) *Field {
	e.answer(name, value)
	return e.Form.Radio(name, key, *value, options)
}

// Number asks for a number, nil for none.
func (e Edit) Number(name, key string, value **float64) *Field {
	if e.sent.Has(name) {
		var bad string
		if *value, bad = number(e.sent.Get(name)); bad != "" {
			e.Fault(name, bad)
		}
	}
	return e.Form.Number(name, key, *value)
}

// Whole asks for a whole number, 0 for none.
func (e Edit) Whole(name, key string, value *int64) *Field {
	if e.sent.Has(name) {
		n, bad := number(e.sent.Get(name))
		if n != nil && *n != float64(int64(*n)) {
			n, bad = nil, "form.whole"
		}
		if bad != "" {
			e.Fault(name, bad)
		}
		if *value = 0; n != nil {
			*value = int64(*n)
		}
	}
	s := ""
	if *value != 0 {
		s = strconv.FormatInt(*value, 10)
	}
	d := e.Form.Text(name, key, s)
	d.Mode, d.Width = "numeric", "w4"
	return d
}

// Lines asks for a list, one entry per line.
func (e Edit) Lines(name, key string, value *db.List) *Field {
	if e.sent.Has(name) {
		*value = lines(e.sent.Get(name))
	}
	return e.Form.Lines(name, key, *value)
}

// Checks asks to choose some of few; none was sent where none is chosen.
func (e Edit) Checks(name, key string, value *db.List, options []Option) *Field {
	if e.Sent() {
		*value = e.sent[name]
	}
	return e.Form.Checks(name, key, *value, options)
}

// Check asks a yes or no.
func (e Edit) Check(name, key string, value *bool) *Field {
	if e.Sent() {
		*value = e.sent.Get(name) != ""
	}
	return e.Form.Check(name, key, *value)
}

// Texts asks for a text in the five languages.
func (e Edit) Texts(name, key string, value *db.Text) *Field {
	e.texts(name, value)
	return e.Form.Texts(name, key, *value)
}

// Areas is Texts for longer texts.
func (e Edit) Areas(name, key string, value *db.Text) *Field {
	e.texts(name, value)
	return e.Form.Areas(name, key, *value)
}

func (e Edit) texts(name string, value *db.Text) {
	if e.Sent() {
		*value = texts(e.sent, name)
	}
}

// Period asks for a time known to a day, a month or a year.
func (e Edit) Period(name, key string, value *network.Period) *Field {
	if e.Sent() {
		from, to := period(e.sent, name)
		p, err := network.MakePeriod(from, to)
		var wrong *fault.Error
		if errors.As(err, &wrong) {
			field := name + ".from"
			if s, _ := wrong.Message.Args["Value"].(string); s == to && s != from && to != "" {
				field = name + ".to"
			}
			e.faults = append(e.faults, fault.Field{Name: field, Message: wrong.Message})
		}
		*value = p
	}
	return e.Form.Period(name, key, value.From, value.To, value.Open())
}

// Keep carries the version along that the form was filled from. A broken one is an old one: a conflict.
func (e Edit) Keep(name string, version *int64) {
	if e.sent.Has(name) {
		*version, _ = strconv.ParseInt(e.sent.Get(name), 10, 64)
	}
	e.Form.Keep(name, *version)
}

// Officers lets officers in and nobody else, before anything is read.
func Officers(next Handler) Handler {
	return func(w http.ResponseWriter, r *Request) error {
		if err := r.By.NeedOfficer(); err != nil {
			return err
		}
		return next(w, r)
	}
}

// Act answers a button of a page, such as one that withdraws or restores: do gets the id of the address and the version
// that the button was made for, and the reader is led on to path with what was said.
func (s *Site) Act(w http.ResponseWriter, r *Request, do func(id string, version int64) error, path, said string) error {
	version, _ := strconv.ParseInt(r.FormValue("version"), 10, 64) // a broken one is an old one: a conflict
	if err := do(r.PathValue("id"), version); err != nil {
		return err
	}
	return s.Redirect(w, r, path, said)
}
