package call

import (
	"context"
	"encoding/json"
	"sort"
	"time"

	"aircommons/internal/db"
)

const callColumns = `id, kind, subject, subject_key, names, text, form, title, opens, closes, zone, blind, criteria, per_review, review_by, seats,
	per_place, review, state, version`

func calls(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Call, error) {
	var out []Call
	err := tx.Each(ctx, `SELECT `+callColumns+` FROM call `+where, args, func(scan func(...any) error) error {
		var c Call
		var criteria string
		if err := scan(&c.ID, &c.Kind, &c.Subject, &c.Key, &c.Names, &c.Text, &c.Form, &c.Title, &c.Opens, &c.Closes, &c.Zone, &c.Blind, &criteria,
			&c.PerReview, &c.ReviewBy, &c.Seats, &c.PerPlace, &c.Review, &c.State, &c.Version); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(criteria), &c.Criteria); err != nil {
			return err
		}
		out = append(out, c)
		return nil
	})
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out, err
}

// All lists all calls, whatever their state, sorted by id.
func All(ctx context.Context, tx *db.Tx) ([]Call, error) { return calls(ctx, tx, "") }

// One reads a call, whatever its state.
func One(ctx context.Context, tx *db.Tx, id string) (Call, error) {
	cs, err := calls(ctx, tx, `WHERE id = $1`, id)
	if err == nil && len(cs) == 0 {
		err = notFound()
	}
	if err != nil {
		return Call{}, err
	}
	return cs[0], nil
}

// Put writes a call whole, new or over what is there, without asking for rights or recording. Its version grows by one.
func Put(ctx context.Context, tx *db.Tx, c Call) error {
	criteria, err := json.Marshal(c.Criteria)
	if err != nil {
		return err
	}
	if c.Criteria == nil {
		criteria = []byte("[]")
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO call (`+callColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,1)
		ON CONFLICT (id) DO UPDATE SET kind=excluded.kind, subject=excluded.subject, subject_key=excluded.subject_key, names=excluded.names,
		text=excluded.text, form=excluded.form, title=excluded.title, opens=excluded.opens, closes=excluded.closes, zone=excluded.zone,
		blind=excluded.blind, criteria=excluded.criteria, per_review=excluded.per_review, review_by=excluded.review_by, seats=excluded.seats,
		per_place=excluded.per_place, review=excluded.review, state=excluded.state, version=call.version+1`,
		c.ID, c.Kind, c.Subject, c.Key, c.Names, c.Text, c.Form, c.Title, c.Opens, c.Closes, c.Zone, c.Blind, string(criteria), c.PerReview, c.ReviewBy,
		c.Seats, c.PerPlace, string(c.Review), string(c.State))
	return err
}

const submissionColumns = `id, call, person, nominee, place, organisation, title, lang, state, reason, once, letter, created_at, changed_at, sent_at,
	decided_at, version`

func submissions(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Submission, error) {
	var out []Submission
	err := tx.Each(ctx, `SELECT `+submissionColumns+` FROM submission `+where, args, func(scan func(...any) error) error {
		var s Submission
		if err := scan(&s.ID, &s.Call, &s.Person, &s.Nominee, &s.Place, &s.Organisation, &s.Title, &s.Lang, &s.State, &s.Reason, &s.once, &s.letter,
			&s.Created, &s.Changed, &s.Sent, &s.Decided, &s.Version); err != nil {
			return err
		}
		s.Created, s.Changed = s.Created.UTC(), s.Changed.UTC()
		for _, t := range []*time.Time{s.Sent, s.Decided} {
			if t != nil {
				*t = t.UTC()
			}
		}
		out = append(out, s)
		return nil
	})
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if (a.Sent == nil) != (b.Sent == nil) {
			return a.Sent != nil
		}
		if a.Sent != nil && !a.Sent.Equal(*b.Sent) {
			return a.Sent.Before(*b.Sent)
		}
		return a.ID < b.ID
	})
	return out, err
}

func submission(ctx context.Context, tx *db.Tx, id string) (Submission, error) {
	ss, err := submissions(ctx, tx, `WHERE id = $1`, id)
	if err == nil && len(ss) == 0 {
		err = notFound()
	}
	if err != nil {
		return Submission{}, err
	}
	return ss[0], nil
}

func insert(ctx context.Context, tx *db.Tx, s Submission) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO submission (`+submissionColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,1)`,
		s.ID, s.Call, s.Person, s.Nominee, s.Place, s.Organisation, s.Title, s.Lang, s.State, s.Reason, s.once, s.letter, tx.Now, tx.Now, s.Sent, s.Decided)
	return err
}

// update writes a submission over the version it was read in.
func update(ctx context.Context, tx *db.Tx, s Submission) error {
	return db.Changed(tx.ExecContext(ctx, `UPDATE submission SET person=$1, nominee=$2, place=$3, organisation=$4, title=$5, state=$6, reason=$7, letter=$8,
		changed_at=$9, sent_at=$10, decided_at=$11, version=version+1 WHERE id=$12 AND version=$13`,
		s.Person, s.Nominee, s.Place, s.Organisation, s.Title, s.State, s.Reason, s.letter, tx.Now, s.Sent, s.Decided, s.ID, s.Version))
}

// Marked is what one reviewer has to say of one submission.
type Marked struct {
	Submission string         `json:"submission"`
	Reviewer   string         `json:"reviewer"`
	State      string         `json:"state"` // assigned, done, conflict
	Marks      map[string]int `json:"marks,omitempty"`
	Comment    string         `json:"comment,omitempty"`
	Conflict   string         `json:"conflict,omitempty"` // why: a key of Conflicts, or the reviewer's words
	At         time.Time      `json:"at"`
	Version    int64          `json:"version"`
}

func marked(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Marked, error) {
	var out []Marked
	err := tx.Each(ctx, `SELECT submission, reviewer, state, marks, comment, conflict, at, version FROM review `+where, args, func(scan func(...any) error) error {
		var m Marked
		var marks string
		if err := scan(&m.Submission, &m.Reviewer, &m.State, &marks, &m.Comment, &m.Conflict, &m.At, &m.Version); err != nil {
			return err
		}
		m.At = m.At.UTC()
		if err := json.Unmarshal([]byte(marks), &m.Marks); err != nil {
			return err
		}
		out = append(out, m)
		return nil
	})
	sort.Slice(out, func(i, j int) bool {
		if out[i].Submission != out[j].Submission {
			return out[i].Submission < out[j].Submission
		}
		return out[i].Reviewer < out[j].Reviewer
	})
	return out, err
}

func putMarked(ctx context.Context, tx *db.Tx, m Marked) error {
	if m.Marks == nil {
		m.Marks = map[string]int{}
	}
	marks, err := json.Marshal(m.Marks)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO review (submission, reviewer, state, marks, comment, conflict, at, version) VALUES ($1,$2,$3,$4,$5,$6,$7,1)
		ON CONFLICT (submission, reviewer) DO UPDATE SET state=excluded.state, marks=excluded.marks, comment=excluded.comment, conflict=excluded.conflict,
		at=excluded.at, version=review.version+1`, m.Submission, m.Reviewer, m.State, string(marks), m.Comment, m.Conflict, tx.Now)
	return err
}
