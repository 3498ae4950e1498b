/* Several tasks claimed, kept and completed at once, on a private ledger: what holds of one holds of each. */
#include "tests/unit/flow/bench.h"

enum { MANY = 6 };

static void end_runs(struct bench *bench)
{
    bench_sql(bench, "UPDATE ledger.run SET state = 'cancelled', finished = now() WHERE state = 'running'");
}

/* A run whose scan left MANY batches to read, none of which was there before. */
static void begin(struct bench *bench)
{
    struct claim scan;
    struct err err = {0};
    const char *batches[MANY];
    bench_run(bench);
    for (int i = 0; i < MANY; i++)
        batches[i] = arena_printf(bench->arena, "batch %d of run %d", i, bench->slots);
    bench_must(bench_claim(bench, "ingest", "one", &scan), &err);
    bench_must(bench_complete(bench, &scan, "batch", batches, MANY, &err), &err);
}

static size_t take(struct bench *bench, size_t most, struct claim *claims)
{
    struct err err = {0};
    size_t got = 0;
    bench_sql(bench, "UPDATE ledger.task SET published = now() WHERE state = 'ready' AND not_before <= now()");
    bench_must(claim_next(bench->ledger, bench->arena, &bench->claimer, most, claims, &got, &err), &err);
    return got;
}

/* Completes them together, each with an output of its own; how many of them were done. */
static int complete(struct bench *bench, const struct claim *claims, size_t count, struct err *err)
{
    static const struct claim_usage usage = {
        .started_us = 1764000000000000, .ended_us = 1764000001000000, .cpu_seconds = 1};
    struct task tasks[MANY];
    struct completion completions[MANY];
    int done = 0;
    for (size_t i = 0; i < count; i++) {
        tasks[i] = (struct task){.arena = bench->arena,
                                 .store = &bench->store,
                                 .id = claims[i].task,
                                 .run = claims[i].run,
                                 .kind = claims[i].kind,
                                 .pipeline = "small",
                                 .attempt = claims[i].attempt};
        tasks[i].spec = json_read(bench->arena, claims[i].spec, strlen(claims[i].spec), err);
        bench_must(task_put(&tasks[i], "raw", 0, claims[i].task, UUID_TEXT - 1, "text/plain", err), err);
        task_count(&tasks[i], "documents_in", (int64_t)i + 1);
        completions[i] = (struct completion){&claims[i], &tasks[i], &usage, false};
    }
    if (!complete_tasks(bench->ledger, bench->arena, &bench->claimer, completions, count, err))
        return -1;
    for (size_t i = 0; i < count; i++)
        done += completions[i].done;
    return done;
}

static void test_together(struct bench *bench)
{
    struct claim claims[MANY], more[MANY];
    struct err err = {0};
    begin(bench);
    OK(take(bench, 4, claims) == 4, "four are taken");
    OK(claims[0].position.count == 2 && claims[0].position.place[1] == 0 && claims[3].position.place[1] == 3,
       "in their order");
    OK(take(bench, MANY, more) == 2, "the rest are two");
    OK(take(bench, MANY, more) == 0, "and then none");
    SAME(bench_sql(bench, "SELECT string_agg(claimed_with::text, ' ' ORDER BY claimed_with) FROM ledger.attempt WHERE "
                          "outcome IS NULL"),
         "2 2 4 4 4 4", "two hands, six attempts");
    OK(complete(bench, claims, 4, &err) == 4, "four are completed");
    OK(complete(bench, claims, 4, &err) == 4, "and again, where the answer was lost: it is the same completion");
    SAME(bench_sql(bench, "SELECT count(*) || ' ' || sum(value) FROM ledger.task_counter"), "4 10",
         "counted once, each its own");
    SAME(bench_sql(bench, "SELECT done || ' of ' || expected FROM ledger.stage_run WHERE kind = 'ingest.read'"),
         "4 of 6", "the stage counts them");
    SAME(bench_sql(
             bench,
             "SELECT string_agg(position::text, ' ' ORDER BY position) FROM ledger.task WHERE kind = 'clean.shard'"),
         "{0,0,0} {0,1,0} {0,2,0} {0,3,0}", "each opens what follows it, in its place");
    SAME(bench_sql(bench, "SELECT count(*)::text FROM ledger.outbox o JOIN ledger.task t ON t.id = o.task WHERE t.kind "
                          "= 'clean.shard'"),
         "4", "with an order");
    SAME(bench_sql(
             bench,
             "SELECT count(DISTINCT i.artifact)::text FROM ledger.task_input i JOIN ledger.task t ON t.id = i.task "
             "WHERE t.kind = 'clean.shard'"),
         "4", "and an input of its own");
    end_runs(bench);
}

static void test_orders(struct bench *bench)
{
    struct claim claims[MANY], one;
    struct err err = {0};
    size_t got = 0;
    begin(bench);
    bench_must(bench_claim(bench, "ingest", "two", &one), &err);
    const char *ids =
        bench_sql(bench, "SELECT string_agg(id::text, ' ' ORDER BY position DESC) FROM ledger.task "
                         "WHERE kind = 'ingest.read' AND run = (SELECT id FROM ledger.run WHERE state = 'running')");
    const char *tasks[MANY + 2];
    for (int i = 0; i < MANY; i++)
        tasks[i] = arena_strndup(bench->arena, ids + 37 * i, 36);
    tasks[MANY] = tasks[0];
    tasks[MANY + 1] = "00000000-0000-4000-8000-000000000000";
    OK(claim_take(bench->ledger, bench->arena, &bench->claimer, tasks, MANY + 2, claims, &got, &err) && got == MANY - 1,
       "of eight orders, one repeated, one unknown, one somebody else's, five are taken");
    OK(claims[0].position.place[1] == 1 && claims[4].position.place[1] == 5, "in their order");
    end_runs(bench);
}

