/* site: see site.h. Files that are read here are small and the user's own; nothing is logged, as secrets pass through.
 */
#include "lib/flow/site.h"

#include "lib/base/file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Secrets have no place in a file that is stored with every run. */
static const char *const secrets[] = {"sasl.password",
                                      "ssl.key.password",
                                      "ssl.keystore.password",
                                      "ssl.key.pem",
                                      "sasl.oauthbearer.client.secret",
                                      "sasl.oauthbearer.client.credentials.client.secret",
                                      "sasl.oauthbearer.assertion.private.key.pem",
                                      "sasl.oauthbearer.assertion.private.key.passphrase",
                                      "sasl.oauthbearer.config"};

/* Without a method librdkafka waits for a token for ever, and says nothing. */
static bool gives_tokens(const struct pairs *kafka)
{
    const char *mechanism = pairs_get(kafka, "sasl.mechanism"), *other = pairs_get(kafka, "sasl.mechanisms");
    mechanism = mechanism != NULL ? mechanism : other;
    return mechanism == NULL || strcmp(mechanism, "OAUTHBEARER") != 0 ||
           pairs_get(kafka, "sasl.oauthbearer.method") != NULL ||
           pairs_get(kafka, "enable.sasl.oauthbearer.unsecure.jwt") != NULL;
}

static bool check_kafka(const struct site *site, struct err *err)
{
    bool words = site->kafka.count == 1 && *site->kafka.item[0].key == '\0';
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (pairs_get(&site->kafka, secrets[i]) != NULL)
            return err_set(err, ERR_DEFINITION,
                           "a secret may not stand in a definition; write kafka_secrets: {%s: env:NAME} or file:PATH",
                           secrets[i]);
    for (size_t i = 0; i < site->kafka_secrets.count; i++)
        if (!text_starts(site->kafka_secrets.item[i].value, "env:") &&
            !text_starts(site->kafka_secrets.item[i].value, "file:"))
            return err_set(err, ERR_DEFINITION, "kafka_secrets.%s must be env:NAME or file:PATH",
                           site->kafka_secrets.item[i].key);
    if (site->kafka.count > 0 && !words && pairs_get(&site->kafka, "bootstrap.servers") == NULL)
        return err_set(err, ERR_DEFINITION, "kafka needs bootstrap.servers, as in {bootstrap.servers: \"host:9092\"}");
    if (!gives_tokens(&site->kafka))
        return err_set(err, ERR_DEFINITION,
                       "kafka has sasl.mechanism OAUTHBEARER, and nothing that gives a token; set "
                       "sasl.oauthbearer.method: oidc and sasl.oauthbearer.token.endpoint.url");
    return true;
}

static bool check_site(void *config, struct err *err)
{
    const struct site *site = config;
    if (!check_kafka(site, err))
        return false;
    if (site->replication > 0 && site->min_insync_replicas > site->replication)
        return err_set(err, ERR_DEFINITION, "min_insync_replicas is more than replication: nothing could be sent");
    const char *password = strstr(site->postgres, "password=");
    if (password != NULL &&
        (password == site->postgres || password[-1] == ' ' || password[-1] == '&' || password[-1] == '?'))
        return err_set(err, ERR_DEFINITION,
                       "a password may not stand in a definition; use ~/.pgpass, PGPASSWORD or passfile=");
    const struct site_prices *prices = &site->prices;
    if (strcmp(prices->cpu_hour.currency, prices->gpu_hour.currency) != 0 ||
        strcmp(prices->cpu_hour.currency, prices->storage_gb_month.currency) != 0)
        return err_set(err, ERR_DEFINITION, "prices must all be in one currency; found \"%s\", \"%s\" and \"%s\"",
                       prices->cpu_hour.currency, prices->gpu_hour.currency, prices->storage_gb_month.currency);
    return true;
}

static bool check_prefix(const char *value, struct err *err)
{
    if (*value != '\0' && strlen(value) <= 100 &&
        value[strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] == '\0')
        return true;
    return err_set(err, ERR_DEFINITION, "\"%s\" cannot begin a topic's name; use letters, digits, '.', '_' and '-'",
                   value);
}

#define FIELD(name)   offsetof(struct site, name)
#define WORKERS(name) FIELD(workers.name)

