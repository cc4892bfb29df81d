package network

import (
	"net/url"
	"strings"

	"aircommons/internal/db"
	desk "aircommons/internal/network"
	"aircommons/internal/web/ui"
)

func organisationOffice(h handlers) office[desk.Organisation] {
	k := h.Network
	return office[desk.Organisation]{
		plural: "organisations", subject: desk.OrganisationSubject,
		heads: []string{"network.form.kind", "network.form.parent", "network.form.place"},
		list:  k.Organisations, read: k.Organisation, create: k.CreateOrganisation, update: k.UpdateOrganisation,
		hide: k.WithdrawOrganisation, show: k.RestoreOrganisation, remove: k.DeleteOrganisation,
		parts:  func(o *desk.Organisation) (*string, *int64, bool) { return &o.ID, &o.Version, o.Withdrawn },
		name:   func(v view, o desk.Organisation) string { return v.link("", o.Names, o.ID).Text },
		public: func(o desk.Organisation) string { return "/organisations/" + o.ID },
		cells: func(v view, o desk.Organisation) []cell {
			parent, place := "–", "–"
			if o.Parent != "" {
				parent = v.net.OrganisationName(o.Parent, v.r.Lang)
			}
			if o.Place != "" {
				place = v.net.PlaceName(o.Place, v.r.Lang)
			}
			return []cell{{Text: v.word("network.organisation.kind", o.Kind)}, {Text: parent}, {Text: place}}
		},
		fresh: func(q url.Values) desk.Organisation {
			return desk.Organisation{Parent: q.Get("parent"), Place: q.Get("place")}
		},
		ask: func(v view, f ui.Edit, o *desk.Organisation) error {
			f.Texts("names", "network.form.names", &o.Names)
			f.Select("kind", "network.form.kind", &o.Kind, append([]ui.Option{v.choose()}, v.options("network.organisation.kind", desk.OrganisationKinds)...))
			f.Text("printed", "network.form.printed_name", &o.PrintedName).Opt()
			f.Select("parent", "network.form.parent", &o.Parent, append([]ui.Option{v.none()}, v.organisationOptions(o.Parent, o.ID)...)).Opt()
			f.Select("place", "network.form.place", &o.Place, append([]ui.Option{v.none()}, v.placeOptions(o.Place, "")...)).Opt()
			f.Text("url", "network.form.url", &o.URL).Opt().Kind("url")
			f.Text("email", "network.form.email", &o.Email).Opt().Kind("email")
			f.Areas("address", "network.form.address", &o.Address).Opt()
			f.Areas("summary", "network.form.summary", &o.Summary).Opt()
			f.Areas("note", "network.form.note", &o.Note).Opt()
			f.Lines("sources", "network.form.sources", &o.Sources).Opt()
			return nil
		},
	}
}

func membershipOffice(h handlers) office[desk.Membership] {
	k := h.Network
	return office[desk.Membership]{
		plural: "memberships", subject: desk.MembershipSubject,
		heads: []string{"network.form.network", "network.form.membership_kind", "network.form.period", "network.form.rank", "network.form.sources"},
		list:  k.Memberships, read: k.Membership, create: k.CreateMembership, update: k.UpdateMembership,
		hide: k.WithdrawMembership, show: k.RestoreMembership, remove: k.DeleteMembership,
		parts: func(m *desk.Membership) (*string, *int64, bool) { return &m.ID, &m.Version, m.Withdrawn },
		name: func(v view, m desk.Membership) string {
			if m.Place != "" {
				return v.net.PlaceName(m.Place, v.r.Lang)
			}
			return v.net.OrganisationName(m.Organisation, v.r.Lang)
		},
		public: func(m desk.Membership) string { return "/organisations/" + m.Network },
		cells: func(v view, m desk.Membership) []cell {
			when := v.period(m.Period)
			if when == "" {
				when = "–"
			}
			sources := strings.Join(m.Sources, "; ")
			return []cell{{Text: v.net.OrganisationName(m.Network, v.r.Lang)}, {Text: v.word("network.membership", m.Kind)}, {Text: when},
				{Text: v.rank(m.Rank)}, {Text: sources, Lang: foreign(sources, v.r.Lang)}}
		},
		fresh: func(q url.Values) desk.Membership {
			return desk.Membership{Kind: "member", Network: q.Get("network"), Place: q.Get("place"), Organisation: q.Get("organisation")}
		},
		ask: func(v view, f ui.Edit, m *desk.Membership) error {
			f.Select("network", "network.form.network", &m.Network, append([]ui.Option{v.choose()}, v.organisationOptions(m.Network, "")...))
			f.Select("place", "network.form.member_place", &m.Place, append([]ui.Option{v.none()}, v.placeOptions(m.Place, "")...)).Opt()
			f.Select("organisation", "network.form.member_organisation", &m.Organisation, append([]ui.Option{v.none()}, v.organisationOptions(m.Organisation, "")...)).Opt()
			f.Select("kind", "network.form.membership_kind", &m.Kind, v.options("network.membership", desk.MembershipKinds))
			f.Period("period", "network.form.period", &m.Period).Opt()
			f.Text("printed", "network.form.printed", &m.Printed).Opt()
			v.askRank(f, &m.Rank)
			f.Lines("sources", "network.form.sources", &m.Sources).Opt()
			f.Areas("note", "network.form.note", &m.Note).Opt()
			return nil
		},
	}
}

