package duck

import (
	"errors"
	"strings"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"aircommons/internal/fault"
)

// reason is a class of errors, known by words in DuckDB's message. DuckDB gives no codes finer than "IO Error".
type reason struct {
	key   string
	code  fault.Code
	words []string
}

// reasons are tried in order.
var reasons = []reason{
	{"obs.locked", fault.Conflict, []string{"could not set lock on file", "conflicting lock", "being used by another process"}},
	{"obs.disk", fault.Internal, []string{"no space left", "file too large", "disk quota exceeded", "not enough space",
		"max_temp_directory_size", "could not write all bytes"}},
	{"obs.newer", fault.Invalid, []string{"with version number", "newer version of duckdb"}},
	{"obs.access", fault.Invalid, []string{"permission denied", "read-only file system", "operation not permitted"}},
	{"obs.directory", fault.Invalid, []string{"is a directory"}},
	{"obs.damaged", fault.Invalid, []string{"not a valid duckdb", "corrupt", "checksum", "could not read enough bytes",
		"could not read all bytes", "serialization error", "failed to deserialize", "wal file", "replaying wal",
		"block id", "nothing to read", "salt", "no more data"}},
	{"obs.memory", fault.Internal, []string{"out of memory"}},
}

// fault turns an error of DuckDB into the house's kind, and notes one that ends the use of the open file. Errors of
// the house, of the context and of the caller's functions pass as they are.
func (s *Store) fault(err error, otherwise string) error {
	var d *duckError
	if errors.As(err, &d) && d.fatal() {
		s.mu.Lock()
		s.broken = !s.closed
		s.mu.Unlock()
	}
	return classify(err, s.path, otherwise)
}

// fatal reports whether DuckDB does nothing more with the open file after this error.
func (e *duckError) fatal() bool {
	return e.kind == mapping.ErrorTypeFatal || e.kind == mapping.ErrorTypeInternal ||
		strings.Contains(strings.ToLower(e.text), "database has been invalidated")
}

// classify gives an error of DuckDB the key of its reason, or otherwise.
func classify(err error, path, otherwise string) error {
	var ours *fault.Error
	var d *duckError
	if errors.As(err, &ours) || !errors.As(err, &d) {
		return err
	}
	return because(err, path, otherwise)
}

// because gives an error the key of the reason found in its words, or otherwise.
func because(err error, path, otherwise string) error {
	text := strings.ToLower(err.Error())
	for _, r := range reasons {
		for _, w := range r.words {
			if strings.Contains(text, w) {
				return fault.Wrap(r.code, err, r.key, "Path", path)
			}
		}
	}
	return fault.Wrap(fault.Internal, err, otherwise, "Path", path)
}

// isKind reports whether DuckDB said an error of this kind.
func isKind(err error, kind mapping.ErrorType) bool {
	var d *duckError
	return errors.As(err, &d) && d.kind == kind
}
