package library

import (
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"

	"aircommons/internal/fault"
	desk "aircommons/internal/library"
	"aircommons/internal/network"
	"aircommons/internal/web/ui"
)

// hidden reports whether a thing is not there for this reader.
func hidden(err error) bool { return fault.CodeOf(err) == fault.NotFound }

type documentPage struct {
	ui.Page
	Document  desk.Document
	Current   []fileRow
	Older     []fileRow
	Withdrawn []fileRow // for officers
	About     subjectLink
	Publisher *organisation
	With      []organisation // contributors
	Issued    string
	Licence   string
	Facts     []network.Fact // what sources say, where there is more than one
	Contested bool
	Officer   bool
}

type subjectLink struct{ Name, Path string }

type organisation struct{ Name, Path string }

// fileRow is a file as the page shows it.
type fileRow struct {
	desk.DocumentFile
	Language string
	Format   string // "PDF"
	Path     string // of the download, without language
}

func rowOf(r *ui.Request, f desk.DocumentFile) fileRow {
	return fileRow{f, r.Words.T("library.lang." + f.Lang), strings.ToUpper(strings.TrimPrefix(path.Ext(f.Name), ".")), filePath(f)}
}

// filePath is the address of a file.
func filePath(f desk.DocumentFile) string { return "/files/" + f.ID + "/" + url.PathEscape(f.Name) }

func rows(r *ui.Request, fs []desk.DocumentFile) (out []fileRow) {
	for _, f := range fs {
		out = append(out, rowOf(r, f))
	}
	return out
}

func (h handlers) show(w http.ResponseWriter, r *ui.Request) error {
	ctx := r.Context()
	d, err := h.Library.Document(ctx, r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	snap, err := h.Network.Snapshot(ctx)
	if err != nil {
		return err
	}
	about, err := h.about(ctx, r, d)
	if err != nil {
		return err
	}
	p := &documentPage{Document: d, Current: rows(r, d.Current()), Older: rows(r, d.Older()), About: subjectLink{about.name, about.path}, Officer: r.By.Officer()}
	for _, f := range d.Files {
		if f.Withdrawn {
			p.Withdrawn = append(p.Withdrawn, rowOf(r, f))
		}
	}
	named := func(id string) organisation {
		o := organisation{Name: snap.OrganisationName(id, r.Lang)}
		if known, ok := snap.Organisation(id); ok && !known.Withdrawn {
			o.Path = "/organisations/" + id
		}
		return o
	}
	if d.Publisher != "" {
		o := named(d.Publisher)
		p.Publisher = &o
	}
	for _, id := range d.Contributors {
		p.With = append(p.With, named(id))
	}
	if d.Issued.Known() {
		p.Issued = period(r.Words, d.Issued)
	}
	p.Licence = r.Words.T("library.licence." + licenceKey(d.Licence))
	for _, f := range snap.Facts(desk.Subject, d.ID) {
		if f.Field == network.PeriodField {
			f = f.Against(d.Issued.String(), d.Printed)
		}
		if len(f.Claims) > 1 || f.Contested() { // one source that says what the record says is no news
			p.Facts = append(p.Facts, f)
			p.Contested = p.Contested || f.Contested()
		}
	}
	name, _ := d.Names.In(r.Lang)
	p.Title, p.Nav = name, "library"
	p.Description, _ = d.Summary.In(r.Lang)
	if p.Description == "" {
		p.Description = r.Words.T("library.kind."+d.Kind) + ": " + name
	}
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("nav.library"), Path: "/library"}, {Text: name}}
	p.JSONLD = h.schema(r, p)
	if d.State != desk.Published {
		p.NoIndex = true
	}
	if p.Officer {
		p.Actions = actions(r, d)
	}
	return h.Show(w, r, pages, "document.html", p)
}

func licenceKey(l string) string {
	if l == "" {
		return "unstated"
	}
	return l
}

