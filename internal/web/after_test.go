package web

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	accountdesk "aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/participation"
)

// attend puts people with a place in forum-2027 into the house: so many from each city, in the states that are given, one after
// the other.
func (h *house) attend(n int, place, country, gender string, states ...participation.State) {
	h.t.Helper()
	must(h.t, h.db.Write(context.Background(), func(tx *db.Tx) error {
		for i := range n {
			id := fmt.Sprintf("%s-%s-%d", place, gender, i)
			p, err := accountdesk.Ensure(context.Background(), tx, actor.System, accountdesk.Person{Name: "Guest " + id, Email: id + "@example.org", Language: []string{"en", "ko"}[i%2]})
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(context.Background(), `UPDATE person SET gender = $1 WHERE id = $2`, gender, p.ID); err != nil {
				return err
			}
			if _, err := tx.ExecContext(context.Background(), `INSERT INTO participation (id, activity_id, person_id, place, country, organisation, role, mode, funded, delegation, state, since, offer_until, reason, source, visibility, lang, created_at, version)
				VALUES ($1,'forum-2027',$2,$3,$4,'','participant','onsite',$5,'',$6,$7,NULL,'','self','','en',$7,1)`, "p-"+id, p.ID, place, country, i%2 == 0, string(states[i%len(states)]), tx.Now); err != nil {
				return err
			}
		}
		return nil
	}))
}

// send sends a photo as a browser does.
func (b *browser) upload(path string, file []byte, fields ...string) page {
	b.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		must(b.t, m.WriteField(fields[i], fields[i+1]))
	}
	part, err := m.CreateFormFile("file", "photo.jpg")
	must(b.t, err)
	_, err = part.Write(file)
	must(b.t, err)
	must(b.t, m.Close())
	r, err := http.NewRequest("POST", b.url+path, &body)
	must(b.t, err)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Origin", b.url)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// After a forum: feedback by links that lead to nobody, figures, a report that is drafted, frozen and published.
