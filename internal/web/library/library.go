// Package library shows the library: the list of documents, a document with its files, the office's forms, and the
// files themselves.
package library

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	desk "aircommons/internal/library"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

//go:embed *.html
var files embed.FS

var pages = ui.Templates(files)

// Deps are the desks that the pages ask.
type Deps struct {
	Library  *desk.Desk
	Network  *network.Desk
	Activity *activity.Desk
}

type handlers struct {
	*ui.Site
	Deps
}

// Register adds the pages to the site.
func Register(s *ui.Site, d Deps) {
	h := handlers{s, d}
	s.Get("/library", h.list)
	s.Live("/library/{id}", h.show) // counts of downloads grow without a change of the record
	s.Raw("/files/{id}/{name}", h.file)
	s.Live("/office/documents", h.office)
	s.Live("/office/documents/new", h.create)
	s.Post("/office/documents/new", h.create)
	s.Live("/office/documents/{id}", h.edit)
	s.Post("/office/documents/{id}", h.edit)
	s.Live("/office/documents/{id}/file", h.addFile)
	s.Upload("/office/documents/{id}/file", desk.MaxFile, h.fileAdded)
	s.Post("/office/documents/{id}/publish", h.state)
	s.Post("/office/documents/{id}/withdraw", h.state)
	s.Post("/office/documents/{id}/files/{file}/withdraw", h.fileState)
	s.Post("/office/documents/{id}/files/{file}/restore", h.fileState)
	s.Live("/office/documents/{id}/history", h.history)
}

// perPage is how many documents stand on one page of the list.
const perPage = 50

type listPage struct {
	ui.Page
	Rows           []row
	All, Held      int // before filtering
	Matches        int
	Filtered       bool
	Query          string
	Kind, In, Hand []ui.Option
	Previous, Next string // addresses without language, empty at the ends
	Number         int
}

// row is a document as the list shows it.
type row struct {
	desk.Document
	When      string // date of issue, else the year of what it belongs to
	About     string // what it belongs to
	AboutPath string
	Languages []string // of the files in hand
	at        network.Period
}

func (h handlers) list(w http.ResponseWriter, r *ui.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	all, err := h.Library.Documents(ctx, r.By)
	if err != nil {
		return err
	}
	p := &listPage{All: len(all), Query: strings.TrimSpace(q.Get("q"))}
	for _, d := range all {
		if d.InHand() {
			p.Held++
		}
	}
	found := all
	if p.Query != "" {
		if found, err = h.Library.Find(ctx, r.By, short(p.Query, 200), r.Lang); err != nil {
			return err
		}
	}
	kind, in, hand := q.Get("kind"), q.Get("in"), q.Get("hand")
	found = slices.DeleteFunc(slices.Clone(found), func(d desk.Document) bool {
		return kind != "" && d.Kind != kind || hand == "yes" && !d.InHand() || hand == "no" && d.InHand() ||
			in != "" && !slices.ContainsFunc(d.Current(), func(f desk.DocumentFile) bool { return f.Lang == in })
	})
	p.Matches, p.Filtered = len(found), p.Query != "" || kind != "" || in != "" || hand != ""
	p.Kind = h.choices(r, "library.kind.", kind, desk.Kinds, func(k string) bool {
		return slices.ContainsFunc(all, func(d desk.Document) bool { return d.Kind == k })
	})
	p.In = h.choices(r, "library.lang.", in, desk.Languages, func(l string) bool {
		return slices.ContainsFunc(all, func(d desk.Document) bool {
			return slices.ContainsFunc(d.Current(), func(f desk.DocumentFile) bool { return f.Lang == l })
		})
	})
	p.Hand = h.choices(r, "library.hand.", hand, []string{"yes", "no"}, func(string) bool { return true })

	p.Number, _ = strconv.Atoi(q.Get("page"))
	last := max(1, (len(found)+perPage-1)/perPage)
	p.Number = min(max(p.Number, 1), last)
	page := func(n int) string {
		if n < 1 || n > last {
			return ""
		}
		v := url.Values{}
		for _, key := range []string{"q", "kind", "in", "hand"} {
			if s := q.Get(key); s != "" {
				v.Set(key, s)
			}
		}
		v.Set("page", strconv.Itoa(n))
		return "/library?" + v.Encode()
	}
	p.Previous, p.Next = page(p.Number-1), page(p.Number+1)
	for _, d := range found {
		x, err := h.row(ctx, r, d)
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, x)
	}
	if p.Query == "" { // what was searched for comes in the order of the search
		newestFirst(p.Rows)
	}
	p.Rows = p.Rows[(p.Number-1)*perPage : min(p.Number*perPage, len(p.Rows))]
	p.Title, p.Nav, p.Canonical = r.Words.T("nav.library"), "library", "/library"
	p.NoIndex = p.Filtered || p.Number > 1
	p.Description = r.Words.T("library.page.description")
	p.Crumbs = []ui.Crumb{{Text: p.Title}}
	if r.By.Officer() {
		p.Actions = []ui.Action{{Text: r.Words.T("library.page.new"), Path: "/office/documents/new"}}
	}
	return h.Show(w, r, pages, "list.html", p)
}

