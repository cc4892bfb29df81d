package letter

import (
	"archive/zip"
	"context"
	"net/http"
	"slices"
	"strings"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	desk "aircommons/internal/letter"
	"aircommons/internal/participation"
	"aircommons/internal/post"
	"aircommons/internal/web/ui"
)

type listRow struct {
	desk.Letter
	KindName string
	When     string
	Gone     string
	About    string
}

func row(r *ui.Request, l desk.Letter) listRow {
	x := listRow{Letter: l, KindName: r.Words.T("letter.kind." + string(l.Kind)), When: r.Words.Date(l.Issued)}
	x.About, _ = l.Values["Activity"].In(r.Lang)
	if !l.Cancelled.IsZero() {
		x.Gone = r.Words.Date(l.Cancelled)
	}
	return x
}

type listPage struct {
	ui.Page
	Rows   []listRow
	ID     string // of the activity; empty: all of them
	PDF    bool
	Abouts []ui.Option
}

// all lists the letters of every activity, and leads to where they are issued.
func (h handlers) all(w http.ResponseWriter, r *ui.Request) error {
	if id := r.URL.Query().Get("activity"); id != "" && db.IsSlug(id) {
		w.Header().Set("Location", r.To("/office/activities/"+id+"/letters"))
		w.WriteHeader(http.StatusSeeOther)
		return nil
	}
	if !r.By.RunsAny() {
		return r.By.NeedOfficer()
	}
	p := &listPage{PDF: true}
	as, err := h.Activity.Activities(r.Context(), r.By)
	if err != nil {
		return err
	}
	for _, a := range slices.Backward(as) {
		if r.By.Runs(a.Programme, a.ID) {
			name, in := a.Names.In(r.Lang)
			p.Abouts = append(p.Abouts, ui.Option{Value: a.ID, Label: name, Lang: in})
		}
	}
	if r.By.Officer() {
		ls, err := h.Letters.Letters(r.Context(), r.By, desk.Filter{})
		if err != nil {
			return err
		}
		for _, l := range ls {
			p.Rows = append(p.Rows, row(r, l))
		}
	}
	p.Title, p.NoIndex = r.Words.T("letter.title"), true
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: p.Title}}
	return h.Show(w, r, pages, "list.html", p)
}

// of finds the activity of the address, for those who keep it.
func (h handlers) of(r *ui.Request) (activity.Activity, error) {
	a, err := h.Activity.Activity(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return a, err
	}
	return a, r.By.NeedRuns(a.Programme, a.ID)
}

func (h handlers) officeCrumbs(r *ui.Request, a activity.Activity, more ...ui.Crumb) []ui.Crumb {
	name, _ := a.Names.In(r.Lang)
	return append([]ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: name, Path: "/activities/" + a.ID}}, more...)
}

// list shows the letters of an activity.
func (h handlers) list(w http.ResponseWriter, r *ui.Request) error {
	a, err := h.of(r)
	if err != nil {
		return err
	}
	all, err := h.Letters.Letters(r.Context(), r.By, desk.Filter{About: "activity", AboutKey: a.ID})
	if err != nil {
		return err
	}
	name, _ := a.Names.In(r.Lang)
	p := &listPage{ID: a.ID, PDF: h.Printer != nil}
	for _, l := range all {
		p.Rows = append(p.Rows, row(r, l))
	}
	p.Title, p.NoIndex = r.Words.T("letter.title.of", "Name", name), true
	p.Crumbs = h.officeCrumbs(r, a, ui.Crumb{Text: r.Words.T("letter.title")})
	p.Actions = []ui.Action{{Text: r.Words.T("letter.new"), Path: "/office/activities/" + a.ID + "/letters/new"}}
	return h.Show(w, r, pages, "list.html", p)
}

