/*
 * lease: keeps tasks ours while they are in hand, and shows the progress of the one that is worked on, from a thread
 * and a connection of its own.
 */
#ifndef LIB_FLOW_LEASE_H
#define LIB_FLOW_LEASE_H

#include "lib/flow/claim.h"
#include "lib/flow/task.h"

struct lease;

struct lease *lease_open(struct arena *arena, const char *conninfo, const struct claimer *claimer);
void lease_close(struct lease *lease);

/* From now on, until lease_let_go(); the claims stay where they are. The first is the one that is worked on. */
void lease_hold(struct lease *lease, const struct claim *claims, size_t count);
/* The claim of this number is worked on from now on: progress, and what is said of the lease, are its. */
void lease_turn(struct lease *lease, size_t number);
/* How long work may stand still: on a document, and on anything else. */
struct lease_patience {
    int64_t document_ms, step_ms;
};
/* A task whose motion stays the same for longer is taken for hung: its lease is given up, the ledger is told why, and
 * the process ends. NULL: watch no more. */
void lease_watch(struct lease *lease, const struct task_motion *motion, const struct lease_patience *patience);
/* Returns when no heartbeat is under way. */
void lease_let_go(struct lease *lease);
/* Shown with the next heartbeat; false where the lease is lost or the run has ended, with the reason. */
bool lease_progress(struct lease *lease, const char *json, struct err *err) MUST_CHECK;
/* The worker is to end: the work is told so at its next progress. */
void lease_interrupt(struct lease *lease);
bool lease_interrupted(struct lease *lease);

#endif
