package evidence_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"aircommons/internal/actor"
)

var versionField = regexp.MustCompile(`name="version" value="(\d+)"`)

// TestMappingEditor: a table that nobody knows is described, tried out, saved and known again; another line of headings may be
// named, a date may stand in several columns, and what is still open is said before the file is read.
func TestMappingEditor(t *testing.T) {
	h, k, people, d := siteOn(t)
	li := enter(t, h, people, "Li", actor.CityOfficer, "beijing")
	run := func() {
		for {
			ran, err := d.WorkOnce(context.Background(), k.Run)
			must(t, err)
			if !ran {
				return
			}
		}
	}
	table := "Private;network;export;of;ours\nMoment;Post;Fine dust;Gas;Remark\n" +
		"13.02.2023 00:00;N-1;60,5;58;ok\n13.02.2023 00:00;N-2;12,5;8;ok\n13.02.2023 01:00;N-1;broken;57;ok\n13.02.2023 01:00;N-2;13,5;9;ok\n"
	code, text, at := li.send(run, "one.csv", table)
	li.want(code, text, 200, "layout was not recognised", `class="act" href="/en`+strings.TrimPrefix(at, "/en")+`/map"`)
	code, text = li.get(at + "/map")
	li.want(code, text, 200, "Describe the table", "Fine dust", "60,5 · 12,5 · broken", "No value can be read like this yet", "The date stands in several columns")
	version := versionField.FindStringSubmatch(text)
	if version == nil {
		t.Fatal("the form has no version")
	}
	form := map[string]string{"version": version[1], "delimiter": ";", "header": "1", "shape": "wide", "do": "preview"}
	try := func(pairs ...string) (int, string) {
		for i := 0; i < len(pairs); i += 2 {
			form[pairs[i]] = pairs[i+1]
		}
		var fields []string
		for name, value := range form {
			fields = append(fields, name, value)
		}
		return li.post(at+"/map", fields...)
	}
	code, text = try()
	li.want(code, text, 200, `<option value="Private"`, `!<option value="Moment"`)
	code, text = try("header", "0")
	li.want(code, text, 200, `<option value="#5"`)
	code, text = try("header", "2", "date", "Moment", "station", "Post", "col.2.p", "pm25")
	li.want(code, text, 200, `<option value="Moment" selected`, "60.5", "N-2", "“broken” is not a number", "In which unit is “Fine dust”?")
	code, text = try("col.2.u", "ug/m3", "zone", "Mars")
	li.want(code, text, 200, "“Mars” is not a time zone")
	code, text = try("zone", "+08:00")
	li.want(code, text, 200, "2023-02-12 16:00", "2023-02-13 00:00", "60.5 µg/m³", "!In which unit")
	code, text = try("do", "read", "name", "Our posts", "hour", "start")
	li.want(code, text, 200)
	run()
	code, text = li.get(at)
	li.want(code, text, 200, "Store 3 values", "mapping Our posts", "1 line rejected")
	code, text, at = li.send(run, "two.csv", strings.ReplaceAll(table, "2023", "2024"))
	li.want(code, text, 200, "Store 3 values", "mapping Our posts", "same headings as the saved mapping")
}
