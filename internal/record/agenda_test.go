package record

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
)

// An agenda goes with the network's document, its releases too; links that are not for everybody do not.
func TestAgendaInTheDocument(t *testing.T) {
	ctx := context.Background()
	a, d := open(t)
	if _, err := a.Import(ctx, officer, strings.NewReader(small)); err != nil {
		t.Fatal(err)
	}
	k := activity.New(d)
	id := "forum-2016"
	if err := k.SetFrame(ctx, officer, id, activity.Agenda{Version: 1, Languages: db.List{"ko", "en"}, Rooms: []activity.Room{{Names: db.Text{"en": "Hall A"}, Seats: 80}}}); err != nil {
		t.Fatal(err)
	}
	i := activity.Item{Kind: "session", Names: db.Text{"en": "Heat"}, Room: "hall-a", Languages: db.List{"ko"}, Pairs: []activity.Pair{{From: "ko", To: "en"}},
		Speakers: []activity.Speaker{{Name: "Kim", Role: "chair"}}, Talks: []activity.Talk{{Names: db.Text{"en": "Stoves"}, Minutes: 20}}, Links: []activity.Access{{For: "online", URL: "https://meet.example.org/secret"}}}
	i, err := k.AddSession(ctx, officer, id, i)
	if err != nil {
		t.Fatal(err)
	}
	draft, err := k.Draft(ctx, officer, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := k.Release(ctx, officer, id, draft.Agenda.Changes); err != nil {
		t.Fatal(err)
	}
	i.Names = db.Text{"en": "Heat and smoke"}
	if err := k.SetSession(ctx, officer, id, i); err != nil {
		t.Fatal(err)
	}
	first := export(t, a)
	for _, s := range []string{"Heat and smoke", "number: 2", "Stoves", "hall-a"} {
		if !bytes.Contains(first, []byte(s)) {
			t.Errorf("no %q in\n%s", s, first)
		}
	}
	if bytes.Contains(first, []byte("secret")) {
		t.Error("the document shows a link")
	}
	b, e := open(t)
	if _, err := b.Import(ctx, officer, bytes.NewReader(first)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, export(t, b)) {
		t.Error("another document comes out than went in")
	}
	seen, err := activity.New(e).Activity(ctx, actor.Actor{}, id)
	if err != nil || len(seen.Items) != 2 || seen.Items[1].Names["en"] != "Heat" {
		t.Errorf("the public sees the draft: %+v, %v", seen.Items, err)
	}
}
