package participation

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strings"

	"aircommons/internal/account"
	"aircommons/internal/form"
	desk "aircommons/internal/participation"
	webform "aircommons/internal/web/form"
	"aircommons/internal/web/ui"
)

type registerPage struct {
	ui.Page
	In      desk.Entrance
	Note    []string
	NoteIn  string
	Opens   string
	Closes  string
	Zones   bool
	Zone    []ui.Option
	Other   string // what can be done where one cannot register
	Group   bool   // delegations can register
	Steps   int    // pages that follow
	Contact string
}

// page is the frame of all pages of registration.
func (h handlers) entrance(r *ui.Request) (*registerPage, error) {
	e, err := h.Participation.Entrance(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	p := &registerPage{In: e, Opens: when(r, e.Activity, e.Window.Opens), Closes: when(r, e.Activity, e.Window.Closes), Group: e.Setup.Delegation > 0}
	p.Title, p.Nav, p.NoIndex = r.Words.T("participation.register.title", "Activity", name(r, e.Activity)), "programme", true
	p.Crumbs = crumbs(r, e.Activity, r.Words.T("participation.register"))
	text, in := e.Setup.Note.In(r.Lang)
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			p.Note = append(p.Note, line)
		}
	}
	if in != r.Lang {
		p.NoteIn = in
	}
	if desk.Runs(r.By, e.Activity) {
		p.Actions = h.actions(r, e.Activity, "")
	}
	if !e.Window.Opens.IsZero() || !e.Window.Closes.IsZero() {
		p.Zones, p.Zone = true, zones(r, e.Activity)
	}
	return p, nil
}

// long reports whether a form is asked in pages that are saved.
func long(f *form.Form) bool {
	return f != nil && (len(f.Pages) > 1 || webform.AsksFiles(*f, ""))
}

func (h handlers) register(w http.ResponseWriter, r *ui.Request) error {
	p, err := h.entrance(r)
	if err != nil {
		return err
	}
	return h.showRegister(w, r, p, desk.Request{Lang: r.Lang}, nil)
}

func (h handlers) showRegister(w http.ResponseWriter, r *ui.Request, p *registerPage, q desk.Request, refused error) error {
	if !p.In.Door.Takes() && !desk.Runs(r.By, p.In.Activity) {
		if r.Method == http.MethodPost {
			p.Status = http.StatusConflict
		}
		return h.Show(w, r, pages, "closed.html", p)
	}
	f := ui.NewForm(r, refused)
	if q.Name == "" && r.By.SignedIn() && !r.By.Device && f.Stored() {
		q.Name, q.Email = r.By.Name, r.By.Email
	}
	if err := h.askPerson(r, f, p.In, q); err != nil {
		return err
	}
	if p.In.Form != nil && !long(p.In.Form) {
		more, err := h.asker().Fields(r, *p.In.Form, "", q.Answers, refused)
		if err != nil {
			return err
		}
		f.Fields = append(f.Fields, more.Fields...)
	} else if p.In.Form != nil {
		p.Steps = len(p.In.Form.Pages)
	}
	key, err := h.key()
	if err != nil {
		return err
	}
	f.Keep("key", key)
	p.Form = f
	return h.Show(w, r, pages, "register.html", p)
}

// askPerson asks who somebody is and whom they come for.
func (h handlers) askPerson(r *ui.Request, f *ui.Form, e desk.Entrance, q desk.Request) error {
	f.Text("name", "participation.form.name", q.Name).Autocomplete("name").Max = 200
	f.Text("email", "participation.form.email", q.Email).Kind("email").Autocomplete("email")
	cities, err := h.cities(r, ui.Option{Label: r.Words.T("participation.form.nocity")})
	if err != nil {
		return err
	}
	f.Select("place", "participation.form.place", q.Place, cities)
	f.Select("country", "participation.form.country", q.Country, append([]ui.Option{{Label: r.Words.T("part.choose")}}, webform.Countries(r.Lang)...)).Opt()
	f.Text("organisation", "participation.form.organisation", q.Organisation).Autocomplete("organization").Opt().Max = 200
	if e.Activity.Mode == "hybrid" || e.Activity.Mode == "" {
		mode := q.Mode
		if mode == "" {
			mode = "onsite"
		}
		f.Radio("mode", "participation.form.mode", mode, f.Options("participation.mode", desk.Modes))
	}
	visible := string(q.Visibility)
	if visible == "" {
		visible = string(account.Nobody)
	}
	f.Radio("visible", "participation.form.visible", visible, f.Options("participation.visible", visibilities()))
	for _, kind := range consents {
		d := f.Check("consent."+kind, "consent."+kind+".text", q.Consents[kind] != "")
		d.Hint = ""
	}
	return nil
}

// consents are what is asked when registering, apart from each other and without a box ticked.
var consents = []string{"photos", "news"}

// readPerson reads the answers of askPerson.
func readPerson(r *ui.Request, activity string) desk.Request {
	given := map[string]string{}
	for _, kind := range consents {
		if r.Yes("consent." + kind) {
			given[kind] = r.Words.T("consent." + kind + ".text")
		}
	}
	return desk.Request{Activity: activity, Consents: given, Key: r.Value("key"), Name: r.Value("name"), Email: r.Value("email"), Lang: r.Lang, Place: r.Value("place"),
		Country: r.Value("country"), Organisation: r.Value("organisation"), Mode: r.Value("mode"), Visibility: account.Visibility(r.Value("visible"))}
}

func (h handlers) key() (string, error) {
	b := make([]byte, 16)
	_, err := rand.Read(b)
	return hex.EncodeToString(b), err
}

func (h handlers) registered(w http.ResponseWriter, r *ui.Request) error {
	p, err := h.entrance(r)
	if err != nil {
		return err
	}
	q := readPerson(r, p.In.Activity.ID)
	if long(p.In.Form) {
		return h.begin(w, r, p, q)
	}
	if p.In.Form != nil {
		if q.Answers, err = h.asker().Read(r, *p.In.Form, ""); err != nil {
			return err
		}
	}
	out, err := h.Participation.Register(r.Context(), r.By, q)
	if err != nil {
		if ui.Again(err) { // also when it closed or filled up meanwhile
			return h.showRegister(w, r, p, q, err)
		}
		return err
	}
	return h.after(w, r, p.In.Activity.ID, out)
}

// after leads on to one's own page. Who has registered before is told nothing here: the letter tells.
func (h handlers) after(w http.ResponseWriter, r *ui.Request, activity string, out desk.Outcome) error {
	if out.Link == "" {
		return h.Redirect(w, r, "/activities/"+activity+"/registered", "")
	}
	return h.Redirect(w, r, "/seats/"+out.Link, "")
}

// received says to look into the mail.
func (h handlers) received(w http.ResponseWriter, r *ui.Request) error {
	p, err := h.entrance(r)
	if err != nil {
		return err
	}
	p.Title = r.Words.T("participation.received.title")
	return h.Show(w, r, pages, "received.html", p)
}
