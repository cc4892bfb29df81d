package day

import (
	"encoding/json"
	"net/http"

	desk "aircommons/internal/participation"
	webform "aircommons/internal/web/form"
	"aircommons/internal/web/ui"
)

type walkinPage struct {
	ui.Page
	R    desk.Roll
	Full bool // there is no seat left, and who runs the activity can let in all the same
}

func (h handlers) walkin(w http.ResponseWriter, r *ui.Request) error {
	return h.showWalkin(w, r, nil)
}

func (h handlers) showWalkin(w http.ResponseWriter, r *ui.Request, refused error) error {
	roll, err := h.Participation.Roll(r.Context(), r.By, r.PathValue("id"), "")
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &walkinPage{R: roll}
	p.Page = ui.Page{Title: r.Words.T("day.walkin"), Nav: "programme", NoIndex: true, Crumbs: crumbs(r, roll.Activity, r.Words.T("day.walkin"))}
	f := ui.NewForm(r, refused)
	f.Text("name", "participation.form.name", "")
	f.Text("email", "participation.form.email", "").Kind("email")
	cities := []ui.Option{}
	for _, c := range net.Cities() {
		cities = append(cities, ui.Option{Value: c.ID, Label: net.PlaceName(c.ID, r.Lang)})
	}
	webform.SortOptions(r.Lang, cities)
	f.Select("place", "participation.filter.place", "", append([]ui.Option{{Label: r.Words.T("day.nocity")}}, cities...)).Opt()
	f.Text("organisation", "participation.form.organisation", "").Opt()
	f.Select("role", "participation.form.role", "participant", f.Options("participation.role", desk.Roles))
	if len(roll.Sessions) > 0 {
		f.Select("item", "day.for", r.URL.Query().Get("item"), items(r, roll))
	}
	if desk.Runs(r.By, roll.Activity) {
		f.Check("beyond", "day.walkin.beyond", false)
	}
	word, err := nonce()
	if err != nil {
		return err
	}
	f.Keep("nonce", word)
	p.Form = f
	return h.Show(w, r, pages, "walkin.html", p)
}

func (h handlers) walkedIn(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	q := desk.Request{Activity: id, Name: r.Value("name"), Email: r.Value("email"), Lang: r.Lang, Place: r.Value("place"), Organisation: r.Value("organisation"), Role: r.Value("role")}
	_, err := h.Participation.WalkIn(r.Context(), r.By, q, r.Value("item"), r.Value("nonce"), r.Yes("beyond"))
	if ui.Again(err) {
		return h.showWalkin(w, r, err)
	}
	if err != nil {
		return err
	}
	return h.Redirect(w, r, doorPath(id, r.Value("item"), "", "", 0), r.Words.T("day.walkin.done", "Name", q.Name))
}

// walkinBy takes somebody in from the check-in page of a device, which needs a network for it.
func (h handlers) walkinBy(w http.ResponseWriter, r *ui.Request) error {
	var in struct {
		Name, Email, Organisation, Item, Nonce string
	}
	if err := json.NewDecoder(r.Request.Body).Decode(&in); err != nil {
		in.Name = "" // refused below, after who asks
	}
	p, err := h.Participation.WalkIn(r.Context(), r.By, desk.Request{Activity: r.PathValue("id"), Name: in.Name, Email: in.Email, Organisation: in.Organisation, Lang: r.Lang}, in.Item, in.Nonce, false)
	if err != nil {
		return h.refuse(w, r, err)
	}
	return sendJSON(w, http.StatusOK, map[string]any{"participation": p.ID, "state": p.State})
}