static const struct option options[] = {
    {.path = "store",
     .type = OPTION_TEXT,
     .offset = FIELD(store),
     .initial = "store",
     .inert = true,
     .help = "folder of the artifacts; relative to the state folder; shared by all hosts"},
    {.path = "postgres",
     .type = OPTION_TEXT,
     .offset = FIELD(postgres),
     .initial = "embedded",
     .inert = true,
     .help = "embedded (a private cluster in the state folder), or a libpq connection string"},
    {.path = "kafka",
     .type = OPTION_MAP,
     .offset = FIELD(kafka),
     .initial = "embedded",
     .choices = "embedded|apache",
     .inert = true,
     .help = "embedded, apache (see make apache-kafka), or {librdkafka property: value}"},
    {.path = "kafka_secrets",
     .type = OPTION_MAP,
     .offset = FIELD(kafka_secrets),
     .initial = "",
     .inert = true,
     .help = "librdkafka properties that are secret: {property: env:NAME} or {property: file:PATH}"},
    {.path = "topic_prefix",
     .type = OPTION_TEXT,
     .offset = FIELD(topic_prefix),
     .initial = "tidemill",
     .inert = true,
     .help = "what the topics' names begin with",
     .check = check_prefix},
    {.path = "partitions",
     .type = OPTION_INT,
     .offset = FIELD(partitions),
     .initial = "16",
     .min = 1,
     .max = 1000,
     .inert = true,
     .help = "partitions of a topic, when tidemill init makes it"},
    {.path = "replication",
     .type = OPTION_INT,
     .offset = FIELD(replication),
     .initial = "0",
     .min = 0,
     .max = 100,
     .inert = true,
     .help = "copies of a topic in a Kafka cluster; 0: three, or as many as there are brokers"},
    {.path = "min_insync_replicas",
     .type = OPTION_INT,
     .offset = FIELD(min_insync_replicas),
     .initial = "0",
     .min = 0,
     .max = 100,
     .inert = true,
     .help = "copies that must have a message; 0: one fewer than there are, of two or one copies: one"},
    {.path = "lease",
     .type = OPTION_DURATION,
     .offset = FIELD(lease_ms),
     .initial = "60s",
     .min = 2000,
     .max = 3600000,
     .inert = true,
     .help = "how long a task stays a silent worker's, in milliseconds where no unit is given"},
    {.path = "attempts",
     .type = OPTION_INT,
     .offset = FIELD(attempts),
     .initial = "4",
     .min = 1,
     .max = 100,
     .inert = true,
     .help = "attempts at a task before it counts as failed"},
    {.path = "stall",
     .type = OPTION_DURATION,
     .offset = FIELD(stall_ms),
     .initial = "2min",
     .min = 1000,
     .max = 86400000,
     .inert = true,
     .help = "longest that work on one document may take: its worker ends, and the document is then set aside"},
    {.path = "stall_step",
     .type = OPTION_DURATION,
     .offset = FIELD(stall_step_ms),
     .initial = "10min",
     .min = 1000,
     .max = 86400000,
     .inert = true,
     .help = "longest that a step of other work may take (a part of a layer of a batch, a shard's list, a file's end): "
             "its worker ends, and the task is tried again; also longest that a worker may stand still between tasks"},
    {.path = "memory",
     .type = OPTION_BYTES,
     .offset = FIELD(memory),
     .initial = "0",
     .max = 1e15,
     .inert = true,
     .help = "most memory of a worker; a document that needs more is set aside; 0: no limit"},
    {.path = "keep",
     .type = OPTION_DURATION,
     .offset = FIELD(keep_ms),
     .initial = "30d",
     .min = 86400e3,
     .max = 36500 * 86400e3,
     .inert = true,
     .help = "how long `tidemill gc` keeps artifacts that no model version and no newest run needs"},
    {.path = "threads",
     .type = OPTION_INT,
     .offset = FIELD(threads),
     .initial = "0",
     .min = 0,
     .max = 1024,
     .inert = true,
     .help = "threads of a worker; 0: the machine's processors shared by the stage's workers"},
    {.path = "workers.start",
     .type = OPTION_BOOL,
     .offset = WORKERS(start),
     .initial = "true",
     .inert = true,
     .help = "false: tidemill run and up start no workers here; others on other machines do the work"},
    {.path = "workers.ingest",
     .type = OPTION_INT,
     .offset = WORKERS(ingest),
     .initial = "0",
     .min = 0,
     .max = 1024,
     .inert = true,
     .help = "processes on this machine; 0: one per processor"},
    {.path = "workers.clean",
     .type = OPTION_INT,
     .offset = WORKERS(clean),
     .initial = "0",
     .min = 0,
     .max = 1024,
     .inert = true,
     .help = "processes on this machine; 0: one per processor"},
    {.path = "workers.tokenize",
     .type = OPTION_INT,
     .offset = WORKERS(tokenize),
     .initial = "0",
     .min = 0,
     .max = 1024,
     .inert = true,
     .help = "processes on this machine; 0: one per processor"},
    {.path = "workers.train",
     .type = OPTION_INT,
     .offset = WORKERS(train),
     .initial = "1",
     .min = 0,
     .max = 1024,
     .inert = true,
     .help = "processes on this machine; 0: one per processor"},
    {.path = "workers.evaluate",
     .type = OPTION_INT,
     .offset = WORKERS(evaluate),
     .initial = "2",
     .min = 0,
     .max = 1024,
     .inert = true,
     .help = "processes on this machine; 0: one per processor"},
    {.path = "workers.registry",
     .type = OPTION_INT,
     .offset = WORKERS(registry),
     .initial = "1",
     .min = 0,
     .max = 1024,
     .inert = true,
     .help = "processes on this machine; 0: one per processor"},
    {.path = "prices.cpu_hour",
     .type = OPTION_MONEY,
     .offset = FIELD(prices.cpu_hour),
     .initial = "0.04 EUR",
     .inert = true,
     .help = "an hour of one processor"},
    {.path = "prices.gpu_hour",
     .type = OPTION_MONEY,
     .offset = FIELD(prices.gpu_hour),
     .initial = "2.50 EUR",
     .inert = true,
     .help = "an hour of one GPU"},
    {.path = "prices.storage_gb_month",
     .type = OPTION_MONEY,
     .offset = FIELD(prices.storage_gb_month),
     .initial = "0.02 EUR",
     .inert = true,
     .help = "a gigabyte (10^9 bytes) in the store for a month"},
    {.type = OPTION_END},
};

