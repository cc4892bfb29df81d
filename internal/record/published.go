package record

import (
	"context"
	"fmt"
	"math"

	"aircommons/air"
	"aircommons/internal/db"
	"aircommons/internal/evidence"
	"aircommons/internal/fault"
)

// The words of a published mean, as its table takes them.
var (
	periodKinds = []string{"calendar", "fiscal"}
	scopes      = []string{"city", "region", "county", "national", "station"}
)

// checkPublished asks of a published mean what a reader needs to judge it: what was measured, in which unit, in which
// year, and who says so.
func checkPublished(_ context.Context, tx *db.Tx, thing any) error {
	p, ok := thing.(evidence.PublishedMean)
	if !ok {
		return fmt.Errorf("record: nothing is known of a %T", thing)
	}
	var f fault.Form
	if !validID(p.ID) {
		f.Add("id", "record.published.id", "ID", short(p.ID))
	}
	if _, ok := air.ByCode(p.Parameter); !ok {
		f.Add("parameter", "record.published.parameter", "Value", short(p.Parameter))
	}
	if _, ok := air.ParseUnit(p.Unit); !ok {
		f.Add("unit", "record.published.unit", "Value", short(p.Unit))
	}
	if math.IsNaN(p.Value) || p.Value < 0 || p.Value > 1e6 {
		f.Add("value", "record.published.value")
	}
	if last := tx.Now.Year(); p.Year < 1900 || p.Year > last {
		f.Add("year", "record.published.year", "From", 1900, "To", last)
	}
	if p.Source == "" {
		f.Add("source", "record.published.source")
	}
	return f.Err()
}

// validID reports whether an id can stand in an address.
func validID(id string) bool {
	for _, r := range id {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return id != "" && len(id) <= 80
}
