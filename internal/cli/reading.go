package cli

import (
	"io"
	"strings"

	"aircommons/air"
	"aircommons/internal/fault"
	"aircommons/internal/intake"
)

// reading is what a person may say about how files are read. It stands above what a file or its layout says.
type reading struct {
	Layout  string   `help:"Name of the layout; recognised where not given."`
	Map     string   `help:"YAML file with a mapping of columns."`
	Zone    string   `help:"Time of stamps that state no zone: +09:00, UTC or Europe/Paris."`
	Hour    string   `enum:",start,end" default:"" help:"Whether stamps mark the start or the end of their hour."`
	Dates   string   `enum:",ymd,dmy,mdy" default:"" help:"Order of day, month and year: ymd, dmy or mdy."`
	Decimal string   `help:"Decimal sign: . or ,"`
	Column  []string `sep:"none" placeholder:"COLUMN=CODE" help:"What a column holds: COLUMN=pm25. May be repeated."`
	Code    string   `name:"station-code" help:"Code of the station where the file names none."`
}

// unit is a declared unit, of a column or of all that the file does not say.
type unit struct {
	column string // heading or code of a parameter; empty for all
	unit   air.Unit
}

// parseUnit reads UNIT or COLUMN=UNIT.
func parseUnit(text string) (unit, error) {
	column, name, both := strings.Cut(text, "=")
	if !both {
		column, name = "", text
	}
	u, ok := air.ParseUnit(name)
	if !ok || u == air.NoUnit {
		return unit{}, wrongUse("cli.unit", "Unit", name)
	}
	return unit{strings.TrimSpace(column), u}, nil
}

// options are what intake is told.
func (r reading) options(s *streams, units []unit) (o intake.Options, err error) {
	o.Layout, o.Station = r.Layout, r.Code
	if r.Map != "" {
		f, err := s.document(r.Map)
		if err != nil {
			return o, err
		}
		defer f.Close()
		data, err := io.ReadAll(io.LimitReader(f, 1<<20))
		if err != nil {
			return o, fault.Wrap(fault.Invalid, err, "intake.file.unreadable", "File", r.Map)
		}
		if o.Mapping, err = intake.ParseMapping(r.Map, data); err != nil {
			return o, err
		}
	}
	for _, a := range []struct{ property, value string }{{"zone", r.Zone}, {"hour", r.Hour}, {"dates", r.Dates}, {"decimal", r.Decimal}} {
		if a.value != "" {
			if err := o.Answer(a.property, "", a.value); err != nil {
				return o, wrongUse("cli.answer", "Flag", "--"+a.property, "Value", a.value)
			}
		}
	}
	for _, c := range r.Column {
		column, code, ok := strings.Cut(c, "=")
		if !ok {
			return o, wrongUse("cli.column", "Text", c)
		}
		if err := o.Answer("parameter", column, code); err != nil {
			return o, wrongUse("cli.pollutant", "Code", code)
		}
	}
	for _, u := range units {
		if u.column != "" {
			if err := o.Answer("unit", u.column, u.unit.String()); err != nil {
				return o, err
			}
		}
	}
	return o, nil
}

// answered puts the units that were declared for all columns into the options where a file leaves the unit open, and
// reports whether that answered anything.
func answered(o *intake.Options, asks []intake.Ask, units []unit) bool {
	any := false
	for _, a := range asks {
		if a.Property != "unit" || !a.Must {
			continue
		}
		for _, u := range units {
			if u.column != "" || !offers(a, u.unit) {
				continue
			}
			// A map of one file's options is not that of the next.
			copied := map[string]air.Unit{}
			for k, v := range o.Units {
				copied[k] = v
			}
			o.Units = copied
			if o.Answer(a.Property, a.Column, u.unit.String()) == nil {
				any = true
			}
		}
	}
	return any
}

// offers reports whether a unit is one that a column can have.
func offers(a intake.Ask, u air.Unit) bool {
	for _, c := range a.Choices {
		if v, ok := air.ParseUnit(c.Value); ok && v == u {
			return true
		}
	}
	return len(a.Choices) == 0
}

// readFiles reads files straight through the layouts, each with the units declared for what it leaves open.
func (s *streams) readFiles(files []string, r reading, units []unit, workers int) ([]*intake.Result, error) {
	o, err := r.options(s, units)
	if err != nil {
		return nil, err
	}
	o.Now = s.now()
	results, err := intake.ReadFiles(s.paths(files), o, workers)
	if err != nil {
		return nil, err
	}
	for i, x := range results {
		mine := o
		if answered(&mine, x.Asks, units) {
			if results[i], err = intake.ReadFile(s.path(files[i]), mine); err != nil {
				return nil, err
			}
		}
		results[i].Path = files[i]
	}
	return results, nil
}

func (s *streams) paths(files []string) []string {
	out := make([]string, len(files))
	for i, f := range files {
		out[i] = s.path(f)
	}
	return out
}
