package ui

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"aircommons/internal/fault"
)

// Upload registers a form's target that takes files of at most limit bytes together. h reads them as they come, by
// Request.File or MultipartReader. Uploads from one address are limited in number.
func (s *Site) Upload(pattern string, limit int64, h Handler) {
	s.each("POST", pattern, func(w http.ResponseWriter, r *Request) error {
		if wait, ok := s.uploads.Allow(r.Address()); !ok {
			return TooMany(wait)
		}
		patience(w, uploadTime)
		body := bound(r.Request, limit+formShare)
		var err error
		if r.ContentLength > limit+formShare {
			body.over = true
		} else {
			err = h(w, r)
		}
		if body.over {
			err = tooLarge(limit)
		}
		// A browser reads an answer only when it has sent everything. People of the house are waited for.
		if err != nil && r.By.SignedIn() {
			body.drain()
		}
		return err
	})
}

// Bounds of an upload besides its size.
const (
	formShare  = 1 << 20 // bytes that fields and boundaries may add to the files
	mostFields = 100
	mostField  = 16 << 10 // bytes of one field
)

// File reads an upload up to its file: the fields before it are then in PostForm, as after any form. The part is nil
// when no file was chosen. It is a stream of what the browser sends, under the name that the sender gives it.
func (r *Request) File(name string) (*multipart.Part, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "error.upload")
	}
	r.PostForm = url.Values{}
	for range mostFields {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil, nil
		}
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "error.upload")
		}
		if part.FormName() == name {
			if part.FileName() == "" {
				continue
			}
			return part, nil
		}
		value, err := io.ReadAll(io.LimitReader(part, mostField))
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "error.upload")
		}
		r.PostForm.Add(part.FormName(), string(value))
	}
	return nil, badRequest(errors.New("more fields than any form has"))
}

// bounded is a body that ends with an error at its limit, and knows it.
type bounded struct {
	body io.ReadCloser
	left int64
	over bool
}

// bound limits the body of a request.
func bound(r *http.Request, limit int64) *bounded {
	b := &bounded{body: r.Body, left: limit}
	r.Body = b
	return b
}

var errOver = errors.New("the body is over its limit")

func (b *bounded) Read(p []byte) (int, error) {
	if b.over {
		return 0, errOver
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.body.Read(p)
	if int64(n) > b.left {
		b.over = true
		n = int(b.left)
		b.left = 0
		return n, errOver
	}
	b.left -= int64(n)
	return n, err
}

func (b *bounded) Close() error { return b.body.Close() }

// What a body over its limit may still send, so that the browser comes to read our answer instead of a broken line.
const (
	drainBytes = 1 << 30
	drainTime  = 30 * time.Second
)

func (b *bounded) drain() {
	until := time.Now().Add(drainTime)
	buffer := make([]byte, 64<<10)
	for n := 0; n < drainBytes && time.Now().Before(until); {
		m, err := b.body.Read(buffer)
		n += m
		if err != nil {
			return
		}
	}
}