static void test_one_lost(struct bench *bench)
{
    struct claim claims[MANY], again[MANY];
    struct err err = {0};
    begin(bench);
    OK(take(bench, 4, claims) == 4, "four are taken");
    OK(claim_heartbeat(bench->ledger, bench->arena, &bench->claimer, claims, 4, 2, "{\"done\":1}", 1, &err),
       "and kept");
    const char *progress =
        arena_printf(bench->arena, "SELECT count(*) || coalesce(min(id::text), '') FROM ledger.task WHERE "
                                   "progress IS NOT NULL");
    SAME(bench_sql(bench, progress), arena_printf(bench->arena, "1%s", claims[2].task),
         "progress is of the one worked on");
    bench_sql(bench,
              arena_printf(bench->arena, "UPDATE ledger.task SET lease_until = now() - interval '1 s' WHERE id = '%s'",
                           claims[1].task));
    OK(claim_expire(bench->ledger, bench->arena, &bench->claimer, &err), "one is lost");
    OK(claim_heartbeat(bench->ledger, bench->arena, &bench->claimer, claims, 4, 2, NULL, 1, &err),
       "the others are kept");
    OK(!claim_heartbeat(bench->ledger, bench->arena, &bench->claimer, claims, 4, 1, NULL, 1, &err) &&
           err.code == ERR_LEASE && strstr(err.text, claims[1].task) != NULL,
       "of the lost one it is said, by its whole id: they begin alike");
    OK(complete(bench, claims, 4, &err) == 3, "three are completed");
    SAME(bench_sql(
             bench,
             "SELECT string_agg(state, ' ' ORDER BY position) FROM ledger.task WHERE kind = 'ingest.read' AND run = "
             "(SELECT id FROM ledger.run WHERE state = 'running')"),
         "done ready done done ready ready", "the lost one waits");
    bench_sql(bench,
              "UPDATE ledger.task SET not_before = now() - interval '2 s' WHERE state = 'ready' AND attempt > 0");
    OK(take(bench, MANY, again) == 1 && again[0].attempt == 2, "what was tried before is taken alone");
    OK(take(bench, MANY, again) == 2 && again[0].attempt == 1, "the new ones together");
    end_runs(bench);
}

/* What a hand used before it was lost is shared by its tasks. */
static void test_charge(struct bench *bench)
{
    struct claim claims[MANY];
    struct err err = {0};
    begin(bench);
    bench_sql(bench, "INSERT INTO ledger.price (resource, unit, amount, currency, valid_from) VALUES "
                     "('cpu', 'hour', 3600, 'EUR', '2000-01-01') ON CONFLICT DO NOTHING");
    OK(take(bench, 5, claims) == 5, "five are taken");
    bench_sql(
        bench,
        "UPDATE ledger.attempt a SET started = now() - interval '100 s' FROM ledger.task t "
        "WHERE t.id = a.task AND a.outcome IS NULL AND t.run = (SELECT id FROM ledger.run WHERE state = 'running')");
    bench_sql(bench, "UPDATE ledger.task SET lease_until = now() - interval '1 s' WHERE state = 'running'");
    OK(claim_expire(bench->ledger, bench->arena, &bench->claimer, &err), "and all lost");
    const char *seconds =
        bench_sql(bench, "SELECT sum(quantity * 3600) FROM ledger.charge c JOIN ledger.attempt a USING (task, attempt) "
                         "WHERE a.outcome = 'lost' AND a.wall_seconds > 99");
    OK(seconds != NULL && strtod(seconds, NULL) > 99 && strtod(seconds, NULL) < 120,
       "one worker's time is charged: %s s", seconds == NULL ? "none" : seconds);
    end_runs(bench);
}

/* One of them breaks the transaction: none is done. */
static void test_all_or_nothing(struct bench *bench)
{
    struct claim claims[MANY];
    struct err err = {0};
    begin(bench);
    OK(take(bench, 3, claims) == 3, "three are taken");
    bench_sql(bench,
              arena_printf(bench->arena,
                           "INSERT INTO ledger.task_counter (task, name, value) VALUES ('%s', 'documents_in', 0)",
                           claims[2].task));
    OK(complete(bench, claims, 3, &err) == -1 && err.code == ERR_INTERNAL, "together they are refused");
    SAME(bench_sql(bench,
                   "SELECT count(*)::text FROM ledger.task WHERE state = 'done' AND kind = 'ingest.read' AND run = "
                   "(SELECT id FROM ledger.run WHERE state = 'running')"),
         "0", "and none is done");
    OK(complete(bench, claims, 1, &err) == 1, "alone the first is");
    end_runs(bench);
}

int main(void)
{
    struct arena arena;
    struct bench bench;
    arena_init(&arena);
    bench_open(&bench, &arena);
    test_together(&bench);
    test_orders(&bench);
    test_one_lost(&bench);
    test_charge(&bench);
    test_all_or_nothing(&bench);
    arena_release(&arena);
    return DONE();
}
