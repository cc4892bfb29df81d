package activity

import (
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
		page := ui.Page{Title: v.w.T("programme.office.history", "Name", name)}
		page.Crumbs = crumbs(r, list, title, ui.Crumb{Text: name, Path: path}, ui.Crumb{Text: v.w.T("part.history")})
		page.Actions = []ui.Action{{Text: v.w.T("programme.act.view"), Path: path}, {Text: v.w.T("part.edit"), Path: title + "/" + id}}
		return h.ShowHistory(w, r, page, changes, func(action string) string { return word(v.w, "activity.action", action) },
			func(db.Change, map[string]any, map[string]any) (string, []ui.Recorded) {
				var out []ui.Recorded
				for _, part := range recorded {
					field := ui.Recorded{Field: part.name, Key: part.key, Show: func(x any) string { return v.value(subject, part.name, x) }}
					switch part.name {
					case "items", "roles", "participants", "topics":
						field.Brief = changed
					}
					out = append(out, field)
				}
				return "", out
			})
	}
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
