package network

import (
	"context"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"aircommons/internal/actor"
	"aircommons/internal/db"
)

// PeriodField is the field whose values are periods.
const PeriodField = "period"

// StatementSubjects are the kinds of things that statements are made of. Each is the name of its table.
var StatementSubjects = []string{"activity", "programme", "document", "organisation", "place", "membership", "topic"}

// StatementFields are the fields that forms offer, with texts "network.field.<word>". A statement may be of another one.
var StatementFields = []string{PeriodField, "edition", "name", "fullname", "place", "venue", "organiser", "co-organiser", "coordinator", "supporter",
	"funder", "partner", "participants", "headcount", "members", "audience", "topics", "relation", "population", "state", "other"}

// severalFields may truly have several values at once: another name, another partner does not contradict the first.
var severalFields = []string{"edition", "name", "organiser", "co-organiser", "coordinator", "supporter", "funder", "partner", "participants",
	"members", "audience", "topics", "relation", "other"}

// Contradicts reports whether two statements on the same field of the same thing cannot both be true. Periods are
// compared as exactly as the coarser one is known, other fields by their letters and digits. Of some fields several
// values can be true, and a withdrawn statement contradicts nothing.
func (s Statement) Contradicts(t Statement) bool {
	if s.Subject != t.Subject || s.SubjectKey != t.SubjectKey || s.Field != t.Field || s.Withdrawn || t.Withdrawn {
		return false
	}
	return Contradict(s.Field, s.Parsed, s.Printed, t.Parsed, t.Printed)
}

// Contradict reports whether two values of a field cannot both be true. Each is given as parsed and as printed.
func Contradict(field, parsed, printed, parsed2, printed2 string) bool {
	if field == PeriodField {
		p, err := ParsePeriod(parsed)
		q, err2 := ParsePeriod(parsed2)
		return err == nil && err2 == nil && p.Contradicts(q)
	}
	if slices.Contains(severalFields, field) {
		return false
	}
	if parsed == "" {
		parsed = printed
	}
	if parsed2 == "" {
		parsed2 = printed2
	}
	a, b := normal(parsed), normal(parsed2)
	return a != "" && b != "" && a != b
}

// normal brings a value to one form: case, spaces, signs and the grouping of digits do not matter.
func normal(s string) string {
	s = cases.Fold().String(norm.NFKC.String(strings.TrimSpace(s)))
	if v, err := strconv.ParseFloat(strings.NewReplacer(",", "", " ", "", "\u00a0", "").Replace(s), 64); err == nil {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, s)
}

// Claim is a statement within a fact.
type Claim struct {
	Statement
	Contradicting bool // it cannot be true together with a claim before it
}

// Fact is what all sources say of one field of one thing: the first source first, then by rank and time of entry.
type Fact struct {
	Field  string
	Claims []Claim
}

// Contested reports whether sources contradict each other.
func (f Fact) Contested() bool {
	return slices.ContainsFunc(f.Claims, func(c Claim) bool { return c.Contradicting })
}

// Against marks, too, the claims that contradict what the thing itself says in that field.
func (f Fact) Against(parsed, printed string) Fact {
	f.Claims = slices.Clone(f.Claims)
	for i, c := range f.Claims {
		if Contradict(f.Field, parsed, printed, c.Parsed, c.Printed) {
			f.Claims[i].Contradicting = true
		}
	}
	return f
}

// FactsOf puts the statements on one thing together by field. Withdrawn ones are left out.
func FactsOf(all []Statement) []Fact {
	byField := map[string][]Statement{}
	for _, s := range all {
		if !s.Withdrawn {
			byField[s.Field] = append(byField[s.Field], s)
		}
	}
	out := make([]Fact, 0, len(byField))
	for field, list := range byField {
		sort.SliceStable(list, func(i, j int) bool {
			a, b := list[i], list[j]
			if a.Rank != b.Rank {
				return a.Rank < b.Rank
			}
			if !a.EnteredAt.Equal(b.EnteredAt) {
				return a.EnteredAt.Before(b.EnteredAt)
			}
			return a.ID < b.ID
		})
		f := Fact{Field: field}
		for i, s := range list {
			c := Claim{Statement: s}
			for _, before := range list[:i] {
				c.Contradicting = c.Contradicting || s.Contradicts(before)
			}
			f.Claims = append(f.Claims, c)
		}
		out = append(out, f)
	}
	order := func(field string) int {
		if i := slices.Index(StatementFields, field); i >= 0 {
			return i
		}
		return len(StatementFields)
	}
	sort.Slice(out, func(i, j int) bool {
		if a, b := order(out[i].Field), order(out[j].Field); a != b {
			return a < b
		}
		return out[i].Field < out[j].Field
	})
	return out
}

// Contested reports whether sources contradict each other in a field of a thing.
func Contested(facts []Fact, field string) bool {
	return slices.ContainsFunc(facts, func(f Fact) bool { return f.Field == field && f.Contested() })
}

// FactsIn reads the facts of one thing within a transaction.
func FactsIn(ctx context.Context, tx *db.Tx, subject, key string) ([]Fact, error) {
	all, err := statements(ctx, tx, `WHERE subject = $1 AND subject_key = $2`, subject, key)
	return FactsOf(all), err
}

// Facts reads the facts of one thing. Whether the reader may see the thing is asked where the thing is read.
func (k *Desk) Facts(ctx context.Context, by actor.Actor, subject, key string) (out []Fact, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = FactsIn(ctx, tx, subject, key)
		return err
	})
	return out, err
}
