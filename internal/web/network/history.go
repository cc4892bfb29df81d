package network

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"aircommons/internal/catalog"
	"aircommons/internal/db"
	desk "aircommons/internal/network"
	"aircommons/internal/web/ui"
)

type historyPage struct {
	ui.Page
	Changes []changeRow
}

type changeRow struct {
	Machine, When, Who, What string
	Fields                   []fieldChange
}

// fieldChange is one field that a change touched, with what stood there before and after.
type fieldChange struct {
	Label         string
	Lang          string // of both values, where they are in one language
	Before, After string
}

func (o office[T]) history(h handlers) ui.Handler {
	return func(w http.ResponseWriter, r *ui.Request) error {
		id := r.PathValue("id")
		list, err := h.Network.History(r.Context(), r.By, o.subject, id)
		if err != nil {
			return err
		}
		v, err := h.view(r)
		if err != nil {
			return err
		}
		p := &historyPage{}
		name := id
		t, err := o.read(r.Context(), r.By, id)
		switch {
		case err == nil:
			name = o.name(v, t)
			p.Actions = o.actions(r, t)
		case len(list) == 0: // a deleted thing still has its history
			return err
		}
		for _, c := range list {
			fields, err := v.fields(o.subject, c)
			if err != nil {
				h.Log.Warn("a history entry cannot be read", "entry", c.ID, "error", err)
			}
			p.Changes = append(p.Changes, changeRow{c.At.Format("2006-01-02T15:04:05Z07:00"), r.Words.DateTime(c.At), c.ByName,
				v.word("network.action", c.Action), fields})
		}
		p.Title, p.NoIndex = r.Words.T("network.history.title", "Name", name), true
		p.Crumbs = []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: o.title(r), Path: "/office/" + o.plural}}
		if err == nil {
			p.Crumbs = append(p.Crumbs, ui.Crumb{Text: name, Path: "/office/" + o.plural + "/" + id})
		}
		p.Crumbs = append(p.Crumbs, ui.Crumb{Text: r.Words.T("part.history")})
		return h.Show(w, r, pages, "history.html", p)
	}
}

// labelled is a field of the journal in the order of the form.
type labelled struct{ field, label, list string } // list: the closed list of words its values are from

var labels = map[string][]labelled{
	desk.PlaceSubject: {{"names", "names", ""}, {"kind", "kind", "network.kind"}, {"country", "country", ""}, {"parent", "inside", "id"},
		{"lat", "lat", ""}, {"lon", "lon", ""}, {"zone", "zone", ""}, {"population", "population", ""}, {"population_year", "population_year", ""},
		{"population_scope", "population_scope", ""}, {"population_source", "population_source", ""}, {"role", "role", "network.role"},
		{"note", "note", ""}, {"sources", "sources", ""}},
	desk.OrganisationSubject: {{"names", "names", ""}, {"printed", "printed_name", ""}, {"kind", "kind", "network.organisation.kind"},
		{"parent", "parent", "organisation"}, {"place", "place", "id"}, {"url", "url", ""}, {"summary", "summary", ""}, {"note", "note", ""},
		{"sources", "sources", ""}},
	desk.MembershipSubject: {{"place", "member_place", "id"}, {"organisation", "member_organisation", "organisation"}, {"network", "network", "organisation"},
		{"kind", "membership_kind", "network.membership"}, {"period", "period", "period"}, {"printed", "printed", ""}, {"rank", "rank", "network.rank"},
		{"sources", "sources", ""}, {"note", "note", ""}},
	desk.TopicSubject: {{"labels", "labels", ""}, {"scheme", "scheme", "network.scheme"}, {"broader", "broader", "topic"}, {"note", "topic_note", ""}},
	desk.StatementSubject: {{"subject", "subject", "network.subject"}, {"key", "subject", ""}, {"field", "field", "network.field"}, {"printed", "printed", ""},
		{"parsed", "parsed", ""}, {"source", "source", ""}, {"url", "source_url", ""}, {"date", "source_date", ""}, {"said_by", "said_by", ""},
		{"rank", "rank", "network.rank"}, {"note", "note", ""}},
}

// fields are what a change touched. A field in several languages is one row to each.
func (v view) fields(subject string, c db.Change) ([]fieldChange, error) {
	var before, after map[string]any
	for _, side := range []struct {
		raw  json.RawMessage
		into *map[string]any
	}{{c.Before, &before}, {c.After, &after}} {
		if side.raw != nil {
			if err := json.Unmarshal(side.raw, side.into); err != nil {
				return nil, err
			}
		}
	}
	var out []fieldChange
	add := func(label, lang, old, now string) {
		if old != now {
			out = append(out, fieldChange{label, lang, old, now})
		}
	}
	for _, l := range labels[subject] {
		label, x, y := v.w.T("network.form."+l.label), before[l.field], after[l.field]
		old, several := x.(map[string]any)
		now, too := y.(map[string]any)
		if !several && !too {
			add(label, "", v.value(l.list, x), v.value(l.list, y))
			continue
		}
		for _, lang := range catalog.Languages {
			add(v.w.T("network.history.lang", "Field", label, "Language", lang.Name), lang.Tag, v.value("", old[lang.Tag]), v.value("", now[lang.Tag]))
		}
	}
	gone, _ := after["withdrawn"].(bool)
	was, _ := before["withdrawn"].(bool)
	if after != nil && before != nil && gone != was {
		state := func(w bool) string {
			if w {
				return v.w.T("network.page.withdrawn")
			}
			return v.w.T("network.office.shown")
		}
		add(v.w.T("network.office.state"), "", state(was), state(gone))
	}
	return out, nil
}

// value writes a value of the journal: words of a list and names of things in the reader's language.
func (v view) value(list string, x any) string {
	switch x := x.(type) {
	case nil:
		if strings.HasPrefix(list, "network.rank") {
			return v.word(list, "0")
		}
		return ""
	case string:
		switch {
		case x == "":
			return ""
		case list == "id":
			return v.net.PlaceName(x, v.r.Lang)
		case list == "organisation":
			return v.net.OrganisationName(x, v.r.Lang)
		case list == "topic":
			return v.net.TopicName(x, v.r.Lang)
		case list == "period":
			if p, err := desk.ParsePeriod(x); err == nil {
				return v.period(p)
			}
		case list != "":
			return v.word(list, x)
		}
		return x
	case float64:
		s := strconv.FormatFloat(x, 'f', -1, 64)
		if list != "" {
			return v.word(list, s)
		}
		return s
	case []any:
		var lines []string
		for _, y := range x {
			lines = append(lines, v.value(list, y))
		}
		return strings.Join(lines, "\n")
	}
	return fmt.Sprint(x)
}
