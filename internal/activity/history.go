package activity

import (
	"context"
	"slices"
	"sort"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/network"
)

// Involvement is how a place or an organisation had to do with a programme or an activity.
type Involvement struct {
	Activity  Activity  // without an id where it is said of the programme as a whole
	Programme Programme // the programme, also of an activity in one; without an id for an activity without a programme

	Parts         []string // of a place: words of Parts, "host" for the place it was held at
	Roles         []string // of an organisation: words of Roles
	Organisations []string // of a place that only its organisations had to do with it: their ids
	Note          string   // as the source says it
}

// Whole reports whether it is said of the programme as a whole.
func (i Involvement) Whole() bool { return i.Activity.ID == "" }

// Period is when it was, unknown for a programme as a whole.
func (i Involvement) Period() network.Period { return i.Activity.Period }

// OfPlace lists everything that a place hosted, took part in, was visited for, was the subject or a benchmark of, the
// latest first; programmes as a whole and activities without a date come last. What only the place's organisations
// carried stands there too, with them named.
func (k *Desk) OfPlace(ctx context.Context, by actor.Actor, place string) ([]Involvement, error) {
	s, err := k.read(ctx)
	if err != nil {
		return nil, err
	}
	ofPlace := func(i *Involvement, held string, ps []Participant, roles []Role) bool {
		if held == place {
			i.Parts = append(i.Parts, "host")
		}
		for _, p := range ps {
			if p.Place == place && !slices.Contains(i.Parts, p.Part) {
				i.Parts = append(i.Parts, p.Part)
				if i.Note == "" {
					i.Note = p.Note
				}
			}
		}
		if len(i.Parts) > 0 {
			return true
		}
		for _, r := range roles {
			if slices.Contains(s.at[place], r.Organisation) && !slices.Contains(i.Organisations, r.Organisation) {
				i.Organisations = append(i.Organisations, r.Organisation)
				i.Roles = append(i.Roles, r.Role)
			}
		}
		return len(i.Organisations) > 0
	}
	return s.involvements(by, ofPlace), nil
}

// OfOrganisation lists everything that an organisation had a role in, the latest first, programmes as a whole last.
func (k *Desk) OfOrganisation(ctx context.Context, by actor.Actor, organisation string) ([]Involvement, error) {
	s, err := k.read(ctx)
	if err != nil {
		return nil, err
	}
	return s.involvements(by, func(i *Involvement, _ string, _ []Participant, roles []Role) bool {
		for _, r := range roles {
			if r.Organisation == organisation && !slices.Contains(i.Roles, r.Role) {
				i.Roles = append(i.Roles, r.Role)
				if i.Note == "" {
					i.Note = r.Note
				}
			}
		}
		return len(i.Roles) > 0
	}), nil
}

// involvements asks of everything the actor may see whether it has to do with somebody.
func (s *snapshot) involvements(by actor.Actor, has func(i *Involvement, held string, ps []Participant, roles []Role) bool) []Involvement {
	var out []Involvement
	for _, a := range s.visible(by) {
		i := Involvement{Activity: a, Programme: s.programmes[a.Programme]}
		if has(&i, a.Place, a.Participants, a.Roles) {
			out = append(out, i)
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i].Period(), out[j].Period()
		if a.Known() != b.Known() {
			return a.Known()
		}
		return a.From > b.From
	})
	for _, p := range s.allProgrammes {
		i := Involvement{Programme: p}
		if sees(by, p) && has(&i, "", p.Participants, p.Roles) {
			out = append(out, i)
		}
	}
	return out
}

// OfTopic lists the programmes and the activities outside programmes that are about one of the topics, given by id.
// Callers pass a topic with its narrower ones.
func (k *Desk) OfTopic(ctx context.Context, by actor.Actor, topics []string) (ps []Programme, as []Activity, err error) {
	s, err := k.read(ctx)
	if err != nil {
		return nil, nil, err
	}
	about := func(list []string) bool {
		return slices.ContainsFunc(list, func(t string) bool { return slices.Contains(topics, t) })
	}
	listed := map[string]bool{"": false}
	for _, p := range s.allProgrammes {
		if sees(by, p) && about(p.Topics) {
			ps = append(ps, p)
			listed[p.ID] = true
		}
	}
	for _, a := range s.visible(by) {
		if about(a.Topics) && !listed[a.Programme] {
			as = append(as, a)
		}
	}
	return ps, as, nil
}

// Upcoming lists the activities the actor may see that have not ended, the next first. A day ends when it ends at the
// place; an activity known to a month or a year ends with it, and one without an end is always there.
func (k *Desk) Upcoming(ctx context.Context, by actor.Actor, now time.Time) ([]Activity, error) {
	as, err := k.Activities(ctx, by)
	return slices.DeleteFunc(as, func(a Activity) bool {
		return a.State == Withdrawn || !a.Period.Known() || a.Ended(now)
	}), err
}

// Ended reports whether the activity's last possible day is over at its place. One without a date never is.
func (a Activity) Ended(now time.Time) bool {
	if !a.Period.Known() || a.Period.Open() {
		return false
	}
	zone := Zone(a.Zone)
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := a.Period.Last().Date()
	return !now.Before(time.Date(y, m, d+1, 0, 0, 0, 0, zone))
}

// Facts gives what sources say of an activity or a programme ("activity", "programme"), each marked where it contradicts
// an earlier source or the record itself.
func (k *Desk) Facts(ctx context.Context, by actor.Actor, subject, key string) ([]network.Fact, error) {
	s, err := k.read(ctx)
	if err != nil {
		return nil, err
	}
	facts := slices.Clone(s.facts[[2]string{subject, key}])
	if a, ok := s.activities[key]; ok && subject == "activity" {
		for i, f := range facts {
			if f.Field == network.PeriodField {
				facts[i] = f.Against(a.Period.String(), a.Printed)
			}
		}
	}
	return facts, nil
}
