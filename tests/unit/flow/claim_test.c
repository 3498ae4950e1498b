/* Claims on a private ledger: one claimer at a time, fences, back-off and limit, expiry, repair of a missing input. */
#include "tests/unit/flow/bench.h"

static const struct claim_usage used = {
    .started_us = 1764000000000000, .ended_us = 1764000002000000, .wall_seconds = 2, .cpu_seconds = 1};

static void fail_with(struct bench *bench, const struct claim *claim, enum err_code code, const char *text)
{
    struct err why = {0}, err = {0};
    err_set(&why, code, "%s", text);
    if (!OK(claim_failed(bench->ledger, bench->arena, &bench->claimer, claim, &used, &why, &err),
            "its end is recorded"))
        printf("# %s\n", err.text);
}

static void make_due(struct bench *bench)
{
    bench_sql(bench, "UPDATE ledger.task SET not_before = now() - interval '2 seconds' WHERE state = 'ready'");
}

/* For how many ms the task that has failed is left alone; then it is for an hour, which no machine is too busy to see.
 */
static double put_off(struct bench *bench)
{
    const char *ms =
        bench_sql(bench, "UPDATE ledger.task t SET not_before = t.not_before + interval '1 hour' "
                         "FROM ledger.attempt a, ledger.run r WHERE a.task = t.id AND a.attempt = t.attempt "
                         "AND r.id = t.run AND r.state = 'running' AND t.state = 'ready' "
                         "RETURNING extract(epoch FROM t.not_before - interval '1 hour' - a.finished) * 1000");
    return ms == NULL ? 0 : strtod(ms, NULL);
}

static void test_one_claimer(struct bench *bench)
{
    struct claim first, second;
    struct err err = {0};
    struct claimer other = bench->claimer;
    size_t got = 1;
    bench_run(bench);
    OK(!bench_claim(bench, "clean", "one", &first), "a stage without work gets none");
    OK(bench_claim(bench, "ingest", "one", &first) && first.attempt == 1, "the first claimer gets the task");
    OK(!bench_claim(bench, "ingest", "two", &second), "the second gets none");
    const char *task = first.task;
    OK(claim_take(bench->ledger, bench->arena, &bench->claimer, &task, 1, &second, &got, &err) && got == 0,
       "nor by its order");
    OK(claim_heartbeat(bench->ledger, bench->arena, &bench->claimer, &first, 1, 0, "{\"done\":1}", 2.5, &err),
       "the lease is ours");
    second = first;
    second.owner = other.owner = "two";
    OK(!claim_heartbeat(bench->ledger, bench->arena, &other, &second, 1, 0, NULL, 0, &err) && err.code == ERR_LEASE,
       "and nobody else's");
    OK(strstr(err.text, "the lease on task ") != NULL && strstr(err.text, " was lost") != NULL, "says so");
    OK(!bench_complete(bench, &second, "batch", NULL, 0, &err) && err.code == ERR_LEASE, "who has no lease is fenced");
    SAME(bench_sql(bench, "SELECT count(*)::text FROM ledger.task_output"), "0", "and leaves nothing");
}

static void test_limit(struct bench *bench)
{
    struct claim claim;
    bench_run(bench);
    for (int attempt = 1; attempt <= 3; attempt++) {
        OK(bench_claim(bench, "ingest", "one", &claim) && claim.attempt == attempt, "attempt %d", attempt);
        fail_with(bench, &claim, ERR_SERVICE, "the disk \xff says no");
        if (attempt < 3) {
            double ms = put_off(bench);
            OK(!bench_claim(bench, "ingest", "one", &claim), "not again at once");
            OK(ms > 250 * attempt && ms < 1600 * attempt, "after %.0f ms", ms);
        }
        make_due(bench);
    }
    SAME(bench_sql(bench, "SELECT state || ': ' || error FROM ledger.run ORDER BY created DESC LIMIT 1"),
         "failed: ingest.scan: the disk ? says no", "the run fails with its task");
    SAME(bench_sql(bench, "SELECT reason || ': ' || error FROM ledger.dead_letter"),
         "failed: ingest.scan: the disk ? says no", "and the task is a dead letter");
    bench_run(bench);
    OK(bench_claim(bench, "ingest", "one", &claim), "another run");
    fail_with(bench, &claim, ERR_DEFINITION, "no such folder");
    SAME(bench_sql(bench, "SELECT state || ' ' || error_code FROM ledger.run ORDER BY created DESC LIMIT 1"),
         "failed DEFINITION", "what cannot get better is not tried again");
}

