package participation

import (
	"context"
	"encoding/base32"
	"encoding/json"
	"io"
	"strings"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/form"
	"aircommons/internal/post"
)

// DraftSubject is for whom the answers of a draft are kept.
const DraftSubject = "participation-draft"

// Draft is a registration that is written page by page. Whoever has the link to it can go on, on another device too.
type Draft struct {
	Request
	Entrance Entrance
	Sent     string // the participation it became
	Created  time.Time
	At       time.Time // last change
}

// mostDrafts bounds how many drafts of an activity wait; the oldest that nobody touched for a day go first.
const mostDrafts = 20000

// StartDraft begins a registration of several pages with who somebody is, and returns the secret end of the link to it. The same key begins one.
func (k *Desk) StartDraft(ctx context.Context, by actor.Actor, q Request) (key string, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		q := q
		a, setup, err := k.open(ctx, tx, by, q.Activity)
		if err != nil {
			return err
		}
		setup.Form = "" // it is asked on the pages that follow
		if err := k.checkRequest(ctx, tx, by, a, setup, &q); err != nil {
			return err
		}
		if key, err = k.secret(); err != nil {
			return err
		}
		if q.Key != "" {
			// The key of the form makes the key of the draft, so that pressing twice begins one.
			key = strings.ToLower(base32.StdEncoding.EncodeToString([]byte(hash("draft\x00" + q.Activity + "\x00" + q.Key))[:20]))
		}
		n := 0
		if err := tx.One(ctx, `SELECT COUNT(*) FROM participation_draft WHERE activity_id = $1`, []any{a.ID}, &n); err != nil {
			return err
		}
		if n >= mostDrafts {
			return fault.New(fault.Invalid, "participation.draft.many")
		}
		if err := tx.One(ctx, `SELECT COUNT(*) FROM participation_draft WHERE hash = $1`, []any{hash(key)}, &n); err != nil || n > 0 {
			return err
		}
		q.Key, q.Answers = "", nil
		content, err := json.Marshal(q)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO participation_draft (hash, activity_id, content, sent, created_at, at) VALUES ($1,$2,$3,'',$4,$4)`, hash(key), a.ID, string(content), tx.Now)
		return err
	})
	return key, err
}

func (k *Desk) secret() (string, error) {
	b := make([]byte, 20)
	_, err := io.ReadFull(k.Random, b)
	return strings.ToLower(base32.StdEncoding.EncodeToString(b)), err
}

func draft(ctx context.Context, tx *db.Tx, by actor.Actor, key string) (d Draft, err error) {
	var content string
	h := hash(strings.ToLower(key))
	if err := tx.One(ctx, `SELECT content, sent, created_at, at, activity_id FROM participation_draft WHERE hash = $1`, []any{h}, &content, &d.Sent, &d.Created, &d.At, &d.Activity); err != nil {
		return d, err
	}
	if d.Created, d.At = d.Created.UTC(), d.At.UTC(); content != "" {
		if err := json.Unmarshal([]byte(content), &d.Request); err != nil {
			return d, err
		}
	}
	if d.Entrance, err = entrance(ctx, tx, by, d.Activity); err != nil || d.Entrance.Form == nil {
		return d, err
	}
	x, err := form.AnswerTo(ctx, tx, d.Entrance.Form.ID, DraftSubject, h)
	if fault.CodeOf(err) == fault.NotFound {
		x, err = form.Answer{Answers: form.Answers{}}, nil
	}
	d.Answers = x.Answers
	return d, err
}

// Draft reads a registration that is being written.
func (k *Desk) Draft(ctx context.Context, by actor.Actor, key string) (d Draft, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		d, err = draft(ctx, tx, by, key)
		return err
	})
	return d, err
}

// SaveDraft keeps the answers of one page, also those that cannot be taken yet: whoever goes on finds them.
func (k *Desk) SaveDraft(ctx context.Context, by actor.Actor, key, page string, a form.Answers) (d Draft, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if d, err = draft(ctx, tx, by, key); err != nil {
			return err
		}
		if d.Sent != "" || d.Entrance.Form == nil {
			return fault.New(fault.Conflict, "participation.draft.sent")
		}
		d.Answers = merge(*d.Entrance.Form, page, d.Answers, a)
		h := hash(strings.ToLower(key))
		if err := form.PutAnswer(ctx, tx, form.Answer{Form: d.Entrance.Form.ID, Edition: d.Entrance.Form.Edition, Subject: DraftSubject, Key: h, Lang: d.Lang, Answers: d.Answers}); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE participation_draft SET at = $1 WHERE hash = $2`, tx.Now, h)
		return err
	})
	return d, err
}

// merge puts the answers of a page in the place of what was answered there before.
func merge(f form.Form, page string, old, now form.Answers) form.Answers {
	out := old.Clone()
	p, _ := f.Page(page)
	for _, q := range p.Questions {
		if v := now[q.ID]; len(v) > 0 {
			out[q.ID] = v
		} else {
			delete(out, q.ID)
		}
	}
	return out
}

// SendDraft registers with what a draft holds. Sent twice, it is answered as the first time.
func (k *Desk) SendDraft(ctx context.Context, by actor.Actor, key string) (out Outcome, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		out = Outcome{}
		d, err := draft(ctx, tx, by, key)
		if err != nil {
			return err
		}
		h := hash(strings.ToLower(key))
		if d.Sent != "" {
			var owner bool
			if out.Participation, err = One(ctx, tx, d.Sent); err != nil {
				return err
			}
			if err := tx.One(ctx, `SELECT owner FROM participation_request WHERE request = $1`, []any{requestID(Request{Activity: d.Activity, Key: h})}, &owner); err != nil {
				return err
			}
			if out.Again = true; owner {
				out.Link, err = k.key(ctx, tx, out.ID)
			}
			return err
		}
		q := d.Request
		q.Key = h
		if out, err = k.register(ctx, tx, by, q); err != nil {
			return err
		}
		if err := dropDraft(ctx, tx, h); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE participation_draft SET content = '', sent = $1, at = $2 WHERE hash = $3`, out.ID, tx.Now, h)
		return err
	})
	return out, err
}

// dropDraft removes the answers of a draft, and what of its files nobody needs any more.
func dropDraft(ctx context.Context, tx *db.Tx, h string) error {
	loose, err := form.DropAnswers(ctx, tx, DraftSubject, h)
	if err != nil {
		return err
	}
	for _, sum := range loose {
		if err := account.Doom(ctx, tx, sum); err != nil {
			return err
		}
	}
	return nil
}

// MailDraft sends the link to a draft to the address that stands in it; at most once in ten minutes.
func (k *Desk) MailDraft(ctx context.Context, by actor.Actor, key string) (d Draft, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if d, err = draft(ctx, tx, by, key); err != nil {
			return err
		}
		if d.Sent != "" {
			return fault.New(fault.Conflict, "participation.draft.sent")
		}
		a := d.Entrance.Activity
		values := k.values(a, d.Lang, "")
		values["Link"] = k.URL + "/" + d.Lang + "/activities/" + a.ID + "/register/" + key
		if !d.Entrance.Window.Closes.IsZero() {
			values["Until"] = when(k.words(d.Lang), a, d.Entrance.Window.Closes)
		}
		_, err := post.Add(ctx, tx, post.Letter{Key: "draft/" + hash(key) + "/" + tx.Now.UTC().Truncate(10*time.Minute).Format("200601021504"), To: d.Email, ToName: d.Name, Lang: d.Lang,
			Template: "registration.draft", Values: values, About: "activity", AboutKey: a.ID})
		return err
	})
	return d, err
}
