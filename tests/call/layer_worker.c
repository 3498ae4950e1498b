/*
 * layers of the worker: whole workers of made stages do a run's tasks: claims, leases, work, completion with its COPY,
 * relay. The database is $CALL_LEDGER, Kafka $CALL_KAFKA, the topics' prefix $CALL_TOPIC.
 *
 * `worker`: one that claims from the ledger before it has joined its group. `shards`: then one of the next stage, too.
 * `orders`: one that is given its orders by Kafka. All are ended by SIGTERM when nothing is left to do. A worker that
 * ends with an error leaves the rest to the next run of the driver, as to the next worker.
 */
#include "lib/base/clock.h"
#include "lib/flow/run.h"
#include "lib/flow/worker.h"
#include "tests/call/layer.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READS = 3, ORDERS = READS + 1, LEASE_MS = 3000, PATIENCE_S = 90, JOIN_S = 12, LAST_S = 3 };

static bool by_orders; /* the scan ends when the group has been joined */
static bool cleans;    /* what was read is cleaned, too */

/* How many messages Kafka gave, where that is counted (tests/call/interpose_flow.c). */
__attribute__((weak)) int orders_given(void);

static int given(void)
{
    return orders_given == NULL ? ORDERS : orders_given();
}

static void await_orders(int count, int patience_s)
{
    for (int64_t begin = clock_mono_ns(); given() < count && clock_seconds_since(begin) < patience_s;)
        clock_sleep_ms(10);
}

/* An output that tells its inputs and its place, so that the bytes of all are known from those of the first. */
static bool leave(struct task *task, const char *role, int64_t ordinal, struct err *err)
{
    struct buf text;
    char hex[DIGEST_HEX];
    buf_init(&text, task->arena);
    buf_printf(&text, "%s %lld", role, (long long)ordinal);
    for (size_t i = 0; i < task->input_count; i++) {
        digest_hex(&task->inputs[i].digest, hex);
        buf_printf(&text, " %s", hex);
    }
    return task_put(task, role, ordinal, text.data, text.len, "text/plain", err);
}

static bool scan(struct task *task, const void *config, struct err *err)
{
    (void)config;
    if (by_orders)
        await_orders(1, JOIN_S);
    for (int i = 0; i < READS; i++)
        if (!leave(task, "batch", i, err))
            return false;
    return true;
}

static bool read_one(struct task *task, const void *config, struct err *err)
{
    (void)config;
    task_count(task, "documents_in", 1);
    return leave(task, "raw", 0, err);
}

/* The id of a shard's one document. */
static void id_of(const struct digest *clean, char id[33])
{
    char hex[DIGEST_HEX];
    digest_hex(clean, hex);
    memcpy(id, hex, 32);
    id[32] = '\0';
}

static bool clean_one(struct task *task, const void *config, struct err *err)
{
    (void)config;
    if (!leave(task, "clean", 0, err) || !leave(task, "signature", 0, err))
        return false;
    struct document_record record = {.content = task->outputs[0].digest, .uri = "uri", .bytes = 1, .split = "train"};
    id_of(&task->outputs[0].digest, record.id);
    task_document(task, &record);
    task_metric(task, "speed", 0, 1);
    return true;
}

/* The second document repeats the first. */
static bool leave_out(struct task *task, const void *config, struct err *err)
{
    struct duplicate_record record;
    (void)config;
    for (size_t i = 0; i < task_inputs(task, "clean"); i++)
        if (!leave(task, "drop", (int64_t)i, err))
            return false;
    id_of(&task_input(task, "clean", 1)->digest, record.id);
    id_of(&task_input(task, "clean", 0)->digest, record.duplicate_of);
    task_duplicate(task, &record);
    return leave(task, "dataset", 0, err);
}

static const struct kind ingest_kinds[] = {
    {.name = "ingest.scan", .revision = 1}, {.name = "ingest.read", .revision = 1}, {.name = NULL}};
static const struct kind clean_kinds[] = {
    {.name = "clean.shard", .revision = 1}, {.name = "clean.dedup", .revision = 1}, {.name = NULL}};
static const struct kind rest[] = {
    {.name = "tokenize.learn", .revision = 1},   {.name = "tokenize.encode", .revision = 1},
    {.name = "train.fit", .revision = 1},        {.name = "evaluate.baseline", .revision = 1},
    {.name = "evaluate.score", .revision = 1},   {.name = "evaluate.judge", .revision = 1},
    {.name = "registry.release", .revision = 1}, {.name = NULL}};
static const struct stage_info ingest_info = {.name = "ingest", .kinds = ingest_kinds},
                               clean_info = {.name = "clean", .kinds = clean_kinds},
                               others = {.name = "rest", .kinds = rest};
static const struct stage_info *const infos[] = {&ingest_info, &clean_info, &others, NULL};
static const struct work ingest_works[] = {{"ingest.scan", scan}, {"ingest.read", read_one}, {NULL, NULL}};
static const struct work clean_works[] = {{"clean.shard", clean_one}, {"clean.dedup", leave_out}, {NULL, NULL}};
static const struct stage ingest = {.info = &ingest_info, .works = ingest_works},
                          clean = {.info = &clean_info, .works = clean_works};

