package account

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/web/ui"
)

type journalPage struct {
	ui.Page
	Lede    string
	Short   bool // of one thing: no filter, no paging
	Entries []journalEntry
	Older   string // address of the next page; "" at the end
	Newest  string // address of the first page; "" there
}

// journalEntry is an entry as it is shown.
type journalEntry struct {
	Machine, When, Who, What string
	Kind, Name, Path         string
	Differences              []difference
	Erased                   bool
}

type difference struct{ Field, Before, After string }

// perPage is how many entries stand on a page.
const perPage = 30

// kinds of things that the filter offers, in the order of the workbench.
var kinds = []string{"place", "organisation", "membership", "topic", "statement", "programme", "activity", "document", "station", "import", "person", "token", "consent", "retention"}

// actions that the filter offers.
var actions = []string{"create", "update", "publish", "withdraw", "restore", "delete", "import", "undo", "sign-in", "sign-out", "grant", "revoke", "look-as", "export", "erase"}

func (h *handlers) journal(w http.ResponseWriter, r *ui.Request) error {
	words, query := r.Words, r.URL.Query()
	page := &journalPage{Page: ui.Page{Title: words.T("journal.title"), NoIndex: true, Crumbs: office(r, words.T("journal.title"), "")}}
	filter := db.JournalFilter{By: query.Get("by"), Subject: query.Get("kind"), Key: query.Get("key"), Action: query.Get("action"), Limit: perPage + 1}
	filter.Before, _ = strconv.ParseInt(query.Get("before"), 10, 64) // what is no number begins at the end
	var faults fault.Form
	day := func(name string) time.Time {
		s := strings.TrimSpace(query.Get(name))
		if s == "" {
			return time.Time{}
		}
		t, err := time.Parse(time.DateOnly, s)
		if err != nil {
			faults.Add(name, "journal.day.bad")
		}
		return t
	}
	filter.From = day("from")
	if until := day("until"); !until.IsZero() {
		filter.Until = until.AddDate(0, 0, 1)
	}
	entries, err := h.Account.Journal(r.Context(), r.By, filter)
	if err != nil {
		return err
	}
	if page.Form, err = h.journalForm(r, query, faults.Err()); err != nil {
		return err
	}
	if len(entries) > perPage {
		entries = entries[:perPage]
		older := clone(query)
		older.Set("before", strconv.FormatInt(entries[perPage-1].ID, 10))
		page.Older = "/office/journal?" + older.Encode()
	}
	if filter.Before > 0 {
		newest := clone(query)
		newest.Del("before")
		page.Newest = "/office/journal?" + newest.Encode()
	}
	for _, c := range entries {
		page.Entries = append(page.Entries, entryOf(r, c))
	}
	return h.Show(w, r, pages, "journal.html", page)
}

func clone(v url.Values) url.Values {
	out := url.Values{}
	for k, s := range v {
		if len(s) > 0 && s[0] != "" {
			out[k] = s[:1]
		}
	}
	return out
}

func (h *handlers) journalForm(r *ui.Request, query url.Values, err error) (*ui.Form, error) {
	people, e := h.Account.People(r.Context(), r.By)
	if e != nil {
		return nil, e
	}
	words := r.Words
	all := ui.Option{Value: "", Label: words.T("journal.all")}
	who := []ui.Option{all}
	for _, p := range people {
		who = append(who, ui.Option{Value: p.ID, Label: p.Name})
	}
	who = append(who, ui.Option{Value: actor.CommandLine.ID, Label: words.T("journal.cli")}, ui.Option{Value: actor.System.ID, Label: actor.System.Name})
	options := func(prefix string, names []string) []ui.Option {
		out := []ui.Option{all}
		for _, k := range names {
			out = append(out, ui.Option{Value: k, Label: words.T(prefix + k)})
		}
		return out
	}
	f := ui.NewForm(r, err)
	f.Select("by", "journal.who", query.Get("by"), who)
	f.Select("kind", "journal.kind", query.Get("kind"), options("subject.", kinds))
	f.Select("action", "journal.action", query.Get("action"), options("action.", actions))
	f.Text("from", "journal.from", query.Get("from")).As("w10").With(words.T("journal.day.hint"))
	f.Text("until", "journal.until", query.Get("until")).As("w10")
	return f, nil
}

