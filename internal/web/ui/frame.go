package ui

import (
	"bytes"
	"encoding/json"
	"html/template"
	"strconv"
	"strings"

	"aircommons/internal/catalog"
)

// frame is what stands around every page of a language. Its larger part is the same for all pages and is made once, from
// layout/frame.html; what differs is written by hand, since a page should cost what its own content costs.
type frame struct {
	words *catalog.Words
	lang  string
	menus map[string]string    // by what the page is under
	skies [8]string            // by the class that is marked
	foots [2]map[string]string // not signed in, signed in; by colours
	langs []language
	texts struct{ skip, office, workbench, signout, languages, crumbs, home, kind string } // escaped
	links string                                                                           // to stylesheet, script and mark; known when the assets are
}

// language is a link of the switch, around the address of the page in it.
type language struct{ tag, before, after, current string }

// MenuItem is an entry of the main menu.
type MenuItem struct {
	Key, Path string
	Current   bool
}

// menu is the main menu, in its order; each has a text "nav.<key>" and is at "/<key>".
var menu = []string{"programme", "cities", "evidence", "compare", "library", "search"}

func menuAt(nav string) []MenuItem {
	out := make([]MenuItem, len(menu))
	for i, key := range menu {
		out[i] = MenuItem{key, "/" + key, key == nav}
	}
	return out
}

// skyStep is a step of the strip on top.
type skyStep struct {
	Class int
	Here  bool
}

var esc = template.HTMLEscapeString

func newFrame(w *catalog.Words) (*frame, error) {
	set := template.New("").Funcs(functions(w))
	if err := parseAll(set, layoutFiles, "layout/*.html", w); err != nil {
		return nil, err
	}
	var failed error
	part := func(name string, data any) string {
		var b strings.Builder
		if err := set.ExecuteTemplate(&b, name, data); err != nil && failed == nil {
			failed = err
		}
		return b.String()
	}
	f := &frame{words: w, lang: w.Tag(), menus: map[string]string{}}
	for _, nav := range append([]string{""}, menu...) {
		f.menus[nav] = part("menu", menuAt(nav))
	}
	for here := range f.skies {
		var steps []skyStep
		for class := 7; class >= 1; class-- { // haze on the left
			steps = append(steps, skyStep{class, class == here})
		}
		f.skies[here] = part("sky", steps)
	}
	for i := range f.foots {
		f.foots[i] = map[string]string{}
		for _, theme := range []string{"", "light", "dark"} {
			f.foots[i][theme] = part("foot", struct {
				In    bool
				Theme string
			}{i == 1, theme})
		}
	}
	for _, l := range catalog.Languages {
		after := `" lang="` + l.Tag + `" hreflang="` + l.Tag + `"`
		f.langs = append(f.langs, language{l.Tag, `<li><a href="/` + l.Tag, after + ">" + l.Short + "</a></li>", after + ` aria-current="true">` + l.Short + "</a></li>"})
	}
	t := func(key string) string { return esc(w.T(key)) }
	f.texts.skip, f.texts.office, f.texts.workbench, f.texts.signout = t("shell.skip"), t("shell.office"), t("shell.workbench"), t("shell.signout")
	f.texts.languages, f.texts.crumbs, f.texts.home, f.texts.kind = t("shell.languages"), t("shell.crumbs"), t("shell.home"), t("shell.kind")
	return f, failed
}

