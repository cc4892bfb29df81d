package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/fault"
	"aircommons/internal/house"
	"aircommons/internal/record"
)

type networkCmd struct {
	Export networkExportCmd `cmd:"" help:"Write the whole network as one YAML document."`
	Import networkImportCmd `cmd:"" help:"Read such a document into an empty network."`
	Check  networkCheckCmd  `cmd:"" help:"Report what is odd or contested in the network, or in a document."`
}

type networkExportCmd struct{ folder }

func (c *networkExportCmd) Run(s *streams) error {
	return c.within(s, func(ctx context.Context, h *house.House) error { return h.Record.Export(ctx, actor.CommandLine, s.out) })
}

type networkImportCmd struct {
	folder
	File string `arg:"" help:"Document to read."`
}

func (c *networkImportCmd) Run(s *streams) error {
	f, err := s.document(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	return c.with(s, func(ctx context.Context, h *house.House) error {
		counts, err := h.Record.Import(ctx, actor.CommandLine, f)
		if err != nil {
			return inFile(err, c.File)
		}
		n := 0
		for _, c := range counts {
			n += c
		}
		fmt.Fprintln(s.err, s.words.N("cli.network.imported", n))
		return nil
	})
}

// inFile names the document in what was refused of it.
func inFile(err error, path string) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Code == fault.Invalid {
		return fault.Wrap(f.Code, err, "cli.infile", "Path", path, "Problem", f.Message)
	}
	return err
}

// there says what is wrong with a file of the command line before it is opened: a pipe must not be opened twice.
func (s *streams) there(name string) error {
	info, err := os.Stat(s.path(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.Wrap(fault.NotFound, err, "intake.file.missing", "File", name)
	case err != nil:
		return fault.Wrap(fault.Invalid, err, "intake.file.unreadable", "File", name)
	case info.IsDir():
		return fault.New(fault.Invalid, "intake.file.directory", "File", name)
	}
	return nil
}

// document opens a file of the command line.
func (s *streams) document(name string) (*os.File, error) {
	if err := s.there(name); err != nil {
		return nil, err
	}
	f, err := os.Open(s.path(name))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "intake.file.unreadable", "File", name)
	}
	return f, nil
}

type networkCheckCmd struct {
	folder
	format
	File string `arg:"" optional:"" help:"Document to check in place of the stored network."`
}

type finding struct {
	Rule    string `json:"rule"`
	Where   string `json:"where"`
	Message string `json:"message"`
	Line    int    `json:"line,omitempty"`
}

func (c *networkCheckCmd) Run(s *streams) error {
	var found []record.Finding
	if c.File != "" {
		f, err := s.document(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		if found, err = record.CheckFile(s.ctx, f, s.now); err != nil {
			return inFile(err, c.File)
		}
	} else if err := c.within(s, func(ctx context.Context, h *house.House) (err error) {
		found, err = h.Record.Check(ctx, actor.CommandLine)
		return err
	}); err != nil {
		return err
	}
	rows, table := make([]finding, len(found)), make([][]string, len(found))
	for i, f := range found {
		rows[i] = finding{f.Rule, f.Where, s.words.Say(f.Message), f.Line}
		table[i] = []string{f.Rule, f.Where, rows[i].Message}
	}
	if c.Format == "json" {
		if err := s.printJSON(rows); err != nil {
			return err
		}
	} else if err := s.print(c.Format, []string{"rule", "where", "message"}, table); err != nil {
		return err
	}
	if len(rows) > 0 {
		return errNeedsLook
	}
	return nil
}

type userCmd struct {
	Add    userAddCmd    `cmd:"" help:"Create a person, or set the role of one, and print a link that signs in."`
	Export userExportCmd `cmd:"" help:"Write everything that is kept about a person into a ZIP file."`
	Erase  userEraseCmd  `cmd:"" help:"Take away everything that tells who a person is. Figures stay."`
}

type userAddCmd struct {
	folder
	Email    string `required:"" help:"Mail address."`
	Role     string `required:"" enum:"administrator,secretariat,city,visitor" help:"administrator, secretariat, city or visitor."`
	City     string `help:"City of a city officer."`
	Name     string `help:"Name; the part of the address before the sign @ where not given."`
	Language string `default:"en" enum:"en,ko,zh,ja,mn" help:"Language of letters: en, ko, zh, ja or mn."`
	URL      string `name:"url" env:"AIRCOMMONS_URL" help:"Address of the site, for the link. Default: that of the running server, else http://127.0.0.1:8080."`
}

func (c *userAddCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, h *house.House) error {
		_, path, err := h.Account.AddUser(ctx, actor.CommandLine, account.Person{Name: c.Name, Email: c.Email, Role: actor.Role(c.Role), City: c.City, Language: c.Language})
		if err != nil {
			return err
		}
		site := c.URL
		if site == "" {
			site = s.site
		}
		if site == "" {
			site = "http://127.0.0.1:8080"
		}
		_, err = fmt.Fprintln(s.out, site+path)
		return err
	})
}
