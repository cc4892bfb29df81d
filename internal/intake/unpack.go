package intake

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"

	"aircommons/internal/fault"
)

// Limits bound what a file may cost. Zero values stand for the defaults.
type Limits struct {
	Packed   int64 // bytes of the file as given; 512 MiB
	Unpacked int64 // bytes after unpacking; 1 GiB
	Ratio    int64 // unpacked over packed, beyond the first 10 MiB; 200
	Cell     int   // bytes of one cell; 64 KiB
}

func or[T int | int64](v, d T) T {
	if v > 0 {
		return v
	}
	return d
}

func (l Limits) packed() int64   { return or(l.Packed, 512<<20) }
func (l Limits) unpacked() int64 { return or(l.Unpacked, 1<<30) }
func (l Limits) ratio() int64    { return or(l.Ratio, 200) }
func (l Limits) cell() int       { return or(l.Cell, 64<<10) }

// unpack undoes gzip and takes a byte order mark away. name is the base name without the packing's ending.
func unpack(path string, data []byte, lim Limits) (plain []byte, name string, err error) {
	name = filepath.Base(path)
	if len(data) > 2 && data[0] == 0x1f && data[1] == 0x8b {
		name = strings.TrimSuffix(name, ".gz")
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, "", fault.Wrap(fault.Invalid, err, "intake.gzip.damaged", "File", path)
		}
		most := min(lim.unpacked(), max(10<<20, int64(len(data))*lim.ratio()))
		var b bytes.Buffer
		b.Grow(min(len(data)*5, 64<<20))
		n, err := io.Copy(&b, io.LimitReader(z, most+1))
		if err != nil {
			return nil, "", fault.Wrap(fault.Invalid, err, "intake.gzip.damaged", "File", path)
		}
		if n > most {
			return nil, "", fault.New(fault.Invalid, "intake.unpacked.large", "File", path, "Limit", most>>20)
		}
		data = b.Bytes()
	}
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), name, nil
}
