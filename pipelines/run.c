/*
 * run: a pipeline, once: check, start, watch, sum up.
 *
 * One runner at a time holds a run (an advisory lock of its connection), so a run whose runner was killed is found and
 * taken up again, and a slot is run by exactly one.
 */
#include "lib/flow/run.h"
#include "lib/flow/own_store.h"

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/uuid.h"
#include "pipelines/budget.h"
#include "pipelines/command.h"
#include "pipelines/load.h"
#include "pipelines/sections.h"
#include "pipelines/sources.h"
#include "pipelines/summary.h"
#include "pipelines/version.h"
#include "pipelines/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_S = 120, AGAIN_MS = 500, HOLD_PATIENCE_MS = 3000, HOLD_AGAIN_MS = 50 };

struct runner {
    struct session *session;
    const char *file;   /* the definition's */
    const char *folder; /* where it was, if the file is a copy; else NULL */
    bool again;         /* for the slot of a run that failed or was stopped */
    struct loaded loaded;
    struct services services;
    struct workers workers;
    struct store store;
    int64_t slot_us;
    bool scheduled; /* the slot is a name; else it is the moment */
    bool skipped;   /* it was missed, and the definition says to leave it out */
    char run[UUID_TEXT];
    struct estimate estimate;
    bool resumed, done; /* done: the slot needs nothing any more */
    bool told;          /* how the run ended: an error is the run's, not ours */
};

/* Cron mails one line: where the others are to be read stands in it. */
static bool first_mistake(struct runner *runner, struct err *err)
{
    struct definition *definition = &runner->loaded.definition;
    bool valid = definition_valid(definition, err);
    if (definition->error_count > 1)
        err_set(err, err->code, "%s; all of them: tidemill check %s", err->text, runner->file);
    return valid;
}

static bool load(struct runner *runner, struct err *err)
{
    const char *report;
    if (load_definition(&runner->loaded, runner->session->arena, runner->file, runner->folder,
                        runner->session->arguments.state, &report, err))
        return true;
    if (report != NULL && runner->session->arguments.quiet)
        return first_mistake(runner, err);
    if (report != NULL) {
        fprintf(stderr, "%s\n", report);
        *err->text = '\0'; /* all has been said */
    }
    return false;
}

static bool find_slot(struct runner *runner, struct err *err)
{
    const char *slot = runner->session->arguments.slot;
    if (runner->again)
        return runner->scheduled = true;
    runner->scheduled = slot != NULL || runner->loaded.schedule.at != NULL;
    runner->slot_us = clock_wall_us();
    if (slot != NULL && strlen(slot) == strlen("2026-11-23") && runner->loaded.schedule.at != NULL)
        return schedule_slot_of(&runner->loaded.schedule, slot, &runner->slot_us, err) || err_wrap(err, "--slot");
    if (slot != NULL)
        return clock_parse(slot, &runner->slot_us) ||
               err_set(err, ERR_USAGE, "--slot: \"%s\" is not a time; write it like 2026-11-23 or 2026-11-23T02:30Z",
                       slot);
    return !runner->scheduled || schedule_slot(&runner->loaded.schedule, runner->slot_us, &runner->slot_us, err);
}

/* True in *held where we are the runner of the run now. One that was killed just now is until the server has seen the
 * end of its connection. */
static bool hold(struct runner *runner, const char *run, bool *held, struct err *err)
{
    struct rows rows;
    int64_t since_ns = clock_mono_ns();
    while (
        ledger_exec(runner->services.ledger, runner->session->arena, STATEMENT_RUNNER_HOLD, PARAMS(run), &rows, err)) {
        *held = row_bool(&rows, 0, 0);
        if (*held || clock_seconds_since(since_ns) * 1000 > HOLD_PATIENCE_MS)
            return true;
        clock_sleep_ms(HOLD_AGAIN_MS);
    }
    return false;
}

/* An unfinished run of the same definition that has lost its runner. */
static bool find_orphan(struct runner *runner, struct err *err)
{
    struct rows rows;
    struct arena *arena = runner->session->arena;
    struct digest digest = digest_of(runner->loaded.definition.bytes, runner->loaded.definition.len);
    if (!ledger_exec(runner->services.ledger, arena, STATEMENT_RUNNER_ORPHANS,
                     PARAMS(runner->loaded.pipeline.name, param_digest(arena, &digest)), &rows, err))
        return false;
    for (int row = 0; row < rows.count && !runner->resumed; row++) {
        if (!hold(runner, row_text(&rows, row, 0), &runner->resumed, err))
            return false;
        if (runner->resumed)
            memcpy(runner->run, row_text(&rows, row, 0), UUID_TEXT);
    }
    return true;
}

