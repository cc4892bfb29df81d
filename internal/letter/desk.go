package letter

import (
	"context"
	"strings"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// may asks whether somebody keeps the letters about something.
func (k *Desk) may(ctx context.Context, tx *db.Tx, by actor.Actor, about, key string) error {
	if by.Officer() {
		return nil
	}
	programme := ""
	if about == "activity" && key != "" && k.Programme != nil {
		p, err := k.Programme(ctx, tx, key)
		if err != nil && fault.CodeOf(err) != fault.NotFound {
			return err
		}
		programme = p
	}
	if about == "activity" && key != "" && by.Runs(programme, key) {
		return nil
	}
	return fault.New(fault.Denied, "error.denied.officer")
}

// Filter says which letters are wanted; what is empty does not matter.
type Filter struct {
	Kind     Kind
	State    State
	About    string
	AboutKey string
	Person   string
}

// Letters lists letters, the latest first. A person sees their own.
func (k *Desk) Letters(ctx context.Context, by actor.Actor, f Filter) (out []Letter, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if f.Person == "" || f.Person != by.ID {
			if err := k.may(ctx, tx, by, f.About, f.AboutKey); err != nil {
				return err
			}
		}
		where, args := []string{}, []any{}
		for _, c := range []struct{ column, value string }{{"kind", string(f.Kind)}, {"state", string(f.State)}, {"about", f.About}, {"about_key", f.AboutKey}, {"person", f.Person}} {
			if c.value != "" {
				args = append(args, c.value)
				where = append(where, c.column+" = $"+string(rune('0'+len(args))))
			}
		}
		query := ""
		if len(where) > 0 {
			query = "WHERE " + strings.Join(where, " AND ") + " "
		}
		out, err = letters(ctx, tx, query+"ORDER BY issued_at DESC, series, serial DESC", args...)
		return err
	})
	return out, err
}

// Letter is one letter, for those who keep the activity and for the person.
func (k *Desk) Letter(ctx context.Context, by actor.Actor, id string) (l Letter, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		ls, err := letters(ctx, tx, `WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if len(ls) == 0 {
			return fault.New(fault.NotFound, "error.notfound")
		}
		l = ls[0]
		if by.SignedIn() && l.Person != "" && l.Person == by.ID {
			return nil
		}
		return k.may(ctx, tx, by, l.About, l.AboutKey)
	})
	return l, err
}

// IssueAll issues letters in one transaction: all of them or none. What is to be done with each one is done in the same
// transaction, such as writing to its person.
func (k *Desk) IssueAll(ctx context.Context, by actor.Actor, ls []Letter, then ...func(context.Context, *db.Tx, Letter) error) (out []Letter, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		out = nil
		for _, l := range ls {
			if err := k.may(ctx, tx, by, l.About, l.AboutKey); err != nil {
				return err
			}
			made, err := Issue(ctx, tx, by, l)
			if err != nil {
				return err
			}
			out = append(out, made)
			for _, do := range then {
				if err := do(ctx, tx, made); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return out, err
}

// Check says what is wrong in a letter without issuing it, and gives it as it would be.
func (k *Desk) Check(ctx context.Context, by actor.Actor, l Letter) (Letter, error) {
	err := k.db.Read(ctx, func(tx *db.Tx) error { return k.may(ctx, tx, by, l.About, l.AboutKey) })
	if err != nil {
		return l, err
	}
	l.State, l.Issued, l.IssuedBy = Issued, k.db.Now(), by.Name
	return l, tidy(&l)
}

// Cancel takes a letter back. Its page, its print and its code say so from now on.
func (k *Desk) Cancel(ctx context.Context, by actor.Actor, id string, version int64, reason string) error {
	reason = tidyName(reason)
	if reason == "" {
		var f fault.Form
		f.Add("reason", "letter.form.reason")
		return f.Err()
	}
	if len(reason) > 1000 {
		var f fault.Form
		f.Add("reason", "letter.form.name.long", "Most", 1000)
		return f.Err()
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		ls, err := letters(ctx, tx, `WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if len(ls) == 0 {
			return fault.New(fault.NotFound, "error.notfound")
		}
		if err := k.may(ctx, tx, by, ls[0].About, ls[0].AboutKey); err != nil {
			return err
		}
		if ls[0].State == Cancelled {
			return fault.New(fault.Conflict, "letter.cancelled.already")
		}
		return cancel(ctx, tx, by, id, version, reason)
	})
}

func cancel(ctx context.Context, tx *db.Tx, by actor.Actor, id string, version int64, reason string) error {
	if err := db.Changed(tx.ExecContext(ctx, `UPDATE letter SET state = 'cancelled', cancelled_at = $3, reason = $4, version = version + 1 WHERE id = $1 AND version = $2`, id, version, tx.Now, reason)); err != nil {
		return err
	}
	return tx.Record(ctx, by, Subject, id, "cancel", nil, nil)
}

// CancelOf cancels the letters of a key that hold, in the transaction of a desk above: the seat was given back.
func CancelOf(ctx context.Context, tx *db.Tx, by actor.Actor, key, reason string) error {
	ls, err := letters(ctx, tx, `WHERE dedupe = $1 AND state = 'issued'`, key)
	if err != nil || len(ls) == 0 {
		return err
	}
	return cancel(ctx, tx, by, ls[0].ID, ls[0].Version, reason)
}

// Verified is what a stranger learns of a letter.
type Verified struct {
	Number    string  `json:"number"`
	Kind      Kind    `json:"kind"`
	About     string  `json:"about"`
	AboutKey  string  `json:"about_key"`
	Whom      string  `json:"whom"` // in short: the first part of the name, and the first letter of the others
	Issued    string  `json:"issued"`
	State     State   `json:"state"`
	Cancelled *string `json:"cancelled"`
	Activity  db.Text `json:"activity"`
}

// Verify looks a letter up by its code. The answer to a code that was never given out and to one that cannot be is the same.
func (k *Desk) Verify(ctx context.Context, code string) (v Verified, err error) {
	none := fault.New(fault.NotFound, "letter.verify.none")
	tidy := TidyCode(code)
	if tidy == "" {
		return v, none
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		ls, err := letters(ctx, tx, `WHERE code = $1`, tidy)
		if err != nil {
			return err
		}
		if len(ls) == 0 {
			return none
		}
		l := ls[0]
		v = Verified{Number: l.Number, Kind: l.Kind, About: l.About, AboutKey: l.AboutKey, Whom: Short(l.Name), Issued: l.Issued.Format(time.DateOnly), State: l.State, Activity: l.Values["Activity"]}
		if !l.Cancelled.IsZero() {
			day := l.Cancelled.Format(time.DateOnly)
			v.Cancelled = &day
		}
		return nil
	})
	return v, err
}

// Short is a name that whoever holds the letter recognises, and nobody else learns: "KIM S." for "KIM SEO-YEON".
func Short(name string) string {
	parts := strings.Fields(name)
	for i := range parts {
		r := []rune(parts[i])
		if len(parts) == 1 && len(r) > 2 && r[0] >= 0x1100 { // 김서연: no space between the parts
			return string(r[0]) + strings.Repeat("○", len(r)-1)
		}
		if i > 0 && len(r) > 1 {
			parts[i] = string(r[0]) + "."
		}
	}
	return strings.Join(parts, " ")
}
