package account

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Passkey is a key pair on somebody's device that signs them in. Only its public half is kept.
type Passkey struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"` // as the person calls it
	Created time.Time `json:"created"`
	Used    time.Time `json:"used,omitzero"`
}

// mostPasskeys bounds the keys of a person.
const mostPasskeys = 20

const (
	keyMaking  = "passkey-make"
	keySigning = "passkey-sign"
)

// UsePasskeys lets people sign in with passkeys at a site, and reports whether that works there: browsers know passkeys by
// the site's name, so that a site which is reached by a number has none.
func (k *Desk) UsePasskeys(site, name string) (bool, error) {
	u, err := url.Parse(site)
	if err != nil {
		return false, err
	}
	host := u.Hostname()
	if host == "" || net.ParseIP(host) != nil || (u.Scheme != "https" && host != "localhost") {
		return false, nil
	}
	w, err := webauthn.New(&webauthn.Config{RPID: host, RPDisplayName: name, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference:  protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationPreferred}})
	if err != nil {
		return false, err
	}
	k.keys = w
	return true, nil
}

// Passkeyed reports whether people can use passkeys here.
func (k *Desk) Passkeyed() bool { return k.keys != nil }

func noKeys() error { return fault.New(fault.NotFound, "error.notfound") }

// holder is a person as the library of passkeys sees them. The handle that devices keep is the id, which tells nothing.
type holder struct {
	Person
	keys []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return []byte(h.ID) }
func (h holder) WebAuthnName() string                       { return h.Email }
func (h holder) WebAuthnDisplayName() string                { return h.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func passkeys(ctx context.Context, tx *db.Tx, person string) (out []Passkey, err error) {
	err = tx.Each(ctx, `SELECT id, name, created_at, used_at FROM passkey WHERE person = $1 ORDER BY created_at, id`, []any{person}, func(scan func(...any) error) error {
		var p Passkey
		var used *time.Time
		err := scan(&p.ID, &p.Name, &p.Created, &used)
		if p.Created = p.Created.UTC(); used != nil {
			p.Used = used.UTC()
		}
		out = append(out, p)
		return err
	})
	return out, err
}

func held(ctx context.Context, tx *db.Tx, person string) (h holder, err error) {
	if h.Person, err = one(ctx, tx, `WHERE id = $1 AND withdrawn = $2 AND erased_at IS NULL`, person, false); err != nil {
		return h, err
	}
	err = tx.Each(ctx, `SELECT data FROM passkey WHERE person = $1 ORDER BY created_at, id`, []any{person}, func(scan func(...any) error) error {
		var j string
		if err := scan(&j); err != nil {
			return err
		}
		var c webauthn.Credential
		err := json.Unmarshal([]byte(j), &c)
		h.keys = append(h.keys, c)
		return err
	})
	return h, err
}

// Passkeys lists a person's own passkeys.
func (k *Desk) Passkeys(ctx context.Context, by actor.Actor) (out []Passkey, err error) {
	if err := by.NeedPerson(); err != nil {
		return nil, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = passkeys(ctx, tx, by.ID)
		return err
	})
	return out, err
}

// BeginPasskey asks the browser of a person for a new passkey: options is what its script is given.
func (k *Desk) BeginPasskey(ctx context.Context, by actor.Actor) (options any, ceremony string, err error) {
	if err := by.NeedPerson(); err != nil {
		return nil, "", err
	}
	if k.keys == nil {
		return nil, "", noKeys()
	}
	var h holder
	if err := k.db.Read(ctx, func(tx *db.Tx) error {
		h, err = held(ctx, tx, by.ID)
		return err
	}); err != nil {
		return nil, "", err
	}
	if len(h.keys) >= mostPasskeys {
		return nil, "", fault.New(fault.Invalid, "account.passkey.many", "Max", mostPasskeys)
	}
	var have []protocol.CredentialDescriptor
	for _, c := range h.keys {
		have = append(have, c.Descriptor())
	}
	asked, session, err := k.keys.BeginRegistration(h, webauthn.WithExclusions(have))
	if err != nil {
		return nil, "", err
	}
	session.Expires = time.Time{} // ours ends, by the clock of the store
	ceremony, err = k.ceremony(ctx, keyMaking, session)
	return asked, ceremony, err
}

