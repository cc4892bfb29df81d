package day

import (
	"net/http"
	"strconv"
	"strings"

	"aircommons/internal/fault"
	desk "aircommons/internal/participation"
	"aircommons/internal/web/ui"
)

type groupRow struct {
	person
	Options []ui.Option
}

type groupLine struct {
	Name, Cities string
	Count        int
}

type groupsPage struct {
	ui.Page
	R     desk.Roll
	Rows  []groupRow
	Lines []groupLine
	Deal  *ui.Form
}

func (h handlers) groups(w http.ResponseWriter, r *ui.Request) error {
	return h.showGroups(w, r, nil)
}

func (h handlers) showGroups(w http.ResponseWriter, r *ui.Request, refused error) error {
	roll, err := h.run(r)
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &groupsPage{R: roll}
	p.Page = ui.Page{Title: r.Words.T("day.groups"), Nav: "programme", NoIndex: true, Crumbs: crumbs(r, roll.Activity, r.Words.T("day.groups"))}
	var names []string
	cities := map[string]map[string]int{}
	for _, g := range roll.Groups {
		names = append(names, g.Name)
		cities[g.Name] = map[string]int{}
	}
	for _, x := range roll.Rows {
		if !x.State.Holds() {
			continue
		}
		row := groupRow{person: h.person(r, net, x)}
		row.Options = append(row.Options, ui.Option{Label: r.Words.T("day.group.none"), Chosen: x.Group == ""})
		for _, n := range names {
			row.Options = append(row.Options, ui.Option{Value: n, Label: n, Chosen: n == x.Group})
		}
		if x.Group != "" {
			cities[x.Group][net.PlaceName(x.Place, r.Lang)]++
		}
		p.Rows = append(p.Rows, row)
	}
	for _, g := range roll.Groups {
		l := groupLine{Name: g.Name}
		var parts []string
		for _, c := range sortedKeys(cities[g.Name]) {
			n := cities[g.Name][c]
			l.Count += n
			if c == "" {
				c = r.Words.T("day.nocity")
			}
			parts = append(parts, r.Words.T("day.group.city", "City", c, "Number", n))
		}
		l.Cities = strings.Join(parts, " · ")
		p.Lines = append(p.Lines, l)
	}
	f := ui.NewForm(r, refused)
	f.Lines("names", "day.groups.names", names).Opt()
	p.Form = f
	d := ui.NewForm(r, refused)
	d.Text("count", "day.groups.number", "4").As("w4").Mode = "numeric"
	p.Deal = d
	return h.Show(w, r, pages, "groups.html", p)
}

func (h handlers) setGroups(w http.ResponseWriter, r *ui.Request) error {
	roll, err := h.run(r)
	if err != nil {
		return err
	}
	names, in := r.Lines("names"), map[string]string{}
	var refused fault.Form
	switch r.Value("do") {
	case "deal":
		n, e := strconv.Atoi(r.Value("count"))
		if e != nil || n < 1 || n > 60 {
			refused.Add("count", "day.groups.number.range")
			break
		}
		names = nil
		for i := range n {
			name := r.Words.T("day.group.name", "Number", i+1)
			if i < len(roll.Groups) {
				name = roll.Groups[i].Name
			}
			names = append(names, name)
		}
		var people []desk.Participation
		for _, x := range roll.Rows {
			if x.State.Holds() {
				people = append(people, x.Participation)
			}
		}
		for id, g := range desk.Deal(people, n) {
			in[id] = names[g]
		}
	case "names":
		for _, x := range roll.Rows {
			in[x.ID] = x.Group
		}
	default:
		names = nil
		for _, g := range roll.Groups {
			names = append(names, g.Name)
		}
		for _, x := range roll.Rows {
			if in[x.ID] = x.Group; r.PostForm.Has("g." + x.ID) {
				in[x.ID] = r.Value("g." + x.ID)
			}
		}
	}
	err = refused.Err()
	if err == nil {
		err = h.Participation.SetGroups(r.Context(), r.By, roll.Activity.ID, names, in)
	}
	if ui.Again(err) {
		return h.showGroups(w, r, err)
	}
	if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/activities/"+roll.Activity.ID+"/groups", r.Words.T("day.groups.saved"))
}
