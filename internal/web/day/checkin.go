package day

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	activitydesk "aircommons/internal/activity"
	"aircommons/internal/fault"
	desk "aircommons/internal/participation"
	"aircommons/internal/web/ui"
)

// camera lets the check-in page, and no other, ask for the camera.
const camera = "accelerometer=(), camera=(self), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()"

// appTexts are the texts that the script of the check-in page says.
var appTexts = []string{"day.app.count", "day.app.waiting", "day.app.sent", "day.app.offline", "day.app.online", "day.app.kept", "day.app.present", "day.app.undone", "day.app.already",
	"day.app.denied", "day.app.over", "day.app.forgotten", "day.app.loading", "day.app.none", "day.app.more", "day.app.queued", "day.app.until", "day.app.last", "day.app.nocamera",
	"day.app.unknown", "day.app.clock", "day.mark", "day.undo", "day.outcome.seatless", "day.outcome.unknown", "day.outcome.refused", "day.beside", "day.whole", "day.walkin.done"}

type appPage struct {
	ID, Lang   string
	Texts      map[string]string
	Style, App string
	Icon       string
	Door       string
}

// checkin is the page that works without a network. It holds nothing about anybody: names come by list, to who may have them.
func (h handlers) checkin(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	if !isWord(id) {
		return fault.New(fault.NotFound, "error.notfound")
	}
	p := appPage{ID: id, Lang: r.Lang, Texts: map[string]string{}, Style: r.Asset("air.css"), App: r.Asset("checkin.js"), Icon: r.Asset("mark.svg"), Door: r.To("/door/" + id)}
	for _, key := range appTexts {
		text, ok := r.Words.Raw(key)
		if !ok {
			return errors.New("day: no text " + key)
		}
		p.Texts[strings.TrimPrefix(key, "day.")] = text
	}
	body, err := pages.Part(r, "app.html", p)
	if err != nil {
		return err
	}
	w.Header().Set("Permissions-Policy", camera)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", r.Lang)
	w.Header().Set("X-Robots-Tag", "noindex")
	w.Header().Set("Cache-Control", "no-cache")
	_, err = io.WriteString(w, string(body))
	return err
}

// isWord reports whether an id can be one of an activity.
func isWord(s string) bool {
	return s != "" && len(s) <= 200 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-')
	})
}

// worker is the service worker. Its address has no hash and it may serve the check-in pages of every language.
func (h handlers) worker(w http.ResponseWriter, r *ui.Request) error {
	body, err := staticFiles.ReadFile("static/worker.js")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Service-Worker-Allowed", "/")
	_, err = w.Write(body)
	return err
}

type listItem struct {
	Key   string `json:"key"`
	Label string `json:"label"`
}

// listPerson is all that a device is told of somebody: what tells people apart at a door.
type listPerson struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Lang   string   `json:"lang,omitempty"`
	Other  string   `json:"other,omitempty"` // in the original script
	OtherL string   `json:"otherLang,omitempty"`
	Find   []string `json:"find,omitempty"` // other ways to write the name
	From   string   `json:"from,omitempty"`
	Role   string   `json:"role"`
	Group  string   `json:"group,omitempty"`
	Code   string   `json:"code,omitempty"`
	Seat   bool     `json:"seat"`
}

type listMark struct {
	Nonce  string `json:"nonce"`
	Person string `json:"participation"`
	Item   string `json:"item"`
}

type list struct {
	Now      time.Time    `json:"now"`
	Until    time.Time    `json:"until"` // when the device forgets all of it
	Over     bool         `json:"over"`
	Activity string       `json:"activity"`
	Expected int          `json:"expected"`
	Runs     bool         `json:"runs"`
	Items    []listItem   `json:"items"`
	People   []listPerson `json:"people"`
	Marks    []listMark   `json:"marks"`
}