static void test_expiry(struct bench *bench)
{
    struct claim claim, again;
    struct err err = {0};
    bench_run(bench);
    bench_sql(bench, "INSERT INTO ledger.price (resource, unit, amount, currency, valid_from) VALUES "
                     "('cpu', 'hour', 3600, 'EUR', '2000-01-01') ON CONFLICT DO NOTHING");
    OK(bench_claim(bench, "ingest", "one", &claim), "a task is claimed");
    OK(claim_expire(bench->ledger, bench->arena, &bench->claimer, &err), "nothing has expired");
    bench_sql(bench, "UPDATE ledger.task SET lease_until = now() - interval '1 second' WHERE state = 'running'");
    bench_sql(bench, "UPDATE ledger.attempt SET started = clock_timestamp() - interval '10 s' WHERE outcome IS NULL");
    OK(claim_expire(bench->ledger, bench->arena, &bench->claimer, &err), "a lease runs out");
    SAME(bench_sql(bench, "SELECT outcome || ': ' || error FROM ledger.attempt ORDER BY finished DESC LIMIT 1"),
         "lost: its worker one was not heard of for a lease (killed, hung or cut off)", "the attempt is lost");
    const char *hours = bench_sql(bench, "SELECT sum(quantity * 3600) FROM ledger.charge c WHERE attempt = 1 AND "
                                         "resource = 'cpu' AND run = (SELECT id FROM ledger.run ORDER BY created DESC "
                                         "LIMIT 1)");
    OK(hours != NULL && strtod(hours, NULL) >= 10 && strtod(hours, NULL) < 15, "and charged: %s s",
       hours == NULL ? "nothing" : hours);
    make_due(bench);
    OK(bench_claim(bench, "ingest", "two", &again) && again.attempt == 2 && again.failures == 1,
       "somebody else has it");
    OK(!bench_complete(bench, &claim, "batch", NULL, 0, &err) && err.code == ERR_LEASE, "the late one is fenced");
    OK(bench_complete(bench, &again, "batch", NULL, 0, &err), "the other completes it");
}

/* A worker that is known to have ended is not waited for, and its attempt says how it ended. */
static void test_abandoned(struct bench *bench)
{
    struct claim claim;
    struct err err = {0};
    static const char last[] = "SELECT outcome || ': ' || error FROM ledger.attempt ORDER BY finished DESC LIMIT 1";
    bench_run(bench);
    OK(bench_claim(bench, "ingest", "host/17/ingest/a", &claim), "a task is claimed");
    OK(claim_abandon(bench->ledger, bench->arena, "host/1/ingest/", "died", NULL, &err) &&
           claim_expire(bench->ledger, bench->arena, &bench->claimer, &err),
       "another worker ended");
    SAME(bench_sql(bench, "SELECT count(*)::text FROM ledger.task WHERE state = 'running'"), "1", "it keeps its task");
    OK(claim_abandon(bench->ledger, bench->arena, "host/17/ingest/", "hung: nothing moved", NULL, &err) &&
           claim_abandon(bench->ledger, bench->arena, "host/17/ingest/", "died", NULL, &err) &&
           claim_expire(bench->ledger, bench->arena, &bench->claimer, &err),
       "it ended");
    SAME(bench_sql(bench, last), "lost: its worker host/17/ingest/a hung: nothing moved", "how, as was said first");
    for (int attempt = 2; attempt <= 3; attempt++) {
        make_due(bench);
        OK(bench_claim(bench, "ingest", "host/18/ingest/b", &claim) && claim.attempt == attempt &&
               claim_abandon(bench->ledger, bench->arena, "host/18/ingest/", "died", NULL, &err) &&
               claim_expire(bench->ledger, bench->arena, &bench->claimer, &err),
           "attempt %d", attempt);
    }
    SAME(bench_sql(bench, "SELECT state || ': ' || error FROM ledger.run ORDER BY created DESC LIMIT 1"),
         "failed: ingest.scan: its worker host/18/ingest/b died", "the run fails with that reason");
}

