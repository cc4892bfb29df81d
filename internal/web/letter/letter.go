// Package letter shows its desk: issuing, the sheet on paper and as PDF, and the page at which a stranger verifies a code.
package letter

import (
	"embed"
	"net/http"
	"strings"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	desk "aircommons/internal/letter"
	"aircommons/internal/network"
	"aircommons/internal/participation"
	"aircommons/internal/web/ui"
)

//go:embed *.html
var files embed.FS

var pages = ui.Templates(files)

// Deps are what the pages stand on.
type Deps struct {
	DB            *db.DB
	Letters       *desk.Desk
	Activity      *activity.Desk
	Network       *network.Desk
	Account       *account.Desk
	Participation *participation.Desk
	Printer       *Printer // nil: no PDF is made
	Now           func() time.Time
}

type handlers struct {
	*ui.Site
	Deps
	tries *ui.Limiter
}

// Register adds the pages to the site.
func Register(s *ui.Site, d Deps) {
	h := handlers{s, d, ui.NewLimiter(d.Now, 30, time.Minute, 30)}
	s.Raw("/letters/sheet.css", func(w http.ResponseWriter, r *ui.Request) error {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "max-age=3600")
		_, err := w.Write([]byte(sheetStyle))
		return err
	})
	s.Raw("/verify", func(w http.ResponseWriter, r *ui.Request) error {
		http.Redirect(w, r.Request, r.To("/verify"), http.StatusFound)
		return nil
	})
	s.Raw("/verify/{code}", func(w http.ResponseWriter, r *ui.Request) error { // what stands in the QR code
		code := desk.TidyCode(r.PathValue("code"))
		if code == "" {
			code = "unknown"
		}
		http.Redirect(w, r.Request, r.To("/verify/"+code), http.StatusFound)
		return nil
	})
	s.Live("/verify", h.ask)
	s.Live("/verify/{code}", h.verify)
	s.Live("/letters", h.mine)
	s.Live("/letters/{id}", h.letter)
	s.Live("/letters/{id}/sheet", h.sheet)
	s.Live("/letters/{id}/pdf", h.pdf)
	s.Live("/letters/{id}/cancel", h.cancel)
	s.Post("/letters/{id}/cancel", h.cancelled)
	s.Live("/office/letters", h.all)
	s.Live("/office/activities/{id}/letters", h.list)
	s.Live("/office/activities/{id}/letters/zip", h.zip)
	s.Live("/office/activities/{id}/letters/new", h.create)
	s.Post("/office/activities/{id}/letters/new", h.created)
}

type verifyPage struct {
	ui.Page
	Code     string
	Found    bool
	Is       desk.Verified
	Kind     string
	Activity string
	Issued   string
	When     string // of cancellation
	Why      string // nothing was found
}

func (h handlers) verifyPage(r *ui.Request) *verifyPage {
	p := &verifyPage{}
	p.Title, p.Description = r.Words.T("letter.verify.title"), r.Words.T("letter.verify.lede")
	p.Crumbs = []ui.Crumb{{Text: p.Title}}
	p.NoIndex = true
	return p
}

// ask asks for a code; one that was typed leads to its page.
func (h handlers) ask(w http.ResponseWriter, r *ui.Request) error {
	typed := r.URL.Query().Get("code")
	if code := desk.TidyCode(typed); code != "" {
		w.Header().Set("Location", r.To("/verify/"+code))
		w.WriteHeader(http.StatusSeeOther)
		return nil
	}
	p := h.verifyPage(r)
	if strings.TrimSpace(typed) != "" {
		p.Code, p.Why, p.Status = short(typed, 40), r.Words.T("letter.verify.none"), http.StatusNotFound
	}
	return h.Show(w, r, pages, "verify.html", p)
}

func short(s string, most int) string {
	if rs := []rune(s); len(rs) > most {
		return string(rs[:most])
	}
	return s
}

// verify says what a letter with the code is. The number of tries from one address is bounded; a code has 59 bits.
func (h handlers) verify(w http.ResponseWriter, r *ui.Request) error {
	p := h.verifyPage(r)
	if _, ok := h.tries.Allow(r.Address()); !ok {
		p.Why, p.Status = r.Words.T("letter.verify.wait"), http.StatusTooManyRequests
		w.Header().Set("Retry-After", "60")
		return h.Show(w, r, pages, "verify.html", p)
	}
	is, err := h.Letters.Verify(r.Context(), r.PathValue("code"))
	if fault.CodeOf(err) == fault.NotFound {
		p.Code, p.Why, p.Status = short(r.PathValue("code"), 40), r.Words.T("letter.verify.none"), http.StatusNotFound
		return h.Show(w, r, pages, "verify.html", p)
	} else if err != nil {
		return err
	}
	p.Found, p.Is, p.Code = true, is, desk.ShownCode(desk.TidyCode(r.PathValue("code")))
	p.Kind = r.Words.T("letter.kind." + string(is.Kind))
	p.Activity, _ = is.Activity.In(r.Lang)
	p.Issued = day(r, is.Issued)
	if is.Cancelled != nil {
		p.When = day(r, *is.Cancelled)
	}
	p.Title = r.Words.T("letter.verify.holds")
	if is.State == desk.Cancelled {
		p.Title = r.Words.T("letter.verify.not")
	}
	return h.Show(w, r, pages, "verify.html", p)
}

func day(r *ui.Request, s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return r.Words.Date(t)
}

