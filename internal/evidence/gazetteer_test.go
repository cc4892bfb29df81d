package evidence

import (
	"context"
	"strings"
	"testing"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/fault"
)

// An import may add the city it is for; only one who keeps places can, and a city that is there is not made twice.
func TestImportMakesItsCity(t *testing.T) {
	noon = time.Date(2033, 1, 1, 0, 0, 0, 0, time.UTC)
	w := newWorld(t)
	ctx := context.Background()
	text := uci("Made", time.Date(2031, 3, 1, 0, 0, 0, 0, time.UTC), 30, func(i int) float64 { return 5 })
	up := func(by actor.Actor, place string, make bool) (Import, error) {
		i, _, err := w.StartImport(ctx, by, Upload{Name: "a.csv", Place: place, Reader: strings.NewReader(text), Auto: true, Make: make})
		if err != nil {
			return i, err
		}
		w.work()
		i, _, err = w.Import(ctx, officer, i.ID)
		return i, err
	}
	if _, err := up(officer, "san-jose", false); fault.CodeOf(err) != fault.Invalid {
		t.Error("an unknown city was taken", err)
	}
	if _, err := up(actor.Actor{ID: "c", Role: actor.CityOfficer, City: "san-jose"}, "san-jose", true); err == nil {
		t.Error("a city officer added a city")
	}
	// The reader names the city of these files; that it is known under another country's rules does not matter here.
	i, err := up(actor.CommandLine, "san-jose", true)
	if err != nil || i.State != Stored {
		t.Fatal(i.State, i.Report.Error, err)
	}
	s, err := w.network.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := s.Place("san-jose"); !ok || p.Names["en"] != "San Jose" || p.Kind != "city" {
		t.Errorf("%+v", p)
	}
}
