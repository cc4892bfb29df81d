package post_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/mail"
	"aircommons/internal/mail/smtptest"
	"aircommons/internal/post"
)

// TestMain lets this program be the mail server, or the program that sends, of a test that kills them.
func TestMain(m *testing.M) {
	switch os.Getenv("AIRCOMMONS_TEST_CHILD") {
	case "smtp":
		l, err := net.Listen("tcp", os.Getenv("ADDR"))
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("listening " + l.Addr().String())
		(&smtptest.Server{Log: os.Getenv("LOG"), Wait: 2 * time.Millisecond}).Serve(l)
		os.Exit(1)
	case "sender":
		if err := work(context.Background(), os.Getenv("STORE"), os.Getenv("ADDR")); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// opened is a store with a desk that sends through a server.
func opened(ctx context.Context, store, address string) (*db.DB, *post.Desk, error) {
	d, err := db.Open(ctx, store, time.Now)
	if err != nil {
		return nil, nil, err
	}
	c, err := catalog.Load()
	if err != nil {
		return nil, nil, err
	}
	s, err := mail.NewSMTP("smtp://"+address+"?tls=off", "aircommons@air.example.org", time.Now)
	if err != nil {
		return nil, nil, err
	}
	k := post.New(d, s, c)
	return d, k, k.Recover(ctx, false)
}

func work(ctx context.Context, store, address string) error {
	d, k, err := opened(ctx, store, address)
	if err != nil {
		return err
	}
	defer d.Close()
	return k.Work(ctx)
}

// child starts this program as something else. Its first line of output is returned.
func child(t *testing.T, what string, env ...string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, "AIRCOMMONS_TEST_CHILD="+what)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if os.Getenv("VERBOSE") == "" {
		cmd.Stderr = nil
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	if what != "smtp" {
		return cmd, ""
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return cmd, strings.TrimSpace(strings.TrimPrefix(line, "listening "))
}

const many = 500

func fill(t *testing.T, store string) {
	t.Helper()
	d, err := db.Open(ctx, store, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = d.Write(ctx, func(tx *db.Tx) error {
		for i := range many {
			if _, err := post.Add(ctx, tx, post.Letter{Key: fmt.Sprint(i), To: fmt.Sprintf("p%d@seoul.example", i), Subject: "초대", Text: "안녕하십니까"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// reach waits until the server has taken n letters.
func reach(t *testing.T, log string, n int) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ls, err := smtptest.Letters(log); err != nil {
			t.Fatal(err)
		} else if len(ls) >= n {
			return
		}
	}
	t.Fatalf("the server has not taken %d letters", n)
}

// settled waits until nothing waits or is on its way, and compares what is written with what the server has: nobody got two
// letters, all that was taken is sent or unknown, and of what is said to be sent none is missing.
func settled(t *testing.T, store, log string, k *post.Desk, mostUnknown int) (unknown int) {
	t.Helper()
	var counts map[post.State]int
	var err error
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if counts, err = k.Counts(ctx, kim, post.Filter{}); err != nil {
			t.Fatal(err)
		}
		if counts[post.Ready]+counts[post.Claimed] == 0 {
			break
		}
	}
	if counts[post.Sent]+counts[post.Unknown] != many || counts[post.Unknown] > mostUnknown {
		t.Errorf("%v", counts)
	}
	taken := map[string]int{}
	ls, err := smtptest.Letters(log)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range ls {
		taken[l.To]++
		if taken[l.To] > 1 {
			t.Errorf("%s got %d letters", l.To, taken[l.To])
		}
	}
	all, err := k.Letters(ctx, kim, post.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.State == post.Sent && taken[p.To] != 1 {
			t.Errorf("%s is said to be sent and is not there", p.To)
		}
		if p.State == post.Unknown && p.Reason == nil {
			t.Errorf("%s is unknown without a reason", p.To)
		}
	}
	t.Logf("%v, %d taken by the server", counts, len(ls))
	return counts[post.Unknown]
}

// The mail server is killed in the middle of 500 letters and comes back: nobody gets two, none is lost, and those of which
// nobody knows are listed for a person to decide.
func TestServerIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("short: no mail server is killed")
	}
	dir := t.TempDir()
	store, log := filepath.Join(dir, "network.db"), filepath.Join(dir, "log")
	fill(t, store)
	server, address := child(t, "smtp", "LOG="+log, "ADDR=127.0.0.1:0")
	run, stop := context.WithCancel(ctx)
	d, k, err := opened(run, store, address)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	done := make(chan error, 1)
	go func() { done <- k.Work(run) }()
	reach(t, log, 200)
	server.Process.Kill()
	server.Wait()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if since, why, _ := k.Down(); !since.IsZero() {
			if why.Key != "mail.unreachable" {
				t.Errorf("the reason is %v", why)
			}
			break
		}
		if time.Now().After(end) {
			t.Fatal("nobody noticed that the server is gone")
		}
	}
	child(t, "smtp", "LOG="+log, "ADDR="+address)
	unknown := settled(t, store, log, k, k.Parallel)
	if since, _, _ := k.Down(); !since.IsZero() {
		t.Error("the server is back, and nobody noticed")
	}
	// A person decides: those that arrived, and those that are sent again.
	ls, err := smtptest.Letters(log)
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, l := range ls {
		there[l.To] = true
	}
	list, err := k.Letters(ctx, kim, post.Filter{State: post.Unknown})
	if err != nil || len(list) != unknown {
		t.Fatal(len(list), err)
	}
	for _, p := range list {
		step := k.Again
		if there[p.To] {
			step = k.Arrived
		}
		if err := step(ctx, kim, p.ID, p.Version); err != nil {
			t.Fatal(err)
		}
	}
	if n := settled(t, store, log, k, 0); n != 0 {
		t.Errorf("%d unknown", n)
	}
	if ls, _ = smtptest.Letters(log); len(ls) != many {
		t.Errorf("%d letters of %d", len(ls), many)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// Our own process is killed three times in the middle of 500 letters.
func TestSenderIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("short: no process is killed")
	}
	dir := t.TempDir()
	store, log := filepath.Join(dir, "network.db"), filepath.Join(dir, "log")
	fill(t, store)
	_, address := child(t, "smtp", "LOG="+log, "ADDR=127.0.0.1:0")
	for _, n := range []int{60, 170, 310} {
		sender, _ := child(t, "sender", "STORE="+store, "ADDR="+address)
		reach(t, log, n)
		sender.Process.Kill()
		sender.Wait()
	}
	run, stop := context.WithCancel(ctx)
	defer stop()
	d, k, err := opened(run, store, address)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	done := make(chan error, 1)
	go func() { done <- k.Work(run) }()
	settled(t, store, log, k, 3*k.Parallel)
	stop()
	<-done
}
