package network

import (
	"context"
	"slices"
	"strings"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

var statementKind = kind[Statement]{
	subject: StatementSubject,
	one:     oneStatement,
	put:     PutStatement,
	parts:   func(s *Statement) (*string, *int64, *bool) { return &s.ID, &s.Version, &s.Withdrawn },
	name:    func(s *Statement) string { return s.SubjectKey + "-" + s.Field },
	tidy: func(s *Statement) {
		trim(&s.ID, &s.Subject, &s.SubjectKey, &s.Field, &s.Printed, &s.Parsed, &s.SourceTitle, &s.SourceURL, &s.SourceDate, &s.SaidBy)
		s.Note = tidyText(s.Note)
		if s.Field == PeriodField {
			if p, err := ParsePeriod(s.Parsed); err == nil {
				s.Parsed = p.String()
			}
		}
	},
	fresh: func(s *Statement, by actor.Actor, tx *db.Tx) {
		s.EnteredBy, s.EnteredAt = by.Name, tx.Now
		if s.EnteredBy == "" {
			s.EnteredBy = by.ID
		}
	},
	keep:  func(now *Statement, old Statement) { now.EnteredBy, now.EnteredAt = old.EnteredBy, old.EnteredAt },
	check: checkStatement,
}

func checkStatement(ctx context.Context, tx *db.Tx, s Statement, old *Statement) error {
	var f fault.Form
	checkID(&f, s.ID)
	if !slices.Contains(StatementSubjects, s.Subject) {
		f.Add("subject", "network.statement.subject")
	} else if s.SubjectKey == "" {
		f.Add("key", "network.statement.key")
	} else if err := checkThere(ctx, tx, &f, "key", s.Subject, s.SubjectKey, "network.statement.unknown"); err != nil {
		return err
	}
	if !db.IsSlug(s.Field) {
		f.Add("field", "network.statement.field")
	}
	if s.Printed == "" {
		f.Add("printed", "network.statement.printed")
	}
	checkString(&f, "printed", s.Printed, mostText)
	checkString(&f, "parsed", s.Parsed, mostText)
	if s.Field == PeriodField {
		if _, err := ParsePeriod(s.Parsed); err != nil {
			addFault(&f, "parsed", err)
		}
	}
	if s.SourceTitle == "" {
		f.Add("source", "network.statement.source")
	}
	checkString(&f, "source", s.SourceTitle, mostSource)
	checkURL(&f, "url", s.SourceURL)
	if s.SourceDate != "" {
		if _, err := precisionOf(s.SourceDate); err != nil {
			addFault(&f, "date", err)
		}
	}
	checkString(&f, "said_by", s.SaidBy, mostName)
	if s.Rank < 0 || s.Rank > 99 {
		f.Add("rank", "network.rank.range")
	}
	checkTexts(&f, "note", s.Note, mostText, false)
	return f.Err()
}

// addFault takes a fault of a value over as the fault of a field.
func addFault(f *fault.Form, field string, err error) {
	if e, ok := err.(*fault.Error); ok {
		pairs := []any{}
		for n, v := range e.Message.Args {
			pairs = append(pairs, n, v)
		}
		f.Add(field, e.Message.Key, pairs...)
		return
	}
	f.Add(field, strings.TrimSpace(err.Error()))
}

// Statement reads one statement. To the public a withdrawn one is not there.
func (k *Desk) Statement(ctx context.Context, by actor.Actor, id string) (Statement, error) {
	return read(ctx, k, statementKind, by, id)
}

// Statements lists the statements the actor may see.
func (k *Desk) Statements(ctx context.Context, by actor.Actor) ([]Statement, error) {
	return list(ctx, k, statementKind, by, Statements)
}

// CreateStatement stores a new statement as entered now by the actor. An empty id is made of its subject and field.
func (k *Desk) CreateStatement(ctx context.Context, by actor.Actor, s Statement) (Statement, error) {
	return create(ctx, k, statementKind, by, s)
}

// UpdateStatement stores s over the version it was made from. Who entered it first, and when, stays.
func (k *Desk) UpdateStatement(ctx context.Context, by actor.Actor, s Statement) error {
	return update(ctx, k, statementKind, by, s)
}

// WithdrawStatement hides a statement from the public; it then contradicts nothing.
func (k *Desk) WithdrawStatement(ctx context.Context, by actor.Actor, id string, version int64) error {
	return setWithdrawn(ctx, k, statementKind, by, id, version, true)
}

// RestoreStatement shows a withdrawn statement again.
func (k *Desk) RestoreStatement(ctx context.Context, by actor.Actor, id string, version int64) error {
	return setWithdrawn(ctx, k, statementKind, by, id, version, false)
}

// DeleteStatement deletes a statement that was entered by mistake.
func (k *Desk) DeleteStatement(ctx context.Context, by actor.Actor, id string, version int64) error {
	return remove(ctx, k, statementKind, by, id, version)
}
