/* What librdkafka says when a broker refuses a client, as it was heard from Apache Kafka 4.4, and what we make of it.
 */
#include "lib/flow/refusal.h"
#include "tests/unit/tap.h"

#include <librdkafka/rdkafka.h>

static struct refusal refusal(struct arena *arena, const char *heard)
{
    const struct pairs none = {NULL, 0};
    return refusal_of(arena, &none, heard);
}

static const char *advice(struct arena *arena, const char *heard)
{
    const char *text = refusal(arena, heard).advice;
    return text != NULL ? text : "none";
}

static bool says(struct arena *arena, const char *heard, const char *part)
{
    const char *text = advice(arena, heard);
    if (strstr(text, part) != NULL)
        return true;
    printf("# of: %s\n# is said: %s\n", heard, text);
    return false;
}

static void test_tokens(struct arena *arena)
{
    static const char *const dead =
        "Failed to acquire SASL OAUTHBEARER token: Failed to connect to 127.0.0.1 port 80: Connection refused";
    static const char *const unknown = "Failed to acquire SASL OAUTHBEARER token: {\"error\": \"invalid_client\"}";
    OK(says(arena, dead, "see whether it runs"), "a token endpoint that is away");
    OK(refusal(arena, dead).passes, "may come back");
    OK(says(arena, unknown, "the token endpoint refuses this client"), "one that does not know the client");
    OK(!refusal(arena, unknown).passes, "will not know it later");
    OK(says(arena, "Failed to acquire SASL OAUTHBEARER token: Failed to create JWT assertion", "passphrase"),
       "a key that cannot be opened");
    OK(says(arena, "SASL authentication error: {\"status\":\"invalid_token\"}", "the broker refuses the token"),
       "a token of another audience");
}

static void test_token_endpoint(struct arena *arena)
{
    static const char *const expired = "Failed to acquire SASL OAUTHBEARER token: SSL certificate OpenSSL verify "
                                       "result: certificate has expired (10)";
    static const char *const unknown = "Failed to acquire SASL OAUTHBEARER token: SSL certificate OpenSSL verify "
                                       "result: self-signed certificate in certificate chain (19)";
    static const char *const none = "Failed to acquire SASL OAUTHBEARER token: error adding trust anchors from file: "
                                    "/etc/pki/tls/certs/ca-bundle.crt";
    static const char *const other =
        "Failed to acquire SASL OAUTHBEARER token: SSL: no alternative certificate subject "
        "name matches target hostname 'localhost'";
    OK(says(arena, unknown, "set https.ca.location"), "a token endpoint of an unknown authority");
    OK(!refusal(arena, unknown).passes, "will not be known later");
    OK(says(arena, none, "set https.ca.location"), "no file of authorities where librdkafka looks for it");
    OK(says(arena, other, "set sasl.oauthbearer.token.endpoint.url to the name"), "one of another name");
    OK(says(arena, expired, "is to be renewed"), "one whose certificate is over");
    OK(refusal(arena, expired).passes, "may be renewed");
}

static void test_tickets(struct arena *arena)
{
    static const char *const away = "SASL(-1): generic failure: GSSAPI Error: Unspecified GSS failure.  Minor code may "
                                    "provide more information (Cannot contact any KDC for realm 'TIDE')";
    OK(says(arena, away, "KDC"), "a KDC that is away");
    OK(refusal(arena, away).passes, "may come back");
    OK(says(arena, "GSSAPI Error: Unspecified GSS failure.  (Ticket expired)", "kinit"), "an expired ticket");
    OK(says(arena, "GSSAPI Error: (Server carrier/k1@TIDE not found in Kerberos database)", "service.name"),
       "another service");
    OK(says(arena, "GSSAPI Error: No credentials were supplied (No Kerberos credentials available)", "keytab"),
       "no ticket");
    OK(says(arena, "SASL authentication error: invalid credentials with SASL mechanism GSSAPI", "klist"),
       "a broker with another key");
}

int main(void)
{
    struct arena arena;
    arena_init(&arena);
    OK(says(&arena,
            "sasl_ssl://k1:9093/bootstrap: SASL authentication error: Authentication failed: Invalid username or "
            "password",
            "kafka_secrets"),
       "a wrong password");
    OK(says(&arena, "SASL authentication error: invalid credentials with SASL mechanism SCRAM-SHA-512",
            rd_kafka_version() < 0x02060100 ? "use 2.6.1 or newer" : "check sasl.username and the password"),
       "SCRAM, of an old librdkafka or not");
    OK(says(&arena, "SASL SCRAM-SHA-512 mechanism handshake failed: Broker: Unsupported SASL mechanism",
            "sasl.mechanism"),
       "another mechanism");
    OK(says(&arena, "SSL handshake failed: error:0A000086:SSL routines::certificate verify failed", "ssl.ca.location"),
       "an unknown authority");
    OK(says(&arena, "Receive failed: error:0A000412:SSL routines::sslv3 alert bad certificate: SSL alert number 42",
            "ssl.certificate.location"),
       "no client certificate");
    OK(says(&arena, "Receive failed: error:0A000416:SSL routines::sslv3 alert certificate unknown: SSL alert number 46",
            "expired or of another authority"),
       "a client certificate that is not taken");
    OK(says(&arena,
            "Disconnected while requesting ApiVersion: might be caused by incorrect security.protocol configuration",
            "set security.protocol"),
       "plain text to a TLS port");
    OK(says(&arena, "Disconnected: verify that security.protocol is correctly configured", "SASL_SSL"),
       "TLS without SASL");
    OK(says(&arena, "SSL handshake failed: Disconnected: connecting to a PLAINTEXT broker listener?", "PLAINTEXT"),
       "TLS to a plain port");
    OK(says(&arena, "t: Broker: Topic authorization failed", "docs/operations.md"), "a right that is missing");
    SAME(advice(&arena, "k1:9092/1: Connect to ipv4#10.0.0.1:9092 failed: Connection refused"), "none",
         "a broker that is away may come back");
    SAME(advice(&arena, "k1:9092/1: 3 request(s) timed out: disconnect"), "none", "so may one that is cut off");
    OK(refusal(&arena, "k1:9092/1: Connect to ipv4#10.0.0.1:9092 failed: Connection refused").passes,
       "which is no refusal");
    test_tokens(&arena);
    test_token_endpoint(&arena);
    test_tickets(&arena);
    arena_release(&arena);
    return DONE();
}
