package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"aircommons/internal/fault"
)

// LayoutInfo describes a layout to people.
type LayoutInfo struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

type layout struct {
	LayoutInfo
	recognise func(head []byte) bool // head is the beginning of the unpacked file
	read      func(*reader) error
}

// layouts are tried in this order; the first that recognises a file reads it.
var layouts = []layout{
	{LayoutInfo{"uci-beijing", "UCI Beijing multi-site: one station a file, hourly, pollutants in ug/m3 and weather, Beijing time (UTC+8). Recognised by its header: No, year, month, day, hour, PM2.5, …, wd, WSPM, station."}, isUCI, readUCI},
	{LayoutInfo{"stateair", "US embassy and consulates (StateAir): hourly PM2.5, local standard time. Recognised by the columns Site, Parameter, Date (LST) after some lines of text."}, isStateAir, readStateAir},
}

// Layouts lists the known layouts.
func Layouts() []LayoutInfo {
	out := make([]LayoutInfo, len(layouts))
	for i, l := range layouts {
		out[i] = l.LayoutInfo
	}
	return out
}

// ReadFile reads one file. Nothing of a file that cannot be read to its end is returned.
func ReadFile(path string, opt Options) (*Result, error) {
	info, err := os.Stat(path)
	if err != nil {
		if os.IsNotExist(err) {
			return nil, fault.Wrap(fault.NotFound, err, "intake.file.missing", "File", path)
		}
		return nil, fault.Wrap(fault.Invalid, err, "intake.file.unreadable", "File", path)
	}
	if info.IsDir() {
		return nil, fault.New(fault.Invalid, "intake.file.directory", "File", path)
	}
	if info.Size() > opt.Limits.packed() {
		return nil, fault.New(fault.Invalid, "intake.file.large", "File", path, "Limit", opt.Limits.packed()>>20)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "intake.file.unreadable", "File", path)
	}
	return ReadBytes(path, data, opt)
}

// ReadFiles reads several files, at most workers at a time, and returns them in the order of paths.
func ReadFiles(paths []string, opt Options, workers int) ([]*Result, error) {
	results, errs := make([]*Result, len(paths)), make([]error, len(paths))
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(1, min(workers, len(paths))) {
		wg.Go(func() {
			for i := range next {
				results[i], errs[i] = ReadFile(paths[i], opt)
			}
		})
	}
	for i := range paths {
		next <- i
	}
	close(next)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return results, nil
}

// ReadBytes reads a file that is in memory; path is its name.
func ReadBytes(path string, data []byte, opt Options) (*Result, error) {
	sum := sha256.Sum256(data)
	plain, name, err := unpack(path, data, opt.Limits)
	if err != nil {
		return nil, err
	}
	if len(strings.TrimSpace(string(plain[:min(len(plain), 64)]))) == 0 {
		return nil, fault.New(fault.Invalid, "intake.file.empty", "File", path)
	}
	res := &Result{Path: path, Name: filepath.Base(path), SHA256: hex.EncodeToString(sum[:])}
	r := &reader{Result: res, data: plain, name: name, opt: opt, path: path}
	head := plain[:min(len(plain), 8192)]
	for _, l := range layouts {
		if opt.Layout == l.Name || (opt.Layout == "" && l.recognise(head)) {
			res.Layout = l.Name
			if err := l.read(r); err != nil {
				return nil, err
			}
			return res, r.finish()
		}
	}
	if opt.Layout != "" {
		return nil, fault.New(fault.Invalid, "intake.layout.unknown", "Layout", opt.Layout)
	}
	return nil, fault.New(fault.Invalid, "intake.layout.none", "File", path)
}
