package web

import (
	"context"
	"math"
	"time"

	evidencedesk "aircommons/internal/evidence"
	"aircommons/internal/web/activity"
	"aircommons/internal/web/ui"
)

// latestAir gives the pages of the programme the latest annual mean of PM2.5 of each place, with its year named as a
// fiscal one where it is. A value is cut to one decimal and gets none that its source does not have.
func latestAir(k *evidencedesk.Desk, now func() time.Time) func(context.Context, *ui.Request) (map[string]activity.Air, error) {
	if k == nil {
		return nil
	}
	return func(ctx context.Context, r *ui.Request) (map[string]activity.Air, error) {
		o, err := k.Overview(ctx, evidencedesk.OverviewQuery{}, now())
		if err != nil {
			return nil, err
		}
		out := map[string]activity.Air{}
		for _, row := range o.Rows {
			v := row.Answer.Value
			if v.Year == 0 {
				continue
			}
			a := activity.Air{Value: r.Words.Decimal(math.Round(float64(v.Value)*10) / 10), Year: r.Words.Year(v.Year), Class: row.Class}
			if row.Answer.Line.PeriodKind == "fiscal" {
				a.Year = r.Words.T("programme.air.fiscal", "Year", v.Year)
			}
			out[row.Place] = a
		}
		return out, nil
	}
}
