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

assets:
	@if [ -f package.json ]; then \
	  if command -v npm >/dev/null; then [ -d node_modules ] || npm ci --no-audit --no-fund --silent; npm run --silent build; \
	  else echo "node is not here: pages work, without coastlines and the explorer's zoom"; fi; fi

dist: assets
	mkdir -p bin && CGO_ENABLED=1 $(GO) build -trimpath -ldflags '-s -w' -o bin/aircommons .
