package cli

import (
	"context"
	"os"
	"strconv"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/fault"
	"aircommons/internal/house"
	"aircommons/internal/web/day"
)

type presenceCmd struct {
	List presenceListCmd `cmd:"" help:"List who is expected at an activity or a session of it, and who came."`
}

type presenceListCmd struct {
	folder
	format
	Activity string `arg:"" help:"Id of the activity."`
	Session  string `help:"Only this session: the id of its item, or day.2027-09-20 for a day."`
}

type expected struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	City     *string `json:"city"`
	Role     string  `json:"role"`
	Group    *string `json:"group"`
	State    string  `json:"state"`
	Present  bool    `json:"present"`
	At       *string `json:"at"`   // as far as can be told
	Told     *string `json:"told"` // by the clock of the device
	Received *string `json:"received"`
	Device   *string `json:"device"`
}

func (c *presenceListCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, h *house.House) error {
		roll, err := h.Participation.Roll(ctx, actor.CommandLine, c.Activity, c.Session)
		if err != nil {
			return err
		}
		out := []expected{}
		var rows [][]string
		for _, x := range roll.Rows {
			e := expected{ID: x.ID, Name: x.Who.Name, City: orNull(x.Place), Role: x.Role, Group: orNull(x.Group), State: string(x.State), Present: x.Present}
			if len(x.Marks) > 0 {
				m := x.Marks[0]
				e.At, e.Told, e.Received, e.Device = orNull(m.At.Format(time.RFC3339)), orNull(m.Told.Format(time.RFC3339)), orNull(m.Received.Format(time.RFC3339)), orNull(m.Device)
			}
			out = append(out, e)
			rows = append(rows, []string{e.ID, e.Name, orEmpty(e.City), e.Role, orEmpty(e.Group), e.State, strconv.FormatBool(e.Present), orEmpty(e.At), orEmpty(e.Received), orEmpty(e.Device)})
		}
		if c.Format == "json" {
			return s.printJSON(out)
		}
		return s.print(c.Format, []string{"id", "name", "city", "role", "group", "state", "present", "at", "received", "device"}, rows)
	})
}

type badgesCmd struct {
	folder
	Activity string `arg:"" help:"Id of the activity."`
	Out      string `required:"" help:"HTML file to write, ready to be printed; - for stdout."`
	Size     string `default:"8" enum:"8,10,single" help:"8 or 10 to a sheet of A4, or single: one to a page of 105 by 74 mm."`
	Lang     string `default:"en" enum:"en,ko,zh,ja,mn" help:"Language of the words around the name: en, ko, zh, ja or mn."`
}

func (c *badgesCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, h *house.House) error {
		a, err := h.Activity.Activity(ctx, actor.CommandLine, c.Activity)
		if err != nil {
			return err
		}
		bs, err := h.Participation.Badges(ctx, actor.CommandLine, c.Activity)
		if err != nil {
			return err
		}
		net, err := h.Network.Snapshot(ctx)
		if err != nil {
			return err
		}
		texts, err := catalog.Load()
		if err != nil {
			return err
		}
		sheet, err := day.Sheet(texts.Lang(c.Lang), net, a, c.Size, c.Lang, bs, true)
		if err != nil {
			return err
		}
		if c.Out == "-" {
			_, err := s.out.Write(sheet)
			return err
		}
		if err := os.WriteFile(s.path(c.Out), sheet, 0o600); err != nil {
			return fault.Wrap(fault.Invalid, err, "cli.write", "Path", c.Out)
		}
		return nil
	})
}
