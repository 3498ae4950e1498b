/* site: defaults, files, secrets, counts; what may not stand in a definition. */
#include "lib/flow/site.h"

#include "lib/base/file.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <unistd.h>

static struct arena arena;
static char folder[] = "/tmp/site_test.XXXXXX";

static const char *write_file(const char *name, const char *text)
{
    struct err err;
    const char *path = path_join(&arena, folder, name);
    if (!file_write(path, text, strlen(text), &err))
        OK(false, "%s", err.text);
    return path;
}

/* The error of reading such a site file, without the file's path in front. */
static const char *fault(const char *text)
{
    struct site site;
    struct err err = {.text = "no error"};
    const char *path = write_file("site.yaml", text);
    bool ok = site_read(&arena, path, "/s", &site, &err);
    return ok ? "no error"
              : arena_strdup(&arena, err.text + (strncmp(err.text, path, strlen(path)) == 0 ? strlen(path) : 0));
}

static void test_defaults(void)
{
    struct site site;
    struct err err;
    struct pairs properties;
    OK(site_read(&arena, NULL, "/s", &site, &err), "no file is all defaults");
    SAME(site.state, "/s", "the state folder");
    SAME(site.store, "/s/store", "the store stands in it");
    OK(site_postgres_embedded(&site) && site_kafka(&site) == SITE_KAFKA_EMBEDDED, "private services");
    OK(site_kafka_properties(&site, &arena, &properties, &err) && properties.count == 0, "no properties");
    OK(site_worker_count(&site, "train") == 1 && site_worker_count(&site, "clean") >= 1, "workers");
    OK(site.prices.cpu_hour.micros == 40000, "a price");
    setenv("TIDEMILL_STATE", "/from/environment", 1);
    OK(site_read(&arena, NULL, NULL, &site, &err) && strcmp(site.state, "/from/environment") == 0,
       "the environment's folder");
    unsetenv("TIDEMILL_STATE");
}

static void test_real(void)
{
    struct site site;
    struct err err;
    struct pairs properties;
    const char *secret = write_file("password", "hunter2\n");
    const char *path =
        write_file("real.yaml", arena_printf(&arena,
                                             "postgres: host=ledger dbname=mill\n"
                                             "store: /srv/store\n"
                                             "kafka: {bootstrap.servers: \"k:9093\", sasl.username: mill}\n"
                                             "kafka_secrets: {sasl.password: \"file:%s\", ssl.key.pem: "
                                             "\"file:%s\"}\n"
                                             "workers: {clean: 8}\n",
                                             secret, write_file("key", "BEGIN\nAAAA\nEND\n")));
    OK(site_read(&arena, path, "/s", &site, &err), "a site file alone");
    SAME(site.postgres, "host=ledger dbname=mill", "a connection string");
    SAME(site.store, "/srv/store", "an absolute store");
    OK(site_kafka(&site) == SITE_KAFKA_CLUSTER, "a real cluster");
    OK(site_kafka_properties(&site, &arena, &properties, &err), "its properties");
    SAME(pairs_get(&properties, "bootstrap.servers"), "k:9093", "with dots in the key");
    SAME(pairs_get(&properties, "sasl.password"), "hunter2", "the secret from its file, without the line's end");
    SAME(pairs_get(&properties, "ssl.key.pem"), "BEGIN\nAAAA\nEND\n", "a key has all its lines");
    OK(site_worker_count(&site, "clean") == 8, "workers as given");
    const char *definition = write_file("p.yaml", "pipeline: p\nsite: real.yaml\ningest: {}\n");
    OK(site_read(&arena, definition, "/s", &site, &err) && strcmp(site.store, "/srv/store") == 0,
       "a definition whose site names a file");
    SAME(site.file, path, "which is known");
}

static void test_faults(void)
{
    SAME(fault("stor: /x\n"), ":1:1: site.stor: unknown option; did you mean \"store\"?", "an unknown option");
    SAME(fault("kafka: {sasl.username: a}\n"),
         ":1:1: site: kafka needs bootstrap.servers, as in {bootstrap.servers: \"host:9092\"}", "no address");
    SAME(fault("kafka: {bootstrap.servers: a, sasl.password: b}\n"),
         ":1:1: site: a secret may not stand in a definition; write kafka_secrets: {sasl.password: env:NAME} or "
         "file:PATH",
         "a secret");
    SAME(fault("kafka: {bootstrap.servers: a, sasl.mechanism: OAUTHBEARER}\n"),
         ":1:1: site: kafka has sasl.mechanism OAUTHBEARER, and nothing that gives a token; set "
         "sasl.oauthbearer.method: oidc and sasl.oauthbearer.token.endpoint.url",
         "a login by tokens that nobody gives");
    SAME(fault("kafka: {bootstrap.servers: a, sasl.mechanism: OAUTHBEARER, sasl.oauthbearer.method: oidc}\n"),
         "no error", "and by such that are");
    SAME(fault("postgres: host=a password=b\n"),
         ":1:1: site: a password may not stand in a definition; use ~/.pgpass, PGPASSWORD or passfile=", "a password");
    SAME(fault("kafka_secrets: {sasl.password: hunter2}\n"),
         ":1:1: site: kafka_secrets.sasl.password must be env:NAME or file:PATH", "a bare secret");
    SAME(fault("prices: {cpu_hour: 1 USD}\n"),
         ":1:1: site: prices must all be in one currency; found \"USD\", \"EUR\" and \"EUR\"", "two currencies");
    SAME(fault("topic_prefix: a b\n"),
         ":1:15: site.topic_prefix: \"a b\" cannot begin a topic's name; use letters, digits, '.', '_' and '-'",
         "a prefix");
    SAME(fault("workers: {train: -1}\n"), ":1:18: site.workers.train: -1 is too small; the least is 0", "workers");
    SAME(fault("kafka: apache\n"), "no error", "a word for Kafka");
    struct site site;
    struct err err;
    struct pairs properties;
    const char *path = write_file("env.yaml", "kafka_secrets: {sasl.password: \"env:NOT_SET_ANYWHERE\"}\n");
    OK(site_read(&arena, path, "/s", &site, &err) && !site_kafka_properties(&site, &arena, &properties, &err),
       "a secret that is not there");
    SAME(err.text, "site.kafka_secrets.sasl.password: $NOT_SET_ANYWHERE is not set", "is named, not shown");
}

int main(void)
{
    struct err err;
    arena_init(&arena);
    OK(mkdtemp(folder) != NULL, "a folder");
    test_defaults();
    test_real();
    test_faults();
    OK(folder_remove(folder, &err), "clean");
    arena_release(&arena);
    return DONE();
}
