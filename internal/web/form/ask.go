// Package form is the pages in which officers write forms, and what other pages use to ask with a form.
package form

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"aircommons/internal/fault"
	desk "aircommons/internal/form"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

// Asker shows the questions of a form and reads what was answered:
//
//	asker := webform.Asker{Form: d.Form, Network: d.Network}
//	fields, err := asker.Fields(r, f, page, answers, err) // for {{template "fields" .Form}}
//	answers, err := asker.Read(r, f, page)                // then f.Check(page, answers)
//
// A page that asks for files is sent as multipart/form-data to a route of ui.Site.Upload with the limit form.MaxFiles;
// AsksFiles tells which.
type Asker struct {
	Form    *desk.Desk
	Network *network.Desk
}

// AsksFiles reports whether a page, "" for any, has a question for a file.
func AsksFiles(f desk.Form, page string) bool {
	for _, p := range f.Pages {
		if page != "" && p.ID != page {
			continue
		}
		for _, q := range p.Questions {
			if q.Kind == "file" {
				return true
			}
		}
	}
	return false
}

// Fields are the questions of a page ("" for all pages) that are asked given the answers a, filled with them or with what
// was sent. err is what was refused. Questions whose condition is on the same page stand there with a hint that says when
// they are meant, since a page without scripts cannot bring them in later.
func (k Asker) Fields(r *ui.Request, f desk.Form, page string, a desk.Answers, err error) (*ui.Form, error) {
	out := ui.NewForm(r, err)
	asked := map[string]bool{}
	for _, q := range f.Asked(a) {
		asked[q.ID] = true
	}
	for _, p := range f.Pages {
		if page != "" && p.ID != page {
			continue
		}
		here := map[string]desk.Question{}
		for _, q := range p.Questions {
			hint := ""
			if q.When != nil {
				if on, same := here[q.When.Question]; same {
					hint = whenHint(r, on, q.When)
				} else if !asked[q.ID] {
					continue
				}
			}
			here[q.ID] = q
			if err := k.field(r, out, q, a[q.ID], hint); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// whenHint says in words when a question is meant.
func whenHint(r *ui.Request, on desk.Question, w *desk.When) string {
	label, _ := on.Labels.In(r.Lang)
	if len(w.Is) == 0 {
		return r.Words.T("form.when.any", "Question", label)
	}
	var is []string
	for _, v := range w.Is {
		is = append(is, ValueText(r, on, v))
	}
	return r.Words.T("form.when.is", "Question", label, "Answers", strings.Join(is, r.Words.T("form.when.or")))
}

// ValueText is one value of an answer as the reader knows it.
func ValueText(r *ui.Request, q desk.Question, v string) string {
	switch q.Kind {
	case "choice", "many":
		if l, ok := q.Label(v); ok {
			s, _ := l.In(r.Lang)
			return s
		}
	case "yesno":
		if v == "yes" || v == "no" {
			return r.Words.T("part." + v)
		}
	case "country":
		return CountryName(r.Lang, v)
	case "file":
		if _, name, ok := desk.FileOf(v); ok {
			return name
		}
	}
	return v
}

// Text is a whole answer as the reader knows it. Names of cities of the network are those of the snapshot; nil for ids.
func Text(r *ui.Request, q desk.Question, values []string, cities *network.Snapshot) string {
	if q.Kind == "city" && len(values) > 0 {
		if values[0] == "other" && len(values) > 1 {
			return values[1]
		}
		if cities != nil {
			return cities.PlaceName(values[0], r.Lang)
		}
	}
	var out []string
	for _, v := range values {
		out = append(out, ValueText(r, q, v))
	}
	return strings.Join(out, r.Words.T("form.list"))
}

func (k Asker) field(r *ui.Request, out *ui.Form, q desk.Question, values []string, when string) error {
	name, value := "q."+q.ID, ""
	if len(values) > 0 {
		value = values[0]
	}
	var d *ui.Field
	choose := ui.Option{Label: r.Words.T("part.choose")}
	switch q.Kind {
	case "statement":
		d = out.Statement(name)
	case "text":
		d = out.Area(name, "form.answer", value)
		d.Max = q.Most()
	case "choice":
		if len(q.Options) > 12 {
			d = out.Select(name, "form.answer", value, append([]ui.Option{choose}, options(r, q)...))
		} else {
			d = out.Radio(name, "form.answer", value, options(r, q))
		}
	case "many":
		d = out.Checks(name, "form.answer", values, options(r, q))
	case "yesno":
		d = out.Radio(name, "form.answer", value, []ui.Option{{Value: "yes", Label: r.Words.T("part.yes")}, {Value: "no", Label: r.Words.T("part.no")}})
	case "scale":
		var steps []ui.Option
		for n := 1; n <= q.Steps(); n++ {
			s := strconv.Itoa(n)
			o := ui.Option{Value: s, Label: r.Words.Int(n)}
			if l, ok := q.Label(s); ok {
				text, in := l.In(r.Lang)
				o.Label += " – " + text
				if in != r.Lang {
					o.Lang = in
				}
			}
			steps = append(steps, o)
		}
		d = out.Radio(name, "form.answer", value, steps)
	case "number":
		d = out.Text(name, "form.answer", value).As("w10")
		d.Mode = "decimal"
	case "date":
		d = out.Text(name, "form.answer", value).As("w10").Kind("date")
	case "mail":
		d = out.Text(name, "form.answer", value).Kind("email").Autocomplete("email")
	case "phone":
		d = out.Text(name, "form.answer", value).Kind("tel").Autocomplete("tel").As("w20")
	case "country":
		d = out.Select(name, "form.answer", value, append([]ui.Option{choose}, Countries(r.Lang)...))
	case "city":
		return k.city(r, out, q, values, when)
	case "file":
		return k.file(r, out, q, values, when)
	default:
		d = out.Text(name, "form.answer", value)
		d.Max = q.Most()
	}
	dress(r, d, q, when)
	return nil
}

// dress gives a field the words of its question.
func dress(r *ui.Request, d *ui.Field, q desk.Question, when string) {
	label, in := q.Labels.In(r.Lang)
	d.Label = label
	if in != r.Lang {
		d.Said = in
	}
	hint, in := q.Hints.In(r.Lang)
	if in != r.Lang && hint != "" {
		if d.HintIn = in; d.Said == "" {
			hint += " " + r.Words.T("form.in."+in)
		}
	}
	if when != "" {
		hint = strings.TrimSpace(when + "\n" + hint)
	}
	d.Hint = hint
	d.Optional = !q.Required && q.Kind != "statement"
}

func options(r *ui.Request, q desk.Question) (out []ui.Option) {
	for _, o := range q.Options {
		label, in := o.Labels.In(r.Lang)
		p := ui.Option{Value: o.Value, Label: label}
		if in != r.Lang {
			p.Lang = in
		}
		out = append(out, p)
	}
	return out
}

// city asks for a city of the network, or for another one by name.
func (k Asker) city(r *ui.Request, out *ui.Form, q desk.Question, values []string, when string) error {
	list := []ui.Option{{Label: r.Words.T("part.choose")}}
	if k.Network != nil {
		snap, err := k.Network.Snapshot(r.Context())
		if err != nil {
			return err
		}
		var cities []ui.Option
		for _, p := range snap.Cities() {
			cities = append(cities, ui.Option{Value: p.ID, Label: snap.PlaceName(p.ID, r.Lang)})
		}
		SortOptions(r.Lang, cities)
		list = append(list, cities...)
	}
	list = append(list, ui.Option{Value: "other", Label: r.Words.T("form.city.other")})
	value, other := "", ""
	if len(values) > 0 {
		value = values[0]
	}
	if len(values) > 1 {
		other = values[1]
	}
	dress(r, out.Select("q."+q.ID, "form.answer", value, list), q, when)
	d := out.Text("q."+q.ID+".other", "form.city.name", other).Opt()
	d.Max = q.Most()
	return nil
}

// file asks for files; those that are there already can be taken out.
func (k Asker) file(r *ui.Request, out *ui.Form, q desk.Question, values []string, when string) error {
	name := "q." + q.ID
	if len(values) > 0 && k.Form != nil {
		var kept []ui.Option
		var chosen []string
		for _, v := range values {
			if _, file, ok := desk.FileOf(v); ok {
				s := k.Form.Seal(v)
				kept, chosen = append(kept, ui.Option{Value: s, Label: file}), append(chosen, s)
			}
		}
		if len(kept) > 0 {
			d := ui.StoredForm(r).Checks(name+".kept", "form.file.kept", chosen, kept)
			out.Fields = append(out.Fields, d)
		}
	}
	d := out.File(name, "form.answer")
	dress(r, d, q, when)
	d.Accept, d.Multiple = q.Accept, true
	hint := r.Words.T("form.file.hint", "Most", desk.MaxFile>>20)
	if q.Accept != "" {
		hint = r.Words.T("form.file.accept", "Kinds", q.Accept, "Most", desk.MaxFile>>20)
	}
	d.Hint = strings.TrimSpace(d.Hint + " " + hint)
	return nil
}

// Countries are all countries and territories in the reader's language.
func Countries(lang string) []ui.Option {
	var out []ui.Option
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if code := string([]rune{a, b}); desk.IsCountry(code) {
				if name := CountryName(lang, code); name != "" && name != code {
					out = append(out, ui.Option{Value: code, Label: name})
				}
			}
		}
	}
	SortOptions(lang, out)
	return out
}

// CountryName is the name of a country by its code.
func CountryName(lang, code string) string {
	r, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if n := display.Regions(language.MustParse(lang)); n != nil {
		if s := n.Name(r); s != "" {
			return s
		}
	}
	return display.English.Regions().Name(r)
}

// SortOptions sorts answers as the language does.
func SortOptions(lang string, list []ui.Option) {
	c := collate.New(language.MustParse(lang))
	sort.SliceStable(list, func(i, j int) bool { return c.CompareString(list[i].Label, list[j].Label) < 0 })
}

// Bounds of what is read of one page besides its files.
const (
	mostParts = 500
	mostPart  = 64 << 10 // bytes of one field
)

// Read reads what was sent for a page ("" for all pages): from a form, or from one with files, whose files are kept as they
// come. Answers that cannot be taken are told by the form's Check; Read reports only what cannot be read, and files that are
// refused, as a fault of their field.
func (k Asker) Read(r *ui.Request, f desk.Form, page string) (desk.Answers, error) {
	var faults fault.Form
	files := map[string][]string{}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // an empty one is no form with files
	switch {
	case kind == "multipart/form-data" && r.PostForm == nil || kind == "multipart/form-data" && len(r.PostForm) == 0:
		if err := k.parts(r, f, page, files, &faults); err != nil {
			return nil, err
		}
	case r.PostForm == nil:
		if err := r.ParseForm(); err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "error.upload")
		}
	}
	a := desk.Answers{}
	for _, p := range f.Pages {
		if page != "" && p.ID != page {
			continue
		}
		for _, q := range p.Questions {
			if v := k.answer(r.PostForm, q, files[q.ID]); len(v) > 0 {
				a[q.ID] = v
			}
		}
	}
	return a, faults.Err()
}

