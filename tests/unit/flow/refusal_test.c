/* What librdkafka says when a broker refuses a client, as it was heard from Apache Kafka 4.4, and what we make of it.
 */
#include "lib/flow/refusal.h"
#include "tests/unit/tap.h"

#include <librdkafka/rdkafka.h>

static const char *advice(struct arena *arena, const char *heard)
{
    const struct pairs none = {NULL, 0};
    const char *text = refusal_advice(arena, &none, heard);
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
    arena_release(&arena);
    return DONE();
}
