/* services: see services.h. */
#include "pipelines/services.h"

#include "lib/base/file.h"
#include "lib/flow/bus.h"
#include "lib/ledger/cluster.h"

#include <stdio.h>

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

bool services_start(struct services *services, struct arena *arena, const struct site *site, struct err *err)
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
    return true;
}

bool services_tend(struct services *services, struct err *err)
{
    return !site_postgres_embedded(services->site) ||
           cluster_start(services->arena, services->site->state, &services->conninfo, err);
}

bool services_stop(struct arena *arena, const struct site *site, struct err *err)
{
    (void)arena;
    return !site_postgres_embedded(site) || cluster_stop(site->state, err);
}
