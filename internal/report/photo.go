package report

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	_ "image/png" // photos may come as PNG
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// MaxPhoto is the largest photo that is taken, in bytes; larger side of what is kept, in pixels.
const (
	MaxPhoto   = 20 << 20
	photoSide  = 1600
	mostPixels = 80_000_000
	mostPhotos = 200
)

// Photo is a picture of an activity whose people agreed that it is shown. What is kept is made anew from its pixels: a camera
// writes the place and the person into its files.
type Photo struct {
	ID        string    `json:"id"`
	Activity  string    `json:"activity"`
	Sum       string    `json:"sum"` // SHA-256 of the kept file, a JPEG
	Width     int       `json:"width"`
	Height    int       `json:"height"`
	Size      int64     `json:"size"`
	Captions  db.Text   `json:"captions"`
	Credit    string    `json:"credit"`
	Uploaded  time.Time `json:"uploaded"`
	Withdrawn bool      `json:"withdrawn,omitempty"`
	Version   int64     `json:"version"`
}

// By is the credit for readers, who are told in their language when the photographer asked to be erased.
func (p Photo) By(w *catalog.Words) string {
	return strings.ReplaceAll(p.Credit, account.Gone, w.T("person.gone"))
}

func photos(ctx context.Context, tx *db.Tx, where string, args ...any) (out []Photo, err error) {
	err = tx.Each(ctx, `SELECT id, activity_id, sha256, width, height, size, captions, credit, uploaded_at, withdrawn, version FROM photo `+where+` ORDER BY activity_id, position, id`, args, func(scan func(...any) error) error {
		var p Photo
		err := scan(&p.ID, &p.Activity, &p.Sum, &p.Width, &p.Height, &p.Size, &p.Captions, &p.Credit, &p.Uploaded, &p.Withdrawn, &p.Version)
		p.Uploaded = p.Uploaded.UTC()
		out = append(out, p)
		return err
	})
	return out, err
}

// Photos lists the photos of an activity, for those who run it.
func (k *Desk) Photos(ctx context.Context, by actor.Actor, activityID string) (out []Photo, a activity.Activity, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if a, err = run(ctx, tx, by, activityID); err != nil {
			return err
		}
		out, err = photos(ctx, tx, `WHERE activity_id = $1`, activityID)
		return err
	})
	return out, a, err
}

func checkPhoto(f *fault.Form, p *Photo) {
	for lang, s := range p.Captions {
		if p.Captions[lang] = strings.TrimSpace(s); p.Captions[lang] == "" {
			delete(p.Captions, lang)
		}
		if utf8.RuneCountInString(s) > 500 {
			f.Add("captions", "report.long", "Most", 500)
		}
	}
	if len(p.Captions) == 0 {
		f.Add("captions", "report.photo.nocaption")
	}
	if p.Credit = strings.TrimSpace(p.Credit); p.Credit == "" {
		f.Add("credit", "report.photo.nocredit")
	} else if utf8.RuneCountInString(p.Credit) > 200 {
		f.Add("credit", "report.long", "Most", 200)
	}
}