const struct section site_section = {
    .path = "site",
    .help = "where the work is done: services, folders, workers, prices; a mapping here, or the name of a file",
    .size = sizeof(struct site),
    .options = options,
    .check = check_site,
};

static bool make_absolute(struct arena *arena, const char *path, const char **absolute, struct err *err)
{
    if (*path == '/') {
        *absolute = arena_strdup(arena, path);
        return true;
    }
    char *here = getcwd(NULL, 0);
    if (here == NULL)
        return err_errno(err, "cannot find the present folder");
    *absolute = path_join(arena, here, path);
    free(here);
    return true;
}

bool site_state(struct arena *arena, const char *state, const char **folder, struct err *err)
{
    const char *given = state != NULL ? state : getenv("TIDEMILL_STATE");
    if (state != NULL && *state == '\0') /* of a script's variable that is not set: the default is not what was meant */
        return err_set(err, ERR_USAGE, "--state is empty; give it a folder, or leave it out");
    if (given != NULL && *given != '\0')
        return make_absolute(arena, given, folder, err);
    if (geteuid() == 0) {
        *folder = "/var/lib/tidemill";
        return true;
    }
    const char *base = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (base != NULL && *base == '/')
        *folder = path_join(arena, base, "tidemill");
    else if (home != NULL && *home != '\0')
        *folder = path_join(arena, home, ".local/state/tidemill");
    else
        return err_set(err, ERR_USAGE, "no state folder: give --state DIR or set TIDEMILL_STATE");
    return true;
}

bool site_of_definition(struct definition *definition, struct arena *arena, const char *state, struct site *site,
                        struct err *err)
{
    const char *folder;
    if (!site_state(arena, state, &folder, err))
        return false;
    const struct node *node = definition_find(definition, "site");
    bool ok = definition_bind(definition, &site_section, "site", arena, site);
    (void)ok; /* the definition keeps the errors */
    site->state = folder;
    site->file = node != NULL ? node->file : *definition->file != '\0' ? definition->file : NULL;
    if (site->store != NULL)
        site->store = path_join(arena, folder, site->store);
    return true;
}

