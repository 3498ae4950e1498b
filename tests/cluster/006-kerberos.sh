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
export KRB5_CONFIG="$realm/krb5.conf" KRB5_KDC_PROFILE="$realm/kdc.conf"
admin() { kadmin.local -r TIDE.TEST -q "$1" > "$realm/admin.log" 2>&1; }
kdc() {
    setpriv --pdeathsig KILL krb5kdc -n -r TIDE.TEST > "$realm/kdc.log" 2>&1 &
    kdc=$!
}
ticket() { kinit -c "FILE:$realm/probe" -k -t "$realm/worker.keytab" tidemill; }
realm_start() {
    kdb5_util create -s -r TIDE.TEST -P "master-$$" > "$realm/create.log" 2>&1 || return 1
    for name in tidemill kafka/localhost other; do admin "addprinc -randkey $name"; done
    admin "ktadd -k $realm/worker.keytab tidemill"
    admin "ktadd -k $realm/broker.keytab kafka/localhost"
    kdc
    wait_for 30 ticket
}
ok 'a realm' realm_start
kerberos() {
    cat <<END
listener.name.login.sasl.enabled.mechanisms=GSSAPI
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
workers: {clean: 1}
lease: 10s
partitions: 2
END
corpus "$work/pages" 'sql-cr*.html'
definition "$work/small.yaml" "$work/pages"
with_site "$work/kerberos.yaml" "$work/runner.yaml"
t() { note "$(date +%T.%N)"; }
t
timeout 60 tidemill init "$work/runner.yaml"; t
sed 's/sasl.kerberos.keytab.*/sasl.kerberos.min.time.before.relogin: 0/' "$work/runner.yaml" > "$work/outside.yaml"
env KRB5CCNAME=MEMORY: KRB5_CLIENT_KTNAME=$realm/worker.keytab timeout 60 tidemill init "$work/outside.yaml"; t
note none
env KRB5CCNAME=MEMORY: timeout 60 tidemill init "$work/outside.yaml"; t
note expired
kinit -l 1s -c "FILE:$realm/old" -k -t "$realm/worker.keytab" tidemill; sleep 2
env KRB5CCNAME=$realm/old timeout 60 tidemill init "$work/outside.yaml"; t
note wrong keytab
cp "$realm/worker.keytab" "$realm/old.keytab"
admin "ktadd -k $realm/other.keytab tidemill"; rm "$realm/tickets"
change "s/worker.keytab/old.keytab/"
timeout 60 tidemill init "$work/changed.yaml"; t
note no keytab
change "s/worker.keytab/none.keytab/"
timeout 60 tidemill init "$work/changed.yaml"; t
note service
change "s/worker.keytab/other.keytab/; s/^  sasl.mech/  sasl.kerberos.service.name: carrier\n&/"
timeout 60 tidemill init "$work/changed.yaml"; t
note broker key changed
admin "ktadd -k $realm/broker2.keytab kafka/localhost"
rm "$realm/tickets"
change "s/worker.keytab/other.keytab/"
timeout 60 tidemill init "$work/changed.yaml"; t
note no kdc
kill $kdc; wait $kdc; rm "$realm/tickets"
timeout 60 tidemill init "$work/changed.yaml"; t
LD_LIBRARY_PATH=$PWD/build/librdkafka timeout 60 tidemill init "$work/changed.yaml"; t
finish
