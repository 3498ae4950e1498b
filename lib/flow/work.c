/* work: see work.h. */
#include "lib/flow/work.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/flow/complete.h"
#include "lib/flow/usage.h"
#include "lib/ledger/record_task.h"

#include <string.h>

enum { LONGEST_MS = 5000 };

/* One of the hand, with what its host functions need. */
struct doing {
    const struct work_site *site;
    const struct claim *claim;
    const struct kind *kind; /* NULL: the stage has none of this name */
    struct task task;
    struct task_host host;
    struct claim_usage usage;
    bool returned; /* not begun: it is not ours any more */
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
    if (!mapping_sound(err)) /* the next attempt is not to go on from what came of zeros */
        return false;
    struct ledger *ledger = doing->site->ledger;
    struct arena scratch;
    struct rows before = {NULL, 0}, after;
    struct digest old;
    doing->task.streamed = true;
    arena_init(&scratch);
    bool good =
        ledger_exec(ledger, &scratch, STATEMENT_CHECKPOINT_GET, PARAMS(doing->claim->task), &before, err) &&
        ledger_exec(ledger, &scratch, STATEMENT_CHECKPOINT_PUT,
                    PARAMS(doing->claim->task, param_int(&scratch, doing->claim->attempt), doing->claim->owner,
                           param_int(&scratch, step), param_digest(&scratch, digest), param_int(&scratch, bytes)),
                    &after, err);
    if (good && after.count == 0)
        good = err_set(err, ERR_LEASE, "the lease on task %s was lost", doing->claim->task);
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
    doing->task.streamed = true;
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
    *len = strlen(doing->site->settings->definition);
    return doing->site->settings->definition;
}

/* Of all of them in one question. */
static bool take_inputs(const struct work_site *site, struct arena *arena, struct doing *doing, size_t count,
                        struct err *err)
{
    struct rows rows;
    const char **ids = ARENA_ARRAY(arena, const char *, count);
    for (size_t i = 0; i < count; i++)
        ids[i] = doing[i].task.id;
    watch_step(site->watch, "asking for the inputs of tasks");
    if (!ledger_exec(site->ledger, arena, STATEMENT_TASK_INPUTS, PARAMS(param_texts(arena, ids, count)), &rows, err))
        return false;
    struct task_input *inputs = ARENA_ARRAY(arena, struct task_input, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++) { /* those of a task stand together */
        struct doing *of = &doing[row_int(&rows, i, 0)];
        inputs[i].role = row_text(&rows, i, 1);
        inputs[i].ordinal = row_int(&rows, i, 2);
        if (!digest_parse(row_text(&rows, i, 3), &inputs[i].digest))
            BUG("an input of %s has no digest", of->task.id);
        of->usage.bytes_in += row_int(&rows, i, 4);
        if (of->task.input_count++ == 0)
            of->task.inputs = &inputs[i];
    }
    return true;
}

/* Where the run of a task like this one was ended, its work is gone on with, and counts as this one's. */
static bool take_over(const struct work_site *site, struct task *task, const char *from, bool *ours, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(site->ledger, task->arena, STATEMENT_CHECKPOINT_TAKE_OVER,
                     PARAMS(task->id, param_int(task->arena, task->attempt), site->claimer->owner, from), &rows, err))
        return false;
    *ours = rows.count > 0;
    task->streamed = *ours;
    if (*ours)
        log_line(LOG_INFO, "%s %s goes on from where task %s was ended", task->kind, task->id, from);
    return true;
}

