package ui

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"reflect"
	"regexp"
	"strconv"
	"sync"
	"text/template/parse"

	"aircommons/chart"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

//go:embed layout
var layoutFiles embed.FS

//go:embed static
var staticFiles embed.FS

// layoutSub is a folder of the frame's own pages.
func layoutSub(folder string) fs.FS {
	sub, err := fs.Sub(layoutFiles, "layout/"+folder)
	if err != nil {
		panic(err) // the name is a constant of this package
	}
	return sub
}

// Set is the templates of a desk, made ready once for each language. A file is shown by its name: "city.html".
// They may use {{template "field" .}} and the others of forms.html.
type Set struct {
	fsys fs.FS
	mu   sync.RWMutex
	made map[string]*template.Template // by language
}

// Templates are the *.html files of a folder, usually embedded beside their handlers.
func Templates(fsys fs.FS) *Set { return &Set{fsys: fsys, made: map[string]*template.Template{}} }

// in gives the templates of a language, made when first asked for.
func (t *Set) in(w *catalog.Words) (*template.Template, error) {
	t.mu.RLock()
	made := t.made[w.Tag()]
	t.mu.RUnlock()
	if made != nil {
		return made, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if made := t.made[w.Tag()]; made != nil {
		return made, nil
	}
	made = template.New("").Funcs(functions(w))
	if err := parseAll(made, layoutFiles, "layout/*.html", w); err != nil {
		return nil, err
	}
	if err := parseAll(made, t.fsys, "*.html", w); err != nil {
		return nil, err
	}
	t.made[w.Tag()] = made
	return made, nil
}

// Compile makes the set ready in all languages, and reports the first fault: a text that no catalog has, a template
// that is not there. Tests of pages call it.
func (t *Set) Compile(c *catalog.Catalog) error {
	for _, l := range catalog.Languages {
		made, err := t.in(c.Lang(l.Tag))
		if err != nil {
			return err
		}
		for _, page := range made.Templates() {
			if page.Tree == nil || parse.IsEmptyTree(page.Tree.Root) {
				continue
			}
			// Escaping happens at first use; looking a template up for a missing one does not wait for it.
			if err := checkCalls(made, page.Tree.Root); err != nil {
				return fmt.Errorf("%s: %w", page.Name(), err)
			}
		}
	}
	return nil
}

func checkCalls(set *template.Template, n parse.Node) error {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return nil
		}
		for _, c := range n.Nodes {
			if err := checkCalls(set, c); err != nil {
				return err
			}
		}
	case *parse.IfNode:
		return firstError(checkCalls(set, n.List), checkCalls(set, n.ElseList))
	case *parse.RangeNode:
		return firstError(checkCalls(set, n.List), checkCalls(set, n.ElseList))
	case *parse.WithNode:
		return firstError(checkCalls(set, n.List), checkCalls(set, n.ElseList))
	case *parse.TemplateNode:
		if set.Lookup(n.Name) == nil {
			return fmt.Errorf("no template %q", n.Name)
		}
	}
	return nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func parseAll(into *template.Template, fsys fs.FS, pattern string, w *catalog.Words) error {
	names, err := fs.Glob(fsys, pattern)
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		text, err := fillIn(string(data), w)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		base := path.Base(name)
		if into.Lookup(base) != nil {
			return fmt.Errorf("%s: the frame has a template of that name", name)
		}
		if _, err := into.New(base).Parse(text); err != nil {
			return err
		}
	}
	return nil
}

// fixed is a text with nothing to fill: {{t "key"}}, or {{h "key"}} for one with markup of its own.
var fixed = regexp.MustCompile(`\{\{\s*([th])\s+"([^"]+)"\s*\}\}`)

// fixedPath is an address that is the same on every page of a language: {{to "/cities"}}.
var fixedPath = regexp.MustCompile(`\{\{\s*to\s+"(/[a-z/-]*)"\s*\}\}`)

// fillIn puts the fixed texts and addresses of a language into a template before it is parsed.
func fillIn(text string, w *catalog.Words) (string, error) {
	var err error
	text = fixedPath.ReplaceAllString(text, "/"+w.Tag()+"$1")
	out := fixed.ReplaceAllStringFunc(text, func(m string) string {
		part := fixed.FindStringSubmatch(m)
		plain, ok := w.Plain(part[2])
		if !ok {
			if err == nil && w.Has(part[2]) {
				err = fmt.Errorf("the text %q has places to fill", part[2])
			} else if err == nil {
				err = fmt.Errorf("no catalog has %q", part[2])
			}
			return m
		}
		if part[1] == "h" {
			return plain
		}
		return template.HTMLEscapeString(plain)
	})
	return out, err
}

