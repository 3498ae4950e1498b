/* services: see services.h. */
#include "lib/flow/services.h"

#include "lib/base/file.h"
#include "lib/flow/apache.h"
#include "lib/flow/broker.h"
#include "lib/flow/bus.h"
#include "lib/flow/topics.h"
#include "lib/ledger/cluster.h"

#include <stdlib.h>

/* What suits a broker on loopback: its groups form quickly, and its empty fetches are not woken by new data. */
static const struct pair embedded[] = {
    {"session.timeout.ms", "6000"},
    {"heartbeat.interval.ms", "500"},
    {"fetch.wait.max.ms", "20"},
    {"reconnect.backoff.max.ms", "500"},
};

static const struct pair apache[] = {
    {"session.timeout.ms", "6000"},
    {"heartbeat.interval.ms", "500"},
    {"reconnect.backoff.max.ms", "500"},
};

bool services_postgres(const struct site *site, struct arena *arena, const char **conninfo, struct err *err)
{
    *conninfo = site->postgres;
    if (!site_postgres_embedded(site))
        return true;
    *conninfo = cluster_running(arena, site->state);
    return *conninfo != NULL ||
           err_set(err, ERR_SERVICE, "the private PostgreSQL of %s does not run; start it: tidemill up", site->state);
}

static void with_address(struct arena *arena, struct pairs *properties, const char *address, const struct pair *more,
                         size_t count)
{
    properties->item = ARENA_ARRAY(arena, struct pair, count + 1);
    properties->item[0] = (struct pair){"bootstrap.servers", address};
    for (size_t i = 0; i < count; i++)
        properties->item[i + 1] = more[i];
    properties->count = count + 1;
}

bool services_kafka(const struct site *site, struct arena *arena, struct pairs *properties, struct err *err)
{
    const char *address;
    switch (site_kafka(site)) {
    case SITE_KAFKA_CLUSTER:
        return site_kafka_properties(site, arena, properties, err);
    case SITE_KAFKA_APACHE:
        address = apache_address(arena, site->state);
        if (address != NULL)
            with_address(arena, properties, address, apache, sizeof apache / sizeof *apache);
        break;
    default:
        address = broker_address(arena, site->state);
        if (address != NULL)
            with_address(arena, properties, address, embedded, sizeof embedded / sizeof *embedded);
    }
    return address != NULL ||
           err_set(err, ERR_SERVICE, "the private Kafka of %s does not run; start it: tidemill up", site->state);
}

/* $TIDEMILL_KAFKA_JARS, else the build folder that the program stands in. */
static const char *jars_folder(struct arena *arena, const char *program)
{
    const char *given = getenv("TIDEMILL_KAFKA_JARS");
    if (given != NULL)
        return given;
    return path_join(arena, path_folder(arena, path_folder(arena, program)), "apache-kafka/libs");
}

static bool start_apache(const struct site *site, struct arena *arena, const char *program, struct err *err)
{
    const char *bootstrap;
    struct pairs properties;
    struct bus *bus;
    if (apache_address(arena, site->state) != NULL)
        return true;
    return apache_start(arena, site->state, jars_folder(arena, program), &bootstrap, err) &&
           services_kafka(site, arena, &properties, err) && bus_open(&bus, arena, &properties, "tidemill", err) &&
           topics_make(site, arena, bus, err);
}

/* One at a time: of two that start a broker at once one would be nobody's, which none finds or ends. */
static bool start_alone(const struct site *site, struct arena *arena, const char *program, struct err *err)
{
    struct arena held;
    const char *bootstrap, *folder = path_join(arena, site->state, "kafka");
    struct texts topics = topics_of_site(site, arena);
    arena_init(&held);
    bool started = folder_make(folder, err) && file_lock(&held, path_join(arena, folder, "lock"), err) &&
                   (site_kafka(site) == SITE_KAFKA_APACHE
                        ? start_apache(site, arena, program, err)
                        : broker_start(arena, site->state, program, &topics, (int)site->partitions, &bootstrap, err));
    arena_release(&held);
    return started;
}

bool services_start_kafka(const struct site *site, struct arena *arena, const char *program, struct err *err)
{
    struct pairs properties;
    struct err ignored;
    return site_kafka(site) == SITE_KAFKA_CLUSTER || services_kafka(site, arena, &properties, &ignored) ||
           start_alone(site, arena, program, err);
}

void services_stop_kafka(const struct site *site)
{
    apache_stop(site->state);
    broker_stop(site->state);
}
