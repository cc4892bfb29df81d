package cli

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

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
	ctx := context.Background()
	h, err := c.open(ctx, s, house.Options{})
	if err != nil {
		return err
	}
	defer h.Close()
	return h.Record.Export(ctx, actor.CommandLine, s.out)
}

type networkImportCmd struct {
	folder
	File string `arg:"" help:"Document to read." type:"path"`
}

func (c *networkImportCmd) Run(s *streams) error {
	f, err := os.Open(c.File)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "intake.file.missing", "File", c.File)
	}
	defer f.Close()
	ctx := context.Background()
	h, err := c.open(ctx, s, house.Options{})
	if err != nil {
		return err
	}
	defer h.Close()
	counts, err := h.Record.Import(ctx, actor.CommandLine, f)
	if err != nil {
		return err
	}
	n := 0
	for _, c := range counts {
		n += c
	}
	fmt.Fprintln(s.err, s.words.N("cli.network.imported", n))
	return nil
}

type networkCheckCmd struct {
	folder
	format
	File string `arg:"" optional:"" help:"Document to check in place of the stored network." type:"path"`
}

type finding struct {
	Rule    string `json:"rule"`
	Where   string `json:"where"`
	Message string `json:"message"`
}

func (c *networkCheckCmd) Run(s *streams) error {
	ctx := context.Background()
	var found []record.Finding
	if c.File != "" {
		f, err := os.Open(c.File)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "intake.file.missing", "File", c.File)
		}
		defer f.Close()
		if found, err = record.CheckFile(ctx, f, time.Now); err != nil {
			return err
		}
	} else {
		h, err := c.open(ctx, s, house.Options{})
		if err != nil {
			return err
		}
		defer h.Close()
		if found, err = h.Record.Check(ctx, actor.CommandLine); err != nil {
			return err
		}
	}
	rows := make([]finding, len(found))
	for i, f := range found {
		rows[i] = finding{f.Rule, f.At(), s.words.Say(f.Message)}
	}
	switch c.Format {
	case "json":
		if err := json.NewEncoder(s.out).Encode(rows); err != nil {
			return err
		}
	case "csv":
		w := csv.NewWriter(s.out)
		w.Write([]string{"rule", "where", "message"})
		for _, r := range rows {
			w.Write([]string{r.Rule, r.Where, r.Message})
		}
		w.Flush()
		if err := w.Error(); err != nil {
			return err
		}
	default:
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, r := range rows {
			fmt.Fprintf(w, "%s\t%s\t%s\n", r.Rule, r.Where, r.Message)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if len(rows) > 0 {
		return errNeedsLook
	}
	return nil
}

type userCmd struct {
	Add userAddCmd `cmd:"" help:"Create a person, or set the role of one, and print a link that signs in."`
}

type userAddCmd struct {
	folder
	Email    string `required:"" help:"Mail address."`
	Role     string `required:"" enum:"administrator,secretariat,city,visitor" help:"administrator, secretariat, city or visitor."`
	City     string `help:"City of a city officer."`
	Name     string `help:"Name; the part of the address before the sign @ where not given."`
	Language string `default:"en" help:"Language of letters: en, ko, zh, ja or mn."`
	URL      string `name:"url" default:"http://127.0.0.1:8080" help:"Address of the site, for the link."`
}

func (c *userAddCmd) Run(s *streams) error {
	ctx := context.Background()
	h, err := c.open(ctx, s, house.Options{})
	if err != nil {
		return err
	}
	defer h.Close()
	_, path, err := h.Account.AddUser(ctx, actor.CommandLine, account.Person{Name: c.Name, Email: c.Email, Role: actor.Role(c.Role), City: c.City, Language: c.Language})
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, c.URL+path)
	return nil
}
