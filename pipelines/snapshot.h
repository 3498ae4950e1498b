/*
 * snapshot: how far a run is at one moment, read from the ledger, and the lines in which it is told.
 *
 * Everything lives in the arena of the reading; take a new one for every snapshot.
 */
#ifndef PIPELINES_SNAPSHOT_H
#define PIPELINES_SNAPSHOT_H

#include "lib/base/json.h"
#include "lib/base/uuid.h"
#include "lib/ledger/ledger.h"

enum { SNAPSHOT_STAGES = 8 };

struct stage_state {
    const char *stage;
    int64_t expected, done, reused, running, retried; /* tasks */
    bool complete;
    double seconds; /* from the first attempt's start to the last one's end */
};

struct running_task {
    const char *kind, *name, *unit, *note;
    double done, total, seconds;
    int64_t attempt;
};

struct snapshot {
    struct arena *arena;
    const char *run, *pipeline, *state, *error, *error_code, *currency;
    int64_t slot_us;
    double seconds;
    double cost;     /* so far; tasks that still run are reckoned by the processors that they may use */
    double cpu_hour; /* its price */
    struct stage_state stages[SNAPSHOT_STAGES];
    size_t stage_count;
    struct running_task *running;
    size_t running_count;
    struct rows counters; /* kind, name, value */
    int64_t files, file_bytes, files_failed;
};

bool snapshot_read(struct snapshot *snapshot, struct arena *arena, struct ledger *ledger, const char *run,
                   struct err *err) MUST_CHECK;
/* The sum of a counter over the kinds of a stage ("clean") or of one kind ("clean.shard"). */
int64_t snapshot_counter(const struct snapshot *snapshot, const char *kind, const char *name);

/* What a stage has done so far, in one line without its name; "" where it has not begun. */
const char *snapshot_stage(const struct snapshot *snapshot, const struct stage_state *stage);
/* What a running task is at, in one line, with a bar of so many characters; 0: no bar. */
const char *snapshot_task(const struct snapshot *snapshot, const struct running_task *task, size_t bar);
/* "short 41, duplicate 22": why documents were dropped, most first, at most `most` reasons. */
const char *snapshot_dropped(const struct snapshot *snapshot, size_t most);
/* "run 0192f3a7-1b2c  manuals  slot 2026-11-23". */
const char *snapshot_title(const struct snapshot *snapshot);
json_t *snapshot_json(const struct snapshot *snapshot);

const char *run_short(struct arena *arena, const char *run); /* the part of an id that people use */
const char *slot_text(struct arena *arena, int64_t slot_us); /* the date where it is a whole minute, else with time */

#endif
