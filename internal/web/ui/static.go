package ui

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
	"sort"
	"strconv"

	"github.com/klauspost/compress/gzip"

	"aircommons/internal/fault"
)

// static is the files of the site, packed beforehand, under addresses that change with their content.
type static struct {
	hash  string
	files map[string]staticFile
}

type staticFile struct {
	kind   string
	plain  []byte
	packed []byte // nil when packing does not make it smaller
}

var kinds = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".json": "application/json"}

func newStatic(assets map[string][]byte) (*static, error) {
	names := make([]string, 0, len(assets))
	for name := range assets {
		names = append(names, name)
	}
	sort.Strings(names)
	st := &static{files: map[string]staticFile{}}
	sum := sha256.New()
	for _, name := range names {
		data := assets[name]
		own := sha256.Sum256(data)
		sum.Write([]byte(name))
		sum.Write(own[:])
		f := staticFile{kind: kinds[path.Ext(name)], plain: data}
		if f.kind == "" {
			f.kind = mime.TypeByExtension(path.Ext(name))
		}
		if f.kind == "" {
			f.kind = "application/octet-stream"
		}
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return nil, err
		}
		if _, err := z.Write(data); err != nil {
			return nil, err
		}
		if err := z.Close(); err != nil {
			return nil, err
		}
		if b.Len() < len(data)*9/10 {
			f.packed = b.Bytes()
		}
		st.files[name] = f
	}
	st.hash = hex.EncodeToString(sum.Sum(nil)[:6])
	return st, nil
}

// path is the address of a file.
func (st *static) path(name string) string { return "/static/" + st.hash + "/" + name }

// serve sends a file. One asked for under an older address, by a page that was open while the program was renewed, is
// the file of today, but not to be kept.
func (st *static) serve(w http.ResponseWriter, r *Request) error {
	f, ok := st.files[r.PathValue("name")]
	if !ok {
		return fault.New(fault.NotFound, "error.notfound")
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "no-cache")
	if r.PathValue("hash") == st.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	addVary(h, "Accept-Encoding")
	body := f.plain
	if f.packed != nil && acceptsGzip(r.Request) {
		h.Set("Content-Encoding", "gzip")
		body = f.packed
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	if _, err := w.Write(body); err != nil {
		return errGone
	}
	return nil
}
