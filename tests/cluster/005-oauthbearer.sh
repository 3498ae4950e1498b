#!/bin/sh
# SASL/OAUTHBEARER with tokens that last seconds: unsigned ones, and such that a token endpoint gives and signs, of which the
# broker has the key. Tokens expire and are renewed in the middle of a run; the endpoint dies in another, and the ledger carries
# the work. A token, a secret, an endpoint that is refused or dead says so at once; so does one over HTTPS whose certificate
# is not to be trusted. A client may have a key in place of a secret.
. "$(dirname "$0")/lib.sh"
need openssl openssl
holdable
brokers=1
more_listeners='UNSIGNED:SASL_PLAINTEXT SIGNED:SASL_PLAINTEXT'
oauth=$work/oauth
mkdir -p "$oauth"
openssl genrsa -out "$oauth/key.pem" 2048 2>/dev/null
printf '%s' "$(secret worker)" > "$oauth/secret-worker"
printf '%s' "$(secret stranger)" > "$oauth/secret-stranger"
life=10 # of a token, in seconds; librdkafka asks for the next when a fifth of it is left
echo $life > "$oauth/lifetime"
endpoint() { # port [key-and-certificate]: with these over HTTPS
    rm -f "$oauth/port"
    setpriv --pdeathsig KILL python3 tests/cluster/token_endpoint.py "$oauth" "$@" > "$work/endpoint.out" 2>&1 &
    endpoint=$!
    ok 'a token endpoint' wait_for 30 test -s "$oauth/port"
    port=$(cat "$oauth/port")
}
endpoint "$(ports 1)"
mechanism() { # listener, more settings
    cat <<END
listener.name.$1.sasl.enabled.mechanisms=OAUTHBEARER
listener.name.$1.oauthbearer.connections.max.reauth.ms=3600000
listener.name.$1.oauthbearer.sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;
END
}
tokens() {
    mechanism unsigned
    mechanism signed
    cat <<END
listener.name.signed.oauthbearer.sasl.server.callback.handler.class=org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler
listener.name.signed.oauthbearer.sasl.oauthbearer.jwks.endpoint.url=file://$oauth/jwks.json
listener.name.signed.oauthbearer.sasl.oauthbearer.expected.audience=worker
listener.name.signed.oauthbearer.sasl.oauthbearer.expected.issuer=tide
listener.name.signed.oauthbearer.sasl.oauthbearer.clock.skew.seconds=1
END
}
broker_more=tokens
broker_java="-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=file://$oauth/jwks.json -Dorg.apache.kafka.sasl.oauthbearer.allowed.files=$oauth/jwks.json"
cluster_start

at_listener() {
    cat <<END
kafka:
  bootstrap.servers: "$(listener "$1")"
  security.protocol: SASL_PLAINTEXT
  sasl.mechanism: OAUTHBEARER
END
}
{
    at_listener UNSIGNED
    printf '%s\n' '  enable.sasl.oauthbearer.unsecure.jwt: true' "kafka_secrets: {sasl.oauthbearer.config: \"file:$oauth/config\"}"
    site_rest
} > "$work/unsigned.yaml"
printf 'principal=tidemill lifeSeconds=%s' $life > "$oauth/config"
{
    at_listener SIGNED
    printf '%s\n' '  sasl.oauthbearer.method: oidc' '  sasl.oauthbearer.client.id: worker' \
        "  sasl.oauthbearer.token.endpoint.url: http://127.0.0.1:$port/token" \
        "kafka_secrets: {sasl.oauthbearer.client.secret: \"file:$oauth/secret-worker\"}"
    site_rest
} > "$work/runner.yaml"
small_definition

trouble='nothing could be sent|orders cannot be read|oken'
# held NAME SITE SEED: a run of its own that stands still in its training.
held() {
    which=$1
    with_site "$work/run-$which.yaml" "$2"
    sed -i "s/^pipeline: .*/pipeline: $which/; s/seed: 7/seed: $3/" "$work/run-$which.yaml"
    hold train
    tidemill run "$work/run-$which.yaml" > "$work/run-$which.out" 2>&1 &
    runner=$!
    ok "$which: a training runs" wait_for 120 standing train.fit
}
ends() {
    let_go train
    await $runner
    is "$which: the run is done" "$ended" 0
    like "$which: releases" "$(cat "$work/run-$which.out")" 'released'
}
# renewed NAME SITE SEED: the training lasts longer than two tokens; what comes then still goes through Kafka.
renewed() {
    held "$@"
    sleep $((2 * life + 1))
    kafka_takes "$which: messages go through Kafka after that"
    ends
    unlike "$which: nothing was refused" "$(cat "$TIDEMILL_STATE"/log/*)" "$trouble"
    tidemill down > /dev/null
}
exits 'unsigned: tidemill init' 0 tidemill init "$work/unsigned.yaml"
renewed unsigned "$work/unsigned.yaml" 7
tidemill up "$work/unsigned.yaml" > /dev/null
sed "s/$(listener UNSIGNED)/$(listener SIGNED)/" "$work/unsigned.yaml" > "$work/changed.yaml"
refused 'an unsigned token where signed ones are wanted' 'invalid_token.*; the broker refuses the token' "$work/changed.yaml"
tidemill down > /dev/null

