package call

import (
	desk "aircommons/internal/call"
	"aircommons/internal/web/ui"
)

// Links are the calls of a thing that can be answered now or soon, for its page, and what those who run it do there.
func (d Deps) Links(r *ui.Request, subject, key string) (links []ui.Link, actions []ui.Action, err error) {
	all, err := d.Call.Of(r.Context(), r.By, subject, key)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range all {
		if c.State == desk.Published && c.Stage(d.Now(), c.About.Zone) != "closed" {
			links = append(links, ui.Link{Text: text(r, c.Names), Path: "/calls/" + c.ID})
		}
		if c.Runs {
			actions = append(actions, ui.Action{Text: text(r, c.Names), Path: "/office/calls/" + c.ID})
		}
	}
	return links, actions, nil
}
