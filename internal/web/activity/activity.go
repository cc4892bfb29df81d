// Package activity is the pages of the common work: home, programmes with the strip of their editions, activities, and
// cities with everything they took part in, and the forms in which officers keep them.
package activity

import (
	"context"
	"embed"
	"html/template"
	"time"

	desk "aircommons/internal/activity"
	"aircommons/internal/db"
	"aircommons/internal/library"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

//go:embed *.html
var files embed.FS

var pages = ui.Templates(files)

// Deps are the desks that the pages show, and what pages of other desks add to them.
type Deps struct {
	Activity *desk.Desk
	Network  *network.Desk
	Library  *library.Desk
	Now      func() time.Time

	// Home is what stands below the headline of the home page: the chart of the air of all cities. May be nil.
	Home func(context.Context, *ui.Request) (template.HTML, error)
	// Air gives the latest annual mean of each city that has one, by place. May be nil.
	Air func(context.Context, *ui.Request) (map[string]Air, error)
	// Ways are how one takes part in an activity, and what those who run it do with its people. May be nil.
	Ways func(*ui.Request, desk.Activity) (Ways, error)
	// Seat is "onsite" or "online" for a person with a confirmed seat, else empty. May be nil.
	Seat func(ctx context.Context, person, activity string) (string, error)
	// Seated is how many people are confirmed on site. May be nil.
	Seated func(ctx context.Context, activity string) (int, error)
	// Plans are what a city means to do after visits, and what came of it, as the public sees it. May be nil.
	Plans func(r *ui.Request, place string) ([]PlanPoint, error)
}

// PlanPoint is a point of a city's plan.
type PlanPoint struct {
	Names, Outcome   db.Text
	State, Chip, Due string
	Activity         Link // from which it came
}

// Ways are links to pages of other desks, for the page of an activity.
type Ways struct {
	Links   []Link      // for everybody: the first stands out
	Said    string      // when it is open
	Actions []ui.Action // for who runs it
}

// Air is the latest annual mean of PM2.5 of a place, as the reader's language writes it.
type Air struct {
	Value string // "30.5", µg/m³
	Year  string
	Class int // 1 to 7 of the haze scale
}

type handlers struct {
	*ui.Site
	Deps
}

// Register adds the pages to the site.
func Register(s *ui.Site, d Deps) {
	h := handlers{s, d}
	s.Get("/", h.home)
	s.Get("/programme", h.programmes)
	s.Get("/programme/{id}", h.programme)
	s.Get("/programme/{id}/strip.svg", h.stripSVG)
	s.Get("/programme/{id}/strip.csv", h.stripCSV)
	s.Get("/activities/{id}", h.activity)
	s.Get("/cities", h.cities)
	s.Get("/cities/{id}", h.city)
	s.Post("/zone", h.zone)
	h.office()
	h.agenda()
}
