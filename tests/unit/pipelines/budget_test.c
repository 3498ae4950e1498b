/* budget: what is refused, with which numbers; a run is settled once. */
#include "pipelines/budget.h"

#include "lib/base/clock.h"
#include "tests/unit/flow/bench.h"

#include <unistd.h>

static const char *verdict(struct estimate estimate)
{
    static struct err err;
    estimate.currency = "EUR";
    return budget_allows(&estimate, &err) ? "allowed" : err.text;
}

/* A second runner of the run, with a connection of its own, in a process of its own. */
static pid_t settle_beside(struct bench *bench)
{
    struct err err = {0};
    pid_t child = fork();
    if (child != 0)
        return child;
    struct ledger *ledger = ledger_open(bench->arena, bench->conninfo, "test", &err);
    _exit(ledger != NULL && budget_settle(ledger, bench->arena, bench->run, &err) ? 0 : 1);
}

static bool waits(struct bench *bench)
{
    return strcmp(bench_sql(bench, "SELECT count(*) FROM pg_locks WHERE NOT granted"), "0") != 0;
}

static void test_settled_once(struct arena *arena)
{
    struct bench bench;
    struct err err = {0};
    struct estimate estimate = {
        .pipeline = "small", .currency = "EUR", .run_limit = 3, .month_limit = 60, .total = {.amount_p90 = 2}};
    bench_open(&bench, arena);
    bench_run(&bench);
    bench_must(budget_reserve(&estimate, bench.ledger, arena, bench.run, &err), &err);
    bench_must(ledger_begin(bench.ledger, &err), &err);
    bench_must(ledger_exec(bench.ledger, arena, STATEMENT_RUN_LOCK, PARAMS(bench.run), NULL, &err), &err);
    pid_t child = settle_beside(&bench);
    for (int tries = 0; tries < 3000 && !waits(&bench); tries++)
        clock_sleep_ms(10);
    OK(waits(&bench), "a second runner waits for the run");
    bench_must(ledger_exec(bench.ledger, arena, STATEMENT_BUDGET_SETTLE, PARAMS(bench.run), NULL, &err), &err);
    bench_must(ledger_commit(bench.ledger, &err), &err);
    OK(bench_await(child) == 0, "which the first has settled");
    SAME(bench_sql(&bench, "SELECT string_agg(kind || ' ' || n, ', ' ORDER BY kind) FROM (SELECT kind, count(DISTINCT "
                           "id) / count(DISTINCT budget) AS n FROM ledger.budget_event GROUP BY kind) counted"),
         "release 1, reserve 1, settle 1", "and it does not do so again");
}

int main(void)
{
    struct arena arena;
    arena_init(&arena);
    test_settled_once(&arena);
    struct stage_estimate total = {.amount_p50 = 0.5, .amount_p90 = 2};
    SAME(verdict((struct estimate){.total = total}), "allowed", "no limits");
    SAME(verdict((struct estimate){.total = total, .run_limit = 2, .month_limit = 60, .month_spent = 58}), "allowed",
         "exactly as much as is left");
    SAME(verdict((struct estimate){.total = total, .run_limit = 1.5}),
         "the plan says 0.50 EUR to 2.00 EUR (p50 to p90), the budget of a run is 1.50 EUR; nothing was started. Train "
         "on fewer "
         "tokens, or raise budget.run",
         "too dear for a run");
    SAME(verdict((struct estimate){.total = total, .month_limit = 60, .month_spent = 57, .month_reserved = 1.5}),
         "the plan says 0.50 EUR to 2.00 EUR (p50 to p90), of this month's budget of 60.00 EUR 1.50 EUR is left; "
         "nothing was "
         "started. Wait for the next month, or raise budget.month",
         "too dear for the rest of the month");
    struct estimate estimate = {
        .total = total, .run_limit = 3, .month_limit = 60, .month_spent = 1.79, .currency = "EUR"};
    SAME(budget_text(&arena, &estimate), "fits: run 3.00 EUR, month 58.21 EUR left", "said in a plan");
    estimate.run_limit = 1;
    SAME(budget_text(&arena, &estimate), "does not fit: run 1.00 EUR, month 58.21 EUR left",
         "and where it does not fit");
    arena_release(&arena);
    return DONE();
}
