# lib.sh: Apache Kafka clusters for scenarios, over the helpers of tests/e2e. Brokers are processes of this scenario: they end
# with it, however it ends. Everything listens on loopback, or inside network namespaces of the scenario's own.
#
# A scenario that cannot run here is skipped with its reason; under CI=true that is a failure.
. "$(dirname "$0")/../e2e/lib.sh"
jars=${TIDEMILL_KAFKA_JARS:-$PWD/$BUILD/apache-kafka/libs}
brokers=3
broker_host=127.0.0.1
broker_in=            # a command before java, as `ip netns exec NAME`
broker_protocol=PLAINTEXT
broker_more=:         # a command that prints more settings
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

# ports COUNT: that many free ones.
ports() {
    python3 -c 'import socket, sys
taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
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
        -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$jars/*" "$@"
}
# tool CLASS ARGUMENTS...: one of the administrators' commands, by its class below org.apache.kafka.tools.
tool() {
    class=$1; shift
    (kafka_java 96m "org.apache.kafka.tools.$class" --bootstrap-server "$bootstrap" "$@")
}
settings() { # node
    few=$((brokers < 3 ? brokers : 3))
    voters=
    for voter in $(seq $brokers); do
        # shellcheck disable=SC2086
        voters=$voters${voters:+,}$voter@$broker_host:$(nth "$voter" $controller_ports)
    done
    # shellcheck disable=SC2086
    cat <<END
process.roles=broker,controller
node.id=$1
controller.quorum.voters=$voters
listeners=CLIENT://$broker_host:$(nth "$1" $client_ports),CONTROLLER://$broker_host:$(nth "$1" $controller_ports)
advertised.listeners=CLIENT://$broker_host:$(nth "$1" $client_ports)
controller.listener.names=CONTROLLER
inter.broker.listener.name=CLIENT
listener.security.protocol.map=CONTROLLER:$broker_protocol,CLIENT:$broker_protocol
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
    # shellcheck disable=SC2046
    set -- $(ports $((2 * brokers)))
    client_ports= controller_ports= bootstrap=
    for id in $(seq $brokers); do
        client_ports="$client_ports $1" controller_ports="$controller_ports $2"
        bootstrap=$bootstrap${bootstrap:+,}$broker_host:$1
        shift 2
    done
    for id in $(seq $brokers); do
        mkdir -p "$work/broker-$id"
        settings "$id" > "$work/broker-$id/server.properties"
        (kafka_java 128m kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qg \
            -c "$work/broker-$id/server.properties" --ignore-formatted) >> "$work/broker-$id/log" 2>&1
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
