package activity

import (
	desk "aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/web/calendar"
	"aircommons/internal/web/ui"
)

// feeds are the addresses at which programs read an activity, for the head of its pages.
func (h handlers) feeds(r *ui.Request, a desk.Activity, w *catalog.Words) []ui.Alternate {
	out := calendar.Alternates(h.Site, r)
	if a.State != desk.Published {
		return out
	}
	out = append(out, ui.Alternate{Type: "text/calendar", Title: w.T("calendar.of", "Name", w.T("agenda.title")), Href: h.Absolute(r.To("/activities/" + a.ID + "/calendar.ics"))})
	if len(a.Items) > 0 {
		out = append(out, ui.Alternate{Type: "application/vnd.c3voc.schedule+xml", Title: w.T("agenda.title"), Href: h.Absolute(r.To("/activities/" + a.ID + "/schedule.xml"))})
	}
	return out
}

// sessionData describes a session to machines: schema.org Event with its time and offset. Addresses that are not for everybody are
// never in it.
func (h handlers) sessionData(r *ui.Request, a desk.Activity, s desk.Shape, i desk.Item) map[string]any {
	out := h.subEvent(r, a, s, i)
	if out == nil {
		return nil
	}
	out["@context"] = "https://schema.org"
	of := h.eventData(r, a)
	out["superEvent"] = map[string]any{"@type": of["@type"], "name": of["name"], "url": of["url"], "startDate": of["startDate"], "location": of["location"]}
	return out
}

// subEvent is a session within the data of its activity; nil for one without a time.
func (h handlers) subEvent(r *ui.Request, a desk.Activity, s desk.Shape, i desk.Item) map[string]any {
	const iso = "2006-01-02T15:04:05-07:00"
	from, to := i.Moments(desk.Zone(a.Zone))
	if from.IsZero() {
		return nil
	}
	of := h.eventData(r, a)
	name, _ := i.Names.In(r.Lang)
	out := map[string]any{"@type": "Event", "name": name, "url": h.Absolute(r.To("/activities/" + a.ID + "/agenda/" + i.ID)), "startDate": from.Format(iso), "eventStatus": "https://schema.org/EventScheduled"}
	if !to.IsZero() {
		out["endDate"] = to.Format(iso)
	}
	if i.Cancelled {
		out["eventStatus"] = "https://schema.org/EventCancelled"
	}
	for _, key := range []string{"location", "organizer", "eventAttendanceMode"} {
		if of[key] != nil {
			out[key] = of[key]
		}
	}
	if text, _ := i.Text.In(r.Lang); text != "" {
		out["description"] = text
	}
	if spoken := i.Spoken(); len(spoken) > 0 {
		out["inLanguage"] = spoken
	}
	return out
}