/* The answer to COMMIT is lost with the connection, so the worker completes again what is complete. */
static void test_unknown_commit(struct bench *bench)
{
    static const char *const batch[] = {"a batch"};
    struct claim claim, other;
    struct err err = {0};
    bench_run(bench);
    OK(bench_claim(bench, "ingest", "one", &claim) && bench_complete(bench, &claim, "batch", batch, 1, &err), "done");
    OK(bench_complete(bench, &claim, "batch", batch, 1, &err), "and done again: it is the same completion");
    other = claim;
    other.owner = "two";
    OK(!bench_complete(bench, &other, "batch", batch, 1, &err) && err.code == ERR_LEASE, "nobody else's, though");
    SAME(bench_sql(bench,
                   "SELECT string_agg(DISTINCT outcome, ' ') || ' ' || count(*) FROM ledger.attempt WHERE task = "
                   "(SELECT id FROM ledger.task WHERE kind = 'ingest.scan' ORDER BY created DESC LIMIT 1)"),
         "done 1", "one attempt, done");
    SAME(bench_sql(bench,
                   "SELECT done || ' of ' || expected FROM ledger.stage_run WHERE kind = 'ingest.scan' AND run = "
                   "(SELECT id FROM ledger.run ORDER BY created DESC LIMIT 1)"),
         "1 of 1", "counted once");
}

/* PostgreSQL crashed before the claim was on its disk: the next claim has its number, and is somebody else's. */
static void test_undone_claim(struct bench *bench)
{
    struct claim undone, next;
    struct err err = {0};
    bench_run(bench);
    OK(bench_claim(bench, "ingest", "one", &next), "a task is claimed");
    undone = next;
    undone.owner = "two"; /* who had the same number before the crash */
    fail_with(bench, &undone, ERR_SERVICE, "the disk says no");
    SAME(bench_sql(bench, "SELECT coalesce(outcome, 'open') FROM ledger.attempt ORDER BY started DESC LIMIT 1"), "open",
         "the attempt stays the other's");
    SAME(bench_sql(bench,
                   "SELECT count(*)::text FROM ledger.charge c JOIN ledger.task t ON t.id = c.task WHERE t.state = "
                   "'running'"),
         "0", "and uncharged");
    OK(bench_complete(bench, &next, "batch", NULL, 0, &err), "who completes it");
}

/* A worker that is told to end gives its task back; however often, the task does not fail of it. */
static void test_give_back(struct bench *bench)
{
    struct claim claim;
    struct err why = {0}, err = {0};
    bench_run(bench);
    err_set(&why, ERR_SERVICE, "the worker was told to end; the task is given back");
    for (int attempt = 1; attempt <= 4; attempt++)
        OK(bench_claim(bench, "ingest", "one", &claim) && claim.attempt == attempt && claim.failures == 0 &&
               claim_give_back(bench->ledger, bench->arena, &claim, &used, &why, &err),
           "given back %d times", attempt);
    SAME(bench_sql(bench, "SELECT outcome || ': ' || error FROM ledger.attempt ORDER BY finished DESC LIMIT 1"),
         "cancelled: the worker was told to end; the task is given back", "the attempt says why");
}

