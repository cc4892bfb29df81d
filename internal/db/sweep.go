package db

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// Cell is one text in a table. ID and Lang are those of its row, where the table has such columns.
type Cell struct {
	Table, Column string
	ID, Lang      string
	Text          string
}

// Sweep hands every text of every table to look, but those of the tables in skip and what rows are known by, and puts
// what look returns in its place, where look says that it changed. It returns the cells that changed, as they were.
func (tx *Tx) Sweep(ctx context.Context, skip []string, look func(Cell) (string, bool)) (changed []Cell, err error) {
	tables, err := tx.textColumns(ctx)
	if err != nil {
		return nil, err
	}
	row, param := `CAST(rowid AS TEXT)`, `rowid = CAST($1 AS BIGINT)`
	if tx.db.Engine != SQLite {
		row, param = `ctid::text`, `ctid = CAST($1 AS tid)`
	}
	for _, table := range sortedKeys(tables) {
		if slices.Contains(skip, table) || len(tables[table].texts) == 0 {
			continue
		}
		t := tables[table]
		id, lang := `''`, `''`
		if t.id {
			id = `CAST(id AS TEXT)`
		}
		if t.lang {
			lang = `lang`
		}
		columns := make([]string, len(t.texts))
		for i, c := range t.texts {
			columns[i] = `COALESCE(` + quoted(c) + `, '')`
		}
		type update struct {
			row   string
			names []string
			texts []string
		}
		var updates []update
		err := tx.Each(ctx, `SELECT `+row+`, `+id+`, `+lang+`, `+strings.Join(columns, ", ")+` FROM `+quoted(table), nil, func(scan func(...any) error) error {
			var u update
			at := Cell{Table: table}
			values := make([]string, len(t.texts))
			dest := []any{&u.row, &at.ID, &at.Lang}
			for i := range values {
				dest = append(dest, &values[i])
			}
			if err := scan(dest...); err != nil {
				return err
			}
			for i, v := range values {
				if v == "" {
					continue
				}
				at.Column, at.Text = t.texts[i], v
				if now, is := look(at); is {
					u.names, u.texts = append(u.names, t.texts[i]), append(u.texts, now)
					changed = append(changed, at)
				}
			}
			if len(u.names) > 0 {
				updates = append(updates, u)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		for _, u := range updates {
			set, args := make([]string, len(u.names)), []any{u.row}
			for i, n := range u.names {
				args = append(args, u.texts[i])
				set[i] = quoted(n) + ` = $` + strconv.Itoa(len(args))
			}
			tx.changed = true
			if _, err := tx.ExecContext(ctx, `UPDATE `+quoted(table)+` SET `+strings.Join(set, ", ")+` WHERE `+param, args...); err != nil {
				return nil, err
			}
		}
	}
	return changed, nil
}

type textTable struct {
	texts    []string
	id, lang bool
}

// textColumns lists the columns with texts of every table, without those that rows are known by.
func (tx *Tx) textColumns(ctx context.Context) (map[string]*textTable, error) {
	query := `SELECT m.name, p.name, LOWER(p.type), p.pk > 0 FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, p.cid`
	if tx.db.Engine != SQLite {
		query = `SELECT c.table_name, c.column_name, c.data_type, EXISTS (SELECT 1 FROM information_schema.key_column_usage u JOIN information_schema.table_constraints k
				ON k.constraint_name = u.constraint_name AND k.table_schema = u.table_schema AND k.table_name = u.table_name
			WHERE k.constraint_type = 'PRIMARY KEY' AND u.table_schema = c.table_schema AND u.table_name = c.table_name AND u.column_name = c.column_name)
			FROM information_schema.columns c JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
			WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' ORDER BY c.table_name, c.ordinal_position`
	}
	out := map[string]*textTable{}
	err := tx.Each(ctx, query, nil, func(scan func(...any) error) error {
		var table, column, kind string
		var key bool
		if err := scan(&table, &column, &kind, &key); err != nil {
			return err
		}
		t := out[table]
		if t == nil {
			t = &textTable{}
			out[table] = t
		}
		t.id, t.lang = t.id || column == "id", t.lang || column == "lang"
		if kind == "text" && !key {
			t.texts = append(t.texts, column)
		}
		return nil
	})
	return out, err
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Reindex makes the words of those entries of the search anew that are among the cells.
func (tx *Tx) Reindex(ctx context.Context, cells []Cell) error {
	if !slices.ContainsFunc(cells, func(c Cell) bool { return c.Table == "search_entry" }) {
		return nil
	}
	var stale []Hit
	err := tx.Each(ctx, `SELECT subject, subject_key, lang, title, body, path FROM search_entry ORDER BY subject, subject_key, lang`, nil, func(scan func(...any) error) error {
		var h Hit
		err := scan(&h.Subject, &h.Key, &h.Lang, &h.Title, &h.Body, &h.Path)
		stale = append(stale, h)
		return err
	})
	if err != nil {
		return err
	}
	for _, h := range stale { // few have a row of their own that tells which changed, and all are soon made
		if err := tx.Index(ctx, h.Subject, h.Key, h.Lang, h.Title, h.Body, h.Path); err != nil {
			return err
		}
	}
	return nil
}