// AddPhoto keeps a photo of an activity. Without consent of the people in it none is taken.
func (k *Desk) AddPhoto(ctx context.Context, by actor.Actor, p Photo, consent bool, from io.Reader) (Photo, error) {
	var f fault.Form
	checkPhoto(&f, &p)
	if !consent {
		f.Add("consent", "report.photo.noconsent")
	}
	if from == nil || k.files == nil {
		f.Add("file", "report.photo.nofile")
	}
	if err := k.db.Read(ctx, func(tx *db.Tx) error { _, err := run(ctx, tx, by, p.Activity); return err }); err != nil {
		return p, err
	}
	if err := f.Err(); err != nil {
		return p, err
	}
	b, err := io.ReadAll(io.LimitReader(from, MaxPhoto+1))
	if err != nil {
		return p, fault.Wrap(fault.Invalid, err, "error.upload")
	}
	made, w, h, err := Remake(b)
	if err != nil || len(b) > MaxPhoto {
		f.Add("file", "report.photo.wrong", "Most", MaxPhoto>>20)
		return p, f.Err()
	}
	p.Width, p.Height = w, h
	if p.Sum, p.Size, err = k.files.Put(ctx, bytes.NewReader(made), MaxPhoto); err != nil {
		return p, err
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := run(ctx, tx, by, p.Activity); err != nil {
			return err
		}
		n := 0
		if err := tx.One(ctx, `SELECT COUNT(*) FROM photo WHERE activity_id = $1`, []any{p.Activity}, &n); err != nil {
			return err
		}
		if n >= mostPhotos {
			return fault.New(fault.Invalid, "report.many", "Most", mostPhotos)
		}
		p.ID, p.Uploaded, p.Withdrawn, p.Version = k.id(), tx.Now, false, 1
		if _, err := tx.ExecContext(ctx, `INSERT INTO photo (id, activity_id, position, sha256, width, height, size, captions, credit, consent, consent_by, uploaded_at, withdrawn, version)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,1)`, p.ID, p.Activity, n+1, p.Sum, p.Width, p.Height, p.Size, p.Captions, p.Credit, true, by.ID, tx.Now, false); err != nil {
			return err
		}
		return tx.Record(ctx, by, PhotoSubject, p.ID, "create", nil, map[string]any{"activity": p.Activity, "sha256": p.Sum})
	})
	return p, err
}

// SetPhoto changes the words of a photo, and takes it out or back in.
func (k *Desk) SetPhoto(ctx context.Context, by actor.Actor, p Photo) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		all, err := photos(ctx, tx, `WHERE id = $1`, p.ID)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return fault.New(fault.NotFound, "error.notfound")
		}
		if _, err := run(ctx, tx, by, all[0].Activity); err != nil {
			return err
		}
		var f fault.Form
		if checkPhoto(&f, &p); f.Err() != nil {
			return f.Err()
		}
		if err := db.Changed(tx.ExecContext(ctx, `UPDATE photo SET captions = $1, credit = $2, withdrawn = $3, version = version + 1 WHERE id = $4 AND version = $5`, p.Captions, p.Credit, p.Withdrawn, p.ID, p.Version)); err != nil {
			return err
		}
		if p.Withdrawn != all[0].Withdrawn {
			if err := k.renew(ctx, tx, all[0].Activity); err != nil {
				return err
			}
		}
		return tx.Record(ctx, by, PhotoSubject, p.ID, "update", nil, map[string]any{"withdrawn": p.Withdrawn})
	})
}

