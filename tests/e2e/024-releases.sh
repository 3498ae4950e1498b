#!/bin/sh
# Production is moved between a gate's verdict and the release, and one of two models is refused: nothing is released that no gate
# let pass, and the run says so.
. "$(dirname "$0")/lib.sh"
holdable
corpus "$work/pages" 'sql-ca*.html' 'datatype*.html'
definition "$work/small.yaml" "$work/pages"
sed -i 's/bits_per_byte < 20/bits_per_byte < production * 2/' "$work/small.yaml"
versions() { sql "select string_agg(version || ' ' || state, ', ' order by version) from ledger.model_version"; }
present() { sql "select version from ledger.model_version v join ledger.alias_event e on e.to_version = v.id order by e.seq desc limit 1"; }
sed 's/seed: 7/seed: 8/' "$work/small.yaml" > "$work/second.yaml"
sed 's/seed: 7/seed: 9/' "$work/small.yaml" > "$work/third.yaml"
exits 'a first version' 0 tidemill run "$work/small.yaml"
exits 'and a second' 0 tidemill run "$work/second.yaml"

hold registry read
tidemill run "$work/third.yaml" > "$work/out" 2>&1 &
runner=$!
ok 'a third has passed its gates, and is about to be released' wait_for 120 standing registry.release
exits 'production is rolled back' 0 tidemill registry rollback small-lm
let_go registry
await $runner
is 'the run ends without a release' $ended 6
like 'and says why, and what to do' "$(tail -n 1 "$work/out")" \
    'failed: registry.release: small-lm@production is v1 now, and the gates compared the model with v2: it was not released; to compare it anew: tidemill retry [0-9a-f]{8}-[0-9a-f]{4}$'
is 'nothing was registered' "$(versions)" '1 released, 2 released'
is 'production is what it was set to' "$(present)" 1
exits 'which compares with that' 0 tidemill retry "$(sed -n '$s/.* //p' "$work/out")"
is 'and releases' "$(versions), $(present)" '1 released, 2 released, 3 released, 3'
is 'what was trained was not trained again' "$(sql "select count(*) from ledger.task where kind = 'train.fit' and state = 'done'")" 3

awk '/name: small-lm/ { models = 1 } /^evaluate:/ { models = 0; gsub("small-lm", "short-lm", two); gsub("steps: 40", "steps: 1", two); printf "%s", two }
     models { two = two $0 "\n" } { print }' "$work/small.yaml" |
    sed 's/seed: 7/seed: 10/; s/{model: small-lm, /{/; s/production [*] 2/4.5/' > "$work/two.yaml"
exits 'of two models one is refused' 6 tidemill run "$work/two.yaml"
like 'which the run says' "$out" 'gate "bits_per_byte < 4.5" refused the model'
is 'the other is released' "$(sql "select string_agg(m.name || ' ' || v.state, ', ' order by m.name) from ledger.model_version v
    join ledger.model m on m.id = v.model where v.run = (select id from ledger.run order by created desc limit 1)")" \
    'short-lm refused, small-lm released'
sed 's/< 4.5/< 30/' "$work/two.yaml" > "$work/looser.yaml"
exits 'looser gates do not judge it anew' 0 tidemill run "$work/looser.yaml"
like 'which is said' "$out" 'the model is short-lm v1, which was refused: gates 0/1 passed: .*; to release it: tidemill registry promote short-lm@1 --reason TEXT$'
exits 'an empty reason is none' 6 tidemill registry promote short-lm@1 --reason ''
exits 'an alias that cannot be' 2 tidemill registry promote short-lm@1 --alias 'My Alias' --reason 'as a trial'
like 'is told' "$out" '^tidemill-registry: --alias: "My Alias" cannot be an alias; use a small letter'
exits 'nor a name that is no text' 2 tidemill registry show "$(printf 'short-lm@\377')"
exits 'with a reason it is promoted' 0 tidemill registry promote short-lm@1 --reason 'as a trial'
finish
