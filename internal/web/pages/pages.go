// Package pages shows what belongs to no desk: the search, pages about the site, the workbench of the office, and the
// files for robots.
package pages

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

//go:embed *.html
var files embed.FS

var pages = ui.Templates(files)

// Deps are what the pages ask.
type Deps struct {
	DB      *db.DB
	Network *network.Desk
	Account *account.Desk
}

type handlers struct {
	*ui.Site
	Deps
}

// Register adds the pages to the site.
func Register(s *ui.Site, d Deps) {
	h := handlers{s, d}
	s.Get("/search", h.search)
	for _, name := range []string{"about", "methods", "accessibility", "contact"} {
		s.Get("/"+name, h.text(name))
	}
	s.Live("/office", h.office)
	s.Raw("/robots.txt", h.robots)
	s.Raw("/sitemap.xml", h.sitemap)
	s.Raw("/healthz", h.health)
}

type searchPage struct {
	ui.Page
	Query  string
	Count  int
	Groups []group
}

// group is the hits of one kind.
type group struct {
	Kind, Title string
	Hits        []hit
	More        int    // hits that are not shown
	All         string // address that shows them
}

type hit struct {
	Path, Lang     string
	Title, Excerpt []db.Piece
}

const (
	inGroup        = 8   // hits of a kind while all kinds are shown
	mostQuery      = 200 // letters of a query
	excerptLetters = 220 // letters of an excerpt
	excerptBefore  = 60  // of them before the first mark
)

func (h handlers) search(w http.ResponseWriter, r *ui.Request) error {
	words := r.Words
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	if n := utf8.RuneCountInString(q); n > mostQuery {
		q = string([]rune(q)[:mostQuery])
	}
	only := r.URL.Query().Get("kind")
	page := &searchPage{Page: ui.Page{Title: words.T("search.title"), Description: words.T("search.description"), Nav: "search", NoIndex: q != "",
		Crumbs: []ui.Crumb{{Text: words.T("search.title")}}}, Query: q}
	if q != "" {
		page.Title = words.T("search.for", "Query", q)
	}
	var hits []db.Hit
	err := h.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		hits, err = tx.Search(r.Context(), q, r.Lang, 0)
		return err
	})
	if err != nil {
		return err
	}
	at := map[string]int{}
	for _, found := range hits {
		if only != "" && found.Subject != only {
			continue
		}
		page.Count++
		i, ok := at[found.Subject]
		if !ok {
			i = len(page.Groups)
			at[found.Subject] = i
			title := "search.kind." + found.Subject
			if !words.Has(title) {
				title = "search.kind.other"
			}
			page.Groups = append(page.Groups, group{Kind: found.Subject, Title: words.T(title)})
		}
		g := &page.Groups[i]
		if only == "" && len(g.Hits) == inGroup {
			g.More++
			g.All = "/search?" + url.Values{"q": {q}, "kind": {found.Subject}}.Encode()
			continue
		}
		g.Hits = append(g.Hits, show(found, q, r.Lang))
	}
	return h.Show(w, r, pages, "search.html", page)
}

// show makes a hit ready: its title and a piece of its text with the words of the query marked.
func show(found db.Hit, q, lang string) hit {
	out := hit{Path: found.Path, Title: db.Mark(found.Title, q)}
	if found.Lang != lang {
		out.Lang = found.Lang
	}
	// The last line of a body is the names in all languages. It tells something only where the title does not.
	body := found.Body
	if i := strings.LastIndexByte(body, '\n'); i >= 0 && marked(out.Title) {
		body = body[:i]
	} else if i < 0 && marked(out.Title) {
		body = ""
	}
	out.Excerpt = excerpt(db.Mark(strings.Join(strings.Fields(body), " "), q))
	return out
}

func marked(pieces []db.Piece) bool {
	for _, p := range pieces {
		if p.Hit {
			return true
		}
	}
	return false
}

// excerpt cuts marked text down to what stands around the first mark.
func excerpt(pieces []db.Piece) []db.Piece {
	var out []db.Piece
	left := excerptLetters
	for i, p := range pieces {
		runes := []rune(p.Text)
		if i == 0 && !p.Hit && len(pieces) > 1 && len(runes) > excerptBefore {
			runes = append([]rune("…"), afterSpace(runes[len(runes)-excerptBefore:])...)
		}
		if len(runes) > left {
			if !p.Hit {
				out = append(out, db.Piece{Text: string(beforeSpace(runes[:left])) + " …"})
			} else {
				out = append(out, db.Piece{Text: "…"})
			}
			return out
		}
		out = append(out, db.Piece{Text: string(runes), Hit: p.Hit})
		left -= len(runes)
	}
	return out
}

