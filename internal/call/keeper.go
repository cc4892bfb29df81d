package call

import (
	"context"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/db"
	"aircommons/internal/form"
)

// The desk keeps what people sent to calls and reviewed; see account.Keeper. Their answers are kept by the desk of forms.
var _ account.Keeper = (*Desk)(nil)

// Name is the desk's word among the keepers.
func (k *Desk) Name() string { return "call" }

// Export returns what a person sent to calls, and their own marks.
func (k *Desk) Export(ctx context.Context, tx *db.Tx, p account.Person) (any, error) {
	ss, err := submissions(ctx, tx, `WHERE person = $1 OR nominee = $1`, p.ID)
	if err != nil {
		return nil, err
	}
	for i := range ss {
		if ss[i], err = told(ctx, tx, ss[i]); err != nil {
			return nil, err
		}
		if ss[i].Person != p.ID { // nominated by somebody else, who is not told of here
			ss[i].Person = ""
		}
	}
	ms, err := marked(ctx, tx, `WHERE reviewer = $1`, p.ID)
	if err != nil || len(ss)+len(ms) == 0 {
		return nil, err
	}
	return struct {
		Submissions []Submission `json:"submissions,omitempty"`
		Reviews     []Marked     `json:"reviews,omitempty"`
	}{ss, ms}, nil
}

// Erase leaves of a submission that there was one, from which city, and what was decided; of a review the marks.
func (k *Desk) Erase(ctx context.Context, tx *db.Tx, p account.Person) error {
	ss, err := submissions(ctx, tx, `WHERE person = $1 OR nominee = $1`, p.ID)
	if err != nil {
		return err
	}
	for _, s := range ss {
		if s.Nominee == p.ID || s.Nominee == "" { // what a leaving officer wrote of a nominee stays the nominee's
			if _, err := form.DropAnswers(ctx, tx, SubmissionSubject, s.ID); err != nil {
				return err
			}
			state := s.State
			if state == "draft" {
				state = "withdrawn"
			}
			if _, err := tx.ExecContext(ctx, `UPDATE submission SET title = '', organisation = '', reason = '{}', state = $2, version = version + 1 WHERE id = $1`, s.ID, state); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `UPDATE review SET comment = '', conflict = CASE WHEN state = 'conflict' THEN 'author' ELSE '' END WHERE submission = $1`, s.ID); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM submission_key WHERE submission = $1`, s.ID); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE review SET comment = '', conflict = CASE WHEN state = 'conflict' THEN 'author' ELSE '' END WHERE reviewer = $1`, p.ID)
	return err
}

// Retain takes away drafts that nobody sent, a year after their call closed.
func (k *Desk) Retain(ctx context.Context, tx *db.Tx, now time.Time, dry bool) ([]account.Retained, error) {
	all, err := All(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []account.Retained
	for _, c := range all {
		a, err := about(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		_, closes := c.Times(a.Zone)
		due := account.ClassDue("contact", closes)
		if closes.IsZero() || now.Before(due) {
			continue
		}
		ss, err := submissions(ctx, tx, `WHERE call = $1 AND state = 'draft'`, c.ID)
		if err != nil {
			return nil, err
		}
		if len(ss) == 0 {
			continue
		}
		out = append(out, account.Retained{Class: "contact", Subject: Subject, Key: c.ID, Count: len(ss), Due: due})
		for _, s := range ss {
			if dry {
				break
			}
			if _, err := form.DropAnswers(ctx, tx, SubmissionSubject, s.ID); err != nil {
				return nil, err
			}
			for _, q := range []string{`DELETE FROM review WHERE submission = $1`, `DELETE FROM submission_key WHERE submission = $1`, `DELETE FROM submission WHERE id = $1`} {
				if _, err := tx.ExecContext(ctx, q, s.ID); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, nil
}