/* One run per database. */
static bool have_run(struct ledger *ledger, struct arena *arena, const struct store *store, struct err *err)
{
    static const char text[] = "pipeline: small\n";
    struct rows rows;
    struct definition definition;
    char run[UUID_TEXT];
    if (!ledger_sql(ledger, arena, "SELECT FROM ledger.run", &rows, err) || rows.count > 0)
        return rows.count > 0;
    definition_parse(&definition, arena, "small.yaml", text, strlen(text));
    const struct run_request request = {.pipeline = "small",
                                        .slot_us = 1764000000000000,
                                        .plan =
                                            json_keep(arena, json_pack("{s:[s], s:[s], s:[], s:s}", "sources", "pages",
                                                                       "models", "lm", "baselines", "release", "lm")),
                                        .actor = "call",
                                        .code_version = "call",
                                        .topic_prefix = getenv("CALL_TOPIC"),
                                        .store = store,
                                        .stages = infos};
    return run_start(ledger, arena, &definition, &request, run, err);
}

/* How many tasks of these kinds are not done yet. */
static bool count_open(struct ledger *ledger, struct arena *arena, const char *which, int64_t *open, struct err *err)
{
    struct rows rows;
    const char *question = arena_printf(
        arena, "SELECT count(*) FROM ledger.task WHERE kind LIKE %s AND state IN ('ready', 'running')", which);
    if (!ledger_sql(ledger, arena, question, &rows, err))
        return false;
    *open = row_int(&rows, 0, 0);
    return true;
}

/* Every artifact of the run. */
static bool add_outputs(struct ledger *ledger, struct arena *arena, struct digest_stream *made, struct err *err)
{
    struct rows rows;
    if (!ledger_sql(ledger, arena,
                    "SELECT string_agg(concat_ws(' ', t.kind, o.role, o.ordinal, encode(o.artifact, 'hex')), ',' "
                    "ORDER BY t.kind, o.role, o.ordinal, o.artifact) FROM ledger.task_output o "
                    "JOIN ledger.task t ON t.id = o.task",
                    &rows, err))
        return false;
    const char *outputs = row_text(&rows, 0, 0) == NULL ? "" : row_text(&rows, 0, 0);
    digest_add(made, outputs, strlen(outputs));
    return true;
}

static bool make_site(struct site *site, struct arena *arena, const char *folder, struct err *err)
{
    struct pair *kafka = ARENA_NEW(arena, struct pair);
    if (!site_read(arena, NULL, folder, site, err))
        return false;
    *kafka = (struct pair){"bootstrap.servers", getenv("CALL_KAFKA")};
    site->kafka = (struct pairs){kafka, 1};
    site->postgres = getenv("CALL_LEDGER");
    site->topic_prefix = getenv("CALL_TOPIC");
    site->lease_ms = LEASE_MS;
    site->memory = 0;
    site->threads = 1;
    return true;
}

struct ending {
    struct ledger *ledger;
    const char *which; /* the kinds of its tasks */
    atomic_bool ended; /* the worker has, by itself */
    int64_t open;
};

/* Ends the worker once all is done, and its orders came where it waits for them. */
static void *end_worker(void *ptr)
{
    struct ending *ending = ptr;
    struct arena arena;
    struct err err;
    test_begins();
    arena_init(&arena);
    for (int64_t begin = clock_mono_ns();
         !atomic_load(&ending->ended) && clock_seconds_since(begin) < PATIENCE_S &&
         (!count_open(ending->ledger, &arena, ending->which, &ending->open, &err) || ending->open > 0);)
        clock_sleep_ms(100);
    if (by_orders && !atomic_load(&ending->ended)) {
        await_orders(ORDERS, LAST_S);
        clock_sleep_ms(100); /* the last ones are acknowledged */
    }
    if (!atomic_load(&ending->ended))
        kill(getpid(), SIGTERM);
    arena_release(&arena);
    return NULL;
}

/* A worker, as long as there are tasks of these kinds. */
static bool serve(struct ledger *ledger, struct arena *arena, const struct stage *stage, const char *which,
                  const struct site *site, struct err *err)
{
    pthread_t thread;
    sigset_t ends;
    const struct worker_options options = {.argv = driver_arguments};
    struct ending ending = {.ledger = ledger, .which = which, .open = 1};
    if (!count_open(ledger, arena, which, &ending.open, err) || ending.open == 0)
        return ending.open == 0;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    if (pthread_create(&thread, NULL, end_worker, &ending) != 0)
        return err_set(err, ERR_SERVICE, "Kafka: no thread");
    test_ends();
    bool good = worker_serve(stage, site, &options, err);
    test_begins();
    atomic_store(&ending.ended, true);
    pthread_join(thread, NULL);
    return good && (ending.open == 0 ||
                    err_set(err, ERR_INTERNAL, "%lld tasks of the ledger are never done", (long long)ending.open));
}

static bool work_worker(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct site site;
    struct store store;
    test_begins();
    struct ledger *ledger = ledger_open(arena, getenv("CALL_LEDGER"), "call", err);
    return ledger != NULL && make_site(&site, arena, folder, err) && store_open(&store, arena, site.store, err) &&
           have_run(ledger, arena, &store, err) && serve(ledger, arena, &ingest, "'ingest.%'", &site, err) &&
           (!cleans || serve(ledger, arena, &clean, "'clean.%'", &site, err)) && add_outputs(ledger, arena, made, err);
}

static bool work_orders(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    by_orders = true;
    return work_worker(arena, folder, made, err);
}

static bool work_shards(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    cleans = true;
    return work_worker(arena, folder, made, err);
}

const struct layer worker_layers[] = {
    {"worker", work_worker}, {"shards", work_shards}, {"orders", work_orders}, {NULL, NULL}};