// afterSpace leaves out the rest of a word at the beginning, beforeSpace that at the end, where words have spaces.
func afterSpace(r []rune) []rune {
	for i, c := range r[:min(len(r), 20)] {
		if c == ' ' {
			return r[i+1:]
		}
	}
	return r
}

func beforeSpace(r []rune) []rune {
	for i := len(r) - 1; i >= max(0, len(r)-20); i-- {
		if r[i] == ' ' {
			return r[:i]
		}
	}
	return r
}

type textPage struct {
	ui.Page
	Name     string
	Sections []string
	Brand    ui.Brand
	Network  network.Organisation
	Members  int
	Years    string
}

// sections are the parts of each page of text, in their order: keys about.<section>.title and about.<section>.text.
var sections = map[string][]string{
	"about":         {"what", "sources", "languages", "software"},
	"methods":       {"time", "capture", "statistics", "units", "limits", "colours", "contested", "imports", "published"},
	"accessibility": {"standard", "how", "limits", "tell"},
	"contact":       {"office", "wrong", "data", "program"},
}

func (h handlers) text(name string) ui.Handler {
	return func(w http.ResponseWriter, r *ui.Request) error {
		words := r.Words
		title := words.T(name + ".title")
		page := &textPage{Page: ui.Page{Title: title, Description: words.T(name + ".lede"), Crumbs: []ui.Crumb{{Text: title}}}, Name: name, Sections: sections[name],
			Brand: h.Brand(r.Context())}
		snap, err := h.Network.Snapshot(r.Context())
		if err != nil {
			return err
		}
		if o, ok := Host(snap); ok {
			page.Network, page.Members = o, len(snap.Members(o.ID))
		}
		return h.Show(w, r, pages, "text.html", page)
	}
}

// Has reports whether a section has a text of that name.
func (p *textPage) Has(section, part string) bool {
	return p.Words().Has(p.Name + "." + section + "." + part)
}

// Say says a part of a section.
func (p *textPage) Say(section, part string) string { return p.T(p.Name + "." + section + "." + part) }

// Paragraphs are the text of a section, which may be several.
func (p *textPage) Paragraphs(section string) []string {
	return strings.Split(strings.TrimSpace(p.Say(section, "text")), "\n")
}

// Host is the organisation whose site this is: the network with the most members, the first of equals by id. An
// installation without any has no host yet.
func Host(s *network.Snapshot) (host network.Organisation, ok bool) {
	return s.Host()
}

// mostShort is the length up to which a printed name is taken for an abbreviation, in letters.
const mostShort = 12

// Brand is how the site is called: by the names of its network. It is worked out again when the network has changed.
func Brand(desk *network.Desk) func(context.Context) ui.Brand {
	type known struct {
		of    *network.Snapshot
		brand ui.Brand
	}
	var last atomic.Pointer[known]
	return func(ctx context.Context) ui.Brand {
		brand := ui.Brand{Names: db.Text{"en": "Aircommons"}}
		snap, err := desk.Snapshot(ctx)
		if err != nil {
			return brand // the page itself will say what is wrong
		}
		if k := last.Load(); k != nil && k.of == snap {
			return k.brand
		}
		if o, ok := Host(snap); ok {
			brand.Names, brand.URL, brand.Email, brand.Post = o.Names, o.URL, o.Email, o.Address
			if s := o.PrintedName; s != "" && s != o.Names["en"] && utf8.RuneCountInString(s) <= mostShort {
				brand.Short = s
			}
		}
		last.Store(&known{snap, brand})
		return brand
	}
}

type officePage struct {
	ui.Page
	Groups []workGroup
	Lede   string
	City   string
	First  string // why the first officer should enter an address; "" for everybody else
	Latest []latest
}

type workGroup struct {
	Key   string
	Items []work
}

type work struct{ Text, Path, Add, AddText string }

type latest struct{ When, Machine, Who, What, Kind string }

