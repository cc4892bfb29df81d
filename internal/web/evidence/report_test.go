package evidence_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"aircommons/internal/actor"
)

// send uploads a file as the form does, lets the job run and gives the page that the reader comes to.
func (b reader) send(work func(), name, content string) (int, string, string) {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	must(b.t, form.WriteField("place", "beijing"))
	part, err := form.CreateFormFile("file", name)
	must(b.t, err)
	_, err = io.WriteString(part, content)
	must(b.t, err)
	must(b.t, form.Close())
	r, err := http.NewRequest("POST", b.url+"/en/evidence/import", &body)
	must(b.t, err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := b.client.Do(r)
	must(b.t, err)
	resp.Body.Close()
	work()
	at := resp.Request.URL.Path
	code, text := b.get(at)
	return code, text, at
}

// TestNothingToStore: a report offers to store only when there is something, and says why when there is not.
func TestNothingToStore(t *testing.T) {
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
	head := "\"No\",\"year\",\"month\",\"day\",\"hour\",\"PM2.5\",\"PM10\",\"SO2\",\"NO2\",\"CO\",\"O3\",\"TEMP\",\"PRES\",\"DEWP\",\"RAIN\",\"wd\",\"WSPM\",\"station\"\n"
	row := "1,2016,5,1,0,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,\"Made\"\n"
	code, text, at := li.send(run, "missing.csv", head+row)
	li.want(code, text, 200, "No value to store was found", "values are empty or coded as missing", "nothing to store", "Send another file", "/en/evidence/import?place=beijing", at+"/map", "!Store 0", "!/store?version")
	// Its only station lies in a city that Li does not keep.
	code, text, at = li.send(run, "elsewhere.csv", "location,city,country,utc,local,parameter,value,unit,latitude,longitude\n"+
		"Jung-gu,Seoul,KR,2016-05-01T00:00:00Z,2016-05-01T09:00:00+09:00,pm25,12,µg/m³,37.5,127\n")
	li.want(code, text, 200, "No value to store was found", "None of its stations lies in a city that you keep.", "Jung-gu lies in Seoul", "Send another file", at+"/map", "!Store 0", "!/store?version")
	code, text, _ = li.send(run, "some.csv", head+strings.Replace(row, "NA", "12", 1))
	li.want(code, text, 200, "Store 1 value", "!Send another file")
}
