// Package evidence shows the desk of the air: the air of a city, the comparison of cities, stations, and the imports of
// monitoring exports.
package evidence

import (
	"embed"
	"time"

	desk "aircommons/internal/evidence"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

//go:embed *.html
var files embed.FS

var pages = ui.Templates(files)

// Deps are what the pages need.
type Deps struct {
	Evidence *desk.Desk
	Network  *network.Desk
	Now      func() time.Time
}

type handlers struct {
	*ui.Site
	Deps
	kept *kept
}

// Register adds the pages to the site.
func Register(s *ui.Site, d Deps) error {
	h := handlers{s, d, &kept{sets: map[drawnKey]*drawn{}}}
	h.imports()
	h.air()
	h.stations()
	h.published()
	h.comparison()
	h.overview()
	return h.mappings()
}
