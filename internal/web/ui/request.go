package ui

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/fault"
)

// Request is a request of a reader whose language and person are known.
type Request struct {
	*http.Request
	Lang  string
	Words *catalog.Words
	By    actor.Actor // the zero actor for an anonymous reader

	site   *Site
	w      http.ResponseWriter
	ctx    context.Context // holds the session, if the reader has one
	notice string          // left by the request before
	reads  bool            // the token that lets in may change nothing
	of     *Brand          // asked once
}

func (r *Request) brand() *Brand {
	if r.of == nil {
		b := r.site.Brand(r.Context())
		r.of = &b
	}
	return r.of
}

// To is an address in the reader's language: "/activities/x" → "/ko/activities/x".
func (r *Request) To(path string) string { return "/" + r.Lang + path }

// Asset is the address of a file of the site, for documents that stand without the frame.
func (r *Request) Asset(name string) string { return r.site.static.path(name) }

// Here is the address of this page without its language, with its query.
func (r *Request) Here() string {
	here := r.URL.EscapedPath()
	if first, rest, ok := strings.Cut(strings.TrimPrefix(here, "/"), "/"); ok && catalog.Known(first) {
		here = "/" + rest
	}
	if r.URL.RawQuery != "" {
		here += "?" + r.URL.RawQuery
	}
	return here
}

const (
	sessionPerson = "person"
	sessionNotice = "notice"
	sessionSeen   = "seen"
)

// identify finds out who asks.
func (r *Request) identify() error {
	if found, err := r.bearer(); found {
		return err
	}
	m := r.site.sessionsOf(r.Request)
	if m == nil {
		return nil
	}
	cookie, err := r.Cookie(m.Cookie.Name)
	if err != nil || cookie.Value == "" {
		return nil
	}
	ctx, err := m.Load(r.Request.Context(), cookie.Value)
	if err != nil {
		return err
	}
	id := m.GetString(ctx, sessionPerson)
	if id == "" {
		return nil
	}
	by, err := r.site.Person(ctx, id)
	if err != nil || !by.SignedIn() {
		return err
	}
	r.By, r.ctx = by, ctx
	if as := m.GetString(ctx, sessionAs); as != "" && r.site.As != nil {
		if err := r.look(ctx, by, as); err != nil {
			return err
		}
	}
	r.w.Header().Set("Cache-Control", "private, no-store")
	r.notice = m.PopString(ctx, sessionNotice)
	// A session is written when something in it changed, and once an hour to say that it is in use.
	now := r.site.Now()
	seen, _ := strconv.ParseInt(m.GetString(ctx, sessionSeen), 10, 64) // a broken one is an old one
	if r.notice != "" || now.Sub(time.Unix(seen, 0)) > time.Hour {
		m.Put(ctx, sessionSeen, strconv.FormatInt(now.Unix(), 10))
		return r.commit()
	}
	return nil
}

// SignIn begins a session of a person under a new token.
func (r *Request) SignIn(person string) error {
	m := r.site.sessionsOf(r.Request)
	ctx := r.ctx
	if ctx == nil {
		var err error
		if ctx, err = m.Load(r.Request.Context(), ""); err != nil {
			return err
		}
	}
	if err := m.RenewToken(ctx); err != nil {
		return err
	}
	m.Put(ctx, sessionPerson, person)
	m.Put(ctx, sessionSeen, strconv.FormatInt(r.site.Now().Unix(), 10))
	r.ctx = ctx
	return r.commit()
}

// SignOut ends this session.
func (r *Request) SignOut() error {
	m := r.site.sessionsOf(r.Request)
	if r.ctx != nil {
		if err := m.Destroy(r.ctx); err != nil {
			return err
		}
	}
	r.ctx, r.By = nil, actor.Actor{}
	if m != nil {
		m.WriteSessionCookie(r.Request.Context(), r.w, "", time.Time{})
	}
	return nil
}

// Leave leaves a sentence for the next page that this person opens.
func (r *Request) Leave(notice string) error {
	if r.ctx == nil || notice == "" {
		return nil
	}
	r.site.sessionsOf(r.Request).Put(r.ctx, sessionNotice, notice)
	return r.commit()
}

func (r *Request) commit() error {
	m := r.site.sessionsOf(r.Request)
	token, expiry, err := m.Commit(r.ctx)
	if err != nil {
		return err
	}
	h := r.w.Header()
	var kept []string
	for _, c := range h.Values("Set-Cookie") {
		if !strings.HasPrefix(c, m.Cookie.Name+"=") {
			kept = append(kept, c)
		}
	}
	h.Del("Set-Cookie")
	for _, c := range kept {
		h.Add("Set-Cookie", c)
	}
	m.WriteSessionCookie(r.ctx, r.w, token, expiry)
	return nil
}

// Redirect sends the reader on to a page after a form was done, with a sentence that says what happened; "" for none.
// path is without the language.
func (s *Site) Redirect(w http.ResponseWriter, r *Request, path, notice string) error {
	if err := r.Leave(notice); err != nil {
		return err
	}
	w.Header().Set("Location", r.To(path))
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// Address is what a client is limited by: its IPv4 address or its /64 of IPv6.
func (r *Request) Address() string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if n := r.site.Proxies; n > 0 {
		// Each proxy adds who it heard from at the end; what stands before those entries anybody may have written.
		var hops []string
		for _, line := range r.Header.Values("X-Forwarded-For") {
			hops = append(hops, strings.Split(line, ",")...)
		}
		if len(hops) >= n {
			host = strings.TrimSpace(hops[len(hops)-n])
		}
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if a = a.Unmap(); a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// NeedSignIn is nil for a signed-in person, else a denied fault whose page offers to sign in.
func (r *Request) NeedSignIn() error {
	if r.By.SignedIn() {
		return nil
	}
	return fault.New(fault.Denied, "error.denied.signin")
}
