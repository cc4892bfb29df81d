package cli

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/fault"
	"aircommons/internal/house"
	"aircommons/internal/intake"
	"aircommons/internal/participation"
)

type peopleCmd struct {
	List   peopleListCmd   `cmd:"" help:"List who takes part in an activity, with the seats taken."`
	Export peopleExportCmd `cmd:"" help:"Write the list as CSV or XLSX, with the answers to the form of registration."`
	Import peopleImportCmd `cmd:"" help:"Take in a list of participants; of people who may be known it asks."`
}

// chosen is a filter as the site writes it in addresses.
type chosen struct {
	Filter string `help:"Whom, as in an address of the site: state=confirmed&place=seoul." placeholder:"QUERY"`
}

func (c chosen) filter() (participation.Filter, error) {
	v, err := url.ParseQuery(c.Filter)
	if err != nil {
		return participation.Filter{}, usage{fault.Say("cli.people.filter", "Filter", c.Filter)}
	}
	return participation.ReadFilter(v), nil
}

type peopleListCmd struct {
	folder
	format
	chosen
	Activity string `arg:"" help:"Id of the activity."`
}

type listedPerson struct {
	ID           string  `json:"id"`
	Name         string  `json:"name"`
	Email        string  `json:"email"`
	City         string  `json:"city"`
	Country      string  `json:"country"`
	Organisation string  `json:"organisation"`
	Role         string  `json:"role"`
	Mode         string  `json:"mode"`
	Funded       bool    `json:"funded"`
	State        string  `json:"state"`
	Since        string  `json:"since"` // UTC
	Turn         *int    `json:"turn"`
	OfferUntil   *string `json:"offer_until"` // UTC
	Source       string  `json:"source"`
}

func (c *peopleListCmd) Run(s *streams) error {
	f, err := c.filter()
	if err != nil {
		return err
	}
	return c.within(s, func(ctx context.Context, h *house.House) error {
		l, err := h.Participation.People(ctx, actor.CommandLine, c.Activity, f)
		if err != nil {
			return unknownActivity(err, c.Activity)
		}
		out, rows := []listedPerson{}, [][]string{}
		for _, r := range l.Rows {
			x := listedPerson{ID: r.ID, Name: r.Who.Name, Email: r.Who.Email, City: r.Place, Country: r.Country, Organisation: r.Organisation, Role: r.Role, Mode: r.Mode, Funded: r.Funded,
				State: string(r.State), Since: r.Since.UTC().Format(time.RFC3339), Source: r.Source}
			turn := ""
			if r.Turn > 0 {
				x.Turn, turn = &r.Turn, strconv.Itoa(r.Turn)
			}
			if r.OfferUntil != nil {
				until := r.OfferUntil.UTC().Format(time.RFC3339)
				x.OfferUntil = &until
			}
			out = append(out, x)
			rows = append(rows, []string{x.Name, x.Email, x.City, x.Country, x.Role, x.Mode, x.State, turn, x.Since, x.ID})
		}
		if c.Format == "json" {
			return s.printJSON(out)
		}
		return s.print(c.Format, []string{"name", "email", "city", "country", "role", "mode", "state", "turn", "since", "id"}, rows)
	})
}

func unknownActivity(err error, id string) error {
	if fault.CodeOf(err) == fault.NotFound {
		return fault.Wrap(fault.NotFound, err, "cli.people.activity", "ID", id)
	}
	return err
}

type peopleExportCmd struct {
	folder
	chosen
	Activity string `arg:"" help:"Id of the activity."`
	Format   string `enum:"csv,xlsx" default:"csv" help:"csv or xlsx."`
	Lang     string `enum:"en,ko,zh,ja,mn" default:"en" help:"Language of headings and words: en, ko, zh, ja or mn."`
	Passport bool   `help:"With answers that are passport data; the history tells so."`
}

func (c *peopleExportCmd) Run(s *streams) error {
	f, err := c.filter()
	if err != nil {
		return err
	}
	return c.within(s, func(ctx context.Context, h *house.House) error {
		t, err := h.Participation.Table(ctx, actor.CommandLine, c.Activity, f, s.texts.Lang(c.Lang), c.Passport)
		if err != nil {
			return unknownActivity(err, c.Activity)
		}
		return t.Write(s.out, c.Format)
	})
}

