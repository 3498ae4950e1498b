/*
 * bench: a run of one made-up source on a private ledger, its tasks done by hand.
 *
 * The kinds and the graph are the real ones; a "work" here only leaves outputs of the names that the graph wants.
 */
#ifndef TESTS_UNIT_FLOW_BENCH_H
#define TESTS_UNIT_FLOW_BENCH_H

#include "lib/flow/claim.h"
#include "lib/flow/complete.h"
#include "lib/flow/graph.h"
#include "lib/flow/run.h"
#include "tests/unit/ledger/private.h"
#include "tests/unit/tap.h"

#include <sys/wait.h>

struct bench {
    struct arena *arena;
    struct ledger *ledger;
    const char *conninfo;
    struct store store;
    struct claimer claimer;
    char run[UUID_TEXT];
    int slots;
};

#define KIND(text)                                                                                                     \
    {                                                                                                                  \
        .name = text, .revision = 1                                                                                    \
    }
static const struct kind bench_ingest_kinds[] = {KIND("ingest.scan"), KIND("ingest.read"), {.name = NULL}};
static const struct kind bench_clean_kinds[] = {KIND("clean.shard"), KIND("clean.dedup"), {.name = NULL}};
static const struct kind bench_rest_kinds[] = {
    KIND("tokenize.learn"), KIND("tokenize.encode"), KIND("train.fit"),        KIND("evaluate.baseline"),
    KIND("evaluate.score"), KIND("evaluate.judge"),  KIND("registry.release"), {.name = NULL}};
static const struct stage_info bench_ingest = {.name = "ingest", .kinds = bench_ingest_kinds};
static const struct stage_info bench_clean = {.name = "clean", .kinds = bench_clean_kinds};
static const struct stage_info bench_rest = {.name = "rest", .kinds = bench_rest_kinds};
static const struct stage_info *const bench_stages[] = {&bench_ingest, &bench_clean, &bench_rest, NULL};

static void bench_must(bool good, const struct err *err)
{
    if (good)
        return;
    printf("Bail out! %s\n", err->text);
    exit(1);
}

static void bench_open(struct bench *bench, struct arena *arena)
{
    struct err err;
    const char *state = private_state(arena);
    *bench = (struct bench){.arena = arena};
    bench_must(cluster_start(arena, state, &bench->conninfo, &err), &err);
    bench_must((bench->ledger = ledger_open(arena, bench->conninfo, "test", &err)) != NULL, &err);
    bench_must(ledger_migrate(bench->ledger, &err), &err);
    bench_must(store_open(&bench->store, arena, path_join(arena, state, "store"), &err), &err);
    bench->claimer = (struct claimer){.stage = "ingest",
                                      .owner = "one",
                                      .host = "test",
                                      .lease_ms = 60000,
                                      .attempts = 3,
                                      .store = &bench->store,
                                      .topic_prefix = "test"};
}

/* A run with one source, one model, no baselines. */
static void bench_run(struct bench *bench)
{
    static const char text[] = "pipeline: small\n";
    struct err err = {0};
    struct definition definition;
    definition_parse(&definition, bench->arena, "small.yaml", text, strlen(text));
    struct run_request request = {.pipeline = "small",
                                  .slot_us = 1764000000000000 + bench->slots++,
                                  .plan =
                                      json_keep(bench->arena, json_pack("{s:[s], s:[s], s:[], s:s}", "sources", "pages",
                                                                        "models", "lm", "baselines", "release", "lm")),
                                  .actor = "test",
                                  .code_version = "test",
                                  .topic_prefix = "test",
                                  .store = &bench->store,
                                  .stages = bench_stages};
    bench_must(run_start(bench->ledger, bench->arena, &definition, &request, bench->run, &err), &err);
}

__attribute__((unused)) static const char *bench_sql(struct bench *bench, const char *sql)
{
    struct err err;
    struct rows rows;
    bench_must(ledger_sql(bench->ledger, bench->arena, sql, &rows, &err), &err);
    return rows.count > 0 ? row_text(&rows, 0, 0) : NULL;
}

__attribute__((unused)) static bool bench_claim(struct bench *bench, const char *stage, const char *owner,
                                                struct claim *claim)
{
    struct err err;
    size_t got = 0;
    struct claimer claimer = bench->claimer;
    claimer.stage = stage;
    claimer.owner = owner;
    /* claim_next leaves what is new to the relay for a second */
    bench_sql(bench, "UPDATE ledger.task SET published = now() WHERE state = 'ready' AND not_before <= now()");
    bench_must(claim_next(bench->ledger, bench->arena, &claimer, 1, claim, &got, &err), &err);
    return got > 0;
}

/* Completes a claim that leaves these texts in a role. */
__attribute__((unused)) static bool bench_complete(struct bench *bench, const struct claim *claim, const char *role,
                                                   const char *const *texts, size_t count, struct err *err)
{
    struct claim_usage usage = {.started_us = 1764000000000000, .ended_us = 1764000001000000, .cpu_seconds = 1};
    struct task task = {.arena = bench->arena,
                        .store = &bench->store,
                        .id = claim->task,
                        .run = claim->run,
                        .kind = claim->kind,
                        .pipeline = "small",
                        .attempt = claim->attempt};
    bench_must((task.spec = json_read(bench->arena, claim->spec, strlen(claim->spec), err)) != NULL, err);
    for (size_t i = 0; i < count; i++)
        bench_must(task_put(&task, role, (int64_t)i, texts[i], strlen(texts[i]), "text/plain", err), err);
    struct completion completion = {claim, &task, &usage, false};
    if (!complete_tasks(bench->ledger, bench->arena, &bench->claimer, &completion, 1, err))
        return false;
    return completion.done || err_set(err, ERR_LEASE, "the lease was lost");
}

/* How a worker that is a child came to its end: its exit status; -1: by a signal. */
__attribute__((unused)) static int bench_await(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#endif
