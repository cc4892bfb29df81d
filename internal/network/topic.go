package network

import (
	"context"
	"slices"
	"sort"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Schemes are the parts of the thesaurus, with texts "network.scheme.<word>".
var Schemes = []string{"subject", "pollutant", "sector", "measure", "instrument"}

// Topic is a term of the thesaurus. A broader term is of the same scheme.
type Topic struct {
	ID        string  `yaml:"id" json:"id"`
	Scheme    string  `yaml:"scheme" json:"scheme"`
	Labels    db.Text `yaml:"labels" json:"labels"`
	Broader   string  `yaml:"broader,omitempty" json:"broader,omitempty"`
	Note      db.Text `yaml:"note,omitempty" json:"note,omitempty"` // what the term covers
	Withdrawn bool    `yaml:"withdrawn,omitempty" json:"withdrawn,omitempty"`
	Version   int64   `yaml:"-" json:"version"`
}

const topicColumns = `id, scheme, labels, COALESCE(broader,''), note, withdrawn, version`

// Topics lists all topics, sorted by id, withdrawn ones too.
func Topics(ctx context.Context, tx *db.Tx) ([]Topic, error) { return topics(ctx, tx, "") }

func topics(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Topic, error) {
	var out []Topic
	err := tx.Each(ctx, `SELECT `+topicColumns+` FROM topic `+where, args, func(scan func(...any) error) error {
		var t Topic
		err := scan(&t.ID, &t.Scheme, &t.Labels, &t.Broader, &t.Note, &t.Withdrawn, &t.Version)
		out = append(out, t)
		return err
	})
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out, err
}

func oneTopic(ctx context.Context, tx *db.Tx, id string) (Topic, error) {
	return first(topics(ctx, tx, `WHERE id = $1`, id))
}

// PutTopic writes a topic whole, new or over what is there, without asking for rights or recording. Its version grows
// by one. Its broader term must be there.
func PutTopic(ctx context.Context, tx *db.Tx, t Topic) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO topic (id, scheme, labels, broader, note, withdrawn, version) VALUES ($1,$2,$3,$4,$5,$6,1)
		ON CONFLICT (id) DO UPDATE SET scheme=excluded.scheme, labels=excluded.labels, broader=excluded.broader, note=excluded.note,
		withdrawn=excluded.withdrawn, version=topic.version+1`,
		t.ID, t.Scheme, t.Labels, null(t.Broader), t.Note, t.Withdrawn)
	if err != nil {
		return err
	}
	return indexTopic(ctx, tx, t)
}

// PutTopics writes many topics, broader ones first.
func PutTopics(ctx context.Context, tx *db.Tx, all []Topic) error {
	return putTree(all, func(t Topic) (string, string) { return t.ID, t.Broader }, func(t Topic) error { return PutTopic(ctx, tx, t) })
}

var topicKind = kind[Topic]{
	subject: TopicSubject,
	one:     oneTopic,
	put:     PutTopic,
	parts:   func(t *Topic) (*string, *int64, *bool) { return &t.ID, &t.Version, &t.Withdrawn },
	name:    func(t *Topic) string { s, _ := t.Labels.In("en"); return s },
	tidy: func(t *Topic) {
		trim(&t.ID, &t.Broader)
		t.Labels, t.Note = tidyText(t.Labels), tidyText(t.Note)
	},
	check: checkTopic,
}

func checkTopic(ctx context.Context, tx *db.Tx, t Topic, old *Topic) error {
	var f fault.Form
	checkTexts(&f, "labels", t.Labels, mostName, true)
	checkID(&f, t.ID)
	if !slices.Contains(Schemes, t.Scheme) {
		f.Add("scheme", "network.scheme.missing")
	}
	if err := checkAbove(ctx, tx, &f, "broader", "topic", "broader", t.ID, t.Broader, "network.topic.unknown"); err != nil {
		return err
	}
	if t.Broader != "" {
		if b, err := oneTopic(ctx, tx, t.Broader); err == nil && b.Scheme != t.Scheme {
			f.Add("broader", "network.topic.scheme", "Name", nameOf(b.Labels, b.ID))
		}
	}
	if old != nil && old.Scheme != t.Scheme {
		below, err := topics(ctx, tx, `WHERE broader = $1`, t.ID)
		if err != nil {
			return err
		}
		if len(below) > 0 {
			f.Add("scheme", "network.topic.narrower", "Count", len(below))
		}
	}
	checkTexts(&f, "note", t.Note, mostText, false)
	return f.Err()
}

// Topic reads one topic. To the public a withdrawn one is not there.
func (k *Desk) Topic(ctx context.Context, by actor.Actor, id string) (Topic, error) {
	return read(ctx, k, topicKind, by, id)
}

// Topics lists the topics the actor may see.
func (k *Desk) Topics(ctx context.Context, by actor.Actor) ([]Topic, error) {
	return list(ctx, k, topicKind, by, Topics)
}

// CreateTopic stores a new topic. An empty id is made of the label.
func (k *Desk) CreateTopic(ctx context.Context, by actor.Actor, t Topic) (Topic, error) {
	return create(ctx, k, topicKind, by, t)
}

// UpdateTopic stores t over the version it was made from.
func (k *Desk) UpdateTopic(ctx context.Context, by actor.Actor, t Topic) error {
	return update(ctx, k, topicKind, by, t)
}

// WithdrawTopic hides a topic from the public.
func (k *Desk) WithdrawTopic(ctx context.Context, by actor.Actor, id string, version int64) error {
	return setWithdrawn(ctx, k, topicKind, by, id, version, true)
}

// RestoreTopic shows a withdrawn topic again.
func (k *Desk) RestoreTopic(ctx context.Context, by actor.Actor, id string, version int64) error {
	return setWithdrawn(ctx, k, topicKind, by, id, version, false)
}

// DeleteTopic deletes a topic that nothing refers to.
func (k *Desk) DeleteTopic(ctx context.Context, by actor.Actor, id string, version int64) error {
	return remove(ctx, k, topicKind, by, id, version)
}
