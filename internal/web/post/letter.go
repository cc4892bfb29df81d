package post

import (
	"bytes"
	"context"
	"net/http"
	netmail "net/mail"
	"slices"
	"strconv"

	"aircommons/internal/actor"
	"aircommons/internal/fault"
	"aircommons/internal/mail"
	desk "aircommons/internal/post"
	"aircommons/internal/web/ui"
)

type letterPage struct {
	ui.Page
	Look    desk.Look
	Row     row
	Heads   []head
	Body    string
	Raw     string
	Next    string // the next held letter of the same thing
	Why     string
	Do      string // what to do, in words
	Buttons []string
	Files   []attached
	CanEdit bool
	CanGo   bool
}

type head struct{ Name, Value string }

type attached struct {
	Name, Type string
	Size       int64
}

// shown are the heads that people know, in this order.
var shown = []string{"From", "To", "Subject", "Date", "List-Unsubscribe"}

// letter shows one letter as it is sent, and what can be done with it.
func (h handlers) letter(w http.ResponseWriter, r *ui.Request) error {
	look, err := h.Outbox.Letter(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := &letterPage{Look: look, Row: h.row(r, look.Piece), Raw: string(look.Raw)}
	p.Body = mail.PlainText(bytes.NewReader(look.Raw))
	if p.Body == "" {
		p.Body = look.Text
	}
	if m, err := netmail.ReadMessage(bytes.NewReader(look.Raw)); err == nil {
		for _, name := range shown {
			if v := m.Header.Get(name); v != "" {
				p.Heads = append(p.Heads, head{name, mail.HeadText(v)})
			}
		}
	}
	for _, a := range look.Attach {
		p.Files = append(p.Files, attached{a.Name, a.Type, int64(len(a.Data))})
	}
	if look.Reason != nil {
		p.Why = r.Words.Say(*look.Reason)
	}
	switch look.State {
	case desk.Held:
		p.CanEdit, p.Buttons, p.CanGo = true, []string{"cancel"}, look.Reason == nil || look.Reason.Key != "post.missing"
	case desk.Ready, desk.Suppressed:
		p.Buttons = []string{"cancel"}
	case desk.Failed:
		p.CanEdit, p.Buttons = true, []string{"again", "cancel"}
	case desk.Unknown:
		p.Buttons = []string{"arrived", "again"}
	case desk.Bounced:
		p.Buttons = []string{"again"}
	}
	if key := "post.do." + string(look.State); r.Words.Has(key) {
		p.Do = r.Words.T(key)
	}
	if look.State == desk.Held {
		held, err := h.Outbox.Letters(r.Context(), r.By, desk.Filter{State: desk.Held, About: look.About, AboutKey: look.AboutKey})
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(held, func(x desk.Piece) bool { return x.ID == look.ID }); i >= 0 && len(held) > 1 {
			p.Next = held[(i+1)%len(held)].ID
		}
	}
	p.Title, p.NoIndex = r.Words.T("post.letter.title", "Name", p.Row.name()), true
	p.Crumbs = h.crumbs(r, ui.Crumb{Text: r.Words.T("post.title"), Path: "/office/mail"}, ui.Crumb{Text: p.Row.name()})
	return h.Show(w, r, pages, "letter.html", p)
}

func (x row) name() string {
	if x.ToName != "" {
		return x.ToName
	}
	return x.To
}

// step does one of the things that buttons of a letter do.
func (h handlers) step(name string, do func(context.Context, actor.Actor, string, int64) error) ui.Handler {
	return func(w http.ResponseWriter, r *ui.Request) error {
		if err := do(r.Context(), r.By, r.PathValue("id"), r.Version()); err != nil {
			return err
		}
		return h.Redirect(w, r, "/office/mail/"+r.PathValue("id"), r.Words.T("post.done."+name))
	}
}

type formPage struct {
	ui.Page
	Values  []value
	Example *example
	Level   string
	Links   []ui.Crumb
	Drop    bool
	Version string
}

type value struct{ Name, Means string }

type example struct{ Subject, Text, Lang string }

func (h handlers) editForm(r *ui.Request, err error, p desk.Piece) *formPage {
	f := ui.NewForm(r, err)
	f.Text("to", "post.form.to", p.To).Kind("email")
	f.Text("name", "post.form.name", p.ToName).Opt()
	f.Text("subject", "post.form.subject", p.Letter.Subject).In(p.Lang)
	f.Area("text", "post.form.text", p.Text).Size(16).In(p.Lang)
	f.Keep("version", p.Version)
	page := &formPage{}
	page.Form, page.NoIndex, page.Title = f, true, r.Words.T("post.edit.title")
	page.Crumbs = h.crumbs(r, ui.Crumb{Text: r.Words.T("post.title"), Path: "/office/mail"}, ui.Crumb{Text: h.row(r, p).name(), Path: "/office/mail/" + p.ID}, ui.Crumb{Text: page.Title})
	return page
}

// edit gives a held letter a text of its own.
func (h handlers) edit(w http.ResponseWriter, r *ui.Request) error {
	look, err := h.Outbox.Letter(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	if look.State != desk.Held && look.State != desk.Failed {
		return fault.New(fault.Conflict, "post.wrongstate", "State", fault.Say("post.state."+string(look.State)))
	}
	return h.Show(w, r, pages, "edit.html", h.editForm(r, nil, look.Piece))
}

func (h handlers) edited(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	err := h.Outbox.Edit(r.Context(), r.By, id, r.Version(), r.Value("to"), r.Value("name"), r.Value("subject"), r.PostForm.Get("text"))
	if ui.Again(err) {
		look, e := h.Outbox.Letter(r.Context(), r.By, id)
		if e != nil {
			return e
		}
		page := h.editForm(r, err, look.Piece)
		if page.Form.Conflict() {
			stored := ui.StoredForm(r)
			stored.Text("to", "post.form.to", look.To)
			stored.Text("name", "post.form.name", look.ToName)
			stored.Text("subject", "post.form.subject", look.Letter.Subject)
			stored.Area("text", "post.form.text", look.Text)
			page.Form.Against(stored)
			page.Form.Get("version").Value = strconv.FormatInt(look.Version, 10)
		}
		return h.Show(w, r, pages, "edit.html", page)
	} else if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/mail/"+id, r.Words.T("post.done.edit"))
}
