/* bench: a store in a folder of its own and a task made by hand, for the tests of this room. */
#ifndef TESTS_UNIT_TOKENIZE_BENCH_H
#define TESTS_UNIT_TOKENIZE_BENCH_H

#include "lib/text/document.h"
#include "tests/unit/text/recorded.h"
#include "tokenize/tokenize.h"

struct bench {
    struct arena arena;
    struct store store;
    struct task task;
    struct task_input inputs[16];
    struct learn config; /* the defaults */
    char folder[32];
};

static inline void bench_check(bool good, const struct err *err)
{
    if (good)
        return;
    printf("Bail out! %s\n", err->text);
    exit(1);
}

static inline void bench_open(struct bench *bench, const char *kind, int threads)
{
    struct err err = {.text = "cannot make a folder in /tmp"};
    memset(bench, 0, sizeof *bench);
    arena_init(&bench->arena);
    snprintf(bench->folder, sizeof bench->folder, "/tmp/tokenize-XXXXXX");
    bench_check(mkdtemp(bench->folder) != NULL, &err);
    bench_check(store_open(&bench->store, &bench->arena, bench->folder, &err), &err);
    option_defaults(tokenize_info.sections[0], &bench->arena, &bench->config);
    bench->task = (struct task){
        .arena = &bench->arena, .store = &bench->store, .kind = kind, .attempt = 1, .inputs = bench->inputs};
    bench->task.pool = threads > 1 ? pool_new(threads) : NULL;
}

static inline void bench_close(struct bench *bench)
{
    struct err err;
    if (bench->task.pool != NULL)
        pool_free(bench->task.pool);
    bench_check(folder_remove(bench->folder, &err), &err);
    arena_release(&bench->arena);
}

static inline void bench_link(struct bench *bench, const char *role, int64_t ordinal, const struct digest *digest)
{
    bench->inputs[bench->task.input_count++] = (struct task_input){role, ordinal, *digest};
}

static inline void bench_input(struct bench *bench, const char *role, int64_t ordinal, const void *data, size_t len)
{
    struct err err;
    struct digest digest;
    bench_check(store_put(&bench->store, data, len, &digest, &err), &err);
    bench_link(bench, role, ordinal, &digest);
}

struct text { /* a document */
    const char *data, *split;
    size_t bytes;
};

static inline struct text bench_text(const char *data, const char *split)
{
    return (struct text){data, split, strlen(data)};
}

/* A clean shard and its drop list, as clean[ordinal] and drop[ordinal]. */
static inline void bench_documents(struct bench *bench, int64_t ordinal, const struct text *texts, size_t count,
                                   const char *drop)
{
    struct err err;
    struct digest shard;
    int64_t bytes;
    struct document_writer *writer = document_writer_new(&bench->arena);
    for (size_t i = 0; i < count; i++) {
        struct document document = {.text = texts[i].data, .bytes = texts[i].bytes, .source = "bench"};
        document_id("bench", "text", ordinal * 100000 + (int64_t)i, document.id);
        document_set(&document, &bench->arena, "split", texts[i].split);
        document_writer_add(writer, &document);
    }
    bench_check(document_writer_keep(writer, &bench->store, &shard, &bytes, &err), &err);
    bench_link(bench, "clean", ordinal, &shard);
    bench_input(bench, "drop", ordinal, drop, strlen(drop));
}

static inline const struct task_output *bench_output(const struct bench *bench, const char *role)
{
    for (size_t i = 0; i < bench->task.output_count; i++)
        if (strcmp(bench->task.outputs[i].role, role) == 0)
            return &bench->task.outputs[i];
    printf("Bail out! the task left no %s\n", role);
    exit(1);
}

static inline int64_t bench_counter(const struct bench *bench, const char *name)
{
    for (size_t i = 0; i < bench->task.counter_count; i++)
        if (strcmp(bench->task.counters[i].name, name) == 0)
            return bench->task.counters[i].value;
    return -1;
}

#endif
