package account

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"aircommons/internal/actor"
)

// issuer is a small provider of OpenID Connect: discovery, the page that sends people back with a code, the exchange with
// its proof key, and the keys.
type issuer struct {
	*httptest.Server
	key    *rsa.PrivateKey
	claims map[string]any    // of who signs in next, beside what the provider says itself
	asked  map[string]string // by code: the challenge
	nonce  map[string]string
	now    func() time.Time
}

func newIssuer(t *testing.T, now func() time.Time) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &issuer{key: key, asked: map[string]string{}, nonce: map[string]string{}, now: now}
	mux := http.NewServeMux()
	say := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		say(w, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}, "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}})
	})
	mux.HandleFunc("/authorize", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("client_id") != "air" || q.Get("code_challenge_method") != "S256" {
			http.Error(w, "not so", http.StatusBadRequest)
			return
		}
		code := rand.Text()
		p.asked[code], p.nonce[code] = q.Get("code_challenge"), q.Get("nonce")
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		code := r.FormValue("code")
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		id, secret, _ := r.BasicAuth()
		if p.asked[code] == "" || p.asked[code] != base64.RawURLEncoding.EncodeToString(sum[:]) || (id != "" && secret != "hush") {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		delete(p.asked, code)
		claims := map[string]any{"iss": p.URL, "aud": "air", "nonce": p.nonce[code], "iat": p.now().Unix(), "exp": p.now().Add(time.Minute).Unix()}
		for k, v := range p.claims {
			claims[k] = v
		}
		payload, err := json.Marshal(claims)
		if err != nil {
			t.Error(err)
		}
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.key, KeyID: "1"}}, nil)
		if err != nil {
			t.Error(err)
		}
		sig, err := signer.Sign(payload)
		if err != nil {
			t.Error(err)
		}
		raw, err := sig.CompactSerialize()
		if err != nil {
			t.Error(err)
		}
		say(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": raw})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, r *http.Request) {
		say(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "1", Algorithm: "RS256", Use: "sig"}}})
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// through goes to the provider as a browser does, and gives what it comes back with.
func (p *issuer) through(t *testing.T, address string) (state, code string) {
	t.Helper()
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	back, err := a.Location()
	if err != nil {
		t.Fatal(err, a.Status)
	}
	return back.Query().Get("state"), back.Query().Get("code")
}

func TestProvider(t *testing.T) {
	d := newDesk(t)
	p := newIssuer(t, func() time.Time { return d.now })
	d.UseProvider(ProviderOptions{Issuer: p.URL, Client: "air", Secret: "hush", Name: "City login", Redirect: "http://site.example/signin/return"})
	kim := d.ensure(t, actor.Actor{}, Person{Name: "Kim", Email: "kim@x.example"})
	d.ensure(t, actor.Actor{}, Person{Name: "Lee", Email: "office@x.example"})
	d.ensure(t, sec, Person{Name: "Park", Email: "office@x.example", Shared: true})
	enter := func(claims map[string]any, spoil func(state, kept, code *string)) (Person, string, error) {
		t.Helper()
		p.claims = claims
		address, kept, err := d.BeginProvider(ctx, "ko/office")
		if err != nil {
			t.Fatal(err)
		}
		state, code := p.through(t, address)
		if spoil != nil {
			spoil(&state, &kept, &code)
		}
		return d.FinishProvider(ctx, state, kept, code)
	}
	known := map[string]any{"sub": "1", "email": "Kim@x.example", "email_verified": true}
	got, next, err := enter(known, nil)
	if err != nil || got.ID != kim.ID || next != "ko/office" {
		t.Fatal(got, next, err)
	}
	// From then on the identity tells, whatever address the provider says.
	if got, _, err := enter(map[string]any{"sub": "1", "email": "changed@x.example"}, nil); err != nil || got.ID != kim.ID {
		t.Error(got, err)
	}
	var state, code string
	for name, c := range map[string]struct {
		claims map[string]any
		spoil  func(state, kept, code *string)
		want   string
	}{
		"nobody":             {map[string]any{"sub": "2", "email": "new@x.example", "email_verified": true}, nil, "account.provider.unknown"},
		"not verified":       {map[string]any{"sub": "3", "email": "kim@x.example"}, nil, "account.provider.unverified"},
		"a shared mailbox":   {map[string]any{"sub": "4", "email": "office@x.example", "email_verified": true}, nil, "account.provider.unknown"},
		"another's browser":  {known, func(_, kept, _ *string) { *kept = "other" }, "account.ceremony.over"},
		"made up code":       {known, func(_, _, code *string) { *code = "x" }, "account.provider.bad"},
		"another's audience": {map[string]any{"sub": "1", "aud": "other"}, nil, "account.provider.bad"},
		"too late":           {known, func(_, _, _ *string) { d.now = d.now.Add(time.Hour) }, "account.ceremony.over"},
		"another's nonce":    {map[string]any{"sub": "1", "nonce": "x"}, nil, "account.provider.bad"},
		"over":               {map[string]any{"sub": "1", "exp": start.Add(-time.Hour).Unix()}, nil, "account.provider.bad"},
	} {
		if _, _, err := enter(c.claims, c.spoil); key(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	address, kept, err := d.BeginProvider(ctx, "en")
	if err != nil {
		t.Fatal(err)
	}
	p.claims = known
	state, code = p.through(t, address)
	if _, _, err := d.FinishProvider(ctx, state, kept, code); err != nil {
		t.Error(err)
	}
	if _, _, err := d.FinishProvider(ctx, state, kept, code); key(err) != "account.ceremony.over" {
		t.Error("twice:", err)
	}
	d.UseProvider(ProviderOptions{Issuer: "http://127.0.0.1:1", Client: "air", Name: "Down"})
	if _, _, err := d.BeginProvider(ctx, ""); key(err) != "account.provider.down" {
		t.Error(err)
	}
}
