package account

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// ConsentSubject is how the journal names a consent.
const ConsentSubject = "consent"

// Consents that can be given on one's own page at any time. Their wordings are "consent.<word>.text".
var ConsentKinds = []string{"news", "contact", "photos"}

// Consented is what somebody agreed to: one thing, in the words that were shown, until it is withdrawn.
type Consented struct {
	ID        string    `json:"id"`
	Person    string    `json:"person"`
	Kind      string    `json:"kind"`            // a word: "photos", "news", "contact", …
	About     string    `json:"about,omitempty"` // what it is for: id of an activity; "" for in general
	Wording   string    `json:"wording"`
	Lang      string    `json:"lang"`
	Given     time.Time `json:"given"`
	Withdrawn time.Time `json:"withdrawn,omitzero"`
}

const mostWording = 4000 // letters

// Consent notes that a person agreed to something, within a transaction of the desk that asked. The same consent given
// again in the same words is one.
func Consent(ctx context.Context, tx *db.Tx, by actor.Actor, c Consented) (Consented, error) {
	c.Wording = strings.TrimSpace(c.Wording)
	if c.Person == "" || c.Kind == "" || c.Wording == "" || len([]rune(c.Wording)) > mostWording {
		return c, fault.New(fault.Invalid, "account.consent.words")
	}
	old, err := consents(ctx, tx, `WHERE person = $1 AND kind = $2 AND about = $3 AND withdrawn_at IS NULL`, c.Person, c.Kind, c.About)
	if err != nil {
		return c, err
	}
	for _, o := range old {
		if o.Wording == c.Wording && o.Lang == c.Lang {
			return o, nil
		}
	}
	c.ID, c.Given, c.Withdrawn = uuid.NewString(), tx.Now, time.Time{}
	if _, err := tx.ExecContext(ctx, `INSERT INTO consent (id, person, kind, about, wording, lang, given_at) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		c.ID, c.Person, c.Kind, c.About, c.Wording, c.Lang, c.Given); err != nil {
		return c, err
	}
	return c, tx.Record(ctx, by, ConsentSubject, c.ID, "create", nil, c)
}

// Agreed reports whether a person agrees to something now: about one thing, or in general.
func Agreed(ctx context.Context, tx *db.Tx, person, kind, about string) (bool, error) {
	var n int
	err := tx.One(ctx, `SELECT COUNT(*) FROM consent WHERE person = $1 AND kind = $2 AND (about = $3 OR about = '') AND withdrawn_at IS NULL`, []any{person, kind, about}, &n)
	return n > 0, err
}

// AgreedAll are the people who agree to something now, about one thing or in general.
func AgreedAll(ctx context.Context, tx *db.Tx, kind, about string) (map[string]bool, error) {
	out := map[string]bool{}
	err := tx.Each(ctx, `SELECT DISTINCT person FROM consent WHERE kind = $1 AND (about = $2 OR about = '') AND withdrawn_at IS NULL`, []any{kind, about},
		func(scan func(...any) error) error {
			var p string
			err := scan(&p)
			out[p] = true
			return err
		})
	return out, err
}

func consents(ctx context.Context, tx *db.Tx, where string, args ...any) (out []Consented, err error) {
	err = tx.Each(ctx, `SELECT id, person, kind, about, wording, lang, given_at, withdrawn_at FROM consent `+where+` ORDER BY given_at, id`, args,
		func(scan func(...any) error) error {
			var c Consented
			var withdrawn *time.Time
			if err := scan(&c.ID, &c.Person, &c.Kind, &c.About, &c.Wording, &c.Lang, &c.Given, &withdrawn); err != nil {
				return err
			}
			if c.Given = c.Given.UTC(); withdrawn != nil {
				c.Withdrawn = withdrawn.UTC()
			}
			out = append(out, c)
			return nil
		})
	return out, err
}

// Agree notes a consent that a person gives on their own page. Nobody agrees for somebody else.
func (k *Desk) Agree(ctx context.Context, by actor.Actor, c Consented) error {
	if err := by.NeedPerson(); err != nil {
		return err
	}
	c.Person = by.ID
	return k.db.Write(ctx, func(tx *db.Tx) error {
		_, err := Consent(ctx, tx, by, c)
		return err
	})
}

// Consents lists what a person agreed to, also what was withdrawn. For the person and officers.
func (k *Desk) Consents(ctx context.Context, by actor.Actor, person string) (out []Consented, err error) {
	if by.ID != person || person == "" {
		if err := by.NeedOfficer(); err != nil {
			return nil, err
		}
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = consents(ctx, tx, `WHERE person = $1`, person)
		return err
	})
	return out, err
}

// WithdrawConsent ends a consent. By the person alone.
func (k *Desk) WithdrawConsent(ctx context.Context, by actor.Actor, id string) error {
	if err := by.NeedPerson(); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		cs, err := consents(ctx, tx, `WHERE id = $1 AND person = $2`, id, by.ID)
		if err == nil && len(cs) == 0 {
			err = fault.New(fault.NotFound, "error.notfound")
		}
		if err != nil || !cs[0].Withdrawn.IsZero() {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE consent SET withdrawn_at = $1 WHERE id = $2`, tx.Now, id); err != nil {
			return err
		}
		now := cs[0]
		now.Withdrawn = tx.Now
		return tx.Record(ctx, by, ConsentSubject, id, "withdraw", cs[0], now)
	})
}
