/*
 * graph: which task opens which. Driven inside the transaction that completes a task, by any worker.
 *
 * The way of the data stands in graph_rules.c, in one table. Here is what all rules share: making a task (or reusing
 * one whose key was done before, which completes it at once), counting, sealing, and the end of a run.
 */
#ifndef LIB_FLOW_GRAPH_H
#define LIB_FLOW_GRAPH_H

#include "lib/base/json.h"
#include "lib/base/uuid.h"
#include "lib/flow/task.h"
#include "lib/ledger/ledger.h"

enum { GRAPH_PLACES = 4 };

/* The place of a task among those of its kind: source, batch, part ... */
struct graph_position {
    int64_t place[GRAPH_PLACES];
    int count;
};

struct graph_output {
    const char *role;
    int64_t ordinal;
    const char *digest; /* hex */
};

/* A task that is done, as its rule sees it. */
struct graph_done {
    const char *task; /* UUID */
    const char *kind;
    json_t *spec;
    struct graph_position position;
    const struct graph_output *outputs; /* by role and ordinal; filled by graph_finished() for rules that ask */
    size_t output_count;
};

struct graph_making;
struct graph_settings;

struct graph {
    struct ledger *ledger; /* in a transaction */
    struct arena *arena;
    const struct store *store;
    const char *run;
    const char *topic_prefix;
    json_t *plan;                /* what of the definition the graph needs */
    bool ended;                  /* the run is not running any more */
    struct graph_making *making; /* what graph_make() noted and graph_flush() has not made yet */
    size_t making_count, making_capacity;
    struct arena *scratch;           /* for a few statements, where many tasks are made */
    struct graph_settings *settings; /* those that were asked for already */
};

struct graph_inputs {
    struct task_input *item;
    size_t count, capacity;
};

/* Lock the run and read its plan; everything below happens under this lock. */
bool graph_open(struct graph *graph, struct ledger *ledger, struct arena *arena, const struct store *store,
                const char *run, const char *topic_prefix, struct err *err) MUST_CHECK;

/* Create the first tasks of a run that was just inserted. */
bool graph_start(struct graph *graph, struct err *err) MUST_CHECK;

/* Tasks of the run are done (their outputs are in the ledger) or reused. */
bool graph_finished(struct graph *graph, struct graph_done *done, size_t count, bool reused,
                    struct err *err) MUST_CHECK;

/* A task is done that made again what was gone: that ends a run that waited for nothing else. */
bool graph_repaired(struct graph *graph, struct err *err) MUST_CHECK;

/* The run ends before its time: state failed or cancelled, what waits is cancelled. One of which all is done but what
 * it makes again ends as its gates said: it may have released a model. Ending twice changes nothing. */
bool graph_break_off(struct graph *graph, const char *state, const char *error, enum err_code code,
                     struct err *err) MUST_CHECK;

/* For the rules. */
/* The run ends: state done, refused or failed. What waits is cancelled. */
bool graph_end(struct graph *graph, const char *state, const char *error, enum err_code code,
               struct err *err) MUST_CHECK;
/* All releases are done: the run ends, or first makes again what is gone of the versions in use. */
bool graph_released(struct graph *graph, int64_t tasks, struct err *err) MUST_CHECK;
void graph_input(struct graph *graph, struct graph_inputs *inputs, const char *role, int64_t ordinal,
                 const char *digest_hex);
/* Note a task to be made. Tasks are made many at once: when the rule that wants them has returned, or seals a kind. */
void graph_make(struct graph *graph, const char *kind, const struct graph_position *position, json_t *spec,
                const struct graph_inputs *inputs);
bool graph_flush(struct graph *graph, struct err *err) MUST_CHECK;
bool graph_seal(struct graph *graph, const char *kind, struct err *err) MUST_CHECK;
/* What a task made in a role, and what all tasks of a kind made in a role, in the order of their places:
 * columns digest (hex), task, spec. */
bool graph_outputs(struct graph *graph, const char *kind, const char *role, struct rows *rows,
                   struct err *err) MUST_CHECK;

/* One kind's part in the graph. Either function may be NULL. */
struct graph_rule {
    const char *kind;
    /* A task of the kind is done: what its outputs open. */
    bool (*finished)(struct graph *graph, const struct graph_done *done, struct err *err);
    /* All tasks of the kind are done: what that opens, and which kinds can get no more tasks. */
    bool (*complete)(struct graph *graph, int64_t tasks, struct err *err);
};
extern const struct graph_rule graph_rules[]; /* in the order of the data; ends with a NULL kind */

#endif
