package activity

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	desk "aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/web/ui"
)

// zoneCookie keeps the second clock that a reader has chosen. Its value is a part of the entity tag of every page.
const zoneCookie = "zone"

// readerZone is the reader's own zone, from the address or as chosen before; nil for none.
func readerZone(r *ui.Request) *time.Location {
	if q := r.URL.Query(); q.Has("zone") {
		return desk.Zone(q.Get("zone"))
	}
	if c, err := r.Cookie(zoneCookie); err == nil {
		if name, err := url.QueryUnescape(c.Value); err == nil {
			return desk.Zone(name)
		}
	}
	return nil
}

func zoneOptions(w *catalog.Words, chosen *time.Location) []ui.Option {
	out := []ui.Option{{Label: w.T("programme.zone.none"), Chosen: chosen == nil}}
	known := false
	for _, name := range desk.Zones {
		here := chosen != nil && chosen.String() == name
		known = known || here
		out = append(out, ui.Option{Value: name, Label: desk.ZoneName(w, desk.Zone(name)), Chosen: here})
	}
	if chosen != nil && !known {
		out = append(out, ui.Option{Value: chosen.String(), Label: desk.ZoneName(w, chosen), Chosen: true})
	}
	rest := out[1:]
	sortByName(w.Tag(), rest, func(o ui.Option) string { return o.Label })
	return slices.Clone(out)
}

// zone keeps the choice of a second clock.
func (h handlers) zone(w http.ResponseWriter, r *ui.Request) error {
	name := r.Value("zone")
	c := &http.Cookie{Name: zoneCookie, Value: url.QueryEscape(name), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: h.Secure(r.Request)}
	if desk.Zone(name) == nil {
		c.Value, c.MaxAge = "", -1
	}
	http.SetCookie(w, c)
	back := ui.LocalPath(r.PostForm.Get("back"))
	if u, err := url.Parse(back); err == nil {
		q := u.Query()
		q.Del("zone")
		u.RawQuery = q.Encode()
		back = u.String()
	}
	return h.Redirect(w, r, back, "")
}
