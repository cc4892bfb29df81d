package account

import (
	"context"
	"slices"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// mayDispose is nil for the person themselves, and for officers who keep people of that role.
func mayDispose(by actor.Actor, p Person) error {
	if err := by.NeedPerson(); err != nil {
		return err
	}
	if by.Viewer != "" {
		return fault.New(fault.Denied, "error.denied.view")
	}
	if by.ID == p.ID {
		return nil
	}
	return mayKeep(by, p.Role)
}

// Erase takes away all that tells who a person is: here, at every keeper, in the journal, in the folder of letters, and from
// the disk below. The id stays, with what figures are counted from. It cannot be undone.
func (k *Desk) Erase(ctx context.Context, by actor.Actor, id string) error {
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		p, err := one(ctx, tx, `WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if err := mayDispose(by, p); err != nil {
			return err
		}
		if p.IsErased() {
			return nil
		}
		gone := p
		gone.Role = actor.Visitor
		if err := lastAdministrator(ctx, tx, p, gone); err != nil {
			return err
		}
		return k.erase(ctx, tx, by, p)
	})
	if err != nil {
		return err
	}
	if err := k.Sweep(ctx); err != nil {
		return err
	}
	return k.db.Compact(ctx)
}

func (k *Desk) erase(ctx context.Context, tx *db.Tx, by actor.Actor, p Person) error {
	things, err := k.things(ctx, tx, p)
	if err != nil {
		return err
	}
	files, err := k.files(ctx, tx, p)
	if err != nil {
		return err
	}
	t, names, err := k.trace(ctx, tx, p)
	if err != nil {
		return err
	}
	for _, keeper := range k.Keepers {
		if err := keeper.Erase(ctx, tx, p); err != nil {
			return err
		}
	}
	for _, step := range []struct {
		query string
		args  []any
	}{
		{`UPDATE session SET expires_at = $1, data = '{}' WHERE person = $2`, []any{tx.Now, p.ID}}, // kept for a day, so that no request that runs makes them anew
		{`DELETE FROM entry WHERE person = $1`, []any{p.ID}},
		{`DELETE FROM token WHERE person = $1`, []any{p.ID}},
		{`DELETE FROM passkey WHERE person = $1`, []any{p.ID}},
		{`DELETE FROM identity WHERE person = $1`, []any{p.ID}},
		{`DELETE FROM consent WHERE person = $1`, []any{p.ID}},
		{`UPDATE granted SET ended_at = $1, ended_by = $2 WHERE person = $3 AND ended_at IS NULL`, []any{tx.Now, by.ID, p.ID}},
		// The network lies below this desk and knows who entered a statement by name only; the journal knows which those are.
		{`UPDATE statement SET entered_by = '' WHERE entered_by = $1 AND id IN (SELECT subject_key FROM journal WHERE subject = 'statement' AND by_id = $2)`, []any{p.Name, p.ID}},
		{`UPDATE person SET name = '', email = '', shared = $1, role = 'visitor', city = NULL, language = 'en', names = '[]', languages = '[]', affiliations = '[]',
			gender_words = '', visibility = 'nobody', seen_at = NULL, erased_at = $2, withdrawn = $3, version = version + 1 WHERE id = $4`, []any{false, tx.Now, true, p.ID}},
	} {
		if _, err := tx.ExecContext(ctx, step.query, step.args...); err != nil {
			return err
		}
	}
	for _, t := range append(things, Thing{PersonSubject, p.ID}) {
		if err := tx.EraseJournal(ctx, t.Subject, t.Key); err != nil {
			return err
		}
	}
	if err := tx.EraseJournalOf(ctx, p.ID); err != nil {
		return err
	}
	if err := eraseNames(ctx, tx, p); err != nil {
		return err
	}
	if err := k.sweep(ctx, tx, t); err != nil {
		return err
	}
	if err := k.doom(ctx, tx, files); err != nil {
		return err
	}
	if k.Letters != nil {
		if err := k.Letters.Forget(ctx, names); err != nil {
			return err
		}
	}
	if by.ID == p.ID {
		by = actor.Actor{ID: p.ID}
	}
	return tx.Record(ctx, by, PersonSubject, p.ID, "erase", nil, nil)
}

// eraseNames takes what is left of somebody out of the journal: the address everywhere, names in what people do for
// themselves, and the name of who entered something in the network's record.
func eraseNames(ctx context.Context, tx *db.Tx, p Person) error {
	if p.Email != "" && !p.Shared {
		if err := tx.EraseJournalWith(ctx, db.JSONText(p.Email)); err != nil {
			return err
		}
	}
	for _, s := range p.Strings() {
		if s == p.Email {
			continue
		}
		part := db.JSONText(s)
		if len([]rune(s)) < 4 { // a short one is part of too much else
			part = `"` + part + `"`
		}
		if err := tx.EraseJournalWith(ctx, part, db.PrivateSubjects()...); err != nil {
			return err
		}
	}
	for _, field := range []string{"entered_by", "uploaded_by", "by_name", "byName", "by", "By"} {
		if err := tx.EraseJournalWith(ctx, `"`+field+`":"`+db.JSONText(p.Name)+`"`); err != nil {
			return err
		}
	}
	return nil
}

// Forgetter is where letters lie about outside the store.
type Forgetter interface {
	// Forget removes the letters that hold any of the texts.
	Forget(ctx context.Context, texts []string) error
	// Expire removes the letters from before a time, or with dry only counts them.
	Expire(before time.Time, dry bool) (int, error)
}

// things are those in the journal that are about a person, with the person's tokens and consents.
func (k *Desk) things(ctx context.Context, tx *db.Tx, p Person) (out []Thing, err error) {
	for _, keeper := range k.Keepers {
		if j, ok := keeper.(JournalKeeper); ok {
			more, err := j.Things(ctx, tx, p)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
	}
	for subject, query := range map[string]string{TokenSubject: `SELECT id FROM token WHERE person = $1 ORDER BY id`, ConsentSubject: `SELECT id FROM consent WHERE person = $1 ORDER BY id`} {
		if err := tx.Each(ctx, query, []any{p.ID}, func(scan func(...any) error) error {
			t := Thing{Subject: subject}
			err := scan(&t.Key)
			out = append(out, t)
			return err
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (k *Desk) files(ctx context.Context, tx *db.Tx, p Person) (out []File, err error) {
	for _, keeper := range k.Keepers {
		if f, ok := keeper.(FileKeeper); ok {
			more, err := f.Files(ctx, tx, p)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
	}
	return out, nil
}

// doom notes files that may not be needed any more. They are removed when the transaction is done.
func (k *Desk) doom(ctx context.Context, tx *db.Tx, files []File) error {
	for _, f := range files {
		if err := Doom(ctx, tx, f.Sum); err != nil {
			return err
		}
	}
	return nil
}

// Doom notes a kept file that may not be needed any more, within the transaction that took away what referred to it.
// Sweep removes it if nothing else does.
func Doom(ctx context.Context, tx *db.Tx, sum string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO doomed_file (sum, at) VALUES ($1,$2) ON CONFLICT (sum) DO NOTHING`, sum, tx.Now)
	return err
}

// Sweep removes the kept files that were doomed and that nothing refers to any more. It is called after an erasure, after
// retention, and when the house is opened, since a process may be killed in between.
func (k *Desk) Sweep(ctx context.Context) error {
	if k.Files == nil {
		return nil
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		var doomed []string
		err := tx.Each(ctx, `SELECT sum FROM doomed_file ORDER BY sum`, nil, func(scan func(...any) error) error {
			var s string
			err := scan(&s)
			doomed = append(doomed, s)
			return err
		})
		if err != nil || len(doomed) == 0 {
			return err
		}
		sums, err := k.Referred(ctx, tx)
		if err != nil {
			return err
		}
		needed := map[string]bool{}
		for _, s := range sums {
			needed[s] = true
		}
		for _, s := range doomed {
			if !needed[s] && k.Files.Has(s) {
				if err := k.Files.Remove(s); err != nil {
					return err
				}
			}
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM doomed_file`)
		return err
	})
}

// Referred lists the hashes of all kept files that something refers to, each once, sorted.
func (k *Desk) Referred(ctx context.Context, tx *db.Tx) (out []string, err error) {
	all := append([]func(context.Context, *db.Tx) ([]string, error){}, k.Refers...)
	for _, keeper := range k.Keepers {
		if f, ok := keeper.(FileKeeper); ok {
			all = append(all, f.Refers)
		}
	}
	for _, refers := range all {
		sums, err := refers(ctx, tx)
		if err != nil {
			return nil, err
		}
		out = append(out, sums...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// Retention takes away what has been kept for as long as its class allows, or with dry only tells what would go.
func (k *Desk) Retention(ctx context.Context, by actor.Actor, dry bool) (out []Retained, err error) {
	if err := by.NeedOfficer(); err != nil {
		return nil, err
	}
	run := k.db.Write
	if dry {
		run = k.db.Read
	}
	err = run(ctx, func(tx *db.Tx) error {
		if out, err = retain(ctx, tx, dry); err != nil {
			return err
		}
		for _, keeper := range k.Keepers {
			more, err := keeper.Retain(ctx, tx, tx.Now, dry)
			if err != nil {
				return err
			}
			out = append(out, more...)
		}
		if k.Letters != nil {
			before := tx.Now.AddDate(0, 0, -days("mail"))
			n, err := k.Letters.Expire(before, dry)
			if err != nil {
				return err
			}
			if n > 0 {
				out = append(out, Retained{Class: "mail", Subject: "account", Count: n, Due: before})
			}
		}
		if dry || len(out) == 0 {
			return nil
		}
		return tx.Record(ctx, by, "retention", tx.Now.Format(time.DateOnly), "retain", nil, out)
	})
	if err != nil || dry || len(out) == 0 {
		return out, err
	}
	if err := k.Sweep(ctx); err != nil {
		return out, err
	}
	return out, k.db.Compact(ctx)
}

// days is how long a class of data is kept.
func days(class string) int {
	for _, c := range Classes {
		if c.Name == class {
			return c.Days
		}
	}
	return 0
}

// retain is what this desk itself keeps for a time only: links, sessions, tokens that have ended.
func retain(ctx context.Context, tx *db.Tx, dry bool) (out []Retained, err error) {
	for _, c := range []struct{ class, table, ended string }{
		{"entry", "entry", "expires_at"}, {"entry", "ceremony", "expires_at"}, {"session", "session", "expires_at"}, {"token", "token", "COALESCE(revoked_at, expires_at)"},
	} {
		before := tx.Now.AddDate(0, 0, -days(c.class))
		var n int
		if err := tx.One(ctx, `SELECT COUNT(*) FROM `+c.table+` WHERE `+c.ended+` < $1`, []any{before}, &n); err != nil {
			return nil, err
		}
		if n == 0 {
			continue
		}
		out = append(out, Retained{Class: c.class, Subject: "account", Count: n, Due: before})
		if dry {
			continue
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+c.table+` WHERE `+c.ended+` < $1`, before); err != nil {
			return nil, err
		}
	}
	return out, nil
}
