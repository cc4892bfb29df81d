package ui

import (
	"net/http"
	"net/url"
	"strings"

	"aircommons/internal/catalog"
)

const year = 365 * 24 * 3600 // seconds that a choice is remembered

// languageRoutes sends a reader without a language to a page in one, and keeps the choices of language and colours.
func (s *Site) languageRoutes() {
	s.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		addVary(h, "Accept-Language")
		addVary(h, "Cookie")
		h.Set("Cache-Control", "no-cache")
		http.Redirect(w, r, "/"+s.guess(r)+"/", http.StatusFound)
	})
	for _, l := range catalog.Languages {
		s.mux.HandleFunc("GET /"+l.Tag, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/"+l.Tag+"/", http.StatusMovedPermanently)
		})
	}
	s.Post("/theme", func(w http.ResponseWriter, r *Request) error {
		theme := r.PostForm.Get("theme")
		c := &http.Cookie{Name: "theme", Value: theme, Path: "/", MaxAge: year, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.Secure(r.Request)}
		if theme != "light" && theme != "dark" {
			c.Value, c.MaxAge = "", -1
		}
		http.SetCookie(w, c)
		return s.Redirect(w, r, r.Back(), "")
	})
}

// Back is the page of the site that the reader comes from, without its language, or "/" when nobody said.
func (r *Request) Back() string {
	u, err := url.Parse(r.Header.Get("Referer"))
	if err != nil || u.Host == "" || u.Host != r.Host {
		return "/"
	}
	path := LocalPath(u.RequestURI())
	if lang := langOf(u.Path); lang != "" {
		path = LocalPath(strings.TrimPrefix(path, "/"+lang))
	}
	return path
}

// LocalPath is a path of the site that came from a form or an address, or "/" for anything that may lead elsewhere.
func LocalPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") ||
		u.Host != "" || u.Scheme != "" {
		return "/"
	}
	return path
}

// guess is the language for a reader whose address names none: the last chosen, else what the browser prefers.
func (s *Site) guess(r *http.Request) string {
	if c, err := r.Cookie("lang"); err == nil && catalog.Known(c.Value) {
		return c.Value
	}
	return s.Catalog.Match(strings.Join(r.Header.Values("Accept-Language"), ","))
}

// remember keeps the language of a reader who comes from the same site in another one: who used the switch, has chosen.
func (s *Site) remember(w http.ResponseWriter, r *http.Request) {
	ref := r.Header.Get("Referer")
	if ref == "" || r.Method != http.MethodGet {
		return
	}
	to := langOf(r.URL.Path)
	if to == "" {
		return
	}
	u, err := url.Parse(ref)
	if err != nil || u.Host != r.Host {
		return
	}
	from := langOf(u.Path)
	if from == "" || from == to {
		return
	}
	http.SetCookie(w, &http.Cookie{Name: "lang", Value: to, Path: "/", MaxAge: year, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.Secure(r)})
}

func langOf(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if catalog.Known(first) {
		return first
	}
	return ""
}

func themeOf(r *http.Request) string {
	if c, err := r.Cookie("theme"); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return ""
}
