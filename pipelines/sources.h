/* sources: what the definition says of its sources, for the ledger: licence, basis, and what their data cost. */
#ifndef PIPELINES_SOURCES_H
#define PIPELINES_SOURCES_H

#include "lib/ledger/ledger.h"
#include "pipelines/load.h"

/* Describes every source as it is now, and charges the run that is the first to use one that has a price; in the
 * transaction that starts the run. */
bool sources_put(struct loaded *loaded, struct ledger *ledger, struct arena *arena, const char *run,
                 struct err *err) MUST_CHECK;

#endif
