/* bench: a store in a folder of its own and a task made by hand, for the tests of a stage's kinds. */
#ifndef TESTS_UNIT_BENCH_H
#define TESTS_UNIT_BENCH_H

#include "lib/base/file.h"
#include "lib/flow/stage.h"
#include "lib/text/document.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

struct bench {
    struct arena arena;
    struct store store;
    struct task task;
    struct task_input inputs[16];
    void *config; /* the defaults of the kind's section; NULL: it has none */
    char folder[32];
};

static inline void bench_check(bool good, const struct err *err)
{
    if (good)
        return;
    printf("Bail out! %s\n", err->text);
    exit(1);
}

static inline void bench_open(struct bench *bench, const struct stage_info *stage, const char *kind)
{
    struct err err = {.text = "cannot make a folder in /tmp"};
    memset(bench, 0, sizeof *bench);
    arena_init(&bench->arena);
    snprintf(bench->folder, sizeof bench->folder, "/tmp/bench-XXXXXX");
    bench_check(mkdtemp(bench->folder) != NULL, &err);
    bench_check(store_open(&bench->store, &bench->arena, bench->folder, &err), &err);
    for (const struct kind *each = stage->kinds; each->name != NULL; each++)
        if (strcmp(each->name, kind) == 0 && each->section != NULL) {
            bench->config = arena_alloc(&bench->arena, each->section->size);
            option_defaults(each->section, &bench->arena, bench->config);
        }
    bench->task = (struct task){
        .arena = &bench->arena, .store = &bench->store, .kind = kind, .attempt = 1, .inputs = bench->inputs};
}

static inline void bench_spec(struct bench *bench, const char *json)
{
    struct err err;
    bench->task.spec = json_read(&bench->arena, json, strlen(json), &err);
    bench_check(bench->task.spec != NULL, &err);
}

static inline void bench_threads(struct bench *bench, int threads)
{
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

/* A clean shard of documents, and its drop list, as clean[ordinal] and drop[ordinal]. */
struct bench_document {
    const char *data, *split;
    size_t bytes;
};
static inline struct bench_document bench_text(const char *data, const char *split)
{
    return (struct bench_document){data, split, strlen(data)};
}
static inline void bench_documents(struct bench *bench, int64_t ordinal, const struct bench_document *documents,
                                   size_t count, const char *drop)
{
    struct err err;
    struct digest shard;
    int64_t bytes;
    struct document_writer *writer = document_writer_new(&bench->arena);
    for (size_t i = 0; i < count; i++) {
        struct document document = {.text = documents[i].data, .bytes = documents[i].bytes, .source = "bench"};
        document_id("bench", "text", ordinal * 100000 + (int64_t)i, document.id);
        document_set(&document, &bench->arena, "split", documents[i].split);
        document_writer_add(writer, &document);
    }
    bench_check(document_writer_keep(writer, &bench->store, &shard, &bytes, &err), &err);
    bench_link(bench, "clean", ordinal, &shard);
    bench_input(bench, "drop", ordinal, drop, strlen(drop));
}

/* The digest of the output of that role and ordinal. */
static inline const struct digest *bench_output(const struct bench *bench, const char *role, int64_t ordinal)
{
    for (size_t i = 0; i < bench->task.output_count; i++)
        if (strcmp(bench->task.outputs[i].role, role) == 0 && bench->task.outputs[i].ordinal == ordinal)
            return &bench->task.outputs[i].digest;
    printf("Bail out! the task left no %s[%lld]\n", role, (long long)ordinal);
    exit(1);
}

static inline struct map bench_artifact(struct bench *bench, const char *role, int64_t ordinal)
{
    struct err err;
    struct map map;
    bench_check(store_map(&bench->store, &bench->arena, bench_output(bench, role, ordinal), &map, &err), &err);
    return map;
}

static inline json_t *bench_json(struct bench *bench, const char *role, int64_t ordinal)
{
    struct err err;
    struct map map = bench_artifact(bench, role, ordinal);
    json_t *root = json_read(&bench->arena, map.data, map.size, &err);
    bench_check(root != NULL, &err);
    return root;
}

/* -1 where the task counted nothing of that name. */
static inline int64_t bench_counter(const struct bench *bench, const char *name)
{
    for (size_t i = 0; i < bench->task.counter_count; i++)
        if (strcmp(bench->task.counters[i].name, name) == 0)
            return bench->task.counters[i].value;
    return -1;
}

#endif
