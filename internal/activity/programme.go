package activity

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
)

func notFound() error { return fault.New(fault.NotFound, "error.notfound") }

// Programme reads one programme. To the public a draft or a withdrawn one is not there.
func (k *Desk) Programme(ctx context.Context, by actor.Actor, id string) (Programme, error) {
	s, err := k.read(ctx)
	if err != nil {
		return Programme{}, err
	}
	p, ok := s.programmes[id]
	if !ok || !sees(by, p) {
		return Programme{}, notFound()
	}
	return p, nil
}

// Programmes lists the programmes the actor may see, by id.
func (k *Desk) Programmes(ctx context.Context, by actor.Actor) ([]Programme, error) {
	s, err := k.read(ctx)
	if err != nil {
		return nil, err
	}
	var out []Programme
	for _, p := range s.allProgrammes {
		if sees(by, p) {
			out = append(out, p)
		}
	}
	return out, nil
}

// CreateProgramme stores a new programme as a draft. An empty id is made of the name.
func (k *Desk) CreateProgramme(ctx context.Context, by actor.Actor, p Programme) (Programme, error) {
	if err := by.NeedOfficer(); err != nil {
		return p, err
	}
	tidyProgramme(&p)
	if p.ID == "" {
		name, _ := p.Names.In("en")
		p.ID = db.Slug(name)
	}
	p.State = Draft
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		if err := checkProgramme(ctx, tx, p); err != nil {
			return err
		}
		if _, err := programme(ctx, tx, p.ID); err == nil {
			return taken(p.ID)
		}
		if err := PutProgramme(ctx, tx, p); err != nil {
			return err
		}
		p.Version = 1
		return tx.Record(ctx, by, "programme", p.ID, "create", nil, p)
	})
	return p, err
}

// UpdateProgramme stores p over the version it was made from. Its state is not touched, nor are its participants when
// p has nil of them; an empty list takes them out.
func (k *Desk) UpdateProgramme(ctx context.Context, by actor.Actor, p Programme) error {
	keep := p.Participants == nil
	tidyProgramme(&p)
	return k.changeProgramme(ctx, by, p.ID, p.Version, "update", func(tx *db.Tx, old Programme) (Programme, error) {
		p.State = old.State
		if keep {
			p.Participants = old.Participants
		}
		return p, checkProgramme(ctx, tx, p)
	})
}

// PublishProgramme shows a programme to everybody.
func (k *Desk) PublishProgramme(ctx context.Context, by actor.Actor, id string, version int64) error {
	return k.setProgramme(ctx, by, id, version, "publish", Published)
}

// WithdrawProgramme hides a programme, and all in it, from the public. Nothing is deleted.
func (k *Desk) WithdrawProgramme(ctx context.Context, by actor.Actor, id string, version int64) error {
	return k.setProgramme(ctx, by, id, version, "withdraw", Withdrawn)
}

func (k *Desk) setProgramme(ctx context.Context, by actor.Actor, id string, version int64, action string, s State) error {
	return k.changeProgramme(ctx, by, id, version, action, func(tx *db.Tx, p Programme) (Programme, error) {
		p.State = s
		return p, nil
	})
}

func (k *Desk) changeProgramme(ctx context.Context, by actor.Actor, id string, version int64, action string,
	change func(*db.Tx, Programme) (Programme, error)) error {
	if err := by.NeedOfficer(); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		old, err := programme(ctx, tx, id)
		if err != nil {
			return err
		}
		if old.Version != version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		p, err := change(tx, old)
		if err != nil {
			return err
		}
		if old.State == Withdrawn && p.State == Published {
			action = "restore"
		}
		if p.Version = old.Version; same(old, p) {
			return nil // saving what is there already leaves no entry
		}
		if err := PutProgramme(ctx, tx, p); err != nil {
			return err
		}
		p.Version++
		if old.State != p.State {
			// What is in the programme is found by the search exactly when the programme is.
			as, err := activities(ctx, tx, `WHERE programme_id = $1`, id)
			if err != nil {
				return err
			}
			for _, a := range as {
				if err := indexActivity(ctx, tx, a); err != nil {
					return err
				}
				if err := calendarOf(ctx, tx, a); err != nil {
					return err
				}
			}
		}
		return tx.Record(ctx, by, "programme", id, action, old, p)
	})
}

