// Package translate is the desk of translators: which texts of programmes, activities, forms, calls and letters lack a
// language, and which translations are older than what they were made of.
//
// A translation was made of the source text that stood there when the translation was last changed. That is read from the
// journal, so it holds for every way in which texts are changed; whoever finds that an old translation still fits says so,
// and the hash of the source is kept.
package translate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/call"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/form"
)

// Languages of the site, in the order in which they are a source for others.
var Languages = []string{"en", "ko", "zh", "ja", "mn"}

// Subjects of things whose texts are listed; their texts are "translate.subject.<word>".
var Subjects = []string{"programme", "activity", "form", "call", "template"}

// States of a text in a language.
const (
	Missing = "missing" // readers see another language
	Old     = "old"     // the source was changed since
	Good    = "good"
)

// Item is one text of a thing in one language.
type Item struct {
	Field      string // "names", "question.title.labels"
	Source     string // the text to translate
	SourceLang string
	Text       string // the translation, "" for none
	State      string
	Was        string // mark of source and translation as they were read
}

// Thing is a programme, an activity, a form, a call or a letter with its texts in one language.
type Thing struct {
	Subject, Key string
	Names        db.Text
	Path         string // where it is kept
	InPlace      bool   // its texts can be changed here
	Items        []Item
}

// Count is how many items are in a state.
func (t Thing) Count(state string) (n int) {
	for _, i := range t.Items {
		if i.State == state {
			n++
		}
	}
	return n
}

// Desk holds the use cases.
type Desk struct {
	db *db.DB

	mu   sync.Mutex
	upto int64                        // last entry of the journal that was read
	made map[string]map[string]origin // thing → field and language
}

// origin is what a translation was made of.
type origin struct {
	source string // mark of the text
	at     time.Time
}

// New makes the desk on an open store.
func New(d *db.DB) *Desk { return &Desk{db: d, made: map[string]map[string]origin{}} }

// holder is a thing whose texts can be gone through.
type holder struct {
	thing Thing
	texts func(each func(field string, t *db.Text))
	runs  func(by actor.Actor) bool
	put   func(ctx context.Context, tx *db.Tx) error
	value func() any // for the journal
}

// holders reads everything that has texts.
func holders(ctx context.Context, tx *db.Tx) ([]*holder, error) {
	var out []*holder
	programmes, err := activity.Programmes(ctx, tx)
	if err != nil {
		return nil, err
	}
	for i := range programmes {
		p := &programmes[i]
		if p.State == activity.Withdrawn {
			continue
		}
		out = append(out, &holder{thing: Thing{Subject: "programme", Key: p.ID, Names: p.Names, Path: "/office/programmes/" + p.ID, InPlace: true},
			texts: func(each func(string, *db.Text)) { programmeTexts(p, each) },
			runs:  func(by actor.Actor) bool { return by.Runs(p.ID, "") }, value: func() any { return *p },
			put: func(ctx context.Context, tx *db.Tx) error {
				if err := activity.CheckThing(ctx, tx, *p); err != nil {
					return err
				}
				return activity.PutProgramme(ctx, tx, *p)
			}})
	}
	activities, err := activity.Activities(ctx, tx)
	if err != nil {
		return nil, err
	}
	programmeOf := map[string]string{}
	for i := range activities {
		a := &activities[i]
		programmeOf[a.ID] = a.Programme
		if a.State == activity.Withdrawn {
			continue
		}
		out = append(out, &holder{thing: Thing{Subject: "activity", Key: a.ID, Names: a.Names, Path: "/office/activities/" + a.ID, InPlace: true},
			texts: func(each func(string, *db.Text)) { activityTexts(a, each) },
			runs:  func(by actor.Actor) bool { return by.Runs(a.Programme, a.ID) }, value: func() any { return *a },
			put: func(ctx context.Context, tx *db.Tx) error {
				if err := activity.CheckThing(ctx, tx, *a); err != nil {
					return err
				}
				return activity.PutActivity(ctx, tx, *a)
			}})
	}
	runs := func(by actor.Actor, subject, key string) bool {
		switch subject {
		case "programme":
			return by.Runs(key, "")
		case "activity":
			return by.Runs(programmeOf[key], key)
		}
		return by.Officer()
	}
	forms, err := form.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	for i := range forms {
		f := &forms[i]
		if f.State == form.Withdrawn {
			continue
		}
		out = append(out, &holder{thing: Thing{Subject: "form", Key: f.ID, Names: f.Names, Path: "/office/forms/" + f.ID, InPlace: true},
			texts: f.Texts, runs: func(by actor.Actor) bool { return runs(by, f.Subject, f.Key) }, value: func() any { return *f },
			put: func(ctx context.Context, tx *db.Tx) error { return form.PutTranslated(ctx, tx, *f) }})
	}
	calls, err := call.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	for i := range calls {
		c := &calls[i]
		if c.State == call.Withdrawn {
			continue
		}
		out = append(out, &holder{thing: Thing{Subject: "call", Key: c.ID, Names: c.Names, Path: "/office/calls/" + c.ID, InPlace: true},
			texts: c.Texts, runs: func(by actor.Actor) bool { return runs(by, c.Subject, c.Key) }, value: func() any { return *c },
			put: func(ctx context.Context, tx *db.Tx) error { return call.PutTranslated(ctx, tx, *c) }})
	}
	letters, err := letterHolders(ctx, tx, runs)
	return append(out, letters...), err
}

