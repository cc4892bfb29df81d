#!/bin/sh
# Names what this machine could not test.
have() { command -v "$1" >/dev/null 2>&1; }
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || echo "skipped: PostgreSQL suite (initdb is not here)"
if have node; then
  [ -d node_modules/playwright-core ] || echo "skipped: browser tests (make assets fetches what they need)"
else echo "skipped: browser tests (node is not here)"; fi
have chromium || echo "skipped: browser tests (chromium is not here)"
[ -d "${AIRCOMMONS_TESTDATA:-../shared/data}" ] || echo "skipped: tests on real exports (AIRCOMMONS_TESTDATA is not set)"
exit 0
