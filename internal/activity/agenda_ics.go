package activity

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/post"
)

// Sheet is what the file of a calendar says besides its entries.
type Sheet struct {
	Name string // of the calendar
	Site string // address of the site, without a slash at the end
	Self string // address to ask again; "" for a file that is sent
	// Place names a place of the network in the language of the file.
	Place func(id string) string
}

// ICS writes entries as an iCalendar file (RFC 5545) in a language: times in UTC, whole days as dates whose end is the day after,
// lines of 75 octets at most that end with CR LF. Entries keep their UID for ever; one that was taken out is there as cancelled.
func ICS(w *catalog.Words, s Sheet, entries []Entry) []byte {
	var b icsWriter
	b.line("BEGIN:VCALENDAR")
	b.line("VERSION:2.0")
	b.line("PRODID:-//Aircommons//" + strings.ToUpper(w.Tag()))
	b.line("CALSCALE:GREGORIAN")
	b.line("METHOD:PUBLISH")
	b.text("NAME", w.Tag(), s.Name)
	b.text("X-WR-CALNAME", "", s.Name)
	if s.Self != "" {
		b.line("REFRESH-INTERVAL;VALUE=DURATION:PT6H")
		b.line("X-PUBLISHED-TTL:PT6H")
		b.line("SOURCE;VALUE=URI:" + uri(s.Self))
	}
	for _, e := range entries {
		b.entry(w, s, e)
	}
	b.line("END:VCALENDAR")
	return b.Bytes()
}

type icsWriter struct{ bytes.Buffer }

func (b *icsWriter) entry(w *catalog.Words, s Sheet, e Entry) {
	const stamp = "20060102T150405Z"
	var from, to time.Time
	if e.Day() {
		first, err := time.Parse("2006-01-02", e.From)
		if err != nil {
			return
		}
		end := first
		if t, err := time.Parse("2006-01-02", e.To); err == nil && !t.Before(first) {
			end = t
		}
		from, to = first, end.AddDate(0, 0, 1)
	} else {
		from, to = Item{Starts: e.From, Ends: e.To}.Moments(Zone(e.Zone))
		if from.IsZero() {
			return
		}
	}
	b.line("BEGIN:VEVENT")
	b.line("UID:" + escaped(e.UID))
	b.line("DTSTAMP:" + e.Changed.UTC().Format(stamp))
	b.line("CREATED:" + e.Created.UTC().Format(stamp))
	b.line("LAST-MODIFIED:" + e.Changed.UTC().Format(stamp))
	b.line("SEQUENCE:" + strconv.FormatInt(e.Sequence, 10))
	if e.Cancelled {
		b.line("STATUS:CANCELLED")
	} else {
		b.line("STATUS:CONFIRMED")
	}
	if e.Day() {
		b.line("DTSTART;VALUE=DATE:" + from.Format("20060102"))
		b.line("DTEND;VALUE=DATE:" + to.Format("20060102"))
		b.line("TRANSP:TRANSPARENT")
	} else {
		b.line("DTSTART:" + from.UTC().Format(stamp))
		if !to.IsZero() {
			b.line("DTEND:" + to.UTC().Format(stamp))
		}
	}
	name, in := e.Names.In(w.Tag())
	b.text("SUMMARY", in, name)
	var where []string
	if room, _ := e.Room.In(w.Tag()); room != "" {
		where = append(where, room)
	}
	if e.Venue != "" {
		where = append(where, e.Venue)
	}
	if e.Place != "" && s.Place != nil {
		if p := s.Place(e.Place); p != "" {
			where = append(where, p)
		}
	}
	if len(where) > 0 {
		b.text("LOCATION", "", strings.Join(where, ", "))
	}
	at := s.Site + "/" + w.Tag() + "/activities/" + e.Activity
	if e.Item != "" {
		at += "/agenda/" + e.Item
	}
	var about []string
	if of, _ := e.Of.In(w.Tag()); of != "" {
		about = append(about, of)
	}
	if t, _ := e.Text.In(w.Tag()); t != "" {
		about = append(about, t)
	}
	if s.Site != "" {
		about = append(about, at)
	}
	if len(about) > 0 {
		b.text("DESCRIPTION", "", strings.Join(about, "\n\n"))
	}
	if s.Site != "" && !(e.Cancelled && e.Item != "") {
		b.line("URL:" + uri(at))
	}
	b.line("END:VEVENT")
}

// text writes a property whose value is a text, in a language.
func (b *icsWriter) text(name, lang, value string) {
	if lang != "" {
		name += ";LANGUAGE=" + lang
	}
	b.line(name + ":" + escaped(value))
}

// escaped is a text as RFC 5545, 3.3.11, writes it. Controls, which it does not know, go.
func escaped(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r >= ' ' && r != 0x7f {
			return r
		}
		return -1
	}, s)
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(s)
}

// uri is an address that cannot end its line.
func uri(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// line writes a line folded to 75 octets. A letter is never cut.
func (b *icsWriter) line(s string) {
	room := 75
	for len(s) > room {
		n := room
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		if n == 0 { // not UTF-8; what writes texts has seen to that
			n = room
		}
		b.WriteString(s[:n] + "\r\n ")
		s, room = s[n:], 74
	}
	b.WriteString(s + "\r\n")
}

// ForActivity is the calendar file of an activity as everybody may see it, to go with a letter: name, type and bytes. It is
// empty for an activity that was never shown or has no days.
func ForActivity(ctx context.Context, tx *db.Tx, w *catalog.Words, site, id string) ([]post.Attachment, error) {
	es, err := EntriesOf(ctx, tx, id)
	if err != nil || len(es) == 0 {
		return nil, err
	}
	a, err := one(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	var whole []Entry
	for _, e := range es { // whoever wants the sessions subscribes to them
		if e.Item == "" {
			whole = append(whole, e)
		}
	}
	if len(whole) == 0 {
		return nil, nil
	}
	var names db.Text
	if a.Place != "" {
		if err := tx.One(ctx, `SELECT names FROM place WHERE id = $1`, []any{a.Place}, &names); err != nil {
			return nil, err
		}
	}
	name, _ := a.Names.In(w.Tag())
	data := ICS(w, Sheet{Name: name, Site: strings.TrimSuffix(site, "/"), Place: func(string) string { s, _ := names.In(w.Tag()); return s }}, whole)
	return []post.Attachment{{Name: id + ".ics", Type: "text/calendar; charset=utf-8; method=PUBLISH", Data: data}}, nil
}
