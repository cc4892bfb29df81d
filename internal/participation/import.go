package participation

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
)

// Import is a list of participants that is being taken in from a file: read, columns told, looked at row by row, and then written at once.
type Import struct {
	ID       string
	Activity string
	Name     string // of the file
	At       time.Time
	Done     bool
	Version  int64
	ImportContent
}

// ImportContent is what is kept of an import until it is done; then only the counts.
type ImportContent struct {
	Encoding string            `json:"encoding,omitempty"`
	Head     []string          `json:"head"`
	Rows     [][]string        `json:"rows"`
	Lines    []int             `json:"lines"`   // in the file
	Columns  []string          `json:"columns"` // one of ImportFields for each
	State    State             `json:"state"`   // of the people taken in
	Tell     bool              `json:"tell"`    // they get letters, which wait in the outbox
	Choices  map[string]string `json:"choices"` // by row: "new", "skip" or the id of a person
	Added    int               `json:"added,omitempty"`
	Known    int               `json:"known,omitempty"`
	Skipped  int               `json:"skipped,omitempty"`
}

// ImportFields are what a column can hold; "" is left out. Their texts are "participation.field.<word>".
var ImportFields = []string{"", "name", "given", "family", "original", "email", "city", "country", "organisation", "role", "mode", "funded", "language"}

// ImportStates are what people who are taken in can be.
var ImportStates = []State{Confirmed, Applied, Waiting, Present}

const mostImportRows = 5000