/* The slot may be free, held by a run that goes on, left by a killed runner, or done. */
static bool find_holder(struct runner *runner, bool *done, struct err *err)
{
    struct rows rows;
    struct arena *arena = runner->session->arena;
    const char *pipeline = runner->loaded.pipeline.name, *slot = param_int(arena, runner->slot_us);
    struct digest digest = digest_of(runner->loaded.definition.bytes, runner->loaded.definition.len);
    if (!ledger_exec(runner->services.ledger, arena, STATEMENT_RUNNER_SLOT_FREE,
                     PARAMS(pipeline, slot, param_digest(arena, &digest)), NULL, err) ||
        !ledger_exec(runner->services.ledger, arena, STATEMENT_RUN_SLOT_HOLDER, PARAMS(pipeline, slot), &rows, err))
        return false;
    if (rows.count == 0)
        return true;
    memcpy(runner->run, row_text(&rows, 0, 0), UUID_TEXT);
    if (strcmp(row_text(&rows, 0, 1), "running") != 0)
        return *done = true;
    if (!hold(runner, runner->run, &runner->resumed, err))
        return false;
    return runner->resumed || err_set(err, ERR_SLOT, "run %s holds slot %s of %s; watch it: tidemill status %s --watch",
                                      run_short(arena, runner->run), slot_text(arena, runner->slot_us), pipeline,
                                      run_short(arena, runner->run));
}

static json_t *names(struct runner *runner, const char *list)
{
    json_t *array = json_array();
    struct arena *arena = runner->session->arena;
    size_t count = definition_count(&runner->loaded.definition, list);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(
            array,
            json_string(
                definition_find(&runner->loaded.definition, arena_printf(arena, "%s[%zu].name", list, i))->text));
    return array;
}

/* What the run may spend, as the definition says now; NULL where nothing limits it. */
static json_t *limits(const struct estimate *estimate)
{
    if (estimate->run_limit <= 0 && estimate->month_limit <= 0)
        return NULL;
    json_t *limits = json_pack("{s:s}", "currency", estimate->currency);
    if (estimate->run_limit > 0)
        json_object_set_new(limits, "run", json_real(estimate->run_limit));
    if (estimate->month_limit > 0) {
        json_object_set_new(limits, "month", json_real(estimate->month_limit));
        json_object_set_new(limits, "month_spent", json_real(estimate->month_spent));
    }
    return limits;
}

/* What the task graph needs of the definition, and the limits. */
static json_t *run_plan(struct runner *runner)
{
    json_t *baselines = json_array();
    struct arena *arena = runner->session->arena;
    const struct texts *texts = load_texts(&runner->loaded, arena, "evaluate", "baselines");
    for (size_t i = 0; texts != NULL && i < texts->count; i++)
        json_array_append_new(baselines, json_string(texts->item[i]));
    const char *model = load_text(&runner->loaded, arena, "registry.release", "model");
    const char *alias = load_text(&runner->loaded, arena, "registry.release", "alias");
    return json_keep(arena, json_pack("{s:o, s:o, s:o, s:s, s:s, s:o*}", "sources", names(runner, "ingest.sources"),
                                      "models", names(runner, "train.models"), "baselines", baselines, "release",
                                      model != NULL ? model : "", "alias", alias != NULL ? alias : "", "limits",
                                      limits(&runner->estimate)));
}

/* In the transaction that starts the run: a runner that is killed leaves all of it or nothing. */
static bool record(void *context, const char *run, struct err *err)
{
    struct runner *runner = context;
    struct arena *arena = runner->session->arena;
    return sources_put(&runner->loaded, runner->services.ledger, arena, run, err) &&
           budget_reserve(&runner->estimate, runner->services.ledger, arena, run, err);
}

static bool start(struct runner *runner, struct err *err)
{
    struct arena *arena = runner->session->arena;
    const struct run_request request = {
        .pipeline = runner->loaded.pipeline.name,
        .about = runner->loaded.pipeline.about,
        .slot_us = runner->slot_us,
        .deadline_ms = runner->loaded.schedule.deadline_ms,
        .plan = run_plan(runner),
        .actor = session_actor(arena),
        .code_version = CODE_VERSION,
        .topic_prefix = runner->loaded.site.topic_prefix,
        .store = &runner->store,
        .stages = stages,
        .also = record,
        .context = runner,
    };
    bool held;
    if (!run_start(runner->services.ledger, arena, &runner->loaded.definition, &request, runner->run, err) ||
        !hold(runner, runner->run, &held, err))
        return false;
    return held || err_set(err, ERR_SLOT, "another runner took up run %s at this very moment",
                           run_short(arena, runner->run)); /* for an orphan, between these two lines */
}

/* Take up a run that waits for us, or make one. */
static bool begin(struct runner *runner, struct err *err)
{
    bool found = runner->scheduled ? find_holder(runner, &runner->done, err) : find_orphan(runner, err);
    if (!found || runner->done || runner->resumed)
        return found;
    if (!runner->again && runner->session->arguments.slot == NULL && runner->loaded.schedule.at != NULL &&
        schedule_skips(&runner->loaded.schedule, runner->slot_us, clock_wall_us()))
        return runner->done = runner->skipped = true;
    runner->estimate = (struct estimate){0};
    return estimate_run(&runner->estimate, runner->session->arena, runner->services.ledger, &runner->loaded, err) &&
           budget_allows(&runner->estimate, err) && start(runner, err);
}

