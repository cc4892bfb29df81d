package form

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"

	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// MaxFile bounds one file of an answer, MaxFiles those of a page together, in bytes.
const (
	MaxFile  = 20 << 20
	MaxFiles = 60 << 20
)

// KeepFile keeps a file that somebody sent for a question, and gives the answer that refers to it. It is an answer only when
// it is stored with the others.
func (k *Desk) KeepFile(ctx context.Context, q Question, name string, r io.Reader) (answer string, err error) {
	if k.files == nil {
		return "", fault.New(fault.Invalid, "form.answer.nofiles")
	}
	name = fileName(name)
	if kinds := strings.Fields(strings.ReplaceAll(strings.ToLower(q.Accept), ",", " ")); len(kinds) > 0 && !slices.Contains(kinds, strings.ToLower(path.Ext(name))) {
		return "", fault.New(fault.Invalid, "form.answer.kind", "Kinds", strings.Join(kinds, ", "))
	}
	sum, size, err := k.files.Put(ctx, r, MaxFile)
	if errors.Is(err, db.ErrTooLarge) {
		return "", fault.New(fault.Invalid, "form.answer.big", "Most", MaxFile>>20)
	}
	if err == nil && size == 0 {
		return "", fault.New(fault.Invalid, "form.answer.hollow")
	}
	return sum + " " + name, err
}

// fileName is a name without folders, control characters and marks of direction, of at most 120 characters.
func fileName(s string) string {
	s = path.Base(strings.ReplaceAll(strings.ToValidUTF8(s, ""), `\`, "/"))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	if r := []rune(s); len(r) > 120 {
		ext := []rune(path.Ext(s))
		if len(ext) > 10 {
			ext = nil
		}
		s = string(r[:120-len(ext)]) + string(ext)
	}
	if s == "" || s == "." || s == "/" {
		return "file"
	}
	return s
}

// Seal signs a reference to a file that goes through a page and comes back, so that nobody can refer to a file that was not
// theirs. Seals end with the process.
func (k *Desk) Seal(answer string) string {
	m := hmac.New(sha256.New, k.seal[:])
	m.Write([]byte(answer))
	return hex.EncodeToString(m.Sum(nil)[:16]) + " " + answer
}

// Unseal is the reference of a seal; ok is false for one that this process did not give.
func (k *Desk) Unseal(s string) (answer string, ok bool) {
	_, answer, ok = strings.Cut(s, " ")
	return answer, ok && hmac.Equal([]byte(k.Seal(answer)), []byte(s))
}

// OpenFile opens a kept file of an answer. Whether the reader may is asked by the caller.
func (k *Desk) OpenFile(sum string) (io.ReadSeekCloser, error) {
	if k.files == nil {
		return nil, fault.New(fault.NotFound, "error.notfound")
	}
	return k.files.Open(sum)
}

// Forget removes kept files that nothing refers to any more, after the transaction that found them loose.
func (k *Desk) Forget(ctx context.Context, files []string) error {
	if k.files == nil || len(files) == 0 {
		return nil
	}
	var still []string
	if err := k.db.Read(ctx, func(tx *db.Tx) (err error) {
		still, err = loose(ctx, tx, files)
		return err
	}); err != nil {
		return err
	}
	var errs error
	for _, s := range still {
		errs = errors.Join(errs, k.files.Remove(s))
	}
	return errs
}
