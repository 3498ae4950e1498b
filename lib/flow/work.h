/*
 * work: claimed tasks, from their inputs to their completion: what the worker loop does with a hand of claims.
 *
 * They are worked on one after the other and completed together. What was tried before is done last, and each of those
 * completed alone: where it ends the worker again, the others are done.
 */
#ifndef LIB_FLOW_WORK_H
#define LIB_FLOW_WORK_H

#include "lib/flow/claim.h"
#include "lib/flow/hand.h"
#include "lib/flow/lease.h"
#include "lib/flow/stage.h"
#include "lib/flow/watch.h"
#include "lib/flow/work_settings.h"

/* A careful attempt (trial.h) is left to a process that did nothing before: what an earlier task left behind in this
 * one, memory that a library keeps or a broken heap, is nothing that a document should be blamed for. */
struct work_process {
    bool used;
    bool renew; /* it met such an attempt, gave it back, and is to begin anew */
};

struct work_site {
    const struct stage *stage;
    const struct claimer *claimer;
    struct ledger *ledger;
    struct lease *lease;
    struct watch *watch;
    struct pool *pool;
    struct work_settings *settings;
    struct hand *hand; /* learns how long they took */
    struct lease_patience patience;
    struct work_process *process;
    bool *passed;   /* set where a task wants another version of this program: leave the next to others */
    bool *stranded; /* set where the store cannot be used from here, whatever the task is: what is not begun is given
                       back */
};

/* Does them and completes them, or records why not. False only where the ledger cannot be reached: the leases then run
 * out. At most HAND_MOST claims. */
bool work_on(const struct work_site *site, struct arena *arena, const struct claim *claims, size_t count,
             struct err *err) MUST_CHECK;

#endif