// StartImport keeps a table that was read from a file, to be looked at. Its first row is the headings, unless an address stands in it.
func (k *Desk) StartImport(ctx context.Context, by actor.Actor, activityID, name, encoding string, rows [][]string, lines []int) (im Import, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := k.run(ctx, tx, by, activityID); err != nil {
			return err
		}
		if len(rows) == 0 || len(rows) > mostImportRows {
			return fault.New(fault.Invalid, "participation.import.rows", "Most", mostImportRows)
		}
		im = Import{ID: k.id(), Activity: activityID, Name: cut(name), At: tx.Now, Version: 1}
		im.Encoding, im.State, im.Choices = encoding, Confirmed, map[string]string{}
		im.Head, im.Rows, im.Lines = rows[0], rows[1:], lines[1:]
		if slices.ContainsFunc(rows[0], func(s string) bool { return account.CleanEmail(s) != "" }) {
			im.Head, im.Rows, im.Lines = make([]string, len(rows[0])), rows, lines
		}
		im.Columns = guessColumns(im.Head, im.Rows)
		content, err := json.Marshal(im.ImportContent)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO participation_import (id, activity_id, name, content, state, by_id, at, version) VALUES ($1,$2,$3,$4,'open',$5,$6,1)`,
			im.ID, im.Activity, im.Name, string(content), by.ID, tx.Now)
		return err
	})
	return im, err
}

func imported(ctx context.Context, tx *db.Tx, id string) (im Import, err error) {
	var content, state string
	if err := tx.One(ctx, `SELECT id, activity_id, name, content, state, at, version FROM participation_import WHERE id = $1`, []any{id},
		&im.ID, &im.Activity, &im.Name, &content, &state, &im.At, &im.Version); err != nil {
		return im, err
	}
	im.At, im.Done = im.At.UTC(), state == "done"
	return im, json.Unmarshal([]byte(content), &im.ImportContent)
}

func putImport(ctx context.Context, tx *db.Tx, im *Import) error {
	content, err := json.Marshal(im.ImportContent)
	if err != nil {
		return err
	}
	state := map[bool]string{true: "done", false: "open"}[im.Done]
	if err := db.Changed(tx.ExecContext(ctx, `UPDATE participation_import SET content = $1, state = $2, at = $3, version = version + 1 WHERE id = $4 AND version = $5`,
		string(content), state, tx.Now, im.ID, im.Version)); err != nil {
		return err
	}
	im.Version++
	return nil
}

// Imports lists what is being taken in for an activity, the latest first.
func (k *Desk) Imports(ctx context.Context, by actor.Actor, activityID string) (out []Import, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := k.run(ctx, tx, by, activityID); err != nil {
			return err
		}
		var ids []string
		err := tx.Each(ctx, `SELECT id FROM participation_import WHERE activity_id = $1 ORDER BY at DESC, id`, []any{activityID}, func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			ids = append(ids, id)
			return err
		})
		if err != nil {
			return err
		}
		out = nil
		for _, id := range ids {
			im, err := imported(ctx, tx, id)
			if err != nil {
				return err
			}
			out = append(out, im)
		}
		return nil
	})
	return out, err
}

// Likely is somebody whom a row may be, and why.
type Likely struct {
	Person account.Person
	Why    string // "address", "name", "shared": texts "participation.likely.<word>"
	Sure   bool   // same address and name
	Here   bool   // takes part already
}

// Looked is a row of an import as it would be taken in.
type Looked struct {
	N      int // in Rows
	Line   int // in the file
	Want   Request
	Other  string // the name in the original script
	Faults []fault.Message
	Likely []Likely
	Choice string // "new", "skip", or the id of a person; "" where somebody has to decide
}

// Reviewed is an import with its rows looked at.
type Reviewed struct {
	Import
	Of     activity.Activity
	Looked []Looked
	New    int
	Known  int
	Skip   int
	Open   int // rows on which somebody has to decide
	Wrong  int // rows that cannot be taken
}

// Review looks at the rows of an import against who is known.
func (k *Desk) Review(ctx context.Context, by actor.Actor, id string) (r Reviewed, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		r, err = k.review(ctx, tx, by, id)
		return err
	})
	return r, err
}

func (k *Desk) review(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (r Reviewed, err error) {
	if r.Import, err = imported(ctx, tx, id); err != nil {
		return r, err
	}
	if r.Of, err = k.run(ctx, tx, by, r.Activity); err != nil || r.Done {
		return r, err
	}
	places, err := network.Places(ctx, tx)
	if err != nil {
		return r, err
	}
	cities := map[string]string{}
	for _, p := range places {
		if p.Kind != "city" && p.Kind != "region" || p.Withdrawn {
			continue
		}
		cities[bare(p.ID)] = p.ID
		for _, n := range p.Names {
			cities[bare(n)] = p.ID
		}
	}
	people, err := account.PeopleByID(ctx, tx)
	if err != nil {
		return r, err
	}
	byEmail, byName := map[string][]account.Person{}, map[string][]account.Person{}
	for _, p := range people {
		if p.IsErased() {
			continue
		}
		byEmail[p.Email] = append(byEmail[p.Email], p)
		seen := map[string]bool{}
		for _, n := range append([]string{p.Name}, namesOf(p)...) {
			if key := nameKey(n); key != "" && !seen[key] {
				byName[key], seen[key] = append(byName[key], p), true
			}
		}
	}
	those, err := List(ctx, tx, r.Activity)
	if err != nil {
		return r, err
	}
	here := map[string]bool{}
	for _, p := range those {
		if p.Person != "" && !p.State.Out() {
			here[p.Person] = true
		}
	}
	first := map[string]int{} // address and name of earlier rows
	for n := range r.Rows {
		x := r.look(ctx, tx, k, n, cities, by)
		email := account.CleanEmail(x.Want.Email)
		if email != "" {
			key := email + "\x00" + nameKey(x.Want.Name)
			if before, twice := first[key]; twice {
				x.Faults = append(x.Faults, fault.Say("participation.delegation.twice", "Row", before))
			} else {
				first[key] = x.Line
			}
			for _, p := range byEmail[email] {
				same := nameKey(p.Name) == nameKey(x.Want.Name) || slices.ContainsFunc(namesOf(p), func(s string) bool { return nameKey(s) == nameKey(x.Want.Name) })
				why := "address"
				if !same {
					why = "shared"
				}
				x.Likely = append(x.Likely, Likely{p, why, same, here[p.ID]})
			}
		}
		for _, name := range []string{x.Want.Name, x.Other} {
			for _, p := range byName[nameKey(name)] {
				if p.Email != email && !slices.ContainsFunc(x.Likely, func(l Likely) bool { return l.Person.ID == p.ID }) && len(x.Likely) < 5 {
					x.Likely = append(x.Likely, Likely{p, "name", false, here[p.ID]})
				}
			}
		}
		x.Choice = r.Choices[itoa(n)]
		if x.Choice != "" && x.Choice != "new" && x.Choice != "skip" && !slices.ContainsFunc(x.Likely, func(l Likely) bool { return l.Person.ID == x.Choice }) {
			x.Choice = ""
		}
		switch {
		case len(x.Faults) > 0:
			r.Wrong++
			if x.Choice != "skip" {
				x.Choice = ""
			}
		case x.Choice != "":
		case len(x.Likely) == 0:
			x.Choice = "new"
		case x.Likely[0].Sure:
			x.Choice = x.Likely[0].Person.ID
		}
		switch x.Choice {
		case "":
			if len(x.Faults) == 0 {
				r.Open++
			}
		case "new":
			r.New++
		case "skip":
			r.Skip++
		default:
			r.Known++
		}
		r.Looked = append(r.Looked, x)
	}
	return r, nil
}

func namesOf(p account.Person) (out []string) {
	for _, n := range p.Names {
		out = append(out, n.Text)
	}
	return out
}

// nameKey is a name without what differs between lists: case, width, spaces, order of the parts.
func nameKey(s string) string {
	parts := strings.Fields(strings.NewReplacer(",", " ", ".", " ", "-", " ", "·", " ").Replace(foldName(s)))
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// MapImport says what the columns hold, what state people get, and whether they are told.
func (k *Desk) MapImport(ctx context.Context, by actor.Actor, id string, version int64, columns []string, state State, tell bool) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		im, err := k.openImport(ctx, tx, by, id, version)
		if err != nil {
			return err
		}
		var f fault.Form
		if len(columns) != len(im.Head) {
			return fault.New(fault.Invalid, "error.conflict")
		}
		seen := map[string]bool{}
		for i, c := range columns {
			if !slices.Contains(ImportFields, c) {
				f.Add("column."+itoa(i), "participation.import.column")
			} else if c != "" && seen[c] {
				f.Add("column."+itoa(i), "participation.import.twice")
			}
			seen[c] = true
		}
		if !seen["email"] {
			f.Add("columns", "participation.import.noemail")
		}
		if !seen["name"] && !seen["given"] && !seen["family"] && !seen["original"] {
			f.Add("columns", "participation.import.noname")
		}
		if !slices.Contains(ImportStates, state) {
			f.Add("state", "participation.bulk.to")
		}
		if err := f.Err(); err != nil {
			return err
		}
		im.Columns, im.State, im.Tell = columns, state, tell
		return putImport(ctx, tx, &im)
	})
}

func (k *Desk) openImport(ctx context.Context, tx *db.Tx, by actor.Actor, id string, version int64) (Import, error) {
	im, err := imported(ctx, tx, id)
	if err != nil {
		return im, err
	}
	if _, err := k.run(ctx, tx, by, im.Activity); err != nil {
		return im, err
	}
	if im.Done || version != 0 && im.Version != version {
		return im, fault.New(fault.Conflict, "error.conflict")
	}
	return im, nil
}

// ChooseImport keeps what a person decided about rows: "new", "skip" or the id of somebody known.
func (k *Desk) ChooseImport(ctx context.Context, by actor.Actor, id string, version int64, choices map[string]string) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		im, err := k.openImport(ctx, tx, by, id, version)
		if err != nil {
			return err
		}
		if im.Choices == nil {
			im.Choices = map[string]string{}
		}
		for row, c := range choices {
			if c == "" {
				delete(im.Choices, row)
			} else {
				im.Choices[row] = cut(c)
			}
		}
		return putImport(ctx, tx, &im)
	})
}

// DropImport forgets an import.
func (k *Desk) DropImport(ctx context.Context, by actor.Actor, id string) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		im, err := imported(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := k.run(ctx, tx, by, im.Activity); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM participation_import WHERE id = $1`, id)
		return err
	})
}