// until is when devices forget the people of an activity: a day and a half after the last day began in UTC, which is after its end in
// every zone. An activity without days is remembered for two days from now on.
func until(a activitydesk.Activity, now time.Time) time.Time {
	if a.Period.Known() && !a.Period.Open() {
		return a.Period.Last().Add(60 * time.Hour)
	}
	return now.Add(48 * time.Hour)
}

// list is what a device needs for a day.
func (h handlers) list(w http.ResponseWriter, r *ui.Request) error {
	roll, err := h.Participation.Roll(r.Context(), r.By, r.PathValue("id"), "")
	if err != nil {
		return h.refuse(w, r, err)
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return h.refuse(w, r, err)
	}
	now := h.Now().UTC()
	out := list{Now: now, Until: until(roll.Activity, now), Activity: name(r, roll.Activity), Runs: desk.Runs(r.By, roll.Activity), Items: []listItem{}, People: []listPerson{}, Marks: []listMark{}}
	if out.Over = !now.Before(out.Until); out.Over {
		return sendJSON(w, http.StatusOK, out)
	}
	for _, s := range roll.Sessions {
		out.Items = append(out.Items, listItem{s.Key, sessionName(r, s)})
	}
	out.Expected = roll.Expected + roll.Online
	for _, x := range roll.Rows {
		p := h.person(r, net, x)
		one := listPerson{ID: x.ID, Name: p.Name, Lang: p.NameIn, Other: p.Original, OtherL: p.OriginalIn, From: p.From, Role: p.RoleText, Group: x.Group, Code: x.Code, Seat: x.State.Holds()}
		for _, n := range x.Who.Names {
			if n.Text != one.Name && n.Text != one.Other {
				one.Find = append(one.Find, n.Text)
			}
		}
		out.People = append(out.People, one)
	}
	seen, err := h.Participation.Seen(r.Context(), r.By, roll.Activity.ID)
	if err != nil {
		return h.refuse(w, r, err)
	}
	for _, s := range seen {
		out.Marks = append(out.Marks, listMark{s.Nonce, s.Participation, s.Item})
	}
	return sendJSON(w, http.StatusOK, out)
}

type sentMarks struct {
	Sent   time.Time   `json:"sent"`
	Device string      `json:"device"`
	Marks  []desk.Mark `json:"marks"`
}

type answered struct {
	Marks []desk.Marked `json:"marks"`
}

// marks takes what a device has gathered. Marks that come twice are one.
func (h handlers) marks(w http.ResponseWriter, r *ui.Request) error {
	var in sentMarks
	d := json.NewDecoder(r.Request.Body)
	if err := d.Decode(&in); err != nil {
		if _, denied := h.Participation.Mark(r.Context(), r.By, r.PathValue("id"), "", time.Time{}, nil); denied != nil {
			return h.refuse(w, r, denied)
		}
		return h.refuse(w, r, fault.New(fault.Invalid, "error.form"))
	}
	out, err := h.Participation.Mark(r.Context(), r.By, r.PathValue("id"), in.Device, in.Sent, in.Marks)
	if errors.Is(err, desk.ErrTooMany) {
		err = fault.New(fault.Invalid, "error.form")
	}
	if err != nil {
		return h.refuse(w, r, err)
	}
	if out == nil {
		out = []desk.Marked{}
	}
	return sendJSON(w, http.StatusOK, answered{out})
}

func sendJSON(w http.ResponseWriter, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-store")
	w.WriteHeader(status)
	_, err = w.Write(b)
	return err
}

// refuse answers a script; what is nobody's fault is left to the page of errors, which keeps a reference.
func (h handlers) refuse(w http.ResponseWriter, r *ui.Request, err error) error {
	status := map[fault.Code]int{fault.Invalid: http.StatusUnprocessableEntity, fault.NotFound: http.StatusNotFound, fault.Denied: http.StatusForbidden, fault.Conflict: http.StatusConflict}[fault.CodeOf(err)]
	if status == 0 {
		return err
	}
	if status == http.StatusForbidden && !r.By.SignedIn() {
		status = http.StatusUnauthorized
	}
	return sendJSON(w, status, map[string]string{"error": r.Words.Error(err)})
}