// zip sends the letters of an activity that hold, as PDF. A letter that cannot be printed ends the archive with its reason in a text.
func (h handlers) zip(w http.ResponseWriter, r *ui.Request) error {
	a, err := h.of(r)
	if err != nil {
		return err
	}
	if h.Printer == nil {
		return fault.New(fault.Conflict, "letter.pdf.none")
	}
	all, err := h.Letters.Letters(r.Context(), r.By, desk.Filter{About: "activity", AboutKey: a.ID, State: desk.Issued})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fault.New(fault.NotFound, "letter.none")
	}
	first, err := h.printed(r, all[0]) // before anything is sent, so that a failure is a page
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+a.ID+`-letters.zip"`)
	z := zip.NewWriter(w)
	for i, l := range all {
		file := first
		if i > 0 {
			if file, err = h.printed(r, l); err != nil {
				h.Log.Error("print a letter", "letter", l.ID, "error", err)
				return http.ErrAbortHandler // the archive is broken off, and seen to be
			}
		}
		part, err := z.Create(fileName(l))
		if err != nil {
			return err
		}
		if _, err := part.Write(file); err != nil {
			return err
		}
	}
	return z.Close()
}

// candidate is somebody to whom a letter can be issued.
type candidate struct {
	ID           string // of the participation
	Person       account.Person
	Participated participation.Participation
	Private      map[string]string
	Passport     string // name as in the passport, as the person answered
}