// CarryImport takes the rows in: all of them in one transaction, or none. Seats are not counted, since the list says who has one.
func (k *Desk) CarryImport(ctx context.Context, by actor.Actor, id string, version int64) (r Reviewed, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := k.openImport(ctx, tx, by, id, version); err != nil {
			return err
		}
		if r, err = k.review(ctx, tx, by, id); err != nil {
			return err
		}
		wrong := 0
		for _, x := range r.Looked {
			if len(x.Faults) > 0 && x.Choice != "skip" {
				wrong++
			}
		}
		if wrong > 0 || r.Open > 0 {
			return fault.New(fault.Invalid, "participation.import.open", "Open", r.Open, "Wrong", wrong)
		}
		for _, x := range r.Looked {
			if x.Choice == "skip" {
				r.Skipped++
				continue
			}
			fresh, err := k.takeIn(ctx, tx, by, r, x)
			if err != nil {
				return err
			}
			if fresh {
				r.Added++
			} else {
				r.Import.Known++
			}
		}
		im := r.Import
		im.Done, im.Rows, im.Lines, im.Choices = true, nil, nil, nil
		if err := putImport(ctx, tx, &im); err != nil {
			return err
		}
		r.Import = im
		return tx.Record(ctx, by, "quota", r.Activity, "import", nil, map[string]any{"file": im.Name, "added": im.Added, "known": im.Known, "skipped": im.Skipped})
	})
	return r, err
}

