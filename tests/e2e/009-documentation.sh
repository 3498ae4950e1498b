#!/bin/sh
# The reference pages are what the programs and the ledger say of themselves; every command of --help has a help of its own.
# `tests/e2e/009-documentation.sh --write` writes the pages.
. "$(dirname "$0")/lib.sh"
ok 'services start' tidemill up
tidemill help --reference > "$work/options.md"
tidemill psql -XAtq -f sql/reference.sql > "$work/sql.md"
if [ "${1:-}" = --write ]; then cp "$work/options.md" "$work/sql.md" docs/; fi
for page in options sql; do
    ok "docs/$page.md is up to date (else: $0 --write)" cmp -s "$work/$page.md" "docs/$page.md"
done
for command in run check plan status runs stop retry dead doctor up down gc adopt psql cron init help; do
    exits "$command has a help" 0 tidemill $command --help
    like "$command: with an example" "$out" '[Ee]xample'
    ok "$command: it fits a screen" test "$(printf '%s\n' "$out" | wc -l)" -le 24
done
for stage in ingest clean tokenize train evaluate registry; do
    exits "tidemill-$stage has a help" 0 "tidemill-$stage" --help
done
tidemill help --schema > "$work/schema.json"
ok 'the schema of definitions is JSON' python3 -m json.tool "$work/schema.json" /dev/null
for file in pipelines/*.yaml; do
    exits "$file is a good definition" 0 tidemill check "$file"
done
finish
