package ui

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"aircommons/internal/catalog"
	"aircommons/internal/db"
)

// HistoryPage is the page of what was done to a thing.
type HistoryPage struct {
	Page
	Changes []Entry
}

// Entry is one change of a history. In its fields Theirs is what stood there before and Yours what came.
type Entry struct {
	At              time.Time
	Who, What, Note string
	Fields          []Difference
}

// Machine is the time as machines read it.
func (c Entry) Machine() string { return c.At.Format(time.RFC3339) }

// Recorded is a field as the journal names it, with the text that names it in the form.
type Recorded struct {
	Field, Key string
	Show       func(value any) string                 // nil: as it was recorded
	Brief      func(old, now string) (string, string) // what is shown of both where they differ; nil: all
}

var historySet = Templates(layoutSub("history"))

// ShowHistory shows what the journal holds of a thing. What is the sentence of an action; fields are those to compare,
// in the order of the form, and may be left to the entry.
func (s *Site) ShowHistory(w http.ResponseWriter, r *Request, page Page, entries []db.Change, what func(action string) string, fields func(c db.Change, before, after map[string]any) (note string, fields []Recorded)) error {
	p := &HistoryPage{Page: page}
	p.NoIndex = true
	for _, c := range entries {
		x := Entry{At: c.At, Who: c.ByName, What: what(c.Action)}
		if x.Who == "" {
			x.Who = c.ByID
		}
		var sides [2]map[string]any
		for i, raw := range []json.RawMessage{c.Before, c.After} {
			if raw == nil {
				continue
			}
			if err := json.Unmarshal(raw, &sides[i]); err != nil {
				s.Log.Warn("an entry of the journal cannot be read", "entry", c.ID, "error", err)
			}
		}
		note, compare := fields(c, sides[0], sides[1])
		x.Note, x.Fields = note, r.differences(sides[0], sides[1], compare)
		p.Changes = append(p.Changes, x)
	}
	return s.Show(w, r, historySet, "history.html", p)
}

// differences compares two states of a thing. A text in several languages is one row to each.
func (r *Request) differences(before, after map[string]any, fields []Recorded) []Difference {
	var out []Difference
	add := func(label, lang, old, now string) {
		if old != now {
			out = append(out, Difference{Label: label, Lang: lang, Theirs: old, Yours: now})
		}
	}
	for _, f := range fields {
		label, x, y, show := f.Field, before[f.Field], after[f.Field], f.Show
		if r.Words.Has(f.Key) {
			label = r.Words.T(f.Key)
		}
		if show == nil {
			show = r.asRecorded
		}
		old, several := x.(map[string]any)
		now, too := y.(map[string]any)
		if !several && !too {
			was, is := show(x), show(y)
			if f.Brief != nil && was != is {
				was, is = f.Brief(was, is)
			}
			add(label, "", was, is)
			continue
		}
		for _, l := range catalog.Languages {
			add(r.Words.T("history.lang", "Field", label, "Language", l.Name), l.Tag, r.asRecorded(old[l.Tag]), r.asRecorded(now[l.Tag]))
		}
	}
	return out
}

// asRecorded writes a value of the journal.
func (r *Request) asRecorded(x any) string {
	switch x := x.(type) {
	case nil:
		return ""
	case string:
		return x
	case bool:
		if x {
			return r.Words.T("part.yes")
		}
		return ""
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case []any:
		var lines []string
		for _, y := range x {
			lines = append(lines, r.asRecorded(y))
		}
		return strings.Join(lines, "\n")
	}
	return fmt.Sprint(x)
}
