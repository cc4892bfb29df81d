package cli

import (
	"context"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/fault"
	"aircommons/internal/house"
)

type callCmd struct {
	List   callListCmd   `cmd:"" help:"List calls with their deadlines and how many answered."`
	Export callExportCmd `cmd:"" help:"Write what was sent to a call; marks are in it once its review is closed."`
}

type callListCmd struct {
	folder
	format
}

type listedCall struct {
	ID     string         `json:"id"`
	Kind   string         `json:"kind"`
	Name   string         `json:"name"`
	About  string         `json:"about"`
	State  string         `json:"state"`
	Stage  string         `json:"stage"`
	Closes string         `json:"closes"` // UTC
	Review string         `json:"review"`
	Sent   int            `json:"sent"`
	States map[string]int `json:"states"`
}

func (c *callListCmd) Run(s *streams) error {
	return c.within(s, func(ctx context.Context, h *house.House) error {
		all, err := h.Call.Calls(ctx, actor.CommandLine)
		if err != nil {
			return err
		}
		out, rows := []listedCall{}, [][]string{}
		for _, x := range all {
			_, closes := x.Times(x.About.Zone)
			name, _ := x.Names.In("en")
			l := listedCall{ID: x.ID, Kind: x.Kind, Name: name, About: x.Subject + "/" + x.Key, State: string(x.State), Stage: x.Stage(s.now(), x.About.Zone),
				Closes: closes.UTC().Format(time.RFC3339), Review: string(x.Review), States: map[string]int{}}
			subs, _, err := h.Call.Submissions(ctx, actor.CommandLine, x.ID)
			if err != nil {
				return err
			}
			for _, d := range subs {
				l.States[d.State]++
				if d.In() {
					l.Sent++
				}
			}
			out = append(out, l)
			rows = append(rows, []string{l.ID, l.Kind, l.About, l.State, l.Stage, l.Closes, s.words.Int(l.Sent), l.Name})
		}
		if c.Format == "json" {
			return s.printJSON(out)
		}
		return s.print(c.Format, []string{"id", "kind", "about", "state", "stage", "closes", "sent", "name"}, rows)
	})
}

type callExportCmd struct {
	folder
	ID     string `arg:"" help:"Call to export."`
	Format string `enum:"csv,xlsx,json" default:"csv" help:"csv, xlsx or json."`
	Lang   string `enum:"en,ko,zh,ja,mn" default:"en" help:"Language of questions and options: en, ko, zh, ja or mn."`
}

func (c *callExportCmd) Run(s *streams) error {
	return c.within(s, func(ctx context.Context, h *house.House) error {
		t, err := h.Call.Table(ctx, actor.CommandLine, c.ID, c.Lang)
		if fault.CodeOf(err) == fault.NotFound {
			return fault.Wrap(fault.NotFound, err, "call.unknown", "ID", c.ID)
		}
		if err != nil {
			return err
		}
		return t.Write(s.out, c.Format)
	})
}
