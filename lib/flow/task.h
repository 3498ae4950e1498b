/*
 * task: one piece of work as a stage's function sees it: what it is given, what it leaves.
 *
 * Everything lives in the task's arena. Nothing that is left here reaches the ledger before the task completes, in one
 * transaction; a task that fails or loses its lease leaves nothing. In unit tests a task is made by hand: a zeroed
 * struct with arena, store and inputs; `host` may be NULL.
 */
#ifndef LIB_FLOW_TASK_H
#define LIB_FLOW_TASK_H

#include "lib/base/json.h"
#include "lib/base/pool.h"
#include "lib/ledger/record.h"
#include "lib/store/store.h"

#include <stdatomic.h>

struct ledger;

/* What a worker's watch sees of the work on a task (lease.h). */
struct task_motion {
    atomic_ullong moves;     /* goes up with whatever is begun or done */
    atomic_bool on_document; /* what moved last is a document, and none may take long */
};

struct task_input {
    const char *role;
    int64_t ordinal;
    struct digest digest;
};

struct task_output {
    const char *role;
    int64_t ordinal;
    struct digest digest;
    int64_t bytes;
    const char *media_type;
};

/* A total to be added up per stage and run: "documents_in", "documents_kept", "bytes_in", "tokens". */
struct task_counter {
    const char *name;
    int64_t value;
};

/* What the worker loop does for running work; NULL in unit tests. */
struct task_host {
    void *context;
    /* Show progress and meter cost so far. False: the lease is lost (ERR_LEASE); or the worker is to end (ERR_SERVICE)
     * or the run has ended (ERR_CANCELLED), and there is time for a checkpoint. */
    bool (*progress)(void *context, double done, double total, const char *unit, const char *note, struct err *err);
    /* Remember an artifact from which the next attempt of this task can go on; replaces the one before. */
    bool (*checkpoint)(void *context, int64_t step, const struct digest *digest, int64_t bytes, struct err *err);
    /* Write the metrics left so far now, rather than on completion, so that they can be watched. */
    bool (*metrics)(void *context, const struct metric_record *metrics, size_t count, struct err *err);
    /* The definition's bytes that the run was started with. */
    const char *(*definition)(void *context, size_t *len);
};

struct task {
    struct arena *arena;
    const struct store *store;
    struct pool *pool;     /* NULL: one thread */
    struct ledger *ledger; /* for reading only; NULL in unit tests */
    const struct task_host *host;

    const char *id;  /* UUID */
    const char *run; /* UUID */
    const char *pipeline;
    const char *kind;
    int attempt;                     /* from 1 */
    bool careful;                    /* an attempt before this one was lost: see trial.h */
    int64_t stall_ms;                /* how long work on one document may take; 0: the default */
    struct task_motion *motion;      /* NULL in unit tests */
    json_t *spec;                    /* small parameters: which source, which model */
    const struct task_input *inputs; /* ordered by role, then ordinal */
    size_t input_count;
    struct digest checkpoint; /* where checkpoint_step > 0: what an earlier attempt left */
    int64_t checkpoint_step;
    bool streamed; /* metrics or checkpoints of it went to the ledger while it ran */

    struct task_output *outputs;
    size_t output_count, output_capacity;
    struct task_counter *counters;
    size_t counter_count, counter_capacity;
    struct item_record *items;
    size_t item_count, item_capacity;
    struct document_record *documents;
    size_t document_count, document_capacity;
    struct duplicate_record *duplicates;
    size_t duplicate_count, duplicate_capacity;
    struct aside_record *asides;
    size_t aside_count, aside_capacity;
    struct metric_record *metrics;
    size_t metric_count, metric_capacity;
    struct score_record *scores;
    size_t score_count, score_capacity;
    struct verdict_record *verdicts;
    size_t verdict_count, verdict_capacity;
    struct release_record *release; /* NULL: none */
    bool passing;                   /* what it found may be otherwise in the next run: that does not reuse it */
    int64_t progress_ns;            /* when progress last went through; task_progress's own */
};

/* The nth input of a role (counted by ordinal order), or NULL. */
const struct task_input *task_input(const struct task *task, const char *role, size_t n);
size_t task_inputs(const struct task *task, const char *role); /* how many of a role */

void task_output(struct task *task, const char *role, int64_t ordinal, const struct digest *digest, int64_t bytes,
                 const char *media_type);
/* Put a small artifact into the store and leave it as an output. */
bool task_put(struct task *task, const char *role, int64_t ordinal, const void *data, size_t len,
              const char *media_type, struct err *err) MUST_CHECK;
void task_count(struct task *task, const char *counter, int64_t value); /* adds */
void task_item(struct task *task, const struct item_record *record);
void task_document(struct task *task, const struct document_record *record);
void task_duplicate(struct task *task, const struct duplicate_record *record);
void task_aside(struct task *task, const struct aside_record *record);
void task_metric(struct task *task, const char *key, int64_t step, double value);
void task_score(struct task *task, const struct score_record *record);
void task_verdict(struct task *task, const struct verdict_record *record);

/* That the work goes on, from any thread; a worker whose work does not is ended, so that the task is not held for ever.
 * task_moved: a document was begun or done, and the next one may take `site.stall`. task_stepped: so was something
 * else, a shard, a pass, a part of a file, and the next may take `site.stall_step`. The pool's loops count by
 * themselves. */
void task_moved(struct task *task);
void task_stepped(struct task *task);

/* As the host's function; true at once without a host. At most one call in 200 ms goes through, so call it freely. It
 * counts as a move. */
bool task_progress(struct task *task, double done, double total, const char *unit, const char *note,
                   struct err *err) MUST_CHECK;

#endif
