package translate

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"aircommons/internal/actor"
	"aircommons/internal/call"
	"aircommons/internal/fault"
)

// head are the columns of a translator's sheet. The first three say which text it is and must stay as they are.
var head = []string{"subject", "key", "field", "name", "source_language", "source", "language", "translation", "state", "mark"}

// Sheet is the list for translators into a language: what is missing and old, or with all everything.
func (k *Desk) Sheet(ctx context.Context, by actor.Actor, lang string, all bool) (t call.Table, err error) {
	things, err := k.Things(ctx, by, lang)
	if err != nil {
		return t, err
	}
	t.Head = head
	for _, x := range things {
		if !x.InPlace {
			continue
		}
		name, _ := x.Names.In(lang)
		for _, i := range x.Items {
			if all || i.State != Good {
				t.Rows = append(t.Rows, []string{x.Subject, x.Key, i.Field, name, i.SourceLang, i.Source, lang, i.Text, i.State, i.Was})
			}
		}
	}
	return t, nil
}

// Bounds of a sheet that somebody sends.
const (
	MaxSheet = 20 << 20 // bytes
	mostRows = 50000
)

// ReadSheet reads a sheet that translators filled in: XLSX, or CSV in UTF-8 or UTF-16 with commas, semicolons or tabs. Rows
// without a translation are left out.
func ReadSheet(r io.Reader) (lang string, out []Change, err error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSheet+1))
	if err != nil {
		return "", nil, err
	}
	if len(data) > MaxSheet {
		return "", nil, fault.New(fault.Invalid, "translate.sheet.large", "Most", MaxSheet>>20)
	}
	var rows [][]string
	if bytes.HasPrefix(data, []byte("PK")) {
		rows, err = workbook(data)
	} else {
		rows, err = separated(data)
	}
	if err != nil {
		return "", nil, err
	}
	return changes(rows)
}

func workbook(data []byte) ([][]string, error) {
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: 10 * MaxSheet, UnzipXMLSizeLimit: 10 * MaxSheet})
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "translate.sheet.unreadable")
	}
	defer book.Close()
	names := book.GetSheetList()
	if len(names) == 0 {
		return nil, fault.New(fault.Invalid, "translate.sheet.unreadable")
	}
	rows, err := book.GetRows(names[0])
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "translate.sheet.unreadable")
	}
	return rows, nil
}

func separated(data []byte) ([][]string, error) {
	text, ok := decode(data)
	if !ok {
		return nil, fault.New(fault.Invalid, "translate.sheet.encoding")
	}
	first, _, _ := strings.Cut(text, "\n")
	c := csv.NewReader(strings.NewReader(text))
	for _, comma := range []rune{',', ';', '\t'} {
		if strings.Count(first, string(comma)) > strings.Count(first, string(c.Comma)) {
			c.Comma = comma
		}
	}
	c.FieldsPerRecord, c.LazyQuotes = -1, true
	rows, err := c.ReadAll()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "translate.sheet.unreadable")
	}
	return rows, nil
}

func decode(data []byte) (string, bool) {
	for _, big := range []bool{true, false} {
		mark := []byte{0xff, 0xfe}
		if big {
			mark = []byte{0xfe, 0xff}
		}
		if !bytes.HasPrefix(data, mark) {
			continue
		}
		units := make([]uint16, 0, len(data)/2)
		for i := 2; i+1 < len(data); i += 2 {
			u := uint16(data[i]) | uint16(data[i+1])<<8
			if big {
				u = uint16(data[i])<<8 | uint16(data[i+1])
			}
			units = append(units, u)
		}
		return string(utf16.Decode(units)), true
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	return string(data), utf8.Valid(data)
}

func changes(rows [][]string) (lang string, out []Change, err error) {
	if len(rows) == 0 {
		return "", nil, fault.New(fault.Invalid, "translate.sheet.columns")
	}
	at := map[string]int{}
	for i, h := range rows[0] {
		at[strings.ToLower(strings.TrimSpace(h))] = i
	}
	for _, h := range []string{"subject", "key", "field", "language", "translation"} {
		if _, ok := at[h]; !ok {
			return "", nil, fault.New(fault.Invalid, "translate.sheet.columns")
		}
	}
	if len(rows) > mostRows {
		return "", nil, fault.New(fault.Invalid, "translate.sheet.rows", "Most", mostRows)
	}
	for _, row := range rows[1:] {
		cell := func(name string) string {
			i, ok := at[name]
			if !ok || i >= len(row) {
				return ""
			}
			s := strings.TrimSpace(row[i])
			if rest, ok := strings.CutPrefix(s, "'"); ok && call.Cell(rest) == s {
				return rest // the apostrophe that keeps it from being a formula
			}
			return s
		}
		c := Change{Subject: cell("subject"), Key: cell("key"), Field: cell("field"), Text: cell("translation"), Was: cell("mark")}
		if c.Text == "" || c.Subject == "" {
			continue
		}
		switch l := strings.ToLower(cell("language")); {
		case !slices.Contains(Languages, l):
			return "", nil, fault.New(fault.Invalid, "translate.lang", "Language", l)
		case lang == "":
			lang = l
		case lang != l:
			return "", nil, fault.New(fault.Invalid, "translate.sheet.onelanguage")
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return "", nil, fault.New(fault.Invalid, "translate.sheet.empty")
	}
	return lang, out, nil
}
