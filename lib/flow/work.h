/*
 * work: one claimed task, from its inputs to its completion: what the worker loop does with a claim.
 */
#ifndef LIB_FLOW_WORK_H
#define LIB_FLOW_WORK_H

#include "lib/flow/claim.h"
#include "lib/flow/lease.h"
#include "lib/flow/stage.h"

struct work_site {
    const struct stage *stage;
    const struct claimer *claimer;
    struct ledger *ledger;
    struct lease *lease;
    struct pool *pool;
    int64_t stall_ms; /* how long work on one document may take */
    bool *passed;     /* set where the task wants another version of this program: leave the next to others */
};

/* Does it and completes it, or records why not. False only where the ledger cannot be reached: the lease then runs out.
 */
bool work_on(const struct work_site *site, struct arena *arena, const struct claim *claim, struct err *err) MUST_CHECK;

#endif
