#!/bin/sh
# Site settings change while workers live: those that were started for that file are replaced by who looks after them next,
# those that were started for another are not, so that two pipelines on one mill leave each other's alone.
. "$(dirname "$0")/lib.sh"
corpus "$work/pages" 'sql-ca*.html' 'datatype*.html'
definition "$work/small.yaml" "$work/pages"
sed -i 's/^site:/&\n  workers: {ingest: 1, clean: 3, tokenize: 1, train: 1, evaluate: 1, registry: 1}/' "$work/small.yaml"
pids() { head -qn 1 "$TIDEMILL_STATE"/workers/*.pid; }
pid() { head -n 1 "$TIDEMILL_STATE/workers/$1.pid"; }
all_new() { ! pids | grep -qxF "$before"; }
settings() { cat "$(tr '\0' '\n' < "/proc/$(pid "$1")/cmdline" | tail -n 1)"; }
doctor() { tidemill doctor "$@" | grep -E '^[a-z]+ +workers.* settings'; }

cat > "$work/site.yaml" <<END
workers: {ingest: 1, clean: 2, tokenize: 1, train: 1, evaluate: 1, registry: 1}
kafka: ${KAFKA:-embedded}
lease: 20s
END
tidemill up "$work/site.yaml" > /dev/null
before=$(pids)
printf 'keep: 60d # changed\npartitions: 8\nprices: {cpu_hour: 0.05 EUR}\n' >> "$work/site.yaml"
tidemill up --quiet "$work/site.yaml"
is 'what is no business of workers leaves them alone' "$(pids)" "$before"
is 'the doctor has nothing to say' "$(doctor; doctor "$work/site.yaml")" ''
sed -i 's/lease: 20s/lease: 15s/' "$work/site.yaml"
says="warning  workers     7 go on with site settings that have changed since they were started; tidemill up $work/site.yaml replaces them, as does the next run with it"
is 'of new settings the doctor says' "$(doctor)" "$says"
is 'also when it is told of them' "$(doctor "$work/site.yaml")" "$says"
exits 'up' 0 tidemill up --quiet "$work/site.yaml"
is 'says nothing' "$out" ''
ok 'and replaces them' all_new
like 'by such as have the new ones' "$(settings clean-1)" '"lease":"15000ms"'
is 'then the doctor is content' "$(doctor "$work/site.yaml")" ''
clean=$(pid clean-1) others=$(pids | grep -vxF -e "$(pid clean-1)" -e "$(pid clean-2)")
sed -i 's/clean: 2/clean: 3/' "$work/site.yaml"
tidemill up --quiet "$work/site.yaml"
ok 'another number of one stage changes the threads of its workers' test "$(pid clean-1)" != "$clean"
is 'and nothing of other stages' "$(pids | grep -cxF "$others")" 5
is 'there are more' "$(pids | wc -l)" 8

awk '/^site:/ { skip = 1; print "site: site.yaml"; next } /^[a-z]/ { skip = 0 } !skip' "$work/small.yaml" > "$work/named.yaml"
before=$(pids)
sed -i 's/lease: 15s/lease: 12s/' "$work/site.yaml"
exits 'a run with the same site file' 0 tidemill run "$work/named.yaml"
ok 'replaces them, too' all_new
is 'nothing was lost' "$(sql "select count(*) from ledger.attempt where outcome <> 'done'")" 0

before=$(pids)
for seed in 8 9; do
    sed -i "s/seed: .*/seed: $seed/" "$work/small.yaml" "$work/named.yaml"
    tidemill run --quiet "$work/small.yaml" && tidemill run --quiet "$work/named.yaml" && tidemill up --quiet "$work/small.yaml"
done
is 'two pipelines with other settings do not replace each other'\''s' "$(pids)" "$before"
is 'their runs are done' "$(sql "select count(*) from ledger.run where state = 'done'")" 5
is 'the doctor says whose they are' "$(doctor "$work/small.yaml")" "warning  workers     8 were started for other site settings, of $work/named.yaml; tidemill down and then tidemill up $work/small.yaml give them these"
sed -i 's/lease: 10s/lease: 11s/' "$work/small.yaml"
tidemill run --quiet "$work/small.yaml"
is 'a change of the other file is not theirs' "$(pids)" "$before"
echo 'lease: [' > "$work/site.yaml"
tidemill run --quiet "$work/small.yaml"
is 'nor is one that cannot be read' "$(pids)" "$before"
tidemill down > /dev/null

awk '/^site:/ { skip = 1; next } /^[a-z]/ { skip = 0 } !skip' "$work/small.yaml" > "$work/bare.yaml"
tidemill up "$work/bare.yaml" > /dev/null
before=$(pids)
printf 'site:\n  kafka: %s\n  memory: 3 GiB\n' "${KAFKA:-embedded}" >> "$work/bare.yaml"
exits 'settings in a definition that had none' 0 tidemill run "$work/bare.yaml"
ok 'are settings that have changed' all_new
like 'and the workers have them' "$(settings clean-1)" '"memory":3221225472'
tidemill down > /dev/null
finish
