/*
 * A worker that stands still outside of its work ends and says where; one that goes on, was only stopped, or waits for
 * the ledger goes on. The workers are children: they end as processes do.
 */
#include "lib/flow/watch.h"

#include "lib/base/clock.h"
#include "tests/unit/flow/bench.h"

#include <signal.h>
#include <unistd.h>

enum { PATIENCE_MS = 300, LONG_MS = 2500 };

struct conduct {
    int steps;             /* 10 ms apart; after them it stands still for LONG_MS */
    const char *at;        /* what it is at then */
    const char *statement; /* in the ledger, instead */
    const char *conninfo;  /* of a ledger that is away; NULL: it is there */
    bool starts;           /* it has no ledger yet */
};

static pid_t start_worker(struct bench *bench, const struct conduct *conduct)
{
    fflush(stdout);
    pid_t child = fork();
    if (child != 0)
        return child;
    struct arena arena;
    struct watch watch;
    struct err err;
    arena_init(&arena);
    struct ledger *ledger = ledger_open(&arena, bench->conninfo, "test", &err);
    bench_must(ledger != NULL, &err);
    watch_begin(&watch, PATIENCE_MS);
    if (!conduct->starts)
        watch_ledger(&watch, ledger, conduct->conninfo == NULL ? bench->conninfo : conduct->conninfo, "one");
    for (int i = 0; i < conduct->steps; i++) {
        watch_step(&watch, "going on");
        clock_sleep_ms(10);
    }
    watch_step(&watch, conduct->at);
    if (conduct->statement == NULL)
        clock_sleep_ms(LONG_MS);
    else
        bench_must(ledger_sql(ledger, &arena, conduct->statement, NULL, &err), &err);
    watch_step(&watch, NULL);
    watch_end(&watch);
    _exit(0);
}

static void test_stuck(struct bench *bench)
{
    struct claim claim;
    struct err err = {0};
    bench_run(bench);
    OK(bench_claim(bench, "ingest", "one", &claim), "a task is claimed");
    const struct conduct stuck = {.steps = 20, .at = "acknowledging orders"};
    OK(bench_await(start_worker(bench, &stuck)) == err_status(ERR_INTERNAL), "a worker that stands still ends");
    bench_must(claim_expire(bench->ledger, bench->arena, &bench->claimer, &err), &err);
    SAME(bench_sql(bench, "SELECT outcome || ': ' || error FROM ledger.attempt"),
         "lost: its worker one stood still outside of its work for 0.3 s (site.stall_step), acknowledging orders",
         "and has said where, at the task that it held");
}

static void test_well(struct bench *bench)
{
    const struct conduct going = {.steps = 150, .at = NULL};
    const struct conduct locked = {.at = "claiming tasks", .statement = "SELECT pg_sleep(2.5)"};
    const struct conduct away = {.at = "claiming tasks", .conninfo = "host=/nowhere dbname=none"};
    const struct conduct begins = {.at = "starting", .starts = true};
    OK(bench_await(start_worker(bench, &going)) == 0, "a worker that goes on, or is in its work, is left alone");
    OK(bench_await(start_worker(bench, &locked)) == 0, "so is one for which the ledger is at work");
    OK(bench_await(start_worker(bench, &away)) == 0, "and one whose ledger answers nobody");
    OK(bench_await(start_worker(bench, &begins)) == 0, "and one that takes long to start");
}

static void test_stopped(struct bench *bench)
{
    const struct conduct going = {.steps = 150, .at = NULL};
    pid_t stopped = start_worker(bench, &going);
    clock_sleep_ms(300);
    kill(stopped, SIGSTOP);
    clock_sleep_ms(LONG_MS);
    kill(stopped, SIGCONT);
    OK(bench_await(stopped) == 0, "and one that was stopped for longer than it may stand still");
}

int main(void)
{
    struct arena arena;
    struct bench bench;
    arena_init(&arena);
    bench_open(&bench, &arena);
    test_stuck(&bench);
    test_well(&bench);
    test_stopped(&bench);
    arena_release(&arena);
    return DONE();
}
