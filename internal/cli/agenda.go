package cli

import (
	"bytes"
	"context"
	"strings"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/house"
	"aircommons/internal/participation"
	"aircommons/internal/web/calendar"
)

type agendaCmd struct {
	Export agendaExportCmd `cmd:"" help:"Write the released agenda of an activity as other programs read it."`
	Check  agendaCheckCmd  `cmd:"" help:"Report conflicts in the draft of an agenda: people and rooms taken twice, languages that nobody interprets."`
}

type agendaExportCmd struct {
	folder
	Activity string `arg:"" help:"Id of the activity."`
	Format   string `enum:"xml,json,ics" default:"xml" help:"xml and json: a schedule as c3voc defines it; ics: a calendar (${enum})."`
	Lang     string `enum:"en,ko,zh,ja,mn" default:"en" help:"Language of names (${enum})."`
	URL      string `name:"url" default:"http://127.0.0.1:8080" env:"AIRCOMMONS_URL" help:"Address of the site, for links."`
}

func (c *agendaExportCmd) Run(s *streams) error {
	return c.within(s, func(ctx context.Context, h *house.House) error {
		w, site := s.texts.Lang(c.Lang), strings.TrimSuffix(c.URL, "/")
		x, err := calendar.ScheduleOf(ctx, h.Activity, actor.CommandLine, w, site, version(), c.Activity)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		switch c.Format {
		case "ics":
			es, err := h.Activity.Entries(ctx, c.Activity)
			if fault.CodeOf(err) == fault.NotFound { // it is there, as was found above
				return fault.New(fault.NotFound, "agenda.export.draft", "ID", c.Activity)
			} else if err != nil {
				return err
			}
			net, err := h.Network.Snapshot(ctx)
			if err != nil {
				return err
			}
			name, _ := x.Activity.Names.In(c.Lang)
			b.Write(activity.ICS(w, activity.Sheet{Name: name, Site: site, Place: func(id string) string { return net.PlaceName(id, c.Lang) }}, es))
		case "json":
			err = x.JSON(&b)
		default:
			err = x.XML(&b)
		}
		if err == nil && len(x.Shape.Items) == 0 && c.Format != "ics" {
			err = fault.New(fault.Invalid, "agenda.release.empty")
		}
		if err != nil {
			return err
		}
		_, err = s.out.Write(b.Bytes())
		return err
	})
}

type agendaCheckCmd struct {
	folder
	format
	Activity string `arg:"" help:"Id of the activity."`
}

type agendaProblem struct {
	Rule    string `json:"rule"`
	Session string `json:"session"`
	Grave   bool   `json:"grave"`
	Message string `json:"message"`
}

// Run ends with 3 when there is something to look at.
func (c *agendaCheckCmd) Run(s *streams) error {
	out := []agendaProblem{}
	err := c.within(s, func(ctx context.Context, h *house.House) error {
		a, err := h.Activity.Draft(ctx, actor.CommandLine, c.Activity)
		if err != nil {
			return err
		}
		faces, err := h.Activity.Faces(ctx, a.Shape())
		if err != nil {
			return err
		}
		seats := 0
		if err := h.DB.Read(ctx, func(tx *db.Tx) error {
			seats, err = participation.Seated(ctx, tx, c.Activity)
			return err
		}); err != nil {
			return err
		}
		name := func(t db.Text) string { x, _ := t.In(s.words.Tag()); return x }
		for _, p := range activity.Check(a, seats) {
			out = append(out, agendaProblem{p.Rule, p.Item, p.Grave, s.words.Say(p.Say(name, func(x activity.Speaker) string { return activity.SpeakerName(faces, x, s.words) },
				func(tag string) string { return s.words.T("agenda.tongue." + tag) }))})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if c.Format == "json" {
		err = s.printJSON(out)
	} else {
		var rows [][]string
		for _, p := range out {
			rows = append(rows, []string{p.Rule, p.Session, p.Message})
		}
		err = s.print(c.Format, []string{"rule", "session", "message"}, rows)
	}
	if err == nil && len(out) > 0 {
		return errNeedsLook
	}
	return err
}
