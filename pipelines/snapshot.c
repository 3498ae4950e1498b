/* snapshot: see snapshot.h; the lines are in snapshot_text.c. */
#include "pipelines/snapshot.h"

#include "pipelines/sections.h"

#include <string.h>

static bool read_run(struct snapshot *snapshot, struct ledger *ledger, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(ledger, snapshot->arena, STATEMENT_REPORT_RUN, PARAMS(snapshot->run), &rows, err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_USAGE, "there is no run %s; see tidemill runs", snapshot->run);
    snapshot->pipeline = row_text(&rows, 0, 1);
    snapshot->slot_us = (int64_t)(row_real(&rows, 0, 2) * 1e6);
    snapshot->state = row_text(&rows, 0, 3);
    snapshot->error = row_text(&rows, 0, 4);
    snapshot->error_code = row_text(&rows, 0, 5);
    snapshot->seconds = row_real(&rows, 0, 6);
    snapshot->cost = row_real(&rows, 0, 7);
    snapshot->currency = row_text(&rows, 0, 8);
    snapshot->cpu_hour = row_real(&rows, 0, 12);
    return true;
}

static bool of_stage(const char *kind, const char *stage)
{
    size_t len = strlen(stage);
    return strncmp(kind, stage, len) == 0 && (kind[len] == '.' || kind[len] == '\0');
}

/* Kinds are added up to their stages. */
static bool read_stages(struct snapshot *snapshot, struct ledger *ledger, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(ledger, snapshot->arena, STATEMENT_REPORT_PROGRESS, PARAMS(snapshot->run), &rows, err))
        return false;
    for (size_t i = 0; stages[i] != NULL && i < SNAPSHOT_STAGES; i++) {
        struct stage_state *state = &snapshot->stages[snapshot->stage_count++];
        *state = (struct stage_state){.stage = stages[i]->name, .complete = true};
        for (int row = 0; row < rows.count; row++) {
            if (!of_stage(row_text(&rows, row, 0), state->stage))
                continue;
            state->expected += row_int(&rows, row, 1);
            state->done += row_int(&rows, row, 2);
            state->reused += row_int(&rows, row, 3);
            state->complete = state->complete && row_bool(&rows, row, 4);
            state->running += row_int(&rows, row, 5);
            state->retried += row_int(&rows, row, 6);
            state->seconds += row_real(&rows, row, 7);
        }
    }
    return true;
}

static bool read_running(struct snapshot *snapshot, struct ledger *ledger, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(ledger, snapshot->arena, STATEMENT_REPORT_RUNNING, PARAMS(snapshot->run), &rows, err))
        return false;
    snapshot->running = ARENA_ARRAY(snapshot->arena, struct running_task, (size_t)rows.count);
    snapshot->running_count = (size_t)rows.count;
    for (int row = 0; row < rows.count; row++) {
        snapshot->running[row] = (struct running_task){
            .kind = row_text(&rows, row, 0),
            .name = row_text(&rows, row, 1),
            .done = row_real(&rows, row, 2),
            .total = row_real(&rows, row, 3),
            .unit = row_text(&rows, row, 4),
            .note = row_text(&rows, row, 5),
            .seconds = row_real(&rows, row, 6),
            .attempt = row_int(&rows, row, 7),
        };
        /* An attempt is charged when it ends; until then it tells what it has used. */
        snapshot->cost += row_real(&rows, row, 8) / 3600 * snapshot->cpu_hour;
    }
    return true;
}

static bool read_counters(struct snapshot *snapshot, struct ledger *ledger, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(ledger, snapshot->arena, STATEMENT_REPORT_COUNTERS, PARAMS(snapshot->run), &snapshot->counters,
                     err) ||
        !ledger_exec(ledger, snapshot->arena, STATEMENT_REPORT_ITEMS, PARAMS(snapshot->run), &rows, err))
        return false;
    snapshot->files = row_int(&rows, 0, 0);
    snapshot->file_bytes = row_int(&rows, 0, 1);
    snapshot->files_failed = row_int(&rows, 0, 2);
    return true;
}

bool snapshot_read(struct snapshot *snapshot, struct arena *arena, struct ledger *ledger, const char *run,
                   struct err *err)
{
    *snapshot = (struct snapshot){.arena = arena, .run = arena_strdup(arena, run)};
    return read_run(snapshot, ledger, err) && read_stages(snapshot, ledger, err) &&
           read_running(snapshot, ledger, err) && read_counters(snapshot, ledger, err);
}

int64_t snapshot_counter(const struct snapshot *snapshot, const char *kind, const char *name)
{
    int64_t sum = 0;
    for (int row = 0; row < snapshot->counters.count; row++)
        if (of_stage(row_text(&snapshot->counters, row, 0), kind) &&
            strcmp(row_text(&snapshot->counters, row, 1), name) == 0)
            sum += row_int(&snapshot->counters, row, 2);
    return sum;
}

static json_t *stage_json(const struct stage_state *stage)
{
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:b, s:f}", "stage", stage->stage, "expected",
                     (json_int_t)stage->expected, "done", (json_int_t)stage->done, "reused", (json_int_t)stage->reused,
                     "running", (json_int_t)stage->running, "retried", (json_int_t)stage->retried, "complete",
                     stage->complete, "seconds", stage->seconds);
}

static json_t *task_json(const struct running_task *task)
{
    return json_pack("{s:s, s:s, s:f, s:f, s:s?, s:s?, s:f, s:I}", "kind", task->kind, "name", task->name, "done",
                     task->done, "total", task->total, "unit", task->unit, "note", task->note, "seconds", task->seconds,
                     "attempt", (json_int_t)task->attempt);
}

json_t *snapshot_json(const struct snapshot *snapshot)
{
    json_t *list = json_array(), *tasks = json_array(), *counters = json_object();
    for (size_t i = 0; i < snapshot->stage_count; i++)
        json_array_append_new(list, stage_json(&snapshot->stages[i]));
    for (size_t i = 0; i < snapshot->running_count; i++)
        json_array_append_new(tasks, task_json(&snapshot->running[i]));
    for (int row = 0; row < snapshot->counters.count; row++) {
        const char *kind = row_text(&snapshot->counters, row, 0);
        if (json_object_get(counters, kind) == NULL)
            json_object_set_new(counters, kind, json_object());
        json_object_set_new(json_object_get(counters, kind), row_text(&snapshot->counters, row, 1),
                            json_integer(row_int(&snapshot->counters, row, 2)));
    }
    json_t *all =
        json_pack("{s:s, s:s, s:s, s:s, s:s?, s:f, s:f, s:s, s:I, s:I, s:I}", "run", snapshot->run, "pipeline",
                  snapshot->pipeline, "slot", slot_text(snapshot->arena, snapshot->slot_us), "state", snapshot->state,
                  "error", snapshot->error, "seconds", snapshot->seconds, "cost", snapshot->cost, "currency",
                  snapshot->currency, "files", (json_int_t)snapshot->files, "file_bytes",
                  (json_int_t)snapshot->file_bytes, "files_failed", (json_int_t)snapshot->files_failed);
    json_object_set_new(all, "stages", list);
    json_object_set_new(all, "running", tasks);
    json_object_set_new(all, "counters", counters);
    return json_keep(snapshot->arena, all);
}
