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

// TokenSubject is how the journal names a token.
const TokenSubject = "token"

// Kinds of tokens. Their texts are "token.kind.<word>".
const (
	DeviceToken = "device" // a machine at a door
	APIToken    = "api"    // a program
)

// TokenKinds in the order of the form.
var TokenKinds = []string{DeviceToken, APIToken}

// MostTokenTime is the longest a token is good.
const MostTokenTime = 366 * 24 * time.Hour

// tokenPrefix begins every token, so that a found one is known for what it is.
const tokenPrefix = "act_"

// Token lets a device or a program in. The secret itself is shown once and not kept.
type Token struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Kind    string        `json:"kind"`
	Person  string        `json:"person,omitempty"` // whose it is; "" for one made by who may open the data folder
	Grants  []actor.Grant `json:"grants"`           // all that it may do; with none it reads what everybody reads
	Reads   bool          `json:"reads"`            // it changes nothing
	Hint    string        `json:"hint"`             // the last letters of the secret
	Created time.Time     `json:"created"`
	Expires time.Time     `json:"expires"`
	Used    time.Time     `json:"used,omitzero"`
	Revoked time.Time     `json:"revoked,omitzero"`
}

// Good reports whether the token lets in at a time.
func (t Token) Good(now time.Time) bool { return t.Revoked.IsZero() && now.Before(t.Expires) }

const tokenColumns = `id, name, kind, COALESCE(person,''), grants, reads, hint, created_at, expires_at, used_at, revoked_at`

func tokens(ctx context.Context, tx *db.Tx, where string, args ...any) (out []Token, err error) {
	err = tx.Each(ctx, `SELECT `+tokenColumns+` FROM token `+where, args, func(scan func(...any) error) error {
		var t Token
		var used, revoked *time.Time
		if err := scan(&t.ID, &t.Name, &t.Kind, &t.Person, list[actor.Grant]{&t.Grants}, &t.Reads, &t.Hint, &t.Created, &t.Expires, &used, &revoked); err != nil {
			return err
		}
		t.Created, t.Expires = t.Created.UTC(), t.Expires.UTC()
		if used != nil {
			t.Used = used.UTC()
		}
		if revoked != nil {
			t.Revoked = revoked.UTC()
		}
		out = append(out, t)
		return nil
	})
	return out, err
}

// mayLend is nil when a token of by may have a grant: what by has, or could give.
func mayLend(by actor.Actor, g actor.Grant) error {
	if g.Role != actor.Secretariat && by.Has(g.Role, g.Subject, g.Key) {
		return nil
	}
	if g.Role == actor.Secretariat && by.Officer() && g.Subject == actor.OfNetwork && g.Key == "" {
		return nil
	}
	return MayGrant(by, g)
}

// AddToken makes a token and returns its secret, which is told this once. A token never may more than by.
func (k *Desk) AddToken(ctx context.Context, by actor.Actor, t Token) (_ Token, secret string, err error) {
	if err := by.NeedPerson(); err != nil {
		return t, "", err
	}
	var f fault.Form
	t.Name = CleanName(t.Name)
	if t.Name == "" {
		f.Add("name", "account.token.name")
	} else if len([]rune(t.Name)) > 100 {
		f.Add("name", "form.toolong", "Max", 100)
	}
	if t.Kind != DeviceToken && t.Kind != APIToken {
		f.Add("kind", "account.token.kind")
	}
	if t.Kind == DeviceToken && len(t.Grants) == 0 {
		f.Add("grants", "account.token.grants")
	}
	now := k.db.Now()
	if !now.Before(t.Expires) || t.Expires.Sub(now) > MostTokenTime {
		f.Add("expires", "account.token.time")
	}
	if err := f.Err(); err != nil {
		return t, "", err
	}
	for _, g := range t.Grants {
		if err := mayLend(by, g); err != nil {
			return t, "", err
		}
	}
	if t.Kind == APIToken && !t.Reads && len(t.Grants) == 0 && !by.Officer() {
		t.Reads = true // it could change nothing anyhow
	}
	s, err := k.secret()
	if err != nil {
		return t, "", err
	}
	secret = tokenPrefix + s
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		t.ID, t.Hint, t.Created, t.Used, t.Revoked = uuid.Must(uuid.NewRandomFromReader(k.Random)).String(), secret[len(secret)-4:], tx.Now, time.Time{}, time.Time{}
		if t.Person = by.ID; by.ID == actor.CommandLine.ID || by.ID == actor.System.ID {
			t.Person = ""
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO token (id, hash, hint, name, kind, person, grants, reads, created_at, expires_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
			t.ID, hash(secret), t.Hint, t.Name, t.Kind, null(t.Person), list[actor.Grant]{&t.Grants}, t.Reads, t.Created, t.Expires); err != nil {
			return err
		}
		return tx.Record(ctx, by, TokenSubject, t.ID, "create", nil, t)
	})
	return t, secret, err
}

