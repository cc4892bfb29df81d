package participation

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/db"
	"aircommons/internal/form"
)

// Keeper answers for what the desk keeps about people.
func (k *Desk) Keeper() account.Keeper { return keeper{} }

type keeper struct{}

var _ account.JournalKeeper = keeper{}
var _ account.FileKeeper = keeper{}

// Name is the desk's word among the keepers.
func (keeper) Name() string { return "participation" }

// draftDays is how long a registration that was begun, or a list that was being taken in, is kept untouched.
const draftDays = 30

type given struct {
	Activity string `json:"activity"`
	Participation
	Steps    []Step     `json:"steps"`
	Presence []attended `json:"presence,omitempty"`
	Again    []Request  `json:"registered_again,omitempty"` // with the same address and another name
}

type attended struct {
	Item    string    `json:"item,omitempty"`
	Present bool      `json:"present"`
	At      time.Time `json:"at"`
}

// Export returns what a person took part in.
func (keeper) Export(ctx context.Context, tx *db.Tx, p account.Person) (any, error) {
	ps, err := OfPerson(ctx, tx, p.ID)
	if err != nil {
		return nil, err
	}
	var out struct {
		Participations []given   `json:"participations,omitempty"`
		Drafts         []Request `json:"drafts,omitempty"`
		// Rows with the person's address in lists that are being taken in.
		Listed [][]string `json:"listed,omitempty"`
	}
	for _, x := range ps {
		a, err := activity.One(ctx, tx, x.Activity)
		if err != nil {
			return nil, err
		}
		name, _ := a.Names.In(p.Language)
		g := given{Activity: name, Participation: x}
		if g.Steps, err = Steps(ctx, tx, x.ID); err != nil {
			return nil, err
		}
		err = tx.Each(ctx, `SELECT item, present, at FROM presence WHERE participation_id = $1 ORDER BY at, nonce`, []any{x.ID}, func(scan func(...any) error) error {
			var m attended
			err := scan(&m.Item, &m.Present, &m.At)
			m.At = m.At.UTC()
			g.Presence = append(g.Presence, m)
			return err
		})
		if err != nil {
			return nil, err
		}
		es, err := echoes(ctx, tx, x.ID)
		if err != nil {
			return nil, err
		}
		for _, e := range es {
			g.Again = append(g.Again, e.Request)
		}
		out.Participations = append(out.Participations, g)
	}
	ds, err := draftsOf(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	for _, d := range ds {
		out.Drafts = append(out.Drafts, d.Request)
	}
	if out.Listed, err = listed(ctx, tx, p); err != nil {
		return nil, err
	}
	if len(out.Participations) == 0 && len(out.Drafts) == 0 && len(out.Listed) == 0 {
		return nil, nil
	}
	return out, nil
}

// listed are the rows with a person's address in lists that are being taken in.
func listed(ctx context.Context, tx *db.Tx, p account.Person) (out [][]string, err error) {
	if p.Email == "" {
		return nil, nil
	}
	err = tx.Each(ctx, `SELECT content FROM participation_import WHERE state = 'open' ORDER BY at, id`, nil, func(scan func(...any) error) error {
		var content string
		if err := scan(&content); err != nil {
			return err
		}
		var c ImportContent
		if err := json.Unmarshal([]byte(content), &c); err != nil {
			return err
		}
		for _, r := range c.Rows {
			if slices.ContainsFunc(r, func(s string) bool { return account.CleanEmail(s) == p.Email }) {
				out = append(out, r)
			}
		}
		return nil
	})
	return out, err
}

type keptDraft struct {
	hash string
	Request
}

// draftsOf finds the drafts in which a person's address stands.
func draftsOf(ctx context.Context, tx *db.Tx, p account.Person) (out []keptDraft, err error) {
	if p.Email == "" {
		return nil, nil
	}
	err = tx.Each(ctx, `SELECT hash, content FROM participation_draft WHERE content <> ''`, nil, func(scan func(...any) error) error {
		var d keptDraft
		var content string
		if err := scan(&d.hash, &content); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(content), &d.Request); err != nil {
			return err
		}
		if account.CleanEmail(d.Email) == p.Email && (!p.Shared || strings.EqualFold(d.Name, p.Name)) {
			out = append(out, d)
		}
		return nil
	})
	return out, err
}

