/*
 * complete: the end of tasks that went well, in one transaction: artifacts, outputs, counters, records, charges, the
 * stage's count, and the tasks that this opens with their orders. All of it happens or nothing.
 */
#ifndef LIB_FLOW_COMPLETE_H
#define LIB_FLOW_COMPLETE_H

#include "lib/flow/claim.h"
#include "lib/flow/task.h"

struct completion {
    const struct claim *claim;
    const struct task *task;
    const struct claim_usage *usage;
    bool done; /* given back: false where somebody else has the task now; what was made is discarded */
};

/* All of one run and one worker. False: the transaction did not go through, and none of them is known to be done. */
bool complete_tasks(struct ledger *ledger, struct arena *arena, const struct claimer *claimer,
                    struct completion *completions, size_t count, struct err *err) MUST_CHECK;

#endif
