package call

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/form"
)

// Table is what was sent to a call, as rows: one column for each question of any edition, and marks once the review is closed.
type Table struct {
	Head []string   `json:"head"`
	Rows [][]string `json:"rows"`
}

// Table makes the table of a call in a language, for those who keep it. Files are named, not contained.
func (k *Desk) Table(ctx context.Context, by actor.Actor, call, lang string) (t Table, err error) {
	list, _, err := k.Submissions(ctx, by, call)
	if err != nil {
		return t, err
	}
	c, err := k.Call(ctx, by, call)
	if err != nil {
		return t, err
	}
	t.Head = []string{"id", "state", "title", "name", "email", "nominated_by", "city", "organisation", "language", "sent_utc", "decided_utc"}
	var questions []string
	labels := map[string]form.Question{}
	for _, d := range list {
		for _, p := range d.Form.Pages {
			for _, q := range p.Questions {
				if q.Kind == "statement" {
					continue
				}
				if _, there := labels[q.ID]; !there {
					questions = append(questions, q.ID)
				}
				labels[q.ID] = q
			}
		}
	}
	for _, id := range questions {
		label, _ := labels[id].Labels.In(lang)
		t.Head = append(t.Head, label)
	}
	closed := c.Review == Closed
	if closed {
		t.Head = append(t.Head, "marks", "score", "spread")
	}
	for _, d := range list {
		who, nominator := d.Person, ""
		if d.Submission.Nominee != "" {
			who, nominator = d.Nominee, d.Person.Name
		}
		row := []string{d.ID, d.State, d.Title, who.Name, who.Email, nominator, d.Place, d.Organisation, d.Lang, stamp(d.Submission.Sent), stamp(d.Decided)}
		for _, id := range questions {
			q := labels[id]
			if own, _, ok := d.Form.Question(id); ok {
				q = own // the answer was given to the words of its own edition
			}
			row = append(row, valueOf(q, d.Answers[id], lang))
		}
		if closed {
			r := rankOne(c.Call, d)
			if r.Count == 0 {
				row = append(row, "0", "", "")
			} else {
				row = append(row, strconv.Itoa(r.Count), strconv.FormatFloat(r.Score, 'f', 1, 64), strconv.FormatFloat(r.Spread, 'f', 1, 64))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

func stamp(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func valueOf(q form.Question, values []string, lang string) string {
	var out []string
	for i, v := range values {
		switch {
		case q.Kind == "file":
			_, name, _ := form.FileOf(v)
			v = name
		case q.Kind == "city" && v == "other" && i == 0 && len(values) > 1:
			continue
		case q.Kind == "choice" || q.Kind == "many":
			if l, ok := q.Label(v); ok {
				v, _ = l.In(lang)
			}
		}
		out = append(out, v)
	}
	return strings.Join(out, "; ")
}

// Cell keeps a spreadsheet program from computing what somebody wrote: a cell that begins like a formula gets an apostrophe.
func Cell(s string) string {
	if strings.TrimLeft(s, " ") == "" {
		return s
	}
	if strings.ContainsRune("=+-@\t\r", []rune(strings.TrimLeft(s, " "))[0]) || strings.ContainsRune("\t\r", rune(s[0])) {
		if _, err := strconv.ParseFloat(s, 64); err == nil && s[0] != '+' {
			return s // a number computes nothing
		}
		return "'" + s
	}
	return s
}

// mostCell is the longest text that a cell of a workbook takes, in characters.
const mostCell = 32767

// Write writes the table as "csv" (UTF-8 with its mark, so that spreadsheet programs read it as such), "xlsx" or "json".
func (t Table) Write(w io.Writer, format string) error {
	switch format {
	case "json":
		out := make([]map[string]string, 0, len(t.Rows))
		for _, row := range t.Rows {
			m := map[string]string{}
			for i, v := range row {
				key := t.Head[i]
				for n := 2; m[key] != ""; n++ {
					key = fmt.Sprintf("%s (%d)", t.Head[i], n)
				}
				m[key] = v
			}
			out = append(out, m)
		}
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return e.Encode(out)
	case "csv":
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return err
		}
		c := csv.NewWriter(w)
		for _, row := range append([][]string{t.Head}, t.Rows...) {
			safe := make([]string, len(row))
			for i, v := range row {
				safe[i] = Cell(v)
			}
			if err := c.Write(safe); err != nil {
				return err
			}
		}
		c.Flush()
		return c.Error()
	case "xlsx":
		return t.workbook(w)
	}
	return fault.New(fault.Invalid, "call.export.format", "Format", format)
}

func (t Table) workbook(w io.Writer) error {
	book := excelize.NewFile()
	defer book.Close()
	const sheet = "Sheet1"
	for y, row := range append([][]string{t.Head}, t.Rows...) {
		for x, v := range row {
			at, err := excelize.CoordinatesToCellName(x+1, y+1)
			if err != nil {
				return err
			}
			if r := []rune(v); len(r) > mostCell-1 {
				v = string(r[:mostCell-1])
			}
			if err := book.SetCellStr(sheet, at, Cell(v)); err != nil {
				return err
			}
		}
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	if err := book.SetRowStyle(sheet, 1, 1, bold); err != nil {
		return err
	}
	if err := book.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return book.Write(w)
}

// Answers lists what was answered, for desks above: figures and reports.
func Answers(ctx context.Context, tx *db.Tx, call string) ([]Submission, error) {
	return submissions(ctx, tx, `WHERE call = $1`, call)
}
