/* The outbox on a private ledger, as the relay asks it: what is due, in which order, how much at once, what is sent
 * again and what is forgotten. */
#include "lib/flow/order.h"
#include "tests/unit/flow/bench.h"

enum { MANY = 8 };

static struct rows due(struct bench *bench, int most)
{
    struct err err;
    struct rows rows;
    bench_must(ledger_exec(bench->ledger, bench->arena, STATEMENT_OUTBOX_DUE, PARAMS(param_int(bench->arena, most)),
                           &rows, &err),
               &err);
    return rows;
}

static void run(struct bench *bench, enum statement statement, const char *parameter)
{
    struct err err;
    bench_must(ledger_exec(bench->ledger, bench->arena, statement, &parameter, parameter == NULL ? 0 : 1, NULL, &err),
               &err);
}

static void mark_sent(struct bench *bench, const struct rows *rows)
{
    struct err err;
    int64_t ids[MANY], zeros[MANY] = {0};
    for (int i = 0; i < rows->count; i++)
        ids[i] = row_int(rows, i, 0);
    const char *places = param_ints(bench->arena, zeros, (size_t)rows->count);
    bench_must(ledger_exec(bench->ledger, bench->arena, STATEMENT_OUTBOX_PUBLISHED,
                           PARAMS(param_ints(bench->arena, ids, (size_t)rows->count), places, places), NULL, &err),
               &err);
}

static void begin(struct bench *bench)
{
    struct claim scan;
    struct err err = {0};
    const char *batches[MANY];
    bench_run(bench);
    mark_sent(bench, &(struct rows){due(bench, 1).result, 1});
    for (int i = 0; i < MANY; i++)
        batches[i] = arena_printf(bench->arena, "batch %d of run %d", i, bench->slots);
    bench_must(bench_claim(bench, "ingest", "one", &scan), &err);
    bench_must(bench_complete(bench, &scan, "batch", batches, MANY, &err), &err);
}

static void test_due(struct bench *bench)
{
    struct err err = {0};
    struct rows rows = due(bench, 5);
    OK(rows.count == 5 && row_int(&rows, 0, 0) < row_int(&rows, 4, 0), "five of eight are due, the oldest first");
    SAME(row_text(&rows, 0, 1), "test.work.ingest.v1", "for their stage's topic");
    bench_sql(bench, "UPDATE ledger.task SET not_before = now() + interval '1 hour' WHERE position = '{0,0}'");
    OK(due(bench, MANY).count == MANY - 1, "not what waits to be tried again");
    bench_sql(bench, "UPDATE ledger.task SET not_before = now() WHERE position = '{0,0}'");
    rows = due(bench, MANY);
    mark_sent(bench, &rows);
    OK(due(bench, MANY).count == 0, "what was sent is not due");
    SAME(bench_sql(bench, "SELECT count(*)::text FROM ledger.task WHERE state = 'ready' AND published IS NOT NULL"),
         "8", "and its tasks know");
    bench_must(ledger_begin(bench->ledger, &err) &&
                   order_post(bench->ledger, bench->arena, NULL, "test.dead.v1", "key", "{}", &err) &&
                   ledger_commit(bench->ledger, &err),
               &err);
    rows = due(bench, MANY);
    OK(rows.count == 1 && strcmp(row_text(&rows, 0, 1), "test.dead.v1") == 0, "a message of no task is due");
}

/* As many as 2,000 orders are in Kafka and unclaimed. */
static void test_window(struct bench *bench)
{
    bench_sql(bench, "UPDATE ledger.outbox SET published = NULL WHERE topic = 'test.work.ingest.v1'");
    bench_sql(bench,
              "INSERT INTO ledger.task (id, run, kind, position, key, key_text, spec, state, settings_run, published) "
              "SELECT gen_random_uuid(), run, 'clean.shard', ARRAY[9, n], key, '', '{}', 'ready', run, now() "
              "FROM (SELECT run, key FROM ledger.task WHERE position = '{0,0}') t, generate_series(1, 1990) n");
    OK(due(bench, MANY).count == 3,
       "two orders until the window is full, and the message"); /* 8 published, 1,990 more */
    bench_sql(bench, "UPDATE ledger.task SET published = NULL WHERE position[1] = 0");
    OK(due(bench, 5).count == 6, "five where there is room");
    bench_sql(bench, "UPDATE ledger.task SET state = 'cancelled', finished = now() WHERE position[1] = 9");
}

