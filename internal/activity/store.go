package activity

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"sort"

	"aircommons/internal/db"
)

// RoleList is roles kept as JSON in one column: a programme's roles are read with it and never looked up by themselves.
type RoleList []Role

// Value implements driver.Valuer.
func (l RoleList) Value() (driver.Value, error) { return jsonList(l) }

// Scan implements sql.Scanner.
func (l *RoleList) Scan(src any) error { return scanList(src, l) }

// ParticipantList is participants kept as JSON in one column.
type ParticipantList []Participant

// Value implements driver.Valuer.
func (l ParticipantList) Value() (driver.Value, error) { return jsonList(l) }

// Scan implements sql.Scanner.
func (l *ParticipantList) Scan(src any) error { return scanList(src, l) }

func jsonList[T any](l []T) (driver.Value, error) {
	if len(l) == 0 {
		return "[]", nil
	}
	b, err := json.Marshal(l)
	return string(b), err
}

func scanList(src, dest any) error {
	switch v := src.(type) {
	case string:
		return json.Unmarshal([]byte(v), dest)
	case []byte:
		return json.Unmarshal(v, dest)
	}
	return fmt.Errorf("activity: cannot read %T as a list", src)
}

const programmeColumns = `id, kind, names, printed, summary, purposes, audience, every, topics, roles, participants, state, version`

func scanProgramme(scan func(...any) error) (p Programme, err error) {
	err = scan(&p.ID, &p.Kind, &p.Names, &p.Printed, &p.Summary, &p.Purposes, &p.Audience, &p.Every, &p.Topics, &p.Roles, &p.Participants, &p.State, &p.Version)
	return p, err
}

// Programmes lists all programmes, sorted by id, whatever their state. Callers decide who may see them.
func Programmes(ctx context.Context, tx *db.Tx) ([]Programme, error) {
	return programmes(ctx, tx, "")
}

func programmes(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Programme, error) {
	var out []Programme
	err := tx.Each(ctx, `SELECT `+programmeColumns+` FROM programme `+where, args, func(scan func(...any) error) error {
		p, err := scanProgramme(scan)
		out = append(out, p)
		return err
	})
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out, err
}

func programme(ctx context.Context, tx *db.Tx, id string) (Programme, error) {
	ps, err := programmes(ctx, tx, `WHERE id = $1`, id)
	if err != nil {
		return Programme{}, err
	}
	if len(ps) == 0 {
		return Programme{}, notFound()
	}
	return ps[0], nil
}

// PutProgramme writes a programme whole, new or over what is there, without asking for rights or recording. Its
// version grows by one.
func PutProgramme(ctx context.Context, tx *db.Tx, p Programme) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO programme (`+programmeColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,1)
		ON CONFLICT (id) DO UPDATE SET kind=excluded.kind, names=excluded.names, printed=excluded.printed, summary=excluded.summary,
		purposes=excluded.purposes, audience=excluded.audience, every=excluded.every, topics=excluded.topics, roles=excluded.roles,
		participants=excluded.participants, state=excluded.state,
		version=programme.version+1`,
		p.ID, p.Kind, p.Names, p.Printed, p.Summary, p.Purposes, p.Audience, p.Every, p.Topics, p.Roles, p.Participants, string(p.State))
	if err != nil {
		return err
	}
	return indexProgramme(ctx, tx, p)
}

const activityColumns = `id, COALESCE(programme_id,''), COALESCE(parent_id,''), kind, names, label, period, printed, place_id,
	venue, zone, mode, aims, topics, notes, state, version`

