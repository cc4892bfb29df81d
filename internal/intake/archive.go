package intake

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"io"
	"maps"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"aircommons/air"
	"aircommons/internal/fault"
)

// archive reads every table of a zip that holds several, as one file: the same layout, and nothing of it where one of them is
// damaged. What is no table, such as a text to read first, is left out and named.
type archive struct {
	*Result
	opt     Options
	index   map[archiveKey]int
	facts   map[string]int
	mapped  *Mapping
	mapless bool // the tables are not read alike, or not all were read
}

type archiveKey struct {
	city, station string
	param         air.Parameter
	unit          air.Unit
	step          int64
}

// maxDepth is how many archives may lie in each other: the one of UCI lies in another.
const maxDepth = 2

func readArchive(file string, src source, opt Options) (*Result, error) {
	left := opt.Limits.most(len(src.data))
	return readNested(file, src, opt, &left, 1)
}

// readNested reads an archive that lies in depth−1 others. left is how many bytes may still come out of all of them.
func readNested(file string, src source, opt Options, left *int64, depth int) (*Result, error) {
	a := &archive{Result: &Result{Path: file, Name: filepath.Base(file)}, opt: opt, index: map[archiveKey]int{}, facts: map[string]int{}}
	most := *left
	var none []string
	for _, f := range src.several {
		name := path.Base(strings.ReplaceAll(nameOf(f), `\`, "/"))
		label := file + " (" + clip(name, 80) + ")"
		data, err := entry(label, f, *left)
		if err != nil {
			return nil, err
		}
		if *left -= int64(len(data)); *left < 0 {
			return nil, (&source{path: file}).large(most)
		}
		inner := opt
		inner.Limits.Unpacked = max(*left, 1)
		s, err := unpack(label, data, inner.Limits, 0)
		var r *Result
		switch {
		case err != nil:
		case s.several != nil && depth < maxDepth:
			r, err = readNested(label, s, opt, left, depth+1)
		case s.several != nil:
			err = fault.New(fault.Invalid, "intake.packed.deep", "File", label)
		default:
			s.name = strings.TrimSuffix(name, ".gz")
			if s.sheet == nil && len(s.data) != len(data) {
				*left -= int64(len(s.data))
			}
			r, err = readSource(label, s, inner)
		}
		if err != nil {
			if !noTable(err) {
				return nil, err
			}
			none = append(none, clip(name, 80))
			continue
		}
		if err := a.take(name, r); err != nil {
			return nil, err
		}
	}
	if a.Layout == "" {
		return nil, fault.New(fault.Invalid, "intake.zip.unknown", "File", file, "Count", len(none), "Names", joinColumns(none))
	}
	if len(none) > 0 {
		a.mapless = true
		a.Warnings = append(a.Warnings, fault.Say("intake.zip.skipped", "Names", joinColumns(none)))
	}
	if !a.mapless {
		a.Mapping = a.mapped
	}
	a.Values, a.Flagged = 0, 0
	for i := range a.Series {
		a.Values += a.Series[i].Len()
		for _, f := range a.Series[i].Flag {
			if f != air.Valid {
				a.Flagged++
			}
		}
	}
	return a.Result, nil
}

// entry unpacks one file of an archive, at most most bytes of it.
func entry(label string, f *zip.File, most int64) ([]byte, error) {
	if f.Flags&1 != 0 {
		return nil, fault.New(fault.Invalid, "intake.zip.locked", "File", label)
	}
	s := source{path: label}
	size := int64(min(f.UncompressedSize64, 1<<40))
	if size > most {
		return nil, s.large(most)
	}
	z, err := f.Open()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "intake.zip.damaged", "File", label)
	}
	defer z.Close()
	var b bytes.Buffer
	if size <= int64(f.CompressedSize64)*50 {
		b.Grow(int(size) + bytes.MinRead)
	}
	if _, err := io.Copy(&b, io.LimitReader(z, most+1)); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "intake.zip.damaged", "File", label)
	}
	return b.Bytes(), nil
}

// noTable reports whether an error says that a file is no table that anybody reads, rather than a damaged one.
func noTable(err error) bool {
	var e *fault.Error
	if !errors.As(err, &e) || e.Code != fault.Invalid {
		return false
	}
	k := e.Message.Key
	return strings.HasPrefix(k, "intake.file.") || k == "intake.layout.none" || k == "intake.layout.json" || k == "intake.rows.none" || k == "intake.zip.none" || k == "intake.zip.unknown" || strings.HasPrefix(k, "intake.openaq.")
}

// take joins what one table of the archive says to what the others said.
func (a *archive) take(name string, r *Result) error {
	short := clip(name, 80)
	first := a.Layout == ""
	switch {
	case first:
		a.Layout, a.Encoding, a.mapped = r.Layout, r.Encoding, r.Mapping
	case a.Layout != r.Layout:
		return fault.New(fault.Invalid, "intake.zip.mixed", "File", a.Path, "Name", short, "Layout", r.Layout, "Other", a.Layout)
	case !reflect.DeepEqual(a.mapped, r.Mapping):
		a.mapless = true
	}
	if !slices.Contains(strings.Split(a.Encoding, ", "), r.Encoding) {
		a.Encoding += ", " + r.Encoding
	}
	if a.Rows += r.Rows; a.Rows > a.opt.Limits.rows() {
		return fault.New(fault.Invalid, "intake.rows.many", "File", a.Path, "Limit", a.opt.Limits.rows())
	}
	a.Missing += r.Missing
	a.RejectedTotal += r.RejectedTotal
	a.NotedTotal += r.NotedTotal
	for i := range r.Rejected {
		r.Rejected[i].File = cmp.Or(r.Rejected[i].File, short)
	}
	for i := range r.Noted {
		r.Noted[i].File = cmp.Or(r.Noted[i].File, short)
	}
	a.Rejected = append(a.Rejected, r.Rejected[:min(len(r.Rejected), MaxLines-len(a.Rejected))]...)
	a.Noted = append(a.Noted, r.Noted[:min(len(r.Noted), MaxLines-len(a.Noted))]...)
	for _, w := range r.Warnings {
		if !slices.ContainsFunc(a.Warnings, func(m fault.Message) bool { return m.String() == w.String() }) {
			a.Warnings = append(a.Warnings, w)
		}
	}
	for _, q := range r.Asks {
		if !slices.ContainsFunc(a.Asks, func(b Ask) bool { return b.Property == q.Property && b.Column == q.Column }) {
			a.Asks = append(a.Asks, q)
		}
	}
	for _, f := range r.Facts {
		a.fact(f)
	}
	return a.join(short, r)
}

// fact adds a fact, or counts further what it counts: cells that are missing, stations in a column.
func (a *archive) fact(f Fact) {
	plain := func(m fault.Message) string {
		args := maps.Clone(m.Args)
		delete(args, "Count")
		return fault.Message{Key: m.Key, Args: args}.String()
	}
	k := f.Property + "\x00" + plain(f.Value) + "\x00" + plain(f.How)
	i, known := a.facts[k]
	if !known {
		if len(a.Facts) == 60 {
			return
		}
		a.facts[k] = len(a.Facts)
		f.Value.Args, f.How.Args = maps.Clone(f.Value.Args), maps.Clone(f.How.Args)
		a.Facts = append(a.Facts, f)
		return
	}
	g := &a.Facts[i]
	for _, x := range []struct{ sum, more fault.Args }{{g.Value.Args, f.Value.Args}, {g.How.Args, f.How.Args}} {
		have, ok1 := x.sum["Count"].(int)
		more, ok2 := x.more["Count"].(int)
		if ok1 && ok2 {
			x.sum["Count"] = have + more
		}
	}
	g.Sure = g.Sure && f.Sure
}

// join adds the series of a table. Of an hour that two tables have, the first stands.
func (a *archive) join(name string, r *Result) error {
	twice := 0
	for _, s := range r.Series {
		k := archiveKey{s.Station.City, s.Station.Code, s.Parameter, s.Unit, s.Step}
		i, known := a.index[k]
		if !known {
			if len(a.Series) >= a.opt.Limits.series() {
				return fault.New(fault.Invalid, "intake.series.many", "File", a.Path, "Limit", a.opt.Limits.series())
			}
			a.index[k] = len(a.Series)
			a.Series = append(a.Series, s)
			continue
		}
		have := &a.Series[i]
		twice += differ(have.Series, s.Series)
		have.Series = air.Merge(s.Series, have.Series)
	}
	if twice > 0 {
		a.Warnings = append(a.Warnings, fault.Say("intake.zip.overlap", "Name", name, "Count", twice))
	}
	return nil
}

// differ counts the times at which two series have different values.
func differ(a, b air.Series) (n int) {
	i := 0
	for j, t := range b.Time {
		for i < len(a.Time) && a.Time[i] < t {
			i++
		}
		if i < len(a.Time) && a.Time[i] == t && a.Value[i] != b.Value[j] {
			n++
		}
	}
	return n
}