// letterHolders are the letters that officers wrote in place of the program's own: those need each language too, since the
// program's text would stand beside them. They are written at their own page.
func letterHolders(ctx context.Context, tx *db.Tx, runs func(actor.Actor, string, string) bool) ([]*holder, error) {
	type letter struct{ subject, body db.Text }
	found := map[[3]string]*letter{}
	err := tx.Each(ctx, `SELECT template, about, about_key, lang, subject, body FROM mail_template`, nil, func(scan func(...any) error) error {
		var template, about, key, lang, subject, body string
		if err := scan(&template, &about, &key, &lang, &subject, &body); err != nil {
			return err
		}
		at := [3]string{template, about, key}
		if found[at] == nil {
			found[at] = &letter{db.Text{}, db.Text{}}
		}
		found[at].subject[lang], found[at].body[lang] = subject, body
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []*holder
	for at, l := range found {
		path := "/office/templates/" + at[0]
		key := at[0]
		if at[1] != "" {
			path += "?about=" + at[1] + "/" + at[2]
			key += "/" + at[1] + "/" + at[2]
		}
		out = append(out, &holder{thing: Thing{Subject: "template", Key: key, Names: l.subject, Path: path},
			texts: func(each func(string, *db.Text)) { each("subject", &l.subject); each("text", &l.body) },
			runs:  func(by actor.Actor) bool { return runs(by, at[1], at[2]) }})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].thing.Key < out[j].thing.Key })
	return out, nil
}

func programmeTexts(p *activity.Programme, each func(string, *db.Text)) {
	each("names", &p.Names)
	each("summary", &p.Summary)
	each("purposes", &p.Purposes)
	each("audience", &p.Audience)
}

func activityTexts(a *activity.Activity, each func(string, *db.Text)) {
	each("names", &a.Names)
	each("aims", &a.Aims)
	each("notes", &a.Notes)
	for i := range a.Items {
		each("item."+strconv.Itoa(i+1)+".names", &a.Items[i].Names)
		each("item."+strconv.Itoa(i+1)+".text", &a.Items[i].Text)
	}
}

// source is the text that others are translations of: the English one, else the first there is.
func source(t db.Text) (text, lang string) {
	for _, l := range Languages {
		if t[l] != "" {
			return t[l], l
		}
	}
	return "", ""
}

func mark(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:12])
}

// Things lists what the actor keeps with its texts in a language, those with gaps first.
func (k *Desk) Things(ctx context.Context, by actor.Actor, lang string) (out []Thing, err error) {
	if !by.RunsAny() {
		return nil, by.NeedOfficer()
	}
	if !slices.Contains(Languages, lang) {
		return nil, fault.New(fault.NotFound, "error.notfound")
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out = nil
		list, err := holders(ctx, tx)
		if err != nil {
			return err
		}
		made, err := k.read(ctx, tx)
		if err != nil {
			return err
		}
		for _, h := range list {
			if !h.runs(by) {
				continue
			}
			if t := h.in(lang, made); len(t.Items) > 0 {
				out = append(out, t)
			}
		}
		return nil
	})
	sort.SliceStable(out, func(i, j int) bool {
		return out[i].Count(Missing)+out[i].Count(Old) > 0 && out[j].Count(Missing)+out[j].Count(Old) == 0
	})
	return out, err
}

// Thing is one of them.
func (k *Desk) Thing(ctx context.Context, by actor.Actor, subject, key, lang string) (t Thing, err error) {
	all, err := k.Things(ctx, by, lang)
	if err != nil {
		return t, err
	}
	for _, t := range all {
		if t.Subject == subject && t.Key == key {
			return t, nil
		}
	}
	return t, fault.New(fault.NotFound, "error.notfound")
}

