package ui

import (
	"context"
	"errors"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"time"

	"aircommons/internal/fault"
)

// problem is an error that is one of the web only.
type problem struct {
	status  int
	kind    string // of its texts: fail.<kind>.title
	message fault.Message
	wait    time.Duration
	err     error
}

func (p *problem) Error() string {
	if p.err != nil {
		return p.message.String() + ": " + p.err.Error()
	}
	return p.message.String()
}

func (p *problem) Unwrap() error { return p.err }

// TooMany refuses somebody who tries too often. wait is how long to wait before the next try.
func TooMany(wait time.Duration) error {
	m := fault.Say("wait.seconds", "Count", max(1, int((wait+time.Second-1)/time.Second)))
	if wait > 2*time.Minute {
		m = fault.Say("wait.minutes", "Count", int((wait+time.Minute-1)/time.Minute))
	}
	return &problem{status: http.StatusTooManyRequests, kind: "toomany", message: fault.Say("error.toomany", "Wait", m), wait: wait}
}

func tooLarge(limit int64) error {
	return &problem{status: http.StatusRequestEntityTooLarge, kind: "toolarge", message: fault.Say("error.toolarge", "Max", size(limit))}
}

func badRequest(err error) error {
	return &problem{status: http.StatusBadRequest, kind: "invalid", message: fault.Say("error.form"), err: err}
}

// size is a number of bytes to be said in a message.
type size int64

func (n size) String() string {
	switch {
	case n >= 1<<30:
		return strconv.FormatInt(int64(n)>>30, 10) + "\u00a0GB"
	case n >= 1<<20:
		return strconv.FormatInt(int64(n)>>20, 10) + "\u00a0MB"
	}
	return strconv.FormatInt(int64(n)>>10, 10) + "\u00a0kB"
}

// statuses of faults.
var statuses = map[fault.Code]int{
	fault.Conflict: http.StatusConflict,
	fault.Invalid:  http.StatusUnprocessableEntity,
	fault.NotFound: http.StatusNotFound,
	fault.Denied:   http.StatusForbidden,
	fault.Internal: http.StatusInternalServerError,
}

// noRoom are the faults that say that the disk is full.
var noRoom = map[string]bool{"db.full": true, "obs.disk": true, "library.file.disk": true}

// Invalid gives the faults of a form's fields, when err is that some answers need another look.
func (s *Site) Invalid(err error) ([]fault.Field, bool) {
	var e *fault.Error
	if errors.As(err, &e) && e.Code == fault.Invalid && len(e.Fields) > 0 {
		return e.Fields, true
	}
	return nil, false
}

// Clash reports whether err is that somebody else saved first.
func (s *Site) Clash(err error) bool {
	var e *fault.Error
	return errors.As(err, &e) && e.Code == fault.Conflict && e.Message.Key == "error.conflict"
}

type failPage struct {
	Page
	Kind      string
	Message   string
	Fields    []string
	Help      string
	Reference string
	SignIn    bool
	Next      string
	Back      string
	Query     string
	Kept      []Field // what was sent, to be sent again after signing in
	Target    string
}

var failSet = Templates(layoutSub("fail"))