// functions are what templates can call besides the methods of their page.
func functions(w *catalog.Words) template.FuncMap {
	lang := w.Tag()
	return template.FuncMap{
		"t":      w.T,     // {{t "key" "Name" .Name}}
		"h":      w.H,     // with markup of its own
		"n":      w.N,     // {{n "key" .Count}}
		"say":    w.Say,   // a fault.Message
		"err":    w.Error, // an error
		"to":     func(path string) string { return "/" + lang + path },
		"name":   func(t db.Text) template.HTML { return name(t, lang) },
		"text":   func(t db.Text) string { s, _ := t.In(lang); return s },
		"marked": func(t db.Text) template.HTML { return marked(t, w) }, // name, with its language told in sight where it is not the reader's
		"tongue": func(text string) template.HTML { return Tongue(text, lang) },
		"cited":  func(text string) template.HTML { return TongueBy(text, lang, chart.Rich) }, // with lowered digits
		"date":   w.Date,
		"int":    func(n any) string { return intOf(w, n) },
		"num":    w.Number, // {{num .Value 1}}
		"size":   w.Bytes,
		"add":    func(a, b int) int { return a + b },
		"list":   func(v ...any) []any { return v },
		"msg":    func(key string, pairs ...any) fault.Message { return fault.Say(key, pairs...) },
	}
}

// marked is name, and tells in sight which language the text is in where it is not the reader's.
func marked(t db.Text, w *catalog.Words) template.HTML {
	out := name(t, w.Tag())
	if _, in := t.In(w.Tag()); in != w.Tag() && w.Has("form.in."+in) && out != "" {
		out += template.HTML(` <small class="note">` + template.HTMLEscapeString(w.T("form.in."+in)) + `</small>`)
	}
	return out
}

func intOf(w *catalog.Words, n any) string {
	switch n := n.(type) {
	case int:
		return w.Int(n)
	case int64:
		return w.Int(int(n))
	case int32:
		return w.Int(int(n))
	}
	return fmt.Sprint(n)
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// keepBuffer is the largest buffer that is kept for the next page, in bytes.
const keepBuffer = 1 << 20

// Show writes a page: the template of that name within the frame. page is a struct, or a pointer to one, that embeds
// Page. Nothing is sent before the whole page is made, so that an error becomes an error page and not half a page.
func (s *Site) Show(w http.ResponseWriter, r *Request, set *Set, name string, page any) error {
	p, ok := page.(pager)
	if !ok {
		v := reflect.New(reflect.TypeOf(page))
		v.Elem().Set(reflect.ValueOf(page))
		if p, ok = v.Interface().(pager); !ok {
			return fmt.Errorf("ui: %T does not embed ui.Page", page)
		}
	}
	base := p.page()
	base.r = r
	if base.Status == 0 {
		base.Status = http.StatusOK
		if base.Form != nil && base.Form.status != 0 {
			base.Status = base.Form.status
		}
	}
	made, err := set.in(r.Words)
	if err != nil {
		return err
	}
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer func() {
		if b.Cap() <= keepBuffer {
			buffers.Put(b)
		}
	}()
	frame := s.layout[r.Lang]
	if err := frame.top(b, base); err != nil {
		return err
	}
	if err := made.ExecuteTemplate(b, name, p); err != nil {
		return err
	}
	frame.bottom(b, base)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", r.Lang)
	if base.Status != http.StatusOK {
		h.Del("Etag")
		h.Set("Cache-Control", "no-store")
	}
	if base.NoIndex {
		h.Set("X-Robots-Tag", "noindex")
	}
	return send(w, r.Request, base.Status, b.Bytes())
}

// send writes a body, packed when the client takes that and it is worth it.
func send(w http.ResponseWriter, r *http.Request, status int, body []byte) error {
	h := w.Header()
	addVary(h, "Accept-Encoding")
	if len(body) >= packFrom && acceptsGzip(r) {
		return sendPacked(w, r, status, body)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	if _, err := w.Write(body); err != nil {
		return errGone
	}
	return nil
}
