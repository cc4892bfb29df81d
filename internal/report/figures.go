package report

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Tables are what participation is counted by. Texts: "report.table.<word>" and "report.definition.<word>".
var Tables = []string{"attendance", "country", "city", "gender", "role", "return", "funded", "mode"}

// Figures are the people who took part in an activity, counted. They are the same wherever they are read: on the page, in the
// report, in the summary for funders, by the API and on the command line.
type Figures struct {
	Activity string    `json:"activity"`
	At       time.Time `json:"at"` // when they were counted, UTC
	// Basis tells who is counted: "present" where presence was taken, else "confirmed", those with a seat. Texts
	// "report.basis.<word>".
	Basis  string  `json:"basis"`
	Total  int     `json:"total"` // people of the basis; 0 with Few
	Few    bool    `json:"few"`   // there are some, but fewer than Least, and no more is told
	Seats  int     `json:"seats"` // of cities whose person was not named; they are no people and not in the total
	Public bool    `json:"public"`
	Tables []Table `json:"tables"`
}

// Table is the people of one activity by one property.
type Table struct {
	Name   string `json:"name"`           // one of Tables
	Cells  []Cell `json:"cells"`          // empty where nothing can be told
	Merged bool   `json:"merged"`         // groups were merged
	Query  string `json:"query"`          // as it was asked of the store
	Note   string `json:"note,omitempty"` // one of "small", why there are no cells
	Total  int    `json:"total"`          // of the cells
}

// Table finds a table by its name.
func (f Figures) Table(name string) (t Table) {
	for _, t := range f.Tables {
		if t.Name == name {
			return t
		}
	}
	return Table{Name: name}
}

// Had a seat, whether or not they came.
const held = `('confirmed','present','absent')`

// sql is the query of a table: key and count of people of an activity ($1), in states that follow. returns is in Go, since it
// compares dates.
func query(name, states string) string {
	by := map[string]string{"attendance": "p.state", "country": "p.country", "city": "p.place", "gender": "COALESCE(a.gender, '')", "role": "p.role",
		"funded": "CASE WHEN p.funded THEN 'yes' ELSE 'no' END", "mode": "p.mode", "return": "CASE WHEN p.person_id IN (" + earlier + ") THEN 'returning' ELSE 'new' END"}[name]
	join := ""
	if name == "gender" {
		join = " LEFT JOIN person a ON a.id = p.person_id"
	}
	if name == "attendance" {
		states = held
	}
	return "SELECT " + by + ", COUNT(*) FROM participation p" + join + " WHERE p.activity_id = $1 AND p.person_id <> '' AND p.state IN " + states + " GROUP BY 1"
}

// earlier are the people of activities that began before this one: their periods are texts that sort by time.
const earlier = `SELECT q.person_id FROM participation q JOIN activity b ON b.id = q.activity_id, activity c WHERE c.id = $1 AND b.id <> c.id AND b.period <> '' AND SUBSTR(b.period, 1, 10) < SUBSTR(c.period, 1, 10) AND q.state IN ` + held

func count(ctx context.Context, tx *db.Tx, q, activityID string) (out []Cell, err error) {
	err = tx.Each(ctx, q, []any{activityID}, func(scan func(...any) error) error {
		var c Cell
		err := scan(&c.Key, &c.Count)
		out = append(out, c)
		return err
	})
	largest(out)
	return out, err
}

