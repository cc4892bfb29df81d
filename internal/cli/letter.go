package cli

import (
	"context"
	"strings"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/house"
	"aircommons/internal/letter"
)

type letterCmd struct {
	List   letterListCmd   `cmd:"" help:"List numbered letters."`
	Verify letterVerifyCmd `cmd:"" help:"Say whether a letter with this code was issued and holds."`
}

type letterListCmd struct {
	folder
	format
	About string `help:"Only about this: activity/ID."`
}

type numbered struct {
	Number    string  `json:"number"`
	Kind      string  `json:"kind"`
	Name      string  `json:"name"`
	About     *string `json:"about"`
	Issued    string  `json:"issued"`
	State     string  `json:"state"`
	Cancelled *string `json:"cancelled"`
	Reason    *string `json:"reason"`
	Code      string  `json:"code"`
}

func (c *letterListCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, h *house.House) error {
		about, key, _ := strings.Cut(c.About, "/")
		all, err := h.Letter.Letters(ctx, actor.CommandLine, letter.Filter{About: about, AboutKey: key})
		if err != nil {
			return err
		}
		out := []numbered{}
		var rows [][]string
		for _, l := range all {
			n := numbered{Number: l.Number, Kind: string(l.Kind), Name: l.Name, Issued: l.Issued.Format(time.RFC3339), State: string(l.State), Reason: orNull(l.Reason), Code: letter.ShownCode(l.Code)}
			if l.AboutKey != "" {
				n.About = orNull(l.About + "/" + l.AboutKey)
			}
			if !l.Cancelled.IsZero() {
				n.Cancelled = orNull(l.Cancelled.Format(time.RFC3339))
			}
			out = append(out, n)
			rows = append(rows, []string{n.Number, n.Kind, n.Name, orEmpty(n.About), n.Issued, n.State, orEmpty(n.Cancelled), n.Code})
		}
		if c.Format == "json" {
			return s.printJSON(out)
		}
		return s.print(c.Format, []string{"number", "kind", "name", "about", "issued", "state", "cancelled", "code"}, rows)
	})
}

type letterVerifyCmd struct {
	folder
	format
	Code string `arg:"" help:"Code that is printed on the letter."`
}

// Run ends with 3 when the letter was cancelled, and with 1 when there is none.
func (c *letterVerifyCmd) Run(s *streams) error {
	cancelled := false
	err := c.with(s, func(ctx context.Context, h *house.House) error {
		v, err := h.Letter.Verify(ctx, c.Code)
		if err != nil {
			return err
		}
		cancelled = v.State == letter.Cancelled
		if c.Format == "json" {
			return s.printJSON(v)
		}
		return s.print(c.Format, []string{"number", "kind", "whom", "issued", "state", "cancelled"}, [][]string{{v.Number, string(v.Kind), v.Whom, v.Issued, string(v.State), orEmpty(v.Cancelled)}})
	})
	if err == nil && cancelled {
		return errNeedsLook
	}
	return err
}
