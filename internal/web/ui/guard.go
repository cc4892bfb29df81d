package ui

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strings"

	"aircommons/internal/fault"
)

// policy lets a page load nothing but what the site itself serves, and no script or style that stands in a page.
// Data that a page carries for search engines is not executed, so no policy is asked for it.
var policy = strings.Join([]string{
	"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'", "connect-src 'self'",
	"manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
}, "; ")

const permissions = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()"

// guard stands before every route: it sets the headers of safety, refuses writes that come from other sites, and turns
// a panic into a page.
func (s *Site) guard(next http.Handler) (http.Handler, error) {
	origins := http.NewCrossOriginProtection()
	if err := origins.AddTrustedOrigin(s.Absolute("")); err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", permissions)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if s.Secure(r) {
			h.Set("Strict-Transport-Security", "max-age=63072000")
		}
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			// Not even a page of error could be made, so this is not one of ours.
			ref, _ := s.reference()
			s.Log.Error("panic outside of a page", "reference", ref, "method", r.Method, "path", r.URL.Path, "error", fmt.Sprintf("%v\n%s", p, debug.Stack()))
			words := s.request(w, r).Words
			h.Del("Etag")
			h.Set("Cache-Control", "no-store")
			http.Error(w, words.T("fail.internal.title")+". "+words.T("error.internal")+"\n"+words.T("fail.internal.help", "Reference", ref), http.StatusInternalServerError)
		}()
		if err := origins.Check(r); err != nil {
			s.Log.Warn("refused a write from elsewhere", "path", r.URL.Path, "origin", r.Header.Get("Origin"), "site", r.Header.Get("Sec-Fetch-Site"))
			s.fail(w, s.request(w, r), fault.New(fault.Denied, "error.denied.origin"))
			return
		}
		s.remember(w, r)
		next.ServeHTTP(w, r)
	}), nil
}

// request is a request of whom we do not know more than the language.
func (s *Site) request(w http.ResponseWriter, r *http.Request) *Request {
	lang := langOf(r.URL.Path)
	if lang == "" {
		lang = s.guess(r)
	}
	return &Request{Request: r, Lang: lang, Words: s.Catalog.Lang(lang), site: s, w: w}
}

// errGone tells that the reader has left; there is nobody to tell.
var errGone = errors.New("the reader has left")

// reference is a short number that a reader can tell the secretariat.
func (s *Site) reference() (string, error) {
	b := make([]byte, 4)
	if _, err := io.ReadFull(s.Random, b); err != nil {
		return "", err
	}
	return hex.EncodeToString(b), nil
}
