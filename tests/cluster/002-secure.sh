#!/bin/sh
# TLS with client certificates, SASL, and rights: a run with one user per stage and no right but those that docs/operations.md
# lists; what is refused says so at once and with exit status 8; no secret is shown or kept.
. "$(dirname "$0")/lib.sh"
need openssl openssl
brokers=1
broker_protocol=SASL_SSL
authority ca
authority stranger
certificate broker 30 ca
certificate worker 30 ca
certificate other 30 stranger
certificate expired -1 ca
stages='ingest clean tokenize train evaluate registry'
secure() {
    users="user_admin=\"$(secret admin)\""
    for user in runner nobody $stages; do users="$users user_tidemill-$user=\"$(secret "$user")\""; done
    cat <<END
ssl.keystore.type=PEM
ssl.keystore.location=$tls/broker-all.pem
ssl.truststore.type=PEM
ssl.truststore.location=$tls/ca.pem
listener.name.client.ssl.client.auth=required
listener.name.controller.ssl.client.auth=required
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.client.sasl.enabled.mechanisms=PLAIN
listener.name.client.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="admin" password="$(secret admin)" $users;
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="admin" password="$(secret admin)" user_admin="$(secret admin)";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:admin
END
}
broker_more=secure
admin_properties() {
    printf '%s\n' security.protocol=SASL_SSL sasl.mechanism=PLAIN sasl.username=admin "sasl.password=$(secret admin)" \
        "ssl.ca.location=$tls/ca.pem" "ssl.certificate.location=$tls/worker.crt" "ssl.key.location=$tls/worker.key"
}
admin_config=$work/kcat.conf
admin_properties > "$admin_config"
cluster_start

cat > "$work/admin.properties" <<END
security.protocol=SASL_SSL
sasl.mechanism=PLAIN
sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="admin" password="$(secret admin)";
ssl.truststore.type=PEM
ssl.truststore.location=$tls/ca.pem
ssl.keystore.type=PEM
ssl.keystore.location=$tls/worker-all.pem
END
# site FILE USER: settings of a program that logs in as that user.
site() {
    printf '%s' "$(secret "${2#tidemill-}")" > "$work/password-of-$2"
    cat > "$1" <<END
kafka:
  bootstrap.servers: "$bootstrap"
  security.protocol: SASL_SSL
  sasl.mechanism: PLAIN
  sasl.username: $2
  ssl.ca.location: $tls/ca.pem
  ssl.certificate.location: $tls/worker.crt
  ssl.key.location: $tls/worker.key
kafka_secrets: {sasl.password: "file:$work/password-of-$2"}
workers: {start: false}
lease: 10s
partitions: 4
END
}
corpus "$work/pages" 'sql-c*.html'
definition "$work/small.yaml" "$work/pages"
for user in runner nobody $stages; do site "$work/$user.yaml" "tidemill-$user"; done
site "$work/admin.yaml" admin

exits 'tidemill init by an administrator' 0 tidemill init "$work/admin.yaml"
topics=$(kcat -F "$admin_config" -b "$bootstrap" -L -J 2>/dev/null)
like 'the topics are there' "$topics" 'tidemill.work.clean.v1'

# The commands stand in docs/operations.md, between the words "Kafka's rights" and the next heading.
mkdir -p "$work/bin"
cat > "$work/bin/kafka-acls.sh" <<END
#!/bin/sh
exec java -Xmx96m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp '$jars/*' org.apache.kafka.tools.AclCommand "\$@"
END
chmod +x "$work/bin/kafka-acls.sh"
sed -n "/^## Kafka's rights/,/^## /s/^    //p" docs/operations.md > "$work/rights.sh"
exits 'the commands of docs/operations.md give the rights' 0 env PATH="$work/bin:$PATH" brokers="$bootstrap" \
    admin="$work/admin.properties" sh -e "$work/rights.sh"
is 'four for each stage and one for the runner' \
    "$(tool AclCommand --command-config "$work/admin.properties" --list | grep -c 'principal=User:tidemill-.*permissionType=ALLOW')" 25

tidemill up "$work/runner.yaml" > /dev/null
pids=
for stage in $stages; do
    tidemill-"$stage" "$work/$stage.yaml" > "$work/$stage.log" 2>&1 &
    pids="$pids $!"
done
clean_up_workers() { # shellcheck disable=SC2086
    kill $pids 2>/dev/null; wait $pids; pids=
}
with_site "$work/secure.yaml" "$work/runner.yaml"
exits 'a run with these rights and no other' 0 tidemill run "$work/secure.yaml"
like 'releases' "$out" 'released small-lm v1'
through_kafka 'orders went through Kafka'
unlike 'no worker was refused anything' "$(cat "$work"/*.log)" 'uthoriz|refuse'
like 'workers read their orders and committed' \
    "$(tool consumer.group.ConsumerGroupCommand --command-config "$work/admin.properties" --describe --group tidemill.clean)" \
    'tidemill.clean +tidemill.work.clean.v1 +[0-9]+ +[1-9]'
clean_up_workers

like 'a clean worker may not read the train topic' \
    "$(sed "s/username=admin/username=tidemill-clean/; s/password=.*/password=$(secret clean)/" "$admin_config" > "$work/clean.conf"
       timeout 20 kcat -F "$work/clean.conf" -b "$bootstrap" -C -t tidemill.work.train.v1 -e -o beginning 2>&1)" 'opic authorization failed'
like 'but its own' "$(timeout 20 kcat -F "$work/clean.conf" -b "$bootstrap" -C -t tidemill.work.clean.v1 -e -o beginning 2>&1)" 'clean.shard|"task"'

printf 'not-the-secret-of-%s' $$ > "$work/wrong-password"
change "s|password-of-tidemill-runner|wrong-password|"
refused 'a wrong password' 'Authentication failed.*; check sasl.username and the password in kafka_secrets' "$work/changed.yaml"
change "s|ssl.ca.location:.*|ssl.ca.location: $tls/stranger.pem|"
refused 'an unknown authority' 'certificate verify failed.*; set ssl.ca.location' "$work/changed.yaml"
change '/ssl.certificate.location/d; /ssl.key.location/d'
refused 'no client certificate' 'the broker wants a client certificate: set ssl.certificate.location' "$work/changed.yaml"
change 's|worker\.|expired.|'
refused 'a client certificate that expired' "the client's certificate .*expired.crt expired on 20" "$work/changed.yaml"
change 's|worker\.|other.|'
refused "a stranger's client certificate" "the broker refuses this client's certificate" "$work/changed.yaml"
change 's|SASL_SSL|PLAINTEXT|'
refused 'plain text to the TLS port' 'set security.protocol to what that listener speaks' "$work/changed.yaml"
change 's|SASL_SSL|SASL_PLAINTEXT|'
refused 'SASL without TLS to the TLS port' 'set security.protocol to what that listener speaks' "$work/changed.yaml"
refused 'a user without rights' 'uthorization failed; give this user the right' "$work/nobody.yaml"

begin=$(date +%s)
exits 'a stage with the rights of another' 8 timeout 60 tidemill-train "$work/clean.yaml"
like 'says which are missing' "$out" '(Group|Topic) authorization failed; give this user the right'
printf '%s\n' "$out" >> "$work/all-said"
ok 'within seconds' test $(($(date +%s) - begin)) -le 30

no_secret_is_left
finish
