package web

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	accountdesk "aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/participation"
)

// TestAfterInABrowser looks at what remains of a forum.
func TestAfterInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("short: pages are not looked at in a browser")
	}
	root := filepath.Join("..", "..")
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not here")
	}
	for _, name := range []string{"playwright-core", "axe-core"} {
		if _, err := os.Stat(filepath.Join(root, "node_modules", name)); err != nil {
			t.Skipf("%s is not here; `make assets` fetches it", name)
		}
	}
	chromium := os.Getenv("AIRCOMMONS_CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if chromium == "" {
			chromium, _ = exec.LookPath(name)
		}
	}
	if chromium == "" {
		t.Skip("Chromium is not here")
	}
	h := newHouse(t, true)
	h.forum()
	h.attend(24, "seoul", "KR", "female", participation.Present, participation.Present, participation.Absent)
	h.attend(12, "ulaanbaatar", "MN", "male", participation.Present)
	h.attend(9, "beijing", "CN", "female", participation.Present)
	h.attend(3, "guiyang", "CN", "other", participation.Present)
	var focal string
	must(t, h.db.Write(context.Background(), func(tx *db.Tx) error {
		p, err := accountdesk.Ensure(context.Background(), tx, actor.System, accountdesk.Person{Name: "Bat-Erdene", Email: "bat@ub.example", Language: "mn"})
		if err != nil {
			return err
		}
		focal = p.ID
		return accountdesk.Give(context.Background(), tx, actor.System, p.ID, actor.Grant{Role: actor.FocalPoint, Subject: actor.OfPlace, Key: "ulaanbaatar"}, time.Time{})
	}))
	officer, reader := h.enter("Kim", actor.Secretariat, ""), h.browser()
	const at = "/en/office/activities/forum-2027/"
	officer.want(officer.post(at+"feedback", "do", "form"), 200)
	officer.want(officer.post(at+"feedback", "do", "ask", "until", "2027-12-15T18:00", "version", "0"), 200)
	link := ""
	must(t, h.db.Read(context.Background(), func(tx *db.Tx) error {
		n := 0
		return tx.Each(context.Background(), `SELECT vals FROM mail WHERE template = 'feedback.ask' ORDER BY id`, nil, func(scan func(...any) error) error {
			var vals string
			err := scan(&vals)
			link = regexp.MustCompile(`/feedback/[a-z2-7]+`).FindString(vals)
			if n++; n < 20 {
				reader.want(reader.post("/en"+link, "q.overall", fmt.Sprint(3+n%3), "q.content", fmt.Sprint(2+n%4), "q.use", []string{"already", "planned"}[n%2], "q.best", fmt.Sprint("The visit to the monitoring station, group ", n)), 200)
			}
			return err
		})
	}))
	img := image.NewRGBA(image.Rect(0, 0, 1200, 800))
	for y := range 800 {
		for x := range 1200 {
			img.Set(x, y, color.RGBA{uint8(90 + y/8), uint8(140 + y/10), 220, 255})
		}
	}
	var photo bytes.Buffer
	must(t, jpeg.Encode(&photo, img, nil))
	officer.want(officer.upload(at+"photos", photo.Bytes(), "captions.en", "The sky over Seoul on the second day", "captions.ko", "둘째 날 서울 하늘", "credit", "Seoul Metropolitan Government", "consent", "yes"), 200)
	officer.want(officer.post(at+"report"), 200)
	officer.want(officer.post("/en/office/reports/forum-2027-1/sections/summary", "names.en", "Summary", "names.ko", "요약", "text.en", "The forum brought **four cities** together.\n\n- a common inventory\n- a study tour in spring\n\n| Point | Who |\n|---|---|\n| Inventory | Seoul |", "version", "1"), 200)
	h.pass(130 * 24 * time.Hour)
	_, path, err := h.account.AddUser(context.Background(), actor.CommandLine, accountdesk.Person{Name: "Lee", Email: "lee@air.example", Role: actor.Secretariat})
	must(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	look := exec.CommandContext(ctx, node, "--test", filepath.Join("internal", "web", "browser", "after.test.mjs"))
	look.Dir = root
	look.Env = append(os.Environ(), "AFTER_URL="+h.url, "AFTER_SIGNIN="+path, "AIRCOMMONS_CHROMIUM="+chromium, "AFTER_PAGES="+strings.Join([]string{link, "/activities/forum-2027/figures", "/office/activities/forum-2027/feedback",
		"/office/activities/forum-2027/report", "/office/reports/forum-2027-1", "/office/reports/forum-2027-1/sections/summary", "/reports/forum-2027-1", "/office/activities/forum-2027/photos", "/cities/ulaanbaatar/history",
		"/office/cities/ulaanbaatar/handover?from=" + focal, "/office/summary"}, " "))
	if out, err := look.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
