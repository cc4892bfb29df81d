package web

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestInABrowser starts the built program with its example and looks at its pages in Chromium, when everything for that
// is here. AIRCOMMONS_BROWSER=all looks at every page in every look, and takes its time.
func TestInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("short: pages are not looked at in a browser")
	}
	root := filepath.Join("..", "..")
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not here: pages are not looked at in a browser")
	}
	for _, name := range []string{"playwright-core", "axe-core"} {
		if _, err := os.Stat(filepath.Join(root, "node_modules", name)); err != nil {
			t.Skipf("%s is not here: pages are not looked at in a browser; `make assets` fetches it", name)
		}
	}
	chromium := os.Getenv("AIRCOMMONS_CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if chromium == "" {
			chromium, _ = exec.LookPath(name)
		}
	}
	if chromium == "" {
		t.Skip("Chromium is not here: pages are not looked at in a browser")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
	defer cancel()
	program := filepath.Join(t.TempDir(), "aircommons")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	look := exec.CommandContext(ctx, node, "--test", "--test-reporter=spec", filepath.Join("internal", "web", "browser", "site.test.mjs"),
		filepath.Join("internal", "web", "browser", "passkey.test.mjs"), filepath.Join("internal", "web", "browser", "life.test.mjs"))
	look.Dir = root
	look.Env = append(os.Environ(), "AIRCOMMONS_PROGRAM="+program, "AIRCOMMONS_CHROMIUM="+chromium)
	out, err := look.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, line := range strings.Split(string(out), "\n") {
		if strings.Contains(line, "ℹ") && strings.Contains(line, "visits") {
			t.Log(strings.TrimSpace(line))
		}
	}
}