// OpenPhoto reads a photo: everybody one that is in a published report and was not withdrawn, who runs its activity any.
func (k *Desk) OpenPhoto(ctx context.Context, by actor.Actor, id string) (p Photo, file io.ReadSeekCloser, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		all, err := photos(ctx, tx, `WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return fault.New(fault.NotFound, "error.notfound")
		}
		p = all[0]
		a, err := activity.One(ctx, tx, p.Activity)
		if err != nil {
			return err
		}
		n := 0
		if err := tx.One(ctx, `SELECT COUNT(*) FROM report WHERE activity_id = $1 AND state = 'published'`, []any{a.ID}, &n); err != nil {
			return err
		}
		if !by.Runs(a.Programme, a.ID) && (p.Withdrawn || a.State != activity.Published || n == 0) {
			return fault.New(fault.NotFound, "error.notfound")
		}
		return nil
	})
	if err != nil {
		return p, nil, err
	}
	if k.files == nil {
		return p, nil, fault.New(fault.NotFound, "error.notfound")
	}
	file, err = k.files.Open(p.Sum)
	return p, file, err
}

// Remake reads a JPEG or PNG and writes its pixels as a JPEG, upright, with sides of at most 1600 pixels.
func Remake(b []byte) (out []byte, width, height int, err error) {
	c, kind, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, 0, 0, err
	}
	if c.Width < 1 || c.Height < 1 || c.Width*c.Height > mostPixels || c.Width > 30000 || c.Height > 30000 {
		return nil, 0, 0, image.ErrFormat
	}
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, 0, 0, err
	}
	turn := 1
	if kind == "jpeg" {
		turn = orientation(b)
	}
	small := upright(shrink(img), turn)
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, small, &jpeg.Options{Quality: 85}); err != nil {
		return nil, 0, 0, err
	}
	return buf.Bytes(), small.Bounds().Dx(), small.Bounds().Dy(), nil
}

// shrink makes a picture no larger than photoSide, each pixel the mean of those it stands for, on white.
func shrink(img image.Image) *image.RGBA {
	r := img.Bounds()
	full := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	draw.Draw(full, full.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(full, full.Bounds(), img, r.Min, draw.Over)
	w, h := r.Dx(), r.Dy()
	if side := max(w, h); side > photoSide {
		w, h = max(1, w*photoSide/side), max(1, h*photoSide/side)
	} else {
		return full
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		y0, y1 := y*r.Dy()/h, max((y+1)*r.Dy()/h, y*r.Dy()/h+1)
		for x := range w {
			x0, x1 := x*r.Dx()/w, max((x+1)*r.Dx()/w, x*r.Dx()/w+1)
			var sum [3]int
			for yy := y0; yy < y1; yy++ {
				at := full.PixOffset(x0, yy)
				for range x1 - x0 {
					sum[0], sum[1], sum[2] = sum[0]+int(full.Pix[at]), sum[1]+int(full.Pix[at+1]), sum[2]+int(full.Pix[at+2])
					at += 4
				}
			}
			n := (x1 - x0) * (y1 - y0)
			out.SetRGBA(x, y, color.RGBA{uint8(sum[0] / n), uint8(sum[1] / n), uint8(sum[2] / n), 255})
		}
	}
	return out
}

// upright turns a picture by its EXIF orientation, 1 to 8.
func upright(img *image.RGBA, turn int) *image.RGBA {
	if turn < 2 || turn > 8 {
		return img
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	ow, oh := w, h
	if turn >= 5 {
		ow, oh = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, ow, oh))
	for y := range h {
		for x := range w {
			nx, ny := x, y
			switch turn {
			case 2:
				nx = w - 1 - x
			case 3:
				nx, ny = w-1-x, h-1-y
			case 4:
				ny = h - 1 - y
			case 5:
				nx, ny = y, x
			case 6:
				nx, ny = h-1-y, x
			case 7:
				nx, ny = h-1-y, w-1-x
			case 8:
				nx, ny = y, w-1-x
			}
			out.SetRGBA(nx, ny, img.RGBAAt(x, y))
		}
	}
	return out
}

// orientation reads how a camera was held from a JPEG (EXIF 2.32, tag 0x0112); 1, upright, where it does not say.
func orientation(b []byte) int {
	for at := 2; at+4 <= len(b) && b[at] == 0xFF; {
		kind, size := b[at+1], int(binary.BigEndian.Uint16(b[at+2:]))
		if kind == 0xDA || size < 2 || at+2+size > len(b) {
			return 1
		}
		if part := b[at+4 : at+2+size]; kind == 0xE1 && bytes.HasPrefix(part, []byte("Exif\x00\x00")) {
			return tiffOrientation(part[6:])
		}
		at += 2 + size
	}
	return 1
}

func tiffOrientation(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if b[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(b[4:]))
	if at < 8 || at+2 > int64(len(b)) {
		return 1
	}
	n := int64(order.Uint16(b[at:]))
	for i := range n {
		e := at + 2 + 12*i
		if e+12 > int64(len(b)) {
			return 1
		}
		if order.Uint16(b[e:]) == 0x0112 {
			if v := int(order.Uint16(b[e+8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}
