package obstest

import (
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"aircommons/air"
	"aircommons/internal/obs"
)

// testRandom does the same random operations on a store and on the model, and compares every answer. Times and keys
// are drawn from few, so that ranges meet.
func testRandom(t *testing.T, open Open) {
	rapid.Check(t, func(r *rapid.T) {
		s, m := open(t), model()
		defer s.Close()
		r.Repeat(map[string]func(*rapid.T){
			"replace": func(r *rapid.T) {
				writes := rapid.SliceOfN(drawWrite(), 0, 6).Draw(r, "writes")
				got, want := s.Replace(t.Context(), writes), m.Replace(t.Context(), writes)
				if (got == nil) != (want == nil) {
					r.Fatalf("Replace: got %v, want %v", got, want)
				}
			},
			"read": func(r *rapid.T) {
				k, from, to := drawKey().Draw(r, "key"), drawTime().Draw(r, "from"), drawTime().Draw(r, "to")
				got, err := s.Read(t.Context(), k, from, to)
				want, _ := m.Read(t.Context(), k, from, to)
				if err != nil {
					r.Fatal(err)
				}
				if d := Diff(got, want); d != "" {
					r.Fatalf("Read %v [%d, %d): %s", k, from, to, d)
				}
			},
			"scan": func(r *rapid.T) {
				var keys []obs.Key
				if rapid.Bool().Draw(r, "some") {
					keys = rapid.SliceOfN(drawKey(), 0, 5).Draw(r, "keys")
				}
				from, to := drawTime().Draw(r, "from"), drawTime().Draw(r, "to")
				if got, want := listing(r, t, s, keys, from, to), listing(r, t, m, keys, from, to); got != want {
					r.Fatalf("Scan %v [%d, %d):\ngot\n%swant\n%s", keys, from, to, got, want)
				}
			},
			"backup": func(r *rapid.T) {
				// A store restored from its own backup is what it was. It is slow, so seldom.
				if rapid.IntRange(0, 5).Draw(r, "seldom") > 0 {
					return
				}
				dir, err := os.MkdirTemp(t.TempDir(), "")
				if err != nil {
					r.Fatal(err)
				}
				if err := s.Backup(t.Context(), dir); err != nil {
					r.Fatal(err)
				}
				if err := s.Replace(t.Context(), []obs.Write{Write(one, -100, 100, 0, 1)}); err != nil {
					r.Fatal(err)
				}
				if err := s.Restore(t.Context(), dir); err != nil {
					r.Fatal(err)
				}
			},
			"": func(r *rapid.T) {
				got, err := s.Extents(t.Context())
				if err != nil {
					r.Fatal(err)
				}
				if want, _ := m.Extents(t.Context()); !slices.Equal(got, want) {
					r.Fatalf("Extents: got %v, want %v", got, want)
				}
			},
		})
		if err := s.Check(t.Context()); err != nil {
			r.Fatal(err)
		}
		if got, want := listing(r, t, s, nil, least, most), listing(r, t, m, nil, least, most); got != want {
			r.Fatalf("in the end:\ngot\n%swant\n%s", got, want)
		}
	})
}

// listing writes out a scan.
func listing(r *rapid.T, t *testing.T, s obs.Store, keys []obs.Key, from, to int64) string {
	out := ""
	err := s.Scan(t.Context(), keys, from, to, func(k obs.Key, rows obs.Rows) error {
		out += fmt.Sprintln(k.Station, k.Parameter, rows.Time, rows.Value, rows.Flag)
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
	return out
}

func drawKey() *rapid.Generator[obs.Key] {
	return rapid.Custom(func(r *rapid.T) obs.Key {
		return Key(rapid.IntRange(1, 3).Draw(r, "station"), air.Parameter(rapid.IntRange(1, 3).Draw(r, "parameter")))
	})
}

// drawTime draws a bound of a range, at times one of the least and greatest.
func drawTime() *rapid.Generator[int64] {
	return rapid.OneOf(rapid.Int64Range(-30, 30), rapid.Int64Range(-30, 30), rapid.SampledFrom([]int64{least, most}))
}

// drawWrite draws a write, one in some with a fault.
func drawWrite() *rapid.Generator[obs.Write] {
	return rapid.Custom(func(r *rapid.T) obs.Write {
		w := obs.Write{Key: drawKey().Draw(r, "key"), From: drawTime().Draw(r, "from"), To: drawTime().Draw(r, "to")}
		if w.From > w.To && rapid.IntRange(0, 9).Draw(r, "keep") > 0 {
			w.From, w.To = w.To, w.From
		}
		flags := rapid.Bool().Draw(r, "flags")
		step := rapid.Int64Range(1, 7).Draw(r, "step")
		for at := max(w.From, -30); at < min(w.To, 30); at += step {
			if rapid.IntRange(0, 4).Draw(r, "gap") == 0 {
				continue
			}
			w.Rows.Time = append(w.Rows.Time, at)
			w.Rows.Value = append(w.Rows.Value, float64(rapid.IntRange(-5, 500).Draw(r, "value"))/10)
			if flags {
				w.Rows.Flag = append(w.Rows.Flag, air.Flag(rapid.SampledFrom([]int{0, 0, 0, 1, 128}).Draw(r, "flag")))
			}
		}
		if n := len(w.Rows.Time); n > 0 && rapid.IntRange(0, 19).Draw(r, "fault") == 0 {
			w.Rows.Value[n-1] = math.NaN()
		}
		return w
	})
}
