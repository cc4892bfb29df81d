package activity

import (
	"context"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/network"
)

// snapshot is all programmes and activities in memory as of one revision of the store, with what sources say of them.
// It is never changed once made.
type snapshot struct {
	revision      uint64
	programmes    map[string]Programme
	activities    map[string]Activity
	allProgrammes []Programme
	allActivities []Activity                   // by time
	facts         map[[2]string][]network.Fact // by subject and key
	at            map[string][]string          // organisations by the place they belong to
	public        map[string]Shape             // the agenda that everybody sees, by activity
}

// read gives the snapshot as of now. It reads the store only when something has changed since the last call.
func (k *Desk) read(ctx context.Context) (*snapshot, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	revision := k.db.RecordRevision() // before reading: a change in between makes the next call read again
	if k.snap != nil && k.snap.revision == revision {
		return k.snap, nil
	}
	s := &snapshot{revision: revision, programmes: map[string]Programme{}, activities: map[string]Activity{},
		facts: map[[2]string][]network.Fact{}, at: map[string][]string{}}
	err := k.db.Read(ctx, func(tx *db.Tx) (err error) {
		if s.allProgrammes, err = Programmes(ctx, tx); err != nil {
			return err
		}
		if s.allActivities, err = activities(ctx, tx, ""); err != nil {
			return err
		}
		if s.public, err = shapes(ctx, tx, s.allActivities); err != nil {
			return err
		}
		statements, err := network.Statements(ctx, tx)
		if err != nil {
			return err
		}
		of := map[[2]string][]network.Statement{}
		for _, st := range statements {
			if st.Subject == "programme" || st.Subject == "activity" {
				key := [2]string{st.Subject, st.SubjectKey}
				of[key] = append(of[key], st)
			}
		}
		for key, list := range of {
			s.facts[key] = network.FactsOf(list)
		}
		organisations, err := network.Organisations(ctx, tx)
		for _, o := range organisations {
			if o.Place != "" && !o.Withdrawn {
				s.at[o.Place] = append(s.at[o.Place], o.ID)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	byTime(s.allActivities)
	for _, p := range s.allProgrammes {
		s.programmes[p.ID] = p
	}
	for _, a := range s.allActivities {
		s.activities[a.ID] = a
	}
	k.snap = s
	return s, nil
}

// sees reports whether the actor may see an activity: to the public it is there when it and its programme are published.
func (s *snapshot) sees(by actor.Actor, a Activity) bool {
	return by.Runs(a.Programme, a.ID) || a.State == Published && (a.Programme == "" || s.programmes[a.Programme].State == Published)
}

// to is an activity as the actor sees it: with the draft of its agenda to those who keep it, else as released.
func (s *snapshot) to(by actor.Actor, a Activity) Activity {
	if by.Runs(a.Programme, a.ID) || a.Agenda == nil && len(a.Items) == 0 {
		return a
	}
	if a.Agenda == nil {
		a.Items = s.public[a.ID].Items
		return a
	}
	return a.with(s.public[a.ID])
}

func (s *snapshot) visible(by actor.Actor) []Activity {
	out := make([]Activity, 0, len(s.allActivities))
	for _, a := range s.allActivities {
		if s.sees(by, a) {
			out = append(out, s.to(by, a))
		}
	}
	return out
}
