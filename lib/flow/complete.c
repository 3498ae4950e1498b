/* complete: see complete.h. */
#include "lib/flow/complete.h"

#include "lib/base/text.h"
#include "lib/flow/graph.h"
#include "lib/ledger/record_task.h"

#include <stdlib.h>
#include <string.h>

static bool put_outputs(struct ledger *ledger, struct arena *arena, const struct task *task, struct err *err)
{
    size_t count = task->output_count;
    const char **roles = ARENA_ARRAY(arena, const char *, count), **digests = ARENA_ARRAY(arena, const char *, count);
    const char **types = ARENA_ARRAY(arena, const char *, count);
    int64_t *ordinals = ARENA_ARRAY(arena, int64_t, count), *bytes = ARENA_ARRAY(arena, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        char hex[DIGEST_HEX];
        digest_hex(&task->outputs[i].digest, hex);
        roles[i] = task->outputs[i].role;
        types[i] = task->outputs[i].media_type;
        digests[i] = arena_strdup(arena, hex);
        ordinals[i] = task->outputs[i].ordinal;
        bytes[i] = task->outputs[i].bytes;
    }
    if (count == 0)
        return true;
    const char *artifacts = param_texts(arena, digests, count);
    return ledger_queue(ledger, STATEMENT_ARTIFACT_PUT,
                        PARAMS(artifacts, param_ints(arena, bytes, count), param_texts(arena, types, count), task->id),
                        err) &&
           ledger_queue(
               ledger, STATEMENT_TASK_OUTPUT_ADD,
               PARAMS(task->id, param_texts(arena, roles, count), param_ints(arena, ordinals, count), artifacts), err);
}

static bool put_counters(struct ledger *ledger, struct arena *arena, const struct task *task, struct err *err)
{
    size_t count = task->counter_count;
    const char **names = ARENA_ARRAY(arena, const char *, count);
    int64_t *values = ARENA_ARRAY(arena, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        names[i] = task->counters[i].name;
        values[i] = task->counters[i].value;
    }
    if (count == 0)
        return true;
    return ledger_queue(ledger, STATEMENT_TASK_COUNTER_ADD,
                        PARAMS(task->id, param_texts(arena, names, count), param_ints(arena, values, count)), err);
}

static bool put_records(struct ledger *ledger, struct arena *arena, const struct claim *claim, const struct task *task,
                        struct err *err)
{
    struct task_records records = {
        .task = task->id,
        .run = task->run,
        .pipeline = task->pipeline,
        .kind = task->kind,
        .key = claim->key,
        .source = json_text_or(task->spec, "source", NULL),
        .model = json_text_or(task->spec, "model", NULL),
        .items = task->items,
        .item_count = task->item_count,
        .documents = task->documents,
        .document_count = task->document_count,
        .duplicates = task->duplicates,
        .duplicate_count = task->duplicate_count,
        .metrics = task->metrics,
        .metric_count = task->metric_count,
        .scores = task->scores,
        .score_count = task->score_count,
        .verdicts = task->verdicts,
        .verdict_count = task->verdict_count,
        .release = task->release,
    };
    return ledger_record_task(ledger, arena, &records, err);
}

static bool take_position(struct ledger *ledger, struct arena *arena, const char *task, struct graph_position *position,
                          struct err *err)
{
    struct rows rows;
    if (!ledger_exec(ledger, arena, STATEMENT_TASK_POSITION, PARAMS(task), &rows, err))
        return false;
    *position = (struct graph_position){.count = rows.count};
    for (int i = 0; i < rows.count && i < GRAPH_PLACES; i++)
        position->place[i] = row_int(&rows, i, 0);
    return true;
}

/* A repair's records are in the ledger already; it only puts its artifacts back. */
static bool write_all(struct ledger *ledger, struct arena *arena, struct graph *graph, const struct claim *claim,
                      const struct task *task, const struct claim_usage *usage, struct rows *checkpoint,
                      struct err *err)
{
    struct graph_position position;
    if (!put_outputs(ledger, arena, task, err) ||
        !ledger_exec(ledger, arena, STATEMENT_CHECKPOINT_DROP, PARAMS(task->id), checkpoint, err) ||
        !claim_attempt_end(ledger, arena, claim, usage, "done", NULL, err))
        return false;
    if (claim->repair)
        return true;
    return put_counters(ledger, arena, task, err) && put_records(ledger, arena, claim, task, err) &&
           take_position(ledger, arena, task->id, &position, err) &&
           graph_finished(graph, task->id, task->kind, task->spec, &position, false, err);
}

/* The task is not ours to complete: because we did, in a transaction whose answer was lost with the connection, or
 * because the lease was. */
static bool was_done(struct ledger *ledger, struct arena *arena, const struct claim *claim, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(ledger, arena, STATEMENT_ATTEMPT_OUTCOME,
                     PARAMS(claim->task, param_int(arena, claim->attempt), claim->owner), &rows, err))
        return false;
    if (rows.count > 0 && text_equal(row_text(&rows, 0, 0), "done"))
        return true;
    return err_set(err, ERR_LEASE, "the lease on task %.8s was lost; what it made is discarded", claim->task);
}

/* No row names the file any more; one that cannot be removed now is left to gc. */
static void drop_checkpoint(const struct store *store, const struct task *task, const struct rows *checkpoint)
{
    struct err ignored;
    struct digest digest;
    if (checkpoint->count == 0 || !digest_parse(row_text(checkpoint, 0, 0), &digest))
        return;
    for (size_t i = 0; i < task->output_count; i++)
        if (digest_equal(&task->outputs[i].digest, &digest))
            return;
    (void)!store_remove(store, &digest, &ignored);
}

bool complete_task(struct ledger *ledger, struct arena *arena, const struct claimer *claimer, const struct claim *claim,
                   const struct task *task, const struct claim_usage *usage, struct err *err)
{
    struct graph graph;
    struct rows rows, checkpoint = {NULL, 0};
    bool done = false;
    if (!ledger_begin(ledger, err))
        return false;
    if (!graph_open(&graph, ledger, arena, claimer->store, claim->run, claimer->topic_prefix, err) ||
        !ledger_exec(ledger, arena, STATEMENT_TASK_DONE,
                     PARAMS(claim->task, param_int(arena, claim->attempt), claim->owner), &rows, err))
        goto back;
    if (rows.count == 0) {
        done = was_done(ledger, arena, claim, err);
        goto back;
    }
    if (write_all(ledger, arena, &graph, claim, task, usage, &checkpoint, err) && ledger_commit(ledger, err)) {
        drop_checkpoint(claimer->store, task, &checkpoint);
        return true;
    }
back:
    ledger_rollback(ledger);
    return done;
}
