package house

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// sameUser refuses a caller who is neither the user that the server runs as nor root.
func sameUser(c *net.UnixConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var who *unix.Ucred
	var failed error
	if err := raw.Control(func(fd uintptr) { who, failed = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	if int(who.Uid) != os.Getuid() && who.Uid != 0 {
		return fmt.Errorf("a command of user %d is refused", who.Uid)
	}
	return nil
}

// longestSocket is how long the path of a socket may be, sockaddr_un(7), less the zero at its end.
const longestSocket = 107

// socketAddress is a path by which the socket of a folder can be named, however long that of the folder is. done lets
// the way go.
func socketAddress(folder string) (path string, done func(), err error) {
	path = SocketPath(folder)
	if len(path) <= longestSocket {
		return path, func() {}, nil
	}
	d, err := os.Open(folder)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil, errors.Join(ErrNoServer, err)
	}
	if err != nil {
		return "", nil, folderFault(err, folder)
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", d.Fd(), filepath.Base(path)), func() { d.Close() }, nil
}
