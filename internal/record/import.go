package record

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/call"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
)

// Import reads a document and stores it in an empty network. Everything is looked at first: either all of it is stored,
// or nothing is and the error names the lines. It returns what was stored, by section.
func (k *Desk) Import(ctx context.Context, by actor.Actor, r io.Reader) (map[string]int, error) {
	if err := by.NeedOfficer(); err != nil {
		return nil, err
	}
	rec, err := Read(r)
	if err != nil {
		return nil, err
	}
	if err := k.store(ctx, by, rec, nil); err != nil {
		return nil, err
	}
	return rec.Count(), nil
}

// store writes a record into an empty network, with an entry of the journal for each thing. also, which may be nil, runs
// in the same transaction.
func (k *Desk) store(ctx context.Context, by actor.Actor, rec *Record, also func(*db.Tx) error) error {
	var p problems
	rec.references(&p)
	if err := p.err(); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		old, err := load(ctx, tx)
		if err != nil {
			return err
		}
		if !old.empty() {
			return fault.New(fault.Conflict, "record.notempty")
		}
		var p problems
		for i, s := range rec.Statements {
			if s.EnteredAt.IsZero() { // written by hand: entered now, by whoever brings it
				rec.Statements[i].EnteredAt = tx.Now
				if s.EnteredBy == "" {
					rec.Statements[i].EnteredBy = by.Name
				}
			}
		}
		if err := rec.put(ctx, tx, &p); err != nil {
			return err
		}
		if err := p.err(); err != nil {
			return err
		}
		for _, s := range sections {
			var failed error
			s.each(rec, func(id string, thing any) {
				if failed == nil {
					failed = tx.Record(ctx, by, s.subject, id, "import", nil, thing)
				}
			})
			if failed != nil {
				return failed
			}
		}
		if also != nil {
			return also(tx)
		}
		return nil
	})
}

// put writes everything and then asks the desks about it, when all that one thing may name is there.
func (r *Record) put(ctx context.Context, tx *db.Tx, p *problems) error {
	for _, s := range sections {
		if err := s.store(ctx, tx, r); err != nil {
			// A circle of places, say, is the document's fault and not ours.
			var e *fault.Error
			if errors.As(err, &e) && e.Code != fault.Internal {
				p.addMessage(0, e.Message)
				return nil
			}
			return err
		}
	}
	for _, s := range sections {
		var failed error
		s.each(r, func(id string, thing any) {
			if failed != nil {
				return
			}
			err := s.check(ctx, tx, thing)
			var e *fault.Error
			switch {
			case err == nil:
			case errors.As(err, &e) && e.Code != fault.Internal:
				if len(e.Fields) == 0 {
					p.addMessage(r.line(s.name, id), e.Message)
				}
				for _, f := range e.Fields {
					p.addMessage(lineOf(r.nodes[s.name+"/"+id], f.Name), f.Message)
				}
			default:
				failed = err
			}
		})
		if failed != nil {
			return failed
		}
	}
	return nil
}

// lineOf finds the line of a field such as "names.en" or "roles.0.role" in the thing it is a part of: as near as the
// field can be followed.
func lineOf(n *yaml.Node, field string) int {
	if n == nil {
		return 0
	}
	line := n.Line
	for _, part := range strings.Split(field, ".") {
		switch n.Kind {
		case yaml.MappingNode:
			found := false
			for i := 0; i+1 < len(n.Content) && !found; i += 2 {
				if n.Content[i].Value == part {
					line, n, found = n.Content[i].Line, n.Content[i+1], true
				}
			}
			if !found {
				return line
			}
		case yaml.SequenceNode:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(n.Content) {
				return line
			}
			n = n.Content[i]
			line = n.Line
		default:
			return line
		}
	}
	return line
}

// states are the words of the desks for what the public sees.
var states = []string{string(activity.Draft), string(activity.Published), string(activity.Withdrawn)}

func list(words []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(words), func(s string) bool { return s == "" }), ", ")
}

