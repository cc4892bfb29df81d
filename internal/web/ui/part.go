package ui

import (
	"bytes"
	"html/template"
)

// Part renders one template of the set by itself, for a place on the page of another desk.
func (t *Set) Part(r *Request, name string, data any) (template.HTML, error) {
	set, err := t.in(r.Words)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := set.ExecuteTemplate(&b, name, data); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil
}