// Addresses of licences, for readers and search engines.
var licenceURLs = map[string]string{
	"CC-BY-4.0":       "https://creativecommons.org/licenses/by/4.0/",
	"CC-BY-SA-4.0":    "https://creativecommons.org/licenses/by-sa/4.0/",
	"CC-BY-NC-4.0":    "https://creativecommons.org/licenses/by-nc/4.0/",
	"CC-BY-NC-SA-4.0": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
	"CC-BY-ND-4.0":    "https://creativecommons.org/licenses/by-nd/4.0/",
	"CC0-1.0":         "https://creativecommons.org/publicdomain/zero/1.0/",
	"ODbL-1.0":        "https://opendatacommons.org/licenses/odbl/1-0/",
}

// LicenceURL is where the licence can be read, empty where it has no address.
func (p *documentPage) LicenceURL() string { return licenceURLs[p.Document.Licence] }

// Taken counts the downloads of all files.
func (p *documentPage) Taken() int { return int(p.Document.Downloads()) }

type schemaFile struct {
	Type     string `json:"@type"`
	URL      string `json:"contentUrl"`
	Format   string `json:"encodingFormat"`
	Language string `json:"inLanguage,omitempty"`
	Size     int64  `json:"contentSize"`
}

type schemaName struct {
	Type string `json:"@type"`
	Name string `json:"name"`
}

type schemaWork struct {
	Context   string       `json:"@context"`
	Type      string       `json:"@type"`
	Name      string       `json:"name"`
	Abstract  string       `json:"abstract,omitempty"`
	Published string       `json:"datePublished,omitempty"`
	Publisher *schemaName  `json:"publisher,omitempty"`
	PartOf    *schemaName  `json:"isPartOf,omitempty"`
	Licence   string       `json:"license,omitempty"`
	Files     []schemaFile `json:"encoding,omitempty"`
}

func (h handlers) schema(r *ui.Request, p *documentPage) schemaWork {
	d := p.Document
	s := schemaWork{Context: "https://schema.org", Type: "CreativeWork", Name: p.Title, Licence: p.LicenceURL()}
	switch d.Kind {
	case "report", "summary":
		s.Type = "Report"
	case "dataset":
		s.Type = "Dataset"
	case "presentation":
		s.Type = "PresentationDigitalDocument"
	}
	s.Abstract, _ = d.Summary.In(r.Lang)
	if d.Issued.Known() {
		s.Published = d.Issued.From
	}
	if p.Publisher != nil {
		s.Publisher = &schemaName{"Organization", p.Publisher.Name}
	}
	if d.Container != "" {
		s.PartOf = &schemaName{"Periodical", d.Container}
	}
	for _, f := range p.Current {
		x := schemaFile{"MediaObject", h.Absolute(f.Path), f.MediaType, f.Lang, f.Size}
		if f.Lang == "mul" || f.Lang == "zxx" {
			x.Language = ""
		}
		s.Files = append(s.Files, x)
	}
	return s
}

// file sends a file. It is saved and never shown, so that nothing in it runs within the site.
func (h handlers) file(w http.ResponseWriter, r *ui.Request) error {
	taking := desk.Taking{Method: r.Method, Range: r.Header.Get("Range"), UserAgent: r.UserAgent()}
	id := r.PathValue("id")
	known, err := h.Library.File(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	if r.PathValue("name") != known.Name {
		http.Redirect(w, r.Request, filePath(known), http.StatusMovedPermanently)
		return nil
	}
	tag := `"` + known.SHA256 + `"`
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		taking.Method = http.MethodHead // the reader has it: nothing is sent, nothing is counted
	}
	f, content, err := h.Library.Download(r.Context(), r.By, id, taking)
	if err != nil {
		return err
	}
	defer content.Close()
	head := w.Header()
	head.Set("Content-Type", f.MediaType)
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	head.Set("Etag", tag)
	if !r.By.SignedIn() {
		head.Set("Cache-Control", "no-cache") // a withdrawn file must not live on
	}
	http.ServeContent(w, r.Request, "", f.UploadedAt, content)
	return nil
}
