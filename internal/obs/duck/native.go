package duck

import (
	"context"
	"time"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"aircommons/air"
	"aircommons/internal/obs"
)

// This file is the whole of what we ask of DuckDB's C interface. It is used directly, through the mapping that
// duckdb-go exports, because database/sql hands values over one by one, and duckdb-go's own vector writer knows
// strings only: millions of rows are moved here by copying columns.

// duckError is an error as DuckDB said it.
type duckError struct {
	kind mapping.ErrorType
	text string
}

func (e *duckError) Error() string { return e.text }

// conn is one connection. It must be used by one goroutine at a time.
type conn struct {
	c mapping.Connection
}

// openNative opens a database file with the given settings.
func openNative(path string, settings map[string]string) (mapping.Database, error) {
	var db mapping.Database
	var config mapping.Config
	if mapping.CreateConfig(&config) == mapping.StateError {
		return db, &duckError{mapping.ErrorTypeInternal, "no memory for the settings"}
	}
	defer mapping.DestroyConfig(&config)
	for name, value := range settings {
		if mapping.SetConfig(config, name, value) == mapping.StateError {
			return db, &duckError{mapping.ErrorTypeInvalidConfiguration, "DuckDB does not take the setting " + name + "=" + value}
		}
	}
	var text string
	if mapping.OpenExt(path, &db, config, &text) == mapping.StateError {
		mapping.Close(&db)
		return db, &duckError{mapping.ErrorTypeInvalid, text}
	}
	return db, nil
}

func connect(db mapping.Database) (*conn, error) {
	var c mapping.Connection
	if mapping.Connect(db, &c) == mapping.StateError {
		return nil, &duckError{mapping.ErrorTypeConnection, "no connection to the open database"}
	}
	return &conn{c}, nil
}

func (c *conn) close() { mapping.Disconnect(&c.c) }

