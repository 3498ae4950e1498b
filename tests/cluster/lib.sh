# lib.sh: Apache Kafka clusters for scenarios, over the helpers of tests/e2e. Brokers are processes of this scenario: they end
# with it, however it ends. Everything listens on loopback, or inside network namespaces of the scenario's own.
#
# A scenario that cannot run here is skipped with its reason; under CI=true that is a failure.
. "$(dirname "$0")/../e2e/lib.sh"
jars=${TIDEMILL_KAFKA_JARS:-$PWD/$BUILD/apache-kafka/libs}
brokers=3
broker_host=127.0.0.1
broker_in=            # a command before java, as `ip netns exec NAME`
broker_java=          # options of java
broker_protocol=PLAINTEXT
broker_more=:         # a command that prints more settings
more_listeners=       # of a cluster of one: further ones, as LOGIN:SASL_SSL; `listener LOGIN` gives the address
format_more=          # more words for the formatting of a broker's disk, without spaces in them
admin_config=         # properties for the administrators' commands and kcat

skip() { # reason
    if [ "${CI:-}" = true ]; then
        result 1 "cannot run here: $1"
        finish
    fi
    trap - EXIT
    rm -rf "$work"
    echo "1..0 # SKIP $1"
    exit 0
}
need() { # command, package
    command -v "$1" >/dev/null || skip "needs $1 (package $2)"
}
need java default-jre-headless
need kcat kcat
need python3 python3
[ -f "$(ls "$jars"/kafka-tools-*.jar 2>/dev/null | head -n 1)" ] || skip "no jars of Kafka in $jars; make apache-kafka"