func tidyProgramme(p *Programme) {
	p.ID, p.Printed = strings.TrimSpace(p.ID), strings.TrimSpace(p.Printed)
	p.Names, p.Summary = tidy(p.Names), tidy(p.Summary)
	p.Purposes, p.Audience = tidy(p.Purposes), tidy(p.Audience)
	p.Topics = tidyList(p.Topics)
	p.Roles = tidyRoles(p.Roles)
	p.Participants = tidyParticipants(p.Participants)
}

// tidyRoles drops rows of a form that were left empty.
func tidyRoles(roles []Role) []Role {
	var out []Role
	for _, r := range roles {
		r.Organisation, r.Note = strings.TrimSpace(r.Organisation), strings.TrimSpace(r.Note)
		if r.Organisation != "" || r.Note != "" {
			out = append(out, r)
		}
	}
	return out
}

func tidyParticipants(ps []Participant) []Participant {
	var out []Participant
	for _, p := range ps {
		p.Place, p.Note, p.Names = strings.TrimSpace(p.Place), strings.TrimSpace(p.Note), tidy(p.Names)
		if p.Place != "" {
			p.Unnamed, p.Names = 0, nil
		}
		if p.Place != "" || p.Unnamed != 0 || len(p.Names) > 0 {
			out = append(out, p)
		}
	}
	return out
}

func same(a, b any) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}

// tidy cuts space around the texts and drops empty ones.
func tidy(t db.Text) db.Text {
	out := db.Text{}
	for l, s := range t {
		if s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")); s != "" {
			out[l] = s
		}
	}
	return out
}

func tidyList(l db.List) db.List {
	var out db.List
	for _, s := range l {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func taken(id string) error {
	var f fault.Form
	f.Add("id", "activity.id.taken", "ID", id)
	return f.Err()
}

func checkProgramme(ctx context.Context, tx *db.Tx, p Programme) error {
	var f fault.Form
	if len(p.Names) == 0 {
		f.Add("names", "activity.names.missing")
	}
	checkTexts(&f, "names", p.Names, 300)
	checkString(&f, "printed", p.Printed, 300)
	if !db.IsSlug(p.ID) && len(p.Names) > 0 {
		f.Add("id", "activity.id.form", "ID", p.ID)
	}
	if !slices.Contains(ProgrammeKinds, p.Kind) {
		f.Add("kind", "activity.kind.missing")
	}
	if !slices.Contains(Rhythms, p.Every) {
		f.Add("every", "activity.every.missing")
	}
	checkTexts(&f, "summary", p.Summary, 2000)
	checkTexts(&f, "purposes", p.Purposes, 2000)
	checkTexts(&f, "audience", p.Audience, 500)
	if err := checkTopics(ctx, tx, &f, p.Topics); err != nil {
		return err
	}
	if err := checkRoles(ctx, tx, &f, p.Roles); err != nil {
		return err
	}
	if err := checkParticipants(ctx, tx, &f, p.Participants); err != nil {
		return err
	}
	return f.Err()
}

func checkTexts(f *fault.Form, field string, t db.Text, most int) {
	for _, l := range network.Languages {
		if n := len([]rune(t[l])); n > most {
			f.Add(field+"."+l, "activity.text.long", "Length", n, "Most", most)
		}
	}
	for l := range t {
		if !slices.Contains(network.Languages, l) {
			f.Add(field, "activity.language.unknown", "Language", l)
		}
	}
}

func checkString(f *fault.Form, field, s string, most int) {
	if n := len([]rune(s)); n > most {
		f.Add(field, "activity.text.long", "Length", n, "Most", most)
	}
}

func checkTopics(ctx context.Context, tx *db.Tx, f *fault.Form, topics db.List) error {
	for _, t := range topics {
		ok, err := there(ctx, tx, "topic", t)
		if err != nil {
			return err
		}
		if !ok {
			f.Add("topics", "activity.topic.unknown", "ID", t)
		}
	}
	return nil
}

func checkRoles(ctx context.Context, tx *db.Tx, f *fault.Form, roles []Role) error {
	for i, r := range roles {
		ok, err := there(ctx, tx, "organisation", r.Organisation)
		if err != nil {
			return err
		}
		if !ok {
			f.Add(at("roles", i, "organisation"), "activity.organisation.unknown", "ID", r.Organisation)
		}
		if !slices.Contains(Roles, r.Role) {
			f.Add(at("roles", i, "role"), "activity.role.missing")
		}
	}
	return nil
}
