package network

import (
	"context"
	"sort"

	"aircommons/internal/db"
)

// MembershipKinds has texts "network.membership.<word>".
var MembershipKinds = []string{"member", "founder", "observer", "partner", "secretariat"}

// Membership says that a place or an organisation belongs to a network, as a source says it. Two sources that say so are
// two memberships.
type Membership struct {
	ID           string  `yaml:"id" json:"id"`
	Place        string  `yaml:"place,omitempty" json:"place,omitempty"`
	Organisation string  `yaml:"organisation,omitempty" json:"organisation,omitempty"`
	Network      string  `yaml:"network" json:"network"` // the organisation that is the network
	Kind         string  `yaml:"kind" json:"kind"`
	Period       Period  `yaml:"period,omitempty" json:"period,omitempty"`
	Printed      string  `yaml:"printed,omitempty" json:"printed,omitempty"` // what the source prints
	Rank         int64   `yaml:"rank,omitempty" json:"rank,omitempty"`       // 0: the first source; higher: second sources
	Sources      db.List `yaml:"sources,omitempty" json:"sources,omitempty"`
	Note         db.Text `yaml:"note,omitempty" json:"note,omitempty"`
	Withdrawn    bool    `yaml:"withdrawn,omitempty" json:"withdrawn,omitempty"`
	Version      int64   `yaml:"-" json:"version"`
}

const membershipColumns = `id, COALESCE(place,''), COALESCE(organisation,''), network, kind, period, printed, rank, sources, note, withdrawn, version`

// Memberships lists all memberships, sorted by id, withdrawn ones too.
func Memberships(ctx context.Context, tx *db.Tx) ([]Membership, error) {
	return memberships(ctx, tx, "")
}

func memberships(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Membership, error) {
	var out []Membership
	err := tx.Each(ctx, `SELECT `+membershipColumns+` FROM membership `+where, args, func(scan func(...any) error) error {
		var m Membership
		err := scan(&m.ID, &m.Place, &m.Organisation, &m.Network, &m.Kind, &m.Period, &m.Printed, &m.Rank, &m.Sources, &m.Note,
			&m.Withdrawn, &m.Version)
		out = append(out, m)
		return err
	})
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out, err
}

func oneMembership(ctx context.Context, tx *db.Tx, id string) (Membership, error) {
	return first(memberships(ctx, tx, `WHERE id = $1`, id))
}

// PutMembership writes a membership whole, new or over what is there, without asking for rights or recording. Its
// version grows by one. Its network and its place or organisation must be there.
func PutMembership(ctx context.Context, tx *db.Tx, m Membership) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO membership (id, place, organisation, network, kind, period, printed, rank, sources, note,
		withdrawn, version) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,1)
		ON CONFLICT (id) DO UPDATE SET place=excluded.place, organisation=excluded.organisation, network=excluded.network,
		kind=excluded.kind, period=excluded.period, printed=excluded.printed, rank=excluded.rank, sources=excluded.sources,
		note=excluded.note, withdrawn=excluded.withdrawn, version=membership.version+1`,
		m.ID, null(m.Place), null(m.Organisation), m.Network, m.Kind, m.Period, m.Printed, m.Rank, m.Sources, m.Note, m.Withdrawn)
	return err
}