static bool take_checkpoint(const struct work_site *site, const struct kind *kind, struct task *task, struct err *err)
{
    struct rows rows;
    struct digest digest;
    bool there = false;
    if (!kind->checkpoints)
        return true;
    if (!ledger_exec(site->ledger, task->arena, STATEMENT_CHECKPOINT_GET, PARAMS(task->id), &rows, err) ||
        (rows.count > 0 && digest_parse(row_text(&rows, 0, 1), &digest) &&
         !store_find(site->claimer->store, &digest, &there, err)))
        return false;
    if (there && strcmp(row_text(&rows, 0, 2), task->id) != 0 &&
        !take_over(site, task, row_text(&rows, 0, 2), &there, err))
        return false;
    if (!there)
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

/* The first that is done for a task that was tried before: it is recorded that its turn has come, so that what ends
 * this worker now is counted against it. Once an attempt was lost that was begun, all that follow are careful: what
 * ended a worker would end the next. Where the lost one was one of several in hand it may have been any of them; this
 * attempt tells, unless it is the last. */
static bool begin_again(const struct work_site *site, const struct claim *claim, struct task *task, struct err *err)
{
    struct rows rows;
    if (task->attempt == 1)
        return true;
    if (!ledger_exec(site->ledger, task->arena, STATEMENT_ATTEMPT_BEGIN,
                     PARAMS(task->id, param_int(task->arena, task->attempt), claim->owner), &rows, err))
        return false;
    int64_t lost = row_int(&rows, 0, 0);
    bool begun = row_bool(&rows, 0, 1), last = claim->failures + 1 >= site->claimer->attempts;
    task->careful = begun || (lost > 0 && last);
    return true;
}

static bool check_process(const struct work_site *site, const struct task *task, struct err *err)
{
    bool used = site->process->used;
    site->process->used = true;
    if (!used || !task->careful)
        return true;
    site->process->renew = true;
    return err_set(err, ERR_SERVICE, "given back: a fresh process is to find out what ended the one before");
}

/* The watch ends with the work: what follows waits for the ledger as long as it takes. */
static bool run_watched(const struct work_site *site, const struct work *work, struct task *task, const void *config,
                        struct err *err)
{
    struct task_motion motion = {0};
    task->motion = &motion;
    watch_step(site->watch, NULL);
    pool_watch(site->pool, &motion.moves);
    lease_watch(site->lease, &motion, &site->patience);
    mapping_forget();
    bool good = work->run(task, config, err);
    if (!mapping_sound(err)) /* whatever else it says came of zeros */
        good = false;
    lease_watch(site->lease, NULL, NULL);
    pool_watch(site->pool, NULL);
    watch_step(site->watch, "between tasks");
    task->motion = NULL;
    return good;
}

static bool perform(struct doing *doing, struct err *err)
{
    const struct work_site *site = doing->site;
    struct task *task = &doing->task;
    const struct kind *kind = doing->kind;
    const struct work *work = find_work(site->stage, task->kind);
    watch_step(site->watch, "beginning a task");
    if (!begin_again(site, doing->claim, task, err))
        return false;
    if (kind == NULL || work == NULL)
        return err_set(err, ERR_VERSION, "this worker knows no tasks of kind %s; is it older than the runner?",
                       task->kind);
    task->spec = json_read(task->arena, doing->claim->spec, strlen(doing->claim->spec), err);
    if (task->spec == NULL ||
        !work_settings_take(site->settings, site->ledger, doing->claim, kind, json_int_or(task->spec, "index", 0), err))
        return false;
    task->pipeline = arena_strdup(task->arena, site->settings->pipeline);
    return take_checkpoint(site, kind, task, err) && check_process(site, task, err) &&
           run_watched(site, work, task, site->settings->config, err);
}

static bool measure(struct doing *doing, struct err *err)
{
    struct usage_meter meter;
    usage_begin(&meter);
    bool good = perform(doing, err);
    usage_end(&meter, &doing->usage);
    for (size_t i = 0; i < doing->task.output_count; i++)
        doing->usage.bytes_out += doing->task.outputs[i].bytes;
    return good;
}

/* Whether it is not the task: this host has lost the store. */
static bool is_stranded(const struct work_site *site, const struct err *why)
{
    struct err err;
    if (why->code != ERR_SYSTEM || *site->stranded)
        return *site->stranded;
    watch_step(site->watch, "trying the store");
    return !store_works(site->claimer->store, &err);
}

/* What could not be read in an attempt before, and not in this one, though the store works: inputs are set aside, so
 * that they are made again, and a checkpoint, so that the task goes on without. */
static void find_unreadable(const struct doing *doing, struct err *why)
{
    const struct task *task = &doing->task;
    const struct store *store = doing->site->claimer->store;
    struct err err;
    if (why->code != ERR_SYSTEM || doing->claim->failures == 0 || *doing->site->stranded)
        return;
    for (size_t i = 0; i < task->input_count; i++) {
        watch_step(doing->site->watch, "reading an input that may be unreadable");
        if (!store_readable(store, &task->inputs[i].digest, &err) && err.code == ERR_DAMAGED)
            *why = err;
    }
    if (task->checkpoint_step > 0 && !store_readable(store, &task->checkpoint, &err) && err.code == ERR_DAMAGED)
        *why = err;
}

/* An attempt whose end cannot be recorded is left to its lease. */
static bool record_failure(const struct doing *doing, const struct err *reason, struct err *err)
{
    struct err found = *reason, *const why = &found;
    const struct work_site *site = doing->site;
    const struct claim *claim = doing->claim;
    watch_step(site->watch, "recording how a task failed");
    if ((lease_interrupted(site->lease) || site->process->renew) && why->code == ERR_SERVICE)
        return claim_give_back(site->ledger, doing->task.arena, claim, &doing->usage, why, err);
    *site->passed = *site->passed || why->code == ERR_VERSION;
    *site->stranded = is_stranded(site, why);
    find_unreadable(doing, why);
    log_line(why->code == ERR_LEASE || why->code == ERR_CANCELLED ? LOG_INFO : LOG_WARN, "%s %s attempt %d: %s",
             claim->kind, claim->task, claim->attempt, why->text);
    return claim_failed(site->ledger, doing->task.arena, site->claimer, claim, &doing->usage, why, err);
}

/* What took long to make is not thrown away because the ledger was away, or saw a deadlock, at its very end. */
static bool complete(const struct work_site *site, struct arena *arena, struct completion *completions, size_t count,
                     struct err *why)
{
    watch_step(site->watch, "completing tasks");
    for (int wait_ms = 50; !complete_tasks(site->ledger, arena, site->claimer, completions, count, why); wait_ms *= 2) {
        if (why->code != ERR_SERVICE || wait_ms > LONGEST_MS)
            return false;
        log_line(LOG_WARN, "%s %s: %s; trying again", completions->claim->kind, completions->claim->task, why->text);
        watch_step(site->watch, "completing tasks");
        clock_sleep_ms(wait_ms);
    }
    return true;
}

static bool finish_each(const struct work_site *site, struct arena *arena, struct doing **done, size_t count,
                        struct err *err);

/* Those of one run. Where the ledger refuses them together, it says of each alone whether it was the reason. */
static bool finish_run(const struct work_site *site, struct arena *arena, struct doing **done, size_t count,
                       struct err *err)
{
    struct err why;
    struct completion *completions = ARENA_ARRAY(arena, struct completion, count);
    for (size_t i = 0; i < count; i++)
        completions[i] = (struct completion){done[i]->claim, &done[i]->task, &done[i]->usage, false};
    bool good = complete(site, arena, completions, count, &why);
    if (!good && count > 1 && why.code != ERR_SERVICE)
        return finish_each(site, arena, done, count, err);
    for (size_t i = 0; i < count; i++) {
        if (completions[i].done)
            continue;
        if (good)
            err_set(&why, ERR_LEASE, "the lease on task %s was lost; what it made is discarded", done[i]->task.id);
        if (!record_failure(done[i], &why, err))
            return false;
    }
    return true;
}

static bool finish_each(const struct work_site *site, struct arena *arena, struct doing **done, size_t count,
                        struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!finish_run(site, arena, &done[i], 1, err))
            return false;
    return true;
}

