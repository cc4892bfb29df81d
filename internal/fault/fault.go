// Package fault is how the house says what went wrong, and any other message that reaches a reader: by a key of the
// catalogs with arguments, never by a finished sentence, so that it can be said in every language.
package fault

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Code is the kind of an error; doors turn it into a status.
type Code string

const (
	Conflict Code = "conflict" // the thing changed meanwhile, or exists already
	Invalid  Code = "invalid"  // the input cannot be taken as it is
	NotFound Code = "notfound"
	Denied   Code = "denied"
	Internal Code = "internal" // our fault; logged, never shown
)

// Args fill the named places of a message.
type Args map[string]any

// Message is a sentence to be said in the reader's language: a key of the catalogs with its arguments.
type Message struct {
	Key  string `json:"key"`
	Args Args   `json:"args,omitempty"`
}

// Say makes a Message from a key and pairs of name and value.
func Say(key string, pairs ...any) Message {
	m := Message{Key: key}
	for i := 0; i+1 < len(pairs); i += 2 {
		if m.Args == nil {
			m.Args = Args{}
		}
		m.Args[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

func (m Message) String() string {
	if len(m.Args) == 0 {
		return m.Key
	}
	names := make([]string, 0, len(m.Args))
	for n := range m.Args {
		names = append(names, n)
	}
	sort.Strings(names)
	var b strings.Builder
	b.WriteString(m.Key)
	for _, n := range names {
		fmt.Fprintf(&b, " %s=%v", n, m.Args[n])
	}
	return b.String()
}

// Error is the one error type of the house.
type Error struct {
	Code    Code
	Message Message
	Fields  []Field // what is wrong in a form, in the order of its fields
	Err     error   // the cause, for the log
}

// Field is a fault in one field of a form.
type Field struct {
	Name    string
	Message Message
}

func (e *Error) Error() string {
	s := string(e.Code) + ": " + e.Message.String()
	for _, f := range e.Fields {
		s += "; " + f.Name + ": " + f.Message.String()
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// New makes an error of a kind. Pairs are names and values of the message's arguments.
func New(code Code, key string, pairs ...any) *Error {
	return &Error{Code: code, Message: Say(key, pairs...)}
}

// Wrap makes an error of a kind around its cause.
func Wrap(code Code, err error, key string, pairs ...any) *Error {
	return &Error{Code: code, Message: Say(key, pairs...), Err: err}
}

// CodeOf is the kind of err: Internal for an error that is not ours, empty for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// Form collects the faults of a form.
type Form struct{ fields []Field }

// Add notes a fault of a field.
func (f *Form) Add(field, key string, pairs ...any) {
	f.fields = append(f.fields, Field{Name: field, Message: Say(key, pairs...)})
}

// Err is nil when nothing was added.
func (f *Form) Err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return &Error{Code: Invalid, Message: Say("error.form"), Fields: f.fields}
}
