/* complete: see complete.h. Every table gets one statement for all tasks; only what few tasks leave is written task by
 * task. */
#include "lib/flow/complete.h"

#include "lib/base/text.h"
#include "lib/flow/graph.h"
#include "lib/ledger/record_task.h"

#include <stdlib.h>
#include <string.h>

/* The completions of one transaction: those whose lease holds, as far as is known. */
struct completing {
    struct ledger *ledger;
    struct arena *arena;
    struct completion **item;
    size_t count;
    struct task_records *records; /* of those that are no repair */
    size_t record_count;
};

static bool put_outputs(const struct completing *completing, struct err *err)
{
    enum { TASK, ROLE, DIGEST, TYPE, TEXTS };
    struct arena *arena = completing->arena;
    size_t total = 0, n = 0;
    for (size_t i = 0; i < completing->count; i++)
        total += completing->item[i]->task->output_count;
    if (total == 0)
        return true;
    const char **texts[TEXTS];
    for (int c = 0; c < TEXTS; c++)
        texts[c] = ARENA_ARRAY(arena, const char *, total);
    int64_t *ordinals = ARENA_ARRAY(arena, int64_t, total), *bytes = ARENA_ARRAY(arena, int64_t, total);
    for (size_t i = 0; i < completing->count; i++) {
        const struct task *task = completing->item[i]->task;
        for (size_t j = 0; j < task->output_count; j++, n++) {
            char *hex = arena_alloc(arena, DIGEST_HEX);
            digest_hex(&task->outputs[j].digest, hex);
            texts[TASK][n] = task->id;
            texts[ROLE][n] = task->outputs[j].role;
            texts[DIGEST][n] = hex;
            texts[TYPE][n] = task->outputs[j].media_type;
            ordinals[n] = task->outputs[j].ordinal;
            bytes[n] = task->outputs[j].bytes;
        }
    }
    const char *tasks = param_texts(arena, texts[TASK], total), *artifacts = param_texts(arena, texts[DIGEST], total);
    return ledger_queue(
               completing->ledger, STATEMENT_ARTIFACT_PUT,
               PARAMS(artifacts, param_ints(arena, bytes, total), param_texts(arena, texts[TYPE], total), tasks),
               err) &&
           ledger_queue(
               completing->ledger, STATEMENT_TASK_OUTPUT_ADD,
               PARAMS(tasks, param_texts(arena, texts[ROLE], total), param_ints(arena, ordinals, total), artifacts),
               err);
}

/* A repair's counts and records are in the ledger already; it only puts its artifacts back. */
static bool put_counters(const struct completing *completing, struct err *err)
{
    struct arena *arena = completing->arena;
    size_t total = 0, n = 0;
    for (size_t i = 0; i < completing->count; i++)
        total += completing->item[i]->task->counter_count;
    const char **tasks = ARENA_ARRAY(arena, const char *, total), **names = ARENA_ARRAY(arena, const char *, total);
    int64_t *values = ARENA_ARRAY(arena, int64_t, total);
    for (size_t i = 0; i < completing->count; i++) {
        const struct task *task = completing->item[i]->task;
        for (size_t j = 0; j < task->counter_count && !completing->item[i]->claim->repair; j++, n++) {
            tasks[n] = task->id;
            names[n] = task->counters[j].name;
            values[n] = task->counters[j].value;
        }
    }
    return n == 0 ||
           ledger_queue(
               completing->ledger, STATEMENT_TASK_COUNTER_ADD,
               PARAMS(param_texts(arena, tasks, n), param_texts(arena, names, n), param_ints(arena, values, n)), err);
}

static bool end_attempts(const struct completing *completing, struct err *err)
{
    struct claim_end *ends = ARENA_ARRAY(completing->arena, struct claim_end, completing->count);
    for (size_t i = 0; i < completing->count; i++)
        ends[i] = (struct claim_end){completing->item[i]->claim, completing->item[i]->usage, "done", NULL};
    return claim_attempts_end(completing->ledger, completing->arena, ends, completing->count, err);
}

