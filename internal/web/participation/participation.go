// Package participation is the pages of who takes part: how one gets into an activity, registration, one's own page, the
// seats of a city, and the lists of those who run an activity.
package participation

import (
	"embed"
	"net/url"
	"time"

	"aircommons/internal/account"
	activitydesk "aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/form"
	"aircommons/internal/network"
	desk "aircommons/internal/participation"
	webform "aircommons/internal/web/form"
	"aircommons/internal/web/ui"
)

//go:embed *.html
var files embed.FS

var pages = ui.Templates(files)

// Deps are what the pages show and change.
type Deps struct {
	Participation *desk.Desk
	Activity      *activitydesk.Desk
	Account       *account.Desk
	Network       *network.Desk
	Form          *form.Desk
	Catalog       *catalog.Catalog
	Now           func() time.Time
}

type handlers struct {
	*ui.Site
	Deps
}

// Shown is what pages of other desks show of this one.
type Shown struct{ h handlers }

// Register adds the pages to the site.
func Register(s *ui.Site, d Deps) Shown {
	h := handlers{s, d}
	s.Live("/activities/{id}/register", h.register)
	s.Post("/activities/{id}/register", h.registered)
	s.Live("/activities/{id}/registered", h.received)
	s.Live("/activities/{id}/register/{draft}", h.draft)
	s.Post("/activities/{id}/register/{draft}", h.draftSend)
	s.Live("/activities/{id}/register/{draft}/{page}", h.draftPage)
	s.Upload("/activities/{id}/register/{draft}/{page}", form.MaxFiles, h.draftSave)
	s.Live("/activities/{id}/delegation", h.group)
	s.Post("/activities/{id}/delegation", h.group)
	s.Live("/activities/{id}/people", h.participants)

	s.Live("/seats", h.mine)
	s.Live("/seats/{ref}", h.seat)
	s.Post("/seats/{ref}/accept", h.accept)
	s.Post("/seats/{ref}/leave", h.leave)
	s.Live("/seats/{ref}/replace", h.replace)
	s.Post("/seats/{ref}/replace", h.replace)
	s.Live("/seats/{ref}/details", h.details)
	s.Post("/seats/{ref}/details", h.details)
	s.Live("/seats/{ref}/form/{which}", h.sheet)
	s.Live("/seats/{ref}/form/{which}/{page}", h.sheetPage)
	s.Upload("/seats/{ref}/form/{which}/{page}", form.MaxFiles, h.sheetSave)
	s.Live("/seats/{ref}/file/{question}/{sum}", h.file)

	s.Live("/cities/{id}/seats", h.citySeats)
	s.Live("/cities/{id}/seats/{seat}", h.citySeat)
	s.Post("/cities/{id}/seats/{seat}", h.citySeat)

	s.Live("/office/activities/{id}/registration", h.setup)
	s.Post("/office/activities/{id}/registration", h.setup)
	s.Live("/office/activities/{id}/people", h.people)
	s.Live("/office/activities/{id}/people/as/{format}", h.export)
	s.Post("/office/activities/{id}/people/filters", h.keepFilter)
	s.Post("/office/activities/{id}/people/plan", h.plan)
	s.Post("/office/activities/{id}/people/do", h.carry)
	s.Post("/office/activities/{id}/people/mail", h.mailed)
	s.Live("/office/activities/{id}/people/batches", h.batches)
	s.Post("/office/activities/{id}/people/batches/{batch}/undo", h.undo)
	s.Live("/office/activities/{id}/people/add", h.add)
	s.Post("/office/activities/{id}/people/add", h.add)
	s.Live("/office/activities/{id}/people/seats", h.giveSeats)
	s.Post("/office/activities/{id}/people/seats", h.giveSeats)
	s.Live("/office/activities/{id}/people/import", h.imports)
	s.Upload("/office/activities/{id}/people/import", importLimit, h.upload)
	s.Live("/office/activities/{id}/people/import/{import}", h.importOne)
	s.Post("/office/activities/{id}/people/import/{import}", h.importDo)
	s.Live("/office/participations/{id}", h.person)
	s.Post("/office/participations/{id}", h.decide)
	s.Post("/office/participations/{id}/echo", h.settle)
	s.Live("/office/participations/{id}/file/{question}/{sum}", h.personFile)
	h.registerAPI()
	return Shown{h}
}

func (h handlers) asker() webform.Asker { return webform.Asker{Form: h.Form, Network: h.Network} }

// name is the name of an activity in the reader's language.
func name(r *ui.Request, a activitydesk.Activity) string {
	s, _ := a.Names.In(r.Lang)
	if s == "" {
		return a.ID
	}
	return s
}

// crumbs lead to an activity.
func crumbs(r *ui.Request, a activitydesk.Activity, here string) []ui.Crumb {
	return []ui.Crumb{{Text: r.Words.T("nav.programme"), Path: "/programme"}, {Text: name(r, a), Path: "/activities/" + a.ID}, {Text: here}}
}

// officeCrumbs lead to the people of an activity.
func officeCrumbs(r *ui.Request, a activitydesk.Activity, here string) []ui.Crumb {
	return []ui.Crumb{{Text: r.Words.T("nav.programme"), Path: "/programme"}, {Text: name(r, a), Path: "/activities/" + a.ID},
		{Text: r.Words.T("participation.people"), Path: "/office/activities/" + a.ID + "/people"}, {Text: here}}
}

// clocks are the activity's and the reader's.
func clocks(r *ui.Request, a activitydesk.Activity) activitydesk.Clocks {
	zone := activitydesk.Zone(a.Zone)
	if zone == nil {
		zone = time.UTC
	}
	c := activitydesk.Clocks{Place: zone}
	if k, err := r.Cookie("zone"); err == nil {
		if s, err := url.QueryUnescape(k.Value); err == nil {
			c.Reader = activitydesk.Zone(s)
		}
	}
	return c
}

// when is a moment on the clocks of the activity and of the reader: "30 April 2027, 18:00 Seoul (11:00 Paris)".
func when(r *ui.Request, a activitydesk.Activity, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	c := clocks(r, a)
	return r.Words.T("participation.when", "Date", r.Words.Date(t.In(c.Place)), "Time", c.Pair(r.Words, t))
}

// cities are the cities of the network as answers, those of a first option before them.
func (h handlers) cities(r *ui.Request, first ...ui.Option) ([]ui.Option, error) {
	snap, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return nil, err
	}
	var out []ui.Option
	for _, p := range snap.Cities() {
		out = append(out, ui.Option{Value: p.ID, Label: snap.PlaceName(p.ID, r.Lang)})
	}
	webform.SortOptions(r.Lang, out)
	return append(first, out...), nil
}

// stateChip is the class of a state's chip.
func stateChip(s desk.State) string {
	switch {
	case s == desk.Confirmed || s == desk.Present:
		return " ok"
	case s.Out() || s == desk.Absent:
		return " stop"
	case s == desk.Offered || s == desk.Waiting || s == desk.Applied:
		return " notice"
	}
	return ""
}
