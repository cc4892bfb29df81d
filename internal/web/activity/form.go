package activity

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	desk "aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

// Rows of a form are fields "roles.0.role", "roles.1.role" and so on. They are added and taken out by buttons that send
// the whole form and get it again, so that everything works without a script.

// columns of the rows.
var (
	roleColumns        = []string{"organisation", "role", "note"}
	participantColumns = []string{"place", "part", "unnamed", "names.en", "names.ko", "names.zh", "names.ja", "names.mn", "note"}
)

// rowsOf reads the rows of a list out of what was sent.
func rowsOf(sent url.Values, list string, columns []string) []map[string]string {
	var out []map[string]string
	for n := 0; n < 500; n++ {
		row, there := map[string]string{}, false
		for _, c := range columns {
			name := list + "." + strconv.Itoa(n) + "." + c
			if sent.Has(name) {
				there = true
			}
			row[c] = sent.Get(name)
		}
		if !there {
			break
		}
		out = append(out, row)
	}
	return out
}

// setRows writes rows over those that were sent.
func setRows(sent url.Values, list string, columns []string, rows []map[string]string) {
	for n := range rowsOf(sent, list, columns) {
		for _, c := range columns {
			sent.Del(list + "." + strconv.Itoa(n) + "." + c)
		}
	}
	for n, row := range rows {
		for _, c := range columns {
			sent.Set(list+"."+strconv.Itoa(n)+"."+c, row[c])
		}
	}
}

// pressed carries out a button that changes the rows of a form, and reports whether one was pressed.
func pressed(r *ui.Request) bool {
	what, n, _ := strings.Cut(r.Value("do"), " ")
	for list, columns := range map[string][]string{"roles": roleColumns, "participants": participantColumns} {
		rows := rowsOf(r.PostForm, list, columns)
		switch what {
		case "add-" + list:
			setRows(r.PostForm, list, columns, append(rows, map[string]string{}))
			return true
		case "drop-" + list:
			if i, err := strconv.Atoi(n); err == nil && i >= 0 && i < len(rows) {
				setRows(r.PostForm, list, columns, slices.Delete(rows, i, i+1))
			}
			return true
		}
	}
	// Saving: rows that were left empty go, so that what is said of a row names the one the officer sees.
	for list, columns := range map[string][]string{"roles": roleColumns, "participants": participantColumns} {
		setRows(r.PostForm, list, columns, slices.DeleteFunc(rowsOf(r.PostForm, list, columns), func(row map[string]string) bool {
			for c, value := range row {
				if c != "role" && c != "part" && c != "note" && strings.TrimSpace(value) != "" || list == "roles" && c == "note" && strings.TrimSpace(value) != "" {
					return false
				}
			}
			return true
		}))
	}
	return false
}

// words are the options of a closed list, with the texts of the catalogs.
func words(w *catalog.Words, list string, values []string, empty string) []ui.Option {
	var out []ui.Option
	for _, value := range values {
		o := ui.Option{Value: value}
		if value == "" {
			o.Label = w.T(empty)
		} else {
			o.Label = w.T(list + "." + value)
		}
		out = append(out, o)
	}
	return out
}

func (v view) organisationOptions() []ui.Option {
	var out []ui.Option
	for _, o := range v.net.Organisations() {
		l := v.organisation(o.ID)
		out = append(out, ui.Option{Value: o.ID, Label: l.Text, Lang: l.Lang})
	}
	sortByName(v.r.Lang, out, func(o ui.Option) string { return o.Label })
	return append([]ui.Option{{Label: v.w.T("part.choose")}}, out...)
}

func (v view) placeOptions(none string) []ui.Option {
	var out []ui.Option
	for _, p := range v.net.Places() {
		l := v.place(p.ID)
		label := l.Text
		if p.Kind != "city" {
			label = v.w.T("programme.form.placekind", "Name", l.Text, "Kind", v.w.T("network.kind."+p.Kind))
		}
		out = append(out, ui.Option{Value: p.ID, Label: label, Lang: l.Lang})
	}
	sortByName(v.r.Lang, out, func(o ui.Option) string { return o.Label })
	return append([]ui.Option{{Label: v.w.T(none)}}, out...)
}

// with makes sure that a value that a list no longer offers, such as a withdrawn place, stays chosen.
func with(options []ui.Option, value, label string) []ui.Option {
	if value == "" || slices.ContainsFunc(options, func(o ui.Option) bool { return o.Value == value }) {
		return options
	}
	return append(slices.Clone(options), ui.Option{Value: value, Label: label})
}

