/* services: see services.h. */
#include "pipelines/services.h"

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/flow/services.h"
#include "lib/flow/topics.h"
#include "lib/ledger/cluster.h"

#include <limits.h>
#include <unistd.h>

enum { ANSWER_MS = 8000, TRIES = 5, AGAIN_MS = 500, SOON_S = 60 };

static bool open_ledger(struct services *services, struct err *err)
{
    services->ledger = ledger_open(services->arena, services->conninfo, "tidemill", err);
    return services->ledger != NULL;
}

bool services_conninfo(struct arena *arena, const struct site *site, const char **conninfo, struct err *err)
{
    *conninfo = site->postgres;
    return !site_postgres_embedded(site) || cluster_again(arena, site->state, conninfo, err);
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
    return ledger_begin(services->ledger, err) &&
           ledger_queue(services->ledger, STATEMENT_PRICE_LOCK, NO_PARAMS, err) &&
           put_price(services, "cpu", "Hours", &prices->cpu_hour, err) &&
           put_price(services, "gpu", "Hours", &prices->gpu_hour, err) &&
           put_price(services, "storage", "GB-Months", &prices->storage_gb_month, err) &&
           ledger_commit(services->ledger, err);
}

/* A ledger that was reached once and goes away just now is asked again; one that cannot be reached is said at once. */
static bool prepare_ledger(struct services *services, struct err *err)
{
    for (int tries = 1; !ledger_migrate(services->ledger, err) || !put_prices(services, err); tries++) {
        ledger_rollback(services->ledger);
        if (err->code != ERR_SERVICE || tries == TRIES)
            return false;
        clock_sleep_ms(AGAIN_MS);
    }
    return true;
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

/* A cluster of the user's has to answer, and to take us. Its topics are made by `tidemill init`, whose rights a runner
 * need not have: that they are there is all it asks. */
static bool reach_kafka(struct services *services, bool with_topics, struct err *err)
{
    struct bus *bus;
    struct arena *arena = services->arena;
    struct pairs *properties = ARENA_NEW(arena, struct pairs);
    struct texts topics = topics_of_site(services->site, arena);
    if (site_kafka(services->site) != SITE_KAFKA_CLUSTER)
        return true;
    return services_kafka(services->site, arena, properties, err) &&
           bus_open(&bus, arena, properties, "tidemill", err) &&
           (with_topics ? topics_make(services->site, arena, bus, err) : bus_sees(bus, &topics, ANSWER_MS, err));
}

static bool start_kafka(struct services *services, bool with_topics, struct err *err)
{
    const char *program;
    return own_path(services->arena, &program, err) &&
           services_start_kafka(services->site, services->arena, program, err) &&
           reach_kafka(services, with_topics, err);
}

static bool reach_ledger(struct services *services, struct err *err)
{
    const struct site *site = services->site;
    return (!site_postgres_embedded(site) || cluster_start(services->arena, site->state, &services->conninfo, err)) &&
           open_ledger(services, err);
}

/* A night is not lost to the moment in which the server starts anew, or has no connection left. */
static bool reach_ledger_soon(struct services *services, struct err *err)
{
    const char *server = site_postgres_embedded(services->site) ? NULL : services->conninfo;
    for (int64_t since_ns = clock_mono_ns(); !reach_ledger(services, err); clock_sleep_ms(AGAIN_MS))
        if (clock_seconds_since(since_ns) > SOON_S || !ledger_opens_soon(server, err))
            return false;
    return true;
}

bool services_start_ledger(struct services *services, struct arena *arena, const struct site *site, struct err *err)
{
    *services = (struct services){.arena = arena, .site = site, .conninfo = site->postgres};
    bool embedded = site_postgres_embedded(site);
    if ((embedded && !cluster_folder(site->state, err)) || !folder_make(path_join(arena, site->state, "log"), err))
        return false;
    return reach_ledger_soon(services, err) && prepare_ledger(services, err);
}

bool services_start(struct services *services, struct arena *arena, const struct site *site, bool with_topics,
                    struct err *err)
{
    return services_start_ledger(services, arena, site, err) && start_kafka(services, with_topics, err);
}

/* Private services are found where they run, so asking again is cheap. */
bool services_tend(struct services *services, struct err *err)
{
    const char *program, *conninfo;
    const struct site *site = services->site;
    if (site_postgres_embedded(site) && cluster_running(services->arena, site->state) == NULL &&
        !cluster_start(services->arena, site->state, &conninfo, err))
        return false;
    return own_path(services->arena, &program, err) && services_start_kafka(site, services->arena, program, err);
}

bool services_stop(const struct site *site, struct err *err)
{
    services_stop_kafka(site);
    return !site_postgres_embedded(site) || cluster_stop(site->state, err);
}