func TestAfterAForum(t *testing.T) {
	h := newHouse(t, true)
	h.forum()
	// 12 of Seoul, 7 of Beijing, 2 of Ulaanbaatar, 1 of Guiyang were present: 22; 6 of Seoul were not.
	h.attend(12, "seoul", "KR", "female", participation.Present)
	h.attend(7, "beijing", "CN", "male", participation.Present)
	h.attend(2, "ulaanbaatar", "MN", "female", participation.Present)
	h.attend(1, "guiyang", "CN", "male", participation.Present)
	h.attend(6, "seoul", "KR", "other", participation.Absent)
	officer, reader := h.enter("Kim", actor.Secretariat, ""), h.browser()
	const figures, feedback, builder = "/en/activities/forum-2027/figures", "/en/office/activities/forum-2027/feedback", "/en/office/activities/forum-2027/report"

	reader.want(reader.get(figures), 404)
	for _, path := range []string{feedback, builder, "/en/office/activities/forum-2027/photos", "/en/office/reports/forum-2027-1", feedback + "/results.csv"} {
		reader.want(reader.get(path), 403)
	}
	officer.want(officer.get(feedback), 200, "No form for feedback", "Use the usual form")
	officer.want(officer.post(feedback, "do", "form"), 200, "The usual form is published", "It is used here:", `href="`+feedback+`"`)
	officer.want(officer.get("/en/activities/forum-2027"), 200, `href="/en/office/calls/new?about=activity/forum-2027"`, "/forum-2027/letters", "/office/roles/activity/forum-2027")
	reader.want(reader.get("/en/activities/forum-2027"), 200, "!/office/")
	officer.want(officer.get(feedback), 200, "22 people who took part were not asked yet")
	officer.want(officer.post(feedback, "do", "ask", "until", "2027-05-01T10:00", "version", "0"), 422, "still to come")
	officer.want(officer.post(feedback, "do", "ask", "until", "2027-10-15T18:00", "version", "0"), 200, "22 letters wait in the outbox")
	officer.want(officer.get(feedback), 200, "0 people who took part were not asked yet")

	var links []string
	must(t, h.db.Read(context.Background(), func(tx *db.Tx) error {
		return tx.Each(context.Background(), `SELECT vals, state FROM mail WHERE template = 'feedback.ask' ORDER BY id`, nil, func(scan func(...any) error) error {
			var vals, state string
			err := scan(&vals, &state)
			if state != "held" {
				t.Errorf("a letter is %s", state)
			}
			links = append(links, regexp.MustCompile(`/(?:en|ko)/feedback/[a-z2-7]+`).FindString(vals))
			return err
		})
	}))
	if len(links) != 22 {
		t.Fatalf("%d links", len(links))
	}
	reader.want(reader.get(links[0]), 200, "Your answers are anonymous", "How was it as a whole")
	reader.want(reader.post(links[0]), 422)
	reader.want(reader.get("/en/feedback/nobody"), 404, "not valid")
	before := journalLength(t, h)
	// Of the six who answer, five say 5 and one says 1; the fifth of them opens the first group.
	for i := range 6 {
		score := "5"
		if i == 2 {
			score = "1"
		}
		p := reader.want(reader.post(links[i], "q.overall", score, "q.best", fmt.Sprintf("Text %c", 'F'-i), "q.use", "planned"), 200)
		if !strings.HasSuffix(p.at, "/feedback/thanks") {
			t.Errorf("went on to %s", p.at)
		}
		if i == 3 {
			officer.want(officer.get(feedback), 200, "!Text", "!Mean")
		}
	}
	reader.want(reader.post(links[0], "q.overall", "1"), 200, "feedback was given already")
	if n := journalLength(t, h); n != before {
		t.Errorf("answers left %d entries in the journal", n-before)
	}
	// Five answers are told, the sixth waits for others. (4 × 5 + 1) / 5 = 4.2.
	officer.want(officer.get(feedback), 200, "Answers of 5 people", "Mean 4.2 of 5", "Text F", "!Text A")
	officer.want(officer.get(feedback+"/results.csv"), 200, "I plan to,5", "!Guest")

	// Small cells: Ulaanbaatar 2 and Guiyang 1 are three together, so Beijing joins them: 10. Of the countries, China has 8,
	// Mongolia 2; they are merged, 10.
	officer.want(officer.get(figures), 200, "22", "See whole figures", "!Ulaanbaatar 2")
	officer.want(officer.get(figures+"?whole=yes"), 200, "Ulaanbaatar", "Guiyang")
	h.pass(150 * 24 * time.Hour) // the forum is over
	officer = h.enter("Lee", actor.Secretariat, "")
	reader.want(reader.get("/en/activities/forum-2027"), 200, figures)
	reader.want(reader.get(figures), 200, "People who were present", "All others", "!Ulaanbaatar", "!Guiyang", "SELECT p.place, COUNT(*)")
	reader.want(reader.get(figures+"?whole=yes"), 404)
	reader.want(reader.get(figures+"/figures.json"), 200, `"total": 22`, `"key": "seoul",`, `"count": 12`, `"key": "*",`, `"count": 10`, "!ulaanbaatar", "!beijing")
	reader.want(reader.get("/api/v1/activities/forum-2027/figures"), 200, `22`, `"seoul"`, "!ulaanbaatar")
	reader.want(reader.get("/api/v1/activities/nothing/figures"), 404)
	reader.want(reader.get(figures+"/figures.csv"), 200, "forum-2027,", ",city,seoul,Seoul,12,")
	reader.want(reader.get(figures+"/city.svg"), 200, "<svg", "Seoul")
	reader.want(reader.get("/ko/activities/forum-2027/figures"), 200, "도시별", "서울")

	// A photo with the place in it: the kept one has it no more.
	img := image.NewRGBA(image.Rect(0, 0, 2400, 1200))
	for y := range 1200 {
		for x := range 2400 {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y), 90, 255})
		}
	}
	var photo bytes.Buffer
	must(t, jpeg.Encode(&photo, img, nil))
	tagged := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, 24}, "Exif\x00\x00GPS 47.92N106.9E"...)
	tagged = append(tagged, photo.Bytes()[2:]...)
	const photos = "/en/office/activities/forum-2027/photos"
	officer.want(officer.upload(photos, tagged, "captions.en", "Opening", "credit", "Guest seoul-female-0"), 422, "only when the people in it agreed")
	officer.want(officer.upload(photos, []byte("no photo"), "captions.en", "Opening", "credit", "Bat", "consent", "yes"), 422, "Send a JPEG")
	list := officer.want(officer.upload(photos, tagged, "captions.en", "Opening", "credit", "Guest seoul-female-0", "consent", "yes"), 200, "The photo is kept", "Opening")
	picture := regexp.MustCompile(`/photos/[0-9a-f-]+\.jpg`).FindString(list.text)
	if p := officer.get(picture); strings.Contains(p.text, "GPS") || p.status != 200 {
		t.Errorf("the photo: %d", p.status)
	}
	reader.want(reader.get(picture), 404)

	officer.want(officer.get(builder), 200, "Draft report")
	p := officer.want(officer.post(builder), 200, "The report is drafted", "Participation in figures", "Agenda", "Photos", "Freeze as of now")
	if p.at != "/en/office/reports/forum-2027-1" {
		t.Fatalf("the draft is at %s", p.at)
	}
	office := p.at
	version := func() string {
		t.Helper()
		return regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(officer.get(office).text)[1]
	}
	officer.want(officer.post(office+"/sections/summary", "names.en", "Summary", "names.ko", "요약", "text.en", "**Good** talks\n\n- one\n- two\n\n<script>alert(1)</script>\n\n| City | Share |\n|---|---|\n| Seoul | 3 |", "version", version()), 200, "Saved")
	officer.want(officer.post(office+"/sections/summary", "names.en", "Other", "version", "1"), 409)
	officer.want(officer.post(office, "do", "hide", "section", "outlook", "version", version()), 200, "Left out")
	officer.want(officer.post(office, "do", "down", "section", "summary", "version", version()), 200)
	show := "/en/reports/forum-2027-1"
	reader.want(reader.get(show), 404)
	officer.want(officer.get(show), 200, "<strong>Good</strong>", "<li>one</li>", "!<script>alert", "<td>Seoul</td>", "22 people present", "Opening", "Photo: Guest seoul-female-0")
	officer.want(officer.post(office, "do", "publish", "version", version()), 409, "Freeze the report")
	officer.want(officer.post(office, "do", "freeze", "version", version()), 200, "The report is frozen")
	officer.want(officer.post(office+"/sections/summary", "names.en", "Late", "version", version()), 409)
	h.attend(5, "tokyo", "JP", "female", participation.Present) // after the freeze
	reader.want(reader.get(figures+"/figures.json"), 200, `"total": 27`)
	officer.want(officer.post(office, "do", "publish", "version", version()), 200, "The report is public")
	reader.want(reader.get(show), 200, "22 people present", "!27 people", "!Tokyo")
	reader.want(reader.get("/en/activities/forum-2027"), 200, `href="/en/reports/forum-2027-1"`)
	reader.want(reader.get("/en/programme/seoul-forum"), 200, "/library/forum-2027-report")
	reader.want(reader.get("/en/library/forum-2027-report"), 200, "Report: Forum 2027", "docx")
	reader.want(reader.get("/ko/reports/forum-2027-1"), 200, "보고서: 2027 포럼", "요약")
	reader.want(reader.get(picture), 200)
	docx := reader.want(reader.get("/ko/reports/forum-2027-1/docx"), 200)
	z, err := zip.NewReader(strings.NewReader(docx.text), int64(len(docx.text)))
	must(t, err)
	f, err := z.Open("word/document.xml")
	must(t, err)
	var body bytes.Buffer
	_, err = body.ReadFrom(f)
	must(t, err)
	for _, s := range []string{"보고서: 2027 포럼", "그 밖의 모두", "Opening", "w:tbl", `r:embed="i1"`} {
		if !strings.Contains(body.String(), s) {
			t.Errorf("the document does not hold %q", s)
		}
	}
	if dir := os.Getenv("AIRCOMMONS_KEEP"); dir != "" {
		must(t, os.WriteFile(dir+"/report-ko.docx", []byte(docx.text), 0o600))
		must(t, os.WriteFile(dir+"/report-ko.html", []byte(reader.get("/ko/reports/forum-2027-1/html").text), 0o600))
	}
	// A new version has the texts and the numbers of now; the old one stays.
	officer.want(officer.post(builder), 200, "version 2")
	officer.want(officer.get("/en/reports/forum-2027-2"), 200, "27 people present", "<strong>Good</strong>")
	reader.want(reader.get("/en/reports/forum-2027-2"), 404)

	// Consent that is taken back counts more than the freeze.
	id := strings.TrimSuffix(strings.TrimPrefix(picture, "/photos/"), ".jpg")
	officer.want(officer.post("/en/office/photos/"+id, "captions.en", "Opening", "credit", "Guest seoul-female-0", "withdrawn", "yes", "version", "1"), 200)
	reader.want(reader.get(picture), 404)
	reader.want(reader.get(show), 200, "!Opening")
}

