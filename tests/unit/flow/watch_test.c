/*
 * A worker that stands still outside of its work ends and says where, be it the thread that works, the relay or the one
 * that polls Kafka; one that goes on, was only stopped, or waits for the ledger goes on. The workers are children: they
 * end as processes do.
 */
#include "lib/flow/watch.h"

#include "lib/base/clock.h"
#include "lib/flow/inbox.h"
#include "lib/flow/relay.h"
#include "tests/unit/flow/bench.h"

#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <unistd.h>

/* Who stands still for good is ended by its watcher, however long that takes on a busy machine. */
enum { PATIENCE_MS = 300, LONG_MS = 2500, FOR_GOOD_MS = 60000 };

struct child {
    struct bench *bench;
    struct arena arena;
    struct watcher watcher;
    struct watch work, other;
};

struct conduct {
    void (*live)(struct child *child, const struct conduct *conduct);
    int steps;             /* 10 ms apart; after them it stands still for LONG_MS */
    bool for_good;         /* no, for FOR_GOOD_MS */
    const char *at;        /* what it is at then */
    const char *statement; /* in the ledger, instead */
    const char *conninfo;  /* of a ledger that is away; NULL: it is there */
    bool starts;           /* it has no ledger yet */
    int64_t least_ms;      /* its own limits */
};

/* librdkafka, where it hangs. */
rd_kafka_resp_err_t rd_kafka_flush(rd_kafka_t *kafka, int timeout_ms)
{
    (void)kafka, (void)timeout_ms;
    for (;;)
        pause();
}

rd_kafka_message_t *rd_kafka_consumer_poll(rd_kafka_t *kafka, int timeout_ms)
{
    (void)kafka, (void)timeout_ms;
    for (;;)
        pause();
}

static pid_t start(struct bench *bench, const struct conduct *conduct)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    struct child child = {.bench = bench, .work = {.least_ms = conduct->least_ms}};
    struct watch *const watches[] = {&child.work, &child.other};
    arena_init(&child.arena);
    watcher_begin(&child.watcher, PATIENCE_MS, watches, 2);
    conduct->live(&child, conduct);
    _exit(0);
}

static void work(struct child *child, const struct conduct *conduct)
{
    struct err err;
    const char *conninfo = child->bench->conninfo;
    struct ledger *ledger = ledger_open(&child->arena, conninfo, "test", &err);
    bench_must(ledger != NULL, &err);
    watch_ledger(&child->work, ledger);
    if (!conduct->starts)
        watcher_ledger(&child->watcher, conduct->conninfo == NULL ? conninfo : conduct->conninfo, "one");
    for (int i = 0; i < conduct->steps; i++) {
        watch_step(&child->work, "going on");
        clock_sleep_ms(10);
    }
    watch_step(&child->work, conduct->at);
    if (conduct->statement == NULL)
        clock_sleep_ms(conduct->for_good ? FOR_GOOD_MS : LONG_MS);
    else
        bench_must(ledger_sql(ledger, &child->arena, conduct->statement, NULL, &err), &err);
    watch_step(&child->work, NULL);
    watcher_end(&child->watcher);
}

/* In these two Kafka's library hangs in another thread, while the worker is in its work. */
static const struct pairs nowhere = {(struct pair[]){{"bootstrap.servers", "127.0.0.1:1"}}, 1};

static void relays(struct child *child, const struct conduct *conduct)
{
    pthread_t thread;
    struct relay relay = {.conninfo = child->bench->conninfo,
                          .properties = &nowhere,
                          .client = "test",
                          .lease_ms = 60000,
                          .watch = &child->other};
    (void)conduct;
    watcher_ledger(&child->watcher, child->bench->conninfo, "one");
    if (pthread_create(&thread, NULL, relay_run, &relay) != 0)
        _exit(1);
    clock_sleep_ms(FOR_GOOD_MS);
    _exit(0); /* the thread has what stands here */
}

static void polls(struct child *child, const struct conduct *conduct)
{
    struct bus *bus;
    struct err err;
    (void)conduct;
    watcher_ledger(&child->watcher, child->bench->conninfo, "one");
    bench_must(bus_open(&bus, &child->arena, &nowhere, "test", &err), &err);
    bench_must(bus_listen(bus, "test", "test", &err), &err);
    inbox_open(&child->arena, bus, &child->other);
    clock_sleep_ms(FOR_GOOD_MS);
}

