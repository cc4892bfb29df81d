package record

import (
	"strings"
	"sync"

	"aircommons/internal/network"
)

var gazetteer = sync.OnceValue(func() []network.Place {
	rec, err := Example("eacac")
	if err != nil {
		return nil
	}
	return rec.Places
})

// Gazetteer finds a city among the places that the program carries, by its id or one of its names, with the country it
// lies in. An import into a folder without a network takes names, zone and coordinates from it.
func Gazetteer(name string) (city, country network.Place, ok bool) {
	all := gazetteer()
	for _, p := range all {
		if p.Kind != "city" || !named(p, name) {
			continue
		}
		for above := p.Parent; above != ""; {
			next := ""
			for _, q := range all {
				if q.ID == above {
					if q.Kind == "country" {
						return p, q, true
					}
					next = q.Parent
				}
			}
			above = next
		}
		return p, network.Place{}, true
	}
	return network.Place{}, network.Place{}, false
}

func named(p network.Place, name string) bool {
	if strings.EqualFold(p.ID, name) {
		return true
	}
	for _, n := range p.Names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}
