# make test runs what this machine can run and names what it skipped.
GO ?= go

.PHONY: test test-all bench dist assets check

test:
	$(GO) test ./...
	@sh scripts/skipped.sh

test-all: check test
	$(GO) test -race ./air/... ./internal/db/... ./internal/obs/...

check:
	@test -z "$$(gofmt -l . | tee /dev/stderr)"
	$(GO) vet ./...

bench:
	$(GO) test -run '^$$' -bench . -benchtime 1x ./...

# What the tests in a browser need. The program itself needs nothing of it.
assets:
	@if command -v npm >/dev/null; then [ -d node_modules ] || npm ci --no-audit --no-fund --silent; \
	else echo "node is not here: pages will not be looked at in a browser"; fi

dist:
	mkdir -p bin && CGO_ENABLED=1 $(GO) build -trimpath -ldflags '-s -w' -o bin/aircommons .
