// Package cli is the command line. Results go to stdout, everything else to stderr. Exit status: 0 done, 1 failed,
// 2 wrong use, 3 done with rejected lines or warnings that need a look.
//
// A command that needs the data folder opens it, or, when a server holds it, is sent there and run in the server.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"aircommons/internal/catalog"
	"aircommons/internal/fault"
	"aircommons/internal/house"
)

// commands is the grammar; each command is a type with a Run method.
type commands struct {
	Serve     serveCmd     `cmd:"" help:"Serve the web site and run its jobs."`
	Import    importCmd    `cmd:"" help:"Read monitoring exports, check, store and summarise them."`
	Layouts   layoutsCmd   `cmd:"" help:"List the known import layouts and how each is recognised."`
	Stats     statsCmd     `cmd:"" help:"Statistics by calendar period in the station's standard time, from files or from what is stored."`
	Network   networkCmd   `cmd:"" help:"Export, import or check the network."`
	Call      callCmd      `cmd:"" help:"Calls for contributions, travel support and nominations."`
	People    peopleCmd    `cmd:"" help:"Who takes part in an activity."`
	Mail      mailCmd      `cmd:"" help:"The outbox: letters that wait, left or came back."`
	Letter    letterCmd    `cmd:"" help:"Numbered letters and certificates."`
	Presence  presenceCmd  `cmd:"" help:"Who came to an activity."`
	Badges    badgesCmd    `cmd:"" help:"Badges of an activity with their codes, as one HTML file."`
	Figures   figuresCmd   `cmd:"" help:"Participation figures of an activity, with small groups merged."`
	Report    reportCmd    `cmd:"" help:"Reports of activities: draft, freeze, export."`
	Agenda    agendaCmd    `cmd:"" help:"Agendas of activities."`
	User      userCmd      `cmd:"" help:"People who may sign in."`
	Token     tokenCmd     `cmd:"" help:"Tokens of devices and programs."`
	Retention retentionCmd `cmd:"" help:"Take away personal data that was kept for as long as its class allows."`
	Backup    backupCmd    `cmd:"" help:"Write a consistent copy of everything into a new folder."`
	Restore   restoreCmd   `cmd:"" help:"Bring a copy back into an empty data folder."`
	Verify    verifyCmd    `cmd:"" help:"Check everything that is stored, or a copy."`
	Bench     benchCmd     `cmd:"" help:"Measure this machine on generated data, beside the engine's own rates."`
	Version   versionCmd   `cmd:"" help:"Print the version of the program."`
}

type format struct {
	Format string `enum:"table,csv,json" default:"table" help:"How results are printed: table, csv or json."`
}

var (
	// errNeedsLook ends a command with status 3.
	errNeedsLook = errors.New("done, with lines that need a look")
	// errFailed ends a command with status 1 that has said itself what failed.
	errFailed = errors.New("failed, as said")
)

// usage is wrong use of a command that the grammar does not find.
type usage struct{ fault.Message }

func (u usage) Error() string { return u.Key }

func wrongUse(key string, pairs ...any) error { return usage{fault.Say(key, pairs...)} }

// streams is what a command runs with.
type streams struct {
	ctx      context.Context
	out, err io.Writer
	words    *catalog.Words
	texts    *catalog.Catalog
	dir      string // relative paths are meant from here
	now      func() time.Time
	terminal bool // err is a terminal
	width    int  // its columns

	server *house.House // where the command came through the socket of a server
	site   string       // address of that server's site
}

// Main runs one command and returns its exit status.
func Main(args []string, out, errw io.Writer) int {
	texts, err := catalog.Load()
	if err != nil {
		fmt.Fprintln(errw, "aircommons:", err)
		return 1
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	private()
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(errw, "aircommons:", err)
		return 1
	}
	s := &streams{ctx: ctx, out: &checked{Writer: out}, err: errw, words: texts.Lang("en"), texts: texts, dir: dir, now: time.Now}
	if f, ok := errw.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		s.terminal = true
		s.width, _, _ = term.GetSize(int(f.Fd()))
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(errw, &slog.HandlerOptions{Level: slog.LevelError})))
	return s.run(args)
}

