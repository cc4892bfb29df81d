package network

import (
	"context"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones on a machine that has none

	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Longest texts, in characters. Forms tell them; the journal and the search keep each text once more.
const (
	mostName   = 300
	mostText   = 4000
	mostSource = 500
	mostLines  = 40
)

// tidyText cuts space around the texts and drops empty ones.
func tidyText(t db.Text) db.Text {
	out := db.Text{}
	for l, s := range t {
		if s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")); s != "" {
			out[l] = s
		}
	}
	return out
}

func tidyList(l db.List) db.List {
	out := db.List{}
	for _, s := range l {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func trim(s ...*string) {
	for _, s := range s {
		*s = strings.TrimSpace(*s)
	}
}

// checkTexts looks at a text by language: none where one is needed, one too long, a language that the house does not have.
func checkTexts(f *fault.Form, field string, t db.Text, most int, needed bool) {
	if needed && len(t) == 0 {
		f.Add(field, "network.names.missing")
	}
	for _, l := range Languages {
		if n := len([]rune(t[l])); n > most {
			f.Add(field+"."+l, "network.text.long", "Length", n, "Most", most)
		}
	}
	for l := range t {
		if !slices.Contains(Languages, l) {
			f.Add(field, "network.language.unknown", "Language", l)
		}
	}
}

func checkString(f *fault.Form, field, s string, most int) {
	if n := len([]rune(s)); n > most {
		f.Add(field, "network.text.long", "Length", n, "Most", most)
	}
}

func checkID(f *fault.Form, id string) {
	if !db.IsSlug(id) {
		f.Add("id", "network.id.form", "ID", id)
	}
}

func checkSources(f *fault.Form, sources db.List) {
	if len(sources) > mostLines {
		f.Add("sources", "network.sources.many", "Most", mostLines)
		return
	}
	for _, s := range sources {
		checkString(f, "sources", s, mostSource)
	}
}

// checkEmail takes one address of mail or none.
func checkEmail(f *fault.Form, field, s string) {
	if s == "" {
		return
	}
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s || len(s) > 254 || strings.ContainsAny(s, "?&%<>\" ") {
		f.Add(field, "account.email.form")
	}
}

// checkURL takes an address of the web or none.
func checkURL(f *fault.Form, field, s string) {
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || len(s) > 2000 {
		f.Add(field, "network.url.form", "Value", s)
	}
}

// checkThere adds a fault when a thing that the form names does not exist. Withdrawn ones do.
func checkThere(ctx context.Context, tx *db.Tx, f *fault.Form, field, table, id, key string) error {
	if id == "" {
		return nil
	}
	ok, err := there(ctx, tx, table, id)
	if err == nil && !ok {
		f.Add(field, key, "ID", id)
	}
	return err
}

func there(ctx context.Context, tx *db.Tx, table, id string) (bool, error) {
	var n int
	err := tx.One(ctx, `SELECT COUNT(*) FROM `+table+` WHERE id = $1`, []any{id}, &n)
	return n > 0, err
}

// checkAbove walks up from parent and adds a fault when a thing is missing there, or when id would come to lie in itself.
func checkAbove(ctx context.Context, tx *db.Tx, f *fault.Form, field, table, column, id, parent, unknown string) error {
	for hops := 0; parent != ""; hops++ {
		if parent == id || hops > 50 {
			f.Add(field, "network.circle")
			return nil
		}
		var up *string
		err := tx.One(ctx, `SELECT `+column+` FROM `+table+` WHERE id = $1`, []any{parent}, &up)
		if fault.CodeOf(err) == fault.NotFound {
			f.Add(field, unknown, "ID", parent)
			return nil
		}
		if err != nil || up == nil {
			return err
		}
		parent = *up
	}
	return nil
}

// Zone opens a zone by its IANA name; nil for an empty or unknown one.
func Zone(name string) *time.Location {
	if name == "" || name == "Local" {
		return nil
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return z
}

// Source parts one line of a list of sources into its words and the address of the web in it, if there is one.
func Source(line string) (words, address string) {
	for _, w := range strings.Fields(line) {
		w = strings.TrimLeft(strings.TrimRight(w, ".,;)"), "(")
		if u, err := url.Parse(w); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
			words = strings.Join(strings.Fields(strings.Replace(line, w, "", 1)), " ")
			words = strings.NewReplacer("()", "", ", ,", ",", "; ;", ";").Replace(words)
			words = strings.TrimRight(strings.NewReplacer(" ,", ",", " ;", ";", " .", "").Replace(words), " ,;:")
			if words == "" {
				words = u.Host
			}
			return words, w
		}
	}
	return line, ""
}
