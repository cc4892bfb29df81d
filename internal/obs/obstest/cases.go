package obstest

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"aircommons/air"
	"aircommons/internal/fault"
	"aircommons/internal/obs"
)

const (
	least = math.MinInt64
	most  = math.MaxInt64
)

var (
	one   = Key(1, air.PM25)
	two   = Key(2, air.O3)
	cases = []testCase{
		{"empty store", testEmpty},
		{"write and read", testWriteRead},
		{"replace inside", testReplaceInside},
		{"replace with empty", testReplaceEmpty},
		{"same write twice", testTwice},
		{"overlapping ranges in turn", testOverlapInTurn},
		{"overlapping ranges in one call", testOverlapInCall},
		{"boundaries are half-open", testHalfOpen},
		{"flags", testFlags},
		{"two series in one call", testAtomic},
		{"refused writes", testRefused},
		{"scan order", testScanOrder},
		{"scan keys and range", testScanKeys},
		{"scan stops", testScanStops},
		{"calls inside a scan", testNested},
		{"extents", testExtents},
		{"large and small values", testValues},
		{"negative and extreme times", testTimes},
		{"stations and parameters at their limits", testLimits},
		{"many rows", testMany},
		{"many series", testManySeries},
		{"backup and restore", testBackup},
		{"backup of nothing", testBackupEmpty},
		{"restore refuses", testRestoreRefuses},
		{"context has ended", testEnded},
		{"context ends on the way", testCancelled},
		{"readers while writing", testReaders},
	}
)

func testEmpty(t *testing.T, s obs.Store, _ Open) {
	want(t, s, one, least, most)
	e, err := s.Extents(t.Context())
	must(t, err)
	if len(e) != 0 {
		t.Errorf("extents of an empty store: %v", e)
	}
	must(t, s.Scan(t.Context(), nil, least, most, func(k obs.Key, _ obs.Rows) error {
		t.Errorf("a series in an empty store: %v", k)
		return nil
	}))
	replace(t, s)
	replace(t, s, Write(one, 5, 5), Write(one, 0, 10))
	want(t, s, one, least, most)
}

func testWriteRead(t *testing.T, s obs.Store, _ Open) {
	replace(t, s, Write(one, 0, 100, 0, 1.5, 10, 2, 99, 3))
	want(t, s, one, least, most, 0, 1.5, 10, 2, 99, 3)
	want(t, s, one, 1, 99, 10, 2)
	want(t, s, one, 99, 1)
	want(t, s, two, least, most)
	want(t, s, Key(1, air.O3), least, most)
	want(t, s, Key(2, air.PM25), least, most)
}

func testReplaceInside(t *testing.T, s obs.Store, _ Open) {
	replace(t, s, Write(one, 0, 50, 0, 1, 10, 2, 20, 3, 30, 4, 40, 5), Write(two, 0, 50, 10, 7, 20, 8))
	replace(t, s, Write(one, 10, 31, 15, 6, 25, 7))
	want(t, s, one, least, most, 0, 1, 15, 6, 25, 7, 40, 5)
	want(t, s, two, least, most, 10, 7, 20, 8)
}

func testReplaceEmpty(t *testing.T, s obs.Store, _ Open) {
	replace(t, s, Write(one, 0, 50, 0, 1, 10, 2, 20, 3))
	replace(t, s, Write(one, 5, 15))
	want(t, s, one, least, most, 0, 1, 20, 3)
	replace(t, s, Write(one, least, most))
	want(t, s, one, least, most)
	if e, err := s.Extents(t.Context()); err != nil || len(e) != 0 {
		t.Errorf("extents after all is gone: %v %v", e, err)
	}
}

func testTwice(t *testing.T, s obs.Store, _ Open) {
	for range 3 {
		replace(t, s, Write(one, 0, 50, 0, 1, 10, 2), Write(two, 0, 50, 3, 4))
		want(t, s, one, least, most, 0, 1, 10, 2)
		want(t, s, two, least, most, 3, 4)
	}
}

