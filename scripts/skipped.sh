#!/bin/sh
# Names what this machine could not test.
have() { command -v "$1" >/dev/null 2>&1; }
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || echo "skipped: PostgreSQL suite (initdb is not here)"
have node || echo "skipped: bundle and browser tests (node is not here)"
have chromium || echo "skipped: browser tests (chromium is not here)"
[ -d "${AIRCOMMONS_TESTDATA:-../shared/data}" ] || echo "skipped: tests on real exports (AIRCOMMONS_TESTDATA is not set)"
exit 0
