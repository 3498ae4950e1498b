/* lease: see lease.h. A heartbeat that the ledger does not answer is tried again until the lease must have run out.
 * Where the run has ended the lease goes on, for who leaves a checkpoint. */
#include "lib/flow/lease.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/flow/usage.h"
#include "lib/flow/watch.h"

#include <pthread.h>
#include <string.h>

enum { BEATS = 4, SHOW_MS = 1000, TICK_MS = 50, PROGRESS_TEXT = 1024 };

struct lease {
    const char *conninfo;
    const struct claimer *claimer;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t quiet;
    const struct claim *claims; /* where held */
    size_t count, current;
    bool held, beating, stop, interrupted, lost, shown;
    struct err why; /* where lost */
    char progress[PROGRESS_TEXT];
    double cpu_before;                /* of the process, when the current one had its turn */
    int64_t renewed_ns;               /* when the ledger last agreed */
    const struct task_motion *motion; /* of the work that is watched, or NULL */
    struct lease_patience patience;
    unsigned long long moves_before;
    int64_t still_ms;
};

static bool due(const struct lease *lease)
{
    double since_ms = clock_seconds_since(lease->renewed_ns) * 1000;
    return since_ms > (double)lease->claimer->lease_ms / BEATS || (!lease->shown && since_ms > SHOW_MS);
}

/* Opens the connection where there is none; what a failed attempt left is freed. */
static bool ask(struct lease *lease, struct ledger **ledger, struct arena *life, struct arena *arena,
                const struct claim *claims, size_t count, size_t current, const char *progress, double cpu_seconds,
                struct err *err)
{
    if (*ledger == NULL && (*ledger = ledger_open(life, lease->conninfo, "tidemill heartbeat", err)) == NULL) {
        arena_clear(life);
        return false;
    }
    return claim_heartbeat(*ledger, arena, lease->claimer, claims, count, current, *progress == '\0' ? NULL : progress,
                           cpu_seconds, err);
}

/* With the lock held. */
static void note_failure(struct lease *lease, const struct err *err)
{
    bool late = clock_seconds_since(lease->renewed_ns) * 1000 > (double)lease->claimer->lease_ms;
    if (err->code != ERR_LEASE && err->code != ERR_CANCELLED && !late) {
        log_line(LOG_WARN, "heartbeat: %s; trying again", err->text);
        return;
    }
    lease->lost = true;
    lease->why = *err;
    if (err->code == ERR_SERVICE)
        lease->why.code = ERR_LEASE;
}

/* With the lock held; lets go of it while the ledger is asked. */
static void beat(struct lease *lease, struct ledger **ledger, struct arena *life, struct arena *arena)
{
    struct err err;
    const struct claim *claims = lease->claims;
    size_t count = lease->count, current = lease->current;
    char progress[PROGRESS_TEXT];
    double cpu_seconds = usage_cpu_seconds() - lease->cpu_before;
    memcpy(progress, lease->progress, sizeof progress);
    lease->shown = true;
    lease->beating = true;
    pthread_mutex_unlock(&lease->lock);
    bool good = ask(lease, ledger, life, arena, claims, count, current, progress, cpu_seconds, &err);
    pthread_mutex_lock(&lease->lock);
    lease->beating = false;
    pthread_cond_broadcast(&lease->quiet);
    if (good || err.code == ERR_CANCELLED)
        lease->renewed_ns = clock_mono_ns();
    if (!good && lease->current == current) /* the end of one that is done with says so itself */
        note_failure(lease, &err);
}

static int64_t longest_ms(const struct lease *lease)
{
    return atomic_load(&lease->motion->on_document) ? lease->patience.document_ms : lease->patience.step_ms;
}

/* With the lock held. Time is counted in ticks, so that a process that was stopped for a while is not taken for hung.
 */
static bool hung(struct lease *lease)
{
    if (!lease->held || lease->motion == NULL)
        return false;
    unsigned long long moves = atomic_load(&lease->motion->moves);
    lease->still_ms = moves != lease->moves_before ? 0 : lease->still_ms + TICK_MS;
    lease->moves_before = moves;
    return lease->still_ms > longest_ms(lease);
}

