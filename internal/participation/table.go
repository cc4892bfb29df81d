package participation

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/form"
	"aircommons/internal/network"
)

// Table is a list of people for a spreadsheet program or a report.
type Table struct {
	Head []string
	Rows [][]string
}

// Table makes the table of those whom a filter chooses, in a language. Answers of the class passport are in it only when asked for. For those
// who run the activity; the journal tells that it was taken out.
func (k *Desk) Table(ctx context.Context, by actor.Actor, activityID string, f Filter, w *catalog.Words, passport bool) (t Table, err error) {
	make := func(tx *db.Tx) error {
		a, err := k.run(ctx, tx, by, activityID)
		if err != nil {
			return err
		}
		l, err := listing(ctx, tx, a, f)
		if err != nil {
			return err
		}
		if t, err = table(ctx, tx, l, w, passport); err != nil || !passport {
			return err
		}
		return tx.Record(ctx, by, "quota", a.ID, "export", nil, map[string]string{"filter": f.Query(), "rows": itoa(len(t.Rows))})
	}
	if passport {
		err = k.db.Write(ctx, make)
	} else {
		err = k.db.Read(ctx, make)
	}
	return t, err
}

func table(ctx context.Context, tx *db.Tx, l Listing, w *catalog.Words, passport bool) (t Table, err error) {
	places, err := network.Places(ctx, tx)
	if err != nil {
		return t, err
	}
	cities := map[string]string{}
	for _, p := range places {
		cities[p.ID], _ = p.Names.In(w.Tag())
	}
	heads := []string{"number", "name", "original", "email", "city", "country", "organisation", "role", "mode", "funded", "state", "since", "turn", "until", "source", "delegation", "language", "visible", "created"}
	for _, h := range heads {
		t.Head = append(t.Head, w.T("participation.column."+h))
	}
	type column struct {
		form string
		q    form.Question
	}
	var columns []column
	answers := map[string]map[string]form.Answers{}
	for _, id := range []string{l.Setup.Form, l.Setup.Followup} {
		if id == "" || answers[id] != nil {
			continue
		}
		asked, err := form.One(ctx, tx, id)
		if fault.CodeOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return t, err
		}
		given, err := form.AnswersTo(ctx, tx, id)
		if err != nil {
			return t, err
		}
		answers[id] = map[string]form.Answers{}
		for _, x := range given {
			if x.Subject == Subject {
				answers[id][x.Key] = x.Answers
			}
		}
		for _, p := range asked.Pages {
			for _, q := range p.Questions {
				if q.Kind == "statement" || q.Class == "passport" && !passport {
					continue
				}
				columns = append(columns, column{id, q})
				label, _ := q.Labels.In(w.Tag())
				t.Head = append(t.Head, label)
			}
		}
	}
	yes := map[bool]string{true: w.T("part.yes"), false: w.T("part.no")}
	stamp := func(at *time.Time) string {
		if at == nil || at.IsZero() {
			return ""
		}
		return at.In(zoneOf(l.Activity)).Format("2006-01-02 15:04")
	}
	delegations := map[string]int{}
	for i, r := range l.Rows {
		name, _ := r.Who.NameFor("display", w.Tag())
		original, _ := r.Who.Original()
		delegation, turn := "", ""
		if r.Delegation != "" {
			if delegations[r.Delegation] == 0 {
				delegations[r.Delegation] = len(delegations) + 1
			}
			delegation = strconv.Itoa(delegations[r.Delegation])
		}
		if r.Turn > 0 {
			turn = strconv.Itoa(r.Turn)
		}
		visible := r.Visibility
		if visible == "" {
			visible = r.Who.Visibility
		}
		if visible == "" {
			visible = account.Nobody
		}
		row := []string{strconv.Itoa(i + 1), name, original, r.Who.Email, cities[r.Place], r.Country, r.Organisation, w.T("participation.role." + r.Role), w.T("participation.mode." + r.Mode),
			yes[r.Funded], w.T("participation.state." + string(r.State)), stamp(&r.Since), turn, stamp(r.OfferUntil), w.T("participation.source." + r.Source), delegation, r.Lang,
			w.T("participation.visible." + string(visible)), stamp(&r.Created)}
		for _, c := range columns {
			row = append(row, valueOf(c.q, answers[c.form][r.ID][c.q.ID], w, cities))
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

// valueOf is an answer in words.
func valueOf(q form.Question, values []string, w *catalog.Words, cities map[string]string) string {
	if q.Kind == "city" && len(values) > 1 {
		return values[1]
	}
	var out []string
	for _, v := range values {
		switch q.Kind {
		case "choice", "many":
			if label, ok := q.Label(v); ok {
				v, _ = label.In(w.Tag())
			}
		case "yesno":
			if v == "yes" || v == "no" {
				v = w.T("part." + v)
			}
		case "file":
			if _, name, ok := form.FileOf(v); ok {
				v = name
			}
		case "city":
			if c := cities[v]; c != "" {
				v = c
			}
		}
		out = append(out, v)
	}
	return strings.Join(out, "; ")
}

// Cell makes what somebody wrote harmless in a spreadsheet program, which would compute what begins like a formula.
func Cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(s[0])) || strings.HasPrefix(s, "＝") || strings.HasPrefix(s, "＋") || strings.HasPrefix(s, "－") || strings.HasPrefix(s, "＠") {
		return "'" + s
	}
	return s
}

// mostCell is how many characters a cell of a workbook holds.
const mostCell = 32767

// Formats of a table.
var Formats = []string{"csv", "xlsx"}

// Write writes the table: csv in UTF-8 with a mark at the beginning, by which spreadsheet programs know it, or xlsx.
func (t Table) Write(out io.Writer, format string) error {
	rows := append([][]string{t.Head}, t.Rows...)
	switch format {
	case "csv":
		if _, err := io.WriteString(out, "\ufeff"); err != nil {
			return err
		}
		c := csv.NewWriter(out)
		c.UseCRLF = true
		for _, row := range rows {
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
		return workbook(out, rows)
	}
	return fault.New(fault.Invalid, "participation.export.format", "Format", format)
}

func workbook(out io.Writer, rows [][]string) error {
	book := excelize.NewFile()
	defer book.Close()
	s, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := s.SetColWidth(2, max(2, len(rows[0])), 18); err != nil {
		return err
	}
	for y, row := range rows {
		cells := make([]any, len(row))
		for x, v := range row {
			if r := []rune(v); len(r) > mostCell-1 {
				v = string(r[:mostCell-1])
			}
			if cells[x] = Cell(v); y == 0 {
				cells[x] = excelize.Cell{StyleID: bold, Value: Cell(v)}
			}
		}
		if err := s.SetRow("A"+itoa(y+1), cells); err != nil {
			return err
		}
	}
	if err := s.Flush(); err != nil {
		return err
	}
	return book.Write(out)
}
