package evidence

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/intake"
	"aircommons/internal/network"
)

// MaxUpload is the largest file that is taken, in bytes.
const MaxUpload = 512 << 20

// JobKind is the kind of this desk's jobs.
const JobKind = "import"

// Upload is a file on its way in.
type Upload struct {
	Name    string // base name
	Place   string // city; empty to take what the file says
	Reader  io.Reader
	Choices Choices
	Auto    bool // store at once when nothing must be asked
	Make    bool // add the city to the network when it is not there yet
}

type jobArgs struct {
	Action string      `json:"action"` // "read", "store" or "undo"
	Auto   bool        `json:"auto,omitempty"`
	Make   bool        `json:"make,omitempty"`
	By     actor.Actor `json:"by"`

	Station int32 `json:"station,omitempty"` // of the action "station": its summaries are made again
}

// StartImport keeps the file under its hash and asks for a job that reads it. A file that is stored already is not
// taken again: its import is returned and again is true.
func (k *Desk) StartImport(ctx context.Context, by actor.Actor, u Upload) (i Import, again bool, err error) {
	if u.Place == "" && by.Role == actor.CityOfficer {
		u.Place = by.City
	}
	if err := k.mayImport(by, u.Place); err != nil {
		return i, false, err
	}
	if u.Place != "" {
		err := k.knowCity(ctx, u.Place)
		if err != nil && u.Make {
			err = k.makeCity(ctx, by, u.Place, "", u.Choices)
		}
		if err != nil {
			return i, false, err
		}
	}
	sum, size, err := k.files.Put(ctx, u.Reader, MaxUpload)
	if err != nil {
		return i, false, err
	}
	if size == 0 {
		return i, false, fault.New(fault.Invalid, "intake.file.empty", "File", u.Name)
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		same, err := imports(ctx, tx, `WHERE sha256 = $1 AND state IN ('reading','ready','storing','stored','asks') ORDER BY seq DESC, created_at DESC`, sum)
		if err != nil {
			return err
		}
		for _, s := range same {
			if s.State == Stored && (u.Place == "" || s.Place == u.Place) {
				i, again = s, true
				return nil
			}
			// One that a killed process left on its way goes on by itself.
			if (s.State == Reading || s.State == Storing) && s.Place == u.Place && sameChoices(s.Reading, u.Choices) {
				i, again = s, false
				return nil
			}
		}
		u.Choices.Now = tx.Now
		i, again = Import{ID: uuid.Must(uuid.NewV7()).String(), Place: u.Place, SHA256: sum, Name: cleanName(u.Name), Size: size,
			Reading: u.Choices, State: Reading, At: tx.Now, ByID: by.ID, By: by.Name, Version: 1}, false
		if err := putImport(ctx, tx, i); err != nil {
			return err
		}
		if err := tx.Record(ctx, by, "import", i.ID, "create", nil, map[string]any{"file": i.Name, "sha256": sum, "city": i.Place}); err != nil {
			return err
		}
		_, err = tx.Enqueue(ctx, JobKind, i.ID, jobArgs{Action: "read", Auto: u.Auto, Make: u.Make, By: by})
		return err
	})
	return i, again, err
}

