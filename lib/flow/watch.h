/*
 * watch: ends a worker that stands still outside of its work: in a library, in the store, in a lock of its own. What
 * stands still in a task the lease sees (lease.h).
 *
 * The worker says what it does next; a thread looks now and then, and counts its own looks, so that a process that was
 * stopped, or a slow machine, is not taken for one that hangs. Where the ledger does not answer the watch either, or
 * the worker's session is at work in it (which may wait for a lock), the ledger is what is waited for, and that is
 * right.
 */
#ifndef LIB_FLOW_WATCH_H
#define LIB_FLOW_WATCH_H

#include "lib/ledger/ledger.h"

#include <pthread.h>
#include <stdatomic.h>

struct watch {
    pthread_t thread;
    struct arena arena;
    int64_t patience_ms;
    const struct ledger *ledger; /* the worker's, asked by its thread alone */
    const char *conninfo, *owner;
    atomic_bool knows; /* the two above are set */
    _Atomic(const char *) step;
    atomic_ullong steps;
    atomic_int session;
    atomic_bool stop;
};

/* A step may take so long. */
void watch_begin(struct watch *watch, int64_t patience_ms);
/* From now on it can be asked whether the ledger is what is waited for; and a worker that ends says there why. */
void watch_ledger(struct watch *watch, const struct ledger *ledger, const char *conninfo, const char *owner);
/* The worker's connection is closed now; its end is watched on. */
void watch_forget(struct watch *watch);
/* What the worker does next, as in "stands still, `claiming tasks`"; a text that stays. NULL: somebody else watches. */
void watch_step(struct watch *watch, const char *step);
void watch_end(struct watch *watch);

/* A thread that hangs cannot be ended, so this process is, and its runner starts another; the caller has said why in
 * the log. What `owner` holds is free at once, where the ledger (NULL: it is opened) answers: ended so (`how`), at this
 * task (NULL: at none). */
__attribute__((noreturn)) void watch_abandon(struct ledger *ledger, const char *conninfo, const char *owner,
                                             const char *how, const char *task);

#endif
