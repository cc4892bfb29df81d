// Package cli is the command line. Results go to stdout, everything else to stderr. Exit status: 0 done, 1 failed,
// 2 wrong use, 3 done with rejected lines or warnings that need a look.
package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"

	"aircommons/internal/catalog"
	"aircommons/internal/fault"
)

// commands is the grammar; each command is a type with a Run method.
type commands struct {
	Serve   serveCmd   `cmd:"" help:"Serve the web site and run its jobs."`
	Network networkCmd `cmd:"" help:"Export, import or check the network."`
	User    userCmd    `cmd:"" help:"People who may sign in."`
	Layouts layoutsCmd `cmd:"" help:"List the known import layouts and how each is recognised."`
	Stats   statsCmd   `cmd:"" help:"Statistics by calendar period in the station's standard time, read directly from files."`
	Import  importCmd  `cmd:"" help:"Read files and report what would be stored."`
}

type format struct {
	Format string `enum:"table,csv,json" default:"table" help:"How results are printed: table, csv or json."`
}

// errNeedsLook ends a command with status 3.
var errNeedsLook = errors.New("done, with lines that need a look")

type streams struct {
	out, err io.Writer
	words    *catalog.Words
	texts    *catalog.Catalog
}

// Main runs one command and returns its exit status.
func Main(args []string, out, errw io.Writer) int {
	texts, err := catalog.Load()
	if err != nil {
		fmt.Fprintln(errw, "aircommons:", err)
		return 1
	}
	s := &streams{out, errw, texts.Lang("en"), texts}
	var c commands
	exit := -1
	parser, err := kong.New(&c, kong.Name("aircommons"), kong.Description("A clean-air network's programme and evidence."),
		kong.Writers(out, errw), kong.Exit(func(code int) { exit = code }), kong.Bind(s))
	if err != nil {
		fmt.Fprintln(errw, "aircommons:", err)
		return 1
	}
	ctx, err := parser.Parse(args)
	if exit >= 0 {
		return exit // --help has been printed
	}
	if err != nil {
		fmt.Fprintf(errw, "aircommons: %v. See: aircommons --help\n", err)
		return 2
	}
	return s.status(ctx.Run())
}

func (s *streams) status(err error) int {
	if err == nil {
		return 0
	}
	if errors.Is(err, errNeedsLook) {
		return 3
	}
	var f *fault.Error
	if errors.As(err, &f) {
		fmt.Fprintln(s.err, "aircommons:", s.words.Say(f.Message))
		return 1
	}
	fmt.Fprintln(s.err, "aircommons:", err)
	return 1
}