/* Workers of another version leave a task to others; only where for long there is none does it fail, and says why. */
static void test_other_version(struct bench *bench)
{
    struct claim claim;
    bench_run(bench);
    for (int attempt = 1; attempt <= 4; attempt++) {
        OK(bench_claim(bench, "ingest", "older", &claim) && claim.attempt == attempt && claim.failures == 0,
           "an older worker has it, %d", attempt);
        fail_with(bench, &claim, ERR_VERSION, "this worker does revision 0");
        double ms = put_off(bench);
        OK(ms > 1000 && !bench_claim(bench, "ingest", "older", &claim), "and leaves it for a while, %.0f ms", ms);
        make_due(bench);
    }
    SAME(bench_sql(bench,
                   "SELECT error FROM ledger.task WHERE state = 'ready' AND attempt = 4 AND run = (SELECT id FROM "
                   "ledger.run ORDER BY created DESC LIMIT 1)"),
         "this worker does revision 0", "the task says why it waits");
    int times = 4;
    for (struct err why = {0}, err = {0}; bench_claim(bench, "ingest", "older", &claim) && times < 100; times++) {
        err_set(&why, ERR_VERSION, "this worker does revision 0");
        if (!claim_failed(bench->ledger, bench->arena, &bench->claimer, &claim, &used, &why, &err))
            break;
        make_due(bench);
    }
    OK(times == 62, "when %d times only older ones came", times);
    SAME(bench_sql(bench, "SELECT state || ' ' || error_code || ': ' || error FROM ledger.run ORDER BY created DESC "
                          "LIMIT 1"),
         "failed VERSION: ingest.scan: this worker does revision 0", "the run fails, and says why");
}

/* The only batch is lost between its making and its use. */
static void test_repair(struct bench *bench)
{
    static const char *const batch[] = {"one batch"};
    struct claim scan, read, repair;
    struct err err = {0};
    struct digest digest = digest_of(batch[0], strlen(batch[0]));
    bench_run(bench);
    OK(bench_claim(bench, "ingest", "one", &scan) && bench_complete(bench, &scan, "batch", batch, 1, &err), "a scan");
    OK(bench_claim(bench, "ingest", "one", &read), "a batch to read");
    SAME(read.kind, "ingest.read", "that is its kind");
    OK(store_remove(&bench->store, &digest, &err), "the batch is gone");
    fail_with(bench, &read, ERR_DAMAGED, "input batch[0] is missing");
    put_off(bench);
    OK(bench_claim(bench, "ingest", "one", &repair) && repair.repair, "what made it is done again first");
    SAME(repair.kind, "ingest.scan", "by the kind that made it");
    OK(bench_complete(bench, &repair, "batch", batch, 1, &err), "it is made again");
    SAME(bench_sql(bench, "SELECT count(*)::text FROM ledger.task WHERE kind = 'ingest.read' AND run = (SELECT id FROM "
                          "ledger.run ORDER BY created DESC LIMIT 1)"),
         "1", "a repair opens nothing");
    make_due(bench);
    OK(bench_claim(bench, "ingest", "one", &read) && read.attempt == 2 && read.failures == 0,
       "the reader tries again, and that is no failure of its own");
}

int main(void)
{
    struct arena arena;
    struct bench bench;
    arena_init(&arena);
    bench_open(&bench, &arena);
    test_one_claimer(&bench);
    bench_sql(&bench, "UPDATE ledger.run SET state = 'cancelled', finished = now() WHERE state = 'running'");
    test_limit(&bench);
    test_expiry(&bench);
    test_abandoned(&bench);
    bench_sql(&bench, "UPDATE ledger.run SET state = 'cancelled', finished = now() WHERE state = 'running'");
    test_unknown_commit(&bench);
    bench_sql(&bench, "UPDATE ledger.run SET state = 'cancelled', finished = now() WHERE state = 'running'");
    test_undone_claim(&bench);
    bench_sql(&bench, "UPDATE ledger.run SET state = 'cancelled', finished = now() WHERE state = 'running'");
    test_give_back(&bench);
    bench_sql(&bench, "UPDATE ledger.run SET state = 'cancelled', finished = now() WHERE state = 'running'");
    test_other_version(&bench);
    test_repair(&bench);
    arena_release(&arena);
    return DONE();
}
