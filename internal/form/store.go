package form

import (
	"context"
	"encoding/json"
	"sort"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

const columns = `id, subject, subject_key, purpose, names, pages, state, edition, version`

func forms(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Form, error) {
	var out []Form
	err := tx.Each(ctx, `SELECT `+columns+` FROM form `+where, args, func(scan func(...any) error) error {
		var f Form
		var pages string
		if err := scan(&f.ID, &f.Subject, &f.Key, &f.Purpose, &f.Names, &pages, &f.State, &f.Edition, &f.Version); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(pages), &f.Pages); err != nil {
			return err
		}
		out = append(out, f)
		return nil
	})
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out, err
}

// All lists all forms as they are being written, sorted by id.
func All(ctx context.Context, tx *db.Tx) ([]Form, error) { return forms(ctx, tx, "") }

// Written is a form as it is being written.
func Written(ctx context.Context, tx *db.Tx, id string) (Form, error) {
	fs, err := forms(ctx, tx, `WHERE id = $1`, id)
	if err == nil && len(fs) == 0 {
		err = fault.New(fault.NotFound, "error.notfound")
	}
	if err != nil {
		return Form{}, err
	}
	return fs[0], nil
}

// One is a form as people are asked: its last edition. A form that was never published, or was withdrawn, is not there.
func One(ctx context.Context, tx *db.Tx, id string) (Form, error) {
	f, err := Written(ctx, tx, id)
	if err == nil && f.State != Published {
		err = fault.New(fault.NotFound, "error.notfound")
	}
	if err != nil {
		return Form{}, err
	}
	return AsOf(ctx, tx, id, f.Edition)
}

// Of is the published form of a thing for a purpose: the one that was published last, where there are several.
func Of(ctx context.Context, tx *db.Tx, subject, key, purpose string) (Form, error) {
	var id string
	err := tx.One(ctx, `SELECT f.id FROM form f JOIN form_edition e ON e.form = f.id AND e.edition = f.edition
		WHERE f.subject = $1 AND f.subject_key = $2 AND f.purpose = $3 AND f.state = 'published' ORDER BY e.published_at DESC, f.id LIMIT 1`,
		[]any{subject, key, purpose}, &id)
	if err != nil {
		return Form{}, err
	}
	return One(ctx, tx, id)
}

// AsOf is a form as it was asked in an edition.
func AsOf(ctx context.Context, tx *db.Tx, id string, edition int64) (f Form, err error) {
	var doc string
	if err := tx.One(ctx, `SELECT doc FROM form_edition WHERE form = $1 AND edition = $2`, []any{id, edition}, &doc); err != nil {
		return f, err
	}
	return f, json.Unmarshal([]byte(doc), &f)
}

// Put writes a form whole as it is being written, new or over what is there, without asking for rights or recording. Its
// version grows by one; its editions are not touched.
func Put(ctx context.Context, tx *db.Tx, f Form) error {
	pages, err := json.Marshal(f.Pages)
	if err != nil {
		return err
	}
	if f.Pages == nil {
		pages = []byte("[]")
	}
	if f.State == "" {
		f.State = Draft
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO form (`+columns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,1)
		ON CONFLICT (id) DO UPDATE SET subject=excluded.subject, subject_key=excluded.subject_key, purpose=excluded.purpose,
		names=excluded.names, pages=excluded.pages, state=excluded.state, edition=excluded.edition, version=form.version+1`,
		f.ID, f.Subject, f.Key, f.Purpose, f.Names, string(pages), string(f.State), f.Edition)
	return err
}

// PutPublished writes a form and makes it the next edition at once, unless it is what was asked already: for records that
// are stored whole, and for desks that bring a form of their own.
func PutPublished(ctx context.Context, tx *db.Tx, f Form) error {
	f.State = Published
	old, err := Written(ctx, tx, f.ID)
	if err == nil {
		f.Edition = old.Edition
	} else if fault.CodeOf(err) != fault.NotFound {
		return err
	}
	if err := Put(ctx, tx, f); err != nil {
		return err
	}
	if f.Edition, err = edition(ctx, tx, f); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE form SET edition = $1 WHERE id = $2`, f.Edition, f.ID)
	return err
}

// edition stores what people are asked from now on, and gives its number.
func edition(ctx context.Context, tx *db.Tx, f Form) (int64, error) {
	f.State, f.Version = Published, 0
	if f.Edition > 0 {
		old, err := AsOf(ctx, tx, f.ID, f.Edition)
		if err != nil {
			return 0, err
		}
		if same(old, f) {
			return f.Edition, nil
		}
	}
	f.Edition++
	doc, err := json.Marshal(f)
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO form_edition (form, edition, doc, published_at) VALUES ($1,$2,$3,$4)`, f.ID, f.Edition, string(doc), tx.Now)
	return f.Edition, err
}

// Answer is what somebody answered to an edition of a form, on behalf of a thing: a participation, a submission.
type Answer struct {
	ID      string    `json:"id"`
	Form    string    `json:"form"`
	Edition int64     `json:"edition"`
	Subject string    `json:"subject"` // kind of thing it is for
	Key     string    `json:"key"`     // its id
	Person  string    `json:"person,omitempty"`
	Lang    string    `json:"lang"` // in which it was asked
	Answers Answers   `json:"answers"`
	Sent    bool      `json:"sent"` // false: saved pages that were not handed in
	At      time.Time `json:"at"`   // last change, UTC
}