static bool finish(const struct work_site *site, struct arena *arena, struct doing **done, size_t count,
                   struct err *err)
{
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && text_equal(done[next]->task.run, done[first]->task.run);)
            next++;
        if (!finish_run(site, arena, &done[first], next - first, err))
            return false;
    }
    return true;
}

static bool return_unbegun(struct doing *doing, const char *reason, struct err *err)
{
    struct err why;
    doing->returned = true;
    err_set(&why, ERR_SERVICE, "not begun, since %s; it is given back", reason);
    return claim_give_back(doing->site->ledger, doing->task.arena, doing->claim, &doing->usage, &why, err);
}

/* A slow task comes: what is done is completed first, and what would come after it is for others. */
static bool make_way(const struct work_site *site, struct arena *arena, struct doing **done, size_t *finished,
                     struct doing *after, size_t count, struct err *err)
{
    size_t completed = *finished;
    *finished = 0;
    if (!finish(site, arena, done, completed, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!after[i].returned && !return_unbegun(&after[i], "what was claimed with it takes long", err))
            return false;
    return true;
}

/* Why what is left of the hand is not begun; NULL: it is. */
static const char *why_not_begin(const struct work_site *site, size_t begun, int64_t begin_ns)
{
    if (*site->stranded)
        return "its worker cannot use the store";
    if (begun > 0 && lease_interrupted(site->lease))
        return "its worker was told to end";
    bool late = begun > 0 && clock_seconds_since(begin_ns) > hand_late_s(site->hand);
    return late ? "what was claimed with it took long" : NULL;
}

/* Those that were not tried before, one after the other, and then completed together. */
static bool do_fresh(const struct work_site *site, struct arena *arena, struct doing *doing, size_t count,
                     struct err *err)
{
    struct doing **done = ARENA_ARRAY(arena, struct doing *, count);
    struct err why;
    size_t finished = 0, begun = 0;
    int64_t begin = clock_mono_ns();
    double spent = 0;
    for (size_t i = 0; i < count; i++) {
        struct doing *one = &doing[i];
        if (one->claim->attempt > 1 || one->returned)
            continue;
        const char *reason = why_not_begin(site, begun, begin);
        if (reason != NULL) {
            if (!return_unbegun(one, reason, err))
                return false;
            continue;
        }
        if (hand_slow(site->hand, one->task.kind) &&
            !make_way(site, arena, done, &finished, one + 1, count - i - 1, err))
            return false;
        lease_turn(site->lease, i);
        begun++;
        if (measure(one, &why))
            done[finished++] = one;
        else if (!record_failure(one, &why, err))
            return false;
        spent += one->usage.wall_seconds;
        if (one->kind != NULL)
            hand_note(site->hand, one->kind->name, one->usage.wall_seconds);
    }
    hand_learn(site->hand, begun, spent);
    return finish(site, arena, done, finished, err);
}

/* Those that were tried before, each completed before the next begins. */
static bool do_again(const struct work_site *site, struct arena *arena, struct doing *doing, size_t count,
                     struct err *err)
{
    struct err why;
    for (size_t i = 0; i < count; i++) {
        struct doing *one = &doing[i];
        if (one->claim->attempt == 1 || one->returned)
            continue;
        const char *reason = why_not_begin(site, 0, 0);
        if (reason != NULL) {
            if (!return_unbegun(one, reason, err))
                return false;
            continue;
        }
        lease_turn(site->lease, i);
        if (measure(one, &why) ? !finish(site, arena, &one, 1, err) : !record_failure(one, &why, err))
            return false;
    }
    return true;
}

static bool record_failures(struct doing *doing, size_t count, const struct err *why, struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!record_failure(&doing[i], why, err))
            return false;
    return true;
}

