/*
 * worker: a process that serves one stage: takes tasks, does them one after the other, and completes them.
 *
 * Threads: this one claims and works; the inbox's polls Kafka always; one renews the lease, on a connection of its own;
 * one may be the relay; one sees that none of these stands still (watch.h). A worker may be killed at any
 * instruction: its lease runs out and another takes the task.
 */
#ifndef LIB_FLOW_WORKER_H
#define LIB_FLOW_WORKER_H

#include "lib/flow/site.h"
#include "lib/flow/stage.h"

struct worker_options {
    bool once;   /* end when there is nothing to do */
    char **argv; /* of the program: by which it begins anew (work.h) */
};

/* Serves until SIGTERM or SIGINT; a task that is being done then is given back. */
bool worker_serve(const struct stage *stage, const struct site *site, const struct worker_options *options,
                  struct err *err) MUST_CHECK;

#endif
