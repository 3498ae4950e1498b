/* refusal: see refusal.h. The words are those of librdkafka 2.0 to 2.16, OpenSSL 3 and MIT Kerberos, as Apache
 * Kafka 4.4 brings them about; tests/cluster tries each. */
#include "lib/flow/refusal.h"

#include <librdkafka/rdkafka.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#define CHECK_CERTIFICATE                                                                                              \
    "the broker refuses this client's certificate: see whether it is expired or of another authority than the "        \
    "broker's ssl.truststore (openssl x509 -noout -enddate -issuer -in FILE)"

#define CHECK_ENDPOINT "set https.ca.location to a file of the authority that signed the token endpoint's certificate"

#define CHECK_TOKEN                                                                                                    \
    "check sasl.oauthbearer.token.endpoint.url, sasl.oauthbearer.client.id and sasl.oauthbearer.client.secret in "     \
    "kafka_secrets, or the key and claims of sasl.oauthbearer.assertion"

static const struct {
    const char *heard, *too; /* both stand in the text */
    const char *advice;
    bool passes;
} refusals[] = {
    {"SASL OAUTHBEARER token", "\"error\"", "the token endpoint refuses this client: " CHECK_TOKEN, false},
    {"SASL OAUTHBEARER token", "certificate has expired", "the token endpoint's certificate is to be renewed", true},
    {"SASL OAUTHBEARER token", "SSL certificate", CHECK_ENDPOINT, false},
    {"SASL OAUTHBEARER token", "trust anchors", CHECK_ENDPOINT, false},
    {"SASL OAUTHBEARER token", "certificate subject name",
     "set sasl.oauthbearer.token.endpoint.url to the name that stands in the token endpoint's certificate", false},
    {"SASL OAUTHBEARER token", "create JWT assertion",
     "the key that signs for this client cannot be used: check sasl.oauthbearer.assertion.private.key.file, and "
     "sasl.oauthbearer.assertion.private.key.passphrase in kafka_secrets",
     false},
    {"SASL OAUTHBEARER token", "", "the token endpoint gives no token: see whether it runs, and " CHECK_TOKEN, true},
    {"SASL authentication error", "invalid_token",
     "the broker refuses the token: its issuer, audience, scope, signature or time are not what the broker's "
     "sasl.oauthbearer.expected.* and key set say",
     false},
    {"GSSAPI Error", "Cannot contact any KDC", "see whether the KDC that krb5.conf names runs and can be reached",
     true},
    {"GSSAPI Error", "Ticket expired",
     "get a new Kerberos ticket (kinit), or set sasl.kerberos.keytab, from which it is renewed", false},
    {"GSSAPI Error", "not found in Kerberos database",
     "set sasl.kerberos.service.name to the first part of the brokers' principal, and bootstrap.servers to the names "
     "that stand in it",
     false},
    {"GSSAPI Error", "Clock skew", "set the clock: Kerberos bears five minutes", false},
    {"GSSAPI Error", "",
     "there is no Kerberos ticket: check sasl.kerberos.principal and sasl.kerberos.keytab (kinit -k -t KEYTAB "
     "PRINCIPAL "
     "says more)",
     false},
    {"SASL authentication error", "mechanism GSSAPI",
     "the broker cannot read this ticket: its keytab is not of its principal's present key (klist -k -e, on the "
     "broker)",
     false},
    {"SASL authentication error", "", "check sasl.username and the password in kafka_secrets", false},
    {"mechanism handshake failed", "", "set sasl.mechanism to one that the broker supports", false},
    {"certificate verify failed", "",
     "set ssl.ca.location to the authority that signed the broker's certificate, and bootstrap.servers to the names "
     "that stand in it",
     false},
    {"alert bad certificate", "",
     "the broker wants a client certificate: set ssl.certificate.location and ssl.key.location", false},
    {"alert certificate required", "",
     "the broker wants a client certificate: set ssl.certificate.location and ssl.key.location", false},
    {"alert certificate", "", CHECK_CERTIFICATE, false},
    {"alert unknown ca", "", CHECK_CERTIFICATE, false},
    {"incorrect security.protocol", "", "set security.protocol to what that listener speaks, as SSL or SASL_SSL",
     false},
    {"verify that security.protocol", "", "set security.protocol to what that listener speaks, as SASL_SSL", false},
    {"SSL handshake failed", "", "set security.protocol to what that listener speaks, as PLAINTEXT or SASL_PLAINTEXT",
     false},
    {"uthorization failed", "", "give this user the right to it: the list is in docs/operations.md, Kafka's rights",
     false},
};

/* True where the file's first certificate can be read and its time is over. */
static bool expired(const char *path, char until[64])
{
    FILE *file = path != NULL ? fopen(path, "r") : NULL;
    if (file == NULL)
        return false;
    X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
    fclose(file);
    if (certificate == NULL)
        return false;
    struct tm end;
    bool over = X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0 &&
                ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1;
    if (over)
        strftime(until, 64, "%Y-%m-%d %H:%M UTC", &end);
    X509_free(certificate);
    return over;
}

/* Before 2.6.1 librdkafka repeats the client's nonce, against RFC 5802: Kafka 4 refuses every password
 * (github.com/confluentinc/librdkafka/pull/4895). */
static bool scram_is_broken(const char *heard)
{
    return rd_kafka_version() < 0x02060100 && strstr(heard, "SASL authentication error") != NULL &&
           strstr(heard, "SCRAM-") != NULL;
}

struct refusal refusal_of(struct arena *arena, const struct pairs *properties, const char *heard)
{
    char until[64];
    const char *own = pairs_get(properties, "ssl.certificate.location");
    if (strstr(heard, "SSL alert number") != NULL && expired(own, until))
        return (struct refusal){arena_printf(arena, "the client's certificate %s expired on %s: renew it", own, until),
                                false};
    if (scram_is_broken(heard))
        return (struct refusal){
            arena_printf(arena,
                         "this is librdkafka %s, which cannot log in to Kafka 4 by SCRAM: use 2.6.1 or newer (make "
                         "librdkafka), or PLAIN over TLS; on an older Kafka check sasl.username and the password",
                         rd_kafka_version_str()),
            false};
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (strstr(heard, refusals[i].heard) != NULL && strstr(heard, refusals[i].too) != NULL)
            return (struct refusal){refusals[i].advice, refusals[i].passes};
    return (struct refusal){NULL, true};
}
