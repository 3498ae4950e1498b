/* services: see services.h. */
#include "pipelines/services.h"

#include "lib/base/file.h"
#include "lib/flow/apache.h"
#include "lib/flow/broker.h"
#include "lib/flow/bus.h"
#include "lib/flow/order.h"
#include "lib/ledger/cluster.h"
#include "pipelines/sections.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

enum { ANSWER_MS = 10000 };

static bool open_ledger(struct services *services, struct err *err)
{
    services->ledger = ledger_open(services->arena, services->conninfo, "tidemill", err);
    return services->ledger != NULL;
}

bool services_conninfo(struct arena *arena, const struct site *site, const char **conninfo, struct err *err)
{
    *conninfo = site->postgres;
    if (!site_postgres_embedded(site))
        return true;
    const char *version = path_join(arena, site->state, "postgres/data/PG_VERSION");
    if (!file_exists(version))
        return err_set(err, ERR_SERVICE,
                       "there is no ledger in %s yet; tidemill run FILE makes it, --state DIR names another",
                       site->state);
    return cluster_start(arena, site->state, conninfo, err);
}

bool services_ledger(struct services *services, struct arena *arena, const struct site *site, struct err *err)
{
    *services = (struct services){.arena = arena, .site = site};
    return services_conninfo(arena, site, &services->conninfo, err) && open_ledger(services, err) &&
           ledger_migrate(services->ledger, err);
}

static bool put_price(struct services *services, const char *resource, const char *unit, const struct money *price,
                      struct err *err)
{
    const char *amount = arena_printf(services->arena, "%lld.%06lld", (long long)(price->micros / 1000000),
                                      (long long)(price->micros % 1000000));
    return ledger_exec(services->ledger, services->arena, STATEMENT_PRICE_PUT,
                       PARAMS(resource, unit, amount, price->currency), NULL, err);
}

static bool put_prices(struct services *services, struct err *err)
{
    const struct site_prices *prices = &services->site->prices;
    return ledger_begin(services->ledger, err) && put_price(services, "cpu", "Hours", &prices->cpu_hour, err) &&
           put_price(services, "gpu", "Hours", &prices->gpu_hour, err) &&
           put_price(services, "storage", "GB-Months", &prices->storage_gb_month, err) &&
           ledger_commit(services->ledger, err);
}

static struct texts topics(struct arena *arena, const char *prefix)
{
    struct texts names = {NULL, 0};
    size_t capacity = 0;
    for (size_t i = 0; stages[i] != NULL; i++) {
        ARENA_PUSH(arena, names.item, names.count, capacity);
        names.item[names.count++] = order_topic(arena, prefix, stages[i]->name);
    }
    const char *others[] = {order_dead_topic(arena, prefix), order_events_topic(arena, prefix)};
    for (size_t i = 0; i < 2; i++) {
        ARENA_PUSH(arena, names.item, names.count, capacity);
        names.item[names.count++] = others[i];
    }
    return names;
}

static bool own_path(struct arena *arena, const char **path, struct err *err)
{
    char own[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", own, sizeof own);
    if (len < 0 || len == (ssize_t)sizeof own)
        return err_errno(err, "cannot find the path of this program");
    *path = arena_strndup(arena, own, (size_t)len);
    return true;
}

/* Where `make apache-kafka` puts the jars: beside the programs' folder. */
static bool apache_jars(struct arena *arena, const char **jars, struct err *err)
{
    const char *program;
    if (!own_path(arena, &program, err))
        return false;
    *jars = path_join(arena, path_folder(arena, path_folder(arena, program)), "apache-kafka/libs");
    return true;
}

/* Make the topics of a real broker, which `tidemill init` does too. */
static bool make_topics(struct services *services, const struct pairs *properties, struct err *err)
{
    struct bus *bus;
    struct arena *arena = services->arena;
    struct texts names = topics(arena, services->site->topic_prefix);
    int replication = site_kafka(services->site) == SITE_KAFKA_CLUSTER ? -1 : 1; /* -1: as the cluster has it */
    return bus_open(&bus, arena, properties, "tidemill", err) && bus_answers(bus, ANSWER_MS, err) &&
           bus_topics(bus, &names, (int)services->site->partitions, replication, err);
}

static bool start_apache(struct services *services, struct err *err)
{
    const char *jars, *bootstrap;
    struct arena *arena = services->arena;
    if (!apache_jars(arena, &jars, err) || !apache_start(arena, services->site->state, jars, &bootstrap, err))
        return false;
    struct pair address = {"bootstrap.servers", bootstrap};
    struct pairs *properties = ARENA_NEW(arena, struct pairs);
    *properties = (struct pairs){arena_copy(arena, &address, sizeof address), 1};
    return make_topics(services, properties, err);
}

static bool start_embedded(struct services *services, struct err *err)
{
    const char *program, *bootstrap;
    struct texts names = topics(services->arena, services->site->topic_prefix);
    return own_path(services->arena, &program, err) &&
           broker_start(services->arena, services->site->state, program, &names, (int)services->site->partitions,
                        &bootstrap, err);
}

/* A cluster of the user's: its topics are made by `tidemill init`, whose rights a runner need not have. */
static bool reach_cluster(struct services *services, bool with_topics, struct err *err)
{
    struct bus *bus;
    struct pairs *properties = ARENA_NEW(services->arena, struct pairs);
    if (!site_kafka_properties(services->site, services->arena, properties, err))
        return false;
    if (with_topics)
        return make_topics(services, properties, err);
    return bus_open(&bus, services->arena, properties, "tidemill", err) && bus_answers(bus, ANSWER_MS, err);
}

static bool start_kafka(struct services *services, bool with_topics, struct err *err)
{
    switch (site_kafka(services->site)) {
    case SITE_KAFKA_EMBEDDED:
        return start_embedded(services, err);
    case SITE_KAFKA_APACHE:
        return start_apache(services, err);
    case SITE_KAFKA_CLUSTER:
        break;
    }
    return reach_cluster(services, with_topics, err);
}

bool services_start(struct services *services, struct arena *arena, const struct site *site, bool with_topics,
                    struct err *err)
{
    *services = (struct services){.arena = arena, .site = site};
    if (!folder_make(site->state, err) || !folder_make(path_join(arena, site->state, "log"), err))
        return false;
    services->conninfo = site->postgres;
    if (site_postgres_embedded(site) && !cluster_start(arena, site->state, &services->conninfo, err))
        return false;
    if (!open_ledger(services, err) || !ledger_migrate(services->ledger, err))
        return false;
    if (!put_prices(services, err)) {
        ledger_rollback(services->ledger);
        return false;
    }
    return start_kafka(services, with_topics, err);
}

/* The ways to start a private service find it where it runs, so asking them again is cheap. */
bool services_tend(struct services *services, struct err *err)
{
    const char *jars, *address;
    struct arena *arena = services->arena;
    const struct site *site = services->site;
    if (site_postgres_embedded(site) && cluster_running(arena, site->state) == NULL &&
        !cluster_start(arena, site->state, &address, err))
        return false;
    if (site_kafka(site) == SITE_KAFKA_EMBEDDED)
        return start_embedded(services, err);
    if (site_kafka(site) == SITE_KAFKA_APACHE && apache_address(arena, site->state) == NULL)
        return apache_jars(arena, &jars, err) && apache_start(arena, site->state, jars, &address, err);
    return true;
}

bool services_stop(struct arena *arena, const struct site *site, struct err *err)
{
    (void)arena;
    broker_stop(site->state);
    apache_stop(site->state);
    return !site_postgres_embedded(site) || cluster_stop(site->state, err);
}
