/*
 * watch: see watch.h.
 *
 * Services that die are started again here, and workers too. While the ledger cannot be reached we wait for it: a run
 * survives a restart of PostgreSQL.
 */
#include "pipelines/watch.h"

#include "lib/base/clock.h"
#include "lib/flow/run.h"
#include "pipelines/format.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { TICK_MS = 250, TEND_MS = 1000, RECKON_MS = 5000, PATIENCE_S = 120, SEEN = 20, UNSEEN = 100 };

static volatile sig_atomic_t told_to_end;

static void on_signal(int number)
{
    told_to_end = number;
}

void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static size_t columns(void)
{
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

/* Remaining time of a training, from what it has done since we first looked. */
static const char *eta(struct watch *watch, const struct snapshot *snapshot, const struct running_task *task)
{
    struct rate *rate = &watch->rate;
    if (task->total <= 0)
        return "";
    if (rate->name == NULL || strcmp(rate->name, task->name) != 0 || task->done < rate->done) {
        *rate = (struct rate){arena_strdup(watch->services->arena, task->name), task->done, task->seconds};
        return "";
    }
    if (task->done <= rate->done || task->seconds <= rate->seconds)
        return "";
    double left = (task->total - task->done) * (task->seconds - rate->seconds) / (task->done - rate->done);
    return arena_printf(snapshot->arena, "  %s left", format_seconds(snapshot->arena, left));
}

/* With a bar where the line has room for one: `room` columns in all, 0: none. */
static const char *task_line(struct watch *watch, const struct snapshot *snapshot, const struct running_task *task,
                             size_t room)
{
    struct arena *arena = snapshot->arena;
    bool training = text_starts(task->kind, "train.");
    const char *tail = !training ? ""
                                 : arena_printf(arena, "%s  %s", eta(watch, snapshot, task),
                                                format_money(arena, snapshot->cost, snapshot->currency));
    size_t taken = format_width(snapshot_task(snapshot, task, 0)) + format_width(tail) + strlen("    100 %");
    size_t bar = room > taken + 4 ? room - taken : 0;
    return arena_printf(arena, "%s%s", snapshot_task(snapshot, task, bar > 17 ? 17 : bar), tail);
}

/* The tasks of a stage that are worth a line of their own: trainings and evaluations. */
static bool own_line(const struct running_task *task)
{
    return text_starts(task->kind, "train.") || text_starts(task->kind, "evaluate.");
}

static void draw_line(struct watch *watch, const struct snapshot *snapshot, const char *stage, const char *text,
                      bool done)
{
    const char *line = arena_printf(snapshot->arena, "  %-9s %s", stage, text);
    const char *cut = format_cut(snapshot->arena, line, columns() - 1);
    const char *start = !watch->colour ? "" : done ? "\033[32m" : "\033[33m";
    printf("%s%.11s%s%s\033[K\n", start, cut, watch->colour ? "\033[0m" : "", strlen(cut) > 11 ? cut + 11 : "");
    watch->lines_drawn++;
}

static void draw(struct watch *watch, const struct snapshot *snapshot)
{
    if (watch->lines_drawn > 0)
        printf("\033[%dA", watch->lines_drawn);
    int before = watch->lines_drawn;
    watch->lines_drawn = 0;
    for (size_t i = 0; i < snapshot->stage_count; i++) {
        const struct stage_state *stage = &snapshot->stages[i];
        const char *line = snapshot_stage(snapshot, stage);
        if (*line == '\0')
            continue;
        const char *name = stage->stage;
        bool shown = false;
        for (size_t j = 0; j < snapshot->running_count; j++) {
            const struct running_task *task = &snapshot->running[j];
            if (!own_line(task) || strncmp(task->kind, name, strlen(name)) != 0)
                continue;
            draw_line(watch, snapshot, shown ? "" : name, task_line(watch, snapshot, task, columns() - 13), false);
            shown = true;
        }
        if (!shown)
            draw_line(watch, snapshot, name, line, stage->complete);
    }
    for (int i = watch->lines_drawn; i < before; i++)
        printf("\033[K\n");
    if (before > watch->lines_drawn)
        printf("\033[%dA", before - watch->lines_drawn);
    fflush(stdout);
}

static void tell_stages(struct watch *watch, const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->stage_count; i++) {
        const struct stage_state *stage = &snapshot->stages[i];
        if (!stage->complete || stage->expected == 0 || watch->stage_told[i])
            continue;
        watch->stage_told[i] = true;
        printf("  %-9s %s\n", stage->stage, snapshot_stage(snapshot, stage));
    }
}

static void tell_training(struct watch *watch, const struct snapshot *snapshot)
{
    for (size_t j = 0; j < snapshot->running_count; j++) {
        const struct running_task *task = &snapshot->running[j];
        int64_t tenth = task->total > 0 ? (int64_t)floor(task->done / task->total * 10) : 0;
        if (!text_starts(task->kind, "train.") || tenth == watch->tenth_told || task->total <= 0)
            continue;
        watch->tenth_told = tenth;
        printf("  %-9s %s\n", "train", task_line(watch, snapshot, task, 0));
    }
}

