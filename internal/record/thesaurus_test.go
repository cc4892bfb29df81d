package record

import (
	"strings"
	"testing"

	"aircommons/air"
	"aircommons/internal/catalog"
)

// Every place and every term has a name in all five languages, and two terms of one scheme are never called the same.
func TestExampleNames(t *testing.T) {
	r := example(t)
	called := map[string]string{}
	for _, l := range catalog.Languages {
		for _, p := range r.Places {
			if p.Names[l.Tag] == "" {
				t.Errorf("%s has no name in %s", p.ID, l.Tag)
			}
		}
		for _, x := range r.Topics {
			label := x.Scheme + " " + l.Tag + " " + x.Labels[l.Tag]
			if x.Labels[l.Tag] == "" || called[label] != "" {
				t.Errorf("%s is called %q, and so is %q", x.ID, label, called[label])
			}
			called[label] = x.ID
			if len(x.Note) != 0 && x.Note[l.Tag] == "" {
				t.Errorf("the note of %s lacks %s", x.ID, l.Tag)
			}
		}
		for _, o := range r.Organisations {
			if o.Summary[l.Tag] == "" {
				t.Errorf("%s is not described in %s", o.ID, l.Tag)
			}
		}
	}
}

// Each pollutant that the program knows is a term of the thesaurus, under the same code.
func TestExamplePollutants(t *testing.T) {
	have := map[string]bool{}
	for _, x := range example(t).Topics {
		have[x.ID] = x.Scheme == "pollutant"
	}
	for p := air.PM25; p <= air.VinylChloride; p++ {
		if id := strings.ReplaceAll(p.Code(), "_", "-"); !have[id] {
			t.Errorf("no term %s", id)
		}
	}
}

// 24 cities come from the list of cities; Jinan is named by a second source only. The five benchmark regions are those of
// section 4.2 of the facts, and members are those of section 2 (three by name) and of section 8 (nine, and Tokyo again).
func TestExamplePlaces(t *testing.T) {
	r := example(t)
	cities, placed := 0, 0
	role := map[string]string{}
	for _, p := range r.Places {
		role[p.ID] = p.Kind + " " + p.Role
		if p.Kind == "city" {
			cities++
			if p.Population != nil && p.Lat != nil && p.PopulationSource != "" {
				placed++
			}
		}
	}
	if cities != 25 || placed != 24 {
		t.Errorf("%d cities, %d with a position and a population", cities, placed)
	}
	for id, want := range map[string]string{"california": "region benchmark", "newyork": "city benchmark", "paris": "city benchmark",
		"seoul": "city network", "tokyo": "city network", "asia": "region ", "mongolia": "country "} {
		if role[id] != want {
			t.Errorf("%s is %q", id, role[id])
		}
	}
	first, second := "", ""
	for _, m := range r.Memberships {
		if m.Rank == 0 {
			first += m.Place + " "
		} else {
			second += m.Place + " "
		}
	}
	if first != "beijing guiyang shenzhen " ||
		second != "beijing guiyang jinan kitakyushu seoul shenzhen sichuan tokyo ulaanbaatar tokyo " {
		t.Errorf("members: %s / %s", first, second)
	}
}
