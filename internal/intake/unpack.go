package intake

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"

	"aircommons/internal/fault"
)

// Limits bound what a file may cost. Zero values stand for the defaults.
type Limits struct {
	Packed   int64 // bytes of the file as given; 512 MiB
	Unpacked int64 // bytes after unpacking; 1 GiB
	Ratio    int64 // unpacked over packed, beyond the first 10 MiB; 80, where exports have 5 to 30
	Cell     int   // bytes of one cell; 64 KiB
	Rows     int   // lines of data; 20 million
	Series   int   // stations times parameters; 20,000
	Entries  int   // files in an archive or parts of a workbook; 1,000
}

func or[T int | int64](v, d T) T {
	if v > 0 {
		return v
	}
	return d
}

func (l Limits) packed() int64   { return or(l.Packed, 512<<20) }
func (l Limits) unpacked() int64 { return or(l.Unpacked, 1<<30) }
func (l Limits) ratio() int64    { return or(l.Ratio, 80) }
func (l Limits) cell() int       { return or(l.Cell, 64<<10) }
func (l Limits) rows() int       { return or(l.Rows, 20_000_000) }
func (l Limits) series() int     { return or(l.Series, 20_000) }
func (l Limits) entries() int    { return or(l.Entries, 1000) }

// most is how many bytes may come out of packed bytes.
func (l Limits) most(packed int) int64 {
	return min(l.unpacked(), max(10<<20, int64(packed)*l.ratio()))
}

// source is a file, unpacked.
type source struct {
	path  string // as given
	name  string // base name without the endings of packing
	data  []byte
	sheet *workbook // of a workbook; data is nil then
	part  bool      // data is only the beginning
	// several are the files of an archive of more than one; data is the archive then.
	several []*zip.File
}

