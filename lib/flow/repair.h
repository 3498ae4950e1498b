/*
 * repair: what of the store is gone is made again, by the task that made it. Such a task opens nothing, and its counts
 * and records are in the ledger already.
 */
#ifndef LIB_FLOW_REPAIR_H
#define LIB_FLOW_REPAIR_H

#include "lib/base/digest.h"
#include "lib/ledger/ledger.h"

/* Notes that the artifact is gone and has it made again as part of the run, unless that is under way. In a transaction,
 * with the run locked. */
bool repair_artifact(struct ledger *ledger, struct arena *arena, const char *topic_prefix, const char *run,
                     const struct digest *artifact, struct err *err) MUST_CHECK;

/* Whether that was done since the artifact is gone, and it is not there all the same: it failed for good, or made other
 * bytes. */
bool repair_in_vain(struct ledger *ledger, struct arena *arena, const struct digest *artifact, bool *in_vain,
                    struct err *err) MUST_CHECK;

#endif
