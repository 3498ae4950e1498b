/*
 * seed: the small history of seed.sql with its records, written as the completing transactions would write them.
 *
 * Shard 0: page one kept, page two dropped as short. Shard 1: page three, a copy of page one, and page four, kept.
 * Version 1 of manuals-lm is released; in run 2, shard 2 takes the place of shard 1, and version 2 is refused.
 */
#ifndef TESTS_UNIT_LEDGER_SEED_H
#define TESTS_UNIT_LEDGER_SEED_H

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/ledger/record_task.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED_RUN(n)       "00000000-0000-7000-8000-00000000000" #n
#define SEED_TASK(run, n) "00000000-0000-7000-8000-00000" #run "00000" #n
#define SEED_DOCUMENT(n)  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa0" #n

static struct digest seed_digest(const char *name)
{
    return digest_of(name, strlen(name));
}

static void seed_must(bool ok, const struct err *err)
{
    if (ok)
        return;
    printf("Bail out! %s\n", err->text);
    exit(1);
}

static struct task_records seed_records(const char *task, const char *run, const char *kind, const char *key)
{
    return (struct task_records){.task = task,
                                 .run = run,
                                 .pipeline = "manuals",
                                 .kind = kind,
                                 .key = seed_digest(key),
                                 .source = "manual",
                                 .model = "manuals-lm"};
}

static struct document_record seed_kept(const char *id, const char *uri, int64_t row)
{
    struct document_record document = {
        .uri = uri, .bytes = 1000, .row = row, .split = "train", .content = seed_digest(id)};
    memcpy(document.id, id, sizeof document.id);
    return document;
}

static void seed_write(struct ledger *ledger, const struct task_records *records)
{
    struct arena arena;
    struct err err;
    int64_t ended_us = clock_wall_us(); /* now, since examples ask for this year's bill */
    arena_init(&arena);
    seed_must(ledger_begin(ledger, &err) && ledger_record_shards(ledger, &arena, records, 1, &err) &&
                  ledger_record_tasks(ledger, &arena, records, 1, &err),
              &err);
    struct attempt_usage usage = {.task = records->task,
                                  .attempt = 1,
                                  .started_us = ended_us - 10000000,
                                  .ended_us = ended_us,
                                  .cpu_seconds = 9,
                                  .stored_bytes = 1000000};
    seed_must(ledger_charge_attempts(ledger, &arena, "worker", &usage, 1, &err) && ledger_commit(ledger, &err), &err);
    arena_release(&arena);
}

static void seed_data(struct ledger *ledger)
{
    struct task_records records = seed_records(SEED_TASK(1, 0), SEED_RUN(1), "ingest.scan", "scan 1");
    struct item_record items[] = {{"pages/one.html", 1200, 1763900000000000, seed_digest("1"), NULL, false},
                                  {"pages/two.html", 90, 1763900000000000, seed_digest("2"), NULL, false},
                                  {"pages/bad.html", 7, 1763900000000000, seed_digest("3"), "not HTML", false}};
    records.items = items;
    records.item_count = 3;
    seed_write(ledger, &records);

    struct document_record first[] = {seed_kept(SEED_DOCUMENT(1), "pages/one.html", 0),
                                      seed_kept(SEED_DOCUMENT(2), "pages/two.html", -1)};
    first[1].rule = "gopher.short";
    first[1].value = 31;
    first[1].threshold = 50;
    records = seed_records(SEED_TASK(1, 1), SEED_RUN(1), "clean.shard", "shard 0");
    records.documents = first;
    records.document_count = 2;
    seed_write(ledger, &records);

    struct document_record second[] = {seed_kept(SEED_DOCUMENT(3), "pages/three.html", 0),
                                       seed_kept(SEED_DOCUMENT(4), "pages/four.html", 1)};
    records = seed_records(SEED_TASK(1, 2), SEED_RUN(1), "clean.shard", "shard 1");
    records.documents = second;
    records.document_count = 2;
    seed_write(ledger, &records);
    records = seed_records(SEED_TASK(2, 2), SEED_RUN(2), "clean.shard", "shard 2");
    records.documents = second;
    records.document_count = 1;
    seed_write(ledger, &records);

    struct duplicate_record duplicate = {SEED_DOCUMENT(3), SEED_DOCUMENT(1)};
    records = seed_records(SEED_TASK(1, 3), SEED_RUN(1), "clean.dedup", "dedup 1");
    records.duplicates = &duplicate;
    records.duplicate_count = 1;
    seed_write(ledger, &records);
    records = seed_records(SEED_TASK(2, 3), SEED_RUN(2), "clean.dedup", "dedup 2");
    seed_write(ledger, &records);
    struct aside_record aside = {SEED_DOCUMENT(4), 1000, "crash", 11, 0};
    records = seed_records(SEED_TASK(1, 4), SEED_RUN(1), "tokenize.learn", "learn 1");
    records.asides = &aside;
    records.aside_count = 1;
    seed_write(ledger, &records);
    records = seed_records("00000000-0000-7000-8000-000001000010", SEED_RUN(1), "tokenize.encode", "encode 1");
    records.asides = &aside;
    records.aside_count = 1;
    seed_write(ledger, &records);
}

