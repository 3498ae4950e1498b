#!/bin/sh
# check.sh: the model of the protocol (protocol.pml) through spin: as it is, without and with messages, it keeps every
# promise; with any one safeguard taken away spin finds what goes wrong. Prints TAP, with the states that were explored.
set -u
cd "$(dirname "$0")/../.." || exit 1
model=$PWD/tests/model/protocol.pml
folder=${BUILD:-build}/model
tests=0 failed=0

result() { # 0 or not, name
    tests=$((tests + 1))
    if [ "$1" -eq 0 ]; then
        printf 'ok %d - %s\n' $tests "$2"
    else
        failed=$((failed + 1))
        printf 'not ok %d - %s\n' $tests "$2"
    fi
}

# explore NAME KIND OPTIONS...: all states; what spin says is in $folder/NAME/said. KIND: safety (assertions, no process
# stuck) or liveness (every run comes to its end, however often it is disturbed, where each process goes on at all).
explore() {
    name=$1 kind=$2
    shift 2
    rm -rf "${folder:?}/$name" && mkdir -p "$folder/$name" || exit 1
    case $kind in
    safety) compile='-DSAFETY -DNOCLAIM' search= ;;
    liveness) compile='-DNFAIR=3' search='-a -f' ;;
    esac
    # shellcheck disable=SC2086  # options are words
    (cd "$folder/$name" && spin -a "$@" "$model" && cc -w -O1 -DCOLLAPSE -DMEMLIM=4096 $compile -o pan pan.c &&
        ./pan -m1000000 -w22 $search) > "$folder/$name/said" 2>&1
    errors=$(sed -n 's/.*errors: \([0-9]*\)$/\1/p' "$folder/$name/said")
    states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' "$folder/$name/said")
}

# holds NAME KIND WHAT OPTIONS...
holds() {
    name=$1 kind=$2 what=$3
    shift 3
    explore "$name" "$kind" "$@"
    [ "${errors:-1}" -eq 0 ] && ! grep -q 'max search depth too small\|out of memory' "$folder/$name/said"
    result $? "$what: ${states:-no} states"
    [ "${errors:-1}" -eq 0 ] || tail -n 20 "$folder/$name/said" | sed 's/^/# /'
}

# breaks SAFEGUARD KIND WHAT OPTIONS...: without it, spin finds an error.
breaks() {
    name=$1 kind=$2 what=$3
    shift 3
    explore "$name" "$kind" "-D$name" "$@"
    [ "${errors:-0}" -gt 0 ]
    result $? "without a safeguard: $what ($(sed -n 's/^pan:1: \(.*\) (at depth.*/\1/p' "$folder/$name/said" | head -n 1))"
}

command -v spin > /dev/null || { echo '1..0 # SKIP spin is not installed (.ci/setup model)'; exit 0; }
holds safe safety 'at most one completion and one charge each, by the holder of the lease; nothing opens early' -DFIRST=2
holds safe-messages safety 'the same, whatever Kafka loses, repeats and delays' -DFIRST=1 -DMESSAGES
holds safe-hands safety 'the same of tasks claimed together; one that ends its worker is found, and fails' -DFIRST=1 -DHANDS
holds ends liveness 'every run ends' -DFIRST=1
holds ends-messages liveness 'every run ends, whatever Kafka does' -DFIRST=1 -DMESSAGES
breaks NO_FENCE safety 'a worker that lost its lease completes'
breaks CHARGE_TWICE safety 'an attempt is charged twice'
breaks FORGET_FAILURES safety 'a crash loop goes on for ever'
breaks NO_BEGIN safety 'a task ends worker after worker' -DFIRST=1 -DHANDS
breaks CLAIM_RUNNING safety 'two workers have a task'
breaks CLAIM_ENDED safety 'a run that was stopped goes on'
breaks OPEN_EARLY safety 'the next kind opens before the one before it is done'
breaks FORGET_COMMIT safety 'a completion whose answer was lost is thrown away'
breaks END_ANY safety 'a worker ends an attempt that took its number after a crash'
breaks NO_EXPIRY liveness 'the task of a dead worker waits for ever' -DFIRST=1
breaks NO_DIRECT liveness 'a lost order is waited for for ever' -DFIRST=1 -DMESSAGES
printf '1..%d\n' $tests
exit $((failed > 0))