// Count counts the people of an activity, within a transaction. With public, small groups are merged.
func Count(ctx context.Context, tx *db.Tx, activityID string, public bool) (f Figures, err error) {
	f = Figures{Activity: activityID, At: tx.Now.UTC().Truncate(time.Second), Basis: "confirmed", Public: public, Tables: []Table{}}
	attendance, err := count(ctx, tx, query("attendance", ""), activityID)
	if err != nil {
		return f, err
	}
	states := held
	for _, c := range attendance {
		if c.Key == "present" {
			f.Basis, states = "present", "('present')"
		}
	}
	if err := tx.One(ctx, `SELECT COUNT(*) FROM participation WHERE activity_id = $1 AND person_id = '' AND state IN `+held, []any{activityID}, &f.Seats); err != nil {
		return f, err
	}
	for _, c := range attendance {
		if f.Basis == "confirmed" || c.Key == "present" {
			f.Total += c.Count
		}
	}
	if public && f.Total < Least {
		f.Few, f.Total = f.Total > 0, 0
		if f.Seats > 0 && f.Seats < Least {
			f.Seats = 0
		}
		return f, nil
	}
	for _, name := range Tables {
		t := Table{Name: name, Query: strings.ReplaceAll(query(name, states), "$1", "'"+activityID+"'")}
		all := attendance
		if name != "attendance" {
			if all, err = count(ctx, tx, query(name, states), activityID); err != nil {
				return f, err
			}
		}
		t.Cells = all
		if public {
			t.Cells = Protect(all)
			if name == "city" {
				parts, err := byCountry(ctx, tx, activityID, states)
				if err != nil {
					return f, err
				}
				t.Cells = nested(f.Table("country").Cells, t.Cells, parts)
			}
			t.Merged = len(t.Cells) != len(all)
			if len(t.Cells) == 0 || len(t.Cells) == 1 && t.Cells[0].Key == Others {
				t.Cells, t.Note = nil, "small"
			}
		}
		t.Total = sum(t.Cells)
		if t.Cells == nil {
			t.Cells = []Cell{}
		}
		f.Tables = append(f.Tables, t)
	}
	return f, nil
}

func byCountry(ctx context.Context, tx *db.Tx, activityID, states string) (map[string][]Cell, error) {
	out := map[string][]Cell{}
	err := tx.Each(ctx, `SELECT country, place, COUNT(*) FROM participation WHERE activity_id = $1 AND person_id <> '' AND state IN `+states+` GROUP BY 1, 2`, []any{activityID}, func(scan func(...any) error) error {
		var country string
		var c Cell
		err := scan(&country, &c.Key, &c.Count)
		out[country] = append(out[country], c)
		return err
	})
	return out, err
}

// Figures are the figures of an activity. Everybody reads those of an activity that is over, with small groups merged; who
// runs it reads them at any time, and, with whole, as they are.
func (k *Desk) Figures(ctx context.Context, by actor.Actor, activityID string, whole bool) (f Figures, a activity.Activity, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if a, err = activity.One(ctx, tx, activityID); err != nil {
			return err
		}
		runs := by.Runs(a.Programme, a.ID)
		if !runs && (whole || a.State != activity.Published || !a.Ended(tx.Now)) {
			if a.State == activity.Published {
				return fault.New(fault.NotFound, "report.figures.notyet")
			}
			return fault.New(fault.NotFound, "error.notfound")
		}
		f, err = Count(ctx, tx, activityID, !whole)
		return err
	})
	return f, a, err
}

// Told reports whether the figures of an activity are public by now: once it is over.
func Told(a activity.Activity, now time.Time) bool {
	return a.State == activity.Published && a.Ended(now)
}

// keep stores figures as they were counted.
func (k *Desk) keep(ctx context.Context, tx *db.Tx, f Figures, why string) error {
	doc, err := json.Marshal(f)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO figure (id, activity_id, at, why, doc) VALUES ($1,$2,$3,$4,$5)`, k.id(), f.Activity, tx.Now, why, string(doc))
	return err
}

// Keep stores the figures of an activity as they are now, small groups merged.
func (k *Desk) Keep(ctx context.Context, by actor.Actor, activityID string) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := run(ctx, tx, by, activityID); err != nil {
			return err
		}
		f, err := Count(ctx, tx, activityID, true)
		if err != nil {
			return err
		}
		if err := k.keep(ctx, tx, f, "kept"); err != nil {
			return err
		}
		return tx.Record(ctx, by, FigureSubject, activityID, "keep", nil, f)
	})
}

// Kept are figures that were stored.
type Kept struct {
	Figures
	Why string // "draft", "freeze", "kept"
}

// KeptFigures lists the stored figures of an activity, the latest first, for those who run it.
func (k *Desk) KeptFigures(ctx context.Context, by actor.Actor, activityID string) (out []Kept, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out = nil
		if _, err := run(ctx, tx, by, activityID); err != nil {
			return err
		}
		return tx.Each(ctx, `SELECT why, doc FROM figure WHERE activity_id = $1 ORDER BY at DESC, id`, []any{activityID}, func(scan func(...any) error) error {
			var x Kept
			var doc string
			if err := scan(&x.Why, &doc); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(doc), &x.Figures); err != nil {
				return fmt.Errorf("report: kept figures: %w", err)
			}
			out = append(out, x)
			return nil
		})
	})
	return out, err
}
