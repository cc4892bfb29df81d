package evidence

import (
	"bytes"
	"context"
	"io"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/intake"
)

// Trial is the file of an import as a mapping would read its beginning.
type Trial struct {
	Import  Import
	Guess   intake.Guess
	Preview intake.Previewed
	Err     error // what the mapping lacks, or why the file cannot be read with it
}

// Try looks at the beginning of an import's file, and reads the first values with a mapping; nil only looks. Nothing is
// stored.
func (k *Desk) Try(ctx context.Context, by actor.Actor, id string, m *intake.Mapping) (t Trial, err error) {
	if t.Import, _, err = k.Import(ctx, by, id); err != nil {
		return t, err
	}
	r, err := k.files.Open(t.Import.SHA256)
	if err != nil {
		return t, err
	}
	defer r.Close()
	head, err := beginning(r, t.Import.Size)
	if err != nil {
		return t, fault.Wrap(fault.Internal, err, "db.disk", "Path", k.files.Path(t.Import.SHA256))
	}
	opt := t.Import.Reading
	s, err := k.Snapshot(ctx)
	if err != nil {
		return t, err
	}
	if p, ok := s.network.Place(t.Import.Place); ok {
		opt.Zone, opt.Country = p.TimeZone, p.Country
	}
	opt.Layout, opt.Mapping = "", m
	if t.Guess, err = intake.Sniff(t.Import.Name, head, opt); err != nil {
		t.Err = err
		return t, nil
	}
	if m != nil {
		t.Preview, t.Err = intake.Preview(t.Import.Name, head, *m, 12, opt)
	}
	return t, nil
}

// beginning is as much of a file as a preview needs: of an archive or a workbook, whose directory stands at the end, all of
// it; unpacking them is bounded by intake.
func beginning(r io.Reader, size int64) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(min(size, intake.HeadBytes)) + bytes.MinRead)
	if _, err := io.CopyN(&b, r, intake.HeadBytes); err != nil && err != io.EOF {
		return nil, err
	}
	if bytes.HasPrefix(b.Bytes(), []byte("PK")) {
		b.Grow(int(min(size, MaxUpload)) - b.Len() + bytes.MinRead)
		if _, err := io.Copy(&b, io.LimitReader(r, MaxUpload)); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// ReadBy reads an import again by a mapping, and keeps the mapping under its name when it has one.
func (k *Desk) ReadBy(ctx context.Context, by actor.Actor, id string, version int64, m intake.Mapping) error {
	if err := m.Check(); err != nil {
		return err
	}
	if m.Name != "" {
		if err := k.SaveMapping(ctx, by, m); err != nil {
			return err
		}
	}
	var c Choices
	if err := k.db.Read(ctx, func(tx *db.Tx) error {
		i, err := oneImport(ctx, tx, id)
		c = i.Reading
		return err
	}); err != nil {
		return err
	}
	c.Mapping, c.Layout = &m, ""
	return k.Answer(ctx, by, id, version, "", c)
}
