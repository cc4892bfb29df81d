// Package ui is the shell of the site: routes in five languages, who is asking, templates within one frame, forms,
// errors that help, entity tags, and the guards of every request. A desk's pages are a package of their own beside it,
// with handlers and templates side by side:
//
//	package rivers // internal/web/rivers
//
//	//go:embed *.html
//	var files embed.FS
//
//	var pages = ui.Templates(files)
//
//	type Deps struct{ Rivers *rivers.Desk }
//
//	// Register adds the pages to the site.
//	func Register(s *ui.Site, d Deps) {
//		h := handlers{s, d}
//		s.Get("/rivers/{id}", h.show)
//		s.Live("/office/rivers/{id}", h.edit)
//		s.Post("/office/rivers/{id}", h.save)
//	}
//
//	type riverPage struct {
//		ui.Page
//		River rivers.River
//	}
//
//	func (h handlers) show(w http.ResponseWriter, r *ui.Request) error {
//		river, err := h.Rivers.River(r.Context(), r.By, r.PathValue("id"))
//		if err != nil {
//			return err // a notfound fault becomes the page 404, denied 403, anything unknown 500
//		}
//		name, _ := river.Names.In(r.Lang)
//		p := &riverPage{River: river}
//		p.Title, p.Nav = name, "cities"
//		p.Description = r.Words.T("river.description", "Name", name)
//		p.Crumbs = []ui.Crumb{{Text: r.Words.T("nav.cities"), Path: "/cities"}, {Text: name}}
//		if r.By.Officer() {
//			p.Actions = []ui.Action{{Text: r.Words.T("part.edit"), Path: "/office/rivers/" + river.ID}}
//		}
//		return h.Show(w, r, pages, "river.html", p)
//	}
//
//	type editPage struct {
//		ui.Page
//	}
//
//	func ask(q ui.Edit, river *rivers.River) error { // each question once: shown, read, refused and compared from here
//		q.Texts("names", "river.form.names", &river.Names) // label: text of the key; hint: key+".hint", if there is one
//		q.Number("length", "river.form.length", &river.Length).Opt()
//		q.Keep("version", &river.Version)
//		return nil
//	}
//
//	func (h handlers) edit(w http.ResponseWriter, r *ui.Request) error { // for Live and for Post
//		read := func() (rivers.River, error) { return h.Rivers.River(r.Context(), r.By, r.PathValue("id")) }
//		river, err := read()
//		if err != nil {
//			return err
//		}
//		f, err := ui.Change(r, &river, ask, func() error { return h.Rivers.UpdateRiver(r.Context(), r.By, river) }, read)
//		if err != nil {
//			return err
//		}
//		if f == nil { // saved: 303, and the sentence on the next page
//			return h.Redirect(w, r, "/rivers/"+river.ID, r.Words.T("river.saved"))
//		}
//		// At first; or again, with 422 and what is wrong, or with 409 and both versions side by side.
//		return h.Show(w, r, pages, "edit.html", &editPage{Page: ui.Page{Title: "…", NoIndex: true, Form: f}})
//	}
//
// river.html is what stands in <main>:
//
//	<div class="wrap open"><h1>{{.Title}}</h1><p class="lede">{{name .River.Summary}}</p></div>
//	<div class="wrap"><section class="row" aria-labelledby="l"><h2 id="l">{{t "river.length"}}</h2>
//	<div class="body"><p>{{t "river.length.is" "Value" (num .River.Length 1)}}</p><a href="{{to "/cities"}}">…</a></div></section></div>
//
// edit.html:
//
//	<div class="wrap open"><h1>{{.Title}}</h1></div><div class="wrap"><div class="row"><div class="body">
//	{{template "errors" .Form}}{{template "conflict" .Form}}
//	<form method="post" novalidate>{{template "fields" .Form}}{{template "save" .}}</form></div></div></div>
//
// In templates {{t "key"}} without arguments is filled in before parsing, for each language; with arguments it is a
// call. Others: {{h "key"}} for a text with markup, {{n "key" count}} counted, {{to "/path"}} an address in the reader's
// language, {{name text}} a db.Text with its lang, {{text text}} the same as plain text, {{date t}}, {{int n}},
// {{num v decimals}}, {{size bytes}}, {{say message}}, {{err e}}. There is no inline script and no style attribute: the
// policy forbids both. Forms are named by method and action alone; a form without action goes to its own address.
package ui