func (h handlers) office(w http.ResponseWriter, r *ui.Request) error {
	if err := r.NeedSignIn(); err != nil {
		return err
	}
	words := r.Words
	page := &officePage{Page: ui.Page{Title: words.T("shell.workbench"), NoIndex: true, Crumbs: []ui.Crumb{{Text: words.T("shell.workbench")}}}}
	item := func(key, path, add string) work {
		it := work{Text: words.T("office." + key), Path: path, Add: add}
		if add != "" {
			it.AddText = words.T("office." + key + ".add")
		}
		return it
	}
	switch {
	case r.By.Officer():
		page.Lede = words.T("office.lede")
		if r.By.Email == account.FirstEmail {
			page.First = words.T("office.first", "Email", r.By.Email)
		}
		page.Groups = []workGroup{
			{"programme", []work{item("programmes", "/office/programmes", "/office/programmes/new"), item("activities", "/office/activities", "/office/activities/new"),
				item("calls", "/office/calls", "/office/calls/new"), item("forms", "/office/forms", "/office/forms/new"), item("translate", "/office/translate", ""), item("mail", "/office/mail", ""), item("letters", "/office/letters", ""), item("summary", "/office/summary", ""),
				item("exchange", "/office/exchange", "/office/exchange/new"), item("matches", "/office/matches", "")}},
			{"network", []work{item("places", "/office/places", "/office/places/new"), item("organisations", "/office/organisations", "/office/organisations/new"),
				item("memberships", "/office/memberships", "/office/memberships/new"), item("topics", "/office/topics", "/office/topics/new"),
				item("statements", "/office/statements", "/office/statements/new")}},
			{"library", []work{item("documents", "/office/documents", "/office/documents/new")}},
			{"evidence", []work{item("imports", "/evidence", "/evidence/import")}},
			{"people", []work{item("people", "/office/people", "/office/people/new"), item("roles", "/office/roles", ""), item("retention", "/office/retention", ""), item("check", "/office/check", ""), item("journal", "/office/journal", ""), item("me", "/me", "")}},
		}
		changes, err := h.Account.Journal(r.Context(), r.By, db.JournalFilter{Limit: 8})
		if err != nil {
			return err
		}
		for _, c := range changes {
			page.Latest = append(page.Latest, entry(words, c))
		}
	case r.By.Role == actor.CityOfficer:
		snap, err := h.Network.Snapshot(r.Context())
		if err != nil {
			return err
		}
		page.City = snap.PlaceName(r.By.City, r.Lang)
		page.Lede = words.T("office.city.lede", "City", page.City)
		city := url.PathEscape(r.By.City)
		page.Groups = []workGroup{
			{"evidence", []work{{Text: words.T("office.cityair", "City", page.City), Path: "/cities/" + city + "/air"},
				{Text: words.T("office.imports"), Path: "/evidence", Add: "/evidence/import", AddText: words.T("office.imports.add")}}},
			{"network", []work{{Text: words.T("office.citypage", "City", page.City), Path: "/cities/" + city}}},
			{"people", []work{item("me", "/me", "")}},
		}
	default:
		page.Lede = words.T("office.visitor.lede")
		page.Groups = []workGroup{{"people", []work{item("me", "/me", "")}}}
	}
	// What somebody does besides the role: who runs a programme or activity keeps its calls, reviewers mark.
	if !r.By.Officer() && r.By.RunsAny() {
		page.Groups = append([]workGroup{{"programme", []work{item("calls", "/office/calls", "/office/calls/new"), item("forms", "/office/forms", "/office/forms/new"),
			item("translate", "/office/translate", "")}}}, page.Groups...)
	}
	if !r.By.Officer() && len(r.By.Cities()) > 0 {
		page.Groups = append(page.Groups, workGroup{"programme", []work{item("exchange", "/office/exchange", "/office/exchange/new"), item("matches", "/office/matches", "")}})
	}
	if slices.ContainsFunc(r.By.Grants, func(g actor.Grant) bool { return g.Role == actor.Reviewer }) {
		page.Groups = append(page.Groups, workGroup{"programme", []work{item("reviews", "/reviews", "")}})
	}
	return h.Show(w, r, pages, "office.html", page)
}

func entry(words *catalog.Words, c db.Change) latest {
	say := func(prefix, word string) string {
		if words.Has(prefix + word) {
			return words.T(prefix + word)
		}
		return word
	}
	l := latest{When: words.DateTime(c.At), Machine: c.At.Format("2006-01-02T15:04:05Z"), Who: c.ByName, What: say("action.", c.Action), Kind: say("subject.", c.Subject)}
	switch c.ByID {
	case "":
		l.Who = words.T("journal.nobody")
	case actor.CommandLine.ID:
		l.Who = words.T("journal.cli")
	}
	return l
}