func testOverlapInTurn(t *testing.T, s obs.Store, _ Open) {
	replace(t, s, Write(one, 0, 30, 0, 1, 10, 1, 20, 1))
	replace(t, s, Write(one, 20, 50, 20, 2, 30, 2, 40, 2))
	replace(t, s, Write(one, -20, 10, -20, 3, -10, 3, 0, 3))
	want(t, s, one, least, most, -20, 3, -10, 3, 0, 3, 10, 1, 20, 2, 30, 2, 40, 2)
	want(t, s, one, -10, 30, -10, 3, 0, 3, 10, 1, 20, 2)
}

func testOverlapInCall(t *testing.T, s obs.Store, _ Open) {
	replace(t, s,
		Write(one, 0, 50, 0, 1, 10, 1, 20, 1, 30, 1, 40, 1),
		Write(two, 0, 10, 1, 1),
		Write(one, 15, 35, 25, 2),
		Write(one, 35, 45),
		Write(one, 25, 26, 25, 3),
	)
	want(t, s, one, least, most, 0, 1, 10, 1, 25, 3)
	want(t, s, two, least, most, 1, 1)
	replace(t, s, Write(one, 0, 5, 0, 4), Write(one, 0, 100))
	want(t, s, one, least, most)
}

func testHalfOpen(t *testing.T, s obs.Store, _ Open) {
	replace(t, s, Write(one, 0, 30, 0, 1, 10, 1, 20, 1))
	replace(t, s, Write(one, 10, 20))
	want(t, s, one, least, most, 0, 1, 20, 1)
	want(t, s, one, 0, 20, 0, 1)
	want(t, s, one, 0, 21, 0, 1, 20, 1)
	want(t, s, one, 1, 20)
	replace(t, s, Write(one, 20, 20))
	want(t, s, one, 20, 21, 20, 1)
}

func testFlags(t *testing.T, s obs.Store, _ Open) {
	w := Write(one, 0, 30, 0, 1, 10, 2, 20, 3)
	w.Rows.Flag = []air.Flag{air.Valid, air.Negative | air.Hand, air.Valid}
	replace(t, s, w)
	got, err := s.Read(t.Context(), one, least, most)
	must(t, err)
	if d := Diff(got, w.Rows); d != "" {
		t.Error(d)
	}
	// Where no flag is set none are given, however they were written.
	want(t, s, one, 0, 10, 0, 1)
	w.Rows.Flag = make([]air.Flag, 3)
	replace(t, s, w)
	want(t, s, one, least, most, 0, 1, 10, 2, 20, 3)
	w.Rows.Flag = []air.Flag{255, 128, 1}
	replace(t, s, Write(two, 0, 10, 5, 5), w)
	must(t, s.Scan(t.Context(), nil, least, most, func(k obs.Key, r obs.Rows) error {
		if k == one {
			if d := Diff(r, w.Rows); d != "" {
				t.Error(d)
			}
		} else if r.Flag != nil {
			t.Errorf("flags of %v: %v", k, r.Flag)
		}
		return nil
	}))
}

func testAtomic(t *testing.T, s obs.Store, _ Open) {
	replace(t, s, Write(one, 0, 10, 1, 1), Write(two, 0, 10, 2, 2))
	want(t, s, one, least, most, 1, 1)
	want(t, s, two, least, most, 2, 2)
	bad := Write(two, 0, 10, 20, 1)
	if err := s.Replace(t.Context(), []obs.Write{Write(one, 0, 10, 5, 5), bad}); err == nil {
		t.Error("a row outside its range was taken")
	}
	want(t, s, one, least, most, 1, 1)
	want(t, s, two, least, most, 2, 2)
}

