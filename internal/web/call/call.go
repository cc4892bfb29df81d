// Package call is the pages of calls: what is asked for, answering on saved pages, one's own submissions, blind review, and
// the office in which calls are kept and decided.
package call

import (
	"embed"
	"net/http"
	"net/url"
	"time"

	"aircommons/internal/activity"
	desk "aircommons/internal/call"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	formdesk "aircommons/internal/form"
	"aircommons/internal/network"
	webform "aircommons/internal/web/form"
	"aircommons/internal/web/ui"
)

//go:embed *.html
var files embed.FS

var pages = ui.Templates(files)

// Deps are the desks that the pages ask.
type Deps struct {
	Call     *desk.Desk
	Form     *formdesk.Desk
	Network  *network.Desk
	Activity *activity.Desk
	Now      func() time.Time
}

type handlers struct {
	*ui.Site
	Deps
	begins *ui.Limiter // drafts begun from one address
	names  *ui.Limiter // letters to one address
}

// Register adds the pages to the site.
func Register(s *ui.Site, d Deps) {
	h := handlers{s, d, ui.NewLimiter(d.Now, 60, time.Hour, 30), ui.NewLimiter(d.Now, 10, time.Hour, 5)}
	s.Live("/calls", h.list)
	s.Live("/calls/{id}", h.show)
	s.Live("/calls/{id}/answer", h.begin)
	s.Post("/calls/{id}/answer", h.begun)
	s.Live("/submissions", h.mine)
	s.Live("/submissions/{key}", h.own)
	s.Live("/submissions/{key}/pages/{page}", h.page)
	s.Post("/submissions/{key}/pages/{page}", h.save)
	s.Upload("/submissions/{key}/pages/{page}/files", formdesk.MaxFiles, h.save)
	s.Post("/submissions/{key}/send", h.send)
	s.Post("/submissions/{key}/withdraw", h.withdraw)
	s.Live("/submissions/{key}/files/{question}/{sum}", h.file)

	s.Live("/reviews", h.tasks)
	s.Live("/reviews/{id}", h.task)
	s.Post("/reviews/{id}", h.mark)
	s.Post("/reviews/{id}/conflict", h.declare)

	s.Live("/office/calls", h.office)
	s.Live("/office/calls/new", h.create)
	s.Post("/office/calls/new", h.created)
	s.Live("/office/calls/{id}", h.board)
	s.Post("/office/calls/{id}", h.do)
	s.Live("/office/calls/{id}/edit", h.edit)
	s.Post("/office/calls/{id}/edit", h.edited)
	s.Live("/office/calls/{id}/history", h.history)
	s.Live("/office/calls/{id}/submissions/{submission}", h.dossier)
	s.Post("/office/calls/{id}/submissions/{submission}", h.assign)
	s.Live("/office/calls/{id}/reviewers", h.reviewers)
	s.Post("/office/calls/{id}/reviewers", h.deal)
	s.Live("/office/calls/{id}/ranking", h.ranking)
	s.Post("/office/calls/{id}/ranking", h.decide)
	s.Live("/office/calls/{id}/export/{format}", h.export)
}

func (h handlers) asker() webform.Asker { return webform.Asker{Form: h.Form, Network: h.Network} }

// readerZone is the second clock that a reader has chosen; nil for none.
func readerZone(r *ui.Request) *time.Location {
	c, err := r.Cookie("zone")
	if err != nil {
		return nil
	}
	name, err := url.QueryUnescape(c.Value)
	if err != nil {
		return nil
	}
	return activity.Zone(name)
}

// moment is a time as the activity's clock and the reader's show it: "31 March 2027, 18:00 Seoul (11:00 Paris)".
func moment(r *ui.Request, t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return r.Words.T("call.moment", "Date", r.Words.Date(t.In(zone)), "Clock", activity.Clocks{Place: zone, Reader: readerZone(r)}.Pair(r.Words, t))
}

func text(r *ui.Request, t db.Text) string { s, _ := t.In(r.Lang); return s }

// callRow is a call in a list.
type callRow struct {
	desk.Seen
	Stage         string // "before", "open", "closed"
	Opens, Closes string
	Machine       string // of the deadline
	AboutText     string
}

func (h handlers) row(r *ui.Request, c desk.Seen) callRow {
	opens, closes := c.Times(c.About.Zone)
	return callRow{c, c.Stage(h.Now(), c.About.Zone), moment(r, opens, c.About.Zone), moment(r, closes, c.About.Zone), closes.UTC().Format(time.RFC3339), text(r, c.About.Names)}
}

type listPage struct {
	ui.Page
	Open, Soon, Past []callRow
}

func (h handlers) list(w http.ResponseWriter, r *ui.Request) error {
	all, err := h.Call.Calls(r.Context(), r.By)
	if err != nil {
		return err
	}
	p := &listPage{}
	for _, c := range all {
		if c.State != desk.Published {
			continue
		}
		switch x := h.row(r, c); x.Stage {
		case "open":
			p.Open = append(p.Open, x)
		case "before":
			p.Soon = append(p.Soon, x)
		default:
			p.Past = append([]callRow{x}, p.Past...)
		}
	}
	p.Title, p.Nav, p.Description = r.Words.T("call.list.title"), "programme", r.Words.T("call.list.lede")
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("nav.programme"), Path: "/programme"}, {Text: p.Title}}
	if r.By.RunsAny() {
		p.Actions = []ui.Action{{Text: r.Words.T("call.office.title"), Path: "/office/calls"}}
	}
	return h.Show(w, r, pages, "list.html", p)
}

type showPage struct {
	ui.Page
	C     callRow
	Asks  []formdesk.Page
	Langs []string // languages in which the call's text is written
}

func (h handlers) show(w http.ResponseWriter, r *ui.Request) error {
	c, err := h.Call.Call(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := &showPage{C: h.row(r, c)}
	if f, err := h.Form.Asking(r.Context(), c.Form); err == nil {
		p.Asks = f.Pages
	}
	for _, l := range catalog.Languages {
		if c.Text[l.Tag] != "" || c.Names[l.Tag] != "" {
			p.Langs = append(p.Langs, l.Name)
		}
	}
	p.Title, p.Nav, p.Description = text(r, c.Names), "programme", r.Words.T("call.show.description", "Activity", p.C.AboutText, "Until", p.C.Closes)
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("nav.programme"), Path: "/programme"}, {Text: p.C.AboutText, Path: c.About.Path}, {Text: p.Title}}
	if c.Runs {
		p.Actions = []ui.Action{{Text: r.Words.T("call.office.board"), Path: "/office/calls/" + c.ID}}
	}
	p.NoIndex = c.State != desk.Published
	return h.Show(w, r, pages, "show.html", p)
}