type letterPage struct {
	ui.Page
	Letter  desk.Letter
	Columns []desk.Column
	Kind    string
	Issued  string
	When    string
	Keeps   bool
	PDF     bool
	Facts   []fact
}

// keeps reports whether somebody keeps the activity of a letter.
func (h handlers) keeps(r *ui.Request, l desk.Letter) bool {
	if r.By.Officer() {
		return true
	}
	if l.About != "activity" {
		return false
	}
	a, err := h.Activity.Activity(r.Context(), r.By, l.AboutKey)
	return err == nil && r.By.Runs(a.Programme, a.ID)
}

func (h handlers) crumbs(r *ui.Request, l desk.Letter, keeps bool) []ui.Crumb {
	if !keeps {
		return []ui.Crumb{{Text: r.Words.T("letter.mine"), Path: "/letters"}, {Text: l.Number}}
	}
	name, _ := l.Values["Activity"].In(r.Lang)
	return []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: name, Path: "/activities/" + l.AboutKey},
		{Text: r.Words.T("letter.title"), Path: "/office/activities/" + l.AboutKey + "/letters"}, {Text: l.Number}}
}

// letter is the page of one letter, for its person and for officers.
func (h handlers) letter(w http.ResponseWriter, r *ui.Request) error {
	l, err := h.Letters.Letter(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := &letterPage{Letter: l, Kind: r.Words.T("letter.kind." + string(l.Kind)), Issued: r.Words.Date(l.Issued), Keeps: h.keeps(r, l), PDF: h.Printer != nil}
	for _, lang := range l.Langs {
		p.Columns = append(p.Columns, l.In(h.Catalog.Lang(lang)))
	}
	if !l.Cancelled.IsZero() {
		p.When = r.Words.Date(l.Cancelled)
	}
	for _, name := range desk.Privates {
		if v := l.Private[name]; v != "" {
			p.Facts = append(p.Facts, fact{r.Words.T("letter.private." + name), v, ""})
		}
	}
	p.Title, p.NoIndex = r.Words.T("letter.of", "Kind", p.Kind, "Number", l.Number), true
	p.Crumbs = h.crumbs(r, l, p.Keeps)
	return h.Show(w, r, pages, "letter.html", p)
}

// sheet is the letter on paper.
func (h handlers) sheet(w http.ResponseWriter, r *ui.Request) error {
	l, err := h.Letters.Letter(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	page, err := h.sheetOf(l, false)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Robots-Tag", "noindex")
	_, err = w.Write(page)
	return err
}

// pdf is the letter as a file.
func (h handlers) pdf(w http.ResponseWriter, r *ui.Request) error {
	l, err := h.Letters.Letter(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	file, err := h.printed(r, l)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="`+fileName(l)+`"`)
	_, err = w.Write(file)
	return err
}

func fileName(l desk.Letter) string { return strings.ToLower(l.Number) + "-" + string(l.Kind) + ".pdf" }

func (h handlers) printed(r *ui.Request, l desk.Letter) ([]byte, error) {
	if h.Printer == nil {
		return nil, fault.New(fault.Conflict, "letter.pdf.none")
	}
	page, err := h.sheetOf(l, true)
	if err != nil {
		return nil, err
	}
	return h.Printer.Print(r.Context(), page)
}

type minePage struct {
	ui.Page
	Rows []listRow
}

// mine lists the letters of whoever is signed in.
func (h handlers) mine(w http.ResponseWriter, r *ui.Request) error {
	if err := r.NeedSignIn(); err != nil {
		return err
	}
	all, err := h.Letters.Letters(r.Context(), r.By, desk.Filter{Person: r.By.ID})
	if err != nil {
		return err
	}
	p := &minePage{}
	for _, l := range all {
		p.Rows = append(p.Rows, row(r, l))
	}
	p.Title, p.NoIndex = r.Words.T("letter.mine"), true
	p.Crumbs = []ui.Crumb{{Text: p.Title}}
	return h.Show(w, r, pages, "mine.html", p)
}

type cancelPage struct {
	ui.Page
	Letter desk.Letter
}

func (h handlers) cancelPage(r *ui.Request, err error, l desk.Letter) *cancelPage {
	f := ui.NewForm(r, err)
	f.Text("reason", "letter.reason", "")
	f.Keep("version", l.Version)
	p := &cancelPage{Letter: l}
	p.Form, p.Title, p.NoIndex = f, r.Words.T("letter.cancel.title"), true
	p.Crumbs = append(h.crumbs(r, l, true), ui.Crumb{Text: p.Title})
	p.Crumbs[len(p.Crumbs)-2].Path = "/letters/" + l.ID
	return p
}

func (h handlers) cancel(w http.ResponseWriter, r *ui.Request) error {
	l, err := h.Letters.Letter(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	if !h.keeps(r, l) {
		return r.By.NeedOfficer()
	}
	return h.Show(w, r, pages, "cancel.html", h.cancelPage(r, nil, l))
}

func (h handlers) cancelled(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	err := h.Letters.Cancel(r.Context(), r.By, id, r.Version(), r.Value("reason"))
	if ui.Again(err) {
		l, e := h.Letters.Letter(r.Context(), r.By, id)
		if e != nil {
			return e
		}
		return h.Show(w, r, pages, "cancel.html", h.cancelPage(r, err, l))
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/letters/"+id, r.Words.T("letter.done.cancel"))
}