// people are those who have a seat, by name.
func (h handlers) people(ctx context.Context, activityID string) (out []candidate, err error) {
	if h.DB == nil {
		return nil, nil
	}
	err = h.DB.Read(ctx, func(tx *db.Tx) error {
		out = nil
		ps, err := participation.List(ctx, tx, activityID)
		if err != nil {
			return err
		}
		for _, p := range ps {
			if p.Person == "" || !slices.Contains([]participation.State{participation.Invited, participation.Offered, participation.Confirmed, participation.Present}, p.State) {
				continue
			}
			person, err := account.PersonByID(ctx, tx, p.Person)
			if fault.CodeOf(err) == fault.NotFound || (err == nil && !person.Erased.IsZero()) {
				continue
			} else if err != nil {
				return err
			}
			private, name, err := passport(ctx, tx, p.ID)
			if err != nil {
				return err
			}
			out = append(out, candidate{p.ID, person, p, private, name})
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b candidate) int { return strings.Compare(a.Person.Name, b.Person.Name) })
	return out, err
}

// names are the name of the passport and that of the original script.
func names(p account.Person) (passport, original, lang string) {
	for _, n := range p.Names {
		if n.Use == "passport" && passport == "" {
			passport = n.Text
		}
	}
	for _, n := range p.Names {
		if n.Text != passport && n.Script != "Latn" && n.Script != "" && original == "" {
			original, lang = n.Text, n.Lang
		}
		if passport == "" && n.Script == "Latn" {
			passport = n.Text
		}
	}
	if passport == "" {
		passport = p.Name
	}
	if original == passport {
		original = ""
	}
	if lang == "" {
		lang = p.Language
	}
	return passport, original, lang
}

type newPage struct {
	ui.Page
	Plan    *plan
	Sent    []pair // what the form said, for the button that issues
	Missing []string
}

type pair struct{ Name, Value string }

type plan struct {
	Rows  []listRow
	There int
	Count int
	Bare  int // invitations for a visa that would have no number of a passport
}

func (h handlers) newPage(r *ui.Request, a activity.Activity, err error, people []candidate) *newPage {
	p := &newPage{}
	f := ui.NewForm(r, err)
	var kinds, langs, second, who []ui.Option
	for _, k := range desk.Kinds {
		kinds = append(kinds, ui.Option{Value: string(k), Label: r.Words.T("letter.kind." + string(k))})
	}
	second = append(second, ui.Option{Label: r.Words.T("letter.ask.second.none")})
	for _, l := range catalog.Languages {
		o := ui.Option{Value: l.Tag, Label: l.Name, Lang: l.Tag}
		langs, second = append(langs, o), append(second, o)
	}
	for _, c := range people {
		name, original, _ := names(c.Person)
		if original != "" {
			name += " · " + original
		}
		who = append(who, ui.Option{Value: c.ID, Label: name, Hint: c.Participated.Organisation})
	}
	f.Radio("kind", "letter.ask.kind", r.URL.Query().Get("kind"), kinds)
	f.Select("lang", "letter.ask.lang", r.Lang, langs)
	f.Select("second", "letter.ask.second", "", second).Opt()
	if len(who) > 0 {
		f.Checks("people", "letter.ask.people", r.URL.Query()["people"], who).Opt()
	}
	if len(who) > 0 {
		f.Check("tell", "letter.ask.tell", f.Stored())
	}
	f.Text("name", "letter.ask.name", "").Opt()
	f.Text("original", "letter.ask.original", "").Opt()
	f.Select("originallang", "letter.ask.originallang", r.Lang, langs).Opt()
	for _, name := range desk.Privates {
		f.Text(name, "letter.private."+name, "").Opt().With(r.Words.T("letter.class"))
	}
	f.Texts("signer", "letter.ask.signer", nil).Opt()
	f.Texts("signertitle", "letter.ask.signertitle", nil).Opt()
	f.Areas("texts", "letter.ask.texts", nil).Opt()
	p.Form, p.NoIndex, p.Title = f, true, r.Words.T("letter.new")
	p.Crumbs = h.officeCrumbs(r, a, ui.Crumb{Text: r.Words.T("letter.title"), Path: "/office/activities/" + a.ID + "/letters"}, ui.Crumb{Text: p.Title})
	return p
}

// create asks what is issued to whom.
func (h handlers) create(w http.ResponseWriter, r *ui.Request) error {
	a, err := h.of(r)
	if err != nil {
		return err
	}
	people, err := h.people(r.Context(), a.ID)
	if err != nil {
		return err
	}
	return h.Show(w, r, pages, "new.html", h.newPage(r, a, nil, people))
}

// asked makes the letters that the form asks for.
func (h handlers) asked(r *ui.Request, a activity.Activity, people []candidate) (out []desk.Letter, err error) {
	base := desk.Letter{Kind: desk.Kind(r.Value("kind")), About: "activity", AboutKey: a.ID, Langs: []string{r.Value("lang")}, Texts: r.Texts("texts"),
		Signer: desk.Signer{Names: r.Texts("signer"), Titles: r.Texts("signertitle")}}
	if s := r.Value("second"); s != "" {
		base.Langs = append(base.Langs, s)
	}
	var f fault.Form
	if !slices.Contains(desk.Kinds, base.Kind) {
		f.Add("kind", "letter.form.kind")
	}
	snap, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return nil, err
	}
	values := func() map[string]db.Text {
		return map[string]db.Text{"Activity": {}, "Dates": {}, "Place": {}, "Network": {}}
	}
	shared := values()
	for _, lang := range base.Langs {
		if !catalog.Known(lang) {
			continue
		}
		said := map[string]string{}
		if err := h.DB.Read(r.Context(), func(tx *db.Tx) error {
			said, err = activity.Said(r.Context(), tx, h.Catalog.Lang(lang), "activity", a.ID)
			return err
		}); err != nil {
			return nil, err
		}
		if o, ok := snap.Host(); ok {
			said["Network"], _ = o.Names.In(lang)
		} else {
			said["Network"] = "Aircommons"
		}
		for name, v := range said {
			shared[name][lang] = v
		}
	}
	for _, role := range a.Roles {
		if o, ok := snap.Organisation(role.Organisation); ok {
			base.Issuers = append(base.Issuers, desk.Issuer{Names: o.Names, Role: role.Role})
		}
	}
	if len(base.Issuers) == 0 {
		if o, ok := snap.Host(); ok {
			base.Issuers = []desk.Issuer{{Names: o.Names}}
		}
	}
	if a.Period.Known() && !a.Period.Open() {
		base.Ends = a.Period.Last()
	}
	of := func(c participation.Participation) map[string]db.Text {
		v := values()
		for name, t := range shared {
			v[name] = t
		}
		if c.Organisation != "" {
			v["Organisation"] = db.Text{base.Langs[0]: c.Organisation}
		}
		if c.Place != "" {
			if p, ok := snap.Place(c.Place); ok {
				v["City"] = p.Names
			}
		}
		return v
	}
	for _, c := range people {
		if !slices.Contains(r.PostForm["people"], c.ID) {
			continue
		}
		l := base
		l.Key, l.Person, l.Values = string(base.Kind)+":"+c.ID, c.Person.ID, of(c.Participated)
		if l.Name, l.Original, l.OriginalLang = names(c.Person); c.Passport != "" {
			l.Name = c.Passport
		}
		if l.Kind == desk.Visa { // the other kinds do without
			l.Private = c.Private
		}
		out = append(out, l)
	}
	if name := r.Value("name"); name != "" || r.Value("original") != "" {
		l := base
		l.Name, l.Original, l.OriginalLang, l.Values = name, r.Value("original"), r.Value("originallang"), of(participation.Participation{})
		l.Private = map[string]string{}
		for _, p := range desk.Privates {
			l.Private[p] = r.Value(p)
		}
		if once := r.Value("once"); once != "" {
			l.Key = "once:" + once
		}
		out = append(out, l)
	}
	if len(out) == 0 {
		f.Add("name", "letter.form.people")
	}
	return out, f.Err()
}