static void begin(struct doing *doing, const struct work_site *site, struct arena *arena, const struct claim *claim)
{
    *doing = (struct doing){
        .site = site,
        .claim = claim,
        .kind = find_kind(site->stage, claim->kind),
        .host = {doing, host_progress, host_checkpoint, host_metrics, host_definition},
        .task = {.arena = arena,
                 .store = site->claimer->store,
                 .pool = site->pool,
                 .ledger = site->ledger,
                 .host = &doing->host,
                 .id = claim->task,
                 .run = claim->run,
                 .kind = claim->kind,
                 .attempt = claim->attempt,
                 .stall_ms = site->patience.document_ms},
    };
}

bool work_on(const struct work_site *site, struct arena *arena, const struct claim *claims, size_t count,
             struct err *err)
{
    struct err why;
    struct doing *doing = ARENA_ARRAY(arena, struct doing, count);
    for (size_t i = 0; i < count; i++)
        begin(&doing[i], site, arena, &claims[i]);
    lease_hold(site->lease, claims, count);
    bool good = take_inputs(site, arena, doing, count, &why)
                    ? do_fresh(site, arena, doing, count, err) && do_again(site, arena, doing, count, err)
                    : record_failures(doing, count, &why, err);
    lease_let_go(site->lease);
    return good;
}