/* A step that the ledger could not answer is taken again from its beginning: it finds what it had done. */
static bool patiently(struct runner *runner, bool (*step)(struct runner *runner, struct err *err), struct err *err)
{
    struct err ignored;
    for (int64_t since_ns = clock_mono_ns(); !step(runner, err);) {
        if (runner->told || err->code != ERR_SERVICE || clock_seconds_since(since_ns) > PATIENCE_S)
            return false;
        clock_sleep_ms(AGAIN_MS);
        (void)!services_tend(&runner->services, &ignored);
    }
    return true;
}

static bool say_begin(struct runner *runner, struct err *err)
{
    struct snapshot snapshot;
    const struct arguments *arguments = &runner->session->arguments;
    if (arguments->quiet || arguments->json)
        return true;
    if (!snapshot_read(&snapshot, runner->session->arena, runner->services.ledger, runner->run, err))
        return false;
    printf("%s%s\n", snapshot_title(&snapshot), runner->resumed ? "  taken up again" : "");
    fflush(stdout);
    return true;
}

static bool follow(struct runner *runner, struct err *err)
{
    const struct arguments *arguments = &runner->session->arguments;
    struct watch watch = {
        .services = &runner->services,
        .workers = &runner->workers,
        .run = runner->run,
        .store = &runner->store,
        .terminal = runner->session->terminal,
        .colour = runner->session->colour,
        .silent = arguments->quiet || arguments->json,
    };
    watch_signals();
    return watch_run(&watch, err);
}

/* The workers may take a moment to end, so they are told last. */
static void leave(struct runner *runner)
{
    struct err ignored;
    struct rows others = {NULL, 0};
    bool asked = ledger_exec(runner->services.ledger, runner->session->arena, STATEMENT_RUNNER_OTHERS,
                             PARAMS(runner->run), &others, &ignored);
    workers_close(&runner->workers, asked && row_int(&others, 0, 0) > 0);
}

static bool finish(struct runner *runner, struct err *err)
{
    struct summary summary = {
        .session = runner->session,
        .ledger = runner->services.ledger,
        .store = &runner->store,
        .loaded = &runner->loaded,
        .run = runner->run,
    };
    bool good = budget_settle(runner->services.ledger, runner->session->arena, runner->run, err) &&
                summary_print(&summary, err);
    runner->told = summary.told;
    return good;
}

static void say_done(struct runner *runner)
{
    struct arena *arena = runner->session->arena;
    const struct arguments *arguments = &runner->session->arguments;
    const char *slot = slot_text(arena, runner->slot_us), *name = runner->loaded.pipeline.name;
    if (arguments->quiet || arguments->json)
        return;
    if (runner->skipped)
        printf("slot %s of %s was missed and is left out (schedule.missed: skip); to run it: --slot TIME\n", slot,
               name);
    else
        printf("slot %s of %s had its run %s; a new one: --slot TIME, or without schedule\n", slot, name,
               run_short(arena, runner->run));
}

static bool open_store(struct runner *runner, struct err *err)
{
    return own_store_open(&runner->store, runner->session->arena, runner->services.ledger, runner->loaded.site.store,
                          err);
}

static bool open_workers(struct runner *runner, struct err *err)
{
    return workers_open(&runner->workers, runner->session->arena, &runner->loaded.site, runner->file, err) &&
           workers_serve(&runner->workers, runner->services.ledger, err);
}

static bool run(struct runner *runner, struct err *err)
{
    struct session *session = runner->session;
    if (!load(runner, err) || !find_slot(runner, err) ||
        !services_start(&runner->services, session->arena, &runner->loaded.site, false, err) ||
        !patiently(runner, open_store, err) || !patiently(runner, open_workers, err) ||
        !patiently(runner, begin, err)) {
        if (err->code == ERR_SLOT && session->arguments.quiet)
            *err->text = '\0'; /* one of several machines with the same crontab: the exit status says it */
        return false;
    }
    if (runner->done)
        say_done(runner);
    if (runner->done)
        return runner->skipped || patiently(runner, finish, err);
    bool ok = patiently(runner, say_begin, err) && follow(runner, err) && patiently(runner, finish, err);
    leave(runner);
    return ok;
}

bool run_command(struct session *session, struct err *err)
{
    struct runner runner = {
        .session = session, .file = session->arguments.operands[0], .workers = {.lock = -1, .beside = -1}};
    return run(&runner, err);
}

bool run_slot(struct session *session, const char *file, const char *folder, int64_t slot_us, struct err *err)
{
    struct runner runner = {.session = session,
                            .file = file,
                            .folder = folder,
                            .again = true,
                            .slot_us = slot_us,
                            .workers = {.lock = -1, .beside = -1}};
    return run(&runner, err);
}
