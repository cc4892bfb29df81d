package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/fault"
	"aircommons/internal/house"
)

type tokenCmd struct {
	Add    tokenAddCmd    `cmd:"" help:"Make a token for a device or a program, and print its secret, which is not kept."`
	List   tokenListCmd   `cmd:"" help:"List the tokens."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token at once."`
}

type tokenAddCmd struct {
	folder
	Name  string   `arg:"" help:"What it is called, such as \"Door A\"."`
	Kind  string   `default:"api" enum:"api,device" help:"api or device."`
	Grant []string `help:"What it may do: role@thing, such as checkin@activity:forum-2027, officer@programme:forum, focal@place:seoul, secretariat@network. Without any it reads what everybody reads."`
	Reads bool     `help:"It changes nothing."`
	Days  int      `default:"90" help:"Days for which it is good, at most 366."`
}

func (c *tokenAddCmd) Run(s *streams) error {
	t := account.Token{Name: c.Name, Kind: c.Kind, Reads: c.Reads, Expires: s.now().AddDate(0, 0, c.Days)}
	for _, text := range c.Grant {
		g, ok := parseGrant(text)
		if !ok {
			return wrongUse("cli.grant", "Grant", text)
		}
		t.Grants = append(t.Grants, g)
	}
	return c.with(s, func(ctx context.Context, h *house.House) error {
		_, secret, err := h.Account.AddToken(ctx, actor.CommandLine, t)
		if err == nil {
			_, err = fmt.Fprintln(s.out, secret)
		}
		return err
	})
}

// parseGrant reads "checkin@activity:forum-2027".
func parseGrant(s string) (actor.Grant, bool) {
	role, thing, ok := strings.Cut(s, "@")
	subject, key, _ := strings.Cut(thing, ":")
	g := actor.Grant{Role: actor.Role(role), Subject: subject, Key: key}
	return g, ok && account.MayGrant(actor.CommandLine, g) == nil
}

func writeGrants(gs []actor.Grant) string {
	var out []string
	for _, g := range gs {
		s := string(g.Role) + "@" + g.Subject
		if g.Key != "" {
			s += ":" + g.Key
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

type tokenListCmd struct {
	folder
	format
}

func (c *tokenListCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, h *house.House) error {
		all, err := h.Account.Tokens(ctx, actor.CommandLine, "")
		if err != nil {
			return err
		}
		if c.Format == "json" {
			if all == nil {
				all = []account.Token{}
			}
			return s.printJSON(all)
		}
		head := []string{"id", "name", "kind", "ends_with", "grants", "reads", "expires", "used", "revoked"}
		var rows [][]string
		for _, t := range all {
			rows = append(rows, []string{t.ID, t.Name, t.Kind, t.Hint, writeGrants(t.Grants), strconv.FormatBool(t.Reads), moment(t.Expires), moment(t.Used), moment(t.Revoked)})
		}
		return s.print(c.Format, head, rows)
	})
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

type tokenRevokeCmd struct {
	folder
	ID string `arg:"" help:"Id of the token."`
}

func (c *tokenRevokeCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, h *house.House) error {
		return h.Account.RevokeToken(ctx, actor.CommandLine, c.ID)
	})
}

type retentionCmd struct {
	folder
	format
	DryRun bool `help:"Only tell what would go."`
}

func (c *retentionCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, h *house.House) error {
		out, err := h.Account.Retention(ctx, actor.CommandLine, c.DryRun)
		if err != nil {
			return err
		}
		if c.Format == "json" {
			if out == nil {
				out = []account.Retained{}
			}
			return s.printJSON(out)
		}
		if len(out) == 0 {
			fmt.Fprintln(s.err, s.words.T("cli.retention.none"))
		}
		head := []string{"class", "thing", "id", "count", "due"}
		var rows [][]string
		for _, r := range out {
			rows = append(rows, []string{r.Class, r.Subject, r.Key, strconv.Itoa(r.Count), moment(r.Due)})
		}
		return s.print(c.Format, head, rows)
	})
}

type userExportCmd struct {
	folder
	Email string `arg:"" help:"Mail address, or id of the person."`
	To    string `default:"-" help:"ZIP file to write; - for stdout."`
}

func (c *userExportCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, h *house.House) error {
		p, err := oneUser(ctx, h, c.Email)
		if err != nil {
			return err
		}
		if c.To == "-" {
			return h.Account.Export(ctx, actor.CommandLine, p.ID, s.out)
		}
		f, err := os.OpenFile(s.path(c.To), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "cli.write", "Path", c.To)
		}
		err = h.Account.Export(ctx, actor.CommandLine, p.ID, io.Writer(f))
		if e := f.Close(); err == nil {
			err = e
		}
		return err
	})
}

type userEraseCmd struct {
	folder
	Email string `arg:"" help:"Mail address, or id of the person."`
	Yes   bool   `help:"Do it. It cannot be undone."`
}

func (c *userEraseCmd) Run(s *streams) error {
	if !c.Yes {
		return wrongUse("cli.erase.yes")
	}
	return c.with(s, func(ctx context.Context, h *house.House) error {
		p, err := oneUser(ctx, h, c.Email)
		if err != nil {
			return err
		}
		return h.Account.Erase(ctx, actor.CommandLine, p.ID)
	})
}

// oneUser finds one person by address or id.
func oneUser(ctx context.Context, h *house.House, who string) (account.Person, error) {
	all, err := h.Account.People(ctx, actor.CommandLine)
	if err != nil {
		return account.Person{}, err
	}
	var found []account.Person
	for _, p := range all {
		if p.ID == who || p.Email == account.CleanEmail(who) {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 0:
		return account.Person{}, fault.New(fault.NotFound, "cli.user.none", "Who", who)
	case 1:
		return found[0], nil
	}
	return account.Person{}, fault.New(fault.Conflict, "cli.user.many", "Who", who, "Count", len(found))
}