/* Attempts that failed are events too. */
static bool tell_failures(struct watch *watch, const struct snapshot *snapshot, struct err *err)
{
    struct rows rows;
    int64_t failures = 0;
    for (size_t i = 0; i < snapshot->stage_count; i++)
        failures += snapshot->stages[i].retried;
    if (failures <= watch->failures_told)
        return true;
    watch->failures_told = failures;
    if (!ledger_exec(watch->services->ledger, snapshot->arena, STATEMENT_REPORT_FAILURES, PARAMS(watch->run), &rows,
                     err))
        return false;
    for (int row = 0; row < rows.count; row++)
        if (strcmp(row_text(&rows, row, 1), "failed") != 0)
            fprintf(stderr, "  %s is tried again: %s\n", row_text(&rows, row, 0), row_text(&rows, row, 3));
    return true;
}

static bool show(struct watch *watch, const struct snapshot *snapshot, struct err *err)
{
    if (watch->silent)
        return true;
    if (watch->terminal) {
        draw(watch, snapshot);
        return true;
    }
    tell_stages(watch, snapshot);
    tell_training(watch, snapshot);
    bool ok = tell_failures(watch, snapshot, err);
    fflush(stdout);
    return ok;
}

/* One look at the run. */
static bool look(struct watch *watch, struct arena *arena, bool *ended, struct err *err)
{
    struct snapshot snapshot;
    if (!snapshot_read(&snapshot, arena, watch->services->ledger, watch->run, err))
        return false;
    *ended = strcmp(snapshot.state, "running") != 0;
    return show(watch, &snapshot, err);
}

static bool forgotten(const struct watch *watch, struct arena *arena, struct err *err)
{
    return err_set(err, ERR_REFUSED,
                   "the ledger knows run %s no more: a backup was put back, or a standby that had not heard of it has "
                   "taken its server's place; tidemill run begins it anew",
                   run_short(arena, watch->run));
}

/* The end is seen at once; the rest so seldom that looking takes a twentieth of the time at most, a hundredth where
 * nobody watches, however many tasks there are to be counted. */
static bool look_or_glance(struct watch *watch, struct arena *arena, bool *ended, struct err *err)
{
    struct rows rows;
    int64_t begin_ns = clock_mono_ns();
    struct ledger *ledger = watch->services->ledger;
    if (watch->workers != NULL && !ledger_exec(ledger, arena, STATEMENT_RUNNER_HOLD, PARAMS(watch->run), &rows,
                                               err)) /* again after a reconnect */
        return false;
    if (!ledger_exec(ledger, arena, STATEMENT_RUN_STATE, PARAMS(watch->run), &rows, err))
        return false;
    if (rows.count == 0)
        return forgotten(watch, arena, err);
    if (begin_ns < watch->look_ns && strcmp(row_text(&rows, 0, 0), "running") == 0)
        return true;
    bool good = look(watch, arena, ended, err);
    int64_t now_ns = clock_mono_ns();
    watch->look_ns = now_ns + (watch->terminal ? SEEN : UNSEEN) * (now_ns - begin_ns);
    return good;
}

/* As idle workers do; but all of them may be busy. */
static bool end_due(struct watch *watch, struct arena *arena, struct err *err)
{
    if (watch->store == NULL || clock_seconds_since(watch->reckoned_ns) * 1000 < RECKON_MS)
        return true;
    watch->reckoned_ns = clock_mono_ns();
    return run_end_overdue(watch->services->ledger, arena, watch->store, err) &&
           run_end_overspent(watch->services->ledger, arena, watch->store, err);
}

static bool tend(struct watch *watch, struct arena *arena, struct err *err)
{
    return services_tend(watch->services, err) &&
           (watch->workers == NULL || workers_tend(watch->workers, watch->services->ledger, err)) &&
           end_due(watch, arena, err);
}

/* An error of a service is waited out, for a while; the others end the watching. */
static bool endure(const struct err *err, int64_t *since_ns)
{
    if (err_action(err->code) != ERR_RETRY)
        return false;
    if (*since_ns == 0)
        *since_ns = clock_mono_ns();
    return clock_seconds_since(*since_ns) < PATIENCE_S;
}

bool watch_run(struct watch *watch, struct err *err)
{
    struct arena arena;
    bool ended = false, ok = true;
    int64_t tended_ns = 0, trouble_ns = 0;
    arena_init(&arena);
    watch->tenth_told = -1;
    while (ok && !ended) {
        bool due = tended_ns == 0 || clock_seconds_since(tended_ns) * 1000 >= TEND_MS;
        if (due)
            tended_ns = clock_mono_ns();
        arena_clear(&arena);
        if ((due && !tend(watch, &arena, err)) || !look_or_glance(watch, &arena, &ended, err))
            ok = endure(err, &trouble_ns);
        else
            trouble_ns = 0;
        if (ok && !ended)
            clock_sleep_ms(TICK_MS);
        if (told_to_end != 0 && !ended && ok)
            ok = err_set(err, ERR_CANCELLED,
                         "told to end; tidemill retry %s takes the run up again where it stands, "
                         "tidemill stop %s ends it",
                         run_short(&arena, watch->run), run_short(&arena, watch->run));
    }
    arena_release(&arena);
    return ok;
}
