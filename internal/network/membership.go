package network

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
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

var membershipKind = kind[Membership]{
	subject: MembershipSubject,
	one:     oneMembership,
	put:     PutMembership,
	parts:   func(m *Membership) (*string, *int64, *bool) { return &m.ID, &m.Version, &m.Withdrawn },
	name: func(m *Membership) string {
		id := m.Network + "-" + m.Place + m.Organisation
		if y := m.Period.Year(); y > 0 {
			id = fmt.Sprintf("%s-%d", id, y)
		}
		return id
	},
	tidy: func(m *Membership) {
		trim(&m.ID, &m.Place, &m.Organisation, &m.Network, &m.Printed)
		m.Sources, m.Note = tidyList(m.Sources), tidyText(m.Note)
	},
	check: checkMembership,
}

func checkMembership(ctx context.Context, tx *db.Tx, m Membership, old *Membership) error {
	var f fault.Form
	checkID(&f, m.ID)
	switch {
	case m.Place == "" && m.Organisation == "":
		f.Add("place", "network.member.missing")
	case m.Place != "" && m.Organisation != "":
		f.Add("place", "network.member.both")
	case m.Organisation != "" && m.Organisation == m.Network:
		f.Add("organisation", "network.member.itself")
	}
	if err := checkThere(ctx, tx, &f, "place", "place", m.Place, "network.place.unknown"); err != nil {
		return err
	}
	if err := checkThere(ctx, tx, &f, "organisation", "organisation", m.Organisation, "network.organisation.unknown"); err != nil {
		return err
	}
	if m.Network == "" {
		f.Add("network", "network.network.missing")
	}
	if err := checkThere(ctx, tx, &f, "network", "organisation", m.Network, "network.organisation.unknown"); err != nil {
		return err
	}
	if !slices.Contains(MembershipKinds, m.Kind) {
		f.Add("kind", "network.kind.missing")
	}
	checkString(&f, "printed", m.Printed, mostText)
	if m.Rank < 0 || m.Rank > 99 {
		f.Add("rank", "network.rank.range")
	}
	checkSources(&f, m.Sources)
	checkTexts(&f, "note", m.Note, mostText, false)
	if err := f.Err(); err != nil {
		return err
	}
	others, err := memberships(ctx, tx, `WHERE network = $1 AND id <> $2`, m.Network, m.ID)
	if err != nil {
		return err
	}
	for _, o := range others {
		if o.Place == m.Place && o.Organisation == m.Organisation && o.Kind == m.Kind && o.Period.String() == m.Period.String() && same(o.Sources, m.Sources) {
			f.Add("place", "network.member.twice")
			break
		}
	}
	return f.Err()
}

// Membership reads one membership. To the public a withdrawn one is not there.
func (k *Desk) Membership(ctx context.Context, by actor.Actor, id string) (Membership, error) {
	return read(ctx, k, membershipKind, by, id)
}

// Memberships lists the memberships the actor may see.
func (k *Desk) Memberships(ctx context.Context, by actor.Actor) ([]Membership, error) {
	return list(ctx, k, membershipKind, by, Memberships)
}

// CreateMembership stores a new membership. An empty id is made of network, member and year.
func (k *Desk) CreateMembership(ctx context.Context, by actor.Actor, m Membership) (Membership, error) {
	return create(ctx, k, membershipKind, by, m)
}

// UpdateMembership stores m over the version it was made from.
func (k *Desk) UpdateMembership(ctx context.Context, by actor.Actor, m Membership) error {
	return update(ctx, k, membershipKind, by, m)
}

// WithdrawMembership hides a membership from the public. One that has ended is not withdrawn: it has a last day.
func (k *Desk) WithdrawMembership(ctx context.Context, by actor.Actor, id string, version int64) error {
	return setWithdrawn(ctx, k, membershipKind, by, id, version, true)
}

// RestoreMembership shows a withdrawn membership again.
func (k *Desk) RestoreMembership(ctx context.Context, by actor.Actor, id string, version int64) error {
	return setWithdrawn(ctx, k, membershipKind, by, id, version, false)
}

// DeleteMembership deletes a membership that was entered by mistake.
func (k *Desk) DeleteMembership(ctx context.Context, by actor.Actor, id string, version int64) error {
	return remove(ctx, k, membershipKind, by, id, version)
}
