/* worker: see worker.h. */
#include "lib/flow/worker.h"

#include "lib/base/clock.h"
#include "lib/base/end_signal.h"
#include "lib/base/log.h"
#include "lib/flow/bus.h"
#include "lib/flow/inbox.h"
#include "lib/flow/lease.h"
#include "lib/flow/order.h"
#include "lib/flow/own_store.h"
#include "lib/flow/relay.h"
#include "lib/flow/run.h"
#include "lib/flow/services.h"
#include "lib/flow/watch.h"
#include "lib/flow/work.h"
#include "lib/text/utf8.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    SILENCE_MS = 300,
    PAUSE_MS = 20,
    JOIN_MS = 50,
    JOIN_SECONDS = 10,
    EXPIRE_SECONDS = 1,
    BUDGET_SECONDS = 5,
    SORRY_MS = 500,
    REACH_MS = 5000,
    ASIDE_MS = 3000,
    STRANDED_MS = 5000,
    STRANDED_MOST_MS = 300000,
    REST_SECONDS = 2
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
    struct watcher watcher;
    struct watch watch, inbox_watch, relay_watch;
    struct relay relay;
    pthread_t relay_thread, signal_thread;
    struct pool *pool;
    struct work_settings settings;
    struct work_process process;
    struct hand hand;
    int64_t stranded_ms;             /* how long it waited for the store at most, the last time; 0: the store works */
    int64_t expired_ns, reckoned_ns; /* when it looked for what is lost or late; for what is spent */
    int64_t opened_ns;
    int64_t busy_ns; /* when it had an order or a task last */
    bool worked;     /* a task, in the last round */
    bool at_rest;
    bool heard;  /* an order came at least once, or long enough: the group has been joined */
    bool behind; /* nothing came last time, though the ledger had work: messages are late or lost */
    atomic_bool stop;
};

static void *await_end(void *ptr)
{
    struct worker *worker = ptr;
    end_signal_await();
    atomic_store(&worker->stop, true);
    lease_interrupt(worker->lease);
    return NULL;
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
    return services_postgres(worker->site, life, &worker->conninfo, err) &&
           services_kafka(worker->site, life, &worker->properties, err) &&
           (worker->ledger = ledger_open(life, worker->conninfo, client, err)) != NULL &&
           own_store_open(&worker->store, life, worker->ledger, worker->site->store, err) &&
           bus_open(&worker->bus, life, &worker->properties, client, err) && reach_kafka(worker, topic, err) &&
           bus_listen(worker->bus, topic,
                      arena_printf(life, "%s.%s", worker->site->topic_prefix, worker->stage->info->name), err);
}

static void start_threads(struct worker *worker)
{
    worker->inbox = inbox_open(&worker->life, worker->bus, &worker->inbox_watch);
    worker->lease = lease_open(&worker->life, worker->conninfo, &worker->claimer);
    worker->relay.conninfo = worker->conninfo;
    worker->relay.properties = &worker->properties;
    worker->relay.watch = &worker->relay_watch;
    worker->relay.lease_ms = worker->site->lease_ms;
    worker->relay.client =
        arena_printf(&worker->life, "tidemill-relay/%s/%d", worker->stage->info->name, (int)getpid());
    worker->pool = pool_new(worker_threads(worker));
    if (pthread_create(&worker->relay_thread, NULL, relay_run, &worker->relay) != 0 ||
        pthread_create(&worker->signal_thread, NULL, await_end, worker) != 0)
        arena_exhausted("the system refuses a thread"); /* what runs already stands on what would be freed */
}

static void end_threads(struct worker *worker)
{
    atomic_store(&worker->relay.stop, true);
    end_signal_post();
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
        (rows.count == 0 || order_post(ledger, arena, NULL, order_dead_topic(arena, worker->site->topic_prefix),
                                       params[1], letter, err)) &&
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
    watch_step(&worker->watch, "keeping a message that is no order");
    while (!put_letter(worker, arena, params, letter, err)) {
        if (err->code != ERR_SERVICE || atomic_load(&worker->stop))
            return false;
        log_line(LOG_WARN, "%s; trying again", err->text);
        clock_sleep_ms(SORRY_MS);
        watch_step(&worker->watch, "keeping a message that is no order");
    }
    return true;
}

static bool claimed(const struct claim *claims, size_t count, const char *task)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(claims[i].task, task) == 0)
            return true;
    return false;
}

/* Orders of tasks that were not to be had: of a task that the ledger has, somebody else was quicker, or it has ended.
 */
