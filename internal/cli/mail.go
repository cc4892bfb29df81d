package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/fault"
	"aircommons/internal/house"
	"aircommons/internal/mail"
	"aircommons/internal/post"
)

// mailing is how letters leave: the flags of every command that sends.
type mailing struct {
	URL     string `name:"url" env:"AIRCOMMONS_URL" help:"Address under which readers reach the site, such as https://air.example.org. Default: http:// and the address."`
	SMTP    string `name:"smtp" env:"AIRCOMMONS_SMTP" help:"Mail server, smtp://user:password@host:587 or smtps://…; ?tls=must, ?tls=off, ?ca=FILE, ?name=HOST. Without it letters lie in the folder mail."`
	From    string `env:"AIRCOMMONS_FROM" help:"Sender of letters."`
	Bounces string `env:"AIRCOMMONS_BOUNCES" help:"Address to which letters come back, such as bounce@air.example.org; each letter adds a tag after a plus sign."`
	Maildir string `env:"AIRCOMMONS_MAILDIR" help:"Maildir in which letters that came back lie. Default: returned in the data folder."`
	Rate    int    `name:"mail-rate" env:"AIRCOMMONS_MAIL_RATE" help:"Most letters in a minute. Default: as many as the server takes."`
}

// into sets how letters leave.
func (m mailing) into(o *house.Options, site string, now func() time.Time) error {
	o.Site, o.From, o.Bounces, o.Rate, o.Returned = strings.TrimSuffix(site, "/"), m.From, m.Bounces, m.Rate, m.Maildir
	if o.From == "" {
		o.From = mail.DefaultFrom(site)
	}
	if o.Returned == "" {
		o.Returned = house.ReturnedPath(o.Folder)
	}
	if o.Bounces != "" && !mail.Address(o.Bounces) {
		return wrongUse("mail.to", "To", o.Bounces)
	}
	var err error
	if o.Key, err = mail.FindKey(house.KeysPath(o.Folder), o.From); err != nil {
		return err
	}
	if m.SMTP != "" {
		s, err := mail.NewSMTP(m.SMTP, o.From, now)
		if err != nil {
			return err
		}
		s.Bounces, s.Key = o.Bounces, o.Key
		o.Mail = s
	}
	return nil
}

type mailCmd struct {
	List   mailListCmd   `cmd:"" help:"List the letters of the outbox."`
	Send   mailSendCmd   `cmd:"" help:"Send what waits, or let held letters go. With a server running, it sends."`
	Retry  mailRetryCmd  `cmd:"" help:"Send letters again that failed or came back."`
	Bounce mailBounceCmd `cmd:"" help:"Take in a message about a letter that came back, from a file or the standard input."`
	DKIM   mailDKIMCmd   `cmd:"" name:"dkim" help:"Make the key that signs letters, and print the DNS record that publishes it."`
}

type mailListCmd struct {
	folder
	format
	State string `enum:",held,ready,claimed,sent,failed,unknown,bounced,cancelled,suppressed" default:"" help:"Only this state: held, ready, claimed, sent, failed, unknown, bounced, cancelled or suppressed."`
	About string `help:"Only about this: activity/ID or programme/ID."`
}

