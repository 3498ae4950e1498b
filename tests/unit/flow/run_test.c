/* What the caller records with a run is there with it or not at all; a ledger whose clock is set back stalls no run;
 * one that has spent its budget ends. */
#include "tests/unit/flow/bench.h"

#include "lib/base/clock.h"

enum { DELAY_MS = 120000 };

struct also {
    struct bench *bench;
    bool good;
};

static bool record(void *context, const char *run, struct err *err)
{
    struct also *also = context;
    (void)run;
    return ledger_exec(also->bench->ledger, also->bench->arena, STATEMENT_SOURCE_PUT,
                       PARAMS("pages", "files", "a licence", NULL), NULL, err) &&
           (also->good || err_set(err, ERR_SERVICE, "the ledger went away"));
}

static bool begin(struct bench *bench, struct also *also, struct err *err)
{
    static const char text[] = "pipeline: other\n";
    struct definition definition;
    definition_parse(&definition, bench->arena, "other.yaml", text, strlen(text));
    struct run_request request = {.pipeline = "other",
                                  .slot_us = 1764000000000000,
                                  .plan =
                                      json_keep(bench->arena, json_pack("{s:[s], s:[s], s:[], s:s}", "sources", "pages",
                                                                        "models", "lm", "baselines", "release", "lm")),
                                  .actor = "test",
                                  .code_version = "test",
                                  .topic_prefix = "test",
                                  .store = &bench->store,
                                  .stages = bench_stages,
                                  .also = record,
                                  .context = also};
    return run_start(bench->ledger, bench->arena, &definition, &request, bench->run, err);
}

static void test_also(struct bench *bench)
{
    struct err err = {0};
    struct also also = {bench, false};
    OK(!begin(bench, &also, &err) && err.code == ERR_SERVICE, "what is recorded with a run fails");
    SAME(bench_sql(bench, "SELECT (SELECT count(*) FROM ledger.run) || ' ' || (SELECT count(*) FROM ledger.run_slot) "
                          "|| ' ' || (SELECT count(*) FROM ledger.source)"),
         "0 0 0", "then there is no run, nor anything of it");
    also.good = true;
    OK(begin(bench, &also, &err), "the slot is still free");
    SAME(bench_sql(bench, "SELECT (SELECT count(*) FROM ledger.run) || ' ' || (SELECT licence FROM ledger.source)"),
         "1 a licence", "and the run comes with what is recorded of it");
}

static void test_clock_of_ready(struct bench *bench)
{
    struct claim claim;
    struct err err = {0};
    const char *delay = param_int(bench->arena, DELAY_MS);
    bench_sql(bench, "UPDATE ledger.task SET not_before = now() + interval '100 s' WHERE state = 'ready'");
    OK(ledger_exec(bench->ledger, bench->arena, STATEMENT_TASK_DUE_AGAIN, PARAMS(delay), NULL, &err), "a delay");
    OK(!bench_claim(bench, "ingest", "one", &claim), "that is no longer than delays are stands");
    bench_sql(bench, "UPDATE ledger.task SET not_before = now() + interval '1 hour' WHERE state = 'ready'");
    OK(ledger_exec(bench->ledger, bench->arena, STATEMENT_TASK_DUE_AGAIN, PARAMS(delay), NULL, &err), "a longer one");
    OK(bench_claim(bench, "ingest", "one", &claim), "is the clock's doing: the task is due");
}

static void test_clock_of_running(struct bench *bench)
{
    struct err err = {0};
    const char *lease = param_int(bench->arena, bench->claimer.lease_ms);
    const char *left = "SELECT round(extract(epoch FROM lease_until - clock_timestamp()) / 10) * 10 FROM ledger.task "
                       "WHERE state = 'running'";
    bench_sql(bench, "UPDATE ledger.task SET lease_until = now() + interval '90 s' WHERE state = 'running'");
    OK(ledger_exec(bench->ledger, bench->arena, STATEMENT_TASK_LEASE_CUT, PARAMS(lease), NULL, &err), "a lease");
    SAME(bench_sql(bench, left), "90", "of under two stands");
    bench_sql(bench, "UPDATE ledger.task SET lease_until = now() + interval '1 hour' WHERE state = 'running'");
    OK(ledger_exec(bench->ledger, bench->arena, STATEMENT_TASK_LEASE_CUT, PARAMS(lease), NULL, &err), "a longer one");
    SAME(bench_sql(bench, left), "60", "is one from now on");
}

static void test_clock_of_price(struct bench *bench)
{
    struct claim claim;
    struct err err = {0};
    bench_sql(bench, "UPDATE ledger.run SET state = 'cancelled', finished = now() WHERE state = 'running'");
    bench_sql(bench, "INSERT INTO ledger.price (resource, unit, amount, currency, valid_from, valid_to) VALUES "
                     "('cpu', 'Hours', 3600, 'EUR', now() + interval '1 hour', now() + interval '2 hours'), "
                     "('cpu', 'Hours', 7200, 'EUR', now() + interval '2 hours', NULL)");
    bench_run(bench);
    OK(bench_claim(bench, "ingest", "one", &claim) && bench_complete(bench, &claim, "batch", NULL, 0, &err), "done");
    SAME(bench_sql(bench, "SELECT string_agg(round(amount) || '', ' ') FROM ledger.charge WHERE resource = 'cpu'"), "1",
         "before the first price: charged by it");
}

