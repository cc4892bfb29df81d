// Package calendar is what other programs read of the common work: calendars (iCalendar), agendas (schedule.xml and schedule.json),
// and feeds of what is new (Atom, JSON Feed); and the page that tells where they are.
package calendar

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	desk "aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

//go:embed *.html
var files embed.FS

var pages = ui.Templates(files)

// Deps are what calendars and feeds are made of.
type Deps struct {
	Activity *desk.Desk
	Network  *network.Desk
	// Seats lists the activities in which a person has a seat. May be nil.
	Seats func(ctx context.Context, tx *db.Tx, person string) ([]string, error)
}

type handlers struct {
	*ui.Site
	Deps
}

// Register adds the pages to the site.
func Register(s *ui.Site, d Deps) {
	if d.Seats == nil {
		d.Seats = func(context.Context, *db.Tx, string) ([]string, error) { return nil, nil }
	}
	h := handlers{s, d}
	s.Get("/calendar", h.page)
	s.Post("/calendar/link", h.newLink)
	s.Post("/calendar/link/end", h.dropLink)
	s.Get("/calendar.ics", h.network)
	s.Live("/calendar/own/{secret}", h.personal)
	s.Get("/activities/{id}/calendar.ics", h.activity)
	s.Get("/activities/{id}/schedule.xml", h.schedule(Schedule.XML, "application/vnd.c3voc.schedule+xml"))
	s.Get("/activities/{id}/schedule.json", h.schedule(Schedule.JSON, "application/json"))
	s.Get("/feed.atom", h.feed(Feed.Atom, "application/atom+xml", "atom"))
	s.Get("/feed.json", h.feed(Feed.JSON, "application/feed+json", "json"))
}

// send writes a file that programs read.
func send(w http.ResponseWriter, kind string, body []byte) error {
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	w.Header().Set("X-Robots-Tag", "noindex")
	_, err := w.Write(body)
	return err
}

type page struct {
	ui.Page
	Network    string
	Webcal     template.URL // of our own making, with a scheme that templates do not know
	Atom, Feed string
	In         bool
	Since      time.Time
	Secret     string
	OwnWebcal  template.URL
}

func (h handlers) page(w http.ResponseWriter, r *ui.Request) error { return h.show(w, r, "") }

func (h handlers) show(w http.ResponseWriter, r *ui.Request, secret string) (err error) {
	p := &page{Page: ui.Page{Title: r.Words.T("calendar.title"), Description: r.Words.T("calendar.description"), Nav: "programme", Canonical: "/calendar"}}
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("nav.programme"), Path: "/programme"}, {Text: p.Title}}
	p.Network = h.Absolute(r.To("/calendar.ics"))
	p.Webcal = webcal(p.Network)
	p.Atom, p.Feed = h.Absolute(r.To("/feed.atom")), h.Absolute(r.To("/feed.json"))
	p.Alternates = Alternates(h.Site, r)
	p.In = r.By.SignedIn() && !r.By.Device
	if p.In {
		if p.Since, err = h.Activity.LinkSince(r.Context(), r.By); err != nil {
			return err
		}
	}
	if secret != "" {
		w.Header().Set("Cache-Control", "no-store")
		p.Secret = h.Absolute(r.To("/calendar/own/" + secret + ".ics"))
		p.OwnWebcal = webcal(p.Secret)
		p.NoIndex = true
	}
	return h.Show(w, r, pages, "calendar.html", p)
}

// webcal is the address at which programs subscribe instead of opening it once.
func webcal(address string) template.URL {
	_, rest, _ := strings.Cut(address, ":")
	return template.URL("webcal:" + rest)
}

// Alternates are the feeds of the network, for the head of a page.
func Alternates(s *ui.Site, r *ui.Request) []ui.Alternate {
	return []ui.Alternate{
		{Type: "application/atom+xml", Title: r.Words.T("calendar.feed"), Href: s.Absolute(r.To("/feed.atom"))},
		{Type: "application/feed+json", Title: r.Words.T("calendar.feed"), Href: s.Absolute(r.To("/feed.json"))},
		{Type: "text/calendar", Title: r.Words.T("calendar.network"), Href: s.Absolute(r.To("/calendar.ics"))},
	}
}

func (h handlers) newLink(w http.ResponseWriter, r *ui.Request) error {
	secret, err := h.Activity.NewLink(r.Context(), r.By)
	if err != nil {
		return err
	}
	return h.show(w, r, secret) // shown once: only its hash is kept
}

func (h handlers) dropLink(w http.ResponseWriter, r *ui.Request) error {
	if err := h.Activity.DropLink(r.Context(), r.By); err != nil {
		return err
	}
	return h.Redirect(w, r, "/calendar", r.Words.T("calendar.ended"))
}

func (h handlers) sheet(r *ui.Request, name, self string) (desk.Sheet, error) {
	net, err := h.Network.Snapshot(r.Context())
	return desk.Sheet{Name: name, Site: h.Absolute(""), Self: self, Place: func(id string) string { return net.PlaceName(id, r.Lang) }}, err
}

func (h handlers) ics(w http.ResponseWriter, r *ui.Request, name, self string, es []desk.Entry) error {
	s, err := h.sheet(r, name, self)
	if err != nil {
		return err
	}
	return send(w, "text/calendar", desk.ICS(r.Words, s, es))
}

