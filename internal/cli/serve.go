package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"aircommons/internal/fault"
	"aircommons/internal/house"
	"aircommons/internal/mail"
	"aircommons/internal/web"
)

// folder is the flag of every command that needs the stores.
type folder struct {
	Data     string `help:"Data folder. Default: $AIRCOMMONS_DATA, else aircommons in the user's data directory." type:"path"`
	Database string `help:"postgres:// address in place of the SQLite file of the folder. Remembered in the folder."`
}

func (f folder) path() (string, error) {
	if f.Data != "" {
		return f.Data, nil
	}
	return house.DefaultFolder(os.Getenv)
}

func (f folder) open(ctx context.Context, s *streams, o house.Options) (*house.House, error) {
	dir, err := f.path()
	if err != nil {
		return nil, err
	}
	o.Folder, o.Database, o.Now, o.Catalog = dir, f.Database, time.Now, s.texts
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	return house.Open(ctx, o)
}

type serveCmd struct {
	folder
	Addr    string `default:"127.0.0.1:8080" help:"Address to listen on."`
	URL     string `name:"url" help:"Address under which readers reach the site, such as https://air.example.org. Default: http:// and the address."`
	Example string `help:"Load this example network into an empty data folder (eacac)."`
	SMTP    string `name:"smtp" help:"Mail server, smtp://user:password@host:587. Without it letters lie in the folder mail."`
	From    string `help:"Sender of letters."`
	Proxies int    `help:"Reverse proxies in front, whose X-Forwarded-For is believed."`
	Resume  bool   `help:"Start mail and jobs again in a restored folder."`
}

func (c *serveCmd) Run(s *streams) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "cli.listen", "Addr", c.Addr)
	}
	defer l.Close()
	site := c.URL
	if site == "" {
		site = "http://" + l.Addr().String()
	}
	log := slog.New(slog.NewTextHandler(s.err, nil))
	slog.SetDefault(log)
	o := house.Options{Log: log, From: c.From}
	if o.From == "" {
		o.From = mail.DefaultFrom(site)
	}
	if c.SMTP != "" {
		if o.Mail, err = mail.NewSMTP(c.SMTP, o.From, time.Now); err != nil {
			return err
		}
	}
	h, err := c.open(ctx, s, o)
	if err != nil {
		return err
	}
	defer func() {
		if err := h.Close(); err != nil {
			log.Error("close the data folder", "error", err)
		}
	}()
	if c.Resume && h.Config.Paused {
		h.Config.Paused = false
		if err := house.WriteConfig(h.Folder, h.Config); err != nil {
			return err
		}
	}
	if c.Example != "" {
		if _, err := h.Record.LoadExample(ctx, c.Example); err != nil {
			return err
		}
	}
	handler, err := web.New(web.Config{DB: h.DB, Network: h.Network, Activity: h.Activity, Library: h.Library, Account: h.Account, Evidence: h.Evidence, Record: h.Record,
		Catalog: s.texts, Log: log, Now: time.Now, URL: site, Version: version(), Proxies: c.Proxies})
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	fmt.Fprintln(s.err, "listening on http://"+l.Addr().String())
	if link, err := h.Account.FirstLink(ctx); err != nil {
		return err
	} else if link != "" {
		fmt.Fprintln(s.err, s.words.T("cli.first", "Link", site+link))
	}
	if h.Config.Paused {
		fmt.Fprintln(s.err, s.words.T("cli.paused"))
	}
	work := make(chan error, 1)
	go func() { work <- h.Work(ctx) }()
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err = <-served:
		stop()
	case <-ctx.Done():
		end, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		err = server.Shutdown(end)
		cancel()
	}
	<-work
	h.Account.Wait()
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// version names the program in entity tags and copies: the revision it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v = s.Value
		}
		if s.Key == "vcs.modified" && s.Value == "true" {
			v += "+"
		}
	}
	return v
}
