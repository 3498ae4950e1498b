/*
 * layer of the worker: a whole worker of a made stage does a run's tasks: claims, leases, work, completion, relay. The
 * database is $CALL_LEDGER, Kafka $CALL_KAFKA, the topics' prefix $CALL_TOPIC.
 *
 * A worker that ends with an error leaves the rest to the next run of the driver, as to the next worker.
 */
#include "lib/base/clock.h"
#include "lib/flow/run.h"
#include "lib/flow/worker.h"
#include "tests/call/layer.h"

#include <stdlib.h>
#include <string.h>

enum { READS = 3, LEASE_MS = 3000, PATIENCE_S = 20 };

static const char content[] = "{}\n";

static bool scan(struct task *task, const void *config, struct err *err)
{
    (void)config;
    for (int i = 0; i < READS; i++)
        if (!task_put(task, "batch", i, content, sizeof content - 1, "application/jsonl", err))
            return false;
    return true;
}

static bool read_one(struct task *task, const void *config, struct err *err)
{
    (void)config;
    task_count(task, "documents_in", 1);
    return task_put(task, "nothing", 0, content, sizeof content - 1, "application/jsonl", err);
}

static const struct kind kinds[] = {
    {.name = "ingest.scan", .revision = 1}, {.name = "ingest.read", .revision = 1}, {NULL}};
static const struct kind rest[] = {
    {.name = "clean.shard", .revision = 1},      {.name = "clean.dedup", .revision = 1},
    {.name = "tokenize.learn", .revision = 1},   {.name = "tokenize.encode", .revision = 1},
    {.name = "train.fit", .revision = 1},        {.name = "evaluate.baseline", .revision = 1},
    {.name = "evaluate.score", .revision = 1},   {.name = "evaluate.judge", .revision = 1},
    {.name = "registry.release", .revision = 1}, {NULL}};
static const struct stage_info ingest = {.name = "ingest", .kinds = kinds}, others = {.name = "rest", .kinds = rest};
static const struct stage_info *const stages[] = {&ingest, &others, NULL};
static const struct work works[] = {{"ingest.scan", scan}, {"ingest.read", read_one}, {NULL, NULL}};
static const struct stage stage = {.info = &ingest, .works = works};

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
                                        .stages = stages};
    return run_start(ledger, arena, &definition, &request, run, err);
}

static bool count_open(struct ledger *ledger, struct arena *arena, int64_t *open, struct err *err)
{
    struct rows rows;
    if (!ledger_sql(ledger, arena,
                    "SELECT count(*) FROM ledger.task WHERE kind LIKE 'ingest.%' AND state IN ('ready', 'running')",
                    &rows, err))
        return false;
    *open = row_int(&rows, 0, 0);
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

static bool work_worker(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct site site;
    struct store store;
    int64_t open = 1;
    const struct worker_options once = {.once = true};
    test_begins();
    struct ledger *ledger = ledger_open(arena, getenv("CALL_LEDGER"), "call", err);
    bool good = ledger != NULL && make_site(&site, arena, folder, err) && store_open(&store, arena, site.store, err) &&
                have_run(ledger, arena, &store, err);
    for (int64_t begin = clock_mono_ns(); good && open > 0 && clock_seconds_since(begin) < PATIENCE_S;) {
        test_ends();
        good = worker_serve(&stage, &site, &once, err);
        test_begins();
        good = good && count_open(ledger, arena, &open, err);
    }
    digest_add(made, content, sizeof content);
    return good &&
           (open == 0 || err_set(err, ERR_INTERNAL, "%lld tasks of the ledger are never done", (long long)open));
}

const struct layer worker_layers[] = {{"worker", work_worker}, {NULL, NULL}};
