package report

import (
	"context"
	"slices"
	"strings"
	"time"

	"aircommons/internal/activity"
	"aircommons/internal/db"
	"aircommons/internal/library"
	"aircommons/internal/network"
)

// Content is what the record holds for a report. A frozen report keeps it whole, with the names that it needs: it holds no names
// of people but those in captions and credits of photos.
type Content struct {
	At            time.Time          `json:"at"`
	Names         db.Text            `json:"names"`
	Programme     db.Text            `json:"programme,omitempty"`
	Period        network.Period     `json:"period"`
	Place         string             `json:"place,omitempty"`
	Venue         string             `json:"venue,omitempty"`
	Mode          string             `json:"mode,omitempty"`
	Roles         []activity.Role    `json:"roles,omitempty"`
	Agenda        []Slot             `json:"agenda,omitempty"`
	Figures       Figures            `json:"figures"`
	Feedback      Feedback           `json:"feedback"`
	Documents     []Document         `json:"documents,omitempty"`
	Photos        []Photo            `json:"photos,omitempty"`
	Places        map[string]db.Text `json:"places,omitempty"` // names by id, of places that the figures name
	Organisations map[string]db.Text `json:"organisations,omitempty"`
}

// Slot is an entry of the agenda. Times are on the wall of the activity's zone.
type Slot struct {
	Kind      string    `json:"kind"`
	Starts    string    `json:"starts,omitempty"`
	Ends      string    `json:"ends,omitempty"`
	Names     db.Text   `json:"names"`
	Talks     []db.Text `json:"talks,omitempty"`
	Cancelled bool      `json:"cancelled,omitempty"`
}

// Document is a document of the library that belongs to the activity.
type Document struct {
	ID    string  `json:"id"`
	Kind  string  `json:"kind"`
	Names db.Text `json:"names"`
}

// gather reads what the record holds for the report of an activity.
func (k *Desk) gather(ctx context.Context, tx *db.Tx, a activity.Activity) (c Content, err error) {
	c = Content{At: tx.Now.UTC().Truncate(time.Second), Names: a.Names, Period: a.Period, Place: a.Place, Venue: a.Venue, Mode: a.Mode, Roles: a.Roles, Places: map[string]db.Text{}, Organisations: map[string]db.Text{}}
	if c.Figures, err = Count(ctx, tx, a.ID, true); err != nil {
		return c, err
	}
	if c.Feedback, err = Results(ctx, tx, a.ID); err != nil {
		return c, err
	}
	if c.Photos, err = photos(ctx, tx, `WHERE activity_id = $1 AND NOT withdrawn`, a.ID); err != nil {
		return c, err
	}
	if a.Programme != "" {
		ps, err := activity.Programmes(ctx, tx)
		if err != nil {
			return c, err
		}
		for _, p := range ps {
			if p.ID == a.Programme {
				c.Programme = p.Names
			}
		}
	}
	for _, i := range a.Items {
		s := Slot{Kind: i.Kind, Starts: i.Starts, Ends: i.Ends, Names: i.Names, Cancelled: i.Cancelled}
		for _, t := range i.Talks {
			s.Talks = append(s.Talks, t.Names)
		}
		c.Agenda = append(c.Agenda, s)
	}
	slices.SortStableFunc(c.Agenda, func(a, b Slot) int {
		if (a.Starts == "") != (b.Starts == "") { // what has no time comes last
			return strings.Compare(b.Starts, a.Starts)
		}
		return strings.Compare(a.Starts, b.Starts)
	})
	docs, err := library.Documents(ctx, tx)
	if err != nil {
		return c, err
	}
	for _, d := range docs {
		if d.State == library.Published && d.IsFor("activity", a.ID) && d.ID != libraryID(a.ID) {
			c.Documents = append(c.Documents, Document{d.ID, d.Kind, d.Names})
		}
	}
	need := map[string]bool{a.Place: true}
	for _, cell := range c.Figures.Table("city").Cells {
		need[cell.Key] = true
	}
	for _, q := range c.Feedback.Questions {
		if q.Question.Kind == "city" {
			for _, cell := range q.Cells {
				need[cell.Key] = true
			}
		}
	}
	places, err := network.Places(ctx, tx)
	if err != nil {
		return c, err
	}
	for _, p := range places {
		if need[p.ID] {
			c.Places[p.ID] = p.Names
		}
	}
	orgs, err := network.Organisations(ctx, tx)
	if err != nil {
		return c, err
	}
	for _, o := range orgs {
		if slices.ContainsFunc(a.Roles, func(r activity.Role) bool { return r.Organisation == o.ID }) {
			c.Organisations[o.ID] = o.Names
		}
	}
	return c, nil
}
