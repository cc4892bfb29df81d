package ui

import (
	"aircommons/internal/db"
	"aircommons/internal/network"
)

// Link is a name that leads somewhere, or just a name when Path is empty.
type Link struct {
	Path, Text string
	Lang       string // the text's language, where it is not the reader's
}

// Link is a name in the reader's language, or the id where there is none, with an address.
func (r *Request) Link(path string, names db.Text, id string) Link {
	text, in := names.In(r.Lang)
	if text == "" {
		text = id
	}
	if in == r.Lang {
		in = ""
	}
	return Link{path, text, in}
}

// Place links to the page of a place; a withdrawn one has a page for officers alone. Countries and the like have one, too.
func (r *Request) Place(net *network.Snapshot, id string) Link {
	p, ok := net.Place(id)
	return r.named("/cities/"+id, p.Names, id, ok && (!p.Withdrawn || r.By.Officer()))
}

// Organisation links to the page of an organisation.
func (r *Request) Organisation(net *network.Snapshot, id string) Link {
	o, ok := net.Organisation(id)
	return r.named("/organisations/"+id, o.Names, id, ok && (!o.Withdrawn || r.By.Officer()))
}

func (r *Request) named(path string, names db.Text, id string, open bool) Link {
	if !open {
		path = ""
	}
	return r.Link(path, names, id)
}