// interruptible runs f and interrupts DuckDB when ctx ends before it. The interrupt is repeated because DuckDB forgets
// one that arrives between two statements; the helper has ended when interruptible returns, so it cannot hit what
// runs next on the connection.
func (c *conn) interruptible(ctx context.Context, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if ctx.Done() == nil {
		return f()
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-done:
			return
		case <-ctx.Done():
		}
		for {
			mapping.Interrupt(c.c)
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	err := f()
	close(done)
	<-ended
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// exec runs statements and gives the number of rows the last one changed.
func (c *conn) exec(ctx context.Context, sql string) (changed int64, err error) {
	err = c.interruptible(ctx, func() error {
		var res mapping.Result
		defer mapping.DestroyResult(&res)
		if mapping.Query(c.c, sql, &res) == mapping.StateError {
			return resultError(&res)
		}
		changed = int64(mapping.RowsChanged(&res))
		return nil
	})
	return changed, err
}

// query runs one statement and hands its result to f in chunks of columns.
func (c *conn) query(ctx context.Context, sql string, f func(chunk) error) error {
	var res mapping.Result
	defer mapping.DestroyResult(&res)
	err := c.interruptible(ctx, func() error {
		if mapping.Query(c.c, sql, &res) == mapping.StateError {
			return resultError(&res)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		d := mapping.FetchChunk(res)
		if d.Ptr == nil {
			return nil
		}
		err := f(chunk{d, int(mapping.DataChunkGetSize(d))})
		mapping.DestroyDataChunk(&d)
		if err != nil {
			return err
		}
	}
}

func resultError(res *mapping.Result) error {
	return &duckError{mapping.ResultErrorType(res), mapping.ResultError(res)}
}

// chunk is a piece of a result.
type chunk struct {
	data mapping.DataChunk
	n    int
}

// column is column i of a chunk, as DuckDB holds it; it is valid until the chunk is gone. T must be the Go type of the
// SQL type, and the column free of NULL.
func column[T any](c chunk, i int) []T {
	return unsafe.Slice((*T)(mapping.VectorGetData(mapping.DataChunkGetVector(c.data, mapping.IdxT(i)))), c.n)
}

// text is column i of a chunk of VARCHAR without NULL.
func text(c chunk, i int) []string {
	out := make([]string, c.n)
	for j, s := range column[mapping.StringT](c, i) {
		out[j] = mapping.StringTData(&s)
	}
	return out
}

// appendRows adds the rows of writes to the table measurement inside the running transaction and returns their number.
func (c *conn) appendRows(ctx context.Context, writes []obs.Write) (int64, error) {
	var rows int64
	err := c.appendTo(ctx, "measurement", []mapping.Type{
		mapping.TypeInteger, mapping.TypeUTinyInt, mapping.TypeBigInt, mapping.TypeDouble, mapping.TypeUTinyInt,
	}, func(a *appender) error {
		for i := range writes {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := a.write(&writes[i]); err != nil {
				return err
			}
			rows += int64(writes[i].Rows.Len())
		}
		return nil
	})
	return rows, err
}

// appender fills a chunk and hands it over when it is full.
type appender struct {
	a     mapping.Appender
	chunk mapping.DataChunk
	n     int // rows in chunk
	size  int // rows a chunk can take
}

// appendTo opens an appender on a table, lets f fill it, and flushes it.
func (c *conn) appendTo(ctx context.Context, table string, columns []mapping.Type, f func(*appender) error) error {
	a := appender{size: int(mapping.VectorSize())}
	if mapping.AppenderCreateExt(c.c, "", "main", table, &a.a) == mapping.StateError {
		err := a.err()
		mapping.AppenderDestroy(&a.a)
		return err
	}
	// Destroying an appender flushes what is left in it. After an error that is cleared first: it must not reach
	// the table.
	done := false
	defer func() {
		if !done {
			mapping.AppenderClear(a.a)
		}
		mapping.AppenderDestroy(&a.a)
	}()
	types := make([]mapping.LogicalType, len(columns))
	for i, t := range columns {
		types[i] = mapping.CreateLogicalType(t)
		defer mapping.DestroyLogicalType(&types[i])
	}
	a.chunk = mapping.CreateDataChunk(types)
	defer mapping.DestroyDataChunk(&a.chunk)

	err := c.interruptible(ctx, func() error {
		if err := f(&a); err != nil {
			return err
		}
		if err := a.hand(); err != nil {
			return err
		}
		if mapping.AppenderFlush(a.a) == mapping.StateError {
			return a.err()
		}
		return nil
	})
	done = err == nil
	return err
}

// write copies the rows of one write, column by column.
func (a *appender) write(w *obs.Write) error {
	for at := 0; at < len(w.Rows.Time); {
		k := min(a.size-a.n, len(w.Rows.Time)-at)
		fill(into[int32](a, 0, k), w.Station)
		fill(into[air.Parameter](a, 1, k), w.Parameter)
		copy(into[int64](a, 2, k), w.Rows.Time[at:])
		copy(into[float64](a, 3, k), w.Rows.Value[at:])
		if w.Rows.Flag == nil {
			fill(into[air.Flag](a, 4, k), air.Valid)
		} else {
			copy(into[air.Flag](a, 4, k), w.Rows.Flag[at:])
		}
		at += k
		if err := a.took(k); err != nil {
			return err
		}
	}
	return nil
}

// into is the place of the next k values of column i.
func into[T any](a *appender, i, k int) []T {
	data := mapping.VectorGetData(mapping.DataChunkGetVector(a.chunk, mapping.IdxT(i)))
	return unsafe.Slice((*T)(data), a.size)[a.n : a.n+k]
}

func fill[T any](to []T, v T) {
	for i := range to {
		to[i] = v
	}
}

// took counts k rows more, and hands the chunk over when it is full.
func (a *appender) took(k int) error {
	if a.n += k; a.n == a.size {
		return a.hand()
	}
	return nil
}

func (a *appender) hand() error {
	if a.n == 0 {
		return nil
	}
	mapping.DataChunkSetSize(a.chunk, mapping.IdxT(a.n))
	if mapping.AppendDataChunk(a.a, a.chunk) == mapping.StateError {
		return a.err()
	}
	mapping.DataChunkReset(a.chunk)
	a.n = 0
	return nil
}

func (a *appender) err() error {
	e := mapping.AppenderErrorData(a.a)
	defer mapping.DestroyErrorData(&e)
	return &duckError{mapping.ErrorDataErrorType(e), mapping.ErrorDataMessage(e)}
}