// letterLine is a letter of the outbox as it is printed.
type letterLine struct {
	ID       string  `json:"id"`
	To       string  `json:"to"`
	Name     string  `json:"name"`
	Language string  `json:"language"`
	Kind     string  `json:"kind"`
	About    *string `json:"about"`
	Template *string `json:"template"`
	Subject  string  `json:"subject"`
	State    string  `json:"state"`
	Reason   *string `json:"reason"`
	Created  string  `json:"created"`
	Ended    *string `json:"ended"`
	Tries    int     `json:"tries"`
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (c *mailListCmd) Run(s *streams) error {
	return c.with(s, func(ctx context.Context, h *house.House) error {
		f := post.Filter{State: post.State(c.State)}
		f.About, f.AboutKey, _ = strings.Cut(c.About, "/")
		all, err := h.Post.Letters(ctx, actor.CommandLine, f)
		if err != nil {
			return err
		}
		out := []letterLine{}
		var rows [][]string
		for _, p := range all {
			l := letterLine{ID: p.ID, To: p.To, Name: p.ToName, Language: p.Lang, Kind: string(p.Kind), Template: orNull(p.Template), Subject: p.Letter.Subject,
				State: string(p.State), Created: p.Created.Format(time.RFC3339), Tries: p.Tries}
			if p.AboutKey != "" {
				l.About = orNull(p.About + "/" + p.AboutKey)
			}
			if p.Reason != nil {
				l.Reason = orNull(s.words.Say(*p.Reason))
			}
			if !p.Ended.IsZero() {
				l.Ended = orNull(p.Ended.Format(time.RFC3339))
			}
			out = append(out, l)
			rows = append(rows, []string{l.ID, l.State, l.To, l.Kind, orEmpty(l.About), l.Subject, l.Created, orEmpty(l.Ended), strconv.Itoa(l.Tries), orEmpty(l.Reason)})
		}
		if c.Format == "json" {
			return s.printJSON(out)
		}
		return s.print(c.Format, []string{"id", "state", "to", "kind", "about", "subject", "created", "ended", "tries", "reason"}, rows)
	})
}

type mailSendCmd struct {
	folder
	mailing
	Held  bool   `help:"Let held letters go first."`
	About string `help:"Of the held ones only those about this: activity/ID or programme/ID."`
}

func (c *mailSendCmd) Run(s *streams) error {
	if s.server == nil {
		dir, err := c.path(s)
		if err != nil {
			return err
		}
		o := c.opening(s, dir)
		site := c.URL
		if site == "" {
			site = "http://127.0.0.1:8080"
		}
		if err := c.into(&o, site, s.now); err != nil {
			return err
		}
		h, err := house.Open(s.ctx, o)
		if errors.Is(err, house.ErrHeld) {
			return &elsewhere{dir, err}
		} else if err != nil {
			return err
		}
		err = c.send(s, h, true)
		if e := h.Close(); err == nil {
			err = e
		}
		return err
	}
	return c.send(s, s.server, false)
}

// send lets letters go. The server sends by itself; without one the command does.
func (c *mailSendCmd) send(s *streams, h *house.House, own bool) error {
	if h.Config.Paused {
		return fault.New(fault.Conflict, "cli.mail.paused")
	}
	if c.Held {
		f := post.Filter{}
		f.About, f.AboutKey, _ = strings.Cut(c.About, "/")
		plan, err := h.Post.Let(s.ctx, actor.CommandLine, f)
		if err != nil {
			return err
		}
		fmt.Fprintln(s.err, s.words.N("cli.mail.let", len(plan.Letters)))
		if plan.Missing > 0 {
			fmt.Fprintln(s.err, s.words.N("post.plan.missing", plan.Missing))
		}
	}
	if !own {
		fmt.Fprintln(s.err, s.words.T("cli.mail.server"))
		return nil
	}
	n, err := h.Post.Flush(s.ctx)
	fmt.Fprintln(s.err, s.words.N("cli.mail.tried", n))
	if err != nil {
		return err
	}
	counts, err := h.Post.Counts(s.ctx, actor.CommandLine, post.Filter{})
	if err != nil {
		return err
	}
	for _, state := range post.States {
		if counts[state] > 0 {
			fmt.Fprintf(s.out, "%s\t%d\n", state, counts[state])
		}
	}
	if _, why, reply := h.Post.Down(); why.Key != "" {
		fmt.Fprintln(s.err, strings.TrimSpace(s.words.Say(why)+" "+reply))
		return errFailed
	}
	if counts[post.Unknown]+counts[post.Failed] > 0 {
		return errNeedsLook
	}
	return nil
}

type mailRetryCmd struct {
	folder
	ID      []string `arg:"" optional:"" help:"Letters, by their ids. An unknown one is sent again only when it is named."`
	Failed  bool     `help:"All that failed."`
	Bounced bool     `help:"All that came back."`
}

func (c *mailRetryCmd) Run(s *streams) error {
	if len(c.ID) == 0 && !c.Failed && !c.Bounced {
		return wrongUse("cli.mail.which")
	}
	return c.with(s, func(ctx context.Context, h *house.House) error {
		ids := c.ID
		for state, wanted := range map[post.State]bool{post.Failed: c.Failed, post.Bounced: c.Bounced} {
			if !wanted {
				continue
			}
			all, err := h.Post.Letters(ctx, actor.CommandLine, post.Filter{State: state})
			if err != nil {
				return err
			}
			for _, p := range all {
				if mail.Address(p.To) {
					ids = append(ids, p.ID)
				}
			}
		}
		for _, id := range ids {
			if err := h.Post.Again(ctx, actor.CommandLine, id, 0); err != nil {
				return err
			}
		}
		fmt.Fprintln(s.err, s.words.N("cli.mail.retry", len(ids)))
		return nil
	})
}

type mailBounceCmd struct {
	folder
	File string `arg:"" optional:"" default:"-" help:"Message, as the mail server delivers it. Default: the standard input."`
}

// messageLimit bounds a message in bytes.
const messageLimit = 10 << 20

// Run lays the message where the server looks for what came back. Without a server it is read at once.
func (c *mailBounceCmd) Run(s *streams) error {
	dir, err := c.path(s)
	if err != nil {
		return err
	}
	if s.server == nil {
		var in io.Reader = os.Stdin
		if c.File != "-" {
			f, err := os.Open(s.path(c.File))
			if err != nil {
				return fault.Wrap(fault.Invalid, err, "cli.mail.file", "Path", c.File)
			}
			defer f.Close()
			in = f
		}
		raw, err := io.ReadAll(io.LimitReader(in, messageLimit))
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "cli.mail.file", "Path", c.File)
		}
		if _, err := mail.ReadReport(bytes.NewReader(raw)); err != nil {
			return err
		}
		if err := mail.Deliver(house.ReturnedPath(dir), raw, s.now()); err != nil {
			return err
		}
	}
	h, err := c.open(s)
	var held *elsewhere
	if errors.As(err, &held) {
		fmt.Fprintln(s.err, s.words.T("cli.mail.laid"))
		return nil // the server looks there by itself
	} else if err != nil {
		return err
	}
	n, err := h.Post.TakeReturned(s.ctx, house.ReturnedPath(dir))
	if e := h.Close(); err == nil {
		err = e
	}
	fmt.Fprintln(s.err, s.words.N("cli.mail.bounced", n))
	return err
}

type mailDKIMCmd struct {
	folder
	Domain   string `required:"" help:"Domain of the sender, such as air.example.org."`
	Selector string `default:"aircommons" help:"Name of the key. A new name makes a new key; the last by name signs."`
}

func (c *mailDKIMCmd) Run(s *streams) error {
	dir, err := c.path(s)
	if err != nil {
		return err
	}
	k, err := mail.MakeKey(house.KeysPath(dir), c.Domain, c.Selector)
	if err != nil {
		return err
	}
	name, value, err := k.Record()
	if err != nil {
		return err
	}
	// A text of DNS has 255 bytes at most; a longer value is written in parts.
	var parts []string
	for len(value) > 0 {
		n := min(len(value), 250)
		parts, value = append(parts, strconv.Quote(value[:n])), value[n:]
	}
	fmt.Fprintf(s.out, "%s. IN TXT ( %s )\n", name, strings.Join(parts, " "))
	fmt.Fprintln(s.err, s.words.T("cli.mail.dkim", "Path", filepath.Join(house.KeysPath(dir), k.Selector+"."+k.Domain+".pem")))
	return nil
}