// telling writes to the person of each letter that it is ready, when the form asks for that. Once for a letter.
func (h handlers) telling(r *ui.Request, people []candidate) func(context.Context, *db.Tx, desk.Letter) error {
	return func(ctx context.Context, tx *db.Tx, l desk.Letter) error {
		i := slices.IndexFunc(people, func(c candidate) bool { return l.Person != "" && c.Person.ID == l.Person })
		if !r.Yes("tell") || i < 0 || people[i].Person.Email == "" {
			return nil
		}
		p := people[i].Person
		_, err := post.Add(ctx, tx, post.Letter{Key: desk.Subject + "/" + l.ID, To: p.Email, ToName: p.Name, Lang: p.Language, Person: p.ID, Template: "letter.issued", About: l.About, AboutKey: l.AboutKey,
			Values: map[string]string{"Letter": h.Catalog.Lang(p.Language).T("letter.kind." + string(l.Kind)), "Number": l.Number, "Link": h.Absolute("/" + p.Language + "/letters/" + l.ID)}})
		return err
	}
}

// created looks at what will be issued first, and issues when that was confirmed.
func (h handlers) created(w http.ResponseWriter, r *ui.Request) error {
	a, err := h.of(r)
	if err != nil {
		return err
	}
	people, err := h.people(r.Context(), a.ID)
	if err != nil {
		return err
	}
	ls, err := h.asked(r, a, people)
	if err == nil && r.Value("do") == "change" {
		return h.Show(w, r, pages, "new.html", h.newPage(r, a, nil, people))
	}
	if err == nil && r.Value("do") == "issue" {
		var made []desk.Letter
		if made, err = h.Letters.IssueAll(r.Context(), r.By, ls, h.telling(r, people)); err == nil {
			return h.Redirect(w, r, "/office/activities/"+a.ID+"/letters", r.Words.N("letter.done.issue", len(made)))
		}
	}
	var there []desk.Letter
	if err == nil {
		there, err = h.Letters.Letters(r.Context(), r.By, desk.Filter{About: "activity", AboutKey: a.ID})
	}
	pl := &plan{}
	for _, l := range ls {
		if err != nil {
			break
		}
		if slices.ContainsFunc(there, func(x desk.Letter) bool { return x.Key == l.Key }) {
			pl.There++
			continue
		}
		var checked desk.Letter
		if checked, err = h.Letters.Check(r.Context(), r.By, l); err == nil {
			pl.Rows = append(pl.Rows, row(r, checked))
			pl.Count++
			if l.Kind == desk.Visa && l.Private[desk.Passport] == "" {
				pl.Bare++
			}
		}
	}
	if ui.Again(err) {
		return h.Show(w, r, pages, "new.html", h.newPage(r, a, err, people))
	} else if err != nil {
		return err
	}
	p := &newPage{Plan: pl}
	for name, vs := range r.PostForm {
		if name == "do" || name == "once" {
			continue
		}
		for _, v := range vs {
			p.Sent = append(p.Sent, pair{name, v})
		}
	}
	slices.SortStableFunc(p.Sent, func(a, b pair) int { return strings.Compare(a.Name, b.Name) })
	once, err := desk.Once()
	if err != nil {
		return err
	}
	p.Sent = append(p.Sent, pair{"once", once})
	p.Title, p.NoIndex = r.Words.T("letter.plan.title"), true
	p.Crumbs = h.officeCrumbs(r, a, ui.Crumb{Text: r.Words.T("letter.title"), Path: "/office/activities/" + a.ID + "/letters"}, ui.Crumb{Text: p.Title})
	return h.Show(w, r, pages, "plan.html", p)
}
