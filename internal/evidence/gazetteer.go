package evidence

import (
	"context"
	"fmt"
	"strings"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/intake"
	"aircommons/internal/network"
)

// Gazetteer finds a city that the program knows beforehand, by its id or one of its names, with its country as parent.
type Gazetteer func(name string) (city, country network.Place, ok bool)

// makeCity adds a city to the network for an import that is for it, with names, zone and country where the gazetteer has
// them. It needs the right to keep places.
func (k *Desk) makeCity(ctx context.Context, by actor.Actor, name, country string, c Choices) error {
	var p, above network.Place
	known := false
	if k.Gazetteer != nil {
		p, above, known = k.Gazetteer(name)
	}
	if !known {
		// What nobody said stays open in a form that can be stored: the country is ZZ, which ISO 3166 leaves to users.
		p = network.Place{ID: db.Slug(name), Names: map[string]string{"en": title(name)}, Kind: "city", Country: or(country, "ZZ"), TimeZone: zoneOf(c),
			Note: map[string]string{"en": "Added by an import. Country, zone and names are to be completed."}}
		if p.ID == "" {
			return fault.New(fault.Invalid, "evidence.place.unknown", "Place", name)
		}
	}
	if above.ID != "" {
		s, err := k.network.Snapshot(ctx)
		if err != nil {
			return err
		}
		if _, there := s.Place(above.ID); !there {
			above.Parent = ""
			if _, err := k.network.CreatePlace(ctx, by, above); err != nil {
				return err
			}
		}
	}
	p.Parent, p.Role = above.ID, ""
	_, err := k.network.CreatePlace(ctx, by, p)
	return err
}

// makeCities adds the cities that a file names and the network does not have.
func (k *Desk) makeCities(ctx context.Context, by actor.Actor, r *intake.Result, c Choices) error {
	done := map[string]bool{}
	for _, x := range r.Series {
		city := x.Station.City
		if city == "" || done[city] {
			continue
		}
		done[city] = true
		s, err := k.network.Snapshot(ctx)
		if err != nil {
			return err
		}
		if place, _ := k.placeOf(s, "", false, x.Station, actor.System); place == "" {
			if err := k.makeCity(ctx, by, city, x.Station.Country, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// title writes an id as a name: "san-jose" → "San Jose". A name stays as it is.
func title(name string) string {
	if name != db.Slug(name) {
		return name
	}
	words := strings.Split(name, "-")
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}

// zoneOf names the zone that somebody declared for a file: that of its stamps, or the fixed one of an offset in whole
// hours. Nothing was declared: UTC.
func zoneOf(c Choices) string {
	if c.Civil != "" {
		return c.Civil
	}
	if c.Offset != nil && *c.Offset%3600 == 0 && *c.Offset != 0 {
		return fmt.Sprintf("Etc/GMT%+d", -*c.Offset/3600) // the sign of these names is turned round
	}
	return "Etc/UTC"
}
