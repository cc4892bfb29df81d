package account

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/network"
)

// Names are found as words of their own, whatever their case, with the endings that languages add.
func TestPattern(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"Erdenechimeg Ganbold", "By ERDENECHIMEG  GANBOLD's office", true},
		{"Erdenechimeg Ganbold", "Erdenechimeg Ganbold의 강연", true},
		{"Erdenechimeg Ganbold", "Erdenechimeg Ganboldson", false},
		{"Anna", "Savanna", false},
		{"Anna", "(Anna)", true},
		{"Эрдэнэчимэг", "Эрдэнэчимэгийн илтгэл", true},
		{"김민지", "김민지에게", true},
		{"Li", "Li spoke", false}, // too short to be told from words
		{"王", "王", false},
		{"Bat (Bold)", "Bat (Bold) came", true},
	} {
		r := pattern(c.name)
		if got := r != nil && r.MatchString(c.text); got != c.want {
			t.Errorf("%q in %q: %v", c.name, c.text, got)
		}
	}
}

// Whoever bears the name of a city, or of somebody else, takes nothing out of the record when their data is erased.
func TestSweepSparesOthers(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2027, 5, 19, 9, 0, 0, 0, time.UTC)
	d, err := db.Open(ctx, filepath.Join(t.TempDir(), "x.db"), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	texts, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	k := New(d, nil, texts)
	ids := map[string]string{}
	if err := d.Write(ctx, func(tx *db.Tx) error {
		if err := network.PutPlace(ctx, tx, network.Place{ID: "seoul", Kind: "city", Names: db.Text{"en": "Seoul Special City", "ko": "서울특별시"}, Note: db.Text{"en": "Seen by Bolormaa Tsend and Dulmaa Bat", "mn": "Dulmaa Bat"}}); err != nil {
			return err
		}
		for _, p := range []Person{{Name: "Seoul Special", Email: "s@x.example"}, {Name: "Bolormaa Tsend", Email: "b1@x.example"}, {Name: "Bolormaa Tsend", Email: "b2@x.example"}, {Name: "Dulmaa Bat", Email: "d@x.example"}, {Name: "Air quality", Email: "q@x.example"}} {
			made, err := Ensure(ctx, tx, actor.System, p)
			if err != nil {
				return err
			}
			ids[p.Email] = made.ID
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	note := func() (s string) {
		t.Helper()
		if err := d.Read(ctx, func(tx *db.Tx) error {
			return tx.One(ctx, `SELECT names || note FROM place WHERE id = 'seoul'`, nil, &s)
		}); err != nil {
			t.Fatal(err)
		}
		return s
	}
	was := note()
	for _, mail := range []string{"s@x.example", "q@x.example", "b1@x.example"} {
		if err := k.Erase(ctx, actor.CommandLine, ids[mail]); err != nil {
			t.Fatal(mail, err)
		}
		if now := note(); now != was {
			t.Errorf("%s took something away: %s", mail, now)
		}
	}
	for mail, want := range map[string]string{"d@x.example": `{"en":"Seoul Special City","ko":"서울특별시"}{"en":"Seen by Bolormaa Tsend and a person who asked to be erased","mn":"мэдээллээ устгуулсан хүн"}`} {
		if err := k.Erase(ctx, actor.CommandLine, ids[mail]); err != nil {
			t.Fatal(err)
		}
		if now := note(); now != want {
			t.Errorf("%s\n%s", now, want)
		}
	}
}
