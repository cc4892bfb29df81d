# Two commands set everything up: make run and make test. They need Go and a C compiler.
# node, Chromium and PostgreSQL add tests; make test names what it skipped.
GO ?= go
ADDR ?= 127.0.0.1:8080
STATICCHECK ?= honnef.co/go/tools/cmd/staticcheck@v0.8.2

# Packages in which several things happen at once.
RACED = ./internal/db/... ./internal/obs/... ./internal/evidence/... ./internal/house/... ./internal/web/ui/...

.PHONY: run test test-all race check lint bench dist assets

# Serves the example network; the data folder is $AIRCOMMONS_DATA, else aircommons in the user's data directory.
run:
	$(GO) run . serve --addr $(ADDR) --example eacac

test:
	$(GO) test -timeout 30m ./...
	@sh scripts/skipped.sh

test-all: assets check lint race
	AIRCOMMONS_BROWSER=all $(GO) test -timeout 40m ./...
	@sh scripts/skipped.sh

race:
	$(GO) test -short -race -timeout 20m $(RACED)

check:
	@test -z "$$(find . -name '*.go' -not -path './node_modules/*' -exec gofmt -l {} + | tee /dev/stderr)"
	$(GO) vet ./...

# Fetches staticcheck the first time.
lint:
	$(GO) run $(STATICCHECK) ./...

# One package after the other, so that they do not share the processors. Ratios stand in the benchmarks' own units.
bench:
	$(GO) test -p 1 -run '^$$' -bench . -benchtime 1x -timeout 30m $$(grep -rl --include='*_test.go' '^func Benchmark' air chart internal standard stats | xargs -n 1 dirname | sort -u | sed 's,^,./,')

# What the tests in a browser need. The program itself needs nothing of it.
assets:
	@if command -v npm >/dev/null; then [ -d node_modules ] || npm ci --no-audit --no-fund --silent; \
	else echo "node is not here: pages will not be looked at in a browser"; fi

# One file that is the whole program: bin/aircommons.
dist:
	mkdir -p bin && CGO_ENABLED=1 $(GO) build -trimpath -ldflags '-s -w' -o bin/aircommons .
