package house

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"aircommons/internal/fault"
)

// Command is a command line on its way to the server that holds the folder. Relative paths in it are meant from Dir.
type Command struct {
	Args     []string `json:"args"`
	Dir      string   `json:"dir"`
	Terminal bool     `json:"terminal,omitempty"` // the caller's stderr is a terminal
	Width    int      `json:"width,omitempty"`    // its columns
}

// What the server answers: frames of one byte for the kind, four for the length, big end first, and the content.
const (
	frameOut  = 1 // to stdout
	frameErr  = 2 // to stderr
	frameExit = 3 // four bytes of exit status; the last frame
)

const (
	maxCommand = 1 << 20
	maxFrame   = 64 << 10
)

// ErrNoServer says that nobody answers at the socket of a folder.
var ErrNoServer = errors.New("house: no server answers in the data folder")

// Answer runs the commands of others with run until ctx ends. run returns the exit status. The caller of a command who
// goes away ends its context.
func (h *House) Answer(ctx context.Context, run func(ctx context.Context, c Command, out, errw io.Writer) int) error {
	path, done, err := socketAddress(h.Folder)
	if err != nil {
		return err
	}
	defer done()
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) { // left by a killed server; the lock is ours
		return folderFault(err, h.Folder)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return fault.Wrap(fault.Internal, err, "house.socket", "Path", SocketPath(h.Folder))
	}
	l.SetUnlinkOnClose(false) // done here, while the way to it is open
	defer os.Remove(path)
	if err := os.Chmod(path, 0o600); err != nil {
		return errors.Join(folderFault(err, h.Folder), l.Close())
	}
	var calls sync.WaitGroup
	defer calls.Wait()
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	for {
		c, err := l.AcceptUnix()
		if ctx.Err() != nil {
			if c != nil {
				c.Close()
			}
			return nil
		}
		if err != nil {
			h.Log.Warn("command socket", "error", err)
			time.Sleep(100 * time.Millisecond)
			continue
		}
		calls.Go(func() {
			defer c.Close()
			if err := h.answer(ctx, c, run); err != nil {
				h.Log.Warn("command", "error", err)
			}
		})
	}
}

func (h *House) answer(ctx context.Context, c *net.UnixConn, run func(context.Context, Command, io.Writer, io.Writer) int) error {
	if err := sameUser(c); err != nil {
		return err
	}
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	in := bufio.NewReader(io.LimitReader(c, maxCommand))
	line, err := in.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("read a command: %w", err)
	}
	var cmd Command
	if err := json.Unmarshal(line, &cmd); err != nil {
		return fmt.Errorf("read a command: %w", err)
	}
	c.SetReadDeadline(time.Time{})
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() { // the caller sends no more: what comes is its end
		defer stop()
		io.Copy(io.Discard, c)
	}()
	f := &frames{w: c}
	status := run(ctx, cmd, frameWriter{f, frameOut}, frameWriter{f, frameErr})
	return f.write(frameExit, binary.BigEndian.AppendUint32(nil, uint32(status)))
}

// frames writes frames of two streams over one connection.
type frames struct {
	mu  sync.Mutex
	w   io.Writer
	err error
}

func (f *frames) write(kind byte, p []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for first := true; f.err == nil && (first || len(p) > 0); first = false {
		n := min(len(p), maxFrame)
		head := binary.BigEndian.AppendUint32([]byte{kind}, uint32(n))
		if _, f.err = f.w.Write(append(head, p[:n]...)); f.err == nil {
			p = p[n:]
		}
	}
	return f.err
}

type frameWriter struct {
	f    *frames
	kind byte
}

func (w frameWriter) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := w.f.write(w.kind, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Send runs a command in the server that holds a folder, and returns its exit status. ErrNoServer when there is none.
// When ctx ends, the command is ended there, and what it still says is passed on.
func Send(ctx context.Context, folder string, cmd Command, out, errw io.Writer) (int, error) {
	path, done, err := socketAddress(folder)
	if err != nil {
		return 0, err
	}
	defer done()
	c, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return 0, errors.Join(ErrNoServer, err)
	}
	defer c.Close()
	line, err := json.Marshal(cmd)
	if err != nil {
		return 0, err
	}
	gone := func(err error) error { return fault.Wrap(fault.Internal, err, "house.gone", "Path", folder) }
	if _, err := c.Write(append(line, '\n')); err != nil {
		return 0, gone(err)
	}
	stop := context.AfterFunc(ctx, func() {
		c.CloseWrite()
		c.SetReadDeadline(time.Now().Add(15 * time.Second))
	})
	defer stop()
	in := bufio.NewReader(c)
	buffer := make([]byte, maxFrame)
	for {
		var head [5]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return 0, gone(err)
		}
		n := binary.BigEndian.Uint32(head[1:])
		if n > maxFrame {
			return 0, gone(fmt.Errorf("a frame of %d bytes", n))
		}
		p := buffer[:n]
		if _, err := io.ReadFull(in, p); err != nil {
			return 0, gone(err)
		}
		switch head[0] {
		case frameOut:
			_, err = out.Write(p)
		case frameErr:
			_, err = errw.Write(p)
		case frameExit:
			if n != 4 {
				return 0, gone(errors.New("an exit status of the wrong size"))
			}
			return int(int32(binary.BigEndian.Uint32(p))), nil
		}
		if err != nil {
			return 0, err // nobody reads here any more; closing ends the command there
		}
	}
}
