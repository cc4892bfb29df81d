package post

import (
	"context"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Template is a kind of letter that the program writes by itself.
type Template struct {
	Name   string   // "registration.confirmed"
	Kind   Kind     // of its letters
	Values []string // that its letters bring
	// Optional are those among Values that a letter may lack. A paragraph that names nothing else goes with them.
	Optional []string
}

// prefix stands before the names of templates in the catalogs.
const prefix = "mail."

// Templates are all of them in the order in which an activity goes through them: name, kind, values. Every letter has
// the values Name (of the person) and Network besides. Activity, Dates and Place of a letter about an activity are
// filled in by the desk where the letter does not bring them. A question mark stands behind optional values.
var Templates = func() []Template {
	var out []Template
	for _, line := range strings.Split(strings.TrimSpace(`
call.open invitation Activity Dates Place Until Link
nomination.ask invitation Activity Dates Place City Seats Until Link
call.draft transactional Activity Title Until Link
call.received transactional Activity Title Link
call.accepted transactional Activity Title Link Reason?
call.waiting transactional Activity Title Link Reason?
call.rejected transactional Activity Title Link Reason?
review.ask transactional Activity Count Until Link
registration.open invitation Activity Dates Place Until Link
registration.draft transactional Name? Activity Until? Link
registration.applied transactional Activity Link
registration.again transactional Activity Link
registration.confirmed transactional Activity Dates Place Link
registration.waiting transactional Activity Position Link
registration.rejected transactional Activity Reason?
registration.replaced transactional Activity Reason?
registration.withdrawn transactional Activity Reason?
seat.invited invitation Activity Dates Place Until? Link
seat.offered transactional Activity Until Link
seat.expired transactional Activity Link
seat.named transactional Activity City Link
agenda.changed transactional Activity Changes Link
letter.issued transactional Activity Letter Number Link
activity.reminder reminder Activity Dates Place Link
feedback.ask reminder Activity Until Link
followup.ask reminder Activity Months Link
match.proposed transactional City Link
`), "\n") {
		f := strings.Fields(line)
		t := Template{Name: f[0], Kind: Kind(f[1])}
		for _, v := range f[2:] {
			name, optional := strings.CutSuffix(v, "?")
			if name != "Name" {
				t.Values = append(t.Values, name)
			}
			if optional {
				t.Optional = append(t.Optional, name)
			}
		}
		out = append(out, t)
	}
	return out
}()

// TemplateOf finds a template by its name.
func TemplateOf(name string) (Template, bool) {
	i := slices.IndexFunc(Templates, func(t Template) bool { return t.Name == name })
	if i < 0 {
		return Template{}, false
	}
	return Templates[i], true
}

// Allowed are the values that a template's texts may name.
func (t Template) Allowed() []string { return append([]string{"Name", "Network"}, t.Values...) }

func kindOf(name string) Kind {
	if t, ok := TemplateOf(name); ok {
		return t.Kind
	}
	return Transactional
}

// Override is a text that officers keep in place of that of the catalogs.
type Override struct {
	Template string    `json:"template"`
	About    string    `json:"about"` // "" for the whole network, "programme", "activity"
	AboutKey string    `json:"aboutkey"`
	Lang     string    `json:"lang"`
	Subject  string    `json:"subject"`
	Text     string    `json:"text"`
	Saved    time.Time `json:"-"`
	Version  int64     `json:"-"`
}

var place = regexp.MustCompile(`\{\{\s*\.?([\pL][\pL\pN_]*)\s*\}\}`)

// Named lists the values that a text names, each once.
func Named(texts ...string) (out []string) {
	for _, s := range texts {
		for _, m := range place.FindAllStringSubmatch(s, -1) {
			if !slices.Contains(out, m[1]) {
				out = append(out, m[1])
			}
		}
	}
	return out
}

// Fill puts values into a text. A value that is not there, or empty, is a fault: nothing leaves with a hole in it.
// A paragraph in which an optional value is named that is empty, is left out.
func Fill(text string, values map[string]string, optional ...string) (string, error) {
	if len(optional) > 0 {
		var kept []string
		for _, paragraph := range strings.Split(text, "\n\n") {
			gone := slices.ContainsFunc(Named(paragraph), func(n string) bool {
				return slices.Contains(optional, n) && strings.TrimSpace(values[n]) == ""
			})
			if !gone {
				kept = append(kept, paragraph)
			}
		}
		text = strings.Join(kept, "\n\n")
	}
	var missing []string
	for _, name := range Named(text) {
		if strings.TrimSpace(values[name]) == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		sort.Strings(missing)
		return "", fault.New(fault.Invalid, "post.missing", "Names", strings.Join(missing, ", "))
	}
	return place.ReplaceAllStringFunc(text, func(m string) string { return values[place.FindStringSubmatch(m)[1]] }), nil
}

// partly puts in those values that are there.
func partly(text string, values map[string]string) string {
	return place.ReplaceAllStringFunc(text, func(m string) string {
		if v := values[place.FindStringSubmatch(m)[1]]; strings.TrimSpace(v) != "" {
			return v
		}
		return m
	})
}

// words are a letter's subject and text with their values. With a fault they are filled in as far as values are there.
func (k *Desk) words(ctx context.Context, tx *db.Tx, p Piece, network db.Text) (subject, text string, err error) {
	if p.Template != "" {
		o, err := k.inForce(ctx, tx, p.Template, p.About, p.AboutKey, p.Lang)
		if err != nil {
			return "", "", err
		}
		p.Letter.Subject, p.Text = o.Subject, o.Text
	}
	values := k.valuesOf(p, network)
	if k.Things != nil && p.AboutKey != "" {
		said, err := k.Things(ctx, tx, p.Lang, p.About, p.AboutKey)
		if err != nil {
			return "", "", err
		}
		for name, v := range said {
			if values[name] == "" {
				values[name] = v
			}
		}
	}
	t, _ := TemplateOf(p.Template)
	if subject, err = Fill(p.Letter.Subject, values); err == nil {
		text, err = Fill(p.Text, values, t.Optional...)
	}
	if err != nil { // what is missing in both is named at once
		if _, all := Fill(p.Letter.Subject+"\n\n"+p.Text, values, t.Optional...); all != nil {
			err = all
		}
		return partly(p.Letter.Subject, values), partly(p.Text, values), err
	}
	return subject, text, nil
}

// inForce is the text that a letter gets: of its activity, else of the programme, else of the network, else of the catalogs.
func (k *Desk) inForce(ctx context.Context, tx *db.Tx, template, about, key, lang string) (Override, error) {
	type level struct{ about, key string }
	levels := []level{{"", ""}}
	if about != "" && key != "" {
		levels = append([]level{{about, key}}, levels...)
		if about == "activity" && k.Programme != nil {
			programme, err := k.Programme(ctx, tx, key)
			if err != nil && fault.CodeOf(err) != fault.NotFound {
				return Override{}, err
			}
			if programme != "" {
				levels = slices.Insert(levels, 1, level{"programme", programme})
			}
		}
	}
	for _, l := range levels {
		o, err := override(ctx, tx, template, l.about, l.key, lang)
		if err == nil || fault.CodeOf(err) != fault.NotFound {
			return o, err
		}
	}
	return k.Default(template, lang)
}

// Default is the text of the catalogs.
func (k *Desk) Default(template, lang string) (Override, error) {
	w := k.texts.Lang(lang)
	subject, ok := w.Raw(prefix + template + ".subject")
	text, too := w.Raw(prefix + template + ".text")
	if !ok || !too {
		return Override{}, fault.New(fault.Invalid, "post.template.unknown", "Template", template)
	}
	return Override{Template: template, Lang: lang, Subject: subject, Text: strings.TrimRight(text, "\n") + "\n"}, nil
}

func override(ctx context.Context, tx *db.Tx, template, about, key, lang string) (Override, error) {
	o := Override{Template: template, About: about, AboutKey: key, Lang: lang}
	err := tx.One(ctx, `SELECT subject, body, saved_at, version FROM mail_template WHERE template = $1 AND about = $2 AND about_key = $3 AND lang = $4`,
		[]any{template, about, key, lang}, &o.Subject, &o.Text, &o.Saved, &o.Version)
	o.Saved = o.Saved.UTC()
	return o, err
}

// InForce is the text that letters about something get in a language. Its Version is that of the override for exactly
// this thing; 0 when the text comes from further up.
func (k *Desk) InForce(ctx context.Context, by actor.Actor, template, about, key, lang string) (o Override, err error) {
	if _, ok := TemplateOf(template); !ok {
		return o, fault.New(fault.NotFound, "error.notfound")
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if err := k.mayAbout(ctx, tx, by, about, key); err != nil {
			return err
		}
		o, err = k.inForce(ctx, tx, template, about, key, lang)
		return err
	})
	if o.About != about || o.AboutKey != key {
		o.Version = 0
	}
	return o, err
}

