package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
)

// printJSON writes one document.
func (s *streams) printJSON(v any) error {
	e := json.NewEncoder(s.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// print writes rows as CSV or as a table for people, under the same heads.
func (s *streams) print(format string, head []string, rows [][]string) error {
	if format == "csv" {
		w := csv.NewWriter(s.out)
		w.Write(head)
		w.WriteAll(rows)
		return w.Error()
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintln(w, strings.Join(r, "\t"))
	}
	return w.Flush()
}
