package ui

import (
	"context"
	"net/http"
	"strings"

	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/fault"
)

// Route is an address of the site with its method. Pattern is without the language; Raw ones have none.
type Route struct {
	Method, Pattern string
	Raw             bool
}

func (r Route) String() string {
	if r.Raw {
		return r.Method + " raw " + r.Pattern
	}
	return r.Method + " " + r.Pattern
}

// Routes lists every address that was registered, in that order.
func (s *Site) Routes() []Route { return s.routes }

// Reader is whom an officer looks at the site as who looks as somebody not signed in.
const Reader = "reader"

const sessionAs = "as"

// bearer finds who a token of a device or program lets in. Such a request has no session.
func (r *Request) bearer() (found bool, err error) {
	head := r.Request.Header.Get("Authorization")
	kind, secret, ok := strings.Cut(head, " ")
	if !ok || !strings.EqualFold(kind, "Bearer") || r.site.Bearer == nil {
		return false, nil
	}
	r.w.Header().Set("Cache-Control", "private, no-store")
	if r.By, r.reads, err = r.site.Bearer(r.Request.Context(), strings.TrimSpace(secret)); err != nil {
		r.w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	return true, err
}

// look makes the request that of the person as whom an officer looks at the site. What that person may not see, the
// officer does not see either, and nothing can be changed.
func (r *Request) look(ctx context.Context, officer actor.Actor, as string) error {
	by, err := r.site.As(ctx, officer, as)
	if fault.CodeOf(err) == fault.Denied || fault.CodeOf(err) == fault.NotFound {
		r.site.sessionsOf(r.Request).Remove(ctx, sessionAs) // the right is gone, or the person
		return r.commit()
	}
	if err != nil {
		return err
	}
	by.Viewer = officer.ID
	r.By = by
	return nil
}

// LookAs makes this session show the site as somebody sees it: a person's id, or Reader; "" ends it.
func (r *Request) LookAs(as string) error {
	if r.ctx == nil {
		return fault.New(fault.Denied, "error.denied.signin")
	}
	if as == "" {
		r.site.sessionsOf(r.Request).Remove(r.ctx, sessionAs)
	} else {
		r.site.sessionsOf(r.Request).Put(r.ctx, sessionAs, as)
	}
	return r.commit()
}

// mayWrite refuses a request that would change something where nothing may be changed.
func (r *Request) mayWrite(pattern string) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.site.always[pattern] {
		return nil
	}
	if r.reads {
		return fault.New(fault.Denied, "account.token.reads")
	}
	if r.By.Viewer != "" {
		return fault.New(fault.Denied, "error.denied.view")
	}
	return nil
}

// PostAlways is Post for what can be done also while an officer looks at the site as somebody else.
func (s *Site) PostAlways(pattern string, h Handler) {
	s.always[pattern] = true
	s.Post(pattern, h)
}

// Private lets in who is signed in, and not an officer who looks on: for pages that hand something over.
func (r *Request) Private() error {
	if err := r.NeedSignIn(); err != nil {
		return err
	}
	if r.By.Viewer != "" {
		return fault.New(fault.Denied, "error.denied.view")
	}
	return r.By.NeedPerson()
}

// Speak makes the answer one in another language of the site, for an address that has none of its own.
func (r *Request) Speak(lang string) {
	if catalog.Known(lang) {
		r.Lang, r.Words = lang, r.site.Catalog.Lang(lang)
	}
}
