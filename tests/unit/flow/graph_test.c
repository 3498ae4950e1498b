/* The graph on a private ledger: keys, reuse in one transaction, kinds without tasks, the end of a run. */
#include "tests/unit/flow/bench.h"

#define NEWEST "(SELECT id FROM ledger.run ORDER BY created DESC LIMIT 1)"

static void step(struct bench *bench, const char *stage, const char *kind, const char *role, const char *const *texts,
                 size_t count)
{
    struct claim claim;
    struct err err = {0};
    if (!OK(bench_claim(bench, stage, "one", &claim), "a task of %s", kind))
        return;
    SAME(claim.kind, kind, "is of that kind");
    if (!OK(bench_complete(bench, &claim, role, texts, count, &err), "is completed"))
        printf("# %s\n", err.text);
}

static void test_cascade(struct bench *bench)
{
    static const char *const batches[] = {"batch a", "batch b"};
    static const char *const changed[] = {"batch a", "batch c"};
    static const char *const raw_a[] = {"raw a"}, *const raw_b[] = {"raw b"};
    bench_run(bench);
    step(bench, "ingest", "ingest.scan", "batch", batches, 2);
    step(bench, "ingest", "ingest.read", "raw", raw_a, 1);
    step(bench, "ingest", "ingest.read", "raw", raw_b, 1);
    SAME(bench_sql(bench, "SELECT string_agg(kind || ' ' || position::text || ' ' || state, ', ' ORDER BY kind, "
                          "position) FROM ledger.task WHERE kind = 'clean.shard'"),
         "clean.shard {0,0,0} ready, clean.shard {0,1,0} ready", "each raw shard is to be cleaned, in its place");
    SAME(bench_sql(bench, "SELECT string_agg(kind || ' ' || sealed::text || ' ' || complete::text, ', ' ORDER BY "
                          "ordinal) FROM ledger.stage_run WHERE expected > 0"),
         "ingest.scan true true, ingest.read true true, clean.shard true false", "what can get no more is sealed");
    bench_sql(bench, "UPDATE ledger.run SET state = 'cancelled', finished = now() WHERE state = 'running'");

    bench_run(bench);
    step(bench, "ingest", "ingest.scan", "batch", changed, 2);
    SAME(bench_sql(bench, "SELECT string_agg(kind || ' ' || position::text || ' ' || state, ', ' ORDER BY kind DESC, "
                          "position) FROM ledger.task WHERE run = " NEWEST),
         "ingest.scan {0} done, ingest.read {0,0} reused, ingest.read {0,1} ready, clean.shard {0,0,0} ready",
         "what is the same is reused with the scan, and opens what follows it");
    SAME(bench_sql(bench, "SELECT count(DISTINCT key)::text FROM ledger.task WHERE kind = 'ingest.read'"), "3",
         "the same input has the same key");
    SAME(bench_sql(bench, "SELECT key_text FROM ledger.task WHERE kind = 'ingest.scan' LIMIT 1"),
         "ingest.scan\nrevision 1  {}\n{\"source\":\"pages\"}\n", "a key's text can be read");
    SAME(bench_sql(bench, "SELECT count(*)::text FROM ledger.outbox o JOIN ledger.task t ON t.id = o.task WHERE "
                          "t.state = 'reused'"),
         "0", "what is reused has no order");
    SAME(bench_sql(bench, "SELECT count(t.key_text) || ' ' || count(i) || ', ' || bool_and(encode(sha256(convert_to("
                          "o.key_text, 'UTF8')), 'hex') = encode(t.key, 'hex')) || ' ' || count(p) FROM ledger.task t "
                          "LEFT JOIN ledger.task_input i ON i.task = t.id JOIN ledger.task o ON o.id = t.reused_from "
                          "JOIN ledger.task_input p ON p.task = o.id"),
         "0 0, true 1", "nor says it what its key was made of and what it was given: what it reuses does");
    bench_sql(bench, "UPDATE ledger.run SET state = 'cancelled', finished = now() WHERE state = 'running'");
}

static void test_missing(struct bench *bench)
{
    static const char *const batches[] = {"batch a"};
    struct err err = {0};
    struct digest raw = digest_of("raw a", 5);
    OK(store_remove(&bench->store, &raw, &err), "an old output is gone");
    bench_run(bench);
    step(bench, "ingest", "ingest.scan", "batch", batches, 1);
    SAME(bench_sql(bench, "SELECT state FROM ledger.task WHERE kind = 'ingest.read' AND run = " NEWEST), "ready",
         "what is not in the store is not reused");
    bench_sql(bench, "UPDATE ledger.run SET state = 'cancelled', finished = now() WHERE state = 'running'");
}

static void test_nothing(struct bench *bench)
{
    struct err err = {0};
    bench_run(bench);
    step(bench, "ingest", "ingest.scan", "batch", NULL, 0);
    SAME(bench_sql(bench, "SELECT state || ' ' || error_code || ': ' || error FROM ledger.run WHERE id = " NEWEST),
         "failed INPUT: the sources hold no documents: check ingest.sources[].files",
         "kinds without tasks are complete at once, up to the one that needs some");
    bench_run(bench);
    OK(run_stop(bench->ledger, bench->arena, &bench->store, bench->run, "cancelled", "by hand", ERR_CANCELLED, &err),
       "a run is stopped");
    OK(run_stop(bench->ledger, bench->arena, &bench->store, bench->run, "failed", "again", ERR_INTERNAL, &err),
       "twice");
    SAME(bench_sql(bench, "SELECT r.state || ' ' || t.state FROM ledger.run r JOIN ledger.task t ON t.run = r.id WHERE "
                          "r.id = " NEWEST),
         "cancelled cancelled", "which changes nothing; its tasks wait no more");
}

int main(void)
{
    struct arena arena;
    struct bench bench;
    arena_init(&arena);
    bench_open(&bench, &arena);
    test_cascade(&bench);
    test_missing(&bench);
    test_nothing(&bench);
    arena_release(&arena);
    return DONE();
}