/* An attempt that has used so much of a processor, at 3600 EUR an hour, of a run with such limits. */
static const char *spend(struct bench *bench, const char *limits, double cpu_seconds)
{
    struct claim claim;
    struct err err = {0}, why = {ERR_CANCELLED, "its run has ended"};
    bench_sql(bench, "UPDATE ledger.run SET state = 'cancelled', finished = now() WHERE state = 'running'");
    bench_sql(bench, "UPDATE ledger.task SET state = 'cancelled' WHERE state = 'ready'");
    bench_run(bench);
    bench_sql(bench, arena_printf(bench->arena, "UPDATE ledger.run SET plan = plan || '%s' WHERE id = '%s'", limits,
                                  bench->run));
    OK(bench_claim(bench, "ingest", "one", &claim) &&
           claim_heartbeat(bench->ledger, bench->arena, &bench->claimer, &claim, 1, 0, NULL, cpu_seconds, &err),
       "a task has used %g s", cpu_seconds);
    OK(run_end_overspent(bench->ledger, bench->arena, &bench->store, &err), "what was spent is reckoned");
    bool goes_on = claim_heartbeat(bench->ledger, bench->arena, &bench->claimer, &claim, 1, 0, NULL, cpu_seconds, &err);
    OK(goes_on || err.code == ERR_CANCELLED, "the worker hears how it is");
    OK(claim_failed(bench->ledger, bench->arena, &bench->claimer, &claim, &(struct claim_usage){0}, &why, &err),
       "ends");
    return bench_sql(bench,
                     arena_printf(bench->arena,
                                  "SELECT concat_ws(' ', state, error_code, error) FROM ledger.run WHERE id = '%s'",
                                  bench->run));
}

static void test_budget(struct bench *bench)
{
    const char *month = "{\"limits\": {\"month\": 10, \"month_spent\": %d, \"currency\": \"EUR\"}}";
    bench_sql(bench, "UPDATE ledger.price SET valid_from = '2020-01-01' WHERE amount = 3600");
    SAME(spend(bench, "{}", 1e6), "running", "where nothing limits it a run goes on");
    SAME(spend(bench, "{\"limits\": {\"run\": 3, \"currency\": \"EUR\"}}", 2.9), "running",
         "so it does below its limit");
    SAME(spend(bench, "{\"limits\": {\"run\": 3, \"currency\": \"EUR\"}}", 3.5),
         "failed BUDGET the budget of a run, 3 EUR, is spent (3.5 EUR); what is done stays done, and a run with a "
         "higher "
         "budget.run goes on from it",
         "at its limit it ends, while a task is still at work");
    SAME(spend(bench, "{\"limits\": {\"run\": 3, \"currency\": \"USD\"}}", 3.5), "running",
         "in another currency it does not");
    SAME(spend(bench, arena_printf(bench->arena, month, 5), 4.5), "running", "what the month had spent is counted");
    SAME(spend(bench, arena_printf(bench->arena, month, 6), 4.5),
         "failed BUDGET this month's budget, 10 EUR, is spent (10.5 EUR); what is done stays done, and a run with a "
         "higher "
         "budget.month goes on from it",
         "with what is spent now");
}

/* Two runs of a pipeline: what the other one was at already is charged in the end, and counts for both. */
static void test_budget_of_two(struct bench *bench)
{
    struct claim claim;
    struct err err = {0}, why = {ERR_SERVICE, "it has to be tried again"};
    struct claim_usage usage = {.started_us = clock_wall_us(), .ended_us = clock_wall_us(), .cpu_seconds = 4.5};
    bench_sql(bench, "UPDATE ledger.run SET state = 'cancelled', finished = now() WHERE state = 'running'");
    bench_sql(bench, "UPDATE ledger.task SET state = 'cancelled' WHERE state = 'ready'");
    bench_run(bench);
    OK(bench_claim(bench, "ingest", "one", &claim), "a run is at work");
    bench_run(bench);
    bench_sql(bench, arena_printf(bench->arena,
                                  "UPDATE ledger.run SET plan = plan || '{\"limits\": {\"month\": 10, \"month_spent\": "
                                  "6, \"currency\": \"EUR\"}}' WHERE id = '%s'",
                                  bench->run));
    OK(claim_failed(bench->ledger, bench->arena, &bench->claimer, &claim, &usage, &why, &err), "and is charged");
    OK(run_end_overspent(bench->ledger, bench->arena, &bench->store, &err), "after another began");
    SAME(bench_sql(bench, arena_printf(bench->arena, "SELECT error FROM ledger.run WHERE id = '%s'", bench->run)),
         "this month's budget, 10 EUR, is spent (10.5 EUR); what is done stays done, and a run with a higher "
         "budget.month goes on from it",
         "which counts it");
}

int main(void)
{
    struct arena arena;
    struct bench bench;
    arena_init(&arena);
    bench_open(&bench, &arena);
    test_also(&bench);
    test_clock_of_ready(&bench);
    test_clock_of_running(&bench);
    test_clock_of_price(&bench);
    test_budget(&bench);
    test_budget_of_two(&bench);
    arena_release(&arena);
    return DONE();
}
