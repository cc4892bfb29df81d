package ui

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"aircommons/internal/fault"
)

// APILimit bounds the body of a call, in bytes.
const APILimit = 1 << 20

// API registers an address for programs at /api/v1+pattern: JSON comes and goes, and what is refused is told in JSON as RFC 9457 defines it.
// Who calls is known by a token in the header Authorization, or by the session of a browser of this site.
func (s *Site) API(method, pattern string, h Handler) {
	pattern = "/api/v1" + pattern
	s.routes = append(s.routes, Route{method, pattern, true})
	s.mux.HandleFunc(method+" "+pattern, func(w http.ResponseWriter, hr *http.Request) {
		r := &Request{Request: hr, Lang: s.guess(hr), Words: s.Catalog.Lang(s.guess(hr)), site: s, w: w}
		w.Header().Set("Cache-Control", "no-store")
		addVary(w.Header(), "Authorization")
		err := r.identify()
		if err == nil {
			err = r.mayWrite(pattern)
		}
		if err == nil && method != http.MethodGet {
			patience(w, formTime)
			body := bound(hr, APILimit)
			if err = caught(h, w, r); body.over {
				err = tooLarge(APILimit)
			}
		} else if err == nil {
			err = caught(h, w, r)
		}
		if err != nil {
			s.refuse(w, r, err)
		}
	})
}

// Refusal is what a program is told that was refused (RFC 9457).
type Refusal struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail,omitempty"`
	Code      string         `json:"code"` // key of the message, the same in every language
	Reference string         `json:"reference,omitempty"`
	Errors    []RefusedField `json:"errors,omitempty"`
}

// RefusedField is what is wrong with one field of what was sent.
type RefusedField struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
	Code   string `json:"code"`
}

// refuse says an error to a program.
func (s *Site) refuse(w http.ResponseWriter, r *Request, err error) {
	if errors.Is(err, errGone) {
		return
	}
	out := Refusal{Type: "about:blank", Status: http.StatusInternalServerError, Detail: r.Words.Error(err)}
	var p *problem
	var f *fault.Error
	switch {
	case errors.As(err, &p):
		out.Status, out.Detail, out.Code = p.status, r.Words.Say(p.message), p.message.Key
		if p.wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(max(1, int((p.wait+time.Second-1)/time.Second))))
		}
	case errors.As(err, &f):
		if n := statuses[f.Code]; n != 0 {
			out.Status, out.Code = n, f.Message.Key
		}
		for _, x := range f.Fields {
			out.Errors = append(out.Errors, RefusedField{x.Name, r.Words.Say(x.Message), x.Message.Key})
		}
	}
	if out.Status == http.StatusForbidden && !r.By.SignedIn() {
		out.Status = http.StatusUnauthorized
		if w.Header().Get("WWW-Authenticate") == "" {
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
	}
	if out.Status == http.StatusInternalServerError {
		ref, e := s.reference()
		if e != nil {
			ref = "0"
		}
		out.Reference, out.Code = ref, "error.internal"
		s.Log.Error("call", "reference", ref, "method", r.Method, "path", r.URL.Path, "by", r.By.ID, "error", err)
	}
	out.Title = http.StatusText(out.Status)
	w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
	w.Header().Set("Content-Language", r.Lang)
	if b, err := json.Marshal(out); err == nil {
		w.WriteHeader(out.Status)
		_, _ = w.Write(b) // whoever has gone does not read it
	}
}

// JSON answers a program.
func (s *Site) JSON(w http.ResponseWriter, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	if _, err := w.Write(append(b, '\n')); err != nil {
		return errGone
	}
	return nil
}

// ReadJSON reads what a program sent. A field that nobody knows is refused, since it was meant to say something.
func (r *Request) ReadJSON(to any) error {
	d := json.NewDecoder(r.Request.Body)
	d.DisallowUnknownFields()
	err := d.Decode(to)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errors.New("more than one value")
		}
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "error.json", "Reason", err.Error())
	}
	return nil
}
