package mail

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"

	"encoding/base64"

	"aircommons/internal/fault"
)

// Expire removes the letters of the folder that were laid there before a time, or with dry only counts them.
func (f Folder) Expire(before time.Time, dry bool) (n int, err error) {
	names, err := os.ReadDir(f.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	} else if err != nil {
		return 0, fault.Wrap(fault.Internal, err, "mail.folder", "Path", f.Dir)
	}
	for _, e := range names {
		stamp, _, _ := strings.Cut(e.Name(), "-")
		at, err := time.Parse(stampLayout, stamp)
		if err != nil || e.IsDir() || !strings.HasSuffix(e.Name(), ".eml") || !at.Before(before) {
			continue
		}
		n++
		if dry {
			continue
		}
		if err := os.Remove(filepath.Join(f.Dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return n, fault.Wrap(fault.Internal, err, "mail.folder", "Path", f.Dir)
		}
	}
	return n, nil
}

// Forget removes the letters of the folder that hold any of the texts, in their heads or their parts, however these are
// written. A text of one or two letters is looked for as a word of its own.
func (f Folder) Forget(ctx context.Context, texts []string) error {
	names, err := os.ReadDir(f.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return fault.Wrap(fault.Internal, err, "mail.folder", "Path", f.Dir)
	}
	for _, n := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		if n.IsDir() || (!strings.HasSuffix(n.Name(), ".eml") && !strings.HasSuffix(n.Name(), ".part")) {
			continue
		}
		path := filepath.Join(f.Dir, n.Name())
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return fault.Wrap(fault.Internal, err, "mail.folder", "Path", f.Dir)
		}
		if !mentions(plainOf(raw), texts) {
			continue
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fault.Wrap(fault.Internal, err, "mail.folder", "Path", f.Dir)
		}
	}
	return nil
}

// mentions reports whether a letter holds one of the texts.
func mentions(letter string, texts []string) bool {
	for _, t := range texts {
		if t == "" {
			continue
		}
		if len([]rune(t)) > 2 {
			if strings.Contains(letter, t) {
				return true
			}
			continue
		}
		for _, word := range strings.FieldsFunc(letter, func(r rune) bool { return strings.ContainsRune(" \t\r\n.,;:!?()<>\"'“”‘’、。，", r) }) {
			if word == t {
				return true
			}
		}
	}
	return false
}

// plainOf is a letter with its heads and parts decoded, after the letter as it stands.
func plainOf(raw []byte) string {
	var b strings.Builder
	b.Write(raw)
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return b.String()
	}
	words := new(mime.WordDecoder)
	for _, values := range m.Header {
		for _, v := range values {
			if s, err := words.DecodeHeader(v); err == nil {
				b.WriteString("\n" + s)
			}
		}
	}
	body, err := io.ReadAll(m.Body)
	if err == nil {
		parts(&b, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), body, 0)
	}
	return b.String()
}

// mostDeep bounds how deep parts lie within parts.
const mostDeep = 8

func parts(b *strings.Builder, kind, coding string, body []byte, deep int) {
	media, params, err := mime.ParseMediaType(kind)
	if err == nil && strings.HasPrefix(media, "multipart/") && deep < mostDeep {
		r := multipart.NewReader(bytes.NewReader(body), params["boundary"])
		for {
			p, err := r.NextRawPart()
			if err != nil {
				return
			}
			if inner, err := io.ReadAll(p); err == nil {
				parts(b, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), inner, deep+1)
			}
		}
	}
	var src io.Reader = bytes.NewReader(body)
	switch strings.ToLower(strings.TrimSpace(coding)) {
	case "base64":
		src = base64.NewDecoder(base64.StdEncoding, src)
	case "quoted-printable":
		src = quotedprintable.NewReader(src)
	}
	text, _ := io.ReadAll(src) // what comes before a fault is looked at
	b.WriteString("\n")
	b.Write(text)
}
