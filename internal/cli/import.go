package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/evidence"
	"aircommons/internal/fault"
	"aircommons/internal/house"
	"aircommons/internal/intake"
)

type layoutsCmd struct{ format }

func (c *layoutsCmd) Run(s *streams) error {
	if c.Format == "json" {
		return s.printJSON(intake.Layouts())
	}
	var rows [][]string
	for _, l := range intake.Layouts() {
		rows = append(rows, []string{l.Name, l.Description})
	}
	return s.print(c.Format, []string{"name", "description"}, rows)
}

type importCmd struct {
	folder
	format
	reading
	Files  []string `arg:"" name:"file" help:"Monitoring exports."`
	City   string   `help:"City of the stations, by the name in its address (beijing). Not needed where the files name it. A city that the network does not have yet is added."`
	Unit   []string `sep:"none" placeholder:"[COLUMN=]UNIT" help:"Unit where the file does not say it, of one column or of all. May be repeated."`
	DryRun bool     `help:"Read and report; nothing is stored and no data folder is needed."`
}

func (c *importCmd) Run(s *streams) error {
	var units []unit
	for _, text := range c.Unit {
		u, err := parseUnit(text)
		if err != nil {
			return err
		}
		units = append(units, u)
	}
	var reports []fileReport
	if c.DryRun {
		results, err := s.readFiles(c.Files, c.reading, units, runtime.NumCPU())
		if err != nil {
			return err
		}
		for _, r := range results {
			reports = append(reports, s.report(r))
		}
	} else {
		opt, err := c.options(s, units)
		if err != nil {
			return err
		}
		for _, name := range c.Files { // nothing is taken when one of them is not there
			if err := s.there(name); err != nil {
				return err
			}
		}
		if err := c.with(s, func(ctx context.Context, h *house.House) (err error) {
			reports, err = c.store(ctx, s, h, opt, units)
			return err
		}); err != nil {
			return err
		}
	}
	if err := s.printReports(c.Format, reports); err != nil {
		return err
	}
	return s.outcome(reports)
}

// outcome says on stderr, a line each, which files were not stored and why, and is the status of the command.
func (s *streams) outcome(reports []fileReport) error {
	failed, look := false, false
	for _, r := range reports {
		var must []string // all that has to be answered, so that one more run is enough
		for _, a := range r.Asks {
			if a.Must {
				must = append(must, s.words.T("cli.import.asks", "Path", r.Path, "Question", a.Question, "Flag", answerFlag(a)))
			}
		}
		switch {
		case r.Error != "":
			failed = true
			line := r.Error // most name the file
			if !strings.HasPrefix(line, r.Path) && !strings.HasPrefix(line, filepath.Base(r.Path)) {
				line = s.words.T("cli.import.failed", "Path", r.Path, "Reason", r.Error)
			}
			fmt.Fprintln(s.err, "aircommons:", line)
		case len(must) > 0:
			failed = true
			for _, line := range must {
				fmt.Fprintln(s.err, "aircommons:", line)
			}
		case r.Again:
			fmt.Fprintln(s.err, s.words.T("cli.import.again", "Path", r.Path))
		}
		look = look || r.RejectedTotal > 0 || len(r.Warnings) > 0
	}
	switch {
	case failed:
		return errFailed
	case look:
		return errNeedsLook
	}
	return nil
}

// answerFlag is how a question is answered on the command line.
func answerFlag(a askReport) string {
	choices := strings.Join(a.Choices, "|")
	switch a.Property {
	case "unit":
		return "--unit " + quoteFlag(a.Column) + choices
	case "parameter":
		return "--column " + quoteFlag(a.Column) + "CODE"
	case "city":
		return "--city SLUG"
	case "zone":
		return "--zone +09:00"
	}
	return "--" + a.Property + " " + choices
}

func quoteFlag(column string) string {
	switch {
	case column == "":
		return ""
	case strings.ContainsAny(column, " '\"()$&;<>|*?"):
		return "'" + strings.ReplaceAll(column, "'", `'\''`) + "'="
	}
	return column + "="
}

