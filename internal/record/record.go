// Package record is the network as one document: its export and import, the check that reports what is odd or contested
// in it, and the example network.
//
// The document is YAML, one section to each kind of thing, sorted by id, so that two exports of the same network are the
// same bytes and two states of it can be compared line by line. Files of documents and measurements are not in it.
package record

import (
	"context"

	"go.yaml.in/yaml/v3"

	"aircommons/internal/activity"
	"aircommons/internal/call"
	"aircommons/internal/db"
	"aircommons/internal/evidence"
	"aircommons/internal/form"
	"aircommons/internal/library"
	"aircommons/internal/network"
	"aircommons/internal/participation"
)

// Format is the version of the document that this program writes and the highest it reads.
const Format = 1

// MaxDocument is the largest document that is read, in bytes.
const MaxDocument = 32 << 20

// Record is a whole network in memory.
type Record struct {
	Places        []network.Place
	Organisations []network.Organisation
	Topics        []network.Topic
	Memberships   []network.Membership
	Programmes    []activity.Programme
	Activities    []activity.Activity
	Documents     []library.Document
	Statements    []network.Statement
	Published     []evidence.PublishedMean
	Forms         []form.Form
	Registrations []participation.Recorded
	Calls         []call.Call

	nodes map[string]*yaml.Node // where a thing stands in the document it was read from, by section and id
}

// Desk holds the use cases.
type Desk struct{ db *db.DB }

// New makes the desk on an open store.
func New(d *db.DB) *Desk { return &Desk{db: d} }

// section is one part of the document. A new kind of thing in the record is a field of Record and a row of sections.
type section struct {
	name    string // key in the document
	subject string // name of the thing in the journal
	decode  func(r *Record, items *yaml.Node, p *problems)
	encode  func(r *Record) any // nil when empty
	load    func(ctx context.Context, tx *db.Tx, r *Record) error
	store   func(ctx context.Context, tx *db.Tx, r *Record) error
	each    func(r *Record, f func(id string, thing any))
	check   func(ctx context.Context, tx *db.Tx, thing any) error // the rules of the desk
}

// sections in the order of the document, which is the order of storing: what is referred to comes first.
var sections = []section{
	of("places", network.PlaceSubject, func(r *Record) *[]network.Place { return &r.Places },
		func(p network.Place) string { return p.ID }, network.Places, network.PutPlaces, network.CheckThing),
	of("organisations", network.OrganisationSubject, func(r *Record) *[]network.Organisation { return &r.Organisations },
		func(o network.Organisation) string { return o.ID }, network.Organisations, network.PutOrganisations, network.CheckThing),
	of("topics", network.TopicSubject, func(r *Record) *[]network.Topic { return &r.Topics },
		func(t network.Topic) string { return t.ID }, network.Topics, network.PutTopics, network.CheckThing),
	of("memberships", network.MembershipSubject, func(r *Record) *[]network.Membership { return &r.Memberships },
		func(m network.Membership) string { return m.ID }, network.Memberships, each(network.PutMembership), network.CheckThing),
	of("programmes", "programme", func(r *Record) *[]activity.Programme { return &r.Programmes },
		func(p activity.Programme) string { return p.ID }, activity.Programmes, each(activity.PutProgramme), activity.CheckThing),
	of("activities", "activity", func(r *Record) *[]activity.Activity { return &r.Activities },
		func(a activity.Activity) string { return a.ID }, activity.Activities, activity.PutActivities, activity.CheckThing),
	of("documents", library.Subject, func(r *Record) *[]library.Document { return &r.Documents },
		func(d library.Document) string { return d.ID }, library.Documents, each(library.PutDocument), library.CheckThing),
	of("statements", network.StatementSubject, func(r *Record) *[]network.Statement { return &r.Statements },
		func(s network.Statement) string { return s.ID }, network.Statements, each(network.PutStatement), network.CheckThing),
	of("published", "published-mean", func(r *Record) *[]evidence.PublishedMean { return &r.Published },
		func(p evidence.PublishedMean) string { return p.ID }, evidence.PublishedMeans, each(evidence.PutPublishedMean), checkPublished),
	of("forms", form.Subject, func(r *Record) *[]form.Form { return &r.Forms },
		func(f form.Form) string { return f.ID }, form.Recorded, each(form.PutRecorded), form.CheckThing),
	of("registrations", "quota", func(r *Record) *[]participation.Recorded { return &r.Registrations },
		func(x participation.Recorded) string { return x.Activity }, participation.RecordedSetups, each(participation.PutRecorded), participation.CheckThing),
	of("calls", call.Subject, func(r *Record) *[]call.Call { return &r.Calls },
		func(c call.Call) string { return c.ID }, call.Recorded, each(call.PutRecorded), call.CheckThing),
}

// of makes a section of the functions of a desk.
func of[T any](name, subject string, field func(*Record) *[]T, id func(T) string,
	all func(context.Context, *db.Tx) ([]T, error), put func(context.Context, *db.Tx, []T) error,
	check func(context.Context, *db.Tx, any) error) section {
	return section{
		name: name, subject: subject, check: check,
		decode: func(r *Record, items *yaml.Node, p *problems) { decodeItems(r, name, items, field(r), id, p) },
		encode: func(r *Record) any {
			if list := *field(r); len(list) > 0 {
				return list
			}
			return nil
		},
		load: func(ctx context.Context, tx *db.Tx, r *Record) error {
			list, err := all(ctx, tx)
			*field(r) = list
			return err
		},
		store: func(ctx context.Context, tx *db.Tx, r *Record) error { return put(ctx, tx, *field(r)) },
		each: func(r *Record, f func(string, any)) {
			for _, t := range *field(r) {
				f(id(t), t)
			}
		},
	}
}

// each puts the things of a list one after the other.
func each[T any](put func(context.Context, *db.Tx, T) error) func(context.Context, *db.Tx, []T) error {
	return func(ctx context.Context, tx *db.Tx, list []T) error {
		for _, t := range list {
			if err := put(ctx, tx, t); err != nil {
				return err
			}
		}
		return nil
	}
}

// load reads the whole network in one transaction.
func load(ctx context.Context, tx *db.Tx) (*Record, error) {
	r := &Record{}
	for _, s := range sections {
		if err := s.load(ctx, tx, r); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Count is how many things there are in the record, by section.
func (r *Record) Count() map[string]int {
	n := map[string]int{}
	for _, s := range sections {
		s.each(r, func(string, any) { n[s.name]++ })
	}
	return n
}

// empty reports whether there is nothing in the record.
func (r *Record) empty() bool {
	for _, s := range sections {
		if s.encode(r) != nil {
			return false
		}
	}
	return true
}

// line is the line of a thing in the document it was read from, 0 when it was not read from one.
func (r *Record) line(section, id string) int {
	if n := r.nodes[section+"/"+id]; n != nil {
		return n.Line
	}
	return 0
}