__attribute__((noreturn)) static void end_hung(const struct lease *lease, struct ledger *ledger, struct arena *arena)
{
    const struct claim *claim = &lease->claims[lease->current];
    bool document = atomic_load(&lease->motion->on_document);
    const char *why = arena_printf(arena, "hung: %s in %g s (%s)", document ? "no document moved" : "nothing moved",
                                   (double)longest_ms(lease) * 1e-3, document ? "site.stall" : "site.stall_step");
    log_line(LOG_ERROR, "%s %s %s; this worker ends", claim->kind, claim->task, why);
    watch_abandon(ledger, lease->conninfo, lease->claimer->owner, why, claim->task);
}

static void *beat_always(void *ptr)
{
    struct lease *lease = ptr;
    struct arena life, arena;
    struct ledger *ledger = NULL;
    arena_init(&life);
    arena_init(&arena);
    pthread_mutex_lock(&lease->lock);
    while (!lease->stop) {
        if (lease->held && (!lease->lost || lease->why.code == ERR_CANCELLED) && due(lease)) {
            beat(lease, &ledger, &life, &arena);
            arena_clear(&arena);
        }
        if (hung(lease))
            end_hung(lease, ledger, &arena);
        pthread_mutex_unlock(&lease->lock);
        clock_sleep_ms(TICK_MS);
        pthread_mutex_lock(&lease->lock);
    }
    pthread_mutex_unlock(&lease->lock);
    arena_release(&arena);
    arena_release(&life);
    return NULL;
}

struct lease *lease_open(struct arena *arena, const char *conninfo, const struct claimer *claimer)
{
    struct lease *lease = ARENA_NEW(arena, struct lease);
    lease->conninfo = conninfo;
    lease->claimer = claimer;
    pthread_mutex_init(&lease->lock, NULL);
    pthread_cond_init(&lease->quiet, NULL);
    if (pthread_create(&lease->thread, NULL, beat_always, lease) != 0)
        arena_exhausted("the system refuses a thread");
    return lease;
}

void lease_close(struct lease *lease)
{
    pthread_mutex_lock(&lease->lock);
    lease->stop = true;
    pthread_mutex_unlock(&lease->lock);
    pthread_join(lease->thread, NULL);
    pthread_cond_destroy(&lease->quiet);
    pthread_mutex_destroy(&lease->lock);
}

/* With the lock held. */
static void turn_to(struct lease *lease, size_t number)
{
    lease->current = number;
    lease->lost = false;
    lease->shown = true;
    lease->progress[0] = '\0';
    lease->cpu_before = usage_cpu_seconds();
    lease->motion = NULL;
}

void lease_hold(struct lease *lease, const struct claim *claims, size_t count)
{
    pthread_mutex_lock(&lease->lock);
    lease->claims = claims;
    lease->count = count;
    lease->held = true;
    turn_to(lease, 0);
    lease->renewed_ns = clock_mono_ns();
    pthread_mutex_unlock(&lease->lock);
}

void lease_turn(struct lease *lease, size_t number)
{
    pthread_mutex_lock(&lease->lock);
    turn_to(lease, number);
    pthread_mutex_unlock(&lease->lock);
}

void lease_watch(struct lease *lease, const struct task_motion *motion, const struct lease_patience *patience)
{
    pthread_mutex_lock(&lease->lock);
    lease->motion = motion;
    lease->moves_before = 0;
    lease->still_ms = 0;
    if (motion != NULL)
        lease->patience = *patience;
    pthread_mutex_unlock(&lease->lock);
}

void lease_let_go(struct lease *lease)
{
    pthread_mutex_lock(&lease->lock);
    lease->held = false;
    while (lease->beating)
        pthread_cond_wait(&lease->quiet, &lease->lock);
    pthread_mutex_unlock(&lease->lock);
}

bool lease_progress(struct lease *lease, const char *json, struct err *err)
{
    pthread_mutex_lock(&lease->lock);
    bool lost = lease->lost, interrupted = lease->interrupted;
    if (lost)
        *err = lease->why;
    if (strlen(json) < sizeof lease->progress) {
        memcpy(lease->progress, json, strlen(json) + 1);
        lease->shown = false;
    }
    pthread_mutex_unlock(&lease->lock);
    if (!lost && interrupted)
        return err_set(err, ERR_SERVICE, "the worker was told to end; the task is given back");
    return !lost;
}

void lease_interrupt(struct lease *lease)
{
    pthread_mutex_lock(&lease->lock);
    lease->interrupted = true;
    pthread_mutex_unlock(&lease->lock);
}

bool lease_interrupted(struct lease *lease)
{
    pthread_mutex_lock(&lease->lock);
    bool interrupted = lease->interrupted;
    pthread_mutex_unlock(&lease->lock);
    return interrupted;
}
