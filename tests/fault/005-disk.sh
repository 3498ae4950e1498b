#!/bin/sh
# The disk is full, and has room again; the store is read-only, and writable again: the run waits, and ends with the same bytes.
# Where it stays full the run ends with one line that says so. The store, and then the whole state folder with PostgreSQL in it,
# is a small file system of its own.
. "$(dirname "$0")/lib.sh"
mkdir "$work/disk"
mount -t tmpfs -o size=64m tmpfs "$work/disk" 2>/dev/null ||
    { note 'mount is refused'; trap - EXIT; rm -rf "$work"; echo '1..0 # SKIP needs the right to mount a file system'; exit 0; }
trap 'note "the scenario died"; tidemill down >/dev/null 2>&1; umount -l "$work/disk"; exit 1' EXIT
undisturbed
sed "s|^site:|site:\n  store: $work/disk/store|" "$work/small.yaml" > "$work/disk.yaml"
mv "$work/disk.yaml" "$work/small.yaml"
verify="--site $work/small.yaml" # where the store is

fill() { ! dd if=/dev/zero of="$work/disk/filler" bs=64k 2>/dev/null; }
failed() { [ "$(ask "select count(*) from ledger.attempt where outcome = 'failed' and error like '%$1%'")" -gt 0 ]; }
# refused NAME KIND BEFORE AFTER TEXT FAULT: when a task of the kind is about to write BEFORE, until an attempt failed with TEXT, then AFTER.
refused() {
    rm -rf "$work/disk/store"
    fresh "$1"
    elsewhere "$work/disk/store"
    hold "${2%%.*}" write
    start
    ok "$1: $2 runs" wait_for 180 standing "$2"
    ok "$1: $3" wait_for 60 "$3"
    let_go "${2%%.*}"
    ok "$1: an attempt failed for it" wait_for 180 failed "$5"
    ok "$1: $4" wait_for 60 "$4"
    follow
    sound "$1"
    cell "$6" store 1
}
empty() { rm -f "$work/disk/filler"; }
read_only() { mount -o remount,ro "$work/disk"; }
writable() { mount -o remount,rw "$work/disk"; }
refused full-early ingest.read fill empty 'No space left' 'full for a while'
refused full-late train.fit fill empty 'No space left' 'full for a while'
refused read-only train.fit read_only writable 'Read-only file system' 'read-only for a while'

rm -rf "$work/disk/store"
sed -i 's/attempts: 100/attempts: 2/' "$work/small.yaml"
fresh full
elsewhere "$work/disk/store"
fill
start
follow
is 'full for good: exit status' "$ended" 70
like 'full for good: it says so' "$(grep '^tidemill:' "$TIDEMILL_STATE.out" | tail -n 1)" 'No space left'
is 'full for good: in one line' "$(grep -c '^tidemill:' "$TIDEMILL_STATE.out")" 1
is 'full for good: nothing is released' "$(sql 'select count(*) from ledger.alias_event')" 0
empty
cell 'full for good' store 1 'nothing released'
start
follow
is 'full for good: with room the slot is run again' "$ended" 0
made > "$work/full.digests"
same full
tidemill down >/dev/null

umount "$work/disk"

# All of it: PostgreSQL's files, the store and the logs.
mount -t tmpfs -o size=240m tmpfs "$work/disk"
sed -i -e "/^  store:/d" -e 's/attempts: 2/attempts: 100/' "$work/small.yaml"
verify=
fresh disk/state
hold train write
start
ok 'state folder full: a training runs' wait_for 180 standing train.fit
fill
let_go train
refuses() { grep -rqs 'No space left' "$TIDEMILL_STATE/log" "$TIDEMILL_STATE/postgres/server.log" || failed 'No space left'; }
ok 'state folder full: something failed for it' wait_for 180 refuses
empty
follow
sound disk/state
cell 'state folder full for a while' 'PostgreSQL, store' 1
umount "$work/disk"
finish