type peopleImportCmd struct {
	folder
	format
	Activity string `arg:"" help:"Id of the activity."`
	File     string `arg:"" help:"CSV in any encoding, or XLSX, with a row of headings."`
	Sheet    string `help:"Sheet of a workbook; the first if none is named."`
	Encoding string `help:"Encoding of a text; found from the file if none is named." placeholder:"NAME"`
	State    string `enum:"confirmed,applied,waiting,present" default:"confirmed" help:"State of the people: confirmed, applied, waiting or present."`
	Tell     bool   `help:"Write to them; the letters wait in the outbox."`
	Doubtful string `enum:"ask,new,skip" default:"ask" help:"Rows of people who may be known already: ask (nothing is written), new (they are others) or skip."`
	DryRun   bool   `help:"Only tell what would be done."`
}

type importedPerson struct {
	Line   int      `json:"line"`
	Name   string   `json:"name"`
	Email  string   `json:"email"`
	Choice string   `json:"choice"` // new, skip, the id of a person, or empty where somebody has to decide
	Why    []string `json:"why"`
	Wrong  []string `json:"wrong"`
}

func (c *peopleImportCmd) Run(s *streams) error {
	return c.within(s, func(ctx context.Context, h *house.House) error {
		file, err := os.Open(s.path(c.File))
		if err != nil {
			return fault.Wrap(fault.NotFound, err, "cli.people.file", "Path", c.File)
		}
		defer file.Close()
		data, err := io.ReadAll(io.LimitReader(file, 64<<20+1))
		if err != nil {
			return err
		}
		list, err := intake.ReadList(filepath.Base(c.File), data, c.Sheet, c.Encoding)
		if err != nil {
			return err
		}
		by := actor.CommandLine
		im, err := h.Participation.StartImport(ctx, by, c.Activity, filepath.Base(c.File), list.Encoding, list.Rows, list.Lines)
		if err != nil {
			return unknownActivity(err, c.Activity)
		}
		done := false
		defer func() {
			if !done { // nothing is left of what was not written
				_ = h.Participation.DropImport(context.WithoutCancel(ctx), by, im.ID)
			}
		}()
		if err := h.Participation.MapImport(ctx, by, im.ID, im.Version, im.Columns, participation.State(c.State), c.Tell); err != nil {
			return err
		}
		r, err := h.Participation.Review(ctx, by, im.ID)
		if err != nil {
			return err
		}
		choices, open := map[string]string{}, 0
		var out []importedPerson
		var rows [][]string
		for _, x := range r.Looked {
			p := importedPerson{Line: x.Line, Name: x.Want.Name, Email: x.Want.Email, Choice: x.Choice, Why: []string{}, Wrong: []string{}}
			for _, l := range x.Likely {
				p.Why = append(p.Why, s.words.T("participation.likely."+l.Why)+" "+l.Person.Name+", "+l.Person.Email)
			}
			for _, m := range x.Faults {
				p.Wrong = append(p.Wrong, s.words.Say(m))
			}
			if x.Choice == "" && c.Doubtful != "ask" {
				if p.Choice = c.Doubtful; len(x.Faults) > 0 {
					p.Choice = "skip"
				}
				choices[strconv.Itoa(x.N)] = p.Choice
			}
			if p.Choice == "" {
				open++
			}
			out = append(out, p)
			rows = append(rows, []string{strconv.Itoa(p.Line), p.Name, p.Email, p.Choice, strings.Join(append(p.Why, p.Wrong...), " ")})
		}
		if c.Format == "json" {
			err = s.printJSON(out)
		} else {
			err = s.print(c.Format, []string{"line", "name", "email", "choice", "why"}, rows)
		}
		if err != nil {
			return err
		}
		if open > 0 {
			fmt.Fprintln(s.err, s.words.N("cli.people.open", open))
			return errNeedsLook
		}
		if c.DryRun {
			return nil
		}
		if err := h.Participation.ChooseImport(ctx, by, im.ID, 0, choices); err != nil {
			return err
		}
		v, err := h.Participation.CarryImport(ctx, by, im.ID, 0)
		if err != nil {
			return err
		}
		done = true
		fmt.Fprintln(s.err, s.words.N("participation.import.added", v.Added))
		if len(choices) > 0 {
			return errNeedsLook
		}
		return nil
	})
}
