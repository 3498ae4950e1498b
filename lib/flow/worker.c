/* worker: see worker.h. */
#include "lib/flow/worker.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/flow/bus.h"
#include "lib/flow/inbox.h"
#include "lib/flow/lease.h"
#include "lib/flow/order.h"
#include "lib/flow/relay.h"
#include "lib/flow/run.h"
#include "lib/flow/services.h"
#include "lib/flow/work.h"
#include "lib/text/utf8.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    SILENCE_MS = 300,
    JOIN_MS = 50,
    JOIN_SECONDS = 10,
    EXPIRE_SECONDS = 1,
    SORRY_MS = 500,
    REACH_MS = 5000,
    ASIDE_MS = 3000
};

struct worker {
    const struct stage *stage;
    const struct site *site;
    struct arena life;
    struct store store;
    struct claimer claimer;
    const char *conninfo;
    struct pairs properties;
    struct ledger *ledger;
    struct bus *bus;
    struct inbox *inbox;
    struct lease *lease;
    struct relay relay;
    pthread_t relay_thread, signal_thread;
    struct pool *pool;
    int64_t expired_ns;
    int64_t opened_ns;
    bool heard; /* an order came at least once, or long enough: the group has been joined */
    atomic_bool stop;
};

/* SIGTERM and SIGINT are taken by a thread of their own, so that nothing is done inside a handler. */
static void *await_end(void *ptr)
{
    struct worker *worker = ptr;
    sigset_t ends;
    int got;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGUSR1); /* our own: the worker ends by itself */
    while (sigwait(&ends, &got) != 0)
        continue;
    atomic_store(&worker->stop, true);
    lease_interrupt(worker->lease);
    return NULL;
}

static void block_signals(void)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* A system that counts no data leaves it at that. */
static void limit_memory(const struct site *site)
{
    const struct rlimit limit = {(rlim_t)site->memory, (rlim_t)site->memory};
    if (site->memory > 0 && setrlimit(RLIMIT_DATA, &limit) != 0)
        log_line(LOG_WARN, "the system refuses a limit of %lld bytes of memory (site.memory)", (long long)site->memory);
}

static int worker_threads(const struct worker *worker)
{
    if (worker->site->threads > 0)
        return (int)worker->site->threads;
    int64_t processors = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t workers = site_worker_count(worker->site, worker->stage->info->name);
    return (int)(workers >= processors ? 1 : processors / workers);
}

static void name_worker(struct worker *worker)
{
    char host[256] = "";
    const char *stage = worker->stage->info->name;
    gethostname(host, sizeof host - 1);
    worker->claimer = (struct claimer){
        .stage = stage,
        .host = arena_strdup(&worker->life, host),
        .owner = arena_printf(&worker->life, "%s%llx", claim_owner(&worker->life, host, getpid(), stage),
                              (unsigned long long)clock_wall_us()),
        .lease_ms = worker->site->lease_ms,
        .attempts = worker->site->attempts,
        .store = &worker->store,
        .topic_prefix = worker->site->topic_prefix,
    };
}

/* A cluster that is away is no reason not to work: the ledger carries it. One that will not take us is a mistake that
 * somebody has to mend. */
static bool reach_kafka(struct worker *worker, const char *topic, struct err *err)
{
    const struct texts topics = {&topic, 1};
    if (site_kafka(worker->site) != SITE_KAFKA_CLUSTER || bus_sees(worker->bus, &topics, REACH_MS, err))
        return true;
    if (err->code == ERR_SERVICE)
        log_line(LOG_WARN, "%s; the ledger carries the work meanwhile", err->text);
    return err->code == ERR_SERVICE;
}

static bool open_services(struct worker *worker, struct err *err)
{
    struct arena *life = &worker->life;
    const char *client = arena_printf(life, "tidemill-%s", worker->stage->info->name);
    const char *topic = order_topic(life, worker->site->topic_prefix, worker->stage->info->name);
    return store_open(&worker->store, life, worker->site->store, err) &&
           services_postgres(worker->site, life, &worker->conninfo, err) &&
           services_kafka(worker->site, life, &worker->properties, err) &&
           (worker->ledger = ledger_open(life, worker->conninfo, client, err)) != NULL &&
           bus_open(&worker->bus, life, &worker->properties, client, err) && reach_kafka(worker, topic, err) &&
           bus_listen(worker->bus, topic,
                      arena_printf(life, "%s.%s", worker->site->topic_prefix, worker->stage->info->name), err);
}

