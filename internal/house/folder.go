// Package house opens a data folder: its lock, the stores in it, the desks on them and the worker of their jobs.
//
// In the folder lie aircommons.json (what the folder is set to), network.db (SQLite, unless a PostgreSQL is named),
// measurements.duckdb, files/ (kept under their hash), mail/ (letters where no SMTP server is set), returned/ (a Maildir of those that
// came back), keys/ (they sign letters and are in no copy), lock and, while a
// server runs, aircommons.sock.
package house

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"aircommons/internal/fault"
)

// Config is what a data folder is set to. It is written by commands and may be edited by hand.
type Config struct {
	Database string `json:"database,omitempty"` // postgres:// address; empty for the SQLite file in the folder
	// Paused keeps mail and jobs from starting. A restored copy is paused, so that it does not send the letters of the
	// original a second time.
	Paused bool `json:"paused,omitempty"`
}

// measurementsFile is the measurement store in a data folder.
const measurementsFile = "measurements.duckdb"

// Paths in a data folder.
func configPath(dir string) string { return filepath.Join(dir, "aircommons.json") }
func lockPath(dir string) string   { return filepath.Join(dir, "lock") }
func sqlitePath(dir string) string { return filepath.Join(dir, networkFile) }
func duckPath(dir string) string   { return filepath.Join(dir, measurementsFile) }
func filesPath(dir string) string  { return filepath.Join(dir, filesPart) }

// MailPath is where letters lie when no SMTP server is set.
func MailPath(dir string) string { return filepath.Join(dir, "mail") }

// ReturnedPath is the Maildir of letters that came back, where the operator names none.
func ReturnedPath(dir string) string { return filepath.Join(dir, "returned") }

// KeysPath is where the keys lie that sign letters.
func KeysPath(dir string) string { return filepath.Join(dir, "keys") }

// SocketPath is where a running server listens for commands.
func SocketPath(dir string) string { return filepath.Join(dir, "aircommons.sock") }

// DefaultFolder is the data folder where none is named: $AIRCOMMONS_DATA, else "aircommons" in the user's data directory.
func DefaultFolder(env func(string) string) (string, error) {
	if d := env("AIRCOMMONS_DATA"); d != "" {
		return d, nil
	}
	if d := env("XDG_DATA_HOME"); d != "" {
		return filepath.Join(d, "aircommons"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fault.Wrap(fault.Invalid, err, "house.nohome")
	}
	return filepath.Join(home, ".local", "share", "aircommons"), nil
}

// ReadConfig reads what a folder is set to; a folder without the file has the zero Config.
func ReadConfig(dir string) (Config, error) {
	var c Config
	data, err := os.ReadFile(configPath(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &c)
	}
	if err != nil {
		return c, fault.Wrap(fault.Invalid, err, "house.config", "Path", configPath(dir), "Reason", err.Error())
	}
	return c, nil
}

// WriteConfig sets a folder.
func WriteConfig(dir string, c Config) error {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	tmp := configPath(dir) + ".part"
	if err := os.WriteFile(tmp, append(data, '\n'), 0o600); err != nil {
		return folderFault(err, dir)
	}
	return folderFault(os.Rename(tmp, configPath(dir)), dir)
}

func folderFault(err error, dir string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission), isReadOnly(err):
		return fault.Wrap(fault.Invalid, err, "house.readonly", "Path", dir)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		return fault.Wrap(fault.Invalid, err, "house.notfolder", "Path", dir)
	case isFull(err):
		return fault.Wrap(fault.Internal, err, "db.full")
	}
	return fault.Wrap(fault.Invalid, err, "house.folder", "Path", dir, "Reason", err.Error())
}

func isReadOnly(err error) bool { return errors.Is(err, syscall.EROFS) }

func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

// HeldBy is the id of the process that holds the folder, as it wrote it; empty when not known.
func HeldBy(dir string) string {
	data, _ := os.ReadFile(lockPath(dir))
	return strings.TrimSpace(string(data))
}