func topicOffice(h handlers) office[desk.Topic] {
	k := h.Network
	return office[desk.Topic]{
		plural: "topics", subject: desk.TopicSubject,
		heads: []string{"network.form.scheme", "network.form.broader"},
		list:  k.Topics, read: k.Topic, create: k.CreateTopic, update: k.UpdateTopic,
		hide: k.WithdrawTopic, show: k.RestoreTopic, remove: k.DeleteTopic,
		parts:  func(t *desk.Topic) (*string, *int64, bool) { return &t.ID, &t.Version, t.Withdrawn },
		name:   func(v view, t desk.Topic) string { return v.link("", t.Labels, t.ID).Text },
		public: func(t desk.Topic) string { return "/topics/" + t.ID },
		cells: func(v view, t desk.Topic) []cell {
			broader := "–"
			if t.Broader != "" {
				broader = v.net.TopicName(t.Broader, v.r.Lang)
			}
			return []cell{{Text: v.word("network.scheme", t.Scheme)}, {Text: broader}}
		},
		fresh: func(q url.Values) desk.Topic {
			return desk.Topic{Scheme: q.Get("scheme"), Broader: q.Get("broader")}
		},
		ask: func(v view, f ui.Edit, t *desk.Topic) error {
			f.Texts("labels", "network.form.labels", &t.Labels)
			f.Select("scheme", "network.form.scheme", &t.Scheme, append([]ui.Option{v.choose()}, v.options("network.scheme", desk.Schemes)...))
			f.Select("broader", "network.form.broader", &t.Broader, append([]ui.Option{v.none()}, v.topicOptions(*t)...)).Opt()
			f.Areas("note", "network.form.topic_note", &t.Note).Opt()
			return nil
		},
	}
}

// topicOptions are the terms that can be broader, part by part of the thesaurus, indented as they hang together.
func (v view) topicOptions(t desk.Topic) []ui.Option {
	var out []ui.Option
	var walk func(prefix string, tree []desk.Branch[desk.Topic])
	walk = func(prefix string, tree []desk.Branch[desk.Topic]) {
		sortBy(v.r.Lang, tree, func(b desk.Branch[desk.Topic]) string { return v.net.TopicName(b.Item.ID, v.r.Lang) })
		for _, b := range tree {
			if b.Item.ID == t.ID {
				continue // nothing hangs on itself or on what is below it
			}
			name := prefix + v.net.TopicName(b.Item.ID, v.r.Lang)
			out = append(out, ui.Option{Value: b.Item.ID, Label: name})
			walk(name+" › ", b.Below)
		}
	}
	for _, s := range desk.Schemes {
		walk(v.word("network.scheme", s)+v.w.T("programme.colon"), v.net.TopicTree(s))
	}
	if b, ok := v.net.Topic(t.Broader); ok && b.Withdrawn {
		out = append(out, ui.Option{Value: b.ID, Label: v.net.TopicName(b.ID, v.r.Lang)})
	}
	return out
}

func statementOffice(h handlers) office[desk.Statement] {
	k := h.Network
	return office[desk.Statement]{
		plural: "statements", subject: desk.StatementSubject,
		heads: []string{"network.form.printed", "network.form.parsed", "network.form.source", "network.form.rank"},
		list:  k.Statements, read: k.Statement, create: k.CreateStatement, update: k.UpdateStatement,
		hide: k.WithdrawStatement, show: k.RestoreStatement, remove: k.DeleteStatement,
		parts: func(s *desk.Statement) (*string, *int64, bool) { return &s.ID, &s.Version, s.Withdrawn },
		name: func(v view, s desk.Statement) string {
			return h.subjectName(v, s.Subject, s.SubjectKey) + v.w.T("programme.colon") + v.word("network.field", s.Field)
		},
		public: func(s desk.Statement) string { return subjectPath(s.Subject, s.SubjectKey) },
		cells: func(v view, s desk.Statement) []cell {
			reading := v.reading(s.Field, s.Parsed)
			if reading == "" {
				reading = "–"
			}
			return []cell{{Text: "“" + s.Printed + "”", Lang: foreign(s.Printed, v.r.Lang), Notice: v.contradicts(s)}, {Text: reading},
				{Text: s.SourceTitle, Lang: foreign(s.SourceTitle, v.r.Lang)}, {Text: v.rank(s.Rank)}}
		},
		fresh: func(q url.Values) desk.Statement {
			s := desk.Statement{Rank: 1, Field: q.Get("field")}
			s.Subject, s.SubjectKey, _ = strings.Cut(q.Get("subject"), "/")
			return s
		},
		ask:    h.askStatement,
		rename: map[string]string{"key": "subject"},
	}
}

