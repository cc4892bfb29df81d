package network

import (
	"context"
	"slices"
	"sort"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// OrganisationKinds has texts "network.organisation.kind.<word>".
var OrganisationKinds = []string{"city-network", "government-network", "regional-office", "city-government", "city-department",
	"ministry", "training-institute", "university", "research-institute", "coalition", "international", "association", "foundation",
	"company", "other"}

// Organisation is somebody who carries activities or belongs to a network: a city government, a ministry, an institute.
type Organisation struct {
	ID          string  `yaml:"id" json:"id"`
	Names       db.Text `yaml:"names" json:"names"`
	PrintedName string  `yaml:"printed,omitempty" json:"printed,omitempty"` // as the source prints it
	Kind        string  `yaml:"kind" json:"kind"`
	Parent      string  `yaml:"parent,omitempty" json:"parent,omitempty"` // the organisation it is a part of
	Place       string  `yaml:"place,omitempty" json:"place,omitempty"`   // the place it belongs to
	URL         string  `yaml:"url,omitempty" json:"url,omitempty"`
	Email       string  `yaml:"email,omitempty" json:"email,omitempty"`     // where anybody may write to
	Address     db.Text `yaml:"address,omitempty" json:"address,omitempty"` // by post, several lines
	Summary     db.Text `yaml:"summary,omitempty" json:"summary,omitempty"`
	Note        db.Text `yaml:"note,omitempty" json:"note,omitempty"`
	Sources     db.List `yaml:"sources,omitempty" json:"sources,omitempty"`
	Withdrawn   bool    `yaml:"withdrawn,omitempty" json:"withdrawn,omitempty"`
	Version     int64   `yaml:"-" json:"version"`
}

const organisationColumns = `id, names, printed_name, kind, COALESCE(parent,''), COALESCE(place,''), url, email, address, summary, note, sources, withdrawn, version`

// Organisations lists all organisations, sorted by id, withdrawn ones too.
func Organisations(ctx context.Context, tx *db.Tx) ([]Organisation, error) {
	return organisations(ctx, tx, "")
}

func organisations(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Organisation, error) {
	var out []Organisation
	err := tx.Each(ctx, `SELECT `+organisationColumns+` FROM organisation `+where, args, func(scan func(...any) error) error {
		var o Organisation
		err := scan(&o.ID, &o.Names, &o.PrintedName, &o.Kind, &o.Parent, &o.Place, &o.URL, &o.Email, &o.Address, &o.Summary, &o.Note, &o.Sources,
			&o.Withdrawn, &o.Version)
		out = append(out, o)
		return err
	})
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out, err
}

func oneOrganisation(ctx context.Context, tx *db.Tx, id string) (Organisation, error) {
	return first(organisations(ctx, tx, `WHERE id = $1`, id))
}

// PutOrganisation writes an organisation whole, new or over what is there, without asking for rights or recording. Its
// version grows by one. Its parent and its place must be there.
func PutOrganisation(ctx context.Context, tx *db.Tx, o Organisation) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO organisation (id, names, printed_name, kind, parent, place, url, email, address, summary, note, sources,
		withdrawn, version) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,1)
		ON CONFLICT (id) DO UPDATE SET names=excluded.names, printed_name=excluded.printed_name, kind=excluded.kind,
		parent=excluded.parent, place=excluded.place, url=excluded.url, email=excluded.email, address=excluded.address, summary=excluded.summary, note=excluded.note,
		sources=excluded.sources, withdrawn=excluded.withdrawn, version=organisation.version+1`,
		o.ID, o.Names, o.PrintedName, o.Kind, null(o.Parent), null(o.Place), o.URL, o.Email, o.Address, o.Summary, o.Note, o.Sources, o.Withdrawn)
	if err != nil {
		return err
	}
	return indexOrganisation(ctx, tx, o)
}

// PutOrganisations writes many organisations, those that others are a part of first.
func PutOrganisations(ctx context.Context, tx *db.Tx, all []Organisation) error {
	return putTree(all, func(o Organisation) (string, string) { return o.ID, o.Parent },
		func(o Organisation) error { return PutOrganisation(ctx, tx, o) })
}

var organisationKind = kind[Organisation]{
	subject: OrganisationSubject,
	one:     oneOrganisation,
	put:     PutOrganisation,
	parts:   func(o *Organisation) (*string, *int64, *bool) { return &o.ID, &o.Version, &o.Withdrawn },
	name:    func(o *Organisation) string { s, _ := o.Names.In("en"); return s },
	tidy: func(o *Organisation) {
		trim(&o.ID, &o.PrintedName, &o.Parent, &o.Place, &o.URL, &o.Email)
		o.Address = tidyText(o.Address)
		o.Names, o.Summary, o.Note, o.Sources = tidyText(o.Names), tidyText(o.Summary), tidyText(o.Note), tidyList(o.Sources)
	},
	check: checkOrganisation,
	after: func(ctx context.Context, tx *db.Tx, old *Organisation, now Organisation) error {
		if old == nil || same(old.Names, now.Names) {
			return nil
		}
		return tx.Renamed(ctx, OrganisationSubject, now.ID)
	},
}

func checkOrganisation(ctx context.Context, tx *db.Tx, o Organisation, old *Organisation) error {
	var f fault.Form
	checkTexts(&f, "names", o.Names, mostName, true)
	checkID(&f, o.ID)
	checkString(&f, "printed", o.PrintedName, mostName)
	if !slices.Contains(OrganisationKinds, o.Kind) {
		f.Add("kind", "network.kind.missing")
	}
	if err := checkAbove(ctx, tx, &f, "parent", "organisation", "parent", o.ID, o.Parent, "network.organisation.unknown"); err != nil {
		return err
	}
	if err := checkThere(ctx, tx, &f, "place", "place", o.Place, "network.place.unknown"); err != nil {
		return err
	}
	checkURL(&f, "url", o.URL)
	checkEmail(&f, "email", o.Email)
	checkTexts(&f, "address", o.Address, mostName, false)
	checkTexts(&f, "summary", o.Summary, mostText, false)
	checkTexts(&f, "note", o.Note, mostText, false)
	checkSources(&f, o.Sources)
	return f.Err()
}

// Organisation reads one organisation. To the public a withdrawn one is not there.
func (k *Desk) Organisation(ctx context.Context, by actor.Actor, id string) (Organisation, error) {
	return read(ctx, k, organisationKind, by, id)
}

// Organisations lists the organisations the actor may see.
func (k *Desk) Organisations(ctx context.Context, by actor.Actor) ([]Organisation, error) {
	return list(ctx, k, organisationKind, by, Organisations)
}

// CreateOrganisation stores a new organisation. An empty id is made of the name.
func (k *Desk) CreateOrganisation(ctx context.Context, by actor.Actor, o Organisation) (Organisation, error) {
	return create(ctx, k, organisationKind, by, o)
}

// UpdateOrganisation stores o over the version it was made from.
func (k *Desk) UpdateOrganisation(ctx context.Context, by actor.Actor, o Organisation) error {
	return update(ctx, k, organisationKind, by, o)
}

// WithdrawOrganisation hides an organisation from the public. What it did stays told.
func (k *Desk) WithdrawOrganisation(ctx context.Context, by actor.Actor, id string, version int64) error {
	return setWithdrawn(ctx, k, organisationKind, by, id, version, true)
}

// RestoreOrganisation shows a withdrawn organisation again.
func (k *Desk) RestoreOrganisation(ctx context.Context, by actor.Actor, id string, version int64) error {
	return setWithdrawn(ctx, k, organisationKind, by, id, version, false)
}

// DeleteOrganisation deletes an organisation that nothing refers to.
func (k *Desk) DeleteOrganisation(ctx context.Context, by actor.Actor, id string, version int64) error {
	return remove(ctx, k, organisationKind, by, id, version)
}