// store imports the files one after the other through the evidence desk, and waits for each to end.
func (c *importCmd) store(ctx context.Context, s *streams, h *house.House, opt intake.Options, units []unit) ([]fileReport, error) {
	if h.Config.Paused {
		return nil, fault.New(fault.Conflict, "house.paused")
	}
	w := &waiter{h: h, own: s.server == nil}
	var done func()
	w.say, done = s.progress()
	defer done()
	if w.own { // what a killed process left half done comes first
		if err := w.until(ctx, func() (bool, error) { return false, nil }); err != nil {
			return nil, err
		}
	}
	before, err := cities(ctx, h)
	if err != nil {
		return nil, err
	}
	ids, again := make([]string, len(c.Files)), make([]bool, len(c.Files))
	for n, name := range c.Files {
		i, known, err := c.start(ctx, s, h, name, opt)
		if err != nil {
			return nil, err
		}
		ids[n], again[n] = i.ID, known
	}
	reports := make([]fileReport, len(ids))
	for n, id := range ids {
		i, err := w.ended(ctx, id)
		if err != nil {
			return nil, err
		}
		if answer := opt; i.State == evidence.Asks && answered(&answer, i.Report.Asks, units) {
			if err := h.Evidence.Answer(ctx, actor.CommandLine, id, i.Version, "", answer); err != nil {
				return nil, err
			}
			if i, err = w.ended(ctx, id); err != nil {
				return nil, err
			}
		}
		if i.State == evidence.Ready {
			if err := h.Evidence.Store(ctx, actor.CommandLine, id, i.Version); err != nil {
				return nil, err
			}
			if i, err = w.ended(ctx, id); err != nil {
				return nil, err
			}
		}
		reports[n] = s.imported(c.Files[n], i, again[n])
	}
	done()
	after, err := cities(ctx, h)
	for id := range after {
		if !before[id] { // a slip of the pen makes a city too, so it is said
			fmt.Fprintln(s.err, s.words.T("cli.import.added", "City", id))
		}
	}
	return reports, err
}

// cities are the ids of the places of the network.
func cities(ctx context.Context, h *house.House) (map[string]bool, error) {
	n, err := h.Network.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, p := range n.Cities() {
		out[p.ID] = true
	}
	return out, nil
}

func (c *importCmd) start(ctx context.Context, s *streams, h *house.House, name string, opt intake.Options) (evidence.Import, bool, error) {
	f, err := s.document(name)
	if err != nil {
		return evidence.Import{}, false, err
	}
	defer f.Close()
	return h.Evidence.StartImport(ctx, actor.CommandLine, evidence.Upload{Name: filepath.Base(name), Place: c.City, Reader: f, Choices: opt, Auto: true, Make: true})
}

// waiter waits for jobs, and does them where no server does.
type waiter struct {
	h   *house.House
	own bool // nobody else works in this folder
	say db.Progress
}

// ended waits until an import has ended, whatever its outcome.
func (w *waiter) ended(ctx context.Context, id string) (i evidence.Import, err error) {
	err = w.until(ctx, func() (bool, error) {
		var job db.Job
		if i, job, err = w.h.Evidence.Import(ctx, actor.CommandLine, id); err != nil {
			return false, err
		}
		if !w.own && job.Step != "" {
			w.say(job.Step, job.Done, job.All)
		}
		return !i.Pending() && (job.ID == "" || job.Ended()), nil
	})
	return i, err
}

// until waits for a condition; in a folder of our own it does the jobs meanwhile, and ends when none is left.
func (w *waiter) until(ctx context.Context, done func() (bool, error)) error {
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		if w.own {
			var ours error
			ran, err := w.h.DB.WorkOnce(ctx, func(ctx context.Context, job db.Job, say db.Progress) error {
				err := w.h.Run(ctx, job, func(step string, n, all int64) {
					say(step, n, all)
					w.say(step, n, all)
				})
				if fault.CodeOf(err) == fault.Internal {
					ours = err
				}
				return err
			})
			switch {
			case err != nil:
				return err
			case ctx.Err() != nil:
				return ctx.Err()
			case ours != nil:
				// A full disk, say. What was begun is finished by the next command or server.
				return unfinished(ours)
			case ran:
				continue
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// unfinished is the error of a job without what only the log wants to know.
func unfinished(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	return err
}