func (h handlers) askStatement(v view, f ui.Edit, s *desk.Statement) error {
	subjects, err := h.subjects(v)
	if err != nil {
		return err
	}
	chosen := ""
	if s.SubjectKey != "" {
		chosen = s.Subject + "/" + s.SubjectKey
		known := false
		for _, o := range subjects {
			known = known || o.Value == chosen
		}
		if !known {
			subjects = append(subjects, ui.Option{Value: chosen, Label: v.word("network.subject", s.Subject) + v.w.T("programme.colon") + h.subjectName(v, s.Subject, s.SubjectKey)})
		}
	}
	fields := v.options("network.field", desk.StatementFields)
	if s.Field != "" && !v.w.Has("network.field."+s.Field) {
		fields = append(fields, ui.Option{Value: s.Field, Label: s.Field})
	}
	f.Select("subject", "network.form.subject", &chosen, append([]ui.Option{v.choose()}, subjects...))
	s.Subject, s.SubjectKey, _ = strings.Cut(chosen, "/")
	f.Select("field", "network.form.field", &s.Field, append([]ui.Option{v.choose()}, fields...))
	f.Area("printed", "network.form.printed", &s.Printed).Size(2)
	f.Text("parsed", "network.form.parsed", &s.Parsed).Opt()
	f.Text("source", "network.form.source", &s.SourceTitle)
	f.Text("url", "network.form.source_url", &s.SourceURL).Opt().Kind("url")
	f.Text("date", "network.form.source_date", &s.SourceDate).Opt().As("w10")
	f.Text("said_by", "network.form.said_by", &s.SaidBy).Opt()
	v.askRank(f, &s.Rank)
	f.Areas("note", "network.form.note", &s.Note).Opt()
	return nil
}

// subjects are the things that a statement can be about.
func (h handlers) subjects(v view) ([]ui.Option, error) {
	var out []ui.Option
	add := func(subject, id string, names db.Text) {
		out = append(out, ui.Option{Value: subject + "/" + id, Label: v.word("network.subject", subject) + v.w.T("programme.colon") + v.link("", names, id).Text})
	}
	ctx, by := v.r.Context(), v.r.By
	as, err := h.Activity.Activities(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, a := range as {
		add("activity", a.ID, a.Names)
	}
	ps, err := h.Activity.Programmes(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, p := range ps {
		add("programme", p.ID, p.Names)
	}
	ds, err := h.Library.Documents(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, d := range ds {
		add("document", d.ID, d.Names)
	}
	for _, o := range v.net.Organisations() {
		add("organisation", o.ID, o.Names)
	}
	for _, p := range v.net.Places() {
		add("place", p.ID, p.Names)
	}
	return out, nil
}

// subjectName is the name of what a statement is about; its id where it is gone.
func (h handlers) subjectName(v view, subject, id string) string {
	var names db.Text
	ctx, by := v.r.Context(), v.r.By
	switch subject {
	case "activity":
		if a, err := h.Activity.Activity(ctx, by, id); err == nil {
			names = a.Names
		}
	case "programme":
		if p, err := h.Activity.Programme(ctx, by, id); err == nil {
			names = p.Names
		}
	case "document":
		if d, err := h.Library.Document(ctx, by, id); err == nil {
			names = d.Names
		}
	default:
		return v.net.Name(id, v.r.Lang)
	}
	return v.link("", names, id).Text
}

func subjectPath(subject, id string) string {
	switch subject {
	case "activity":
		return "/activities/" + id
	case "programme":
		return "/programme/" + id
	case "document":
		return "/library/" + id
	case "organisation":
		return "/organisations/" + id
	case "place":
		return "/cities/" + id
	case "topic":
		return "/topics/" + id
	}
	return ""
}

// contradicts reports whether a statement contradicts one that stands before it.
func (v view) contradicts(s desk.Statement) bool {
	for _, f := range v.net.Facts(s.Subject, s.SubjectKey) {
		for _, c := range f.Claims {
			if c.ID == s.ID {
				return c.Contradicting
			}
		}
	}
	return false
}

func (v view) number(n int64) string { return v.value("", float64(n)) }

func (v view) rank(n int64) string {
	if n > 2 {
		n = 2
	}
	return v.word("network.rank", v.number(n))
}
