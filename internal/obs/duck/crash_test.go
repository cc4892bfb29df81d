//go:build unix

package duck_test

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"aircommons/air"
	"aircommons/internal/obs"
	"aircommons/internal/obs/duck"
)

// helperVar, when set, makes the test program one of the helper processes instead.
const helperVar = "AIRCOMMONS_OBS_TEST_HELPER"

func TestMain(m *testing.M) {
	if what := os.Getenv(helperVar); what != "" {
		args := strings.Split(what, "|")
		if err := helpers[args[0]](args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

var helpers = map[string]func([]string) error{
	"write": helpWrite, // path, number of the first operation: replaces until it is killed
	"hold":  helpHold,  // path: opens the store and waits for the end of its input
	"full":  helpFull,  // path: writes beyond a limit of the file size
}

// helper starts this program as a helper.
func helper(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), helperVar+"="+strings.Join(args, "|"))
	cmd.Stderr = os.Stderr
	return cmd
}

const (
	crashSeries = 6
	crashHours  = 60_000
)

// crashWrites is operation i of the crash test: a few ranges of the series, each row with the value i. Some operations
// are small and stay in DuckDB's log, some go to the file at once and end with a checkpoint.
func crashWrites(i int) []obs.Write {
	r := rand.New(rand.NewPCG(7, uint64(i)))
	longest := []int{50, 5_000, crashHours}[r.IntN(3)]
	var out []obs.Write
	for range 1 + r.IntN(5) {
		n := 1 + r.IntN(longest)
		first := r.IntN(crashHours - n + 1)
		w := obs.Write{Key: obs.Key{Station: int32(1 + r.IntN(crashSeries)), Parameter: air.PM25}, From: int64(first), To: int64(first + n)}
		if r.IntN(6) > 0 {
			for t := w.From; t < w.To; t++ {
				w.Rows.Time = append(w.Rows.Time, t)
				w.Rows.Value = append(w.Rows.Value, float64(i))
			}
		}
		out = append(out, w)
	}
	return out
}

// crashState is what the store should hold: which operation wrote each hour, 0 for none.
type crashState [crashSeries][crashHours]int32

func (s *crashState) do(i int) {
	for _, w := range crashWrites(i) {
		value := int32(0)
		if w.Rows.Len() > 0 {
			value = int32(i)
		}
		for t := w.From; t < w.To; t++ {
			s[w.Station-1][t] = value
		}
	}
}

func crashRead(t *testing.T, s obs.Store) *crashState {
	t.Helper()
	var out crashState
	err := s.Scan(t.Context(), nil, math.MinInt64, math.MaxInt64, func(k obs.Key, r obs.Rows) error {
		for i, h := range r.Time {
			out[k.Station-1][h] = int32(r.Value[i])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return &out
}

func helpWrite(args []string) error {
	first, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	s, err := duck.Open(args[0], duck.Options{Threads: 2})
	if err != nil {
		return err
	}
	ctx := context.Background()
	for i := first; ; i++ {
		writes := crashWrites(i)
		fmt.Println("begin", i)
		if err := s.Replace(ctx, writes); err != nil {
			return err
		}
		fmt.Println("end", i)
	}
}

// TestKilled kills a process that replaces, again and again, and looks at what it left: each operation is there as a
// whole or not at all.
func TestKilled(t *testing.T) {
	rounds := 24
	if testing.Short() {
		rounds = 15
	}
	path := filepath.Join(t.TempDir(), "m.duckdb")
	state, at := &crashState{}, 0 // what should be there, after which operation
	within, kept := 0, 0
	for round := range rounds {
		cmd := helper(t, "write", path, strconv.Itoa(at+1))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		begun, ended := at, at
		for lines.Scan() {
			word, number, _ := strings.Cut(lines.Text(), " ")
			i, _ := strconv.Atoi(number)
			if word == "begin" {
				if begun = i; i == at+1 {
					// From here on it works; the moment of its end is left to chance.
					time.AfterFunc(time.Duration(rand.IntN(250_000))*time.Microsecond, func() { cmd.Process.Kill() })
				}
			} else {
				ended = i
			}
		}
		if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != -1 {
			t.Fatalf("the helper ended by itself: %v", err)
		}
		s := open(t, path, duck.Options{Threads: 2})
		got := crashRead(t, s)
		for at < ended {
			at++
			state.do(at)
		}
		if begun > ended {
			within++
			if *got != *state {
				state.do(begun)
				at = begun
				kept++
			}
		}
		if *got != *state {
			t.Fatalf("round %d: the store is neither as before operation %d nor as after it", round, begun)
		}
		if err := s.Check(t.Context()); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills after %d operations in all, %d of them within one, of which %d were kept", rounds, at, within, kept)
}
