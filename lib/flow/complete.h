/*
 * complete: the end of a task that went well, in one transaction: artifacts, outputs, counters, records, charge, the
 * stage's count, and the tasks that this opens with their orders. All of it happens or nothing.
 */
#ifndef LIB_FLOW_COMPLETE_H
#define LIB_FLOW_COMPLETE_H

#include "lib/flow/claim.h"
#include "lib/flow/task.h"

/* ERR_LEASE: somebody else has the task now; what was made is discarded. */
bool complete_task(struct ledger *ledger, struct arena *arena, const struct claimer *claimer, const struct claim *claim,
                   const struct task *task, const struct claim_usage *usage, struct err *err) MUST_CHECK;

#endif
