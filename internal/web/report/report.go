// Package report is the pages of what remains: feedback, figures, reports and their photos, the summary for funders, the history
// of a city and what a focal point hands over.
package report

import (
	"embed"
	"net/http"
	"time"

	"aircommons/internal/account"
	activitydesk "aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/exchange"
	"aircommons/internal/form"
	"aircommons/internal/library"
	"aircommons/internal/network"
	desk "aircommons/internal/report"
	"aircommons/internal/web/activity"
	webform "aircommons/internal/web/form"
	"aircommons/internal/web/letter"
	"aircommons/internal/web/ui"
)

//go:embed *.html *.tmpl
var files embed.FS

var pages = ui.Templates(files)

// Deps are what the pages show and change.
type Deps struct {
	Report   *desk.Desk
	Activity *activitydesk.Desk
	Account  *account.Desk
	Network  *network.Desk
	Library  *library.Desk
	Form     *form.Desk
	Exchange *exchange.Desk  // nil: no actions in histories
	Printer  *letter.Printer // nil: no PDF
	Catalog  *catalog.Catalog
	Now      func() time.Time
}

type handlers struct {
	*ui.Site
	Deps
}

// Shown is what pages of other desks show of this one.
type Shown struct{ h handlers }

// Register adds the pages to the site.
func Register(s *ui.Site, d Deps) Shown {
	h := handlers{s, d}
	s.Live("/feedback/{link}", h.ask)
	s.Post("/feedback/{link}", h.given)
	s.Live("/feedback/thanks", h.thanks)
	s.Live("/activities/{id}/figures", h.figures)
	s.API("GET", "/activities/{id}/figures", h.apiFigures)
	s.Live("/activities/{id}/figures/{file}", h.figuresFile)
	s.Post("/office/activities/{id}/figures", h.keep)
	s.Live("/office/activities/{id}/feedback", h.feedback)
	s.Post("/office/activities/{id}/feedback", h.feedbackDone)
	s.Live("/office/activities/{id}/feedback/{file}", h.feedbackFile)

	s.Live("/office/activities/{id}/report", h.build)
	s.Post("/office/activities/{id}/report", h.draft)
	s.Live("/office/reports/{id}", h.office)
	s.Post("/office/reports/{id}", h.officeDone)
	s.Live("/office/reports/{id}/sections/{section}", h.section)
	s.Post("/office/reports/{id}/sections/{section}", h.section)
	s.Live("/reports/{id}", h.show)
	s.Live("/reports/{id}/{file}", h.reportFile)
	s.Live("/office/activities/{id}/photos", h.photos)
	s.Upload("/office/activities/{id}/photos", desk.MaxPhoto, h.photoAdded)
	s.Live("/office/photos/{id}", h.photo)
	s.Post("/office/photos/{id}", h.photo)
	s.Raw("/photos/{file}", h.picture)

	s.Live("/cities/{id}/history", h.history)
	s.Live("/office/cities/{id}/handover", h.handover)
	s.Post("/office/cities/{id}/handover", h.handedOver)
	s.Live("/office/summary", h.summary)
	s.Live("/office/summary/{file}", h.summaryFile)
	return Shown{h}
}

func (h handlers) asker() webform.Asker { return webform.Asker{Form: h.Form, Network: h.Network} }

func nameOf(r *ui.Request, a activitydesk.Activity) string {
	if s, _ := a.Names.In(r.Lang); s != "" {
		return s
	}
	return a.ID
}

// crumbs lead to an activity and to a page of it.
func crumbs(r *ui.Request, a activitydesk.Activity, here string, between ...ui.Crumb) []ui.Crumb {
	out := []ui.Crumb{{Text: r.Words.T("nav.programme"), Path: "/programme"}, {Text: nameOf(r, a), Path: "/activities/" + a.ID}}
	return append(append(out, between...), ui.Crumb{Text: here})
}

// officeActions are the pages of this desk for those who run an activity.
func officeActions(r *ui.Request, a activitydesk.Activity, here string) (out []ui.Action) {
	for _, x := range []struct{ word, path string }{{"feedback", "/office/activities/" + a.ID + "/feedback"}, {"figures", "/activities/" + a.ID + "/figures"},
		{"report", "/office/activities/" + a.ID + "/report"}, {"photos", "/office/activities/" + a.ID + "/photos"}} {
		if x.word != here {
			out = append(out, ui.Action{Text: r.Words.T("report.act." + x.word), Path: x.path})
		}
	}
	return out
}

// told reports whether there are public figures of an activity.
func (h handlers) told(r *ui.Request, a activitydesk.Activity) (bool, error) {
	if !desk.Told(a, h.Now()) {
		return false, nil
	}
	f, _, err := h.Report.Figures(r.Context(), r.By, a.ID, false)
	return f.Total > 0 || f.Few, err
}

// Ways adds to the page of an activity what remained of it.
func (s Shown) Ways(r *ui.Request, a activitydesk.Activity, out *activity.Ways) error {
	if f, err := s.h.told(r, a); err != nil {
		return err
	} else if f {
		out.Links = append(out.Links, activity.Link{Path: "/activities/" + a.ID + "/figures", Text: r.Words.T("report.act.figures")})
	}
	public, err := s.h.Report.Public(r.Context(), a.ID)
	if err != nil {
		return err
	}
	if len(public) > 0 && a.State == activitydesk.Published {
		out.Links = append(out.Links, activity.Link{Path: "/reports/" + public[0].ID, Text: r.Words.T("report.act.report")})
	}
	if r.By.Runs(a.Programme, a.ID) {
		out.Actions = append(out.Actions, officeActions(r, a, "")...)
	}
	return nil
}

// send sends a file to save or to show.
func send(w http.ResponseWriter, kind, name string, b []byte) error {
	w.Header().Set("Content-Type", kind)
	if name != "" {
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	}
	w.Header().Set("Cache-Control", "private, no-store")
	_, err := w.Write(b)
	return err
}
