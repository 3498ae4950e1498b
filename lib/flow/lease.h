/*
 * lease: keeps a task ours while it is worked on, and shows its progress, from a thread and a connection of its own.
 */
#ifndef LIB_FLOW_LEASE_H
#define LIB_FLOW_LEASE_H

#include "lib/flow/claim.h"

struct lease;

struct lease *lease_open(struct arena *arena, const char *conninfo, const struct claimer *claimer);
void lease_close(struct lease *lease);

void lease_hold(struct lease *lease, const struct claim *claim); /* from now on */
/* Returns when no heartbeat is under way; whether the worker is to end. */
bool lease_let_go(struct lease *lease);
/* Shown with the next heartbeat; false where the lease is lost or the run has ended, with the reason. */
bool lease_progress(struct lease *lease, const char *json, struct err *err) MUST_CHECK;
/* The worker is to end: the work is told so at its next progress. */
void lease_interrupt(struct lease *lease);

#endif