/* A file that holds site settings alone is a definition with nothing but `site`. */
static void wrap_site(struct definition *definition)
{
    struct node *root = definition->root;
    if (root == NULL || node_get(root, "pipeline") != NULL || node_get(root, "site") != NULL)
        return;
    struct node *key = ARENA_NEW(definition->arena, struct node), *outer = ARENA_NEW(definition->arena, struct node);
    *key = (struct node){.kind = NODE_TEXT, .file = root->file, .line = 1, .column = 1, .weight = 1, .text = "site"};
    *outer = *root;
    outer->pairs = ARENA_NEW(definition->arena, struct node_pair);
    outer->pairs[0] = (struct node_pair){key, root};
    outer->count = 1;
    definition->root = outer;
}

bool site_read(struct arena *arena, const char *file, const char *state, struct site *site, struct err *err)
{
    static const struct section *const only_site[] = {&site_section, NULL};
    struct definition definition = {.arena = arena, .file = "", .root = NULL};
    bool alone = false;
    if (file != NULL) {
        if (!definition_read(&definition, arena, file, err))
            return false;
        struct node *root = definition.root;
        wrap_site(&definition);
        alone = root != definition.root;
    }
    if (!site_of_definition(&definition, arena, state, site, err))
        return false;
    if (alone)
        definition_check_keys(&definition, only_site);
    return definition_valid(&definition, err);
}

enum site_kafka site_kafka(const struct site *site)
{
    if (site->kafka.count == 0 ||
        (*site->kafka.item[0].key == '\0' && text_equal(site->kafka.item[0].value, "embedded")))
        return SITE_KAFKA_EMBEDDED;
    return *site->kafka.item[0].key == '\0' ? SITE_KAFKA_APACHE : SITE_KAFKA_CLUSTER;
}

static bool read_secret(struct arena *arena, const struct pair *secret, const char **value, struct err *err)
{
    if (text_starts(secret->value, "env:")) {
        *value = getenv(secret->value + 4);
        return *value != NULL ||
               err_set(err, ERR_DEFINITION, "site.kafka_secrets.%s: $%s is not set", secret->key, secret->value + 4);
    }
    struct buf bytes;
    if (!file_read(arena, secret->value + strlen("file:"), &bytes, err))
        return err_wrap(err, "site.kafka_secrets.%s", secret->key);
    *value = arena_strndup(arena, bytes.data, text_ends(secret->key, ".pem") ? bytes.len : strcspn(bytes.data, "\r\n"));
    return true;
}

bool site_kafka_properties(const struct site *site, struct arena *arena, struct pairs *properties, struct err *err)
{
    size_t count = 0;
    properties->item = ARENA_ARRAY(arena, struct pair, site->kafka.count + site->kafka_secrets.count + 1);
    for (size_t i = 0; i < site->kafka.count; i++)
        if (*site->kafka.item[i].key != '\0')
            properties->item[count++] = site->kafka.item[i];
    for (size_t i = 0; i < site->kafka_secrets.count; i++) {
        struct pair *pair = &properties->item[count++];
        *pair = site->kafka_secrets.item[i];
        if (!read_secret(arena, &site->kafka_secrets.item[i], &pair->value, err))
            return false;
    }
    properties->count = count;
    return true;
}

bool site_postgres_embedded(const struct site *site)
{
    return text_equal(site->postgres, "embedded");
}

int64_t site_worker_count(const struct site *site, const char *stage)
{
    const struct site_workers *workers = &site->workers;
    const struct {
        const char *stage;
        int64_t count;
    } counts[] = {{"ingest", workers->ingest}, {"clean", workers->clean},       {"tokenize", workers->tokenize},
                  {"train", workers->train},   {"evaluate", workers->evaluate}, {"registry", workers->registry}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (strcmp(counts[i].stage, stage) == 0)
            return counts[i].count > 0 ? counts[i].count : sysconf(_SC_NPROCESSORS_ONLN);
    return 1;
}
