package ui

import (
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// unchanged gives an anonymous reader's page its entity tag, and answers with 304 when the reader has the page as it
// would be made now. Nothing is read for it. Pages may tell what is next, so the tag holds the hour too.
func (s *Site) unchanged(w http.ResponseWriter, r *Request) bool {
	h := w.Header()
	addVary(h, "Cookie")
	if r.By.SignedIn() || r.By.Viewer != "" {
		return false
	}
	tag := s.tag(r)
	h.Set("Etag", tag)
	h.Set("Cache-Control", "no-cache")
	for _, line := range r.Header.Values("If-None-Match") {
		for _, have := range strings.Split(line, ",") {
			if strings.TrimPrefix(strings.TrimSpace(have), "W/") == strings.TrimPrefix(tag, "W/") {
				w.WriteHeader(http.StatusNotModified)
				return true
			}
		}
	}
	return false
}

// tag is weak, since the packed and the plain form of a page share it.
func (s *Site) tag(r *Request) string {
	f := fnv.New64a()
	// Cookies keep choices of the reader that pages show: colours, time zone. Whichever there are, the tag holds them.
	for _, part := range []string{s.Version, s.salt, r.Lang, r.URL.Path, r.URL.RawQuery, strings.Join(r.Header["Cookie"], ";")} {
		f.Write([]byte(part))
		f.Write([]byte{0})
	}
	var revision uint64
	if s.Revision != nil {
		revision = s.Revision()
	}
	hour := s.Now().Unix() / 3600
	return `W/"` + strconv.FormatUint(revision, 36) + "-" + strconv.FormatInt(hour, 36) + "-" + strconv.FormatUint(f.Sum64(), 36) + `"`
}

// packFrom is the size in bytes from which packing saves a packet.
const packFrom = 1400

var packers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is a valid one
	return z
}}

func sendPacked(w http.ResponseWriter, r *http.Request, status int, body []byte) error {
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Del("Content-Length")
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	z := packers.Get().(*gzip.Writer)
	defer packers.Put(z)
	z.Reset(w)
	_, err := z.Write(body)
	if e := z.Close(); err == nil {
		err = e
	}
	if err != nil {
		return errGone
	}
	return nil
}

// acceptsGzip reads Accept-Encoding, where ";q=0" refuses.
func acceptsGzip(r *http.Request) bool {
	for _, line := range r.Header.Values("Accept-Encoding") {
		for _, offer := range strings.Split(line, ",") {
			name, q, _ := strings.Cut(offer, ";")
			if name = strings.TrimSpace(name); name != "gzip" && name != "*" {
				continue
			}
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}

func addVary(h http.Header, name string) {
	for _, v := range h.Values("Vary") {
		if strings.EqualFold(v, name) {
			return
		}
	}
	h.Add("Vary", name)
}
