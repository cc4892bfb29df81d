package post

import (
	"net/http"
	"slices"
	"strings"

	"aircommons/internal/fault"
	desk "aircommons/internal/post"
	"aircommons/internal/web/ui"
)

type stopsPage struct {
	ui.Page
	Stops []stopRow
}

type stopRow struct {
	desk.Stop
	When string
}

// stops lists addresses that get fewer letters.
func (h handlers) stops(w http.ResponseWriter, r *ui.Request) error {
	all, err := h.Outbox.Stops(r.Context(), r.By)
	if err != nil {
		return err
	}
	p := &stopsPage{}
	for _, s := range all {
		p.Stops = append(p.Stops, stopRow{s, utc(r.Words, s.At)})
	}
	p.Title, p.NoIndex = r.Words.T("post.stops"), true
	p.Crumbs = h.crumbs(r, ui.Crumb{Text: r.Words.T("post.title"), Path: "/office/mail"}, ui.Crumb{Text: p.Title})
	return h.Show(w, r, pages, "stops.html", p)
}

func (h handlers) lift(w http.ResponseWriter, r *ui.Request) error {
	if err := h.Outbox.Lift(r.Context(), r.By, r.Value("address")); err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/mail/stops", r.Words.T("post.done.lift"))
}

type wantsPage struct {
	ui.Page
	Whom string
	Kind desk.Kind // of the letter; "" on one's own page
	Gets bool      // that kind
	Done bool
}

// masked shows an address to whoever holds a letter that may have been passed on.
func masked(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	first := []rune(local)
	if len(first) == 0 {
		return "…@" + domain
	}
	return string(first[0]) + "…@" + domain
}

func (h handlers) wantsPage(r *ui.Request, whom desk.Wants) *wantsPage {
	p := &wantsPage{Whom: whom.Address}
	var options []ui.Option
	var kinds []string
	for _, k := range desk.Stoppable {
		options = append(options, ui.Option{Value: string(k), Label: r.Words.T("post.kind." + string(k)), Hint: r.Words.T("post.kind." + string(k) + ".hint")})
		if slices.Contains(whom.Kinds, k) {
			kinds = append(kinds, string(k))
		}
	}
	f := ui.StoredForm(r)
	f.Checks("kinds", "post.wants.kinds", kinds, options)
	p.Form, p.NoIndex, p.Title = f, true, r.Words.T("post.wants")
	p.Crumbs = []ui.Crumb{{Text: p.Title}}
	return p
}

// wants shows what an address gets. Looking changes nothing: mail scanners look at every link.
func (h handlers) wants(w http.ResponseWriter, r *ui.Request) error {
	whom, kind, err := h.Outbox.ByToken(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	whom.Address = masked(whom.Address)
	p := h.wantsPage(r, whom)
	p.Kind, p.Gets = kind, slices.Contains(whom.Kinds, kind)
	return h.Show(w, r, pages, "wants.html", p)
}

// setWants stops letters: with one click of a mail program (RFC 8058), with the button, or by choice of kinds.
func (h handlers) setWants(w http.ResponseWriter, r *ui.Request) error {
	token := r.PathValue("token")
	if r.Value("List-Unsubscribe") == "One-Click" {
		kind, err := h.Outbox.StopKind(r.Context(), token)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, err = w.Write([]byte(r.Words.T("post.wants.stopped", "Kind", r.Words.T("post.kind."+string(kind))) + "\n"))
		return err
	}
	done := "post.wants.saved"
	var err error
	if r.Value("do") == "stop" {
		var kind desk.Kind
		if kind, err = h.Outbox.StopKind(r.Context(), token); err == nil {
			done = r.Words.T("post.wants.stopped", "Kind", r.Words.T("post.kind."+string(kind)))
		}
	} else {
		err = h.Outbox.SetWants(r.Context(), token, kindsOf(r))
		done = r.Words.T(done)
	}
	if err != nil {
		return err
	}
	// Whoever comes from a letter has no session to leave a sentence in: the page itself says it.
	whom, kind, err := h.Outbox.ByToken(r.Context(), token)
	if err != nil {
		return err
	}
	whom.Address = masked(whom.Address)
	p := h.wantsPage(r, whom)
	p.Kind, p.Gets, p.Done, p.Notice = kind, slices.Contains(whom.Kinds, kind), true, done
	return h.Show(w, r, pages, "wants.html", p)
}

func kindsOf(r *ui.Request) (out []desk.Kind) {
	for _, k := range r.PostForm["kinds"] {
		if slices.Contains(desk.Stoppable, desk.Kind(k)) {
			out = append(out, desk.Kind(k))
		}
	}
	return out
}

// myWants is the same for somebody who is signed in.
func (h handlers) myWants(w http.ResponseWriter, r *ui.Request) error {
	whom, err := h.Outbox.WantsOf(r.Context(), r.By)
	if err != nil {
		if fault.CodeOf(err) == fault.Denied {
			return r.NeedSignIn()
		}
		return err
	}
	return h.Show(w, r, pages, "wants.html", h.wantsPage(r, whom))
}

func (h handlers) setMyWants(w http.ResponseWriter, r *ui.Request) error {
	if err := h.Outbox.SetWantsOf(r.Context(), r.By, kindsOf(r)); err != nil {
		return err
	}
	return h.Redirect(w, r, "/me/mail", r.Words.T("post.wants.saved"))
}
