package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/fault"
	"aircommons/internal/house"
	"aircommons/internal/web"
)

type serveCmd struct {
	folder
	mailing
	Addr       string `default:"127.0.0.1:8080" help:"Address to listen on."`
	Example    string `help:"Load this example network into an empty data folder (eacac)."`
	OIDCIssuer string `name:"oidc-issuer" env:"AIRCOMMONS_OIDC_ISSUER" help:"Provider of OpenID Connect at which people can sign in too, such as https://login.example.org. It sends people back to /signin/return."`
	OIDCClient string `name:"oidc-client" env:"AIRCOMMONS_OIDC_CLIENT" help:"Id of this site at the provider."`
	OIDCSecret string `name:"oidc-secret" env:"AIRCOMMONS_OIDC_SECRET" help:"Secret of this site at the provider."`
	OIDCName   string `name:"oidc-name" env:"AIRCOMMONS_OIDC_NAME" help:"What readers call the provider. Default: its address."`
	Proxies    int    `help:"Reverse proxies in front, whose X-Forwarded-For is believed."`
	Resume     bool   `help:"Start mail and jobs again in a restored folder."`
}

// shutdownTime is how long requests that run may go on after the server was told to end.
const shutdownTime = 10 * time.Second

func (c *serveCmd) Run(s *streams) error {
	if s.server != nil {
		return fault.New(fault.Conflict, "house.server", "Path", s.server.Folder, "Process", os.Getpid())
	}
	if u, err := url.Parse(c.URL); c.URL != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return wrongUse("cli.url", "URL", c.URL)
	}
	dir, err := c.path(s)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(s.err, nil))
	slog.SetDefault(log)
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "cli.listen", "Addr", c.Addr)
	}
	defer l.Close()
	s.site = c.URL
	if s.site == "" {
		s.site = "http://" + l.Addr().String()
	}
	o := c.opening(s, dir)
	o.Log, o.Resume = log, c.Resume
	if err := c.into(&o, s.site, s.now); err != nil {
		return err
	}
	h, err := house.Open(s.ctx, o)
	if err != nil {
		return err
	}
	err = c.serve(s, h, l)
	if e := h.Close(); err == nil {
		err = e
	}
	return err
}

// serve serves an open folder until the program is told to end.
func (c *serveCmd) serve(s *streams, h *house.House, l net.Listener) error {
	ctx, stop := context.WithCancel(s.ctx)
	defer stop()
	if c.Example != "" {
		if _, err := h.Record.LoadExample(ctx, c.Example); err != nil {
			return err
		}
	}
	if c.OIDCIssuer != "" {
		if c.OIDCClient == "" {
			return wrongUse("cli.oidc.client")
		}
		h.Account.UseProvider(account.ProviderOptions{Issuer: c.OIDCIssuer, Client: c.OIDCClient, Secret: c.OIDCSecret, Name: c.OIDCName, Redirect: s.site + "/signin/return"})
	}
	handler, err := web.New(web.Config{DB: h.DB, Network: h.Network, Activity: h.Activity, Library: h.Library, Account: h.Account, Evidence: h.Evidence, Record: h.Record, Form: h.Form, Post: h.Post, Letter: h.Letter, Participation: h.Participation, Call: h.Call, Exchange: h.Exchange, Report: h.Report,
		Catalog: s.texts, Log: h.Log, Now: s.now, URL: s.site, Version: version(), Proxies: c.Proxies})
	if err != nil {
		return err
	}
	link, err := h.Account.FirstLink(ctx)
	if err != nil {
		return err
	}
	// No limit on the whole of a request: an upload over a slow line takes its time, and is bounded in bytes.
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(h.Log.Handler(), slog.LevelDebug)}
	var side sync.WaitGroup
	side.Go(func() {
		if err := h.Work(ctx); err != nil {
			h.Log.Error("jobs", "error", err)
		}
	})
	side.Go(func() {
		err := h.Answer(ctx, func(ctx context.Context, cmd house.Command, out, errw io.Writer) int {
			t := &streams{ctx: ctx, out: out, err: errw, words: s.words, texts: s.texts, dir: cmd.Dir, now: s.now,
				terminal: cmd.Terminal, width: cmd.Width, server: h, site: s.site}
			return t.run(cmd.Args)
		})
		if err != nil { // the site is served all the same
			h.Log.Error("commands", "error", err)
		}
	})
	fmt.Fprintln(s.err, "listening on http://"+l.Addr().String())
	if link != "" {
		fmt.Fprintln(s.err, s.words.T("cli.first", "Link", s.site+link))
	}
	if h.Config.Paused {
		fmt.Fprintln(s.err, s.words.T("cli.paused"))
	}
	notify("READY=1")
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err = <-served:
	case <-ctx.Done():
		notify("STOPPING=1")
		end, cancel := context.WithTimeout(context.Background(), shutdownTime)
		err = server.Shutdown(end)
		cancel()
	}
	stop()
	side.Wait()
	h.Account.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	if errors.Is(err, context.DeadlineExceeded) { // somebody reads very slowly
		return server.Close()
	}
	return err
}

// notify tells systemd (Type=notify) how the server is, sd_notify(3). Nothing happens elsewhere.
func notify(state string) {
	name := os.Getenv("NOTIFY_SOCKET")
	if name == "" {
		return
	}
	if name[0] == '@' { // a name in the abstract space
		name = "\x00" + name[1:]
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		slog.Warn("tell systemd", "error", err)
		return
	}
	defer c.Close()
	if _, err := c.Write([]byte(state)); err != nil {
		slog.Warn("tell systemd", "error", err)
	}
}
