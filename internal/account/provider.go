package account

import (
	"context"
	"crypto/subtle"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Identity is who a person is at a provider of OpenID Connect.
type Identity struct {
	Issuer  string    `json:"issuer"`
	Subject string    `json:"subject"`
	Linked  time.Time `json:"linked"`
}

// ProviderOptions say at which provider people can sign in.
type ProviderOptions struct {
	Issuer   string // "https://login.example.org"
	Client   string // this site's id there
	Secret   string
	Name     string // as readers know it; the issuer's address where not given
	Redirect string // full address that the provider sends people back to
	HTTP     *http.Client
}

// provider is asked for its addresses when somebody first signs in, so that a site starts without it.
type provider struct {
	ProviderOptions
	mu    sync.Mutex
	found *oidc.Provider
}

// UseProvider lets people sign in at a provider of OpenID Connect.
func (k *Desk) UseProvider(o ProviderOptions) {
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: 15 * time.Second}
	}
	if o.Name == "" {
		o.Name = o.Issuer
	}
	k.provider = &provider{ProviderOptions: o}
}

// Provider is the name of the provider, "" when there is none.
func (k *Desk) Provider() string {
	if k.provider == nil {
		return ""
	}
	return k.provider.Name
}

func (p *provider) discover(ctx context.Context) (*oidc.Provider, oauth2.Config, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil {
		// The provider keeps this context for fetching keys later, so it must not end with the request.
		found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.HTTP), p.Issuer)
		if err != nil {
			return nil, oauth2.Config{}, fault.Wrap(fault.Invalid, err, "account.provider.down", "Name", p.Name)
		}
		p.found = found
	}
	return p.found, oauth2.Config{ClientID: p.Client, ClientSecret: p.Secret, Endpoint: p.found.Endpoint(), RedirectURL: p.Redirect, Scopes: []string{oidc.ScopeOpenID, "email", "profile"}}, nil
}

// asking is what a sign-in at the provider was begun with.
type asking struct{ Nonce, Verifier, Next string }

const providerSigning = "provider"

// BeginProvider is where to send a browser that signs in at the provider, and the state that its cookie keeps. next is the
// path to go on to.
func (k *Desk) BeginProvider(ctx context.Context, next string) (address, state string, err error) {
	if k.provider == nil {
		return "", "", noKeys()
	}
	_, config, err := k.provider.discover(ctx)
	if err != nil {
		return "", "", err
	}
	a := asking{Verifier: oauth2.GenerateVerifier(), Next: next}
	if a.Nonce, err = k.secret(); err != nil {
		return "", "", err
	}
	if state, err = k.ceremony(ctx, providerSigning, a); err != nil {
		return "", "", err
	}
	return config.AuthCodeURL(state, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), state, nil
}

// FinishProvider signs in who comes back from the provider with a code. state is what the address says, kept what the
// browser's cookie says; they must be the same. Somebody is known by the identity there, or at first by an address that the
// provider says is verified and that one person here has.
func (k *Desk) FinishProvider(ctx context.Context, state, kept, code string) (p Person, next string, err error) {
	if k.provider == nil {
		return p, "", noKeys()
	}
	if state == "" || subtle.ConstantTimeCompare([]byte(state), []byte(kept)) != 1 {
		return p, "", errCeremony
	}
	var a asking
	if err := k.db.Write(ctx, func(tx *db.Tx) error { return answered(ctx, tx, state, providerSigning, &a) }); err != nil {
		return p, "", err
	}
	bad := func(err error) error {
		return fault.Wrap(fault.Invalid, err, "account.provider.bad", "Name", k.provider.Name)
	}
	found, config, err := k.provider.discover(ctx)
	if err != nil {
		return p, "", err
	}
	web := oidc.ClientContext(ctx, k.provider.HTTP)
	token, err := config.Exchange(web, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return p, "", bad(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := found.VerifierContext(web, &oidc.Config{ClientID: k.provider.Client, Now: k.db.Now}).Verify(web, raw)
	if err != nil {
		return p, "", bad(err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(a.Nonce)) != 1 {
		return p, "", bad(nil)
	}
	var claims struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
	}
	if err := id.Claims(&claims); err != nil {
		return p, "", bad(err)
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if p, err = identified(ctx, tx, id.Issuer, id.Subject, claims.Email, claims.Verified); err != nil {
			return err
		}
		return came(ctx, tx, p, "provider")
	})
	return p, a.Next, err
}

// identified finds whom an identity belongs to, and links it when it comes for the first time.
func identified(ctx context.Context, tx *db.Tx, issuer, subject, email string, verified bool) (Person, error) {
	var person string
	err := tx.One(ctx, `SELECT person FROM identity WHERE issuer = $1 AND subject = $2`, []any{issuer, subject}, &person)
	if err == nil {
		p, err := one(ctx, tx, `WHERE id = $1 AND withdrawn = $2 AND erased_at IS NULL`, person, false)
		if fault.CodeOf(err) == fault.NotFound {
			err = fault.New(fault.Invalid, "account.provider.unknown")
		}
		return p, err
	}
	if fault.CodeOf(err) != fault.NotFound {
		return Person{}, err
	}
	clean := CleanEmail(email)
	if clean == "" || !verified {
		return Person{}, fault.New(fault.Invalid, "account.provider.unverified")
	}
	those, err := reached(ctx, tx, clean)
	if err != nil {
		return Person{}, err
	}
	if len(those) != 1 || those[0].Shared {
		return Person{}, fault.New(fault.Invalid, "account.provider.unknown")
	}
	p := those[0]
	if _, err := tx.ExecContext(ctx, `INSERT INTO identity (issuer, subject, person, linked_at) VALUES ($1,$2,$3,$4)`, issuer, subject, p.ID, tx.Now); err != nil {
		return p, err
	}
	return p, tx.Record(ctx, p.Actor(), PersonSubject, p.ID, "identity-add", nil, map[string]string{"issuer": issuer})
}

func identities(ctx context.Context, tx *db.Tx, person string) (out []Identity, err error) {
	err = tx.Each(ctx, `SELECT issuer, subject, linked_at FROM identity WHERE person = $1 ORDER BY linked_at, issuer`, []any{person}, func(scan func(...any) error) error {
		var i Identity
		err := scan(&i.Issuer, &i.Subject, &i.Linked)
		i.Linked = i.Linked.UTC()
		out = append(out, i)
		return err
	})
	return out, err
}

// Identities lists a person's own identities.
func (k *Desk) Identities(ctx context.Context, by actor.Actor) (out []Identity, err error) {
	if err := by.NeedPerson(); err != nil {
		return nil, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = identities(ctx, tx, by.ID)
		return err
	})
	return out, err
}

// RemoveIdentity forgets who a person is at a provider. By the person.
func (k *Desk) RemoveIdentity(ctx context.Context, by actor.Actor, issuer, subject string) error {
	if err := by.NeedPerson(); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM identity WHERE issuer = $1 AND subject = $2 AND person = $3`, issuer, subject, by.ID); err != nil {
			return err
		}
		return tx.Record(ctx, by, PersonSubject, by.ID, "identity-remove", nil, nil)
	})
}
