/*
 * record_task: writes what the tasks of the completing transaction leave, beside their artifacts, into the ledger.
 *
 * Call inside the transaction, after the rows of artifact, task_input, task_output and attempt are there. Writing twice
 * for the same task or the same key changes nothing. Each kind of task leaves what its kind implies besides the
 * records: clean.shard a ledger.shard with its documents, clean.dedup a dataset version, tokenize.learn a tokenizer,
 * registry.release a model version with its alias event.
 */
#ifndef LIB_LEDGER_RECORD_TASK_H
#define LIB_LEDGER_RECORD_TASK_H

#include "lib/ledger/ledger.h"
#include "lib/ledger/record.h"

struct task_records {
    const char *task;     /* UUID */
    const char *run;      /* UUID */
    const char *pipeline; /* its name */
    const char *kind;     /* "clean.shard" */
    struct digest key;
    const char *source; /* "source" of the task's spec; NULL where it has none */
    const char *model;  /* "model" of the task's spec; NULL where it has none */

    const struct item_record *items;
    size_t item_count;
    const struct document_record *documents;
    size_t document_count;
    const struct duplicate_record *duplicates;
    size_t duplicate_count;
    const struct aside_record *asides;
    size_t aside_count;
    const struct metric_record *metrics;
    size_t metric_count;
    bool metrics_before; /* others of it may be in the ledger already */
    const struct score_record *scores;
    size_t score_count;
    const struct verdict_record *verdicts;
    size_t verdict_count;
    const struct release_record *release; /* NULL: none */
};

/* The clean shards of tasks that are completed together, with their documents: most of what is written, and all that
 * may be before it is known that the tasks are done. arena: for this call's scratch; may be cleared after. */
bool ledger_record_shards(struct ledger *ledger, struct arena *arena, const struct task_records *records, size_t count,
                          struct err *err) MUST_CHECK;
/* All else of those tasks. */
bool ledger_record_tasks(struct ledger *ledger, struct arena *arena, const struct task_records *records, size_t count,
                         struct err *err) MUST_CHECK;

/* Metrics alone, while a task still runs; points that are there already are left as they are. */
bool ledger_record_metrics(struct ledger *ledger, struct arena *arena, const char *task,
                           const struct metric_record *metrics, size_t count, struct err *err) MUST_CHECK;

/* What one attempt used, whether it succeeded or not; becomes one charge per resource, by the prices valid at its
 * start. A resource without a price costs nothing and is charged nothing. */
struct attempt_usage {
    const char *task; /* UUID */
    int attempt;
    int64_t started_us, ended_us; /* wall time */
    double cpu_seconds, gpu_seconds;
    int64_t stored_bytes; /* artifacts that this attempt added to the store: charged for a month */
};
/* All of one worker: nothing is charged where the attempt is not its own. */
bool ledger_charge_attempts(struct ledger *ledger, struct arena *arena, const char *worker,
                            const struct attempt_usage *usages, size_t count, struct err *err) MUST_CHECK;

#endif
