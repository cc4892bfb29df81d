package day

import (
	"html/template"
	"net/http"
	"slices"
	"time"

	"aircommons/internal/account"
	activitydesk "aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/fault"
	desk "aircommons/internal/participation"
	"aircommons/internal/web/letter"
	"aircommons/internal/web/ui"
)

// run reads the roll of an activity for those who run it; helpers at the door have pages of their own.
func (h handlers) run(r *ui.Request) (desk.Roll, error) {
	roll, err := h.Participation.Roll(r.Context(), r.By, r.PathValue("id"), "")
	if err == nil && !desk.Runs(r.By, roll.Activity) {
		err = fault.New(fault.Denied, "error.denied.officer")
	}
	return roll, err
}

type way struct{ Path, Text, Note string }

type hubPage struct {
	ui.Page
	R        desk.Roll
	Sentence string
	Facts    []way
	Ways     []way
}

// hub leads to all that is done around the day.
func (h handlers) hub(w http.ResponseWriter, r *ui.Request) error {
	roll, err := h.run(r)
	if err != nil {
		return err
	}
	p := &hubPage{R: roll, Sentence: r.Words.T("day.count", "Present", r.Words.Int(roll.Present), "Expected", r.Words.Int(roll.Expected+roll.Online))}
	p.Page = ui.Page{Title: r.Words.T("day.title"), Nav: "programme", NoIndex: true, Crumbs: crumbs(r, roll.Activity, "")}
	at := "/office/activities/" + roll.Activity.ID
	for _, x := range []struct{ path, word string }{{at + "/badges", "badges"}, {at + "/lists", "lists"}, {at + "/devices", "devices"}, {"/door/" + roll.Activity.ID, "door"}, {at + "/groups", "groups"},
		{at + "/attendance", "attendance"}, {at + "/closing", "closing"}} {
		p.Ways = append(p.Ways, way{x.path, r.Words.T("day.way." + x.word), r.Words.T("day.way." + x.word + ".note")})
	}
	for _, x := range []struct {
		key string
		n   int
	}{{"day.fact.online", roll.Online}, {"day.fact.absent", roll.Absent}, {"day.fact.seatless", roll.Seatless}, {"day.fact.unnamed", roll.Unnamed}} {
		if x.n > 0 {
			p.Facts = append(p.Facts, way{Text: r.Words.T(x.key), Note: r.Words.Int(x.n)})
		}
	}
	return h.Show(w, r, pages, "hub.html", p)
}

type deviceRow struct {
	account.Token
	Until, Used string
	Good        bool
	Ended       string
}

type devicesPage struct {
	ui.Page
	A    activitydesk.Activity
	Rows []deviceRow
	Link string // of the device that was just made
	Made string
	QR   template.HTML
}

func (h handlers) devices(w http.ResponseWriter, r *ui.Request) error {
	return h.showDevices(w, r, nil, "", "")
}

func (h handlers) showDevices(w http.ResponseWriter, r *ui.Request, refused error, secret, made string) error {
	roll, err := h.run(r)
	if err != nil {
		return err
	}
	p := &devicesPage{A: roll.Activity, Made: made}
	p.Page = ui.Page{Title: r.Words.T("day.devices"), Nav: "programme", NoIndex: true, Crumbs: crumbs(r, roll.Activity, r.Words.T("day.devices"))}
	mine, err := h.Account.Tokens(r.Context(), r.By, r.By.ID)
	if r.By.Officer() {
		mine, err = h.Account.Tokens(r.Context(), r.By, "")
	}
	if err != nil {
		return err
	}
	for _, t := range mine {
		if t.Kind != account.DeviceToken || !slices.Contains(t.Grants, grant(roll.Activity.ID)) {
			continue
		}
		row := deviceRow{Token: t, Until: r.Words.DateTime(t.Expires), Good: t.Good(h.Now())}
		if !t.Used.IsZero() {
			row.Used = r.Words.DateTime(t.Used)
		}
		if !row.Good {
			row.Ended = r.Words.T("day.device.expired")
			if !t.Revoked.IsZero() {
				row.Ended = r.Words.T("day.device.revoked")
			}
		}
		p.Rows = append(p.Rows, row)
	}
	if secret != "" {
		p.Link = h.Absolute(r.To("/checkin/"+roll.Activity.ID)) + "#token=" + secret
		if p.QR, err = letter.QR(p.Link, r.Words.T("day.device.qr")); err != nil {
			return err
		}
	}
	f := ui.NewForm(r, refused)
	if secret != "" {
		f = ui.StoredForm(r)
	}
	f.Text("name", "day.device.name", r.Words.T("day.device.first", "Number", len(p.Rows)+1)).As("w20")
	p.Form = f
	return h.Show(w, r, pages, "devices.html", p)
}

func grant(activityID string) actor.Grant {
	return actor.Grant{Role: actor.CheckIn, Subject: actor.OfActivity, Key: activityID}
}

// addDevice makes a token that may mark at this door and nothing else, until the day is over.
func (h handlers) addDevice(w http.ResponseWriter, r *ui.Request) error {
	roll, err := h.run(r)
	if err != nil {
		return err
	}
	if err := r.By.NeedPerson(); err != nil {
		return err
	}
	now := h.Now().UTC()
	ends := until(roll.Activity, now)
	if latest := now.Add(account.MostTokenTime - time.Hour); ends.After(latest) {
		ends = latest
	}
	if !now.Before(ends) {
		return h.showDevices(w, r, fault.New(fault.Invalid, "day.device.over"), "", "")
	}
	by, err := h.Participation.LendDoor(r.Context(), r.By, roll.Activity.ID, ends)
	if err != nil {
		return err
	}
	t, secret, err := h.Account.AddToken(r.Context(), by, account.Token{Name: r.Value("name"), Kind: account.DeviceToken, Grants: []actor.Grant{grant(roll.Activity.ID)}, Expires: ends})
	if ui.Again(err) {
		return h.showDevices(w, r, err, "", "")
	}
	if err != nil {
		return err
	}
	return h.showDevices(w, r, nil, secret, t.Name) // no redirect: the secret is nowhere but on this page
}

func (h handlers) revokeDevice(w http.ResponseWriter, r *ui.Request) error {
	roll, err := h.run(r)
	if err != nil {
		return err
	}
	if err := h.Account.RevokeToken(r.Context(), r.By, r.Value("token")); err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/activities/"+roll.Activity.ID+"/devices", r.Words.T("day.device.gone"))
}
