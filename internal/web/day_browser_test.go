package web

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	accountdesk "aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	participationdesk "aircommons/internal/participation"
)

// TestDayInABrowser marks people in Chromium with the network off, and counts what arrives.
func TestDayInABrowser(t *testing.T) {
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
	ids := h.seats(participationdesk.New(h.db), 30)
	token := func(name string) string {
		_, secret, err := h.account.AddToken(context.Background(), actor.CommandLine, accountdesk.Token{Name: name, Kind: accountdesk.DeviceToken,
			Grants: []actor.Grant{{Role: actor.CheckIn, Subject: actor.OfActivity, Key: "forum-2027"}}, Expires: h.clock().Add(48 * time.Hour)})
		must(t, err)
		return secret
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	look := exec.CommandContext(ctx, node, "--test", filepath.Join("internal", "web", "browser", "day.test.mjs"))
	look.Dir = root
	at, err := url.Parse(h.url)
	must(t, err)
	var cookies []map[string]string
	for _, c := range h.enter("Kim", actor.Secretariat, "").client.Jar.Cookies(at) {
		cookies = append(cookies, map[string]string{"name": c.Name, "value": c.Value, "url": h.url})
	}
	kept, err := json.Marshal(cookies)
	must(t, err)
	look.Env = append(os.Environ(), "DAY_COOKIES="+string(kept), "DAY_URL="+h.url, "DAY_TOKEN="+token("Phone 1"), "DAY_OTHER="+token("Phone 2"), "AIRCOMMONS_CHROMIUM="+chromium)
	if out, err := look.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var rows int
	seen := map[string]int{}
	must(t, h.db.Read(ctx, func(tx *db.Tx) error {
		if err := tx.One(ctx, `SELECT COUNT(*) FROM presence`, nil, &rows); err != nil {
			return err
		}
		all, err := participationdesk.Standing(ctx, tx, "forum-2027")
		for _, s := range all {
			seen[s.Participation]++
		}
		return err
	}))
	// Twenty marked, one of them taken back and marked again, two marked by the second phone too, and one whose answer was lost.
	if rows != 20+2+2+1 || len(seen) != 21 {
		t.Errorf("%d rows, %d people", rows, len(seen))
	}
	for i, id := range ids[:21] {
		if want := map[bool]int{true: 2, false: 1}[i < 2]; seen[id] != want {
			t.Errorf("guest %d stands %d times, want %d", i+1, seen[id], want)
		}
	}
}
