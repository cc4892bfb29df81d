package participation

import (
	activitydesk "aircommons/internal/activity"
	desk "aircommons/internal/participation"
	"aircommons/internal/web/activity"
	"aircommons/internal/web/ui"
)

// Ways are how one gets into an activity from its page.
func (s Shown) Ways(r *ui.Request, a activitydesk.Activity) (out activity.Ways, err error) {
	h := s.h
	if desk.Runs(r.By, a) {
		out.Actions = h.actions(r, a, "")
	} else if r.By.ChecksIn(a.Programme, a.ID) {
		out.Links = append(out.Links, activity.Link{Path: "/door/" + a.ID, Text: r.Words.T("day.door")})
	}
	for _, city := range r.By.Cities() {
		out.Actions = append(out.Actions, ui.Action{Text: r.Words.T("participation.cityseats"), Path: "/cities/" + city + "/seats"})
	}
	if a.State != activitydesk.Published {
		return out, nil
	}
	e, err := h.Participation.Entrance(r.Context(), r.By, a.ID)
	if err != nil || e.Setup.Version == 0 {
		return out, err
	}
	list := activity.Link{Path: "/activities/" + a.ID + "/people", Text: r.Words.T("participation.list")}
	if e.Door == desk.Closed || e.Door == desk.Over {
		out.Links = append(out.Links, list)
		return out, nil
	}
	link := activity.Link{Path: "/activities/" + a.ID + "/register", Text: r.Words.T("participation.register")}
	switch e.Door {
	case desk.Early:
		link.Text, out.Said = r.Words.T("participation.register.when"), r.Words.T("participation.early", "Time", when(r, a, e.Window.Opens))
	case desk.Late:
		out.Said = r.Words.T("participation.late", "Time", when(r, a, e.Window.Closes))
		out.Links = append(out.Links, list)
		return out, nil
	case desk.Line, desk.Full:
		out.Said = r.Words.T("participation.door." + string(e.Door))
	default:
		if !e.Window.Closes.IsZero() {
			out.Said = r.Words.T("participation.register.until", "Time", when(r, a, e.Window.Closes))
		}
	}
	out.Links = append(out.Links, link, list)
	return out, nil
}