func testRefused(t *testing.T, s obs.Store, _ Open) {
	replace(t, s, Write(one, 0, 10, 1, 1))
	flags := Write(one, 0, 10, 1, 1)
	flags.Rows.Flag = make([]air.Flag, 2)
	lengths := Write(one, 0, 10, 1, 1)
	lengths.Rows.Value = nil
	for name, w := range map[string]obs.Write{
		"obs.write.lengths": flags,
		"obs.write.order":   Write(one, 0, 10, 2, 1, 1, 1),
		"obs.write.outside": Write(one, 0, 10, 10, 1),
		"obs.write.range":   Write(one, 10, 0),
		"obs.write.number":  Write(one, 0, 10, 1, math.NaN()),
	} {
		err := s.Replace(t.Context(), []obs.Write{w})
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.Invalid || f.Message.Key != name {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for _, w := range []obs.Write{
		lengths,
		Write(one, 0, 10, 1, 1, 1, 2),
		Write(one, 5, 10, 1, 1),
		Write(one, 5, 5, 5, 1),
		Write(one, 0, 10, 1, math.Inf(1)),
		Write(one, 0, 10, 1, math.Inf(-1)),
	} {
		if fault.CodeOf(s.Replace(t.Context(), []obs.Write{w})) != fault.Invalid {
			t.Errorf("taken: %v", w)
		}
	}
	want(t, s, one, least, most, 1, 1)
}

// scanned lists the keys Scan gives.
func scanned(t *testing.T, s obs.Store, keys []obs.Key, from, to int64) []obs.Key {
	t.Helper()
	var got []obs.Key
	must(t, s.Scan(t.Context(), keys, from, to, func(k obs.Key, r obs.Rows) error {
		if r.Len() == 0 || !slices.IsSorted(r.Time) || r.Time[0] < from || r.Time[r.Len()-1] >= to {
			t.Errorf("rows of %v in [%d, %d): %v", k, from, to, r.Time)
		}
		got = append(got, k)
		return nil
	}))
	return got
}

func testScanOrder(t *testing.T, s obs.Store, _ Open) {
	replace(t, s, Write(Key(2, 3), 0, 10, 1, 1))
	replace(t, s, Write(Key(10, 1), 0, 10, 1, 1), Write(Key(2, 200), 0, 10, 1, 1), Write(Key(-5, 9), 0, 10, 1, 1))
	replace(t, s, Write(Key(2, 1), 0, 10, 5, 1, 7, 1))
	replace(t, s, Write(Key(2, 1), 0, 5, 2, 1))
	got := scanned(t, s, nil, least, most)
	if w := []obs.Key{Key(-5, 9), Key(2, 1), Key(2, 3), Key(2, 200), Key(10, 1)}; !slices.Equal(got, w) {
		t.Errorf("got %v, want %v", got, w)
	}
	want(t, s, Key(2, 1), least, most, 2, 1, 5, 1, 7, 1)
}

func testScanKeys(t *testing.T, s obs.Store, _ Open) {
	for station := 1; station <= 4; station++ {
		for p := 1; p <= 3; p++ {
			replace(t, s, Write(Key(station, air.Parameter(p)), 0, 1000, float64(station*100), 1, float64(station*100+p), 2))
		}
	}
	for _, c := range []struct {
		keys     []obs.Key
		from, to int64
		want     []obs.Key
	}{
		{[]obs.Key{}, least, most, nil},
		{[]obs.Key{Key(9, 1)}, least, most, nil},
		{[]obs.Key{Key(3, 2), Key(1, 1), Key(3, 2), Key(9, 9)}, least, most, []obs.Key{Key(1, 1), Key(3, 2)}},
		{[]obs.Key{Key(1, 2), Key(2, 2), Key(3, 2), Key(4, 2)}, 200, 400, []obs.Key{Key(2, 2), Key(3, 2)}},
		{nil, 302, 401, []obs.Key{Key(3, 2), Key(3, 3), Key(4, 1), Key(4, 2), Key(4, 3)}},
		{nil, 401, 401, nil},
		{nil, 500, 400, nil},
	} {
		if got := scanned(t, s, c.keys, c.from, c.to); !slices.Equal(got, c.want) {
			t.Errorf("keys %v in [%d, %d): got %v, want %v", c.keys, c.from, c.to, got, c.want)
		}
	}
}

func testScanStops(t *testing.T, s obs.Store, _ Open) {
	replace(t, s, Write(one, 0, 10, 1, 1), Write(two, 0, 10, 1, 1))
	// An error of the function comes back as it is, also when it looks like one of the store's.
	for _, stop := range []error{errors.New("stop"), &os.PathError{Op: "write", Path: "x", Err: os.ErrPermission}} {
		calls := 0
		err := s.Scan(t.Context(), nil, least, most, func(obs.Key, obs.Rows) error { calls++; return stop })
		if err != stop || calls != 1 {
			t.Errorf("got %v after %d calls, want %v after 1", err, calls, stop)
		}
	}
	want(t, s, one, least, most, 1, 1)
}

func testNested(t *testing.T, s obs.Store, _ Open) {
	replace(t, s, Write(one, 0, 10, 1, 1), Write(two, 0, 10, 1, 1))
	calls := 0
	must(t, s.Scan(t.Context(), nil, least, most, func(k obs.Key, _ obs.Rows) error {
		calls++
		want(t, s, k, least, most, 1, 1)
		replace(t, s, Write(Key(int(k.Station)+10, 1), 0, 10, 2, 2))
		return nil
	}))
	if calls != 2 {
		t.Errorf("%d calls, want 2: a scan sees what was there when it began", calls)
	}
	want(t, s, Key(12, 1), least, most, 2, 2)
}

func testExtents(t *testing.T, s obs.Store, _ Open) {
	expect := func(e ...obs.Extent) {
		t.Helper()
		got, err := s.Extents(t.Context())
		must(t, err)
		if !slices.Equal(got, e) {
			t.Errorf("got %v, want %v", got, e)
		}
	}
	replace(t, s, Write(two, 0, 100, 10, 1, 90, 1))
	replace(t, s, Write(one, 0, 100, 10, 1, 20, 1, 30, 1))
	expect(obs.Extent{Key: one, First: 10, Last: 30, Count: 3}, obs.Extent{Key: two, First: 10, Last: 90, Count: 2})
	replace(t, s, Write(one, 30, 100), Write(two, 100, 200, 150, 1))
	expect(obs.Extent{Key: one, First: 10, Last: 20, Count: 2}, obs.Extent{Key: two, First: 10, Last: 150, Count: 3})
	replace(t, s, Write(one, -10, 15, -5, 1), Write(two, 0, 1000, 500, 1))
	expect(obs.Extent{Key: one, First: -5, Last: 20, Count: 2}, obs.Extent{Key: two, First: 500, Last: 500, Count: 1})
	replace(t, s, Write(one, -10, 21))
	expect(obs.Extent{Key: two, First: 500, Last: 500, Count: 1})
}

func testValues(t *testing.T, s obs.Store, _ Open) {
	w := Write(one, 0, 100, 0, math.MaxFloat64, 1, -math.MaxFloat64, 2, math.SmallestNonzeroFloat64, 3, 0,
		4, math.Copysign(0, -1), 5, 1.0/3, 6, 0.1, 7, 1e15+0.5, 8, -999)
	replace(t, s, w)
	got, err := s.Read(t.Context(), one, least, most)
	must(t, err)
	if d := Diff(got, w.Rows); d != "" {
		t.Error(d)
	}
}

func testTimes(t *testing.T, s obs.Store, _ Open) {
	w := obs.Write{Key: one, From: least, To: most, Rows: obs.Rows{
		Time: []int64{least, -86400 * 365 * 100, -3600, -1, 0, 1, 1 << 40, most - 1}, Value: []float64{1, 2, 3, 4, 5, 6, 7, 8}}}
	replace(t, s, w)
	got, err := s.Read(t.Context(), one, least, most)
	must(t, err)
	if d := Diff(got, w.Rows); d != "" {
		t.Error(d)
	}
	want(t, s, one, -3600, 0, -3600, 3, -1, 4)
	replace(t, s, Write(one, -3600, 1, -1800, 9))
	want(t, s, one, -4000, 2, -1800, 9, 1, 6)
}

func testLimits(t *testing.T, s obs.Store, _ Open) {
	keys := []obs.Key{Key(math.MinInt32, 0), Key(math.MinInt32, 255), Key(0, 0), Key(math.MaxInt32, 255)}
	for _, k := range keys {
		replace(t, s, Write(k, 0, 10, 1, float64(k.Parameter)))
	}
	if got := scanned(t, s, nil, least, most); !slices.Equal(got, keys) {
		t.Errorf("got %v, want %v", got, keys)
	}
	for _, k := range keys {
		want(t, s, k, least, most, 1, float64(k.Parameter))
	}
}

// hours makes a write of n hours from a first hour, each with the value v.
func hours(k obs.Key, first, n int64, v float64) obs.Write {
	w := obs.Write{Key: k, From: first * 3600, To: (first + n) * 3600}
	for h := first; h < first+n; h++ {
		w.Rows.Time = append(w.Rows.Time, h*3600)
		w.Rows.Value = append(w.Rows.Value, v)
	}
	return w
}

func testMany(t *testing.T, s obs.Store, _ Open) {
	m := model()
	both := func(w ...obs.Write) {
		t.Helper()
		replace(t, s, w...)
		replace(t, m, w...)
		if d := Same(t, s, m); d != "" {
			t.Fatal(d)
		}
	}
	both(hours(one, 0, 30_000, 1), hours(two, 0, 30_000, 2))
	both(hours(one, 10_000, 5_000, 3))
	both(hours(one, 29_000, 5_000, 4), hours(two, -1_000, 2_000, 5))
	both(Write(two, 5_000*3600, 25_000*3600))
}

func testManySeries(t *testing.T, s obs.Store, _ Open) {
	// More series than a statement of a store names at once.
	m := model()
	for v := 1.0; v <= 3; v++ {
		var writes []obs.Write
		for i := range 5_000 {
			writes = append(writes, Write(Key(i/10, air.Parameter(i%10)), 0, 10, 1, v, 1+v, v))
			writes = append(writes, Write(Key(i/10, air.Parameter(i%10)), 10+int64(v), 20, 19, v))
		}
		replace(t, s, writes...)
		replace(t, m, writes...)
	}
	if d := Same(t, s, m); d != "" {
		t.Error(d)
	}
}

func testBackup(t *testing.T, s obs.Store, open Open) {
	w := Write(two, -10, 30, -3, 1.0/3, 10, math.MaxFloat64, 20, math.Copysign(0, -1))
	w.Rows.Flag = []air.Flag{0, 255, 1}
	replace(t, s, hours(one, -500, 5_000, 7), w, Write(Key(-3, 206), least, most, 5, 5))
	dir := filepath.Join(t.TempDir(), "it's a copy")
	must(t, os.Mkdir(dir, 0o755))
	must(t, s.Backup(t.Context(), dir))
	other := open(t)
	defer other.Close()
	replace(t, other, Write(one, 0, 10, 1, 1), Write(Key(77, 1), 0, 10, 1, 1))
	must(t, other.Restore(t.Context(), dir))
	if d := Same(t, other, s); d != "" {
		t.Error(d)
	}
	must(t, other.Check(t.Context()))
	replace(t, other, Write(one, 0, 3600*100, 1, 1))
	replace(t, s, Write(one, 0, 3600*100, 1, 1))
	if d := Same(t, other, s); d != "" {
		t.Error(d)
	}
	// The copy is not written over.
	if err := s.Backup(t.Context(), dir); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("backup over a backup: %v", err)
	}
}

func testBackupEmpty(t *testing.T, s obs.Store, open Open) {
	dir := t.TempDir()
	must(t, s.Backup(t.Context(), dir))
	other := open(t)
	defer other.Close()
	replace(t, other, Write(one, 0, 10, 1, 1))
	must(t, other.Restore(t.Context(), dir))
	want(t, other, one, least, most)
}

func testRestoreRefuses(t *testing.T, s obs.Store, _ Open) {
	replace(t, s, hours(one, 0, 2_000, 1))
	if err := s.Restore(t.Context(), t.TempDir()); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("restore from an empty folder: %v", err)
	}
	dir := t.TempDir()
	must(t, s.Backup(t.Context(), dir))
	replace(t, s, Write(two, 0, 10, 1, 1))
	files, err := os.ReadDir(dir)
	must(t, err)
	for _, f := range files {
		path := filepath.Join(dir, f.Name())
		whole, err := os.ReadFile(path)
		must(t, err)
		must(t, os.WriteFile(path, whole[:len(whole)-len(whole)/3-3], 0o644))
		if err := s.Restore(t.Context(), dir); err == nil {
			// A shorter CSV may still be one; then it is what was restored.
			replace(t, s, hours(one, 0, 2_000, 1), Write(two, 0, 10, 1, 1))
		}
		want(t, s, two, least, most, 1, 1)
		must(t, os.WriteFile(path, whole, 0o644))
	}
}