// takeIn adds one row; fresh is false for somebody who takes part already.
func (k *Desk) takeIn(ctx context.Context, tx *db.Tx, by actor.Actor, r Reviewed, x Looked) (fresh bool, err error) {
	q := x.Want
	var person account.Person
	if x.Choice == "new" {
		shared := slices.ContainsFunc(x.Likely, func(l Likely) bool { return l.Why == "shared" })
		p := account.Person{Name: q.Name, Email: q.Email, Language: q.Lang, Shared: shared}
		if x.Other != "" && x.Other != q.Name {
			p.Names = []account.Name{{Text: x.Other, Use: "display"}}
		}
		person, err = account.Ensure(ctx, tx, by, p)
	} else {
		person, err = account.PersonByID(ctx, tx, x.Choice)
	}
	if err != nil {
		return false, err
	}
	old, err := list(ctx, tx, `WHERE activity_id = $1 AND person_id = $2`, r.Activity, person.ID)
	if err != nil {
		return false, err
	}
	if len(old) > 0 && !old[0].State.Out() {
		return false, nil
	}
	now := tx.Now
	p := Participation{ID: k.id(), Activity: r.Activity, Person: person.ID, Place: q.Place, Country: q.Country, Organisation: q.Organisation, Role: q.Role, Mode: q.Mode, Funded: q.Funded,
		State: r.State, Since: now, Source: "import", Lang: person.Language, Created: now, Version: 1}
	if p.State == Waiting {
		if p.Queued, err = lastInLine(ctx, tx, r.Activity); err != nil {
			return false, err
		}
	}
	action := "create"
	if len(old) > 0 {
		p.ID, p.Created, p.Version, action = old[0].ID, old[0].Created, old[0].Version, "import"
		err = update(ctx, tx, &p, true)
	} else {
		err = insert(ctx, tx, p)
	}
	if err == nil {
		err = tx.Record(ctx, by, Subject, p.ID, action, nil, p)
	}
	if err == nil && r.Tell && letters[p.State] != "" {
		_, _, err = k.write(ctx, tx, r.Of, p, person, letters[p.State], true)
	}
	return true, err
}

// eraseImported takes the rows of somebody out of lists that are being taken in.
func eraseImported(ctx context.Context, tx *db.Tx, p account.Person) error {
	var ids []string
	if err := tx.Each(ctx, `SELECT id FROM participation_import WHERE state = 'open'`, nil, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		ids = append(ids, id)
		return err
	}); err != nil {
		return err
	}
	for _, id := range ids {
		im, err := imported(ctx, tx, id)
		if err != nil {
			return err
		}
		var rows [][]string
		var lines []int
		for i, r := range im.Rows {
			if !slices.ContainsFunc(r, func(s string) bool { return p.Email != "" && account.CleanEmail(s) == p.Email }) {
				rows, lines = append(rows, r), append(lines, im.Lines[i])
			}
		}
		if len(rows) == len(im.Rows) {
			continue
		}
		im.Rows, im.Lines, im.Choices = rows, lines, map[string]string{} // rows have other numbers now
		if err := putImport(ctx, tx, &im); err != nil {
			return err
		}
	}
	return nil
}
