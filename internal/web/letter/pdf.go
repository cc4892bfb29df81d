package letter

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"aircommons/internal/fault"
)

// Printer makes PDF of pages with an installed Chromium, one at a time.
type Printer struct {
	program string
	turn    chan struct{}
}

// printTime is the most that a page may take.
const printTime = 60 * time.Second

// FindPrinter looks for Chromium: $AIRCOMMONS_CHROMIUM, else by its usual names. Nil when there is none.
func FindPrinter() *Printer {
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}
	if named := os.Getenv("AIRCOMMONS_CHROMIUM"); named != "" {
		names = []string{named}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return &Printer{program: path, turn: make(chan struct{}, 1)}
		}
	}
	return nil
}

// Print makes a PDF of a page that needs nothing from elsewhere.
func (p *Printer) Print(ctx context.Context, page []byte) (pdf []byte, err error) {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, printTime)
	defer cancel()
	dir, err := os.MkdirTemp("", "aircommons-print-")
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "letter.pdf.failed")
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	in, out := filepath.Join(dir, "page.html"), filepath.Join(dir, "page.pdf")
	if err := os.WriteFile(in, page, 0o600); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "letter.pdf.failed")
	}
	args := []string{"--headless", "--disable-gpu", "--disable-extensions", "--disable-background-networking", "--disable-sync", "--no-first-run",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + filepath.Join(dir, "profile"), "--no-pdf-header-footer", "--print-to-pdf=" + out}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // Chromium refuses to sandbox for root; the page is ours and loads nothing
	}
	cmd := exec.CommandContext(ctx, p.program, append(args, (&url.URL{Scheme: "file", Path: in}).String())...)
	cmd.WaitDelay = 5 * time.Second
	if said, err := cmd.CombinedOutput(); err != nil {
		return nil, fault.Wrap(fault.Internal, fmt.Errorf("%w: %s", err, tail(said)), "letter.pdf.failed")
	}
	if pdf, err = os.ReadFile(out); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "letter.pdf.failed")
	}
	return pdf, nil
}

func tail(b []byte) []byte {
	if len(b) > 500 {
		return b[len(b)-500:]
	}
	return b
}
