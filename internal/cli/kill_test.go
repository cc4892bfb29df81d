package cli_test

import (
	"bufio"
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"aircommons/internal/cli"
)

// A program that is killed in the middle of imports, again and again, ends where an undisturbed one does.
func TestKilledImportsEndLikeUndisturbedOnes(t *testing.T) {
	t.Parallel()
	var files []string
	for n, name := range []string{"One", "Two", "One"} { // the third lies over the first in part
		files = append(files, write(t, name+".csv", cli.Generated(name, uint64(n), 1)))
	}
	calm := network(t)
	args := func(dir string) []string {
		return append([]string{"import", "--city", "beijing", "--data", dir}, files...)
	}
	start := time.Now()
	if status, _, errs := run(t, args(calm)...); status != 0 {
		t.Fatal(status, errs)
	}
	took := time.Since(start)
	want := stored(t, calm)
	if strings.Count(want, "\n") < 60 || !strings.Contains(want, " stored 3\n") {
		t.Fatal(want)
	}
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	killed := 0
	for round := range 2 {
		dir := network(t)
		for range 5 {
			c := child(args(dir)...)
			var errs bytes.Buffer
			c.Stderr = &errs
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(r.Float64() * 1.2 * float64(took)))
			c.Process.Signal(syscall.SIGKILL)
			err := c.Wait()
			var exit *exec.ExitError
			if errors.As(err, &exit) && !exit.Exited() {
				killed++
			} else if err != nil {
				t.Fatalf("seed %d: %v %s", seed, err, errs.String())
			}
		}
		if status, _, errs := run(t, args(dir)...); status != 0 {
			t.Fatalf("seed %d, round %d: status %d %s", seed, round, status, errs)
		}
		if got := stored(t, dir); got != want {
			t.Errorf("seed %d, round %d: the stores differ: %s", seed, round, firstDifference(got, want))
		}
		whole(t, dir)
	}
	if killed == 0 {
		t.Error("no process was killed in time")
	}
	t.Logf("killed %d of 10, an undisturbed import takes %v", killed, took)
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return x[i][:min(200, len(x[i]))] + " | " + y[i][:min(200, len(y[i]))]
		}
	}
	return "one has more lines"
}

// server is a running serve.
type server struct {
	*exec.Cmd
	site  string
	lines *bufio.Scanner
}

func serve(t *testing.T, dir string, args ...string) *server {
	t.Helper()
	c := child(append([]string{"serve", "--addr", "127.0.0.1:0", "--data", dir}, args...)...)
	errs, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill() })
	s := &server{Cmd: c, lines: bufio.NewScanner(errs)}
	for s.site == "" && s.lines.Scan() {
		s.site, _ = strings.CutPrefix(s.lines.Text(), "listening on ")
	}
	if !strings.HasPrefix(s.site, "http://127.0.0.1:") {
		t.Fatal("the server did not begin: ", s.site)
	}
	return s
}

// end tells the server to end and gives what it still said.
func (s *server) end(t *testing.T) (rest string) {
	t.Helper()
	s.Process.Signal(syscall.SIGTERM)
	for s.lines.Scan() {
		rest += s.lines.Text() + "\n"
	}
	if err := s.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	return rest
}