// topicFields ask for the topics, one field for each part of the thesaurus.
func (v view) topicFields(f ui.Edit, topics *db.List) []fold {
	var out []fold
	chosen := *topics
	if f.Sent() {
		*topics = nil
	}
	for _, scheme := range network.Schemes {
		var options []ui.Option
		var own db.List
		for _, t := range v.net.Topics() {
			if t.Scheme != scheme {
				continue
			}
			l := v.link("", t.Labels, t.ID)
			options = append(options, ui.Option{Value: t.ID, Label: l.Text, Lang: l.Lang})
			if slices.Contains(chosen, t.ID) {
				own = append(own, t.ID)
			}
		}
		for _, id := range chosen { // a withdrawn topic stays until somebody takes it out
			if t, ok := v.net.Topic(id); ok && t.Withdrawn && t.Scheme == scheme {
				options = append(options, ui.Option{Value: id, Label: v.net.TopicName(id, v.r.Lang)})
				own = append(own, id)
			}
		}
		if len(options) == 0 {
			continue
		}
		sortByName(v.r.Lang, options, func(o ui.Option) string { return o.Label })
		d := f.Checks("topics."+scheme, "network.scheme."+scheme, &own, options).Opt()
		if f.Sent() {
			*topics = append(*topics, own...)
		}
		n := 0
		for _, o := range d.Options {
			if o.Chosen {
				n++
			}
		}
		out = append(out, fold{Title: v.w.T("network.scheme." + scheme), Field: d, Count: n})
	}
	return out
}

// roleRows ask for the roles; one empty row when there is none.
func (v view) roleRows(f ui.Edit, roles *[]desk.Role) group {
	g := group{Title: v.w.T("programme.form.roles"), Note: v.w.T("programme.form.roles.note"), Add: "add-roles", AddSay: v.w.T("programme.form.roles.add")}
	rows := *roles
	if f.Sent() {
		*roles = make([]desk.Role, len(rowsOf(v.r.PostForm, "roles", roleColumns)))
		rows = *roles
	} else if len(rows) == 0 {
		rows = []desk.Role{{}}
	}
	options := v.organisationOptions()
	for n := range rows {
		at, role := "roles."+strconv.Itoa(n)+".", &rows[n]
		g.Rows = append(g.Rows, row{Title: v.w.T("programme.form.role.n", "Number", n+1), Drop: "drop-roles " + strconv.Itoa(n), Fields: []*ui.Field{
			f.Select(at+"organisation", "programme.form.organisation", &role.Organisation, with(options, role.Organisation, v.organisation(role.Organisation).Text)),
			f.Select(at+"role", "programme.form.role", &role.Role, choice(f, "activity.role", desk.Roles)),
			f.Text(at+"note", "programme.form.rownote", &role.Note).Opt(),
		}})
	}
	return g
}

// participantRows ask for the places that take part.
func (v view) participantRows(f ui.Edit, ps *[]desk.Participant) group {
	g := group{Title: v.w.T("programme.form.participants"), Note: v.w.T("programme.form.participants.note"), Add: "add-participants", AddSay: v.w.T("programme.form.participants.add")}
	if f.Sent() {
		*ps = make([]desk.Participant, len(rowsOf(v.r.PostForm, "participants", participantColumns)))
	}
	options := v.placeOptions("programme.form.unnamedgroup")
	for n := range *ps {
		at, p := "participants."+strconv.Itoa(n)+".", &(*ps)[n]
		g.Rows = append(g.Rows, row{Title: v.w.T("programme.form.participant.n", "Number", n+1), Drop: "drop-participants " + strconv.Itoa(n), Fields: []*ui.Field{
			f.Select(at+"place", "programme.form.place", &p.Place, with(options, p.Place, v.place(p.Place).Text)),
			f.Select(at+"part", "programme.form.part", &p.Part, choice(f, "activity.part", desk.Parts)),
			f.Whole(at+"unnamed", "programme.form.unnamed", &p.Unnamed).Opt(),
			f.Texts(at+"names", "programme.form.groupname", &p.Names).Opt(),
			f.Text(at+"note", "programme.form.rownote", &p.Note).Opt(),
		}})
	}
	return g
}

// choice are the words of a closed list, after one that asks to choose.
func choice(f ui.Edit, list string, words []string) []ui.Option {
	return f.Options(list, append([]string{""}, words...))
}

