/*
 * A worker whose work moves no more ends, and the ledger is told why; one that moves, or was only stopped, goes on. The
 * workers are children: they end as processes do. Where its run has ended a lease is renewed as before.
 */
#include "lib/flow/lease.h"

#include "lib/base/clock.h"
#include "tests/unit/flow/bench.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Moves so often, 10 ms apart, and then for so long no more. */
struct conduct {
    const char *owner;
    bool on_document, unwatched;
    int moves, still_ms;
    struct lease_patience patience;
};

static pid_t start_worker(struct bench *bench, const struct conduct *conduct)
{
    struct claim claim;
    bench_sql(bench, "UPDATE ledger.task SET not_before = 'infinity' WHERE state = 'ready'"); /* of the one before */
    bench_run(bench);
    bool got = bench_claim(bench, "ingest", conduct->owner, &claim);
    OK(got, "a task for %s", conduct->owner);
    fflush(stdout);
    pid_t child = fork();
    if (child != 0)
        return child;
    struct arena arena;
    struct claimer claimer = bench->claimer;
    struct task_motion motion = {.on_document = conduct->on_document};
    claimer.owner = conduct->owner;
    arena_init(&arena);
    struct lease *lease = lease_open(&arena, bench->conninfo, &claimer);
    lease_hold(lease, &claim, 1);
    lease_watch(lease, &motion, &conduct->patience);
    if (conduct->unwatched)
        lease_watch(lease, NULL, NULL);
    for (int i = 0; i < conduct->moves; i++) {
        clock_sleep_ms(10);
        atomic_fetch_add(&motion.moves, 1);
    }
    clock_sleep_ms(conduct->still_ms);
    _exit(0);
}

static const char *said(struct bench *bench)
{
    struct err err;
    bench_must(claim_expire(bench->ledger, bench->arena, &bench->claimer, &err), &err);
    return bench_sql(bench, "SELECT coalesce(outcome || ': ' || error, 'open') FROM ledger.attempt "
                            "ORDER BY started DESC LIMIT 1");
}

static void test_hung(struct bench *bench)
{
    const struct conduct step = {.owner = "step", .still_ms = 60000, .patience = {3600000, 300}};
    const struct conduct later = {.owner = "later", .moves = 20, .still_ms = 60000, .patience = {3600000, 300}};
    const struct conduct document = {
        .owner = "document", .on_document = true, .still_ms = 60000, .patience = {200, 3600000}};
    OK(bench_await(start_worker(bench, &step)) == err_status(ERR_INTERNAL), "a worker that never moves ends");
    SAME(said(bench), "lost: its worker step hung: nothing moved in 0.3 s (site.stall_step)", "and has said why");
    OK(bench_await(start_worker(bench, &later)) == err_status(ERR_INTERNAL), "so does one that moves no more");
    SAME(said(bench), "lost: its worker later hung: nothing moved in 0.3 s (site.stall_step)", "and has said why");
    OK(bench_await(start_worker(bench, &document)) == err_status(ERR_INTERNAL), "and one that hangs in a document");
    SAME(said(bench), "lost: its worker document hung: no document moved in 0.2 s (site.stall)", "and has said why");
}

static void test_well(struct bench *bench)
{
    const struct conduct moving = {.owner = "moving", .moves = 200, .patience = {1500, 1500}};
    const struct conduct free = {.owner = "free", .unwatched = true, .still_ms = 2500, .patience = {1500, 1500}};
    OK(bench_await(start_worker(bench, &moving)) == 0, "a worker that moves goes on");
    SAME(said(bench), "open", "and keeps its task");
    pid_t stopped = start_worker(bench, &moving);
    clock_sleep_ms(300);
    kill(stopped, SIGSTOP);
    clock_sleep_ms(2500);
    kill(stopped, SIGCONT);
    OK(bench_await(stopped) == 0, "so does one that was stopped for longer than it may stand still");
    SAME(said(bench), "open", "and keeps its task");
    OK(bench_await(start_worker(bench, &free)) == 0, "and one that is not watched any more");
}

/* Who is told that its run has ended may need a while for its checkpoint. */
static void test_ended(struct bench *bench)
{
    const struct conduct slow = {.owner = "slow", .moves = 6000, .patience = {60000, 60000}};
    static const char *const renewed =
        "SELECT count(*) FROM ledger.task t JOIN ledger.run r ON r.id = t.run WHERE t.lease_owner = 'slow' "
        "AND t.state = 'running' AND t.lease_until > r.finished + interval '1 ms' * %lld";
    bench->claimer.lease_ms = 1000;
    pid_t worker = start_worker(bench, &slow);
    bench_sql(bench, "UPDATE ledger.run SET state = 'cancelled', finished = clock_timestamp() WHERE state = 'running'");
    const char *twice = arena_printf(bench->arena, renewed, (long long)bench->claimer.lease_ms * 2);
    bool goes_on = false;
    for (int i = 0; i < 1000 && !goes_on; i++) {
        clock_sleep_ms(20);
        goes_on = strcmp(bench_sql(bench, twice), "1") == 0;
    }
    OK(goes_on, "where its run has ended a worker's lease goes on for longer than one");
    kill(worker, SIGKILL);
    bench_await(worker);
}

int main(void)
{
    struct arena arena;
    struct bench bench;
    arena_init(&arena);
    bench_open(&bench, &arena);
    test_hung(&bench);
    test_well(&bench);
    test_ended(&bench);
    arena_release(&arena);
    return DONE();
}
