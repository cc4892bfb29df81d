package network

import (
	"context"
	"sort"

	"aircommons/internal/db"
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
