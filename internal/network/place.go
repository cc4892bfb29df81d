package network

import (
	"context"
	"slices"
	"sort"
	"strings"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// The closed lists of words. Each has a text "network.<list>.<word>" in the catalogs.
var (
	PlaceKinds = []string{"city", "region", "country"}
	PlaceRoles = []string{"", "network", "region", "benchmark"} // texts "network.role.<word>", "none" for the empty one
)

// Place is a city, a region (a state, a metropolitan area, a part of the world) or a country.
type Place struct {
	ID               string   `yaml:"id" json:"id"`
	Names            db.Text  `yaml:"names" json:"names"`
	Kind             string   `yaml:"kind" json:"kind"`
	Country          string   `yaml:"country,omitempty" json:"country,omitempty"` // ISO 3166-1, two letters
	Parent           string   `yaml:"parent,omitempty" json:"parent,omitempty"`   // the place it lies in
	Lat              *float64 `yaml:"lat,omitempty" json:"lat,omitempty"`         // degrees north, WGS 84
	Lon              *float64 `yaml:"lon,omitempty" json:"lon,omitempty"`         // degrees east, WGS 84
	TimeZone         string   `yaml:"zone,omitempty" json:"zone,omitempty"`       // IANA name, like Asia/Seoul
	Population       *int64   `yaml:"population,omitempty" json:"population,omitempty"`
	PopulationYear   int64    `yaml:"population_year,omitempty" json:"population_year,omitempty"`
	PopulationScope  string   `yaml:"population_scope,omitempty" json:"population_scope,omitempty"` // what was counted: "municipality, resident"
	PopulationSource string   `yaml:"population_source,omitempty" json:"population_source,omitempty"`
	Role             string   `yaml:"role,omitempty" json:"role,omitempty"`
	Note             db.Text  `yaml:"note,omitempty" json:"note,omitempty"`
	Sources          db.List  `yaml:"sources,omitempty" json:"sources,omitempty"` // one per line of the form, an address in it becomes a link
	Withdrawn        bool     `yaml:"withdrawn,omitempty" json:"withdrawn,omitempty"`
	Version          int64    `yaml:"-" json:"version"`
}

const placeColumns = `id, names, kind, country, COALESCE(parent,''), lat, lon, time_zone, population, COALESCE(population_year,0),
	population_scope, population_source, role, note, sources, withdrawn, version`

// Places lists all places, sorted by id, withdrawn ones too.
func Places(ctx context.Context, tx *db.Tx) ([]Place, error) { return places(ctx, tx, "") }

func places(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Place, error) {
	var out []Place
	err := tx.Each(ctx, `SELECT `+placeColumns+` FROM place `+where, args, func(scan func(...any) error) error {
		var p Place
		err := scan(&p.ID, &p.Names, &p.Kind, &p.Country, &p.Parent, &p.Lat, &p.Lon, &p.TimeZone, &p.Population, &p.PopulationYear,
			&p.PopulationScope, &p.PopulationSource, &p.Role, &p.Note, &p.Sources, &p.Withdrawn, &p.Version)
		out = append(out, p)
		return err
	})
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out, err
}

func onePlace(ctx context.Context, tx *db.Tx, id string) (Place, error) {
	return first(places(ctx, tx, `WHERE id = $1`, id))
}

// PutPlace writes a place whole, new or over what is there, without asking for rights or recording. Its version grows
// by one. Its parent must be there.
func PutPlace(ctx context.Context, tx *db.Tx, p Place) error {
	var year *int64
	if p.PopulationYear != 0 {
		year = &p.PopulationYear
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO place (id, names, kind, country, parent, lat, lon, time_zone, population, population_year,
		population_scope, population_source, role, note, sources, withdrawn, version)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,1)
		ON CONFLICT (id) DO UPDATE SET names=excluded.names, kind=excluded.kind, country=excluded.country, parent=excluded.parent,
		lat=excluded.lat, lon=excluded.lon, time_zone=excluded.time_zone, population=excluded.population,
		population_year=excluded.population_year, population_scope=excluded.population_scope,
		population_source=excluded.population_source, role=excluded.role, note=excluded.note, sources=excluded.sources,
		withdrawn=excluded.withdrawn, version=place.version+1`,
		p.ID, p.Names, p.Kind, p.Country, null(p.Parent), p.Lat, p.Lon, p.TimeZone, p.Population, year,
		p.PopulationScope, p.PopulationSource, p.Role, p.Note, p.Sources, p.Withdrawn)
	if err != nil {
		return err
	}
	return indexPlace(ctx, tx, p)
}

// PutPlaces writes many places, those that others lie in first.
func PutPlaces(ctx context.Context, tx *db.Tx, all []Place) error {
	return putTree(all, func(p Place) (string, string) { return p.ID, p.Parent }, func(p Place) error { return PutPlace(ctx, tx, p) })
}

var placeKind = kind[Place]{
	subject: PlaceSubject,
	one:     onePlace,
	put:     PutPlace,
	parts:   func(p *Place) (*string, *int64, *bool) { return &p.ID, &p.Version, &p.Withdrawn },
	name:    func(p *Place) string { s, _ := p.Names.In("en"); return s },
	tidy: func(p *Place) {
		trim(&p.ID, &p.Country, &p.Parent, &p.TimeZone, &p.PopulationScope, &p.PopulationSource)
		p.Country = strings.ToUpper(p.Country)
		p.Names, p.Note, p.Sources = tidyText(p.Names), tidyText(p.Note), tidyList(p.Sources)
	},
	check:  checkPlace,
	rights: placeRights,
	after: func(ctx context.Context, tx *db.Tx, old *Place, now Place) error {
		if old == nil || (same(old.Names, now.Names) && old.Parent == now.Parent) {
			return nil
		}
		if err := indexInside(ctx, tx, now.ID, 0); err != nil {
			return err
		}
		return tx.Renamed(ctx, PlaceSubject, now.ID)
	},
}

// placeRights lets officers change everything, and a city's officer the head count, the note and the sources of the own city.
func placeRights(by actor.Actor, old, now Place) error {
	if by.Officer() {
		return nil
	}
	if err := by.NeedCity(old.ID); err != nil {
		return err
	}
	now.Population, now.PopulationYear, now.PopulationScope, now.PopulationSource = old.Population, old.PopulationYear, old.PopulationScope, old.PopulationSource
	now.Note, now.Sources, now.Version = old.Note, old.Sources, old.Version
	if !same(old, now) {
		return fault.New(fault.Denied, "network.place.officer")
	}
	return nil
}

func checkPlace(ctx context.Context, tx *db.Tx, p Place, old *Place) error {
	var f fault.Form
	checkTexts(&f, "names", p.Names, mostName, true)
	checkID(&f, p.ID)
	if !slices.Contains(PlaceKinds, p.Kind) {
		f.Add("kind", "network.kind.missing")
	}
	if (p.Country == "" && p.Kind != "region") || (p.Country != "" && !isCountry(p.Country)) {
		f.Add("country", "network.country.form")
	}
	if p.Parent != "" {
		if err := checkAbove(ctx, tx, &f, "parent", "place", "parent", p.ID, p.Parent, "network.place.unknown"); err != nil {
			return err
		}
		if above, err := onePlace(ctx, tx, p.Parent); err == nil && rankOf(above.Kind) <= rankOf(p.Kind) && above.ID != p.ID && above.Kind != "region" {
			f.Add("parent", "network.parent.smaller", "Name", nameOf(above.Names, p.Parent))
		}
	}
	if (p.Lat == nil) != (p.Lon == nil) {
		f.Add(map[bool]string{true: "lat", false: "lon"}[p.Lat == nil], "network.position.half")
	}
	if p.Lat != nil && !(*p.Lat >= -90 && *p.Lat <= 90) {
		f.Add("lat", "network.lat.range")
	}
	if p.Lon != nil && !(*p.Lon >= -180 && *p.Lon <= 180) {
		f.Add("lon", "network.lon.range")
	}
	if p.TimeZone == "" && p.Kind == "city" {
		f.Add("zone", "network.zone.missing")
	} else if p.TimeZone != "" && Zone(p.TimeZone) == nil {
		f.Add("zone", "network.zone.unknown", "Zone", p.TimeZone)
	}
	if p.Population != nil {
		if *p.Population < 0 || *p.Population > 10_000_000_000 {
			f.Add("population", "network.population.range")
		}
		if p.PopulationYear == 0 {
			f.Add("population_year", "network.population.year")
		}
		if p.PopulationSource == "" {
			f.Add("population_source", "network.population.source")
		}
	}
	if y := p.PopulationYear; y != 0 && (y < 1800 || y > int64(tx.Now.Year())+1) {
		f.Add("population_year", "network.year.range", "From", 1800, "To", tx.Now.Year()+1)
	}
	checkString(&f, "population_scope", p.PopulationScope, mostName)
	checkString(&f, "population_source", p.PopulationSource, mostSource)
	if !slices.Contains(PlaceRoles, p.Role) {
		f.Add("role", "network.role.unknown")
	}
	checkTexts(&f, "note", p.Note, mostText, false)
	checkSources(&f, p.Sources)
	return f.Err()
}

func rankOf(kind string) int { return slices.Index(PlaceKinds, kind) }

func isCountry(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}

func nameOf(t db.Text, id string) string {
	if s, _ := t.In("en"); s != "" {
		return s
	}
	return id
}

// Place reads one place. To the public a withdrawn one is not there.
func (k *Desk) Place(ctx context.Context, by actor.Actor, id string) (Place, error) {
	return read(ctx, k, placeKind, by, id)
}

// Places lists the places the actor may see.
func (k *Desk) Places(ctx context.Context, by actor.Actor) ([]Place, error) {
	return list(ctx, k, placeKind, by, Places)
}

// CreatePlace stores a new place. An empty id is made of the name.
func (k *Desk) CreatePlace(ctx context.Context, by actor.Actor, p Place) (Place, error) {
	return create(ctx, k, placeKind, by, p)
}

// UpdatePlace stores p over the version it was made from.
func (k *Desk) UpdatePlace(ctx context.Context, by actor.Actor, p Place) error {
	return update(ctx, k, placeKind, by, p)
}

// WithdrawPlace hides a place from the public. What happened there stays told.
func (k *Desk) WithdrawPlace(ctx context.Context, by actor.Actor, id string, version int64) error {
	return setWithdrawn(ctx, k, placeKind, by, id, version, true)
}

// RestorePlace shows a withdrawn place again.
func (k *Desk) RestorePlace(ctx context.Context, by actor.Actor, id string, version int64) error {
	return setWithdrawn(ctx, k, placeKind, by, id, version, false)
}

// DeletePlace deletes a place that nothing refers to.
func (k *Desk) DeletePlace(ctx context.Context, by actor.Actor, id string, version int64) error {
	return remove(ctx, k, placeKind, by, id, version)
}
