// Package day is the pages of the day itself and what follows from it: badges, the door, the check-in page that works without
// a network, devices, lists on paper, groups, attendance and its certificates.
package day

import (
	"crypto/rand"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"time"

	"aircommons/internal/account"
	activitydesk "aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/network"
	desk "aircommons/internal/participation"
	webform "aircommons/internal/web/form"
	"aircommons/internal/web/ui"
)

//go:embed *.html
var files embed.FS

//go:embed sheet
var sheetFiles embed.FS

// Sheets are whole documents without the frame of the site.
var (
	badgeSheet = template.Must(template.New("badge.html").ParseFS(sheetFiles, "sheet/badge.html"))
)

//go:embed static
var staticFiles embed.FS

var pages = ui.Templates(files)

// Deps are what the pages show and change.
type Deps struct {
	Participation *desk.Desk
	Activity      *activitydesk.Desk
	Account       *account.Desk
	Network       *network.Desk
	Catalog       *catalog.Catalog
	Now           func() time.Time
}

type handlers struct {
	*ui.Site
	Deps
}

// Register adds the pages to the site.
func Register(s *ui.Site, d Deps) error {
	own, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return err
	}
	if err := s.Assets(own); err != nil {
		return err
	}
	h := handlers{s, d}
	s.Live("/door/{id}", h.door)
	s.Post("/door/{id}", h.marked)
	s.Live("/door/{id}/walkin", h.walkin)
	s.Post("/door/{id}/walkin", h.walkedIn)
	s.Live("/checkin/{id}", h.checkin)
	s.Post("/checkin/{id}/walkin", h.walkinBy)
	s.Live("/checkin/{id}/list", h.list)
	s.Post("/checkin/{id}/marks", h.marks)
	s.Raw("/checkin/worker.js", h.worker)
	s.Live("/office/activities/{id}/day", h.hub)
	s.Live("/office/activities/{id}/devices", h.devices)
	s.Post("/office/activities/{id}/devices", h.addDevice)
	s.Post("/office/activities/{id}/devices/revoke", h.revokeDevice)
	s.Live("/office/activities/{id}/badges", h.badges)
	s.Post("/office/activities/{id}/badges/sheet", h.sheet)
	s.Post("/office/activities/{id}/badges/renew", h.renew)
	s.Live("/office/activities/{id}/lists", h.lists)
	s.Live("/office/activities/{id}/groups", h.groups)
	s.Post("/office/activities/{id}/groups", h.setGroups)
	s.Live("/office/activities/{id}/attendance", h.attendance)
	s.Post("/office/activities/{id}/attendance", h.setRule)
	s.Live("/office/activities/{id}/attendance/{file}", h.attendanceFile)
	s.Live("/office/activities/{id}/attendance/certificates", h.certificates)
	s.Post("/office/activities/{id}/attendance/certificates", h.certify)
	s.Live("/office/activities/{id}/closing", h.closing)
	s.Post("/office/activities/{id}/closing", h.closed)
	return nil
}

// name is the name of an activity in the reader's language.
func name(r *ui.Request, a activitydesk.Activity) string {
	s, _ := a.Names.In(r.Lang)
	if s == "" {
		return a.ID
	}
	return s
}

// crumbs lead to the day of an activity.
func crumbs(r *ui.Request, a activitydesk.Activity, here string) []ui.Crumb {
	out := []ui.Crumb{{Text: r.Words.T("nav.programme"), Path: "/programme"}, {Text: name(r, a), Path: "/activities/" + a.ID}}
	if desk.Runs(r.By, a) && here != "" {
		out = append(out, ui.Crumb{Text: r.Words.T("day.title"), Path: "/office/activities/" + a.ID + "/day"})
	}
	if here == "" {
		here = r.Words.T("day.title")
	}
	return append(out, ui.Crumb{Text: here})
}

// nonce is a word by which a form that is sent twice is known.
func nonce() (string, error) {
	b := make([]byte, 12)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	return hex.EncodeToString(b), nil
}

// sessionName is what a session is called: "20 September 2027", "Opening, 09:00".
func sessionName(r *ui.Request, s desk.Session) string {
	if s.Day != "" {
		if t, err := time.Parse(time.DateOnly, s.Day); err == nil {
			return r.Words.Date(t)
		}
		return s.Day
	}
	text, _ := s.Names.In(r.Lang)
	if len(s.Starts) >= len("2006-01-02T15:04") {
		if t, err := time.Parse("2006-01-02T15:04", s.Starts[:16]); err == nil {
			text += r.Words.T("day.session.when", "Date", r.Words.Date(t), "Time", t.Format("15:04"))
		}
	}
	return text
}

// person is somebody as lists show them.
type person struct {
	desk.Here
	Name, NameIn         string
	Original, OriginalIn string // in another script; empty where the name is
	From                 string // city, organisation
	RoleText             string
}

func (h handlers) person(r *ui.Request, net *network.Snapshot, x desk.Here) person {
	p := person{Here: x, RoleText: r.Words.T("participation.role." + x.Role)}
	p.Name, p.NameIn = x.Who.NameFor("display", r.Lang)
	if p.NameIn == r.Lang {
		p.NameIn = ""
	}
	if p.Name == "" {
		p.Name = r.Words.T("participation.erased")
	}
	if p.Original, p.OriginalIn = x.Who.Original(); p.Original == p.Name {
		p.Original, p.OriginalIn = "", ""
	}
	p.From = from(r, net, x.Participation)
	return p
}

// from is the city and organisation somebody comes from.
func from(r *ui.Request, net *network.Snapshot, p desk.Participation) string {
	out := ""
	if p.Place != "" {
		out = net.PlaceName(p.Place, r.Lang)
	} else if p.Country != "" {
		out = webform.CountryName(r.Lang, p.Country)
	}
	if p.Organisation != "" && out != "" {
		out += " · "
	}
	return out + p.Organisation
}

// write sends a document that is none of the frame's pages.
func write(w http.ResponseWriter, kind string, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Robots-Tag", "noindex")
	_, err := w.Write(body)
	return err
}

// clock is when something was, on the clock of the activity.
func clock(a activitydesk.Activity, t time.Time) string {
	zone := activitydesk.Zone(a.Zone)
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("15:04")
}
