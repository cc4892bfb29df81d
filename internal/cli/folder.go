package cli

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"

	"aircommons/internal/fault"
	"aircommons/internal/house"
)

// folder is the flag of every command that needs the stores.
type folder struct {
	Data     string `help:"Data folder. Default: $AIRCOMMONS_DATA, else aircommons in the user's data directory."`
	Database string `env:"AIRCOMMONS_DATABASE" help:"postgres:// address in place of the SQLite file of the folder. Remembered in the folder."`
}

func (f folder) path(s *streams) (string, error) {
	if f.Data != "" {
		return s.path(f.Data), nil
	}
	p, err := house.DefaultFolder(os.Getenv)
	return s.path(p), err
}

// elsewhere says that another process holds the folder a command needs.
type elsewhere struct {
	folder string
	err    error
}

func (e *elsewhere) Error() string { return e.err.Error() }
func (e *elsewhere) Unwrap() error { return e.err }

// opened is an open data folder: one's own, or that of the server in which the command runs.
type opened struct {
	*house.House
	own bool
}

// Close closes the folder if it is one's own.
func (o opened) Close() error {
	if !o.own {
		return nil
	}
	return o.House.Close()
}

// open opens the data folder of a command. An elsewhere error sends the command to the process that holds it.
func (f folder) open(s *streams) (opened, error) {
	if s.server != nil {
		return opened{s.server, false}, nil
	}
	dir, err := f.path(s)
	if err != nil {
		return opened{}, err
	}
	h, err := house.Open(s.ctx, f.opening(s, dir))
	if errors.Is(err, house.ErrHeld) {
		return opened{}, &elsewhere{dir, err}
	}
	return opened{h, true}, err
}

func (f folder) opening(s *streams, dir string) house.Options {
	return house.Options{Folder: dir, Database: f.Database, Now: s.now, Catalog: s.texts, Log: slog.Default()}
}

// within runs a command that only reads. A data folder that is not there is not made for it.
func (f folder) within(s *streams, run func(ctx context.Context, h *house.House) error) error {
	if err := f.mustBe(s); err != nil {
		return err
	}
	return f.with(s, run)
}

// mustBe says when the data folder is not there.
func (f folder) mustBe(s *streams) error {
	if s.server != nil {
		return nil
	}
	dir, err := f.path(s)
	if err != nil {
		return err
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(fault.NotFound, err, "cli.nofolder", "Path", dir)
	}
	return nil
}

// with runs a command on its data folder and closes it.
func (f folder) with(s *streams, run func(ctx context.Context, h *house.House) error) error {
	h, err := f.open(s)
	if err != nil {
		return err
	}
	err = run(s.ctx, h.House)
	if e := h.Close(); err == nil {
		err = e
	}
	return err
}
