package ui

import (
	"html/template"

	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
)

// Page is what the frame around every page wants to know. A desk's page embeds it.
type Page struct {
	Title       string // without the network's name, which the frame adds
	Description string // one or two sentences for those who have not opened the page
	Nav         string // which entry of the main menu this is under: "programme", "cities", "evidence", "compare", "library", "search"
	Crumbs      []Crumb
	Actions     []Action    // what this person can do here, in the dark bar above the page
	Here        int         // class 1 to 7 that the notch of the sky strip stands at; 0 for none
	Status      int         // 0 means 200
	JSONLD      any         // schema.org data, as a map or a struct with json tags; several as a slice
	Scripts     []string    // names of assets that add to the page, loaded as modules
	Notice      string      // what happened just before; Show fills in what a redirect left
	Canonical   string      // path without language when the page has several addresses; "" for its own path without query
	NoIndex     bool        // not for search engines
	Alternates  []Alternate // the same for programs: calendars, feeds
	Refresh     int         // seconds after which a page that waits for a job asks again; 0 for never
	Form        *Form       // the page's form, whose errors are summed up on top and named in the title

	r *Request
}

// Alternate is an address at which programs read what is on a page.
type Alternate struct{ Type, Title, Href string }

// Crumb is a step of the way from home to the page. The last has no Path.
type Crumb struct{ Text, Path string }

// Action is a thing the reader can do here. Post ones are buttons.
type Action struct {
	Text, Path string
	Post       bool
}

type pager interface{ page() *Page }

func (p *Page) page() *Page { return p }

// The methods below are for templates.

// T says a text of the catalogs, with its places filled: {{.T "key" "Name" .Name}}.
func (p *Page) T(key string, pairs ...any) string { return p.r.Words.T(key, pairs...) }

// N says a counted text.
func (p *Page) N(key string, count int, pairs ...any) string {
	return p.r.Words.N(key, count, pairs...)
}

// H says a text that has markup of its own.
func (p *Page) H(key string, pairs ...any) template.HTML { return p.r.Words.H(key, pairs...) }

// To is an address in the reader's language.
func (p *Page) To(path string) string { return p.r.To(path) }

// Lang is the reader's language.
func (p *Page) Lang() string { return p.r.Lang }

// Words are the texts, dates and numbers of the reader's language.
func (p *Page) Words() *catalog.Words { return p.r.Words }

// By is who reads.
func (p *Page) By() actor.Actor { return p.r.By }

// Path is the page's address without its language, with its query.
func (p *Page) Path() string { return p.r.Here() }

// Menu is the main menu.
func (p *Page) Menu() []MenuItem { return menuAt(p.Nav) }

// Text is the entry's name.
func (m MenuItem) Text(w *catalog.Words) string { return w.T("nav." + m.Key) }

// Asset is the address of a file of the site.
func (p *Page) Asset(name string) string { return p.r.site.static.path(name) }

// name shows a name in the reader's language, else in one it has, marked as such.
func name(t db.Text, lang string) template.HTML {
	text, in := t.In(lang)
	text = template.HTMLEscapeString(text)
	if in == lang || text == "" {
		return template.HTML(text)
	}
	return template.HTML(`<span lang="` + template.HTMLEscapeString(in) + `">` + text + `</span>`)
}
