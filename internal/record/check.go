package record

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Finding is something odd or contested in the record. It is for a person to look at; nothing is ever refused for it.
type Finding struct {
	Rule    string        // one of Rules, with a text "record.rule.<rule>"
	Where   string        // "activity/<id>", "programme/<id>", several parted by ", "
	Line    int           // in the document that was checked, 0 for the stores
	Message fault.Message // in the words of the catalogs
}

// At is Where, behind the line when a document was checked: "line 12, activity/forum-2019".
func (f Finding) At() string {
	if f.Line == 0 {
		return f.Where
	}
	return "line " + strconv.Itoa(f.Line) + ", " + f.Where
}

// Rules in the order in which they report.
var Rules = []string{"repeated-dates", "spans-weekend", "same-dates-two-cities", "falls-on-weekend", "overlaps-or-adjoins", "starts-on-sunday",
	"gap-in-annual", "several-in-a-year", "printed-differs", "contradicted-by-second-source", "only-second-source", "offered-not-in-hand", "refused"}

// Check reports what is odd or contested in the stores.
func (k *Desk) Check(ctx context.Context, by actor.Actor) ([]Finding, error) {
	if err := by.NeedOfficer(); err != nil {
		return nil, err
	}
	var r *Record
	err := k.db.Read(ctx, func(tx *db.Tx) (err error) {
		r, err = load(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return r.Lint(k.db.Now()), nil
}

// CheckFile reports what is odd or contested in a document, and under the rule "refused" what an import would refuse. A
// document that cannot be read at all is an error. Nothing of it is stored.
func CheckFile(ctx context.Context, in io.Reader, now func() time.Time) ([]Finding, error) {
	data, err := io.ReadAll(io.LimitReader(in, MaxDocument+1))
	if err != nil {
		return nil, unreadable(err)
	}
	r, err := Read(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	found := r.Lint(now())
	problems, err := r.try(ctx, now)
	if err != nil {
		return nil, err
	}
	for _, p := range problems {
		found = append(found, Finding{Rule: "refused", Where: r.at(p.Line), Line: p.Line, Message: p.Message})
	}
	return found, nil
}

// at names the thing that stands at a line.
func (r *Record) at(line int) string {
	where, first := "", 0
	for key, n := range r.nodes {
		if n.Line <= line && n.Line > first {
			where, first = key, n.Line
		}
	}
	name, id, _ := strings.Cut(where, "/")
	for _, s := range sections {
		if s.name == name {
			return s.subject + "/" + id
		}
	}
	return ""
}

var errUndo = errors.New("undo")

// try stores the record in a store that is thrown away, and returns what is refused.
func (r *Record) try(ctx context.Context, now func() time.Time) ([]Problem, error) {
	var p problems
	r.references(&p)
	if len(p.list) > 0 {
		return p.list, nil
	}
	dir, err := os.MkdirTemp("", "aircommons-check-*")
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "record.temporary")
	}
	defer os.RemoveAll(dir)
	d, err := db.Open(ctx, filepath.Join(dir, "check.db"), now)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	err = d.Write(ctx, func(tx *db.Tx) error {
		p = problems{}
		if err := r.put(ctx, tx, &p); err != nil {
			return err
		}
		return errUndo
	})
	if err != nil && !errors.Is(err, errUndo) {
		return nil, err
	}
	return p.list, nil
}

// Lint applies all rules to the record. now is what the time since the last edition is counted to.
func (r *Record) Lint(now time.Time) []Finding {
	l := newLint(r, now)
	l.dates()
	l.pairs()
	l.rhythm()
	l.sources()
	l.documents()
	sort.SliceStable(l.found, func(i, j int) bool {
		a, b := l.found[i], l.found[j]
		if x, y := slices.Index(Rules, a.Rule), slices.Index(Rules, b.Rule); x != y {
			return x < y
		}
		return a.Where < b.Where
	})
	return l.found
}
