package dbtest

import (
	"os"
	"os/exec"
	"os/user"
	"runtime"
	"strconv"
	"syscall"
)

func account() (uid, gid int, ok bool) {
	if os.Getuid() != 0 {
		return 0, 0, false
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return 0, 0, false
	}
	uid, _ = strconv.Atoi(u.Uid)
	gid, _ = strconv.Atoi(u.Gid)
	return uid, gid, true
}

// give gives a folder to the account that the server runs as.
func give(dir string) error {
	if uid, gid, ok := account(); ok {
		return os.Chown(dir, uid, gid)
	}
	return nil
}

// as runs a command as that account.
func as(c *exec.Cmd) *exec.Cmd {
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if uid, gid, ok := account(); ok {
		c.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	c.Dir = "/"
	return c
}

// run starts the server so that it gets a signal when this program ends. The signal is tied to the thread that
// started it, which therefore never does anything else. A shell waits beside it and takes the folder away.
func run(c *exec.Cmd, dir string) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := c.Start()
		started <- err
		if err == nil {
			c.Wait()
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	sweep := exec.Command("sh", "-c", `while kill -0 "$1" 2>/dev/null; do sleep 1; done; rm -rf "$2"`, "sh", strconv.Itoa(c.Process.Pid), dir)
	sweep.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return sweep.Start()
}