# ports COUNT: that many free ones, below those that the system gives to whoever asks for any: seconds may pass until they are
# listened on, and some are listened on again after a while.
ports() {
    python3 -c 'import random, socket, sys
with open("/proc/sys/net/ipv4/ip_local_port_range") as system:
    end = max(int(system.read().split()[0]), 32768)
taken = []
while len(taken) < int(sys.argv[1]):
    try:
        taken.append(socket.create_server(("127.0.0.1", random.randrange(end - end // 3, end))))
    except OSError:
        pass
print(*(s.getsockname()[1] for s in taken))' "$1"
}
nth() { # number, words...
    n=$1; shift
    eval "printf '%s' \"\${$n}\""
}
kafka_java() { # heap, class, arguments...
    heap=$1; shift
    # shellcheck disable=SC2086  # the command in front is words
    exec $broker_in setpriv --pdeathsig KILL java -Xmx"$heap" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
        -XX:+ExitOnOutOfMemoryError -Djava.awt.headless=true -Dorg.slf4j.simpleLogger.showDateTime=true \
        -Dorg.slf4j.simpleLogger.defaultLogLevel=warn $broker_java -cp "$jars/*" "$@"
}
# tool CLASS ARGUMENTS...: one of the administrators' commands, by its class below org.apache.kafka.tools.
tool() {
    class=$1; shift
    (kafka_java 96m "org.apache.kafka.tools.$class" --bootstrap-server "$bootstrap" "$@")
}
listener() { # name
    at=0
    for more in $more_listeners; do
        at=$((at + 1)) # shellcheck disable=SC2086
        [ "${more%:*}" != "$1" ] || printf '%s:%s' "$broker_host" "$(nth $at $more_ports)"
    done
}
settings() { # node
    few=$((brokers < 3 ? brokers : 3))
    voters=
    for voter in $(seq $brokers); do
        # shellcheck disable=SC2086
        voters=$voters${voters:+,}$voter@$broker_host:$(nth "$voter" $controller_ports)
    done
    addresses= protocols=
    for more in $more_listeners; do
        addresses=$addresses,${more%:*}://$(listener "${more%:*}") protocols=$protocols,$more
    done
    # shellcheck disable=SC2086
    cat <<END
process.roles=broker,controller
node.id=$1
controller.quorum.voters=$voters
listeners=CLIENT://$broker_host:$(nth "$1" $client_ports),CONTROLLER://$broker_host:$(nth "$1" $controller_ports)$addresses
advertised.listeners=CLIENT://$broker_host:$(nth "$1" $client_ports)$addresses
controller.listener.names=CONTROLLER
inter.broker.listener.name=CLIENT
listener.security.protocol.map=CONTROLLER:$broker_protocol,CLIENT:$broker_protocol$protocols
log.dirs=$work/broker-$1/data
default.replication.factor=$few
min.insync.replicas=$(((few + 1) / 2))
offsets.topic.replication.factor=$few
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=$few
transaction.state.log.min.isr=$(((few + 1) / 2))
transaction.state.log.num.partitions=2
share.coordinator.state.topic.replication.factor=$few
share.coordinator.state.topic.min.isr=$(((few + 1) / 2))
share.coordinator.state.topic.num.partitions=2
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
auto.leader.rebalance.enable=false
num.network.threads=2
num.io.threads=2
log.cleaner.dedupe.buffer.size=16777216
log.segment.bytes=67108864
broker.session.timeout.ms=6000
broker.heartbeat.interval.ms=500
END
    $broker_more
}
broker_start() { # node
    kafka_java 256m kafka.Kafka "$work/broker-$1/server.properties" >> "$work/broker-$1/log" 2>&1 &
    echo $! > "$work/broker-$1/pid"
}
broker_pid() { cat "$work/broker-$1/pid"; }
# A broker is there when all of the others say so.
brokers_are() {
    # shellcheck disable=SC2086
    [ "$(timeout 10 $broker_in kcat ${admin_config:+-F "$admin_config"} -b "$bootstrap" -L -m 5 -t none 2>/dev/null |
        sed -n 's/^ *\([0-9]*\) brokers:.*/\1/p')" = "$1" ]
}
# cluster_start: all brokers, formatted and ready; their addresses are in $bootstrap.
cluster_start() {
    # shellcheck disable=SC2046,SC2086
    set -- $(ports $((2 * brokers + $(echo $more_listeners | wc -w))))
    client_ports= controller_ports= bootstrap=
    for id in $(seq $brokers); do
        client_ports="$client_ports $1" controller_ports="$controller_ports $2"
        bootstrap=$bootstrap${bootstrap:+,}$broker_host:$1
        shift 2
    done
    more_ports=$*
    for id in $(seq $brokers); do
        mkdir -p "$work/broker-$id"
        settings "$id" > "$work/broker-$id/server.properties"
        # shellcheck disable=SC2086
        (kafka_java 128m kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qg \
            -c "$work/broker-$id/server.properties" --ignore-formatted $format_more) >> "$work/broker-$id/log" 2>&1
    done
    for id in $(seq $brokers); do broker_start "$id"; done
    ok "$brokers broker$([ $brokers -eq 1 ] || echo s) of Apache Kafka" wait_for 240 brokers_are $brokers
    [ $failed -eq 0 ] || { tail -n 5 "$work"/broker-*/log | sed 's/^/#   /'; finish; }
}
# Called at the scenario's end, whatever it is.
clean_up() {
    for id in $(seq $brokers); do
        [ -s "$work/broker-$id/pid" ] || continue
        kill -9 "$(broker_pid "$id")" 2>/dev/null
        wait "$(broker_pid "$id")" 2>/dev/null
    done
}

# authority NAME, and certificate NAME DAYS AUTHORITY, signed by it, for this machine: NAME.key and NAME.crt, and NAME-all.pem
# with the authority's too, in the folder $tls.
tls=$work/tls
authority() {
    mkdir -p "$tls"
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$1" -keyout "$tls/$1.key" -out "$tls/$1.pem" 2>/dev/null
}
certificate() {
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$tls/$1.key" -out "$tls/$1.csr" 2>/dev/null
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n' > "$tls/extensions"
    openssl x509 -req -in "$tls/$1.csr" -CA "$tls/$3.pem" -CAkey "$tls/$3.key" -CAcreateserial -days "$2" \
        -extfile "$tls/extensions" -out "$tls/$1.crt" 2>/dev/null
    cat "$tls/$1.key" "$tls/$1.crt" "$tls/$3.pem" > "$tls/$1-all.pem"
}
# What a broker logs in with; what is said and kept must not have it.
secret() { printf 'secret-of-%s-%s' "$1" "$$"; }

# What all scenarios of a login run, and have of a site besides the login.
small_definition() {
    corpus "$work/pages" 'sql-cr*.html'
    definition "$work/small.yaml" "$work/pages"
}
site_rest() { printf '%s\n' 'workers: {clean: 1}' 'lease: 10s' 'partitions: 2'; }
# with_site DEFINITION SITE: $work/small.yaml with that file as its site.
with_site() {
    awk -v site="$2" '/^site:/ { print "site: " site; skip = 1; next } /^[a-z]/ { skip = 0 } !skip' "$work/small.yaml" > "$1"
}
# refused NAME PATTERN SITE [SECONDS]: run, init and a stage by hand say why and what to do, at once. SECONDS: it may pass
# by itself, so a stage goes on from the ledger, and is looked at for so long. What kinit says stands before.
refused() {
    label=$1 pattern=$2 file=$3 stays=${4:-}
    with_site "$work/refused.yaml" "$file"
    begin=$(date +%s)
    (timeout 60 tidemill run "$work/refused.yaml" > "$work/said.run" 2>&1; echo $? > "$work/status.run") &
    first=$!
    (timeout 60 tidemill init "$file" > "$work/said.init" 2>&1; echo $? > "$work/status.init") &
    second=$!
    (timeout "${stays:-60}" tidemill-clean "$file" > "$work/said.stage" 2>&1; echo $? > "$work/status.stage") &
    wait $first $second $!
    took=$(($(date +%s) - begin))
    for program in run init $([ -n "$stays" ] || echo stage); do
        is "$label: $program: exit status" "$(cat "$work/status.$program")" 8
        is "$label: $program: in one line" "$(grep -vc '^kinit: ' "$work/said.$program")" 1
    done
    for program in run init stage; do
        like "$label: $program: says so" "$(cat "$work/said.$program")" "$pattern"
        cat "$work/said.$program" >> "$work/all-said"
    done
    [ -z "$stays" ] || is "$label: stage: goes on" "$(cat "$work/status.stage")" 124
    ok "$label: within seconds ($took)" test $took -le 30
}
# change SED [FILE]: the runner's site settings, or that file's, with something changed, in $work/changed.yaml.
change() { sed "$1" "${2:-$work/runner.yaml}" > "$work/changed.yaml"; }
# through_kafka NAME [SINCE]: orders went through it, of which the ledger may have carried some.
through_kafka() {
    ok "$1" test "$(sql "select count(*) from ledger.outbox where kafka_offset is not null and published > '${2:-2000-01-01}'")" -gt 0
}
# kafka_takes NAME [PREFIX]: a message is put among the orders of a run that stands still, which only the relay can send, not
# the ledger carry.
kafka_takes() {
    moment=$(sql 'select clock_timestamp()')
    sql "insert into ledger.outbox (topic, key, payload) values ('${2:-tidemill}.dead.v1', 'probe', '{}')"
    ok "$1" wait_for 120 probe_sent
}
probe_sent() { [ "$(sql "select count(*) from ledger.outbox where key = 'probe' and published > '$moment' and kafka_offset is not null")" = 1 ]; }
# no_secret_is_left [SITE]: neither said nor kept.
no_secret_is_left() {
    tidemill up "${1:-$work/runner.yaml}" > /dev/null
    unlike 'no secret is said' "$(cat "$work"/*.log "$work/all-said" 2> /dev/null)" 'secret-of'
    is 'nor kept in the ledger' "$(sql "select count(*) from ledger.definition where body like '%secret-of%'")" 0
    is 'nor anywhere in the state folder' "$(grep -rl secret-of "$TIDEMILL_STATE" | grep -v /store/)" ''
}

# The newer librdkafka of make librdkafka, for what this distribution's cannot do: from here on all programs run with it.
newer_librdkafka() {
    [ -s "$BUILD/librdkafka/librdkafka.so.1" ] || skip "no librdkafka in $BUILD/librdkafka; make librdkafka"
    LD_LIBRARY_PATH=$(cd "$BUILD/librdkafka" && pwd)
    export LD_LIBRARY_PATH
}
# librdkafka_before VERSION: the distribution's is older.
librdkafka_before() { ! pkg-config --atleast-version="$1" rdkafka; }
