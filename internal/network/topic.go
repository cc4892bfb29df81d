package network

import (
	"context"
	"sort"

	"aircommons/internal/db"
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