/* Training, scores, verdict and version of one run. */
static void seed_model(struct ledger *ledger, const char *const tasks[5], const char *run, const char *names[2],
                       bool released)
{
    struct metric_record metrics[] = {
        {"loss", 10, 5}, {"loss", 20, 4}, {"validation_loss", 20, released ? 4.5 : 4.7}, {"odd", 0, NAN}};
    struct task_records records = seed_records(tasks[0], run, "train.fit", "fit");
    records.metrics = metrics;
    records.metric_count = 4;
    seed_write(ledger, &records);
    if (tasks[4]) {
        struct score_record unigram = {"unigram", "bits_per_byte", 2.7, NAN, NAN};
        records = seed_records(tasks[4], run, "evaluate.baseline", "baseline");
        records.scores = &unigram;
        records.score_count = 1;
        seed_write(ledger, &records);
    }
    struct score_record score = {"manuals-lm", "bits_per_byte", released ? 2.0 : 2.2, 1.9, 2.3};
    records = seed_records(tasks[1], run, "evaluate.score", "score");
    records.scores = &score;
    records.score_count = 1;
    seed_write(ledger, &records);
    struct verdict_record verdict = {"bits_per_byte < 2.1", score.value, 2.1, released,
                                     released ? "2.0 < 2.1" : "2.2 is not below 2.1"};
    records = seed_records(tasks[2], run, "evaluate.judge", "judge");
    records.verdicts = &verdict;
    records.verdict_count = 1;
    seed_write(ledger, &records);
    struct release_record release = {.model = "manuals-lm",
                                     .weights = seed_digest(names[0]),
                                     .config = seed_digest("config one"),
                                     .tokenizer = seed_digest("tokenizer one"),
                                     .dataset = seed_digest(names[1]),
                                     .parameters = 1234567,
                                     .released = released,
                                     .alias = "production",
                                     .reason = verdict.reason};
    records = seed_records(tasks[3], run, "registry.release", "release");
    records.release = &release;
    seed_write(ledger, &records);
}

__attribute__((unused)) static void seed(struct ledger *ledger)
{
    struct arena arena;
    struct buf sql;
    struct err err;
    arena_init(&arena);
    seed_must(file_read(&arena, "tests/unit/ledger/seed.sql", &sql, &err) &&
                  ledger_sql(ledger, &arena, sql.data, NULL, &err),
              &err);
    seed_data(ledger);
    seed_model(
        ledger,
        (const char *const[]){SEED_TASK(1, 5), SEED_TASK(1, 7), SEED_TASK(1, 8), SEED_TASK(1, 9), SEED_TASK(1, 6)},
        SEED_RUN(1), (const char *[]){"weights one", "dataset one"}, true);
    seed_model(ledger, (const char *const[]){SEED_TASK(2, 5), SEED_TASK(2, 7), SEED_TASK(2, 8), SEED_TASK(2, 9), NULL},
               SEED_RUN(2), (const char *[]){"weights two", "dataset two"}, false);
    arena_release(&arena);
}

#endif