// sameChoices reports whether two files are read alike, whenever that was.
func sameChoices(a, b Choices) bool {
	a.Now, b.Now = time.Time{}, time.Time{}
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

func cleanName(name string) string {
	name = strings.TrimSpace(name[strings.LastIndexAny(name, `/\`)+1:])
	if r := []rune(name); len(r) > 150 {
		name = string(r[:150])
	}
	return name
}

func (k *Desk) mayImport(by actor.Actor, place string) error {
	if place == "" {
		return by.NeedOfficer()
	}
	return by.NeedCity(place)
}

func (k *Desk) knowCity(ctx context.Context, place string) error {
	s, err := k.network.Snapshot(ctx)
	if err != nil {
		return err
	}
	if p, ok := s.Place(place); !ok || p.Kind == "country" || p.Withdrawn {
		var f fault.Form
		f.Add("place", "evidence.place.unknown", "Place", place)
		return f.Err()
	}
	return nil
}

// Import reads one import with its report, and its last job.
func (k *Desk) Import(ctx context.Context, by actor.Actor, id string) (i Import, job db.Job, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if i, err = oneImport(ctx, tx, id); err != nil {
			return err
		}
		if i.Place == "" && by.ID != i.ByID || i.Place != "" && !by.KeepsCity(i.Place) {
			if err := by.NeedOfficer(); err != nil {
				return err
			}
		}
		jobs, err := tx.JobsOf(ctx, id)
		if len(jobs) > 0 {
			job = jobs[0]
		}
		return err
	})
	return i, job, err
}

// Imports lists the imports that the actor keeps, the latest first, without their reports.
func (k *Desk) Imports(ctx context.Context, by actor.Actor) (out []Import, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		all, err := imports(ctx, tx, `ORDER BY created_at DESC, id DESC`)
		for _, i := range all {
			if by.Officer() || i.Place != "" && by.KeepsCity(i.Place) || by.SignedIn() && i.ByID == by.ID {
				out = append(out, i)
			}
		}
		return err
	})
	return out, err
}

// Answer keeps what a person said about how to read a file, and reads it again. place may change the city.
func (k *Desk) Answer(ctx context.Context, by actor.Actor, id string, version int64, place string, c Choices) error {
	return k.ask(ctx, by, id, version, "read", func(i *Import) error {
		if i.State != Asks && i.State != Ready && i.State != Failed && i.State != Undone {
			return fault.New(fault.Conflict, "evidence.import.busy")
		}
		if place != "" {
			if err := k.mayImport(by, place); err != nil {
				return err
			}
			if err := k.knowCity(ctx, place); err != nil {
				return err
			}
			i.Place = place
		}
		c.Now = i.Reading.Now
		i.Reading, i.State = c, Reading
		return nil
	})
}

// Store stores an import that is ready, or one that was undone.
func (k *Desk) Store(ctx context.Context, by actor.Actor, id string, version int64) error {
	return k.ask(ctx, by, id, version, "store", func(i *Import) error {
		if i.State != Ready && i.State != Undone {
			return fault.New(fault.Conflict, "evidence.import.busy")
		}
		i.State = Storing
		return nil
	})
}

// Undo takes an import out as a whole. What other imports say of the same hours stands again.
func (k *Desk) Undo(ctx context.Context, by actor.Actor, id string, version int64) error {
	return k.ask(ctx, by, id, version, "undo", func(i *Import) error {
		if i.State != Stored {
			return fault.New(fault.Conflict, "evidence.import.busy")
		}
		i.State = Undoing
		return nil
	})
}

func (k *Desk) ask(ctx context.Context, by actor.Actor, id string, version int64, action string, change func(*Import) error) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		i, err := oneImport(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := k.mayImport(by, i.Place); err != nil {
			return err
		}
		if i.Version != version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		before := i.State
		if err := change(&i); err != nil {
			return err
		}
		if err := putImport(ctx, tx, i); err != nil {
			return err
		}
		if err := tx.Record(ctx, by, "import", id, action, map[string]any{"state": before}, map[string]any{"state": i.State, "city": i.Place}); err != nil {
			return err
		}
		_, err = tx.Enqueue(ctx, JobKind, id, jobArgs{Action: action, By: by})
		return err
	})
}

// Run does one job of this desk. Every action can be run again from its start.
func (k *Desk) Run(ctx context.Context, job db.Job, say db.Progress) error {
	var a jobArgs
	if err := json.Unmarshal(job.Arguments, &a); err != nil {
		return err
	}
	if a.Action == "station" {
		return k.summariseStation(ctx, a.Station, say)
	}
	var i Import
	err := k.db.Read(ctx, func(tx *db.Tx) (err error) { i, err = oneImport(ctx, tx, job.Subject); return err })
	if err != nil {
		return err
	}
	switch {
	case a.Action == "read" && i.State == Reading:
		err = k.read(ctx, i, a, say)
	case a.Action == "read" && a.Auto && i.State == Storing, a.Action == "store" && i.State == Storing:
		err = k.store(ctx, i, a.By, nil, say)
	case a.Action == "undo" && i.State == Undoing:
		err = k.undo(ctx, i, a.By, say)
	default:
		return nil // done by an earlier run
	}
	if err == nil || ctx.Err() != nil {
		return err
	}
	// A fault of the input ends the import; ours is tried again by the queue, and ends it with the last try.
	var f *fault.Error
	ours := !errors.As(err, &f) || f.Code == fault.Internal
	if ours && job.Tries < db.MaxRuns {
		return err
	}
	m := fault.Say("error.internal")
	if f != nil {
		m = f.Message
	}
	return errors.Join(err, k.end(ctx, i.ID, a.By, m))
}

// end marks an import as failed. What of it is in the measurement store is taken out first.
func (k *Desk) end(ctx context.Context, id string, by actor.Actor, why fault.Message) error {
	var written []seriesOf
	if err := k.db.Read(ctx, func(tx *db.Tx) (err error) { written, err = importSeries(ctx, tx, id); return err }); err != nil {
		return err
	}
	if len(written) > 0 {
		if err := k.refold(ctx, id, written, func(string, int64, int64) {}); err != nil {
			return err
		}
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		i, err := oneImport(ctx, tx, id)
		if err != nil {
			return err
		}
		i.State, i.Report.Error = Failed, &why
		if err := k.forget(ctx, tx, id); err != nil {
			return err
		}
		if err := putImport(ctx, tx, i); err != nil {
			return err
		}
		return tx.Record(ctx, by, "import", id, "fail", nil, why)
	})
}

// open reads the file of an import as it was read before.
func (k *Desk) open(ctx context.Context, i Import) (*intake.Result, error) {
	r, err := k.files.Open(i.SHA256)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "db.disk", "Path", k.files.Path(i.SHA256))
	}
	opt := i.Reading
	if opt.Mapping == nil && opt.Layout == "" {
		if opt.Saved, err = k.savedMappings(ctx); err != nil {
			return nil, err
		}
	}
	s, err := k.network.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	if p, ok := s.Place(i.Place); ok {
		opt.Zone, opt.Country = p.TimeZone, p.Country
	}
	return intake.ReadBytes(i.Name, data, opt)
}

func (k *Desk) read(ctx context.Context, i Import, a jobArgs, say db.Progress) error {
	say("evidence.step.read", 0, 0)
	r, err := k.open(ctx, i)
	if err != nil {
		return err
	}
	if r.Layout == "mapping" {
		i.Reading = pinned(i.Reading, r) // a saved mapping may change later; this import is read by what it is now
	}
	if a.Make && i.Place == "" {
		if err := k.makeCities(ctx, a.By, r, i.Reading); err != nil {
			return err
		}
	}
	rep := reportOf(r)
	rep.Mapping = r.Mapping
	s, err := k.network.Snapshot(ctx)
	if err != nil {
		return err
	}
	missing := false
	elsewhere := 0 // values of stations whose city the network or the officer does not keep
	chosen, many := i.Place, several(r)
	for _, x := range r.Series {
		place, refused := k.placeOf(s, chosen, many, x.Station, a.By)
		if refused != nil {
			elsewhere += len(x.Time)
			if !slices.ContainsFunc(rep.Refused, func(m fault.Message) bool { return m.String() == refused.String() }) {
				rep.Refused = append(rep.Refused, *refused)
			}
		} else if place == "" {
			missing = true
		} else if i.Place == "" {
			i.Place = place
		} else if at, ok := s.Place(place); ok && x.Station.City != "" && !called(at, x.Station.City) {
			// Nobody keeps the city that the file names. Whoever stores it here should know it.
			m := fault.Say("evidence.station.city", "City", x.Station.City)
			if !slices.ContainsFunc(rep.Warnings, func(w fault.Message) bool { return w.String() == m.String() }) {
				rep.Warnings = append(rep.Warnings, m)
			}
		}
	}
	if chosen == "" && i.Place != "" { // now that the city is known, its time is
		if r, err = k.open(ctx, i); err != nil {
			return err
		}
		refused := rep.Refused
		rep = reportOf(r)
		rep.Mapping, rep.Refused = r.Mapping, refused
	}
	rep.Values -= elsewhere
	if i.Place == "" || missing {
		missing = true
		rep.NeedsPlace = true
	}
	auto := a.Auto && !r.Pending() && !missing
	switch {
	case len(r.Series) == 0 && len(r.Asks) == 0:
		m := fault.Say("evidence.import.nothing")
		rep.Error, i.State = &m, Failed
	case r.Pending() || missing:
		i.State = Asks
	case auto:
		i.State = Storing
	default:
		i.State = Ready
	}
	i.Report = rep
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if err := putImport(ctx, tx, i); err != nil {
			return err
		}
		return tx.Record(ctx, a.By, "import", i.ID, "read", nil, map[string]any{"state": i.State, "values": rep.Values, "rejected": rep.RejectedTotal})
	})
	if err != nil || !auto {
		return err
	}
	return k.store(ctx, i, a.By, r, say)
}

// pinned are choices by which a file is read again as it was read, whatever becomes of the mapping or of the rules of
// the program by which it was recognised.
func pinned(c Choices, r *intake.Result) Choices {
	if r.Mapping != nil && c.Mapping == nil && !r.Pending() {
		c.Mapping, c.Layout = r.Mapping, ""
	}
	return c
}

// placeOf says in which city a station of a file lies: the one that the file names where it is known, else the one that
// the import is for. A station of another country, or one of several cities of a file of which the network does not know
// it, has none. One who keeps one city only cannot write into another.
func (k *Desk) placeOf(s *network.Snapshot, chosen string, several bool, st intake.Station, by actor.Actor) (string, *fault.Message) {
	named := ""
	if st.City != "" {
		for _, p := range s.Places() {
			if p.Kind == "country" || p.Withdrawn || st.Country != "" && p.Country != "" && p.Country != st.Country {
				continue
			}
			if strings.EqualFold(p.ID, st.City) || named == "" && called(p, st.City) {
				named = p.ID
			}
		}
	}
	elsewhere := fault.Say("evidence.station.elsewhere", "Station", st.Name, "City", or(st.City, st.Country))
	if named == "" {
		p, _ := s.Place(chosen)
		if st.City != "" && several || chosen != "" && st.Country != "" && p.Country != "" && p.Country != st.Country {
			return "", &elsewhere
		}
		named = chosen
	}
	if named != "" && named != chosen && !by.KeepsCity(named) {
		return "", &elsewhere
	}
	return named, nil
}

// called reports whether a place goes by a name.
func called(p network.Place, name string) bool {
	if strings.EqualFold(p.ID, name) {
		return true
	}
	for _, n := range p.Names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// several reports whether the stations of a file are in more than one city.
func several(r *intake.Result) bool {
	for _, x := range r.Series {
		if x.Station.City != r.Series[0].Station.City {
			return true
		}
	}
	return false
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