// PutAnswer writes an answer, new or over what is there for the same thing and form. Its files belong to it from then on.
func PutAnswer(ctx context.Context, tx *db.Tx, a Answer) error {
	if a.ID == "" {
		a.ID = a.Subject + "/" + a.Key + "/" + a.Form
	}
	doc, err := json.Marshal(a.Answers)
	if err != nil {
		return err
	}
	if a.Answers == nil {
		doc = []byte("{}")
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO answer (id, form, edition, subject, subject_key, person, lang, answers, sent, at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)
		ON CONFLICT (id) DO UPDATE SET edition=excluded.edition, person=excluded.person, lang=excluded.lang, answers=excluded.answers,
		sent=excluded.sent, at=excluded.at`,
		a.ID, a.Form, a.Edition, a.Subject, a.Key, a.Person, a.Lang, string(doc), a.Sent, tx.Now)
	if err != nil {
		return err
	}
	if err := doom(ctx, tx, `answer = $1`, a.ID); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM answer_file WHERE answer = $1`, a.ID); err != nil {
		return err
	}
	for q, values := range a.Answers {
		for _, v := range values {
			if sum, name, ok := FileOf(v); ok {
				if _, err := tx.ExecContext(ctx, `INSERT INTO answer_file (answer, question, sha256, name) VALUES ($1,$2,$3,$4)
					ON CONFLICT (answer, question, sha256) DO NOTHING`, a.ID, q, sum, name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

const answerColumns = `id, form, edition, subject, subject_key, person, lang, answers, sent, at`

// answersWhere lists answers for which a condition on the table answer holds, by id.
func answersWhere(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Answer, error) {
	var out []Answer
	err := tx.Each(ctx, `SELECT `+answerColumns+` FROM answer `+where, args, func(scan func(...any) error) error {
		var a Answer
		var doc string
		if err := scan(&a.ID, &a.Form, &a.Edition, &a.Subject, &a.Key, &a.Person, &a.Lang, &doc, &a.Sent, &a.At); err != nil {
			return err
		}
		a.At = a.At.UTC()
		if err := json.Unmarshal([]byte(doc), &a.Answers); err != nil {
			return err
		}
		out = append(out, a)
		return nil
	})
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out, err
}

// AnswersOf lists what was answered on behalf of a thing.
func AnswersOf(ctx context.Context, tx *db.Tx, subject, key string) ([]Answer, error) {
	return answersWhere(ctx, tx, `WHERE subject = $1 AND subject_key = $2`, subject, key)
}

// AnswerTo is what was answered to a form on behalf of a thing; a notfound fault where nothing was.
func AnswerTo(ctx context.Context, tx *db.Tx, form, subject, key string) (Answer, error) {
	as, err := answersWhere(ctx, tx, `WHERE form = $1 AND subject = $2 AND subject_key = $3`, form, subject, key)
	if err == nil && len(as) == 0 {
		err = fault.New(fault.NotFound, "error.notfound")
	}
	if err != nil {
		return Answer{}, err
	}
	return as[0], nil
}

// AnswersTo lists what was answered to a form, of all editions.
func AnswersTo(ctx context.Context, tx *db.Tx, form string) ([]Answer, error) {
	return answersWhere(ctx, tx, `WHERE form = $1`, form)
}

// DropAnswers removes what was answered on behalf of a thing, and tells which kept files nothing refers to any more: whoever
// asked removes them after the transaction, by Forget.
func DropAnswers(ctx context.Context, tx *db.Tx, subject, key string) (files []string, err error) {
	return drop(ctx, tx, `subject = $1 AND subject_key = $2`, subject, key)
}

func drop(ctx context.Context, tx *db.Tx, where string, args ...any) (files []string, err error) {
	err = tx.Each(ctx, `SELECT DISTINCT sha256 FROM answer_file WHERE answer IN (SELECT id FROM answer WHERE `+where+`)`, args, func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		files = append(files, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := doom(ctx, tx, `answer IN (SELECT id FROM answer WHERE `+where+`)`, args...); err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM answer_file WHERE answer IN (SELECT id FROM answer WHERE `+where+`)`, args...); err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM answer WHERE `+where, args...); err != nil {
		return nil, err
	}
	return loose(ctx, tx, files)
}

// doom notes the files of answers that change or go; those that nothing refers to any more are removed, see account.Desk.Sweep.
func doom(ctx context.Context, tx *db.Tx, where string, args ...any) error {
	var sums []string
	err := tx.Each(ctx, `SELECT DISTINCT sha256 FROM answer_file WHERE `+where, args, func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		sums = append(sums, s)
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range sums {
		if err := account.Doom(ctx, tx, s); err != nil {
			return err
		}
	}
	return nil
}

// loose are those of the files that no answer, document or import refers to.
func loose(ctx context.Context, tx *db.Tx, files []string) (out []string, err error) {
	for _, s := range files {
		n := 0
		err := tx.One(ctx, `SELECT (SELECT COUNT(*) FROM answer_file WHERE sha256 = $1) + (SELECT COUNT(*) FROM document_file WHERE sha256 = $1)
			+ (SELECT COUNT(*) FROM data_import WHERE sha256 = $1)`, []any{s}, &n)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			out = append(out, s)
		}
	}
	return out, nil
}

// File is the name of a kept file in an answer; what is served as a file of an answer must be one of it.
func (a Answer) File(question, sum string) (name string, ok bool) {
	for _, v := range a.Answers[question] {
		if s, name, ok := FileOf(v); ok && s == sum {
			return name, true
		}
	}
	return "", false
}

func same(a, b any) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && string(x) == string(y)
}
