package participation

import (
	"net/http"
	"time"

	desk "aircommons/internal/participation"
	"aircommons/internal/web/ui"
)

type stepRow struct{ At, Machine, State, Reason string }

type fullRow struct {
	Quota desk.Quota
	Seats string
}

type seatPage struct {
	ui.Page
	Own    desk.Own
	Ref    string
	Chip   string
	Until  string
	Full   []fullRow
	Steps  []stepRow
	When   string
	City   ui.Link
	Accept bool
	Leave  bool

	Answers []answerGroup
	Change  bool   // details and answers
	Asked   bool   // there is a form of registration
	Need    string // the form after acceptance: "missing", "sent", "late"
	NeedBy  string
	Replace bool
}

func (h handlers) seat(w http.ResponseWriter, r *ui.Request) error { return h.showSeat(w, r, nil) }

func (h handlers) showSeat(w http.ResponseWriter, r *ui.Request, refused error) error {
	o, err := h.Participation.Own(r.Context(), r.By, r.PathValue("ref"))
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	a := o.Activity
	p := &seatPage{Own: o, Ref: r.PathValue("ref"), Chip: stateChip(o.State), When: a.Period.Say(r.Words)}
	p.Title, p.Nav, p.NoIndex, p.Crumbs = name(r, a), "programme", true, crumbs(r, a, r.Words.T("participation.seat"))
	p.Form = ui.NewForm(r, refused)
	if o.OfferUntil != nil {
		p.Until = when(r, a, *o.OfferUntil)
	}
	if o.Place != "" {
		p.City = r.Place(net, o.Place)
	}
	for _, q := range o.Turn.Full {
		p.Full = append(p.Full, fullRow{q, r.Words.Int(q.Seats)})
	}
	for _, s := range o.Steps {
		p.Steps = append(p.Steps, stepRow{when(r, a, s.At), s.At.Format(time.RFC3339), string(s.State), s.Reason})
	}
	p.Accept = o.State == desk.Offered || o.State == desk.Invited || o.State == desk.Named
	p.Leave = !o.State.Out() && o.State != desk.Present && o.State != desk.Absent
	if p.Leave {
		p.Form.Area("reason", "participation.leave.reason", "").Opt().Size(2)
	}
	p.Replace = o.State == desk.Confirmed || o.State == desk.Offered
	win, err := o.Setup.Window(a)
	if err != nil {
		return err
	}
	p.Change = p.Leave
	p.Asked = o.Setup.Form != "" && p.Leave && (win.Closes.IsZero() || h.Now().Before(win.Closes))
	if o.Setup.Followup != "" && (o.State == desk.Confirmed || o.State == desk.Present) {
		p.Need, p.NeedBy = "missing", when(r, a, win.Followup)
		if !win.Followup.IsZero() && !h.Now().Before(win.Followup) {
			p.Need = "late"
		}
		for _, x := range o.Answers {
			if x.Form == o.Setup.Followup && x.Sent {
				p.Need = "sent"
			}
		}
	}
	if p.Answers, err = h.answers(r, o, "/seats/"+p.Ref); err != nil {
		return err
	}
	return h.Show(w, r, pages, "seat.html", p)
}

func (h handlers) accept(w http.ResponseWriter, r *ui.Request) error {
	ref := r.PathValue("ref")
	if _, err := h.Participation.Accept(r.Context(), r.By, ref); err != nil {
		if ui.Again(err) {
			return h.showSeat(w, r, err)
		}
		return err
	}
	return h.Redirect(w, r, "/seats/"+ref, "")
}

func (h handlers) leave(w http.ResponseWriter, r *ui.Request) error {
	ref := r.PathValue("ref")
	if _, err := h.Participation.Leave(r.Context(), r.By, ref, r.Value("reason")); err != nil {
		if ui.Again(err) {
			return h.showSeat(w, r, err)
		}
		return err
	}
	return h.Redirect(w, r, "/seats/"+ref, "")
}
