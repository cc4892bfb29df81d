// Package library is the desk of publications and documents: what they are, what they belong to, who published them
// under which licence, and their files by version and language.
//
// A document can be known without being in hand: a page offered it, nobody has sent the file. It says so.
package library

import (
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/network"
)

// Subject names documents in the journal, the search and statements.
const Subject = "document"

// State of a document. The public sees what is published; officers see everything.
type State string

const (
	Draft     State = "draft"
	Published State = "published"
	Withdrawn State = "withdrawn"
)

// The closed lists of words. Each has a text "library.<list>.<word>" in the catalogs.
var (
	// Kinds of documents, texts "library.kind.<word>".
	Kinds = []string{"report", "summary", "publication", "presentation", "dataset", "minutes", "agenda", "plan", "guide", "study", "other"}
	// Relations to the subject, texts "library.relation.<word>".
	Relations = []string{"report-of", "summary-of", "output-of", "material-of", "about"}
	// Subjects a document can belong to, texts "library.subject.<word>".
	Subjects = []string{"activity", "programme", "document", "place", "organisation", "topic"}
	// Licences, texts "library.licence.<word>" ("unstated" for the empty one). The codes are those of SPDX where it has one.
	Licences = []string{"", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "CC-BY-ND-4.0", "CC0-1.0", "ODbL-1.0",
		"public-domain", "all-rights-reserved"}
	// Languages a file can be in, texts "library.lang.<word>": ISO 639, with its codes for several languages and for none.
	Languages = []string{"en", "ko", "zh", "ja", "mn", "fr", "es", "ru", "vi", "th", "mul", "zxx"}
)

// Document is a report, a publication, a data set: one work, in one or more files.
type Document struct {
	ID           string         `yaml:"id" json:"id"`
	Kind         string         `yaml:"kind" json:"kind"`
	Names        db.Text        `yaml:"names" json:"names"`
	Label        string         `yaml:"label,omitempty" json:"label,omitempty"` // of the link that offers it, as the source prints it
	Summary      db.Text        `yaml:"summary,omitempty" json:"summary,omitempty"`
	Issued       network.Period `yaml:"issued,omitempty" json:"issued,omitempty"`
	Printed      string         `yaml:"printed,omitempty" json:"printed,omitempty"`           // the date of issue as the source prints it
	Container    string         `yaml:"container,omitempty" json:"container,omitempty"`       // what it appeared in: a magazine, a series
	Publisher    string         `yaml:"publisher,omitempty" json:"publisher,omitempty"`       // an organisation of the network desk
	Contributors db.List        `yaml:"contributors,omitempty" json:"contributors,omitempty"` // organisations of the network desk
	Licence      string         `yaml:"licence,omitempty" json:"licence,omitempty"`
	Relation     string         `yaml:"relation,omitempty" json:"relation,omitempty"`
	Subject      string         `yaml:"subject,omitempty" json:"subject,omitempty"` // kind of thing it belongs to
	SubjectKey   string         `yaml:"key,omitempty" json:"key,omitempty"`         // its id
	Offered      bool           `yaml:"offered,omitempty" json:"offered,omitempty"` // a page of the network offers it
	State        State          `yaml:"state" json:"state"`
	Version      int64          `yaml:"-" json:"version"`
	Files        []DocumentFile `yaml:"-" json:"-"` // the newest version first, then by language
}

// DocumentFile is a document in one language, in one version. Files are added and withdrawn, never overwritten.
type DocumentFile struct {
	ID         string    `json:"id"` // "<document>-v<version>-<language>", stands in addresses
	Document   string    `json:"document"`
	Version    int64     `json:"version"` // of the document as a work, from 1
	Lang       string    `json:"lang"`    // one of Languages
	Name       string    `json:"name"`    // name under which it is saved
	MediaType  string    `json:"media_type"`
	Size       int64     `json:"size"` // bytes
	SHA256     string    `json:"sha256"`
	UploadedBy string    `json:"uploaded_by"` // name of the person
	UploadedAt time.Time `json:"uploaded_at"` // UTC
	Downloads  int64     `json:"downloads"`
	Withdrawn  bool      `json:"withdrawn"`
}

// InHand reports whether a file of the document lies here for everybody to download.
func (d Document) InHand() bool {
	for _, f := range d.Files {
		if !f.Withdrawn {
			return true
		}
	}
	return false
}

// OfferedOnly reports whether a page offers the document while no file of it lies here.
func (d Document) OfferedOnly() bool { return d.Offered && !d.InHand() }

// Latest is the newest version that is not withdrawn, 0 when nothing is in hand.
func (d Document) Latest() (version int64) {
	for _, f := range d.Files {
		if !f.Withdrawn {
			version = max(version, f.Version)
		}
	}
	return version
}

// Current are the newest file of each language, in the order of Languages: a translation of an older version stands
// until a newer one comes.
func (d Document) Current() []DocumentFile {
	var out []DocumentFile
	for _, l := range Languages {
		var best *DocumentFile
		for i := range d.Files {
			f := &d.Files[i]
			if f.Lang == l && !f.Withdrawn && (best == nil || f.Version > best.Version) {
				best = f
			}
		}
		if best != nil {
			out = append(out, *best)
		}
	}
	return out
}

// Older are the files in hand that Current leaves out, the newest first.
func (d Document) Older() []DocumentFile {
	current := map[string]bool{}
	for _, f := range d.Current() {
		current[f.ID] = true
	}
	var out []DocumentFile
	for _, f := range d.Files {
		if !f.Withdrawn && !current[f.ID] {
			out = append(out, f)
		}
	}
	return out
}

// Downloads counts the downloads of all files, withdrawn ones too.
func (d Document) Downloads() (n int64) {
	for _, f := range d.Files {
		n += f.Downloads
	}
	return n
}

// IsFor reports whether the document belongs to a thing.
func (d Document) IsFor(subject, key string) bool { return d.Subject == subject && d.SubjectKey == key }

// sees reports whether the actor may read a document in this state.
func sees(by actor.Actor, s State) bool { return s == Published || by.Officer() }