func entryOf(r *ui.Request, c db.Change) journalEntry {
	words := r.Words
	e := journalEntry{Machine: c.At.Format(time.RFC3339), When: words.DateTime(c.At), Who: c.ByName, What: said(r, "action.", c.Action), Kind: said(r, "subject.", c.Subject)}
	switch c.ByID {
	case "":
		e.Who = words.T("journal.nobody")
	case actor.CommandLine.ID:
		e.Who = words.T("journal.cli")
	}
	if e.Who == "" {
		e.Who = words.T("people.erased")
	}
	before, after := object(c.Before), object(c.After)
	e.Name = nameIn(after, r.Lang)
	if e.Name == "" {
		e.Name = nameIn(before, r.Lang)
	}
	if e.Name == "" && c.Subject == "person" && c.Key == c.ByID {
		e.Name = c.ByName
	}
	if e.Name == "" {
		e.Name = c.Key
	}
	e.Path = pathOf(c.Subject, c.Key)
	e.Differences = differences(before, after)
	e.Erased = c.Erased
	return e
}

// said is a word of the journal in the reader's language, or the word itself when no catalog has it.
func said(r *ui.Request, prefix, word string) string {
	if r.Words.Has(prefix + word) {
		return r.Words.T(prefix + word)
	}
	return word
}

// pathOf is where the office finds a thing.
func pathOf(subject, key string) string {
	switch key = url.PathEscape(key); subject {
	case "place", "organisation", "membership", "topic", "statement", "programme", "document":
		return "/office/" + subject + "s/" + key
	case "activity":
		return "/office/activities/" + key
	case "person":
		return "/office/people/" + key
	case "import", "station":
		return "/evidence/" + subject + "s/" + key
	}
	return ""
}

func object(raw json.RawMessage) map[string]any {
	var m map[string]any
	if len(raw) == 0 || json.Unmarshal(raw, &m) != nil {
		return nil
	}
	return m
}

// nameIn finds what a thing is called in what the journal kept of it.
func nameIn(m map[string]any, lang string) string {
	for _, field := range []string{"names", "labels", "titles", "title", "name"} {
		switch v := m[field].(type) {
		case string:
			if v != "" {
				return v
			}
		case map[string]any:
			text := db.Text{}
			for l, s := range v {
				text[l], _ = s.(string)
			}
			if s, _ := text.In(lang); s != "" {
				return s
			}
		}
	}
	return ""
}

// mostLetters is how much of a value is shown.
const mostLetters = 600

// differences are the fields that two states differ in; a thing within a thing is opened one level down.
func differences(before, after map[string]any) []difference {
	a, b := map[string]string{}, map[string]string{}
	flatten(a, "", before)
	flatten(b, "", after)
	var names []string
	for name := range a {
		names = append(names, name)
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var out []difference
	for _, name := range names {
		if name == "version" || a[name] == b[name] {
			continue
		}
		out = append(out, difference{name, cut(a[name]), cut(b[name])})
	}
	return out
}

func flatten(into map[string]string, prefix string, m map[string]any) {
	for key, v := range m {
		switch v := v.(type) {
		case nil:
		case string:
			into[prefix+key] = v
		case map[string]any:
			if prefix == "" {
				flatten(into, key+".", v)
				continue
			}
			into[prefix+key] = plain(v)
		case []any:
			lines := make([]string, len(v))
			for i, x := range v {
				lines[i] = plain(x)
			}
			into[prefix+key] = strings.Join(lines, "\n")
		default:
			into[prefix+key] = plain(v)
		}
		if into[prefix+key] == "" {
			delete(into, prefix+key)
		}
	}
}

func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	j, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(j)
}

func cut(s string) string {
	r := []rune(s)
	if len(r) <= mostLetters {
		return s
	}
	return string(slices.Concat(r[:mostLetters], []rune("…")))
}
