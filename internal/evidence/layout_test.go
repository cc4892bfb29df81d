package evidence

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"aircommons/internal/actor"
)

// An import keeps the name of the layout that recognised its file, also where its city is only known after reading, and
// counts only values of stations whose city is kept.
func TestReportNamesItsLayoutAndCountsWhatIsStored(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	var b strings.Builder
	b.WriteString("date,city,station,pm25 (ug/m3)\n")
	for h := range 24 {
		fmt.Fprintf(&b, "2024-03-01 %02d:00,Beijing,A,%d\n2024-03-01 %02d:00,Atlantis,B,%d\n", h, h, h, h)
	}
	i, _, err := w.StartImport(ctx, officer, Upload{Name: "made.csv", Reader: strings.NewReader(b.String()), Choices: Choices{Civil: "Asia/Shanghai"}, Auto: true})
	if err != nil {
		t.Fatal(err)
	}
	w.work()
	if i, _, err = w.Import(ctx, actor.CommandLine, i.ID); err != nil {
		t.Fatal(err)
	}
	if i.State != Stored || i.Report.Layout != "table" || i.Report.Values != 24 || len(i.Report.Refused) != 1 {
		t.Errorf("state %s, layout %s, %d values, refused %v", i.State, i.Report.Layout, i.Report.Values, i.Report.Refused)
	}
	if i.Reading.Mapping == nil {
		t.Error("a stored table must be read again as it was read")
	}
}
