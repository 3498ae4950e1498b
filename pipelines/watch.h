/*
 * watch: follows a run to its end and shows how far it is: on a terminal a block of lines that is drawn again,
 * elsewhere a line per event, and nothing in quiet.
 */
#ifndef PIPELINES_WATCH_H
#define PIPELINES_WATCH_H

#include "pipelines/services.h"
#include "pipelines/snapshot.h"
#include "pipelines/workers.h"

struct watch {
    struct services *services;
    struct workers *workers; /* NULL: only looking */
    const char *run;
    const struct store *store; /* of who ends runs that are late or have spent their budget; NULL: only looking */
    bool terminal, colour, silent;
    int64_t look_ns; /* when to look next */
    int64_t reckoned_ns;
    /* What was shown last. */
    int lines_drawn;
    bool stage_told[SNAPSHOT_STAGES];
    int64_t tenth_told; /* of a training, -1 before the first */
    int64_t failures_told;
    struct rate {
        const char *name;
        double done, seconds; /* when it was first seen */
    } rate;
};

/* Returns when the run has ended; its state is in the ledger. False where that cannot be known, or the runner was told
 * to end (ERR_CANCELLED): the run then goes on when it is taken up again. */
bool watch_run(struct watch *watch, struct err *err) MUST_CHECK;

/* From here on SIGINT and SIGTERM end watch_run() in good order. */
void watch_signals(void);

#endif
