package network

import (
	"net/url"
	"strconv"

	"aircommons/internal/actor"
	desk "aircommons/internal/network"
	"aircommons/internal/web/ui"
)

// options are the words of a closed list, in its order.
func (v view) options(list string, words []string) []ui.Option {
	var out []ui.Option
	for _, w := range words {
		out = append(out, ui.Option{Value: w, Label: v.word(list, w)})
	}
	return out
}

func (v view) none() ui.Option { return ui.Option{Label: v.w.T("network.form.none")} }

func (v view) choose() ui.Option { return ui.Option{Label: v.w.T("part.choose")} }

// placeOptions are the places to choose from, by name; a withdrawn one only when it is the chosen one.
func (v view) placeOptions(chosen string, but string) []ui.Option {
	var out []ui.Option
	for _, p := range v.net.Places() {
		if p.ID != but {
			out = append(out, ui.Option{Value: p.ID, Label: v.net.PlaceName(p.ID, v.r.Lang)})
		}
	}
	if p, ok := v.net.Place(chosen); ok && p.Withdrawn {
		out = append(out, ui.Option{Value: chosen, Label: v.net.PlaceName(chosen, v.r.Lang)})
	}
	sortBy(v.r.Lang, out, func(o ui.Option) string { return o.Label })
	return out
}

func (v view) organisationOptions(chosen string, but string) []ui.Option {
	var out []ui.Option
	for _, o := range v.net.Organisations() {
		if o.ID != but {
			out = append(out, ui.Option{Value: o.ID, Label: v.net.OrganisationName(o.ID, v.r.Lang)})
		}
	}
	if o, ok := v.net.Organisation(chosen); ok && o.Withdrawn {
		out = append(out, ui.Option{Value: chosen, Label: v.net.OrganisationName(chosen, v.r.Lang)})
	}
	sortBy(v.r.Lang, out, func(o ui.Option) string { return o.Label })
	return out
}

func (v view) rankOptions(chosen int64) []ui.Option {
	out := v.options("network.rank", []string{"0", "1", "2"})
	if chosen > 2 {
		out = append(out, ui.Option{Value: strconv.FormatInt(chosen, 10), Label: v.w.T("network.rank.2") + " " + strconv.FormatInt(chosen, 10)})
	}
	return out
}

func (v view) askRank(f ui.Edit, rank *int64) {
	s := v.number(*rank)
	f.Select("rank", "network.form.rank", &s, v.rankOptions(*rank))
	var err error
	if *rank, err = strconv.ParseInt(s, 10, 64); err != nil {
		*rank = -1 // the desk refuses it by name
	}
}

func placeOffice(h handlers) office[desk.Place] {
	k := h.Network
	return office[desk.Place]{
		plural: "places", subject: desk.PlaceSubject,
		heads: []string{"network.form.kind", "network.form.inside", "network.form.role", "network.form.population"},
		list:  k.Places, read: k.Place, create: k.CreatePlace, update: k.UpdatePlace,
		hide: k.WithdrawPlace, show: k.RestorePlace, remove: k.DeletePlace,
		parts:  func(p *desk.Place) (*string, *int64, bool) { return &p.ID, &p.Version, p.Withdrawn },
		name:   func(v view, p desk.Place) string { return v.link("", p.Names, p.ID).Text },
		public: func(p desk.Place) string { return "/cities/" + p.ID },
		cells: func(v view, p desk.Place) []cell {
			role, inside, population := "none", "–", "–"
			if p.Role != "" {
				role = p.Role
			}
			if p.Parent != "" {
				inside = v.net.PlaceName(p.Parent, v.r.Lang)
			}
			if p.Population != nil {
				population = v.w.Int(int(*p.Population))
			}
			return []cell{{Text: v.word("network.kind", p.Kind)}, {Text: inside}, {Text: v.word("network.role", role)}, {Text: population, Number: true}}
		},
		fresh:  func(q url.Values) desk.Place { return desk.Place{Kind: "city", Parent: q.Get("parent")} },
		ask:    askPlace,
		rights: func(by actor.Actor, id string) error { return by.NeedCity(id) },
	}
}

func askPlace(v view, f ui.Edit, p *desk.Place) error {
	officer := v.r.By.Officer()
	if officer {
		f.Texts("names", "network.form.names", &p.Names)
		f.Radio("kind", "network.form.kind", &p.Kind, v.options("network.kind", desk.PlaceKinds))
		f.Text("country", "network.form.country", &p.Country).Opt().As("w4")
		f.Select("parent", "network.form.inside", &p.Parent, append([]ui.Option{v.none()}, v.placeOptions(p.Parent, p.ID)...)).Opt()
		f.Number("lat", "network.form.lat", &p.Lat).Opt()
		f.Number("lon", "network.form.lon", &p.Lon).Opt()
		f.Text("zone", "network.form.zone", &p.TimeZone).Opt().As("w20")
	}
	var population *float64
	if p.Population != nil {
		x := float64(*p.Population)
		population = &x
	}
	f.Number("population", "network.form.population", &population).Opt()
	if p.Population = nil; population != nil {
		whole := int64(*population)
		if float64(whole) != *population {
			f.Fault("population", "form.whole")
		}
		p.Population = &whole
	}
	f.Whole("population_year", "network.form.population_year", &p.PopulationYear).Opt()
	f.Text("population_scope", "network.form.population_scope", &p.PopulationScope).Opt()
	f.Text("population_source", "network.form.population_source", &p.PopulationSource).Opt()
	if officer {
		roles := []ui.Option{{Value: "", Label: v.word("network.role", "none")}}
		f.Radio("role", "network.form.role", &p.Role, append(roles, v.options("network.role", desk.PlaceRoles[1:])...))
	}
	f.Areas("note", "network.form.note", &p.Note).Opt()
	f.Lines("sources", "network.form.sources", &p.Sources).Opt()
	return nil
}
