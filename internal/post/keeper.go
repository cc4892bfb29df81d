package post

import (
	"context"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/db"
)

// Keeper answers for what the outbox keeps about people.
func (k *Desk) Keeper() account.Keeper { return keeper{k} }

type keeper struct{ desk *Desk }

func (keeper) Name() string { return "post" }

// owned finds the letters to somebody: by id, and by an address that nobody else shares.
func owned(ctx context.Context, tx *db.Tx, p account.Person) ([]Piece, error) {
	if p.Shared || p.Email == "" {
		return pieces(ctx, tx, columns, `WHERE person = $1 AND person <> ''`, p.ID)
	}
	return pieces(ctx, tx, columns, `WHERE (person = $1 AND person <> '') OR LOWER(address) = $2 ORDER BY id`, p.ID, fold(p.Email))
}

// exported is a letter as its person gets it.
type exported struct {
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	Kind    Kind      `json:"kind"`
	State   State     `json:"state"`
	Created time.Time `json:"created"`
	Ended   time.Time `json:"ended,omitzero"`
	Files   []string  `json:"files,omitempty"`
	Reply   string    `json:"reply,omitempty"` // of the mail server
}

func (x keeper) Export(ctx context.Context, tx *db.Tx, p account.Person) (any, error) {
	ps, err := owned(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	network := x.desk.network(ctx)
	out := struct {
		Letters []exported `json:"letters,omitempty"`
		Stopped []string   `json:"stopped,omitempty"`
		Why     []string   `json:"why,omitempty"` // in the words of a mail server
	}{}
	for _, l := range ps {
		x.desk.preview(ctx, tx, &l, network)
		e := exported{l.To, l.Letter.Subject, l.Text, l.Kind, l.State, l.Created, l.Ended, nil, l.Reply}
		for _, a := range l.Attach {
			e.Files = append(e.Files, a.Name)
		}
		out.Letters = append(out.Letters, e)
	}
	if p.Email != "" {
		ss, err := stops(ctx, tx, `WHERE address = $1`, fold(p.Email))
		if err != nil {
			return nil, err
		}
		for _, s := range ss {
			out.Stopped = append(out.Stopped, string(s.Kind))
			if s.Detail != "" {
				out.Why = append(out.Why, s.Detail)
			}
		}
	}
	if len(out.Letters)+len(out.Stopped) == 0 {
		return nil, nil
	}
	return out, nil
}

// Erase leaves of a letter that there was one, of what kind, about what, and what became of it.
func (keeper) Erase(ctx context.Context, tx *db.Tx, p account.Person) error {
	ps, err := owned(ctx, tx, p)
	if err != nil {
		return err
	}
	for _, l := range ps {
		if err := wipe(ctx, tx, l); err != nil {
			return err
		}
	}
	if p.Email == "" || p.Shared {
		return nil
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM mail_stop WHERE address = $1`, fold(p.Email))
	return err
}

func wipe(ctx context.Context, tx *db.Tx, l Piece) error {
	state, ended := l.State, l.Ended
	if state == Held || state == Ready {
		state, ended = Cancelled, tx.Now
	}
	_, err := tx.ExecContext(ctx, `UPDATE mail SET dedupe = id, address = '', name = '', person = '', subject = '', body = '', vals = '{}', attach = '[]', reply = '', reason = NULL,
		token = id, template = '', state = $2, ended_at = $3, version = version + 1 WHERE id = $1`, l.ID, string(state), null(ended))
	return err
}

// Retain takes the addresses and texts of letters away that ended long ago.
func (keeper) Retain(ctx context.Context, tx *db.Tx, now time.Time, dry bool) ([]account.Retained, error) {
	ps, err := pieces(ctx, tx, listColumns, `WHERE address <> '' AND state NOT IN ('held','ready','claimed','unknown') ORDER BY about, about_key, created_at`)
	if err != nil {
		return nil, err
	}
	var out []account.Retained
	for _, l := range ps {
		due := account.ClassDue("mail", l.Created)
		if due.IsZero() || now.Before(due) {
			continue
		}
		if n := len(out); n == 0 || out[n-1].Subject != l.About || out[n-1].Key != l.AboutKey {
			out = append(out, account.Retained{Class: "mail", Subject: l.About, Key: l.AboutKey, Due: due})
		}
		out[len(out)-1].Count++
		if !dry {
			if err := wipe(ctx, tx, l); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}
