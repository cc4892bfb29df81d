// Package evidence is the desk of the air: stations, imports of monitoring exports, summaries, and what pages and
// commands say from them: is the air of a city good enough, and how does it compare?
//
// What is stored of a series is the fold of its imports: for each hour the latest import that has a value wins. Kept
// files are the truth; an undone import is taken out by reading the others again.
package evidence

import (
	"sync/atomic"
	"time"

	"aircommons/air"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
	"aircommons/internal/obs"
)

// SiteTypes of stations. Each has a text "evidence.site.<word>".
var SiteTypes = []string{"unknown", "traffic", "urban", "suburban", "rural", "industrial", "background", "embassy"}

// Station is a place where air is measured with one step (hourly or daily). Its offset of local standard time is fixed,
// without summer time: days and years of its statistics are of that time.
type Station struct {
	ID       int32
	Place    string // city
	Code     string // as in the source
	Step     int64  // seconds
	Name     string
	Lat, Lon *float64
	Offset   int // seconds east of UTC
	SiteType string
	Source   string // layout it was first read with
	Note     string
	Version  int64
}

// State of an import. Each has a text "import.state.<word>".
type State string

const (
	Reading State = "reading"
	Asks    State = "asks"  // something must be answered first
	Ready   State = "ready" // nothing is stored before somebody says so
	Storing State = "storing"
	Stored  State = "stored"
	Undoing State = "undoing"
	Undone  State = "undone"
	Failed  State = "failed"
)

// Import is one file, read or stored.
type Import struct {
	ID       string
	Place    string // city; empty until known
	SHA256   string
	Name     string
	Size     int64
	Reading  Choices
	State    State
	Report   Report
	At       time.Time
	ByID, By string
	StoredAt time.Time // zero until stored
	Seq      int64     // order of storing
	Version  int64
}

// Pending reports whether a job works on the import.
func (i Import) Pending() bool { return i.State == Reading || i.State == Storing || i.State == Undoing }

// Desk holds the use cases.
type Desk struct {
	db      *db.DB
	obs     obs.Store
	files   *db.Files
	network *network.Desk
	snap    atomic.Pointer[Snapshot]

	Gazetteer Gazetteer // cities that are known beforehand; may be nil

	fail func(step string) error // tests stop a store between two steps
}

// New makes the desk on open stores.
func New(d *db.DB, o obs.Store, f *db.Files, n *network.Desk) *Desk {
	return &Desk{db: d, obs: o, files: f, network: n}
}

func (k *Desk) step(name string) error {
	if k.fail == nil {
		return nil
	}
	return k.fail(name)
}

func notFound() error { return fault.New(fault.NotFound, "error.notfound") }

// seriesKey names a series.
type seriesKey = obs.Key

func key(station int32, p air.Parameter) seriesKey { return obs.Key{Station: station, Parameter: p} }
