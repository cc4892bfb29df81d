package report

import (
	"context"
	"slices"
	"sort"
	"strings"
	"time"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/network"
)

// Choice bounds a summary for funders. Empty parts bound nothing.
type Choice struct {
	From, To  int    // years, 0 for open
	Programme string // id
	Funder    string // organisation that funds or supports
}

// Supports are the roles of organisations that stand in the summary.
var Supports = []string{"funder", "supporter"}

// Line is one activity of a summary.
type Line struct {
	Activity      activity.Activity
	Programme     db.Text
	Place         db.Text
	Organisations []db.Text // that fund or support it
	Figures       Figures
	Funded        int // people whose travel or stay was paid; -1 where it is not told
	Report        string
}

// Summary is what funders get: activities, and the figures of those that are over, summed. It adds what each activity tells in
// public and nothing more, so no small group can be found by subtracting one from the other.
type Summary struct {
	At     time.Time
	Lines  []Line
	People int // times that people took part
	Few    int // activities of which no figure is told
	Tables []Table
	Years  []Cell // people by year
	Places map[string]db.Text
}

// Summary adds up activities, for officers.
func (k *Desk) Summary(ctx context.Context, by actor.Actor, c Choice) (s Summary, err error) {
	if err := by.NeedOfficer(); err != nil {
		return s, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		s, err = summary(ctx, tx, c)
		return err
	})
	return s, err
}

func summary(ctx context.Context, tx *db.Tx, c Choice) (s Summary, err error) {
	s = Summary{At: tx.Now.UTC().Truncate(time.Second), Places: map[string]db.Text{}}
	all, err := activity.Activities(ctx, tx)
	if err != nil {
		return s, err
	}
	programmes, err := activity.Programmes(ctx, tx)
	if err != nil {
		return s, err
	}
	lines := map[string]activity.Programme{}
	for _, p := range programmes {
		lines[p.ID] = p
	}
	orgs, err := network.Organisations(ctx, tx)
	if err != nil {
		return s, err
	}
	names := map[string]db.Text{}
	for _, o := range orgs {
		names[o.ID] = o.Names
	}
	places, err := network.Places(ctx, tx)
	if err != nil {
		return s, err
	}
	for _, p := range places {
		s.Places[p.ID] = p.Names
	}
	counts := map[string]map[string]int{}
	years := map[string]int{}
	for _, a := range all {
		if a.State != activity.Published || !a.Period.Known() || !a.Ended(tx.Now) {
			continue
		}
		year := a.Period.Year()
		if c.From > 0 && year < c.From || c.To > 0 && year > c.To || c.Programme != "" && a.Programme != c.Programme {
			continue
		}
		l := Line{Activity: a, Programme: lines[a.Programme].Names, Place: s.Places[a.Place], Funded: -1}
		supported := c.Funder == ""
		for _, r := range slices.Concat(a.Roles, lines[a.Programme].Roles) {
			if slices.Contains(Supports, r.Role) {
				supported = supported || r.Organisation == c.Funder
				if n := names[r.Organisation]; n != nil && !slices.ContainsFunc(l.Organisations, func(t db.Text) bool { return t["en"] == n["en"] }) {
					l.Organisations = append(l.Organisations, n)
				}
			}
		}
		if !supported {
			continue
		}
		if l.Figures, err = Count(ctx, tx, a.ID, true); err != nil {
			return s, err
		}
		public, err := reports(ctx, tx, `WHERE activity_id = $1 AND state = 'published'`, a.ID)
		if err != nil {
			return s, err
		}
		if len(public) > 0 {
			l.Report = public[0].ID
		}
		if l.Figures.Few {
			s.Few++
		}
		s.People += l.Figures.Total
		if l.Figures.Total > 0 {
			years[a.Period.First().Format("2006")] += l.Figures.Total
		}
		for _, t := range l.Figures.Tables {
			if counts[t.Name] == nil {
				counts[t.Name] = map[string]int{}
			}
			for _, cell := range t.Cells {
				counts[t.Name][cell.Key] += cell.Count
				if t.Name == "funded" && cell.Key == "yes" {
					l.Funded = cell.Count
				}
			}
			if rest := l.Figures.Total - t.Total; rest > 0 && t.Name != "attendance" { // a table that is not told
				counts[t.Name][Others] += rest
			}
		}
		s.Lines = append(s.Lines, l)
	}
	sort.SliceStable(s.Lines, func(i, j int) bool {
		return strings.Compare(s.Lines[i].Activity.Period.From, s.Lines[j].Activity.Period.From) > 0
	})
	for _, name := range Tables {
		t := Table{Name: name}
		for key, n := range counts[name] {
			t.Cells = append(t.Cells, Cell{key, n})
			t.Merged = t.Merged || key == Others
		}
		largest(t.Cells)
		t.Total = sum(t.Cells)
		s.Tables = append(s.Tables, t)
	}
	for y, n := range years {
		s.Years = append(s.Years, Cell{y, n})
	}
	sort.Slice(s.Years, func(i, j int) bool { return s.Years[i].Key < s.Years[j].Key })
	return s, nil
}