func (k Asker) answer(sent url.Values, q desk.Question, files []string) []string {
	name := "q." + q.ID
	switch q.Kind {
	case "statement":
		return nil
	case "file":
		var out []string
		for _, s := range sent[name+".kept"] {
			if k.Form == nil {
				break
			}
			if v, ok := k.Form.Unseal(s); ok {
				out = append(out, v)
			}
		}
		return append(out, files...)
	case "many":
		var out []string
		for _, v := range sent[name] {
			if v = clean(v); v != "" {
				out = append(out, v)
			}
		}
		return out
	}
	v := clean(sent.Get(name))
	if v == "" {
		return nil
	}
	switch q.Kind {
	case "number":
		v = number(v)
	case "city":
		if v == "other" {
			return []string{v, clean(sent.Get(name + ".other"))}
		}
	case "country":
		v = strings.ToUpper(v)
	}
	return []string{v}
}

func clean(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n"))
}

// number writes a number as programs do: people write "1 200,5" too.
func number(s string) string {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "−", "-").Replace(s)
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") && !strings.HasPrefix(s[strings.IndexByte(s, ',')+1:], "000") {
		s = strings.Replace(s, ",", ".", 1)
	}
	return s
}

// parts reads a form with files.
func (k Asker) parts(r *ui.Request, f desk.Form, page string, files map[string][]string, faults *fault.Form) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "error.upload")
	}
	r.PostForm = url.Values{}
	for range mostParts {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "error.upload")
		}
		name := part.FormName()
		if part.FileName() != "" {
			id, _ := strings.CutPrefix(name, "q.")
			q, on, ok := f.Question(id)
			if !ok || q.Kind != "file" || (page != "" && on.ID != page) || k.Form == nil || len(files[id]) >= 20 {
				continue
			}
			answer, err := k.Form.KeepFile(r.Context(), q, part.FileName(), part)
			var e *fault.Error
			switch {
			case err == nil:
				files[id] = append(files[id], answer)
			case errors.As(err, &e) && e.Code == fault.Invalid:
				pairs := []any{"Name", part.FileName()}
				for n, v := range e.Message.Args {
					pairs = append(pairs, n, v)
				}
				faults.Add(name, e.Message.Key, pairs...)
			default:
				return err
			}
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, mostPart))
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "error.upload")
		}
		r.PostForm.Add(name, string(value))
	}
	return fault.New(fault.Invalid, "error.upload")
}

// ServeFile sends a kept file of an answer, always as something to save. Whether the reader may have it is asked by the
// caller.
func (k Asker) ServeFile(w http.ResponseWriter, r *ui.Request, sum, name string) error {
	file, err := k.Form.OpenFile(sum)
	if err != nil {
		return err
	}
	defer file.Close()
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	_, err = io.Copy(w, file)
	return err
}
