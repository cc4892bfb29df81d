package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
)

// Brand is whose site this is. Any network of cities can use the program, so nothing of it stands in a template.
type Brand struct {
	Names db.Text // "East Asia Clean Air Cities"
	Short string  // "EACAC", the same in every language
	Email string  // where the secretariat is reached; empty when nobody said
	Post  db.Text // by post, several lines; empty when nobody said
	URL   string  // the network's own page elsewhere, if there is one
}

// Config is what a Site is made of.
type Config struct {
	Catalog *catalog.Catalog
	Log     *slog.Logger
	Now     func() time.Time
	Random  io.Reader // for references of errors and the salt of entity tags

	// URL is the address under which readers reach the site, "https://air.example.org". Links in mails, canonical links
	// and the check of origins use it; what a request says of its host is never believed.
	URL string
	// Version is the program's. It is a part of every entity tag.
	Version string
	// Revision grows with every change of what pages show.
	Revision func() uint64
	// Brand is asked once per page.
	Brand func(context.Context) Brand
	// Person finds who a session belongs to. A person who may no longer sign in is the zero actor.
	Person func(ctx context.Context, id string) (actor.Actor, error)
	// As finds whom an officer looks at the site as, or refuses.
	As func(ctx context.Context, officer actor.Actor, as string) (actor.Actor, error)
	// Bearer finds who a token lets in; reads tells that it may change nothing. Nil: there are no tokens.
	Bearer func(ctx context.Context, secret string) (by actor.Actor, reads bool, err error)
	// Sessions keeps sessions; Codec writes them. A site without Sessions is for anonymous readers only.
	Sessions scs.Store
	Codec    scs.Codec
	// Proxies is the number of reverse proxies in front, whose entries in X-Forwarded-For are believed.
	Proxies int
	// PostLimit bounds the body of a form in bytes.
	PostLimit int64
}

// Site is the shell: routes, languages, sessions, templates. Desks' pages register with it, then Handler is served.
type Site struct {
	Config
	base     *url.URL
	mux      *http.ServeMux
	sessions *scs.SessionManager // nil for anonymous readers only
	secured  *scs.SessionManager // the same sessions, for requests that came by https
	salt     string
	uploads  *Limiter
	routes   []Route
	always   map[string]bool // patterns of Post that are done also while an officer looks on

	assets map[string][]byte
	static *static           // made of assets by Handler
	layout map[string]*frame // by language
}

// idle is how long a session lives without being used; whole how long at most.
const (
	idle  = 30 * 24 * time.Hour
	whole = 365 * 24 * time.Hour
)

// New makes a site with no pages.
func New(c Config) (*Site, error) {
	base, err := url.Parse(c.URL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, errors.New("ui: the site needs its address, such as https://air.example.org: " + c.URL)
	}
	base.Path = ""
	if c.PostLimit == 0 {
		c.PostLimit = 1 << 20
	}
	s := &Site{Config: c, base: base, mux: http.NewServeMux(), always: map[string]bool{}, assets: map[string][]byte{}, layout: map[string]*frame{}}
	if s.Log == nil {
		s.Log = slog.Default()
	}
	if s.salt, err = s.reference(); err != nil {
		return nil, err
	}
	s.uploads = NewLimiter(c.Now, 60, time.Minute, 20) // a city has a dozen stations, each with its file
	if c.Sessions != nil {
		s.sessions, s.secured = sessions(c, "session", false), sessions(c, "__Host-session", true)
	}
	own, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return nil, err
	}
	if err := s.Assets(own); err != nil {
		return nil, err
	}
	for _, l := range catalog.Languages {
		if s.layout[l.Tag], err = newFrame(s.Catalog.Lang(l.Tag)); err != nil {
			return nil, err
		}
	}
	s.languageRoutes()
	return s, nil
}

func sessions(c Config, name string, secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store, m.Lifetime, m.IdleTimeout, m.HashTokenInStore = c.Sessions, whole, idle, true
	if c.Codec != nil {
		m.Codec = c.Codec
	}
	m.Cookie.Name, m.Cookie.Secure = name, secure
	m.Cookie.HttpOnly, m.Cookie.SameSite = true, http.SameSiteLaxMode
	return m
}

// Secure reports whether a request came by https: since the site is reached so, or since the outermost of the proxies
// that are believed says so. Cookies of such a request are for https only.
func (s *Site) Secure(r *http.Request) bool {
	if s.base.Scheme == "https" || r.TLS != nil {
		return true
	}
	if s.Proxies == 0 {
		return false
	}
	// Each proxy may add a word, or overwrite; what stands before theirs anybody may have written.
	var said []string
	for _, line := range r.Header.Values("X-Forwarded-Proto") {
		said = append(said, strings.Split(line, ",")...)
	}
	return len(said) > 0 && strings.EqualFold(strings.TrimSpace(said[max(0, len(said)-s.Proxies)]), "https")
}