func (h handlers) network(w http.ResponseWriter, r *ui.Request) error {
	es, err := h.Activity.Entries(r.Context(), "")
	if err != nil {
		return err
	}
	return h.ics(w, r, r.Words.T("calendar.of", "Name", h.brand(r)), h.Absolute(r.To("/calendar.ics")), es)
}

func (h handlers) brand(r *ui.Request) string {
	b := h.Brand(r.Context())
	name, _ := b.Names.In(r.Lang)
	return name
}

func (h handlers) activity(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	es, err := h.Activity.Entries(r.Context(), id)
	if err != nil {
		return err
	}
	name := id
	for _, e := range es {
		if e.Item == "" {
			name, _ = e.Names.In(r.Lang)
		} else if of, _ := e.Of.In(r.Lang); of != "" && name == id {
			name = of
		}
	}
	w.Header().Set("Content-Disposition", `inline; filename="`+id+`.ics"`)
	return h.ics(w, r, name, h.Absolute(r.To("/activities/"+id+"/calendar.ics")), es)
}

func (h handlers) personal(w http.ResponseWriter, r *ui.Request) error {
	secret, ok := cutICS(r.PathValue("secret"))
	if !ok {
		return fault.New(fault.NotFound, "error.notfound")
	}
	es, err := h.Activity.Personal(r.Context(), secret, h.Seats)
	if err != nil {
		return err
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	return h.ics(w, r, r.Words.T("calendar.own"), "", es)
}

func cutICS(s string) (string, bool) {
	const end = ".ics"
	if len(s) != 32+len(end) || s[32:] != end {
		return "", false
	}
	return s[:32], true
}

// ScheduleOf is the agenda of an activity as everybody sees it.
func ScheduleOf(ctx context.Context, k *desk.Desk, by actor.Actor, w *catalog.Words, site, version, id string) (s Schedule, err error) {
	a, err := k.Activity(ctx, by, id)
	if err != nil {
		return s, err
	}
	rel, err := k.Released(ctx, by, id)
	if err != nil {
		return s, err
	}
	faces, err := k.Faces(ctx, rel.Shape)
	return Schedule{W: w, Site: site, Activity: a, Number: rel.Number, Shape: rel.Shape, Version: version,
		Who: func(p desk.Speaker) string { return desk.SpeakerName(faces, p, w) }}, err
}

func (h handlers) schedule(write func(Schedule, io.Writer) error, kind string) ui.Handler {
	return func(w http.ResponseWriter, r *ui.Request) error {
		s, err := ScheduleOf(r.Context(), h.Activity, r.By, r.Words, h.Absolute(""), h.Version, r.PathValue("id"))
		if err != nil {
			return err
		}
		if len(s.Shape.Items) == 0 {
			return fault.New(fault.NotFound, "error.notfound")
		}
		var b bytes.Buffer
		if err := write(s, &b); err != nil {
			return err
		}
		return send(w, kind, b.Bytes())
	}
}

// most is how many things a feed tells of.
const most = 50

func (h handlers) feed(write func(Feed, io.Writer) error, kind, end string) ui.Handler {
	return func(w http.ResponseWriter, r *ui.Request) error {
		f, err := h.news(r)
		if err != nil {
			return err
		}
		f.Self = h.Absolute(r.To("/feed." + end))
		var b bytes.Buffer
		if err := write(f, &b); err != nil {
			return err
		}
		return send(w, kind, b.Bytes())
	}
}

// news is what was announced, changed or called off, the latest first.
func (h handlers) news(r *ui.Request) (f Feed, err error) {
	es, err := h.Activity.Entries(r.Context(), "")
	if err != nil {
		return f, err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return f, err
	}
	f = Feed{ID: h.Absolute(r.To("/feed.atom")), Title: r.Words.T("calendar.feed.of", "Name", h.brand(r)), Home: h.Absolute(r.To("/programme")), Lang: r.Lang, By: h.brand(r), Updated: time.Unix(0, 0)}
	slices.SortStableFunc(es, func(a, b desk.Entry) int { return b.Changed.Compare(a.Changed) })
	for _, e := range es[:min(len(es), most)] {
		name, in := e.Names.In(r.Lang)
		p := Post{ID: guidURN(e.UID), URL: h.Absolute(r.To("/activities/" + e.Activity)), Title: name, Lang: in, Published: e.Created, Updated: e.Changed}
		key := "calendar.item"
		if e.Cancelled {
			key, p.URL = "calendar.item.off", f.Home
		}
		when := e.From
		if from, err := time.Parse("2006-01-02", e.From); err == nil {
			to, err := time.Parse("2006-01-02", e.To)
			if when = r.Words.Date(from); err == nil && to.After(from) {
				when = r.Words.DateRange(from, to)
			}
		}
		where := e.Venue
		if e.Place != "" {
			where = net.PlaceName(e.Place, r.Lang)
		}
		p.Text = r.Words.T(key, "When", when, "Where", or(where, r.Words.T("programme.notstated")))
		if text, _ := e.Text.In(r.Lang); text != "" {
			p.Text += "\n" + text
		}
		f.Items = append(f.Items, p)
		if e.Changed.After(f.Updated) {
			f.Updated = e.Changed
		}
	}
	return f, nil
}

func guidURN(uid string) string { return "urn:uuid:" + guid("entry", uid) }
