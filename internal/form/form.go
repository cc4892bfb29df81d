// Package form is the desk of forms that officers write themselves: pages of questions in several languages, some asked only
// after certain answers, and the answers people gave. Calls, registration, feedback and peer learning ask with them.
//
// A form is written as a draft. Publishing it makes an edition: what people are asked from then on. Answers keep the edition
// they were given to, so that a later change of a question does not change what somebody said.
package form

import (
	"crypto/rand"
	"crypto/sha256"
	"io"

	"aircommons/internal/db"
)

// Subject names forms in the journal; AnswerSubject what people answered.
const (
	Subject       = "form"
	AnswerSubject = "answer"
)

// State of a form. Nobody is asked with a draft.
type State string

const (
	Draft     State = "draft"
	Published State = "published"
	Withdrawn State = "withdrawn"
)

// The closed lists of words. Each has a text "form.<list>.<word>" in the catalogs.
var (
	// Kinds of questions, texts "form.kind.<word>". A statement is a text between questions and has no answer.
	Kinds = []string{"line", "text", "choice", "many", "yesno", "number", "date", "mail", "phone", "file", "country", "city", "scale", "statement"}
	// Purposes, texts "form.purpose.<word>".
	Purposes = []string{"registration", "followup", "call", "review", "feedback", "nomination", "note", "need"}
	// Classes of answers, texts "form.class.<word>" ("plain" for the empty one): who may see them and how long they are kept.
	Classes = []string{"", "contact", "diet", "passport"}
	// Subjects that a form can belong to.
	Subjects = []string{"", "activity", "programme", "network"}
)

// Form is a list of questions on pages.
type Form struct {
	ID      string  `yaml:"id" json:"id"`
	Subject string  `yaml:"subject,omitempty" json:"subject,omitempty"` // kind of thing it belongs to; "" for a pattern to copy
	Key     string  `yaml:"key,omitempty" json:"key,omitempty"`         // its id
	Purpose string  `yaml:"purpose" json:"purpose"`
	Names   db.Text `yaml:"names" json:"names"`
	Pages   []Page  `yaml:"pages,omitempty" json:"pages,omitempty"`
	State   State   `yaml:"state" json:"state"`
	Edition int64   `yaml:"edition,omitempty" json:"edition,omitempty"` // the last published; 0 before the first
	Version int64   `yaml:"-" json:"version"`
}

// Page is what is asked at once.
type Page struct {
	ID        string     `yaml:"id" json:"id"`
	Names     db.Text    `yaml:"names" json:"names"`
	Text      db.Text    `yaml:"text,omitempty" json:"text,omitempty"`
	Questions []Question `yaml:"questions,omitempty" json:"questions,omitempty"`
}

// Question is one question, or a statement between questions.
type Question struct {
	ID       string   `yaml:"id" json:"id"`
	Kind     string   `yaml:"kind" json:"kind"`
	Labels   db.Text  `yaml:"labels" json:"labels"`
	Hints    db.Text  `yaml:"hints,omitempty" json:"hints,omitempty"`
	Required bool     `yaml:"required,omitempty" json:"required,omitempty"`
	Options  []Option `yaml:"options,omitempty" json:"options,omitempty"`
	When     *When    `yaml:"when,omitempty" json:"when,omitempty"`
	// Max is the longest text in characters, the most options that may be chosen, the largest number, or the steps of a
	// scale; 0 for the usual one.
	Max    int    `yaml:"max,omitempty" json:"max,omitempty"`
	Class  string `yaml:"class,omitempty" json:"class,omitempty"`
	Accept string `yaml:"accept,omitempty" json:"accept,omitempty"` // kinds of files: ".pdf,.docx"
}

// Option is a possible answer.
type Option struct {
	Value  string  `yaml:"value" json:"value"`
	Labels db.Text `yaml:"labels" json:"labels"`
}

// When is the condition of a question: an earlier question has one of these answers, or any answer where Is is empty.
type When struct {
	Question string   `yaml:"question" json:"question"`
	Is       []string `yaml:"is,omitempty" json:"is,omitempty"`
}

// Answers are by question id. Most have one value; many has one for each chosen option; a file is "sha256 name"; a city
// outside the network is "other" and its name; yesno is "yes" or "no"; a date is 2027-05-19.
type Answers map[string][]string

// Get is the first value of an answer, "" for none.
func (a Answers) Get(question string) string {
	if v := a[question]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Clone is a copy that can be changed.
func (a Answers) Clone() Answers {
	out := make(Answers, len(a))
	for q, v := range a {
		out[q] = append([]string(nil), v...)
	}
	return out
}

// Question finds a question of the form by its id.
func (f Form) Question(id string) (q Question, page Page, ok bool) {
	for _, p := range f.Pages {
		for _, q := range p.Questions {
			if q.ID == id {
				return q, p, true
			}
		}
	}
	return Question{}, Page{}, false
}

// Page finds a page by its id.
func (f Form) Page(id string) (Page, bool) {
	for _, p := range f.Pages {
		if p.ID == id {
			return p, true
		}
	}
	return Page{}, false
}

// Steps is how many points a scale has.
func (q Question) Steps() int {
	if q.Max >= 2 && q.Max <= 10 {
		return q.Max
	}
	return 5
}

// Most is the longest text that the question takes, in characters.
func (q Question) Most() int {
	most := map[string]int{"line": 300, "text": 10000, "mail": 254, "phone": 40, "city": 120}[q.Kind]
	if q.Max > 0 && (q.Kind == "line" || q.Kind == "text") {
		return min(q.Max, most)
	}
	return most
}

// Label is the label of an option by its value.
func (q Question) Label(value string) (db.Text, bool) {
	for _, o := range q.Options {
		if o.Value == value {
			return o.Labels, true
		}
	}
	return nil, false
}

// Desk holds the use cases.
type Desk struct {
	db     *db.DB
	files  *db.Files
	Random io.Reader // of ids
	seal   [sha256.Size]byte
}

// New makes the desk on an open store and the kept files. Without files no question for a file can be answered.
func New(d *db.DB, files *db.Files) *Desk {
	k := &Desk{db: d, files: files, Random: rand.Reader}
	rand.Read(k.seal[:]) // never fails
	return k
}