// top writes what stands before the content of a page.
func (f *frame) top(b *bytes.Buffer, p *Page) error {
	r := p.r
	put := func(parts ...string) {
		for _, s := range parts {
			b.WriteString(s)
		}
	}
	here := r.Here()
	if r.Method != "GET" && r.Method != "HEAD" {
		here = p.canonical() // the address of a form's target cannot be opened
	}
	brand := r.brand()
	name, nameIn := brand.Names.In(f.lang)
	name = esc(name)

	put("<!DOCTYPE html>\n<html lang=\"", f.lang, "\"")
	theme := themeOf(r.Request)
	if theme != "" {
		put(` data-theme="`, theme, `"`)
	}
	put(">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>", esc(p.fullTitle()), "</title>\n")
	description := esc(p.Description)
	if description != "" {
		put(`<meta name="description" content="`, description, "\">\n")
	}
	put("<meta name=\"color-scheme\" content=\"light dark\">\n")
	if p.NoIndex || p.Status >= 400 {
		put("<meta name=\"robots\" content=\"noindex\">\n")
	} else {
		at := esc(p.canonical())
		site := esc(r.site.Absolute(""))
		self := site + "/" + f.lang + at
		put(`<link rel="canonical" href="`, self, "\">\n")
		for _, l := range f.langs {
			put(`<link rel="alternate" hreflang="`, l.tag, `" href="`, site, "/", l.tag, at, "\">\n")
		}
		if at == "/" {
			put(`<link rel="alternate" hreflang="x-default" href="`, site, "/\">\n")
		} else {
			put(`<link rel="alternate" hreflang="x-default" href="`, site, "/en", at, "\">\n")
		}
		title := esc(p.Title)
		if title == "" {
			title = name
		}
		put(`<meta property="og:title" content="`, title, `"><meta property="og:site_name" content="`, name, `"><meta property="og:type" content="website"><meta property="og:url" content="`, self, `">`)
		if description != "" {
			put(`<meta property="og:description" content="`, description, `">`)
		}
		put("\n")
	}
	for _, a := range p.Alternates {
		put(`<link rel="alternate" type="`, esc(a.Type), `" title="`, esc(a.Title), `" href="`, esc(a.Href), "\">\n")
	}
	if p.Refresh > 0 { // a script looks again quietly; without one the browser loads the page anew
		n := strconv.Itoa(p.Refresh)
		put(`<meta name="again" content="`, n, `"><noscript><meta http-equiv="refresh" content="`, n, "\"></noscript>\n")
	}
	put(f.links)
	for _, script := range p.Scripts {
		put(`<script type="module" src="`, esc(r.site.static.path(script)), "\"></script>\n")
	}
	if p.JSONLD != nil {
		data, err := json.Marshal(p.JSONLD) // escapes <, > and &, so that the element cannot be left
		if err != nil {
			return err
		}
		put(`<script type="application/ld+json">`)
		b.Write(data)
		put("</script>\n")
	}
	put("</head>\n<body>\n<a class=\"skip\" href=\"#main\">", f.texts.skip, "</a>\n")
	switch {
	case r.By.Viewer != "":
		f.viewing(b, p)
	case r.By.SignedIn():
		f.office(b, p)
	}
	put(f.skies[min(max(p.Here, 0), 7)])
	if nameIn == f.lang {
		put(name)
	} else {
		put(`<span lang="`, esc(nameIn), `">`, name, "</span>")
	}
	line := f.texts.kind
	if brand.Short != "" {
		line = esc(f.words.T("shell.brand", "Short", brand.Short))
	}
	put("<small>", line, "</small></span></a>\n<nav aria-label=\"", f.texts.languages, `"><ul class="langs">`)
	at := esc(here)
	for _, l := range f.langs {
		put(l.before, at)
		if l.tag == f.lang {
			put(l.current)
		} else {
			put(l.after)
		}
	}
	put("</ul></nav>\n")
	under, ok := f.menus[p.Nav]
	if !ok {
		under = f.menus[""]
	}
	put(under)
	if len(p.Crumbs) > 0 {
		put(`<nav class="wrap" aria-label="`, f.texts.crumbs, `"><ol class="crumbs"><li><a href="/`, f.lang, `/">`, f.texts.home, "</a></li>")
		for _, c := range p.Crumbs {
			if c.Path == "" {
				put(`<li aria-current="page">`, string(Tongue(c.Text, f.lang)), "</li>")
			} else {
				put(`<li><a href="/`, f.lang, esc(c.Path), `">`, string(Tongue(c.Text, f.lang)), "</a></li>")
			}
		}
		put("</ol></nav>\n")
	}
	put("<main id=\"main\" tabindex=\"-1\">\n")
	notice := p.Notice
	if notice == "" {
		notice = r.notice
	}
	if notice != "" {
		put(`<div class="wrap"><div class="box done" role="status"><p>`, esc(notice), "</p></div></div>\n")
	}
	return nil
}

// office writes the bar of a person who is signed in.
func (f *frame) office(b *bytes.Buffer, p *Page) {
	put := func(parts ...string) {
		for _, s := range parts {
			b.WriteString(s)
		}
	}
	by := p.r.By
	put(`<div class="admin"><nav class="wrap" aria-label="`, f.texts.office, `"><span>`, esc(f.words.T("shell.signedin", "Name", by.Name, "Role", f.words.T("role."+string(by.Role)))), "</span>")
	for _, a := range p.Actions {
		if a.Post {
			put(`<form method="post" action="/`, f.lang, esc(a.Path), `"><button>`, esc(a.Text), "</button></form>")
		} else {
			put(`<a href="/`, f.lang, esc(a.Path), `">`, esc(a.Text), "</a>")
		}
	}
	put(`<a href="/`, f.lang, `/office">`, f.texts.workbench, `</a><form method="post" action="/`, f.lang, `/signout"><button>`, f.texts.signout, "</button></form></nav></div>\n")
}

// viewing writes the bar of an officer who looks at the site as somebody else.
func (f *frame) viewing(b *bytes.Buffer, p *Page) {
	by := p.r.By
	line := f.words.T("shell.viewing.reader")
	if by.SignedIn() {
		line = f.words.T("shell.viewing", "Name", by.Name)
	}
	for _, s := range []string{`<div class="admin view"><nav class="wrap" aria-label="`, f.texts.office, `"><span>`, esc(line), `</span><form method="post" action="/`, f.lang, `/view/end"><button>`,
		esc(f.words.T("shell.viewing.end")), "</button></form></nav></div>\n"} {
		b.WriteString(s)
	}
}

// bottom writes what stands after the content.
func (f *frame) bottom(b *bytes.Buffer, p *Page) {
	in := 0
	if p.r.By.SignedIn() {
		in = 1
	}
	b.WriteString("\n</main>\n")
	if !p.NoIndex && p.Status < 400 { // paper says where it comes from
		b.WriteString(`<p class="paper">`)
		b.WriteString(esc(p.r.site.Absolute(p.r.To(p.r.Here()))))
		b.WriteString("</p>\n")
	}
	b.WriteString(f.foots[in][themeOf(p.r.Request)])
}

// fullTitle is the title as the browser shows it: "Error:" before a form that needs another look, the network's name
// behind.
func (p *Page) fullTitle() string {
	title := p.Title
	if p.Form != nil && len(p.Form.Problems()) > 0 {
		title = p.T("shell.error.prefix", "Title", title)
	}
	brand, _ := p.r.brand().Names.In(p.r.Lang)
	if title == "" || title == brand {
		return brand
	}
	return title + " – " + brand
}

func (p *Page) canonical() string {
	if p.Canonical != "" {
		return p.Canonical
	}
	here, _, _ := strings.Cut(p.r.Here(), "?")
	return here
}
