#!/bin/sh
# SASL/GSSAPI with a Kerberos realm of the scenario's own: a run whose programs get their tickets from a keytab; a wrong keytab, an
# expired ticket, none at all, a service that is not the broker's, a KDC that is gone say so at once.
. "$(dirname "$0")/lib.sh"
need krb5kdc krb5-kdc
need kadmin.local krb5-admin-server
need kinit krb5-user
[ -n "$(ls /usr/lib/*/sasl2/libgssapiv2.so 2>/dev/null)" ] || skip 'needs the package libsasl2-modules-gssapi-mit'
holdable
brokers=1
broker_host=localhost
more_listeners='LOGIN:SASL_PLAINTEXT'
realm=$work/realm
mkdir -p "$realm"
kdc_port=$(ports 1)
cat > "$realm/krb5.conf" <<END
[libdefaults]
default_realm = TIDE.TEST
dns_lookup_kdc = false
dns_lookup_realm = false
dns_canonicalize_hostname = false
rdns = false
udp_preference_limit = 1
default_ccache_name = FILE:$realm/tickets
[realms]
TIDE.TEST = {
    kdc = 127.0.0.1:$kdc_port
}
[domain_realm]
localhost = TIDE.TEST
END
cat > "$realm/kdc.conf" <<END
[kdcdefaults]
kdc_listen = 127.0.0.1:$kdc_port
kdc_tcp_listen = 127.0.0.1:$kdc_port
[realms]
TIDE.TEST = {
    database_name = $realm/principal
    key_stash_file = $realm/stash
    acl_file = $realm/acl
    supported_enctypes = aes256-cts:normal
}
END
printf '[logging]\nkdc = FILE:%s\n' "$realm/issued" >> "$realm/kdc.conf"
export KRB5_CONFIG="$realm/krb5.conf" KRB5_KDC_PROFILE="$realm/kdc.conf"
admin() { kadmin.local -r TIDE.TEST -q "$1" > "$realm/admin.log" 2>&1; }
kdc() {
    setpriv --pdeathsig KILL krb5kdc -n -r TIDE.TEST > "$realm/kdc.log" 2>&1 &
    kdc=$!
}
ticket() { kinit -c "FILE:$realm/probe" -k -t "$realm/worker.keytab" tidemill; }
realm_start() {
    kdb5_util create -s -r TIDE.TEST -P "master-$$" > "$realm/create.log" 2>&1 || return 1
    for principal in tidemill kafka/localhost; do admin "addprinc -randkey $principal"; done
    admin "ktadd -k $realm/worker.keytab tidemill"
    admin "ktadd -k $realm/broker.keytab kafka/localhost"
    kdc
    wait_for 30 ticket
}
ok 'a realm' realm_start
kerberos() {
    cat <<END
listener.name.login.sasl.enabled.mechanisms=GSSAPI
listener.name.login.gssapi.connections.max.reauth.ms=4000
listener.name.login.sasl.kerberos.service.name=kafka
listener.name.login.gssapi.sasl.jaas.config=com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true keyTab="$realm/broker.keytab" principal="kafka/localhost@TIDE.TEST";
END
}
broker_more=kerberos
broker_java="-Djava.security.krb5.conf=$realm/krb5.conf"
cluster_start
cat > "$work/runner.yaml" <<END
kafka:
  bootstrap.servers: "$(listener LOGIN)"
  security.protocol: SASL_PLAINTEXT
  sasl.mechanism: GSSAPI
  sasl.kerberos.principal: tidemill
  sasl.kerberos.keytab: $realm/worker.keytab
$(site_rest)
END
small_definition
with_site "$work/kerberos.yaml" "$work/runner.yaml"

# A keytab named in the definition, of which librdkafka has kinit make tickets: what one writes first. All programs share a file
# of tickets.
exits 'tidemill init' 0 tidemill init "$work/runner.yaml"
exits 'a run' 0 tidemill run "$work/kerberos.yaml"
like 'releases' "$out" 'released small-lm v1'
unlike 'kinit says nothing' "$out" kinit
through_kafka 'orders went through Kafka'
tidemill down > /dev/null
issued() { grep -c 'ISSUE:.*for kafka/localhost@' "$realm/issued"; }
# A keytab in the environment, of which each program makes tickets of its own, in memory: nothing to share, no kinit. They last
# seconds, and the broker wants to see one again and again.
sed '/sasl.kerberos.keytab/d; s/sasl.kerberos.principal.*/sasl.kerberos.min.time.before.relogin: 0/' "$work/runner.yaml" > "$work/memory.yaml"
with_site "$work/again.yaml" "$work/memory.yaml"
sed -i 's/seed: 7/seed: 8/' "$work/again.yaml"
sed 's/^\[libdefaults\]/&\nticket_lifetime = 6s/' "$realm/krb5.conf" > "$realm/short.conf"
hold train
KRB5_CONFIG="$realm/short.conf" KRB5_CLIENT_KTNAME="$realm/worker.keytab" KRB5CCNAME=MEMORY: \
    tidemill run "$work/again.yaml" > "$work/again.out" 2>&1 &
runner=$!
ok 'tickets in memory: a training runs' wait_for 120 standing train.fit
tickets=$(issued)
sleep 13
kafka_takes 'tickets in memory: messages go through Kafka after that'
let_go train
await $runner
is 'tickets in memory: the run is done' "$ended" 0
ok "tickets in memory: new ones were made meanwhile ($(($(issued) - tickets)))" test $(($(issued) - tickets)) -gt 2
unlike 'nothing was refused' "$(cat "$TIDEMILL_STATE"/log/*)" 'nothing could be sent|orders cannot be read|GSSAPI'
tidemill down > /dev/null

sed 's/workers: .*/workers: {start: false}/' "$work/runner.yaml" > "$work/still.yaml"
tidemill up "$work/still.yaml" > /dev/null
forget() { rm -f "$realm/tickets"; }
cp "$realm/worker.keytab" "$realm/old.keytab"
admin "ktadd -k $realm/worker.keytab tidemill"
forget
change "s/worker.keytab/old.keytab/"
refused 'a keytab that is too old' 'No Kerberos credentials.*; there is no Kerberos ticket: check sasl.kerberos.principal and' "$work/changed.yaml"
like 'and kinit says why' "$(cat "$work/said.run")" 'kinit: Password incorrect'
kinit -l 1s -k -t "$realm/worker.keytab" tidemill
sleep 2
refused 'an expired ticket' 'Ticket expired.*; get a new Kerberos ticket' "$work/memory.yaml"
forget
change "s/^  sasl.mech/  sasl.kerberos.service.name: carrier\n&/"
refused 'the name of another service' 'carrier/localhost@TIDE.TEST not found.*; set sasl.kerberos.service.name' "$work/changed.yaml"
forget
kill $kdc
wait $kdc 2> /dev/null
export KRB5_CLIENT_KTNAME="$realm/worker.keytab" KRB5CCNAME=MEMORY:
refused 'a KDC that is away' 'Cannot contact any KDC.*; see whether the KDC that krb5.conf names runs' "$work/memory.yaml" 15
unset KRB5_CLIENT_KTNAME KRB5CCNAME
kdc
admin "ktadd -k $realm/new.keytab kafka/localhost"
refused 'a broker with an old key' 'mechanism GSSAPI; the broker cannot read this ticket: its keytab' "$work/runner.yaml"
kill $kdc
finish