// Things lists the participations of a person, whose entries in the journal are erased with them.
func (keeper) Things(ctx context.Context, tx *db.Tx, p account.Person) (out []account.Thing, err error) {
	ps, err := OfPerson(ctx, tx, p.ID)
	for _, x := range ps {
		out = append(out, account.Thing{Subject: Subject, Key: x.ID})
	}
	return out, err
}

// Files lists the files of drafts; those of what was sent are the form desk's.
func (keeper) Files(ctx context.Context, tx *db.Tx, p account.Person) (out []account.File, err error) {
	ds, err := draftsOf(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	for _, d := range ds {
		as, err := form.AnswersOf(ctx, tx, DraftSubject, d.hash)
		if err != nil {
			return nil, err
		}
		for _, a := range as {
			for _, values := range a.Answers {
				for _, v := range values {
					if sum, name, ok := form.FileOf(v); ok {
						out = append(out, account.File{Name: name, Sum: sum})
					}
				}
			}
		}
	}
	return out, nil
}

// Refers lists nothing: the files of drafts are answers, which the form desk knows.
func (keeper) Refers(context.Context, *db.Tx) ([]string, error) { return nil, nil }

// Erase takes away what could tell who somebody was: words of the person's own, reasons, links, what came again with the address. City,
// country, role and states stay, for figures.
func (keeper) Erase(ctx context.Context, tx *db.Tx, p account.Person) error {
	ds, err := draftsOf(ctx, tx, p)
	if err != nil {
		return err
	}
	for _, d := range ds {
		if err := endDraft(ctx, tx, d.hash); err != nil {
			return err
		}
	}
	const own = `IN (SELECT id FROM participation WHERE person_id = $1)`
	for _, query := range []string{
		`UPDATE participation_step SET reason = '' WHERE participation_id ` + own,
		`DELETE FROM participation_key WHERE participation_id ` + own,
		`DELETE FROM participation_echo WHERE participation_id ` + own,
		`DELETE FROM participation_request WHERE participation_id ` + own,
		`UPDATE participation SET organisation = '', reason = '', visibility = 'nobody', lang = 'en', version = version + 1 WHERE person_id = $1`,
	} {
		if _, err := tx.ExecContext(ctx, query, p.ID); err != nil {
			return err
		}
	}
	return eraseImported(ctx, tx, p)
}

func endDraft(ctx context.Context, tx *db.Tx, h string) error {
	if err := dropDraft(ctx, tx, h); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM participation_draft WHERE hash = $1`, h)
	return err
}

// Retain takes away what was begun and not finished, or with dry only tells.
func (keeper) Retain(ctx context.Context, tx *db.Tx, now time.Time, dry bool) (out []account.Retained, err error) {
	before := now.AddDate(0, 0, -draftDays)
	type group struct {
		hashes []string
		due    time.Time
	}
	groups := map[string]*group{}
	var order []string
	err = tx.Each(ctx, `SELECT hash, activity_id, at FROM participation_draft WHERE at <= $1 ORDER BY activity_id, at, hash`, []any{before}, func(scan func(...any) error) error {
		var h, a string
		var at time.Time
		if err := scan(&h, &a, &at); err != nil {
			return err
		}
		g := groups[a]
		if g == nil {
			g = &group{due: at.UTC().AddDate(0, 0, draftDays)}
			groups[a], order = g, append(order, a)
		}
		g.hashes = append(g.hashes, h)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, a := range order {
		g := groups[a]
		out = append(out, account.Retained{Class: "draft", Subject: "activity", Key: a, Count: len(g.hashes), Due: g.due})
		if dry {
			continue
		}
		for _, h := range g.hashes {
			if err := endDraft(ctx, tx, h); err != nil {
				return nil, err
			}
		}
	}
	begun := map[string]int{}
	order = nil
	var oldest time.Time
	err = tx.Each(ctx, `SELECT activity_id, at FROM participation_import WHERE at <= $1 ORDER BY activity_id, at`, []any{before}, func(scan func(...any) error) error {
		var a string
		var at time.Time
		if err := scan(&a, &at); err != nil {
			return err
		}
		if begun[a]++; begun[a] == 1 {
			order = append(order, a)
		}
		if oldest.IsZero() || at.Before(oldest) {
			oldest = at
		}
		return nil
	})
	for _, a := range order {
		out = append(out, account.Retained{Class: "draft", Subject: "activity", Key: a, Count: begun[a], Due: oldest.UTC().AddDate(0, 0, draftDays)})
	}
	if err != nil || dry {
		return out, err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM participation_import WHERE at <= $1`, before)
	return out, err
}