// fail says an error on a page of its own.
func (s *Site) fail(w http.ResponseWriter, r *Request, err error) {
	if errors.Is(err, errGone) || (errors.Is(err, context.Canceled) && r.Context().Err() != nil) {
		return
	}
	words := r.Words
	page := failPage{Page: Page{NoIndex: true}, Message: words.Error(err)}
	var p *problem
	var f *fault.Error
	switch {
	case errors.As(err, &p):
		page.Status, page.Kind, page.Message = p.status, p.kind, words.Say(p.message)
		if p.wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(max(1, int((p.wait+time.Second-1)/time.Second))))
		}
	case errors.As(err, &f):
		page.Status, page.Kind = statuses[f.Code], string(f.Code)
		for _, field := range f.Fields {
			page.Fields = append(page.Fields, words.Say(field.Message))
		}
	default:
		page.Status, page.Kind = http.StatusInternalServerError, string(fault.Internal)
	}
	if page.Status == 0 {
		page.Status, page.Kind = http.StatusInternalServerError, string(fault.Internal)
	}
	switch page.Kind {
	case string(fault.Internal):
		ref, e := s.reference()
		if e != nil {
			ref = "0"
		}
		page.Reference = ref
		// What the store itself can tell, such as that the disk is full, helps people of the house; strangers learn nothing
		// of folders.
		if f != nil && f.Message.Key != "error.internal" && r.By.SignedIn() && (f.Message.Args["Path"] == nil || r.By.Officer()) {
			page.Message = words.Say(f.Message)
			if noRoom[f.Message.Key] {
				page.Status = http.StatusInsufficientStorage
			}
		}
		page.Help = words.T("fail.internal.help", "Reference", ref)
		s.Log.Error("page failed", "reference", ref, "method", r.Method, "path", r.URL.Path, "by", r.By.ID, "error", err)
	case string(fault.NotFound):
		page.Help = words.T("fail.notfound.help")
		page.Query = guessQuery(r.URL.Path)
	case string(fault.Denied):
		if r.By.SignedIn() {
			page.Help = words.T("fail.denied.help", "Name", r.By.Name, "Role", words.T("role."+string(r.By.Role)))
		} else if w.Header().Get("WWW-Authenticate") != "" {
			page.Status = http.StatusUnauthorized // a program with a token that lets nobody in
		} else if r.By.Viewer == "" && (f == nil || f.Message.Key != "error.denied.origin") {
			page.SignIn = true
			page.Message = words.T("error.denied.signin")
			if r.Method == http.MethodGet {
				page.Next = r.Here()
			} else {
				page.keep(r)
			}
		}
	}
	if back := r.Back(); r.Method == http.MethodPost && back != "/" {
		page.Back = back
	}
	page.Title = words.T("fail." + page.Kind + ".title")
	page.Crumbs = []Crumb{{Text: page.Title}}
	h := w.Header()
	h.Del("Etag")
	h.Del("Content-Disposition")
	h.Del("Content-Encoding")
	h.Set("Cache-Control", "no-store")
	if e := s.Show(w, r, failSet, "fail.html", &page); e != nil && !errors.Is(e, errGone) {
		s.Log.Error("error page failed", "error", e)
		http.Error(w, page.Title+"\n\n"+page.Message+"\n"+page.Help, page.Status)
	}
}

// mostKept bounds the answers that a page keeps for somebody whose session is over, in bytes.
const mostKept = 200 << 10

// keep puts what was sent into the page, so that nothing that somebody wrote is lost with a session.
func (p *failPage) keep(r *Request) {
	size := 0
	for name, values := range r.PostForm {
		for _, v := range values {
			p.Kept = append(p.Kept, Field{Name: name, Value: v})
			size += len(name) + len(v)
		}
	}
	if size > mostKept {
		p.Kept = nil
	}
	if len(p.Kept) > 0 {
		sort.SliceStable(p.Kept, func(i, j int) bool { return p.Kept[i].Name < p.Kept[j].Name })
		p.Help, p.Target = r.Words.T("fail.denied.answers"), r.URL.RequestURI()
	}
}

// guessQuery makes words to search for out of an address that leads nowhere.
func guessQuery(path string) string {
	last := path[strings.LastIndexByte(strings.TrimRight(path, "/"), '/')+1:]
	last = strings.Trim(strings.NewReplacer("-", " ", "_", " ", "/", " ", ".html", "", ".php", "").Replace(last), " ")
	if len(last) > 80 {
		return ""
	}
	return last
}

// nowhere answers an address that no page has: with its other spelling, with the methods it does have, or with a page
// that helps.
func (s *Site) nowhere(w http.ResponseWriter, hr *http.Request) {
	r := s.request(w, hr)
	if err := r.identify(); err != nil {
		s.fail(w, r, err)
		return
	}
	path := hr.URL.Path
	if hr.Method == http.MethodGet && len(path) > 4 && strings.HasSuffix(path, "/") && s.has(hr, http.MethodGet, strings.TrimRight(path, "/")) {
		to := *hr.URL
		to.Path = strings.TrimRight(path, "/")
		http.Redirect(w, hr, to.RequestURI(), http.StatusMovedPermanently)
		return
	}
	// An address without a language is that of the page in the reader's.
	if hr.Method == http.MethodGet && langOf(path) == "" && s.has(hr, http.MethodGet, "/"+r.Lang+path) {
		to := *hr.URL
		to.Path = "/" + r.Lang + path
		addVary(w.Header(), "Accept-Language")
		addVary(w.Header(), "Cookie")
		http.Redirect(w, hr, to.RequestURI(), http.StatusFound)
		return
	}
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if method != hr.Method && s.has(hr, method, path) {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		s.fail(w, r, &problem{status: http.StatusMethodNotAllowed, kind: "method", message: fault.Say("error.method")})
		return
	}
	s.fail(w, r, fault.New(fault.NotFound, "error.notfound"))
}

// has reports whether there is a route of a method at a path.
func (s *Site) has(r *http.Request, method, path string) bool {
	probe := r.Clone(r.Context())
	probe.Method, probe.URL.Path, probe.URL.RawPath = method, path, ""
	_, pattern := s.mux.Handler(probe)
	return pattern != "" && pattern != "/"
}
