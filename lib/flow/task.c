/* task: see task.h. Arrays that grow in the task's arena. */
#include "lib/flow/task.h"

#include "lib/base/clock.h"

#include <string.h>

const struct task_input *task_input(const struct task *task, const char *role, size_t n)
{
    for (size_t i = 0; i < task->input_count; i++)
        if (strcmp(task->inputs[i].role, role) == 0 && n-- == 0)
            return &task->inputs[i];
    return NULL;
}

size_t task_inputs(const struct task *task, const char *role)
{
    size_t count = 0;
    for (size_t i = 0; i < task->input_count; i++)
        count += strcmp(task->inputs[i].role, role) == 0;
    return count;
}

void task_output(struct task *task, const char *role, int64_t ordinal, const struct digest *digest, int64_t bytes,
                 const char *media_type)
{
    ARENA_PUSH(task->arena, task->outputs, task->output_count, task->output_capacity);
    task->outputs[task->output_count++] = (struct task_output){arena_strdup(task->arena, role), ordinal, *digest, bytes,
                                                               arena_strdup(task->arena, media_type)};
}

bool task_put(struct task *task, const char *role, int64_t ordinal, const void *data, size_t len,
              const char *media_type, struct err *err)
{
    struct digest digest;
    if (!store_put(task->store, data, len, &digest, err))
        return err_wrap(err, "output %s[%lld]", role, (long long)ordinal);
    task_output(task, role, ordinal, &digest, (int64_t)len, media_type);
    return true;
}

void task_count(struct task *task, const char *counter, int64_t value)
{
    for (size_t i = 0; i < task->counter_count; i++)
        if (strcmp(task->counters[i].name, counter) == 0) {
            task->counters[i].value += value;
            return;
        }
    ARENA_PUSH(task->arena, task->counters, task->counter_count, task->counter_capacity);
    task->counters[task->counter_count++] = (struct task_counter){arena_strdup(task->arena, counter), value};
}

void task_item(struct task *task, const struct item_record *record)
{
    ARENA_PUSH(task->arena, task->items, task->item_count, task->item_capacity);
    task->items[task->item_count++] = *record;
}

void task_document(struct task *task, const struct document_record *record)
{
    ARENA_PUSH(task->arena, task->documents, task->document_count, task->document_capacity);
    task->documents[task->document_count++] = *record;
}

void task_duplicate(struct task *task, const struct duplicate_record *record)
{
    ARENA_PUSH(task->arena, task->duplicates, task->duplicate_count, task->duplicate_capacity);
    task->duplicates[task->duplicate_count++] = *record;
}

void task_aside(struct task *task, const struct aside_record *record)
{
    ARENA_PUSH(task->arena, task->asides, task->aside_count, task->aside_capacity);
    task->asides[task->aside_count++] = *record;
}

void task_metric(struct task *task, const char *key, int64_t step, double value)
{
    ARENA_PUSH(task->arena, task->metrics, task->metric_count, task->metric_capacity);
    task->metrics[task->metric_count++] = (struct metric_record){arena_strdup(task->arena, key), step, value};
}

void task_score(struct task *task, const struct score_record *record)
{
    ARENA_PUSH(task->arena, task->scores, task->score_count, task->score_capacity);
    task->scores[task->score_count++] = *record;
}

void task_verdict(struct task *task, const struct verdict_record *record)
{
    ARENA_PUSH(task->arena, task->verdicts, task->verdict_count, task->verdict_capacity);
    task->verdicts[task->verdict_count++] = *record;
}

static void move(struct task_motion *motion)
{
    atomic_fetch_add_explicit(&motion->moves, 1, memory_order_relaxed);
}

void task_moved(struct task *task)
{
    if (task->motion == NULL)
        return;
    atomic_store_explicit(&task->motion->on_document, true, memory_order_relaxed);
    move(task->motion);
}

void task_stepped(struct task *task)
{
    if (task->motion == NULL)
        return;
    atomic_store_explicit(&task->motion->on_document, false, memory_order_relaxed);
    move(task->motion);
}

bool task_progress(struct task *task, double done, double total, const char *unit, const char *note, struct err *err)
{
    int64_t now = clock_mono_ns();
    if (task->motion != NULL)
        move(task->motion);
    if (task->host == NULL || (task->progress_ns != 0 && now - task->progress_ns < 200000000))
        return true;
    task->progress_ns = now;
    return task->host->progress(task->host->context, done, total, unit, note, err);
}