func journalLength(t *testing.T, h *house) (n int) {
	t.Helper()
	must(t, h.db.Read(context.Background(), func(tx *db.Tx) error {
		return tx.One(context.Background(), `SELECT COUNT(*) FROM journal`, nil, &n)
	}))
	return n
}

// One history of a city, and two clicks from one focal point to the next.
func TestHistoryAndHandover(t *testing.T) {
	h := newHouse(t, true)
	h.forum()
	officer, reader := h.enter("Kim", actor.Secretariat, ""), h.browser()
	const history = "/en/cities/ulaanbaatar/history"
	reader.want(reader.get("/en/cities/ulaanbaatar"), 200, `href="/en/cities/ulaanbaatar/history"`)
	reader.want(reader.get(history), 200, "Ulaanbaatar in the network", "By kind", "No focal point is known yet", "!Forum 2027")
	reader.want(reader.get(history+"?kind=document"), 200, "!>Workshop ·")
	reader.want(reader.get(history+"?year=1901"), 200, "Nothing of this kind and year")
	reader.want(reader.get("/en/cities/nowhere/history"), 404)
	// Six came for the city; they stay in its history whatever they do later.
	h.attend(6, "ulaanbaatar", "MN", "female", participation.Present)
	var ids []string
	must(t, h.db.Write(context.Background(), func(tx *db.Tx) error {
		for _, name := range []string{"Bat", "Naran"} {
			p, err := accountdesk.Ensure(context.Background(), tx, actor.System, accountdesk.Person{Name: name, Email: strings.ToLower(name) + "@ub.example", Language: "mn", Affiliations: []accountdesk.Affiliation{{Name: "City", Place: "ulaanbaatar", From: "2020"}}})
			if err != nil {
				return err
			}
			ids = append(ids, p.ID)
		}
		if _, err := tx.ExecContext(context.Background(), `INSERT INTO participation (id, activity_id, person_id, place, country, organisation, role, mode, funded, delegation, state, since, offer_until, reason, source, visibility, lang, created_at, version)
			VALUES ('seat-1','forum-2027','','ulaanbaatar','MN','','delegate','onsite',$1,'','confirmed',$2,NULL,'','nomination','','mn',$2,1)`, true, tx.Now); err != nil {
			return err
		}
		return accountdesk.Give(context.Background(), tx, actor.System, ids[0], actor.Grant{Role: actor.FocalPoint, Subject: actor.OfPlace, Key: "ulaanbaatar"}, time.Time{})
	}))
	reader.want(reader.get(history), 200, "A focal point who chose not to be named", "!Bat")
	officer.want(officer.get(history), 200, "Bat", "Forum 2027", "6 people of the city", "handover?from="+ids[0])
	handover := "/en/office/cities/ulaanbaatar/handover?from=" + ids[0]
	reader.want(reader.get(handover), 403)
	officer.want(officer.get(handover), 200, "Bat leaves", "City seat without a name", "20 September 2027")
	officer.want(officer.post(handover), 422, "Enter the name")
	officer.want(officer.post(handover, "name", "Bat", "email", "bat@ub.example"), 422, "who leaves")
	officer.want(officer.post(handover, "name", "Naran", "email", "naran@ub.example"), 200, "Handed over, with 1 open item", "from Bat to Naran", "6 people of the city")
	officer.want(officer.get(handover), 404)
	must(t, h.db.Read(context.Background(), func(tx *db.Tx) error {
		letters := 0
		if err := tx.One(context.Background(), `SELECT COUNT(*) FROM mail WHERE dedupe LIKE 'handover/%' AND person IN ($1, $2)`, []any{ids[0], ids[1]}, &letters); err != nil {
			return err
		}
		if letters != 2 {
			t.Errorf("%d letters", letters)
		}
		p, err := accountdesk.PersonByID(context.Background(), tx, ids[0])
		if err != nil || p.Affiliations[0].To != "2027-05-19" {
			t.Errorf("the affiliation is %+v, %v", p.Affiliations, err)
		}
		return nil
	}))
	h.pass(150 * 24 * time.Hour)
	reader.want(reader.get(history), 200, "Forum 2027", "6 people of the city") // over: the figures tell it
	officer = h.enter("Lee", actor.Secretariat, "")
	officer.want(officer.get("/en/office/summary"), 200, "Summary for funders", "Forum 2027", "Participations")
	officer.want(officer.get("/en/office/summary?from=2027&to=2027"), 200, "Forum 2027", ">6<")
	officer.want(officer.get("/en/office/summary?from=2028"), 200, "No such activity")
	officer.want(officer.get("/en/office/summary/csv?from=2027"), 200, "Forum 2027", ",6,")
	officer.want(officer.get("/en/office/summary/xlsx?from=2027"), 200, "PK")
	reader.want(reader.get("/en/office/summary"), 403)
	reader.want(reader.get("/en/office/summary/csv"), 403)
}

