package ui

import (
	"net/url"
	"strconv"
	"strings"

	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// The methods below read what a form sent.

// Value is one answer, without spaces around it.
func (r *Request) Value(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }

// Yes reports whether a box was ticked.
func (r *Request) Yes(name string) bool { return r.PostForm.Get(name) != "" }

// Texts reads the answers of Form.Texts.
func (r *Request) Texts(name string) db.Text { return texts(r.PostForm, name) }

func texts(sent url.Values, name string) db.Text {
	out := db.Text{}
	for _, l := range catalog.Languages {
		if s := strings.TrimSpace(strings.ReplaceAll(sent.Get(name+"."+l.Tag), "\r\n", "\n")); s != "" {
			out[l.Tag] = s
		}
	}
	return out
}

// Lines reads the answer of Form.Lines, without empty lines.
func (r *Request) Lines(name string) []string { return lines(r.PostForm.Get(name)) }

func lines(s string) []string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// Period reads the answer of Form.Period: from and to as network.MakePeriod takes them, to ".." for one that has not
// ended.
func (r *Request) Period(name string) (from, to string) { return period(r.PostForm, name) }

func period(sent url.Values, name string) (from, to string) {
	read := func(end string) string {
		var parts []*Field
		for _, p := range []string{"d", "m", "y"} {
			parts = append(parts, &Field{Value: strings.TrimSpace(sent.Get(name + "." + end + "." + p))})
		}
		return joinDate(parts)
	}
	from, to = read("from"), read("to")
	if sent.Get(name+".open") != "" {
		to = ".."
	}
	return from, to
}

// Number reads a number that somebody wrote: nil for none, a fault in the form for what is no number.
func (r *Request) Number(name string, faults *fault.Form) *float64 {
	v, bad := number(r.Value(name))
	if bad != "" {
		faults.Add(name, bad)
	}
	return v
}

// number reads a number, nil for none, and the key of what is wrong with it.
func number(s string) (*float64, string) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "−", "-").Replace(strings.TrimSpace(s))
	if s == "" {
		return nil, ""
	}
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v != v || v > 1e18 || v < -1e18 {
		return nil, "form.number"
	}
	return &v, ""
}

// Int reads a whole number: 0 for none.
func (r *Request) Int(name string, faults *fault.Form) int {
	v := r.Number(name, faults)
	if v == nil {
		return 0
	}
	if *v != float64(int64(*v)) {
		faults.Add(name, "form.whole")
		return 0
	}
	return int(*v)
}

// Version reads the version that a form was filled from.
func (r *Request) Version() int64 {
	v, _ := strconv.ParseInt(r.Value("version"), 10, 64) // a broken one is an old one: a conflict
	return v
}