static bool bury_unknown(struct worker *worker, struct arena *arena, const struct bus_record *const *records,
                         const char *const *tasks, size_t count, struct err *err)
{
    struct rows rows;
    if (count == 0)
        return true;
    if (!ledger_exec(worker->ledger, arena, STATEMENT_TASK_KNOWN, PARAMS(param_texts(arena, tasks, count)), &rows, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (row_find(&rows, tasks[i]) < 0 && !bury(worker, arena, records[i], "unknown task", tasks[i], err))
            return false;
    return true;
}

/* Orders are acknowledged once their tasks are claimed, or are somebody else's, or will never be any. */
static bool take_orders(struct worker *worker, struct arena *arena, const struct bus_record *records, size_t count,
                        struct claim *claims, size_t *got, struct err *err)
{
    const char *tasks[HAND_MOST], *missed[HAND_MOST];
    const struct bus_record *of[HAND_MOST], *of_missed[HAND_MOST];
    size_t orders = 0, misses = 0;
    for (size_t i = 0; i < count; i++) {
        struct err why;
        struct order *order = ARENA_NEW(arena, struct order);
        if (order_parse(arena, records[i].payload, records[i].len, order, &why)) {
            tasks[orders] = order->task;
            of[orders++] = &records[i];
        } else if (!bury(worker, arena, &records[i], why.code == ERR_DEFINITION ? "other version" : "undecodable",
                         why.text, err)) {
            return false;
        }
    }
    watch_step(&worker->watch, "claiming tasks that were ordered");
    if (orders > 0 && !claim_take(worker->ledger, arena, &worker->claimer, tasks, orders, claims, got, err))
        return false;
    for (size_t i = 0; i < orders; i++) {
        if (claimed(claims, *got, tasks[i]))
            continue;
        missed[misses] = tasks[i];
        of_missed[misses++] = of[i];
    }
    if (!bury_unknown(worker, arena, of_missed, missed, misses, err))
        return false;
    watch_step(&worker->watch, "acknowledging orders");
    bus_ack(worker->bus, records, count);
    worker->heard = true;
    worker->busy_ns = clock_mono_ns();
    return true;
}

/* How long to wait for an order before the ledger is asked. Who has just run out of orders helps those who have not. */
static int patience_ms(struct worker *worker)
{
    worker->heard = worker->heard || clock_seconds_since(worker->opened_ns) > JOIN_SECONDS;
    return worker->behind ? 0 : worker->worked ? PAUSE_MS : worker->heard ? SILENCE_MS : JOIN_MS;
}

/* Tasks from Kafka where orders came, from the ledger where nothing did. */
static bool find_work(struct worker *worker, struct arena *arena, struct claim *claims, size_t *got, struct err *err)
{
    struct bus_record records[HAND_MOST];
    size_t count = 0, most = hand_size(&worker->hand);
    watch_step(&worker->watch, "waiting for orders");
    while (count < most && inbox_take(worker->inbox, arena, count > 0 ? 0 : patience_ms(worker), &records[count]))
        count++;
    worker->behind = false;
    if (count > 0)
        return take_orders(worker, arena, records, count, claims, got, err);
    if (clock_seconds_since(worker->expired_ns) > EXPIRE_SECONDS) {
        worker->expired_ns = clock_mono_ns();
        watch_step(&worker->watch, "looking for lost attempts and runs past their deadline");
        if (!claim_expire(worker->ledger, arena, &worker->claimer, err) ||
            !run_end_overdue(worker->ledger, arena, &worker->store, err))
            return false;
    }
    if (clock_seconds_since(worker->reckoned_ns) > BUDGET_SECONDS) {
        worker->reckoned_ns = clock_mono_ns();
        watch_step(&worker->watch, "looking for runs that have spent their budget");
        if (!run_end_overspent(worker->ledger, arena, &worker->store, err))
            return false;
    }
    watch_step(&worker->watch, "claiming tasks");
    bool good = claim_next(worker->ledger, arena, &worker->claimer, most, claims, got, err);
    worker->behind = good && *got > 0;
    if (worker->behind)
        inbox_rest(worker->inbox, false);
    return good;
}

/* A worker that can do nothing here is always idle, and would be the first to take every task. */
static void step_aside(const struct worker *worker)
{
    for (int waited_ms = 0; waited_ms < ASIDE_MS && !atomic_load(&worker->stop); waited_ms += 100)
        clock_sleep_ms(100);
}

static bool has_store(struct worker *worker, struct err *err)
{
    struct err ignored;
    struct store now;
    struct arena scratch;
    arena_init(&scratch);
    if (own_store_expect(&now, &scratch, worker->ledger, worker->store.root, &ignored))
        memcpy(worker->store.id, now.id, sizeof now.id); /* meanwhile a person may have said that it is another */
    bool has = store_works(&worker->store, err);
    arena_release(&scratch);
    return has;
}

/* So is one that has lost the store, and it would fail them all. It waits until it has it back; but not for ever, as
 * nobody may have it, and the run is to say so. */
static void wait_for_store(struct worker *worker)
{
    struct err why;
    int64_t begin = clock_mono_ns(), most = worker->stranded_ms * 2;
    if (has_store(worker, &why)) /* it is back already */
        return;
    worker->stranded_ms = most < STRANDED_MS ? STRANDED_MS : most < STRANDED_MOST_MS ? most : STRANDED_MOST_MS;
    log_line(LOG_WARN, "%s; no task is taken until the store %s can be used from here, for %lld s at most", why.text,
             worker->store.root, (long long)worker->stranded_ms / 1000);
    while (clock_seconds_since(begin) * 1000 < (double)worker->stranded_ms && !atomic_load(&worker->stop)) {
        watch_step(&worker->watch, "waiting for the store");
        clock_sleep_ms(SORRY_MS);
        if (has_store(worker, &why)) {
            worker->stranded_ms = 0;
            return;
        }
    }
}

/* One round: at most one hand of tasks. A ledger that does not answer is asked again; nothing is lost meanwhile. */
static void serve_once(struct worker *worker, struct arena *arena)
{
    struct claim claims[HAND_MOST];
    struct err err;
    size_t got = 0;
    bool passed = false, stranded = false;
    const struct work_site site = {.passed = &passed,
                                   .stranded = &stranded,
                                   .stage = worker->stage,
                                   .claimer = &worker->claimer,
                                   .ledger = worker->ledger,
                                   .lease = worker->lease,
                                   .watch = &worker->watch,
                                   .pool = worker->pool,
                                   .settings = &worker->settings,
                                   .hand = &worker->hand,
                                   .process = &worker->process,
                                   .patience = {worker->site->stall_ms, worker->site->stall_step_ms}};
    if (!find_work(worker, arena, claims, &got, &err) || (got > 0 && !work_on(&site, arena, claims, got, &err))) {
        log_line(LOG_WARN, "%s; trying again", err.text);
        clock_sleep_ms(SORRY_MS);
    }
    if (passed)
        step_aside(worker);
    if (stranded)
        wait_for_store(worker);
    else if (got > 0)
        worker->stranded_ms = 0;
    worker->worked = got > 0;
}

/* One that has had nothing to do for a while keeps no memory that others could use, and hardly asks the broker. */
static void rest(struct worker *worker)
{
    if (worker->worked)
        worker->busy_ns = clock_mono_ns();
    bool at_rest = worker->heard && clock_seconds_since(worker->busy_ns) > REST_SECONDS;
    inbox_rest(worker->inbox, at_rest);
    if (at_rest && !worker->at_rest)
        arena_give_back();
    worker->at_rest = at_rest;
}

static void watch_threads(struct worker *worker)
{
    struct watch *const watches[] = {&worker->watch, &worker->inbox_watch, &worker->relay_watch};
    worker->inbox_watch.least_ms = worker->relay_watch.least_ms = BUS_LONGEST_MS;
    watcher_begin(&worker->watcher, worker->site->stall_step_ms, watches, sizeof watches / sizeof *watches);
}

static bool open_worker(struct worker *worker, struct err *err)
{
    name_worker(worker);
    worker->opened_ns = clock_mono_ns();
    if (!open_services(worker, err))
        return false;
    watch_ledger(&worker->watch, worker->ledger);
    watcher_ledger(&worker->watcher, worker->conninfo, worker->claimer.owner);
    start_threads(worker);
    return true;
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

/* The same process by its number, so that who started it sees none end. By its path it keeps its name, too; a program
 * that was replaced meanwhile has none. */
static void begin_anew(const struct worker_options *options)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    path[len > 0 ? len : 0] = '\0';
    execv(path, options->argv);
    execv("/proc/self/exe", options->argv);
    log_line(LOG_WARN, "cannot begin anew: %s; this worker ends", strerror(errno));
}

bool worker_serve(const struct stage *stage, const struct site *site, const struct worker_options *options,
                  struct err *err)
{
    struct worker worker = {.stage = stage, .site = site};
    struct arena arena;
    end_signal_take();
    mapping_guard();
    limit_memory(site);
    srandom((unsigned)(clock_wall_us() ^ getpid()));
    arena_init(&worker.life);
    watch_threads(&worker);
    watch_step(&worker.watch, "starting");
    if (!open_worker(&worker, err)) {
        arena_release(&worker.life);
        watcher_end(&worker.watcher);
        return false;
    }
    arena_init(&arena);
    work_settings_init(&worker.settings);
    bool good = true;
    while (good && !atomic_load(&worker.stop) && !worker.process.renew) {
        serve_once(&worker, &arena);
        arena_clear(&arena);
        rest(&worker);
        if (!worker.worked && options->once)
            break;
        good = !refused(&worker, err);
    }
    const bool anew = good && worker.process.renew && !atomic_load(&worker.stop); /* ending the threads sets stop */
    watch_ledger(&worker.watch, NULL);
    watch_step(&worker.watch, "ending");
    arena_release(&arena);
    end_threads(&worker);
    work_settings_release(&worker.settings);
    arena_release(&worker.life);
    watcher_end(&worker.watcher);
    if (anew)
        begin_anew(options);
    return good;
}
