package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"aircommons/internal/cli"
)

// room runs a script of this file in a process with a file system of its own, mounted where only it can see it.
func room(t *testing.T, script string) {
	t.Helper()
	c := exec.Command(os.Args[0], t.TempDir())
	c.Env = append(os.Environ(), "AIRCOMMONS_TEST_CHILD="+script)
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := c.CombinedOutput()
	if err != nil && (c.ProcessState == nil || c.ProcessState.ExitCode() == 77) {
		t.Skipf("no file system can be mounted here: %v %s", err, out)
	}
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// inRoom is that process.
func inRoom(script, dir string) {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		fmt.Println(err)
		os.Exit(77)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=48m"); err != nil {
		fmt.Println(err)
		os.Exit(77)
	}
	map[string]func(string){"full": fullDisk, "readonly": readOnly}[script](dir)
	os.Exit(0)
}

// expect runs a command and says what is not as expected.
func expect(status int, says string, args ...string) (out string) {
	var o, e bytes.Buffer
	got := cli.Main(args, &o, &e)
	if got != status || !strings.Contains(e.String(), says) || strings.Count(e.String(), "\n") > 1 {
		fmt.Printf("%v: status %d, want %d %q\n%s%s", args, got, status, says, o.String(), e.String())
	}
	return o.String()
}

// fullDisk imports with less and less room. Each time one line says so, what was stored stays whole, and with room again
// the import ends as if nothing had been.
func fullDisk(dir string) {
	data, ballast := filepath.Join(dir, "data"), filepath.Join(dir, "ballast")
	if err := makeNetwork(data); err != nil {
		fmt.Println(err)
		return
	}
	file := func(n int) string {
		path := filepath.Join(os.TempDir(), fmt.Sprintf("aircommons-full-%d-%d.csv", os.Getpid(), n))
		if err := os.WriteFile(path, []byte(cli.Generated(fmt.Sprintf("S%d", n), uint64(n), 1)), 0o600); err != nil {
			fmt.Println(err)
		}
		return path
	}
	first := file(0)
	defer os.Remove(first)
	expect(0, "", "import", first, "--city", "beijing", "--data", data)
	for n, left := range []int64{0, 128 << 10, 700 << 10, 2 << 20} {
		next := file(n + 1)
		defer os.Remove(next)
		before := expect(0, "", "stats", "month", "--data", data, "--format", "json")
		var st syscall.Statfs_t
		if err := syscall.Statfs(dir, &st); err != nil {
			fmt.Println(err)
			return
		}
		fill := int64(st.Bavail)*st.Bsize - left
		if err := os.WriteFile(ballast, make([]byte, fill), 0o600); err != nil {
			fmt.Println(err)
			return
		}
		var o, e bytes.Buffer
		status := cli.Main([]string{"import", next, "--city", "beijing", "--data", data}, &o, &e)
		// With some room it may just do; what must not be is a failure that says something else.
		if status == 0 && left < 512<<10 || status != 0 && (status != 1 || !strings.Contains(e.String(), "disk is full") || strings.Count(e.String(), "\n") != 1) {
			fmt.Printf("with %d bytes left: status %d\n%s%s", left, status, o.String(), e.String())
		}
		if err := os.Remove(ballast); err != nil {
			fmt.Println(err)
			return
		}
		if status != 0 {
			after := expect(0, "", "stats", "month", "--data", data, "--format", "json", "--station", "S0")
			var old, kept []json.RawMessage
			json.Unmarshal([]byte(before), &old)
			json.Unmarshal([]byte(after), &kept)
			if len(kept) == 0 {
				fmt.Println("the first station is gone")
			}
		}
		expect(0, "", "verify", "--data", data)
		// After a failure the command finishes what was begun, and then finds the file stored.
		again := ""
		if status == 0 {
			again = "nothing was changed"
		}
		expect(0, again, "import", next, "--city", "beijing", "--data", data)
		expect(0, "", "verify", "--data", data)
	}
	// No room for a copy either: nothing of it stays.
	var st syscall.Statfs_t
	syscall.Statfs(dir, &st)
	if err := os.WriteFile(ballast, make([]byte, int64(st.Bavail)*st.Bsize-(100<<10)), 0o600); err != nil {
		fmt.Println(err)
	}
	expect(1, "disk is full", "backup", filepath.Join(dir, "copy"), "--data", data)
	if left, _ := filepath.Glob(filepath.Join(dir, "copy*")); len(left) > 0 {
		fmt.Println("half a copy stays:", left)
	}
}

// readOnly gives each command a folder that cannot be written.
func readOnly(dir string) {
	data := filepath.Join(dir, "data")
	if err := makeNetwork(data); err != nil {
		fmt.Println(err)
		return
	}
	file := filepath.Join(dir, "one.csv")
	if err := os.WriteFile(file, []byte(cli.Generated("One", 1, 1)), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		fmt.Println(err)
		os.Exit(77)
	}
	for _, args := range [][]string{{"import", file, "--city", "beijing"}, {"network", "export"}, {"serve", "--addr", "127.0.0.1:0"}, {"restore", dir}, {"user", "add", "--email", "a@example.org", "--role", "visitor"}} {
		expect(1, "cannot be written", append(args, "--data", data)...)
	}
	expect(1, "cannot be written", "serve", "--addr", "127.0.0.1:0", "--data", filepath.Join(dir, "new"))
	expect(0, "", "stats", "annual", file) // nothing is needed for this
	expect(1, "", "backup", filepath.Join(dir, "copy"), "--data", data)
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	room(t, "full")
}

func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	room(t, "readonly")
}