// Activities lists all activities with their roles, participants, items and releases of the agenda, sorted by id, whatever
// their state.
func Activities(ctx context.Context, tx *db.Tx) ([]Activity, error) {
	all, err := activities(ctx, tx, "")
	if err != nil {
		return nil, err
	}
	for n := range all {
		if all[n].Agenda != nil {
			if all[n].Agenda.Releases, err = releases(ctx, tx, `WHERE activity_id = $1 ORDER BY number`, all[n].ID); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// activities lists the activities for which where holds; where names columns of activity.
func activities(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Activity, error) {
	var out []Activity
	err := tx.Each(ctx, `SELECT `+activityColumns+` FROM activity `+where, args, func(scan func(...any) error) error {
		var a Activity
		err := scan(&a.ID, &a.Programme, &a.Parent, &a.Kind, &a.Names, &a.Label, &a.Period, &a.Printed, &a.Place,
			&a.Venue, &a.Zone, &a.Mode, &a.Aims, &a.Topics, &a.Notes, &a.State, &a.Version)
		out = append(out, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	at := make(map[string]*Activity, len(out))
	for i := range out {
		at[out[i].ID] = &out[i]
	}
	in := ` WHERE activity_id IN (SELECT id FROM activity ` + where + `) ORDER BY activity_id, position`
	err = tx.Each(ctx, `SELECT activity_id, organisation, role, note FROM activity_role`+in, args, func(scan func(...any) error) error {
		var id string
		var r Role
		if err := scan(&id, &r.Organisation, &r.Role, &r.Note); err != nil {
			return err
		}
		at[id].Roles = append(at[id].Roles, r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = tx.Each(ctx, `SELECT activity_id, place_id, part, unnamed, names, note FROM activity_participant`+in, args, func(scan func(...any) error) error {
		var id string
		var p Participant
		if err := scan(&id, &p.Place, &p.Part, &p.Unnamed, &p.Names, &p.Note); err != nil {
			return err
		}
		at[id].Participants = append(at[id].Participants, p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = tx.Each(ctx, `SELECT activity_id, `+itemColumns+` FROM activity_item`+in, args, func(scan func(...any) error) error {
		var id string
		i, err := scanItem(scan, &id)
		if err != nil {
			return err
		}
		at[id].Items = append(at[id].Items, i)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, agendas(ctx, tx, where, args, at)
}

func one(ctx context.Context, tx *db.Tx, id string) (Activity, error) {
	as, err := activities(ctx, tx, `WHERE id = $1`, id)
	if err != nil {
		return Activity{}, err
	}
	if len(as) == 0 {
		return Activity{}, notFound()
	}
	return as[0], nil
}

// PutActivity writes an activity whole, new or over what is there, without asking for rights or recording. Its
// version grows by one. Its programme and its parent must be there.
func PutActivity(ctx context.Context, tx *db.Tx, a Activity) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO activity (id, programme_id, parent_id, kind, names, label, period, printed, place_id,
		venue, zone, mode, aims, topics, notes, state, version) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,1)
		ON CONFLICT (id) DO UPDATE SET programme_id=excluded.programme_id, parent_id=excluded.parent_id, kind=excluded.kind,
		names=excluded.names, label=excluded.label, period=excluded.period, printed=excluded.printed, place_id=excluded.place_id,
		venue=excluded.venue, zone=excluded.zone, mode=excluded.mode, aims=excluded.aims, topics=excluded.topics,
		notes=excluded.notes, state=excluded.state, version=activity.version+1`,
		a.ID, null(a.Programme), null(a.Parent), a.Kind, a.Names, a.Label, a.Period, a.Printed, a.Place,
		a.Venue, a.Zone, a.Mode, a.Aims, a.Topics, a.Notes, string(a.State))
	if err != nil {
		return err
	}
	for _, table := range []string{"activity_role", "activity_participant"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE activity_id = $1`, a.ID); err != nil {
			return err
		}
	}
	for i, r := range a.Roles {
		if _, err := tx.ExecContext(ctx, `INSERT INTO activity_role (activity_id, position, organisation, role, note)
			VALUES ($1,$2,$3,$4,$5)`, a.ID, i, r.Organisation, r.Role, r.Note); err != nil {
			return err
		}
	}
	for i, p := range a.Participants {
		if _, err := tx.ExecContext(ctx, `INSERT INTO activity_participant (activity_id, position, place_id, part, unnamed, names, note)
			VALUES ($1,$2,$3,$4,$5,$6,$7)`, a.ID, i, p.Place, p.Part, p.Unnamed, p.Names, p.Note); err != nil {
			return err
		}
	}
	a.Items = identify(a.Items)
	if err := putItems(ctx, tx, a.ID, a.Items); err != nil {
		return err
	}
	if err := putAgenda(ctx, tx, a.ID, a.Agenda); err != nil {
		return err
	}
	if err := calendarOf(ctx, tx, a); err != nil {
		return err
	}
	return indexActivity(ctx, tx, a)
}

// null is NULL for an empty id, so that the foreign key does not ask for it.
func null(id string) *string {
	if id == "" {
		return nil
	}
	return &id
}