// references finds what the tables would refuse without saying where: a thing that is named and not in the document, and
// words of no list. All else is asked of the desks.
func (r *Record) references(p *problems) {
	known := map[string]map[string]bool{}
	for _, s := range sections {
		known[s.name] = map[string]bool{}
		s.each(r, func(id string, _ any) { known[s.name][id] = true })
	}
	ask := func(from, id, field, to, named string) {
		if named != "" && !known[to][named] {
			p.add(lineOf(r.nodes[from+"/"+id], field), "record.missing."+to, "ID", short(named))
		}
	}
	word := func(from, id, field, value string, words []string) {
		if !slices.Contains(words, value) {
			p.add(lineOf(r.nodes[from+"/"+id], field), "record.word", "Value", short(value), "Known", list(words))
		}
	}
	for _, t := range r.Places {
		word("places", t.ID, "kind", t.Kind, network.PlaceKinds)
		word("places", t.ID, "role", t.Role, network.PlaceRoles)
		ask("places", t.ID, "parent", "places", t.Parent)
	}
	for _, t := range r.Organisations {
		ask("organisations", t.ID, "parent", "organisations", t.Parent)
		ask("organisations", t.ID, "place", "places", t.Place)
	}
	for _, t := range r.Topics {
		word("topics", t.ID, "scheme", t.Scheme, network.Schemes)
		ask("topics", t.ID, "broader", "topics", t.Broader)
	}
	for _, t := range r.Memberships {
		word("memberships", t.ID, "kind", t.Kind, network.MembershipKinds)
		if (t.Place == "") == (t.Organisation == "") {
			p.add(r.line("memberships", t.ID), "record.member")
		}
		ask("memberships", t.ID, "place", "places", t.Place)
		ask("memberships", t.ID, "organisation", "organisations", t.Organisation)
		ask("memberships", t.ID, "network", "organisations", t.Network)
	}
	for _, t := range r.Programmes {
		word("programmes", t.ID, "kind", t.Kind, activity.ProgrammeKinds)
		word("programmes", t.ID, "state", string(t.State), states)
		for _, role := range t.Roles {
			ask("programmes", t.ID, "roles", "organisations", role.Organisation)
		}
		for _, part := range t.Participants {
			ask("programmes", t.ID, "participants", "places", part.Place)
		}
	}
	for _, t := range r.Activities {
		word("activities", t.ID, "kind", t.Kind, activity.Kinds)
		word("activities", t.ID, "state", string(t.State), states)
		ask("activities", t.ID, "programme", "programmes", t.Programme)
		ask("activities", t.ID, "parent", "activities", t.Parent)
		ask("activities", t.ID, "place", "places", t.Place)
		for _, role := range t.Roles {
			ask("activities", t.ID, "roles", "organisations", role.Organisation)
		}
		for _, part := range t.Participants {
			ask("activities", t.ID, "participants", "places", part.Place)
		}
	}
	for _, t := range r.Published {
		ask("published", t.ID, "place", "places", t.Place)
		word("published", t.ID, "period_kind", t.PeriodKind, periodKinds)
		word("published", t.ID, "scope", t.Scope, scopes)
	}
	for _, t := range r.Documents {
		word("documents", t.ID, "state", string(t.State), states)
		ask("documents", t.ID, "publisher", "organisations", t.Publisher)
		for _, c := range t.Contributors {
			ask("documents", t.ID, "contributors", "organisations", c)
		}
	}
	for _, t := range r.Forms {
		word("forms", t.ID, "state", string(t.State), states)
		if list := map[string]string{"activity": "activities", "programme": "programmes"}[t.Subject]; list != "" {
			ask("forms", t.ID, "key", list, t.Key)
		}
	}
	for _, t := range r.Registrations {
		ask("registrations", t.Activity, "activity", "activities", t.Activity)
		ask("registrations", t.Activity, "form", "forms", t.Form)
		ask("registrations", t.Activity, "followup", "forms", t.Followup)
	}
	for _, t := range r.Calls {
		word("calls", t.ID, "kind", t.Kind, call.Kinds)
		word("calls", t.ID, "state", string(t.State), states)
		word("calls", t.ID, "subject", t.Subject, []string{"activity", "programme"})
		ask("calls", t.ID, "key", map[string]string{"activity": "activities", "programme": "programmes"}[t.Subject], t.Key)
		ask("calls", t.ID, "form", "forms", t.Form)
	}
	circles(r.Places, "places", "parent", func(t network.Place) (string, string) { return t.ID, t.Parent }, r, p)
	circles(r.Organisations, "organisations", "parent", func(t network.Organisation) (string, string) { return t.ID, t.Parent }, r, p)
	circles(r.Topics, "topics", "broader", func(t network.Topic) (string, string) { return t.ID, t.Broader }, r, p)
	circles(r.Activities, "activities", "parent", func(t activity.Activity) (string, string) { return t.ID, t.Parent }, r, p)
}

// circles finds things that lie within themselves, each circle once, at the first of its things.
func circles[T any](things []T, section, field string, above func(T) (id, parent string), r *Record, p *problems) {
	parent, done := map[string]string{}, map[string]bool{}
	for _, t := range things {
		id, up := above(t)
		parent[id] = up
	}
	for _, t := range things {
		id, _ := above(t)
		way := map[string]bool{}
		at := id
		for ; at != "" && !done[at] && !way[at]; at = parent[at] {
			way[at] = true
		}
		if at != "" && way[at] {
			p.add(lineOf(r.nodes[section+"/"+at], field), "network.circle.named", "ID", at)
		}
		for x := range way {
			done[x] = true
		}
	}
}