// Overrides lists what officers keep, for the whole network and its parts.
func (k *Desk) Overrides(ctx context.Context, by actor.Actor) (out []Override, err error) {
	if err := by.NeedOfficer(); err != nil {
		return nil, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out = nil
		return tx.Each(ctx, `SELECT template, about, about_key, lang, subject, body, saved_at, version FROM mail_template ORDER BY about, about_key, template, lang`, nil,
			func(scan func(...any) error) error {
				var o Override
				if err := scan(&o.Template, &o.About, &o.AboutKey, &o.Lang, &o.Subject, &o.Text, &o.Saved, &o.Version); err != nil {
					return err
				}
				out = append(out, o)
				return nil
			})
	})
	return out, err
}

// longestText is the most letters of a text, and of a subject.
const (
	longestText    = 20000
	longestSubject = 200
)

// SaveTemplate keeps a text in place of that of the catalogs. o.Version is the one that was read; 0 for none.
func (k *Desk) SaveTemplate(ctx context.Context, by actor.Actor, o Override) error {
	t, ok := TemplateOf(o.Template)
	if !ok || !catalog.Known(o.Lang) {
		return fault.New(fault.NotFound, "error.notfound")
	}
	o.Subject, o.Text = strings.TrimSpace(o.Subject), strings.TrimSpace(strings.ReplaceAll(o.Text, "\r\n", "\n"))+"\n"
	var f fault.Form
	checkWords(&f, o.Subject, o.Text, t.Allowed())
	if err := f.Err(); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if err := k.mayAbout(ctx, tx, by, o.About, o.AboutKey); err != nil {
			return err
		}
		was, err := override(ctx, tx, o.Template, o.About, o.AboutKey, o.Lang)
		if fault.CodeOf(err) == fault.NotFound {
			if o.Version != 0 {
				return fault.New(fault.Conflict, "error.conflict")
			}
			_, err = tx.ExecContext(ctx, `INSERT INTO mail_template (template, about, about_key, lang, subject, body, saved_at, version) VALUES ($1,$2,$3,$4,$5,$6,$7,1)`,
				o.Template, o.About, o.AboutKey, o.Lang, o.Subject, o.Text, tx.Now)
			if err != nil {
				return err
			}
			return tx.Record(ctx, by, TemplateSubject, o.key(), "create", nil, o)
		} else if err != nil {
			return err
		}
		if err := db.Changed(tx.ExecContext(ctx, `UPDATE mail_template SET subject = $6, body = $7, saved_at = $8, version = version + 1
			WHERE template = $1 AND about = $2 AND about_key = $3 AND lang = $4 AND version = $5`,
			o.Template, o.About, o.AboutKey, o.Lang, o.Version, o.Subject, o.Text, tx.Now)); err != nil {
			return err
		}
		return tx.Record(ctx, by, TemplateSubject, o.key(), "update", was, o)
	})
}