// askProgramme asks for a programme.
func (v view) askProgramme(f ui.Edit, p *desk.Programme) []group {
	w := v.w
	first := group{Title: w.T("programme.form.what")}
	first.Fields = append(first.Fields, f.Texts("names", "programme.form.names", &p.Names))
	if p.Version == 0 {
		first.Fields = append(first.Fields, f.Text("id", "programme.form.id", &p.ID).Opt())
	}
	first.Fields = append(first.Fields, f.Select("kind", "programme.form.kind", &p.Kind, choice(f, "activity.programmekind", desk.ProgrammeKinds)).As("w20"),
		f.Radio("every", "programme.form.every", &p.Every, words(w, "activity.every", desk.Rhythms, "activity.every.unstated")),
		f.Text("printed", "programme.form.printedname", &p.Printed).Opt(),
		f.Areas("summary", "programme.form.summary", &p.Summary).Opt(),
		f.Areas("purposes", "programme.form.purposes", &p.Purposes).Opt(),
		f.Texts("audience", "programme.form.audience", &p.Audience).Opt())
	topics := group{Title: w.T("programme.form.topics"), Note: w.T("programme.form.topics.note"), Folds: v.topicFields(f, &p.Topics)}
	groups := []group{first, topics, v.roleRows(f, (*[]desk.Role)(&p.Roles)), v.participantRows(f, (*[]desk.Participant)(&p.Participants))}
	if p.Version != 0 {
		f.Keep("version", &p.Version)
	}
	return groups
}

// askActivity asks for an activity. The zone of a place stands in for one that is left empty.
func (h handlers) askActivity(v view, f ui.Edit, a *desk.Activity) ([]group, error) {
	w := v.w
	programmes, _, err := h.programmeOptions(v, "programme.office.noprogramme")
	if err != nil {
		return nil, err
	}
	parents, err := h.parentOptions(v, a.ID)
	if err != nil {
		return nil, err
	}
	what := group{Title: w.T("programme.form.what")}
	what.Fields = append(what.Fields, f.Select("programme", "programme.form.programme", &a.Programme, programmes), f.Texts("names", "programme.form.names", &a.Names))
	if a.Version == 0 {
		what.Fields = append(what.Fields, f.Text("id", "programme.form.id", &a.ID).Opt())
	}
	what.Fields = append(what.Fields, f.Select("kind", "programme.form.kind", &a.Kind, choice(f, "activity.kind", desk.Kinds)).As("w20"),
		f.Select("parent", "programme.form.parent", &a.Parent, parents).Opt())
	when := group{Title: w.T("programme.whenwhere"), Note: w.T("programme.form.when.note")}
	when.Fields = append(when.Fields, f.Period("period", "programme.form.period", &a.Period).Opt(),
		f.Text("printed", "programme.form.printed", &a.Printed).Opt(), f.Text("label", "programme.form.label", &a.Label).Opt(),
		f.Select("place", "programme.form.heldat", &a.Place, with(v.placeOptions("programme.notstated"), a.Place, v.place(a.Place).Text)).Opt(),
		f.Text("venue", "programme.form.venue", &a.Venue).Opt(),
		f.Select("zone", "programme.form.zone", &a.Zone, zoneChoices(w, a.Zone)).As("w20").Opt(),
		f.Radio("mode", "programme.form.mode", &a.Mode, words(w, "activity.mode", desk.Modes, "activity.mode.unstated")))
	if p, ok := v.net.Place(a.Place); ok && f.Sent() && a.Zone == "" {
		a.Zone = p.TimeZone
	}
	about := group{Title: w.T("programme.about")}
	about.Fields = append(about.Fields, f.Areas("aims", "programme.form.aims", &a.Aims).Opt(), f.Areas("notes", "programme.form.notes", &a.Notes).Opt())
	topics := group{Title: w.T("programme.form.topics"), Note: w.T("programme.form.topics.note"), Folds: v.topicFields(f, &a.Topics)}
	groups := []group{what, when, about, topics, v.roleRows(f, &a.Roles), v.participantRows(f, &a.Participants)}
	if a.Version != 0 {
		f.Keep("version", &a.Version)
	}
	return groups, nil
}

func zoneChoices(w *catalog.Words, chosen string) []ui.Option {
	out := zoneOptions(w, desk.Zone(chosen))
	out[0].Label = w.T("programme.form.zone.place")
	return with(out, chosen, chosen)
}

func (h handlers) parentOptions(v view, own string) ([]ui.Option, error) {
	all, err := h.Activity.Activities(v.r.Context(), v.r.By)
	if err != nil {
		return nil, err
	}
	out := []ui.Option{{Label: v.w.T("programme.form.parent.none")}}
	for i := len(all) - 1; i >= 0; i-- {
		if a := all[i]; a.ID != own {
			l := v.edition(a)
			out = append(out, ui.Option{Value: a.ID, Label: l.Text, Lang: l.Lang})
		}
	}
	return out, nil
}
