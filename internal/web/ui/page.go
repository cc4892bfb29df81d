package ui

import (
	"encoding/json"
	"html/template"
	"net/http"
	"strings"

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
	Actions     []Action // what this person can do here, in the dark bar above the page
	Here        int      // class 1 to 7 that the notch of the sky strip stands at; 0 for none
	Status      int      // 0 means 200
	JSONLD      any      // schema.org data, as a map or a struct with json tags; several as a slice
	Scripts     []string // names of assets that add to the page, loaded as modules
	Notice      string   // what happened just before; Show fills in what a redirect left
	Canonical   string   // path without language when the page has several addresses; "" for its own path without query
	Only        []string // languages in which the page exists, when not in all
	NoIndex     bool     // not for search engines
	Refresh     int      // seconds after which a page that waits for a job asks again; 0 for never
	Form        *Form    // the page's form, whose errors are summed up on top and named in the title

	r *Request
}

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

// Fields below are for the frame.

// FullTitle is the title as the browser shows it.
func (p *Page) FullTitle() string {
	title := p.Title
	if p.Form != nil && len(p.Form.Problems()) > 0 {
		title = p.T("shell.error.prefix", "Title", title)
	}
	brand := p.BrandName()
	if title == "" || title == brand {
		return brand
	}
	return title + " – " + brand
}

func (p *Page) brand() Brand { return p.r.site.Brand(p.r.Context()) }

// BrandName is the network's name in the reader's language.
func (p *Page) BrandName() string { name, _ := p.brand().Names.In(p.r.Lang); return name }

// BrandLang is the language that BrandName is in.
func (p *Page) BrandLang() string { _, in := p.brand().Names.In(p.r.Lang); return in }

// BrandShort is the network's short name.
func (p *Page) BrandShort() string { return p.brand().Short }

// BrandLine says below the name what this is: "EACAC, city network".
func (p *Page) BrandLine() string {
	if short := p.BrandShort(); short != "" {
		return p.T("shell.brand", "Short", short)
	}
	return p.T("shell.kind")
}

// Who says who is signed in, and for which city.
func (p *Page) Who() string {
	by := p.r.By
	return p.T("shell.signedin", "Name", by.Name, "Role", p.T("role."+string(by.Role)))
}

// Asset is the address of a file of the site.
func (p *Page) Asset(name string) string { return p.r.site.static.path(name) }

// Theme is the colour scheme that the reader chose, "" to follow the device.
func (p *Page) Theme() string { return themeOf(p.r.Request) }

// Left is what happened just before.
func (p *Page) Left() string {
	if p.Notice != "" {
		return p.Notice
	}
	return p.r.notice
}

// Switch is the page in each language.
func (p *Page) Switch() []Alternate {
	here := p.r.Here()
	if p.r.Method != http.MethodGet && p.r.Method != http.MethodHead {
		here = p.canonical() // the address of a form's target cannot be opened
	}
	out := make([]Alternate, 0, len(catalog.Languages))
	for _, l := range catalog.Languages {
		out = append(out, Alternate{Language: l, Path: "/" + l.Tag + here, Current: l.Tag == p.r.Lang})
	}
	return out
}

// Alternate is a page in another language.
type Alternate struct {
	catalog.Language
	Path    string
	URL     string
	Current bool
}

func (p *Page) canonical() string {
	if p.Canonical != "" {
		return p.Canonical
	}
	here, _, _ := strings.Cut(p.r.Here(), "?")
	return here
}

// CanonicalURL is the one full address of the page in the reader's language.
func (p *Page) CanonicalURL() string { return p.r.site.Absolute(p.r.To(p.canonical())) }

// Alternates are the full addresses of the page in all languages; nothing for pages that are not to be indexed.
func (p *Page) Alternates() []Alternate {
	if p.NoIndex || p.Status >= 400 {
		return nil
	}
	out := make([]Alternate, 0, len(catalog.Languages))
	for _, l := range catalog.Languages {
		out = append(out, Alternate{Language: l, URL: p.r.site.Absolute("/" + l.Tag + p.canonical())})
	}
	return out
}

// DefaultURL is where a reader of no known language is sent.
func (p *Page) DefaultURL() string {
	if p.canonical() == "/" {
		return p.r.site.Absolute("/")
	}
	return p.r.site.Absolute("/en" + p.canonical())
}

// Indexed reports whether search engines may keep the page.
func (p *Page) Indexed() bool { return !p.NoIndex && p.Status < 400 }

// Data is the page's schema.org data. It is data, not a script: nothing in it is executed.
func (p *Page) Data() (template.JS, error) {
	if p.JSONLD == nil {
		return "", nil
	}
	j, err := json.Marshal(p.JSONLD) // escapes <, > and &, so the element cannot be left
	return template.JS(j), err
}

// Menu is the main menu.
func (p *Page) Menu() []MenuItem { return menus[p.Nav] }

// Text is the entry's name.
func (m MenuItem) Text(w *catalog.Words) string { return w.T("nav." + m.Key) }

// MenuItem is an entry of the main menu.
type MenuItem struct {
	Key, Path string
	Current   bool
}

var menus = func() map[string][]MenuItem {
	items := []MenuItem{{Key: "programme"}, {Key: "cities"}, {Key: "evidence"}, {Key: "compare"}, {Key: "library"}, {Key: "search"}}
	out := map[string][]MenuItem{}
	for _, nav := range []string{"", "programme", "cities", "evidence", "compare", "library", "search"} {
		here := make([]MenuItem, len(items))
		for i, m := range items {
			here[i] = MenuItem{m.Key, "/" + m.Key, m.Key == nav}
		}
		out[nav] = here
	}
	return out
}()

// Sky is the strip on top, haze on the left, with the class that is marked.
func (p *Page) Sky() []SkyStep { return skies[min(max(p.Here, 0), 7)] }

// SkyStep is a step of the strip.
type SkyStep struct {
	Class int
	Here  bool
}

var skies = func() (out [8][]SkyStep) {
	for here := range out {
		for class := 7; class >= 1; class-- {
			out[here] = append(out[here], SkyStep{class, class == here})
		}
	}
	return out
}()

// name shows a name in the reader's language, else in one it has, marked as such.
func name(t db.Text, lang string) template.HTML {
	text, in := t.In(lang)
	text = template.HTMLEscapeString(text)
	if in == lang || text == "" {
		return template.HTML(text)
	}
	return template.HTML(`<span lang="` + template.HTMLEscapeString(in) + `">` + text + `</span>`)
}