// newestFirst sorts by date of issue, else by the date of what the document belongs to; what has neither comes last.
func newestFirst(rows []row) {
	slices.SortStableFunc(rows, func(a, b row) int {
		switch {
		case a.at.Known() != b.at.Known():
			if a.at.Known() {
				return -1
			}
			return 1
		case a.at.From != b.at.From:
			return strings.Compare(b.at.From, a.at.From)
		}
		return strings.Compare(a.ID, b.ID)
	})
}

// choices are the options of a filter: those that something has, and the chosen one.
func (h handlers) choices(r *ui.Request, prefix, chosen string, words []string, has func(string) bool) []ui.Option {
	out := []ui.Option{{Label: r.Words.T("library.page.any"), Chosen: chosen == ""}}
	for _, w := range words {
		if w != "" && (has(w) || w == chosen) {
			out = append(out, ui.Option{Value: w, Label: r.Words.T(prefix + w), Chosen: w == chosen})
		}
	}
	return out
}

func (h handlers) row(ctx context.Context, r *ui.Request, d desk.Document) (row, error) {
	x := row{Document: d}
	about, err := h.about(ctx, r, d)
	if err != nil {
		return x, err
	}
	x.About, x.AboutPath = about.name, about.path
	switch {
	case d.Issued.Known():
		x.When, x.at = period(r.Words, d.Issued), d.Issued
	case about.period.Known():
		x.When, x.at = r.Words.Year(about.period.Year()), about.period
	}
	for _, f := range d.Current() {
		x.Languages = append(x.Languages, r.Words.T("library.lang."+f.Lang))
	}
	return x, nil
}

// subject is what a document belongs to, as the reader may see it.
type subject struct {
	name, path string
	period     network.Period
}

// paths of things by kind.
var paths = map[string]string{"activity": "/activities/", "programme": "/programme/", "document": "/library/", "place": "/cities/",
	"organisation": "/organisations/", "topic": "/topics/"}

// about finds what a document belongs to. What the reader may not see is nothing.
func (h handlers) about(ctx context.Context, r *ui.Request, d desk.Document) (s subject, err error) {
	var names db.Text
	id := d.SubjectKey
	switch d.Subject {
	case "activity":
		var a activity.Activity
		a, err = h.Activity.Activity(ctx, r.By, id)
		names, s.period = a.Names, a.Period
	case "programme":
		var p activity.Programme
		p, err = h.Activity.Programme(ctx, r.By, id)
		names = p.Names
	case "document":
		var o desk.Document
		o, err = h.Library.Document(ctx, r.By, id)
		names = o.Names
	case "place", "organisation", "topic":
		snap, err := h.Network.Snapshot(ctx)
		if err != nil {
			return s, err
		}
		switch d.Subject {
		case "place":
			p, _ := snap.Place(id)
			names = p.Names
		case "organisation":
			o, _ := snap.Organisation(id)
			names = o.Names
		default:
			t, _ := snap.Topic(id)
			names = t.Labels
		}
	}
	if hidden(err) {
		return subject{}, nil
	}
	if len(names) > 0 {
		s.name, _ = names.In(r.Lang)
		s.path = paths[d.Subject] + id
	}
	return s, err
}

// period writes a period in the way of a language, as exactly as it is known.
func period(w *catalog.Words, p network.Period) string {
	if !p.Known() {
		return w.T("date.unknown")
	}
	say := func(day network.Period) string {
		t := day.First()
		switch p.Precision {
		case network.Year:
			return w.Year(t.Year())
		case network.Month:
			return w.Month(t.Year(), int(t.Month()))
		}
		return w.Date(t)
	}
	from := say(network.On(p.From))
	switch {
	case p.Open():
		return from + " – " + w.T("date.now")
	case p.From == p.To:
		return from
	case p.Precision == network.Day:
		return w.DateRange(p.First(), p.Last())
	}
	return from + " – " + say(network.On(p.To))
}

func short(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
