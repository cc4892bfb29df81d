package obs_test

import (
	"testing"

	"aircommons/internal/obs"
)

func TestDisjoint(t *testing.T) {
	k := obs.Key{Station: 1, Parameter: 1}
	write := func(k obs.Key, from, to int64, v float64) obs.Write {
		w := obs.Write{Key: k, From: from, To: to}
		for at := from; at < to; at++ {
			w.Rows.Time = append(w.Rows.Time, at)
			w.Rows.Value = append(w.Rows.Value, v)
		}
		return w
	}
	other := obs.Key{Station: 0, Parameter: 9}
	got := obs.Disjoint([]obs.Write{
		write(k, 0, 10, 1), write(other, 5, 8, 2), write(k, 20, 20, 3), write(k, 8, 12, 4), write(k, 2, 4, 5), write(other, 0, 5, 6),
	})
	want := []obs.Write{
		write(other, 0, 5, 6), write(other, 5, 8, 2),
		write(k, 0, 2, 1), write(k, 2, 4, 5), write(k, 4, 8, 1), write(k, 8, 12, 4),
	}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		g, w := got[i], want[i]
		if g.Key != w.Key || g.From != w.From || g.To != w.To || g.Rows.Len() != w.Rows.Len() || g.Rows.Value[0] != w.Rows.Value[0] {
			t.Errorf("piece %d: got %v, want %v", i, g, w)
		}
	}
}