// DropTemplate goes back to the text from further up.
func (k *Desk) DropTemplate(ctx context.Context, by actor.Actor, o Override) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if err := k.mayAbout(ctx, tx, by, o.About, o.AboutKey); err != nil {
			return err
		}
		was, err := override(ctx, tx, o.Template, o.About, o.AboutKey, o.Lang)
		if err != nil {
			return err
		}
		if err := db.Changed(tx.ExecContext(ctx, `DELETE FROM mail_template WHERE template = $1 AND about = $2 AND about_key = $3 AND lang = $4 AND version = $5`,
			o.Template, o.About, o.AboutKey, o.Lang, o.Version)); err != nil {
			return err
		}
		return tx.Record(ctx, by, TemplateSubject, o.key(), "delete", was, nil)
	})
}

func (o Override) key() string {
	out := o.Template + "." + o.Lang
	if o.AboutKey != "" {
		out = o.About + "/" + o.AboutKey + "/" + out
	}
	return out
}

// checkWords looks whether a subject and a text are there and name only what letters bring.
func checkWords(f *fault.Form, subject, text string, allowed []string) {
	for _, x := range []struct {
		field, s string
		most     int
	}{{"subject", subject, longestSubject}, {"text", text, longestText}} {
		unknown := slices.DeleteFunc(Named(x.s), func(n string) bool { return slices.Contains(allowed, n) })
		rest := place.ReplaceAllString(x.s, "")
		switch {
		case strings.TrimSpace(x.s) == "":
			f.Add(x.field, "post.form."+x.field+".missing")
		case utf8.RuneCountInString(x.s) > x.most:
			f.Add(x.field, "post.form.long", "Most", x.most)
		case !utf8.ValidString(x.s):
			f.Add(x.field, "post.form.broken")
		case len(unknown) > 0:
			f.Add(x.field, "post.form.unknown", "Names", strings.Join(unknown, ", "), "Allowed", strings.Join(allowed, ", "))
		case strings.Contains(rest, "{{") || strings.Contains(rest, "}}"):
			f.Add(x.field, "post.form.braces")
		}
	}
}

// CheckTemplate says what is wrong in a text, without keeping it.
func (k *Desk) CheckTemplate(o Override) error {
	t, ok := TemplateOf(o.Template)
	if !ok {
		return fault.New(fault.NotFound, "error.notfound")
	}
	var f fault.Form
	checkWords(&f, o.Subject, o.Text, t.Allowed())
	return f.Err()
}
