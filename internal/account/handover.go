package account

import (
	"context"

	"aircommons/internal/actor"
	"aircommons/internal/db"
)

// OpenItem is something that a focal point of a city has not finished.
type OpenItem struct {
	Kind  string  `json:"kind"` // texts "report.open.<word>"
	Key   string  `json:"key"`
	Names db.Text `json:"names"`          // of what it belongs to: an activity, a call
	Path  string  `json:"path,omitempty"` // where it is gone on with
	Due   string  `json:"due,omitempty"`  // day
}

// Opener is a desk in which a city's focal point leaves things open that the next one goes on with.
type Opener interface {
	// OpenItems lists what is open for a city, as far as it is the city's or its focal point's.
	OpenItems(ctx context.Context, tx *db.Tx, place, person string) ([]OpenItem, error)
	// PassOn makes what is the leaving focal point's own the next one's.
	PassOn(ctx context.Context, tx *db.Tx, by actor.Actor, place, from, to string) error
}

// Held lists the grants of a role for one thing that hold or ever held, the first first. For desks: rights are the caller's.
func Held(ctx context.Context, tx *db.Tx, role actor.Role, subject, key string) ([]Granted, error) {
	return grants(ctx, tx, `WHERE subject = $1 AND key = $2 AND role = $3 ORDER BY given_at, id`, subject, key, string(role))
}

// LeaveCity ends what somebody is for a city: the role of its focal point, that of its officer, and where the person works there
// has its last day. Rights are the caller's.
func LeaveCity(ctx context.Context, tx *db.Tx, by actor.Actor, person, place string) error {
	if err := Take(ctx, tx, by, person, actor.Grant{Role: actor.FocalPoint, Subject: actor.OfPlace, Key: place}); err != nil {
		return err
	}
	p, err := one(ctx, tx, `WHERE id = $1`, person)
	if err != nil {
		return err
	}
	old := p
	p.Affiliations = append([]Affiliation(nil), p.Affiliations...)
	changed := false
	for i, a := range p.Affiliations {
		if a.Place == place && a.To == "" {
			p.Affiliations[i].To, changed = tx.Now.UTC().Format("2006-01-02"), true
		}
	}
	if p.Role == actor.CityOfficer && p.City == place {
		p.Role, p.City, changed = actor.Visitor, "", true
	}
	if !changed {
		return nil
	}
	if err := store(ctx, tx, p); err != nil {
		return err
	}
	return tx.Record(ctx, by, PersonSubject, person, "update", old, p)
}