static struct task_records records_of(const struct completion *completion)
{
    const struct task *task = completion->task;
    return (struct task_records){
        .task = task->id,
        .run = task->run,
        .pipeline = task->pipeline,
        .kind = task->kind,
        .key = completion->claim->key,
        .source = json_text_or(task->spec, "source", NULL),
        .model = json_text_or(task->spec, "model", NULL),
        .items = task->items,
        .item_count = task->item_count,
        .documents = task->documents,
        .document_count = task->document_count,
        .duplicates = task->duplicates,
        .duplicate_count = task->duplicate_count,
        .asides = task->asides,
        .aside_count = task->aside_count,
        .metrics = task->metrics,
        .metric_count = task->metric_count,
        .metrics_before = task->streamed || task->attempt > 1,
        .scores = task->scores,
        .score_count = task->score_count,
        .verdicts = task->verdicts,
        .verdict_count = task->verdict_count,
        .release = task->release,
    };
}

static void take_records(struct completing *completing)
{
    completing->records = ARENA_ARRAY(completing->arena, struct task_records, completing->count);
    completing->record_count = 0;
    for (size_t i = 0; i < completing->count; i++)
        if (!completing->item[i]->claim->repair)
            completing->records[completing->record_count++] = records_of(completing->item[i]);
}

/* Only a task that streamed, now or in an attempt before, has a checkpoint. */
static bool drop_checkpoints(const struct completing *completing, struct rows *dropped, struct err *err)
{
    const char **tasks = ARENA_ARRAY(completing->arena, const char *, completing->count);
    size_t count = 0;
    for (size_t i = 0; i < completing->count; i++)
        if (completing->item[i]->task->streamed || completing->item[i]->task->attempt > 1)
            tasks[count++] = completing->item[i]->task->id;
    return count == 0 || ledger_exec(completing->ledger, completing->arena, STATEMENT_CHECKPOINT_DROP,
                                     PARAMS(param_texts(completing->arena, tasks, count)), dropped, err);
}

static bool open_next(const struct completing *completing, struct graph *graph, struct err *err)
{
    struct graph_done *done = ARENA_ARRAY(completing->arena, struct graph_done, completing->count);
    size_t count = 0;
    for (size_t i = 0; i < completing->count; i++) {
        const struct completion *completion = completing->item[i];
        if (!completion->claim->repair)
            done[count++] = (struct graph_done){.task = completion->task->id,
                                                .kind = completion->task->kind,
                                                .spec = completion->task->spec,
                                                .position = completion->claim->position};
    }
    return graph_finished(graph, done, count, false, err) && (count == completing->count || graph_repaired(graph, err));
}

/* What is much and locks nothing that the run's lock guards. */
static bool put_bulk(const struct completing *completing, struct err *err)
{
    return ledger_queue(completing->ledger, STATEMENT_GC_KEEP_OUT, NO_PARAMS, err) && put_outputs(completing, err) &&
           put_counters(completing, err) &&
           ledger_record_shards(completing->ledger, completing->arena, completing->records, completing->record_count,
                                err);
}

static bool mark_passing(const struct completing *completing, struct err *err)
{
    const char **tasks = ARENA_ARRAY(completing->arena, const char *, completing->count);
    size_t count = 0;
    for (size_t i = 0; i < completing->count; i++)
        if (completing->item[i]->task->passing)
            tasks[count++] = completing->item[i]->task->id;
    return count == 0 || ledger_queue(completing->ledger, STATEMENT_TASK_PASSING,
                                      PARAMS(param_texts(completing->arena, tasks, count)), err);
}

static bool put_rest(const struct completing *completing, struct graph *graph, struct rows *dropped, struct err *err)
{
    return drop_checkpoints(completing, dropped, err) && mark_passing(completing, err) &&
           end_attempts(completing, err) &&
           ledger_record_tasks(completing->ledger, completing->arena, completing->records, completing->record_count,
                               err) &&
           open_next(completing, graph, err);
}

/* Tasks that are not ours to complete: because we did, in a transaction whose answer was lost with the connection, or
 * because the lease was. */
static bool look_back(struct completing *completing, struct completion *completions, size_t count, const char *tasks,
                      const char *attempts, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(completing->ledger, completing->arena, STATEMENT_ATTEMPT_OUTCOME,
                     PARAMS(tasks, attempts, completions[0].claim->owner), &rows, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        int row = row_find(&rows, completions[i].task->id);
        completions[i].done = row >= 0 && text_equal(row_text(&rows, row, 1), "done");
    }
    return true;
}