// in is a thing with those texts that can be translated into a language.
func (h *holder) in(lang string, made map[string]map[string]origin) Thing {
	t := h.thing
	of := made[t.Subject+"/"+t.Key]
	h.texts(func(field string, text *db.Text) {
		src, from := source(*text)
		if src == "" || from == lang {
			return
		}
		i := Item{Field: field, Source: src, SourceLang: from, Text: (*text)[lang], State: Good, Was: mark(src, (*text)[lang])}
		if i.Text == "" {
			i.State = Missing
		} else if m, ok := of[field+"\x00"+lang]; ok && m.source != mark(src) {
			i.State = Old
		}
		t.Items = append(t.Items, i)
	})
	return t
}

// read brings what is known of the sources of translations up to the journal, and adds what people said still fits.
func (k *Desk) read(ctx context.Context, tx *db.Tx) (map[string]map[string]origin, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var entries []db.Change
	err := tx.Each(ctx, `SELECT id, at, subject, subject_key, before, after FROM journal WHERE id > $1 AND subject IN ('programme','activity','form','call') ORDER BY id`,
		[]any{k.upto}, func(scan func(...any) error) error {
			var c db.Change
			var before, after *string
			if err := scan(&c.ID, &c.At, &c.Subject, &c.Key, &before, &after); err != nil {
				return err
			}
			if before != nil {
				c.Before = json.RawMessage(*before)
			}
			if after != nil {
				c.After = json.RawMessage(*after)
			}
			entries = append(entries, c)
			return nil
		})
	if err != nil {
		return nil, err
	}
	for _, c := range entries {
		k.upto = c.ID
		k.learn(c)
	}
	out := make(map[string]map[string]origin, len(k.made))
	for thing, of := range k.made {
		out[thing] = of
	}
	fresh := map[string]bool{}
	err = tx.Each(ctx, `SELECT subject, subject_key, field, lang, source_hash, at FROM translated`, nil, func(scan func(...any) error) error {
		var subject, key, field, lang string
		var o origin
		if err := scan(&subject, &key, &field, &lang, &o.source, &o.at); err != nil {
			return err
		}
		thing := subject + "/" + key
		if !fresh[thing] { // copied before it is changed: the journal's part is shared
			fresh[thing] = true
			own := make(map[string]origin, len(out[thing])+1)
			for f, h := range out[thing] {
				own[f] = h
			}
			out[thing] = own
		}
		if at := field + "\x00" + lang; !out[thing][at].at.After(o.at) { // else it was written anew since
			out[thing][at] = o
		}
		return nil
	})
	return out, err
}

// learn takes an entry of the journal in: a translation that it changed was made of the source that stood beside it then.
func (k *Desk) learn(c db.Change) {
	after := textsOf(c.Subject, c.After)
	if after == nil {
		return
	}
	before := textsOf(c.Subject, c.Before)
	thing := c.Subject + "/" + c.Key
	of := map[string]origin{}
	for f, h := range k.made[thing] {
		of[f] = h
	}
	note := func(field string, t db.Text) {
		src, from := source(t)
		for _, l := range Languages {
			if l != from && t[l] != "" {
				of[field+"\x00"+l] = origin{mark(src), c.At}
			}
		}
	}
	if k.made[thing] == nil { // what was there before anything is known of it
		for field, t := range before {
			note(field, t)
		}
	}
	for field, t := range after {
		src, from := source(t)
		for _, l := range Languages {
			if l != from && t[l] != "" && t[l] != before[field][l] {
				of[field+"\x00"+l] = origin{mark(src), c.At}
			}
		}
	}
	k.made[thing] = of
}

// textsOf are the texts of a thing as the journal keeps it.
func textsOf(subject string, doc json.RawMessage) map[string]db.Text {
	if doc == nil {
		return nil
	}
	out := map[string]db.Text{}
	each := func(field string, t *db.Text) { out[field] = *t }
	var err error
	switch subject {
	case "programme":
		var p activity.Programme
		if err = json.Unmarshal(doc, &p); err == nil {
			programmeTexts(&p, each)
		}
	case "activity":
		var a activity.Activity
		if err = json.Unmarshal(doc, &a); err == nil {
			activityTexts(&a, each)
		}
	case "form":
		var f form.Form
		if err = json.Unmarshal(doc, &f); err == nil {
			f.Texts(each)
		}
	case "call":
		var c call.Call
		if err = json.Unmarshal(doc, &c); err == nil {
			c.Texts(each)
		}
	}
	if err != nil { // an entry of an older program, or an erased one
		return nil
	}
	return out
}
