package activity

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

// recorded are the parts of a programme or an activity as the journal names them, in the order of the forms, with the
// texts that name them there.
var recorded = []struct{ name, key string }{
	{"programme", "programme.form.programme"}, {"parent", "programme.form.parent"}, {"names", "programme.form.names"}, {"kind", "programme.form.kind"},
	{"every", "programme.form.every"}, {"period", "programme.form.period"}, {"printed", "programme.form.printed"}, {"label", "programme.form.label"},
	{"place", "programme.form.heldat"}, {"venue", "programme.form.venue"}, {"zone", "programme.form.zone"}, {"mode", "programme.form.mode"},
	{"summary", "programme.form.summary"}, {"purposes", "programme.form.purposes"}, {"aims", "programme.form.aims"}, {"audience", "programme.form.audience"},
	{"notes", "programme.form.notes"}, {"topics", "programme.form.topics"}, {"roles", "programme.form.roles"}, {"participants", "programme.form.participants"},
	{"items", "programme.act.items"}, {"state", "programme.office.state"},
}

type changeRow struct {
	At, Machine, By, Action string
	Fields                  []ui.Difference // Theirs is what was there before, Yours what came
}

type historyPage struct {
	ui.Page
	Changes []changeRow
}

// history shows who changed what and when: each part that changed, with what it was before and what it is after.
func (h handlers) history(subject string) ui.Handler {
	return func(w http.ResponseWriter, r *ui.Request) error {
		v, err := h.view(r)
		if err != nil {
			return err
		}
		id := r.PathValue("id")
		changes, err := h.Activity.History(r.Context(), r.By, subject, id)
		if err != nil {
			return err
		}
		path, list, title := "/programme/"+id, "programme.office.programmes", "/office/programmes"
		var names db.Text
		if subject == "activity" {
			a, err := h.Activity.Activity(r.Context(), r.By, id)
			if err != nil {
				return err
			}
			path, list, title, names = "/activities/"+id, "programme.office.activities", "/office/activities", a.Names
		} else {
			p, err := h.Activity.Programme(r.Context(), r.By, id)
			if err != nil {
				return err
			}
			names = p.Names
		}
		name := v.link("", names, id).Text
		page := &historyPage{Page: ui.Page{Title: v.w.T("programme.office.history", "Name", name), NoIndex: true}}
		page.Crumbs = crumbs(r, list, title, ui.Crumb{Text: name, Path: path}, ui.Crumb{Text: v.w.T("part.history")})
		page.Actions = []ui.Action{{Text: v.w.T("programme.act.view"), Path: path}, {Text: v.w.T("part.edit"), Path: title + "/" + id}}
		for _, c := range changes {
			row := changeRow{At: v.w.DateTime(c.At), Machine: c.At.Format("2006-01-02T15:04:05Z07:00"), By: c.ByName, Action: word(v.w, "activity.action", c.Action)}
			if row.By == "" {
				row.By = c.ByID
			}
			if row.Fields, err = v.differences(subject, c); err != nil {
				h.Log.Warn("an entry of the journal cannot be read", "entry", c.ID, "error", err)
			}
			page.Changes = append(page.Changes, row)
		}
		return h.Show(w, r, pages, "office-history.html", page)
	}
}

func (v view) differences(subject string, c db.Change) ([]ui.Difference, error) {
	var before, after map[string]any
	for _, side := range []struct {
		raw  json.RawMessage
		into *map[string]any
	}{{c.Before, &before}, {c.After, &after}} {
		if side.raw == nil {
			continue
		}
		if err := json.Unmarshal(side.raw, side.into); err != nil {
			return nil, err
		}
	}
	var out []ui.Difference
	for _, part := range recorded {
		old, now := v.value(subject, part.name, before[part.name]), v.value(subject, part.name, after[part.name])
		if old != now && (before != nil || now != "") {
			if part.name == "items" || part.name == "roles" || part.name == "participants" || part.name == "topics" {
				old, now = changed(old, now)
			}
			out = append(out, ui.Difference{Label: v.w.T(part.key), Theirs: old, Yours: now})
		}
	}
	return out, nil
}

// changed leaves out the lines that stand on both sides, unless nothing but their order changed.
func changed(old, now string) (string, string) {
	before, after := strings.Split(old, "\n"), strings.Split(now, "\n")
	without := func(list, other []string) string {
		rest := slices.Clone(other)
		var out []string
		for _, line := range list {
			if i := slices.Index(rest, line); i >= 0 {
				rest = slices.Delete(rest, i, i+1)
				continue
			}
			out = append(out, line)
		}
		return strings.Join(out, "\n")
	}
	a, b := without(before, after), without(after, before)
	if a == "" && b == "" {
		return old, now
	}
	return a, b
}

// value writes what the journal holds of a part as an officer knows it.
func (v view) value(subject, part string, value any) string {
	switch x := value.(type) {
	case nil:
		return ""
	case string:
		if x == "" {
			return ""
		}
		switch part {
		case "kind":
			if subject == "programme" {
				return word(v.w, "activity.programmekind", x)
			}
			return word(v.w, "activity.kind", x)
		case "state", "mode", "every":
			return word(v.w, "activity."+part, x)
		case "place":
			return v.net.PlaceName(x, v.r.Lang)
		case "period":
			if p, err := network.ParsePeriod(x); err == nil {
				return period(v.w, p)
			}
		}
		return x
	case map[string]any:
		return texts(x)
	case []any:
		var lines []string
		for _, one := range x {
			lines = append(lines, v.entry(part, one))
		}
		return strings.Join(lines, "\n")
	}
	return fmt.Sprint(value)
}

// entry writes one entry of a list.
func (v view) entry(part string, one any) string {
	m, ok := one.(map[string]any)
	if !ok {
		id := fmt.Sprint(one)
		if part == "topics" {
			return v.net.TopicName(id, v.r.Lang)
		}
		return id
	}
	s := func(key string) string { t, _ := m[key].(string); return t }
	names, _ := m["names"].(map[string]any)
	var words []string
	add := func(w string) {
		if w != "" {
			words = append(words, w)
		}
	}
	switch part {
	case "roles":
		add(v.net.OrganisationName(s("organisation"), v.r.Lang))
		add(word(v.w, "activity.role", s("role")))
	case "participants":
		if s("place") != "" {
			add(v.net.PlaceName(s("place"), v.r.Lang))
		} else {
			add(fmt.Sprint(m["unnamed"]))
			add(texts(names))
		}
		add(word(v.w, "activity.part", s("part")))
	case "items":
		add(word(v.w, "activity.itemkind", s("kind")))
		add(strings.Replace(s("starts"), "T", " ", 1))
		add(strings.Replace(s("ends"), "T", " ", 1))
		add(texts(names))
		add(s("venue"))
	}
	add(s("note"))
	return strings.Join(words, " · ")
}

// texts writes a text with its languages.
func texts(m map[string]any) string {
	var lines []string
	for _, l := range catalog.Languages {
		if s, ok := m[l.Tag].(string); ok && s != "" {
			lines = append(lines, l.Short+": "+s)
		}
	}
	return strings.Join(lines, "\n")
}
