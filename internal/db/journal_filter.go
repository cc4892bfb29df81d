package db

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// JournalFilter says which entries of the journal are wanted; what is empty does not matter.
type JournalFilter struct {
	By      string // id of the person
	Subject string // kind of thing
	Key     string // its id
	Action  string
	From    time.Time // this time or later
	Until   time.Time // before this time
	Before  int64     // entries older than this one, for paging
	Limit   int
}

// JournalWhere lists the entries of the journal that pass a filter, the latest first.
func (tx *Tx) JournalWhere(ctx context.Context, f JournalFilter) ([]Change, error) {
	var where []string
	var args []any
	add := func(condition string, v any) {
		args = append(args, v)
		where = append(where, fmt.Sprintf(condition, len(args)))
	}
	for _, c := range []struct{ condition, value string }{{"by_id = $%d", f.By}, {"subject = $%d", f.Subject}, {"subject_key = $%d", f.Key}, {"action = $%d", f.Action}} {
		if c.value != "" {
			add(c.condition, c.value)
		}
	}
	if !f.From.IsZero() {
		add("at >= $%d", f.From.UTC())
	}
	if !f.Until.IsZero() {
		add("at < $%d", f.Until.UTC())
	}
	if f.Before > 0 {
		add("id < $%d", f.Before)
	}
	query := ""
	if len(where) > 0 {
		query = "WHERE " + strings.Join(where, " AND ") + " "
	}
	if f.Limit <= 0 {
		f.Limit = 100
	}
	args = append(args, f.Limit)
	return tx.changes(ctx, query+fmt.Sprintf("ORDER BY id DESC LIMIT $%d", len(args)), args...)
}