// FinishPasskey keeps the public half of a new passkey. answer is what the browser's script brings.
func (k *Desk) FinishPasskey(ctx context.Context, by actor.Actor, ceremony, name string, answer []byte) error {
	if err := by.NeedPerson(); err != nil {
		return err
	}
	if k.keys == nil {
		return noKeys()
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "account.passkey.bad")
	}
	if name = cutTo(CleanName(name), 60); name == "" {
		name = "Passkey"
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		var session webauthn.SessionData
		if err := answered(ctx, tx, ceremony, keyMaking, &session); err != nil {
			return err
		}
		h, err := held(ctx, tx, by.ID)
		if err != nil {
			return err
		}
		c, err := k.keys.CreateCredential(h, session, parsed)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "account.passkey.bad")
		}
		j, err := json.Marshal(c)
		if err != nil {
			return err
		}
		p := Passkey{ID: base64.RawURLEncoding.EncodeToString(c.ID), Name: name, Created: tx.Now}
		if _, err := tx.ExecContext(ctx, `INSERT INTO passkey (id, person, name, data, created_at) VALUES ($1,$2,$3,$4,$5)`, p.ID, by.ID, p.Name, string(j), p.Created); err != nil {
			return err
		}
		return tx.Record(ctx, by, PersonSubject, by.ID, "passkey-add", nil, map[string]string{"name": name})
	})
}

// RemovePasskey takes a passkey of one's own out; what is left on the device opens nothing.
func (k *Desk) RemovePasskey(ctx context.Context, by actor.Actor, id string) error {
	if err := by.NeedPerson(); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM passkey WHERE id = $1 AND person = $2`, id, by.ID)
		if err := db.Changed(res, err); fault.CodeOf(err) == fault.Conflict {
			return fault.New(fault.NotFound, "error.notfound")
		} else if err != nil {
			return err
		}
		return tx.Record(ctx, by, PersonSubject, by.ID, "passkey-remove", nil, nil)
	})
}

// BeginKeySignIn asks a browser for any passkey of this site that it has. Nobody is named.
func (k *Desk) BeginKeySignIn(ctx context.Context) (options any, ceremony string, err error) {
	if k.keys == nil {
		return nil, "", noKeys()
	}
	asked, session, err := k.keys.BeginDiscoverableLogin()
	if err != nil {
		return nil, "", err
	}
	session.Expires = time.Time{}
	ceremony, err = k.ceremony(ctx, keySigning, session)
	return asked, ceremony, err
}

// FinishKeySignIn signs in who holds the passkey that answered, once for each asking.
func (k *Desk) FinishKeySignIn(ctx context.Context, ceremony string, answer []byte) (p Person, err error) {
	if k.keys == nil {
		return p, noKeys()
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return p, fault.Wrap(fault.Invalid, err, "account.passkey.bad")
	}
	var refused error
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		refused = nil
		var session webauthn.SessionData
		if err := answered(ctx, tx, ceremony, keySigning, &session); err != nil {
			return err
		}
		var failed error
		user, c, err := k.keys.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
			h, err := held(ctx, tx, string(handle))
			if failed = err; err != nil {
				return nil, err
			}
			return h, nil
		}, session, parsed)
		if fault.CodeOf(failed) == fault.Internal {
			return failed
		}
		if err != nil { // the question is spent all the same
			refused = fault.Wrap(fault.Invalid, err, "account.passkey.bad")
			return nil
		}
		p = user.(holder).Person
		if c.Authenticator.CloneWarning {
			refused = fault.New(fault.Invalid, "account.passkey.bad")
			return tx.Record(ctx, actor.Actor{}, PersonSubject, p.ID, "passkey-copied", nil, nil)
		}
		j, err := json.Marshal(c)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE passkey SET data = $1, used_at = $2 WHERE id = $3 AND person = $4`, string(j), tx.Now, base64.RawURLEncoding.EncodeToString(c.ID), p.ID); err != nil {
			return err
		}
		return came(ctx, tx, p, "passkey")
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return Person{}, err
	}
	return p, nil
}
