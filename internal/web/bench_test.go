package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/evidence"
	"aircommons/internal/library"
	"aircommons/internal/mail"
	"aircommons/internal/network"
	"aircommons/internal/obs/mem"
	"aircommons/internal/record"
)

// BenchmarkCityPage asks for the anonymous page of a city with three years of hours at three stations, over 32
// connections, and for the same bytes from a handler that does nothing else. The page is made anew for each request:
// there is no cache of pages. "ratio" is the page's requests per second over the bare handler's; at least 0.167 is wanted.
func BenchmarkCityPage(b *testing.B) {
	ctx := context.Background()
	dir := b.TempDir()
	d, err := db.Open(ctx, filepath.Join(dir, "network.db"), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	files, err := db.OpenFiles(filepath.Join(dir, "files"))
	if err != nil {
		b.Fatal(err)
	}
	texts, err := catalog.Load()
	if err != nil {
		b.Fatal(err)
	}
	n := network.New(d)
	e := evidence.New(d, mem.New(), files, n)
	rec := record.New(d)
	if _, err := rec.LoadExample(ctx, "eacac"); err != nil {
		b.Fatal(err)
	}
	for _, station := range []string{"North", "South", "West"} {
		if _, _, err := e.StartImport(ctx, actor.System, evidence.Upload{Name: station + ".csv", Place: "beijing", Reader: strings.NewReader(madeHours(station)), Auto: true}); err != nil {
			b.Fatal(err)
		}
	}
	for ran := true; ran; {
		if ran, err = d.WorkOnce(ctx, e.Run); err != nil {
			b.Fatal(err)
		}
	}
	send := mail.Folder{Dir: filepath.Join(dir, "mail"), From: "a@example.org", Now: time.Now}
	lib := library.New(d, files)
	site, err := New(Config{DB: d, Network: n, Activity: activity.New(d), Library: lib, Account: account.New(d, send, texts), Evidence: e, Record: rec,
		Catalog: texts, Log: slog.New(slog.DiscardHandler), Now: time.Now, URL: "http://127.0.0.1", Version: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(site)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32, MaxConnsPerHost: 32, DisableCompression: true}}
	address := server.URL + "/en/cities/beijing/air"
	body, tag := get(b, client, address, "")
	if !strings.Contains(string(body), "calendar") {
		b.Fatal("the page shows no calendar")
	}
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(body)
	}))
	defer bare.Close()
	for b.Loop() {
		const span = 1500 * time.Millisecond
		rate(b, client, bare.URL, "", span/4) // warm both up
		rate(b, client, address, "", span/4)
		one := rate(b, client, bare.URL, "", span)
		page := rate(b, client, address, "", span)
		same := rate(b, client, address, tag, span)
		b.ReportMetric(page/one, "ratio")
		b.ReportMetric(page, "page/s")
		b.ReportMetric(one, "bare/s")
		b.ReportMetric(same, "304/s")
		b.ReportMetric(float64(len(body)), "B/page")
	}
}

func get(b *testing.B, c *http.Client, address, tag string) ([]byte, string) {
	r, err := http.NewRequest("GET", address, nil)
	if err != nil {
		b.Fatal(err)
	}
	if tag != "" {
		r.Header.Set("If-None-Match", tag)
	}
	a, err := c.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	want := http.StatusOK
	if tag != "" {
		want = http.StatusNotModified
	}
	if err != nil || a.StatusCode != want {
		b.Fatal(a.Status, err)
	}
	return body, a.Header.Get("ETag")
}

// rate is the requests per second that 32 clients get answered.
func rate(b *testing.B, c *http.Client, address, tag string, span time.Duration) float64 {
	var n atomic.Int64
	var wg sync.WaitGroup
	begin := time.Now()
	for range 32 {
		wg.Go(func() {
			for time.Since(begin) < span {
				get(b, c, address, tag)
				n.Add(1)
			}
		})
	}
	wg.Wait()
	return float64(n.Load()) / time.Since(begin).Seconds()
}

// madeHours is three years of hours in the layout of the UCI files, with six pollutants that rise and fall.
func madeHours(station string) string {
	var s strings.Builder
	s.WriteString("\"No\",\"year\",\"month\",\"day\",\"hour\",\"PM2.5\",\"PM10\",\"SO2\",\"NO2\",\"CO\",\"O3\",\"TEMP\",\"PRES\",\"DEWP\",\"RAIN\",\"wd\",\"WSPM\",\"station\"\n")
	at := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := 0; at.Year() < 2025; i, at = i+1, at.Add(time.Hour) {
		v := 60 + 50*math.Cos(2*math.Pi*float64(at.YearDay())/365) + 20*math.Sin(2*math.Pi*float64(at.Hour())/24) + float64(i%13) + float64(len(station))
		fmt.Fprintf(&s, "%d,%d,%d,%d,%d,%.1f,%.1f,%.1f,%.1f,%.0f,%.1f,NA,NA,NA,NA,NA,NA,%s\n", i+1, at.Year(), at.Month(), at.Day(), at.Hour(), v, v*1.5, v/8, v/2, v*12, 120-v/2, station)
	}
	return s.String()
}
