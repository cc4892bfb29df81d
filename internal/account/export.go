package account

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"sort"
	"strings"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
)

// Exported is all that is kept about a person, as it is handed over.
type Exported struct {
	Made       time.Time      `json:"made"`
	Person     Person         `json:"person"`
	Known      time.Time      `json:"knownSince"`
	Seen       time.Time      `json:"lastSignIn,omitzero"`
	Grants     []Granted      `json:"roles"`
	Consents   []Consented    `json:"consents"`
	Tokens     []Token        `json:"tokens"`
	Passkeys   []Passkey      `json:"passkeys"`
	Identities []Identity     `json:"identities"`
	Sessions   []Session      `json:"sessions"`
	Desks      map[string]any `json:"desks"` // what each keeper has
	Journal    []db.Change    `json:"journal"`
	Files      []File         `json:"files"`
	Mentions   []Mention      `json:"mentions,omitempty"` // where others named the person
}

// Export writes everything about a person into a ZIP file: data.json and the person's files. For the person and officers who
// keep people of that role.
func (k *Desk) Export(ctx context.Context, by actor.Actor, id string, to io.Writer) error {
	var e Exported
	err := k.db.Write(ctx, func(tx *db.Tx) (err error) { // it is noted who took it
		e, err = k.collect(ctx, tx, by, id)
		if err != nil {
			return err
		}
		return tx.Record(ctx, by, PersonSubject, id, "export", nil, nil)
	})
	if err != nil {
		return err
	}
	z := zip.NewWriter(to)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "data.json", Method: zip.Deflate, Modified: e.Made})
	if err != nil {
		return err
	}
	j := json.NewEncoder(w)
	j.SetIndent("", "  ")
	j.SetEscapeHTML(false)
	if err := j.Encode(e); err != nil {
		return err
	}
	for i, f := range e.Files {
		if k.Files == nil {
			break
		}
		if err := copyFile(k.Files, z, f, fmt.Sprintf("files/%03d-%s", i+1, safeName(f.Name)), e.Made); err != nil {
			return err
		}
	}
	return z.Close()
}

func copyFile(files *db.Files, z *zip.Writer, f File, name string, made time.Time) error {
	src, err := files.Open(f.Sum)
	if err != nil {
		return err
	}
	defer src.Close()
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: made})
	if err != nil {
		return err
	}
	_, err = io.Copy(w, src)
	return err
}

// safeName is a name that leads nowhere on the disk of whoever unpacks it.
func safeName(s string) string {
	s = path.Base(strings.ReplaceAll(CleanName(s), "\\", "/"))
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"/|?*`, r) {
			return '_'
		}
		return r
	}, s)
	if s = strings.Trim(s, ". "); s == "" {
		return "file"
	}
	return cutTo(s, 100)
}

func (k *Desk) collect(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (e Exported, err error) {
	p, err := one(ctx, tx, `WHERE id = $1 AND erased_at IS NULL`, id)
	if err != nil {
		return e, err
	}
	if err := mayDispose(by, p); err != nil {
		return e, err
	}
	e = Exported{Made: tx.Now, Person: p, Known: p.Created, Seen: p.Seen, Desks: map[string]any{}}
	if e.Grants, err = grants(ctx, tx, `WHERE person = $1 ORDER BY given_at, id`, id); err != nil {
		return e, err
	}
	if e.Consents, err = consents(ctx, tx, `WHERE person = $1`, id); err != nil {
		return e, err
	}
	if e.Tokens, err = tokens(ctx, tx, `WHERE person = $1 ORDER BY created_at, id`, id); err != nil {
		return e, err
	}
	if e.Passkeys, err = passkeys(ctx, tx, id); err != nil {
		return e, err
	}
	if e.Identities, err = identities(ctx, tx, id); err != nil {
		return e, err
	}
	if e.Sessions, err = sessionsOf(ctx, tx, id); err != nil {
		return e, err
	}
	if e.Files, err = k.files(ctx, tx, p); err != nil {
		return e, err
	}
	for _, keeper := range k.Keepers {
		v, err := keeper.Export(ctx, tx, p)
		if err != nil {
			return e, err
		}
		if v != nil {
			e.Desks[keeper.Name()] = v
		}
	}
	if e.Journal, err = k.concerning(ctx, tx, p, 1<<20); err != nil {
		return e, err
	}
	t, _, err := k.trace(ctx, tx, p)
	if err != nil {
		return e, err
	}
	e.Mentions, err = k.mentions(ctx, tx, t)
	return e, err
}

// Concerning lists what was done with a person's data, and what the person did, the latest first. For the person and
// officers.
func (k *Desk) Concerning(ctx context.Context, by actor.Actor, id string, limit int) (out []db.Change, err error) {
	if by.ID != id || id == "" {
		if err := by.NeedOfficer(); err != nil {
			return nil, err
		}
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		p, err := one(ctx, tx, `WHERE id = $1`, id)
		if err != nil {
			return err
		}
		out, err = k.concerning(ctx, tx, p, limit)
		return err
	})
	return out, err
}

func (k *Desk) concerning(ctx context.Context, tx *db.Tx, p Person, limit int) ([]db.Change, error) {
	things, err := k.things(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	filters := []db.JournalFilter{{Subject: PersonSubject, Key: p.ID, Limit: limit}, {By: p.ID, Limit: limit}}
	for _, t := range things {
		filters = append(filters, db.JournalFilter{Subject: t.Subject, Key: t.Key, Limit: limit})
	}
	seen := map[int64]bool{}
	var out []db.Change
	for _, f := range filters {
		cs, err := tx.JournalWhere(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, c := range cs {
			if !seen[c.ID] {
				seen[c.ID] = true
				out = append(out, c)
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID > out[j].ID })
	if len(out) > limit {
		out = out[:limit]
	}
	return out, nil
}