static bool start_threads(struct worker *worker, struct err *err)
{
    worker->inbox = inbox_open(&worker->life, worker->bus);
    worker->lease = lease_open(&worker->life, worker->conninfo, &worker->claimer);
    worker->relay.conninfo = worker->conninfo;
    worker->relay.properties = &worker->properties;
    worker->relay.lease_ms = worker->site->lease_ms;
    worker->relay.client =
        arena_printf(&worker->life, "tidemill-relay/%s/%d", worker->stage->info->name, (int)getpid());
    worker->pool = pool_new(worker_threads(worker));
    if (pthread_create(&worker->relay_thread, NULL, relay_run, &worker->relay) != 0 ||
        pthread_create(&worker->signal_thread, NULL, await_end, worker) != 0)
        return err_set(err, ERR_SYSTEM, "the system refuses a thread");
    return true;
}

static void end_threads(struct worker *worker)
{
    atomic_store(&worker->relay.stop, true);
    pthread_kill(worker->signal_thread, SIGUSR1);
    pthread_join(worker->signal_thread, NULL);
    pthread_join(worker->relay_thread, NULL);
    inbox_close(worker->inbox);
    lease_close(worker->lease);
    pool_free(worker->pool);
}

/* The letter and its message in one transaction; a message that comes again is buried once (dead-letter-add). */
static bool put_letter(struct worker *worker, struct arena *arena, const char *const params[8], const char *letter,
                       struct err *err)
{
    struct ledger *ledger = worker->ledger;
    struct rows rows;
    if (!ledger_begin(ledger, err))
        return false;
    if (ledger_exec(ledger, arena, STATEMENT_DEAD_LETTER_ADD, params, 8, &rows, err) &&
        (rows.count == 0 ||
         ledger_exec(ledger, arena, STATEMENT_OUTBOX_ADD,
                     PARAMS(NULL, order_dead_topic(arena, worker->site->topic_prefix), params[1], letter), NULL,
                     err)) &&
        ledger_commit(ledger, err))
        return true;
    ledger_rollback(ledger);
    return false;
}

/* A message that is no order of ours is kept, with the reason, where a person can look at it. A ledger that does not
 * answer is waited for, since Kafka gives the message only once. */
static bool bury(struct worker *worker, struct arena *arena, const struct bus_record *record, const char *reason,
                 const char *error, struct err *err)
{
    enum { KEPT = 4096 };
    size_t len = record->len < KEPT ? record->len : KEPT;
    char *hex = arena_alloc(arena, 2 * len + 1);
    hex_encode(record->payload, len, hex);
    const char *text = utf8_printable(arena, error), *partition = param_int(arena, record->partition);
    const char *offset = param_int(arena, record->offset);
    const char *letter = arena_printf(arena, "{\"topic\":\"%s\",\"partition\":%s,\"offset\":%s,\"reason\":\"%s\"}",
                                      record->topic, partition, offset, reason);
    const char *params[] = {NULL, record->topic, partition, offset, reason, text, hex, worker->claimer.host};
    log_line(LOG_WARN, "%s[%s] offset %s: %s: %s", record->topic, partition, offset, reason, text);
    while (!put_letter(worker, arena, params, letter, err)) {
        if (err->code != ERR_SERVICE || atomic_load(&worker->stop))
            return false;
        log_line(LOG_WARN, "%s; trying again", err->text);
        clock_sleep_ms(SORRY_MS);
    }
    return true;
}

