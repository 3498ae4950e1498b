/*
 * services: PostgreSQL and Kafka as a command needs them, private ones started and found again.
 *
 * A struct services lives as long as its arena. Services outlive the program: `tidemill down` stops them.
 */
#ifndef PIPELINES_SERVICES_H
#define PIPELINES_SERVICES_H

#include "lib/flow/site.h"
#include "lib/ledger/ledger.h"

struct services {
    struct arena *arena;
    const struct site *site;
    const char *conninfo;
    struct ledger *ledger;
};

/* Everything a run needs: PostgreSQL with the present schema and prices, and Kafka. The topics of a cluster of the
 * user's are only made where `with_topics` says so (tidemill init). */
bool services_start(struct services *services, struct arena *arena, const struct site *site, bool with_topics,
                    struct err *err) MUST_CHECK;
/* Only PostgreSQL, made and started where it is not there yet: for plans. */
bool services_start_ledger(struct services *services, struct arena *arena, const struct site *site,
                           struct err *err) MUST_CHECK;
/* Only the ledger, for commands that ask it; where nothing has run yet that is an error which says so. */
bool services_ledger(struct services *services, struct arena *arena, const struct site *site,
                     struct err *err) MUST_CHECK;
/* Start again what has died of the private services; cheap where nothing has. */
bool services_tend(struct services *services, struct err *err) MUST_CHECK;
/* Stop the private services of a state folder. */
bool services_stop(const struct site *site, struct err *err) MUST_CHECK;

/* The connection string alone, for psql. */
bool services_conninfo(struct arena *arena, const struct site *site, const char **conninfo, struct err *err) MUST_CHECK;

#endif
