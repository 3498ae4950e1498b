/* watch: see watch.h. */
#include "lib/flow/watch.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/flow/claim.h"

#include <unistd.h>

enum { LOOK_MS = 100, LAST_LOOKS = 5, START_MS = 60000 }; /* a start may take longer than what follows */

/* What the thread has seen. */
struct sight {
    unsigned long long steps;
    int64_t still_ms;
};

static bool stands_still(struct watch *watch, struct sight *sight)
{
    unsigned long long steps = atomic_load(&watch->steps);
    bool same = steps == sight->steps && atomic_load(&watch->step) != NULL;
    sight->still_ms = same ? sight->still_ms + LOOK_MS : 0;
    sight->steps = steps;
    return sight->still_ms > watch->patience_ms && (atomic_load(&watch->knows) || sight->still_ms > START_MS);
}

/* True where the ledger is to blame: it does not answer, or is at work for the worker. */
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

__attribute__((noreturn)) static void end_worker(const struct watch *watch, struct ledger *ledger, struct arena *arena)
{
    const char *how = arena_printf(arena, "stood still outside of its work for %g s (site.stall_step), %s",
                                   (double)watch->patience_ms * 1e-3, atomic_load(&watch->step));
    log_line(LOG_ERROR, "this worker %s; it ends", how);
    if (ledger == NULL) /* it has none yet, and holds nothing */
        _exit(err_status(ERR_INTERNAL));
    watch_abandon(ledger, watch->conninfo, watch->owner, how, NULL);
}

/* What the ledger had been at work on may have been answered just now: so the last look is a while after that. */
static void look_closer(struct watch *watch, struct sight *sight)
{
    struct arena arena;
    struct err err;
    arena_init(&arena);
    bool knows = atomic_load(&watch->knows);
    struct ledger *ledger = knows ? ledger_open(&arena, watch->conninfo, "tidemill watch", &err) : NULL;
    bool slow = knows && ledger_is_slow(watch, ledger, &arena);
    for (int i = 0; i < LAST_LOOKS && !slow && atomic_load(&watch->steps) == sight->steps; i++)
        clock_sleep_ms(LOOK_MS);
    if (!slow && atomic_load(&watch->steps) == sight->steps)
        end_worker(watch, ledger, &arena);
    arena_release(&arena);
    sight->still_ms = 0;
}

static void *look_always(void *ptr)
{
    struct watch *watch = ptr;
    struct sight sight = {0, 0};
    while (!atomic_load(&watch->stop)) {
        clock_sleep_ms(LOOK_MS);
        if (stands_still(watch, &sight))
            look_closer(watch, &sight);
    }
    return NULL;
}

void watch_begin(struct watch *watch, int64_t patience_ms)
{
    *watch = (struct watch){.patience_ms = patience_ms};
    arena_init(&watch->arena);
    if (pthread_create(&watch->thread, NULL, look_always, watch) != 0)
        arena_exhausted("the system refuses a thread");
}

void watch_ledger(struct watch *watch, const struct ledger *ledger, const char *conninfo, const char *owner)
{
    watch->conninfo = arena_strdup(&watch->arena, conninfo);
    watch->owner = arena_strdup(&watch->arena, owner);
    watch->ledger = ledger;
    atomic_store(&watch->knows, true);
}

void watch_forget(struct watch *watch)
{
    watch->ledger = NULL;
}

void watch_step(struct watch *watch, const char *step)
{
    if (watch->ledger != NULL)
        atomic_store(&watch->session, ledger_session(watch->ledger));
    atomic_store(&watch->step, step);
    atomic_fetch_add(&watch->steps, 1);
}

void watch_end(struct watch *watch)
{
    atomic_store(&watch->stop, true);
    pthread_join(watch->thread, NULL);
    arena_release(&watch->arena);
}
