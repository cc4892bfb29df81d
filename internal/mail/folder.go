package mail

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"aircommons/internal/fault"
)

// Folder lays letters into a folder, named by time so that the latest is the last.
type Folder struct {
	Dir     string
	From    string
	Bounces string
	Key     *Key
	Now     func() time.Time
}

func (f Folder) composer() Composer {
	return Composer{From: f.From, Bounces: f.Bounces, Key: f.Key, Now: f.Now}
}

// Compose makes the letter as it would lie in the folder.
func (f Folder) Compose(m Message) ([]byte, error) { return f.composer().Compose(m) }

// Send writes the letter whole or not at all.
func (f Folder) Send(_ context.Context, m Message) error {
	raw, err := f.Compose(m)
	if err != nil {
		return err
	}
	failed := func(err error) error {
		return fault.Wrap(fault.Internal, &Failure{Outcome: Later, Down: true, Err: err}, "mail.folder", "Path", f.Dir)
	}
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return failed(err)
	}
	name := filepath.Join(f.Dir, f.Now().UTC().Format(stampLayout)+"-"+uuid.NewString()[:8]+".eml")
	tmp := name + ".part"
	out, err := os.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return failed(err)
	}
	_, err = out.Write(raw)
	if e := out.Sync(); err == nil {
		err = e
	}
	if e := out.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp, name)
	}
	if err != nil {
		os.Remove(tmp)
		return failed(err)
	}
	return nil
}

// stampLayout is how the name of a letter in the folder begins: when it was laid there, in UTC.
const stampLayout = "20060102T150405.000Z"

// DefaultFrom is the sender where the operator names none.
func DefaultFrom(site string) string {
	host := "localhost"
	if u, err := url.Parse(site); err == nil && u.Hostname() != "" && net.ParseIP(u.Hostname()) == nil {
		host = u.Hostname()
	}
	return fmt.Sprintf("aircommons@%s", host)
}
