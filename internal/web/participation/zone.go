package participation

import (
	activitydesk "aircommons/internal/activity"
	webform "aircommons/internal/web/form"
	"aircommons/internal/web/ui"
)

// zones are the second clocks that a reader can choose.
func zones(r *ui.Request, a activitydesk.Activity) []ui.Option {
	chosen := clocks(r, a).Reader
	var out []ui.Option
	known := chosen == nil
	for _, z := range activitydesk.Zones {
		here := chosen != nil && chosen.String() == z
		known = known || here
		out = append(out, ui.Option{Value: z, Label: activitydesk.ZoneName(r.Words, activitydesk.Zone(z)), Chosen: here})
	}
	if !known {
		out = append(out, ui.Option{Value: chosen.String(), Label: activitydesk.ZoneName(r.Words, chosen), Chosen: true})
	}
	webform.SortOptions(r.Lang, out)
	return append([]ui.Option{{Label: r.Words.T("programme.zone.none"), Chosen: chosen == nil}}, out...)
}