static void take_all(struct completing *completing, struct completion *completions, size_t count)
{
    completing->item = ARENA_ARRAY(completing->arena, struct completion *, count);
    completing->count = count;
    for (size_t i = 0; i < count; i++) {
        completing->item[i] = &completions[i];
        completions[i].done = false;
    }
    take_records(completing);
}

/* The tasks become done here; `completing` keeps those that do. */
static bool mark_done(struct completing *completing, struct completion *completions, size_t count, struct err *err)
{
    struct rows rows;
    struct arena *arena = completing->arena;
    const char **ids = ARENA_ARRAY(arena, const char *, count);
    int64_t *numbers = ARENA_ARRAY(arena, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        ids[i] = completions[i].task->id;
        numbers[i] = completions[i].claim->attempt;
    }
    const char *tasks = param_texts(arena, ids, count), *attempts = param_ints(arena, numbers, count);
    if (!ledger_exec(completing->ledger, arena, STATEMENT_TASK_DONE,
                     PARAMS(tasks, attempts, completions[0].claim->owner), &rows, err))
        return false;
    if ((size_t)rows.count == count)
        return true;
    completing->count = 0;
    for (size_t i = 0; i < count; i++)
        if (row_find(&rows, completions[i].task->id) >= 0)
            completing->item[completing->count++] = &completions[i];
    take_records(completing);
    return look_back(completing, completions, count, tasks, attempts, err);
}

static bool is_output(const struct completing *completing, const struct digest *digest)
{
    for (size_t i = 0; i < completing->count; i++)
        for (size_t j = 0; j < completing->item[i]->task->output_count; j++)
            if (digest_equal(&completing->item[i]->task->outputs[j].digest, digest))
                return true;
    return false;
}

/* No row names the files any more; one that cannot be removed now is left to gc. */
static void remove_files(const struct completing *completing, const struct store *store, const struct rows *dropped)
{
    struct err ignored;
    struct digest digest;
    for (int i = 0; i < dropped->count; i++)
        if (digest_parse(row_text(dropped, i, 1), &digest) && !is_output(completing, &digest))
            (void)!store_remove(store, &digest, &ignored);
}

/* Completions of a run wait for each other under its lock: so what is much is written before it is taken, in the belief
 * that all tasks are still ours. Where one is not, nothing of it stands; under the lock it is known which are. */
enum order { BULK_FIRST, LOCK_FIRST };

static bool write_all(struct completing *completing, const struct claimer *claimer, struct completion *completions,
                      size_t count, enum order order, struct rows *dropped, struct err *err)
{
    struct graph graph;
    take_all(completing, completions, count);
    if (order == BULK_FIRST && !put_bulk(completing, err))
        return false;
    if (!graph_open(&graph, completing->ledger, completing->arena, claimer->store, completions[0].claim->run,
                    claimer->topic_prefix, err) ||
        !mark_done(completing, completions, count, err))
        return false;
    if (order == BULK_FIRST && completing->count < count)
        return err_set(err, ERR_LEASE, "%zu of %zu leases were lost", count - completing->count, count);
    if (completing->count == 0) {
        ledger_rollback(completing->ledger);
        return true;
    }
    return (order == BULK_FIRST || put_bulk(completing, err)) && put_rest(completing, &graph, dropped, err) &&
           ledger_commit(completing->ledger, err);
}

static bool complete_in(struct completing *completing, const struct claimer *claimer, struct completion *completions,
                        size_t count, enum order order, struct rows *dropped, struct err *err)
{
    if (!ledger_begin(completing->ledger, err))
        return false;
    if (write_all(completing, claimer, completions, count, order, dropped, err))
        return true;
    ledger_rollback(completing->ledger);
    return false;
}

bool complete_tasks(struct ledger *ledger, struct arena *arena, const struct claimer *claimer,
                    struct completion *completions, size_t count, struct err *err)
{
    struct rows dropped = {NULL, 0};
    struct completing completing = {.ledger = ledger, .arena = arena};
    if (!complete_in(&completing, claimer, completions, count, BULK_FIRST, &dropped, err) &&
        (err->code == ERR_SERVICE || !complete_in(&completing, claimer, completions, count, LOCK_FIRST, &dropped, err)))
        return false;
    remove_files(&completing, claimer->store, &dropped);
    for (size_t i = 0; i < completing.count; i++)
        completing.item[i]->done = true;
    return true;
}