/* How many messages are due after the relay looked for what was lost, of orders that have waited and were sent so long
 * ago. */
static int due_again(struct bench *bench, const char *waited, const char *sent)
{
    bench_sql(bench, arena_printf(bench->arena,
                                  "UPDATE ledger.task SET not_before = now() - interval '%s', published = now() - "
                                  "interval '%s' WHERE state = 'ready'",
                                  waited, sent));
    bench_sql(bench, "UPDATE ledger.outbox SET published = now() WHERE task IS NOT NULL");
    run(bench, STATEMENT_OUTBOX_REDRIVE, "30000");
    return due(bench, 20).count;
}

/* The task of the order that was sent first, or last, is claimed. */
static void claim(struct bench *bench, const char *first_or_last)
{
    struct err err = {0};
    struct claim claim;
    size_t got;
    const char *task = bench_sql(
        bench, arena_printf(bench->arena,
                            "SELECT task FROM ledger.outbox WHERE id = (SELECT %s(o.id) FROM ledger.outbox o JOIN "
                            "ledger.task t ON t.id = o.task WHERE t.state = 'ready')",
                            first_or_last));
    bench_must(claim_take(bench->ledger, bench->arena, &bench->claimer, &task, 1, &claim, &got, &err), &err);
    OK(got == 1, "the task of the %s order is claimed", first_or_last);
}

static void test_again(struct bench *bench)
{
    struct rows rows = due(bench, 20);
    mark_sent(bench, &(struct rows){rows.result, MANY});
    run(bench, STATEMENT_OUTBOX_REDRIVE, "30000");
    OK(due(bench, 20).count <= 1, "what was sent just now is not sent again");
    OK(due_again(bench, "31 s", "30.5 s") <= 1, "nor what waits where nobody works");
    claim(bench, "min");
    OK(due_again(bench, "31 s", "30.5 s") <= 1, "nor what waits behind the one that is worked on");
    claim(bench, "max");
    OK(due_again(bench, "31 s", "30.5 s") >= MANY - 2, "what was overtaken, and nobody claimed, is");
    OK(due_again(bench, "71 s", "31 s") <= 1, "a second time after twice as long");
    OK(due_again(bench, "121 s", "61 s") >= MANY - 2, "and then it is");
    bench_sql(bench,
              "UPDATE ledger.task SET state = 'ready', lease_owner = NULL, lease_until = NULL WHERE state = 'running'");
}

static void test_forget(struct bench *bench)
{
    run(bench, STATEMENT_OUTBOX_FORGET, NULL);
    SAME(bench_sql(bench, "SELECT count(*)::text FROM ledger.outbox"), "10", "nothing is forgotten on its day");
    bench_sql(bench, "UPDATE ledger.outbox SET created = now() - interval '25 hours', published = now() - interval '25 "
                     "hours' WHERE task IS NULL");
    bench_sql(bench, "UPDATE ledger.outbox SET created = now() - interval '25 hours' WHERE task IS NOT NULL");
    run(bench, STATEMENT_OUTBOX_FORGET, NULL);
    SAME(bench_sql(bench, "SELECT count(*)::text FROM ledger.outbox"), "8", "the day after, what was sent or is done");
    bench_sql(bench, "UPDATE ledger.task SET state = 'cancelled', finished = now() WHERE state = 'ready'");
    run(bench, STATEMENT_OUTBOX_FORGET, NULL);
    SAME(bench_sql(bench, "SELECT count(*)::text FROM ledger.outbox"), "0", "never sent and not needed: that too");
}

int main(void)
{
    struct arena arena;
    struct bench bench;
    arena_init(&arena);
    bench_open(&bench, &arena);
    begin(&bench);
    test_due(&bench);
    test_window(&bench);
    test_again(&bench);
    test_forget(&bench);
    arena_release(&arena);
    return DONE();
}