/* The order is acknowledged once its task is claimed, or is somebody else's, or will never be one. */
static bool take_order(struct worker *worker, struct arena *arena, const struct bus_record *record, struct claim *claim,
                       bool *got, struct err *err)
{
    struct order order;
    struct err why;
    struct rows rows;
    *got = false;
    if (!order_parse(arena, record->payload, record->len, &order, &why)) {
        if (!bury(worker, arena, record, why.code == ERR_DEFINITION ? "other version" : "undecodable", why.text, err))
            return false;
    } else if (!claim_take(worker->ledger, arena, &worker->claimer, order.task, claim, got, err)) {
        return false;
    } else if (!*got) {
        if (!ledger_exec(worker->ledger, arena, STATEMENT_TASK_KNOWN, PARAMS(order.task), &rows, err) ||
            (rows.count == 0 && !bury(worker, arena, record, "unknown task", order.task, err)))
            return false;
    }
    bus_ack(worker->bus, record);
    worker->heard = true;
    return true;
}

/* A task from Kafka where one came, from the ledger where nothing did. */
static bool find_work(struct worker *worker, struct arena *arena, struct claim *claim, bool *got, struct err *err)
{
    struct bus_record record;
    *got = false;
    worker->heard = worker->heard || clock_seconds_since(worker->opened_ns) > JOIN_SECONDS;
    if (inbox_take(worker->inbox, arena, worker->heard ? SILENCE_MS : JOIN_MS, &record))
        return take_order(worker, arena, &record, claim, got, err);
    if (clock_seconds_since(worker->expired_ns) > EXPIRE_SECONDS) {
        worker->expired_ns = clock_mono_ns();
        if (!claim_expire(worker->ledger, arena, &worker->claimer, err) ||
            !run_end_overdue(worker->ledger, arena, &worker->store, err))
            return false;
    }
    return claim_next(worker->ledger, arena, &worker->claimer, claim, got, err);
}

/* A worker that can do nothing here is always idle, and would be the first to take every task. */
static void step_aside(const struct worker *worker)
{
    for (int waited_ms = 0; waited_ms < ASIDE_MS && !atomic_load(&worker->stop); waited_ms += 100)
        clock_sleep_ms(100);
}

/* One round: at most one task. A ledger that does not answer is asked again; nothing is lost meanwhile. */
static bool serve_once(struct worker *worker, struct arena *arena)
{
    struct claim claim;
    struct err err;
    bool got = false, passed = false;
    const struct work_site site = {.passed = &passed,
                                   .stage = worker->stage,
                                   .claimer = &worker->claimer,
                                   .ledger = worker->ledger,
                                   .lease = worker->lease,
                                   .pool = worker->pool,
                                   .stall_ms = worker->site->stall_ms};
    if (!find_work(worker, arena, &claim, &got, &err) || (got && !work_on(&site, arena, &claim, &err))) {
        log_line(LOG_WARN, "%s; trying again", err.text);
        clock_sleep_ms(SORRY_MS);
    }
    if (passed)
        step_aside(worker);
    return got;
}

static bool open_worker(struct worker *worker, struct err *err)
{
    name_worker(worker);
    worker->opened_ns = clock_mono_ns();
    return open_services(worker, err) && start_threads(worker, err);
}

/* What Kafka said no to before anything went through is a mistake in the settings or the rights, not an outage. */
static bool refused(struct worker *worker, struct err *err)
{
    if (inbox_refused(worker->inbox, err))
        return true;
    if (!atomic_load(&worker->relay.refused))
        return false;
    *err = worker->relay.refusal;
    return true;
}

bool worker_serve(const struct stage *stage, const struct site *site, const struct worker_options *options,
                  struct err *err)
{
    struct worker worker = {.stage = stage, .site = site};
    struct arena arena;
    block_signals();
    limit_memory(site);
    srandom((unsigned)(clock_wall_us() ^ getpid()));
    arena_init(&worker.life);
    if (!open_worker(&worker, err)) {
        arena_release(&worker.life);
        return false;
    }
    arena_init(&arena);
    bool good = true;
    while (good && !atomic_load(&worker.stop)) {
        bool worked = serve_once(&worker, &arena);
        arena_clear(&arena);
        if (!worked && options->once)
            break;
        good = !refused(&worker, err);
    }
    arena_release(&arena);
    end_threads(&worker);
    arena_release(&worker.life);
    return good;
}
