// Package post is the desk of the network's mail: templates by language, an outbox that an officer looks through before
// anything leaves, and what became of each letter.
package post

import (
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/mail"
)

// Desk holds the use cases.
type Desk struct {
	db    *db.DB
	send  mail.Sender
	texts *catalog.Catalog
}

// New makes the desk on an open store. Mail goes to send.
func New(d *db.DB, send mail.Sender, texts *catalog.Catalog) *Desk {
	return &Desk{db: d, send: send, texts: texts}
}