// While a server runs, the same commands are done by it, with the same output and status.
func TestCommandsGoToTheServer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := serve(t, dir, "--example", "eacac")
	if !s.lines.Scan() || !strings.Contains(s.lines.Text(), s.site+"/en/signin/") {
		t.Errorf("no link of the first officer: %q", s.lines.Text())
	}
	file := write(t, "one.csv", cli.Generated("One", 1, 1)+"8761,2014,13,1,0,1,1,1,1,1,1,1,1,1,0,\"N\",1,\"One\"\n")
	t.Chdir(filepath.Dir(file)) // a relative path is the caller's
	for _, c := range []struct {
		status    int
		args      string
		out, errs string
	}{
		{0, "network export", "aircommons: 1\n", ""},
		{3, "network check", "spans-weekend", ""},
		{3, "import one.csv --city beijing", "rejected", ""},
		{3, "import one.csv --city beijing", "stored", "nothing was changed"},
		{3, "import one.csv --city atlantis", "stored", "the city atlantis was added"},
		{1, "import none.csv --city beijing", "", "none.csv"},
		{0, "stats annual --pollutant pm25 --station One", "One", ""},
		{0, "user add --email a@example.org --role secretariat", s.site + "/en/signin/", ""},
		{0, "verify", "ok  summaries", ""},
		{0, "backup copy", "copy", ""},
		{0, "verify copy", "ok  manifest", ""},
		{1, "backup copy", "", "not empty"},
		{1, "restore copy", "", "in use by process"},
		{1, "serve --addr 127.0.0.1:0", "", "in use by process"},
		{2, "stats annual --capture 700", "", "percentage"},
		{2, "import", "", "--help"},
	} {
		status, out, errs := run(t, append(strings.Fields(c.args), "--data", dir)...)
		if status != c.status || !strings.Contains(out, c.out) || !strings.Contains(errs, c.errs) || strings.Count(errs, "\n") > 1 {
			t.Errorf("%s: status %d\n%.300s\n%s", c.args, status, out, errs)
		}
	}
	if rest := s.end(t); strings.Contains(rest, "ERROR") {
		t.Error(rest)
	}
	if _, err := os.Stat(filepath.Join(dir, "aircommons.sock")); !errors.Is(err, os.ErrNotExist) {
		t.Error("the socket stayed:", err)
	}
	// Without it the folder is opened here.
	if status, out, errs := run(t, "stats", "annual", "--pollutant", "pm25", "--data", dir); status != 0 || !strings.Contains(out, "One") {
		t.Error(status, out, errs)
	}
}

// A server that is killed leaves its socket and its lock's name. The next one begins all the same, and goes on with the
// import.
func TestKilledServer(t *testing.T) {
	t.Parallel()
	dir := network(t)
	file := write(t, "one.csv", cli.Generated("One", 1, 2))
	s := serve(t, dir)
	begun := make(chan int, 1)
	go func() {
		status, _, _ := run(t, "import", file, "--city", "beijing", "--data", dir)
		begun <- status
	}()
	time.Sleep(150 * time.Millisecond)
	s.Process.Kill()
	s.Wait()
	if status := <-begun; status != 1 && status != 0 { // it went away, or was quick, or the command went on by itself
		t.Error(status)
	}
	s = serve(t, dir)
	if status, out, errs := run(t, "import", file, "--city", "beijing", "--data", dir); status != 0 {
		t.Error(status, out, errs)
	}
	s.end(t)
	calm := network(t)
	if status, _, errs := run(t, "import", file, "--city", "beijing", "--data", calm); status != 0 {
		t.Fatal(errs)
	}
	if got, want := stored(t, dir), stored(t, calm); got != want {
		t.Error(firstDifference(got, want))
	}
	whole(t, dir)
}

// A restored copy sends nothing and runs no job until it is told to.
func TestRestoredIsPaused(t *testing.T) {
	t.Parallel()
	dir := network(t)
	file := write(t, "one.csv", cli.Generated("One", 1, 1))
	copied, back := filepath.Join(t.TempDir(), "copy"), filepath.Join(t.TempDir(), "back")
	for _, c := range []struct {
		status int
		args   []string
		errs   string
	}{
		{0, []string{"backup", copied, "--data", dir}, ""},
		{0, []string{"restore", copied, "--data", back}, "serve --resume"},
		{1, []string{"restore", copied, "--data", back}, "--force"},
		{1, []string{"import", file, "--city", "beijing", "--data", back}, "serve --resume"},
	} {
		if status, _, errs := run(t, c.args...); status != c.status || !strings.Contains(errs, c.errs) {
			t.Errorf("%v: status %d %s", c.args, status, errs)
		}
	}
	s := serve(t, back)
	for s.lines.Scan() && !strings.Contains(s.lines.Text(), "serve --resume") {
	}
	if !strings.Contains(s.lines.Text(), "serve --resume") {
		t.Error("the server does not say that it is paused")
	}
	if status, _, errs := run(t, "import", file, "--city", "beijing", "--data", back); status != 1 || !strings.Contains(errs, "serve --resume") {
		t.Error(status, errs)
	}
	s.end(t)
	s = serve(t, back, "--resume")
	if status, _, errs := run(t, "import", file, "--city", "beijing", "--data", back); status != 0 {
		t.Error(status, errs)
	}
	s.end(t)
}
