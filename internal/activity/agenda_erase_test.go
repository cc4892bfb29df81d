package activity

import (
	"context"
	"strings"
	"testing"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/network"
)

// Who was erased stands in no draft, release, entry of the search or choice any more, by whatever way the name came in.
func TestErasedFromAgendas(t *testing.T) {
	engines(t, func(t *testing.T, k *Desk, _ *network.Desk, d *db.DB) {
		ctx := context.Background()
		const name = "Qyzylorda Testname"
		a := seoul2027(t, k)
		var p account.Person
		must(t, d.Write(ctx, func(tx *db.Tx) (err error) {
			p, err = account.Ensure(ctx, tx, actor.System, account.Person{Name: name, Email: "q@example.org"})
			return err
		}))
		i := addSession(t, k, Item{Names: en("Opening"), Starts: "2027-05-19T09:00", Speakers: []Speaker{{Person: p.ID, Organisation: "Testname Works"}},
			Talks: []Talk{{Names: en("Talk"), Speakers: []Speaker{{Name: strings.ToUpper(name)}, {Name: "Somebody else"}}}}})
		must(t, k.Publish(ctx, officer, a.ID, 1))
		now, err := k.Draft(ctx, officer, a.ID)
		must(t, err)
		_, _, err = k.Release(ctx, officer, a.ID, now.Agenda.Changes)
		must(t, err)
		must(t, k.Choose(ctx, p.Actor(), a.ID, i.ID, true))
		_, err = k.NewLink(ctx, p.Actor())
		must(t, err)
		keeper := k.Keeper()
		must(t, d.Write(ctx, func(tx *db.Tx) error {
			if x, err := keeper.Export(ctx, tx, p); err != nil || x == nil {
				t.Errorf("nothing to hand over: %v, %v", x, err)
			}
			if things, err := keeper.(account.JournalKeeper).Things(ctx, tx, p); err != nil || len(things) != 1 || things[0].Key != "forum-2027/opening" {
				t.Errorf("%v, %v", things, err)
			}
			return keeper.Erase(ctx, tx, p)
		}))
		must(t, d.Read(ctx, func(tx *db.Tx) error {
			for _, q := range []string{`SELECT doc FROM activity_item`, `SELECT doc FROM agenda_release`, `SELECT item FROM agenda_choice`, `SELECT hash FROM calendar_link`, `SELECT doc FROM calendar_entry`,
				`SELECT after FROM journal WHERE subject = 'activity' AND after IS NOT NULL`} {
				if err := tx.Each(ctx, q, nil, func(scan func(...any) error) error {
					var s string
					err := scan(&s)
					if strings.Contains(strings.ToLower(s), "testname") || strings.Contains(q, "choice") || strings.Contains(q, "link") {
						t.Errorf("%s: %s", q, s)
					}
					return err
				}); err != nil {
					return err
				}
			}
			return nil
		}))
		seen, err := k.Activity(ctx, public, a.ID)
		must(t, err)
		if people := seen.Items[0].People(); len(people) != 2 || people[0].Person != p.ID || people[1].Name != "Somebody else" {
			t.Errorf("%+v", people)
		}
	})
}
