#!/bin/sh
# The store is a file system that is not mounted, for a while: in its place is an ordinary folder that can be written, with what
# somebody let be made in it once. Nobody takes that for the store: workers wait until it is there again, and the run ends with
# the same bytes, nothing made again, nothing written into the wrong place.
. "$(dirname "$0")/lib.sh"
mkdir "$work/disk" "$work/far"
mount --bind "$work/far" "$work/disk" 2>/dev/null ||
    { note 'mount is refused'; trap - EXIT; rm -rf "$work"; echo '1..0 # SKIP needs the right to mount a file system'; exit 0; }
trap 'note "the scenario died"; tidemill down >/dev/null 2>&1; umount -l "$work/disk"; exit 1' EXIT
undisturbed
sed -i "s|^site:|site:\n  store: $work/disk|" "$work/small.yaml"
verify="--site $work/small.yaml" # where the store is

away() { umount -l "$work/disk"; }
back() { mount --bind "$work/far" "$work/disk"; }
failed() { [ "$(ask "select count(*) from ledger.attempt where outcome = 'failed' and error like '%$1%'")" -gt 0 ]; }
waits() { grep -qs 'no task is taken until the store .* can be used from here' "$TIDEMILL_STATE/log/$1"-*.log; }
# lost NAME KIND MARK: when a task of the kind is about to write (MARK) or read (no MARK).
lost() {
    away
    rm -rf "$work/disk"/* && mkdir "$work/disk/new" "$work/disk/damaged"
    back
    rm -rf "$work/far"/*
    fresh "$1"
    elsewhere "$work/far"
    # shellcheck disable=SC2086  # a word or none
    hold "${2%%.*}" $3
    start
    ok "$1: $2 runs" wait_for 180 standing "$2"
    ok "$1: the store is away" away
    let_go "${2%%.*}"
    ok "$1: an attempt failed for it" wait_for 180 failed "disk is not this ledger''s store: no store.id is there"
    ok "$1: its worker waits" wait_for 60 waits "${2%%.*}"
}
# found NAME KIND
found() {
    is "$1: nothing was written in its place" "$(find "$work/disk" -type f)" ''
    ok "$1: the store is back" back
    follow
    sound "$1"
    is "$1: nothing was made again" "$(sql 'select count(*) from ledger.task where repair')" 0
    is "$1: no artifact was given up" "$(sql 'select count(*) from ledger.artifact where removed is not null')" 0
    tidemill down >/dev/null 2>&1
    cell 'not mounted for a while' store 1
}
lost read clean.shard ''
found read
lost write train.fit write
# Whoever asks meanwhile is told, and does no harm.
site=$work/small.yaml
exits 'gc frees nothing' 70 tidemill gc --delete "$site"
like 'and says why' "$out" "^tidemill: .*disk is not this ledger's store: no store.id is there.*mount it there;.*tidemill adopt"
is 'nothing is marked as freed' "$(ask 'select count(*) from ledger.artifact where removed is not null')" 0
exits 'nor is all of it called damaged' 70 tidemill registry verify --site "$site"
like 'but it is said' "$out" "^tidemill-registry: .*disk is not this ledger's store"
exits 'the doctor' 70 tidemill doctor "$site"
like 'says what is bad' "$out" "^bad +mark +.*disk is not this ledger's store.*tidemill adopt"
exits 'workers are not started' 70 tidemill up "$site"
like 'and it is said' "$out" "^tidemill: .*disk is not this ledger's store"
exits 'nor is a stage by hand' 70 tidemill-clean --once "$site"
exits 'nor a run' 70 tidemill run "$site"
found write

# It was lost for good: a person says so, and what is needed is made again.
export TIDEMILL_STATE="$work/write"
tidemill up "$site" >/dev/null && tidemill down >/dev/null
away
rm -rf "$work/disk"/*
exits 'an empty folder is refused' 70 tidemill run "$site"
exits 'a person says that it is the store now' 0 tidemill adopt "$site"
like 'what that means' "$out" 'is this ledger.s store now .*made again when it is needed'
exits 'which need not be said twice' 0 tidemill adopt "$site"
exits 'then it is used' 0 tidemill run --slot 2026-11-21T02:30:00Z "$site"
back
exits 'and the old one is refused' 70 tidemill run "$site"
like 'as another' "$out" 'is another store .* than this ledger'
tidemill down >/dev/null 2>&1
umount "$work/disk"
trap - EXIT
finish
