/*
 * watch: ends a worker of which a thread stands still outside of its work: in a library, in the store, in a lock of its
 * own. What stands still in a task the lease sees (lease.h).
 *
 * Each thread says what it does next; one of the watcher's own looks now and then, and counts its looks, so that a
 * process that was stopped, or a slow machine, is not taken for one that hangs. Where the ledger does not answer the
 * watcher either, or a thread's session is at work in it (which may wait for a lock), the ledger is what is waited for,
 * and that is right.
 */
#ifndef LIB_FLOW_WATCH_H
#define LIB_FLOW_WATCH_H

#include "lib/ledger/ledger.h"

#include <pthread.h>
#include <stdatomic.h>

/* What one thread does. Zero but for `least_ms`: it does nothing that is watched. */
struct watch {
    int64_t least_ms; /* its steps have limits of their own, which come to less than this */
    const struct ledger *ledger;
    _Atomic(const char *) step;
    atomic_ullong steps;
    atomic_int session;
    unsigned long long seen; /* these two are the watcher's */
    int64_t still_ms;
};

enum { WATCHES_MOST = 3 };
struct watcher {
    pthread_t thread;
    struct arena arena;
    struct watch *watches[WATCHES_MOST];
    size_t count;
    int64_t patience_ms;
    const char *conninfo, *owner;
    atomic_bool knows; /* the two above are set */
    atomic_bool stop;
};

/* A step of these threads may take so long. They outlive the watcher. */
void watcher_begin(struct watcher *watcher, int64_t patience_ms, struct watch *const *watches, size_t count);
/* From now on it can be asked whether the ledger is what is waited for; and a worker that ends says there why. */
void watcher_ledger(struct watcher *watcher, const char *conninfo, const char *owner);
void watcher_end(struct watcher *watcher);

/* The thread's own connection, or NULL: it has none any more. */
void watch_ledger(struct watch *watch, const struct ledger *ledger);
/* What the thread does next, as in "stands still, `claiming tasks`"; a text that stays. NULL: somebody else watches. */
void watch_step(struct watch *watch, const char *step);

/* A thread that hangs cannot be ended, so this process is, and its runner starts another; the caller has said why in
 * the log. What `owner` holds is free at once, where the ledger (NULL: it is opened) answers: ended so (`how`), at this
 * task (NULL: at none). */
__attribute__((noreturn)) void watch_abandon(struct ledger *ledger, const char *conninfo, const char *owner,
                                             const char *how, const char *task);

#endif