out=$(tidemill init "$work/runner.yaml" 2>&1)
case $out in
*'not supported in this build'*)
    like 'this librdkafka cannot ask for tokens, and it is said which can' "$out" 'site.kafka.sasl.oauthbearer.*docs/operations.md, Logins'
    newer_librdkafka ;;
esac
exits 'signed: tidemill init' 0 tidemill init "$work/runner.yaml"
asked() { grep -c 'worker 200' "$oauth/asked"; }
before=$(asked)
held signed "$work/runner.yaml" 8
sleep $((2 * life + 1))
kafka_takes 'signed: messages go through Kafka after that'
unlike 'signed: nothing was refused' "$(cat "$TIDEMILL_STATE"/log/*)" "$trouble"
ok "signed: tokens were asked for again and again ($(($(asked) - before)))" test $(($(asked) - before)) -gt 12
# The endpoint dies, and the tokens end: nothing can be sent any more.
kill $endpoint
wait $endpoint 2> /dev/null
sleep $((life + 2))
ends
like 'signed: that there are none any more is said, with what to do' "$(cat "$TIDEMILL_STATE"/log/*)" \
    'Failed to acquire SASL OAUTHBEARER token.*; the token endpoint gives no token: see whether it runs.*the ledger carries the work meanwhile'
refused 'a dead endpoint' 'Failed to acquire SASL OAUTHBEARER token.*; the token endpoint gives no token: see whether it runs' \
    "$work/runner.yaml" 12
endpoint "$port"

change "s|secret-worker|secret-stranger|"
refused 'a wrong secret' 'invalid_client.*; the token endpoint refuses this client: check .*kafka_secrets' "$work/changed.yaml"
change "s|secret-worker|secret-stranger|; s|client.id: worker|client.id: stranger|"
refused 'a token for another audience' 'invalid_token.*; the broker refuses the token' "$work/changed.yaml"
kill $endpoint
wait $endpoint 2> /dev/null

authority tide
authority other
certificate localhost 30 tide
endpoint "$(ports 1)" "$tls/localhost-all.pem"
sed "s|http:.*/token|https://localhost:$port/token\n  https.ca.location: $tls/tide.pem|" "$work/runner.yaml" > "$work/https.yaml"
out=$(tidemill init "$work/https.yaml" 2>&1)
case $out in
*'No such configuration property: "https.ca.location"'*)
    note 'this librdkafka trusts only what the system does'
    newer_librdkafka ;;
esac
with_site "$work/run-https.yaml" "$work/https.yaml"
sed -i 's/^pipeline: .*/pipeline: https/; s/seed: 7/seed: 9/' "$work/run-https.yaml"
since=$(sql 'select clock_timestamp()')
tidemill down > /dev/null
exits 'https: a run' 0 tidemill run "$work/run-https.yaml"
through_kafka 'https: orders go through Kafka' "$since"
change "s|/tide.pem|/other.pem|" "$work/https.yaml"
refused 'a token endpoint of an unknown authority' \
    'self-signed certificate in certificate chain.*; set https.ca.location to a file of the authority' "$work/changed.yaml"
change "s|https://localhost|https://elsewhere.localhost|" "$work/https.yaml"
refused 'a token endpoint of another name' \
    'subject name.*; set sasl.oauthbearer.token.endpoint.url to the name that stands in' "$work/changed.yaml"

# A client without a secret: it signs who it is, by a key that only its passphrase opens.
printf '%s' "$(secret key)" > "$oauth/passphrase"
for key in worker stranger; do
    openssl genrsa -aes256 -passout "file:$oauth/passphrase" -out "$oauth/private-$key.pem" 2048 2> /dev/null
done
openssl rsa -in "$oauth/private-worker.pem" -passin "file:$oauth/passphrase" -pubout -out "$oauth/public-worker.pem" 2> /dev/null
assertion=sasl.oauthbearer.assertion
sed "s|  sasl.oauthbearer.client.id: worker|  sasl.oauthbearer.grant.type: urn:ietf:params:oauth:grant-type:jwt-bearer\\
  $assertion.private.key.file: $oauth/private-worker.pem\\
  $assertion.claim.iss: worker\\
  $assertion.claim.sub: worker\\
  $assertion.claim.aud: endpoint|
    s|^kafka_secrets: .*|kafka_secrets: {$assertion.private.key.passphrase: \"file:$oauth/passphrase\"}|" "$work/https.yaml" > "$work/key.yaml"
with_site "$work/run-key.yaml" "$work/key.yaml"
sed -i 's/^pipeline: .*/pipeline: key/; s/seed: 7/seed: 10/' "$work/run-key.yaml"
since=$(sql 'select clock_timestamp()')
tidemill down > /dev/null
exits 'by a key: a run' 0 tidemill run "$work/run-key.yaml"
through_kafka 'by a key: orders go through Kafka' "$since"
change "s|private-worker|private-stranger|" "$work/key.yaml"
refused 'a key of somebody else' 'invalid_client.*; the token endpoint refuses this client: check' "$work/changed.yaml"
printf '%s' "$(secret other)" > "$oauth/wrong"
change "s|oauth/passphrase|oauth/wrong|" "$work/key.yaml"
refused 'a wrong passphrase' 'create JWT assertion; the key .* cannot be used: check .*private.key.passphrase' "$work/changed.yaml"
no_secret_is_left "$work/key.yaml"
kill $endpoint
finish
