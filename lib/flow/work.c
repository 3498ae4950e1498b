/* work: see work.h. */
#include "lib/flow/work.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/flow/complete.h"
#include "lib/flow/definition.h"
#include "lib/flow/usage.h"
#include "lib/ledger/record_task.h"

#include <string.h>

enum { LONGEST_MS = 5000 };

/* What a task's host functions need. */
struct doing {
    const struct work_site *site;
    const struct claim *claim;
    struct task *task;
    const char *definition;
};

static bool host_progress(void *context, double done, double total, const char *unit, const char *note, struct err *err)
{
    struct doing *doing = context;
    struct arena scratch;
    arena_init(&scratch);
    json_t *progress = json_pack("{s:f, s:f, s:s, s:s*}", "done", done, "total", total, "unit", unit, "note", note);
    bool good = lease_progress(doing->site->lease, json_canonical(&scratch, json_keep(&scratch, progress)), err);
    arena_release(&scratch);
    return good;
}

static bool host_checkpoint(void *context, int64_t step, const struct digest *digest, int64_t bytes, struct err *err)
{
    struct doing *doing = context;
    struct ledger *ledger = doing->site->ledger;
    struct arena scratch;
    struct rows before = {NULL, 0}, after;
    struct digest old;
    arena_init(&scratch);
    bool good =
        ledger_exec(ledger, &scratch, STATEMENT_CHECKPOINT_GET, PARAMS(doing->claim->task), &before, err) &&
        ledger_exec(ledger, &scratch, STATEMENT_CHECKPOINT_PUT,
                    PARAMS(doing->claim->task, param_int(&scratch, doing->claim->attempt), doing->claim->owner,
                           param_int(&scratch, step), param_digest(&scratch, digest), param_int(&scratch, bytes)),
                    &after, err);
    if (good && after.count == 0)
        good = err_set(err, ERR_LEASE, "the lease on task %.8s was lost", doing->claim->task);
    if (good && before.count > 0 && digest_parse(row_text(&before, 0, 1), &old) && !digest_equal(&old, digest))
        good = store_remove(doing->site->claimer->store, &old, err);
    arena_release(&scratch);
    return good;
}

static bool host_metrics(void *context, const struct metric_record *metrics, size_t count, struct err *err)
{
    struct doing *doing = context;
    struct ledger *ledger = doing->site->ledger;
    struct arena scratch;
    arena_init(&scratch);
    bool good = ledger_begin(ledger, err);
    if (good && (!ledger_record_metrics(ledger, &scratch, doing->claim->task, metrics, count, err) ||
                 !ledger_commit(ledger, err))) {
        ledger_rollback(ledger);
        good = false;
    }
    arena_release(&scratch);
    return good;
}

static const char *host_definition(void *context, size_t *len)
{
    struct doing *doing = context;
    *len = strlen(doing->definition);
    return doing->definition;
}

static bool take_inputs(const struct work_site *site, struct task *task, int64_t *bytes, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(site->ledger, task->arena, STATEMENT_TASK_INPUTS, PARAMS(task->id), &rows, err))
        return false;
    struct task_input *inputs = ARENA_ARRAY(task->arena, struct task_input, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++) {
        inputs[i].role = row_text(&rows, i, 0);
        inputs[i].ordinal = row_int(&rows, i, 1);
        if (!digest_parse(row_text(&rows, i, 2), &inputs[i].digest))
            BUG("an input of %s has no digest", task->id);
        *bytes += row_int(&rows, i, 3);
    }
    task->inputs = inputs;
    task->input_count = (size_t)rows.count;
    return true;
}

static bool take_checkpoint(const struct work_site *site, struct task *task, struct err *err)
{
    struct rows rows;
    struct digest digest;
    if (!ledger_exec(site->ledger, task->arena, STATEMENT_CHECKPOINT_GET, PARAMS(task->id), &rows, err))
        return false;
    if (rows.count == 0 || !digest_parse(row_text(&rows, 0, 1), &digest) ||
        !store_has(site->claimer->store, &digest, NULL))
        return true; /* from the beginning */
    task->checkpoint = digest;
    task->checkpoint_step = row_int(&rows, 0, 0);
    return true;
}