// unpack undoes gzip and zip, and says of what is not a table what it is. head is how much of the unpacked bytes is
// wanted, 0 for all.
func unpack(file string, data []byte, lim Limits, head int64) (source, error) {
	s := source{path: file, name: filepath.Base(file), data: data}
	most := lim.most(len(data))
	for range 3 { // a zip in a gzip is met; more is a trick
		switch {
		case bytes.HasPrefix(s.data, []byte("\x1f\x8b")):
			s.name = strings.TrimSuffix(s.name, ".gz")
			z, err := gzip.NewReader(bytes.NewReader(s.data))
			if err != nil {
				return s, fault.Wrap(fault.Invalid, err, "intake.gzip.damaged", "File", file)
			}
			// The last four bytes state the size, of a whole file smaller than 4 GiB.
			size := int64(0)
			if n := len(s.data); n > 18 && (head == 0 || n < HeadBytes) {
				size = int64(binary.LittleEndian.Uint32(s.data[n-4:]))
			}
			if err := s.fill(z, size, most, head, "intake.gzip.damaged"); err != nil {
				return s, err
			}
		case bytes.HasPrefix(s.data, []byte("PK\x03\x04")) || bytes.HasPrefix(s.data, []byte("PK\x05\x06")):
			if s.part {
				return s, fault.New(fault.Invalid, "intake.zip.damaged", "File", file)
			}
			z, err := openZip(file, s.data, lim)
			if err != nil {
				return s, err
			}
			if book, err := openWorkbook(file, z, most); book != nil || err != nil {
				s.sheet, s.data = book, nil
				return s, err
			}
			found, err := filesOf(file, z)
			if err != nil {
				return s, err
			}
			if len(found) > 1 && head == 0 {
				s.several = found
				return s, nil
			}
			one := likely(found)
			s.name = path.Base(strings.ReplaceAll(nameOf(one), `\`, "/"))
			if one.Flags&1 != 0 {
				return s, fault.New(fault.Invalid, "intake.zip.locked", "File", file)
			}
			f, err := one.Open()
			if err != nil {
				return s, fault.Wrap(fault.Invalid, err, "intake.zip.damaged", "File", file)
			}
			size := int64(min(one.UncompressedSize64, 1<<40))
			if size > most {
				return s, s.large(most)
			}
			if err := s.fill(f, size, most, head, "intake.zip.damaged"); err != nil {
				return s, err
			}
		default:
			return s, notTable(file, s.data)
		}
	}
	return s, fault.New(fault.Invalid, "intake.packed.deep", "File", file)
}

func (s *source) large(most int64) error {
	return fault.New(fault.Invalid, "intake.unpacked.large", "File", s.path, "Limit", most>>20)
}

// fill replaces data by what comes out of z, at most most bytes of it. size is what the packing states, which is not
// believed further than for making room.
func (s *source) fill(z io.Reader, size, most, head int64, damaged string) error {
	want := most + 1
	if head > 0 {
		want = min(want, head)
	}
	var b bytes.Buffer
	if packed := int64(len(s.data)); size > 0 && size <= packed*50 {
		b.Grow(int(min(size, want)) + bytes.MinRead)
	} else {
		b.Grow(int(min(packed*5, 64<<20, want)))
	}
	n, err := io.Copy(&b, io.LimitReader(z, want))
	if err != nil && !(head > 0 && b.Len() > 0 && errors.Is(err, io.ErrUnexpectedEOF)) {
		return fault.Wrap(fault.Invalid, err, damaged, "File", s.path)
	}
	if n > most {
		return s.large(most)
	}
	s.part = head > 0 && n == head
	s.data = b.Bytes()
	return nil
}

// openZip reads the directory of an archive after looking at how long it is: a directory of millions of names costs far
// more memory than the archive itself.
func openZip(file string, data []byte, lim Limits) (*zip.Reader, error) {
	damaged := func(err error) error { return fault.Wrap(fault.Invalid, err, "intake.zip.damaged", "File", file) }
	tail := data[max(0, len(data)-(22+1<<16)):]
	i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if i < 0 || len(tail)-i < 22 {
		return nil, damaged(zip.ErrFormat)
	}
	start := int64(binary.LittleEndian.Uint32(tail[i+16:]))
	// An entry of the directory takes 46 bytes and its name; 1 KiB for each is plenty.
	if start > int64(len(data)) || int64(len(data))-start > int64(lim.entries())<<10+1<<16+22 {
		return nil, fault.New(fault.Invalid, "intake.zip.entries", "File", file, "Limit", lim.entries())
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, damaged(err)
	}
	if len(z.File) > lim.entries() {
		return nil, fault.New(fault.Invalid, "intake.zip.entries", "File", file, "Limit", lim.entries())
	}
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)
	return z, nil
}

// filesOf are the files of an archive, without what systems leave behind in one.
func filesOf(file string, z *zip.Reader) ([]*zip.File, error) {
	var found []*zip.File
	for _, f := range z.File {
		base := path.Base(strings.ReplaceAll(f.Name, `\`, "/"))
		if f.FileInfo().IsDir() || strings.HasPrefix(f.Name, "__MACOSX/") || strings.HasPrefix(base, ".") || base == "Thumbs.db" || base == "desktop.ini" {
			continue
		}
		found = append(found, f)
	}
	if len(found) == 0 {
		return nil, fault.New(fault.Invalid, "intake.zip.none", "File", file)
	}
	return found, nil
}

// likely is the file of an archive that a preview shows: the first whose name ends like that of a table.
func likely(found []*zip.File) *zip.File {
	for _, f := range found {
		switch strings.ToLower(path.Ext(f.Name)) {
		case ".csv", ".tsv", ".tab", ".json", ".xlsx", ".gz":
			return f
		}
	}
	return found[0]
}

// nameOf is the name of an entry; older archives write it in the encoding of their country.
func nameOf(f *zip.File) string {
	if utf8.ValidString(f.Name) {
		return f.Name
	}
	name, _, _ := guess([]byte(f.Name), 1)
	out, err := encodings[name].NewDecoder().String(f.Name)
	if err != nil {
		out = f.Name
	}
	return strings.ToValidUTF8(out, "_")
}

// kinds are beginnings of files that hold no table, with the message that says what they are.
var kinds = []struct{ begins, key string }{
	{"%PDF", "intake.file.pdf"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "intake.file.xls"},
	{"PAR1", "intake.file.parquet"}, {"\x89PNG", "intake.file.picture"}, {"\xff\xd8\xff", "intake.file.picture"}, {"GIF8", "intake.file.picture"},
	{"7z\xbc\xaf", "intake.file.packed"}, {"Rar!", "intake.file.packed"}, {"BZh", "intake.file.packed"}, {"\xfd7zXZ", "intake.file.packed"}, {"\x28\xb5\x2f\xfd", "intake.file.packed"},
	{"RDX", "intake.file.r"}, {"RDA", "intake.file.r"}, {"\x89HDF", "intake.file.hdf"}, {"CDF\x01", "intake.file.hdf"}, {"CDF\x02", "intake.file.hdf"}, {"SQLite format 3", "intake.file.database"},
}

// locked names the part of an old container that holds a workbook behind a password.
var locked = []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e")

// notTable is nil for what may be a table, else says what the file is and what to do.
func notTable(file string, data []byte) error {
	for _, k := range kinds {
		if bytes.HasPrefix(data, []byte(k.begins)) {
			if k.key == "intake.file.xls" && bytes.Contains(data, locked) {
				return fault.New(fault.Invalid, "intake.file.locked", "File", file)
			}
			return fault.New(fault.Invalid, k.key, "File", file)
		}
	}
	head := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(data[:min(len(data), 2048)], []byte("\xef\xbb\xbf")), " \t\r\n"))
	if bytes.HasPrefix(head, []byte("<")) {
		if bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.Contains(head, []byte("<html")) || bytes.Contains(head, []byte("<table")) || bytes.Contains(head, []byte("<head")) {
			return fault.New(fault.Invalid, "intake.file.html", "File", file)
		}
		if bytes.HasPrefix(head, []byte("<?xml")) {
			return fault.New(fault.Invalid, "intake.file.xml", "File", file)
		}
	}
	return nil
}

// clip cuts a text to at most n characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
