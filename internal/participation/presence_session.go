package participation

import (
	"context"
	"slices"
	"sort"
	"time"

	"aircommons/internal/activity"
	"aircommons/internal/db"
)

// Session is something at which presence is taken: a day of an activity of several days, or a session of its agenda.
type Session struct {
	Key    string  // "day.2027-09-20", or the id of the item
	Day    string  // set for a day: "2027-09-20"
	Names  db.Text // of a session
	Starts string  // on the wall where it happens, "2027-09-20T09:00"; empty when not stated
	Ends   string
}

// withoutPresence are items at which nobody is counted.
var withoutPresence = []string{"break", "milestone", "output", "package"}

const (
	dayKey   = "day."
	mostDays = 31 // of an activity whose days are offered one by one
)

// Sessions lists at what presence is taken, by time.
func Sessions(a activity.Activity) (out []Session) {
	if p := a.Period; p.Known() && !p.Open() && p.Days() > 1 && p.Days() <= mostDays && len(p.From) == len(time.DateOnly) {
		for day := p.First(); !day.After(p.Last()); day = day.AddDate(0, 0, 1) {
			s := day.Format(time.DateOnly)
			out = append(out, Session{Key: dayKey + s, Day: s, Starts: s})
		}
	}
	for _, i := range a.Items {
		if i.ID == "" || i.Cancelled || slices.Contains(withoutPresence, i.Kind) {
			continue
		}
		out = append(out, Session{Key: i.ID, Names: i.Names, Starts: i.Starts, Ends: i.Ends})
	}
	sort.SliceStable(out, func(i, j int) bool {
		if a, b := out[i].Starts, out[j].Starts; a != b {
			return a != "" && (b == "" || a < b)
		}
		return false
	})
	return out
}

// sessions are those of the agenda and those that were taken off it after somebody was marked there.
func sessions(ctx context.Context, tx *db.Tx, a activity.Activity) ([]Session, error) {
	out := Sessions(a)
	stands, err := Standing(ctx, tx, a.ID)
	for _, s := range stands {
		if s.Item == "" || slices.ContainsFunc(out, func(x Session) bool { return x.Key == s.Item }) {
			continue
		}
		x := Session{Key: s.Item, Names: db.Text{"en": s.Item}}
		for _, i := range a.Items {
			if i.ID == s.Item {
				x.Names, x.Starts, x.Ends = i.Names, i.Starts, i.Ends
			}
		}
		out = append(out, x)
	}
	return out, err
}
