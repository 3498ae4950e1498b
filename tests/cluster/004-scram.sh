#!/bin/sh
# SASL/SCRAM over TLS, SHA-256 and SHA-512: a run that logs in so; a wrong password, an unknown user and the other mechanism
# say so at once. librdkafka before 2.6.1 cannot: it says so, and the rest is done with a newer one (make librdkafka).
. "$(dirname "$0")/lib.sh"
need openssl openssl
brokers=1
more_listeners='LOGIN:SASL_SSL'
authority ca
certificate broker 30 ca
secure() {
    cat <<END
ssl.keystore.type=PEM
ssl.keystore.location=$tls/broker-all.pem
listener.name.login.sasl.enabled.mechanisms=SCRAM-SHA-256,SCRAM-SHA-512
listener.name.login.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.login.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
END
}
broker_more=secure
for digest in 256 512; do
    format_more="$format_more --add-scram SCRAM-SHA-$digest=[name=user-$digest,password=$(secret "$digest")]"
done
cluster_start

# site FILE DIGEST
site() {
    printf '%s' "$(secret "$2")" > "$work/password-$2"
    cat > "$1" <<END
kafka:
  bootstrap.servers: "$(listener LOGIN)"
  security.protocol: SASL_SSL
  sasl.mechanism: SCRAM-SHA-$2
  sasl.username: user-$2
  ssl.ca.location: $tls/ca.pem
kafka_secrets: {sasl.password: "file:$work/password-$2"}
$(site_rest)
END
}
small_definition
site "$work/init.yaml" 256
site "$work/runner.yaml" 512

! librdkafka_before 2.6.1 || newer_librdkafka
exits 'tidemill init by SCRAM-SHA-256' 0 tidemill init "$work/init.yaml"
with_site "$work/scram.yaml" "$work/runner.yaml"
exits 'a run by SCRAM-SHA-512' 0 tidemill run "$work/scram.yaml"
like 'releases' "$out" 'released small-lm v1'
through_kafka 'orders went through Kafka'

printf 'not-the-secret-of-%s' $$ > "$work/wrong-password"
change 's|password-512|wrong-password|'
refused 'a wrong password' 'Authentication failed.*; check sasl.username and the password in kafka_secrets$' "$work/changed.yaml"
change 's|user-512|nobody|'
refused 'an unknown user' 'Authentication failed.*; check sasl.username and the password in kafka_secrets$' "$work/changed.yaml"
change 's|SCRAM-SHA-512|PLAIN|'
refused 'another mechanism' 'set sasl.mechanism to one that the broker supports' "$work/changed.yaml"
if librdkafka_before 2.6.1; then
    unset LD_LIBRARY_PATH
    refused "this distribution's librdkafka" 'Authentication failed.*; this is librdkafka [0-9.]*, which cannot log in to Kafka 4 by SCRAM: ' "$work/runner.yaml"
fi
no_secret_is_left
finish