static const struct kind *find_kind(const struct stage *stage, const char *name)
{
    for (const struct kind *kind = stage->info->kinds; kind->name != NULL; kind++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    return NULL;
}

static const struct work *find_work(const struct stage *stage, const char *name)
{
    for (const struct work *work = stage->works; work->kind != NULL; work++)
        if (strcmp(work->kind, name) == 0)
            return work;
    return NULL;
}

/* A worker of another revision than the run's runner would give other output under the same key. */
static bool check_revision(const struct work_site *site, struct arena *arena, const struct claim *claim,
                           const struct kind *kind, json_t *spec, struct err *err)
{
    struct rows rows;
    const char *element = param_int(arena, json_int_or(spec, "index", 0));
    if (!ledger_exec(site->ledger, arena, STATEMENT_STAGE_RUN_SETTINGS,
                     PARAMS(claim->settings_run, claim->kind, element), &rows, err))
        return false;
    if (rows.count > 0 && row_int(&rows, 0, 1) == kind->revision)
        return true;
    return err_set(
        err, ERR_VERSION,
        "the run wants %s of revision %lld, this worker does revision %d; install the same version on all hosts",
        claim->kind, rows.count > 0 ? (long long)row_int(&rows, 0, 1) : 0LL, kind->revision);
}

/* The kind's section, filled from the definition that the run was started with. */
static bool take_config(const struct kind *kind, struct doing *doing, const char *file, void **config, struct err *err)
{
    struct arena *arena = doing->task->arena;
    struct definition definition;
    const struct section *section = kind->section;
    *config = NULL;
    if (section == NULL)
        return true;
    const char *path = section->path;
    if (text_ends(path, "[]"))
        path = arena_printf(arena, "%.*s[%lld]", (int)strlen(path) - 2, path,
                            (long long)json_int_or(doing->task->spec, "index", 0));
    *config = arena_alloc(arena, section->size);
    definition_parse(&definition, arena, file, doing->definition, strlen(doing->definition));
    return definition_bind(&definition, section, path, arena, *config) || !definition_valid(&definition, err);
}

static bool take_definition(const struct work_site *site, struct doing *doing, const char **file, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(site->ledger, doing->task->arena, STATEMENT_DEFINITION_OF_RUN, PARAMS(doing->claim->settings_run),
                     &rows, err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_INTERNAL, "run %s has no definition", doing->claim->settings_run);
    doing->definition = row_text(&rows, 0, 0);
    *file = row_text(&rows, 0, 1);
    doing->task->pipeline = row_text(&rows, 0, 2);
    return true;
}

/* Once an attempt was lost, all that follow are careful: what ended a worker would end the next. */
static bool take_care(const struct work_site *site, struct task *task, struct err *err)
{
    struct rows rows;
    if (task->attempt == 1)
        return true;
    if (!ledger_exec(site->ledger, task->arena, STATEMENT_ATTEMPT_LOST_BEFORE,
                     PARAMS(task->id, param_int(task->arena, task->attempt)), &rows, err))
        return false;
    task->careful = row_bool(&rows, 0, 0);
    return true;
}

/* The watch ends with the work: what follows waits for the ledger as long as it takes. */
static bool run_watched(const struct work_site *site, const struct work *work, struct task *task, const void *config,
                        struct err *err)
{
    atomic_ullong moved = 0;
    task->moved = &moved;
    lease_watch(site->lease, &moved, site->stall_ms);
    bool good = work->run(task, config, err);
    lease_watch(site->lease, NULL, 0);
    task->moved = NULL;
    return good;
}

static bool perform(const struct work_site *site, struct doing *doing, struct task *task, int64_t *bytes_in,
                    struct err *err)
{
    void *config;
    const char *file = "";
    const struct kind *kind = find_kind(site->stage, task->kind);
    const struct work *work = find_work(site->stage, task->kind);
    if (kind == NULL || work == NULL)
        return err_set(err, ERR_VERSION, "this worker knows no tasks of kind %s; is it older than the runner?",
                       task->kind);
    task->spec = json_read(task->arena, doing->claim->spec, strlen(doing->claim->spec), err);
    return task->spec != NULL && check_revision(site, task->arena, doing->claim, kind, task->spec, err) &&
           take_definition(site, doing, &file, err) && take_config(kind, doing, file, &config, err) &&
           take_inputs(site, task, bytes_in, err) && take_checkpoint(site, task, err) && take_care(site, task, err) &&
           run_watched(site, work, task, config, err);
}

/* What took long to make is not thrown away because the ledger was away, or saw a deadlock, at its very end. */
static bool complete(const struct work_site *site, struct arena *arena, const struct claim *claim,
                     const struct task *task, const struct claim_usage *usage, struct err *why)
{
    for (int wait_ms = 50; !complete_task(site->ledger, arena, site->claimer, claim, task, usage, why); wait_ms *= 2) {
        if (why->code != ERR_SERVICE || wait_ms > LONGEST_MS)
            return false;
        log_line(LOG_WARN, "%s %.8s: %s; trying again", claim->kind, claim->task, why->text);
        clock_sleep_ms(wait_ms);
    }
    return true;
}

/* An attempt whose end cannot be recorded is left to its lease. */
static bool conclude(const struct work_site *site, struct arena *arena, const struct claim *claim,
                     const struct task *task, struct claim_usage *usage, bool good, struct err *why, struct err *err)
{
    for (size_t i = 0; i < task->output_count; i++)
        usage->bytes_out += task->outputs[i].bytes;
    good = good && complete(site, arena, claim, task, usage, why);
    bool told_to_end = lease_let_go(site->lease);
    if (good)
        return true;
    if (told_to_end && why->code == ERR_SERVICE)
        return claim_give_back(site->ledger, arena, claim, usage, why, err);
    *site->passed = why->code == ERR_VERSION;
    log_line(why->code == ERR_LEASE || why->code == ERR_CANCELLED ? LOG_INFO : LOG_WARN, "%s %.8s attempt %d: %s",
             claim->kind, claim->task, claim->attempt, why->text);
    return claim_failed(site->ledger, arena, site->claimer, claim, usage, why, err);
}

bool work_on(const struct work_site *site, struct arena *arena, const struct claim *claim, struct err *err)
{
    struct doing doing = {.site = site, .claim = claim};
    struct task_host host = {&doing, host_progress, host_checkpoint, host_metrics, host_definition};
    struct task task = {.arena = arena,
                        .store = site->claimer->store,
                        .pool = site->pool,
                        .ledger = site->ledger,
                        .host = &host,
                        .id = claim->task,
                        .run = claim->run,
                        .kind = claim->kind,
                        .attempt = claim->attempt,
                        .stall_ms = site->stall_ms};
    struct claim_usage usage = {0};
    struct usage_meter meter;
    struct err why = {ERR_OK, ""};
    doing.task = &task;
    lease_hold(site->lease, claim);
    usage_begin(&meter);
    bool good = perform(site, &doing, &task, &usage.bytes_in, &why);
    usage_end(&meter, &usage);
    return conclude(site, arena, claim, &task, &usage, good, &why, err);
}
