/* A run ends when what the version in use consists of is in the store: what is gone of it is made again, once; where
 * that fails, the run is no worse for it. */
#include "tests/unit/flow/bench.h"

static const char *const raw[] = {"raw a"}, *const other[] = {"raw b"};

/* A version in production, all of which is one artifact that ingest.read made. */
static void release(struct bench *bench)
{
    static const char *const batch[] = {"batch a"};
    struct claim claim;
    struct err err = {0};
    bench_run(bench);
    bench_must(bench_claim(bench, "ingest", "one", &claim) && bench_complete(bench, &claim, "batch", batch, 1, &err),
               &err);
    bench_must(bench_claim(bench, "ingest", "one", &claim) && bench_complete(bench, &claim, "raw", raw, 1, &err), &err);
    bench_sql(bench,
              "INSERT INTO ledger.model (name) VALUES ('lm');"
              "INSERT INTO ledger.dataset (name) VALUES ('small');"
              "INSERT INTO ledger.dataset_version (dataset, version, root, run, task, documents, bytes, duplicates) "
              "SELECT d.id, 1, o.artifact, t.run, t.id, 1, 5, 0 FROM ledger.dataset d, ledger.task t JOIN "
              "ledger.task_output o ON o.task = t.id WHERE o.role = 'raw';"
              "INSERT INTO ledger.model_version (id, model, version, state, run, task, weights, config, tokenizer, "
              "dataset_version, parameters) SELECT gen_random_uuid(), m.id, 1, 'released', v.run, v.task, v.root, "
              "v.root, v.root, v.id, 1 FROM ledger.model m, ledger.dataset_version v;"
              "INSERT INTO ledger.alias_event (model, alias, kind, to_version, actor) SELECT model, 'production', "
              "'release', id, 'test' FROM ledger.model_version;"
              "UPDATE ledger.run SET state = 'cancelled', finished = now() WHERE state = 'running'");
}

/* A run that comes to its end with nothing new; how it stands then. */
static const char *come_to_the_end(struct bench *bench)
{
    struct graph graph;
    struct claim scan;
    struct err err = {0};
    bench_run(bench);
    bench_must(bench_claim(bench, "ingest", "one", &scan), &err);
    bench_must(ledger_begin(bench->ledger, &err), &err);
    bench_must(graph_open(&graph, bench->ledger, bench->arena, &bench->store, bench->run, "test", &err), &err);
    bench_must(graph_seal(&graph, "registry.release", &err) && ledger_commit(bench->ledger, &err), &err);
    return bench_sql(bench, arena_printf(bench->arena, "SELECT state FROM ledger.run WHERE id = '%s'", bench->run));
}

static const char *state_of(struct bench *bench)
{
    return bench_sql(bench, arena_printf(bench->arena,
                                         "SELECT concat_ws(' ', r.state, r.error, (SELECT string_agg(kind || ' ' || "
                                         "t.state, ' ') FROM ledger.task t WHERE t.run = r.id AND t.repair)) FROM "
                                         "ledger.run r WHERE id = '%s'",
                                         bench->run));
}

static void lose(struct bench *bench)
{
    struct err err = {0};
    struct digest digest = digest_of(raw[0], strlen(raw[0]));
    bench_must(store_remove(&bench->store, &digest, &err), &err);
}

static void test_made_again(struct bench *bench)
{
    struct claim repair;
    struct err err = {0};
    SAME(come_to_the_end(bench), "done", "where all is there a run ends");
    lose(bench);
    SAME(come_to_the_end(bench), "running", "where something is gone it goes on");
    OK(bench_claim(bench, "ingest", "one", &repair) && repair.repair, "until that is made again");
    OK(bench_complete(bench, &repair, "raw", raw, 1, &err), "as it was");
    SAME(state_of(bench), "done ingest.read done", "then it ends");
    SAME(come_to_the_end(bench), "done", "and the next has nothing to do");
}

static void test_in_vain(struct bench *bench)
{
    struct claim repair;
    struct claim_usage usage = {0};
    struct err err = {0}, why = {ERR_INPUT, "the source is another now"};
    lose(bench);
    SAME(come_to_the_end(bench), "running", "it is gone again");
    OK(bench_claim(bench, "ingest", "one", &repair) && repair.repair &&
           claim_failed(bench->ledger, bench->arena, &bench->claimer, &repair, &usage, &why, &err),
       "and cannot be made again");
    SAME(state_of(bench), "done ingest.read failed", "the run, which has all that it needed, is done");
    SAME(come_to_the_end(bench), "done", "and the next does not try that again");
}

static void test_stopped(struct bench *bench)
{
    struct err err = {0};
    bench_sql(bench, "UPDATE ledger.artifact SET removed = NULL");
    SAME(come_to_the_end(bench), "running", "it is gone once more");
    OK(run_stop(bench->ledger, bench->arena, &bench->store, bench->run, "cancelled", "by hand", ERR_CANCELLED, &err),
       "and somebody stops the run");
    SAME(state_of(bench), "done ingest.read cancelled", "that has done what it was for");
}

static void test_worker_lost(struct bench *bench)
{
    struct claim repair;
    struct err err = {0};
    bench_sql(bench, "UPDATE ledger.artifact SET removed = NULL");
    SAME(come_to_the_end(bench), "running", "and once more");
    OK(bench_claim(bench, "ingest", "one", &repair) && repair.repair, "who makes it again");
    bench_sql(bench, "UPDATE ledger.task SET failures = 2, lease_until = now() - interval '1 second' WHERE repair AND "
                     "state = 'running'");
    OK(claim_expire(bench->ledger, bench->arena, &bench->claimer, &err), "dies for the last time");
    SAME(state_of(bench), "done ingest.read failed", "and the run is no worse for it");
}

static void test_other_bytes(struct bench *bench)
{
    struct claim repair;
    struct err err = {0};
    struct digest digest = digest_of(raw[0], strlen(raw[0]));
    bench_must(store_put(&bench->store, raw[0], strlen(raw[0]), &digest, &err), &err);
    bench_sql(bench, "UPDATE ledger.artifact SET removed = NULL");
    SAME(come_to_the_end(bench), "done", "somebody has put it back");
    lose(bench);
    SAME(come_to_the_end(bench), "running", "and it is lost once more");
    OK(bench_claim(bench, "ingest", "one", &repair) && bench_complete(bench, &repair, "raw", other, 1, &err),
       "what made it makes something else now");
    SAME(state_of(bench), "done ingest.read done", "the run ends all the same");
    SAME(come_to_the_end(bench), "done", "and that is not tried for ever");
}

int main(void)
{
    struct arena arena;
    struct bench bench;
    arena_init(&arena);
    bench_open(&bench, &arena);
    release(&bench);
    test_made_again(&bench);
    test_in_vain(&bench);
    test_stopped(&bench);
    test_worker_lost(&bench);
    test_other_bytes(&bench);
    arena_release(&arena);
    return DONE();
}