// Names that others wrote go with an erasure; figures stay.
func TestErasureAfterAForum(t *testing.T) {
	h := newHouse(t, true)
	h.forum()
	h.attend(6, "seoul", "KR", "female", participation.Present)
	var person accountdesk.Person
	must(t, h.db.Write(context.Background(), func(tx *db.Tx) error {
		var err error
		if person, err = accountdesk.Ensure(context.Background(), tx, actor.System, accountdesk.Person{Name: "Guest seoul-female-0", Email: "seoul-female-0@example.org"}); err != nil {
			return err
		}
		_, err = tx.ExecContext(context.Background(), `INSERT INTO feedback_answer (id, activity_id, form, edition, question, value, leads, told) VALUES (1,'forum-2027','f',1,'best','Guest seoul-female-0 spoke well',$1,$1)`, true)
		return err
	}))
	officer := h.enter("Kim", actor.Secretariat, "")
	office := officer.want(officer.post("/en/office/activities/forum-2027/report"), 200).at
	officer.want(officer.post(office+"/sections/summary", "names.en", "Summary", "text.en", "Guest seoul-female-0 opened the forum", "version", "1"), 200)
	officer.want(officer.post(office, "do", "freeze", "version", "2"), 200)
	officer.want(officer.post(office, "do", "publish", "version", "3"), 200)
	officer.want(officer.get("/en/reports/forum-2027-1"), 200, "Guest seoul-female-0 opened", "6 people present")
	before := officer.get("/en/library/forum-2027-report").text
	h.account.Keepers = append(h.account.Keepers, h.report.Keeper())
	must(t, h.account.Erase(context.Background(), actor.CommandLine, person.ID))
	officer.want(officer.get("/en/reports/forum-2027-1"), 200, "asked to be erased opened the forum", "!Guest seoul-female-0", "6 people present")
	file := regexp.MustCompile(`/files/[^"]+-en/[^"]+\.docx`).FindString(before)
	docx := officer.want(officer.get(file), 200)
	z, err := zip.NewReader(strings.NewReader(docx.text), int64(len(docx.text)))
	must(t, err)
	f, err := z.Open("word/document.xml")
	must(t, err)
	var body bytes.Buffer
	_, err = body.ReadFrom(f)
	must(t, err)
	if strings.Contains(body.String(), "seoul-female-0") || !strings.Contains(body.String(), "opened the forum") {
		t.Error("the document in the library still names the person")
	}
	must(t, h.db.Read(context.Background(), func(tx *db.Tx) error {
		n := 0
		err := tx.One(context.Background(), `SELECT COUNT(*) FROM feedback_answer WHERE value LIKE '%seoul-female%'`, nil, &n)
		if n > 0 {
			t.Error("an answer still names the person")
		}
		return err
	}))
}