// waitForFolder is how long a command waits for another command that holds the folder.
const waitForFolder = 3 * time.Second

// run runs a command here, or in the server that holds the folder.
func (s *streams) run(args []string) (status int) {
	defer func() {
		if p := recover(); p != nil {
			slog.Debug("command", "panic", p, "stack", string(debug.Stack()))
			fmt.Fprintln(s.err, "aircommons:", s.words.T("cli.panic", "Reason", strings.Join(strings.Fields(fmt.Sprint(p)), " ")))
			status = 1
		}
	}()
	var c commands
	exit := -1
	parser, err := kong.New(&c, kong.Name("aircommons"), kong.Description("A clean-air network's programme and evidence."),
		kong.Writers(s.out, s.err), kong.Exit(func(code int) { exit = code }), kong.Bind(s))
	if err != nil {
		fmt.Fprintln(s.err, "aircommons:", err)
		return 1
	}
	command, err := parser.Parse(args)
	if exit >= 0 {
		return exit // --help has been printed
	}
	if err != nil {
		fmt.Fprintf(s.err, "aircommons: %v. %s\n", err, s.words.T("cli.help"))
		return 2
	}
	var held *elsewhere
	for end := time.Now().Add(waitForFolder); ; time.Sleep(100 * time.Millisecond) {
		err = command.Run()
		if !errors.As(err, &held) {
			return s.status(s.written(err))
		}
		status, e := house.Send(s.ctx, held.folder, house.Command{Args: args, Dir: s.dir, Terminal: s.terminal, Width: s.width}, s.out, s.err)
		if e == nil {
			return status
		}
		if !errors.Is(e, house.ErrNoServer) {
			return s.status(e)
		}
		// Another command holds the folder, or a server that is just beginning or ending.
		if time.Now().After(end) || s.ctx.Err() != nil {
			return s.status(held.err)
		}
	}
}

// checked remembers that results could not be written, for those that print many lines.
type checked struct {
	io.Writer
	err error
}

func (w *checked) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if err != nil && w.err == nil {
		w.err = err
	}
	return n, err
}

// written is the error of a command, or that of writing its results where it ended well.
func (s *streams) written(err error) error {
	if w, ok := s.out.(*checked); ok && w.err != nil && (err == nil || errors.Is(err, errNeedsLook)) {
		return w.err
	}
	return err
}

func (s *streams) status(err error) int {
	var use usage
	var f *fault.Error
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errNeedsLook):
		return 3
	case errors.Is(err, errFailed):
		return 1
	case errors.As(err, &use):
		fmt.Fprintln(s.err, "aircommons:", s.words.Say(use.Message))
		return 2
	case errors.As(err, &f):
		fmt.Fprintln(s.err, "aircommons:", s.sentence(f))
	case s.ctx.Err() != nil:
		fmt.Fprintln(s.err, "aircommons:", s.words.T("cli.stopped"))
	default:
		fmt.Fprintln(s.err, "aircommons:", err)
	}
	return 1
}

// sentence is one line of a fault, with the faults of fields that have names of their own.
func (s *streams) sentence(f *fault.Error) string {
	text := s.words.Say(f.Message)
	if f.Message.Key == "error.form" && len(f.Fields) > 0 {
		text = ""
		for i, field := range f.Fields {
			if i > 0 {
				text += "; "
			}
			text += s.words.Say(field.Message)
		}
	}
	if f.Message.Key == "error.internal" && f.Err != nil {
		text += " (" + f.Err.Error() + ")"
	}
	return text
}

// path is where a path of the command line lies.
func (s *streams) path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(s.dir, p)
}

type versionCmd struct{}

func (versionCmd) Run(s *streams) error {
	_, err := fmt.Fprintln(s.out, version())
	return err
}

// version names the program in entity tags and copies: the revision it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v, dirty := info.Main.Version, false
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			v = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = true
		}
	}
	if dirty {
		v += "+"
	}
	return v
}
