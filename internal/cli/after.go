package cli

import (
	"context"
	"io"
	"os"
	"strconv"

	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/fault"
	"aircommons/internal/house"
	"aircommons/internal/report"
	webreport "aircommons/internal/web/report"
)

type figuresCmd struct {
	folder
	format
	Activity string `arg:"" help:"Id of the activity."`
	Whole    bool   `help:"Small groups too; not to be passed on."`
}

// Run prints the figures of an activity: with json as the site's API gives them.
func (c *figuresCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, h *house.House) error {
		f, _, err := h.Report.Figures(ctx, actor.CommandLine, c.Activity, c.Whole)
		if err != nil {
			return err
		}
		if c.Format == "json" {
			return s.printJSON(f)
		}
		net, err := h.Network.Snapshot(ctx)
		if err != nil {
			return err
		}
		total := strconv.Itoa(f.Total)
		if f.Few {
			total = "<" + strconv.Itoa(report.Least)
		}
		rows := [][]string{{"total", f.Basis, "", total}}
		for _, t := range f.Tables {
			for _, cell := range t.Cells {
				rows = append(rows, []string{t.Name, cell.Key, report.CellText(s.words, func(id string) string { return net.PlaceName(id, s.words.Tag()) }, t.Name, cell.Key), strconv.Itoa(cell.Count)})
			}
		}
		return s.print(c.Format, []string{"table", "key", "name", "people"}, rows)
	})
}

type reportCmd struct {
	Draft  reportDraftCmd  `cmd:"" help:"Draft the report of an activity from the record."`
	Freeze reportFreezeCmd `cmd:"" help:"Freeze the draft: what the record holds now stays in it."`
	Export reportExportCmd `cmd:"" help:"Write the newest version of the report of an activity into a file."`
}

type reportDraftCmd struct {
	folder
	format
	Activity string `arg:"" help:"Id of the activity."`
}

func printReport(s *streams, format string, r report.Report) error {
	if format == "json" {
		return s.printJSON(r)
	}
	return s.print(format, []string{"report", "version", "state"}, [][]string{{r.ID, strconv.FormatInt(r.Number, 10), string(r.State)}})
}

func (c *reportDraftCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, h *house.House) error {
		r, err := h.Report.Draft(ctx, actor.CommandLine, c.Activity)
		if err != nil {
			return err
		}
		return printReport(s, c.Format, r)
	})
}

type reportFreezeCmd struct {
	folder
	format
	Activity string `arg:"" help:"Id of the activity."`
}

// newest is the newest version of an activity's report.
func newest(ctx context.Context, h *house.House, activity string) (report.Report, error) {
	all, _, err := h.Report.Reports(ctx, actor.CommandLine, activity)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "report.none")
	}
	if err != nil {
		return report.Report{}, err
	}
	return all[0], nil
}

func (c *reportFreezeCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, h *house.House) error {
		r, err := newest(ctx, h, c.Activity)
		if err != nil {
			return err
		}
		if r, err = h.Report.Freeze(ctx, actor.CommandLine, r.ID, r.Version); err != nil {
			return err
		}
		return printReport(s, c.Format, r)
	})
}

type reportExportCmd struct {
	folder
	Activity string `arg:"" help:"Id of the activity."`
	Format   string `enum:"docx,html" default:"docx" help:"Word document or a page that stands alone: docx or html."`
	Lang     string `enum:"en,ko,zh,ja,mn" default:"en" help:"Language of the document: en, ko, zh, ja or mn."`
	Output   string `short:"o" help:"File to write. Default: the report's id, its language and format, here."`
}

func (c *reportExportCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, h *house.House) error {
		r, err := newest(ctx, h, c.Activity)
		if err != nil {
			return err
		}
		var b []byte
		if c.Format == "docx" {
			b, _, err = h.Report.Export(ctx, actor.CommandLine, r.ID, c.Lang)
		} else {
			b, err = reportPage(ctx, h, s.texts, r.ID, c.Lang)
		}
		if err != nil {
			return err
		}
		name := c.Output
		if name == "" {
			name = r.ID + "-" + c.Lang + "." + c.Format
		}
		if err := os.WriteFile(s.path(name), b, 0o644); err != nil {
			return fault.Wrap(fault.Invalid, err, "report.write", "Path", name)
		}
		return s.print("table", []string{"file", "bytes"}, [][]string{{name, strconv.Itoa(len(b))}})
	})
}

func reportPage(ctx context.Context, h *house.House, texts *catalog.Catalog, id, lang string) ([]byte, error) {
	w, err := h.Report.Report(ctx, actor.CommandLine, id)
	if err != nil {
		return nil, err
	}
	return webreport.Standalone(texts.Lang(lang), w.Report, w.Content, h.Report.URL, func(p report.Photo) (io.ReadCloser, error) {
		_, f, err := h.Report.OpenPhoto(ctx, actor.CommandLine, p.ID)
		return f, err
	})
}
