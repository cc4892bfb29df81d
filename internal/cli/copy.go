package cli

import (
	"context"
	"errors"
	"fmt"

	"aircommons/internal/fault"
	"aircommons/internal/house"
)

type backupCmd struct {
	folder
	format
	Path string `arg:"" help:"Folder to write, which is not there yet or is empty."`
}

func (c *backupCmd) Run(s *streams) error {
	say, done := s.progress()
	defer done()
	var m house.Manifest
	err := c.within(s, func(ctx context.Context, h *house.House) (err error) {
		m, err = h.Backup(ctx, s.path(c.Path), version(), say)
		return err
	})
	if err != nil {
		return err
	}
	done()
	var bytes int64
	for _, f := range m.Files {
		bytes += f.Size
	}
	for _, l := range m.Left {
		fmt.Fprintln(s.err, "aircommons:", s.words.T("cli.backup.left", "Reason", l.Reason))
	}
	if c.Format == "json" {
		err = s.printJSON(struct {
			Path string `json:"path"`
			house.Manifest
		}{s.path(c.Path), m})
	} else {
		_, err = fmt.Fprintln(s.out, s.words.T("cli.backup.done", "Path", c.Path, "Changes", m.Parts.Changes, "Values", m.Parts.Values, "Series", m.Parts.Series,
			"Files", m.Parts.Kept, "Size", s.words.Bytes(bytes)))
	}
	if err == nil && len(m.Left) > 0 {
		err = errNeedsLook
	}
	return err
}

type restoreCmd struct {
	folder
	Path  string `arg:"" help:"Folder that backup wrote."`
	Force bool   `help:"Replace what is in the data folder. It is kept beside, in a folder replaced-…"`
}

func (c *restoreCmd) Run(s *streams) error {
	dir, err := c.path(s)
	if err != nil {
		return err
	}
	say, done := s.progress()
	defer done()
	r, err := house.Restore(s.ctx, s.path(c.Path), house.RestoreOptions{Folder: dir, Database: c.Database, Force: c.Force, Now: s.now}, say)
	if errors.Is(err, house.ErrHeld) {
		return fault.New(fault.Conflict, "house.held", "Path", dir, "Process", house.HeldBy(dir))
	}
	if err != nil {
		return err
	}
	done()
	p := r.Manifest.Parts
	fmt.Fprintln(s.out, s.words.T("cli.restore.done", "Path", dir, "Changes", p.Changes, "Values", p.Values, "Series", p.Series, "Files", p.Kept))
	if r.Replaced != "" {
		fmt.Fprintln(s.err, s.words.T("cli.restore.replaced", "Path", r.Replaced))
	}
	fmt.Fprintln(s.err, s.words.T("cli.paused"))
	return nil
}

type verifyCmd struct {
	folder
	format
	Path string `arg:"" optional:"" help:"Folder that backup wrote, to check in place of the data folder."`
}

type checkRow struct {
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	Message string `json:"message"`
}

func (c *verifyCmd) Run(s *streams) error {
	say, done := s.progress()
	defer done()
	var checks []house.Check
	var err error
	if c.Path != "" {
		checks, err = house.VerifyCopy(s.ctx, s.path(c.Path), house.RestoreOptions{Now: s.now}, say)
	} else {
		checks, err = c.stored(s, say)
	}
	if err != nil {
		return err
	}
	done()
	result := struct {
		OK     bool       `json:"ok"`
		Checks []checkRow `json:"checks"`
	}{true, []checkRow{}}
	var rows [][]string
	failed := 0
	for _, k := range checks {
		row := checkRow{k.Name, k.OK, s.words.Say(k.Message)}
		word := "ok"
		if !k.OK {
			result.OK, word = false, "FAILED"
			failed++
		}
		result.Checks = append(result.Checks, row)
		rows = append(rows, []string{word, row.Name, row.Message})
	}
	if c.Format == "json" {
		err = s.printJSON(result)
	} else {
		err = s.print(c.Format, []string{"result", "name", "message"}, rows)
	}
	if err == nil && failed > 0 {
		fmt.Fprintln(s.err, "aircommons:", s.words.N("cli.verify.failed", failed))
		err = errFailed
	}
	return err
}

// stored checks the data folder. One that is not there is not made.
func (c *verifyCmd) stored(s *streams, say func(string, int64, int64)) (checks []house.Check, err error) {
	if err := c.mustBe(s); err != nil {
		return nil, err
	}
	h, err := c.open(s)
	var held *elsewhere
	if errors.As(err, &held) || s.ctx.Err() != nil {
		return nil, err
	}
	if err != nil {
		return []house.Check{house.FailedOpen(err)}, nil
	}
	checks, err = h.Verify(s.ctx, say)
	if e := h.Close(); err == nil {
		err = e
	}
	return checks, err
}