func testEnded(t *testing.T, s obs.Store, _ Open) {
	replace(t, s, Write(one, 0, 10, 1, 1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	errs := map[string]error{
		"Replace": s.Replace(ctx, []obs.Write{Write(one, 0, 10, 2, 2)}),
		"Scan":    s.Scan(ctx, nil, least, most, func(obs.Key, obs.Rows) error { return nil }),
		"Backup":  s.Backup(ctx, dir),
		"Check":   s.Check(ctx),
	}
	_, errs["Read"] = s.Read(ctx, one, least, most)
	_, errs["Extents"] = s.Extents(ctx)
	for name, err := range errs {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	want(t, s, one, least, most, 1, 1)
}

func testCancelled(t *testing.T, s obs.Store, _ Open) {
	m := model()
	first := []obs.Write{hours(one, 0, 50_000, 1), hours(two, 0, 50_000, 1)}
	replace(t, s, first...)
	replace(t, m, first...)
	for i := range 12 {
		w := []obs.Write{hours(one, 100, 40_000, float64(i+2)), hours(two, 20_000, 60_000, float64(i+2))}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Replace(ctx, w) }()
		for range i * i * 20_000 {
			// Some time passes, more in each round.
		}
		cancel()
		if err := <-done; err == nil {
			replace(t, m, w...)
		} else if !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
		if d := Same(t, s, m); d != "" {
			t.Fatalf("round %d: %s", i, d)
		}
	}
	must(t, s.Check(t.Context()))
}

func testReaders(t *testing.T, s obs.Store, _ Open) {
	// Each call writes one value into both series; a reader of one state never sees two.
	const n = 3_000
	replace(t, s, hours(one, 0, n, 0), hours(two, 0, n, 0))
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				var seen []float64
				err := s.Scan(t.Context(), nil, least, most, func(_ obs.Key, r obs.Rows) error {
					if r.Len() != n {
						t.Errorf("a scan gives %d rows, want %d", r.Len(), n)
					}
					seen = append(seen, r.Value...)
					return nil
				})
				slices.Sort(seen)
				if seen = slices.Compact(seen); err != nil || len(seen) != 1 {
					t.Errorf("a scan sees %v, %v", seen, err)
				}
				r, err := s.Read(t.Context(), one, least, most)
				if err != nil || r.Len() != n || r.Value[0] != r.Value[n-1] {
					t.Errorf("a read gives %d rows, %v", r.Len(), err)
				}
				if e, err := s.Extents(t.Context()); err != nil || len(e) != 2 || e[0].Count != n {
					t.Errorf("extents %v, %v", e, err)
				}
			}
		})
	}
	for v := 1.0; v < 60; v++ {
		replace(t, s, hours(one, 0, n, v), hours(two, 0, n, v))
	}
	close(stop)
	readers.Wait()
}

func testClose(t *testing.T, open Open) {
	s := open(t)
	replace(t, s, Write(one, 0, 10, 1, 1))
	must(t, s.Close())
	must(t, s.Close())
	if _, err := s.Read(t.Context(), one, least, most); err == nil {
		t.Error("a closed store was read")
	}
	if err := s.Replace(t.Context(), []obs.Write{Write(one, 0, 10, 1, 1)}); err == nil {
		t.Error("a closed store was written")
	}
}