static void hold_task(struct bench *bench)
{
    struct claim claim;
    bench_sql(bench, "UPDATE ledger.task SET not_before = now() WHERE state = 'ready'");
    OK(bench_claim(bench, "ingest", "one", &claim), "a task is claimed");
}

/* What the worker said where it held the task. */
static const char *last_words(struct bench *bench)
{
    struct err err = {0};
    bench_must(claim_expire(bench->ledger, bench->arena, &bench->claimer, &err), &err);
    return bench_sql(bench, "SELECT outcome || ': ' || error FROM ledger.attempt ORDER BY attempt DESC");
}

static void test_stuck(struct bench *bench)
{
    const struct conduct stuck = {.live = work, .steps = 20, .for_good = true, .at = "acknowledging orders"};
    hold_task(bench);
    OK(bench_await(start(bench, &stuck)) == err_status(ERR_INTERNAL), "a worker that stands still ends");
    SAME(last_words(bench),
         "lost: its worker one stood still outside of its work for 0.3 s (site.stall_step), acknowledging orders",
         "and has said where, at the task that it held");
}

/* The server frees the lock of a process that ended once it sees the end of its connection. */
static bool becomes_relay(struct bench *bench)
{
    struct err err = {0};
    struct rows rows = {0};
    bool relay = false;
    for (int64_t begin = clock_mono_ns(); !relay && clock_seconds_since(begin) < 30;) {
        bench_must(ledger_exec(bench->ledger, bench->arena, STATEMENT_RELAY_LOCK, NO_PARAMS, &rows, &err), &err);
        relay = row_bool(&rows, 0, 0);
        if (!relay)
            clock_sleep_ms(10);
    }
    return relay;
}

static void test_relay_stuck(struct bench *bench)
{
    const struct conduct stuck = {.live = relays};
    hold_task(bench);
    bench_sql(bench, "INSERT INTO ledger.outbox (topic, key, payload) VALUES ('test', 'key', '{}')");
    OK(bench_await(start(bench, &stuck)) == err_status(ERR_INTERNAL), "so does one whose relay does");
    SAME(last_words(bench),
         "lost: its worker one stood still outside of its work for 0.3 s (site.stall_step), sending messages, as the "
         "relay",
         "in the middle of its work");
    OK(becomes_relay(bench), "and another can be the relay");
}

static void test_inbox_stuck(struct bench *bench)
{
    const struct conduct stuck = {.live = polls};
    hold_task(bench);
    OK(bench_await(start(bench, &stuck)) == err_status(ERR_INTERNAL), "and one whose inbox does");
    SAME(last_words(bench),
         "lost: its worker one stood still outside of its work for 0.3 s (site.stall_step), polling Kafka",
         "in the middle of its work");
}

static void test_well(struct bench *bench)
{
    const struct conduct going = {.live = work, .steps = 150, .at = NULL};
    const struct conduct locked = {.live = work, .at = "claiming tasks", .statement = "SELECT pg_sleep(2.5)"};
    const struct conduct away = {.live = work, .at = "claiming tasks", .conninfo = "host=/nowhere dbname=none"};
    const struct conduct limited = {.live = work, .at = "polling Kafka", .least_ms = LONG_MS + 1000};
    const struct conduct begins = {.live = work, .at = "starting", .starts = true};
    OK(bench_await(start(bench, &going)) == 0, "a worker that goes on, or is in its work, is left alone");
    OK(bench_await(start(bench, &locked)) == 0, "so is one for which the ledger is at work");
    OK(bench_await(start(bench, &away)) == 0, "and one whose ledger answers nobody");
    OK(bench_await(start(bench, &limited)) == 0, "and one whose step has limits of its own, which are longer");
    OK(bench_await(start(bench, &begins)) == 0, "and one that takes long to start");
}

static void test_stopped(struct bench *bench)
{
    const struct conduct going = {.live = work, .steps = 150, .at = NULL};
    pid_t stopped = start(bench, &going);
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
    bench_run(&bench);
    test_stuck(&bench);
    test_relay_stuck(&bench);
    test_inbox_stuck(&bench);
    test_well(&bench);
    test_stopped(&bench);
    arena_release(&arena);
    return DONE();
}
