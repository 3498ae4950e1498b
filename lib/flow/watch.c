/* watch: see watch.h. */
#include "lib/flow/watch.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/flow/claim.h"

#include <string.h>
#include <unistd.h>

enum { LOOK_MS = 100, LAST_LOOKS = 5, START_MS = 60000 }; /* a start may take longer than what follows */

static int64_t longest_ms(const struct watcher *watcher, const struct watch *watch)
{
    int64_t longest = watcher->patience_ms > watch->least_ms ? watcher->patience_ms : watch->least_ms;
    return !atomic_load(&watcher->knows) && longest < START_MS ? START_MS : longest;
}

static bool stands_still(const struct watcher *watcher, struct watch *watch)
{
    unsigned long long steps = atomic_load(&watch->steps);
    bool same = steps == watch->seen && atomic_load(&watch->step) != NULL;
    watch->still_ms = same ? watch->still_ms + LOOK_MS : 0;
    watch->seen = steps;
    return watch->still_ms > longest_ms(watcher, watch);
}

/* True where the ledger is to blame: it does not answer, or is at work for the thread. */
static bool ledger_is_slow(struct watch *watch, struct ledger *ledger, struct arena *arena)
{
    struct rows rows;
    struct err err;
    const char *session = param_int(arena, atomic_load(&watch->session));
    return ledger == NULL || !ledger_exec(ledger, arena, STATEMENT_SESSION_ACTIVE, PARAMS(session), &rows, &err) ||
           row_bool(&rows, 0, 0);
}

__attribute__((noreturn)) void watch_abandon(struct ledger *ledger, const char *conninfo, const char *owner,
                                             const char *how, const char *task)
{
    struct arena arena;
    struct err err;
    arena_init(&arena);
    if (ledger == NULL)
        ledger = ledger_open(&arena, conninfo, "tidemill watch", &err);
    if (ledger == NULL || !claim_abandon(ledger, &arena, owner, how, task, &err))
        log_line(LOG_WARN, "%s; its leases will run out", err.text);
    _exit(err_status(ERR_INTERNAL));
}

__attribute__((noreturn)) static void end_worker(const struct watcher *watcher, const struct watch *watch,
                                                 struct ledger *ledger, struct arena *arena)
{
    const char *how = arena_printf(arena, "stood still outside of its work for %g s (site.stall_step), %s",
                                   (double)longest_ms(watcher, watch) * 1e-3, atomic_load(&watch->step));
    log_line(LOG_ERROR, "this worker %s; it ends", how);
    if (ledger == NULL) /* it has none yet, and holds nothing */
        _exit(err_status(ERR_INTERNAL));
    watch_abandon(ledger, watcher->conninfo, watcher->owner, how, NULL);
}

/* What the ledger had been at work on may have been answered just now: so the last look is a while after that. */
static void look_closer(const struct watcher *watcher, struct watch *watch)
{
    struct arena arena;
    struct err err;
    arena_init(&arena);
    bool knows = atomic_load(&watcher->knows);
    struct ledger *ledger = knows ? ledger_open(&arena, watcher->conninfo, "tidemill watch", &err) : NULL;
    bool slow = knows && ledger_is_slow(watch, ledger, &arena);
    for (int i = 0; i < LAST_LOOKS && !slow && atomic_load(&watch->steps) == watch->seen; i++)
        clock_sleep_ms(LOOK_MS);
    if (!slow && atomic_load(&watch->steps) == watch->seen)
        end_worker(watcher, watch, ledger, &arena);
    arena_release(&arena);
    watch->still_ms = 0;
}

static void *look_always(void *ptr)
{
    struct watcher *watcher = ptr;
    while (!atomic_load(&watcher->stop)) {
        clock_sleep_ms(LOOK_MS);
        for (size_t i = 0; i < watcher->count; i++)
            if (stands_still(watcher, watcher->watches[i]))
                look_closer(watcher, watcher->watches[i]);
    }
    return NULL;
}

void watcher_begin(struct watcher *watcher, int64_t patience_ms, struct watch *const *watches, size_t count)
{
    *watcher = (struct watcher){.patience_ms = patience_ms, .count = count};
    memcpy(watcher->watches, watches, count * sizeof *watches);
    arena_init(&watcher->arena);
    if (pthread_create(&watcher->thread, NULL, look_always, watcher) != 0)
        arena_exhausted("the system refuses a thread");
}

void watcher_ledger(struct watcher *watcher, const char *conninfo, const char *owner)
{
    watcher->conninfo = arena_strdup(&watcher->arena, conninfo);
    watcher->owner = arena_strdup(&watcher->arena, owner);
    atomic_store(&watcher->knows, true);
}

void watcher_end(struct watcher *watcher)
{
    atomic_store(&watcher->stop, true);
    pthread_join(watcher->thread, NULL);
    arena_release(&watcher->arena);
}

void watch_ledger(struct watch *watch, const struct ledger *ledger)
{
    watch->ledger = ledger;
}

void watch_step(struct watch *watch, const char *step)
{
    if (watch->ledger != NULL)
        atomic_store(&watch->session, ledger_session(watch->ledger));
    atomic_store(&watch->step, step);
    atomic_fetch_add(&watch->steps, 1);
}
