// Package record shows the office what the check of the whole record finds odd or contested.
package record

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strings"

	"aircommons/internal/activity"
	"aircommons/internal/library"
	"aircommons/internal/network"
	desk "aircommons/internal/record"
	"aircommons/internal/web/ui"
)

//go:embed *.html
var files embed.FS

var pages = ui.Templates(files)

// Deps are the desks that the page asks.
type Deps struct {
	Record   *desk.Desk
	Network  *network.Desk
	Activity *activity.Desk
	Library  *library.Desk
}

type handlers struct {
	*ui.Site
	Deps
}

// Register adds the page to the site. What the check finds changes with the year, so the page is not kept by revision.
func Register(s *ui.Site, d Deps) {
	h := handlers{s, d}
	s.Live("/office/check", h.check)
}

type checkPage struct {
	ui.Page
	Count int
	Rules []rule
}

// rule is what one rule found.
type rule struct {
	ID       string
	Findings []finding
}

type finding struct {
	Text   string
	Things []thing
}

// thing is what a finding is about.
type thing struct {
	Kind, Name string
	Lang       string // of the name, where it is not the page's
	Page, Edit string // addresses; Page is empty where a thing has no page for readers
}

func (h handlers) check(w http.ResponseWriter, r *ui.Request) error {
	found, err := h.Record.Check(r.Context(), r.By)
	if err != nil {
		return err
	}
	title := r.Words.T("record.page.title")
	page := &checkPage{Page: ui.Page{Title: title, NoIndex: true, Crumbs: []ui.Crumb{{Text: r.Words.T("shell.workbench"), Path: "/office"}, {Text: title}}}, Count: len(found)}
	var things map[string]thing
	if len(found) > 0 {
		if things, err = h.things(r.Context(), r); err != nil {
			return err
		}
	}
	for _, f := range found { // by rule already
		if n := len(page.Rules); n == 0 || page.Rules[n-1].ID != f.Rule {
			page.Rules = append(page.Rules, rule{ID: f.Rule})
		}
		x := finding{Text: r.Words.Say(f.Message)}
		for _, where := range strings.Split(f.Where, ", ") {
			if t, ok := things[where]; ok {
				x.Things = append(x.Things, t)
			}
		}
		of := &page.Rules[len(page.Rules)-1]
		of.Findings = append(of.Findings, x)
	}
	return h.Show(w, r, pages, "check.html", page)
}

// things are all things that a finding may be about, by subject and id.
func (h handlers) things(ctx context.Context, r *ui.Request) (map[string]thing, error) {
	out := map[string]thing{}
	add := func(subject, id, name, lang, public, office string) {
		if name == "" {
			name = id
		}
		if lang == r.Lang {
			lang = ""
		}
		key := url.PathEscape(id)
		t := thing{Kind: r.Words.T("network.subject." + subject), Name: name, Lang: lang, Edit: office + key}
		if public != "" {
			t.Page = public + key
		}
		out[subject+"/"+id] = t
	}
	programmes, err := h.Activity.Programmes(ctx, r.By)
	if err != nil {
		return nil, err
	}
	for _, p := range programmes {
		name, lang := p.Names.In(r.Lang)
		add("programme", p.ID, name, lang, "/programme/", "/office/programmes/")
	}
	activities, err := h.Activity.Activities(ctx, r.By)
	if err != nil {
		return nil, err
	}
	for _, a := range activities {
		name, lang := a.Names.In(r.Lang)
		add("activity", a.ID, name, lang, "/activities/", "/office/activities/")
	}
	documents, err := h.Library.Documents(ctx, r.By)
	if err != nil {
		return nil, err
	}
	for _, d := range documents {
		name, lang := d.Names.In(r.Lang)
		add("document", d.ID, name, lang, "/library/", "/office/documents/")
	}
	snap, err := h.Network.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range snap.Organisations() {
		name, lang := o.Names.In(r.Lang)
		add("organisation", o.ID, name, lang, "/organisations/", "/office/organisations/")
	}
	for _, p := range snap.Places() {
		name, lang := p.Names.In(r.Lang)
		public := ""
		if p.Kind == "city" {
			public = "/cities/"
		}
		add("place", p.ID, name, lang, public, "/office/places/")
	}
	for _, t := range snap.Topics() {
		name, lang := t.Labels.In(r.Lang)
		add("topic", t.ID, name, lang, "/topics/", "/office/topics/")
	}
	return out, nil
}
