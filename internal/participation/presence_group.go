package participation

import (
	"context"
	"slices"
	"sort"
	"unicode/utf8"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Group is people of an activity who work together.
type Group struct {
	ID      string
	Name    string
	Members []string // participations
}

const (
	mostGroups    = 60
	mostGroupName = 80 // letters
)

// groups lists the groups of an activity in their order, and of each participation the name of its group.
func groups(ctx context.Context, tx *db.Tx, activityID string) (out []Group, in map[string]string, err error) {
	err = tx.Each(ctx, `SELECT id, name FROM working_group WHERE activity_id = $1 ORDER BY position, id`, []any{activityID}, func(scan func(...any) error) error {
		var g Group
		err := scan(&g.ID, &g.Name)
		out = append(out, g)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	in = map[string]string{}
	err = tx.Each(ctx, `SELECT m.participation_id, m.group_id FROM working_group_member m JOIN working_group g ON g.id = m.group_id WHERE g.activity_id = $1 ORDER BY m.participation_id`,
		[]any{activityID}, func(scan func(...any) error) error {
			var p, g string
			if err := scan(&p, &g); err != nil {
				return err
			}
			for i := range out {
				if out[i].ID == g {
					out[i].Members = append(out[i].Members, p)
					in[p] = out[i].Name
				}
			}
			return nil
		})
	return out, in, err
}

// SetGroups stores the groups of an activity by their names, in that order, and who is in which: the name of the group by
// participation, none or "" for nobody's. Names that are left out are groups that end.
func (k *Desk) SetGroups(ctx context.Context, by actor.Actor, activityID string, names []string, in map[string]string) error {
	var f fault.Form
	var kept []string
	for _, s := range names {
		tidyName(&s)
		if s == "" || slices.Contains(kept, s) {
			continue
		}
		if utf8.RuneCountInString(s) > mostGroupName {
			f.Add("names", "form.toolong", "Max", mostGroupName)
		}
		kept = append(kept, s)
	}
	if len(kept) > mostGroups {
		f.Add("names", "day.groups.many", "Max", mostGroups)
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		a, err := k.run(ctx, tx, by, activityID)
		if err == nil {
			err = f.Err()
		}
		if err != nil {
			return err
		}
		old, was, err := groups(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		all, err := List(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		ids := map[string]string{}
		for _, g := range old {
			if _, err := tx.ExecContext(ctx, `DELETE FROM working_group_member WHERE group_id = $1`, g.ID); err != nil {
				return err
			}
			if slices.Contains(kept, g.Name) {
				ids[g.Name] = g.ID
			} else if _, err := tx.ExecContext(ctx, `DELETE FROM working_group WHERE id = $1`, g.ID); err != nil {
				return err
			}
		}
		for i, name := range kept {
			if ids[name] == "" {
				ids[name] = k.id()
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO working_group (id, activity_id, position, name) VALUES ($1,$2,$3,$4) ON CONFLICT (id) DO UPDATE SET position = excluded.position`,
				ids[name], a.ID, i, name); err != nil {
				return err
			}
		}
		now := map[string]string{}
		for _, p := range all {
			g := ids[in[p.ID]]
			if g == "" || p.Person == "" {
				continue
			}
			now[p.ID] = in[p.ID]
			if _, err := tx.ExecContext(ctx, `INSERT INTO working_group_member (participation_id, group_id) VALUES ($1,$2)`, p.ID, g); err != nil {
				return err
			}
		}
		return tx.Record(ctx, by, PresenceSubject, a.ID, "groups", was, now)
	})
}

// Deal puts people into so many groups, each as large as the others to within one, with the people of each city spread over as many
// groups as there are. What it returns is the number of the group by participation; the same people are dealt alike.
func Deal(people []Participation, count int) map[string]int {
	out := map[string]int{}
	if count < 1 {
		return out
	}
	sorted := slices.Clone(people)
	size := map[string]int{}
	for _, p := range sorted {
		size[p.Place]++
	}
	sort.SliceStable(sorted, func(i, j int) bool { // the largest city first, whose people are the hardest to spread
		a, b := sorted[i], sorted[j]
		if a.Place != b.Place {
			if size[a.Place] != size[b.Place] {
				return size[a.Place] > size[b.Place]
			}
			return a.Place < b.Place
		}
		return a.ID < b.ID
	})
	for i, p := range sorted { // people of one city stand behind each other, so that dealing round spreads them
		out[p.ID] = i % count
	}
	return out
}
