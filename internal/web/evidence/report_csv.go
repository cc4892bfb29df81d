package evidence

import (
	"encoding/csv"
	"net/http"
	"strconv"

	desk "aircommons/internal/evidence"
	"aircommons/internal/web/ui"
)

// reportCSV is every line of a report that was kept, for those who mend the file.
func (h handlers) reportCSV(w http.ResponseWriter, r *ui.Request, i desk.Import) error {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="import-report.csv"`)
	c := csv.NewWriter(w)
	c.Write([]string{"line", "column", "text", "reason", "action"})
	for _, l := range i.Report.Rejected {
		c.Write([]string{l.Where(), l.Column, guard(l.Text), r.Words.Say(l.Reason), r.Words.T("import.line.rejected")})
	}
	for _, l := range i.Report.Noted {
		c.Write([]string{l.Where(), l.Column, guard(l.Text), r.Words.Say(l.Reason), r.Words.Say(l.Action)})
	}
	c.Flush()
	return c.Error()
}

// guard keeps a spreadsheet from taking a text of a stranger's file as a formula.
func guard(s string) string {
	if s != "" && (s[0] == '=' || s[0] == '+' || s[0] == '@' || s[0] == '-') {
		if _, err := strconv.ParseFloat(s, 64); err != nil {
			return "'" + s
		}
	}
	return s
}
