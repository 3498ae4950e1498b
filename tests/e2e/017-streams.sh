#!/bin/sh
# Standard streams that are closed, full, or read by nobody: the run goes on as ever, and what was not written is said.
. "$(dirname "$0")/lib.sh"
corpus "$work/pages" 'sql-ca*.html' 'datatype*.html'
definition "$work/small.yaml" "$work/pages"
exits 'all closed' 0 sh -c 'tidemill run "$1" <&- >&- 2>&-' sh "$work/small.yaml"
is 'the run is done' "$(sql 'select state from ledger.run')" done
refused() { grep -c 'invalid frontend message' "$TIDEMILL_STATE/postgres/server.log"; }
exits 'no output' 0 sh -c 'tidemill run "$1" >&-' sh "$work/small.yaml"
is 'nothing that was printed went to the ledger' "$(refused)" 0
exits 'a stage by hand' 0 sh -c 'tidemill-clean --once "$1" <&- >&- 2>&-' sh "$work/small.yaml"
for command in status 'registry models'; do
    exits "$command on a full disk" 70 sh -c "tidemill $command > /dev/full"
    like 'says so' "$out" '^tidemill.*: not all of the output could be written; is its disk full\?$'
    is 'in one line' "$(printf '%s\n' "$out" | wc -l)" 1
done
exits 'a run that prints early and late' 70 sh -c 'tidemill run "$1" > /dev/full' sh "$work/small.yaml"
like 'says so too' "$out" '^tidemill: not all of the output could be written'
is 'and is done' "$(sql "select count(*) from ledger.run where state = 'done'")" 3
exits 'a reader who wants one line' 0 sh -c '{ tidemill run "$1"; echo $? > "$2"; } | head -n 1' sh "$work/small.yaml" "$work/status"
is 'is no error' "$(cat "$work/status")" 0
finish