// sessionsOf is the manager of the sessions of a request.
func (s *Site) sessionsOf(r *http.Request) *scs.SessionManager {
	if s.Secure(r) {
		return s.secured
	}
	return s.sessions
}

// Absolute is the full address of a path: "/ko/cities" → "https://air.example.org/ko/cities".
func (s *Site) Absolute(path string) string { return s.base.Scheme + "://" + s.base.Host + path }

// Handler answers a request, or returns what went wrong: a fault becomes a page that says so and helps.
type Handler func(w http.ResponseWriter, r *Request) error

// Get registers a page at /{lang}+pattern, in all languages. Anonymous readers get it with an entity tag, and a 304
// instead of a call of h when nothing has changed.
func (s *Site) Get(pattern string, h Handler) {
	s.each("GET", pattern, func(w http.ResponseWriter, r *Request) error {
		if s.unchanged(w, r) {
			return nil
		}
		return h(w, r)
	})
}

// Live registers a page that says something new without a change of the store, such as the progress of a job, or that
// must not be kept by anybody. It has no entity tag.
func (s *Site) Live(pattern string, h Handler) {
	s.each("GET", pattern, func(w http.ResponseWriter, r *Request) error {
		w.Header().Set("Cache-Control", "no-store")
		return h(w, r)
	})
}

// Post registers a form's target at /{lang}+pattern. The request comes from the site itself, its body is bounded and
// parsed.
func (s *Site) Post(pattern string, h Handler) {
	s.each("POST", pattern, func(w http.ResponseWriter, r *Request) error {
		patience(w, formTime)
		body := bound(r.Request, s.PostLimit)
		err := r.ParseForm()
		if body.over {
			return tooLarge(s.PostLimit)
		}
		if err != nil {
			return badRequest(err)
		}
		return h(w, r)
	})
}

// How long a body may take to arrive.
const (
	formTime   = 30 * time.Second
	uploadTime = time.Hour
)

// patience ends a connection whose body comes too slowly.
func patience(w http.ResponseWriter, d time.Duration) {
	// A writer that has no deadline, as in tests, has no slow reader either.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(d))
}

// Raw registers a GET without a language: files, robots.txt. Faults are said in the reader's language all the same.
func (s *Site) Raw(pattern string, h Handler) {
	s.routes = append(s.routes, Route{"GET", pattern, true})
	s.mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) {
		s.serve(w, r, s.guess(r), pattern, h)
	})
}

func (s *Site) each(method, pattern string, h Handler) {
	if pattern == "/" {
		pattern = "/{$}"
	}
	s.routes = append(s.routes, Route{method, pattern, false})
	for _, l := range catalog.Languages {
		s.mux.HandleFunc(method+" /"+l.Tag+pattern, func(w http.ResponseWriter, r *http.Request) {
			s.serve(w, r, l.Tag, pattern, h)
		})
	}
}

// serve runs a handler with who is asking, in a language, and says what went wrong.
func (s *Site) serve(w http.ResponseWriter, hr *http.Request, lang, pattern string, h Handler) {
	r := &Request{Request: hr, Lang: lang, Words: s.Catalog.Lang(lang), site: s, w: w}
	err := r.identify()
	if err == nil {
		err = r.mayWrite(pattern)
	}
	if err == nil {
		err = caught(h, w, r)
	}
	if err != nil {
		s.fail(w, r, err)
	}
}

// caught runs a handler and turns a panic into an error, while it is still known who asked and in which language.
func caught(h Handler, w http.ResponseWriter, r *Request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return h(w, r)
}

// Assets adds files that are served under /static, such as the scripts of a desk's pages.
func (s *Site) Assets(fsys fs.FS) error {
	return fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(e.Name(), ".") || strings.HasSuffix(name, ".txt") {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		s.assets[name] = data
		return nil
	})
}

// Handler is the whole site, with everything that guards it. Pages registered later are served, assets are not.
func (s *Site) Handler() (http.Handler, error) {
	st, err := newStatic(s.assets)
	if err != nil {
		return nil, err
	}
	s.static = st
	for _, f := range s.layout {
		f.links = `<link rel="icon" href="` + st.path("mark.svg") + "\" type=\"image/svg+xml\">\n" + `<link rel="stylesheet" href="` + st.path("air.css") + "\">\n" +
			`<script type="module" src="` + st.path("site.js") + "\"></script>\n"
	}
	s.Raw("/static/{hash}/{name...}", s.static.serve)
	s.Raw("/favicon.ico", func(w http.ResponseWriter, r *Request) error { // for those who ask without looking
		http.Redirect(w, r.Request, s.static.path("mark.svg"), http.StatusFound)
		return nil
	})
	s.mux.HandleFunc("/", s.nowhere)
	return s.guard(s.mux)
}