// Tokens lists tokens, those that are good first, then the latest: of one person, for that person and officers; all with
// person "", for officers.
func (k *Desk) Tokens(ctx context.Context, by actor.Actor, person string) (out []Token, err error) {
	if person == "" || by.ID != person {
		if err := by.NeedOfficer(); err != nil {
			return nil, err
		}
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		all, err := tokens(ctx, tx, `WHERE $1 = '' OR person = $1 ORDER BY created_at DESC, id`, person)
		for _, good := range []bool{true, false} {
			for _, t := range all {
				if t.Good(tx.Now) == good {
					out = append(out, t)
				}
			}
		}
		return err
	})
	return out, err
}

// RevokeToken ends a token at once. By whose it is, and officers.
func (k *Desk) RevokeToken(ctx context.Context, by actor.Actor, id string) error {
	if err := by.NeedPerson(); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		ts, err := tokens(ctx, tx, `WHERE id = $1`, id)
		if err == nil && (len(ts) == 0 || (ts[0].Person != by.ID && !by.Officer())) {
			err = fault.New(fault.NotFound, "error.notfound")
		}
		if err != nil || !ts[0].Revoked.IsZero() {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE token SET revoked_at = $1 WHERE id = $2`, tx.Now, id); err != nil {
			return err
		}
		return tx.Record(ctx, by, TokenSubject, id, "revoke", ts[0], nil)
	})
}

// Bearer is who a secret lets in, and what of: with nothing but the grants of the token, as far as whose it is still has
// them or could give them. reads tells that nothing may be changed. An unknown, ended or revoked secret is denied.
func (k *Desk) Bearer(ctx context.Context, secret string) (a actor.Actor, reads bool, err error) {
	denied := fault.New(fault.Denied, "account.token.bad")
	if !strings.HasPrefix(secret, tokenPrefix) || len(secret) > 200 {
		return a, false, denied
	}
	var t Token
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		ts, err := tokens(ctx, tx, `WHERE hash = $1`, hash(secret))
		if err != nil {
			return err
		}
		if len(ts) == 0 || !ts[0].Good(tx.Now) {
			return denied
		}
		t = ts[0]
		owner := actor.CommandLine
		if t.Person != "" {
			if owner, err = ActorOf(ctx, tx, t.Person); fault.CodeOf(err) == fault.NotFound {
				return denied
			} else if err != nil {
				return err
			}
		}
		a = actor.Actor{ID: "token:" + t.ID, Name: t.Name, Role: actor.Visitor, Device: true}
		for _, g := range t.Grants {
			if mayLend(owner, g) != nil {
				continue
			}
			if g.Role == actor.Secretariat {
				a.Role = actor.Secretariat
			}
			a.Grants = append(a.Grants, g)
		}
		return nil
	})
	if err != nil {
		return actor.Actor{}, false, err
	}
	// When it was last used is told to the hour, so that a busy device does not write all the time.
	if now := k.db.Now(); now.Sub(t.Used) > time.Hour {
		if err := k.db.Exec(ctx, `UPDATE token SET used_at = $1 WHERE id = $2`, now, t.ID); err != nil {
			return actor.Actor{}, false, err
		}
	}
	return a, t.Reads, nil
}
