package network

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"aircommons/internal/db"
	desk "aircommons/internal/network"
	"aircommons/internal/web/ui"
)

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
		name := id
		var p ui.Page
		t, err := o.read(r.Context(), r.By, id)
		switch {
		case err == nil:
			name = o.name(v, t)
			p.Actions = o.actions(r, t)
		case len(list) == 0: // a deleted thing still has its history
			return err
		}
		p.Title = r.Words.T("network.history.title", "Name", name)
		p.Crumbs = []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: o.title(r), Path: "/office/" + o.plural}}
		if err == nil {
			p.Crumbs = append(p.Crumbs, ui.Crumb{Text: name, Path: "/office/" + o.plural + "/" + id})
		}
		p.Crumbs = append(p.Crumbs, ui.Crumb{Text: r.Words.T("part.history")})
		return h.ShowHistory(w, r, p, list, func(action string) string { return v.word("network.action", action) },
			func(_ db.Change, before, after map[string]any) (string, []ui.Recorded) {
				return "", v.recorded(o.subject, before != nil && after != nil)
			})
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
		{"parent", "parent", "organisation"}, {"place", "place", "id"}, {"url", "url", ""}, {"email", "email", ""}, {"address", "address", ""}, {"summary", "summary", ""}, {"note", "note", ""},
		{"sources", "sources", ""}},
	desk.MembershipSubject: {{"place", "member_place", "id"}, {"organisation", "member_organisation", "organisation"}, {"network", "network", "organisation"},
		{"kind", "membership_kind", "network.membership"}, {"period", "period", "period"}, {"printed", "printed", ""}, {"rank", "rank", "network.rank"},
		{"sources", "sources", ""}, {"note", "note", ""}},
	desk.TopicSubject: {{"labels", "labels", ""}, {"scheme", "scheme", "network.scheme"}, {"broader", "broader", "topic"}, {"note", "topic_note", ""}},
	desk.StatementSubject: {{"subject", "subject", "network.subject"}, {"key", "subject", ""}, {"field", "field", "network.field"}, {"printed", "printed", ""},
		{"parsed", "parsed", ""}, {"source", "source", ""}, {"url", "source_url", ""}, {"date", "source_date", ""}, {"said_by", "said_by", ""},
		{"rank", "rank", "network.rank"}, {"note", "note", ""}},
}

// recorded are the fields of a thing as the journal names them. both: it was there before and after.
func (v view) recorded(subject string, both bool) []ui.Recorded {
	var out []ui.Recorded
	for _, l := range labels[subject] {
		out = append(out, ui.Recorded{Field: l.field, Key: "network.form." + l.label, Show: func(x any) string { return v.value(l.list, x) }})
	}
	if both {
		out = append(out, ui.Recorded{Field: "withdrawn", Key: "network.office.state", Show: func(x any) string {
			if gone, _ := x.(bool); gone {
				return v.w.T("network.page.withdrawn")
			}
			return v.w.T("network.office.shown")
		}})
	}
	return out
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
